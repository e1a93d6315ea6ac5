# Known answers for tests/analysis/test_ranking.py, in base R.
# Run in this folder: Rscript ranking.R > ranking.json
set.seed(7, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
number <- function(x) formatC(x, digits = 17, format = "g")
list_of <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")

# Confidence sets of ranks by Holm's procedure (p.adjust) on two-sided normal tests of pairs.
sets <- function(x, se, level, simultaneous) {
  units <- length(x)
  p <- outer(seq_len(units), seq_len(units), function(i, j) 2 * pnorm(-abs(x[i] - x[j]) / sqrt(se[i]^2 + se[j]^2)))
  adjusted <- matrix(1, units, units)
  if (simultaneous) {
    upper <- upper.tri(p)
    adjusted[upper] <- p.adjust(p[upper], "holm")
    adjusted <- pmin(adjusted, t(adjusted))
  } else {
    for (i in seq_len(units)) adjusted[i, -i] <- p.adjust(p[i, -i], "holm")
  }
  rejected <- adjusted < 1 - level
  low <- sapply(seq_len(units), function(i) 1 + sum(rejected[i, ] & x > x[i]))
  high <- sapply(seq_len(units), function(i) units - sum(rejected[i, ] & x < x[i]))
  paste0("{\"low\": ", list_of(low), ", \"high\": ", list_of(high), "}")
}

x <- round(rnorm(40, 0.88, 0.05), 4)
se <- round(runif(40, 0.004, 0.03), 4)

# Largest of all pairs of k equally sure units: Tukey's studentised range.  Largest of one unit's pairs: Dunnett's.
tukey <- function(k) qtukey(0.95, k, Inf) / sqrt(2)
dunnett <- function(k) {
  covered <- function(c) integrate(function(z) {
    dnorm(z) * (pnorm(c * sqrt(2) + z) - pnorm(-c * sqrt(2) + z))^(k - 1)
  }, -9, 9, rel.tol = 1e-10)$value
  uniroot(function(c) covered(c) - 0.95, c(1.5, 6), tol = 1e-10)$root
}

cat("{\n  \"made_by\": \"ranking.R,", R.version.string, "\",\n")
cat("  \"values\": ", list_of(x), ",\n  \"standard_errors\": ", list_of(se), ",\n", sep = "")
cat("  \"simultaneous_95\": ", sets(x, se, 0.95, TRUE), ",\n", sep = "")
cat("  \"marginal_95\": ", sets(x, se, 0.95, FALSE), ",\n", sep = "")
cat("  \"simultaneous_975\": ", sets(x, se, 0.975, TRUE), ",\n", sep = "")
cat("  \"tukey\": {", paste0("\"", c(5, 30, 100), "\": ", number(sapply(c(5, 30, 100), tukey)), collapse = ", "), "},\n")
cat("  \"dunnett\": {", paste0("\"", c(5, 30, 100), "\": ", number(sapply(c(5, 30, 100), dunnett)), collapse = ", "), "}\n}\n")
