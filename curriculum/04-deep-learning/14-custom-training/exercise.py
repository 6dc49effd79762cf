# ---
# title: "Exercise: custom training"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: custom training
#
# Six parts that `fit` does not bring along: a loss for rare cases, a metric for uneven classes, a layer that
# remembers, a gradient in pieces, a gradient that no single row can dominate, and a loop that can be stopped
# and resumed. No question needs the answer of another, and nothing trains for longer than a moment. Your data are
# drawn for you: change `seed` to practise again on others.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

rng = np.random.default_rng(seed)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def draw(*shape, spread=1.0):
    return rng.normal(0.0, spread, size=shape).astype("float32")


# question 1: labels and logits of a rare class
rare, logits = (rng.random(40) < 0.2).astype("float32"), draw(40, spread=2.0)

# question 2: three batches of labels, scores of four classes, and weights
counts = rng.integers(5, 12, size=3)
scored = [(rng.integers(0, 4, n), draw(n, 4), rng.uniform(0.2, 2, n)) for n in counts]

# question 3: five batches of sensor values with three channels
readings = [draw(6, 3, spread=spread) for spread in (1.0, 4.0, 0.5, 2.0, 0.3)]

# questions 4 to 6: rows of three classes; `weights` for the networks
X, y = draw(50, 5), rng.integers(0, 3, size=50)
weights = [draw(5, 6, spread=0.7), draw(6, 3, spread=0.7), draw(3, spread=0.3)]


def network(penalty=0.0, batch_norm=False):  # the same start at every call
    hidden = layers.Dense(6, use_bias=False, kernel_regularizer=keras.regularizers.L2(penalty))
    norm = [layers.BatchNormalization(momentum=0.8)] if batch_norm else []
    model = keras.Sequential([keras.Input((5,)), hidden, *norm, layers.ReLU(), layers.Dense(3)])
    hidden.set_weights(weights[:1])
    model.layers[-1].set_weights(weights[1:])
    return model


# %% [markdown]
# ## Question 1 · a loss for rare cases (2 points)
#
# With 1 % real cases, millions of easy rows outweigh the few hard ones. The *focal loss* of a row with label
# $y \in \{0, 1\}$ is
#
# $$ -(1 - p)^{\gamma} \, \log p , $$
#
# where $p$ is the probability that the model gives to the row's *right* class, and $\gamma \ge 0$ (`gamma`). With
# $\gamma = 0$ it is the cross-entropy.
#
# Write the class `Focal`, a `keras.losses.Loss`: `Focal(gamma=2.0)`. It is called with labels and *logits* (of
# class 1), both float32 of shape `(n,)`, and an optional `sample_weight` of shape `(n,)`, as Keras calls every
# loss. By default it averages over the rows. It must
#
# - work with weights per row and with `reduction=None` (then it returns the rows' losses),
# - be finite and right for logits of ±200, where a probability rounds to 0 or 1 (a row that is wrong by 200
#   costs about 200),
# - be restored by `Focal.from_config(loss.get_config())`.


# %% question="focal" points=2
### BEGIN SOLUTION
class Focal(keras.losses.Loss):
    def __init__(self, gamma=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gamma = gamma

    def call(self, y_true, y_pred):
        margin = (2 * y_true - 1) * y_pred  # the logit of the right class
        return ops.exp(-self.gamma * ops.softplus(margin)) * ops.softplus(-margin)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma}


### END SOLUTION

# %% check="focal"
_y, _z = np.array([1.0, 0.0, 1.0], "float32"), np.array([0.0, 0.0, 2.0], "float32")
_rows = np.asarray(Focal(gamma=0.0, reduction=None)(_y, _z))
assert _rows.shape == (3,), f"One number per row is expected, not the shape {_rows.shape}."
assert np.allclose(_rows, [0.6931, 0.6931, 0.1269], atol=1e-3), (
    f"With gamma 0 it is the cross-entropy, log 2 for a logit of 0 in either class, not {_rows}."
)
_rows = np.asarray(Focal(gamma=2.0, reduction=None)(_y, _z))
assert np.allclose(_rows[:2], 0.6931 / 4, atol=1e-3), (
    f"At p = 0.5 and gamma 2 the factor is a quarter for both classes; you have {_rows[:2]}."
)
assert _rows[2] < 0.01, (
    "A row that is right with p = 0.88 should cost next to nothing with gamma 2."
)
_none = float(Focal()(_y, _z, sample_weight=np.zeros(3, "float32")))
assert _none == 0, "Rows of weight 0 should cost nothing: `call` returns one number per row."
_far = np.asarray(Focal(reduction=None)(_y[:2], np.array([-200.0, -200.0], "float32")))
assert np.all(np.isfinite(_far)), (
    f"Logits of -200 give {_far}: which part overflows or takes log(0)?"
)
assert np.allclose(_far, [200, 0], rtol=0.01, atol=1e-6), (
    f"A logit of -200 costs 200 if the label is 1 and nothing if it is 0, not {_far}."
)
_copy = Focal.from_config(Focal(gamma=0.5).get_config())
assert np.isclose(float(_copy(_y, _z)), float(Focal(gamma=0.5)(_y, _z))), (
    "A loss that is restored from its config gives other values. Is gamma in the config?"
)

# %% probe="focal" rtol=1e-3 atol=1e-5
_extreme = np.array([200.0, -200.0, 90.0, -90.0], "float32")
_labels = np.array([0.0, 1.0, 1.0, 1.0], "float32")
_weighted = Focal(gamma=1.5)(rare, logits, sample_weight=np.arange(40, dtype="float32"))
_sum = Focal.from_config(Focal(gamma=0.7, reduction="sum").get_config())
[np.asarray(Focal(gamma=gamma, reduction=None)(rare, logits)) for gamma in (0.0, 0.5, 2.0, 3.7)] + [
    float(Focal()(rare, logits)),
    float(_weighted),
    np.asarray(Focal(gamma=1.0, reduction=None)(_labels, _extreme)),
    float(_sum(rare, logits)),
]

# %% [markdown]
# ## Question 2 · a metric for uneven classes (3 points)
#
# Write the class `MacroRecall`, a `keras.metrics.Metric`: `MacroRecall(n_classes)`.
#
# - `update_state(y_true, y_pred, sample_weight=None)` takes whole-number labels of shape `(n,)`, scores of shape
#   `(n, n_classes)` (the largest is the answer) and weights of shape `(n,)`; without them each row
#   weighs 1.
# - `result()` is a scalar: the recall of each class over *all* batches so far (the share of its rows, by
#   weight, that were answered rightly), averaged over the classes that have occurred, that is, whose weight so far
#   is above 0. Before the first update it is 0.
# - `reset_state()` starts again.
# - All of it also works inside a `tf.function`.


# %% question="macro_recall" points=3
### BEGIN SOLUTION
class MacroRecall(keras.metrics.Metric):
    def __init__(self, n_classes, **kwargs):
        super().__init__(**kwargs)
        self.n_classes = n_classes
        self.hits = self.add_weight(shape=(n_classes,), initializer="zeros")
        self.totals = self.add_weight(shape=(n_classes,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        member = ops.one_hot(ops.cast(y_true, "int32"), self.n_classes)
        if sample_weight is not None:
            member = member * ops.cast(sample_weight, "float32")[:, None]
        right = ops.equal(ops.cast(y_true, "int64"), ops.cast(ops.argmax(y_pred, axis=-1), "int64"))
        self.totals.assign_add(ops.sum(member, axis=0))
        self.hits.assign_add(ops.sum(member * ops.cast(right, "float32")[:, None], axis=0))

    def result(self):
        seen = ops.cast(self.totals > 0, "float32")
        recalls = ops.divide_no_nan(self.hits, self.totals)
        return ops.divide_no_nan(ops.sum(recalls), ops.sum(seen))


### END SOLUTION

# %% check="macro_recall"
_metric = MacroRecall(3)
assert float(_metric.result()) == 0, "Before the first update the result is 0."
_eye = np.eye(3, dtype="float32")
_metric.update_state(np.array([0, 0, 0, 1]), _eye[[0, 0, 2, 1]])
assert np.isclose(float(_metric.result()), (2 / 3 + 1) / 2, atol=1e-4), (
    f"Class 0 was right in 2 of 3 rows, class 1 in 1 of 1, class 2 has not occurred: expected 0.833, not "
    f"{float(_metric.result()):.3f}. Who is in the average, and does a large class count more?"
)
_metric.update_state(np.array([1, 1, 1]), _eye[[0, 0, 0]])
assert np.isclose(float(_metric.result()), (2 / 3 + 1 / 4) / 2, atol=1e-4), (
    "After a second batch class 1 is right in 1 of 4 rows. Recalls of batches cannot be averaged: what must be "
    "kept?"
)
_metric.reset_state()
_metric.update_state(np.array([0, 0]), _eye[[0, 1]], sample_weight=np.array([3.0, 1.0]))
assert np.isclose(float(_metric.result()), 0.75, atol=1e-4), (
    f"After a reset: a right row of weight 3 and a wrong one of weight 1 make 0.75, not "
    f"{float(_metric.result()):.3f}."
)
_metric = MacroRecall(3)
_update = tf.function(lambda y, scores: _metric.update_state(y, scores))
for _ in range(3):
    _update(tf.constant([0, 1]), tf.constant(_eye[[0, 0]]))
_update(tf.constant([1, 1]), tf.constant(_eye[[1, 1]]))
assert np.isclose(float(_metric.result()), (1 + 2 / 5) / 2, atol=1e-4), (
    "Inside a tf.function updates are lost. Python numbers change only while the function is traced: keep the state "
    "in weights of the metric."
)

# %% probe="macro_recall" rtol=1e-4
_metric, _found = MacroRecall(4), []
for _labels, _scores, _ in scored:
    _metric.update_state(_labels, _scores)
    _found.append(float(_metric.result()))
_metric.reset_state()
for _labels, _scores, _weights in scored[::-1]:
    _metric.update_state(_labels, _scores, sample_weight=_weights)
    _found.append(float(_metric.result()))
_wide = MacroRecall(6)
_wide.update_state(scored[0][0][:3] + 2, np.tile(scored[0][1][:3, :1], (1, 6)) * np.arange(6.0))
_found.append(float(_wide.result()))
_wide.update_state(np.array([5, 0]), np.eye(6)[[5, 3]], sample_weight=np.array([0.5, 0.0]))
_found.append(float(_wide.result()))
_traced = MacroRecall(4)
_update = tf.function(_traced.update_state)
for _ in range(3):
    _update(tf.constant(scored[1][0]), tf.constant(scored[1][1]))
_update(tf.constant(scored[2][0]), tf.constant(scored[2][1]))
[*_found, float(_traced.result())]

# %% [markdown]
# ## Question 3 · a layer that remembers (3 points)
#
# Sensors differ in range, and the range is known only from what has passed. Write the layer
# `RunningRange(decay)`, $0 <$ `decay` $\le 1$, for inputs of shape `(n, channels)`. For each channel it keeps `peak`,
# at first 0.
#
# - In training it first sets `peak` to the larger of `decay` · `peak` and the largest absolute value of this batch
#   in this channel; then it divides by `peak`.
# - In inference `peak` stays. It divides by it, and limits the result to the range from −1 to 1.
# - Where `peak` is 0, it divides by 1 instead.
# - `training` is an argument of `call` and means inference by default. `peak` is a weight of shape `(channels,)`,
#   no gradient touches it, and the layer has no other weight.
# - `RunningRange.from_config(layer.get_config())` gives a layer with the same `decay`. It also
#   works inside a `tf.function`.


# %% question="running_range" points=3
### BEGIN SOLUTION
class RunningRange(layers.Layer):
    def __init__(self, decay, **kwargs):
        super().__init__(**kwargs)
        self.decay = decay

    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.peak = self.add_weight(shape=shape, initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            largest = ops.max(ops.abs(inputs), axis=0)
            self.peak.assign(ops.maximum(self.decay * self.peak, largest))
        scaled = inputs / ops.where(self.peak > 0, self.peak, 1.0)
        return scaled if training else ops.clip(scaled, -1, 1)

    def get_config(self):
        return {**super().get_config(), "decay": self.decay}


### END SOLUTION

# %% check="running_range"
_layer = RunningRange(0.5)
_first = np.array([[1.0, 0.0], [-4.0, 0.0]], "float32")
_out = np.asarray(_layer(_first))
assert np.allclose(_out, np.clip(_first, -1, 1)), (
    "Before any training peak is 0, so inference divides by 1 and limits to -1 to 1."
)
assert [tuple(_weight.shape) for _weight in _layer.weights] == [(2,)], "One weight, (channels,)."
assert not _layer.trainable_weights, "No gradient should touch peak."
_out = np.asarray(_layer(_first, training=True))
assert np.allclose(_out, [[0.25, 0], [-1, 0]]), (
    f"In training the first channel is divided by 4, the second, all 0, by 1; you return {_out.tolist()}."
)
_out = np.asarray(_layer(np.array([[1.0, 6.0]], "float32"), training=True))
assert np.allclose(_out, [[0.5, 1]]), (
    "The first peak was 4 and the batch holds 1: with decay 0.5 it becomes 2. The second becomes 6."
)
_out = np.asarray(_layer(np.array([[-8.0, 3.0]], "float32")))
assert np.allclose(_out, [[-1, 0.5]]), (
    "In inference peak stays at 2 and 6, and -8 / 2 is limited to -1."
)
assert np.allclose(np.asarray(_layer.weights[0]), [2, 6]), "Inference should leave peak as it is."
_copy = RunningRange.from_config(_layer.get_config())
_copy(np.array([[8.0]], "float32"), training=True)
_copy(np.array([[0.0]], "float32"), training=True)
assert np.allclose(np.asarray(_copy.weights[0]), 4), "The restored layer has another decay."

# %% probe="running_range" rtol=1e-4 atol=1e-6
_layer, _found = RunningRange(0.7), []
for _batch, _training in zip(readings, (True, True, False, True, True), strict=True):
    _found.append(np.asarray(_layer(_batch, training=_training)))
    _found.append(np.asarray(_layer.weights[0]))
_found.append(np.asarray(_layer(4 * readings[0])))
_quiet = RunningRange(0.9)
_found.append(np.asarray(_quiet(0.2 * readings[4])))
_found.append(np.asarray(_quiet(0.1 * readings[4], training=True)))
_found.append(np.asarray(_quiet(0.07 * readings[3])))
_found.append(np.asarray(RunningRange(0.5)(1e-5 * readings[0], training=True)))
_kept = RunningRange.from_config(RunningRange(1.0).get_config())
_call = tf.function(lambda batch: _kept(batch, training=True))
_kept.build((None, 3))
for _batch in readings[1:]:
    _silent = _batch * np.array([1.0, 0.0, -1.0], "float32")
    _found.append(np.asarray(_call(tf.constant(_silent))))
[*_found, np.asarray(_kept.weights[0]), len(_kept.weights), len(_kept.trainable_weights)]

# %% [markdown]
# ## Question 4 · a gradient in pieces (3 points)
#
# A batch does not fit in memory, but its parts do. Write `accumulate(model, parts)`, which returns
# `(loss, gradients)`:
#
# - `parts` is a list of pairs `(X, y)` with different numbers of rows,
# - `loss` is a float: the mean `cross_entropy` over *all* rows, plus the model's penalties (`model.losses`) once,
# - `gradients` is a list of tensors or arrays: the gradient of this loss for each of
#   `model.trainable_variables`.
#
# Call the model only on one part at a time, and do not update it. (The models here hold neither dropout nor batch
# normalisation, so the mode does not matter.)


# %% question="accumulate" points=3
### BEGIN SOLUTION
def accumulate(model, parts):
    rows = sum(len(y) for _, y in parts)
    loss, gradients = 0.0, [tf.zeros_like(variable) for variable in model.trainable_variables]
    for X, y in parts:
        with tf.GradientTape() as tape:
            part = cross_entropy(y, model(X)) + sum(model.losses)
        share = len(y) / rows
        loss += share * float(part)
        found = tape.gradient(part, model.trainable_variables)
        gradients = [old + share * new for old, new in zip(gradients, found, strict=True)]
    return loss, gradients


### END SOLUTION


# %% check="accumulate"
def _whole(model, X, y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(X, training=True)) + sum(model.losses)
    return float(loss), tape.gradient(loss, model.trainable_variables)


def _cut(X, y, *ends):
    return [(X[a:b], y[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _far_apart(ours, theirs):
    return max(float(np.abs(a - b).max()) for a, b in zip(ours, theirs, strict=True))


for _ends, _text in (((50,), "One part"), ((25, 50), "Two equal parts"), ((43, 50), "43 + 7 rows")):
    _model = network()
    _loss, _gradients = accumulate(_model, _cut(X, y, *_ends))
    _right, _wanted = _whole(_model, X, y)
    assert len(_gradients) == len(_wanted), f"{len(_wanted)} gradients are expected."
    assert np.isclose(_loss, _right, rtol=1e-4), (
        f"{_text}: the loss is {_loss:.3f}, not {_right:.3f}."
    )
    assert _far_apart(_gradients, _wanted) < 1e-4, (
        f"{_text}: the gradients differ from those of all rows at once. How much should each part count?"
    )
_model = network(penalty=0.1)
_loss, _gradients = accumulate(_model, _cut(X, y, 10, 30, 50))
_right, _wanted = _whole(_model, X, y)
assert np.isclose(_loss, _right, rtol=1e-4), (
    f"With a penalty the loss is {_loss:.3f}, not {_right:.3f}: how often is the penalty in it?"
)
assert _far_apart(_gradients, _wanted) < 1e-4, "With a penalty the gradients differ."


class _Watch(layers.Layer):  # notes how many rows come in
    def call(self, inputs):
        _sizes.append(inputs.shape[0] or 0)
        return inputs


_sizes = []
accumulate(
    keras.Sequential([keras.Input((5,)), _Watch(), *network().layers]), _cut(X, y, 20, 40, 50)
)
assert max(_sizes) <= 20, (
    f"The largest part has 20 rows, but the model was called on {max(_sizes)} at once: more than fits."
)


# %% probe="accumulate" rtol=1e-3 atol=1e-5
class _Watched(layers.Layer):
    def call(self, inputs):
        _rows.append(inputs.shape[0] or 0)
        return inputs


_found = []
for _penalty, _ends in ((0.0, (7, 50)), (0.05, (1, 3, 20, 50)), (0.3, (11,)), (0.2, (30, 33))):
    _rows, _stack = [], network(penalty=_penalty).layers
    _model = keras.Sequential([keras.Input((5,)), _Watched(), *_stack])
    _parts = [(X[a:b], y[a:b]) for a, b in zip([0, *_ends[:-1]], _ends, strict=True)]
    _loss, _gradients = accumulate(_model, _parts)
    _found.append([float(_loss), *map(np.asarray, _gradients)])
    _found.append(bool(np.array_equal(_model.get_weights()[0], weights[0])))
    _found.append(max(_rows) <= max(len(_y) for _, _y in _parts))
_found

# %% [markdown]
# ## Question 5 · no row dominates (2 points)
#
# One mislabelled row can have a gradient a hundred times the usual one. To bound its influence (the first step
# of training with *differential privacy*) each row's gradient is clipped before the mean is taken.
#
# Write `clipped_gradients(model, X, y, limit)`, which returns a list of arrays or tensors, one per trainable variable:
#
# - for each row take the gradient of its own `cross_entropy`, without penalties, in inference mode,
# - if its *global* norm, over all variables together, is above `limit`, scale the whole gradient down to that norm;
#   a smaller one stays as it is,
# - return the mean over the rows.


# %% question="clipped_gradients" points=2
### BEGIN SOLUTION
def clipped_gradients(model, X, y, limit):
    total = [tf.zeros_like(variable) for variable in model.trainable_variables]
    for row in range(len(y)):
        with tf.GradientTape() as tape:
            loss = cross_entropy(y[row : row + 1], model(X[row : row + 1], training=False))
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, limit)
        total = [old + new / len(y) for old, new in zip(total, gradients, strict=True)]
    return total


### END SOLUTION


# %% check="clipped_gradients"
def _norm(gradients):
    return float(np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients)))


_model = network()
_free = clipped_gradients(_model, X[:8], y[:8], 1e6)
_wanted = _whole(_model, X[:8], y[:8])[1]
assert len(_free) == len(_wanted), f"{len(_wanted)} gradients are expected, not {len(_free)}."
assert _far_apart(_free, _wanted) < 1e-4, (
    "A limit that is never reached should give the plain gradient of the mean loss."
)
_one = clipped_gradients(_model, X[:1], y[:1], 1e-3)
assert np.isclose(_norm(_one), 1e-3, rtol=1e-2), (
    f"A single row, clipped to 0.001, should have this norm over all variables, not {_norm(_one):.5f}. Is each "
    "variable clipped alone?"
)
_both = clipped_gradients(
    _model, np.concatenate([X[:1], X[:8]]), np.concatenate([y[:1], y[:8]]), 0.01
)
_small = clipped_gradients(_model, X[:8], y[:8], 0.01)
_mixed = [(one * 10 + 8 * rest) / 9 for one, rest in zip(_one, _small, strict=True)]
assert _far_apart(_both, _mixed) < 1e-4, (
    "Clip each row's gradient before averaging: a doubled row should count as two clipped ones."
)

# %% probe="clipped_gradients" rtol=1e-3 atol=1e-6
_X, _y = X[:9] * np.linspace(0.05, 4, 9, dtype="float32")[:, None], y[:9]
[
    [np.asarray(part) for part in clipped_gradients(network(0.1, norm), _X, _y, limit)]
    for norm, limit in ((False, 0.5), (False, 2.0), (True, 1.0))
]

# %% [markdown]
# ## Question 6 · stop and resume (2 points)
#
# Cheap machines may be taken away at any time. Then training resumes from the last epoch, and the result should be the one of
# an uninterrupted run. For that, the order of the rows must depend on the epoch alone.
#
# Write `run_epochs(model, optimizer, X, y, first, last, batch_size, seed)`. It trains in the epochs `first`,
# `first + 1`, …, `last - 1` and returns a list with one float per epoch.
#
# - In an epoch the rows are visited in the order
#   `np.random.default_rng([seed, epoch]).permutation(len(y))`, `batch_size` at a time; the last batch may be smaller.
# - Each batch makes one step: the mean `cross_entropy` plus penalties, in training mode.
# - The float is the mean over the epoch's *rows* of the loss without penalties, each as measured in its step.


# %% question="run_epochs" points=2
### BEGIN SOLUTION
def run_epochs(model, optimizer, X, y, first, last, batch_size, seed):
    history = []
    for epoch in range(first, last):
        order = np.random.default_rng([seed, epoch]).permutation(len(y))
        total = 0.0
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            with tf.GradientTape() as tape:
                loss = cross_entropy(y[rows], model(X[rows], training=True))
                penalised = loss + sum(model.losses)
            gradients = tape.gradient(penalised, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            total += float(loss) * len(rows)
        history.append(total / len(y))
    return history


### END SOLUTION

# %% check="run_epochs"
_model = network()
_none = run_epochs(_model, keras.optimizers.SGD(0.0), X, y, 0, 2, 50, 5)
assert len(_none) == 2, f"Two epochs should give two losses, not {len(_none)}."
_right = float(cross_entropy(y, _model(X)))
assert np.allclose(_none, _right, rtol=1e-4), "With a rate of 0 each epoch has the start's loss."
_uneven = run_epochs(_model, keras.optimizers.SGD(0.0), X, y, 3, 4, 47, 5)
assert np.allclose(_uneven, _right, rtol=1e-4), (
    "Batches of 47 and 3 rows: with a rate of 0 the mean over the rows is still the start's loss. Do all rows take "
    "part, and does each count once?"
)
_straight, _resumed = network(0.01, True), network(0.01, True)
_one, _two = keras.optimizers.Adam(0.05), keras.optimizers.Adam(0.05)
_history = run_epochs(_straight, _one, X, y, 0, 3, 16, 5)
_parts = run_epochs(_resumed, _two, X, y, 0, 1, 16, 5)
_parts = [*_parts, *run_epochs(_resumed, _two, X, y, 1, 3, 16, 5)]
assert len(_history) == len(_parts) == 3, "One loss per epoch."
assert np.allclose(_history, _parts, rtol=1e-3), (
    "1 + 2 epochs give other losses than 3 at once. Does the order depend on anything but seed and epoch?"
)
assert _history[2] < _history[0], "The loss should fall from the first to the third epoch."
assert np.any(_straight.layers[1].moving_mean.numpy()), (
    "The averages of batch normalisation have not moved: in which mode does the model run?"
)

# %% probe="run_epochs" rtol=2e-3 atol=1e-4
_found = []
for _arguments in ((0, 2, 16, seed), (5, 6, 7, 11), (1, 3, 50, 4)):
    _model = network(0.05, True)
    _found.append(run_epochs(_model, keras.optimizers.SGD(0.2, momentum=0.5), X, y, *_arguments))
    _found.append(_model.get_weights())
_found
