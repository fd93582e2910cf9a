// Labels no list of offences knows: which offence each is, is chosen here once, for every record that carries it.

import { useState } from 'preact/hooks';
import type { LabelsAnswer } from '../../server/taxonomy/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from './data-store.ts';
import { dataPaths } from './paths.ts';

const SHOWN = 20;
/** What a label cannot be said to be. */
const NOT_CHOSEN = ['unclassified', 'sin-confirmar'];
const DEEPER = '\u2003';

export function OffenceLabels() {
  const { t, f } = usePage();
  const answer = useDesk().offenceLabels.answered.value?.value;
  const [shown, setShown] = useState(SHOWN);
  if (!answer || (answer.labels.length === 0 && answer.choices.length === 0)) return null;
  const { incidents, labels, choices } = answer;
  return (
    <section class="card" aria-labelledby="labels-title">
      <h2 id="labels-title">{t('labels.title')}</h2>
      {labels.length === 0 ? (
        <p class="small">{t('labels.none')}</p>
      ) : (
        <>
          <p>{t('labels.lead', { n: f.int(incidents) })}</p>
          <p class="small">{t('labels.hint')}</p>
          <table class="stacked">
            <thead>
              <tr>
                <th scope="col">{t('labels.label')}</th>
                <th scope="col" class="number">
                  {t('places.incidents')}
                </th>
                <th scope="col">{t('labels.means')}</th>
              </tr>
            </thead>
            <tbody>
              {labels.slice(0, shown).map((row) => (
                <LabelRow key={row.label} row={row} />
              ))}
            </tbody>
          </table>
          {labels.length > shown && (
            <button type="button" class="button" onClick={() => setShown(labels.length)}>
              {t('checks.more', { n: f.int(labels.length - shown) })}
            </button>
          )}
        </>
      )}
      {choices.length > 0 && <Choices rows={choices} />}
    </section>
  );
}

function LabelRow({ row: { label, incidents } }: { row: LabelsAnswer['labels'][number] }) {
  const { reference, t, f } = usePage();
  const desk = useDesk();
  const [offence, setOffence] = useState('');
  const [sending, setSending] = useState(false);
  const nodes = reference.offences.value.filter(
    ({ code, labels }) => labels.length === 0 && !NOT_CHOSEN.includes(code),
  );
  const save = async (event: Event) => {
    event.preventDefault();
    setSending(true);
    if (await desk.run('PUT', dataPaths.offenceLabels(desk.city.code), { label, offence })) desk.refresh();
    setSending(false);
  };
  return (
    <tr>
      <th scope="row" class="file">
        {label}
      </th>
      <td class="number" data-label={t('places.incidents')}>
        {f.int(incidents)}
      </td>
      <td>
        <form class="place-choice" onSubmit={save}>
          <select
            aria-label={t('labels.meansLabel', { label })}
            value={offence}
            onChange={(event) => setOffence(event.currentTarget.value)}
          >
            <option value="">{t('places.choose')}</option>
            {nodes.map(({ code, title }) => (
              <option key={code} value={code}>
                {DEEPER.repeat(code.split('.').length - 1)}
                {title}
              </option>
            ))}
          </select>
          <button
            type="submit"
            class="button"
            disabled={offence === '' || sending}
            aria-label={t('labels.saveLabel', { label })}
          >
            {t('places.save')}
          </button>
        </form>
      </td>
    </tr>
  );
}

function Choices({ rows }: { rows: LabelsAnswer['choices'] }) {
  const { reference, t, f } = usePage();
  const desk = useDesk();
  const undo = async (label: string) => {
    if (await desk.run('DELETE', dataPaths.offenceLabel(desk.city.code, label))) desk.refresh();
  };
  const titleOf = (offence: string) => reference.offences.value.find(({ code }) => code === offence)?.title ?? offence;
  return (
    <>
      <h3>{t('labels.choices')}</h3>
      <ul class="aliases">
        {rows.map(({ label, offence, incidents }) => (
          <li key={label}>
            <span>
              {label}: <strong>{titleOf(offence)}</strong> <small>({f.int(incidents)})</small>
            </span>
            <button
              type="button"
              class="button"
              aria-label={t('labels.undoLabel', { label })}
              onClick={() => undo(label)}
            >
              {t('places.undo')}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
