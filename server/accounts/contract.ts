// What is said about accounts over HTTP: what signing in takes, and how accounts, sessions and links look.

import * as z from 'zod';
import { JURISDICTION_CODE, ROLES, type Role, type Scope } from '../access/contract.ts';

/** Letters and figures of any script, and what e-mail addresses hold: nothing that could break a line, a header or a path. */
export const ACCOUNT_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@+-]{0,78}[\p{L}\p{M}\p{N}])?$/u;
const NOT_A_NAME = 'a name is 1 to 80 letters, digits, spaces and . _ @ + -';
const LONGEST_TEXT = 1000;
/** The password an account has is asked for as it was chosen, however long what is tried. */
const tried = z.string().min(1).max(LONGEST_TEXT);

export const accountName = z
  .string()
  .max(LONGEST_TEXT)
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => ACCOUNT_NAME.test(text), NOT_A_NAME);
const chosen = z.string().max(LONGEST_TEXT);

export const scopeBody = z.strictObject({
  jurisdictions: z.array(z.string().regex(JURISDICTION_CODE)).min(1).max(200).nullable(),
  areas: z
    .strictObject({ layer: z.string().max(100), codes: z.array(z.string().max(200)).min(1).max(1000) })
    .nullable()
    .default(null),
});

export const signInBody = z.strictObject({
  name: z.string().min(1).max(LONGEST_TEXT),
  password: tried,
  code: z
    .string()
    .regex(/^\d{6}$/, 'a code has six digits')
    .optional(),
});
export const demoBody = z.strictObject({ role: z.enum(ROLES) });
export const linkBody = z.strictObject({
  token: z.string().max(200),
  name: accountName.optional(),
  password: chosen,
});
export const invitationBody = z.strictObject({
  name: accountName.optional(),
  role: z.enum(ROLES).exclude(['public']),
  scope: scopeBody.default({ jurisdictions: null, areas: null }),
});
export const accountPatch = z.strictObject({
  role: z.enum(ROLES).exclude(['public']).optional(),
  scope: scopeBody.optional(),
  disabled: z.boolean().optional(),
});
export const passwordBody = z.strictObject({ old: tried, new: chosen });
export const codeBody = z.strictObject({ code: z.string().regex(/^\d{6}$/, 'a code has six digits') });
export const confirmedBody = z.strictObject({ password: tried });

export type AccountRow = {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly disabled: boolean;
  /** Signs in with a code too. */
  readonly totp: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Of the sessions it has now. */
  readonly seenAt: string | null;
};

export type LinkMade = {
  /** Said once; kept as its hash. */
  readonly token: string;
  /** The address to open, without the host: the token stands where no server writes it down. */
  readonly path: string;
  readonly expires: string;
};

export const LINK_PURPOSES = ['first', 'invitation', 'reset'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];
/** What a link is for. */
export type LinkFor = {
  readonly purpose: LinkPurpose;
  /** Null: to be chosen. */
  readonly name: string | null;
  readonly role: Role;
  readonly expires: string;
};

export type SessionRow = {
  readonly since: string;
  readonly seen: string;
  readonly address: string;
  readonly device: string;
  readonly current: boolean;
};
