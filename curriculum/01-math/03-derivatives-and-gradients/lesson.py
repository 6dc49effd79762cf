# ---
# title: Derivatives and gradients
# minutes: 45
# needs: [01-math/01-vectors-and-matrices, 01-math/02-eigenvectors-and-svd]
# objectives: [google-pmle/3.2, aws-mls/3.3, tf-developer/2]
# ---

# %% [markdown]
# # Derivatives and gradients
#
# A model learns by asking, for every weight, "if this one grew a little, would the loss rise
# or fall?" After this lesson you can
#
# - replace a loss near a point by its tangent, and say how wrong that is,
# - derive a gradient by the chain rule and run backpropagation by hand,
# - say what a Jacobian and a Hessian map, and read curvature from the Hessian,
# - choose a step for a numerical derivative and use it to check a gradient, and
# - explain why `tf.GradientTape` returned `None` or `nan`.
#
# **Exam lens.** No exam asks you to differentiate. Google PMLE 3.2, AWS MLS-C01 3.3 and the
# TensorFlow Developer checklist describe symptoms (a weight that never moves, a `nan`, first
# layers that stand still) and ask for the cause. Section 8 lists the common ones.

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer

# %% [markdown]
# ## 1. The slope is the best straight line
#
# 569 tumours, 30 measurements each, standardised; $y = 1$ means malignant, $y = 0$ benign. The
# score $s = x \cdot w$ should be positive for the malignant, negative for the benign. The mean
# *logistic loss* charges almost nothing far on the right side, about $|s|$ far on the wrong one:
#
# $$ L(w) = \frac1n \sum_{i=1}^n \big( \log(1 + e^{s_i}) - y_i s_i \big) . $$
#
# In code, `np.logaddexp(0, s)` is $\log(1 + e^s)$ and `expit` is the *sigmoid*
# $\sigma(s) = \frac{e^s}{1 + e^s}$. Section 3 derives `gradient`. We begin with one feature, the
# mean radius, and one weight $w$.

# %%
tumours = load_breast_cancer()
X = (tumours.data - tumours.data.mean(axis=0)) / tumours.data.std(axis=0)
y = (tumours.target == 0).astype(np.float32)  # 0 and 1 are exact in 32 bits too: section 6


def loss(weights, features):
    scores = features @ weights
    return np.mean(np.logaddexp(0, scores) - y * scores)


def gradient(weights, features):
    return features.T @ (expit(features @ weights) - y) / len(y)


radius = X[:, [0]]
w = np.array([1.0])
start, slope = loss(w, radius), gradient(w, radius)[0]
print(f"at w = 1: loss {start:.4f}, slope {slope:.4f}")

# %% [markdown]
# The derivative is the number $L'(w)$ for which the straight line $L(w) + L'(w)\,h$ is the
# best guess of $L(w + h)$ when $h$ is small.
#
# > **Predict first.** Halve $h$. Does the tangent's error halve too? And the error of a line
# > that is 10 % steeper?

# %%
print("h      tangent: error    / h    steeper: error     / h")
for h in (0.4, 0.2, 0.1, 0.05, 0.025):
    change = loss(w + h, radius) - start
    error, steeper = change - slope * h, change - 1.1 * slope * h
    print(f"{h:.3f}     {error:.6f}     {error / h:.4f}       {steeper:.5f}     {steeper / h:.4f}")

# %% [markdown]
# Each halving divides the tangent's error by almost 4: it shrinks like $h^2$, so even the
# error *per unit of step* goes to zero. The steeper line's does not: it heads for 0.0151,
# which is 10 % of the slope. Only one slope has an error that vanishes faster than the step.
# That defines the derivative: the number that school calls the limit of
# $\frac{L(w + h) - L(w)}{h}$, in words that also fit many weights.

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for axis, width in zip(axes, (2.5, 0.05), strict=True):
    h = np.linspace(-width, width, 101)
    axis.plot(1 + h, [loss(w + step, radius) for step in h], color="0.6", linewidth=5, label="loss")
    axis.plot(1 + h, start + slope * h, "k--", label="tangent at w = 1")
    axis.set(xlabel="w", ylabel="loss", title=f"within {width} of w = 1")
axes[0].legend()
figure.suptitle("Zoom in and the curve becomes its tangent")
plt.show()

# %% [markdown]
# On the right, within 0.05 of $w = 1$, the eye cannot tell them apart.
#
# ## 2. Partial derivatives, the gradient and directions
#
# Now two features, radius and texture, so two weights. A *partial derivative* moves one weight
# and holds the other. The *gradient* $\nabla L$ is the vector of the partials, and the tangent
# becomes $L(w + d) \approx L(w) + \nabla L \cdot d$. So along a unit vector $u$ the loss
# changes at the rate
#
# $$ \nabla L \cdot u = \lVert \nabla L \rVert \cos\theta , $$
#
# the *directional derivative*, where $\theta$ is the angle between $u$ and the gradient.
#
# > **Predict first.** Turn 60° away from the steepest direction. What share of the climb is
# > left? And 90° away?

# %%
two = X[:, :2]
weights = np.array([0.5, 0.0])
slopes = gradient(weights, two)
steepest = slopes / np.linalg.norm(slopes)
across = np.array([-steepest[1], steepest[0]])
print(f"partials {slopes.round(4)}, norm {np.linalg.norm(slopes):.4f}")
h = 1e-4
for angle in np.radians([0, 45, 60, 90, 180]):
    direction = np.cos(angle) * steepest + np.sin(angle) * across
    measured = (loss(weights + h * direction, two) - loss(weights, two)) / h
    share = measured / np.linalg.norm(slopes)
    print(f"{np.degrees(angle):3.0f}°: rate {measured:+.3f}, share {share:+.2f}")

# %% [markdown]
# Half is left at 60°, 71 % at 45°, nothing at 90°. No direction beats 0°, so the gradient
# points along the *steepest ascent*, its norm is that ascent's rate, and its opposite is the
# steepest descent. At 90° you walk along a level line: the gradient is at a right angle to it.

# %%
first, second = np.linspace(-1, 7, 81), np.linspace(-1.5, 3.5, 51)
heights = np.array([[loss(np.array([a, b]), two) for a in first] for b in second])
levels = [0.3, 0.35, 0.42, loss(weights, two), 0.75, 1, 1.3]  # one runs through the start
row, column = np.argwhere(heights == heights.min())[0]
figure, axis = plt.subplots(figsize=(7, 4.4), layout="constrained")
axis.clabel(axis.contour(first, second, heights, levels, colors="0.6"), fmt="%.2f")
axis.plot(first[column], second[row], "k*", markersize=12, label="lowest point")
for vector, style, label in [(-steepest, "-", "−gradient"), (-across, ":", "at 90° to it")]:
    ends = np.array([weights, weights + 1.5 * vector])
    axis.plot(*ends.T, "C0" + style, linewidth=3, label=label)
axis.set(xlabel="weight of radius", ylabel="weight of texture", aspect="equal")
axis.set_title("The gradient crosses the level lines at right angles")
axis.legend()
plt.show()

# %% [markdown]
# The dotted line touches the level line of the start. "Steepest" holds for a small step: the
# other line misses the lowest point.
#
# ## 3. The chain rule
#
# If $f$ depends on $u$ and $u$ on $a$, slopes multiply:
# $\frac{df}{da} = \frac{df}{du}\frac{du}{da}$. For one tumour, $\ell = \log(1 + e^s) - ys$ and
# $s = x \cdot w$ give
#
# $$ \frac{\partial \ell}{\partial w_j} = \frac{d\ell}{ds}\,\frac{\partial s}{\partial w_j}
# = \Big(\frac{1}{1 + e^s}\, e^s - y\Big)\, x_j = (p - y)\, x_j , \qquad p = \sigma(s): $$
#
# the slope of the logarithm, $\frac{1}{1 + e^s}$, times the slope of what is inside it, $e^s$.
# Averaged over the rows this is `features.T @ (p - y) / n`, the function of section 1.
#
# *Backpropagation* is the same rule on a graph of small operations. Forwards, compute and keep
# every value. Backwards, start from the loss and multiply by one local slope at a time. Where
# a value feeds **two** nodes, what comes back along both paths is **added**. Take
# $s = b \tanh(u) + u$ with $u = ax$, where $u$ feeds a `tanh` and also skips it:
#
# ```text
# a ──(· x)── u ──(tanh)── t ──(· b)──(+)── s ── loss
#             └─────────── skip ───────┘
# ```
#
# > **Predict first.** The skip path alone says that raising $a$ lowers the loss. Can the other
# > path turn the sign?


# %%
def forward(a, b, x, target):
    u = a * x
    t = np.tanh(u)
    s = b * t + u
    return t, s, np.logaddexp(0, s) - target * s


x, target, a, b = X[0, 0], y[0], 0.3, -2.0
t, s, value = forward(a, b, x, target)

ds = expit(s) - target  # from here on, d… means d(loss)/d…
db = ds * t
dt = ds * b
du = dt * (1 - t**2) + ds  # the slope of tanh is 1 - tanh²; two paths meet: add
da = du * x

nudge = 1e-6
measured_a = (forward(a + nudge, b, x, target)[-1] - value) / nudge
measured_b = (forward(a, b + nudge, x, target)[-1] - value) / nudge
print(f"d loss/da: backwards {da:+.4f}, by nudging {measured_a:+.4f}")
print(f"d loss/db: backwards {db:+.4f}, by nudging {measured_b:+.4f}")
print(f"d loss/da along the skip path alone: {ds * x:+.4f}")

# %% [markdown]
# It can: with both paths the slope is +0.5043, with the skip path alone −0.6319. A forgotten
# path can send training uphill. Note the price: one backward pass gave the slopes for *both*
# weights.

# %% [markdown]
# ## 4. Jacobians: the chain rule for vectors
#
# A function from $n$ numbers to $m$ numbers has $m \times n$ partials, its *Jacobian*
# $J_{ij} = \partial f_i / \partial x_j$. $J d$ maps a small input change to the output change;
# $J^\top v$ maps slopes at the output back to slopes at the input. Softmax turns scores into
# probabilities, and its Jacobian is $\mathrm{diag}(p) - p p^\top$.

# %%
scores = np.array([2.0, 1.0, -1.0])
p = softmax(scores)
jacobian = np.diag(p) - np.outer(p, p)
change = np.array([0.01, 0.0, 0.0])
print(jacobian.round(3))
print("J d:     ", (jacobian @ change).round(5))
print("measured:", (softmax(scores + change) - p).round(5))

# %% [markdown]
# The prediction agrees within 0.00001. Every column sums to zero because what one class gains
# the others lose.
#
# The chain rule for vectors is a *product of Jacobians*, multiplied in any order you like.
#
# > **Predict first.** Three layers of 1,000 units, then one loss. How many multiplications if
# > you start at the input? And at the loss?

# %%
from_loss = 3 * 1000**2  # three times a row vector times a matrix
from_input = 2 * 1000**3 + 1000**2  # two times matrix times matrix, then a row vector
print(f"loss first {from_loss:,}, input first {from_input:,}: ratio {from_input / from_loss:.0f}")

# %% [markdown]
# From the loss every product is a vector times a matrix: 667 times cheaper. That is why
# backpropagation goes backwards.
#
# ## 5. The Hessian: curvature
#
# The *Hessian* $H$ is the Jacobian of the gradient. $Hd$ is how the gradient changes when you
# take a small step $d$; for a unit vector $d$, $d^\top H d$ is the curvature along it. The least
# and the greatest curvature are eigenvalues of $H$. Curvature improves the tangent to a
# parabola (*second-order Taylor*):
#
# $$ L(w + d) \approx L(w) + \nabla L \cdot d + \tfrac12\, d^\top H d . $$
#
# For the logistic loss, $H = \frac1n X^\top \mathrm{diag}\big(p(1 - p)\big) X$.


# %%
def hessian(weights, features):
    p = expit(features @ weights)
    return features.T @ (features * (p * (1 - p))[:, None]) / len(y)


H = hessian(weights, two)
print("step           tangent's error   parabola's error")
for d in np.outer([0.4, 0.2, 0.1, 0.05], [1, 1]):
    tangent_error = loss(weights + d, two) - loss(weights, two) - slopes @ d
    parabola_error = tangent_error - d @ H @ d / 2
    print(f"({d[0]:.2f}, {d[1]:.2f})        {tangent_error:+.6f}        {parabola_error:+.6f}")

# %% [markdown]
# Halving the step divides the tangent's error by about 4 and the parabola's by about 8.
#
# > **Predict first.** We move from weights (1, 1) to (10, 10). Is the surface there more
# > curved or flatter?

# %%
for scale in (0, 1, 10):
    curvatures = np.linalg.eigvalsh(hessian(scale * np.ones(2), two))
    print(f"both weights {scale:2d}: curvatures {curvatures.round(4)}")

# %% [markdown]
# Flatter: the greatest curvature falls from 0.1169 to 0.0072, because $p(1 - p)$ dies where the
# sigmoid saturates. The same factor is the sigmoid's slope, at most ¼, so ten sigmoid layers
# multiply what comes back by at most $10^{-6}$, weights aside: a *vanishing gradient*.
#
# This loss has no negative curvature anywhere: it is *convex*, and a zero slope is a minimum.
# Networks have no such promise. Nor do they store $H$: a million weights make $10^{12}$
# entries, 4 TB in 32 bits.

# %% [markdown]
# ## 6. Numerical derivatives
#
# No formula? Nudge. *Forward* difference: $\frac{L(w + h) - L(w)}{h}$, error from cutting the
# Taylor series about $\frac h2 |L''|$. *Central* difference: $\frac{L(w + h) - L(w - h)}{2h}$,
# about $\frac{h^2}{6} |L'''|$. So smaller is better?
#
# > **Predict first.** In 32-bit numbers, as in most networks, at $w = 1$ with $h = 10^{-8}$:
# > how large is the relative error?


# %%
def numerical(h, central, dtype=np.float64):
    one, h, data = dtype(1), dtype(h), radius.astype(dtype)
    low, width = (one - h, 2 * h) if central else (one, h)
    return (loss(np.array([one + h]), data) - loss(np.array([low]), data)) / width


for name, central in {"forward": False, "central": True}.items():
    errors = [abs(numerical(h, central) / slope - 1) for h in (1e-1, 1e-2, 1e-3)]
    print(name, *(f"{error:.1e}" for error in errors), "for h = 0.1, 0.01, 0.001")
print("32 bits, h = 1e-8: derivative", numerical(1e-8, True, np.float32))
print(f"ε: {np.finfo(np.float64).eps:.0e} in 64 bits, {np.finfo(np.float32).eps:.0e} in 32 bits")

# %% [markdown]
# A tenth of $h$ gives a tenth of the error forwards, a *hundredth* centrally. But in 32 bits
# $1 + 10^{-8}$ *is* 1, so the derivative is 0: an error of 100 %. The gap between 1 and the next
# number is $\varepsilon$. Rounding leaves an error of about $\varepsilon L$ in each loss, and
# dividing by $h$ blows it up. Cutting errs more for large $h$, rounding for small: a **U**.

# %%
steps = 10.0 ** np.arange(-15, 0.1, 0.25)
figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
for label, style, central, dtype in [
    ("forward, 64 bits", "C0o-", False, np.float64),
    ("central, 64 bits", "C1s--", True, np.float64),
    ("central, 32 bits", "C2^:", True, np.float32),
]:
    errors = [abs(numerical(h, central, dtype) / slope - 1) for h in steps]
    axis.loglog(steps, np.maximum(errors, 1e-13), style, markersize=4, label=label)
axis.set(xlabel="step h", ylabel="relative error", title="Too small is as bad as too large")
axis.legend()
plt.show()

# %% [markdown]
# The valleys lie near $\sqrt\varepsilon = 10^{-8}$ for forward and
# $\sqrt[3]\varepsilon = 6 \cdot 10^{-6}$ for central differences (in 32 bits $5 \cdot 10^{-3}$),
# times the size of $w$. The other price is evaluations: every weight needs its own nudge.


# %%
def central_gradient(function, point, h=1e-5):
    nudges = h * np.eye(len(point))
    return np.array([(function(point + n) - function(point - n)) / (2 * h) for n in nudges])


weights30 = np.full(30, 0.1)
exact = gradient(weights30, X)
difference = central_gradient(lambda weights: loss(weights, X), weights30) - exact
relative = np.linalg.norm(difference) / np.linalg.norm(exact)
print(f"relative difference below 1e-7: {relative < 1e-7}, for {2 * len(exact)} evaluations")

# %% [markdown]
# 60 evaluations, two per weight. A million weights would need two million per step. Numerical
# derivatives are for *checking* a gradient, not for training.
#
# ## 7. Automatic differentiation
#
# `tf.GradientTape` records the operations of the forward pass and runs section 3 backwards:
# exact local slopes and no $h$, for a few times the cost of one forward pass.

# %%
import tensorflow as tf

tf.get_logger().setLevel("ERROR")  # the mistakes below also log warnings; we look at the values

variable = tf.Variable(weights30)
with tf.GradientTape() as tape:
    scores = tf.linalg.matvec(tf.constant(X), variable)
    cross_entropy = tf.reduce_mean(tf.math.softplus(scores) - y * scores)  # section 1's formula
from_tape = tape.gradient(cross_entropy, variable)
print("tape equals formula:", np.allclose(from_tape, exact, rtol=1e-10))

# %% [markdown]
# > **Predict first.** Five ways to ask for the slope of $w^2$ at 3. How many answer 6?


# %%
def tape_slope(function, source, watch=False):
    with tf.GradientTape() as tape:
        if watch:
            tape.watch(source)
        value = function(source)
    result = tape.gradient(value, source)
    return None if result is None else float(result)


print("float variable:     ", tape_slope(tf.square, tf.Variable(3.0)))
print("integer variable:   ", tape_slope(tf.square, tf.Variable(3)))
print("constant:           ", tape_slope(tf.square, tf.constant(3.0)))
print("constant, watched:  ", tape_slope(tf.square, tf.constant(3.0), watch=True))
print("through NumPy:      ", tape_slope(lambda v: tf.constant(v.numpy() ** 2), tf.Variable(3.0)))
print("w - step is still a variable:", isinstance(variable - 0.3 * from_tape, tf.Variable))

# %% [markdown]
# Two. `None` means "no recorded path of floating-point operations", which is not a slope of 0.
# The most common way to get there is the line `w = w - …`: it makes a plain tensor that the
# next tape does not watch. Use `w.assign_sub(…)`. A second `gradient` call on one tape raises an
# error, unless the tape was made with `persistent=True`.
#
# > **Predict first.** ReLU is $\max(x, 0)$, with a kink at 0. What do `tf.nn.relu(x)` and
# > `tf.maximum(x, 0.0)` report there?

# %%
print("tf.nn.relu(x):", tape_slope(tf.nn.relu, tf.Variable(0.0)))
print("tf.maximum(x, 0.0):", tape_slope(lambda x: tf.maximum(x, 0.0), tf.Variable(0.0)))
guarded = tape_slope(lambda x: tf.where(x > 0, x * tf.math.log(x), 0.0), tf.Variable(0.0))
print("tf.where(x > 0, x * tf.math.log(x), 0.0):", guarded)

# %% [markdown]
# The same function, 0 and 1: at a kink there is no slope, and the library picks one. Training
# rarely notices. It does notice the `nan`: `where` hides the bad *value*, but backwards its 0
# meets an infinite slope, and 0 · ∞ is `nan`. Make the input safe *before* the logarithm, or use
# a function made for the case, such as `tf.math.xlogy`.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | gradient is `None` | integer, constant, NumPy or `argmax` inside the tape, `w = w - …` | floats, `tape.watch`, TensorFlow operations, `assign_sub` |
# | gradient is `nan`, loss is finite | `log` or division at 0 in a branch not taken, `tf.norm` of zeros | safe input before the operation; losses `from_logits=True` |
# | gradient is 0, loss is high | saturated sigmoid, dead ReLU | other activation, smaller initial weights |
# | gradient check fails everywhere | $h$ too small, 32 bits | 64 bits, central, $h \approx 10^{-5}$ times the weight |
# | gradient check fails in one place | a path forgotten, or a kink | add the paths; check at another point |
#
# ## Summary
#
# - The derivative is the slope whose line has an error that vanishes faster than the step. The
#   gradient collects the slopes of all weights, and points along the steepest ascent.
# - The chain rule multiplies along a path and adds over paths. Backwards, one pass serves all
#   weights.
# - The Jacobian maps changes forwards and, transposed, slopes backwards. The Hessian maps a
#   step to a change of gradient; its eigenvalues are curvatures.
# - Numerical derivatives err by cutting plus rounding: check with them, train with the tape.
#
# Next: the [exercise](../../exercises/01-math/03-derivatives-and-gradients.ipynb), then
# [gradient descent](04-gradient-descent.ipynb).
