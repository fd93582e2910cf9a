// Views kept in this browser by name; nothing of them leaves it.

const KEY = 'cuadra.views';
const MOST = 50;

export type SavedView = { readonly name: string; readonly query: string };
type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

/** By name; empty when nothing usable is kept. */
export function readViews(shelf: Shelf): SavedView[] {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

/** A view of the same name is replaced. Answers what is kept now. */
export function saveView(shelf: Shelf, view: SavedView): SavedView[] {
  const others = readViews(shelf).filter(({ name }) => name !== view.name);
  return keep(shelf, [...others, view].slice(-MOST));
}

export function deleteView(shelf: Shelf, name: string): SavedView[] {
  return keep(
    shelf,
    readViews(shelf).filter((view) => view.name !== name),
  );
}

function keep(shelf: Shelf, views: SavedView[]): SavedView[] {
  const sorted = views.sort((a, b) => a.name.localeCompare(b.name));
  shelf.setItem(KEY, JSON.stringify(sorted));
  return sorted;
}

/** Only a query string is ever followed, so that a planted entry cannot lead elsewhere. */
function isView(value: unknown): value is SavedView {
  const { name, query } = (value ?? {}) as Partial<SavedView>;
  return typeof name === 'string' && typeof query === 'string' && (query === '' || query.startsWith('?'));
}
