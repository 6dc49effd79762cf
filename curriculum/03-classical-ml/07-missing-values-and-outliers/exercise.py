# ---
# title: "Exercise: missing values and outliers"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: missing values and outliers
#
# Fill by group, judge an imputer without knowing the truth, be honest about what was filled in, clean a
# sensor, and find rows that no single column gives away. No question needs the answer of another. Your
# data are drawn for you: change `seed` to practise again on others. Every function must work on any
# input of the kind that its question names, and must never change its input. NumPy, pandas and
# scikit-learn are all you need.

# %% tags=["parameters"]
seed = 11  # which data you get

# %%
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.impute import KNNImputer, SimpleImputer
from statsmodels.datasets import elnino

rng = np.random.default_rng(seed)
diabetes = load_diabetes(as_frame=True, scaled=False).data

# question 1: patients with gaps, and their decade of age, which is sometimes missing too
patients = diabetes.sample(260, random_state=int(rng.integers(2**31)))
decade = (patients["age"] // 10 * 10).astype(int).astype(str) + "s"
patients = patients[["bmi", "bp", "s5", "s6"]] + rng.uniform(0, 1, size=(260, 4))
patients = patients.mask(rng.random(patients.shape) < [0.1, 0.2, 0.3, 0.4])
patients.insert(1, "decade", decade.astype(object).mask(rng.random(260) < 0.08, None))

# question 2: tumours with gaps, cells to hide, and a fold number for each row
tumours = load_breast_cancer(as_frame=True).data.iloc[rng.choice(569, 150, replace=False), :5]
tumours = tumours * rng.uniform(0.99, 1.01, size=tumours.shape)  # no two rows equally near
tumours = tumours.mask(rng.random(tumours.shape) < 0.1)
hide = rng.random(tumours.shape) < rng.uniform(0.1, 0.3, size=5)
fold = rng.permutation(np.arange(150) ** 2 % 7)  # folds 0, 1, 2 and 4, of different sizes

# question 3: blood pressure and BMI, which is missing more often at high pressure
rows = rng.choice(len(diabetes), 120, replace=False)
pressure, bmi = diabetes["bp"].to_numpy()[rows], diabetes["bmi"].to_numpy()[rows].copy()
bmi[rng.random(120) < 0.8 * (pressure.argsort().argsort() / 120)] = np.nan
draws = rng.integers(120, size=(12, 120))  # twelve bootstrap draws of the 120 rows
noise = rng.normal(size=(12, 120))

# question 4: fifteen years of monthly sea temperatures, with spikes and gaps
sea = elnino.load_pandas().data.drop(columns="YEAR").to_numpy().ravel()
sea = sea[(start := int(rng.integers(500))) : start + 180] + rng.normal(0, 0.01, size=180)
spikes = rng.choice(180, 9, replace=False)
sea[spikes] += rng.choice([-1, 1], size=9) * rng.uniform(4, 30, size=9)
sea[rng.choice(180, 12, replace=False)] = np.nan

# question 5: total cholesterol, LDL and BMI; in 30 rows the first two are exchanged
blood = diabetes[["s1", "s2", "bmi"]].to_numpy()[rng.permutation(len(diabetes))[:201]]
blood = blood + rng.normal(0, 0.01, size=blood.shape)
exchanged = rng.choice(201, 30, replace=False)
blood[exchanged, :2] = blood[exchanged, 1::-1]

# %% [markdown]
# ## Question 1 · fill by group (3 points)
#
# Write the transformer `GroupMedian(group, least=5)` for tables. `group` is the name of a column of
# texts, in which values may be missing; all other columns are numbers with gaps. The known values of
# a column are those that are not missing.
#
# - `fit(X)` learns `overall_`, a dictionary from each number column to the median of its known
#   values, and `medians_`, a dictionary from each number column to a dictionary from group to the
#   median of that group's known values. Only groups with *at least* `least` known values *in that
#   column* are in there. `fit` returns the estimator and ignores `y`.
# - `transform(X)` returns a new table with the same index and the same columns in the same order. Gaps
#   in number columns are filled with the median of the row's group, or, where `medians_` has none for
#   it (too few known values, an unknown group, a missing group), with the overall median. Known
#   values, and the column `group`, stay as they are.
# - `transform` uses only what `fit` learned. Every number column has a known value in `fit`; `X` in
#   `transform` has the columns of `fit`, with any values and any index.
# - `clone` works: `__init__` only stores its arguments.


# %% question="group_median" points=3
### BEGIN SOLUTION
class GroupMedian(TransformerMixin, BaseEstimator):
    def __init__(self, group, least=5):
        self.group = group
        self.least = least

    def fit(self, X, y=None):
        numbers = X.drop(columns=self.group)
        self.overall_ = numbers.median().to_dict()
        self.medians_ = {}
        for name in numbers:
            groups = numbers[name].groupby(X[self.group]).agg(["median", "count"])
            self.medians_[name] = groups.loc[groups["count"] >= self.least, "median"].to_dict()
        return self

    def transform(self, X):
        filled = X.copy()
        for name, medians in self.medians_.items():
            fills = [medians.get(value, self.overall_[name]) for value in X[self.group]]
            filled[name] = np.where(X[name].isna(), fills, X[name])
        return filled


### END SOLUTION

# %% check="group_median"
_small = pd.DataFrame(
    {"kind": [*"aaabbb", *[None] * 3], "x": [1.0, 9, 2, 50, np.nan, np.nan, 60, 70, 80]},
    index=[5, 5, 1, 0, 2, 9, 2, 3, 7],
)
_model = GroupMedian("kind", least=3)
assert _model.fit(_small) is _model, "fit should return the estimator itself."
assert np.isclose(_model.overall_["x"], 50), (
    "The known values are 1, 9, 2, 50, 60, 70, 80: their median is 50."
)
assert _model.medians_ == {"x": {"a": 2.0}}, (
    "With least=3 only group a has enough known values (1, 9, 2, so exactly three); its median is 2. Group b "
    "has three rows but one known value, and rows whose group is missing form no group. "
    f"Yours: {_model.medians_}"
)
_new = pd.DataFrame(
    {"kind": ["b", "z", None, "a", "a"], "x": [np.nan] * 4 + [7.0]}, index=list("vwxyz")
)
_before = _new.copy()
_out = _model.transform(_new)
assert list(_out.index) == list("vwxyz"), "The index should stay as it was."
assert list(_out.columns) == ["kind", "x"], "The columns should stay in their order."
assert list(_out["x"]) == [50, 50, 50, 2, 7], (
    "Group b had too few values in fit, z is unknown, None is missing: the overall median 50. Group a "
    f"has 2, and the known 7 stays. Yours: {list(_out['x'])}"
)
assert _new.equals(_before), "transform should not change the table it is given."
assert not hasattr(clone(_model), "medians_"), "A clone should know nothing."
_filled = GroupMedian("decade").fit(patients).transform(patients)
assert _filled.drop(columns="decade").notna().all(axis=None), (
    "No number should be missing any more."
)
assert _filled["decade"].isna().sum() == patients["decade"].isna().sum(), (
    "The column of groups should stay as it is, gaps included."
)

# %% probe="group_median" rtol=1e-6
table = patients.copy()
many, few = GroupMedian("decade").fit(table[:170]), GroupMedian("decade", 12).fit(table[:170], 1)
sizes = table["bp"].groupby(table["decade"]).count()
edge = GroupMedian(group="decade", least=int(sizes.max())).fit(table)
renamed = table.rename(columns={"decade": "who"})[["s6", "bp", "who"]]
outs = [many.transform(table[:220]), few.transform(table[170:]), edge.transform(table[::3])]
outs.append(GroupMedian("who", 1).fit(renamed).transform(renamed.sample(50, random_state=1)))
known = patients["s6"].dropna()[:15].to_numpy()
sized = GroupMedian("kind").fit(pd.DataFrame({"kind": list("aaaabbbbbcccccc"), "x": known}))
strange = GroupMedian("who", 3).fit(renamed).transform(renamed[:40].assign(who="elsewhere"))
[
    [dict(sorted(model.overall_.items())) for model in (many, edge)],
    [
        {name: dict(sorted(model.medians_[name].items())) for name in sorted(model.medians_)}
        for model in (many, few, edge, sized)
    ],
    [out.select_dtypes("number").to_numpy() for out in (*outs, strange)],
    [list(out.columns) for out in outs],
    [list(map(int, out.index)) for out in outs],
    [outs[0]["decade"].fillna("none").tolist()[:60], table.equals(patients)],
    [clone(few).least, hasattr(clone(few), "overall_")],
    many.fit(table[170:]).transform(table[:60])["s6"].to_numpy(),
]

# %% [markdown]
# ## Question 2 · judge an imputer without the truth (3 points)
#
# In a table with real gaps you do not know what is missing. But you can hide values that you *do*
# know, let the imputer fill them, and compare; with new rows in mind, on rows it was not fitted on.
#
# Write `hidden_error(table, hide, imputer, fold)`. `table` is a table of numbers with gaps, shape
# `(n, d)`, with any index; `hide` a bool array of the same shape; `imputer` any scikit-learn
# transformer that turns `(k, d)` into `(k, d)`; `fold` an integer array, shape `(n,)`.
#
# - Cells where `hide` is True become gaps, in training rows and in held-out rows alike.
# - Each distinct number in `fold` is held out once: a fresh clone of `imputer` is fitted on the rows with
#   *other* numbers and fills the held-out rows. (You may assume that every column has known values
#   there.)
# - The error is measured on *test cells*: hidden cells whose value is known in `table`.
# - Return an array, shape `(d,)`: for each column the root of the mean squared error over its test
#   cells *of all folds together*, divided by the standard deviation (`ddof=0`) of all
#   known values of that column in `table`. A column without test cells gets `nan`.
#
# `imputer` itself must stay unfitted.


# %% question="hidden_error" points=3
### BEGIN SOLUTION
def hidden_error(table, hide, imputer, fold):
    truth = table.to_numpy()
    seen = np.where(hide, np.nan, truth)
    filled = np.empty(truth.shape)
    for number in np.unique(fold):
        held_out = fold == number
        filled[held_out] = clone(imputer).fit(seen[~held_out]).transform(seen[held_out])
    result = np.full(truth.shape[1], np.nan)
    for column in range(truth.shape[1]):
        cells = hide[:, column] & ~np.isnan(truth[:, column])
        if cells.any():
            misses = filled[cells, column] - truth[cells, column]
            result[column] = np.sqrt(np.mean(misses**2)) / np.nanstd(truth[:, column])
    return result


### END SOLUTION

# %% check="hidden_error"
_small = pd.DataFrame({"x": [0.0, 2, 4, np.nan], "z": [1.0, 1, 5, 5]}, index=[7, 7, 3, 0])
_hide = np.array([[True, False], [False, False], [False, False], [True, False]])
_imputer = SimpleImputer()
_got = hidden_error(_small, _hide, _imputer, np.array([0, 0, 1, 1]))
assert np.shape(_got) == (2,), f"expected shape (2,), got {np.shape(_got)}"
assert np.isnan(_got[1]), "In the second column nothing is hidden: nan."
assert np.isclose(_got[0], 4 / np.sqrt(8 / 3)), (
    "Only one test cell: the 0 (the other hidden cell is a gap anyway). The fold's training rows have the "
    f"mean 4, so the error is 4, divided by the deviation of 0, 2 and 4. Yours: {_got[0]:.3f}"
)
assert not hasattr(_imputer, "statistics_"), "Fit a clone; the imputer itself should stay unfitted."
_before = tumours.copy()
_error = hidden_error(tumours, hide, SimpleImputer(), fold)
assert tumours.equals(_before), "The table should not be changed."
assert np.all((_error > 0.6) & (_error < 1.8)), (
    f"Filling with a mean should miss by about one standard deviation, not by {_error}."
)
_none = hidden_error(tumours, np.zeros_like(hide), SimpleImputer(), fold)
assert np.isnan(_none).all(), "Nothing hidden, nothing to measure: nan in each column."
_two = pd.DataFrame({"x": [0.0, 4, 2, 8]})
_cells = np.array([[True], [False], [True], [False]])
_got = hidden_error(_two, _cells, SimpleImputer(), np.array([0, 0, 1, 1]))
assert np.isclose(_got[0], np.sqrt((8**2 + 2**2) / 2 / 8.75)), (
    "Of 0, 4, 2, 8 the 0 and the 2 are hidden. Each is filled from what is visible in the *other* fold, so "
    "with 8 and with 4: errors 8 and 2, squared before one mean is taken. The variance of all four is 8.75, "
    f"so the result is 1.971; yours is {_got[0]:.3f}."
)

# %% probe="hidden_error" rtol=1e-6
gone = hide.copy()
gone[:, 2] = tumours.isna().to_numpy()[:, 2]
knn, median = KNNImputer(n_neighbors=3), SimpleImputer(strategy="median")
single = np.zeros_like(hide)
single[int(np.flatnonzero(tumours.iloc[:, 1].notna())[5]), 1] = True
[
    hidden_error(tumours, hide, SimpleImputer(), fold),
    hidden_error(tumours, hide, median, fold),
    hidden_error(tumours, hide, knn, fold),
    hidden_error(tumours[::-1], hide[::-1], knn, fold[::-1] + 3),
    hidden_error(tumours.iloc[:90, 1:4] * 2 - 5, hide[:90, 1:4], median, fold[:90] % 3),
    np.nan_to_num(hidden_error(tumours, gone, knn, fold), nan=-1.0),
    np.nan_to_num(hidden_error(tumours, single, SimpleImputer(), np.arange(150) // 50), nan=-1.0),
    [hasattr(median, "statistics_"), hasattr(knn, "_fit_X")],
]

# %% [markdown]
# ## Question 3 · multiple imputation (3 points)
#
# The mean of a column $y$ with gaps is wanted, with an honest standard error. $x$ is complete, and the gaps
# depend on $x$ (MAR). Each row of `draws` is a bootstrap draw of row numbers. For draw $k$:
#
# 1. Take the drawn rows (a row may occur several times) whose $y$ is known; call their number $r$.
#    Fit the least-squares line of $y$ on $x$ to them. Let
#    $s = \sqrt{\text{sum of squared residuals} / (r - 2)}$.
# 2. In the *original* column, fill each gap $i$ with the line at $x_i$ plus $s$ times `noise[k, i]`.
# 3. Let $q_k$ be the mean of the filled column, and $u_k$ its variance (`ddof=1`) divided by its length $n$.
#
# With $m$ draws, let $B$ be the variance (`ddof=1`) of the $q_k$. Pool them by Rubin's rules:
#
# $$ q = \text{mean of } q_k, \qquad T = \text{mean of } u_k + \left(1 + \tfrac1m\right) B . $$
#
# Write `pooled_mean(x, y, draws, noise)`, which returns the tuple of floats `(q, error, share)`, where
# `error` is $\sqrt T$ and `share` is $(1 + \frac1m) B / T$, roughly the share of the
# uncertainty that the gaps cause. `x` and `y` have shape `(n,)`, gaps in `y` are `NaN`; `draws` and
# `noise` have shape `(m, n)`, $m \ge 2$.


# %% question="pooled_mean" points=3
### BEGIN SOLUTION
def pooled_mean(x, y, draws, noise):
    known = ~np.isnan(y)
    means, variances = [], []
    for rows, extra in zip(draws, noise, strict=True):
        rows = rows[known[rows]]
        line = np.polyfit(x[rows], y[rows], 1)
        residuals = y[rows] - np.polyval(line, x[rows])
        s = np.sqrt(np.sum(residuals**2) / (len(rows) - 2))
        filled = np.where(known, y, np.polyval(line, x) + s * extra)
        means.append(filled.mean())
        variances.append(filled.var(ddof=1) / len(y))
    between = (1 + 1 / len(means)) * np.var(means, ddof=1)
    total = np.mean(variances) + between
    return float(np.mean(means)), float(np.sqrt(total)), float(between / total)


### END SOLUTION

# %% check="pooled_mean"
_result = pooled_mean(pressure, bmi, draws, noise)
assert len(_result) == 3, f"expected (q, error, share), got {_result}"
_q, _error, _share = _result
assert np.nanmin(bmi) < _q < np.nanmax(bmi), f"A mean BMI of {_q:.2f} is outside the data."
assert _error > 0, "The error is a square root of variances, so positive."
assert 0 < _share < 1, f"The share lies between 0 and 1, not at {_share:.2f}."
_all = np.arange(8.0)
_q, _error, _share = pooled_mean(_all, 2 * _all, np.arange(16).reshape(2, 8) % 8, np.ones((2, 8)))
assert np.allclose([_q, _error, _share], [7, np.sqrt(24 / 8), 0]), (
    "Without gaps every filled column is the column itself: mean 7, error of an ordinary mean, share 0. "
    f"Yours: {_q:.3f}, {_error:.3f}, {_share:.3f}"
)
_gap = np.where(_all > 5, np.nan, 2 * _all)
_q, _error, _share = pooled_mean(_all, _gap, np.arange(16).reshape(2, 8) % 8, np.ones((2, 8)))
assert np.allclose([_q, _share], [7, 0], atol=1e-6), (
    "On an exact line the residuals are 0, so the gaps are filled exactly, whatever the noise. "
    f"You fill them so that the mean becomes {_q:.3f}, with a share of {_share:.3f}."
)
_flat = np.array([1.0, -1, -1, 1, np.nan])
_five, _same = np.arange(5.0), np.array([[0, 1, 2, 3, 4]] * 2)
_uneven = np.array([[9.0, 9, 9, 9, 1], [9, 9, 9, 9, 3]])
_q, _, _share = pooled_mean(_five, _flat, _same, _uneven)
assert np.isclose(_q, 2 * np.sqrt(2) / 5), (
    "Four known values 1, -1, -1, 1: a flat line at 0, squared residuals 4, so s is the root of 4 / (4 - 2). "
    "The gap in row 4 becomes 0 + 1 s and 0 + 3 s (noise of *its* column), so the mean of the means is "
    f"2 s / 5 = {2 * np.sqrt(2) / 5:.3f}; yours is {_q:.3f}."
)
assert np.isclose(_share, 0.24 / 0.84), (
    "The two means s / 5 and 3 s / 5 have the variance B = 0.16 (ddof=1), and the u average 0.6. So the "
    f"share is 1.5 B / (0.6 + 1.5 B) = 0.286; yours is {_share:.3f}."
)
_q = pooled_mean(_five, _flat, np.array([[0, 0, 0, 1, 1]] * 2), _uneven)[0]
assert np.isclose(_q, -7 / 5), (
    "Drawn are rows 0, 0, 0, 1, 1, and repeats count. The line through 1 at x = 0 and -1 at x = 1 fills the "
    "gap at x = 4 of the *original* column with -7. So the mean is "
    f"(1 - 1 - 1 + 1 - 7) / 5 = -1.4; yours is {_q:.3f}."
)

# %% probe="pooled_mean" rtol=1e-6
sparse = np.where(np.arange(120) % 3 == 0, bmi, np.nan)
[
    pooled_mean(pressure, bmi, draws, noise),
    pooled_mean(pressure, bmi, draws[:2], noise[5:7]),
    pooled_mean(-3 * pressure, sparse + 100, draws[:7], noise[:7]),
    pooled_mean(pressure[:60], bmi[:60], draws[:5, :60] // 2, 2 * noise[:5, 60:]),
    pooled_mean(pressure, bmi, draws[3:], np.zeros((9, 120))),
]

# %% [markdown]
# ## Question 4 · a sensor with spikes (3 points)
#
# In a series the neighbours say what is usual. The *Hampel filter* compares each value with the median of a
# window around it. For each position $i$ with a known value:
#
# - The window holds the known values from position $i - h$ to $i + h$, both included, as far as they
#   exist; so it is shorter at the ends. It contains the value itself.
# - Let $m$ be the median of the window and MAD the median of the distances from $m$.
#   The value is flagged if its distance from $m$ is *more* than `cutoff` times 1.4826 times MAD.
#   (If MAD is 0, every value different from $m$ is flagged.)
# - All windows are taken from the series *as it came*: no replaced value enters one.
#
# Write `hampel(x, h, cutoff)`, which returns the tuple `(flagged, cleaned)`: a bool array, and a float array
# in which each flagged value is replaced by its $m$; both of shape `(n,)`. Gaps (`NaN`) are never flagged
# and stay gaps. `h` is at least 1.


# %% question="hampel" points=3
### BEGIN SOLUTION
def hampel(x, h, cutoff):
    flagged = np.zeros(len(x), dtype=bool)
    cleaned = np.array(x, dtype=float)
    for i in np.flatnonzero(~np.isnan(x)):
        window = x[max(i - h, 0) : i + h + 1]
        middle = np.nanmedian(window)
        mad = np.nanmedian(np.abs(window - middle))
        if np.abs(x[i] - middle) > cutoff * 1.4826 * mad:
            flagged[i] = True
            cleaned[i] = middle
    return flagged, cleaned


### END SOLUTION

# %% check="hampel"
_before = sea.copy()
_flagged, _cleaned = hampel(sea, 6, 3.5)
assert np.array_equal(sea, _before, equal_nan=True), "The series should not be changed: copy it."
assert np.shape(_flagged) == np.shape(_cleaned) == (180,), "Both have the length of the series."
assert np.array_equal(np.isnan(sea), np.isnan(_cleaned)), (
    "Gaps should stay gaps, and nothing else become one."
)
assert not _flagged[np.isnan(sea)].any(), "A gap is never flagged."
assert np.array_equal(sea[~_flagged], _cleaned[~_flagged], equal_nan=True), (
    "What is not flagged should stay as it is."
)
_flagged, _cleaned = hampel(np.array([1.0, 2, 90, 4, 5]), 2, 3)
assert list(np.flatnonzero(_flagged)) == [2], (
    f"Of 1, 2, 90, 4, 5 only the 90 is a spike; you flag positions {np.flatnonzero(_flagged).tolist()}."
)
assert np.isclose(_cleaned[2], 4), (
    "The median of 1, 2, 90, 4, 5 is 4; the spike should become that."
)
_flagged, _cleaned = hampel(np.array([80.0, 1, 2, 3, 4]), 2, 3)
assert (_flagged[0], _cleaned[0]) == (True, 2), (
    "At the start of 80, 1, 2, 3, 4 the window is shorter: 80, 1, 2, with median 2. It does not wrap around, "
    f"and the position is not left out. Your first value becomes {_cleaned[0]}."
)
_flagged, _ = hampel(np.array([5.0, 5, 5, 5.1, 5, 5, np.nan]), 2, 3)
assert list(np.flatnonzero(_flagged)) == [3], (
    "MAD 0: every value different from the median is flagged."
)
_flagged, _ = hampel(np.array([1.0, 2, 7, 3, 4]), 2, 3)
assert not _flagged.any(), (
    "In 1, 2, 7, 3, 4 the 7 is 4 away from the median 3, and MAD is 1: within 3 times 1.4826."
)
_flagged, _ = hampel(np.array([1.0, 2, 3, np.nan, np.nan, 50]), 2, 3)
assert not _flagged[5], (
    "At the end of 1, 2, 3, gap, gap, 50 the window with h = 2 holds only the 50: gaps keep their places."
)

# %% probe="hampel" rtol=1e-6
steps = np.round(sea)
steps[40:60] = steps[40]
runs = [
    hampel(sea, 6, 3.5),
    hampel(sea, 2, 3),
    hampel(sea[:50][::-1], 1, 2),
    hampel(steps, 4, 2.5),
    hampel(sea[20:90] * 100, 11, 5),
    hampel(np.diff(sea), 3, 1.5),
    hampel(np.array([4.0, 1, np.nan, 30, 2]), 40, 3),
]
[
    [np.flatnonzero(flagged).tolist() for flagged, _ in runs],
    [np.nan_to_num(cleaned, nan=-999.0) for _, cleaned in runs],
]

# %% [markdown]
# ## Question 5 · outliers that hide each other (3 points)
#
# Squared Mahalanobis distance, $(x - \mu)^\top S^{-1} (x - \mu)$, allows for correlation. But many
# outliers together inflate the covariance $S$, and hide: masking again. So take centre and covariance
# from the most central half only, found step by step.
#
# Write `robust_distances(X, steps)`. `X` has shape `(n, d)`, no gaps, $n > 2d$; `steps` is at least 1.
#
# 1. Let $h$ be the integer part of $(n + d + 1) / 2$.
# 2. Start: subtract each column's median and divide by its MAD (the median distance from the median). Keep the $h$
#    rows with the smallest Euclidean norm.
# 3. `steps` times: take mean and covariance (`ddof=1`) of the kept rows, compute the squared Mahalanobis
#    distance of *all* rows, and keep the $h$ rows with the smallest.
#
# Return the tuple `(distances, kept)`: the squared distances computed in the last step, shape `(n,)`, and
# the sorted numbers of the rows kept at the very end, shape `(h,)`. There are no ties.


# %% question="robust_distances" points=3
### BEGIN SOLUTION
def robust_distances(X, steps):
    n, d = X.shape
    h = (n + d + 1) // 2
    centred = X - np.median(X, axis=0)
    scaled = centred / np.median(np.abs(centred), axis=0)
    distances = np.sum(scaled**2, axis=1)
    for _ in range(steps):
        kept = np.argsort(distances)[:h]
        difference = X - X[kept].mean(axis=0)
        covariance = np.cov(X[kept], rowvar=False).reshape(d, d)
        distances = np.sum(difference @ np.linalg.inv(covariance) * difference, axis=1)
    return distances, np.sort(np.argsort(distances)[:h])


### END SOLUTION

# %% check="robust_distances"
_result = robust_distances(blood, 10)
assert len(_result) == 2, f"expected (distances, kept), got {len(_result)} values"
_distances, _kept = _result
assert np.shape(_distances) == (201,), f"expected 201 distances, got shape {np.shape(_distances)}"
assert np.shape(_kept) == (102,), (
    f"(201 + 3 + 1) / 2 = 102.5, so 102 rows are kept, not {len(_kept)}."
)
assert np.all(np.diff(_kept) > 0), "kept should be sorted."
assert np.all(_distances >= 0), "A squared distance is never negative."
assert np.max(_distances[_kept]) <= np.min(np.delete(_distances, _kept)), (
    "At the very end those rows are kept whose last distances are smallest."
)
_moved = robust_distances(blood * [1, 1, 1000] + 5, 10)[0]
assert np.allclose(_moved, _distances), (
    "Another unit or origin should change no distance. Is the start scaled by each column's own MAD?"
)
_line = np.array([[-90.0], [-70], [-25], [0], [20], [22], [27]])
_one, _two = robust_distances(_line, 1), robust_distances(_line, 2)
assert np.isclose(_one[0][3], 4.25**2 / (1436.75 / 3)), (
    "Of -90, -70, -25, 0, 20, 22, 27 the start keeps -25, 0, 20, 22, nearest to the median. Their mean is 4.25, "
    f"their variance 478.9, so the 0 has a squared distance of 0.0377; yours is {_one[0][3]:.4f}."
)
assert list(_one[1]) == [3, 4, 5, 6], (
    "Nearest to 4.25 are 0, 20, 22 and 27, so after one step rows 3 to 6 are kept: those of the last "
    f"distances, not those that these were computed from. Yours: {list(map(int, _one[1]))}"
)
assert np.isclose(_two[0][2], 42.25**2 / (422.75 / 3)), (
    "The second step starts from 0, 20, 22, 27: mean 17.25, variance 140.9. So with steps=2 the -25 has a "
    f"squared distance of 12.67; yours is {_two[0][2]:.2f}."
)

# %% probe="robust_distances" rtol=1e-6
[
    robust_distances(blood, 1),
    robust_distances(blood, 2),
    robust_distances(blood, 12),
    robust_distances(blood[:100, :2], 3),
    robust_distances(blood[50:150] ** 3, 1),
    robust_distances(blood[:, 2:] ** 2, 2),
    robust_distances(blood[60:90, ::-1] * [1e4, 1, 1e-3], 4),
]
