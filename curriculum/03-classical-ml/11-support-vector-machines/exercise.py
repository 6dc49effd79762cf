# ---
# title: "Exercise: support vector machines"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: support vector machines
#
# Five jobs around margins and kernels that the lesson did not do for you. No question needs the
# answer of another. Change `seed` to practise again on other data. Every function must work on any
# input that its question describes, and must not change its arguments. NumPy and scikit-learn are
# all you need.

# %% tags=["parameters"]
seed = 11  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

rng = np.random.default_rng(seed)

# question 1: points on a grid, labelled along a direction w
X_grid = rng.integers(-8, 9, size=(60, 2)) / 2
w_grid = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], size=2)
along = X_grid @ w_grid
middle = np.quantile(along, rng.uniform(0.35, 0.65)) + 0.25
X_grid, along = X_grid[np.abs(along - middle) > 1], along[np.abs(along - middle) > 1]
y_grid = np.where(along > middle, 1, -1)

# tumours: 1 is benign, -1 malignant
tumours, benign = load_breast_cancer(return_X_y=True)
order = rng.permutation(len(benign))
tumours, labels = tumours[order], np.where(benign[order] == 1, 1, -1)
columns = rng.permutation(30)

# question 2: four standardised columns, a cost for each row, and an order of the rows
X_cost = StandardScaler().fit_transform(tumours[:80][:, columns[:4]])
y_cost, cost = labels[:80], np.where(labels[:80] == -1, rng.uniform(2, 5), 1.0)
visits = rng.integers(80, size=150)

# question 3: two columns of numbers, then three of categories with the codes 0, 1 and 2
cuts = np.quantile(tumours, [0.33, 0.67], axis=0)
mixed = np.column_stack(
    [
        StandardScaler().fit_transform(tumours[:, columns[:2]]),
        *(np.searchsorted(cuts[:, column], tumours[:, column]) for column in columns[2:5]),
    ]
)

# question 4: five columns in their own units; rows to train on, to choose by, and to report on
X_raw = tumours[:, columns[5:10]]
train, valid, test = np.arange(70), np.arange(70, 140), np.arange(140, 300)

# question 5: a fitted model with a polynomial kernel of degree 2
X_poly = StandardScaler().fit_transform(tumours[:90][:, columns[:3]])
model = SVC(kernel="poly", degree=2, gamma=0.4, coef0=1.5, C=2).fit(X_poly, labels[:90])

# %% [markdown]
# ## Question 1 · the widest street along a direction (3 points)
#
# The direction of $w$ is given, its length and the intercept $b$ are not. Write `street(w, X, y)`,
# which finds the widest empty street between the classes whose edges are perpendicular to `w`.
# Return the tuple `(w_scaled, b, width, rows)`:
#
# - `w_scaled`, shape `(d,)`, is `w` times a *positive* number, and `b` a float. With
#   $f(x) = w_\text{scaled} \cdot x + b$, every row has $y f(x) \ge 1$, and the nearest rows of
#   *both* classes have $y f(x) = 1$.
# - `width` is the width of the street, a float, in the units of `X`.
# - `rows` is the sorted list of the numbers of all rows on its two edges. Count a row as being on
#   an edge if $|y f(x) - 1| < 10^{-9}$.
#
# Class $+1$ must lie on the side to which `w` points. If no `b` puts every row on the right side
# and off the boundary, return `None`. `X` has shape `(n, d)`, `y` holds $-1$ and $+1$, both of them
# at least once; `w` has any length above 0.


# %% question="street" points=3
### BEGIN SOLUTION
def street(w, X, y):
    along = X @ w
    low, high = along[y == -1].max(), along[y == 1].min()
    if low >= high:
        return None
    w_scaled, b = 2 * w / (high - low), -(high + low) / (high - low)
    rows = np.flatnonzero(np.abs(y * (X @ w_scaled + b) - 1) < 1e-9)
    return w_scaled, float(b), float(2 / np.linalg.norm(w_scaled)), rows.tolist()


### END SOLUTION

# %% check="street"
_street = street(w_grid, X_grid, y_grid)
assert _street is not None, "This direction separates the classes, but you return None."
assert len(_street) == 4, f"expected (w_scaled, b, width, rows), got {_street}"
_w, _b, _width, _rows = _street
_f = y_grid * (X_grid @ _w + _b)
assert np.all(_f > 0), "Some rows are on the wrong side of your boundary."
assert np.isclose(_f.min(), 1), f"The smallest y f(x) should be 1, not {_f.min():.7g}."
assert np.isclose(_f[y_grid == 1].min(), _f[y_grid == -1].min()), (
    "The nearest rows of both classes should be equally far from the boundary."
)
assert set(_rows) == set(np.flatnonzero(np.abs(_f - 1) < 1e-9)), (
    "rows should name every row with y f(x) = 1, and no other."
)
assert list(_rows) == sorted(set(_rows)), "rows should be sorted, without repetitions."
_right, _left = (X_grid[y_grid == _k] @ w_grid / np.linalg.norm(w_grid) for _k in (1, -1))
assert np.isclose(_width, np.min(_right[:, None] - _left)), (
    "The width should be the smallest distance between the classes, measured along the direction of w."
)
assert np.allclose(street(5 * w_grid, X_grid, y_grid)[0], _w), (
    "The length of w should not matter: only its direction is given."
)
assert street(-w_grid, X_grid, y_grid) is None, (
    "w points away from class +1: with a positive factor no b can separate the classes."
)
assert street(np.ones(1), np.array([[1.0], [1.0]]), np.array([1, -1])) is None, (
    "Both classes at the same place: no b keeps them off the boundary."
)

# %% probe="street" rtol=1e-6
before = [w_grid.copy(), X_grid.copy(), y_grid.copy()]
turned = np.array([-w_grid[1], w_grid[0]]) + 0.05 * w_grid
third = np.where(np.arange(len(y_grid)) % 3 == 0, 1.0, 0.5)
answers = [
    street(w_grid, X_grid, y_grid),
    street(w_grid / 7, X_grid + [3, 1], y_grid),
    street(w_grid, X_grid[::-1] * 1.5, y_grid[::-1]),
    street(-2 * w_grid, X_grid, -y_grid),
    street(
        np.append(w_grid, 0.5),
        np.column_stack([X_grid, y_grid * third]),
        y_grid,
    ),
    street(
        np.array([4.0]), np.array([[0.0], [0.0], [3.0], [1.0], [1.0]]), np.array([-1, -1, 1, 1, 1])
    ),
    street(np.array([1.0, 0.0]), np.array([[2.0, 5.0], [-4.0, 1.0]]), np.array([1, -1])),
    street(-w_grid, X_grid, y_grid),
    street(turned, X_grid, y_grid),
    street(np.array([2.0]), np.array([[0.0], [1.0], [1.0], [3.0]]), np.array([-1, -1, 1, 1])),
]
[
    *(
        None
        if answer is None
        else [np.asarray(answer[0]), *map(float, answer[1:3]), list(map(int, answer[3]))]
        for answer in answers
    ),
    all(map(np.array_equal, before, [w_grid, X_grid, y_grid])),
]

# %% [markdown]
# ## Question 2 · one row at a time, with costs (3 points)
#
# A missed malignant tumour costs more than a false alarm, so each row gets a cost $c_i > 0$. Write
# `descend(X, y, cost, lam, visits)`, which trains a linear SVM *without intercept*. Start with
# $w = 0$. Step $t = 1, 2, \dots$ looks at one row alone, $i =$ `visits[t - 1]`, and moves $w$
# against a subgradient of
#
# $$ \frac{\lambda}{2} \lVert w \rVert^2 + c_i \max(0,\, 1 - y_i \, w \cdot x_i) $$
#
# with the learning rate $1 / (\lambda t)$. Where $y_i \, w \cdot x_i$ is exactly 1, take the slope
# 0 for the hinge. Return the tuple `(average, hits)`: the mean of the weights after each of the
# steps (the start is not counted), shape `(d,)`, and the number of steps, an integer, whose row had
# a hinge loss above 0 *before* the step. `visits` is a list or an array of one or more row
# numbers, with repetitions; `lam` is $\lambda > 0$.


# %% question="descend" points=3
### BEGIN SOLUTION
def descend(X, y, cost, lam, visits):
    w, total, hits = np.zeros(X.shape[1]), np.zeros(X.shape[1]), 0
    for t, i in enumerate(visits, start=1):
        slope = lam * w
        if y[i] * (X[i] @ w) < 1:
            slope = slope - cost[i] * y[i] * X[i]
            hits += 1
        w = w - slope / (lam * t)
        total = total + w
    return total / len(visits), hits


### END SOLUTION

# %% check="descend"
_x, _y = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([1, -1])
_average, _hits = descend(_x, _y, np.array([1.0, 1.0]), 1.0, [0])
assert np.shape(_average) == (2,), f"expected shape (2,), got {np.shape(_average)}"
assert np.allclose([*_average, _hits], [2, 0, 1]), (
    "One step from w = 0 with lambda 1: the row has margin 0, so w becomes y x = (2, 0), with one hit; "
    f"you say {_average}, {_hits}."
)
_average, _hits = descend(_x, _y, np.array([1.0, 1.0]), 1.0, [0, 0])
assert np.allclose([*_average, _hits], [1.5, 0, 1]), (
    "Visit the same row again: its margin is now 4, so only the penalty acts, and at step 2 it halves "
    f"w. The weights after the two steps are (2, 0) and (1, 0); your average is {_average}, hits {_hits}."
)
_average, _hits = descend(_x, _y, np.array([1.0, 3.0]), 1.0, [1])
assert np.allclose(_average, [0, -3]), "A row with cost 3 should pull three times as hard."
_average, _hits = descend(_x, _y, np.array([1.0, 1.0]), 4.0, [0, 0])
assert np.allclose([*_average, _hits], [0.375, 0, 1]), (
    "With lambda 4 the first step ends at a margin of exactly 1, where the hinge has loss 0 and "
    "slope 0: no second hit, and only the penalty acts at step 2."
)
_average, _ = descend(X_cost, y_cost, cost, 0.1, np.tile(np.arange(80), 20))
_start = np.mean(cost)
_end = 0.05 * _average @ _average + np.mean(cost * np.maximum(0, 1 - y_cost * (X_cost @ _average)))
assert _end < _start, (
    f"1,600 steps should lower the mean objective, from {_start:.2f} to {_end:.2f}?"
)

# %% probe="descend" rtol=1e-6
before = [X_cost.copy(), y_cost.copy(), cost.copy(), visits.copy()]
answers = [
    descend(X_cost, y_cost, cost, 0.1, visits),
    descend(X_cost, y_cost, np.ones(80), 0.02, visits[:60]),
    descend(X_cost, -y_cost, cost[::-1], 0.5, visits[:90]),
    descend(X_cost[:, :2], y_cost, cost / 9, 3.0, visits[50:90]),
    descend(X_cost, y_cost, cost, 0.3, visits[:1]),
    descend(np.array([[2.0], [1.0]]), np.array([1, -1]), np.ones(2), 4.0, np.array([0, 0, 1, 0])),
    descend(np.array([[1.0], [3.0]]), np.array([-1, -1]), np.full(2, 2.0), 2.0, [0, 0, 1, 1, 0]),
]
[
    *([np.asarray(average), int(hits)] for average, hits in answers),
    all(map(np.array_equal, before, [X_cost, y_cost, cost, visits])),
]

# %% [markdown]
# ## Question 3 · a kernel for numbers and categories (3 points)
#
# The first `n_numbers` columns of `A` and `B` are numbers, already on one scale, the others codes
# of categories; there is at least one column of each kind. Two rows $a$ and $b$ are compared by
#
# $$ k(a, b) = s \, e^{-\gamma \lVert a - b \rVert^2} + (1 - s) \, q, $$
#
# where the norm is taken over the numbers alone, and $q$ is the *share* of the category columns in
# which both rows have the same code. $\gamma > 0$ and $0 \le s \le 1$.
#
# 1. Write `mixed_kernel(A, B, n_numbers, gamma, s)`, which returns the array of all $k(a, b)$, of
#    shape `(len(A), len(B))`.
# 2. Write `scores(X, y, X_new, n_numbers, gamma, s, C)`, which trains
#    `SVC(kernel="precomputed", C=C, tol=1e-8)` on the rows of `X` with this kernel, and returns the
#    values of its decision function for the rows of `X_new`, shape `(len(X_new),)`. `y` holds $-1$
#    and $+1$.


# %% question="mixed_kernel" points=3
### BEGIN SOLUTION
def mixed_kernel(A, B, n_numbers, gamma, s):
    gaps = A[:, None, :] - B[None, :, :]
    near = np.exp(-gamma * np.sum(gaps[..., :n_numbers] ** 2, axis=2))
    same = np.mean(gaps[..., n_numbers:] == 0, axis=2)
    return s * near + (1 - s) * same


def scores(X, y, X_new, n_numbers, gamma, s, C):
    svm = SVC(kernel="precomputed", C=C, tol=1e-8)
    svm.fit(mixed_kernel(X, X, n_numbers, gamma, s), y)
    return svm.decision_function(mixed_kernel(X_new, X, n_numbers, gamma, s))


### END SOLUTION

# %% check="mixed_kernel"
_a, _b = np.array([[0.0, 0.0, 2.0], [2.0, 0.0, 2.0]]), np.array([[0.0, 1.0, 2.0]])
_k = np.asarray(mixed_kernel(_a, _b, 1, np.log(2), 0.25))
assert _k.shape == (2, 1), f"2 rows against 1 row: expected shape (2, 1), got {_k.shape}"
assert np.isclose(_k[0, 0], 0.625), (
    "One number, equal, and one of two categories agrees: with s = 0.25, 0.25 * 1 + 0.75 * 0.5 = 0.625; "
    f"you say {_k[0, 0]:.3f}."
)
assert np.isclose(_k[1, 0], 0.390625), (
    "Numbers at distance 2 with gamma = ln 2 give 1/16: 0.25 / 16 + 0.75 * 0.5 = 0.390625; "
    f"you say {_k[1, 0]:.6f}."
)
_k = np.asarray(mixed_kernel(mixed[:50], mixed[:50], 2, 0.5, 0.6))
assert np.allclose(_k, _k.T), "Rows against themselves should give a symmetric matrix."
assert np.allclose(np.diag(_k), 1), "A row against itself should give 1."
assert np.linalg.eigvalsh(_k).min() > -1e-9, "A kernel matrix has no negative eigenvalues."
_f = np.asarray(scores(mixed[:80], labels[:80], mixed[80:200], 2, 0.5, 0.6, 1.0))
assert _f.shape == (120,), f"120 new rows: expected 120 scores, got shape {_f.shape}"
assert not np.all(np.isin(_f, [-1, 1])), (
    "Labels alone? The values of the decision function are asked."
)
assert np.mean(np.sign(_f) == labels[80:200]) > 0.6, (
    "Fewer than 60 % right. Does each new row stand in a row of the matrix, with all training rows, in "
    "their order, across?"
)
_one = scores(mixed[:80], labels[:80], mixed[80:81], 2, 0.5, 0.6, 1.0)
assert np.isclose(_one[0], _f[0], atol=1e-6), (
    "A row's score should not depend on which other rows are scored with it."
)
_shifted = mixed + [100, 100, 7, 7, 7]
_moved = scores(_shifted[:80], labels[:80], _shifted[80:200], 2, 0.5, 0.6, 1.0)
assert np.allclose(_moved, _f, atol=1e-4), (
    "Only differences of numbers, and whether codes are equal, should matter."
)
_some = np.concatenate([np.flatnonzero(labels == 1)[:40], np.flatnonzero(labels == -1)[:20]])
_tiny = scores(mixed[_some], labels[_some], mixed[:50], 2, 0.5, 0.6, 0.001)
assert np.ptp(_tiny) < 0.1, (
    "With C = 0.001 no row gets a weight above 0.001, so the scores of all rows should be close "
    "together. Is C passed on?"
)
assert np.all(_tiny > 0.5), (
    "When the kernels have next to no weight, the intercept should decide, for the larger class. Is it "
    "in your scores?"
)

# %% probe="mixed_kernel" rtol=1e-4
before = [mixed.copy(), labels.copy()]
[
    mixed_kernel(mixed[:12], mixed[20:29], 2, 0.7, 0.4),
    mixed_kernel(mixed[:5], mixed[7:15], 1, 2.5, 0.15),
    mixed_kernel(mixed[30:36], mixed[30:36], 4, 0.05, 0.8),
    mixed_kernel(mixed[:4], mixed[8:10], 2, 0.6, 0.0),
    scores(mixed[:70], labels[:70], mixed[100:150], 2, 0.8, 0.5, 1.0),
    scores(mixed[50:110], labels[50:110], mixed[200:230], 1, 3.0, 0.9, 0.3),
    scores(mixed[:60], -labels[:60], mixed[300:311], 3, 0.4, 0.7, 5.0),
    all(map(np.array_equal, before, [mixed, labels])),
]

# %% [markdown]
# ## Question 4 · choose the reach honestly (3 points)
#
# Let the *half-reach* of an RBF kernel be the distance at which it has fallen to one half. Write
# `choose(X, y, train, valid, test, Cs, reaches)`. `train`, `valid` and `test` are arrays of row
# numbers, `Cs` and `reaches` lists of positive numbers; a reach is a half-reach among
# *standardised* rows.
#
# 1. For every pair of `C` and reach, fit `SVC(C=C, gamma=..., tol=1e-6)` on the training rows, with
#    each column standardised by the mean and standard deviation (`np.std`, or `StandardScaler`)
#    that it has in the rows which the model is fitted on. Count the errors among the validation
#    rows.
# 2. Take the pair with the fewest errors; among equals the longest reach, and among these the
#    smallest `C`.
# 3. Fit once more with this pair, as in step 1, on the training and validation rows together, in
#    this order.
#
# Return the tuple `(C, reach, loss)` of floats, where `loss` is the mean *hinge loss* of the last
# model on the test rows. `X` has shape `(n, d)`, in any units, and no constant columns; `y` holds
# $-1$ and $+1$. Both lists are without repetitions, in any order.


# %% question="choose" points=3
### BEGIN SOLUTION
def choose(X, y, train, valid, test, Cs, reaches):
    def margins(rows, new, C, reach):
        centre, spread = X[rows].mean(axis=0), X[rows].std(axis=0)
        svm = SVC(C=C, gamma=np.log(2) / reach**2, tol=1e-6)
        svm.fit((X[rows] - centre) / spread, y[rows])
        return y[new] * svm.decision_function((X[new] - centre) / spread)

    tried = []
    for C in Cs:
        for reach in reaches:
            wrong = np.sum(margins(train, valid, C, reach) < 0)
            tried.append((wrong, -reach, C))
    _, negative, C = min(tried)
    reach = -negative
    final = margins(np.concatenate([train, valid]), test, C, reach)
    return float(C), float(reach), float(np.mean(np.maximum(0, 1 - final)))


### END SOLUTION

# %% check="choose"
_choice = choose(X_raw, labels, train, valid, test, [0.1, 10.0], [1.0, 5.0])
assert len(_choice) == 3, f"expected (C, reach, loss), got {_choice}"
assert _choice[0] in (0.1, 10.0), f"C should be one of those given, not {_choice[0]}."
assert _choice[1] in (1.0, 5.0), f"The reach should be one of those given, not {_choice[1]}."
assert 0 < _choice[2] < 1, f"A hinge loss of {_choice[2]:.2f} is worse than answering 0 everywhere."
_units = X_raw * [1e3, 1, 1e-3, 10, 1] + [5, 0, 1, 0, -9]
assert np.allclose(choose(_units, labels, train, valid, test, [0.1, 10.0], [1.0, 5.0]), _choice), (
    "Other units of the columns should change nothing. What is standardised, and by which rows?"
)
_lied = labels.copy()
_lied[test] *= -1
assert choose(X_raw, _lied, train, valid, test, [0.1, 10.0], [1.0, 5.0])[:2] == _choice[:2], (
    "Other labels of the test rows should not change the choice."
)
_unused = X_raw.copy()
_unused[300:] *= 50
assert np.allclose(choose(_unused, labels, train, valid, test, [0.1, 10.0], [1.0, 5.0]), _choice), (
    "Rows outside train, valid and test should not matter: the model is not fitted on them."
)
_again = [choose(X_raw, labels, train, _rows, test, [1.0], [2.0])[2] for _rows in (valid, train)]
assert not np.isclose(*_again), "The last model should learn from the validation rows, too."
_swapped = choose(X_raw, labels, valid, train, test, [1.0], [2.0])[2]
assert np.isclose(_swapped, _again[0], rtol=0, atol=1e-5), (
    "With a single pair to choose, train and valid may change places without changing the last model. "
    "By which rows is it standardised?"
)
_row = np.append(np.arange(24) // 2 + np.tile([0, 0.1], 12), 1e5)[:, None]
_block = np.append(np.repeat([1, -1, 1, -1], 6), 1)
_split = np.arange(0, 24, 2), np.append(np.arange(1, 24, 2), 24), np.arange(24)
assert choose(_row, _block, *_split, [10.0], [0.3, 3.0])[1] == 0.3, (
    "Four blocks of rows on a line need a short reach. One validation row lies far off: does it change "
    "how you standardise while you still choose?"
)
_line = np.array([[-3.0], [-2.0], [-1.0], [1.0], [2.0], [3.0], [2.5], [2.4], [2.6]])
_side = np.array([-1, -1, -1, 1, 1, 1, -1, 1, 1])
_odd = choose(_line, _side, np.arange(7), np.array([7, 8]), np.arange(9), [10.0], [0.1, 3.0])
assert _odd[1] == 3.0, (
    "One training row here has the wrong label. A short reach fits it, and then fails on its neighbours "
    "in the validation rows: by which rows do you choose?"
)
_pair = np.array([[5.0], [15.0], [25.0]])
_loss = choose(
    _pair, np.array([-1, 1, 1]), np.arange(2), np.arange(2), np.array([2]), [50.0], [2.0]
)[2]
assert np.isclose(_loss, 0.125, atol=1e-3), (
    "Trained on two rows, at -1 and 1 once standardised, with half-reach 2: a row at 3 has the score "
    f"(1/2 - 1/16) / (1 - 1/2) = 0.875, so its hinge loss should be 0.125, not {_loss:.3f}."
)
assert choose(X_raw, labels, train, valid, test, [10.0, 0.1], [5.0, 1.0]) == _choice, (
    "The order of the lists should not matter: mind the ties."
)
_far, _near = np.arange(9)[:, None] * 2.0, np.array([-1] * 4 + [1] * 5)
_flat = choose(_far, _near, np.arange(9), np.arange(9), np.arange(9), [50.0, 90.0], [1.0, 2.0])
assert _flat[:2] == (50.0, 2.0), (
    "All four pairs make no error here, so the longest reach and then the smallest C should win."
)

# %% probe="choose" rtol=1e-4
before = [X_raw.copy(), labels.copy(), train.copy()]
Cs, reaches = [0.3, 30.0, 3.0, 0.1, 1.0, 10.0], [0.4, 1.5, 6.0, 0.8, 3.0, 2.0]
[
    list(map(float, choose(X_raw, labels, train, valid, test, Cs, reaches))),
    list(map(float, choose(X_raw, labels, valid, train, test, Cs[::-1], reaches[::2]))),
    list(map(float, choose(X_raw, -labels, test[:90], train, valid, [100.0, 0.1, 2.0], [3.0]))),
    list(map(float, choose(X_raw[:, :3], labels, train, test, valid, [5.0, 0.05], [0.2, 1.0]))),
    list(map(float, choose(X_raw[:, 1:], labels, test, valid, train, [0.02, 0.01], [0.8, 4.0]))),
    list(map(float, choose(X_raw, labels, train, train, valid, [1e4, 1e5], [0.1, 0.05, 0.2]))),
    all(map(np.array_equal, before, [X_raw, labels, train])),
]

# %% [markdown]
# ## Question 5 · a prediction without support vectors (3 points)
#
# With the kernel $(\gamma \, x \cdot z + c_0)^2$, the decision function is a polynomial of degree 2
# in the columns of $x$:
#
# $$ f(x) = \sum_i a_i \, (\gamma \, x_i \cdot x + c_0)^2 + b = x^\top A \, x + v \cdot x + c . $$
#
# Write `collapse(support, dual, b, gamma, coef0)`, which returns the tuple `(A, v, c, saved)`: the
# *symmetric* matrix $A$, shape `(d, d)`, the vector $v$, shape `(d,)`, and the float $c$. `support`
# has shape `(n, d)`, one support vector per row; `dual`, shape `(n,)`, holds the $a_i$; `coef0` is
# $c_0$.
#
# `saved` is an integer: by how many numbers $A$, $v$ and $c$ are fewer than `support`, `dual` and
# `b` together. Of the symmetric $A$, each pair of entries that are equal by symmetry counts once.
# It is negative if they are more.


# %% question="collapse" points=3
### BEGIN SOLUTION
def collapse(support, dual, b, gamma, coef0):
    n, d = support.shape
    A = gamma**2 * (support.T * dual) @ support
    v = 2 * gamma * coef0 * (dual @ support)
    c = coef0**2 * np.sum(dual) + b
    return A, v, float(c), n * (d + 1) - d * (d + 1) // 2 - d


### END SOLUTION

# %% check="collapse"
_A, _v, _c, _saved = collapse(
    model.support_vectors_, model.dual_coef_[0], model.intercept_[0], 0.4, 1.5
)
assert np.shape(_A) == (3, 3), f"A: expected shape (3, 3), got {np.shape(_A)}"
assert np.shape(_v) == (3,), f"v: expected shape (3,), got {np.shape(_v)}"
assert np.allclose(_A, np.transpose(_A)), "A should be symmetric."
assert np.isclose(_c, model.decision_function(np.zeros((1, 3)))[0]), (
    "At x = 0 only c is left. What does the kernel say there?"
)
_f = np.sum((X_poly @ _A) * X_poly, axis=1) + X_poly @ _v + _c
assert np.allclose(_f, model.decision_function(X_poly)), (
    "Your polynomial should give the values of decision_function. Multiply the square out: which part "
    "has x twice, which once, which not at all?"
)
_toy = collapse(np.ones((10, 2)), np.ones(10), 5.0, 1.0, 2.0)
assert np.isclose(_toy[2], 45), f"Ten times (0 + 2)^2 at x = 0, and b = 5, make 45, not {_toy[2]}."
assert _toy[3] == 25, (
    "10 support vectors with 2 columns: 20 + 10 + 1 numbers, against 3 of A, 2 of v and c."
)
assert collapse(np.ones((1, 4)), np.ones(1), 0.0, 1.0, 1.0)[3] == -9, (
    "One support vector with 4 columns: 6 numbers, against 15 of A, v and c. More are a negative saving."
)

# %% probe="collapse" rtol=1e-6
before = [X_poly.copy(), X_cost.copy()]
answers = [
    collapse(model.support_vectors_, model.dual_coef_[0], model.intercept_[0], 0.4, 1.5),
    collapse(X_poly[:7], np.linspace(-1, 2, 7), 0.3, 1.7, -0.6),
    collapse(X_cost[:4], np.array([2.0, -1.5, 0.5, -1.0]), -2.0, 0.25, 3.0),
    collapse(X_raw[:2] / 10, np.array([0.7, -0.7]), 1.0, 0.9, 0.2),
    collapse(X_poly[:9, :1], np.arange(9.0), 4.0, 2.0, 1.0),
]
[
    *([np.asarray(A), np.asarray(v), float(c), int(saved)] for A, v, c, saved in answers),
    all(map(np.array_equal, before, [X_poly, X_cost])),
]
