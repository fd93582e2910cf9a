// «Copiar como R» of rates, times and scores: what the exported table holds, computed by R itself. Pure.

import type { LaterFound } from './found.ts';

/** Prints how far apart two expressions of R are, by the name of what they are. */
export type Compare = (name: string, theirs: string, ours: string) => string;
const vector = (values: readonly (number | string)[]) => `c(${values.join(', ')})`;

export type LaterNeeds = {
  readonly compare: Compare;
  /** Lines that read `lines`, the streets in the order of the table in metres, and `corners` of them in degrees. */
  readonly streets: readonly string[];
  readonly says: Readonly<Record<'whole' | 'cut' | 'few' | 'hours' | 'hexagons' | 'walk', string>>;
};

/** `found` is the table as it was read. */
export function laterScript(found: LaterFound, { compare, streets, says }: LaterNeeds): string[] {
  switch (found.task) {
    case 'rates': {
      const { interval, unit } = found.answer.parameters;
      const tail = (1 - interval) / 2;
      return [
        'library(spdep)',
        `kept <- found[!is.na(found$rate), ]; per <- ${unit === 'perKm' ? 1 : 100_000}`,
        `low <- qgamma(${tail}, kept$count) / kept$base * per; high <- qgamma(${1 - tail}, kept$count + 1) / kept$base * per`,
        compare('low', 'low / pmax(kept$high, 1)', '(kept$low / pmax(kept$high, 1))'),
        compare('high', 'high / kept$high', '1'),
        compare('smoothed', 'EBest(kept$count, kept$base)$estmm * per / kept$smoothed', '1'),
        'mean <- sum(kept$count) / sum(kept$base)',
        'p <- 2 * pmin(ppois(kept$count, kept$base * mean), ppois(kept$count - 1, kept$base * mean, lower.tail = FALSE))',
        compare('p', 'pmin(p, 1)', 'kept$p'),
        compare('p_adjusted', 'p.adjust(kept$p, "BH")', 'kept$p_adjusted'),
      ];
    }
    case 'clocks': {
      const { hours, chiSquared, p, parameters } = found.answer;
      const same = (test: string) => [
        compare('chi_squared', `(${test}) / ${chiSquared}`, '1'),
        compare('p_adjusted', 'p.adjust(2 * pnorm(-abs(residual)), "BH")', 'found$p_adjusted[used]'),
        compare('residual', 'residual', 'found$residual[used]'),
      ];
      if (parameters.against === 'even')
        return [
          'used <- found$first > 0; test <- chisq.test(found$second[used], p = found$first[used] / sum(found$first))',
          'residual <- as.numeric(test$stdres); print(test)',
          ...same('test$statistic'),
          compare('p', 'test$p.value', String(p)),
        ];
      if (hours)
        return [
          `h1 <- ${vector(hours.first)}; h2 <- ${vector(hours.second)}`,
          'used <- h1 > 0 & h2 > 0 & found$first + found$second > 0',
          'fit <- glm(cbind(second, first) ~ 1, binomial, found[used, ], offset = log(h2 / h1)[used])',
          'residual <- rstandard(fit, type = "pearson"); X2 <- sum(residuals(fit, "pearson")^2)',
          ...same('X2'),
          compare('p', 'pchisq(X2, sum(used) - 1, lower.tail = FALSE)', String(p)),
        ];
      return [
        'used <- found$first + found$second > 0',
        'test <- chisq.test(rbind(found$first, found$second)[, used], correct = FALSE)',
        'residual <- test$stdres[2, ]; print(test)',
        ...same('test$statistic'),
        compare('p', 'test$p.value', String(p)),
      ];
    }
    case 'trend': {
      const { whole, days, parameters } = found.answer;
      const perYear = { month: 12, '28d': 365.25 / 28, week: 365.25 / 7 }[parameters.step];
      const wave = parameters.season === 'wave' ? ' + sin(2 * pi * year) + cos(2 * pi * year)' : '';
      return [
        `# ${says.whole}`,
        ...(whole?.trend
          ? [
              `n <- ${vector(whole.counts)}; days <- ${vector(days)}`,
              `year <- (seq_along(n) - 1) / ${perYear}`,
              `fit <- glm(n ~ year${wave} + offset(log(days)), family = quasipoisson)`,
              'scatter <- summary(fit)$dispersion',
              // As the program: intervals are never narrower than chance makes them.
              'if (scatter < 1) fit <- update(fit, family = poisson)',
              compare('per_year', 'expm1(coef(fit)["year"])', String(whole.trend.perYear)),
              compare('p_whole', 'summary(fit)$coefficients["year", 4]', String(whole.trend.p)),
              compare('dispersion', `max(1, scatter) / ${whole.trend.dispersion}`, '1'),
            ]
          : []),
        compare('p_adjusted', 'p.adjust(found$p, "BH")', 'found$p_adjusted'),
      ];
    }
    case 'stability': {
      const { years, parameters } = found.answer;
      return [
        'years <- found[, grepl("^y", names(found))]; print(cor(years, method = "spearman"))',
        `totals <- ${vector(years.map(({ total }) => total))}; holding <- ${vector(years.map(({ holding }) => holding))}`,
        `# ${says.cut}`,
        'if (sum(found$times) == sum(holding)) {',
        `  held <- sapply(seq_along(totals), function(k) which(cumsum(sort(years[[k]], decreasing = TRUE)) >= ${parameters.share} * totals[k])[1])`,
        `  ${compare('holding', 'held', 'holding')}`,
        '}',
        compare('times', 'pmin(0, sum(holding) - sum(found$times))', '0'),
      ];
    }
    case 'scoring':
      return [compare('pai', 'found$hit_rate / found$size_share', 'found$pai')];
    case 'aoristic':
      return [
        'incidents <- read.csv("incidents.csv", fileEncoding = "UTF-8-BOM", colClasses = "character")',
        'incidents <- incidents[incidents$datePrecision %in% c("minute", "hour", "day"), ]',
        `# ${says.hours}`,
        'day <- function(date) (as.numeric(as.Date(ifelse(date == "", NA, substr(date, 1, 10)))) + 3) * 1440',
        'clock <- function(time) 60 * suppressWarnings(as.numeric(time))',
        'known <- clock(incidents$hour); until <- clock(incidents$hourUntil); last <- day(incidents$dateUntil)',
        'start <- day(incidents$date) + ifelse(is.na(known), ifelse(is.na(last), NA, 0), known)',
        'end <- last + ifelse(is.na(until), 1440, until)',
        'week <- numeric(168)',
        'for (i in which(!is.na(start))) {',
        '  from <- start[i]; to <- end[i]',
        '  if (is.na(to) || to <= from) { at <- (from %/% 60) %% 168 + 1; week[at] <- week[at] + 1; next }',
        '  if (to - from > 168 * 60) { week <- week + 1 / 168; next }',
        '  hours <- (from %/% 60):((to - 1) %/% 60)',
        '  lies <- pmin(to, (hours + 1) * 60) - pmax(from, hours * 60)',
        '  for (k in seq_along(hours)) week[hours[k] %% 168 + 1] <- week[hours[k] %% 168 + 1] + lies[k] / (to - from)',
        '}',
        compare('weighted', 'week', 'found$weighted'),
      ];
    case 'street-density': {
      const { kernel, radiusM, sigmaM, split } = found.answer.parameters;
      const isSplit = split === 'discontinuous';
      return [
        ...streets,
        `# ${says.few}`,
        'L <- as.numeric(sf::st_length(lines)); first <- !duplicated(corners[, "L1"]); last <- !duplicated(corners[, "L1"], fromLast = TRUE)',
        'junction <- paste(round(corners[, 1], 7), round(corners[, 2], 7))',
        'ends <- data.frame(segment = rep(seq_along(L), 2), side = rep(1:2, each = length(L)), at = c(junction[first], junction[last]))',
        'met <- split(seq_len(nrow(ends)), ends$at)',
        kernel === 'quartic'
          ? `reach <- ${radiusM}; K <- function(d) ifelse(d < reach, 15 / 16 / reach * (1 - (d / reach)^2)^2, 0)`
          : `reach <- 6 * ${sigmaM}; K <- function(d) dnorm(d, sd = ${sigmaM})`,
        `parts <- pmin(8, pmax(1, ceiling(L / ${radiusM} * 4)))`,
        'on <- function(s) (seq_len(parts[s]) - 0.5) / parts[s] * L[s]',
        `# ${says.walk}`,
        'along <- function(s, side, come, weight) {',
        '  at <- if (side == 1) on(s) else L[s] - on(s)',
        '  here <- weight * sum(K(come + at)) * found$count[s] / parts[s]',
        '  here + if (come + L[s] < reach) beyond(s, 3 - side, come + L[s], weight) else 0',
        '}',
        'beyond <- function(s, side, come, weight) {',
        '  all <- met[[ends$at[s + (side - 1) * length(L)]]]; d <- length(all); sum <- 0',
        '  for (k in all) {',
        '    back <- ends$segment[k] == s && ends$side[k] == side',
        isSplit
          ? '    if (!back) sum <- sum + along(ends$segment[k], ends$side[k], come, weight / (d - 1))'
          : '    sum <- sum + along(ends$segment[k], ends$side[k], come, weight * if (back) 2 / d - 1 else 2 / d)',
        '  }',
        '  sum',
        '}',
        'density <- function(s) 1000 * (sum(K(abs(on(s) - L[s] / 2))) * found$count[s] / parts[s] +',
        '  beyond(s, 1, L[s] / 2, 1) + beyond(s, 2, L[s] / 2, 1))',
        'some <- unique(c(order(-found$density)[1:10], round(seq(1, length(L), length.out = 20))))',
        'R <- sapply(some, density); print(data.frame(found[some, ], R))',
        compare('density', 'R / max(found$density)', '(found$density[some] / max(found$density))'),
      ];
    }
    case 'grid-hotspots': {
      const { shape, method, weights, correction } = found.answer.parameters;
      return [
        'library(spdep)',
        ...(shape === 'h3'
          ? [
              `# ${says.hexagons}`,
              'xy <- as.matrix(found[, c("lon", "lat")])',
              'near <- unlist(nbdists(knn2nb(knearneigh(xy, k = 1, longlat = TRUE)), xy, longlat = TRUE))',
              'nb <- dnearneigh(xy, 0, 1.4 * median(near), longlat = TRUE)',
            ]
          : [`nb <- dnearneigh(as.matrix(found[, c("column", "row")]), 0, ${weights === 'rook' ? 1.2 : 1.5})`]),
        ...(method === 'lisa'
          ? [
              'z <- localmoran(found$count, nb2listw(nb, style = "W", zero.policy = TRUE), zero.policy = TRUE)[, "Z.Ii"]',
              'z[card(nb) == 0] <- NA',
            ]
          : [
              'alone <- card(nb) == 0',
              ...(method === 'gi-star' ? ['nb <- include.self(nb)'] : []),
              'z <- as.numeric(localG(found$count, nb2listw(nb, style = "B", zero.policy = TRUE), zero.policy = TRUE))',
              'z[alone] <- NA',
            ]),
        compare('z', 'z', 'found$z'),
        compare('p', '2 * pnorm(-abs(z))', 'found$p'),
        ...(correction === 'fdr'
          ? [compare('p_adjusted', 'p.adjust(2 * pnorm(-abs(z)), "BH")', 'found$p_adjusted')]
          : []),
      ];
    }
  }
}
