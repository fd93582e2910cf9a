// «Copiar como R»: a script that computes the same from the exported file with programs others wrote, and prints how far
// apart the two are. Where no package computes just this, the script says so. Pure.

import type { DensityAnswer } from '../../server/analysis/contract.ts';
import type { AnalysisFound } from './found.ts';
import { type Compare, laterScript } from './later-script.ts';

export type ScriptAbout = {
  readonly city: string;
  readonly origin: string;
  /** Name of the exported table. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly layer: string | null;
  readonly isStreets: boolean;
  readonly bounds: readonly [number, number, number, number] | null;
  readonly language: 'es' | 'en';
};

const SAYS = {
  es: {
    title: 'Cuadra: lo mismo calculado en R. Guarde en esta carpeta la tabla exportada',
    shapes: 'y los límites',
    incidents: 'y los incidentes con el mismo filtro (Descargar, CSV; requiere permiso de exportar)',
    apart: 'Diferencia máxima con Cuadra:',
    skew: 'La p con asimetría de conteos es propia de Cuadra; aquí se compara la p normal, como spdep.',
    network: 'spdep no mide distancias por las calles: aquí se recorre la red, de mitad a mitad de los tramos.',
    emerging: 'La tendencia usa las z de cada paso, que la tabla no trae: aquí se revisan las demás categorías.',
    permutations: 'Las permutaciones se reparten con otro generador: las p coinciden salvo azar.',
    rate: 'Los valores son tasas; se leen de la tabla.',
    moved: 'Lugares del conjunto protegido: dónde se concentra lo hace también la protección.',
    plane: 'El plano del programa: metros por grado a la latitud media.',
    residents: 'Los habitantes de cada área, repartidos parejo entre sus celdas.',
    whole: 'La tabla no trae las series: aquí se ajusta la del total, y se corrigen las p de los lugares.',
    cut: 'Solo si la tabla trae todos los lugares que reunieron esa parte.',
    few: 'Se recorre la red desde la mitad de los diez tramos más densos y de otros veinte.',
    walk: 'Lo que se encuentra desde un extremo de un tramo, a tal distancia y con tal peso.',
    hexagons: 'Los seis que tocan un hexágono están más cerca que cualquier otro.',
    hours:
      'Minutos desde un lunes (el 1 ene 1970 fue jueves), como el paquete aoristic 2.0.0; el archivo da horas enteras, así que lo que tiene fin puede repartirse distinto por minutos.',
  },
  en: {
    title: 'Cuadra: the same computed in R. Save in this folder the exported table',
    shapes: 'and the boundaries',
    incidents: 'and the incidents under the same filter (Download, CSV; needs the right to export)',
    apart: 'Largest difference from Cuadra:',
    skew: 'The p with the skewness of counts is Cuadra’s own; compared here is the normal p, as spdep gives it.',
    network: 'spdep does not measure along streets: here the network is walked, from middle to middle of the segments.',
    emerging: 'The trend uses the z of each step, which the table lacks: checked here are the other categories.',
    permutations: 'Permutations are dealt by another generator: the p agree but for chance.',
    rate: 'The values are rates; they are read from the table.',
    moved: 'Places of the protected data: where it concentrates is made by the protection as well.',
    plane: 'The plane of the program: metres per degree at the middle latitude.',
    residents: 'The residents of each area, evenly over its cells.',
    whole: 'The table holds no series: fitted here is that of the whole, and the p of the places are corrected.',
    cut: 'Only where the table holds all the places that held such a share.',
    few: 'The network is walked from the middle of the ten densest segments and of twenty others.',
    walk: 'What is met from an end of a segment on, having come so far with such a weight.',
    hexagons: 'The six that touch a hexagon are nearer than any other.',
    hours:
      'Minutes from a Monday (1 Jan 1970 was a Thursday), as the package aoristic 2.0.0; the file tells whole hours, so what has an end may be shared out differently by minutes.',
  },
} as const;

const quoted = (text: string) => JSON.stringify(text);
const vector = (values: readonly (string | number)[]) =>
  `c(${values.map((each) => (each === 'inf' ? 'Inf' : each)).join(', ')})`;

export function scriptOf(found: AnalysisFound, about: ScriptAbout): string {
  const says = SAYS[about.language];
  const body = bodyOf(found, about);
  const needs = body.includes('st_read')
    ? ` ${says.shapes}: ${about.origin}/api/v1/${about.city}/protected-layers.geojson`
    : '';
  const points = body.includes('incidents.csv') ? ` ${says.incidents}: incidents.csv` : '';
  const { parameters, dataVersion } = found.answer;
  const told = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const lines = [
    `# ${says.title} ${about.file}${needs}${points}.`,
    `# ${found.task}: ${told.join(' ')} dataVersion=${dataVersion}`,
    ...(found.answer.arePlacesMoved ? [`# ${says.moved}`] : []),
    ...body.split('\n'),
  ];
  return `${lines.join('\n')}\n`;
}

function bodyOf(found: AnalysisFound, about: ScriptAbout): string {
  const says = SAYS[about.language];
  const read = `found <- read.csv(${quoted(about.file)}, fileEncoding = "UTF-8-BOM", nrows = ${about.rows}${
    about.columns.includes('code') ? ', colClasses = c(code = "character")' : ''
  })`;
  const compare: Compare = (name, theirs, ours) =>
    `cat(${quoted(`${says.apart} ${name}`)}, max(abs(${theirs} - ${ours}), na.rm = TRUE), "\\n")`;
  switch (found.task) {
    case 'hotspots': {
      const { method, weights, style, correction, permutations, value } = found.answer.parameters;
      const neighbours = neighboursIn(weights, about, says.network);
      const own =
        method === 'gi-star'
          ? `z <- as.numeric(localG(x, nb2listw(include.self(nb), style = "${style}", zero.policy = TRUE), zero.policy = TRUE))`
          : method === 'gi'
            ? `z <- as.numeric(localG(x, nb2listw(nb, style = "${style}", zero.policy = TRUE), zero.policy = TRUE))`
            : `z <- localmoran(x, nb2listw(nb, style = "${style}", zero.policy = TRUE), zero.policy = TRUE)[, "Z.Ii"]`;
      return [
        'library(sf); library(spdep)',
        read,
        ...(value === 'rate' ? [`# ${says.rate}`] : []),
        ...neighbours,
        'has <- !is.na(found$value); nb <- subset(nb, has); found <- found[has, ]; x <- found$value',
        own,
        'z[card(nb) == 0] <- NA',
        'p <- 2 * pnorm(-abs(z))',
        compare('z', 'z', 'found$z'),
        compare('p', 'p', 'found$p'),
        ...(correction === 'fdr'
          ? [compare('p_adjusted', 'p.adjust(p, "BH")', 'found$p_adjusted')]
          : correction === 'fdr-skew'
            ? [`# ${says.skew}`, compare('p_adjusted', 'p.adjust(found$p_skew, "BH")', 'found$p_adjusted')]
            : []),
        ...(permutations > 0 ? [`# ${says.permutations}`] : []),
        'whole <- moran.test(x, nb2listw(nb, style = "W", zero.policy = TRUE), alternative = "two.sided", zero.policy = TRUE)',
        'print(whole)',
        ...(found.answer.moran
          ? [
              compare('moran', 'whole$estimate[1]', String(found.answer.moran.i)),
              compare('moran_z', 'whole$statistic', String(found.answer.moran.z ?? 'NA')),
            ]
          : []),
      ].join('\n');
    }
    case 'density':
      return [read, ...densityScript(found.answer, says, compare)].join('\n');
    case 'near-repeat': {
      const { distances, days, metric, runs } = found.answer.parameters;
      const until = distances[1] === 'inf' ? 'Inf' : `${distances[1]} - 1e-9`;
      return [
        'library(sf)',
        read,
        ...pointsIn(about),
        `ds <- dist(xy, method = "${metric}")`,
        'dt <- dist(as.numeric(as.Date(substr(incidents$date, 1, 10))))',
        `bands <- table(cut(ds, ${vector(distances)}, right = FALSE), cut(dt, ${vector(days)}, right = FALSE))`,
        'print(bands)  # found$observed',
        `if (requireNamespace("surveillance", quietly = TRUE)) print(surveillance::knox(dt = dt, ds = ds, eps.t = ${days[1] === 'inf' ? 'Inf' : Number(days[1]) - 1}, eps.s = ${until}, B = ${runs}))`,
        compare('observed', 'as.vector(t(bands))', 'found$observed'),
      ].join('\n');
    }
    case 'concentration': {
      const { places, total } = found.answer;
      return [
        read,
        `n <- ${places}; total <- ${total}`,
        '# At most 1,000 rows are exported; what lacks is read as one incident each, the least there can be.',
        'rest <- max(0, total - sum(found$count)); k <- min(rest, n - nrow(found))',
        'counts <- sort(c(found$count, if (k > 0) rep(rest / k, k), rep(0, n - nrow(found) - k)))',
        'gini <- 2 * sum(seq_len(n) * counts) / (n * sum(counts)) - (n + 1) / n',
        'cat(gini, max(1, n / total) * (gini - 1) + 1, "\\n")',
        `if (rest == 0) ${compare('gini', 'gini', String(found.answer.gini))}`,
        compare('cumulated_share', 'cumsum(found$count) / total', 'found$cumulated_share'),
      ].join('\n');
    }
    case 'change': {
      const { daysBefore, daysAfter } = found.answer.parameters;
      return [
        read,
        '# Krishnamoorthy & Thomson 2004, the E-test: two Poisson means, estimated variance.',
        'e_test <- function(k1, k2, n1, n2) {',
        '  rate <- (k1 + k2) / (n1 + n2)',
        '  t_of <- function(a, b) { v <- a / n1^2 + b / n2^2; ifelse(v > 0, abs(a / n1 - b / n2) / sqrt(v), 0) }',
        '  reach <- function(mean) 0:ceiling(mean + 12 * sqrt(mean) + 12)',
        '  a <- reach(n1 * rate); b <- reach(n2 * rate)',
        '  sum(outer(dpois(a, n1 * rate), dpois(b, n2 * rate))[outer(a, b, t_of) >= t_of(k1, k2) - 1e-9])',
        '}',
        `p <- mapply(e_test, found$before, found$after, ${daysBefore}, ${daysAfter})`,
        compare('p', 'p', 'found$p'),
        compare('p_adjusted', 'p.adjust(p, "BH")', 'found$p_adjusted'),
      ].join('\n');
    }
    case 'emerging':
      return [
        read,
        `# ${says.emerging}`,
        'of <- function(text, side) {',
        '  s <- as.numeric(strsplit(sub("^\'", "", text), " ")[[1]]) * ifelse(side == "hot", 1, -1)',
        '  s <- ifelse(s >= 2, 1, ifelse(s <= -2, -1, 0)); n <- length(s); hot <- sum(s == 1)',
        '  run <- if (all(s == 1)) n else n - max(which(s != 1)); many <- hot >= 0.9 * n',
        '  if (s[n] != 1) return(if (many) "historical" else NA)',
        '  if (run == hot && run == 1) return("new")',
        '  if (many) return("trend")',
        '  if (run == hot) return("consecutive")',
        '  if (any(s == -1)) "oscillating" else "sporadic"',
        '}',
        'R <- mapply(of, found$classes, found$side)',
        'trend <- c("intensifying", "persistent", "diminishing")',
        'print(table(found$pattern, R, useNA = "ifany"))',
        compare('pattern', 'as.numeric(R == found$pattern | (R == "trend" & found$pattern %in% trend))', '1'),
      ].join('\n');
    default:
      return [read, ...laterScript(found, { compare, says, streets: streetsIn(about) })].join('\n');
  }
}

/** At the middle of each cell of the surface, point by point; its bands and its peak are compared. */
function densityScript(
  { parameters, grid, peak }: DensityAnswer,
  says: (typeof SAYS)['es' | 'en'],
  compare: Compare,
): string[] {
  const { kernel, sigmaM, city, over, residents, leastResidentsPerKm2 } = parameters;
  if (!grid) return [];
  const engine = (from: string, more = '') =>
    `densitycrossEngine(${from}, Q, sigma = ${sigmaM}, kernel = "${kernel}", edge = FALSE${more})`;
  const ground = over ?? city;
  return [
    'suppressPackageStartupMessages({ library(sf); library(spatstat) })',
    'incidents <- read.csv("incidents.csv", fileEncoding = "UTF-8-BOM")',
    'incidents <- incidents[!is.na(incidents$lon), ]',
    `west <- ${grid.west}; south <- ${grid.south}; side <- c(${grid.cellWidth}, ${grid.cellHeight}); size <- c(${grid.columns}, ${grid.rows})`,
    `# ${says.plane}`,
    'm <- 111320 * c(cos((south + size[2] * side[2] / 2) * pi / 180), 1)',
    'at <- expand.grid(lon = west + (seq_len(size[1]) - 0.5) * side[1], lat = south + (seq_len(size[2]) - 0.5) * side[2])',
    'plane <- function(lon, lat) list(x = (lon - west) * m[1], y = (lat - south) * m[2])',
    'window <- owin(c(-1, size[1] * side[1] + 1) * m[1], c(-1, size[2] * side[2] + 1) * m[2])',
    'pattern <- function(p) ppp(p$x, p$y, window = window, check = FALSE)',
    'X <- pattern(plane(incidents$lon, incidents$lat)); Q <- pattern(plane(at$lon, at$lat))',
    `density <- ${engine('X')} * 1e6  # km2`,
    ...(ground === null
      ? []
      : [
          'sf_use_s2(FALSE); layers <- st_read("protected-layers.geojson", quiet = TRUE)',
          ...(ground === 'limit'
            ? [
                'head <- jsonlite::fromJSON(paste0(readLines("protected-layers.geojson", n = 1), "]}"), simplifyVector = FALSE)',
                'ring <- function(corners) do.call(rbind, lapply(corners, unlist))',
                'areas <- st_sfc(st_multipolygon(lapply(head$protected$ground$limit, lapply, ring)), crs = 4326)',
              ]
            : [`areas <- layers[layers$layer == ${quoted(ground)}, ]`]),
          'inside <- sapply(st_intersects(st_as_sf(at, coords = c("lon", "lat"), crs = 4326), areas), function(k) k[1])',
        ]),
    ...(over
      ? [
          `# ${says.residents}`,
          `people <- as.numeric(sub(".*\\\\[ *${residents?.year ?? ''} *, *([0-9]+).*", "\\\\1", areas$residents))`,
          'lives <- people[inside] / table(factor(inside, seq_len(nrow(areas))))[inside]',
          'lives[is.na(lives)] <- 0',
          `around <- ${engine('Q', ', weights = as.numeric(lives)')} * 1e6`,
          `density <- ifelse(around >= ${leastResidentsPerKm2}, density / around * 1e5, 0)`,
        ]
      : city
        ? [
            `mass <- ${engine('Q[!is.na(inside)]')} * prod(side * m)`,
            'density <- ifelse(is.na(inside), 0, density / mass)',
          ]
        : []),
    compare('peak', `max(density) / ${peak}`, '1'),
    'km2 <- sapply(found$density_per_km2, function(from) sum(density >= from) * prod(side * m) / 1e6)',
    'print(cbind(found, R = km2))',
    compare('km2_at_least', 'km2 / max(found$km2_at_least)', '(found$km2_at_least / max(found$km2_at_least))'),
  ];
}

/** The lines of the streets in the order of the table, in metres, and their corners in degrees. */
function streetsIn(about: ScriptAbout): string[] {
  return [
    'library(sf)',
    'layers <- st_read("protected-layers.geojson", quiet = TRUE)',
    `lines <- layers[layers$layer == ${quoted(about.layer ?? '')}, ]`,
    'lines <- lines[match(found$code, lines$code), ]; corners <- st_coordinates(lines)',
    `lines <- st_transform(lines, ${zoneOf(about.bounds)})`,
  ];
}

/** Places in the order of the table, and who is whose neighbour. */
function neighboursIn(weights: string, about: ScriptAbout, network: string): string[] {
  const [rule = '', amount = ''] = weights.split(':');
  const places = [
    'sf_use_s2(FALSE)',
    'layers <- st_read("protected-layers.geojson", quiet = TRUE)',
    `places <- layers[layers$layer == ${quoted(about.layer ?? '')}, ]`,
    'places <- places[match(found$code, places$code), ]',
  ];
  if (rule === 'network')
    return [
      ...places,
      `# ${network}`,
      `reach <- ${amount}; corners <- st_coordinates(places); L <- as.numeric(st_length(st_transform(places, ${zoneOf(about.bounds)})))`,
      'first <- !duplicated(corners[, "L1"]); last <- !duplicated(corners[, "L1"], fromLast = TRUE)',
      'key <- paste(round(corners[, 1], 7), round(corners[, 2], 7)); at <- match(key, unique(key)); a <- at[first]; b <- at[last]',
      'step <- data.frame(i = c(a, b), j = c(b, a), d = c(L, L)); step <- step[step$d <= reach, ]',
      'out <- split(seq_len(nrow(step)), factor(step$i, seq_len(max(at)))); known <- data.frame(i = unique(c(a, b)))',
      'known$j <- known$i; known$d <- 0; known$new <- TRUE',
      'while (any(known$new)) {',
      '  come <- known[known$new, ]; known$new <- FALSE; n <- lengths(out[come$j]); k <- unlist(out[come$j])',
      '  more <- data.frame(i = rep(come$i, n), j = step$j[k], d = rep(come$d, n) + step$d[k], new = rep(TRUE, length(k)))',
      '  known <- rbind(known, more[more$d <= reach, ]); known <- known[order(known$i, known$j, known$d, known$new), ]',
      '  known <- known[!duplicated(known[, c("i", "j")]), ]',
      '}',
      'ends <- split(rep(seq_along(L), 2), factor(c(a, b), seq_len(max(at)))); n <- lengths(ends)',
      's <- unlist(ends[known$i]); far <- rep(known$d, n[known$i]); to <- rep(known$j, n[known$i])',
      'pair <- data.frame(s = rep(s, n[to]), t = unlist(ends[to]), d = rep(far, n[to]))',
      'pair <- pair[pair$s != pair$t & L[pair$s] / 2 + pair$d + L[pair$t] / 2 <= reach, ]',
      'nb <- lapply(split(pair$t, factor(pair$s, seq_along(L))), function(t) if (length(t)) sort(unique(as.integer(t))) else 0L)',
      'nb <- unname(nb); class(nb) <- "nb"; attr(nb, "region.id") <- found$code',
    ];
  if (about.isStreets && (rule === 'queen' || rule === 'rook' || rule === 'junctions'))
    return [
      ...places,
      'nb <- lapply(st_touches(places), function(at) if (length(at)) at else 0L)',
      'class(nb) <- "nb"; attr(nb, "region.id") <- found$code',
      ...(Number(amount) > 1 ? [`nb <- nblag_cumul(nblag(nb, ${amount}))`] : []),
    ];
  if (rule === 'queen' || rule === 'rook')
    return [...places, `nb <- poly2nb(places, queen = ${rule === 'queen' ? 'TRUE' : 'FALSE'}, snap = 1e-6)`];
  const middle = [
    ...places,
    `xy <- st_coordinates(st_centroid(st_geometry(st_transform(places, ${zoneOf(about.bounds)}))))`,
  ];
  if (rule === 'knn') return [...middle, `nb <- knn2nb(knearneigh(xy, k = ${amount}))`];
  return [...middle, `nb <- dnearneigh(xy, 0, ${amount})`];
}

function pointsIn(about: ScriptAbout): string[] {
  return [
    'incidents <- read.csv("incidents.csv", fileEncoding = "UTF-8-BOM")',
    'incidents <- incidents[!is.na(incidents$lon), ]',
    'points <- st_as_sf(incidents, coords = c("lon", "lat"), crs = 4326)',
    `xy <- st_coordinates(st_transform(points, ${zoneOf(about.bounds)}))`,
  ];
}

/** EPSG of the UTM zone of the middle of a city. */
function zoneOf(bounds: ScriptAbout['bounds']): number {
  if (!bounds) return 3857;
  const [west, south, east, north] = bounds;
  const zone = Math.min(60, Math.floor(((west + east) / 2 + 180) / 6) + 1);
  return (south + north < 0 ? 32_700 : 32_600) + zone;
}
