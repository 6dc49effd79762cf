# ---
# title: Regularisation
# minutes: 60
# needs: [03-classical-ml/02-linear-regression, 02-python/08-scikit-learn, 01-math/02-eigenvectors-and-svd, 01-math/07-statistics]
# objectives: [aws-mls/2.1, aws-mls/3.4, aws-mls/3.5, aws-mla/2.2, databricks-ml/3.9, databricks-ml/3.15, google-pmle/1.1, google-pmle/3.2]
# ---

# %% [markdown]
# # Regularisation
#
# A model with many weights can follow its training rows too closely. A penalty on the weights holds it
# back. After this lesson you can
#
# - write down what ridge, lasso and elastic net minimise, and translate `alpha` between them,
# - say which weights a penalty shrinks most, and why only some penalties make zeros,
# - read coefficient paths, and measure bias and variance by simulation,
# - explain why features are scaled first and the intercept is left alone, and
# - choose the strength by cross-validation without fooling yourself.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks what L1 and L2 change (3.4), to spot over- and
# underfitting (3.5), and for scaling (2.1); its successor MLA-C02 to prevent overfitting (2.2).
# Databricks asks for bias and variance (3.15) and cross-validation (3.9), Google PMLE for models
# trained in SQL (1.1) and for tuning (3.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet, Lasso, LassoCV, LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import KFold, cross_val_score, train_test_split, validation_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

patients, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X = patients.drop(columns="sex")  # nine measurements of 442 patients
X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=150, random_state=0)

# %% [markdown]
# ## 1. Too many weights
#
# We predict how far diabetes has progressed after a year. Squares and products turn nine measurements
# into 54 columns. We train on 150 patients and test on 292.
#
# > **Predict first.** Least squares on 54 columns explains 72 % of the variance in training. How much
# > in the test?


# %%
def chain(model):
    return make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), model)


for model in (LinearRegression(), Ridge(alpha=300), Lasso(alpha=5)):
    pipe = chain(model).fit(X_train, y_train)
    scores = [f"{pipe.score(*rows):.2f}" for rows in ((X_train, y_train), (X_test, y_test))]
    print(f"{type(model).__name__:>16}: R2 train {scores[0]}, test {scores[1]}", end="   ")
    print(f"length of w {np.linalg.norm(model.coef_):5,.0f}   zeros {np.sum(model.coef_ == 0)}")

# %% [markdown]
# Nothing: $-0.02$ is worse than always predicting the mean. That is **overfitting**, and its mark is
# the gap between training and test. The huge weights cancel each other on the training rows, but not on
# new ones. Ridge and lasso, which we build below, charge for large weights. They fit worse in
# training and far better in the test. Lasso also sets 49 of the 54 weights to exactly zero.
#
# ## 2. Ridge: an L2 penalty
#
# Ridge minimises, over weights $w$ and intercept $w_0$,
#
# $$ \lVert y - Xw - w_0 \rVert^2 + \alpha \lVert w \rVert^2 . $$
#
# With centred columns and target, setting the gradient to zero gives
# $w = (X^\top X + \alpha I)^{-1} X^\top y$. For $\alpha > 0$ it always exists, even with more columns
# than rows.
#
# > **Predict first.** `Ridge(alpha=10)` on all 442 patients, nine standardised columns. Do all weights
# > shrink by the same share?

# %%
Z = StandardScaler().fit_transform(X)
centred = y - y.mean()
w_plain = LinearRegression().fit(Z, y).coef_
w_ridge = Ridge(alpha=10).fit(Z, y).coef_
by_hand = np.linalg.solve(Z.T @ Z + 10 * np.eye(9), Z.T @ centred)
print("closed form agrees:", np.allclose(by_hand, w_ridge))
for name in ("bmi", "bp", "s1", "s2"):
    column = X.columns.get_loc(name)
    print(f"{name:>3}: least squares {w_plain[column]:5.1f}   ridge {w_ridge[column]:5.1f}")

# %% [markdown]
# Far from it. The weight of `bmi` hardly moves; `s1` (total cholesterol) and `s2` (LDL) collapse. The SVD
# $X = U D V^\top$ says why. Along direction $v_i$, with singular value $d_i$, ridge multiplies what least
# squares finds by
#
# $$ \frac{d_i^2}{d_i^2 + \alpha} . $$

# %%
U, d, Vt = np.linalg.svd(Z, full_matrices=False)
for alpha in (1, 10, 100, 1_000):
    factors = d**2 / (d**2 + alpha)
    print(f"alpha {alpha:5d}:", *(f"{f:.2f}" for f in factors), f"  sum {factors.sum():.1f}")
factors = d**2 / (d**2 + 10)
print("rebuilt from the SVD:", np.allclose(Vt.T @ (factors * (Vt @ w_plain)), w_ridge))
weak = dict(zip(X.columns, (Vt[-1] * np.sign(Vt[-1, 3])).round(1).tolist(), strict=True))
print("weakest direction:", {name: weight for name, weight in weak.items() if abs(weight) > 0.5})
print(f"correlation of s1 and s2: {np.corrcoef(Z[:, 3], Z[:, 4])[0, 1]:.1f}")

# %% [markdown]
# At $\alpha = 10$ seven directions keep at least 0.96, and the weakest keeps 0.27. That one is mainly `s1`
# *minus* `s2`. The two move together (correlation 0.9), so the data say little about their difference;
# least squares follows the noise. Ridge shrinks most where the data say least.
#
# The sum of the factors, the *effective degrees of freedom*, falls from 9 towards 0. It measures how
# flexible the model still is.
#
# ## 3. Lasso: an L1 penalty
#
# Lasso minimises, as scikit-learn scales it,
#
# $$ \frac{1}{2n} \lVert y - Xw - w_0 \rVert^2 + \alpha \lVert w \rVert_1,
# \qquad \lVert w \rVert_1 = \sum_j |w_j| . $$
#
# Take two columns, `bmi` and `age`. As the penalty grows, the solution walks from least squares to the
# origin.
#
# > **Predict first.** On which of the two paths does one weight become zero before the other?

# %%
two = Z[:, [1, 0]]
grid = np.meshgrid(np.linspace(-45, 75, 90), np.linspace(-45, 45, 90))
loss = np.mean((centred.to_numpy() - np.stack(grid, axis=-1) @ two.T) ** 2, axis=-1)
angles = np.linspace(0, 2 * np.pi, 400)
ball = np.array([np.cos(angles), np.sin(angles)])
strengths = {Ridge: np.logspace(0, 5, 60), Lasso: np.linspace(0.01, 46, 60)}
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, layout="constrained")
for axis, model, power, k in zip(axes, strengths, (2, 1), (31, 20), strict=True):
    path = np.array([model(alpha).fit(two, y).coef_ for alpha in strengths[model]])
    size = np.linalg.norm(path[k], power)  # the set of weights of this size, and where it touches
    axis.fill(*(size * ball / np.linalg.norm(ball, power, axis=0)), alpha=0.3)
    axis.contour(*grid, loss, levels=[np.mean((centred - two @ path[k]) ** 2)], colors="C3")
    axis.plot(*path.T, "k.-", *path[k], "C3o", markersize=5)
    axis.set(title=model.__name__, xlabel="weight of bmi", ylabel="weight of age", aspect="equal")
plt.show()

# %% [markdown]
# On lasso's. The black dots are the path, and the red dot is one solution on it. Shaded are all weights
# with no larger penalty; on the red ellipse the squared error is as large as at the red dot. The disc is
# round: the ellipse touches it where both weights differ from zero. The diamond has corners on
# the axes, and an ellipse often touches it there first.
#
# When the columns are *orthogonal* ($X^\top X = nI$), there is a formula, because each weight is found
# alone. With $b_j$ for the least-squares weight, lasso is *soft thresholding*,
#
# $$ w_j = \operatorname{sign}(b_j) \, \max(|b_j| - \alpha,\, 0), $$
#
# and ridge gives $w_j = b_j / (1 + \alpha / n)$. The slope of $\alpha |w|$ stays $\alpha$ however small $w$
# gets, so it can outweigh the data. The slope of $w^2$ fades out near zero. (To a Bayesian, an L2 penalty is
# a normal prior on the weights, an L1 penalty a Laplace prior.)

# %%
orthogonal = U * np.sqrt(len(U))  # scores along the singular directions
b = orthogonal.T @ centred.to_numpy() / len(U)
line = np.linspace(-45, 45, 300)
figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
axis.plot(line, line, ":", color="0.6", label="least squares")
for model, formula in (
    (Ridge(alpha=442), lambda b: b / 2),
    (Lasso(alpha=5), lambda b: np.sign(b) * np.maximum(abs(b) - 5, 0)),
):
    agree = np.allclose(formula(b), model.fit(orthogonal, y).coef_)
    print(f"{model}: formula agrees {agree}, zeros {np.sum(model.coef_ == 0)}")
    axis.plot(line, formula(line), label=f"{model}: formula")
    axis.plot(b, model.coef_, "ko", markersize=4)
axis.set(xlabel="least-squares weight", ylabel="penalised weight", title="Ridge scales, lasso cuts")
axis.legend()
plt.show()

# %% [markdown]
# Lasso moves every weight by 5 towards zero; the three that were smaller end there.
#
# ## 4. Elastic net, and what `alpha` means
#
# The *elastic net* mixes both. With $r$ for `l1_ratio`, it minimises
#
# $$ \frac{1}{2n} \lVert y - Xw - w_0 \rVert^2 + \alpha r \lVert w \rVert_1
# + \tfrac12 \alpha (1 - r) \lVert w \rVert^2 . $$
#
# Look at the first terms: ridge *sums* over rows, the other two *average*.
#
# > **Predict first.** Every patient is stored twice. Which fits change?

# %%
twice, y_twice = np.vstack([Z, Z]), np.concatenate([y, y])
for model in (Ridge(alpha=100), Lasso(alpha=5), ElasticNet(alpha=0.5, l1_ratio=0.5)):
    once = np.abs(model.fit(Z, y).coef_).sum()
    again = np.abs(model.fit(twice, y_twice).coef_).sum()
    print(f"{type(model).__name__:>10}: sum of |weights| {once:.1f}, twice {again:.1f}")
nearly_ridge = ElasticNet(alpha=0.2, l1_ratio=1e-6, tol=1e-8, max_iter=10_000).fit(Z, y)
same = np.allclose(nearly_ridge.coef_, Ridge(alpha=0.2 * len(Z)).fit(Z, y).coef_, atol=1e-3)
print("ElasticNet(a, l1_ratio near 0) is Ridge(n a):", same)

# %% [markdown]
# Only ridge: its penalty counts half as much against twice the rows. So `Ridge(alpha=1)` on thousands of
# rows does almost nothing, while `Lasso(alpha=1)` may be strong. Other tools have other names:
#
# | tool | L1 | L2 |
# |---|---|---|
# | scikit-learn `LogisticRegression` | `C`: *smaller* is stronger | `C` as well |
# | Spark ML | `regParam`, `elasticNetParam` = 1 | `regParam`, `elasticNetParam` = 0 |
# | BigQuery ML | `l1_reg` | `l2_reg` |
# | SageMaker Linear Learner | `l1` | `wd` (weight decay) |
# | XGBoost | `alpha` | `lambda` |
#
# (Spark averages over rows, as `ElasticNet` does, and standardises by default.)
#
# ## 5. Coefficient paths
#
# > **Predict first.** A *path* shows a weight as the penalty grows. Can it move *away* from zero, or change
# > its sign?

# %%
families = {
    "ridge": (Ridge(), np.logspace(-1, 5, 40)),
    "elastic net, l1_ratio 0.5": (ElasticNet(max_iter=20_000), np.logspace(-3, 2, 40)),
    "lasso": (Lasso(max_iter=20_000), np.logspace(-2, 1.8, 40)),
}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), sharey=True, layout="constrained")
for axis, (title, (model, strengths)) in zip(axes, families.items(), strict=True):
    path = [model.set_params(alpha=alpha).fit(Z, y).coef_ for alpha in strengths]
    for name, weights in zip(X.columns, np.transpose(path), strict=True):
        style = {"color": "0.8"} if name in ("age", "bp", "s2", "s4", "s6") else {"label": name}
        axis.semilogx(strengths, weights, **style)
    axis.set(title=title, xlabel="alpha")
axes[0].set(ylabel="weight")
axes[2].legend()
plt.show()

# %% [markdown]
# Yes, both: `s3` (HDL) starts above zero, crosses it, and goes to about $-7$ before it shrinks. As the
# weights of its correlated neighbours collapse, it takes over their part.
# Lasso's lines end at zero one by one, `bmi` and `s5` last; ridge's fade together.
#
# ## 6. Scale first, leave the intercept alone
#
# A penalty compares weights, and a weight's size depends on its column's unit.
#
# > **Predict first.** `Lasso(alpha=3)` on the raw columns. Which important measurement will it drop?

# %%
print("standard deviations:", X[["s1", "s5"]].std().round(1).to_dict())
for label, features in (("raw", X), ("standardised", Z)):
    effect = np.asarray(Lasso(alpha=3).fit(features, y).coef_ * np.std(features, axis=0))
    print(f"{label:>12}: bmi, s1, s2, s5:", effect[[1, 3, 4, 7]].round().astype(int))

# %% [markdown]
# (Shown are weights per standard deviation of the column.) On raw units lasso drops `s5`, the second
# strongest: a narrow column needs a large weight, which is expensive. `s1` and `s2`, far wider, are cheap
# and stand in for it. So a `StandardScaler` goes in front, inside the pipeline. The predictions of
# least squares do not depend on units.
#
# The intercept is not penalised, since it only says where the target's zero lies. Below, we penalise it
# anyway, as the weight of a column of ones, and then add 1,000 to every target.

# %%
ones = np.column_stack([np.ones(len(Z)), Z])
for shift in (0, 1_000):
    right = Ridge(alpha=10).fit(Z, y + shift).predict(Z)
    wrong = Ridge(alpha=10, fit_intercept=False).fit(ones, y + shift).predict(ones)
    gaps = [abs(np.mean(y + shift - predicted)) for predicted in (right, wrong)]
    print(f"shift {shift:4d}: mean prediction too low by {gaps[0]:.1f}", end="   ")
    print(f"intercept penalised: {gaps[1]:.1f}")

# %% [markdown]
# Penalised, it is pulled towards zero, and the predictions follow: the farther zero, the more.
#
# ## 7. Bias, variance, noise
#
# Why does a worse fit in training predict better? With a known truth we can watch. We draw 200 training
# sets of 30 rows, $y = \sin 3x + x$ plus noise of variance 0.25, and fit 12 polynomial columns by ridge.
# At a new $x$,
#
# $$ \text{expected squared error} = \text{bias}^2 + \text{variance} + \text{noise}. $$
#
# Bias is the average prediction minus the truth; variance says how much predictions differ between training
# sets. The noise of the new row stays. We average all three over $x$.
#
# > **Predict first.** At the best strength, is the bias zero? Are bias² and variance equal?


# %%
def truth(x):
    return np.sin(3 * x) + x


def columns(x):  # Legendre polynomials 1 to 12, all between -1 and 1: no scaling needed
    return np.polynomial.legendre.legvander(x, 12)[:, 1:]


rng = np.random.default_rng(0)
strengths, x_new = np.logspace(-4, 3, 8), np.linspace(-0.95, 0.95, 96)
predictions = np.empty((200, 8, 96))
for training_set in predictions:
    x = rng.uniform(-1, 1, size=30)
    old, new, target = columns(x), columns(x_new), truth(x) + rng.normal(scale=0.5, size=30)
    training_set[:] = [Ridge(alpha).fit(old, target).predict(new) for alpha in strengths]

# %%
bias2 = np.mean((predictions.mean(axis=0) - truth(x_new)) ** 2, axis=1)
variance = predictions.var(axis=0).mean(axis=1)
y_new = truth(x_new) + rng.normal(scale=0.5, size=predictions.shape)
measured = np.mean((predictions - y_new) ** 2, axis=(0, 2))
for k in (1, 3, 4, 5, 6):
    print(f"alpha {strengths[k]:7.3g}: bias² {bias2[k]:.2f} + variance {variance[k]:.2f}", end=" ")
    print(f"+ noise 0.25 = {bias2[k] + variance[k] + 0.25:.2f}   measured {measured[k]:.2f}")

# %%
figure, axes = plt.subplots(1, 4, figsize=(14, 3.4), layout="constrained")
for axis, k, title in zip(axes[:3], (1, 4, 6), ("weak", "about right", "strong"), strict=True):
    axis.plot(x_new, predictions[:25, k].T, color="C0", linewidth=0.5, alpha=0.6)
    axis.plot(x_new, truth(x_new), "k", linewidth=2)
    axis.set(title=f"{title}: alpha {strengths[k]:.3g}", xlabel="x", ylim=(-4, 4))
axes[0].set(ylabel="25 fits (blue), truth (black)")
parts = np.transpose([bias2, variance, bias2 + variance + 0.25])
axes[3].loglog(strengths, parts, label=["bias²", "variance", "sum + noise"])
axes[3].loglog(strengths, measured, "k.", label="measured error")
axes[3].set(title="Two errors trade places", xlabel="alpha", ylim=(1e-3, 1e3))
axes[3].legend(loc="upper right")
plt.show()

# %% [markdown]
# Neither. The sum matches the error measured on new rows, up to luck. At 0.001 the variance dominates
# (overfitting), at 100 the bias (**underfitting**). At 1 a bias² of 0.03 has bought the variance down to
# 0.06. The noise, 0.25, is the floor for any model. (Far left,
# bias² rises only because 200 wild fits average badly; far right, the free intercept keeps some variance.)
#
# ## 8. Choosing the strength
#
# Now the truth is unknown again, and we return to the 150 patients. `validation_curve` cross-validates the
# whole pipeline at each strength. Strengths are spaced by *factors* (`np.logspace`).
#
# > **Predict first.** `RidgeCV()` chooses `alpha` by itself. Will it find the bottom of the valley?

# %%
strengths = np.logspace(-3, 5, 9)
folds = KFold(10, shuffle=True, random_state=0)
asked = {"param_name": "ridge__alpha", "param_range": strengths, "cv": folds}
scoring = "neg_root_mean_squared_error"
curves = validation_curve(chain(Ridge()), X_train, y_train, scoring=scoring, **asked)
figure, axis = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
axis.semilogx(strengths, -np.mean(curves, axis=2).T, "o-", label=["training", "validation"])
axis.set(title="A gap on the left, a common rise on the right", xlabel="alpha", ylabel="RMSE")
axis.legend()
plt.show()
for label, model in (("default", RidgeCV()), ("log grid", RidgeCV(alphas=strengths))):
    print(f"RidgeCV, {label}: alpha {chain(model).fit(X_train, y_train)[-1].alpha_:.3g}")

# %% [markdown]
# No: by default it tries only 0.1, 1 and 10, and ends at the edge. An optimum at the edge of a grid
# means: widen the grid. (`RidgeCV` leaves out one row at a time, by a formula that needs no refits;
# `LassoCV` uses folds.)
#
# Such valleys are flat, so the lowest point is partly luck. The **one-standard-error rule** takes the
# *strongest* penalty whose mean error is at most one standard error above the lowest. Here for lasso:

# %%
search = LassoCV(alphas=np.logspace(-0.5, 1.5, 41), cv=folds, max_iter=20_000)
pipe = chain(search).fit(X_train, y_train)
errors = search.mse_path_.mean(axis=1)  # one row per entry of search.alphas_, one column per fold
best = errors.argmin()
limit = errors[best] + search.mse_path_[best].std(ddof=1) / np.sqrt(10)
for alpha in (search.alphas_[best], search.alphas_[errors <= limit].max()):
    final = chain(Lasso(alpha)).fit(X_train, y_train)
    kept = final[:-1].get_feature_names_out()[final[-1].coef_ != 0]
    print(f"alpha {alpha:4.1f}: R2 test {final.score(X_test, y_test):.2f}, keeps", ", ".join(kept))
print(f"nested: R2 {cross_val_score(pipe, X_train, y_train, cv=5).mean():.2f}")

# %% [markdown]
# Two columns (products, such as `bmi` times `s5`) do nearly as well as five.
#
# Choosing is fitting, too: the lowest of 41 errors is optimistic on average. For an honest score, repeat the
# *whole choice* inside each outer fold. The last line does: the chain that it scores contains the `LassoCV`.
# This is *nested* cross-validation. Its 0.50 is not the test's 0.45: honest scores have luck as well.
# Columns that a lasso selected on *all* rows would leak into every fold. (Strictly, even our scaler
# sees what `LassoCV` holds out; `GridSearchCV` around the whole chain avoids that.)
#
# ## 9. Twins
#
# Suppose that every study measures `bmi` twice, with two scales, each a little wrong (errors synthetic,
# patients real). We run 100 studies of 221 patients.
#
# > **Predict first.** Both scales are equally good. What will lasso do with them, from study to study?

# %%
bmi, models = X[["bmi"]].to_numpy(), (Lasso(3), ElasticNet(0.3, l1_ratio=0.5), Ridge(50))
pairs = np.empty((3, 100, 2))
for study in range(100):
    rows = rng.choice(len(X), 221, replace=False)
    scales = bmi[rows] + rng.normal(scale=0.2 * bmi.std(), size=(221, 2))
    table = StandardScaler().fit_transform(np.hstack([scales, X.drop(columns="bmi").iloc[rows]]))
    pairs[:, study] = [model.fit(table, y.iloc[rows]).coef_[:2] for model in models]
figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharex=True, sharey=True, layout="constrained")
for axis, model, pair in zip(axes, models, pairs, strict=True):
    print(f"{model}: drops one in {np.mean((pair == 0).any(axis=1)):.0%}", end="   ")
    print(f"spread: one weight {pair.std(axis=0).mean():.1f}, sum {pair.sum(axis=1).std():.1f}")
    axis.plot(*pair.T, ".", alpha=0.5)
    axis.set(title=type(model).__name__, xlabel="weight of scale 1", aspect="equal")
axes[0].set(ylabel="weight of scale 2")
plt.show()

# %% [markdown]
# In about 40 % of the studies lasso drops one of the two, sometimes the first, sometimes the second. The
# sum of both weights is steady, but the *list of selected columns* is not. "Lasso dropped it" does not mean "it does
# not matter". Elastic net and ridge share the weight between twins.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | training good, validation bad | penalty too weak | raise it; fewer columns; more rows |
# | both equally bad | penalty too strong, or features too poor | lower it; better features |
# | best strength at the end of the grid | grid too narrow | widen it, in factors |
# | an important column gets zero | its unit, or a correlated twin | scale; elastic net |
# | old `alpha` fails on more rows | ridge sums over rows | tune again |
# | `ConvergenceWarning` from lasso | unscaled columns, tiny `alpha` | scale; raise `max_iter` |
#
# ## Summary
#
# - A penalty buys less variance with some bias; squared error is bias² + variance + noise.
# - Ridge shrinks weak directions most and makes no zeros; lasso cuts at a threshold and selects.
# - `alpha` means something else in `Ridge` than in `Lasso` and `ElasticNet`.
# - Scale inside the pipeline; do not penalise the intercept.
# - Choose on a log grid by cross-validation, all inside the folds; prefer the simpler of equals.
#
# Next: the [exercise](../../exercises/03-classical-ml/03-regularisation.ipynb), then
# [logistic regression](04-logistic-regression.ipynb).
