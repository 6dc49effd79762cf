# ---
# title: Object orientation
# minutes: 60
# needs: [02-python/02-functions-and-iterators]
# objectives: [google-pmle/2.2, google-pmle/5.1, databricks-ml/3.3, databricks-ml/3.4, databricks-ml/4.2, tf-developer/1.1]
# ---

# %% [markdown]
# # Object orientation
#
# `model.fit(X, y)`, `dataset[3]`, `layer(X)`: the libraries of the field hand you objects. After this
# lesson you can
#
# - say what an object owns and what it shares,
# - write classes that work with `for`, `len`, `==`, `+`, sets and calls,
# - choose between inheriting and composing,
# - keep settings in a validated dataclass that cannot be changed by accident,
# - require methods of an object, with an abstract class or a protocol, and
# - write an estimator that scikit-learn's own tools accept.
#
# **Exam lens.** The exams ask for objects that keep to a convention. Databricks 3.3 asks what `fit`
# returns, 3.4 for preparation and model in one pipeline, 4.2 for your own logic wrapped around a
# model. Google PMLE 2.2 prototypes with scikit-learn and PyTorch; 5.1 wants training and serving to
# prepare data alike. TensorFlow Developer 1.1 (retired) had you write and mend Python.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_wine


def attempt(label, call):
    try:
        print(f"{label}:", call())
    except Exception as error:
        print(f"{label}:", type(error).__name__)


# %% [markdown]
# ## 1. What an object owns
#
# A *class* is a plan, an *instance* is one object made from it. `ScoreLog("forest")` creates an empty
# instance and hands it to `__init__` as `self`. What is stored on `self` is an *attribute* of that
# instance. A function in a class is a *method*: `forest.add(0.91)` runs `ScoreLog.add(forest, 0.91)`.
#
# > **Predict first.** Below, `count` and `scores` are written in the class itself. What do `forest`
# > and `svm` hold after one score each?


# %%
class ScoreLog:
    count = 0
    scores = []

    def __init__(self, model):
        self.model = model

    def add(self, score):
        self.count += 1
        self.scores.append(score)


forest, svm = ScoreLog("forest"), ScoreLog("svm")
forest.add(0.91)
svm.add(0.88)
for log in (forest, svm):
    print(log.model, log.count, log.scores, "  own attributes:", list(vars(log)))

# %% [markdown]
# The counts are separate, the scores are shared. *Reading* `self.count` looks in the instance, then in
# the class. *Assigning* writes to the instance; `+=` on a number assigns, so each got its own `count`.
# `append` assigns nothing: it changes the one list in the class. The cure is `self.scores = []` in
# `__init__`, which runs for each instance. Class attributes are for constants that all share.
#
# ## 2. A data set you can loop over
#
# Methods with two underscores on each side, *dunder* methods, are called by Python itself:
# `len(data)` runs `data.__len__()`, `data[3]` runs `data.__getitem__(3)`, and printing ends up in
# `__repr__`. PyTorch's `Dataset` asks for the first two.
#
# > **Predict first.** Nothing below says how to loop. Does the `for` work, and what would end it?


# %%
class WineData:
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]

    def __repr__(self):
        return f"WineData({len(self)} rows, {self.X.shape[1]} columns)"


wine = load_wine()
data = WineData(wine.data, wine.target)
print(data, "  last label:", data[-1][1], "  rows in a loop:", sum(1 for row, label in data))

# %% [markdown]
# It works: without `__iter__`, Python asks for `data[0]`, `data[1]`, … until an `IndexError`, which
# NumPy raises at 178. A `__getitem__` that never raises one would loop for ever.
#
# To decide yourself what a loop gets, write `__iter__`, here as a generator. (NumPy understands
# slices, so `WineData` does.)


# %%
class Batches:
    def __init__(self, data, size):
        self.data, self.size = data, size

    def __iter__(self):
        for start in range(0, len(self.data), self.size):
            yield self.data[start : start + self.size]


batches = Batches(data, 64)
for source in (batches, iter(batches)):
    print("rows in three epochs:", [sum(len(labels) for _, labels in source) for _ in range(3)])

# %% [markdown]
# Every `for` calls `__iter__` again, so each epoch starts afresh. The second source, `iter(batches)`,
# is what one such call returned: a generator, used up after one epoch. A model would see nothing
# from the second epoch on, without an error.
#
# ## 3. Equality, hashing and operators
#
# `==` runs `__eq__`, `+` runs `__add__`. Return `NotImplemented` for partners you do not know: Python
# then asks the partner. If that declines too, `+` raises `TypeError` and `==` is `False`.
#
# > **Predict first.** Two objects with the same value. Which of the three attempts fail?
# > (`attempt` prints a result or an error's name.)


# %%
class Seconds:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value if isinstance(other, Seconds) else NotImplemented

    def __add__(self, other):
        return Seconds(self.value + other.value) if isinstance(other, Seconds) else NotImplemented


first, second = Seconds(40), Seconds(40)
print("equal:", first == second, "  the same object:", first is second)
attempt("add a bare 5", lambda: first + 5)
attempt("sum of a list", lambda: sum([first, second]).value)
attempt("size of a set", lambda: len({first, second}))

# %% [markdown]
# All three. Refusing the 5 is the point of having units. `sum` fails because it starts with
# `0 + first`: the integer declines, Python tries `first.__radd__(0)`, and there is none. The set needs
# a *hash*, a number that is equal for equal objects. A class with its own `__eq__` loses the inherited
# `__hash__` and needs a matching one. Methods are attributes of the class, so we can add both now.
#
# > **Predict first.** The last lines put `first` into a set and then change its value. Is it found
# > there? Is another object with the old value?

# %%
Seconds.__radd__ = lambda self, other: self if other == 0 else NotImplemented
Seconds.__hash__ = lambda self: hash(self.value)
attempt("sum of a list", lambda: sum([first, second]).value)
seen = {first}
first.value = 50
print("found:", first in seen, Seconds(40) in seen, "  size of the set:", len(seen))

# %% [markdown]
# Neither, though the set still holds it: `first` is looked for under its *new* hash, and under the old
# hash lies an object that no longer equals 40. So objects that are hashed by value must never change.
# Section 7 enforces that.
#
# ## 4. Properties, calls and other constructors
#
# A learning-rate schedule is a function with settings: an object that can be called. `rate(300)` runs
# `__call__`, as `layer(X)` does in Keras.
#
# A *property* looks like an attribute and runs a method; its *setter* runs on every assignment. The
# value itself is in `_start`. One leading underscore means *private*: a request, not a lock.
#
# A *class method* gets the class as `cls`. It serves as a second constructor. A *static method* gets
# neither; it is a plain function that lives in the class.


# %%
class Decay:
    def __init__(self, start, half_life):
        self.start, self.half_life = start, half_life

    @property
    def start(self):
        return self._start

    @start.setter
    def start(self, value):
        if not value > 0:
            raise ValueError(f"start must be positive, got {value}")
        self._start = value

    def __call__(self, step):
        return self.start * 0.5 ** (step / self.half_life)

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    @staticmethod
    def steps(epochs, n_rows, batch_size):
        return epochs * -(-n_rows // batch_size)  # rounded up


# %% [markdown]
# > **Predict first.** `__init__` checks nothing. Is a negative start refused?

# %%
rate = Decay.from_config({"start": 0.1, "half_life": 100})
print(f"step 0: {rate(0)}, step 300: {rate(300)}, steps in 10 epochs: {Decay.steps(10, 178, 64)}")
attempt("create with -1", lambda: Decay(-1, 100))

# %% [markdown]
# Yes: `self.start = …` in `__init__` is an assignment, so it runs the setter. `not value > 0` refuses
# `nan`, which `value <= 0` would let through.
#
# ## 5. Inheritance
#
# `class Warmup(Decay)` has everything that `Decay` has, and replaces what it defines itself.
# `super()` reaches what was replaced. A subclass with its own `__init__` calls `super().__init__(…)`,
# or the base's attributes are missing. With several base classes Python puts all of them in one line,
# the *method resolution order* (MRO), and takes the first that has the method.
#
# A *mixin* is a small class that adds one ability to others. `Floor` keeps a rate above 0.02. It has
# no base class with a `__call__`, yet it calls `super().__call__`.
#
# > **Predict first.** Can that work? And does it matter whether `Floor` stands left or right of
# > `Warmup`?


# %%
class Warmup(Decay):
    def __call__(self, step):
        return min(1, step / 50) * super().__call__(step)


class Floor:
    def __call__(self, step):
        return max(0.02, super().__call__(step))


class FloorLeft(Floor, Warmup): ...


class FloorRight(Warmup, Floor): ...


# %%
figure, axis = plt.subplots(figsize=(7, 3.5), layout="constrained")
for kind, style in [(Decay, ":"), (FloorRight, "-"), (FloorLeft, "--")]:
    print(f"{kind.__name__:>10}:", " > ".join(base.__name__ for base in kind.__mro__))
    axis.plot(list(map(kind(0.1, 100), range(500))), style, linewidth=2, label=kind.__name__)
axis.set(xlabel="step", ylabel="learning rate", title="Only the left mixin keeps its floor")
axis.legend()
plt.show()

# %% [markdown]
# `super()` means *next in the MRO of this object*, not "my parent". In `FloorLeft` the next after
# `Floor` is `Warmup`, so the floor holds at both ends. In `FloorRight` it comes after `Decay`, which
# calls no `super()`, and is never reached. So mixins go to the left. (The inherited
# `FloorLeft.from_config(…)` makes a `FloorLeft`, because it calls `cls`.)
#
# ## 6. Inherit or compose?
#
# > **Predict first.** `LowerKeys` is a dictionary that stores keys in lower case. Three keys come in
# > by three ways. How many end up in lower case?


# %%
class LowerKeys(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value)


units = LowerKeys(Ash="g/l")
units["Alcohol"] = "%"
units.update(Proline="mg/l")
print(dict(units))

# %% [markdown]
# One. `dict` does not use `__setitem__` in its constructor or in `update`. A subclass depends on which
# methods of its base call which others. That is seldom promised and may change with a release: the
# *fragile base class*.
#
# *Composition* depends on public methods only: an object *has* another and passes work on to it. A
# pipeline has a scaler and a model; it is not a scaler.


# %%
class Chain:
    def __init__(self, scaler, model):
        self.scaler, self.model = scaler, model

    def fit(self, X, y):
        self.model.fit(self.scaler.fit_transform(X), y)
        return self

    def predict(self, X):
        return self.model.predict(self.scaler.transform(X))


# %% [markdown]
# `Chain` takes any scaler and model, and keeps what the scaler learned, so serving prepares rows as
# training did. scikit-learn's `Pipeline` is this with any number of steps. MLflow's `PythonModel`
# combines both ways: you inherit its interface, and hold your model inside.
#
# ## 7. Dataclasses
#
# `@dataclass` writes `__init__`, `__repr__` and `__eq__` from a list of fields. `frozen=True` forbids
# assignment and adds `__hash__`; `order=True` adds `<`, field by field. `compare=False` leaves a field
# out of the comparisons and the hash. `__post_init__` runs at the end of `__init__`: the place for
# checks. `replace` makes a changed copy, through `__init__`. A list as a default would be the trap of section 1 and is
# refused; `default_factory` makes a new one for each instance.
#
# > **Predict first.** Which of the four attempts below are refused?

# %%
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, order=True)
class Config:
    learning_rate: float
    epochs: int = 10
    tags: list = field(default_factory=list, compare=False)

    def __post_init__(self):
        if not self.learning_rate > 0:
            raise ValueError("learning_rate must be positive")


base = Config(0.1)
longer = replace(base, epochs=50)
print(longer, "  equal:", base == Config(0.1), "  smaller:", base < longer)
attempt("assign", lambda: setattr(base, "epochs", 20))
attempt("replace by a bad value", lambda: replace(base, learning_rate=-1))
attempt("a text for a number", lambda: Config(0.1, epochs="ten").epochs)
attempt("append to a list", lambda: base.tags.append("first try"))
print("tags of the copy:", longer.tags)

# %% [markdown]
# The first two. Type hints are not checked at run time. Frozen forbids another list, not another
# item in it. And `replace` handed on the same list: the copy has the tag too. Use tuples in frozen
# classes.
#
# ## 8. Requiring methods: abstract classes and protocols
#
# An *abstract base class* (`ABC`) names methods that subclasses must write. A *protocol* names
# methods too, but asks for no inheritance: what has them, fits. That is *duck typing*, written down for
# type checkers. `runtime_checkable` permits `isinstance`.
#
# > **Predict first.** `Accuracy` forgets its method. When is that noticed? And which of the three
# > candidates counts as a `Predictor`? The last is the class itself, without brackets.

# %%
from abc import ABC, abstractmethod
from typing import Protocol, runtime_checkable

from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler


class Metric(ABC):
    @abstractmethod
    def score(self, y_true, y_pred): ...


class Accuracy(Metric): ...


@runtime_checkable
class Predictor(Protocol):
    def fit(self, X, y): ...
    def predict(self, X): ...


attempt("create an Accuracy", Accuracy)
for candidate in (StandardScaler(), NearestCentroid(), NearestCentroid):
    print(candidate, "is a Predictor:", isinstance(candidate, Predictor))

# %% [markdown]
# `Accuracy` fails when an instance is *created*, before any training is paid for.
# scikit-learn's classifier fits the protocol without knowing of it, and so does the bare class, which
# cannot be fitted: `isinstance` looks for names, not for arguments, types or meaning. Use an ABC to
# share code among your own classes, a protocol to accept those of others.
#
# ## 9. An estimator of your own
#
# A *nearest centroid* classifier keeps the mean of each class and predicts the nearest.
# scikit-learn's tools accept it if it keeps four rules:
#
# 1. `__init__` stores each hyperparameter under its own name, unchanged, and does nothing else.
# 2. `fit` stores what it learns in attributes that end in an underscore, and returns `self`.
# 3. `predict` before `fit` raises `NotFittedError`; `check_is_fitted` looks for such attributes.
# 4. `get_params` returns the hyperparameters, so that `clone` can build an unfitted copy.

# %%
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.utils.validation import check_is_fitted


class Centroids(ClassifierMixin, BaseEstimator):
    def __init__(self, power=2):
        self.power = power

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.centroids_ = np.array([X[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict(self, X):
        check_is_fitted(self)
        distances = np.abs(X[:, None] - self.centroids_) ** self.power
        return self.classes_[distances.sum(axis=2).argmin(axis=1)]


# %%
X_train, X_test, y_train, y_test = train_test_split(wine.data, wine.target, random_state=0)
attempt("predict before fit", lambda: Centroids().predict(X_test))
ours, theirs = Centroids().fit(X_train, y_train), NearestCentroid().fit(X_train, y_train)
print("as scikit-learn:", np.array_equal(ours.predict(X_test), theirs.predict(X_test)))
chain = Chain(StandardScaler(), Centroids()).fit(X_train, y_train)
print(f"raw {ours.score(X_test, y_test):.2f}, chain {np.mean(chain.predict(X_test) == y_test):.2f}")
print("five folds, raw:", cross_val_score(Centroids(), wine.data, wine.target).round(2))

# %% [markdown]
# The two agree on every test wine. `score` is from `ClassifierMixin`, `get_params` from
# `BaseEstimator`, which reads the names off `__init__`. `cross_val_score` used both: it cloned our
# estimator five times. Scaling helps, 0.98 against 0.80: a distance adds up columns of different units.
#
# > **Predict first.** `Tidy` breaks rule 1 with good intentions: it converts. Which line fails?


# %%
class Tidy(Centroids):
    def __init__(self, power=2):
        super().__init__(np.array(power, dtype=float))


attempt("fit and score", lambda: f"{Tidy().fit(X_train, y_train).score(X_test, y_test):.2f}")
attempt("clone", lambda: clone(Tidy()))

# %% [markdown]
# `clone`, and with it every cross-validation: it checks that the constructor stored the very object
# it was given. Convert in `fit` or `predict`. Nor may `fit` write to a hyperparameter: the next `fit`
# would start from what the last one left.
#
# What `fit` returns differs between libraries:
#
# | library | `fit` returns | what was learned is in |
# |---|---|---|
# | scikit-learn | the estimator itself | the same object, names ending in `_` |
# | Keras | a `History` of the losses | the model that you called |
# | Spark ML | a new model, a transformer | that model; the estimator stays as it was |
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | one experiment shows another's results | list or dictionary in the class | create it in `__init__` |
# | nothing is learned after the first epoch | an iterator, used up | an object with `__iter__` |
# | the same settings, twice in a set | no `__eq__`, or no matching `__hash__` | frozen dataclass |
# | an overridden method is not called | the base does not use it | compose |
# | "Cannot clone object" | `__init__` converts or copies | store unchanged, convert in `fit` |
# | refitting gives odd results | state of the old fit is left | set every `…_` attribute in `fit` |
#
# ## Summary
#
# - Assigning to `self` makes an instance's own attribute; what stands in the class is shared.
# - Dunder methods let `len`, `for`, `==`, `+` and calls work on your objects. `__eq__` and `__hash__`
#   belong together, on objects that do not change.
# - `super()` is the next in the MRO; mixins go left. Inherit an interface, compose behaviour.
# - Frozen dataclasses for settings, ABCs and protocols for requirements.
# - An estimator: hyperparameters untouched, learned names with `_`, `fit` returns `self`.
#
# Next: the [exercise](../../exercises/02-python/03-object-orientation.ipynb), then
# [files and errors](04-files-and-errors.ipynb).
