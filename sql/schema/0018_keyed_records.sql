-- Records are looked up by their ids only where a feed tells of them one by one: the others need no place in an index of
-- ids, which is the dearest part of storing them. A source is keyed once all its records are (see server/feeds/keyed.ts).
alter table incident add column keyed boolean not null default false;
alter table source add column keyed boolean not null default false;
drop index incident_source_key;
create index incident_keyed on incident (jurisdiction_id, source_id, source_key) where keyed and source_key is not null;
