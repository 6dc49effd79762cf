# ---
# title: Recurrent networks
# minutes: 80
# needs: [02-python/09-tensorflow-and-keras, 01-math/10-matrix-calculus, 03-classical-ml/06-preparing-features, 03-classical-ml/11-support-vector-machines, 04-deep-learning/03-training-well, 04-deep-learning/05-convolutions, 04-deep-learning/08-text-to-numbers]
# objectives: [tf-developer/4.6, tf-developer/4.7, tf-developer/4.8, tf-developer/5.8, tf-developer/1.5, tf-developer/2.5, tf-developer/2.6, aws-mls/3.2, google-pmle/3.1]
# ---

# %% [markdown]
# # Recurrent networks
#
# "Man bites dog" and "dog bites man" hold the same words. A recurrent network reads one word after the
# other and carries a memory along. After this lesson you can
#
# - compute one step of SimpleRNN, LSTM and GRU by hand, and count their parameters,
# - measure how fast gradients vanish, and say what gates change,
# - mask padding, stack layers, read in both directions (and know when not to),
# - choose between recurrent layers, convolutions and a bag of words on text,
# - notice that a model has drifted to what it saw last, and shuffle windows against it.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) asked for LSTM on two and on several
# classes (4.6), stacked simple recurrent and GRU layers (4.7), a reasoned choice among them and
# convolutions (4.8), and bias from the order of a sequence (5.8). AWS MLS-C01 (retired in March 2026)
# asks for the intuition behind an RNN (3.2), Google PMLE when to choose one (3.1).

# %%
from time import perf_counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import expit as sigmoid
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from statsmodels.datasets import co2

from certlab.datasets import load_docstrings

docstrings = load_docstrings().loc[lambda rows: rows["text"].str.split().str.len() >= 12]
docstrings = docstrings.sample(3000, random_state=0)
library = np.unique(docstrings["library"], return_inverse=True)[1]
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. When order is the message
#
# Descriptions of functions from six Python libraries, cut to 24 words. In every second one we shuffle the
# words. Two questions to each text: *was it shuffled?* (two classes) and *which library is it from?*
# (six).
#
# > **Predict first.** A linear classifier on tf-idf weights counts words, then words and pairs of
# > neighbours. It learns from 2,000 texts and is tested on 1,000. How does it do on each question?

# %% tags=["nbval-ignore-output"]
in_order = np.arange(3000) % 2
cut = [text.split()[:24] for text in docstrings["text"]]
mixed = zip(cut, in_order, strict=True)
texts = np.array([" ".join(words if kept else rng.permutation(words)) for words, kept in mixed])
print(texts[16], texts[17], sep="\n")
targets = np.column_stack([in_order, library])


def linear_accuracy(texts, y, longest):
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, longest), min_df=2), LinearSVC())
    return model.fit(texts[:2000], y[:2000]).score(texts[2000:], y[2000:])


for name, y in (("shuffled or not", in_order), ("library", library)):
    words, pairs = (linear_accuracy(texts, y, longest) for longest in (1, 2))
    print(f"{name}: words {words:.2f}, words and pairs {pairs:.2f}")

# %% [markdown]
# Library: good. Shuffled or not: guessing, since shuffling leaves every count as it is.
# Counted *pairs* rescue it: they are a little bit of order. Networks have to beat these figures, about
# 0.87 and 0.84. But a pair sees two neighbours only.
#
# ## 2. One step, again and again
#
# A *recurrent* layer has a *state* $h$, a vector of `units` numbers that starts at zero. At each step $t$
# it takes the input $x_t$ and its own last state, with the same weights at every step:
#
# $$ h_t = \tanh(x_t W + h_{t-1} U + b) $$
#
# The last state is the layer's output: a summary of all it has read. Parameters, for $k$ features and $u$
# units: $W$ has $k\,u$, $U$ has $u\,u$, $b$ has $u$. The length of the sequence is not among them.

# %%
k, u = 4, 3
sequences = rng.normal(size=(2, 7, k)).astype("float32")  # batch, steps, features


def simple_step(x, state, W, U, b):
    return [np.tanh(x @ W + state[0] @ U + b)]


def compare(layer, step, states, expected):
    layer.build((None, None, k))
    layer.set_weights(weights := [rng.normal(size=weight.shape) for weight in layer.weights])
    state = [np.zeros((2, u))] * states
    for t in range(7):
        state = step(sequences[:, t], state, *weights)
    same = np.allclose(state[0], layer(sequences), atol=1e-4)
    shapes, name = [weight.shape for weight in weights], type(layer).__name__
    print(f"{name} {shapes}: {layer.count_params()} = {expected} parameters, same output: {same}")


compare(layers.SimpleRNN(u), simple_step, 1, u * (k + u + 1))

# %% [markdown]
# ## 3. Gates
#
# SimpleRNN overwrites its whole state at each step. An **LSTM** has a second state, the *cell* $c$, and
# three *gates*: sigmoids, numbers between 0 (shut) and 1 (open), computed from input and state.
#
# $$ c_t = f \cdot c_{t-1} + i \cdot \tilde c, \qquad h_t = o \cdot \tanh(c_t) $$
#
# The *forget gate* $f$ decides what stays, the *input gate* $i$ how much of the *candidate* $\tilde c$ (a
# tanh) comes in, the *output gate* $o$ what is shown. Each of the four is a small dense layer of its own.
# Keras keeps them side by side in one matrix, in the order **i, f, c, o**.
#
# A **GRU** has one state and two gates: *update* $z$ and *reset* $r$, in the order **z, r, candidate**.
#
# $$ h_t = z \cdot h_{t-1} + (1 - z) \cdot \tilde h, \qquad \tilde h = \tanh\big(x_t W_h + b_h + r \cdot (h_{t-1} U_h + b'_h)\big) $$
#
# The reset gate comes *after* the product with $U$ (`reset_after=True`, which cuDNN needs), so input and
# state have a bias each.
#
# > **Predict first.** SimpleRNN has 24 parameters here. How many has the LSTM, how many the GRU?


# %%
def lstm_step(x, state, W, U, b):
    h, c = state
    i, f, candidate, o = np.split(x @ W + h @ U + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
    return sigmoid(o) * np.tanh(c), c


def gru_step(x, state, W, U, b):
    h = state[0]
    x_z, x_r, x_h = np.split(x @ W + b[0], 3, axis=-1)
    h_z, h_r, h_h = np.split(h @ U + b[1], 3, axis=-1)
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    return [z * h + (1 - z) * np.tanh(x_h + r * h_h)]


compare(layers.LSTM(u), lstm_step, 2, 4 * u * (k + u + 1))
compare(layers.GRU(u), gru_step, 1, 3 * u * (k + u + 2))

# %% [markdown]
# Four times as many, and three times, plus $3u$ for the GRU's second bias.
#
# ## 4. Vanishing gradients
#
# How much does an early input matter to the last state? Backpropagation goes back step by step, and each
# step multiplies the gradient by much the same matrix. We take the gradient of a random mixture of the
# last state with respect to each input, and its length, for layers as Keras starts them.
#
# > **Predict first.** Sixty steps. SimpleRNN, GRU, and LSTM with a forget bias of 1 and of 0. Which
# > gradient vanishes fastest, which slowest?


# %%
def gradient_by_step(layer, sequence):
    with tf.GradientTape() as tape:
        tape.watch(sequence)
        last = layer(sequence)
        mixture = tf.reduce_sum(last * tf.random.normal(last.shape))
    return np.linalg.norm(tape.gradient(mixture, sequence), axis=2).mean(axis=0)


keras.utils.set_random_seed(0)
noise = tf.random.normal((16, 60, 8))
kinds = {"SimpleRNN": layers.SimpleRNN(32), "GRU": layers.GRU(32), "LSTM": layers.LSTM(32)}
kinds["LSTM, forget bias 0"] = layers.LSTM(32, unit_forget_bias=False)
wild = keras.initializers.Orthogonal(gain=1.5)
kinds["SimpleRNN, U × 1.5, inputs / 5"] = layers.SimpleRNN(32, recurrent_initializer=wild)
figure, axis = plt.subplots(figsize=(9, 3.6), layout="constrained")
for name, layer in kinds.items():
    lengths = gradient_by_step(layer, noise / 5 if "/" in name else noise)
    axis.semilogy(np.arange(60)[::-1], lengths, label=name)
axis.set(xlabel="steps before the last one", ylabel="gradient", title="Before any training")
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# Straight lines on a logarithmic axis: the gradient shrinks *exponentially*. Gates alone do not
# help: the GRU is worse than SimpleRNN. An untrained gate stands near $\sigma(0) = 0.5$, so about half of
# the memory goes at each step. That is why Keras starts the LSTM's forget bias at 1: $\sigma(1) = 0.73$.
#
# The last line *explodes*: larger weights $U$ multiply by more than 1 (inputs are small, so that tanh does
# not flatten). Against that, clip gradients (`clipnorm`).
#
# So what are gates for? Their factor is *learned*, and may come as close to 1 as the task wants.
#
# ## 5. A test of memory
#
# Thirty symbols: 29 of four "noise" symbols, and at a random place one of A, B, C, D. At the end, the
# network says which one it was. One helper trains all networks of sections 5 and 8, by batches drawn at
# random.


# %%
def train(net, loss, X, y, steps, batch=64, rate=0.015):
    optimizer = keras.optimizers.Adam(rate, clipnorm=1.0)
    optimizer.build(net.trainable_variables)

    @tf.function
    def step(X, y):
        with tf.GradientTape() as tape:
            value = loss(y, net(X))
        gradients = tape.gradient(value, net.trainable_variables)
        optimizer.apply(gradients, net.trainable_variables)

    for rows in rng.integers(len(X), size=(steps, batch)):
        step(X[rows], y[rows])


def recall(n):
    symbols, gap, y = rng.integers(4, 8, (n, 30)), rng.integers(30, size=n), rng.integers(4, size=n)
    symbols[np.arange(n), 29 - gap] = y
    return np.eye(8, dtype="float32")[symbols], y, gap


cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
X, y, gap = recall(6000)

# %% [markdown]
# > **Predict first.** Each kind gets 80 batches of 64. How far back will each remember?

# %% tags=["nbval-ignore-output"]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
for color, kind in zip("rgb", (layers.SimpleRNN, layers.GRU, layers.LSTM), strict=True):
    keras.utils.set_random_seed(0)
    net = keras.Sequential([keras.Input((30, 8)), kind(16), layers.Dense(4)])
    train(net, cross_entropy, X[:5000], y[:5000], 80)
    correct = np.argmax(net(X[5000:]), axis=1) == y[5000:]
    hits = [correct[gap[5000:] // 5 == group].mean() for group in range(6)]
    left.plot(np.arange(2, 30, 5) + "rgb".index(color) / 3, hits, color + "o-", alpha=0.6)
    lengths = gradient_by_step(net, tf.constant(X[-50:]))
    right.semilogy(np.arange(30)[::-1], lengths, color, label=kind.__name__)
left.set(xlabel="steps between symbol and end", ylabel="accuracy (guessing: 0.25)", ylim=(0, 1.1))
right.set(xlabel="steps before the last one", ylabel="gradient")
right.legend()
figure.suptitle("Who remembers, and how gradients travel after training")
plt.show()

# %% [markdown]
# LSTM and GRU answer nearly all, at any distance. (Five other seeds: GRU each time, LSTM above 0.8
# everywhere, SimpleRNN below 0.7.) Even where SimpleRNN's gradient reaches back, no gate keeps the noise
# out of its state.
#
# The gates have *learned* to carry: over 30 steps the GRU's gradient now falls about tenfold at most. In the
# plot before, untrained, it fell a millionfold.
#
# ## 6. Padding and masks
#
# A reminder: `TextVectorization` turns words into numbers, `Embedding` learns a vector for each. Short
# texts are filled up with zeros *behind*. `Embedding(mask_zero=True)` sends a mask along, and recurrent
# layers skip masked steps. Without it, they read the zeros as words.
#
# > **Predict first.** Two different texts, with 0, 10 or 50 zeros behind. How far apart are the two last
# > states, with and without the mask?

# %% tags=["nbval-ignore-output"]
vectorize = layers.TextVectorization(max_tokens=2000, output_sequence_length=24)
vectorize.adapt(texts[:2000])
X = vectorize(texts).numpy()

keras.utils.set_random_seed(0)
embedding, reader = layers.Embedding(2000, 16, "normal", mask_zero=True), layers.LSTM(16)
for zeros in (0, 10, 50):
    padded = np.pad(X[:2, :12], ((0, 0), (0, zeros)))
    states = reader(embedding(padded)), reader(tf.identity(embedding(padded)))  # a copy, no mask
    masked, unmasked = (float(tf.norm(state[0] - state[1])) for state in states)
    print(f"{zeros:2} zeros: distance with mask {masked:.4f}, without {unmasked:.4f}")

# %% [markdown]
# With the mask it stays. Without, fifty zeros wash the text out: both end in the same state.
#
# ## 7. Stacking, and reading both ways
#
# A layer gives its *last* state, unless `return_sequences=True`: then it gives all of them, which is what
# the next recurrent layer needs. `Bidirectional` runs one copy forwards and another backwards, and puts
# their outputs side by side.
#
# > **Predict first.** Output shapes for 24 words with 16 features each?

# %%
vectors = tf.random.normal((5, 24, 16))
lower = layers.LSTM(8, return_sequences=True)
kinds = {"last state": layers.LSTM(8), "all states": lower}
kinds["both ways"] = layers.Bidirectional(layers.LSTM(8))
kinds["stacked"] = keras.Sequential([lower, layers.GRU(6)])
for name, layer in kinds.items():
    print(f"{name}: {layer(vectors).shape}, {layer.count_params()} parameters")

changed = vectors + np.eye(24)[-1][:, np.newaxis]  # another last word
for layer in (lower, layers.Bidirectional(layers.LSTM(8, return_sequences=True))):
    moved = np.abs(layer(vectors) - layer(changed)).max(axis=(0, 2)) > 0
    print(f"{type(layer).__name__}: the last word changes {moved.sum()} of 24 outputs")

# %% [markdown]
# Both ways, every output knows the end. For a finished text that is welcome; when each step is to
# *forecast*, it is leakage from the future, and forbidden.
#
# ## 8. Choose for a text
#
# A rival: `Conv1D(32, 3)` slides 32 filters over three words each; global max pooling keeps each filter's
# strongest answer. All networks get the same embedding and two heads: one logit for *was it left in
# order?* (sigmoid, two classes), six for the library (softmax).


# %%
two_classes = keras.losses.BinaryCrossentropy(from_logits=True)


def two_heads(y, outputs):
    return two_classes(y[:, :1], outputs[0]) + cross_entropy(y[:, 1], outputs[1])


conv = keras.Sequential([layers.Conv1D(32, 3, activation="relu"), layers.GlobalMaxPooling1D()])
readers = {"bag": layers.GlobalAveragePooling1D(), "Conv1D": conv}
readers |= {"SimpleRNN": layers.SimpleRNN(16), "GRU": layers.GRU(16), "LSTM": layers.LSTM(16)}
readers["GRU, both ways"] = layers.Bidirectional(layers.GRU(16))

# %% [markdown]
# > **Predict first.** Which of the six can tell shuffled texts, and which is best at the library? Do any
# > beat the linear classifier's 0.87 and 0.84?

# %% tags=["nbval-ignore-output"]
print("                 parameters   time shuffled?  library?")
for name, reader in readers.items():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((24,), dtype="int32")
    summary = reader(layers.Embedding(2000, 16, mask_zero=name != "Conv1D")(inputs))
    net = keras.Model(inputs, [layers.Dense(1)(summary), layers.Dense(6)(summary)])
    train(net, two_heads, X[:2000], targets[:2000], 80, 100)
    began = perf_counter()
    kept, logits = net(X[2000:])
    spent = 1000 * (perf_counter() - began)
    answers = np.column_stack([kept[:, 0] > 0, np.argmax(logits, axis=1)])
    shares = np.mean(answers == targets[2000:], axis=0)
    print(f"{name:>16} {reader.count_params():8} {spent:7.0f} ms", *(f"{s:9.2f}" for s in shares))
first = [text.split()[0] for text in texts]
print(f"linear, first word only: {linear_accuracy(first, in_order, 1):.2f} for shuffled?")

# %% [markdown]
# (Parameters without embedding and heads; time to read 1,000 texts.) With four seeds, always:
#
# - The **linear classifier wins** both. With 2,000 short texts, start there.
# - **Library:** the bag is next. Single words name it; order adds nothing but parameters.
# - **Order:** the bag guesses. Convolution and *both ways* are ahead, at 0.7 to 0.8.
# - GRU and LSTM, forwards only, stay at 0.55 to 0.6 after these 80 batches. Why? The *first* word alone
#   gives more than 0.7, and they carry it over twenty others. The backward half reads it last.
# - SimpleRNN is last at the library, and hardly better than guessing at order.
#
# A convolution looks at all places at once. Recurrent layers wait for their own last state, so they are
# several times slower, and a GPU helps them less. There, `LSTM` and `GRU` use fast cuDNN kernels only
# with their default activations, no recurrent dropout, `unroll=False` and padding behind.
#
# | your text | begin with |
# |---|---|
# | topic decides; few texts | tf-idf and a linear model |
# | short phrases decide | `Conv1D` with global pooling, pairs in tf-idf |
# | early words matter at the end | LSTM or GRU, both ways |
# | long, many texts | a pretrained transformer |
#
# ## 9. The order of training examples
#
# A series comes *sorted*, by time. The monthly CO₂ in the air on
# Mauna Loa has risen since 1958. We cut it into windows: twelve months as input, the next as label.
# Windows of the first 400 months train once, from old to new or shuffled; the rest is the future.
# Shuffling moves whole windows; the order *within* each stays.
#
# > **Predict first.** Where in the *training* years will the model trained in order be worst? Who is
# > better in the future?

# %% tags=["nbval-ignore-output"]
ppm = co2.load_pandas().data["co2"].resample("MS").mean().interpolate().to_numpy()
windows = np.lib.stride_tricks.sliding_window_view(ppm, 13).astype("float32")
fed = np.arange(len(windows)) < 388  # their labels are among the first 400 months
scaled = (windows - ppm[:400].mean()) / ppm[:400].std()
change = (windows - windows[:, 11:12]) / 3  # relative to the last month that is known

keras.utils.set_random_seed(0)
net = keras.Sequential([keras.Input((12, 1)), layers.SimpleRNN(8), layers.Dense(1)])
net.compile(keras.optimizers.SGD(0.05), "mse", steps_per_execution=10)
start, figure = net.get_weights(), plt.figure(figsize=(8, 3.4), layout="constrained")
cases = {"in order": (scaled, False), "shuffled": (scaled, True), "change": (change, True)}
for name, (data, shuffle) in cases.items():
    net.set_weights(start)
    net.fit(data[fed, :12, None], data[fed, 12:], batch_size=4, shuffle=shuffle, verbose=0)
    unit = 3 if data is change else ppm[:400].std()
    error = unit * np.abs(net(data[:, :12, None]) - data[:, 12:])[:, 0]
    print(f"{name}: MAE {error[fed].mean():.1f} ppm in training, {error[400:].mean():.1f} after")
    plt.plot(1959.2 + np.arange(len(error)) / 12, error, label=name)
plt.axvline(1959.2 + 388 / 12, color="k", ls=":")
plt.gca().set(xlabel="year", ylabel="absolute error in ppm", title="One pass over the same windows")
plt.legend()
plt.show()

# %% [markdown]
# In order it does well on the last months it saw, and worst in the dozen years before them: several times the
# error of the shuffled one. Each batch pulled the network to its own level, and away from what it had
# learned before: it has *drifted*.
#
# Both fail in the future (which of them more depends on the start): its levels are new to them. That is
# no matter of order, and predicting the *change* cures it.
#
# So: split by time first, then shuffle the training windows, and let none reach across the split. The
# same holds for texts sorted by class. (`stateful=True`, which carries the state on to the next batch, is
# the exception: it needs order.)
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | "expected ndim=3, found ndim=2" | recurrent layer behind one that gave its last state | `return_sequences=True` |
# | all predictions alike on short texts | padding washed the state out | `mask_zero=True`, shorter length |
# | loss jumps, or NaN | exploding gradient | `clipnorm=1.0`, lower rate |
# | early words are ignored | forgotten on the way | LSTM or GRU, both ways |
# | forecast too good to be true | `Bidirectional`, or windows across the split | one way; split, then cut |
# | good on recent rows only | trained in order | shuffle windows |
# | copied weights give other results | gate order, `reset_after` | compare one step by hand |
#
# ## Summary
#
# - One step: $h_t = \tanh(x_t W + h_{t-1} U + b)$; the same weights at every step.
# - Parameters: $u(k+u+1)$; four times that for LSTM (i, f, c, o); $3u(k+u+2)$ for GRU.
# - Gradients shrink or grow exponentially with distance. A gate learns a factor near 1.
# - Mask padding; `return_sequences` between recurrent layers; both ways never for forecasts.
# - On text, compare with tf-idf first. Choose recurrence if order over long distances counts.
# - Shuffle windows, not what is in them.
#
# Next: the [exercise](../../exercises/04-deep-learning/09-recurrent-networks.ipynb), then
# [generating text](10-generating-text.ipynb).
