# ---
# title: Functions and iterators
# minutes: 60
# needs: [02-python/01-data-structures]
# objectives: [tf-developer/1, tf-developer/2.14, tf-developer/2.17, tf-developer/5.9, databricks-ml/3.6, google-pmle/2.1]
# ---

# %% [markdown]
# # Functions and iterators
#
# Training code passes functions around and reads data that may not fit into memory. After this
# lesson you can
#
# - say which argument of a call goes where, and which calls fail,
# - avoid the traps of shared defaults and of functions made in a loop,
# - write schedules, callbacks and decorators as functions that return functions,
# - cache results, and say which must not be cached,
# - read a file of any size, one batch at a time, and
# - use `itertools` and type hints without expecting what they do not do.
#
# **Exam lens.** The TensorFlow Developer checklist (retired in 2024) begins with running and mending
# Python programs (domain 1), then asks for batches (2.14), CSV files (2.17) and learning rate
# schedules (5.9). Databricks asks for grid search (3.6), Google PMLE when data outgrow Python in
# memory (2.1).

# %%
import csv
import sys
import tempfile
import tracemalloc
from collections import deque
from collections.abc import Iterable
from functools import lru_cache, partial, reduce, wraps
from itertools import accumulate, groupby, islice, pairwise, product
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn import datasets
from sklearn.linear_model import SGDClassifier
from sklearn.utils import shuffle

# %% [markdown]
# ## 1. Arguments
#
# The list of parameters in a `def` says how each may be given:
#
# | part | may be given | in `split` below |
# |---|---|---|
# | before `/` | by position only | `X` |
# | after `/` | by position or by name | `test_size` |
# | after `*` | by name only | `seed` |
# | `**options` | any other name; collected in a dict | |
#
# A parameter written as `*args` collects further positional arguments in a tuple. In a *call*, stars
# do the opposite: `f(*values, **settings)` unpacks a list and a dict into arguments.
#
# > **Predict first.** Which two of the four calls of `split` fail? Which one does not do what its
# > author wanted?


# %%
def split(X, /, test_size=0.25, *, seed=0, **options):
    return f"test_size {test_size}, seed {seed}, options {options}"


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


settings = {"test_size": 0.5, "seed": 7}
print("split([1], **settings): ", attempt(split, [1], **settings))
print("split([1], 0.5, 7):     ", attempt(split, [1], 0.5, 7))
print("split(X=[1]):           ", attempt(split, X=[1]))
print("split([1], sed=7):      ", attempt(split, [1], sed=7))

# %% [markdown]
# The second and the third fail. The fourth is worse: `**options` swallows the misspelt `sed`,
# and the seed stays 0 without a word. Take `**kwargs` only to hand them on to a function that knows
# its names. scikit-learn makes most parameters keyword-only: `Ridge(1.0, True)` raises a `TypeError`
# too, so that nobody has to guess what `True` means.
#
# ## 2. A default is made once
#
# > **Predict first.** Two models, one score each. What is in the first model's history at the end?


# %%
def record(score, history=[]):  # noqa: B006  (a linter's number for this trap)
    history.append(score)
    return history


ridge_history, tree_history = record(0.61), record(0.48)
print("ridge:", ridge_history)

# %% [markdown]
# Both scores. Python evaluates a default when it runs the `def`, not at each call, so all calls share
# one list. Use `None` as the default and make the list inside:
#
# ```python
# def record(score, history=None):
#     history = [] if history is None else history
# ```
#
# The same goes for `started=datetime.now()`, which stays at the time of the `def`.
#
# ## 3. Functions that remember
#
# A function is a value: it can be stored, passed and returned. It finds a name by looking in four
# scopes, in this order: **L**ocal, **E**nclosing functions, **G**lobal, **B**uilt-in (LEGB). A
# function that uses names of an enclosing function is a *closure*: it keeps them alive. That makes a
# factory for learning rate schedules. Keras's `LearningRateScheduler` takes such a function of the
# epoch.


# %%
def step_decay(start, factor=0.5, every=10):
    def schedule(epoch):
        return start * factor ** (epoch // every)

    return schedule


starts = (0.1, 0.2, 0.4)
in_a_loop = [lambda epoch: start * 0.5 ** (epoch // 10) for start in starts]
from_factory = [step_decay(start) for start in starts]

# %% [markdown]
# > **Predict first.** Three schedules each. What do they return for epoch 0?

# %%
print("lambdas in a loop:", [schedule(0) for schedule in in_a_loop])
print("from the factory: ", [schedule(0) for schedule in from_factory])

# %% [markdown]
# The three lambdas are the same schedule. A closure keeps the *name*, not its value: each lambda
# looks up `start` when it is called, and by then the loop has left it at 0.4 (*late binding*). Each
# call of the factory has a `start` of its own.
#
# A closure may also change what it remembers, if it says so with `nonlocal`. Here is early stopping
# as a *callback*, a function that a training loop is given to call, here after each epoch:


# %%
def patience(limit):
    best, waited = float("inf"), 0

    def should_stop(loss):
        nonlocal best, waited
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        return waited >= limit

    return should_stop


losses = [0.90, 0.60, 0.50, 0.53, 0.47, 0.49, 0.48, 0.51, 0.52]
for limit in (1, 2, 3):
    should_stop = patience(limit)
    epoch = next(epoch for epoch, loss in enumerate(losses, start=1) if should_stop(loss))
    print(f"patience {limit}: stopped after epoch {epoch}")

# %% [markdown]
# With a patience of 1 training stops at 4 and misses the better epoch 5. Without the `nonlocal`
# line, assignment would make `best` local, and `loss < best` would raise `UnboundLocalError`.
#
# ## 4. Decorators
#
# A *decorator* takes a function and returns another in its place. `@counted` above a `def` means
# `mse = counted(mse)`. One with arguments, `@within(0, 1)`, has a layer more: `within(0, 1)` returns
# the decorator.


# %%
def counted(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def within(low, high):  # takes the arguments
    def decorate(function):  # takes the function
        @wraps(function)
        def wrapper(*args, **kwargs):  # takes the call
            value = function(*args, **kwargs)
            if not low <= value <= high:
                raise ValueError(f"{function.__name__} gave {value}, not {low} to {high}")
            return value

        return wrapper

    return decorate


# %% [markdown]
# > **Predict first.** What are the two functions below called, once decorated?

# %%
y_true, y_pred = np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1])


@counted
def mse(y_true, y_pred):
    """Mean squared error."""
    return np.mean((y_true - y_pred) ** 2)


@within(0, 1)
def accuracy(y_true, y_pred):
    """Share of right predictions."""
    return np.sum(y_true == y_pred)  # a mistake


print(f"mse {mse(y_true, y_pred):.2f}, calls: {mse.calls}")
for function in (mse, accuracy):
    print(f"name {function.__name__!r}, docstring {function.__doc__!r}")
print(attempt(accuracy, y_true, y_pred))

# %% [markdown]
# `mse` has become `wrapper` and lost its docstring: `help` and error logs suffer. `functools.wraps`
# copies both, so always use it. The decorator found the count that should be a share.
#
# ## 5. functools: cache, bind, chain
#
# `lru_cache` remembers results by their arguments, at most `maxsize` of them; the one used longest
# ago goes first. Decorators apply from the bottom up.
#
# > **Predict first.** `load` is called twice. The first caller centres the columns of its
# > table in place. What is the first column's mean for the next caller?


# %%
@lru_cache(maxsize=8)
@counted
def load(name):
    return getattr(datasets, f"load_{name}")().data


X_wine = load("wine")
print(f"mean of the first column: {X_wine[:, 0].mean():.2f}")
X_wine -= X_wine.mean(axis=0)
print(f"for the next caller:      {abs(load('wine')[:, 0].mean()):.2f}")
print(f"files read: {load.__wrapped__.calls}, hits: {load.cache_info().hits}")
print("an array as argument:", attempt(load, np.arange(3)))

# %% [markdown]
# Zero: every caller gets the *same* array, and the first changed it. Do not cache
#
# - results that callers may change: return a copy, or lock the array (`X.flags.writeable = False`),
# - functions whose answer depends on more than their arguments: a file, the clock, random numbers,
# - functions called for their effect, such as writing a log,
# - huge results: the cache keeps them alive, with `maxsize=None` for ever.
#
# Arguments must be hashable, which arrays and lists are not. `counted` stands below the cache, so of
# two calls it counted the one that read the file.
#
# `partial` fixes some arguments now, so it does not suffer from late binding. `reduce` carries a
# value through a list; here, data through steps.

# %%
steps = [partial(np.clip, a_min=0, a_max=12), partial(np.multiply, 1 / 12), np.mean]
digits = datasets.load_digits()
print("mean ink after all steps:", round(reduce(lambda X, step: step(X), steps, digits.data), 3))

powers = [partial(pow, 2, exponent) for exponent in (1, 2, 3)]
print("partial in a loop:", [power() for power in powers])

# %% [markdown]
# ## 6. Iterators run out
#
# `for` calls `iter(x)`, which calls `x.__iter__()` and gives an *iterator*; then it calls
# `next(iterator)`, that is `__next__()`, until this raises `StopIteration`. A list or an array is
# *iterable*: it gives a new iterator each time. An iterator gives itself, and runs once.
#
# A function with `yield` is a *generator function*: a call returns an iterator, a *generator*, at
# once, without running a line. Each `next` runs it up to the next `yield`.


# %%
def batches(X, y, size=64):
    for start in range(0, len(X), size):
        yield X[start : start + size], y[start : start + size]


X, y = shuffle(digits.data / 16, digits.target, random_state=0)
pairs = batches(X, y)
print("same iterator again? array:", iter(X) is iter(X), "  generator:", iter(pairs) is iter(pairs))
print("first labels of two batches:", next(pairs)[1][:5], next(pairs)[1][:5])

# %% [markdown]
# We train a classifier on the first 1,400 of the shuffled digits for three epochs, once on a generator
# and once on a `Loader`, and test it on the others. (A `class` bundles data with functions; `self` is
# the object at hand. The next module explains it.)
#
# > **Predict first.** How many batches does each epoch see?


# %%
class Loader:
    def __init__(self, X, y):
        self.X, self.y = X, y

    def __iter__(self):
        return batches(self.X, self.y)  # a new generator for every `for`


def train(source, epochs=3):
    name, model = type(source).__name__, SGDClassifier(loss="log_loss", random_state=0)
    for _ in range(epochs):
        n_batches = 0
        for X_batch, y_batch in source:
            model.partial_fit(X_batch, y_batch, classes=range(10))
            n_batches += 1
        print(f"{name}: {n_batches} batches, accuracy {model.score(X[1400:], y[1400:]):.2f}")


train(batches(X[:1400], y[:1400]))
train(Loader(X[:1400], y[:1400]))

# %% [markdown]
# 22, then none: a used-up generator is empty, and Python does not complain. Epochs 2 and 3 trained
# nothing. `Loader` starts again for each `for`, as loaders in Keras and PyTorch do.
#
# ## 7. A file larger than memory
#
# We write the digits as a CSV file nine times, each time moved by up to one pixel. It stands for a
# file that does not fit. Three generators, each pulling from the one before, make a *pipeline*.
# `read` closes its file when it ends.


# %%
def read(path):
    with path.open(newline="") as file:
        yield from csv.reader(file)  # hand on all that another iterable gives


def parse(rows):
    for label, *pixels in rows:
        yield [float(pixel) / 16 for pixel in pixels], int(label)


def in_batches(examples, size=64):
    examples = iter(examples)
    while batch := list(islice(examples, size)):
        yield batch


folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "digits.csv"
with path.open("w", newline="") as file:
    for move in product((-1, 0, 1), repeat=2):
        pixels = np.roll(digits.images, move, axis=(1, 2)).reshape(-1, 64).astype(int)
        csv.writer(file).writerows(np.column_stack([digits.target, pixels]).tolist())
print(f"{sum(1 for _ in read(path)):,} rows, {path.stat().st_size / 1e6:.1f} MB;", end=" ")
print("one float in memory:", sys.getsizeof(0.5), "bytes")

# %% [markdown]
# > **Predict first.** We ask for one batch. How many rows have been parsed then? And when does a
# > misspelt path show: when the pipeline is made, or later?

# %%
examples = parse(read(path))
batch = next(in_batches(examples))
print(f"in the batch: {len(batch)}; still to come: {sum(1 for _ in examples):,}")

pipeline = in_batches(parse(read(Path("digit.csv"))))
print("first batch:", attempt(next, pipeline))

# %% [markdown]
# Sixty-four; the other 16,109 are still to come. Each `next` pulls only what it needs. The price is
# that mistakes show late: making the pipeline raised nothing, the first batch did.
#
# `tracemalloc` measures the memory that Python objects take.
#
# > **Predict first.** How many times the file's size does a list of all parsed rows need? And a
# > single batch?


# %%
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
for label, most in {"keep every batch": None, "one batch at a time": 1}.items():
    kept, used = deque(maxlen=most), []
    tracemalloc.start()
    for batch in in_batches(parse(read(path))):
        kept.append(batch)
        used.append(tracemalloc.get_traced_memory()[0] / 1e6)
    tracemalloc.stop()
    axis.plot(64 * np.arange(1, len(used) + 1), used, label=label)
    print(f"{label}: at most {max(used):.1f} MB")
axis.axhline(path.stat().st_size / 1e6, color="0.6", linestyle=":", label="size of the file")
axis.set(xlabel="rows read", ylabel="memory (MB)", title="A pipeline's memory does not grow")
axis.legend()
plt.show()
folder.cleanup()

# %% [markdown]
# More than ten times: a pixel takes two or three bytes in the file, but 24 as a float, and 8 more for its
# place in a list. The pipeline holds one batch, about 0.2 MB, whatever the length of the file. Memory
# grows with the batch size, not with the data.
#
# ## 8. itertools
#
# | tool | gives | mind |
# |---|---|---|
# | `islice(x, n)` | the first `n` | takes them from `x` for good |
# | `chain(a, b)` | `a`, then `b` | |
# | `pairwise(x)` | neighbours | one pair fewer than items |
# | `accumulate(x, f)` | running results | the sum, without `f` |
# | `product(a, b)` | all combinations, last fastest | reads `a` and `b` to their ends first |
# | `groupby(x, key)` | runs of equal keys | sort by the same key first |
# | `tee(x)` | two iterators from one | stores all that one is ahead: a list, if one runs to the end |
# | `batched(x, n)` | tuples of `n` | from Python 3.12 on |
#
# > **Predict first.** Into how many groups does `groupby` put the 1,797 labels of ten digits?

# %%
print("best loss so far:", list(accumulate(losses[:5], min)))
print("epochs that got worse:", sum(after > before for before, after in pairwise(losses)))

print("groups, as stored:", sum(1 for _ in groupby(digits.target)))
print("groups, sorted:   ", sum(1 for _ in groupby(sorted(digits.target))))
print("grid:", *product([0.01, 1], ["l2", "l1"]))

# %% [markdown]
# 1,632, since a group ends wherever the key changes; a dict that collects by key needs
# no sorting. `product` makes the combinations that a grid search tries, here of a penalty's strength
# and its kind.
#
# ## 9. Type hints
#
# > **Predict first.** The hints below ask for floats. What does `scale("ab", 2)` do?


# %%
def scale(values: Iterable[float], factor: float) -> list[float]:
    return [value * factor for value in values]


def first_below(losses: list[float], limit: float) -> int | None:
    return next((epoch for epoch, loss in enumerate(losses) if loss < limit), None)


print("scale('ab', 2):", scale("ab", 2))
print("epochs from then on:", len(losses) - first_below(losses, 0.55))
print("another run:", attempt(lambda: len(losses) - first_below(losses, 0.4)))

# %% [markdown]
# It repeats letters: Python stores hints (`scale.__annotations__`) and ignores them. They are
# for readers, editors and *checkers* such as mypy, which run before the program.
#
# - `int | None`, also written `Optional[int]`, warns that the answer may be missing. A test with the
#   limit 0.55 passes; a checker reports `len(losses) - None` without running anything.
# - `Callable[[int], float]` is a function from an int to a float, such as a schedule. `Iterator[str]`
#   gives strings; generator functions return it.
# - *Generic* types have parts, like `list[float]`. A `TypeVar` named `T` ties parts together:
#   `def first(items: Iterable[T]) -> T` gives what the items are.
# - A `Protocol` accepts every class with given methods, say `fit` and `predict`.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | results leak from one call to the next | mutable default, cached array | `None`; copy or lock |
# | all callbacks act like the last | late binding in a loop | factory or `partial` |
# | an option has no effect | misspelt, swallowed by `**kwargs` | name the parameters |
# | nothing learnt after epoch 1 | generator used up | a class with `__iter__` |
# | memory grows while streaming | `list`, `tee` or a cache in the way | keep one batch |
# | error far from its cause | lazy pipeline | ask for one item early |
# | too many groups | `groupby` on unsorted data | sort, or a dict |
#
# ## Summary
#
# - `/` and `*` decide what goes by position or by name; stars collect in a `def`, unpack in a call.
# - Defaults are made once, at the `def`; closures look names up late, at the call.
# - A decorator replaces a function; `wraps` keeps its name. Cache only what depends on hashable
#   arguments alone and is not changed later.
# - An iterator runs once. A pipeline of generators holds one batch and reports mistakes late.
# - Hints change nothing at run time; a checker reads them before it.
#
# Next: the [exercise](../../exercises/02-python/02-functions-and-iterators.ipynb), then
# [object orientation](03-object-orientation.ipynb).
