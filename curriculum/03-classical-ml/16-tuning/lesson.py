# ---
# title: Tuning
# minutes: 75
# needs: [03-classical-ml/15-validation, 03-classical-ml/03-regularisation, 03-classical-ml/05-judging-classifiers, 03-classical-ml/10-gradient-boosting, 02-python/08-scikit-learn]
# objectives: [databricks-ml/3.5, databricks-ml/3.6, databricks-ml/3.7, databricks-ml/3.10, aws-mls/3.4, aws-mla/2.2, google-pmle/3.2]
# packages: [optuna]
# ---

# %% [markdown]
# # Tuning
#
# Every model has settings that `fit` does not learn. After this lesson you can
#
# - write a search space: log scales, integers, choices, conditions,
# - choose grid, random, successive halving or Bayesian search for a budget,
# - compute one step of Bayesian optimisation, and run Optuna with pruning,
# - compare searches at equal cost, and run them in parallel, and
# - tell when the best validation score deceives.
#
# **Exam lens.** Databricks asks which search fits a budget (3.6), for Hyperopt's `fmin` (3.5),
# tuning on a cluster (3.7), and how many fits a grid needs (3.10). AWS MLS-C01 (retired in March
# 2026) searches with cross-validation (3.4); its successor MLA-C02 tunes hyperparameters (2.2), and
# so does Google PMLE, in custom training (3.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
import optuna
from scipy import stats
from sklearn.datasets import load_diabetes, load_digits
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.model_selection import HalvingRandomSearchCV, train_test_split
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from statsmodels.datasets import fair

optuna.logging.set_verbosity(optuna.logging.WARNING)  # no line per trial

# %% [markdown]
# ## 1. A noisy score to optimise
#
# *Parameters* are learned by `fit`: coefficients, split points. *Hyperparameters* are set before:
# `C`, a depth, a learning rate. The training loss cannot choose them: it would always choose the
# most freedom. So we optimise another function: settings in, validation score out. It has no
# gradient, each look costs a fit, and it is noisy: other validation rows, another number. The
# previous lesson's cross-validation lowers the noise and multiplies the cost. We use one fixed
# split.
#
# The task: is a handwritten digit even or odd? The model is a support vector classifier. `gamma`
# says how local its decision is, `C` how hard it tries to fit every row. A *trial* is one choice of
# settings, with its score.


# %%
X, y = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(y))
pixels, odd = X[order] / 16, y[order] % 2
train, valid = slice(0, 100), slice(100, 300)


def score(C, gamma):
    return SVC(C=C, gamma=gamma).fit(pixels[train], odd[train]).score(pixels[valid], odd[valid])


print(f"default {score(1, 'scale'):.3f}, C 1 with gamma 10: {score(1, 10):.3f}")

# %% [markdown]
# One wrong setting, and a coin would do better.
#
# ## 2. Scales
#
# We do not know `gamma`'s order of magnitude, so we allow eight powers of ten, from 0.00001 to
# 1,000.
#
# > **Predict first.** Of 10,000 draws, uniform between the two ends, which share is below 1? And if
# > the *logarithm* is uniform?

# %%
rng = np.random.default_rng(1)
figure, axis = plt.subplots(figsize=(6.5, 2.8), layout="constrained")
for space in (stats.uniform(1e-5, 1e3), stats.loguniform(1e-5, 1e3)):
    name, draws = space.dist.name, space.rvs(10_000, random_state=rng)
    print(f"{name:>10}: below 1 {np.mean(draws < 1):.1%}, below 0.01 {np.mean(draws < 0.01):.1%}")
    axis.hist(np.log10(draws), bins=np.arange(-5, 3.1, 0.5), alpha=0.6, label=name)
axis.set(xlabel="log10 of gamma", ylabel="draws", title="Uniform draws crowd at the top")
axis.legend()
plt.show()

# %% [markdown]
# One uniform draw in a thousand is below 1. Drawn by its logarithm, every power of ten gets the
# same share. Whatever acts by its *ratio* wants a log scale: `C`, `alpha`, `learning_rate`,
# `gamma`. Shares such as `subsample` are uniform, counts such as `max_depth` are integers
# (`stats.randint(1, 10)` never gives 10), names are a list.
#
# ## 3. Grid against random
#
# A grid multiplies: $k$ values of each of $d$ hyperparameters in $f$ folds are $k^d f$ fits, and
# one refit. Five values of four, in five folds: 3,126. Random search draws each trial from the
# space; how many is your choice. Small dots, 200 random trials, show the surface.
#
# > **Predict first.** A 3 × 3 grid at a random place and nine random trials cost the same. How
# > often does random search find the better score?


# %%
def place(unit):  # numbers between 0 and 1 -> C from 1 to 10,000, gamma as above
    return 10 ** (np.array([0, -5]) + unit * [4, 8])


def grid(k):  # k x k cells, a trial at the same place of each
    cells = np.stack(np.divmod(rng.permutation(k * k), k), axis=1)
    return place((cells + rng.uniform(size=2)) / k)


pool = place(rng.uniform(size=(200, 2)))
pool_scores = np.array([score(*trial) for trial in pool])
grids = np.array([[score(*trial) for trial in grid(3)] for _ in range(15)]).max(axis=1)
randoms = np.array([rng.choice(pool_scores, 9, replace=False).max() for _ in range(500)])
print(f"median best of 9: grid {np.median(grids):.3f}, random {np.median(randoms):.3f}")
print(f"random better in {np.mean(randoms > grids[:, None]):.0%}")
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True, layout="constrained")
for axis, name, trials in zip(axes, ("grid", "random"), (grid(3), pool[:9]), strict=True):
    dots = axis.scatter(pool[:, 1], pool[:, 0], c=pool_scores, s=14)
    axis.plot(trials[:, 1], trials[:, 0], "rX", trials[:, 1], [0.5] * 9, "r|", markersize=10)
    axis.set(xscale="log", yscale="log", xlabel="gamma", title=name)
axes[0].set_ylabel("C")
figure.colorbar(dots, label="validation accuracy")
plt.show()

# %% [markdown]
# In about two thirds. Look at the red ticks: the grid spends nine fits on three values of `gamma`,
# random search sees nine. Where scores are good, `C` matters little, so the grid's fits repeat each
# other. Often few hyperparameters matter and nobody knows which. Each idle one multiplies the grid
# and costs random search nothing. A grid suits one or two hyperparameters of known range.
#
# ### Conditional spaces
#
# `max_depth` exists only if the model is a tree. In scikit-learn, a *list* of spaces says so, and
# swaps a whole step of the pipeline. Random search draws a space first, then the values.
#
# ```python
# pipe = Pipeline([("model", SVC())])
# spaces = [
#     {"model": [SVC()], "model__gamma": stats.loguniform(1e-5, 1e3)},
#     {"model": [DecisionTreeClassifier()], "model__max_depth": stats.randint(1, 21)},
# ]
# search = RandomizedSearchCV(pipe, spaces, n_iter=12, cv=5)  # 61 fits
# ```
#
# Keep `search.cv_results_`, the record of all trials, with the seed and the libraries' versions, to
# repeat it.
#
# ## 4. Successive halving
#
# *Successive halving* gives every candidate a small *resource* (rows, trees), keeps the best half,
# doubles the resource, and repeats. With `factor=3` it keeps a third and triples. Eight learning
# rates compete on the diabetes data, on up to 160 trees.
#
# > **Predict first.** Does the rate that is best with 160 trees survive?

# %%
P, progression = load_diabetes(return_X_y=True, scaled=False)
P_train, P_valid, p_train, p_valid = train_test_split(P, progression, test_size=150, random_state=2)
small = dict(max_depth=2, min_samples_leaf=10, random_state=0)
figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
curves = {}
for rate in (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.5, 0.8):
    model = GradientBoostingRegressor(n_estimators=160, learning_rate=rate, **small)
    stages = model.fit(P_train, p_train).staged_predict(P_valid)
    curves[rate] = [np.sqrt(np.mean((p_valid - guess) ** 2)) for guess in stages]
    axis.plot(range(1, 161), curves[rate], label=rate)
alive = list(curves)
for trees in (20, 40, 80, 160):
    alive.sort(key=lambda rate: curves[rate][trees - 1])
    print(f"{trees} trees:", *(f"{rate:g} ({curves[rate][trees - 1]:.1f})" for rate in alive[:5]))
    keep = max(1, len(alive) // 2)
    axis.plot([trees] * (len(alive) - keep), [curves[r][trees - 1] for r in alive[keep:]], "kX")
    alive = alive[:keep]
print("without halving:", min((f"{curve[-1]:.1f}", rate) for rate, curve in curves.items()))
axis.set(xlabel="trees", ylabel="validation RMSE", ylim=(55, 78), title="X: dropped here")
axis.legend(title="learning rate", loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# No. Rate 0.04 learns slowly, is fifth after 20 trees, and is dropped: a *late bloomer*. The
# survivor, 0.08, is past its best by 160 trees. The race cost $8 \cdot 20 + 4 \cdot 20 + 2 \cdot 40
# + 80 = 400$ trees instead of 1,280, if training goes on where it stopped. *Hyperband* hedges with
# several races, some starting with more resource.
#
# scikit-learn's resource is rows, or an integer hyperparameter (`resource="n_estimators"`), and
# each round fits from scratch. The import from `sklearn.experimental` above is required.

# %%
space = {"C": stats.loguniform(1, 1e4), "gamma": stats.loguniform(1e-5, 1e3)}
rounds = dict(n_candidates=27, factor=3, min_resources=40)
race = HalvingRandomSearchCV(SVC(), space, **rounds, cv=3, random_state=0).fit(pixels, odd)
print("candidates:", race.n_candidates_, "  rows:", race.n_resources_)

# %% [markdown]
# Candidates times rows is 1,080 in every round: where a fit's cost is proportional to its rows, all
# rounds cost the same.
#
# ## 5. Bayesian optimisation by hand
#
# *Bayesian optimisation* learns from its trials. It fits a *surrogate*, a cheap model of the score,
# to the trials so far. Often it is a *Gaussian process*: a curve with an error bar, narrow near
# trials and wide far from them. At each place it gives a mean $\mu$ and a standard deviation
# $\sigma$. With $f^*$ the best score so far and $z = (\mu - f^*) / \sigma$, the *expected
# improvement* is
#
# $$ EI = E[\max(f - f^*, 0)] = (\mu - f^*)\, \Phi(z) + \sigma\, \varphi(z), $$
#
# with the standard normal's cumulative distribution $\Phi$ and density $\varphi$. The place with
# the largest EI is tried next.
#
# > **Predict first.** The best score is 0.85. Place A promises 0.80 ± 0.02, place B 0.70 ± 0.15.
# > Which is tried?


# %%
def expected_improvement(mean, sd, best):
    z = (mean - best) / sd
    return (mean - best) * stats.norm.cdf(z) + sd * stats.norm.pdf(z)


for name, mean, sd in [("A", 0.80, 0.02), ("B", 0.70, 0.15)]:
    print(f"{name}: EI {expected_improvement(mean, sd, 0.85):.5f}")

# %% [markdown]
# B: its mean is worse, but it may well be above 0.85; A can hardly be. EI weighs *exploitation*
# (high $\mu$) against *exploration* (large $\sigma$). Now a search for `gamma`, with `C` fixed at
# 100, from three trials on:

# %%
ticks, seen, values = np.linspace(-5, 3, 81), [-4.0, -1.5, 2.0], []  # log10 of gamma
truth = [score(100, 10**tick) for tick in ticks[::2]]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.5), sharey=True, layout="constrained")
for step in range(7):
    values += [score(100, 10**tick) for tick in seen[len(values) :]]  # the new trials
    process = GaussianProcessRegressor(0.03 * RBF(0.9), alpha=1e-4, optimizer=None)
    process.fit(np.array(seen)[:, None], values - np.mean(values))
    mean, sd = process.predict(ticks[:, None], return_std=True)
    mean = mean + np.mean(values)
    seen.append(float(ticks[expected_improvement(mean, sd, max(values)).argmax()]))
    if step % 3 == 0:
        axis = axes[step // 3]
        axis.plot(ticks[::2], truth, color="0.6", label="true score")
        axis.fill_between(ticks, mean - 2 * sd, mean + 2 * sd, alpha=0.2)
        axis.plot(ticks, mean, label="surrogate, ± 2 sd")
        axis.plot(seen[:-1], values, "ko", label="trials")
        axis.axvline(seen[-1], color="red", ls=":", label="next: largest EI")
        axis.set(title=f"{len(values)} trials, best {max(values):.3f}", xlabel="log10 of gamma")
axes[0].set_ylabel("validation accuracy")
figure.legend(*axes[0].get_legend_handles_labels(), ncols=4, loc="outside lower center")
plt.show()

# %% [markdown]
# At both cliffs the band even misses the truth: our surrogate supposes a smooth curve. (Libraries
# re-estimate the smoothness.) The best of nine trials is at the top all the same. This pays when a
# fit costs minutes.
#
# ## 6. Optuna
#
# Optuna's default sampler is *TPE*, the tree-structured Parzen estimator. It splits the trials into
# a few good ones and the rest, estimates a density of each, and tries where good trials are dense
# relative to the rest. By default, the first ten trials are random. A *study* keeps the trials. The
# space is whatever the *objective* function suggests while it runs (*define-by-run*), so a
# condition is an `if`.


# %%
def kernel(trial):
    C = trial.suggest_float("C", 1, 1e4, log=True)
    return score(C, trial.suggest_float("gamma", 1e-5, 1e3, log=True))


def objective(trial):
    if trial.suggest_categorical("kind", ["svc", "tree"]) == "svc":
        return kernel(trial)
    tree = DecisionTreeClassifier(max_depth=trial.suggest_int("max_depth", 1, 20), random_state=0)
    return tree.fit(pixels[train], odd[train]).score(pixels[valid], odd[valid])


def tune(objective, seed, n_trials):
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=n_trials)
    return study


study = tune(objective, seed=0, n_trials=40)
print(f"best {study.best_value:.3f}: {study.best_params['kind']}", sorted(study.best_params))
kinds = [trial.params["kind"] for trial in study.trials]
print("trials of svc: first 10:", kinds[:10].count("svc"), " last 10:", kinds[-10:].count("svc"))

# %% [markdown]
# Nearly all late trials are of the better kind. `study.best_params` has no `max_depth`, as the best
# trial had none. `study.enqueue_trial(params)` puts the defaults or last month's winner first, a
# *warm start*; `optuna.importance.get_param_importances(study)` estimates how much of the score's
# variation each hyperparameter explains.
#
# ### Pruning
#
# `trial.report` tells the study an intermediate score. `MedianPruner` stops a trial whose best
# score so far is worse than the median of the completed trials at the same step. It waits until
# five are complete.


# %%
def boost(trial):
    rate = trial.suggest_float("learning_rate", 0.005, 1, log=True)
    model = GradientBoostingRegressor(learning_rate=rate, warm_start=True, **small)
    for trees in range(10, 51, 10):
        model.set_params(n_estimators=trees).fit(P_train, p_train)
        error = np.sqrt(np.mean((p_valid - model.predict(P_valid)) ** 2))
        trial.report(error, step=trees)
        if trial.should_prune():
            raise optuna.TrialPruned
    return error


sampler, pruner = optuna.samplers.TPESampler(seed=1), optuna.pruners.MedianPruner()
study = optuna.create_study(sampler=sampler, pruner=pruner)
study.optimize(boost, n_trials=20)
steps = [trial.last_step for trial in study.trials]
print(f"to the end: {steps.count(50)} of 20;  {sum(steps)} of 1000 trees trained")

# %% [markdown]
# Seven trials were stopped, and a good fifth of the trees saved. `warm_start=True` makes `fit` keep
# the trees it has and add the missing ones. The risk is halving's: `n_warmup_steps` gives late
# bloomers time. *Early stopping* watches one model's own curve.
#
# ## 7. Equal budgets
#
# 25 fits for each: a 5 × 5 grid at a random place, random search, TPE. One run would be an
# anecdote, so each runs eight times.
#
# > **Predict first.** By how much does TPE beat random search, in the median?

# %%
runs = {
    "grid": [[score(*trial) for trial in grid(5)] for _ in range(8)],
    "random": pool_scores.reshape(8, 25),
    "TPE": [[trial.value for trial in tune(kernel, seed, 25).trials] for seed in range(8)],
}
figure, axis = plt.subplots(figsize=(6.5, 3.3), layout="constrained")
for name, scores in runs.items():
    record = np.maximum.accumulate(scores, axis=1)
    low, middle, high = np.quantile(record, [0.25, 0.5, 0.75], axis=0)
    print(f"{name:>6}: median {middle[-1]:.3f}, middle half {low[-1]:.3f} to {high[-1]:.3f}")
    axis.plot(range(1, 26), middle, label=name)
    axis.fill_between(range(1, 26), low, high, alpha=0.2)
axis.set(xlabel="trials", ylabel="best accuracy so far", ylim=(0.8, 1), title="Returns diminish")
axis.legend()
plt.show()

# %% [markdown]
# Not at all: both end at 0.955. The standard error of such an accuracy, $\sqrt{0.955 \cdot 0.045 /
# 200}$, is about 0.015: a lead of three rows would mean nothing. Nor does TPE's early lead: its
# first ten trials *are* random, so it is luck, even in the median of eight runs. The grid sees five
# values of `gamma` and stays behind. Learning searches gain more with many hyperparameters and a
# hundred trials.
#
# After about a dozen trials the curves are nearly flat. So fix a budget of trials, time or money
# beforehand (`n_trials`, `timeout`).
#
# ## 8. The best of many is flattered
#
# The affairs survey again: few validation rows, or many, pick the best of 300 slightly different
# decision trees, and the thousands of other rows test it.
#
# > **Predict first.** With 60 validation rows and more and more candidates, what happens to the
# > best validation score? And to the winner's test accuracy?

# %%
women = fair.load_pandas().data
W, affair = women.drop(columns="affairs").to_numpy(), (women["affairs"] > 0).to_numpy()
W_train, W_rest, w_train, w_rest = train_test_split(W, affair, train_size=400, random_state=0)
right, sizes = np.zeros((300, len(w_rest)), dtype=bool), [1, 3, 10, 30, 100, 300]
for i in range(300):
    model = DecisionTreeClassifier(min_samples_leaf=5 + i % 40, max_features=3, random_state=i)
    right[i] = model.fit(W_train, w_train).predict(W_rest) == w_rest
figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
for rows, color in ((60, "C3"), (1000, "C0")):
    found = np.zeros((len(sizes), 100, 2))
    for at in np.ndindex(len(sizes), 100):
        tried, who = rng.choice(300, sizes[at[0]], replace=False), rng.permutation(len(w_rest))
        on_valid = right[tried][:, who[:rows]].mean(axis=1)
        found[at] = on_valid.max(), right[tried[on_valid.argmax()], who[rows:]].mean()
    means = found.mean(axis=1)
    axis.semilogx(sizes, means[:, 0], "o-", color=color, label=f"best score on {rows} rows")
    axis.semilogx(sizes, means[:, 1], "o--", color=color, label="its test accuracy")
    print(f"{rows} rows: best of 300 {means[-1, 0]:.2f}, its test accuracy {means[-1, 1]:.2f}")
print(f"test accuracy without a choice: {means[0, 1]:.2f}")
axis.set(xlabel="candidates", ylabel="accuracy", title="Few rows flatter the winner")
axis.legend()
plt.show()

# %% [markdown]
# With 60 rows, the best of 300 promises 0.79 and delivers 0.69: no better than a tree taken
# blindly. What lifts the best of many is mostly noise. With 1,000 rows the promise is 0.73, and 0.71
# arrives, a real gain. More candidates need more validation rows, and the score to report comes
# from test rows used once, or from the previous lesson's nested cross-validation.
#
# Score the default first: tuning is not always worth it. `SVC` rose from 0.87 to 0.96. Where the
# gain is within the noise, work on the data.
#
# ## 9. In parallel, and on the platforms
#
# | search | learns | parallel workers |
# |---|---|---|
# | grid, random | nothing | any number, without loss (*embarrassingly parallel*) |
# | halving | after each round | within a round |
# | Bayesian, TPE | after each trial | at work, they do not know each other's result |
#
# 20 TPE trials on 20 workers are a random search. Optuna's `constant_liar` steers away from places
# that are still being tried. `n_jobs=-1` in a search *and* in its model can start more workers than
# cores: give it to the search.
#
# Databricks' exam still asks about Hyperopt, which its runtimes after 16.4 LTS ML no longer hold
# (now recommended: Optuna on one node, or Ray Tune):
#
# ```python
# best = fmin(objective, space={"C": hp.loguniform("C", np.log(1), np.log(1e4))},
#             algo=tpe.suggest, max_evals=64, trials=SparkTrials(parallelism=8))
# ```
#
# `fmin` *minimises*: return `-accuracy`, or a dictionary with `loss` and `status`. The bounds of
# `hp.loguniform` are logarithms. For `hp.choice`, `best` holds an index, which `space_eval`
# translates. `SparkTrials` sends each trial, a single-node model, to a worker; Spark ML models,
# spread over the cluster themselves, take plain `Trials`.
#
# SageMaker's tuning jobs offer grid, random, Bayesian and Hyperband, and warm starts from earlier
# jobs. Vertex AI searches through Vizier, Bayesian by default.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | best setting at the edge of the range | range too narrow | widen it and go on |
# | great validation, poor test | best of many on few rows | more rows, nested CV |
# | slow starters never win | dropped early | more `min_resources`, `n_warmup_steps` |
#
# ## Summary
#
# - Tuning optimises a noisy score: count fits, fix a budget, score the default first.
# - Ratios on a log scale; conditions as lists of spaces or an `if`.
# - Random search spends no trial on idle hyperparameters. Halving and pruning save on bad candidates.
# - Bayesian search weighs a high mean against a wide error bar.
# - The best validation score is optimistic; keep test rows apart.
#
# Next: the [exercise](../../exercises/03-classical-ml/16-tuning.ipynb), then
# [imbalanced classes](17-imbalanced-classes.ipynb).
