// Who may come in: the accounts there are, and inviting somebody by a link that opens once.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ROLES, type Role, type Scope } from '../../server/access/contract.ts';
import { type AccountRow, areasIn, type LinkMade } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { TableScroll } from '../parts/table-scroll.tsx';
import type { Problem } from '../store/api.ts';
import { createQuestion } from '../store/question.ts';
import { accessPaths } from './answers.ts';
import { LinksWaiting } from './links-waiting.tsx';
import { mayBeBound, ScopeEditor } from './scope-editor.tsx';
import { ScopeTold } from './scope-told.tsx';

/** What somebody can be invited as; the public is nobody's account. */
const INVITED = ROLES.filter((role) => role !== 'public');

type Given = LinkMade & { readonly to: string };

export function AccountsTab() {
  const { access, ask, f, store, t } = usePage();
  const asked = useSignal(true);
  const path = useComputed(() => (asked.value ? accessPaths.accounts() : null));
  const question = useMemo(() => createQuestion(path, ask), []);
  useEffect(
    () => () => {
      asked.value = false;
    },
    [],
  );
  const [given, setGiven] = useState<Given | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const rows = question.answered.value?.value ?? null;
  const mine = access.me.value?.name ?? null;
  const mayManage = access.may('manage-accounts');

  const attempt = async (change: () => Promise<unknown>) => {
    setRefused(null);
    try {
      await change();
      question.ask();
      return true;
    } catch (error) {
      const { status, message } = error as Problem;
      if ((error as { readonly parameter?: string }).parameter === 'areas') setRefused(t('access.areasShape'));
      else setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
      return false;
    }
  };
  const change = (row: AccountRow, patch: Partial<Pick<AccountRow, 'role' | 'scope' | 'disabled'>>) =>
    attempt(() => send('PATCH', accessPaths.account(row.name), store.language.peek(), patch));
  const saved = (row: AccountRow, scope: Scope) =>
    send('PATCH', accessPaths.account(row.name), store.language.peek(), { scope });
  const reset = (row: AccountRow) =>
    attempt(async () => {
      const link = await send('POST', accessPaths.reset(row.name), store.language.peek());
      setGiven({ ...link, to: row.name });
    });

  return (
    <main class="data">
      <div class="data-inner">
        <h1>{t('access.accounts')}</h1>
        <p class="small">{t('access.accountsText')}</p>
        <Refused why={refused} />
        {given && <GivenLink given={given} />}
        {!mayManage && <p class="small">{t('access.onlyLooking')}</p>}
        {mayManage && (
          <Invite
            onInvite={(name, role, city, areas) =>
              attempt(async () => {
                const scope = { jurisdictions: city ? [city] : null, areas: areas ? areasIn(areas) : null };
                const body = { ...(name ? { name } : {}), role, scope };
                const link = await send('POST', accessPaths.invitations(), store.language.peek(), body);
                setGiven({ ...link, to: name || t(`roles.${role}`) });
              })
            }
          />
        )}
        {question.problem.value && (
          <p class="refusal" role="alert">
            {question.problem.value.message || t('data.failed')}
          </p>
        )}
        {rows && rows.length === 0 && <p>{t('access.noAccounts')}</p>}
        {rows && rows.length > 0 && (
          <TableScroll label={t('access.accounts')}>
            <table class="access-table stacked">
              <thead>
                <tr>
                  <th scope="col">{t('access.name')}</th>
                  <th scope="col">{t('access.role')}</th>
                  <th scope="col">{t('access.scope')}</th>
                  <th scope="col">{t('access.lastSeen')}</th>
                  <th scope="col">{t('access.secondStep')}</th>
                  <th scope="col">
                    <span class="unseen">{t('access.changes')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name} class={row.disabled ? 'is-disabled' : ''}>
                    <th scope="row">{row.name}</th>
                    <td data-label={t('access.role')}>
                      <RoleChoice
                        label={t('access.roleOf', { name: row.name })}
                        role={row.role}
                        disabled={!mayManage || row.name === mine}
                        onChange={(role) => change(row, { role })}
                      />
                    </td>
                    <td data-label={t('access.scope')}>
                      {editing === row.name ? (
                        <ScopeEditor
                          name={row.name}
                          role={row.role}
                          scope={row.scope}
                          onSave={async (read) => {
                            if (await attempt(() => saved(row, read()))) setEditing(null);
                          }}
                          onCancel={() => setEditing(null)}
                        />
                      ) : (
                        <ScopeTold scope={row.scope} />
                      )}
                    </td>
                    <td data-label={t('access.lastSeen')}>
                      {row.seenAt ? f.moment(Date.parse(row.seenAt)) : t('access.never')}
                    </td>
                    <td data-label={t('access.secondStep')}>
                      {[row.totp && t('access.yes'), row.passkeys > 0 && t('access.passkeysOf', { n: row.passkeys })]
                        .filter(Boolean)
                        .join(', ') || t('access.no')}
                    </td>
                    <td>
                      {mayManage && (
                        <div class="access-buttons">
                          <button type="button" class="button" onClick={() => reset(row)}>
                            {t('access.newPasswordLink')}
                          </button>
                          {row.name !== mine && editing !== row.name && (
                            <button
                              type="button"
                              class="button"
                              aria-label={t('access.changeScopeOf', { name: row.name })}
                              onClick={() => setEditing(row.name)}
                            >
                              {t('access.changeScope')}
                            </button>
                          )}
                          {row.name !== mine && (
                            <button
                              type="button"
                              class="button"
                              onClick={() => change(row, { disabled: !row.disabled })}
                            >
                              {row.disabled ? t('access.enable') : t('access.disable')}
                            </button>
                          )}
                        </div>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        )}
        <LinksWaiting
          asked={`${given?.token} ${question.answered.value?.value.length}`}
          mayManage={mayManage}
          attempt={attempt}
        />
      </div>
    </main>
  );
}

function RoleChoice(props: { label: string; role: Role; disabled?: boolean; onChange: (role: Role) => void }) {
  const { t } = usePage();
  return (
    <select
      aria-label={props.label}
      value={props.role}
      disabled={props.disabled ?? false}
      onChange={(event) => props.onChange(event.currentTarget.value as Role)}
    >
      {INVITED.map((role) => (
        <option key={role} value={role}>
          {t(`roles.${role}`)}
        </option>
      ))}
    </select>
  );
}

type Inviting = (name: string, role: Role, city: string | null, areas: string | null) => Promise<unknown>;

function Invite({ onInvite }: { onInvite: Inviting }) {
  const { reference, t } = usePage();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(OPENING_ROLE);
  const [city, setCity] = useState('');
  const [areas, setAreas] = useState('');
  const mayBind = city !== '' && mayBeBound(role);
  const cities = reference.jurisdictions.answered.value?.value ?? [];
  return (
    <form
      class="invite"
      onSubmit={(event) => {
        event.preventDefault();
        void onInvite(name.trim(), role, city || null, (mayBind && areas.trim()) || null).then(() => setName(''));
      }}
    >
      <label>
        {t('access.inviteName')}
        <input type="text" maxlength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <div class="invite-field">
        <span aria-hidden="true">{t('access.role')}</span>
        <RoleChoice label={t('access.role')} role={role} onChange={setRole} />
      </div>
      <label>
        {t('access.scope')}
        <select value={city} onChange={(event) => setCity(event.currentTarget.value)}>
          <option value="">{t('access.everywhere')}</option>
          {cities.map((row) => (
            <option key={row.code} value={row.code}>
              {row.name}
            </option>
          ))}
        </select>
      </label>
      {mayBind && (
        <label>
          {t('access.onlyAreas')}
          <input
            type="text"
            placeholder="sectores:01,02"
            value={areas}
            onInput={(event) => setAreas(event.currentTarget.value)}
          />
        </label>
      )}
      <button type="submit" class="button is-primary">
        {t('access.invite')}
      </button>
      <p class="small">{t(`roleText.${role}`)}</p>
    </form>
  );
}
const OPENING_ROLE: Role = 'planner';

/** Shown once: the server keeps only what a link is recognised by. */
function GivenLink({ given }: { given: Given }) {
  const { f, t } = usePage();
  const link = `${location.origin}${given.path}`;
  return (
    <div class="given-link" role="status">
      <p>{t('access.linkGiven', { name: given.to, until: f.moment(Date.parse(given.expires)) })}</p>
      <input
        type="text"
        readOnly
        value={link}
        aria-label={t('access.linkTitle')}
        onFocus={(e) => e.currentTarget.select()}
      />
      <button type="button" class="button" onClick={() => void navigator.clipboard.writeText(link)}>
        {t('access.copy')}
      </button>
    </div>
  );
}
