# ---
# title: Statistics
# minutes: 55
# needs: [01-math/06-probability]
# objectives: [aws-mls/2.3, aws-mls/3.3, aws-mls/3.5, aws-mla/2.3, databricks-ml/3.11, databricks-ml/3.12, databricks-ml/3.15]
# ---

# %% [markdown]
# # Statistics
#
# Probability reasons from a population to its draws, statistics from a few draws back to the
# population. After this lesson you can
#
# - split an estimator's error into bias and variance,
# - say which noise model hides behind squared error, absolute error and cross-entropy,
# - put a confidence interval around an average, and notice when it promises too much,
# - bootstrap an error bar for a metric that has no simple formula, and
# - update a belief with data, and shrink noisy estimates.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks for summary statistics (2.3), the loss
# that fits a problem (3.3) and sound comparisons of models (3.5), as does its successor MLA-C02
# (2.3). Databricks asks for log loss, RMSE and MAE (3.11, 3.12), and for bias against variance
# (3.15).

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_digits

rng = np.random.default_rng(0)
tumours = load_breast_cancer()
malignant = tumours.target == 0
radius, texture, area = tumours.data[:, 0], tumours.data[:, 1], tumours.data[:, 3]

# %% [markdown]
# ## 1. An estimator is a random variable
#
# A *parameter* is a number that describes the population. An *estimator* is a recipe that guesses
# it from a *sample*. Another sample gives another guess, so guesses have a distribution, the
# *sampling distribution*. It judges the recipe:
#
# - *bias*: the average guess minus the truth,
# - *variance*: how much the guess changes from sample to sample.
#
# The mean squared error contains both: $\text{MSE} = \text{bias}^2 + \text{variance}$.
#
# Usually the truth is hidden. Here the 569 tumours *are* the population. The
# variance of their radius is 12.40. We guess it from samples of five, drawn with replacement:
# square the distances to the sample's own mean, add them up, divide by 4, 5 or 6.
#
# > **Predict first.** Which divisor is right on average? Which one has the smallest error?

# %%
truth = radius.var()
print(f"truth {truth:.2f}")
samples = rng.choice(radius, size=(100_000, 5))
squares = np.sum((samples - samples.mean(axis=1, keepdims=True)) ** 2, axis=1)
for divisor in (4, 5, 6):
    guesses = squares / divisor
    bias, variance = guesses.mean() - truth, guesses.var()
    mse = np.mean((guesses - truth) ** 2)
    print(f"divisor {divisor}: average {guesses.mean():5.2f}, bias {bias:5.2f}", end="   ")
    print(f"bias² {bias**2:4.1f} + variance {variance:5.1f} = MSE {mse:5.1f}")

# %% [markdown]
# Four, $n - 1$, is right on average: it is *unbiased*. Five values lie closer to their own mean
# than to the true one, so the sum of squares is too small. (Their distances sum to 0: four fix the
# fifth, so there are four *degrees of freedom*.) Yet six has the smallest MSE: low by 4.1 on
# average, but steadier. Unbiased does not mean best. Regularisation, say a penalty on large
# weights, makes the same trade.
#
# As $n$ grows all three tend to the truth: they are *consistent*. For small $n$, know your library:

# %%
five = samples[0]
print(f"np.var: {np.var(five):.2f}   pandas: {pd.Series(five).var():.2f}", end="   ")
print(f"np.var(ddof=1): {np.var(five, ddof=1):.2f}")

# %% [markdown]
# NumPy divides by $n$, pandas by $n - 1$. `ddof` is what is taken off $n$.
#
# ## 2. Maximum likelihood
#
# A model gets 8 of 10 test images right. Its true accuracy $p$
# is unknown, but for every $p$ we can compute how probable "8 of 10" would be. As a function of
# $p$, with the data fixed, this is the *likelihood*. *Maximum likelihood* picks the $p$ at its
# peak. Logarithms turn products over rows into sums.
#
# > **Predict first.** $p = 0.8$ fits best. How many times less likely does $p = 0.5$ make 8 of
# > 10? And 80 of 100?

# %%
p = np.linspace(0.3, 0.99, 400)
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
for right, n, style in ((8, 10, "--"), (80, 100, "-")):
    log_likelihood = stats.binom.logpmf(right, n, p)
    axis.plot(p, log_likelihood - stats.binom.logpmf(right, n, 0.8), style, label=f"{right} of {n}")
    ratio = stats.binom.pmf(right, n, 0.8) / stats.binom.pmf(right, n, 0.5)
    print(f"{right} of {n}: 0.8 makes it {ratio:.2g} times as probable as 0.5")
axis.set(xlabel="accuracy p", ylabel="log-likelihood below its peak", ylim=(-8, 0.5))
axis.set(title="Same peak; more data, sharper peak")
axis.legend()
plt.show()

# %% [markdown]
# 6.9 times, and 230 million times: likelihoods multiply over rows, so ten times the rows raise the
# ratio to its tenth power. A sharp peak leaves few plausible $p$.
#
# ## 3. Your loss is a likelihood
#
# Suppose that $y$ is a prediction $\hat y$ plus normal noise. Minus the log-likelihood is
# $\frac{1}{2\sigma^2} \sum (y - \hat y)^2$ plus a constant. So **minimising squared error is
# maximum likelihood under normal noise**. *Laplace* noise has heavier tails: its log-density
# falls in proportion to $|y - \hat y|$, which gives absolute error.
#
# > **Predict first.** We predict the area of all 569 tumours by one number. The mean is 655, the
# > median 551. Which does each noise model choose?

# %%
candidates = np.arange(400, 900)
for noise in (stats.norm, stats.laplace):
    log_likelihood = noise(candidates[:, None], 300).logpdf(area).sum(axis=1)
    print(f"{noise.name:>7}: best constant {candidates[np.argmax(log_likelihood)]}")

# %% [markdown]
# Normal noise chooses the mean, Laplace noise the median. To a normal, large errors are nearly
# impossible, so a few huge tumours pull it towards them.
#
# A yes-or-no label is a Bernoulli draw. Minus its log-likelihood, averaged over the rows, is the
# **cross-entropy**, or log loss. *Logistic regression* turns a weighted sum of features into a
# probability, $1 / (1 + e^{-\text{sum}})$. Its weights are those of maximum likelihood:

# %%
from scipy.optimize import minimize
from scipy.special import expit  # 1 / (1 + exp(-sum))
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

X = stats.zscore(np.column_stack([radius, texture]))


def minus_log_likelihood(weights):
    chance = expit(weights[0] + X @ weights[1:])
    return -np.sum(np.log(np.where(malignant, chance, 1 - chance)))


ours = minimize(minus_log_likelihood, np.zeros(3))
theirs = LogisticRegression(C=np.inf).fit(X, malignant)  # C=inf: no penalty
print("our weights:  ", ours.x.round(2))
print("scikit-learn: ", np.append(theirs.intercept_, theirs.coef_).round(2))
cross_entropy = log_loss(malignant, theirs.predict_proba(X))
print(f"minus log-likelihood per row {ours.fun / 569:.4f}, log_loss {cross_entropy:.4f}")

# %% [markdown]
# The same weights, the same number. Choosing a loss means choosing a story about the noise.
#
# ## 4. The central limit theorem
#
# The last lesson gave an average its *standard error* (SE), $\sigma / \sqrt n$. The *central limit
# theorem* adds the shape: if the draws are independent and $\sigma$ is finite, the distance of an
# average from the true mean, in SE, becomes normal as $n$ grows, whatever the population.
#
# How large must $n$ be? A popular rule says 30. We test it on the orders of a shop, mostly small,
# sometimes huge; they are synthetic (lognormal), so we know their mean.
#
# > **Predict first.** A normal average lies more than 1.96 SE too low in 2.5 % of the samples, and
# > as often too high. What about averages of 30 orders?


# %%
def draw_orders(size):
    return 20 * rng.lognormal(0, 1.2, size=size)


order_mean = 20 * np.exp(1.2**2 / 2)
order_deviation = order_mean * np.sqrt(np.exp(1.2**2) - 1)
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharey=True, layout="constrained")
grid = np.linspace(-3.5, 4.5, 200)
for axis, n in zip(axes, (2, 30, 1_000), strict=True):
    averages = draw_orders((20_000, n)).mean(axis=1)
    z = (averages - order_mean) / (order_deviation / np.sqrt(n))
    print(f"n = {n:4d}: too low {np.mean(z < -1.96):.1%}, too high {np.mean(z > 1.96):.1%}")
    axis.hist(z, bins=64, range=(-3.5, 4.5), density=True, color="0.75")
    axis.plot(grid, stats.norm.pdf(grid), "k")
    axis.set(title=f"averages of {n:,}", xlabel="SE from the true mean")
axes[0].set(ylabel="density")
figure.suptitle("Averages of skewed orders become normal slowly (black: normal)")
plt.show()

# %% [markdown]
# At 30 hardly any is that far too low, and 4.2 % are too high: the middle panel leans. Even at
# 1,000 the tails differ, 1.7 % against 3.1 %. No $n$ is always enough: more skew needs more.
#
# ## 5. Standard errors and confidence intervals
#
# Every estimator has an SE, the standard deviation of its sampling distribution. Do not confuse it
# with that of single *rows*, which does not shrink with $n$. For a mean, put the sample's standard
# deviation $s$ (`ddof=1`) in place of $\sigma$. SE and 95 % *confidence interval* are then
#
# $$ \text{SE} = \frac{s}{\sqrt n}, \qquad \bar x \pm t \cdot \text{SE}. $$
#
# Since $s$ is only an estimate, 1.96 is too small. Student's *t distribution* with $n - 1$
# degrees of freedom gives the factor $t$.

# %%
for n in (5, 10, 30, 100):
    print(f"n = {n:3d}: t = {stats.t.ppf(0.975, n - 1):.2f}")


def intervals(samples):
    n = samples.shape[1]
    half = stats.t.ppf(0.975, n - 1) * samples.std(axis=1, ddof=1) / np.sqrt(n)
    centre = samples.mean(axis=1)
    return centre - half, centre + half


low, high = intervals(rng.choice(radius, size=(60, 30)))
missed = (low > radius.mean()) | (high < radius.mean())
figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
for chosen, colour, label in ((~missed, "0.6", "covers"), (missed, "C3", "misses")):
    axis.vlines(np.flatnonzero(chosen), low[chosen], high[chosen], colour, lw=2, label=label)
axis.axhline(radius.mean(), color="k", lw=1, label="true mean")
axis.set(xlabel="sample", ylabel="radius", title="The truth stands still; the intervals move")
figure.legend(loc="outside right upper")
plt.show()
print(f"{missed.sum()} of 60 intervals miss")

# %% [markdown]
# "95 %" is a promise about the *procedure*: repeat it, and 95 % of the intervals contain the
# truth. (It is not where 95 % of the rows lie.)
#
# > **Predict first.** What share of 95 % intervals from 30 orders contains the true mean?


# %%
def coverage(samples, true_mean):
    low, high = intervals(samples)
    print(f"covers {np.mean((low <= true_mean) & (true_mean <= high)):.0%}", end="   ")
    print(f"too low {np.mean(high < true_mean):.0%}, too high {np.mean(low > true_mean):.0%}")


for n in (10, 30, 300):
    print(f"radius, n = {n:3d}:", end=" ")
    coverage(rng.choice(radius, size=(20_000, n)), radius.mean())
    print(f"orders, n = {n:3d}:", end=" ")
    coverage(draw_orders((20_000, n)), order_mean)

# %% [markdown]
# Only 86 %, and the misses are one-sided: without a huge order, a sample has a low mean *and* a
# small $s$. The mildly skewed radius is nearly fine from 10 on.
#
# > **Predict first.** Someone stores each of 30 tumours four times (as rotated images, say) and
# > computes the interval from 120 rows. What becomes of the 95 %?

# %%
thirty = rng.choice(radius, size=(20_000, 30))
print("30 tumours, 120 rows:", end=" ")
coverage(np.repeat(thirty, 4, axis=1), radius.mean())

# %% [markdown]
# Two thirds. The SE halves, although nothing was learned. Count *independent* units, such as
# patients, not rows.
#
# ## 6. The bootstrap
#
# A mean has a simple formula for its SE; a median or an AUC has not. The *bootstrap* lets the
# sample play the population: draw $n$ rows from it *with replacement*, compute the statistic,
# repeat. The standard deviation of the results estimates the SE; their middle 95 % form a
# *percentile interval*, from the 2.5 % to the 97.5 % quantile.
#
# We bootstrap the AUC of texture (the chance that a random malignant tumour is rougher than a
# random benign one) from one sample of 100 tumours. Owning the population, we compare with 2,000
# fresh samples.


# %%
def auc(rows):
    bad, good = texture[rows][malignant[rows]], texture[rows][~malignant[rows]]
    return np.mean(bad[:, None] > good)


sample = rng.choice(569, size=100)
fresh = np.array([auc(rng.choice(569, size=100)) for _ in range(2_000)])
boot = np.array([auc(rng.choice(sample, size=100)) for _ in range(2_000)])
print(f"fresh samples: centre {fresh.mean():.2f}, SE {fresh.std():.3f}")
print(f"bootstrap:     centre {boot.mean():.2f}, SE {boot.std():.3f}", end="   ")
print("95 % interval", np.quantile(boot, [0.025, 0.975]).round(2))

figure, axes = plt.subplots(2, 1, figsize=(7, 3.6), sharex=True, layout="constrained")
for axis, values, label in zip(axes, (fresh, boot), ("fresh samples", "bootstrap"), strict=True):
    axis.hist(values, bins=40, range=(0.55, 0.95), color="0.75")
    axis.axvline(auc(np.arange(569)), color="k", label="true AUC")
    axis.set(ylabel=label, yticks=[])
axes[1].axvline(auc(sample), color="C3", ls="--", label="AUC of our sample")
axes[0].set(title="The bootstrap gets the width right, not the place")
axes[1].set(xlabel="AUC of texture")
axes[1].legend()
plt.show()

# %% [markdown]
# About the right width, from a single sample. The centre is our sample's AUC, luck included; more
# resamples do not help. With several rows per patient, draw patients. For a trained model, this is
# the noise of the test set; that of the training set is not in it.
#
# > **Predict first.** What share of the sample's rows appears in a resample? How often is the
# > resample's maximum the sample's maximum?

# %%
resamples = rng.integers(100, size=(5_000, 100))
distinct = np.mean([len(np.unique(rows)) / 100 for rows in resamples])
values = rng.permutation(radius)[:100]
same = np.mean(values[resamples].max(axis=1) == values.max())
print(f"distinct rows {distinct:.0%}, maximum unchanged in {same:.0%}")

# %% [markdown]
# About 63 % both times, near $1 - 1/e$. Random forests test on the other 37 %, the *out-of-bag*
# rows. For a maximum the bootstrap fails: it never looks beyond the sample. It suits statistics in
# which no single row matters much.
#
# ## 7. Updating a belief
#
# *Bayesian* estimation starts with a distribution over the parameter, the *prior*, and multiplies
# it by the likelihood. The result, scaled to area 1, is the *posterior*. For a share, take the
# *Beta* distribution: density proportional to $p^{a-1}(1-p)^{b-1}$, mean $a / (a + b)$. With $k$
# successes in $n$ tries the powers add up:
#
# $$ \text{Beta}(a, b) \;\longrightarrow\; \text{Beta}(a + k,\; b + n - k). $$
#
# A prior that keeps its family is *conjugate*. Read $a$ and $b$ as successes and failures seen
# before; Beta(1, 1) is flat. We follow a digit classifier through its test images.
#
# > **Predict first.** One observer starts flat, a pessimist with 5 successes and 15 failures. After
# > how many images do they agree: 10, 100 or 1,000?

# %%
from sklearn.naive_bayes import BernoulliNB

digits = load_digits()
model = BernoulliNB(binarize=7).fit(digits.data[:400], digits.target[:400])
right = model.predict(digits.data[400:]) == digits.target[400:]

p = np.linspace(0.1, 1, 500)
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharex=True, layout="constrained")
for axis, n in zip(axes, (10, 100, 1_000), strict=True):
    for name, (a, b), style in (("flat", (1, 1), "-"), ("pessimist", (5, 15), "--")):
        posterior = stats.beta(a + right[:n].sum(), b + n - right[:n].sum())
        lower, upper = posterior.ppf([0.025, 0.975])
        print(f"{n:5d} images, {name:>9}: {posterior.mean():.2f} ({lower:.2f} to {upper:.2f})")
        axis.plot(p, posterior.pdf(p), style, label=name)
    axis.set(title=f"after {n:,} images", xlabel="accuracy", yticks=[])
axes[0].set(ylabel="posterior density")
axes[2].legend(loc="upper left")
figure.suptitle("Data outvote the prior (each panel has its own height)")
plt.show()

# %% [markdown]
# After 1,000. The posterior mean is a weighted average of prior mean and share, in which the
# pessimist's prior counts as $a + b = 20$ images. The printed range is a *credible interval*: given
# prior and model, the accuracy lies in it with probability 95 %. No confidence interval claims that.
#
# > **Predict first.** 50 tries, no failure: by maximum likelihood the failure rate is 0. Below
# > which value does it lie with 95 % probability, starting flat?

# %%
for n in (50, 500):
    posterior = stats.beta(1, 1 + n)
    print(f"0 of {n}: mean {posterior.mean():.4f}, 95 % below {posterior.ppf(0.95):.4f}")

# %% [markdown]
# Below 0.057, about $3/n$: the *rule of three*. The mean, $1/52$, is the last lesson's Laplace
# smoothing.
#
# ## 8. Shrinking
#
# How often does the classifier recognise a 0, a 1, … a 9? We draw ten test images of each, 20,000
# times over, and compare the plain share with posterior means whose prior sits at the overall
# accuracy and counts as 5 or 50 images.
#
# > **Predict first.** Pulling all ten towards a common value makes every estimate biased. Are they
# > further from the truth?

# %%
labels = digits.target[400:]
truth = np.array([right[labels == digit].mean() for digit in range(10)])  # about 140 images each
hits = rng.binomial(10, truth, size=(20_000, 10))
for weight in (0, 5, 50):
    guesses = (hits + weight * right.mean()) / (10 + weight)
    error = np.sqrt(np.mean((guesses - truth) ** 2, axis=0))  # root of the MSE, per digit
    overall = np.sqrt(np.mean(error**2))
    print(f"prior of {weight:2d} images: error {overall:.3f}", end="   ")
    print(f"digit 8 {error[8]:.3f}, digit 1 {error[1]:.3f}")
print("truth, digits 0 to 9:", truth.round(2), f"overall {right.mean():.2f}")

# %% [markdown]
# Closer on average, with the light prior: less variance pays for the bias. The heavy prior pulls
# too much. The odd one out pays either way: the 1, far harder than the rest, gets worse. A penalty
# on weights does the same: L2 is a normal prior around zero, and the fitted weights are the peak
# of the posterior (*MAP*).
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | pandas and NumPy disagree | `ddof` 1 and 0 | set `ddof` |
# | a few rows dominate the fit | squared error, heavy tails | absolute error; log |
# | intervals miss too often, on one side | skew, small $n$ | more data; log scale |
# | interval much too narrow | dependent or copied rows | count and resample units |
# | share of 0 or 1, SE of 0 | few tries | prior; rule of three |
# | best and worst groups are small | noise of small samples | shrink |
#
# ## Summary
#
# - MSE is bias² plus variance.
# - Squared error, absolute error and cross-entropy are maximum likelihood under normal, Laplace and
#   Bernoulli noise.
# - Averages become normal, slowly if skewed. "95 %" is about the procedure and needs independent
#   rows.
# - Bootstrap what has no formula, but resample independent units.
# - Beta(a, b) plus data is Beta(a + successes, b + failures). Priors shrink.
#
# Next: the [exercise](../../exercises/01-math/07-statistics.ipynb), then
# [hypothesis tests](08-hypothesis-tests.ipynb).
