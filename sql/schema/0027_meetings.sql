-- What is agreed in the weekly meetings of commanders; the rules by which people are alerted, and what came of them.
create table meeting_action (
  jurisdiction_id int not null,
  action_id text not null check (action_id ~ '^[0-9a-f-]{36}$'),
  revision int not null default 1,
  week text not null check (week ~ '^[0-9]{4}-W[0-9]{2}$'),
  scope text,
  what text not null,
  owner text not null,
  due date,
  state text not null default 'open' check (state in ('open', 'done', 'dropped')),
  -- The week in which it was no longer open; null while it is.
  ended_week text,
  created_by text not null,
  created_at timestamptz not null,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (jurisdiction_id, action_id)
);

-- Whose a rule is: the number of an account; 0 = whoever has the machine. Accounts lie elsewhere and are not referred to.
create table alert_rule (
  jurisdiction_id int not null,
  rule_id text not null check (rule_id ~ '^[0-9a-f-]{36}$'),
  account_id int not null,
  language text not null check (language in ('es', 'en')),
  kind text not null check (kind in ('series', 'near-repeat', 'new-high')),
  title text not null,
  filter jsonb not null,
  email text,
  to_folder boolean not null default false,
  muted_until date,
  -- The last day that was looked at.
  looked_to date,
  created_at timestamptz not null,
  primary key (jurisdiction_id, rule_id)
);

create table alert (
  jurisdiction_id int not null,
  alert_id text not null check (alert_id ~ '^[0-9a-f-]{36}$'),
  rule_id text not null,
  account_id int not null,
  -- What it is about, so that the same is told once.
  about text not null,
  on_day date not null,
  data_version int not null,
  found jsonb not null,
  raised_at timestamptz not null,
  -- When it left by each way; null = not yet, or not asked for.
  mailed_at timestamptz,
  filed_at timestamptz,
  -- How often it could not be sent, and until when it waits therefore.
  tries int not null default 0,
  waits_until timestamptz,
  seen_at timestamptz,
  primary key (jurisdiction_id, alert_id),
  unique (jurisdiction_id, rule_id, about)
);
create index alert_raised on alert (jurisdiction_id, account_id, raised_at desc);

-- Keys, once the new tables lie where they belong:
alter table meeting_action add constraint meeting_action_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table alert_rule add constraint alert_rule_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table alert add constraint alert_rule_of
  foreign key (jurisdiction_id, rule_id) references alert_rule (jurisdiction_id, rule_id);
