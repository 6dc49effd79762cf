# ---
# title: Optimizers
# minutes: 60
# needs: [01-math/04-gradient-descent]
# objectives: [google-pmle/3.2, aws-mls/3.3, aws-mls/3.4, tf-developer/2.1, tf-developer/5.9]
# ---

# %% [markdown]
# # Optimizers
#
# Plain descent looks at one slope and forgets it. The optimizers here remember. After this
# lesson you can
#
# - write momentum, Nesterov, RMSProp and Adam from memory, and say what each one remembers,
# - reproduce Keras's steps, with its epsilon and its bias correction,
# - predict what a narrow valley, a turned valley, a saddle and a plateau do to each,
# - set a schedule with warm-up, in the right unit, and
# - say what is known about Adam and generalisation, and what is not.
#
# **Exam lens.** Google PMLE 3.2, AWS MLS-C01 3.3 and 3.4 and the TensorFlow Developer checklist
# ask which optimizer or schedule mends a training curve, and what `momentum`, `beta_2` or
# `decay_steps` does.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

# %% [markdown]
# ## 1. Momentum remembers the direction
#
# We take the last lesson's narrow valley: blood pressure and a cholesterol ratio in raw
# units, two weights, mean squared error. Its Hessian is $\frac2n X^\top X$, its gradient the
# Hessian times the way from the lowest point.

# %%
patients = load_diabetes(scaled=False)
X = patients.data[:, [patients.feature_names.index(name) for name in ("bp", "s4")]]
X = X - X.mean(axis=0)
y = (patients.target - patients.target.mean()) / patients.target.std()

hessian = 2 / len(y) * X.T @ X
lowest = np.linalg.lstsq(X, y)[0]
lowest_loss = np.mean((X @ lowest - y) ** 2)
print("lowest point:", lowest.round(3), "  condition number:", np.linalg.cond(hessian).round(1))

# %% [markdown]
# Plain descent (in Keras: SGD, even with full batches) zigzags across this valley and creeps
# along it. *Momentum* keeps the share $\beta$ of a velocity $v$: steps that agree add up, steps that
# alternate cancel.
#
# $$ v \leftarrow \beta v - \eta g, \qquad w \leftarrow w + v $$
#
# A rule below gets the gradient, its own memory and the learning rate, and returns the change.


# %%
def sgd(gradient, memory, rate):
    return -rate * gradient


def momentum(gradient, memory, rate, beta=0.9):
    memory["velocity"] = beta * memory.get("velocity", 0.0) - rate * gradient
    return memory["velocity"]


def descend(rule, slope, start, learning_rate, steps):
    weights, memory, path = start, {}, [start]
    for step in range(steps):
        rate = learning_rate(step) if callable(learning_rate) else learning_rate
        weights = weights + rule(slope(weights), memory, rate)
        path.append(weights)
    return np.array(path)


for rule in (sgd, momentum):
    path = descend(rule, lambda w: 1.0, 0.0, 0.01, steps=100)  # the same slope for ever
    first, last = -np.diff(path)[[0, -1]]
    print(f"{rule.__name__:>8}: step 1 is {first:.3f} long, step 100 is {last:.3f}")

# %% [markdown]
# On a constant slope the step grows to $\eta / (1 - \beta)$, ten times the rate.
#
# > **Predict first.** Ten times longer steps: is the stable limit of momentum a tenth of SGD's
# > $2 / \lambda$, the same, or higher? And Nesterov's, below, which is said to be the more careful?
#
# ## 2. Nesterov looks ahead
#
# Nesterov takes the slope where the velocity is about to carry the weights. Keras stores the
# look-ahead point as its weights, which turns the rule into momentum plus one correction:
#
# $$ v \leftarrow \beta v - \eta g, \qquad w \leftarrow w + \beta v - \eta g $$


# %%
def nesterov(gradient, memory, rate, beta=0.9):
    velocity = momentum(gradient, memory, rate, beta)
    return beta * velocity - rate * gradient


rates = np.arange(1, 400) / 100  # all of them at once: the rules work on arrays
for rule in (sgd, momentum, nesterov):
    path = descend(rule, lambda w: w, np.ones(399), rates, steps=300)  # curvature 1
    print(f"{rule.__name__:>8}: stable up to rate {rates[np.abs(path[-1]) < 0.5].max():.2f}")

# %% [markdown]
# Momentum is stable almost twice as far as SGD: the limits are $2/\lambda$ and
# $2(1+\beta)/\lambda$, because where steps alternate the velocity brakes. The careful Nesterov has
# the *lowest* limit, $2(1+\beta)/((1+2\beta)\lambda) \approx 1.36/\lambda$. What it buys is damping.
# (With noise, momentum rattles like SGD at ten times the rate.) We count steps until the loss is
# within 1 % of the best for good, at the best of 41 rates.


# %%
def excess_loss(path, hessian, lowest):
    away = path - lowest
    return np.sum(away @ hessian * away, axis=-1) / 2


def fewest_steps(rule, hessian, lowest, tolerance, most=2000):
    rates, rng = np.geomspace(1e-4, 1, 41)[:, None], np.random.default_rng(0)

    def slope(weights):  # a trace of noise: rounding to exactly 0 would freeze a rule at the bottom
        return (weights - lowest) @ hessian + 1e-6 * rng.normal(size=(41, 2))

    with np.errstate(all="ignore"):  # too high a rate overflows
        path = descend(rule, slope, np.zeros((41, 2)), rates, most)
        arrived = excess_loss(path, hessian, lowest) <= tolerance
    steps = most + 1 - np.cumprod(arrived[::-1], axis=0).sum(axis=0)
    return steps.min(), rates[steps.argmin(), 0]


for rule in (sgd, momentum, nesterov):
    steps, rate = fewest_steps(rule, hessian, lowest, 0.01 * lowest_loss)
    print(f"{rule.__name__:>8}: {steps:3d} steps at rate {rate:.4f}")

# %% [markdown]
# SGD needs 88 steps, momentum 31, Nesterov 17. In theory, with a well-chosen $\beta$, the
# count grows like the root of the condition number instead of the number itself.
#
# ## 3. RMSProp remembers the size
#
# One rate serves two weights whose slopes differ in size. *RMSProp* keeps, per weight, a running
# mean $s$ of the squared gradient and divides by its root (a tiny $\epsilon$ avoids dividing by 0):
#
# $$ s \leftarrow \rho s + (1-\rho) g^2, \qquad w \leftarrow w - \eta\, g / \sqrt{s + \epsilon} $$
#
# The unit of the loss cancels, so $\eta$ is now roughly the *length of a step* in each weight.
#
# > **Predict first.** Near the bottom the gradient vanishes. Without any noise, how far from it is
# > RMSProp after 1,000 steps at rate 0.01, started at 1? And if the loss is a thousand times larger?


# %%
def rmsprop(gradient, memory, rate, rho=0.9, epsilon=1e-7):
    memory["square"] = rho * memory.get("square", 0.0) + (1 - rho) * gradient**2
    return -rate * gradient / np.sqrt(memory["square"] + epsilon)


for factor in (1, 1000):
    path = descend(rmsprop, lambda w: factor * w, 1.0, 0.01, steps=1000)
    print(f"loss x {factor:4d}: step 1 to {path[1]:.3f}, step 100 to {path[100]:.3f}, ", end="")
    print(f"last two to {path[-2]:.3f} and {path[-1]:.3f}")

# %% [markdown]
# The loss a thousand times larger changes nothing. But RMSProp never arrives: it hops from one side
# to the other, half a rate away, because a small slope over its own small size is again 1. And
# a weight that has far to go needs many steps: 0.91 took a hundred. Features still want scaling.
# Odd: the first step was 0.032 long.
#
# ## 4. Adam remembers both
#
# Adam divides a running mean of gradients, $m$, by the root of a running mean of squares, $s$, which
# keep the shares $\beta_1$ and $\beta_2$. Both start at zero and hold, after $t$ steps, only
# $1 - \beta_1^t$ and $1 - \beta_2^t$ of a full mean. *Bias correction* divides that out; Keras folds
# it into the rate:
#
# $$
# w \leftarrow w - \eta\, \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \cdot
# \frac{m}{\sqrt{s} + \epsilon}
# $$
#
# > **Predict first.** Both means start too small. Without the correction, is the first step too
# > short or too long?


# %%
def adam(gradient, memory, rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    t = memory["t"] = memory.get("t", 0) + 1
    m = memory["mean"] = beta_1 * memory.get("mean", 0.0) + (1 - beta_1) * gradient
    s = memory["square"] = beta_2 * memory.get("square", 0.0) + (1 - beta_2) * gradient**2
    correction = np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return -rate * correction * m / (np.sqrt(s) + epsilon)


for gradient in (1000.0, 1.0, 0.001):
    corrected = -adam(gradient, {}, 0.01)
    without = 0.01 * 0.1 * gradient / (np.sqrt(0.001 * gradient**2) + 1e-7)
    print(f"gradient {gradient:8.3f}: first step {corrected:.4f}, uncorrected {without:.4f}")

# %% [markdown]
# Too long, by a factor of $0.1 / \sqrt{0.001} \approx 3.2$: the square under the root starts
# further below its mean than $m$ does. (RMSProp has no correction; hence its 0.032 above.)
# Corrected, the first step is one rate long, whether the gradient is 1,000 or 0.001.
#
# ## 5. The same steps in Keras
#
# Keras runs its own rules in the same valley; we compare after every step.

# %%
import tensorflow as tf

optimizers = tf.keras.optimizers
pairs = [
    (momentum, optimizers.SGD(0.001, momentum=0.9)),
    (nesterov, optimizers.SGD(0.001, momentum=0.9, nesterov=True)),
    (rmsprop, optimizers.RMSprop(0.001)),
    (adam, optimizers.Adam(0.001)),
]
for rule, optimizer in pairs:
    ours = descend(rule, lambda w: (w - lowest) @ hessian, np.zeros(2), 0.001, steps=100)
    variable, difference = tf.Variable(np.zeros(2)), 0.0
    for step in range(100):
        gradient = tf.constant((variable.numpy() - lowest) @ hessian)
        optimizer.apply([gradient], [variable])
        difference = max(difference, np.abs(variable.numpy() - ours[step + 1]).max())
    print(f"{rule.__name__:>8}: all 100 steps agree to 1e-6: {difference < 1e-6}")

# %% [markdown]
# RMSProp has $\epsilon$ under the root, Adam outside.
#
# > **Predict first.** Both have $\epsilon = 10^{-7}$. Below which gradient does each stop dividing?

# %%
print("share of the full first step")
for gradient in (1.0, 1e-3, 1e-4, 1e-5, 1e-6):
    shares = [rule(gradient, {}, 1.0) / rule(1e6, {}, 1.0) for rule in (rmsprop, adam)]
    print(f"gradient {gradient:.0e}:   rmsprop {shares[0]:.2f}   adam {shares[1]:.2f}")

# %% [markdown]
# RMSProp loses 29 % at $10^{-3}$ already: it adds $\epsilon$ to a square, so what counts is the
# root, about $3 \cdot 10^{-4}$. Adam loses 24 % at $10^{-5}$ and keeps 24 % at
# $10^{-6}$. PyTorch places $\epsilon$ otherwise, and the rate outside the velocity: check a recipe's
# numbers when they change framework.
#
# ## 6. All of them in one valley

# %%
rules = [sgd, momentum, nesterov, rmsprop, adam]
grid = np.meshgrid(np.linspace(-0.012, 0.075, 120), np.linspace(-0.05, 0.42, 120))
heights = excess_loss(np.stack(grid, axis=-1), hessian, lowest)
figure, axes = plt.subplots(1, 5, figsize=(13, 3.4), sharex=True, sharey=True, layout="constrained")
for axis, rule in zip(axes, rules, strict=True):
    steps, rate = fewest_steps(rule, hessian, lowest, 0.01 * lowest_loss)
    path = descend(rule, lambda w: (w - lowest) @ hessian, np.zeros(2), rate, steps=25)
    axis.contour(*grid, heights, levels=np.geomspace(0.002, 0.6, 8), colors="0.7")
    axis.plot(*path.T, "o-", color="C0", markersize=3, linewidth=1)
    axis.plot(*lowest, "*", color="black", markersize=11)
    axis.set(title=f"{rule.__name__}: arrives in {steps}", xlabel="weight of bp")
axes[0].set(ylabel="weight of s4")
figure.suptitle("The first 25 steps from the lower left: memory turns zigzag into progress")
plt.show()

# %% [markdown]
# Each has the best of the 41 rates. SGD jumps across and climbs slowly; momentum swings; Nesterov
# damps the swings and is there. RMSProp turns into the valley at once; Adam does so with inertia.
#
# ## 7. A turned valley
#
# RMSProp and Adam have one rate per *weight*, along the axes.
#
# > **Predict first.** We turn a valley of condition number 1,000 by 45° about the start. Who notices?

# %%
turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
aligned, corner = np.diag([1.0, 1000.0]), np.array([2.0, 0.5])
for rule in rules:
    steps = fewest_steps(rule, aligned, corner, tolerance=0.005)[0]
    turned = fewest_steps(rule, turn @ aligned @ turn.T, turn @ corner, tolerance=0.005)[0]
    print(f"{rule.__name__:>8}: along the axes {steps:4d} steps, turned {turned:4d}")

# %% [markdown]
# SGD, momentum and Nesterov do not notice: their steps turn with the gradient. RMSProp goes from
# 407 to 1,844 steps, slower than SGD's 1,504; Adam from 89 to 418. Dividing weight by weight mends a
# valley along the axes, which is what badly scaled features make; correlated ones turn it.
# Momentum, at 108, does not mind.
#
# ## 8. Saddles and plateaus
#
# The last lesson's saddle, $a^2 - b^2 + \frac14 b^4$, holds SGD for as long as the push along $b$
# is small. A plateau is another trap: a sigmoid unit that should say 1 but starts near 0 has, with
# the loss $(1 - \sigma(w))^2$, almost no slope.
#
# > **Predict first.** Everybody gets rate 0.1, which is a step length for the adaptive two. So look
# > not only at who leaves first, but at who slows down from the first to the second column.


# %%
def saddle_slope(point):
    return np.array([2 * point[0], -2 * point[1] + point[1] ** 3])


def plateau_slope(w):
    sigmoid = 1 / (1 + np.exp(-w))
    return -2 * (1 - sigmoid) ** 2 * sigmoid


print("steps until   b > 1 from      sigmoid > 1/2 from")
print("             1e-3   1e-9       w = -6     w = -18")
for rule in (sgd, momentum, rmsprop, adam):
    paths = [descend(rule, saddle_slope, np.array([1.5, b]), 0.1, 300) for b in (1e-3, 1e-9)]
    left = [np.argmax(path[:, 1] > 1) for path in paths]
    slides = [descend(rule, plateau_slope, w, 0.1, 6000) > 0 for w in (-6.0, -18.0)]
    woke = [f"{np.argmax(slide)}" if slide.any() else "> 6000" for slide in slides]
    print(f"{rule.__name__:>8}  {left[0]:7d}{left[1]:7d} {woke[0]:>12}{woke[1]:>12}")

# %% [markdown]
# RMSProp and Adam leave the saddle within 13 steps, whether the push is $10^{-3}$ or $10^{-9}$;
# SGD needs nearly three times as long for the smaller. (At a push of exactly 0 nobody
# leaves.) On the plateau momentum is eight times as fast as SGD, and no
# match for the slope of $3 \cdot 10^{-8}$ at −18. There even RMSProp is stuck, because its
# $\epsilon$ outweighs the square. Adam, with $\epsilon$ outside the root, gets through.
#
# ## 9. Schedules and warm-up
#
# > **Predict first.** Mini-batches of 16. Adam divides by the gradient's size, noise included. Does
# > it settle by itself?


# %%
def cosine(step, peak=0.05, warmup_steps=30, decay_steps=570):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (1 + np.cos(np.pi * min((step - warmup_steps) / decay_steps, 1))) / 2


scaled = X / X.std(axis=0)
best = np.linalg.lstsq(scaled, y)[0]


def distances(learning_rate, seed):
    rng = np.random.default_rng(seed)

    def noisy_slope(weights):
        rows = rng.choice(len(y), 16, replace=False)
        return 2 / 16 * scaled[rows].T @ (scaled[rows] @ weights - y[rows])

    path = descend(adam, noisy_slope, np.array([-1.0, 1.0]), learning_rate, steps=600)
    return np.linalg.norm(path - best, axis=1)


# %%
figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
for label, style, rate in [("0.05", "-", 0.05), ("0.005", "--", 0.005), ("cosine", ":", cosine)]:
    median = np.median([distances(rate, seed) for seed in range(20)], axis=0)
    axis.semilogy(median, style, linewidth=1.8, label=label)
    print(f"{label:>6}: below 0.2 at step {np.argmax(median < 0.2):3d}, ", end="")
    print(f"average of the last 100 steps {median[-100:].mean():.3f}")
axis.set(xlabel="step", ylabel="distance to the best weights")
axis.set_title("Adam does not settle by itself; a schedule settles it")
axis.legend(title="rate (median of 20 runs)")
plt.show()

# %% [markdown]
# No. At a fixed 0.05 Adam rattles at 0.081. A tenth of the rate crawls: 390 steps to come below 0.2
# instead of 29. The cosine needs 47, of which 30 are warm-up, and ends at 0.027.
#
# `CosineDecay` is the same schedule. Mind its unit.
#
# > **Predict first.** 442 patients, batches of 16, 30 epochs. Somebody writes `decay_steps=30`.
# > What is the rate in the third epoch?

# %%
keras_cosine = optimizers.schedules.CosineDecay(0.0, 570, warmup_target=0.05, warmup_steps=30)
same = [np.isclose(keras_cosine(step), cosine(step), atol=1e-7) for step in range(700)]
print("equal to ours at every step:", all(same))

steps_per_epoch = int(np.ceil(442 / 16))
for decay_steps in (30, 30 * steps_per_epoch):
    schedule = optimizers.schedules.CosineDecay(0.05, decay_steps)
    rates = [f"{schedule(epoch * steps_per_epoch):.4f}" for epoch in (0, 1, 2)]
    print(f"decay_steps={decay_steps}: the first three epochs begin at", *rates)

# %% [markdown]
# Zero: a schedule counts *steps*, one per batch, so 30 steps end just after the first epoch, and the
# other 28 epochs train nothing. 30 epochs are 840 steps.
#
# Why *begin* low? At the start the loss is often sharper than later, and Adam's $s$ is an average
# over few gradients. The first reason in one dimension: $L = w^4/4$ has curvature $3w^2$, 27 at
# the start $w = 3$ and almost nothing near the bottom.

# %%
rates = {"0.3": 0.3, "0.05": 0.05, "warm-up to 0.3": lambda step: 0.3 * min(step / 30, 1)}
for label, rate in rates.items():
    with np.errstate(all="ignore"):  # one of them overflows
        path = descend(sgd, lambda w: w**3, np.float64(3.0), rate, steps=200)
    print(f"{label:>14}: after 3 steps at {path[3]:9.2f}, after 200 at {path[-1]:.2f}")

# %% [markdown]
# 0.3 overshoots to −12,495 in three steps and ends as `nan`. With warm-up it gets to 0.09, nearer
# than the safe 0.05, which is left at 0.22. A toy: real networks often start sharp, not always.
#
# ## 10. Does Adam generalise worse?
#
# With more weights than rows, many weights give a training loss of zero, and the optimizer
# chooses among them. Plain descent from zero never leaves the span of the rows, so it ends at the
# solution of smallest norm, which `pinv` gives directly. Adam leaves the span. Two synthetic
# problems, noise-free, 30 rows and 60 features.
#
# > **Predict first.** In the first, one feature matters; in the second, all do equally, with random
# > signs. In which does Adam predict new rows worse? (For such features the expected squared error
# > is the squared distance to the true weights.)


# %%
def compare(true_weights, seed):
    features = np.random.default_rng(seed).normal(size=(30, 60))
    target = features @ true_weights
    smallest = np.linalg.pinv(features) @ target

    def slope(weights):
        return 2 / 30 * features.T @ (features @ weights - target)

    end = descend(adam, slope, np.zeros(60), lambda step: 0.01 * (1 - step / 2000), 2000)[-1]
    errors = [np.sum((weights - true_weights) ** 2) for weights in (smallest, end)]
    return [*errors, np.mean((features @ end - target) ** 2)]


signs = np.random.default_rng(0).choice([-1.0, 1.0], size=60)
for label, true_weights in [("one matters", np.eye(60)[0]), ("all matter", signs / np.sqrt(60))]:
    errors = np.array([compare(true_weights, seed) for seed in range(20)])
    worse = np.sum(errors[:, 1] > errors[:, 0])
    print(f"{label:>11}: descent {errors[:, 0].mean():.2f}, Adam {errors[:, 1].mean():.2f}", end="")
    print(f"   Adam worse in {worse} of 20, fits the rows: {errors[:, 2].max() < 1e-8}")

# %% [markdown]
# Both fit the 30 rows, with different weights. Where one feature matters Adam is worse in 20 of
# 20 draws (error 1.48 against 0.54). Where all matter alike it is *better* in 17 of 20, by little
# (0.44 against 0.48). The optimizer is part of what the model assumes; neither is right in general.
#
# Wilson et al. (2017) saw adaptive methods generalise worse on several deep
# networks, too. Choi et al. (2019) tuned every parameter and saw Adam never behind. One cause has a
# mend: an L2 penalty in the loss goes through Adam's division and hardly shrinks weights with
# large gradients. AdamW shrinks outside the division.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | bounces more with `momentum=0.9` | noise at ten times the rate | a tenth of the rate |
# | falls, then rattles, also with Adam | fixed rate, noise | decay to zero |
# | learns for one epoch, then nothing | `decay_steps` given in epochs | epochs × batches per epoch |
# | `nan` or a spike in the first steps | sharp start, full rate | warm-up; clip gradients |
# | spike after resuming a run | optimizer memory not saved | save the whole model, not weights only |
# | Adam fits, validates worse than SGD | other solution, L2 in the loss | AdamW; tune both fairly |
#
# ## Summary
#
# - Momentum remembers a direction: steps up to $1/(1-\beta)$ times as long. Nesterov damps it.
# - RMSProp remembers sizes, Adam both; their rate is a step length, so they need a schedule to arrive.
# - Dividing weight by weight helps along the axes, and on saddles and plateaus until $\epsilon$ takes
#   over. In a turned valley it does not.
# - Schedules count batches. Warm-up is for the start, decay for the noise at the end.
# - Among solutions that fit, the optimizer chooses. Which choice generalises depends on the problem.
#
# Next: the [exercise](../../exercises/01-math/05-optimizers.ipynb), then
# [probability](06-probability.ipynb).
