-- Work in the background: what waits, what runs on which server, and what came of it.

-- upload: the files the job needs, null for none; only a server that has them may run it. asked_by, run_by: processes,
-- as server/jobs/table.ts names them. seen_at: when one that may run it last said that it has it in mind. stop_asked:
-- whoever runs it is to stop.
create table job (
  jurisdiction_id int not null,
  job_id text not null,
  kind text not null,
  payload jsonb not null,
  upload text,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  asked_by text not null,
  run_by text,
  seen_at timestamptz not null default clock_timestamp(),
  step text,
  fraction double precision,
  stop_asked boolean not null default false,
  report jsonb not null default 'null',
  problem text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (jurisdiction_id, job_id)
);
-- One at a time in a jurisdiction, whichever server runs it.
create unique index job_running on job (jurisdiction_id) where state = 'running';
create index job_unfinished on job (jurisdiction_id, created_at) where state in ('waiting', 'running');

-- Keys, once the new tables lie where they belong:
alter table job add constraint job_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
