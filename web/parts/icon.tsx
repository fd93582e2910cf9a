// The icons in use, each inlined from its own file.

import arrowDown from 'lucide-static/icons/arrow-down.svg?raw';
import arrowUp from 'lucide-static/icons/arrow-up.svg?raw';
import bell from 'lucide-static/icons/bell.svg?raw';
import bookmark from 'lucide-static/icons/bookmark.svg?raw';
import chevronDown from 'lucide-static/icons/chevron-down.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circle from 'lucide-static/icons/circle.svg?raw';
import help from 'lucide-static/icons/circle-question-mark.svg?raw';
import columns from 'lucide-static/icons/columns-2.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import image from 'lucide-static/icons/image.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import lasso from 'lucide-static/icons/lasso.svg?raw';
import layers from 'lucide-static/icons/layers.svg?raw';
import grid from 'lucide-static/icons/layout-grid.svg?raw';
import link from 'lucide-static/icons/link.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import whole from 'lucide-static/icons/maximize.svg?raw';
import menu from 'lucide-static/icons/menu.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import pentagon from 'lucide-static/icons/pentagon.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import printer from 'lucide-static/icons/printer.svg?raw';
import redo from 'lucide-static/icons/redo-2.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import share from 'lucide-static/icons/share-2.svg?raw';
import spline from 'lucide-static/icons/spline.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import close from 'lucide-static/icons/x.svg?raw';

const ICONS = {
  arrowDown,
  arrowUp,
  bell,
  bookmark,
  chevronDown,
  chevronLeft,
  chevronRight,
  circle,
  close,
  columns,
  download,
  grid,
  help,
  image,
  info,
  lasso,
  layers,
  link,
  lock,
  menu,
  minus,
  pause,
  pentagon,
  play,
  plus,
  printer,
  redo,
  search,
  settings,
  share,
  spline,
  trash,
  undo,
  user,
  whole,
};
export type IconName = keyof typeof ICONS;

/** Decorative: what it stands beside carries the name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <span
      class="icon"
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: ICONS[name].replace(/<!--.*?-->/s, '') }}
    />
  );
}
