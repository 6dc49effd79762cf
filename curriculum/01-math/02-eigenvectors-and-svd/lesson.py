# ---
# title: Eigenvectors and the SVD
# minutes: 45
# needs: [01-math/01-vectors-and-matrices]
# objectives: [aws-mls/2.1, aws-mls/2.2, aws-mls/2.3, google-pmle/2.1]
# ---

# %% [markdown]
# # Eigenvectors and the SVD
#
# A few directions tell most of what a table of numbers has to say. After this lesson you can
#
# - find the directions that a matrix keeps, and say how fast power iteration finds the first,
# - read any matrix as rotate, stretch, rotate, and get rank and condition number from it,
# - compress a matrix to rank $k$ and know the error before you compute it,
# - do PCA in four lines of NumPy and explain every number that scikit-learn's `PCA` returns,
# - decide whether features must be scaled first.
#
# **Exam lens.** Dimensionality reduction is named in AWS MLS-C01 2.2 (retired in March 2026) and
# belongs to the preprocessing of Google PMLE 2.1. Questions ask how many components to keep,
# what to do before PCA, and why the first component looks the way it does.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits, load_sample_image, load_wine

# %% [markdown]
# ## 1. What a transformation keeps
#
# A matrix turns most vectors. One that it only stretches (or reverses) is an *eigenvector*; the
# factor, negative if reversed, is its *eigenvalue*: $A v = \lambda v$.
#
# > **Predict first.** The matrix below has eigenvalues 1 and 1.5. We send unit vectors of
# > every direction through it. What is the longest vector that can come out?

# %%
A = np.array([[1.0, 1.0], [0.0, 1.5]])
angles = np.radians(np.arange(0, 180.5, 0.5))
vectors = np.stack([np.cos(angles), np.sin(angles)])
images = A @ vectors
stretch = np.linalg.norm(images, axis=0)
turn = np.degrees(np.arctan2(images[1], images[0]) - angles)

eigenvalues, eigenvectors = np.linalg.eig(A)
kept = np.degrees(np.arctan2(eigenvectors[1], eigenvectors[0])) % 180
for value, angle in sorted(zip(eigenvalues, kept, strict=True)):
    print(f"eigenvalue {value:.1f} at {angle:4.1f} degrees")
top = np.degrees(angles[stretch.argmax()])
print(f"longest image {stretch.max():.3f} at {top:.1f} degrees")

# %%
figure, axes = plt.subplots(2, 1, figsize=(7, 4.2), sharex=True, layout="constrained")
axes[0].plot(np.degrees(angles), turn, color="black")
axes[0].axhline(0, color="0.7", linewidth=0.8)
axes[0].set(ylabel="turned by (degrees)", title="The kept directions are not the most stretched")
axes[1].plot(np.degrees(angles), stretch, color="black")
axes[1].set(ylabel="stretched by", xlabel="direction of the vector (degrees)")
for axis in axes:
    for angle in kept:
        blue = axis.axvline(angle, color="tab:blue", linestyle="--")
    orange = axis.axvline(top, color="tab:orange", linestyle=":", linewidth=2)
figure.legend([blue, orange], ["eigenvectors", "most stretched"], loc="outside right upper")
plt.show()

# %% [markdown]
# Only 0° and 26.6° are left unturned (180° is 0° backwards). The longest image is 1.905, more
# than either eigenvalue, at 69.0°, where the vector is turned as well. Eigenvectors say what
# is *kept*; what is stretched most is another question, and section 4 answers it. Some
# matrices keep nothing: a rotation by 90° has no real eigenvector.
#
# ## 2. Power iteration
#
# Write a start as $a v_1 + b v_2$ with $|\lambda_1| > |\lambda_2|$ and $a \ne 0$. After $m$
# applications it is $a \lambda_1^m v_1 + b \lambda_2^m v_2$: the first term wins, and beside it
# the second shrinks by $|\lambda_2 / \lambda_1|$ each time. So multiply, rescale, repeat.


# %%
def power_iteration(matrix, v, target, tolerance=1e-4):
    errors = []  # angles to the target, in degrees
    while not errors or errors[-1] > tolerance:
        v = v / np.linalg.norm(v)
        errors.append(np.degrees(np.arccos(min(1.0, abs(v @ target)))))
        v = matrix @ v
    return errors


errors = power_iteration(A, np.array([-1.0, 1.0]), eigenvectors[:, eigenvalues.argmax()])
for step in (1, 5, 10, 20, 30):
    print(f"step {step:2d}: off by {errors[step]:7.4f} degrees", end="   ")
    print(f"times {errors[step] / errors[step - 1]:.3f}")
print(f"below 0.0001 degrees after {len(errors) - 1} steps")

# %% [markdown]
# Each late step leaves 0.667 of the error, which is $1 / 1.5$. The size of the matrix does not
# appear in that factor, only a ratio of eigenvalues. (In real use the target is unknown: you stop
# when $v$ no longer moves.) The first PageRank was this loop, on the link matrix of the web.
#
# ## 3. Symmetric matrices: the spectral theorem
#
# Our data: 1,797 handwritten digits, 8 × 8 pixels, 64 numbers each. Their covariance matrix
# $C = \frac{1}{n-1} X_c^\top X_c$ ($n$ rows; $X_c$ is $X$ minus its column means; variances on
# the diagonal) is symmetric, the good case. The spectral theorem says that a symmetric $C$ has
# real eigenvalues and a full set of *perpendicular* eigenvectors: $C = Q \Lambda Q^\top$ with
# $Q^\top Q = I$.

# %%
digits = load_digits()
X = digits.data
centred = X - X.mean(axis=0)
C = centred.T @ centred / (len(X) - 1)
eigenvalues, Q = np.linalg.eigh(C)  # for symmetric matrices; ascending
eigenvalues, Q = eigenvalues[::-1], Q[:, ::-1]  # largest first; eigenvectors are COLUMNS

print("perpendicular:  ", np.allclose(Q.T @ Q, np.eye(64)))
print("C = Q diag Q^T: ", np.allclose(Q * eigenvalues @ Q.T, C))
print("three largest:  ", eigenvalues[:3].round(1))
print("zero:           ", np.sum(eigenvalues < 1e-9), "of", len(eigenvalues), end="   ")
print("pixels always blank:", np.sum(X.max(axis=0) == 0))

# %% [markdown]
# Three eigenvalues are zero because three pixels never vary.
#
# > **Predict first.** Power iteration on the 2 × 2 matrix $A$ took 32 steps to 0.0001 degrees. How
# > many will this 64 × 64 matrix take: about 30, about 150, or about 1,000?

# %%
errors = power_iteration(C, np.ones(64), Q[:, 0])
ratio = eigenvalues[1] / eigenvalues[0]
print(f"{len(errors) - 1} steps; second eigenvalue / first = {ratio:.3f}")
print(f"steps for one more decimal: {np.log(0.1) / np.log(ratio):.0f}")

# %% [markdown]
# Five times as many, for a matrix with a thousand times as many entries. What costs is the
# ratio 0.915 of the first two eigenvalues: 26 steps for every further decimal.
#
# For a unit vector $v$, $v^\top C v$ is the variance of the data along $v$. By the spectral theorem
# it is $\sum_i \lambda_i (q_i^\top v)^2$ ($q_i$ are the columns of $Q$), a weighted mean of the
# eigenvalues. So its maximum is the largest of them, reached at its eigenvector.
#
# > **Predict first.** We try 10,000 random directions. Will the best of them come within
# > 10 % of the largest variance?

# %%
rng = np.random.default_rng(0)
directions = rng.normal(size=(10_000, 64))
directions /= np.linalg.norm(directions, axis=1, keepdims=True)
variances = np.sum(directions @ C * directions, axis=1)
print(f"random: mean {variances.mean():.1f}, best {variances.max():.1f}", end="   ")
print(f"mean of the eigenvalues {eigenvalues.mean():.1f}")
print(f"first eigenvector: {Q[:, 0] @ C @ Q[:, 0]:.1f} = largest eigenvalue {eigenvalues[0]:.1f}")

# %% [markdown]
# The best reaches 65.6, about 37 % of 179.0. A random direction spreads its weights over all
# eigenvalues: 18.7 on average, near their mean of 18.8. Good directions must be computed.
#
# ## 4. The SVD: rotate, stretch, rotate
#
# $A$ is not symmetric, and a data table is not even square. The *singular value
# decomposition* exists for all of them:
#
# $$
# A = U \Sigma V^\top, \qquad U^\top U = V^\top V = I, \qquad
# \Sigma = \operatorname{diag}(\sigma_1 \ge \sigma_2 \ge \dots \ge 0).
# $$
#
# $V^\top$ rotates (and may reflect), $\Sigma$ stretches along the axes, $U$ rotates again.

# %%
U, singular, Vt = np.linalg.svd(A)
signs = np.sign(Vt[:, 1])  # u and v may flip together: let v1 and v2 point up
U, Vt = U * signs, Vt * signs[:, None]
circle = np.stack([np.cos(2 * angles), np.sin(2 * angles)])
stages = [
    ("unit circle, with v1 and v2", np.eye(2)),
    ("rotate: Vt", Vt),
    ("stretch: singular values", np.diag(singular) @ Vt),
    ("rotate: U", U @ np.diag(singular) @ Vt),
]
figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), sharex=True, sharey=True, layout="constrained")
for axis, (title, stage) in zip(axes, stages, strict=True):
    axis.plot(*(stage @ circle), color="0.6")
    for row, style in zip(Vt, ["-", "--"], strict=True):
        tip = stage @ row
        axis.plot([0, tip[0]], [0, tip[1]], style, color="black", linewidth=2)
    axis.set(title=title, xlabel="first coordinate", aspect="equal")
axes[0].set(ylabel="second coordinate")
plt.show()

# %% [markdown]
# The two perpendicular arrows $v_1$ (solid) and $v_2$ (dashed) end up perpendicular again, as
# the axes of the ellipse. To find them, note that
# $A^\top A = V \Sigma^2 V^\top$: a symmetric matrix whose eigenvectors are the columns of $V$
# and whose eigenvalues are the *squares* of the singular values.

# %%
print("singular values of A:            ", singular.round(3))
print(f"direction of v1:                  {np.degrees(np.arctan2(Vt[0, 1], Vt[0, 0])):.1f} degrees")
print("roots of eigenvalues of A^T A:   ", np.sqrt(np.linalg.eigvalsh(A.T @ A))[::-1].round(3))
singular_digits = np.linalg.svd(centred, compute_uv=False)
print("rank of the centred digits:      ", np.sum(singular_digits > 1e-9 * singular_digits[0]))
print(f"condition number of A:            {singular[0] / singular[-1]:.2f}")

# %% [markdown]
# Here is the longest image of section 1: $\sigma_1 = 1.905$, along $v_1$ at 69.2° (the grid of
# half degrees found 69.0°). The **rank** is how many singular values are not zero: 61 for the
# digits, because of the three blank pixels. The **condition number**
# $\sigma_{\max} / \sigma_{\min}$ says by what factor a relative error in $b$ can grow, at worst,
# when you solve $Ax = b$: 2.42 for $A$, and without limit as the smallest singular value goes to
# zero.
#
# > **Predict first.** The columns of $B$ below differ by $10^{-8}$, so its rank is 2. What is the
# > rank of $B^\top B$, as the computer sees it?

# %%
B = np.array([[1.0, 1.0], [1e-8, 0.0], [0.0, 1e-8]])
print(f"condition number of B: {np.linalg.cond(B):.1e}")
print("rank of B:    ", np.linalg.matrix_rank(B))
print("rank of B^T B:", np.linalg.matrix_rank(B.T @ B))

# %% [markdown]
# Rank 1: what told the columns apart is gone before any eigenvalue is computed. Forming
# $B^\top B$ squares the condition number, here to $2 \cdot 10^{16}$, and double precision has 16
# digits. So take the SVD of $X$, not the eigenvalues of $X^\top X$, when columns are nearly
# dependent.
#
# ## 5. Low rank: keep the first k
#
# The SVD is a sum of rank-one layers, $A = \sum_i \sigma_i u_i v_i^\top$, strongest first. Keep
# $k$ of them and call the result $A_k$. Eckart and Young proved that no matrix of rank $k$ is
# closer to $A$ in Frobenius norm ($\lVert A \rVert_F^2$ is the sum of all squared entries), and
# the squared error is exactly what was dropped:
# $\lVert A - A_k \rVert_F^2 = \sum_{i>k} \sigma_i^2$. Storing $A_k$ for an $m \times n$ matrix
# takes $k (m + n + 1)$ numbers instead of $mn$.
#
# > **Predict first.** A photograph has 427 × 640 pixels. From which rank on does the compressed
# > form need *more* numbers than the photograph?

# %%
photo = load_sample_image("china.jpg").mean(axis=2)
height, width = photo.shape
U, singular, Vt = np.linalg.svd(photo, full_matrices=False)
layers = {k: U[:, :k] * singular[:k] @ Vt[:k] for k in (5, 20, 80)}
for k, approximation in layers.items():
    measured = np.linalg.norm(photo - approximation) / np.linalg.norm(photo)
    dropped = np.sqrt(np.sum(singular[k:] ** 2) / np.sum(singular**2))
    stored = k * (height + width + 1) / photo.size
    print(f"rank {k:2d}: error {measured:.3f}  dropped {dropped:.3f}  storage {stored:.0%}")
basis = np.linalg.qr(photo[:, ::32])[0]  # a rival of rank 20: every 32nd column, combined
rival = np.linalg.norm(photo - basis @ (basis.T @ photo)) / np.linalg.norm(photo)
print(f"rival of rank {basis.shape[1]}: error {rival:.3f}")
print("last rank that saves storage:", photo.size // (height + width + 1), "of", min(photo.shape))

# %%
figure, axes = plt.subplots(1, 4, figsize=(12, 2.6), layout="constrained")
for axis, (k, picture) in zip(axes, [*layers.items(), (427, photo)], strict=True):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axis.set(title=f"rank {k}" if k < 427 else "original", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The measured error equals what was dropped. Twenty of the photograph's own columns, combined as
# well as they can be, are further off than the SVD's 20 layers (0.177 against 0.136). Rank 20
# shows the pagoda with 8 % of the numbers. From rank 256 on the "compressed" form is the larger
# one: low rank pays only when the singular values fall fast.
#
# ## 6. PCA by hand
#
# Principal component analysis is the SVD of the *centred* data, with four names:
#
# | name | formula | scikit-learn |
# |---|---|---|
# | components | rows of $V^\top$ | `components_` |
# | scores | $X_c V = U \Sigma$ | `transform(X)` |
# | explained variance | $\sigma_i^2 / (n - 1)$ | `explained_variance_` |
# | its share | $\sigma_i^2 / \sum_j \sigma_j^2$ | `explained_variance_ratio_` |

# %%
from sklearn.decomposition import PCA

U, singular, Vt = np.linalg.svd(centred, full_matrices=False)
largest = np.abs(Vt).argmax(axis=1, keepdims=True)
components = (Vt * np.sign(np.take_along_axis(Vt, largest, axis=1)))[:21]
scores = centred @ components.T
explained = singular**2 / (len(X) - 1)

pca = PCA(n_components=21, svd_solver="full").fit(X)
print("components, up to sign:", np.allclose(np.abs(pca.components_), np.abs(components)))
print("scores, up to sign:    ", np.allclose(np.abs(pca.transform(X)), np.abs(scores)))
print("explained variance:    ", np.allclose(pca.explained_variance_, explained[:21]))
print("eigenvalues of C:      ", np.allclose(explained, eigenvalues))

# %% [markdown]
# Three traps. *Signs*: $u_i v_i^\top$ is the same when both flip, so a component and its scores
# may be negated between libraries or versions; we make the largest entry positive. *n − 1*:
# divide by $n$ and your variances come out slightly below scikit-learn's (the shares do not
# change). *Centring*: `PCA` subtracts the mean itself; `TruncatedSVD` and your own SVD do not.
#
# > **Predict first.** Skip the centring. What will the first component show, and what share of
# > the sum of squares will it take?

# %%
raw_singular, raw_Vt = np.linalg.svd(X, full_matrices=False)[1:]
mean = X.mean(axis=0)
cosine = abs(raw_Vt[0] @ mean) / np.linalg.norm(mean)
print(f"uncentred: share {raw_singular[0] ** 2 / np.sum(raw_singular**2):.0%}", end="   ")
print(f"cosine with the mean image {cosine:.4f}")
share = np.cumsum(explained) / explained.sum()
print(f"centred:   share {share[0]:.0%}   first two {share[1]:.0%}")
for goal in (0.90, 0.95, 0.99):
    print(f"components for {goal:.0%} of the variance: {np.argmax(share >= goal) + 1}")

# %% [markdown]
# Uncentred, the first component is the mean image (cosine 1.0000), and its 70 % says that
# the digits are far from zero, not how they differ from each other. Centred, the first two
# components hold 29 % of the variance, and 90 % takes 21. Are 29 % enough to look at?

# %%
figure, axis = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
for digit, colour in zip([0, 1, 4, 6], ["black", "tab:orange", "tab:blue", "0.55"], strict=True):
    rows = np.flatnonzero(digits.target == digit)[:60]
    axis.scatter(*scores[rows, :2].T, marker=f"${digit}$", s=45, color=colour)
axis.set(xlabel="score on component 1", ylabel="score on component 2")
axis.set_title("Two components nearly separate four digits")
plt.show()

# %% [markdown]
# PCA never saw a label, and yet 0 and 1 lie well apart; 4 and 6 run into each other. Now the
# other way, from $k$ scores back to an image, $\bar x + \sum_{i \le k} \text{score}_i\, v_i$.
#
# > **Predict first.** How many of the 64 scores do *you* need to read a digit?

# %%
rebuilt = {k: mean + scores[:, :k] @ components[:k] for k in (2, 8, 21)}
figure, axes = plt.subplots(4, 5, figsize=(6, 5.2), layout="constrained")
for line, (k, table) in zip(axes, [*rebuilt.items(), (64, X)], strict=True):
    line[0].set_ylabel(f"k = {k}" if k < 64 else "original")
    for axis, row in zip(line, [0, 1, 2, 3, 8], strict=True):
        axis.imshow(table[row].reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        axis.set(xticks=[], yticks=[])
figure.suptitle("21 numbers instead of 64 keep a digit readable")
plt.show()

# %%
for k, table in rebuilt.items():
    error = np.sum((X - table) ** 2) / (len(X) - 1)
    print(f"k = {k:2d}: error per image {error:5.1f}   variance dropped {explained[k:].sum():5.1f}")

# %% [markdown]
# With 2 scores the 1 and the 2 are smears, with 8 the 3 has its shape, with 21 all five can be
# read. The two columns (both over $n - 1$) agree: Eckart–Young again, with each component left
# out adding its own variance to the error.
#
# ## 7. When to scale
#
# PCA follows variance, and variance has units. `load_wine` has 13 measurements of 178 wines, from
# hue (near 1) to proline (278 to 1,680).
#
# > **Predict first.** Without scaling, what share will the first component take? Is a high share
# > good news? And what will scaling do to the digits?

# %%
wine = load_wine()


def standardise(table):
    spread = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(spread == 0, 1, spread)


for name, data in {"wine": wine, "digits": digits}.items():
    for kind, table in {"raw": data.data, "scaled": standardise(data.data)}.items():
        model = PCA().fit(table)
        first, ratios = np.abs(model.components_[0]), model.explained_variance_ratio_
        needed = np.argmax(np.cumsum(ratios) >= 0.9) + 1
        print(f"{name:6s} {kind:6s} first {ratios[0]:5.1%}   90 % with {needed:2d}", end="   ")
        print(f"largest weight {first.max():.2f}: {data.feature_names[first.argmax()]}")
print(f"largest scaled pixel: {standardise(X).max():.1f} standard deviations")

# %% [markdown]
# Raw wine looks splendid, 99.8 % in one component, but that component *is* proline (weight 1.00):
# PCA found the largest numbers, not the chemistry. Scaled, the first takes 36.2 % and no
# measurement weighs more than 0.42. That is PCA of the correlation matrix.
#
# Digits go the other way. Their pixels share a unit, and the pixels with the smallest spread are
# nearly always blank. Scaling blows them up: one that is lit once, with 1 of 16, becomes 42.4
# standard deviations there, and 90 % takes 31 components instead of 21.
# So: **different units, scale; one unit where the spread carries meaning, centre only.**
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | first component: 99 %, one feature | units differ | standardise first |
# | first component resembles the mean | no centring (`TruncatedSVD`) | centre, or use `PCA` |
# | components negated after an upgrade | signs are arbitrary | fix a sign |
# | two components mix anew on new data | nearly equal eigenvalues | compare the planes they span |
# | validation better than production | scaler or PCA saw all rows | fit both on training rows |
# | worse model at 95 % of the variance | label in a small direction | tune the number kept |
#
# ## Summary
#
# - Eigenvectors are the directions a matrix keeps; power iteration finds the first at a rate of
#   $|\lambda_2 / \lambda_1|$ per step.
# - A symmetric matrix has perpendicular eigenvectors; for a covariance matrix they are the
#   directions of largest variance.
# - Every matrix is $U \Sigma V^\top$. Singular values are the roots of the eigenvalues of
#   $A^\top A$; they give rank and condition number.
# - Rank $k$ by SVD is the best there is, and its squared error is the sum of the dropped squares.
# - PCA is the SVD of centred data: variance $\sigma^2 / (n - 1)$, signs arbitrary, scale when
#   units differ.
#
# Next: the [exercise](../../exercises/01-math/02-eigenvectors-and-svd.ipynb), then
# [derivatives and gradients](03-derivatives-and-gradients.ipynb).
