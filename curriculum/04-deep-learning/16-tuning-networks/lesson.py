# ---
# title: Tuning networks
# minutes: 70
# needs: [03-classical-ml/15-validation, 03-classical-ml/16-tuning, 04-deep-learning/03-training-well, 04-deep-learning/14-custom-training]
# objectives: [databricks-ml/3.6, databricks-ml/3.7, aws-mls/3.4, aws-mla/2.2, google-pmle/3.2, tf-developer/2.7]
# packages: [keras-tuner]
# ---

# %% [markdown]
# # Tuning networks
#
# A network has a dozen settings, and one look at one choice costs a training run. After this lesson you can
#
# - say how noisy a trial is, and how much of a winner's lead is luck,
# - find out which hyperparameters matter, and on which scale,
# - compute Hyperband's brackets, and compare searches at equal budget,
# - run a search with KerasTuner, conditions included,
# - keep a record from which any run can be repeated.
#
# **Exam lens.** Google PMLE tunes in custom training (3.2), AWS MLS-C01 (retired in March 2026) 3.4 and MLA-C02 2.2 on
# SageMaker, whose tuner offers grid, random, Bayesian and Hyperband search. Databricks asks which search fits a budget (3.6)
# and what parallel trials cost (3.7). The TensorFlow Developer exam (closed in 2024) had you read curves and act on them (2.7).

# %%
import hashlib
import json
import tempfile
from pathlib import Path

import keras
import keras_tuner
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from scipy.stats import spearmanr
from sklearn.datasets import load_digits

X, y = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(y))
X, y = (X[order] / 16).astype("float32"), y[order].astype("int32")
train = slice(400)  # the next 400 validate, the other 997 test

# %% [markdown]
# ## 1. A hundred networks at once
#
# The tuning lesson of the classical part compared searches on models that fit in milliseconds. A network's trial differs in
# two ways. It gives a *curve*: a score after every epoch. And it depends on a *seed*, which decides the first weights, the order of
# the batches and what dropout drops.
#
# To study searches we need many trials, so we train many networks side by side. All weights get one more axis, for the network.
# Each network has 64 hidden units, of which a mask leaves on as many as its setting says, and its own dropout rate. Its own learning
# rate comes by a trick: with SGD (momentum included), ten times the loss is ten times the step. So we multiply each network's loss by its rate.


# %%
class Own(layers.Layer):  # units and dropout of each network
    def __init__(self, units, dropout):
        super().__init__()
        self.mask = np.float32(np.arange(64) < units[:, None])
        self.rate = np.float32(dropout[:, None])

    def call(self, x, training=False):
        kept = keras.random.uniform(keras.ops.shape(x)) >= self.rate if training else 1 - self.rate
        return x * self.mask * keras.ops.cast(kept, "float32") / (1 - self.rate)


# %%
def train_all(settings, epochs=27, seed=0):
    keras.utils.set_random_seed(seed)
    n, rates = len(settings["units"]), np.float32(settings["learning_rate"])

    def loss(labels, logits):
        labels = tf.repeat(tf.reshape(tf.cast(labels, "int32"), (-1, 1)), n, axis=1)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return tf.reduce_sum(rates * losses, axis=1)

    start = keras.initializers.RandomNormal(stddev=0.15, seed=seed)
    hidden = layers.EinsumDense("bf,fnu->bnu", (n, 64), "relu", "nu", start)
    end = layers.EinsumDense("bnu,nuc->bnc", (n, 10), None, "nc", start)
    own = Own(settings["units"], settings["dropout"])
    model = keras.Sequential([keras.Input((64,)), hidden, own, end])
    model.compile(keras.optimizers.SGD(1.0, momentum=0.9), loss, steps_per_execution=8)
    right = []
    for _ in range(epochs):
        model.fit(X[train], y[train], batch_size=50, verbose=0)
        right.append(y[400:] == np.argmax(model(X[400:]), axis=2).T)
    right = np.stack(right, axis=1)  # network, epoch, row
    return right[..., :400].mean(axis=2), right[..., 400:].mean(axis=2)


# %% [markdown]
# The search space: learning rate from 0.0001 to 10 and units from 4 to 64, both by their logarithm; dropout from 0 to 0.7.
#
# > **Predict first.** 108 random trials of 27 epochs. What share ends above 0.9, and what share is no better than
# > guessing (0.1)?

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(1)
trials = {"learning_rate": 10 ** rng.uniform(-4, 1, 108)}
trials["units"] = np.round(2 ** rng.uniform(2, 6, 108)).astype(int)
trials["dropout"] = rng.uniform(0, 0.7, 108)
valid, test = train_all(trials)
last = valid[:, -1]
print(f"above 0.9: {np.mean(last > 0.9):.0%}, below 0.15: {np.mean(last < 0.15):.0%}")
figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), sharey=True, layout="constrained")
colors = plt.get_cmap("viridis")((np.log10(trials["learning_rate"]) + 4) / 5)
for curve, color in zip(valid, colors, strict=True):
    axes[0].plot(range(1, 28), curve, color=color, lw=0.8)
axes[0].set(xlabel="epoch", ylabel="validation accuracy", title="108 curves")
axes[1].set_xscale("log")
axes[2].set_xscale("log", base=2)
for axis, (name, values) in zip(axes[1:], trials.items(), strict=True):
    axis.scatter(values, last, c=colors, s=14)
    axis.set(xlabel=name, title="after 27 epochs")
plt.show()

# %% [markdown]
# (Colours: learning rate, from dark for small to bright for large.) About a fifth is good, about a quarter no better than guessing. The second panel shows why: the learning
# rate decides. Far too small, nothing is learnt in time; far too large, the network breaks. Units and dropout matter only among networks
# whose learning rate is right. So search the learning rate first: a wide log range, then a narrow one around what worked.
#
# ## 2. How much of the lead is luck?
#
# We train the five best settings again, with eight new seeds each.
#
# > **Predict first.** The winner had the highest of 108 validation scores. Where will its eight new scores lie?

# %% tags=["nbval-ignore-output"]
best = np.argsort(-last)[:5]
again = {name: np.repeat(values[best], 8) for name, values in trials.items()}
new_valid, new_test = (scores[:, -1].reshape(5, 8) for scores in train_all(again, seed=1))
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
axis.plot(np.repeat(np.arange(5), 8), new_valid.ravel(), "o", alpha=0.5, label="eight new seeds")
axis.plot(last[best], "r*", ms=12, label="the score that chose it")
axis.plot(new_valid.mean(axis=1), "k_", ms=22, label="mean of the new seeds")
axis.set(xlabel="rank in the search", ylabel="validation accuracy", xticks=range(5))
axis.set(xticklabels=range(1, 6), title="The winner falls back")
axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
print(f"a seed moves the score by {new_valid.std(axis=1, ddof=1).mean():.3f} (standard deviation)")
print(f"chosen by {last[best].mean():.3f}, new seeds {new_valid.mean():.3f}")
print("test:", *(f"{mean:.3f}" for mean in new_test.mean(axis=1)))

# %% [markdown]
# Below the star, mostly: the best of many noisy scores is partly luck (*winner's curse*). A lead in a single score that is no larger than
# the seeds' spread (the standard deviation printed above) says little about the setting. So
#
# - compare the last candidates by a *mean over seeds*, with its standard error,
# - among those within one standard error of the best, take the cheapest (here: the fewest units),
# - report the test score of the choice, once. It was not searched on.
#
# ## 3. Can we stop early?
#
# Most of the cost goes into trials that will not win. If ranks after few epochs foretell the final ranks, we can *prune*: stop the
# trials that are behind.
#
# > **Predict first.** After 1 of 27 epochs, how many of the final ten best are among the best third (36)? After 3?

# %% tags=["nbval-ignore-output"]
for epoch in (1, 3, 9, 18):
    third = np.argsort(-valid[:, epoch - 1])[:36]
    rank = spearmanr(valid[:, epoch - 1], last).statistic
    kept = np.isin(np.argsort(-last)[:10], third).sum()
    print(f"epoch {epoch:2}: rank correlation with the end {rank:.2f}, in the best third: {kept}")

# %% [markdown]
# After a single epoch at least eight (other seeds gave eight to ten), after three epochs all ten, though the ranks
# as a whole still move. Pruning needs no exact ranks: it is enough that the good trials are not among the bad ones.
#
# It fails when curves cross late. Small learning rates, strong regularisation, and rates that fall at the end all make good networks
# look poor early. A schedule stretched over more epochs has a higher rate at epoch 3 than a short one, so compare curves at equal
# epochs only if they follow one schedule.
#
# ## 4. Hyperband's arithmetic
#
# *Successive halving* starts $n$ trials with $r$ epochs each, keeps the best $1/\eta$ of them, takes these on to $\eta$ times as many
# epochs, and so on up to $R$ epochs. How many should it start? If many, each is judged after very little; if few, little is explored.
# **Hyperband** does not decide. It runs several races, its *brackets* $s$, from the boldest to plain random search, and bracket $s$ starts $n_s$ trials
# with $r_s$ epochs:
#
# $$ s = s_{max}, \dots, 0: \qquad n_s = \Big\lceil \frac{s_{max} + 1}{s + 1}\, \eta^s \Big\rceil, \qquad r_s = R\, \eta^{-s}, \qquad s_{max} = \lfloor \log_\eta R \rfloor $$
#
# > **Predict first.** $R = 27$, $\eta = 3$. How many trials are started in all? How many are trained to the end?


# %%
def race(pool, first, eta=3, R=27):
    alive, epochs, cost, rounds = pool, first, 0, []
    while True:
        cost += len(alive) * (epochs - (epochs // eta if rounds else 0))  # goes on where it stopped
        rounds.append((len(alive), epochs))
        if epochs == R:
            return list(alive), cost, rounds
        alive = alive[np.argsort(-valid[alive, epochs - 1], kind="stable")[: len(alive) // eta]]
        epochs *= eta


brackets = [(27, 1), (12, 3), (6, 9), (4, 27)]
for n, first in brackets:
    _, cost, rounds = race(np.arange(n), first)
    print(f"{rounds!s:34} costs {cost:3} epochs, from scratch {sum(np.prod(rounds, axis=1)):3}")

# %% [markdown]
# 27 + 12 + 6 + 4 = 49 trials are started, and 1 + 1 + 2 + 4 = 8 finish. Each bracket costs roughly the same, and all four 357 epochs,
# as much as 13 full trials. That is with weights kept between rounds; if every round trained from scratch it would be 423.
#
# ## 5. Equal budgets
#
# Our recorded curves tell what a search *would* have found, without training again. 300 times we put the 108 trials into a random order, and
# each search takes them in this order until its budget of epochs is spent. Its winner is the trial, at the epoch, with the best validation score it saw.
# Early stopping gives up a trial after three epochs without a new best; then the next one starts.
#
# > **Predict first.** With 81 epochs, enough for three full trials, which is best: random search, early stopping, or halving from 27? And with 357?


# %%
def random(pool, budget):  # each search returns trials, with the epochs they were trained
    return [(i, 27) for i in pool[: budget // 27]]


def halving(pool, budget):
    races = [race(pool[at : at + 27], 1)[0] for at in range(0, budget // 81 * 27, 27)]
    return [(i, 27) for found in races for i in found]


def hyperband(pool, budget):
    ends = np.cumsum([n for n, _ in brackets])
    races = [race(pool[e - n : e], f)[0] for e, (n, f) in zip(ends, brackets, strict=True)]
    return [(i, 27) for found in races for i in found]


def early(pool, budget, patience=3):
    found, left = [], budget
    for i in pool:
        waits = [e - valid[i, : e + 1].argmax() for e in range(27)]
        stop = 1 + next((e for e in range(27) if waits[e] >= patience), 26)
        found.append((i, min(stop, left)))  # the last trial gets what is left
        left -= found[-1][1]
    return [(i, epochs) for i, epochs in found if epochs > 0]


# %% tags=["nbval-ignore-output"]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, layout="constrained")
for axis, budget in zip(axes, (81, 357), strict=True):
    searches = [random, early, halving, *([hyperband] if budget == 357 else [])]
    scores = {search.__name__: [] for search in searches}
    for _ in range(300):
        pool = rng.permutation(108)
        for search in searches:
            found = search(pool, budget)
            i, epochs = max(found, key=lambda trial: valid[trial[0], : trial[1]].max())
            scores[search.__name__].append(test[i, valid[i, :epochs].argmax()])
    axis.boxplot(list(scores.values()), tick_labels=list(scores), whis=(10, 90), showfliers=False)
    axis.set(title=f"{budget} epochs", ylim=(0.85, 0.98))
axes[0].set_ylabel("test accuracy of the winner")
plt.show()

# %% [markdown]
# (Box: middle half; whiskers: 10 % to 90 %, cut off below 0.85.) For the price of three full trials halving has looked at 27, and is mostly near
# the top; random search has looked at three, which is often a failure. Early stopping also looks at more than three, but it judges each trial by itself: a
# mediocre network that still creeps up is trained on, and a slow start is mistaken for the end.
#
# With 357 epochs the medians lie within about 0.01. The more you can afford, the less the choice of search matters. Hyperband insures against
# late bloomers, of which there are few here; even so, it costs little or nothing beside halving.
#
# *Median stopping* (Vertex AI's Vizier has it) stops a trial whose best score so far is below the median of the earlier trials' running means. *ASHA* is halving
# for many workers: it does not wait until a round is complete. SageMaker offers both ideas.
#
# ## 6. KerasTuner
#
# You write a function that builds a model from `hp`. What it asks `hp` for becomes the search space: `Int`, `Float`, `Choice` or `Boolean`, on a log scale if you say so.
# A *conditional* hyperparameter is asked for inside an `if`, and inside a `conditional_scope`, which tells the tuner of the condition. With the `if` alone it would go
# on drawing a dropout rate for networks without dropout.
#
# The line `optimizer.build` creates the momentum variables at once. A trial that goes on loads its weights before its first step; without this line Keras would find no
# momentum to load into, warn, and start it again from zero.
#
# > **Predict first.** `max_epochs=3`, `factor=3`. How many trials does Hyperband report?


# %% tags=["nbval-ignore-output"]
def build(hp):
    model = keras.Sequential([keras.Input((64,))])
    model.add(layers.Dense(hp.Int("units", 4, 64, sampling="log"), "relu"))
    if hp.Boolean("dropout"):
        with hp.conditional_scope("dropout", True):
            model.add(layers.Dropout(hp.Float("dropout_rate", 0.1, 0.7)))
    model.add(layers.Dense(10))
    rate = hp.Float("learning_rate", 1e-3, 1, sampling="log")
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    optimizer.build(model.trainable_variables)  # momentum can be loaded
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


holder = tempfile.TemporaryDirectory()  # removed when the kernel ends
folder, valid_data = Path(holder.name), (X[400:800], y[400:800])
rows = tf.data.Dataset.from_tensor_slices((X[train], y[train])).shuffle(400, seed=0).repeat(5)
tuner = keras_tuner.Hyperband(
    build, "val_accuracy", max_epochs=3, factor=3, seed=2, directory=folder, project_name="digits"
)
tuner.search(rows.batch(50), validation_data=valid_data, shuffle=False, verbose=0)
for trial in tuner.oracle.get_best_trials(6):
    values = trial.hyperparameters.values
    begin, end = values["tuner/initial_epoch"], values["tuner/epochs"]
    print(f"{trial.score:.2f} rate {values['learning_rate']:.3f}, epochs {begin} to {end}")

# %% [markdown]
# Six. There are two brackets: the first starts three trials with 1 epoch and takes the best on to epoch 3, the second trains two trials for 3 epochs. The one that goes
# on is reported as a trial of its own ("epochs 1 to 3"). (An epoch here is five passes. KerasTuner rounds numbers of trials and epochs up, so it may train a few more than the formula says.)
# For a careful choice, `executions_per_trial=3` averages over seeds, at three times the cost.
#
# `RandomSearch` and `BayesianOptimization` take the same `build`. A Bayesian search learns from finished trials, and a hundred trials that start together
# know nothing of each other. So running in parallel costs a Bayesian search quality; it costs random search nothing.
#
# ## 7. Keep a record
#
# In a month someone asks how the model was chosen. A run can be repeated if its record holds settings, seed, data, and versions. One line of
# JSON per run is enough to start with; TensorBoard (`keras.callbacks.TensorBoard`), MLflow or Vertex AI Experiments show and share the same things.
#
# > **Predict first.** From the record alone we train again. Is the curve the same to the last digit?


# %% tags=["nbval-ignore-output"]
def run(values, seed, log):
    hp = keras_tuner.HyperParameters()
    hp.values = dict(values)
    keras.utils.set_random_seed(seed)
    fitted = build(hp).fit(
        X[train], y[train], batch_size=50, epochs=5, validation_data=valid_data, verbose=0
    )
    record = {"settings": values, "seed": seed, "curve": fitted.history["val_accuracy"]}
    record["data"] = hashlib.sha256(X.tobytes() + y.tobytes()).hexdigest()[:12]
    record["versions"] = {"keras": keras.__version__, "tensorflow": tf.__version__}
    with log.open("a") as file:
        print(json.dumps(record), file=file)


log = folder / "runs.jsonl"
for rate, seed in ((0.03, 0), (0.3, 0), (0.3, 1)):
    run({"units": 32, "learning_rate": rate, "dropout": False}, seed, log)
runs = pd.read_json(log, lines=True)
runs["learning_rate"], runs["last"] = runs["settings"].str["learning_rate"], runs["curve"].str[-1]
print(runs.groupby("learning_rate")["last"].agg(["mean", "count"]).round(2).to_string())
run(runs["settings"][0], int(runs["seed"][0]), log)
print("repeated exactly:", pd.read_json(log, lines=True)["curve"].iloc[-1] == runs["curve"][0])

# %% [markdown]
# Yes, with the same seed, data and versions on the same machine. Elsewhere the last digits may differ; then compare means over seeds.
# The fingerprint of the data (`sha256`, a short code that changes with any byte) matters: a changed file gives other scores, and a record without
# it would blame the settings.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | best trial at the edge of the space | the space is too narrow | widen that side, search again |
# | most trials fail or guess | learning rate too wide, or not on a log scale | log scale, a first coarse round |
# | winner disappoints in production | luck of many trials; searched on the test set | several seeds; a test set used once |
# | halving drops what wins in the long run | curves cross late | longer first round, Hyperband |
# | second search reports the first one's results | KerasTuner reloads the folder | another `project_name`, or `overwrite=True` |
# | same settings, other score | seed, data or versions changed | record them all |
# | the last week went into 0.1 % | less than the seeds' spread | stop; more data or another model |
#
# Cheaper than any search: a good default, one sweep of the learning rate (as in training well), and early stopping.
#
# ## Summary
#
# - A trial is a noisy curve. Measure the seeds' spread before you believe a lead.
# - Log scales; the learning rate first; conditions where a setting depends on another.
# - Early ranks are enough to prune: halving looks at many for the price of a few. Hyperband hedges.
# - Equal budgets, or a comparison of searches says nothing.
# - Record settings, seed, data, versions and curve; repeat a run before you rely on it.
#
# Next: the [exercise](../../exercises/04-deep-learning/16-tuning-networks.ipynb), then [saving, shrinking and serving](17-saving-and-serving.ipynb).
