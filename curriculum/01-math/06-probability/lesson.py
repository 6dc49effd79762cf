# ---
# title: Probability
# minutes: 50
# needs: [01-math/01-vectors-and-matrices]
# objectives: [aws-mls/2.3, aws-mls/3.2, aws-mls/3.5, databricks-ml/2.9, databricks-ml/3.1, databricks-ml/3.2]
# ---

# %% [markdown]
# # Probability
#
# A model never sees the population, only draws from it. After this lesson you can
#
# - compute with expectations, variances and covariances instead of simulating them,
# - pick a distribution from the story of how the numbers arise, and notice when it fails,
# - turn sensitivity, specificity and prevalence into the chance that an alarm is right,
# - build naive Bayes in a few lines and say where its probabilities go wrong, and
# - put an error bar on any average, and say how many draws a smaller one costs.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks for summary statistics in 2.3 and for
# precision and recall in 3.5; Databricks asks when a log scale helps (2.9) and how to treat
# rare classes (3.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

# %% [markdown]
# ## 1. Expectation and variance
#
# Pick one of 569 breast tumours at random and measure the radius $X$ of its cell nuclei. $X$
# is a *random variable*: a number that depends on the draw. Its *expectation* $\mathbb{E} X$
# is its average, weighted by probability: $\sum_x x\,P(x)$. Its *variance* is
# $\operatorname{Var} X = \mathbb{E}(X - \mathbb{E} X)^2$, the *standard deviation* its root.
# Expectation goes through sums and constants:
#
# $$ \mathbb{E}(a + bX + cY) = a + b\,\mathbb{E}X + c\,\mathbb{E}Y,
# \qquad \operatorname{Var}(a + bX) = b^2 \operatorname{Var} X. $$
#
# > **Predict first.** The expected radius is 14.13. Is the expected area of a circle with
# > radius $X$ equal to, above or below $\pi \cdot 14.13^2$?

# %%
tumours = load_breast_cancer()
columns = dict(zip(tumours.feature_names, tumours.data.T, strict=True))
malignant = tumours.target == 0

radius = columns["mean radius"]
area = np.pi * radius**2
print(f"radius: expectation {radius.mean():.2f}, variance {radius.var():.2f}")
print(f"area of the expected radius: {np.pi * radius.mean() ** 2:.1f}")
print(f"expected area:               {area.mean():.1f}")
print(f"difference: {area.mean() - np.pi * radius.mean() ** 2:.1f}", end="   ")
print(f"pi times the variance: {np.pi * radius.var():.1f}")

# %% [markdown]
# Above, by 38.9. Since $\operatorname{Var} X = \mathbb{E} X^2 - (\mathbb{E} X)^2$, the gap is
# exactly $\pi \operatorname{Var} X$. A curved function does not pass through an average: the
# exponential of a mean log price is not the mean price.
#
# ## 2. Covariance
#
# $\operatorname{Cov}(X, Y) = \mathbb{E}\,(X - \mathbb{E}X)(Y - \mathbb{E}Y)$ says how two
# variables move together; divided by both standard deviations it is the *correlation* $\rho$.
# In a sum,
# $\operatorname{Var}(X + Y) = \operatorname{Var} X + \operatorname{Var} Y + 2\operatorname{Cov}(X, Y)$.
#
# > **Predict first.** Averaging ten uncorrelated measurements of variance 1 leaves a variance
# > of 0.1. What remains if all pairs have $\rho = 0.5$? And with a hundred of them?

# %%
for rho in (0.0, 0.5):
    for n in (10, 100):
        covariance = np.full((n, n), rho) + (1 - rho) * np.eye(n)
        share = np.full(n, 1 / n)
        print(f"rho {rho}, {n:3d} measurements: variance {share @ covariance @ share:.3f}")

ten = np.array([column for name, column in columns.items() if name.startswith("mean")])
ten = (ten - ten.mean(axis=1, keepdims=True)) / ten.std(axis=1, keepdims=True)
pairs = np.corrcoef(ten)[np.triu_indices(10, k=1)]
print(f"ten tumour columns: rho {pairs.mean():.2f} on average, ", end="")
print(f"variance of the average {ten.mean(axis=0).var():.2f}")

# %% [markdown]
# For weights $w$ the variance is $w^\top \Sigma\, w$, with $\Sigma$ the covariance matrix.
# With $\rho = 0.5$ ten measurements leave 0.550 and a hundred 0.505: correlation sets a floor
# of $\rho$. That is why a random forest makes its trees differ. The ten "mean" columns of the
# tumours, standardised, leave 0.49.
#
# Independent variables (section 3) have covariance 0, but not only they:

# %%
x = np.linspace(-1, 1, 201)
print("x and x squared uncorrelated:", abs(np.corrcoef(x, x**2)[0, 1]) < 1e-12)

# %% [markdown]
# Uncorrelated, although $x$ determines $x^2$: covariance sees straight lines only.
#
# ## 3. Distributions and where they come from
#
# $X$ and $Y$ are *independent* if knowing one does not change the probabilities of the other;
# then the probability of both is $P(x, y) = P(x) P(y)$. One coin, tossed independently, builds
# most of the named distributions. Cut an hour into 3,600 seconds; in each, a request arrives
# with probability $p = 4/3600$. (Under a *density*, area is probability.)

# %%
from scipy import stats

rng = np.random.default_rng(0)
arrived = rng.random((20_000, 3600), dtype=np.float32) < 4 / 3600  # 20,000 hours
per_hour = arrived.sum(axis=1)
gaps = np.diff(np.flatnonzero(arrived)) / 60  # minutes from one request to the next
per_day = per_hour[:19_992].reshape(-1, 24).sum(axis=1)
print(f"count per hour: mean {per_hour.mean():.2f}, variance {per_hour.var():.2f}")
print(f"gap: mean {gaps.mean():.1f} minutes, standard deviation {gaps.std():.1f}")

figure, axes = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
k, minutes, sums = np.arange(14), np.linspace(0, 75, 100), np.linspace(60, 132, 100)
axes[0].hist(per_hour, bins=np.arange(-0.5, 14), density=True, color="0.75", rwidth=0.9)
axes[0].plot(k, stats.poisson(4).pmf(k), "k.")
axes[0].set(title="Count per hour: Poisson", xlabel="requests in an hour", ylabel="density")
axes[1].hist(gaps, bins=50, range=(0, 75), density=True, color="0.75")
axes[1].plot(minutes, stats.expon(scale=15).pdf(minutes), "k")
axes[1].set(title="Time between two: exponential", xlabel="minutes")
axes[2].hist(per_day, bins=np.arange(59.5, 133, 3), density=True, color="0.75")
axes[2].plot(sums, stats.norm(96, np.sqrt(96)).pdf(sums), "k")
axes[2].set(title="Sum of many: nearly normal", xlabel="requests in a day")
figure.suptitle("One coin, three distributions (grey: simulated, black: formula)")
plt.show()

# %% [markdown]
# | name | story | mean | variance | in ML |
# |---|---|---|---|---|
# | Bernoulli($p$) | one yes or no | $p$ | $p(1-p)$ | binary label; log loss is minus its log-likelihood |
# | categorical($p_1 … p_k$) | one of $k$ | – | – | classes, next token; softmax output |
# | binomial($n, p$) | yeses in $n$ independent tries | $np$ | $np(1-p)$ | correct answers on a test set |
# | Poisson($\lambda$) | rare independent events | $\lambda$ | $\lambda$ | counts: clicks, defects |
# | exponential($\lambda$) | wait for the next such event | $1/\lambda$ | $1/\lambda^2$ | time to failure |
# | uniform($a, b$) | nothing preferred in $[a, b]$ | $(a+b)/2$ | $(b-a)^2/12$ | random search, shuffling |
# | normal($\mu, \sigma^2$) | sum of many small parts | $\mu$ | $\sigma^2$ | noise; minus its log-likelihood gives squared error |
# | lognormal | product of many factors | – | – | prices, sizes: take the log |
#
# The Poisson's mark is a variance equal to its mean (here 4.00 and 4.01), the exponential's a
# standard deviation equal to its mean (14.9 and 15.0). And the lognormal? Growth multiplies, so
# sizes are skewed to the right:

# %%
for label, values in {"area": area, "log area": np.log(area)}.items():
    print(f"{label:>8}: skewness {stats.skew(values):.2f}")

# %% [markdown]
# A symmetric distribution has 0. The log removes most of the skew; model such a column on the
# log scale.
#
# > **Predict first.** A request comes every 15 minutes on average. You have waited 20 minutes
# > without one. How much longer will it take?

# %%
for waited in (0, 20, 40):
    still = gaps[gaps > waited]
    print(f"after {waited:2d} minutes: {(still - waited).mean():.1f} more   ({len(still)} cases)")

uniform = rng.random(100_000)
waits = -15 * np.log(1 - uniform)
print(f"from uniform numbers: mean {waits.mean():.1f}, standard deviation {waits.std():.1f}")

# %% [markdown]
# 14.9: the exponential has no memory, since the coin has none. Parts that wear out do.
#
# The last line shows how to draw from a distribution. A gap is at most $t$ with probability
# $F(t) = 1 - e^{-t/15}$, the *cumulative distribution*; a uniform number, put into the inverse
# of $F$, becomes an exponential one.
#
# > **Predict first.** In `load_digits` one image in ten is a seven. Among 30 consecutive
# > images their count should be binomial, with variance $30 \cdot 0.1 \cdot 0.9 = 2.7$. What
# > will the data say?

# %%
digits = load_digits()
sevens = digits.target == 7
stored = sevens[:1770].reshape(-1, 30).sum(axis=1)
print(f"as stored: mean {stored.mean():.2f}, variance {stored.var():.2f}")
shuffles = np.array([rng.permutation(sevens)[:1770] for _ in range(1_000)])
variances = shuffles.reshape(1_000, -1, 30).sum(axis=2).var(axis=1)
print(f"shuffled, 1,000 times: variance {variances.mean():.2f} on average,", end=" ")
print(f"{variances.min():.2f} at least")

# %% [markdown]
# The mean is right, 2.98, the variance only 0.66, less than in any of 1,000 shuffles.
# `digits.target[:30]` shows why: 0 to 9, three times. A seven makes another one nearby less
# likely. The opposite is more common: clicks or defects come in bursts, and the variance is
# *above* the Poisson's (overdispersion).
#
# ## 4. Conditioning: what a positive test means
#
# $P(A \mid B) = P(A, B) / P(B)$: keep the cases with $B$, count $A$ among them. Our test calls
# a tumour malignant if its largest nuclei ("worst area") exceed 800. *Sensitivity* is
# $P(+ \mid \text{malignant})$, *specificity* $P(- \mid \text{benign})$, *precision*
# $P(\text{malignant} \mid +)$.
#
# > **Predict first.** The test is right for about nine in ten of either kind. In a screening
# > where 1 % are malignant, how many of its alarms are right?


# %%
def posterior(prevalence, sensitivity, specificity):
    true_alarms = prevalence * sensitivity
    return true_alarms / (true_alarms + (1 - prevalence) * (1 - specificity))


positive = columns["worst area"] > 800
sensitivity, specificity = positive[malignant].mean(), (~positive[~malignant]).mean()
print(f"sensitivity {sensitivity:.3f}, specificity {specificity:.3f}")
print(f"precision, counted in the data: {malignant[positive].mean():.3f}")
for prevalence in (malignant.mean(), 0.1, 0.01, 0.001):
    precision = posterior(prevalence, sensitivity, specificity)
    print(f"prevalence {prevalence:.3f}: precision {precision:.3f}")

# %% [markdown]
# 8.8 %. Of 10,000 people 100 have a malignant tumour, which gives 89 true alarms; of the 9,900
# others 9.2 % give 915 false ones. This is *Bayes' rule*,
#
# $$ P(A \mid B) = \frac{P(B \mid A)\, P(A)}{P(B)}, \qquad
# \text{posterior odds} = \text{prior odds} \times
# \frac{P(+ \mid \text{malignant})}{P(+ \mid \text{benign})}. $$
#
# Where 37 % are malignant, as in the data, precision is 0.851. Sensitivity and specificity
# travel to any population where each kind of tumour looks the same; precision does not.
#
# > **Predict first.** A second test, about as good, is positive too. Will it matter which one?

# %%
second_tests = {"worst radius > 16.2": columns["worst radius"] > 16.2}
second_tests["concave points > 0.125"] = columns["worst concave points"] > 0.125
ratio = sensitivity / (1 - specificity)
for name, second in second_tests.items():
    alone = second[malignant].mean() / second[~malignant].mean()
    both = (positive & second)[malignant].mean() / (positive & second)[~malignant].mean()
    odds = 0.01 / 0.99 * np.array([ratio * alone, both])
    chance = odds / (1 + odds)
    print(f"{name:<22}: alone {alone:.1f} times the odds; ", end="")
    print(f"chance if independent {chance[0]:.2f}, as counted {chance[1]:.2f}")

# %% [markdown]
# It does. Each second test alone multiplies the odds by 9 to 10, which would lift 8.8 % to about
# one half. Counted, the radius leads to 0.09: it repeats the area. The concave points get to
# 0.21: even among the benign, large and dented go together. Multiplying is right only if the
# tests are independent *given the diagnosis*.
#
# ## 5. Naive Bayes
#
# Naive Bayes multiplies all the same, as if features were independent within a class. For a
# digit $d$ and 64 pixels $x_j$, black or white:
#
# $$ P(d \mid x) \propto P(d) \prod_{j=1}^{64} P(x_j \mid d). $$
#
# We count in 1,200 images and test on the other 597.
#
# > **Predict first.** A pixel that was never black for an 8 gets probability 0. For how many
# > of the 597 images does that rule out the right digit? And all ten?

# %%
ink, y = digits.data > 7, digits.target
X_train, X_test, y_train, y_test = ink[:1200], ink[1200:], y[:1200], y[1200:]


def pixel_probabilities(X, y, alpha):
    black = np.array([X[y == digit].sum(axis=0) for digit in range(10)])
    return (black + alpha) / (np.bincount(y)[:, None] + 2 * alpha)


counted = pixel_probabilities(X_train, y_train, alpha=0)
likelihood = np.prod(np.where(X_test[:, None], counted, 1 - counted), axis=2)
print("right digit ruled out:", np.sum(likelihood[np.arange(597), y_test] == 0))
print("all ten ruled out:    ", np.sum(likelihood.max(axis=1) == 0))

# %% [markdown]
# The right digit is ruled out for 31 images, every digit for 3: one pixel can veto 63 others.
# *Laplace smoothing* starts each count at $\alpha = 1$. And because products of many small
# numbers underflow to 0, we add logarithms, and subtract the largest before we go back.
#
# > **Predict first.** We give the model every pixel twice, or five times: no new information.
# > What happens to its accuracy, and to its confidence (the probability of its choice)?

# %%
from sklearn.naive_bayes import BernoulliNB


def naive_bayes(X_train, y_train, X_test, alpha=1):
    p = pixel_probabilities(X_train, y_train, alpha)
    log_joint = np.log(np.bincount(y_train) / len(y_train))
    log_joint = log_joint + X_test @ np.log(p).T + ~X_test @ np.log(1 - p).T
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


ours = naive_bayes(X_train, y_train, X_test)
theirs = BernoulliNB(alpha=1).fit(X_train, y_train).predict_proba(X_test)
print("same as scikit-learn:", np.allclose(ours, theirs))
for copies in (1, 2, 5):
    p = naive_bayes(np.tile(X_train, copies), y_train, np.tile(X_test, copies))
    right = p.argmax(axis=1) == y_test
    print(f"each pixel x {copies}: accuracy {right.mean():.3f}", end="   ")
    print(f"mean confidence {p.max(axis=1).mean():.3f}")

# %% [markdown]
# The accuracy hardly moves, 0.859 to 0.861, while the confidence climbs from 0.939 to 0.987:
# evidence counted five times. Even with single pixels it is too sure, since neighbours repeat
# each other. Trust the choice of naive Bayes, not its probabilities.
#
# ## 6. The law of large numbers
#
# The average of independent draws tends to the expectation as $n$ grows.
#
# > **Predict first.** From 100 to 10,000 to 1,000,000 tosses of a coin: does the *difference*
# > of heads and tails shrink?

# %%
for n in (100, 10_000, 1_000_000):
    heads = rng.binomial(n, 0.5, size=20_000)
    difference = np.abs(2 * heads - n).mean()
    print(f"{n:9,} tosses: difference {difference:6.1f}", end="   ")
    print(f"as a share {difference / n:.5f}")

# %% [markdown]
# It grows: on average 7.9, 79.8 and 799.8, tenfold each time, while the share shrinks tenfold.
# Nothing is paid back; a surplus is only diluted. The law needs an expectation, though. The
# ratio of two independent standard normals (the *Cauchy* distribution) has none.

# %%
n = np.arange(1, 20_001)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True, layout="constrained")
for axis, title in zip(axes, ("Normal: settles", "Cauchy: never settles"), strict=True):
    for style in ("-", "--", ":"):
        draws = rng.normal(size=len(n))
        if "Cauchy" in title:
            draws = draws / rng.normal(size=len(n))
        axis.semilogx(n, np.cumsum(draws) / n, style, linewidth=1.2)
    axis.set(title=title, xlabel="draws so far", ylim=(-4, 4))
axes[0].set(ylabel="average so far")
figure.suptitle("An average helps only where there is an expectation (three runs each)")
plt.show()

# %% [markdown]
# On the right single draws still throw the average off after thousands of others.
# Ratios whose denominator comes near zero behave like this: use the median, or clip.
#
# ## 7. Monte Carlo: 1/√n
#
# What is the chance that a random malignant tumour has a rougher texture than a random benign
# one? (Ties aside, this is the AUC of texture.) All 212 × 357 pairs give it exactly, 0.776;
# *Monte Carlo* draws $n$ pairs and counts. The average of $n$ independent draws has variance
# $n \sigma^2 / n^2$, so its *standard error* is $\sigma / \sqrt n$; for a share,
# $\sigma = \sqrt{p (1 - p)}$.
#
# > **Predict first.** 100 pairs are off by about 0.04. How many pairs for 0.004?

# %%
texture = columns["mean texture"]
bad, good = texture[malignant], texture[~malignant]
exact = np.mean(bad[:, None] > good)
print(f"exact {exact:.3f}")
for n in (100, 1_000, 10_000):
    runs = (rng.choice(bad, (1_000, n)) > rng.choice(good, (1_000, n))).mean(axis=1)
    error = np.sqrt(np.mean((runs - exact) ** 2))
    own = np.sqrt(runs * (1 - runs) / n)  # what a single run says about itself
    covered = np.mean(np.abs(runs - exact) < 1.96 * own)
    theory = np.sqrt(exact * (1 - exact) / n)
    print(f"{n:6d} pairs: error {error:.4f}, theory {theory:.4f}, covered {covered:.1%}")

# %% [markdown]
# 10,000: ten times as precise costs a hundred times the draws. A single run can say how
# precise it is. Averages of many draws are nearly normal (the *central limit theorem*), and 95 %
# of a normal lies within 1.96 standard deviations: ±1.96 standard errors, from the run's own
# $p$, cover the exact value in about 95 % of the runs. Likewise an accuracy of 0.9 on 400
# independent test images has a standard error of $\sqrt{0.9 \cdot 0.1 / 400} = 0.015$, so 0.91
# is no proof of a better model.
#
# > **Predict first.** A standard normal exceeds 4 with probability 0.00003. What do 10,000
# > draws estimate, typically?

# %%
hits = rng.binomial(10_000, stats.norm.sf(4), size=1_000)
print(f"{np.mean(hits == 0):.0%} of 1,000 runs estimate exactly 0")
for p in (0.1, 0.001, stats.norm.sf(4)):
    print(f"p = {p:.5f}: {(1 - p) / p / 0.1**2:12,.0f} draws for a standard error of 10 % of p")

# %% [markdown]
# Zero, with a standard error of zero beside it, in 73 % of the runs. Rare events need millions
# of draws, or *importance sampling*: draws made where the event happens, with weights that set
# it right. The exercise does that.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | precision collapses in production | lower base rate than in training | Bayes with the true prevalence; other threshold |
# | counts vary more than their mean | bursts, mixed groups | negative binomial; model the groups |
# | counts vary less than they should | rows ordered or matched | shuffle |
# | probability exactly 0 or `NaN` | unseen category, underflow | smoothing; sums of logs |
# | confident and wrong | evidence counted twice | drop duplicates; calibrate |
# | average jumps after thousands of rows | heavy tail | median, log, clipping |
#
# ## Summary
#
# - Expectation is linear; $\operatorname{Var}(w^\top X) = w^\top \Sigma\, w$.
# - A distribution is a story: one coin gives binomial, Poisson, exponential and normal. Check
#   in the data that the draws are independent.
# - Posterior odds are prior odds times likelihood ratio. Precision depends on the base rate.
# - Naive Bayes: good choices, overconfident probabilities. Smooth; add logarithms.
# - Averages converge like $\sigma / \sqrt n$: one more digit costs a hundred times the draws.
#
# Next: the [exercise](../../exercises/01-math/06-probability.ipynb), then
# [statistics](07-statistics.ipynb).
