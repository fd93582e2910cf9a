// Names given as lists: JSON arrays, what Python and databases print of them, and OSM's `name;other name`. Pure.

const BETWEEN = ' / ';
/** `['Calle 1', "Juárez"]` and `{"Calle 1",Juárez}`, as pandas and PostgreSQL print lists. */
const PRINTED = /^\[\s*(['"]).*['"]\s*\]$|^\{.*\}$/s;
/** The same of things with keys, as `{"primary": "Calle 1"}`: no list. */
const WITH_KEYS = /^\{\s*(?:"[^"]*"|'[^']*')\s*:/;
const PRINTED_PART = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,\s[\]{}'"][^,[\]{}]*)/g;

/** A value with the members of a list joined to one name, each once; anything else as it is. */
export function unlisted(value: unknown): unknown {
  const parts = Array.isArray(value) ? value : typeof value === 'string' ? partsOf(value.trim()) : null;
  if (parts === null) return value;
  const names = parts.flatMap((part) => (typeof part === 'string' || typeof part === 'number' ? String(part) : []));
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))].join(BETWEEN);
}

function partsOf(text: string): readonly unknown[] | null {
  if (text.startsWith('[') && text.endsWith(']')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (Array.isArray(parsed)) return parsed;
    } catch {
      // Not JSON; perhaps printed by another program.
    }
  }
  if (WITH_KEYS.test(text)) return null;
  if (PRINTED.test(text)) {
    const inside = [...text.slice(1, -1).matchAll(PRINTED_PART)];
    return inside.map(([, single, double, bare]) => (single ?? double ?? bare ?? '').replaceAll(/\\(.)/g, '$1'));
  }
  return text.includes(';') ? text.split(';') : null;
}
