// Alerts leave as one digest for each person: by mail, or as a file in a folder for networks that let no mail out.

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { type Language, LOCALES } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import type { AlertFound } from './contract.ts';
import type { Unsent } from './store.ts';

export type AlertWays = {
  /** `smtp://USER@HOST:PORT`, or smtps; null = no mail. */
  readonly smtpUrl: string | null;
  readonly smtpPasswordFile: string | null;
  readonly from: string;
  /** Alerts are mailed to addresses of these and of what is below them; null = to any. */
  readonly mailDomains: readonly string[] | null;
  readonly folder: string | null;
  /** The portal as people open it; null = not known, and no link is sent. */
  readonly portal: string | null;
};

const TIMEOUT_MS = 15_000;

export function mayMailTo({ mailDomains }: Pick<AlertWays, 'mailDomains'>, address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return mailDomains === null || mailDomains.some((each) => domain === each || domain.endsWith(`.${each}`));
}

export type Digest = { readonly subject: string; readonly text: string };

/** One text of all that a person is told at once. */
export function digestOf(
  jurisdiction: Pick<Jurisdiction, 'name' | 'code'>,
  alerts: readonly Unsent[],
  language: Language,
  portal: string | null,
): Digest {
  const t = createTranslator(language);
  const n = String(alerts.length);
  return {
    subject: t('alerts.subject', { n, city: jurisdiction.name }),
    text: [
      t('alerts.greeting', { n, city: jurisdiction.name }),
      ...alerts.map(({ kind, title, found }) => [title, ...linesOf(kind, found, language)].join('\n')),
      ...(portal ? [t('alerts.openIt', { link: `${portal}/?city=${jurisdiction.code}&tab=alerts` })] : []),
      t('alerts.why'),
    ].join('\n\n'),
  };
}

function linesOf(kind: Unsent['kind'], found: AlertFound, language: Language): string[] {
  const t = createTranslator(language);
  const number = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(LOCALES[language], { timeZone: 'UTC', dateStyle: 'medium' });
  const dayOf = (text: string, later = 0) => day.format(Date.parse(`${text}T00:00:00Z`) + later);
  const days = { from: dayOf(found.from), until: dayOf(found.until, -86_400_000) };
  const values = {
    ...{ ...days, count: found.count, n: number.format(found.count), expected: number.format(found.expected) },
    high: found.high === null ? '' : number.format(found.high),
  };
  const said = {
    series: 'alerts.saidSeries',
    'near-repeat': 'alerts.saidRepeats',
    'new-high': 'alerts.saidHigh',
  } as const;
  const places = found.places.map(({ name, count }) => `  · ${name}: ${number.format(count)}`);
  const { unlocated = 0, isCut = false } = found;
  return [
    t(said[kind], values),
    ...places,
    ...(unlocated > 0 ? [t('alerts.unlocated', { n: number.format(unlocated) })] : []),
    ...(isCut ? [t('meeting.repeatsCut')] : []),
  ];
}

/** Throws where the server does not take it. */
export async function sendMail(
  { smtpUrl, smtpPasswordFile, from }: AlertWays,
  to: string,
  digest: Digest,
): Promise<void> {
  if (smtpUrl === null) throw new Error('no mail server is set');
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === 'smtps:';
  const password = smtpPasswordFile === null ? '' : (await readFile(smtpPasswordFile, 'utf8')).trim();
  const { createTransport } = await import('nodemailer'); // most installations send none
  const transport = createTransport({
    ...{ host: url.hostname, port: Number(url.port || (isSecure ? 465 : 25)), secure: isSecure },
    ...(url.username ? { auth: { user: decodeURIComponent(url.username), pass: password } } : {}),
    // A password goes over no line that others read.
    requireTLS: url.username !== '' && !isSecure,
    ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    await transport.sendMail({ from, to, subject: digest.subject, text: digest.text });
  } finally {
    transport.close();
  }
}

/** Whole or not at all: whoever fetches it sees no half of it. Answers its name. */
export async function leaveFile(
  folder: string,
  { code }: Pick<Jurisdiction, 'code'>,
  owner: number,
  digest: Digest,
  now: Date,
): Promise<string> {
  const there = join(folder, code);
  await mkdir(there, { recursive: true });
  const name = `${now.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}-${owner < 0 ? `demo${-owner}` : owner}-${randomUUID().slice(0, 8)}.txt`;
  const half = join(there, `.${name}.part`);
  await writeFile(half, `${digest.subject}\n\n${digest.text}\n`);
  await rename(half, join(there, name));
  return name;
}
