// Reports about incidents as sentences: what an import did or would do, the deliveries there are, and labels.

import { isOfPlaces, type Speech } from '../i18n/speech.ts';
import type { ImportDryRun } from '../imports/contract.ts';
import type { DeliveryRow, UndoReport } from '../incidents/contract.ts';
import type { IncidentsReport } from '../incidents/import.ts';
import type { MonthlyReport } from '../official-totals/contract.ts';
import type { LabelsAnswer } from '../taxonomy/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { commandLine } from './shell.ts';

export const REJECTS_SHOWN = 10;
const MONTHS_SHOWN = 12;
const LABELS_SHOWN = 40;

/** What a dry run tells in a terminal: its sample of points and the places of its notes stay out. */
export type DryReport = Omit<ImportDryRun, 'sample'>;

/** The report of a dry run without a point or a place in it, to be shown or handed on. */
export function withoutPlaces({ sample: _sample, ...report }: ImportDryRun): DryReport {
  const notes = report.notes.map((note) => (isOfPlaces(note.code) ? { ...note, example: null } : note));
  return { ...report, notes };
}

/** A row that was not let in, without what it holds. */
type Refused = { readonly line: number; readonly field: string | null; readonly reason: string };
type About = { readonly file: string; readonly city: { readonly code: string; readonly name: string } };

/** `rejects` are the first rows refused, at least ten where there are as many; a dry run names its own. */
export function tellImport(
  speech: Speech,
  { file, city }: About,
  report: IncidentsReport | DryReport | MonthlyReport,
  rejects: readonly Refused[] = [],
): string[] {
  const { say, t, decimal } = speech;
  const isDry = !('seconds' in report);
  const monthly = 'leftOut' in report ? report : 'monthly' in report ? report.monthly : undefined;
  const counts = shown(speech, { ...report, ...(monthly && { leftOut: monthly.leftOut }) });
  return [
    say(isDry ? 'fileDry' : 'file', { file, name: city.name }),
    t(monthly ? 'benchmark.reportCounts' : 'importing.reportCounts', counts),
    ...(monthly ? [tellMonths(speech, monthly)] : 'unlocated' in report ? tellPlaced(speech, report) : []),
    ...('rejects' in report ? tellDry(speech, report) : tellRejects(speech, rejects, report.rejected)),
    ...report.notes.map((note) => `  - ${speech.note(note)}`),
    ...(report.notes.some(({ code }) => code === 'offence-unknown')
      ? [say('unclassifiedHint'), `  ${commandLine(['offences', 'unclassified', city.code])}`]
      : []),
    ...(isDry ? [] : [say('seconds', { seconds: decimal(report.seconds) })]),
  ];
}

function tellMonths({ say }: Speech, { areas, firstMonth, lastMonth }: MonthlyReport): string {
  const none = say('monthsNone');
  return say('areasKept', { areas: areas.join(', ') || none, from: firstMonth ?? none, until: lastMonth ?? none });
}

function tellPlaced({ say, t, int }: Speech, report: IncidentsReport | DryReport): string[] {
  const placed = 'placed' in report ? report.placed : {};
  const outside = 'outside' in report ? report.outside : {};
  return [
    ...(report.unlocated ? [say('unlocated', { n: int(report.unlocated) })] : []),
    ...Object.entries(placed).map(([layer, n]) =>
      t('deliveries.placed', { layer, placed: int(n), outside: int(outside[layer] ?? 0) }),
    ),
  ];
}

function tellDry(speech: Speech, report: DryReport): string[] {
  const { say, int, day } = speech;
  const { firstDay, lastDay, goneByMonth, rejects, rejected } = report;
  return [
    ...(firstDay && lastDay ? [say('days', { from: day(firstDay), until: day(lastDay) })] : []),
    ...goneByMonth
      .slice(0, MONTHS_SHOWN)
      .map(({ month, gone, before }) => say('goneByMonth', { month, gone: int(gone), before: int(before) })),
    ...(goneByMonth.length > MONTHS_SHOWN ? [say('andMore', { n: int(goneByMonth.length - MONTHS_SHOWN) })] : []),
    ...tellRejects(speech, rejects, rejected),
  ];
}

function tellRejects({ say, int, code }: Speech, rejects: readonly Refused[], rejected: number): string[] {
  return [
    ...(rejects.length ? [say('rejects')] : []),
    ...rejects.slice(0, REJECTS_SHOWN).map(({ line, field, reason }) => {
      const told = { line: int(line), reason: code(reason) };
      return `  ${field === null ? say('reject', told) : say('rejectColumn', { ...told, column: field })}`;
    }),
    ...(rejected > REJECTS_SHOWN ? [`  ${say('rejectsMore', { n: int(rejected - REJECTS_SHOWN) })}`] : []),
  ];
}

/** Figures of a report as they are shown. */
function shown({ int }: Speech, report: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(report).flatMap(([name, n]) => (typeof n === 'number' ? [[name, int(n)]] : [])),
  );
}

export function tellDeliveries(
  { say, int, moment }: Speech,
  { deliveries }: { readonly deliveries: readonly DeliveryRow[] },
): string[] {
  if (deliveries.length === 0) return [say('deliveriesNone')];
  return deliveries.map(({ delivery, createdAt, source, fileName, report, undoes, stands }) => {
    const { stored = 0, changed = 0 } = (report ?? {}) as { stored?: number; changed?: number };
    const told = { n: int(delivery), when: moment(createdAt), source };
    const state = stands || undoes !== null ? '' : say('deliveryUndone');
    if (undoes !== null) return say('deliveryUndo', { ...told, undoes: int(undoes), state });
    return say('delivery', { ...told, file: fileName, stored: int(stored), changed: int(changed), state });
  });
}

export function tellUndo(speech: Speech, report: UndoReport): string[] {
  return [
    speech.t('deliveries.undoOf', { n: speech.int(report.undoes) }),
    speech.t('deliveries.undoCounts', shown(speech, report)),
  ];
}

export function tellLabels(speech: Speech, city: string, taxonomy: Taxonomy, answer: LabelsAnswer): string[] {
  const { say, int, language } = speech;
  const wide = (n: number) => int(n).padStart(9);
  const { labels, choices } = answer;
  const first = labels[0];
  return [
    ...(first
      ? [
          say('labels', { n: int(answer.incidents) }),
          ...labels.slice(0, LABELS_SHOWN).map(({ label, incidents }) => say('label', { n: wide(incidents), label })),
          ...(labels.length > LABELS_SHOWN ? [say('andMore', { n: int(labels.length - LABELS_SHOWN) })] : []),
          say('labelHow', { city }),
          `  ${commandLine(['offences', 'map', first.label, 'patrimonio.robo', '--jurisdiction', city])}`,
        ]
      : [say('labelsNone')]),
    ...(choices.length ? [say('choices')] : []),
    ...choices.map(({ label, offence, incidents }) =>
      say('choice', { n: wide(incidents), label, title: taxonomy.title(offence, language), code: offence }),
    ),
  ];
}
