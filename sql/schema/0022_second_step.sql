-- What the second step of signing in needs beside codes by time, and areas as the scope of a key.
-- Codes that are good once, for whoever lost the authenticator: each as its hash, taken out when it is used.
alter table account add column recovery text[] not null default '{}';
alter table access_key add column areas jsonb;
