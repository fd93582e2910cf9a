// A block of the column says by its looks when its figures are of the question before.

import type { Question } from '../store/question.ts';

/** The figures pale while they are not yet, or could not be made, what the filter beside them says. */
export const panelClass = (name: string, { isOld }: Pick<Question<unknown>, 'isOld'>): string =>
  `panel ${name} ${isOld.value ? 'is-old' : ''}`;
