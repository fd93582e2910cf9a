// The protected dataset of a jurisdiction as it stands: what is read, and derived from it.

import type { Jurisdiction } from '../access/contract.ts';
import { monthOf } from '../calendar/days.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import { readRows } from '../cube/read.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { readCatalogue, readState } from '../filter/catalogue.ts';
import { describeSources } from '../filter/source-profile.ts';
import { type Taxonomy, UNCLASSIFIED, UNCONFIRMED } from '../taxonomy/taxonomy.ts';
import type { ProtectedRow, ProtectionAccount, ProtectionRules } from './contract.ts';
import { type ProtectedOffence, type ProtectedSource, protect } from './derive.ts';
import { type PublicLayerWish, readGeography } from './read-geography.ts';

export type ProtectedDataset = {
  readonly rows: readonly ProtectedRow[];
  readonly account: ProtectionAccount;
  readonly dataVersion: number;
  /** Codes of the layers it counts in; null = none. */
  readonly areas: string | null;
  readonly sensitiveAreas: string | null;
  /** Places at which incidents are published. */
  readonly points: number;
};

/**
 * Derives the protected dataset of the data version there is now: by complete months alone, since *when* a point
 * appears would tell its hour. Throws NotFound for a jurisdiction without data, BadInput for layers there are not.
 */
export async function protectedDataset(
  database: Database,
  jurisdiction: Jurisdiction,
  taxonomy: Taxonomy,
  rules: ProtectionRules,
  wish: PublicLayerWish,
  signal?: AbortSignal,
): Promise<ProtectedDataset> {
  return askAgain(async () => {
    const state = await readState(database, jurisdiction.id);
    if (!state) throw new NotFound('no such jurisdiction');
    const catalogue = await readCatalogue(database, jurisdiction.id, state.head);
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
    const sources = new Map<number, ProtectedSource>(
      describeSources(catalogue.sources, staged.facts).map(({ sourceId, code, kind, through }) => [
        sourceId,
        { code, kind, untilMonth: through === null ? Number.NEGATIVE_INFINITY : monthOf(through + 1) },
      ]),
    );
    const keys = { finest: keyOf(finest), coarse: keyOf(coarse), streets: keyOf(streets) };
    const { rows, account } = await protect(staged, keys, offences, sources, geography, rules);
    return {
      ...{ rows, account, dataVersion: state.dataVersion, points: geography.catchments.points.length },
      ...{ areas: finest?.code ?? null, sensitiveAreas: coarse?.code ?? null },
    };
  });
}

/** What is in these may be anything, whatever its words: it is kept like the most sensitive. */
const UNCERTAIN = [UNCLASSIFIED, UNCONFIRMED];

/** The highest node of its line that is sensitive, itself included; null for an ordinary offence. */
export function sensitiveClassOf(taxonomy: Taxonomy, code: string): string | null {
  const line = [code, ...taxonomy.ancestors(code)].filter((node) => taxonomy.nodes.some((each) => each.code === node));
  const isSensitive = (node: string) => UNCERTAIN.includes(node) || taxonomy.sensitivity(node) !== 'public';
  return line.findLast(isSensitive) ?? null;
}
