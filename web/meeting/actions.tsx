// What is agreed in the room: written down, changed and ended; whoever changes what another changed meanwhile is told.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type ActionState, type MeetingAction, MOST_ACTIONS_LISTED } from '../../server/meetings/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { useDraft } from '../parts/use-draft.ts';
import { OldDraft } from '../problems/fields.tsx';
import type { Problem } from '../store/api.ts';
import { withinText } from '../store/chosen.ts';
import { whoText } from '../store/words.ts';
import { meetingPaths, withinOf } from './paths.ts';

const STATE_WORDS = { open: 'meeting.stateOpen', done: 'meeting.stateDone', dropped: 'meeting.stateDropped' } as const;
const DO_WORDS = { open: 'meeting.markOpen', done: 'meeting.markDone', dropped: 'meeting.markDropped' } as const;
const NEXT_STATES: Readonly<Record<ActionState, readonly ActionState[]>> = {
  open: ['done', 'dropped'],
  done: ['open'],
  dropped: ['open'],
};
const CONFLICT = 409;

/** A line of what was agreed, as it is read; `children` = what can be done with it. */
export function ActionRow({
  action,
  children,
}: {
  readonly action: MeetingAction;
  readonly children?: ComponentChildren;
}) {
  const page = usePage();
  const { store, t, f } = page;
  const facts = [
    // Among those of the municipality: of which area it is.
    action.scope !== store.page.value.meeting.scope && action.scope && withinText(page, withinOf(action.scope)),
    action.owner,
    action.due && f.day(action.due),
    t(STATE_WORDS[action.state]),
    action.late && t('meeting.late'),
    action.carried && t('meeting.carried', { week: String(Number(action.week.slice(6))) }),
  ].filter(Boolean);
  return (
    <li class={`meeting-action is-${action.state} ${action.late ? 'is-late' : ''}`}>
      <p>{action.what}</p>
      <p class="small">{facts.join(' · ')}</p>
      {children}
    </li>
  );
}

/** Where more was agreed than is listed. */
export function ActionsCut({ actions }: { readonly actions: readonly MeetingAction[] }) {
  const { t, f } = usePage();
  if (actions.length < MOST_ACTIONS_LISTED) return null;
  return <p class="small">{t('meeting.actionsCut', { n: f.int(MOST_ACTIONS_LISTED) })}</p>;
}

type Draft = { readonly what: string; readonly owner: string; readonly due: string };
const EMPTY: Draft = { what: '', owner: '', due: '' };

function ActionForm({
  draft,
  onDraft,
  onSave,
  onCancel,
}: {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onSave: () => void;
  readonly onCancel?: () => void;
}) {
  const { t } = usePage();
  const set = (patch: Partial<Draft>) => onDraft({ ...draft, ...patch });
  return (
    <form
      class="meeting-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave();
      }}
    >
      <label class="is-wide">
        {t('meeting.what')}
        <input required maxLength={1000} value={draft.what} onInput={(e) => set({ what: e.currentTarget.value })} />
      </label>
      <label>
        {t('meeting.owner')}
        <input required maxLength={200} value={draft.owner} onInput={(e) => set({ owner: e.currentTarget.value })} />
      </label>
      <label>
        {t('meeting.due')}
        <input type="date" value={draft.due} onInput={(e) => set({ due: e.currentTarget.value })} />
      </label>
      <button type="submit" class="button is-primary">
        {t(onCancel ? 'meeting.save' : 'meeting.add')}
      </button>
      {onCancel && (
        <button type="button" class="button" onClick={onCancel}>
          {t('meeting.cancel')}
        </button>
      )}
    </form>
  );
}

type Props = {
  readonly city: string;
  readonly week: string;
  readonly scope: string | null;
  /** Told of every list that comes, for the booklet and the paper. */
  readonly onListed: (actions: readonly MeetingAction[]) => void;
};

export function Actions({ city, week, scope, onListed }: Props) {
  const { access, ask, store, t } = usePage();
  const [actions, setActions] = useState<readonly MeetingAction[] | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const written = useDraft(`action.${scope ?? ''}`, () => EMPTY);
  const [changed, setChanged] = useState<{ readonly action: MeetingAction; readonly draft: Draft } | null>(null);
  const language = store.language.value;
  const refused = (problem: Problem) =>
    setSaid(problem.status === 0 ? t('data.failed') : t('meeting.refused', { reason: problem.message }));
  const load = async (signal = new AbortController().signal) => {
    const found = await ask(meetingPaths.actions(city, week, scope), signal);
    setActions(found);
    onListed(found);
    return found;
  };
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).catch((problem: Problem) => !stop.signal.aborted && refused(problem));
    return () => stop.abort();
  }, [city, week, scope]);

  const body = (of: Draft) => ({ what: of.what, owner: of.owner, due: of.due || null });
  const add = async () => {
    setSaid(null);
    try {
      await send('POST', meetingPaths.newAction(city), language, { week, scope, ...body(written.value) });
      written.clear();
      await load();
    } catch (problem) {
      refused(problem as Problem);
    }
  };
  const change = async (action: MeetingAction, patch: object) => {
    setSaid(null);
    try {
      await send('PATCH', meetingPaths.action(city, action.id), language, { revision: action.revision, ...patch });
      setChanged(null);
      await load();
    } catch (error) {
      const problem = error as Problem;
      if (problem.status !== CONFLICT) return refused(problem);
      const found = await load().catch(() => []);
      const now = found.find(({ id }) => id === action.id);
      // The words of both stand side by side; saving again is then meant.
      if (now && changed) setChanged({ ...changed, action: now });
      setSaid(now ? t('meeting.conflict', { who: whoText(t, now.changedBy) }) : problem.message);
    }
  };
  const mayWrite = access.may('meet');
  return (
    <>
      {said && (
        <p class="refusal" role="alert">
          {said}
        </p>
      )}
      {actions && <ActionsCut actions={actions} />}
      {actions?.length === 0 && <p class="small">{t('meeting.actionsNone')}</p>}
      <ul class="meeting-actions">
        {actions?.map((action) => (
          <ActionRow key={action.id} action={action}>
            {mayWrite && changed?.action.id === action.id && (
              <ActionForm
                draft={changed.draft}
                onDraft={(next) => setChanged({ action: changed.action, draft: next })}
                onSave={() => change(changed.action, body(changed.draft))}
                onCancel={() => setChanged(null)}
              />
            )}
            {mayWrite && changed?.action.id !== action.id && (
              <div class="meeting-buttons">
                {NEXT_STATES[action.state].map((state) => (
                  <button key={state} type="button" class="button is-small" onClick={() => change(action, { state })}>
                    {t(DO_WORDS[state])}
                  </button>
                ))}
                <button
                  type="button"
                  class="button is-small"
                  onClick={() =>
                    setChanged({
                      action,
                      draft: { what: action.what, owner: action.owner, due: action.due ?? '' },
                    })
                  }
                >
                  {t('meeting.edit')}
                </button>
              </div>
            )}
          </ActionRow>
        ))}
      </ul>
      {mayWrite && <OldDraft isOld={written.isOld} />}
      {mayWrite && <ActionForm draft={written.value} onDraft={written.set} onSave={add} />}
    </>
  );
}
