-- The authorities whose data this is, and the polygons and streets they load.
-- jurisdiction is small and rarely written (a Citus reference table); every other table leads with its key.
create extension if not exists postgis;

create table jurisdiction (
  jurisdiction_id int primary key,
  code text not null unique check (code ~ '^[a-z][a-z0-9-]{0,30}$'),
  name text not null,
  timezone text not null,
  srid int not null,
  limit_geom geometry(MultiPolygon, 4326),
  west float8, south float8, east float8, north float8,
  synthetic boolean not null default false,
  created_at timestamptz not null default now()
);

-- What changes with every import; kept apart so that jurisdiction stays quiet.
-- Deliveries up to head_delivery are visible, later ones are still arriving: publishing is one update of this row.
create table data_state (
  jurisdiction_id int primary key,
  data_version int not null default 1,
  data_token text not null,
  head_delivery int not null default 0,
  next_incident_id bigint not null default 1,
  changed_at timestamptz not null default now(),
  constraint data_state_jurisdiction foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id)
);

create table layer (
  jurisdiction_id int not null,
  layer_id int not null,
  code text not null check (code ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  title text not null,
  type text not null check (type in ('areas', 'streets', 'points', 'context')),
  current_version int,
  primary key (jurisdiction_id, layer_id),
  constraint layer_code unique (jurisdiction_id, code),
  constraint layer_jurisdiction foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id)
);

create table layer_version (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  features int not null,
  west float8, south float8, east float8, north float8,
  file_name text not null,
  file_sha256 text not null,
  report jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (jurisdiction_id, layer_id, version),
  constraint layer_version_layer foreign key (jurisdiction_id, layer_id) references layer (jurisdiction_id, layer_id)
);

-- place_id is 1, 2, … in byte order of code, so "lowest id" and "lowest code" break ties alike.
create table area (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  place_id int not null,
  code text not null,
  name text not null,
  area_km2 float8 not null,
  class text,
  geom geometry(MultiPolygon, 4326) not null,
  geom_3857 geometry(MultiPolygon, 3857) generated always as (ST_Transform(geom, 3857)) stored,
  label_3857 geometry(Point, 3857) not null,
  primary key (jurisdiction_id, layer_id, version, place_id),
  constraint area_code unique (jurisdiction_id, layer_id, version, code),
  constraint area_version foreign key (jurisdiction_id, layer_id, version)
    references layer_version (jurisdiction_id, layer_id, version)
);
create index area_geom_3857 on area using gist (geom_3857);

create table population (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  place_id int not null,
  year int not null,
  residents int not null,
  source text not null,
  primary key (jurisdiction_id, layer_id, version, place_id, year),
  constraint population_area foreign key (jurisdiction_id, layer_id, version, place_id)
    references area (jurisdiction_id, layer_id, version, place_id)
);

-- One street between two junctions. road_class: 1 motorway or trunk … 4 local, 5 path.
create table segment (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  place_id int not null,
  code text not null,
  name text,
  road_class smallint not null,
  length_m float8 not null,
  crossing_from text,
  crossing_to text,
  geom geometry(LineString, 4326) not null,
  geom_3857 geometry(LineString, 3857) generated always as (ST_Transform(geom, 3857)) stored,
  primary key (jurisdiction_id, layer_id, version, place_id),
  constraint segment_code unique (jurisdiction_id, layer_id, version, code),
  constraint segment_version foreign key (jurisdiction_id, layer_id, version)
    references layer_version (jurisdiction_id, layer_id, version)
);
create index segment_geom_3857 on segment using gist (geom_3857);
