# ---
# title: Decision trees
# minutes: 60
# needs: [03-classical-ml/05-judging-classifiers, 02-python/08-scikit-learn, 01-math/09-information]
# objectives: [aws-mls/3.2, aws-mls/3.4, aws-mla/2.1, aws-mla/2.2, databricks-ml/2.8, databricks-ml/3.1, databricks-ml/3.15, google-pmle/3.1]
# ---

# %% [markdown]
# # Decision trees
#
# A decision tree asks one yes/no question after another. It is the model that is easiest to read,
# and the brick from which forests and boosting are built. After this lesson you can
#
# - find the best question by hand, and grow a tree in a few lines that agrees with scikit-learn,
# - say what its probabilities are, and why a fully grown tree's are worthless,
# - tame a tree with depth, leaf size or pruning, and choose the amount by cross-validation,
# - read a tree, the path of one row and the importances, and
# - say what a tree cannot do: be stable, follow a slope, extrapolate.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks for the intuition of trees and what their
# depth changes (3.2, 3.4); its successor MLA-C02 asks you to compare models by interpretability
# (2.1) and to prevent overfitting (2.2). Databricks asks which model fits a scenario (3.1), how
# complexity shifts bias and variance (3.15) and why one-hot columns harm trees (2.8), Google PMLE
# which model can be explained (3.1).

# %%
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, train_test_split, validation_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text, plot_tree
from statsmodels.datasets import co2, fair

# %% [markdown]
# ## 1. Impurity
#
# 6,366 women answered a magazine's survey in 1974; about a third reported an affair. We predict
# that from their other answers.
#
# *Impurity* says how mixed a group of rows is: 0 if all labels are equal. Three measures are common:
#
# | measure | formula | used for |
# |---|---|---|
# | Gini | $1 - \sum_k p_k^2$ | classes (scikit-learn's default) |
# | entropy | $-\sum_k p_k \log_2 p_k$ | classes |
# | squared error | $\frac1n \sum_i (y_i - \bar y)^2$ | numbers |
#
# A question sends some rows left (yes) and the others right (no). Its worth is the *weighted
# decrease*
#
# $$ \Delta = I - \frac{n_L}{n} I_L - \frac{n_R}{n} I_R . $$
#
# With entropy, this is the information gain. Take the question "is the marriage rated 3 or lower, out
# of 5?"

# %%
women = fair.load_pandas().data
X, y = women.drop(columns="affairs"), (women["affairs"] > 0).to_numpy().astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=2000, random_state=0)
low = (X_train["rate_marriage"] <= 3.5).to_numpy()
print(f"of the {low.sum()} left {y_train[low].mean():.2f}, of the {(~low).sum()} right", end=" ")
print(f"{y_train[~low].mean():.2f}, of all {y_train.mean():.2f}")
measures = {
    "Gini": lambda p: 1 - p**2 - (1 - p) ** 2,
    "entropy": lambda p: -p * np.log2(p) - (1 - p) * np.log2(1 - p),
    "squared error": lambda p: p * (1 - p),  # the variance of zeros and ones
}
for name, impurity in measures.items():
    before, left, right = (impurity(part.mean()) for part in (y_train, y_train[low], y_train[~low]))
    after = low.mean() * left + (1 - low.mean()) * right
    print(f"{name:>13}: {before:.4f} - {after:.4f} = {before - after:.4f}")

# %% [markdown]
# For labels 0 and 1, Gini is exactly twice the squared error, so both prefer the same questions. We
# can write one program for classes and numbers.
#
# ## 2. The best question
#
# Sort a column. Only places between two *different* neighbouring values matter, and the threshold
# goes midway. Squared error needs only running sums, since the squares of the labels cancel. With $S$
# for the sum of the labels,
#
# $$ n \Delta = \frac{S_L^2}{n_L} + \frac{S_R^2}{n_R} - \frac{S^2}{n} . $$
#
# > **Predict first.** The columns are the marriage's rating, age, years married, children, how
# > religious, education and both partners' occupations. Which gives the best first question? Which
# > comes second?


# %%
def best_split(x, y):
    """The largest decrease of squared error, and its threshold."""
    order, n = np.argsort(x), len(y)
    x, y = x[order], y[order]
    n_left, left = np.arange(1, n), np.cumsum(y)[:-1]
    right = y.sum() - left
    decrease = (left**2 / n_left + right**2 / (n - n_left) - y.sum() ** 2 / n) / n
    decrease[x[1:] == x[:-1]] = 0  # no threshold between equal values
    best = decrease.argmax()
    return decrease[best], (x[best] + x[best + 1]) / 2


for column in X_train:
    decrease, threshold = best_split(X_train[column].to_numpy(), y_train)
    print(f"{column:>15} <= {threshold:5.2f}: Gini decrease {2 * decrease:.4f}")

# %% [markdown]
# The rating, by far, then the years married. The husband's occupation hardly tells anything.
#
# ## 3. Growing the tree
#
# Ask the best question, then do the same with each side, until the depth is used up or no question
# gains anything. A *leaf* answers with the mean of its training labels.


# %%
def grow(X, y, max_depth):
    if max_depth == 0 or np.ptp(y) == 0:
        return y.mean()
    splits = {column: best_split(X[column].to_numpy(), y) for column in X}
    column = max(splits, key=splits.get)
    decrease, threshold = splits[column]
    if decrease < 1e-9:
        return y.mean()
    left = (X[column] <= threshold).to_numpy()
    yes, no = (grow(X[side], y[side], max_depth - 1) for side in (left, ~left))
    return column, threshold, yes, no


def predict_row(tree, row):
    while isinstance(tree, tuple):
        column, threshold, yes, no = tree
        tree = yes if row[column] <= threshold else no
    return tree


# %%
tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X_train, y_train)
grown = grow(X_train, y_train, 3)
ours = X_test.apply(lambda row: predict_row(grown, row), axis=1)
print("classifier agrees:", np.allclose(ours, tree.predict_proba(X_test)[:, 1]))
D, progress = load_diabetes(return_X_y=True, as_frame=True)  # a number to predict
regressor = DecisionTreeRegressor(max_depth=3, random_state=0).fit(D, progress)
grown = grow(D, progress.to_numpy(), 3)
ours = D.apply(lambda row: predict_row(grown, row), axis=1)
print("regressor agrees: ", np.allclose(ours, regressor.predict(D)))

# %% [markdown]
# The same program predicted affairs and the progress of diabetes. It is *greedy*: it takes the best
# question now and never comes back to it.
#
# ## 4. Probabilities
#
# `predict_proba` is the share of each class in the leaf, and `predict` its majority. So a tree of
# depth 3 knows at most 8 probabilities.
#
# > **Predict first.** A tree without limits grows until its leaves are pure or their rows are equal.
# > Predicting the share 0.32 for everyone has a log loss of 0.63 on the test rows. What does the full
# > tree have?

# %%
baseline = log_loss(y_test, np.full(len(y_test), y_train.mean()))
print(f"same for everyone: test log loss {baseline:.2f}")
for max_depth in (1, 3, None):
    model = DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(X_train, y_train)
    p = model.predict_proba(X_test)[:, 1]
    fits, holds = model.score(X_train, y_train), model.score(X_test, y_test)
    sure = np.mean((p == 0) | (p == 1))
    print(f"depth {max_depth!s:>4}: accuracy {fits:.2f} in training, {holds:.2f} in test", end="; ")
    print(f"test log loss {log_loss(y_test, p):.2g}; p is 0 or 1 in {sure:.0%}")

# %% [markdown]
# Above 10. Nine of ten answers are 0 or 1, so it is often wrong with full confidence.
# In training it is right 95 times in 100, in test less often than a tree with a *single* question.
# It follows its training rows almost wherever they lead (low bias), so other rows would have made
# another tree (high variance).
#
# ## 5. How much tree?
#
# Three ways to hold a tree back:
#
# - `max_depth` limits how many questions are asked in a row.
# - `min_samples_leaf` refuses questions that leave fewer rows on a side. A leaf of 200 rows gives a
#   probability worth having.
# - `ccp_alpha` grows the tree, then cuts off what was not worth it (section 6).

# %%
grids = {
    "max_depth": [1, 2, 3, 4, 5, 6, 8],
    "min_samples_leaf": [1000, 500, 200, 100, 50, 20, 10],
    "ccp_alpha": [0.02, 0.005, 0.002, 0.001, 0.0007, 0.0005],
}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.2), sharey=True, layout="constrained")
for axis, (name, values) in zip(axes, grids.items(), strict=True):
    model = DecisionTreeClassifier(random_state=0)
    settings = {"param_name": name, "param_range": values, "scoring": "neg_log_loss"}
    training, held_out = validation_curve(model, X_train, y_train, cv=5, **settings)
    axis.plot([str(v) for v in values], -training.mean(axis=1), "s--", label="training")
    axis.plot([str(v) for v in values], -held_out.mean(axis=1), "o-", label="cross-validation")
    axis.axhline(baseline, color="0.6", label="same for everyone")
    axis.set(xlabel=f"{name} (larger tree to the right)", ylim=(0.45, 0.95))
axes[0].set(ylabel="log loss")
axes[1].set(title="Every brake has a best setting")
axes[0].legend()
plt.show()

# %% [markdown]
# Each cross-validation curve falls, then rises: underfitting on the left, overfitting on the right.
# Training loss only falls.
#
# ## 6. Pruning the weakest link
#
# *Cost-complexity pruning* looks for the subtree $T$ with the smallest
#
# $$ R(T) + \alpha \cdot (\text{number of leaves}), $$
#
# where $R$ is the impurity of the leaves, weighted by their share of all rows. Take an inner node
# $t$. If it became a leaf, $R$ would rise from that of its branch, $R(T_t)$, to its own $R(t)$, and
# all its leaves but one would be saved. The price per leaf saved is
#
# $$ g(t) = \frac{R(t) - R(T_t)}{\text{leaves} - 1} . $$
#
# The cheapest node, the *weakest link*, goes as soon as $\alpha$ reaches its $g$. Then compute
# anew.

# %%
small = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X_train, y_train)
print(export_text(small, feature_names=list(X.columns), show_weights=True))
nodes = small.tree_
R = nodes.impurity * nodes.n_node_samples / len(y_train)


def leaves_below(node):
    if nodes.children_left[node] == -1:
        return [node]
    return leaves_below(nodes.children_left[node]) + leaves_below(nodes.children_right[node])


for node in np.flatnonzero(nodes.children_left != -1):
    leaves = leaves_below(node)
    g = (R[node] - R[leaves].sum()) / (len(leaves) - 1)
    print(f"node {node}, asks {X.columns[nodes.feature[node]]}: {len(leaves)} leaves, g = {g:.4f}")
path = small.cost_complexity_pruning_path(X_train, y_train)
print("scikit-learn's path:", path.ccp_alphas.round(4).tolist())

# %% [markdown]
# > **Predict first.** Above, the root's $g$ is 0.0174, yet the path ends with 0.0382. Why does the
# > root's price rise?
#
# While it has its branches, the root saves three leaves. When they are gone, it is a single question,
# and all of its decrease, the 0.0382 of section 1, is paid for one leaf.
#
# Which $\alpha$? Cross-validation decides. `GridSearchCV` scores the largest values on the full tree's
# path.

# %%
full = DecisionTreeClassifier(random_state=0)
alphas = full.cost_complexity_pruning_path(X_train, y_train).ccp_alphas
candidates = {"ccp_alpha": alphas[-12:-1]}  # the last one leaves only the root
search = GridSearchCV(full, candidates, scoring="neg_log_loss").fit(X_train, y_train)
pruned = search.best_estimator_
logistic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)
print(f"alpha {search.best_params_['ccp_alpha']:.4f} keeps {pruned.get_n_leaves()} leaves")
for name, model in {"pruned": pruned, "logistic": logistic}.items():
    print(f"{name:>8}: test log loss {log_loss(y_test, model.predict_proba(X_test)):.2f}")

# %% [markdown]
# Only four leaves remain. Logistic regression does a little better: where effects rise steadily,
# steps are a clumsy way to follow them. Trees win where effects jump, or depend on each other.
#
# ## 7. Reading a tree
#
# `plot_tree` draws a tree, here the one of depth 2. `decision_path` lists the nodes that a row passes,
# here in the tree of depth 3: an explanation of one prediction that anyone can follow.

# %%
figure, axis = plt.subplots(figsize=(9, 3.6), layout="constrained")
look = {"feature_names": list(X.columns), "class_names": ["none", "affair"], "filled": True}
plot_tree(small, **look, impurity=False, proportion=True, precision=2, fontsize=9, ax=axis)
plt.show()
*inner, leaf = tree.decision_path(X_test[1:2]).indices
shares = tree.tree_.value[:, 0, 1]
for node in inner:
    column, threshold = X.columns[tree.tree_.feature[node]], tree.tree_.threshold[node]
    print(f"{shares[node]:.2f}; {column} <= {threshold:g}? It is {X_test[column].iloc[1]:g}.")
print(f"{shares[leaf]:.2f} in leaf {leaf}")

# %% [markdown]
# Each line shows the share in the node, then the row's answer. Reading has a trap: in the drawing,
# both leaves on the right say "none". The last question changes no decision, only the
# probability, from 0.14 to 0.32.
#
# A feature's *importance* is the sum of the weighted decreases of its questions, scaled so that all
# sum to 1.
#
# > **Predict first.** We add a column of random numbers. What is its importance in a full tree, next
# > to eight real answers?

# %%
noisy = X_train.assign(noise=np.random.default_rng(0).random(len(X_train)))
for min_samples_leaf in (1, 100):
    model = DecisionTreeClassifier(min_samples_leaf=min_samples_leaf, random_state=0)
    importances = model.fit(noisy, y_train).feature_importances_
    ranked = sorted(zip(importances, noisy.columns, strict=True), reverse=True)[:3]
    print(f"leaf >= {min_samples_leaf}:", ", ".join(f"{c} {i:.1f}" for i, c in ranked))

# %% [markdown]
# The highest of all, about 0.4. A column of many different values offers many thresholds, and in small
# groups one of them fits by luck. Importances are computed on *training* rows, so luck counts.
# With leaves of 100 rows the noise is not among the first three. The next module returns to this.
#
# ## 8. Unstable
#
# > **Predict first.** We draw the rows of 369 breast tumours again with replacement, 100 times, and
# > grow a tree on each sample. How many of the trees begin with the same column?

# %%
tumours = load_breast_cancer()
split = train_test_split(tumours.data, tumours.target, test_size=200, random_state=0)
A_train, A_test, b_train, b_test = split
rng, roots, predictions = np.random.default_rng(0), Counter(), []
for _ in range(100):
    rows = rng.integers(len(A_train), size=len(A_train))
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(A_train[rows], b_train[rows])
    roots[str(tumours.feature_names[model.tree_.feature[0]])] += 1
    predictions.append(model.predict(A_test))
low, high = np.quantile((np.array(predictions) == b_test).mean(axis=1), [0.05, 0.95])
print(roots.most_common())
print(f"accuracy: 90 % of the trees between {low:.2f} and {high:.2f}", end="; ")
print(f"two trees disagree on {np.mean(np.diff(predictions, axis=0) != 0):.0%} of the tumours")

# %% [markdown]
# Less than half. Several columns are nearly equally good, and a few rows decide which comes first; all
# below then differs too. Yet the trees are about equally accurate. So a tree is *one* explanation of
# the data, not *the* explanation. And since they err on different tumours, a vote of many trees
# should do better: the idea of the next module.
#
# ## 9. Boxes and steps
#
# Each question compares one column with one number, so the boundaries run parallel to the axes. We use
# two columns only, to see them.

# %%
two = A_train[:, [20, 27]]
boxes = DecisionTreeClassifier(max_depth=3, random_state=0).fit(two, b_train)
mesh = np.meshgrid(np.linspace(7, 37, 200), np.linspace(0, 0.3, 200))
answer = boxes.predict(np.column_stack([m.ravel() for m in mesh])).reshape(200, 200)
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.contourf(*mesh, answer, levels=[-0.5, 0.5, 1.5], colors=["C1", "C0"], alpha=0.25)
for label, name in enumerate(tumours.target_names):
    axis.plot(*two[b_train == label].T, "o", color=f"C{1 - label}", ms=3, label=str(name))
axis.set(xlabel="worst radius", ylabel="worst concave points", title="Boundaries follow the axes")
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# A slanted boundary would fit these two clouds well; the tree builds it from corners. On the other
# hand it needs no scaling: in another unit, the same rows go left.
#
# In regression every leaf answers one number, so the prediction is a staircase.
#
# > **Predict first.** A tree learns the CO₂ in the air from 1958 to 1989. What does it say about 2001?

# %%
air = co2.load_pandas().data["co2"].dropna()
year = (air.index.year + air.index.day_of_year / 365.25).to_numpy().reshape(-1, 1)
past = year[:, 0] < 1990
step = DecisionTreeRegressor(min_samples_leaf=100).fit(year[past], air[past])
line = LinearRegression().fit(year[past], air[past])
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.plot(year, air, color="0.75", label="measured")
axis.plot(year, step.predict(year), label="tree, trained before 1990")
axis.plot(year, line.predict(year), "--", label="line, trained before 1990")
axis.set(xlabel="year", ylabel="CO₂ (ppm)", title="Steps, then flat")
axis.legend()
plt.show()
says = [float(model.predict([[2001.5]])[0].round()) for model in (step, line)]
print("tree and line for 2001:", says, f"measured: {air[year[:, 0] >= 2001].mean():.0f}")

# %% [markdown]
# The last step, for ever. A tree answers with means of what it has seen, so it never leaves the range
# of its training labels. The line misses the acceleration, but it moves.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | training 0.95, test 0.65 | a full tree, the default | `min_samples_leaf`, `ccp_alpha`, by cross-validation |
# | probabilities of 0 and 1 | pure leaves | larger leaves |
# | an id or a random number is important | many thresholds, small leaves | drop ids; importances on held-out rows |
# | forecasts stay flat | no extrapolation | predict the change, or what a line leaves over |
# | a new tree after each retraining | instability | many trees together: the next module |
# | a category with 500 values, one-hot | each question splits off one value | ordinal or target encoding |
# | two features matter only together | greedy: neither gains alone | deeper tree; build the joint feature |
#
# scikit-learn's trees need numbers, but no scaling. They take missing values as they are: at each
# question, the rows with a gap go to the side where they help most. Spark's trees try only `maxBins`
# bins of a column (32 by default), so they may choose other thresholds.
#
# ## Summary
#
# - A question is worth the weighted decrease of impurity; trees take the best one, greedily.
# - A leaf predicts the mean or the class shares of its training rows.
# - Full trees overfit. Depth, leaf size and $\alpha$ hold them back; cross-validation sets how much.
# - Pruning removes the node with the smallest price $g$ per leaf.
# - One tree is readable, but unstable, and its importances favour columns of many values.
# - Trees ignore scale, cut parallel to the axes, and stay flat outside the training range.
#
# Next: the [exercise](../../exercises/03-classical-ml/08-decision-trees.ipynb), then
# [bagging and random forests](09-bagging-and-random-forests.ipynb).
