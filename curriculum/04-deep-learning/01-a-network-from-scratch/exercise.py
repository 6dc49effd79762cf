# ---
# title: "Exercise: a network from scratch"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: a network from scratch
#
# Three new pieces with a backward pass, and three tools: one finds the wrong gradient, one trains, one
# removes what a network does not use. No question needs the answer of another. Your data are drawn for
# you: change `seed` to practise again on others. Every function must work on any input of the shapes
# that its question names. NumPy is all you need. Only question 4 wants numerical differences: elsewhere
# the grading compares more digits than they have.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_digits

rng = np.random.default_rng(seed)


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dZ):
        self.dW, self.db = self.X.T @ dZ, dZ.sum(axis=0)
        return dZ @ self.W.T


class ReLU:
    def forward(self, Z):
        self.on = Z > 0
        return Z * self.on

    def backward(self, dH):
        return dH * self.on


def forward(layers, X):
    for layer in layers:
        X = layer.forward(X)
    return X


def network(sizes, rng):
    layers = []
    for n_inputs, units in zip(sizes, sizes[1:], strict=False):
        W = rng.normal(scale=np.sqrt(2 / n_inputs), size=(n_inputs, units))
        layers += [Dense(W, rng.normal(scale=0.2, size=units)), ReLU()]
    return layers[:-1]


# question 1: scores of 9 rows and 4 classes; -1 is "no label"
scores = rng.normal(scale=2, size=(9, 4))
labels = rng.permutation([-1, -1, 0, 1, 2, 3, *rng.integers(0, 4, size=3)])

# question 2: a batch of 12 rows, 5 columns of very different size, and slopes
batch = rng.normal(size=(12, 5)) * [1, 10, 0.1, 3, 1] + rng.normal(scale=4, size=5)
slopes = rng.normal(size=(12, 5))
gamma, beta = rng.uniform(0.5, 2, size=5), rng.normal(size=5)

# question 3: 60 digits without their blank columns, and the weights of 6 hidden units
images = load_digits().data[rng.choice(1797, size=60, replace=False)] / 16
images = images[:, images.std(axis=0) > 0.1]
W_tied = rng.normal(scale=0.2, size=(images.shape[1], 6))
b_tied, c_tied = rng.normal(scale=0.3, size=6), rng.normal(scale=0.1, size=images.shape[1])

# question 4: a network with one hidden layer of tanh units, as a loss of its parameters
inputs, targets = rng.normal(size=(15, 3)), rng.normal(size=15)
parameters = {
    "V": rng.normal(size=(3, 4)),
    "b": rng.normal(size=4),
    "u": rng.normal(size=4),
    "c": np.array(rng.normal()),
}


def tanh_loss(parameters):
    hidden = np.tanh(inputs @ parameters["V"] + parameters["b"])
    return float(np.mean((hidden @ parameters["u"] + parameters["c"] - targets) ** 2))


def tanh_gradients(parameters):
    hidden = np.tanh(inputs @ parameters["V"] + parameters["b"])
    slope = 2 * (hidden @ parameters["u"] + parameters["c"] - targets) / len(targets)
    below = np.outer(slope, parameters["u"]) * (1 - hidden**2)
    return {
        "V": inputs.T @ below,
        "b": below.sum(axis=0),
        "u": hidden.T @ slope,
        "c": np.array(slope.sum()),
    }


# question 5: rows, targets, and the order of the batches
X, Y = rng.normal(size=(30, 4)), rng.normal(size=(30, 2))
batches = [rows for _ in range(2) for rows in np.split(rng.permutation(30), [8, 16, 24])]

# question 6: a network in which some units never switch on
X_wide = rng.normal(size=(50, 5))
wide = network([5, 9, 7, 3], rng)
for layer, count in zip(wide[:3:2], (4, 2), strict=True):
    layer.b[rng.choice(len(layer.b), size=count, replace=False)] -= 60

# %% [markdown]
# ## Question 1 · smoothed labels, and rows without a label (2 points)
#
# *Label smoothing* keeps a network from becoming too sure: instead of the one-hot row, its target is
#
# $$ t_j = (1 - s)\, y_j + \frac{s}{k} , $$
#
# where $y$ is one-hot, $k$ the number of classes and $s$, from 0 to 1, the smoothing. The loss of a row
# is $-\sum_j t_j \log p_j$ with $p$ = softmax of the row's scores. Some rows have no label, $y = -1$:
# they count neither in the loss nor in the number of rows.
#
# Write `smoothed_loss(Z, y, smoothing)`, which returns the tuple `(loss, dZ)`: the mean loss over the rows
# *that have a label*, a float, and its gradient with respect to all of `Z`, which is zero in rows without
# one. `Z` has shape `(n, k)`, `y` shape `(n,)` with integers from −1 to $k - 1$. If no row has a label,
# the loss is 0.0 and the gradient all zeros. Scores may be as large as ±10,000: nothing may become
# infinite or `nan`. `Z` and `y` must not be changed.


# %% question="smoothed_loss" points=2
### BEGIN SOLUTION
def smoothed_loss(Z, y, smoothing):
    n_classes, known = Z.shape[1], y >= 0
    target = (1 - smoothing) * np.eye(n_classes)[y] + smoothing / n_classes
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    share = known / max(known.sum(), 1)  # what a row counts in the mean
    loss = -np.sum(share * np.sum(target * log_P, axis=1))
    return float(loss), (np.exp(log_P) - target) * share[:, None]


### END SOLUTION

# %% check="smoothed_loss"
_before = scores.copy(), labels.copy()
_loss, _dZ = smoothed_loss(scores, labels, 0.2)
assert isinstance(_loss, float), f"the loss should be a float, got {type(_loss).__name__}"
assert np.shape(_dZ) == (9, 4), f"dZ should have the shape of Z, (9, 4), got {np.shape(_dZ)}"
assert all(np.array_equal(*_pair) for _pair in zip(_before, (scores, labels), strict=True)), (
    "Z or y was changed: work on new arrays."
)
assert np.all(_dZ[labels < 0] == 0), "Rows without a label should have no gradient."
_even = smoothed_loss(np.zeros((2, 4)), np.array([0, -1]), 0.4)
assert np.isclose(_even[0], np.log(4)), (
    f"Equal scores for 4 classes cost log 4 = 1.386, with any smoothing; you return {_even[0]:.3f}. Does "
    "the row without a label count in the mean, and the row of class 0 not? Do the targets add up to 1?"
)
_direction = np.random.default_rng(1).normal(size=(9, 4))
_ends = [smoothed_loss(scores + _h * _direction, labels, 0.2)[0] for _h in (1e-5, -1e-5)]
assert np.isclose((_ends[0] - _ends[1]) / 2e-5, np.sum(_dZ * _direction), rtol=1e-5, atol=1e-8), (
    "Your gradient does not fit your loss along a random direction. Do both divide by the same number "
    "of rows, and use the same targets?"
)
_far = smoothed_loss(np.array([[1e4, -1e4], [-1e4, -1e4]]), np.array([1, 0]), 0.0)
assert np.isclose(_far[0], 10_000 + np.log(2) / 2, rtol=1e-6), (
    "Scores (10,000, -10,000) with label 1 cost 20,000, scores (-10,000, -10,000) with label 0 cost log 2: "
    f"on average 10,000.35, not {_far[0]}. What is subtracted from each row?"
)
assert np.allclose(_far[1], [[0.5, -0.5], [-0.25, 0.25]]), (
    f"There the gradient is (0.5, -0.5) and (-0.25, 0.25), not {_far[1].tolist()}."
)
_none = smoothed_loss(scores, np.full(9, -1), 0.1)
assert _none[0] == 0, f"Without any label the loss is 0, not {_none[0]}."
assert np.all(np.asarray(_none[1]) == 0), "Without any label the gradient is zero."

# %% probe="smoothed_loss" rtol=1e-8 atol=1e-12
_all = np.abs(labels)
[
    smoothed_loss(scores, labels, 0.0),
    smoothed_loss(scores, labels, 0.15),
    smoothed_loss(scores[:, :3] * 1000, np.minimum(labels, 2), 0.3),
    smoothed_loss(scores[:5], _all[:5], 1.0),
    smoothed_loss(scores[labels >= 0][:1], labels[labels >= 0][:1], 0.5),
    smoothed_loss(scores[::-1], labels - 1 + (labels < 0), 0.7),
    smoothed_loss(scores[:2], np.array([-1, -1]), 0.2),
    smoothed_loss(scores - 9000, _all, 0.1),
]

# %% [markdown]
# ## Question 2 · batch normalisation, backwards (3 points)
#
# *Batch normalisation* gives every column of a batch the mean 0 and the variance 1, then a scale and a
# shift that are learned. In training, with the column's mean $\mu$ and its variance $v$ over the $n$
# rows *of this batch* (the sum of squares divided by $n$),
#
# $$ \hat x_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}} , \qquad y_i = \gamma\, \hat x_i + \beta . $$
#
# Write a layer `BatchNorm(gamma, beta, epsilon)` with the methods of the lesson's layers:
# `forward(X)` returns the output; `backward(dY)`, called after it, stores `dgamma` and `dbeta` as attributes
# and returns the gradient with respect to `X`. `X` and `dY` have shape $(n, d)$, $n \ge 2$; `gamma` and
# `beta` shape `(d,)`, also kept as attributes; `epsilon` is a positive number. Mind that $\mu$ and $v$ are no
# constants: every row of a column takes part in both.


# %% question="batch_norm" points=3
### BEGIN SOLUTION
class BatchNorm:
    def __init__(self, gamma, beta, epsilon):
        self.gamma, self.beta, self.epsilon = gamma, beta, epsilon

    def forward(self, X):
        self.spread = np.sqrt(X.var(axis=0) + self.epsilon)
        self.X_hat = (X - X.mean(axis=0)) / self.spread
        return self.gamma * self.X_hat + self.beta

    def backward(self, dY):
        self.dgamma, self.dbeta = np.sum(dY * self.X_hat, axis=0), dY.sum(axis=0)
        dX_hat = dY * self.gamma
        centred = dX_hat - dX_hat.mean(axis=0)
        return (centred - self.X_hat * np.mean(dX_hat * self.X_hat, axis=0)) / self.spread


### END SOLUTION


# %% check="batch_norm"
def _output(X, gamma, beta, epsilon):
    return BatchNorm(gamma, beta, epsilon).forward(X)


_layer = BatchNorm(np.ones(5), np.zeros(5), 1e-9)
_out = np.asarray(_layer.forward(batch))
assert _out.shape == (12, 5), f"expected the shape of X, (12, 5), got {_out.shape}"
assert np.allclose(_out.mean(axis=0), 0, atol=1e-6), (
    "With beta 0 every column should have the mean 0."
)
assert np.allclose(_out.var(axis=0), 1, rtol=1e-4), (
    "With gamma 1 every column should have the variance 1, divided by n."
)
_layer = BatchNorm(gamma, beta, 0.1)
_layer.forward(batch)
_dX = np.asarray(_layer.backward(slopes))
assert _dX.shape == (12, 5), f"backward should return the shape of X, got {_dX.shape}"
_draw = np.random.default_rng(1)
for _name, _claimed, _place, _hint in (
    ("beta", _layer.dbeta, 2, "beta is added to every row."),
    ("gamma", _layer.dgamma, 1, "gamma multiplies the normalised rows."),
    ("X", _dX, 0, "One row moves mean and variance, and with them every row of its column."),
):
    _at = [batch, gamma, beta]
    _direction = _draw.normal(size=np.shape(_at[_place]))
    assert np.shape(_claimed) == _direction.shape, (
        f"The gradient of {_name} should have its shape, {_direction.shape}, not {np.shape(_claimed)}."
    )
    _ends = []
    for _h in (1e-5, -1e-5):
        _moved = [*_at[:_place], _at[_place] + _h * _direction, *_at[_place + 1 :]]
        _ends.append(np.sum(_output(*_moved, 0.1) * slopes))
    _measured = (_ends[0] - _ends[1]) / 2e-5
    assert np.isclose(_measured, np.sum(_claimed * _direction), rtol=1e-4, atol=1e-6), (
        f"Along a random direction of {_name} the slope is {_measured:.5f}, your gradient says "
        f"{np.sum(_claimed * _direction):.5f}. {_hint}"
    )


# %% probe="batch_norm" rtol=1e-8 atol=1e-11
def _pass(X, dY, gamma, beta, epsilon):
    layer = BatchNorm(gamma, beta, epsilon)
    out = layer.forward(X)
    dX = layer.backward(dY)
    kept = [np.asarray(part) for part in (layer.gamma, layer.beta, layer.dgamma, layer.dbeta)]
    return [np.asarray(out), np.asarray(dX), *kept]


def _twice():
    layer = BatchNorm(gamma, beta, 0.01)
    layer.forward(batch)
    layer.backward(slopes)
    layer.forward(batch[5:])
    return [layer.backward(slopes[:7]), layer.dgamma, layer.dbeta]


[
    _pass(batch, slopes, gamma, beta, 1e-3),
    _pass(batch[:5, :2], slopes[:5, 2:4], -gamma[:2], beta[3:], 2.0),
    _pass(batch[::-1] * 0.1, slopes**2, gamma**2, beta, 0.3),
    _pass(batch[:2], slopes[:2], gamma, beta, 0.5),
    _twice(),
]

# %% [markdown]
# ## Question 3 · one matrix, used twice (3 points)
#
# A *tied autoencoder* squeezes each row into a few hidden units and rebuilds it with *the same* matrix:
#
# $$ H = \max(XW + b,\, 0), \qquad \hat X = H W^\top + c, \qquad
# L = \frac1n \sum_{i=1}^n \sum_j (\hat x_{ij} - x_{ij})^2 . $$
#
# Write `tied_gradients(W, b, c, X)`, which returns the tuple `(loss, dW, db, dc)`: $L$ as a float, and
# its gradients with respect to the three parameters. `X` has shape $(n, d)$, `W` $(d, h)$, `b` `(h,)`
# and `c` `(d,)`. $d$ and $h$ may be equal.


# %% question="tied_gradients" points=3
### BEGIN SOLUTION
def tied_gradients(W, b, c, X):
    H = np.maximum(X @ W + b, 0)
    error = H @ W.T + c - X
    d_out = 2 * error / len(X)
    dA = d_out @ W * (H > 0)
    loss = np.sum(error**2) / len(X)
    return float(loss), X.T @ dA + d_out.T @ H, dA.sum(axis=0), d_out.sum(axis=0)


### END SOLUTION

# %% check="tied_gradients"
_one = tied_gradients(np.array([[2.0]]), np.array([1.0]), np.array([0.0]), np.array([[1.0]]))
assert np.isclose(_one[0], 25), (
    f"x = 1, W = 2, b = 1, c = 0: h = 3, rebuilt 6, loss 25; you return {_one[0]}."
)
_got = tied_gradients(W_tied, b_tied, c_tied, images)
assert isinstance(_got[0], float), f"the loss should be a float, got {type(_got[0]).__name__}"
_two = tied_gradients(W_tied, b_tied, c_tied, np.vstack([images, images]))
assert np.isclose(_two[0], _got[0]), "Every row given twice should leave the mean as it is."
for _k, _name, _hint in (
    (2, "c", "c is added to every rebuilt row."),
    (1, "b", "From the output back to the hidden units: which matrix, and which units are on?"),
    (0, "W", "W takes part twice. What do gradients along two paths do?"),
):
    _at = [W_tied, b_tied, c_tied]
    _claimed = np.asarray(_got[_k + 1])
    assert _claimed.shape == _at[_k].shape, (
        f"d{_name} should have the shape {_at[_k].shape}, got {_claimed.shape}"
    )
    _direction, _ends = np.random.default_rng(1).normal(size=_at[_k].shape), []
    for _h in (1e-6, -1e-6):
        _moved = [*_at[:_k], _at[_k] + _h * _direction, *_at[_k + 1 :]]
        _ends.append(tied_gradients(*_moved, images)[0])
    _measured, _slope = (_ends[0] - _ends[1]) / 2e-6, np.sum(_claimed * _direction)
    assert np.isclose(_measured, _slope, rtol=1e-2, atol=1e-3), (
        f"Along a random direction of {_name} your loss has slope {_measured:.4f}, your gradient says "
        f"{_slope:.4f}. {_hint}"
    )

# %% probe="tied_gradients" rtol=1e-8 atol=1e-11
_square = np.random.default_rng([seed, 3]).normal(size=(5, 5))
[
    tied_gradients(W_tied, b_tied, c_tied, images),
    tied_gradients(-W_tied, 2 * b_tied, c_tied + 0.2, images[:17] - 0.4),
    tied_gradients(_square, b_tied[:5], c_tied[:5], images[:9, 3:8]),
    tied_gradients(W_tied[:1], b_tied, c_tied[:1], images[:4, :1]),
]

# %% [markdown]
# ## Question 4 · whose gradient is wrong? (3 points)
#
# Write `wrong_gradients(loss, parameters, gradients)`, which names the parameters whose claimed gradient is
# wrong, in a list, worst first.
#
# - `parameters` is a dictionary from names to `float64` arrays of any shape, also `()`. `loss` takes
#   such a dictionary, with all names, and returns a float. `gradients` has the same names.
# - Measure the slope for each single entry by $(L(p + h) - L(p - h)) / 2h$ with $h = 10^{-5}$, all else
#   unchanged.
# - The error of a parameter is $\lVert \text{claimed} - \text{measured} \rVert$ divided by the largest
#   of $\lVert \text{claimed} \rVert$, $\lVert \text{measured} \rVert$ and $10^{-2}$; a norm is the root of
#   the sum of squares over all entries. Above $10^{-6}$ it is wrong.
# - A gradient that has not the shape of its parameter is wrong too, and worse than any other. (There is
#   at most one of those.)
# - Afterwards all arrays in `parameters` and `gradients` hold the values that they held before.


# %% question="wrong_gradients" points=3
### BEGIN SOLUTION
def wrong_gradients(loss, parameters, gradients):
    errors = {}
    for name, values in parameters.items():
        claimed, measured = np.asarray(gradients[name]), np.zeros(values.shape)
        if claimed.shape != values.shape:
            errors[name] = np.inf
            continue
        for place in np.ndindex(values.shape):
            ends = []
            for h in (1e-5, -1e-5):
                moved = values.copy()
                moved[place] += h
                ends.append(loss({**parameters, name: moved}))
            measured[place] = (ends[0] - ends[1]) / 2e-5
        sizes = [np.linalg.norm(claimed), np.linalg.norm(measured), 1e-2]
        errors[name] = np.linalg.norm(claimed - measured) / max(sizes)
    wrong = [name for name, error in errors.items() if error > 1e-6]
    return sorted(wrong, key=lambda name: -errors[name])


### END SOLUTION

# %% check="wrong_gradients"
_good = tanh_gradients(parameters)
_kept = {_name: _part.copy() for _name, _part in parameters.items()}
_answer = wrong_gradients(tanh_loss, parameters, _good)
assert isinstance(_answer, list), f"expected a list of names, got {type(_answer).__name__}"
assert _answer == [], (
    f"These gradients are right, and you name {_answer}. Are differences taken on both sides, and is "
    "each entry put back before the next?"
)
assert all(np.array_equal(parameters[_name], _kept[_name]) for _name in _kept), (
    "Afterwards `parameters` holds other values than before: work on a copy."
)
_bad = {**_good, "b": _good["b"] * 1.0001, "V": _good["V"][:, ::-1]}
assert wrong_gradients(tanh_loss, parameters, _bad) == ["V", "b"], (
    "V's columns are in the wrong order and b is 0.01 % too large: expected ['V', 'b'], got "
    f"{wrong_gradients(tanh_loss, parameters, _bad)}."
)
_bad = {**_good, "u": -_good["u"], "c": _good["c"].reshape(1)}
assert wrong_gradients(tanh_loss, parameters, _bad) == ["c", "u"], (
    "A shape (1,) for the parameter of shape () is worse than the wrong sign of u: expected ['c', 'u'], "
    f"got {wrong_gradients(tanh_loss, parameters, _bad)}."
)
_ones = {_name: np.ones(2) for _name in "pqr"}
_found = wrong_gradients(
    lambda p: float(sum(_part.sum() for _part in p.values())),
    _ones,
    {"p": 0 * _ones["p"], "q": -_ones["q"], "r": 10 * _ones["r"]},
)
assert _found == ["q", "p", "r"], (
    "All slopes are 1, claimed as p: 0, q: -1 and r: 10. The errors are 1, 2 and 0.9: expected "
    f"['q', 'p', 'r'], got {_found}. By what is the difference divided?"
)
_flat = wrong_gradients(lambda p: 3.0, {"a": np.ones(2)}, {"a": np.zeros(2)})
assert _flat == [], "A parameter that the loss does not use has gradient zero, and that is right."

# %% probe="wrong_gradients" exact=true
_right = tanh_gradients(parameters)


def _faults(loss, parameters, claimed):
    kept = {name: values.copy() for name, values in parameters.items()}
    held = {name: np.array(values) for name, values in claimed.items()}
    found = [str(name) for name in wrong_gradients(loss, parameters, claimed)]
    same = all(np.array_equal(kept[name], parameters[name]) for name in kept)
    return [found, same and all(np.array_equal(held[name], claimed[name]) for name in held)]


def _nudged(name, factor):
    part = _right[name].copy()
    part.flat[np.abs(part).argmax()] *= factor
    return part


def _steep(p):
    return float(np.sum(np.exp(p["a"])) + np.sum(p["z"] ** 2) + 1e-3 * np.sum(p["t"]))


_a = 1 + np.abs(np.ravel(inputs)[:6]).reshape(1, 2, 3) / 4
_point = {"t": np.zeros(3), "a": _a, "z": np.zeros((2, 2))}
_slopes = {"t": np.full(3, 1e-3), "a": np.exp(_a), "z": np.zeros((2, 2))}
_one, _two, _three, _four = np.random.default_rng([seed, 4]).permutation(list(_right)).tolist()
[
    _faults(tanh_loss, parameters, _right),
    _faults(tanh_loss, parameters, {**_right, _one: _nudged(_one, 1.0001)}),
    _faults(tanh_loss, parameters, {**_right, _two: _nudged(_two, 1.01), _three: -_right[_three]}),
    _faults(
        tanh_loss,
        parameters,
        {
            _four: _right[_four] * 1.002,
            _one: _right[_one] * 3,
            _three: _right[_three] * -3,
            _two: _right[_two] * 0.96,
        },
    ),
    _faults(
        tanh_loss,
        parameters,
        {**_right, _two: _right[_two] * 0.2, _four: -_right[_four], _one: _right[_one] * 12},
    ),
    _faults(tanh_loss, parameters, {**_right, _two: _right[_two][None], _four: -5 * _right[_four]}),
    _faults(tanh_loss, parameters, {**_right, "V": _right["V"].T, _one: _right[_one] * 1.5}),
    _faults(_steep, _point, _slopes),
    _faults(_steep, _point, {**_slopes, "a": _slopes["a"] * (1 + 4e-6)}),
    _faults(_steep, _point, {**_slopes, "a": _slopes["a"] * (1 + 5e-7)}),
    _faults(_steep, _point, {**_slopes, "z": np.full((2, 2), 2e-6), "t": np.full(3, 1.001e-3)}),
    _faults(_steep, _point, {**_slopes, "t": np.full(3, 1e-3 + 2e-9)}),
    _faults(_steep, _point, {**_slopes, "t": np.full(3, 1e-3 + 8e-9)}),
    _faults(_steep, _point, {**_slopes, "z": np.full((2, 2), 3e-11)}),
]

# %% [markdown]
# ## Question 5 · training with momentum and decay (2 points)
#
# Write `train(layers, loss, X, Y, batches, learning_rate, momentum, decay)`. It changes the weights of
# `layers` and returns the list of the losses of all steps, each measured *before* its step.
#
# - `layers` holds `Dense` and `ReLU` objects in any order; each object occurs once.
# - `batches` is a list of arrays of row numbers, possibly of different lengths: one step each, in this order.
# - `loss(Z, Y)` returns a tuple: a float, and the gradient with respect to `Z`. It gets the network's
#   output and the rows of `Y` that belong to the batch.
# - The gradient of a `W` gets `decay` times that `W` added (*weight decay*); that of a `b` does not.
# - Each parameter has a velocity $v$ of its own, at first 0. A step with the gradient $g$ is
#   $v \leftarrow \beta v - \eta g$, then $w \leftarrow w + v$, where $\beta$ is `momentum` and $\eta$ is
#   `learning_rate`. All gradients of a step belong to the weights before it.


# %% question="train" points=2
### BEGIN SOLUTION
def train(layers, loss, X, Y, batches, learning_rate, momentum, decay):
    losses = []
    velocity = {}
    for rows in batches:
        value, gradient = loss(forward(layers, X[rows]), Y[rows])
        losses.append(value)
        for layer in reversed(layers):
            gradient = layer.backward(gradient)
        for i, layer in enumerate(layers):
            if not isinstance(layer, Dense):
                continue
            slopes = {"W": layer.dW + decay * layer.W, "b": layer.db}
            for name, slope in slopes.items():
                velocity[i, name] = momentum * velocity.get((i, name), 0) - learning_rate * slope
                setattr(layer, name, getattr(layer, name) + velocity[i, name])
    return losses


### END SOLUTION


# %% check="train"
def _squared(Z, target):
    return float(np.mean(np.sum((Z - target) ** 2, axis=1))), 2 * (Z - target) / len(Z)


_line = [Dense(np.zeros((1, 1)), np.zeros(1))]
_one, _two = np.ones((1, 1)), np.full((1, 1), 2.0)
_losses = train(_line, _squared, _one, _two, [np.array([0])] * 2, 0.1, 0.5, 0.0)
assert np.allclose(_losses, [4, 1.44]), (
    "One row, x = 1, target 2, all weights 0: the prediction is 0, then 0.8, so the losses are 4 and 1.44; "
    f"you return {_losses}. Is each loss measured before its step?"
)
assert np.isclose(_line[0].W[0, 0], 0.84), (
    f"After two steps with momentum 0.5, W is 0.4 + (0.2 + 0.24) = 0.84; yours is {_line[0].W[0, 0]:.3f}."
)
_shrunk = [ReLU(), Dense(np.full((1, 1), 2.0), np.ones(1))]
train(_shrunk, lambda Z, Y: (0.0, 0 * Z), _one, _two, [np.array([0])] * 2, 0.1, 0.5, 3.0)
assert np.isclose(_shrunk[1].W[0, 0], 0.68), (
    "A loss without slope, decay 3, rate 0.1, momentum 0.5: W = 2 becomes 2 - 0.6 = 1.4, then "
    f"1.4 - (0.3 + 0.42) = 0.68; yours is {_shrunk[1].W[0, 0]:.3f}."
)
assert _shrunk[1].b[0] == 1, f"Decay should leave b alone: it was 1 and is {_shrunk[1].b[0]:.3f}."
_pair = [Dense(np.ones((1, 1)), np.zeros(1)) for _ in range(2)]
train(_pair, _squared, _one, 0 * _one, [np.array([0])], 0.1, 0.0, 0.0)
assert np.isclose(_pair[0].W[0, 0], 0.8), (
    "Two layers with W = 1, x = 1, target 0: both slopes are 2 and both W become 0.8; your first one is "
    f"{_pair[0].W[0, 0]:.3f}. Does its gradient pass through the weights before the step?"
)
_net = network([4, 6, 6, 2], np.random.default_rng(1))
_losses = train(_net, _squared, X, Y, batches * 20, 0.02, 0.8, 0.0)
assert len(_losses) == 20 * len(batches), "There should be one loss for each batch."
assert np.mean(_losses[-8:]) < 0.7 * np.mean(_losses[:8]), (
    "A network of three layers should fit its 30 rows better after 160 steps. Are all layers changed, and "
    "are rows and targets taken in the same order?"
)


# %% probe="train" rtol=1e-7 atol=1e-10
def _quartic(Z, target):
    error = Z - target
    return float(
        np.sum(error**4) / 40 + np.sum(error**2) / len(Z)
    ), error**3 / 10 + 2 * error / len(Z)


def _trained(sizes, loss, steps, *settings):
    net = network(sizes, np.random.default_rng([seed, 5]))
    target = Y[:, : sizes[-1]]
    losses = train(net, loss, X[:, : sizes[0]], target, steps, *settings)
    return [
        [float(value) for value in losses],
        *(part for layer in net[::2] for part in (layer.W, layer.b)),
    ]


def _plain():
    net = network([4, 5, 2], np.random.default_rng([seed, 6]))[::2]  # no ReLU
    losses = train(
        [net[0], ReLU(), ReLU(), net[1]], _squared_error, X, Y, batches[:3], 0.05, 0.5, 0.01
    )
    return [[float(value) for value in losses], net[0].W, net[1].b]


def _squared_error(Z, target):
    return float(np.mean(np.sum((Z - target) ** 2, axis=1))), 2 * (Z - target) / len(Z)


[
    _trained([4, 6, 2], _squared_error, batches, 0.03, 0.9, 0.0),
    _trained([4, 5, 5, 2], _squared_error, batches[:5], 0.02, 0.5, 0.3),
    _trained([3, 4, 1], _quartic, batches[2:5], 0.01, 0.7, 0.1),
    _trained(
        [4, 2], _squared_error, [np.array([3]), np.arange(30), np.array([5, 5, 9])], 0.1, 0.0, 0.5
    ),
    _plain(),
]

# %% [markdown]
# ## Question 6 · cut out what never switches on (2 points)
#
# A hidden unit whose ReLU gives 0 for *every* row is *dead*: it adds nothing to any output, and its own
# weights get no gradient. Write `prune(layers, X)`.
#
# `layers` alternates `Dense, ReLU, Dense, …, Dense`; at least one hidden layer. Return a new list of
# layers of the same kinds, without the units that are dead on the rows of `X`, in their old order
# otherwise: the outputs for `X` must stay the same. Outputs of the last layer are not hidden units: all
# of them stay. A hidden layer may end up without any unit; it stays in the list. The weights of the
# old layers must not change.


# %% question="prune" points=2
### BEGIN SOLUTION
def prune(layers, X):
    pruned = []
    kept = np.full(X.shape[1], True)
    for layer in layers:
        X = layer.forward(X)
        if isinstance(layer, Dense):
            pruned.append(Dense(layer.W[kept], layer.b))
        else:
            kept = np.any(X > 0, axis=0)
            pruned[-1] = Dense(pruned[-1].W[:, kept], pruned[-1].b[kept])
            pruned.append(ReLU())
    return pruned


### END SOLUTION

# %% check="prune"
_weights = [_part.copy() for _layer in wide[::2] for _part in (_layer.W, _layer.b)]
_pruned = prune(wide, X_wide)
_kinds = [type(_layer).__name__ for _layer in _pruned]
assert _kinds == ["Dense", "ReLU", "Dense", "ReLU", "Dense"], f"the kinds should stay, got {_kinds}"
_now = [_part for _layer in wide[::2] for _part in (_layer.W, _layer.b)]
assert all(np.array_equal(_a, _b) for _a, _b in zip(_weights, _now, strict=True)), (
    "The old network has changed: put new arrays into new layers."
)
for _place, _layer in enumerate(_pruned[:-1:2]):
    assert _layer.W.shape[1] == len(_layer.b) == _pruned[2 * _place + 2].W.shape[0], (
        f"Hidden layer {_place + 1}: columns of W, entries of b and rows of the next W should agree."
    )
assert np.allclose(forward(_pruned, X_wide), forward(wide, X_wide)), (
    "The outputs for X have changed. Was a unit cut that is on for some row?"
)
assert all(_layer.on.any(axis=0).all() for _layer in _pruned[1::2]), (
    "Some unit that is left is still off for every row."
)


# %% probe="prune" rtol=1e-8 atol=1e-12
def _cut(layers, X):
    before = [part.copy() for layer in layers[::2] for part in (layer.W, layer.b)]
    left = prune(layers, X)
    after = [part for layer in layers[::2] for part in (layer.W, layer.b)]
    same = all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    kinds = [type(layer).__name__ for layer in left]
    return [same, kinds, *(np.asarray(part) for layer in left[::2] for part in (layer.W, layer.b))]


def _net(sizes, shifts):
    net = network(sizes, np.random.default_rng([seed, 7]))
    for layer, shift in zip(net[::2], shifts, strict=False):
        layer.b[:: 3 if shift < 0 else 2] += shift
    return net


_off = _net([5, 4, 6, 2], [0, -200])
_off[0].b[:] = -200
[
    _cut(wide, X_wide),
    _cut(wide, X_wide[:2]),
    _cut(wide, np.vstack([np.tile(X_wide[:1], (30, 1)), X_wide[1:7]])),
    _cut(_net([5, 8, 2], [-200]), X_wide),
    _cut(_net([5, 8, 8, 8, 3], [100, -2000, -3000, -1e5]), X_wide[:20]),
    [part.shape for part in _cut(_off, X_wide)[2:]],
]
