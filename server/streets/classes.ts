// How important a road is, from whatever its source says: 1 motorway or trunk, 2 main, 3 secondary, 4 local, 5 path.

export type RoadClass = 1 | 2 | 3 | 4 | 5;

const LOCAL: RoadClass = 4;

/** First match wins. OSM `highway`, OS Open Roads `classifica`, INEGI `TIPOVIAL` or the first word of its `via`. */
const CLASSES: readonly (readonly [RegExp, RoadClass])[] = [
  [/^(motorway|trunk)(_link)?$|^motorway|^primary road|^autopista|^carretera|^viaducto|^periférico|^anillo/i, 1],
  [/^(primary)(_link)?$|^a road|^avenida principal|^boulevard|^bulevar|^calzada|^eje vial|^circunvalación/i, 2],
  [
    /^(secondary|tertiary)(_link)?$|^(b|minor) road|^avenida|^circuito|^prolongación|^diagonal|^corredor|^continuación/i,
    3,
  ],
  [/^(footway|path|pedestrian|steps|cycleway|bridleway|track|corridor)$/i, 5],
  [/^(peatonal|andador|vereda|pasaje|escalinata)|pedestrian|^shared use/i, 5],
];

/** Class of a road by the value of its source's class column; what is not known is a local street. */
export function roadClass(value: unknown): RoadClass {
  const number = Number(value);
  if (value !== '' && value !== null && Number.isInteger(number) && number >= 1 && number <= 5)
    return number as RoadClass;
  const text = typeof value === 'string' ? value.trim().normalize('NFC') : '';
  return CLASSES.find(([pattern]) => pattern.test(text))?.[1] ?? LOCAL;
}
