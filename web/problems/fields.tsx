// The fields that problems and measures are written in.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';

/** For a form that opens where a button was: whoever uses the keyboard goes on in its first field. */
export function useFirstField() {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), []);
  return form;
}

/** The title of what took the place of something else, where the keyboard and a screen reader go on. */
export function ArrivedAt({ children }: { readonly children: ComponentChildren }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <h1 ref={title} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** Why a form was not taken; it stands at the top of one that may be longer than the screen, so it comes into view. */
export function Refusal({ text }: { readonly text: string | null }) {
  const shown = useRef<HTMLParagraphElement>(null);
  useEffect(() => shown.current?.scrollIntoView({ block: 'center' }), [text]);
  return text === null ? null : (
    <p ref={shown} class="refusal" role="alert">
      {text}
    </p>
  );
}

/** That a form holds what was written before, in this tab. */
export function OldDraft({ isOld }: { readonly isOld: boolean }) {
  const { t } = usePage();
  return isOld ? (
    <p class="small" role="status">
      {t('meeting.draftKept')}
    </p>
  ) : null;
}

type Field = { readonly label: string; readonly value: string; readonly onInput: (value: string) => void };

export function TextField({
  label,
  value,
  onInput,
  type = 'text',
}: Field & { readonly type?: 'text' | 'date' | 'number' }) {
  return (
    <label class="problem-field">
      {label}
      {/* Of which kind it is decides for Preact what else it may have. */}
      <input
        type={type as 'text'}
        value={value}
        maxLength={200}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

export function LongField({ label, value, onInput, rows = 3 }: Field & { readonly rows?: number }) {
  return (
    <label class="problem-field is-long">
      {label}
      <textarea rows={rows} maxLength={4000} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

export function SelectField({ label, value, onInput, children }: Field & { readonly children: ComponentChildren }) {
  return (
    <label class="problem-field">
      {label}
      <select value={value} onChange={(event) => onInput(event.currentTarget.value)}>
        {children}
      </select>
    </label>
  );
}
