-- What people say a label is: a node of the offence tree, for every leaf of those words, whichever source it is of.
-- `words` = the label folded as server/text/fold.ts does; nothing of the incidents refers to it.
create table offence_choice (
  jurisdiction_id int not null,
  words text not null check (length(words) between 1 and 400),
  label text not null,
  offence text not null,
  chosen_at timestamptz not null default now(),
  primary key (jurisdiction_id, words)
);

-- What the writer who has the jurisdiction is about, and since when: told to whoever waits for it.
alter table data_state add column writer_about text;
alter table data_state add column writer_since timestamptz;

-- Keys, once the new tables lie where they belong:
alter table offence_choice add constraint offence_choice_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
