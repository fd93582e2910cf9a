// Which node of the offence tree a category of the SESNSP is; the list is data in geodata/offences/sesnsp.json.

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CODE } from '../taxonomy/contract.ts';
import { type Taxonomy, UNCLASSIFIED } from '../taxonomy/taxonomy.ts';
import { slug } from '../text/fold.ts';

const nodes = z.record(z.string(), z.string().regex(CODE));
const lists = z.object({ interests: nodes, categories: nodes });
const FILE = new URL('../../geodata/offences/sesnsp.json', import.meta.url);

/** `Tipo / Subtipo / Modalidad`; the last may be `*`, for whatever follows. */
export type Category = readonly [interest: string, type: string, subtype: string, modality: string];
/** `known` = the category stands in the list, or is named like a node of the tree. */
export type CategoryNode = { readonly offence: string; readonly known: boolean };

export function readCategories(): z.output<typeof lists> {
  return lists.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

/**
 * The node of each category. One that is not listed is taken for the node of its words, if that lies under its legal
 * interest; else it is counted under the interest alone, and said to be unknown.
 */
export function openCategories(taxonomy: Taxonomy): (category: Category) => CategoryNode {
  const { interests, categories } = readCategories();
  const interestOf = new Map(Object.entries(interests).map(([words, node]) => [slug(words), node]));
  const exact = new Map<string, string>();
  const whole = new Map<string, string>();
  for (const [words, node] of Object.entries(categories)) {
    const parts = words.split(' / ');
    if (parts.at(-1) === '*') whole.set(pathOf(parts.slice(0, -1)), node);
    else exact.set(pathOf(parts), node);
  }
  return ([interest, ...words]) => {
    const parts = words.filter((each) => each !== '');
    const listed =
      exact.get(pathOf(parts)) ??
      parts.map((_, i) => whole.get(pathOf(parts.slice(0, parts.length - i)))).find((node) => node !== undefined);
    if (listed) return { offence: listed, known: true };
    const root = interestOf.get(slug(interest));
    for (const each of parts.toReversed()) {
      const { parent, known } = taxonomy.leafOf('generic', each);
      if (known && (root === undefined || [parent, ...taxonomy.ancestors(parent)].at(-1) === root)) {
        return { offence: parent, known: true };
      }
    }
    return { offence: root ?? UNCLASSIFIED, known: false };
  };
}

const pathOf = (parts: readonly string[]) => parts.map(slug).join('/');
