// The one form of the tab «Análisis»: the method and where; how it is computed stands
// behind «Opciones del método». Of the parameters only what the method takes, each with its «i».

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { choiceText } from './parameters.ts';
import {
  CHOICES,
  type ChoiceField,
  type FieldName,
  formParts,
  type NeighbourRule,
  NUMBERS,
  type NumberField,
  RULES,
  TASKS,
  takes,
  unitOfRule,
} from './params.ts';
import type { Session } from './session.ts';

export function AnalysisForm({ session }: { session: Session }) {
  const { t } = usePage();
  const { task } = session.asked.value;
  const form = formParts(session.asked.value);
  return (
    <form class="analysis-form" aria-label={t('analysis.form')} onSubmit={(event) => event.preventDefault()}>
      <div class="field is-wide">
        <label for="a-task">{t('analysis.task')}</label>
        <Help what={t('analysis.task')} text={t(`analysis.about_${task}`)} />
        <select
          id="a-task"
          value={task}
          onChange={(event) => session.choose(event.currentTarget.value as (typeof TASKS)[number])}
        >
          {TASKS.map((each) => (
            <option key={each} value={each}>
              {t(`analysis.task_${each}`)}
            </option>
          ))}
        </select>
      </div>
      {form.first.map((name) => (
        <Field key={`${task} ${name}`} name={name} session={session} />
      ))}
      {form.options.length > 0 && <Options {...form} session={session} />}
    </form>
  );
}

type OptionsProps = Pick<ReturnType<typeof formParts>, 'options' | 'unusual'> & { readonly session: Session };

/** Closed while all are as usual. It never closes under the hand, and closed it says how many are not as usual. */
function Options({ options, unusual, session }: OptionsProps) {
  const { t } = usePage();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? unusual.length > 0;
  const { task } = session.asked.value;
  return (
    <details
      class="field-options"
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) setWanted(currentTarget.open);
      }}
      onChange={() => setWanted(true)}
    >
      <summary>
        {t('analysis.options')}
        {unusual.length > 0 && ` · ${t('analysis.unusual', { n: unusual.length })}`}
      </summary>
      <div class="field-grid">
        {options.map((name) => (
          <Field key={`${task} ${name}`} name={name} session={session} />
        ))}
      </div>
    </details>
  );
}

function Field({ name, session }: { name: FieldName; session: Session }) {
  const { t } = usePage();
  const label = t(`analysis.field_${name}`);
  const id = `a-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Help what={label} text={t(`analysis.help_${name}`)} />
      {name === 'places' ? (
        <PlacesChoice id={id} session={session} />
      ) : name === 'weights' ? (
        <Neighbours id={id} session={session} />
      ) : name in CHOICES ? (
        <Choice id={id} name={name as ChoiceField} session={session} />
      ) : (
        <Written id={id} name={name} session={session} />
      )}
    </div>
  );
}

type Part = { readonly id: string; readonly session: Session };

function Choice({ id, name, session }: Part & { name: ChoiceField }) {
  const { words } = usePage();
  return (
    <select
      id={id}
      value={session.asked.value.values[name]}
      onChange={(event) => session.set(name, event.currentTarget.value)}
    >
      {CHOICES[name].map((each) => (
        <option key={each} value={each}>
          {choiceText(words.value, name, each)}
        </option>
      ))}
    </select>
  );
}

function PlacesChoice({ id, session }: Part) {
  const { reference, store, t } = usePage();
  const streets = reference.streetLayer.value;
  const usable = reference.streetsUsable.value;
  const isStreets = session.isStreets.value;
  return (
    <select
      id={id}
      value={isStreets ? 'streets' : (reference.areaLayer.value?.layer ?? '')}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        if (chosen === streets?.layer) session.set('places', 'streets');
        else {
          store.adjust({ layer: chosen, place: null });
          session.set('places', 'areas');
        }
      }}
    >
      {reference.areaLayers.value.map(({ layer, title }) => (
        <option key={layer} value={layer}>
          {title}
        </option>
      ))}
      {streets && (
        <option value={streets.layer} disabled={!usable}>
          {usable ? t('where.streets') : t('analysis.streetsCoarse')}
        </option>
      )}
    </select>
  );
}

function Neighbours({ id, session }: Part) {
  const { t } = usePage();
  const [rule = 'usual', amount = ''] = session.asked.value.values.weights.split(':') as [NeighbourRule, string?];
  const rules = (Object.keys(RULES) as NeighbourRule[]).filter(
    (each) => !['network', 'junctions'].includes(each) || session.isStreets.value,
  );
  const unit = t(unitOfRule(rule));
  return (
    <span class="field-pair">
      <select
        id={id}
        value={rule}
        onChange={(event) => {
          const next = event.currentTarget.value as NeighbourRule;
          session.set('weights', RULES[next] === null ? next : `${next}:${RULES[next]}`);
        }}
      >
        {rules.map((each) => (
          <option key={each} value={each}>
            {t(`analysis.rule_${each}`)}
          </option>
        ))}
      </select>
      {RULES[rule] !== null && (
        <Typed
          label={unit}
          value={amount}
          takes={(text) => takes('weights', `${rule}:${text}`)}
          onTake={(text) => session.set('weights', `${rule}:${text}`)}
        />
      )}
    </span>
  );
}

function Written({ id, name, session }: Part & { name: FieldName }) {
  const { t } = usePage();
  const limits = name in NUMBERS ? NUMBERS[name as NumberField] : null;
  return (
    <Typed
      id={id}
      label={
        limits
          ? t('analysis.between', { least: String(limits.least), most: String(limits.most) })
          : t('analysis.rising')
      }
      value={session.asked.value.values[name]}
      takes={(text) => takes(name, text)}
      onTake={(text) => session.set(name, text)}
    />
  );
}

type TypedProps = {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly takes: (text: string) => boolean;
  readonly onTake: (text: string) => void;
};

/** Taken once it is complete, and only if it can be: until then the analysis stays as it is. */
function Typed({ id, label, value, takes, onTake }: TypedProps) {
  const [wrong, setWrong] = useState(false);
  return (
    <>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        value={value}
        aria-label={id ? undefined : label}
        title={label}
        aria-invalid={wrong}
        onChange={(event) => {
          const text = event.currentTarget.value.replaceAll(' ', '');
          setWrong(!takes(text));
          if (takes(text)) onTake(text);
        }}
      />
      {wrong && (
        <small class="field-wrong" role="alert">
          {label}
        </small>
      )}
    </>
  );
}

function Help({ what, text }: { what: string; text: string }) {
  const { t } = usePage();
  return (
    <Popover
      label={what}
      button={<Icon name="info" />}
      buttonLabel={t('help.about', { what })}
      buttonClass="info-button"
      class="info"
      focusFirst={false}
    >
      {() => <p>{text}</p>}
    </Popover>
  );
}
