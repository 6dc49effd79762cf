# ---
# title: PyTorch essentials
# minutes: 60
# needs: [02-python/09-tensorflow-and-keras]
# objectives: [google-pmle/2.2, google-pmle/3.2, google-pmle/3.3, aws-mls/3.3]
# packages: [torch]
# ---

# %% [markdown]
# # PyTorch essentials
#
# The same network can be written in Keras or in PyTorch, and much research code exists in PyTorch
# only. After this lesson you can
#
# - translate a Keras model into PyTorch, layer by layer, down to equal outputs,
# - say what `backward` adds where, and what `no_grad` and `eval` each switch off,
# - feed a model with a `Dataset` and a `DataLoader`,
# - write the training loop that `fit` hides, and find the usual mistakes in one,
# - move a model to another device, save it safely, and
# - run Keras on PyTorch.
#
# **Exam lens.** Google PMLE asks you to prototype with PyTorch in a notebook (2.2), to run training
# with your own code and debug it (3.2), and to match a device to a job (3.3). AWS MLS-C01 (retired
# in March 2026) asks for a fitting loss and optimizer (3.3). Neither asks you to type a loop. Know
# what each of its lines is for, and what you see when one is missing.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

try:
    import torch
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This lesson needs PyTorch. In a terminal: make torch (or: pip install torch; on Linux without "
        "a GPU add --index-url https://download.pytorch.org/whl/cpu). Then restart the kernel."
    ) from None
import keras
import tensorflow as tf
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)  # such small sums are slower when they are shared out

# %% [markdown]
# ## 1. Tensors
#
# A *tensor* is an array that the library can also move to a GPU and differentiate. A PyTorch tensor
# can be changed in place, as a NumPy array can; a TensorFlow tensor cannot. What NumPy calls
# `axis`, PyTorch calls `dim`.
#
# > **Predict first.** Three tensors are made from one array; then the array's first entry becomes 9.
# > Which of the three change?

# %%
array = np.array([1.0, 2.0, 3.0])
made = {
    "torch.from_numpy": torch.from_numpy(array),
    "torch.tensor": torch.tensor(array),
    "tf.constant": tf.constant(array),
}
array[0] = 9
for name, tensor in made.items():
    print(f"{name:>16}: {tensor.numpy()}, {tensor.dtype}")
print("list of floats:", torch.tensor([1.0]).dtype, "  1 + 0.5:", (torch.tensor(1) + 0.5).dtype)

# %% [markdown]
# Only `from_numpy`: it *shares the memory*. Both others copy. In a sum, PyTorch converts by itself,
# where TensorFlow refuses: a whole number and 0.5 make `float32`.
#
# All three kept NumPy's 64 bits. Weights have 32, and a layer refuses to mix the two: convert data
# with `.float()` as soon as it arrives.
#
# ## 2. Autograd: gradients are added
#
# TensorFlow records inside a tape. *Autograd*, PyTorch's recorder, needs none: it always records
# what happens to a tensor with `requires_grad=True`, such as a weight. `loss.backward()` walks back
# along the record and *adds* the gradient for each such tensor to its `.grad`.
#
# > **Predict first.** The gradient of $w^2$ at $w = 3$ is 6. What is in `w.grad` after `backward` has
# > run for three losses in turn?

# %%
w = torch.tensor(3.0, requires_grad=True)
for _ in range(3):
    loss = w**2
    loss.backward()
    print("w.grad:", w.grad.item(), end="   ")

variable = tf.Variable(3.0)
with tf.GradientTape() as tape:
    value = variable**2
print("\ntape:", float(tape.gradient(value, variable)))

with torch.no_grad():
    print("inside no_grad a result needs a gradient:", (w**2).requires_grad)
print("outside:", (w**2).requires_grad, "  detached:", (w**2).detach().requires_grad)

# %% [markdown]
# 6, 12, 18. A tape hands a gradient out; `.grad` is an account that nobody clears for you. Adding
# up is handy when a batch is too large for the memory: run its parts one by one, then move the
# weights once.
#
# `no_grad` stops the recording, for evaluation. `.item()` gives a Python number, `.detach()` a
# tensor without a history, the record of how it came about. Collect losses with `.item()`, or every
# step's record stays in memory.
#
# ## 3. One model, line by line
#
# The network of the Keras lesson: images of 8 × 8 = 64 pixels, 32 hidden units, ten outputs. The
# outputs are *logits*, scores that softmax turns into probabilities.
#
# | | Keras | PyTorch |
# |---|---|---|
# | hidden layer | `Dense(32, activation="relu")` | `nn.Linear(64, 32)`, `nn.ReLU()` |
# | inputs | found when the model is built | you write both sizes |
# | output | `Dense(10)` | `nn.Linear(32, 10)` |
# | loss | `SparseCategoricalCrossentropy(from_logits=True)` | `nn.CrossEntropyLoss()` |
# | training | `compile`, `fit` | your loop |
# | prediction | `model.predict(X)` | `model.eval()`, then `model(X)` in `no_grad` |
#
# > **Predict first.** `Dense` keeps its weights as (inputs, outputs). Which shape has the weight of
# > `nn.Linear(64, 32)`?

# %%
keras.utils.set_random_seed(0)
keras_model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)]
)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))

for name, parameter in model.named_parameters():
    print(f"{name:>8}: {tuple(parameter.shape)}")
print("parameters:", sum(p.numel() for p in model.parameters()), "and", keras_model.count_params())

# %% [markdown]
# (32, 64): outputs first, so `nn.Linear` computes $x W^\top + b$. The names count the entries of
# the `Sequential`; number 1, the ReLU, has no parameters.
#
# To copy the weights, transpose each matrix. (A `reshape` to (32, 64) would run as well, with the
# numbers in the wrong places.) Then both models are the same function.
#
# > **Predict first.** Will the outputs agree to the last bit?

# %%
digits = load_digits()
X = torch.tensor(digits.data / 16, dtype=torch.float32)
y = torch.tensor(digits.target)  # whole numbers in 64 bits, as the loss wants them

with torch.no_grad():
    for layer, dense in zip((model[0], model[2]), keras_model.layers, strict=True):
        kernel, bias = dense.get_weights()
        layer.weight.copy_(torch.from_numpy(kernel.T))
        layer.bias.copy_(torch.from_numpy(bias))
    logits = model(X)
keras_logits = keras_model(X.numpy())
print("largest difference below 1e-5:", np.abs(logits.numpy() - keras_logits).max() < 1e-5)

cross_entropy = nn.CrossEntropyLoss()
keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(f"loss: {cross_entropy(logits, y):.3f} and {float(keras_loss(y.numpy(), keras_logits)):.3f}")
print(f"a softmax too many: {cross_entropy(logits.softmax(dim=1), y):.3f}", end=", ")
certain = torch.eye(10)  # probability 1 for the right class, 0 for the others
print(f"at best {cross_entropy(certain, torch.arange(10)):.2f}")

# %% [markdown]
# Nearly: sums in another order round differently. The losses agree too, because `CrossEntropyLoss`
# *always* takes logits and applies the softmax itself. With one in front it applies a second,
# without an error. Its inputs then lie between 0 and 1, so even a classifier that is sure and right
# keeps a loss of $-\ln\frac{e}{e + 9} = 1.46$. In Keras the setting is called `from_logits`; in
# PyTorch the mistake is a layer too many.
#
# ## 4. Dataset and DataLoader
#
# A `Dataset` says how many rows there are (`__len__`) and gives the one with a given number
# (`__getitem__`). A `DataLoader` draws row numbers, stacks rows into batches, and starts anew for
# every `for`.
#
# > **Predict first.** 1,400 rows in batches of 64: how many batches, and how large is the last? With
# > `drop_last=True`?


# %%
class Digits(Dataset):
    def __init__(self, rows, noise=0.0):
        self.X, self.y, self.noise = X[rows], y[rows], noise

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        image = self.X[index]
        if self.noise:
            image = image + self.noise * torch.randn_like(image)
        return image, self.y[index]


order = torch.from_numpy(np.random.default_rng(0).permutation(len(X)))
train, test = Digits(order[:1400]), Digits(order[1400:])
for drop_last in (False, True):
    loader = DataLoader(train, batch_size=64, shuffle=True, drop_last=drop_last)
    sizes = [len(labels) for _, labels in loader]
    print(f"drop_last={drop_last}: {len(sizes)} batches, the last of {sizes[-1]}")
images, labels = next(iter(loader))
noisy = Digits(order[:1400], noise=0.1)
print("with noise, row 0 twice the same:", torch.equal(noisy[0][0], noisy[0][0]))
print("one batch:", tuple(images.shape), images.dtype, "and", tuple(labels.shape), labels.dtype)

# %% [markdown]
# 22 batches, the last of 56; 21 without it. What should happen to a row anew each time, such as noise
# against overfitting, belongs in `__getitem__`: each *epoch*, one pass over the rows, then sees
# other images. `num_workers=4` lets four processes prepare batches while the model computes.
#
# A `tf.data` pipeline shuffles within a buffer. A `DataLoader` shuffles all row numbers, so
# `__getitem__` must be able to jump to any row.
#
# ## 5. The training loop
#
# An *optimizer* holds the model's parameters and moves them. Inside the two loops below, four lines
# do what `fit` does for one batch: clear the gradients, run forwards, run backwards, step.
#
# > **Predict first.** `forgetful` leaves out `zero_grad`. Does it fail, learn more slowly, or go wrong
# > in some other way?


# %%
def train_epochs(model, epochs, zero=True, rate=0.5):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loader = DataLoader(train, 64, shuffle=True, generator=torch.Generator().manual_seed(0))
    history = []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for images, labels in loader:
            if zero:
                optimizer.zero_grad()  # clear the account
            loss = cross_entropy(model(images), labels)  # forwards
            loss.backward()  # backwards: add to .grad
            optimizer.step()  # move the weights
            total += loss.item() * len(labels)
        history.append(total / len(train))
    return history


def accuracy(model, data):
    model.eval()
    with torch.no_grad():
        return (model(data.X).argmax(dim=1) == data.y).float().mean().item()


def network(dropout=0.0):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Dropout(dropout), nn.Linear(32, 10))


# %%
careful, forgetful = network(), network()
curves = {"with zero_grad": train_epochs(careful, 12)}
curves["without"] = train_epochs(forgetful, 12, zero=False)
print(f"accuracy with zero_grad above 0.95: {accuracy(careful, test) > 0.95}")
print(f"without it below 0.5: {accuracy(forgetful, test) < 0.5}")
print("first epoch better without it:", curves["without"][0] < curves["with zero_grad"][0])

# %%
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, history), style in zip(curves.items(), ("o-", "s--"), strict=True):
    axis.semilogy(range(1, 13), history, style, label=name)
axis.axhline(np.log(10), color="0.5", linestyle=":", label="guessing: ln 10")
axis.set_yticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
axis.set(xlabel="epoch", ylabel="training loss", title="Without zero_grad: worse than guessing")
axis.legend(loc="center right")
plt.show()

# %% [markdown]
# It goes wrong without an error: every step also follows all earlier gradients, however old. The
# first epoch even looks better, because old gradients act like momentum. But momentum lets them
# fade, and here they never do.
#
# `history` keeps the mean loss of each epoch. `CrossEntropyLoss` gives the mean over a batch, and
# the last batch is smaller; so each mean counts as often as its batch has rows.
#
# ## 6. Two switches: train and eval
#
# Two kinds of layers behave differently in training. *Dropout* sets random units to zero. *Batch
# normalisation* scales each unit by the mean and spread of the batch, and keeps running averages of
# both. `model.eval()` changes what such layers *do*: dropout passes everything on, batch
# normalisation uses its running averages. `no_grad` changes what is *recorded*. Neither implies the
# other.
#
# > **Predict first.** The model below has dropout. One image goes through it twice, in each of the
# > four combinations. In which do both outputs agree? In which can `backward` be called?

# %%
with_dropout = network(dropout=0.5)
for mode in ("train", "eval"):
    getattr(with_dropout, mode)()
    for recording in (True, False):
        with torch.set_grad_enabled(recording):
            first, second = with_dropout(X[:1]), with_dropout(X[:1])
        same, possible = torch.equal(first, second), first.requires_grad
        print(f"{mode:>5}, recording {recording!s:>5}: {same=!s:>5}, backward {possible=!s}")

# %% [markdown]
# They agree in `eval`, recorded or not; `backward` needs the recording, in either mode. Keras
# decides by itself: `fit` calls layers with `training=True`, `predict` with `False`. In PyTorch you
# must say it, and say `train()` again before the next epoch.
#
# ## 7. Devices
#
# A tensor lives on a device: `cpu`, `cuda` (NVIDIA), `mps` (Apple). `model.to(device)` moves the
# weights of a model in place; `tensor.to(device)` returns a *new* tensor.
#
# > **Predict first.** Here the second device is `meta`, which keeps shapes and no numbers, so that this
# > works on every machine. Which of the two calls fails?

# %%
device = "cuda" if torch.cuda.is_available() else "cpu"  # how programs choose
layer, rows = nn.Linear(64, 10).to("meta"), torch.zeros(5, 64)
rows.to("meta")  # the result is not kept
for name, tensor in (("rows", rows), ("rows.to('meta')", rows.to("meta"))):
    try:
        print(f"{name}: output {tuple(layer(tensor).shape)}")
    except RuntimeError as error:
        print(f"{name}: {type(error).__name__}, names the device: {'device' in str(error)}")

# %% [markdown]
# The first: the data stayed behind. `rows = rows.to(device)`, for every batch, mends it. TensorFlow
# copies between devices by itself.
#
# A GPU pays for large models and batches: many multiplications at once. A network as small as ours
# often runs faster on the CPU, because the way to the GPU takes longer than the sums.
#
# ## 8. Saving
#
# `state_dict()` maps names to tensors. Save that, and the code of the class separately.
#
# > **Predict first.** The file is loaded into a model with 16 hidden units instead of 32. What
# > happens?

# %%
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "digits.pt"
torch.save(careful.state_dict(), path)
again = network()
again.load_state_dict(torch.load(path, weights_only=True))
print("same predictions:", torch.equal(again.eval()(X), careful.eval()(X)))
small = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Dropout(0), nn.Linear(16, 10))
try:
    small.load_state_dict(torch.load(path, weights_only=True))
except RuntimeError as error:
    print("the other model:", str(error).splitlines()[1].strip()[:60])

# %% [markdown]
# An error that names the layer. To go on training after an interruption, save the optimizer's
# `state_dict` and the epoch too: momentum and Adam's averages are part of the state.
#
# `torch.save(model, path)` stores the whole object as a *pickle*, Python's format for any object,
# and loading a pickle can run any code. So never load a stranger's file with `weights_only=False`.
# With `True`, only tensors and plain containers are accepted. Keras's `.keras` files hold no
# pickle; a `Lambda` layer in one can hold code, which Keras refuses to load unless you say
# `safe_mode=False`.
#
# ## 9. Keras on PyTorch
#
# Keras 3 computes with TensorFlow, JAX or PyTorch, its *backend*. `KERAS_BACKEND` chooses it,
# before Keras is imported; so we start another Python.
#
# > **Predict first.** A model saved under TensorFlow is loaded under PyTorch. Does it need a
# > conversion? What kind of thing does `model(X)` return there?

# %%
import os
import subprocess
import sys

keras_model.save(Path(folder.name) / "digits.keras")
np.save(Path(folder.name) / "X.npy", X.numpy())
code = """
import keras, numpy as np
model, X = keras.saving.load_model("digits.keras"), np.load("X.npy")
print("backend", keras.backend.backend(), "returns", type(model(X)).__module__)
np.save("logits.npy", keras.ops.convert_to_numpy(model(X)))
"""
settings = os.environ | {"KERAS_BACKEND": "torch"}
done = subprocess.run(
    [sys.executable, "-c", code], cwd=folder.name, env=settings, capture_output=True, text=True
)
print(done.stdout.strip() or done.stderr)
difference = np.abs(np.load(Path(folder.name) / "logits.npy") - keras_logits).max()
print("same logits:", difference < 1e-5)
folder.cleanup()

# %% [markdown]
# No conversion: the file names layers, not backends. The result is a PyTorch tensor, and the
# model's weights are PyTorch parameters, so the loop of section 5 can train it. One difference:
# `train()` and `eval()` do not reach Keras layers. Call `model(images, training=True)`, as `fit`
# does.
#
# Code that uses only `keras.ops` runs on every backend; a `tf.` inside a layer ties it to one.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss jumps, or gets stuck | no `zero_grad` | clear before `backward` |
# | loss stays above 1.46 (ten classes) | softmax before the loss | give it logits |
# | other accuracy at each evaluation | still in training mode | `model.eval()` |
# | memory grows with every step | losses collected with their history | `.item()` |
# | "must have the same dtype", Double and Float | 64-bit data from NumPy | `.float()` |
# | "on the same device" | a batch was not moved | `images = images.to(device)` |
# | training restarts worse than it stopped | optimizer's state not saved | save both |
#
# ## Summary
#
# - `backward` adds to `.grad`; zero, forwards, backwards, step.
# - `nn.Linear` keeps (outputs, inputs); `CrossEntropyLoss` takes logits and class numbers.
# - A `Dataset` gives a row, a `DataLoader` batches, anew for each epoch.
# - `train`/`eval` change layers, `no_grad` stops recording. You need both for a fair evaluation.
# - Save `state_dict`s, load with `weights_only=True`. Keras can run on PyTorch.
#
# Next: the [exercise](../../exercises/02-python/10-pytorch.ipynb), then
# classical machine learning: [framing and baselines](../03-classical-ml/01-framing-and-baselines.ipynb).
