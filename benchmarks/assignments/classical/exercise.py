# ---
# title: "Benchmark: classical machine learning"
# minutes: 40
# ---

# %% [markdown]
# # Classical machine learning
#
# Five questions on the breast cancer data, for measuring how fast submissions are graded.

# %% tags=["parameters"]
seed = 7

# %%
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3, stratify=y, random_state=seed % 1000
)

# %% [markdown]
# ## Question 1 · a scaled model (2 points)
#
# `scaled_model(strength)` returns an unfitted pipeline: standardise, then logistic regression
# with `C=strength` and at most 1,000 iterations.


# %% question="scaled_model" points=2
### BEGIN SOLUTION
def scaled_model(strength):
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


### END SOLUTION

# %% check="scaled_model"
assert hasattr(scaled_model(1.0), "fit"), "Return an estimator."

# %% probe="scaled_model" rtol=1e-4 atol=1e-6
[
    scaled_model(strength).fit(X_train, y_train).predict_proba(X_test)[:20, 1]
    for strength in (0.01, 1.0)
]

# %% [markdown]
# ## Question 2 · cross-validation (2 points)
#
# `cv_accuracy(model, features, target)` returns the mean accuracy over five stratified folds,
# shuffled with the random state 0.


# %% question="cv_accuracy" points=2
### BEGIN SOLUTION
def cv_accuracy(model, features, target):
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return cross_val_score(model, features, target, cv=folds).mean()


### END SOLUTION

# %% check="cv_accuracy"
_accuracy = cv_accuracy(LogisticRegression(max_iter=50), X_train[:, :3] / 10, y_train)
assert 0.5 < _accuracy < 1, f"An accuracy of {_accuracy} is hard to believe."

# %% probe="cv_accuracy" rtol=1e-6
[
    float(
        cv_accuracy(make_pipeline(StandardScaler(), LogisticRegression()), X_train[:, :k], y_train)
    )
    for k in (3, 10)
]

# %% [markdown]
# ## Question 3 · predict well (3 points)
#
# `predict(features, target, new)` trains on features and target and returns the classes of `new`,
# at least 93 % of them right.


# %% question="predict" points=3
### BEGIN SOLUTION
def predict(features, target, new):
    forest = RandomForestClassifier(n_estimators=60, random_state=0, n_jobs=1)
    return forest.fit(features, target).predict(new)


### END SOLUTION

# %% check="predict"
assert len(predict(X_train[:100], y_train[:100], X_train[100:110])) == 10, "One class per row."

# %% probe="predict" metric="accuracy" against="y_test" at_least=0.9
predict(X_train, y_train, X_test)

# %% [markdown]
# ## Question 4 · the threshold (3 points)
#
# `threshold_for_recall(scores, target, recall)` returns the highest threshold at which at least
# `recall` of the positives have a score at or above it.


# %% question="threshold_for_recall" points=3
### BEGIN SOLUTION
def threshold_for_recall(scores, target, recall):
    positives = np.sort(scores[target == 1])[::-1]
    return positives[int(np.ceil(recall * len(positives))) - 1]


### END SOLUTION

# %% check="threshold_for_recall"
_scores, _target = np.array([0.1, 0.4, 0.8, 0.9]), np.array([0, 1, 1, 0])
assert threshold_for_recall(_scores, _target, 0.5) == 0.8, "Half of the positives is one: 0.8."

# %% probe="threshold_for_recall" rtol=1e-9
[
    float(threshold_for_recall(-X_test[:, column], y_test, recall))
    for column in (0, 7)
    for recall in (0.5, 0.93, 1.0)
]

# %% [markdown]
# ## Question 5 · the report (2 points)
#
# `report(target, predicted)` returns a dictionary with sensitivity and specificity.


# %% question="report" points=2
### BEGIN SOLUTION
def report(target, predicted):
    (tn, fp), (fn, tp) = confusion_matrix(target, predicted)
    return {"sensitivity": tp / (tp + fn), "specificity": tn / (tn + fp)}


### END SOLUTION

# %% check="report"
assert set(report(y_test, y_test)) == {"sensitivity", "specificity"}, "These two keys."

# %% probe="report" rtol=1e-9
[report(y_test, X_test[:, 0] < cut) for cut in (12.0, 15.0)]
