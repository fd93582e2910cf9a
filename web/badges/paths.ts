// Where certificates are asked for, issued and revoked.

import type { CertificateDesk, CertificateRow, OwnCertificates } from '../../server/badges/contract.ts';
import { at, type Path } from '../store/api.ts';

export const badgePaths = {
  own: (city: string): Path<OwnCertificates> => at(city, 'certificates'),
  desk: (city: string): Path<CertificateDesk> => at(city, 'certificate-desk'),
  requests: (city: string): Path<null> => at(city, 'certificates/requests'),
  request: (city: string, course: string): Path<null> =>
    at(city, `certificates/requests/${encodeURIComponent(course)}`),
  issue: (city: string, lang: string): Path<CertificateRow> => at(city, `certificates?lang=${lang}`),
  one: (city: string, code: string): Path<null> => at(city, `certificates/${code}`),
  revoke: (city: string, code: string): Path<null> => at(city, `certificates/${code}/revoke`),
  reissue: (city: string, code: string, lang: string): Path<CertificateRow> =>
    at(city, `certificates/${code}/reissue?lang=${lang}`),
  document: (city: string, code: string, lang: string) => at(city, `certificates/${code}/certificate.pdf?lang=${lang}`),
  badge: (city: string, code: string) => at(city, `certificates/${code}/badge`),
  page: (city: string, code: string, lang: string) => `/verify/${city}/${code}?lang=${lang}`,
};
