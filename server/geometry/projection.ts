// From degrees to the metres of a jurisdiction's metric reference system.

import proj4 from 'proj4';

/** Writes the metric x and y of a WGS 84 position (degrees) to out[at] and out[at + 1]. */
export type Projection = (lon: number, lat: number, out: Float64Array, at: number) => void;

/** `proj4text` as in spatial_ref_sys; only systems other than WGS 84 UTM need it. */
export type MetricSystem = { readonly srid: number; readonly proj4text: string };

/** UTM in closed form (agrees with PostGIS far below a millimetre); anything else through proj4. */
export function projection({ srid, proj4text }: MetricSystem): Projection {
  const zone = srid % 100;
  const hemisphere = Math.floor(srid / 100);
  if (zone >= 1 && zone <= 60 && (hemisphere === 326 || hemisphere === 327)) return utm(zone, hemisphere === 327);
  const converter = proj4('EPSG:4326', proj4text);
  return (lon, lat, out, at) => {
    const [x = Number.NaN, y = Number.NaN] = converter.forward([lon, lat]);
    out[at] = x;
    out[at + 1] = y;
  };
}

const DEGREE = Math.PI / 180;
const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const SCALE = 0.9996;
const N = FLATTENING / (2 - FLATTENING);
const ECCENTRICITY = Math.sqrt(FLATTENING * (2 - FLATTENING));
const RADIUS_M = (SEMI_MAJOR_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const SERIES = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49_561 / 161_280) * N ** 4,
] as const;

/**
 * Transverse Mercator by Krüger's series to the fourth order (error below 0.1 µm within the zone):
 * Karney, Transverse Mercator with an accuracy of a few nanometers, J. Geodesy 85 (2011), equations 7 to 11 and 35.
 */
function utm(zone: number, south: boolean): Projection {
  const meridian = zone * 6 - 183;
  const northing = south ? 10_000_000 : 0;
  return (lon, lat, out, at) => {
    const lambda = (lon - meridian) * DEGREE;
    const tau = Math.tan(lat * DEGREE);
    const secant = Math.sqrt(1 + tau * tau);
    const sigma = Math.sinh(ECCENTRICITY * Math.atanh((ECCENTRICITY * tau) / secant));
    const conformal = tau * Math.sqrt(1 + sigma * sigma) - sigma * secant;
    const cosine = Math.cos(lambda);
    const xi = Math.atan2(conformal, cosine);
    const eta = Math.asinh(Math.sin(lambda) / Math.sqrt(conformal * conformal + cosine * cosine));

    const sin2 = Math.sin(2 * xi);
    const cos2 = Math.cos(2 * xi);
    const sinh2 = Math.sinh(2 * eta);
    const cosh2 = Math.cosh(2 * eta);
    let [sin, cos, sinh, cosh] = [sin2, cos2, sinh2, cosh2];
    let north = xi;
    let east = eta;
    for (const term of SERIES) {
      north += term * sin * cosh;
      east += term * cos * sinh;
      // Addition theorems: the next multiple of both angles.
      [sin, cos] = [sin * cos2 + cos * sin2, cos * cos2 - sin * sin2];
      [sinh, cosh] = [sinh * cosh2 + cosh * sinh2, cosh * cosh2 + sinh * sinh2];
    }
    out[at] = 500_000 + SCALE * RADIUS_M * east;
    out[at + 1] = northing + SCALE * RADIUS_M * north;
  };
}
