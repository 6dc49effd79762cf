# ---
# title: "Exercise: PyTorch essentials"
# minutes: 60
# packages: [torch]
# ---

# %% [markdown]
# # Exercise: PyTorch essentials
#
# Six pieces that every PyTorch project needs sooner or later: weights from another library, windows
# of a series, a training loop with accumulated gradients, a fair evaluation, slopes of the input,
# and a checkpoint from which training goes on. The name in code at the start of each question, with
# its arguments, is what to write.
#
# All models and data are tiny and in 32 bits. Nothing here needs a GPU.

# %% tags=["parameters"]
seed = 7

# %%
import tempfile
from pathlib import Path

import numpy as np

try:
    import torch
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "This exercise needs PyTorch. In a terminal: make torch (or: pip install torch; on Linux without "
        "a GPU add --index-url https://download.pytorch.org/whl/cpu). Then restart the kernel."
    ) from None
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

rng = np.random.default_rng(seed)
torch.set_num_threads(1)  # such small sums are slower when they are shared out


def array(*shape, scale=1.0):
    return rng.normal(scale=scale, size=shape).astype("float32")


def as_arrays(model):
    return [value.detach().numpy().copy() for value in model.state_dict().values()]


# Dense layers as Keras gives them: (kernel, bias), the kernel with the shape (inputs, outputs).
dense = [(array(6, 8, scale=0.5), array(8)), (array(8, 5, scale=0.5), array(5))]
dense += [(array(5, 3, scale=0.5), array(3))]
X = torch.from_numpy(array(23, 6))
y = torch.from_numpy(rng.integers(0, 3, size=23))
series = array(40).cumsum()


def network(dropout=0.0):
    """A network for X and y that starts from the same weights every time."""
    generator = torch.Generator().manual_seed(seed)
    layers = [nn.Linear(6, 7), nn.BatchNorm1d(7), nn.Tanh(), nn.Dropout(dropout), nn.Linear(7, 3)]
    model = nn.Sequential(*layers)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(0.5 * torch.randn(parameter.shape, generator=generator))
    return model


# %% [markdown]
# ## Question 1 · Weights from Keras (3 points)
#
# Write `from_keras(dense)`. `dense` is a list of pairs `(kernel, bias)` of NumPy arrays with 32
# bits, as `layer.get_weights()` gives them, the kernel with the shape (inputs, outputs). Return an
# `nn.Sequential` with an `nn.Linear` for each pair and an `nn.ReLU` between two of them, none at
# the end, which computes what the Keras model did. There may be any number of pairs from one up.
# The weights can be trained, and changing them later must not change the arrays in `dense`.


# %% question="from_keras" points=3
### BEGIN SOLUTION
def from_keras(dense):
    layers = []
    for kernel, bias in dense:
        if layers:
            layers.append(nn.ReLU())
        linear = nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel.T))
            linear.bias.copy_(torch.from_numpy(bias))
        layers.append(linear)
    return nn.Sequential(*layers)


### END SOLUTION

# %% check="from_keras"
_one = from_keras([(np.array([[1.0, -2.0, 0.5]], "float32"), np.array([0, 1, 0], "float32"))])
assert isinstance(_one, nn.Sequential), "Return an nn.Sequential."
assert [type(layer) for layer in _one] == [nn.Linear], "One pair is one nn.Linear, and no ReLU."
assert tuple(_one[0].weight.shape) == (3, 1), "nn.Linear keeps its weight as (outputs, inputs)."
_out = _one(torch.tensor([[2.0]])).detach().numpy()
assert np.allclose(_out, [[2, -3, 1]]), f"2 · (1, -2, 0.5) + (0, 1, 0) came out as {_out[0]}."
_kinds = [type(layer).__name__ for layer in from_keras(dense)]
assert _kinds == ["Linear", "ReLU", "Linear", "ReLU", "Linear"], f"The layers are {_kinds}."
_kernel, _bias = np.ones((2, 2), "float32"), np.ones(2, "float32")
_model = from_keras([(_kernel, _bias)])
assert all(parameter.requires_grad for parameter in _model.parameters()), (
    "Training needs gradients."
)
with torch.no_grad():
    for _parameter in _model.parameters():
        _parameter.zero_()
assert (_kernel == 1).all(), "The model shares memory with the kernel: copy the weights."
assert (_bias == 1).all(), "The model shares memory with the bias: copy it too."

# %% probe="from_keras" rtol=1e-4 atol=1e-5
_before = [part.copy() for pair in dense for part in pair]
_model = from_keras(dense)
_deep = from_keras([*dense, (dense[0][0][:3], dense[0][1]), *dense[1:]])
_out = _model(X).detach().numpy()
with torch.no_grad():
    for _parameter in _model.parameters():
        _parameter.add_(1)
_same = all(
    np.array_equal(part, old)
    for part, old in zip((part for pair in dense for part in pair), _before, strict=True)
)
{
    "layers": [type(layer).__name__ for layer in _model],
    "outputs": _out,
    "one layer": from_keras(dense[:1])(X).detach().numpy(),
    "two layers": from_keras(dense[:2])(X).detach().numpy(),
    "six layers": [len(_deep), _deep(X).detach().numpy()],
    "trainable": all(parameter.requires_grad for parameter in _model.parameters()),
    "arrays unchanged": _same,
}

# %% [markdown]
# ## Question 2 · Windows of a series (3 points)
#
# Write a `Dataset`, `Windows(series, width, horizon=1, stride=1)`, for forecasting. `series` is a
# NumPy array of numbers with one axis; its dtype may be any. Item `i` is a pair `(window, target)`
# of tensors with 32-bit floats: the window holds the `width` values from position `i * stride` on,
# the target is the single value (a tensor with no axis) `horizon` steps after the window's last
# value. There is an item for every `i` whose target lies inside the series, and `len` says how
# many.
#
# A negative index counts from the end, as in a list; an index outside raises `IndexError`. A series
# that is too short has the length 0.


# %% question="windows" points=3
### BEGIN SOLUTION
class Windows(Dataset):
    def __init__(self, series, width, horizon=1, stride=1):
        self.series = torch.tensor(series, dtype=torch.float32)
        self.width, self.horizon, self.stride = width, horizon, stride

    def __len__(self):
        room = len(self.series) - self.width - self.horizon
        return max(0, room // self.stride + 1)

    def __getitem__(self, index):
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = index * self.stride
        window = self.series[start : start + self.width]
        return window, self.series[start + self.width + self.horizon - 1]


### END SOLUTION

# %% check="windows"
_windows = Windows(np.arange(10.0), width=3)
assert isinstance(_windows, Dataset), "Windows should be a subclass of Dataset."
_window, _target = _windows[0]
assert _window.dtype == _target.dtype == torch.float32, f"{_window.dtype}: models want 32 bits."
assert _window.tolist() == [0, 1, 2], f"The first window is {_window.tolist()}."
assert _target.item() == 3, f"One step after 0, 1, 2 comes {_target.item()}?"
assert _target.ndim == 0, "The target is a single value, a tensor without an axis."
assert len(_windows) == 7, f"10 values have {len(_windows)} windows of 3 with a target after them?"
assert _windows[-1][1].item() == 9, "The last target should be the last value of the series."
_far = Windows(np.arange(10.0), width=3, horizon=2, stride=4)
assert [item[1].item() for item in (_far[0], _far[1])] == [4, 8], "Mind horizon and stride."
assert len(_far) == 2, f"width 3, horizon 2, stride 4 over 10 values: {len(_far)} items?"
for _outside in (7, -8):
    try:
        _windows[_outside]
    except IndexError:
        continue
    raise AssertionError(f"Index {_outside} of 7 items should raise IndexError.")
assert len(Windows(np.arange(3.0), width=3)) == 0, "No target is inside: the length is 0."


# %% probe="windows"
def _outcome(data, index):
    try:
        window, target = data[index]
    except IndexError:
        return "IndexError"
    kinds = [str(window.dtype), str(target.dtype), list(target.shape)]
    return [window.tolist(), target.item(), *kinds]


_results = {}
for _settings in ((4, 1, 1), (5, 3, 2), (7, 2, 5), (1, 1, 1), (38, 2, 1), (38, 2, 9), (38, 3, 1)):
    _data = Windows(series, *_settings)
    _ends = [_outcome(_data, i) for i in (0, -1, len(_data), -len(_data) - 1)]
    _results[str(_settings)] = [len(_data), *_ends]
_batches = DataLoader(Windows(series.astype("float64"), 6, horizon=4, stride=3), batch_size=4)
_results["loader"] = [[window.numpy(), target.numpy()] for window, target in _batches]
_results["short"] = [len(Windows(series[:n], 5, horizon=2)) for n in range(9)]
_results["dtypes"] = [
    _outcome(Windows((9 * series).astype(dtype), 3), -2) for dtype in ("int64", "float64")
]
_results["a Dataset"] = isinstance(_data, Dataset)
_results["names"] = len(Windows(series, stride=6, horizon=2, width=4))
_results["defaults"] = [len(Windows(series, 4)), *_outcome(Windows(series, 4), 2)[:2]]
_results

# %% [markdown]
# ## Question 3 · A large batch in small parts (3 points)
#
# A batch that does not fit into the memory is run in parts whose gradients add up. Write
# `train_epoch(model, parts, optimizer, every)`. `parts` is a list of pairs `(images, labels)`;
# parts may differ in size. Switch the model to training mode, where it stays, and take one
# optimizer step after every `every` parts, and one more for what is left at the end.
#
# Each step must use the gradient of the *mean* cross-entropy over all rows of its parts together,
# as if they had been one batch (batch normalisation aside, which sees each part alone). What was in
# `.grad` before must not count. Return the mean loss over all rows of the epoch, a Python float.


# %% question="train_epoch" points=3
### BEGIN SOLUTION
def train_epoch(model, parts, optimizer, every):
    model.train()
    summed = nn.CrossEntropyLoss(reduction="sum")
    total, rows = 0.0, 0
    for first in range(0, len(parts), every):
        group = parts[first : first + every]
        size = sum(len(labels) for _, labels in group)
        optimizer.zero_grad()
        for images, labels in group:
            loss = summed(model(images), labels)
            (loss / size).backward()
            total += loss.item()
        optimizer.step()
        rows += size
    return total / rows


### END SOLUTION


# %% check="train_epoch"
def _linear():
    model = nn.Linear(6, 3)
    with torch.no_grad():
        model.weight.copy_(torch.linspace(-1, 1, 18).reshape(3, 6))
        model.bias.zero_()
    return model


def _after(parts, every, dirty=False):
    model = _linear()
    if dirty:
        model(X).sum().backward()
    model.eval()
    loss = train_epoch(model, parts, torch.optim.SGD(model.parameters(), lr=0.1), every)
    return model, loss


_whole, _loss = _after([(X, y)], 1)
assert isinstance(_loss, float), f"Return a Python float, not {type(_loss).__name__}: .item()."
assert _whole.training, "Switch the model to training mode first."
_parts = [(X[:15], y[:15]), (X[15:20], y[15:20]), (X[20:], y[20:])]
_split, _split_loss = _after(_parts, 3)
assert abs(_split_loss - _loss) < 1e-5, "Three parts of one batch: weigh each row once in the loss."
assert torch.allclose(_split.weight, _whole.weight, atol=1e-5), (
    "Three parts in one step should move the weights as the whole batch does. Parts of 15, 5 and 3 "
    "rows do not count the same."
)
_dirty, _ = _after([(X, y)], 1, dirty=True)
assert torch.allclose(_dirty.weight, _whole.weight, atol=1e-5), "Old gradients moved the weights."
_two, _ = _after(_parts, 2)
assert not torch.allclose(_two.weight, _after(_parts[:2], 2)[0].weight, atol=1e-5), (
    "The last, incomplete group of parts took no step."
)

# %% probe="train_epoch" rtol=1e-3 atol=1e-5
_parts = [(X[a:b], y[a:b]) for a, b in ((0, 7), (7, 9), (9, 16), (16, 20), (20, 23))]
_results = {}
for _every in (1, 2, 3, 5, 8):
    _model = network().eval()
    (_model(X) ** 2).sum().backward()
    _optimizer = torch.optim.SGD(_model.parameters(), lr=0.3, momentum=0.9)
    _losses = [train_epoch(_model, _parts, _optimizer, _every) for _ in range(2)]
    _floats = all(isinstance(loss, float) for loss in _losses)
    _results[_every] = [_losses, _floats, *as_arrays(_model), _model.training]
_results

# %% [markdown]
# ## Question 4 · A fair evaluation (2 points)
#
# Write `evaluate(model, loader)`. `loader` gives batches `(images, labels)`, the last one perhaps
# smaller. Return a dictionary with `"accuracy"`, the share of rows whose largest logit is the
# label's, and `"loss"`, the mean cross-entropy over all rows, both Python floats.
#
# Evaluating must change nothing: no weight, no running average of a batch normalisation, no
# `.grad`, whether it holds a gradient or `None`. The model must be left in the mode, training or
# evaluation, in which it came, with all its layers. The loader may be gone through only once, and
# need not have a length.


# %% question="evaluate" points=2
### BEGIN SOLUTION
def evaluate(model, loader):
    was_training = model.training
    model.eval()
    right, loss, rows = 0, 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            logits = model(images)
            right += (logits.argmax(dim=1) == labels).sum().item()
            loss += nn.functional.cross_entropy(logits, labels, reduction="sum").item()
            rows += len(labels)
    model.train(was_training)
    return {"accuracy": right / rows, "loss": loss / rows}


### END SOLUTION

# %% check="evaluate"
_model = network(dropout=0.5).train()
_model(X).sum().backward()
_before = as_arrays(_model)
_slopes_before = [parameter.grad.clone() for parameter in _model.parameters()]
_pairs = TensorDataset(X, y)
_small = evaluate(_model, DataLoader(_pairs, batch_size=10))
_large = evaluate(_model, DataLoader(_pairs, batch_size=23))
assert set(_small) == {"accuracy", "loss"}, f"The keys are {sorted(_small)}."
assert all(isinstance(value, float) for value in _small.values()), "Return Python floats: .item()."
assert abs(_small["loss"] - _large["loss"]) < 1e-5, (
    "Batches of 10, 10 and 3 give another loss than one batch of 23: weigh by rows, and evaluate "
    "without dropout and without the batch's own statistics."
)
assert abs(_small["accuracy"] - _large["accuracy"]) < 1e-6, "Weigh the accuracy by rows as well."
assert _model.training, "The model came in training mode and should be left in it."
assert _model[3].training, (
    "The layers inside have a mode too: model.train() sets it in all of them."
)
evaluate(_model.eval(), [(X, y)])
assert not _model.training, "A model that came in evaluation mode should stay in it."
for _old, _new in zip(_before, as_arrays(_model), strict=True):
    assert np.array_equal(_old, _new), "Evaluating changed the model: a running average, perhaps."
for _parameter, _old in zip(_model.parameters(), _slopes_before, strict=True):
    assert _parameter.grad is not None, "A weight had a `.grad` before, and evaluating cleared it."
    assert torch.equal(_parameter.grad, _old), "Evaluating changed the `.grad` of a weight."

# %% probe="evaluate" rtol=1e-4 atol=1e-6
_results = []
for _training in (True, False):
    for _size in (5, 8, 23):
        _model = network(dropout=0.4).train(_training)
        with torch.no_grad():
            _model[1].running_mean.copy_(torch.linspace(-1, 1, 7))
            _model[1].running_var.copy_(torch.linspace(0.5, 2, 7))
        if _size == 8:
            for _parameter in _model.parameters():
                _parameter.grad = torch.ones_like(_parameter)
        _before = as_arrays(_model)
        _found = evaluate(_model, iter(DataLoader(TensorDataset(X, y), batch_size=_size)))
        _same = [np.array_equal(*pair) for pair in zip(_before, as_arrays(_model), strict=True)]
        _grads = [
            "None" if parameter.grad is None else parameter.grad.tolist()
            for parameter in _model.parameters()
        ]
        _floats = all(isinstance(value, float) for value in _found.values())
        _modes = [module.training for module in _model.modules()]
        _trainable = all(parameter.requires_grad for parameter in _model.parameters())
        _results.append([dict(_found), _floats, all(_same), _grads, _modes, _trainable])
_results

# %% [markdown]
# ## Question 5 · Which input matters? (2 points)
#
# Write `input_slopes(model, images, classes)`: for each row, the gradient of *one* logit with
# respect to that row's inputs, the logit that `classes` (a tensor of whole numbers, one per row)
# names. Return a tensor with the shape of `images`, without a history (`requires_grad` is `False`).
# An image may have more than one axis.
#
# The model is in evaluation mode and treats rows independently. Afterwards the `.grad` of every
# parameter must be what it was (`None`, or the same numbers), and `images` must be as it
# came, `images.requires_grad` and `images.grad` included.


# %% question="input_slopes" points=2
### BEGIN SOLUTION
def input_slopes(model, images, classes):
    inputs = images.detach().clone().requires_grad_(True)
    logits = model(inputs)
    chosen = logits[torch.arange(len(classes)), classes].sum()
    return torch.autograd.grad(chosen, inputs)[0]


### END SOLUTION

# %% check="input_slopes"
_weight = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
_linear = nn.Linear(2, 3)
with torch.no_grad():
    _linear.weight.copy_(_weight)
_rows = torch.tensor([[0.5, 1.0], [2.0, -1.0]])
_slopes = input_slopes(_linear, _rows, torch.tensor([2, 0]))
assert _slopes.shape == _rows.shape, f"One slope for each input: {tuple(_slopes.shape)}."
assert torch.allclose(_slopes, _weight[[2, 0]]), (
    f"For a linear layer the slopes of a logit are its row of the weight; got {_slopes.tolist()}. "
    "Each row asks for its own class, and rows do not add up."
)
assert not _slopes.requires_grad, "Return a tensor without a history."
assert not _rows.requires_grad, "`images` was changed: work on a copy."
assert all(parameter.grad is None for parameter in _linear.parameters()), (
    "The weights got gradients: ask torch.autograd.grad for the inputs alone."
)

# %% probe="input_slopes" rtol=1e-4 atol=1e-6
_model = network(dropout=0.3).eval()
_fresh = input_slopes(_model, X, y)
_none = [parameter.grad is None for parameter in _model.parameters()]
(_model(X) ** 2).sum().backward()
_before = [parameter.grad.clone() for parameter in _model.parameters()]
_other = input_slopes(_model, X[:5], (y[:5] + 1) % 3)
_kept = [
    torch.equal(parameter.grad, old)
    for parameter, old in zip(_model.parameters(), _before, strict=True)
]
_asking = X[:4].clone().requires_grad_(True)
_asking.grad = torch.ones_like(_asking)
_square = X[:6].reshape(6, 2, 3)
_fourth = input_slopes(nn.Sequential(nn.Flatten(), _model), _square, y[:6])
_third = input_slopes(_model, _asking, y[:4])
{
    "slopes": [_fresh.numpy(), _other.numpy(), _third.numpy(), _fourth.numpy()],
    "no gradients": all(_none),
    "kept": all(_kept),
    "history": [_fresh.requires_grad, _other.requires_grad],
    "images": [
        X.requires_grad,
        X.grad is None,
        _asking.requires_grad,
        str(_asking.grad),
    ],
}

# %% [markdown]
# ## Question 6 · Go on tomorrow (2 points)
#
# Write `save_checkpoint(path, model, optimizer, epoch)` and `load_checkpoint(path, model,
# optimizer)`. The second fills a model and an optimizer that were newly made with the same
# settings, and returns `epoch`, an integer. Training that goes on from the file must do exactly
# what it would have done without the interruption, also with momentum or Adam. All of it is in the
# one file `path`, which may be moved before it is loaded. The file must be one that
# `torch.load(path, weights_only=True)` reads, so that nobody needs to trust it; and a file with any
# other object inside must be refused before its code can run (let `torch.load` raise its error).


# %% question="checkpoint" points=2
### BEGIN SOLUTION
def save_checkpoint(path, model, optimizer, epoch):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, path)


def load_checkpoint(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"]


### END SOLUTION


# %% check="checkpoint"
def _steps(model, optimizer, count):
    model.train()
    for _ in range(count):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        optimizer.step()


def _pair():
    model = network()
    return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


with tempfile.TemporaryDirectory() as _folder:
    _path = Path(_folder) / "checkpoint.pt"
    _model, _optimizer = _pair()
    _steps(_model, _optimizer, 3)
    save_checkpoint(_path, _model, _optimizer, 3)
    try:
        torch.load(_path, weights_only=True)
    except Exception as error:
        raise AssertionError(
            "torch.load with weights_only=True refuses the file: save state_dicts, not objects."
        ) from error
    _steps(_model, _optimizer, 3)
    _again, _optimizer_again = _pair()
    _epoch = load_checkpoint(_path, _again, _optimizer_again)
assert _epoch == 3, f"The epoch came back as {_epoch!r}."


_ran = []


def _run():
    _ran.append(True)


class _Stranger:
    def __reduce__(self):
        return _run, ()


def _refuses(model, optimizer):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stranger.pt"
        save_checkpoint(path, model, optimizer, 1)
        state = torch.load(path, weights_only=True)
        torch.save(
            [state, _Stranger()] if not isinstance(state, dict) else state | {"x": _Stranger()},
            path,
        )
        try:
            load_checkpoint(path, model, optimizer)
        except Exception as error:
            return type(error).__name__
    return "loaded"


_refused = _refuses(*_pair())
assert not _ran, "A file with a stranger's object was loaded, and its code ran. See `weights_only`."
assert _refused == "UnpicklingError", f"With a stranger's object in the file came: {_refused}."
_steps(_again, _optimizer_again, 3)
for _one, _two in zip(as_arrays(_model), as_arrays(_again), strict=True):
    assert np.allclose(_one, _two), (
        "Training went on differently. Besides the weights, the batch normalisation has running "
        "averages and the optimizer a momentum: are they in the file?"
    )


# %% probe="checkpoint" rtol=1e-4 atol=1e-6
def _train(model, optimizer, count):
    model.train()
    for i in range(count):
        optimizer.zero_grad()
        rows = slice(i % 3, None, 2)
        nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
        optimizer.step()


_ran = []


def _run():
    _ran.append(True)


class _Foreign:
    def __reduce__(self):
        return _run, ()


_results = []
with tempfile.TemporaryDirectory() as _folder:
    for _kind, _settings in (
        (torch.optim.Adam, {"lr": 0.02}),
        (torch.optim.SGD, {"lr": 0.1, "momentum": 0.8}),
    ):
        _path = Path(_folder) / f"{_kind.__name__}.pt"
        _model = network()
        _optimizer = _kind(_model.parameters(), **_settings)
        _train(_model, _optimizer, 4)
        save_checkpoint(_path, _model, _optimizer, 4)
        _train(_model, _optimizer, 2)  # goes on: must not change the file
        _path = _path.rename(Path(_folder) / f"moved-{_path.name}")
        _model = network()
        _optimizer = _kind(_model.parameters(), **_settings)
        _epoch = load_checkpoint(_path, _model, _optimizer)
        _loaded = as_arrays(_model)
        _train(_model, _optimizer, 5)
        _results.append([_epoch, type(_epoch).__name__, _loaded, as_arrays(_model)])
        _state = torch.load(_path, weights_only=True)
        torch.save({"state": _state, "more": _Foreign()}, _path)
        try:
            load_checkpoint(_path, _model, _optimizer)
            _results.append("loaded")
        except Exception as error:
            _results.append(type(error).__name__)
[_results, len(_ran)]
