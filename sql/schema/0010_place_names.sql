-- Incidents without a point, by the words their source uses for the place: matched to places by name, apart from them.
create extension if not exists pg_trgm;

-- parts: street, crossing, neighbourhood and borough apart, where the source has them so; empty: text is all there is.
-- Null until they have been looked for: name and within_name, folded, under which the text is listed when nothing is
-- found and given a meaning by an alias; place_precision, an index into the list in server/incidents/contract.ts.
alter table place_text drop constraint place_text_text;
alter table place_text add column parts jsonb not null default '{}';
alter table place_text add column name text;
alter table place_text add column within_name text;
alter table place_text add column place_precision smallint;
alter table place_text add constraint place_text_text unique (jurisdiction_id, text, parts);

-- The names of a layer version, folded as server/geocoding/fold-names.ts does: with the kind of place, without, and
-- without the number of the part («Doctores III» is a part of what people call Doctores).
create table place_name (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  folded text not null,
  core text not null,
  whole text not null,
  place_ids int[] not null,
  primary key (jurisdiction_id, layer_id, version, folded)
);
create index place_name_core on place_name (jurisdiction_id, layer_id, version, core);
create index place_name_whole on place_name (jurisdiction_id, layer_id, version, whole);
create index place_name_similar on place_name using gin (core gin_trgm_ops);

-- What was found for a text on a layer version; nothing found, no row.
create table place_match (
  jurisdiction_id int not null,
  place_text_id int not null,
  layer_id int not null,
  version int not null,
  place_id int not null,
  place_precision smallint not null,
  score real not null,
  how text not null check (how in ('exact', 'similar', 'alias', 'contains')),
  primary key (jurisdiction_id, place_text_id, layer_id, version)
);

-- What people say a name means: a place by its code, in whatever version, or no place at all (both null).
create table place_alias (
  jurisdiction_id int not null,
  name text not null,
  within_name text not null,
  words text not null,
  layer_id int,
  code text,
  created_at timestamptz not null default now(),
  primary key (jurisdiction_id, name, within_name),
  constraint place_alias_place check ((layer_id is null) = (code is null))
);

-- Where points are the rule these are few, and all that matching ever reads.
create index incident_without_point on incident (jurisdiction_id, place_text_id) where lon is null;

-- Keys, once the new tables lie where they belong:
alter table place_name add constraint place_name_version
  foreign key (jurisdiction_id, layer_id, version) references layer_version (jurisdiction_id, layer_id, version);
alter table place_match add constraint place_match_text
  foreign key (jurisdiction_id, place_text_id) references place_text (jurisdiction_id, place_text_id);
alter table place_match add constraint place_match_version
  foreign key (jurisdiction_id, layer_id, version) references layer_version (jurisdiction_id, layer_id, version);
alter table place_alias add constraint place_alias_layer
  foreign key (jurisdiction_id, layer_id) references layer (jurisdiction_id, layer_id);
