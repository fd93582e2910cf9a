-- How a feed writes its dates: the order of day and month (dmy, mdy, ymd, ydm) and what times without an offset mean
-- (local, utc or a zone); null: nothing was said.
alter table feed add column date_order text;
alter table feed add column times text;
