// Lines of CSV as spreadsheets read them.

import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { csvLine } from '../../server/text/contract.ts';

test('cells are quoted where they must be and end in CRLF', () => {
  expect(csvLine(['a', 'b,c', 'say "no"', 'two\nlines', null, -99.1])).toBe(
    'a,"b,c","say ""no""","two\nlines",,-99.1\r\n',
  );
});

test.for(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\t=1', '\r=1', '  =1'])('the formula %j becomes text', (cell) => {
  const [row] = Papa.parse<string[]>(csvLine([cell])).data;
  expect(row).toEqual([`'${cell}`]);
});

test.for(['-99.1', '+5', '2024-01-01', 'a=b', "O'Higgins"])('%j is left as it is', (cell) => {
  expect(csvLine([cell])).toBe(`${cell}\r\n`);
});
