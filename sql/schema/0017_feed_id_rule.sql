-- What a record of a feed is known again by: its id (null, id) or its id within a month (id+month).
alter table feed
  add column id_rule text;
