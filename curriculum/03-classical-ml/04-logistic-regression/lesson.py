# ---
# title: Logistic regression
# minutes: 60
# needs: [03-classical-ml/03-regularisation, 01-math/09-information, 01-math/10-matrix-calculus, 02-python/08-scikit-learn]
# objectives: [aws-mls/3.2, aws-mls/3.3, aws-mls/3.4, aws-mla/2.1, databricks-ml/3.1, google-pmle/3.1, tf-developer/2.5, tf-developer/2.6]
# ---

# %% [markdown]
# # Logistic regression
#
# The first classifier to try, and often the one that people can explain. After this lesson you can
#
# - turn probabilities into odds and log-odds and back,
# - fit the model by maximum likelihood, by hand, and get what the libraries get,
# - say which boundaries it can draw, and bend them with added features,
# - choose between softmax and one-vs-rest,
# - say what `C` does, why scaling matters, and when weights run away, and
# - read a coefficient without the usual mistakes.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks for the intuition behind the model (3.2),
# its loss (3.3) and its regularisation (3.4); MLA-C02 (2.1), Databricks (3.1) and Google PMLE (3.1)
# ask when a model that can be explained is the right choice. TensorFlow Developer (retired too) asks
# for the output unit and loss that fit two classes or several (2.5, 2.6).

# %%
import matplotlib.pyplot as plt
import numpy as np
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy.special import expit, logit
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

# %% [markdown]
# ## 1. Odds and log-odds
#
# An event of probability $p$ has the *odds* $p / (1 - p)$: 0.8 means 4 to 1. Odds go from 0 to infinity.
# Their logarithm, the *log-odds* or *logit*, takes every value, and 0 means "even". The way back is
# the *sigmoid* $\sigma$ (in SciPy: `expit`):
#
# $$ s = \ln \frac{p}{1 - p}, \qquad p = \sigma(s) = \frac{1}{1 + e^{-s}} . $$
#
# > **Predict first.** The log-odds rise by 1. By how many percentage points does the probability rise
# > if it was 1 %, 50 % or 99 %?

# %%
for p in (0.01, 0.5, 0.9, 0.99):
    after = expit(logit(p) + 1)
    print(f"p {p:.2f}   odds {p / (1 - p):6.2f}   log-odds {logit(p):5.2f}", end="   ")
    print(
        f"one more: odds {after / (1 - after):6.2f}, p {after:.3f}, {100 * (after - p):4.1f} points"
    )

# %% [markdown]
# By 1.7, 23.1 and 0.6 points. The odds are always multiplied by the same number, $e = 2.72$.
# What one step is worth in probability depends on where you stand.
#
# ## 2. Why not a straight line?
#
# 944 American voters of 1996 said which party they felt close to, from 0 (strong Democrat) to
# 6 (strong Republican). Label 1 is a vote for Dole, the Republican; 0 is one for Clinton.
#
# > **Predict first.** We fit a least-squares line to these zeros and ones. What share of Dole voters
# > does it predict among strong Democrats?

# %%
voters = sm.datasets.anes96.load_pandas().data
line = np.polyfit(voters["PID"], voters["vote"], 1)
curve = smf.logit("vote ~ PID", voters).fit(disp=0).params.to_numpy()
shares, party = voters.groupby("PID")["vote"].mean(), np.linspace(-1, 7, 200)
print(f"{len(voters)} voters, {voters['vote'].sum():.0f} of them for Dole")
for name, of in (
    ("strong Democrats", 0),
    ("lean to Democrats", 2),
    ("lean to Republicans", 4),
):
    print(f"{name:>19}: real {shares[of]:.2f}", end="   ")
    print(f"line {np.polyval(line, of):5.2f}   sigmoid {expit(curve @ [1, of]):.2f}")

figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
axis.plot(shares.index, shares, "ko", label="share of Dole voters")
axis.plot(party, np.polyval(line, party), "C1--", label="straight line")
axis.plot(party, expit(curve[0] + curve[1] * party), "C0", label="sigmoid")
axis.axhspan(-0.3, 0, color="0.9")
axis.axhspan(1, 1.3, color="0.9", label="not a probability")
axis.set(xlabel="party, 0 strong Democrat to 6 strong Republican", ylabel="share", ylim=(-0.3, 1.3))
axis.set(title="A line leaves the range of probabilities; a sigmoid cannot")
axis.legend(loc="upper left", fontsize=8)
plt.show()

# %% [markdown]
# A negative share, −0.08. The line also claims that each step is worth equally many points, while the
# real shares change most in the middle. *Logistic regression* lets the **log-odds** be linear,
# $s = w_0 + w_1 x_1 + \dots + w_d x_d$, and predicts $p = \sigma(s)$.
#
# ## 3. Maximum likelihood
#
# Which weights? Those under which the labels we saw are most probable. The negative logarithm of that
# probability is the log loss, summed over the rows. Its gradient you know, and its second
# derivatives, the *Hessian*, follow from $\sigma' = p(1 - p)$:
#
# $$ L(w) = -\sum_i \big[ y_i \ln p_i + (1 - y_i) \ln(1 - p_i) \big], \qquad
# \nabla L = X^\top (p - y), \qquad H = X^\top D X, $$
#
# where $X$ has a column of ones for the intercept, and $D$ is diagonal with $p_i (1 - p_i)$. No
# direction curves downwards, so the loss is convex, without false minima. No formula solves
# $\nabla L = 0$, but *Newton's method* gets there by $w \leftarrow w - H^{-1} \nabla L$. (Each step
# is a weighted least-squares fit, hence the name *iteratively reweighted least squares*, IRLS.)
#
# > **Predict first.** Four weights, starting at zero, features not scaled. How many Newton steps until
# > all are right to six decimals: about 6, 60 or 600?

# %%
X = voters[["PID", "age", "income"]].to_numpy()  # income: a bracket, 1 to 24
X, y = np.column_stack([np.ones(len(X)), X]), voters["vote"].to_numpy()
reference = sm.Logit(y, X).fit(disp=0, tol=1e-12).params
w = np.zeros(4)
for step in range(7):
    p = expit(X @ w)
    error = np.abs(w - reference).max()
    print(
        f"after {step} steps: log loss {log_loss(y, p):.4f}, largest error of a weight {error:.0e}"
    )
    w = w - np.linalg.solve(X.T * (p * (1 - p)) @ X, X.T @ (p - y))

ours = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8).fit(X[:, 1:], y)
print("scikit-learn:", *ours.intercept_.round(3), ours.coef_[0].round(3))
print("by hand, and statsmodels:", w.round(3), np.allclose(w, reference))

# %% [markdown]
# Six. Newton's method uses curvature, so scales do not disturb it; near the minimum each step about
# doubles the number of right digits. The libraries agree, **if** scikit-learn is told `C=np.inf`.
#
# > **Predict first.** 393 of the 944 voted for Dole. Add up all 944 predicted probabilities. What is
# > the sum? What if you add up those of a model with other features?

# %%
for formula in ("vote ~ PID + age + income", "vote ~ age"):
    p = smf.logit(formula, voters).fit(disp=0).predict()
    print(f"{formula:<25}: sum {p.sum():.2f}, Dole voters {y.sum():.0f}", end="   ")
    print(
        f"mean age, weighted by p: {p @ X[:, 2] / p.sum():.2f}, of Dole voters {X[y == 1, 2].mean():.2f}"
    )

# %% [markdown]
# 393 each time. At the minimum $X^\top (p - y) = 0$, and the column of ones says
# $\sum p_i = \sum y_i$; the column of ages matches the ages. That holds on training rows, without
# regularisation, even for a useless model.
#
# ## 4. Boundaries
#
# Both classes are equally likely where $s = 0$: for two features a straight line, for
# more a plane. The model can only say "the further this way, the more likely".
#
# Of 150 irises 50 are *versicolor*, whose petals are longer than those of *setosa* and shorter than
# those of *virginica*. We ask: versicolor or not?
#
# > **Predict first.** Always saying "not" is right for 67 %. What does logistic regression reach? And
# > with the squares and the product of both features added?

# %%
iris = load_iris()
petals, middle = iris.data[:, 2:], iris.target == 1
straight = make_pipeline(StandardScaler(), LogisticRegression(C=100))
bent = make_pipeline(PolynomialFeatures(2, include_bias=False), *straight)
across, up = np.meshgrid(np.linspace(0.5, 7.2, 200), np.linspace(-0.1, 2.7, 200))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharex=True, sharey=True, layout="constrained")
for axis, model, title in zip(
    axes, (straight, bent), ("two features", "five features"), strict=True
):
    right = cross_val_predict(model, petals, middle, cv=10) == middle
    print(f"{title}: accuracy {right.mean():.2f}")
    p = model.fit(petals, middle).predict_proba(np.column_stack([across.ravel(), up.ravel()]))[:, 1]
    colours = axis.contourf(across, up, p.reshape(200, 200), 10, cmap="RdBu_r", vmin=0, vmax=1)
    axis.contour(across, up, p.reshape(200, 200), [0.5], colors="k")
    for rows, style, fill, label in (
        (middle, "k^", "k", "versicolor"),
        (~middle, "ko", "w", "others"),
    ):
        axis.plot(*petals[rows].T, style, mfc=fill, markersize=4, label=label)
    axis.set(title=f"{title}: {right.mean():.0%} right", xlabel="petal length (cm)")
axes[0].set(ylabel="petal width (cm)")
axes[0].legend(loc="upper left")
figure.colorbar(colours, ax=axes, label="probability of versicolor")
plt.show()

# %% [markdown]
# 62 %, worse than saying "not". A line cannot fence off the middle. With squares it can: the model is
# still linear in its *five features*, but curved in the two that we see. (The black line
# is $p = 0.5$. Other thresholds, and whether a predicted 0.7 deserves trust, are for
# judging classifiers.)
#
# ## 5. Several classes
#
# - *Softmax* (multinomial) regression has one score per class, $s_k = x \cdot w_k$, and
#   $P(k) = e^{s_k} / \sum_j e^{s_j}$, fitted together. That is what scikit-learn does.
# - *One-vs-rest* fits a separate model "class $k$ or not" for each class, divides the
#   probabilities by their sum, and picks the largest.
#
# > **Predict first.** One-vs-rest contains the very model that just failed on versicolor. How much
# > accuracy will it lose against softmax?

# %%
softmax = make_pipeline(StandardScaler(), LogisticRegression(C=100))
rest = make_pipeline(StandardScaler(), OneVsRestClassifier(LogisticRegression(C=100)))
lengths = np.linspace(0.5, 7.2, 200).reshape(-1, 1)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharex=True, sharey=True, layout="constrained")
for axis, model, title in zip(axes, (softmax, rest), ("softmax", "one-vs-rest"), strict=True):
    p = cross_val_predict(model, petals, iris.target, cv=10, method="predict_proba")
    print(f"{title:>11}: accuracy {np.mean(p.argmax(axis=1) == iris.target):.2f}", end="   ")
    print(f"log loss {log_loss(iris.target, p):.2f}")
    curves = model.fit(petals[:, :1], iris.target).predict_proba(lengths)
    for k, style in enumerate(("--", "-", ":")):
        axis.plot(lengths, curves[:, k], style, linewidth=2, label=iris.target_names[k])
    axis.set(title=title, xlabel="petal length (cm)")
axes[0].set(ylabel="probability")
axes[0].legend(loc="center left", fontsize=8)
figure.suptitle("Nearly the same winners, other probabilities (one feature)")
plt.show()

# %% [markdown]
# None. Where *setosa* and *virginica* both say no, versicolor wins by default. But its own model,
# nearly flat, gives it about a third among the virginicas, and the log loss more than doubles. For
# probabilities of exclusive classes take softmax. If a row may have *several* labels, take
# separate yes/no models: softmax would make them compete.
#
# Only differences of scores count: adding the same to all scores changes no probability. With two
# classes the difference is one score, and softmax becomes the sigmoid. In Keras these are `Dense(1)`
# with `BinaryCrossentropy`, and `Dense(3)` with `SparseCategoricalCrossentropy`, from logits.
#
# ## 6. Regularisation, wanted or not
#
# *Regularisation* adds a penalty on large weights to the loss. `LogisticRegression` minimises
# $C \cdot L(w) + \tfrac12 \lVert w \rVert^2$ (intercept left out). Divide by $C$: the penalty has the
# factor $\lambda = 1 / C$, so a *small* `C` is a *strong* penalty. The default is `C=1.0`, not none.
#
# > **Predict first.** We give `age` in centuries instead of years. What happens to the effect of one
# > year, at the default and without a penalty?

# %%
centuries = X[:, 1:] / [1, 100, 1]
for strength in (1.0, np.inf):
    model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-8)
    years = model.fit(X[:, 1:], y).coef_[0, 1]
    print(
        f"C = {strength}: per year {years:.4f}; from centuries {model.fit(centuries, y).coef_[0, 1] / 100:.4f}"
    )

# %% [markdown]
# Without a penalty nothing changes. At the default a third of the effect is gone: in centuries it needs a
# hundred times the weight, and the penalty sees only weights. So scale first, and do not take
# weights from the default for maximum likelihood.
#
# > **Predict first.** Petals separate *setosa* from all others without an error. Without a penalty,
# > which weights are best?

# %%
strengths = np.logspace(-2, 5, 15)
cases = {"setosa or not (separable)": (petals, iris.target == 0)}
cases["virginica or versicolor"] = (petals[50:], iris.target[50:] == 2)
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for (name, (features, label)), style in zip(cases.items(), ("o-", "s--"), strict=True):
    Z, norms = StandardScaler().fit_transform(features), []
    for strength in strengths:
        model = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-9).fit(Z, label)
        norms.append(np.linalg.norm(model.coef_))
    print(f"{name}: length of w {norms[8]:.0f} at C = 100, {norms[-1]:.0f} at C = 100,000")
    axis.semilogx(strengths, norms, style, label=name)
axis.set(xlabel="C (weaker penalty to the right)", ylabel="length of w")
axis.set(title="With separable classes, only the penalty stops the weights")
axis.legend()
plt.show()

# %% [markdown]
# None are best. If $w$ separates the classes, $2w$ is right with more confidence and has a smaller
# loss, and so on for ever: *complete separation*. Overlapping classes reach the estimate and
# stay. In practice a rare category whose few rows all have one label is enough. statsmodels warns
# or reports giant standard errors; scikit-learn's default hides it behind the penalty.
#
# ## 7. Reading coefficients
#
# Now the survey that Ray Fair analysed: 6,366 married women, 1974. Those who rated their marriage "very poor" (1)
# reported an affair in 75 % of cases, those with "very good" (5) in 18 %.
#
# A weight $w$ means: one unit more, all other features equal, multiplies the odds by $e^w$, the
# *odds ratio*.
#
# > **Predict first.** 75 % is about 4 times 18 %. What odds ratio does the model report?

# %%
women = sm.datasets.fair.load_pandas().data
women["affair"] = (women["affairs"] > 0).astype(int)
shares = women.groupby("rate_marriage")["affair"].mean()
odds = shares / (1 - shares)
print(f"{len(women)} women; rating 1: share {shares[1]:.2f}, odds {odds[1]:.2f}", end="; ")
print(
    f"rating 5: share {shares[5]:.2f}, odds {odds[5]:.2f}; ratio of the shares {shares[1] / shares[5]:.1f}"
)
for level in (5, 3):
    fit = smf.logit(f"affair ~ C(rate_marriage, Treatment({level}))", women).fit(disp=0)
    print(f"odds ratio of 1 against {level}: {np.exp(fit.params.iloc[1]):.1f}", end="   ")
print(
    f"\nintercept as probability, reference 3: {expit(fit.params['Intercept']):.2f} = {shares[3]:.2f}"
)

# %% [markdown]
# 13: 2.96 to 1 against 0.22 to 1. The *risk ratio*, that of the probabilities, is 4.1. "13 times as
# likely" would be false. Ratios this far from 1 come close to each other only if the event is rare in
# both groups.
#
# A category's weights compare with its *reference level*. Choose another, and weights and
# p-values change, while all predictions stay. The intercept belongs to the row with all features 0: here
# the reference level, elsewhere perhaps a newborn.
#
# > **Predict first.** Below, the odds ratio of religiousness (1 to 4) is 0.69 per step, that of
# > marriage 1.12 per year. Which of the two moves the predictions more?

# %%
names = ["rate_marriage", "religious", "yrs_married", "age"]
fit = smf.logit("affair ~ " + " + ".join(names), women).fit(disp=0)
p, weights = fit.predict(), fit.params[names]
table = np.exp(fit.conf_int().loc[names]).set_axis(["low", "high"], axis=1)
table.insert(0, "odds ratio", np.exp(weights))
table["w per sd"] = weights * women[names].std()
table["points"] = 100 * np.mean(p * (1 - p)) * weights
print(table.to_string(float_format="{:.2f}".format))
print(
    "points are statsmodels' margins:",
    np.allclose(table["points"], 100 * fit.get_margeff().margeff),
)

# %% [markdown]
# Marriage. A step and a year are different units; a standard deviation of years raises the
# log-odds by 0.81, one of religiousness lowers them by 0.33. Compare features per standard
# deviation, and report units otherwise.
#
# `low` and `high` are 95 % confidence intervals; one that contains 1 would allow "no difference".
# scikit-learn gives none, and after a penalty these would not hold.
#
# `points` answers what managers ask: the *average marginal effect*. One unit changes $p$ by about
# $p (1 - p) w$, averaged over the rows: a year of marriage, about 2 percentage points.
#
# "All other features equal" has its price when features move together.
#
# > **Predict first.** Larger tumours are more often malignant. We add the perimeter to the radius. What
# > happens to the radius' weight?

# %%
tumours = load_breast_cancer(as_frame=True)
frame = tumours.data[["mean radius", "mean perimeter"]].set_axis(["radius", "perimeter"], axis=1)
frame["malignant"] = 1 - tumours.target
print(f"correlation of the two: {frame['radius'].corr(frame['perimeter']):.3f}")
for formula in ("malignant ~ radius", "malignant ~ radius + perimeter"):
    fit = smf.logit(formula, frame).fit(disp=0)
    low, high = fit.conf_int().loc["radius"]
    print(f"{formula:<30}: w of radius {fit.params['radius']:5.2f} ({low:5.2f} to {high:5.2f})")

# %% [markdown]
# It turns negative, and its interval is about ten times as wide. It now answers another question: of
# two tumours with the *same perimeter*, which is more likely malignant? Perhaps the one with the more
# ragged outline, thus the smaller radius. Neither weight says what *causes* what.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | scikit-learn and statsmodels disagree | default `C=1.0`; no constant in `sm.Logit` | `C=np.inf`; `sm.add_constant` |
# | "lbfgs failed to converge" | unscaled features | `StandardScaler`; more `max_iter` |
# | giant weights and standard errors | separation | penalty; merge rare levels |
# | accuracy of the majority class | the boundary is curved | squares, products, bins |
# | a weight with the "wrong" sign | correlated features | ask what is held equal; drop one |
# | "three times as likely" from $e^w$ | odds ratio read as risk ratio | report probabilities |
#
# ## Summary
#
# - The log-odds are linear; one unit multiplies the odds by $e^w$.
# - Log loss is maximum likelihood: gradient $X^\top (p - y)$, no false minima, Newton needs few steps.
# - The boundary is linear in the features that you supply.
# - Softmax for exclusive classes, separate models for labels that may occur together.
# - `C = 1/λ`, and the default is a penalty: scale. Separable classes have no finite estimate.
# - Name unit, reference level and what is held equal, and do not sell odds as risk.
#
# Next: the [exercise](../../exercises/03-classical-ml/04-logistic-regression.ipynb), then
# [judging classifiers](05-judging-classifiers.ipynb).
