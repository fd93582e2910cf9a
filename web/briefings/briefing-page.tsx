// One briefing: read, printed, shared by its link, and changed part by part.

import { useEffect, useRef, useState } from 'preact/hooks';
import { EVERYWHERE } from '../../server/access/contract.ts';
import {
  areasTold,
  type BriefingAnswer,
  type BriefingBlock,
  type BriefingConflict,
  type BriefingFigure,
  type BriefingNow,
  type BriefingPatch,
} from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Icon } from '../parts/icon.tsx';
import { useDraft } from '../parts/use-draft.ts';
import { sendChange } from '../problems/edit.ts';
import type { Problem } from '../store/api.ts';
import { linkOf } from '../store/link.ts';
import { whoText } from '../store/words.ts';
import { AddBlock } from './add-block.tsx';
import { BriefingPart, type NowTold } from './block.tsx';
import { BlockEditor } from './block-editor.tsx';
import { BriefingHead } from './briefing-head.tsx';
import { ConflictNote } from './conflict.tsx';
import { type Draft, draftAfter, draftOf, partsWith, patchOf } from './draft.ts';
import { BriefingHistory } from './history.tsx';
import { briefingPaths } from './paths.ts';
import { newBlockId } from './templates.ts';
import { areasText } from './views.ts';

type Changes = BriefingPatch['changes'];
type Clash = { readonly conflict: BriefingConflict; readonly changes: Changes };

export function BriefingPage({ city, id }: { readonly city: string; readonly id: number }) {
  const page = usePage();
  const { access, ask, reference, store, t, f } = page;
  const [shown, setShown] = useState<BriefingAnswer | null>(null);
  const [now, setNow] = useState<BriefingNow | null>(null);
  const part = useDraft<Draft | null>(`briefing.${id}`, () => null);
  const draft = part.value;
  const setDraft = (next: Draft | null) => (next ? part.set(next) : part.clear());
  const [isEditing, setEditing] = useState(draft !== null);
  const latest = useRef(draft);
  latest.current = draft;
  const [clash, setClash] = useState<Clash | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [gone, setGone] = useState<{ readonly name: string; readonly block: BriefingBlock } | null>(null);
  const language = store.language.value;
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('briefing.refused', { reason: message }));
  const load = (signal = new AbortController().signal) =>
    ask(briefingPaths.one(city, id), signal).then(setShown, (problem) => !signal.aborted && failed(problem));
  useEffect(() => {
    const stop = new AbortController();
    void load(stop.signal);
    return () => stop.abort();
  }, [city, id]);
  const isOfOthers = Boolean(
    shown && !shown.isTemplate && shown.areas !== areasTold(access.me.value?.scope ?? EVERYWHERE),
  );
  const isOld = Object.values(shown?.figures ?? {}).some((each) => each && each.dataVersion !== shown?.dataVersion);
  useEffect(() => {
    setNow(null);
    if (!isOld || isOfOthers) return;
    const stop = new AbortController();
    // Without it the figures stand as they are, and say of which version they are.
    ask(briefingPaths.now(city, id), stop.signal).then(setNow, () => undefined);
    return () => stop.abort();
  }, [city, id, isOld, isOfOthers, shown?.version, shown?.dataVersion]);
  useEffect(() => {
    if (shown) document.title = shown.body.title;
    return () => {
      document.title = t('app.title', { name: reference.jurisdiction.peek()?.name ?? t('app.product') });
    };
  }, [shown?.body.title]);

  if (!shown) return refused ? <p class="refusal">{refused}</p> : <p class="no-data">{t('app.loading')}</p>;
  const { body } = shown;
  const parts = partsWith(body.blocks, draft);
  const mayCopy = access.may('meet');
  const mayWrite = mayCopy && !isOfOthers;

  /** Null where it was not kept; what is written meanwhile stays open unless it was this that was sent. */
  const change = async (changes: Changes, version = shown.version): Promise<BriefingAnswer | null> => {
    setRefused(null);
    setSaid(null);
    try {
      const path = briefingPaths.one(city, id);
      const outcome = await sendChange<BriefingAnswer>('PATCH', path, language, { version, changes });
      if ('conflict' in outcome) {
        setClash({ conflict: outcome.conflict, changes });
        return null;
      }
      setShown(outcome.done);
      setClash(null);
      setDraft(draftAfter(latest.current, changes));
      return outcome.done;
    } catch (problem) {
      failed(problem as Problem);
      return null;
    }
  };
  const replace = (name: string, block: BriefingBlock | null) => change({ blocks: { [name]: block } });
  const move = (i: number, by: -1 | 1) => {
    const [name, block] = parts[i]!;
    const [otherName, other] = parts[i + by]!;
    const at = block.at === other.at ? other.at + by : other.at;
    return change({ blocks: { [name]: { ...block, at }, [otherName]: { ...other, at: block.at } } });
  };
  const renew = (blocks?: readonly string[]) => {
    setRefused(null);
    return send<BriefingAnswer>('POST', briefingPaths.renew(city, id), language, blocks ? { blocks } : {}).then(
      setShown,
      failed,
    );
  };
  const copyLink = () =>
    navigator.clipboard.writeText(linkOf(page)).then(
      () => setSaid(t('briefing.linked')),
      () => setSaid(t('briefing.linkFailed')),
    );
  const asTemplate = () =>
    send('POST', briefingPaths.add(city), language, {
      ...{ title: body.title, blocks: body.blocks, isTemplate: true },
    }).then(() => setSaid(t('briefing.savedTemplate')), failed);
  const asBriefing = () =>
    send<BriefingAnswer>('POST', briefingPaths.add(city), language, { title: body.title, blocks: body.blocks }).then(
      (made) => store.change({ briefing: made.id }),
      failed,
    );
  const nowOf = (name: string, version: number | undefined): NowTold => {
    if (!now || version === undefined || version === now.dataVersion) return null;
    const data = now.figures[name];
    if (data) return { data };
    const reason = now.refused[name];
    return reason ? { refused: reason } : null;
  };
  const last = parts.at(-1)?.[1].at ?? 0;
  const kept = parts.flatMap(([name]) => shown.figures[name] ?? []);
  const once = kept[0] && kept.every((each) => isSameAnswer(each, kept[0]!)) ? kept[0] : null;
  return (
    <>
      <div class="briefing-bar no-print">
        <button type="button" class="link" onClick={() => store.change({ briefing: null })}>
          ← {t('briefing.back')}
        </button>
        <span class="meeting-gap" />
        {mayWrite && (
          <button type="button" class="button" aria-pressed={isEditing} onClick={() => setEditing(!isEditing)}>
            {t(isEditing ? 'briefing.editEnd' : 'briefing.edit')}
          </button>
        )}
        {mayCopy && (
          <button type="button" class="button" onClick={shown.isTemplate ? asBriefing : asTemplate}>
            {t(shown.isTemplate ? 'briefing.use' : 'briefing.saveTemplate')}
          </button>
        )}
        {mayWrite && (
          <button
            type="button"
            class="button"
            onClick={() => change({ state: body.state === 'open' ? 'archived' : 'open' })}
          >
            {t(body.state === 'open' ? 'briefing.archive' : 'briefing.unarchive')}
          </button>
        )}
        {!shown.isTemplate && (
          <button type="button" class="button" onClick={copyLink}>
            <Icon name="link" /> {t('briefing.link')}
          </button>
        )}
        <button type="button" class="button is-primary" onClick={() => window.print()}>
          <Icon name="printer" /> {t('briefing.print')}
        </button>
      </div>
      {said && (
        <p class="no-print" role="status">
          {said}
        </p>
      )}
      {refused && (
        <p class="refusal no-print" role="alert">
          {refused}
        </p>
      )}
      {isOfOthers && (
        <p class="small no-print">
          {shown.areas === null ? t('briefing.ofCity') : t('briefing.ofAreas', { areas: areasText(page, shown.areas) })}
        </p>
      )}
      {shown.isTemplate && <p class="small no-print">{t('briefing.templateNote')}</p>}
      {clash && (
        <ConflictNote
          conflict={clash.conflict}
          onMine={() => change(clash.changes, clash.conflict.version)}
          onTheirs={() => {
            setClash(null);
            setDraft(draftAfter(draft, clash.changes));
            void load();
          }}
        />
      )}
      {gone && (
        <p class="no-print" role="status">
          {t('briefing.removed', { title: gone.block.title || t(`briefing.kind_${gone.block.kind}`) })}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              setGone(null);
              void replace(gone.name, gone.block);
            }}
          >
            {t('briefing.undo')}
          </button>
        </p>
      )}
      {isOld && (
        <p class="briefing-newer no-print">
          {t('briefing.newer', { version: f.int(shown.dataVersion) })}{' '}
          {mayWrite && (
            <button type="button" class="button" title={t('briefing.renewHow')} onClick={() => renew()}>
              {t('briefing.renewAll')}
            </button>
          )}
        </p>
      )}
      <article class="briefing-paper">
        <BriefingHead
          body={body}
          areas={shown.areas}
          isEditing={isEditing}
          onChange={(changes) => change(changes)}
          isTemplate={shown.isTemplate}
        />
        <div class="briefing-parts">
          {parts.map(([name, block], i) => (
            <section key={name} class={`briefing-part is-${block.kind} ${block.half ? 'is-half' : ''}`}>
              {draft?.name === name ? (
                <BlockEditor
                  block={draft.block}
                  onWrite={(next) => setDraft({ ...draft, block: next })}
                  onSave={(next) => {
                    const { changes, version } = patchOf(draft, next);
                    void change(changes, version);
                  }}
                  onCancel={() => setDraft(null)}
                />
              ) : (
                <BriefingPart
                  block={block}
                  figure={shown.figures[name]}
                  refused={shown.refused[name]}
                  now={nowOf(name, shown.figures[name]?.dataVersion)}
                  areas={shown.areas}
                  isTemplate={shown.isTemplate}
                  isToldOnce={once !== null}
                />
              )}
              {isEditing && draft?.name !== name && (
                <p class="briefing-tools no-print">
                  <button
                    type="button"
                    class="button is-small"
                    disabled={draft !== null}
                    onClick={() => setDraft(draftOf(shown, name))}
                  >
                    {t('briefing.change')}
                  </button>
                  <button
                    type="button"
                    class="button is-small"
                    disabled={draft !== null || i === 0}
                    onClick={() => move(i, -1)}
                  >
                    {t('briefing.up')}
                  </button>
                  <button
                    type="button"
                    class="button is-small"
                    disabled={draft !== null || i === parts.length - 1}
                    onClick={() => move(i, 1)}
                  >
                    {t('briefing.down')}
                  </button>
                  {block.kind !== 'text' && !shown.isTemplate && (
                    <button type="button" class="button is-small" onClick={() => renew([name])}>
                      {t('briefing.renew')}
                    </button>
                  )}
                  <button
                    type="button"
                    class="button is-small"
                    onClick={() => {
                      setGone({ name, block });
                      void replace(name, null);
                    }}
                  >
                    {t('briefing.remove')}
                  </button>
                </p>
              )}
            </section>
          ))}
        </div>
        <footer class="briefing-end small">
          {once && (
            <p>
              {t('briefing.allOf', {
                version: f.int(once.dataVersion),
                answered: t('briefing.answered', {
                  when: f.moment(Date.parse(once.madeAt)),
                  who: whoText(t, once.madeBy),
                }),
              })}
            </p>
          )}
          <p class="print-only">
            {t('briefing.foot', { city: reference.jurisdiction.value?.name ?? '', when: f.moment(Date.now()) })}
          </p>
        </footer>
      </article>
      {isEditing && (
        <AddBlock
          at={Math.floor(last) + 1}
          onAdd={(block) => {
            const name = newBlockId();
            void replace(name, block).then((done) => {
              // What is being written already stays open.
              if (done && block.kind === 'text' && !latest.current) setDraft(draftOf(done, name));
            });
          }}
        />
      )}
      {mayWrite && <BriefingHistory city={city} shown={shown} onRestored={setShown} onRefused={failed} />}
    </>
  );
}

/** Of one version, asked by one person within the minute. */
const isSameAnswer = (a: BriefingFigure, b: BriefingFigure): boolean =>
  a.dataVersion === b.dataVersion && a.madeBy === b.madeBy && a.madeAt.slice(0, 16) === b.madeAt.slice(0, 16);
