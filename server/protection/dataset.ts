// The protected dataset of a jurisdiction as it stands: what is read, and derived from it.

import type { Jurisdiction } from '../access/contract.ts';
import { monthOf, monthStart, textOf } from '../calendar/days.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import { readRows } from '../cube/read.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { type Catalogue, type DataState, readCatalogue, readState } from '../filter/catalogue.ts';
import { describeSources } from '../filter/source-profile.ts';
import { UNCONFIRMED } from '../taxonomy/contract.ts';
import { wordsOf } from '../taxonomy/offence-choices.ts';
import { type Taxonomy, UNCLASSIFIED } from '../taxonomy/taxonomy.ts';
import { middlesOf } from './catchments.ts';
import type { Edition, EditionAbout, ProtectionAccount } from './contract.ts';
import { type ProtectedOffence, type ProtectedSource, protect } from './derive.ts';
import { readGeography } from './read-geography.ts';
import type { ProtectionSettings } from './settings.ts';

export type ProtectedDataset = {
  readonly edition: Edition;
  readonly account: ProtectionAccount;
  /** What it was derived from. */
  readonly state: DataState;
  /** The first day that nothing of any source is published of; null where there are no sources. */
  readonly before: string | null;
};

/**
 * Derives the protected dataset of the data version there is now: by complete months alone, since *when* a point
 * appears would tell its hour. Throws NotFound for a jurisdiction without data, BadInput for layers there are not.
 */
export async function protectedDataset(
  database: Database,
  jurisdiction: Jurisdiction,
  taxonomy: Taxonomy,
  { rules, areas, sensitiveAreas, addresses, licence }: Omit<ProtectionSettings, 'isOn'>,
  signal?: AbortSignal,
): Promise<ProtectedDataset> {
  return askAgain(async () => {
    const state = await readState(database, jurisdiction.id);
    if (!state) throw new NotFound('no such jurisdiction');
    const catalogue = await readCatalogue(database, jurisdiction.id, state.head);
    const wish = { finest: areas, coarse: sensitiveAreas, addresses };
    const { layers, geography } = await readGeography(database, jurisdiction, catalogue.layers, wish, rules);
    const { finest, coarse, streets } = layers;
    const placed = [finest, coarse, streets].filter((layer) => layer !== null);
    const staged = await readRows(database, jurisdiction.id, state, placed, signal ? { signal } : {});
    await refuseOutdated(database, jurisdiction.id, state);
    const keyOf = (layer: (typeof placed)[number] | null) => (layer ? placed.indexOf(layer) : null);
    const chosen = taxonomy.withChoices(catalogue.choices);
    const offences = new Map<number, ProtectedOffence>(
      catalogue.offences.map(({ offenceId, code, labels }) => [
        offenceId,
        { code, label: labels[0] ?? null, sensitiveClass: sensitiveClassOf(chosen, code) },
      ]),
    );
    const described = describeSources(catalogue.sources, staged.facts).map(({ through, ...source }) => ({
      ...source,
      untilMonth: through === null ? Number.NEGATIVE_INFINITY : monthOf(through + 1) - rules.monthsBehind,
    }));
    const sources = new Map<number, ProtectedSource>(described.map((source) => [source.sourceId, source]));
    const keys = { finest: keyOf(finest), coarse: keyOf(coarse), streets: keyOf(streets) };
    const { rows, account } = await protect(staged, keys, offences, sources, geography, rules);
    const about: EditionAbout = {
      ...{ rules, areas: finest?.code ?? null, sensitiveAreas: coarse?.code ?? null, licence },
      points: geography.catchments.points.length,
      sources: described.map(({ code, kind, title, untilMonth }) => ({
        ...{ code, kind, title },
        through: Number.isFinite(untilMonth) ? textOf(monthStart(untilMonth) - 1) : null,
      })),
    };
    const untold = described.map(({ untilMonth }) => untilMonth).filter(Number.isFinite);
    return {
      edition: {
        ...{ about, rows, choices: choicesNeeded(catalogue, offences) },
        catchments: middlesOf(geography.catchments, streets?.features ?? 0),
      },
      ...{ account, state },
      before: untold.length ? textOf(monthStart(Math.max(...untold))) : null,
    };
  });
}

/** What people say the labels of ordinary offences are: a sensitive one is told by its class. */
function choicesNeeded({ choices, offences: all }: Catalogue, offences: ReadonlyMap<number, ProtectedOffence>) {
  const needed = new Map<string, Edition['choices'][number]>();
  for (const { offenceId, labels } of all) {
    if (offences.get(offenceId)!.sensitiveClass !== null) continue;
    for (const label of labels) {
      const words = wordsOf(label);
      const offence = choices.get(words);
      if (offence !== undefined) needed.set(words, { words, label, offence });
    }
  }
  return [...needed.values()].sort((a, b) => (a.words < b.words ? -1 : 1));
}

/** What is in these may be anything, whatever its words: it is kept like the most sensitive. */
const UNCERTAIN = [UNCLASSIFIED, UNCONFIRMED];

/** The highest node of its line that is sensitive, itself included; null for an ordinary offence. */
export function sensitiveClassOf(taxonomy: Taxonomy, code: string): string | null {
  const line = [code, ...taxonomy.ancestors(code)].filter((node) => taxonomy.nodes.some((each) => each.code === node));
  const isSensitive = (node: string) => UNCERTAIN.includes(node) || taxonomy.sensitivity(node) !== 'public';
  return line.findLast(isSensitive) ?? null;
}
