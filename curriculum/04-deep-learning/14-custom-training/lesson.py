# ---
# title: Custom training
# minutes: 75
# needs: [02-python/09-tensorflow-and-keras, 04-deep-learning/03-training-well]
# objectives: [tf-developer/2.1, tf-developer/2.14, tf-developer/1.3, tf-developer/1.4, google-pmle/3.2, aws-mla/2.2, aws-mla/2.3, aws-mls/3.3]
# ---

# %% [markdown]
# # Custom training
#
# `fit` covers most training. When it does not, you need to know what it did for you. After this lesson
# you can
#
# - write a training loop that gives the same weights as `fit`, and name what loops forget,
# - write a loss, a metric and a layer that behave in `fit`, in a graph and after loading,
# - change one training step and keep callbacks, history and validation,
# - train with a large batch on a small memory,
# - say what a seed fixes, and whether a gain is larger than the noise.
#
# **Exam lens.** Google PMLE asks when custom training is needed and how failed jobs are debugged (3.2), AWS
# MLA-C02 for training with own scripts (2.2) and reproducible evaluation against a baseline (2.3). The TensorFlow
# Developer exam (retired in 2024) asked for a fitting loss (2.1), for what the batch size does (2.14), for
# reading shape errors (1.3) and for finding help beyond the documentation (1.4).

# %%
import tempfile
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from statsmodels.datasets import engel

X, y = load_digits(return_X_y=True)
X = (X / 16).astype("float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=597, random_state=0)
rows = tf.data.Dataset.from_tensor_slices((X_train, y_train))
batches = rows.batch(64)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(units=32, seed=0):
    keras.utils.set_random_seed(seed)
    hidden = layers.Dense(units, kernel_regularizer=keras.regularizers.L2(0.01))
    stack = [hidden, layers.BatchNormalization(momentum=0.9), layers.ReLU(), layers.Dense(10)]
    return keras.Sequential([keras.Input((64,)), *stack])


# %% [markdown]
# ## 1. What `fit` does for you
#
# A step is: predict, measure the loss, get gradients, update. Written out it is four lines. Our network has an
# L2 penalty on its weights and batch normalisation, like many real ones.
#
# > **Predict first.** Three loops over the same batches from the same start: one complete, one without the
# > penalty, one that runs the model in inference, since `training=True` was forgotten. No error anywhere.
# > Which gives `fit`'s outputs? Which is the worst on the test images?


# %%
def make_step(model, penalties=True, training=True):
    optimizer = keras.optimizers.SGD(0.1)

    def step(X_batch, y_batch):
        with tf.GradientTape() as tape:
            loss = cross_entropy(y_batch, model(X_batch, training=training))
            loss += sum(model.losses) if penalties else 0.0
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    return step


# %%
fitted = network()
fitted.compile(keras.optimizers.SGD(0.1), cross_entropy)
fitted.fit(batches, epochs=3, shuffle=False, verbose=0)
loops = {"complete": {}, "no penalty": {"penalties": False}, "inference": {"training": False}}
for name, options in loops.items():
    model = network()
    step = make_step(model, **options)
    for batch in batches.repeat(3):
        step(*batch)
    same = np.allclose(model(X_test), fitted(X_test), atol=0.01)
    accuracy = np.mean(np.argmax(model(X_test), axis=1) == y_test)
    print(f"{name:>10}: outputs as fit {same!s:5}  test accuracy above 0.8: {accuracy > 0.8}")

# %% [markdown]
# The complete loop *is* `fit`. The other two learn too, which is why nobody notices:
#
# - Layers put their penalties into `model.losses`. `fit` adds them to the loss; a loop must add them itself.
#   Without them, weight decay by `kernel_regularizer` is switched off.
# - Without `training=True`, dropout does nothing and batch normalisation neither uses the batch nor updates
#   its averages: the layer normalises nothing.
#
# The opposite mistake is as common: `training=True` while *validating*. Then a prediction depends on
# the other rows of its batch. `fit` also shuffles, resets metrics, calls callbacks, validates.
#
# ## 2. Compile the step
#
# The loop above runs line by line in Python. `@tf.function` turns one step into a graph.
#
# > **Predict first.** 1,200 images in batches of 64. How many times is the step traced in an epoch?

# %% tags=["nbval-ignore-output"]
compiled, seconds = tf.function(make_step(network())), []
for step in (compiled, make_step(network()), compiled):  # the first round traces
    start = time.perf_counter()
    for batch in batches:
        step(*batch)
    seconds.append(time.perf_counter() - start)
print("traces:", compiled.experimental_get_tracing_count())
print(f"compiled: {seconds[1] / seconds[2]:.0f} times as many steps per second")

# %% [markdown]
# Twice: the last batch has 48 rows, another shape. `drop_remainder=True` or a signature with `None` avoids
# the second trace. A Python number as an argument costs a trace for every new value. The gain is large here
# because the network is tiny and Python's overhead is most of the time; with large layers it shrinks. While
# debugging, take `tf.function` away, or let `fit` run line by line with `compile(run_eagerly=True)`: then
# `print` and breakpoints work.
#
# ## 3. A loss of your own
#
# What does a household with a given income spend on food? The spread grows with the income, so one number
# says little. We want three: what 10 %, 50 % and 90 % of such households stay below.
#
# For a share $q$ and an error $e = y - \hat y$, the *pinball loss* is
#
# $$ \max(q \, e, \; (q - 1) \, e) . $$
#
# With $q = 0.9$, a unit of "too low" costs 0.9 and a unit of "too high" 0.1. So the best $\hat y$ lies where
# only 10 % of the values are above.


# %%
shares = np.array([0.1, 0.5, 0.9], "float32")


def pinball(y_true, y_pred):  # (rows, 1) and (rows, 3)
    error = y_true - y_pred
    return ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)


income, food = engel.load_pandas().data.to_numpy("float32").T[:, :, None] / 1000
keras.utils.set_random_seed(1)
bands = keras.Sequential([keras.Input((1,)), layers.Dense(16, activation="tanh"), layers.Dense(3)])
bands.compile(keras.optimizers.Adam(0.02), pinball)
bands.fit(tf.data.Dataset.from_tensors((income, food)).repeat(400), shuffle=False, verbose=0)
low, middle, high = bands.predict(np.sort(income, axis=0), verbose=0).T

# %%
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
axis.scatter(income, food, s=8, color="0.4", label="households")
axis.fill_between(np.sort(income[:, 0]), low, high, alpha=0.25, label="10 % to 90 %")
axis.plot(np.sort(income[:, 0]), middle, label="50 %")
axis.set(xlabel="income (thousand francs a year)", ylabel="spent on food (thousand francs)")
axis.set(title="Three quantiles from one network", xlim=(0.3, 3))
axis.legend()
plt.show()
low, _, high = np.split(bands(income).numpy(), 3, axis=1)
print(f"inside the band, to one digit: {np.mean((low < food) & (food < high)):.1f}")

# %% [markdown]
# About 80 % lie between the 10 % and the 90 % line (of the rows it was trained on), and the band widens with
# income (one income near 5 lies outside the picture). Squared error would have given one line.
#
# A loss has a contract: `call` returns **one number per row**, and Keras averages. Two mistakes break it
# without an error.
#
# > **Predict first.** Four rows, predictions all 0, targets 0, 0, 0 and 8. We give the last row weight 0, so
# > the weighted loss should be 0. What does a loss say that averages by itself? And what is the mean squared error
# > of four *perfect* predictions if the targets have shape (4,), the predictions (4, 1)?

# %%
target, guess, weight = ops.array([0.0, 0, 0, 8]), ops.zeros(4), ops.array([1.0, 1, 1, 0])
per_row = (target - guess) ** 2
print("one number per row:", float(ops.mean(weight * per_row)))
print("averaged too early:", float(ops.mean(weight * ops.mean(per_row))))
print("perfect predictions:", float(ops.mean((target - target[:, None]) ** 2)))

# %% [markdown]
# That is how Keras combines a loss with `sample_weight`. Averaged too early, the row is mixed in before its
# weight can remove it: 16 · ¾ = 12. And (4,) minus (4, 1) is
# broadcast to (4, 4), every target against every prediction, so that perfect predictions cost 24. Minimising
# it gives the mean of the targets for every row. Check shapes in `call`, once.
#
# ## 4. A metric of your own
#
# A metric keeps *state* over batches. `update_state` adds a batch, `result` computes, `reset_state` starts
# again; `fit` calls all three. F1 needs three counts: hits, alarms given, alarms due.


# %%
class F1(keras.metrics.Metric):
    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.counts = self.add_weight(shape=(3,), initializer="zeros", name="counts")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.cast(y_pred > 0.5, "float32")
        counts = [ops.sum(y_true * y_pred), ops.sum(y_pred), ops.sum(y_true)]
        self.counts.assign_add(ops.stack(counts))

    def result(self):
        return ops.divide_no_nan(2 * self.counts[0], self.counts[1] + self.counts[2])


# %% [markdown]
# > **Predict first.** Alarms in 4,000 rows, 3 % of them real. We compute F1 on all rows, by the metric in
# > batches of 50, and as the mean of the batches' F1 values. Which two agree?

# %%
rng = np.random.default_rng(0)
alarm = (rng.random(4000) < 0.03).astype("float32")
score = np.clip(0.55 * alarm + rng.normal(0.2, 0.15, 4000), 0, 1).astype("float32")


def f1_of(parts):
    metric = F1()
    for part in parts:
        metric.update_state(alarm[part], score[part])
    return float(metric.result())


parts = [slice(start, start + 50) for start in range(0, 4000, 50)]
by_batch = np.mean([f1_of([part]) for part in parts])
print(f"all rows {f1_of([slice(None)]):.2f}, metric {f1_of(parts):.2f}, mean {by_batch:.2f}")

# %% [markdown]
# The mean over batches is another number, and depends on the batch size: some batches hold no real alarm. Whatever is a
# ratio of sums (precision, recall, F1, R²) must sum first. A plain *function* in `compile(metrics=[...])` is
# averaged over batches, so use it only for averages over rows.
#
# (This F1 ignores `sample_weight`; the exercise asks for a metric that does not.)
#
# ## 5. A layer with memory
#
# A layer that subtracts a moving mean, which it updates in training only. It counts its training calls
# twice: in a weight and in a Python number.


# %%
class Center(layers.Layer):
    python_calls = 0

    def build(self, input_shape):
        self.mean = self.add_weight(shape=(input_shape[-1],), initializer="zeros", trainable=False)
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.python_calls += 1
            self.steps.assign_add(1.0)
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=0))
        return inputs - self.mean


# %% [markdown]
# > **Predict first.** Three epochs of 19 batches. Which counter says 57? And after saving and loading?

# %%
model = keras.Sequential([keras.Input((64,)), Center(), layers.Dense(10)])
model.compile("adam", cross_entropy)
model.fit(batches, epochs=3, shuffle=False, verbose=0)
path = tempfile.mkdtemp() + "/centred.keras"
model.save(path)
loaded = keras.models.load_model(path, custom_objects={"Center": Center})
for name, center in {"trained": model.layers[0], "loaded": loaded.layers[0]}.items():
    print(name, int(center.steps), "in the weight; below 5 in Python:", center.python_calls < 5)

# %% [markdown]
# Only the weight counts. Python ran while the step was traced, not at every step, and a file
# holds weights and settings, nothing else. So **state is a weight**, with `trainable=False` if no gradient should
# touch it. Settings go to `get_config`, as in [TensorFlow and Keras](../02-python/09-tensorflow-and-keras.ipynb).
#
# ## 6. One step changed, `fit` kept
#
# Override `train_step` and keep the rest of `fit`: progress, callbacks, validation, history. This one also records the
# gradient's norm, which says when training is unstable.


# %%
class Observed(keras.Sequential):
    def __init__(self, *arguments, **kwargs):
        super().__init__(*arguments, **kwargs)
        self.norm = keras.metrics.Mean(name="gradient_norm")

    def train_step(self, data):
        X_batch, y_batch = data
        with tf.GradientTape() as tape:
            y_pred = self(X_batch, training=True)
            loss = self.compute_loss(x=X_batch, y=y_batch, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.metrics[0].update_state(loss)  # the loss always comes first
        self.norm.update_state(tf.linalg.global_norm(gradients))
        return self.compute_metrics(X_batch, y_batch, y_pred)  # those named in `compile`


# %% [markdown]
# > **Predict first.** Learning rates 0.1 and 3, ten epochs. Both losses fall at first. And the gradient's norm?

# %% tags=["nbval-ignore-output"]
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
for learning_rate in (0.1, 3.0):
    observed = Observed([keras.Input((64,)), *network().layers])
    observed.compile(keras.optimizers.SGD(learning_rate), cross_entropy)
    history = observed.fit(batches, epochs=10, shuffle=False, verbose=0).history
    axis.plot(range(1, 11), history["gradient_norm"], "o-", label=f"rate {learning_rate}")
axis.set(xlabel="epoch", ylabel="gradient norm", title="Norm of the gradient", ylim=(0, None))
axis.legend()
plt.show()

# %% [markdown]
# At 0.1 the norm falls as the valley flattens. At 3 it stays high: each step jumps across the
# valley. Note three things. `compute_loss` includes the layers' penalties. The norm is a
# *metric*, so the history holds its mean over the epoch; a bare number would be that of the last batch.
# And `fit` was called as always.
#
# ## 7. Large batches on a small memory
#
# Memory grows with the rows per step, since the backward pass needs every layer's outputs. *Gradient accumulation*
# computes the gradient of several small batches, adds them up, and updates once.
#
# > **Predict first.** The gradient of 128 rows, put together from 4 × 32, and from 100 + 28. Is the mean of the
# > small batches' gradients the gradient of all rows? And with batch normalisation?


# %%
def gradient_of(model, part):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y_train[part], model(X_train[part], training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    return np.concatenate([gradient.numpy().ravel() for gradient in gradients])


def off_by(model, ends, weights=None):
    pairs = zip([0, *ends], ends, strict=False)
    combined = np.average([gradient_of(model, slice(*pair)) for pair in pairs], 0, weights)
    full = gradient_of(model, slice(128))
    return f"off by {np.linalg.norm(combined - full) / np.linalg.norm(full):.0%}"


dense = keras.Sequential([keras.Input((64,)), layers.Dense(32, "relu"), layers.Dense(10)])
print("4 × 32, plain mean:    ", off_by(dense, [32, 64, 96, 128]))
print("100 + 28, plain mean:  ", off_by(dense, [100, 128]))
print("100 + 28, mean by rows:", off_by(dense, [100, 128], [100, 28]))
print("4 × 32, batch norm:    ", off_by(network(), [32, 64, 96, 128]))

# %% [markdown]
# Equal sizes average to the gradient of all rows exactly. Unequal ones do not: each of the 28 rows would
# count more than three times as much as each of the 100, so weigh by rows. Batch normalisation
# breaks the equality in any case: every row is normalised by its own small batch. Layer normalisation does
# not. In `fit`, `keras.optimizers.SGD(0.1, gradient_accumulation_steps=4)` averages four steps' gradients, as in
# the first line.
#
# ## 8. The same result again
#
# `keras.utils.set_random_seed` seeds Python, NumPy and TensorFlow: starting weights, shuffling, dropout. To
# compare many seeds cheaply, one compiled model gets new starting weights for each, and one long epoch: an epoch
# costs `fit` as much as many small steps.
#
# > **Predict first.** With seed 0, 32 hidden units beat 40, or lose. Would you bet on the same winner with
# > seed 1? How far apart are eight seeds of *one* network?


# %% tags=["nbval-ignore-output"]
def accuracies(units, seeds):
    model, found = network(units), []
    model.compile(keras.optimizers.SGD(0.1), cross_entropy)
    for seed in seeds:
        model.set_weights(network(units, seed).get_weights())
        model.fit(rows.shuffle(1200, seed=seed).batch(64).repeat(6), shuffle=False, verbose=0)
        found.append(np.mean(np.argmax(model(X_test), axis=1) == y_test))
    return np.array(found)


print("seed 0 twice:", *accuracies(32, [0, 0]).round(3))
results = {units: accuracies(units, range(8)) for units in (32, 40)}
for units, found in results.items():
    print(f"{units} units: {found.min():.3f} to {found.max():.3f}, mean {found.mean():.3f}")
figure, axis = plt.subplots(figsize=(5, 3.4), layout="constrained")
axis.plot(list(results), list(results.values()), "o-", alpha=0.6)
axis.set(xlabel="hidden units", ylabel="test accuracy", title="One line per seed", xticks=[32, 40])
plt.show()

# %% [markdown]
# The same seed gives the same accuracy. The seeds of one network differ by about 0.02, the two means by much
# less, and the lines cross: on some seeds 32 units win. Whoever compares one run each may report luck. So compare
# means over several seeds, and quote the spread.
#
# A seed does not fix everything. Sums of floats depend on their order, in the last digits, and threads and GPUs change it.
# `tf.config.experimental.enable_op_determinism()`, called first, makes TensorFlow keep one order, at the
# price of speed; on other hardware or versions the last digits may still differ. Record with every result: seed, code version,
# library versions, data (a hash), and the number of seeds.
#
# ## 9. When the documentation has no answer
#
# Own loops and layers meet errors that no guide describes. Work from cheap to dear:
#
# 1. Run the step without `tf.function` on four random rows, and remove layers until the error goes away.
# 2. Read the documentation *of your version* (`keras.version()`), not of the latest.
# 3. Search the library's issues on GitHub, closed ones too, for the fixed words of the message, in quotes, without your own names and
#    shapes. A fix names the version that holds it.
# 4. Take forum answers by their date: `fit_generator`, `.h5` or `tf.keras.backend` point to Keras 2, whose advice
#    may not hold.
# 5. Ask with the small example, the versions and the whole traceback.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | weight decay has no effect in your loop | `model.losses` not added | `+ sum(model.losses)` |
# | dropout or batch normalisation change nothing | no `training=True` in the loop | compare with one epoch of `fit` |
# | the loop is slow | no `tf.function`, or a trace per step | count the traces |
# | every prediction is the mean | (n,) against (n, 1) in the loss | print both shapes |
# | F1 changes with the batch size | averaged over batches | a metric with counts |
# | a counter stands still | Python state in a traced function | a weight |
# | "Could not locate class" on loading | not registered, or no `get_config` | `register_keras_serializable` |
# | a gain disappears on the next run | noise of the seed | several seeds for each |
#
# ## Summary
#
# - A loop is predict, loss plus `model.losses`, gradients, `apply`; with `training=True`, compiled.
# - Losses return one number per row; metrics keep sums; layers keep state in weights.
# - `train_step` changes one step and keeps `fit`.
# - Accumulated gradients, weighted by rows, equal the large batch, except under batch normalisation.
# - A seed repeats a run; several seeds support a claim.
#
# Next: the [exercise](../../exercises/04-deep-learning/14-custom-training.ipynb),
# then [faster and bigger](15-faster-and-bigger.ipynb).
