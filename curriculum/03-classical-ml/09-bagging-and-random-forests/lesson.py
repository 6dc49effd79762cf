# ---
# title: Bagging and random forests
# minutes: 60
# needs: [03-classical-ml/08-decision-trees, 02-python/08-scikit-learn, 01-math/07-statistics]
# objectives: [aws-mls/3.2, aws-mls/3.4, aws-mla/2.2, databricks-ml/3.1, databricks-ml/3.15, google-pmle/3.1, google-pmle/6.1]
# ---

# %% [markdown]
# # Bagging and random forests
#
# A decision tree splits its rows by one question after another, down to *leaves*; a leaf predicts the
# mean, or the class shares, of its training rows. One tree changes when a few rows change. The average
# of many trees is steady, and for tables it is hard to beat. After this lesson you can
#
# - bag trees by hand, and say why averaging lowers variance but not bias,
# - explain what `max_features` and the number of trees do, and choose what to tune,
# - use the out-of-bag score, and recognise data for which it lies, and
# - read feature importances without falling for noise, for relatives or for cause.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks for the intuition of forests and ensembles
# (3.2) and what the number and depth of trees change (3.4); its successor MLA-C02 combines models
# against overfitting (2.2). Databricks asks which model fits a scenario (3.1) and how its complexity
# shifts bias and variance (3.15). Google PMLE asks for a choice of model that can be explained (3.1), and about
# the risk of predictions that nobody can explain (6.1).

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.model_selection import GroupKFold, cross_val_predict, train_test_split
from sklearn.tree import DecisionTreeClassifier
from statsmodels.datasets import fair, grunfeld, macrodata

rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. A bag of rows
#
# A *bootstrap sample* draws $n$ rows out of $n$ *with replacement*: some rows come twice or more,
# others not at all.
#
# > **Predict first.** Which share of the rows is absent, for $n = 10$ and for $n = 10{,}000$?

# %%
for n in (10, 100, 10_000):
    absent = [1 - len(np.unique(rng.integers(n, size=n))) / n for _ in range(300)]
    print(f"n = {n:6,}: absent {np.mean(absent):.2f}, (1 - 1/n)^n = {(1 - 1 / n) ** n:.3f}")
print(f"1/e = {np.exp(-1):.3f}")

# %% [markdown]
# More than a third, for ten rows and for ten thousand. One draw misses a given row with probability
# $1 - 1/n$, and $n$ draws all miss it with $(1 - 1/n)^n \to 1/e \approx 0.37$. These rows are *out of
# bag*: the tree has never seen them. Section 5 makes use of that.
#
# ## 2. Bagging by hand
#
# *Bagging* (bootstrap aggregating) trains one tree on each of many bootstrap samples and averages.
# We predict who reported an affair in a survey of 1974, from 1,500 of its women, and test on 2,000
# others.
#
# > **Predict first.** Trees can be averaged in two ways: by their *probabilities*, or by their
# > *votes*, the share of trees that say "yes". Which gives the better log loss?

# %%
women = fair.load_pandas().data
names = [name for name in women.columns if name != "affairs"]
data = women[names].to_numpy(), (women["affairs"] > 0).to_numpy().astype(int)
X, X_test, y, y_test = train_test_split(*data, train_size=1500, test_size=2000, random_state=0)

trees = []
for seed in range(100):
    rows = rng.integers(len(X), size=len(X))
    trees.append(
        DecisionTreeClassifier(min_samples_leaf=5, random_state=seed).fit(X[rows], y[rows])
    )
p = np.array([tree.predict_proba(X_test)[:, 1] for tree in trees])

for name, mean in (
    ("base rate", np.full(len(y_test), y.mean())),
    ("one tree", p[0]),
    ("votes", (p > 0.5).mean(axis=0)),
    ("bagging", p.mean(axis=0)),
):
    accuracy, loss = accuracy_score(y_test, mean > 0.5), log_loss(y_test, mean)
    print(f"{name:>9}: accuracy {accuracy:.2f}, log loss {loss:.2f}")

# %% [markdown]
# Probabilities. By log loss a single tree is far worse than the base rate for everyone, and even the
# votes of 100 trees are worse than it: a vote throws away how sure each tree was, and when nearly all
# agree it claims near certainty. Only the mean of the probabilities is better. (It may still need calibrating
# before you act on it.)
#
# A *random forest* is bagging plus one idea: at every split only a random subset of the features,
# `max_features` of them, may be used. scikit-learn averages probabilities (other libraries count
# votes):

# %%
forest = RandomForestClassifier(100, min_samples_leaf=5, oob_score=True, random_state=0).fit(X, y)
each = np.array([tree.predict_proba(X_test) for tree in forest.estimators_])
print("mean of the trees:", np.allclose(each.mean(axis=0), forest.predict_proba(X_test)))

# %% [markdown]
# ## 3. Why averaging helps
#
# Imagine other training sets of the same size. A tree's prediction for one fixed row would vary over
# them, with variance $\sigma^2$. If two trees of one forest have the correlation $\rho$, the mean of $B$
# trees has the variance
#
# $$ \rho\,\sigma^2 + \frac{1 - \rho}{B}\,\sigma^2 . $$
#
# More trees shrink the second term only. The first is a floor: the trees share a training set, so
# they share part of their error. The *expected* prediction of the mean, and so its bias, is that of
# one tree.
#
# We can measure all of this: 30 training sets of 150 diabetes patients, drawn from 300, and 20 trees
# on each. (Such sets overlap, so the true variances are larger.)
#
# > **Predict first.** With `max_features=0.2` each split sees two of ten features. Is a single
# > tree better or worse for it? And the forest?

# %%
D, progress = load_diabetes(return_X_y=True)
order = rng.permutation(len(D))
pool, held_out = order[:300], order[300:]
sets = [rng.choice(pool, 150, replace=False) for _ in range(30)]


def predictions(max_features):
    """Predictions of every tree: training sets, trees, rows."""
    model = RandomForestRegressor(20, max_features=max_features, random_state=0)
    fits = (model.fit(D[rows], progress[rows]) for rows in sets)
    return np.array([[tree.predict(D[held_out]) for tree in fit.estimators_] for fit in fits])


sigma2, rho, by_trees = {}, {}, {}
for share in (1.0, 0.2):
    P = predictions(share)
    sigma2[share] = P.var(axis=0, ddof=1).mean()
    by_trees[share] = [P[:, :B].mean(axis=1).var(axis=0, ddof=1).mean() for B in range(1, 21)]
    centred = P - P.mean(axis=0)
    first, second = centred[:, :10], centred[:, 10:]  # pairs of different trees
    rho[share] = (first.mean(axis=1) * second.mean(axis=1)).sum(axis=0).mean() / 29 / sigma2[share]
    error = P - progress[held_out]
    rmse = [np.sqrt(np.mean(e**2)) for e in (error, error.mean(axis=1), error.mean(axis=(0, 1)))]
    print(f"max_features={share}: sigma {sigma2[share] ** 0.5:.0f}, rho {rho[share]:.2f}", end="; ")
    print("RMSE of tree {:.0f}, forest {:.0f}, mean of all forests {:.0f}".format(*rmse))

# %%
B = np.arange(1, 21)
for share, color in ((1.0, "C0"), (0.2, "C1")):
    formula = (rho[share] + (1 - rho[share]) / B) * sigma2[share]
    plt.plot(B, formula, color, label=f"formula, max_features={share}")
    plt.plot(B, by_trees[share], color + "o", ms=4, label="measured")
    plt.axhline(rho[share] * sigma2[share], color=color, ls=":")
plt.yscale("log")
plt.yticks([100, 200, 500, 1000, 2000, 5000], [100, 200, 500, 1000, 2000, 5000])
plt.minorticks_off()
plt.gca().set(xticks=[1, 5, 10, 15, 20], xlabel="trees B", ylabel="variance (logarithmic)")
plt.title("Averaging removes what trees do not share (floors dotted)")
plt.legend()
plt.show()

# %% [markdown]
# The single tree gets worse, 85 instead of 81, because it often may not use the best feature. But its
# trees share less: ρ falls from 0.08 to 0.03, and the floor with it. The dots follow the formula, and
# the curves cross: with more than a few trees, the mean of the worse trees varies less.
#
# The last number is the error of all 600 trees averaged, which more trees could hardly lower: bias,
# and the noise in the patients themselves. Here feature sampling raises it from 55 to 57. So it
# trades a little bias for less variance, and these two forests come out equal, at 59. Whether
# it pays is a question for validation.
#
# Beware of defaults: `RandomForestClassifier` has `max_features="sqrt"`, but `RandomForestRegressor` has
# `1.0`, all features, which is plain bagging. *Extra trees* (`ExtraTreesClassifier`) go further: they
# try a random threshold per feature, by default on all rows, for still less correlation.
#
# ## 4. How many trees?
#
# > **Predict first.** A tree overfits when it grows too deep. Does a forest overfit when it has too
# > many trees?

# %%
for seed in range(2):
    many = RandomForestClassifier(200, min_samples_leaf=5, random_state=seed).fit(X, y)
    each = np.array([tree.predict_proba(X_test)[:, 1] for tree in many.estimators_])
    running = each.cumsum(axis=0) / np.arange(1, 201)[:, None]
    losses = [log_loss(y_test, mean) for mean in running[4::5]]
    plt.plot(np.arange(5, 201, 5), losses, label=f"random_state={seed}")
    print(f"seed {seed}: log loss with 5 trees {losses[0]:.2f}", end=", ")
    print(f"50 trees {losses[9]:.3f}, 200 trees {losses[-1]:.3f}")
plt.gca().set(xlabel="trees", ylabel="test log loss", title="More trees: steadier, not overfitted")
plt.legend()
plt.show()

# %% [markdown]
# No. Each tree is drawn like the others, so a further one only makes the mean steadier, and the curve
# levels off. (A forest can overfit, but by its leaves being too small.) The number of trees is a
# budget, not a knob to tune: take as many as you can wait for. No tree needs another's result, so
# `n_jobs=-1` trains them on all cores. Boosting, next, is different on both counts.
#
# ## 5. The out-of-bag score
#
# Each row is out of bag for about 37 % of the trees. Averaging only *those* trees gives a prediction by
# a model that never saw the row: a validation score without a split.

# %%
total, count = np.zeros((len(X), 2)), np.zeros(len(X))
for tree, rows in zip(forest.estimators_, forest.estimators_samples_, strict=True):
    out = np.setdiff1d(np.arange(len(X)), rows)
    total[out] += tree.predict_proba(X[out])
    count[out] += 1
by_hand = total / count[:, None]
print(f"out of bag for {count.min():.0f} to {count.max():.0f} of 100 trees")
print("as in scikit-learn:", np.allclose(by_hand, forest.oob_decision_function_))
print(f"by hand {accuracy_score(y, by_hand.argmax(axis=1)):.3f}", end=", ")
print(f"oob_score_ {forest.oob_score_:.3f}", end=", ")
print(f"training {forest.score(X, y):.2f}, test {forest.score(X_test, y_test):.2f}")

# %% [markdown]
# OOB is near the test score; the training score is far too good. But OOB assumes that an absent row
# is a *new* one.
#
# > **Predict first.** We write every diabetes patient twice into the table. What happens to the
# > OOB $R^2$?

# %%
regressor = RandomForestRegressor(40, max_features=0.5, oob_score=True, random_state=0)
single = regressor.fit(D, progress).oob_score_
double = regressor.fit(np.tile(D, (2, 1)), np.tile(progress, 2)).oob_score_
print(f"patients: OOB R2 {single:.2f}, each of them twice {double:.2f}")

firms = grunfeld.load_pandas().data  # 11 firms, 20 years each
F, invest = np.log(firms[["value", "capital"]].to_numpy()), np.log(firms["invest"].to_numpy())
oob = regressor.fit(F, invest).oob_score_
new = cross_val_predict(regressor, F, invest, groups=firms["firm"], cv=GroupKFold(11))
print(f"firms: OOB R2 {oob:.2f}, new firms {r2_score(invest, new):.2f}")

macro = macrodata.load_pandas().data  # US quarters, 1959 to 2009
Q, rate = macro[["year", "quarter", "infl", "unemp"]].to_numpy(), macro["tbilrate"].to_numpy()
oob = regressor.fit(Q[:150], rate[:150]).oob_score_
later = regressor.score(Q[150:], rate[150:])
print(f"interest rates: OOB R2 {oob:.2f}, later quarters {later:.0f}")

# %% [markdown]
# It more than doubles, and means nothing: the twin of an absent row is often in the bag. Years of the
# same firm, or neighbouring quarters, are nearly twins. With groups or with time, split by group or
# by time instead. The last score, below 0, is worse than a constant: the mean of those quarters.
# Part of that is another limit: a forest averages training targets, so it never predicts beyond their
# range (it does not extrapolate).
#
# ## 6. What to tune
#
# `min_samples_leaf` (or `max_depth`) sets how smooth each tree is, `max_features` how different
# the trees are. OOB log loss for nine settings:

# %%
print("min_samples_leaf:  1      5     20")
for max_features in (1, 3, 8):
    losses = []
    for leaf in (1, 5, 20):
        model = RandomForestClassifier(
            60, max_features=max_features, min_samples_leaf=leaf, oob_score=True, random_state=0
        )
        losses.append(log_loss(y, model.fit(X, y).oob_decision_function_))
    print(f"max_features={max_features}   ", "  ".join(f"{loss:.2f}" for loss in losses))

# %% [markdown]
# Trees grown to the end are worst: a row has about 22 of the 60 trees out of bag, some of these means
# are exactly 0 or 1, and log loss punishes a wrong certainty. With leaves of 5, offering all eight
# features is worse; with leaves of 20 the choice hardly matters. The best of many settings looks
# slightly too good on the rows that chose it, so keep a test set.
#
# ## 7. Importances: noise in first place
#
# `feature_importances_` adds up the decrease of *impurity* (how mixed the labels are) at a feature's
# splits, on *training* rows. *Permutation importance* instead shuffles one column, here of *held-out*
# rows, and reports the loss in score. We add a column of random numbers to the women's answers and
# let the leaves be as small as one row, which is the default.
#
# > **Predict first.** Does averaging 60 trees drown the random column? Where does it rank among nine,
# > by either measure?

# %%
N, N_test = (np.column_stack([part, rng.normal(size=len(part))]) for part in (X, X_test))
noisy = RandomForestClassifier(60, random_state=0).fit(N, y)
shuffled = permutation_importance(noisy, N_test, y_test, n_repeats=5, random_state=0)
values = {"impurity, training rows": noisy.feature_importances_}
values["permutation, held-out rows"] = shuffled.importances_mean

labels = np.array([*names, "random"])
order = np.argsort(noisy.feature_importances_)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True, layout="constrained")
for axis, (title, value) in zip(axes, values.items(), strict=True):
    axis.barh(labels[order], value[order], color=np.where(order == 8, "C3", "C0"))
    axis.set(title=title)
    rank = 1 + np.sum(value > value[8])
    print(f"{title}: random {value[8]:z.2f}, rank {rank}; best {labels[value.argmax()]}")
axes[0].set(xlabel="share of the decrease")
axes[1].set(xlabel="loss of accuracy")
plt.show()

# %% [markdown]
# First by impurity, with more than a quarter of the total. Most answers have only a few levels, while
# 1,500 different random numbers offer 1,499 places to cut, and deep in a tree one of them fits by luck.
# Every tree does this, so averaging keeps it. On held-out rows, shuffling it costs nothing, and only two
# columns stand out. Add a random column yourself: what does not clearly beat it is not shown to matter.
#
# ## 8. Importances: relatives hide each other
#
# > **Predict first.** A forest recognises tumours from 30 measurements, many of them about size. How
# > much accuracy is lost by shuffling the most important one?

# %%
tumours = load_breast_cancer(as_frame=True)
T, T_test, t, t_test = train_test_split(tumours.data, tumours.target, test_size=0.4, random_state=0)
words = ("radius", "perimeter", "area", "concav")  # size, and dents in the outline
relatives = [name for name in T if any(word in name for word in words)]
relatives.remove("worst perimeter")
for title, dropped in (("all 30", []), ("without 14 relatives", relatives)):
    A, A_test = T.drop(columns=dropped), T_test.drop(columns=dropped)
    model = RandomForestClassifier(40, random_state=0).fit(A, t)
    drop = permutation_importance(model, A_test, t_test, n_repeats=3, random_state=0)
    at = list(A).index("worst perimeter")
    print(f"{title}: accuracy {model.score(A_test, t_test):.2f}", end="; permutation: ")
    print(f"largest {drop.importances_mean.max():.2f}", end=", ")
    print(f"of worst perimeter {drop.importances_mean[at]:.2f}", end="; its impurity ")
    print(f"{model.feature_importances_[at]:.2f}")

# %% [markdown]
# About 0.01. When one column is shuffled, its relatives tell the same story, so none seems to be needed.
# Without 14 relatives the forest is no worse, and the importance of "worst perimeter" is 0.26. Impurity
# importance is *shared* instead: 0.13 for it among relatives, 0.36 alone.
#
# So a low importance means "not needed, given the rest", not "unrelated". Group correlated columns, then
# keep one of each group or shuffle a whole group at once.
#
# And no importance is *causal*. It says what this model uses, not what would happen if somebody changed
# the feature: a thermometer predicts the weather, but heating it changes nothing outside.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | OOB far better than new data | groups, time or duplicates | split by group or by time |
# | a row id or a random column ranks first | impurity importance | permutation on held-out rows |
# | all permutation importances near 0 | correlated features | one per group, or shuffle groups |
# | probabilities of exactly 0 and 1 | leaves of one row | larger `min_samples_leaf`; calibrate |
# | predictions flat beyond the training range | forests do not extrapolate | a linear trend first |
# | a model of gigabytes, slow answers | many deep trees | larger leaves, fewer trees |
#
# ## Summary
#
# - A bootstrap sample misses about 37 % of the rows; bagging averages trees trained on such samples.
# - Variance $\rho\sigma^2 + (1 - \rho)\sigma^2 / B$: more trees shrink the second term, `max_features` lowers
#   $\rho$; averaging leaves bias as it is.
# - More trees do not overfit; too small leaves may. Tune `min_samples_leaf` and `max_features`.
# - OOB is validation for free, if rows are independent.
# - Impurity importance flatters columns with many values; permutation on held-out rows does not, but
#   relatives hide each other. Neither is a cause.
#
# Next: the [exercise](../../exercises/03-classical-ml/09-bagging-and-random-forests.ipynb), then
# [gradient boosting](10-gradient-boosting.ipynb), where each tree corrects the ones before it.
