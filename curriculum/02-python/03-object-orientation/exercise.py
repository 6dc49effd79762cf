# ---
# title: "Exercise: object orientation"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: object orientation
#
# Six classes, each with a job that the libraries of the field do too. No question needs the answer
# of another. Your data are drawn for you: change `seed` to practise again on others. NumPy,
# scikit-learn and the standard library are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import copy
import itertools
from dataclasses import dataclass, fields, replace

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.validation import check_is_fitted

rng = np.random.default_rng(seed)
wine = load_wine()
order = rng.permutation(178)
X = wine.data[order] + rng.normal(0, 0.001, size=(178, 13))  # a little noise: no two rows alike
growers = wine.target_names[wine.target[order]]

# question 1: labels of 100 wines, as they are and as somebody guessed them
y_true = growers[:100]
y_guess = np.where(rng.random(100) < 0.6, y_true, rng.choice(wine.target_names, size=100))

# questions 2, 3 and 6: a series, and positive targets
series = np.cumsum(rng.normal(size=40))
prices = np.exp(X[:, :3] @ rng.normal(0, 0.1, size=3) + rng.normal(0, 0.2, size=178))


def raises(kind, call):
    """Whether `call()` raises an exception of this kind, as in raises(ValueError, lambda: f(3))."""
    try:
        call()
    except Exception as error:
        return isinstance(error, kind)
    return False


class MeanOfAll:
    """A regressor that is not scikit-learn's. It predicts the mean of all targets it ever saw."""

    def __init__(self):
        self.targets = []

    def fit(self, X, y):
        self.targets.extend(y)

    def predict(self, X):
        return np.full(len(X), np.mean(self.targets))


# %% [markdown]
# ## Question 1 · counts that add up (3 points)
#
# Write an immutable class `Confusion` that counts how a classifier with two outcomes did.
#
# - `Confusion(tp, fp, fn, tn)` has four attributes of these names: true positives, false positives,
#   false negatives, true negatives. Assigning to any attribute raises `AttributeError` (or a subclass).
# - `Confusion.from_labels(y_true, y_pred, positive)` counts two equally long lists or arrays of
#   labels. The label `positive` is the positive class, every other label is negative. Called on a
#   subclass, it returns an object of the subclass.
# - `a + b` is a new `Confusion`; `sum` works on a list of them. Adding anything else (apart from the
#   0 that `sum` starts with) raises `TypeError`, on either side.
# - Two objects are equal if all four counts are, and count once in a set. Nothing else equals a
#   `Confusion`, not even a tuple of the same numbers.
# - Properties `precision` = tp / (tp + fp), `recall` = tp / (tp + fn) and
#   `f1` = 2 tp / (2 tp + fp + fn). Where the denominator is zero, they are 0.0.


# %% question="confusion" points=3
### BEGIN SOLUTION
@dataclass(frozen=True)
class Confusion:
    tp: int
    fp: int
    fn: int
    tn: int

    @classmethod
    def from_labels(cls, y_true, y_pred, positive):
        truth, said = np.asarray(y_true) == positive, np.asarray(y_pred) == positive
        cells = (truth & said, ~truth & said, truth & ~said, ~truth & ~said)
        return cls(*(int(cell.sum()) for cell in cells))

    def __add__(self, other):
        if not isinstance(other, Confusion):
            return NotImplemented
        return Confusion(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    def __radd__(self, other):
        return self if other == 0 else NotImplemented

    @staticmethod
    def _share(part, whole):
        return part / whole if whole else 0.0

    @property
    def precision(self):
        return self._share(self.tp, self.tp + self.fp)

    @property
    def recall(self):
        return self._share(self.tp, self.tp + self.fn)

    @property
    def f1(self):
        return self._share(2 * self.tp, 2 * self.tp + self.fp + self.fn)


### END SOLUTION

# %% check="confusion"
_a, _b = Confusion(4, 1, 2, 3), Confusion(tp=1, fp=0, fn=5, tn=2)
assert raises(AttributeError, lambda: setattr(_a, "tp", 9)), (
    "`a.tp = 9` went through. What makes a dataclass refuse assignment?"
)
_total = _a + _b
assert (_total.tp, _total.fp, _total.fn, _total.tn) == (5, 1, 7, 5), "a + b should add each count."
assert (_a.tp, _b.tp) == (4, 1), "a + b changed one of its parts; it should return a new object."
assert not raises(Exception, lambda: sum([_a, _b])), (
    "`sum` fails. It begins with 0 + first: which method of yours could answer that?"
)
assert raises(TypeError, lambda: _a + 1), "`a + 1` should raise TypeError: one WHAT is added?"
assert raises(TypeError, lambda: 1 + _a), "`1 + a` should raise TypeError, only 0 is a start."
assert Confusion(4, 1, 2, 3) == _a, "Equal counts should make equal objects."
assert len({_a, Confusion(4, 1, 2, 3)}) == 1, "Equal objects should count once in a set."
assert (_a == (4, 1, 2, 3)) is False, "A tuple of the same numbers is no Confusion."
assert np.isclose(_a.f1, 8 / 11), f"f1 of the counts 4, 1, 2, 3 is not {_a.f1:.3f}."
_none = Confusion(0, 0, 0, 4)
assert (_none.precision, _none.recall, _none.f1) == (0.0, 0.0, 0.0), (
    "Without any positive, true or predicted, all three shares should be 0.0."
)
assert Confusion.from_labels(["x", "y"], ["x", "x"], "x") == Confusion(1, 1, 0, 0), (
    "Truth x and y, both called x: one true and one false positive, nothing else."
)
assert Confusion.from_labels([0, 1, 2], [0, 2, 1], 0) == Confusion(1, 0, 0, 2), (
    "With the positive label 0, the labels 1 and 2 are both negative, also when confused."
)
_subclass = type("_Subclass", (Confusion,), {})
assert isinstance(_subclass.from_labels([1], [1], 1), _subclass), (
    "Called on a subclass, `from_labels` should build one of those. Which argument knows the class?"
)


# %% probe="confusion" rtol=1e-9
class _Sub(Confusion):
    pass


def _counts(confusion):
    return [int(getattr(confusion, name)) for name in ("tp", "fp", "fn", "tn")]


_parts = [
    Confusion.from_labels(y_true[start : start + 20], list(y_guess[start : start + 20]), label)
    for start in (0, 20, 40)
    for label in wine.target_names
]
_drawn = [int(count) for count in np.random.default_rng(seed + 100).integers(2, 90, size=4)]
_one = Confusion(*_drawn)
_others = [Confusion(*(count + (i == j) for j, count in enumerate(_drawn))) for i in range(4)]
_edges = [(0, 0, 0, 5), (0, 3, 0, 1), (0, 0, 4, 1), (3, 3, 3, 0), (2, 4, 5, 1), (2, 0, 5, 0)]
[
    [_counts(part) for part in _parts],
    _counts(sum(_parts)),
    _counts(_parts[0] + _parts[4]),
    [[c.precision, c.recall, c.f1] for c in [*_parts, _one, *(Confusion(*e) for e in _edges)]],
    [
        _one == other
        for other in [*_others, Confusion(*_drawn), tuple(_drawn), list(_drawn), 0, None]
    ],
    [_one != other for other in [*_others, Confusion(*_drawn), tuple(_drawn)]],
    len({_one, Confusion(*_drawn), *_others, _others[0] + Confusion(0, 0, 0, 0)}),
    [raises(AttributeError, lambda n=n: setattr(_one, n, 1)) for n in ("tp", "fn", "f1", "recall")],
    [
        raises(TypeError, call)
        for call in (
            lambda: _one + 1,
            lambda: 1 + _one,
            lambda: _one + tuple(_drawn),
            lambda: _one + "a",
        )
    ],
    type(_Sub.from_labels([1, 2], [2, 2], 2)) is _Sub,
    _counts(_one),
]

# %% [markdown]
# ## Question 2 · statistics of a table that never fits (2 points)
#
# Write `RunningStats`: the mean and variance of every column of a table that arrives in batches.
#
# - `RunningStats()` has seen no rows; `len(stats)` is the number of rows seen.
# - `stats.update(batch)` takes in an array of shape `(n, d)`, `n` at least 1, and returns the object
#   itself, so that calls can be chained.
# - `stats.mean` and `stats.variance` are read-only properties, arrays of shape `(d,)`; the variance
#   divides by the number of rows (`ddof=0`). Before the first row both raise `ValueError`. Assigning
#   to them raises `AttributeError`.
# - `a.merge(b)` returns a new object that has seen the rows of both; `a` and `b` stay as they are.
#   Each may be empty.
# - The variance must also be right for columns such as $10^8 \pm 1$. (The mean of the squares minus
#   the square of the mean is not: the digits are used up.)
# - Later changes to an array that was handed in or out have no effect on the object.
#
# Two groups of $n_a$ and $n_b$ rows, with means $m_a, m_b$ and sums of squared deviations from their
# own means $S_a, S_b$, have together
#
# $$ m = m_a + (m_b - m_a)\,\frac{n_b}{n_a + n_b}, \qquad
# S = S_a + S_b + (m_b - m_a)^2\,\frac{n_a n_b}{n_a + n_b}. $$


# %% question="running_stats" points=2
### BEGIN SOLUTION
class RunningStats:
    def __init__(self):
        self._count, self._mean, self._squares = 0, np.zeros(1), np.zeros(1)

    def __len__(self):
        return self._count

    def _absorb(self, count, mean, squares):
        if count:
            total = self._count + count
            gap = mean - self._mean
            self._mean = self._mean + gap * count / total
            self._squares = self._squares + squares + gap**2 * self._count * count / total
            self._count = total
        return self

    def update(self, batch):
        mean = batch.mean(axis=0)
        return self._absorb(len(batch), mean, ((batch - mean) ** 2).sum(axis=0))

    def merge(self, other):
        merged = RunningStats()
        for part in (self, other):
            merged._absorb(part._count, part._mean, part._squares)
        return merged

    def _known(self, value):
        if not self._count:
            raise ValueError("no rows seen yet")
        return value

    @property
    def mean(self):
        return self._known(self._mean).copy()

    @property
    def variance(self):
        return self._known(self._squares) / self._count


### END SOLUTION

# %% check="running_stats"
_stats = RunningStats()
assert len(_stats) == 0, "A new object has seen no rows."
assert raises(ValueError, lambda: _stats.mean), "The mean of nothing should raise ValueError."
_batch = X[:30].copy()
assert _stats.update(_batch) is _stats, "`update` should return the object itself."
_before = _stats.mean
_batch[:] = 0
assert np.array_equal(_stats.mean, _before), (
    "The caller used the array of the first batch again, and your statistics changed with it."
)
_stats.update(X[30:37])
assert len(_stats) == 37, f"30 and 7 rows came in, len() says {len(_stats)}."
assert np.allclose(_stats.mean, X[:37].mean(axis=0)), (
    "After batches of 30 and 7 rows the mean is not that of 37 rows. How much does each batch count?"
)
assert np.allclose(_stats.variance, X[:37].var(axis=0)), (
    "The variance is not that of all 37 rows. Do the gaps between the batches' means take part, and "
    "is the sum divided by the number of rows?"
)
assert len(RunningStats()) == 0, "A second object knows of the first one's rows. Who owns the data?"
_far = RunningStats().update(X[:9] + 1e8).update(X[9:20] + 1e8)
assert np.allclose(_far.variance, X[:20].var(axis=0), rtol=1e-4, atol=1e-6), (
    "Shifted by 100 million, the variance is off. Subtract a mean BEFORE you square."
)
_both = _stats.merge(RunningStats().update(X[37:50]))
assert (len(_both), len(_stats)) == (50, 37), (
    "`merge` should return a new object, a stays as it is."
)
assert _stats.merge(RunningStats()) is not _stats, (
    "Also with an empty one, `merge` makes a new object."
)
_stats.mean[:] = 0
assert np.allclose(_stats.mean, X[:37].mean(axis=0)), (
    "The caller overwrote the array that `mean` returned, and your object changed with it."
)


# %% probe="running_stats" rtol=1e-6
def _show(stats):
    return [len(stats), stats.mean, stats.variance]


_data = X[:, ::2] * [1, 10, -1, 1, 1, 5, 0.01]
_cut = 20 + seed % 50
_a, _b, _empty = RunningStats(), RunningStats(), RunningStats()
_buffer = _data[:_cut].copy()
_same = _a.update(_buffer) is _a
_buffer[:] = -1  # the caller uses the array again
_b.update(_data[_cut : _cut + 1]).update(_data[_cut + 1 :])
_merged = _a.merge(_b)
_shown = [
    _show(stats) for stats in (_a, _b, _merged, _b.merge(_a), _a.merge(_empty), _empty.merge(_b))
]
_copied = _a.merge(_empty)
_copied.update(_data[:5])
_a.mean[:] = 7
_a.variance[:] = 7
_merged.mean[:] = 7
[
    _same,
    _shown,
    [_show(_a), _show(_b), len(_empty), _show(_merged), len(_empty.merge(RunningStats()))],
    [raises(ValueError, call) for call in (lambda: _empty.mean, lambda: _empty.variance)],
    [raises(AttributeError, lambda n=n: setattr(_a, n, 1)) for n in ("mean", "variance")],
    RunningStats().update(_data[:50] + 1e8).update(_data[50:60] + 1e8).variance,
    _show(RunningStats().update(_data[:1])),
    _show(RunningStats().update(series[:, None]).update(series[:3, None])),
]

# %% [markdown]
# ## Question 3 · a series as a data set (3 points)
#
# A forecaster learns from pairs: a *window* of `width` values, and as its *target* the value that
# comes `horizon` steps after the window's last. Write `Windows(series, width, horizon=1)`, a data set
# of these pairs. Item $i$ is the tuple of the window that starts at position $i$ and its target; for
# the series 0, 1, 2, … with `width=3, horizon=2`, item 0 is the window 0, 1, 2 and the target 4.
#
# - `len(windows)` is the number of pairs for which window and target both exist. It may be 0.
# - `windows[i]` takes Python's and NumPy's integers. Negative ones count from the end. Outside it
#   raises `IndexError`; what is neither integer nor slice raises `TypeError`.
# - `windows[a:b:c]` returns a list of pairs, by the rules of list slices.
# - A loop gives the pairs in order, in every epoch anew, also when two loops run at once.
# - `series` is a one-dimensional array. Windows share its memory: nothing is copied.


# %% question="windows" points=3
### BEGIN SOLUTION
class Windows:
    def __init__(self, series, width, horizon=1):
        self.series, self.width, self.horizon = series, width, horizon

    def __len__(self):
        return max(0, len(self.series) - self.width - self.horizon + 1)

    def __getitem__(self, index):
        position = range(len(self))[index]  # knows negative indices, slices and both errors
        if isinstance(position, range):
            return [self[i] for i in position]
        end = position + self.width
        return self.series[position:end], self.series[end + self.horizon - 1]


### END SOLUTION

# %% check="windows"
_windows = Windows(np.arange(10.0), 3, horizon=2)
assert len(_windows) == 6, (
    f"In 0 … 9 the last window with a target two steps later is 5, 6, 7. That makes 6 pairs, not "
    f"{len(_windows)}."
)
_window, _target = _windows[0]
assert isinstance(_windows[0], tuple), "A pair should be a tuple."
assert list(_window) == [0, 1, 2], f"item 0 should have the window 0, 1, 2, not {_window}"
assert _target == 4, f"two steps after the window's last value comes 4, not {_target}"
assert np.shares_memory(_window, _windows[1][0]), "Neighbouring windows overlap; yours are copies."
assert _windows[-1][1] == 9, "Item -1 should be the last pair, whose target is the last value."
assert raises(IndexError, lambda: _windows[6]), "Item 6 of 6 should raise IndexError."
assert raises(IndexError, lambda: _windows[-7]), "Item -7 of 6 should raise IndexError."
assert _windows[np.int64(2)][1] == 6, "NumPy's integers should work: samplers draw them."
assert raises(TypeError, lambda: _windows[1.5]), "1.5 is no position: it should raise TypeError."
assert isinstance(_windows[1:4], list), "A slice should be a list of pairs."
assert [_target for _, _target in _windows[-5:4]] == [5, 6, 7], (
    "windows[-5:4] should hold the same pairs as list(windows)[-5:4]."
)
assert [len(list(_windows)) for _epoch in range(2)] == [6, 6], (
    "The second epoch is not like the first."
)
assert len([1 for _one in _windows for _other in _windows]) == 36, (
    "Two loops at once should give 6 x 6 pairs. Is the position kept in the object?"
)
assert len(Windows(np.arange(3.0), 3)) == 0, "Where no pair fits, the length is 0."
assert len(Windows(np.arange(3.0), 9)) == 0, "A length is never negative."

# %% probe="windows" rtol=1e-9
_rng = np.random.default_rng(seed + 200)
_width, _horizon = int(_rng.integers(2, 9)), int(_rng.integers(2, 6))
_w = Windows(series, _width, _horizon)
_n = len(series) - _width - _horizon + 1


def _pairs(pairs):
    return [[list(map(float, window)), float(target)] for window, target in pairs]


[
    [len(Windows(series[:k], 4, h)) for k in (1, 3, 4, 5, 6, 9) for h in (1, 2, 3)],
    len(_w),
    _pairs([_w[0], _w[1], _w[_n - 1], _w[-1], _w[-_n], _w[np.int64(5)], _w[-np.int64(3)]]),
    [raises(IndexError, lambda i=i: _w[i]) for i in (_n, -_n - 1, 1000, np.int64(_n))],
    [raises(TypeError, lambda i=i: _w[i]) for i in (1.5, "2", None)],
    [
        _pairs(_w[part])
        for part in (
            slice(3, 7),
            slice(None, None, 6),
            slice(-4, None),
            slice(5, 1, -2),
            slice(9, 2),
        )
    ],
    [isinstance(_w[2:5], list), isinstance(_w[0], tuple), len(_w[_n - 2 : _n + 50])],
    [_pairs(_w), _pairs(_w) == _pairs(_w)],
    [float(one[1] - other[1]) for one in _w[:7] for other in Windows(series[:9], 3)],
    len([1 for one in _w for other in _w]),
    _pairs(Windows(series[::-1], 1)),
    np.shares_memory(_w[4][0], series),
    [len(Windows(series, 3)), len(_w)],
]

# %% [markdown]
# ## Question 4 · settings that cannot be wrong (2 points)
#
# Write a frozen dataclass `TrainConfig` with the fields `learning_rate` (default 0.1), `layers`
# (default `(64,)`) and `optimizer` (default `"sgd"`), in this order.
#
# - `layers` may be given as a list or tuple of integers, possibly empty. It is stored as a tuple, so
#   that configs can be hashed. (In a frozen dataclass, `__post_init__` can still set a field:
#   `object.__setattr__(self, "layers", …)`.)
# - Creating one raises `ValueError` if the learning rate is not above zero (`nan` is not), if a layer
#   has fewer than 1 unit, or if the optimizer is neither `"sgd"` nor `"adam"`.
# - `TrainConfig.from_dict(settings)` builds one from a dictionary as it comes from a JSON file, and
#   leaves the dictionary as it is. Missing keys get their default; an unknown key raises `ValueError`
#   with the key in its message.
# - `config.grid(**choices)` returns a list of configs, one for each combination of the choices, as in
#   `config.grid(learning_rate=[0.1, 0.01], optimizer=["sgd", "adam"])`. Fields that are not named are
#   those of `config`. The choice named last changes fastest, as in `itertools.product`.
# - `config.changes(other)` returns a dictionary of the fields that differ:
#   `{name: (own value, other's value)}`.


# %% question="train_config" points=2
### BEGIN SOLUTION
@dataclass(frozen=True)
class TrainConfig:
    learning_rate: float = 0.1
    layers: tuple = (64,)
    optimizer: str = "sgd"

    def __post_init__(self):
        object.__setattr__(self, "layers", tuple(self.layers))
        if not self.learning_rate > 0:
            raise ValueError("learning_rate must be above zero")
        if any(units < 1 for units in self.layers):
            raise ValueError("every layer needs at least one unit")
        if self.optimizer not in ("sgd", "adam"):
            raise ValueError(f"unknown optimizer {self.optimizer!r}")

    @classmethod
    def from_dict(cls, settings):
        known = [item.name for item in fields(cls)]
        for key in settings:
            if key not in known:
                raise ValueError(f"unknown setting {key!r}")
        return cls(**settings)

    def grid(self, **choices):
        pairs = [[(name, value) for value in values] for name, values in choices.items()]
        return [replace(self, **dict(combination)) for combination in itertools.product(*pairs)]

    def changes(self, other):
        pairs = {
            item.name: (getattr(self, item.name), getattr(other, item.name))
            for item in fields(self)
        }
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


### END SOLUTION

# %% check="train_config"
_config = TrainConfig(0.5, [8, 4], "adam")
assert _config.layers == (8, 4), f"layers should be stored as a tuple, not {_config.layers!r}"
assert raises(AttributeError, lambda: setattr(_config, "layers", ())), "It should be frozen."
assert len({_config, TrainConfig(0.5, (8, 4), "adam")}) == 1, (
    "A list and a tuple make equal configs."
)
for _bad in ({"learning_rate": float("nan")}, {"layers": [3, 0]}, {"optimizer": "sdg"}):
    assert raises(ValueError, lambda _bad=_bad: TrainConfig(**_bad)), f"{_bad} was accepted."
assert TrainConfig(layers=[]).layers == (), "A config without layers is allowed, and stays without."
_settings = {"layers": [3]}
assert TrainConfig.from_dict(_settings).learning_rate == TrainConfig().learning_rate, (
    "A key that is missing should leave the default."
)
assert _settings == {"layers": [3]}, "`from_dict` changed the dictionary that it was given."
assert raises(ValueError, lambda: TrainConfig.from_dict({"lr": 0.1})), "The key 'lr' is unknown."
try:
    TrainConfig.from_dict({"lr": 0.1})
except ValueError as _error:
    _said = str(_error)
assert "lr" in _said, f"The message should name the key 'lr'; it says {_said!r}."
_grid = _config.grid(learning_rate=[0.2, 0.3], layers=[[1], [2, 2]])
assert [_one.layers for _one in _grid] == [(1,), (2, 2), (1,), (2, 2)], (
    "2 x 2 choices make 4 configs, and the choice named last changes fastest."
)
assert all(_one.optimizer == "adam" for _one in _grid), "Fields not named should stay as in config."
_changes = _config.changes(TrainConfig(0.5, (8, 5), "adam"))
assert set(_changes) == {"layers"}, "Only layers differ."
assert _changes["layers"][0] == _config.layers, "The first value of a change is the config's own."


# %% probe="train_config" rtol=1e-9
def _fields(config):
    return [config.learning_rate, config.layers, config.optimizer]


def _message(call):
    try:
        call()
    except ValueError as error:
        return str(error)
    return ""


_rng = np.random.default_rng(seed + 300)
_rates = [float(rate) for rate in _rng.uniform(0.01, 0.9, size=3).round(3)]
_units = [int(unit) for unit in _rng.integers(2, 99, size=3)]
_base = TrainConfig(_rates[0], _units, "adam")
_good = [{}, {"learning_rate": 1e-9}, {"layers": []}, {"layers": [1]}, {"layers": [1, 1]}]
_wrong = [
    {"learning_rate": 0},
    {"learning_rate": -_rates[0]},
    {"learning_rate": float("nan")},
    {"layers": [0]},
    {"layers": [*_units, -1]},
    {"layers": [0, *_units], "optimizer": "adam"},
    {"optimizer": "SGD"},
    {"optimizer": "adamw"},
    {"optimizer": ""},
]
_given = {"optimizer": "adam", "layers": _units}
_grid = _base.grid(optimizer=["sgd", "adam"], learning_rate=_rates, layers=[[1], _units, ()])
[
    _fields(_base),
    _fields(TrainConfig()),
    [_fields(TrainConfig(**settings)) for settings in _good],
    [raises(ValueError, lambda s=s: TrainConfig(**s)) for s in _wrong],
    [raises(ValueError, lambda s=s: replace(_base, **s)) for s in _wrong],
    [raises(ValueError, lambda s=s: TrainConfig.from_dict(s)) for s in _wrong],
    [_fields(TrainConfig.from_dict(s)) for s in (_given, {}, {"learning_rate": _rates[1]})],
    [_given, len(_units)],
    ["momentum" in _message(lambda: TrainConfig.from_dict({"layers": [2], "momentum": 0.9}))],
    ["self" in _message(lambda: TrainConfig.from_dict({"self": 1}))],
    [_fields(config) for config in _grid],
    [_fields(config) for config in _base.grid()],
    [_fields(config) for config in _base.grid(layers=[(7,)])],
    len(_base.grid(optimizer=[])),
    raises(ValueError, lambda: _base.grid(learning_rate=[0.1, -0.1])),
    [_base.changes(config) for config in (_grid[0], _grid[9], _grid[-1], TrainConfig(), _base)],
    TrainConfig().changes(_base),
    [len({_base, TrainConfig(_rates[0], tuple(_units), "adam"), *_grid}), _fields(_base)],
    [raises(AttributeError, lambda n=n: setattr(_base, n, 1)) for n in ("layers", "optimizer")],
]

# %% [markdown]
# ## Question 5 · an estimator that forgets (3 points)
#
# Write `NearestNeighbours(n_neighbors=None, standardise=True)`, a classifier that keeps
# scikit-learn's four rules and inherits from `ClassifierMixin` and `BaseEstimator`.
#
# - `fit(X, y)` learns from arrays of shapes `(n, d)` and `(n,)`, and returns `self`:
#   `classes_`, the sorted labels; `n_neighbors_`, which is `n_neighbors` or, if that is `None`, the
#   square root of `n` rounded down; `mean_` and `scale_`, the columns' means and standard deviations
#   (`ddof=0`), except that `scale_` is 1 where all values of a column are equal. With
#   `standardise=False`, `mean_` is all zeros and `scale_` all ones. It may learn more.
# - `predict_proba(X)`, shape `(m, k)` in the order of `classes_`: the share that each class has among
#   the `n_neighbors_` nearest training rows, by Euclidean distance after subtracting `mean_` and
#   dividing by `scale_`. (No two training rows are equally far from a row here.)
# - `predict(X)`: the class with the largest share; if several have it, the first in `classes_`.
# - Both raise `NotFittedError` before `fit`. They depend only on the last `fit`: nothing remains of
#   earlier ones, and a hyperparameter that is changed takes effect at the next `fit`.
# - `fit` changes neither hyperparameters nor its arguments. `clone` and `cross_val_score` work.


# %% question="nearest_neighbours" points=3
### BEGIN SOLUTION
class NearestNeighbours(ClassifierMixin, BaseEstimator):
    def __init__(self, n_neighbors=None, standardise=True):
        self.n_neighbors = n_neighbors
        self.standardise = standardise

    def fit(self, X, y):
        self.n_neighbors_ = int(np.sqrt(len(X))) if self.n_neighbors is None else self.n_neighbors
        spread = X.std(axis=0)
        self.mean_, self.scale_ = np.zeros(X.shape[1]), np.ones(X.shape[1])
        if self.standardise:
            self.mean_, self.scale_ = X.mean(axis=0), np.where(np.ptp(X, axis=0) > 0, spread, 1.0)
        self.classes_, self.codes_ = np.unique(y, return_inverse=True)
        self.rows_ = (X - self.mean_) / self.scale_
        return self

    def predict_proba(self, X):
        check_is_fitted(self)
        rows = (X - self.mean_) / self.scale_
        distances = ((rows[:, None] - self.rows_) ** 2).sum(axis=2)
        nearest = self.codes_[np.argsort(distances, axis=1)[:, : self.n_neighbors_]]
        return np.mean(nearest[:, :, None] == np.arange(len(self.classes_)), axis=1)

    def predict(self, X):
        shares = self.predict_proba(X)  # first: it knows whether fit has run
        return self.classes_[np.argmax(shares, axis=1)]


### END SOLUTION

# %% check="nearest_neighbours"
_model = NearestNeighbours()
assert _model.n_neighbors is None, "`__init__` should store what it was given and do nothing else."
assert raises(NotFittedError, lambda: _model.predict(X)), (
    "`predict` before `fit` should raise NotFittedError. check_is_fitted(self) does that, if it runs "
    "before any learned attribute is read."
)
assert _model.fit(X[:100], growers[:100]) is _model, "`fit` should return self."
assert _model.n_neighbors is None, (
    "`fit` wrote to the hyperparameter n_neighbors. What it works out belongs into n_neighbors_."
)
_old = _model.predict(X[100:])
_model.set_params(n_neighbors=1, standardise=False)
assert np.array_equal(_model.predict(X[100:]), _old), (
    "set_params changed predictions without a new fit. Which attributes does predict read?"
)
_plain = NearestNeighbours(7, standardise=False).fit(X[:100], growers[:100])
_sklearn = KNeighborsClassifier(7).fit(X[:100], growers[:100])
assert np.allclose(_plain.predict_proba(X[100:]), _sklearn.predict_proba(X[100:])), (
    "Without standardising you disagree with scikit-learn's 7 nearest neighbours."
)
assert np.allclose(NearestNeighbours().fit(X[:100], growers[:100]).mean_, X[:100].mean(axis=0)), (
    "mean_ should hold the means of the training rows' columns."
)
_model = NearestNeighbours().fit(X[:99], growers[:99])
assert _model.n_neighbors_ == 9, "The square root of 99 is 9.95. Rounded down?"
assert np.allclose(_model.scale_, X[:99].std(axis=0)), (
    "scale_ should hold the columns' standard deviations. Is each divided by n, or by n - 1?"
)
_model.set_params(standardise=False).fit(X[:30, :4], growers[:30])
assert (_model.n_neighbors_, _model.mean_.tolist()) == (5, [0.0] * 4), (
    "A second fit, on 30 rows of 4 columns and without standardising, still shows the first one."
)
_rows = X[:90].copy()
NearestNeighbours().fit(_rows, growers[:90])
assert np.array_equal(_rows, X[:90]), "`fit` changed the array that it was given."
_tiny = X[:90, :2] * 1e-14
assert np.allclose(NearestNeighbours().fit(_tiny, growers[:90]).scale_ / _tiny.std(axis=0), 1), (
    "The values of a column differ, if only by 1e-14, yet scale_ is not their standard deviation."
)
_model = NearestNeighbours().fit(np.full((90, 2), 0.1), growers[:90])
assert np.allclose(_model.scale_, 1), (
    "Where all values of a column are 0.1, scale_ should be 1. Their computed standard deviation is "
    f"{np.full(90, 0.1).std():.1e}, because their mean is rounded: compare the values themselves."
)
assert clone(NearestNeighbours(n_neighbors=4)).n_neighbors == 4, "clone lost a hyperparameter."

# %% probe="nearest_neighbours" rtol=1e-6
_rng = np.random.default_rng(seed + 400)
_X = X.copy()  # an answer that changes its arguments spoils no other question
_cut = int(_rng.integers(85, 130))
_names = growers.astype(str)
_flat = np.column_stack([_X[:, :4], np.full(178, 3.0), np.full(178, 0.1), _X[:, 4] * 1e-15])
_train, _labels = _X[:_cut].copy(), _names[:_cut].copy()
_m = NearestNeighbours()
_before = _m.get_params()
_returned = _m.fit(_train, _labels) is _m


def _learned(model):
    scales = np.log(model.scale_)  # a small one counts as much as a large one
    return [[str(c) for c in model.classes_], int(model.n_neighbors_), model.mean_, scales]


_first = [
    _learned(_m),
    _m.predict_proba(_X[_cut:]),
    [str(label) for label in _m.predict(_X[_cut:])],
]
_m.set_params(n_neighbors=2, standardise=False)
_waiting = _m.predict_proba(_X[_cut:])
_kept = [np.array_equal(_train, X[:_cut]), np.array_equal(_labels, _names[:_cut]), _m.get_params()]
_m.fit(_train[:30, :3], (_train[:30, 0] > 13).astype(int))
_second = [
    _learned(_m),
    _m.predict_proba(_X[30:60, :3]),
    [int(c) for c in _m.predict(_X[30:90, :3])],
]
_m.set_params(n_neighbors=None, standardise=True)
_m.fit(_flat[:_cut], _names[:_cut])
_again = NearestNeighbours().fit(_train, _labels)
_settings = _again.get_params()
_again.fit(_X[:40, 2:9], _names[:40])
_fresh = NearestNeighbours(n_neighbors=6, standardise=False)
_copy = clone(_fresh.fit(_train, _labels))
_two = NearestNeighbours(2, False).fit(np.array([[0.0], [1.0], [5.0]]), np.array(["b", "a", "b"]))
[
    _returned,
    _before,
    _first,
    _waiting,
    _kept,
    _second,
    [_learned(_m), _m.predict_proba(_flat[_cut:])],
    [_settings, _again.get_params(), _learned(_again), _again.predict_proba(_X[40:90, 2:9])],
    [_fresh.predict_proba(_X[_cut:]), float(_fresh.score(_X[_cut:], _names[_cut:]))],
    [_copy.get_params(), hasattr(_copy, "classes_")],
    [
        raises(NotFittedError, lambda n=n: getattr(_copy, n)(_X))
        for n in ("predict", "predict_proba")
    ],
    [[str(label) for label in _two.predict(np.array([[0.1], [4.9]]))], _two.n_neighbors_],
    [
        int(NearestNeighbours().fit(_X[:n], np.arange(n) % 2).n_neighbors_)
        for n in (4, 8, 9, 24, 25, _cut)
    ],
    [isinstance(_m, ClassifierMixin), isinstance(_m, BaseEstimator)],
]

# %% [markdown]
# ## Question 6 · around any regressor (2 points)
#
# Prices multiply, so their logarithm is easier to predict. Write `LogTarget(model)`, which wraps any
# regressor: any *object* with callable `fit(X, y)` and `predict(X)`, scikit-learn's or not. It need
# not have `get_params`, and its `fit` need not return anything.
#
# - The constructor raises `TypeError` if one of the two methods is missing or not callable, and if it
#   gets a class instead of an object, as in `LogTarget(LinearRegression)`. It stores `model` under
#   this name.
# - `fit(X, y)` trains a deep copy of `model` on the logarithm of the array `y`, stores it as `model_`
#   and returns `self`. `model` itself and `y` never change, and every `fit` starts from `model` anew.
#   If an entry of `y` is not above zero (`nan` is not), it raises `ValueError`; what an earlier `fit`
#   learned is then still there.
# - `predict(X)` returns predictions in the unit of `y`. Before `fit` it raises `NotFittedError`.
#   (`check_is_fitted` works on subclasses of `BaseEstimator` only.)


# %% question="log_target" points=2
### BEGIN SOLUTION
class LogTarget:
    def __init__(self, model):
        for name in ("fit", "predict"):
            if isinstance(model, type) or not callable(getattr(model, name, None)):
                raise TypeError(f"model must be an object with a method {name}")
        self.model = model

    def fit(self, X, y):
        if not np.all(y > 0):
            raise ValueError("every target must be above zero")
        model = copy.deepcopy(self.model)
        model.fit(X, np.log(y))
        self.model_ = model
        return self

    def predict(self, X):
        if not hasattr(self, "model_"):
            raise NotFittedError("call fit first")
        return np.exp(self.model_.predict(X))


### END SOLUTION

# %% check="log_target"
_inner = MeanOfAll()
_wrapped = LogTarget(_inner)
assert _wrapped.model is _inner, "The attribute `model` should be the very object handed in."
assert raises(NotFittedError, lambda: _wrapped.predict(X)), (
    "`predict` before `fit` should raise NotFittedError. Is LogTarget a BaseEstimator? If it is not, "
    "check_is_fitted refuses it: raise the error yourself."
)
assert _wrapped.fit(X[:2], np.array([1.0, 100.0])) is _wrapped, "`fit` should return self."
assert np.allclose(_wrapped.predict(X[:3]), 10), (
    "The mean of log 1 and log 100 is log 10, so a model that predicts the mean should give 10, not "
    f"{np.ravel(_wrapped.predict(X[:3]))[0]:.3g}. Is the logarithm undone?"
)
assert _inner.targets == [], "The model that was handed in has been trained itself."
_wrapped.fit(X[:2], np.array([4.0, 4.0]))
assert np.allclose(_wrapped.predict(X[:3]), 4), "The second fit still remembers the first."
for _bad in (0.0, np.nan):
    assert raises(ValueError, lambda _bad=_bad: _wrapped.fit(X[:2], np.array([1.0, _bad]))), (
        f"A target of {_bad} was accepted. It is not above zero, so its logarithm is of no use."
    )
assert np.allclose(_wrapped.predict(X[:3]), 4), (
    "A fit that was refused changed what the earlier one had learned. In which order do you check "
    "and store?"
)
assert raises(TypeError, lambda: LogTarget(X)), "An array cannot fit or predict."
assert raises(TypeError, lambda: LogTarget(LinearRegression)), (
    "LinearRegression without brackets is a class. It has both methods, but is no object to train."
)


# %% probe="log_target" rtol=1e-6
class _FitOnly:
    def fit(self, X, y):
        pass


class _PredictOnly:
    def predict(self, X):
        return X


class _NotCallable(_FitOnly):
    predict = 3


_mean, _line = MeanOfAll(), LinearRegression()
_wrapped_mean = LogTarget(_mean)
_unfitted = raises(NotFittedError, lambda: _wrapped_mean.predict(X))
_fitted = _wrapped_mean.fit(X[:60], prices[:60]) is _wrapped_mean
_one = _wrapped_mean.predict(X[:3])
_wrapped_mean.fit(X[60:90], prices[60:90])
_two = _wrapped_mean.predict(X[:3])
_bad = [np.append(prices[:29], value) for value in (0.0, -1.0, np.nan)]
_refused = [raises(ValueError, lambda y=y: _wrapped_mean.fit(X[:30], y)) for y in _bad]
_targets = prices[:100].copy()
_wrapped_line = LogTarget(_line).fit(X[:100, :3], _targets)
_warm = MeanOfAll()
_warm.fit(X[:2], [1.0, 2.0])
[
    _unfitted,
    _fitted,
    _one,
    _two,
    _refused,
    _wrapped_mean.predict(X[:2]),
    [len(_mean.targets), _wrapped_mean.model is _mean, len(_wrapped_mean.model_.targets)],
    _wrapped_line.predict(X[100:, :3]),
    [_wrapped_line.model is _line, hasattr(_line, "coef_"), np.array_equal(_targets, prices[:100])],
    _wrapped_line.model_.coef_,
    LogTarget(_warm).fit(X[:30], prices[:30]).predict(X[:1]),
    len(_warm.targets),
    [
        raises(TypeError, lambda m=m: LogTarget(m))
        for m in (_FitOnly(), _PredictOnly(), _NotCallable(), MeanOfAll, LinearRegression, None, 3)
    ],
    LogTarget(MeanOfAll()).fit(X[:30], prices[:30] / 2 / prices.max()).predict(X[:2]),
    LogTarget(LogTarget(MeanOfAll())).fit(X[:30], 1 + prices[:30]).predict(X[:2]),
]
