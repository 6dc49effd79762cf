# ---
# title: "Exercise: transfer learning"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: transfer learning
#
# Six jobs around reusing a network. No question needs the answer of another, and nothing is trained for long: the
# "pretrained" networks get their weights from a random generator, so that every answer can be checked. Change
# `seed` to practise again on other data. Pictures have the shape `(batch, height, width, channels)`.

# %% tags=["parameters"]
seed = 47  # which data you get

# %%
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

rng = np.random.default_rng(seed)


def draw_network(shape, filters, classes, source):
    out = inputs = keras.Input(shape)
    for i, n in enumerate(filters, start=1):
        out = layers.Conv2D(n, 3, name=f"conv{i}")(out)
        out = layers.BatchNormalization(name=f"norm{i}")(out)
        out = layers.Activation("relu", name=f"relu{i}")(out)
    out = layers.GlobalAveragePooling2D(name="pool")(out)
    out = layers.Dense(7, activation="tanh", name="hidden")(out)
    model = keras.Model(inputs, layers.Dense(classes, name="head")(out))
    for weight in model.weights:
        positive = weight.name in ("gamma", "moving_variance")
        values = (
            source.uniform(0.5, 2, weight.shape) if positive else source.normal(size=weight.shape)
        )
        weight.assign(values / 3 if weight.name == "kernel" else values)
    return model


network = draw_network((9, 8, 2), (4, 5, 6), 3, rng)
pictures = rng.normal(size=(12, 9, 8, 2)).astype("float32")
labels = rng.integers(3, size=12)
# question 5: three plans, four draws of the labelled pictures each; accuracies in validation
table = pd.DataFrame(
    [(plan, draw) for draw in range(4) for plan in ("scratch", "fine-tuned", "frozen")],
    columns=["plan", "draw"],
)
table["target"] = rng.uniform(0.6, 0.9, size=len(table))
table["source"] = np.where(table["plan"] == "scratch", np.nan, rng.uniform(0.5, 0.9, len(table)))

# %% [markdown]
# ## Question 1 · thaw the upper part (3 points)
#
# Write `thaw(model, first)`. `model` is a functional model without nested models, `first` the name of one of its
# layers. Afterwards the layers from `first` to the last one (in the order of `model.layers`) are trainable, except
# batch normalisation; all other layers are frozen, **whatever was frozen before**: somebody may
# have set `model.trainable = False`, or frozen single layers.
#
# Return the tuple `(trains, fixed)`: how many numbers in the model train, and how many do not (both `int`).


# %% question="thaw" points=3
### BEGIN SOLUTION
def thaw(model, first):
    model.trainable = True
    upper = False
    for layer in model.layers:
        upper = upper or layer.name == first
        layer.trainable = upper and not isinstance(layer, layers.BatchNormalization)
    trains = sum(int(np.prod(weight.shape)) for weight in model.trainable_variables)
    return trains, model.count_params() - trains


### END SOLUTION

# %% check="thaw"
_model = draw_network((9, 8, 2), (4, 5, 6), 3, np.random.default_rng(0))
_all = _model.count_params()
for _first, _want in (("head", 24), ("hidden", 73), ("conv1", 610)):
    for _before in (True, False):
        _model.trainable = _before
        _trains, _fixed = thaw(_model, _first)
        assert _trains == _want, (
            f"From {_first!r} on, with model.trainable = {_before} before: {_want} numbers should train "
            f"({'the kernel and bias of the head' if _first == 'head' else 'no batch normalisation'}), "
            f"you count {_trains}."
        )
        assert _trains + _fixed == _all, f"Together they should be {_all}, not {_trains + _fixed}."
        _real = sum(int(np.prod(_w.shape)) for _w in _model.trainable_variables)
        assert _real == _want, f"You return {_trains}, but the model itself would train {_real}."
_model.trainable = True
_model.get_layer("hidden").trainable = False
assert thaw(_model, "hidden")[0] == 73, (
    "A layer that was frozen alone stays frozen. Setting the model's flag to what it is does nothing."
)

# %% probe="thaw" exact=true
_source = np.random.default_rng([seed, 1])
_filters = _source.integers(2, 9, size=4).tolist()
_model = draw_network((12, 11, 3), _filters, int(_source.integers(2, 9)), _source)
_answers = [thaw(_model, "conv3")]
_answers.append([_layer.trainable for _layer in _model.layers if _layer.weights])
_model.trainable = False
_answers.append(thaw(_model, "norm2"))
_answers.append([_weight.path.split("/")[-2] for _weight in _model.trainable_variables])
_model.trainable = True
_model.get_layer("conv4").trainable = False
_answers.append(thaw(_model, "relu2"))
_answers.append([_weight.path.split("/")[-2] for _weight in _model.trainable_variables])
_answers.append(thaw(_model, "head"))
_answers.append(thaw(_model, _model.layers[0].name))
_answers.append([type(_n).__name__ for _n in thaw(_model, "pool")])
_answers

# %% [markdown]
# ## Question 2 · features from several depths (2 points)
#
# Write `extract(model, names, pictures)`, which returns an array with one row for each picture: the outputs of the
# layers in the list `names`, side by side in that order. An output that is a map `(height, width, channels)`
# becomes its mean over height and width, one number per channel; a vector stays as it is.
#
# The features of a picture must not depend on the other pictures beside it, and the model must stay unchanged.


# %% question="extract" points=2
### BEGIN SOLUTION
def extract(model, names, pictures):
    outputs = [model.get_layer(name).output for name in names]
    parts = []
    for output in keras.Model(model.input, outputs)(pictures, training=False):
        values = np.asarray(output)
        parts.append(values.mean(axis=(1, 2)) if values.ndim == 4 else values)
    return np.concatenate(parts, axis=1)


### END SOLUTION

# %% check="extract"
_got = np.asarray(extract(network, ["relu2", "hidden", "relu1"], pictures))
assert _got.shape == (12, 16), f"5 + 7 + 4 features for 12 pictures: (12, 16), not {_got.shape}"
assert np.all(_got[:, :5] >= 0), "The first five columns come from a ReLU, none should be negative."
assert np.any(_got[:, 5:12] < 0), "The columns of `hidden` come from tanh; some should be negative."
_alone = np.asarray(extract(network, ["relu2", "hidden", "relu1"], pictures[3:4]))
assert np.allclose(_alone[0], _got[3], atol=1e-4), (
    "A picture alone gives other features than among others. Which statistics does batch normalisation use?"
)
_all = np.asarray(extract(network, ["pool", "relu3"], pictures))
assert np.allclose(_all[:, :6], _all[:, 6:], atol=1e-4), (
    "The layer `pool` averages the map of `relu3`, so both should give the same six numbers."
)

# %% probe="extract" rtol=1e-3 atol=1e-4
[
    np.asarray(extract(network, ["conv1", "relu3", "head"], pictures)),
    np.asarray(extract(network, ["hidden", "norm2"], pictures[4:9])),
    np.asarray(extract(network, ["relu1", "pool", "conv3"], pictures[:1])),
]

# %% [markdown]
# ## Question 3 · new statistics for a new camera (3 points)
#
# A new camera delivers the same things in other brightness and contrast, and nobody has labels yet. The weights
# stay. Only the moving statistics of batch normalisation are replaced: for each such layer, by the exact mean
# and variance (divided by the number of values) of the layer's inputs over **all** of the new pictures and, if they
# are maps, all places, for each channel. The layers come one after another: what reaches the second one has
# already gone through the first one's new statistics.
#
# Write `adapt(model, pictures)`, which returns a new `keras.Model` like that. `model` is a functional model without
# nested models, and stays unchanged.


# %% question="adapt" points=3
### BEGIN SOLUTION
def adapt(model, pictures):
    adapted = keras.models.clone_model(model)
    adapted.set_weights(model.get_weights())
    for layer in adapted.layers:
        if isinstance(layer, layers.BatchNormalization):
            values = np.asarray(keras.Model(adapted.input, layer.input)(pictures))
            axes = tuple(range(values.ndim - 1))
            layer.moving_mean.assign(values.mean(axis=axes))
            layer.moving_variance.assign(values.var(axis=axes))
    return adapted


### END SOLUTION

# %% check="adapt"
_old = [_w.copy() for _w in network.get_weights()]
_new = adapt(network, pictures)
assert _new is not network, "Return a new model."
assert all(np.array_equal(*_pair) for _pair in zip(_old, network.get_weights(), strict=True)), (
    "The model that you were given has changed."
)
for _name in ("norm1", "norm2", "norm3"):
    _layer, _before = _new.get_layer(_name), network.get_layer(_name)
    _out = np.asarray(keras.Model(_new.input, _layer.output)(pictures))
    _gamma, _beta = (np.asarray(_w) for _w in _before.get_weights()[:2])
    assert np.allclose(_out.mean(axis=(0, 1, 2)), _beta, atol=1e-2), (
        f"{_name}: with the right mean, its output over all new pictures has beta as its mean in each channel. "
        "Have the earlier layers got their new statistics first?"
    )
    assert np.allclose(_out.std(axis=(0, 1, 2)), _gamma, rtol=2e-2), (
        f"{_name}: with the right variance, its output over all new pictures spreads by gamma in each channel."
    )
_brighter = adapt(network, 3 * pictures + 2)
assert np.allclose(_brighter(3 * pictures + 2), _new(pictures), atol=2e-2), (
    "Brighter pictures of more contrast should give the same outputs, once the statistics fit them."
)

# %% probe="adapt" rtol=1e-3 atol=1e-4
_moved = (0.5 * pictures + 1).astype("float32")
_three = keras.Input((3,))
_normed = layers.BatchNormalization()(layers.Dense(4)(_three))
_vectors = keras.Model(_three, layers.Dense(2)(_normed))
_source = np.random.default_rng([seed, 3])
_vectors.set_weights([_source.uniform(0.5, 2, size=_w.shape) for _w in _vectors.weights])
_rows = _source.normal(size=(6, 3)).astype("float32")
[
    *(
        np.asarray(_weight)
        for _name in ("norm1", "norm2", "norm3")
        for _weight in adapt(network, _moved).get_layer(_name).get_weights()
    ),
    np.asarray(adapt(network, _moved)(pictures)),
    np.asarray(adapt(network, pictures[:2])(_moved[:5])),
    np.asarray(network(pictures[:3])),
    np.asarray(adapt(_vectors, _rows)(_rows + 1)),
]

# %% [markdown]
# ## Question 4 · a learning rate for each layer (3 points)
#
# Two learning rates can become many: the deeper a layer lies below the head, the more general it is, and the less
# it should move. Write `step(model, X, y, rate, decay)`, which makes **one** step of plain gradient descent on
# the mean cross-entropy of the integer labels `y`; `model` gives logits. The last layer moves with `rate`, the
# one before with `rate * decay`, the one before that with `rate * decay ** 2`, and so on.
#
# Only layers count that have weights, are not frozen, and are not batch normalisation. All others stay exactly
# as they are, and so do the moving statistics, which are also the ones that the forward pass uses.
#
# The function changes `model` and returns the loss **before** the step (a `float`).


# %% question="step" points=3
### BEGIN SOLUTION
def step(model, X, y, rate, decay):
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(X, training=False))
    moving = [
        layer.trainable_variables
        for layer in reversed(model.layers)
        if layer.trainable_variables and not isinstance(layer, layers.BatchNormalization)
    ]
    for variables, slopes in zip(moving, tape.gradient(loss, moving), strict=True):
        for variable, slope in zip(variables, slopes, strict=True):
            variable.assign(variable - rate * slope)
        rate = rate * decay
    return float(loss)


### END SOLUTION


# %% check="step"
def _changes(frozen, **rates):
    model = draw_network((9, 8, 2), (4, 5, 6), 3, np.random.default_rng(0))
    for name in frozen:
        model.get_layer(name).trainable = False
    old = {layer.name: layer.get_weights() for layer in model.layers}
    loss = step(model, pictures, labels, **rates)
    return loss, {
        layer.name: float(
            sum(np.abs(a - b).sum() for a, b in zip(old[layer.name], new, strict=True))
        )
        for layer in model.layers
        if (new := layer.get_weights())
    }


_loss, _one = _changes((), rate=0.1, decay=1.0)
assert isinstance(_loss, float), f"The loss should be a float, not {type(_loss).__name__}."
_still = draw_network((9, 8, 2), (4, 5, 6), 3, np.random.default_rng(0))
_chances = keras.ops.convert_to_numpy(keras.ops.softmax(_still(pictures)))[np.arange(12), labels]
assert np.isclose(_loss, -np.log(_chances).mean(), rtol=1e-3), (
    "The loss is not the mean cross-entropy before the step, in inference mode."
)
assert all(_one[f"norm{_i}"] == 0 for _i in (1, 2, 3)), (
    "Batch normalisation has changed: its weights, or its moving statistics?"
)
_, _half = _changes((), rate=0.1, decay=0.5)
for _power, _name in enumerate(("head", "hidden", "conv3", "conv2", "conv1")):
    _ratio = _half[_name] / _one[_name]
    assert np.isclose(_ratio, 0.5**_power, rtol=2e-2), (
        f"With decay 0.5 `{_name}` should move {0.5**_power} times as far as with decay 1; yours moves "
        f"{_ratio:.3f} times as far."
    )
_, _frozen = _changes(("hidden", "conv2"), rate=0.1, decay=0.5)
assert _frozen["hidden"] == _frozen["conv2"] == 0, "A frozen layer has moved."
assert np.isclose(_frozen["conv3"] / _one["conv3"], 0.5, rtol=2e-2), (
    "A frozen layer should not count: with `hidden` frozen, `conv3` is the next one after the head."
)

# %% probe="step" rtol=1e-3 atol=2e-5
_source = np.random.default_rng([seed, 4])
_steps = []
for _frozen, _rate, _decay in (
    ((), 0.5, 0.3),
    (("hidden", "norm2", "conv2"), 0.2, 0.6),
    (("head",), 1.0, 0.5),
):
    _model = draw_network((9, 8, 2), (4, 5, 6), 3, _source)
    for _name in _frozen:
        _model.get_layer(_name).trainable = False
    _old = _model.get_weights()
    _steps.append(step(_model, pictures, labels, _rate, _decay))
    _steps += [_new - _before for _new, _before in zip(_model.get_weights(), _old, strict=True)]
_steps.append(step(_model, pictures[:3], labels[:3], 0.1, 0.1))
_steps

# %% [markdown]
# ## Question 5 · which plan? (2 points)
#
# `table` has a row for each plan and draw: `target` is the accuracy on the new task, `source` what the base then
# still reaches on its old task; for `scratch`, which has no base, `source` is missing (`NaN`).
#
# Write `choose(table, before, margin, max_forgotten=None)`:
#
# - Take the means over the draws.
# - If `max_forgotten` is given, a plan is allowed only if it has a base, and the base has forgotten at most
#   `max_forgotten`: `before` minus the mean of `source`. Without it, all plans are allowed.
# - Of the allowed plans, take the **cheapest** whose mean of `target` is at least the best allowed one's minus
#   `margin`. From cheap to dear: `"frozen"`, `"fine-tuned"`, `"scratch"`.
#
# Return its name, or `None` where no plan is allowed. Rows may come in any order, with any number of draws per
# plan; a plan may be missing.


# %% question="choose" points=2
### BEGIN SOLUTION
def choose(table, before, margin, max_forgotten=None):
    means = table.groupby("plan")[["target", "source"]].mean()
    if max_forgotten is not None:
        means = means[before - means["source"] <= max_forgotten]
    for plan in ("frozen", "fine-tuned", "scratch"):
        if plan in means.index and means.loc[plan, "target"] >= means["target"].max() - margin:
            return plan
    return None


### END SOLUTION


# %% check="choose"
def _case(**plans):
    return pd.DataFrame(
        [
            (plan.replace("_", "-"), i, target, source)
            for plan, rows in plans.items()
            for i, (target, source) in enumerate(rows)
        ],
        columns=["plan", "draw", "target", "source"],
    )


_few = _case(
    scratch=[(0.9, np.nan), (0.86, np.nan)],
    frozen=[(0.7, 0.9), (0.72, 0.9)],
    fine_tuned=[(0.8, 0.6), (0.9, 0.8)],
)
for _options, _want, _why in (
    ({"margin": 0.0}, "scratch", "its mean, 0.88, is the best"),
    ({"margin": 0.05}, "fine-tuned", "0.85 is within the margin of 0.88, and cheaper"),
    ({"margin": 0.2}, "frozen", "0.71 is within the margin, and cheapest"),
    ({"margin": 0.0, "max_forgotten": 0.3}, "fine-tuned", "scratch has no base"),
    ({"margin": 0.1, "max_forgotten": 0.1}, "frozen", "fine-tuning forgets 0.2 on average"),
    ({"margin": 0.1, "max_forgotten": -0.1}, None, "no base got better by 0.1"),
):
    _got = choose(_few, 0.9, **_options)
    assert _got == _want, f"{_options}: expected {_want!r} ({_why}), got {_got!r}."
assert choose(_few.iloc[:2], 0.9, 0.1) == "scratch", "Where only scratch was tried, it is the best."

# %% probe="choose" exact=true
_exact = table.assign(target=0.875, source=0.5)
_exact.loc[_exact["plan"] == "frozen", "target"] = 0.625
_answers = [str(choose(_exact, 0.75, 0.25, 0.25)), str(choose(_exact, 0.75, 0.125, 0.25))]
_source = np.random.default_rng([seed, 5])
for _ in range(40):
    _rows = table.assign(target=_source.uniform(0.6, 0.9, size=len(table)))
    _rows["source"] = np.where(
        _rows["plan"] == "scratch", np.nan, _source.uniform(0.5, 0.9, len(_rows))
    )
    _rows = _rows.sample(frac=1, random_state=int(_source.integers(1000)))
    _rows = _rows.iloc[: int(_source.integers(3, 13))]
    for _options in ((0.0,), (0.06,), (0.0, 0.2), (0.05, 0.22), (0.05, 0.0), (0.3, 0.17)):
        _answers.append(str(choose(_rows, 0.9, *_options)))
_answers

# %% [markdown]
# ## Question 6 · no skew left (2 points)
#
# A base was trained on pictures that were scaled first: channel $c$ became `scale[c] * pixel + offset[c]`. In
# serving this is easily forgotten. Its first layer with weights is a `Conv2D` with bias, without padding and with
# nothing before it. So the scaling can vanish into that layer's kernel and bias.
#
# Write `absorb(model, scale, offset)`, which returns a new `keras.Model` of the same layers and shapes of weights. On
# **raw** pictures it gives what `model` gives on scaled ones. `model` itself stays unchanged. `scale` and
# `offset` are arrays or lists with one number for each channel.


# %% question="absorb" points=2
### BEGIN SOLUTION
def absorb(model, scale, offset):
    kernel, bias, *others = model.get_weights()
    scale, offset = (np.asarray(values)[:, np.newaxis] for values in (scale, offset))
    raw = keras.models.clone_model(model)
    raw.set_weights([kernel * scale, bias + np.sum(kernel * offset, axis=(0, 1, 2)), *others])
    return raw


### END SOLUTION

# %% check="absorb"
_old = [_w.copy() for _w in network.get_weights()]
_raw = absorb(network, [2.0, 0.5], [0.0, 0.0])
assert [tuple(_w.shape) for _w in _raw.weights] == [_w.shape for _w in _old], (
    "The new model should have weights of the same shapes."
)
assert np.allclose(_raw(pictures), network(pictures * np.float32([2, 0.5])), atol=1e-3), (
    "With scales alone: each channel of the kernel takes the scale of its channel."
)
_raw = absorb(network, [2.0, 0.5], [-1.0, 3.0])
_scaled = pictures * np.float32([2, 0.5]) + np.float32([-1, 3])
assert np.allclose(_raw(pictures), network(_scaled), atol=1e-3), (
    "With offsets: what does a window that holds nothing but the offsets add to each filter?"
)
assert all(np.array_equal(*_pair) for _pair in zip(_old, network.get_weights(), strict=True)), (
    "The model that you were given has changed."
)

# %% probe="absorb" rtol=1e-3 atol=1e-4
_source = np.random.default_rng([seed, 6])
_scale, _offset = _source.uniform(0.3, 3, size=3), _source.normal(size=3)
_other = draw_network((8, 7, 3), (5, 4), 4, _source)
_first = np.asarray(_other(_source.normal(size=(2, 8, 7, 3))))
_raw = absorb(_other, _scale, _offset)
_shown = _source.normal(size=(4, 8, 7, 3)).astype("float32")
[
    _first,
    np.asarray(_raw(_shown)),
    np.asarray(_other(_shown)),
    np.asarray(_raw.weights[0]),
    np.asarray(_raw.weights[1]),
    np.asarray(absorb(network, (_scale[:2]).tolist(), (_offset[1:]).tolist())(pictures)),
]
