// The layers of a published file, a feature on each line behind a head that says what the rows beside it are: to such a
// file and from it. Any program that reads GeoJSON opens it.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { JURISDICTION_CODE, type Jurisdiction } from '../access/contract.ts';
import { BadInput } from '../errors.ts';
import type { Polygon } from '../geometry/shape.ts';
import { CODE } from '../taxonomy/contract.ts';
import { type Edition, type EditionAbout, editionAbout } from './contract.ts';
import type { ProtectedGround } from './ground.ts';
import type { PublicFeature, PublicLayer } from './public-layers.ts';

const MOST_LINE_CHARS = 64 * 1024 * 1024;
const number = z.number();
const corner = z.tuple([number.min(-180).max(180), number.min(-90).max(90)]);
const polygons = z.array(z.array(z.array(corner).min(4)).min(1)).min(1);
const whole = z.number().int().min(0).max(2_147_483_647);
const words = z.string().max(2000);
const bounds = z.tuple([number, number, number, number]).nullable();

const layer = z.object({
  layerId: whole,
  code: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/),
  title: words,
  type: z.enum(['areas', 'streets']),
  version: whole.min(1),
  features: whole,
  bounds,
  stamp: z.string().regex(/^[0-9a-f]{32}$/),
}) satisfies z.ZodType<PublicLayer>;

export type LayersAbout = {
  /** Changes with the form of either file. */
  readonly format: 1;
  readonly jurisdiction: Pick<Jurisdiction, 'code' | 'name' | 'timezone' | 'synthetic'>;
  readonly ground: ProtectedGround;
  readonly about: EditionAbout;
  readonly choices: Edition['choices'];
  readonly catchments: Edition['catchments'];
  readonly layers: readonly PublicLayer[];
  readonly rowsSha256: string;
};
const layersAbout = z.object({
  format: z.literal(1),
  jurisdiction: z.object({
    code: z.string().regex(JURISDICTION_CODE),
    name: z.string().min(1).max(100),
    timezone: z.string().max(60),
    synthetic: z.boolean(),
  }),
  ground: z.object({ srid: whole, bounds, limit: polygons.nullable() }),
  about: editionAbout,
  choices: z.array(z.object({ words: words.min(1), label: words, offence: z.string().regex(CODE) })).max(5000),
  /** Files of before had none. */
  catchments: z.array(whole).max(3_000_000).default([]),
  layers: z.array(layer).max(500),
  rowsSha256: z.string().regex(/^[0-9a-f]{64}$/),
}) satisfies z.ZodType<LayersAbout>;

/** Features by layer, a few at a time. */
export type LayersPart = (layer: PublicLayer) => AsyncIterable<readonly PublicFeature[]>;

const shared = { layer: z.string(), id: whole.min(1), code: words };
const feature = z.union([
  z.object({
    geometry: z.object({ type: z.literal('MultiPolygon'), coordinates: polygons }),
    properties: z.object({
      ...shared,
      name: words,
      areaKm2: number,
      class: words.nullable(),
      parent: words.nullable(),
      label3857: z.tuple([number, number]),
      residents: z.array(z.tuple([whole, whole, words])),
    }),
  }),
  z.object({
    geometry: z.object({ type: z.literal('LineString'), coordinates: z.array(corner).min(2) }),
    properties: z.object({
      ...shared,
      name: words.nullable(),
      roadClass: whole,
      lengthM: number,
      crossings: z.tuple([words.nullable(), words.nullable()]),
    }),
  }),
]);

export async function* layersText(about: LayersAbout, featuresOf: LayersPart): AsyncGenerator<string> {
  yield `{"type":"FeatureCollection","protected":${JSON.stringify(about)},"features":[`;
  let comma = '\n';
  for (const { code, ...each } of about.layers) {
    for await (const page of featuresOf({ code, ...each })) {
      for (const one of page) {
        yield comma + JSON.stringify({ type: 'Feature', ...written(code, one) });
        comma = ',\n';
      }
    }
  }
  yield '\n]}\n';
}

function written(code: string, one: PublicFeature): z.input<typeof feature> {
  if ('line' in one) {
    const { line, ...properties } = one;
    return {
      geometry: { type: 'LineString', coordinates: line.map(([x, y]) => [x, y]) },
      properties: { layer: code, ...properties, crossings: [...properties.crossings] },
    };
  }
  const { polygons: shapes, label, ...properties } = one;
  return {
    geometry: { type: 'MultiPolygon', coordinates: shapes as z.input<typeof polygons> },
    properties: {
      layer: code,
      ...properties,
      label3857: [...label],
      residents: properties.residents.map((each) => [...each]),
    },
  };
}

/** What the head of such a file says. Throws BadInput for any other file. */
export async function readLayersAbout(path: string): Promise<LayersAbout> {
  for await (const line of linesOf(path)) {
    const head = parsed(`${line}]}`) as { readonly protected?: unknown };
    const { data, error } = layersAbout.safeParse(head.protected);
    if (!data)
      throw new BadInput('layers', `not the layers of a protected file: ${z.prettifyError(error).slice(0, 200)}`);
    return data;
  }
  throw new BadInput('layers', 'the file of layers is empty');
}

const AT_ONCE = 100;

/** The features of one layer of such a file; the file is read through for each. Throws BadInput when it is not whole. */
export async function* featuresInFile(
  path: string,
  { code, features: most }: PublicLayer,
): AsyncGenerator<PublicFeature[]> {
  let page: PublicFeature[] = [];
  let found = 0;
  let [first, isWhole] = [true, false];
  for await (const line of linesOf(path)) {
    if (line === ']}') isWhole = true;
    if (first || line === ']}' || line === '') {
      first = false;
      continue;
    }
    const { data } = feature.safeParse(parsed(line.replace(/,$/, '')));
    if (!data) throw new BadInput('layers', 'the file of layers holds something that is no area and no street');
    if (data.properties.layer !== code) continue;
    found++;
    page.push(readFeature(data));
    if (page.length < AT_ONCE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
  if (!isWhole || found !== most) throw new BadInput('layers', `the layer ${code} is not whole`);
}

function readFeature({ geometry, properties }: z.output<typeof feature>): PublicFeature {
  const { layer: _, ...rest } = properties;
  if ('crossings' in rest) return { ...rest, line: geometry.coordinates as [number, number][] };
  const { label3857: label, ...area } = rest;
  return { ...area, label, polygons: geometry.coordinates as Polygon[] };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { encoding: 'utf8' });
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.length > MOST_LINE_CHARS) throw new BadInput('layers', 'a line of the file of layers is too long');
      yield line;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new BadInput('layers', `there is no file ${path}`);
    throw error;
  } finally {
    file.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput('layers', 'not a file of layers as protect export writes it');
  }
}
