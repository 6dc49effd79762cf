# ---
# title: "Exercise: derivatives and gradients"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: derivatives and gradients
#
# You differentiate losses that the lesson did not: with sample weights, with weights that are
# used twice, with noise. Every function is measured against small steps, so you can see for
# yourself whether it is right. Change `seed` to practise again on other patients and numbers.

# %% tags=["parameters"]
seed = 3  # which patients, features and numbers you get
n_samples = 60  # patients

# %%
import numpy as np
from scipy.special import expit  # expit(s) = 1 / (1 + exp(-s)), safe for large |s|
from sklearn.datasets import load_diabetes

rng = np.random.default_rng(seed)
diabetes = load_diabetes()
rows = rng.choice(len(diabetes.target), n_samples, replace=False)
columns = rng.choice(diabetes.data.shape[1], 4, replace=False)
X = diabetes.data[np.ix_(rows, columns)]
X = (X - X.mean(axis=0)) / X.std(axis=0)  # shape (n_samples, 4)
labels = np.where(diabetes.target[rows] > 140, 1.0, -1.0)  # +1: disease has progressed
sample_weight = rng.uniform(0.2, 3.0, size=n_samples)  # how much each patient counts
start_weights = rng.normal(size=4)
direction = rng.normal(size=4)
encoder = rng.normal(scale=0.6, size=4)  # for question 3
noise, third = float(10 ** rng.uniform(-6, -3)), float(rng.uniform(0.5, 20))  # for question 5


def weighted_loss(weights, features, labels, sample_weight):
    margins = labels * (features @ weights)
    return np.sum(sample_weight * np.logaddexp(0, -margins)) / np.sum(sample_weight)


# %% [markdown]
# ## Question 1 · the gradient of a weighted loss (2 points)
#
# `weighted_loss` above is the logistic loss in another notation: labels $t_i$ are $-1$ or $+1$,
# and patient $i$ counts with the weight $c_i$ (`sample_weight`):
#
# $$ L(w) = \frac{1}{\sum_i c_i} \sum_i c_i \log\big(1 + e^{-t_i\, x_i \cdot w}\big) . $$
#
# Write `weighted_gradient(weights, features, labels, sample_weight)`, which returns $\nabla L$
# as an array of shape `(n_features,)`. Derive it; no numerical differences. The grading
# also takes features that differ in size a millionfold, where differences lose their digits.


# %% question="weighted_gradient" points=2
### BEGIN SOLUTION
def weighted_gradient(weights, features, labels, sample_weight):
    margins = labels * (features @ weights)
    slopes = -labels * expit(-margins) * sample_weight / np.sum(sample_weight)
    return features.T @ slopes


### END SOLUTION


# %% check="weighted_gradient"
def _slope(point, axis, h=1e-5):
    nudge = h * np.eye(4)[axis]
    higher = weighted_loss(point + nudge, X, labels, sample_weight)
    return (higher - weighted_loss(point - nudge, X, labels, sample_weight)) / (2 * h)


_got = np.asarray(weighted_gradient(start_weights, X, labels, sample_weight))
_measured = np.array([_slope(start_weights, axis) for axis in range(4)])
assert _got.shape == (4,), f"expected one partial derivative per weight, (4,), got {_got.shape}"
assert not np.allclose(_got, -_measured, rtol=1e-4), (
    "Every partial has the wrong sign. The inner derivative of -t x·w is -t x."
)
assert np.allclose(_got, _measured, rtol=1e-4, atol=1e-7), (
    f"A small step measures {_measured.round(4)}, yours is {_got.round(4)}. If the two are "
    "parallel, look at what you divide by. If not, look at the sign inside the sigmoid and at "
    "where t takes part: it does so twice, and it is -1 or +1, not 0 or 1."
)
_scales, _weights = np.array([1e-6, 1, 1, 1e6]), start_weights * [0, 1, 1, 0]
_got = np.asarray(weighted_gradient(_weights, X * _scales, labels, sample_weight))
_expected = _scales * np.asarray(weighted_gradient(_weights, X, labels, sample_weight))
assert np.allclose(_got, _expected, rtol=1e-4, atol=0), (
    "Where a weight is 0, a million times its feature gives a million times its partial. Yours "
    "does not. Do you use the function's arguments? If you take small steps, derive instead."
)

# %% probe="weighted_gradient" rtol=1e-9 atol=1e-13
[
    weighted_gradient(start_weights * [0, 1, 1, 0], X * [1e-6, 1, 1, 1e6], labels, sample_weight),
    weighted_gradient(start_weights, X, labels, sample_weight),
    weighted_gradient(np.zeros(4), X, labels, sample_weight),
    weighted_gradient(-3 * start_weights, X[:25], -labels[:25], 10 * sample_weight[:25]),
    weighted_gradient(direction[:2], X[:, :2], labels, np.ones(n_samples)),
]

# %% [markdown]
# ## Question 2 · uphill, but not everywhere allowed (2 points)
#
# The weights of a portfolio, or of a mixture, must keep their sum: a step $d$ is allowed only if
# its entries add up to zero. Write `steepest_allowed(gradient)`, which takes $\nabla L$, an array
# of shape `(n,)` whose entries are not all equal, and returns a tuple `(d, rate)`:
#
# - `d`, shape `(n,)`: among all *allowed* vectors of length 1, the one along which the loss rises
#   fastest,
# - `rate`, a float: the directional derivative of the loss along `d`.


# %% question="steepest_allowed" points=2
### BEGIN SOLUTION
def steepest_allowed(gradient):
    gradient = np.asarray(gradient, dtype=float)
    allowed = gradient - gradient.mean()
    d = allowed / np.linalg.norm(allowed)
    return d, float(gradient @ d)


### END SOLUTION

# %% check="steepest_allowed"
from itertools import permutations

for _g in (direction, -direction, start_weights[:3]):
    _d, _rate = steepest_allowed(_g)
    assert np.isclose(np.linalg.norm(_d), 1), f"d has length {np.linalg.norm(_d):.4f}, not 1."
    assert np.isclose(np.sum(_d), 0, atol=1e-9), (
        f"The entries of d add up to {np.sum(_d):.4f}, so this step is not allowed. "
        "Which part of the gradient points along (1, 1, …, 1)?"
    )
    assert np.isclose(_rate, _g @ _d), "The rate along d is the scalar product gradient · d."
    for _i, _j in permutations(np.eye(len(_g)), 2):
        _other = _d + 0.01 * (_i - _j)
        assert _g @ _other / np.linalg.norm(_other) <= _rate + 1e-9, (
            "An allowed direction close to yours climbs faster. "
            "Remove the forbidden part of the gradient first, then bring the rest to length 1."
        )

# %% probe="steepest_allowed" rtol=1e-6
[steepest_allowed(g) for g in (direction, -direction, encoder[:3], 5 * direction + 7)]

# %% [markdown]
# ## Question 3 · backpropagation when weights are used twice (3 points)
#
# An autoencoder squeezes each row $x_i$ of `X` ($n \times d$) into one number $z_i$ and restores
# the row from it. With *tied weights* one vector $w$, shape `(d,)`, does both:
#
# $$ z_i = \tanh(x_i \cdot w), \qquad \hat x_i = z_i\, w, \qquad
# L(w) = \frac1n \sum_{i=1}^n \lVert \hat x_i - x_i \rVert^2 . $$
#
# Write `tied_gradient(w, X)`, which returns $\nabla L$, shape `(d,)`. Run the chain rule backwards
# from $L$, as in section 3 of the lesson; start with one row. No numerical differences: the
# grading compares more digits than they have.


# %% question="tied_gradient" points=3
### BEGIN SOLUTION
def tied_gradient(w, X):
    codes = np.tanh(X @ w)
    d_restored = 2 * (np.outer(codes, w) - X) / len(X)
    through_decoder = codes @ d_restored
    d_scores = (d_restored @ w) * (1 - codes**2)
    through_encoder = d_scores @ X
    return through_decoder + through_encoder


### END SOLUTION


# %% check="tied_gradient"
def _autoencoder_loss(w_in, w_out):
    return np.mean(np.sum((np.outer(np.tanh(X @ w_in), w_out) - X) ** 2, axis=1))


def _measure(move_in, move_out, h=1e-5):
    slopes = []
    for nudge in h * np.eye(4):
        higher = _autoencoder_loss(encoder + move_in * nudge, encoder + move_out * nudge)
        lower = _autoencoder_loss(encoder - move_in * nudge, encoder - move_out * nudge)
        slopes.append((higher - lower) / (2 * h))
    return np.array(slopes)


_got = np.asarray(tied_gradient(encoder, X))
assert _got.shape == (4,), f"expected one slope per entry of w, shape (4,), got {_got.shape}"
assert not np.allclose(_got, _measure(0, 1), rtol=1e-4), (
    "This is the slope through the decoder only. w also shapes the codes z: add that path."
)
assert not np.allclose(_got, _measure(1, 0), rtol=1e-4), (
    "This is the slope through the encoder only. w also multiplies the codes: add that path."
)
assert np.allclose(_got, _measure(1, 1), rtol=1e-4, atol=1e-6), (
    f"Nudging each entry of w measures {_measure(1, 1).round(4)}, yours is {_got.round(4)}.\n"
    f"The decoder's path alone is {_measure(0, 1).round(4)}: which of the two is wrong? "
    "The slope of tanh is 1 - tanh². The loss is a mean over rows, but a sum over columns."
)

# %% probe="tied_gradient" rtol=1e-8 atol=1e-13
[
    tied_gradient(encoder, X),
    tied_gradient(-2 * encoder, X[:20]),
    tied_gradient(encoder[:3] + 0.1, X[:9, 1:]),
    tied_gradient(encoder * [1, 1, 1, 0], X * [1e-3, 1, 1, 1e3]),
]

# %% [markdown]
# ## Question 4 · curvature without the Hessian (3 points)
#
# With a million weights nobody can store the Hessian $H$, the matrix of the second partial
# derivatives of `weighted_loss`; but $Hv$ is a vector like any other. Write
# `hessian_times(vector, weights, features, sample_weight)`, which returns $Hv$ for $v$ = `vector`,
# shape `(n_features,)`, with $H$ taken at `weights`.
#
# It must also work when `features` is very wide or very tall: no single array that you create may
# have more entries than `features`. (So neither an $n \times n$ nor an `n_features` × `n_features` array.)
# No numerical differences. The labels are not among the arguments; you will see why.


# %% question="hessian_times" points=3
### BEGIN SOLUTION
def hessian_times(vector, weights, features, sample_weight):
    p = expit(features @ weights)
    change_of_scores = features @ vector
    change_of_slopes = sample_weight * p * (1 - p) * change_of_scores
    return features.T @ change_of_slopes / np.sum(sample_weight)


### END SOLUTION

# %% check="hessian_times"
import tracemalloc


def _along(t):
    return weighted_loss(start_weights + t * direction, X, labels, sample_weight)


_got = np.asarray(hessian_times(direction, start_weights, X, sample_weight))
assert _got.shape == (4,), f"Hv is a vector of shape (4,), got {_got.shape}"
_curvature = (_along(1e-3) - 2 * _along(0) + _along(-1e-3)) / 1e-6
assert np.isclose(direction @ _got, _curvature, rtol=1e-3), (
    f"Along v the loss has curvature {_curvature:.4f}, but your v·Hv is {direction @ _got:.4f}. "
    "The slope of each patient's p is p (1 - p); what do you divide by?"
)
_other = hessian_times(start_weights, start_weights, X, sample_weight)
assert np.isclose(direction @ _other, start_weights @ _got), (
    "A Hessian is symmetric, so u·Hv must equal v·Hu. Yours does not."
)
_large = np.asarray(hessian_times(1e6 * direction, start_weights, X, sample_weight))
assert np.allclose(_large, 1e6 * _got, rtol=1e-4), (
    "A million times v must give a million times Hv. Do you take small steps? "
    "Write down the product instead."
)
for _shape in [(3, 2000), (2000, 3)]:
    tracemalloc.start()
    hessian_times(np.ones(_shape[1]), np.zeros(_shape[1]), np.ones(_shape), np.ones(_shape[0]))
    _peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert _peak < 4e6, (
        f"For features of shape {_shape} you used {_peak / 1e6:.0f} MB. "
        "Multiply from the right: first features @ vector."
    )

# %% probe="hessian_times" rtol=1e-9 atol=1e-13
import tracemalloc

small = []
for shape in [(3, 2000), (2000, 3)]:
    tracemalloc.start()
    hessian_times(np.ones(shape[1]), np.zeros(shape[1]), np.ones(shape), np.ones(shape[0]))
    small.append(tracemalloc.get_traced_memory()[1] < 4e6)
    tracemalloc.stop()
[
    small,
    hessian_times(direction, start_weights * [0, 1, 1, 0], X * [1e-6, 1, 1, 1e6], sample_weight),
    hessian_times(direction, start_weights, X, sample_weight),
    hessian_times(start_weights, np.zeros(4), X[:30], 5 * sample_weight[:30]),
    hessian_times(direction[:3], -2 * start_weights[:3], X[:, 1:], np.ones(n_samples)),
]

# %% [markdown]
# ## Question 5 · how small a step, when the loss itself is noisy? (2 points)
#
# A simulator returns $f(x)$ with an error: each evaluation may be off by up to `noise`, in either
# direction, whatever the other evaluations do. You also know that $|f'''| \le$ `third` everywhere,
# so that cutting the Taylor series costs a central difference
# $\frac{f(x + h) - f(x - h)}{2h}$ at most $\frac{h^2}{6} \cdot$ `third`.
#
# Write `best_central_step(noise, third)`, which returns a tuple of two floats `(h, error)`: the
# step for which the *worst possible* total error of the measured slope (cutting plus noise) is
# least, and that worst possible error. Three correct digits are enough; ignore rounding.


# %% question="best_central_step" points=2
### BEGIN SOLUTION
def best_central_step(noise, third):
    # worst case noise / h + third * h**2 / 6: its derivative is zero at
    h = float(np.cbrt(3 * noise / third))
    return h, noise / h + third * h**2 / 6


### END SOLUTION


# %% check="best_central_step"
def _worst(h, noise, third):
    # the slope of third · x³ / 6 at 0 is 0, so what is measured there is all error
    high, low = third * h**3 / 6 + noise, third * (-h) ** 3 / 6 - noise
    return (high - low) / (2 * h)


for _case in [(noise, third), (20 * noise, third), (noise, 30 * third)]:
    _h, _error = best_central_step(*_case)
    assert _h > 0, "A step is positive."
    assert np.isclose(_error, _worst(_h, *_case), rtol=1e-3), (
        f"With your h = {_h:.3g} the worst error can be {_worst(_h, *_case):.4g}, yours is "
        f"{_error:.4g}. What if one evaluation is too high by the noise and the other too low?"
    )
    assert _worst(_h, *_case) <= min(_worst(0.995 * _h, *_case), _worst(1.005 * _h, *_case)), (
        "A step 0.5 % longer or shorter has a smaller worst error. "
        "Set the derivative of the total error with respect to h to zero."
    )

# %% probe="best_central_step" rtol=0.003
[best_central_step(e, t) for e, t in ((noise, third), (8 * noise, third), (noise, 0.05 * third))]

# %% [markdown]
# ## Question 6 · which partial derivative is wrong? (3 points)
#
# Write `wrong_partials(loss, gradient, weights)`, a gradient check. `loss` maps an array of shape
# `(n,)` to a float and `gradient` maps it to an array of shape `(n,)` that is meant to be the
# gradient. Return the sorted list of the positions (plain `int`s) at which `gradient(weights)` is
# wrong; an empty list if none is.
#
# What you may rely on: each partial is either right to nine digits or wrong by at least 5 % of
# its true value; no true partial is zero. No weight is zero, some are negative, and their absolute
# values run from $10^{-9}$ to $2 \cdot 10^9$. The loss bends noticeably when a weight changes by its
# own size.


# %% question="wrong_partials" points=3
### BEGIN SOLUTION
def wrong_partials(loss, gradient, weights):
    claimed = gradient(weights)
    wrong = []
    for i in range(len(weights)):
        h = 1e-5 * abs(weights[i])
        nudge = np.zeros(len(weights))
        nudge[i] = h
        measured = (loss(weights + nudge) - loss(weights - nudge)) / (2 * h)
        if abs(claimed[i] - measured) > 0.01 * abs(measured):
            wrong.append(i)
    return wrong


### END SOLUTION


# %% check="wrong_partials"
def _scaled_problem(scales, factors):
    def loss(weights):
        z = weights / scales
        return float(np.sum(np.logaddexp(0, z)) + 0.1 * np.sum(z) ** 2)

    def gradient(weights):
        z = weights / scales
        return factors * (expit(z) + 0.2 * np.sum(z)) / scales

    return loss, gradient, 1.3 * scales


_easy, _hard = np.ones(4), np.array([1e-9, 1.0, 1e4, 1e9])
assert wrong_partials(*_scaled_problem(_easy, np.ones(4))) == [], (
    "You report a mistake in a gradient that is right. How large is your difference's own error?"
)
assert wrong_partials(*_scaled_problem(_easy, np.array([1, -1, 1, 1.06]))) == [1, 3], (
    "Position 1 has the wrong sign and position 3 is 6 % too large. Do you compare each partial "
    "with its own size?"
)
assert wrong_partials(*_scaled_problem(_hard, np.ones(4))) == [], (
    "Weights from 1e-9 to 1e9 and a right gradient, and you report a mistake. The same h for all "
    "weights is huge for some and lost in rounding for others."
)
assert wrong_partials(*_scaled_problem(_hard, np.array([0.9, 1, 1, 2]))) == [0, 3], (
    "Partials of very different sizes: the error has to be judged relative to each partial."
)

# %% probe="wrong_partials" exact=true
generator = np.random.default_rng([seed, 6])


def problem(size, planted):
    scales = generator.permutation(10.0 ** np.linspace(-9, 9, size))
    scales *= generator.choice([-1, 1], size)
    factors = np.ones(size)
    factors[planted] = generator.choice([-1.0, 0.0, 0.5, 0.93, 1.06, 2.0], len(planted))
    factors[planted[:1]] = generator.choice([0.93, 1.06])
    z = generator.uniform(1.0, 2.0, size)

    def loss(weights):
        scaled = weights / scales
        return float(np.sum(np.logaddexp(0, scaled)) + 0.1 * np.sum(scaled) ** 2)

    def gradient(weights):
        scaled = weights / scales
        return factors * (expit(scaled) + 0.2 * np.sum(scaled)) / scales

    return loss, gradient, z * scales


[
    [int(i) for i in wrong_partials(*problem(size, generator.choice(size, count, replace=False)))]
    for size, count in ((5, 0), (5, 2), (8, 3), (8, 4), (12, 1))
]
