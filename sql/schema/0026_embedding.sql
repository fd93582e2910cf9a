-- Which sites may show the public view of a jurisdiction in a frame; null = those of the installation, empty = none.
alter table jurisdiction add column embed_origins text[];
