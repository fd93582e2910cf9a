// What the headline adds where a drawn zone is asked about: how large it is, its rate where the residents of the areas
// allow one, and how it stands beside the whole municipality.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { MIN_INCIDENTS_FOR_RATE, MIN_RESIDENTS, type SummaryAnswer } from '../../server/counts/contract.ts';
import type { ZoneAnswer } from '../../server/layers/contract.ts';
import { type App, kindNoun, usePage } from '../app.ts';
import { perYear } from '../map/picture.ts';
import { paths } from '../store/api.ts';
import { besideRest, changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { insideOf } from '../store/inside-of.ts';
import { createQuestion } from '../store/question.ts';
import { OpenProblem } from './open-problem.tsx';

export function ZoneNote() {
  const page = usePage();
  const { access, answers, map, reference, store, t, f } = page;
  const { zone, city, isWanted } = useZone(page);
  useEffect(
    () => () => {
      isWanted.value = false;
    },
    [],
  );
  const within = answers.filter.value?.within;
  const here = answers.summary.answered.value?.value;
  if (within?.type !== 'polygon' || !here || answers.summary.isOld.value) return null;
  const lies = zone.answered.value?.value;
  const whole = city.answered.value?.value;
  // Whoever is bound to areas is told of these alone: they are not the municipality.
  const isBound = Boolean(access.me.value?.scope.areas);
  const isPublic = access.me.value?.role === 'public';
  const cells = isPublic ? 'seen.zonePublic' : access.may('see-points') ? null : 'seen.zoneCells';
  const corners = t('seen.zoneCorners', { count: within.ring.length, n: f.int(within.ring.length) });
  return (
    <div class="zone-note">
      {lies && (
        <p class="compared">
          {t('seen.zoneSize', { km2: f.rate(lies.zoneKm2), corners })}
          {lies.insideKm2 < 0.99 * lies.zoneKm2 && ` ${t('seen.zoneOutside', { km2: f.rate(lies.insideKm2) })}`}
        </p>
      )}
      {lies && <p class="compared">{rateText(page, lies, here)}</p>}
      {isBound ? (
        <p class="small">{t('seen.zoneBound')}</p>
      ) : (
        <>
          {lies && whole && <Share lies={lies} here={here} whole={whole} />}
          {whole && <BesideCity here={here} whole={whole} />}
        </>
      )}
      {cells && <p class="small">{t(cells)}</p>}
      {!isPublic && !access.may('see-sensitive-places') && <p class="small">{t('seen.zoneSensitive')}</p>}
      {zone.problem.value && reference.areaLayer.value && <p class="small">{t('seen.zoneUnknown')}</p>}
      <p class="panel-foot">
        <button type="button" class="button" onClick={() => store.changeFilter({ within: null })}>
          {t('seen.zoneLeave')}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            map.isAskingPlace.value = true;
          }}
        >
          {t('seen.zoneAnother')}
        </button>
        <OpenProblem />
      </p>
    </div>
  );
}

/** The zone on the areas, and the same question about the whole municipality. */
function useZone({ answers, ask, reference }: App) {
  const isWanted = useSignal(true);
  const zonePath = useComputed(() => {
    const city = reference.jurisdiction.value?.code;
    const layer = reference.areaLayer.value?.layer;
    const within = answers.filter.value?.within;
    const counts = answers.areaCounts.answered.value?.value;
    if (!isWanted.value || !city || !layer || within?.type !== 'polygon' || !counts) return null;
    return paths.zone(city, reference.address(layer), within, counts.denominator?.year ?? null);
  });
  const cityPath = useComputed(() => {
    const city = reference.jurisdiction.value?.code;
    const layer = reference.areaLayer.value?.layer;
    const asked = answers.counted.value?.placed.length ? answers.counted.value : answers.filter.value;
    if (!isWanted.value || !city || asked?.within?.type !== 'polygon') return null;
    return paths.summary(city, layer ? reference.address(layer) : null, { ...asked, within: null });
  });
  const zone = useMemo(() => createQuestion<ZoneAnswer>(zonePath, ask, (text) => text), []);
  const city = useMemo(() => createQuestion<SummaryAnswer>(cityPath, ask, (text) => text), []);
  return { zone, city, isWanted };
}

/** A rate, named as the estimate it is, or why there is none. */
function rateText(
  { pictures, reference, t, f }: App & ReturnType<typeof usePage>,
  lies: ZoneAnswer,
  here: SummaryAnswer,
) {
  const areas = reference.areaLayer.value?.title.toLowerCase() ?? '';
  const count = insideOf(here);
  if (!reference.areaLayer.value?.hasPopulation || !lies.census) return t('place.noPopulation');
  if (lies.residents === null) return t(lies.reason === 'parts' ? 'seen.zoneParts' : 'seen.zoneNoResidents', { areas });
  const living = t('seen.zoneResidents', { n: f.int(lies.residents), areas, year: String(lies.census.year) });
  if (lies.residents < MIN_RESIDENTS) return `${living} ${t('place.noRate')}`;
  if (count < MIN_INCIDENTS_FOR_RATE) return `${living} ${t('place.noRateFew')}`;
  const rate = perYear((count / lies.residents) * 100_000, pictures.years.value);
  return rate === null ? living : `${t('place.rate', { rate: f.rate(rate) })}. ${living}`;
}

/** Its share of what is counted beside its share of the ground. */
function Share({ lies, here, whole }: { lies: ZoneAnswer; here: SummaryAnswer; whole: SummaryAnswer }) {
  const { answers, t, f } = usePage();
  const [count, all] = [located(here), located(whole)];
  if (all === 0 || lies.layerKm2 === 0 || lies.insideKm2 === 0) return null;
  const [held, ground] = [count / all, lies.insideKm2 / lies.layerKm2];
  const what = kindNoun(t, answers.filter.value?.kind ?? 'incident', 2);
  const sentence = t('seen.zoneShare', { held: f.share(held), what, ground: f.share(ground) });
  if (count < MIN_INCIDENTS_FOR_RATE) return <p class="compared">{sentence}</p>;
  return (
    <p class="compared">
      {sentence} {t('seen.zoneTimes', { times: f.rate(Number((held / ground).toPrecision(2))) })}
    </p>
  );
}

/** What has no location lies in no zone, and would make each of them look smaller. */
const located = (summary: SummaryAnswer): number => insideOf(summary) - summary.totals.unlocated;

/** Its change beside that of everywhere else; both as counts first, and nothing of why. */
function BesideCity({ here, whole }: { here: SummaryAnswer; whole: SummaryAnswer }) {
  const { words, t, f } = usePage();
  if (!here.previous || !whole.previous) return null;
  const inZone = { before: insideOf(here.previous), now: insideOf(here) };
  const rest = { before: insideOf(whole.previous) - inZone.before, now: insideOf(whole) - inZone.now };
  return (
    <p class="compared">
      {t('seen.zoneRest', {
        before: f.int(rest.before),
        n: f.int(rest.now),
        change: changeText(words.value, changeBetween(rest.before, rest.now, whole.previous.days), whole.previous.days),
      })}{' '}
      {t(REST_WORDS[besideRest(inZone, rest)])}
    </p>
  );
}

const REST_WORDS = {
  more: 'seen.zoneMore',
  less: 'seen.zoneLess',
  alike: 'seen.zoneAlike',
  few: 'seen.zoneFew',
} as const;
