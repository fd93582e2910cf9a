// One analysis at a time: what the address asks, the question to the server, and calling it off.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { filterToQuery } from '../../server/filter/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import { type App, usePage } from '../app.ts';
import { at, type Path } from '../store/api.ts';
import { createQuestion, type Question } from '../store/question.ts';
import { type AnalysisFound, type AnyAnswer, foundOf } from './found.ts';
import {
  type AnalysisParams,
  asksOfPlaces,
  type FieldName,
  queryOf,
  readAsked,
  type Task,
  writeAsked,
} from './params.ts';

export type Session = {
  readonly asked: ReadonlySignal<AnalysisParams>;
  /** Of the places that are analysed; null for methods that are not of places. */
  readonly layer: ReadonlySignal<LayerRow | null>;
  readonly isStreets: ReadonlySignal<boolean>;
  readonly question: Question<AnyAnswer>;
  readonly found: ReadonlySignal<AnalysisFound | null>;
  readonly isStopped: ReadonlySignal<boolean>;
  /** It is of streets, and there are none that incidents are placed on. */
  readonly lacksStreets: ReadonlySignal<boolean>;
  readonly choose: (task: Task) => void;
  readonly set: (name: FieldName, value: string) => void;
  readonly stop: () => void;
  readonly again: () => void;
};

export function useSession(): Session {
  const page = usePage();
  const [session, close] = useMemo(() => openSession(page), []);
  useEffect(() => close, []);
  return session;
}

function openSession({ store, reference, answers, ask }: App): [Session, close: () => void] {
  const asked = computed(() => readAsked(store.page.value.analysis));
  const isStreets = computed(
    () =>
      (asked.value.values.places === 'streets' || asked.value.task === 'street-density') &&
      reference.streetsUsable.value,
  );
  const layer = computed(() => {
    if (!asksOfPlaces(asked.value.task)) return null;
    return isStreets.value ? reference.streetLayer.value : reference.areaLayer.value;
  });
  const lacksStreets = computed(() => asked.value.task === 'street-density' && !reference.streetsUsable.value);
  const calledOff = signal<string | null>(null);
  const isOpen = signal(true);
  const wanted = computed((): Path<AnyAnswer> | null => {
    const city = reference.jurisdiction.value?.code;
    const filter = answers.counted.value;
    if (!city || !filter || lacksStreets.value || (asksOfPlaces(asked.value.task) && !layer.value)) return null;
    const areas = reference.areaLayer.value;
    const residents = areas && reference.address(areas.layer);
    const own = queryOf(asked.value, layer.value && reference.address(layer.value.layer), residents);
    return at(city, `${asked.value.task}?${new URLSearchParams({ ...own, ...filterToQuery(filter) })}`);
  });
  const path = computed(() => (isOpen.value && wanted.value !== calledOff.value ? wanted.value : null));
  const question = createQuestion<AnyAnswer>(path, ask, (text) => text.split('?')[0]!);
  const put = (next: AnalysisParams) => store.change({ analysis: writeAsked(next) });
  const session: Session = {
    ...{ asked, layer, isStreets, question },
    found: computed(() => {
      const answered = question.answered.value;
      return answered && foundOf(answered.path, answered.value);
    }),
    lacksStreets,
    isStopped: computed(() => wanted.value !== null && wanted.value === calledOff.value),
    choose: (task) => put({ ...asked.peek(), task }),
    set: (name, value) => put({ ...asked.peek(), values: { ...asked.peek().values, [name]: value } }),
    stop: () => {
      calledOff.value = wanted.peek();
    },
    again: () => {
      calledOff.value = null;
      question.ask();
    },
  };
  return [
    session,
    () => {
      isOpen.value = false;
    },
  ];
}
