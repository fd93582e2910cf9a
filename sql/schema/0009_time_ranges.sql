-- The last moment at which it may have happened, where the source gives a range, and when it was reported. Local time.
alter table incident
  add column until_on date,
  add column until_minute smallint check (until_minute between 0 and 1439),
  add column reported_on date,
  add column reported_minute smallint check (reported_minute between 0 and 1439);
