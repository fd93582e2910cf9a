// What the portal answered to the questions of lessons, for as long as the data are the same: a class that answers the same
// exercise at once asks once.

import { sql } from 'kysely';
import { type Jurisdiction, rightsKey, type Viewer } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import type { Language } from '../i18n/contract.ts';
import type { AskPortal } from './rules.ts';

/** Some of them are of every street of a city. */
const MOST_REMEMBERED = 100;
/** Within which a server has noticed what was changed elsewhere. */
const KEPT_MS = 10_000;
/** What people do changes these without changing the data. */
const NEVER = /^problems(\?|$)/;

type Remembered = (
  about: { readonly jurisdiction: Pick<Jurisdiction, 'id'>; readonly viewer: Viewer; readonly language: Language },
  ask: AskPortal,
) => Promise<AskPortal>;

export type LessonData = { readonly version: number; readonly token: string };

export async function dataStateOf({ db }: Database, jurisdictionId: number): Promise<LessonData | null> {
  const { rows } = await sql<LessonData>`
    select data_version::int as version, data_token as token from data_state
    where jurisdiction_id = ${jurisdictionId}`.execute(db);
  return rows[0] ?? null;
}

/** Whoever has other rights, speaks another language or asks of other data is answered anew. */
export function rememberAnswers(stateOf: (jurisdictionId: number) => Promise<LessonData | null>): Remembered {
  const known = new Map<string, { readonly answer: Promise<unknown>; readonly until: number }>();
  return async ({ jurisdiction, viewer, language }, ask) => {
    const state = await stateOf(jurisdiction.id);
    const whose = [rightsKey(viewer), jurisdiction.id, state?.token, language].join('\n');
    return async (question) => {
      if (NEVER.test(question)) return ask(question);
      const key = `${whose}\n${question}`;
      const before = known.get(key);
      // Whoever asked first may have left, and their question with them.
      if (before && before.until > Date.now()) return before.answer.catch(() => ask(question));
      const answer = ask(question);
      known.delete(key);
      known.set(key, { answer, until: Date.now() + KEPT_MS });
      if (known.size > MOST_REMEMBERED) known.delete(known.keys().next().value!);
      const forget = () => known.get(key)?.answer === answer && known.delete(key);
      // One of data that are not the present ones any more is good for whoever asked, and for nobody after them.
      answer.then((told) => isOf(state, told) || forget(), forget);
      return answer;
    };
  };
}

function isOf(state: LessonData | null, answer: unknown): boolean {
  const { dataVersion } = (answer ?? {}) as { readonly dataVersion?: unknown };
  return typeof dataVersion !== 'number' || dataVersion === state?.version;
}
