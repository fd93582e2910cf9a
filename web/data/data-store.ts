// What the tab «Datos» knows of one jurisdiction: its deliveries and jobs, asked again while something runs.

import { type ReadonlySignal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { JurisdictionRow, Right } from '../../server/access/contract.ts';
import type { PlaceNamesAnswer } from '../../server/geocoding/contract.ts';
import type { DeliveryRow } from '../../server/incidents/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import type { LabelsAnswer } from '../../server/taxonomy/contract.ts';
import type { App } from '../app.ts';
import type { Path, Problem } from '../store/api.ts';
import { createQuestion, type Question } from '../store/question.ts';
import { dataPaths } from './paths.ts';
import { send } from './send.ts';

const WHILE_RUNNING_MS = 1000;
const AT_REST_MS = 10_000;

export type Desk = {
  readonly city: JurisdictionRow;
  readonly deliveries: Question<DeliveryRow[]>;
  readonly jobs: Question<JobState[]>;
  readonly placeNames: Question<PlaceNamesAnswer>;
  readonly offenceLabels: Question<LabelsAnswer>;
  /** Sends a command; the problem, if any, stays until the next one. Answers null when refused. */
  run<T>(method: 'POST' | 'PUT' | 'DELETE', path: Path<T>, body?: unknown): Promise<T | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** The server does not answer: what is shown of its jobs may be long over. */
  readonly isCut: ReadonlySignal<boolean>;
  /** Asks for everything a finished job may have changed. */
  refresh(): void;
  /** Asks again what there is, but not for answers about it: those of a layer just removed would be refused. */
  refreshLists(): void;
};

export const isUnderWay = ({ state }: JobState): boolean => state === 'waiting' || state === 'running';

/** Opens the desk of a jurisdiction; the second answer stops its asking. */
export function openDesk({ access, ask, reference, answers, store }: App, city: JurisdictionRow): [Desk, () => void] {
  const problem = signal<Problem | null>(null);
  const isCut = signal(false);
  /** What one may not know is not asked for. */
  const askedBy = <T>(right: Right, path: Path<T>) => createQuestion<T>(signal(access.may(right) ? path : null), ask);
  const deliveries = askedBy<DeliveryRow[]>('import', dataPaths.deliveries(city.code));
  const jobs = askedBy<JobState[]>('follow-jobs', dataPaths.jobs(city.code));
  const placeNames = askedBy<PlaceNamesAnswer>('manage-places', dataPaths.placeNames(city.code));
  const offenceLabels = askedBy<LabelsAnswer>('manage-offences', dataPaths.offenceLabels(city.code));
  const refreshLists = () => {
    deliveries.ask();
    placeNames.ask();
    offenceLabels.ask();
    for (const question of reference.questions) question.ask();
  };
  const refresh = () => {
    refreshLists();
    for (const question of answers.all) question.ask();
  };

  /** Ended jobs by id; null before the first answer. A short job may never be seen under way. */
  let ended: ReadonlySet<string> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // The next question waits for the answer to the last: asking again would call it off, for ever on a slow machine.
  const askAgainIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(jobs.ask, ms);
  };
  const stopWatching = jobs.answered.subscribe((answered) => {
    if (!answered) return;
    isCut.value = false;
    const before = ended;
    ended = new Set(answered.value.filter((job) => !isUnderWay(job)).map(({ id }) => id));
    if (before && [...ended].some((id) => !before.has(id))) refresh();
    askAgainIn(answered.value.some(isUnderWay) ? WHILE_RUNNING_MS : AT_REST_MS);
  });
  const stopRetrying = jobs.problem.subscribe((failed) => {
    if (!failed) return;
    isCut.value = failed.status === 0;
    askAgainIn(AT_REST_MS);
  });

  const desk: Desk = {
    city,
    deliveries,
    jobs,
    placeNames,
    offenceLabels,
    problem,
    isCut,
    refresh,
    refreshLists,
    async run(method, path, body) {
      problem.value = null;
      try {
        return await send(method, path, store.language.peek(), body ?? null);
      } catch (error) {
        problem.value = error as Problem;
        return null;
      } finally {
        jobs.ask();
      }
    },
  };
  return [
    desk,
    () => {
      clearTimeout(timer);
      stopWatching();
      stopRetrying();
    },
  ];
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('outside the tab of the data');
  return desk;
}
