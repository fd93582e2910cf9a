// Three lines about the place under the pointer: its name, how many, and against before where the list knows it.

import { type App, kindNoun, usePage } from '../app.ts';
import type { Hovered } from '../map/link.ts';
import { changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { placeName } from '../store/chosen.ts';

const OFFSET_PX = 14;
const WIDTH_PX = 240;

export function HoverCard() {
  const page = usePage();
  const { map, reference, answers, words, t, f } = page;
  const hovered = map.hovered.value ?? pointedAt(page);
  if (!hovered) return null;
  const answer = answers.countsIn(hovered.layer);
  const row = reference.rowsOf(hovered.layer).get(hovered.id);
  const top = answers.top.answered.value?.value;
  const listed =
    answers.listLayer.value?.layer === hovered.layer ? top?.rows.find(({ id }) => id === hovered.id) : undefined;
  const counted = answer?.counts[answer.ids.indexOf(hovered.id)] ?? 0;
  // The list may be of the part within the chosen place: from a row that is told, from the map what the map shows.
  const count = listed && !map.hovered.value ? listed.count : counted;
  const ranked = listed?.count === count ? listed : undefined;
  const kind = answers.filter.value?.kind ?? 'incident';
  const over = map.overlay.value ?? map.beside.value;
  const told = over?.layer === hovered.layer ? over.tell(hovered.id) : null;
  const left =
    hovered.x + OFFSET_PX + WIDTH_PX > innerWidth - 440 ? hovered.x - OFFSET_PX - WIDTH_PX : hovered.x + OFFSET_PX;
  return (
    <div class="hover-card" style={{ left: `${left}px`, top: `${hovered.y + OFFSET_PX}px` }} aria-hidden="true">
      <strong>{row ? placeName(page, hovered.layer, row) : hovered.name || t('where.unnamed')}</strong>
      <span>{t('map.hoverCount', { count, n: f.int(count), what: kindNoun(t, kind, count) })}</span>
      {told && <span>{told}</span>}
      {ranked && ranked.previous !== null && (
        <span>
          {changeText(words.value, changeBetween(ranked.previous, ranked.count, top?.previousPeriod?.days))},{' '}
          {t('change.before', { n: f.int(ranked.previous) })}
        </span>
      )}
    </div>
  );
}

/** A row of the list that has the focus or the pointer says the same on the map, at its place. */
function pointedAt({ map, reference }: App): Hovered | null {
  const pointed = map.pointedAt.value;
  if (!pointed) return null;
  const row = reference.rowsOf(pointed.layer).get(pointed.row.id);
  const pixel = row?.at && map.handle.value?.pixel(row.at);
  return pixel && row ? { ...pixel, layer: pointed.layer, id: row.id, name: row.name } : null;
}
