-- Who may do what here: accounts, their sessions, links that are good once, and keys of programs. They belong to the
-- installation, not to a jurisdiction. Of passwords, sessions, links and keys only what cannot be turned back is kept.
create table account (
  account_id int not null primary key,
  name text not null,
  -- The name as it is compared: one person is not two by capitals or forms of letters.
  name_key text not null unique,
  -- Argon2id with its parameters; null: none was chosen yet.
  password text,
  role text not null,
  -- Codes of jurisdictions; null: all there are.
  jurisdictions text[],
  areas jsonb,
  disabled boolean not null default false,
  -- Of codes by time (RFC 6238): the secret, the one that is not confirmed yet, and the last step that was used.
  totp text,
  totp_waiting text,
  totp_step int not null default 0,
  created_at timestamptz not null
);

create table account_session (
  token_sha256 text not null primary key,
  -- Null: a session of the demo.
  account_id int,
  demo_role text,
  address text not null,
  device text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create index account_session_of on account_session (account_id);

create table account_link (
  token_sha256 text not null primary key,
  -- first, invitation or reset.
  purpose text not null,
  -- Of a reset; the others make an account.
  account_id int,
  name text,
  role text not null,
  jurisdictions text[],
  areas jsonb,
  expires_at timestamptz not null
);

create table access_key (
  name text not null primary key,
  key_sha256 text not null unique,
  role text not null,
  jurisdictions text[],
  created_at timestamptz not null
);
