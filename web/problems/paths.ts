// Where problems are read and written.

import type {
  ChangeRow,
  ItemRow,
  ProblemAnswer,
  ProblemEvaluation,
  ProblemsAnswer,
} from '../../server/problems/contract.ts';
import { at, type Path } from '../store/api.ts';

export const problemPaths = {
  list: (city: string): Path<ProblemsAnswer> => at(city, 'problems'),
  shapes: (city: string): Path<GeoJSON.FeatureCollection> => at(city, 'problems.geojson'),
  file: (city: string, language: string): string => at(city, `problems.xlsx?lang=${language}`),
  one: (city: string, problem: number): Path<ProblemAnswer> => at(city, `problems/${problem}`),
  history: (city: string, problem: number): Path<{ readonly changes: readonly ChangeRow[] }> =>
    at(city, `problems/${problem}/history`),
  items: (city: string, problem: number): Path<ItemRow> => at(city, `problems/${problem}/items`),
  item: (city: string, problem: number, item: number): Path<ProblemAnswer> =>
    at(city, `problems/${problem}/items/${item}`),
  undo: (city: string, problem: number): Path<ProblemAnswer> => at(city, `problems/${problem}/undo`),
  evaluation: (city: string, problem: number, measure: number): Path<ProblemEvaluation> =>
    at(city, `problems/${problem}/evaluation?measure=${measure}`),
  files: (city: string, problem: number): Path<ItemRow<'file'>> => at(city, `problems/${problem}/files`),
  fileOf: (city: string, problem: number, item: number): Path<null> => at(city, `problems/${problem}/files/${item}`),
  pictures: (city: string, problem: number): Path<ItemRow<'picture'>> => at(city, `problems/${problem}/pictures`),
  picture: (city: string, problem: number, item: number): Path<null> =>
    at(city, `problems/${problem}/pictures/${item}`),
  keep: (city: string, problem: number): Path<ItemRow> => at(city, `problems/${problem}/evaluations`),
};
