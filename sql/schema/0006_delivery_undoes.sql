-- Deleting a delivery looks for undos of it; without this it would read all deliveries, and a feed makes many.
create index delivery_undoes_index on delivery (jurisdiction_id, undoes) where undoes is not null;
