# ---
# title: "Exercise: neighbours and naive Bayes"
# minutes: 50
# ---

# %% [markdown]
# # Exercise: neighbours and naive Bayes
#
# Five jobs that the lesson did not do for you. No question needs the answer of another. Change `seed`
# to practise again on other data. Every function must work on any input of the shapes that its question
# names. NumPy is all you need; write the methods yourself.

# %% tags=["parameters"]
seed = 12  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_wine

rng = np.random.default_rng(seed)

# question 1: flats on a map of whole blocks, with rents, and places to rent at
blocks = rng.integers(0, 9, size=(60, 2))
rents = np.round(900 - 30 * np.abs(blocks - 4).sum(axis=1) + rng.normal(scale=60, size=60))
places = rng.integers(-2, 11, size=(25, 2))

# question 2: 70 wines, five scaled measurements, the cultivar
measured, cultivar = load_wine(return_X_y=True)
some = rng.choice(178, size=70, replace=False)
columns = rng.choice(13, size=5, replace=False)
wines = ((measured - measured.mean(axis=0)) / measured.std(axis=0))[some][:, columns]
wines = wines + rng.normal(scale=1e-3, size=wines.shape)  # so that no two distances are equal
cultivars = cultivar[some]

# question 3: made-up messages, every word drawn from the frequencies of its topic
vocabulary = np.array([f"word{number}" for number in range(40)])
topics = rng.dirichlet(np.full(40, 0.3), size=3)
topic = rng.permutation(np.repeat(["billing", "delivery", "returns"], [9, 14, 6]))
kinds = {"billing": 0, "delivery": 1, "returns": 2}
messages = [
    rng.choice(vocabulary, size=rng.integers(4, 15), p=topics[kinds[name]]).tolist()
    for name in topic
]
new_messages = [
    rng.choice(vocabulary, size=8, p=topics[0]).tolist() + ["refund", "refund", "sofa"],
    rng.choice(vocabulary, size=5, p=topics[1]).tolist(),
    ["sofa"] * 6,
]

# question 4: two classes, four columns
shift = rng.uniform(-1, 1, size=4)
healthy = rng.normal(size=(50, 4))
ill = rng.normal(shift, rng.uniform(0.6, 1.6, size=4), size=(35, 4))
tests = np.vstack([healthy, ill])
is_ill = np.repeat([0, 1], [50, 35])
patients = rng.normal(shift / 2, 1.2, size=(12, 4))
line = np.outer(np.linspace(-5, 5, 160), np.sign(shift))  # patients from healthy to ill

# question 5: points, cut into leaves, and queries
points = rng.normal(size=(240, 2)) * rng.uniform(0.5, 2, size=2)
halves = [np.argsort(points[:, 0])]
for column in (0, 1, 0, 1):
    halves = [
        part
        for rows in halves
        for part in np.array_split(rows[np.argsort(points[rows, column])], 2)
    ]
leaves = [halves[place] for place in rng.permutation(len(halves))]
queries = rng.normal(size=(6, 2)) * 1.5
overlapping = np.array_split(rng.permutation(240), 9)  # leaves whose boxes overlap

# %% [markdown]
# ## Question 1 · every neighbour that ties takes part (3 points)
#
# Write `knn_regression(X, y, X_new, k, power)`, which returns the predictions for `X_new`, shape
# `(len(X_new),)`. The distance $d$ is Manhattan. The neighbours of a new row are *all* rows of `X` that
# are no farther than its $k$-th nearest, so there may be more than $k$. The prediction is their mean of
# `y`, weighted by $1 / d^\text{power}$. If any row lies at distance 0, the prediction is instead the plain
# mean of `y` over *all* rows at distance 0, and over no others. `X` has shape `(n, p)` and `X_new` shape
# `(m, p)`, both of integers; $1 \le k \le n$; `power` $\ge 0$.


# %% question="knn_regression" points=3
### BEGIN SOLUTION
def knn_regression(X, y, X_new, k, power):
    distance = np.abs(X_new[:, None] - X).sum(axis=2).astype(float)
    predicted = []
    for d in distance:
        if d.min() == 0:
            predicted.append(y[d == 0].mean())
        else:
            near = d <= np.sort(d)[k - 1]
            predicted.append(np.average(y[near], weights=d[near] ** -power))
    return np.array(predicted)


### END SOLUTION

# %% check="knn_regression"
_X, _y = np.array([[0, 0], [2, 0], [0, 4], [9, 9]]), np.array([10.0, 20.0, 40.0, 90.0])
_got = np.asarray(knn_regression(_X, _y, np.array([[1, 0], [1, 1]]), 1, 1))
assert _got.shape == (2,), f"expected shape (2,), got {_got.shape}"
assert np.isclose(_got[0], 15), (
    f"(1, 0) has two nearest rows, both at distance 1; with k = 1 both take part, not {_got[0]:.2f}."
)
_got = knn_regression(_X, _y, np.array([[0, 1]]), 3, 1)[0]
assert np.isclose(_got, (10 / 1 + 20 / 3 + 40 / 3) / (1 + 1 / 3 + 1 / 3)), (
    "From (0, 1), the Manhattan distances to the first three rows are 1, 3 and 3, so the weights are 1, 1/3 "
    f"and 1/3; you say {_got:.2f}."
)
_got = knn_regression(_X, _y, np.array([[0, 1]]), 2, 0)[0]
assert np.isclose(_got, 70 / 3), (
    f"... and with k = 2, power = 0, three rows count the same: 70/3, not {_got:.2f}."
)
_got = knn_regression(np.vstack([_X, _X[:1]]), np.append(_y, 60), np.array([[0, 0]]), 1, 2)[0]
assert np.isclose(_got, 35), (
    f"Two rows at distance 0, with 10 and 60: their mean is 35, even for k = 1; you say {_got:.2f}."
)
_got = knn_regression(_X, _y, np.array([[0, 0]]), 3, 0)[0]
assert np.isclose(_got, 10), (
    f"A row at distance 0 alone decides, whatever k and power are; you say {_got:.2f}."
)
_got = knn_regression(blocks, rents, places, 5, 1.5)
assert np.all((_got >= rents.min() - 1e-6) & (_got <= rents.max() + 1e-6)), (
    "A mean with positive weights lies within the range of the rents."
)

# %% probe="knn_regression" rtol=1e-6
off = blocks + [20, 0]  # no row at distance 0
[
    knn_regression(blocks, rents, places, 1, 1),
    knn_regression(blocks, rents, places, 5, 2),
    knn_regression(blocks, rents, places, 12, 0),
    knn_regression(off, rents, places, 3, 0.5),
    knn_regression(off, rents, places, 60, 3),
    knn_regression(blocks[:30], rents[:30], places[:, ::-1], 4, 1.5),
    knn_regression(blocks[:, :1], rents, places[:, :1] + 10, 7, 1),
]

# %% [markdown]
# ## Question 2 · choose k by leaving one out (3 points)
#
# *Leave-one-out* predicts every row from all the others. Write `choose_k(X, y, ks)`, which returns the
# tuple `(best, errors)`: `errors` is a list with the number of wrongly predicted rows for every $k$ of the
# list `ks`, and `best` is the $k$ with the fewest errors; if several have the fewest, the *largest* of
# them. Distances are Euclidean, the columns as they are. The $k$ nearest other rows vote. If classes
# tie, the class wins, among those tied, whose nearest member is nearest to the row. `X` has shape `(n, p)`; `y`
# holds integers $\ge 0$; `ks` holds integers from 1 to $n - 1$ in any order. No two distances from a row are
# equal.


# %% question="choose_k" points=3
### BEGIN SOLUTION
def choose_k(X, y, ks):
    distance = np.sqrt(((X[:, None] - X) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    labels = y[np.argsort(distance, axis=1)]
    errors = []
    for k in ks:
        winners = []
        for near in labels[:, :k]:
            votes = np.bincount(near)
            winners.append(next(label for label in near if votes[label] == votes.max()))
        errors.append(int(np.sum(winners != y)))
    return int(max(np.array(ks)[np.array(errors) == min(errors)])), errors


### END SOLUTION

# %% check="choose_k"
_line = np.array([[0.0], [1.0], [2.1], [3.3], [10.0]])
_got = choose_k(_line, np.array([0, 0, 0, 1, 1]), [1])
assert len(_got) == 2, f"expected (best, errors), got {_got}"
assert list(_got[1]) == [1], (
    "Rows at 0, 1, 2.1 (class 0), 3.3 and 10 (class 1), k = 1: only for 3.3 has the nearest *other* row the "
    f"wrong class, so there is one error; you say {_got[1]}. Does a row vote for itself?"
)
for _y in (np.array([0, 0, 0, 1, 1]), np.array([1, 1, 1, 0, 0])):
    _got = choose_k(_line, _y, [2])[1]
    assert list(_got) == [1], (
        f"Classes {_y.tolist()}, k = 2: 3.3 is outvoted. For 2.1 and for 10 the votes tie, and the nearer of "
        f"the two neighbours is right. One error, not {_got}."
    )
_got = choose_k(_line, np.array([0, 0, 0, 1, 1]), [4, 1, 2, 3])
assert list(_got[1]) == [2, 1, 1, 2], (
    f"For k = 4, 1, 2, 3, in this order, there are 2, 1, 1 and 2 errors; you say {_got[1]}."
)
assert _got[0] == 2, f"1 and 2 have the fewest errors; the larger is 2, not {_got[0]}."
_six = np.array([[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]])
_got = choose_k(_six, np.array([0, 2, 0, 0, 1, 1]), [5])[1]
assert list(_got) == [3], (
    "Rows at 0, 1, 2.1, 3.3, 4.6, 6 with classes 0, 2, 0, 0, 1, 1 and k = 5: for the row at 0, and for 2.1, "
    "classes 0 and 1 have two votes each. The row at 1 is nearest, but its class 2 has one vote and takes no "
    f"part in the tie. Only the rows at 1, 4.6 and 6 are wrong: three errors, not {_got}."
)
_plane = np.array([[0.0, 0.0], [3.0, 0.0], [2.2, 2.4], [4.1, 4.0]])
_got = choose_k(_plane, np.array([0, 1, 1, 1]), [1])[1]
assert list(_got) == [1], (
    f"(3, 0) is nearer to (2.2, 2.4) than to (0, 0) by the Euclidean distance. One error, not {_got}."
)
_again = choose_k(np.vstack([wines, wines + 1e-5]), np.tile(cultivars, 2), [1])[1]
assert list(_again) == [0], (
    "With a twin of every row, the nearest other row has the right class: no errors for k = 1."
)

# %% probe="choose_k" exact=true
[
    [int(best), [int(wrong) for wrong in errors]]
    for best, errors in (
        choose_k(wines, cultivars, [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 20, 40, 69]),
        choose_k(wines, cultivars, [8, 2, 4]),
        choose_k(wines[:, :2], cultivars, [6, 1, 10, 2, 15]),
        choose_k(3 * wines[:40, 1:], cultivars[:40] + 2, [4, 3, 2, 39]),
        choose_k(wines[20:, 3:], (cultivars[20:] > 0) * 5, [10, 2, 4, 6]),
        choose_k(np.vstack([wines, wines + 1e-5]), np.tile(cultivars, 2), [1, 2]),
        choose_k(np.array([[0.0], [1.0], [2.1], [3.3], [10.0]]), np.arange(5) // 3, [3, 1, 2]),
        choose_k(
            np.array([[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]]), np.array([0, 2, 0, 0, 1, 1]), [5]
        ),
    )
]

# %% [markdown]
# ## Question 3 · a word that nobody has seen (3 points)
#
# The lesson ignored words that no training text has. Here they count. The vocabulary is the $V$ different
# words of all training documents plus *one* more entry, "unknown": $V + 1$ entries. Every word of the new
# document that is not among the $V$ counts as "unknown", which occurs in no training document. So
#
# $$ P(w \mid c) = \frac{N_{cw} + \alpha}{N_c + \alpha (V + 1)} . $$
#
# Write `log_posterior(documents, labels, new, alpha)`, which returns the natural logarithms of
# $P(c \mid \text{new})$, shape `(number of classes,)`, classes in sorted order; the probabilities add up to
# 1. The prior of a class is its share of the documents. A document, as `new`, is a list of words;
# `labels` is a list or array of text. `new` may be empty, or thousands of words long; `alpha` $> 0$.


# %% question="log_posterior" points=3
### BEGIN SOLUTION
def log_posterior(documents, labels, new, alpha):
    entries = len({word for document in documents for word in document}) + 1
    log_joint = []
    for label in sorted(set(labels)):
        own = np.flatnonzero(np.array(labels) == label)
        said = [word for place in own for word in documents[place]]
        total = np.log(len(own))
        for word in new:
            total += np.log((said.count(word) + alpha) / (len(said) + alpha * entries))
        log_joint.append(total)
    log_joint = np.array(log_joint) - max(log_joint)
    return log_joint - np.log(np.exp(log_joint).sum())


### END SOLUTION

# %% check="log_posterior"
_documents = [["late", "parcel"], ["parcel", "lost", "parcel"], ["bill"]]
_labels = ["delivery", "delivery", "billing"]
_got = np.asarray(log_posterior(_documents, _labels, [], 1.0))
assert _got.shape == (2,), f"expected shape (2,), got {_got.shape}"
assert np.allclose(np.exp(_got), [1 / 3, 2 / 3]), (
    f"An empty text: the priors 1/3 (billing) and 2/3 (delivery), not {np.exp(_got).round(3)}."
)
_got = np.exp(log_posterior(_documents, _labels, ["parcel"], 1.0))
assert np.isclose(_got[0] / _got[1], (1 / 3 * 1 / 6) / (2 / 3 * 4 / 10)), (
    "V = 4. 'parcel' has (0 + 1) / (1 + 5) in billing and (3 + 1) / (5 + 5) in delivery, so billing : delivery "
    f"is 1/3 · 1/6 to 2/3 · 4/10; you say {_got[0]:.4f} to {_got[1]:.4f}."
)
_got = np.exp(log_posterior(_documents, _labels, ["sofa", "sofa"], 1.0))
assert np.isclose(_got[0] / _got[1], (1 / 3 / 36) / (2 / 3 / 100)), (
    "'sofa' is unknown: 1/6 in billing, 1/10 in delivery, and it is there twice; you say "
    f"{_got[0]:.4f} to {_got[1]:.4f}. The class with fewer words gains: it has seen less."
)
for _new in new_messages:
    _got = log_posterior(messages, topic, _new, 0.5)
    assert np.isclose(np.exp(_got).sum(), 1), "The probabilities should add up to 1."
_got = log_posterior(messages, topic, 2000 * ["sofa"] + 2000 * messages[0], 0.5)
assert np.isfinite(_got).all(), (
    "A long text gives an infinite or undefined logarithm. Where do you leave the logarithms?"
)

# %% probe="log_posterior" rtol=1e-6 atol=1e-9
[
    *[
        log_posterior(messages, topic, new, alpha)
        for new in new_messages
        for alpha in (1.0, 0.1, 30)
    ],
    log_posterior(messages[:12], list(topic[:12]), messages[20] + ["sofa"], 0.5),
    log_posterior(messages[::-1], topic[::-1], messages[3], 2),
    log_posterior(messages, topic, [], 0.7),
    log_posterior(messages, topic, 100 * (["sofa"] + messages[1] + messages[2]), 0.5),
]

# %% [markdown]
# ## Question 4 · how many witnesses turn the verdict? (3 points)
#
# Fit Gaussian naive Bayes to `X`, shape `(n, p)`, and `y`, which holds 0 and 1: in each class, every column
# has a normal density with its mean and variance (divided by the number of rows; nothing is added);
# the priors are the shares of the classes. Now one column is entered $m$ times, the others once.
#
# Write `copies_to_flip(X, y, row, column)`, which returns the tuple `(once, twice, flip)` for the new
# row `row`, shape `(p,)`: the probabilities of class 1, as floats, for $m = 1$ and $m = 2$; and the
# smallest $m \ge 2$ for which the more probable class is not that of $m = 1$, or `None` if no $m$ up to 10
# does that. No probability is exactly 0.5.


# %% question="copies_to_flip" points=3
### BEGIN SOLUTION
def copies_to_flip(X, y, row, column):
    log_joint = []
    for label in (0, 1):
        rows = X[y == label]
        mean, variance = rows.mean(axis=0), rows.var(axis=0)
        log_density = -((row - mean) ** 2 / variance + np.log(variance)) / 2
        log_joint.append((np.log(len(rows)) + log_density.sum(), log_density[column]))
    log_odds, witness = np.subtract(log_joint[1], log_joint[0])
    chances = [float(1 / (1 + np.exp(-log_odds - more * witness))) for more in range(10)]
    flips = [m for m, chance in enumerate(chances, 1) if round(chance) != round(chances[0])]
    return chances[0], chances[1], flips[0] if flips else None


### END SOLUTION

# %% check="copies_to_flip"
from sklearn.naive_bayes import GaussianNB

_got = copies_to_flip(tests, is_ill, patients[0], 1)
assert len(_got) == 3, f"expected (once, twice, flip), got {_got}"


def _bayes(copies, row, column):
    _wide = [np.hstack([_t, np.tile(_t[:, [column]], copies - 1)]) for _t in (tests, row[None])]
    return GaussianNB(var_smoothing=0).fit(_wide[0], is_ill).predict_proba(_wide[1])[0, 1]


for _patient in patients:
    for _column in range(4):
        _once, _twice, _flip = copies_to_flip(tests, is_ill, _patient, _column)
        assert np.isclose(_once, _bayes(1, _patient, _column)), (
            "With every column once, you disagree with scikit-learn. Are the priors in, and the 1/σ of the "
            "normal density? Does each class have its own variances?"
        )
        assert np.isclose(_twice, _bayes(2, _patient, _column)), (
            "With the column twice, you disagree with scikit-learn. What does its log density add?"
        )
        if _flip is None:
            assert (_bayes(10, _patient, _column) > 0.5) == (_once > 0.5), (
                "You say None, but when the column is entered 10 times, the other class is more probable."
            )
        else:
            _sides = [_bayes(_m, _patient, _column) > 0.5 for _m in (_flip - 1, _flip)]
            assert 2 <= _flip <= 10, f"flip lies between 2 and 10, or is None; you say {_flip}."
            assert _sides[1] != (_once > 0.5), f"With m = {_flip}, the class has not changed yet."
            assert _sides[0] == (_once > 0.5), (
                f"With m = {_flip - 1}, the class has changed already."
            )

# %% probe="copies_to_flip" rtol=1e-6 atol=1e-9
[
    *[
        copies_to_flip(tests, is_ill, patient, column)
        for patient in patients
        for column in range(4)
    ],
    *[copies_to_flip(5 - tests[::2], 1 - is_ill[::2], 5 - patient, 2) for patient in patients],
    *[copies_to_flip(tests[20:, :2], is_ill[20:], patient[:2], 0) for patient in patients],
    copies_to_flip(tests[:, :1], is_ill, patients[0][:1], 0),
    [
        copies_to_flip(
            tests, is_ill, np.where(np.arange(4) == column, patients[0], patient), column
        )[2]
        for column in range(4)
        for patient in line
    ],
]

# %% [markdown]
# ## Question 5 · which boxes must be opened? (3 points)
#
# The rows of `X`, shape `(n, p)`, are cut into *leaves*, a list of arrays of row numbers. The *box* of a
# leaf reaches, in every column, from the smallest to the largest value of its rows. The distance from a
# query to a box is the Euclidean distance to its nearest point (of the box, not of `X`), and 0 inside.
#
# Write `leaf_search(X, leaves, query, k)`, which finds the $k$ nearest rows like this: take the leaves by
# the distance of their boxes, nearest first (equally far: in the order of the list). To open a leaf,
# compute the distances to all its rows. Before opening a leaf, stop if $k$ or more rows have been
# computed and the box is *at least* as far as the $k$-th nearest of them. Return the tuple
# `(rows, computed)`: a list of the $k$ nearest row numbers, nearest first, and how many distances to
# rows were computed. Every row is in exactly one leaf; $1 \le k \le n$; no two rows are equally far from `query`, whose
# shape is `(p,)`.


# %% question="leaf_search" points=3
### BEGIN SOLUTION
def leaf_search(X, leaves, query, k):
    boxes = []
    for rows in leaves:
        outside = np.maximum(X[rows].min(axis=0) - query, query - X[rows].max(axis=0))
        boxes.append(np.linalg.norm(np.maximum(outside, 0)))
    found = []
    for place in np.argsort(boxes, kind="stable"):
        if len(found) >= k and boxes[place] >= sorted(found)[k - 1][0]:
            break
        found += [(np.linalg.norm(X[row] - query), int(row)) for row in leaves[place]]
    return [row for _, row in sorted(found)[:k]], len(found)


### END SOLUTION

# %% check="leaf_search"
_X = np.array([[0.0, 2.0], [2.0, 1.0], [4.0, -1.0], [-9.0, -9.0]])
_leaves = [np.array([3]), np.array([1, 2]), np.array([0])]
_got = leaf_search(_X, _leaves, np.zeros(2), 1)
assert len(_got) == 2, f"expected (rows, computed), got {_got}"
assert list(_got[0]) == [0], (
    f"The nearest row to (0, 0) is row 0, at distance 2; you say {_got[0]}."
)
assert _got[1] <= 3, "The box of the leaf [3] is far away from (0, 0): it need not be opened."
_got = leaf_search(_X, [_leaves[2], _leaves[1], _leaves[0]], np.zeros(2), 1)
assert _got[1] == 1, (
    "Row 0 is at distance 2. The box of [1, 2] reaches from (2, -1) to (4, 1), so its nearest point is (2, 0), "
    f"at least as far: do not open it. One distance, not {_got[1]}."
)
_got = leaf_search(_X, [_leaves[1], _leaves[2], _leaves[0]], np.zeros(2), 1)
assert _got[1] == 3, (
    "With [1, 2] first in the list, and [0] equally far: [1, 2] is opened first, and its nearest row, at "
    f"distance √5, does not exclude [0]. Three distances, not {_got[1]}."
)
_got = leaf_search(_X, _leaves, np.array([3.0, 0.25]), 2)
assert _got[1] == 2, (
    "(3, 0.25) lies inside the box of [1, 2], at distance 0, and both rows are nearer than the other boxes: "
    f"for k = 2, two distances are enough, not {_got[1]}."
)
_corner = np.array([[0.0, 4.0], [3.0, 3.0], [5.0, 3.5]])
_got = leaf_search(_corner, [np.array([0]), np.array([1, 2])], np.zeros(2), 1)
assert _got[1] == 1, (
    "Row 0 is at distance 4. The nearest point of the box of [1, 2] is its corner (3, 3), at distance √18: "
    f"farther. One distance, not {_got[1]}."
)
for _query in queries:
    _true = np.argsort(np.linalg.norm(points - _query, axis=1))[:5].tolist()
    _rows, _computed = leaf_search(points, leaves, _query, 5)
    assert [int(_row) for _row in _rows] == _true, (
        "On your points the rows are not the five nearest, nearest first."
    )
    assert 5 <= _computed < 240, f"You computed {_computed} of 240 distances: nothing is skipped."

# %% probe="leaf_search" exact=true
cases = [(points, leaves, query, k) for query in queries for k in (1, 6, 40)]
cases += [(points, overlapping, query, 3) for query in queries]
cases += [(points[:, :1], leaves, query[:1], 2) for query in queries]
cases += [
    (np.hstack([points, np.roll(points, 7, axis=0)]), leaves, np.tile(queries[0], 2), k)
    for k in (1, 240)
]
corner = np.array([[0.0, 2.0], [2.0, 1.0], [4.0, -1.0], [-9.0, -9.0]])
cases += [
    (corner, [np.array(rows) for rows in order], np.zeros(2), k)
    for order in ([[0], [1, 2], [3]], [[1, 2], [0], [3]], [[3], [1], [2, 0]])
    for k in (1, 2, 4)
]
[
    [[int(row) for row in rows], int(computed)]
    for rows, computed in (leaf_search(*case) for case in cases)
]
