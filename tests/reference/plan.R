# Writes plan.json: what R's survey package answers to tests/analysis/plan/test_running.py's plan for sample.csv.
#   Rscript tests/reference/plan.R

suppressMessages(library(survey))
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
people <- read.csv(file.path(here, "sample.csv"), stringsAsFactors = FALSE)
people$sat <- as.numeric(people$rating >= 4)
design <- svydesign(id = ~commune + village, strata = ~stratum, fpc = ~all_communes + all_villages,
                    data = people, nest = TRUE)
answered <- subset(design, !is.na(rating))
number <- function(x) paste0("[", paste(sprintf("%.17g", as.vector(x)), collapse = ", "), "]")

cells <- expand.grid(field = c("civil", "land", "works"), sex = c("f", "m"), stringsAsFactors = FALSE)
cells <- cells[order(cells$field, cells$sex), ]
logit <- t(sapply(seq_len(nrow(cells)), function(i) {
  d <- subset(answered, field == cells$field[i] & sex == cells$sex[i])
  found <- svyciprop(~sat, d, method = "logit")
  mean <- svymean(~sat, d, deff = TRUE)
  c(coef(mean), SE(mean), confint(found), degf(d), deff(mean), nrow(d))
}))
levels <- sapply(1:5, function(level) {
  m <- svymean(~I(as.numeric(rating == level)), answered)
  c(coef(m), SE(m))
})
both <- svyby(~sat, ~wave, answered, svymean, covmat = TRUE)
change <- svycontrast(both, c(`2025` = -1, `2026` = 1))
p <- 2 * pt(-abs(coef(change) / SE(change)), degf(answered))
cat(sprintf('{"logit": [%s],\n"levels": %s, "level_errors": %s,\n"change": %s\n}\n',
            paste(apply(logit, 1, number), collapse = ",\n"), number(levels[1, ]), number(levels[2, ]),
            number(c(coef(change), SE(change), degf(answered), p))),
    file = file.path(here, "plan.json"))
