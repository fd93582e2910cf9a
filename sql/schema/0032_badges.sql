-- Certificates of completed courses, each with the badge that was signed for it, and the keys they are signed with.

-- A key of a jurisdiction. Of the private part only what is sealed with the secret of the data folder.
create table badge_key (
  jurisdiction_id int not null,
  key_id text not null check (key_id ~ '^[A-Za-z0-9_-]{43}$'),
  public_jwk jsonb not null,
  sealed text not null,
  made_at timestamptz not null,
  -- Since when nothing is signed with it any more; what it signed stays good.
  retired_at timestamptz,
  primary key (jurisdiction_id, key_id)
);
create unique index badge_key_current on badge_key (jurisdiction_id) where retired_at is null;

-- The signed list of what was revoked, a bit for each number given out.
create table badge_list (
  jurisdiction_id int not null,
  list_no int not null,
  signed text not null,
  changed_at timestamptz not null,
  primary key (jurisdiction_id, list_no)
);

create table certificate (
  jurisdiction_id int not null,
  code text not null check (code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'),
  -- Whose, as in lesson_answer; null: no longer told.
  account_id int,
  course text not null,
  title_es text not null,
  title_en text not null,
  hours float8 not null,
  -- The name on it; null: withdrawn, and the name forgotten.
  holder text,
  completed_on date not null,
  issued_at timestamptz not null,
  issued_by text not null,
  valid_until date,
  key_id text not null,
  -- Its place in a list; null: made where the portal had no address of its own, so that no list can be asked.
  list_no int,
  list_index int check (list_index between 0 and 131071),
  -- A compact JWS; null with the name.
  signed text,
  revoked_at timestamptz,
  revoked_by text,
  revoked_as text check (revoked_as in ('revoked', 'replaced', 'withdrawn')),
  because text,
  primary key (jurisdiction_id, code)
);
create unique index certificate_in_list on certificate (jurisdiction_id, list_no, list_index);
create index certificate_of on certificate (jurisdiction_id, account_id);

-- A learner who asks for a certificate, and the name it shall bear.
create table certificate_request (
  jurisdiction_id int not null,
  account_id int not null,
  course text not null,
  holder text not null,
  asked_at timestamptz not null,
  primary key (jurisdiction_id, account_id, course)
);

-- Keys, once the new tables lie where they belong:
alter table badge_key add constraint badge_key_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table badge_list add constraint badge_list_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table certificate add constraint certificate_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table certificate_request add constraint certificate_request_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
