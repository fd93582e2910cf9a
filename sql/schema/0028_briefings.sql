-- Briefings: pages of text and figures put together from views, every state they were in, and the figures as they were
-- answered, each of one data version. A template is a briefing without figures that one person keeps.
create table briefing (
  jurisdiction_id int not null,
  briefing_id int not null,
  version int not null,
  -- Whose template it is, as in alert_rule; null = a briefing.
  template_of int,
  -- The areas its writer is bound to, LAYER:CODE,CODE; null = the whole municipality. Whoever is bound sees their own.
  areas text,
  body jsonb not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (jurisdiction_id, briefing_id)
);

create table briefing_change (
  jurisdiction_id int not null,
  briefing_id int not null,
  version int not null,
  at timestamptz not null default now(),
  who text not null,
  body jsonb not null,
  primary key (jurisdiction_id, briefing_id, version)
);

-- What was asked is the key of what was answered: asked for anew, the later answer takes the place of the earlier.
create table briefing_figure (
  jurisdiction_id int not null,
  briefing_id int not null,
  asked_key text not null check (asked_key ~ '^[0-9a-f]{64}$'),
  made_at timestamptz not null,
  made_by text not null,
  data_version int not null,
  -- Rights without which it is not told: it holds what not every role is told so finely.
  needs jsonb not null,
  answer jsonb not null,
  primary key (jurisdiction_id, briefing_id, asked_key, made_at)
);

-- Keys, once the new tables lie where they belong:
alter table briefing add constraint briefing_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table briefing_change add constraint briefing_change_briefing
  foreign key (jurisdiction_id, briefing_id) references briefing (jurisdiction_id, briefing_id);
alter table briefing_figure add constraint briefing_figure_briefing
  foreign key (jurisdiction_id, briefing_id) references briefing (jurisdiction_id, briefing_id);
