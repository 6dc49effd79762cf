# ---
# title: "Exercise: NumPy"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: NumPy
#
# Six jobs around a model: average what is not padding, standardise within groups, filter scores, cut
# windows, store masks, find neighbours. No question needs the answer of another. Every function must
# work on any input that its question describes, not only on the data below, and must leave its
# arguments as they are. NumPy is all you need. Change `seed` to practise again on other data.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import tracemalloc

import numpy as np
from sklearn.datasets import load_digits

rng = np.random.default_rng(seed)

# question 1: 30 texts of at most 7 words, each word a vector of 5 numbers; the rest is padding
lengths = rng.permutation(np.append(rng.integers(0, 8, size=27), [0, 1, 7]))
mask = rng.permuted(np.arange(7) < lengths[:, np.newaxis], axis=1)
embeddings = rng.normal(size=(30, 7, 5)).astype(np.float32)
embeddings[~mask] = rng.choice([np.nan, np.inf, 1e9], size=((~mask).sum(), 1))

# questions 2 and 6: images of digits, the ink of 64 pixels in 5 steps
digits = load_digits()
picked = rng.permutation(1797)[:1700]
pixels = (digits.data[picked] // 4).astype(np.uint8)
columns = rng.choice([0, 9, 10, 18, 27, 36, 43, 53], size=5, replace=False)
batch, groups = pixels[:200, columns], (digits.target[picked[:200]] * 3) % 10
empty = int(rng.integers(0, 10))  # the group that gets no row
batch, groups = batch[groups != empty], groups[groups != empty]

# question 3: scores of 12 rows, coarse, so that many are equal
scores = rng.integers(0, 9, size=(12, 40)) / 4 - 1

# question 4: hourly readings of 3 sensors
readings = np.cumsum(rng.normal(size=(90, 3)), axis=0)

# question 5: a mask of blobs
rows, cols = np.ogrid[:14, :9]
centres = rng.uniform([0, 0], [14, 9], size=(3, 2))
blobs = np.any([(rows - r) ** 2 + (cols - c) ** 2 < 8 for r, c in centres], axis=0)

# %% [markdown]
# ## Question 1 · an average that leaves out the padding (2 points)
#
# A batch of texts is one array `values` of shape `(n, length, d)`: for each text `length` places, in
# each a vector of `d` numbers. `mask` is boolean with shape `(n, length)`; `True` marks a word,
# `False` padding. Padding may be anywhere in a row and may hold anything, `NaN` and infinity included.
#
# Write `masked_mean(values, mask)`, which returns for each text the mean of the vectors of its words,
# shape `(n, d)`. A text without words gets zeros. `values` is `float32` or `float64`, and the result
# has the same dtype.


# %% question="masked_mean" points=2
### BEGIN SOLUTION
def masked_mean(values, mask):
    words = np.where(mask[:, :, np.newaxis], values, 0)
    counts = np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return (words.sum(axis=1) / counts).astype(values.dtype)


### END SOLUTION

# %% check="masked_mean"
_values = np.array(
    [[[1, 10], [3, 30], [5, 20]], [[2, 2], [4, 0], [0, 1]], [[7, 7]] * 3], dtype=float
)
_mask = np.array([[True, True, False], [False, True, False], [False, False, False]])
_got = np.asarray(masked_mean(_values, _mask))
assert _got.shape == (3, 2), (
    f"expected shape (3, 2), got {_got.shape}. Which of the axes (text, place, number) vanishes?"
)
assert np.allclose(_got[0], [2, 20]), (
    "The words (1, 10) and (3, 30) have the mean (2, 20); the third place is padding. "
    f"Yours is {_got[0]}. By how many places do you divide?"
)
assert np.allclose(_got[1], [4, 0]), f"The only word is (4, 0); your mean is {_got[1]}."
assert np.allclose(_got[2], 0), f"A text without words should get zeros, not {_got[2]}."
_with_nan = np.where(_mask[:, :, np.newaxis], _values, np.nan)
assert np.allclose(masked_mean(_with_nan, _mask), _got), (
    "With NaN in the padding the result should stay the same. What is NaN times 0?"
)
_dtype = np.asarray(masked_mean(embeddings, mask)).dtype
assert _dtype == np.float32, (
    f"From float32 you make {_dtype}. What does float32 become when an int64 array joins in?"
)
assert _got.dtype == np.float64, f"From float64 you make {_got.dtype}."
_kept = _values.copy()
masked_mean(_values, ~_mask)
assert np.array_equal(_values, _kept), "Your function changed `values`."

# %% probe="masked_mean" rtol=1e-4 atol=1e-5
square = np.random.default_rng(seed + 1).normal(size=(4, 4, 4))
cases = [
    (embeddings, mask),
    (np.where(mask[..., np.newaxis], embeddings, -5).astype(np.float64), ~mask),
    (square, np.tri(4, dtype=bool)),
    (square, ~np.tri(4, dtype=bool)),
    (square.astype(np.float32)[:, :1], np.array([[True], [False], [True], [True]])),
    (square[:3, :, :1], np.zeros((3, 4), dtype=bool)),
    (square[:1], np.ones((1, 4), dtype=bool)),
]
values = []
for case, case_mask in cases:
    given, given_mask = case.copy(), case_mask.copy()
    result = np.asarray(masked_mean(given, given_mask))
    same = np.array_equal(given, case, equal_nan=True) and np.array_equal(given_mask, case_mask)
    values.append([result, str(result.dtype), bool(same)])
values

# %% [markdown]
# ## Question 2 · standardise within groups (3 points)
#
# Each row of `X` belongs to a group: a hospital, a scanner, a day. To remove what differs between
# groups, standardise within each. Write `standardise_by(X, groups, n_groups)`. `X` has shape `(n, d)`
# and holds whole numbers, of any integer or float dtype; `groups` has shape `(n,)` and holds integers
# from 0 to `n_groups - 1` in any order. Some groups may have no row. Return the tuple `(Z, means)`:
#
# - `Z`, shape `(n, d)`, `float64`: each entry minus the mean of its column *within its group*, divided
#   by the standard deviation (`ddof=0`) of its column within its group. Where a column does not vary
#   within a group, `Z` is 0.
# - `means`, shape `(n_groups, d)`, `float64`: the mean of each column in each group; `NaN` for a group
#   without rows.


# %% question="standardise_by" points=3
### BEGIN SOLUTION
def standardise_by(X, groups, n_groups):
    Z = np.zeros(X.shape)
    means = np.full((n_groups, X.shape[1]), np.nan)
    for group in np.unique(groups):
        member = groups == group
        means[group] = X[member].mean(axis=0, dtype=np.float64)
        deviations = X[member] - means[group]
        spread = np.sqrt((deviations**2).mean(axis=0))
        Z[member] = deviations / np.where(spread > 0, spread, 1)
    return Z, means


### END SOLUTION

# %% check="standardise_by"
_X = np.array([[1, 7, 0], [10, 5, 4], [3, 7, 0], [30, 5, 8], [20, 9, 0]], dtype=np.uint8)
_groups = np.array([2, 0, 2, 0, 0])
_kept = _X.copy()
_answer = standardise_by(_X, _groups, 4)
assert isinstance(_answer, tuple), f"expected a tuple (Z, means), got {type(_answer).__name__}"
assert len(_answer) == 2, f"expected two arrays, got {len(_answer)}"
_Z, _means = (np.asarray(_part) for _part in _answer)
assert (_Z.shape, _means.shape) == ((5, 3), (4, 3)), (
    f"expected the shapes (5, 3) and (4, 3), got {_Z.shape} and {_means.shape}. "
    "Groups without rows have a row of means, too."
)
assert np.allclose(_means[2], [2, 7, 0]), (
    f"Group 2 has the rows (1, 7, 0) and (3, 7, 0), mean (2, 7, 0); yours is {_means[2]}."
)
assert np.isnan(_means[[1, 3]]).all(), "Groups 1 and 3 have no rows: their means should be NaN."
assert _Z.dtype == _means.dtype == np.float64, (
    f"expected float64, got {_Z.dtype} and {_means.dtype}"
)
assert not np.isnan(_Z).any(), (
    "`Z` has NaN. The second column of group 2 is 7 and 7: its standard deviation is 0."
)
assert np.allclose(_Z[[0, 2], 0], [-1, 1]), (
    "In group 2 the first column is 1 and 3: mean 2, standard deviation 1. So `Z` should be -1 and 1, "
    f"yours is {_Z[[0, 2], 0]}. Whose standard deviation did you take, with which ddof?"
)
assert np.allclose(_Z[[0, 2], 1:], 0), "Where a column does not vary within a group, `Z` is 0."
_own = _Z[_groups == 0]
assert np.allclose(_own.mean(axis=0), 0), f"Group 0 should have means of 0: {_own.mean(axis=0)}"
assert np.allclose(_own.std(axis=0), 1), (
    f"Group 0 should have standard deviations of 1: {_own.std(axis=0)}. What is 30 squared in uint8?"
)
assert np.array_equal(_X, _kept), "Your function changed `X`."

# %% probe="standardise_by" rtol=1e-4
square = np.random.default_rng(seed + 2).integers(-50, 50, size=(6, 6))
cases = [
    (batch, groups, 10),
    (batch * 60, groups, 12),
    (batch.astype(np.float64) * 1000 + 7, groups[::-1].copy(), 11),
    (batch[:7], np.arange(7)[::-1].copy(), 7),
    (square, np.array([5, 0, 5, 0, 0, 5]), 6),
    (square[:, :1], np.array([1, 1, 1, 1, 1, 1]), 2),
    (square.astype(np.float32), np.array([0, 3, 0, 3, 4, 0]), 5),
]
values = []
for case, case_groups, n_groups in cases:
    given, given_groups = case.copy(), case_groups.copy()
    Z, means = (np.asarray(part) for part in standardise_by(given, given_groups, n_groups))
    same = np.array_equal(given, case) and np.array_equal(given_groups, case_groups)
    values.append([Z, means, str(Z.dtype), str(means.dtype), bool(same)])
values

# %% [markdown]
# ## Question 3 · keep the best (2 points)
#
# Before a language model draws the next word, all but its `k` best scores are often wiped out. Write
# `keep_top_k(scores, k, fill)`, which returns a new array of the shape and dtype of `scores`. Along the
# *last* axis it keeps the `k` largest entries where they are and puts `fill` everywhere else. Among
# equal scores, those with the smaller position are kept. `scores` has one, two or more axes and any
# integer or float dtype; its entries are below a billion in size or infinite, never `NaN`. `fill` can be
# held by that dtype. `k` is at least 0, and may be larger than the last axis.


# %% question="keep_top_k" points=2
### BEGIN SOLUTION
def keep_top_k(scores, k, fill):
    order = np.argsort(-scores.astype(np.float64), axis=-1, kind="stable")
    best = order[..., :k]
    kept = np.full_like(scores, fill)
    np.put_along_axis(kept, best, np.take_along_axis(scores, best, axis=-1), axis=-1)
    return kept


### END SOLUTION

# %% check="keep_top_k"
_scores = np.array([[1.5, 4.0, 2.0], [-3.0, -5.0, -4.0], [9.0, 9.0, 9.0]])
_kept = _scores.copy()
_got = np.asarray(keep_top_k(_scores, 2, -np.inf))
assert np.array_equal(_scores, _kept), "Your function changed `scores`."
assert _got.shape == (3, 3), f"expected shape (3, 3), got {_got.shape}"
assert np.array_equal(_got[0], [-np.inf, 4, 2]), (
    f"Of 1.5, 4, 2 the two largest are 4 and 2, and they stay where they are. You return {_got[0]}. "
    "Does each row get an order of its own?"
)
assert np.array_equal(_got[1], [-3, -np.inf, -4]), f"Of -3, -5, -4, -5 goes; you return {_got[1]}."
assert np.array_equal(_got[2], [9, 9, -np.inf]), (
    f"Among equal scores the first two are kept, and no more than two; you return {_got[2]}."
)
_many = np.asarray(keep_top_k(np.arange(60) % 3, 25, -1))
assert np.array_equal(np.flatnonzero(_many == 1), [1, 4, 7, 10, 13]), (
    "Of twenty twos and twenty ones, 25 are to be kept: all twos, and the five ones with the smallest "
    f"positions, 1, 4, 7, 10, 13; yours are at {np.flatnonzero(_many == 1)}. "
    "Not every way of sorting keeps the order of equal numbers."
)
_got = np.asarray(keep_top_k(np.array([3, 0, 200], dtype=np.uint8), 1, 0))
assert np.array_equal(_got, [0, 0, 200]), (
    f"Of the uint8 numbers 3, 0, 200, 200 is the largest; you return {_got}. "
    "What is minus 3 as uint8?"
)
assert _got.dtype == np.uint8, f"From uint8 you make {_got.dtype}."
assert np.array_equal(keep_top_k(_scores, 7, 0), _scores), "With k = 7 of 3, all are kept."
assert np.array_equal(keep_top_k(_scores, 0, 1), np.ones((3, 3))), "With k = 0 none is kept."
assert np.shape(keep_top_k(_scores[np.newaxis], 1, 0)) == (1, 3, 3), "More axes should work, too."

# %% probe="keep_top_k"
cases = [
    (scores, 7, -np.inf),
    (scores, 1, 0.5),
    (scores.T.copy(), 5, 9.0),
    ((scores * 4 + 4).astype(np.uint8), 13, 3),
    (scores.reshape(3, 4, 40).astype(np.float32), 11, -8),
    (scores.reshape(4, 3, 5, 8), 3, 0),
    (scores[0], 25, -2),
    ((scores[:, :20] * 1000).astype(np.int32), 20, 1),
    (scores[:2, :3], 4, 1),
    (scores[:2, :3], 0, 1),
    (np.where(scores < 0, -np.inf, scores), 33, 0),
]
values = []
for case, k, fill in cases:
    given = case.copy()
    result = np.asarray(keep_top_k(given, k, fill))
    same = np.array_equal(given, case) and not np.shares_memory(given, result)
    values.append([result, str(result.dtype), bool(same)])
values

# %% [markdown]
# ## Question 4 · windows of a series (2 points)
#
# A forecaster learns from pairs: some consecutive rows of a series, and a later row. Write
# `make_windows(series, width, horizon, step)`. `series` has shape `(n, d)`, one row per time. Return the
# tuple `(X, y)`, of shapes `(m, width, d)` and `(m, d)`:
#
# - window number `i` starts at row `i * step` and holds `width` consecutive rows;
# - its target is the row `horizon` rows after the window's *last* row;
# - `m` is the number of windows for which both the window and its target lie within the series. It may
#   be 0; the shapes are then `(0, width, d)` and `(0, d)`.
#
# Both have the dtype of `series`. They must be arrays of their own: writing into `X` or `y` must change
# neither the series nor another window. `width`, `horizon` and `step` are at least 1, `n` may be 0.


# %% question="make_windows" points=2
### BEGIN SOLUTION
def make_windows(series, width, horizon, step):
    starts = np.arange(0, len(series) - width - horizon + 1, step)
    rows = starts[:, np.newaxis] + np.arange(width)
    return series[rows], series[starts + width - 1 + horizon]


### END SOLUTION

# %% check="make_windows"
_series = np.arange(12).reshape(6, 2)  # row t is (2t, 2t + 1)
_kept = _series.copy()
_answer = make_windows(_series, 3, 1, 1)
assert isinstance(_answer, tuple), f"expected a tuple (X, y), got {type(_answer).__name__}"
_X, _y = _answer
assert np.shape(_X) == (3, 3, 2), (
    "In 6 rows there are 3 windows of width 3 that leave a row for the target, so X should have the "
    f"shape (3, 3, 2): windows, times, columns; yours has {np.shape(_X)}. If you used "
    "sliding_window_view, where does it put the window's axis?"
)
assert np.shape(_y) == (3, 2), f"y should have the shape (3, 2), yours has {np.shape(_y)}"
assert np.array_equal(_X[1], _series[1:4]), (
    f"Window 1 should hold rows 1, 2, 3 of the series:\n{_series[1:4]}\nYours is\n{_X[1]}"
)
assert np.array_equal(_y[1], _series[4]), (
    f"The target of rows 1, 2, 3 at horizon 1 is row 4, {_series[4]}; yours is {_y[1]}."
)
assert _X.dtype == _y.dtype == _series.dtype, (
    f"From a series of {_series.dtype} you make {_X.dtype} and {_y.dtype}."
)
_X2, _y2 = make_windows(_series, 2, 3, 2)
assert len(_X2) == len(_y2) == 1, (
    "Width 2, horizon 3, step 2: rows 0 and 1 have the target row 4. Rows 2 and 3 would need row 6, "
    f"which does not exist. You return {len(_X2)} windows and {len(_y2)} targets."
)
_X3, _y3 = make_windows(_series, 5, 4, 1)
assert (np.shape(_X3), np.shape(_y3)) == ((0, 5, 2), (0, 2)), (
    "No window of width 5 has a target at horizon 4, so the shapes should be (0, 5, 2) and (0, 2); "
    f"yours are {np.shape(_X3)} and {np.shape(_y3)}"
)
assert _X.flags.writeable, "X is read-only: sliding_window_view returns a view of the series."
_X[0, 1], _y[0] = -1, -1
assert np.array_equal(_series, _kept), "Writing into X or y changed the series: they are views."
assert np.array_equal(_X[1], _kept[1:4]), "Writing into window 0 changed window 1: they overlap."

# %% probe="make_windows"
cases = [
    (readings[:50], 7, 1, 1),
    (readings, 6, 5, 4),
    (readings.astype(np.float32), 1, 1, 3),
    (readings[:, :1], 3, 2, 2),
    (readings[:9, :2].round().astype(np.int16), 3, 3, 1),
    (readings[:8], 4, 4, 1),
    (readings[:8], 4, 5, 1),
    (readings[:3], 5, 9, 2),
    (readings[:0], 2, 1, 1),
    (readings[:21], 3, 3, 30),
]
values = []
for case, width, horizon, step in cases:
    given = case.copy()
    X_windows, y_windows = (np.asarray(part) for part in make_windows(given, width, horizon, step))
    values.append([X_windows.copy(), y_windows.copy(), str(X_windows.dtype), str(y_windows.dtype)])
    values.append(np.array_equal(given, case))
    if len(X_windows):
        X_windows[0], y_windows[0] = 77, 77
    values.append([np.array_equal(given, case), X_windows[1:].copy(), y_windows[1:].copy()])
values

# %% [markdown]
# ## Question 5 · masks in little space (3 points)
#
# Data sets for segmentation store a mask as *run lengths*. The mask is read **column by column**, each
# from top to bottom: first the whole of column 0, then column 1, and so on. Noted are the lengths of the
# runs of equal values, in turn: how many `False`, then how many `True`, then `False` … The first number
# always counts `False`; it is 0 if the mask begins with `True`. No other number is 0.
#
# Write `encode(mask)`, which returns the run lengths of a boolean array of shape `(h, w)` as a
# one-dimensional integer array, and `decode(lengths, shape)`, which returns the boolean array of shape
# `shape`. `h` and `w` are at least 1.


# %% question="run_lengths" points=3
### BEGIN SOLUTION
def encode(mask):
    flat = np.ravel(mask, order="F")
    changes = np.flatnonzero(flat != np.append(False, flat[:-1]))
    return np.diff(np.concatenate([[0], changes, [flat.size]]))


def decode(lengths, shape):
    values = np.arange(len(lengths)) % 2 == 1
    return np.repeat(values, lengths).reshape(shape, order="F")


### END SOLUTION

# %% check="run_lengths"
_mask = np.array([[0, 0, 1], [1, 0, 1]], dtype=bool)
_kept = _mask.copy()
_lengths = np.asarray(encode(_mask))
assert _lengths.ndim == 1, (
    f"The run lengths should be a flat array; yours has shape {_lengths.shape}"
)
assert _lengths.dtype.kind in "iu", (
    f"The run lengths should be integers, yours are {_lengths.dtype}"
)
assert _lengths.sum() == 6, f"The run lengths of 6 pixels should add up to 6: {_lengths}"
assert np.array_equal(_lengths, [1, 1, 2, 2]), (
    "Column by column the mask [[0, 0, 1], [1, 0, 1]] reads 0 1 0 0 1 1, so its run lengths are "
    f"1, 1, 2, 2. Yours are {_lengths}. In which order does `ravel` read?"
)
_inverted = np.asarray(encode(~_mask))
assert np.array_equal(_inverted, [0, 1, 1, 2, 2]), (
    "The inverted mask reads 1 0 1 1 0 0. It begins with True, so the first number, that of False, is "
    f"0, then come 1, 1, 2, 2. Yours are {_inverted}."
)
assert np.array_equal(encode(np.ones((2, 3), dtype=bool)), [0, 6]), "All True should be 0, 6."
assert np.array_equal(encode(np.zeros((2, 3), dtype=bool)), [6]), "All False should be just 6."
_decoded = np.asarray(decode(np.array([1, 1, 2, 2]), (2, 3)))
assert _decoded.dtype == bool, f"`decode` should return booleans, yours are {_decoded.dtype}"
assert _decoded.shape == (2, 3), f"expected shape (2, 3), got {_decoded.shape}"
assert np.array_equal(_decoded, _mask), (
    f"1, 1, 2, 2 with the shape (2, 3) should give\n{_mask.astype(int)}\nYours is\n"
    f"{_decoded.astype(int)}"
)
assert np.array_equal(decode(encode(blobs), blobs.shape), blobs), (
    "Encoding and decoding the blobs should give the blobs."
)
assert np.array_equal(_mask, _kept), "Your function changed the mask."

# %% probe="run_lengths"
masks = [
    blobs,
    ~blobs,
    blobs.T,
    np.asfortranarray(blobs),
    blobs[:, ::-1],
    blobs[:1],
    blobs[:, 4:5],
    np.ones((3, 5), dtype=bool),
    np.zeros((4, 2), dtype=bool),
    np.ones((1, 1), dtype=bool),
    np.arange(35).reshape(5, 7) % 2 == 0,
    np.random.default_rng(seed + 1).random((11, 6)) < 0.5,
]
given = [case.copy() for case in masks]
codes = [np.asarray(encode(case)) for case in masks]
lengths_given = np.array([3, 2, 1, 4, 2])
decoded = [
    np.asarray(decode(lengths_given, (3, 4))),
    np.asarray(decode(lengths_given, (4, 3))),
    np.asarray(decode(np.array([0, 5, 1, 2 + seed % 50]), (1, 8 + seed % 50))),
    np.asarray(decode(np.array([0, 20]), (4, 5))),
    np.asarray(decode(np.array([20]), (4, 5))),
]
[
    codes,
    [code.dtype.kind in "iu" for code in codes],
    decoded,
    [str(case.dtype) for case in decoded],
    [np.array_equal(case, kept) for case, kept in zip(masks, given, strict=True)],
    lengths_given,
]

# %% [markdown]
# ## Question 6 · neighbours in little memory (3 points)
#
# Write `nearest(X_train, X_new, k, chunk)`. Both tables hold pixels as `uint8`; `X_train` has shape
# `(n, d)`, `X_new` `(m, d)`. Return an integer array of shape `(m, k)`: for each row of `X_new` the
# positions of the `k` rows of `X_train` with the smallest Euclidean distance, nearest first. Among equal
# distances the smaller position comes first. `k` is at least 1 and at most `n`; `m` may be 0.
#
# Work on `chunk` rows of `X_new` at a time; `chunk` is at least 1 and may be larger than `m`, and `m`
# need not be a multiple of it. With `chunk=1`, `k` below 10, 1,000 training rows and 700 new rows of 64
# pixels, the function must at no time hold more than 5 MB besides its arguments (as `tracemalloc`
# measures it), the result included.


# %% question="nearest" points=3
### BEGIN SOLUTION
def nearest(X_train, X_new, k, chunk):
    train = X_train.astype(np.float64)
    squares = (train**2).sum(axis=1)
    found = np.zeros((len(X_new), k), dtype=np.int64)
    for start in range(0, len(X_new), chunk):
        rows = slice(start, start + chunk)
        products = X_new[rows].astype(np.float64) @ train.T
        distances = squares - 2 * products  # the new row's own square changes no order
        found[rows] = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return found


### END SOLUTION

# %% check="nearest"
_train = np.array([[0, 0], [200, 0], [0, 90], [3, 4], [4, 3]], dtype=np.uint8)
_new = np.array([[1, 0], [250, 1], [0, 50]], dtype=np.uint8)
_kept = _train.copy(), _new.copy()
_got = np.asarray(nearest(_train, _new, 3, 2))
assert _got.shape == (3, 3), f"expected shape (3, 3), got {_got.shape}"
assert _got.dtype.kind in "iu", f"The positions should be integers, yours are {_got.dtype}"
assert _got[1, 0] == 1, (
    f"(200, 0) is nearest to (250, 1); your answer is row {_got[1, 0]}, {_train[_got[1, 0]]}. "
    "What is 200 - 250 in uint8, and what is 50 squared?"
)
assert np.array_equal(_got[2], [2, 3, 4]), (
    "From (0, 50) it is 40 to (0, 90), 46.1 to (3, 4), 47.2 to (4, 3) and 50 to (0, 0), so rows 2, 3, "
    f"4; yours are {_got[2]}. The third row is the second chunk, alone."
)
_ties = np.asarray(nearest(np.tile(_train, (20, 1)), _new, 25, 5))
assert np.array_equal(_ties[0, :20], np.arange(0, 100, 5)), (
    "With all training rows repeated 20 times, (0, 0) is found at 0, 5, 10 … 95, and these should come "
    f"in that order; yours are {_ties[0, :20]}. Not every way of sorting keeps equal numbers in order."
)
for _chunk in (1, 3, 10):
    assert np.array_equal(nearest(_train, _new, 3, _chunk), _got), (
        f"With chunk={_chunk} your answer differs from that with chunk=2."
    )
_none = np.asarray(nearest(_train, _new[:0], 3, 2))
assert _none.shape == (0, 3), f"Without new rows the shape should be (0, 3), not {_none.shape}."
assert _none.dtype.kind in "iu", (
    f"Without new rows you return {_none.dtype}. Which dtype does NumPy give to an empty list?"
)
assert np.array_equal(_train, _kept[0]), "Your function changed `X_train`."
assert np.array_equal(_new, _kept[1]), "Your function changed `X_new`."
tracemalloc.start()
nearest(pixels[:1000], pixels[1000:], 5, 1)
_peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
assert _peak < 5e6, (
    f"Your function held {_peak / 1e6:.1f} MB at one time; 5 MB are allowed. "
    "Which of your arrays has more than `chunk` rows and 1,000 columns? Do you keep slices of sorted "
    "rows? A view keeps its whole block alive."
)

# %% probe="nearest"
coarse = pixels // 2 * 100
cases = [
    (pixels[:300], pixels[300:337], 12, 5),
    (coarse[:200], coarse[200:209], 40, 4),
    (coarse[:90, :30], coarse[90:96, :30], 90, 6),
    (pixels[:64], pixels[64:128], 1, 100),
    (pixels[:1, :3], pixels[1:6, :3], 1, 2),
    (pixels[:9], pixels[:0], 2, 3),
    (255 - coarse[:50], coarse[:11], 7, 1),
]
values = []
for X_train, X_new, k, chunk in cases:
    given, given_new = X_train.copy(), X_new.copy()
    result = np.asarray(nearest(given, given_new, k, chunk))
    same = np.array_equal(given, X_train) and np.array_equal(given_new, X_new)
    values.append([result, result.dtype.kind in "iu", bool(same)])
tracemalloc.start()
result = np.asarray(nearest(pixels[:1000], pixels[1000:], 9, 1))
peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
[values, result[::8], result.shape, bool(peak < 5e6)]
