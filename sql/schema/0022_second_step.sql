-- What the second step of signing in needs beside codes by time, areas as the scope of a key, and accounts that a provider
-- of the installation knows (OpenID Connect).
-- Codes that are good once, for whoever lost the authenticator: each as its hash, taken out when it is used.
alter table account add column recovery text[] not null default '{}';
-- Whom the provider knows it as: its address, a space, and what it calls the person; null: nobody.
alter table account add column subject text;
create unique index account_subject on account (subject);
-- Null: begun here. Else by the provider, with so many factors.
alter table account_session add column provider_factors int;
alter table access_key add column areas jsonb;
