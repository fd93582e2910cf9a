-- Every record keeps the label it was delivered with: which of its offence's labels, from 1; null = stored before this.
alter table incident add column label_no smallint;
