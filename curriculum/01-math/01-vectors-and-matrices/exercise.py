# ---
# title: "Exercise: vectors and matrices"
# minutes: 50
# ---

# %% [markdown]
# # Exercise: vectors and matrices
#
# Six questions on wines, patients and a black box. Your rows and numbers are drawn for you:
# change `seed` to practise again on others. Every function must work on any input of the shapes
# that its question names, not only on the data below. NumPy is all you need.

# %% tags=["parameters"]
seed = 11  # which wines, patients and numbers you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes, load_wine

rng = np.random.default_rng(seed)

# questions 1 and 3: a sample of the wines, 13 measurements each
wine = load_wine()
wine_rows = rng.permutation(len(wine.data))
wines, query = wine.data[wine_rows[:100]], wine.data[wine_rows[100]]

# question 2: a black box from 3 numbers to 4
box_matrix = rng.integers(-5, 6, size=(4, 3)) + rng.uniform(0.1, 0.9, size=(4, 3))
box_offset = rng.uniform(1, 4, size=4)


def black_box(v):
    return box_matrix @ v + box_offset


# question 3: columns of which some are redundant
names = ["proline", "magnesium", "hue", "ash"]
measured = wines[:, [wine.feature_names.index(name) for name in names]]
mix = rng.uniform(0.5, 2.0, size=3)
table = np.column_stack([measured, measured[:, :3] @ mix, 12 * measured[:, 1], np.full(100, 5.0)])
table = table[:, rng.permutation(table.shape[1])]

# question 4: a system whose right-hand side has been measured inexactly
A = rng.uniform(-1, 1, size=(4, 4)) + 3 * np.eye(4)
A[3] = A[2] + 0.01 * rng.uniform(1, 2, size=4) * np.array([1, -1, 1, -1])
b = A @ rng.uniform(1, 2, size=4)
error = 0.01 * rng.normal(size=4)

# questions 5 and 6: a sample of the patients
patients = load_diabetes(scaled=False)
patient_rows = rng.permutation(len(patients.target))[:150]
people, y = patients.data[patient_rows], patients.target[patient_rows]
bmi, pressure, sugar = (people[:, patients.feature_names.index(n)] for n in ("bmi", "bp", "s6"))
X = np.column_stack([np.ones(150), bmi, pressure])
importance = rng.integers(0, 4, size=150).astype(float)
importance[:2] = [0, 3]

# %% [markdown]
# ## Question 1 · distances without units (2 points)
#
# Write `distances(X, query, order)`. `X` has shape `(n, k)`, `query` has shape `(k,)`, and
# `order` is `1`, `2` or `np.inf`. Measure every column in units of that column's standard
# deviation over the rows of `X` (`ddof=0`, NumPy's default; no column is constant). Return an
# array of shape `(n,)`: for each row of `X`, the L1, L2 or max norm of its difference from
# `query` in those units.


# %% question="distances" points=2
### BEGIN SOLUTION
def distances(X, query, order):
    return np.linalg.norm((X - query) / X.std(axis=0), ord=order, axis=1)


### END SOLUTION

# %% check="distances"
_got = np.asarray(distances(wines, query, 2))
assert _got.shape == (100,), f"expected one distance per row, shape (100,), got {_got.shape}"
_units = np.linspace(0.01, 100, 13)
assert np.allclose(distances(wines * _units, query * _units, 2), _got), (
    "Writing every column and the query in other units changed your distances. Does each "
    "column get its own standard deviation (axis=0), and the query the same ones?"
)
assert np.isclose(distances(wines, wines[0], 1)[0], 0), "A row has distance 0 from itself."
_twin = np.array([[0.0, 0.0], [2.0, 2.0]])  # both columns have standard deviation 1
for _order, _expected in [(1, 3.0), (2, np.sqrt(5)), (np.inf, 2.0)]:
    assert np.isclose(distances(_twin, np.array([1.0, 2.0]), _order)[0], _expected), (
        f"For order {_order}, a row that differs by 1 and 2 standard deviations "
        f"should be {_expected:.3f} away. Which norm did you take, over which axis? "
        "And does the standard deviation use the rows of X alone, with ddof=0?"
    )

# %% probe="distances" rtol=1e-6
[distances(wines, query, order) for order in (1, 2, np.inf)] + [
    distances(wines[:7, 3:6], wines[50, 3:6], order) for order in (1, 2, np.inf)
]

# %% [markdown]
# ## Question 2 · open the black box (2 points)
#
# A dense layer without activation computes $f(v) = A v + c$. You may call the function but not
# look inside. Write `open_box(function, n_inputs)`, which returns the tuple `(A, c)`: `A` of shape
# `(n_outputs, n_inputs)` and `c` of shape `(n_outputs,)`. `function` takes one array of shape
# `(n_inputs,)` and returns one of shape `(n_outputs,)`; the number of outputs may be any.


# %% question="open_box" points=2
### BEGIN SOLUTION
def open_box(function, n_inputs):
    c = function(np.zeros(n_inputs))
    A = np.column_stack([function(unit) - c for unit in np.eye(n_inputs)])
    return A, c


### END SOLUTION

# %% check="open_box"
_A, _c = open_box(black_box, 3)
assert np.shape(_A) == (4, 3), f"A should have shape (4, 3), outputs by inputs; got {np.shape(_A)}"
assert np.shape(_c) == (4,), f"c should have shape (4,), got {np.shape(_c)}"
assert np.allclose(_c, black_box(np.zeros(3))), "A takes zero to zero, so what does f(0) tell you?"
_v = np.array([2.0, -1.0, 0.5])
assert np.allclose(_A @ _v + _c, black_box(_v)), (
    "A @ v + c is not what the box returns for v. The columns of A are the images of the unit "
    "vectors. What else is in f of a unit vector?"
)
assert np.shape(open_box(lambda v: 2 * v[:2] + 1, 5)[0]) == (2, 5), (
    "A box with 5 inputs and 2 outputs should give a matrix of shape (2, 5)."
)

# %% probe="open_box" rtol=1e-6 atol=1e-9
[
    open_box(black_box, 3),
    open_box(lambda v: black_box(black_box(v)[1:]), 3),
    open_box(lambda v: black_box(v[::-1])[:2] - v[:2], 3),
    open_box(lambda v: black_box(np.array([v[1], v[0], v[4]])), 5),
]

# %% [markdown]
# ## Question 3 · redundant columns (3 points)
#
# Go through the columns of a table from left to right. Keep a column unless it is a linear
# combination of the columns kept so far; a column of zeros is never kept. Write
# `columns_to_keep(X)`, which returns the positions of the kept columns as an ascending list of
# integers. `X` has shape `(n, k)` and may have more columns than rows. You may count on this:
# every column is either an exact combination (up to rounding) or clearly not one.


# %% question="columns_to_keep" points=3
### BEGIN SOLUTION
def columns_to_keep(X):
    kept = []
    for column in range(X.shape[1]):
        if np.linalg.matrix_rank(X[:, kept + [column]]) > len(kept):
            kept.append(column)
    return kept


### END SOLUTION

# %% check="columns_to_keep"
_kept = list(columns_to_keep(table))
assert _kept == sorted(set(_kept)), "The positions should be ascending, each at most once."
_rank = np.linalg.matrix_rank(table)
assert np.linalg.matrix_rank(table[:, _kept]) == _rank, (
    "The columns you keep reach less than the whole table does: you dropped one too many."
)
assert len(_kept) == _rank, (
    f"You keep {len(_kept)} columns of a table with rank {_rank}. A column can be a combination "
    "of several others without being a multiple of any single one."
)
_small = np.array([[0.0, 1, 2, 0], [0, 1, 2, 1], [0, 1, 2, 2]])
assert list(columns_to_keep(_small)) == [1, 3], (
    "In [[0, 1, 2, 0], [0, 1, 2, 1], [0, 1, 2, 2]] columns 1 and 3 are to be kept: column 0 is "
    "zero and column 2 is twice column 1. Which of two parallel columns comes first?"
)

# %% probe="columns_to_keep" exact=true
one_hot = np.eye(3)[np.arange(100) % 3]
shuffled = np.random.default_rng(seed + 1).permutation(8)
several = np.column_stack([np.ones(100), one_hot, measured[:, 2:], np.zeros(100), measured[:, 3]])
[
    [int(column) for column in columns_to_keep(each)]
    for each in (table, table[:, ::-1], several[:, shuffled], several, several[:4], table[:, :4])
]

# %% [markdown]
# ## Question 4 · how much does an error grow? (2 points)
#
# We solve $A x = b$, but what was measured is not $b$ but $b + e$. Write `growth(A, b, error)`
# for an invertible `A` of shape `(n, n)` and nonzero `b` and `error` of shape `(n,)`. It returns,
# as a float, the relative error of the solution divided by the relative error of the right-hand
# side, both in the L2 norm:
#
# $$
# \frac{\lVert x' - x \rVert / \lVert x \rVert}{\lVert e \rVert / \lVert b \rVert},
# \qquad A x = b, \quad A x' = b + e .
# $$


# %% question="growth" points=2
### BEGIN SOLUTION
def growth(A, b, error):
    x = np.linalg.solve(A, b)
    change = np.linalg.solve(A, error)  # A is linear: the change needs no second solution
    relative_change = np.linalg.norm(change) / np.linalg.norm(x)
    return relative_change / (np.linalg.norm(error) / np.linalg.norm(b))


### END SOLUTION

# %% check="growth"
_got = growth(A, b, error)
assert np.ndim(_got) == 0, f"expected one number, got shape {np.shape(_got)}"
assert np.isclose(growth(3 * np.eye(4), b, error), 1), (
    "For a multiple of the identity both sides are equally large: the growth should be 1. Which "
    "x and which b do you divide by, the exact or the disturbed?"
)
assert _got <= 1.000001 * np.linalg.cond(A), (
    "No error can grow by more than the condition number. Are both sides relative?"
)
assert np.isclose(growth(A, b, 10 * error), _got, rtol=1e-4), (
    "An error ten times as large makes a change ten times as large, so their ratio stays."
)
_diagonal, _b, _e = np.diag([1.0, 10.0]), np.array([3.0, 40.0]), np.array([4.0, -30.0])
assert np.isclose(growth(_diagonal, _b, _e), np.linalg.norm(_b) / np.linalg.norm(_e)), (
    "For A = diag(1, 10), b = (3, 40) and e = (4, -30) the solution and its change both have L2 "
    "length 5, so only b and e are left to compare. Is each size an L2 norm, and each error "
    "divided by the size of what it disturbs?"
)

# %% probe="growth" rtol=1e-5
np.array(
    [
        growth(A, b, error),
        growth(A, b, A @ np.ones(4)),
        growth(A.T, error, b),
        growth(A[:3, :3], b[:3], error[:3]),
    ]
)

# %% [markdown]
# ## Question 5 · least squares when some rows count more (3 points)
#
# Row $i$ of your study stands for $s_i$ patients ($s_i = 0$: ignore the row). Write
# `weighted_fit(X, y, importance)`, which returns the weights $w$ of shape `(k,)` that minimise
#
# $$
# \sum_i s_i \, \bigl(y_i - (X w)_i\bigr)^2 .
# $$
#
# `X` has shape `(n, k)` (add no column to it), `y` and `importance` have shape `(n,)`, and no
# importance is negative. If several $w$ do equally well, return the one with the smallest L2
# norm.


# %% question="weighted_fit" points=3
### BEGIN SOLUTION
def weighted_fit(X, y, importance):
    root = np.sqrt(importance)
    return np.linalg.lstsq(root[:, None] * X, root * y)[0]


### END SOLUTION

# %% check="weighted_fit"
_w = np.asarray(weighted_fit(X, y, importance))
assert _w.shape == (3,), f"expected one weight per column, shape (3,), got {_w.shape}"
_copies = np.repeat(np.arange(150), importance.astype(int))
_expected = np.linalg.lstsq(X[_copies], y[_copies])[0]
assert np.allclose(_w, _expected, rtol=1e-6), (
    "A row of importance 3 should act like three equal rows. If you scale both sides by some "
    "factor, remember that least squares will square it."
)
assert np.allclose(weighted_fit(X, y, importance / 7), _w), (
    "Making every row a seventh as important should change nothing, fractions included."
)
_double = np.column_stack([X, X[:, 2]])
assert np.allclose(weighted_fit(_double, y, importance)[2:], _w[2] / 2, rtol=1e-6), (
    "With a column given twice, the shortest solution shares its weight equally. "
    "Which function returns the shortest one?"
)

# %% probe="weighted_fit" rtol=1e-5
age = (people[:, 0] - people[:, 0].mean()) / people[:, 0].std()
[
    weighted_fit(X, y, importance),
    weighted_fit(X, y, np.linspace(0, 1, 150)),
    weighted_fit(X[:, 1:], y, importance),
    weighted_fit(np.column_stack([X, 2 * X[:, 1]]), y, importance),
    weighted_fit(np.vander(age, 5), y, importance),
    weighted_fit(X[:2] / 30, y[:2], np.array([1.0, 2.0])),
]

# %% [markdown]
# ## Question 6 · what remains of a correlation (3 points)
#
# Two measurements may go together only because both depend on a third. The *partial
# correlation* removes that: take from `x` and from `y` everything that an intercept and the
# columns of `controls` explain by least squares, then take the cosine of the two remainders.
# Write `partial_correlation(x, y, controls)`, which returns a float. `x` and `y` have shape `(n,)`;
# `controls` has shape `(n, k)` and no column of ones. $k$ may be 0: then the answer is the
# ordinary correlation.


# %% question="partial_correlation" points=3
### BEGIN SOLUTION
def partial_correlation(x, y, controls):
    columns = np.column_stack([np.ones(len(x)), controls])

    def remainder(v):
        return v - columns @ np.linalg.lstsq(columns, v)[0]

    u, v = remainder(x), remainder(y)
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


### END SOLUTION

# %% check="partial_correlation"
_none, _controls = np.empty((150, 0)), np.column_stack([pressure, sugar])
assert np.isclose(partial_correlation(bmi, y, _none), np.corrcoef(bmi, y)[0, 1]), (
    "Without controls the answer is the ordinary correlation, the cosine after centring. "
    "Do you take out an intercept?"
)
_got = partial_correlation(bmi, y, _controls)
assert np.isclose(partial_correlation(y, bmi, _controls), _got), (
    "Exchanging x and y should change nothing. Are both freed of the controls?"
)
assert np.isclose(partial_correlation(bmi + 2 * pressure, y - 3 * sugar, _controls), _got), (
    "Adding multiples of the controls to x and y changed your answer, so something of the "
    "controls is left in a remainder. Are all controls taken out together?"
)
assert np.isclose(partial_correlation(bmi, -5 * y + 1, _controls), -_got), (
    "Changing the sign of y should change the sign, and its units should not matter."
)

# %% probe="partial_correlation" rtol=1e-6 atol=1e-8
np.array(
    [
        partial_correlation(bmi, y, np.empty((150, 0))),
        partial_correlation(bmi, y, pressure[:, None]),
        partial_correlation(bmi, y, np.column_stack([pressure, sugar])),
        partial_correlation(pressure, sugar, people[:, :3]),
        partial_correlation(y, -sugar, np.column_stack([bmi - bmi.mean(), people[:, 4:6]])),
    ]
)
