-- Courses: what they are made of, their groups, and who learns in them. All that is kept of a learner in a course stands in
-- one row of course_member, so that it is gone with it. Accounts lie elsewhere and are not referred to; 0 = whoever has the
-- machine.
create table course (
  jurisdiction_id int not null,
  course_id int not null,
  version int not null default 1,
  body jsonb not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (jurisdiction_id, course_id)
);

create table course_group (
  jurisdiction_id int not null,
  course_id int not null,
  group_id int not null,
  version int not null default 1,
  body jsonb not null,
  tutors int[] not null,
  -- What the link ends with by which people enrol.
  join_key text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  primary key (jurisdiction_id, course_id, group_id),
  unique (jurisdiction_id, join_key)
);

-- In one group of a course at a time.
create table course_member (
  jurisdiction_id int not null,
  course_id int not null,
  account_id int not null,
  group_id int not null,
  enrolled_at timestamptz not null,
  way text not null check (way in ('link', 'list')),
  -- Where reminders go; null = nowhere but the page.
  email text,
  -- By name, since when: parts of the course the learner says are done, sessions they were at, reminders that were sent.
  ticked jsonb not null default '{}',
  attended jsonb not null default '{}',
  reminded jsonb not null default '{}',
  -- What was completed, as it was called then; null = not yet.
  completed jsonb,
  primary key (jurisdiction_id, course_id, account_id)
);
create index course_member_of on course_member (jurisdiction_id, account_id);

-- Lessons of the jurisdiction's own, as they were sent.
create table own_lesson (
  jurisdiction_id int not null,
  lesson text not null,
  language text not null check (language in ('es', 'en')),
  source text not null,
  module_titles jsonb not null,
  sent_at timestamptz not null,
  sent_by text not null,
  primary key (jurisdiction_id, lesson, language)
);

-- What a tutor said of a text; null = nothing yet.
alter table lesson_answer add column marked_right boolean;
alter table lesson_answer add column mark_comment text;
alter table lesson_answer add column marked_by text;
alter table lesson_answer add column marked_at timestamptz;

-- Keys, once the new tables lie where they belong:
alter table course add constraint course_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
alter table course_group add constraint course_group_course
  foreign key (jurisdiction_id, course_id) references course (jurisdiction_id, course_id);
alter table course_member add constraint course_member_group
  foreign key (jurisdiction_id, course_id, group_id) references course_group (jurisdiction_id, course_id, group_id);
alter table own_lesson add constraint own_lesson_jurisdiction
  foreign key (jurisdiction_id) references jurisdiction (jurisdiction_id);
