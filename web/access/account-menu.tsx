// Who one is here, in the header: signing in and out, and the roles the sample city can be looked at as.

import { useState } from 'preact/hooks';
import { type Me, ROLES, type Role } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import type { Problem } from '../store/api.ts';
import { ChangePassword } from './change-password.tsx';
import { SecondStepDialog } from './second-step.tsx';
import { SignInDialog } from './sign-in.tsx';

export function AccountMenu() {
  const { access, t } = usePage();
  const me = access.me.value;
  if (!me) return null;
  if (!me.signedIn && !me.demo) return <SignInButton />;
  const role = t(`roles.${me.role}`);
  const who = isSample(me) ? t('access.lookingAs', { role }) : (me.name ?? role);
  return (
    <Popover
      label={t('access.menu')}
      button={
        <>
          <Icon name="user" />
          <span class="button-text">{who}</span>
          <Icon name="chevronDown" />
        </>
      }
      buttonLabel={t('access.menuOf', { who })}
      buttonClass="button account"
      class="account-menu"
    >
      {(close) => <AccountChoices onDone={close} />}
    </Popover>
  );
}

/** What is in the menu; on a phone it stands in the menu of the page. */
export function AccountChoices({ onDone }: { onDone: () => void }) {
  const { access, store, t } = usePage();
  const [refused, setRefused] = useState<Problem | null>(null);
  const [changing, setChanging] = useState(false);
  const [securing, setSecuring] = useState(false);
  const me = access.me.value;
  if (!me) return null;
  if (!me.signedIn && !me.demo) return <SignInButton />;
  const attempt = (change: Promise<void>) => void change.catch((problem: Problem) => setRefused(problem));
  const goTo = (tab: 'accounts' | 'agreements' | 'audit' | 'tips') => {
    onDone();
    store.change({ tab, upload: null });
  };
  return (
    <>
      <p class="account-who">
        {!isSample(me) && me.name && <strong>{me.name}</strong>} {t(`roles.${me.role}`)}
        <small>{t(`roleText.${me.role}`)}</small>
      </p>
      {me.demo && (
        <fieldset class="account-roles">
          <legend>{t('access.lookAs')}</legend>
          {ROLES.filter((role) => role === 'public' || me.demo?.includes(role)).map((role: Role) => (
            <button
              key={role}
              type="button"
              class="menu-item"
              aria-current={role === me.role}
              onClick={() => attempt(access.lookAs(role))}
            >
              {t(`roles.${role}`)}
            </button>
          ))}
        </fieldset>
      )}
      {isSample(me) && <SignInButton text={t('access.withAccount')} />}
      <ul class="menu">
        {access.may('read-accounts') && (
          <li>
            <button type="button" class="menu-item" onClick={() => goTo('accounts')}>
              {t('access.accounts')}
            </button>
          </li>
        )}
        {access.may('share') && (
          <li>
            <button type="button" class="menu-item" onClick={() => goTo('agreements')}>
              {t('sharing.title')}
            </button>
          </li>
        )}
        {access.may('read-audit') && (
          <li>
            <button type="button" class="menu-item" onClick={() => goTo('audit')}>
              {t('access.audit')}
            </button>
          </li>
        )}
        {access.may('handle-tips') && (
          <li>
            <button type="button" class="menu-item" onClick={() => goTo('tips')}>
              {t('tips.list')}
            </button>
          </li>
        )}
        {!isSample(me) && !me.provider?.isOfSession && (
          <>
            <li>
              <button type="button" class="menu-item" aria-expanded={changing} onClick={() => setChanging(!changing)}>
                {t('access.changePassword')}
              </button>
              {changing && <ChangePassword />}
            </li>
            <li>
              <button type="button" class="menu-item" onClick={() => setSecuring(true)}>
                {t(me.secondStep.isOn ? 'second.menuOn' : 'second.menu')}
              </button>
            </li>
          </>
        )}
        {!isSample(me) && (
          <>
            <li>
              <button type="button" class="menu-item" onClick={() => attempt(access.signOut(false))}>
                {t('access.signOut')}
              </button>
            </li>
            <li>
              <button type="button" class="menu-item" onClick={() => attempt(access.signOut(true))}>
                {t('access.signOutEverywhere')}
              </button>
            </li>
          </>
        )}
      </ul>
      {securing && <SecondStepDialog onClose={() => setSecuring(false)} />}
      {refused && (
        <p class="refusal" role="alert">
          {refused.status === 0 ? t('data.failed') : t('data.refused', { reason: refused.message })}
        </p>
      )}
    </>
  );
}

/** Whether the sample city is looked at in a role of its own, rather than by somebody with an account. */
const isSample = ({ demo, signedIn, triesDemo }: Me) => demo !== null && (triesDemo || !signedIn);

/** Where no accounts are kept there is nothing to sign in to. */
function SignInButton({ text }: { text?: string }) {
  const { access, t } = usePage();
  const [open, setOpen] = useState(access.providerFault !== null);
  const me = access.me.value;
  if (me?.role !== 'public' && !me?.demo) return null;
  return (
    <>
      <button type="button" class="button sign-in-button" onClick={() => setOpen(true)}>
        {text ?? t('access.signIn')}
      </button>
      {open && <SignInDialog onClose={() => setOpen(false)} />}
    </>
  );
}
