# ---
# title: Dense networks in Keras
# minutes: 75
# needs: [02-python/09-tensorflow-and-keras, 03-classical-ml/02-linear-regression, 03-classical-ml/04-logistic-regression, 03-classical-ml/05-judging-classifiers]
# objectives: [tf-developer/1.3, tf-developer/1.5, tf-developer/1.6, tf-developer/2.1, tf-developer/2.2, tf-developer/2.3, tf-developer/2.4, tf-developer/2.5, tf-developer/2.6, tf-developer/2.7, tf-developer/2.11, tf-developer/2.12, tf-developer/2.13, aws-mls/3.3, aws-mls/3.5, aws-mla/2.3, google-pmle/3.1, google-pmle/5.1]
# ---

# %% [markdown]
# # Dense networks in Keras
#
# One kind of network answers "how much?", "yes or no?" and "which one?". Only its end changes. After
# this lesson you can
#
# - choose last layer, loss and metric for a question, and test the choice in a second,
# - find the mistakes of shape that Keras does not report,
# - read a summary and four kinds of training curves,
# - turn raw outputs into answers, and
# - say how small a network may be, and whether a simpler model does as well.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) asked for exactly such models: matching
# unit, activation, loss and threshold (2.5, 2.6), shapes (2.11 to 2.13), curves (2.7), a size with a
# reason (1.5, 1.6). AWS MLS-C01 (retired in March 2026) asks for the loss (3.3) and for over- and
# underfitting (3.5), its successor MLA-C02 for a baseline (2.3), Google PMLE for the model family (3.1)
# and for equal preprocessing in training and serving (5.1).

# %%
import os
import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, losses
from sklearn.datasets import load_diabetes, load_digits
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from statsmodels.datasets import fair

# %% [markdown]
# ## 1. The question decides the head
#
# The *head* is the last layer and what is done with its output. *Logits* are outputs without
# activation.
#
# | question | last layer | loss | answer |
# |---|---|---|---|
# | how much? | `Dense(1)` | `"mse"` or `"mae"` | the value |
# | yes or no? | `Dense(1)` | `BinaryCrossentropy` | logit > 0 |
# | which of k? labels 0 … k − 1 | `Dense(k)` | `SparseCategoricalCrossentropy` | `argmax` |
# | which of k? one-hot labels | `Dense(k)` | `CategoricalCrossentropy` | `argmax` |
# | which tags, any number of k? | `Dense(k)` | `BinaryCrossentropy` | each logit > 0 |
#
# Give every cross-entropy `from_logits=True`. Or put the activation into the layer and leave that out:
# sigmoid for yes or no and for tags (the threshold is then 0.5), softmax where exactly one class is right.
#
# Does a loss fit its head? Show it two networks, without training any. An *ignorant* one gives equal
# outputs: the loss should be $\ln k$, so $\ln 10 = 2.30$ for ten classes and $\ln 2 = 0.69$ for yes or
# no. A *perfect* one puts the right class 10 above the rest: the loss should be almost 0.
#
# > **Predict first.** Softmax in the layer *and* `from_logits=True`: how low can the loss of the
# > perfect network be?

# %%
y10, right10 = np.arange(10), np.eye(10, dtype="float32")
y2 = np.array([[1.0], [0.0]], "float32")
nets10, nets2 = [0 * right10 - 12, 10 * right10 - 12], [0 * y2, 10 * y2 - 5]  # ignorant, perfect
sparse, one_hot = losses.SparseCategoricalCrossentropy, losses.CategoricalCrossentropy
binary, mse, softmax = losses.BinaryCrossentropy, losses.MeanSquaredError, tf.nn.softmax
pairings = {
    "10: logits,  from_logits=True ": (nets10, lambda z: sparse(from_logits=True)(y10, z)),
    "10: softmax, from_logits=False": (nets10, lambda z: sparse()(y10, softmax(z))),
    "10: softmax, from_logits=True ": (nets10, lambda z: sparse(from_logits=True)(y10, softmax(z))),
    "10: logits,  from_logits=False": (nets10, lambda z: sparse()(y10, z)),
    "10: logits,  one-hot labels   ": (nets10, lambda z: one_hot(from_logits=True)(right10, z)),
    "10: softmax, binary loss      ": (nets10, lambda z: binary()(right10, softmax(z))),
    " 2: logit,   from_logits=True ": (nets2, lambda z: binary(from_logits=True)(y2, z)),
    " 2: logit,   from_logits=False": (nets2, lambda z: binary()(y2, z)),
    " 2: softmax on one unit       ": (nets2, lambda z: binary()(y2, softmax(z))),
    " 2: logit,   mse              ": (nets2, lambda z: mse()(y2, z)),
}
for name, (nets, loss) in pairings.items():
    ignorant, perfect = (float(loss(logits)) for logits in nets)
    print(f"{name}  ignorant {ignorant:5.2f}   perfect {perfect:5.2f}")

# %% [markdown]
# 1.46: a second softmax, of numbers between 0 and 1, cannot become certain. Accuracy still rises in
# training, so nobody notices. The other wrong pairs:
#
# - *Logits taken for probabilities* are cut to between 0 and 1. A perfect network with negative logits
#   looks ignorant (2.30), an ignorant one terrible (8.06).
# - *The binary loss* averages ten yes-or-no questions, nine of them "no", and flatters with 0.33.
# - *Softmax on one unit* is always 1, whatever training does.
# - *`mse`* punishes a logit for being sure.
#
# Keras warns about some of these when it sees the layer, and on TensorFlow repairs the third. It cannot
# see what you compute from arrays.
#
# ## 2. How much?
#
# 442 patients, ten columns, and the progression of diabetes, from 25 to 346. A `Normalization` layer
# subtracts a mean and divides by a standard deviation, column by column. `adapt` learns both, from
# the training rows only, and they become part of the model. We standardise the target by hand.
#
# > **Predict first.** One network is trained on the raw target, its twin on the standardised one. A
# > constant, the mean, has a mean absolute error (MAE) of 61. What do the two reach?

# %%
X, y = load_diabetes(return_X_y=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=142, random_state=0)
normalise = layers.Normalization()
normalise.adapt(X_train)
center, spread = y_train.mean(), y_train.std()
print(X.shape, f"target {y.min():.0f} to {y.max():.0f}, mean of the training rows {center:.0f}")


def network(shape, prepare, units, outputs, loss, rate=0.01, extra=()):
    keras.utils.set_random_seed(0)
    hidden = [layers.Dense(units, activation="relu"), *extra]
    model = keras.Sequential([keras.Input(shape), *prepare, *hidden, layers.Dense(outputs)])
    model.compile(keras.optimizers.Adam(rate), loss=loss)
    return model


def regressor(loss, target):
    model = network((10,), [normalise], 16, 1, loss)
    model.fit(X_train, target, epochs=6, batch_size=12, verbose=0)
    return model


def mae(prediction):
    return np.mean(np.abs(y_test - np.ravel(prediction)))


# %% tags=["nbval-ignore-output"]
raw = regressor("mse", y_train)
scaled = regressor("mse", (y_train - center) / spread)
guesses = {
    "network, raw target": raw(X_test),
    "network, standardised target": scaled(X_test) * spread + center,
    "linear regression": LinearRegression().fit(X_train, y_train).predict(X_test),
    "mean of the training rows": np.full(142, center),
}
for name, guess in guesses.items():
    print(f"{name:>28}: MAE {mae(guess):.0f}")

# %% [markdown]
# With the raw target the network does worse than the constant: its outputs start near 0, and small
# steps take long to reach 152. Standardised, it learns in the same 6 epochs, and then only ties with
# linear regression: 300 rows show little beyond straight lines. **Fit the simple model first**, and
# keep it when it ties.
#
# ## 3. Reading the summary
#
# > **Predict first.** How many parameters has each layer? `Normalization` keeps two numbers per column
# > and a count.

# %% tags=["nbval-ignore-output"]
scaled.summary()

# %% [markdown]
# A dense layer has one weight per input for each unit, and one bias per unit: $10 \cdot 16 + 16 = 176$
# and $16 \cdot 1 + 1 = 17$: 193 are trained. The $2 \cdot 10 + 1 = 21$ of `Normalization` are stored, not
# trained. The total of 602 includes 388 of the optimizer, see section 9. `None` is the *batch axis*: any
# number of rows.
#
# ## 4. The batch axis, and one axis too few
#
# Inputs are always batches: one patient is `X_test[:1]`, shape `(1, 10)`; `X_test[0]`, shape `(10,)`,
# is refused. Outputs are `(n, 1)`, while targets are often `(n,)`. Built-in losses and metrics line
# the two up. Other code may not.
#
# > **Predict first.** We compare 142 targets with themselves, once as `(142,)`, once as `(142, 1)`.
# > What is the mean squared error in NumPy?

# %%
column = y_test[:, np.newaxis]
difference = y_test - column
print("shapes", y_test.shape, column.shape, "-> difference", difference.shape)
print("MSE / variance, NumPy:", round(np.mean(difference**2) / np.var(y_test), 2))
print("MSE of Keras:", float(mse()(y_test, column)))

# %% [markdown]
# Broadcasting pairs every target with every prediction, and the error of a perfect prediction is twice
# the variance. Now the same slip inside a loss. A subclass of `Loss` gets the shapes as they are:


# %% tags=["nbval-ignore-output"]
class Squared(losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.square(y_true - y_pred)


slipped = regressor(Squared(), (y_train - center) / spread)
for name, model in {"built-in loss": scaled, "own loss": slipped}.items():
    guess = model(X_test) * spread + center
    print(f"{name:>13}: MAE {mae(guess):.0f}, deviation of predictions {np.std(guess):.0f}")

# %% [markdown]
# No error, no warning. A prediction that must suit *every* target of its batch can only be close to the
# mean. Write `y[:, np.newaxis]`, or the loss as a plain function, which Keras lines up. A
# *metric* written as a plain function is not lined up: it shows nonsense beside a right loss.
#
# ## 5. Yes or no?
#
# 6,366 women, eight columns: did they report an affair? About a third did.
#
# > **Predict first.** The head gives logits. `metrics=["accuracy"]` puts its threshold at 0.5. Which
# > probability is that?

# %% tags=["nbval-ignore-output"]
women = fair.load_pandas().data
A, b = women.drop(columns="affairs").to_numpy("float32"), (women["affairs"] > 0).to_numpy(int)
print(f"{len(b):,} women, {A.shape[1]} columns, {np.mean(b):.0%} reported one")
A_train, A_test, b_train, b_test = train_test_split(A, b, test_size=2000, random_state=0)
scale = layers.Normalization()
scale.adapt(A_train)
classifier = network((8,), [scale], 16, 1, binary(from_logits=True), rate=0.005)
classifier.fit(A_train, b_train, epochs=4, batch_size=64, verbose=0)
logits = np.ravel(classifier(A_test))
print(f"says yes: logit above 0 {np.mean(logits > 0):.0%}, above 0.5 {np.mean(logits > 0.5):.0%}")
logistic = LogisticRegression().fit(scale(A_train), b_train).score(scale(A_test), b_test)
print(f"accuracy: network {np.mean((logits > 0) == b_test):.2f}, logistic {logistic:.2f}")

# %% [markdown]
# It is $1 / (1 + e^{-0.5}) = 0.62$, so that accuracy belongs to a rule that says yes about half as
# often. With logits, take `BinaryAccuracy(threshold=0.0)`. The answer is `logit > 0`, or
# `sigmoid(logit)` above a threshold that follows from the costs. Logistic regression does as well.
#
# ## 6. Which of ten?
#
# Handwritten digits, 8 × 8 pixels from 0 to 16. `Input` leaves out the batch axis: `(8, 8)`.
# `Rescaling` and `Flatten` bring raw images into shape inside the model.
#
# > **Predict first.** `argmax` gives the answer. Does softmax before it change anything?

# %%
D, z = (load_digits()[key] for key in ("images", "target"))
D_rest, D_test, z_rest, z_test = train_test_split(D, z, test_size=500, random_state=0)
D_train, D_val, z_train, z_val = train_test_split(D_rest, z_rest, test_size=300, random_state=0)


def train(units, extra=(), rate=0.02, rows=None, **options):
    prepare, loss = [layers.Rescaling(1 / 16), layers.Flatten()], sparse(from_logits=True)
    model = network((8, 8), prepare, units, 10, loss, rate, extra)
    options = {"epochs": 6, "batch_size": 32, "verbose": 0} | options
    return model, model.fit(D_train[:rows], z_train[:rows], **options).history


# %% tags=["nbval-ignore-output"]
model, _ = train(32)
logits = model(D_test)
answer = np.argmax(logits, axis=1)
print("images", D_test.shape, "-> logits", tuple(logits.shape), end=" -> ")
print("answers", answer.shape, f"accuracy {np.mean(answer == z_test):.2f}")
print("softmax changes an answer:", np.any(answer != np.argmax(softmax(logits), axis=1)))

# %% [markdown]
# No: softmax keeps the order. It is needed where the probabilities themselves are.
#
# ## 7. How small may it be?
#
# $h$ hidden units make $64h + h + 10h + 10$ parameters. To see luck too, we train 20 networks at once,
# five of each size, which differ in their starting weights only. `EinsumDense` is `Dense` with one more
# axis, here $n$, the number of the network; you need not remember it.
#
# > **Predict first.** Logistic regression has 650 parameters. How many hidden units does a network
# > need to match it? How far apart are five networks of 8 units?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
flat_train, flat_test = (images.reshape(-1, 64) / 16 for images in (D_train, D_test))
start = {"kernel_initializer": keras.initializers.RandomNormal(stddev=0.2)}
pixels, heads, units = keras.Input((64,)), [], [2, 4, 8, 32]
for h in units:
    hidden = layers.EinsumDense("bp,nph->bnh", (5, h), "relu", bias_axes="nh", **start)(pixels)
    heads.append(layers.EinsumDense("bnh,nhk->bnk", (5, 10), bias_axes="nk", **start)(hidden))
many = keras.Model(pixels, keras.ops.concatenate(heads, axis=1))
many.compile(keras.optimizers.Adam(0.02), loss=sparse(from_logits=True))
many.fit(flat_train, np.repeat(z_train, 20).reshape(-1, 20), epochs=6, batch_size=32, verbose=0)
hits = np.argmax(many(flat_test), axis=2) == z_test[:, np.newaxis]
accuracy = hits.mean(axis=0).reshape(4, 5)
line = LogisticRegression(max_iter=2000).fit(flat_train, z_train).score(flat_test, z_test)
for h, row in zip(units, accuracy, strict=True):
    print(f"{h:2d} units, {75 * h + 10:5,} parameters: accuracy {min(row):.2f} to {max(row):.2f}")

# %%
figure, axis = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
axis.plot(np.log2(units), accuracy, "o", color="C0", alpha=0.6)
axis.axhline(
    line, color="k", linestyle=":", label=f"logistic regression {line:.2f} (650 parameters)"
)
axis.set_xticks(np.log2(units), [f"{h} units\n{75 * h + 10:,}" for h in units])
axis.set(xlabel="hidden units, and parameters below them", ylabel="test accuracy", ylim=(0, 1.02))
axis.set_title("Five seeds each: small is enough, too small is a lottery")
axis.legend(loc="lower right")
plt.show()

# %% [markdown]
# With 2 units, luck decides: tens of points lie between five networks. Networks of 8 come within ten
# points of logistic regression, and seeds move them by a few. With 32 they agree within about three
# points and just reach it, with nearly four times its parameters: a linear model does as well.
# Never compare two designs by one seed each.
#
# ## 8. Four curves
#
# > **Predict first.** Below, one network has 3 hidden units; one saw 80 images; one has a learning rate
# > of 0.3; one uses *dropout*: in training, 70 % of its hidden units are switched off at random.
# > Which is which?

# %%
watch = {"validation_data": (D_val, z_val), "validation_batch_size": 300}
cases = {
    "A": train(3, **watch),
    "B": train(64, rows=80, batch_size=8, **watch),
    "C": train(32, rate=0.3, **watch),
    "D": train(32, [layers.Dropout(0.7)], **watch),
}
figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), sharey=True, layout="constrained")
for axis, (name, (_, curves)) in zip(axes, cases.items(), strict=True):
    axis.plot(curves["loss"], label="training")
    axis.plot(curves["val_loss"], "--", label="validation")
    axis.set(title=name, xlabel="epoch", ylabel="loss", ylim=(0, 3), xticks=[0, 2, 4])
axes[0].legend()
plt.show()

# %% tags=["nbval-ignore-output"]
after = sparse(from_logits=True)(z_train, cases["D"][0](D_train))
print(f"D, training loss: reported {curves['loss'][-1]:.1f}, measured afterwards {after:.1f}")

# %% [markdown]
# | | you see | it means | try |
# |---|---|---|---|
# | A | both high, close together | *underfitting*: 3 units, few epochs | more of both |
# | B | training goes to 0, validation stays behind | *overfitting*: 80 images learnt by heart | more rows, fewer units, early stopping |
# | C | starts above 2.30, falls little or jumps, ends far too high | the rate is too high | a third of it, or a tenth |
# | D | training *above* validation | dropout acts in training only | nothing: measure both alike |
#
# The training loss is taken in *training mode*, and validation never is. Measured without dropout, the
# training loss of D falls to less than half.
#
# ## 9. The file
#
# > **Predict first.** 38,410 parameters of 4 bytes are 154 kB. How large is the file after training
# > with Adam?


# %%
big = keras.Sequential([keras.Input((64,)), layers.Dense(512), layers.Dense(10)])
big.compile("adam", loss="mse")
big.optimizer.build(big.trainable_variables)  # as the first training step does
with tempfile.TemporaryDirectory() as folder:
    big.save(f"{folder}/big.keras")
    scaled.save(f"{folder}/scaled.keras")
    ratio = os.path.getsize(f"{folder}/big.keras") / (4 * big.count_params())
    loaded = keras.saving.load_model(f"{folder}/scaled.keras")
print(f"parameters {4 * big.count_params():,} bytes, file {ratio:.1f} times as much")
print("raw rows give the same:", np.allclose(loaded(X_test), scaled(X_test), atol=1e-5))

# %% [markdown]
# Adam keeps two more numbers per parameter, to go on training: three times in all. For predictions only,
# build the network anew, copy the weights with `set_weights`, and save that. The file holds the
# `Normalization` too: the loaded model takes raw rows. (The exam wanted `.h5` files; `.keras` has
# replaced them.)
#
# ## 10. New rows
#
# > **Predict first.** A colleague standardises new patients with *their own* mean and standard
# > deviation. What happens to a batch of one? Of two?

# %% tags=["nbval-ignore-output"]
core = keras.Sequential(scaled.layers[1:])  # without Normalization
for rows in (X_test[:1], X_test[:2], X_test):
    own = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)
    gap = np.mean(np.abs(core(own) - scaled(rows))) * spread
    print(f"batch of {len(rows):3d}: off by {gap:3.0f}; first row starts", own[0, :3].round(1))

# %% [markdown]
# One patient becomes ten zeros, whoever it is. Two become −1 and 1 in every column where they differ. Only
# the large batch comes close. New rows need the *training* rows' numbers, safest inside the model.
#
# ## 11. Two heads
#
# How far does the disease progress, and is it beyond 200? The *functional* way of building lets one
# hidden layer feed two heads. Their losses are added up.
#
# > **Predict first.** How do the two losses compare before training, with the raw target?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
patients = keras.Input((10,))
hidden = layers.Dense(16, activation="relu")(normalise(patients))
two = keras.Model(patients, {"value": layers.Dense(1)(hidden), "high": layers.Dense(1)(hidden)})
loss = {"value": mse(), "high": binary(from_logits=True)}
labels = {"value": (y_train - center) / spread, "high": y_train > 200}
start = two(X_train)
yes_no, value = (loss[key](labels[key], start[key]) for key in ("high", "value"))
print(f"yes or no {yes_no:.1f}; value {value:.1f}, raw {mse()(y_train, start['value']):,.0f}")
two.compile(keras.optimizers.Adam(0.01), loss=loss)
two.fit(X_train, labels, epochs=6, batch_size=12, verbose=0)
found = two(X_test)
logistic = LogisticRegression().fit(normalise(X_train), y_train > 200).predict(normalise(X_test))
for name, yes in {"two heads": np.ravel(found["high"]) > 0, "logistic": logistic}.items():
    print(f"{name}: accuracy {np.mean(yes == (y_test > 200)):.2f}", end=", ")
print(f"MAE {mae(found['value'] * spread + center):.0f}")

# %% [markdown]
# Some 30,000 against roughly 1 for yes or no: the other head would have no say in the shared layer.
# Standardised, both count; `loss_weights` in `compile` adjusts the rest. Two linear models do about
# as well.
#
# ## 12. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | the first loss is far from $\ln k$ | head and loss do not match | the test of section 1 |
# | all predictions near the mean | `(n,)` against `(n, 1)` | `y[:, np.newaxis]` |
# | the metric contradicts the loss | logits with threshold 0.5; own metric function | `threshold=0.0`; a built-in metric |
# | "Expected shape (None, 10), but … incompatible shape (10,)" | no batch axis | `x[np.newaxis]` |
# | a loss in thousands that hardly falls | raw target | standardise it, scale answers back |
# | good here, nonsense in service | rows scaled in another way | `Normalization` inside the model |
#
# ## Summary
#
# - The question gives units, activation, loss and answer. An ignorant and a perfect network test them.
# - Keras lines up `(n,)` and `(n, 1)` in its own losses. NumPy and your own classes do not.
# - Adapt on training rows, inside the model; standardise the target.
# - Read curves in pairs, and ask in which mode each was measured.
# - Take the smallest network that suffices, try several seeds, and fit a simple model too.
#
# Next: the [exercise](../../exercises/04-deep-learning/02-dense-networks.ipynb), then
# [training well](03-training-well.ipynb).
