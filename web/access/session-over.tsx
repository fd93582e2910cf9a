// Over the page when its session ended meanwhile: whoever was here signs in again and goes on where they were, with all they
// had typed; what was asked waits.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Modal } from '../parts/modal.tsx';
import { SignInForm } from './sign-in.tsx';

export function SessionOverDialog() {
  const { access, t } = usePage();
  const [isOver] = useState(access.isOver.value);
  const me = access.me.value;
  const hasNoAccount = me !== null && (me.triesDemo || !me.signedIn);
  const provider = me?.provider?.isOfSession ? me.provider : null;
  // They may have come in again in another tab.
  useEffect(() => {
    const look = () => access.lookAgain();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [access]);
  const anew = () => location.reload();
  return (
    <Modal title={t(hasNoAccount ? 'access.overTypedTitle' : 'access.overTitle')} onClose={anew} stays>
      <p>{t(hasNoAccount ? 'access.overTyped' : isOver === 'other' ? 'access.overOther' : 'access.overText')}</p>
      {isOver === 'ended' && provider && (
        <a class="button by-provider" href={provider.signIn} target="_blank" rel="noreferrer">
          {t('access.byProvider')}
        </a>
      )}
      {isOver === 'ended' && !provider && <SignInForm again={me?.name ?? ''} />}
      <p>
        <button type="button" class="link" onClick={anew}>
          {t('access.overAnew')}
        </button>
      </p>
    </Modal>
  );
}
