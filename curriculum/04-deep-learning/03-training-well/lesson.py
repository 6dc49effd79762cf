# ---
# title: Training well
# minutes: 80
# needs: [01-math/05-optimizers, 02-python/09-tensorflow-and-keras, 03-classical-ml/03-regularisation]
# objectives: [tf-developer/2.1, tf-developer/2.7, tf-developer/2.8, tf-developer/2.15, tf-developer/5.9, google-pmle/3.2, aws-mls/3.3, aws-mls/3.4, aws-mla/2.2]
# ---

# %% [markdown]
# # Training well
#
# The code runs, and yet the network learns slowly, badly or not at all. After this lesson you can
#
# - choose start weights and activations that keep a deep network alive,
# - say what batch and layer normalisation average over, in training and afterwards,
# - hold a network back by weight decay and dropout,
# - steer a run by callbacks, a learning-rate sweep, a schedule and clipping, and
# - find the faults of a broken network by measuring.
#
# **Exam lens.** The TensorFlow Developer exam (closed in 2024) asked to read training curves (2.7),
# reduce overfitting (2.8), end training by callbacks (2.15) and use schedules and sweeps (5.9). AWS MLS-C01 (retired in
# March 2026) asks for convergence (3.3) and what activation, rate and regularisation change (3.4);
# MLA-C02 how to prevent overfitting (2.2); Google PMLE (3.2) how to repair training jobs.

# %%
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import callbacks, layers
from keras.optimizers import SGD, Adam, AdamW, schedules
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)  # 8 x 8 pixels from 0 to 16, ten classes
X = (X / 16).astype("float32")
X_train, X_val, y_train, y_val = train_test_split(X, y, train_size=1000, random_state=0)

# %% [markdown]
# ## 1. Initialisation
#
# A layer adds up $n$ inputs times weights. With weights of variance $\sigma^2$ its sum has about $n \sigma^2$
# times the mean square of the inputs. ReLU keeps half of it. So each layer multiplies the signal's
# variance by $n \sigma^2 / 2$, and on the way back the gradient's too (layers of equal width).
#
# > **Predict first.** 20 ReLU layers of 256 units. *He* initialisation, $\sigma^2 = 2/n$, makes the
# > factor 1. What share of the signal is left if all weights are 20 % smaller?


# %%
def activations(gain, function, depth=20, n=256):
    rng = np.random.default_rng(0)
    signal, kept = rng.normal(size=(300, n)), []
    for _ in range(depth):
        signal = function(signal @ rng.normal(scale=gain / np.sqrt(n), size=(n, n)))
        kept.append(signal)
    return kept


for share in (0.8, 1.0, 1.2):
    sizes = [layer.std() for layer in activations(share * np.sqrt(2), lambda z: np.maximum(z, 0))]
    print(f"He times {share}: spread after layer 1: {sizes[0]:.1f}, layer 20: {sizes[-1]:.2g}")

# %% [markdown]
# About 1 %, since $0.8^{20} \approx 0.01$; and 20 % too large means about 40 times the signal. For tanh, *Glorot*
# initialisation, $\sigma^2 = 2 / (n_{in} + n_{out})$, is meant. It is what Keras does by default; for ReLU
# and its relatives say `kernel_initializer="he_normal"`.

# %%
figure, axes = plt.subplots(3, 3, figsize=(9, 5), sharex=True, layout="constrained")
for row, gain in zip(axes, (1 / 3, 1.0, 3.0), strict=True):
    kept = activations(gain, np.tanh)
    for axis, depth in zip(row, (1, 5, 20), strict=True):
        axis.hist(kept[depth - 1].ravel(), bins=np.linspace(-1, 1, 41))
        axis.set(title=f"{gain:.1f} × Glorot, layer {depth}", yticks=[])
figure.supxlabel("activation")
plt.show()

# %% [markdown]
# Above, the signal dies. Below, units sit at ±1, where tanh is flat: they are *saturated*, and their
# gradient is nearly 0.
#
# ## 2. Activations
#
# The slope of the sigmoid is at most 0.25, that of tanh at most 1, and both vanish far out. ReLU's is 1
# for positive inputs, and exactly 0 for negative ones. A unit that is negative for *every* image is
# *dead*.
#
# `train` below returns a function that runs steps as `fit` does, only quicker, and returns their losses.
#
# > **Predict first.** Three steps with a rate of 3, far too high. Then 150 good steps. How many of the
# > dead units come back?

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(*units, activation="relu", init=keras.initializers.HeNormal, extra=layers.Identity):
    keras.utils.set_random_seed(0)
    stack = [keras.Input((64,))]
    for n in units:
        dense = layers.Dense(n, kernel_initializer=init())
        stack += [dense, extra(), layers.Activation(activation)]
    return keras.Sequential([*stack, layers.Dense(10)])


# %%
def train(model, optimizer, loss=cross_entropy):
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function
    def step(X, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(X, training=True))
        optimizer.apply(tape.gradient(value, weights), weights)
        return value

    def run(X, y, steps):
        rng, losses = np.random.default_rng(0), []
        for _ in range(steps):
            rows = rng.choice(len(y), 100, replace=False)
            losses.append(float(step(X[rows], y[rows])))
        return np.array(losses)

    return run


def accuracy(model, X=X_val, y=y_val):
    return float(np.mean(model(X).numpy().argmax(axis=1) == y))


# %%
net = network(128)
for rate, steps in ((3.0, 3), (0.1, 150)):
    train(net, SGD(rate))(X_train, y_train, steps)
    dead = np.all(net.layers[0](X_train).numpy() <= 0, axis=0)
    print(f"after {steps} steps at {rate}: {dead.mean():.0%} of the units are dead")

# %% [markdown]
# None. A dead unit's gradient is exactly 0, so no step moves it.
# *Leaky ReLU* keeps a small slope for negative inputs; *ELU*, *SiLU* (swish) and *GELU* are smooth
# relatives (`activation="leaky_relu"`, `"elu"`, `"silu"`, `"gelu"`). Start with ReLU;
# keep the sigmoid for outputs and gates.
#
# ## 3. Normalisation
#
# *Batch normalisation* subtracts a mean and divides by a standard deviation, inside the network; then a
# learned scale and shift follow, per feature. In training it takes mean and variance over the *batch*, for
# each feature. *Layer normalisation* takes them over the *features*, for each row.
#
# In inference a batch may hold a single row. So batch normalisation keeps *moving averages*:
# after each training batch, `moving = 0.99 * moving + 0.01 * batch`, starting at mean 0 and variance 1.
#
# > **Predict first.** Every batch below has a mean of 5 and a spread of 2. After 10 training batches, what
# > mean comes out in inference? And after 300? What does training make of a batch of *one*?

# %%
rows = np.random.default_rng(1).normal(5, 2, size=(256, 3)).astype("float32")
norm = layers.BatchNormalization()
for count in range(1, 301):
    norm(rows, training=True)
    if count in (10, 100, 300):
        print(f"after {count:3d} batches: mean in inference {np.mean(norm(rows)):.1f}")
print("a batch of one in training:", norm(rows[:1], training=True).numpy().tolist())
means = layers.LayerNormalization()(rows).numpy().mean(axis=1)
print("layer norm, mean of each row is 0:", bool(np.allclose(means, 0, atol=1e-4)))

# %% [markdown]
# Ten batches have moved the mean a tenth of its way, so most of the 5 comes through. A batch of one is
# its own mean: nothing is left. (Small batches also give noisy statistics.) Layer normalisation does not look
# at the batch and does the same in both modes; transformers use it.
#
# > **Predict first.** A network with batch normalisation has trained for 30 steps, and its loss is low. We
# > now test it on its own *training* images. Accuracy near 1?

# %%
for momentum in (0.99, 0.9):
    net = network(64, 64, extra=lambda m=momentum: layers.BatchNormalization(momentum=m))
    loss, share = train(net, Adam(0.01))(X_train, y_train, 30)[-1], accuracy(net, X_train, y_train)
    print(f"momentum {momentum}: loss below 0.2: {loss < 0.2}, accuracy above 0.9: {share > 0.9}")

# %% [markdown]
# Not with the default 0.99. The *weights* are fine, the averages lag. In `fit` this looks like
# overfitting: the training figures are taken in training mode. In short trainings lower the momentum.
#
# A bias just before batch normalisation is subtracted again: `use_bias=False`. Each feature has four
# parameters, two of them not trainable.
#
# ## 4. Weight decay
#
# An L2 penalty adds $2 \lambda w$ to the gradient (`kernel_regularizer=keras.regularizers.L2(lam)`).
# With SGD that shrinks every weight by the same share. Adam divides the gradient by its
# size. *AdamW* shrinks the weights outside of this division: they are *decoupled*.
#
# > **Predict first.** Three weights of 1. Their gradients are pure noise, of size 100, 1 and 0.01. Which
# > weight does each method shrink most?

# %%
for name, optimizer, l2 in (("Adam with L2", Adam(0.02), 0.1), ("AdamW", AdamW(0.02, 0.2), 0.0)):
    weights = tf.Variable([1.0, 1.0, 1.0])
    for sign in [1.0, -1.0] * 25:
        gradient = sign * tf.constant([100.0, 1.0, 0.01]) + 2 * l2 * weights
        optimizer.apply([gradient], [weights])
    print(f"{name:>12}:", *(f"{weight:.1f}" for weight in weights.numpy()))

# %% [markdown]
# L2 in Adam shrinks the quiet weight to 0.2 and leaves the noisy one at 1.0. AdamW brings all to 0.8: each
# step takes off the share rate × `weight_decay`. Biases are usually left out:
# `optimizer.exclude_from_weight_decay(var_names=["bias"])`.
#
# ## 5. Dropout
#
# *Dropout* sets each unit to zero with probability `rate`, anew at every training step, so that no
# unit can rely on one other.
#
# > **Predict first.** A layer of ones, `Dropout(0.4)`. Which values come out in training? In inference?

# %%
drop, ones = layers.Dropout(0.4), np.ones((100, 100), "float32")
out = drop(ones, training=True).numpy()
print("in training:", [f"{x:.2f}" for x in np.unique(out)], f"with mean {out.mean():.1f}")
print("in inference:", np.unique(drop(ones, training=False)).tolist())

# %% [markdown]
# 0 and $1 / (1 - 0.4) = 1.67$, so that the mean stays 1: *inverted* dropout scales in training, and
# inference needs nothing.
#
# > **Predict first.** 200 images, 40 of them with a wrong label. With dropout, is the training loss higher or
# > lower than without? And the validation loss?

# %% tags=["nbval-ignore-output"]
X_few, y_few = X_train[:200], y_train[:200].copy()
y_few[:40] = (y_few[:40] + 1) % 10
for rate in (0.0, 0.5):
    net = network(256, extra=lambda rate=rate: layers.Dropout(rate))
    losses = train(net, Adam(0.01))(X_few, y_few, 150)
    figures = losses[-20:].mean(), float(cross_entropy(y_val, net(X_val))), accuracy(net)
    print(f"dropout {rate}: loss, validation loss, accuracy:", *(f"{x:.2f}" for x in figures))

# %% [markdown]
# Higher in training, lower in validation: the network learns fewer wrong
# labels by heart. The training loss is measured with units missing, so it can even lie *above* the validation
# loss. Where nothing overfits, dropout only slows.
#
# ## 6. Callbacks
#
# | callback | does |
# |---|---|
# | `EarlyStopping` | ends `fit` after `patience` epochs without improvement |
# | `ReduceLROnPlateau` | multiplies the rate by `factor` instead |
# | `ModelCheckpoint` | writes a file each epoch, or each time it is the best (`save_best_only=True`) |
# | `LearningRateScheduler` | sets the rate by your function of epoch and rate |
#
# Your own callback overrides `on_epoch_end(epoch, logs)` or its relatives. Below, a curve is played
# to callbacks without training: lowest at 0.7 in epoch three and 0.69 in epoch seven.
#
# > **Predict first.** `ReduceLROnPlateau` has `patience=3`. How many epochs does the lower rate get, if
# > `EarlyStopping` has 3, too? If it has 6?


# %%
class StopAt(callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= 0.93:
            self.model.stop_training = True


for patience in (3, 6):
    net.compile(SGD(0.1), cross_entropy)
    lower = callbacks.ReduceLROnPlateau(factor=0.2, patience=3)
    played = callbacks.CallbackList([lower, callbacks.EarlyStopping(patience=patience)], model=net)
    played.on_train_begin()
    for epoch, loss in enumerate([1.0, 0.8, 0.7, 0.72, 0.71, 0.73, 0.69, 0.74, 0.72, 0.71, 0.75]):
        if not net.stop_training:
            print(f"{float(net.optimizer.learning_rate):.3g}", end=" ")
            played.on_epoch_end(epoch, {"val_loss": loss})
    print(f"  rates of the epochs until EarlyStopping(patience={patience}) ends training")

# %% [markdown]
# None: the rate falls in the moment in which training ends, and 0.69 is never reached. With 6 it is five
# epochs. Give `EarlyStopping` about twice the patience. Now two callbacks in `fit`:

# %%
net = network(64, 64)
net.compile(Adam(0.01), cross_entropy, metrics=["accuracy"])
with tempfile.TemporaryDirectory() as folder:
    best = callbacks.ModelCheckpoint(f"{folder}/best.keras", "val_accuracy", save_best_only=True)
    options = {"validation_data": (X_val, y_val), "callbacks": [best, StopAt()], "verbose": 0}
    history = net.fit(X_train, y_train, batch_size=100, epochs=50, **options).history
    kept = accuracy(keras.saving.load_model(f"{folder}/best.keras"))
is_best = bool(np.isclose(kept, max(history["val_accuracy"])))
print("stopped before epoch 25:", len(history["loss"]) < 25, "  file holds the best:", is_best)

# %% [markdown]
# Always plot `loss` and `val_loss` by epoch. Both high: train longer, or use a larger network. A gap that opens while `val_loss` rises:
# overfitting.
#
# ## 7. The learning rate: sweep, then schedule
#
# A *sweep* (learning-rate finder) trains a fresh network for some hundred steps while the rate grows
# by a constant factor, and watches the loss. An `ExponentialDecay` with `decay_rate` above 1 grows.
#
# > **Predict first.** Is the rate with the lowest loss a good choice?

# %%
ramp = schedules.ExponentialDecay(1e-4, decay_steps=100, decay_rate=1e4)
losses = train(network(64, 64), Adam(ramp))(X_train, y_train, 101)
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
axis.loglog([float(ramp(step)) for step in range(101)], losses)
axis.set(xlabel="learning rate at this step", ylabel="loss", title="A sweep of Adam's rate")
plt.show()

# %% [markdown]
# No. Where the loss is lowest the curve is about to turn up: the loss lags behind the rate. Take a rate where
# it still falls steeply, about a tenth of where it turns up: here 0.01. A schedule lets you go higher.
#
# > **Predict first.** Now 0.2, beyond the cliff: constant, with a cosine from the first step, and with a
# > cosine after 30 steps of warm-up. Which learn?

# %%
slow = schedules.CosineDecay(0.0, 90, warmup_target=0.2, warmup_steps=30)
plans = {"0.01": 0.01, "0.2": 0.2, "cosine": schedules.CosineDecay(0.2, 120), "warm-up": slow}
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
for (name, rate), style in zip(plans.items(), ("-", "--", ":", "-."), strict=True):
    net = network(64, 64)
    axis.semilogy(train(net, Adam(rate))(X_train, y_train, 120), style, label=name)
    print(f"{name:>7}: validation above 0.94: {accuracy(net) > 0.94}")
axis.set(xlabel="step", ylabel="loss", title="Only warm-up survives a peak of 0.2")
axis.legend()
plt.show()

# %% [markdown]
# Only the last. The first steps at full rate wreck the network, and no decay repairs it.
# (A schedule object counts *steps*, a `LearningRateScheduler` *epochs*.)
#
# ## 8. Clipping gradients
#
# One huge gradient can undo everything. Clipping shortens it. Three options differ:

# %%
for option in ("clipvalue", "clipnorm", "global_clipnorm"):
    moved = [tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])]
    SGD(1.0, **{option: 1.0}).apply([tf.constant([3.0, 4.0]), tf.constant([0.0, 12.0])], moved)
    print(f"{option:>15}:", *(f"{abs(x):.2f}" for x in np.concatenate([m.numpy() for m in moved])))

# %% [markdown]
# `clipvalue` cuts each entry, which turns the direction; `clipnorm` shortens each variable by
# itself; `global_clipnorm` all by the same factor, so only it keeps the direction of the step.
#
# > **Predict first.** Ten layers, weights 1.7 times He. What does SGD at 0.05 do, with and without?

# %%
for clip in (None, 1.0):
    net = network(*[64] * 10, init=lambda: keras.initializers.VarianceScaling(6.0))
    losses = train(net, SGD(0.05, global_clipnorm=clip))(X_train, y_train, 150)
    print(
        f"clip {clip}: losses < 1000: {losses.max() < 1000}, accuracy > 0.4: {accuracy(net) > 0.4}"
    )

# %% [markdown]
# Without, the loss explodes and the network never recovers. With clipping it learns. A right
# initialisation is the better cure here; clipping is for single wild steps.
#
# ## 9. Debugging, step by step
#
# The network below has six faults and raises no error. Measure before you mend:
#
# 1. *Look* at inputs and labels, as the network gets them.
# 2. The first loss should be about $\ln k$, here 2.30.
# 3. One batch alone must be learned by heart.
# 4. Spread of activations by layer, and how many are 0.
# 5. Gradient norm by layer: which are tiny, huge, missing?
# 6. Only then: validation accuracy, against a baseline.
#
# First, look:

# %%
figure, axes = plt.subplots(1, 8, figsize=(11, 1.8), layout="constrained")
for axis, image, label in zip(axes, X_train, np.roll(y_train, 1), strict=False):
    axis.imshow(image.reshape(8, 8), cmap="gray_r")
    axis.set(title=f"label {label}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The labels are those of the image before: somebody shuffled or sorted one of two arrays. Now the other
# measurements. Each row has one more fault mended.
#
# > **Predict first.** Does the validation accuracy rise with every mend?


# %%
def measure(mends):
    scale = 1 if "scale" in mends else 255  # pixels as image files hold them
    y = y_train if "labels" in mends else np.roll(y_train, 1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits="logits" in mends)
    init = keras.initializers.HeNormal if "init" in mends else keras.initializers.RandomNormal
    net = network(*[64] * 4, activation="relu" if "relu" in mends else None, init=init)
    net.layers[3].trainable = "thaw" in mends
    with tf.GradientTape() as tape:
        first = loss(y, net(scale * X_train))
    slopes = tape.gradient(first, net.trainable_variables[::2])
    values = scale * X_train
    spread = [np.std(values := layer(values)) for layer in net.layers[:-1]][::3]
    start = net.get_weights()
    run = train(net, Adam(0.003), loss)
    batch = run(scale * X_train[:100], y[:100], 60)[-1]
    net.set_weights(start)
    run(scale * X_train, y, 100)
    figures = first, batch, np.mean(values == 0), accuracy(net, scale * X_val)
    print(f"{(mends or ['nothing'])[-1]:>8}", *(f"{x:7.2f}" for x in figures), end="   ")
    print(*(f"{x:5.1f}" for x in spread), "  ", *(f"{tf.norm(x):5.1f}" for x in slopes))


# %% tags=["nbval-ignore-output"]
print(
    "  mended   first   batch   zeros  valid.     spread by layer            gradient norm by layer"
)
for done in range(7):
    measure(["labels", "logits", "relu", "init", "scale", "thaw"][:done])

# %% [markdown]
# No. Row by row:
#
# - **nothing, labels.** The first loss is about 10 and one batch cannot be learned: the loss expects
#   probabilities, the network gives logits. With `from_logits=True` accuracy jumps above 0.9.
# - **logits.** No activation is 0: the ReLU is missing, and five layers are one linear map.
# - **relu.** The spread falls from layer to layer, each time by a factor of three or four: weights too small.
# - **init.** He makes it *worse*, with a first loss in the hundreds: the small weights had hidden that the
#   input goes up to 255. Faults cover each other, so mend one and measure again.
# - **scale.** The first loss is close to 2.30, at last. But in all rows five layers have four gradient
#   norms: one layer is frozen. Accuracy hardly shows that.
# - **thaw.** All five learn.
#
# (One batch with wrong labels can be learned, too; only validation shows them.)
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | first loss far from $\ln k$ | input scale, loss against last layer | scale; `from_logits` |
# | first loss right, then flat | vanishing gradients, dead units, rate | norms by layer; He; sweep |
# | validation bad, training good, batch norm | slow averages, tiny batches | lower momentum; layer norm |
# | all layers start alike | one initialiser object shared | names, or one object each |
# | weight decay without effect | L2 under Adam | AdamW |
# | `nan` after some steps | exploding gradients | lower rate; warm-up; clip |
#
# ## Summary
#
# - Keep the variance through depth: He for ReLU, Glorot for tanh.
# - Batch norm: batch statistics in training, moving averages in inference. Layer norm: rows.
# - Decouple weight decay from Adam. Dropout scales in training, and does nothing in inference.
# - Sweep the rate, warm up, decay; clip by the global norm.
# - Measure before you mend: data, first loss, one batch, activations, gradients, accuracy.
#
# Next: the [exercise](../../exercises/04-deep-learning/03-training-well.ipynb), then
# [input pipelines](04-input-pipelines.ipynb).
