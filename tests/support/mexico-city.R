# Computes again, apart from the program, the figures of web/help/es/mexico-city.md from the files of Mexico City:
#   Rscript mexico-city.R FOLDER INCIDENTS.csv
# FOLDER holds cuadrantes_population_2023.gpkg and alcaldias_limite.geojson; INCIDENTS.csv the street robberies as columns
# date, lon, lat. Ran with R 4.2.2, sf 1.0-9 and spdep 1.2-7 of Debian 12. Points on two beats count in the first.
suppressPackageStartupMessages({library(sf); library(spdep)}); sf_use_s2(FALSE)
args <- commandArgs(TRUE)
d <- read.csv(args[2]); d <- d[!is.na(d$lon), ]; print(table(substr(d$date, 1, 4)))
read <- function(name) st_transform(st_read(file.path(args[1], name), quiet = TRUE), 4326)
points_of <- function(rows) st_as_sf(rows, coords = c("lon", "lat"), crs = 4326)
placed <- function(rows, shapes) sapply(st_intersects(points_of(rows), shapes), function(k) if (length(k)) k[1] else NA)
count <- function(shapes, year) {
  found <- placed(d[substr(d$date, 1, 4) == year, ], shapes)
  tabulate(found[!is.na(found)], nrow(shapes))
}

beats <- read("cuadrantes_population_2023.gpkg")
counts <- count(beats, "2024"); cat("placed", sum(counts), "\n")
nb <- poly2nb(beats, snap = 1e-6)
z <- as.numeric(localG(counts, nb2listw(include.self(nb), style = "B", zero.policy = TRUE), zero.policy = TRUE))
q <- p.adjust(2 * pnorm(-abs(z)), "fdr")
cat("hot", sum(q <= 0.05 & z > 0), "cold", sum(q <= 0.05 & z < 0), "\n")
print(moran.test(counts, nb2listw(nb, style = "W", zero.policy = TRUE), alternative = "two.sided", zero.policy = TRUE))
sorted <- sort(counts, decreasing = TRUE); n <- length(counts)
cat("half in", which(cumsum(sorted) >= sum(sorted) / 2)[1], "gini",
  2 * sum(seq_len(n) * sort(counts)) / (n * sum(counts)) - (n + 1) / n, "\n")

boroughs <- read("alcaldias_limite.geojson")
before <- count(boroughs, "2023"); after <- count(boroughs, "2024")
p <- mapply(function(x, y) poisson.test(c(y, x), c(366, 365))$p.value, before, after)
print(data.frame(boroughs$NOMGEO, before, after, q = signif(p.adjust(p, "fdr"), 3)))

inside <- d[!is.na(placed(d, beats)), ]
months <- seq(as.Date("2019-01-01"), as.Date("2025-01-01"), by = "month")
per_month <- table(factor(substr(inside$date, 1, 7), levels = format(months[1:72], "%Y-%m")))
t <- (0:71) / 12
fit <- glm(as.numeric(per_month) ~ t + sin(2 * pi * t) + cos(2 * pi * t) + offset(log(as.numeric(diff(months)))),
  family = quasipoisson)
cat("per year", expm1(coef(fit)["t"]), "dispersion", summary(fit)$dispersion, "\n")
