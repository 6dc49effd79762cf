# ---
# title: "Exercise: optimizers"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: optimizers
#
# Six jobs around the four rules: carry a run to another framework, recognise a rule by its steps,
# find limits. No question needs the answer of another. Change `seed` to practise again on other
# data. NumPy is all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np

rng = np.random.default_rng(seed)

# Question 1: the gradients that came in a run, and a learning rate for every step
noisy_gradients = rng.normal(size=(40, 3)) + [1.0, -0.5, 0.0]
rates = rng.uniform(0.05, 0.15, size=40) * np.cos(np.linspace(0, 1.2, 40))

# Question 3: a bowl with its lowest point away from zero
factor = rng.normal(size=(4, 4))
bowl = factor @ factor.T / 4 + 0.2 * np.eye(4)
bottom = rng.choice([-1, 1], size=4) * rng.uniform(1, 3, size=4)

# Question 4: curvatures of three valleys
valleys = [np.sort(rng.uniform(0.2, 2.0, size=3)) * [1, 3, scale] for scale in (8, 40, 300)]

# Questions 5 and 6
n_rows, peak = int(rng.integers(800, 3000)), float(rng.uniform(0.01, 0.2))
spikes = rng.uniform([5, 30, 200], [20, 100, 900])


# %%
# The lesson's rules, for question 2: each returns the change of the weights and keeps its memory
def sgd(gradient, memory, rate):
    return -rate * gradient


def momentum(gradient, memory, rate, beta=0.9):
    memory["velocity"] = beta * memory.get("velocity", 0.0) - rate * gradient
    return memory["velocity"]


def nesterov(gradient, memory, rate, beta=0.9):
    return beta * momentum(gradient, memory, rate, beta) - rate * gradient


def rmsprop(gradient, memory, rate, rho=0.9, epsilon=1e-7):
    memory["square"] = rho * memory.get("square", 0.0) + (1 - rho) * gradient**2
    return -rate * gradient / np.sqrt(memory["square"] + epsilon)


def adam(gradient, memory, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    t = memory["t"] = memory.get("t", 0) + 1
    m = memory["mean"] = beta_1 * memory.get("mean", 0.0) + (1 - beta_1) * gradient
    s = memory["square"] = beta_2 * memory.get("square", 0.0) + (1 - beta_2) * gradient**2
    return -rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (np.sqrt(s) + epsilon)


# %%
# Question 2: runs to recognise
rules = [sgd, momentum, nesterov, rmsprop, adam]


def draw_run(rule, n_steps):
    gradients = (rng.normal(size=(n_steps, 2)) + rng.normal(size=2)) * 10 ** rng.uniform(-1, 2)
    memory, rate = {}, 10 ** rng.uniform(-3, 0)
    return gradients, np.array([rule(gradient, memory, rate) for gradient in gradients])


runs = [draw_run(rules[i], 12) for i in rng.permutation([0, 1, 2, 3, 4, *rng.integers(5, size=4)])]

# %% [markdown]
# ## Question 1 · the same run in another framework (2 points)
#
# Keras puts the learning rate *into* the velocity, PyTorch multiplies by it afterwards:
#
# | | velocity | weights |
# |---|---|---|
# | Keras | $v_t = \beta\, v_{t-1} - \eta_t\, g_t$ | $w_t = w_{t-1} + v_t$ |
# | PyTorch | $u_t = \mu_t\, u_{t-1} + g_t$ | $w_t = w_{t-1} - \eta_t\, u_t$ |
#
# Both velocities start at zero. While the rate is fixed the two agree with $\mu_t = \beta$. With a
# schedule they do not. Write `matching_momentum(rates, beta)`, which returns the array
# $(\mu_1, \dots, \mu_T)$ that makes PyTorch repeat the Keras run exactly, whatever the gradients
# are. `rates` is the array $(\eta_1, \dots, \eta_T)$, all positive, $T \ge 1$; `beta` is a number.
# $\mu_1$ meets a zero velocity and has no effect: set it to `beta`.


# %% question="matching_momentum" points=2
### BEGIN SOLUTION
def matching_momentum(rates, beta):
    # u = -v / rate, so the old velocity must be changed from the old rate's unit to the new one's
    return beta * np.concatenate([[1.0], rates[:-1] / rates[1:]])


### END SOLUTION


# %% check="matching_momentum"
def _keras_run(gradients, rates, beta):
    velocity, path = 0.0, []
    for gradient, rate in zip(gradients, rates, strict=True):
        velocity = beta * velocity - rate * gradient
        path.append(velocity)
    return np.cumsum(path, axis=0)


def _torch_run(gradients, rates, betas):
    velocity, path = 0.0, []
    for gradient, rate, beta in zip(gradients, rates, betas, strict=True):
        velocity = beta * velocity + gradient
        path.append(-rate * velocity)
    return np.cumsum(path, axis=0)


_mu = np.asarray(matching_momentum(rates, 0.9), dtype=float)
assert _mu.shape == rates.shape, f"expected one value per rate, {rates.shape}, got {_mu.shape}"
assert np.isclose(_mu[0], 0.9), "The first value has no effect; it should be beta, 0.9."
assert np.allclose(matching_momentum(np.full(5, 0.1), 0.8), 0.8), (
    "With a fixed rate the two frameworks agree, so every value should be beta."
)
_gap = _keras_run(noisy_gradients, rates, 0.9) - _torch_run(noisy_gradients, rates, _mu)
assert np.allclose(_gap, 0), (
    f"The two runs differ first at step {1 + np.argmax(np.abs(_gap).max(axis=1) > 1e-8)}. "
    "Write v in terms of u: which rate did the old velocity carry, and which does PyTorch "
    "multiply it by now?"
)

# %% probe="matching_momentum" rtol=1e-6 atol=1e-9
[
    np.asarray(matching_momentum(_rates, _beta), dtype=float)
    for _rates, _beta in [
        (rates, 0.9),
        (rates[::-1], 0.5),
        (rates[:1], 0.7),
        (rates[:7] ** 2, 0.99),
    ]
]

# %% [markdown]
# ## Question 2 · whose steps are these? (3 points)
#
# Of a finished run you have the `gradients`, shape `(n_steps, n_weights)`, and the changes of the
# weights that followed, `changes`, of the same shape, from the first step on. One of the five
# rules above made them, with its default parameters and a fixed learning rate that you do not
# know (between 0.001 and 1).
#
# Write `recognise(gradients, changes)`, which returns a tuple: the rule's name, a string as in
# `"sgd"`, `"momentum"`, `"nesterov"`, `"rmsprop"`, `"adam"`, and the learning rate, a float.
# There are at least six steps. `runs` holds nine such pairs. You may call the given rules.


# %% question="recognise" points=3
### BEGIN SOLUTION
def recognise(gradients, changes):
    found = []
    for rule in (sgd, momentum, nesterov, rmsprop, adam):
        memory = {}
        unit = np.array([rule(gradient, memory, 1.0) for gradient in gradients])
        rate = np.sum(unit * changes) / np.sum(unit**2)  # every rule is proportional to its rate
        found.append((np.abs(changes - rate * unit).max(), rule.__name__, float(rate)))
    return min(found)[1:]


### END SOLUTION

# %% check="recognise"
_check_rng = np.random.default_rng(0)
for _rule in (sgd, momentum, nesterov, rmsprop, adam):
    for _rate, _size in [(0.02, 1.0), (0.7, 50.0), (0.003, 0.1)]:
        _memory, _gradients = {}, _size * (_check_rng.normal(size=(8, 2)) + 0.5)
        _changes = np.array([_rule(_gradient, _memory, _rate) for _gradient in _gradients])
        _answer = recognise(_gradients, _changes)
        assert len(_answer) == 2, f"expected a name and a rate, got {_answer}"
        assert _answer[0] == _rule.__name__, (
            f"We ran {_rule.__name__} at rate {_rate}; you say {_answer[0]}. Replay the gradients "
            "through every rule from an empty memory. Is the whole run compared, not one step? Is "
            "the error compared with the size of the changes? How does the rate enter each rule?"
        )
        assert np.isclose(_answer[1], _rate, rtol=1e-4), (
            f"The rule is right, {_rule.__name__}, but its rate was {_rate}, not {_answer[1]:.4g}. "
            "The first step is one rate long for adam only."
        )

# %% probe="recognise" rtol=1e-5
[
    (str(_name), float(_rate))
    for _gradients, _changes in runs
    for _name, _rate in [recognise(_gradients, _changes), recognise(_gradients[:6], _changes[:6])]
]

# %% [markdown]
# ## Question 3 · AdamW (3 points)
#
# AdamW shrinks the weights by itself instead of adding a penalty to the loss. One step, as Keras
# does it:
#
# 1. compute the gradient at the current weights,
# 2. shrink the weights: $w \leftarrow w - \eta \lambda w$ ($\eta$ rate, $\lambda$ `decay`),
# 3. add Adam's change, made of the gradient from 1, to the shrunk weights.
#
# Write `adamw(slope, start, rate, decay, steps)`, which returns the weights after `steps` steps
# (0 or more) as an array with the shape of `start`, which it must not change. `slope(weights)`
# returns the gradient. Use $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\epsilon = 10^{-7}$ and the bias
# correction and place of $\epsilon$ of the given `adam`.


# %% question="adamw" points=3
### BEGIN SOLUTION
def adamw(slope, start, rate, decay, steps):
    weights, mean, square = np.array(start, dtype=float), 0.0, 0.0
    for t in range(1, steps + 1):
        gradient = slope(weights)
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        correction = np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        weights = weights - rate * decay * weights
        weights = weights - rate * correction * mean / (np.sqrt(square) + 1e-7)
    return weights


### END SOLUTION


# %% check="adamw"
def _slope(weights):
    return bowl @ (weights - bottom)


_start = np.array([3.0, -2.0, 1.0, 0.5])
_same = _start.copy()
assert np.array_equal(adamw(_slope, _start, 0.1, 0.5, 0), _same), "No step, no change."
_flat = adamw(np.zeros_like, _start, 0.1, 0.5, 3)
assert np.array_equal(_start, _same), "Your function changed `start`: work on a copy."
assert np.allclose(_flat, _same * 0.95**3), (
    "Without any slope only the shrinking is left: three times a factor of 1 - 0.1 * 0.5. "
    "Did they move by about a rate instead? Then the decay is in the gradient and Adam divides it."
)
_memory, _weights = {}, _same
for _ in range(20):
    _weights = _weights + adam(_slope(_weights), _memory, 0.1)
assert np.allclose(adamw(_slope, _same, 0.1, 0.0, 20), _weights), (
    "Without decay, 20 steps should be those of the given adam. Mean, square, correction, epsilon?"
)
_seen, _pull = [], np.array([9.0, -8.0, 7.0, -6.0])


def _recording_slope(weights):
    _seen.append(np.array(weights))
    return weights - _pull


_two = adamw(_recording_slope, _same, 0.1, 0.5, 2)
assert len(_seen) == 2, f"Two steps need two slopes; you asked for {len(_seen)}."
assert np.allclose(_seen[0], _same), "The first slope is taken at the start, before shrinking."
assert np.allclose(_seen[1], 0.95 * _same + 0.1 * np.sign(_pull), atol=1e-6), (
    "The first step should shrink to 95 % and then move each weight by one rate against its slope: "
    f"from {_same} to {0.95 * _same + 0.1 * np.sign(_pull)}; you went to {_seen[1].round(4)}."
)
_tiny = adamw(lambda weights: np.full(4, 1e-6), np.zeros(4), 0.1, 0.0, 1)
assert np.allclose(_tiny, adam(np.full(4, 1e-6), {}, 0.1)), (
    "A gradient of 1e-6 shows the epsilon: it is 1e-7, outside the root, and the correction is "
    "part of the rate."
)

# %% probe="adamw" rtol=1e-5 atol=1e-8
_from = np.array([2.0, -1.0, 0.5, 4.0])
[
    adamw(lambda w: bowl @ (w - bottom), _from, 0.1, 0.3, 1),
    adamw(lambda w: bowl @ (w - bottom), _from, 0.05, 1.0, 30),
    adamw(lambda w: bowl @ (w - bottom), np.zeros(4), 0.3, 0.05, 12),
    adamw(lambda w: 1e-6 * bowl @ (w - bottom), _from, 0.2, 0.1, 4),
]

# %% [markdown]
# ## Question 4 · how fast does momentum shrink the distance? (3 points)
#
# Momentum $v_t = \beta v_{t-1} - \eta \lambda x_{t-1}$, $x_t = x_{t-1} + v_t$ runs on a bowl, where
# $x$ is the distance to the bottom along an eigenvector with curvature $\lambda$. Such a step is a
# fixed matrix times the pair $(x, v)$. In the long run, averaged over many steps, each step
# multiplies the size of the pair by a fixed factor.
#
# Write `long_run_factor(curvatures, rate, beta)`, which returns as a float the factor of the
# direction that converges *slowest* (or diverges fastest; then it is above 1). `curvatures` is an
# array of positive $\lambda$; $0 \le \beta < 1$. Compute it, do not simulate.


# %% question="long_run_factor" points=3
### BEGIN SOLUTION
def long_run_factor(curvatures, rate, beta):
    steps = [[[1 - rate * curve, beta], [-rate * curve, beta]] for curve in curvatures]
    return float(np.abs(np.linalg.eigvals(np.array(steps))).max())


### END SOLUTION


# %% check="long_run_factor"
def _measured(curvatures, rate, beta, steps=3000):
    x, v, logs = np.ones(len(curvatures)), np.zeros(len(curvatures)), 0.0
    for _ in range(steps):
        v = beta * v - rate * np.asarray(curvatures) * x
        x = x + v
        size = np.hypot(x, v)
        x, v, logs = x / size, v / size, logs + np.log(size)
    return float(np.exp(logs / steps).max())


for _curvatures, _rate, _beta in [
    ([1.0], 0.3, 0.0),
    ([1.0, 20.0], 0.05, 0.5),
    ([1.0, 20.0], 0.05, 0.9),
    ([1.0, 20.0], 0.005, 0.3),
    ([1.0, 20.0], 0.25, 0.9),
]:
    _yours = long_run_factor(np.array(_curvatures), _rate, _beta)
    _theirs = _measured(_curvatures, _rate, _beta)
    assert np.ndim(_yours) == 0, f"expected one number, got shape {np.shape(_yours)}"
    assert np.isrealobj(_yours), "The factor is a size. Eigenvalues may be complex; sizes are not."
    assert abs(_yours - _theirs) < 3e-3, (
        f"Curvatures {_curvatures}, rate {_rate}, beta {_beta}: 3,000 steps shrank or grew by "
        f"{_theirs:.4f} per step; you say {_yours:.4f}. Is the new v used in the new x? Do you take "
        "the largest eigenvalue in size, complex and negative ones included, over all directions?"
    )

# %% probe="long_run_factor" rtol=1e-5
[
    float(long_run_factor(_curvatures, _share / _curvatures.max(), _beta))
    for _curvatures in valleys
    for _share in (0.37, 1.3, 2.9, 4.6)
    for _beta in (0.0, 0.45, 0.9)
]

# %% [markdown]
# ## Question 5 · a schedule, epoch by epoch (2 points)
#
# A recipe reads: "warm up during the first `warmup` epochs, hold `peak` during the next `hold`
# epochs, decay linearly to zero over the rest." Write
# `recipe(n_rows, batch_size, epochs, warmup, hold, peak)`, which returns the learning rate of every
# *step* of the training as one array, in order. Rows are read in batches; the last batch of an
# epoch may be smaller and is a step as well. With $W$, $H$, $R$ the numbers of steps in the three
# phases:
#
# - step $i = 1 \dots W$ of the warm-up has the rate $\text{peak} \cdot i / W$,
# - the $H$ holding steps have `peak`,
# - step $j = 1 \dots R$ of the decay has $\text{peak} \cdot (1 - j / R)$.
#
# All epoch counts are integers; `warmup`, `hold` and what is left may be 0.


# %% question="recipe" points=2
### BEGIN SOLUTION
def recipe(n_rows, batch_size, epochs, warmup, hold, peak):
    per_epoch = int(np.ceil(n_rows / batch_size))
    up, flat, down = (per_epoch * n for n in (warmup, hold, epochs - warmup - hold))
    rise = np.arange(1, up + 1) / max(up, 1)
    fall = 1 - np.arange(1, down + 1) / max(down, 1)
    return peak * np.concatenate([rise, np.ones(flat), fall])


### END SOLUTION

# %% check="recipe"
_rates = np.asarray(recipe(100, 32, 5, 1, 2, 0.5))
assert _rates.shape == (20,), (
    f"100 rows in batches of 32 are 4 steps an epoch (the last with 4 rows), so 5 epochs are 20 "
    f"steps; your array has shape {_rates.shape}."
)
assert np.allclose(_rates[:4], [0.125, 0.25, 0.375, 0.5]), (
    f"The warm-up should rise by equal amounts and end at the peak, 0.5; yours is {_rates[:4]}."
)
assert np.allclose(_rates[4:12], 0.5), "Two epochs at the peak are 8 steps."
assert np.allclose(np.diff(_rates[11:]), -0.0625), "The decay falls by 0.5 / 8 with every step."
assert abs(_rates[-1]) < 1e-12, f"The last step has rate 0, yours {_rates[-1]:.3g}."
assert len(recipe(96, 32, 5, 1, 2, 0.5)) == 15, "96 rows are exactly 3 batches of 32."
assert np.allclose(recipe(64, 32, 2, 0, 0, 1.0), [0.75, 0.5, 0.25, 0]), (
    "No warm-up and no holding: the decay alone, over 4 steps."
)
assert np.allclose(recipe(64, 32, 2, 1, 1, 1.0), [0.5, 1, 1, 1]), "Here nothing is left to decay."

# %% probe="recipe" rtol=1e-6 atol=1e-9
[
    np.asarray(recipe(_rows, _batch, *_rest), dtype=float)
    for _rows, _batch, *_rest in [
        (n_rows, 64, 10, 2, 3, peak),
        (n_rows, 100, 3, 0, 1, 2 * peak),
        (n_rows, 50, 4, 4, 0, 1.0),
        (64 * (n_rows // 64), 64, 5, 1, 0, 0.3),
        (n_rows, 128, 2, 0, 2, 0.5),
    ]
]

# %% [markdown]
# ## Question 6 · after an outlier (2 points)
#
# RMSProp has run for so long on gradients of size 1 that its running mean of squares $s$ is 1.
# Then one batch with a broken label arrives, whose gradient has the size `spike` (above 1).
# From the next step on all gradients have size 1 again, but $s$ remembers.
#
# Write `muted_steps(spike, rho, share)`, which returns, as an `int`, how many of the steps *after*
# the spike's own are shorter than `share` times the learning rate ($0 <$ `share` $< 1$). As always
# $s$ takes in a step's gradient before that step divides by its root. Ignore $\epsilon$.


# %% question="muted_steps" points=2
### BEGIN SOLUTION
def muted_steps(spike, rho, share):
    square, steps = 1 + (1 - rho) * (spike**2 - 1), 0
    while True:
        square = rho * square + (1 - rho)
        if 1 / np.sqrt(square) >= share:
            return steps
        steps += 1


### END SOLUTION

# %% check="muted_steps"
assert isinstance(muted_steps(10.0, 0.9, 0.5), (int, np.integer)), "expected an integer"
assert muted_steps(1.001, 0.9, 0.5) == 0, (
    "A spike of 1.001 hardly moves s, so no step is shorter than half the rate."
)
assert muted_steps(3.0, 0.5, 0.6) == 1, (
    "By hand: rho 0.5, spike 3: s is 1, with the spike 5, then 3, then 2. The steps after the "
    "spike are 0.58, 0.71, ... rates, so one is shorter than 0.6; you say "
    f"{muted_steps(3.0, 0.5, 0.6)}. Is the spike's own step left out, is s updated before dividing, "
    "and is the root taken?"
)
assert muted_steps(1.5, 0.5, 0.85) == 0, (
    "rho 0.5, spike 1.5: with the spike s is 1.625, then 1.3125, and that step is 0.87 rates long. "
    "A running mean keeps only the share rho of its old value."
)
assert muted_steps(10.0, 0.999, 0.99) > 20 * muted_steps(10.0, 0.9, 0.99) > 0, (
    "Longer memory, longer silence: rho 0.999 forgets a hundred times as slowly as 0.9, and mutes "
    "more than twenty times as many steps here (fewer than a hundred: its s also rises less)."
)

# %% probe="muted_steps" exact=true
[
    int(muted_steps(float(_spike), _rho, _share))
    for _spike in (*spikes, 1.5)
    for _rho in (0.9, 0.99, 0.999)
    for _share in (0.3, 0.5, 0.9, 0.9995)
]
