# ---
# title: Imbalanced classes
# minutes: 75
# needs: [03-classical-ml/01-framing-and-baselines, 03-classical-ml/05-judging-classifiers, 03-classical-ml/06-preparing-features, 03-classical-ml/10-gradient-boosting, 02-python/06-pandas]
# objectives: [databricks-ml/3.2, databricks-ml/3.13, aws-mls/2.1, aws-mls/3.3, aws-mls/3.5, aws-mla/1.3, aws-mla/4.1, google-pmle/6.2]
# ---

# %% [markdown]
# # Imbalanced classes
#
# Fraud, faults and rare diseases have in common that almost every row says "no". After this lesson
# you can
#
# - split and score such data without fooling yourself,
# - decide by costs, by amounts or by the size of a team,
# - say what class weights, resampling and SMOTE do, and undo what they do to probabilities,
# - compute precision for the base rate that you will meet, and say how sure you are.
#
# **Exam lens.** Databricks asks how to counter rare classes and what each way costs (3.2), and for the
# metric that fits the aim (3.13). AWS MLS-C01 (retired in March 2026) asks about data fit for
# modelling, splits and metrics (2.1, 3.3, 3.5); its successor MLA-C02 names class imbalance (1.3) and
# drift (4.1). Google PMLE asks about drift too (6.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn import metrics
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, PredefinedSplit, cross_val_predict, train_test_split
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.proportion import proportion_confint
from threadpoolctl import threadpool_limits

from certlab.datasets import load_fraud

_ = threadpool_limits(1)  # tables this small run fastest on one core

# %% [markdown]
# ## 1. Silence scores 99.5 %
#
# About 95,000 synthetic card payments, January to June. A thief pays one to eight times within hours,
# so frauds come in *bursts*. We train on January and February, set thresholds on March (validation)
# and test on April. The model sees the payment alone: amount, its ratio to what is usual for the card,
# abroad, sector, channel.

# %%
frame = load_fraud()
y, month = frame["fraud"].to_numpy(), frame["time"].dt.month.to_numpy()
train, valid, test = month <= 2, month == 3, month == 4
for name, rows in {"train": train, "valid": valid, "test": test}.items():
    print(f"{name}: {rows.sum()} payments, {y[rows].sum()} frauds ({y[rows].mean():.2%})")

columns = pd.get_dummies(frame[["sector", "channel"]], dtype=float)
columns["amount"] = np.log(frame["amount"])
columns["ratio"] = np.log(frame["amount_ratio"].clip(lower=0.01))
columns["abroad"] = frame["abroad"]
X = StandardScaler().fit(columns[train]).transform(columns)
p = LogisticRegression().fit(X[train], y[train]).predict_proba(X)[:, 1]
print(f"test accuracy: silence {1 - y[test].mean():.3f}", end=", ")
print(f"model {np.mean((p[test] >= 0.5) == y[test]):.3f}", end=", ")
print(f"which finds {np.sum(p[test & (y == 1)] >= 0.5)} of {y[test].sum()} frauds")

# %% [markdown]
# As accurate as silence. But 0.5 is no law.
#
# ## 2. Half a burst on each side
#
# We cross-validate two models on January to April. The first knows only the card's number and the time,
# and copies the label of the nearest payment. The second is a forest on all columns, these two included
# (`ExtraTreesClassifier` draws cut points at random). We hold out random rows, then whole cards.
#
# > **Predict first.** The first model knows nothing about the payment itself. What share of the frauds
# > can it find?

# %%
early = month <= 4
when = (frame["time"] - frame["time"].min()).dt.total_seconds() / 86_400
card = frame["card_id"].to_numpy()[early]
two = np.column_stack([card, when[early]])
wide = np.column_stack([X[early], StandardScaler().fit_transform(two)])
trees = ExtraTreesClassifier(10, min_samples_leaf=2, max_features=None, random_state=0)
folds = {
    "random rows": KFold(4, shuffle=True, random_state=0),
    "whole cards": PredefinedSplit(card % 4),
}
for name, cv in folds.items():
    copied = cross_val_predict(KNeighborsClassifier(1), two, y[early], cv=cv)
    score = cross_val_predict(trees, wide, y[early], cv=cv, method="predict_proba")[:, 1]
    print(f"{name}: nearest, recall {metrics.recall_score(y[early], copied):.2f}", end="")
    print(f"; forest, average precision {metrics.average_precision_score(y[early], score):.2f}")

# %% [markdown]
# Nearly all: the nearest payment is mostly of the same burst, and its label may come from *later*. With
# whole cards held out, it finds none. The forest's average precision (AP) falls too. In service, bursts
# are new. So split by time, or by card; a split between months cuts hardly any burst.
#
# ## 3. Two curves of one model
#
# > **Predict first.** On the test month our logistic model has a ROC AUC of 0.96. To find 70 % of the
# > frauds, what share of the alarms will be right?

# %%
fpr, tpr, _ = metrics.roc_curve(y[test], p[test])
precision, recall, _ = metrics.precision_recall_curve(y[test], p[test])
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharex=True, sharey=True, layout="constrained")
axes[0].plot(fpr, tpr)
axes[1].plot(recall, precision)
axes[0].set(title="ROC: looks finished", xlabel="false-positive rate", ylabel="recall")
axes[1].set(title="Precision–recall: looks like work", xlabel="recall", ylabel="precision")
plt.show()
at, ap = np.argmax(tpr >= 0.7), metrics.average_precision_score(y[test], p[test])
print(f"AUC {metrics.roc_auc_score(y[test], p[test]):.2f}, AP {ap:.2f}; recall", end=" ")
print(f"{tpr[at]:.2f}, FPR {fpr[at]:.3f}, precision {precision[recall >= tpr[at]].max():.2f}")

# %% [markdown]
# Fewer than one in five. An FPR of 0.016 looks tiny on the left, but it is 0.016 of 15,555 honest payments,
# about 250 false alarms, against 53 frauds found. When negatives are many and somebody acts on alarms, read the right plot. AP
# without skill is about the base rate, here 0.005. So 0.30 is far better than chance, but not comparable with
# an AP at another base rate.
#
# ## 4. What does an error cost?
#
# A missed fraud costs its amount. An alarm costs a call to the customer, say 5 euros (our
# invention), needed or not. With a calibrated $p$, silence costs $p \times \text{amount}$ on average.
# So raise the alarm when
#
# $$ p \times \text{amount} > \text{cost of an alarm} . $$
#
# With one mean amount for all, this is a threshold on $p$. (In "Judging classifiers" a right alarm was free,
# hence $c_{FP} / (c_{FP} + c_{FN})$.)
#
# > **Predict first.** Does looking at the amount find more frauds than the fixed threshold, or fewer?

# %%
amount, fee = frame["amount"].to_numpy(), 5
mean_loss = amount[train & (y == 1)].mean()
policies = {
    f"p > 5 / {mean_loss:.0f}": p > fee / mean_loss,
    "p x amount > 5": p * amount > fee,
}
print(f"silence: cost per payment {100 * (y * amount)[test].mean():.0f} cents")
for name, alarm in policies.items():
    cost = np.where(alarm, fee, y * amount)[test].mean()
    found = alarm[test & (y == 1)].mean()
    print(f"{name}: {alarm[test].sum()} alarms, recall {found:.2f}, cost {100 * cost:.0f} cents")

# %% [markdown]
# Fewer, and it is cheaper: small frauds may pass when a call would cost more. If you doubt the calibration, take the threshold with the lowest cost on validation
# rows.
#
# ## 5. Ten alarms a day
#
# Often the limit is people. A team that looks at $k$ payments a day takes the top $k$ of the day.
# *Precision at k* is the share of frauds among these, *recall at k* the share of all frauds that are
# among these.

# %%
days = frame[test].assign(p=p[test], loss=p[test] * amount[test], day=frame["time"].dt.date)
for order in ("p", "loss"):
    for k in (5, 10, 20):
        top = days.sort_values(order, ascending=False).groupby("day").head(k)
        saved = np.sum(top["amount"] * top["fraud"]) / np.sum(days["amount"] * days["fraud"])
        print(f"top {k:2d} by {order:>4}: precision {top['fraud'].mean():.2f}", end="")
        print(f", recall {top['fraud'].sum() / y[test].sum():.2f}, euros found {saved:.0%}")

# %% [markdown]
# By $p$ the team finds more frauds, by expected loss more euros. Precision at $k$ falls as $k$ grows, recall
# rises: report both at *your* $k$. Who must decide at once takes a threshold that gave
# about $k$ alarms on earlier days.
#
# ## 6. Class weights are copies
#
# `class_weight="balanced"` multiplies the loss of each row by $n / (2 n_k)$, where its class has
# $n_k$ of the $n$ rows. Both classes then weigh the same.

# %%
rng = np.random.default_rng(1)
honest, stolen = np.flatnonzero(train & (y == 0)), np.flatnonzero(train & (y == 1))
times = round(len(honest) / len(stolen))
copied = np.append(honest, np.repeat(stolen, times))
copies = LogisticRegression().fit(X[copied], y[copied])
balanced = LogisticRegression(class_weight="balanced").fit(X[train], y[train])
scores = {"plain": p, "balanced": balanced.predict_proba(X)[:, 1]}
gap = np.abs(scores["balanced"] - copies.predict_proba(X)[:, 1])[test].max()
print(f"each fraud {times} times, or balanced weights: p differs by {gap:.2f} at most")
print(f"mean p: plain {p[test].mean():.4f}, balanced {scores['balanced'][test].mean():.4f}")

# %% [markdown]
# The same model, up to the penalty on coefficients: weights are oversampling without the copies. The mean
# $p$ is 29 times what it was, because in the weighted table half of all payments are frauds. They
# are no probabilities of fraud any more.
#
# ## 7. Fewer, more, invented
#
# *Undersampling* drops honest rows at random: quick, but information is lost. *Oversampling* draws
# frauds again and again. *SMOTE* (synthetic minority oversampling technique) invents frauds: pick one,
# pick one of its $k$ nearest frauds, and take a random point between the two. (The package
# imbalanced-learn has all three.)


# %%
def smote(X, n_new, k=5):
    nearest = NearestNeighbors(n_neighbors=k + 1).fit(X)
    neighbours = nearest.kneighbors(X, return_distance=False)[:, 1:]  # without the row itself
    start = rng.integers(len(X), size=n_new)
    end = neighbours[start, rng.integers(k, size=n_new)]
    return X[start] + rng.random((n_new, 1)) * (X[end] - X[start])


fewer = np.append(rng.choice(honest, 20 * len(stolen), replace=False), stolen)
invented = smote(X[stolen], len(honest) - len(stolen))
with_invented = np.vstack([X[train], invented]), np.append(y[train], np.ones(len(invented)))
for name, data in {"under 20:1": (X[fewer], y[fewer]), "SMOTE": with_invented}.items():
    scores[name] = LogisticRegression().fit(*data).predict_proba(X)[:, 1]

# %%
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
axis.plot(*invented[:3000, -3:-1].T, ".", color="0.7", markersize=2, label="invented (3,000)")
axis.plot(*X[stolen][:, -3:-1].T, "C3.", label="real frauds")
axis.set(xlabel="amount (log, scaled)", ylabel="ratio (log, scaled)", title="SMOTE draws lines")
axis.legend()
plt.show()

# %% [markdown]
# Some invented frauds form bridges between the tiny payments with which a thief tests a card and the large
# ones that follow; no real fraud is there. SMOTE can also mix one-hot columns: half online, half chip (SMOTENC
# handles categories).
#
# > **Predict first.** At 0.5 these models differ widely. What if each gets the threshold that gives
# > 310 alarms in March, ten a day?


# %%
def march(s):
    return np.sort(s[valid])[-310]  # the threshold that gives ten alarms a day in March


for name, s in scores.items():
    half, alarm = s[test] >= 0.5, s[test] >= march(s)
    shared = np.mean(alarm[p[test] >= march(p)])
    ap = metrics.average_precision_score(y[test], s[test])
    print(f"{name:>10}: AUC {metrics.roc_auc_score(y[test], s[test]):.2f}, AP {ap:.2f}", end="")
    print(f"; at 0.5: {half.sum():4d} alarms, recall {half[y[test] == 1].mean():.2f}", end="")
    print(f"; ten a day: recall {alarm[y[test] == 1].mean():.2f}, {shared:.0%} of plain's alarms")

# %% [markdown]
# At 0.5, anything from 1 to about 1,300 alarms. With the threshold moved, recall is 0.63 to 0.67 (three
# frauds apart), on mostly the same alarms. So here weights and resampling mainly *move the threshold*, which
# you can do yourself. AUC gains 0.01, yet AP falls: the very top is ranked worse. Treat resampling as a
# setting: compare on validation rows, each with its own threshold.
#
# ## 8. Probabilities, put right
#
# Keep all frauds, and the share $r$ of the honest rows. For any $x$, the odds $P(1 \mid x) / P(0 \mid x)$
# in the sample are $1/r$ times the true ones: only the denominator shrank. So log-odds rise by
# $\ln(1/r)$. Copying every fraud $m$ times raises them by $\ln m$. Subtract it again; for undersampling,
# with $q$ the model's probability:
#
# $$ \operatorname{logit} p = \operatorname{logit} q - \ln(1/r)
# \quad\Longleftrightarrow\quad p = \frac{r q}{r q + 1 - q} . $$

# %%
for name, shift in {"under 20:1": times / 20, "balanced": times}.items():
    q = scores[name]
    right, rise, cut = expit(logit(q) - np.log(shift)), logit(q) - logit(p), 1 / (1 + shift)
    few, every = np.median(rise[test & (y == 1)]), np.median(rise[test])
    print(f"{name}: shift {np.log(shift):.1f}; rise on frauds {few:.1f}, on all {every:.1f}")
    for label, s in {"plain": p, "resampled": q, "put right": right}.items():
        loss = metrics.log_loss(y[test], s[test])
        print(f"   {label}: mean {s[test].mean():.4f}, log loss {loss:.3f}")
    agree = np.mean((q > 0.5)[test] == (p > cut)[test])
    print(f"   q > 0.5 agrees with plain p > {cut:.4f} on {agree:.1%}")

# %% [markdown]
# Put right, the mean is near the true 0.0047 and log loss near the plain model's. On frauds the log-odds
# rose (median) about as the formula says. On all payments undersampling gave 2.2, but balancing 0.3, not 5.4: the
# formula holds for true odds, which a linear model only approximates, and weights favour the frauds. No shift undoes that.
#
# Turned round, $q > 0.5$ means $p > 1 / (1 + \text{ratio})$; after balancing that is 0.0043, the base rate in
# training. The plain model with this threshold decides alike for 99.7 % and 94 % of the payments.
#
# ## 9. Copies before the split
#
# > **Predict first.** We measure the forest's recall with frauds copied *before* the split, and *after*.
# > What will each promise, and what will April give?


# %%
def copy_frauds(rows):
    stolen, honest = rows[y[rows] == 1], rows[y[rows] == 0]
    return np.append(honest, rng.choice(stolen, len(honest)))


fit, later = train_test_split(np.flatnonzero(train), random_state=0)
before = train_test_split(copy_frauds(np.flatnonzero(train)), random_state=0)
for name, (rows, held_out) in {"before": before, "after": (copy_frauds(fit), later)}.items():
    alarm = trees.fit(X[rows], y[rows]).predict(X)
    promised, given = (metrics.recall_score(y[part], alarm[part]) for part in (held_out, test))
    print(f"copied {name} the split: recall {promised:.2f}, in April {given:.2f}")

# %% [markdown]
# 1.00, since held-out frauds had copies in training; April gives less than half. SMOTE leaks as well:
# its points lie between frauds of both sides. So split first and resample the training part only, in cross-validation within each fold. Test rows keep
# their base rate.
#
# ## 10. Precision at which base rate?
#
# Recall (the true-positive rate, TPR) and the false-positive rate (FPR) each look inside one class.
# Precision mixes both. By Bayes' rule, at base rate $\pi$,
#
# $$ \text{precision} = \frac{\pi\, TPR}{\pi\, TPR + (1 - \pi)\, FPR} . $$
#
# > **Predict first.** On a test set with as many frauds as honest payments, the balanced model at 0.5
# > has a precision of about 0.9. And on all payments of April?

# %%
alarm = scores["balanced"] > 0.5
frauds, others = np.flatnonzero(test & (y == 1)), np.flatnonzero(test & (y == 0))
half = np.append(frauds, rng.choice(others, len(frauds), replace=False))
TPR, FPR = alarm[frauds].mean(), alarm[others].mean()
for name, rows in {"half and half": half, "April": np.append(frauds, others)}.items():
    base = y[rows].mean()
    formula = base * TPR / (base * TPR + (1 - base) * FPR)
    counted = metrics.precision_score(y[rows], alarm[rows])
    print(f"{name}: TPR {TPR:.2f}, FPR {FPR:.3f}, precision {counted:.2f}, formula {formula:.2f}")

grid = np.logspace(-4, -0.01, 200)
figure, axis = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
for rate in (FPR / 100, FPR / 10, FPR):
    axis.semilogx(grid, grid * TPR / (grid * TPR + (1 - grid) * rate), label=f"{rate:.2%}")
axis.axvline(y[test].mean(), color="0.5", ls=":", label="April's base rate")
axis.set(xlabel="base rate", ylabel="precision", title=f"Recall is {TPR:.2f} everywhere")
axis.legend(title="false-positive rate")
plt.show()

# %% [markdown]
# 0.94 against 0.05, with the same model and threshold. (0.91 has the FPR of all honest payments, 0.94 that
# of 73.) The balanced test set left out 99.5 % of the honest payments, and the false
# alarms with them. For a useful precision, the FPR must lie well below the base rate.
#
# ## 11. How sure, with 73 frauds?
#
# Only positives count for recall. Wilson's interval takes them as independent, but the frauds of a
# burst tend to be found or missed together. So we also draw whole *cards* with replacement.

# %%
found = p[frauds] >= march(p)
low, high = proportion_confint(found.sum(), len(found), method="wilson")
print(f"recall {found.sum()} of {len(found)}: {found.mean():.2f}, Wilson {low:.2f} to {high:.2f}")
counts = pd.Series(found).groupby(frame["card_id"].to_numpy()[frauds]).agg(["sum", "count"])
draws = rng.integers(len(counts), size=(2000, len(counts)))
hits, size = counts.to_numpy()[draws].sum(axis=1).T
low, high = np.quantile(hits / size, [0.025, 0.975])
print(f"{len(counts)} cards drawn with replacement: {low:.2f} to {high:.2f}")
needed = [round(1.96**2 * 0.25 / margin**2) for margin in (0.1, 0.05, 0.02)]
print(f"independent positives for ± 0.1, 0.05, 0.02: {needed}")

# %% [markdown]
# Wilson's interval is 0.21 wide; drawing cards, 0.29: 73 frauds on 18 cards are worth fewer than 73
# independent ones. For a margin of $\pm m$ at 95 % you need about $1.96^2 \cdot 0.25 / m^2$ independent
# positives (fewer if recall is far from 0.5).
#
# ## 12. May
#
# Now the model may also see the card's history: payments in the last hour, and hours since the
# last. From May on, thieves have a new pattern.
#
# > **Predict first.** Thresholds stay as set in March. What happens to recall, and does the number
# > of alarms tell?

# %%
history = frame[["n_last_hour"]].assign(pause=np.log1p(frame["hours_since_last"]))
both = np.column_stack([X, StandardScaler().fit(history[train]).transform(history)])
rich = LogisticRegression().fit(both[train], y[train]).predict_proba(both)[:, 1]
late, near = (month >= 5) & (y == 1), frame["channel"].to_numpy() == "contactless"
figure, axis = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
for name, s in {"payment alone": p, "with history": rich}.items():
    alarm = s >= march(s)
    recalls = [alarm[(month == now) & (y == 1)].mean() for now in range(3, 7)]
    axis.plot(["March", "April", "May", "June"], recalls, "o-", label=name)
    ap = metrics.average_precision_score(y[test], s[test])
    print(f"{name}: AP in April {ap:.2f}; alarms per month {np.bincount(month[alarm])[3:]}", end="")
    print(f"; from May, contactless {alarm[late & near].mean():.2f}", end="")
    print(f", others {alarm[late & ~near].mean():.2f}")
axis.set(ylabel="recall", ylim=(0, 1), title="Thresholds of March meet a new pattern")
axis.legend()
plt.show()

# %% [markdown]
# The new pattern is contactless, near home, with ordinary amounts. Both models miss nearly all of it, and the
# alarms do not rise: only late labels, or a checked random sample, tell. Then retrain.
#
# Two columns of history took the AP of April from 0.30 to 0.80: more than any resampling did.
#
# ## 13. What to report
#
# | question | report |
# |---|---|
# | is it better than nothing? | AP beside the base rate; cost beside the cost of silence |
# | is the team's time well spent? | precision and recall at $k$ a day |
# | does it save money? | cost per payment with amounts |
# | can $p$ be used? | log loss, mean $p$ against the share of positives |
# | how sure? | number of positives, an interval by card |
#
# ## 14. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | 99.5 % accurate, no alarm | 0.5 as threshold | costs or capacity set it |
# | wonderful in validation, poor in service | burst or copies on both sides | split by time, resample after |
# | $p$ far above the base rate | weights, resampling | subtract the shift from the log-odds |
# | precision collapses in service | test set was balanced | test at the true base rate |
# | results jump between months | few positives, in bursts | interval by card |
# | recall falls, alarms do not | new pattern | recent labels by type; retrain |
#
# ## Summary
#
# - Split by time or by group, at the true base rate; resample within training only.
# - Decide by $p \times$ amount against the cost of an alarm, or by the top $k$.
# - Class weights equal copies. Mostly they move the threshold, and they spoil $p$: log-odds shift by
#   about $\ln$ of the sampling ratio.
# - Precision depends on the base rate; recall and FPR do not.
# - Certainty comes from independent positives, not from rows.
#
# Next: the [exercise](../../exercises/03-classical-ml/17-imbalanced-classes.ipynb), then
# [time series](18-time-series.ipynb).
