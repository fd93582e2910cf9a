// The page on which anybody checks one certificate by its code: written by the server, so that it works on any telephone and
// loads nothing else.

import { CERTIFICATE_WORDS, dayInWords, hoursFigure } from '../i18n/certificates.ts';
import type { Language } from '../i18n/contract.ts';
import { type CertificateShown, shownCode } from './contract.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!);

/** What came of the question: a certificate, or why there is none. */
export type Verified = CertificateShown | 'none' | 'wrong' | 'many' | null;

/** `city` = the code in the address; `typed` = what was asked for, as it was typed. */
export function verifyPage(city: string, typed: string, verified: Verified, language: Language): string {
  const words = CERTIFICATE_WORDS[language];
  const found = verified !== null && typeof verified === 'object' ? verified : null;
  const refused = typeof verified === 'string' ? words.verify[verified] : null;
  const title = found ? `${words.title} ${shownCode(found.code)}` : words.verify.title;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${escaped(title)} – Cuadra</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/verify/page.css"></head>
<body><main><p class="top"><span>Cuadra</span> ${otherLanguage(city, found, language)}</p>
${found ? shownPart(city, found, language) : formPart(city, typed, refused, language)}
</main></body></html>`;
}

function otherLanguage(city: string, found: CertificateShown | null, language: Language): string {
  const other = language === 'es' ? 'en' : 'es';
  const address = `/verify/${city}${found ? `/${found.code}` : ''}?lang=${other}`;
  return `<a href="${address}" hreflang="${other}" lang="${other}">${other === 'en' ? 'English' : 'Español'}</a>`;
}

function formPart(city: string, typed: string, refused: string | null, language: Language): string {
  const { verify } = CERTIFICATE_WORDS[language];
  const faulty = refused === null ? '' : ' aria-invalid="true" aria-describedby="refused"';
  return `<h1>${verify.title}</h1><p>${verify.lead}</p>
<form action="/verify/${city}" method="get"><input type="hidden" name="lang" value="${language}">
<label for="code">${verify.code}</label>
<input id="code" name="code" value="${escaped(typed)}" required maxlength="40" autocomplete="off" spellcheck="false"
 autocapitalize="characters" placeholder="7K3M-9QXA-2B4C"${faulty}>
${refused === null ? '' : `<p id="refused" class="bad" role="alert">${refused}</p>`}
<button>${verify.button}</button></form>`;
}

function shownPart(city: string, shown: CertificateShown, language: Language): string {
  const words = CERTIFICATE_WORDS[language];
  const { verify } = words;
  const day = (text: string) => dayInWords(language, text);
  const isGood = shown.state === 'valid';
  const rows: (readonly [string, string | null])[] = [
    [verify.holder, shown.holder],
    [verify.course, shown.title[language]],
    [verify.duration, `${hoursFigure(language, shown.hours)} h`],
    [verify.issuer, shown.issuer],
    [verify.completedOn, day(shown.completedOn)],
    [verify.issuedOn, day(shown.issuedOn)],
    [verify.until, shown.validUntil && day(shown.validUntil)],
    [verify.revokedOn, shown.revokedOn && day(shown.revokedOn)],
    [words.code, shownCode(shown.code)],
  ];
  const api = `/api/v1/${city}`;
  const files =
    shown.holder === null
      ? ''
      : `<ul><li><a href="${api}/certificates/${shown.code}/certificate.pdf?lang=${language}">${verify.document}</a></li>
<li><a href="${api}/certificates/${shown.code}/badge" download="${shown.code}.jwt">${verify.badge}</a></li></ul>
<p class="small">${verify.badgeText} <a href="${api}/badges/keys">${verify.keys}</a>.</p>`;
  return `<h1>${words.title}</h1><p class="${isGood ? 'good' : 'bad'}" role="status"><strong>${isGood ? '✓' : '✗'} ${verify.states[shown.state]}</strong></p>
${shown.isSample ? `<p class="bad">${words.sample}</p>` : ''}
<dl>${rows.map(([term, text]) => (text === null ? '' : `<dt>${term}</dt><dd>${escaped(text)}</dd>`)).join('')}</dl>
${files}
<p class="small">${verify.onlyThis}</p><p><a href="/verify/${city}?lang=${language}">${verify.another}</a></p>`;
}

/** Served at /verify/page.css: the strict policy of content allows no styles inside the page. */
export const VERIFY_CSS = `body{margin:0;background:#f6f7f5;color:#1b2530;font:16px/24px "Noto Sans",system-ui,sans-serif}
main{max-width:560px;margin:6vh auto;padding:24px;background:#fff;border:1px solid #d9dee2;border-radius:6px}
@media(max-width:600px){main{margin:0;border:0;min-height:100vh;box-sizing:border-box}}
.top{display:flex;justify-content:space-between;margin:0 0 16px;color:#52606b}h1{margin:0 0 8px;font-size:24px;line-height:32px}
p{margin:0 0 12px}label{display:block;font-weight:600}a{color:#0b5c7a}a:focus-visible,input:focus-visible,button:focus-visible{outline:3px solid #0b5c7a;outline-offset:2px}
input,button{font:inherit;width:100%;box-sizing:border-box;min-height:44px;margin-top:8px;padding:0 12px;border-radius:6px;border:1px solid #87919a}
#code{letter-spacing:1px;text-transform:uppercase}#code::placeholder{color:#6b7780}
button{background:#0b5c7a;color:#fff;border:0;cursor:pointer}.small{font-size:14px;color:#52606b}
.good,.bad{padding:12px;border-left:4px solid;background:#e8f2f5;border-color:#0b5c7a}.bad{background:#fdf0e7;border-color:#9a3412;margin-top:8px}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:0 0 16px}dt{color:#52606b}dd{margin:0;overflow-wrap:anywhere}
@media print{main{border:0}}`;
