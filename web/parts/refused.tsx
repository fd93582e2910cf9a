// Why something that was tried was refused, told at once to those who have the page read to them; nothing where nothing was.

export function Refused({ why }: { readonly why: string | null }) {
  return why === null || why === '' ? null : (
    <p class="refusal" role="alert">
      {why}
    </p>
  );
}
