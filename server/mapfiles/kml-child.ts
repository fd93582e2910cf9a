// The process KML is read in: GDAL's WebAssembly build drops the typed data of placemarks, so togeojson reads it here.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kmlGen } from '@tmcw/togeojson';
import { DOMParser } from '@xmldom/xmldom';
import type { ChildAnswer, ConvertRequest, OpenRequest } from './gdal.ts';

/** How a placemark is drawn, not what it is. */
const STYLE = /^(fill|stroke|icon|label)([-.].*)?$|^(styleUrl|styleHash|styleMapHash|visibility|@geometry-type)$/;

const say = (answer: ChildAnswer) => process.send?.(answer);
const nextMessage = <T>() => new Promise<T>((resolve) => process.once('message', (message) => resolve(message as T)));

type Feature = { readonly type: 'Feature'; readonly properties: unknown; readonly geometry: unknown };

function featuresOf(text: string): Feature[] {
  const parser = new DOMParser({
    onError: (level, message) => {
      if (level !== 'warning') throw new Error(`not well-formed: ${message.split('\n')[0]}`);
    },
  });
  const document = parser.parseFromString(text, 'text/xml');
  return [...kmlGen(document)].map(({ properties, geometry }) => ({
    type: 'Feature',
    properties: Object.fromEntries(
      Object.entries(properties ?? {})
        .filter(([name]) => !STYLE.test(name))
        .map(plain),
    ),
    geometry,
  }));
}

/** Descriptions come as `{ '@type': 'html', value }`. */
function plain([name, value]: [string, unknown]): [string, unknown] {
  const inner = value && typeof value === 'object' && 'value' in value ? value.value : value;
  return [name, inner];
}

try {
  const request = await nextMessage<OpenRequest>();
  const features = featuresOf(readFileSync(request.file, 'utf8').replace(/^\uFEFF/, ''));
  const name = request.file.replace(/^.*[\\/]|\.[^.]*$/g, '');
  const names = [...new Set(features.flatMap(({ properties }) => Object.keys(properties as object)))];
  const columns = names.map((name) => ({ name, type: 'String' }));
  const answered = nextMessage<ConvertRequest>();
  const crs = { name: 'WGS 84', code: 4326 };
  const layer = { name, features: features.length, columns, geometryType: 'Unknown', extent: null, crs };
  say({ type: 'opened', layers: [layer] });
  await answered;
  const file = join(request.folder, 'converted.geojsonl');
  writeFileSync(file, features.map((feature) => JSON.stringify(feature)).join('\n'));
  say({ type: 'converted', file });
} catch (error) {
  // xmldom wraps what its handler throws in words of its own.
  const message = String((error as Error).message).replace(/^Reporting .* caused Error: /s, '');
  say({ type: 'failed', message: message.slice(0, 300) });
}
process.disconnect?.();
