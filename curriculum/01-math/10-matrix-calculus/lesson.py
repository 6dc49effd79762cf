# ---
# title: Matrix calculus and stable numbers
# minutes: 55
# needs: [01-math/03-derivatives-and-gradients, 01-math/04-gradient-descent, 01-math/09-information]
# objectives: [aws-mls/3.3, google-pmle/3.2, tf-developer/1.3, tf-developer/2.5, tf-developer/2.6, tf-developer/2.13]
# ---

# %% [markdown]
# # Matrix calculus and stable numbers
#
# A network is a chain of matrix products. So are its gradients, and every number in them is
# rounded. After this lesson you can
#
# - derive the gradients of linear regression, softmax regression and a two-layer network, with
#   shapes as your compass,
# - check all slopes at once, and let `tf.GradientTape` be the judge,
# - replace a loop over rows by a matrix product,
# - say what float16 and bfloat16 lose, and why mixed precision works, and
# - rewrite formulas that overflow or cancel, and explain why losses take logits.
#
# **Exam lens.** TensorFlow Developer asks you to read shape errors (1.3) and to match output,
# activation and loss (2.5, 2.6, 2.13). AWS MLS-C01 (retired in March 2026) asks which loss to choose
# (3.3), Google PMLE why a training job fails, with a `nan` for example (3.2).

# %%
from itertools import product
from timeit import repeat

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit, logsumexp, softmax
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Shapes are the compass
#
# 1,797 handwritten digits, 8 × 8 pixels each. From the upper five rows of pixels, 40 numbers, we
# predict the lower three, 24 numbers, for all images at once: $\hat Y = XW$. The loss is the squared
# error, summed over the pixels and averaged over the images:
#
# $$ L(W) = \frac1n \sum_{i=1}^n \sum_k r_{ik}^2, \qquad R = XW - Y . $$
#
# $L$ is one number. Its gradient has one slope for each entry of $W$: **a gradient has the shape of its
# parameter.** The weight $w_{jk}$ takes part in $r_{ik}$ of every image $i$, each time multiplied by
# $x_{ij}$, so the chain rule gives
#
# $$ \frac{\partial L}{\partial w_{jk}} = \frac2n \sum_{i=1}^n x_{ij}\, r_{ik} . $$
#
# That must be a matrix product of $X$ and $R$.
#
# > **Predict first.** Multiply $X$ and $R$, each transposed or not, in either order: eight products.
# > How many of them exist? How many have the shape of $W$?

# %%
digits = load_digits()
pixels, n = digits.data / 16, len(digits.data)
X, Y = pixels[:, :40], pixels[:, 40:]
W = rng.normal(scale=0.1, size=(40, 24))
R = X @ W - Y

factors = {"X": X, "X.T": X.T, "R": R, "R.T": R.T}
for a, b in product(factors, repeat=2):
    if a[0] != b[0] and factors[a].shape[1] == factors[b].shape[0]:
        print(f"{a} @ {b} has shape {(factors[a] @ factors[b]).shape}, W has {W.shape}")

best = np.linalg.lstsq(X, Y, rcond=None)[0]
print("gradient zero at least squares:", np.allclose(2 / n * X.T @ (X @ best - Y), 0))

# %% [markdown]
# Two exist and one fits: $\nabla_W L = \frac2n X^\top R$. Its inner size is $n$: the product *is* the
# sum over the batch. An intercept is added to every row, so its slope is the sum of $\frac2n R$ over
# the rows.
#
# With 40 outputs both would fit: shapes catch many mistakes, not all. And NumPy stretches shapes
# without asking:
#
# > **Predict first.** `prediction` has the shape (1797, 1), `target` has (1797,), and every
# > prediction is exactly right. What is the mean squared error?

# %%
target = Y.mean(axis=1)  # how dark the lower part is
candidates = {"perfect": target, "always the mean": np.full(n, target.mean())}
for name, values in candidates.items():
    error = values.reshape(n, 1) - target  # prediction minus target
    print(f"{name:>15}: error has shape {error.shape}, ", end="")
    print(f"loss {np.mean(error**2) / target.var():.2f} times the variance")

# %% [markdown]
# Not 0, but twice the variance: each prediction was compared with *every* target. Under this loss
# a constant beats the truth, and training ends at a model that predicts the mean.
#
# ## 2. Softmax regression: prediction minus target
#
# Now we classify. Each row of the *logits* $Z = XW + b$ holds ten raw scores, softmax turns them into
# probabilities $P$, and $Y$ is one-hot. With $t$ for the true class, the cross-entropy of one row is
#
# $$ -\log p_t = -\log \frac{e^{z_t}}{\sum_j e^{z_j}} = \log \sum_j e^{z_j} - z_t,
# \qquad \frac{\partial (-\log p_t)}{\partial z_j} = \frac{e^{z_j}}{\sum_k e^{z_k}} - y_j = p_j - y_j . $$
#
# As before, write d… for the slope of the loss. Averaged over the batch $dZ = \frac1n (P - Y)$, and
# the rest is section 1:
#
# $$ dW = X^\top dZ, \qquad db = \text{sum of the rows of } dZ . $$
#
# Logistic regression is the case with one score, $(p - y)\,x$.
#
# > **Predict first.** All weights are zero, so every $p$ is 0.1. A column of $-dW$ says how
# > descent will change the 64 weights of one class. Drawn as an image, what will it show?

# %%
X, Y = pixels, np.eye(10)[digits.target]
dZ = (softmax(np.zeros((n, 10)), axis=1) - Y) / n
dW = X.T @ dZ
figure, axes = plt.subplots(2, 5, figsize=(8, 3.6), layout="constrained")
for digit, axis in enumerate(axes.flat):
    image = axis.imshow(-dW[:, digit].reshape(8, 8), cmap="RdBu_r", vmin=-0.06, vmax=0.06)
    axis.set(title=f"class {digit}", xticks=[], yticks=[])
figure.colorbar(image, ax=axes, label="−dW")
figure.suptitle("The first step draws the digits: red, ink speaks for this class")
plt.show()

# %% [markdown]
# The digit: the sum of the class's images minus a tenth of the sum of all images, over $n$.
#
# > **Predict first.** A tumour is malignant, $y = 1$, but its score is −10: confidently wrong. Compare
# > the slopes of cross-entropy and of squared error $(p - y)^2$ with respect to the score.

# %%
for score in (-1, -4, -10):
    p = expit(score)
    squared = 2 * (p - 1) * p * (1 - p)  # chain rule: the slope of the sigmoid is p (1 - p)
    print(f"score {score:3d}: slope of cross-entropy {p - 1:.2f}, of squared error {squared:.5f}")

# %% [markdown]
# −1.00 against −0.00009. Squared error passes through the flat part of the sigmoid: the more wrong
# the row, the less it teaches. In cross-entropy the logarithm cancels that factor.
#
# ## 3. Two layers
#
# A hidden layer of 32 units: $A = XW_1 + b_1$, $H = \max(A, 0)$, $Z = HW_2 + b_2$. Backwards, one line
# for each line forwards:
#
# | forwards | shape | backwards |
# |---|---|---|
# | $Z = HW_2 + b_2$ | 1797 × 10 | $dW_2 = H^\top dZ$, $db_2$ sums the rows of $dZ$, $dH = dZ\, W_2^\top$ |
# | $H = \max(A, 0)$ | 1797 × 32 | $dA = dH$ where $A > 0$, else 0 |
# | $A = XW_1 + b_1$ | 1797 × 32 | $dW_1 = X^\top dA$, $db_1$ sums the rows of $dA$ |
#
# Why $W_2^\top$? $h_{ij}$ feeds all ten scores $z_{ik}$, each time multiplied by $w_{jk}$. Paths add:
# $dh_{ij} = \sum_k dz_{ik}\, w_{jk}$.


# %%
def forward(parameters, X):
    W1, b1, W2, b2 = parameters
    A = X @ W1 + b1
    H = np.maximum(A, 0)
    return A, H, H @ W2 + b2


def loss(parameters, X, Y):
    Z = forward(parameters, X)[-1]
    return np.mean(logsumexp(Z, axis=1) - np.sum(Y * Z, axis=1))


def gradients(parameters, X, Y):
    A, H, Z = forward(parameters, X)
    dZ = (softmax(Z, axis=1) - Y) / len(X)
    dA = dZ @ parameters[2].T * (A > 0)
    return [X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)]


shapes = [(64, 32), (32,), (32, 10), (10,)]
start = [rng.normal(scale=0.2, size=shape) for shape in shapes]
exact = gradients(start, X, Y)
print("shapes agree:", [g.shape for g in exact] == shapes, "", sum(g.size for g in exact), "slopes")

# %% [markdown]
# > **Predict first.** Somebody starts with all weights and biases at zero. Which of the four gradients
# > are *not* zero?

# %%
at_zero = gradients([np.zeros(shape) for shape in shapes], X, Y)
for name, g in zip(("dW1", "db1", "dW2", "db2"), at_zero, strict=True):
    print(f"{name}: norm {np.linalg.norm(g):.4f}")

# %% [markdown]
# Only $db_2$. $H$ is 0, so $H^\top dZ$ is; $W_2$ is 0, so nothing comes back. Descent moves $b_2$
# alone and ends at the class shares. That is why weights start random.
#
# ## 4. Check it
#
# Nudging each of the 2,410 parameters takes 4,820 losses. Two are enough: move *all* parameters
# along one random direction $D$. The slope along it must be the sum of all products $G_{jk} D_{jk}$,
# with $G$ for the gradients. The *relative error* is the difference of the two, over the larger one.
#
# > **Predict first.** One single slope of the 2,410 is off by 1 %. Does one random direction notice?


# %%
def relative_error(claimed, dtype=np.float64, h=1e-6):
    direction = [np.random.default_rng(i).normal(size=shape) for i, shape in enumerate(shapes)]

    def loss_after(step):
        moved = [(p + step * d).astype(dtype) for p, d in zip(start, direction, strict=True)]
        return loss(moved, X.astype(dtype), Y.astype(dtype))

    measured = (loss_after(h) - loss_after(-h)) / (2 * h)
    predicted = sum(np.sum(g * d) for g, d in zip(claimed, direction, strict=True))
    return abs(measured - predicted) / max(abs(measured), abs(predicted))


one_off = [g.copy() for g in exact]
one_off[0].flat[np.abs(exact[0]).argsort(axis=None)[1024]] *= 1.01  # one of medium size
print(f"one slope 1 % off: {relative_error(one_off):.0e}")
print("right gradient, below 1e-8:", relative_error(exact) < 1e-8)
print("right gradient, loss in 32 bits, above 1e-4:", relative_error(exact, np.float32) > 1e-4)

# %% [markdown]
# It does, for a slope of medium size: over a thousand times the error of the right gradient. (One
# that is nearly zero can hide.) In 32 bits the right gradient looks worse: the rounding of the two
# losses is divided by $2h$. Check in 64 bits.
#
# The second judge, `tf.GradientTape`, has no $h$. (The last layer is softmax regression, so both
# judge section 2 as well.) Then descent trains on 1,200 images.

# %%
import tensorflow as tf

variables = [tf.Variable(p) for p in start]
with tf.GradientTape() as tape:
    logits = tf.nn.relu(X @ variables[0] + variables[1]) @ variables[2] + variables[3]
    average = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(digits.target, logits))
pairs = zip(tape.gradient(average, variables), exact, strict=True)
print("tape equals formulas:", all(np.allclose(a, b, rtol=1e-10, atol=1e-14) for a, b in pairs))

parameters = start
for _ in range(300):
    slopes = gradients(parameters, X[:1200], Y[:1200])
    parameters = [p - 0.4 * g for p, g in zip(parameters, slopes, strict=True)]
chosen = forward(parameters, X[1200:])[2].argmax(axis=1)
print(f"accuracy on the other {len(chosen)}: {np.mean(chosen == digits.target[1200:]):.2f}")

# %% [markdown]
# ## 5. Products instead of loops
#
# $X^\top dZ$ adds up one matrix for each row, $x_i\, dz_i^\top$. What does a loop over the rows cost?


# %%
def looped():
    total = np.zeros((64, 10))
    for i in range(n):
        total += np.outer(X[i], dZ[i])
    return total


with threadpool_limits(1):  # a product this small is quickest on one core
    loop, matrix = (min(repeat(f, number=1, repeat=30)) for f in (looped, lambda: X.T @ dZ))
print("same result:", np.allclose(looped(), X.T @ dZ), " 5 times slower:", loop > 5 * matrix)
print(f"n x n x 64 numbers: {n * n * 64 * 8 / 1e9:.2f} GB, n x n: {n * n * 8 / 1e9:.2f} GB")

# %% [markdown]
# At least five times, often far more: the product runs in compiled code. But mind the
# memory. `X[:, None] - X[None]`, all differences of all pairs, takes 1.65 GB; the matrix product in
# $\lVert a - b \rVert^2 = \lVert a \rVert^2 - 2\, a \cdot b + \lVert b \rVert^2$ takes 0.03, and
# costs precision (section 8).
#
# ## 6. Range and precision
#
# A floating-point number is a sign, some significant bits and a power of two. Bits for the power
# give *range*, significant bits give *precision*.
#
# > **Predict first.** Start at 0 in bfloat16 and keep adding 1. Where does the sum stop growing?

# %%
formats = {"float64": np.float64, "float32": np.float32, "float16": np.float16}
formats["bfloat16"] = tf.bfloat16.as_numpy_dtype
for name, number in formats.items():
    bits = max(k for k in range(60) if number(1 + 2.0**-k) != number(1))
    print(f"{name:>8}: largest {float(tf.as_dtype(name).max):.5g}, gap above 1: {2.0**-bits:.1e}")

for name in ("float16", "bfloat16"):
    one, total = formats[name](1), formats[name](0)
    while total + one > total:
        total = total + one
    lost = one - formats[name](0.001) == one
    print(f"{name}: counting stops at {float(total):.0f}, 1 - 0.001 is still 1: {lost}")

# %% [markdown]
# At 256. From there on bfloat16 numbers are 2 apart, and 257 rounds back to 256. The same happens to
# a weight of 1 and a step of 0.001: less than half a gap is lost, every time. So *mixed precision*
# multiplies in 16 bits, but adds up and keeps the weights in 32.

# %%
sizes = np.repeat(2.0 ** np.arange(-40, 41), 200) * rng.uniform(1, 2, size=81 * 200)
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
for name, style in (("float16", "-"), ("bfloat16", "--"), ("float32", ":")):
    with np.errstate(over="ignore"):  # float16 has no room for the largest
        stored = sizes.astype(formats[name]).astype(float)
    worst = np.max(np.abs(stored / sizes - 1).reshape(81, 200), axis=1)
    axis.loglog(2.0 ** np.arange(-40, 41), worst, style, linewidth=2, label=name)
axis.annotate("float16 ends:\ninf from here", (1.2e5, 1e-4), color="0.3")
axis.annotate("float16\nbecomes 0", (1e-11, 0.03), color="0.3")
axis.set(xlabel="size of the number", ylabel="largest relative error")
axis.set_title("float16 is finer in the middle; bfloat16 has float32's range")
axis.legend(loc="upper right")
plt.show()

# %% [markdown]
# float16 rounds eight times more finely, but only between about $10^{-4}$ and 65,504.
#
# > **Predict first.** We store $dZ$ of our trained network in both formats. What share of its entries
# > becomes 0?

# %%
dZ = (softmax(forward(parameters, X)[2], axis=1) - Y) / n
for name, power in (("bfloat16", 0), ("float16", 0), ("float16", 24)):
    stored = (dZ * 2.0**power).astype(formats[name]).astype(float)
    print(f"{name:>8}, times 2^{power:<2}: {np.mean(stored == 0):4.0%} are 0", end=", ")
    print(f"{np.mean(np.isinf(stored)):.0%} are infinite")

# %% [markdown]
# 46 % in float16, none in bfloat16. A good model has tiny gradients. *Loss scaling* multiplies the
# loss, and with it all slopes, by a power of two, and divides again in float32. bfloat16 does
# without it.
#
# ## 7. Overflow: why losses take logits
#
# > **Predict first.** What is the smallest whole number $z$ for which $e^z$ is infinite in float32: about
# > 90, 1,000 or 10³⁸? In float16?

# %%
with np.errstate(over="ignore", invalid="ignore"):
    for number in (np.float16, np.float32, np.float64):
        first = next(z for z in range(1000) if np.isinf(np.exp(number(z))))
        print(f"{number.__name__}: exp({first}) is infinite")
    z = np.array([1000.0, 999.0])
    print("softmax as in the formula:", np.exp(z) / np.exp(z).sum())
    print("sigmoid(20) is exactly 1 in float32:", 1 / (1 + np.exp(np.float32(-20))) == 1)

shifted = z - z.max()
print("largest subtracted first: ", (np.exp(shifted) / np.exp(shifted).sum()).round(3))
print("log-sum-exp:", (z.max() + np.log(np.exp(shifted).sum())).round(3))

# %% [markdown]
# At 89, in float16 already at 12. Softmax is then ∞/∞, `nan`. The mend is the *log-sum-exp trick*:
# with $m = \max_j z_j$,
#
# $$ \log \sum_j e^{z_j} = m + \log \sum_j e^{z_j - m} . $$
#
# Now no exponent is above 0, and the sum is at least 1: nothing overflows, and no `log(0)`.
#
# The other half: in float32 $\sigma(20)$ *is* 1. No later logarithm brings the distance to 1 back.
#
# > **Predict first.** The truth is 1, the logit −30. By hand the loss is 30 and the slope $p - y = -1$.
# > What if the sigmoid comes first, and Keras gets the probability?


# %%
def loss_and_slope(score, from_logits):
    variable, truth = tf.Variable([[score]]), tf.constant([[1.0]])
    entropy = tf.keras.losses.BinaryCrossentropy(from_logits=from_logits)
    with tf.GradientTape() as tape:
        value = entropy(truth, variable if from_logits else tf.sigmoid(variable))
    return float(value), float(tape.gradient(value, variable)[0, 0])


for score, from_logits in product((-5.0, -30.0), (True, False)):
    value, slope = loss_and_slope(score, from_logits)
    print(f"logit {score:3.0f}, from_logits={from_logits!s:<5}: ", end="")
    print(f"loss {value:5.2f}, slope {slope:5.2f}")

# %% [markdown]
# 16.12 and a slope of 0. To avoid `log(0)` Keras clips probabilities at $10^{-7}$, and a clipped value
# does not move: the row that is most wrong teaches nothing. So give the last layer no activation
# and the loss `from_logits=True`; apply sigmoid or softmax only to read predictions. (Keras can
# sometimes find the logits behind a sigmoid by itself; do not rely on it.)
#
# ## 8. Cancellation
#
# Subtract two nearly equal numbers: the leading digits vanish, the rounding remains. The shortcut
# $\operatorname{Var} X = \mathbb{E} X^2 - (\mathbb{E} X)^2$ does just that.
#
# > **Predict first.** The ink of a digit, its sum of pixels, has variance 4.64. We add 10,000 to all
# > values, which changes no variance, and use the shortcut in float32. What comes out?

# %%
ink = pixels.sum(axis=1)


def variances(offset, number):
    x = (ink + offset).astype(number)
    return np.var(x.astype(float)), np.mean(x**2) - np.mean(x) ** 2, np.mean((x - np.mean(x)) ** 2)


exact_variance, shortcut, two_passes = variances(1e4, np.float32)
print(f"exact {exact_variance:.2f}, mean subtracted first {two_passes:.2f}")
print("shortcut is a multiple of 8:", shortcut % 8 == 0)

offsets = 10 ** np.arange(1, 6.01, 0.1)
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
for number, column, style, label in [
    (np.float32, 1, "o", "shortcut, float32"),
    (np.float64, 1, "s", "shortcut, float64"),
    (np.float32, 2, "^", "mean subtracted first, float32"),
]:
    results = np.array([variances(offset, number) for offset in offsets], dtype=float).T
    errors = np.abs(results[column] / results[0] - 1)
    axis.loglog(offsets, np.maximum(errors, 1e-16), style, markersize=4, label=label)
axis.set(xlabel="offset added to the data", ylabel="relative error of the variance")
axis.set_title("Each digit of offset costs the shortcut two digits")
axis.legend()
plt.show()

# %% [markdown]
# Not 4.64: a multiple of 8, because near $10^8$ float32 numbers are 8 apart. Timestamps and
# coordinates have such offsets. More bits postpone the trouble; subtracting the mean *first* removes
# nearly all of it.
#
# The smallest case is $1 + x$, which forgets a tiny $x$. `log1p(x)` and `expm1(x)` compute $\log(1 + x)$ and
# $e^x - 1$ without that sum. The logistic loss of a row with truth 0 is $\log(1 + e^s)$, *softplus*:

# %%
print("s     as in the formula   max(s, 0) + log1p(exp(-|s|))")
with np.errstate(over="ignore"):
    for s in np.array([-20, 5, 100], dtype=np.float32):
        formula = np.log(1 + np.exp(s))
        stable = np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s)))
        print(f"{s:4.0f}  {formula:<17.3g}   {stable:.3g}")

# %% [markdown]
# Zero for a confident row, infinity for a wrong one. The second form gets both right; it is
# `np.logaddexp(0, s)`.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss falls, predictions all alike | shapes (n, 1) and (n,) | print shapes; reshape |
# | `nan` after some steps | `exp` overflows, `log(0)` | logits; log-sum-exp |
# | worst rows never improve | clipped probabilities | `from_logits=True` |
# | training stalls in float16 | gradients become 0 | loss scaling; bfloat16 |
# | training stalls in pure bfloat16 | steps below half a gap | weights in float32 |
# | negative variance or distance | cancellation | subtract a common value first |
#
# ## Summary
#
# - A gradient has the shape of its parameter. $Z = XW$ gives $dW = X^\top dZ$ and $dX = dZ\, W^\top$;
#   the product sums over the batch.
# - Softmax with cross-entropy: $dZ = (P - Y) / n$.
# - One random direction in 64 bits checks all slopes.
# - float16 lacks range, bfloat16 lacks precision; sums and weights stay in float32.
# - Subtract the largest before `exp`, the mean before squares; give losses logits.
#
# Next: the [exercise](../../exercises/01-math/10-matrix-calculus.ipynb), then the part on
# Python, from [data structures](../02-python/01-data-structures.ipynb) on.
