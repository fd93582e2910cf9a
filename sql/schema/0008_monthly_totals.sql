-- Totals that an authority publishes per area, month and offence (SESNSP): a benchmark beside the incidents, never added
-- to them.

-- A source of such totals delivers no incidents.
alter table source add column monthly boolean not null default false;

-- The words for an area of such a table: a municipality (five digits) or a state (two).
create table monthly_area (
  jurisdiction_id int not null,
  area_code text not null check (area_code ~ '^\d{2}(\d{3})?$'),
  name text not null,
  state_name text not null,
  primary key (jurisdiction_id, area_code)
);

-- One line of a table: a year of one category in one area, as one delivery told it. It counts while from_delivery <= head
-- < coalesce(until_delivery, infinity), as incidents do. offence is a node of geodata/offences/tree.json, category the
-- source's own words; sex and age are empty but for victims. counts holds January to December; null = not published, which
-- is not zero.
create table monthly_total (
  jurisdiction_id int not null,
  source_id int not null,
  area_code text not null,
  year int not null,
  category text not null,
  sex text not null default '',
  age text not null default '',
  from_delivery int not null,
  until_delivery int,
  offence text not null,
  counts int[] not null check (cardinality(counts) = 12),
  primary key (jurisdiction_id, source_id, area_code, year, category, sex, age, from_delivery)
);
create index monthly_total_from_delivery on monthly_total (jurisdiction_id, from_delivery);
create index monthly_total_until_delivery on monthly_total (jurisdiction_id, until_delivery)
  where until_delivery is not null;

-- Files also come through a folder that is watched.
alter table delivery drop constraint delivery_via_check;
alter table delivery add constraint delivery_via_check check (via in ('command', 'page', 'feed', 'folder'));

-- Keys, once the new tables lie where they belong:
alter table monthly_area add constraint monthly_area_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table monthly_total add constraint monthly_total_source
  foreign key (jurisdiction_id, source_id) references source (jurisdiction_id, source_id);
alter table monthly_total add constraint monthly_total_area
  foreign key (jurisdiction_id, area_code) references monthly_area (jurisdiction_id, area_code);
