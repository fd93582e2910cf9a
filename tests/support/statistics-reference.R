# Computes the reference tables of statistics-reference.json once, by programs that have nothing to do with this one:
#   Rscript statistics-reference.R > statistics-reference.json
# The versions it ran with stand at the head of its output. Needs Debian's r-cran-spdep, r-cran-spatstat,
# r-cran-surveillance and r-cran-jsonlite.
suppressPackageStartupMessages({
  library(spdep); library(spatstat.geom); library(spatstat.explore); library(spatstat.linnet)
  library(surveillance); library(jsonlite)
})
options(digits = 17)
sink(nullfile())

# Data that any program can make again: residues of a quadratic, spread and with ties.
made <- function(n, a, b, most) ((a * (1:n)^2 + b * (1:n)) %% 10007) %% most
neighbours <- function(nb) lapply(nb, function(to) I(if (identical(to, 0L)) integer(0) else to - 1L))

out <- list(versions = list(
  R = as.character(getRversion()), spdep = as.character(packageVersion("spdep")),
  spatstat.explore = as.character(packageVersion("spatstat.explore")),
  spatstat.linnet = as.character(packageVersion("spatstat.linnet")),
  surveillance = as.character(packageVersion("surveillance"))))

## Places with neighbours: a grid of 9 by 8 (queen), 60 points (within 260, with islands), 60 points (4 nearest).
x <- made(60, 37, 11, 1000); y <- made(60, 53, 29, 1000); xy <- cbind(x, y)
graphs <- list(
  queen = list(nb = cell2nb(9, 8, type = "queen"), values = made(72, 17, 5, 41) + c(rep(0, 40), rep(60, 8), rep(0, 24))),
  within = list(nb = dnearneigh(xy, 0, 110), values = made(60, 71, 3, 97)),
  nearest = list(nb = knn2nb(knearneigh(xy, k = 4)), values = made(60, 19, 41, 23)))
local_of <- function(listw, values) {
  conditional <- localmoran(values, listw, conditional = TRUE, zero.policy = TRUE)
  total <- localmoran(values, listw, conditional = FALSE, zero.policy = TRUE)
  random <- moran.test(values, listw, randomisation = TRUE, zero.policy = TRUE, alternative = "two.sided")
  normal <- moran.test(values, listw, randomisation = FALSE, zero.policy = TRUE, alternative = "two.sided")
  list(gi = as.numeric(localG(values, listw, zero.policy = TRUE)),
    i = as.numeric(conditional[, 1]), zConditional = as.numeric(conditional[, 4]), zTotal = as.numeric(total[, 4]),
    moran = list(i = random$estimate[[1]], expected = random$estimate[[2]],
      randomVariance = random$estimate[[3]], randomP = random$p.value,
      normalVariance = normal$estimate[[3]], normalP = normal$p.value))
}
out$places <- lapply(graphs, function(graph) {
  b <- nb2listw(graph$nb, style = "B", zero.policy = TRUE); w <- nb2listw(graph$nb, style = "W", zero.policy = TRUE)
  self <- include.self(graph$nb)
  star <- function(style) as.numeric(localG(graph$values, nb2listw(self, style = style, zero.policy = TRUE)))
  g <- if (any(card(graph$nb) == 0)) NULL else globalG.test(graph$values, b, alternative = "two.sided")
  list(neighbours = neighbours(graph$nb), values = graph$values,
    B = c(local_of(b, graph$values), list(giStar = star("B"))), W = c(local_of(w, graph$values), list(giStar = star("W"))),
    globalG = if (is.null(g)) NULL else
      list(g = g$estimate[[1]], expected = g$estimate[[2]], variance = g$estimate[[3]], p = g$p.value))
})

## Corrected p.
p <- made(40, 13, 7, 997) / 9970
out$adjusted <- list(p = p, fdr = p.adjust(p, "fdr"))

## Rates.
events <- made(30, 23, 9, 19); residents <- 200 + made(30, 61, 17, 900)
smoothed <- EBest(events, residents, family = "poisson")
out$empiricalBayes <- list(events = events, residents = residents, rate = smoothed$estmm,
  a = attr(smoothed, "parameters")$a, b = attr(smoothed, "parameters")$b)
out$poissonInterval <- lapply(c(0, 1, 2, 5, 17, 100, 1234), function(n) {
  ends <- poisson.test(n)$conf.int; wide <- poisson.test(n, conf.level = 0.99)$conf.int
  list(count = n, low = ends[1], high = ends[2], low99 = wide[1], high99 = wide[2])
})

## Distributions, far out as well.
out$distributions <- list(
  z = c(0, 0.1, 1, 1.96, 3, 6, 12), twoSided = 2 * pnorm(-c(0, 0.1, 1, 1.96, 3, 6, 12)),
  q = c(1e-10, 0.001, 0.025, 0.3, 0.5, 0.9, 0.999999), quantile = qnorm(c(1e-10, 0.001, 0.025, 0.3, 0.5, 0.9, 0.999999)),
  shape = c(0.5, 1, 3, 20, 400), gamma = qgamma(0.975, c(0.5, 1, 3, 20, 400)),
  chi = pchisq(c(0.1, 3.84, 20, 80), c(1, 1, 7, 23), lower.tail = FALSE))

## Two clocks.
first <- made(24, 7, 3, 50); second <- made(24, 11, 13, 70)
clocks <- suppressWarnings(chisq.test(rbind(first, second)))
out$clocks <- list(first = first, second = second, chiSquared = clocks$statistic[[1]], p = clocks$p.value,
  residual = as.numeric(clocks$stdres[2, ]))

## Trend without and with ties (cor.test against the order is Mann-Kendall).
out$trend <- lapply(list(made(25, 31, 7, 10007) + 300 * (1:25), made(30, 3, 5, 12)), function(values) {
  test <- cor.test(seq_along(values), values, method = "kendall", exact = FALSE, continuity = TRUE)
  slopes <- outer(seq_along(values), seq_along(values), function(i, j) ifelse(j > i, (values[j] - values[i]) / (j - i), NA))
  list(values = values, z = test$statistic[[1]], p = test$p.value, slope = median(slopes, na.rm = TRUE))
})

## Near repeats: one band each, Euclidean; halves keep every pair off the limits.
kx <- made(120, 29, 3, 1500); ky <- made(120, 43, 19, 1500); day <- made(120, 67, 23, 90)
out$knox <- list(x = kx, y = ky, day = day, tables = lapply(list(c(100.5, 7.5), c(250.5, 14.5), c(400.5, 30.5)), function(eps) {
  test <- knox(dt = dist(day), ds = dist(cbind(kx, ky)), eps.t = eps[2], eps.s = eps[1])
  list(distance = eps[1], days = eps[2], near = test$statistic[[1]], expected = test$null.value[[1]],
    table = as.numeric(t(test$table)))
}))

## Densities at the points themselves, edges left alone.
pattern <- ppp(kx, ky, c(-1, 1501), c(-1, 1501))
density_of <- function(kernel, sigma) as.numeric(density(pattern, sigma = sigma, kernel = kernel, at = "points",
  leaveoneout = FALSE, edge = FALSE))
out$density <- list(x = kx, y = ky, gaussian = list(sigma = 150, density = density_of("gaussian", 150)),
  quartic = list(sigma = 150, density = density_of("quartic", 150)))

## Along streets: a block of nine junctions with a dead end; equal split, both ways.
junction <- cbind(x = c(0, 100, 200, 0, 100, 200, 0, 100, 200, 300), y = c(0, 0, 0, 100, 100, 100, 200, 200, 200, 200))
joined <- rbind(c(1, 2), c(2, 3), c(4, 5), c(5, 6), c(7, 8), c(8, 9), c(1, 4), c(4, 7), c(2, 5), c(5, 8), c(3, 6), c(6, 9), c(9, 10))
net <- linnet(ppp(junction[, 1], junction[, 2], c(-10, 310), c(-10, 210)), edges = joined)
on <- data.frame(seg = c(1, 3, 10, 13, 6), tp = c(0.3, 0.55, 0.2, 0.7, 0.9))
events_on <- lpp(data.frame(x = 0, y = 0, seg = on$seg, tp = on$tp)[, c("seg", "tp")], net)
along <- function(continuous) {
  # Its biweight is the quartic, and its sigma the standard deviation: the radius over the root of seven.
  result <- densityEqualSplit(events_on, sigma = 60 / sqrt(7), kernel = "biweight",
    continuous = continuous, verbose = FALSE, dimyx = c(24, 24))
  at <- attr(result, "df")
  keep <- seq(1, nrow(at), by = 3)
  list(segment = at$mapXY[keep] - 1, share = at$tp[keep], density = at$values[keep])
}
local <- coords(events_on, local = TRUE)
out$network <- list(from = net$from - 1, to = net$to - 1, length = lengths_psp(as.psp(net)), radius = 60,
  events = list(segment = local$seg - 1, share = local$tp))
out$network$discontinuous <- along(FALSE)
out$network$continuous <- along(TRUE)

sink()
cat(toJSON(out, digits = NA, auto_unbox = TRUE, null = "null", na = "null"), "\n")
