// Notes of an import in words: what was found, how often, and one example.

import type { Note } from '../../server/text/contract.ts';
import type { benchmarkEs } from '../../server/words/es-benchmark.ts';
import type { boundariesEs } from '../../server/words/es-boundaries.ts';
import type { dataEs } from '../../server/words/es-data.ts';
import type { importEs } from '../../server/words/es-import.ts';
import { usePage } from '../app.ts';

type NoteCode = keyof typeof dataEs.notes;
type BenchmarkCode = keyof typeof benchmarkEs.benchmarkNotes;
type CheckCode = keyof typeof boundariesEs.checks;

/** Not findings but choices: the example is what was chosen. */
const CHOICES = /^(crs|column-.*|encoding-guessed|population-year-assumed|file-in-archive|json-list|zone-of-layout)$/;
/** Said of the whole file: there is nothing to count. */
const WHOLE = new Set(['same-file']);

/** A code in the words of the language; a code without words is shown as it is. */
export function useNoteWords(): (code: string) => string {
  const { t, catalogue } = usePage();
  return (code) => {
    if (code in catalogue.notes) return t(`notes.${code as NoteCode}`);
    if (code in catalogue.benchmarkNotes) return t(`benchmarkNotes.${code as BenchmarkCode}`);
    return code in catalogue.checks ? t(`checks.${code as CheckCode}`) : code;
  };
}

/** What could be mapped, and orders of dates, stand in the words of the command line; here in those of the page. */
function useExampleWords(): (code: string, example: string) => string {
  const { t, catalogue } = usePage();
  return (code, example) => {
    if (code.startsWith('date-order')) {
      return example.replace(/(?<=\()(dmy|mdy|ymd|ydm)\b/, (order) => t(`importing.order_${order as 'dmy'}`));
    }
    return code.startsWith('unread-')
      ? example.replaceAll(/--map "([^"]+)=(\w+)"/g, (line, column: string, field: string) =>
          field in catalogue.field ? `${column} → ${t(`field.${field as keyof typeof importEs.field}`)}` : line,
        )
      : example;
  };
}

export function Notes({ notes }: { notes: readonly Note[] }) {
  const { t, f, catalogue } = usePage();
  const words = useNoteWords();
  const exampleWords = useExampleWords();
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map(({ code, count, example }) => (
        <li key={`${code} ${example}`}>
          {`${code}-${example}` in catalogue.checks ? (
            words(`${code}-${example}`)
          ) : WHOLE.has(code) ? (
            words(code)
          ) : (
            <>
              {words(code)}: <strong>{CHOICES.test(code) ? example : f.int(count)}</strong>
              {example && !CHOICES.test(code) && (
                <small> {t('data.example', { example: exampleWords(code, example) })}</small>
              )}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
