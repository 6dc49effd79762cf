# ---
# title: "Exercise: probability"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: probability
#
# Six questions about classes that become rare, groups that are mixed, machines that fail and
# events that hardly ever happen. Your data are drawn for you: change `seed` to practise again on
# others. Every function must work on any input of the shapes that its question names, not only on
# the data below. NumPy and SciPy are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_wine

rng = np.random.default_rng(seed)

# question 1: what a classifier says of 60 rows, and two sets of class shares
probabilities = rng.dirichlet([1, 1, 1], size=60)
old, new = rng.dirichlet([6, 3, 3]) * 0.8 + 0.2 / 3, rng.dirichlet([1, 4, 4]) * 0.8 + 0.2 / 3

# questions 2 and 5: wines of three growers, four measurements each, some of them missing
wine = load_wine()
wine_rows = rng.permutation(len(wine.target))
wine_columns = rng.choice([0, 1, 2, 3, 4, 7, 8], size=4, replace=False)
wines, growers = wine.data[wine_rows][:, wine_columns], wine.target[wine_rows]
gappy = np.where(rng.random(wines.shape) < 0.15, np.nan, wines)
gappy_all = wine.data[wine_rows] + np.where(rng.random((178, 13)) < 0.1, np.nan, 0)
priors = rng.dirichlet([5, 5, 5]) * 0.8 + 0.2 / 3

# question 3: machines, their failures per hour, and the share that is mended on the spot
rates = rng.uniform(0.005, 0.05, size=8)
mended = rng.uniform(0.1, 0.8, size=8)

# question 4: a histogram of tumour areas with unequal bins, one of them empty
areas = rng.choice(load_breast_cancer().data[:, 3], size=300, replace=False)
edges = np.sort(np.append(rng.uniform(200, 1500, size=6), [100, 2600, 2900, 3000]))
counts = np.histogram(areas, edges)[0] + np.array([1, 2, 3, 1, 2, 3, 1, 0, 1])

# question 6: draws from two densities
limit = float(rng.uniform(3.5, 4.5))
shifted, long_wait = stats.norm(limit, 1), stats.expon(scale=4)
far_draws = rng.normal(limit, 1, size=2_000)  # their density is shifted.pdf
long_draws = rng.exponential(4, size=3_000)  # their density is long_wait.pdf


def above(x):
    return (x > limit).astype(float)


# %% [markdown]
# ## Question 1 · the classes have become rare (2 points)
#
# A classifier was trained where the classes have the shares `old`, for example after resampling,
# and its probabilities are right for that population. In production the shares are `new`; apart
# from that nothing has changed: the inputs *within* each class look as before. Write
# `move_shares(probabilities, old, new)`, which returns the probabilities that are right in
# production, shape `(n, k)`. `probabilities` has shape `(n, k)`, each row sums to 1; `old` and
# `new` have shape `(k,)` and sum to 1. No entry of `old` is zero; one of `new` may be.


# %% question="move_shares" points=2
### BEGIN SOLUTION
def move_shares(probabilities, old, new):
    moved = probabilities * (new / old)
    return moved / moved.sum(axis=1, keepdims=True)


### END SOLUTION

# %% check="move_shares"
_moved = np.asarray(move_shares(probabilities, old, new))
assert _moved.shape == (60, 3), f"expected shape (60, 3), got {_moved.shape}"
assert np.allclose(_moved.sum(axis=1), 1), "Every row should sum to 1."
assert np.allclose(move_shares(probabilities, old, old), probabilities), (
    "With unchanged shares the probabilities should stay as they are. Which shares are already "
    "in them?"
)
_rare = move_shares(np.array([[0.9, 0.1]]), np.array([0.5, 0.5]), np.array([0.01, 0.99]))
assert np.isclose(_rare[0, 0], 1 / 12), (
    "Where both classes are equally frequent, 0.9 means odds of 9 to 1. With 1 in 100 instead "
    f"the odds are 9 to 99, a probability of 1/12 = 0.083; yours is {_rare[0, 0]:.3f}."
)
assert np.allclose(move_shares(_moved, new, old), probabilities), (
    "Moving to the new shares and back should restore the probabilities. What is done to `old` "
    "when you do something to `new`?"
)

# %% probe="move_shares" rtol=1e-6
[
    move_shares(probabilities, old, new),
    move_shares(probabilities, new, old),
    move_shares(probabilities[:4], np.array([0.2, 0.3, 0.5]), np.array([0.0, 0.5, 0.5])),
    move_shares(
        probabilities.T[:, :9] / probabilities.T[:, :9].sum(axis=1, keepdims=True),
        np.full(9, 1 / 9),
        np.arange(1, 10) / 45,
    ),
]

# %% [markdown]
# ## Question 2 · the moments of a mixture (3 points)
#
# A population consists of $k$ groups. Of each you know its share, its mean and its covariance
# matrix, but you do not have the data. Write `pooled_moments(shares, means, covariances)`, which
# returns the tuple `(mean, covariance)` of the whole population, of shapes `(d,)` and `(d, d)`.
# `shares` has shape `(k,)` and sums to 1, `means` has shape `(k, d)`, `covariances` $(k, d, d)$.
# All covariances are expectations, $\mathbb{E}(X - \mathbb{E}X)(X - \mathbb{E}X)^\top$, as
# `np.cov(…, ddof=0)` computes them.


# %% question="pooled_moments" points=3
### BEGIN SOLUTION
def pooled_moments(shares, means, covariances):
    mean = shares @ means
    offsets = means - mean
    within = np.tensordot(shares, covariances, axes=1)
    between = (shares[:, None] * offsets).T @ offsets
    return mean, within + between


### END SOLUTION

# %% check="pooled_moments"
_groups = [wines[growers == _grower] for _grower in range(3)]
_mean, _covariance = pooled_moments(
    np.array([len(_group) for _group in _groups]) / len(wines),
    np.array([_group.mean(axis=0) for _group in _groups]),
    np.array([np.cov(_group.T, ddof=0) for _group in _groups]),
)
assert np.shape(_mean) == (4,), f"the mean should have shape (4,), got {np.shape(_mean)}"
assert np.shape(_covariance) == (4, 4), f"expected (4, 4), got {np.shape(_covariance)}"
assert np.allclose(_mean, wines.mean(axis=0)), (
    "Your mean is not that of all wines. The growers have not delivered equally many."
)
_expected = np.cov(wines.T, ddof=0)
assert np.all(np.diag(_covariance) > 0.999 * np.diag(_expected)), (
    "Your variances are smaller than those of all wines. Two growers whose wines never vary, "
    "but differ from each other: would the mixture not vary?"
)
assert np.allclose(_covariance, _expected), (
    "Your covariance is not that of all wines. Around which mean do the groups' means vary, and "
    "how much does each group count? Off the diagonal, do pairs of columns take part?"
)

# %% probe="pooled_moments" rtol=1e-6
groups = [wines[growers == grower] for grower in range(3)]
means = np.array([group.mean(axis=0) for group in groups])
covariances = np.array([np.cov(group.T, ddof=0) for group in groups])
[
    pooled_moments(priors, means, covariances),
    pooled_moments(priors[::-1], means[:, :2], covariances[:, :2, :2]),
    pooled_moments(priors, means, 0 * covariances),
    pooled_moments(np.array([0.9, 0.1]), means[1:, 1:], covariances[1:, 1:, 1:]),
    pooled_moments(np.ones(1), means[:1], covariances[:1]),
]

# %% [markdown]
# ## Question 3 · how many spare parts? (2 points)
#
# Machine $i$ fails at random, independently of everything else and as likely in one hour as in
# any other, `rates[i]` times per hour on average. A share `mended[i]` of its failures can be
# mended on the spot, again independently; every other failure uses up one spare part, and the
# machine runs on at once. Write `spare_parts(rates, mended, hours, risk)`, which returns, as an
# `int`, the smallest number of spare parts in stock with which the probability of running short
# within `hours` is at most `risk`. (Needing exactly as many as there are is not running short.)
# `rates` and `mended` have shape `(m,)`. The expected number of failures may be in the thousands,
# and `risk` as small as a millionth.


# %% question="spare_parts" points=2
### BEGIN SOLUTION
def spare_parts(rates, mended, hours, risk):
    expected = hours * np.sum(rates * (1 - mended))  # thinned and added up, it is still Poisson
    parts = 0
    while stats.poisson.sf(parts, expected) > risk:
        parts += 1
    return parts


### END SOLUTION

# %% check="spare_parts"
_parts = spare_parts(rates, mended, 100, 0.01)
assert isinstance(_parts, (int, np.integer)), f"expected an integer, got {_parts!r}"
_one = np.array([1.0]), np.array([0.0])
assert spare_parts(*_one, 1.0, 0.5) == 1, (
    "One failure expected, nothing mended: none happens with probability 0.37, at most one with "
    "0.74. So one part keeps the risk below 0.5. Is 'running short' needing MORE than you have?"
)
assert spare_parts(*_one, 0.2, 0.001) == 3, (
    "With 0.2 failures expected, more than two happen with probability 0.0011 and more than three "
    "with 0.00006. For a risk of 0.001 you need three parts: rare counts are not normal."
)
assert spare_parts(rates, 0 * mended + 1, 100, 0.01) == 0, "If all is mended, no part is needed."
assert spare_parts(np.array([5.0, 1.0]), np.array([1.0, 0.0]), 1.0, 0.5) == 1, (
    "The first of two machines fails five times, and all is mended; the second fails once, and "
    "nothing is. Only the second takes parts, so one part is enough, as for it alone."
)
_check_rng = np.random.default_rng(1)
_needed = _check_rng.poisson(100 * rates * (1 - mended), size=(200_000, 8)).sum(axis=1)
assert np.mean(_needed > _parts) < 0.012, (
    f"In a simulation of 100 hours with {_parts} parts you run short in "
    f"{np.mean(_needed > _parts):.1%} of the cases, more than the 1 % allowed."
)
assert np.mean(_needed > _parts - 1) > 0.008, (
    f"Your {_parts} parts are more than needed for a risk of 1 %: one fewer still does. Do parts "
    "for mended failures count, and is the stock shared by all machines?"
)

# %% probe="spare_parts" exact=true
[
    int(spare_parts(rates, mended, hours, risk))
    for hours in (0.1, 3, 40, 500, 20_000)
    for risk in (0.3, 0.02, 1e-6)
] + [int(spare_parts(rates[:1], mended[:1], 2_000, 0.02))]

# %% [markdown]
# ## Question 4 · draw from a histogram (2 points)
#
# You keep only a histogram and need new numbers like the old ones: a bin is chosen with a
# probability proportional to its count, and within a bin all numbers are equally likely. Write
# `draw_from_histogram(edges, counts, u)`, which returns, for every number in `u`, the value below
# which this distribution has the probability `u`. `edges` has shape `(k + 1,)`, ascending, the bins
# may be unequally wide; `counts` has shape `(k,)`, and some may be zero. `u` has shape `(n,)`, in
# any order, strictly between 0 and 1, and is never exactly the probability of lying left of an
# empty bin. Return shape `(n,)`. The function itself draws nothing: uniform random numbers go in
# as `u`, and numbers with the histogram's distribution come out.


# %% question="draw_from_histogram" points=2
### BEGIN SOLUTION
def draw_from_histogram(edges, counts, u):
    cumulative = np.concatenate([[0], np.cumsum(counts)]) / np.sum(counts)
    return np.interp(u, cumulative, edges)


### END SOLUTION

# %% check="draw_from_histogram"
_u = (np.arange(100_000) + 0.5) / 100_000
_values = np.asarray(draw_from_histogram(edges, counts, _u))
assert _values.shape == _u.shape, f"expected shape {_u.shape}, got {_values.shape}"
assert np.all(np.diff(_values) >= 0), "A larger u should never give a smaller value."
assert np.allclose(np.histogram(_values, edges)[0] / 1e5, counts / counts.sum(), atol=3e-5), (
    "Evenly spread u should fill the bins in proportion to the counts, yours do not. Are the "
    "counts added up and divided by their total? A wide bin is not a likelier one."
)
_small = draw_from_histogram(
    np.array([0.0, 1, 3, 4]), np.array([1, 1, 0]), np.array([0.875, 0.125])
)
assert np.allclose(_small, [2.5, 0.25]), (
    "Bins 0–1 and 1–3 with one count each: one eighth of the probability lies below 0.25, seven "
    f"eighths below 2.5. For u = 0.875 and 0.125 you return {_small}."
)

# %% probe="draw_from_histogram" rtol=1e-6
[
    draw_from_histogram(edges, counts, np.linspace(0.0013, 0.9991, 101)[::-1]),
    draw_from_histogram(edges[:4], counts[:3], np.array([0.9, 0.123, 0.5])),
    draw_from_histogram(-edges[::-1], counts[::-1], np.array([0.011, 0.77, 0.29, 0.51])),
]

# %% [markdown]
# ## Question 5 · naive Bayes with gaps (3 points)
#
# Write `gaussian_naive_bayes(X_train, y_train, X_new, priors)`. It assumes that within a class the
# columns are independent and normal. Means and variances (`ddof=0`) come from the training rows of
# that class, column by column. Missing values are `NaN`, in `X_train` and in `X_new`: ignore them,
# and let a row of `X_new` be judged by its known columns alone. `priors` holds the probabilities of
# the classes before anything is measured, all positive, in the order of `np.unique(y_train)`.
#
# Return $P(\text{class} \mid \text{row})$, shape `(n_new, k)`. No result may be `NaN`, not even if
# a row has hundreds of columns or lies far away from all classes. Every class has at least two
# different known values in every column.


# %% question="gaussian_naive_bayes" points=3
### BEGIN SOLUTION
def gaussian_naive_bayes(X_train, y_train, X_new, priors):
    log_joint = []
    for label, prior in zip(np.unique(y_train), priors, strict=True):
        rows = X_train[y_train == label]
        mean, variance = np.nanmean(rows, axis=0), np.nanvar(rows, axis=0)
        log_density = -0.5 * ((X_new - mean) ** 2 / variance + np.log(2 * np.pi * variance))
        log_joint.append(np.log(prior) + np.nansum(log_density, axis=1))
    log_joint = np.column_stack(log_joint)
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


### END SOLUTION

# %% check="gaussian_naive_bayes"
from sklearn.naive_bayes import GaussianNB

_got = np.asarray(gaussian_naive_bayes(wines[:120], growers[:120], wines[120:], priors))
assert _got.shape == (58, 3), f"expected shape (58, 3), got {_got.shape}"
assert np.allclose(_got.sum(axis=1), 1), "Every row should sum to 1."
_model = GaussianNB(priors=priors / priors.sum(), var_smoothing=0).fit(wines[:120], growers[:120])
assert np.allclose(_got, _model.predict_proba(wines[120:]), atol=1e-6), (
    "Without gaps you disagree with scikit-learn. Does each class have its own variances (ddof=0), "
    "and does the factor 1/σ of the normal density, which differs between classes, take part? "
    "Do you use the priors that are given?"
)
_other = gaussian_naive_bayes(wines[:120], growers[:120] + 3, wines[120:], priors)
assert np.allclose(_other, _got), "With the labels 3, 4, 5 for 0, 1, 2 nothing should change."
_got = gaussian_naive_bayes(gappy[:120], growers[:120], np.full((1, 4), np.nan), priors)
assert np.allclose(_got, priors), "Of a row without any known value, only the priors are known."
_one = np.array([[np.nan, 1.0, np.nan, np.nan]]) * wines[120]
assert np.allclose(
    gaussian_naive_bayes(gappy[:120], growers[:120], _one, priors),
    gaussian_naive_bayes(gappy[:120, [1]], growers[:120], _one[:, [1]], priors),
), "A row with one known column should be judged as if only that column existed."
_wide = [np.tile(_table, 150) for _table in (gappy[:120], gappy[120:])]
assert np.isfinite(gaussian_naive_bayes(_wide[0], growers[:120], _wide[1], priors)).all(), (
    "With 600 columns something becomes NaN. What is the product of 600 small numbers?"
)

# %% probe="gaussian_naive_bayes" rtol=1e-6
relabelled, two = np.where(growers == 2, 7, growers + 3), priors[:2] / priors[:2].sum()
[
    gaussian_naive_bayes(gappy[:120], growers[:120], gappy[120:], priors),
    gaussian_naive_bayes(gappy[:120, :1], relabelled[:120], gappy[120:, :1], priors[::-1]),
    gaussian_naive_bayes(gappy[:120, 1:], growers[:120] > 0, gappy[120:, 1:], two),
    gaussian_naive_bayes(gappy_all[:120], growers[:120], 5 * gappy_all[120:], priors),
    gaussian_naive_bayes(np.tile(gappy[:120], 90), growers[:120], np.tile(gappy[120:], 90), priors),
]

# %% [markdown]
# ## Question 6 · an event too rare to simulate (3 points)
#
# You want $\mathbb{E} f(X)$ for $X$ with density $p$, but draws from $p$ hardly ever land where
# $f$ matters. So you have drawn `x`, independently, from another density $q$, which is positive
# wherever $f \cdot p$ is not zero. Write the expectation as an integral to see by which weight a
# draw must be corrected.
#
# Write `importance_sampling(f, log_p, log_q, x)`, which returns the tuple `(estimate,
# standard_error, draws_needed)`:
#
# - `estimate`, the unbiased estimate of $\mathbb{E} f(X)$ from all draws, a float,
# - `standard_error`, the standard error of `estimate`, estimated from the same draws (standard
#   deviation with `ddof=0`), a float,
# - `draws_needed`, an `int`: the smallest number of draws from $q$ with which the standard error
#   would be at most 1 % of `estimate`, taking your estimates for exact.
#
# `f`, `log_p` and `log_q` are functions that take and return arrays of shape `(n,)`; the last two
# return the logarithm of the normalised density. `x` has shape `(n,)`. The estimate is positive.


# %% question="importance_sampling" points=3
### BEGIN SOLUTION
def importance_sampling(f, log_p, log_q, x):
    terms = f(x) * np.exp(log_p(x) - log_q(x))
    estimate, deviation = terms.mean(), terms.std()
    draws_needed = int(np.ceil((deviation / (0.01 * estimate)) ** 2))
    return float(estimate), float(deviation / np.sqrt(len(x))), draws_needed


### END SOLUTION


# %% check="importance_sampling"
_estimate, _error, _needed = importance_sampling(
    above, stats.norm.logpdf, shifted.logpdf, far_draws
)
_exact = stats.norm.sf(limit)
assert 0.5 < _estimate / _exact < 2, (
    f"A standard normal exceeds {limit:.2f} with probability {_exact:.1e}; you estimate "
    f"{_estimate:.1e}. Where q is larger than p there are too many draws: what must each count?"
)
assert abs(_estimate - _exact) < 6 * _error, "Your estimate is off by many standard errors."
assert _error < 0.1 * _exact, (
    "2,000 good draws should know this probability to within 10 %. Did you divide by the root of "
    "the number of draws, and is it the spread of the corrected terms that you take?"
)
_uniform = importance_sampling(
    np.abs, stats.uniform(0, 3).logpdf, stats.uniform(0, 6).logpdf, np.array([1.5, 2.0, 5.0])
)
assert np.allclose(_uniform[:2], [7 / 3, np.sqrt(26 / 27)]), (
    "With p uniform on 0–3, q uniform on 0–6, f(x) = |x| and the draws 1.5, 2 and 5 the estimate "
    "is 7/3, the variance of the corrected terms 26/9 and the standard error √(26/27) = 0.981. You "
    f"return {_uniform[0]:.3f} and {_uniform[1]:.3f}. By what do you divide, and does the 5 count?"
)
assert isinstance(_uniform[2], (int, np.integer)), "draws_needed should be an int."
assert _uniform[2] == 5307, (
    "There the variance 26/9, divided by n, is at most (1 % of 7/3)² from n = 5306.1 on, so the "
    f"smallest whole number is 5307; you say {_uniform[2]}."
)

# %% probe="importance_sampling" rtol=1e-6
normal, wait = stats.norm.logpdf, stats.expon.logpdf
[
    importance_sampling(above, normal, shifted.logpdf, far_draws)[:2],
    importance_sampling(lambda x: x**2 * above(x), normal, shifted.logpdf, far_draws)[:2],
    importance_sampling(lambda x: x * (x > 9), wait, long_wait.logpdf, long_draws)[:2],
    importance_sampling(np.sqrt, wait, long_wait.logpdf, long_draws[:50])[:2],
]

# %% probe="importance_sampling" exact=true
[
    importance_sampling(above, stats.norm.logpdf, shifted.logpdf, far_draws)[2],
] + [
    importance_sampling(np.sqrt, stats.expon.logpdf, long_wait.logpdf, long_draws[:n])[2]
    for n in (50, 60, 70, 80, 90)
]
