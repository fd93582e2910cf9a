// A named set of offences.

import { usePage } from '../app.ts';
import { Choice } from './choice.tsx';

export function ThemeFilter({ close }: { close: () => void }) {
  const { store, reference, answers } = usePage();
  const now = answers.filter.value?.theme;
  return (
    <div>
      {reference.themes.value.map((theme) => (
        <Choice
          key={theme.code}
          group="theme"
          checked={theme.code === now}
          onPick={() => {
            close();
            store.changeFilter({ theme: theme.default ? null : theme.code, offences: [] });
          }}
        >
          {theme.title}
        </Choice>
      ))}
    </div>
  );
}
