// Where alerts are read, and rules of them kept.

import type { AlertHistory, AlertRule, AlertsAnswer } from '../../server/alerts/contract.ts';
import { at, type Path } from '../store/api.ts';

export const alertPaths = {
  all: (city: string): Path<AlertsAnswer> => at(city, 'alerts'),
  one: (city: string, id: string): Path<null> => at(city, `alerts/${id}`),
  rules: (city: string): Path<AlertRule> => at(city, 'alerts/rules'),
  rule: (city: string, id: string): Path<AlertRule> => at(city, `alerts/rules/${id}`),
  history: (city: string): Path<AlertHistory> => at(city, 'alerts/history'),
};
