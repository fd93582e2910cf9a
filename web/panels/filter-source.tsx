// Which source is counted; kinds are never added together.

import { KINDS, type Kind } from '../../server/db/contract.ts';
import { usePage } from '../app.ts';
import { Choice } from './choice.tsx';
import { useFreshText } from './freshness.tsx';

export function SourceFilter({ close }: { close: () => void }) {
  const { store, reference, t, f } = usePage();
  const fresh = useFreshText();
  const { kind, source } = store.filter.value;
  const pick = (nextKind: Kind, code: string | null) => {
    close();
    store.changeFilter({ kind: nextKind, source: code });
  };
  return (
    <>
      {KINDS.map((each) => {
        const rows = reference.sources.value.filter((row) => row.kind === each);
        if (!rows.length) return null;
        return (
          <fieldset key={each}>
            <legend>{fresh(each) ?? t(`kind.${each}`)}</legend>
            {rows.length > 1 && (
              <Choice group="source" checked={kind === each && source === null} onPick={() => pick(each, null)}>
                {t('filter.allSources')}
              </Choice>
            )}
            {rows.map((row) => (
              <Choice
                key={row.code}
                group="source"
                checked={kind === each && (source === row.code || (source === null && rows.length === 1))}
                onPick={() => pick(each, rows.length === 1 ? null : row.code)}
                detail={f.int(row.incidents)}
              >
                {row.title}
              </Choice>
            ))}
          </fieldset>
        );
      })}
    </>
  );
}
