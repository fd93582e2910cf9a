// «Métodos»: what each method computes, with its formula, parameters, reference and limits; the reference sheet; and what the
// program found in a real city.

import { Fragment } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { useHelp } from '../parts/info.tsx';
import type { Words } from '../store/words.ts';
import { parameterRows } from './parameters.ts';
import { TASKS, type Task } from './params.ts';

const PARTS = ['methods', 'reference-sheet', 'mexico-city'] as const;
const TITLES = {
  methods: 'analysis.open_methods',
  'reference-sheet': 'analysis.open_reference-sheet',
  'mexico-city': 'seen.foundInMexico',
} as const;

export function Methods() {
  const { t } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [part, setPart] = useState<(typeof PARTS)[number] | null>(null);
  const open = (which: (typeof PARTS)[number]) => {
    setPart(which);
    dialog.current?.showModal();
  };
  return (
    <>
      {PARTS.map((each) => (
        <button key={each} type="button" class="link" onClick={() => open(each)}>
          {t(TITLES[each])}
        </button>
      ))}
      <dialog
        ref={dialog}
        class="dialog methods"
        aria-label={t(TITLES[part ?? 'methods'])}
        onClose={() => setPart(null)}
      >
        <div class="dialog-body">
          <div class="dialog-head">
            <h2>{t(TITLES[part ?? 'methods'])}</h2>
            <form method="dialog">
              <button type="submit" class="button is-icon" aria-label={t('app.close')}>
                <Icon name="close" />
              </button>
            </form>
          </div>
          {part && <LongText key={part} name={part} />}
        </div>
      </dialog>
    </>
  );
}

/** Headings, paragraphs, lists and tables: what these texts use of Markdown. */
function LongText({ name }: { name: string }) {
  const { words, t } = usePage();
  const text = useHelp(name);
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim());
  const titles = new Map(TASKS.map((task) => [t(`analysis.task_${task}`), task]));
  const taskOf = new Map<string, Task>();
  let under: Task | undefined;
  for (const block of blocks) {
    if (block.startsWith('## ')) under = titles.get(block.slice(3));
    else if (under && block.startsWith('- ')) taskOf.set(block, under);
  }
  return (
    <div class="help-text">
      {blocks.map((block) => {
        if (!block || block.startsWith('# ')) return null;
        if (block.startsWith('## ')) return <h3 key={block}>{block.slice(3)}</h3>;
        if (block.startsWith('- ')) {
          const task = taskOf.get(block);
          return (
            <Fragment key={block}>
              {task && <Parameters words={words.value} task={task} />}
              <ul class="notes">
                {block.split(/\n(?=- )/).map((line) => (
                  <li key={line}>{line.slice(2)}</li>
                ))}
              </ul>
            </Fragment>
          );
        }
        if (block.startsWith('|')) return <MarkdownTable key={block} block={block} />;
        return <p key={block}>{block}</p>;
      })}
    </div>
  );
}

/** What the form offers of a method, as the form itself knows it. */
function Parameters({ words, task }: { words: Words; task: Task }) {
  const head = [words.t('analysis.colParameter'), words.t('analysis.colTakes'), words.t('analysis.colUsual')];
  const rows = parameterRows(words, task).map(({ name, takes, usual }) => [name, takes, usual]);
  return rows.length > 0 && <TextTable head={head} rows={rows} />;
}

function MarkdownTable({ block }: { block: string }) {
  const [head = [], , ...rows] = block.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return <TextTable head={head} rows={rows} />;
}

type TextTableProps = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

function TextTable({ head, rows }: TextTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="table-scroll" tabIndex={0} aria-label={head.join(', ')}>
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join()}>
              {row.map((cell, i) => (
                <td key={head[i]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
