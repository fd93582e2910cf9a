// The «i» beside a title: two sentences and how it is calculated, from the Markdown in help/.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from './icon.tsx';
import { Popover } from './popover.tsx';

const TEXTS = import.meta.glob<string>('../help/*/*.md', { query: '?raw', import: 'default' });

export type Topic = 'answer' | 'where' | 'when' | 'trend' | 'legend' | 'privacy' | 'did-it-help';

export function Info({ topic, title }: { topic: Topic; title: string }) {
  const { t } = usePage();
  return (
    <Popover
      label={title}
      button={<Icon name="info" />}
      buttonLabel={t('help.about', { what: title })}
      buttonClass="info-button"
      class="info"
      focusFirst={false}
    >
      {() => <HelpText topic={topic} />}
    </Popover>
  );
}

/** The text of a name in help/, in the language of the page; empty until it is there. */
export function useHelp(name: string): string {
  const { store } = usePage();
  const [text, setText] = useState('');
  const path = `../help/${store.language.value}/${name}.md`;
  useEffect(() => {
    let mine = true;
    TEXTS[path]?.().then((loaded) => mine && setText(loaded));
    return () => {
      mine = false;
    };
  }, [path]);
  return text;
}

/** One help text: paragraphs, and what follows each heading folded under it. */
export function HelpText({ topic }: { topic: string }) {
  const text = useHelp(topic);
  const [short = '', ...parts] = text.split(/^## (.*)$/m);
  const sections = parts.flatMap((title, at) => (at % 2 === 0 ? [{ title, text: parts[at + 1] ?? '' }] : []));
  return (
    <div class="help-text">
      <Paragraphs text={short} />
      {sections.map((section) => (
        <details key={section.title}>
          <summary>{section.title}</summary>
          <Paragraphs text={section.text} />
        </details>
      ))}
    </div>
  );
}

function Paragraphs({ text }: { text: string }) {
  const blocks = text.split(/\n\s*\n/).filter((block) => block.trim() && !block.startsWith('# '));
  return (
    <>
      {blocks.map((block) => (
        <p key={block}>{block.trim()}</p>
      ))}
    </>
  );
}
