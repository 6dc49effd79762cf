# ---
# title: "Exercise: scikit-learn's contract"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: scikit-learn's contract
#
# Two transformers, a pipeline, a wrapper around any classifier, and a count of fits. No question needs
# the answer of another. Your data are drawn for you: change `seed` to practise again on others. NumPy,
# pandas and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    OneToOneFeatureMixin,
    TransformerMixin,
    clone,
)
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, ParameterGrid, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data
from statsmodels.datasets import fair

rng = np.random.default_rng(seed)


def outcome(call):
    """What the call returns, or the name of its error."""
    try:
        return call()
    except Exception as error:
        return type(error).__name__


# question 1: wines, as a table with gaps
wine = load_wine(as_frame=True)
wines = wine.data.sample(150, random_state=rng.integers(2**31))[
    rng.permutation(wine.data.columns)[:4]
]
gappy = wines.mask(rng.random(wines.shape) < 0.1)

# questions 2 and 3: a survey of married women in 1974, with some answers removed
survey = fair.load_pandas().data.sample(700, random_state=rng.integers(2**31))
jobs = ["student", "unskilled", "office", "skilled", "manager", "professional"]
women = survey[["age", "children", "religious", "yrs_married"]].copy()
for column in ("occupation", "occupation_husb"):
    women[column] = survey[column].map(dict(enumerate(jobs, start=1)))
content = (survey["rate_marriage"] > 4).to_numpy().astype(int)  # marriage rated "very good"
rating = survey["rate_marriage"].to_numpy()
holes = women.mask(rng.random(women.shape) < np.array([0.1, 0.1, 0.1, 0, 0, 0.1]))

# question 4: tumours, in five of the thirty measurements
cancer = load_breast_cancer()
cells = rng.permutation(len(cancer.target))
cell_X = cancer.data[cells][:, rng.permutation(30)[:5]]
cell_y = np.where(cancer.target[cells] == 1, "benign", "malignant")

# question 5: values for grids
sizes = [int(size) for size in rng.integers(2, 6, size=4)]

# %% [markdown]
# ## Question 1 · pull in the outliers (3 points)
#
# Write the transformer `Winsoriser(lower=0.05, upper=0.95)`. `fit` learns `limits_`, shape `(2, d)`:
# of each column the quantiles `lower` and `upper`, as `np.quantile` computes them, of the known values.
# `transform` replaces what is below the first or above the second limit by that limit.
#
# - Gaps (`NaN`) are ignored by `fit` and stay gaps in `transform`. Every column has a known value.
# - Parameters are checked by `fit`: unless $0 \le$ `lower` $<$ `upper` $\le 1$, it raises `ValueError`.
# - Tables and arrays are both accepted and never changed. `n_features_in_`, and for tables
#   `feature_names_in_`, `get_feature_names_out()` and `set_output(transform="pandas")` work. Another
#   number of columns or other names than in `fit`, and infinite values, raise `ValueError`.
# - `transform` before `fit` raises `NotFittedError`.
# - `check_estimator(Winsoriser())` raises nothing. One tag has to say that gaps are welcome:
#
# ```python
# def __sklearn_tags__(self):
#     tags = super().__sklearn_tags__()
#     tags.input_tags.allow_nan = True
#     return tags
# ```
#
# (Allowing gaps in `validate_data` is its argument `ensure_all_finite="allow-nan"`.)


# %% question="winsoriser" points=3
### BEGIN SOLUTION
class Winsoriser(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    def __init__(self, lower=0.05, upper=0.95):
        self.lower = lower
        self.upper = upper

    def fit(self, X, y=None):
        if not 0 <= self.lower < self.upper <= 1:
            raise ValueError("0 <= lower < upper <= 1 does not hold")
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.limits_ = np.nanquantile(X, [self.lower, self.upper], axis=0)
        return self

    def transform(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan", reset=False)
        return np.clip(X, self.limits_[0], self.limits_[1])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


### END SOLUTION

# %% check="winsoriser"
_model = Winsoriser(0.1, 0.8)
assert _model.fit(wines) is _model, "fit should return the estimator itself."
assert np.shape(_model.limits_) == (2, 4), f"limits_ should be (2, 4), not {_model.limits_.shape}"
_out = np.asarray(_model.transform(wines))
_cut = ((_out > wines.to_numpy()).mean(axis=0), (_out < wines.to_numpy()).mean(axis=0))
assert np.all(np.array(_cut) <= [[0.1], [0.2]]), (
    "With limits at 0.1 and 0.8, at most a tenth of a column is raised and a fifth lowered."
)
_row = np.array([[-1e9, 1e9, np.nan, 0.0]])
_gaps = Winsoriser().fit(gappy.to_numpy())
_inside = (_gaps.limits_ >= gappy.min().to_numpy()) & (_gaps.limits_ <= gappy.max().to_numpy())
assert np.all(_inside), (
    "The limits of columns with gaps should be numbers between the smallest and the largest known "
    f"value. Yours are {_gaps.limits_}."
)
_alone = Winsoriser().fit(gappy.iloc[:, :1].to_numpy()).limits_
assert np.allclose(_alone, _gaps.limits_[:, :1]), (
    "A column's limits should not depend on where other columns have gaps."
)
assert list(np.isnan(_gaps.transform(_row)[0])) == [False, False, True, False], (
    "A gap should stay a gap, and nothing else become one."
)
assert outcome(lambda: Winsoriser(0.9, 0.1)) != "ValueError", "__init__ should only store."
for _low, _high, _refused in [(0.9, 0.1, True), (0.5, 0.5, True), (-0.1, 1, True), (0, 1, False)]:
    assert (
        outcome(lambda: Winsoriser(_low, _high).fit(wines) is None) == "ValueError"
    ) == _refused, f"What should fit do with lower={_low} and upper={_high}?"
assert outcome(lambda: _model.transform(wines.iloc[:, ::-1]) is None) == "ValueError", (
    "Shuffled columns should be refused. What does validate_data do with reset=False?"
)
assert outcome(lambda: Winsoriser().transform(wines) is None) == "NotFittedError", (
    "transform before fit should raise NotFittedError. Which function of the lesson does that?"
)
_table = Winsoriser().set_output(transform="pandas").fit_transform(gappy)
assert list(_table.columns) == list(gappy.columns), (
    "A table out should have the names that came in."
)
check_estimator(Winsoriser(), on_skip=None)

# %% probe="winsoriser" rtol=1e-6
table = gappy.copy()
models = [Winsoriser().fit(table), Winsoriser(0, 0.7).fit(table), Winsoriser(0.2, 1.0).fit(table)]
array = Winsoriser(upper=0.6).fit(gappy.to_numpy())
refit = Winsoriser().fit(wines.iloc[:20]).set_params(lower=0.3).fit(wines[:90])
named = Winsoriser(0.15).set_output(transform="pandas").fit(table[:100])
[
    [model.limits_ for model in (*models, array, refit)],
    [np.asarray(model.transform(table * 1.3)) for model in models],
    array.transform(gappy.to_numpy()[:9] - 1),
    named.transform(table[100:]),
    table.equals(gappy),
    [list(models[0].feature_names_in_), list(models[0].get_feature_names_out())],
    [array.n_features_in_, hasattr(array, "feature_names_in_"), Winsoriser(0.2).get_params()],
    hasattr(clone(models[0]), "limits_"),
    [
        outcome(lambda low=low, high=high: Winsoriser(low, high).fit(wines) is None)
        for low, high in [(-0.1, 0.5), (0.5, 0.5), (0.5, 1.1), (0.7, 0.2), (0, 1)]
    ],
    outcome(lambda: models[0].transform(table.iloc[:, ::-1])),
    outcome(lambda: array.transform(gappy.to_numpy()[:, :3])),
    outcome(lambda: Winsoriser().fit(np.array([[1.0], [np.inf]])) is None),
    outcome(lambda: array.transform(np.full((2, 4), np.inf))),
    outcome(lambda: Winsoriser().transform(table)),
    outcome(lambda: len(check_estimator(Winsoriser(), on_skip=None)) > 10),
]

# %% [markdown]
# ## Question 2 · categories become numbers (3 points)
#
# With many categories, one column per category is too many. *Target encoding* replaces a category by
# the mean target of its rows, pulled towards the mean of all rows where these are few:
#
# $$
# \text{code} = \frac{\sum_{i \in \text{category}} y_i + m\,\bar y}{n_\text{category} + m}.
# $$
#
# Write the transformer `TargetCodes(smoothing=10.0, n_folds=5)`, where `smoothing` is $m$. `X` is a table
# of text columns without gaps, with any index; `y` is an array of numbers.
#
# - `fit(X, y)` learns the attributes `mean_`, the number $\bar y$, and `codes_`, a dictionary of
#   dictionaries: `codes_[column][category]`. It returns the estimator.
# - `transform(X)` returns an array of the codes of all columns of `fit`, in the order of `fit`; it finds
#   them by name. (`X` may have them in another order, and have more.) An unknown category becomes
#   `mean_`.
# - `fit_transform(X, y)` must not let a row see its own target. Row number $i$ (counted from 0) is in fold
#   $i \bmod$ `n_folds`. The codes of a fold's rows, and the mean for unknown categories, come from
#   the rows of all *other* folds. Afterwards the estimator has learned from all rows, as by `fit`.
# - It keeps the rules for parameters, so that `clone` and pipelines work. No further checks are asked for.


# %% question="target_codes" points=3
### BEGIN SOLUTION
class TargetCodes(TransformerMixin, BaseEstimator):
    def __init__(self, smoothing=10.0, n_folds=5):
        self.smoothing = smoothing
        self.n_folds = n_folds

    def fit(self, X, y):
        self.mean_ = float(np.mean(y))
        self.codes_ = {}
        for name in X.columns:
            groups = pd.Series(y).groupby(X[name].to_numpy()).agg(["sum", "count"])
            codes = (groups["sum"] + self.smoothing * self.mean_) / (
                groups["count"] + self.smoothing
            )
            self.codes_[name] = codes.to_dict()
        return self

    def transform(self, X):
        coded = [
            [codes.get(category, self.mean_) for category in X[name]]
            for name, codes in self.codes_.items()
        ]
        return np.array(coded).T

    def fit_transform(self, X, y):
        folds = np.arange(len(X)) % self.n_folds
        result = np.empty(X.shape)
        for fold in range(self.n_folds):
            held_out = folds == fold
            result[held_out] = self.fit(X[~held_out], y[~held_out]).transform(X[held_out])
        self.fit(X, y)
        return result


### END SOLUTION

# %% check="target_codes"
_small = pd.DataFrame({"city": list("AABBB")}, index=[9, 8, 7, 6, 5])
_y = np.array([1.0, 3, 0, 0, 11])
_codes = TargetCodes(smoothing=2)
assert _codes.fit(_small, _y) is _codes, "fit should return the estimator itself."
assert np.isclose(_codes.mean_, 3), "mean_ should be the mean of all targets."
assert np.isclose(_codes.codes_["city"]["B"], 3.4), "B: (0 + 0 + 11 + 2 * 3) / (3 + 2) = 3.4"
_new = pd.DataFrame({"more": ["x", "x"], "city": ["Z", "A"]})
assert np.allclose(_codes.transform(_new), [[3], [2.5]]), (
    "Z is unknown: 3. A: (1 + 3 + 2 * 3) / (2 + 2) = 2.5. The column `more` should not disturb."
)
_alone = TargetCodes(smoothing=0, n_folds=5).fit_transform(_small, _y)
assert np.shape(_alone) == (5, 1), f"expected shape (5, 1), got {np.shape(_alone)}"
assert np.allclose(_alone[:, 0], [3, 1, 5.5, 5.5, 0]), (
    "Five folds of five rows, no smoothing: the first A has only the other A's target, 3, and each B "
    f"the mean of the other two. Yours are {_alone[:, 0]}."
)
_halves = TargetCodes(smoothing=2, n_folds=2)
assert np.isclose(_halves.fit_transform(_small, _y)[1, 0], 3), (
    "Two folds: rows 0, 2 and 4, and rows 1 and 3. The second A knows of rows 0, 2 and 4 alone: their "
    "mean is 4, and its code (1 + 2 * 4) / (1 + 2) = 3."
)
assert np.isclose(_halves.mean_, 3), "After fit_transform, all rows should have been learned."
_text, _noise = women[["occupation"]] + women.index.astype(str).to_numpy()[:, None], rating
_own = np.ptp(TargetCodes(1).fit_transform(_text, _noise))
assert _own < 0.5, (
    "Where every row has its own category, nothing is known about it but the mean of other folds. "
    f"Your codes differ by {_own:.2f}: rows see their own targets."
)
assert not hasattr(clone(_codes), "codes_"), "A clone should know nothing."

# %% probe="target_codes" rtol=1e-6
text = women[["occupation", "occupation_husb"]]
codes = TargetCodes().fit(text[:500], rating[:500])
strong = TargetCodes(smoothing=80, n_folds=3)
crossed = strong.fit_transform(text, rating)
folds = TargetCodes(1.5, n_folds=7).fit_transform(text[["occupation"]][:203], rating[:203])
unique = (text["occupation"] + women["age"].astype(str) + women["children"].astype(str)).to_frame(
    "all"
)
chain = make_pipeline(TargetCodes(2.5), KNeighborsClassifier(3)).fit(text[:90], content[:90])
[
    codes.mean_,
    {name: dict(sorted(inner.items())) for name, inner in codes.codes_.items()},
    codes.transform(text[500:]),
    codes.transform(text[500:520].iloc[:, ::-1].assign(occupation="astronaut", more="x")),
    [crossed.shape, crossed[::2]],
    strong.transform(text[:50]),
    strong.mean_,
    folds,
    TargetCodes(0.5, 2).fit_transform(unique, -rating),
    codes.set_params(smoothing=3).fit(text[["occupation_husb"]], rating).transform(text[:30]),
    list(codes.codes_),
    TargetCodes(4).get_params(),
    chain.predict(text[90:150]),
    chain[:-1].transform(text[:20]),
    hasattr(clone(codes), "codes_"),
]

# %% [markdown]
# ## Question 3 · one pipeline for the whole table (3 points)
#
# Write `build(numbers, categories, C, rare)`, which returns an *unfitted* `Pipeline` for tables.
# `numbers` and `categories` are lists of column names, `C` is that of the model, `rare` a number of rows.
# Its two steps are `prepare`, a `ColumnTransformer`, and `model`, a `LogisticRegression` (all but `C` at
# its default).
#
# - The columns of `numbers` go through a pipeline named `numbers`: step `fill` replaces gaps by the
#   median and appends, for each column that had gaps in training, a column that says where (0 or
#   1; look for this among the arguments of `SimpleImputer`). Step `scale` standardises all of that.
# - The columns of `categories` then go through a pipeline named `categories`: step `fill` replaces gaps
#   by the text `"missing"`, which is then a category like any other. Step `encode` encodes one-hot. All
#   categories of fewer than `rare` training rows share one column; unknown categories count as rare,
#   or, where no category is rare, become zeros only. (Look among the arguments of `OneHotEncoder`.)
# - All other columns are dropped. Neither the order of a table's columns nor that of its rows matters.
# - `get_params` and `set_params` reach everything, as in `prepare__numbers__fill__strategy`.


# %% question="build" points=3
### BEGIN SOLUTION
def build(numbers, categories, C, rare):
    number_steps = Pipeline(
        [
            ("fill", SimpleImputer(strategy="median", add_indicator=True)),
            ("scale", StandardScaler()),
        ]
    )
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=rare)
    category_steps = Pipeline(
        [
            ("fill", SimpleImputer(strategy="constant", fill_value="missing")),
            ("encode", encoder),
        ]
    )
    prepare = ColumnTransformer(
        [("numbers", number_steps, numbers), ("categories", category_steps, categories)]
    )
    return Pipeline([("prepare", prepare), ("model", LogisticRegression(C=C))])


### END SOLUTION

# %% check="build"
_holes = holes.astype({"occupation": object, "occupation_husb": object})
_pipe = build(["age", "children"], ["occupation_husb"], 0.5, 20)
assert [name for name, _ in _pipe.steps] == ["prepare", "model"], "The steps are prepare and model."
assert not hasattr(_pipe["model"], "coef_"), "The pipeline should not be fitted yet."
_pipe.fit(_holes, content)
_names = list(_pipe["prepare"].get_feature_names_out())
assert "numbers__missingindicator_age" in _names, (
    f"A column that says where age was missing is missing. You have {_names}."
)
assert any(name.endswith("_missing") for name in _names), (
    "There is no column for missing occupations."
)
assert not any("religious" in name for name in _names), "Columns in neither list should go."
_Z = _pipe["prepare"].transform(_holes)
_Z = _Z.toarray() if hasattr(_Z, "toarray") else np.asarray(_Z)
assert np.allclose([_Z[:, :4].mean(axis=0), _Z[:, :4].std(axis=0)], [[0] * 4, [1] * 4]), (
    "The first four columns, ages, children and their indicators, should be standardised."
)
assert np.all(_Z[:, 4:].sum(axis=1) == 1), "Every training row should have one category."
_odd = _holes[:1].assign(occupation_husb="astronaut")
assert isinstance(outcome(lambda: _pipe.predict(_odd)), np.ndarray), (
    "An unknown occupation should be accepted."
)
_get = _pipe.get_params().get
assert _get("prepare__numbers__fill__strategy") == "median", "Numbers are filled by the median."
assert _get("model__C") == 0.5, "C should reach the model."
_few = pd.DataFrame({"x": [0.0, 1, 2, 3, 4], "c": list("aabcc")})
for _rare, _columns in [(1, 4), (2, 4), (3, 2)]:
    _pipe = build(["x"], ["c"], 1.0, _rare).fit(_few, [0, 1, 0, 1, 0])
    assert len(_pipe["prepare"].get_feature_names_out()) == _columns, (
        f"Categories a, a, b, c, c and one number, rare={_rare}: {_columns} columns in all, not "
        f"{len(_pipe['prepare'].get_feature_names_out())}."
    )
_Z = _pipe["prepare"].transform(_few.assign(c="z"))
_Z = _Z.toarray() if hasattr(_Z, "toarray") else np.asarray(_Z)
assert np.all(_Z[:, 1:] == 1), "An unknown category should count as rare where there are rare ones."

# %% probe="build" rtol=1e-3 atol=1e-3
table = holes.astype({"occupation": object, "occupation_husb": object})
train, new = table[:500], table[500:]
pipe = build(["age", "yrs_married", "children"], ["occupation", "occupation_husb"], 0.7, 25)
unfitted = hasattr(pipe["model"], "coef_")
other = build(["religious"], ["occupation_husb"], 30.0, 1).fit(train, content[:500])
same = build(["religious"], ["occupation_husb"], 30.0, 1).fit(train[::-1], content[:500][::-1])
pipe.fit(train, content[:500])
odd = new[:20].assign(occupation="astronaut", occupation_husb=np.nan, age=np.nan, more=1)
changed = clone(pipe).set_params(
    prepare__numbers__fill__strategy="constant",
    prepare__numbers__fill__fill_value=200.0,
    prepare__categories__fill__fill_value="student",
    prepare__categories__encode__min_frequency=60,
    model__C=0.01,
)
changed.fit(train, content[:500])
coded = pipe["prepare"].transform(new[:50])
edge = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 9], "c": ["a", "a", "a", "b", "b", "d"]})
edges = [build(["x"], ["c"], 1.0, rare).fit(edge, [0, 1, 0, 1, 1, 0]) for rare in (2, 3, 4)]
[
    unfitted,
    [list(model["prepare"].get_feature_names_out()) for model in (pipe, other, changed, *edges)],
    [model.predict_proba(new)[:, 1] for model in (pipe, other, same, changed)],
    [pipe.predict_proba(odd[odd.columns[::-1]])[:, 1], other.predict_proba(odd)[:, 1]],
    [model.predict_proba(edge.assign(c="z"))[:, 1] for model in edges],
    coded.toarray() if hasattr(coded, "toarray") else np.asarray(coded),
    [name for name, _, _ in pipe["prepare"].transformers],
    [len(pipe["prepare"].named_transformers_["numbers"]), pipe.get_params()["model__C"]],
]

# %% [markdown]
# ## Question 4 · find enough of them (3 points)
#
# Write the classifier `RecallThreshold(estimator, positive, recall=0.9)`. It wraps any classifier of two
# classes that has `predict_proba`. `positive` is the label of the positive class, which may be either of
# the two in `classes_`.
#
# - `fit(X, y)` computes each row's *out-of-fold* probability of `positive`, with `cross_val_predict` and its
#   default folds. `threshold_` is the largest of these probabilities $t$ for which at least the share `recall`
#   of the positive rows has a probability of $t$ or more. Then `estimator_`, a clone of `estimator`, is
#   fitted on all rows. It stores the sorted labels as `classes_`, and returns itself.
# - `predict(X)` returns `positive` where `estimator_` gives it a probability of at least `threshold_`, and
#   the other label elsewhere. `predict_proba(X)` is that of `estimator_`.
# - `estimator` itself is never fitted or changed. Both predictions raise `NotFittedError` before `fit`.
# - `fit` raises `ValueError` if `y` has not exactly two labels, or if `positive` is none of them, or
#   unless $0 <$ `recall` $\le 1$.
# - Nested parameters work, as in `set_params(estimator__n_neighbors=3)`, and take effect in the next `fit`.


# %% question="recall_threshold" points=3
### BEGIN SOLUTION
class RecallThreshold(ClassifierMixin, BaseEstimator):
    def __init__(self, estimator, positive, recall=0.9):
        self.estimator = estimator
        self.positive = positive
        self.recall = recall

    def fit(self, X, y):
        classes = np.unique(y)
        if len(classes) != 2 or self.positive not in classes or not 0 < self.recall <= 1:
            raise ValueError("two labels, one of them positive, and 0 < recall <= 1, please")
        self.classes_ = classes
        scores = cross_val_predict(self.estimator, X, y, method="predict_proba")
        ours = scores[np.asarray(y) == self.positive, self._column()]
        shares = np.array([np.mean(ours >= score) for score in ours])
        self.threshold_ = ours[shares >= self.recall].max()
        self.estimator_ = clone(self.estimator).fit(X, y)
        return self

    def _column(self):
        return int(np.flatnonzero(self.classes_ == self.positive)[0])

    def predict_proba(self, X):
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    def predict(self, X):
        found = self.predict_proba(X)[:, self._column()] >= self.threshold_
        other = self.classes_[1 - self._column()]
        return np.where(found, self.positive, other)


### END SOLUTION

# %% check="recall_threshold"
_inner = GaussianNB()
_wrap = RecallThreshold(_inner, "malignant", recall=0.937)
assert _wrap.fit(cell_X[:400], cell_y[:400]) is _wrap, "fit should return the estimator itself."
assert not hasattr(_inner, "theta_"), "The estimator that was handed in should stay unfitted."
_p = cross_val_predict(GaussianNB(), cell_X[:400], cell_y[:400], method="predict_proba")
for _column, _label in enumerate(["benign", "malignant"]):
    _mine = RecallThreshold(GaussianNB(), _label, 0.937).fit(cell_X[:400], cell_y[:400]).threshold_
    _ours = _p[cell_y[:400] == _label, _column]
    assert np.mean(_ours >= _mine) >= 0.937, (
        f"With your threshold only {np.mean(_ours >= _mine):.4f} of the {_label} are found, measured "
        "out of fold."
    )
    assert np.mean(_ours > _mine) < 0.937, (
        f"A larger threshold would still find enough of the {_label}. Which rows does the recall "
        "count, which column is theirs, and are the probabilities out of fold?"
    )
assert set(_wrap.predict(cell_X[400:])) <= {"benign", "malignant"}, "predict should return labels."
_near = RecallThreshold(KNeighborsClassifier(5), "malignant", 0.97).fit(cell_X, cell_y)
_enough = _near.predict_proba(cell_X)[:, 1] >= _near.threshold_
assert np.array_equal(_near.predict(cell_X) == "malignant", _enough), (
    "predict should go by `threshold_`, and a probability equal to it is enough."
)
_first = RecallThreshold(GaussianNB(), "benign", 1.0).fit(cell_X, cell_y)
assert np.mean(_first.predict(cell_X) == "benign") > 0.5, (
    "With `positive` the first class and a recall of 1, most rows should be called benign."
)
assert outcome(lambda: clone(_wrap).predict(cell_X) is None) == "NotFittedError", (
    "predict before fit should raise NotFittedError."
)
_three = np.where(np.arange(len(cell_y)) % 3 == 0, "unclear", cell_y)
for _label, _recall, _y in [("odd", 0.9, cell_y), ("benign", 0, cell_y), ("benign", 0.9, _three)]:
    assert outcome(lambda: RecallThreshold(GaussianNB(), _label, _recall).fit(cell_X, _y)) == (
        "ValueError"
    ), f"fit should refuse positive={_label!r}, recall={_recall}, labels {np.unique(_y).tolist()}."
assert clone(_wrap).set_params(estimator__var_smoothing=0.1).estimator.var_smoothing == 0.1, (
    "Nested parameters should reach the estimator."
)

# %% probe="recall_threshold" rtol=1e-6
train_X, train_y, new_X = cell_X[:380], cell_y[:380], cell_X[380:]
inner = make_pipeline(StandardScaler(), GaussianNB())
wraps = [
    RecallThreshold(inner, positive, recall).fit(train_X, train_y)
    for positive, recall in [("malignant", 0.973), ("malignant", 0.613), ("benign", 0.957)]
]
default = RecallThreshold(estimator=GaussianNB(), positive=0).fit(
    train_X, cancer.target[cells][:380]
)
near = RecallThreshold(KNeighborsClassifier(9), 1, 0.871)
frame, numbers = pd.DataFrame(train_X, columns=list("abcde")), (train_y == "malignant").astype(int)
near.fit(frame, numbers)
before = [float(near.threshold_), near.predict(frame)]
near.set_params(estimator__n_neighbors=40, recall=1.0)
between = [float(near.threshold_), near.predict(frame), near.estimator_.n_neighbors]
near.fit(frame[:300], pd.Series(numbers[:300], index=range(7, 307)))
search = GridSearchCV(near, {"estimator__n_neighbors": [1, 15], "recall": [0.551, 0.991]}, cv=3)
search.fit(frame, numbers)
smooth = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))  # probabilities far from 1
low = [
    RecallThreshold(smooth, "benign", recall).fit(cell_X, cell_y).threshold_
    for recall in (0.0317, 0.1103, 0.2371)
]
bad = [(0, 0.9, 3), (2, 0.9, 2), (0, 0.0, 2), (0, 1.01, 2), (0, 0.9, 1), (0, 0.9, 2), (0, 1, 2)]
[
    [float(wrap.threshold_) for wrap in (*wraps, default, near)]
    + [float(number) for number in low],
    [list(wrap.predict(new_X)) for wrap in (*wraps, default)],
    [wrap.predict_proba(new_X[:5]) for wrap in wraps],
    [list(wrap.classes_) for wrap in (wraps[2], default)],
    [before, between, near.predict(frame), near.estimator_.n_neighbors],
    search.cv_results_["mean_test_score"],
    [hasattr(inner[-1], "theta_"), wraps[0].estimator is inner, hasattr(clone(near), "classes_")],
    sorted(wraps[0].get_params()),
    [
        outcome(
            lambda positive=positive, recall=recall, labels=labels: (
                RecallThreshold(GaussianNB(), positive, recall).fit(
                    train_X, np.arange(380) % labels
                )
                is None
            )
        )
        for positive, recall, labels in bad
    ],
    [
        outcome(lambda verb=verb: getattr(RecallThreshold(GaussianNB(), 0), verb)(new_X))
        for verb in ("predict", "predict_proba")
    ],
]

# %% [markdown]
# ## Question 5 · how many fits will it be? (3 points)
#
# A grid search over a pipeline is to run over night. The pipeline has a `memory`, so a fitted transformer
# is stored and reused when the same transformer, with the same parameters, would be fitted on the same
# data again. The last step is never stored. Write `count_fits(pipeline, param_grid, n_splits)`, which
# returns a dictionary: for each step of the pipeline, in order, how often
# `GridSearchCV(pipeline, param_grid, cv=n_splits).fit(X, y)` has to expect to fit it, by the rules
# below. Nothing is stored before. Do not fit anything.
#
# - `param_grid` is a dictionary or a list of dictionaries, as `GridSearchCV` takes them. All values in it are
#   numbers, text or `None`. Within a list, the same candidate may occur again; it is then tried again.
# - A parameter may belong to a part of a step, as in `prepare__numbers__fill__strategy`. No grid
#   replaces a step as a whole, and no step is `"passthrough"`.
# - A parameter that a candidate does not name has the value that it has in `pipeline`.
# - The search ends with the refit on all rows, data that no fold has. `pipeline` has two steps or more.
# - What a transformer gets depends on the steps before it. Different settings of these count as different
#   data, even if the numbers happen to be the same.


# %% question="count_fits" points=3
### BEGIN SOLUTION
def count_fits(pipeline, param_grid, n_splits):
    names = [name for name, _ in pipeline.steps]
    given = pipeline.get_params()
    candidates = list(ParameterGrid(param_grid))
    searched = {key for candidate in candidates for key in candidate}
    fits = {}
    for place, name in enumerate(names[:-1]):
        reach = [key for key in searched if key.split("__")[0] in names[: place + 1]]
        settings = {tuple(c.get(key, given[key]) for key in reach) for c in candidates}
        fits[name] = len(settings) * n_splits + 1
    fits[names[-1]] = len(candidates) * n_splits + 1
    return fits


### END SOLUTION

# %% check="count_fits"
_pipe = Pipeline([("scale", MinMaxScaler()), ("scale2", StandardScaler()), ("knn", GaussianNB())])
assert count_fits(_pipe, {}, 5) == {"scale": 6, "scale2": 6, "knn": 6}, (
    "An empty grid is one candidate: five folds and the refit."
)
_got = count_fits(_pipe, {"knn__var_smoothing": [0.1, 0.2, 0.3]}, 4)
assert _got == {"scale": 5, "scale2": 5, "knn": 13}, (
    f"Where only the last step varies, the transformers are fitted once per fold. You say {_got}."
)
_got = count_fits(_pipe, {"scale__clip": [True, False]}, 4)
assert _got == {"scale": 9, "scale2": 9, "knn": 9}, (
    f"If the first step changes, the second gets other data. You say {_got}."
)
_got = count_fits(_pipe, {"scale2__with_std": [True, False]}, 4)
assert _got == {"scale": 5, "scale2": 9, "knn": 9}, (
    f"What the second step does is no business of the first. You say {_got}."
)
_got = count_fits(_pipe, [{"scale__clip": [True]}, {}, {"scale__clip": [False]}], 2)
assert _got == {"scale": 5, "scale2": 5, "knn": 7}, (
    "Three candidates, but `clip` is False anyway: two of them are alike, and stored transformers "
    f"serve both. You say {_got}."
)
_got = count_fits(_pipe, [{}, {}], 3)
assert _got == {"scale": 4, "scale2": 4, "knn": 7}, (
    f"A candidate that occurs twice is tried twice; only transformers are stored. You say {_got}."
)

# %% probe="count_fits" exact=true
pipe = Pipeline(
    [
        ("prepare", ColumnTransformer([("fill", SimpleImputer(), [0, 1])])),
        ("scale", MinMaxScaler()),
        ("scale2", StandardScaler()),
        ("model", KNeighborsClassifier(n_neighbors=2)),
    ]
)
neighbours = list(range(1, sizes[0] + 1))
first = {"prepare__fill__strategy": ["mean", "median"], "model__n_neighbors": neighbours}
second = {"scale2__with_std": [True, False], "model__weights": ["uniform", "distance"]}
third = {
    "prepare__fill__fill_value": [None, *map(float, range(sizes[1]))],
    "scale__clip": [False, True],
}
fourth = {"model__n_neighbors": [2, 2, *range(3, 3 + sizes[2])], "scale__clip": [False]}
two = pipe[2:]
grids = [
    first,
    second,
    third,
    fourth,
    [first, second],
    [third, fourth, {}],
    [first, second, third] * 2,
]
[list(count_fits(pipe, grid, sizes[3]).items()) for grid in grids] + [
    list(count_fits(two, second, 3).items()),
    list(
        count_fits(pipe, [{"model__p": [1]}, {"model__p": [2]}, {"scale__clip": [True]}], 2).items()
    ),
    list(count_fits(pipe.set_params(scale__clip=True), [{}, {"scale__clip": [True]}], 10).items()),
]
