// What is done to a map file only when somebody agrees: its features numbered, its street lines split.

import type { Preview, UploadChoices } from '../../server/layers/contract.ts';
import type { CheckCode } from '../../server/mapfiles/contract.ts';
import { usePage } from '../app.ts';

type Props = {
  readonly preview: Preview;
  readonly choices: UploadChoices;
  readonly onChoose: (patch: Partial<UploadChoices>) => void;
};

const APART: readonly CheckCode[] = ['lines-cross', 'ends-near'];

export function Agreed({ preview, choices, onChoose }: Props) {
  const { t, f } = usePage();
  const { type, problem, checks } = preview;
  const apart = checks.filter(({ code }) => APART.includes(code)).reduce((sum, { count }) => sum + count, 0);
  const lacksCode = problem?.parameter === 'numbered' || problem?.parameter === 'code';
  const isNumbered = choices.numbered === true;
  const isSplit = choices.split === true;
  const asksNumbered = (type === 'areas' || type === 'context') && (lacksCode || isNumbered);
  const asksSplit = type === 'streets' && (apart > 0 || isSplit);
  if (!asksNumbered && !asksSplit) return null;
  return (
    <section class={`card ${asksNumbered && !isNumbered ? 'is-warning' : ''}`}>
      {asksNumbered && (
        <label class="choice">
          <input
            type="checkbox"
            checked={isNumbered}
            onChange={(event) => onChoose({ numbered: event.currentTarget.checked || undefined })}
          />
          <span>
            {t('boundaries.numbered')} <small>{t('boundaries.numberedNote')}</small>
          </span>
        </label>
      )}
      {asksSplit && (
        <label class="choice">
          <input
            type="checkbox"
            checked={isSplit}
            onChange={(event) => onChoose({ split: event.currentTarget.checked || undefined })}
          />
          <span>
            {isSplit ? t('boundaries.split') : t('boundaries.splitApart', { n: f.int(apart) })}{' '}
            <small>{t('boundaries.splitNote')}</small>
          </span>
        </label>
      )}
    </section>
  );
}
