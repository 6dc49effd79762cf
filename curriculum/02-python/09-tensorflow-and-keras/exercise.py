# ---
# title: "Exercise: TensorFlow and Keras"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: TensorFlow and Keras
#
# Six pieces that people have to write themselves: a second derivative, a layer, a function that is
# compiled once, a model with two inputs, a pipeline, a training step. No question needs the
# answer of another, and nothing here trains for long. Your data are drawn for you: change `seed` to
# practise again on others.

# %% tags=["parameters"]
seed = 9  # which data you get

# %%
import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(seed)


def draw(*shape, scale=1.0):
    return (scale * rng.normal(size=shape)).astype("float32")


start, direction = draw(4), draw(4)  # question 1
rows, sequences, kernel = draw(6, 5), draw(2, 3, 5), draw(5, 4)  # question 2
tables = [draw(n, 3) for n in (4, 1, 7, 2)]  # question 3
left, right = draw(5, 6), draw(5, 6)  # question 4
matcher_weights = [draw(6, 3), draw(3), draw(6, 1), draw(1)]  # question 4
series = np.cumsum(rng.normal(size=40))  # question 5
X, y = draw(23, 3), draw(23, 1, scale=3.0)  # question 6
net_weights = [draw(3, 4), draw(4), draw(4, 1), draw(1)]  # question 6

# %% [markdown]
# ## Question 1 · the Hessian in one direction (2 points)
#
# The Hessian of a loss with a million weights does not fit into memory. Its product with *one*
# direction $d$ does: $H d$ is the derivative of the number $\nabla L \cdot d$.
#
# Write `hessian_product(loss, at, direction)`, which returns the tuple `(gradient, product)`: $\nabla L$
# and $H d$ at the point `at`, two NumPy arrays of shape `(n,)`. `loss` takes a tensor of shape `(n,)`
# and returns a scalar tensor; it is made of TensorFlow operations and depends on its argument. `at`
# and `direction` are `float32` arrays of shape `(n,)`. Where $H$ is zero, because the loss is linear,
# return zeros as product. (`tape.gradient` has an argument for that; so has the section on tapes in
# TensorFlow's guide.) Do not build the whole Hessian, and use no finite differences.


# %% question="hessian_product" points=2
### BEGIN SOLUTION
def hessian_product(loss, at, direction):
    point = tf.Variable(at)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = loss(point)
        gradient = inner.gradient(value, point)
        slope = tf.reduce_sum(gradient * direction)
    return gradient.numpy(), outer.gradient(slope, point, unconnected_gradients="zero").numpy()


### END SOLUTION

# %% check="hessian_product"
_at, _to = np.array([1.0, 2.0], "float32"), np.array([1.0, -1.0], "float32")
_answer = hessian_product(lambda w: w[0] ** 2 * w[1], _at, _to)
assert len(_answer) == 2, "Return a tuple (gradient, product)."
_gradient, _product = _answer
_types = [type(_part).__name__ for _part in _answer]
assert _types == ["ndarray", "ndarray"], f"expected two NumPy arrays, got {_types}"
assert np.shape(_gradient) == (2,) == np.shape(_product), "Both should have the shape of `at`."
assert np.allclose(_gradient, [4, 1], atol=1e-4), (
    f"For w0² w1 at (1, 2) the gradient is (2 w0 w1, w0²) = (4, 1), not {_gradient}."
)
assert np.allclose(_product, [2, 2], atol=1e-4), (
    "For w0² w1 at (1, 2) the Hessian is [[4, 2], [2, 0]]; times (1, -1) it gives (2, 2), and you "
    f"have {_product}. Which tape must see how the gradient was computed?"
)
_product = hessian_product(lambda w: 3 * w[0] - w[1], _at, _to)[1]
assert np.allclose(_product, 0), "A linear loss has no curvature: return zeros."

# %% probe="hessian_product" rtol=1e-3 atol=1e-3
[
    [np.asarray(_part) for _part in hessian_product(_loss, _at, _to)]
    for _loss, _at, _to in [
        (lambda w: tf.reduce_logsumexp(2 * w) + tf.reduce_sum(w**3), start, direction),
        (lambda w: tf.reduce_sum(w) ** 2 * w[0], start, 0.5 * direction),
        (lambda w: tf.reduce_sum(w * direction), start, start),
        (lambda w: tf.reduce_sum(tf.sin(w)), start[:1], 2 * direction[:1]),
    ]
]

# %% [markdown]
# ## Question 2 · a cosine layer (3 points)
#
# Face recognition and few-shot classifiers score by *angle*. Write a Keras layer
# `CosineDense(units, scale=10.0, learn_scale=True)`. For an input vector $x$, unit $j$ gives
#
# $$ s \; \frac{x \cdot k_j}{\max(\lVert x \rVert, 10^{-6}) \; \max(\lVert k_j \rVert, 10^{-6})} $$
#
# where $k_j$ is column $j$ of the `kernel`.
#
# - Inputs have the shape `(…, features)`: two axes or more. The last axis becomes `units`.
# - The layer has exactly two weights, made in `build` in this order: `kernel`, shape
#   `(features, units)`, and the scalar $s$, shape `()`, which starts at `scale`.
# - With `learn_scale=False` the scalar is not trainable.
# - `CosineDense.from_config(layer.get_config())` gives a layer with the same settings, the `name`
#   included. So pass other keyword arguments, such as `name`, on to `keras.layers.Layer`.


# %% question="cosine_dense" points=3
### BEGIN SOLUTION
class CosineDense(keras.layers.Layer):
    def __init__(self, units, scale=10.0, learn_scale=True, **kwargs):
        super().__init__(**kwargs)
        self.units, self.scale, self.learn_scale = units, scale, learn_scale

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units))
        start = keras.initializers.Constant(self.scale)
        self.factor = self.add_weight(shape=(), initializer=start, trainable=self.learn_scale)

    def call(self, inputs):
        size = tf.maximum(tf.norm(inputs, axis=-1, keepdims=True), 1e-6)
        kernel = self.kernel / tf.maximum(tf.norm(self.kernel, axis=0), 1e-6)
        return self.factor * (inputs / size) @ kernel

    def get_config(self):
        own = {"units": self.units, "scale": self.scale, "learn_scale": self.learn_scale}
        return {**super().get_config(), **own}


### END SOLUTION

# %% check="cosine_dense"
_layer = CosineDense(4, scale=3.0, name="angles")
assert _layer.weights == [], "Before the first call there should be no weights: make them in build."
_out = _layer(rows)
assert tuple(_out.shape) == (6, 4), f"(6, 5) with 4 units should give (6, 4), not {_out.shape}"
assert [tuple(_weight.shape) for _weight in _layer.weights] == [(5, 4), ()], (
    "expected the weights' shapes (5, 4) and (), in this order, got "
    f"{[tuple(_weight.shape) for _weight in _layer.weights]}"
)
assert float(_layer.weights[1].numpy()) == 3.0, "The scalar should start at `scale`."
_layer.set_weights([kernel, np.float32(1.0)])
_out = _layer(rows).numpy()
assert np.abs(_out).max() <= 1.0001, "With s = 1 every output is a cosine, between -1 and 1."
assert np.allclose(_layer(5 * rows), _out, atol=1e-5), "Five times the input has the same angle."
_layer.set_weights([kernel * [1, 2, 3, 4], np.float32(2.0)])
assert np.allclose(_layer(rows), 2 * _out, atol=1e-4), (
    "Longer columns of the kernel should change nothing, a doubled scalar should double all. Over "
    "which axis is each norm taken?"
)
_layer.set_weights([np.vstack([np.eye(4), np.zeros(4)]).astype("float32"), np.float32(1.0)])
assert np.allclose(_layer(rows[:1]), rows[:1, :4] / np.linalg.norm(rows[0]), atol=1e-4), (
    "For columns that are unit vectors, the output is x's entries divided by its length."
)
assert np.allclose(_layer(0 * rows), 0), "A row of zeros should give zeros, not NaN."
_short = np.eye(1, 5, dtype="float32") * 5e-7
assert np.isclose(_layer(_short)[0, 0], 0.5, atol=1e-3), (
    f"A row of length 5e-7 along the first column gives {float(_layer(_short)[0, 0]):.3f}. Its length "
    "is below 1e-6: what does the maximum divide by?"
)
_wide = CosineDense(2)
assert tuple(_wide(sequences).shape) == (2, 3, 2), "Only the last axis should change."
assert np.allclose(_wide(sequences)[0], _wide(sequences[0]), atol=1e-4), (
    "A sequence alone, (3, 5), should give what it gives inside the batch (2, 3, 5). Over which axis "
    "is the length of x taken?"
)
_again = CosineDense.from_config(CosineDense(7, 2.5, False, name="again").get_config())
_again(rows)
assert tuple(_again.weights[0].shape) == (5, 7), "from_config lost `units`."
assert float(_again.weights[1].numpy()) == 2.5, "from_config lost `scale`."
assert len(_again.trainable_weights) == 1, "from_config lost `learn_scale`, or it has no effect."
assert _again.name == "again", "from_config lost `name`: start from super().get_config()."


# %% probe="cosine_dense" rtol=1e-3 atol=1e-3
def _facts(layer, inputs, weights):
    layer(inputs)
    shapes = [tuple(weight.shape) for weight in layer.weights]
    first = float(layer.weights[1].numpy())
    layer.set_weights(weights)
    # a training step's gradients show whether the weights really take part
    with tf.GradientTape() as tape:
        out = layer(inputs)
        loss = tf.reduce_sum(out**2)
    gradients = tape.gradient(loss, layer.trainable_weights)
    return [out.numpy(), shapes, first, [np.asarray(part) for part in gradients]]


_tiny = np.array([[3e-7, 0, 0, 0, 0], [0, 0, 4e-3, 0, 0]], "float32")
_restored = CosineDense.from_config(
    CosineDense(4, scale=0.5, learn_scale=False, name="restored").get_config()
)
[
    _facts(CosineDense(4), rows, [kernel, np.float32(2.0)]),
    _facts(CosineDense(3, scale=4.0), sequences, [kernel[:, 1:], np.float32(-1.5)]),
    _facts(_restored, rows[:1], [kernel, np.float32(1.0)]),
    _facts(CosineDense(4), rows[:, :2], [kernel[:2] * [1, 2e-7, 1, 1], np.float32(1.0)])[0],
    CosineDense(4, 1.0)(0 * rows).numpy(),
    _facts(CosineDense(5), _tiny, [np.eye(5, dtype="float32"), np.float32(1.0)])[0],
    _restored.name,
    len(CosineDense(2).weights),
]

# %% [markdown]
# ## Question 3 · traced once (2 points)
#
# Write `traced_once(function, n_columns)`. It returns `run(table, power)`, which evaluates `function`
# in a graph and returns the result as a NumPy array. However often `run` is called, the Python code
# of `function` must run exactly once per `traced_once`.
#
# `function(table, power)` takes two `float32` tensors, of shapes `(n, n_columns)` and `()`, and
# returns one tensor. `run` gets as `table` an array (`float32`, `float64` or whole numbers), a tensor
# of type `float32`, or a list of lists; $n \ge 1$ differs from call to call. `power` is a Python
# `int` or `float`. While tracing, `table.shape[1]` must already be `n_columns`.


# %% question="traced_once" points=2
### BEGIN SOLUTION
def traced_once(function, n_columns):
    table_spec = tf.TensorSpec([None, n_columns], tf.float32)
    graph = tf.function(function, input_signature=[table_spec, tf.TensorSpec([], tf.float32)])

    def run(table, power):
        return graph(np.asarray(table, dtype="float32"), np.float32(power)).numpy()

    return run


### END SOLUTION

# %% check="traced_once"
_traced = []


def _powers(table, power):
    _traced.append(table.shape)
    return tf.reduce_sum(table**power, axis=1)


_run = traced_once(_powers, 2)
_got = _run([[1, 2], [3, 4], [5, 6]], 2)
assert isinstance(_got, np.ndarray), f"expected a NumPy array, got {type(_got).__name__}"
assert np.allclose(_got, [5, 25, 61]), f"the sums of squares are 5, 25, 61, not {_got}"
_run(np.ones((4, 2)), 3)
_roots = _run(tf.constant([[4.0, 9.0]]), 0.5)
assert np.allclose(_roots, [5]), f"the roots of 4 and 9 add up to 5, not {_roots}: is power cut?"
assert len(_traced) == 1, (
    f"Three calls ran the Python code {len(_traced)} times. What differs between them: the number "
    "of rows, the type of the table, the Python number?"
)
assert _traced[0][0] is None, "The number of rows should be left open while tracing."
assert _traced[0][1] == 2, "The number of columns should be known while tracing."


# %% probe="traced_once" rtol=1e-4 atol=1e-5
def _probe_tracing(n_columns, calls):
    seen = []

    def function(table, power):
        seen.append([table.dtype.name, power.dtype.name, table.shape[1], tf.executing_eagerly()])
        return tf.reduce_mean(tf.abs(table) ** power, axis=0) - power

    run = traced_once(function, n_columns)
    return [[np.asarray(run(table, power)) for table, power in calls], seen]


[
    _probe_tracing(3, [(table, power) for table in tables for power in (1, 2.5)]),
    _probe_tracing(3, [(tf.constant(tables[0]), 2), (tables[2].astype("float64"), 2.0)]),
    _probe_tracing(3, [(tables[1].tolist(), 3), (tables[0].round().astype(int), 4)]),
    _probe_tracing(2, [(tables[2][:, :2], 1), (tables[3][:, :2].tolist(), 0.5)]),
]

# %% [markdown]
# ## Question 4 · two inputs, one layer (2 points)
#
# Do two photos show the same person? Both are described by *the same* layer, and the two descriptions
# are compared. Write `build_matcher(n_features, units)`, which returns a functional `keras.Model`:
#
# - two inputs, each of shape `(batch, n_features)`, called as `model([left, right])`,
# - one `Dense` layer with `units` units and tanh, used for both: $u$ = layer(left), $v$ = layer(right),
# - the entries of $|u - v|$ followed by those of $u \cdot v$ (entry by entry) go into
#   `Dense(1)` without activation.
#
# So the output has the shape `(batch, 1)` and does not change if left and right are exchanged. The
# probe sets the weights by their shapes. (Work on symbolic tensors needs `keras.ops`, or layers.)


# %% question="build_matcher" points=2
### BEGIN SOLUTION
def build_matcher(n_features, units):
    inputs = [keras.Input((n_features,)), keras.Input((n_features,))]
    shared = keras.layers.Dense(units, activation="tanh")
    u, v = shared(inputs[0]), shared(inputs[1])
    compared = keras.ops.concatenate([keras.ops.abs(u - v), u * v], axis=-1)
    return keras.Model(inputs, keras.layers.Dense(1)(compared))


### END SOLUTION

# %% check="build_matcher"
_model = build_matcher(6, 3)
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
_out = _model([left, right])
assert tuple(_out.shape) == (5, 1), f"expected the output shape (5, 1), got {tuple(_out.shape)}"
assert len(_model.weights) == 4, (
    f"Two Dense layers have four weights; yours has {len(_model.weights)}. Is one layer used twice, "
    "or are there two layers?"
)
assert _model.count_params() == 6 * 3 + 3 + 2 * 3 + 1, (
    f"(6 · 3 + 3) + (6 · 1 + 1) = 28 parameters, yours has {_model.count_params()}"
)
assert np.allclose(_model([left, right]), _model([right, left]), atol=1e-5), (
    "Exchanging left and right should change nothing."
)
_shapes = [tuple(_weight.shape) for _weight in _model.weights]
_values = {(6, 3): np.eye(6, 3), (3,): np.zeros(3), (1,): np.zeros(1)}
_values[6, 1] = np.array([[1.0], [1], [1], [0], [0], [0]])
_model.set_weights([_values[_shape] for _shape in _shapes])
assert np.all(np.asarray(_model([left, right])) >= 0), (
    "With weight 1 on the first `units` entries and 0 on the rest, the output is a sum of |u - v|, "
    "which is never negative. Is the order of the two parts right?"
)
assert np.allclose(_model([left, left]), 0, atol=1e-5), "For equal inputs |u - v| is zero."
_ends = [np.full((1, 6), 50, "float32"), np.full((1, 6), -50, "float32")]
_got = float(np.asarray(_model(_ends))[0, 0])
assert np.isclose(_got, 6, atol=1e-3), (
    "Inputs of ±50 push tanh to its ends, +1 and -1. Three units differ by 2 each, 6 in all, and "
    f"you have {_got:.3f}. Is tanh there? Is the difference squared?"
)
_values[6, 1] = _values[6, 1][::-1]
_model.set_weights([_values[_shape] for _shape in _shapes])
_got = float(np.asarray(_model(_ends))[0, 0])
assert np.isclose(_got, -3, atol=1e-3), (
    "With weight 1 on the last `units` entries instead, the same inputs give three products of +1 "
    f"and -1, so -3, and you have {_got:.3f}. What is in the second half?"
)


# %% probe="build_matcher" rtol=1e-4 atol=1e-5
def _with_weights(n_features, units, values):
    model = build_matcher(n_features, units)
    by_shape = {value.shape: value for value in values}
    model.set_weights([by_shape[tuple(weight.shape)] for weight in model.weights])
    return model


_kernel, _bias, _head, _head_bias = matcher_weights
_model = _with_weights(6, 3, matcher_weights)
_small = _with_weights(4, 2, [_kernel[:4, :2], _bias[:2], _head[:4], _head_bias])
[
    np.asarray(_model([left, right])),
    np.asarray(_model([left[:2], 0.3 * left[:2]])),
    np.asarray(_small([left[:, :4], right[:, 2:]])),
    [
        int(_model.count_params()),
        int(_small.count_params()),
        int(build_matcher(9, 5).count_params()),
    ],
]

# %% [markdown]
# ## Question 5 · windows of a series (3 points)
#
# Write `window_dataset(series, length, horizon, batch_size, shuffle=False)`, which returns a
# `tf.data.Dataset` of batches `(past, future)`:
#
# - `past` has the shape `(b, length, 1)`: `length` successive values, with an axis for the channel,
# - `future` has the shape `(b, horizon)`: the values that follow right after them,
# - windows start at every position where both fit into the series; in order, oldest first,
# - $b$ is `batch_size`; the last batch has what is left, but at least one window,
# - both are `float32`, and `dataset.element_spec` shows every axis but the first as a number.
#
# With `shuffle=True`, single windows are mixed, from the whole series, anew in every epoch.
# `series` is an array of `float64`, shape `(n,)`, and at least one window fits.


# %% question="window_dataset" points=3
### BEGIN SOLUTION
def window_dataset(series, length, horizon, batch_size, shuffle=False):
    series = np.asarray(series, dtype="float32")
    windows = np.lib.stride_tricks.sliding_window_view(series, length + horizon)
    pairs = (windows[:, :length, np.newaxis], windows[:, length:])
    dataset = tf.data.Dataset.from_tensor_slices(pairs)
    if shuffle:
        dataset = dataset.shuffle(len(windows))
    return dataset.batch(batch_size).prefetch(tf.data.AUTOTUNE)


### END SOLUTION

# %% check="window_dataset"
_dataset = window_dataset(np.arange(10.0), 3, 2, 4)
assert isinstance(_dataset, tf.data.Dataset), f"expected a Dataset, got {type(_dataset).__name__}"
_shapes = [tuple(_spec.shape) for _spec in _dataset.element_spec]
assert _shapes == [(None, 3, 1), (None, 2)], (
    f"element_spec should show (None, 3, 1) and (None, 2), it shows {_shapes}. Is the number of "
    "windows in a batch left open, since the last batch may be smaller?"
)
assert all(_spec.dtype == tf.float32 for _spec in _dataset.element_spec), "Both should be float32."
_batches = [(np.asarray(_past), np.asarray(_future)) for _past, _future in _dataset]
assert [len(_past) for _past, _ in _batches] == [4, 2], (
    "Ten values hold six windows of 3 + 2: batches of 4 and 2. You have "
    f"{[len(_past) for _past, _ in _batches]}."
)
assert _batches[0][0][1, :, 0].tolist() == [1, 2, 3], "The second window should be 1, 2, 3."
assert _batches[0][1][1].tolist() == [4, 5], "After the window 1, 2, 3 come 4 and 5."
_mixed = window_dataset(np.arange(200.0), 3, 1, 32, shuffle=True)
_epochs = [np.concatenate([_past[:, 0, 0] for _past, _ in _mixed]) for _ in range(2)]
assert sorted(_epochs[0]) == list(range(197)), "Shuffling should keep every window, once."
assert np.any(_epochs[0] != _epochs[1]), "A new epoch should bring a new order."
assert np.ptp(_epochs[0][:32]) > 64, (
    "The first batch should hold windows from the whole series: single windows are mixed, before "
    "they are batched, in a buffer that holds them all."
)


# %% probe="window_dataset" rtol=1e-5 atol=1e-6
def _elements(*arguments, **options):
    dataset = window_dataset(*arguments, **options)
    specs = [[spec.dtype.name, tuple(spec.shape)] for spec in dataset.element_spec]
    return [specs, [[np.asarray(part) for part in batch] for batch in dataset]]


def _mixing(n, batch_size):
    values = np.arange(float(n)) + series[0]
    dataset = window_dataset(values, 2, 3, batch_size, shuffle=True)
    epochs = []
    for _ in range(2):
        batches = [(np.asarray(past), np.asarray(future)) for past, future in dataset]
        past, future = (np.concatenate(part) for part in zip(*batches, strict=True))
        order = np.argsort(past[:, 0, 0])
        epochs.append([past[:, 0, 0], past[order], future[order], [len(b[0]) for b in batches]])
    first, second = epochs
    head = first[0][:batch_size]
    return [
        first[1:],
        bool(np.any(first[0] != second[0])),
        bool(head.max() - head.min() > n / 2),
        bool(first[0][0] != values[0] or second[0][0] != values[0]),
    ]


[
    _elements(series, 5, 1, 8),
    _elements(series[:11], 4, 3, 2),
    _elements(series[:7], 4, 3, 16),
    _elements(series[::-1][:20], 1, 2, 6),
    _mixing(240, 30),
]

# %% [markdown]
# ## Question 6 · a large batch on a small device (3 points)
#
# The batch that you want does not fit into memory, so it comes in pieces, and their gradients are added
# up before the weights move. Write `accumulated_step(model, loss, optimizer, pieces, clip)`. It makes
# *one* step of `optimizer`, with the gradient of the mean loss over all rows of all pieces, and
# returns the norm of this gradient, before clipping, as a `float`.
#
# - `pieces` is a list of pairs `(X, y)` of `float32` arrays; the numbers of rows differ.
# - `loss(y, predictions)` returns the *mean* over the rows of a piece, a scalar tensor.
# - The norm is the *global* one: the root of the sum of squares over all entries of all gradients.
#   If it exceeds `clip`, all gradients are multiplied by `clip / norm`; otherwise they stay.
# - Only trainable weights get a gradient, and only they change and count in the norm.
# - Call `model(X, training=True)` once per piece.


# %% question="accumulated_step" points=3
### BEGIN SOLUTION
def accumulated_step(model, loss, optimizer, pieces, clip):
    variables = model.trainable_variables
    n_rows = sum(len(X) for X, _ in pieces)
    total = [tf.zeros_like(variable) for variable in variables]
    for X, y in pieces:
        with tf.GradientTape() as tape:
            share = loss(y, model(X, training=True)) * len(X) / n_rows
        parts = tape.gradient(share, variables)
        total = [old + part for old, part in zip(total, parts, strict=True)]
    clipped, norm = tf.clip_by_global_norm(total, clip)
    optimizer.apply_gradients(zip(clipped, variables, strict=True))
    return float(norm)


### END SOLUTION


# %% check="accumulated_step"
def _small_net(frozen=False):
    net = keras.Sequential([keras.Input((3,))])
    net.add(keras.layers.Dense(4, activation="tanh", trainable=not frozen))
    net.add(keras.layers.Dense(1))
    net.set_weights(net_weights)
    return net


def _moved(pieces, clip, frozen=False, rate=1.0):
    net, mse = _small_net(frozen), keras.losses.MeanSquaredError()
    norm = accumulated_step(net, mse, keras.optimizers.SGD(rate), pieces, clip)
    old = _small_net(frozen).get_weights()
    return norm, [new - was for new, was in zip(net.get_weights(), old, strict=True)]


_norm, _whole = _moved([(X, y)], 1e9)
assert isinstance(_norm, float), f"the norm should be a float, got {type(_norm).__name__}"
_length = np.sqrt(sum(np.sum(_part.astype(float) ** 2) for _part in _whole))
assert np.isclose(_norm, _length, rtol=1e-2), (
    f"SGD at rate 1 without clipping moves the weights by the gradient: they moved by {_length:.3f} "
    f"in all, and you return {_norm:.3f}. Is the norm taken over all weights, before clipping?"
)
_norm, _parts = _moved([(X[:2], y[:2]), (X[2:], y[2:])], 1e9)
assert all(
    np.allclose(_a, _b, rtol=1e-2, atol=1e-3) for _a, _b in zip(_whole, _parts, strict=True)
), (
    "Pieces of 2 and 21 rows should move the weights as all 23 rows at once. How much does each "
    "piece's mean count?"
)
_norm, _short = _moved([(X[:2], y[:2]), (X[2:], y[2:])], _length / 10)
_now = np.sqrt(sum(np.sum(_part.astype(float) ** 2) for _part in _short))
assert np.isclose(_now, _length / 10, rtol=1e-2), (
    f"With clip = {_length / 10:.3f} the move should be that long, not {_now:.3f}. Is the sum clipped "
    "as a whole, once?"
)
_norm, _frozen = _moved([(X, y)], 1e9, frozen=True)
assert np.all(_frozen[0] == 0), "The first layer is frozen and should not move."
assert _norm < _length, "The frozen layer's gradient should not count in the norm."
_seen = []


class _Watcher(keras.layers.Layer):
    def call(self, inputs, training=False):
        _seen.append(training)
        return inputs


def _labels_first(target, out):
    assert np.allclose(target, y), "`loss` takes the labels first, then the predictions."
    return tf.reduce_mean((out - target) ** 2)


_net = keras.Sequential([keras.Input((3,)), _Watcher(), keras.layers.Dense(1)])
_seen.clear()
accumulated_step(_net, _labels_first, keras.optimizers.SGD(0.1), [(X, y), (X, y)], 1.0)
assert _seen == [True, True], f"Two pieces need two calls with training=True, you made {_seen}."

# %% probe="accumulated_step" rtol=1e-3 atol=1e-4
_modes = []


def _uneven_loss(target, out):
    return tf.reduce_mean((out - target) ** 2 * tf.exp(0.1 * target))


class _Recorder(keras.layers.Layer):
    def call(self, inputs, training=False):
        _modes.append(bool(training))
        return inputs


def _after(pieces, clip, optimizer, frozen=False, steps=1):
    first = keras.layers.Dense(4, activation="tanh", trainable=not frozen)
    net = keras.Sequential([keras.Input((3,)), first, _Recorder(), keras.layers.Dense(1)])
    _modes.clear()
    net.set_weights(net_weights)
    norms = [accumulated_step(net, _uneven_loss, optimizer, pieces, clip) for _ in range(steps)]
    counts = [int(optimizer.iterations.numpy()), all(_modes)]
    return [[float(norm) for norm in norms], *net.get_weights(), counts]


_uneven = [(X[:3], y[:3]), (X[3:19], y[3:19]), (X[19:20], y[19:20]), (X[20:], y[20:])]
[
    _after(_uneven, 1e6, keras.optimizers.SGD(0.05)),
    _after(_uneven, 0.7, keras.optimizers.SGD(0.5), steps=2),
    _after(_uneven[::-1][:2], 1.5, keras.optimizers.SGD(0.2), frozen=True),
    _after([(X, y)], 0.3, keras.optimizers.SGD(0.1)),
]
