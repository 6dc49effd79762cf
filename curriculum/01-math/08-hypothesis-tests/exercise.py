# ---
# title: "Exercise: hypothesis tests"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: hypothesis tests
#
# Six jobs around tests that are easily done wrongly. No question needs the answer of another. Your
# data are drawn for you: change `seed` to practise again on others. Every function must work on any
# input of the shapes that its question names, not only on the data below. NumPy and SciPy are all
# you need. Where a question asks you to compute, a simulation is not exact enough.

# %% tags=["parameters"]
seed = 8  # which data you get

# %%
import numpy as np
import statsmodels.api as sm
from scipy import stats

rng = np.random.default_rng(seed)

# question 1: how many minutes two forecasts were wrong, on the same eleven days
first_errors = rng.integers(5, 60, size=11)
second_errors = np.maximum(first_errors + rng.integers(-14, 9, size=11), 0)
second_errors[:2] = first_errors[:2]

# question 2: when the votes are looked at, how large a lead stops the test, and the preference
looks = np.cumsum(rng.integers(15, 50, size=6))
leads = np.ceil(rng.uniform(1.7, 2.3) * np.sqrt(looks)).astype(int)
preference = float(rng.uniform(0.54, 0.62))

# question 3: six metrics of 40 users, whether they saw version B, and 300 shuffled versions of that
shared = rng.normal(size=(40, 1))
in_b = rng.permutation(np.arange(40) < 17)
metrics = (shared + rng.normal(size=(40, 6))) * rng.uniform(0.1, 50, size=6)
metrics = metrics + in_b[:, None] * metrics.std(axis=0) * rng.uniform(0, 1.3, size=6)
shuffles = rng.permuted(np.tile(in_b, (300, 1)), axis=1)
few_in_b = np.unique(rng.permuted(np.tile(np.arange(14) < 4, (200, 1)), axis=1), axis=0)
few_in_b = rng.permutation(few_in_b)  # the same for 14 of the users

# question 4: 700 women of Fair's survey: aged 30 or more, any affair, years of marriage
women = sm.datasets.fair.load_pandas().data.iloc[rng.choice(6366, 700, replace=False)]
older = (women["age"] >= 30).to_numpy()
affair = (women["affairs"] > 0).to_numpy().astype(float)
years_married = women["yrs_married"].to_numpy()

# question 5: views and clicks of every user, in two groups
taste_a, taste_b = rng.beta(1, 6, size=300), rng.beta(1.3, 6, size=420)
views_a, views_b = 1 + rng.geometric(0.1, size=300), 1 + rng.geometric(0.12, size=420)
clicks_a, clicks_b = rng.binomial(views_a, taste_a), rng.binomial(views_b, taste_b)

# question 6: a true effect and the standard errors of four planned tests
effect = float(rng.uniform(0.5, 3))
standard_errors = effect * rng.uniform([0.45, 0.7, 1, 3], [0.65, 0.95, 2, 8])

# %% [markdown]
# ## Question 1 · the same days, two forecasts (2 points)
#
# Two forecasts were made for the same days, and you know the error of each on each day. If both
# are equally good, then on any day their two errors could just as well be swapped, independently of
# the other days. With $n$ days there are $2^n$ equally likely ways to swap or not to swap.
#
# Write `paired_p(first, second)`, which returns, as a float, the exact two-sided p-value: the
# share of the $2^n$ ways in which the two *totals* of errors differ, in either direction, by at
# least as much as in the data. Both arguments are arrays of integers of shape `(n,)` with
# $1 \le n \le 14$. Go through all ways; do not draw some of them.


# %% question="paired_p" points=2
### BEGIN SOLUTION
def paired_p(first, second):
    differences = np.asarray(first) - np.asarray(second)
    totals = np.zeros(1, dtype=int)
    for difference in differences:
        totals = np.concatenate([totals + difference, totals - difference])
    return float(np.mean(np.abs(totals) >= abs(differences.sum())))


### END SOLUTION

# %% check="paired_p"
_p = paired_p(np.array([5, 7, 9]), np.array([4, 5, 6]))
assert np.ndim(_p) == 0, f"expected one number, got shape {np.shape(_p)}"
assert np.isclose(_p, 0.25), (
    "Errors 5, 7, 9 against 4, 5, 6: the totals differ by 6. Of the 8 ways only 'swap none' and 'swap "
    f"all' make them differ that much, so p is 2/8; you say {_p:.4f}. Do both directions count?"
)
assert np.isclose(paired_p(np.array([3, 8]), np.array([3, 8])), 1), (
    "No difference at all: every way is at least as extreme, so p is 1. Does 'at least' include equal?"
)
_p = paired_p(np.array([4, 9, 2]), np.array([1, 9, 2]))
assert np.isclose(_p, 1), (
    "Only the first day differs, by 3: however you swap, the totals differ by 3. So p is 1, not "
    f"{_p:.4f}."
)
_one_way, _other_way = paired_p(first_errors, second_errors), paired_p(second_errors, first_errors)
assert np.isclose(_one_way, _other_way), "Exchanging the two forecasts should not change p."
_signs = np.random.default_rng(0).choice([-1, 1], size=(40_000, 11))
_gap = first_errors - second_errors
_near = np.mean(np.abs(_signs @ _gap) >= abs(_gap.sum()))
assert abs(_one_way - _near) < 0.02, (
    f"40,000 random swaps give about {_near:.3f} for your data; you say {_one_way:.3f}. Are errors "
    "swapped within a day only?"
)

# %% probe="paired_p" rtol=1e-6
[
    paired_p(first_errors, second_errors),
    paired_p(second_errors[3:], first_errors[3:]),
    paired_p(first_errors[2:6], second_errors[2:6]),
    paired_p(first_errors, second_errors + 3),
    paired_p(np.append(first_errors, looks[:3]), np.append(second_errors, looks[:3] - 2)),
    paired_p(first_errors[2:], first_errors[2:] - np.arange(-3, 6)),
]

# %% [markdown]
# ## Question 2 · the exact price of peeking (3 points)
#
# People compare the answers of two chatbots, one vote after another. Each vote goes to the new
# one with probability `p`, independently of the others. The *lead* is the number of votes for the
# new one minus the number for the old one. The dashboard is opened only when `looks[0]`, `looks[1]`,
# … votes have been cast; the test stops at the first look `i` at which the lead, in either
# direction, is at least `leads[i]`. It ends at the last look in any case.
#
# Write `peeking(looks, leads, p)`, which returns the tuple of floats `(chance, votes)`: the
# probability that some look finds such a lead, and the expected number of votes cast. `looks` are
# increasing positive integers, at most 2,000; `leads` are positive integers. Both have shape `(k,)`,
# $k \ge 1$. Compute both, for example by carrying along the probability of every number of votes
# for the new one, of tests that still run.


# %% question="peeking" points=3
### BEGIN SOLUTION
def peeking(looks, leads, p):
    running = np.ones(1)  # running[w]: probability of w votes for the new one, and no stop so far
    chance, votes, before = 0.0, 0.0, 0
    for n, lead in zip(looks, leads, strict=True):
        fresh = n - before
        votes += fresh * running.sum()
        running = np.convolve(running, stats.binom.pmf(np.arange(fresh + 1), fresh, p))
        stops = np.abs(2 * np.arange(n + 1) - n) >= lead
        chance += running[stops].sum()
        running = np.where(stops, 0, running)
        before = n
    return float(chance), float(votes)


### END SOLUTION

# %% check="peeking"
_result = peeking(np.array([2]), np.array([2]), 0.5)
assert len(_result) == 2, f"expected (chance, votes), got {_result}"
assert np.isclose(_result[0], 0.5), (
    "One look after two votes, a lead of 2 needed: both votes must agree, probability 1/2; you say "
    f"{_result[0]:.4f}. Do both directions count, and does a lead of exactly 2 stop the test?"
)
assert np.isclose(_result[1], 2), (
    f"With one look, two votes are cast in any case, not {_result[1]}."
)
_chance, _votes = peeking(np.array([2, 4]), np.array([2, 2]), 0.5)
assert np.isclose(_votes, 3), (
    "Looks after 2 and 4 votes: half of the tests end after 2, the others after 4, on average 3; "
    f"you say {_votes:.4f}."
)
assert np.isclose(_chance, 0.75), (
    "Looks after 2 and 4 votes, a lead of 2 at either: half stop at once. The others stand at 1 to 1, "
    f"and half of them have a lead of 2 two votes later: 3/4 in all; you say {_chance:.4f}. Does a "
    "test that has stopped stop again?"
)
_check_rng = np.random.default_rng(0)
_steps = np.where(_check_rng.random((20_000, looks[-1])) < preference, 1, -1)
_over = np.abs(_steps.cumsum(axis=1)[:, looks - 1]) >= leads
_near = _over.any(axis=1).mean()
_when = np.where(_over.any(axis=1), looks[_over.argmax(axis=1)], looks[-1]).mean()
_chance, _votes = peeking(looks, leads, preference)
assert abs(_chance - _near) < 0.015, (
    f"Of 20,000 simulated tests with your looks and leads {_near:.3f} stopped; you say {_chance:.3f}."
)
assert abs(_votes / _when - 1) < 0.015, (
    f"In 20,000 simulated tests {_when:.1f} votes were cast on average; you say {_votes:.1f}. How many "
    "does a test cast that never stops early?"
)

# %% probe="peeking" rtol=1e-6
[
    peeking(looks, leads, preference),
    peeking(looks, leads, 0.5),
    peeking(looks[:3], leads[:3] - 3, 1 - preference / 2),
    peeking(looks[2:], leads[2:], preference),
    peeking(looks[3:4], leads[3:4] // 2, 0.5),
    peeking(6 * looks, 2 * leads, 0.52),
]

# %% [markdown]
# ## Question 3 · six metrics that move together (3 points)
#
# Bonferroni treats metrics as if they were independent. When they are correlated, shuffling does
# better: it shows how large the largest of several statistics gets by luck.
#
# The statistic of a metric is the absolute value of Welch's t: the difference of the two groups'
# means, divided by $\sqrt{s_1^2 / n_1 + s_2^2 / n_2}$, variances with `ddof=1`. The *adjusted*
# p-value of metric $j$ is
#
# $$ \frac{1 + \text{number of shuffles in which the largest statistic of all metrics is at least
# the observed statistic of } j}{1 + \text{number of shuffles}}. $$
#
# Write `adjusted_p(metrics, in_b, shuffles)`, which returns the adjusted p-values, shape `(m,)`.
# `metrics` has shape `(n, m)`, $m \ge 1$; `in_b`, shape `(n,)`, is True for users in group B, False
# for those in A; each row of `shuffles`, shape `(b, n)`, is a shuffled `in_b`. A shuffle moves whole
# users: all metrics of a user go together. Every group has at least two users with different values.


# %% question="adjusted_p" points=3
### BEGIN SOLUTION
def adjusted_p(metrics, in_b, shuffles):
    def statistics(inside):
        b, a = metrics[inside], metrics[~inside]
        error = a.var(axis=0, ddof=1) / len(a) + b.var(axis=0, ddof=1) / len(b)
        return np.abs(b.mean(axis=0) - a.mean(axis=0)) / np.sqrt(error)

    largest = np.array([statistics(shuffled).max() for shuffled in shuffles])
    reached = largest[:, None] >= statistics(in_b)
    return (1 + reached.sum(axis=0)) / (1 + len(shuffles))


### END SOLUTION

# %% check="adjusted_p"
_p = np.asarray(adjusted_p(metrics, in_b, shuffles))
assert _p.shape == (6,), f"expected shape (6,), got {_p.shape}"
assert np.all((_p >= 1 / 301 - 1e-9) & (_p <= 1)), (
    f"With 300 shuffles p lies between 1/301 and 1; yours goes from {_p.min():.5f} to {_p.max():.5f}."
)
_observed_t = np.abs(stats.ttest_ind(metrics[in_b], metrics[~in_b], equal_var=False).statistic)
assert np.all(np.diff(_p[np.argsort(_observed_t)]) <= 1e-9), (
    "A metric with a larger Welch t should not have a larger p. Which variances divide by which n?"
)
assert np.allclose(adjusted_p(metrics * [1e-3, 1, 1e3, 1, 1, 1], in_b, shuffles), _p), (
    "Another unit for a metric should change nothing. Is every difference divided by its error?"
)
assert np.allclose(adjusted_p(np.hstack([metrics, metrics]), in_b, shuffles)[:6], _p), (
    "Every metric twice is no further chance for luck, so nothing should change. (Bonferroni would "
    "double p.) Is the maximum taken within each shuffle?"
)
_alone = adjusted_p(metrics[:, :1], in_b, shuffles)[0]
_t = [
    abs(stats.ttest_ind(metrics[_row, 0], metrics[~_row, 0], equal_var=False).statistic)
    for _row in shuffles
]
assert np.isclose(_alone, (1 + np.sum(np.array(_t) >= _observed_t[0])) / 301), (
    "With one metric only, p should count the shuffles whose Welch t, in either direction, is at "
    f"least the observed {_observed_t[0]:.3f}; you say p = {_alone:.4f}."
)
assert np.all(_p[0] >= _alone - 1e-9), "With more metrics p cannot become smaller."
_first_two = np.array([True, True, False, False])
_p = adjusted_p(
    np.array([[1.0], [2.0], [4.0], [7.0]]), _first_two, np.array([_first_two, ~_first_two])
)
assert np.isclose(_p[0], 1), (
    "A shuffle that leaves the groups as they are, or exchanges them, reaches the observed statistic: "
    f"with only such shuffles p is 1, not {_p[0]:.3f}. Does 'at least' include equal?"
)

# %% probe="adjusted_p" rtol=1e-6
[
    adjusted_p(metrics, in_b, shuffles),
    adjusted_p(metrics[:, 1:4], in_b, shuffles[:90]),
    adjusted_p(metrics[:, 4:5] ** 3, in_b, shuffles),
    adjusted_p(metrics[:, ::-1], ~in_b, shuffles[:200]),
    adjusted_p(metrics[:14], few_in_b[0], few_in_b[1:]),
    adjusted_p(metrics[:14], ~few_in_b[1], ~few_in_b[2:]),
    adjusted_p(metrics[-14:], ~few_in_b[0], ~few_in_b[1:]),
    # whole numbers in groups of eight: shuffles that repeat or exchange the groups tie exactly
    adjusted_p(
        views_a[:48].reshape(16, 3),
        np.arange(16) < 8,
        np.array([np.roll(np.arange(16) < 8, shift) for shift in range(16)]),
    ),
]

# %% [markdown]
# ## Question 4 · compare like with like (3 points)
#
# Two groups of rows, treated and untreated, differ in a third column that also matters for the
# outcome, the *stratum*. So compare them within each stratum, and average these differences.
# (Whether that answers your question depends on what causes what; here you only compute.)
#
# Write `adjusted_difference(treated, outcome, stratum, who)`. In every stratum that has rows of
# both groups, the difference is the mean outcome of the treated minus that of the untreated. Return
# the tuple of floats `(crude, adjusted, kept)`:
#
# - `crude`: the difference of the means over all rows, strata ignored,
# - `adjusted`: the average of the strata's differences, weighted with the number of their rows if
#   `who` is `"all"`, or with the number of their *treated* rows if `who` is `"treated"`,
# - `kept`: the share of the rows (`"all"`), or of the treated rows (`"treated"`), that lie in strata
#   with both groups. Nothing can be said about the others; `adjusted` leaves them out.
#
# `treated` (bool), `outcome` (floats) and `stratum` (numbers, any order) have shape `(n,)`. At
# least one stratum has both groups.


# %% question="adjusted_difference" points=3
### BEGIN SOLUTION
def adjusted_difference(treated, outcome, stratum, who):
    def difference(rows):
        return outcome[rows & treated].mean() - outcome[rows & ~treated].mean()

    counted = treated if who == "treated" else np.ones(len(treated), dtype=bool)
    differences, weights = [], []
    for value in np.unique(stratum):
        rows = stratum == value
        if 0 < treated[rows].sum() < rows.sum():
            differences.append(difference(rows))
            weights.append(counted[rows].sum())
    adjusted = np.average(differences, weights=weights)
    crude = outcome[treated].mean() - outcome[~treated].mean()
    return float(crude), float(adjusted), float(np.sum(weights) / counted.sum())


### END SOLUTION

# %% check="adjusted_difference"
_treated = np.array([True, True, True, False, True, False, False, False, False])
_outcome = np.array([5.0, 7.0, 6.0, 2.0, 4.0, 1.0, 3.0, 2.0, 9.0])
_stratum = np.array([1, 1, 1, 1, 0, 0, 0, 0, 7])
_all = adjusted_difference(_treated, _outcome, _stratum, "all")
assert len(_all) == 3, f"expected (crude, adjusted, kept), got {_all}"
assert np.isclose(_all[0], 2.1), (
    f"Means 5.5 (treated) and 3.4 (untreated): the crude difference is 2.1, not {_all[0]:.3f}."
)
assert np.isclose(_all[1], 3), (
    "In stratum 1 the difference is 6 - 2 = 4, in stratum 0 it is 4 - 2 = 2, with 4 rows each; stratum "
    f"7 has no treated row. Weighted with all rows that is 3; you say {_all[1]:.3f}."
)
assert np.isclose(_all[2], 8 / 9), f"8 of the 9 rows can be compared; you say {_all[2]:.3f}."
_some = adjusted_difference(_treated, _outcome, _stratum, "treated")
assert np.isclose(_some[1], 3.5), (
    "Three treated rows have a difference of 4, one has 2: for the treated that is 3.5 on average; "
    f"you say {_some[1]:.3f}."
)
assert np.isclose(_some[2], 1), f"All treated rows can be compared; you say {_some[2]:.3f}."
_same = adjusted_difference(older, affair, 0 * years_married, "all")
assert np.isclose(_same[0], _same[1]), "With a single stratum, crude and adjusted are the same."
assert np.all(np.isfinite(adjusted_difference(older, affair, years_married, "all"))), (
    "Your data give a result that is not a number. Is a stratum used that has rows of one group only?"
)
_reverse = adjusted_difference(~older, affair, years_married, "all")
assert np.isclose(_reverse[1], -adjusted_difference(older, affair, years_married, "all")[1]), (
    "Exchanging treated and untreated should only change the sign when all rows give the weights."
)

# %% probe="adjusted_difference" rtol=1e-6 atol=1e-9
[
    adjusted_difference(*columns, who)
    for who in ("all", "treated")
    for columns in [
        (older, affair, years_married),
        (~older, affair, years_married),
        (years_married > 8, women["rate_marriage"].to_numpy(), -women["age"].to_numpy()),
        (older[:60], 10 * affair[:60] - 3, women["educ"].to_numpy()[:60]),
        (np.arange(40) % 8 == 0, women["age"].to_numpy()[:40], np.arange(40) // 8),
        (np.arange(63) % 9 != 0, women["age"].to_numpy()[:63], np.arange(63) // 9 * -1.5),
    ]
]

# %% [markdown]
# ## Question 5 · users are the units, not views (2 points)
#
# A click rate is a ratio: all clicks of a group divided by all its views. Views of one user
# resemble each other, so they must not be counted as independent; users are. Within a group, let
# $R$ be the rate, and give each user $i$ the number $u_i = \text{clicks}_i - R \cdot
# \text{views}_i$. The $u_i$ sum to 0. When other users are drawn, $R$ changes by about the
# sum of theirs, divided by the views of the group. So the standard error of $R$ follows from that of
# a sum of $n$ independent numbers whose standard deviation you estimate from the $u_i$ (`ddof=1`).
#
# Write `rate_test(clicks_a, views_a, clicks_b, views_b)`, which returns the tuple of floats
# `(z, p)`: the rate of B minus that of A, divided by the standard error of this difference (the
# groups are independent, and nothing is pooled), and the two-sided p-value from a standard normal.
# Arrays of a group have one entry per user; the groups may differ in size. A user may
# have no views, and counts all the same.


# %% question="rate_test" points=2
### BEGIN SOLUTION
def rate_test(clicks_a, views_a, clicks_b, views_b):
    def rate_and_variance(clicks, views):
        rate = clicks.sum() / views.sum()
        contributions = clicks - rate * views
        return rate, len(clicks) * contributions.var(ddof=1) / views.sum() ** 2

    rate_a, variance_a = rate_and_variance(clicks_a, views_a)
    rate_b, variance_b = rate_and_variance(clicks_b, views_b)
    z = (rate_b - rate_a) / np.sqrt(variance_a + variance_b)
    return float(z), float(2 * stats.norm.sf(abs(z)))


### END SOLUTION

# %% check="rate_test"
_group_a, _group_b = (clicks_a, views_a), (clicks_b, views_b)
_z, _p = rate_test(*_group_a, *_group_b)
assert np.isclose(_p, 2 * stats.norm.sf(abs(_z))), "p should count both tails of a standard normal."
assert np.isclose(rate_test(*_group_b, *_group_a)[0], -_z), "Exchanging A and B should only flip z."
_same = rate_test(*_group_a, *_group_a)
assert np.allclose(_same, (0, 1)), f"A against itself: z is 0 and p is 1, not {_same}."
_check_rng = np.random.default_rng(0)
_rates = []
for _clicks, _views in (_group_a, _group_b):
    _rows = _check_rng.integers(len(_clicks), size=(4_000, len(_clicks)))
    _rates.append(_clicks[_rows].sum(axis=1) / _views[_rows].sum(axis=1))
_gap = clicks_b.sum() / views_b.sum() - clicks_a.sum() / views_a.sum()
assert np.sign(_z) == np.sign(_gap), (
    "z is positive when B has the higher rate: all clicks / all views."
)
assert abs(_gap / _z / (_rates[1] - _rates[0]).std() - 1) < 0.08, (
    f"Resampling users, the difference of the rates has a standard error of "
    f"{(_rates[1] - _rates[0]).std():.4f}; yours is {_gap / _z:.4f}. Are users the units in both groups?"
)
_few_a, _few_b = (np.array([1, 2]), np.array([1, 9])), (np.array([4, 2]), np.array([5, 5]))
_z = rate_test(*_few_a, *_few_b)[0]
assert _z > 0, (
    "A: 1 click in 1 view and 2 in 9, so 3 in 10. B: 4 in 5 and 2 in 5, so 6 in 10. B has the higher "
    f"rate, but your z is {_z:.2f}. Did you average the rates of the users?"
)
_ones = np.ones(50)
_z = rate_test(_ones * (np.arange(50) < 10), _ones, _ones * (np.arange(50) < 20), _ones)[0]
assert np.isclose(_z, 0.2 / np.sqrt((0.16 + 0.24) / 49)), (
    "With one view per user, rates 10/50 and 20/50, users and views are the same: the variances of the "
    f"two shares are 0.16/49 and 0.24/49 (ddof=1), so z is 2.214; you say {_z:.3f}."
)

# %% probe="rate_test" rtol=1e-6 atol=1e-12
[
    rate_test(clicks_a, views_a, clicks_b, views_b),
    rate_test(clicks_b[:15], views_b[:15], clicks_a[:200], views_a[:200]),
    rate_test(clicks_a[:30] * 0 + views_a[:30] // 3, views_a[:30], clicks_b[:9], views_b[:9] - 2),
    rate_test(clicks_b[:40] + 1, 3 * views_b[:40], clicks_a[40:60], views_a[40:60]),
]

# %% [markdown]
# ## Question 6 · what a weak test will tell you (2 points)
#
# A test estimates a true `effect` $> 0$. Its estimate is normal around `effect` with the standard
# deviation `standard_error`, and it is significant if its absolute value is more than $z$
# standard errors, where a standard normal lies outside $-z$ to $z$ with the probability `alpha`.
#
# Write `promises(effect, standard_error, alpha)`, which returns a tuple of three floats:
#
# - the power: the probability of being significant, in either direction,
# - among the significant estimates, the share that has the wrong sign,
# - among the significant estimates, the average of |estimate|, divided by `effect`.
#
# All arguments are positive numbers; `alpha` lies between 0.001 and 0.5, and `effect` between
# a tenth and six times `standard_error`. A relative error of 1e-4, or an absolute one of 1e-6, is
# allowed, so an integral computed numerically will do.


# %% question="promises" points=2
### BEGIN SOLUTION
def promises(effect, standard_error, alpha):
    z = stats.norm.ppf(1 - alpha / 2)
    centre = effect / standard_error  # from here on in units of the standard error
    right, wrong = stats.norm.sf(z - centre), stats.norm.cdf(-z - centre)
    power = right + wrong
    size = centre * (right - wrong) + stats.norm.pdf(z - centre) + stats.norm.pdf(-z - centre)
    return float(power), float(wrong / power), float(size / power / centre)


### END SOLUTION

# %% check="promises"
_result = promises(1.0, 10.0, 0.05)
assert len(_result) == 3, f"expected three numbers, got {_result}"
assert 0.05 < _result[0] < 0.06, (
    "Where the standard error is ten times the effect, little more than false alarms are left: the "
    f"power is a little above alpha = 0.05, counting both directions; you say {_result[0]:.4f}."
)
_strong = promises(6.0, 1.0, 0.05)
assert _strong[0] > 0.999, "An effect of six standard errors is nearly always significant."
assert _strong[1] < 1e-5, "And an estimate of it hardly ever has the wrong sign."
assert abs(_strong[2] - 1) < 1e-3, (
    f"And nearly all estimates count, so they are right on average; you say {_strong[2]:.4f} times."
)
assert np.allclose(promises(effect, effect, 0.1), promises(1.0, 1.0, 0.1)), (
    "Only the ratio of effect and standard error should matter."
)
for _error in standard_errors:
    _draws = np.random.default_rng(0).normal(effect, _error, size=400_000)
    _kept = _draws[np.abs(_draws) > stats.norm.ppf(0.9) * _error]
    _near = len(_kept) / 400_000, np.mean(_kept < 0), np.abs(_kept).mean() / effect
    _yours = promises(effect, _error, 0.2)
    assert np.allclose(_yours, _near, rtol=0.02, atol=0.004), (
        f"Effect {effect:.2f}, standard error {_error:.2f}, alpha 0.2: 400,000 simulated tests give "
        f"{np.round(_near, 3)}, you say {np.round(_yours, 3)}. Are the last two among the significant "
        "estimates only, and does the average ignore the sign?"
    )
_draws = np.abs(np.random.default_rng(0).normal(1, 2, size=400_000))
_near = _draws[_draws > 2 * stats.norm.ppf(0.75)].mean()
_size = promises(1.0, 2.0, 0.5)[2]
assert abs(_size / _near - 1) < 0.01, (
    "Effect 1, standard error 2, alpha 0.5: the significant ones of 400,000 simulated estimates have "
    f"an average size of {_near:.2f}, you say {_size:.2f}. Do those with the wrong sign count as well?"
)

# %% probe="promises" rtol=3e-4 atol=2e-6
[
    promises(effect, error, alpha)
    for error in (*standard_errors[:3], effect * 7)
    for alpha in (0.003, 0.05, 0.4)
]
