// Where the role of a person holds, as an administrator changes it: everywhere, in some municipalities, or in areas of one.

import { useState } from 'preact/hooks';
import type { Role, Scope } from '../../server/access/contract.ts';
import { areasIn } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';

/** Roles that may be bound to areas of one city. */
const BOUND: readonly Role[] = ['planner', 'commander'];
export const mayBeBound = (role: Role): boolean => BOUND.includes(role);

export function ScopeEditor(props: {
  name: string;
  role: Role;
  scope: Scope;
  /** Reads what was written when it is saved; throws for areas that are not written as areas are. */
  onSave: (read: () => Scope) => Promise<void>;
  onCancel: () => void;
}) {
  const { reference, t } = usePage();
  const { jurisdictions, areas } = props.scope;
  const [isEverywhere, setEverywhere] = useState(jurisdictions === null);
  const [chosen, setChosen] = useState<readonly string[]>(jurisdictions ?? []);
  const [written, setWritten] = useState(areas ? `${areas.layer}:${areas.codes.join(',')}` : '');
  const cities = (reference.jurisdictions.answered.value?.value ?? []).filter(({ shared }) => !shared);
  // One that is not listed any more is still said, so that it can be taken away.
  const gone = chosen.filter((code) => !cities.some((city) => city.code === code));
  const all = [...cities.map(({ code, name }) => ({ code, name })), ...gone.map((code) => ({ code, name: code }))];
  const mayBind = !isEverywhere && chosen.length === 1 && mayBeBound(props.role);
  const read = (): Scope => ({
    jurisdictions: isEverywhere ? null : chosen,
    areas: mayBind && written.trim() ? areasIn(written.trim()) : null,
  });
  return (
    <form
      class="scope-editor"
      aria-label={t('access.changeScopeOf', { name: props.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void props.onSave(read);
      }}
    >
      <label>
        <input
          type="checkbox"
          checked={isEverywhere}
          onChange={(event) => setEverywhere(event.currentTarget.checked)}
        />
        {t('access.everywhere')}
      </label>
      {!isEverywhere && (
        <fieldset>
          <legend class="unseen">{t('access.municipalities')}</legend>
          {all.map(({ code, name }) => (
            <label key={code}>
              <input
                type="checkbox"
                checked={chosen.includes(code)}
                onChange={(event) =>
                  setChosen(event.currentTarget.checked ? [...chosen, code] : chosen.filter((each) => each !== code))
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      {mayBind && (
        <label>
          {t('access.onlyAreas')}
          <input
            type="text"
            placeholder="sectores:01,02"
            value={written}
            onInput={(event) => setWritten(event.currentTarget.value)}
          />
        </label>
      )}
      <p class="small">{t('access.scopeText')}</p>
      <div class="access-buttons">
        <button type="submit" class="button is-primary" disabled={!isEverywhere && chosen.length === 0}>
          {t('access.saveScope')}
        </button>
        <button type="button" class="button" onClick={props.onCancel}>
          {t('access.cancelScope')}
        </button>
      </div>
    </form>
  );
}
