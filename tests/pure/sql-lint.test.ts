// The lint over the statements the program sends refuses the forms that a database spread by jurisdiction refuses, asks of
// every machine, or does otherwise without saying so; and lets through those that are good there.

import { describe, expect, test } from 'vitest';
import { ALLOWED, isAllowed } from '../support/sql-allowed.ts';
import { type Fault, lintSql } from '../support/sql-lint.ts';

const faultsOf = (text: string): Fault[] => [...new Set(lintSql(text).map(({ fault }) => fault))];

type Form = { readonly fault: Fault; readonly refused: Record<string, string>; readonly free: Record<string, string> };

const FORMS: readonly Form[] = [
  {
    fault: 'tenant table without its own key',
    refused: {
      'no key at all': 'select count(*) from incident',
      'another column alone': 'select title from layer where layer_id = $1',
      'the key through a join': `select l.code from layer l
        join layer_version v on v.jurisdiction_id = l.jurisdiction_id and v.layer_id = l.layer_id
        where l.jurisdiction_id = $1`,
      'the key through a left join': `select from source s left join delivery d on d.jurisdiction_id = s.jurisdiction_id
        where s.jurisdiction_id = $1`,
      'the key through USING':
        'select from source s join delivery d using (jurisdiction_id) where s.jurisdiction_id = $1',
      'the key through a subquery in FROM': `select s.code from (select * from delivery where jurisdiction_id = $1) d
        join source s on s.jurisdiction_id = d.jurisdiction_id and s.source_id = d.source_id`,
      'the key through a WITH': `with d as (select * from delivery where jurisdiction_id = $1)
        select i.* from d join incident i on i.jurisdiction_id = d.jurisdiction_id`,
      'the key through EXISTS': `select from layer_version v where v.jurisdiction_id = $1
        and exists (select from population p where p.jurisdiction_id = v.jurisdiction_id)`,
      'the key through the reference table': `select from jurisdiction j join data_state d
        on d.jurisdiction_id = j.jurisdiction_id where j.jurisdiction_id = 3`,
      'the key by a list that is asked for first':
        'select from incident where jurisdiction_id in (select jurisdiction_id from jurisdiction where srid = $1)',
      'the key hidden in an expression': 'select from place_name where jurisdiction_id + 0 = $1',
      'the key as one of two choices': 'select from incident where jurisdiction_id = $1 or incident_id = $2',
      'the key in a range': 'select from incident where jurisdiction_id >= $1',
      'the key of the outer side in the ON of a left join':
        'select from layer l left join area a on l.jurisdiction_id = $1 and a.jurisdiction_id = $1',
      'one side of a union': 'select 1 from source where jurisdiction_id = $1 union all select 1 from offence',
      'a change of all': 'update incident set until_delivery = null where until_delivery > $1',
      'a deletion of all': 'delete from feed',
      'a change whose FROM has none': `update delivery d set first_incident_id = i.first from
        (select min(incident_id) as first from incident) i where d.jurisdiction_id = $1`,
      'a deletion whose USING has none':
        'delete from area a using layer l where a.jurisdiction_id = $1 and l.code = $2',
      'what an INSERT selects': 'insert into offence select jurisdiction_id, 1, code, labels from offence',
      'what a COPY selects': 'copy (select * from incident) to stdout',
      'a COPY of the table': 'copy incident to stdout',
      'a name written with the schema': 'select from public.incident',
      'a name like one of a WITH, with the schema': 'with area as (select 1) select from public.area, area a',
      'quoted, as a builder writes it': 'select "code" from "layer" where "layer_id" = $1',
    },
    free: {
      'the key in WHERE': 'select from incident where jurisdiction_id = $1',
      'the key on the right': 'select from incident where $1 = jurisdiction_id',
      'the key as a number': 'select from incident where jurisdiction_id = 7 and lon is null',
      'the key as a list of parameters': 'select from incident where jurisdiction_id = any($1::int[])',
      'the key as a list of numbers': 'select from incident i where i.jurisdiction_id in (1, 2)',
      'the key of each side': `select l.code from layer l join layer_version v on v.jurisdiction_id = $1
        and v.layer_id = l.layer_id where l.jurisdiction_id = $2`,
      'the key of the inner side in the ON of a left join':
        'select from layer l left join area a on a.jurisdiction_id = $1 where l.jurisdiction_id = $1',
      'the key inside EXISTS': `select from layer_version v where v.jurisdiction_id = $1
        and exists (select from population p where p.jurisdiction_id = $1 and p.version = v.version)`,
      'a WITH called like a table': 'with area as (select 1 as id) select id from area',
      'rows that are given': 'insert into offence (jurisdiction_id, offence_id, code, labels) values ($1, $2, $3, $4)',
      'rows that are copied in': 'copy incident (jurisdiction_id, incident_id) from stdin (format binary)',
      'a change by key': 'update incident set until_delivery = $1 where jurisdiction_id = $2',
      'the reference table, which is everywhere': 'select code from jurisdiction order by 1',
      'a table of another schema': 'select from cuadra_restoring.incident',
      'what is no table of ours': 'select srid from spatial_ref_sys',
    },
  },
  {
    fault: 'correlated subquery with a reference table',
    refused: {
      'in WHERE': `select code from jurisdiction
        where exists (select from data_state d where d.jurisdiction_id = jurisdiction.jurisdiction_id)`,
      'in the list': `select (select max(version) from layer_version v where v.jurisdiction_id = j.jurisdiction_id)
        from jurisdiction j`,
      'a column that only the outer table has': `select code from jurisdiction
        where exists (select from layer_version where layer_version.jurisdiction_id = 1 and version = srid)`,
      'two levels deep': `select from jurisdiction j where exists (select from layer l where l.jurisdiction_id = 1
        and exists (select from area a where a.jurisdiction_id = 1 and a.name = j.name))`,
      LATERAL: `select from jurisdiction j cross join lateral
        (select count(*) from incident i where i.jurisdiction_id = 1 and i.lon < j.east) c`,
      'the other way about': `select from layer l where l.jurisdiction_id = $1
        and exists (select from jurisdiction j where j.jurisdiction_id = l.jurisdiction_id)`,
    },
    free: {
      'a subquery by itself': `select code from jurisdiction
        where jurisdiction_id = (select max(jurisdiction_id) from layer where jurisdiction_id = $1)`,
      'a correlated one among distributed tables': `select (select count(*) from area a where a.jurisdiction_id = $1
        and a.layer_id = l.layer_id) from layer l where l.jurisdiction_id = $1`,
      'a correlated one in the reference table alone': `select from jurisdiction j
        where exists (select from jurisdiction o where o.code < j.code)`,
    },
  },
  {
    fault: 'volatile function in a change',
    refused: {
      'now() in SET': 'update data_state set writer_since = now() where jurisdiction_id = $1',
      'current_date in SET': 'update layer_version set valid_from = current_date where jurisdiction_id = $1',
      'current_timestamp in SET': 'update job set ended_at = current_timestamp where jurisdiction_id = $1',
      'deep inside an expression':
        'update layer_version set valid_from = coalesce(valid_from, current_date) where jurisdiction_id = $1',
      'clock_timestamp() in SET': 'update job set seen_at = clock_timestamp() where jurisdiction_id = $1',
      'random() in SET': 'update area set area_km2 = random() where jurisdiction_id = $1',
      'a name with its schema': 'update area set area_km2 = pg_catalog.random() where jurisdiction_id = $1',
      'gen_random_uuid() in SET': 'update data_state set data_token = gen_random_uuid() where jurisdiction_id = $1',
      'now() in ON CONFLICT DO UPDATE': `insert into place_alias (jurisdiction_id, name) values ($1, $2)
        on conflict (jurisdiction_id, name) do update set created_at = now()`,
      'random() in the WHERE of a change': 'delete from job where jurisdiction_id = $1 and random() < 0.5',
      'in a change of the reference table': 'update jurisdiction set created_at = now() where jurisdiction_id = $1',
      'in a change inside a WITH':
        'with done as (update job set seen_at = now() where jurisdiction_id = $1 returning 1) select from done',
    },
    free: {
      'a parameter': 'update data_state set writer_since = $2 where jurisdiction_id = $1',
      'what was to be inserted': `insert into place_alias (jurisdiction_id, name) values ($1, $2)
        on conflict (jurisdiction_id, name) do update set created_at = excluded.created_at`,
      'now() among values': 'insert into place_alias (jurisdiction_id, created_at) values ($1, now())',
      'now() in WHERE, which is computed once':
        "delete from job where jurisdiction_id = $1 and ended_at < now() - '7 d'",
      'in a question': 'select now(), random()',
    },
  },
  {
    fault: 'RETURNING with a subquery',
    refused: {
      'of an INSERT': `insert into layer (jurisdiction_id, layer_id) values ($1, $2)
        returning layer_id, (select max(version) from layer_version where jurisdiction_id = $1)`,
      'of an UPDATE': 'update layer set title = $1 where jurisdiction_id = $2 returning exists (select 1)',
      'of a DELETE': 'delete from layer where jurisdiction_id = $1 returning array(select 1)',
    },
    free: {
      columns: 'update layer set title = $1 where jurisdiction_id = $2 returning layer_id, upper(title) as title',
    },
  },
  {
    fault: 'reference table changed while distributed ones are read',
    refused: {
      'in FROM': `update jurisdiction set west = s.west from
        (select min(west) as west from layer_version where jurisdiction_id = $1) s where jurisdiction_id = $1`,
      'in SET': `update jurisdiction set west = (select min(west) from layer_version where jurisdiction_id = $1)
        where jurisdiction_id = $1`,
      'in WHERE':
        'delete from jurisdiction where jurisdiction_id = any(array(select 1 from layer where jurisdiction_id = 1))',
      'in USING': 'delete from jurisdiction j using layer l where l.jurisdiction_id = 1',
      'in a WITH':
        'with s as (select 1.0 as w from layer where jurisdiction_id = 1) update jurisdiction set west = s.w from s',
      'in what an INSERT selects':
        'insert into jurisdiction (jurisdiction_id) select max(jurisdiction_id) from data_state where jurisdiction_id = 1',
    },
    free: {
      'a change by itself': 'update jurisdiction set west = $1 where jurisdiction_id = $2',
      'a distributed table changed by the reference table': `update layer l set title = j.name from jurisdiction j
        where l.jurisdiction_id = $1 and j.jurisdiction_id = $1`,
    },
  },
  {
    fault: 'SET LOCAL without propagation',
    refused: {
      alone: 'set local jit = off',
      'of several': "set local enable_nestloop = off; set local citus.propagate_set_commands = 'local'",
      'with a quoted name': `set local "pg_trgm.similarity_threshold" = '0.3'`,
      TO: 'set local search_path to a, b',
    },
    free: {
      'after it was said that it is for all': "set local citus.propagate_set_commands = 'local'; set local jit = 'off'",
      'how the coordinator works': "set local citus.multi_shard_modify_mode = 'sequential'",
    },
  },
  {
    fault: 'INSERT … SELECT … DO NOTHING without RETURNING',
    refused: {
      'with a target': `insert into feed (jurisdiction_id, feed_id) select $1, coalesce(max(feed_id), 0) + 1 from feed
        where jurisdiction_id = $1 on conflict (jurisdiction_id, name) do nothing`,
      'without one': 'insert into feed select $1, 2 on conflict do nothing',
      'of a union': 'insert into feed select 1 union select 2 on conflict do nothing',
    },
    free: {
      'with what was written': 'insert into feed select $1, 2 on conflict do nothing returning feed_id',
      'of values': 'insert into feed (jurisdiction_id) values ($1) on conflict do nothing',
      'that updates': 'insert into feed select 1 on conflict (name) do update set name = excluded.name',
    },
  },
  {
    fault: 'system table beside a tenant table',
    refused: {
      'in a subquery': 'select from data_state where jurisdiction_id = $1 and exists (select from pg_locks)',
      'in a join': 'select from data_state d, pg_stat_activity where d.jurisdiction_id = $1',
    },
    free: { 'by itself': 'select from pg_locks where granted' },
  },
];

describe.each(FORMS)('refused: $fault', ({ fault, refused, free }) => {
  test.each(Object.entries(refused))('%s', (_how, text) => {
    expect(faultsOf(text)).toContain(fault);
  });
  test.each(Object.entries(free))('but not: %s', (_how, text) => {
    expect(faultsOf(text)).toEqual([]);
  });
});

test('every statement of several that are sent at once is judged', () => {
  expect(faultsOf('select 1; delete from feed; select 2')).toEqual(['tenant table without its own key']);
});

test('what is not SQL is no statement that passes', () => {
  expect(() => lintSql('selekt 1')).toThrow();
});

test('a setting sent by the one place for them is good where there is no Citus to be told', () => {
  expect(lintSql('set local jit = off', { isPropagated: true })).toEqual([]);
});

test('each exception is one for what the lint refuses, says why, and excepts nothing else', () => {
  for (const { why, fault, tables, beginnings } of ALLOWED) {
    expect(why.length).toBeGreaterThan(30);
    for (const beginning of beginnings) {
      for (const table of tables) {
        expect(isAllowed(`\n  ${beginning.replaceAll(' ', '\n ')} …`, { fault, what: `${table} x` })).toBe(true);
        expect(isAllowed(`${beginning}x`, { fault, what: table })).toBe(false);
      }
      expect(isAllowed(beginning, { fault, what: 'reference_point' })).toBe(false);
    }
  }
  const all = lintSql('update data_state set writer_token = $1, writer_about = $2');
  expect(all.map((each) => isAllowed('update data_state set writer_token = $1, writer_about = $2', each))).toEqual([
    false,
  ]);
});
