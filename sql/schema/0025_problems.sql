-- Problems, what is done about them, and every state they were in. A problem and each of its items is a document with a
-- version: whoever changes it says which version they saw, and what it was before stays in problem_change.
create table problem (
  jurisdiction_id int not null,
  problem_id int not null,
  version int not null,
  state text not null,
  body jsonb not null,
  -- The middle of its place, by which whoever is bound to areas finds it; null = no place yet.
  lon float8,
  lat float8,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (jurisdiction_id, problem_id)
);

create table problem_item (
  jurisdiction_id int not null,
  problem_id int not null,
  item_id int not null,
  kind text not null,
  version int not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (jurisdiction_id, problem_id, item_id)
);

-- item_id 0 is the problem itself. `body` is what it became; an undo is a change like others.
create table problem_change (
  jurisdiction_id int not null,
  problem_id int not null,
  item_id int not null,
  version int not null,
  what text not null,
  at timestamptz not null default now(),
  who text not null,
  body jsonb not null,
  primary key (jurisdiction_id, problem_id, item_id, version)
);

-- Keys, once the new tables lie where they belong:
alter table problem add constraint problem_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table problem_item add constraint problem_item_problem
  foreign key (jurisdiction_id, problem_id) references problem (jurisdiction_id, problem_id);
alter table problem_change add constraint problem_change_problem
  foreign key (jurisdiction_id, problem_id) references problem (jurisdiction_id, problem_id);
