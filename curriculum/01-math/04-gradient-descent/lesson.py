# ---
# title: Gradient descent
# minutes: 50
# needs: [01-math/02-eigenvectors-and-svd, 01-math/03-derivatives-and-gradients]
# objectives: [google-pmle/3.2, aws-mls/3.3, aws-mls/3.4, tf-developer/2]
# ---

# %% [markdown]
# # Gradient descent
#
# Training a model means walking downhill on a loss surface you cannot see. After this lesson
# you can
#
# - derive one descent step from the gradient and write it in NumPy,
# - predict, before running anything, whether a learning rate will crawl, converge or explode,
# - explain what badly scaled features cost, and count it in steps,
# - tell a saddle point from a minimum, and a plateau from convergence, and
# - choose a batch size and a learning-rate schedule for the noise you can afford.
#
# **Exam lens.** Google PMLE 3.2, AWS MLS-C01 3.3 and 3.4 and the TensorFlow Developer checklist
# describe a training run (the loss oscillates, stalls, grows or becomes `NaN`) and ask what to
# change: the learning rate up or down, the batch larger or smaller, the features or the
# schedule.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

# %% [markdown]
# ## 1. One step
#
# We predict disease progression $y$ from body-mass index $x$ for 442 patients with the line
# $\hat y = w x$. Both columns are centred and scaled, so the best line needs no intercept. The
# mean squared error and its slope are
#
# $$
# L(w) = \frac1n \sum_{i=1}^n (w x_i - y_i)^2,
# \qquad
# L'(w) = \frac2n \sum_{i=1}^n (w x_i - y_i)\, x_i .
# $$
#
# A positive slope means uphill to the right. A step goes against it, scaled by $\eta$, the
# *learning rate*: $w \leftarrow w - \eta\, L'(w)$.

# %%
patients = load_diabetes(scaled=False)
bmi = patients.data[:, patients.feature_names.index("bmi")]
x = (bmi - bmi.mean()) / bmi.std()
y = (patients.target - patients.target.mean()) / patients.target.std()


def loss(w):
    return np.mean((w * x - y) ** 2)


def slope(w):
    return 2 * np.mean((w * x - y) * x)


w = -0.8
print(f"start: w = {w:+.3f}  loss = {loss(w):.3f}  slope = {slope(w):+.3f}")
w = w - 0.2 * slope(w)
print(f"after: w = {w:+.3f}  loss = {loss(w):.3f}  slope = {slope(w):+.3f}")

# %% [markdown]
# The slope was negative, so the step went right, and the loss fell from 2.578 to 1.348. The
# slope is now −1.664 instead of −2.773, so the next step will be shorter although $\eta$ stays.
#
# ## 2. How large a step?
#
# > **Predict first.** Below are four learning rates: 0.02, 0.3, 0.95 and 1.05. Which one gets
# > nearest to the bottom in twelve steps? Which never arrives? Write your guess down, then run
# > the cell.


# %%
def descend(w, learning_rate, steps):
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * slope(w)
        path.append(w)
    return np.array(path)


grid = np.linspace(-1.8, 3.0, 200)
figure, axes = plt.subplots(1, 4, figsize=(12, 3), sharex=True, sharey=True, layout="constrained")
for axis, learning_rate in zip(axes, (0.02, 0.3, 0.95, 1.05), strict=True):
    path = descend(-0.8, learning_rate, steps=12)
    axis.plot(grid, [loss(w) for w in grid], color="0.7")
    axis.plot(path, [loss(w) for w in path], "o-", markersize=4)
    axis.set(title=f"rate {learning_rate}: ends at loss {loss(path[-1]):.2f}", xlabel="w")
axes[0].set(ylabel="loss", xlim=(-1.8, 3.0), ylim=(0, 5))
figure.suptitle("Twelve steps: slightly too large is worse than much too small")
plt.show()

# %% [markdown]
# 0.3 is nearest. The zigzag of 0.95 looks alarming and yet ends lower than the tidy 0.02; 1.05
# begins alike and never arrives. What divides them? $L$ is a parabola; because $x$ is scaled, its
# curvature is $L'' = 2$ everywhere. So the slope is $L''$ times the distance to the minimum, and
# one step multiplies that distance by $1 - \eta L'' = 1 - 2\eta$.
#
# > **Predict first.** What does that say about a learning rate of exactly 0.5?

# %%
lowest = -slope(0.0) / 2  # where the slope, 2w + slope(0), is zero
print("rate   factor   share of the distance left after 1 and 12 steps")
for learning_rate in (0.02, 0.3, 0.5, 0.95, 1.05):
    left = np.abs(descend(-0.8, learning_rate, steps=12) - lowest)
    print(f"{learning_rate:.2f}   {1 - 2 * learning_rate:+.2f}", end="")
    print(f"    {left[1] / left[0]:.2f}   {left[12] / left[0]:.5f}")

# %% [markdown]
# At $\eta = 1 / L''$ the factor is 0: one step, and you are there. Up to twice that rate descent
# still converges, since $|1 - \eta L''| < 1$ exactly when
#
# $$ 0 < \eta < 2 / L'' . $$
#
# We call $2 / L''$ the *stable limit*.
#
# | $\eta$ | factor $1 - 2\eta$ | behaviour |
# |---|---|---|
# | 0.02 | 0.96 | crawls: 61 % of the distance is left after 12 steps |
# | 0.3 | 0.4 | converges fast, from one side |
# | 0.5 | 0 | arrives in one step |
# | 0.95 | −0.9 | changes sides at every step, converges: 28 % is left |
# | 1.05 | −1.1 | diverges: after 12 steps 3.1 times as far away |
#
# ## 3. Many dimensions: why scaling matters
#
# Now two features, blood pressure (`bp`) and a cholesterol ratio (`s4`), hence two weights. The
# curvature depends on the direction: along an eigenvector of the Hessian it is the eigenvalue
# $\lambda$, and a step multiplies the distance by $1 - \eta \lambda$. So the *largest*
# eigenvalue sets the limit and the *smallest* sets the pace. Their ratio
# $\kappa = \lambda_{\max} / \lambda_{\min}$ is the *condition number*.


# %%
def gradient(weights, features, target):
    return 2 / len(target) * features.T @ (features @ weights - target)


def curvature_range(features):
    return np.linalg.eigvalsh(2 / len(features) * features.T @ features)[[0, -1]]


raw = patients.data[:, [patients.feature_names.index(name) for name in ("bp", "s4")]]
raw = raw - raw.mean(axis=0)
scaled = raw / raw.std(axis=0)

print("variances of the raw columns:", raw.var(axis=0).round(1))
for name, features in {"raw": raw, "scaled": scaled}.items():
    smallest, largest = curvature_range(features)
    print(f"{name:>6}: curvature {smallest:.2f} to {largest:.2f}, ", end="")
    print(f"stable below {2 / largest:.4f}, condition number {largest / smallest:.1f}")

# %% [markdown]
# In raw units the variances are 190.9 and 1.7, so the loss is a long narrow valley. Scaling
# lowers the condition number from 123.2 to 1.7; what is left comes from the correlation of the
# two columns.
#
# > **Predict first.** Both runs below start at zero and use 90 % of their own stable limit. How
# > many steps does each need to get within 1 % of the best loss?


# %%
def steps_to_converge(features, target, learning_rate):
    best = np.linalg.lstsq(features, target)[0]
    best_loss = np.mean((features @ best - target) ** 2)
    weights, steps = np.zeros(features.shape[1]), 0
    while np.mean((features @ weights - target) ** 2) > 1.01 * best_loss:
        weights = weights - learning_rate * gradient(weights, features, target)
        steps += 1
    return steps


for name, features in {"raw": raw, "scaled": scaled}.items():
    learning_rate = 0.9 * 2 / curvature_range(features)[1]
    print(f"{name:>6}: {steps_to_converge(features, y, learning_rate):3d} steps")

# %% [markdown]
# 93 against 9. Same patients, same rule; only the shape of the valley changed. Here are nine
# steps of each run, with lines of equal loss:

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for axis, (name, features) in zip(axes, {"raw": raw, "scaled": scaled}.items(), strict=True):
    path = [np.zeros(2)]
    for _ in range(9):
        step = 0.9 * 2 / curvature_range(features)[1] * gradient(path[-1], features, y)
        path.append(path[-1] - step)
    best = np.linalg.lstsq(features, y)[0]
    around = np.linspace(-1.3, 1.3, 120) * np.linalg.norm(best)
    offsets = np.stack(np.meshgrid(around, around))
    heights = np.einsum("iab,ij,jab->ab", offsets, features.T @ features, offsets)
    levels = heights.max() * np.linspace(0, 1, 14) ** 2
    axis.contour(best[0] + around, best[1] + around, heights, levels, colors="0.75")
    axis.plot(*np.transpose(path), "o-", markersize=3, linewidth=1, label="9 steps from zero")
    axis.plot(*best, "k*", markersize=12, label="best weights")
    axis.set(title=f"{name} features", xlabel="weight of bp", aspect="equal")
axes[0].set(ylabel="weight of s4")
axes[1].legend(loc="lower right")
figure.suptitle("Scaling turns the valley into a bowl")
plt.show()

# %% [markdown]
# On the left the steps bounce between the walls and hardly move along the floor. How does that
# grow? The best single rate, $2 / (\lambda_{\max} + \lambda_{\min})$, shrinks the worst
# direction by $(\kappa - 1) / (\kappa + 1)$ per step.
#
# > **Predict first.** At $\kappa = 10$ it takes 23 steps to shrink the distance to 1 %. And at
# > $\kappa = 1000$?

# %%
for condition in (10, 100, 1000):
    factor = (condition - 1) / (condition + 1)
    print(f"condition number {condition:4d}: {np.ceil(np.log(0.01) / np.log(factor)):4.0f} steps")

# %% [markdown]
# Ten times the condition number, ten times the steps: 2,303. (Our two runs differed less, 93 to
# 9: at 90 % of its limit the scaled one is held up by overshooting, a factor of 1 − 1.8 = −0.8,
# not by its condition number.)
#
# ## 4. Saddle points
#
# A zero gradient makes a point *critical*, not yet a minimum. $f(a, b) = a^2 - b^2 + \tfrac14 b^4$
# has a saddle at the origin, uphill along $a$ and downhill along $b$ (curvatures 2 and −2), and
# minima of height −1 at $b = \pm\sqrt 2$.
#
# > **Predict first.** One run starts at $b = 0$, the other at $b = 0.001$. After 20 steps, how
# > far apart are their losses?


# %%
def saddle_loss(point):
    a, b = point
    return a**2 - b**2 + b**4 / 4


def saddle_path(start, learning_rate=0.1, steps=60):
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        a, b = path[-1]
        path.append(path[-1] - learning_rate * np.array([2 * a, -2 * b + b**3]))
    return np.transpose(path)


stuck, free = saddle_path((1.5, 0.0)), saddle_path((1.5, 0.001))
for step in (20, 60):
    print(f"step {step}: {saddle_loss(stuck[:, step]):+.3f} and {saddle_loss(free[:, step]):+.3f}")

# %%
a, b = np.meshgrid(np.linspace(-1.6, 1.6, 120), np.linspace(-2.2, 2.2, 120))
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
axes[0].contour(a, b, saddle_loss((a, b)), levels=20, colors="0.75")
for path, style, size, label in [(stuck, "s--", 6, "b = 0"), (free, "o-", 3, "b = 0.001")]:
    axes[0].plot(*path, style, markersize=size, markerfacecolor="none")
    axes[1].plot(saddle_loss(path), style, markersize=size, markerfacecolor="none", label=label)
axes[0].set(xlabel="a", ylabel="b", title="A thousandth decides where you end up")
axes[1].set(xlabel="step", ylabel="loss", title="A plateau is not convergence")
axes[1].legend(title="start")
plt.show()

# %% [markdown]
# After 20 steps the losses differ by about a thousandth: both runs look finished, and one is
# about to fall to −1. The start at exactly $b = 0$ is stuck, because the slope along $b$ is zero
# there although the curvature is negative. How small a push is enough?

# %%
for push in (1e-3, 1e-6, 1e-9, 1e-12):
    losses = saddle_loss(saddle_path((1.5, push), steps=200))
    print(f"push {push:.0e}: loss below -0.5 at step {np.argmax(losses < -0.5)}")

# %% [markdown]
# Any of these. Near the saddle a step multiplies $b$ by $1 + 2\eta = 1.2$, so a push a thousand
# times smaller costs only 37 or 38 steps more. Noise is such a push, and the next section has
# plenty.
#
# ## 5. Stochastic descent: paying less per step
#
# The full gradient reads every patient for one step. A *mini-batch* reads a few, and gets a
# noisy gradient that is right on average. Its noise is the root mean square of its distance from
# the full gradient.
#
# > **Predict first.** Going from batches of 8 to batches of 128, sixteen times the work per step,
# > how much less noisy is the gradient?

# %%
rng = np.random.default_rng(0)
full, noise = gradient(np.zeros(2), scaled, y), {}
for batch_size in (8, 32, 128):
    batches = (rng.choice(len(y), batch_size, replace=False) for _ in range(2_000))
    errors = np.array([gradient(np.zeros(2), scaled[rows], y[rows]) for rows in batches]) - full
    noise[batch_size] = np.sqrt(np.mean(np.sum(errors**2, axis=1)))
    print(f"batch {batch_size:3d}: noise {noise[batch_size]:.2f}")
print(f"from 8 to 128: {noise[8] / noise[128]:.1f} times less")

epoch = np.split(rng.permutation(len(y)), 34)  # every patient once, in 34 batches of 13
average = np.mean([gradient(np.zeros(2), scaled[rows], y[rows]) for rows in epoch], axis=0)
print("average over an epoch is the full gradient:", np.allclose(average, full))

# %% [markdown]
# Right on average, exactly so over an epoch. Sixteen times the work bought 4.8 times less
# noise. It falls like $1/\sqrt{\text{batch size}}$, which makes 4, and a little faster here,
# because 128 of 442 patients drawn without replacement are a good part of them all. So the
# first few rows of a batch are the best bargain.
#
# > **Predict first.** How many patients must be read, repeats counted, until the loss is first
# > within 1 % of the best: with full batches, and with batches of a single patient?

# %%
best = np.linalg.lstsq(scaled, y)[0]
best_loss = np.mean((scaled @ best - y) ** 2)


def rows_read(batch_size, learning_rate, seed):
    rng = np.random.default_rng(seed)
    weights, read = np.zeros(2), 0
    while np.mean((scaled @ weights - y) ** 2) > 1.01 * best_loss:
        rows = rng.choice(len(y), batch_size, replace=False)
        weights = weights - learning_rate * gradient(weights, scaled[rows], y[rows])
        read += batch_size
    return read


for batch_size, learning_rate in [(442, 0.5), (16, 0.1), (1, 0.01)]:
    counts = [rows_read(batch_size, learning_rate, seed) for seed in range(41)]
    print(f"batches of {batch_size:3d}: median {np.median(counts):.0f} patients read")

# %% [markdown]
# Full batches at about their best rate read everyone twice; batches of one read 69 patients,
# less than a sixth of the data. But that is the *first* visit. With a fixed learning rate the
# noise never dies, and the weights do not stay.
#
# > **Predict first.** Three learning rates for batches of 16: fixed 0.30, fixed 0.01, and one
# > that decays from 0.30. Which arrives first? Which ends nearest?


# %%
def distances(schedule, seed, steps=600, batch_size=16):
    rng = np.random.default_rng(seed)
    weights, path = np.array([-1.0, 1.0]), []
    for step in range(steps):
        path.append(np.linalg.norm(weights - best))
        rows = rng.choice(len(y), batch_size, replace=False)
        weights = weights - schedule(step) * gradient(weights, scaled[rows], y[rows])
    return path


figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
for label, style, schedule in [
    ("fixed 0.30", "-", lambda step: 0.30),
    ("fixed 0.01", "--", lambda step: 0.01),
    ("0.30 decaying", ":", lambda step: 0.30 / (1 + step / 10)),
]:
    median = np.median([distances(schedule, seed) for seed in range(20)], axis=0)
    axis.semilogy(median, style, linewidth=1.8, label=label)
    print(f"{label:>13}: below 0.2 at step {np.argmax(median < 0.2):3d}, ", end="")
    print(f"average of the last 100 steps {median[-100:].mean():.3f}")
axis.set(xlabel="step", ylabel="distance to the best weights")
axis.set_title("Large steps arrive early, small steps end close, decay does both")
axis.legend(title="rate (median of 20 runs)")
plt.show()

# %% [markdown]
# 0.30 comes below 0.2 in 7 steps and then rattles at 0.164. 0.01 takes 135 steps and ends at
# 0.027: a thirtieth of the rate, a sixth of the rattle, near the $\sqrt{30} \approx 5.5$ that
# theory gives for small rates. The decaying rate needs 6 steps and ends at 0.021.
#
# ## 6. The same step in TensorFlow
#
# `tf.GradientTape` records the forward computation and differentiates it; the optimizer applies
# the step.

# %%
import tensorflow as tf

features = tf.constant(scaled, dtype=tf.float32)
target = tf.constant(y, dtype=tf.float32)
variable = tf.Variable(tf.zeros(2))
with tf.GradientTape() as tape:
    mse = tf.reduce_mean((tf.linalg.matvec(features, variable) - target) ** 2)
from_tape = tape.gradient(mse, variable)
tf.keras.optimizers.SGD(learning_rate=0.3).apply([from_tape], [variable])

print("gradients agree:", np.allclose(from_tape, full, atol=1e-5))
print("steps agree:    ", np.allclose(variable, -0.3 * full, atol=1e-5))

# %% [markdown]
# Both agree with our own lines to 32-bit precision. So should the theory: section 3 printed a
# stable limit of 0.7951 for the scaled features.
#
# > **Predict first.** Keras trains the same model on full batches for 100 epochs. What does the
# > last loss look like at 0.78, at 0.82 and at 2?

# %%
print(f"best possible loss {best_loss:.2g}")
for learning_rate in (0.78, 0.82, 2.0):
    layer = tf.keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = tf.keras.Sequential([tf.keras.Input((2,)), layer])
    model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate), loss="mse")
    history = model.fit(features, target, batch_size=len(y), epochs=100, verbose=0)
    print(f"rate {learning_rate:.2f}: last loss {history.history['loss'][-1]:.2g}")

# %% [markdown]
# Five per cent in the learning rate divide the best possible loss from one in the tens of
# thousands. At 2 the weights overflowed 32 bits: `NaN` is divergence that was given enough
# time.
#
# ## 7. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss grows or is `NaN` | rate above $2 / \lambda_{\max}$ | a third of it; scale; clip gradients |
# | loss bounces around a value | mini-batch noise, rate high | decay; larger batches |
# | falls fast, then very slowly | bad condition number | scale; momentum or Adam |
# | hardly moves from the start | rate low, saddle, saturated units | rate × 3; initialisation |
# | only validation loss rises | overfitting | regularise; stop early; more data |
#
# ## Summary
#
# - A step is $w \leftarrow w - \eta \nabla L(w)$; it is stable while $\eta < 2 / \lambda_{\max}$,
#   where $\lambda_{\max}$ is the largest curvature.
# - The condition number, largest over smallest curvature, sets the number of steps. Scaling the
#   features lowers it.
# - A zero gradient can be a saddle: the signs of the curvatures decide. A plateau of the loss is
#   no proof of a minimum.
# - Mini-batch noise falls like one over the square root of the batch size. Small batches get near
#   the minimum cheaply; a decaying rate goes the rest of the way.
#
# Next: the [exercise](../../exercises/01-math/04-gradient-descent.ipynb), then
# [momentum, RMSProp and Adam](05-optimizers.ipynb).
