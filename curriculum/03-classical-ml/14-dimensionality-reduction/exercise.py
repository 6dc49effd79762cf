# ---
# title: "Exercise: dimensionality reduction"
# minutes: 50
# ---

# %% [markdown]
# # Exercise: dimensionality reduction
#
# Five jobs around fewer columns that the lesson did not do for you. No question needs the answer of
# another. Change `seed` to practise again on other data. Every function must work on any input of the
# shapes that its question names. NumPy and scikit-learn are all you need. No answer depends on the sign of
# a component.

# %% tags=["parameters"]
seed = 14  # which data you get

# %%
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)
tumours, is_benign = load_breast_cancer(return_X_y=True)

# question 1: some columns of some tumours, and 40 tables in which each column was shuffled on its own
table = tumours[rng.permutation(len(tumours))[:120]][:, rng.permutation(30)[:9]]
shuffled = [rng.permuted(table, axis=0) for _ in range(40)]

# question 2: spectra of 70 samples at 200 wavelengths, made of 6 substances, and a property of each
amounts = rng.exponential(size=(70, 6))
spectra = amounts @ rng.normal(size=(6, 200)) + rng.normal(scale=3, size=(70, 200))
quality = amounts @ rng.uniform(0.5, 2, size=6) + rng.normal(scale=0.3, size=70)
samples = rng.permutation(70)
train, test = samples[:25], samples[25:]

# question 3: five correlated columns; in the second table the last is the sum of the first two
turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
mixed = rng.normal(size=(90, 5)) * rng.uniform(0.4, 3, size=5) @ turn + rng.normal(size=5)
doubled = np.column_stack([mixed[:, :4], mixed[:, 0] + mixed[:, 1]])

# question 4: benign tumours to fit on, benign ones to set limits by, and 8 new ones of both kinds
good, bad = (
    rng.permutation(np.flatnonzero(is_benign)),
    rng.permutation(np.flatnonzero(is_benign == 0)),
)
X_fit, X_calm = tumours[good[:150]], tumours[good[150:250]]
X_new = tumours[np.concatenate([good[250:254], bad[:4]])]

# question 5: 24 digits of 64 pixels, and random normal numbers
images = load_digits().data[rng.permutation(1797)[:24]]
normal = rng.normal(size=(64, 400))

# %% [markdown]
# ## Question 1 · more than chance (3 points)
#
# Even pure noise has a first component. *Parallel analysis* keeps a component only if it has more variance
# than one gets by chance, where chance means the same columns with their relations destroyed.
#
# For a table: subtract the mean of every column, divide by its standard deviation (over $n$), and list the
# variances of all components (over $n - 1$, as in `explained_variance_`), falling. Write
# `parallel(X, shuffled, level)`. `shuffled` is a list of tables of the shape of `X`. The *limit* of
# component $j$ is the quantile `level` (`np.quantile`) of the $j$-th variances of the shuffled tables.
# Return the tuple `(k, limits)`: `limits`, shape `(n_columns,)`, and the integer `k`, the number of
# leading components of `X` whose variance is above their limit. Counting stops at the first that
# is not, whatever comes later. Rows outnumber columns, every column varies, and $0 \le$ `level` $\le 1$.


# %% question="parallel" points=3
### BEGIN SOLUTION
def variances(X):
    return PCA(svd_solver="full").fit(StandardScaler().fit_transform(X)).explained_variance_


def parallel(X, shuffled, level):
    limits = np.quantile([variances(rows) for rows in shuffled], level, axis=0)
    above = variances(X) > limits
    return int(np.cumprod(above).sum()), limits


### END SOLUTION

# %% check="parallel"
_k, _limits = parallel(table, shuffled, 0.95)
assert np.shape(_limits) == (9,), f"expected 9 limits, got shape {np.shape(_limits)}"
assert np.all(np.diff(_limits) < 0), "Limits fall from component to component, as variances do."
assert np.isclose(np.sum(parallel(table, shuffled[:1], 0.5)[1]), 9 * 120 / 119), (
    "With one shuffled table, the limits are its variances. Of 9 standardised columns they should add up "
    "to 9 · n / (n − 1). Is every column scaled, and what do you divide by?"
)
assert 1 <= _k < 9, f"Tumour measurements have some components above chance, not all; got {_k}."
_scaled = parallel(
    table * 10.0 ** np.arange(9), [_t * 10.0 ** np.arange(9) for _t in shuffled], 0.95
)
assert np.allclose(_scaled[1], _limits), "Units should not change the limits."
assert _scaled[0] == _k, "Units should not change k."
assert np.all(parallel(table, shuffled, 0.2)[1] < _limits), "A lower level means lower limits."
assert parallel(shuffled[0], [table], 0.5)[0] == 0, (
    "A shuffled table against the real one: its first variance is below, so k is 0, although some later "
    "ones are above."
)

# %% probe="parallel" rtol=1e-6
[
    [int(_k), np.asarray(_limits)]
    for _k, _limits in (
        parallel(table, shuffled, 0.95),
        parallel(table[:60], [_t[:60] for _t in shuffled[:11]], 0.3),
        parallel(np.log(1 + table[:, :5]), [np.sqrt(_t[:, 4:]) for _t in shuffled[:5]], 0.75),
        parallel(shuffled[0], shuffled[1:], 0.6),
        parallel(shuffled[1], [table, shuffled[2], table], 0.5),
        parallel(table[30:, 2:], [_t[30:, 2:] for _t in shuffled[:3]], 0.0),
        parallel(shuffled[0][:, :3], [_t[:, :3] for _t in shuffled[1:]], 0.0),
        parallel(shuffled[1][:, 3:5], [_t[:, 3:5] for _t in shuffled[2:]], 0.0),
    )
]

# %% [markdown]
# ## Question 2 · the price of a leak (2 points)
#
# Write `leak(X, y, train, test, k)`, which returns the tuple of floats `(honest, leaked)`, two root mean
# squared errors on the test rows. `train` and `test` are arrays of row numbers; `X` may hold further rows,
# which nobody uses. Both times a `StandardScaler`, a `PCA(k, svd_solver="full")` and a
# `LinearRegression` follow each other, and the regression is fitted on the training rows only.
#
# - `honest`: scaler and PCA are fitted on the training rows.
# - `leaked`: scaler and PCA are fitted on training and test rows together.


# %% question="leak" points=2
### BEGIN SOLUTION
def leak(X, y, train, test, k):
    errors = []
    for seen in (train, np.concatenate([train, test])):
        reduce = make_pipeline(StandardScaler(), PCA(k, svd_solver="full")).fit(X[seen])
        model = LinearRegression().fit(reduce.transform(X[train]), y[train])
        guess = model.predict(reduce.transform(X[test]))
        errors.append(float(np.sqrt(np.mean((y[test] - guess) ** 2))))
    return tuple(errors)


### END SOLUTION

# %% check="leak"
_errors = leak(spectra, quality, train, test, 6)
assert len(_errors) == 2, f"expected (honest, leaked), got {_errors}"
_one = [leak(spectra, quality, train, test[:_n], 6)[0] for _n in (1, 2)]
_two = leak(spectra, quality, train, test[1:2], 6)[0]
assert np.isclose(_one[1] ** 2, (_one[0] ** 2 + _two**2) / 2), (
    "An honest prediction for a sample must not depend on which others are tested. (Or is the error not the "
    "root of a mean of squares?)"
)
assert not np.isclose(*_errors, rtol=1e-9), "Both errors agree: which rows does each PCA see?"
_changed = quality.copy()
_changed[test] = 1e6
assert min(leak(spectra, _changed, train, test, 6)) > 9e5, (
    "The targets of the test rows must not reach the regression, in neither case."
)

# %% probe="leak" rtol=1e-6
[
    list(map(float, leak(*case)))
    for case in (
        (spectra, quality, train, test, 6),
        (spectra, quality, test, train, 3),
        (spectra, -quality, train[:15], test[:10], 2),
        (spectra[:, :12] ** 2, quality, test[:30], train, 8),
        (spectra * np.arange(1, 201), quality, train, test[5:], 1),
    )
]

# %% [markdown]
# On nearly every seed the leak makes the error of six components look smaller than it is.
#
# ## Question 3 · whitening without turning (3 points)
#
# There are many ways to whiten. The one that moves the rows least is symmetric: with the covariance matrix
# of the training rows (over $n - 1$) written as $V \Lambda V^\top$, a row $x$ becomes
#
# $$ (x - \text{mean})\, V \operatorname{diag}(f_1, f_2, \dots)\, V^\top,
# \qquad f_i = \frac{1}{\sqrt{\lambda_i + \varepsilon}} . $$
#
# Where $\lambda_i$ is not above $10^{-9}$ times the largest eigenvalue, the direction is noise of
# rounding: there $f_i = 0$, whatever $\varepsilon$. Write `whiten(X_train, X_new, epsilon)`, which learns mean and covariance
# from `X_train` and returns the whitened rows of `X_new`, in the shape of `X_new`. `epsilon` $\ge 0$ is the
# $\varepsilon$ of the formula. There are at least two training rows and two columns; at least one column varies.


# %% question="whiten" points=3
### BEGIN SOLUTION
def whiten(X_train, X_new, epsilon):
    values, V = np.linalg.eigh(np.cov(X_train.T))
    keep = values > 1e-9 * values.max()
    factors = np.zeros(len(values))
    factors[keep] = 1 / np.sqrt(values[keep] + epsilon)
    return (X_new - X_train.mean(axis=0)) @ (V * factors) @ V.T


### END SOLUTION

# %% check="whiten"
_white = whiten(mixed, mixed, 0.0)
assert np.shape(_white) == (90, 5), f"expected shape (90, 5), got {np.shape(_white)}"
assert np.allclose(np.cov(_white.T), np.eye(5)), (
    "The covariance of the whitened training rows (over n − 1) should be the identity."
)
_cross = np.cov(mixed.T, _white.T)[:5, 5:]
assert np.allclose(_cross, _cross.T), (
    "The matrix that you multiply by is not symmetric. Did you turn back with V transposed?"
)
assert np.allclose(
    whiten(mixed[:60], mixed[60:61], 0.1), whiten(mixed[:60], mixed[60:], 0.1)[:1]
), "A new row changes with the rows beside it: centre by the training mean."
assert np.isclose(np.trace(np.cov(whiten(doubled, doubled, 0.0).T)), 4), (
    "Of five columns, one of which is the sum of two others, only four directions vary. The fifth gets 0."
)
_lambda = np.linalg.eigvalsh(np.cov(mixed.T))
_softened = np.linalg.eigvalsh(np.cov(whiten(mixed, mixed, 0.5).T))
assert np.allclose(np.sort(_lambda / (_lambda + 0.5)), _softened), (
    "With epsilon, a direction of variance λ keeps λ / (λ + epsilon)."
)

# %% probe="whiten" rtol=1e-6 atol=1e-8
_axes = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
[
    whiten(mixed[:50], mixed[50:56], 0.0),
    whiten(mixed[40:], mixed[:4], 0.7),
    whiten(doubled[:70], doubled[70:75], 0.0),
    whiten(doubled[:70], mixed[70:75], 2.0),
    whiten(mixed[:3], mixed[3:6], 0.01),
    whiten(mixed[:, [1, 1, 4]] * [1, 1, 1e-3], mixed[:3, 2:] * [1, 1, 1e-3], 0.0),
    whiten(mixed[:, [1, 4]] * [1, 1e-7], mixed[:3, 3:], 0.0),
    whiten(mixed * 1e-6, mixed[:2] * 1e-6, 0.0),
    whiten(_axes * [1, 1.4e-9**0.5], _axes * [1, 1.4e-9**0.5], 0.0),
    whiten(_axes * [1, 0.7e-9**0.5], _axes * [1, 0.7e-9**0.5], 0.0),
]

# %% [markdown]
# ## Question 4 · two alarms (4 points)
#
# A row can be odd in two ways: it lies *off* the plane of the components, or far out *on* it. Write
# `alarms(X_fit, X_calm, X_new, k, rate)`. Standardise all rows by mean and standard deviation (over $n$) of
# the columns of `X_fit`, and fit PCA with `k` components on `X_fit` alone. A row then has two numbers:
#
# - *off*: the squared distance between the standardised row and its reconstruction from `k` scores,
# - *on*: the sum over the `k` components of squared score divided by the component's variance (over
#   $n - 1$) in `X_fit`.
#
# The fitted rows themselves look too normal, so limits come from other healthy rows: the limit of each
# number is its quantile `1 - rate` (`np.quantile`) over the rows of `X_calm`. Return an array of shape
# `(len(X_new), 2)`: *off* divided by its limit, and *on* divided by its limit. Above 1 is an alarm. Every column of
# `X_fit` varies; $1 \le k <$ the number of columns, and `X_fit` has more rows than columns; $0 <$ `rate` $< 1$.


# %% question="alarms" points=4
### BEGIN SOLUTION
def alarms(X_fit, X_calm, X_new, k, rate):
    scaler = StandardScaler().fit(X_fit)
    pca = PCA(k, svd_solver="full").fit(scaler.transform(X_fit))

    def numbers(X):
        rows = scaler.transform(X)
        scores = pca.transform(rows)
        off = np.sum((rows - pca.inverse_transform(scores)) ** 2, axis=1)
        on = np.sum(scores**2 / pca.explained_variance_, axis=1)
        return np.column_stack([off, on])

    return numbers(X_new) / np.quantile(numbers(X_calm), 1 - rate, axis=0)


### END SOLUTION

# %% check="alarms"
_got = np.asarray(alarms(X_fit, X_calm, X_new, 5, 0.05))
assert _got.shape == (8, 2), f"expected shape (8, 2), got {_got.shape}"
assert np.all(_got > 0), "Both numbers are sums of squares, and so are the limits."
_calm = np.asarray(alarms(X_fit, X_calm, X_calm, 5, 0.1))
assert np.allclose(np.mean(_calm > 1, axis=0), 0.1), (
    "Of the 100 calm rows, 10 should exceed each limit at rate 0.1; with yours it is "
    f"{np.sum(_calm > 1, axis=0)}."
)
assert np.allclose(alarms(X_fit, X_calm, X_new[2:3], 5, 0.05), _got[2:3]), (
    "A row's numbers change with the rows beside it: everything is learned from X_fit and X_calm."
)
_units = np.logspace(-2, 2, 30)
assert np.allclose(alarms(X_fit * _units, X_calm * _units, X_new * _units, 5, 0.05), _got), (
    "Units should not matter."
)
_mean, _sd = X_fit.mean(axis=0), X_fit.std(axis=0)
_pca = PCA(5, svd_solver="full").fit((X_fit - _mean) / _sd)
_along = _mean + _sd * np.outer([1, 4], _pca.components_[0])
_moved = np.asarray(alarms(X_fit, X_calm, _along, 5, 0.05))
assert np.all(_moved[:, 0] < 1e-9), "A row on the plane of the components has distance 0 from it."
assert np.isclose(_moved[1, 1], 16 * _moved[0, 1]), (
    "Four times as far out makes 'on' 16 times as large."
)
_equal = _mean + _sd * (np.sqrt(_pca.explained_variance_)[:, None] * _pca.components_)
_same = np.asarray(alarms(X_fit, X_calm, _equal, 5, 0.05))[:, 1]
assert np.allclose(_same, _same[0]), (
    "One standard deviation of the scores along component 1 counts as much as one along component 5."
)

# %% probe="alarms" rtol=1e-6 atol=1e-9
[
    alarms(X_fit, X_calm, X_new, 5, 0.05),
    alarms(X_fit[:60], X_calm[:40], X_new, 12, 0.2),
    alarms(X_calm, X_fit, X_new[:3], 1, 0.5),
    alarms(X_fit[:, :6], X_calm[:, :6], X_new[:4, :6], 3, 0.01),
    alarms(X_fit[:40, 20:] ** 2, X_new[:, 20:] ** 2, X_calm[:5, 20:] ** 2, 9, 0.9),
]

# %% [markdown]
# ## Question 5 · how few would have done? (3 points)
#
# The formula of Johnson and Lindenstrauss holds for any data. How few columns would have sufficed for
# *these* rows? Write `fewest(X, R, epsilon)`. `X` has shape `(n, d)`, and `R`, shape `(d, K)`, holds standard
# normal numbers. The projection to $k$ columns multiplies `X` by the first $k$ columns of `R` and by
# $1 / \sqrt k$. Return the smallest $k \ge 1$, an integer, for which the squared distance of *every* pair of rows after the
# projection lies between $1 - \varepsilon$ and $1 + \varepsilon$ times the one before. Leave out pairs of equal rows. (A larger
# $k$ may fail again; that does not matter.) If no $k \le K$ will do, return `None`. `X` holds at least
# two different rows; $0 < \varepsilon < 1$.


# %% question="fewest" points=3
### BEGIN SOLUTION
def fewest(X, R, epsilon):
    first, second = np.triu_indices(len(X), 1)
    difference = X[first] - X[second]
    before = np.sum(difference**2, axis=1)
    difference, before = difference[before > 0], before[before > 0]
    after = np.cumsum((difference @ R) ** 2, axis=1) / np.arange(1, R.shape[1] + 1)
    fits = np.all(np.abs(after / before[:, None] - 1) <= epsilon, axis=0)
    return int(np.argmax(fits)) + 1 if fits.any() else None


### END SOLUTION

# %% check="fewest"
_pair = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
_R = np.array([[2.0, 1.0, 1.0, 0.5, 0.0, 0.0, 0.0], [9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]])
assert fewest(_pair, _R, 0.3) == 5, (
    "Rows (0, 0) and (1, 0): with k columns, the squared distance after is 4, 5/2, 6/3, 6.25/4, 6.25/5, "
    f"6.25/6, 6.25/7. The first within 30 % of 1 is k = 5; you say {fewest(_pair, _R, 0.3)}."
)
assert fewest(_pair, _R[:, :4], 0.3) is None, "With 4 columns none will do: None."
assert fewest(_pair, _R[:, :5], 0.3) == 5, "With 5 columns, all 5 may be used: k ≤ K."
_back = np.array([[1.0, 2.0, 0.0, 0.0]])
assert fewest(np.array([[3.0], [5.0]]), _back, 0.4) == 1, (
    "A larger k may fail; the smallest that will do counts. Distances are compared by ratio."
)
_wide = fewest(images, normal, 0.9)
assert _wide, "400 columns are plenty for 24 digits when distances may be off by 90 %."
assert _wide <= (fewest(images, normal, 0.5) or 401), "A wider margin cannot need more columns."

# %% probe="fewest" exact=true
[
    fewest(images, normal, 0.5),
    fewest(images[:5], normal, 0.2),
    fewest(images[:8], normal[:, ::-1], 0.35),
    fewest(np.repeat(images[:7], 2, axis=0) / 1000, normal, 0.6),
    fewest(images[:, 20:36] ** 2, normal[:16], 0.7),
    fewest(images[:2], normal[:, 100:], 0.05),
    fewest(images, normal[:, :3], 0.1),
    fewest(images[3:6], normal[:, 50:] * 1.2, 0.4),
    fewest(np.array([[1.0], [3.0]]), np.array([[2.0, 0, 0, 0]]), 0.1),
    fewest(np.array([[1.0], [3.0]]), np.array([[1.1, 2.0, 0, 0]]), 0.5),
]
