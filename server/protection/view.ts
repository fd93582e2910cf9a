// Keeps the public view of a jurisdiction at what may be published of its data: made once per data version, whichever
// server comes first, and by complete months alone.

import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { ensureView, findJurisdictionById, removeView } from '../access/jurisdictions.ts';
import { askAgain, refuseOutdated } from '../cube/again.ts';
import { onlyDeliveriesSince } from '../cube/recent.ts';
import { type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { type DataState, readState } from '../filter/catalogue.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import type { EditionAbout, ProtectionAccount } from './contract.ts';
import { protectedDataset } from './dataset.ts';
import { sameGround, takeGround } from './ground.ts';
import { dropUnshown, featuresOf, publicLayersOf, writeLayer } from './public-layers.ts';
import { type MadeFrom, type ProtectionSettings, readMadeFrom, readSettings, saveMadeFrom } from './settings.ts';
import { type Stored, storeEdition } from './store-edition.ts';

export type ViewDeps = { readonly database: Database; readonly taxonomy: Taxonomy; readonly log: Logger };

/** What came of it: the view is off, was already of these data, or was made; `stored` null = it shows the same as before. */
export type Made =
  | { readonly view: 'off' | 'current' }
  | {
      readonly view: 'made';
      readonly stored: Stored | null;
      readonly about: EditionAbout;
      readonly account: ProtectionAccount;
    };

/**
 * Brings the public view up to date. Throws Busy while another server does, BadInput for layers there are not. The
 * jurisdiction itself is only read.
 */
export async function makeView(deps: ViewDeps, jurisdiction: Jurisdiction, signal?: AbortSignal): Promise<Made> {
  const { database, taxonomy, log } = deps;
  const settings = await readSettings(database, jurisdiction);
  if (!settings.isOn) {
    await removeView(database, jurisdiction);
    return { view: 'off' };
  }
  if (!(await isDue(database, jurisdiction, settings))) return { view: 'current' };
  const viewId = await viewOnSameGround(database, jurisdiction);
  return askAgain(() => withJurisdictionLock(database.background, viewId, make));

  async function make(writer: Writer): Promise<Made> {
    if (!(await isDue(database, jurisdiction, settings))) return { view: 'current' };
    const began = performance.now();
    await dropUnshown(writer, viewId);
    await takeGround(writer, jurisdiction.id, viewId);
    const { edition, account, state, before } = await protectedDataset(
      ...[database.background, jurisdiction, taxonomy, settings, signal],
    );
    const layers = await publicLayersOf(database.background, jurisdiction.id);
    const shown = new Map((await publicLayersOf(writer, viewId)).map((layer) => [layer.layerId, layer]));
    for (const layer of layers) {
      if (shown.get(layer.layerId)?.version === layer.version) continue;
      await writeLayer(writer, viewId, layer, featuresOf(database.background, jurisdiction.id, layer));
    }
    signal?.throwIfAborted();
    await refuseOutdated(database.background, jurisdiction.id, state);
    const view = await findJurisdictionById(writer, viewId);
    const titleOf = (offence: string) => taxonomy.title(offence, 'es');
    const stored = await storeEdition(writer, view, edition, { layers, titleOf });
    await saveMadeFrom(database, jurisdiction, madeOf(state, settings, before));
    const ms = Math.round(performance.now() - began);
    log.info({ jurisdiction: jurisdiction.code, ...stored, ms }, 'the public view is up to date');
    return { view: 'made', stored, about: edition.about, account };
  }
}

/** The view; a new one where it stands on other ground, or on another layer of the same version number. */
async function viewOnSameGround(database: Database, jurisdiction: Jurisdiction): Promise<number> {
  const id = await ensureView(database, jurisdiction);
  const stamps = new Map(
    (await publicLayersOf(database, id)).map((each) => [`${each.layerId}@${each.version}`, each.stamp]),
  );
  const isOther = (await publicLayersOf(database, jurisdiction.id)).some(({ layerId, version, stamp }) => {
    const shown = stamps.get(`${layerId}@${version}`);
    return shown !== undefined && shown !== stamp;
  });
  if (!isOther && (stamps.size === 0 || (await sameGround(database, jurisdiction.id, id)))) return id;
  await removeView(database, jurisdiction);
  return ensureView(database, jurisdiction);
}

const settingsText = ({ rules, areas, sensitiveAreas, addresses, licence }: ProtectionSettings): string =>
  JSON.stringify([Object.entries(rules).sort(), areas, sensitiveAreas, addresses, licence]);

const today = () => new Date().toISOString().slice(0, 10);

function madeOf(state: DataState, settings: ProtectionSettings, before: string | null): MadeFrom {
  const { token, dataVersion, head, nextIncidentId } = state;
  return { token, dataVersion, head, nextIncidentId, settings: settingsText(settings), before, on: today() };
}

/**
 * Whether the view is not of the data there are now. What feeds bring is looked at once a day, and at once where it is
 * of months that are published already: a city with a live feed has new data every second.
 */
async function isDue(database: Database, jurisdiction: Jurisdiction, settings: ProtectionSettings): Promise<boolean> {
  const made = await readMadeFrom(database, jurisdiction);
  const state = await readState(database, jurisdiction.id);
  if (!state) return false;
  if (!made || made.settings !== settingsText(settings)) return true;
  if (made.token === state.token) return false;
  if (!onlyDeliveriesSince(made, state) || made.on !== today()) return true;
  const { id } = jurisdiction;
  const { rows } = await sql`
    select from delivery where jurisdiction_id = ${id} and delivery > ${made.head} and via <> 'feed' limit 1`.execute(
    database.db,
  );
  if (rows.length > 0) return true;
  const { rows: late } = await sql`
    select from incident where jurisdiction_id = ${id} and incident_id >= ${made.nextIncidentId}
      and occurred_on < ${made.before}::date limit 1`.execute(database.db);
  if (late.length > 0) return true;
  const { rows: gone } = await sql`
    select from incident where jurisdiction_id = ${id} and until_delivery > ${made.head}
      and occurred_on < ${made.before}::date limit 1`.execute(database.db);
  return gone.length > 0;
}
