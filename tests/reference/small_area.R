# Known answers for tests/analysis/test_small_area.py.
# Run in this folder: Rscript small_area.R > small_area.json
# The model of Fay and Herriot is metafor's random-effects model: rma() gives A, β and the predictor; the mean squared
# error is put together here from the formulas of Datta and Lahiri (2000) with full matrices.  The beta-binomial prior
# is VGAM's; the likelihood is also maximised here by optim() as a second opinion.
suppressMessages({ library(metafor); library(VGAM) })
set.seed(12, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
number <- function(x) formatC(x, digits = 17, format = "g")
list_of <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")
object <- function(x) paste0("{", paste0("\"", names(x), "\": ", sapply(x, list_of), collapse = ", "), "}")

units <- 25
z <- round(runif(units), 3)
se <- round(runif(units, 0.01, 0.06), 4)
y <- round(0.8 + 0.1 * z + rnorm(units, 0, 0.03) + rnorm(units, 0, se), 4)

area <- function(y, se, method, X) {
  m <- rma(yi = y, sei = se, mods = X, intercept = FALSE, method = method, control = list(threshold = 1e-12, maxiter = 10000))
  A <- m$tau2
  D <- se^2
  V <- diag(A + D)
  C <- solve(t(X) %*% solve(V) %*% X)
  B <- D / (A + D)
  information <- sum((A + D)^-2)
  bias <- if (method == "ML") -sum(diag(C %*% t(X) %*% solve(V %*% V) %*% X)) / information else 0
  mse <- A * B + B^2 * diag(X %*% C %*% t(X)) + 2 * B^2 / (A + D) * 2 / information - bias * B^2
  list(between_variance = A, coefficients = as.numeric(coef(m)), value = blup(m)$pred, mse = mse)
}
constant <- cbind(rep(1, units))
with_z <- cbind(1, z)

n <- sample(5:60, units, replace = TRUE)
k <- rbinom(units, n, rbeta(units, 18, 2))
k[1:3] <- n[1:3]
fit <- vglm(cbind(k, n - k) ~ 1, betabinomial, epsilon = 1e-12, maxit = 200)
mu <- as.numeric(Coef(fit)["mu"])
rho <- as.numeric(Coef(fit)["rho"])
minus <- function(p) {
  a <- plogis(p[1]) * exp(p[2]); b <- (1 - plogis(p[1])) * exp(p[2])
  -sum(lbeta(k + a, n - k + b) - lbeta(a, b))
}
own <- optim(c(2, 3), minus, method = "BFGS", control = list(reltol = 1e-15))
M <- 1 / rho - 1

cat("{\n  \"made_by\": \"small_area.R,", R.version.string, "metafor", as.character(packageVersion("metafor")), "VGAM",
    as.character(packageVersion("VGAM")), "\",\n")
cat("  \"y\": ", list_of(y), ",\n  \"se\": ", list_of(se), ",\n  \"z\": ", list_of(z), ",\n", sep = "")
cat("  \"reml\": ", object(area(y, se, "REML", constant)), ",\n", sep = "")
cat("  \"ml\": ", object(area(y, se, "ML", constant)), ",\n", sep = "")
cat("  \"reml_covariate\": ", object(area(y, se / 2, "REML", with_z)), ",\n", sep = "")
cat("  \"ml_covariate\": ", object(area(y, se / 2, "ML", with_z)), ",\n", sep = "")
cat("  \"reml_boundary\": ", object(area(y, 4 * se, "REML", constant)), ",\n", sep = "")
cat("  \"k\": ", list_of(k), ",\n  \"n\": ", list_of(n), ",\n", sep = "")
cat("  \"beta_binomial\": ", object(list(mean = mu, precision = M, mean_by_optim = plogis(own$par[1]),
    precision_by_optim = exp(own$par[2]), value = (k + mu * M) / (n + M))),
    "\n}\n", sep = "")
