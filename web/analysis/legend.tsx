// The legend of an analysis: what each colour means, and how many places have it.

import { usePage } from '../app.ts';
import { daysText, whatText } from '../store/words.ts';
import type { Task } from './params.ts';
import { pictureOf } from './picture.ts';
import type { Session } from './session.ts';
import { useWaited } from './waiting.tsx';

/** What has no colour in these was tested, and not told apart from chance. */
const TESTED: readonly Task[] = ['hotspots', 'grid-hotspots', 'change', 'emerging', 'rates', 'trend'];
/** Of hours, or of maps against what came after. */
const NOT_ON_A_MAP: readonly Task[] = ['clocks', 'aoristic', 'scoring'];

const LOOK_BACK: readonly Task[] = ['stability', 'trend', 'scoring'];
const NO_DAYS = { from: null, until: null };

export function AnalysisLegend({ session }: { session: Session }) {
  const { answers, reference, words, t } = usePage();
  const found = session.found.value;
  const { task } = session.asked.value;
  const filter = answers.filter.value;
  const isWaiting = useWaited(session) !== null;
  const entries = found?.task === task ? pictureOf(found, words.value).entries : [];
  // Those that look back say how far they did, whatever period the filter names.
  const { from, until } = found?.task === task && LOOK_BACK.includes(task) ? found.answer.parameters : NO_DAYS;
  const covered = from && until ? { from, until } : answers.covered.value;
  const made = filter && [
    daysText(words.value, filter, covered, reference.monthOnly.value),
    whatText(words.value, filter, reference.offences.value, reference.themes.value),
  ];
  return (
    <section
      class={`legend analysis-legend ${isWaiting && entries.length > 0 ? 'is-old' : ''}`}
      aria-label={t('legend.title')}
    >
      <div class="legend-card">
        <h2>{t(`analysis.task_${task}`)}</h2>
        <ul class="entries">
          {entries.map(({ color, text }) => (
            <li key={text} class="entry">
              <span class={color ? 'swatch' : 'swatch is-hatch'} style={color ? { background: color } : {}} /> {text}
            </li>
          ))}
        </ul>
        {isWaiting && <p class="small">{t('analysis.computing')}</p>}
        {!isWaiting && entries.length === 0 && (found?.task === task || task === 'near-repeat') && (
          <p class="small">
            {t(
              task === 'near-repeat'
                ? 'analysis.noMap'
                : NOT_ON_A_MAP.includes(task)
                  ? 'analysis.neverMap'
                  : 'analysis.nothingYet',
            )}
          </p>
        )}
        {entries.length > 0 && TESTED.includes(task) && <p class="small">{t('analysis.rest')}</p>}
        {found?.task === task && found.answer.arePlacesMoved && 'layer' in found.answer && (
          <p class="small">{t('access.streetsMoved')}</p>
        )}
        <p class="small">{made?.filter(Boolean).join(' · ')}</p>
      </div>
    </section>
  );
}
