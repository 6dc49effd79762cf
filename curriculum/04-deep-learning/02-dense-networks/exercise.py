# ---
# title: "Exercise: dense networks in Keras"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: dense networks in Keras
#
# Six tools around a network: find its head, weigh its loss, stop a broadcast, read its outputs, wrap it
# for raw rows, and train a small one. No question needs the answer of another, and only the last one
# trains. Your data are drawn for you: change `seed` to practise again on others.

# %% tags=["parameters"]
seed = 2  # which data you get

# %%
import keras
import numpy as np

rng = np.random.default_rng(seed)

# question 1: labels of several kinds for 12 rows, and outputs to try a loss on
n_classes = int(rng.integers(4, 8))
amount = rng.normal(size=12)
yes = rng.permutation([0, 1] * 6)
which = rng.permutation(np.append(rng.integers(0, n_classes, size=11), n_classes - 1))
one_of = np.eye(n_classes, dtype=int)[which]
tags = rng.permuted(np.tile([1, 0, 1, 0, 1, 0], (12, 1)), axis=1)
some_outputs = (2 * rng.normal(size=(12, 8))).astype("float32")

# question 2: logits, labels and weights of 10 rows
logits = 4 * rng.normal(size=(10, 5))
class_labels = rng.integers(0, 5, size=10)
tag_labels = rng.integers(0, 2, size=(10, 5))
weights = rng.uniform(0.2, 3, size=10)

# question 3: targets and predictions of 9 rows
targets = (3 * rng.normal(size=9)).astype("float32")
predictions = (targets + rng.normal(size=9)).astype("float32")

# question 4: raw outputs of two networks
tag_logits = 2 * rng.normal(size=(14, 6)) - 1.5
thresholds = rng.uniform(0.3, 0.8, size=6)
level_logits = np.linspace(2, -2, 4) + 1.5 * rng.normal(size=(14, 4))

# question 5: raw rows, targets, and the weights of a trained core
scales = 10.0 ** rng.permutation([-2, 0, 1, 3])
raw_train = scales * (rng.normal(size=(40, 4)) + rng.uniform(-5, 5, size=4))
raw_target = rng.uniform(150, 500) + rng.uniform(20, 90) * rng.normal(size=40)
raw_new = raw_train[:6] * rng.uniform(0.8, 1.2, size=(6, 4))
core_weights = [rng.normal(size=shape) for shape in [(4, 5), (5,), (5, 1), (1,)]]


def draw_core(weights):
    dense = [keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)]
    core = keras.Sequential([keras.Input((4,)), *dense])
    core.set_weights(weights)
    return core


# question 6: three kinds of parts, from measurements in three units
def draw_parts(rng, n):
    kind = rng.integers(0, 3, size=n)
    angle = rng.uniform(0, 2 * np.pi, size=n)
    radius = 0.5 + kind + 0.12 * rng.normal(size=n)
    columns = [radius * np.cos(angle), radius * np.sin(angle), rng.normal(size=n)]
    return np.column_stack(columns) * [1, 500, 0.02] + [20, -4000, 0.1], kind


X_parts, y_parts = draw_parts(rng, 600)
X_more, y_more = draw_parts(rng, 300)

# %% [markdown]
# ## Question 1 · the head from the labels (3 points)
#
# Somebody hands you only the labels. Write `head_for(labels)`, which returns a tuple `(units, loss)`:
# how many units the last layer needs, which has no activation, and a function or Keras loss that is
# called as `loss(labels, outputs)` and returns the mean loss as one number. `outputs` is a `float32` array
# of shape `(n, units)`. The array `labels` is one of these:
#
# | `labels` | task | loss |
# |---|---|---|
# | `float32` or `float64`, `(n,)` or `(n, m)` | one amount, or m amounts | squared error, mean over rows and amounts |
# | whole numbers `(n,)`, the largest is 1 | yes or no | binary cross-entropy |
# | whole numbers `(n,)`, the largest is above 1 | one of k classes, 0 to k − 1 | cross-entropy of the classes |
# | whole numbers `(n, k)`, all 0 or 1, *every* row holds exactly one 1 | one of k classes | the same |
# | whole numbers `(n, k)`, all 0 or 1, otherwise | any of k tags | binary cross-entropy, mean over rows and tags |
#
# $k \ge 2$. With whole numbers `(n,)` the class k − 1 occurs, but others may be missing. Whole numbers have an
# integer dtype.


# %% question="head_for" points=3
### BEGIN SOLUTION
def head_for(labels):
    losses = keras.losses
    if labels.dtype.kind == "f":
        return (1 if labels.ndim == 1 else labels.shape[1]), losses.MeanSquaredError()
    if labels.ndim == 1 and labels.max() > 1:
        return int(labels.max()) + 1, losses.SparseCategoricalCrossentropy(from_logits=True)
    if labels.ndim == 1:
        return 1, losses.BinaryCrossentropy(from_logits=True)
    if np.all(labels.sum(axis=1) == 1):
        return labels.shape[1], losses.CategoricalCrossentropy(from_logits=True)
    return labels.shape[1], losses.BinaryCrossentropy(from_logits=True)


### END SOLUTION

# %% check="head_for"
_cases = {"amount": amount, "yes": yes, "which": which, "one_of": one_of, "tags": tags}
for _name, _labels in _cases.items():
    _answer = head_for(_labels)
    assert isinstance(_answer, tuple), "Return a tuple (units, loss)."
    assert len(_answer) == 2, "Return a tuple (units, loss)."
    _units, _loss = _answer
    assert np.size(float(_loss(_labels, some_outputs[:, :_units]))) == 1, "One number, please."
    # an ignorant and a perfect network, as in the lesson
    _ignorant = float(_loss(_labels, np.zeros((12, _units), "float32")))
    _right = _labels if _labels.ndim == 2 else _labels[:, np.newaxis]
    if _name == "amount":
        _perfect = _right.astype("float32")
    else:
        _right = np.eye(_units)[_labels] if _name == "which" else _right
        _perfect = 30 * _right.astype("float32") - 15
        _equal = np.log(_units if _name in ("which", "one_of") else 2)
        assert np.isclose(_ignorant, _equal, atol=1e-3), (
            f"{_name}: with all outputs 0 the loss should be ln k (ln 2 for each yes or no), so "
            f"{_equal:.2f}, and yours is {_ignorant:.2f}. Does it take logits?"
        )
    _best = float(_loss(_labels, _perfect))
    assert abs(_best) < 1e-3, f"{_name}: a perfect network should cost almost 0, not {_best:.2f}."
assert head_for(np.ones((5, 3)))[0] == 3, "Three amounts per row need three units."


# %% probe="head_for" rtol=1e-3 atol=1e-5
def _head(labels):
    units, loss = head_for(labels)
    return [int(units), float(loss(labels, some_outputs[: len(labels), : int(units)]))]


_no_tag, _two_or_none = one_of.copy(), one_of.copy()
_no_tag[3] = 0
_two_or_none[0], _two_or_none[1] = 0, 0
_two_or_none[1, :2] = 1
[
    _head(amount),
    _head(some_outputs[:, 5:].astype("float64")),
    _head(some_outputs[:, 6]),
    _head(np.round(amount)),
    _head(yes),
    _head(yes[::-1].astype("int32")),
    _head(which),
    _head(np.array([0, 2, 0, 2, 2])),
    _head(np.array([3, 3, 3, 3])),
    _head(one_of),
    _head(np.eye(2, dtype=int)[yes]),
    _head(np.eye(6, dtype=int)[[0, 1, 1, 4]]),
    _head(tags),
    _head(_no_tag),
    _head(_two_or_none),
    _head(tags[:, :2]),
]

# %% [markdown]
# ## Question 2 · what a weight does (3 points)
#
# `fit` takes a `sample_weight` per row. What is divided by what? Write, in NumPy,
# `weighted_loss(task, labels, logits, weights)`, which returns a tuple of two floats. Let $\ell_i$ be the
# loss of row $i$ and $w_i$ its weight, $n$ rows:
#
# 1. $\frac1n \sum_i w_i \ell_i$, what Keras calls `"sum_over_batch_size"` and takes without asking,
# 2. $\sum_i w_i \ell_i \, / \sum_i w_i$, the weighted mean.
#
# | `task` | `labels` | `logits` | $\ell_i$ |
# |---|---|---|---|
# | `"binary"` | `(n,)`, 0 or 1 | `(n, 1)` | binary cross-entropy |
# | `"classes"` | `(n,)`, 0 to k − 1 | `(n, k)` | cross-entropy after softmax |
# | `"tags"` | `(n, k)`, 0 or 1 | `(n, k)` | *mean* of the k binary cross-entropies |
#
# Logits may be as large as ±1,000; then too the result must be right, to four digits, and finite. So do not
# take the logarithm of a probability that may be 0.


# %% question="weighted_loss" points=3
### BEGIN SOLUTION
def weighted_loss(task, labels, logits, weights):
    if task == "classes":
        top = logits - logits.max(axis=1, keepdims=True)
        rows = np.log(np.exp(top).sum(axis=1)) - top[np.arange(len(labels)), labels]
    else:
        labels = labels.reshape(logits.shape)
        costs = np.maximum(logits, 0) - labels * logits + np.log1p(np.exp(-np.abs(logits)))
        rows = costs.mean(axis=1)
    total = np.sum(weights * rows)
    return total / len(rows), total / np.sum(weights)


### END SOLUTION

# %% check="weighted_loss"
_ones = np.ones(10)
_answer = weighted_loss("binary", class_labels % 2, logits[:, :1], _ones)
assert np.shape(_answer) == (2,), (
    "Return two numbers, not one per row and not one per pair of rows."
)
assert np.isclose(*_answer), "With all weights 1 the two numbers should be the same."
_task_labels = {"binary": class_labels % 2, "classes": class_labels, "tags": tag_labels}
for _task, _labels in _task_labels.items():
    _width = 1 if _task == "binary" else 5
    _flat = weighted_loss(_task, _labels, np.zeros((10, _width)), _ones)[0]
    _equal = np.log(5) if _task == "classes" else np.log(2)
    assert np.isclose(_flat, _equal), (
        f"{_task}: all logits 0 should cost {_equal:.3f} per row, yours is {_flat:.3f}."
    )
    _given = logits[:, :_width]
    _once, _twice = (weighted_loss(_task, _labels, _given, _w) for _w in (weights, 2 * weights))
    assert np.isclose(_twice[0], 2 * _once[0]), "Twice the weights should double the first number."
    assert np.isclose(_twice[1], _once[1]), "Twice the weights should not change the second."
    _first = weighted_loss(_task, _labels, _given, np.eye(10)[0])
    _alone = weighted_loss(_task, _labels[:1], _given[:1], np.ones(1))
    assert np.isclose(_first[1], _alone[0]), (
        f"{_task}: if only the first row has a weight, the weighted mean is the first row's loss, "
        f"{_alone[0]:.3f}, not {_first[1]:.3f}. Does each weight meet its own row?"
    )
    _huge = weighted_loss(_task, _labels, 1e3 * np.sign(_given) + _given, weights)
    assert np.all(np.isfinite(_huge)), f"{_task}: logits near ±1000 give {_huge}."

# %% probe="weighted_loss" rtol=1e-4 atol=1e-7
_binary, _few = class_labels % 2, slice(0, 4)
_wide = 1000 * np.tanh(logits / 2)
[
    [
        [float(_part) for _part in weighted_loss(*_arguments)]
        for _arguments in [
            ("binary", _binary, logits[:, :1], weights),
            ("binary", _binary, _wide[:, 1:2], weights[::-1]),
            ("binary", 1 - _binary[_few], logits[_few, 3:4], 2 * weights[_few]),
            ("classes", class_labels, logits, weights),
            ("classes", class_labels, _wide, weights),
            ("classes", class_labels, logits - 700, 3 * weights),
            ("classes", _binary[_few], logits[_few, :2], weights[_few]),
            ("tags", tag_labels, logits, weights),
            ("tags", tag_labels[:, :3], _wide[:, 2:], weights),
            ("tags", 1 - tag_labels[_few, :2], logits[_few, 1:3], np.ones(4)),
        ]
    ]
]

# %% [markdown]
# ## Question 3 · a loss that no shape can fool (2 points)
#
# Too few spare parts cost more than too many. Write a class `AsymmetricError`, a subclass of
# `keras.losses.Loss`, made as `AsymmetricError(under=3.0)`, where 3 is the default. With $e$ = truth − prediction, a row costs
# $\text{under} \cdot e$ where $e > 0$ and $-e$ elsewhere; `under` is positive.
#
# - `call(y_true, y_pred)` returns one loss *per row*, shape `(n,)`, also for one row. Keras itself then applies
#   `sample_weight` and takes the mean, so leave that to it.
# - Each of the two may have the shape `(n,)` or `(n, 1)`: four combinations, always the same losses.
# - Use `keras.ops`, so that it works in `fit`, where $n$ is not known in advance.
# - `AsymmetricError.from_config(loss.get_config())` makes a loss with the same `under` and `name`. So pass
#   other keyword arguments on to `keras.losses.Loss`.


# %% question="asymmetric_error" points=2
### BEGIN SOLUTION
class AsymmetricError(keras.losses.Loss):
    def __init__(self, under=3.0, **kwargs):
        super().__init__(**kwargs)
        self.under = under

    def call(self, y_true, y_pred):
        error = keras.ops.reshape(y_true, (-1,)) - keras.ops.reshape(y_pred, (-1,))
        return keras.ops.maximum(self.under * error, -error)

    def get_config(self):
        return {**super().get_config(), "under": self.under}


### END SOLUTION

# %% check="asymmetric_error"
_loss = AsymmetricError(under=4.0, name="parts")
_column = np.array([[1.0], [5.0]], "float32")
_rows = _loss.call(_column, np.array([[3.0], [3.0]], "float32"))
assert tuple(np.shape(_rows)) == (2,), (
    f"`call` should return the shape (2,), not {np.shape(_rows)}."
)
assert np.allclose(_rows, [2, 8]), (
    f"Two too many cost 2, two too few cost 4 · 2 = 8, and you have {np.asarray(_rows)}."
)
_one = tuple(np.shape(_loss.call(_column[:1], np.array([3.0], "float32"))))
assert _one == (1,), f"One row should give the shape (1,), not {_one}. Was its axis squeezed, too?"
_values = [
    float(_loss(_true, _guess))
    for _true in (targets, targets[:, np.newaxis])
    for _guess in (predictions, predictions[:, np.newaxis])
]
assert np.allclose(_values, _values[0], rtol=1e-4), (
    f"The four combinations of shapes give {np.round(_values, 3)}. Which pairs are broadcast?"
)
_half = float(_loss(targets, predictions, sample_weight=np.full(9, 0.5)))
assert np.isclose(_half, _values[0] / 2, rtol=1e-4), "Half the weights should halve the loss."
_again = AsymmetricError.from_config(_loss.get_config())
assert _again.under == 4.0, "from_config lost `under`: add it in get_config."
assert _again.name == "parts", "from_config lost `name`: start from super().get_config()."
assert AsymmetricError().under == 3.0, "Without an argument `under` should be 3."


# %% probe="asymmetric_error" rtol=1e-3 atol=1e-4
def _line(loss, target, n_steps=3):
    keras.utils.set_random_seed(0)
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    net.set_weights([np.ones((1, 1)), np.zeros(1)])
    net.compile(keras.optimizers.SGD(0.05), loss=loss)
    for _ in range(n_steps):
        net.train_on_batch(predictions[:, np.newaxis], target)
    return np.concatenate([np.ravel(part) for part in net.get_weights()])


_made = AsymmetricError.from_config(AsymmetricError(under=2.5, name="spare").get_config())
_shifted = predictions + np.float32(0.3)
[
    np.asarray(AsymmetricError().call(targets[:, np.newaxis], predictions)),
    np.asarray(AsymmetricError(under=0.4).call(targets, _shifted[:, np.newaxis])),
    np.asarray(AsymmetricError(under=7.0).call(targets[:, np.newaxis], _shifted[:, np.newaxis])),
    np.asarray(_made.call(targets, predictions)),
    np.asarray(_made.call(targets[:1], predictions[:1, np.newaxis])),
    float(_made(targets, _shifted[:, np.newaxis], sample_weight=np.arange(9.0))),
    float(AsymmetricError(reduction="sum")(targets, predictions[:, np.newaxis])),
    _made.name,
    _line(AsymmetricError(under=5.0), targets),
]

# %% [markdown]
# ## Question 4 · from raw outputs to answers (3 points)
#
# Write two functions. Both take `logits`, entries of up to ±1,000 in size; let $p$ be the sigmoid of a logit.
#
# `read_tags(logits, thresholds)`: logits `(n, k)`, one threshold in $(0, 1)$ per tag. Returns a boolean array
# `(n, k)`: a tag is set where $p$ is *at least* its threshold. A row in which no tag reaches its threshold
# gets exactly one: the tag that misses its threshold by least (threshold − $p$ is smallest).
#
# `read_levels(logits)`: pain on a scale from 0 to K; logits `(n, K)`. Output $j$ (from 0) answers "is the level
# *above* $j$?". Since "above 3" implies "above 2", probabilities should not rise from left to right, but a
# network does not know that. So first replace $p_j$ by the smallest of $p_0, \dots, p_j$. Then level 0 has
# the probability $1 - p_0$, level $j$ has $p_{j-1} - p_j$, and level K has $p_{K-1}$. Returns a tuple: the most
# probable level of each row (whole numbers, shape `(n,)`), and the expected level, the mean of all levels
# weighted by their probabilities (shape `(n,)`).


# %% question="read_outputs" points=3
### BEGIN SOLUTION
def sigmoid(logits):
    return (1 + np.tanh(logits / 2)) / 2


def read_tags(logits, thresholds):
    excess = sigmoid(logits) - thresholds
    best = np.eye(logits.shape[1], dtype=bool)[np.argmax(excess, axis=1)]
    return (excess >= 0) | best  # where any tag is set, the best one is among them


def read_levels(logits):
    above = np.minimum.accumulate(sigmoid(logits), axis=1)
    between = above[:, :-1] - above[:, 1:]
    levels = np.hstack([1 - above[:, :1], between, above[:, -1:]])
    return np.argmax(levels, axis=1), np.sum(above, axis=1)


### END SOLUTION

# %% check="read_outputs"
_set = np.asarray(
    read_tags(np.array([[0.0, -1.0], [-3.0, -2.0], [900, -900]]), np.array([0.5, 0.6]))
)
assert _set.dtype == bool, f"read_tags should return booleans, not {_set.dtype}."
assert _set.shape == (3, 2), f"expected the shape (3, 2), got {_set.shape}"
assert _set[0].tolist() == [True, False], (
    "A logit of 0 is p = 0.5, which reaches a threshold of 0.5."
)
assert _set[1].tolist() == [True, False], (
    "p is 0.05 and 0.12, thresholds 0.5 and 0.6: none is reached, and the first misses by less."
)
_set = np.asarray(read_tags(tag_logits, thresholds))
assert np.all(_set.any(axis=1)), "Every row should have at least one tag."
_more = np.asarray(read_tags(tag_logits, thresholds / 2))
assert _more.sum() > _set.sum(), "Half the thresholds should set more tags."
_likely, _mean = read_levels(np.array([[5.0, 5, -5], [-5, -5, -5], [-5, 5, 5], [900, 900, 900]]))
assert np.shape(_likely) == (4,) == np.shape(_mean), "Both should have one entry per row."
assert list(_likely) == [2, 0, 0, 3], (
    f"'above 0 and 1, not above 2' is level 2; never above is 0; the third row contradicts itself "
    f"and counts as 0; always above is 3. You have {list(_likely)}."
)
assert np.allclose(_mean, [2, 0, 0, 3], atol=0.05), (
    f"With such sure outputs the expected levels are near 2, 0, 0 and 3, not {np.round(_mean, 2)}."
)
_levels = read_levels(level_logits)[1]
assert np.all((_levels > 0) & (_levels < 4)), "Expected levels lie between 0 and K = 4."

# %% probe="read_outputs" rtol=1e-4 atol=1e-6
_sure = np.where(np.abs(tag_logits) > 2, np.clip(300 * tag_logits, -1000, 1000), tag_logits)
_hard = np.clip(250 * level_logits, -1000, 1000)
_exact = np.array([[0.0, -9.0, -9.0], [-9.0, -9.0, 0.0], [-1.0, 0.0, 1.0]])
[
    np.asarray(read_tags(tag_logits, thresholds)).astype(int),
    np.asarray(read_tags(tag_logits - 2, thresholds[::-1])).astype(int),
    np.asarray(read_tags(_sure[:, :3], thresholds[3:])).astype(int),
    np.asarray(read_tags(tag_logits[:1] - 9, thresholds)).astype(int),
    np.asarray(read_tags(_exact, np.full(3, 0.5))).astype(int),
    *[
        [np.asarray(_part) for _part in read_levels(_given)]
        for _given in (level_logits, -level_logits, _hard, level_logits[:3, 1:3])
    ],
    [np.asarray(_part) for _part in read_levels(tag_logits + 1.5)],
    str(np.asarray(read_tags(tag_logits, thresholds)).dtype),
]

# %% [markdown]
# ## Question 5 · raw rows in, real units out (2 points)
#
# A colleague has trained a network `core` on standardised columns *and* a standardised target: from each was
# taken its mean over the training rows, and the rest divided by the standard deviation over the same rows
# (with $n$, not $n - 1$, in the denominator). The service has raw rows and wants answers in the target's units.
#
# Write `for_service(core, X_train, y_train)`, which returns a `keras.Model`. It takes raw rows `(n, d)` and
# returns predictions `(n, 1)` in the units of `y_train`. `X_train` has the shape `(m, d)`, `y_train` the
# shape `(m,)`, and no column is constant. The new model contains `core` itself, not a copy, and trains nothing
# else: its trainable weights are those of `core`. Saved by `model.save` and loaded by `load_model`, it gives
# the same predictions, without your code. (So no `Lambda` layer and no class of your own.)


# %% question="for_service" points=2
### BEGIN SOLUTION
def for_service(core, X_train, y_train):
    normalise = keras.layers.Normalization()
    normalise.adapt(X_train)
    back = keras.layers.Rescaling(scale=float(np.std(y_train)), offset=float(np.mean(y_train)))
    return keras.Sequential([keras.Input(X_train.shape[1:]), normalise, core, back])


### END SOLUTION

# %% check="for_service"
_core = draw_core(core_weights)
_model = for_service(_core, raw_train, raw_target)
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
_out = np.asarray(_model(raw_train))
assert _out.shape == (40, 1), f"expected the shape (40, 1), got {_out.shape}"
assert len(_model.trainable_weights) == 4, (
    f"The core has 4 trainable weights; your model has {len(_model.trainable_weights)}."
)
_one_by_one = np.concatenate([np.asarray(_model(raw_new[[_i]])) for _i in range(6)])
assert np.allclose(_one_by_one, _model(raw_new), rtol=1e-3, atol=1e-2), (
    "A row alone should get what it gets in a batch. Where do mean and deviation come from?"
)
_zero = [0 * _part for _part in core_weights]
_constant = np.asarray(for_service(draw_core(_zero), raw_train, raw_target)(raw_new))
assert np.allclose(_constant, raw_target.mean(), rtol=1e-3), (
    "A core that always says 0 means 'the average target'. Is the output scaled back?"
)
_core.set_weights(_zero)
assert np.allclose(_model(raw_new), _constant, rtol=1e-3), (
    "When the core's weights change, the model should change too: put the core in, not a copy."
)

# %% probe="for_service" rtol=1e-3 atol=1e-3
import os as _os
import tempfile as _tempfile


def _served(core, X, y, new):
    model = for_service(core, X, y)
    with _tempfile.TemporaryDirectory() as folder:
        model.save(_os.path.join(folder, "service.keras"))
        loaded = keras.saving.load_model(_os.path.join(folder, "service.keras"))
    core.set_weights([2 * part for part in core.get_weights()])
    shared = np.asarray(model(new[:2]))
    return [np.asarray(loaded(new)), shared, len(model.trainable_weights)]


_narrow = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
_narrow.set_weights([core_weights[0][:2, :1], core_weights[3]])
[
    _served(draw_core(core_weights), raw_train, raw_target, raw_new),
    _served(draw_core(core_weights), raw_train[:15], 0.01 * raw_target[:15] - 3, raw_new[:1]),
    _served(_narrow, raw_train[5:, 1:3], -raw_target[5:], raw_new[:, 1:3]),
]

# %% [markdown]
# ## Question 6 · a small network, scored (2 points)
#
# Parts of three kinds lie in rings around a centre; a third measurement means nothing, and the three
# columns have very different units. Write `train_parts(X, y)`, which builds and trains a network and returns
# it. `X` has the shape `(600, 3)`, raw; `y` holds 0, 1 or 2.
#
# - Called on raw rows, `model(X_new)` gives three outputs per row; `argmax` is the answer.
# - It has at most 250 trainable parameters.
# - Its accuracy on 300 new parts is at least 0.9. (A linear model stays below 0.5.)
# - A few hundred steps suffice: training takes some seconds, not minutes.


# %% question="train_parts" points=2
### BEGIN SOLUTION
def train_parts(X, y):
    normalise = keras.layers.Normalization()
    normalise.adapt(X)
    hidden = keras.layers.Dense(32, activation="relu")
    model = keras.Sequential([keras.Input((3,)), normalise, hidden, keras.layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.03), loss=loss)
    model.fit(X, y, epochs=7, verbose=0)
    return model


### END SOLUTION

# %% check="train_parts"
_model = train_parts(X_parts, y_parts)
_out = np.asarray(_model(X_more))
assert _out.shape == (300, 3), f"expected outputs of shape (300, 3), got {_out.shape}"
_size = sum(int(np.prod(_weight.shape)) for _weight in _model.trainable_weights)
assert _size <= 250, f"At most 250 trainable parameters; yours has {_size}."
_right = float(np.mean(np.argmax(_out, axis=1) == y_more))
assert _right >= 0.9, (
    f"The accuracy on other parts is {_right:.2f}. Below 0.5: are the columns scaled inside the model, "
    "and has a hidden layer an activation? Above 0.6: more steps, or a larger rate."
)


# %% probe="train_parts" metric="accuracy" against="_y_hidden" at_least=0.9
_X_hidden, _y_hidden = draw_parts(np.random.default_rng([seed, 6]), 300)
_model = train_parts(X_parts, y_parts)
_size = sum(int(np.prod(_weight.shape)) for _weight in _model.trainable_weights)
assert _size <= 250, f"at most 250 trainable parameters are allowed, and yours has {_size}"
_out = np.asarray(_model(_X_hidden))
assert _out.shape == (300, 3), f"expected outputs of shape (300, 3), got {_out.shape}"
np.argmax(_out, axis=1)
