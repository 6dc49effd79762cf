# ---
# title: Vectors and matrices
# minutes: 50
# needs: []
# objectives:
#   [google-pmle/2.1, aws-mls/2.1, aws-mls/2.2, databricks-ml/2.8, databricks-ml/3.12,
#    tf-developer/2.11]
# ---

# %% [markdown]
# # Vectors and matrices
#
# To a model, a wine, a patient and a picture are all rows of numbers. After this lesson you can
#
# - say which measurement a distance or a cosine really listens to, and what rescaling does,
# - read a matrix as a transformation, and predict shapes and order before running code,
# - tell whether a linear system has one, no or many solutions, and whether to trust the answer,
# - choose between the L1, L2 and max norm by what each one measures, and
# - explain least squares as a projection, and say why `lstsq` beats the textbook formula.
#
# **Exam lens.** AWS MLS-C01 2.1 and Google PMLE 2.1 ask when features must be scaled;
# Databricks asks when one-hot columns do harm and what MAE and RMSE measure; the TensorFlow
# Developer checklist asks you to match shapes.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes, load_digits, load_wine

# %% [markdown]
# ## 1. Data as vectors
#
# The table holds 13 chemical measurements of 178 Italian wines from three growers. A **row** is
# one wine, a point in a space with 13 axes. A **column** is one measurement, a vector with 178
# entries.

# %%
wine = load_wine()
wines, grower = wine.data, wine.target
print("table:", wines.shape, "  one wine:", wines[0].shape, "  one column:", wines[:, 0].shape)
for name in ("alcohol", "hue", "proline"):
    column = wines[:, wine.feature_names.index(name)]
    print(f"{name:>8}: first wine {column[0]:7.2f}   mean {column.mean():7.2f}")

# %% [markdown]
# Proline runs into the hundreds; hue stays near 1.
#
# ## 2. Dot products, distances and angles
#
# Multiply two vectors entry by entry and add up: that is the dot product $u \cdot v$, written
# `u @ v`. Length, distance and angle all come from it:
#
# $$
# \lVert u \rVert = \sqrt{u \cdot u}, \qquad
# \lVert u - v \rVert^2 = \lVert u \rVert^2 + \lVert v \rVert^2 - 2\, u \cdot v, \qquad
# \cos(u, v) = \frac{u \cdot v}{\lVert u \rVert\, \lVert v \rVert} .
# $$
#
# A distance asks *how far apart* two points are; a cosine asks only whether they lie *in the
# same direction* from the origin.
#
# > **Predict first.** How many of the 13 measurements does it take to make up 99 % of the
# > squared distance between two wines, averaged over all pairs?


# %%
def pairwise_distances(points):
    return np.linalg.norm(points[:, None] - points[None], axis=2)


squared_gaps = ((wines[:, None] - wines[None]) ** 2).mean(axis=(0, 1))
shares = squared_gaps / squared_gaps.sum()
for column in np.argsort(shares)[::-1][:3]:
    print(f"{wine.feature_names[column]:>18}: {shares[column]:6.2%} of the squared distance")

# %% [markdown]
# One. Proline alone supplies 99.77 %, for no better reason than its unit. Now let every wine
# guess its grower from the wine nearest to it.


# %%
def neighbour_accuracy(points):
    distances = pairwise_distances(points)
    np.fill_diagonal(distances, np.inf)  # a wine is not its own neighbour
    return np.mean(grower[distances.argmin(axis=1)] == grower)


other_unit = wines * np.where(np.array(wine.feature_names) == "proline", 0.001, 1)
wines_scaled = (wines - wines.mean(axis=0)) / wines.std(axis=0)
for name, points in {
    "as measured": wines,
    "proline / 1000": other_unit,
    "standardised": wines_scaled,
}.items():
    print(f"{name:>14}: {neighbour_accuracy(points):.1%} guessed right")

# %% [markdown]
# From 77.0 % to 95.5 %, with no new information, by **standardising**: subtract each column's
# mean, divide by its standard deviation. Another unit for proline alone gave 86.0 %: without
# scaling, whoever chose the units chose the model.
#
# > **Predict first.** Double one wine, subtract the mean wine from both, rotate both. Which of
# > dot product, distance and cosine survives each change?

# %%
rng = np.random.default_rng(0)


def cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


u, v, mean = wines[0], wines[140], wines.mean(axis=0)
Q = np.linalg.qr(rng.normal(size=(13, 13)))[0]  # turns space without stretching it
versions = {
    "as measured": (u, v),
    "first wine doubled": (2 * u, v),
    "mean subtracted": (u - mean, v - mean),
    "standardised": (wines_scaled[0], wines_scaled[140]),
    "rotated": (u @ Q, v @ Q),
}
for name, (one, other) in versions.items():
    print(f"{name:>18}: dot {one @ other:10.1f}", end="")
    print(f"   distance {np.linalg.norm(one - other):7.1f}   cosine {cosine(one, other):+.3f}")

# %% [markdown]
# Doubling a wine leaves the cosine alone, so cosines suit texts of different lengths and
# pictures of different brightness. Subtracting the mean leaves the distance alone but turns
# the cosine from +0.999 to −0.998: seen from the origin the two wines look alike, seen from the
# average wine they are opposites. That was proline speaking for all 13; standardised, the
# cosine is −0.606. A rotation changes none of the three.
#
# ## 3. A matrix is a transformation
#
# $A x$ adds up the columns of $A$ with the entries of $x$ as amounts. So the columns of $A$
# are where the unit vectors $(1, 0)$ and $(0, 1)$ land; everything else follows. The product
# $A B$ means "first $B$, then $A$": its columns are $A$ times the columns of $B$.
#
# > **Predict first.** Does "stretch, then rotate" give the same picture as "rotate, then
# > stretch"? And the same *area*?

# %%
turn = np.radians(40)
rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
stretch = np.array([[2.0, 0.0], [0.0, 0.75]])
flag = np.array([[0, 0], [0, 2], [1, 2], [1, 1.2], [0.3, 1.2], [0.3, 0], [0, 0]])

panels = {
    "stretch": stretch,
    "rotate": rotate,
    "first stretch, then rotate": rotate @ stretch,
    "first rotate, then stretch": stretch @ rotate,
}
figure, axes = plt.subplots(1, 4, figsize=(12, 2.9), sharex=True, sharey=True, layout="constrained")
for axis, (name, A) in zip(axes, panels.items(), strict=True):
    axis.plot(*flag.T, "--", color="0.6")
    axis.fill(*(flag @ A.T).T, color="tab:blue", alpha=0.6)
    axis.set_title(f"{name}\narea × {np.linalg.det(A):.1f}")
    axis.set(xlabel="first axis", aspect="equal")
axes[0].set(ylabel="second axis")
figure.suptitle("Order changes the picture, not the area (dashed: before)")
plt.show()

# %% [markdown]
# The last two pictures differ, their areas agree. A matrix multiplies areas by the size of its
# **determinant**, here 1.5 and 1.0; numbers may change places where matrices may not.
#
# Note `flag @ A.T`: in a table the points are *rows*, so the matrix stands on the right,
# transposed (rows and columns exchanged). A dense layer computes `X @ W + b`. Shapes chain like
# dominoes, $(n, k)(k, m) \to (n, m)$: the inner numbers must match, and they vanish.

# %%
W, W2 = rng.normal(size=(13, 3)), rng.normal(size=(3, 2))
print("wines @ W:", wines.shape, "@", W.shape, "->", (wines @ W).shape)
try:
    W @ wines
except ValueError:
    print("W @ wines:", W.shape, "@", wines.shape, "-> error: 3 is not 178")
print("brackets may move:", np.allclose((wines @ W) @ W2, wines @ (W @ W2)))

# %% [markdown]
# Brackets may move: two dense layers with nothing between are one layer, `W @ W2`.
#
# A shape error is the lucky case. The unlucky one runs. Below, a "model" predicts the disease
# scores of 442 diabetes patients *perfectly*, in the shape `(442, 1)` that a one-output Keras
# model returns.
#
# > **Predict first.** What mean squared error does the first line print?

# %%
patients = load_diabetes(scaled=False)
y = patients.target
perfect = y.reshape(-1, 1)
for name, prediction in {"as returned": perfect, "ravelled": perfect.ravel()}.items():
    error = y - prediction
    print(f"{name:>11}: mean squared error {np.mean(error**2):7.1f}   shape {error.shape}")
print(f"twice the variance of y:       {2 * y.var():7.1f}")

# %% [markdown]
# Not 0 but 11,859.8. Broadcasting made a 442 × 442 table, every patient against every other.
# Trained on this loss, a model learns to predict the mean for everybody.
#
# ## 4. Rank, and how many solutions
#
# The **rank** is the largest number of columns of which none is a combination of the others:
# how many directions a matrix really has. It answers how many solutions $A x = b$ has:
#
# - **none** when $b$ points out of what the columns can reach: appending $b$ raises the rank;
# - **one** when $b$ is reachable and every column is needed: the rank equals their number;
# - **many** when $b$ is reachable and some column is redundant.


# %%
def solution_count(A, b):
    rank = np.linalg.matrix_rank(A)
    if np.linalg.matrix_rank(np.column_stack([A, b])) > rank:
        return "none"
    return "one" if rank == A.shape[1] else "many"


systems = [([[1, 2], [3, -1]], [4, 5]), ([[1, 2], [2, 4]], [4, 2]), ([[1, 2], [2, 4]], [4, 8])]
grid = np.linspace(-1, 5, 2)
figure, axes = plt.subplots(1, 3, figsize=(10, 3), sharex=True, sharey=True, layout="constrained")
for axis, (A, b) in zip(axes, systems, strict=True):
    for (a1, a2), right, style in zip(A, b, ["-", "--"], strict=True):
        label = f"{a1}p {'+' if a2 > 0 else '−'} {abs(a2)}q = {right}"
        axis.plot(grid, (right - a1 * grid) / a2, style, linewidth=2.5, label=label)
    axis.set(title=f"solutions: {solution_count(np.array(A), b)}", xlabel="p", ylim=(-4, 6))
    axis.legend()
axes[0].set(ylabel="q")
figure.suptitle("A solution is a point on both lines")
plt.show()

# %% [markdown]
# > **Predict first.** What is the rank of the 1,797 × 64 table of pictures? And of a table with
# > a column of ones, the 13 wine measurements and three one-hot columns for the grower?

# %%
digits = load_digits().data
one_hot = np.eye(3)[grower]
table = np.column_stack([np.ones(len(wines)), wines_scaled, one_hot])
print("digits:", digits.shape, "rank", np.linalg.matrix_rank(digits))
print("   columns that are always 0:", np.flatnonzero(~digits.any(axis=0)))
print("wines: ", table.shape, "rank", np.linalg.matrix_rank(table))
print("   one-hot columns sum to the ones:", np.array_equal(one_hot.sum(axis=1), table[:, 0]))

# %% [markdown]
# The digits have rank 61: pixels 0, 32 and 39 are always 0. The wines have 17 columns but rank
# 16: the three one-hot columns add up to the column of ones, so a linear model with an
# intercept has infinitely many equally good weights. This is the *dummy-variable trap*: drop
# one category or regularise. Trees do not mind dependent columns.
#
# ## 5. One solution, but can you trust it?
#
# Columns can also be *almost* dependent.
#
# > **Predict first.** The system below has the solution $(1, 1)$. Now $b_2$ is misread as 2.03
# > instead of 2.01, an error of one percent. What becomes of the solution?

# %%
A = np.array([[1.00, 1.00], [1.00, 1.01]])
for b in ([2.00, 2.01], [2.00, 2.03]):
    x1, x2 = np.linalg.solve(A, b)
    print(f"b = {b}: x = ({x1:.2f}, {x2:.2f})")
print(f"condition number: {np.linalg.cond(A):.0f}")

# %% [markdown]
# From $(1, 1)$ to $(-1, 3)$. The **condition number** is the worst factor by which a relative
# error in $b$ can grow on its way into $x$; here it is 402. Rule of thumb: a condition number of
# $10^k$ costs $k$ of the 16 digits of a `float64`.
#
# $x = A^{-1} b$ is right on paper, but `inv` solves one system per column where one is wanted,
# and rounds every time. The Hilbert matrix, entries $1/(i + j + 1)$, is the standard test.

# %%
row = np.arange(10)
hilbert = 1 / (row[:, None] + row + 1)
b = hilbert @ np.ones(10)
answers = {"solve(A, b)": np.linalg.solve(hilbert, b), "inv(A) @ b ": np.linalg.inv(hilbert) @ b}
print(f"condition number: {np.linalg.cond(hilbert):.0e}")
for name, x in answers.items():
    residual = np.linalg.norm(hilbert @ x - b)
    print(f"{name}: residual below 1e-12? {residual < 1e-12}   below 1e-8? {residual < 1e-8}")

# %% [markdown]
# `solve` satisfies the equations almost exactly; the inverse fails even the loose test.
#
# ## 6. Norms: what counts as large
#
# A **norm** turns a vector into one size. Three common ones:
#
# | norm | formula | applied to errors | its temper |
# |---|---|---|---|
# | L1 | $\sum \lvert v_i \rvert$ | MAE, times $n$ | every unit counts the same |
# | L2 | $\sqrt{\sum v_i^2}$ | RMSE, times $\sqrt n$ | large entries count more |
# | max | $\max \lvert v_i \rvert$ | worst case | only the largest counts |
#
# The **unit ball**, all vectors of norm at most 1, shows their characters.

# %%
first, second = np.meshgrid(np.linspace(-1.3, 1.3, 301), np.linspace(-1.3, 1.3, 301))
figure, axes = plt.subplots(1, 3, figsize=(9, 3.9), sharex=True, sharey=True, layout="constrained")
for axis, (name, order) in zip(axes, {"L1": 1, "L2": 2, "max": np.inf}.items(), strict=True):
    size = np.linalg.norm([first, second], ord=order, axis=0)
    axis.contourf(first, second, size, levels=[0, 1], colors=["0.75"])
    axis.plot(*np.eye(2), "ko", label="(1, 0) and (0, 1)")
    axis.plot(0.8, 0.8, "D", color="tab:blue", label="(0.8, 0.8)")
    norm = np.linalg.norm([0.8, 0.8], ord=order)
    axis.set(title=f"{name}: (0.8, 0.8) has size {norm:.2f}", xlabel="$v_1$", aspect="equal")
axes[0].set(ylabel="$v_2$")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
figure.suptitle("The norms agree on the axes and disagree between them")
plt.show()

# %% [markdown]
# L1 charges most for size spread over several entries. Its ball has corners on the axes, where
# all other entries are zero: the lasso's zeros will come from there.
#
# Which *one number*, predicted for all patients, leaves the smallest error vector? For L2 the
# mean, for L1 the median, for max the midpoint between smallest and largest.
#
# > **Predict first.** Someone types 3,460 instead of 346 for one patient out of 442. How far
# > does each of the three move?

# %%
typo = y.copy()
typo[y.argmax()] *= 10
choices = {"L1": np.median, "L2": np.mean, "max": lambda t: (t.min() + t.max()) / 2}
for norm, best_constant in choices.items():
    before, after = best_constant(y), best_constant(typo)
    print(f"{norm:>4}: {before:6.1f} -> {after:7.1f}   moved by {after - before:7.1f}")

# %% [markdown]
# One typo moves L1's choice by 0, L2's by 7.0 and max's by 1,557. Outliers that are errors
# call for L1; large errors that really cost more call for L2; a guarantee calls for max.
#
# ## 7. Least squares is a projection
#
# With ten measurements and an intercept, $X w = y$ has 442 equations for 11 unknowns and no
# solution. So we ask for the $w$ that makes $\lVert y - X w \rVert$ smallest. All reachable
# predictions $X w$ form a flat space spanned by the columns. Its point closest to $y$ is where
# the perpendicular lands: the **projection** of $y$.
#
# One column can be drawn to scale. Subtract the means: BMI $x$ and $y$ are two arrows in
# 442-dimensional space, and two arrows always lie in a plane. The residual $y - a x$ is
# perpendicular to $x$ when $x \cdot (y - a x) = 0$, so $a = x \cdot y \,/\, x \cdot x$.

# %%
bmi = patients.data[:, patients.feature_names.index("bmi")]
x_centred, y_centred = bmi - bmi.mean(), y - y.mean()
fitted = x_centred * (x_centred @ y_centred) / (x_centred @ x_centred)
residual = y_centred - fitted
along, up = np.linalg.norm(fitted), np.linalg.norm(residual)

figure, axis = plt.subplots(figsize=(6, 4.6), layout="constrained")
axis.axhline(0, color="0.8", linewidth=6)
axis.annotate("", (along, up), (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 2})
axis.plot([along, along], [0, up], "--", color="tab:blue", linewidth=2)
axis.plot([0, along], [0, 0], color="k", linewidth=3)
axis.text(0.46 * along, 0.54 * up, "y", fontsize=14)
axis.text(0.5 * along, 40, "fitted")
axis.text(along + 30, 0.5 * up, "residual")
axis.text(along + 30, 40, "all that BMI can predict")
degrees = np.degrees(np.arccos(cosine(x_centred, y_centred)))
axis.text(110, 50, f"{degrees:.0f}°")
axis.set(title="The best fit is the foot of a perpendicular", aspect="equal")
axis.set(xlabel="direction of BMI", ylabel="direction of the residual", xlim=(-100, 1750))
plt.show()
print(f"cosine {cosine(x_centred, y_centred):.3f}   correlation {np.corrcoef(bmi, y)[0, 1]:.3f}")
print(f"R² {along**2 / (y_centred @ y_centred):.3f}")

# %% [markdown]
# Correlation *is* the cosine of the centred columns, 0.586. $R^2$, the fitted share of the
# squared length of $y$, is the cosine's square, 0.344.
#
# With many columns the residual must be perpendicular to each:
#
# $$
# X^\top (y - X w) = 0
# \quad\Longleftrightarrow\quad
# X^\top X\, w = X^\top y \qquad \text{(the normal equations).}
# $$

# %%
X = np.column_stack([np.ones(len(y)), patients.data])
weights = np.linalg.lstsq(X, y)[0]
residual = y - X @ weights
angles = [cosine(column, residual) for column in X.T]
print("perpendicular to all 11 columns:", np.allclose(angles, 0, atol=1e-9))
print("mean residual is zero:          ", abs(residual.mean()) < 1e-9)
nudged = [np.sum((y - X @ (weights + step)) ** 2) for step in 0.1 * rng.normal(size=(1000, 11))]
print("1,000 nudges, any better?       ", min(nudged) < np.sum(residual**2))
print(f"R² = {1 - residual @ residual / (y_centred @ y_centred):.3f}")

# %% [markdown]
# The mean residual is zero because one column is all ones. Ten measurements lift $R^2$ from
# 0.344 to 0.518. A new column can only enlarge the space, so on the training data $R^2$ never
# falls, even for noise.
#
# Then why not solve the normal equations? Because the condition number of $X^\top X$ is that of
# $X$ *squared*. We make a target from powers of BMI, all weights 1, and ask two methods to
# find those ones.

# %%
z = x_centred / x_centred.std()
for name, base, degree in [("BMI", bmi, 2), ("BMI", bmi, 5), ("scaled BMI", z, 5)]:
    powers = np.vander(base, degree + 1, increasing=True)
    exact = powers @ np.ones(degree + 1)
    by_lstsq = np.linalg.lstsq(powers, exact)[0]
    by_normal = np.linalg.solve(powers.T @ powers, powers.T @ exact)
    print(f"{name:>10}, degree {degree}: condition {np.linalg.cond(powers):.1e}", end="")
    print(f"   lstsq {np.abs(by_lstsq - 1).max() < 0.001!s:>5}", end="")
    print(f"   normal equations {np.abs(by_normal - 1).max() < 0.001!s:>5}")

# %% [markdown]
# `True`: all weights came back within 0.001. The square of $6.7 \times 10^{10}$ is
# beyond the 16 digits of a `float64`, and the normal equations fail where `lstsq` does not.
# Scaling BMI before taking powers lowers the condition number to 140, and both succeed. Where
# columns are dependent, `lstsq` returns the shortest of the many solutions; the next lesson
# shows how.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | nearest neighbours ignore most features | one column has the largest spread | standardise |
# | nearly all cosines close to 1 | points far from the origin | subtract the column means |
# | loss stuck at the variance of `y` | `(n,)` minus `(n, 1)` | print both shapes; `ravel` one |
# | `Singular matrix`, or huge weights | one-hot plus intercept | drop a column; regularise |
# | weights jump when one row changes | large condition number | scale; `lstsq`; ridge |
# | one row rules the fit | squared error and an outlier | plot residuals; L1 or Huber loss |
#
# ## Summary
#
# - Distance listens to the largest spread; cosine ignores length but depends on the origin.
#   Settle the scaling first.
# - A matrix's columns say where the unit vectors go; $AB$ means first $B$, then $A$.
# - Rank tells no, one or many solutions apart; the condition number says how far to trust
#   them. Solve rather than invert.
# - L1 shrugs off an outlier, L2 leans towards it, max obeys it.
# - Least squares drops a perpendicular onto the columns' space; `lstsq` finds its foot without
#   squaring the condition number.
#
# Next: the [exercise](../../exercises/01-math/01-vectors-and-matrices.ipynb), then
# [eigenvectors and the SVD](02-eigenvectors-and-svd.ipynb).
