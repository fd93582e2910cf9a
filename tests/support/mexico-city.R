# Computes again, apart from the program, every figure of web/help/es/mexico-city.md from the files of Mexico City as they were
# published:   Rscript mexico-city.R FOLDER
# FOLDER holds incidents_fgj_2019_2024.csv.gz, cuadrantes_population_2023.gpkg, colonias_iecm.gpkg and alcaldias_limite.geojson.
# Ran with R 4.2.2, sf 1.0-9 and spdep 1.2-7 of Debian 12. Points on two areas count in the first.
suppressPackageStartupMessages({library(sf); library(spdep)}); sf_use_s2(FALSE)
folder <- commandArgs(TRUE)[1]
all <- read.csv(gzfile(file.path(folder, "incidents_fgj_2019_2024.csv.gz")), colClasses = "character", encoding = "UTF-8")
STREET <- c(paste("ROBO A TRANSEUNTE EN VIA PUBLICA", c("CON VIOLENCIA", "SIN VIOLENCIA")),
  paste("ROBO A TRANSEUNTE DE CELULAR", c("CON VIOLENCIA", "SIN VIOLENCIA")), "ROBO A TRANSEUNTE Y VEHICULO CON VIOLENCIA")
all$date <- as.Date(substr(all$fecha_hecho, 1, 10)); all$year <- substr(all$fecha_hecho, 1, 4)
all$street <- all$delito %in% STREET
all$lon <- suppressWarnings(as.numeric(all$longitud)); all$lat <- suppressWarnings(as.numeric(all$latitud))
d <- all[all$street, ]; cat("investigations", nrow(d), "\n"); print(table(d$year))
cat("2023 to 2024, p", poisson.test(c(sum(d$year == "2024"), sum(d$year == "2023")), c(366, 365))$p.value, "\n")
d <- d[!is.na(d$lon), ]
read <- function(name) st_transform(st_read(file.path(folder, name), quiet = TRUE), 4326)
placed <- function(rows, shapes) {
  points <- st_as_sf(rows, coords = c("lon", "lat"), crs = 4326)
  sapply(st_intersects(points, shapes), function(k) if (length(k)) k[1] else NA)
}
tally <- function(at, n) tabulate(at[!is.na(at)], n)

beats <- read("cuadrantes_population_2023.gpkg"); beats <- beats[order(beats$Nomenclatu, method = "radix"), ]
d$beat <- placed(d, beats); n <- nrow(beats)
of <- function(from, until) tally(d$beat[d$date >= from & d$date < until], n)
counts <- of("2024-01-01", "2025-01-01"); cat("in a beat", sum(counts), "outside", sum(d$year == "2024") - sum(counts), "\n")
nb <- poly2nb(beats, snap = 1e-6); self <- include.self(nb)
z <- as.numeric(localG(counts, nb2listw(self, style = "B", zero.policy = TRUE), zero.policy = TRUE))
q <- p.adjust(2 * pnorm(-abs(z)), "fdr")
cat("hot by the normal", sum(q <= 0.05 & z > 0), "cold", sum(q <= 0.05 & z < 0), "\n")
# The same with as many counts as there are neighbours drawn from all: their sum, folded one after the other.
share <- tabulate(counts + 1) / n; sums <- list(share)
for (k in 2:max(card(self))) sums[[k]] <- convolve(sums[[k - 1]], rev(share), type = "open")
seen <- sapply(self, function(at) sum(counts[at]))
skewed <- mapply(function(k, s) {
  p <- pmax(sums[[k]], 0); at <- seq_along(p) - 1
  min(1, 2 * min(sum(p[at >= s]), sum(p[at <= s])))
}, card(self), seen)
q_skewed <- p.adjust(skewed, "fdr"); hot <- which(q_skewed <= 0.05 & z > 0)
cat("hot with the skewness", length(hot), "cold", sum(q_skewed <= 0.05 & z < 0), "\n")
cat("highest z:", beats$Nomenclatu[order(-z)][1:8], "\n")
print(moran.test(counts, nb2listw(nb, style = "W", zero.policy = TRUE), alternative = "two.sided", zero.policy = TRUE))
half <- function(x) which(cumsum(sort(x, decreasing = TRUE)) >= sum(x) / 2)[1]
gini <- function(x) 2 * sum(seq_along(x) * sort(x)) / (length(x) * sum(x)) - (length(x) + 1) / length(x)
cat("half in", half(counts), "beats,", half(counts) / n, "gini", gini(counts), "\n")
colonias <- read("colonias_iecm.gpkg"); in_colonia <- tally(placed(d[d$year == "2024", ], colonias), nrow(colonias))
cat("half in", half(in_colonia), "colonias of", nrow(colonias), half(in_colonia) / nrow(colonias), "\n")

# By the E-test (Krishnamoorthy & Thomson 2004), and by the exact test given the sum of both, which is more cautious.
e_test <- function(x, y, n1 = 365, n2 = 366) {
  if (x + y == 0) return(NA)
  rate <- (x + y) / (n1 + n2)
  far <- function(a, b) { v <- a / n1^2 + b / n2^2; ifelse(v > 0, abs(a / n1 - b / n2) / sqrt(v), 0) }
  reach <- function(mean) 0:ceiling(mean + 12 * sqrt(mean) + 12)
  a <- reach(n1 * rate); b <- reach(n2 * rate)
  sum(outer(dpois(a, n1 * rate), dpois(b, n2 * rate))[outer(a, b, far) >= far(x, y) - 1e-12])
}
given_sum <- function(x, y) if (x + y == 0) NA else poisson.test(c(y, x), c(366, 365))$p.value
changed <- function(before, after, names) for (test in c("e_test", "given_sum")) {
  q <- p.adjust(mapply(get(test), before, after), "fdr"); clear <- which(q <= 0.05)
  cat(test, length(clear), "clear\n")
  print(data.frame(name = names, before, after, q = signif(q, 3))[clear, ], row.names = FALSE)
}
changed(of("2023-01-01", "2024-01-01"), counts, beats$Nomenclatu)
boroughs <- read("alcaldias_limite.geojson"); d$borough <- placed(d, boroughs)
by_borough <- function(year) tally(d$borough[d$year == year], nrow(boroughs))
changed(by_borough("2023"), by_borough("2024"), boroughs$NOMGEO)

inside <- d[!is.na(d$beat), ]
months <- seq(as.Date("2019-01-01"), as.Date("2025-01-01"), by = "month")
per_month <- table(factor(format(inside$date, "%Y-%m"), levels = format(months[1:72], "%Y-%m")))
t <- (0:71) / 12
fit <- glm(as.numeric(per_month) ~ t + sin(2 * pi * t) + cos(2 * pi * t) + offset(log(as.numeric(diff(months)))),
  family = quasipoisson)
slope <- summary(fit)$coefficients["t", ]; reach <- qt(0.975, fit$df.residual) * slope[2]
cat("per year", expm1(slope[1]), "from", expm1(slope[1] - reach), "to", expm1(slope[1] + reach),
  "dispersion", summary(fit)$dispersion, "\n")

# Hours of 2024 against all other offences of 2024.
year <- all[all$year == "2024" & grepl("^[0-2][0-9]:", all$hora_hecho), ]
hour <- factor(as.integer(substr(year$hora_hecho, 1, 2)), 0:23)
test <- chisq.test(rbind(table(hour[!year$street]), table(hour[year$street])))
q <- p.adjust(2 * pnorm(-abs(test$stdres[2, ])), "fdr")
cat("hours with a larger share:", (0:23)[q <= 0.05 & test$stdres[2, ] > 0], "\n")

# Maps scored by the last 90 days of 2024: of 5 % of the ground, the densest beats first.
area <- as.numeric(st_area(st_transform(beats, 32614))); cut <- as.Date("2025-01-01") - 90
after <- of(cut, "2025-01-01"); before <- of(cut - 365, cut)
scored <- function(order) {
  taken <- cumsum(area[order]) / sum(area); k <- max(which(taken <= 0.05))
  hit <- sum(after[order[1:k]]) / sum(after); cat("hit rate", hit, "PAI", hit / taken[k], "\n")
}
z_before <- as.numeric(localG(before, nb2listw(self, style = "B", zero.policy = TRUE), zero.policy = TRUE))
cat("last year: "); scored(order(-before / area)); cat("Gi*: "); scored(order(-z_before))
