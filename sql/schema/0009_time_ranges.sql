-- The last moment at which it may have happened, where the source gives a range, and when it was reported. Local time.
alter table incident add column until_on date;
alter table incident add column until_minute smallint;
alter table incident add constraint incident_until_minute_check check (until_minute between 0 and 1439);
alter table incident add column reported_on date;
alter table incident add column reported_minute smallint;
alter table incident add constraint incident_reported_minute_check check (reported_minute between 0 and 1439);
