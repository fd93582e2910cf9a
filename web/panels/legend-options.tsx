// What else the legend can show: Jenks, counts instead of rates, more or fewer classes, streets per km.

import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { type LegendChoice, MAX_CLASSES, MIN_CLASSES } from '../store/url.ts';
import { Choice } from './choice.tsx';

const COUNTS = Array.from({ length: MAX_CLASSES - MIN_CLASSES + 1 }, (_, index) => MIN_CLASSES + index);

export function LegendOptions() {
  const { store, reference, t } = usePage();
  const choice = store.legend.value;
  const set = (patch: Partial<LegendChoice>) => store.adjust({ legend: { ...store.legend.peek(), ...patch } });
  return (
    <Popover
      label={t('legend.options')}
      button={<Icon name="settings" />}
      buttonLabel={t('legend.options')}
      buttonClass="info-button"
    >
      {() => (
        <>
          <fieldset>
            <legend>{t('legend.measure')}</legend>
            <Choice group="measure" checked={choice.measure === 'rate'} onPick={() => set({ measure: 'rate' })}>
              {t('legend.measureRate')}
            </Choice>
            <Choice group="measure" checked={choice.measure === 'count'} onPick={() => set({ measure: 'count' })}>
              {t('legend.measureCount')}
            </Choice>
          </fieldset>
          <fieldset>
            <legend>{t('legend.method')}</legend>
            <Choice group="method" checked={choice.method === 'quantile'} onPick={() => set({ method: 'quantile' })}>
              {t('legend.quantile')}
            </Choice>
            <Choice group="method" checked={choice.method === 'jenks'} onPick={() => set({ method: 'jenks' })}>
              {t('legend.jenks')}
            </Choice>
            <label class="choice">
              <span class="choice-text">{t('legend.classes')}</span>
              <select value={choice.classes} onChange={(event) => set({ classes: Number(event.currentTarget.value) })}>
                {COUNTS.map((count) => (
                  <option key={count} value={count}>
                    {count}
                  </option>
                ))}
              </select>
            </label>
          </fieldset>
          {reference.streetsUsable.value && (
            <fieldset>
              <legend>{t('where.streets')}</legend>
              <Choice group="per-km" checked={!choice.perKm} onPick={() => set({ perKm: false })}>
                {t('legend.measurePlain')}
              </Choice>
              <Choice group="per-km" checked={choice.perKm} onPick={() => set({ perKm: true })}>
                {t('legend.measurePerKm')}
              </Choice>
            </fieldset>
          )}
        </>
      )}
    </Popover>
  );
}
