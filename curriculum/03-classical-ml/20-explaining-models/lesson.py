# ---
# title: Explaining models
# minutes: 60
# needs: [03-classical-ml/04-logistic-regression, 03-classical-ml/08-decision-trees, 03-classical-ml/09-bagging-and-random-forests, 03-classical-ml/10-gradient-boosting, 02-python/08-scikit-learn]
# objectives: [aws-mla/2.1, aws-mla/2.3, databricks-ml/3.1, google-pmle/3.1, google-pmle/6.1, google-pmle/6.2]
# ---

# %% [markdown]
# # Explaining models
#
# Why did the model say that? Several methods answer, each a slightly different question. After this
# lesson you can
#
# - measure what a model uses, by permutation, partial dependence and ICE curves,
# - compute Shapley values by hand, and with the library SHAP,
# - say what the background and correlated features do to them, and
# - name what an explanation does not prove.
#
# **Exam lens.** AWS MLA-C02 weighs interpretability when choosing (2.1) and counts explanations as
# evaluation (2.3); its guide still names SageMaker Clarify, which takes no new customers since July
# 2026. Databricks asks which algorithm fits a need for interpretation (3.1). Google PMLE chooses models by how
# explainable they must be (3.1), lists unexplained predictions as a risk (6.1), and watches
# feature attributions for drift (6.2).

# %%
from itertools import permutations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

names = {"s1": "cholesterol", "s2": "LDL", "s3": "HDL", "s4": "ratio", "s5": "fat", "s6": "sugar"}
X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X = X.rename(columns=names)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=150, random_state=0)
model = GradientBoostingRegressor(n_estimators=60, min_samples_leaf=20, random_state=0)
model.fit(X_train, y_train)
print(f"R2: training {model.score(X_train, y_train):.2f}, test {model.score(X_test, y_test):.2f}")

# %% [markdown]
# ## 1. Which question?
#
# The model predicts how far diabetes progressed in a year. (`fat` is the logarithm of the triglycerides,
# `ratio` is cholesterol per HDL.) An explanation can be *global*, about the model over many rows, or
# *local*, about one prediction. Either way it describes *the model*, which here explains a third of the
# variance, and overfits. It does not describe diabetes.
#
# If a model that people can read is about as good, take it: coefficients or a small tree are their own
# explanation.
#
# ## 2. Permutation importance
#
# Shuffle one column and see how much the error rises. Shuffling is chance, so repeat and report the spread.
#
# > **Predict first.** We do it on training rows and on held-out rows. Which importances are larger?


# %%
def importance(X, y, columns, repeats=20):
    """Rise of the mean absolute error when columns are shuffled together, per repeat."""
    rng, rises = np.random.default_rng(0), []
    for _ in range(repeats):
        shuffled, order = X.copy(), rng.permutation(len(X))
        shuffled[columns] = X[columns].to_numpy()[order]
        rises.append(mean_absolute_error(y, model.predict(shuffled)))
    return np.array(rises) - mean_absolute_error(y, model.predict(X))


# %%
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
for (title, A, b), shift in zip(
    (("training", X_train, y_train), ("held-out", X_test, y_test)), (0.2, -0.2), strict=True
):
    rises = pd.DataFrame({name: importance(A, b, [name]) for name in X})
    axis.barh(np.arange(10) + shift, rises.mean(), 0.4, xerr=rises.std(), label=f"{title} rows")
    print(f"{title}: bmi {rises['bmi'].mean():.0f}, HDL {rises['HDL'].mean():.1f}")
theirs = permutation_importance(
    model, X_test, y_test, n_repeats=20, scoring="neg_mean_absolute_error", random_state=0
)
print("scikit-learn within 2:", np.allclose(theirs.importances_mean, rises.mean(), atol=2))
axis.set(yticks=np.arange(10), yticklabels=X.columns)
axis.set_xlabel("rise of mean absolute error (line: standard deviation of 20 shuffles)")
axis.set_title("Training rows flatter what was learned by heart")
axis.legend()
plt.show()

# %% [markdown]
# On training rows, where the model's memory helps. Held out, `fat` and `bmi` lead and `bp` follows; `age`
# and `sugar` are lost in the spread.
#
# ## 3. Curves: partial dependence and ICE
#
# *How* does the prediction move with `bmi`? Set `bmi` to the same value for every row, predict,
# and repeat for a grid of values. One curve per row: *individual conditional expectation*, ICE. Their
# average is the *partial dependence*, PDP.
#
# The right plot has a synthetic model in which a dose helps one group and harms another.
#
# > **Predict first.** Its PDP is flat. Does the model ignore the dose?


# %%
def ice(predict, X, column, grid):
    return np.array([predict(X.assign(**{column: value})) for value in grid]).T


rng = np.random.default_rng(0)
theirs = partial_dependence(model, X_test, ["bmi"], grid_resolution=25, method="brute")
grid = theirs["grid_values"][0]
curves = ice(model.predict, X_test, "bmi", grid)
print("as scikit-learn:", np.allclose(theirs["average"][0], curves.mean(axis=0)))
made = pd.DataFrame({"dose": rng.uniform(-1, 1, 40), "group": np.repeat([-1, 1], 20)})
steps, base = np.linspace(-1, 1, 25), rng.normal(scale=0.3, size=40)
crossing = ice(lambda X: X["dose"] * X["group"] + base, made, "dose", steps)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
for axis, x, lines in zip(axes, (grid, steps), (curves[:60], crossing), strict=True):
    axis.plot(x, lines.T, color="C0", alpha=0.25, lw=1)
axes[0].plot(grid, curves.mean(axis=0), color="C3", lw=3, label="PDP")
axes[1].plot(steps, crossing.mean(axis=0), color="C3", lw=3, label="PDP")
axes[0].set(xlabel="bmi", ylabel="prediction", title="Diabetes: up for everybody")
axes[1].set(xlabel="dose", xticks=[-1, 0, 1], title="Synthetic: the average hides two groups")
axes[1].legend()
plt.show()

# %% [markdown]
# No: every prediction depends on the dose. Lines that are not parallel mean interaction: strong where they
# cross, milder where they fan out, as on the left. The average hides it.
#
# ## 4. Rows that do not exist
#
# Both methods put a value into a row where it may not belong. LDL and HDL are parts of total cholesterol.
#
# > **Predict first.** In how many patients is LDL + HDL more than the total? And after LDL was shuffled?

# %%
shuffled = X.assign(LDL=rng.permutation(X["LDL"]))
for title, rows in {"measured": X, "LDL shuffled": shuffled}.items():
    impossible = rows["LDL"] + rows["HDL"] > rows["cholesterol"]
    print(f"{title}: {impossible.mean():.0%} impossible")
lipids = ["cholesterol", "LDL", "HDL", "ratio", "fat"]
alone = sum(importance(X_test, y_test, [name]).mean() for name in lipids)
together, fat = (importance(X_test, y_test, c).mean() for c in (lipids, ["fat"]))
print(f"five blood fats: one at a time {alone:.1f} in sum, together {together:.1f}, fat {fat:.1f}")

# %% [markdown]
# None, and then nearly a third. On such rows the model was never trained, and what it says there is
# extrapolation. Shuffling related columns *together* keeps their relation, and shows what they
# carry jointly: here about their sum, most of it from `fat`.
#
# For curves, *accumulated local effects* (ALE) move each row only to the ends of its own small interval,
# average the changes there, and add the averages up.
#
# ## 5. Shapley values by hand
#
# A local question: the prediction for one patient lies above the average. How much did each feature
# contribute? Game theory treats features as players. Let $v(S)$ be the mean prediction when the features in $S$
# have the patient's values and all others those of *background* rows. Let players join one by one; each
# is credited with the change. Orders differ, so average over all of them.


# %%
def worth(predict, x, background, known):
    rows = background.copy()
    rows[:, list(known)] = x[list(known)]
    return predict(rows).mean()


def shapley(predict, x, background):
    orders = list(permutations(range(len(x))))
    credit = np.zeros((len(orders), len(x)))
    for row, order in zip(credit, orders, strict=True):
        for i, player in enumerate(order):
            before, after = order[:i], order[: i + 1]
            row[player] = worth(predict, x, background, after)
            row[player] -= worth(predict, x, background, before)
    return credit.mean(axis=0), credit


# %%
three = ["bmi", "bp", "fat"]
T, T_test = X_train[three].to_numpy(np.float32), X_test[three].to_numpy(np.float32)
small = GradientBoostingRegressor(n_estimators=60, min_samples_leaf=20, random_state=0)
small.fit(T, y_train)
x, background = T_test[np.argmax(small.predict(T_test))], T[:100]
phi, credit = shapley(small.predict, x, background)
print("credit of bmi in the six orders:", np.sort(credit[:, 0]).round().astype(int).tolist())
print("Shapley values:", dict(zip(three, phi.round().astype(int).tolist(), strict=True)))

# %% [markdown]
# The credit of `bmi` depends on who came before: an interaction. The average is the only rule with four
# properties (the *axioms*):
#
# | axiom | meaning |
# |---|---|
# | efficiency | the values add up to prediction minus mean prediction of the background |
# | symmetry | two players who add the same to every set of others get the same |
# | dummy | who never changes anything gets 0 |
# | additivity | the values of a sum of two models are the sums of their values |

# %%
gap = small.predict(x[None])[0] - small.predict(background).mean()
print("efficiency:", np.isclose(phi.sum(), gap))
same = np.column_stack([background[:, 0], background[:, 0], background[:, 2]])
point = np.array([2.0, 2.0, 5.0])
values, _ = shapley(lambda Z: Z[:, 0] * Z[:, 1], point, same)
print("symmetry:", np.isclose(values[0], values[1]), " dummy:", np.isclose(values[2], 0))
line = LinearRegression().fit(T, y_train)
both, _ = shapley(lambda Z: small.predict(Z) + line.predict(Z), x, background)
linear, _ = shapley(line.predict, x, background)
print("additivity:", np.allclose(both, phi + linear))
print("linear, w (x - mean):", np.allclose(linear, line.coef_ * (x - background.mean(axis=0))))

# %% [markdown]
# For a linear model, a Shapley value is $w_j (x_j - \bar x_j)$: coefficient times distance from the
# background's mean.
#
# > **Predict first.** For another patient, a `bmi` of 29 speaks for a high prediction. Can the same model,
# > patient and value also give a negative Shapley value?

# %%
x = T_test[np.argmin(np.abs(T_test[:, 0] - 29))]
heavy = T[T[:, 0] > 31]
for title, rows in {"training rows": T[:100], "heavy patients": heavy}.items():
    phi, _ = shapley(small.predict, x, rows)
    print(f"bmi {x[0]:.0f} against {len(rows)} {title}: {phi[0]:+.0f}")

# %% [markdown]
# Yes: 29 is high among all patients, and low among the heavy ones. "Why?" always means "compared to
# whom?": report the background.
#
# ## 6. SHAP
#
# All orders are too many beyond a dozen features. The library SHAP has an exact shortcut for trees; for a
# model that it knows nothing about, it samples orders or coalitions. `TreeExplainer` has two ways to leave a
# feature out:
#
# - *interventional* (default with a background): fill in values from it, as we did; of a table with more
#   than 100 rows, SHAP takes 100,
# - *path-dependent* (default without): at a split on a feature left out, follow both branches, weighted by
#   their training rows.

# %%
explainer = shap.TreeExplainer(small, T[:100], feature_perturbation="interventional")
by_hand = [shapley(small.predict, x, T[:100])[0] for x in T_test[:3]]
print("by hand:", np.allclose(explainer.shap_values(T_test[:3]), by_hand, atol=0.01))
explainer = shap.TreeExplainer(model)
S = explainer.shap_values(X_test)
expected = float(np.ravel(explainer.expected_value)[0])
print("sums to prediction:", np.allclose(S.sum(axis=1) + expected, model.predict(X_test)))
size = pd.Series(np.abs(S).mean(axis=0), X.columns).sort_values()
print(size.tail(3).round().astype(int).to_dict())

# %% [markdown]
# The mean absolute value per column is a global summary. In a *beeswarm*, every point is one patient. One
# patient alone makes a *waterfall*: from the bottom up, bars lead from the expected value to the prediction.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
up, down = S.clip(min=0).sum(axis=1), -S.clip(max=0).sum(axis=1)
row = int(np.argmax(np.minimum(up, down)))
right.use_sticky_edges, start = False, expected
for place, name in enumerate(size.index):
    j = X.columns.get_loc(name)
    jitter = place + rng.uniform(-0.25, 0.25, len(X_test))
    dots = left.scatter(S[:, j], jitter, 8, X_test[name].rank(pct=True), cmap="coolwarm")
    right.barh(place, S[row, j], left=start, color="C3" if S[row, j] > 0 else "C0")
    start += S[row, j]
left.set(yticks=range(10), yticklabels=size.index, xlabel="SHAP value", title="All test patients")
figure.colorbar(dots, ax=left, ticks=[], label="feature's value, low to high")
right.axvline(expected, color="0.5", ls=":", label="expected value")
right.axvline(start, color="k", ls="--", label="prediction")
right.set(xlabel="progression", title="One patient")
right.legend()
plt.show()
print(f"this patient: pushed up by {up[row]:.0f}, down by {down[row]:.0f}")

# %% [markdown]
# Left: high `bmi` (red) pushes predictions up, low pushes down; `HDL` goes the other way. Right: red bars push
# up, blue ones down. The prediction is average, and still there is something to explain: strong pushes cancel.
#
# ## 7. Twins: who gets the credit?
#
# Take $f(x) = x_1$. The feature $x_2$ is a correlated twin that the model does not use. A *conditional* $v(S)$
# averages over rows that share the known values.
# Let $x_1, x_2$ be jointly normal with mean 0, variance 1 and correlation $\rho$; then who knows $x_2$ expects
# $\rho x_2$ for $x_1$.
#
# > **Predict first.** $x = (2, 2)$, $\rho = 0.9$. What does the unused twin get?

# %%
rho, x1, x2 = 0.9, 2.0, 2.0
for title, v2 in {"interventional": 0.0, "conditional": rho * x2}.items():
    v0, v1, v12 = 0.0, x1, x1  # nobody known, x1 known, both known
    first = ((v1 - v0) + (v12 - v2)) / 2
    second = ((v2 - v0) + (v12 - v1)) / 2
    print(f"{title}: x1 {first:.1f}, unused twin {second:.1f}")

# %% [markdown]
# 0, or almost half of the total of 2. Interventional is true to the model, and may ask about rows that do not
# exist; conditional is true to the data, and credits what the model never reads. Path-dependent values
# imitate the conditional ones, but a column without splits gets 0.
# If a model *uses* both twins, either way shares the credit, so each looks small: add the SHAP values of a group.
#
# ## 8. A local surrogate
#
# LIME draws points around one row, asks the model for predictions, and fits a linear model to them, weighted by
# nearness. What "near" means is a setting, the *kernel width*.
#
# > **Predict first.** One patient, three widths, three draws each. Do the weights of `bp` (change per standard
# > deviation) agree?

# %%
scale, x = T.std(axis=0), T_test[2]
for width in (0.25, 0.75, 3.0):
    weights = []
    for seed in range(3):
        noise = np.random.default_rng(seed).normal(size=(200, 3))
        near = np.exp(-np.sum(noise**2, axis=1) / (2 * width**2))
        answers = small.predict((x + noise * scale).astype(np.float32))
        weights.append(Ridge(alpha=0.01).fit(noise, answers, sample_weight=near).coef_[1])
    print(f"width {width}: bp", " ".join(f"{weight:+.0f}" for weight in weights))

# %% [markdown]
# No: the narrowest width does not even agree with itself. Repeat, vary the width, and
# report how well the surrogate follows the model.
#
# A *counterfactual* answers differently: the smallest change of this row that changes the decision.
#
# ## 9. What an explanation does not prove
#
# **Cause.** In a synthetic shop, a reminder *lowers* a customer's sales by 1. Loyal customers buy more and also get
# more reminders, and loyalty is not in the table.
#
# > **Predict first.** What does SHAP say about reminders? And what if we sent everybody one more?


# %%
def sell(loyal, reminders):
    return 5 * loyal - reminders + np.random.default_rng(2).normal(size=len(loyal))


loyal = rng.normal(size=2000)
reminders, age = loyal + rng.normal(scale=0.5, size=2000), rng.normal(size=2000)
table = np.column_stack([reminders, age]).astype(np.float32)
shop = GradientBoostingRegressor(random_state=0).fit(table, sell(loyal, reminders))
credit = shap.TreeExplainer(shop).shap_values(table)[:, 0]
print(f"SHAP per reminder: {np.polyfit(reminders, credit, 1)[0]:+.1f}")
change = sell(loyal, reminders + 1) - sell(loyal, reminders)
print(f"sales after one more reminder: {change.mean():+.1f}")

# %% [markdown]
# SHAP credits each reminder with +3; sending one more costs 1. The model is right to use reminders as a
# sign of loyalty, and SHAP reports that faithfully. As advice it is wrong. "Interventional" SHAP intervenes on
# the model's inputs, not on customers.
#
# **That the model is right.** A bad model has neat SHAP values too. **Fairness.** A zero for a protected
# column says little when its proxies have the credit; measure outcomes by group. **Good will.** A model can be
# built to recognise the odd rows that explainers send, and behave only there.
#
# An explanation is good at finding *leakage*. We add a column that was recorded after the outcome.

# %%
late = y + np.random.default_rng(3).normal(scale=15, size=len(y))
leaky = X.assign(next_dose=late.round())
A, B, a, b = train_test_split(leaky, y, test_size=150, random_state=0)
fit = GradientBoostingRegressor(n_estimators=60, min_samples_leaf=20, random_state=0).fit(A, a)
share = np.abs(shap.TreeExplainer(fit).shap_values(B)).mean(axis=0)
share = pd.Series(share / share.sum(), B.columns).nlargest(2)
print(f"test R2 {fit.score(B, b):.2f};", ", ".join(f"{k} {v:.0%}" for k, v in share.items()))

# %% [markdown]
# One column with nearly all the credit, and a test score too good to be true: ask when that value is known.
#
# ## 10. Choosing
#
# | question | method | beware |
# |---|---|---|
# | what does the score depend on? | permutation, held-out rows | relatives hide each other |
# | what shape has the effect? | PDP with ICE; ALE if correlated | averages hide interactions |
# | why this prediction? | SHAP | background, twins |
# | any model, quick local sketch | LIME | unstable |
# | what would change the decision? | counterfactual | must be possible for the person |
# | what if we act? | experiment, causal study | none of the above answers |
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | a useless column looks important | training rows | held-out rows, repeats |
# | all related columns look unimportant | credit shared or hidden | groups |
# | flat PDP, important feature | interaction | ICE |
# | SHAP values changed overnight | another background | fix and report it |
# | sums do not match probabilities | SHAP of log-odds | explain probabilities, or convert the sum |
# | one feature has all credit | leakage | ask when it is known |
# | action had the opposite effect | confounding | experiment |
#
# ## Summary
#
# - Explanations describe the model, not the world. Permutation: held-out rows, repeats, groups.
# - PDP is the average of the ICE curves; lines that are not parallel show interaction.
# - Shapley values average a feature's credit over all orders; they add up to prediction minus background mean.
# - Correlated features: interventional and conditional values answer different questions.
# - No method here proves cause, correctness or fairness.
#
# Next: the [exercise](../../exercises/03-classical-ml/20-explaining-models.ipynb), then
# [responsible AI](21-responsible-ai.ipynb).
