-- What people tell without saying who they are, apart from incidents and never counted with them. No column holds
-- anything of whoever sent it: neither an address nor a device, and of the moment no more than its hour.
create table tip (
  jurisdiction_id int not null,
  tip_id text not null check (tip_id ~ '^[0-9a-f-]{36}$'),
  received_at timestamptz not null check (extract(minute from received_at at time zone 'UTC') = 0
    and extract(second from received_at at time zone 'UTC') = 0),
  kind text not null,
  layer text not null,
  place_code text not null,
  place_name text not null,
  lon float8 not null,
  lat float8 not null,
  on_day date,
  day_part text,
  words text not null,
  state text not null default 'new' check (state in ('new', 'seen', 'closed')),
  primary key (jurisdiction_id, tip_id)
);
create index tip_received on tip (jurisdiction_id, received_at desc, tip_id desc);

-- Whether a jurisdiction takes tips, for how many days it keeps them, and the key its forms are signed with.
create table tip_box (
  jurisdiction_id int not null,
  is_on boolean not null,
  keep_days int not null check (keep_days between 1 and 3650),
  form_key text not null,
  changed_at timestamptz not null default now(),
  primary key (jurisdiction_id)
);

-- The layer of addresses by which the streets of a public view are put together; null = the one whose code says so.
alter table protection add column addresses text;

-- Keys, once the new tables lie where they belong:
alter table tip add constraint tip_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table tip_box add constraint tip_box_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
