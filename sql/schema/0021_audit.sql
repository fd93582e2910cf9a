-- What was done and by whom: rows are only ever added, and each holds the hash of the one before and of itself.
create table audit_entry (
  entry bigint not null primary key,
  at timestamptz not null,
  who text not null,
  role text not null,
  address text not null,
  what text not null,
  jurisdiction text,
  detail text not null,
  rows int,
  hash text not null
);
create index audit_entry_at on audit_entry (at);

-- How many there are and the hash of the last: a missing end is noticed too, and whoever adds locks this row.
create table audit_head (
  head int not null primary key,
  entries bigint not null,
  hash text not null
);
insert into audit_head (head, entries, hash) values (1, 0, '');
