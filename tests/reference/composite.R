# Known answers for tests/analysis/test_composite.py: R `survey`, respondents as clusters of their ratings.
# Run in this folder: Rscript composite.R > composite.json
suppressMessages(library(survey))
set.seed(20261121, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

respondents <- 60
elements <- c(1, 1, 1, 2, 2, 2, 2, 3, 3, 3)
mood <- rnorm(respondents)
ratings <- sapply(elements, function(e) pmin(5, pmax(1, round(4.2 + 0.7 * mood + 0.7 * rnorm(respondents)))))
ratings[matrix(runif(length(ratings)) < 0.12, nrow = respondents)] <- 0
ratings[1:8, elements == 3] <- 0  # so that an element has fewer respondents than the survey

wide <- data.frame(id = seq_len(respondents))
for (e in 1:3) {
  mine <- ratings[, elements == e, drop = FALSE]
  wide[[paste0("s", e)]] <- rowSums(mine >= 4)
  wide[[paste0("r", e)]] <- rowSums(mine > 0)
  wide[[paste0("q", e)]] <- rowSums(mine)
}
wide$s <- wide$s1 + wide$s2 + wide$s3
wide$r <- wide$r1 + wide$r2 + wide$r3
wide$q <- wide$q1 + wide$q2 + wide$q3

# A ratio over the respondents who rated something of it, as a sample of their own, with or without a population.
one <- function(y, r, N = NULL) {
  mine <- wide[wide[[r]] > 0, ]
  if (is.null(N)) {
    design <- svydesign(ids = ~1, data = mine, weights = rep(1, nrow(mine)))
  } else {
    mine$N <- N
    design <- svydesign(ids = ~1, data = mine, fpc = ~N)
  }
  found <- svyratio(as.formula(paste0("~", y)), as.formula(paste0("~", r)), design)
  c(value = as.numeric(coef(found)), standard_error = as.numeric(SE(found)), n = nrow(mine))
}

number <- function(x) formatC(x, digits = 17, format = "g")
object <- function(x) paste0("{", paste0("\"", names(x), "\": ", number(x), collapse = ", "), "}")
cases <- c(
  element_share_0 = object(one("s1", "r1")), element_share_1 = object(one("s2", "r2")),
  element_share_2 = object(one("s3", "r3")), pooled_share = object(one("s", "r")),
  element_mean_score_0 = object(one("q1", "r1")), element_mean_score_2 = object(one("q3", "r3")),
  pooled_mean_score = object(one("q", "r")), pooled_share_of_200 = object(one("s", "r", 200)),
  pooled_mean_score_of_200 = object(one("q", "r", 200))
)

# Covariance of two element shares among the respondents who rated something of both elements.
both <- wide[wide$r1 > 0 & wide$r2 > 0, ]
design <- svydesign(ids = ~1, data = both, weights = rep(1, nrow(both)))
totals <- svytotal(~s1 + r1 + s2 + r2, design)
contrasts <- svycontrast(totals, list(p1 = quote(s1 / r1), p2 = quote(s2 / r2)))
half <- svycontrast(totals, quote((s1 / r1 + s2 / r2) / 2))
weighted <- svycontrast(totals, quote(0.7 * s1 / r1 + 0.3 * s2 / r2))
matrix_text <- paste0("[", paste(number(as.numeric(vcov(contrasts))), collapse = ", "), "]")
pair <- function(x) object(c(value = as.numeric(coef(x)), standard_error = as.numeric(SE(x)), n = nrow(both)))

cat("{\n  \"made_by\": \"composite.R,", R.version.string, "survey", as.character(packageVersion("survey")), "\",\n")
cat("  \"element_of_item\": [", paste(elements - 1, collapse = ", "), "],\n")
rows <- apply(ratings, 1, function(row) paste0("[", paste(row, collapse = ", "), "]"))
cat("  \"ratings\": [\n    ", paste(rows, collapse = ",\n    "), "\n  ],\n", sep = "")
cat("  \"both_rows\": [", paste(both$id - 1, collapse = ", "), "],\n")
cat("  \"both_covariance\": ", matrix_text, ",\n", sep = "")
cat("  \"both_element_mean\": ", pair(half), ",\n", sep = "")
cat("  \"both_weights_7_3\": ", pair(weighted), ",\n", sep = "")
cat(paste0("  \"", names(cases), "\": ", cases, collapse = ",\n"), "\n}\n", sep = "")
