# ---
# title: scikit-learn's contract
# minutes: 75
# needs: [02-python/03-object-orientation, 02-python/05-numpy, 02-python/06-pandas]
# objectives: [databricks-ml/2.6, databricks-ml/2.7, databricks-ml/3.3, databricks-ml/3.4, databricks-ml/3.9, databricks-ml/3.10, google-pmle/2.2, google-pmle/5.1, aws-mls/2.1, aws-mls/2.2, aws-mla/1.2]
# ---

# %% [markdown]
# # scikit-learn's contract
#
# A hundred models, one set of rules: whoever keeps them works with all the others. After this
# lesson you can
#
# - say what `fit`, `transform`, `predict` and `score` return, and what each may look at,
# - keep the test rows out of everything that is learned,
# - build one pipeline for a table of numbers and words, and predict how it treats new rows,
# - set, list and clone parameters, and count the fits of a grid search, and
# - write a transformer and a regressor that pass scikit-learn's own checks.
#
# **Exam lens.** Databricks asks what `fit` and `transform` return (3.3), for preparation and model
# in one pipeline (3.4), fill values learned from training rows only (2.6), unseen categories
# (2.7), cross-validation (3.9), and how many models a grid search trains (3.10). Google PMLE
# prototypes with scikit-learn (2.2) and wants training and serving to prepare inputs identically
# (5.1). Scaling and encoding stand in AWS MLS-C01 (retired in March 2026) as 2.1 and 2.2, in its
# successor MLA-C02 as 1.2.

# %%
import pickle

import matplotlib.pyplot as plt
import numpy as np
from sklearn import config_context
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from statsmodels.datasets import anes96


def attempt(label, call):
    try:
        print(f"{label}:", call())
    except Exception as error:
        print(f"{label}:", type(error).__name__)


# %% [markdown]
# ## 1. Four verbs
#
# An *estimator* is any object with `fit`. A *transformer* also has `transform`, which returns
# changed inputs. A *predictor* also has `predict`. `fit` learns and returns the estimator itself;
# the other verbs only use what was learned.
#
# The data: 30 measurements of 569 tumours, malignant (0) or benign (1).

# %%
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
scaler = StandardScaler()
print("fit returns the scaler itself:", scaler.fit(X_train) is scaler)
model = LogisticRegression().fit(scaler.transform(X_train), y_train)
Z_test = scaler.transform(X_test)
print("predict:", model.predict(Z_test).shape, "  proba:", model.predict_proba(Z_test).shape)
print(f"score: {model.score(Z_test, y_test):.2f}")

# %% [markdown]
# `predict_proba` has a column for each entry of `model.classes_`, in that order. `score` is the
# accuracy for classifiers and $R^2$ for regressors.
#
# `fit_transform` is `fit`, then `transform`.
#
# > **Predict first.** A service scores one patient at a time. By mistake it calls `fit_transform` on
# > each. What does the model then see, and what does it answer?


# %%
def serve(prepare):
    return np.array([model.predict(prepare(X_test.iloc[[row]]))[0] for row in range(len(X_test))])


for prepare in (scaler.transform, StandardScaler().fit_transform):
    answers = serve(prepare)
    print(
        f"{prepare.__name__:>13}: accuracy {np.mean(answers == y_test):.2f}, {set(map(int, answers))}"
    )

# %% [markdown]
# Every patient is exactly average among one patient: the scaled row is all zeros, so everyone gets
# the same answer, benign. No error is raised. Training and serving must use the *same fitted*
# transformer.
#
# ## 2. Fit on training rows only
#
# *Leakage* means that something learned in training saw what will not be known at prediction time.
# Below, both labels and features are random, so no model can be better than 0.50 on average. We
# keep the 10 columns that separate the labels best, then cross-validate naive Bayes on 100 rows: in each of
# five *folds*, a fifth of the rows is held out.
#
# > **Predict first.** Selecting on all rows first, or anew inside each fold: how much can it matter?

# %%
rng = np.random.default_rng(0)
widths, model, select = [10, 100, 1_000, 5_000], GaussianNB(), SelectKBest(k=10)
before, inside = np.zeros((2, 4, 10))
for place in np.ndindex(4, 10):
    noise, labels = rng.normal(size=(100, widths[place[0]])), rng.integers(0, 2, size=100)
    before[place] = cross_val_score(model, select.fit_transform(noise, labels), labels).mean()
    inside[place] = cross_val_score(make_pipeline(select, model), noise, labels).mean()
figure, axis = plt.subplots(figsize=(6.5, 3.3), layout="constrained")
for label, scores in [("selected before", before), ("selected inside", inside)]:
    print(f"{label}, 5,000 columns: {scores[-1].mean():.2f}")
    axis.semilogx(widths, scores.mean(axis=1), "o-", label=label)
axis.axhline(0.5, color="0.6", linestyle=":", label="the truth")
axis.set(xlabel="columns of pure noise", ylabel="accuracy", title="A leak makes skill out of noise")
axis.legend()
plt.show()

# %% [markdown]
# Selected before, the model seems to be right eight times in ten, on noise. The columns were
# chosen *because* they fit these labels, those of the held-out rows included. Inside the folds,
# only chance is left. Scaling or filling gaps before the split is the same mistake, usually with a
# smaller effect. What has a `fit` is fitted on training rows.
#
# ## 3. Pipelines and their parameters
#
# A `Pipeline` is a list of named steps: transformers, then a last estimator. `fit` calls
# `fit_transform` on each transformer and `fit` on the last; `predict` calls `transform`, then
# `predict`. (`make_pipeline` names each step after its class, in lower case.) `step__parameter`
# reaches into a step. A slice is a pipeline too.

# %%
model = LogisticRegression()
pipe = Pipeline([("scale", StandardScaler()), ("select", SelectKBest(k=5)), ("model", model)])
pipe.fit(X_train, y_train)
print(
    pipe[:-1].get_feature_names_out()[:2], pipe["model"].coef_.shape, pipe.get_params()["select__k"]
)

# %% [markdown]
# > **Predict first.** The pipeline is fitted. We now change a parameter and do *not* fit again. What
# > happens to its score?

# %%
for change in ({}, {"model__C": 1e-6}, {"select__k": 1}, {"select__n": 1}):
    attempt(change, lambda new=change: round(pipe.set_params(**new).score(X_test, y_test), 2))

# %% [markdown]
# `C` is read by `fit` alone, so nothing changes. `k` is read by `transform`: the model now gets
# one column, expects five, and raises. So fit again after `set_params`. A misspelt name is
# refused: it has to be an argument of the step's `__init__`.
#
# ### Clones
#
# `clone(estimator)` builds a new, unfitted estimator with the same parameters. That is why `fit`
# must never write to a hyperparameter: what `fit` learns goes to new names that end in `_`.
#
# > **Predict first.** A fresh scaler is handed to each of three tools, which are then fitted. In which
# > cases is *your* scaler fitted afterwards?

# %%
for tool in (
    lambda scaler: make_pipeline(scaler, LogisticRegression()),
    lambda scaler: ColumnTransformer([("scale", scaler, ["mean area"])]),
    lambda scaler: GridSearchCV(make_pipeline(scaler, LogisticRegression()), {}),
):
    scaler = StandardScaler()
    fitted = tool(scaler).fit(X_train, y_train)
    print(f"{type(fitted).__name__:>17}: yours is fitted: {hasattr(scaler, 'mean_')}")

# %% [markdown]
# Only in `Pipeline`, which fits the very steps it was given. The others clone first and keep the
# fitted copy in an attribute with `_` (`transformers_`, `best_estimator_`). So never share one
# step between two pipelines. With `memory="folder"`, a pipeline clones too and stores fitted
# transformers for reuse.
#
# ## 4. A table of numbers and words
#
# A survey of 944 American voters in 1996. We predict the vote, Clinton (0) or Dole (1). The codes
# of two columns are written out as words, and 100 incomes are removed, at random, to have gaps.
# (`income` is a bracket, 1 to 24; `popul` counts the town's people in thousands.)

# %%
voters = anes96.load_pandas().data
parties = ["strong D", "weak D", "leans D", "independent", "leans R", "weak R", "strong R"]
schools = ["grades 1-8", "some high", "high", "some college", "college", "master", "PhD"]
table = voters[["TVnews", "age", "income", "popul"]].copy()
table["party"] = voters["PID"].map(dict(enumerate(parties)))
table["school"] = voters["educ"].map(dict(enumerate(schools, start=1)))
table.loc[rng.choice(len(table), 100, replace=False), "income"] = np.nan
A_train, A_test, vote_train, vote_test = train_test_split(table, voters["vote"], random_state=0)

# %%
numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
log = FunctionTransformer(np.log1p, feature_names_out="one-to-one")
words = OneHotEncoder(handle_unknown="ignore")
text = make_column_selector(dtype_exclude="number")
columns = ColumnTransformer(
    [("numbers", numbers, ["age", "income"]), ("log", log, ["popul"]), ("words", words, text)]
)
chain = make_pipeline(columns, LogisticRegression(max_iter=500)).fit(A_train, vote_train)
names = columns.get_feature_names_out()
print(f"accuracy {chain.score(A_test, vote_test):.2f}, {len(names)} columns:", *names[:4])

# %% [markdown]
# Each entry is (name, transformer, columns). A *selector* picks columns by type when `fit` runs.
# `FunctionTransformer` wraps a function that learns nothing.
#
# > **Predict first.** `TVnews` stands in no list. Where did it go? And how does the chain answer a
# > voter of an unknown party, shuffled columns, a missing column, and a bare array?

# %%
green, usual = A_test.assign(party="Green"), chain.predict(A_test)
print("TVnews in the result:", any("TVnews" in name for name in names))
print("unknown party, sum of its columns:", columns.transform(green)[:, 3:10].sum())
attempt("shuffled, same", lambda: np.array_equal(chain.predict(A_test[table.columns[::-1]]), usual))
attempt("without popul", lambda: chain.predict(A_test.drop(columns="popul")))
attempt("array", lambda: chain.predict(A_test.to_numpy()))
strict = OneHotEncoder().fit(A_train[["party"]])
attempt("default encoder, unknown party", lambda: strict.transform(green[["party"]]))

# %% [markdown]
# Columns in no list are dropped without a word: `remainder="drop"` is the default, `"passthrough"`
# appends them *at the end*. Output columns follow the order of the list, not of the table. An
# unknown party becomes seven zeros; the default, `handle_unknown="error"`, raises instead. Names,
# not places, pick the columns: shuffling is harmless, a missing column or an array without names
# is refused. (A bare `StandardScaler` fitted on a table refuses shuffled columns as well.)
#
# `set_output(transform="pandas")` makes every transformer inside return a table with names.
#
# > **Predict first.** `OneHotEncoder` returns a *sparse* matrix, which stores only the entries that
# > are not zero. Can that become a table?

# %%
columns.set_output(transform="pandas")
attempt("sparse", lambda: columns.fit_transform(A_train).shape)
columns.set_params(words__sparse_output=False, remainder="passthrough")
named = columns.fit_transform(A_train)
print(list(named.columns[[0, 2, 3, -1]]), named.index.equals(A_train.index))

# %% [markdown]
# No, so ask the encoder for a dense result. The prefix keeps names from different steps apart, and
# the rows keep their index.
#
# ## 5. Counting fits
#
# `GridSearchCV` tries every combination of parameters, here of a pipeline, by cross-validation. Our
# scaler counts the fits.
#
# > **Predict first.** Three values of `var_smoothing`, two of `with_mean`, five folds. How often is the scaler
# > fitted?


# %%
class CountingScaler(StandardScaler):
    fits = 0

    def fit(self, X, y=None, sample_weight=None):
        CountingScaler.fits += 1
        return super().fit(X, y, sample_weight)


counted = Pipeline([("scale", CountingScaler()), ("model", GaussianNB())])
grid = {"model__var_smoothing": [1e-9, 1e-3, 0.1], "scale__with_mean": [True, False]}
search = GridSearchCV(counted, grid, cv=5).fit(X_train, y_train)
print("fits:", CountingScaler.fits, "  candidates:", len(search.cv_results_["params"]))
folds = cross_validate(search.best_estimator_, X_train, y_train, return_estimator=True)
print("after cross_validate:", CountingScaler.fits, "  keys:", sorted(folds))

# %% [markdown]
# $3 \cdot 2 \cdot 5 = 30$, and one *refit* of the best candidate on all training rows: 31. `search.predict`
# uses that last one. A list of grids adds up instead of multiplying. `cross_validate` fitted five
# more clones, only to measure. Its cousin `cross_val_predict` returns one prediction per row, from
# the model that had not seen the row.
#
# ## 6. A transformer of your own
#
# `RankScaler` replaces a value by the share of training values that are not larger: robust against
# outliers. The contract asks for three things that a first version forgets:
#
# - `validate_data(self, X)` turns a table or list into an array, refuses gaps, infinities and wrong
#   shapes, and stores `n_features_in_` and, for tables, `feature_names_in_`.
# - With `reset=False`, in `transform`, it compares the new input with those two instead.
# - `get_feature_names_out` names the result. `OneToOneFeatureMixin` has it for "as many out as in, same
#   names", and with that `set_output` works.


# %%
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, RegressorMixin, TransformerMixin
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data


class RankScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.rows_ = validate_data(self, X, dtype=float)
        return self

    def transform(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return np.mean(self.rows_[:, None] <= X, axis=0)


print("more than 40 checks passed:", len(check_estimator(RankScaler(), on_skip=None)) > 40)
ranks = RankScaler().set_output(transform="pandas").fit(A_train[["age", "popul"]])
print(ranks.transform(A_test[["age", "popul"]]).round(2).head(3))
attempt("shuffled", lambda: ranks.transform(A_test[["popul", "age"]]))

# %% [markdown]
# `check_estimator` fits clones on many small data sets and raises at the first broken promise.
# `TransformerMixin` gave us `fit_transform` and `set_output`. Whether ranks help a model, the
# checks do not ask.
#
# ## 7. A regressor of your own
#
# *Kernel regression* predicts a mean of the training targets, weighted by nearness ($h$ is the
# `bandwidth`):
#
# $$
# \hat y(x) = \frac{\sum_i w_i y_i}{\sum_i w_i}, \qquad w_i = \exp\left(-\frac{\lVert x - x_i \rVert^2}{2 h^2}\right).
# $$
#
# > **Predict first.** `Naive` below computes this correctly and keeps the naming rules. How many of
# > some 50 checks does it fail: none, a few, more than ten?


# %%
class Naive(RegressorMixin, BaseEstimator):
    def __init__(self, bandwidth=1.0):
        self.bandwidth = bandwidth

    def fit(self, X, y):
        self.X_, self.y_ = X, y
        return self

    def predict(self, X):
        weights = np.exp(-((X[:, None] - self.X_) ** 2).sum(axis=2) / (2 * self.bandwidth**2))
        return weights @ self.y_ / weights.sum(axis=1)


results = check_estimator(Naive(), on_skip=None, on_fail=None)
failed = {result["check_name"] for result in results if result["status"] == "failed"}
print("more than ten:", len(failed) > 10)
print("gaps, unfitted:", failed >= {"check_estimators_unfitted", "check_estimators_nan_inf"})

# %% [markdown]
# More than ten. Among them: `predict` before `fit` and gaps raise the wrong error or none. Two
# calls mend them all, `validate_data` and `check_is_fitted`. We also accept
# `sample_weight`, the number of times that a row counts, and subtract the smallest distance: far
# from all rows, every weight would underflow to 0, and 0/0 is `nan`.


# %%
class KernelRegressor(Naive):  # inherits __init__, and the mixins
    def fit(self, X, y, sample_weight=None):
        self.X_, self.y_ = validate_data(self, X, y, dtype=float, y_numeric=True)
        self.weights_ = _check_sample_weight(sample_weight, self.X_)
        return self

    def predict(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        distances = ((X[:, None] - self.X_) ** 2).sum(axis=2)
        distances -= distances.min(axis=1, keepdims=True)
        weights = self.weights_ * np.exp(-distances / (2 * self.bandwidth**2))
        return weights @ self.y_ / weights.sum(axis=1)


print("more than 50 checks passed:", len(check_estimator(KernelRegressor(), on_skip=None)) > 50)

# %%
D, progress = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
both = make_pipeline(StandardScaler(), KernelRegressor())
search = GridSearchCV(both, {"kernelregressor__bandwidth": [0.3, 1, 3]}).fit(D, progress)
print(search.best_params_, f"R2 {search.best_score_:.2f}")

# %% [markdown]
# The grid search cloned our class, set `bandwidth` and scored it. On held-out diabetes patients it
# explains 44 % of the variance.
#
# ## 8. Handing on weights
#
# *Metadata* is what goes with the rows, such as `sample_weight` or `groups`. Without routing you
# name the step: `fit(X, y, kernelregressor__sample_weight=w)`. With *metadata routing* switched
# on, every step that could take the weights says whether it wants them.
#
# > **Predict first.** Both the scaler and our regressor accept `sample_weight`. Nothing is requested yet.
# > Who gets the weights: both, the last step, nobody?

# %%
from sklearn.base import clone

weight = np.where(D["age"] > 50, 3.0, 1.0)
tripled = np.repeat(np.arange(len(D)), weight.astype(int))
with config_context(enable_metadata_routing=True):
    attempt("nothing said", lambda: both.fit(D, progress, sample_weight=weight))
    for step in both:
        step.set_fit_request(sample_weight=True)
    both.fit(D, progress, sample_weight=weight)
    rows = clone(both).fit(D.iloc[tripled], progress[tripled])
print("weight 3 is as good as three rows:", np.allclose(both.predict(D), rows.predict(D)))

# %% [markdown]
# None: an error asks you to decide. `set_fit_request` exists because our `fit` has an argument
# `sample_weight`. `False` keeps weights away from a step.
#
# Estimators also carry *tags*, statements about themselves, for tools and checks:
# `get_tags(estimator)` shows, for instance, whether gaps are allowed. A class changes its own in
# `__sklearn_tags__`.
#
# ## 9. Keeping a model
#
# `joblib.dump(pipe, "pipe.joblib")` stores a fitted pipeline, as `pickle` does.
#
# > **Predict first.** A colleague sends the bytes of a "model". You only load it and call nothing. Can
# > anything happen?


# %%
class Stranger:
    def __reduce__(self):
        return print, ("loading ran code of the sender's choice",)


pickle.loads(pickle.dumps(Stranger()))
same = pickle.loads(pickle.dumps(both))
print("our own pipeline answers as before:", np.array_equal(same.predict(D), both.predict(D)))

# %% [markdown]
# Yes: loading may call any function, `joblib.load` included. Load only files of people you trust.
# The library `skops` stores models in another format and lists unknown types before loading. Pin
# the versions too: a stored model is supported only under the scikit-learn version that wrote it.
#
# ## 10. The same words in Spark ML
#
# | | scikit-learn | Spark ML |
# |---|---|---|
# | `fit` returns | the estimator itself | a new object, the *model* |
# | what was learned is in | that estimator | the model; the estimator stays as it was |
# | a fitted model | is asked to `predict` | is a transformer: `transform` |
# | `transform` returns | a new array or table | the DataFrame with columns added |
# | a pipeline | is fitted in place | `fit` returns a `PipelineModel` |
# | unseen category | `handle_unknown="ignore"` | `handleInvalid="keep"` |
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | cross-validation too good | something fitted before the split | all of it in the pipeline |
# | all served rows get one answer | `fit_transform` in serving | `transform` of the stored pipeline |
# | "Found unknown categories" | a category after training | `handle_unknown="ignore"` |
# | a column is missing in the result | `remainder="drop"` | list it, or `"passthrough"` |
# | predictions change without `fit` | a step shared by two pipelines, or `set_params` | `clone`, then `fit` |
# | log-scaled target, odd errors | predictions left in logarithms | `TransformedTargetRegressor(func=np.log, inverse_func=np.exp)` |
#
# ## Summary
#
# - `fit` learns and returns the estimator; `transform`, `predict` and `score` only use what it learned.
# - Everything with a `fit` goes into the pipeline; then cross-validation cannot leak.
# - `step__parameter` reaches inside; `clone` copies parameters, never what was learned.
# - A grid search trains candidates times folds, plus one.
# - `validate_data`, `check_is_fitted` and a mixin keep most of the contract; `check_estimator` says
#   whether all of it.
#
# Next: the [exercise](../../exercises/02-python/08-scikit-learn.ipynb), then
# [TensorFlow and Keras](09-tensorflow-and-keras.ipynb).
