// The pictures of a diagnosis: each with its legend, what it says, and of which day and data it is.

import { useState } from 'preact/hooks';
import type { ItemRow, PictureBody, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { RAMP } from '../map/colors.ts';
import type { Problem } from '../store/api.ts';
import '../styles/problem-pictures.css';
import { whoText } from '../store/words.ts';
import { Refusal } from './fields.tsx';
import { problemPaths } from './paths.ts';

type Props = {
  readonly city: string;
  readonly shown: ProblemAnswer;
  readonly rows: readonly ItemRow<'picture'>[];
  readonly onChanged: () => void;
};

export function ProblemPictures({ city, shown, rows, onChanged }: Props) {
  const { access, store, t, f } = usePage();
  const [refused, setRefused] = useState<string | null>(null);
  const there = rows.filter(({ body }) => !body?.isRemoved);
  if (there.length === 0) return null;
  const remove = (item: number, title: string) => {
    if (!confirm(t('problems.removeFileSure', { name: title }))) return;
    send('DELETE', problemPaths.picture(city, shown.id, item), store.language.peek()).then(
      onChanged,
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  };
  return (
    <div class="problem-pictures">
      <h3>{t('problems.pictures')}</h3>
      <Refusal text={refused} />
      {there.map(({ id, body, createdBy, createdAt }) =>
        body === null ? (
          <p key={id} class="small">
            {t('problems.pictureWithheld')}
          </p>
        ) : (
          <figure key={id} class="problem-picture">
            <figcaption>
              <strong>{body.title}</strong> <span class="small">{body.asked.join(' · ')}</span>
            </figcaption>
            <img
              src={problemPaths.picture(city, shown.id, id)}
              width={body.width}
              height={body.height}
              alt={[body.title, ...body.told.slice(0, 1)].join('. ')}
            />
            <Legend legend={body.legend} />
            {body.told.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
            <p class="small">
              {[
                body.parameters,
                t('problems.figuresVersion', { version: f.int(body.dataVersion) }),
                t('problems.stamp', { who: whoText(t, createdBy), when: f.moment(Date.parse(createdAt)) }),
              ]
                .filter(Boolean)
                .join(' · ')}{' '}
              {access.may('handle-problems') && (
                <button
                  type="button"
                  class="link no-print"
                  aria-label={t('problems.removeFile', { name: body.title })}
                  onClick={() => remove(id, body.title)}
                >
                  {t('problems.pictureRemove')}
                </button>
              )}
            </p>
          </figure>
        ),
      )}
    </div>
  );
}

function Legend({ legend: { title, entries, ramp, notes } }: Pick<PictureBody, 'legend'>) {
  return (
    <div class="picture-legend">
      {title && <p class="small">{title}</p>}
      {ramp && (
        <div class="picture-ramp">
          <span style={{ background: `linear-gradient(to right, ${RAMP.join()})` }} />
          <ol>
            {ramp.map((tick) => (
              <li key={tick}>{tick}</li>
            ))}
          </ol>
        </div>
      )}
      <ul>
        {entries.map(({ text, color, widthPx, isHatched, number }) => (
          <li key={text}>
            <span
              class={`picture-swatch ${isHatched ? 'is-hatched' : ''}`}
              style={{ background: color || undefined, ...(widthPx !== null && { height: `${widthPx}px` }) }}
            />{' '}
            {number !== null && `${number} · `}
            {text}
          </li>
        ))}
      </ul>
      {notes.map((note) => (
        <p key={note} class="small">
          {note}
        </p>
      ))}
    </div>
  );
}
