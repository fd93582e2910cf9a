// Every setting there is: name, meaning, default. The table of SETTINGS.md is generated from this list.

import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { isEmbedOrigin } from './access/contract.ts';
import type { ProviderSettings } from './accounts/provider.ts';
import { providerRoleIn } from './accounts/provider-roles.ts';
import type { AlertWays } from './alerts/tell.ts';
import { CannotStart } from './errors.ts';
import { hostnameOf, isLoopback } from './http/hosts.ts';

type Setting = { readonly name: string; readonly default: string; readonly help: string };

/** In the order of the table. */
export const SETTINGS: readonly Setting[] = [
  { name: 'PORT', default: '8080', help: 'Port the page is served on.' },
  {
    name: 'HOST',
    default: '127.0.0.1',
    help: 'Address to listen on.',
  },
  {
    name: 'CUADRA_HOSTS',
    default: '',
    help: 'Names the portal is opened by beside `localhost`, with commas between them: needed behind a reverse proxy. A server open to others answers to every name while this is empty.',
  },
  {
    name: 'CUADRA_TRUSTED_PROXIES',
    default: '',
    help: 'Reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: addresses or networks (`10.0.0.0/8`) with commas between them, or how many stand in a row (`1`).',
  },
  {
    name: 'DATABASE_URL',
    default: '',
    help: 'PostgreSQL 15 or newer with PostGIS 3.3 or newer. Empty = the embedded database.',
  },
  {
    name: 'DATABASE_ADMIN_URL',
    default: '',
    help: 'The same database as `DATABASE_URL`, as the user who owns its tables. With it the user of `DATABASE_URL` owns nothing and is bound by row security: see OPERATING.md.',
  },
  {
    name: 'CUADRA_DATA_DIR',
    default: '.data',
    help: 'Folder of the embedded database, of saved cubes and of `backups`.',
  },
  {
    name: 'CUADRA_BACKUP',
    default: '1',
    help: '`1` backs up before a new version changes the schema of the database; `0` changes it without.',
  },
  {
    name: 'CUADRA_DEMO',
    default: '',
    help: '`1` loads the demo city, `0` never does; empty = only into an embedded database with no jurisdiction.',
  },
  {
    name: 'CUADRA_BASEMAP_STYLE',
    default: '',
    help: 'URL of a MapLibre style drawn under the data. Empty = the city’s own streets, and no request leaves this server.',
  },
  { name: 'CUADRA_CUBE_MB', default: '512', help: 'Memory for the counting cubes; beyond it questions go to SQL.' },
  {
    name: 'CUADRA_WATCH_DIR',
    default: '',
    help: 'Folder whose subfolders, one per jurisdiction code, are watched for files to import. Empty = none.',
  },
  {
    name: 'CUADRA_ALERTS_FOLDER',
    default: '',
    help: 'Folder in which alerts are left as files, a subfolder for each jurisdiction, for networks that let no mail out. Empty = none.',
  },
  {
    name: 'CUADRA_SMTP_URL',
    default: '',
    help: 'Mail server that alerts are sent by: `smtp://correo.villa.gob.mx:25`, or `smtps://USER@HOST:465`. Empty = no mail.',
  },
  { name: 'CUADRA_SMTP_PASSWORD_FILE', default: '', help: 'File that holds the password of that user.' },
  {
    name: 'CUADRA_PORTAL',
    default: '',
    help: 'The portal as people open it (`https://cuadra.villa.gob.mx`), for the link in alerts. Empty = that of `CUADRA_OIDC_ORIGIN`, and without either no link is sent.',
  },
  {
    name: 'CUADRA_PROBLEM_FILES_MB',
    default: '',
    help: 'Files may be kept with a problem, of so many megabytes each (1–25), twenty of a problem, and 2 GB in all of a city; they lie in the database and in every backup. Empty = none are taken.',
  },
  {
    name: 'CUADRA_ALERTS_DOMAINS',
    default: '',
    help: 'Domains whose addresses a rule may have alerts mailed to, with what is below them (`villa.gob.mx, seguridad.example`), with commas between them; `*` = any address in the world. Empty = that of `CUADRA_SMTP_FROM`.',
  },
  { name: 'CUADRA_SMTP_FROM', default: 'cuadra@localhost', help: 'Address that alerts come from.' },
  {
    name: 'CUADRA_ACCESS',
    default: 'accounts',
    help: '`accounts`: who signs in may do what their role says, everybody else sees what is public. `open`: whoever reaches the server is its administrator, only for `HOST` on this machine itself.',
  },
  {
    name: 'CUADRA_EMBED_ORIGINS',
    default: '',
    help: 'Sites that may show the public view in a frame (`https://periodico.example`), with commas between them; `*` = all. Empty = none. A city may say otherwise for its own (`protect embed`). Pages of staff are never shown in a frame.',
  },
  {
    name: 'CUADRA_SECOND_STEP',
    default: '',
    help: 'Who signs in with a code of an authenticator beside the password: `points`, whoever may see exact points; `all`, everybody. Who has none yet sets it up before anything else is answered. Empty = whoever wants to.',
  },
  {
    name: 'CUADRA_OIDC_ISSUER',
    default: '',
    help: 'Address of a provider people sign in at by OpenID Connect (`https://…`). Needs the next three.',
  },
  { name: 'CUADRA_OIDC_CLIENT_ID', default: '', help: 'What the provider calls this portal.' },
  { name: 'CUADRA_OIDC_SECRET_FILE', default: '', help: 'File that holds the secret of that client.' },
  {
    name: 'CUADRA_OIDC_ORIGIN',
    default: '',
    help: 'The portal as people open it (`https://cuadra.villa.gob.mx`); the provider sends them back to it, at `/api/v1/session/oidc/callback`, and to nowhere else.',
  },
  {
    name: 'CUADRA_OIDC_ROLES',
    default: '',
    help: 'Roles by the claims of the provider, the first that fits: `groups:mandos=commander@villa+otra,groups:admin=administrator`. Whom none fits is not let in. Empty = accounts linked one by one.',
  },
  {
    name: 'CUADRA_PASSWORD',
    default: '',
    help: 'One password for all (at least 12 characters), as before there were accounts: whoever knows it is administrator, and there are no accounts while it is set. Only until they are made.',
  },
];

export type Config = {
  readonly port: number;
  readonly host: string;
  /** In lower case, without ports. */
  readonly hosts: readonly string[];
  /** Their addresses and networks, or how many stand in a row. */
  readonly trustedProxies: readonly string[] | number;
  readonly databaseUrl: string | null;
  readonly databaseAdminUrl: string | null;
  readonly dataDir: string;
  readonly backupFirst: boolean;
  readonly demo: boolean | null;
  readonly basemapStyle: string | null;
  readonly cubeMb: number;
  readonly watchDir: string | null;
  readonly alerts: AlertWays;
  /** Megabytes of a file of a problem; null = none are taken. */
  readonly problemFilesMb: number | null;
  /** Sources as a content security policy has them. */
  readonly embedOrigins: readonly string[];
  readonly password: string | null;
  /** accounts; open: whoever reaches the server is administrator; password: whoever knows the one for all is. */
  readonly access: 'accounts' | 'open' | 'password';
  /** Who needs a second step: those who may see exact points, everybody, or nobody. */
  readonly secondStep: 'points' | 'all' | null;
  /** Where else people sign in. */
  readonly provider: ProviderSettings | null;
};

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const MOST_PROXIES_IN_A_ROW = 9;

const originText = z.union([
  z.literal(''),
  z.url().refine((text) => new URL(text).origin === text, 'is a scheme, a host and a port alone'),
]);
const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535),
  HOST: z.string().min(1),
  CUADRA_HOSTS: list.transform((texts, context) =>
    texts.map((text) => {
      const name = isIP(text) === 6 ? text.toLowerCase() : hostnameOf(text);
      if (name === null || /:\d+$/.test(text.replace(/^[0-9a-f:.]+$/i, '')))
        context.addIssue(`not a host name: ${text}`);
      return name ?? '';
    }),
  ),
  CUADRA_TRUSTED_PROXIES: list.transform((texts, context): readonly string[] | number => {
    const [first = ''] = texts;
    if (texts.length === 1 && /^\d+$/.test(first)) {
      if (Number(first) > MOST_PROXIES_IN_A_ROW)
        context.addIssue(`more than ${MOST_PROXIES_IN_A_ROW} proxies in a row`);
      return Number(first);
    }
    for (const text of texts) if (!isNetwork(text)) context.addIssue(`not an address or network: ${text}`);
    return texts;
  }),
  DATABASE_URL: z.union([z.literal(''), z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://')]),
  DATABASE_ADMIN_URL: z.union([z.literal(''), z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://')]),
  CUADRA_DATA_DIR: z.string().min(1),
  CUADRA_BACKUP: z.enum(['0', '1']),
  CUADRA_DEMO: z.enum(['', '0', '1']),
  CUADRA_BASEMAP_STYLE: z.union([z.literal(''), z.url()]),
  CUADRA_CUBE_MB: z.coerce.number().int().min(0).max(1_000_000),
  CUADRA_WATCH_DIR: z.string(),
  CUADRA_ALERTS_FOLDER: z.string(),
  CUADRA_SMTP_URL: z.union([z.literal(''), z.url({ protocol: /^smtps?$/ })]),
  CUADRA_SMTP_PASSWORD_FILE: z.string(),
  CUADRA_ALERTS_DOMAINS: list.transform((texts, context) =>
    texts.map((text) => {
      const domain = text.toLowerCase();
      if (domain !== '*' && !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain)) context.addIssue(`not a domain: ${text}`);
      return domain;
    }),
  ),
  CUADRA_SMTP_FROM: z.string().min(3).max(254),
  CUADRA_ACCESS: z.enum(['accounts', 'open']),
  CUADRA_EMBED_ORIGINS: list.transform((texts, context) => {
    for (const text of texts)
      if (!isEmbedOrigin(text)) context.addIssue(`not an origin like https://example.org: ${text}`);
    return texts;
  }),
  CUADRA_SECOND_STEP: z.enum(['', 'points', 'all']),
  CUADRA_OIDC_ISSUER: z.union([z.literal(''), z.url()]),
  CUADRA_OIDC_CLIENT_ID: z.string().max(300),
  CUADRA_OIDC_SECRET_FILE: z.string(),
  CUADRA_OIDC_ORIGIN: originText,
  CUADRA_PORTAL: originText,
  CUADRA_OIDC_ROLES: list.transform((texts, context) =>
    texts.flatMap((text) => {
      const role = providerRoleIn(text);
      if (!role) context.addIssue(`not CLAIM:VALUE=ROLE or CLAIM:VALUE=ROLE@JURISDICTION+JURISDICTION: ${text}`);
      return role ?? [];
    }),
  ),
  CUADRA_PROBLEM_FILES_MB: z.union([z.literal(''), z.coerce.number().int().min(1).max(25)]),
  CUADRA_PASSWORD: z.union([z.literal(''), z.string().min(12, 'needs at least 12 characters')]),
});

/** Reads the environment once; empty = not set. Throws CannotStart naming the setting; never repeats a secret. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(SETTINGS.map(({ name, default: value }) => [name, environment[name] || value]));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new CannotStart(`${String(issue.path[0])}: ${issue.message}`);
  }
  const s = parsed.data;
  if (s.CUADRA_ACCESS === 'open' && s.CUADRA_PASSWORD !== '')
    throw new CannotStart('CUADRA_ACCESS=open and CUADRA_PASSWORD exclude each other: leave one of them out');
  if (s.CUADRA_ACCESS === 'open' && !isLoopback(s.HOST))
    throw new CannotStart(`HOST ${s.HOST} is open to other machines: CUADRA_ACCESS=open is for 127.0.0.1 alone`);
  if (s.DATABASE_ADMIN_URL !== '' && s.DATABASE_URL === '')
    throw new CannotStart('DATABASE_ADMIN_URL: DATABASE_URL is needed beside it, as another user of the same database');
  const provider = providerOf(s);
  return {
    port: s.PORT,
    host: s.HOST,
    hosts: s.CUADRA_HOSTS,
    trustedProxies: s.CUADRA_TRUSTED_PROXIES,
    databaseUrl: s.DATABASE_URL || null,
    databaseAdminUrl: s.DATABASE_ADMIN_URL || null,
    dataDir: resolve(join(import.meta.dirname, '..'), s.CUADRA_DATA_DIR),
    backupFirst: s.CUADRA_BACKUP === '1',
    demo: s.CUADRA_DEMO === '' ? null : s.CUADRA_DEMO === '1',
    basemapStyle: s.CUADRA_BASEMAP_STYLE || null,
    cubeMb: s.CUADRA_CUBE_MB,
    watchDir: s.CUADRA_WATCH_DIR === '' ? null : resolve(join(import.meta.dirname, '..'), s.CUADRA_WATCH_DIR),
    alerts: {
      smtpUrl: s.CUADRA_SMTP_URL || null,
      smtpPasswordFile: s.CUADRA_SMTP_PASSWORD_FILE === '' ? null : resolve(s.CUADRA_SMTP_PASSWORD_FILE),
      from: s.CUADRA_SMTP_FROM,
      mailDomains: mailDomainsOf(s.CUADRA_ALERTS_DOMAINS, s.CUADRA_SMTP_FROM),
      portal: s.CUADRA_PORTAL || s.CUADRA_OIDC_ORIGIN || null,
      folder: s.CUADRA_ALERTS_FOLDER === '' ? null : resolve(join(import.meta.dirname, '..'), s.CUADRA_ALERTS_FOLDER),
    },
    problemFilesMb: s.CUADRA_PROBLEM_FILES_MB === '' ? null : s.CUADRA_PROBLEM_FILES_MB,
    embedOrigins: s.CUADRA_EMBED_ORIGINS,
    password: s.CUADRA_PASSWORD || null,
    access: s.CUADRA_PASSWORD === '' ? s.CUADRA_ACCESS : 'password',
    secondStep: s.CUADRA_SECOND_STEP || null,
    provider,
  };
}

/** Null = any. Those of a sender like `Cuadra <avisos@villa.gob.mx>` where none are named. */
function mailDomainsOf(named: readonly string[], from: string): readonly string[] | null {
  if (named.includes('*')) return null;
  return named.length > 0
    ? named
    : [
        from
          .slice(from.lastIndexOf('@') + 1)
          .replace(/>?\s*$/, '')
          .toLowerCase(),
      ];
}

function providerOf(s: z.output<typeof schema>): ProviderSettings | null {
  const issuer = s.CUADRA_OIDC_ISSUER;
  if (issuer === '') return null;
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !isLoopback(hostname)) throw new CannotStart('CUADRA_OIDC_ISSUER: must be https');
  for (const name of ['CUADRA_OIDC_CLIENT_ID', 'CUADRA_OIDC_SECRET_FILE', 'CUADRA_OIDC_ORIGIN'] as const)
    if (s[name] === '') throw new CannotStart(`${name}: is needed beside CUADRA_OIDC_ISSUER`);
  const [clientId, origin, roles] = [s.CUADRA_OIDC_CLIENT_ID, s.CUADRA_OIDC_ORIGIN, s.CUADRA_OIDC_ROLES];
  return { issuer, clientId, secretFile: resolve(s.CUADRA_OIDC_SECRET_FILE), origin, roles };
}

/** An address, or a network that is not everything. */
function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

/** The table of SETTINGS.md, as Markdown. */
export function settingsTable(): string {
  const rows = SETTINGS.map(
    ({ name, default: value, help }) => `| \`${name}\` | ${value && `\`${value}\``} | ${help} |`,
  );
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
}
