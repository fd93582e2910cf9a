// What is done about a problem, in the words a municipality files it with.

import { FUNDS, MEASURE_TYPES, type MeasureBody, OBJECTIVES } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { dayAfter, lastDayOf } from '../store/days.ts';
import { LongField, SelectField, TextField } from './fields.tsx';

const RINGS = [0, 100, 250, 500, 1000] as const;

type Props = {
  readonly body: MeasureBody;
  readonly isStreets: boolean;
  readonly set: (changes: Partial<MeasureBody>) => void;
};

export function MeasureFields({ body, isStreets, set }: Props) {
  const { t, f } = usePage();
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
  place: Pick<MeasureBody, 'ground' | 'selection' | 'placeName'>,
  isStreets: boolean,
): MeasureBody {
  return {
    ...place,
    ...{ type: 'lighting', title: '', description: '', from: '', until: null, controls: null },
    ...{ ringM: isStreets ? 250 : 100, responsible: '', costMxn: null, fund: 'own', objective: null },
    ...{ indicator: '', baseline: '', goal: '', verification: '' },
  };
}
