// The part of the OpenAPI page about certificates: one's own, issuing and revoking, and checking one by its code.

import * as z from 'zod';
import {
  CERTIFICATE_STATES,
  type CertificateDesk,
  type CertificateRow,
  type CertificateShown,
  type Completed,
  certificateRequest,
  newCertificate,
  type OwnCertificates,
  reissue,
  revocation,
} from '../badges/contract.ts';
import { route } from './deliveries.ts';

const params = z.object({ jurisdiction: z.string() });
const one = params.extend({ code: z.string().describe('twelve letters and digits; hyphens may stand between') });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

const title = z.object({ es: z.string(), en: z.string() });
const completed = z.object({
  ...{ course: z.string(), title, hours: z.number(), completedAt: z.string() },
  learner: z.number().int().describe('number of the account; 0: whoever has the machine'),
}) satisfies z.ZodType<Completed>;
const day = z.string().describe('YYYY-MM-DD, local');
const shown = z.object({
  ...{ code: z.string(), title, hours: z.number(), issuer: z.string() },
  state: z.enum(CERTIFICATE_STATES),
  holder: z.string().nullable().describe('null: withdrawn'),
  isSample: z.boolean().describe('of a city that was made up: it certifies nothing'),
  ...{ completedOn: day, issuedOn: day, validUntil: day.nullable(), revokedOn: day.nullable() },
}) satisfies z.ZodType<CertificateShown>;
const row = shown.extend({
  ...{ course: z.string(), learner: z.number().int().nullable(), because: z.string().nullable() },
}) satisfies z.ZodType<CertificateRow>;
const asked = z.string().nullable().describe('the name asked for; null: not asked for');
const own = z.object({
  kept: z.boolean(),
  mayIssue: z.boolean().describe('whether there is anybody to whom they may issue certificates'),
  completed: z.array(completed.extend({ asked })),
  certificates: z.array(row),
}) satisfies z.ZodType<OwnCertificates>;
const desk = z.object({
  waiting: z.array(completed.extend({ name: z.string(), asked })),
  certificates: z.array(row).describe('the newest'),
  inAll: z.int(),
  hasAddress: z.boolean().describe('whether other programs can ask this portal about its badges (CUADRA_PORTAL)'),
}) satisfies z.ZodType<CertificateDesk>;
const anything = z.record(z.string(), z.unknown());

export const BADGE_ROUTES = [
  route('get', '/{jurisdiction}/certificates', 'One’s own certificates, and what one may ask one for', 200, own, {
    params,
  }),
  route('post', '/{jurisdiction}/certificates/requests', 'Ask for a certificate under a name', 204, null, {
    params,
    body: body(certificateRequest),
  }),
  route('delete', '/{jurisdiction}/certificates/requests/{course}', 'Ask for it no longer', 204, null, {
    params: params.extend({ course: z.string() }),
  }),
  route('delete', '/{jurisdiction}/certificates/{code}', 'Withdraw one’s own: revoked, the name erased', 204, null, {
    params: one,
  }),
  route('get', '/{jurisdiction}/certificate-desk', 'Who completed what, and what was issued', 200, desk, { params }),
  route('post', '/{jurisdiction}/certificates', 'Issue a certificate with its badge', 201, row, {
    params,
    body: body(newCertificate),
  }),
  route('post', '/{jurisdiction}/certificates/{code}/revoke', 'Revoke one; the list says so at once', 204, null, {
    params: one,
    body: body(revocation),
  }),
  route('post', '/{jurisdiction}/certificates/{code}/reissue', 'The same under another name and code', 201, row, {
    params: one,
    body: body(reissue),
  }),
  route('get', '/{jurisdiction}/certificates/{code}', 'Check one certificate; for anybody', 200, shown, {
    params: one,
  }),
  route(
    'get',
    '/{jurisdiction}/certificates/{code}/badge',
    'Its Open Badge 3.0: a verifiable credential as a compact JWS (application/vc+jwt)',
    200,
    z.string(),
    { params: one },
  ),
  route('get', '/{jurisdiction}/certificates/{code}/certificate.pdf', 'Its document', 200, z.string(), { params: one }),
  route('get', '/{jurisdiction}/badges/issuer', 'Who issues: a Profile of Open Badges', 200, anything, { params }),
  route('get', '/{jurisdiction}/badges/did.json', 'The same as a document of did:web', 200, anything, { params }),
  route('get', '/{jurisdiction}/badges/keys', 'Public keys, with those that sign no more: a JWK Set', 200, anything, {
    params,
  }),
  route('get', '/{jurisdiction}/badges/keys/{key}', 'One public key: a JWK', 200, anything, {
    params: params.extend({ key: z.string() }),
  }),
  route(
    'get',
    '/{jurisdiction}/badges/lists/{list}',
    'What is revoked: a signed Bitstring Status List',
    200,
    z.string(),
    {
      params: params.extend({ list: z.string() }),
    },
  ),
];
