// Sends a tip as nobody: without the cookie of a session, not sooner than the server takes it, and once more with another form
// where the first is too old.

import { LEAST_FORM_AGE_MS, type NewTip, type TipForm } from '../../server/tips/contract.ts';
import { type Ask, Problem } from '../store/api.ts';
import { tipPaths } from './paths.ts';

type TipSaid = Omit<NewTip, 'form'>;

/** A form that came; `at` = when, by the clock of the page. */
type HandedForm = { readonly form: string; readonly at: number };

/** A little longer than the server wants: clocks are read to the millisecond, and not at once. */
const FORM_RESTS_MS = LEAST_FORM_AGE_MS + 200;

/** Rejects with Problem; what was said stays with whoever calls. */
export async function sendTip(
  ask: Ask,
  city: string,
  { form, at }: HandedForm,
  said: TipSaid,
  language: string,
  rest: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  // A clock that was set back says nothing.
  const left = Math.min(FORM_RESTS_MS, FORM_RESTS_MS - (Date.now() - at));
  if (left > 0) await rest(left);
  const refused = await post(city, form, said, language);
  if (refused === null) return;
  if (refused.parameter !== 'form') throw refused.problem;
  const { form: other } = await ask<TipForm>(tipPaths.form(city), new AbortController().signal);
  if (other === null) throw refused.problem;
  await rest(FORM_RESTS_MS);
  const again = await post(city, other, said, language);
  if (again !== null) throw again.problem;
}

async function post(
  city: string,
  form: string,
  said: TipSaid,
  language: string,
): Promise<{ readonly parameter: string; readonly problem: Problem } | null> {
  let response: Response;
  try {
    response = await fetch(tipPaths.send(city), {
      method: 'POST',
      credentials: 'omit',
      headers: { Accept: 'application/json', 'Accept-Language': language, 'Content-Type': 'application/json' },
      body: JSON.stringify({ form, ...said }),
    });
  } catch (error) {
    throw new Problem(0, 'unreachable', String(error));
  }
  if (response.ok) return null;
  const told = await response.json().catch(() => null);
  const problem = new Problem(
    response.status,
    String(told?.type ?? 'internal'),
    String(told?.detail ?? told?.title ?? ''),
  );
  return { parameter: String(told?.parameter ?? ''), problem };
}
