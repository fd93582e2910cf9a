// The files kept with a problem: fetched, added where the server takes them, removed.

import { useState } from 'preact/hooks';
import { FILE_KINDS, type ItemRow, MOST_PROBLEM_FILES, type ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send, sendFiles } from '../data/send.ts';
import type { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import { problemPaths } from './paths.ts';

type Props = {
  readonly city: string;
  readonly shown: ProblemAnswer;
  readonly rows: readonly ItemRow<'file'>[];
  readonly onChanged: () => void;
};

const MB = 1_000_000;

export function ProblemFiles({ city, shown, rows, onChanged }: Props) {
  const { access, store, t, f } = usePage();
  const [refused, setRefused] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const there = rows.filter(({ body }) => body && !body.isRemoved);
  const mayChange = access.may('handle-problems');
  if (there.length === 0 && shown.filesMb === null) return null;
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  const add = async (file: File) => {
    setRefused(null);
    setSending(true);
    const stop = new AbortController();
    await sendFiles(problemPaths.files(city, shown.id), [file], store.language.peek(), () => {}, stop.signal).then(
      onChanged,
      failed,
    );
    setSending(false);
  };
  const remove = (item: number, name: string) => {
    if (!confirm(t('problems.removeFileSure', { name }))) return;
    send('DELETE', problemPaths.fileOf(city, shown.id, item), store.language.peek()).then(onChanged, failed);
  };
  return (
    <section class="card" aria-labelledby="problem-files">
      <h2 id="problem-files">{t('problems.files')}</h2>
      {refused && (
        <p class="refusal" role="alert">
          {refused}
        </p>
      )}
      <p class="small">
        {shown.filesMb === null
          ? t('problems.filesOff')
          : t('problems.filesHow', { mb: f.int(shown.filesMb), most: f.int(MOST_PROBLEM_FILES) })}
      </p>
      <ul class="problem-agreed">
        {there.map(({ id, body, createdBy, createdAt }) => (
          <li key={id}>
            <span>
              <a href={problemPaths.fileOf(city, shown.id, id)} download={body!.name}>
                {body!.name}
              </a>{' '}
              <small>
                {t('problems.fileStamp', {
                  ...{ size: f.rate(Math.max(0.1, body!.bytes / MB)), who: whoText(t, createdBy) },
                  when: f.moment(Date.parse(createdAt)),
                })}
              </small>
            </span>
            {mayChange && (
              <button
                type="button"
                class="button is-small"
                aria-label={t('problems.removeFile', { name: body!.name })}
                onClick={() => remove(id, body!.name)}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayChange && shown.filesMb !== null && there.length < MOST_PROBLEM_FILES && (
        <label class="problem-field">
          {isSending ? t('problems.sending') : t('problems.addFile')}
          <input
            type="file"
            accept={FILE_KINDS.map((kind) => `.${kind}`).join()}
            disabled={isSending}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (file) void add(file);
            }}
          />
        </label>
      )}
    </section>
  );
}
