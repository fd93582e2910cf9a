// Latitude before longitude: said where a file seems to have it so, and turned by one click.

import type { Preview, UploadChoices } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';

type Props = { readonly crs: Preview['crs']; readonly onChoose: (patch: Partial<UploadChoices>) => void };

export function AxesChoice({ crs, onChoose }: Props) {
  const { t } = usePage();
  if (crs.bounds === null || crs.axes === 'as-written') return null;
  const [west, south, east, north] = crs.bounds;
  const degrees = (from: number, until: number) => ((from + until) / 2).toFixed(2).replace('-', '−');
  const isTurned = crs.axes === 'turned';
  // No latitude is beyond 90: then there is nothing to leave as it is.
  const isPossible = Math.max(Math.abs(west), Math.abs(east)) <= 90;
  return (
    <section class={`card ${isTurned ? '' : 'is-warning'}`}>
      <p role={isTurned ? undefined : 'alert'}>
        {isTurned
          ? t('boundaries.axesTurned')
          : t('boundaries.axesSwapped', { x: degrees(south, north), y: degrees(west, east) })}
      </p>
      <div class="wizard-doors">
        {!isTurned && (
          <button
            type="button"
            class="button is-primary"
            // Only degrees have a latitude: saying that it comes first says that they are degrees.
            onClick={() => onChoose({ swapAxes: true })}
          >
            {t('boundaries.axesTurn')}
          </button>
        )}
        {(isTurned || isPossible) && (
          <button type="button" class="button" onClick={() => onChoose({ swapAxes: isTurned ? undefined : false })}>
            {t('boundaries.axesBack')}
          </button>
        )}
      </div>
    </section>
  );
}
