-- Who may write to a jurisdiction now, and what was published last: a writer that has lost its connection can neither
-- store nor publish, and one whose connection died while it published can look up whether that came about.

-- writer_token: set by whoever takes the jurisdiction's lock, compared in every chunk and in every publication.
-- publications: marks of the last ones, the newest first.
alter table data_state add column writer_token text;
alter table data_state add column publications text[] not null default '{}';
