// Opens the page: theme and styles, the store of this window, and the main screen.

import '@fontsource-variable/noto-sans/wght.css';
import './styles/theme.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/overlays.css';
import './styles/header.css';
import './styles/map.css';
import './styles/panels.css';
import './styles/brush.css';
import './styles/hand.css';
import './styles/data.css';
import './styles/wizard.css';
import './styles/access.css';
import './styles/tips.css';
import './styles/problems.css';
import './styles/region.css';
import './styles/phone.css';
import './styles/print.css';
import { render } from 'preact';
import * as z from 'zod';
import { createPage, PageContext } from './app.ts';
import { Page } from './page.tsx';

// The content security policy forbids code made from text, which zod's fast path is.
z.config({ jitless: true });

const page = createPage(window);
const place = document.getElementById('page')!;
page.isSpeaking.then(
  () =>
    render(
      <PageContext.Provider value={page}>
        <Page />
      </PageContext.Provider>,
      place,
    ),
  () => {
    place.textContent =
      'El portal no se pudo cargar: recargue la página. · The portal could not be loaded: reload the page.';
  },
);
