// A new part: what it shows, and of which view: what the map shows, one that was saved, or any address of the portal.

import { useState } from 'preact/hooks';
import { BLOCK_KINDS, type BlockKind, type BriefingBlock } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { readViews } from '../store/saved-views.ts';
import { blockOf } from './templates.ts';
import { type ViewTaken, viewOfAddress, viewTaken } from './views.ts';

const WITHOUT_VIEW: readonly BlockKind[] = ['text', 'problems'];

type Props = { readonly at: number; readonly onAdd: (block: BriefingBlock) => void };

export function AddBlock({ at, onAdd }: Props) {
  const page = usePage();
  const { access, store, t } = page;
  const [kind, setKind] = useState<BlockKind>('text');
  const [from, setFrom] = useState('now');
  const [address, setAddress] = useState('');
  const [isBad, setBad] = useState(false);
  const views = readViews(localStorage);
  const kinds = BLOCK_KINDS.filter((each) => each !== 'problems' || access.may('see-problems'));
  const view = (): ViewTaken | null => {
    if (from === 'now') return viewTaken(page, store.page.peek());
    if (from === 'city') return viewTaken(page, null);
    const query = from === 'address' ? address : views.find(({ name }) => `view:${name}` === from)?.query;
    return query === undefined ? null : viewOfAddress(page, query || '?', location);
  };
  const add = () => {
    if (WITHOUT_VIEW.includes(kind)) return onAdd(blockOf(kind, at));
    const taken = view();
    setBad(taken === null);
    if (!taken) return;
    const title = from.startsWith('view:') ? from.slice('view:'.length).slice(0, 200) : '';
    // Of a view that was chosen its own days are meant, unless it is open.
    const { from: begins, until: ends } = taken.filter;
    onAdd(blockOf(kind, at, { ...taken, title, follows: !(begins && ends) }));
  };
  return (
    <form
      class="card problem-form briefing-add no-print"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <h2>{t('briefing.add')}</h2>
      <label class="problem-field">
        {t('briefing.kind')}
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as BlockKind)}>
          {kinds.map((each) => (
            <option key={each} value={each}>
              {t(`briefing.kind_${each}`)}
            </option>
          ))}
        </select>
      </label>
      {!WITHOUT_VIEW.includes(kind) && (
        <label class="problem-field">
          {t('briefing.from')}
          <select value={from} onChange={(event) => setFrom(event.currentTarget.value)}>
            <option value="now">{t('briefing.fromNow')}</option>
            <option value="city">{t('briefing.fromCity')}</option>
            {views.map(({ name }) => (
              <option key={name} value={`view:${name}`}>
                {name}
              </option>
            ))}
            <option value="address">{t('briefing.fromAddress')}</option>
          </select>
        </label>
      )}
      {!WITHOUT_VIEW.includes(kind) && from === 'address' && (
        <label class="problem-field">
          {t('briefing.address')}
          <input value={address} maxLength={24_000} onInput={(event) => setAddress(event.currentTarget.value)} />
        </label>
      )}
      {isBad && (
        <p class="refusal" role="alert">
          {t('briefing.addressBad')}
        </p>
      )}
      <div class="access-buttons">
        <button type="submit" class="button is-primary">
          {t('briefing.addHere')}
        </button>
      </div>
    </form>
  );
}
