// Where tips are sent and read.

import type { TipForm, TipKind, TipRow, TipSettings, TipState, TipsPage } from '../../server/tips/contract.ts';
import { at, type Path } from '../store/api.ts';

export type TipsAsked = { readonly state: TipState | ''; readonly kind: TipKind | '' };

const asked = (values: Record<string, string | null>) => {
  const given = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given)}` : '';
};

export const tipPaths = {
  form: (city: string): Path<TipForm> => at(city, 'tips/form'),
  send: (city: string): Path<null> => at(city, 'tips'),
  list: (city: string, { state, kind }: TipsAsked, after: string | null): Path<TipsPage> =>
    at(city, `tips${asked({ state, kind, after })}`),
  file: (city: string, { state, kind }: TipsAsked): string => at(city, `tips.csv${asked({ state, kind })}`),
  one: (city: string, id: string): Path<TipRow> => at(city, `tips/${id}`),
  settings: (city: string): Path<TipSettings> => at(city, 'tip-settings'),
};
