-- Passkeys: a key pair of an account that a device keeps and opens by face, finger or PIN. Here lies the public half alone.
create table account_passkey (
  credential_id text not null primary key,
  account_id int not null,
  -- As its owner calls it.
  name text not null,
  -- COSE, in base64url.
  public_key text not null,
  -- How often it signed, where the device counts: one that falls back was copied.
  counter bigint not null,
  transports text[] not null,
  -- The name of the server it was made for; under another one browsers do not offer it.
  rp_id text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index account_passkey_of on account_passkey (account_id);

-- What a device is asked to sign: random, good once, over in minutes.
create table passkey_challenge (
  challenge text not null primary key,
  -- Who adds a passkey; null: somebody signs in.
  account_id int,
  expires_at timestamptz not null
);

-- A passkey is two factors by itself: the device, and what opens it.
alter table account_session add column by_passkey boolean not null default false;

-- Of an invitation, who made it and when: whoever takes one back sees which it is.
alter table account_link add column made_by text;
alter table account_link add column made_at timestamptz;

-- With whose rights an alert was found; null: found before this was kept.
alter table alert add column found_as jsonb;
