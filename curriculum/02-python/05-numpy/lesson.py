# ---
# title: NumPy
# minutes: 60
# needs: [02-python/01-data-structures, 01-math/01-vectors-and-matrices]
# objectives: [tf-developer/2.2, tf-developer/2.11, tf-developer/2.13, tf-developer/5.7, aws-mls/2.1, google-pmle/2.1]
# ---

# %% [markdown]
# # NumPy
#
# Pictures, tables and batches reach a model as arrays. After this lesson you can
#
# - choose a number type, and say when arithmetic will silently go wrong,
# - bring an array into the shape a model expects, without scrambling it,
# - predict what broadcasting does, and what it costs in memory,
# - tell a view from a copy before you write into it,
# - replace a loop by array operations, and
# - draw random numbers that can be repeated.
#
# **Exam lens.** The TensorFlow Developer checklist (retired in 2024) asked you to preprocess raw data
# (2.2), to match input and output shapes (2.11, 2.13) and to cut windows (5.7, in the exercise). AWS
# MLS-C01 (2.1, retired in March 2026) asks for features on one scale; Google PMLE (2.1), whether data
# fit into Python's memory.

# %%
import sys
from timeit import repeat

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits, load_sample_image

photo = load_sample_image("china.jpg")
digits = load_digits()
images, X, y = digits.images, digits.data, digits.target

# %% [markdown]
# ## 1. One block of numbers
#
# A list holds arrows to objects that lie anywhere in memory. A NumPy *array* (`ndarray`) is one block
# of numbers of one type (*dtype*), plus a note on how to read it: its *shape*, and its *strides*, how
# many bytes to step for the next entry along each axis.

# %%
array = np.arange(1_000_000.0)
numbers = array.tolist()
as_list = sys.getsizeof(numbers) + sum(sys.getsizeof(number) for number in numbers)
print(f"a million numbers: list {as_list / 1e6:.0f} MB, array {array.nbytes / 1e6:.0f} MB")
print(f"the array as float32: {array.astype(np.float32).nbytes / 1e6:.0f} MB")
for name, block in {"photo": photo, "X": X}.items():
    print(f"{name:>5}: shape {block.shape}, {block.dtype}, strides {block.strides}")

# %% [markdown]
# The photo has 427 rows of 640 pixels of 3 colours, one byte each: 1 byte to the next colour, 3 to the
# next pixel, 1,920 to the next row.
#
# ```text
# byte    0 1 2   3 4 5   6 7 8   …   1917        1920
#         R G B   R G B   R G B   …   R G B       R G B   …
#         pixel 0 pixel 1 pixel 2     pixel 639   pixel 0 of the next row
# ```
#
# `X` holds 1,797 handwritten digits, 64 pixels of 8 bytes each. But 64 · 8 = 512, and its next row is
# 520 bytes away. Section 5 says why.
#
# ## 2. Types
#
# | dtype | bytes | holds |
# |---|---|---|
# | `bool` | 1 | True, False; they add up as 1 and 0 |
# | `uint8` | 1 | 0 to 255: pixels |
# | `int64` | 8 | whole numbers up to $9 \cdot 10^{18}$; the default |
# | `float32` | 4 | about 7 digits; the default of TensorFlow and PyTorch |
# | `float64` | 8 | about 16 digits; the default of NumPy |
#
# > **Predict first.** To brighten the photo, somebody adds 100 to each number. What happens to the
# > bright sky?

# %%
versions = {
    "as loaded": photo,
    "photo + 100": photo + 100,
    "wider type, then clipped": np.clip(photo.astype(np.int16) + 100, 0, 255).astype(np.uint8),
}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.1), layout="constrained")
for axis, (name, picture) in zip(axes, versions.items(), strict=True):
    axis.imshow(picture)
    axis.set_title(f"{name}: mean {picture.mean():.0f}")
    axis.axis("off")
plt.show()
print("one pixel of the sky:", photo[0, 0], "+ 100 =", (photo + 100)[0, 0])

# %% [markdown]
# It turns dark. Arrays of whole numbers *wrap around* without a warning: 231 + 100 = 331 does not fit
# into a byte, and 331 - 256 = 75 is left. Convert first, compute, clip, convert back.
#
# Which type has a result? Two arrays take a type that fits both. A plain *Python* number adapts to
# the array's type (since NumPy 2; `uint8` plus 300 is an error).
#
# > **Predict first.** Which of the results below are `float64`?

# %%
small, single = np.array([200], dtype=np.uint8), np.array([1.5], dtype=np.float32)
results = {
    "uint8 + 100": small + 100,
    "uint8 + int16": small + np.int16(100),
    "uint8 / 2": small / 2,
    "float32 * 2.0": single * 2.0,
    "float32 * np.mean(…)": single * np.mean([1.0, 3.0]),
    "float32 * int64 array": single * np.array([2]),
}
for name, result in results.items():
    print(f"{name:>21}: {result[0]} {result.dtype}")
print(f"16,777,217 as float32: {int(np.float32(16_777_217)):,}")

# %% [markdown]
# The third and the last two. `/` turns whole numbers into `float64`. `np.mean` returns a NumPy
# `float64`, which counts with its own type, and for `float32` with `int64` NumPy takes `float64`, too.
# One such factor doubles the memory of a `float32` array. And beyond 16 million, `float32` skips whole
# numbers, so keep ids as integers.
#
# A missing value is `NaN`, and only floats have one.

# %%
gappy = np.array([2.0, np.nan, 4.0])
print(gappy.mean(), np.nanmean(gappy), gappy == np.nan, np.isnan(gappy))
try:
    y.copy()[0] = np.nan
except ValueError as error:
    print("error:", error)

# %% [markdown]
# `NaN` spoils every sum and equals nothing, not even itself. Ask `np.isnan`.
#
# ## 3. Shapes and axes
#
# > **Predict first.** `images` has the shape `(1797, 8, 8)`. What shape has its mean over `axis=0`?

# %%
print("mean over axis 0:     ", images.mean(axis=0).shape)
print("mean over axes 1, 2:  ", images.mean(axis=(1, 2)).shape)
print("the same, keepdims:   ", images.mean(axis=(1, 2), keepdims=True).shape)
print("reshape(-1, 64):      ", images.reshape(-1, 64).shape)
print("with a channel axis:  ", images[..., np.newaxis].shape)
print("images[0], images[:1]:", images[0].shape, images[:1].shape)

# %% [markdown]
# `axis` names the axis that *vanishes*. Over the images, one average image remains; over the pixels,
# one number per image. `keepdims` leaves a 1 in its place. `-1` means "whatever fits", and `np.newaxis`
# adds an axis of length 1. A model that was built for `(batch, 8, 8, 1)` takes one image as a batch of
# one, `images[:1, ..., np.newaxis]`.
#
# > **Predict first.** PyTorch wants the channels first: `(3, 427, 640)`. Both lines below give that
# > shape. Do they give the same picture?

# %%
candidates = {
    "photo.reshape(3, 427, 640)[0]": photo.reshape(3, 427, 640),
    "photo.transpose(2, 0, 1)[0]": photo.transpose(2, 0, 1),
}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.3), layout="constrained")
for axis, (name, channels) in zip(axes, candidates.items(), strict=True):
    axis.imshow(channels[0], cmap="gray")
    axis.set_title(name)
    axis.axis("off")
figure.suptitle("Same shape, same numbers: only one is the red channel")
plt.show()

# %% [markdown]
# `reshape` reads the numbers in order and breaks the lines anew; `transpose` exchanges axes. The left
# one runs without an error, and the picture is lost.
#
# ## 4. Broadcasting
#
# Operators work entry by entry. If shapes differ, line them up *from the right*. Two lengths fit if they
# are equal, or if one of them is 1 or missing; that one is repeated.

# %%
column, row = np.array([[0], [10], [20], [30]]), np.array([1, 2, 3])
tables = [*np.broadcast_arrays(column, row), column + row]
titles = ["column: (4, 1)", "+  row: (3,)", "=  sum: (4, 3)"]
repeated = [np.arange(3) > 0, np.arange(4)[:, np.newaxis] > 0, False]
figure, axes = plt.subplots(1, 3, figsize=(9, 2.6), layout="constrained")
for axis, table, title, grey in zip(axes, tables, titles, repeated, strict=True):
    axis.imshow(np.broadcast_to(grey, (4, 3)), cmap="Greys", vmax=4)
    for (i, j), number in np.ndenumerate(table):
        axis.text(j, i, number, ha="center", va="center", fontsize=13)
    axis.set(title=title, xticks=[], yticks=[])
figure.suptitle("Grey cells are repeated, without being stored")
plt.show()

# %% [markdown]
# ```text
# X                 1797 × 64
# mean over axis 0         64     fits: the same 64 means for each row
# mean over axis 1       1797     error: 64 against 1797
#   with keepdims   1797 ×  1     fits: one mean for each row
# ```

# %%
try:
    X - X.mean(axis=1)
except ValueError as error:
    print("error:", error)
print("with keepdims:", (X - X.mean(axis=1, keepdims=True)).shape)

# %% [markdown]
# An error is the lucky case. You have met the unlucky one with squared errors: `(n,)` minus `(n, 1)`.
#
# > **Predict first.** A model names all 1,797 digits right, in the shape `(1797, 1)`. What does
# > `np.mean(predicted == y)` say?

# %%
predicted = y.reshape(-1, 1)
print("shape", (predicted == y).shape, f" accuracy {np.mean(predicted == y):.2f}")
print("shape", (predicted[:, 0] == y).shape, f"      accuracy {np.mean(predicted[:, 0] == y):.2f}")
print(f"X[:, np.newaxis] - X would need {len(X) ** 2 * 64 * 8 / 1e9:.1f} GB")

# %% [markdown]
# 0.10: every prediction was compared with every label. Make both shapes equal before you subtract or
# compare, and `assert` it.
#
# The last line is the price of broadcasting: the *result* is stored in full, and so is each
# intermediate result. All differences between two digits fill 1.7 GB. Work in pieces (*chunks*), or
# use $\lVert u - v \rVert^2 = \lVert u \rVert^2 + \lVert v \rVert^2 - 2\, u \cdot v$, which needs one number
# per pair instead of 64.
#
# ## 5. Views and copies
#
# A slice of a list is a new list.
#
# > **Predict first.** Below, 1,000 rows of a table are centred. Does the table change?

# %%
table = X.copy()
train = table[:1000]
train -= train.mean(axis=0)
print(f"mean of the first 1,000 rows: {X[:1000].mean():.2f}, now {abs(table[:1000].mean()):.2f}")

selections = {"table[::2]": table[::2], "table.T": table.T, "reshape": table.reshape(-1, 8, 8)}
selections |= {
    "table[[0, 2]]": table[[0, 2]],
    "table[y == 3]": table[y == 3],
    "table + 0": table + 0,
}
for name, selection in selections.items():
    print(f"{name:>13}: {'view' if np.shares_memory(selection, table) else 'copy'}")
print("X is a view of an array with the shape", X.base.shape)

# %% [markdown]
# It does. A slice of an array is a *view*: new shape and strides, same block. `train = train - …`
# would have made a new array; `-=` writes into the old one. Slices and transposes are views, `reshape`
# where it can be. Lists of positions (*fancy* indexing), masks and arithmetic copy.
#
# Hence the 520 bytes: the file has 65 columns, the last one holds the labels, and `X` is a view of
# the other 64. It keeps the whole block alive.
#
# > **Predict first.** Which of the two assignments below reaches the table?

# %%
table[y == 3][:, 0] = 99
print("twice indexed:", (table == 99).sum())
table[y == 3, 0] = 99
print("in one step:  ", (table == 99).sum())

# %% [markdown]
# Only the second. The first writes into a copy, which is then thrown away.
#
# ## 6. Choose, sort, count
#
# Below, each digit is compared with ten *prototypes*, the average images of the ten classes. We train
# and test on the same images, to keep it short.
#
# > **Predict first.** What shape has `distances[:, y]`?

# %%
prototypes = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
distances = np.linalg.norm(X[:, np.newaxis] - prototypes, axis=2)
order = np.argsort(distances, axis=1)  # columns, nearest first
ranked = np.take_along_axis(distances, order, axis=1)  # each row in its own order
margin = ranked[:, 1] - ranked[:, 0]
print("distances[:, y]:", distances[:, y].shape, end="   ")
print("distances[np.arange(1797), y]:", distances[np.arange(len(y)), y].shape)
print("argmin agrees:", np.array_equal(order[:, 0], distances.argmin(axis=1)))

verdict = np.select([order[:, 0] != y, margin < 2], ["wrong", "narrow"], default="clear")
for name, count in zip(*np.unique(verdict, return_counts=True), strict=True):
    print(f"{name:>7}: {count}")

# %% [markdown]
# `[:, y]` takes 1,797 columns of *every* row. Two lists of positions are walked in step: row 0 with
# `y[0]`, row 1 with `y[1]`. `np.where(mask, a, b)` chooses between two arrays, `np.select` takes
# the first condition that holds. Equal numbers are sure to keep their order only if you sort with
# `kind="stable"`. Sorting *positions* (`argsort`) also lets one array order another:

# %%
figure, axes = plt.subplots(1, 8, figsize=(11, 1.9), layout="constrained")
for axis, i in zip(axes, np.argsort(margin)[:8], strict=True):
    axis.imshow(images[i], cmap="gray_r")
    axis.set_title(f"{order[i, 0]} or {order[i, 1]}?")
    axis.axis("off")
figure.suptitle("The eight narrowest verdicts")
plt.show()

# %% [markdown]
# > **Predict first.** `counts` starts with ten zeros. What does `counts[y] += 1` leave in it?

# %%
counts = np.zeros(10, dtype=np.int64)
counts[y] += 1
print(counts, np.bincount(y), sep="\n")

# %% [markdown]
# Ones. It reads `counts[y]`, adds 1 and writes back, so repeated positions write the same 1 again.
# `np.bincount` counts; with `weights` it adds up.
#
# ## 7. A loop, vectorised
#
# To *vectorise* is to replace a Python loop by array operations, whose loops are compiled.
#
# > **Predict first.** A loop over lists becomes a loop over arrays, otherwise unchanged. Is it faster?


# %%
def by_loop(points, centres):
    result = []
    for point in points:
        result.append([])
        for centre in centres:
            result[-1].append(sum((p - c) ** 2 for p, c in zip(point, centre, strict=True)))
    return result


def by_arrays(points, centres):
    return ((points[:, np.newaxis] - centres) ** 2).sum(axis=2)


def best_time(function, *arguments):
    return min(repeat(lambda: function(*arguments), number=1, repeat=5))


few = X[:100]
list_time = best_time(by_loop, few.tolist(), prototypes.tolist())
print("same result:", np.allclose(by_loop(few, prototypes), by_arrays(few, prototypes)))
print("loop over arrays slower:", best_time(by_loop, few, prototypes) > list_time)
print("20 times faster without:", 20 * best_time(by_arrays, few, prototypes) < list_time)

# %% [markdown]
# Slower: each number has to be wrapped in an object as it leaves the array. Without the loop it is more
# than 20 times faster. (`np.vectorize` only hides the loop.) The recipe: each loop becomes an axis, and
# `sum` removes the innermost.
#
# ```text
# points[:, np.newaxis]   100 ×  1 × 64
# centres                       10 × 64
# difference              100 × 10 × 64     sum over axis 2:  100 × 10
# ```
#
# `np.einsum("nj,kj->nk", X, prototypes)` names the axes by letters: `j` is missing on the right, so
# products are summed over it.
#
# ## 8. Random numbers
#
# NumPy's *Generator* (not related to Python's generators) is an object with a state. The seed sets its
# start, each draw moves it on.
#
# > **Predict first.** Two functions, one for a feature and one for its noise, both begin with
# > `rng = np.random.default_rng(0)`. How do their numbers correlate?

# %%
feature = np.random.default_rng(0).normal(size=1000)
noise = np.random.default_rng(0).normal(size=1000)
print(f"same seed:    {np.corrcoef(feature, noise)[0, 1]:.2f}")
rng = np.random.default_rng(0)
first, second = (child.normal(size=1000) for child in rng.spawn(2))
print("spawned: below 0.1:", abs(np.corrcoef(first, second)[0, 1]) < 0.1)

rows = rng.permutation(len(X))  # one order for both X and y
train, test = rows[:1200], rows[1200:]
drawn = rng.choice(["cat", "dog"], size=1000, p=[0.8, 0.2])
print(f"share of dogs: {np.mean(drawn == 'dog'):.2f}")

# %% [markdown]
# Exactly 1. Make one generator, pass it to functions as an argument, and `spawn` independent children
# for parallel work. `np.random.seed` sets one hidden state that every library may draw from: avoid it.
#
# ## 9. Linear algebra
#
# `*` multiplies entry by entry. `@` is the matrix product of the *last two* axes; all axes before
# those are a stack. `@` with a flat array sums over the last axis.

# %%
grey = photo @ np.array([0.299, 0.587, 0.114])  # the eye's weights for red, green and blue
print("grey:", grey.shape, " stack:", (images @ images.transpose(0, 2, 1)).shape, end="  ")
print("ranks:", np.linalg.matrix_rank(images).shape)
print("norms:", np.linalg.norm(X).shape, np.linalg.norm(X, axis=1).shape)

one_hot = np.eye(10)[y[train]]
try:
    np.linalg.solve(X[train].T @ X[train], X[train].T @ one_hot)
except np.linalg.LinAlgError as error:
    print("solve:", error)
W = np.linalg.lstsq(X[train], one_hot)[0]
print(f"lstsq: {W.shape}, accuracy {np.mean((X[test] @ W).argmax(axis=1) == y[test]):.2f}")

# %% [markdown]
# Without an `axis`, `norm` makes one number of the whole table. Some pixels are always 0, so the normal
# equations have no unique solution: `solve` stops, and `inv` would too. `lstsq` answers, for ten targets
# at once. `solve(A, b)` is faster and more exact than `inv(A) @ b`; for a stack `A` pass
# `b[..., np.newaxis]`.
#
# ## 10. Memory layout
#
# By default the *last* axis lies together in memory (C order); in Fortran order (`order="F"`) the first.
# A transpose exchanges strides and moves no number.
#
# > **Predict first.** We add up 4,000 rows, then 4,000 columns, one at a time. Is there a difference?

# %%
big = np.ones((4000, 4000), dtype=np.float32)
blocks = {"rows": big, "columns": big.T, "copied": np.ascontiguousarray(big.T)}
times = {name: best_time(lambda a: [line.sum() for line in a], a) for name, a in blocks.items()}
print("columns take at least twice as long:", times["columns"] > 2 * times["rows"])
print("after ascontiguousarray, still?     ", times["copied"] > 2 * times["rows"])
for name, view in {"photo": photo, "channels first": channels, "mirrored": photo[:, ::-1]}.items():
    print(f"{name:>14}: strides {view.strides}, one piece: {view.flags.c_contiguous}")

# %% [markdown]
# There is. A processor fetches neighbouring bytes together; along a row the next number is already
# there, along a column it is 16,000 bytes away. `ascontiguousarray` copies once, then lines are in one
# piece again. Let the last axis be the one you walk along. Mirroring a photo is free: a negative stride.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | dark spots, differences near 255 | `uint8` wraps | `astype` first |
# | memory doubles | `float32` met a `float64` | print `dtype`; `astype` |
# | right shape, scrambled picture | `reshape` for `transpose` | plot one |
# | accuracy near 1/k, loss never below the variance | `(n,)` with `(n, 1)` | `assert` equal shapes |
# | memory runs out | broadcast intermediate result | chunks; `@` |
# | data change by themselves | `-=` on a view | `copy()` |
# | an assignment does nothing | indexed twice | `a[mask, 0] = …` |
# | "random" columns correlate | same seed twice | one `rng`; `spawn` |
#
# ## Summary
#
# - An array is one block, one dtype, a shape and strides. Integers wrap; `NaN` needs floats.
# - `axis` vanishes; `keepdims` keeps it as 1. `reshape` breaks lines, `transpose` exchanges axes.
# - Broadcasting lines up from the right; results are stored in full.
# - Slices are views; fancy indexing and masks copy, except on the left of `=`.
# - No Python loops over numbers; one `Generator`; `lstsq` and `solve`, not `inv`.
#
# Next: the [exercise](../../exercises/02-python/05-numpy.ipynb), then
# [pandas](06-pandas.ipynb).
