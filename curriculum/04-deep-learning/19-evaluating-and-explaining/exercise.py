# ---
# title: "Exercise: evaluating and explaining networks"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: evaluating and explaining networks
#
# Six tools that the lesson did not write for you. No question needs the answer of another, and nothing is
# trained. Change `seed` to practise again on other data. Logarithms are natural.

# %% tags=["parameters"]
seed = 19  # which data you get

# %%
import itertools

import keras
import numpy as np
import tensorflow as tf
from scipy.special import log_softmax, softmax
from scipy.stats import norm

rng = np.random.default_rng(seed)

# question 1: logits of a network that is too sure, and labels
y = rng.integers(0, 4, size=230)
logits = 3 * (rng.normal(size=(230, 4)) + 1.2 * np.eye(4)[y])

# question 2: logits of four networks, shape (members, rows, classes)
y_val = rng.integers(0, 3, size=150)
z_val = 4 * (
    np.eye(3)[y_val] + 0.8 * rng.normal(size=(150, 3)) + 0.9 * rng.normal(size=(4, 150, 3))
)
z_new = 5 * rng.normal(size=(4, 40, 3)) + 3 * rng.normal(size=(40, 3))
grid = np.linspace(0.5, 8, 76)

# question 3: which pictures were answered rightly, and where they come from
columns = {
    "scanner": rng.choice(["A", "B", "C"], size=1200, p=[0.5, 0.35, 0.15]),
    "pen": rng.choice(["thick", "thin"], size=1200),
    "year": rng.choice([2023, 2024, 2025], size=1200, p=[0.6, 0.37, 0.03]),
}
risk = np.where((columns["scanner"] == "B") & (columns["pen"] == "thin"), 0.4, 0.07)
risk = np.where(columns["year"] == 2025, 0.5, risk)
right = rng.random(1200) >= risk

# question 4: five networks judge 120 labels of four classes; network k never saw the rows of fold k
folds, truth = rng.permutation(120) % 5, rng.integers(0, 4, size=120)
labels = np.where(rng.random(120) < 0.1, (truth + 1) % 4, truth)
own_fold = (folds == np.arange(5)[:, np.newaxis])[..., np.newaxis]
evidence = np.where(own_fold, np.eye(4)[truth] * [3, 3, 3, 1.5], 6 * np.eye(4)[labels])
judged = softmax(evidence + rng.normal(size=(5, 120, 4)), axis=-1)

# questions 5 and 6: a network with drawn weights for pictures of 12 pixels; it returns three logits
weights = [rng.normal(size=(12, 16)), rng.normal(size=16), rng.normal(size=(16, 3)), np.zeros(3)]
network = keras.Sequential(
    [keras.Input((12,)), keras.layers.Dense(16, "tanh"), keras.layers.Dense(3)]
)
network.set_weights(weights)
pictures = rng.random((20, 12)).astype("float32")

# %% [markdown]
# ## Question 1 · bins of equal mass (2 points)
#
# Most rows have a confidence near 1, so bins of equal *width* put nearly all rows into one. Bins of equal *mass* hold
# equally many: sort the rows by confidence (the largest probability) and cut them into `bins` groups of
# neighbours. If the number of rows $n$ is not a multiple of `bins`, the first `n % bins` groups (those of lowest confidence)
# hold one row more.
#
# Write `calibration(logits, y, bins)`, where `logits` has the shape `(n, classes)`. Return the tuple `(ece, worst)`: the mean
# of |accuracy − mean confidence| over the groups, weighted by their rows; and *confidence − accuracy*, with its
# sign, of the group where it is largest in size. `bins` is at most $n$.


# %% question="calibration" points=2
### BEGIN SOLUTION
def calibration(logits, y, bins):
    confidence = softmax(logits, axis=1).max(axis=1)
    gaps = confidence - (logits.argmax(axis=1) == y)
    groups = np.array_split(gaps[np.argsort(confidence)], bins)
    sums = np.array([group.sum() for group in groups])
    means = np.array([group.mean() for group in groups])
    return np.abs(sums).sum() / len(y), means[np.argmax(np.abs(means))]


### END SOLUTION

# %% check="calibration"
_answer = calibration(logits, y, 10)
assert len(_answer) == 2, "Return the tuple (ece, worst)."
_sure = np.array([[0.0, 50.0]] * 4 + [[0.0, 0.0]] * 2)
_ece, _worst = calibration(_sure, np.array([1, 1, 1, 0, 0, 0]), 1)
assert np.isclose(_ece, abs(5 / 6 - 5 / 6)), (
    f"Four rows of confidence 1 and two of 0.5 make 5 / 6 on average, and 5 of 6 are right: no gap, not {_ece:.3f}."
)
_ece, _worst = calibration(_sure[:4], np.array([1, 1, 1, 0]), 1)
assert np.isclose(_worst, 0.25), (
    f"Confidence 1 and 3 of 4 right: too sure by 0.25, not {_worst:.3f}. Which sign says too sure?"
)
_ece = calibration(_sure[:5], np.array([1, 1, 1, 1, 1]), 2)[0]
assert np.isclose(_ece, 3 / 5 * 0.5 / 3), (
    "Five rows in two groups: the three least sure (0.5, 1, 1; the answer of the 0.5 is wrong) and two more. The first "
    f"group has a gap of 1/6, the second none: 0.1 by weight, not {_ece:.3f}."
)
_shuffled = np.random.default_rng(0).permutation(len(y))
assert np.allclose(calibration(logits[_shuffled], y[_shuffled], 7), calibration(logits, y, 7)), (
    "The order of the rows should not matter."
)

# %% probe="calibration" rtol=1e-6
[list(map(float, calibration(logits, y, _bins))) for _bins in (1, 4, 7, 15, 60, 230)] + [
    list(map(float, calibration(logits / 6, y, 9))),
    list(map(float, calibration(logits[:53, :3], y[:53] % 3, 6))),
]

# %% [markdown]
# ## Question 2 · one temperature for an ensemble (3 points)
#
# An ensemble's answer is the mean of its members' *probabilities*. Here one temperature $T$ divides the logits of all
# members *before* that mean is taken.
#
# Write `opinions(z_val, y_val, z_new, grid)`; logits have the shape `(members, rows, classes)`. Return a dictionary:
#
# - `"T"`: the entry of `grid` with the lowest mean log loss of the *ensemble's answer* on the validation rows, and `"loss"`: that lowest log loss, both `float`,
# - `"total"`: for each new row, the entropy of the ensemble's answer at this $T$,
# - `"disagreement"`: for each new row, that entropy minus the mean of the members' entropies.
#
# Everything must stay finite for logits of ±5,000, where a probability rounds to 0 ($0 \log 0$ is 0; the log loss of a row
# on which *all* members are wrong by 5,000 is about $5,000 / T$).


# %% question="opinions" points=3
### BEGIN SOLUTION
def opinions(z_val, y_val, z_new, grid):
    def log_mean(z, T):  # log of the mean probability
        logs = log_softmax(z / T, axis=-1)
        return np.logaddexp.reduce(logs, axis=0) - np.log(len(z))

    rows = np.arange(len(y_val))
    losses = [float(-log_mean(z_val, T)[rows, y_val].mean()) for T in grid]
    T = float(grid[np.argmin(losses)])
    mean, each = log_mean(z_new, T), log_softmax(z_new / T, axis=-1)
    total = -np.sum(np.exp(mean) * mean, axis=-1)
    within = -np.sum(np.exp(each) * each, axis=-1).mean(axis=0)
    return {"T": T, "loss": min(losses), "total": total, "disagreement": total - within}


### END SOLUTION

# %% check="opinions"
_found = opinions(z_val, y_val, z_new, grid)
assert sorted(_found) == ["T", "disagreement", "loss", "total"], f"the keys are {sorted(_found)}"
assert np.shape(_found["total"]) == np.shape(_found["disagreement"]) == (40,), (
    "expected 40 numbers each"
)
assert _found["T"] in grid, "T should be an entry of the grid."
assert np.all(np.asarray(_found["disagreement"]) > -1e-9), "Disagreement is never negative."
_one = opinions(z_val[[0, 0]], y_val, z_new[[0, 0]], grid)
assert np.allclose(_one["disagreement"], 0, atol=1e-9), "Twice the same network never disagrees."
_split = np.array([[[60.0, 0.0]], [[0.0, 60.0]]])
_half = opinions(z_val, y_val, _split, np.array([1.0]))
assert np.allclose([_half["total"][0], _half["disagreement"][0]], np.log(2)), (
    "Two members, each sure, of different classes: the mean is (0.5, 0.5), the total log 2, all of it disagreement; you "
    f"have {_half['total'][0]:.3f} and {_half['disagreement'][0]:.3f}. Are probabilities averaged, or logits?"
)
_far = opinions(1000 * z_val, y_val, 1000 * z_new, 1000 * grid)
assert np.isclose(_far["T"], 1000 * _found["T"]), (
    "Logits 1,000 times as large need 1,000 times the temperature."
)
_far = opinions(1000 * z_val, y_val, 1000 * z_new, grid)
assert np.all(np.isfinite(_far["total"])), "With very large logits the entropy is not finite."
assert _far["T"] == grid[-1], "Logits 1,000 times too large need the largest T of the grid."
_far = opinions(_split[:, [0, 0]] * [-80, 80], np.array([0, 0]), _split, np.array([2.0]))["loss"]
assert 100 < _far < 10_000, (
    f"A log loss is not finite, or limited to {_far:.1f} where probabilities round to 0. Stay with logarithms."
)

# %% probe="opinions" rtol=1e-5 atol=1e-8
[
    [_found[_key] for _key in ("T", "loss")]
    + [np.asarray(_found[_key]) for _key in ("total", "disagreement")]
    for _found in (
        opinions(z_val, y_val, z_new, grid),
        opinions(z_val[:2, :70], y_val[:70], z_new[:2, :9], grid),
        opinions(z_val[1:, 50:] * 1.7, y_val[50:], z_new[1:], grid[::-1]),
        opinions(z_val * 600, y_val, z_new[:, :12] * 600, grid[10:60] * 20),
        opinions(z_val[..., ::-1], 2 - y_val, z_new[..., ::-1][:, :8], grid),
        opinions(z_val * 600, y_val, z_new[:3, :7], np.array([2.5])),
    )
]

# %% [markdown]
# ## Question 3 · slices and their pairs (3 points)
#
# Write `weak_slices(right, columns, min_count, alpha)`. `right` is an array of booleans, `columns` a dictionary of arrays of
# the same length. *Slices* are
#
# - all rows with one value of one column, named like `"pen=thin"`,
# - all rows with one value in each of two different columns, named like `"scanner=B, pen=thin"`, columns in the order of
#   the dictionary.
#
# Only slices of at least `min_count` rows count. Let $m$ be their number. Each gets Wilson's interval for its accuracy at the
# level $1 - \text{alpha} / m$, two-sided: with $z$ = `norm.ppf(1 - alpha / m / 2)`, $\hat p$ and the slice's $n$,
#
# $$ \frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}} $$
#
# Return a list of tuples `(name, n, low, high)`, one for each slice whose interval lies wholly below the accuracy of *all*
# rows, lowest `high` first.


# %% question="weak_slices" points=3
### BEGIN SOLUTION
def weak_slices(right, columns, min_count, alpha):
    single = {
        name: [(f"{name}={value}", values == value) for value in np.unique(values)]
        for name, values in columns.items()
    }
    slices = [entry for entries in single.values() for entry in entries]
    for first, second in itertools.combinations(single.values(), 2):
        slices += [(f"{a}, {b}", A & B) for a, A in first for b, B in second]
    slices = [(name, rows) for name, rows in slices if rows.sum() >= min_count]
    weak = []
    for name, rows in slices:
        z, n, p = norm.ppf(1 - alpha / len(slices) / 2), int(rows.sum()), right[rows].mean()
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        low, high = ((p + z**2 / (2 * n) + sign * half) / (1 + z**2 / n) for sign in (-1, 1))
        if high < right.mean():
            weak.append((name, n, float(low), float(high)))
    return sorted(weak, key=lambda entry: entry[3])


### END SOLUTION

# %% check="weak_slices"
_weak = weak_slices(right, columns, 30, 0.05)
assert all(len(_entry) == 4 for _entry in _weak), "Each entry is (name, n, low, high)."
_names = [_entry[0] for _entry in _weak]
assert "scanner=B, pen=thin" in _names, (
    f"Thin pens on scanner B fail in 4 of 10 pictures; among your slices {_names} they are missing."
)
assert all(_entry[2] < _entry[3] < right.mean() for _entry in _weak), (
    "Each interval should lie wholly below the accuracy of all rows."
)
assert [_entry[3] for _entry in _weak] == sorted(_entry[3] for _entry in _weak), (
    "The lowest `high` comes first."
)
_toy = {"a": np.array([0] * 40 + [1] * 60), "b": np.array([0, 1] * 50)}
_toy_right = np.arange(100) >= 20
_got = weak_slices(_toy_right, _toy, 40, 0.05)
assert [_entry[:2] for _entry in _got] == [("a=0", 40)], (
    "In the toy data a=0 has 40 rows, 20 of them right, of 80 in all; its pairs have only 20 rows. You return "
    f"{_got}. Does at least 40 include 40?"
)
_high = _got[0][3]
assert 0.68 < _high < 0.70, (
    f"Four slices have 40 rows or more, so z is 2.50 and the interval of a=0 ends at 0.686, not at {_high:.3f}. What "
    "does m count?"
)

# %% probe="weak_slices" rtol=1e-6
_both = int(np.sum((columns["scanner"] == "B") & (columns["pen"] == "thin")))
[
    [[_entry[3] for _entry in _weak], sorted(map(tuple, _weak))]  # equal ends in any order
    for _weak in (
        weak_slices(right, columns, 30, 0.05),
        weak_slices(right, columns, 1, 0.05),
        weak_slices(right, columns, 100, 0.3),
        weak_slices(~right, columns, 20, 0.01),
        weak_slices(right, {"year": columns["year"]}, 5, 0.05),
        weak_slices(
            right[:300], {_key: columns[_key][:300] for _key in ("pen", "scanner")}, 10, 0.2
        ),
        weak_slices(right, columns, _both, 0.05),
        weak_slices(right, columns, _both + 1, 0.05),
    )
]

# %% [markdown]
# ## Question 4 · wrong labels, fair to hard classes (2 points)
#
# Hard classes have low probabilities even where their labels are right, so the lowest probability is not a fair test. *Confident
# learning* asks whether another class is *unusually* probable:
#
# - Each row is judged only by the network that did not train on it: `judged` has the shape `(folds, rows, classes)`, and
#   network `k` did not see the rows with `folds == k`.
# - The threshold $t_j$ of class $j$ is the mean probability of $j$ over the rows that are *labelled* $j$.
# - A row is a suspect if a class $j$ other than its label has a probability of at least $t_j$. Its proposal is the most
#   probable of these classes. A class without rows has no threshold and is never proposed.
#
# Write `suspects(judged, labels, folds)`. Return a list of tuples `(row, proposal)`, both `int`, the row whose own
# label is least probable first.


# %% question="suspects" points=2
### BEGIN SOLUTION
def suspects(judged, labels, folds):
    rows = np.arange(len(labels))
    p = judged[folds, rows]
    found = np.zeros(p.shape)
    for j in np.unique(labels):
        threshold = p[labels == j, j].mean()
        found[:, j] = np.where((p[:, j] >= threshold) & (labels != j), p[:, j], 0)
    order = np.argsort(p[rows, labels])
    return [(int(row), int(found[row].argmax())) for row in order if found[row].any()]


### END SOLUTION

# %% check="suspects"
_found = suspects(judged, labels, folds)
assert all(len(_pair) == 2 for _pair in _found), "Each entry is (row, proposal)."
assert all(labels[_row] != _other for _row, _other in _found), (
    "A row's own label is never a proposal."
)
_hits = np.mean([truth[_row] == _other for _row, _other in _found])
assert _hits > 0.4, (
    f"Only {_hits:.0%} of your proposals are the true class. Is each row judged by the network that did not see it?"
)
_p = np.array([[0.6, 0.4, 0], [0.9, 0.1, 0], [0.5, 0.5, 0], [0.3, 0.7, 0]])[np.newaxis]
_toy = suspects(_p, np.array([0, 0, 1, 1]), np.zeros(4, int))
assert _toy == [], (
    f"Toy: the thresholds are 0.75 and 0.6 (class 2 has none), no row has that much for another class, you found {_toy}."
)
_more = np.concatenate([_p, [[[0.9, 0.1, 0]]]], axis=1)
_toy = suspects(_more, np.array([0, 0, 1, 1, 1]), np.zeros(5, int))
assert _toy == [(4, 0)], (
    "Toy with a fifth row, labelled 1, that has 0.9 for class 0: the thresholds are 0.75 and 0.43, so it is the only suspect, you "
    f"found {_toy}."
)
_toy = suspects(_p, np.array([1, 0, 0, 1]), np.zeros(4, int))
assert _toy == [], (
    "Toy with other labels: the thresholds are 0.7 and 0.55. Row 0 is labelled 1 and has 0.6 for class 0, row 2 is labelled 0 "
    f"and has 0.5 for class 1: no suspect, you found {_toy}."
)

# %% probe="suspects" exact=true
_first = np.arange(120) < 60
_tie = np.array([[[0.25, 0.175, 0.575], [0.25, 0.5, 0.25], [0.3, 0.125, 0.575]]])
[
    suspects(judged, labels, folds),
    suspects(judged, truth, folds),
    suspects(judged[:, _first], labels[_first], folds[_first]),
    suspects(judged, np.where(labels == 2, 0, labels), folds),
    suspects(judged[:1], labels, np.zeros(120, int)),
    suspects(judged[::-1], labels, 4 - folds),
    suspects(judged[..., [1, 2, 3, 0]], labels, folds),
    suspects(judged[..., :3] + judged[..., 1:], labels % 3, (folds + 1) % 5),
    suspects(_tie, np.arange(3), np.zeros(3, int)),
]

# %% [markdown]
# ## Question 5 · many baselines (3 points)
#
# No single baseline is the right one, so take several and average their integrated gradients.
#
# Write `explain(f, x, baselines, steps)`. `f` takes a float32 tensor of shape `(rows, pixels)`, with any number of rows,
# and returns a tensor of shape `(rows,)`; each output depends on its own row only. `x` has the shape `(pixels,)`, `baselines` the
# shape `(n, pixels)`. For each baseline, take the gradient in the middle of each of `steps` equal pieces of the straight line
# from it to `x`.
#
# Return `(attribution, gap)`: an array of shape `(pixels,)`, and the `float` by which its sum exceeds
# $f(x)$ minus the mean of $f$ over the baselines (negative where it falls short).


# %% question="explain" points=3
### BEGIN SOLUTION
def explain(f, x, baselines, steps):
    shares = (np.arange(steps) + 0.5)[:, np.newaxis, np.newaxis] / steps
    path = baselines + shares * (x - baselines)
    rows = tf.constant(path.reshape(-1, len(x)), "float32")
    with tf.GradientTape() as tape:
        tape.watch(rows)
        total = tf.reduce_sum(f(rows))
    slopes = tape.gradient(total, rows).numpy().reshape(path.shape).mean(axis=0)
    attribution = np.mean((x - baselines) * slopes, axis=0)
    change = f(tf.constant(x[np.newaxis], "float32")) - tf.reduce_mean(
        f(tf.constant(baselines, "float32"))
    )
    return attribution, float(attribution.sum() - change.numpy()[0])


### END SOLUTION


# %% check="explain"
def _product(X):
    return X[:, 0] * X[:, 1] + 3 * X[:, 2]


_x, _zero = np.array([2.0, 4.0, 1.0, 9.0]), np.zeros((1, 4))
_got, _gap = explain(_product, _x, _zero, 5)
assert np.shape(_got) == (4,), f"expected the shape (4,), got {np.shape(_got)}"
assert np.allclose(_got, [4, 4, 3, 0], atol=1e-3), (
    "f = x0 · x1 + 3 · x2 at (2, 4, 1, 9), from zeros: x0 and x1 share the 8 equally, x2 has 3, x3 nothing; you have "
    f"{np.round(_got, 2)}. Is the slope multiplied by what changed?"
)
assert abs(_gap) < 1e-3, f"The shares add up to f(x) - f(0) = 11, so the gap is 0, not {_gap:.3f}."
_got, _gap = explain(_product, _x, np.array([[0.0, 0, 0, 0], [2, 4, 1, 0]]), 5)
assert np.allclose(_got, [2, 2, 1.5, 0], atol=1e-3), (
    "The second baseline differs in x3 only, which f ignores: the mean of both is half of the first. You have "
    f"{np.round(_got, 2)}. Does every baseline have its own line?"
)
_got, _gap = explain(lambda X: X[:, 0] ** 3, np.array([2.0]), np.zeros((1, 1)), 1)
assert np.isclose(_gap, -2, atol=1e-3), (
    f"x³ from 0 to 2 with one step: the slope in the middle is 3, so 6 instead of 8, a gap of -2, not {_gap:.2f}."
)


# %% probe="explain" rtol=1e-3 atol=1e-4
def _logit(X):
    return network(X)[:, 1]


def _chance(X):
    return tf.nn.softmax(3 * network(X))[:, 0]


def _waves(X):
    return tf.sin(3 * X[:, 0]) * X[:, 1] ** 2 - tf.exp(X[:, 2] * X[:, 3])


[
    [np.asarray(_attribution), float(_gap)]
    for _attribution, _gap in (
        explain(_logit, pictures[0], pictures[1:4], 3),
        explain(_chance, pictures[1], pictures[5:7], 7),
        explain(_chance, pictures[2], np.zeros((1, 12)), 40),
        explain(_logit, pictures[3], np.ones((1, 12)), 1),
        explain(_waves, pictures[4, :6] * 2, pictures[6:11, :6], 2),
        explain(_waves, pictures[5, :4], pictures[11:13, :4] - 1, 4),
    )
]

# %% [markdown]
# ## Question 6 · attack with an aim (2 points)
#
# Write `attack(model, X, labels, epsilon, step, steps, targeted)`. `model` gives logits; `X` is float32 of shape
# `(rows, pixels)`, between 0 and 1. Start at `X` and repeat `steps` times:
#
# 1. Take each row's gradient of its cross-entropy for its entry in `labels`.
# 2. Untargeted, `labels` are the true classes: move each pixel by `step` in the direction of the slope's sign. Targeted,
#    `labels` are the classes that the attacker wants: move in the other direction.
# 3. Return to at most `epsilon` from the pixel's first value, and to values between 0 and 1.
#
# A row that has reached its aim stays as it is from then on, so it may not move at all. The aim is: another answer than the
# label, or, targeted, the label as the answer. Return the attacked rows, an array of the shape of `X`.


# %% question="attack" points=2
### BEGIN SOLUTION
def attack(model, X, labels, epsilon, step, steps, targeted):
    now, direction = X, -1 if targeted else 1
    for _ in range(steps):
        rows = tf.constant(now)
        with tf.GradientTape() as tape:
            tape.watch(rows)
            z = model(rows)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, z)
        moved = now + np.float32(direction * step) * np.sign(tape.gradient(losses, rows))
        moved = np.clip(np.clip(moved, X - epsilon, X + epsilon), 0, 1).astype("float32")
        reached = (np.argmax(z, axis=1) == labels) == targeted
        now = np.where(reached[:, np.newaxis], now, moved)
    return now


### END SOLUTION

# %% check="attack"
_answers = np.argmax(network(pictures), axis=1)
_hit = np.asarray(attack(network, pictures, _answers, 0.3, 0.1, 8, False))
assert _hit.shape == pictures.shape, f"expected the shape {pictures.shape}, got {_hit.shape}"
assert np.abs(_hit - pictures).max() < 0.3001, "No pixel may move by more than epsilon."
assert _hit.min() >= 0, "No pixel may become negative."
assert _hit.max() <= 1, "No pixel may exceed 1."
_changed = np.argmax(network(_hit), axis=1) != _answers
assert _changed.mean() > 0.6, (
    f"Steps of 0.1 within 0.3 should change most answers, yours change {_changed.mean():.0%}. Which direction raises the loss?"
)
_wanted = (_answers + 1) % 3
_aimed = np.asarray(attack(network, pictures, _wanted, 0.4, 0.1, 10, True))
_before = network(pictures).numpy()[np.arange(20), _wanted]
_after = network(_aimed).numpy()[np.arange(20), _wanted]
assert np.mean(_after > _before) > 0.8, (
    "Targeted: the wanted class should become more probable. Direction?"
)
_still = np.asarray(attack(network, pictures, _wanted, 0.3, 0.1, 3, False))
assert np.allclose(_still, pictures), (
    "These rows already have another answer than their label, so an untargeted attack leaves them alone."
)

# %% probe="attack" rtol=1e-3 atol=1e-4
_answers = np.argmax(network(pictures), axis=1)
[
    np.asarray(attack(network, pictures, _answers, 0.1, 0.1, 1, False)),
    np.asarray(attack(network, pictures, _answers, 0.3, 0.12, 6, False)),
    np.asarray(attack(network, pictures, (_answers + 1) % 3, 0.35, 0.15, 7, True)),
    np.asarray(attack(network, pictures[:9], np.arange(9) % 3, 0.2, 0.07, 4, True)),
    np.asarray(attack(network, pictures[:9], np.arange(9) % 3, 0.5, 0.2, 5, False)),
    np.asarray(attack(network, np.round(pictures[9:]), _answers[9:], 0.25, 0.3, 2, False)),
]
