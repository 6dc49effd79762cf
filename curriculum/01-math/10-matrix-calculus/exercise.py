# ---
# title: "Exercise: matrix calculus and stable numbers"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: matrix calculus and stable numbers
#
# Three gradients that the lesson did not derive, a softmax that keeps its digits, and two jobs with
# numbers of few bits. No question needs the answer of another. Your data are drawn for you: change `seed`
# to practise again on others. Every function must work on any input of the shapes that its question
# names, not only on the data below. NumPy is all you need. No question expects numerical
# differences: the grading compares more digits than they have.

# %% tags=["parameters"]
seed = 4  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes, load_wine

rng = np.random.default_rng(seed)

# question 1: patients, how their disease progressed, and the start weights of a small network
diabetes = load_diabetes()
patients = rng.choice(len(diabetes.target), size=80, replace=False)
X = diabetes.data[patients][:, rng.choice(10, size=5, replace=False)] * np.sqrt(442)
y = (diabetes.target[patients] - 152) / 77
V, b, u = rng.normal(size=(5, 5)) / 2, rng.normal(size=5) / 2, rng.normal(size=5)
threshold = float(rng.uniform(0.3, 1.5))

# question 2: texts of up to 6 tokens out of 12, filled up with -1, and slopes
lengths = rng.integers(1, 7, size=30)
ids = np.where(np.arange(6) < lengths[:, None], rng.integers(0, 12, size=(30, 6)), -1)
slopes = rng.normal(size=(30, 4))

# question 3: scores of 8 rows and 5 classes
scores = rng.normal(scale=3, size=(8, 5))

# question 4: numbers of very different sizes
numbers = rng.normal(size=40) * 10.0 ** rng.integers(-30, 30, size=40)

# question 5: wines, five centres, and how much each wine belongs to each centre
wine = load_wine().data
wines = (wine - wine.mean(axis=0)) / wine.std(axis=0)
wines = wines[rng.permutation(178)][:, rng.choice(13, size=6, replace=False)]
centres = wines[:5] + rng.normal(scale=0.3, size=(5, 6))
shares = rng.dirichlet(np.ones(5), size=178)

# question 6: gradients of three layers, in 64 bits
gradients = [
    rng.normal(size=shape) * 10.0 ** rng.uniform(-12, high, size=shape)
    for shape, high in (((20, 8), -3), ((8,), -4), ((8, 3), -5))
]

# %% [markdown]
# ## Question 1 · a layer with a skip (3 points)
#
# A small network for regression, whose hidden layer is *added* to its input:
#
# $$ H = X + \tanh(XV + b), \qquad \hat y = H u, \qquad
# L = \frac1n \sum_{i=1}^n \rho(\hat y_i - y_i) . $$
#
# $\rho$ is the *Huber loss*, a parabola near 0 and a straight line outside, so that outliers pull
# less: $\rho(r) = r^2/2$ where $|r| \le \delta$, and $\rho(r) = \delta\,(|r| - \delta/2)$ elsewhere.
#
# Write `skip_gradients(V, b, u, X, y, threshold)`, which returns the tuple `(dV, db, du)` of the
# gradients of $L$. `X` has shape $(n, d)$, `y` has shape `(n,)`, `V` $(d, d)$, `b` and `u` have
# shape `(d,)`; `threshold`, positive, is $\delta$. Mind that `V` is square: a wrong product may have
# the right shape.


# %% question="skip_gradients" points=3
### BEGIN SOLUTION
def skip_gradients(V, b, u, X, y, threshold):
    T = np.tanh(X @ V + b)
    H = X + T
    dy = np.clip(H @ u - y, -threshold, threshold) / len(y)
    dA = np.outer(dy, u) * (1 - T**2)
    return X.T @ dA, dA.sum(axis=0), H.T @ dy


### END SOLUTION


# %% check="skip_gradients"
def _huber_loss(V, b, u):
    _r = np.abs((X + np.tanh(X @ V + b)) @ u - y)
    return np.mean(np.where(_r <= threshold, _r**2 / 2, threshold * (_r - threshold / 2)))


_got = [np.asarray(_g) for _g in skip_gradients(V, b, u, X, y, threshold)]
for _name, _g, _p in zip(("dV", "db", "du"), _got, (V, b, u), strict=True):
    assert _g.shape == _p.shape, (
        f"{_name} should have the shape of its parameter, {_p.shape}, not {_g.shape}."
    )
for _k, _name, _hint in (
    (2, "du", "u multiplies H, which is more than the tanh. What is the slope of ρ?"),
    (1, "db", "b is added to every row. Is the slope of tanh, 1 - tanh², taken along?"),
    (0, "dV", "Which side does X stand on? Does the skip path contain V at all?"),
):
    _ends, _direction = [], np.random.default_rng(1).normal(size=np.shape((V, b, u)[_k]))
    for _h in (1e-5, -1e-5):
        _moved = [V, b, u]
        _moved[_k] = _moved[_k] + _h * _direction
        _ends.append(_huber_loss(*_moved))
    _measured, _claimed = (_ends[0] - _ends[1]) / 2e-5, np.sum(_got[_k] * _direction)
    assert np.isclose(_measured, _claimed, rtol=1e-4, atol=1e-6), (
        f"Along a random direction of {_name[1]} the loss has slope {_measured:.5f}; your {_name} "
        f"claims {_claimed:.5f}. {_hint}"
    )
_small = skip_gradients(V[:2, :2], b[:2], u[:2], X[:7, :2], y[:7], threshold)
assert np.shape(_small[0]) == (2, 2), "With 7 rows and 2 columns, dV should have shape (2, 2)."

# %% probe="skip_gradients" rtol=1e-11
[
    skip_gradients(V, b, u, X, y, threshold),
    skip_gradients(V, b, u, X, y, 1e6),
    skip_gradients(-2 * V, b + 0.1, 3 * u, X[:15], 5 * y[:15], threshold / 2),
    skip_gradients(V[1:, 1:], b[1:], u[:4], X[:33, :4], -y[:33], threshold),
]

# %% [markdown]
# ## Question 2 · the gradient of a lookup table (2 points)
#
# Text models keep one vector for each token, the rows of a table $E$ of shape `(size, d)`. Row $i$ of
# `ids` lists the tokens of text $i$, as row numbers of $E$; shorter texts are filled up with −1. The
# output for text $i$ is the mean of the vectors of its tokens, *without* the −1; for a text that has
# no token at all it is zero.
#
# Write `table_gradient(ids, slopes, size)`, which returns the slope of the loss with respect to $E$,
# shape `(size, d)`. `ids` has shape $(n, t)$ and holds integers from −1 to `size - 1`; `slopes`, shape
# $(n, d)$, holds the slopes of the loss with respect to the outputs. A token may occur several times,
# in one text and in different texts; −1 may stand anywhere. Some tokens may never occur.


# %% question="table_gradient" points=2
### BEGIN SOLUTION
def table_gradient(ids, slopes, size):
    counts = np.sum(ids[:, :, None] == np.arange(size), axis=1)  # of each token in each text
    totals = np.sum(ids >= 0, axis=1, keepdims=True)
    return (counts / np.maximum(totals, 1)).T @ slopes


### END SOLUTION

# %% check="table_gradient"
_got = np.asarray(table_gradient(ids, slopes, 12))
assert _got.shape == (12, 4), (
    f"A gradient has the shape of its parameter, (12, 4), not {_got.shape}."
)
_got = table_gradient(np.array([[0, 1]]), np.array([[4.0, 6.0]]), 3)
assert np.allclose(_got, [[2, 3], [2, 3], [0, 0]]), (
    "A text of the tokens 0 and 1 outputs half of each vector. So each gets half of the slope, and "
    f"token 2 nothing. You return\n{_got}"
)
_got = table_gradient(np.array([[1, 1], [1, 0]]), np.ones((2, 1)), 2)
assert np.allclose(_got, [[0.5], [1.5]]), (
    "Token 1 fills the whole first text and half of the second: its slopes add up to 1.5. You return "
    f"{np.ravel(_got)}. `E[ids] += ...` adds to a repeated row only once."
)
_got = table_gradient(np.array([[-1, 0, -1]]), np.array([[6.0]]), 2)
assert np.allclose(_got, [[6], [0]]), (
    "A text with token 0 alone outputs its vector, whatever is filled up with -1. Expected 6 for "
    f"token 0 and 0 for the last row of E, got {np.ravel(_got)}."
)
_got = table_gradient(np.array([[-1, -1], [0, 0]]), np.array([[6.0], [1.0]]), 1)
assert np.allclose(_got, [[1]]), f"A text without tokens contributes nothing; got {_got} for 1."

# %% probe="table_gradient" rtol=1e-9
[
    table_gradient(ids, slopes, 12),
    table_gradient(ids[:, ::-1] % 13 - 1, slopes * 3, 13),
    table_gradient(np.vstack([ids[:5], np.full((1, 6), -1), ids[:2]]), slopes[:8, :2], 40),
    table_gradient(np.minimum(ids, 0), slopes, 2),
]

# %% [markdown]
# ## Question 3 · a log-softmax that keeps its digits (3 points)
#
# Write `log_softmax(scores, axis)`, which returns $\log p_j = z_j - \log \sum_k e^{z_k}$, in the shape
# of `scores`, an array of floats with any number of axes. The sum runs along `axis`, which may be
# negative.
#
# - Scores may be as large or small as ±1e300, and their differences too.
# - Some may be `-np.inf`: a class that is not allowed. Its $\log p$ is `-np.inf`, the others are as if
#   it did not exist. At least one score of each sum is finite.
# - *Every* result must be right to six digits, also where $p$ is so close to 1 that $\log p$ is
#   nearly 0: for the scores 0 and −60 the first $\log p$ is $-8.76 \cdot 10^{-27}$, and the log-sum-exp
#   trick alone returns 0. (Results smaller than $10^{-300}$ may be 0.)
#
# Where the largest score occurs more than once, nothing special should happen.


# %% question="log_softmax" points=3
### BEGIN SOLUTION
def log_softmax(scores, axis):
    top = scores.max(axis=axis, keepdims=True)
    shifted = scores - top
    others = np.exp(shifted)
    first = np.expand_dims(shifted.argmax(axis=axis), axis)
    np.put_along_axis(others, first, 0, axis)  # the largest term is exactly 1: leave it to log1p
    return shifted - np.log1p(others.sum(axis=axis, keepdims=True))


### END SOLUTION

# %% check="log_softmax"
_got = np.asarray(log_softmax(scores, 1))
assert _got.shape == scores.shape, f"expected shape {scores.shape}, got {_got.shape}"
assert np.allclose(np.exp(_got).sum(axis=1), 1), "The probabilities of each row should add up to 1."
assert np.allclose(_got - _got[:, :1], scores - scores[:, :1]), (
    "Log-probabilities differ within a row by as much as the scores do. Yours do not."
)
assert np.allclose(log_softmax(scores.T, 0).T, _got), "Along axis 0 the columns are the sums."
assert np.allclose(log_softmax(scores[None], -1)[0], _got), "Does axis=-1 mean the last of three?"
_got = log_softmax(np.array([[1e4, 0.0], [0.0, 0.0]]), 1)
assert np.allclose(_got, [[0, -1e4], [-np.log(2), -np.log(2)]]), (
    "The rows (10000, 0) and (0, 0) give (0, -10000) and log(1/2) twice: no row may feel the other's "
    f"scores. You return\n{_got}"
)
_got = log_softmax(np.array([1e4, 1e4, 1e4]), 0)
assert np.allclose(_got, -np.log(3)), (
    f"Three equal scores: log(1/3) each, even at 10,000; got {_got}"
)
_got = log_softmax(np.array([-1e300, 1e300]), 0)
assert np.allclose(_got, [-2e300, 0]), f"For -1e300 and 1e300 expected -2e300 and 0, got {_got}"
_got = log_softmax(np.array([2.0, -np.inf, 2.0]), 0)
assert np.allclose(_got[[0, 2]], -np.log(2)), f"With one of three forbidden, log(1/2), got {_got}"
assert _got[1] == -np.inf, f"A forbidden class has log p = -inf, got {_got[1]}"
_got = log_softmax(np.array([-60.0, 0.0]), 0)
assert np.isclose(_got[1], -np.exp(-60), atol=0), (
    f"For the scores -60 and 0 the second log p is {-np.exp(-60):.3g}, got {_got[1]:.3g}. The sum "
    "1 + e^-60 forgets the small term. Which function computes log(1 + x) without that sum?"
)

# %% probe="log_softmax" rtol=1e-6
far = np.concatenate([scores - 800, np.full((8, 1), -np.inf), scores[:, ::-1] - 800], axis=1)
sure = scores + 60 * np.eye(8)[:, :5] + 90 * np.eye(8)[:, 3:]
[
    log_softmax(scores, 1),
    log_softmax(scores * 1e3, 0),
    log_softmax(far, -1),
    log_softmax(np.round(scores).reshape(2, 2, 2, 5) + 1e6, 2),
    log_softmax(scores.reshape(2, 4, 5) * 1e200, -2),
    log_softmax(scores.reshape(2, 4, 5) * [1e200, 1, 30, 2, -1e200], -2)[..., 1:4],
    np.log(np.maximum(-log_softmax(sure, 1), 1e-300)),
    np.log(np.maximum(-log_softmax(sure.T, 0), 1e-300)),
]

# %% [markdown]
# ## Question 4 · numbers with few bits (2 points)
#
# To see what a number format does to a model, simulate it. Write `round_to_bits(values, bits)`,
# which rounds each number to the nearest one that has `bits` significant bits: 0, or
# $\pm m \cdot 2^e$ with integers $m$ and $e$, where $2^{\text{bits} - 1} \le m < 2^{\text{bits}}$.
# Exactly halfway between two of those, take the one with the even $m$. (So float32 has 24 bits,
# float16 11 and bfloat16 8, but here the range has no limit.)
#
# `values` is an array of any shape, of floats of either sign, between $10^{-300}$ and $10^{300}$ in
# size or zero; `bits` is from 2 to 53. Return a float64 array of the same shape.


# %% question="round_to_bits" points=2
### BEGIN SOLUTION
def round_to_bits(values, bits):
    fraction, power = np.frexp(values)  # 0.5 <= |fraction| < 1
    return np.ldexp(np.round(np.ldexp(fraction, bits)), power - bits)


### END SOLUTION

# %% check="round_to_bits"
_got = np.asarray(round_to_bits(numbers, 24))
assert _got.shape == numbers.shape, f"expected shape {numbers.shape}, got {_got.shape}"
assert _got.dtype == np.float64, f"expected float64, got {_got.dtype}"
assert np.array_equal(_got, numbers.astype(np.float32).astype(float)), (
    "With 24 bits the result should be what float32 stores, exactly. How far apart are neighbours "
    "near a number x, and near -x?"
)
_some = np.array([[1000.3, -0.7, 3.14159], [0.0, -2000.6, 0.001]])
assert np.array_equal(round_to_bits(_some, 11), _some.astype(np.float16).astype(float)), (
    "With 11 bits the result should be what float16 stores, for numbers within its range."
)
_got = round_to_bits(np.array([257.0, 259.0, -257.0, 255.0, 511.5, 257.000001]), 8)
assert np.array_equal(_got, [256, 260, -256, 255, 512, 258]), (
    "8 bits: from 256 to 512 every second integer exists. 257 and 259 lie halfway; 256 = 128 · 2 and "
    f"260 = 130 · 2 have an even m. 511.5 goes up to 512, and 257.000001 is nearer to 258. You return {_got}."
)
_got = round_to_bits(np.array([1e-300, -1e300]), 53)
assert np.array_equal(_got, [1e-300, -1e300]), f"With 53 bits nothing should change, got {_got}"
_below = float(np.nextafter(1024, 0))  # the last float64 below 1024
assert round_to_bits(np.array([_below]), 53)[0] == _below, (
    f"With 53 bits {_below!r} should not change either. Its `np.log2` is rounded to 10, though."
)
_got = round_to_bits(np.array([1e300]), 2)
assert np.allclose(_got, 1e300, rtol=0.2), f"1e300 has a near neighbour of 2 bits, got {_got}"

# %% probe="round_to_bits" exact=true
integers = np.random.default_rng([seed, 4]).integers(-5000, 5000, size=(6, 7)).astype(float)
ties = 257.0 + np.abs(integers) % 127 * 2  # with 8 bits, halfway
[
    round_to_bits(numbers, 8),
    round_to_bits(numbers[::-1].reshape(4, 10), 17),
    round_to_bits(integers, 4),
    round_to_bits(integers / 2**40, 7),
    round_to_bits(np.array([0.0, 2.5, 3.5, 5.0, -7.0, 0.7]), 2),
    round_to_bits(np.concatenate([ties, ties + 1e-9, -ties + 1e-9]), 8),
    round_to_bits(np.array([9e299, -1.7e-300]), 2),
    round_to_bits(np.nextafter(2.0 ** (np.arange(9) + seed % 7), 0), 53),
    round_to_bits(numbers * 10.0 ** (260 * np.sign(np.log(np.abs(numbers)))), 30),
]

# %% [markdown]
# ## Question 5 · soft clusters, far from zero (3 points)
#
# Soft k-means lets every row belong to every centre, to different degrees. Its loss is
#
# $$ L(C) = \sum_{i=1}^n \sum_{j=1}^k s_{ij}\, \lVert x_i - c_j \rVert^2 . $$
#
# Write `soft_clusters(X, C, S)`, which returns the tuple `(loss, dC)`: $L$, a float, and its gradient
# with respect to the centres, of the shape of `C`. `X` has shape $(n, d)$, `C` $(k, d)$, and `S`
# $(n, k)$ holds the $s_{ij} \ge 0$, whose rows need not sum to 1.
#
# - Memory: no single array that you create may have more entries than the largest of `X`, `C` and
#   `S`. So no array of shape $(n, k, d)$.
# - Precision: columns may be timestamps or coordinates, where all rows *and* centres lie around the
#   same large numbers, up to $10^9$ times as large as the distances between them. Both results must
#   be right to six digits there, too.


# %% question="soft_clusters" points=3
### BEGIN SOLUTION
def soft_clusters(X, C, S):
    origin = X[0]  # shifting rows and centres alike changes neither result
    X, C = X - origin, C - origin
    to_rows = S.sum(axis=1) @ np.sum(X**2, axis=1)
    to_centres = S.sum(axis=0) @ np.sum(C**2, axis=1)
    loss = to_rows + to_centres - 2 * np.sum((S.T @ X) * C)
    return float(loss), 2 * (S.sum(axis=0)[:, None] * C - S.T @ X)


### END SOLUTION

# %% check="soft_clusters"
import tracemalloc

_one = soft_clusters(np.array([[1.0, 2.0]]), np.array([[4.0, 6.0]]), np.array([[3.0]]))
assert np.isclose(_one[0], 75), f"One row at distance 5, with s = 3, costs 75; you say {_one[0]}."
assert np.allclose(_one[1], [[18, 24]]), (
    f"There the slope is 2 · 3 · (c - x) = (18, 24): moving the centre away costs. You say {_one[1]}."
)
_loss, _dC = soft_clusters(wines, centres, shares)
assert np.shape(_dC) == (5, 6), f"dC should have the shape of the centres, got {np.shape(_dC)}"
_direction = np.random.default_rng(1).normal(size=(5, 6))
_ends = [soft_clusters(wines, centres + _h * _direction, shares)[0] for _h in (1e-4, -1e-4)]
assert np.isclose((_ends[0] - _ends[1]) / 2e-4, np.sum(_dC * _direction), rtol=1e-5), (
    "Your gradient does not fit your loss along a random direction. Is one of them shared out by "
    "S and the other not?"
)
assert np.isclose(soft_clusters(wines, centres, 2 * shares)[0], 2 * _loss), (
    "If all entries of S are doubled, the loss should double. The rows of S need not sum to 1."
)
_means = shares.T @ wines / shares.sum(axis=0)[:, None]
assert np.allclose(soft_clusters(wines, _means, shares)[1], 0, atol=1e-9), (
    "Where each centre is the weighted mean of the rows, no centre should want to move."
)
_rows, _near = np.round(wines * 64) / 64, np.round(_means * 64) / 64  # the moves are exact
_move = 2.0**30 * np.array([1, 0, -1, 1, 0.5, 0])
_moved = soft_clusters(_rows + _move, _near + _move, shares)
_still = soft_clusters(_rows, _near, shares)
assert np.isclose(_moved[0], _still[0], rtol=1e-5), (
    f"Rows and centres moved together by up to 2^30 cost {_moved[0]:.6g} instead of {_still[0]:.6g}. "
    "Squares near 10^18 are 128 apart. What may you subtract from both beforehand, in each column?"
)
assert np.allclose(_moved[1], _still[1], rtol=1e-6, atol=1e-7), (
    "After the same move the gradient has lost its digits. Subtract before you multiply here, too."
)
tracemalloc.start()
soft_clusters(np.ones((1000, 30)), np.ones((40, 30)), np.ones((1000, 40)))
_peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
assert _peak < 3e6, (
    f"For 1,000 rows, 40 centres and 30 columns you used {_peak / 1e6:.0f} MB; the largest argument "
    "has 0.3. Open the square and let matrix products do the sums."
)

# %% probe="soft_clusters" rtol=1e-6
import tracemalloc

tracemalloc.start()
soft_clusters(np.ones((1000, 30)), np.ones((40, 30)), np.ones((1000, 40)))
small = tracemalloc.get_traced_memory()[1] < 3e6
tracemalloc.stop()
near = np.round(shares.T @ wines / shares.sum(axis=0)[:, None], 2)
[
    small,
    soft_clusters(wines, centres, shares),
    soft_clusters(wines[:, :3] + 1e9, centres[:, :3] + 1e9, shares * 7),
    soft_clusters(wines[:, 3:] - 1e9, near[:, 3:] - 1e9, shares),
    soft_clusters(
        wines[:9] - [0, 1e8, -1e9, 0, 5, 0], centres - [0, 1e8, -1e9, 0, 5, 0], shares[:9]
    ),
    soft_clusters(centres, wines[:50], shares[:50].T),
    soft_clusters(wines[:1], centres, shares[:1]),
]

# %% [markdown]
# ## Question 6 · the right loss scale (2 points)
#
# Before gradients are stored in float16, all of them are multiplied by the same power of two,
# $2^k$. Write `loss_scale(gradients)`, where `gradients` is a list of float64 arrays of any shapes. Return
# the tuple of `int`s `(k, lost)`:
#
# - `k`: the largest integer, which may be negative, for which every entry, multiplied by $2^k$, is
#   still finite after conversion to float16,
# - `lost`: how many entries in all arrays together are not zero, but become zero when they are
#   multiplied by $2^k$ and converted to float16.
#
# The largest entry in absolute value is between $10^{-12}$ and $10^{12}$. A conversion rounds to the
# nearest float16, and NumPy's `astype` does it right.


# %% question="loss_scale" points=2
### BEGIN SOLUTION
def loss_scale(gradients):
    flat = np.concatenate([g.ravel() for g in gradients])
    fraction, power = np.frexp(np.abs(flat).max())  # largest = fraction * 2**power
    k = 16 - int(power)
    if fraction * 2**16 >= 65520:  # from here on float16 rounds to infinity
        k -= 1
    stored = (flat * 2.0**k).astype(np.float16)
    return k, int(np.sum((flat != 0) & (stored == 0)))


### END SOLUTION

# %% check="loss_scale"
_k, _lost = loss_scale(gradients)
assert isinstance(_k, (int, np.integer)), f"k should be an integer, got {_k!r}"
_largest = max(np.abs(_g).max() for _g in gradients)
with np.errstate(over="ignore"):
    assert np.isfinite(np.float16(_largest * 2.0**_k)), (
        f"With k = {_k} the largest entry overflows."
    )
    assert np.isinf(np.float16(_largest * 2.0 ** (_k + 1))), f"k = {_k} could be larger."
_got = loss_scale([np.array([[1.0, -3.0]]), np.zeros(2)])
assert _got[0] == 14, (
    f"-3 · 2^14 = -49152 is finite in float16, -3 · 2^15 is not: k is 14, not {_got[0]}."
)
assert _got[1] == 0, f"Zeros were zero before: none is lost, you say {_got[1]}."
assert loss_scale([np.array([65519.0])])[0] == 0, (
    "65519 still rounds to 65504, the largest float16."
)
assert loss_scale([np.array([-3e11])])[0] == -23, "3e11 is far above 65504. Can your k be negative?"
_got = loss_scale([np.array([2e-8, 1.0, 4e-8]), np.array([-1e-14, 40000.0])])
assert tuple(_got) == (0, 2), (
    "40000 cannot be doubled, so k = 0. 2e-8 and -1e-14 become zero, 4e-8 is rounded up to the "
    f"smallest float16, 6e-8: (0, 2), got {_got}."
)

# %% probe="loss_scale" exact=true
edges = [65519.0, 65520.0, 65504.0, 65536.0, 32768.0, 1.0, 2.5e11, 3e-12]
[[int(value) for value in loss_scale(gradients)]] + [
    [int(value) for value in loss_scale([*gradients[1:], np.array([[-edge, 0]])])] for edge in edges
]
