# ---
# title: Data structures and comprehensions
# minutes: 50
# needs: []
# objectives: [tf-developer/1.1, tf-developer/2.17, tf-developer/4.2, aws-mls/2.1, aws-mla/1.3, google-pmle/2.1]
# ---

# %% [markdown]
# # Data structures and comprehensions
#
# Before data become arrays and tables they are lists, dictionaries and sets. After this lesson
# you can
#
# - choose among list, tuple, dict, set and deque by what each does fast,
# - count, group, index, sort and deduplicate records in a few lines,
# - tell when two names share one object, and copy deeply enough, and
# - use a generator where a list would not fit into memory, without running it dry.
#
# **Exam lens.** The TensorFlow Developer checklist (retired in 2024) asked you to write and mend
# Python (1.1), turn JSON into features and labels (2.17) and build a vocabulary (4.2). AWS MLS-C01
# (2.1, retired in March 2026) asks whether there are enough labels, its successor MLA-C02 (1.3) how
# to clean gaps and duplicates, and Google PMLE (2.1) when in-memory Python is enough.

# %%
import codecs
import copy
import json
import re
import sys
from collections import Counter, defaultdict, deque, namedtuple
from math import log10
from timeit import repeat

import matplotlib.pyplot as plt
from sklearn.datasets import load_iris

# %% [markdown]
# ## 1. Lists and slices
#
# A *list* holds objects in order, and you can change it. Ours holds 150 iris flowers, each a list
# of four lengths in cm: sepal length and width, petal length and width.

# %%
iris = load_iris()
rows = iris.data.tolist()
species = iris.target_names.tolist()
labels = []
for code in iris.target.tolist():
    labels.append(species[code])  # positions count from 0

print("first:", rows[0], "  last:", rows[-1])
print("positions 1 and 2:", rows[1:3])
print("every 50th label:", labels[::50])

# %% [markdown]
# A *slice* `[start:stop:step]` ends just before `stop`; without `start` it begins at the first,
# without `stop` it runs to the end. So `rows[:120]` and `rows[120:]` share no row and lose none.
# That looks like a neat way to split data for training and test.
#
# > **Predict first.** Train on `rows[:120]`, test on `rows[120:]`. Which species are tested?

# %%
for name in species:
    train, test = labels[:120].count(name), labels[120:].count(name)
    print(f"{name:>10}: {train} train, {test} test")

test_rows, train_rows = rows[::5], rows[:]
del train_rows[::5]  # every fifth flower goes
print(len(train_rows), "and", len(test_rows), "rows; the original still has", len(rows))
print("every fifth label:", labels[::5].count("setosa"), "setosa")

# %% [markdown]
# Only virginica: the file is sorted by species. Look at the order before you slice, or shuffle.
#
# `rows[:]` is a new list, so deleting from it left `rows` whole. (A NumPy array's slice is *not* a
# copy.)
#
# ## 2. Comprehensions
#
# A *dict* maps keys to values, a *set* holds each element once. A *comprehension* is a loop that
# builds a list, dict or set in one expression. An `if` at the end filters; `… if … else …` in front
# chooses a value. `zip` walks through several lists in step (`strict`: of equal length).

# %%
again = [species[code] for code in iris.target.tolist()]
long_ones = [label for row, label in zip(rows, labels, strict=True) if row[2] > 6]
sizes = ["long" if row[2] > 6 else "short" for row in rows]
print("same labels:", again == labels, "  filtered:", len(long_ones), "  chosen:", len(sizes))

columns = list(zip(*rows, strict=True))  # the star passes every row as its own argument
names = ["sepal length", "sepal width", "petal length", "petal width"]
print({name: max(column) for name, column in zip(names, columns, strict=True)})

grid = [(rate, depth) for rate in (0.1, 0.01) for depth in (2, 4)]  # the last `for` runs fastest
print(grid)

# %% [markdown]
# The filter kept 9 flowers; the choice kept all 150. `zip(*rows)` turns rows into columns, and a
# second `for` makes a grid of hyperparameters.
#
# ## 3. Names are not boxes
#
# `a = b` copies nothing. It gives one object a second name, an *alias*.
#
# > **Predict first.** A baseline is aliased once and copied once; then each is changed. What does
# > `baseline` hold at the end?

# %%
baseline = {"learning_rate": 0.1, "layers": [64, 32]}
alias = baseline
variant = baseline.copy()
alias["learning_rate"] = 0.5
variant["learning_rate"] = 0.01
variant["layers"].append(16)
print("baseline:", baseline)
print("variant: ", variant)

# %% [markdown]
# The alias changed the baseline's rate. The copy has its own rate, but its new layer is in the
# baseline too, because `.copy()` is *shallow*: a new outer dict around the same inner objects.
#
# ```text
# alias    ──┐
# baseline ──┴──► { learning_rate: 0.5,  layers: ● }
#                                                ├──► [64, 32, 16]
# variant  ─────► { learning_rate: 0.01, layers: ● }
# ```
#
# Slices, `list(…)` and `dict(…)` are shallow too. `copy.deepcopy` copies every level.
# `is` asks whether two names mean one object, `==` whether the contents are equal.

# %%
deep = copy.deepcopy(baseline)
print("deep copy:    equal", deep["layers"] == baseline["layers"], end="")
print(", same object", deep["layers"] is baseline["layers"])
print("shallow copy: equal", variant["layers"] == baseline["layers"], end="")
print(", same object", variant["layers"] is baseline["layers"])

# %% [markdown]
# > **Predict first.** An empty 3 × 3 confusion matrix gets *one* error, in row 0. A history of
# > scores for two models gets *one* score, for the tree. What is printed?

# %%
confusion = [[0] * 3] * 3
confusion[0][1] += 1
print(confusion)

history = dict.fromkeys(["tree", "svm"], [])
history["tree"].append(0.91)
print(history)

confusion = [[0] * 3 for _ in range(3)]
history = {name: [] for name in ["tree", "svm"]}
confusion[0][1] += 1
history["tree"].append(0.91)
print(confusion, history)

# %% [markdown]
# Every row has the error and both models have the score: `* 3` repeats one and the
# same row, and `fromkeys` hands the same list to every key. A comprehension evaluates `[]` anew each time, so
# the last line is right. A list as the default value of a function's argument is shared too: by all
# calls.
#
# ## 4. Tuples and hashing
#
# A *tuple* `(5.8, 2.7)` is a sequence that cannot be changed. Dicts and sets find an entry by its
# *hash*, a number computed from its content. If the content could change, the entry would be lost.
# So lists, dicts and sets are not *hashable*: they cannot be keys, nor elements of a set.

# %%
for candidate in ("setosa", 5.8, (5.8, 2.7), [5.8, 2.7], (5.8, [2.7])):
    try:
        hash(candidate)
        print("hashable:    ", candidate)
    except TypeError:  # without this the notebook would stop here
        print("not hashable:", candidate)

# %% [markdown]
# The last one is a tuple, but it holds a list. To deduplicate rows, make them tuples.
#
# > **Predict first.** All 150 flowers were measured to a tenth of a cm. How many different rows
# > are there?

# %%
print("different rows:", len({tuple(row) for row in rows}))
first_seen = {}
for position, row in enumerate(rows):  # pairs (0, row), (1, row) …
    key = tuple(row)
    if key in first_seen:
        print("rows", first_seen[key], "and", position, "are equal:", row)
    else:
        first_seen[key] = position

# %% [markdown]
# 149: one flower occurs twice. With one copy in training and the other in the test set, a model
# is tested on what it has seen. A dict keeps the order in which keys arrived; a set has no order
# to rely on.
#
# ## 5. Counting, grouping, indexing
#
# `collections` has two dicts that start by themselves: `Counter` counts, `defaultdict(list)`
# starts each new key with an empty list. Tuples as keys make a confusion matrix (which class is
# taken for which, how often) without knowing the classes:

# %%
cuts = [row[2] for row in rows]  # petal lengths
guesses = ["setosa" if x < 2.5 else "versicolor" if x < 4.8 else "virginica" for x in cuts]
for (truth, guess), count in Counter(zip(labels, guesses, strict=True)).items():
    print(f"{truth:>10} taken for {guess:<10}: {count}")

by_species = defaultdict(list)
for row, label in zip(rows, labels, strict=True):
    by_species[label].append(row[2])
print({label: round(sum(x) / len(x), 2) for label, x in by_species.items()})

# %% [markdown]
# Two cuts at the petal length, 7 mistakes.
#
# > **Predict first.** Labels came from several files as `[1, 1.0, True, "1"]`. How many different
# > ones does a `Counter` see?

# %%
print(Counter([1, 1.0, True, "1"]))

# %% [markdown]
# Two. Numbers that are equal are one key, `True` counts as 1, and text is never equal to a
# number. Convert labels to one type before you count.
#
# Now words. `import this` prints the Zen of Python; the module stores it shifted by 13 letters.

# %%
import this

zen = [line for line in codecs.decode(this.s, "rot13").splitlines()[1:] if line]
words = [re.findall("[a-z']+", line.lower()) for line in zen]  # runs of letters and '
counts = Counter(word for line in words for word in line)
print(counts.most_common(4))
ranked = sorted(counts, key=lambda word: (-counts[word], word))
vocabulary = {word: number for number, word in enumerate(ranked)}
print({word: vocabulary[word] for word in ranked[:4]})

# %% [markdown]
# "better" and "than" both occur 8 times. `most_common` breaks ties by order of arrival, so
# another order of the lines can give another vocabulary; our `key` breaks them alphabetically.
# (`lambda x: …` is a small function without a name. More in section 8.)
#
# An *inverted index* maps each word to the lines that contain it. Search engines begin so.
#
# > **Predict first.** We ask the index for "tensor", which does not occur. Does asking change it?

# %%
index = defaultdict(set)
for number, line in enumerate(words):
    for word in line:
        index[word].add(number)

for number in sorted(index["better"] & index["never"]):  # in both
    print("better and never: ", zen[number])
for number in sorted(index["is"] - index["better"]):  # in the first, not in the second
    print("is without better:", zen[number])
before = len(index)
found = index["tensor"]
print("entries:", before, "then", len(index))
print("get:", index.get("keras", set()), "  entries still", len(index))

# %% [markdown]
# Yes, from 80 to 81 entries: reading a missing key of a `defaultdict` adds it. `.get(key, default)`
# does not; neither does a `Counter`, which says 0. Sets also have `|` for "in either".
#
# ## 6. What each operation costs
#
# `x in a_list` compares element by element. A set or dict computes the hash and goes to the place.
# $O(n)$ means: time grows in proportion to the number $n$ of elements; $O(1)$: it does not grow.
#
# > **Predict first.** From 1,000 to 100,000 elements, how many times as long does `in` take for
# > a list, and for a set?
#
# A *function* (`def`) names some code that takes arguments and returns a value. Ours times a
# statement and returns the best of seven tries.


# %%
def seconds(statement, names):
    number = 5 if "a_list" in statement and len(names["a_list"]) > 1_000 else 1_000
    return min(repeat(statement, globals=names, repeat=7, number=number)) / number


sizes = [100, 1_000, 10_000, 100_000]
tests = {"list": "-1 in a_list", "set": "-1 in a_set"}
moves = {"list": "a_list.append(a_list.pop(0))", "deque": "a_deque.append(a_deque.popleft())"}
stock = [
    {"a_list": list(range(n)), "a_set": set(range(n)), "a_deque": deque(range(n))} for n in sizes
]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharex=True, sharey=True, layout="constrained")
for axis, statements in zip(axes, (tests, moves), strict=True):
    for (kind, statement), style in zip(statements.items(), ("o-", "s--"), strict=True):
        times = [seconds(statement, names) for names in stock]
        axis.loglog(sizes, [1e6 * time for time in times], style, label=kind)
        if statements is tests:
            print(f"{kind:>4}: about {10 ** round(log10(times[3] / times[1]))} times as long")
    axis.legend(loc="upper left")
axes[0].set(title="Look for an absent element", xlabel="elements", ylabel="microseconds")
axes[1].set(title="Take the first, append it", xlabel="elements")
plt.show()

# %% [markdown]
# About 100 times as long for the list, no longer for the set. To test many ids, make a set first.
# On the right: when its first element goes, a list moves all the others up, and for long lists that
# shows. A *deque* ("deck", double-ended queue) moves none.
#
# | | index `x[i]` | `in` | add | remove first | ordered |
# |---|---|---|---|---|---|
# | list | $O(1)$ | $O(n)$ | end $O(1)$, front $O(n)$ | $O(n)$ | yes |
# | tuple | $O(1)$ | $O(n)$ | – | – | yes |
# | deque | ends $O(1)$, middle $O(n)$ | $O(n)$ | either end $O(1)$ | $O(1)$ | yes |
# | dict | by key $O(1)$ | key $O(1)$ | $O(1)$ | – | by arrival |
# | set | – | $O(1)$ | $O(1)$ | – | no |
#
# Hash costs are averages, and adding at a list's end is $O(1)$ on average over many. A slice of
# length $k$ costs $O(k)$, sorting $O(n \log n)$.
#
# `deque(maxlen=3)` drops the oldest by itself: a window over a stream.

# %%
window = deque(maxlen=3)
for loss in (0.9, 0.7, 0.8, 0.3, 0.4):
    window.append(loss)
    print(list(window), "mean", round(sum(window) / len(window), 2))

# %% [markdown]
# ## 7. Generators: one element at a time
#
# With round brackets a comprehension becomes a *generator expression*. It computes an element
# when asked for one, and stores none.

# %%
squares_list = [x * x for x in range(1_000_000)]
squares = (x * x for x in range(1_000_000))
print(f"list: about {sys.getsizeof(squares_list) / 1e6:.0f} MB, and the numbers come on top")
print("generator below 1 kB:", sys.getsizeof(squares) < 1_000)
print("same sum:", sum(squares) == sum(squares_list))

# %% [markdown]
# > **Predict first.** `petals` is a generator of the 150 petal lengths. The code below computes
# > their mean and then their variance. What is the variance?

# %%
petals = (row[2] for row in rows)
mean = sum(petals) / 150
variance = sum((x - mean) ** 2 for x in petals) / 150
print(f"generator: mean {mean:.2f}, variance {variance:.2f}")

petals = [row[2] for row in rows]
variance = sum((x - mean) ** 2 for x in petals) / 150
print(f"list:      mean {mean:.2f}, variance {variance:.2f}")

# %% [markdown]
# Zero, without an error: the first sum used the generator up, and the second found nothing. `zip`,
# `map` and open files run dry likewise. What you need twice belongs in a list.
#
# Reading one at a time also saves work: `any(…)` and `next(…)` stop at the first hit.

# %%
petals = (row[2] for row in rows)
print("first above 6:", next(x for x in petals if x > 6))
print("not yet read:", sum(1 for _ in petals))

# %% [markdown]
# `next` read on until it found 6.6, and left 44 petals for somebody else.
#
# ## 8. Sorting with keys
#
# `sorted` returns a new list; `.sort()` changes the list and returns `None`. `key` is called once
# for every element, and its results are compared. Tuples compare by their first entries; equal
# ones, by the second, and so on. A `namedtuple` is a tuple whose places have names. The runs below
# are invented.
#
# > **Predict first.** Sorted by name, where does `run10` land? And which run comes first if the
# > highest accuracy wins and the shorter time breaks ties?

# %%
Run = namedtuple("Run", ["name", "accuracy", "seconds"])
runs = [Run("run1", 0.91, 40), Run("run10", 0.94, 75), Run("run2", 0.94, 30), Run("run3", 0.91, 40)]

print("by name:  ", [run.name for run in sorted(runs)])
print("by number:", [run.name for run in sorted(runs, key=lambda run: int(run.name[3:]))])
best = sorted(runs, key=lambda run: (-run.accuracy, run.seconds))
print("by score: ", [run.name for run in best], "  winner:", best[0])

# %% [markdown]
# Text sorts letter by letter, so `run10` comes before `run2`. The minus turns one number's direction
# around; `run2` wins by its time. `run1` and `run3` are equal and keep their order: Python's sort is
# *stable*, also with `reverse=True`. So several keys can also be sorted one after another, the least important first. That
# works for text, where no minus helps.

# %%
by_name = sorted(runs, key=lambda run: run.name, reverse=True)
print([run.name for run in sorted(by_name, key=lambda run: run.accuracy)])

# %% [markdown]
# Ascending accuracy; within each, names descending.
#
# ## 9. From JSON records to features
#
# JSON becomes dicts, lists, text, numbers, `True`, `False` and `None` (its `null`). Services leave
# fields out, or send `null`, as in these invented records.
#
# > **Predict first.** The second customer has `"age": null`, the third no age at all. What does
# > `features.get("age", 40)` give for each?

# %%
text = """[
  {"id": 7, "features": {"age": 61, "plan": "basic"}, "labels": ["churn"]},
  {"id": 8, "features": {"age": null, "plan": "pro"}, "labels": []},
  {"id": 9, "features": {"plan": "pro"}, "labels": ["churn", "complaint"]}
]"""
records = json.loads(text)
print([record["features"].get("age", 40) for record in records])

X, y = [], []
for record in records:
    age = record["features"].get("age")
    known = age is not None
    X.append([age if known else 40, int(known), int(record["features"]["plan"] == "pro")])
    y.append(int("churn" in record["labels"]))
print("X:", X, "  y:", y)
print(Counter(label for record in records for label in record["labels"]))

# %% [markdown]
# `None` and 40: the default is for a missing key, and `null` is a value. `age or 40` would also
# replace an age of 0; `is not None` does not.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | changing one config changes another | alias or shallow copy | `copy.deepcopy` |
# | all rows change at once | `[[0] * n] * m`, `fromkeys(keys, [])` | a comprehension |
# | `unhashable type: 'list'` | list as key or set element | `tuple(row)` |
# | filtering takes minutes | `in` on a long list | make a set once |
# | second pass is empty, variance 0 | generator used up | a list, or make it anew |
# | `NoneType` is not subscriptable | `runs = runs.sort()` | `sorted(runs)` |
# | the index grows while it is read | `defaultdict` | `.get`, or `dict(index)` |
# | one class in the test set | slice of sorted rows | shuffle first |
#
# ## Summary
#
# - List for order, tuple for fixed records and keys, dict for look-up, set for membership, deque for
#   queues and windows.
# - `=` adds a name. Slices and `.copy()` copy one level, `deepcopy` all.
# - Hashable content can be a key; `in` is $O(1)$ for dict and set, $O(n)$ for a list.
# - A generator saves memory and can be read once.
# - Sort by a tuple of keys, or several times, thanks to stability. Break ties on purpose.
#
# Next: the [exercise](../../exercises/02-python/01-data-structures.ipynb), then
# [functions and iterators](02-functions-and-iterators.ipynb).
