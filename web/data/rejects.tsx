// Rows of a file that cannot be stored, each with its line and the reason; all of them as a file to mend and send again.

import type { ImportDryRun } from '../../server/imports/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { useDesk } from './data-store.ts';
import { useNoteWords } from './notes.tsx';
import { dataPaths } from './paths.ts';

const SHOWN = 8;

type Props = { readonly upload: string; readonly rejects: ImportDryRun['rejects']; readonly count: number };

export function Rejects({ upload, rejects, count }: Props) {
  const { t, f } = usePage();
  const words = useNoteWords();
  if (count === 0) return null;
  // Of a file that was loaded before nothing is read again.
  if (rejects.length === 0) {
    return (
      <section class="card">
        <p>{t('importing.rejectsBefore', { n: f.int(count) })}</p>
      </section>
    );
  }
  return (
    <section class="card" aria-labelledby="rejects-title">
      <h2 id="rejects-title">{t('importing.rejectsTitle')}</h2>
      <ul class="notes">
        {rejects.slice(0, SHOWN).map(({ line, field, value, reason }) => (
          <li key={line}>
            {t('importing.rejectsRow', { line: f.int(line), reason: words(reason) })}
            {field && <small> {t('importing.rejectsWhere', { field, value: value ?? '' })}</small>}
          </li>
        ))}
        {count > SHOWN && <li>{t('importing.rejectsMore', { n: f.int(count - SHOWN) })}</li>}
      </ul>
      <RejectsLink upload={upload} />
    </section>
  );
}

export function RejectsLink({ upload }: { upload: string }) {
  const { t } = usePage();
  const { city } = useDesk();
  return (
    <a class="button" href={dataPaths.rejects(city.code, upload)} download>
      <Icon name="download" /> {t('importing.rejectsDownload')}
    </a>
  );
}
