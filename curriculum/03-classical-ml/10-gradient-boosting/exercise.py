# ---
# title: "Exercise: gradient boosting"
# minutes: 50
# ---

# %% [markdown]
# # Exercise: gradient boosting
#
# Five jobs around boosting that the lesson did not do for you. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input of the shapes
# that its question names. NumPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 10  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.tree import DecisionTreeRegressor

rng = np.random.default_rng(seed)
X, y = load_diabetes(return_X_y=True, scaled=False)
order = rng.permutation(len(y))

# question 1: 150 patients to learn from, 40 to predict
X_some, y_some, X_new = X[order[:150]], y[order[:150]], X[order[150:190]]

# question 2: one column, and the gradient and hessian of every row
column = rng.integers(0, 12, size=60) ** 2 / 4
gradient = rng.normal(size=60) + np.where(column > rng.uniform(3, 15), 0.9, -0.6)
hessian = rng.uniform(0.05, 0.25, size=60)

# question 3: a validation loss after every round
rounds = np.arange(1, 121)
losses = 0.4 + 0.3 * np.exp(-rounds / rng.uniform(8, 20)) + rng.uniform(0.0004, 0.001) * rounds
losses = losses + rng.normal(scale=0.004, size=120)

# question 4: rows to train on, to choose by, and to report on
train, valid, test = order[:140], order[140:250], order[250:]

# question 5: two fitted models
one, two = (
    GradientBoostingRegressor(n_estimators=25, max_depth=depth, random_state=0).fit(X_some, y_some)
    for depth in (1, 3)
)

# %% [markdown]
# ## Question 1 · boosting for a quantile (4 points)
#
# A model for the quantile $q$ starts with `np.quantile(y, q)` for every row. Then it repeats `n_trees`
# times:
#
# 1. The residual of a row is $y$ minus its prediction so far. The negative gradient of the quantile
#    loss is $q$ where the residual is positive, and $q - 1$ everywhere else.
# 2. Fit `DecisionTreeRegressor(max_depth=2, min_samples_leaf=8, random_state=0)` to it.
# 3. Replace the value of each leaf by the quantile $q$ of the *residuals* of the training rows in it
#    (`np.quantile`), and add `learning_rate` times that to every row in the leaf.
#
# Write `boost_quantile(X, y, X_new, q, n_trees, learning_rate)`, which returns the predictions for
# `X_new`, shape `(len(X_new),)`. `tree.apply(X)` tells the leaf of every row. $0 < q < 1$,
# `n_trees` $\ge 0$, and `learning_rate` lies between 0 and 1, both excluded.


# %% question="boost_quantile" points=4
### BEGIN SOLUTION
def boost_quantile(X, y, X_new, q, n_trees, learning_rate):
    fitted = np.full(len(X), np.quantile(y, q))
    predicted = np.full(len(X_new), np.quantile(y, q))
    for _ in range(n_trees):
        residual = y - fitted
        tree = DecisionTreeRegressor(max_depth=2, min_samples_leaf=8, random_state=0)
        tree.fit(X, np.where(residual > 0, q, q - 1))
        leaf, leaf_new = tree.apply(X), tree.apply(X_new)
        for name in np.unique(leaf):
            value = np.quantile(residual[leaf == name], q)
            fitted[leaf == name] += learning_rate * value
            predicted[leaf_new == name] += learning_rate * value
    return predicted


### END SOLUTION

# %% check="boost_quantile"
_p = np.asarray(boost_quantile(X_some, y_some, X_new, 0.8, 30, 0.2))
assert _p.shape == (40,), f"expected shape (40,), got {_p.shape}"
_p = boost_quantile(X_some, y_some, X_new, 0.3, 0, 0.2)
assert np.allclose(_p, np.quantile(y_some, 0.3)), (
    "With no tree, every prediction is the quantile 0.3 of y."
)
_low, _high = (boost_quantile(X_some, y_some, X_some, _q, 30, 0.2) for _q in (0.2, 0.8))
_below = np.mean(y_some <= _high)
assert abs(_below - 0.8) < 0.1, (
    f"About 80 % of the training rows should lie below their predicted quantile 0.8, not {_below:.0%}. "
    "Which side of the residual gets q, and what goes into a leaf?"
)
assert np.mean(_low < _high) > 0.9, "The quantile 0.2 should lie below the quantile 0.8."
_pinball = np.mean(np.maximum(0.8 * (y_some - _high), -0.2 * (y_some - _high)))
_constant = y_some - np.quantile(y_some, 0.8)
assert _pinball < 0.9 * np.mean(np.maximum(0.8 * _constant, -0.2 * _constant)), (
    "30 trees should lower the quantile loss on their own training rows clearly. Does each tree see the "
    "residuals that the trees before left?"
)

# %% probe="boost_quantile" rtol=1e-6
[
    boost_quantile(X_some, y_some, X_new, 0.8, 20, 0.2),
    boost_quantile(X_some, y_some, X_new, 0.25, 12, 0.45),
    boost_quantile(X_some[:90], -y_some[:90], X_new[:7], 0.6, 3, 0.9),
    boost_quantile(X_some[:120], y_some[:120], X_new[:5], 0.35, 1, 0.5),
    boost_quantile(X_some, y_some, X_new[:2], 0.9, 0, 0.5),
    boost_quantile(X_some[:101], np.round(y_some[:101] / 40), X_new[:9], 0.5, 2, 0.5),
]

# %% [markdown]
# ## Question 2 · how XGBoost chooses a split (4 points)
#
# XGBoost keeps for every row the first derivative of the loss, $g$, and the second, $h$. Let $G_L, H_L$
# be their sums over the rows that go left, $G_R, H_R$ over those that go right, $G, H$ over all. The
# gain of a split is
#
# $$ \frac12 \left( \frac{G_L^2}{H_L + \lambda} + \frac{G_R^2}{H_R + \lambda}
# - \frac{G^2}{H + \lambda} \right) - \gamma . $$
#
# Write `best_split(x, g, h, lam, gamma, min_child_weight)`. Candidates are the midpoints between
# neighbouring *distinct* values of `x`; rows with `x` below the threshold go left. A candidate is
# allowed only if $H_L$ and $H_R$ are both at least `min_child_weight`. Return the tuple of floats
# `(threshold, gain, left, right)` of the allowed candidate with the largest gain, where
# `left` $= -G_L / (H_L + \lambda)$ and `right` likewise are the values of the two leaves. If no candidate is
# allowed, or the largest gain is not above 0, return `None`. Arrays have shape `(n,)`,
# $n \ge 1$, in any order; $h > 0$; the other three arguments are numbers $\ge 0$.


# %% question="best_split" points=4
### BEGIN SOLUTION
def best_split(x, g, h, lam, gamma, min_child_weight):
    values = np.unique(x)
    best = None
    for threshold in (values[1:] + values[:-1]) / 2:
        left = x < threshold
        sums = [(g[rows].sum(), h[rows].sum()) for rows in (left, ~left)]
        if min(weight for _, weight in sums) < min_child_weight:
            continue
        gain = sum(slope**2 / (weight + lam) for slope, weight in sums)
        gain = (gain - g.sum() ** 2 / (h.sum() + lam)) / 2 - gamma
        if gain > 0 and (best is None or gain > best[1]):
            leaves = [float(-slope / (weight + lam)) for slope, weight in sums]
            best = (float(threshold), float(gain), *leaves)
    return best


### END SOLUTION

# %% check="best_split"
_x, _g, _h = np.array([3.0, 1.0, 2.0, 2.0]), np.array([4.0, -3.0, 1.0, 1.0]), np.ones(4)
_split = best_split(_x, _g, _h, 0.0, 0.0, 0.0)
assert _split is not None, "There is a split with a positive gain here, but you return None."
assert len(_split) == 4, f"expected (threshold, gain, left, right), got {_split}"
assert np.isclose(_split[0], 1.5), (
    "x = 1, 2, 2, 3 with g = -3, 1, 1, 4: the best threshold lies halfway between 1 and 2; you say "
    f"{_split[0]}."
)
assert np.isclose(_split[1], (9 / 1 + 36 / 3 - 9 / 4) / 2), (
    f"There, without penalties, the gain is (9/1 + 36/3 - 9/4) / 2, not {_split[1]:.3f}."
)
assert np.allclose(_split[2:], [3, -2]), (
    f"The leaves are -(-3)/1 and -6/3, not {_split[2:]}: a leaf goes against the gradient."
)
assert best_split(_x, _g, _h, 0.0, 100.0, 0.0) is None, "gamma = 100 eats any gain here: None."
assert np.isclose(best_split(_x, _g, _h, 0.0, 0.0, 1.0)[0], 1.5), (
    "A hessian sum of exactly min_child_weight is allowed."
)
assert best_split(_x, _g, _h, 0.0, 0.0, 2.5) is None, (
    "With min_child_weight 2.5, neither candidate leaves enough hessian on both sides."
)
assert best_split(np.ones(4), _g, _h, 1.0, 0.0, 0.0) is None, "One distinct value: no candidate."

# %% probe="best_split" rtol=1e-6
[
    best_split(column, gradient, hessian, 1.0, 0.1, 0.0),
    best_split(column, gradient, hessian, 4.0, 0.0, 2.6),
    best_split(column, -gradient, hessian, 0.3, 0.4, 3.3),
    best_split(column[:25], gradient[:25], hessian[:25], 0.0, 0.0, 0.3),
    best_split(-column[30:], gradient[30:] ** 3, np.ones(30), 2.0, 0.0, 9.0),
    best_split(column, gradient / 20, hessian, 1.0, 0.0, 0.0),
    best_split(column, gradient, hessian, 1.0, 1000.0, 0.0),
    best_split(column[:1], gradient[:1], hessian[:1], 1.0, 0.0, 0.0),
    best_split(np.array([5.0, 1.0, 1.0]), np.array([-1.0, 3.0, 2.0]), np.ones(3), 1.0, 0.0, 1.0),
    best_split(np.array([2.0, 8.0]), np.array([1.0, 1.0]), np.ones(2), 0.0, 0.0, 0.0),
]

# %% [markdown]
# ## Question 3 · when does training stop? (2 points)
#
# Write `stopping(losses, patience, min_delta)`. `losses[i]` is the validation loss after round
# `i + 1`. Round 1 sets the first *record*. A later round improves if its loss is lower than the record by
# *more than* `min_delta`; it then becomes the record. Training stops right after a round when the last
# `patience` rounds brought no improvement, at the latest with the last loss. Return the tuple of
# integers `(trained, kept)`: how many rounds were trained, and which round, counted from 1, set the
# last record before the stop. `losses` has shape `(n,)`, $n \ge 1$; `patience` $\ge 1$; `min_delta`
# $\ge 0$.


# %% question="stopping" points=2
### BEGIN SOLUTION
def stopping(losses, patience, min_delta):
    kept = 0
    for i in range(1, len(losses)):
        if losses[i] < losses[kept] - min_delta:
            kept = i
        if i - kept >= patience:
            return i + 1, kept + 1
    return len(losses), kept + 1


### END SOLUTION

# %% check="stopping"
_losses = np.array([9.0, 7.0, 8.0, 7.0, 6.0, 6.5, 6.25, 6.75, 1.0])
assert tuple(stopping(_losses, 2, 0.0)) == (4, 2), (
    "Losses 9, 7, 8, 7, 6 with patience 2: rounds 3 and 4 do not improve on round 2 (equal is no "
    f"improvement), so it stops after round 4 and keeps 2; you say {stopping(_losses, 2, 0.0)}."
)
assert tuple(stopping(_losses, 3, 0.0)) == (8, 5), (
    "With patience 3 round 5 comes in time, and training stops after round 8. The loss of 1 in round 9 "
    f"is never seen; you say {stopping(_losses, 3, 0.0)}."
)
assert tuple(stopping(_losses, 3, 1.0)) == (5, 2), (
    "With min_delta 1, a fall from 7 to 6 is not *more than* 1: stop after round 5, keep round 2."
)
assert tuple(stopping(_losses[:2], 5, 0.0)) == (2, 2), (
    "Losses that end early: all rounds are trained."
)

# %% probe="stopping" exact=true
[
    [int(number) for number in stopping(*arguments)]
    for arguments in (
        (losses, 3, 0.0),
        (losses, 10, 0.0),
        (losses, 10, 0.01),
        (losses, 200, 0.0),
        (losses, 4, 0.03),
        (losses[:6], 6, 0.5),
        (losses[::-1], 1, 0.0),
        (np.round(losses * 16), 2, 0.0),
        (np.round(losses[:30] * 64), 5, 1.0),
        (np.array([8.0, 8.0, 6.0, 4.0, 4.0, 3.0, 9.0]), 2, 2.0),
        (np.array([5.0, 4.0, 3.0, 3.0, 3.0]), 2, 1.0),
        (losses[:1], 1, 0.0),
    )
]

# %% [markdown]
# ## Question 4 · choose by one set, report on another (3 points)
#
# Write `choose(X, y, train, valid, test, rates, n_trees)`. `train`, `valid` and `test` are arrays of row
# numbers. For every learning rate in the list `rates`, fit
# `GradientBoostingRegressor(n_estimators=n_trees, learning_rate=rate, max_depth=2, min_samples_leaf=8,
# random_state=0)` on the training rows, and take the validation mean squared error after 1, 2, …,
# `n_trees` trees. Pick the pair of rate and number of trees with the smallest of all. Then fit a model
# with this rate and exactly this number of trees (other settings as above) on training and validation
# rows together, in this order. Return the tuple `(rate, trees, error)`, where `error` is its *root* mean
# squared error on the test rows.


# %% question="choose" points=3
### BEGIN SOLUTION
def choose(X, y, train, valid, test, rates, n_trees):
    settings = dict(max_depth=2, min_samples_leaf=8, random_state=0)
    best, rate, trees = np.inf, None, None
    for candidate in rates:
        model = GradientBoostingRegressor(
            n_estimators=n_trees, learning_rate=candidate, **settings
        ).fit(X[train], y[train])
        errors = [np.mean((y[valid] - guess) ** 2) for guess in model.staged_predict(X[valid])]
        if min(errors) < best:
            best, rate, trees = min(errors), candidate, int(np.argmin(errors)) + 1
    both = np.concatenate([train, valid])
    final = GradientBoostingRegressor(n_estimators=trees, learning_rate=rate, **settings)
    guess = final.fit(X[both], y[both]).predict(X[test])
    return float(rate), trees, float(np.sqrt(np.mean((y[test] - guess) ** 2)))


### END SOLUTION

# %% check="choose"
_choice = choose(X, y, train, valid, test, [0.05, 0.3], 40)
assert len(_choice) == 3, f"expected (rate, trees, error), got {_choice}"
assert _choice[0] in (0.05, 0.3), f"The rate is one of those given, not {_choice[0]}."
assert 1 <= _choice[1] <= 40, f"The number of trees lies between 1 and 40; got {_choice[1]}."
assert 40 < _choice[2] < 80, (
    f"An error of {_choice[2]:.1f} is not plausible for progression, whose spread is 77. Is it a root?"
)
assert choose(X, y, train, valid, test[:60], [0.05, 0.3], 40)[:2] == _choice[:2], (
    "With other test rows the choice must stay the same: test rows must not choose."
)
assert choose(X, y, train, valid, test, [0.3, 0.05], 40)[:2] == _choice[:2], (
    "The order of the rates should not matter. Is the smallest error over all rates kept?"
)
assert choose(X, y, train, valid, test, [0.1], 1)[1] == 1, (
    "One tree at most: that is 1, counted from 1."
)

# %% probe="choose" rtol=1e-4
[
    list(map(float, choose(X, y, train, valid, test, [0.9, 0.1, 0.4], 50))),
    list(map(float, choose(X, y, valid, train, test[:80], [0.3, 0.04], 40))),
    list(map(float, choose(X, y, train, test[:90], valid, [0.04, 0.3], 40))),
    list(map(float, choose(X, y, test[:140], valid, train, [0.35, 0.03], 40))),
    list(map(float, choose(X, -y, test, train[:70], valid, [0.5], 25))),
    list(map(float, choose(X[:, 2:9], y, train, test, valid, [0.03, 0.02], 5))),
]

# %% [markdown]
# ## Question 5 · how strongly do two columns interact? (2 points)
#
# Let $f$ be a model's prediction, and $f(a, b)$ its prediction for a row in which column `j` was set to
# $a$ and column `k` to $b$, all other columns unchanged. In an additive model, the *interaction*
#
# $$ f(a_1, b_1) - f(a_1, b_0) - f(a_0, b_1) + f(a_0, b_0) $$
#
# is 0 for every row. Write `interaction(predict, X, j, k)`, which returns the mean of its absolute value
# over the rows of `X`, as a float. $a_0$ and $a_1$ are the quantiles 0.1 and 0.9 of column `j` of `X`
# (`np.quantile`), $b_0$ and $b_1$ those of column `k`. `predict` takes an array of the shape of `X`, floats,
# and returns one number per row. `X` must not be changed; `j` and `k` differ.


# %% question="interaction" points=2
### BEGIN SOLUTION
def interaction(predict, X, j, k):
    total = np.zeros(len(X))
    for a_level, a_sign in ((0.1, -1), (0.9, 1)):
        for b_level, b_sign in ((0.1, -1), (0.9, 1)):
            changed = X.copy()
            changed[:, j] = np.quantile(X[:, j], a_level)
            changed[:, k] = np.quantile(X[:, k], b_level)
            total += a_sign * b_sign * predict(changed)
    return float(np.mean(np.abs(total)))


### END SOLUTION

# %% check="interaction"
_before = X_some.copy()
assert abs(interaction(one.predict, X_some, 2, 8)) < 1e-6, (
    "A model of stumps is additive: the interaction of any two columns is 0, but yours is "
    f"{interaction(one.predict, X_some, 2, 8):.3f}."
)
assert np.array_equal(_before, X_some), "X was changed: work on a copy."
_width = [np.diff(np.quantile(X_some[:, _c], [0.1, 0.9]))[0] for _c in (2, 3)]
_got = interaction(lambda rows: -rows[:, 2] * rows[:, 3], X_some, 2, 3)
assert np.isclose(_got, _width[0] * _width[1]), (
    f"For f = -a * b it is (a1 - a0) * (b1 - b0) = {_width[0] * _width[1]:.2f}; you say {_got:.2f}."
)
_sign = np.where(np.arange(150) % 2, 1.0, -1.0)
_got = interaction(lambda rows: _sign * rows[:, 2] * rows[:, 3], X_some, 2, 3)
assert np.isclose(_got, _width[0] * _width[1]), (
    "If half of the rows have an interaction of the opposite sign, it should not cancel. Where is the "
    "absolute value taken?"
)

# %% probe="interaction" rtol=1e-5 atol=1e-6
[
    interaction(two.predict, X_some, 2, 8),
    interaction(two.predict, X_some[:60], 3, 2),
    interaction(lambda rows: np.sin(rows[:, 0]) * rows[:, 3] * rows[:, 5], X_new, 3, 0),
    interaction(lambda rows: (rows[:, 4] - rows[:, 9] + rows[:, 0]) ** 3, X_new, 9, 4),
    interaction(lambda rows: rows[:, 2] * (rows[:, 3] - 90) * (rows[:, 0] - 45), X_some, 2, 3),
]
