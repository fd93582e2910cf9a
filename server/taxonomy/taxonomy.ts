// The offence tree, the leaves that source labels become, and the named sets of offences (themes).
// Nodes and label lists are data in geodata/offences; a leaf's place follows from its code alone.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { BadInput } from '../errors.ts';
import type { Language } from '../i18n/contract.ts';
import { exactSlug, foldWords, slug, withoutMarks } from '../text/fold.ts';
import { CODE, isUnconfirmed, UNCONFIRMED } from './contract.ts';

export const UNCLASSIFIED = 'unclassified';
/** The leaf of a call that was not confirmed. */
export function unconfirmedOf(leaf: string): string {
  return `${UNCONFIRMED}.${leaf.replace('.', '-')}`;
}

const SCHEMES = ['fgj', 'sspdf', 'c5', 'police-uk', 'generic'] as const;
/** Lists of no scheme of their own: words a plain file may use, whichever city it is of. */
const VOCABULARIES = ['americas'] as const;

const code = z.string().regex(CODE);
const node = z.object({
  code,
  parent: code.nullable(),
  es: z.string(),
  en: z.string(),
  severity: z.number().min(0).max(100),
  sensitivity: z.enum(['public', 'sensitive', 'very-sensitive']),
});
const theme = z.object({ code, es: z.string(), en: z.string(), default: z.boolean(), offences: z.array(code) });

export type OffenceNode = Readonly<z.output<typeof node>>;
export type Sensitivity = OffenceNode['sensitivity'];
export type Theme = Readonly<z.output<typeof theme>>;
/** `known` = the label stands in a list; unknown ones lie under `unclassified`. */
export type Leaf = { readonly code: string; readonly parent: string; readonly known: boolean };

/** What people say labels are: node by folded words. */
export type OffenceChoices = ReadonlyMap<string, string>;
const NO_CHOICES: OffenceChoices = new Map();

export type Taxonomy = {
  readonly nodes: readonly OffenceNode[];
  readonly themes: readonly Theme[];
  /**
   * The leaf a source's label is. Two labels are one leaf when they differ in case, accents or spaces only: `ROBO < 5000`
   * and `ROBO > 5000` are two, and so are two that differ by a comma, which stand under one parent.
   */
  leafOf(scheme: string, label: string): Leaf;
  /** One step up, of a node or of any leaf code; null for a root. */
  parentOf(code: string): string | null;
  /** From the parent to the root; of a node or of any leaf code. */
  ancestors(code: string): readonly string[];
  /** The leaves under the given nodes, of those in use; a leaf stands for itself. Throws BadInput('offence'). */
  subtree(codes: readonly string[], leaves: readonly string[]): ReadonlySet<string>;
  /** The offence codes of a theme. Throws BadInput('theme'). */
  themeOffences(theme: string): readonly string[];
  /** A node's title; for a leaf the source's label in sentence case, in the source's language. */
  title(code: string, language: Language, label?: string): string;
  /** 0–100, see geodata/offences/README.md; a leaf has its parent's. */
  severity(code: string): number;
  sensitivity(code: string): Sensitivity;
  /** The same with what people say labels are going before the lists; codes of leaves stay as they are. */
  withChoices(choices: OffenceChoices): Taxonomy;
};

/** Reads the committed taxonomy; call it once and pass it on. */
export function loadTaxonomy(folder = fileURLToPath(new URL('../../geodata/offences', import.meta.url))): Taxonomy {
  const read = (file: string): unknown => JSON.parse(readFileSync(`${folder}/${file}.json`, 'utf8'));
  const list = (name: string) => [name, z.record(z.string(), code).parse(read(`labels-${name}`))] as const;
  const nodes = z.array(node).parse(read('tree'));
  const words = VOCABULARIES.map((name) => list(name)[1]);
  return taxonomyOf(nodes, z.array(theme).parse(read('themes')), SCHEMES.map(list), words);
}

/** A taxonomy from its parts; `labels` gives each scheme's label → parent node, `words` those of plain files. */
export function taxonomyOf(
  nodes: readonly OffenceNode[],
  themes: readonly Theme[],
  labels: readonly (readonly [scheme: string, parents: Readonly<Record<string, string>>])[],
  words: readonly Readonly<Record<string, string>>[] = [],
): Taxonomy {
  const nodeByCode = new Map(nodes.map((each) => [each.code, each]));
  const parentByLeaf = new Map<string, string>();
  const labelByLeaf = new Map<string, string>();
  /** Labels that stand in a list have the plain code of their words, whatever marks are in them. */
  const listed = new Map<string, string>();
  for (const [scheme, parents] of labels) {
    for (const [label, parent] of Object.entries(parents)) {
      const code = `${scheme}.${slug(label)}`;
      const words = foldWords(label);
      if ((listed.get(code) ?? words) !== words) throw new Error(`two labels have the code ${code}`);
      listed.set(code, words);
      parentByLeaf.set(code, parent);
      labelByLeaf.set(code, label.trim());
    }
  }
  // A plain file may use the words of the tree or, failing that, of any source we know.
  const parentByWords = new Map<string, string>();
  for (const [label, parent] of words.flatMap(Object.entries<string>)) {
    parentByWords.set(slug(label), parent);
    // Signs that may say something (`&`, `$`) are part of what the label is called.
    parentByLeaf.set(`generic.${exactSlug(label)}`, parent);
  }
  for (const [, parents] of labels) {
    for (const [label, parent] of Object.entries(parents)) parentByWords.set(slug(label), parent);
  }
  for (const each of nodes) {
    for (const title of [each.en, each.es]) parentByWords.set(slug(title), each.code);
  }

  const leafCode = (scheme: string, label: string): string => {
    const plain = `${scheme}.${slug(label)}`;
    return listed.get(plain) === foldWords(label) ? plain : `${scheme}.${exactSlug(label)}`;
  };
  const listedParent = (leaf: string): string | undefined => {
    const words = withoutMarks(leaf);
    return (
      parentByLeaf.get(leaf) ??
      parentByLeaf.get(words) ??
      (words.startsWith('generic.') ? parentByWords.get(words.slice(8)) : undefined)
    );
  };

  const known = new WeakMap<OffenceChoices, Taxonomy>();
  return chosen(NO_CHOICES);

  /** Everything that depends on where a leaf hangs. */
  function chosen(choices: OffenceChoices): Taxonomy {
    const bySlug = new Map([...choices].map(([words, parent]) => [exactSlug(words), parent]));
    const knownParent = (leaf: string): string | undefined => {
      const words = listed.get(leaf);
      const said = words === undefined ? bySlug.get(leaf.slice(leaf.indexOf('.') + 1)) : choices.get(words);
      return said ?? listedParent(leaf);
    };

    const parentOf = (offence: string): string | null => {
      const own = nodeByCode.get(offence);
      if (!own && isUnconfirmed(offence)) return UNCONFIRMED;
      return own ? own.parent : (knownParent(offence) ?? UNCLASSIFIED);
    };

    const ancestors = (offence: string): readonly string[] => {
      const path: string[] = [];
      for (let up = parentOf(offence); up !== null; up = parentOf(up)) path.push(up);
      return path;
    };

    /** Of leaves that occur: every question goes through them all. */
    const pathByLeaf = new Map<string, readonly string[]>();
    const ancestorsOfLeaf = (leaf: string): readonly string[] => {
      const path = pathByLeaf.get(leaf) ?? ancestors(leaf);
      pathByLeaf.set(leaf, path);
      return path;
    };

    const nodeAt = (offence: string): OffenceNode => {
      const own = nodeByCode.get(offence) ?? nodeByCode.get(parentOf(offence) ?? UNCLASSIFIED);
      if (!own) throw new BadInput('offence', `unknown offence: ${offence}`);
      return own;
    };

    return {
      nodes,
      themes,
      leafOf(scheme, label) {
        const leaf = leafCode(scheme, label);
        const parent = knownParent(leaf);
        return { code: leaf, parent: parent ?? UNCLASSIFIED, known: parent !== undefined };
      },
      parentOf,
      ancestors,
      subtree(codes, leaves) {
        const inUse = new Set(leaves);
        for (const asked of codes) {
          if (!nodeByCode.has(asked) && !inUse.has(asked) && knownParent(asked) === undefined) {
            throw new BadInput('offence', `unknown offence: ${asked}`);
          }
        }
        const wanted = new Set(codes);
        return new Set(leaves.filter((leaf) => wanted.has(leaf) || ancestorsOfLeaf(leaf).some((up) => wanted.has(up))));
      },
      themeOffences(asked) {
        const found = themes.find((each) => each.code === asked);
        if (!found) throw new BadInput('theme', `unknown theme: ${asked}`);
        return found.offences;
      },
      title(offence, language, label) {
        const own = nodeByCode.get(offence);
        if (own) return own[language];
        return sentenceCase(
          label?.trim() ??
            labelByLeaf.get(offence) ??
            withoutMarks(offence)
              .replace(/^[^.]*\./, '')
              .replaceAll('-', ' '),
        );
      },
      severity: (offence) => nodeAt(offence).severity,
      sensitivity: (offence) => nodeAt(offence).sensitivity,
      withChoices(said) {
        const made = known.get(said) ?? chosen(said);
        known.set(said, made);
        return made;
      },
    };
  }
}

/** Labels shouted in capitals are toned down; others stay as written. */
function sentenceCase(label: string): string {
  const text = /\p{Ll}/u.test(label) ? label : label.toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
