-- Files of a problem: what each is stands in its item of problem_item, the bytes here in parts. And alerts are told as taken
-- for sending apart from sent, so that what a server had when it died is sent by another.
create table problem_file (
  jurisdiction_id int not null,
  problem_id int not null,
  item_id int not null,
  part int not null,
  content bytea not null,
  primary key (jurisdiction_id, problem_id, item_id, part)
);
alter table alert add column mail_taken_at timestamptz;
alter table alert add column file_taken_at timestamptz;

-- Keys, once the new tables lie where they belong:
alter table problem_file add constraint problem_file_problem
  foreign key (jurisdiction_id, problem_id) references problem (jurisdiction_id, problem_id);
