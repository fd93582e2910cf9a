// Forms that are handed out and taken back once: signed, so that none is made up, and by nobody's session, so that none
// says who filled it in.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { BadInput } from '../errors.ts';
import { LEAST_FORM_AGE_MS } from './contract.ts';

/** Time enough to write, leave the page open and come back. */
const MOST_MS = 4 * 3600_000;
/** So many forms are remembered as used; beyond, the oldest is forgotten and only its age refuses it. */
const MOST_USED = 50_000;

export const newFormKey = (): string => randomBytes(32).toString('base64url');

const signed = (key: string, code: string, said: string) =>
  createHmac('sha256', key).update(`${code} ${said}`).digest('base64url');

type Forms = {
  hand(key: string, code: string): string;
  /** Throws BadInput for one that was not handed out, too fast, too old or used; answers what lets it be used again. */
  take(key: string, code: string, form: string): () => void;
};

export function openForms(now: () => Date): Forms {
  const used = new Map<string, number>();
  const forget = () => {
    for (const [form, until] of used) {
      if (until > now().getTime() && used.size <= MOST_USED) return;
      used.delete(form);
    }
  };
  return {
    hand(key, code) {
      const said = `${now().getTime().toString(36)}.${randomBytes(12).toString('base64url')}`;
      return `${said}.${signed(key, code, said)}`;
    },
    take(key, code, form) {
      const [moment = '', nonce = '', signature = '', more] = form.split('.');
      const expected = Buffer.from(signed(key, code, `${moment}.${nonce}`));
      const given = Buffer.from(signature);
      const isOurs = more === undefined && given.length === expected.length && timingSafeEqual(given, expected);
      if (!isOurs) throw new BadInput('form', 'not a form of this page');
      const age = now().getTime() - Number.parseInt(moment, 36);
      if (age < LEAST_FORM_AGE_MS) throw new BadInput('form', 'filled in faster than a person writes');
      if (age > MOST_MS || used.has(form)) throw new BadInput('form', 'the form was sent before or is too old');
      forget();
      used.set(form, now().getTime() + MOST_MS);
      return () => void used.delete(form);
    },
  };
}
