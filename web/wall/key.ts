// The key of a display that nobody signs in at: given once in its address, kept in that browser alone, out of the address
// at once.

const KEPT = 'cuadra.wallKey';
const IN_ADDRESS = /^#(?:key|llave)=(cuadra_key_[\w-]{43}|none|ninguna)$/;

/** Whether an address is that of a wall display. */
export const isWallAddress = (search: string): boolean => {
  const query = new URLSearchParams(search);
  return query.has('pantalla') || query.has('wall');
};

/** Whether a request goes to the portal that serves `page`, and not to another port or a host that begins the same. */
export const isOwnAddress = (url: string, page: string): boolean =>
  URL.canParse(url, page) && new URL(url, page).origin === new URL(page).origin;

/** Null where there is none, or this is no display. `#llave=ninguna` forgets the one kept. */
export function takeWallKey({ location, history, localStorage }: Window): string | null {
  if (!isWallAddress(location.search)) return null;
  const told = IN_ADDRESS.exec(location.hash)?.[1];
  if (told !== undefined) {
    if (told.startsWith('cuadra_key_')) localStorage.setItem(KEPT, told);
    else localStorage.removeItem(KEPT);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return localStorage.getItem(KEPT);
}
