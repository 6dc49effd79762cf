# ---
# title: "Exercise: decision trees"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: decision trees
#
# Two other kinds of question for a tree, another way to prune, and two ways to make a tree explain
# itself. No question needs the answer of another. Your data are drawn for you: change `seed` to
# practise again on others. Every function must work on any input that its question describes, not
# only on the data below. NumPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 8  # which data you get

# %%
import itertools

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from statsmodels.datasets import fair

rng = np.random.default_rng(seed)

# Fair's survey of 1974: 2,000 women, their answers in random order, and whether they had an affair
women = fair.load_pandas().data.iloc[rng.permutation(6366)[:2000]]
names = rng.permutation(women.columns.drop("affairs"))
answers = women[names].to_numpy()
affair = (women["affairs"] > 0).to_numpy().astype(int)
rating = women["rate_marriage"].to_numpy().astype(int)

# question 1: a category of many values
town = np.array([f"{a:.0f}-{b:.0f}" for a, b in women[["religious", "occupation"]].to_numpy()])

# question 2: patients, with the progress of their diabetes as no round number
diabetes = load_diabetes(scaled=False)
chosen = rng.permutation(442)
patients = diabetes.data[chosen]
progress = diabetes.target[chosen] + rng.normal(scale=5, size=442)

# questions 3 and 4: trees, trained on the first 1,000 women
deep = DecisionTreeClassifier(min_samples_leaf=8, random_state=0).fit(answers[:1000], affair[:1000])
medium = DecisionTreeClassifier(max_depth=5, random_state=0).fit(answers[:1000], affair[:1000])
rated = DecisionTreeClassifier(max_depth=6, random_state=0).fit(
    np.delete(answers[:1000], list(names).index("rate_marriage"), axis=1), rating[:1000]
)
without_rating = np.delete(answers, list(names).index("rate_marriage"), axis=1)

# question 5: a tree for the patients, who got a column of random numbers
noisy = np.column_stack([patients, rng.random(442)])[:, rng.permutation(11)]
grown = DecisionTreeRegressor(min_samples_leaf=5, random_state=0).fit(noisy[:250], progress[:250])

# %% [markdown]
# ## Question 1 · a question about a category (3 points)
#
# Some libraries let a tree ask "is the town one of these?" With $k$ categories there are
# $2^{k-1} - 1$ ways to form two groups, too many to try. For squared error there is a short cut: sort
# the categories by the mean of their labels. The best grouping cuts this order in two.
#
# Write `category_split(x, y)`. `x` holds text, shape `(n,)`, with 2 to 40 different categories, `y`
# numbers of the same shape (no two categories have the same mean). Return the tuple
# `(decrease, group)` of the best split:
#
# - `decrease`, a float: the weighted decrease of squared error, as in section 1 of the lesson,
# - `group`, a sorted list of the categories on the side with the *lower* mean label.


# %% question="category_split" points=3
### BEGIN SOLUTION
def category_split(x, y):
    categories = sorted({str(value) for value in x}, key=lambda value: y[x == value].mean())
    best = (-1.0, [])
    for cut in range(1, len(categories)):
        left = np.isin(x, categories[:cut])
        after = left.mean() * y[left].var() + (~left).mean() * y[~left].var()
        best = max(best, (float(y.var() - after), sorted(categories[:cut])))
    return best


### END SOLUTION

# %% check="category_split"
_x = np.array(["b", "a", "c", "a", "b", "c", "d", "c"])
_y = np.array([9.0, 2.0, 1.0, 3.0, 8.0, 0.0, 7.0, 2.0])
_got = category_split(_x, _y)
assert len(_got) == 2, f"expected (decrease, group), got {_got}"
assert list(_got[1]) == ["a", "c"], (
    "a and c have low labels (0 to 3), b and d high ones (7 to 9): the group with the lower mean should "
    f"be a and c, not {_got[1]}."
)
assert np.isclose(_got[0], 10.5 - (5 / 8 * 1.04 + 3 / 8 * 2 / 3)), (
    "There the variance is 10.5 before, and 1.04 (5 rows) and 0.667 (3 rows) after. Are the sides "
    f"weighted with their shares? You say {_got[0]:.4f}."
)
_few = np.isin(town, np.unique(town)[:7])
_x, _y = town[_few], affair[_few] + 0.01 * answers[_few, 0]
_best = 0.0
for _size in range(1, 7):
    for _group in itertools.combinations(np.unique(_x), _size):
        _in = np.isin(_x, _group)
        _after = _in.mean() * _y[_in].var() + (~_in).mean() * _y[~_in].var()
        _best = max(_best, _y.var() - _after)
_got = category_split(_x, _y)
assert np.isclose(_got[0], _best), (
    f"Trying all groupings of seven towns, the best decrease is {_best:.6f}; yours is {_got[0]:.6f}."
)
for _labels in (_y, -_y):
    _in = np.isin(_x, category_split(_x, _labels)[1])
    assert _labels[_in].mean() < _labels[~_in].mean(), (
        f"The mean label is {_labels[_in].mean():.3f} in your group, {_labels[~_in].mean():.3f} outside: "
        "the group is the side with the lower mean."
    )

# %% probe="category_split" rtol=1e-6
tilt = 0.001 * np.sin(np.arange(2000))  # no two means are equal
[
    category_split(town, affair + tilt),
    category_split(town[:150], rating[:150] + tilt[:150]),
    category_split(town[::-1], rating * 3.0 + tilt),
    category_split(np.where(affair == 1, "yes", "no"), rating + tilt),
    category_split(town[:90], tilt[:90] - 1000 * affair[:90]),
]

# %% [markdown]
# ## Question 2 · a tree for a quantile (3 points)
#
# A shop orders so that it runs out in one week of ten; a hospital wants the progress that only a tenth
# of its patients exceed. Both need a quantile. The *pinball loss* of a prediction $c$ at level
# $q$, with $0 < q < 1$, is
#
# $$ \frac1n \sum_i \max\big(q\,(y_i - c),\ (q - 1)\,(y_i - c)\big), $$
#
# and a $q$-quantile of the labels makes it smallest. (Let it be one of the labels:
# `np.quantile(y, q, method="inverted_cdf")`.) So let the impurity of a group be its
# smallest pinball loss.
#
# Write `quantile_split(x, y, level, min_samples_leaf)`, for numbers `x` and `y` of shape `(n,)`. It
# returns the tuple of floats `(decrease, threshold)` of the best question $x \le$ threshold: the
# largest weighted decrease of that impurity, with at least `min_samples_leaf` rows on each side.
# A threshold lies midway between two different neighbouring values of `x`. At least one is
# possible, and no two tie for first place.


# %% question="quantile_split" points=3
### BEGIN SOLUTION
def quantile_split(x, y, level, min_samples_leaf):
    def total_loss(labels):
        errors = labels - np.quantile(labels, level, method="inverted_cdf")
        return np.maximum(level * errors, (level - 1) * errors).sum()

    values = np.unique(x)
    best = (-np.inf, np.nan)
    for threshold in (values[1:] + values[:-1]) / 2:
        left = x <= threshold
        if min(left.sum(), (~left).sum()) >= min_samples_leaf:
            decrease = (total_loss(y) - total_loss(y[left]) - total_loss(y[~left])) / len(y)
            best = max(best, (float(decrease), float(threshold)))
    return best


### END SOLUTION

# %% check="quantile_split"
_x, _y = np.array([4.0, 1.0, 2.0, 3.0, 2.0]), np.array([9.0, 1.0, 2.0, 8.0, 1.5])
_got = quantile_split(_x, _y, 0.5, 1)
assert len(_got) == 2, f"expected (decrease, threshold), got {_got}"
assert np.isclose(_got[1], 2.5), (
    f"x of 1, 2, 2 has small labels, x of 3, 4 large ones: the threshold is 2.5, not {_got[1]}."
)
assert np.isclose(_got[0], (0.5 * (7 + 1 + 0 + 6 + 0.5) - 0.5 * (0.5 + 0 + 0.5) - 0.5 * 1) / 5), (
    "At level 0.5 the loss is half the distance from the median. Before: 14.5 / 2, left 1 / 2, right 1 / 2 "
    f"in sum; so the decrease is 6.25 / 5, not {_got[0]:.4f}. Are the sides weighted?"
)
_got = quantile_split(np.arange(6.0), np.array([1.0, 2.0, 1.5, 2.5, 1.2, 50.0]), 0.5, 3)
assert np.isclose(_got[1], 2.5), (
    "Of six rows, at least three are to be on each side, so only the threshold 2.5 is possible, not "
    f"{_got[1]}."
)
_some, _bmi = progress[:120], patients[:120, 2]
_half = DecisionTreeRegressor(criterion="absolute_error", max_depth=1, min_samples_leaf=9)
_half.fit(_bmi.reshape(-1, 1), _some)
_got = quantile_split(_bmi, _some, 0.5, 9)
assert np.isclose(_got[1], _half.tree_.threshold[0]), (
    "At level 0.5 the best threshold is the same as scikit-learn's for absolute error, "
    f"{_half.tree_.threshold[0]:.2f}; yours is {_got[1]:.2f}."
)
_up, _down = quantile_split(_bmi, _some, 0.9, 9), quantile_split(_bmi, -_some, 0.1, 9)
assert np.allclose(_up, _down), (
    "Level 0.9 of y and level 0.1 of -y are the same task, so the answers should agree. Which side of "
    "the quantile costs more?"
)
_bmi, _some = _bmi[:117], _some[:117]
_got, _sums = quantile_split(_bmi, _some, 0.3, 9), []
for _rows in (_bmi < np.inf, _bmi <= _got[1], _bmi > _got[1]):
    _errors = _some[_rows] - _some[_rows][:, None]  # one line for every label as the prediction
    _sums.append(np.maximum(0.3 * _errors, -0.7 * _errors).sum(axis=1).min())
_best = (_sums[0] - _sums[1] - _sums[2]) / 117
assert np.isclose(_got[0], _best), (
    f"At your threshold of {_got[1]:.2f}, trying every label as the prediction of its group finds a "
    f"decrease of {_best:.5f}; you say {_got[0]:.5f}. Is your quantile one of the group's labels?"
)

# %% probe="quantile_split" rtol=1e-6
[
    quantile_split(patients[:200, 2], progress[:200], 0.9, 1),
    quantile_split(patients[:200, 2], progress[:200], 0.25, 20),
    quantile_split(patients[200:, 0], progress[200:], 0.75, 60),
    quantile_split(patients[:60, 8], -3 * progress[:60], 0.8, 30 - 8),
    quantile_split(np.repeat([5.0, 1.0, 3.0], 7), progress[:21], 0.6, 7),
    quantile_split(np.arange(8.0), np.cumsum(progress[:8]), 0.35, 4),
]

# %% [markdown]
# ## Question 3 · prune on held-out rows (3 points)
#
# *Reduced-error pruning* lets validation rows decide. From the bottom up, look at every inner node
# whose branch (all below it) has been dealt with. Count, among the validation rows that reach it, the errors
# of the branch as pruned so far, and the errors if the node were a leaf. If the leaf makes
# *no more* errors, the node becomes a leaf, also when no row reaches it.
#
# Write `prune(model, X, y)` for a fitted `DecisionTreeClassifier` (labels are integers) and validation
# rows. Return the tuple `(leaves, errors)`: the sorted list of the numbers of the nodes that are leaves in the end,
# and how many validation rows that tree gets wrong, an integer.
#
# Node 0 is the root; `model.tree_` has `children_left` and `children_right` (-1 at leaves) and
# `value`, shape `(nodes, 1, classes)`, the shares of the classes in training. A leaf predicts the
# class with the largest share, the first of equals; `model.classes_` translates. `model.decision_path`
# says which rows reach which node. `model` must not be changed.


# %% question="prune" points=3
### BEGIN SOLUTION
def prune(model, X, y):
    tree, reached = model.tree_, model.decision_path(X).toarray().astype(bool)
    answer = model.classes_[tree.value[:, 0].argmax(axis=1)]

    def best(node):
        errors = int(np.sum(y[reached[:, node]] != answer[node]))
        if tree.children_left[node] == -1:
            return [node], errors
        left, left_errors = best(tree.children_left[node])
        right, right_errors = best(tree.children_right[node])
        if errors <= left_errors + right_errors:
            return [node], errors
        return left + right, left_errors + right_errors

    leaves, errors = best(0)
    return sorted(int(node) for node in leaves), errors


### END SOLUTION


# %% check="prune"
def _judge(model, X, y):
    leaves, errors = prune(model, X, y)
    assert list(leaves) == sorted(leaves), "The leaves should be sorted."
    path = model.decision_path(X).toarray()
    assert np.all(path[:, leaves].sum(axis=1) == 1), (
        "Every row should reach exactly one of your leaves. Is a node below a leaf still in the list?"
    )
    said = model.classes_[model.tree_.value[:, 0].argmax(axis=1)]
    alone = np.sum((said != y[:, None]) * path, axis=0)  # errors of every node as a leaf
    assert alone[leaves].sum() == errors, (
        f"Your leaves make {alone[leaves].sum()} errors on the validation rows; you say {errors}. Is the "
        "place of a class translated to its label?"
    )
    before = np.sum(model.predict(X) != y)
    assert errors <= before, f"Pruning cannot add errors: {before} before, {errors} after."
    children = np.column_stack([model.tree_.children_left, model.tree_.children_right])

    def branch(node):
        if node in leaves or children[node, 0] == -1:
            return alone[node]
        below = sum(branch(child) for child in children[node])
        assert alone[node] > below, (
            f"Node {node} keeps its branch, which makes {below} errors; as a leaf it would make "
            f"{alone[node]}, no more. From the bottom up, such a node becomes a leaf, reached or not."
        )
        return below

    branch(0)
    for node in leaves:
        below = alone[children[node]].sum()
        assert children[node, 0] == -1 or alone[node] <= below, (
            f"Node {node} became a leaf with {alone[node]} errors, though its two children as leaves make "
            f"only {below}. Is every branch pruned before the node above it is judged?"
        )


_judge(deep, answers[1000:], affair[1000:])
_judge(rated, without_rating[1000:], rating[1000:])
_judge(rated, without_rating[:60], rating[:60])
assert list(prune(deep, answers[:1], np.array([0]))[0]) == [0], (
    "One validation row, of the root's majority class 0: as a leaf the root makes no error, so only it "
    "is left."
)
_labels = deep.predict(answers[1000:])
assert prune(deep, answers[1000:], _labels)[1] == 0, (
    "If the tree's own answers are the truth, nothing useful is cut off, and no error is made."
)

# %% probe="prune" exact=true
[
    [list(leaves), int(errors)]
    for leaves, errors in (
        prune(deep, answers[1000:], affair[1000:]),
        prune(deep, answers[1000:1200], affair[1000:1200]),
        prune(medium, answers[:1000], affair[:1000]),
        prune(rated, without_rating[1000:], rating[1000:]),
        prune(rated, without_rating[:300], rating[:300]),
        prune(rated, without_rating[1000:1040], rating[1000:1040]),
        prune(rated, without_rating[:60], rating[:60]),
        prune(deep, answers[1000:1060], affair[1000:1060]),
    )
]

# %% [markdown]
# ## Question 4 · what would have to change? (3 points)
#
# "Which change of one answer would have changed the decision?" A tree can say so exactly, since each
# leaf is a box: for every feature an interval, low $< x \le$ high.
#
# Write `smallest_changes(model, row)` for a fitted `DecisionTreeClassifier` and one row, shape `(d,)`. Return
# an array of shape `(d,)`. Entry $j$ belongs to the change of feature $j$ alone, up or down, by which the row
# gets into a leaf with *another* predicted class. It is the smallest size of such a change, or `np.inf` if no
# change of $j$ alone does it. A limit that need only be passed by a hair counts as
# reached: from 3 to above 4.5 is 1.5, and from 4.5 to above 4.5 is 0. Values beyond those in the data
# are allowed. (`predict` rounds its rows to 32 bits: to it, 30.000001 is 30.)
#
# `model.tree_` has `children_left`, `children_right` (-1 at leaves), `feature`, `threshold` and `value` (see
# question 3).


# %% question="smallest_changes" points=3
### BEGIN SOLUTION
def smallest_changes(model, row):
    tree, d = model.tree_, len(row)
    answer = tree.value[:, 0].argmax(axis=1)
    own = model.classes_.tolist().index(model.predict([row])[0])
    changes = np.full(d, np.inf)

    def visit(node, low, high):
        if tree.children_left[node] == -1:
            outside = ~((low < row) & (row <= high))
            if answer[node] != own and outside.sum() == 1:
                j = outside.argmax()
                changes[j] = min(changes[j], max(low[j] - row[j], row[j] - high[j]))
            return
        j, threshold = tree.feature[node], tree.threshold[node]
        below, above = high.copy(), low.copy()
        below[j], above[j] = min(high[j], threshold), max(low[j], threshold)
        visit(tree.children_left[node], low, below)
        visit(tree.children_right[node], above, high)

    visit(0, np.full(d, -np.inf), np.full(d, np.inf))
    return changes


### END SOLUTION

# %% check="smallest_changes"
_limits = [_row.copy() for _row in answers[:8]]
for _node, _row in zip(np.flatnonzero(medium.tree_.children_left != -1), _limits, strict=False):
    _row[medium.tree_.feature[_node]] = medium.tree_.threshold[_node]
_cases = [(medium, _row) for _row in [*answers[:25], *_limits]]
for _model, _row in _cases + [(rated, _row) for _row in without_rating[:12]]:
    _got = np.asarray(smallest_changes(_model, _row))
    assert _got.shape == _row.shape, f"expected shape {_row.shape}, got {_got.shape}"
    _own = _model.predict([_row])[0]
    for _j, _size in enumerate(_got):
        _moved = np.tile(_row, (2001, 1))
        _moved[:, _j] += np.linspace(-50, 50, 2001)
        _flips = np.abs(_moved[:, _j] - _row[_j])[_model.predict(_moved) != _own]
        if len(_flips) == 0:
            assert np.isinf(_size), (
                f"No change of feature {_j} alone flips this row; you say {_size}."
            )
        else:
            assert -1e-9 <= _flips.min() - _size < 0.051, (
                f"Trying steps of 0.05, feature {_j} flips a row first at {_flips.min():.2f}; you say "
                f"{_size}. Are all other features inside the leaf's box, both directions looked at, and "
                "limits seen on which the row itself lies?"
            )

# %% probe="smallest_changes" rtol=1e-6
on_limits = []
for node in np.flatnonzero(medium.tree_.children_left != -1):
    on_limits.append(answers[1000 + node].copy())
    on_limits[-1][medium.tree_.feature[node]] = medium.tree_.threshold[node]
[
    [np.asarray(smallest_changes(medium, row)) for row in on_limits],
    [np.asarray(smallest_changes(medium, row)) for row in answers[1000:1040]],
    [np.asarray(smallest_changes(deep, row)) for row in answers[1000:1020]],
    [np.asarray(smallest_changes(rated, row)) for row in without_rating[:20]],
]

# %% [markdown]
# ## Question 5 · importances that can be negative (3 points)
#
# Importances in training give luck a reward. Held-out rows do not. Let each row walk down a fitted
# regression tree. At each question, its squared error changes: before, the node's value is the
# prediction; after, the value of the child that it enters. Credit the *decrease* to the feature
# that was asked (an increase is a negative credit).
#
# Write `credits(model, X, y)` for a fitted `DecisionTreeRegressor` and rows it may never have seen. Return an
# array of shape `(d,)`: for every feature the sum of its credits over all questions and rows, divided by
# the number of rows. All values are those that the tree learned in training, `model.tree_.value`, of shape
# `(nodes, 1, 1)`.


# %% question="credits" points=3
### BEGIN SOLUTION
def credits(model, X, y):
    tree, reached = model.tree_, model.decision_path(X).toarray().astype(bool)
    errors = (y[:, None] - tree.value[:, 0, 0]) ** 2 * reached  # rows by nodes
    totals = np.zeros(X.shape[1])
    for node in np.flatnonzero(tree.children_left != -1):
        after = errors[:, tree.children_left[node]] + errors[:, tree.children_right[node]]
        totals[tree.feature[node]] += np.sum(errors[:, node] - after)
    return totals / len(y)


### END SOLUTION

# %% check="credits"
_got = np.asarray(credits(grown, noisy[250:], progress[250:]))
assert _got.shape == (11,), f"expected shape (11,), got {_got.shape}"
_root = np.mean((progress[250:] - progress[:250].mean()) ** 2)
_left = np.mean((progress[250:] - grown.predict(noisy[250:])) ** 2)
assert np.isclose(_got.sum(), _root - _left), (
    f"Held-out rows: predicting the training mean has an MSE of {_root:.1f}, the tree {_left:.1f}. The "
    f"credits should add up to the difference, {_root - _left:.1f}; yours add up to {_got.sum():.1f}."
)
_train = np.asarray(credits(grown, noisy[:250], progress[:250]))
assert np.allclose(_train / _train.sum(), grown.feature_importances_), (
    "On the training rows, the credits, scaled to sum to 1, are scikit-learn's importances. To which "
    "feature goes the credit: the one asked at the node, or at the child?"
)

# %% probe="credits" rtol=1e-6
[
    np.asarray(credits(grown, noisy[250:], progress[250:])),
    np.asarray(credits(grown, noisy[:250], progress[:250])),
    np.asarray(credits(grown, noisy[-7:], progress[-7:] - 40)),
    np.asarray(
        credits(
            DecisionTreeRegressor(max_depth=3, random_state=0).fit(patients[:99], progress[:99]),
            patients[99:200],
            progress[99:200],
        )
    ),
]
