// A list of learners as people have it, a file of rows: which of its columns names accounts, and who of them may learn here.

import Papa from 'papaparse';
import type { Jurisdiction } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import { accountsNamed, nameKey } from '../accounts/store.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict } from '../errors.ts';
import { BOM, withoutGuard } from '../text/contract.ts';
import { foldWords } from '../text/fold.ts';
import { type ListReport, MOST_MEMBERS } from './contract.ts';
import { enrol } from './members.ts';
import type { StoredGroup } from './store.ts';

const DELIMITERS = [',', ';', '\t', '|'];
const HEADINGS = ['cuenta', 'usuario', 'nombre', 'account', 'user', 'name'];

type NamedLine = { readonly line: number; readonly name: string };

/**
 * The names of a file and the columns that are not read. A file of one column needs no heading. Throws BadInput where none
 * of several columns is known, or a row cannot be read.
 */
export function namesOfList(text: string): {
  readonly names: readonly NamedLine[];
  readonly ignored: readonly string[];
} {
  const body = text.startsWith(BOM) ? text.slice(1) : text;
  const { meta } = Papa.parse(body, { preview: 50, delimitersToGuess: DELIMITERS, skipEmptyLines: true });
  // Blank lines are kept, so that every line has its number.
  const { data, errors } = Papa.parse<string[]>(body, { delimiter: meta.delimiter });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken) throw new BadInput('csv', `line ${(broken.row ?? 0) + 1}: a quote that does not end`);
  const rows = data
    .map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => withoutGuard(cell.trim())) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const header = rows[0]?.cells ?? [];
  const known = HEADINGS.flatMap((heading) => {
    const at = header.findIndex((cell) => foldWords(cell) === heading);
    return at < 0 ? [] : [at];
  })[0];
  const width = Math.max(0, ...rows.map(({ cells }) => cells.length));
  if (known === undefined && width > 1) throw new BadInput('csv', `no column is called ${HEADINGS.join(', ')}`);
  const column = known ?? 0;
  const names = (known === undefined ? rows : rows.slice(1)).map(({ line, cells }) => ({
    line,
    name: cells[column] ?? '',
  }));
  if (names.length > MOST_MEMBERS) throw new BadInput('csv', `at most ${MOST_MEMBERS} learners in a group`);
  return { names, ignored: known === undefined ? [] : header.filter((_, at) => at !== known) };
}

/** Enrols everybody a list names who has an account that may learn here; of the others it says where they stand, and why. */
export async function enrolList(
  database: Database,
  { id, code }: Jurisdiction,
  group: StoredGroup,
  csv: string,
  now: Date,
): Promise<ListReport> {
  const { names, ignored } = namesOfList(csv);
  const accounts = await accountsNamed(
    database,
    names.map(({ name }) => name),
  );
  const refused: ListReport['refused'][number][] = [];
  let enrolled = 0;
  let already = 0;
  for (const { line, name } of names) {
    const account = accounts.get(nameKey(name));
    const viewer = account && {
      role: account.role,
      account: { id: account.id, name: account.name },
      scope: account.scope,
    };
    const isHere = account?.scope.jurisdictions?.includes(code) ?? true;
    // Of a name nobody has nothing else is told than of one that has nothing to do here.
    if (!viewer || account.disabled || !isHere || !mayDo(viewer, 'learn')) {
      refused.push({ line, name, reason: 'no account of this name learns here' });
      continue;
    }
    try {
      const isNew = await enrol(database, id, group, { learner: account.id, way: 'list', email: null }, now);
      if (isNew) enrolled++;
      else already++;
    } catch (error) {
      if (!(error instanceof Conflict) && !(error instanceof BadInput)) throw error;
      refused.push({ line, name, reason: error.message });
    }
  }
  return { read: names.length, enrolled, already, refused, ignoredColumns: ignored };
}
