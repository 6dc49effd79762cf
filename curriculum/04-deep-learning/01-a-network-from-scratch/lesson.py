# ---
# title: A network from scratch
# minutes: 60
# needs: [01-math/10-matrix-calculus, 02-python/09-tensorflow-and-keras, 03-classical-ml/04-logistic-regression]
# objectives: [tf-developer/1.5, tf-developer/2.4, tf-developer/2.6, tf-developer/2.14, aws-mls/3.2, aws-mls/3.3, aws-mls/3.4, google-pmle/3.2]
# ---

# %% [markdown]
# # A network from scratch
#
# A deep network is a list of small parts. Each part needs to know two things only: how to compute its
# output, and how to pass a gradient back. After this lesson you can
#
# - write layers with a forward and a backward pass, and stack them to any depth,
# - check every gradient against TensorFlow, and find the layer with the bug,
# - train with mini-batches, and compare with an honest baseline,
# - show why a network needs a nonlinearity and a random start, and
# - look into a trained network and say what each layer did.
#
# **Exam lens.** TensorFlow Developer (retired in 2024) asks what each layer contributes (2.4), what batch
# size does (2.14), for classifiers with integer labels (2.6), and for a model no larger than needed, its
# parameters counted (1.5). AWS MLS-C01 (retired in March 2026) asks for the intuition behind networks
# (3.2), for sound training (3.3), and what layers, units and activations change (3.4). Google PMLE asks
# why training fails (3.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

_ = threadpool_limits(1)  # matrices this small are multiplied quickest on one core

# %% [markdown]
# ## 1. Two tasks and a baseline
#
# 1,797 handwritten digits of 8 × 8 pixels, and two questions about each: *which digit* is it (ten
# classes), and is it *even or odd* (two classes)? 1,000 images are for training, 297 for validation,
# 500 for testing. The baseline is logistic regression, with `C` picked on the validation rows.
#
# > **Predict first.** Guessing gets 10 % right in the first task and 50 % in the second. Which one does
# > logistic regression solve better?

# %%
digits = load_digits()
TASKS = {"which digit": digits.target, "even or odd": digits.target % 2}


def split(y, seed=0):
    rest, test = train_test_split(np.arange(1797), test_size=500, random_state=seed)
    return [(digits.data[rows] / 16, y[rows]) for rows in (rest[:1000], rest[1000:], test)]


def regression(train, C):
    return LogisticRegression(C=C, solver="newton-cholesky").fit(*train)


def baseline(train, val, test):
    models = [regression(train, C) for C in (0.1, 1, 10)]
    return max(models, key=lambda model: model.score(*val)).score(*test)


for task, y in TASKS.items():
    print(f"{task}: test accuracy {baseline(*split(y)):.2f}")

# %% [markdown]
# The first. Each digit can be told from the rest by one weighted sum of pixels, more or less. The even
# digits 0, 2, 4, 6, 8 have no shape in common, and a single weighted sum cannot collect them.
#
# ## 2. A layer: forward and backward
#
# *Matrix calculus* derived the gradients of one network with two layers. To get any depth, look at one
# layer alone. It turns its input into an output. Later somebody hands it the gradient of the loss with
# respect to its *output*. The layer's duty is to
#
# 1. keep the gradients with respect to its own weights, and
# 2. return the gradient with respect to its *input*.
#
# That input is the output of the layer before, which goes on in the same way. No layer knows its
# neighbours.


# %%
class Dense:
    def __init__(self, n_inputs, units, rng, scale=None):
        scale = np.sqrt(2 / n_inputs) if scale is None else scale  # section 8 says why
        self.W = rng.normal(scale=scale, size=(n_inputs, units))
        self.b = np.zeros(units)

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dZ):
        self.dW, self.db = self.X.T @ dZ, dZ.sum(axis=0)
        return dZ @ self.W.T


class ReLU:
    def forward(self, Z):
        self.on = Z > 0
        return Z * self.on

    def backward(self, dH):
        return dH * self.on


# %% [markdown]
# `dZ` is short for the gradient of the loss with respect to `Z`. Both layers *remember* something from
# the forward pass: `Dense` its input, `ReLU` which units were on (above 0). So training needs memory for
# every layer's values, in proportion to the batch; a prediction could forget them at once.
#
# The end of the chain is softmax with cross-entropy for integer labels. You know its gradient:
# $dZ = (P - Y)/n$, with probabilities $P$ and one-hot labels $Y$.


# %%
def network(sizes, rng, nonlinear=True, scale=None):
    layers = []
    for n_inputs, units in zip(sizes, sizes[1:], strict=False):
        layers += [Dense(n_inputs, units, rng, scale), ReLU()]
    return layers[:-1] if nonlinear else layers[::2]  # the last layer gives logits: no ReLU


def forward(layers, X):
    for layer in layers:
        X = layer.forward(X)
    return X


def loss_and_backward(layers, X, y):
    Z = forward(layers, X)
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    gradient = (np.exp(log_P) - np.eye(Z.shape[1])[y]) / len(y)
    for layer in reversed(layers):
        gradient = layer.backward(gradient)
    return -log_P[np.arange(len(y)), y].mean()


# %% [markdown]
# Our network for even or odd: 64 pixels, two hidden layers of 32 units, 2 logits.
#
# > **Predict first.** Count the *multiply-adds*, products that are added to a sum. For one image, how
# > many times the work of the forward pass does the backward pass do?

# %%
(X_train, y_train), val, (X_test, y_test) = split(TASKS["even or odd"])
sizes = [64, 32, 32, 2]
layers = network(sizes, np.random.default_rng(0))
products = sum(layer.W.size for layer in layers[::2])
print("parameters:", products + sum(sizes[1:]))  # one bias per unit
print(f"multiply-adds per image: forward {products}, for dW {products}, for dX {products}")

# %% [markdown]
# Twice. Forward, each weight is used once per image. Backward, once for its own gradient and once to
# pass the gradient on. So a training step costs about three times a prediction, at any depth.
#
# ## 3. Check it, and find a bug
#
# TensorFlow's tape differentiates without knowing our `backward`. We give it the same weights, in 64
# bits, and compare each parameter's gradient: the length of the difference over the length of the tape's.
# A second network has a typo in its middle layer: `W` instead of `W.T`. At 32 × 32 the shapes fit, and
# NumPy does not complain.
#
# > **Predict first.** The bug sits in the middle of three layers. Which of the six gradients are wrong?


# %%
class Buggy(Dense):
    def backward(self, dZ):
        super().backward(dZ)
        return dZ @ self.W


def errors_by_tape(layers, X, y):
    loss_and_backward(layers, X, y)
    variables = [(tf.Variable(layer.W), tf.Variable(layer.b)) for layer in layers[::2]]
    with tf.GradientTape() as tape:
        Z = X @ variables[0][0] + variables[0][1]
        for W, b in variables[1:]:
            Z = tf.nn.relu(Z) @ W + b
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, Z))
    ours = [gradient for layer in layers[::2] for gradient in (layer.dW, layer.db)]
    pairs = zip(ours, tf.nest.flatten(tape.gradient(loss, variables)), strict=True)
    return [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in pairs]


buggy = network(sizes, np.random.default_rng(0))
buggy[2] = Buggy(32, 32, np.random.default_rng(1))
print("         dW1    db1    dW2    db2    dW3    db3")
for name, stack in {"ours ": layers, "buggy": buggy}.items():
    errors = errors_by_tape(stack, X_train, y_train)
    print(name, *("  right" if e < 1e-10 else f"{e:7.1f}" for e in errors), sep="")


# %% [markdown]
# Those of layer 1. A gradient flows backwards, so a wrong `dX` spoils everything *before* the layer,
# nothing after it. The middle layer's own `dW2` and `db2` are right. So read the table from right to
# left. Where it turns wrong, the fault lies in what was passed down: here the `dX` of layer 2, or the
# ReLU below it. If one parameter alone is wrong, look at its own formula.
#
# ## 4. Training with mini-batches
#
# One *epoch* shuffles the rows and takes them 25 at a time: 40 steps of forward, backward, update. Larger
# batches have less noisy gradients, but make fewer steps per epoch and need more memory.
#
# > **Predict first.** We also train the network with the bug, whose layer 1 follows a wrong gradient.
# > What will its loss curve look like?


# %%
def fit(layers, X, y, epochs=25, learning_rate=0.1, batch_size=25):
    rng, history = np.random.default_rng(0), []
    for _ in range(epochs):
        order, losses = rng.permutation(len(y)), []
        for batch in np.split(order, range(batch_size, len(y), batch_size)):
            losses.append(loss_and_backward(layers, X[batch], y[batch]))
            for layer in layers:
                if isinstance(layer, Dense):
                    layer.W -= learning_rate * layer.dW
                    layer.b -= learning_rate * layer.db
        history.append(np.mean(losses))
    return history


def accuracy(layers, X, y):
    return np.mean(forward(layers, X).argmax(axis=1) == y)


# %%
start_W = layers[0].W.copy()
figure, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
for name, stack, style in (("right gradient", layers, "C0-"), ("with the bug", buggy, "C1--")):
    axis.plot(range(1, 26), fit(stack, X_train, y_train), style, label=name)
    print(f"{name}: test accuracy {accuracy(stack, X_test, y_test):.2f}")
axis.set(title="Mean loss of each epoch's batches", xlabel="epoch", ylabel="loss", ylim=(0, 0.6))
axis.legend()
plt.show()

# %% [markdown]
# Like that of a good network, a little slower. It even beats the baseline's 0.90. Layers 2 and 3 get
# right gradients and make the best of whatever layer 1 gives them. **A falling loss is no proof of a right
# gradient.** Check first, then train.
#
# ## 5. Was it worth it?
#
# Three random splits, both tasks, three models: the baseline, our network, and the same layers without
# ReLU. Mean test accuracies:
#
# > **Predict first.** With ten logits the network has 3,466 parameters, logistic regression 650. By how
# > many points is the network better at naming the digit?

# %%
for task, y in TASKS.items():
    scores = []
    for seed in range(3):
        train, val, test = split(y, seed)
        scores.append([baseline(train, val, test)])
        for nonlinear in (True, False):
            stack = network([64, 32, 32, y.max() + 1], np.random.default_rng(seed), nonlinear)
            fit(stack, *train)
            scores[-1].append(accuracy(stack, *test))
    means = np.mean(scores, axis=0)
    print(task + ": baseline {:.2f}, network {:.2f}, without ReLU {:.2f}".format(*means))

# %% [markdown]
# By none: 0.95 against 0.96. This network, small and not tuned, gains nothing there; a wider one, trained
# longer, gains a little. For even or odd it cuts the errors from about 9 % to 2 %. A network pays most
# where weighted sums of the inputs do *not* already separate the classes, and only a baseline tells you
# which case you have. (Training and test images come from the same writers; new writers may be harder.)
#
# ## 6. Why a nonlinearity
#
# Without ReLU the three layers did no better than the baseline. They too are one weighted sum per class:
#
# $$ \big((X W_1 + b_1) W_2 + b_2\big) W_3 + b_3 = X\, \underbrace{W_1 W_2 W_3}_{W}
# + \underbrace{b_1 W_2 W_3 + b_2 W_3 + b_3}_{b} . $$
#
# > **Predict first.** `stack` is the last network trained above, for even or odd without ReLU. How many
# > numbers are enough to store what its 3,202 parameters do?

# %%
W, b = np.eye(64), np.zeros(64)
for layer in stack:
    W, b = W @ layer.W, b @ layer.W + layer.b
same = np.allclose(forward(stack, X_test), X_test @ W + b)
print(f"one layer of {W.size + b.size} numbers, same outputs: {same}")

# %% [markdown]
# 130: one linear layer. Any number of linear layers fold into one, whatever their width. A nonlinearity
# between them prevents that: each ReLU unit lets the function bend where the unit switches on.
#
# ## 7. A random start
#
# With all weights at zero, only the last bias gets a gradient (*Matrix calculus*). From another equal
# start the weights do move.
#
# > **Predict first.** All weights start at 0.1. After training, how many *different* units does the
# > first hidden layer have?

# %%
for name, value, scale in (("equal", 0.1, 0), ("random", 0, None)):
    stack = network(sizes, np.random.default_rng(0), scale=scale)
    for layer in stack[::2]:
        layer.W += value
    fit(stack, X_train, y_train)
    different = len(np.unique(stack[0].W.round(6), axis=1).T)
    score = accuracy(stack, X_test, y_test)
    print(f"{name:>6} start: {different:2d} different units, test accuracy {score:.2f}")

# %% [markdown]
# One. Equal units get equal outputs and equal gradients, so they stay equal for ever: 32 units do the
# work of one. One weighted sum is also what the baseline has, and 0.91 is about its score. Random
# weights *break the symmetry*. Biases may start at zero.
#
# ## 8. How large a start?
#
# A unit adds up $n$ products $x_j w_j$. With random weights of mean 0 and standard deviation $\sigma$,
# the mean of $z^2$ is $n \sigma^2$ times the mean of $x^2$. ReLU keeps about half of that. So
# $\sigma = \sqrt{2/n}$ holds signals at about the same size: *He initialisation*, in Keras
# `kernel_initializer="he_normal"`. (Keras' default, `"glorot_uniform"`: $\sigma^2 = 2/(n + \text{units})$.)
#
# > **Predict first.** We halve or double $\sigma$ in a network of ten hidden layers. How much does the
# > last one's output shrink or grow?

# %%
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for name, factor, style in (("half", 0.5, "s--"), ("He", 1, "o-"), ("double", 2, "^:")):
    deep = network([64] * 11 + [2], np.random.default_rng(0), scale=factor * np.sqrt(2 / 64))
    loss_and_backward(deep, X_train, y_train)
    signal = [np.sqrt(np.mean(layer.X**2)) for layer in deep[::2]]
    axis.semilogy(signal, style, label=name)
    norm = np.linalg.norm(deep[0].dW)
    print(f"{name:>6}: size of last output {signal[-1]:.1e}, norm of first dW {norm:.0e}")
axis.set(xlabel="hidden layer (0: pixels)", ylabel="root mean square", title="Size of the outputs")
axis.legend()
plt.show()

# %% [markdown]
# By $2^{10}$, about a thousand: a factor of 2 per layer. The first layer's gradient goes the same way.
# Halved, it hardly moves a weight; doubled, the first step throws the weights far off.
#
# ## 9. What the first layer learned
#
# Back to section 4's network. Each unit of its first layer has 64 weights: a picture. Ink on red pixels
# pushes the unit up, on blue ones down. We draw the eight units whose weights moved most.
#
# > **Predict first.** Some pixels at the edge are blank in all 1,000 training images. What did their
# > weights learn?

# %%
moved = layers[0].W - start_W
blank = np.all(X_train == 0, axis=0)
print(f"{blank.sum()} blank pixels, largest move of a weight: {np.abs(moved[blank]).max()}")
units = np.argsort(-np.linalg.norm(moved, axis=0))[:8]
figure, axes = plt.subplots(3, 8, figsize=(9, 3.7), layout="constrained")
pictures = {"start": start_W, "trained": layers[0].W, "learned": moved}
for (name, weights), row in zip(pictures.items(), axes, strict=True):
    for unit, axis in zip(units, row, strict=True):
        axis.imshow(weights[:, unit].reshape(8, 8), cmap="RdBu_r", vmin=-0.8, vmax=0.8)
        axis.set(xticks=[], yticks=[])
    row[0].set_ylabel(name)
figure.suptitle("Weights of eight units: learned = trained − start")
plt.show()

# %% [markdown]
# Nothing: their gradient is $x \cdot dz$ with $x = 0$. What you see there is the random start, for ever. So
# look at the bottom row, the *change*: patches of red beside patches of blue, where strokes run. Such a unit
# asks whether there is ink here rather than there.
#
# ## 10. What each layer makes readable
#
# A hidden layer describes an image by 32 outputs instead of 64 pixels. PCA shows the test images in two
# dimensions, before and after each hidden layer.


# %%
def spaces(layers, X):
    hidden_1 = forward(layers[:2], X)
    return {"pixels": X, "hidden 1": hidden_1, "hidden 2": forward(layers[2:4], hidden_1)}


figure, axes = plt.subplots(1, 3, figsize=(10, 3.5), layout="constrained")
for axis, (name, space) in zip(axes, spaces(layers, X_test).items(), strict=True):
    points = PCA(2, random_state=0).fit_transform(space)
    for label, word, marker in ((0, "even", "o"), (1, "odd", "^")):
        axis.scatter(*points[y_test == label].T, s=10, marker=marker, label=word)
    axis.set(title=f"{name}: first two components", xticks=[], yticks=[])
axes[0].legend()
plt.show()

# %% [markdown]
# From left to right even and odd come apart. Two components are not all 32 outputs. A *linear probe* uses
# all: it is a logistic regression trained on a layer's outputs. We probe an untrained network too.
#
# > **Predict first.** From layer to layer, how well can one read even or odd? And *which digit*, which
# > the network was never told?

# %%
fresh = network(sizes, np.random.default_rng(0))
for name, stack in (("trained", layers), ("random", fresh)):
    seen, unseen = spaces(stack, X_train), spaces(stack, X_test)
    for task, y in TASKS.items():
        (_, learn), _, (_, judge) = split(y)
        scores = {k: regression((seen[k], learn), 10).score(unseen[k], judge) for k in seen}
        print(f"{name}, {task}: ", *(f"{k} {score:.2f}  " for k, score in scores.items()))

# %% [markdown]
# Even or odd becomes easy to read in the first hidden layer, 0.97 instead of 0.91; the second keeps it.
# Which digit becomes *harder*, 0.96, 0.91, 0.89: the layers drop what the task does not need, but far
# from all of it. In the random network both fall: it is the training that makes the layers useful.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss falls, accuracy disappoints | wrong gradient | compare with the tape, layer by layer |
# | gradients wrong from one layer down | that layer's `dX` | transpose; mask; shapes that fit by luck |
# | deep net no better than a linear model | no activation between layers, or the task is linear | add ReLU; accept the baseline |
# | loss stays at the log of the number of classes | signal dies out | He initialisation, fewer layers |
# | huge first loss, then `nan` | start too large | He; scale the inputs |
# | out of memory in training only | values kept for backward | smaller batches |
#
# ## Summary
#
# - A layer: forward remembers; backward takes the gradient of its output, keeps those of its weights,
#   returns that of its input. Training costs about three predictions.
# - A wrong `dX` spoils the gradients before it, and training may still look fine.
# - Linear layers fold into one. A nonlinearity makes depth worth something, where the task needs it.
# - Random start breaks symmetry; $\sigma = \sqrt{2/n}$ keeps the signal.
# - Hidden layers move the images until a weighted sum can answer.
#
# Next: the [exercise](../../exercises/04-deep-learning/01-a-network-from-scratch.ipynb), then
# [dense networks in Keras](02-dense-networks.ipynb).
