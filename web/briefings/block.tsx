// One part of a briefing as it is read: its words, its figure with the version of the data it is of, and what it would be
// today.

import type { BriefingBlock, BriefingFigure, FigureData } from '../../server/briefings/contract.ts';
import { type Filter, parseFilter } from '../../server/filter/contract.ts';
import { type App, usePage } from '../app.ts';
import { onMap } from '../meeting/paths.ts';
import { withinText } from '../store/chosen.ts';
import { timeText, whatText, whoText } from '../store/words.ts';
import { Figure, leftOutText } from './figure.tsx';
import { todayOf } from './today.ts';
import { areasText } from './views.ts';

export type NowTold = { readonly data: FigureData } | { readonly refused: string } | null;

type Props = {
  readonly block: BriefingBlock;
  /** Null: not told so finely to whoever reads; undefined: not answered yet. */
  readonly figure: BriefingFigure | null | undefined;
  readonly refused: string | undefined;
  /** What the data of today say, where they are others. */
  readonly now: NowTold;
  /** Which the figures are of; null = the whole municipality. */
  readonly areas: string | null;
  readonly isTemplate: boolean;
  /** Whether the end of the page says who had all figures answered, and when. */
  readonly isToldOnce: boolean;
};

export function BriefingPart({ block, figure, refused, now, areas, isTemplate, isToldOnce }: Props) {
  const page = usePage();
  const { store, t, f } = page;
  const { kind, title, text } = block;
  const filter = kind === 'text' || kind === 'problems' ? null : filterOf(block);
  // What the template wrote to be written over is no text of the briefing.
  if (kind === 'text' && [t('briefing.starterText'), t('briefing.nextStepsText')].includes(text))
    return (
      <div class="briefing-unwritten no-print">
        {title && <h2>{title}</h2>}
        <PlainText text={text} />
        <p class="small">{t('briefing.unwritten')}</p>
      </div>
    );
  return (
    <>
      {(title || kind !== 'text') && <h2>{title || t(`briefing.kind_${kind}`)}</h2>}
      {kind === 'text' && <PlainText text={text} />}
      {filter && (
        <p class="briefing-asked small">
          {[askedText(page, filter, areas), figure?.data && 'from' in figure.data && daysOf(page, figure.data)]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
      {kind !== 'text' && !isTemplate && (
        <>
          {refused && <p class="refusal">{t('briefing.refusedPart', { reason: refused })}</p>}
          {figure === null && <p class="small">{t('briefing.notTold')}</p>}
          {figure === undefined && !refused && <p class="small">{t('briefing.notAnswered')}</p>}
          {figure && figure.data.kind !== 'problems' && figure.data.missingDays > 0 && (
            <p class="briefing-missing">
              {t('briefing.missing', {
                count: figure.data.missingDays,
                n: f.int(figure.data.missingDays),
                through: figure.data.through ? f.day(figure.data.through) : '–',
              })}
            </p>
          )}
          {figure && <Figure block={block} data={figure.data} />}
          {text && <PlainText text={text} />}
          {figure && (
            <p class="briefing-foot small">
              {[
                leftOutText(page, figure.data),
                t('briefing.version', { version: f.int(figure.dataVersion) }),
                !isToldOnce &&
                  t('briefing.answered', { when: f.moment(Date.parse(figure.madeAt)), who: whoText(t, figure.madeBy) }),
              ]
                .filter(Boolean)
                .join(' · ')}
              {filter && figure.data.kind !== 'problems' && (
                <>
                  {' '}
                  <a
                    class="no-print"
                    href={onMap(store.page.value, filter, { ...daysIn(figure.data), inside: null, placed: [] }, [])}
                  >
                    {t('briefing.onMap')}
                  </a>
                </>
              )}
            </p>
          )}
          {figure && now && <TodayText kept={figure.data} now={now} />}
        </>
      )}
      {kind !== 'text' && isTemplate && text && <PlainText text={text} />}
    </>
  );
}

function filterOf(block: BriefingBlock): Filter {
  return parseFilter(block.filter);
}

const daysIn = (data: FigureData): Partial<Filter> =>
  'from' in data ? { from: data.from, until: data.until, period: null } : {};

function daysOf({ words }: Pick<App, 'words'>, { from, until }: { from: string | null; until: string | null }): string {
  return from && until ? words.value.f.range(from, until) : '';
}

/** What is counted, at which hours and where. */
function askedText(page: App, filter: Filter, areas: string | null): string {
  const { reference, words } = page;
  const whole = areas === null ? reference.jurisdiction.value?.name : areasText(page, areas);
  return [
    whatText(words.value, filter, reference.offences.value, reference.themes.value) ||
      words.value.t('alerts.everything'),
    filter.hours || filter.weekdays.length ? timeText(words.value, filter) : '',
    filter.within ? withinText(page, filter.within) : whole,
  ]
    .filter(Boolean)
    .join(' · ');
}

function TodayText({ kept, now }: { readonly kept: FigureData; readonly now: NonNullable<NowTold> }) {
  const { t, f } = usePage();
  if ('refused' in now) return <p class="briefing-today">{t('briefing.todayRefused', { reason: now.refused })}</p>;
  const today = todayOf(kept, now.data);
  if (today.is === 'same') return <p class="briefing-today is-same small">{t('briefing.todaySame')}</p>;
  return (
    <p class="briefing-today">
      {today.is === 'total' ? t('briefing.today', { n: f.int(today.total) }) : t('briefing.todayParts')}
    </p>
  );
}

/** Paragraphs by blank lines; lines that begin with a hyphen are a list. */
function PlainText({ text }: { readonly text: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter((each) => each.trim());
  return (
    <div class="briefing-text">
      {paragraphs.map((paragraph, i) => {
        const lines = paragraph.split('\n').map((line) => line.trim());
        const key = `${i} ${paragraph.slice(0, 20)}`;
        return lines.every((line) => /^[-•]\s/.test(line)) ? (
          <ul key={key}>
            {lines.map((line) => (
              <li key={line}>{line.slice(2)}</li>
            ))}
          </ul>
        ) : (
          <p key={key}>{paragraph}</p>
        );
      })}
    </div>
  );
}
