-- What a delivery must remember to be recognised, compared and undone, and what a city keeps for its next one.

-- asked_sha256: over everything beside the file that decides what is stored, so that the same file read the same way is
-- recognised. The rows a delivery added have the ids first_incident_id … next_incident_id - 1.
-- An undo is a delivery too: it ends what stands since the delivery it undoes and tells again what that had ended.
alter table delivery add column via text not null default 'command';
alter table delivery add constraint delivery_via_check check (via in ('command', 'page', 'feed'));
alter table delivery add column asked_sha256 text;
alter table delivery add column undoes int;
alter table delivery add column first_incident_id bigint not null default 0;
alter table delivery add column next_incident_id bigint not null default 0;

update delivery
set first_incident_id = added.first_incident_id, next_incident_id = added.next_incident_id
from (
  select jurisdiction_id, from_delivery, min(incident_id) as first_incident_id, max(incident_id) + 1 as next_incident_id
  from incident group by jurisdiction_id, from_delivery
) as added
where delivery.jurisdiction_id = added.jurisdiction_id and delivery.delivery = added.from_delivery;

-- How a city's own files are read, under a name, for next month: a preset and which column is which field.
create table saved_preset (
  jurisdiction_id int not null,
  name text not null check (length(name) between 1 and 80),
  preset text not null,
  mapping jsonb not null,
  saved_at timestamptz not null default now(),
  primary key (jurisdiction_id, name)
);

-- Who may send incidents as they happen; the key itself is shown once and only its hash is kept.
create table feed (
  jurisdiction_id int not null,
  feed_id int not null,
  name text not null check (length(name) between 1 and 80),
  source_id int not null,
  preset text not null,
  key_sha256 text not null,
  created_at timestamptz not null default now(),
  primary key (jurisdiction_id, feed_id),
  constraint feed_name unique (jurisdiction_id, name)
);

-- Keys, once the new tables lie where they belong:
alter table delivery add constraint delivery_undoes
  foreign key (jurisdiction_id, undoes) references delivery (jurisdiction_id, delivery);
alter table saved_preset add constraint saved_preset_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table feed add constraint feed_source
  foreign key (jurisdiction_id, source_id) references source (jurisdiction_id, source_id);
