# ---
# title: "Exercise: eigenvectors and the SVD"
# minutes: 45
# ---

# %% [markdown]
# # Exercise: eigenvectors and the SVD
#
# Six small jobs where the right direction is the answer. No question needs the answer of another.
# Change `seed` to practise again on other data.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import numpy as np

rng = np.random.default_rng(seed)

# Questions 1 and 2: how customers move between four plans, month by month
stay = rng.uniform(0.5, 0.9, size=4)
move = rng.dirichlet(np.full(4, 2.0), size=4) * (1 - np.eye(4))
P = np.diag(stay) + (1 - stay)[:, None] * move / move.sum(axis=1, keepdims=True)


# Question 3: four sensors that each read a mixture of four gases
def rotation(size):
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


A = rotation(4) @ np.diag([4.0, 2.0, 1.0, rng.uniform(0.1, 0.3)]) @ rotation(4)

# Question 4: 40 days of readings from 12 stations
strengths = np.array([60.0, 25.0, 10.0]) * rng.uniform(0.7, 1.3, size=3)
readings = (rng.normal(size=(40, 3)) / np.sqrt(40) * strengths) @ rotation(12)[:3]
readings = readings + 10 + rng.normal(scale=0.3, size=readings.shape)

# %%
# Question 5: a machine with six sensors in one unit; 200 good rows, then 8 new ones
phase = np.arange(6) * np.pi / 3 + rng.uniform(-0.3, 0.3, size=6)
loadings = rng.uniform(1.5, 3.0, size=6) * np.stack([np.cos(phase), np.sin(phase)])
level = rng.uniform(20, 40, size=6)


def machine(n_rows, spread=1.0):
    hidden = rng.normal(scale=spread, size=(n_rows, 2))
    return level + hidden @ loadings + rng.normal(scale=0.15, size=(n_rows, 6))


X_train = machine(200)
X_new = machine(8, spread=0.3) + 2.0 * loadings[0]  # healthy, but not at the usual working point
fault = rng.normal(size=6)
fault -= loadings.T @ np.linalg.lstsq(loadings.T, fault, rcond=None)[0]
X_new[rng.integers(8)] += 1.8 * fault / np.linalg.norm(fault) - 2.0 * loadings[0]

# Question 6: five measurements in five different units, and a label
label = np.tile([0, 1], 80)
size, age = rng.normal(size=(2, 160))
shift = rng.uniform(0.25, 0.4) * (label - 0.5)
measurements = np.stack([size + shift, size - shift, 1.2 * size, age, 0.8 * age], axis=1)
measurements += rng.normal(size=measurements.shape) * [0.12, 0.12, 0.9, 0.5, 0.6]
measurements = 50 + measurements * 10 ** rng.uniform(-2, 3, size=5)

# %% [markdown]
# ## Question 1 · where the customers end up (2 points)
#
# `P[i, j]` is the share of the customers on plan `i` who are on plan `j` a month later, so every
# row of `P` sums to 1. If `shares` holds the share of customers on each plan, next month's is
# `shares @ P`. One distribution is kept by this step.
#
# Write `steady_state(P)` for any such `P`. It returns that distribution: an array of shape `(n,)`,
# not negative, with sum 1, right to ten digits.


# %% question="steady_state" points=2
### BEGIN SOLUTION
def steady_state(P):
    eigenvalues, eigenvectors = np.linalg.eig(P.T)
    kept = eigenvectors[:, np.argmin(np.abs(eigenvalues - 1))].real
    return kept / kept.sum()


### END SOLUTION

# %% check="steady_state"
for _case in (P, np.array([[0.3, 0.7], [0.1, 0.9]])):
    _shares, _shape = steady_state(_case), (len(_case),)
    assert np.shape(_shares) == _shape, f"expected shape {_shape}, got {np.shape(_shares)}"
    assert np.isclose(np.sum(_shares), 1), (
        "Shares sum to 1. eig gives vectors of length 1; those of other eigenvalues even sum to 0."
    )
    assert np.min(_shares) >= 0, (
        "Shares are not negative. eig returns its vectors with any sign, and only that of "
        "eigenvalue 1 is a distribution: find it, wherever it stands in the list."
    )
    assert np.allclose(_shares @ _case, _shares, rtol=0, atol=1e-10), (
        "A month later your shares have changed. Are you looking at P @ v = v? "
        "Here the vector stands on the left: v @ P = v, an eigenvector of P.T."
    )

_cycle = 0.8 * np.roll(np.eye(4), 1, axis=1) + 0.05  # a matrix with complex eigenvalues
assert np.isrealobj(steady_state(_cycle)), (
    "Here other eigenvalues are complex, so eig returns complex arrays. The kept vector is real."
)

# %% probe="steady_state" rtol=1e-6 atol=1e-9
_cycle = 0.8 * np.roll(np.eye(4), 1, axis=1) + 0.2 * P  # complex eigenvalues
_drain = 0.5 * np.eye(4) + 0.5 * np.roll(np.eye(4), 1, axis=1)  # plan by plan towards the last
_drain[3] = [0, 0, 0, 1]
_late = np.array([[1 - P[0, 0], P[0, 0]], [0.1, 0.9]])  # eig lists the eigenvalue 1 last
_slow = 0.7 * np.eye(4) + 0.3 * P  # forgets slowly
[steady_state(_case) for _case in (P[::-1, ::-1], P @ _cycle, _cycle, _drain, _late, _slow)]

# %% [markdown]
# ## Question 2 · how long the past is remembered (2 points)
#
# Start from two different distributions and both drift to the same steady state. In the long run
# the difference between them shrinks, on average, by the same factor every month.
#
# Write `half_life(P)`, which returns as a float the number of months (neither rounded nor measured)
# in which the difference halves in the long run. Other eigenvalues may be negative or complex.


# %% question="half_life" points=2
### BEGIN SOLUTION
def half_life(P):
    sizes = np.sort(np.abs(np.linalg.eigvals(P)))
    return float(np.log(0.5) / np.log(sizes[-2]))


### END SOLUTION


# %% check="half_life"
def _difference(P, months):
    after = np.linalg.matrix_power(P, months)  # row i: where those who began on plan i are
    return np.linalg.norm(after - after.mean(axis=0))


_flip = np.array([[0.0, 1.0], [0.8, 0.2]])  # a negative eigenvalue
_turn = 0.8 * np.roll(np.eye(3), 1, axis=1) + 0.2 / 3  # complex ones ...
_turn = np.kron(_turn, [[0.6, 0.4], [0.1, 0.9]])  # ... and real ones that fade sooner
for _case, _slack in [(P, 0.15), (_flip, 0.001), (_turn, 0.001)]:
    _months = half_life(_case)
    assert np.ndim(_months) == 0, f"expected one number, got {_months}"
    assert _months > 0, f"The difference shrinks, so halving takes a positive time; got {_months}."
    _halvings = np.log2(_difference(_case, 10) / _difference(_case, 40))
    assert abs(_halvings * _months / 30 - 1) < _slack, (
        f"With P = {_case.round(2).tolist()} the difference halves {_halvings:.2f} times between "
        f"months 10 and 40; by your half-life it would be {30 / _months:.2f} times. Which "
        "eigenvalue fades last? Not 1, the steady state; and of the others only the size counts. "
        "(Singular values describe one step, not many.)"
    )

# %% probe="half_life" rtol=1e-6
_cycle = 0.8 * np.roll(np.eye(4), 1, axis=1) + 0.2 * P  # complex eigenvalues
_swap = np.array([[0.1, 0.9], [P[0, 0], 1 - P[0, 0]]])  # a negative one
_to, _back = P[:2, :2] / P[:2, :2].sum(axis=1, keepdims=True), np.array([[0.5, 0.5], [0.4, 0.6]])
_sides = 0.9 * np.block([[np.zeros((2, 2)), _to], [_back, np.zeros((2, 2))]]) + 0.1 * P
[half_life(_case) for _case in (P, P @ P, _cycle, _swap, _sides)]

# %% [markdown]
# ## Question 3 · the worst measurement error (2 points)
#
# The concentrations `x` of four gases follow from the readings `b` by solving `A @ x = b`. A
# reading error `e` (so `b + e` instead of `b`) changes the solution. Among all errors with
# `np.linalg.norm(e) == length`, one direction (and its opposite) changes `x` most.
#
# Write `worst_error(A, length)`, which returns such an `e`, shape `(n,)`, for an invertible `A` of
# shape `(n, n)`. Either sign is right.


# %% question="worst_error" points=2
### BEGIN SOLUTION
def worst_error(A, length):
    U = np.linalg.svd(A)[0]
    return length * U[:, -1]


### END SOLUTION

# %% check="worst_error"
_e = worst_error(A, 0.1)
assert np.shape(_e) == (4,), f"expected shape (4,), got {np.shape(_e)}"
assert np.allclose([np.linalg.norm(_e), np.linalg.norm(worst_error(A, 2.0))], [0.1, 2.0]), (
    "The error should have exactly the given length."
)
_random = np.random.default_rng(0).normal(size=(4, 5000))
_random[:, 2500:] = 10 * _e[:, None] + 0.01 * _random[:, 2500:]  # half of them close to yours
_random *= 0.1 / np.linalg.norm(_random, axis=0)
_worst = np.linalg.norm(np.linalg.solve(A, _random), axis=0).max()
_yours = np.linalg.norm(np.linalg.solve(A, _e))
assert _yours >= _worst, (
    f"Your error moves x by {_yours:.5f}; a random one of the same length by {_worst:.5f}. "
    "Solving divides by singular values, so which one hurts? "
    "And e lives where A @ x lives: is that the side of U or of V?"
)

# %% probe="worst_error" rtol=1e-6 atol=1e-9
_cases = [(A, 0.1), (A.T, 1.0), (A[:3, :3] + np.eye(3), 2.5)]
[np.outer(worst_error(*_case), worst_error(*_case)) for _case in _cases]  # free of the sign

# %% [markdown]
# ## Question 4 · compress to a promise (3 points)
#
# Write `compress(table, tolerance)` for an array of shape `(m, n)`. Find the smallest rank
# `k >= 1` for which the best approximation of rank `k` has a relative error
# $\lVert \text{table} - \text{approximation} \rVert_F / \lVert \text{table} \rVert_F$ of at most
# `tolerance` (greater than 0). Do not centre. Return `(k, approximation, stored)`:
#
# - `k`: the rank, an `int`,
# - `approximation`: the approximation of rank `k`, shape `(m, n)`,
# - `stored`: how many numbers must be kept, an `int`: `k` singular values with their left and right
#   vectors, or all `m * n` entries of the table if that is fewer.


# %% question="compress" points=3
### BEGIN SOLUTION
def compress(table, tolerance):
    U, singular, Vt = np.linalg.svd(table, full_matrices=False)
    total = np.sqrt(np.sum(singular**2))
    k = 1
    while np.sqrt(np.sum(singular[k:] ** 2)) > tolerance * total:
        k += 1
    approximation = U[:, :k] * singular[:k] @ Vt[:k]
    m, n = table.shape
    return k, approximation, min(k * (m + n + 1), m * n)


### END SOLUTION

# %% check="compress"
_tables = [readings, readings - readings.mean()]
for _table, _tolerance in [(t, limit) for t in _tables for limit in (0.5, 0.1, 0.05, 1e-6)]:
    _k, _approximation, _stored = compress(_table, _tolerance)
    _error = np.linalg.norm(_table - _approximation) / np.linalg.norm(_table)
    assert np.linalg.matrix_rank(_approximation) == _k, "The approximation does not have rank k."
    assert _error <= _tolerance + 1e-9, (
        f"Relative error {_error:.3f} breaks the promise of {_tolerance}. Add the SQUARES of the "
        "dropped singular values, divide by the sum of all squares, then take the root."
    )
    if _k > 1:
        _U, _singular, _Vt = np.linalg.svd(_approximation)
        _less = _U[:, : _k - 1] * _singular[: _k - 1] @ _Vt[: _k - 1]
        assert np.linalg.norm(_table - _less) > _tolerance * np.linalg.norm(_table), (
            f"Rank {_k - 1} would already keep the promise of {_tolerance}."
        )
    assert _stored <= _table.size, "Keeping the whole table would take fewer numbers."
assert compress(readings, 1.5)[0] == 1, "Keep at least one layer, whatever the tolerance."
assert compress(np.diag([3.0, 2.0, 1.0]) @ np.eye(3, 9), 0.5)[2] == 26, (
    "Each layer of a 3 × 9 table is one singular value, a vector of 3 and a vector of 9. "
    "Two layers are needed here, so count them twice."
)

# %% probe="compress" rtol=1e-6 atol=1e-8
_centred = readings - readings.mean()
_cases = [(readings, 1.5), (readings, 0.03), (readings, 1e-6)]
_cases += [(_centred, _tolerance) for _tolerance in (0.6, 0.4, 0.2, 0.1, 0.05)]
_cases += [(_centred[:9, :7].T, 0.25), (A, 0.3), (A, 0.01)]
[compress(*_case) for _case in _cases]

# %% [markdown]
# ## Question 5 · a fault that no single sensor shows (3 points)
#
# `X_train` holds 200 rows from a healthy machine. One of the 8 rows of `X_new` is faulty, although
# each of its readings lies within the range that its sensor had in `X_train`: it is the
# *combination* that is wrong. The sensors share a unit, so do not scale.
#
# Write `squared_errors(X_train, X_new, n_components)`: fit PCA with `n_components` components on
# `X_train`, rebuild each row of `X_new` from its scores, and return the squared distance between
# each row and its reconstruction, shape `(len(X_new),)`.


# %% question="squared_errors" points=3
### BEGIN SOLUTION
def squared_errors(X_train, X_new, n_components):
    mean = X_train.mean(axis=0)
    components = np.linalg.svd(X_train - mean, full_matrices=False)[2][:n_components]
    scores = (X_new - mean) @ components.T
    rebuilt = mean + scores @ components
    return np.sum((X_new - rebuilt) ** 2, axis=1)


### END SOLUTION

# %% check="squared_errors"
_errors = squared_errors(X_train, X_new, 2)
assert np.shape(_errors) == (8,), f"expected shape (8,), got {np.shape(_errors)}"
assert np.allclose(squared_errors(X_train, X_train[:5], 6), 0), (
    "With all six components nothing is dropped, so the error should be zero. "
    "Did you add the mean back after rebuilding?"
)
assert np.isclose(
    squared_errors(X_train, X_train, 2).sum() / (len(X_train) - 1),
    np.sort(np.linalg.eigvalsh(np.cov(X_train.T)))[:4].sum(),
), "On the training rows, the mean error should be the variance of the dropped components."
assert np.allclose(squared_errors(X_train, X_new[:1], 2), _errors[:1]), (
    "A row's error changes with the rows beside it. New rows are centred with the TRAINING mean."
)
assert np.max(_errors) > 5 * np.sort(_errors)[-2], "One row should stand out clearly."

# %% probe="squared_errors" rtol=1e-6
_half = (X_train[:100], X_train[100:110])
[squared_errors(X_train, X_new, k) for k in (1, 2, 4)] + [squared_errors(*_half, 3)]

# %% [markdown]
# ## Question 6 · which component knows the label? (3 points)
#
# `measurements` (shape `(160, 5)`) come in five different units; `label` holds 0 or 1 per row.
# Scale every column to mean 0 and standard deviation 1 (the standard deviation that divides by
# $n$), then do PCA with all components, in order of falling variance.
#
# Write `separation(X, label)`, which returns for every component how well it tells the labels
# apart, as an array of shape `(n_features,)`: the distance between the mean scores of the rows with
# label 1 and those with label 0 (an absolute value), divided by the standard deviation (again over
# $n$) of that component's scores over all rows. Every column varies, and rows outnumber columns.


# %% question="separation" points=3
### BEGIN SOLUTION
def separation(X, label):
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    Vt = np.linalg.svd(scaled, full_matrices=False)[2]
    scores = scaled @ Vt.T
    distance = scores[label == 1].mean(axis=0) - scores[label == 0].mean(axis=0)
    return np.abs(distance) / scores.std(axis=0)


### END SOLUTION

# %% check="separation"
_found = separation(measurements, label)
assert np.shape(_found) == (5,), f"expected shape (5,), got {np.shape(_found)}"
assert np.min(_found) >= 0, "The sign of a component is arbitrary; a distance has none."
assert np.allclose(separation(measurements * [1, 10, 100, 1e3, 1e4] + 7, label), _found), (
    "Changing a column's unit or zero point changes your answer. Centre and scale before PCA."
)
_rare = np.arange(160) // 2 % 5 // 4  # 1 in a fifth of the rows
assert np.allclose(separation(measurements, 1 - _rare), separation(measurements, _rare)), (
    "Swapping the labels should change no distance, even when one of them is rare."
)
_other, _small = np.arange(160) // 2 % 2, 0.1 * (np.arange(160) // 4 % 2)  # ignore the label
_made = np.stack([label + _small, label - _small, _other], axis=1)
assert np.allclose(separation(_made, label), [2, 0, 0]), (
    "Here component 1 is the label itself: means one apart, standard deviation (over n) 1/2, so 2. "
    "The others have nothing to do with it: 0. Divide by the spread of the scores themselves, and "
    "see whether your components are the rows of Vt (or the columns, if they come from eigh)."
)
assert _found.argmax() == 4, (
    "Look at the component with the LEAST variance. Is your order falling? (eigh's is rising.)"
)

# %% probe="separation" rtol=1e-6
_uneven = np.arange(160) % 3 == 0
[
    separation(measurements, label),
    separation(measurements[:90, :4], label[:90]),
    separation(measurements[:60], _uneven[:60].astype(int)),
]

# %% [markdown]
# The component with the least variance tells the labels apart best, and "keep 95 % of the
# variance" would have thrown it away. PCA does not know what you want to predict.
