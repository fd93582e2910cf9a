-- Incidents, who delivered them, and where they were placed.

create table source (
  jurisdiction_id int not null,
  source_id int not null,
  code text not null,
  kind text not null check (kind in ('incident', 'call', 'victim')),
  title text not null,
  preset text not null,
  accuracy_m float8,
  snapped boolean not null default false,
  live boolean not null default false,
  declared_through date,
  primary key (jurisdiction_id, source_id),
  constraint source_code unique (jurisdiction_id, code, kind),
  constraint source_jurisdiction foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id)
);

-- A leaf of the taxonomy that occurs in this jurisdiction; its parent stands in geodata/offences.
create table offence (
  jurisdiction_id int not null,
  offence_id int not null,
  code text not null,
  labels text[] not null,
  primary key (jurisdiction_id, offence_id),
  constraint offence_code unique (jurisdiction_id, code),
  constraint offence_jurisdiction foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id)
);

-- The words a source uses for a place ("On or near High Street", a colonia), stored once.
create table place_text (
  jurisdiction_id int not null,
  place_text_id int not null,
  text text not null,
  primary key (jurisdiction_id, place_text_id),
  constraint place_text_text unique (jurisdiction_id, text),
  constraint place_text_jurisdiction foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id)
);

create table delivery (
  jurisdiction_id int not null,
  delivery int not null,
  source_id int not null,
  file_name text not null,
  file_sha256 text not null,
  preset text not null,
  mode text not null check (mode in ('add', 'replace')),
  covers_from date,
  covers_until date,
  report jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (jurisdiction_id, delivery),
  constraint delivery_source foreign key (jurisdiction_id, source_id) references source (jurisdiction_id, source_id)
);

-- A record as one delivery told it; record_hash is over its normalised content and its key. It counts while from_delivery <= head < coalesce(until_delivery, infinity);
-- a later delivery that changes or drops it sets until_delivery and, if changed, adds a new row. Nothing is overwritten.
-- date_precision and place_precision are indexes into the lists in server/incidents/contract.ts.
create table incident (
  jurisdiction_id int not null,
  incident_id bigint not null,
  from_delivery int not null,
  until_delivery int,
  source_id int not null,
  offence_id int not null,
  occurred_on date not null,
  minute_of_day smallint check (minute_of_day between 0 and 1439),
  date_precision smallint not null,
  place_precision smallint not null,
  lon float8,
  lat float8,
  place_text_id int,
  source_key text,
  record_hash bigint not null,
  primary key (jurisdiction_id, incident_id),
  constraint incident_point check (
    (lon is null and lat is null)
    or (lon >= -180 and lon <= 180 and lat >= -90 and lat <= 90)
  ),
  constraint incident_source foreign key (jurisdiction_id, source_id) references source (jurisdiction_id, source_id),
  constraint incident_offence foreign key (jurisdiction_id, offence_id) references offence (jurisdiction_id, offence_id)
);
create index incident_day on incident (jurisdiction_id, occurred_on, incident_id);
create index incident_until_delivery on incident (jurisdiction_id, until_delivery) where until_delivery is not null;

-- Which place of a layer version each incident fell in, as blocks of consecutive incident ids: place_ids[i] belongs to
-- first_incident_id + i - 1, 0 = in no place. A row per incident and layer would be three times the incidents
-- themselves (48 bytes a row) and on the embedded engine the slowest part of an import; a block is 4 bytes an incident.
create table placement (
  jurisdiction_id int not null,
  layer_id int not null,
  version int not null,
  first_incident_id bigint not null,
  place_ids int[] not null,
  primary key (jurisdiction_id, layer_id, version, first_incident_id),
  constraint placement_version foreign key (jurisdiction_id, layer_id, version)
    references layer_version (jurisdiction_id, layer_id, version)
);
