// The guide «Cargue los datos de su ciudad», from the Markdown in help/.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { WizardHead } from './steps.tsx';

const GUIDES = import.meta.glob<string>('../help/*/load-data.md', { query: '?raw', import: 'default' });

export function Guide() {
  const { store } = usePage();
  const [text, setText] = useState('');
  const path = `../help/${store.language.value}/load-data.md`;
  useEffect(() => {
    let mine = true;
    GUIDES[path]?.().then((loaded) => mine && setText(loaded));
    return () => {
      mine = false;
    };
  }, [path]);
  const [title = '', ...blocks] = text.split(/\n\s*\n/).filter((block) => block.trim());
  return (
    <>
      <WizardHead title={title.replace(/^# /, '')} steps={[]} current={0} />
      <article class="card guide">
        {blocks.map((block) => (
          <Block key={block} text={block.trim()} />
        ))}
      </article>
    </>
  );
}

/** What the guides use of Markdown: headings, numbered and plain lists, bold. */
function Block({ text }: { text: string }) {
  if (text.startsWith('## ')) return <h2>{text.slice(3)}</h2>;
  const lines = text.split('\n');
  const items = (mark: RegExp) => lines.map((line) => <li key={line}>{withBold(line.replace(mark, ''))}</li>);
  if (/^\d+\. /.test(text)) return <ol>{items(/^\d+\. /)}</ol>;
  if (text.startsWith('- ')) return <ul>{items(/^- /)}</ul>;
  return <p>{withBold(text)}</p>;
}

const withBold = (text: string): ComponentChildren[] =>
  text.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? <strong key={part}>{part}</strong> : part));
