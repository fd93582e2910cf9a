// What is said about accounts over HTTP: what signing in takes, and how accounts, sessions and links look.

import * as z from 'zod';
import { JURISDICTION_CODE, ROLES, type Role, type Scope } from '../access/contract.ts';
import { BadInput } from '../errors.ts';

/** Letters and figures of any script, and what e-mail addresses hold: nothing that could break a line, a header or a path. */
export const ACCOUNT_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@+-]{0,78}[\p{L}\p{M}\p{N}])?$/u;
const NOT_A_NAME = 'a name is 1 to 80 letters, digits, spaces and . _ @ + -';
const LONGEST_TEXT = 1000;
const MOST_AREAS = 1000;
/** A recovery code as people write it down. */
const LONGEST_CODE = 60;
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
    .strictObject({ layer: z.string().max(100), codes: z.array(z.string().max(200)).min(1).max(MOST_AREAS) })
    .nullable()
    .default(null),
});

/** `LAYER:CODE,CODE,…`, each code with its layer or without. Throws BadInput('areas'). */
export function areasIn(text: string): NonNullable<Scope['areas']> {
  const [, layer, first] = /^([a-z0-9][a-z0-9_-]{0,62}):(.+)$/.exec(text) ?? [];
  if (!layer || !first) throw new BadInput('areas', 'areas are LAYER:CODE,CODE,…');
  const withoutLayer = (code: string) => (code.startsWith(`${layer}:`) ? code.slice(layer.length + 1) : code);
  const codes = first.split(',').map((code) => withoutLayer(code.trim()));
  if (codes.some((code) => code === '') || codes.length > MOST_AREAS)
    throw new BadInput('areas', 'areas are LAYER:CODE,CODE,…');
  return { layer, codes: [...new Set(codes)] };
}

export const signInBody = z.strictObject({
  name: z.string().min(1).max(LONGEST_TEXT),
  password: tried,
  code: z
    .string()
    .max(LONGEST_CODE)
    .regex(/^\s*(\d{6}|([A-Za-z2-7][\s-]*){24})\s*$/, 'a code has six digits, a recovery code 24 letters and digits')
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

/** What a browser gives of a passkey; the library reads it, here it is of bounded size. */
const LONGEST_PART = 20_000;
const passkeyPart = z.string().max(LONGEST_PART);
const credential = z.object({
  id: z.string().regex(/^[\w-]{1,1400}$/, 'not a passkey'),
  rawId: passkeyPart,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: passkeyPart,
    attestationObject: passkeyPart.optional(),
    authenticatorData: passkeyPart.optional(),
    signature: passkeyPart.optional(),
    userHandle: passkeyPart.optional(),
    transports: z.array(z.string().max(20)).max(10).optional(),
  }),
  clientExtensionResults: z.object({}).default({}),
});
export type PasskeyUsed = z.output<typeof credential>;
export const passkeyUsed = z.strictObject({ credential });
export const newPasskey = z.strictObject({ name: z.string().trim().min(1).max(60), credential });

export type Passkey = {
  readonly id: string;
  /** As its owner calls it. */
  readonly name: string;
  /** The name of the server it was made under. */
  readonly site: string;
  readonly createdAt: string;
  readonly usedAt: string | null;
};

export type TotpProposed = {
  readonly secret: string;
  /** As authenticators read it from a picture. */
  readonly uri: string;
};
/** Said once; kept as their hashes. */
export type RecoveryCodes = { readonly recovery: readonly string[] };

/** Why somebody a provider sent back is not let in; the first: it did not let them in itself, or nothing came of it. */
export const PROVIDER_FAULTS = ['failed', 'no-role', 'second-step', 'name-taken'] as const;
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];

export type AccountRow = {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly disabled: boolean;
  /** Signs in with a code too. */
  readonly totp: boolean;
  /** How many it can enter by. */
  readonly passkeys: number;
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
/** A link that nobody used yet; `id` is what it is recognised by, and opens nothing. */
export type LinkWaiting = {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly name: string | null;
  readonly role: Role;
  readonly scope: Scope;
  readonly madeBy: string | null;
  readonly madeAt: string | null;
  readonly expires: string;
};
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
