// «Copiar como R» of rates, times and scores: what the exported table holds, computed by R itself. Pure.

import type { LaterFound } from './found.ts';

/** `found` is the table as it was read. */
export function laterScript(found: LaterFound): string[] {
  switch (found.task) {
    case 'rates': {
      const tail = (1 - found.answer.parameters.interval) / 2;
      return [
        'library(spdep)',
        'kept <- found[!is.na(found$rate), ]; per <- kept$rate / (kept$count / kept$base)',
        `low <- qgamma(${tail}, kept$count) / kept$base * per; high <- qgamma(${1 - tail}, kept$count + 1) / kept$base * per`,
        'print(max(abs(low - kept$low), abs(high - kept$high), na.rm = TRUE))',
        'print(max(abs(EBest(kept$count, kept$base)$estmm * per - kept$smoothed), na.rm = TRUE))',
        'mean <- sum(kept$count) / sum(kept$base)',
        'p <- 2 * pmin(ppois(kept$count, kept$base * mean), 1 - ppois(kept$count - 1, kept$base * mean))',
        'print(max(abs(pmin(p, 1) - kept$p)))',
      ];
    }
    case 'clocks':
      if (found.answer.parameters.against === 'even')
        return [
          'used <- found$first > 0; test <- chisq.test(found$second[used], p = found$first[used] / sum(found$first))',
          'print(test); print(max(abs(test$stdres - found$residual[used])))',
        ];
      if (found.answer.hours)
        return [
          `h1 <- c(${found.answer.hours.first.join(', ')}); h2 <- c(${found.answer.hours.second.join(', ')})`,
          'used <- h1 > 0 & h2 > 0 & found$first + found$second > 0',
          'fit <- glm(cbind(second, first) ~ 1, binomial, found[used, ], offset = log(h2 / h1)[used])',
          'X2 <- sum(residuals(fit, "pearson")^2); print(c(X2 = X2, p = pchisq(X2, sum(used) - 1, lower.tail = FALSE)))',
          'print(max(abs(rstandard(fit, type = "pearson") - found$residual[used])))',
        ];
      return [
        'test <- chisq.test(rbind(found$first, found$second)[, found$first + found$second > 0], correct = FALSE)',
        'print(test); print(max(abs(test$stdres[2, ] - found$residual[!is.na(found$residual)])))',
      ];
    case 'trend':
      return [
        '# The table holds no series: download each month of a place, then',
        '# glm(n ~ years + sin(2 * pi * i / 12) + cos(2 * pi * i / 12) + offset(log(days)), quasipoisson)',
        'print(max(abs(p.adjust(found$p, "BH") - found$p_adjusted), na.rm = TRUE))',
      ];
    case 'stability':
      return ['print(table(found$times)); years <- found[, grepl("^y", names(found))]', 'print(cor(years))'];
    case 'scoring':
      return ['print(max(abs(found$hit_rate / found$size_share - found$pai)))'];
    case 'aoristic':
      return [
        '# aoristic 2.0.0 on the incidents with their two moments: aoristic.df(incidents, "lon", "lat", "from", "until")',
        'print(sum(found$weighted))',
      ];
    case 'street-density':
      return [
        '# spNetwork::nkde on the street lines, kernel_name = "quartic"; here: does density follow the counts?',
        'print(cor(found$count, found$density, method = "spearman"))',
      ];
    case 'grid-hotspots': {
      const { shape, method } = found.answer.parameters;
      return [
        'library(spdep)',
        ...(shape === 'h3'
          ? [
              '# install.packages("h3jsr"): the six that touch each hexagon',
              'around <- lapply(h3jsr::get_disk(found$h3, 1), function(ids) match(ids, found$h3))',
              'nb <- lapply(seq_along(around), function(i) sort(setdiff(around[[i]], c(i, NA))))',
              'nb[lengths(nb) == 0] <- list(0L); class(nb) <- "nb"',
            ]
          : ['nb <- dnearneigh(as.matrix(found[, c("column", "row")]), 0, 1.5)']),
        ...(method === 'lisa'
          ? ['z <- localmoran(found$count, nb2listw(nb, style = "W", zero.policy = TRUE))[, "Z.Ii"]']
          : [
              ...(method === 'gi-star' ? ['nb <- include.self(nb)'] : []),
              'z <- localG(found$count, nb2listw(nb, style = "B", zero.policy = TRUE))',
            ]),
        'print(max(abs(z - found$z), na.rm = TRUE))',
      ];
    }
  }
}
