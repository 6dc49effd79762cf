# ---
# title: "Exercise: logistic regression"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: logistic regression
#
# Five jobs that the libraries leave to you. No question needs the answer of another. Your data are
# drawn for you: change `seed` to practise again on others. Every function must work on any input that
# its question describes, not only on the data below. NumPy, SciPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 4  # which data you get

# %%
import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)

# question 1: 600 women of Fair's survey, how often each row counts, and a penalty for each weight
survey = sm.datasets.fair.load_pandas().data.sample(600, random_state=rng.integers(2**31))
features = survey[["rate_marriage", "yrs_married", "religious"]].to_numpy()
affair = (survey["affairs"] > 0).to_numpy().astype(int)
counts = rng.integers(0, 4, size=600) + rng.choice([0, 0.5], size=600)
penalties = rng.uniform([20, 100, 5], [80, 900, 50])

# question 2: a fitted model with a squared term: constant, years married, their square, rating
years, rating = survey["yrs_married"].to_numpy(), survey["rate_marriage"].to_numpy()
design = np.column_stack([np.ones(600), years, years**2, rating])
curved = sm.Logit(affair, design).fit(disp=0)
params, cov = curved.params, curved.cov_params()
before, after = design[rng.permutation(600)[:2]]
after = np.append(before[:3], before[3] % 5 + 1) if np.allclose(before, after) else after

# question 3: three fitted pipelines, with three, three and two classes
wine, iris, cancer = load_wine(), load_iris(), load_breast_cancer()


def fitted(data, names, n_features):
    rows = rng.permutation(len(data.target))[:140]
    X = data.data[rows][:, rng.permutation(data.data.shape[1])[:n_features]]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=float(rng.uniform(0.3, 3))))
    return model.fit(X, np.array(names)[data.target[rows]]), X


wine_model, wine_X = fitted(wine, ["north", "hill", "river"], 4)
iris_model, iris_X = fitted(iris, [30, 10, 20], 3)
cancer_model, cancer_X = fitted(cancer, ["malignant", "benign"], 3)

# question 4: small tables of whole numbers, each with its labels
tables = []
for n_columns in (1, 2, 3, 2, 1, 3):
    X = rng.integers(-6, 7, size=(24, n_columns))
    direction = rng.choice([-3, -2, -1, 1, 2, 3], size=n_columns)
    along = np.zeros(n_columns, dtype=int)  # a step that leaves the score unchanged
    if n_columns > 1:
        along[:2] = direction[1], -direction[0]
    X[:3] = rng.integers(-2, 3, size=n_columns) + np.outer([-1, 0, 1], along)
    score = (X - X[1]) @ direction  # the first three rows lie on the plane of score 0
    random_label = np.append([0, 1, 0], rng.integers(0, 2, size=21))
    apart = score != 0
    tables.append((X[apart], (score[apart] > 0).astype(int)))
    tables.append((X, np.where(apart, score > 0, random_label).astype(int)))
    tables.append((X, np.where(np.abs(score) > 6, score > 0, random_label).astype(int)))
tables = [(X, y) for X, y in tables if 0 < y.sum() < len(y)]

# question 5: predicted probabilities of three classes, and what share of each class was kept
chances = rng.dirichlet([1.0, 1.0, 1.0], size=12)
kept = rng.uniform([0.02, 0.3, 0.7], [0.2, 0.6, 1.0])

# %% [markdown]
# ## Question 1 · some rows count more, some weights cost more (4 points)
#
# A survey often says how many people a row stands for, and you may trust some features less than
# others. Write `fit(X, y, counts, penalties)`, which returns the array
# $(w_0, w_1, \dots, w_d)$, intercept first, that minimises
#
# $$ \sum_i c_i\, \ell_i(w) + \frac12 \sum_{j=1}^{d} \lambda_j w_j^2 , $$
#
# where $\ell_i$ is the log loss of row $i$ in nats, $c_i$ is `counts[i]` and $\lambda_j$ is
# `penalties[j - 1]`. The intercept has no penalty. `X` has shape `(n, d)`, `y` (0 and 1) and `counts`
# have shape `(n,)`, `penalties` has shape `(d,)`. Counts and penalties are 0 or more, not
# necessarily whole. Columns of `X` may differ in scale by a factor of 10,000. The minimum exists and is
# unique. Four digits of every weight must be right.


# %% question="fit" points=4
### BEGIN SOLUTION
def fit(X, y, counts, penalties):
    Z = np.column_stack([np.ones(len(X)), X])
    ridge = np.append(0, penalties)
    w = np.zeros(Z.shape[1])
    for _ in range(40):
        p = expit(Z @ w)
        gradient = Z.T @ (counts * (p - y)) + ridge * w
        hessian = Z.T * (counts * p * (1 - p)) @ Z + np.diag(ridge)
        w = w - np.linalg.solve(hessian, gradient)
    return w


### END SOLUTION


# %% check="fit"
def _objective(w, X, y, counts, penalties):
    score = w[0] + X @ w[1:]
    return counts @ (np.logaddexp(0, score) - y * score) + penalties @ w[1:] ** 2 / 2


_case = (features, affair, counts, penalties)
_w = np.asarray(fit(*_case))
assert _w.shape == (4,), f"Three features: expected shape (4,), got {_w.shape}."
for _j in range(4):
    for _factor in (0.99, 1.01):
        _moved = _w * np.where(np.arange(4) == _j, _factor, 1)
        assert _objective(_moved, *_case) >= _objective(_w, *_case), (
            f"Weight {_j} times {_factor} gives a smaller value of the objective than yours. Are the "
            "counts in the gradient, and has every weight its own penalty (the intercept none)?"
        )
_twice = fit(
    np.vstack([features, features[:50]]), np.append(affair, affair[:50]), np.ones(650), penalties
)
_double = fit(features, affair, np.where(np.arange(600) < 50, 2, 1), penalties)
assert np.allclose(_twice, _double, rtol=1e-3), (
    "A row with count 2 should do what the same row, written twice, does."
)
_scaled = np.asarray(fit(features * [1, 1e4, 1], affair, counts, penalties * [1, 1e8, 1]))
assert np.allclose(_scaled * [1, 1, 1e4, 1], _w, rtol=1e-3), (
    "A column times 10,000, its penalty times 10,000 squared: its weight should be 10,000 times smaller "
    "and nothing else should change. Does your method get to the bottom there?"
)
_more = np.asarray(fit(features, affair, counts, penalties * [1, 1, 1e4]))
assert abs(_more[3]) < abs(_w[3]), "A larger penalty on one weight should shrink that weight."

# %% probe="fit" rtol=1e-4
free = np.zeros(3)
[
    fit(features, affair, counts, penalties),
    fit(features, affair, np.ones(600), free),
    fit(features[:, 1:] * [1e-2, 100], 1 - affair, counts, penalties[:2]),
    fit(features[100:400], affair[100:400], counts[100:400] / 3, penalties * [0, 1, 20]),
    fit(features[:, :1], (features[:, 0] > 3).astype(int), counts, penalties[:1] / 10),
    fit(features[:, [1, 0, 2]] - 4, affair, 2.5 * counts, penalties[::-1]),
]

# %% [markdown]
# ## Question 2 · two people, one sentence (3 points)
#
# A change often moves several columns at once: with $x^2$ in the model, nobody can raise $x$ "all else
# equal". Write `compare(params, cov, before, after)` for a fitted logistic regression. `params` are
# its weights, shape `(k,)`, `cov` the covariance matrix of their errors, shape `(k, k)`; `before` and
# `after` are two different rows of its design matrix, shape `(k,)`, constant included. Return a tuple
# of four floats:
#
# - the odds ratio of `after` against `before`,
# - the lower and the upper end of its 95 % confidence interval, normal on the scale of the
#   log-odds, with the exact quantile of the normal distribution (not 2, not 1.96),
# - the risk ratio of `after` against `before`.
#
# The variance of a weighted sum $\sum_j a_j \hat w_j$ of estimated weights is $a^\top \Sigma\, a$,
# with $\Sigma$ for `cov`.


# %% question="compare" points=3
### BEGIN SOLUTION
def compare(params, cov, before, after):
    change = after - before
    middle = change @ params
    half = stats.norm.ppf(0.975) * np.sqrt(change @ cov @ change)
    risk_ratio = expit(after @ params) / expit(before @ params)
    ends = np.exp([middle, middle - half, middle + half])
    return (*map(float, ends), float(risk_ratio))


### END SOLUTION

# %% check="compare"
_result = compare(params, cov, before, after)
assert len(_result) == 4, f"Expected four numbers, got {len(_result)}."
_ratio, _low, _high, _risk = _result
assert _low < _ratio < _high, "The odds ratio should lie between the two ends."
assert np.isclose(_ratio / _low, _high / _ratio), (
    "On the scale of the log-odds the interval is symmetric: high/ratio should be ratio/low. You have "
    f"{_high / _ratio:.4f} and {_ratio / _low:.4f}."
)
_back = compare(params, cov, after, before)
assert np.allclose([_back[0] * _ratio, _back[1] * _high, _back[3] * _risk], 1), (
    "Exchanging `before` and `after` should give the reciprocals, and low and high change places."
)
_p = expit(np.array([before, after]) @ params)
assert np.isclose(_ratio * _p[0] / (1 - _p[0]), _p[1] / (1 - _p[1])), (
    f"The two predicted probabilities are {_p[0]:.3f} before and {_p[1]:.3f} after. Your odds ratio, "
    "times the odds before, does not give the odds after."
)
assert np.isclose(_risk * _p[0], _p[1]), (
    f"Your risk ratio times {_p[0]:.3f}, the probability before, should be {_p[1]:.3f}."
)
_first = compare(params, cov, np.array([1.0, 0, 0, 2]), np.array([1.0, 0, 0, 3]))
assert np.allclose(_first[1:3], np.exp(curved.conf_int()[3])), (
    "When one column alone rises by 1, the interval should be that of its weight, as statsmodels gives it."
)
_other = compare(params, cov * np.where(np.eye(4) == 1, 1, 0.5), before, after)
assert not np.isclose(_other[1], _low, rtol=1e-9), (
    "Entries of `cov` off the diagonal do not change your interval. Errors of the weights are correlated."
)

# %% probe="compare" rtol=1e-6
rare = params - np.array([6, 0, 0, 0])
sets = [(before, after), (design[3], design[3] + [0, 2, 4 + 4 * years[3], 0])]
sets += [
    (np.array([1, 5.0, 25, 4]), np.array([1, 15.0, 225, 2])),
    (design[7], np.array([1.0, 3, 9, 6])),
]
[compare(weights, cov, *pair) for weights in (params, rare) for pair in sets]

# %% [markdown]
# ## Question 3 · one class against another (3 points)
#
# `make_pipeline(StandardScaler(), LogisticRegression(C=…))`, fitted on an array, is linear in the
# *original* units too. Write `log_odds(model, a, b)`: for such a pipeline and two different classes
# `a` and `b`, given by their labels, it returns the tuple `(constant, weights)`, a float and an array of
# shape `(d,)`, such that for every row $x$ in original units
#
# $$ \ln \frac{P(a \mid x)}{P(b \mid x)} = \text{constant} + x \cdot \text{weights} . $$
#
# There are two or more classes, whose labels may be numbers or texts in any order.


# %% question="log_odds" points=3
### BEGIN SOLUTION
def log_odds(model, a, b):
    scaler, last = model
    coef, intercept = last.coef_, last.intercept_
    if len(last.classes_) == 2:  # one row only: the second class against the first
        coef, intercept = np.vstack([np.zeros_like(coef), coef]), np.append(0, intercept)
    i, j = (list(last.classes_).index(label) for label in (a, b))
    weights = (coef[i] - coef[j]) / scaler.scale_
    return float(intercept[i] - intercept[j] - scaler.mean_ @ weights), weights


### END SOLUTION

# %% check="log_odds"
for _model, _X, _pair in (
    (wine_model, wine_X, ("hill", "north")),
    (iris_model, iris_X, (30, 10)),
    (cancer_model, cancer_X, ("malignant", "benign")),
    (cancer_model, cancer_X, ("benign", "malignant")),
):
    _constant, _weights = log_odds(_model, *_pair)
    assert np.shape(_weights) == (_X.shape[1],), (
        f"{_X.shape[1]} features: `weights` should have that many entries, not {np.shape(_weights)}."
    )
    _logs = dict(zip(_model.classes_.tolist(), _model.predict_log_proba(_X).T, strict=True))
    _expected, _yours = _logs[_pair[0]] - _logs[_pair[1]], _constant + _X @ _weights
    assert np.corrcoef(_expected, _yours)[0, 1] > 0, (
        f"{_pair[0]} against {_pair[1]}: your log-odds rise where the model's fall. Which row of coef_ "
        "belongs to which class, and what does the single row of two classes mean?"
    )
    assert np.allclose(_expected, _yours, atol=1e-4), (
        f"{_pair[0]} against {_pair[1]}: for the first row the model's log-odds are {_expected[0]:.3f}, "
        f"yours {_yours[0]:.3f}. The model saw scaled features; your weights get raw ones."
    )

# %% probe="log_odds" rtol=1e-6 atol=1e-9
pairs = [
    (wine_model, "north", "river"),
    (wine_model, "river", "hill"),
    (wine_model, "hill", "north"),
]
pairs += [(iris_model, 10, 20), (iris_model, 30, 20), (iris_model, 10, 30)]
pairs += [(cancer_model, "benign", "malignant"), (cancer_model, "malignant", "benign")]
[log_odds(model, a, b) for model, a, b in pairs]

# %% [markdown]
# ## Question 4 · will the weights run away? (3 points)
#
# Before fitting without a penalty, ask whether an estimate exists. With $s_i = 1$ where $y_i = 1$ and
# $s_i = -1$ where $y_i = 0$, and $t_i = s_i (w_0 + x_i \cdot w)$, the data are
#
# - `"complete"`ly separated if some $(w_0, w)$ makes *every* $t_i > 0$;
# - else `"quasi"`-separated if some $(w_0, w)$ makes every $t_i \ge 0$ and at least one $t_i > 0$ (rows
#   of both classes lie on the boundary, none on the wrong side; some weights still run away);
# - else `"none"` holds: a finite estimate exists.
#
# Write `separation(X, y)`, which returns one of these three texts. `X`, shape `(n, d)`, holds whole
# numbers between −100 and 100, $1 \le d \le 4$, $n \le 60$; `y` holds both 0 and 1.
#
# `scipy.optimize.linprog` finds out whether linear inequalities can all hold: minimise nothing (`c` all
# zeros), give them as `A_ub @ v <= b_ub`, let `v` be of any sign (`bounds=(None, None)`); `.status` is 0
# if they can, 2 if not. It knows only $\le$, not $<$. But $w$ can be made as long as you like.


# %% question="separation" points=3
### BEGIN SOLUTION
def separation(X, y):
    signed = np.where(y == 1, 1, -1)[:, None] * np.column_stack([np.ones(len(X)), X])

    def possible(rows, at_least):
        nothing = np.zeros(rows.shape[1])
        return linprog(nothing, A_ub=-rows, b_ub=-at_least, bounds=(None, None)).status == 0

    if possible(signed, np.ones(len(y))):
        return "complete"
    some = np.vstack([signed, signed.sum(axis=0)])
    return "quasi" if possible(some, np.append(np.zeros(len(y)), 1)) else "none"


### END SOLUTION

# %% check="separation"
_x = np.array([[1], [2], [3], [4], [5]])
for _y, _expected, _why in (
    ([0, 0, 1, 1, 1], "complete", "a threshold of 2.5 has zeros below and ones above"),
    ([1, 1, 1, 0, 0], "complete", "a negative weight separates as well as a positive one"),
    ([0, 1, 0, 1, 1], "none", "3 is a zero above a one, and 4 is a one above it"),
):
    _result = separation(_x, np.array(_y))
    assert _result == _expected, (
        f"x = 1 … 5, y = {_y}: {_expected}, since {_why}; you say {_result!r}."
    )
_touch = separation(np.array([[1], [3], [3], [5]]), np.array([0, 0, 1, 1]))
assert _touch == "quasi", (
    "x = 1, 3, 3, 5 and y = 0, 0, 1, 1: at 3 both classes meet, and nothing is on the wrong side. That is "
    f"'quasi'; you say {_touch!r}. Does your second set of inequalities allow t = 0?"
)
_same = separation(np.array([[2], [2], [2]]), np.array([0, 1, 1]))
assert _same == "none", (
    "All rows alike, both labels: w = 0 makes every t zero, but no t is above 0. That is 'none'; you say "
    f"{_same!r}. Does your second set of inequalities demand one t above 0?"
)
_square = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
assert separation(_square, np.array([0, 1, 1, 0])) == "none", "No line separates opposite corners."
assert separation(_square, np.array([0, 0, 0, 1])) == "complete", "A line cuts one corner off."
assert separation(100 * _square, np.array([0, 0, 0, 1])) == "complete", "Units should not matter."
_line, _mixed = np.array([[0, 2], [1, 1], [2, 0], [0, 0], [2, 2]]), np.array([0, 1, 0, 0, 1])
for _unit in (1, 40):
    _result = separation(_unit * _line, _mixed)
    assert _result == "quasi", (
        f"Unit {_unit}: (0, 2), (1, 1), (2, 0) lie on one slanting line, with labels 0, 1, 0; (0, 0) below "
        f"has label 0 and (2, 2) above has 1. That is 'quasi' in any unit; you say {_result!r}."
    )
_blocks = np.repeat([0, 1], 30)
_result = separation(_blocks[:, None], np.where(np.arange(60) % 59 == 0, 1 - _blocks, _blocks))
assert _result == "none", (
    "30 rows at 0 and 30 at 1, and each group has one row of the other label: a large weight, but a "
    f"finite one. You say {_result!r}. The size of a fitted weight cannot tell."
)
_group = separation(np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 5]]), np.array([0, 1, 0, 1, 1]))
assert _group == "quasi", (
    "All rows of the category x1 = 1 have label 1, the others are mixed: its weight runs away, 'quasi'. "
    f"You say {_group!r}."
)

# %% probe="separation" exact=true
blocks, odd = np.repeat([0, 1], 30), [seed % 30, 30 + seed % 29]
grouped = [np.column_stack([X[:, :1] > 3, X[:, -1]]).astype(int) for X, _ in tables]
[separation(X, y) for X, y in tables] + [
    *[
        separation(X, np.where(X[:, 0] == 1, 1, y))
        for X, (_, y) in zip(grouped, tables, strict=True)
        if np.any((X[:, 0] == 0) & (y == 0))
    ],
    *[separation(10 * X[:, ::-1] + 4, 1 - y) for X, y in tables],
    separation(blocks[:, None], np.where(np.isin(np.arange(60), odd), 1 - blocks, blocks)),
    separation(np.zeros((5, 2), dtype=int), np.array([0, 1, 0, 1, 1])),
    separation(np.array([[-7], [-7], [-9], [-9]]), np.array([1, 0, 1, 1])),
    separation(np.array([[0, 3], [1, 0], [0, 1]]), np.array([0, 1, 0])),
]

# %% [markdown]
# ## Question 5 · back to the full population (2 points)
#
# To save time a team trained on a thinned table: of the rows of class $k$ it kept, at random, the share
# `kept[k]` ($0 <$ `kept[k]` $\le 1$). The model's probabilities are right for the thinned table, and
# so wrong for the population. Think of the odds of any class against any other: what did thinning do
# to them?
#
# Write `full_population(probabilities, kept)`, which returns the probabilities for the population,
# shape `(n, k)`, given those of the model, shape `(n, k)`, and `kept`, shape `(k,)`, $k \ge 2$. Each row
# sums to 1. Entries may be exactly 0; those stay 0.


# %% question="full_population" points=2
### BEGIN SOLUTION
def full_population(probabilities, kept):
    restored = probabilities / kept
    return restored / restored.sum(axis=1, keepdims=True)


### END SOLUTION

# %% check="full_population"
_p = np.asarray(full_population(chances, kept))
assert _p.shape == chances.shape, f"Expected shape {chances.shape}, got {_p.shape}."
assert np.allclose(_p.sum(axis=1), 1), "Each row of probabilities should sum to 1."
assert np.allclose(full_population(chances, np.ones(3)), chances), (
    "Nothing dropped, nothing to mend."
)
assert np.allclose(full_population(chances, np.full(3, 0.1)), chances), (
    "A tenth of every class kept: the classes are mixed as in the population, so nothing changes."
)
_odds, _new = chances[:, 0] / chances[:, 1], _p[:, 0] / _p[:, 1]
assert np.allclose(_new / _odds, (_new / _odds)[0]), (
    "The odds of class 0 against class 1 should change by the same factor in every row."
)
assert np.all(_p[:, 0] > chances[:, 0]), (
    f"Class 0 was thinned most, to {kept[0]:.0%}. In the population it is more frequent than the model says."
)
_p = np.asarray(full_population(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0.25, 1.0])))
assert np.allclose(_p[1], [0, 1]), "A class with probability 0 should stay at 0."
assert np.isclose(_p[0, 0], 0.8), (
    "Even odds after every fourth row of class 0 was kept: for each row of class 1 there are four of "
    f"class 0 in the population, so 0.8. You say {_p[0, 0]:.3f}."
)

# %% probe="full_population" rtol=1e-6
edge = np.array([[0.0, 0.3, 0.7], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
pair = np.column_stack([chances[:, 0], 1 - chances[:, 0]])
[
    full_population(chances, kept),
    full_population(chances[:, ::-1], kept[[1, 0, 2]]),
    full_population(edge, kept),
    full_population(pair, np.array([1.0, kept[0]])),
    full_population(chances[:1], kept / 2),
]
