-- The version of the data that a rule of alerts last looked at: what was delivered, corrected or undone while no server ran is
-- looked at again by the next. Null: it looked before this was kept.
alter table alert_rule add column looked_version int;
