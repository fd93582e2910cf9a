// Where briefings are read and written.

import type {
  BriefingAnswer,
  BriefingChanges,
  BriefingNow,
  BriefingShapes,
  BriefingsAnswer,
} from '../../server/briefings/contract.ts';
import { at, type Path } from '../store/api.ts';

export const briefingPaths = {
  list: (city: string): Path<BriefingsAnswer> => at(city, 'briefings'),
  add: (city: string): Path<BriefingAnswer> => at(city, 'briefings'),
  one: (city: string, briefing: number): Path<BriefingAnswer> => at(city, `briefings/${briefing}`),
  now: (city: string, briefing: number): Path<BriefingNow> => at(city, `briefings/${briefing}/now`),
  renew: (city: string, briefing: number): Path<BriefingAnswer> => at(city, `briefings/${briefing}/renew`),
  history: (city: string, briefing: number): Path<BriefingChanges> => at(city, `briefings/${briefing}/history`),
  restore: (city: string, briefing: number): Path<BriefingAnswer> => at(city, `briefings/${briefing}/restore`),
  shapes: (city: string, layer: string, version: number): Path<BriefingShapes> =>
    at(city, `briefing-shapes?layer=${layer}@${version}`),
};
