-- What a feed needs to recognise a record it has sent before.
create index incident_source_key on incident (jurisdiction_id, source_id, source_key) where source_key is not null;
