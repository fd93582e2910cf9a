// Notes of an import in words: what was found, how often, and one example.

import { dataEs } from '../../server/i18n/es-data.ts';
import type { Note } from '../../server/incidents/contract.ts';
import { usePage } from '../app.ts';

type NoteCode = keyof typeof dataEs.notes;

/** A code in the words of the language; a code without words is shown as it is. */
export function useNoteWords(): (code: string) => string {
  const { t } = usePage();
  return (code) => (code in dataEs.notes ? t(`notes.${code as NoteCode}`) : code);
}

export function Notes({ notes }: { notes: readonly Note[] }) {
  const { t, f } = usePage();
  const words = useNoteWords();
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map(({ code, count, example }) => (
        <li key={`${code} ${example}`}>
          {words(code)}: <strong>{f.int(count)}</strong>
          {example && <small> {t('data.example', { example })}</small>}
        </li>
      ))}
    </ul>
  );
}
