// The process GDAL runs in: opens one file, tells its layers, converts the layer it is told to, and ends.
// It has neither the environment nor the connections of the server; gdal.ts caps its time and memory.

import { basename, dirname, join } from 'node:path';
import initGdal from 'gdal3.js/node.js';
import type { ChildAnswer, ConvertRequest, GdalLayer, OpenRequest } from './gdal.ts';

type LayerInfo = {
  readonly name: string;
  readonly featureCount?: number;
  readonly fields?: readonly { readonly name: string; readonly type?: string; readonly subType?: string }[];
  readonly geometryFields?: readonly {
    readonly type?: string;
    readonly extent?: readonly number[];
    readonly coordinateSystem?: {
      readonly projjson?: { readonly name?: string; readonly id?: { readonly code?: unknown } };
    } | null;
  }[];
};

/** See copy-text.ts; PG_USE_COPY is set in gdal.ts. */
const AS_COPY_TEXT = [
  ...[
    '-f',
    'PGDump',
    '-nln',
    'features',
    '-nlt',
    'GEOMETRYZ',
    '-nlt',
    'CONVERT_TO_LINEAR',
    '-lco',
    'DIM=3',
    '-lco',
    'LAUNDER=NO',
  ],
  ...['-lco', 'CREATE_TABLE=OFF', '-lco', 'DROP_TABLE=OFF', '-lco', 'CREATE_SCHEMA=OFF', '-lco', 'SPATIAL_INDEX=NONE'],
  ...['-lco', 'GEOMETRY_NAME=_cuadra_geometry', '-lco', 'FID=_cuadra_fid'],
];

const say = (answer: ChildAnswer) => process.send?.(answer);

const layerOf = (info: LayerInfo): GdalLayer => {
  const field = info.geometryFields?.[0];
  const crs = field?.coordinateSystem?.projjson;
  const code = Number(crs?.id?.code);
  return {
    name: info.name,
    features: info.featureCount ?? 0,
    columns: info.fields?.map(({ name, type = '', subType }) => ({ name, type: subType ?? type })) ?? [],
    geometryType: field?.type ?? null,
    extent: field?.extent ?? null,
    crs: crs ? { name: crs.name ?? '', code: Number.isInteger(code) && code > 0 ? code : null } : null,
  };
};

const nextMessage = <T>() => new Promise<T>((resolve) => process.once('message', (message) => resolve(message as T)));

try {
  // GDAL takes half a second to start: it does so before it is known what for.
  const starting = initGdal({ useWorker: false, env: JSON.parse(process.argv[2] ?? '{}') });
  const request = await nextMessage<OpenRequest>();
  const gdal = await starting;
  const { datasets } = await gdal.open(request.file, request.openOptions);
  const dataset = datasets[0];
  if (!dataset?.info?.layers) throw new Error('not opened');
  const answered = nextMessage<ConvertRequest>();
  say({ type: 'opened', layers: (dataset.info.layers as readonly LayerInfo[]).map(layerOf) });
  const { layer, sourceCrs } = await answered;
  const crs = ['-t_srs', 'EPSG:4326', ...(sourceCrs === null ? [] : ['-s_srs', `EPSG:${sourceCrs}`])];
  // GDAL sees the folder of the file as /input; what it is to write it puts into /output otherwise.
  const { local } = await gdal.ogr2ogr(dataset, [...AS_COPY_TEXT, ...crs, layer], '../input/converted');
  say({ type: 'converted', file: join(dirname(request.file), basename(local)) });
} catch (error) {
  // gdal3.js rejects with { no, message } or a list of them, often without a message; stderr has GDAL's own words.
  const [first] = Array.isArray(error) ? error : [error];
  say({ type: 'failed', message: String(first?.message ?? '').slice(0, 300) });
}
process.disconnect?.();
