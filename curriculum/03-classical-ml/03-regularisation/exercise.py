# ---
# title: "Exercise: regularisation"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: regularisation
#
# A translation, an exact bias and variance, a shortcut for leave-one-out, a lasso with protected columns,
# and an honest score. No question needs the answer of another. Your data are drawn for you: change
# `seed` to practise again on others. Every function must work on any input of the shapes that its
# question names. NumPy and scikit-learn are all you need.
#
# Throughout, $n$ is the number of rows, $w$ are the weights, $w_0$ is the intercept, and
# $\lVert v \rVert^2$ is the sum of the squares of $v$.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, Ridge
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)
patients = load_diabetes(scaled=False)


def sample(rows, columns):
    """Some patients, some of their measurements, and their progression."""
    chosen = rng.choice(442, rows, replace=False)
    return patients.data[chosen][:, rng.permutation(10)[:columns]], patients.target[chosen]


# question 1: two penalties
l1, l2 = (float(strength) for strength in rng.uniform([4, 0.1], [12, 0.6]))

# question 2: a known truth, and rows at which it will be predicted
design = (rng.normal(size=(30, 6)) + rng.normal(size=(30, 1))) * rng.uniform(0.3, 1.5, size=6)
true_w = rng.normal(size=6)
sigma, strength = float(rng.uniform(0.5, 2)), float(rng.uniform(2, 8))
new_rows = (rng.normal(size=(15, 6)) + rng.normal(size=(15, 1))) * rng.uniform(0.3, 1.5, size=6)

# question 3: 45 patients in raw units
raw_X, raw_y = sample(45, 6)
grid = np.sort(10 ** rng.uniform(-2, 4, size=7))

# question 4: 120 patients, columns of different spread, and which of them are protected
some_X, some_y = sample(120, 8)
some_X = StandardScaler().fit_transform(some_X) * rng.uniform(0.5, 2, size=8)
some_X = some_X + rng.uniform(-1, 1, size=8)
free = rng.permutation(8) < 2
alpha = float(rng.uniform(3, 7))

# question 5: 96 patients, three measurements in other units, and strengths in any order
few_X, few_y = sample(96, 8)
few_X = few_X * np.array([1, 100, 1, 0.01, 1, 1, 50, 1])
strengths = rng.permutation(np.logspace(-0.5, 3, 24) * rng.uniform(0.9, 1.1))

# %% [markdown]
# ## Question 1 · translate (2 points)
#
# A colleague's linear model in Keras minimises
#
# $$ \frac1n \lVert y - Xw - w_0 \rVert^2 + \texttt{l1} \sum_j |w_j| + \texttt{l2} \sum_j w_j^2 . $$
#
# Write `translate(l1, l2, n)`, which returns the tuple of floats `(alpha, l1_ratio, ridge_alpha)`:
#
# - `ElasticNet(alpha=alpha, l1_ratio=l1_ratio)` has the same solution,
# - `Ridge(alpha=ridge_alpha)` has the same solution as the model *without* its L1 term.
#
# `n` is the number of rows; `l1` and `l2` are not negative, and at least one is positive. (For a reminder of
# what scikit-learn minimises, see its user guide or the lesson.)


# %% question="translate" points=2
### BEGIN SOLUTION
def translate(l1, l2, n):
    alpha = l1 / 2 + l2
    return alpha, l1 / 2 / alpha, n * l2


### END SOLUTION

# %% check="translate"
_alpha, _l1_ratio, _ridge_alpha = translate(l1, l2, 60)
assert 0 <= _l1_ratio <= 1, f"l1_ratio is a share, so it lies from 0 to 1. Yours is {_l1_ratio}."
for _l1, _rows in [(l1, 120), (0, 120), (0, 60)]:
    _Z, _y = StandardScaler().fit_transform(some_X[:_rows]), some_y[:_rows]
    _alpha, _l1_ratio, _ridge_alpha = translate(l1, l2, _rows)
    _model = ElasticNet(alpha=_alpha, l1_ratio=_l1_ratio, tol=1e-8) if _l1 else Ridge(_ridge_alpha)
    _model.fit(_Z, _y)

    def _loss(w, _l1=_l1, _Z=_Z, _y=_y):
        _residual = _y - _y.mean() - _Z @ w
        return np.mean(_residual**2) + _l1 * np.abs(w).sum() + l2 * np.sum(w**2)

    _best = _loss(_model.coef_)
    for _factor in (0.97, 1.03):
        assert _loss(_factor * _model.coef_) > _best, (
            f"With your numbers, {type(_model).__name__} on {_rows} rows misses the colleague's minimum: all "
            f"weights times {_factor} give a smaller loss. Which loss is summed, averaged, halved?"
        )
    for _step in np.concatenate([0.3 * np.eye(8), -0.3 * np.eye(8)]):
        assert _loss(_model.coef_ + _step) > _best - 1e-6, (
            f"With your numbers, {type(_model).__name__} on {_rows} rows misses the colleague's minimum: "
            "moving one weight by 0.3 gives a smaller loss. Are both penalties translated?"
        )

# %% probe="translate" rtol=1e-6
[
    translate(l1, l2, 120),
    translate(l1 / 10, 3 * l2, 1_000),
    translate(0.0, l2, 77),
    translate(l1, 0.0, 77),
    translate(l2, l1, 3),
]

# %% [markdown]
# ## Question 2 · bias and variance without luck (3 points)
#
# Here the truth is known, so no simulation is needed. The targets are $y = Xw + \varepsilon$ with `X` fixed and
# independent noise of mean 0 and standard deviation `sigma`. Ridge *without intercept* estimates the
# weights from them, $\hat w = (X^\top X + \alpha I)^{-1} X^\top y$. At a row $x$ of `X_new` it predicts
# $x^\top \hat w$. Over all possible noise, this prediction has a bias (its mean minus $x^\top w$) and a
# variance.
#
# Write `ridge_errors(X, w, sigma, alpha, X_new)`, which returns the tuple of floats
# `(bias2, variance, error)`:
#
# - `bias2`: the squared bias, averaged over the rows of `X_new`,
# - `variance`: the variance, averaged over the rows of `X_new`,
# - `error`: the expected squared distance between the prediction and a *new, noisy* target
#   at such a row (same noise), averaged over the rows of `X_new`.
#
# Compute them exactly. `X` has shape `(n, d)`, `w` `(d,)`, `X_new` `(m, d)`. `alpha` is 0 or positive; if it
# is positive, `X` may have fewer rows than columns.


# %% question="ridge_errors" points=3
### BEGIN SOLUTION
def ridge_errors(X, w, sigma, alpha, X_new):
    # prediction = map_ @ y, a linear function of the targets
    map_ = X_new @ np.linalg.solve(X.T @ X + alpha * np.eye(X.shape[1]), X.T)
    bias2 = np.mean((map_ @ (X @ w) - X_new @ w) ** 2)
    variance = sigma**2 * np.mean(np.sum(map_**2, axis=1))
    return float(bias2), float(variance), float(bias2 + variance + sigma**2)


### END SOLUTION

# %% check="ridge_errors"
_bias2, _variance, _error = ridge_errors(design, true_w, sigma, strength, new_rows)
_check_rng = np.random.default_rng(0)
_noise = _check_rng.normal(scale=sigma, size=(20_000, 30))
_noisy = design @ true_w + np.concatenate([_noise, -_noise])  # opposites cancel in the mean
_fit = Ridge(alpha=strength, fit_intercept=False).fit(design, _noisy.T)
_predicted = _fit.predict(new_rows)
_near = np.mean((_predicted.mean(axis=1) - new_rows @ true_w) ** 2)
assert abs(_bias2 / _near - 1) < 0.15, (
    f"In 40,000 simulated training sets the squared bias is about {_near:.3g}; you say {_bias2:.3g}. Is "
    "the bias squared before it is averaged over the new rows?"
)
_near = _predicted.var(axis=1).mean()
assert abs(_variance / _near - 1) < 0.05, (
    f"In 40,000 simulated training sets the variance is about {_near:.3g}; you say {_variance:.3g}. How "
    "large is the variance of a weighted sum of independent noises?"
)
_new_y = (new_rows @ true_w)[:, None] + _check_rng.normal(scale=sigma, size=(15, 40_000))
_near = np.mean((_predicted - _new_y) ** 2)
assert abs(_error / _near - 1) < 0.05, (
    f"At new, noisy targets the simulated squared error is about {_near:.3g}; you say {_error:.3g}."
)
assert np.isclose(ridge_errors(design, true_w, sigma, strength, np.zeros((1, 6)))[2], sigma**2), (
    "At a row of zeros the prediction is always 0, so only the new target's noise is left."
)
assert ridge_errors(design, true_w, sigma, 0.0, new_rows)[0] < 1e-9, (
    "Without a penalty there is no bias."
)
assert ridge_errors(design[:3], true_w, 0.0, 1.0, new_rows)[1] < 1e-9, (
    "Without noise there is no variance, however few rows."
)

# %% probe="ridge_errors" rtol=1e-5
[
    ridge_errors(design, true_w, sigma, strength, new_rows),
    ridge_errors(design, true_w, 3 * sigma, strength / 10, new_rows[:4]),
    ridge_errors(design[:4], true_w, sigma, strength, new_rows[3:]),
    ridge_errors(design[:, :3], true_w[:3], sigma, 30 * strength, new_rows[:1, :3]),
    ridge_errors(design, true_w, sigma, 0.0, new_rows)[1:],
    ridge_errors(3 * design[:12], -true_w, 1.0, 1.0, design[12:]),
]

# %% [markdown]
# ## Question 3 · leave one out, refit never (3 points)
#
# *Leave-one-out* cross-validation fits $n$ models, each without one row, and predicts that row. For ridge
# on given columns there is a shortcut. Let $\hat y_i$ be the prediction for row $i$ by the one model fitted to
# *all* rows, and let $h_i$ say by how much $\hat y_i$ would move if $y_i$ rose by 1. Then the model that
# has not seen row $i$ is wrong at it by exactly
#
# $$ \frac{y_i - \hat y_i}{1 - h_i} . $$
#
# Write `loo_mse(X, y, alphas)`, which returns an array of shape `(k,)`: for each of the $k$ numbers in `alphas`,
# the mean of the squared leave-one-out errors of `Ridge(alpha)` as scikit-learn fits it: on the columns
# as they are, without scaling, *with* an intercept that is not penalised. (Do not forget the
# intercept's share in $h_i$.) `X` has shape `(n, d)`, `y` `(n,)`. All `alphas` are positive. With 45 rows
# refitting would do, too; with 450,000 it would not.


# %% question="loo_mse" points=3
### BEGIN SOLUTION
def loo_mse(X, y, alphas):
    n, d = X.shape
    centred = X - X.mean(axis=0)
    result = []
    for alpha in alphas:
        smoother = centred @ np.linalg.solve(centred.T @ centred + alpha * np.eye(d), centred.T)
        smoother = smoother + 1 / n
        errors = (y - smoother @ y) / (1 - np.diag(smoother))
        result.append(np.mean(errors**2))
    return np.array(result)


### END SOLUTION

# %% check="loo_mse"
_got = np.asarray(loo_mse(raw_X, raw_y, grid))
assert _got.shape == (7,), f"Seven strengths, so shape (7,), not {_got.shape}"
_fits = [Ridge(alpha=_alpha).fit(raw_X, raw_y).predict(raw_X) for _alpha in grid]
_train = np.array([np.mean((raw_y - _fit) ** 2) for _fit in _fits])
assert np.all(_got > _train), "Rows that were left out are predicted worse than rows in training."
_line = np.array([[-1.0], [0.0], [1.0]])
_small = loo_mse(_line, np.array([-3.0, 0.0, 3.0]), [1e-9])[0]
assert abs(_small) < 1e-6, (
    "Three points on a line, hardly any penalty: two of them predict the third exactly. "
    f"You say {_small:.3g}. How much of its own target does each prediction contain?"
)
_flat = loo_mse(raw_X, raw_y, [1e12])[0]
assert np.isclose(_flat, raw_y.var() * (45 / 44) ** 2, rtol=1e-4), (
    "With a huge penalty only the intercept is left, and each row is predicted by the mean of the 44 "
    f"others. That gives {raw_y.var() * (45 / 44) ** 2:.1f}; you say {_flat:.1f}. Is the intercept "
    "counted in h?"
)
assert np.allclose(loo_mse(raw_X + 5, raw_y - 1_000, grid), _got), (
    "Other zeros for the columns and the target should change nothing. Is the intercept penalised?"
)
_hand = loo_mse(np.array([[0.0], [0.0], [0.0], [4.0]]), np.array([0.0, 0.0, 0.0, 8.0]), [4.0])[0]
assert np.isclose(_hand, 16 + 48 / 121), (
    "Column 0, 0, 0, 4, targets 0, 0, 0, 8, alpha 4: without the last row everything is 0, so the error "
    "there is 8; without one of the others, the fit predicts 8/11 instead of 0. The mean square is "
    f"{16 + 48 / 121:.3f}; you say {_hand:.3f}. Has every row its own h? Are the columns as they were?"
)

# %% probe="loo_mse" rtol=1e-5
[
    loo_mse(raw_X, raw_y, grid),
    loo_mse(raw_X[:12], raw_y[:12] / 10, grid[::-1]),
    loo_mse(raw_X[:, :1], raw_y, [0.5]),
    loo_mse(some_X[:6], some_y[:6], [3.0, 0.3]),
    loo_mse(raw_X[20:], raw_X[20:, 0] * raw_y[20:], grid[2:5]),
]

# %% [markdown]
# ## Question 4 · a lasso with protected columns (4 points)
#
# A physician wants a lasso to choose among the measurements, but some of them must always stay. They
# get no penalty. With $F$ for the protected columns,
#
# $$ \frac{1}{2n} \lVert y - Xw - w_0 \rVert^2 + \alpha \sum_{j \notin F} |w_j| $$
#
# is to be minimised over all weights and the intercept. Write `protected_lasso(X, y, alpha, free)`, which
# returns `(w_0, w)`: a float, and an array of shape `(d,)`. `free`, shape `(d,)`, is True for the protected
# columns; there may be none, but not all are protected. `X` has shape `(n, d)`, not centred, $n > d$, and no
# column is a combination of others and a constant. `alpha` is positive.
#
# Weights should be right to four digits, and zeros should be exactly 0. Two ways lead there: minimise over one
# weight at a time, again and again, until nothing moves; or find out what the protected columns do to `y`
# *and* to the other columns, take it away, and let scikit-learn's `Lasso` do the rest (mind its `tol`).


# %% question="protected_lasso" points=4
### BEGIN SOLUTION
def protected_lasso(X, y, alpha, free):
    always = np.column_stack([np.ones(len(y)), X[:, free]])

    def without(target):  # what the intercept and the protected columns leave over
        return target - always @ np.linalg.lstsq(always, target)[0]

    model = Lasso(alpha=alpha, tol=1e-8)
    w = np.zeros(X.shape[1])
    w[~free] = model.fit(without(X[:, ~free]), without(y)).coef_
    always_w = np.linalg.lstsq(always, y - X @ w)[0]
    w[free] = always_w[1:]
    return float(always_w[0]), w


### END SOLUTION

# %% check="protected_lasso"
for _free in (free, np.zeros(8, dtype=bool), ~free):
    for _alpha in (alpha, 0.4, 30.0):
        _b, _w = protected_lasso(some_X, some_y, _alpha, _free)
        _w = np.asarray(_w)
        assert _w.shape == (8,), f"expected weights of shape (8,), got {_w.shape}"
        _left = some_y - some_X @ _w - _b
        assert abs(_left.mean()) < 1e-3, (
            f"What is left over has mean {_left.mean():.3g}. A free intercept would have removed it."
        )
        _slopes = (some_X - some_X.mean(axis=0)).T @ _left / 120
        assert np.all(np.abs(_slopes[_free]) < 3e-3), (
            "The loss still falls when a protected weight moves. Are they free of any penalty, and fitted "
            "together with the others?"
        )
        assert np.all(np.abs(_slopes[~_free]) < _alpha + 3e-3), (
            "The loss still falls when a penalised weight moves. Is it divided by 2n, and is the tolerance fine?"
        )
        _kept = ~_free & (_w != 0)
        assert np.allclose(_slopes[_kept], _alpha * np.sign(_w[_kept]), atol=3e-3), (
            "At the minimum, the slope of the squared error at every penalised weight that is not "
            f"zero has the size alpha = {_alpha:.3g}; yours are {_slopes[_kept].round(3)}. Are tiny "
            "weights exactly 0, and the others as exact as the question asks?"
        )

# %% probe="protected_lasso" rtol=1e-3 atol=1e-2
none, one = np.zeros(8, dtype=bool), np.arange(8) == 5
results = [
    protected_lasso(some_X, some_y, alpha, free),
    protected_lasso(some_X, some_y, alpha, ~free),
    protected_lasso(some_X, some_y, alpha / 10, none),
    protected_lasso(some_X[:50] * 3, some_y[:50], 4 * alpha, one),
    protected_lasso(some_X + 10, some_y + 100, 500.0, free),
    protected_lasso(some_X[40:, :2], some_y[40:] / 10, alpha / 20, np.array([False, True])),
]
[[round(float(constant), 3), np.round(w, 3) + 0.0] for constant, w in results]

# %% [markdown]
# ## Question 5 · an honest score (3 points)
#
# Write `nested(X, y, alphas, outer, inner)`. It judges the whole recipe "standardise as `StandardScaler`
# does, choose the strength of a ridge by the one-standard-error rule, fit". All folds are consecutive, as `KFold` makes them by
# default. For each of the `outer` folds:
#
# 1. Only with the rows outside that fold: for each strength, split these rows into `inner` folds, and measure
#    the mean squared error of standardiser and ridge in each of them. (What is measured was not used
#    for fitting, standardising included.)
# 2. Find the strength with the lowest mean error over the inner folds. Its *standard error* is the standard
#    deviation (`ddof=1`) of its `inner` errors, divided by the square root of their number. Choose the largest
#    strength whose mean error is at most the lowest plus that standard error.
# 3. Fit standardiser and ridge, with this strength, to all rows outside the outer fold, and measure the mean
#    squared error inside it.
#
# Return the tuple `(chosen, score)`: the list of the `outer` chosen strengths, as floats, in the order
# of the folds, and the mean of the `outer` errors of step 3, a float.
#
# `X` has shape `(n, d)`, `y` `(n,)`; `alphas` are positive, all different and in any order.


# %% question="nested" points=3
### BEGIN SOLUTION
def nested(X, y, alphas, outer, inner):
    alphas = np.sort(alphas)

    def errors(X, y, train, test):  # the mean squared error in test, for each of the strengths
        scaler = StandardScaler().fit(X[train])
        Z, centre = scaler.transform(X[train]), y[train].mean()
        U, d, Vt = np.linalg.svd(Z, full_matrices=False)
        shrunk = d / (d**2 + alphas[:, None]) * (U.T @ y[train])
        predictions = centre + shrunk @ Vt @ scaler.transform(X[test]).T
        return np.mean((predictions - y[test]) ** 2, axis=1)

    chosen, scores = [], []
    for train, test in KFold(outer).split(X):
        inside, target = X[train], y[train]
        table = [errors(inside, target, *rows) for rows in KFold(inner).split(inside)]
        means, spreads = np.mean(table, axis=0), np.std(table, axis=0, ddof=1)
        best = means.argmin()
        limit = means[best] + spreads[best] / np.sqrt(inner)
        pick = np.flatnonzero(means <= limit).max()
        chosen.append(float(alphas[pick]))
        scores.append(errors(X, y, train, test)[pick])
    return chosen, float(np.mean(scores))


### END SOLUTION

# %% check="nested"
_X = few_X * np.linspace(1, 4, 96)[:, None]  # the spread grows from fold to fold
_chosen, _score = nested(_X, few_y, strengths, 4, 3)
assert len(_chosen) == 4, f"Four outer folds, four choices; you return {len(_chosen)}."
_only = nested(_X, few_y, strengths[:1], 4, 3)[1]
_mse = "neg_mean_squared_error"
_pipe = make_pipeline(StandardScaler(), Ridge(alpha=strengths[0]))
assert np.isclose(_only, -cross_val_score(_pipe, _X, few_y, cv=4, scoring=_mse).mean()), (
    "With a single strength there is nothing to choose, and the score is that of ordinary cross-"
    "validation of standardiser and ridge. Yours is another. Is the standardiser fitted to the "
    "training rows alone?"
)
assert np.allclose(nested(_X, few_y, np.sort(strengths), 4, 3)[0], _chosen), (
    "The order of the strengths should not matter. 'Largest' is a number, not a place in the list."
)
assert np.allclose(nested(_X * 1000, few_y, strengths, 4, 3)[0], _chosen), (
    "Other units should not matter. Are the columns standardised in the inner folds, too?"
)
_other_y = few_y.copy()
_other_y[:24] = 1e4 * np.arange(24)
assert np.isclose(nested(_X, _other_y, strengths, 4, 3)[0][0], _chosen[0]), (
    "Other targets in the first outer fold changed the strength that was chosen for it. It should be "
    "chosen from the other rows alone."
)
for _fold, (_rows, _) in enumerate(KFold(4).split(_X)):
    _search = GridSearchCV(
        make_pipeline(StandardScaler(), Ridge()),
        {"ridge__alpha": np.sort(strengths)},
        cv=3,
        scoring=_mse,
    ).fit(_X[_rows], few_y[_rows])
    _errors = -np.array([_search.cv_results_[f"split{_k}_test_score"] for _k in range(3)])
    _lowest = _errors[:, _search.best_index_]
    _place = int(np.abs(np.sort(strengths) - _chosen[_fold]).argmin())
    _excess = (_errors.mean(axis=0) - _lowest.mean()) / (_lowest.std(ddof=1) / np.sqrt(3))
    assert _excess[_place] <= 1 + 1e-9, (
        f"In outer fold {_fold} your strength is {_excess[_place]:.2f} standard errors above the lowest "
        "inner error. At most one is allowed."
    )
    assert np.all(_excess[_place + 1 :] > 1), (
        f"In outer fold {_fold} a larger strength is still within one standard error of the lowest. "
        "Which standard deviation, divided by what? Is the standardiser fitted anew for each inner fold?"
    )

# %% probe="nested" rtol=1e-5
[
    nested(few_X, few_y, strengths, 4, 6),
    nested(few_X[:60], few_y[:60], strengths, 3, 2),
    nested(few_X[30:, :4], few_y[30:], np.sort(strengths), 2, 5),
    nested(few_X, few_y + 3 * few_X[:, 0], np.sort(strengths)[::-1], 5, 2),
]
