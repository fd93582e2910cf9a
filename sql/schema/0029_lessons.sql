-- What learners answered to the exercises of lessons. Whose: the number of an account; 0 = whoever has the machine. Accounts
-- lie elsewhere and are not referred to.
create table lesson_answer (
  jurisdiction_id int not null,
  answer_id text not null check (answer_id ~ '^[0-9a-f-]{36}$'),
  account_id int not null,
  lesson text not null,
  exercise text not null,
  given_at timestamptz not null,
  received_at timestamptz not null,
  answer jsonb not null,
  -- Null = only the learner can judge.
  is_right boolean,
  -- Why it was wrong, in the words of the lesson.
  mistake text,
  data_version int not null,
  primary key (jurisdiction_id, answer_id)
);
create index lesson_answer_of on lesson_answer (jurisdiction_id, account_id, lesson);

-- Keys, once the new tables lie where they belong:
alter table lesson_answer add constraint lesson_answer_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
