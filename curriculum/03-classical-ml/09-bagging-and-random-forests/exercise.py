# ---
# title: "Exercise: bagging and random forests"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: bagging and random forests
#
# Five jobs around forests that the libraries leave to you. No question needs the answer of another.
# Your data are drawn for you: change `seed` to practise again on others. Every function must work on
# any input that its question describes, and must not change its arguments. NumPy and scikit-learn are
# all you need.

# %% tags=["parameters"]
seed = 9  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from statsmodels.datasets import grunfeld

rng = np.random.default_rng(seed)

# question 1: rows, rows drawn per bag, and how many rows may stay without an out-of-bag prediction
plans = [(int(rng.integers(50, 5000)), share, rng.uniform(0.1, 3)) for share in (1, 0.3, 2)]

# question 2: predictions of 40 forests of 8 trees each, for 25 rows
shared = rng.normal(size=(40, 1, 25)) * rng.uniform(0.5, 1.5, 25)
own = rng.normal(size=(40, 8, 25)) * rng.uniform(1, 2, (8, 1))
P = shared + own + rng.normal(0, 5, (1, 8, 25))

# question 3: trees on small bags of wines; the first has seen two of the three cultivars only
wine = load_wine()
cultivar = np.array(["barolo", "grignolino", "barbera"])[wine.target]
columns = rng.permutation(13)[:4]
known = np.flatnonzero(wine.target != rng.integers(3))
wine_trees = []
for start in (known, *[np.arange(178)] * 7):
    rows = rng.choice(start, 30)
    tree = DecisionTreeClassifier(min_samples_leaf=6, random_state=0)
    wine_trees.append(tree.fit(wine.data[rows][:, columns], cultivar[rows]))
wines = wine.data[rng.permutation(178)[:80]][:, columns]
classes = [str(name) for name in rng.permutation(["barolo", "grignolino", "barbera"])]

# question 4: 11 firms, 20 years each; a bag holds some years of some firms, the first three of one more
firms = grunfeld.load_pandas().data
F = np.log(firms[["value", "capital"]].to_numpy())
invest = np.log(firms["invest"].to_numpy())
firm = rng.permutation(11)[np.unique(firms["firm"].to_numpy().astype(str), return_inverse=True)[1]]
bags = []
for number in range(24):
    drawn = np.append(rng.choice(10, 4), 10 if number < 3 else rng.integers(11))
    bags.append(rng.choice(np.flatnonzero(np.isin(firm, drawn)), 40))
firm_trees = [DecisionTreeRegressor(random_state=0).fit(F[bag], invest[bag]) for bag in bags]

# question 5: a forest for diabetes patients, held-out rows, groups of columns, and orders to shuffle
D, progress = load_diabetes(return_X_y=True)
patients = rng.permutation(442)
train, test = patients[:250], patients[250:400]
forest = RandomForestRegressor(15, max_features=0.4, min_samples_leaf=3, random_state=0)
forest.fit(D[train], progress[train])
groups = [[4, 5, 6, 7], [2, 8], [3], [0, 1, 9]]
orders = np.array([rng.permutation(150) for _ in range(4)])

# %% [markdown]
# ## Question 1 · enough trees for everybody (2 points)
#
# A bag draws `m` rows out of `n`, with replacement; `m` may be smaller or larger than `n`. A row that
# is in *every* bag gets no out-of-bag prediction. Write `plan(n, m, at_most)`, which returns the tuple
# `(absent, trees)`:
#
# - `absent`, a float: the probability that a given row is absent from one bag,
# - `trees`, an int: the smallest number of bags, at least 1, for which the *expected number of rows*
#   that are in every bag is `at_most` or less.
#
# $n \ge 2$, $m \ge 1$ and `at_most` $> 0$; it may exceed `n`. Bags are independent.


# %% question="plan" points=2
### BEGIN SOLUTION
def plan(n, m, at_most):
    absent = (1 - 1 / n) ** m
    trees = np.ceil(np.log(at_most / n) / np.log(1 - absent))
    return absent, max(1, int(trees))


### END SOLUTION

# %% check="plan"
_absent, _trees = plan(4, 2, 0.9)
assert np.isclose(_absent, 9 / 16), (
    "n=4, m=2: the first draw misses a row with 3/4, the second too, so 9/16 = 0.5625; you say "
    f"{_absent:.4f}."
)
assert _trees == 2, (
    "n=4, m=2: a row is in a bag with 7/16. Of 4 rows 1.75 are in the one bag, 4 (7/16)^2 = 0.77 in both "
    f"bags. So 2 trees make it 0.9 or less; you say {_trees}."
)
assert plan(4, 2, 5.0)[1] == 1, "With at_most above n, one tree is enough, but none is no forest."
for _n, _share, _at_most in plans:
    _absent, _trees = plan(_n, int(_n * _share), _at_most)
    _left = _n * (1 - _absent) ** np.array([_trees - 1, _trees])
    assert _left[1] <= _at_most < _left[0], (
        f"n={_n}, at_most={_at_most:.2f}: by your own probability, {_left[1]:.3f} rows are expected in all "
        f"{_trees} bags, and {_left[0]:.3f} in one bag fewer."
    )

# %% probe="plan" rtol=1e-9
cases = [(n, int(n * share), at_most) for n, share, at_most in plans]
cases += [(plans[0][0], 7, 0.37), (9, 30, plans[0][2] / 7), (60, 60, 61.3), (60, 60, 59.7)]
cases += [(plans[1][0], plans[1][0] * 3, 0.01 * plans[1][2]), (2, 3, 0.011), (2, 1, 1.7)]
[plan(*case) for case in cases]

# %% [markdown]
# ## Question 2 · is another tree worth it? (3 points)
#
# `P` holds predictions of the trees of several forests, each with its own training set: shape
# `(R, B, T)` for `R` forests, `B` trees each, `T` rows; $R, B \ge 2$. Write `moments(P, excess)`, which
# returns the tuple `(sigma2, rho, trees)`:
#
# - `sigma2`: the variance of a prediction over the forests (`ddof=1`) for one tree position and one row,
#   averaged over all positions and rows,
# - `rho`: the covariance over the forests (`ddof=1`) of two *different* trees of the same forest, for one
#   row, averaged over all pairs and rows, then divided by `sigma2`,
# - `trees`: the smallest number of trees (an int, at least 1) for which the variance of the mean is at
#   most `1 + excess` times its limit for infinitely many trees, by the formula with this `rho`.
#
# You may take `rho` between 0 and 1 for granted, and `excess` $> 0$.


# %% question="moments" points=3
### BEGIN SOLUTION
def moments(P, excess):
    B = P.shape[1]
    sigma2 = P.var(axis=0, ddof=1).mean()
    of_mean = P.mean(axis=1).var(axis=0, ddof=1).mean()  # (sigma2 + (B - 1) covariance) / B
    rho = (B * of_mean - sigma2) / (B - 1) / sigma2
    trees = np.ceil((1 - rho) / (excess * rho))
    return float(sigma2), float(rho), int(trees)


### END SOLUTION

# %% check="moments"
_tiny = np.array([[[0.0], [0.0]], [[2.0], [4.0]]])
_sigma2, _rho, _trees = moments(_tiny + [[[0.0], [9.0]]], 0.1)
assert np.isclose(_sigma2, 5), (
    "Two forests of two trees, one row. First trees: 0 and 2, variance 2. Second trees: 9 and 13, variance "
    f"8. On average 5; you say {_sigma2:.3f}. A constant difference between trees should not count."
)
assert np.isclose(_rho, 0.8), (
    f"There the covariance of the two trees is 4, so rho = 4 / 5 = 0.8; you say {_rho:.3f}."
)
_sigma2, _rho, _trees = moments(P, 0.1)
assert 0 < _rho < 1, f"rho should lie between 0 and 1, not at {_rho:.3f}."
_formula = _rho + (1 - _rho) / np.array([8, _trees, max(_trees - 1, 0.5)])
assert np.isclose(_formula[0] * _sigma2, P.mean(axis=1).var(axis=0, ddof=1).mean()), (
    "With your sigma2 and rho, the formula for 8 trees should give the measured variance of the forests' "
    "means. Are all pairs of different trees in rho, and no tree with itself?"
)
assert _formula[1] <= 1.1 * _rho < _formula[2], (
    f"By the formula, {_trees} trees have {_formula[1] / _rho:.3f} times the variance of infinitely many, "
    f"and one tree fewer {_formula[2] / _rho:.3f} times. Wanted: the fewest with at most 1.1 times."
)
assert moments(P, 1e6)[2] == 1, "With a huge `excess`, one tree is enough."

# %% probe="moments" rtol=1e-6
[
    moments(P, 0.1),
    moments(P[:, :2], 0.02),
    moments(3 * P[:, :, :7] + 100, 0.37),
    moments(P[:13], 1e5),
    moments(np.abs(shared) + own[:, ::-2], 0.05),
    moments(shared[:, :, :4] + 0.2 * own[:, 3:6, :4], 0.003),
]

# %% [markdown]
# ## Question 3 · trees that have never heard of a class (3 points)
#
# Bag classifiers by hand, and a small bag may miss a class. Write `vote(trees, X, classes)`: `trees` are
# fitted `DecisionTreeClassifier`s whose labels are among the list `classes`; it holds every label once,
# in any order. Return the tuple `(probabilities, labels)`:
#
# - `probabilities`, shape `(n, k)`, columns in the order of `classes`: the average over *all* trees; a
#   class that a tree has never seen has probability 0 there,
# - `labels`, a list of `n` labels: for each row the class with the most *votes*, where every tree votes
#   for what its `predict` says. On a tie, the tied class that comes first in `classes`.


# %% question="vote" points=3
### BEGIN SOLUTION
def vote(trees, X, classes):
    probabilities = np.zeros((len(X), len(classes)))
    votes = np.zeros((len(X), len(classes)))
    for tree in trees:
        places = [classes.index(label) for label in tree.classes_]
        probabilities[:, places] += tree.predict_proba(X) / len(trees)
        votes += tree.predict(X)[:, None] == np.array(classes)
    return probabilities, [classes[place] for place in votes.argmax(axis=1)]


### END SOLUTION

# %% check="vote"
_p, _labels = vote(wine_trees, wines, classes)
assert np.shape(_p) == (80, 3), f"80 wines, 3 classes: expected shape (80, 3), not {np.shape(_p)}."
assert np.allclose(np.sum(_p, axis=1), 1), "Each row of the probabilities should sum to 1."
assert len(_labels) == 80, f"80 wines: expected 80 labels, not {len(_labels)}."
_one, _its = vote(wine_trees[:1], wines, classes)
_unseen = [name not in wine_trees[0].classes_ for name in classes]
assert np.all(np.asarray(_one)[:, _unseen] == 0), (
    f"The first tree knows only {wine_trees[0].classes_}; your probabilities give it another class."
)
assert list(_its) == list(wine_trees[0].predict(wines)), "One tree alone: labels are its own."
_back, _ = vote(wine_trees, wines, classes[::-1])
assert np.allclose(np.asarray(_back)[:, ::-1], _p), (
    "With `classes` in reverse order, the columns should be reversed and nothing else change."
)
_cells = np.zeros((2, 1))
_yes, _no = (
    DecisionTreeClassifier().fit(np.arange(5)[:, None] * 0, counts)
    for counts in (["b"] * 3 + ["a"] * 2, ["a"] * 5)
)
_p, _labels = vote([_yes, _yes, _no], _cells, ["a", "b"])
assert list(_labels) == ["b", "b"], (
    "Two trees say b (with 3/5), one says a (with 1): votes are counted, not probabilities averaged."
)
assert np.allclose(np.asarray(_p)[:, 1], 0.4), (
    "Two trees give b 3/5, the third has never seen b and gives it 0: on average 0.4; you say "
    f"{np.asarray(_p)[0, 1]:.3f}. Probabilities are averaged, not votes, and over all trees."
)
assert list(vote([_yes, _no], _cells, ["b", "a"])[1]) == ["b", "b"], (
    "One vote each, and b comes first in `classes`: b."
)
assert list(vote([_yes, _no], _cells, ["a", "b"])[1]) == ["a", "a"], (
    "One vote each, and a comes first in `classes`: a."
)


# %% probe="vote" rtol=1e-6 atol=1e-12
def answer(trees, names):
    probabilities, labels = vote(trees, wines, names)
    return [np.asarray(probabilities, dtype=float), [str(label) for label in labels]]


flat = np.zeros((5, 4))
stumps = [
    DecisionTreeClassifier().fit(flat, labels)
    for labels in (["z"] * 5, ["y"] * 3 + ["x"] * 2, ["x"] * 4 + ["z"], ["y"] * 5)
]
[
    answer(wine_trees, classes),
    answer(wine_trees[:4], classes[::-1]),
    answer(wine_trees[:2], [*classes[1:], "unknown", classes[0]]),
    answer(wine_trees[:1], sorted(classes)),
    answer(stumps, ["y", "x", "z"]),
    answer(stumps[:3], ["z", "x", "y"]),
    answer(stumps[:3], ["x", "y", "z"]),
    answer(stumps[1:], ["z", "x", "y"]),
]

# %% [markdown]
# ## Question 4 · an out-of-bag score that does not lie (4 points)
#
# Rows of one firm resemble each other, so a row counts as *new* to a tree only if its bag holds **no row of
# the same group**. Write `group_oob(trees, bags, X, y, groups)`: `trees[k]` is a fitted regression tree
# trained on the rows `bags[k]`, an array of row numbers, with repeats, of any length; `groups`, shape
# `(n,)`, says to which group each row belongs. Return the tuple `(prediction, r2)`:
#
# - `prediction`, shape `(n,)`: the mean of the predictions of all trees to which the row is new, and
#   `np.nan` where there is no such tree,
# - `r2`, a float: $R^2 = 1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2$, all sums and the mean
#   $\bar y$ over the rows that have a prediction.
#
# Some rows have a prediction, and their targets are not all equal.


# %% question="group_oob" points=4
### BEGIN SOLUTION
def group_oob(trees, bags, X, y, groups):
    total, count = np.zeros(len(X)), np.zeros(len(X))
    for k, tree in enumerate(trees):
        new = ~np.isin(groups, groups[bags[k]])
        total += new * tree.predict(X)
        count += new
    known = count > 0
    prediction = np.full(len(X), np.nan)
    prediction[known] = total[known] / count[known]
    error, spread = (y - prediction)[known], y[known] - y[known].mean()
    return prediction, float(1 - error @ error / (spread @ spread))


### END SOLUTION

# %% check="group_oob"
_prediction, _r2 = group_oob(firm_trees, bags, F, invest, firm)
_prediction = np.asarray(_prediction)
assert _prediction.shape == (220,), f"220 rows: expected shape (220,), not {_prediction.shape}."
_seen = [set(firm[_bag].tolist()) for _bag in bags]
_is_new = np.array([[_f not in _firms for _firms in _seen[:3]] for _f in firm.tolist()])
_never = ~_is_new.any(axis=1)
_three = np.asarray(group_oob(firm_trees[:3], bags[:3], F, invest, firm)[0])
assert np.array_equal(np.isnan(_three), _never), (
    "With the first three trees only, the rows of firms that are in all three bags should be nan, and no "
    f"others. There are {np.sum(_never)} such rows; {np.isnan(_three).sum()} of yours are nan."
)
_single = _is_new.sum(axis=1) == 1
_each = np.column_stack([_tree.predict(F) for _tree in firm_trees[:3]])
assert np.allclose(_three[_single], _each[_single][_is_new[_single]]), (
    "With the first three trees only, a row that is new to just one of them should get the prediction of "
    "that one. By how many trees do you divide?"
)
_one = np.asarray(group_oob(firm_trees[5:6], bags[5:6], F, invest, firm)[0])
_new = ~np.isnan(_one)
assert np.allclose(_one[_new], firm_trees[5].predict(F)[_new]), (
    "With a single tree, the predictions that exist should be that tree's."
)
assert not set(firm[_new].tolist()) & _seen[5], (
    "A row has a prediction although another row of its firm is in the bag."
)
_plain = np.asarray(group_oob(firm_trees, bags, F, invest, np.arange(220))[0])
assert not np.isnan(_plain).any() or any(
    all(_row in _bag for _bag in bags) for _row in np.flatnonzero(np.isnan(_plain))
), "With every row its own group, this is the usual out-of-bag prediction."
_good = ~np.isnan(_three)
_r2 = group_oob(firm_trees[:3], bags[:3], F, invest, firm)[1]
_far = group_oob(firm_trees[:3], bags[:3], F, np.where(_good, invest, 1e6), firm)[1]
assert np.isclose(_r2, _far), (
    "Targets of rows without a prediction should not change R2. Is the mean over the others only?"
)
assert np.isclose(1 - _r2, np.mean((invest - _three)[_good] ** 2) / np.var(invest[_good])), (
    f"By your own predictions, R2 should be another number than {_r2:.4f}."
)

# %% probe="group_oob" rtol=1e-6
everyone = np.arange(220)
decade = np.array(["early", "late"])[(firms["year"] > 1944).to_numpy().astype(int)]
by_decade = np.array([f"{name}-{part}" for name, part in zip(firm, decade, strict=True)])
[
    group_oob(firm_trees, bags, F, invest, firm),
    group_oob(firm_trees[:3], bags[:3], F, invest, firm),
    group_oob(firm_trees[:3], bags[:3], F, 3 - invest**2, everyone),
    group_oob(firm_trees[3:], [bag[::-1] for bag in bags[3:]], F, invest, by_decade),
    group_oob(firm_trees[9:11], bags[9:11], F, invest, -7 * firm),
    group_oob(firm_trees[:3], [bags[0], bags[1][:9], bags[2][:20]], F, invest, firm),
    group_oob(firm_trees[::6], bags[::6], F[:, ::-1] + 1, invest[::-1], everyone // 5),
]

# %% [markdown]
# ## Question 5 · relatives, shuffled together (3 points)
#
# Correlated columns hide each other's importance, unless they are shuffled together. Write
# `joint_importance(model, X, y, groups, orders)`, which returns an array of shape `(len(groups), 2)`.
# `model` is a fitted regressor, `groups` a list of lists of column numbers, `orders` an array of
# shape `(r, n)` whose rows are permutations of the `n` row numbers. The importance of some columns is the
# mean squared error after shuffling minus that before, averaged over the `r` orders; "shuffled by
# `order`" means that row `i` gets the values of row `order[i]` in these columns.
#
# - First column: the importance of the group, all of its columns shuffled by the *same* order at once.
# - Second column: the *sum* of the importances of its columns, each shuffled alone (by the same orders).


# %% question="joint_importance" points=3
### BEGIN SOLUTION
def joint_importance(model, X, y, groups, orders):
    def mse(values):
        return np.mean((y - model.predict(values)) ** 2)

    def importance(columns):
        errors = []
        for order in orders:
            shuffled = X.copy()
            shuffled[:, columns] = X[order][:, columns]
            errors.append(mse(shuffled))
        return np.mean(errors) - mse(X)

    return np.array(
        [[importance(group), sum(importance([column]) for column in group)] for group in groups]
    )


### END SOLUTION


# %% check="joint_importance"
class _Twins:
    """Predicts the sum of columns 0 and 1, whatever column 2 is."""

    def predict(self, X):
        return X[:, 0] + X[:, 1]


_x = np.column_stack([[0.0, 1.0], [0.0, 1.0], [5.0, 6.0]])
_before = _x.copy()
_swap = np.array([[1, 0]])
_table = np.asarray(joint_importance(_Twins(), _x, _x[:, 0] * 2, [[0, 1], [2], [0]], _swap))
assert np.array_equal(_x, _before), "X itself was shuffled. Work on a copy."
assert _table.shape == (3, 2), f"Three groups: expected shape (3, 2), not {_table.shape}."
assert np.isclose(_table[0, 0], 4), (
    "Prediction x0 + x1, target the same. Both columns swapped, the two rows are wrong by 2: the error rises "
    f"by 4. You say {_table[0, 0]:.3f}."
)
assert np.isclose(_table[0, 1], 2), (
    f"One column swapped alone: wrong by 1, error 1. Two columns: 1 + 1 = 2. You say {_table[0, 1]:.3f}."
)
assert np.allclose(_table[1], 0), "A column that the model ignores should have importance 0."
_both = joint_importance(_Twins(), _x, _x[:, 0] * 2, [[0, 1]], np.array([[1, 0], [0, 1]]))
assert np.allclose(_both, [[2, 1]]), (
    "With a second order that moves nothing, the averages over both orders are half as large."
)
_three = np.array([[0.0, 0, 0], [1, 0, 0], [5, 0, 0]])
_turn = np.asarray(
    joint_importance(_Twins(), _three, np.array([1.0, 5, 0]), [[0]], np.array([[1, 2, 0]]))
)
assert np.allclose(_turn, -14), (
    "order = [1, 2, 0]: row 0 gets the value of row 1, row 1 that of row 2. Here that makes the error "
    "vanish, so both importances, of the group and of its one column, are -14; you say "
    f"{_turn[0, 0]:.3f} and {_turn[0, 1]:.3f}."
)

# %% probe="joint_importance" rtol=1e-6 atol=1e-9
A, b = D[test], progress[test]
small = [orders[1, orders[1] < 60], orders[3, orders[3] < 60]]
[
    joint_importance(forest, A, b, groups, orders),
    joint_importance(forest, A, 2 * b - 50, [[9, 4], [2, 3, 8]], orders[:1]),
    joint_importance(forest, A[:60], b[:60], [[8], [5, 2], list(range(10))], np.array(small)),
]
