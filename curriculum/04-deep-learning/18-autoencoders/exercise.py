# ---
# title: "Exercise: autoencoders and other unsupervised networks"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: autoencoders and other unsupervised networks
#
# Six tools around networks that learn without labels. No question needs the answer of another, and nothing is
# trained. Change `seed` to practise again on other data.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)


def draw(*shape, spread=1.0):
    return rng.normal(0, spread, size=shape).astype("float32")


# questions 1 and 5: correlated readings of six sensors
mixing = draw(3, 6)
X_train = draw(80, 3) @ mixing + 2 + draw(80, 6, spread=0.2)
X_new = draw(25, 3) @ mixing + 2 + draw(25, 6, spread=0.2)
missing = rng.random(X_new.shape) < 0.2

# question 2: pictures, what an encoder says of them, and a decoder
pictures, mean, log_var = draw(12, 10), draw(12, 3), draw(12, 3)
decoder = keras.Sequential([keras.Input((3,)), layers.Dense(10, "tanh")])
decoder.set_weights([draw(3, 10), draw(10)])

# question 3: anomaly scores
normal_scores = rng.gamma(2.0, size=400)
stream = np.where(rng.random(300) < 0.15, 3.0, 1.0) * rng.gamma(2.0, size=300)

# question 4: windows of three sensors and how an autoencoder rebuilt them
normal, rebuilt_normal = draw(200, 8, 3), draw(200, 8, 3, spread=0.5)
rebuilt_normal = normal + rebuilt_normal * np.array([0.2, 1.0, 3.0], "float32")
odd = draw(20, 8, 3)
rebuilt_odd = (
    odd + draw(20, 8, 3) * rng.permuted(np.tile([0.2, 0.7, 2.0], (20, 1)), axis=1)[:, None]
)

# question 6: noise per step, some numbers, and what a network predicts
betas = np.sort(rng.uniform(0.01, 0.3, size=12))
x, predicted, fresh = rng.normal(size=(3, 40))

# %% [markdown]
# ## Question 1 · the best linear autoencoder (2 points)
#
# Without hidden layers no training is needed. Write `linear_autoencoder(X_train, k)`, which returns a Keras model of two
# `Dense` layers without activation: the first with `k` units, the second with as many as `X_train` has columns. On
# `X_train` its mean squared error is to be the smallest that such a model can reach (to a relative 0.1 %).
#
# The columns do not have mean 0. `X_train` has the shape `(n, features)`, and `k` is smaller than both.


# %% question="linear_autoencoder" points=2
### BEGIN SOLUTION
def linear_autoencoder(X_train, k):
    center = X_train.mean(axis=0)
    axes = np.linalg.svd(X_train - center, full_matrices=False)[2][:k]
    encode, decode = layers.Dense(k), layers.Dense(X_train.shape[1])
    model = keras.Sequential([keras.Input((X_train.shape[1],)), encode, decode])
    encode.set_weights([axes.T, -axes @ center])
    decode.set_weights([axes, center])
    return model


### END SOLUTION

# %% check="linear_autoencoder"
_model = linear_autoencoder(X_train, 2)
assert [type(layer).__name__ for layer in _model.layers] == ["Dense", "Dense"], (
    "Two Dense layers are asked for."
)
assert [layer.units for layer in _model.layers] == [2, 6], (
    "k units, then one per column of X_train."
)
_rest = np.mean((np.asarray(_model(X_train)) - X_train) ** 2)
_spread = np.mean((X_train - X_train.mean(axis=0)) ** 2)
assert _rest < _spread, (
    f"Its error of {_rest:.2f} is not below {_spread:.2f}, that of giving the mean to all rows. What about the biases?"
)
_mean = np.asarray(_model(X_train.mean(axis=0, keepdims=True)))[0]
assert np.allclose(_mean, X_train.mean(axis=0), atol=1e-3), (
    "The best plane goes through the mean of the rows."
)

# %% probe="linear_autoencoder" rtol=2e-3
_draw = np.random.default_rng([seed, 1])
_tall = (_draw.normal(size=(60, 9)) * np.linspace(3, 0.3, 9) + 10).astype("float32")
_answers = []
for _X, _k in ((X_train, 1), (X_train, 2), (_tall, 4), (_tall, 7)):
    _model = linear_autoencoder(_X, _k)
    _answers.append(float(np.mean((np.asarray(_model(_X)) - _X) ** 2)))
    _answers += [layer.units for layer in _model.layers if layer.activation(-2.0) == -2.0]
_answers

# %% [markdown]
# ## Question 2 · the loss of a VAE (3 points)
#
# Write `vae_loss(x, mean, log_var, decoder, noise, spread, beta)`. `x` has the shape `(n, features)`; `mean`, `log_var` (the logarithm of
# the variance) and `noise` (from a standard normal) have the shape `(n, k)`. Draw the codes with this `noise` and decode
# them. Return two float numbers, both averaged over the rows:
#
# 1. the loss: the squared error, summed over the features and divided by twice the squared `spread`, plus `beta` times the KL divergence
#    of the row's code from a standard normal,
# 2. the KL divergence in **bits**.


# %% question="vae_loss" points=3
### BEGIN SOLUTION
def vae_loss(x, mean, log_var, decoder, noise, spread, beta):
    codes = mean + np.exp(log_var / 2) * noise
    errors = np.sum((keras.ops.convert_to_numpy(decoder(codes)) - x) ** 2, axis=1) / (2 * spread**2)
    kl = np.sum(mean**2 + np.exp(log_var) - 1 - log_var, axis=1) / 2
    return float(np.mean(errors + beta * kl)), float(np.mean(kl) / np.log(2))


### END SOLUTION

# %% check="vae_loss"
_zero = np.zeros((4, 3), "float32")
_x = keras.ops.convert_to_numpy(decoder(_zero))
_loss, _bits = vae_loss(_x, _zero, _zero, decoder, _zero, 1.0, 1.0)
assert np.isclose(_bits, 0, atol=1e-6), (
    f"Mean 0 and variance 1 are the standard normal: KL 0, not {_bits:.3f}."
)
assert np.isclose(_loss, 0, atol=1e-6), (
    "With noise 0 the code is the mean, here rebuilt exactly: the loss is 0."
)
_loss, _bits = vae_loss(_x, _zero + 1, _zero, decoder, _zero - 1, 1.0, 1.0)
assert np.isclose(_bits, 1.5 / np.log(2), rtol=1e-3), (
    f"Three numbers of mean 1 and variance 1 have a KL of 1/2 each, 1.5 nats together: {1.5 / np.log(2):.3f} bits, not {_bits:.3f}."
)
assert np.isclose(_loss, 1.5, rtol=1e-3), (
    f"Mean 1 plus noise −1 is the code 0: only the KL is left, 1.5 nats, not {_loss:.3f}."
)
_loss, _ = vae_loss(_x + 2, _zero, _zero, decoder, _zero, 2.0, 1.0)
assert np.isclose(_loss, 5, rtol=1e-3), (
    f"Ten errors of 2, squared and over 2 · 2², make 5, not {_loss:.3f}."
)

# %% probe="vae_loss" rtol=1e-4
_noise = np.random.default_rng([seed, 2]).normal(size=(12, 3)).astype("float32")
[
    vae_loss(pictures, mean, log_var, decoder, _noise, spread, beta)
    for spread, beta in ((1.0, 1.0), (0.3, 0.2), (2.0, 5.0))
] + [vae_loss(pictures[:5], mean[:5] * 2, log_var[:5] - 2, decoder, _noise[:5], 0.5, 0.0)]

# %% [markdown]
# ## Question 3 · an alarm that does not flutter (2 points)
#
# Single scores above a threshold are often chance. Write `first_alarm(normal_scores, stream, rate, m, n)`.
#
# - The threshold is the smallest of the normal scores such that at most the share `rate` of the normal scores lies
#   *above* it.
# - Go through `stream`, oldest first. There is an alarm at a place if at least `m` of the last `n` scores (this one
#   included) are above the threshold; `m` is at least 1. At the beginning there are fewer than `n`: then those there are count.
#
# Return the pair of the threshold (float) and the place of the first alarm (int, counting from 0), or −1 if there is none.


# %% question="first_alarm" points=2
### BEGIN SOLUTION
def first_alarm(normal_scores, stream, rate, m, n):
    ranked = np.sort(normal_scores)
    above = len(ranked) - np.searchsorted(ranked, ranked, side="right")
    threshold = ranked[above <= rate * len(ranked)][0]
    high = np.asarray(stream) > threshold
    for place in range(len(high)):
        if high[max(0, place - n + 1) : place + 1].sum() >= m:
            return float(threshold), place
    return float(threshold), -1


### END SOLUTION

# %% check="first_alarm"
_normal = np.arange(1, 101)[::-1]
_threshold, _place = first_alarm(_normal, [99, 0, 98, 0, 0, 97, 99], 0.05, 2, 3)
assert _threshold == 95, (
    f"Five of the scores 1 to 100, 5 %, lie above 95. Your threshold is {_threshold}."
)
assert _place == 2, (
    f"At place 2, two of the last three are above 95; your first alarm is at {_place}."
)
_, _place = first_alarm(_normal, [95, 96, 95, 95, 96], 0.05, 2, 3)
assert _place == -1, (
    f"95 is not above 95, and 96 comes once in three; no alarm, but yours is at {_place}."
)
_, _place = first_alarm(_normal, [96, 96, 0, 96], 0.05, 1, 5)
assert _place == 0, (
    "With m = 1 the first high score rings at once, though fewer than n scores have come."
)
assert first_alarm(_normal, [0, 0], 0.0, 1, 1)[0] == 100, (
    "With a rate of 0 no normal score lies above the threshold."
)

# %% probe="first_alarm" rtol=1e-9
_rounded = np.round(normal_scores, 1)
[
    first_alarm(normal_scores, stream, rate, m, n)
    for rate, m, n in (
        (0.05, 1, 1),
        (0.05, 2, 4),
        (0.02, 3, 8),
        (0.1, 3, 3),
        (0.3, 5, 7),
        (0.0, 9, 9),
    )
] + [first_alarm(_rounded, np.round(stream, 1), rate, 3, 5) for rate in (0.013, 0.1, 0.27)]

# %% [markdown]
# ## Question 4 · which sensor is to blame (2 points)
#
# Some sensors are always rebuilt badly. Write `blame(normal, rebuilt_normal, odd, rebuilt_odd)`. The arrays have the shape `(windows, steps, sensors)`.
# The error of a window at a sensor is the mean of its squared errors over the steps. For each sensor take mean and standard deviation of
# the errors of the *normal* windows (divide by their number), and express the errors of the odd windows in standard deviations above that mean.
#
# Return the sensor with the highest value for each odd window, as an array of whole numbers, and **−1** for
# windows in which no sensor is above 3.


# %% question="blame" points=2
### BEGIN SOLUTION
def blame(normal, rebuilt_normal, odd, rebuilt_odd):
    usual = np.mean((rebuilt_normal - normal) ** 2, axis=1)
    errors = np.mean((rebuilt_odd - odd) ** 2, axis=1)
    deviations = (errors - usual.mean(axis=0)) / usual.std(axis=0)
    return np.where(deviations.max(axis=1) > 3, deviations.argmax(axis=1), -1)


### END SOLUTION

# %% check="blame"
_normal, _rebuilt = np.zeros((4, 2, 2)), np.zeros((4, 2, 2))
_rebuilt[:, :, 0], _rebuilt[:, :, 1] = [[9], [11], [9], [11]], [[0.1], [0.2], [0.1], [0.2]]
_odd = np.zeros((3, 2, 2))
_seen = np.array([[[12, 0.1]] * 2, [[10, 1]] * 2, [[9, 0.2]] * 2])
_found = np.asarray(blame(_normal, _rebuilt, _odd, _seen))
assert _found.shape == (3,), f"One number per odd window is expected, not the shape {_found.shape}."
assert _found[2] == -1, "Errors as in normal windows blame nobody: −1."
assert _found[1] == 1, (
    "The second sensor's error of 1 is far beyond its usual 0.01 to 0.04, though the first sensor's is larger in figures."
)
assert _found[0] == -1, (
    "144 is about two standard deviations above the usual 81 to 121: not more than 3. Is the deviation taken over windows?"
)

# %% probe="blame"
_usual = np.random.default_rng([seed, 4]).gamma(2.0, size=(50, 3)) * [1, 5, 0.2]
_limits = np.array([[2.8, 1, 1], [1, 3.2, 2], [3.4, 1, 3.9], [1, 2.9, 2.7], [3.3, 3.6, 1]])
_errors = _usual.mean(axis=0) + _limits * _usual.std(axis=0)
_near = blame(
    np.zeros((50, 1, 3)), np.sqrt(_usual)[:, None], np.zeros((5, 1, 3)), np.sqrt(_errors)[:, None]
)
_small = blame(normal[:7], rebuilt_normal[:7], odd, odd + (rebuilt_odd - odd) / 3)
_short = blame(normal[:, :3], rebuilt_normal[:, :3], odd[:, ::-1], rebuilt_odd[:, ::-1])
[
    np.asarray(found)
    for found in (blame(normal, rebuilt_normal, odd, rebuilt_odd), _near, _small, _short)
]

# %% [markdown]
# ## Question 5 · fill the gaps (3 points)
#
# An autoencoder knows how readings belong together, so it can fill in missing ones. Write `fill(X, missing, X_train, rebuild, rounds)`. `X` has the shape
# `(n, features)`; where the boolean array `missing`, of the same shape, is true, the reading in `X` is worthless (it may be NaN).
#
# Begin with the mean of the column in `X_train` at the missing places. Then, `rounds` times: rebuild all rows with the function `rebuild`, and
# take its values at the missing places *only*. Return the filled array. `X` itself must not change.


# %% question="fill" points=3
### BEGIN SOLUTION
def fill(X, missing, X_train, rebuild, rounds):
    filled = np.where(missing, X_train.mean(axis=0), X)
    for _ in range(rounds):
        filled = np.where(missing, rebuild(filled), filled)
    return filled


### END SOLUTION

# %% check="fill"
_X, _gap = np.array([[1.0, np.nan], [np.nan, 4.0]]), np.array([[False, True], [True, False]])
_train = np.array([[0.0, 10.0], [2.0, 30.0]])
_start = np.asarray(fill(_X, _gap, _train, lambda A: A, 0))
assert np.isnan(_X[0, 1]), "X itself must not change."
assert np.allclose(_start, [[1, 20], [1, 4]]), (
    f"Without any round, gaps hold the training means 1 and 20; yours is {_start.tolist()}."
)
_done = np.asarray(fill(_X, _gap, _train, lambda A: A[:, ::-1] + 1, 1))
assert np.allclose(_done, [[1, 2], [5, 4]]), (
    f"Known readings stay, gaps take what is rebuilt: [[1, 2], [5, 4]], not {_done.tolist()}."
)
_done = np.asarray(fill(_X, _gap, _train, lambda A: (A + 1) / 2 + np.arange(2), 2))
assert np.allclose(_done[0, 1], 7.25), "Each round rebuilds what the last round filled in."

# %% probe="fill" rtol=1e-4
_axes = np.linalg.svd(X_train - X_train.mean(axis=0), full_matrices=False)[2][:3]
_gaps = np.where(missing, np.nan, X_new)


def _rebuild(A):
    return (A - X_train.mean(axis=0)) @ _axes.T @ _axes + X_train.mean(axis=0)


def _mixed(A):
    return np.tanh(A - A.mean()) + A.max(axis=0) / 2


[
    [
        float(np.sqrt(np.mean((fill(_gaps, missing, X_train, _rebuild, r) - X_new)[missing] ** 2)))
        for r in (0, 1, 2, 30)
    ],
    np.asarray(fill(X_new, missing, X_train[:9], _mixed, 3))[:6],
    np.asarray(fill(_gaps[:4], missing[:4], X_train, _rebuild, 5)),
]

# %% [markdown]
# ## Question 6 · one step back (3 points)
#
# A diffusion model adds noise in the steps $t = 0, 1, \dots, T - 1$: step $t$ turns $x$ into $\sqrt{1 - \beta_t}\, x + \sqrt{\beta_t}\, \varepsilon$. All steps up to and
# including $t$ together make $x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon$. Write `step_back(x, t, predicted, betas, fresh)`: `x` holds numbers $x_t$, `predicted` what a network takes
# for their $\varepsilon$, `fresh` standard normal noise, all of the shape `(n,)`.
#
# Return the pair of
#
# 1. the implied $x_0$: the numbers that, with exactly this $\varepsilon$, would have led to `x`, but clipped to $[-3, 3]$,
# 2. the numbers one step earlier. With the clipped $x_0$ they have the mean and the variance
#
# $$ \frac{\sqrt{\bar\alpha_{t-1}}\, \beta_t}{1 - \bar\alpha_t}\, x_0 + \frac{\sqrt{1 - \beta_t}\, (1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}\, x_t, \qquad \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\, \beta_t, $$
#
# drawn with `fresh`. Before step 0 nothing has been added: $\bar\alpha_{-1} = 1$, so for $t = 0$ the second array equals the first.


# %% question="step_back" points=3
### BEGIN SOLUTION
def step_back(x, t, predicted, betas, fresh):
    kept = np.cumprod(1 - betas)
    now, before = kept[t], kept[t - 1] if t > 0 else 1.0
    start = np.clip((x - np.sqrt(1 - now) * predicted) / np.sqrt(now), -3, 3)
    mean = np.sqrt(before) * betas[t] / (1 - now) * start
    mean = mean + np.sqrt(1 - betas[t]) * (1 - before) / (1 - now) * x
    variance = (1 - before) / (1 - now) * betas[t]
    return start, mean + np.sqrt(variance) * fresh


### END SOLUTION

# %% check="step_back"
_betas = np.array([0.19, 0.5])
_start, _earlier = step_back(np.array([0.9]), 0, np.array([0.0]), _betas, np.array([5.0]))
assert np.isclose(_start[0], 1), (
    f"After step 0 alone, 0.9 without noise came from 0.9 / √0.81 = 1, not {_start[0]:.3f}."
)
assert np.isclose(_earlier[0], 1), (
    "In the last step back no noise is added: the second array equals the first."
)
_start, _earlier = step_back(np.array([0.636396]), 1, np.array([0.0]), _betas, np.array([0.0]))
assert np.isclose(_start[0], 1, atol=1e-4), (
    f"√(0.81 · 0.5) is the share that is left after both steps; x₀ is 1, not {_start[0]:.3f}."
)
assert np.isclose(_earlier[0], 0.9, atol=1e-3), (
    f"Without noise, one step back from 0.6364 is 0.9, not {_earlier[0]:.4f}."
)
_start, _ = step_back(np.array([9.0]), 1, np.array([0.0]), _betas, np.array([0.0]))
assert _start[0] == 3, "The implied start is clipped to [-3, 3]."

# %% probe="step_back" rtol=1e-6
[
    [np.asarray(part) for part in step_back(x * size, t, predicted, betas, fresh)]
    for t, size in ((0, 1.0), (1, 1.0), (5, 1.5), (11, 3.0))
]
