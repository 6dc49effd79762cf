# ---
# title: "Exercise: input pipelines"
# minutes: 80
# ---

# %% [markdown]
# # Exercise: input pipelines
#
# Six pieces that real pipelines need and the lesson did not write. No question needs the answer of
# another. Change `seed` to practise again on other data. Every function must work on any input that
# its question allows.

# %% tags=["parameters"]
seed = 4  # which data you get

# %%
import csv
import io
import itertools

import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(seed)


def draw(*shape):
    return rng.normal(size=shape).astype("float32")


# question 1: lines of a CSV file
places = ["Bern", "Basel, Nord", 'Chur "Alt"', ""]


def csv_lines(n):
    file = io.StringIO(newline="")
    for _ in range(n):
        celsius = rng.choice(["", f"{rng.normal(8, 6):.1f}", f"{rng.normal(8, 6):.1f}"])
        readings = ";".join(str(value) for value in rng.integers(0, 50, size=rng.integers(0, 6)))
        label = rng.choice(["", "0", "1", "2", "3"])
        csv.writer(file).writerow([rng.choice(places), celsius, readings, label])
    return file.getvalue().splitlines()


lines, more_lines = csv_lines(23), csv_lines(12)

# question 2: people of households
sizes = rng.integers(1, 4, size=60)
names = [f"h{rng.integers(10**6)}" for _ in sizes]
persons = [f"{name}/{i}" for name, size in zip(names, sizes, strict=True) for i in range(size)]
persons[::7] = [f"{person}/moved" for person in persons[::7]]
persons = list(rng.permutation(persons))

# question 3: records
words = ["new", "très bon", "sale", "used", "old"]
rows = [
    {
        "id": int(rng.integers(10**9)),
        "tags": rng.choice(words, size=rng.integers(0, 4)).tolist(),
        "scores": rng.normal(size=rng.integers(0, 6)).round(2).tolist(),
        "label": None if rng.random() < 0.3 else int(rng.integers(5)),
    }
    for _ in range(9)
]

# question 4: numbers of rows
n_rows = [int(n) for n in rng.integers(20, 60, size=8)]

# question 5: rows of three classes, rare ones included
y = rng.permutation(np.repeat([0, 1, 2], [24, int(rng.integers(5, 9)), 3]))
X = draw(len(y), 2)
q = rng.dirichlet([1.0, 1.0, 1.0], size=6)

# question 6: raw rows
cities = rng.permutation(["Oslo", "Rome", "Kyiv", "Bonn", "Lyon"]).tolist()
boundaries = np.sort(rng.choice(np.arange(20, 70, 5), size=3, replace=False)).astype(float).tolist()
people = {
    "city": rng.choice([*cities, "oslo", ""], size=14),
    "age": np.append(rng.integers(15, 75, size=11), boundaries).astype("float32"),
    "income": np.where(rng.random(14) < 0.3, np.nan, 50 + 20 * draw(14)).astype("float32"),
}
money = {"median": float(rng.integers(40, 50)), "mean": 52.0, "sd": float(rng.integers(15, 25))}
head_weights = [draw(12, 3), draw(3)]

# %% [markdown]
# ## Question 1 · CSV with lists and gaps (3 points)
#
# A line has four fields: place, celsius, readings, label. A field that holds a comma or a quote stands in
# quotes. `readings` is a list of whole numbers of any length, separated by semicolons, such as `7;31;7`.
# Every field can be empty.
#
# Write `csv_batches(lines, fill, batch_size)`, which returns a `tf.data.Dataset` of batches
# `(features, label)`. `lines` is a list of texts, `fill` a `float`. In the order of the lines:
#
# - A line with an empty label is left out. All batches but the last have `batch_size` rows.
# - `label` is `int32`, shape `(b,)`. Labels in the file are 0 or more.
# - `features` is a dict:
#   - `"place"`, text, shape `(b,)`; `"unknown"` where the field is empty,
#   - `"celsius"`, `float32`, shape `(b,)`; `fill` where it is empty,
#   - `"is_missing"`, `float32`, shape `(b,)`: 1 where celsius is empty, otherwise 0,
#   - `"readings"`, `int64`, shape `(b, longest)`: each list, filled with -1 at its end up to the longest in *this* batch; an
#     empty field is an empty list.


# %% question="csv_batches" points=3
### BEGIN SOLUTION
def csv_batches(lines, fill, batch_size):
    def parse(line):
        defaults = [["unknown"], [np.nan], [""], [-1]]
        place, celsius, readings, label = tf.io.decode_csv(line, defaults)
        parts = tf.strings.split(readings, ";")
        is_missing = tf.math.is_nan(celsius)
        features = {
            "place": place,
            "celsius": tf.where(is_missing, fill, celsius),
            "is_missing": tf.cast(is_missing, tf.float32),
            "readings": tf.strings.to_number(parts[parts != ""], tf.int64),
        }
        return features, label

    def fill_up(features, label):
        return features | {"readings": features["readings"].to_tensor(-1)}, label

    data = tf.data.Dataset.from_tensor_slices(lines).map(parse)
    data = data.filter(lambda features, label: label >= 0)
    return data.ragged_batch(batch_size).map(fill_up)


### END SOLUTION

# %% check="csv_batches"
_lines = ['"a, b",,3;4,1', "c,2.5,,", ",-1,,0", "d,0,5;6;7,2"]
_data = csv_batches(_lines, 9.0, 2)
assert isinstance(_data, tf.data.Dataset), f"expected a Dataset, got {type(_data).__name__}"
_batches = list(_data)
_labels = [_label.numpy().tolist() for _, _label in _batches]
assert _labels == [[1, 0], [2]], (
    f"Without the line that has no label, the labels are 1, 0 | 2. You have {_labels}. Is the line "
    "dropped before the batches are made?"
)
_features, _label = _batches[0]
_types = {_name: _part.dtype.name for _name, _part in _features.items()} | {
    "label": _label.dtype.name
}
_expected = {"place": "string", "celsius": "float32", "is_missing": "float32"}
_expected |= {"readings": "int64", "label": "int32"}
assert _types == _expected, f"the dtypes are {_types}"
assert _features["place"].numpy().tolist() == [b"a, b", b"unknown"], (
    f"The first places are 'a, b' and unknown, not {_features['place'].numpy().tolist()}."
)
assert _features["celsius"].numpy().tolist() == [9, -1], "Is only the empty celsius filled?"
assert _features["is_missing"].numpy().tolist() == [1, 0], "The first celsius is missing only."
assert _features["readings"].shape == (2, 2), (
    f"The longest list of the first batch has 2 readings; your shape is {_features['readings'].shape}"
)
assert _features["readings"].numpy().tolist() == [[3, 4], [-1, -1]], (
    "The second list is empty, so its row holds the filling, -1, alone."
)


# %% probe="csv_batches" rtol=1e-4
def _plain_batches(data):
    return [
        [
            [text.decode() for text in features["place"].numpy().tolist()],
            *[features[name].numpy() for name in ("celsius", "is_missing", "readings")],
            label.numpy(),
            [part.dtype.name for part in (*features.values(), label)].count("float32"),
            [features["readings"].dtype.name, label.dtype.name],
        ]
        for features, label in data
    ]


_special = ["x,nought,1,0", "x,0,,3", ",,9;9;0,0", '"say ""hi"", now",-0.5,,', '"",7,"1;2",0']
[
    _plain_batches(csv_batches(lines, -5.5, 4)),
    _plain_batches(csv_batches(more_lines, 30.0, 50)),
    _plain_batches(csv_batches(_special[1:], 1.0, 1)),
]

# %% [markdown]
# ## Question 2 · a split that never moves (2 points)
#
# A table grows every week, and rows that once were validation rows must stay so. People of one
# household resemble each other, so a household must not be cut in two.
#
# The dataset's elements are dicts; `"person"` is a scalar text such as `h371/2` or `h371/2/moved`. The part
# before the *first* `/` is the household. Write `household_split(dataset, percent)`, which returns two
# datasets `(training, validation)`. An element belongs to validation if
# `tf.strings.to_hash_bucket_fast(household, 100)` is *below* `percent`, an `int` from 0 to 100. Order and
# elements stay as they are.


# %% question="household_split" points=2
### BEGIN SOLUTION
def household_split(dataset, percent):
    def is_held_out(row):
        household = tf.strings.split(row["person"], "/")[0]
        return tf.strings.to_hash_bucket_fast(household, 100) < percent

    training = dataset.filter(lambda row: tf.logical_not(is_held_out(row)))
    return training, dataset.filter(is_held_out)


### END SOLUTION

# %% check="household_split"
_rows = {"person": persons, "number": np.arange(len(persons))}
_parts = household_split(tf.data.Dataset.from_tensor_slices(_rows), 40)
_names = [[_row["person"].numpy().decode() for _row in _part] for _part in _parts]
assert sorted(_names[0] + _names[1]) == sorted(persons), "Every row should be in one of the parts."
_homes = [{_name.split("/")[0] for _name in _part} for _part in _names]
assert not _homes[0] & _homes[1], f"Cut in two: {sorted(_homes[0] & _homes[1])[:3]}"
assert 0.1 < len(_homes[1]) / 60 < 0.75, (
    f"About 40 % of the 60 households should be in the second part, not {len(_homes[1])}."
)
assert [_name for _name in persons if _name in set(_names[1])] == _names[1], "Keep the order."
assert "number" in next(iter(_parts[0])), "The elements should keep all their entries."
_again = household_split(tf.data.Dataset.from_tensor_slices({"person": persons[::-1]}), 40)[1]
assert [_row["person"].numpy().decode() for _row in _again] == _names[1][::-1], (
    "In a table in reverse order, the same people should be held out."
)


# %% probe="household_split" exact=true
def _numbers(percent, rows):
    parts = household_split(tf.data.Dataset.from_tensor_slices(rows), percent)
    return [[int(row["number"]) for row in part] for part in parts]


_table = {"person": persons, "number": np.arange(len(persons))}
_first = tf.strings.split(persons[0], "/")[0]
_edge = int(tf.strings.to_hash_bucket_fast(_first, 100))  # the bucket of somebody
[_numbers(_edge, _table), _numbers(_edge + 1, _table), _numbers(60, _table)]

# %% [markdown]
# ## Question 3 · records with lists (3 points)
#
# Write both directions of a TFRecord format.
#
# `serialise(row)` returns the bytes of a `tf.train.Example`. `row` is a dict: `"id"`, an `int`; `"tags"`, a list of
# texts; `"scores"`, a list of floats; `"label"`, an `int` or `None`. The lists can be empty. The features have the same
# names: id and label as `int64_list`, tags (UTF-8) as `bytes_list`, scores as `float_list`. Where the label is `None`,
# there is no feature `"label"`.
#
# `parse(batch, width)` takes a tensor of such bytes, shape `(b,)`, and returns `(features, label)`. It
# must also work inside `Dataset.map`.
#
# - `label`: `int64`, shape `(b,)`, -1 where it is absent,
# - `features["id"]`: `int64`, shape `(b,)`,
# - `features["tags"]`: a `tf.RaggedTensor` of texts, shape `(b, None)`,
# - `features["scores"]`: `float32`, shape `(b, width)`: the first `width` scores, with 0 at the end where
#   there are fewer.


# %% question="records" points=3
### BEGIN SOLUTION
def serialise(row):
    train = tf.train
    features = {
        "id": train.Feature(int64_list=train.Int64List(value=[row["id"]])),
        "tags": train.Feature(bytes_list=train.BytesList(value=[t.encode() for t in row["tags"]])),
        "scores": train.Feature(float_list=train.FloatList(value=row["scores"])),
    }
    if row["label"] is not None:
        features["label"] = train.Feature(int64_list=train.Int64List(value=[row["label"]]))
    return train.Example(features=train.Features(feature=features)).SerializeToString()


def parse(batch, width):
    schema = {
        "id": tf.io.FixedLenFeature([], tf.int64),
        "tags": tf.io.RaggedFeature(tf.string),
        "scores": tf.io.RaggedFeature(tf.float32),
        "label": tf.io.FixedLenFeature([], tf.int64, default_value=-1),
    }
    features = tf.io.parse_example(batch, schema)
    features["scores"] = features["scores"].to_tensor(shape=[None, width])
    return features, features.pop("label")


### END SOLUTION

# %% check="records"
_row = {"id": 7, "tags": ["é", "b"], "scores": [0.5, 1.5, 2.5], "label": 0}
_bytes = serialise(_row)
assert isinstance(_bytes, bytes), f"serialise should return bytes, not {type(_bytes).__name__}"
_stored = tf.train.Example.FromString(_bytes).features.feature
assert _stored["id"].int64_list.value == [7], "The feature id should be an int64_list with 7."
assert _stored["tags"].bytes_list.value == ["é".encode(), b"b"], "tags should hold UTF-8 bytes."
assert _stored["scores"].float_list.value == [0.5, 1.5, 2.5], "scores should be a float_list."
assert _stored["label"].int64_list.value == [0], "Label 0 is a label. Only None is left out."
_bare = serialise({"id": 8, "tags": [], "scores": [], "label": None})
assert "label" not in tf.train.Example.FromString(_bare).features.feature, (
    "Without a label there should be no feature of that name."
)
_features, _label = parse(tf.constant([_bytes, _bare]), 2)
assert set(_features) == {"id", "tags", "scores"}, f"features has the names {set(_features)}"
assert _label.numpy().tolist() == [0, -1], f"the labels are 0 and absent: {_label.numpy().tolist()}"
assert isinstance(_features["tags"], tf.RaggedTensor), "tags should stay ragged."
assert _features["tags"].row_lengths().numpy().tolist() == [2, 0], "The tags are 2 and none."
_scores = _features["scores"].numpy().tolist()
assert _scores == [[0.5, 1.5], [0, 0]], f"two scores per row are cut or filled with 0: {_scores}"
_wide = parse(tf.constant([_bytes]), 5)[0]["scores"].numpy().tolist()
assert _wide == [[0.5, 1.5, 2.5, 0, 0]], f"with width 5 the three scores come first: {_wide}"


# %% probe="records" rtol=1e-5
def _stored_lists(row):
    stored = tf.train.Example.FromString(serialise(row)).features.feature
    # asked first, since a look-up by [] would add the name
    present = "label" in stored
    return [
        list(stored["id"].int64_list.value),
        [tag.decode() for tag in stored["tags"].bytes_list.value],
        list(stored["scores"].float_list.value),
        list(stored["label"].int64_list.value) if present else "absent",
    ]


def _example(row):
    kinds = {
        "id": "int64_list",
        "tags": "bytes_list",
        "scores": "float_list",
        "label": "int64_list",
    }
    values = dict(row, id=[row["id"]], label=[row["label"]])
    values["tags"] = [tag.encode() for tag in row["tags"]]
    feature = {
        name: tf.train.Feature(**{kind: {"value": values[name]}})
        for name, kind in kinds.items()
        if values[name] != [None]
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def _parsed(width, size):
    data = tf.data.Dataset.from_tensor_slices([_example(row) for row in rows]).batch(size)
    return [
        [
            features["id"].numpy(),
            [[tag.decode() for tag in tags] for tags in features["tags"].to_list()],
            features["scores"].numpy(),
            label.numpy(),
        ]
        for features, label in data.map(lambda batch: parse(batch, width))
    ]


_zero = {"id": 0, "tags": [""], "scores": [0.0], "label": 0}
[[_stored_lists(row) for row in [*rows, _zero]], _parsed(3, 9), _parsed(7, 4)]

# %% [markdown]
# ## Question 4 · how often does map run? (2 points)
#
# A pipeline starts with `n` rows. `steps` is a list of tuples, in the order of the pipeline:
#
# | step | as in `tf.data` |
# |---|---|
# | `("map",)` | `map(function)`; there is exactly one |
# | `("cache",)` | `cache()`; at most one |
# | `("take", k)`, `("skip", k)`, `("repeat", k)` | the same names |
# | `("batch", k)` | `batch(k)` |
# | `("drop", k)` | `batch(k, drop_remainder=True)` |
#
# `batch` and `drop` occur once in all at most. `take` and `skip` never come after `cache`. Each number is 1 or more.
#
# Write `count_runs(n, steps, epochs)`. It returns the tuple `(runs, elements, rows)`: how often the function of `map` runs
# in all epochs together; how many elements (rows or batches) one epoch delivers; and how many rows are in them.
# A step asks the one before it only for what it needs; nothing is read ahead. (If you build the
# pipeline to count, TensorFlow must not rewrite it: see section 7 of the lesson. You need not
# build it.)


# %% question="count_runs" points=2
### BEGIN SOLUTION
def count_runs(n, steps, epochs):
    runs = 0

    def run(element):
        nonlocal runs
        runs += 1
        return element

    def batches(before, size, keep_rest):
        rows = before()
        while batch := list(itertools.islice(rows, size)):
            if keep_rest or len(batch) == size:
                yield batch

    def add(before, name, k=None):
        kept = []
        if name == "map":
            return lambda: map(run, before())
        if name == "cache":
            return lambda: iter(kept[0] if kept else kept.append(list(before())) or kept[0])
        if name == "take":
            return lambda: itertools.islice(before(), k)
        if name == "skip":
            return lambda: itertools.islice(before(), k, None)
        if name == "repeat":
            return lambda: itertools.chain.from_iterable(before() for _ in range(k))
        return lambda: batches(before, k, name == "batch")

    pipeline = lambda: iter(range(n))  # noqa: E731
    for step in steps:
        pipeline = add(pipeline, *step)
    for _ in range(epochs):
        delivered = list(pipeline())
    return runs, len(delivered), sum(np.size(element) for element in delivered)


### END SOLUTION

# %% check="count_runs"
_answer = count_runs(10, [("map",)], 3)
assert len(_answer) == 3, "Return a tuple (runs, elements, rows)."
assert tuple(_answer) == (30, 10, 10), f"10 rows, map alone, 3 epochs: 30 runs, not {_answer}"
_answer = count_runs(10, [("map",), ("cache",)], 3)
assert _answer[0] == 10, f"cache keeps the results of map: 10 runs in 3 epochs, not {_answer[0]}"
_answer = count_runs(10, [("batch", 4), ("map",)], 1)
assert tuple(_answer) == (3, 3, 10), f"10 rows in batches of 4 are 3 batches, you have {_answer}"
_answer = count_runs(10, [("map",), ("drop", 4)], 1)
assert tuple(_answer) == (10, 2, 8), (
    f"Only full batches are delivered, 2 with 8 rows; all rows went through map. You have {_answer}"
)
_answer = count_runs(10, [("map",), ("take", 2)], 1)
assert _answer[0] == 2, f"take asks for 2 rows, so map runs twice, not {_answer[0]} times"
_answer = count_runs(10, [("map",), ("skip", 7)], 1)
assert tuple(_answer) == (10, 3, 3), f"skip has to read what it skips; you have {_answer}"

# %% probe="count_runs" exact=true
_pipelines = [
    [("map",), ("repeat", 3), ("batch", 7)],
    [("repeat", 2), ("batch", 7), ("map",), ("cache",)],
    [("map",), ("cache",), ("repeat", 3), ("drop", 8)],
    [("cache",), ("map",), ("drop", 6), ("repeat", 2)],
    [("skip", 5), ("map",), ("batch", 4), ("take", 3)],
    [("map",), ("take", 12), ("skip", 5), ("repeat", 2), ("cache",)],
    [("repeat", 2), ("map",), ("batch", 9), ("skip", 1), ("take", 2)],
    [("batch", 5), ("take", 3), ("repeat", 4), ("map",), ("skip", 2)],
]
[
    [[int(value) for value in count_runs(n, steps, epochs)] for epochs in (1, 3)]
    for n, steps in zip(n_rows, _pipelines, strict=True)
]

# %% [markdown]
# ## Question 5 · every batch with every class (3 points)
#
# Write `class_batches(X, y, counts)`. It returns a `tf.data.Dataset` without end of batches `(X, y)`. Every batch
# holds `counts[k]` rows of class $k$ ($k$ = 0, 1, …, `len(counts) - 1`; each count is 1 or more): first those of class 0, then those of class 1, and so
# on. Each class is gone through in the order of its rows, from batch to batch; when its rows are used up, it starts again
# with its first, if need be in the middle of a batch. `X` is `float32`, shape `(n, f)`; `y` is `int64`, shape `(n,)`, and has rows of every
# class. Dtypes stay.
#
# A model trained on such batches sees other shares than there are in `y`. Write
# `put_right(q, counts, y)`. `q`, shape `(m, len(counts))`, are its probabilities for `m` rows; return those for the
# shares of the classes in `y`, as an array of the same shape. By Bayes, each column is multiplied by the share
# of its class in `y` over its share in the batches, and each row is then scaled to add up to 1.


# %% question="class_batches" points=3
### BEGIN SOLUTION
def class_batches(X, y, counts):
    parts = []
    for k, count in enumerate(counts):
        part = tf.data.Dataset.from_tensor_slices((X[y == k], y[y == k]))
        parts.append(part.repeat().batch(count))

    def join(*batches):
        inputs, labels = zip(*batches, strict=True)
        return tf.concat(inputs, axis=0), tf.concat(labels, axis=0)

    return tf.data.Dataset.zip(tuple(parts)).map(join)


def put_right(q, counts, y):
    scaled = q * np.bincount(y, minlength=len(counts)) / np.asarray(counts)
    return scaled / scaled.sum(axis=1, keepdims=True)


### END SOLUTION

# %% check="class_batches"
_y = np.array([1, 0, 0, 1, 0])
_X = np.arange(10, dtype="float32").reshape(5, 2)
_data = class_batches(_X, _y, [2, 1])
assert isinstance(_data, tf.data.Dataset), f"expected a Dataset, got {type(_data).__name__}"
_batches = list(_data.take(4))
assert len(_batches) == 4, "The dataset should never end."
_inputs, _labels = (_part.numpy() for _part in _batches[0])
assert _labels.tolist() == [0, 0, 1], f"The first batch has the labels 0, 0, 1, not {_labels}"
assert _inputs.shape == (3, 2), f"its rows have the shape (3, 2), not {_inputs.shape}"
assert _inputs.dtype == np.float32, f"rows should stay float32, not {_inputs.dtype}"
_first = [_batch[0][:, 0].numpy().tolist() for _batch in _batches]
assert _first[0] == [2, 4, 0], f"first columns of the first batch: 2, 4 and 0, not {_first[0]}"
assert _first[1] == [8, 2, 6], (
    "Class 0 has three rows (2, 4, 8). The second batch takes the last of them and then the first "
    f"again, and the next row of class 1: 8, 2, 6. You have {_first[1]}."
)
_right = put_right(np.array([[0.5, 0.5], [1.0, 0.0]]), [2, 1], _y)
assert np.allclose(np.sum(_right, axis=1), 1), "Every row should add up to 1."
assert np.allclose(_right[1], [1, 0]), "What is certain stays certain."
_same = put_right(np.array([[0.3, 0.7]]), [6, 4], _y)
assert np.allclose(_same, [[0.3, 0.7]]), (
    "Batches with the same shares as y, 3 to 2, leave the probabilities as they are; you have "
    f"{_same}. Are shares compared, not numbers of rows?"
)
assert _right[0, 0] < 0.5, (
    "Batches 2 : 1 have more of class 0 than y has, 3 : 2, so its probability should fall."
)


# %% probe="class_batches" rtol=1e-5
def _drawn(X, y, counts, n):
    batches = [[part.numpy() for part in batch] for batch in class_batches(X, y, counts).take(n)]
    return [*batches, [part.dtype.name for part in batches[0]]]


[
    _drawn(X, y, [4, 2, 7], 9),
    _drawn(X[::-1], np.minimum(y, 1)[::-1], [3, 5], 4),
    np.asarray(put_right(q, [4, 2, 2], y)),
    np.asarray(put_right(q[:, :2] / q[:, :2].sum(axis=1, keepdims=True), [1, 3], y[y < 2])),
]

# %% [markdown]
# ## Question 6 · raw rows in (2 points)
#
# `network` was trained outside on prepared columns. Write
# `serving_model(network, cities, boundaries, median, mean, sd)`. It returns a functional `keras.Model` that takes
# raw rows as a dict of tensors, each of shape `(b,)`: `"city"` (text), `"age"` and `"income"` (`float32`; a missing income
# is NaN). It prepares the columns in this order, and returns what `network` makes of them:
#
# 1. a column that is 1 for a city that is not in the list `cities`, then one column for each of `cities`, in that
#    order (upper and lower case differ),
# 2. one column for each bin of age: below `boundaries[0]`, from there to below `boundaries[1]`, … and from the last
#    boundary on; an age that equals a boundary belongs to the bin above it,
# 3. the income, with `median` in place of NaN, minus `mean`, divided by `sd`,
# 4. a column that is 1 where the income was NaN, otherwise 0.
#
# `boundaries` is a list of rising floats. `network` takes `float32` of shape
# `(b, 1 + len(cities) + len(boundaries) + 1 + 2)`. Inputs of the model are called `city`, `age` and `income`.
# (Some versions of Keras, Colab's among them, fail on `Discretization(…, output_mode="one_hot")` here. Its
# indices and `keras.ops.one_hot` work everywhere.)


# %% question="serving_model" points=2
### BEGIN SOLUTION
def serving_model(network, cities, boundaries, median, mean, sd):
    layers, ops = keras.layers, keras.ops
    kinds = {"city": "string", "age": "float32", "income": "float32"}
    inputs = {name: keras.Input((), name=name, dtype=kind) for name, kind in kinds.items()}
    city = layers.StringLookup(vocabulary=cities, output_mode="one_hot")(inputs["city"])
    bins = layers.Discretization(bin_boundaries=boundaries)(inputs["age"])
    bins = ops.one_hot(bins, len(boundaries) + 1)
    missing = ops.isnan(inputs["income"])
    income = (ops.where(missing, median, inputs["income"]) - mean) / sd
    numbers = ops.stack([income, ops.cast(missing, "float32")], axis=-1)
    columns = ops.concatenate([city, bins, numbers], axis=-1)
    return keras.Model(inputs, network(columns))


### END SOLUTION


# %% check="serving_model"
def _look(*columns):
    width = 1 + len(cities) + len(boundaries) + 1 + 2
    network = keras.Sequential([keras.Input((width,)), keras.layers.Dense(1, use_bias=False)])
    network.set_weights([np.isin(np.arange(width), columns)[:, np.newaxis].astype("float32")])
    model = serving_model(network, cities, boundaries, **money)
    assert isinstance(model, keras.Model), f"expected a keras.Model, got {type(model).__name__}"
    return np.ravel(model({name: tf.constant(column) for name, column in people.items()}))


_known, _ages, _money = range(1, 6), people["age"], people["income"]
assert np.array_equal(_look(0), ~np.isin(people["city"], cities)), (
    "The first column is 1 for unknown cities alone. Is 'oslo' another city than 'Oslo'?"
)
assert np.array_equal(_look(2), people["city"] == cities[1]), "Column 2 belongs to cities[1]."
assert np.array_equal(_look(6), _ages < boundaries[0]), "Column 6 is for ages below the first one."
assert np.array_equal(_look(9), _ages >= boundaries[2]), (
    "Column 9 is for ages from the last boundary on, the boundary itself included."
)
assert np.array_equal(_look(6, 7, 8, 9), np.ones(14)), "Each age should be in exactly one bin."
assert np.array_equal(_look(11), np.isnan(_money)), "The last column is 1 where income is NaN."
assert not np.any(np.isnan(_look(10))), "NaN should be replaced before the income is scaled."


# %% probe="serving_model" rtol=1e-3 atol=1e-4
def _served(weights, cities, boundaries, rows, **money):
    network = keras.Sequential([keras.Input((len(weights[0]),))])
    network.add(keras.layers.Dense(len(weights[1]), activation="tanh"))
    network.set_weights([0.5 * weights[0], weights[1]])
    model = serving_model(network, cities, boundaries, **money)
    return np.asarray(model({name: tf.constant(column) for name, column in rows.items()}))


[
    _served(head_weights, cities, boundaries, people, **money),
    _served(
        [head_weights[0][:7], head_weights[1]],
        cities[:2],
        [boundaries[1]],
        {name: column[::-1] for name, column in people.items()},
        median=60.0,
        mean=45.0,
        sd=30.0,
    ),
]
