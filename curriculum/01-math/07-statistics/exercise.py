# ---
# title: "Exercise: statistics"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: statistics
#
# Six jobs in which the data are few, incomplete or dependent. No question needs the answer of
# another. Your data are drawn for you: change `seed` to practise again on others. Every function
# must work on any input of the shapes that its question names, not only on the data below. NumPy
# and SciPy are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np
from scipy import stats
from sklearn.datasets import load_diabetes

rng = np.random.default_rng(seed)

# question 1: four gauges measure one pipe; their errors are correlated
factor = rng.normal(size=(4, 4)) * 0.3 + rng.uniform(0.2, 0.6, size=(4, 1))
gauge_covariance = factor @ factor.T / 4 + 0.02 * np.eye(4)
readings = rng.multivariate_normal(np.full(4, rng.uniform(10, 40)), gauge_covariance)

# question 2: 40 pumps, their hours and what is known of them
lifetimes = rng.exponential(rng.uniform(50, 500), size=40).clip(3, 1_500)
visits = rng.uniform(20, 600, size=40)
watched = rng.random(40) < 0.5
pump_state = np.where(lifetimes > visits, "running", np.where(watched, "failed", "found"))
pump_state[0] = "failed"
pump_hours = np.where(pump_state == "failed", lifetimes, visits)

# question 3: right answers and test images of eight classes
images = rng.integers(5, 60, size=8)
correct = rng.binomial(images, 0.85)
correct[:2] = 0, images[1]

# question 4: several visits of 15 patients, two measurements each, and 400 draws of patients
patients = rng.permutation(np.repeat(rng.choice(900, 15, replace=False), rng.integers(1, 9, 15)))
blood = load_diabetes(scaled=False).data[rng.permutation(442)[: len(patients)]][:, [2, 4]]
blood = blood + 0.02 * patients[:, None] * [1, 3]
patient_draws = rng.integers(15, size=(400, 15))

# question 5: accidents on six roads, the weeks of counting, and what is believed before
weeks = rng.uniform(1, 20, size=6)
accidents = rng.poisson(rng.uniform(0.1, 0.8) * weeks)
belief = rng.uniform(1, 5), rng.uniform(2, 12)

# question 6: patients' data, standardised, and last year's weights
rows = rng.choice(442, size=30, replace=False)
X = stats.zscore(load_diabetes(scaled=False).data[rows][:, [2, 3, 4, 5, 6]])
y = stats.zscore(load_diabetes().target[rows])
last_year = rng.normal(0, 0.3, size=5)
trust = rng.uniform(0.05, 0.6, size=5)

# %% [markdown]
# ## Question 1 · four gauges, one pipe (2 points)
#
# Several gauges have measured the same unknown length. Each is unbiased, but some are better
# than others, and their errors are correlated. You know the covariance matrix of the errors. A
# weighted sum of the readings with weights that sum to 1 is unbiased, too; weights may be
# negative.
#
# Write `combine(readings, covariance)`, which returns the tuple `(estimate, standard_error)`: the
# weighted sum that has the smallest variance, and its standard error. `readings` has shape `(k,)`,
# $k \ge 1$; `covariance` has shape `(k, k)` and is invertible. Both results are floats.


# %% question="combine" points=2
### BEGIN SOLUTION
def combine(readings, covariance):
    weights = np.linalg.solve(covariance, np.ones(len(readings)))
    weights = weights / weights.sum()
    return float(weights @ readings), float(np.sqrt(weights @ covariance @ weights))


### END SOLUTION


# %% check="combine"
def _weights(covariance):
    return np.array([combine(_unit, covariance)[0] for _unit in np.eye(len(covariance))])


_single = combine(np.array([7.0]), np.array([[0.25]]))
assert np.allclose(_single, (7, 0.5)), (
    f"One gauge with variance 0.25 reads 7: the estimate is 7, its standard error 0.5, not {_single}"
)
_two = _weights(np.diag([1.0, 4.0]))
assert np.isclose(_two.sum(), 1), f"The weights should sum to 1; yours sum to {_two.sum():.3f}."
assert np.allclose(_two, [0.8, 0.2]), (
    "Uncorrelated gauges with variances 1 and 4: with a weight of w on the first the variance is "
    f"w² + 4 (1 - w)². It is smallest at w = 0.8; you use {_two[0]:.3f}."
)
_yours = _weights(gauge_covariance)
_variance = _yours @ gauge_covariance @ _yours
_steps = np.random.default_rng(0).normal(size=(2_000, 4)) * 0.05
_others = _yours + _steps - _steps.mean(axis=1, keepdims=True)
assert np.einsum("ni,ij,nj->n", _others, gauge_covariance, _others).min() >= _variance * 0.999999, (
    "Weights close to yours, which also sum to 1, have a smaller variance. Do the covariances "
    "take part, not only the variances? May a weight be negative?"
)
assert np.isclose(combine(readings, gauge_covariance)[1], np.sqrt(_variance)), (
    "Your standard error is not the spread of your own weighted sum. How do weights and "
    "covariance give a variance?"
)

# %% probe="combine" rtol=1e-6
[
    combine(readings, gauge_covariance),
    combine(readings[::-1] ** 2, 3 * gauge_covariance),
    combine(readings[:3], gauge_covariance[:3, :3]),
    combine(readings[1:3], np.array([[1.0, 1.8], [1.8, 4.0]])),
    combine(readings[:1], gauge_covariance[:1, :1]),
]

# %% [markdown]
# ## Question 2 · pumps that were not watched (3 points)
#
# The lifetimes of pumps are independent and exponential with one unknown rate $\lambda$ per hour:
# density $\lambda e^{-\lambda t}$, and $P(\text{lifetime} > t) = e^{-\lambda t}$. For pump $i$ you
# know `hours[i]` and `state[i]`:
#
# - `"failed"`: it failed after exactly `hours[i]`,
# - `"running"`: it was still running after `hours[i]`; nothing later is known,
# - `"found"`: it was found broken at `hours[i]`; it had failed at some unknown time before.
#
# Write `failure_rate(hours, state)`, which returns the maximum-likelihood estimate of $\lambda$ as
# a float. Ask of each pump how probable what you know of it would be; a density will do where a
# time is exact. Both arguments are arrays of shape `(n,)`, `hours` lies between 0.01 and 100,000.
# At least one pump has `"failed"`. A relative error of 1e-4 is allowed, so a numerical search will
# do.


# %% question="failure_rate" points=3
### BEGIN SOLUTION
def failure_rate(hours, state):
    from scipy.optimize import minimize_scalar

    scaled = hours / hours.mean()  # so that the answer is not far from 1, and its log from 0

    def minus_log_likelihood(log_rate):
        expected = np.exp(log_rate) * scaled
        terms = np.where(state == "failed", log_rate - expected, -expected)
        return -np.sum(np.where(state == "found", np.log(-np.expm1(-expected)), terms))

    return float(np.exp(minimize_scalar(minus_log_likelihood).x) / hours.mean())


### END SOLUTION

# %% check="failure_rate"
_exact = failure_rate(np.array([2.0, 4.0, 6.0]), np.array(["failed"] * 3))
assert np.isclose(_exact, 0.25, rtol=1e-3), (
    f"Failures after 2, 4 and 6 hours: the mean is 4 hours, the rate 0.25; you say {_exact:.4f}."
)
_running = failure_rate(np.array([2.0, 4.0, 6.0]), np.array(["failed", "running", "running"]))
assert _running < _exact, (
    "If two of the three are still running, pumps last longer and the rate must be lower."
)
assert np.isclose(_running, 1 / 12, rtol=1e-3), (
    "One failure after 2 hours, two pumps running after 4 and 6: the likelihood is rate × "
    f"exp(-12 rate), highest at 1/12 = 0.0833; you say {_running:.4f}. Do running pumps count?"
)
_found = failure_rate(np.array([2.0, 4.0, 6.0]), np.array(["failed", "found", "found"]))
assert _found > 0.5, (
    "The failure after 2 hours alone gives a rate of 0.5. That two more were found broken is more "
    f"probable at a higher rate, so the estimate must rise; you say {_found:.4f}. They may have "
    "failed long before 4 and 6 hours: what is the probability of having failed by then?"
)
assert np.isclose(_found, 0.6463, rtol=1e-3), (
    "One failure after 2 hours, two found broken at 4 and 6: the product of the density at 2 and "
    f"the probabilities of failing before 4 and before 6 is highest at 0.6463; you say {_found:.4f}."
)
_minutes = failure_rate(60 * pump_hours, pump_state)
assert np.isclose(60 * _minutes, failure_rate(pump_hours, pump_state), rtol=1e-3), (
    "In minutes instead of hours the rate should be a sixtieth. Does your search start or stop at "
    "a fixed rate, or is its tolerance larger than the answer?"
)

# %% probe="failure_rate" rtol=3e-4
[
    failure_rate(pump_hours, pump_state),
    failure_rate(60 * pump_hours, pump_state),
    failure_rate(pump_hours / 300, pump_state),
    failure_rate(pump_hours[pump_state != "running"], pump_state[pump_state != "running"]),
    failure_rate(pump_hours[pump_state != "found"], pump_state[pump_state != "found"]),
    failure_rate(np.append(pump_hours[:1], visits[:9]), np.array(["failed"] + ["found"] * 9)),
    failure_rate(np.append(pump_hours[:1], visits[:30]), np.array(["failed"] + ["running"] * 30)),
]

# %% [markdown]
# ## Question 3 · an interval that survives 0 of 12 (2 points)
#
# A share estimated as $\hat p = k / n$ has the standard error $\sqrt{\hat p (1 - \hat p) / n}$,
# which is 0 when all or none succeed. A better interval asks of every $p$ between 0 and 1 whether
# it is *plausible*: whether the observed $k / n$ is at most $z$ standard errors away from $p$, with
# the standard error computed **from that** $p$. Here $z$ is the number for which a standard normal
# lies between $-z$ and $z$ with the probability `confidence`.
#
# Write `plausible_shares(successes, n, confidence)`, which returns the tuple `(low, high)` of the
# smallest and the largest plausible $p$. `successes` and `n` are arrays of integers of shape
# `(m,)` with $0 \le$ `successes` $\le$ `n` and $n \ge 1$; `confidence` is one number between 0 and
# 1. `low` and `high` have shape `(m,)`. An absolute error of 1e-6 is allowed.


# %% question="plausible_shares" points=2
### BEGIN SOLUTION
def plausible_shares(successes, n, confidence):
    # |k/n - p| = z sqrt(p (1 - p) / n), squared, is a quadratic equation in p
    z = stats.norm.ppf((1 + confidence) / 2)
    centre = successes + z**2 / 2
    half = z * np.sqrt(successes * (n - successes) / n + z**2 / 4)
    return (centre - half) / (n + z**2), (centre + half) / (n + z**2)


### END SOLUTION

# %% check="plausible_shares"
for _confidence, _z in [(0.6827, 1.0), (0.95, 1.96), (0.99, 2.5758)]:
    _low, _high = (np.asarray(_ends) for _ends in plausible_shares(correct, images, _confidence))
    assert _low.shape == _high.shape == images.shape, (
        f"expected two arrays of shape {images.shape}, got {_low.shape} and {_high.shape}"
    )
    assert np.all(np.abs([_low - 0.5, _high - 0.5]) <= 0.500001), "A share lies between 0 and 1."
    assert np.all(_low < _high), "`low` should be below `high`, also where all or none succeed."
    for _name, _ends in (("low", _low), ("high", _high)):
        _inside = (_ends > 1e-5) & (_ends < 1 - 1e-5)
        _own_error = np.sqrt(np.clip(_ends * (1 - _ends), 1e-12, 1) / images)
        _away = np.abs(correct / images - _ends) / _own_error
        assert np.allclose(_away[_inside], _z, rtol=1e-3), (
            f"With confidence {_confidence} the observed share should be z = {_z} standard errors "
            f"away from `{_name}`, with the standard error of `{_name}` itself. For class "
            f"{np.flatnonzero(_inside)[np.argmax(np.abs(_away[_inside] - _z))]} it is "
            f"{_away[_inside][np.argmax(np.abs(_away[_inside] - _z))]:.3f} of them away."
        )
assert abs(_low[0]) < 1e-5, "None right: 0 is plausible."
assert abs(_high[1] - 1) < 1e-5, "All right: 1 is plausible."
assert max(_high[0], 1 - _low[1]) < 0.9, "None right: 0.9 is not plausible. All right: nor is 0.1."

# %% probe="plausible_shares" rtol=1e-5 atol=2e-6
[
    tuple(np.asarray(ends, dtype=float) for ends in plausible_shares(*arguments))
    for arguments in [
        (correct, images, 0.95),
        (images - correct, images, 0.5),
        (correct[2:5], 10 * images[2:5], 0.999),
        (np.array([0, 1, 3]), np.array([1, 1, 4]), 0.9),
    ]
]

# %% [markdown]
# ## Question 4 · resample patients, not rows (3 points)
#
# Some patients came often, some once. Rows of one patient resemble each other; different patients
# are independent. So the bootstrap must draw patients: whoever is drawn brings *all* his or her
# rows, and brings them twice if drawn twice.
#
# Write `bootstrap_patients(statistic, X, patients, draws)`. `X` has shape `(n, d)`; `patients`,
# shape `(n,)`, says whose row it is, as whole numbers in any order. `draws` has shape `(b, g)`:
# row `j` says who is in resample `j`, where `draws[j, i] = 0` means the smallest number in
# `patients`, 1 the next larger, and so on. `statistic(rows)` takes an array of shape `(m, d)` with
# the rows of one resample, in any order, and returns a number; in unlucky resamples, where it is
# not defined, it returns `NaN`. Ignore these, wherever they occur.
#
# Return the tuple `(standard_error, low, high)` of floats: the standard deviation (`ddof=1`) of
# the results, and the ends of the **90 %** percentile interval, with NumPy's default quantiles. At
# least two results are numbers.


# %% question="bootstrap_patients" points=3
### BEGIN SOLUTION
def bootstrap_patients(statistic, X, patients, draws):
    groups = [X[patients == patient] for patient in np.unique(patients)]
    results = [statistic(np.concatenate([groups[i] for i in drawn])) for drawn in draws]
    low, high = np.nanquantile(results, [0.05, 0.95])
    return float(np.nanstd(results, ddof=1)), float(low), float(high)


### END SOLUTION

# %% check="bootstrap_patients"
_X = np.array([[1.0], [10.0], [2.0], [100.0]])
_patients = np.array([7, 3, 7, 50])  # 3 has one row, 7 has two, 50 has one
_seen = []


def _recorder(rows):
    _seen.append(np.sort(np.ravel(rows)).tolist())
    return np.sum(rows)


_result = bootstrap_patients(_recorder, _X, _patients, np.array([[0, 1, 2], [1, 1, 0], [2, 2, 2]]))
assert [1.0, 2.0, 10.0, 100.0] in _seen, (
    f"Everyone drawn once should bring the four rows 1, 2, 10, 100. You passed on {_seen}."
)
assert [1.0, 1.0, 2.0, 2.0, 10.0] in _seen, (
    "Drawing patient 7 twice and 3 once should bring 7's rows 1 and 2 twice and 3's row 10 once. "
    f"You passed on {_seen}."
)
assert len(_result) == 3, f"expected (standard_error, low, high), got {_result}"
assert np.isclose(_result[0], np.std([113, 16, 300], ddof=1)), (
    f"The three sums are 113, 16 and 300; their standard deviation (ddof=1) is 143.9, not "
    f"{_result[0]:.1f}. Is it divided by anything more?"
)


def _gappy(rows):
    return np.nan if 100.0 in rows else np.sum(rows)


_two = bootstrap_patients(_gappy, _X, _patients, np.array([[0, 0, 0], [2, 1, 1], [1, 1, 1]]))
assert np.allclose(_two, [np.sqrt(220.5), 10.05, 28.95]), (
    "Of the three results 30, NaN and 9 only two count: standard deviation 14.85, and 5 % of the "
    f"way from 9 to 30 is 10.05, 95 % is 28.95. You return {np.round(_two, 2)}."
)

# %% probe="bootstrap_patients" rtol=1e-6


def _correlation(rows):
    return np.corrcoef(rows.T)[0, 1]


def _high_share(rows):
    return np.nan if np.all(rows[:, 0] < 40) else np.mean(rows[:, 0] > 30)


[
    bootstrap_patients(_correlation, blood, patients, patient_draws),
    bootstrap_patients(lambda rows: np.median(rows[:, 1]), blood, patients, patient_draws[:57]),
    bootstrap_patients(len, blood, patients, patient_draws[:90, :4]),
    bootstrap_patients(_high_share, blood, patients, patient_draws[:, :6]),
]

# %% [markdown]
# ## Question 5 · accidents, before and after counting (3 points)
#
# A road has $\lambda$ accidents per week on average. Before counting, $\lambda$ is believed to
# have a *Gamma* distribution: its density is proportional to $\lambda^{a-1} e^{-b \lambda}$, its
# mean is $a / b$. Then accidents are counted over several periods: `counts[i]` in `weeks[i]`
# weeks, independent, each Poisson with the mean `weeks[i]` · $\lambda$, so that a count $k$ in $t$
# weeks has the probability $e^{-t\lambda} (t\lambda)^k / k!$.
#
# Write `update_accidents(a, b, counts, weeks, limit, ahead)`, which returns three floats as a tuple:
#
# - the posterior mean of $\lambda$,
# - the posterior probability that $\lambda$ is above `limit`,
# - the probability that the next `ahead` weeks pass without an accident, for someone who knows
#   $\lambda$ only as far as the posterior tells.
#
# `counts` and `weeks` have shape `(n,)`, and $n$ may be 0. All other arguments are positive numbers.
# Careful with SciPy: the second parameter of `stats.gamma` is `loc`, and `scale` is $1/b$.


# %% question="update_accidents" points=3
### BEGIN SOLUTION
def update_accidents(a, b, counts, weeks, limit, ahead):
    a, b = a + np.sum(counts), b + np.sum(weeks)
    # the average of exp(-ahead λ) over the posterior; the integral is again one of a Gamma
    quiet = (b / (b + ahead)) ** a
    return float(a / b), float(stats.gamma(a, scale=1 / b).sf(limit)), float(quiet)


### END SOLUTION

# %% check="update_accidents"
_none = np.array([])
_first = update_accidents(1, 1, _none, _none, 1.0, 1.0)
assert len(_first) == 3, f"expected three numbers, got {_first}"
assert np.isclose(_first[0], 1), f"Nothing counted: the mean stays a / b = 1, not {_first[0]:.3f}."
assert np.isclose(_first[1], np.exp(-1)), (
    "Nothing counted, a = b = 1: the density is exp(-λ), so λ is above 1 with probability 0.368; "
    f"you say {_first[1]:.3f}."
)
assert not np.isclose(_first[2], np.exp(-1)), (
    "You took λ for known and equal to its mean. Average exp(-ahead λ) over all λ instead: which "
    "is larger, the average of a curved function or the function of the average?"
)
assert np.isclose(_first[2], 0.5), (
    "Nothing counted, a = b = 1: the average of exp(-λ) over the density exp(-λ) is 1/2; you say "
    f"{_first[2]:.3f}."
)
_much = update_accidents(2, 3, np.array([4_000, 1_000]), np.array([8_000.0, 2_000.0]), 0.4, 2.0)
assert abs(_much[0] - 0.5) < 0.001, (
    f"5,000 accidents in 10,000 weeks: the mean should be near 0.5, not {_much[0]:.3f}."
)
assert _much[1] > 0.999, "After so many weeks 0.5 is known closely, so 0.4 is surely exceeded."
assert abs(_much[2] - np.exp(-1)) < 0.001, (
    f"With λ known to be 0.5, two weeks pass quietly with exp(-1) = 0.368; you say {_much[2]:.3f}."
)
_silent = update_accidents(1, 2, np.array([0]), np.array([6.0]), 0.5, 1.0)
assert np.isclose(_silent[0], 1 / 8), (
    "Believed exp(-2 λ), then six weeks without an accident, which has the probability exp(-6 λ): "
    f"the product is exp(-8 λ), with mean 1/8; you say {_silent[0]:.3f}."
)

# %% probe="update_accidents" rtol=1e-6 atol=1e-9
[
    update_accidents(*belief, accidents, weeks, 0.4, 3.0),
    update_accidents(*belief, accidents[:2], weeks[:2], 0.9, 0.5),
    update_accidents(*belief[::-1], accidents[:0], weeks[:0], 2.0, 1.5),
    update_accidents(belief[0] / 9, belief[1] / 9, 3 * accidents[2:], weeks[2:], 1.1, 12.0),
]

# %% [markdown]
# ## Question 6 · last year's weights (2 points)
#
# A linear model says $y = Xw + \text{noise}$; the noise is normal with mean 0 and standard
# deviation `noise`, independent from row to row. From last year you believe that $w_j$ is normal
# with mean `centre[j]` and standard deviation `trust[j]`, independently of the other weights.
#
# Write `updated_weights(X, y, noise, centre, trust)`, which returns the $w$ at the peak of the
# posterior, shape `(d,)`. `X` has shape `(n, d)`, `y` `(n,)`, `centre` and `trust` `(d,)`; `noise`
# is one number. An entry of `trust` may be `np.inf`: then nothing is believed about that weight.
# There may be fewer rows than weights, but then all of `trust` is finite. The columns of `X` are
# linearly independent whenever there are enough rows. An absolute error of 1e-5 is allowed.
#
# Minus the logarithm of the posterior is a sum of squares, each with its own weight; its gradient
# is zero at the peak.


# %% question="updated_weights" points=2
### BEGIN SOLUTION
def updated_weights(X, y, noise, centre, trust):
    precision = X.T @ X / noise**2 + np.diag(1 / trust**2)
    return np.linalg.solve(precision, X.T @ y / noise**2 + centre / trust**2)


### END SOLUTION

# %% check="updated_weights"
_one = updated_weights(np.ones((1, 1)), np.array([3.0]), 1.0, np.array([1.0]), np.array([1.0]))
assert np.shape(_one) == (1,), f"expected shape (1,), got {np.shape(_one)}"
assert np.isclose(_one[0], 2), (
    "Last year says 1 ± 1, one row says 3 ± 1: equally trusted, they meet at 2, not at "
    f"{_one[0]:.3f}."
)
_two = updated_weights(np.ones((1, 1)), np.array([3.0]), 1.0, np.array([1.0]), np.array([0.5]))
assert np.isclose(_two[0], 1.4), (
    "Last year says 1 ± 0.5, one row says 3 ± 1: (w - 1)²/0.25 + (w - 3)² is smallest at 1.4; you "
    f"say {_two[0]:.3f}. Standard deviations enter squared."
)
_flat = updated_weights(X, y, 0.7, last_year, np.full(5, np.inf))
assert np.allclose(_flat, np.linalg.lstsq(X, y, rcond=None)[0], atol=1e-5), (
    "If nothing is believed, the data alone decide: least squares."
)
assert np.allclose(updated_weights(X, y, 0.7, last_year, np.full(5, 1e-6)), last_year, atol=1e-6), (
    "Last year's weights, believed to a millionth, should stay as they are."
)
_first = updated_weights(X, y, 0.7, last_year, np.array([1e-6] + [np.inf] * 4))[0]
assert np.isclose(_first, last_year[0], atol=1e-5), (
    "Only the first weight is believed, to a millionth; of the others nothing is. The first should "
    f"stay at {last_year[0]:.3f}; you say {_first:.3f}. Does one `np.inf` switch off all of `trust`?"
)


def _height(weights):
    return -np.sum((y - X @ weights) ** 2) / 0.98 - np.sum(((weights - last_year) / trust) ** 2) / 2


_peak = updated_weights(X, y, 0.7, last_year, trust)
_steps = 0.02 * np.random.default_rng(0).normal(size=(500, 5))
assert max(_height(_peak + _step) for _step in _steps) < _height(_peak), (
    "Near your weights there are others where the posterior is higher. Does each weight have its "
    "own `trust`?"
)

# %% probe="updated_weights" rtol=1e-6 atol=1.1e-5
[
    updated_weights(X, y, 0.7, last_year, trust),
    updated_weights(X, y, 3.0, last_year, trust),
    updated_weights(X[:3], y[:3], 0.4, 2 * last_year, trust[::-1]),
    updated_weights(X, y, 1.5, last_year, np.array([0.3, np.inf, 0.1, np.inf, 1.0])),
]
