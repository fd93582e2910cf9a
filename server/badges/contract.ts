// What a certificate is, how one is asked for, issued and revoked, and what anybody is told who has its code. Pure.

import * as z from 'zod';

/** Letters and digits that are not taken for one another (Crockford's base 32): 60 bits. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 12;

/** `random` = as many bytes as a code has signs. */
export const codeFrom = (random: Uint8Array): string =>
  Array.from(random.subarray(0, CODE_LENGTH), (byte) => CODE_ALPHABET[byte % 32]).join('');

/** As people write it: hyphens and spaces between, small letters, O for 0, I and L for 1. Null for what is no code. */
export function readCode(text: string): string | null {
  const code = text
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(code) ? code : null;
}

export const shownCode = (code: string): string => code.replaceAll(/(.{4})(?=.)/g, '$1-');

/** What was completed: lessons of a module on one's own, or a course. */
const courseKey = z.string().regex(/^(lessons|course):[a-z0-9-]{1,60}$/, 'not a course');
const MOST_NAME_CHARACTERS = 90;
/** Latin letters as the fonts of the certificate have them, marks, apostrophes, hyphens and dots. */
const holder = z
  .string()
  .max(MOST_NAME_CHARACTERS * 2)
  .transform((text) => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim())
  .refine((name) => name.length >= 2 && name.length <= MOST_NAME_CHARACTERS, 'a name has 2 to 90 letters')
  .refine((name) => /^[A-Za-z\u00c0-\u024f\u1e00-\u1eff' ’.,-]+$/.test(name), 'a name is written in Latin letters');
/** Signs of a text that the letters of the certificate do not have, each once. */
const BEYOND = /[^\u0020-\u007e\u00a0-\u024f\u1e00-\u1e9f\u2013\u2014\u2018-\u201d\u2022\u2026]/gu;
export const undrawable = (text: string): string => [...new Set(text.normalize('NFC').match(BEYOND))].join(' ');
const because = z
  .string()
  .max(1000)
  .transform((text) => text.replaceAll(/\s+/gu, ' ').trim())
  .refine((text) => text.length >= 3 && text.length <= 300, 'say why in 3 to 300 letters');

/** Body of a request: for which course, and the name that shall stand on the certificate. */
export const certificateRequest = z.strictObject({ course: courseKey, holder });
/** Body of issuing: whose, what for, in which name, and until when it holds (null: for good). */
export const newCertificate = z.strictObject({
  course: courseKey,
  learner: z.number().int().min(0).max(2_000_000_000),
  holder,
  validUntil: z.iso
    .date()
    .refine((day) => day < '2200', 'a day before 2200')
    .nullable()
    .default(null),
});
export type NewCertificate = z.output<typeof newCertificate>;
export const revocation = z.strictObject({ because });
/** Body of issuing one again with another name; the one before is revoked. */
export const reissue = z.strictObject({ holder, because });

export const CERTIFICATE_STATES = ['valid', 'expired', 'revoked', 'replaced', 'withdrawn', 'unverifiable'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

export type Titles = { readonly es: string; readonly en: string };

/** A course somebody has completed. */
export type Completed = {
  readonly course: string;
  readonly title: Titles;
  readonly hours: number;
  /** The number of an account; 0 = whoever has the machine. */
  readonly learner: number;
  /** ISO 8601. */
  readonly completedAt: string;
};

/** What anybody is told who has the code of a certificate: nothing beyond what stands on it. */
export type CertificateShown = {
  readonly code: string;
  readonly state: CertificateState;
  /** Null where it was withdrawn. */
  readonly holder: string | null;
  readonly title: Titles;
  readonly hours: number;
  readonly issuer: string;
  /** Of a city that was made up: it certifies nothing. */
  readonly isSample: boolean;
  /** Local days. */
  readonly completedOn: string;
  readonly issuedOn: string;
  readonly validUntil: string | null;
  readonly revokedOn: string | null;
};

/** To its holder and to those who issue. */
export type CertificateRow = CertificateShown & {
  readonly course: string;
  readonly learner: number | null;
  readonly because: string | null;
};

/** `GET /api/v1/:jurisdiction/certificates`: one's own. */
export type OwnCertificates = {
  /** Whether the portal knows whose they would be; else no certificate can be asked for. */
  readonly kept: boolean;
  /** Whether there is anybody to whom they may issue certificates. */
  readonly mayIssue: boolean;
  /** What was completed and has no certificate that holds; `asked` = the name asked for. */
  readonly completed: readonly (Completed & { readonly asked: string | null })[];
  readonly certificates: readonly CertificateRow[];
};

/** `GET /api/v1/:jurisdiction/certificate-desk`: for those who issue. */
export type CertificateDesk = {
  readonly waiting: readonly (Completed & { readonly name: string; readonly asked: string | null })[];
  /** The newest, of so many in all. */
  readonly certificates: readonly CertificateRow[];
  readonly inAll: number;
  /** Whether certificates can be checked by other programs at an address of this portal. */
  readonly hasAddress: boolean;
};

export const MOST_CERTIFICATES_SHOWN = 500;
