-- Versions people can return to and remove, what areas belong to, and layers of reference points.

-- A version without published_at is still being written; one with removed_at is kept for undoing that.
alter table layer_version add column published_at timestamptz default now();
alter table layer_version add column valid_from date;
alter table layer_version add column removed_at timestamptz;
-- The day of the session, in a form that is the same on every machine.
update layer_version set
  published_at = case when layer_version.version <= l.current_version then layer_version.created_at end,
  valid_from = (layer_version.created_at at time zone current_setting('TimeZone'))::date
from layer l
where l.jurisdiction_id = layer_version.jurisdiction_id and l.layer_id = layer_version.layer_id;

-- The version that was current when the layer was removed; null for a layer in use.
alter table layer add column removed_version int;

-- The name of the larger area it is part of, as its file writes it.
alter table area add column parent text;

-- Street lamps, schools, parks, bus stops, cameras, police posts: shown and counted, never crime.
create table reference_point (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  place_id int not null,
  code text not null,
  name text not null,
  geom geometry(Point, 4326) not null,
  geom_3857 geometry(Point, 3857) generated always as (ST_Transform(geom, 3857)) stored,
  primary key (jurisdiction_id, layer_id, version, place_id),
  constraint reference_point_code unique (jurisdiction_id, layer_id, version, code)
);
create index reference_point_geom_3857 on reference_point using gist (geom_3857);

-- Keys, once the new tables lie where they belong:
alter table reference_point add constraint reference_point_version
  foreign key (jurisdiction_id, layer_id, version) references layer_version (jurisdiction_id, layer_id, version);
