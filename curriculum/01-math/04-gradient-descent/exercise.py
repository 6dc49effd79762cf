# ---
# title: "Exercise: gradient descent"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: gradient descent
#
# Six questions about runs that converge, crawl, explode or get stuck. The data are synthetic and
# drawn for you: change `seed` to practise again on others. Every function must work on any input
# of the shapes that its question names, not only on the data below. NumPy is all you need.

# %% tags=["parameters"]
seed = 7  # which data you get
n_samples = 200  # rows of X

# %%
import numpy as np

rng = np.random.default_rng(seed)

# questions 1, 2, 4 and 6: a regression with correlated features
shared = rng.normal(size=(n_samples, 1))
X = (rng.normal(size=(n_samples, 3)) + 0.8 * shared) * rng.uniform(0.5, 2.0, size=3)
y = X @ (rng.choice([-1, 1], size=3) * rng.uniform(1, 2, size=3)) + rng.normal(size=n_samples)
penalty = float(rng.uniform(0.5, 1.0))


def ridge_loss(weights, features, target, penalty):
    return np.mean((features @ weights - target) ** 2) + penalty * np.sum(weights**2)


# %%
# question 3: loss curves to work on, and others to test on


def draw_curves():
    curvatures = rng.uniform(0.5, 2.0) * np.array([1.0, 2.5, rng.uniform(5, 8)])
    slow = rng.uniform(0.94, 0.96)
    rates = np.array([1 - slow, 1 - slow**3, 1 + slow**2, 2.05]) / curvatures[[0, 0, 2, 2]]
    rates = rng.permutation(rates)
    curves = []
    for rate in rng.permutation([*rates, *rates[:2]]):
        start = rng.uniform(1, 2, size=3)
        distances = start * (1 - rate * curvatures) ** np.arange(61)[:, None]
        curves.append(distances**2 @ curvatures / 2)
    return np.array(curves) + rng.uniform(1, 3), curvatures, rates


curves, curvatures, rates = draw_curves()
other_curves, other_curvatures, other_rates = draw_curves()

# %%
# question 5: pairs of gradient and Hessian with these curvatures in random directions


def draw_point(values, slope=0.0):
    k = len(values)
    directions = np.linalg.qr(rng.normal(size=(k, k)))[0]
    hessian = directions * (rng.uniform(1, 2) * np.array(values)) @ directions.T
    return slope * np.eye(k)[rng.integers(k)], (hessian + hessian.T) / 2


kinds = [[3, 1, 0.5], [0.1, 0.02], [-2, -1], [2, -0.01, 0.3], [0.05, -1]]
kinds += [[1, 0, 4], [-1, 0], [0, -0.5, 2, 1], [0, 0], [2e-7, 1]]
points = [draw_point(values) for values in kinds]
points += [draw_point(kinds[rng.integers(10)], slope) for slope in (-0.1, 0.1, -0.1)]
rng.shuffle(points)

# %% [markdown]
# ## Question 1 · the gradient (2 points)
#
# `ridge_loss` above is $L(w) = \frac1n \lVert Xw - y \rVert^2 + \alpha \lVert w \rVert^2$.
# Write `ridge_gradient(weights, features, target, penalty)`, which returns $\nabla L$ at
# `weights` as an array of shape `(k,)`. `weights` has shape `(k,)`, `features` $(n, k)$,
# `target` $(n,)$, and `penalty`, a number, is $\alpha$. Derive it; no numerical differences.


# %% question="gradient" points=2
### BEGIN SOLUTION
def ridge_gradient(weights, features, target, penalty):
    residual = features @ weights - target
    return 2 / len(target) * features.T @ residual + 2 * penalty * weights


### END SOLUTION

# %% check="gradient"
_at = np.array([0.5, -1.0, 0.25])
for _features, _target, _penalty in [(X, y, 0.0), (X, y, penalty), (X[:20], y[:20], 3.0)]:
    _got = ridge_gradient(_at, _features, _target, _penalty)
    assert np.shape(_got) == (3,), f"expected shape (3,), got {np.shape(_got)}"
    _measured = [
        (
            ridge_loss(_at + _step, _features, _target, _penalty)
            - ridge_loss(_at - _step, _features, _target, _penalty)
        )
        / 2e-4
        for _step in 1e-4 * np.eye(3)
    ]
    assert np.allclose(_got, _measured, rtol=1e-5, atol=1e-6), (
        f"With {len(_target)} rows and penalty {_penalty:.2f} the slope measured by small steps "
        "disagrees with yours. Is the sum over rows divided by their number, and the penalty not? "
        "What is the slope of a square?"
    )
_large = ridge_gradient(np.zeros(3), X, 1e8 * y, penalty)
assert np.allclose(_large, 1e8 * ridge_gradient(np.zeros(3), X, y, penalty)), (
    "At zero weights a target 1e8 times larger has a slope 1e8 times larger, yours has not. "
    "Numerical differences lose it in rounding; a formula does not."
)

# %% probe="gradient" rtol=1e-6
[
    ridge_gradient(np.zeros(3), X, 1e8 * y, penalty),
    ridge_gradient(np.array([1.0, -2.0, 3.0]), X, y, penalty),
    ridge_gradient(np.array([4.0, 0.5]), X[:31, 1:], y[:31], 2.5),
    ridge_gradient(np.ones(3), X[5:6], y[5:6], 0.0),
]

# %% [markdown]
# ## Question 2 · the largest stable learning rate (2 points)
#
# Write `stable_limit(features, penalty)`, which returns, as a float, the learning rate above
# which plain gradient descent on `ridge_loss` diverges from almost every start, and below which
# it converges. `features` has shape $(n, k)$, with any $k \ge 1$.


# %% question="stable_limit" points=2
### BEGIN SOLUTION
def stable_limit(features, penalty):
    hessian = 2 / len(features) * features.T @ features + 2 * penalty * np.eye(features.shape[1])
    return 2 / np.linalg.eigvalsh(hessian).max()


### END SOLUTION


# %% check="stable_limit"
def _farthest(learning_rate, features, penalty, steps=1000):
    weights = np.ones(3)  # the target is zero, so the best weights are zero too
    for _ in range(steps):
        slopes = 2 / len(features) * features.T @ (features @ weights) + 2 * penalty * weights
        weights = np.clip(weights - learning_rate * slopes, -1e6, 1e6)
    return np.abs(weights).max()


assert np.ndim(stable_limit(X, penalty)) == 0, "expected one number"
for _features, _penalty in [(X, penalty), (X[:15] + 1, 0.0), (X, 6.0)]:
    _limit = stable_limit(_features, _penalty)
    assert _limit > 0, "A learning rate is positive."
    assert _farthest(0.98 * _limit, _features, _penalty) < 1, (
        f"With penalty {_penalty:.2f}, descent at 98 % of your limit moves away from the minimum. "
        "Which direction is the first to become unstable? Does the penalty bend the loss too?"
    )
    assert _farthest(1.02 * _limit, _features, _penalty) > 10, (
        f"With penalty {_penalty:.2f}, descent at 102 % of your limit still converges: the limit "
        "is higher. Does the curvature of the steepest direction come from the right matrix?"
    )

# %% probe="stable_limit" rtol=1e-3
[
    float(stable_limit(features, strength))
    for features, strength in [(X, penalty), (X, 0.0), (X[:40, :2], 3.0), (X[:9, 2:], 0.2)]
]

# %% [markdown]
# ## Question 3 · who drew which curve? (3 points)
#
# Somebody trained one model several times by plain gradient descent on all rows, every time from
# another start and with one of a few learning rates, and kept only the loss curves. The loss is
# a quadratic bowl. You know its curvatures (the eigenvalues of its Hessian), but neither the
# starts (each has a part along every eigenvector) nor the lowest loss, which is not zero.
#
# Write `who_drew(curves, curvatures, rates)`, which returns an array or list with one learning
# rate per curve, taken from `rates`. `curves` has shape `(n_curves, 61)`: the loss at the start
# and after each of 60 steps. `curvatures` and `rates` are one-dimensional arrays in any order.
# A rate may have drawn several curves, or none. Plot the curves first.


# %% question="who_drew" points=3
### BEGIN SOLUTION
def who_drew(curves, curvatures, rates):
    # late in a run the slowest (or fastest growing) direction is all that is left, and its part
    # of the loss is squared; differences of losses do not contain the unknown lowest loss
    worst = np.abs(1 - np.outer(rates, curvatures)).max(axis=1) ** 2
    late = (curves[:, -1] - curves[:, -2]) / (curves[:, -2] - curves[:, -3])
    return rates[np.abs(late[:, None] - worst).argmin(axis=1)]


### END SOLUTION

# %% check="who_drew"
_found = np.asarray(who_drew(curves, curvatures, rates), dtype=float)
assert _found.shape == (len(curves),), f"expected one rate per curve, got shape {_found.shape}"
assert np.isin(_found, rates).all(), "Every answer should be one of the candidate rates."
_bowl, _rates = np.array([1.0, 3.0, 6.0]), np.array([0.34, 0.05, 0.317, 0.143])
for _rate in _rates:
    _distances = np.array([1.5, 1.0, 2.0]) * (1 - _rate * _bowl) ** np.arange(61)[:, None]
    _answer = who_drew(2 + (_distances**2 @ _bowl / 2)[None], _bowl, _rates)[0]
    assert _answer == _rate, (
        f"We ran rate {_rate} on curvatures {_bowl}; you say {_answer}, of the rates {_rates}. "
        "Which direction dominates late in a run? The loss goes with the square of the distance, "
        "and it does not fall to zero."
    )
_again = np.asarray(who_drew(curves[:2] + 5, curvatures[::-1], rates[::-1]), dtype=float)
assert np.array_equal(_again, _found[:2]), (
    "Adding 5 to every loss, or another order of curvatures and rates, should change nothing."
)

# %% probe="who_drew" rtol=1e-9
[
    np.asarray(who_drew(*group), dtype=float)
    for group in [
        (curves, curvatures, rates),
        (curves[2:] + 3, curvatures[::-1], rates[::-1]),
        (other_curves, other_curvatures, other_rates),
        (other_curves[:1], other_curvatures, other_rates),
    ]
]

# %% [markdown]
# ## Question 4 · descend when the units differ (3 points)
#
# Write `fit(features, target, penalty, tolerance)`, which minimises `ridge_loss` by descent. It
# starts at zero, chooses its own learning rate (or one per weight), stops as soon as the norm of
# $\nabla L$ is below `tolerance` (perhaps at once), at the latest after 5,000 steps, and returns
# the weights, shape `(k,)`. It must reach the tolerance even when one column of `features` is a
# thousand times larger than the others; `penalty` is positive. You may use your functions from
# above.


# %% question="fit" points=3
### BEGIN SOLUTION
def fit(features, target, penalty, tolerance):
    n_features = features.shape[1]
    hessian = 2 / len(target) * features.T @ features + 2 * penalty * np.eye(n_features)
    scale = 1 / np.sqrt(np.diag(hessian))  # descend in units where all curvatures are alike
    learning_rate = 1 / np.linalg.eigvalsh(hessian * np.outer(scale, scale)).max()
    weights = np.zeros(n_features)
    for _ in range(5000):
        slopes = hessian @ weights - 2 / len(target) * features.T @ target
        if np.linalg.norm(slopes) < tolerance:
            break
        weights = weights - learning_rate * scale**2 * slopes
    return weights


### END SOLUTION

# %% check="fit"
for _units in (np.ones(3), np.array([1, 1, 1000]), np.array([1000, 1, 1])):
    _features = X * _units
    _w = np.asarray(fit(_features, y, penalty, 1e-6))
    assert _w.shape == (3,), f"expected one weight per column, shape (3,), got {_w.shape}"
    _slopes = 2 / len(y) * _features.T @ (_features @ _w - y) + 2 * penalty * _w
    assert np.linalg.norm(_slopes) < 1e-6, (
        f"With columns multiplied by {_units.astype(int)} the gradient's norm is still "
        f"{np.linalg.norm(_slopes):.1e}. One rate cannot suit curvatures that differ a million "
        "times: give every weight a rate of its own, or change units, descend, and change the "
        "weights (and the penalty!) back."
    )
assert not np.any(fit(X, y, penalty, 1e9)), (
    "At the start, zero, the norm is already below a tolerance of 1e9: return the start."
)

# %% probe="fit" rtol=1e-4 atol=1e-8
[
    fit(X, y, penalty, 1e-7),
    fit(X * np.array([1, 1, 1000]), y, penalty, 1e-7),
    fit(X[:50, :2] * np.array([1000, 1]), y[:50] + 1, 2 * penalty, 1e-7),
    fit(X, y, penalty, 1e9),
]

# %% [markdown]
# ## Question 5 · what kind of point? (2 points)
#
# Write `kind_of_point(gradient, hessian)` for a smooth function of $k$ variables. `gradient`
# has shape `(k,)`, `hessian` shape `(k, k)` and is symmetric. Return one of these strings:
#
# - `"not critical"`: plain gradient descent would leave the point,
# - `"minimum"` or `"maximum"`: it is certainly a local minimum or maximum,
# - `"saddle"`: the function certainly rises in some direction and falls in another,
# - `"undecided"`: gradient and Hessian leave open which of minimum, maximum and saddle it is.
#
# The numbers carry rounding errors: treat any slope or curvature between −1e-6 and 1e-6 as zero.


# %% question="kind_of_point" points=2
### BEGIN SOLUTION
def kind_of_point(gradient, hessian):
    if np.abs(gradient).max() > 1e-6:
        return "not critical"
    values = np.linalg.eigvalsh(hessian)
    rises, falls = values.max() > 1e-6, values.min() < -1e-6
    if rises and falls:
        return "saddle"
    if np.abs(values).min() <= 1e-6:
        return "undecided"
    return "minimum" if rises else "maximum"


### END SOLUTION

# %% check="kind_of_point"
_allowed = ["not critical", "minimum", "maximum", "saddle", "undecided"]
for _gradient, _hessian in points:
    _kind = kind_of_point(_gradient, _hessian)
    assert _kind in _allowed, f"{_kind!r} is none of the five strings."
    _mirrored = kind_of_point(-_gradient, -_hessian)
    _swap = {"minimum": "maximum", "maximum": "minimum"}
    assert _mirrored == _swap.get(_kind, _kind), (
        f"You call a point {_kind!r}. With the function turned upside down it should be "
        f"{_swap.get(_kind, _kind)!r}, but you call it {_mirrored!r}."
    )
assert kind_of_point(np.zeros(2), np.eye(2)) == "minimum", "This is the bowl (a² + b²) / 2."
assert kind_of_point(np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]])) == "saddle", (
    "Positive numbers on the diagonal only tell about the axes. [[1, 2], [2, 1]] falls along "
    "(1, -1)."
)
assert kind_of_point(np.zeros(2), np.diag([2.0, 1e-7])) == "undecided", (
    "Up to errors below 1e-6 this is diag(2, 0), the Hessian of a² + b³, a² + b⁴ and a² − b⁴ at the "
    "origin. Are they all alike there?"
)
assert kind_of_point(np.zeros(3), np.diag([2.0, 0.0, -2.0])) == "saddle", (
    "The function rises along the first axis and falls along the third. Can the second change that?"
)
assert kind_of_point(np.array([0.0, 1e-3]), np.eye(2)) == "not critical", (
    "Where a slope is left, descent moves, whatever the Hessian says."
)

# %% probe="kind_of_point" exact=true
[kind_of_point(*point) for point in points]

# %% [markdown]
# ## Question 6 · how large must the batch be? (3 points)
#
# The loss is $L(w) = \frac1n \lVert Xw - y \rVert^2$, without penalty. A mini-batch draws $b$
# rows independently **with replacement**; its gradient $g_b$ is the mean over the drawn rows of
# each row's own gradient. Its noise is the root mean square of its distance from the full
# gradient, $\sqrt{\mathbb{E}\, \lVert g_b - \nabla L \rVert^2}$.
#
# Write `smallest_batch(weights, features, target, share)`, which returns, as an `int`, the
# smallest $b \ge 1$ for which the noise at `weights` is at most `share` times
# $\lVert \nabla L \rVert$. It may exceed the number of rows. Compute it; a simulation is not exact
# enough. `features` has shape $(n, k)$.


# %% question="smallest_batch" points=3
### BEGIN SOLUTION
def smallest_batch(weights, features, target, share):
    row_gradients = 2 * (features @ weights - target)[:, None] * features
    full = row_gradients.mean(axis=0)
    variance = np.sum((row_gradients - full) ** 2, axis=1).mean()  # the noise², for b = 1
    return max(1, int(np.ceil(variance / (share**2 * np.sum(full**2)))))


### END SOLUTION

# %% check="smallest_batch"
_at, _batch_rng = np.array([0.5, -0.5, 0.0]), np.random.default_rng(0)
_b = smallest_batch(_at, X, y, 0.2)
assert isinstance(_b, (int, np.integer)), f"expected an integer, got {_b!r}"
assert _b >= 1, f"A batch has at least one row; you return {_b}."
_full = 2 / len(y) * X.T @ (X @ _at - y)
_errors = []
for _ in range(2000):
    _rows = _batch_rng.integers(len(y), size=min(_b, 100_000))
    _errors.append(2 / len(_rows) * X[_rows].T @ (X[_rows] @ _at - y[_rows]) - _full)
_noise = np.sqrt(np.mean(np.sum(np.square(_errors), axis=1))) / np.linalg.norm(_full)
assert 0.17 < _noise < 0.23, (
    f"We drew 2,000 batches of your size {_b}. Their noise is {_noise:.3f} times the full gradient "
    "instead of 0.2 times. How does noise, a standard deviation and not a variance, fall with b?"
)
_half = smallest_batch(_at, X, y, 0.1)
assert 4 * _b - 4 <= _half <= 4 * _b, (
    f"For a share of 0.2 you need {_b} rows, for 0.1 you need {_half}. How many times as many "
    "should half the noise cost?"
)
_two_rows = smallest_batch(np.zeros(2), np.eye(2)[[0, 0]], np.array([1.0, 3.0]), 0.15)
assert _two_rows == 12, (
    "Two rows with the gradients (−2, 0) and (−6, 0): the full one is (−4, 0), one draw is off by 2. "
    f"So 2/√b ≤ 0.15 · 4, and the smallest whole b is 12; you return {_two_rows}. Is the spread "
    "taken around the mean, over all rows (no n − 1), and the result rounded up?"
)
assert smallest_batch(_at, X, y, 1e6) == 1, "If any noise will do, one row is enough."
assert smallest_batch(2 * _at, X, 2 * y, 0.1) == _half, (
    "Doubling weights and target doubles noise and gradient alike, so b should stay."
)

# %% probe="smallest_batch" exact=true
[
    int(smallest_batch(np.array(weights), features, target, share))
    for features, target in [(X, y), (X[:25], y[:25])]
    for weights in [(0.0, 0.0, 0.0), (3.0, -3.0, 3.0), (0.0, 5.0, 0.0)]
    for share in (0.05, 0.01, 1e6)
]
