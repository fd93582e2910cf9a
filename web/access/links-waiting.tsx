// Links that nobody used yet, to be taken back by whoever administers the portal.

import { useEffect, useState } from 'preact/hooks';
import type { LinkWaiting } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { TableScroll } from '../parts/table-scroll.tsx';
import { accessPaths } from './answers.ts';
import { ScopeTold } from './scope-told.tsx';

/** `asked`: changes whenever there may be others. `attempt` says on the page why something was refused. */
export function LinksWaiting(props: {
  asked: unknown;
  mayManage: boolean;
  attempt: (change: () => Promise<unknown>) => Promise<boolean>;
}) {
  const { ask, f, store, t } = usePage();
  const [rows, setRows] = useState<readonly LinkWaiting[]>([]);
  const load = (signal = new AbortController().signal) => ask(accessPaths.links(), signal).then(setRows, () => {}); // the list of accounts says why nothing comes
  useEffect(() => {
    const stop = new AbortController();
    void load(stop.signal);
    return () => stop.abort();
  }, [props.asked]);
  if (rows.length === 0) return null;
  const takeBack = (id: string) =>
    props.attempt(() => send('DELETE', accessPaths.waitingLink(id), store.language.peek())).then(() => load());
  return (
    <>
      <h2>{t('access.linksWaiting')}</h2>
      <p class="small">{t('access.linksText')}</p>
      <TableScroll label={t('access.linksWaiting')}>
        <table class="access-table stacked">
          <thead>
            <tr>
              <th scope="col">{t('access.name')}</th>
              <th scope="col">{t('access.what')}</th>
              <th scope="col">{t('access.role')}</th>
              <th scope="col">{t('access.scope')}</th>
              <th scope="col">{t('access.linkMadeBy')}</th>
              <th scope="col">{t('access.linkUntil')}</th>
              <th scope="col">
                <span class="unseen">{t('access.changes')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const name = row.name ?? t('access.linkAnyName');
              return (
                <tr key={row.id}>
                  <th scope="row">{name}</th>
                  <td data-label={t('access.what')}>{t(`access.linkFor_${row.purpose}`)}</td>
                  <td data-label={t('access.role')}>{t(`roles.${row.role}`)}</td>
                  <td data-label={t('access.scope')}>
                    <ScopeTold scope={row.scope} />
                  </td>
                  <td data-label={t('access.linkMadeBy')}>{row.madeBy ?? t('access.linkMadeByCommand')}</td>
                  <td data-label={t('access.linkUntil')}>{f.moment(Date.parse(row.expires))}</td>
                  <td>
                    {props.mayManage && (
                      <button
                        type="button"
                        class="button"
                        aria-label={t('access.linkTakeBackOf', { name })}
                        onClick={() => void takeBack(row.id)}
                      >
                        {t('access.linkTakeBack')}
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableScroll>
    </>
  );
}
