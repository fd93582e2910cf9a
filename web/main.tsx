// Opens the page: theme and styles, the store of this window, and the main screen.

import '@fontsource-variable/noto-sans/wght.css';
import './theme.css';
import './base.css';
import './layout.css';
import './controls.css';
import './overlays.css';
import './header.css';
import './map.css';
import './panels.css';
import './data/data.css';
import './data/wizard.css';
import './phone.css';
import './print.css';
import { render } from 'preact';
import * as z from 'zod';
import { createPage, PageContext } from './app.ts';
import { Page } from './page.tsx';

// The content security policy forbids code made from text, which zod's fast path is.
z.config({ jitless: true });

const page = createPage(window);
render(
  <PageContext.Provider value={page}>
    <Page />
  </PageContext.Provider>,
  document.getElementById('page')!,
);
