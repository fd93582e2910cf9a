// One sentence on the card of a place: that it is a hot spot of what the filter counts. Said once it is known, if it is so.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { HotspotsAnswer } from '../../server/analysis/contract.ts';
import { filterToQuery } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { at, type Path } from '../store/api.ts';
import type { Chosen } from '../store/chosen.ts';
import { createQuestion } from '../store/question.ts';

/** Of so many areas it is answered in passing; of more one goes to the tab. */
const MOST_AREAS = 3000;
const SURE = 2;

export function Explained({ place }: { place: Chosen }) {
  const { access, answers, ask, reference, t } = usePage();
  const isOpen = useSignal(true);
  const path = useComputed((): Path<HotspotsAnswer> | null => {
    const city = reference.jurisdiction.value?.code;
    const filter = answers.counted.value;
    const layer = reference.areaLayers.value.find((row) => row.layer === place.key.layer);
    if (!isOpen.value || !city || !filter || !layer || layer.features > MOST_AREAS) return null;
    // Within a part of the city only that part is counted, and its edges would pass for cold.
    if (filter.within || !access.may('follow-events')) return null;
    const query = { layer: reference.address(layer.layer), ...filterToQuery(filter) };
    return at(city, `hotspots?${new URLSearchParams(query)}`);
  });
  const question = useMemo(() => createQuestion(path, ask, (text) => text), []);
  useEffect(
    () => () => {
      isOpen.value = false;
    },
    [],
  );
  const answer = question.answered.value?.value;
  const index = answer?.ids.indexOf(place.row?.id ?? '') ?? -1;
  const z = answer?.z[index] ?? null;
  if (!answer || z === null || (answer.class[index] ?? 0) < SURE) return null;
  return <p class="small">{t('analysis.explained', { z: z.toFixed(2) })}</p>;
}
