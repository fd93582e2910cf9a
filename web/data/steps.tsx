// The head of a wizard or guide: the way back, its title and where in its steps one is.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';

type Props = {
  readonly title: string;
  readonly steps: readonly string[];
  readonly current: number;
};

export function WizardHead({ title, steps, current }: Props) {
  const { store, t } = usePage();
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone with the step before.
  useEffect(() => heading.current?.focus(), [current]);
  return (
    <>
      <button type="button" class="link" onClick={() => store.change({ tab: 'data', upload: null })}>
        <Icon name="chevronLeft" /> {t('data.backToData')}
      </button>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {steps.length > 0 && (
        <ol class="steps" aria-label={t('importing.steps')}>
          {steps.map((step, index) => (
            <li key={step} aria-current={index === current ? 'step' : undefined}>
              {index + 1}. {step}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
