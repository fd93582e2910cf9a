// What is done about a problem, in the words a municipality files it with.

import { useState } from 'preact/hooks';
import {
  type AskedPlace,
  FUNDS,
  MEASURE_TYPES,
  type MeasureBody,
  OBJECTIVES,
  type ProblemBody,
} from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { dayAfter, lastDayOf } from '../store/days.ts';
import { LongField, SelectField, TextField } from './fields.tsx';
import { type GroundOffered, groundsOnMap, type MeasureDraft, movedTo, usualRing } from './grounds.ts';

const RINGS = [0, 100, 250, 500, 1000] as const;

type Props = {
  readonly body: MeasureDraft;
  /** Of its problem. */
  readonly own: Pick<ProblemBody, 'place' | 'placeName'>;
  readonly set: (changes: Partial<MeasureDraft>) => void;
};

/** Where it is done: where the problem is, or what is chosen on the map now. */
function GroundField({ body, own, set }: Props) {
  const page = usePage();
  const { reference, t, f } = page;
  const [begun] = useState({ place: body.ground, name: body.placeName, controls: body.controls });
  const offered = [...(own.place ? [{ name: own.placeName, of: null, place: own.place }] : []), ...groundsOnMap(page)];
  const isOf = (place: AskedPlace) => JSON.stringify(place) === JSON.stringify(body.ground);
  // A place that is none of these is the one it has.
  const all = offered.some(({ place }) => JSON.stringify(place) === JSON.stringify(begun.place))
    ? offered
    : [{ ...begun, of: null }, ...offered];
  const isStreets = (layer: string) => reference.streetLayer.value?.layer === layer;
  const choose = (n: number) => {
    const next = all[n]!;
    set(movedTo(body, next, { was: isStreets(body.ground.layer), is: isStreets(next.place.layer) }));
  };
  const label = ({ name, of, place }: GroundOffered) => {
    const many =
      'codes' in place &&
      place.codes.length > 1 &&
      t('problems.places', { count: place.codes.length, n: f.int(place.codes.length) });
    const what = of && t(of === 'streets' ? 'problems.groundStreets' : 'problems.groundAreas');
    return [place === own.place && t('problems.groundOwn'), name, what, many].filter(Boolean).join(' · ');
  };
  return (
    <>
      <SelectField
        label={t('problems.ground')}
        value={String(
          Math.max(
            0,
            all.findIndex(({ place }) => isOf(place)),
          ),
        )}
        onInput={(n) => choose(Number(n))}
      >
        {all.map((each, n) => (
          <option key={n} value={String(n)}>
            {label(each)}
          </option>
        ))}
      </SelectField>
      <TextField label={t('problems.groundName')} value={body.placeName} onInput={(placeName) => set({ placeName })} />
      <p class="small">
        {t('problems.groundHint')} {begun.controls && !body.controls && t('problems.groundControls')}
      </p>
    </>
  );
}

export function MeasureFields({ body, own, set }: Props) {
  const { reference, t, f } = usePage();
  const isStreets = reference.streetLayer.value?.layer === body.ground.layer;
  const text = (field: 'title' | 'responsible' | 'indicator' | 'baseline' | 'goal' | 'verification') => (
    <TextField label={t(`problems.${field}`)} value={body[field]} onInput={(value) => set({ [field]: value })} />
  );
  return (
    <>
      <SelectField
        label={t('problems.type')}
        value={body.type}
        onInput={(type) => set({ type: type as MeasureBody['type'] })}
      >
        {MEASURE_TYPES.map((type) => (
          <option key={type} value={type}>
            {t(`measureTypes.${type}`)}
          </option>
        ))}
      </SelectField>
      {text('title')}
      <GroundField {...{ body, own, set }} />
      <TextField type="date" label={t('problems.from')} value={body.from} onInput={(from) => set({ from })} />
      <TextField
        type="date"
        label={t('problems.until')}
        value={body.until === null ? '' : lastDayOf(body.until)}
        onInput={(last) => set({ until: last === '' ? null : dayAfter(last) })}
      />
      {text('responsible')}
      <TextField
        type="number"
        label={t('problems.cost')}
        value={body.costMxn === null ? '' : String(body.costMxn)}
        onInput={(cost) => set({ costMxn: cost === '' ? null : Number(cost) })}
      />
      <SelectField
        label={t('problems.fund')}
        value={body.fund}
        onInput={(fund) => set({ fund: fund as MeasureBody['fund'] })}
      >
        {FUNDS.map((fund) => (
          <option key={fund} value={fund}>
            {t(`funds.${fund}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('problems.objective')}
        value={body.objective ?? ''}
        onInput={(objective) => set({ objective: (objective || null) as MeasureBody['objective'] })}
      >
        <option value="">{t('problems.noObjective')}</option>
        {OBJECTIVES.map((each) => (
          <option key={each} value={each}>
            {t(`objectives.o${each}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('problems.ring')}
        value={String(body.ringM)}
        onInput={(ringM) => set({ ringM: Number(ringM) })}
      >
        {(isStreets ? RINGS : RINGS.slice(0, 2)).map((each) => (
          <option key={each} value={each}>
            {each === 0
              ? t('problems.ring_0')
              : isStreets
                ? t('problems.ringStreets', { n: f.int(each) })
                : t('problems.ringAreas')}
          </option>
        ))}
      </SelectField>
      <LongField
        label={t('problems.description')}
        value={body.description}
        onInput={(description) => set({ description })}
      />
      <fieldset class="problem-goal">
        <legend>{t('problems.goalTitle')}</legend>
        {text('indicator')}
        {text('baseline')}
        {text('goal')}
        {text('verification')}
      </fieldset>
      {body.selection && (
        <p class="small">{t('problems.selectionText', { days: f.range(body.selection.from, body.selection.until) })}</p>
      )}
    </>
  );
}

export function emptyMeasure(
  place: Pick<MeasureDraft, 'ground' | 'selection' | 'placeName'>,
  isStreets: boolean,
): MeasureDraft {
  return {
    ...place,
    ...{ type: 'lighting', title: '', description: '', from: '', until: null, controls: null },
    ...{ ringM: usualRing(isStreets), responsible: '', costMxn: null, fund: 'own', objective: null },
    ...{ indicator: '', baseline: '', goal: '', verification: '' },
  };
}
