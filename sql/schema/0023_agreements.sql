-- What one authority lets another see of its data: proposed by one side, accepted by the other, ended by either or by its
-- date. By the codes of both, for it belongs to neither; null = all offences, or the whole jurisdiction.
create table agreement (
  agreement_id text not null primary key,
  giver text not null,
  receiver text not null,
  level text not null check (level in ('totals', 'protected', 'full')),
  offences text[],
  areas jsonb,
  ends_on date not null,
  state text not null check (state in ('proposed', 'accepted', 'refused', 'ended')),
  proposed_by text not null,
  -- What was done, by whom and when, in order.
  steps jsonb not null,
  constraint agreement_sides check (giver <> receiver and proposed_by in (giver, receiver))
);
create index agreement_giver on agreement (giver);
create index agreement_receiver on agreement (receiver);
