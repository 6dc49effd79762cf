# ---
# title: "Exercise: training well"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: training well
#
# Six jobs from the workshop: normalise by hand, remove a layer that inference does not need, find a start
# scale, write a schedule, read a sweep, repair a network. No question needs the answer of another. Only
# the last one trains, for a second or two. Your data are drawn for you: change `seed` to practise again on
# others.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import json

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

rng = np.random.default_rng(seed)


def draw(*shape, mean=0.0, spread=1.0):
    return rng.normal(mean, spread, size=shape).astype("float32")


# question 1: rows and small pictures, and the state of a layer with three features or channels
rows, pictures = draw(7, 3, mean=2.0, spread=1.5), draw(2, 4, 5, 3, mean=-1.0)
gamma, beta, old_mean = draw(3, mean=1.0, spread=0.5), draw(3), draw(3)
old_variance = rng.uniform(0.2, 2.0, size=3).astype("float32")


# question 2: a network with random weights; variances must be positive
def random_network(*stack):
    net, own = keras.Sequential([keras.Input((5,)), *stack]), np.random.default_rng(seed)
    for layer in net.layers:
        weights = [own.normal(size=weight.shape) for weight in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            weights = [*weights[:3], np.abs(weights[3]) + 0.1]
        layer.set_weights(weights)
    return net


inputs = draw(6, 5)

# question 3: a sample of a standard normal variable
z = draw(4000).astype("float64")

# question 4: a peak and a floor
peak, floor = float(rng.uniform(0.05, 0.2)), float(rng.uniform(0.001, 0.01))

# question 5: a sweep: the loss falls, then explodes
sweep_rates = np.geomspace(1e-5, 10, 121)
place = rng.uniform(-6.5, -4.5)
sweep_losses = 0.3 + 2.0 / (1 + np.exp(1.5 * (np.log(sweep_rates) - place)))
sweep_losses = sweep_losses + (sweep_rates / np.exp(place + 4)) ** 2
sweep_losses = sweep_losses + rng.normal(scale=0.03, size=121)

# question 6: images of handwritten digits with pixels from 0 to 255
digits, order = load_digits(), rng.permutation(1797)
pixels = np.round(digits.data / 16 * 255).astype("float32")
X_train, y_train = pixels[order[:1000]], digits.target[order[:1000]]
X_test = pixels[order[1000:1600]]

# %% tags=["solution-only"]
y_test = digits.target[order[1000:1600]]

# %% [markdown]
# ## Question 1 · batch normalisation by hand (3 points)
#
# Write `batch_norm(x, gamma, beta, mean, variance, training, momentum, epsilon)`, which returns the tuple
# `(out, new_mean, new_variance)` of arrays, as Keras's layer computes them.
#
# - `x` has shape `(n, c)`, or `(n, height, width, c)` for pictures. There is one set of numbers per channel,
#   the last axis: mean and variance of a batch are taken over *all other* axes. The four other
#   arrays have shape `(c,)`.
# - In training, the batch's own mean and variance normalise; the variance divides by the number of values.
#   `new_mean` and `new_variance` keep the share `momentum` of the old moving values and take the rest from the
#   batch.
# - In inference (`training=False`), `mean` and `variance` normalise, and are returned unchanged.
# - `out` is the normalised value times `gamma` plus `beta`. `epsilon` is added to the variance before the
#   root.
#
# NumPy is enough. The arguments must not be changed.


# %% question="batch_norm" points=3
### BEGIN SOLUTION
def batch_norm(x, gamma, beta, mean, variance, training, momentum, epsilon):
    used_mean, used_variance = mean, variance
    if training:
        axes = tuple(range(x.ndim - 1))
        used_mean, used_variance = x.mean(axis=axes), x.var(axis=axes)
        mean = momentum * mean + (1 - momentum) * used_mean
        variance = momentum * variance + (1 - momentum) * used_variance
    out = gamma * (x - used_mean) / np.sqrt(used_variance + epsilon) + beta
    return out, mean, variance


### END SOLUTION

# %% check="batch_norm"
_one, _zero = np.ones(1), np.zeros(1)
_x = np.array([[1.0], [3.0], [5.0], [7.0]])
_answer = batch_norm(_x, _one, _zero, _zero, _one, True, 0.9, 0.0)
assert len(_answer) == 3, "Return a tuple (out, new_mean, new_variance)."
_out, _mean, _variance = map(np.asarray, _answer)
assert _out.shape == (4, 1), f"`out` should have the shape of x, (4, 1), not {_out.shape}"
assert np.allclose([_out.mean(), _out.std()], [0, 1]), (
    f"In training the values 1, 3, 5, 7 should come out with mean 0 and spread 1, not {_out.mean():.3f} and "
    f"{_out.std():.3f}."
)
assert np.allclose(_mean, 0.4), (
    f"Old mean 0, batch mean 4, momentum 0.9: the new mean is 0.4, not {_mean}. Which share is kept?"
)
assert np.allclose(_variance, 1.4), (
    f"Old variance 1, batch variance 5, momentum 0.9: the new one is 1.4, not {_variance}."
)
_out, _mean, _variance = batch_norm(_x, 2 * _one, _one, 3 * _one, 3 * _one, False, 0.9, 1.0)
assert np.allclose(_out, _x - 2), (
    "In inference with mean 3, variance 3, epsilon 1, gamma 2, beta 1 each value is 2 (x - 3) / 2 + 1."
)
assert np.allclose([_mean, _variance], 3), "In inference the moving values stay as they are."
_big = np.stack([np.arange(24.0).reshape(2, 3, 4), np.ones((2, 3, 4))], axis=-1)
_two = np.ones(2)
_out, _mean, _ = batch_norm(_big, _two, 0 * _two, 0 * _two, _two, True, 0.0, 1e-3)
assert np.shape(_mean) == (2,), f"Two channels have two means, yours have shape {np.shape(_mean)}."
assert np.allclose(_mean, [11.5, 1]), (
    f"The first channel holds 0 to 23, the second only ones; with momentum 0 the means are 11.5 and 1, not "
    f"{_mean}. Over which axes do you average?"
)
assert np.allclose(np.asarray(_out)[..., 1], 0), "A constant channel becomes 0, thanks to epsilon."

# %% probe="batch_norm" rtol=1e-3 atol=1e-4
_untouched = [rows.copy(), old_mean.copy(), old_variance.copy()]
_state = (gamma, beta, old_mean, old_variance)
[
    [np.asarray(part) for part in batch_norm(*arguments)]
    for arguments in (
        (rows, *_state, True, 0.9, 1e-3),
        (rows, *_state, False, 0.9, 0.5),
        (rows[:2], *_state, True, 0.3, 0.7),
        (rows[:1], *_state, True, 0.99, 1e-3),
        (pictures, *_state, True, 0.8, 1e-3),
        (pictures, *_state, False, 0.8, 0.2),
        (pictures * 0.01, *_state, True, 0.5, 1e-3),
    )
] + [
    bool(np.array_equal(_now, _was))
    for _now, _was in zip((rows, old_mean, old_variance), _untouched, strict=True)
]

# %% [markdown]
# ## Question 2 · a network without its normalisation (3 points)
#
# In inference, batch normalisation is a fixed scale and shift per unit. Before a network goes to a phone,
# these are *folded* into the layer before.
#
# Write `fold(model)`. `model` is a built `Sequential` of `Dense` (without activation; with or without
# bias), `BatchNormalization` (`epsilon` varies; gamma and beta are there), `Activation` and `Dropout` layers.
# Each `BatchNormalization` directly follows a `Dense`. Return a new, built `Sequential` that
#
# - holds only `Dense` layers, all with bias, and `Activation` layers, in the same order,
# - gives the same outputs as `model` does in inference.
#
# `model` must stay as it is. (`layer.get_weights()` lists what a layer holds; for `BatchNormalization`
# in the order gamma, beta, moving mean, moving variance.)


# %% question="fold" points=3
### BEGIN SOLUTION
def fold(model):
    stack, weights = [keras.Input(model.input_shape[1:])], []
    for layer in model.layers:
        if isinstance(layer, layers.Dense):
            kernel, *bias = layer.get_weights()
            stack.append(layers.Dense(layer.units))
            weights += [kernel, bias[0] if bias else np.zeros(layer.units)]
        elif isinstance(layer, layers.BatchNormalization):
            scale, shift, mean, variance = layer.get_weights()
            scale = scale / np.sqrt(variance + layer.epsilon)
            weights[-2] = weights[-2] * scale
            weights[-1] = (weights[-1] - mean) * scale + shift
        elif isinstance(layer, layers.Activation):
            stack.append(layers.Activation(layer.activation))
    folded = keras.Sequential(stack)
    folded.set_weights(weights)
    return folded


### END SOLUTION


# %% check="fold"
def _tiny_network():
    dense, norm = layers.Dense(2, use_bias=False), layers.BatchNormalization(epsilon=1.0)
    net = keras.Sequential([keras.Input((2,)), dense, norm, layers.Activation("relu")])
    net.add(layers.Dropout(0.5))
    dense.set_weights([np.eye(2)])
    norm.set_weights([np.array(part) for part in ([2.0, 4.0], [1.0, 0.0], [0.5, 0.0], [3.0, 3.0])])
    return net


_net = _tiny_network()
_before = _net.get_weights()
_folded = fold(_net)
assert isinstance(_folded, keras.Sequential), f"expected a Sequential, got {type(_folded).__name__}"
_kinds = [type(_layer).__name__ for _layer in _folded.layers]
assert _kinds == ["Dense", "Activation"], (
    f"Dense, BatchNormalization, Activation, Dropout should become Dense, Activation, not {_kinds}."
)
assert [tuple(_weight.shape) for _weight in _folded.get_weights()] == [(2, 2), (2,)], (
    "The Dense layer should have a kernel and a bias: where else would the shift go?"
)
assert np.allclose(_folded.get_weights()[0], [[1, 0], [0, 2]], atol=1e-4), (
    "With kernel 1, gamma 2 and 4, variance 3, epsilon 1 the new kernel is diagonal with 2 / 2 and 4 / 2, not "
    f"{_folded.get_weights()[0].tolist()}."
)
assert np.allclose(_folded.get_weights()[1], [0.5, 0], atol=1e-4), (
    f"With a mean of 0.5 and beta 1 the first bias is (0 - 0.5) · 2 / 2 + 1, not "
    f"{_folded.get_weights()[1][0]:.3f}."
)
_values = np.array([[1.0, -1.0], [-3.0, 0.5]], "float32")
assert np.allclose(_folded(_values), _net(_values), atol=1e-4), "The outputs should stay the same."
assert all(np.array_equal(_a, _b) for _a, _b in zip(_net.get_weights(), _before, strict=True)), (
    "The weights of the model itself have changed."
)
_plain = keras.Sequential([keras.Input((2,)), layers.Dense(3), layers.Activation("tanh")])
_plain.add(layers.Dense(1))
assert np.allclose(fold(_plain)(_values), _plain(_values), atol=1e-4), (
    "A network without BatchNormalization should come back with the same outputs."
)


# %% probe="fold" rtol=1e-3 atol=1e-3
def _folding(*stack):
    net = random_network(*stack)
    before = net.get_weights()
    folded = fold(net)
    kinds = [type(layer).__name__ for layer in folded.layers]
    kept = all(np.array_equal(a, b) for a, b in zip(net.get_weights(), before, strict=True))
    shapes = [tuple(weight.shape) for weight in folded.get_weights()]
    return [
        np.asarray(folded(inputs)),
        np.asarray(folded(inputs, training=True)),
        kinds,
        shapes,
        kept,
    ]


[
    _folding(
        layers.Dense(4), layers.BatchNormalization(), layers.Activation("relu"), layers.Dense(2)
    ),
    _folding(
        *(layers.Dense(4, use_bias=False), layers.BatchNormalization(epsilon=0.3)),
        *(layers.Activation("tanh"), layers.Dropout(0.4), layers.Dense(3)),
        *(layers.BatchNormalization(epsilon=0.05), layers.Activation("softmax")),
    ),
    _folding(
        *(layers.Dense(3), layers.Activation("elu"), layers.Dense(4, use_bias=False)),
        *(layers.Activation("sigmoid"), layers.Dense(2), layers.BatchNormalization()),
    ),
]

# %% [markdown]
# ## Question 3 · a start scale for any activation (2 points)
#
# The sums that enter an activation $f$ are normal with mean 0 and variance `variance`. After $f$ comes
# dropout with the given `rate` (in training, as Keras does it; 0 means none), then a `Dense` layer with
# `n_in` inputs. Its weights are independent, with mean 0. Which standard deviation must they have, so that
# *its* sums have the variance `variance` again, in training?
#
# Write `weight_std(function, n_in, variance, rate, z)`, which returns it as a float. `function` works on
# arrays, entry by entry. Measure what you need of it on the sample `z` of a *standard* normal variable,
# shape `(m,)`. Biases are 0, and $0 \le$ `rate` $< 1$.


# %% question="weight_std" points=2
### BEGIN SOLUTION
def weight_std(function, n_in, variance, rate, z):
    square = np.mean(function(np.sqrt(variance) * z) ** 2)
    return float(np.sqrt(variance * (1 - rate) / (n_in * square)))


### END SOLUTION

# %% check="weight_std"
_plain = weight_std(lambda x: x, 100, 1.0, 0.0, np.array([-1.0, 1.0]))
assert isinstance(_plain, float), f"expected a float, got {type(_plain).__name__}"
assert np.isclose(_plain, 0.1), (
    f"Without an activation, 100 inputs of variance 1 need weights with a spread of 0.1, not {_plain:.3f}."
)
_ones = weight_std(np.ones_like, 4, 1.0, 0.0, np.array([-1.0, 1.0]))
assert np.isclose(_ones, 0.5), (
    "An activation that is always 1 has no variance, but a sum of four such inputs times weights has. What "
    "counts is the mean square."
)
_relu = weight_std(lambda x: np.maximum(x, 0), 50, 3.0, 0.0, z)
assert np.isclose(_relu, np.sqrt(2 / 50), rtol=0.1), (
    f"For ReLU and 50 inputs He's root of 2 / 50, about 0.2, should come out, whatever the variance; you "
    f"have {_relu:.3f}."
)
_wide, _narrow = (weight_std(np.tanh, 50, _v, 0.0, z) for _v in (4.0, 0.01))
assert np.isclose(_narrow, np.sqrt(1 / 50), rtol=0.1), (
    "For tiny sums tanh is a straight line: the root of 1 / 50."
)
assert _wide > 1.5 * _narrow, (
    "Large sums saturate tanh, so keeping their variance takes larger weights."
)
_generator = np.random.default_rng(0)
_hidden = np.maximum(_generator.normal(size=(4000, 50)), 0)
_hidden *= (_generator.random(_hidden.shape) >= 0.5) / 0.5
_sums = _hidden @ _generator.normal(size=(50, 200))
_spread = weight_std(lambda x: np.maximum(x, 0), 50, 1.0, 0.5, z) * _sums.std()
assert np.isclose(_spread, 1, rtol=0.1), (
    f"With ReLU and dropout 0.5, sums of variance 1 should give sums with a spread of 1, not {_spread:.2f}. "
    "What does dropout do to the mean square?"
)

# %% probe="weight_std" rtol=1e-4
[
    float(weight_std(*arguments))
    for arguments in (
        (lambda x: np.maximum(x, 0), 64, 1.0, 0.0, z),
        (np.tanh, 30, 2.5, 0.0, z),
        (np.tanh, 30, 2.5, 0.3, z[:500]),
        (lambda x: 1 / (1 + np.exp(-x)), 200, 0.5, 0.0, z),
        (lambda x: np.where(x > 0, x, np.expm1(x)), 17, 4.0, 0.6, z[100:900]),
        (lambda x: x**2 + 1, 10, 0.3, 0.1, z[:50]),
    )
]

# %% [markdown]
# ## Question 4 · a schedule with restarts (3 points)
#
# Write `WarmRestarts(peak, warmup_steps, cycle_steps, floor=0.0, shrink=1.0)`, a subclass of
# `keras.optimizers.schedules.LearningRateSchedule`. `schedule(step)` returns the rate, a scalar float
# tensor:
#
# - in the warm-up, that is for `step` $= 0, \dots,$ `warmup_steps` $- 1$: `peak` · (`step` + 1) /
#   `warmup_steps`,
# - then in cycles of `cycle_steps` steps: at position $p = 0, \dots,$ `cycle_steps` $- 1$ of cycle
#   $k = 0, 1, \dots$
#
# $$ \text{floor} + (\text{peak} \cdot \text{shrink}^k - \text{floor}) \cdot
# \frac{1 + \cos(\pi \, p / \text{cycle\_steps})}{2} . $$
#
# `step` is a Python integer or an integer tensor of any integer type, also inside `tf.function`, where it has
# no value yet. `warmup_steps` may be 0, `cycle_steps` is at least 1. `get_config` returns the five
# arguments in a dictionary, so that `WarmRestarts.from_config` makes the schedule again.


# %% question="warm_restarts" points=3
### BEGIN SOLUTION
class WarmRestarts(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps, cycle_steps, floor=0.0, shrink=1.0):
        self.config = {"peak": peak, "warmup_steps": warmup_steps, "cycle_steps": cycle_steps}
        self.config |= {"floor": floor, "shrink": shrink}

    def __call__(self, step):
        peak, warmup, length, floor, shrink = self.config.values()
        step = tf.cast(step, tf.float32)
        cycle = (step - warmup) // length
        position = (step - warmup) % length
        top = peak * tf.cast(shrink, tf.float32) ** cycle
        wave = floor + (top - floor) * (1 + tf.cos(np.pi * position / length)) / 2
        return tf.where(step < warmup, peak * (step + 1) / max(warmup, 1), wave)

    def get_config(self):
        return dict(self.config)


### END SOLUTION

# %% check="warm_restarts"
_schedule = WarmRestarts(0.4, 4, 6, floor=0.1, shrink=0.5)
assert isinstance(_schedule, keras.optimizers.schedules.LearningRateSchedule), (
    "It should be a subclass of LearningRateSchedule."
)
_rates = [float(_schedule(_step)) for _step in range(17)]
assert np.allclose(_rates[:4], [0.1, 0.2, 0.3, 0.4], atol=1e-5), (
    f"Peak 0.4, four steps of warm-up: 0.1, 0.2, 0.3, 0.4, not {np.round(_rates[:4], 3)}."
)
assert np.isclose(_rates[4], 0.4, atol=1e-5), "The first cycle begins at the peak."
assert np.isclose(_rates[7], 0.25, atol=1e-5), (
    f"In the middle of a cycle (step 7) the rate is halfway between peak and floor, 0.25, not {_rates[7]:.3f}."
)
assert np.isclose(_rates[10], 0.2, atol=1e-5), (
    f"Step 10 begins the second cycle at half the peak, 0.2, not {_rates[10]:.3f}."
)
assert np.isclose(_rates[16], 0.1, atol=1e-5), (
    "The third cycle begins at a quarter of the peak, 0.1."
)
assert np.isclose(float(WarmRestarts(0.4, 0, 6)(0)), 0.4), "Without warm-up, step 0 has the peak."
_graph = tf.function(_schedule)
for _kind in (tf.int64, tf.int32):
    _in_graph = [float(_graph(tf.constant(_step, _kind))) for _step in range(17)]
    assert np.allclose(_in_graph, _rates, atol=1e-5), (
        "Inside tf.function the rates should be the same: decide by tensors, not by a Python `if`."
    )
_again = WarmRestarts.from_config(json.loads(json.dumps(_schedule.get_config())))
assert np.allclose([float(_again(_step)) for _step in range(17)], _rates), (
    "from_config(get_config()) should give the same schedule: does the dictionary hold all five?"
)


# %% probe="warm_restarts" rtol=1e-3 atol=1e-6
def _course(schedule, n):
    graph = tf.function(schedule)
    steps = tf.range(n, dtype=tf.int64)
    return [
        [float(schedule(step)) for step in range(n)],
        [float(graph(step)) for step in steps],
        [float(graph(tf.constant(step, tf.int32))) for step in (0, n // 2, 3 * n)],
    ]


def _travelled(schedule):
    weight, optimizer = tf.Variable(0.0), keras.optimizers.SGD(schedule)
    move = tf.function(lambda: optimizer.apply([tf.constant(-1.0)], [weight]))
    optimizer.build([weight])
    return [float((move(), weight.numpy())[1]) for _ in range(9)]


_config = WarmRestarts(peak, 3, 8, floor, 0.7).get_config()
[
    _course(WarmRestarts(peak, 5, 7, floor, 0.8), 30),
    _course(WarmRestarts(2 * peak, 0, 4), 14),
    _course(WarmRestarts(peak, 1, 1, shrink=0.9), 6),
    _course(WarmRestarts.from_config(json.loads(json.dumps(_config))), 14),
    _travelled(WarmRestarts(peak, 2, 3, floor / 2, 0.5)),
    sorted(_config.items()),
]

# %% [markdown]
# ## Question 5 · read a sweep (2 points)
#
# Write `choose_rate(rates, losses, beta, factor)`, which chooses a learning rate from a sweep. Counted from
# $i = 1$, with losses $l_i$ and rates $r_i$ (growing):
#
# 1. *Smooth*: $s_0 = 0$, $s_i = \beta s_{i-1} + (1 - \beta)\, l_i$, and correct as Adam does:
#    $c_i = s_i / (1 - \beta^i)$.
# 2. *Cut*: the sweep ends just before the first $i$ at which $l_i$ is not finite (`nan` or infinite), or
#    $c_i$ is larger than `factor` times the smallest of $c_1, \dots, c_i$. That point and all later ones do not
#    count.
# 3. *Choose*: among the points $i \ge 2$ that are left, the rate $r_i$ with the smallest slope
#    $(c_i - c_{i-1}) / (\ln r_i - \ln r_{i-1})$.
#
# Return $r_i$ as a float, or `None` if no slope is negative, or fewer than two points are left. Arrays have
# shape `(n,)`, $n \ge 1$; losses are positive, $0 \le \beta < 1$, `factor` $> 1$.


# %% question="choose_rate" points=2
### BEGIN SOLUTION
def choose_rate(rates, losses, beta, factor):
    smooth, kept = 0.0, []
    for i, loss in enumerate(losses, start=1):
        smooth = beta * smooth + (1 - beta) * loss
        corrected = smooth / (1 - beta**i)
        if not np.isfinite(loss) or corrected > factor * min([*kept, corrected]):
            break
        kept.append(corrected)
    if len(kept) < 2:
        return None
    slopes = np.diff(kept) / np.diff(np.log(rates[: len(kept)]))
    best = np.argmin(slopes)
    return float(rates[best + 1]) if slopes[best] < 0 else None


### END SOLUTION

# %% check="choose_rate"
_rates = np.array([0.001, 0.01, 0.1, 1.0, 10.0])
_choice = choose_rate(_rates, np.array([2.0, 1.9, 1.0, 0.8, 9.0]), 0.0, 4.0)
assert isinstance(_choice, float), f"expected a float, got {_choice!r}"
assert np.isclose(_choice, 0.1), (
    f"Without smoothing, losses 2, 1.9, 1, 0.8 fall most on the way to the rate 0.1, not {_choice}."
)
assert np.isclose(choose_rate(_rates, np.array([2.0, 1.9, 9.0, 0.5, 0.4]), 0.0, 4.0), 0.01), (
    "9 is more than four times the smallest so far. What comes after it does not count, even if it falls."
)
assert np.isclose(choose_rate(_rates, np.array([2.0, 1.9, np.nan, 0.5, 0.4]), 0.0, 4.0), 0.01), (
    "A `nan` ends the sweep."
)
assert choose_rate(_rates, np.array([1.0, 2.0, 3.0, 3.5, 3.9]), 0.0, 4.0) is None, (
    "Where the loss never falls, return None."
)
assert choose_rate(_rates, np.array([2.0, np.inf, 1.0, 0.5, 0.4]), 0.0, 4.0) is None, (
    "One point has no slope: None."
)
assert np.isclose(choose_rate(_rates, np.array([4.0, 1.0, 4.0, 0.1, 4.0]), 0.5, 9.0), 0.01), (
    "With beta 0.5 the smoothed losses are 4, 2, 3.14, 1.52, 2.80: the steepest fall leads to 0.01. Is the "
    "correction there?"
)
_close = np.array([1.0, 1.2, 1.5, 10.0])
assert np.isclose(choose_rate(_close, np.array([4.0, 3.7, 3.3, 2.7]), 0.0, 4.0), 1.5), (
    "Losses 4, 3.7, 3.3, 2.7 at rates 1, 1.2, 1.5, 10: the last step is the longest by far, also in logarithms."
)
assert np.isclose(choose_rate(_rates[:4], np.array([4.0, 2.0, 5.0, 0.1]), 0.5, 2.0), 1.0), (
    "With beta 0.5, losses 4, 2, 5, 0.1 become 4, 2.67, 4, 1.92: none is more than twice the smallest so far. "
    "Which losses does the cut compare?"
)


# %% probe="choose_rate" rtol=1e-6
def _choice_of(*arguments):
    choice = choose_rate(*arguments)
    return None if choice is None else float(choice)


_broken = sweep_losses.copy()
_broken[70] = np.nan
_bumpy = np.where(np.arange(121) == 20, 40.0, sweep_losses)
_uneven = np.cumsum(np.linspace(0.01, 0.5, 121)) ** 2
[
    _choice_of(sweep_rates, sweep_losses, 0.9, 4.0),
    _choice_of(sweep_rates, sweep_losses, 0.5, 2.0),
    _choice_of(sweep_rates, sweep_losses, 0.0, 1.5),
    _choice_of(sweep_rates, _broken, 0.8, 4.0),
    _choice_of(sweep_rates, _bumpy, 0.7, 3.0),
    _choice_of(sweep_rates[30:], sweep_losses[30:], 0.97, 1.3),
    _choice_of(_uneven, sweep_losses, 0.9, 4.0),
    _choice_of(sweep_rates, np.arange(1.0, 122.0), 0.6, 500.0),
    _choice_of(sweep_rates[:1], sweep_losses[:1], 0.6, 4.0),
    _choice_of(sweep_rates[:4], np.array([1.0, 9.0, 0.5, 0.1]), 0.0, 4.0),
    _choice_of(sweep_rates[:4], np.array([2.0, 1.5, 6.0, 0.1]), 0.0, 4.0),
    _choice_of(sweep_rates[:4], np.array([2.0, 1.5, 7.0, 0.1]), 0.0, 4.0),
    _choice_of(sweep_rates[:3], np.array([np.inf, 1.0, 0.5]), 0.0, 4.0),
    _choice_of(sweep_rates[:4], np.array([8.0, 2.0, 3.0, 2.0]), 0.5, 1.0001),
    _choice_of(sweep_rates[:3], np.array([1.0, 1.0, 1.0]), 0.0, 4.0),
    _choice_of(sweep_rates[:5], np.array([6.0, 3.0, 7.5, 0.2, 0.2]), 0.5, 2.0),
]

# %% [markdown]
# ## Question 6 · repair (2 points)
#
# `train_broken` below raises no error, and is right for about one image in ten. It has several faults. Write
# `train_repaired(X, y)`, which trains and returns a `keras.Model` with the same `Dense` layers (64, 32 and 10
# units; other layers are free).
#
# `X` holds images of handwritten digits as in `X_train`, pixels from 0 to 255, `y` their labels. The model gets
# pixels from 0 to 255 in `predict`, too, shape `(n, 64)`, and returns ten scores for each image, of which the
# largest is its answer. It is trained on `X_train` and `y_train` and must be right for at least 85 % of 600
# images that you do not see. Stay below about ten seconds.


# %%
def train_broken(X, y):
    shuffled = np.random.default_rng(0).permutation(len(X))
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, kernel_initializer="zeros", activation="relu"),
            layers.Dense(32, kernel_initializer="zeros", activation="relu"),
            layers.Dense(10),
        ]
    )
    model.compile(keras.optimizers.Adam(1.0), "sparse_categorical_crossentropy")
    model.fit(X[shuffled], y, batch_size=50, epochs=1, verbose=0)
    return model


# %% question="train_repaired" points=2
### BEGIN SOLUTION
def train_repaired(X, y):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((64,)), layers.Rescaling(1 / 255)])
    for units in (64, 32):
        model.add(layers.Dense(units, kernel_initializer="he_normal", activation="relu"))
    model.add(layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(X, y, batch_size=50, epochs=8, verbose=0)
    return model


### END SOLUTION

# %% check="train_repaired"
_model = train_repaired(X_train[:800], y_train[:800])
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
_units = [_layer.units for _layer in _model.layers if isinstance(_layer, layers.Dense)]
assert _units == [64, 32, 10], f"Dense layers of 64, 32 and 10 units are asked for, not {_units}."
_scores = _model.predict(X_train[800:], verbose=0)
assert _scores.shape == (200, 10), f"ten scores for each of 200 images, not {_scores.shape}"
_right = np.mean(_scores.argmax(axis=1) == y_train[800:])
assert _right >= 0.85, (
    f"Trained on 800 of your images, it is right for {_right:.0%} of the other 200. Measure: the labels beside "
    "the images, the first loss against log(10), how much of each layer is 0, gradient norms by layer, the "
    "last layer against the loss, the rate."
)

# %% probe="train_repaired" metric="accuracy" against="y_test" at_least=0.85
_model = train_repaired(X_train, y_train)
_units = [_layer.units for _layer in _model.layers if isinstance(_layer, layers.Dense)]
_answers = np.asarray(_model.predict(X_test, verbose=0)).argmax(axis=1)
_answers if _units == [64, 32, 10] else np.full(600, -1)
