// What reads YAML and Markdown, loaded when the first lesson is read: a hundred files, which every start would load else.

import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export const yaml = (): typeof import('yaml') => load('yaml');
export const markdown = (): typeof import('micromark') => load('micromark');
export const markdownTables = (): typeof import('micromark-extension-gfm-table') =>
  load('micromark-extension-gfm-table');
