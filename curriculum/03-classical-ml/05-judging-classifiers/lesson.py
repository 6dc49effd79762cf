# ---
# title: Judging classifiers
# minutes: 75
# needs: [03-classical-ml/04-logistic-regression, 02-python/08-scikit-learn, 01-math/06-probability, 01-math/09-information, 01-math/07-statistics]
# objectives: [databricks-ml/3.11, databricks-ml/3.13, aws-mls/3.5, aws-mla/2.3, google-pmle/2.3]
# ---

# %% [markdown]
# # Judging classifiers
#
# "The model is 98 % accurate" may describe a good model or a useless one. After this lesson you can
#
# - read a confusion matrix, and choose the metric that counts the error you care about,
# - build ROC and PR curves from sorted scores, and say what the areas under them mean,
# - tell whether predicted probabilities can be believed, and repair them,
# - turn costs into a threshold, and
# - put an interval around a metric and compare two models on the same rows.
#
# **Exam lens.** Databricks asks you to interpret F1, log loss and ROC AUC (3.11), and to choose the
# metric when one error costs more (3.13). AWS MLS-C01 (retired in March 2026) reads confusion
# matrices (3.5); its successor MLA-C02 evaluates against a baseline (2.3). Google PMLE compares
# models (2.3).

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn import metrics
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.datasets import fair

# %% [markdown]
# ## 1. Four counts
#
# 6,366 women answered a magazine's survey in 1974; about a third reported an affair. We predict
# that from the other answers. The class we look for is called *positive*, coded 1. We split the
# rows into three: to train, to make later decisions (*validation*), and to test.

# %%
women = fair.load_pandas().data
X, y = women.drop(columns="affairs"), (women["affairs"] > 0).to_numpy().astype(int)
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=2000, random_state=0)
split = train_test_split(X_rest, y_rest, test_size=1500, random_state=0)
X_train, X_valid, y_train, y_valid = split

logistic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
score = logistic.predict_proba(X_test)[:, 1]
print(metrics.confusion_matrix(y_test, score >= 0.5))

# %% [markdown]
# In scikit-learn's *confusion matrix* rows are the truth and columns the prediction, classes in
# ascending order:
#
# $$ \begin{pmatrix} TN & FP \\ FN & TP \end{pmatrix} =
# \begin{pmatrix} \text{true negatives} & \text{false positives} \\
# \text{false negatives} & \text{true positives} \end{pmatrix} $$
#
# Many books transpose it or put the positives first, so read the labels before the numbers.
#
# | metric | formula | question |
# |---|---|---|
# | accuracy | $(TP + TN) / n$ | how many answers are right? |
# | precision | $TP / (TP + FP)$ | how many alarms are right? |
# | recall (sensitivity) | $TP / (TP + FN)$ | how many positives are found? |
# | specificity | $TN / (TN + FP)$ | how many negatives are left alone? |
# | $F_1$ | $2PR / (P + R)$ | are precision $P$ and recall $R$ both high? |
# | $F_\beta$ | $(1 + \beta^2) PR / (\beta^2 P + R)$ | the same; $\beta > 1$ favours recall |
#
# $F_1$ is a *harmonic* mean: it stays near the smaller of the two.
#
# The model gives a score; a *threshold* turns it into an alarm.
#
# > **Predict first.** We lower the threshold from 0.5 to 0.2. Which of the metrics rise, and which
# > fall?

# %%
for threshold in (0.5, 0.2):
    alarm = score >= threshold
    tn, fp, fn, tp = metrics.confusion_matrix(y_test, alarm).ravel()
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    print(f"at {threshold}: accuracy {(tp + tn) / 2000:.2f}, precision {precision:.2f}", end="")
    print(f", recall {recall:.2f}, specificity {tn / (tn + fp):.2f}", end="")
    print(f", F1 {2 * precision * recall / (precision + recall):.2f}", end="")
    print(f", F2 {metrics.fbeta_score(y_test, alarm, beta=2):.2f}")


# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharex=True, sharey=True, layout="constrained")
centres = np.arange(0.025, 1, 0.05)
for axis, threshold in zip(axes, (0.5, 0.2), strict=True):
    for truth, right, wrong in ((1, "TP", "FN"), (0, "TN", "FP")):
        counts = np.histogram(score[y_test == truth], 20, (0, 1))[0] * (2 * truth - 1)
        hit = (centres > threshold) == truth
        axis.bar(centres[hit], counts[hit], 0.045, color=f"C{truth}", label=right)
        axis.bar(centres[~hit], counts[~hit], 0.045, color=f"C{truth}", alpha=0.35, label=wrong)
    axis.axvline(threshold, color="k", ls="--")
    axis.set(title=f"threshold {threshold}", xlabel="score")
axes[0].set(ylabel="women (up: affair, down: none)")
axes[0].yaxis.set_major_formatter(lambda count, _: f"{abs(count):.0f}")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right upper")
figure.suptitle("A threshold trades misses (FN) for false alarms (FP)")
plt.show()


# %% [markdown]
# Recall more than doubles, 0.38 to 0.88, and both $F$ rise; precision, specificity and accuracy
# fall. The model is the same: only the cut moved.
#
# ### Which class is positive?
#
# `load_breast_cancer` codes malignant as 0. We call a tumour malignant if its "worst area" exceeds
# 800.
#
# > **Predict first.** `recall_score(y, predicted)` says 0.91. Does the rule find 91 % of the
# > malignant tumours?

# %%
tumours = load_breast_cancer(as_frame=True)
predicted = (tumours.data["worst area"] <= 800).astype(int)
for label in (1, 0):
    recall = metrics.recall_score(tumours.target, predicted, pos_label=label)
    print(f"pos_label={label}: recall {recall:.3f}")


# %% [markdown]
# No, 89 %. By default class 1 is positive, here benign, and *its* recall is the specificity for
# malignant. Say `pos_label`, or code the class you look for as 1.
#
# ## 2. Accuracy and a rare class
#
# Few women, 1.6 %, rated their marriage "very poor". A new model is to find them.
#
# > **Predict first.** Its accuracy is 0.984. How many of the 32 in the test set does it find?

# %%
is_poor, answers = (women["rate_marriage"] == 1).astype(int), women.drop(columns="rate_marriage")
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(answers.loc[X_rest.index], is_poor[X_rest.index])
poor, poor_score = is_poor[X_test.index], model.predict_proba(answers.loc[X_test.index])[:, 1]
found = np.sum(poor_score[poor == 1] >= 0.5)
print(f"accuracy {np.mean(poor == (poor_score >= 0.5)):.3f}, of 'nobody' {1 - poor.mean():.3f}")
print(f"found {found} of {poor.sum()}, highest score {poor_score.max():.2f}", end=", ")
print(f"ROC AUC {metrics.roc_auc_score(poor, poor_score):.2f}")


# %% [markdown]
# None: no score comes near 0.5. With a rare class, accuracy rewards silence. Yet the scores are not
# worthless, as their AUC of 0.72 says (next section).
#
# ## 3. The ROC curve, by hand
#
# Try all thresholds. Sort the rows from the highest score to the lowest and let the threshold sink:
# each positive row raises the *true-positive rate* (recall), each negative row the
# *false-positive rate* (1 − specificity). Equal scores pass together. The path is the *ROC curve*
# (receiver operating characteristic), the area under it *ROC AUC*.


# %%
def sink(y, score, weight):
    """True and false positives with the threshold at each distinct score, highest first."""
    order = np.argsort(-score, kind="stable")
    y, score, weight = y[order], score[order], weight[order]
    last = np.append(np.diff(score) != 0, True)  # the last row of each group of equal scores
    return np.cumsum(weight * y)[last], np.cumsum(weight * (1 - y))[last]


tp, fp = sink(y_test, score, np.ones(2000))
tpr, fpr = np.append(0, tp / tp[-1]), np.append(0, fp / fp[-1])
theirs = metrics.roc_curve(y_test, score, drop_intermediate=False)
print("curve as in scikit-learn:", np.allclose(theirs[:2], [fpr, tpr]))

pairs = score[y_test == 1][:, None] - score[y_test == 0]  # every positive with every negative
ranked = np.mean(pairs > 0) + np.mean(pairs == 0) / 2
print(f"area {np.trapezoid(tpr, fpr):.3f}, pairs ranked right {ranked:.3f}", end=", ")
print(f"roc_auc_score {metrics.roc_auc_score(y_test, score):.3f}")
print(f"roc_auc_score of the 0/1 predictions {metrics.roc_auc_score(y_test, score >= 0.5):.3f}")


# %% [markdown]
# The area is a probability: that a random positive scores above a random negative (ties count
# half). 0.5 is guessing, 1 a perfect ranking. Give it *scores*: the 0 and 1 of `predict` leave only
# one point of the curve, and here an area of 0.64.
#
# ## 4. The precision–recall curve
#
# The same sinking threshold also gives precision against recall: the *PR curve*. *Average
# precision* (AP) is the area in steps, $\sum_k (R_k - R_{k-1}) P_k$: recall $R_k$ and precision
# $P_k$ at the $k$-th highest threshold, $R_0 = 0$.
#
# > **Predict first.** We give each positive test row the weight 0.1, as if nine in ten were gone.
# > What happens to AUC (0.75) and AP (0.59)?

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharex=True, sharey=True, layout="constrained")
for positive, style in ((1.0, "C0-"), (0.1, "C1--")):
    weight = np.where(y_test == 1, positive, 1.0)
    tp, fp = sink(y_test, score, weight)
    recall, precision, base = tp / tp[-1], tp / (tp + fp), tp[-1] / weight.sum()
    average_precision = np.sum(np.diff(recall, prepend=0) * precision)
    auc = metrics.roc_auc_score(y_test, score, sample_weight=weight)
    sklearn_ap = metrics.average_precision_score(y_test, score, sample_weight=weight)
    theirs = metrics.precision_recall_curve(y_test, score, sample_weight=weight)[0][-2::-1]
    print(f"{base:.1%} positive: AUC {auc:.2f}, AP {average_precision:.2f}", end=", ")
    print(f"AP of scikit-learn {sklearn_ap:.2f}, same curve: {np.allclose(theirs, precision)}")
    axes[0].plot(fp / fp[-1], recall, style)
    axes[1].plot(recall, precision, style, label=f"{base:.1%} positive")
    axes[1].axhline(base, color=style[:2], lw=1, ls=":")
axes[0].plot([0, 1], [0, 1], color="0.5", ls=":")
axes[0].set(title="ROC: the same curve twice", xlabel="false-positive rate", ylabel="recall")
axes[1].set(title="PR: everything moves", xlabel="recall", ylabel="precision")
axes[1].legend()
figure.suptitle("Same model, rarer positives (dotted: no skill)")
plt.show()

# %% [markdown]
# AUC stays, AP falls to 0.15. Each ROC axis looks within one true class, so the mix of classes
# cannot matter; precision mixes both. Without skill AP is about the *base rate*, the share of
# positives: judge 0.15 against 0.045, and 0.59 against 0.32. When positives are rare and someone
# acts on alarms, look at PR.
#
# ## 5. Probabilities: log loss and Brier
#
# AUC and AP cannot see whether "0.8" means 0.8. *Log loss* can, and so can the *Brier score*, the
# mean of $(p - y)^2$, which forgives a confident error more. Lower is better. The baseline of both
# is the base rate for everyone.
#
# > **Predict first.** We square every probability of the model. Which of AUC, log loss and Brier
# > change?

# %%
bayes = GaussianNB().fit(X_train, y_train)


def report(name, p):
    print(f"{name:>16}: AUC {metrics.roc_auc_score(y_test, p):.3f}", end=", ")
    print(f"log loss {metrics.log_loss(y_test, p):.3f}", end=", ")
    print(f"Brier {metrics.brier_score_loss(y_test, p):.3f}")


report("base rate", np.full(2000, y_train.mean()))
report("logistic", score)
report("logistic squared", score**2)
report("naive Bayes", bayes.predict_proba(X_test)[:, 1])


# %% [markdown]
# The order of the rows is the same, so AUC is too. Log loss and Brier rise; by log loss the squared
# model is worse than the base rate.
#
# ## 6. Calibration
#
# A model is *calibrated* if, among rows given 0.8, about 80 % are positive. A *reliability diagram*
# checks that: sort by prediction, cut into groups, plot the share of positives against the mean
# prediction.
#
# A *calibrator* learns a map from score to probability, on rows that the model was *not* trained
# on: `"sigmoid"` fits a logistic curve with two parameters, `"isotonic"` any rising steps, for
# which it needs about a thousand rows. `FrozenEstimator` keeps the fitted model as it is; without
# it, `CalibratedClassifierCV` trains and calibrates by cross-validation.
#
# > **Predict first.** Sigmoid calibration of naive Bayes: what becomes of its AUC?

# %%
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.frozen import FrozenEstimator

models = {"logistic": logistic, "naive Bayes": bayes}
for method in ("sigmoid", "isotonic"):
    calibrator = CalibratedClassifierCV(FrozenEstimator(bayes), method=method)
    models[method] = calibrator.fit(X_valid, y_valid)
test_p = {name: model.predict_proba(X_test)[:, 1] for name, model in models.items()}

figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharex=True, sharey=True, layout="constrained")
for (name, p), axis, marker in zip(test_p.items(), axes.repeat(2), "osvD", strict=True):
    report(name, p)
    share, mean = calibration_curve(y_test, p, n_bins=8, strategy="quantile")
    axis.plot(mean, share, marker + "-", label=name)
for axis, title in zip(axes, ("Two models", "Naive Bayes, calibrated"), strict=True):
    axis.axline((0, 0), slope=1, color="0.5", ls=":", label="perfect")
    axis.set(title=title, xlabel="mean prediction", xlim=(0, 1), ylim=(0, 1))
    axis.legend()
axes[0].set(ylabel="share of positives")
plt.show()

# %%
top = test_p["isotonic"] == 1
print(f"isotonic says 1.0 for {top.sum()} women; {y_test[top].sum()} of them reported an affair")
for name in ("naive Bayes", "sigmoid"):
    print(f"{name}: recall at 0.5 is {metrics.recall_score(y_test, test_p[name] >= 0.5):.2f}")

# %% [markdown]
# Nothing: a sigmoid keeps the order. (Isotonic steps make ties, so AUC moves a little.) Naive Bayes
# is too sure at both ends, and both calibrators lower its Brier score. The sigmoid is too stiff for
# the low end. Isotonic fits that better but may say exactly 1 or 0, and log loss makes it pay.
# Recall at 0.5 changes, because the numbers moved past the same cut.
#
# Calibration does *not* make a model separate better: the base rate for everyone is well
# calibrated, and useless.
#
# ## 7. Thresholds from costs
#
# Suppose that a counsellor offers help to whom we pick. (The costs are invented.) An offer in vain
# costs $c_{FP} = 1$, a case missed $c_{FN} = 4$. At probability $p$, an alarm costs
# $(1 - p)\, c_{FP}$ on average, silence $p\, c_{FN}$. The alarm is cheaper when
#
# $$ p > \frac{c_{FP}}{c_{FP} + c_{FN}} = \frac{1}{1 + 4} = 0.2 . $$
#
# This needs *calibrated* $p$. Otherwise, take the threshold with the lowest cost on validation rows
# (on test rows, its cost would look too good).
#
# > **Predict first.** Naive Bayes is too sure at both ends. Is its best threshold above or below
# > 0.2?


# %%
def cost(y, alarm):
    return 1000 * np.mean(np.where(y == 1, 4 * (alarm == 0), alarm == 1))  # per 1,000 women


grid = np.arange(0.02, 0.6, 0.01)
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for name in ("naive Bayes", "sigmoid"):
    p = models[name].predict_proba(X_valid)[:, 1]
    costs = [cost(y_valid, p >= threshold) for threshold in grid]
    best = grid[np.argmin(costs)]
    axis.plot(grid, costs, label=name)
    print(f"{name}: best in validation {best:.2f}; test cost", end="")
    for threshold in (0.5, 0.2, best):
        print(f"   {cost(y_test, test_p[name] >= threshold):.0f} at {threshold:.2f}", end="")
    print()
print(f"everyone: {cost(y_test, np.ones(2000)):.0f}, nobody: {cost(y_test, np.zeros(2000)):.0f}")
axis.axvline(0.2, color="k", ls="--", label="formula")
axis.set(xlabel="threshold", ylabel="cost per 1,000", title="Validation rows choose the threshold")
axis.legend()
plt.show()


# %% [markdown]
# Below: 0.13. In the diagram of section 6, where it says 0.14, the share is already 0.20. Either
# repair, calibration or another threshold, brings the cost from 590 (at 0.2) to about 560. The blue
# curve is nearly flat from 0.11 to 0.2, so some of this gain may be luck. Staying at 0.5 is the
# real mistake: it costs more than an offer to everyone.
#
# `TunedThresholdClassifierCV` searches by cross-validation, without validation rows. (It finds
# another value, since the cost curve is flat there.)

# %%
from sklearn.model_selection import TunedThresholdClassifierCV

scorer = metrics.make_scorer(cost, greater_is_better=False)
tuned = TunedThresholdClassifierCV(GaussianNB(), scoring=scorer).fit(X_rest, y_rest)
print(f"threshold {tuned.best_threshold_:.2f}, test cost {cost(y_test, tuned.predict(X_test)):.0f}")

# %% [markdown]
# ## 8. Several classes
#
# Each class has a precision, a recall and an $F_1$ of its own, against all others. *Macro* averages
# them equally, *weighted* by the number of true rows; *micro* first adds up the counts of all
# classes. We predict the rating of marriage, 1 to 5.
#
# > **Predict first.** Accuracy is 0.43. What is micro $F_1$? And macro $F_1$, higher or lower?

# %%
rating = women["rate_marriage"].astype(int)
model.fit(answers.loc[X_rest.index], rating[X_rest.index])
truth, predicted = rating[X_test.index], model.predict(answers.loc[X_test.index])
print(metrics.confusion_matrix(truth, predicted))
print(f"accuracy {np.mean(truth == predicted):.2f}")
for average in ("micro", "macro", "weighted"):
    f1 = metrics.f1_score(truth, predicted, average=average, zero_division=0)
    print(f"{average} F1 {f1:.2f}")


# %% [markdown]
# Micro is the accuracy: each wrong answer is one FP and one FN. Macro is 0.18: the model never
# answers 1 or 2, and each counts a fifth. Choose macro if rare classes matter as much as common
# ones.
#
# ## 9. How sure are we?
#
# A metric on test rows is an estimate. For a share $\hat p$ of $n$ rows, use *Wilson's* interval
# ($z = 1.96$ for 95 %), which stays sensible near 0 and 1:
#
# $$ \frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}} $$
#
# > **Predict first.** 2,000 test rows: what is $n$ for the recall? And which recalls does finding 0
# > of 32 "very poor" marriages still allow?

# %%
from statsmodels.stats.proportion import proportion_confint

tn, fp, fn, tp = metrics.confusion_matrix(y_test, score >= 0.5).ravel()
shares = {"accuracy": (tp + tn, 2000), "recall": (tp, tp + fn), "'very poor' recall": (0, 32)}
for name, (k, n) in shares.items():
    low, high = proportion_confint(k, n, method="wilson")
    print(f"{name}: {k} of {n}, {k / n:.2f} ({low:.2f} to {high:.2f})")


# %% [markdown]
# Only the 642 positives count for recall, so its interval is about twice as wide. 0 of 32 still
# allows a recall of 0.11.
#
# AUC is not a share of rows: bootstrap it. Is the question about religion worth asking? We compare
# with a model without it.
#
# > **Predict first.** The intervals of the two AUCs will overlap. Is the difference then undecided?

# %%
fewer = make_pipeline(StandardScaler(), LogisticRegression())
fewer.fit(X_train.drop(columns="religious"), y_train)
score_fewer = fewer.predict_proba(X_test.drop(columns="religious"))[:, 1]

rng, aucs = np.random.default_rng(0), []
for _ in range(500):
    rows = rng.integers(2000, size=2000)  # the same rows for both models
    aucs.append([metrics.roc_auc_score(y_test[rows], s[rows]) for s in (score, score_fewer)])
full, without = np.array(aucs).T
for name, values in (("all", full), ("without", without), ("difference", full - without)):
    low, high = np.quantile(values, [0.025, 0.975])
    print(f"{name:>10}: {low:.3f} to {high:.3f}")

# %% [markdown]
# No. Both models find the same women hard, so most of the luck cancels in the *paired* difference,
# and its interval lies above 0. Resample the same rows for both, and look at the difference. (The
# noise of the training set is not in it.)
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | 98 % accurate, finds nothing | rare class | recall, AP, compare with "nobody" |
# | precision of the wrong class | `pos_label`, transposed matrix | name the positive class |
# | AUC lower than expected | computed from `predict` | `predict_proba` or `decision_function` |
# | same AUC, many more false alarms per hit | base rate fell | precision at the new base rate |
# | cost formula disappoints | not calibrated | calibrate, or tune on validation |
# | threshold worse in production | chosen on test or training rows | validation rows |
# | recall jumps from month to month | few positives | Wilson with their number |
#
# ## Summary
#
# - Precision is about alarms, recall about positives, specificity about negatives; accuracy hides
#   all three when a class is rare.
# - ROC AUC is the probability of ranking a pair right, whatever the base rate. AP must be
#   compared with the base rate.
# - Log loss and Brier judge probabilities. Calibration repairs these, not the ranking.
# - Threshold: $c_{FP} / (c_{FP} + c_{FN})$ if calibrated, else the cheapest on validation rows.
# - Micro counts rows, macro counts classes. Intervals need the metric's own $n$; compare in pairs.
#
# Next: the [exercise](../../exercises/03-classical-ml/05-judging-classifiers.ipynb), then
# [preparing features](06-preparing-features.ipynb).
