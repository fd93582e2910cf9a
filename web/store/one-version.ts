// Answers made from different versions of the data are not shown side by side: the older ones are asked again.

import { effect, untracked } from '@preact/signals';
import type { Question } from './question.ts';

export type Versioned = { readonly dataVersion: number };

/** `onNewer` is called when the data changed while the page was open. Answers a function that stops watching. */
export function keepOneVersion(questions: readonly Question<Versioned>[], onNewer: () => void): () => void {
  let newest = 0;
  return effect(() => {
    const versions = questions.map((question) => question.answered.value?.value.dataVersion ?? 0);
    const latest = Math.max(...versions);
    untracked(() => {
      if (newest > 0 && latest > newest) onNewer();
      newest = latest || newest;
      for (const [index, question] of questions.entries()) {
        const version = versions[index] ?? 0;
        if (version > 0 && version < latest && question.waitingSince.value === null) question.ask();
      }
    });
  });
}
