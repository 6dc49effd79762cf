# ---
# title: "Exercise: explaining models"
# minutes: 50
# ---

# %% [markdown]
# # Exercise: explaining models
#
# Five jobs around explanations that the lesson did not do for you. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input of the shapes
# that its question names, with arrays of floats, and must not change its arguments. `predict` always takes
# an array of rows and returns one number per row. NumPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 20  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.tree import DecisionTreeRegressor

rng = np.random.default_rng(seed)
D, progress = load_diabetes(return_X_y=True, scaled=False)
order = rng.permutation(len(D))
X_train, y_train = D[order[:220]], progress[order[:220]]
X_test, y_test = D[order[220:380]], progress[order[220:380]]
model = GradientBoostingRegressor(n_estimators=40, max_depth=3, random_state=0)
model.fit(X_train, y_train)

# question 1: the value of each of the 16 coalitions of four players
worth = {
    frozenset(i for i in range(4) if code >> i & 1): float(round(value, 2))
    for code, value in enumerate(rng.normal(scale=5, size=16))
}

# question 2: ways to shuffle the 160 test rows
orders = np.array([rng.permutation(160) for _ in range(5)])

# question 4: a table of few values, correlated, and a model of it
first = rng.integers(0, 2, size=80)
second = np.where(rng.uniform(size=80) < 0.8, first, 1 - first)
third = np.where(rng.uniform(size=80) < 0.6, second, rng.integers(0, 3, size=80))
table = np.column_stack([first, second, third]).astype(float)
slopes = rng.uniform(1, 4, size=3)


def f(rows):
    return rows @ slopes + rows[:, 0] * rows[:, 2]


# %% [markdown]
# ## Question 1 · Shapley values with interactions (4 points)
#
# Players $0, \dots, n-1$ play a game: `v(S)` takes a `frozenset` of players and returns their worth.
# Different players $i$ and $j$ have the *interaction index*
#
# $$ I_{ij} = \sum_{S} \frac{|S|!\,(n - |S| - 2)!}{(n - 1)!}
# \bigl[ v(S \cup \{i, j\}) - v(S \cup \{i\}) - v(S \cup \{j\}) + v(S) \bigr] , $$
#
# where $S$ runs over all sets of players without $i$ and $j$. Write `interactions(v, n)`, which returns
# an array of shape `(n, n)`. Off the diagonal it holds $I_{ij} / 2$: each of the two players gets half. The
# diagonal is what remains of the Shapley value, so that row $i$ adds up to the Shapley value of player
# $i$, the average over all orders of joining of what $i$ adds to those before. $1 \le n \le 6$, and
# `v(frozenset())` need not be 0.


# %% question="interactions" points=4
### BEGIN SOLUTION
def interactions(v, n):
    from itertools import combinations
    from math import factorial

    def sets_without(*players):
        rest = [player for player in range(n) if player not in players]
        for size in range(len(rest) + 1):
            yield from map(frozenset, combinations(rest, size))

    matrix = np.zeros((n, n))
    for i in range(n):
        phi = 0.0
        for S in sets_without(i):
            weight = factorial(len(S)) * factorial(n - len(S) - 1) / factorial(n)
            phi += weight * (v(S | {i}) - v(S))
        for j in range(n):
            if i == j:
                continue
            for S in sets_without(i, j):
                weight = factorial(len(S)) * factorial(n - len(S) - 2) / factorial(n - 1)
                change = v(S | {i, j}) - v(S | {i}) - v(S | {j}) + v(S)
                matrix[i, j] += weight * change / 2
        matrix[i, i] = phi - matrix[i].sum()
    return matrix


### END SOLUTION

# %% check="interactions"
_m = np.asarray(interactions(worth.__getitem__, 4))
assert _m.shape == (4, 4), f"expected shape (4, 4), got {_m.shape}"
_gap = worth[frozenset(range(4))] - worth[frozenset()]
assert np.isclose(_m.sum(), _gap), (
    f"Efficiency: all entries together must add up to v(all) - v(nobody) = {_gap:.2f}, not {_m.sum():.2f}."
)
assert np.allclose(_m, _m.T), "What i does to j, j does to i: the matrix must be symmetric."
_m = interactions(lambda S: 10.0 * (len(S & {0, 2}) == 2), 3)
assert np.isclose(_m[0, 2], 5), (
    "In a game where 0 and 2 earn 10 together and nothing alone, their index is 10, and each gets half "
    f"of it off the diagonal; you say {_m[0, 2]:.2f}."
)
assert np.allclose(np.diag(_m), 0), "In that game, nothing remains for the diagonal."
_m = interactions(lambda S: 12.0 * (len(S) == 4), 4)
assert np.isclose(_m[0, 1], 2), (
    "In a game where only all four together earn 12, a pair's index is 12 times one weight, 2! 0! / 3!, "
    f"and half of that is 2; you say {_m[0, 1]:.2f}. Do you run over all sets, each with its weight?"
)
_m = interactions(lambda S: 3.0 + 2.0 * len(S), 3)
assert np.allclose(_m, 2 * np.eye(3)), "Everybody adds 2, whoever is there: no interaction at all."

# %% probe="interactions" rtol=1e-6
[
    interactions(worth.__getitem__, 4),
    interactions(lambda S: worth[S] ** 2, 3),
    interactions(lambda S: worth[S | {3}] + 7, 3),
    interactions(lambda S: worth[S] if len(S) < 2 else 4.0 - worth[S], 2),
    interactions(lambda S: worth[S], 1),
    interactions(lambda S: worth[frozenset(i % 4 for i in S)] + 3.0 * len(S) ** 2, 5),
]

# %% [markdown]
# ## Question 2 · importance of groups (3 points)
#
# Write `group_importance(predict, X, y, groups, orders)`. `groups` is a list of lists of column numbers,
# some perhaps empty. `orders` has shape `(r, n)`, $r \ge 2$: each row, `order`, is a permutation of the row
# numbers of `X`. For each group and each order, all columns of the group take the values of row `order[i]`
# in row `i`, the other columns stay; the importance is the *root* mean squared error of `predict` on these
# rows minus that on the rows as they are. Return an array of shape `(len(groups), 2)`: per group, the mean
# over the orders and the sample standard deviation (`ddof=1`).


# %% question="group_importance" points=3
### BEGIN SOLUTION
def group_importance(predict, X, y, groups, orders):
    def error(rows):
        return np.sqrt(np.mean((y - predict(rows)) ** 2))

    table = []
    for group in groups:
        rises = []
        for order in orders:
            rows = X.copy()
            rows[:, group] = X[order][:, group]
            rises.append(error(rows) - error(X))
        table.append([np.mean(rises), np.std(rises, ddof=1)])
    return np.array(table)


### END SOLUTION

# %% check="group_importance"
_copy = X_test.copy()
_g = np.asarray(group_importance(model.predict, X_test, y_test, [[2], [2, 8], []], orders))
assert _g.shape == (3, 2), f"expected one row per group, (3, 2), got {_g.shape}"
assert np.array_equal(X_test, _copy), "X was changed. Work on a copy."
assert np.allclose(_g[2], 0), "An empty group changes nothing: importance 0, spread 0."
assert _g[1, 0] > _g[0, 0], "bmi and s5 together should matter more than bmi alone."
_z = np.array([[0.0, 0.0], [1.0, 1.0], [3.0, 3.0]])
_g = group_importance(
    lambda Z: Z[:, 0] - Z[:, 1], _z, np.zeros(3), [[0, 1], [0]], np.array([[1, 2, 0], [2, 1, 0]])
)
assert np.allclose(_g[0], 0), (
    "The model is column 0 minus column 1, which are equal. Columns shuffled together stay equal, so "
    "the group has importance 0. Do both take the same order?"
)
assert np.isclose(_g[1, 0], (np.sqrt(14 / 3) + np.sqrt(18 / 3)) / 2), (
    "Column 0 alone: orders [1, 2, 0] and [2, 1, 0] give errors sqrt(14/3) and sqrt(18/3), whose mean is "
    f"2.30; you say {_g[1, 0]:.2f}."
)
_g = group_importance(
    lambda Z: Z[:, 0], _z, np.array([1.0, 3.0, 0.0]), [[0]], np.array([[1, 2, 0], [0, 1, 2]])
)
assert np.isclose(_g[0, 0], -np.sqrt(14 / 3) / 2), (
    "Model column 0, with the values 0, 1, 3, and targets 1, 3, 0. Order [1, 2, 0] makes the values "
    "1, 3, 0: the error falls by 2.16, to 0. Order [0, 1, 2] changes nothing, so the mean is -1.08; "
    f"you say {_g[0, 0]:.2f}. Does row i take from row order[i], or the other way round?"
)
assert np.isclose(_g[0, 1], np.sqrt(14 / 3 / 2)), (
    f"There, the sample standard deviation of -2.16 and 0 is 1.53; you say {_g[0, 1]:.2f}."
)

# %% probe="group_importance" rtol=1e-6
[
    group_importance(model.predict, X_test, y_test, [[2], [8], [2, 8], [4, 5, 6, 7]], orders),
    group_importance(model.predict, X_train[:160], y_train[:160], [[0, 1, 2], [8]], orders[:2]),
    group_importance(
        f, table[:40], table[:40, 0] * 5, [[0], [2, 1]], np.argsort(orders[:3, :40], axis=1)
    ),
    group_importance(lambda Z: Z[:, 0] * Z[:, 8], X_test, y_test, [[0, 8], [8]], orders[1:4]),
]

# %% [markdown]
# ## Question 3 · how different are the curves? (3 points)
#
# Write `ice_summary(predict, X, column, grid)`. For every row of `X` and every value in `grid`, predict
# with `column` set to that value. (`grid` is a list or an array, in any order.) *Centre* each row's curve:
# subtract its value at the first entry of `grid` from all its values. Return the tuple
# `(curve, spread, against)`:
#
# - `curve`, shape `(len(grid),)`: the mean of the centred curves,
# - `spread`, float: the standard deviation over rows (population, `ddof=0`) of the centred curves at each
#   grid point, and of these the largest,
# - `against`, float: let a row's rise be the last value of its centred curve. `against` is the share of rows
#   whose rise has the opposite sign of the last value of `curve`. A rise of exactly 0 does not count
#   as opposite. If the last value of `curve` is 0, `against` is 0.


# %% question="ice_summary" points=3
### BEGIN SOLUTION
def ice_summary(predict, X, column, grid):
    columns = []
    for value in grid:
        rows = np.array(X, dtype=float)
        rows[:, column] = value
        columns.append(predict(rows))
    curves = np.column_stack(columns)
    curves = curves - curves[:, :1]
    mean = curves.mean(axis=0)
    against = np.mean(curves[:, -1] * mean[-1] < 0)
    return mean, float(curves.std(axis=0).max()), float(against)


### END SOLUTION

# %% check="ice_summary"
_z = np.array([[0.0, 1.0], [0.0, 1.0], [5.0, 1.0], [2.0, -1.0], [2.0, 0.0]])
_copy = _z.copy()
_mean, _spread, _against = ice_summary(lambda Z: Z[:, 0] * Z[:, 1], _z, 0, [1.0, 2.0, 4.0])
assert np.array_equal(_z, _copy), "X was changed. Work on a copy."
assert np.allclose(_mean, [0, 0.4, 1.2]), (
    "Model x0 * x1, rows with x1 = 1, 1, 1, -1, 0, grid 1, 2, 4: the centred curves are x1 * (0, 1, 3), "
    f"their mean is 0, 0.4, 1.2; you say {_mean}."
)
assert np.isclose(_spread, 2.4), (
    f"There, the spread is largest at the last point: 3 * 0.8 = 2.4; you say {_spread}."
)
assert np.isclose(_against, 0.2), (
    f"There, one of five rows falls while the mean rises; a rise of 0 does not count. You say {_against}."
)
_mean, _spread, _against = ice_summary(
    lambda Z: Z[:, 0] * (4 - Z[:, 0]) * Z[:, 1], _z, 0, [0.0, 2.0, 4.0]
)
assert np.isclose(_spread, 3.2), (
    "Model x0 * (4 - x0) * x1, grid 0, 2, 4: the centred curves are x1 * (0, 4, 0), and differ most in "
    f"the middle, by 4 * 0.8 = 3.2; you say {_spread}."
)
assert _against == 0, f"There, no row ends higher or lower than it began; you say {_against}."
_mean, _spread, _against = ice_summary(lambda Z: Z[:, 0] + 9 * Z[:, 1], _z, 0, [3.0, 1.0])
assert np.allclose([_spread, _against], 0), (
    "In an additive model all centred curves are the same: no spread, nobody against."
)

# %% probe="ice_summary" rtol=1e-6
_heavy = np.array([20.0, 24.0, 27.0, 30.0, 36.0])
[
    list(ice_summary(model.predict, X_test, 2, _heavy)),
    list(ice_summary(model.predict, X_test, 6, np.array([70.0, 30.0, 50.0]))),
    list(ice_summary(model.predict, X_train[:75], 0, np.array([25.0, 60.0, 45.0]))),
    list(ice_summary(lambda Z: Z[:, 0] * (Z[:, 1] - slopes[0] / 4), table, 0, [2.0, 0.0, -1.0])),
    list(ice_summary(lambda Z: Z[:, 2] * (Z[:, 2] - 3) * Z[:, 1], table, 2, [0.0, 1.5, 3.0])),
    list(ice_summary(lambda Z: -Z[:, 1] * Z[:, 2] ** 2, table[:50], 1, [slopes[1], 5.0, 4.5])),
    list(
        ice_summary(
            lambda Z: (Z[:, 1] - 0.25) * Z[:, 2] * (Z[:, 2] - 2), table, 2, [0.0, 1.0, 1.5, 3.0]
        )
    ),
    list(ice_summary(lambda Z: Z[:, 0] * Z[:, 1], np.array([[0.0, 1], [0, -1]]), 0, [0.0, 2.0])),
]

# %% [markdown]
# ## Question 4 · two ways not to know (3 points)
#
# Write `two_values(predict, X, x, known)`. `X` holds rows of few distinct values, shape `(n, d)`, `x` is one
# row, shape `(d,)`, and `known` a list of column numbers, possibly empty. Return the tuple
# `(interventional, conditional, impossible)` of floats:
#
# - `interventional`: the mean of `predict` over all rows of `X` after their known columns were set to those
#   of `x`,
# - `conditional`: the mean of `predict` over the rows of `X`, as they are, which equal `x` in all known
#   columns; `None` if there is no such row,
# - `impossible`: of the `n` rows made for `interventional`, the share which equal no row of `X`.


# %% question="two_values" points=3
### BEGIN SOLUTION
def two_values(predict, X, x, known):
    made = X.copy()
    made[:, known] = x[known]
    like = np.all(X[:, known] == x[known], axis=1)
    conditional = float(predict(X[like]).mean()) if like.any() else None
    exists = {tuple(row) for row in X.tolist()}
    impossible = np.mean([tuple(row) not in exists for row in made.tolist()])
    return float(predict(made).mean()), conditional, float(impossible)


### END SOLUTION

# %% check="two_values"
_X = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
_v = two_values(lambda Z: 10 * Z[:, 0] + Z[:, 1], _X, np.array([0.0, 1.0]), [1])
assert len(_v) == 3, f"expected (interventional, conditional, impossible), got {_v}"
assert np.isclose(_v[0], 6), (
    "Model 10 * x0 + x1, rows 00, 00, 11, 10, x1 = 1 known: the made rows are 01, 01, 11, 11, with "
    f"mean prediction 6; you say {_v[0]}."
)
assert _v[1] == 11, f"There, one row has x1 = 1, and its prediction is 11; you say {_v[1]}."
assert np.isclose(_v[2], 0.5), f"There, 01 occurs nowhere: half of the made rows; you say {_v[2]}."
_v = two_values(lambda Z: 10 * Z[:, 0] + Z[:, 1], _X, np.array([0.0, 1.0]), [0, 1])
assert _v[1] is None, "No row equals 01, so the conditional value is None."
_v = two_values(f, table, table[0], [])
assert np.allclose([_v[0] - _v[1], _v[2]], 0), (
    "With nothing known, both values are the mean prediction, and all made rows exist."
)

# %% probe="two_values" rtol=1e-6
[
    list(two_values(f, table, row, known))
    for row, known in (
        (np.array([1.0, 0.0, 2.0]), [0]),
        (np.array([1.0, 0.0, 1.0]), [1]),
        (np.array([0.0, 1.0, 2.0]), [2]),
        (table[3], [0, 1]),
        (table[5], [2, 0]),
        (table[7], [1, 2]),
        (table[9], [0, 1, 2]),
        (np.array([1.0, 5.0, 0.0]), [1]),
        (np.array([1.0, 1.0, 1.0]), []),
    )
] + [list(two_values(f, table[::8], np.array([1.0, 0.0, 1.0]), [0, 1]))]

# %% [markdown]
# ## Question 5 · how faithful is a readable copy? (2 points)
#
# A *global surrogate* is a readable model trained to imitate another. Write
# `surrogate(predict, X_train, X_test, y_test, depth)`: fit
# `DecisionTreeRegressor(max_depth=depth, random_state=0)` to what `predict` says about the training
# rows. Return the tuple of floats `(fidelity, accuracy)`, both $R^2$ on the *test* rows: how well the tree
# reproduces what `predict` says about them, and how well it predicts `y_test`. In both, the tree's output is
# the prediction.


# %% question="surrogate" points=2
### BEGIN SOLUTION
def surrogate(predict, X_train, X_test, y_test, depth):
    tree = DecisionTreeRegressor(max_depth=depth, random_state=0)
    tree.fit(X_train, predict(X_train))
    return float(tree.score(X_test, predict(X_test))), float(tree.score(X_test, y_test))


### END SOLUTION

# %% check="surrogate"
_fidelity, _accuracy = surrogate(model.predict, X_train, X_test, y_test, 3)
assert _fidelity > _accuracy, (
    "A tree that was trained to imitate the model follows the model better than the patients. Is the "
    "fidelity measured against the model's predictions?"
)
_one, _two = surrogate(lambda Z: 50.0 * (Z[:, 2] > 26), X_train, X_test, y_test, 1)
assert _one > 0.8, (
    f"A model that is one step in bmi is copied almost perfectly by one split; you say {_one:.2f}."
)
_a = surrogate(model.predict, X_train, X_test, y_test, 2)[0]
_b = surrogate(model.predict, X_train, X_test, y_test + 100 * (X_test[:, 0] > 50), 2)[0]
assert np.isclose(_a, _b), "The fidelity has nothing to do with y_test."
_few, _more = np.array([[0.0], [1.0]]), np.array([[0.0], [1.0], [2.0], [3.0]])
_a, _b = surrogate(lambda Z: Z[:, 0], _few, _more, np.array([1.0, 1.0, 0.0, 0.0]), 1)
assert np.isclose(_a, 0), (
    "Trained on rows 0 and 1, a tree says 0, 1, 1, 1 about rows 0, 1, 2, 3, and the model x0 says "
    f"0, 1, 2, 3: R2 is 1 - 5 / 5 = 0; you say {_a:.2f}. In R2, truth and prediction cannot be swapped."
)
assert np.isclose(_b, -2), f"There, targets 1, 1, 0, 0 give 1 - 3 / 1 = -2; you say {_b:.2f}."

# %% probe="surrogate" rtol=1e-4
[
    list(surrogate(model.predict, X_train, X_test, y_test, 3)),
    list(surrogate(model.predict, X_train[:150], X_test[:60], y_test[:60], 1)),
    list(surrogate(model.predict, X_test, X_train[:90], y_train[:90], 4)),
    list(surrogate(lambda Z: Z[:, 2] * Z[:, 3], X_train, X_test, y_test, 2)),
    list(surrogate(lambda Z: Z[:, 0], X_train[:, [2, 2, 2]], X_test[:, [2, 0, 3]], y_test, 2)),
]
