# Writes survey.json: what R's survey package answers for sample.csv.
#   python tests/reference/sample.py && Rscript tests/reference/survey.R
# Needs R with survey (4.1 or later) and MASS.  "wilson" is the formula of survey 4.5, written out for older ones.

suppressMessages(library(survey))
options(digits = 17, survey.lonely.psu = "fail")
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
people <- read.csv(file.path(here, "sample.csv"), stringsAsFactors = FALSE)
people$sat <- ifelse(is.na(people$rating), NA, as.numeric(people$rating >= 4))
people$one <- 1

json <- function(x) {
  if (is.list(x)) {
    if (is.null(names(x))) return(paste0("[", paste(sapply(x, json), collapse = ", "), "]"))
    return(paste0("{", paste(sprintf("\"%s\": %s", names(x), sapply(x, json)), collapse = ",\n"), "}"))
  }
  if (is.character(x)) values <- sprintf("\"%s\"", x) else values <- ifelse(is.finite(x), sprintf("%.17g", x), "null")
  if (length(x) == 1) values else paste0("[", paste(values, collapse = ", "), "]")
}

number <- function(x) as.vector(unclass(x))
stat <- function(s, design) list(value = number(coef(s)), se = number(SE(s)), deff = number(deff(s)))

wilson <- function(formula, design, level) {
  m <- svymean(formula, design, na.rm = TRUE)
  p <- number(coef(m)); t <- qt(1 - (1 - level) / 2, degf(design)); n <- p * (1 - p) / number(vcov(m))
  middle <- p + t^2 / (2 * n); arm <- t * sqrt(p * (1 - p) / n + t^2 / (4 * n^2))
  c(middle - arm, middle + arm) / (1 + t^2 / n)
}

describe <- function(design) {
  answered <- subset(design, !is.na(rating))
  out <- list(degf = degf(design), degf_answered = degf(answered))
  out$mean <- stat(svymean(~rating, answered, deff = TRUE))
  out$share <- stat(svymean(~sat, answered, deff = TRUE))
  out$total <- stat(svytotal(~sat, answered, deff = TRUE))
  out$ratio <- stat(svyratio(~days, ~due, design, deff = TRUE))
  q <- svyquantile(~rating, answered, c(0.25, 0.5, 0.75))$rating
  out$quantiles <- list(value = q[, 1], low = q[, 2], high = q[, 3], se = q[, 4])
  for (method in c("logit", "beta", "mean", "xlogit", "asin"))
    out[[paste0("interval_", method)]] <- number(confint(svyciprop(~sat, answered, method = method)))
  out$interval_wilson <- wilson(~sat, answered, 0.95)
  out$interval_wilson_90 <- wilson(~sat, answered, 0.90)
  by <- svyby(~sat, ~field, answered, svymean, deff = TRUE)
  out$by <- list(field = by$field, value = by$sat, se = number(SE(by)), deff = by$DEff.sat,
                 df = sapply(by$field, function(f) degf(subset(answered, field == f))))
  both <- svyby(~rating, ~wave, answered, svymean, covmat = TRUE)
  change <- svycontrast(both, c(`2025` = -1, `2026` = 1))
  out$change <- list(value = number(coef(change)), se = number(SE(change)))
  out
}

replicated <- function(design) {
  answered <- subset(design, !is.na(rating))
  by <- svyby(~sat, ~field, answered, svymean)
  waves <- svycontrast(svyby(~rating, ~wave, answered, svymean, covmat = TRUE), c(`2025` = -1, `2026` = 1))
  list(total = number(SE(svytotal(~sat, answered))), ratio = number(SE(svyratio(~days, ~due, design))),
       change = number(SE(waves)),
       mean = number(coef(svymean(~rating, answered))), se = number(SE(svymean(~rating, answered))),
       by = by$sat, by_se = number(SE(by)))
}

simple <- svydesign(id = ~1, weights = ~one, data = people)
weighted <- svydesign(id = ~1, weights = ~weight, data = people)
stratified <- svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = people)
clustered <- svydesign(id = ~commune + village, strata = ~stratum, weights = ~weight, data = people, nest = TRUE)
two_stage <- svydesign(id = ~commune + village, strata = ~stratum, fpc = ~all_communes + all_villages,
                       data = people, nest = TRUE)
unstratified <- svydesign(id = ~interaction(stratum, commune), weights = ~weight, data = people)

answer <- list(simple = describe(simple), weighted = describe(weighted), stratified = describe(stratified),
               clustered = describe(clustered), two_stage = describe(two_stage), unstratified = describe(unstratified))

# The city keeps one commune, and so has a lonely stratum.
lonely <- people[people$stratum != "city" | people$commune == 1, ]
for (choice in c("remove", "certainty", "adjust", "average")) {
  options(survey.lonely.psu = choice)
  d <- svydesign(id = ~commune, strata = ~stratum, weights = ~weight, data = lonely, nest = TRUE)
  f <- svydesign(id = ~commune, strata = ~stratum, weights = ~weight, fpc = ~all_communes, data = lonely, nest = TRUE)
  answer[[paste0("lonely_", choice)]] <- list(
    se = number(SE(svymean(~rating, d, na.rm = TRUE))), se_fpc = number(SE(svymean(~rating, f, na.rm = TRUE))))
}
options(survey.lonely.psu = "fail")

fields <- data.frame(field = c("civil", "land", "works"), Freq = c(3000, 2500, 1500))
sexes <- data.frame(sex = c("f", "m"), Freq = c(3600, 3400))
known <- c(`(Intercept)` = 7000, sexm = 3400, days = 105000)
calibrated <- list(
  post_stratified = postStratify(clustered, ~field, fields),
  raked = rake(clustered, list(~field, ~sex), list(fields, sexes), control = list(maxit = 500, epsilon = 1e-10)),
  linear = calibrate(clustered, ~sex + days, known),
  bounded = calibrate(clustered, ~sex + days, known, calfun = "linear", bounds = c(0.7, 1.8), epsilon = 1e-12),
  raking = calibrate(clustered, ~sex + days, known, calfun = "raking", epsilon = 1e-12),
  logit = calibrate(clustered, ~sex + days, known, calfun = "logit", bounds = c(0.5, 2.2), epsilon = 1e-12))
for (name in names(calibrated)) {
  d <- calibrated[[name]]
  g <- weights(d) / weights(clustered)
  by <- svyby(~days, ~wave, d, svymean)
  answer[[name]] <- list(mean = number(coef(svymean(~due, d))), se = number(SE(svymean(~due, d))), total = number(SE(svytotal(~due, d))),
                         by = by$days, by_se = number(SE(by)), low = min(g), high = max(g))
}

answer$jk1 <- replicated(as.svrepdesign(unstratified, type = "JK1"))
answer$jkn <- replicated(as.svrepdesign(clustered, type = "JKn"))
with_fpc <- svydesign(id = ~commune, strata = ~stratum, weights = ~weight, fpc = ~all_communes, data = people, nest = TRUE)
answer$jkn_fpc <- replicated(as.svrepdesign(with_fpc, type = "JKn"))
halves <- people[people$commune <= 2, ]
sylvester <- matrix(1, 1, 1)
for (step in 1:3) sylvester <- rbind(cbind(sylvester, sylvester), cbind(sylvester, -sylvester))
pairs <- svydesign(id = ~commune, strata = ~stratum, weights = ~weight, data = halves, nest = TRUE)
answer$brr <- replicated(as.svrepdesign(pairs, type = "BRR", hadamard.matrix = (sylvester + 1) / 2))
answer$fay <- replicated(as.svrepdesign(pairs, type = "Fay", fay.rho = 0.3, hadamard.matrix = (sylvester + 1) / 2))
replicates <- as.matrix(weights(as.svrepdesign(clustered, type = "JKn"), "analysis"))
supplied <- svrepdesign(data = people, weights = ~weight, repweights = replicates, type = "other", scale = 0.9,
                        rscales = rep(1, ncol(replicates)), combined.weights = TRUE, mse = TRUE)
answer$supplied <- c(replicated(supplied), list(degf = degf(supplied)))

counts <- data.frame(successes = c(0, 1, 9, 43, 187, 87654), n = c(12, 12, 12, 50, 190, 100000))
answer$counts <- lapply(seq_len(nrow(counts)), function(i) {
  x <- counts$successes[i]; n <- counts$n[i]
  list(successes = x, n = n, wilson = number(prop.test(x, n, correct = FALSE)$conf.int),
       clopper_pearson = number(binom.test(x, n)$conf.int),
       jeffreys = c(if (x == 0) 0 else qbeta(0.025, x + 0.5, n - x + 0.5),
                    if (x == n) 1 else qbeta(0.975, x + 0.5, n - x + 0.5)))
})
p <- c(0.003, 0.02, 0.04, 0.041, 0.2, 0.9)
answer$adjusted <- list(p = p, holm = p.adjust(p, "holm"), benjamini_hochberg = p.adjust(p, "BH"),
                        bonferroni = p.adjust(p, "bonferroni"))
trend <- prop.trend.test(c(30, 44, 59), c(60, 70, 80), c(2023, 2024, 2026))
answer$trend <- list(chi_squared = number(trend$statistic), p_value = trend$p.value)
answer$power <- power.prop.test(p1 = 0.84, p2 = 0.88, power = 0.8)$n

cat(json(answer), "\n", file = file.path(here, "survey.json"), sep = "")
