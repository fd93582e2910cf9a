// Whose data, searching it, how fresh it is, sharing and printing it, and the language.

import { useRef } from 'preact/hooks';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { AccountChoices, AccountMenu } from '../access/account-menu.tsx';
import { AlertsBell } from '../alerts/bell.tsx';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { SharedBadge } from '../parts/shared-badge.tsx';
import { useFold } from './fold.ts';
import { Freshness } from './freshness.tsx';
import { Search } from './search.tsx';
import { Share } from './share.tsx';
import { Sources } from './sources.tsx';
import { Tabs } from './tabs.tsx';

/** What the header gives up for room, in this order (header.css). From `SHORT_SEARCH` on the search has a short name. */
const FOLDS = 8;
const SHORT_SEARCH = 4;

export function Header() {
  const { reference, store, t } = usePage();
  const city = reference.jurisdiction.value;
  const { tab } = store.page.value;
  const onMap = tab === 'map' && city?.from;
  const row = useRef<HTMLElement>(null);
  const folded = useFold(row, FOLDS);
  return (
    <header class="header" ref={row}>
      <span class="arms" role="img" aria-label={t('app.product')} />
      <JurisdictionMenu />
      {onMap && <Search isShort={folded >= SHORT_SEARCH} />}
      {city && <Tabs />}
      {city?.synthetic && (onMap || tab === 'analysis') && (
        <span class={onMap ? 'synthetic' : 'synthetic is-wide-only'} title={t('app.syntheticLong')}>
          {t('app.synthetic')}
        </span>
      )}
      {onMap && (
        <>
          <span class="header-gap" />
          <Freshness />
          <Popover
            label={t('share.title')}
            button={<Labelled icon="share" text={t('header.share')} />}
            buttonLabel={t('header.share')}
            class="share"
          >
            {() => <Share />}
          </Popover>
          <button
            type="button"
            class="button print-button"
            onClick={() => window.print()}
            aria-label={t('header.print')}
            title={t('header.print')}
          >
            <Labelled icon="printer" text={t('header.print')} />
          </button>
        </>
      )}
      {!onMap && <span class="header-gap" />}
      <AlertsBell />
      <AccountMenu />
      <LanguageSwitch />
      <HelpButton />
      <Popover
        label={t('app.menu')}
        button={<Icon name="menu" />}
        buttonLabel={t('app.menu')}
        buttonClass="button is-icon header-menu"
        class="phone-menu"
      >
        {(close) => (
          <>
            {city && <Tabs onGo={close} />}
            <AccountChoices onDone={close} />
            <LanguageSwitch />
            <button type="button" class="button" onClick={() => window.print()}>
              <Icon name="printer" /> {t('header.print')}
            </button>
            <HelpButton />
            {onMap && (
              <>
                <Share />
                <Sources />
              </>
            )}
          </>
        )}
      </Popover>
    </header>
  );
}

function HelpButton() {
  const { t } = usePage();
  return (
    <button
      type="button"
      class="button is-icon help-button"
      aria-label={t('header.help')}
      title={t('header.help')}
      onClick={() => document.querySelector<HTMLDialogElement>('#help')?.showModal()}
    >
      <Icon name="help" />
    </button>
  );
}

function Labelled({ icon, text }: { icon: 'share' | 'printer'; text: string }) {
  return (
    <>
      <Icon name={icon} />
      <span class="button-text">{text}</span>
    </>
  );
}

function JurisdictionMenu() {
  const { reference, store, t } = usePage();
  const rows = reference.jurisdictions.answered.value?.value ?? [];
  const city = reference.jurisdiction.value;
  const name = city?.name ?? t('header.jurisdiction');
  if (rows.length < 2) return <h1 class="city">{name}</h1>;
  return (
    <h1 class="city">
      <Popover
        label={t('header.jurisdiction')}
        button={
          <>
            <span class="city-name">{name}</span> {city?.shared && <SharedBadge name={city.name} level={city.shared} />}{' '}
            <Icon name="chevronDown" />
          </>
        }
        buttonClass="button is-quiet"
      >
        {(close) => (
          <ul class="menu">
            {rows.map((row) => (
              <li key={row.code}>
                <button
                  type="button"
                  class="menu-item"
                  aria-current={row.code === city?.code}
                  onClick={() => {
                    close();
                    store.change({ city: row.code, filter: EVERYTHING, place: null, layer: null, position: null });
                  }}
                >
                  {row.name}
                  {row.synthetic && <small>{t('app.synthetic')}</small>}
                  {row.shared && <SharedBadge name={row.name} level={row.shared} />}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover>
    </h1>
  );
}

function LanguageSwitch() {
  const { store, t } = usePage();
  const other = store.language.value === 'es' ? 'en' : 'es';
  return (
    <button type="button" class="button is-quiet language" lang={other} onClick={() => store.speak(other)}>
      {t('header.switchLanguage')}
    </button>
  );
}
