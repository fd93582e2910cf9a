// Where a file is dropped or chosen, and how much of it has gone to the server.

import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { Path, Problem } from '../store/api.ts';
import { sendFiles } from './send.ts';

type Props<T> = {
  readonly path: Path<T>;
  readonly accept: string;
  readonly hint: string;
  /** Whether parts of one data set may come as several files. */
  readonly several: boolean;
  readonly onDone: (answer: T) => void;
};

type Sending = {
  readonly name: string;
  readonly bytes: number;
  readonly total: number;
  readonly stop: AbortController;
};

export function FileDrop<T>({ path, accept, hint, several, onDone }: Props<T>) {
  const { store, t, f } = usePage();
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<Sending | null>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wasSending = useRef(false);
  // Stopped or refused: back to where another file is chosen.
  useEffect(() => {
    if (wasSending.current && sending === null) input.current?.focus();
    wasSending.current = sending !== null;
  }, [sending === null]);

  const take = async (files: readonly File[]) => {
    const [first] = files;
    if (!first || sending) return;
    const stop = new AbortController();
    setProblem(null);
    const sent = several ? files : [first];
    const name =
      sent.length > 1 ? t('importing.severalFiles', { name: first.name, n: f.int(sent.length - 1) }) : first.name;
    const whole = sent.reduce((sum, { size }) => sum + size, 0);
    setSending({ name, bytes: 0, total: whole, stop });
    try {
      const onSent = (bytes: number, total: number) => setSending({ name, bytes, total: total || whole, stop });
      onDone(await sendFiles(path, sent, store.language.peek(), onSent, stop.signal));
    } catch (error) {
      if (!stop.signal.aborted) setProblem(error as Problem);
    } finally {
      setSending(null);
      if (input.current) input.current.value = '';
    }
  };

  if (sending) {
    const { name, bytes, total, stop } = sending;
    const fraction = total ? bytes / total : 0;
    return (
      <div class="card drop is-sending">
        <p role="status">
          {fraction < 1
            ? t('importing.sending', {
                name,
                percent: f.percent(Math.floor(fraction * 100)),
                sent: f.megabytes(bytes),
                total: f.megabytes(total),
              })
            : t('importing.understanding', { name })}
        </p>
        <div class="job-bar">
          <progress aria-label={name} max={1} {...(fraction < 1 ? { value: fraction } : {})} />
          {/* What had the focus is gone. */}
          <button
            type="button"
            class="button"
            ref={(button) => {
              if (button && document.activeElement === document.body) button.focus();
            }}
            onClick={() => stop.abort()}
          >
            {t('importing.stop')}
          </button>
        </div>
      </div>
    );
  }
  return (
    <>
      {problem && (
        <p class="refusal" role="alert">
          {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
        </p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the button inside does the same */}
      <div
        class={`card drop ${over ? 'is-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        <label>
          {t('importing.drop')}{' '}
          <span class="button is-primary">
            {t('importing.choose')}
            <input
              ref={input}
              type="file"
              accept={accept}
              multiple={several}
              onChange={(event) => take([...(event.currentTarget.files ?? [])])}
            />
          </span>
        </label>
        <p class="small">{hint}</p>
      </div>
    </>
  );
}
