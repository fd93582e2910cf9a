// The measures of a problem: what each is, changing it, adding one, and whether it helped.

import { useState } from 'preact/hooks';
import { parseFilter } from '../../server/filter/contract.ts';
import type { AskedPlace, ItemRow, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { useDraft, useHasDraft } from '../parts/use-draft.ts';
import type { Problem } from '../store/api.ts';
import { EditedDocument } from './document.tsx';
import { EvaluationView } from './evaluation.tsx';
import { OldDraft, Refusal, useFirstField } from './fields.tsx';
import { groundsOnMap, type MeasureDraft } from './grounds.ts';
import { emptyMeasure, MeasureFields } from './measure-form.tsx';
import { problemPaths } from './paths.ts';

type Props = {
  readonly city: string;
  readonly shown: ProblemAnswer;
  readonly measures: readonly ItemRow<'measure'>[];
  readonly onSaved: (problem: ProblemAnswer) => void;
  readonly onAdded: () => void;
  readonly onUndo: (item: number, version: number) => void;
};

export function Measures({ city, shown, measures, onSaved, onAdded, onUndo }: Props) {
  const page = usePage();
  const { access, t } = page;
  const nowhere = shown.body.place === null && groundsOnMap(page).length === 0;
  const [adding, setAdding] = useState(useHasDraft(newMeasureOf(shown.id)));
  const end = () => {
    setAdding(false);
    document.getElementById('problem-measures')?.focus();
  };
  const mayChange = access.may('handle-problems');
  return (
    <section class="card" aria-labelledby="problem-measures">
      <h2 id="problem-measures" tabIndex={-1}>
        {t('problems.measures')}
      </h2>
      {measures.length === 0 && !adding && <p>{t('problems.noMeasures')}</p>}
      {measures.map((measure) => (
        <Measure
          key={measure.id}
          {...{ city, shown, measure, onSaved }}
          onUndo={() => onUndo(measure.id, measure.version)}
        />
      ))}
      {adding ? (
        <NewMeasure
          city={city}
          shown={shown}
          onAdded={() => {
            end();
            onAdded();
          }}
          onDone={end}
        />
      ) : (
        mayChange && (
          <button
            type="button"
            class="button"
            disabled={nowhere}
            title={nowhere ? t('problems.neededPlace') : undefined}
            onClick={() => setAdding(true)}
          >
            {t('problems.addMeasure')}
          </button>
        )
      )}
    </section>
  );
}

const newMeasureOf = (problem: number) => `measure.${problem}`;

/** A refusal in words, or null. */
function missingOf(t: ReturnType<typeof usePage>['t'], { title, from }: MeasureDraft): string | null {
  if (!title.trim()) return t('problems.needed');
  return from ? null : t('problems.neededFrom');
}

function NewMeasure({
  city,
  shown,
  onAdded,
  onDone,
}: Pick<Props, 'city' | 'shown' | 'onAdded'> & { readonly onDone: () => void }) {
  const page = usePage();
  const { reference, store, t } = page;
  const form = useFirstField();
  const draft = useDraft<MeasureDraft>(newMeasureOf(shown.id), () => {
    const { place, selection, placeName } = shown.body;
    const [onMap] = groundsOnMap(page);
    const ground = place ?? onMap!.place;
    return emptyMeasure(
      { ground, selection, placeName: place ? placeName : onMap!.name },
      reference.streetLayer.peek()?.layer === ground.layer,
    );
  });
  const { value: body } = draft;
  const [refused, setRefused] = useState<string | null>(null);
  const add = () => {
    const wrong = missingOf(t, body);
    setRefused(wrong);
    if (wrong !== null) return;
    send('POST', problemPaths.items(city, shown.id), store.language.peek(), { kind: 'measure', body }).then(
      () => {
        draft.forget();
        onAdded();
      },
      ({ status, message }: Problem) =>
        setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message })),
    );
  };
  return (
    <form
      ref={form}
      class="problem-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <OldDraft isOld={draft.isOld} />
      <Refusal text={refused} />
      <MeasureFields body={body} own={shown.body} set={(more) => draft.set({ ...body, ...more })} />
      <div class="access-buttons">
        <button type="submit" class="button is-primary">
          {t('problems.save')}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            draft.forget();
            onDone();
          }}
        >
          {t('problems.cancel')}
        </button>
      </div>
    </form>
  );
}

function Measure({
  city,
  shown,
  measure,
  onSaved,
  onUndo,
}: Pick<Props, 'city' | 'shown' | 'onSaved'> & { readonly measure: ItemRow<'measure'>; readonly onUndo: () => void }) {
  const { access, t, f } = usePage();
  const { id, version } = measure;
  const path = problemPaths.item(city, shown.id, id) as string;
  const [mode, setMode] = useState<'shown' | 'edited' | 'evaluated'>(useHasDraft(path) ? 'edited' : 'shown');
  const body = measure.body!;
  // No day of it is in the data: it can only be told what could be seen.
  const through = usePage().reference.jurisdiction.value?.through[parseFilter(shown.body.filter).kind];
  const isPlanned = through !== undefined && Object.values(through).every((day) => body.from > day);
  const mayChange = access.may('handle-problems');
  const labels: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      (['title', 'type', 'description', 'from', 'until', 'responsible', 'fund', 'objective', 'indicator'] as const).map(
        (field) => [field, t(`problems.${field}`)],
      ),
    ),
    ...{ ground: t('problems.ground'), placeName: t('problems.groundName'), ringM: t('problems.ring') },
    controls: t('evaluation.controls'),
  };
  const textOf = (field: string, value: unknown) => {
    if (field === 'controls' && value === null) return t('evaluation.controlsProposed');
    if (field !== 'ground' || !value) return undefined;
    const asked = value as AskedPlace;
    return 'codes' in asked ? f.list(asked.codes) : t('filter.whereDrawn');
  };
  return (
    <article class="measure-card">
      <h3>{body.title}</h3>
      <p class="small">
        {[
          t(`measureTypes.${body.type}`),
          body.placeName,
          body.until ? f.range(body.from, body.until) : `${t('filter.periodFrom')} ${f.day(body.from)}`,
          body.responsible,
          body.costMxn !== null && `$${f.int(body.costMxn)} (${t(`funds.${body.fund}`)})`,
          body.objective && t(`objectives.o${body.objective}`),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {body.description && <p class="tip-text">{body.description}</p>}
      {(body.indicator || body.goal) && (
        <p class="small">
          {[
            body.indicator && `${t('problems.indicator')}: ${body.indicator}`,
            body.baseline && `${t('problems.baseline')}: ${body.baseline}`,
            body.goal && `${t('problems.goal')}: ${body.goal}`,
            body.verification && `${t('problems.verification')}: ${body.verification}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
      {mode === 'edited' ? (
        <EditedDocument<MeasureDraft>
          {...{ path, version, body, labels, textOf, onSaved }}
          check={(now) => missingOf(t, now)}
          onDone={() => {
            setMode('shown');
            document.getElementById('problem-measures')?.focus();
          }}
        >
          {(now, set) => <MeasureFields body={now} own={shown.body} set={set} />}
        </EditedDocument>
      ) : (
        <div class="access-buttons">
          {access.may('evaluate-measures') && (
            <button
              type="button"
              class="button is-primary"
              aria-expanded={mode === 'evaluated'}
              onClick={() => setMode(mode === 'evaluated' ? 'shown' : 'evaluated')}
            >
              {t(isPlanned ? 'evaluation.plan' : 'problems.evaluate')}
            </button>
          )}
          {mayChange && (
            <button type="button" class="button" onClick={() => setMode('edited')}>
              {t('problems.edit')}
            </button>
          )}
          {mayChange && version > 1 && (
            <button type="button" class="button" onClick={onUndo}>
              {t('problems.undo')}
            </button>
          )}
        </div>
      )}
      {mode === 'evaluated' && (
        <EvaluationView key={version} city={city} problem={shown.id} measure={measure} onSaved={onSaved} />
      )}
    </article>
  );
}
