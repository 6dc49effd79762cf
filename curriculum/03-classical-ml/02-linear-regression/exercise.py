# ---
# title: "Exercise: linear regression"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: linear regression
#
# Five jobs around linear models that are easily done wrongly. No question needs the answer of another.
# Your data are drawn for you: change `seed` to practise again on others. Every function must work on
# any input of the shapes that its question names, not only on the data below. NumPy, SciPy, pandas,
# scikit-learn and statsmodels are all you need.

# %% tags=["parameters"]
seed = 12  # which data you get

# %%
from itertools import combinations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor

rng = np.random.default_rng(seed)

# question 1: monthly spending with 51 credit cards, food of 101 households (odd numbers of rows)
cards = sm.datasets.ccard.load_pandas().data["AVGEXP"].sample(51, random_state=rng.integers(2**31))
households = sm.datasets.engel.load_pandas().data.sample(150, random_state=rng.integers(2**31))
spending, food = cards.to_numpy(), households["foodexp"].to_numpy()[:101]

# questions 2 and 3: 250 diabetes patients, and two of their columns measured again, less exactly
names = ["age", "sex", "bmi", "blood pressure", "s1", "s2", "s3", "s4", "blood fat", "sugar"]
diabetes = load_diabetes(scaled=False)
patients = pd.DataFrame(diabetes.data, columns=names).assign(progress=diabetes.target)
patients = patients.sample(250, random_state=rng.integers(2**31), ignore_index=True)
remeasured = patients.copy()
for column in ("bmi", "blood pressure"):
    spread = patients[column].std() * rng.uniform(0.1, 0.3)
    remeasured.insert(
        rng.integers(3), f"{column} again", patients[column] + rng.normal(0, spread, 250)
    )

# question 4: ten years of eight firms: investment, explained by value and capital
firms = sm.datasets.grunfeld.load_pandas().data
firms = firms[firms["firm"].isin(rng.choice(firms["firm"].unique(), 8, replace=False))]
firms = firms[firms["year"].isin(1935 + rng.choice(20, 10, replace=False))]
firms = firms.sample(frac=1, random_state=rng.integers(2**31))
plant, investment = firms[["value", "capital"]].to_numpy(), firms["invest"].to_numpy()
firm, year = firms["firm"].to_numpy(), firms["year"].to_numpy()

# question 5: visits to a doctor, explained by chronic diseases and share of the cost
insured = sm.datasets.randhie.load_pandas().data.sample(400, random_state=rng.integers(2**31))
health, visits = insured[["disea", "lncoins"]].to_numpy(), insured["mdvis"].to_numpy()

# %% [markdown]
# ## Question 1 · what a metric asks for (3 points)
#
# If every row must get the same forecast $c$, which $c$ is best? That depends on the metric. With
# $r_i = y_i - c$:
#
# | `metric` | what is to be smallest |
# |---|---|
# | `"rmse"` | $\frac1n \sum r_i^2$ |
# | `"mae"` | $\frac1n \sum \lvert r_i \rvert$ |
# | `"rmsle"` | $\frac1n \sum (\log(1 + y_i) - \log(1 + c))^2$ |
# | `"mape"` | $\frac1n \sum \lvert r_i \rvert / y_i$ |
# | `"short"` | the mean cost, if each unit too low costs 3, each unit too high 1 |
#
# Write `best_constant(y, metric)`, which returns the best $c$ as a float. `y` has shape `(n,)`, with
# $n$ odd and all values positive; they come in any order. An answer must be exact to six digits; for
# three of the metrics the best $c$ is one of the values in `y`.


# %% question="best_constant" points=3
### BEGIN SOLUTION
def best_constant(y, metric):
    if metric == "rmse":
        return float(np.mean(y))
    if metric == "rmsle":
        return float(np.expm1(np.mean(np.log1p(y))))
    y = np.sort(y)
    weights = 1 / y if metric == "mape" else np.ones(len(y))
    level = 3 / 4 if metric == "short" else 1 / 2
    # a step to the right pays as long as less than `level` of the weight lies to the left
    reached = np.cumsum(weights) >= level * weights.sum()
    return float(y[reached.argmax()])


### END SOLUTION


# %% check="best_constant"
def _losses(y, c, metric):
    c = np.atleast_1d(c)[:, None]
    r = y - c
    if metric == "rmsle":
        r = np.log1p(y) - np.log1p(c)
    cost = {"mae": np.abs(r), "mape": np.abs(r) / y, "short": np.where(r > 0, 3 * r, -r)}
    return cost.get(metric, r**2).mean(axis=1)


for _y in (np.array([1.0, 4.0, 10.0]), spending, food):
    _tries = np.append(np.linspace(_y.min(), _y.max(), 1_500), _y)
    for _metric in ("rmse", "mae", "rmsle", "mape", "short"):
        _c = best_constant(_y, _metric)
        assert np.ndim(_c) == 0, f"expected one number, got shape {np.shape(_c)}"
        _mine, _best = _losses(_y, _c, _metric)[0], _losses(_y, _tries, _metric).min()
        _slack = 1e-9 if _metric in ("rmse", "rmsle") else 1e-6  # a kink counts every digit of c
        assert _mine <= _best * (1 + _slack), (
            f"{_metric}, {len(_y)} rows: your constant loses {_mine:.8g}, but some constant between the "
            f"smallest and the largest value loses only {_best:.8g}. Which rows pull, and how hard?"
        )

# %% probe="best_constant" rtol=1e-6
metrics = ["rmse", "mae", "rmsle", "mape", "short"]
[
    [best_constant(y, metric) for metric in metrics]
    for y in (spending, food, spending[:7], food[40:61] ** 2, 1 / spending[3:20], food[:1])
]

# %% [markdown]
# ## Question 2 · a slope that depends (3 points)
#
# Write `slope_at(table, first, second, target, at)`. It fits `target` by least squares with an
# intercept, the columns `first` and `second`, and their product. It returns the tuple of floats
# `(slope, low, high)`: the slope of `first` where `second` equals `at`, and its 95 % confidence
# interval. Use the usual standard errors (constant spread) and the t distribution with $n - 4$ degrees
# of freedom.
#
# `table` is a DataFrame; `first`, `second` and `target` are names of numeric columns, and names may
# contain spaces. `at` is a number. (The interval of a sum is not the sum of two intervals. What does
# the weight of `first` mean if you move the zero of `second`?)


# %% question="slope_at" points=3
### BEGIN SOLUTION
def slope_at(table, first, second, target, at):
    moved = table[second] - at
    design = np.column_stack([np.ones(len(table)), table[first], moved, table[first] * moved])
    fit = sm.OLS(table[target].to_numpy(), design).fit()
    low, high = fit.conf_int(alpha=0.05)[1]
    return float(fit.params[1]), float(low), float(high)


### END SOLUTION

# %% check="slope_at"
_grid = pd.DataFrame({"a 1": [0.0, 1, 2, 0, 1, 2, 3], "b": [1.0, 1, 2, 2, 3, 3, 0]})
_grid["y"] = 5 + 2 * _grid["a 1"] - _grid["b"] + 3 * _grid["a 1"] * _grid["b"]
_result = slope_at(_grid, "a 1", "b", "y", 4)
assert len(_result) == 3, f"expected (slope, low, high), got {_result}"
assert np.isclose(_result[0], 14), (
    "y = 5 + 2 a - b + 3 a b, without noise: where b is 4, one more unit of a adds 2 + 3 * 4 = 14. "
    f"You say {_result[0]:.3f}."
)
_there = [
    slope_at(patients, "bmi", "blood pressure", "progress", _at) for _at in (60, 95, 130, 400)
]
for _slope, _low, _high in _there:
    assert _low < _slope < _high, "The slope should lie inside its interval."
    assert np.isclose(_high - _slope, _slope - _low), "The interval should be symmetric."
_widths = [_high - _low for _, _low, _high in _there]
assert _widths[1] < min(_widths[0], _widths[2]) <= _widths[2] < _widths[3], (
    "The slope is known best near the usual blood pressure of these patients, and worse far from it. Your "
    f"intervals at 60, 95, 130 and 400 have the widths {np.round(_widths, 2)}."
)
_moved = patients.assign(moved=patients["blood pressure"] - 70)
assert np.allclose(slope_at(_moved, "bmi", "moved", "progress", 25), _there[1]), (
    "Blood pressure counted from 70 upwards: 25 there is 95 here, so the answer should be the same."
)
_twice = slope_at(pd.concat([patients] * 2), "bmi", "blood pressure", "progress", 95)
assert np.isclose(_twice[2] - _twice[1], _widths[1] * np.sqrt(246 / 496), rtol=0.01), (
    "Every patient twice: 500 rows instead of 250, so n - 4 goes from 246 to 496, and the interval "
    "shrinks accordingly. What do you divide the squared residuals by?"
)
_x = np.random.default_rng(1).normal(size=(400, 5, 2))
_y = _x[:, :, 0] + np.random.default_rng(2).normal(size=(400, 5))
_hits = 0
for _xs, _ys in zip(_x, _y, strict=True):
    _, _low, _high = slope_at(pd.DataFrame(_xs, columns=["p", "q"]).assign(y=_ys), "p", "q", "y", 1)
    _hits += _low < 1 < _high
assert 0.92 < _hits / 400 < 0.98, (
    f"Of 400 samples of five rows with a true slope of 1, your 95 % interval holds it in {_hits / 4:.0f} %. "
    "How many rows are left over after four weights?"
)

# %% probe="slope_at" rtol=1e-6
[
    slope_at(patients, "bmi", "blood pressure", "progress", 110),
    slope_at(patients, "blood pressure", "bmi", "progress", 22.5),
    slope_at(patients[:9], "bmi", "age", "progress", 0),
    slope_at(patients, "blood fat", "sex", "progress", 2),
    slope_at(patients[::2], "s1", "s3", "blood fat", -40),
    slope_at(patients.iloc[::-3], "sugar", "s2", "s1", 100),
]

# %% [markdown]
# ## Question 3 · jointly, but not singly (3 points)
#
# The lesson's four blood values each looked dispensable, but were not so together. Find all such pairs.
#
# Write `hidden_pairs(table, target, alpha)`. The model is the least squares fit of column `target`,
# with an intercept and *all* other columns of `table`. A pair of columns counts if, in this model,
#
# - each of the two alone has a p-value above `alpha` (t test, usual standard errors), and
# - the F test that both weights are 0 has a p-value below `alpha`.
#
# Return the list of pairs, each a tuple of two names; any order will do. `table` has at least three
# columns and more rows than columns, numbers only; names may contain spaces. `target` may be any of the
# columns.


# %% question="hidden_pairs" points=3
### BEGIN SOLUTION
def hidden_pairs(table, target, alpha):
    columns = table.drop(columns=target)
    fit = sm.OLS(table[target].to_numpy(), sm.add_constant(columns.to_numpy())).fit()
    unclear = np.flatnonzero(fit.pvalues[1:] > alpha)
    rows = np.eye(columns.shape[1] + 1)[1:]  # row i picks the weight of column i
    return [
        (columns.columns[i], columns.columns[j])
        for i, j in combinations(unclear, 2)
        if fit.f_test(rows[[i, j]]).pvalue < alpha
    ]


### END SOLUTION

# %% check="hidden_pairs"
_draw = np.random.default_rng(3)
_base = _draw.normal(size=(60, 2))
_twins = pd.DataFrame(_base, columns=["one", "noise"])
_twins.insert(2, "its twin", _base[:, 0] + _draw.normal(0, 0.01, 60))
_twins["y"] = _base[:, 0] + _draw.normal(0, 0.5, 60)
_pairs = hidden_pairs(_twins, "y", 0.05)
assert isinstance(_pairs, list), f"expected a list, got {type(_pairs).__name__}"
assert {frozenset(_pair) for _pair in _pairs} == {frozenset(["one", "its twin"])}, (
    "Two columns that nearly repeat each other, and a third of noise: only the twins hide each other. "
    f"You found {_pairs}."
)
assert not hidden_pairs(_twins.drop(columns="its twin"), "y", 0.05), (
    "Without its twin, the column `one` has a tiny p-value of its own, so there is no pair left."
)
_twins["clear"] = _draw.normal(size=60)
_more = _twins.assign(y=_twins["y"] + _twins["clear"])
assert len(hidden_pairs(_more, "y", 0.05)) == 1, (
    "A further column that is clear on its own should not be part of any pair. Has each of the two a "
    "p-value above alpha?"
)
_triplets = _twins.assign(third=_twins["one"] + _draw.normal(0, 0.01, 60))
assert not hidden_pairs(_triplets, "y", 0.05), (
    "Three columns that nearly repeat each other: any two can go, the third stands in for them. Do all "
    "p-values come from the model with all columns?"
)
assert not hidden_pairs(_twins, "noise", 0.05), (
    "The noise, as target, is explained by no column and by no pair."
)
assert not hidden_pairs(_twins, "y", 0), (
    "No p-value lies below 0, so with this alpha no pair counts."
)
for _pair in hidden_pairs(remeasured, "progress", 0.05):
    assert "progress" not in _pair, "The target is not one of the columns that explain it."

# %% probe="hidden_pairs"
fewer = remeasured[["bmi", "bmi again", "s1", "s2", "s3", "progress"]]
small = [fewer[start : start + 9] for start in range(0, 240, 8)]  # few rows: each degree counts
found = [
    sorted(sorted(map(str, pair)) for pair in hidden_pairs(table, target, alpha))
    for table, target, alpha in [
        (remeasured, "progress", 0.05),
        (remeasured, "progress", 0.2),
        (remeasured, "progress", 0.001),
        (fewer, "progress", 0.05),
        (fewer[:40], "progress", 0.3),
        (remeasured, "sugar", 0.1),
        (fewer[["s2", "progress", "s1"]], "progress", 0.3),
        (patients, "age", 0.05),
    ]
]
[*found, [len(hidden_pairs(table, "progress", 0.3)) for table in small]]

# %% [markdown]
# ## Question 4 · an honest R² (3 points)
#
# Rows of one firm resemble each other. A score on years of a firm whose other years were in training
# says little about a new firm.
#
# Write `honest_r2(X, y, group)`, which returns the tuple of floats `(training, held_out)`. The model is
# least squares with an intercept.
#
# - `training` is the usual $R^2$ of the fit on all rows.
# - `held_out`: each group is predicted by the fit on the rows of all *other* groups. Over all rows,
#   $1 - \sum (y_i - \hat y_i)^2 / \sum (y_i - m_i)^2$, where the competitor is held out, too: $m_i$
#   is the mean of $y$ over the rows of the other groups.
#
# `X` has shape `(n, d)`, `y` shape `(n,)`; `group` has shape `(n,)` and holds text or numbers, in any
# order. The rows outside any group always determine the weights.


# %% question="honest_r2" points=3
### BEGIN SOLUTION
def honest_r2(X, y, group):
    training = LinearRegression().fit(X, y).score(X, y)
    model_error = constant_error = 0.0
    for value in np.unique(group):
        out = group == value
        fit = LinearRegression().fit(X[~out], y[~out])
        model_error += np.sum((y[out] - fit.predict(X[out])) ** 2)
        constant_error += np.sum((y[out] - y[~out].mean()) ** 2)
    return float(training), float(1 - model_error / constant_error)


### END SOLUTION

# %% check="honest_r2"
_result = honest_r2(np.array([[0.0], [1], [2]]), np.array([0.0, 1, 3]), np.array([7, 5, 9]))
assert len(_result) == 2, f"expected (training, held_out), got {_result}"
assert np.isclose(_result[0], 27 / 28), (
    "Points (0, 0), (1, 1), (2, 3): the residuals of the line are 1/6, -1/3 and 1/6, so training is "
    f"27/28; you say {_result[0]:.4f}."
)
assert np.isclose(_result[1], 1 - 2.25 / 10.5), (
    "The same three points, each its own group. Lines through two points miss the third by 1, 0.5 and "
    "1; means of two miss it by 2, 0.5 and 2.5. So held_out is 1 - 2.25 / 10.5; you say "
    f"{_result[1]:.4f}."
)
_by_firm, _by_year = honest_r2(plant, investment, firm), honest_r2(plant, investment, year)
assert np.isclose(_by_firm[0], _by_year[0]), "The training score does not depend on the groups."
_mixed = honest_r2(
    np.array([[0.0], [2], [1], [3]]), np.array([0.0, 2, 1, 4]), np.array(["p", "q", "p", "q"])
)
assert np.isclose(_mixed[1], 1 - 6 / 27.5), (
    "Group p: (0, 0), (1, 1); group q: (2, 2), (3, 4). The line through q misses p by 2 and 1, the line "
    "through p misses q by 0 and 1. The mean of q misses p by 3 and 2, the mean of p misses q by 1.5 and "
    f"3.5. So held_out is 1 - 6 / 27.5 = 0.7818; you say {_mixed[1]:.4f}."
)
assert np.allclose(honest_r2(plant, investment * 10 - 7, firm), _by_firm), (
    "Another unit for y, and another zero, should change no R². Are model and mean held out alike?"
)
_order = np.random.default_rng(4).permutation(len(firm))
assert np.allclose(honest_r2(plant[_order], investment[_order], firm[_order]), _by_firm), (
    "The order of the rows should not matter. Does a group need to be in one piece?"
)
_copies = np.tile(np.arange(len(firm)), 2)
assert np.allclose(honest_r2(plant[_copies], investment[_copies], firm[_copies]), _by_firm), (
    "Every row twice, in the same group: nothing should change."
)

# %% probe="honest_r2" rtol=1e-6
noise = np.random.default_rng(seed + 1).normal(size=(80, 9))
[
    honest_r2(plant, investment, firm),
    honest_r2(plant, investment, year),
    honest_r2(plant, investment, np.arange(80)),
    honest_r2(np.log(plant), np.log(investment), firm),
    honest_r2(noise[:30], investment[:30], np.arange(30) % 10),
    honest_r2(plant[:, :1], investment, np.where(np.arange(80) % 5 < 1, "b", "a")),
]

# %% [markdown]
# ## Question 5 · back from any scale (3 points)
#
# The lesson's smearing factor works for logarithms only. This works for every scale: let
# $f(x)$ be the prediction on the transformed scale, $e_1, \dots, e_n$ the *training* residuals on
# that scale, and $g$ the function that leads back. Then the mean of $y$ is estimated by
#
# $$ \frac1n \sum_{j=1}^n g(f(x) + e_j). $$
#
# Quantiles are easier: an increasing $g$ keeps the order, so the quantile of $y$ at a level is
# $g(f(x) + q)$, where $q$ is the quantile of the $e_j$ at that level, as `np.quantile` computes it.
#
# Write `back(model, X_train, y_train, X_new, func, inverse, level=None)`. `model` is any scikit-learn
# regressor that has not been fitted, and must stay so; your function fits a clone to `func(y_train)`.
# The three data arguments are arrays, `y_train` of shape `(n,)`. It returns an array of shape `(m,)`, one value for each row of `X_new`: estimated means if `level` is
# None, else the quantiles at `level`, a number from 0 to 1. `func` and `inverse` take arrays of any
# shape and work entry by entry.


# %% question="back" points=3
### BEGIN SOLUTION
def back(model, X_train, y_train, X_new, func, inverse, level=None):
    fitted = clone(model).fit(X_train, func(y_train))
    residuals = func(y_train) - fitted.predict(X_train)
    centre = fitted.predict(X_new)
    if level is None:
        return inverse(centre[:, None] + residuals).mean(axis=1)
    return inverse(centre + np.quantile(residuals, level))


### END SOLUTION


# %% check="back"
def _same(values):
    return np.asarray(values)


_linear = LinearRegression()
_plain = back(_linear, health, visits, health[:5], _same, _same)
assert np.shape(_plain) == (5,), f"expected shape (5,), got {np.shape(_plain)}"
assert np.allclose(_plain, LinearRegression().fit(health, visits).predict(health[:5])), (
    "Without any transformation the residuals average to zero, so means are the plain predictions."
)
assert not hasattr(_linear, "coef_"), (
    "The model that was handed in has been fitted. Which function copies it?"
)
_mean = back(LinearRegression(), health, visits, health, np.log1p, np.expm1)
_ratio = (1 + _mean) / (
    1 + np.expm1(LinearRegression().fit(health, np.log1p(visits)).predict(health))
)
assert np.ptp(_ratio) < 1e-9, (
    "For log1p, 1 + mean should be the exponential of the prediction times one and the same factor."
)
_three = np.array([[0.0], [0.0], [0.0]]), np.array([0.0, 1.0, 16.0])
_root = back(LinearRegression(), *_three, np.array([[0.0]]), np.sqrt, np.square)
assert np.isclose(_root[0], 17 / 3), (
    "A feature that says nothing, and y = 0, 1, 16: the roots are predicted by 5/3, and putting the "
    f"three residuals back gives 0, 1 and 16 again, on average 17/3; you say {_root[0]:.3f}."
)
_top = back(LinearRegression(), *_three, np.array([[0.0]]), np.sqrt, np.square, 1)
_low = back(LinearRegression(), *_three, np.array([[0.0]]), np.sqrt, np.square, 0)
assert np.allclose([_top[0], _low[0]], [16, 0]), (
    "The same three rows: the quantile at level 1 is the largest value, 16, at level 0 the smallest, 0. "
    f"You say {_top[0]:.3f} and {_low[0]:.3f}."
)
_half = back(
    LinearRegression(),
    _three[0][:2],
    np.array([0.0, 4.0]),
    np.array([[0.0]]),
    np.sqrt,
    np.square,
    0.5,
)
assert np.isclose(_half[0], 1), (
    "y = 0 and 4, so the roots are 0 and 2, and the middle of their residuals is 0: the quantile at level "
    f"0.5 is 1 squared, not {_half[0]:.3f}. On which scale is the quantile taken?"
)
_share = np.mean(
    visits <= back(LinearRegression(), health, visits, health, np.log1p, np.expm1, 0.8)
)
assert abs(_share - 0.8) < 0.05, (
    f"About 80 % of the training rows should lie below their quantile at level 0.8; yours: {_share:.0%}."
)

# %% probe="back" rtol=1e-6
near = KNeighborsRegressor(5)
income, food_total = households[["income"]].to_numpy(), households["foodexp"].to_numpy()
fresh = health[:40] + np.array([1.5, 0.25])
answers = [
    back(LinearRegression(), health, visits, fresh, np.log1p, np.expm1),
    back(LinearRegression(), health[:200], visits[:200], fresh, np.sqrt, np.square),
    back(LinearRegression(fit_intercept=False), health, visits, fresh, np.cbrt, lambda z: z**3),
    back(near, health + 1e-3 * np.arange(400)[:, None], visits, fresh[:9], np.log1p, np.expm1),
    back(LinearRegression(), health, visits, fresh, np.log1p, np.expm1, 0.9),
    back(LinearRegression(), health[:31], visits[:31], fresh[:3], np.log1p, np.expm1, level=0.0),
    back(LinearRegression(), health[:31], visits[:31], fresh[:3], np.cbrt, lambda z: z**3, 0.35),
    back(LinearRegression(), income, food_total, income[:20], np.log, np.exp),
]
[*answers, hasattr(near, "n_features_in_")]
