# ---
# title: "Exercise: data structures"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: data structures
#
# Six jobs that come before and after training: clean, count, search, watch, configure, rank. No
# question needs the answer of another. Every function must work on any input that its question
# describes, not only on the data below, and must leave its inputs as they are. Plain Python is
# enough. Change `seed` to practise again on other data.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import contextlib
import copy
import io
import random
import re
from collections import Counter, defaultdict, deque

from sklearn.datasets import load_iris

with contextlib.redirect_stdout(io.StringIO()):  # it prints the Zen of Python
    import this

rng = random.Random(seed)

# question 1: petals of 90 iris flowers, measured coarsely, and their species
iris = load_iris()
picked = rng.sample(range(150), 90)
rows = [[round(2 * x) / 2 for x in iris.data[i, 2:].tolist()] for i in picked]
labels = [iris.target_names.tolist()[iris.target[i]] for i in picked]

# questions 2 and 3: lines of the Zen, letters only, and an index of their words
zen = "".join(this.d.get(letter, letter) for letter in this.s).splitlines()[2:]
texts = [re.sub("[^A-Za-z ]", "", line) for line in rng.sample(zen, 16)]
index = defaultdict(list)
for number, text in enumerate(texts):
    for word in sorted(set(text.lower().split())):
        index[word].append(number)
common, *others = rng.sample(sorted(index, key=lambda word: -len(index[word]))[:12], 7)

# question 4: the loss of a model in production, which rises at some time
rise = rng.randint(30, 60)
losses = [round(rng.gauss(0.5 if i < rise else 0.7, 0.05), 3) for i in range(90)]

# question 5: settings of a project, a team and a run
project = {
    "model": {"layers": [64, rng.choice([16, 32])], "dropout": rng.randint(1, 5) / 10},
    "optimizer": {"name": "adam", "schedule": {"kind": "cosine", "steps": rng.randint(100, 900)}},
    "callbacks": ["early_stopping"],
}
team = {
    "optimizer": {"schedule": {"warmup": rng.randint(5, 50)}, "clip": None},
    "callbacks": ["checkpoint", "early_stopping"],
    "data": {"columns": rng.sample(["age", "plan", "region", "tenure"], 3)},
}
run = {"model": {"dropout": None}, "optimizer": {"schedule": {"steps": rng.randint(10, 90)}}}

# question 6: finished runs; some crashed before everything was measured
runs = []
for number in range(24):
    entry = {"name": f"run{number}", "model": rng.choice(["forest", "mlp", "svm"])}
    entry["accuracy"] = rng.choice([0.0, 0.88, 0.9, 0.91, None])
    if rng.random() < 0.8:
        entry["seconds"] = rng.choice([0, 30, 40, 75])
    runs.append(entry)

# %% [markdown]
# ## Question 1 · duplicates that contradict each other (2 points)
#
# Measured coarsely, many flowers look the same, and some of them belong to different species. Write
# `clean(rows, labels)`. `rows` is a list of lists of numbers, `labels` a list of as many strings.
# It returns the tuple `(clean_rows, clean_labels)` of two lists:
#
# - a row that occurs more than once, always with the same label, is kept once, with its label;
# - a row that occurs with different labels is dropped altogether;
# - the order is that of the first occurrences.
#
# The rows that you return are *new* lists: changing one of them must not change `rows`. Both inputs
# may be empty.


# %% question="clean" points=2
### BEGIN SOLUTION
def clean(rows, labels):
    found = {}
    for row, label in zip(rows, labels, strict=True):
        found.setdefault(tuple(row), set()).add(label)
    agreed = {row: given.pop() for row, given in found.items() if len(given) == 1}
    return [list(row) for row in agreed], list(agreed.values())


### END SOLUTION

# %% check="clean"
_rows = [[2, 1], [1, 1], [2, 1], [0, 3], [1, 1], [2, 1], [1, 1]]
_kept = copy.deepcopy(_rows)
_clean = clean(_rows, ["b", "a", "b", "c", "z", "b", "a"])
assert len(_clean) == 2, f"expected two lists, got {_clean!r}"
assert all(isinstance(_row, list) for _row in _clean[0]), "Each row you return should be a list."
assert [1, 1] not in _clean[0], (
    "The row [1, 1] is labelled a, then z, then a. It contradicts itself and should be dropped, "
    "also where its first label comes back."
)
assert len(_clean[0]) == len(_clean[1]) == 2, (
    f"[2, 1] and [0, 3] never contradict themselves, so two rows should stay, once each. You keep "
    f"{_clean[0]} with the labels {_clean[1]}."
)
assert list(zip(*_clean, strict=True)) == [([2, 1], "b"), ([0, 3], "c")], (
    f"Rows and labels should be in the order in which the rows first occur; yours are {_clean}."
)
assert _rows == _kept, "Your function changed `rows`."
_clean[0][0].append(9)
assert _rows == _kept, "Changing a returned row changed `rows`. Is one of its lists returned?"
assert [list(_part) for _part in clean([], [])] == [[], []], "Of nothing, nothing should remain."

# %% probe="clean"
cases = [
    (copy.deepcopy(rows), list(labels)),
    ([row[:1] for row in rows], labels[::-1]),
    ([[0], [0], [1], [0, 1], [1], [1]], ["x", "x", "y", "y", "z", "y"]),
    ([[3], [1], [2], [1]], ["c", "a", "b", "a"]),
    ([], []),
]
values = []
for case_rows, case_labels in cases:
    clean_rows, clean_labels = clean(case_rows, case_labels)
    values.append([[list(row) for row in clean_rows], list(clean_labels)])
    values.append([type(row).__name__ for row in clean_rows])
    for row in clean_rows:
        row.append(-1)
    values.append([case_rows, case_labels])
values

# %% [markdown]
# ## Question 2 · a vocabulary (2 points)
#
# A text model wants numbers for words. Write `vocabulary(texts, size, min_texts)`, which returns a
# dict from word to number:
#
# - `"<pad>"` is 0 and `"<unk>"` (unknown word) is 1; neither occurs in the texts;
# - from 2 on come the words of the texts. The word that occurs in the largest number of *texts* is
#   first, however often it occurs within one text. Ties are broken alphabetically;
# - a word that occurs in fewer than `min_texts` texts is left out;
# - the dict has at most `size` entries, the two special ones included (`size` is at least 2).
#
# The words of a text are `text.lower().split()`. `texts` may be a list or a generator of strings.


# %% question="vocabulary" points=2
### BEGIN SOLUTION
def vocabulary(texts, size, min_texts):
    containing = Counter(word for text in texts for word in set(text.lower().split()))
    frequent = [word for word in containing if containing[word] >= min_texts]
    ranked = sorted(frequent, key=lambda word: (-containing[word], word))
    return {word: number for number, word in enumerate(["<pad>", "<unk>", *ranked][:size])}


### END SOLUTION

# %% check="vocabulary"
_texts = ["so so so late", "Tea tea", "late tea", "a   cup"]
_full = vocabulary(_texts, 100, 1)
assert isinstance(_full, dict), f"expected a dict, got {type(_full).__name__}"
assert (_full.get("<pad>"), _full.get("<unk>")) == (0, 1), "<pad> should be 0 and <unk> 1."
assert "Tea" not in _full, "Words should be in lower case."
assert "" not in _full, (
    "Empty text is no word: `split()` skips a run of spaces, `split(' ')` does not."
)
assert _full.get("so", 0) > _full.get("late", 99), (
    '"so" occurs three times, but in one text; "late" occurs in two texts and comes first.'
)
assert sorted(_full, key=_full.get)[2:] == ["late", "tea", "a", "cup", "so"], (
    "Two texts contain late and tea, one text each a, cup and so; equal words are in alphabetical "
    f"order. Yours are {sorted(_full, key=_full.get)[2:]}."
)
assert len(vocabulary(_texts, 4, 1)) == 4, "Size 4 means two special entries and two words."
assert len(vocabulary(_texts, 100, 2)) == 4, "Only late and tea occur in at least two texts."
assert vocabulary((_text for _text in _texts), 100, 1) == _full, (
    "From a generator of the same texts you should get the same. Do you read it more than once?"
)

# %% probe="vocabulary"
[
    vocabulary(texts, 1_000, 1),
    vocabulary((text for text in texts), 12, 2),
    vocabulary(texts[::-1], 9, 1),
    vocabulary(iter(texts), 1_000, 3),
    vocabulary([text + " " + text.upper() for text in texts], 30, 2),
    vocabulary(texts[:1], 2, 1),
    vocabulary([], 5, 1),
    vocabulary(["b a", "", "  A   c  c C"], 4, 1),
]

# %% [markdown]
# ## Question 3 · a search with conditions (2 points)
#
# Write `search(index, query, n_documents)`. Documents are numbered from 0 to `n_documents - 1`;
# `index` maps each word to the list of the documents that contain it. `query` is a dict with up to
# three keys, each with a list of words:
#
# - `"all"`: a document must contain all of these words,
# - `"any"`: it must contain at least one of these,
# - `"none"`: it must contain none of these.
#
# A key that is missing, or whose list is empty, sets no condition. A word that is not in the index
# occurs in no document. Return the numbers of the matching documents as a sorted list. `index` may
# be a dict or a `defaultdict(list)`: searching must not change it, nor the query.


# %% question="search" points=2
### BEGIN SOLUTION
def search(index, query, n_documents):
    found = set(range(n_documents))
    for word in query.get("all", []):
        found &= set(index.get(word, []))
    if query.get("any"):
        found &= {number for word in query["any"] for number in index.get(word, [])}
    for word in query.get("none", []):
        found -= set(index.get(word, []))
    return sorted(found)


### END SOLUTION

# %% check="search"
_index = defaultdict(list, {"tea": [0, 2, 3], "cup": [0, 1], "late": [3, 4]})
for _query, _expected in [
    ({"all": ["tea", "cup"]}, [0]),
    ({"any": ["cup", "late"]}, [0, 1, 3, 4]),
    ({"none": ["tea"]}, [1, 4, 5]),
    ({"all": ["tea"], "any": ["cup", "late"], "none": ["late"]}, [0]),
    ({}, [0, 1, 2, 3, 4, 5]),
    ({"all": [], "any": [], "none": ["cup"]}, [2, 3, 4, 5]),
    ({"all": ["coffee"]}, []),
    ({"any": ["coffee"]}, []),
    ({"any": ["coffee", "tea"], "none": ["milk"]}, [0, 2, 3]),
]:
    _given = copy.deepcopy(_query)
    _got = search(_index, _given, 6)
    assert _got == _expected, (
        f"Six documents, index {dict(_index)}: the query {_query} should find {_expected}, "
        f"yours finds {_got}. Unknown words, empty lists, documents without any word?"
    )
    assert _given == _query, f"Your function changed the query {_query} to {_given}."
assert len(_index) == 3, (
    f"After the searches the index has new entries: {sorted(_index)}. A defaultdict adds a key "
    "when it is read with square brackets."
)
try:
    _got = search({"tea": [0, 1]}, {"any": ["coffee", "tea"], "none": ["milk"]}, 3)
except KeyError as _error:
    raise AssertionError(
        f"In a plain dict, reading the unknown word {_error} with square brackets stops the search."
    ) from None
assert _got == [0, 1], f"With a plain dict as index you find {_got}; it should be [0, 1]."

# %% probe="search"
queries = [
    {"all": [common], "none": others[:1]},
    {"any": others[:3], "none": [common, "tensor"]},
    {"all": others[3:4], "any": [common, *others[4:]]},
    {"all": others[:2]},
    {"all": [common, "tensor"]},
    {"any": ["tensor"]},
    {"any": ["tensor", others[5]], "none": []},
    {"none": others},
    {"all": [], "any": []},
    {},
]
before = copy.deepcopy(queries)
searched = copy.deepcopy(index)
[
    [list(search(searched, query, 16)) for query in queries],
    [list(search(dict(index), query, 20)) for query in queries],
    queries == before,
    {word: list(numbers) for word, numbers in searched.items()},
]

# %% [markdown]
# ## Question 4 · an alarm on a stream (3 points)
#
# A monitor gets one loss after another and should notice a rise. Write
# `first_jump(stream, width, jump)`. As soon as the mean of the newest `width` values is above the
# mean of the `width` values *before those* by more than `jump`, it stops and returns the tuple
# `(position, older, newer)`: the position of the newest value in the stream, counted from 0, and
# the two lists of `width` values that were compared, each in order of arrival. There is no alarm
# before `2 * width` values have come. If the stream ends without an alarm, return `None`.
#
# `stream` is any iterable: a list, or a generator, which may be endless. Read no value beyond
# the one that raises the alarm: somebody else goes on reading there. `width` is at least 1.


# %% question="first_jump" points=3
### BEGIN SOLUTION
def first_jump(stream, width, jump):
    window = deque(maxlen=2 * width)
    for position, value in enumerate(stream):
        window.append(value)
        if len(window) == window.maxlen:
            older, newer = list(window)[:width], list(window)[width:]
            if sum(newer) / width - sum(older) / width > jump:
                return position, older, newer


### END SOLUTION

# %% check="first_jump"
_answer = first_jump([5, 0, 0, 0, 0, 4, 6, 0], 2, 2.5)
assert _answer is not None, (
    "In 5, 0, 0, 0, 0, 4, 6, 0 with width 2 the newest two values have the mean 5 at position 6, "
    "the two before those the mean 0. That rise is more than 2.5."
)
assert len(_answer) == 3, f"expected a position and two lists, got {_answer!r}"
assert _answer[0] == 6, (
    "In 5, 0, 0, 0, 0, 4, 6, 0 with width 2 the newest mean is (0 + 4) / 2 = 2 at position 5, not "
    "more than 2.5 above the 0 before. At position 6 it is (4 + 6) / 2 = 5, still with 0 before, so "
    f"the alarm is due there; yours is at {_answer[0]}."
)
assert [list(_part) for _part in _answer[1:]] == [[0, 0], [4, 6]], (
    f"The values compared are 0, 0 and then 4, 6. You return {_answer[1:]}. Do your two lists share "
    "a value of the stream, or stand in another order?"
)
assert first_jump([0, 0, 0, 2, 2, 2], 2, 2) is None, "A rise of exactly `jump` is no alarm."
assert first_jump([9, 9, 0, 0], 1, 3) is None, "A fall is no alarm."
assert first_jump([0, 0, 9], 2, 1) is None, "With width 2 no alarm is possible before 4 values."


def _squares():
    for _value in range(1_000):
        yield _value**2
    raise AssertionError(
        "On the stream 0, 1, 4, 9, 16 … the alarm is due early, but your function has read 1,000 "
        "values. Does it read the whole stream first? An endless one would fill the memory."
    )


_stream = _squares()
_answer = first_jump(_stream, 3, 20)
assert _answer is not None, "On the stream 0, 1, 4, 9, 16 … the rise grows above any limit."
_next = next(_stream)
assert _next == (_answer[0] + 1) ** 2, (
    "On the stream 0, 1, 4, 9, 16 … the value after the alarm should still be unread; the next "
    f"that comes out is {_next}, and your answer was {_answer}."
)

# %% probe="first_jump"
cases = [
    (losses, 5, 0.10003),  # losses have three decimals, so no rise equals such a jump
    (losses, 12, 0.10003),
    (losses, 1, 0.25003),
    (losses, 30, 0.02003),
    (losses, 45, 0.0),
    (losses, 4, 9.0),
    (losses[:7], 4, -9.0),
    ([rise, 0, 0, 0, 0, 8, 0, 8, 8, 9, 30, rise], 2, 4),
    ([0, 0, 0, 1, 1, 1], 2, 0.5),
    ([1, 1, 1, 1, 1, 1], 1, -0.5),
    ([], 1, 0),
]
values = []
for case, width, jump in cases:
    stream = iter(list(case))
    answer = first_jump(stream, width, jump)
    if answer is not None:
        position, older, newer = answer
        answer = [int(position), list(older), list(newer)]
    values.append([answer, list(stream)])
values

# %% [markdown]
# ## Question 5 · settings from several places (3 points)
#
# A project has default settings, a team changes some, a run changes a few more. Write
# `merge_configs(configs)`, which merges any number of nested dicts; a later one wins:
#
# - where the value so far and the new value are both dicts, they are merged by the same rules, at any
#   depth;
# - in every other case the new value replaces the old one. A list replaces a list, a number may
#   replace a dict, and `None` is a value like others.
#
# `configs` is a list or a generator of dicts whose keys are strings; values are dicts, lists,
# numbers, strings or `None`. No config gives `{}`. The result shares no dict and no list with the
# inputs: changing either later must not change the other. (A function may call itself: merging two
# inner dicts is the same job again.)


# %% question="merge_configs" points=3
### BEGIN SOLUTION
def merge_configs(configs):
    merged = {}
    for config in configs:
        for key, value in config.items():
            if isinstance(value, dict) and isinstance(merged.get(key), dict):
                merged[key] = merge_configs([merged[key], value])
            else:
                merged[key] = copy.deepcopy(value)
    return merged


### END SOLUTION

# %% check="merge_configs"
_first = {"a": {"b": 1, "c": {"d": [1], "e": 2}}, "x": {"y": 1}}
_second = {"a": {"c": {"d": [5, 6]}, "f": {"g": [7]}}, "x": None}
_kept = copy.deepcopy([_first, _second])
_merged = merge_configs([_first, _second])
assert [_first, _second] == _kept, "Your function changed one of its inputs."
assert isinstance(_merged, dict), f"expected a dict, got {_merged!r}"
assert isinstance(_merged.get("a"), dict), f"expected a dict under 'a', got {_merged!r}"
assert _merged["a"].get("b") == 1, (
    "The second config says nothing about a → b, so it should stay. Is the dict under a replaced as "
    "a whole?"
)
assert _merged["a"].get("c", {}).get("e") == 2, "a → c → e was lost: merge at every depth."
assert _merged["a"]["c"]["d"] == [5, 6], "A list should replace the earlier list."
assert _merged["x"] is None, "None is a value: it should replace the dict under x."
assert merge_configs([{"x": 3}, {"x": {"y": 1}}]) == {"x": {"y": 1}}, "A dict may replace a number."
assert merge_configs([]) == {}, "No config should give an empty dict."
assert merge_configs(_config for _config in (_first, _second)) == _merged, (
    "A generator of the same configs should give the same."
)
_merged["a"]["c"]["d"].append(0)
_merged["a"]["f"]["g"].append(0)
_merged["a"]["f"]["new"] = 0
assert [_first, _second] == _kept, (
    "The inputs were unchanged at first, but writing into the result has now changed one of them: "
    f"{[_first, _second]}. Which dict or list do they share?"
)


# %% probe="merge_configs"
def scribble(value):
    """Change every dict and list inside."""
    if isinstance(value, (dict, list)):
        for item in list(value.values() if isinstance(value, dict) else value):
            scribble(item)
        if isinstance(value, dict):
            value["scribbled"] = True
        else:
            value.append("scribbled")


cases = [
    [project, team, run],
    [run, project, team],
    [team, project],
    [project],
    [project, {"model": 3}, {"model": {"layers": []}}],
    [{"a": {"b": {"c": {"d": seed, "e": [1]}}}}, {"a": {"b": {"c": {"e": [[2], {}]}}}}, {"a": {}}],
    [{"a": {"b": 1}}, {}, {"a": None}, {"a": {"c": 0}}],
    [],
]
values = []
for case in cases:
    case = copy.deepcopy(case)
    result = merge_configs(config for config in case)
    values.append(copy.deepcopy(result))
    scribble(result)
    values.append(copy.deepcopy(case))
    result = merge_configs(case)
    scribble(case)
    values.append(result)
values

# %% [markdown]
# ## Question 6 · a leaderboard (3 points)
#
# Write `leaderboard(runs, order)`. `runs` is a list of dicts. `order` is a list of pairs
# `(field, direction)`, the most important first, where `direction` is `"asc"` or `"desc"`; later
# pairs break ties of the earlier ones. Return the runs in that order, as a new list.
#
# - A field holds numbers or strings, never both.
# - A run where the field is missing or `None` comes after all runs that have it, in *both*
#   directions. 0 and `""` are values.
# - Runs that are equal in all fields of `order` stay in the order in which they came, also when a
#   direction is `"desc"`.
#
# `runs` and `order` may be empty.


# %% question="leaderboard" points=3
### BEGIN SOLUTION
def leaderboard(runs, order):
    ranked = list(runs)
    for field, direction in reversed(order):
        known = [run for run in ranked if run.get(field) is not None]
        unknown = [run for run in ranked if run.get(field) is None]
        ranked = sorted(known, key=lambda run: run[field], reverse=direction == "desc") + unknown
    return ranked


### END SOLUTION

# %% check="leaderboard"
_runs = [
    {"name": "a", "kind": "mlp", "score": 2},
    {"name": "b", "kind": "svm", "score": 0},
    {"name": "c", "kind": "mlp", "score": None},
    {"name": "d", "kind": "svm", "score": 2},
    {"name": "e", "kind": "mlp"},
    {"name": "f", "kind": "mlp", "score": 2},
]
_kept = copy.deepcopy(_runs)
for _order, _expected, _hint in [
    ([], "abcdef", "Without an order the runs stay as they are."),
    ([("name", "desc")], "fedcba", "Text can go downwards too, without a minus."),
    ([("score", "asc")], "badfce", "0 is a value. Missing and None come last."),
    ([("score", "desc")], "adfbce", "Equal runs keep their order, and missing values stay last."),
    ([("kind", "desc"), ("score", "asc")], "bdafce", "The first pair matters most."),
    ([("score", "desc"), ("kind", "desc")], "dafbce", "The second pair breaks ties only."),
]:
    _given = list(_order)
    _got = "".join(_run["name"] for _run in leaderboard(_runs, _given))
    assert _got == _expected, f"{_order} should give {_expected}, yours is {_got}. {_hint}"
    assert _runs == _kept, "Your function changed `runs`."
    assert _given == _order, f"Your function changed `order` from {_order} to {_given}."
_runs = [{"kind": "svm"}, {}, {"kind": ""}]
assert leaderboard(_runs, [("kind", "asc")]) == [{"kind": ""}, {"kind": "svm"}, {}], (
    'Empty text is a value: "" comes before "svm", and only the run without a kind is last.'
)
assert leaderboard(_runs, []) is not _runs, "Return a new list."

# %% probe="leaderboard"
orders = [
    [("accuracy", "desc"), ("seconds", "asc")],
    [("seconds", "asc"), ("accuracy", "asc")],
    [("model", "desc"), ("accuracy", "desc"), ("seconds", "desc")],
    [("accuracy", "asc"), ("model", "desc")],
    [("seconds", "desc")],
    [("model", "asc")],
    [("name", "desc")],
    [("gpu", "desc"), ("model", "asc"), ("name", "asc")],
    [],
]
given, given_orders = copy.deepcopy(runs), copy.deepcopy(orders)
ranks = [[run["name"] for run in leaderboard(given, order)] for order in given_orders]
own = leaderboard(given, [])
own.append({})
blank = [{}, {"name": ""}, {"name": None}, *given[:3], {"name": ""}]
ranks.append([run.get("name") for run in leaderboard(blank, [("name", "desc")])])
ranks.append([run.get("name") for run in leaderboard(blank, [("name", "asc")])])
[ranks, given, [list(map(list, order)) for order in given_orders], len(leaderboard([], orders[0]))]
