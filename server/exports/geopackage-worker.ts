// The thread that writes a GeoPackage, row by row, by SQLite. Its form is OGC 12-128r18, GeoPackage 1.3.

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { COLUMNS } from './about.ts';
import type { GeopackagePage, GeopackageRequest } from './geopackage.ts';

const APPLICATION_ID = 0x47504b47; // "GPKG"
const VERSION = 10_300;
const WGS84 = 4326;
const WGS84_TEXT =
  'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]';

/** The point is the geometry and the id the row number; the rest are columns. */
const FIELDS = COLUMNS.filter((column) => column !== 'id' && column !== 'lon' && column !== 'lat');
const TYPES: Partial<Record<(typeof FIELDS)[number], string>> = {
  date: 'DATE',
  dateUntil: 'DATE',
  reportedDate: 'DATE',
  hour: 'TINYINT',
  hourUntil: 'TINYINT',
  reportedHour: 'TINYINT',
};

const request = workerData as GeopackageRequest;
const port = parentPort!;
const database = new DatabaseSync(request.path);
// A file that is cut short is thrown away, so no journal; it is unlinked while it is written, which a journal would refuse.
database.exec('pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive');
database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${VERSION}`);
database.exec(`
  create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
    organization_coordsys_id integer not null, definition text not null, description text);
  create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
    description text default '', last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    min_x double, min_y double, max_x double, max_y double, srs_id integer,
    constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
  create table gpkg_geometry_columns (table_name text not null, column_name text not null,
    geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null,
    constraint pk_geom_cols primary key (table_name, column_name), constraint uk_gc_table_name unique (table_name),
    constraint fk_gc_tn foreign key (table_name) references gpkg_contents (table_name),
    constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
  insert into gpkg_spatial_ref_sys values
    ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
    ('WGS 84', ${WGS84}, 'EPSG', ${WGS84}, '${WGS84_TEXT}', 'longitude and latitude in degrees');
  create table incidents (fid integer primary key not null, geom point,
    ${FIELDS.map((field) => `${field} ${TYPES[field] ?? 'text'}`).join(', ')});
  create table about (fid integer primary key not null, item text, value text)`);
database
  .prepare(`insert into gpkg_contents (table_name, data_type, identifier, srs_id) values
    ('incidents', 'features', ?, ${WGS84}), ('about', 'attributes', ?, null)`)
  .run(request.layerTitle, request.aboutTitle);
database.exec(`insert into gpkg_geometry_columns values ('incidents', 'geom', 'POINT', ${WGS84}, 0, 0)`);
const saying = database.prepare('insert into about (item, value) values (?, ?)');
for (const [item, value] of request.about) {
  if (item !== null) saying.run(String(item), value === null || value === undefined ? null : String(value));
}

const inserting = database.prepare(
  `insert into incidents (fid, geom, ${FIELDS.join(', ')}) values (?, ?, ${FIELDS.map(() => '?').join(', ')})`,
);
const extent = {
  west: Number.POSITIVE_INFINITY,
  south: Number.POSITIVE_INFINITY,
  east: Number.NEGATIVE_INFINITY,
  north: Number.NEGATIVE_INFINITY,
};
database.exec('begin');
port.on('message', (page: GeopackagePage) => {
  if (page === null) finish();
  else {
    for (const incident of page) {
      const { lon, lat } = incident;
      inserting.run(Number(incident.id), geometryOf(lon, lat), ...FIELDS.map((field) => incident[field]));
    }
  }
  port.postMessage('written');
  if (page === null) port.close();
});
port.postMessage('open');

/** A GeoPackage header without envelope and a well-known point, both little-endian; null without a point. */
function geometryOf(lon: number | null, lat: number | null): Uint8Array | null {
  if (lon === null || lat === null) return null;
  extent.west = Math.min(extent.west, lon);
  extent.east = Math.max(extent.east, lon);
  extent.south = Math.min(extent.south, lat);
  extent.north = Math.max(extent.north, lat);
  const bytes = Buffer.alloc(29);
  bytes.write('GP', 0, 'latin1');
  bytes[3] = 1;
  bytes.writeInt32LE(WGS84, 4);
  bytes[8] = 1;
  bytes.writeUInt32LE(1, 9);
  bytes.writeDoubleLE(lon, 13);
  bytes.writeDoubleLE(lat, 21);
  return bytes;
}

function finish(): void {
  const { west, south, east, north } = extent;
  if (west <= east) {
    database
      .prepare(`update gpkg_contents set min_x = ?, min_y = ?, max_x = ?, max_y = ? where table_name = 'incidents'`)
      .run(west, south, east, north);
  }
  database.exec('commit');
  database.close();
}
