# ---
# title: "Exercise: validation"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: validation
#
# Five jobs around folds that the lesson did not do for you. No question needs the answer of
# another. Change `seed` to practise again on other data. Every function must work on any input that
# its question describes, and must not change its arguments. NumPy, SciPy and scikit-learn are all
# you need.

# %% tags=["parameters"]
seed = 15  # which data you get

# %%
import math

import numpy as np
from scipy import stats
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(seed)

# question 1: visits of 30 customers in 40 weeks, not in order; half of the weeks have no visit
visits = 90
customer = rng.integers(100, 130, size=visits)
week = rng.permutation(40)[:20][np.append(np.arange(20), rng.integers(0, 20, size=visits - 20))]

# question 2: the sizes of a search
size = {name: int(rng.integers(2, 7)) for name in ("a", "b", "c", "d", "e")}

# question 3: scores of two models, from 20 splits
level = rng.normal(0.7, 0.05, size=20)
score_a = level + rng.normal(scale=0.012, size=20)
score_b = level + rng.normal(scale=0.012, size=20) + rng.uniform(0.02, 0.03)

# question 4: patients, the ten columns in another order, and five columns of noise
X, y = load_diabetes(return_X_y=True, scaled=False)
patients = rng.permutation(442)[:150]
X = np.column_stack([X[patients], rng.normal(size=(150, 5))])[:, rng.permutation(15)]
y = y[patients]
fold = rng.integers(0, 4, size=150)
fold[:8] = [0, 1, 2, 3, -1, -1, -1, -1]

# question 5: scores inside and outside, of 4 outer folds, 6 candidates and 5 inner folds
skill = 0.7 + 0.05 * rng.random(6)
inner = skill[:, None] + rng.normal(scale=0.04, size=(4, 6, 5))
outer = skill + rng.normal(scale=0.04, size=(4, 6))

# %% [markdown]
# ## Question 1 · new customers, later weeks (4 points)
#
# A model will be used on customers it has never seen, in weeks that are still to come. Write
# `group_time_folds(group, time, n_folds, gap)`. `group` and `time` are arrays of integers, shape
# `(n,)`, one entry per row, in any order.
#
# 1. Take the distinct values of `time`, ascending, and cut them with `np.array_split` into `n_folds
#    + 1` blocks. The first block is never tested; every later block is the test period of one fold.
# 2. The test rows of a fold are all rows whose time is in its block.
# 3. Its training rows are all rows whose time is smaller than (first time of the block − `gap`),
#    and whose group has *no* row among the test rows.
# 4. A fold without any training row is left out.
#
# Return a list of tuples `(train, test)` in the order of time, each an array of row numbers,
# ascending. There are at least `n_folds + 1` distinct times; `n_folds` $\ge 1$, `gap` $\ge 0$,
# integers.


# %% question="group_time_folds" points=4
### BEGIN SOLUTION
def group_time_folds(group, time, n_folds, gap):
    folds = []
    for block in np.array_split(np.unique(time), n_folds + 1)[1:]:
        tested = np.isin(time, block)
        known = np.isin(group, group[tested])
        trained = (time < block[0] - gap) & ~known
        if trained.any():
            folds.append((np.flatnonzero(trained), np.flatnonzero(tested)))
    return folds


### END SOLUTION

# %% check="group_time_folds"
_time, _group = np.array([5, 1, 2, 2, 9, 7]), np.array([1, 2, 3, 1, 3, 4])
_folds = [[list(map(int, _rows)) for _rows in _f] for _f in group_time_folds(_group, _time, 1, 0)]
assert [len(_f) for _f in _folds] == [2], f"One fold, a (train, test) tuple; got {_folds}"
assert _folds[0][1] == [4, 5], (
    "The five distinct times 1, 2, 5 | 7, 9 make two blocks; rows 4 and 5 are tested, you say "
    f"{_folds[0][1]}."
)
assert _folds[0][0] == [0, 1, 3], (
    "Groups 3 and 4 are tested there, so row 2 (group 3) may not train; rows 0, 1 and 3 may. "
    f"You say {_folds[0][0]}."
)
_gaps = [list(group_time_folds(_group, _time, 1, _g)[0][0]) for _g in (1, 2, 4)]
assert _gaps == [[0, 1, 3], [1, 3], [1, 3]], (
    f"The test begins at 7. With a gap of 1, times below 6 train; with 2, those below 5. You say {_gaps}."
)
assert len(group_time_folds(_group, _time, 1, 6)) == 0, "A fold without training rows is left out."
_tested = np.concatenate([_test for _, _test in group_time_folds(customer, week, 4, 2)])
assert len(np.unique(_tested)) == len(_tested), "A row is tested in more than one fold."
for _train, _test in group_time_folds(customer, week, 4, 2):
    assert not set(customer[_train]) & set(customer[_test]), (
        "A customer is on both sides of a fold."
    )
    assert week[_train].max() + 2 < week[_test].min(), "Training comes too close to the test weeks."
    assert np.all(np.diff(_train) > 0), "Row numbers should be ascending."

# %% probe="group_time_folds" exact=true
[
    [[rows.tolist() for rows in map(np.asarray, pair)] for pair in group_time_folds(*arguments)]
    for arguments in (
        (customer, week, 4, 0),
        (customer, week, 3, 2),
        (customer, week, 6, 5),
        (customer, week, 1, 1),
        (customer // 2, week * 3 + 7, 5, 4),
        (customer[:40], week[:40], 2, 30),
        (np.arange(visits), week, 2, 3),
        (np.arange(visits) % 2, week, 4, 0),
        (np.array([1, 2, 1, 3, 4]), np.array([-4, -2, 0, 5, 6]), 2, 3),
    )
]

# %% [markdown]
# ## Question 2 · what does the search cost? (3 points)
#
# Write `count_fits(grids, folds, outer=0, race=0, keep=0, refit=True)`, which returns the number of
# models that a search trains, an integer.
#
# - `grids` is a list of dictionaries, each from the name of a hyperparameter to the list of its
#   values. The candidates are all combinations within each dictionary. A combination that occurs in
#   several dictionaries counts as often as it occurs. An empty dictionary is one candidate.
# - Every candidate is trained once in each of the `folds` folds.
# - With `race` > 0, most are discarded early: all candidates are trained in the first `race` folds;
#   only the best `keep` of them (all, if there are fewer) are also trained in the remaining folds.
#   `race` $\le$ `folds`; `keep` $\ge 1$ then, and is ignored without a race.
# - With `refit`, the winner is trained once more, on all rows that the search was given.
# - A single candidate needs no search, with or without a race: it is trained in no fold, and only
#   the refit is left, if there is one.
# - With `outer` > 0, the search is judged by nested cross-validation with `outer` outer folds, in
#   each of which the winner is always refitted, whatever `refit` says. After that the search runs
#   once more on all rows, as described above. Return the total.


# %% question="count_fits" points=3
### BEGIN SOLUTION
def count_fits(grids, folds, outer=0, race=0, keep=0, refit=True):
    candidates = sum(math.prod(len(values) for values in grid.values()) for grid in grids)
    fits = candidates * folds
    if race > 0:
        fits = candidates * race + min(keep, candidates) * (folds - race)
    if candidates == 1:
        fits = 0
    return outer * (fits + 1) + fits + int(refit)


### END SOLUTION

# %% check="count_fits"
_grid = {"C": [0.1, 1, 10], "kernel": ["rbf", "linear"]}
assert count_fits([_grid], 5) == 31, (
    f"6 candidates x 5 folds + 1 refit; got {count_fits([_grid], 5)}"
)
assert count_fits([_grid, {"C": [1, 2]}], 5, refit=False) == 40, "(6 + 2) x 5: grids add up."
assert count_fits([_grid], 5, race=2, keep=3) == 22, (
    f"6 x 2, then 3 x 3, and 1 refit; got {count_fits([_grid], 5, race=2, keep=3)}"
)
assert count_fits([{"C": [1, 2]}], 5, race=2, keep=9) == 11, (
    "Of two candidates, no more than two go on: nothing is saved here."
)
assert count_fits([_grid], 5, outer=4) == 4 * 31 + 31, (
    "Four outer folds, then the search on all rows: five searches of 31 fits."
)
assert count_fits([_grid], 5, outer=4, refit=False) == 4 * 31 + 30, (
    "Outer folds must refit to have a model to score; only the last refit is dropped."
)
assert count_fits([{"C": [1]}], 5) == 1, "One candidate: nothing to choose, only the refit is left."

# %% probe="count_fits" exact=true
one = {"x": list(range(size["a"])), "y": list(range(size["b"]))}
two = {"x": list(range(size["c"])), "y": ["p", "q"], "z": list(range(size["d"]))}
[
    int(count_fits(*arguments, **more))
    for arguments, more in (
        (([one], size["e"]), {}),
        (([one, two], size["e"]), {}),
        (([two, one, one], size["a"]), {"refit": False}),
        (([one, two], 7), {"race": 2, "keep": 3}),
        (([two], 10), {"race": 3, "keep": 500, "refit": False}),
        (([one], 4), {"race": 4, "keep": 2}),
        (([one, two], 5), {"outer": size["c"]}),
        (([two], 6), {"outer": 3, "race": 1, "keep": 2, "refit": False}),
        (([one, {}], 5), {"outer": 2, "race": 3, "keep": 1}),
        (([{}], size["b"]), {"refit": False}),
        (([{"x": [1], "y": [2]}], 5), {"outer": size["d"]}),
        (([{"x": [1]}], 5), {"outer": 3, "race": 2, "keep": 1, "refit": False}),
        (([{}, {"x": [1]}], 5), {"race": 1, "keep": 1}),
    )
]

# %% [markdown]
# ## Question 3 · decide between two models (3 points)
#
# Model B is to replace model A. Both were scored on the same $J$ splits; higher is better. Write
# `decide(score_a, score_b, n_train, n_test, margin)`. The arrays have shape `(J,)`, $J \ge 2$,
# split by split.
#
# - $d$ is the mean of the differences B − A, and its corrected standard error is $s \sqrt{1/J +
#   n_\text{test}/n_\text{train}}$, where $s$ is their standard deviation with $J - 1$ in the
#   denominator.
# - The 95 % interval is $d \pm q \cdot$ standard error; $q$ is the 0.975 quantile of Student's $t$
#   with $J - 1$ degrees of freedom (`stats.t.ppf`).
# - The decision is the first of these that holds: `"same"` if the whole interval lies strictly
#   between −`margin` and `margin`; `"B"` if it lies above 0; `"A"` if it lies below 0; else
#   `"unclear"`.
#
# Return the tuple `(d, low, high, decision)`: floats, and a text. (Equal differences are allowed:
# the interval is then a point.)


# %% question="decide" points=3
### BEGIN SOLUTION
def decide(score_a, score_b, n_train, n_test, margin):
    difference = np.asarray(score_b) - np.asarray(score_a)
    J, d = len(difference), float(np.mean(difference))
    error = float(np.std(difference, ddof=1) * np.sqrt(1 / J + n_test / n_train))
    half = float(stats.t.ppf(0.975, J - 1)) * error
    low, high = d - half, d + half
    if -margin < low and high < margin:
        return d, low, high, "same"
    if low > 0:
        return d, low, high, "B"
    return d, low, high, "A" if high < 0 else "unclear"


### END SOLUTION

# %% check="decide"
_got = decide(score_a, score_b, 80, 20, 0.0)
assert len(_got) == 4, f"expected (d, low, high, decision), got {_got}"
assert np.isclose((_got[1] + _got[2]) / 2, _got[0]), "The interval should be centred on d."
assert _got[0] > 0, "B scores higher here on average: d is B - A."
_swap = decide(score_b, score_a, 80, 20, 0.0)
assert np.allclose([_swap[1], _swap[2]], [-_got[2], -_got[1]]), (
    "With the models swapped, the interval should be mirrored."
)
_level = np.sin(np.arange(20.0))
assert np.allclose(decide(score_a + _level, score_b + _level, 80, 20, 0.0)[:3], _got[:3]), (
    "Splits that are harder for both models must not change anything. Is it paired?"
)
_wide = np.diff(decide(score_a, score_b, 50, 50, 0.0)[1:3])[0] / (_got[2] - _got[1])
assert np.isclose(_wide, np.sqrt((1 / 20 + 1) / (1 / 20 + 1 / 4))), (
    f"From 80 : 20 to 50 : 50 the width should grow by the correction's ratio, not {_wide:.3f}."
)
_d = np.array([1.0, 3.0])
assert np.isclose(decide(0 * _d, _d, 1, 0, 0.0)[2], 2 + 12.706, atol=1e-3), (
    "Differences 1 and 3, no test rows: standard error 1, and q = 12.706 with one degree of freedom."
)
assert decide(score_a, score_b, 80, 20, 9.0)[3] == "same", "With a huge margin, both are the same."
assert decide(0 * _d, _d, 1, 0, 5.0)[3] == "unclear", (
    "From -10.7 to 14.7: around 0, and wider than the margin of 5, though d = 2 is within it."
)

# %% probe="decide" rtol=1e-6 atol=1e-12
[
    list(decide(*arguments))
    for arguments in (
        (score_a, score_b, 80, 20, 0.0),
        (score_b, score_a, 80, 20, 0.005),
        (score_a, score_b, 90, 10, 0.2),
        (score_b, score_a, 200, 1, 0.2),
        (score_a, score_b - 0.025, 50, 50, 0.004),
        (score_a[:5], score_b[:5] - 0.02, 40, 10, 0.003),
        (score_a, score_b[::-1], 75, 25, 0.01),
        (score_a[:3], score_b[:3] + 1, 66, 34, 0.3),
        (score_b[:4] + 1, score_a[:4], 3, 1, 0.3),
        (score_a[:2] - 1, score_b[:2], 3, 1, 0.3),
        (np.array([0.0, 0.0, 0.0, 0.0]), np.array([0.5, 0.7, 0.4, 0.6]), 30, 10, 5.0),
        (np.array([0.5, 0.7, 0.4, 0.6]), np.array([0.0, 0.0, 0.0, 0.0]), 30, 10, 0.5),
        (np.zeros(4), np.full(4, 0.5), 30, 10, 0.5),
        (np.full(4, 0.5), np.zeros(4), 30, 10, 0.5),
        (np.zeros(4), np.zeros(4), 30, 10, 0.0),
    )
]

# %% [markdown]
# ## Question 4 · out-of-fold predictions by hand (3 points)
#
# Write `out_of_fold(X, y, fold, k)`. `fold[i]` is the fold, 0 or above, in which row `i` is tested;
# −1 means that the row is never tested, but is a training row of every fold. Numbers may be missing
# from the sequence. For each fold that occurs, using its training rows alone (all rows outside the
# fold):
#
# 1. fill each gap (`NaN`) of `X` with the median of the column's known values;
# 2. keep the `k` columns whose correlation with `y` is largest in absolute value, after filling;
# 3. fit `LinearRegression()` on them, and predict the fold's rows, whose gaps are filled with the
#    same medians.
#
# Return the tuple `(predictions, pooled, mean)`: an array of shape `(n,)` with `NaN` where a row is
# never tested; the *root* mean squared error of all tested rows at once; and the mean over the
# folds of each fold's root mean squared error. In training rows, no column is constant or without
# any known value. $1 \le$ `k` $\le$ number of columns.


# %% question="out_of_fold" points=3
### BEGIN SOLUTION
def out_of_fold(X, y, fold, k):
    predictions, roots = np.full(len(y), np.nan), []
    for number in np.unique(fold[fold >= 0]):
        test, train = fold == number, fold != number
        filled = np.where(np.isnan(X), np.nanmedian(X[train], axis=0), X)
        strength = [abs(np.corrcoef(column, y[train])[0, 1]) for column in filled[train].T]
        best = np.argsort(strength)[-k:]
        model = LinearRegression().fit(filled[train][:, best], y[train])
        predictions[test] = model.predict(filled[test][:, best])
        roots.append(np.sqrt(np.mean((predictions[test] - y[test]) ** 2)))
    pooled = np.sqrt(np.nanmean((predictions - y) ** 2))
    return predictions, float(pooled), float(np.mean(roots))


### END SOLUTION

# %% check="out_of_fold"
_holes = np.where(np.random.default_rng(1).random(X.shape) < 0.1, np.nan, X)
_copy = _holes.copy()
_p, _pooled, _mean = out_of_fold(_holes, y, fold, 3)
assert np.array_equal(_holes, _copy, equal_nan=True), "X was changed: work on a copy."
assert np.shape(_p) == (150,), f"expected shape (150,), got {np.shape(_p)}"
assert np.array_equal(np.isnan(_p), fold == -1), "NaN exactly where a row is never tested."
assert np.isclose(_pooled**2, np.mean((_p - y)[fold >= 0] ** 2)), (
    "`pooled` should be the root of the mean squared error of all tested rows."
)
_roots = [np.sqrt(np.mean((_p - y)[fold == _f] ** 2)) for _f in range(4)]
assert np.isclose(_mean, np.mean(_roots)), (
    f"The folds' errors are {np.round(_roots, 1).tolist()}; a large fold weighs no more than a small one."
)
assert 40 < _mean < 100, f"A mean error of {_mean:.1f} is not plausible; the spread of y is 77."
_flip = np.where(np.arange(15) % 2, -1, 1)
assert all(
    np.allclose(out_of_fold(_holes * _s, y, fold, 3)[0], _p, equal_nan=True) for _s in (-1, _flip)
), "Columns changed their sign, and so did predictions: is a strong negative correlation kept?"
_row = int(np.flatnonzero(fold == 2)[0])
_other = y.copy()
_other[_row] += 1e4
_again = out_of_fold(_holes, _other, fold, 3)[0]
assert np.allclose(_again[fold == 2], _p[fold == 2]), (
    "The target of a row in fold 2 changed, and so did predictions of fold 2: something learned from it."
)
assert not np.allclose(_again[fold == 1], _p[fold == 1]), (
    "The same row trains for fold 1, whose predictions should change."
)
_wild = _holes.copy()
_wild[fold == 2] = 1e3
_wild[_row] = _holes[_row]
assert np.isclose(out_of_fold(_wild, y, fold, 3)[0][_row], _p[_row]), (
    "Other rows of fold 2 got odd columns, and the prediction of a row of fold 2 changed. On which rows "
    "are the medians and the choice of columns learned?"
)

# %% probe="out_of_fold" rtol=1e-6
holes = np.where(np.random.default_rng(seed + 1).random(X.shape) < 0.15, np.nan, X)
skewed = np.where(fold == 0, 0, 5)
answers = [
    out_of_fold(holes, y, fold, 3),
    out_of_fold(X, y, np.where(fold == 1, -1, fold), 1),
    out_of_fold(holes[:, ::2], -y, skewed, 2),
    out_of_fold(holes[:90], y[:90] ** 2 / 100, np.arange(90) // 9, 5),
    out_of_fold(holes, y, np.where(np.arange(150) < 9, 4, -1), 15),
]
[[np.nan_to_num(np.asarray(p)[::5], nan=-999.0), float(a), float(b)] for p, a, b in answers]

# %% [markdown]
# ## Question 5 · chosen inside, judged outside (2 points)
#
# Somebody kept all scores of a nested cross-validation; higher is better. `inner[o, c, i]` is the
# score of candidate `c` in inner fold `i` of outer fold `o`; `outer[o, c]` is that candidate's
# score on the outer test rows, trained on all the rest.
#
# Write `nested(inner, outer)`. In each outer fold, take the candidate with the largest mean over
# inner folds, but prefer simplicity: among all candidates whose mean is *at least* (that largest
# mean − its standard error), choose the one with the smallest number `c`. The standard error is the
# standard deviation of the *best* candidate's inner scores, with $I - 1$ in the denominator, over
# $\sqrt I$ for $I \ge 2$ inner folds.
#
# Return the tuple `(chosen, score, optimism)`: the list of the chosen candidates, integers; the
# honest score of this procedure, the mean over the outer folds; and by how much the mean of the
# chosen candidates' *inner* means lies above that.


# %% question="nested" points=2
### BEGIN SOLUTION
def nested(inner, outer):
    means = inner.mean(axis=2)
    rows, best = np.arange(len(inner)), means.argmax(axis=1)
    error = inner[rows, best].std(axis=1, ddof=1) / np.sqrt(inner.shape[2])
    good = means >= (means[rows, best] - error)[:, None]
    chosen = good.argmax(axis=1)
    score = outer[rows, chosen].mean()
    return chosen.tolist(), float(score), float(means[rows, chosen].mean() - score)


### END SOLUTION

# %% check="nested"
_inner = np.array([[[0.57, 0.57], [0.61, 0.61], [0.6, 0.8]], [[0.9, 0.7], [0.5, 0.5], [0.7, 0.7]]])
_outer = np.array([[0.1, 0.2, 0.4], [0.8, 0.16, 0.32]])
_got = nested(_inner, _outer)
assert list(_got[0]) == [1, 0], (
    "Outer fold 0: means 0.57, 0.61 and 0.7, standard error of the best 0.1. Candidate 1 is within it, and "
    f"0 is not. In outer fold 1, candidate 0 is best. So [1, 0], not {_got[0]}."
)
assert np.isclose(_got[1], 0.5), f"There, the honest score is (0.2 + 0.8) / 2, not {_got[1]}."
assert np.isclose(_got[2], 0.205), f"There, optimism is (0.61 + 0.8) / 2 - 0.5, not {_got[2]}."

# %% probe="nested" rtol=1e-6
noisy = inner + np.random.default_rng(seed + 2).normal(scale=0.03, size=inner.shape)
many = np.random.default_rng(seed + 3)
many = many.normal(0.7, 0.05, size=(40, 8, 3)), many.normal(0.7, 0.05, size=(40, 8))
[
    [list(map(int, chosen)), score, optimism]
    for chosen, score, optimism in (
        nested(inner, outer),
        nested(inner[:, ::-1], outer[:, ::-1]),
        nested(noisy[:, :, :2], outer - 0.1),
        nested(noisy[:3], 1 - outer[:3]),
        nested(inner**8, outer**8),
        nested(*many),
        nested(noisy.transpose(1, 2, 0), outer.T[:, [0, 1, 2, 3, 0]]),
        nested(inner[:1, :1], outer[:1, :1]),
        nested(np.tile([0.5, 0.75, 0.75], (2, 3, 1)).transpose(0, 2, 1), outer[:2, :3]),
    )
]
