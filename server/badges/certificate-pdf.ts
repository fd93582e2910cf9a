// The certificate as a PDF of one page, tagged for those who have it read to them, with its letters in it, so that it looks
// the same everywhere.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { encode } from 'uqr';
import { CERTIFICATE_WORDS, dayInWords, hoursFigure } from '../i18n/certificates.ts';
import type { Language } from '../i18n/contract.ts';
import { type CertificateShown, shownCode } from './contract.ts';

const INK = '#1b2530';
const QUIET = '#52606b';
const ACCENT = '#0b5c7a';
const MARGIN = 54;
const QR_SIZE = 92;
/** Below, a name is set on two lines instead. */
const LEAST_NAME_PT = 22;

/** The letters of Spanish and English, and those of Latin names beyond: a text is drawn with the first that has each. */
const SUBSETS = ['latin', 'latin-ext'] as const;
type Subset = (typeof SUBSETS)[number];

let fonts: ReadonlyMap<Subset, Buffer> | null = null;
function readFonts(): ReadonlyMap<Subset, Buffer> {
  const require = createRequire(import.meta.url);
  const files: Readonly<Record<Subset, string>> = {
    latin: require.resolve('@fontsource/noto-sans/files/noto-sans-latin-400-normal.woff'),
    'latin-ext': require.resolve('@fontsource/noto-sans/files/noto-sans-latin-ext-400-normal.woff'),
  };
  fonts ??= new Map(SUBSETS.map((subset) => [subset, readFileSync(files[subset])]));
  return fonts;
}

/** What the first font holds: Latin-1, and the quotation marks and dashes of print. */
const IS_LATIN = /[\u0020-\u00ff\u2013\u2014\u2018-\u201d\u2022\u2026]/;

type Line = { readonly text: string; readonly size: number; readonly color: string; readonly gap: number };

/** `page` = where anybody checks it; null: in the portal, by its code. */
export async function certificatePdf(
  shown: CertificateShown,
  page: string | null,
  language: Language,
): Promise<Buffer> {
  const words = CERTIFICATE_WORDS[language];
  const day = (text: string) => dayInWords(language, text);
  const title = shown.title[language];
  const issued = new Date(`${shown.issuedOn}T12:00:00Z`);
  const { default: PDFDocument } = await import('pdfkit'); // a tenth of a second, for whoever wants a certificate
  const doc = new PDFDocument({
    ...{ size: 'LETTER', layout: 'landscape', margin: MARGIN, tagged: true, pdfVersion: '1.7', lang: language },
    displayTitle: true,
    info: { Title: `${words.title} – ${title}`, Author: shown.issuer, Producer: 'Cuadra', CreationDate: issued },
  });
  const done = buffer(doc);
  for (const [name, file] of readFonts()) doc.registerFont(name, file);
  const { width, height } = doc.page;
  const inside = width - 2 * MARGIN;

  const runsOf = (text: string) => {
    const runs: { font: Subset; text: string }[] = [];
    for (const sign of text) {
      const font: Subset = IS_LATIN.test(sign) ? 'latin' : 'latin-ext';
      const last = runs.at(-1);
      if (last?.font === font) last.text += sign;
      else runs.push({ font, text: sign });
    }
    return runs;
  };
  const widthOf = (text: string, size: number) =>
    runsOf(text).reduce((sum, run) => sum + doc.font(run.font).fontSize(size).widthOfString(run.text), 0);
  const draw = (text: string, x: number, y: number, size: number, color: string) => {
    let at = x;
    for (const run of runsOf(text)) {
      doc.font(run.font).fontSize(size).fillColor(color).text(run.text, at, y, { lineBreak: false });
      at += doc.widthOfString(run.text);
    }
  };
  /** A word that is wider than the line, in parts that are not. */
  const cutTo = (word: string, size: number, most: number) => {
    const parts = [''];
    for (const sign of word)
      if (widthOf(parts.at(-1)! + sign, size) <= most) parts[parts.length - 1] += sign;
      else parts.push(sign);
    return parts;
  };
  /** Broken where words end, so that each line fits. */
  const broken = (text: string, size: number, most: number) => {
    const lines: string[] = [];
    for (const word of text.split(' ').flatMap((each) => cutTo(each, size, most))) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && widthOf(longer, size) <= most) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };
  const root = doc.struct('Document');
  doc.addStructure(root);
  const part = (kind: string, drawn: () => void) => root.add(doc.struct(kind, {}, drawn));
  const decoration = (drawn: () => void) => {
    doc.markContent('Artifact', { type: 'Layout' });
    drawn();
    doc.endMarkedContent();
  };

  decoration(() => {
    doc
      .lineWidth(2)
      .strokeColor(ACCENT)
      .rect(24, 24, width - 48, height - 48)
      .stroke();
    doc
      .lineWidth(0.5)
      .rect(30, 30, width - 60, height - 60)
      .stroke();
  });
  let y = 70;
  const centred = (kind: string, { text, size, color, gap }: Line) => {
    part(kind, () => {
      for (const line of broken(text, size, inside - 60)) {
        draw(line, (width - widthOf(line, size)) / 2, y, size, color);
        y += size * 1.3;
      }
    });
    y += gap;
  };
  const name = shown.holder ?? '';
  const nameSize = [36, 32, 28, 25].find((size) => widthOf(name, size) <= inside - 60) ?? LEAST_NAME_PT;
  centred('P', { text: shown.issuer, size: 15, color: QUIET, gap: 14 });
  centred('H1', { text: words.title, size: 40, color: ACCENT, gap: 12 });
  centred('P', { text: words.gives, size: 14, color: INK, gap: 10 });
  centred('P', { text: name, size: nameSize, color: INK, gap: 10 });
  centred('P', { text: words.for, size: 14, color: INK, gap: 6 });
  centred('P', { text: title, size: title.length > 70 ? 17 : 21, color: INK, gap: 4 });
  centred('P', { text: words.hours(shown.hours, hoursFigure(language, shown.hours)), size: 14, color: INK, gap: 0 });
  if (shown.isSample) {
    y += 8;
    centred('P', { text: words.sample, size: 12, color: '#9a3412', gap: 0 });
  }

  const foot = height - MARGIN - QR_SIZE - 6;
  const left = MARGIN + (page === null ? 0 : QR_SIZE + 18);
  if (page !== null) {
    const { data, size } = encode(page, { ecc: 'M', border: 0 });
    part('Figure', () => {
      doc.fillColor(INK);
      const cell = QR_SIZE / size;
      data.forEach((cells, row) => {
        cells.forEach((isDark, column) => {
          if (isDark) doc.rect(MARGIN + column * cell, foot + row * cell, cell + 0.05, cell + 0.05);
        });
      });
      doc.fill();
    });
  }
  const small = (text: string, row: number, color = INK, link?: string) =>
    part('P', () => {
      const at = foot + row * 18;
      draw(text, left, at, 11, color);
      if (link !== undefined) doc.link(left, at, widthOf(text, 11), 14, link);
    });
  const until = shown.validUntil === null ? [] : [words.validUntil(day(shown.validUntil))];
  small([words.completed(day(shown.completedOn)), words.issued(day(shown.issuedOn))].join(' · '), 0.4);
  small([`${words.code}: ${shownCode(shown.code)}`, ...until].join(' · '), 1.6);
  small(page === null ? words.checkThere : words.check, 2.8, QUIET);
  if (page !== null) small(page, 3.8, ACCENT, page);
  doc.end();
  return done;
}
