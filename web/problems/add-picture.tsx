// «Guardar la imagen en un problema»: what the map or an analysis shows now becomes a part of the diagnosis.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { NewPicture, ProblemsAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Icon } from '../parts/icon.tsx';
import type { Problem } from '../store/api.ts';
import '../styles/problem-pictures.css';
import { type DrawnPicture, pngThatFits } from './draw-picture.ts';
import { problemPaths } from './paths.ts';

export type Taken = Omit<NewPicture, 'png'> & { readonly drawn: DrawnPicture };
/** Null where there is nothing to draw. */
type Props = { readonly take: () => Taken | null; readonly buttonClass?: string };

export function AddPicture({ take, buttonClass = 'button' }: Props) {
  const { access, ask, reference, store, t } = usePage();
  const city = reference.jurisdiction.value?.code;
  const asked = store.page.value.problem;
  const [isOpen, setOpen] = useState(false);
  const [rows, setRows] = useState<ProblemsAnswer['rows'] | null>(null);
  const [chosen, setChosen] = useState<number | null>(typeof asked === 'number' ? asked : null);
  const [said, setSaid] = useState<{ readonly text: string; readonly isKept: boolean } | null>(null);
  const told = useRef<HTMLParagraphElement>(null);
  // What stays at the foot of the page would cover it.
  useEffect(() => void (said && told.current?.scrollIntoView({ block: 'center' })), [said]);
  const refused = ({ status, message }: Problem) =>
    setSaid({ text: status === 0 ? t('data.failed') : t('data.refused', { reason: message }), isKept: false });
  useEffect(() => {
    if (!isOpen || !city) return;
    const stop = new AbortController();
    ask(problemPaths.list(city), stop.signal).then(
      (answer) => setRows(answer.rows.filter(({ body }) => body.state !== 'closed')),
      (problem: Problem) => !stop.signal.aborted && refused(problem),
    );
    return () => stop.abort();
  }, [isOpen, city]);
  if (!city || !access.may('handle-problems')) return null;
  const problem = rows?.find(({ id }) => id === chosen) ?? rows?.[0] ?? null;
  const keep = async () => {
    if (!problem) return;
    setSaid(null);
    const taken = take();
    const png = taken && (await pngThatFits(taken.drawn).catch(() => null));
    if (!taken || !png) return setSaid({ text: t('problems.pictureFailed'), isKept: false });
    const { drawn: _, ...rest } = taken;
    await send('POST', problemPaths.pictures(city, problem.id), store.language.peek(), { ...rest, png }).then(
      () => setSaid({ text: t('problems.pictureKept', { title: problem.body.title }), isKept: true }),
      refused,
    );
  };
  return (
    <div class="add-picture">
      <button type="button" class={buttonClass} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="image" /> {t('problems.pictureAdd')}
      </button>
      {isOpen && rows?.length === 0 && <p class="small">{t('problems.pictureNoProblem')}</p>}
      {isOpen && problem && (
        <form
          class="row-form"
          onSubmit={(event) => {
            event.preventDefault();
            void keep();
          }}
        >
          <select
            aria-label={t('problems.pictureOf')}
            value={String(problem.id)}
            onChange={(event) => {
              setChosen(Number(event.currentTarget.value));
              setSaid(null);
            }}
          >
            {rows!.map(({ id, body }) => (
              <option key={id} value={String(id)}>
                {body.title}
              </option>
            ))}
          </select>
          <button type="submit" class="button">
            {t('problems.save')}
          </button>
        </form>
      )}
      <p ref={told} class="small" role="status">
        {said?.text}{' '}
        {said?.isKept && (
          <button type="button" class="link" onClick={() => store.change({ tab: 'problems', problem: problem!.id })}>
            {t('problems.pictureShow')}
          </button>
        )}
      </p>
    </div>
  );
}
