-- The public view of a jurisdiction is another one, which nobody but the public is shown: with data of its own, made of
-- what could be published whole. Its code cannot be asked for. One that stands on a published file is its own public view.
alter table jurisdiction add column public_of int;
alter table jurisdiction drop constraint jurisdiction_code_check;
alter table jurisdiction add constraint jurisdiction_code_check check (code ~ '^[a-z][a-z0-9-]{0,30}(/public)?$');
create unique index jurisdiction_public_of on jurisdiction (public_of) where public_of is not null;

-- Whether there is a public view, by which rules, and what of the data it was made from; null = not yet.
create table protection (
  jurisdiction_id int not null,
  is_on boolean not null,
  rules jsonb not null,
  areas text,
  sensitive_areas text,
  licence text,
  made_from jsonb,
  changed_at timestamptz not null default now(),
  primary key (jurisdiction_id)
);

-- What is known by its quarter alone stands at the first day of it.
alter table incident add constraint incident_quarter_check
  check (date_precision <> 4 or (extract(day from occurred_on) = 1 and extract(month from occurred_on) in (1, 4, 7, 10)));

-- Keys, once the new tables lie where they belong:
alter table protection add constraint protection_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
