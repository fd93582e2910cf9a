// The colours of the data, shared by the map, the legend and the image; SCREEN.md's palette.

export const RAMP = ['#fff0c2', '#ffc861', '#f58b2e', '#c8481e', '#741327'];
/** Streets holding the first 25 %, up to 50 %, up to 80 %, the rest. */
export const STREET_COLORS = ['#741327', '#c8481e', '#f58b2e', '#c3c8c4'];
export const STREET_WIDTHS = [6, 4, 2.5, 1];
/** Change, by PuOr: what was there before, and what is there now. */
export const BEFORE = '#5e3c99';
export const AFTER = '#e66101';

/** Round a place that concentrates more than chance explains. */
export const HOT_LINE = { color: '#0b5c7a', widthPx: 2.5 } as const;
