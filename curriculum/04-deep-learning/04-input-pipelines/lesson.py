# ---
# title: Input pipelines
# minutes: 75
# needs: [02-python/04-files-and-errors, 02-python/09-tensorflow-and-keras, 03-classical-ml/06-preparing-features, 03-classical-ml/17-imbalanced-classes]
# objectives: [tf-developer/2.2, tf-developer/2.12, tf-developer/2.14, tf-developer/2.16, tf-developer/2.17, tf-developer/2.18, tf-developer/3.6, google-pmle/5.1, google-pmle/6.2, aws-mla/1.1, aws-mla/1.2, aws-mla/1.3]
# ---

# %% [markdown]
# # Input pipelines
#
# Data lie in files; training wants batches of tensors. The *input pipeline* leads from one to the
# other. After this lesson you can
#
# - read arrays, CSV, JSON Lines, folders of images and TFRecord files with `tf.data`,
# - say how often each step runs, and what a wrong order of steps costs,
# - batch rows of different lengths,
# - put preprocessing inside the model or outside it, and find the skew that follows,
# - rebalance classes in the pipeline, and put the probabilities right.
#
# **Exam lens.** TensorFlow Developer (retired in 2024) had you load folders and arrays (2.16), CSV and JSON
# (2.17), images labelled by their folder (3.6), map, shuffle, batch and prefetch (2.14, 2.18), and
# prepare training and test data alike (2.2, 2.12). Google PMLE asks for identical preprocessing in training and
# serving (5.1), and for skew (6.2). AWS MLA-C02 covers formats (1.1), encoding (1.2) and
# imbalance (1.3).

# %%
import json
import tempfile
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from statsmodels.datasets import randhie

layers, ops, digits = keras.layers, keras.ops, load_digits()


def attempt(label, call):
    try:
        print(f"{label}:", call())
    except Exception as error:
        print(f"{label}: {type(error).__name__}")


# %% [markdown]
# Our people took part in RAND's health insurance experiment. We know how they rate their health, whether
# they are physically limited, an index of chronic diseases, and their *coinsurance*: the percentage of
# each bill that they pay themselves. We predict who sees a doctor *often*, ten times a year or more.
# (The source repeats a person's answers each year; we keep the first of several equal rows.)

# %%
raw = randhie.load_pandas().data
raw = raw[raw.drop(columns="mdvis").diff().ne(0).any(axis=1)].sample(frac=1, random_state=0)
level = raw["hlthg"] + 2 * raw["hlthf"] + 3 * raw["hlthp"]
people = pd.DataFrame({"health": level.map({0: "excellent", 1: "good", 2: "fair", 3: "poor"})})
people["limited"] = raw["physlm"].map({0: "no", 1: "yes"}).fillna("missing")
people["diseases"] = raw["disea"].round(1)
people["coinsurance"] = np.expm1(raw["lncoins"]).round()
people["often"] = (raw["mdvis"] >= 10).astype(int)
print(f"{len(people)} people, often: {people['often'].mean():.1%};", people.to_dict("records")[0])

# %% [markdown]
# ## 1. CSV
#
# A `Dataset` is a recipe, not a container: each `for` loop, and each epoch, runs it again from the
# start. `from_tensor_slices` makes one from arrays, or from a dict of arrays. `TextLineDataset` yields
# the lines of a file, and `decode_csv` splits them. Its second argument gives for each column the
# dtype, and the value for an *empty* field.
#
# > **Predict first.** Four lines are read with the defaults below. Which of them fail?

# %%
temporary, names = tempfile.TemporaryDirectory(), list(people)
folder = temporary.name
people.to_csv(f"{folder}/people.csv", index=False)
defaults = [["missing"], ["missing"], [0.0], [np.nan], [0]]


def parse_csv(lines):
    row = dict(zip(names, tf.io.decode_csv(lines, defaults), strict=True))
    return row, row.pop("often")


for line in ("good,,,,1", '"fair, mostly",no,3.1,25,0', "good,no,three,25,0", "good,no,3.1,25"):
    attempt(line, lambda: [str(part.numpy()) for part in parse_csv(line)[0].values()])  # noqa: B023
lines = tf.data.TextLineDataset(f"{folder}/people.csv").skip(1)  # without the header

# %% [markdown]
# The last two. But in the first line, an empty index of diseases became 0.0: a healthy person was
# invented. NaN at least shows, and "missing" is an honest level. With `tf.constant([], tf.float32)` as
# default, the field is compulsory. Quotes are understood.
#
# `tf.data.experimental.make_csv_dataset` guesses the types, shuffles, and repeats *without end* unless
# you pass `num_epochs=1`.
#
# ## 2. JSON Lines
#
# Nested records need Python. `from_generator` takes a *function* that returns an iterator, and an
# `output_signature` with the dtypes and shapes.
#
# > **Predict first.** The second dataset gets an iterator made beforehand. How many rows has its
# > second epoch?

# %%
with open(f"{folder}/people.jsonl", "w", encoding="utf-8") as file:
    for row in people.head(500).to_dict("records"):
        file.write(json.dumps({"often": row.pop("often"), "person": row}) + "\n")


def read_json():
    with open(f"{folder}/people.jsonl", encoding="utf-8") as file:
        for record in map(json.loads, file):
            yield record["person"]["health"], record["often"]


signature, made = (tf.TensorSpec([], tf.string), tf.TensorSpec([], tf.int64)), read_json()
for name, source in {"function": read_json, "iterator": lambda: made}.items():
    data = tf.data.Dataset.from_generator(source, output_signature=signature)
    print(f"{name}: rows per epoch", [sum(1 for _ in data) for _ in range(2)])

# %% [markdown]
# None: an iterator runs out, without an error. A generator is slow, too: Python code, one row at a
# time. For large data convert once, to TFRecord.
#
# ## 3. Folders of images
#
# `image_dataset_from_directory` takes the name of each subfolder as a class. (In older code:
# `ImageDataGenerator().flow_from_directory`, by the same rule.) We write 300 of scikit-learn's
# handwritten digits as PNG files, into folders named in words.
#
# > **Predict first.** Which label does a picture in `zero` get? And in a test folder without eights?

# %%
words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
for number, (image, label) in enumerate(zip(digits.images[:300], digits.target, strict=False)):
    png = tf.io.encode_png((15 * image[:, :, np.newaxis]).astype("uint8"))  # 0 to 240
    for part in ("train", "test")[: 1 if words[label] == "eight" else 2]:
        tf.io.write_file(f"{folder}/{part}/{words[label]}/{number}.png", png)

for part in ("train", "test"):
    images = keras.utils.image_dataset_from_directory(f"{folder}/{part}", verbose=False)
    print(f"{part}: zero has label {images.class_names.index('zero')};", images.class_names[:3])

# %% [markdown]
# Nine, since names are sorted as text: `eight`, `five`, `four` … In the test folder it is eight: one
# missing class shifts all labels behind it, and accuracy collapses without an error. So compare
# `class_names`; an *empty* folder keeps the place. Pixels come as floats up to 255, unscaled. Images of
# other sizes are resized.
#
# ## 4. TFRecord
#
# Thousands of small files are slow to open, above all in cloud storage. A TFRecord file holds many
# *examples* in a row; large sets are cut into *shards*, several such files. An example maps names to
# lists of bytes, `float32` or `int64`. It knows no shapes: the *schema* comes from you.
#
# > **Predict first.** Each digit is stored as 64 whole `pixels`. Four schemas name a feature, its
# > shape and its dtype; the last has a typo and a default value. Which fail?

# %%
with tf.io.TFRecordWriter(f"{folder}/digits.tfrecord") as writer:
    for image, label in zip(digits.images.astype(int), digits.target, strict=True):
        lists = {"pixels": image.ravel(), "label": [label], "inked": np.flatnonzero(image > 8)}
        lists = {k: tf.train.Int64List(value=values) for k, values in lists.items()}
        features = {k: tf.train.Feature(int64_list=values) for k, values in lists.items()}
        example = tf.train.Example(features=tf.train.Features(feature=features))
        writer.write(example.SerializeToString())

records = tf.data.TFRecordDataset(f"{folder}/digits.tfrecord")
schemas = {"8 x 8": ("pixels", [8, 8], tf.int64), "4 x 16": ("pixels", [4, 16], tf.int64)}
schemas |= {"floats": ("pixels", [8, 8], tf.float32), "typo": ("pixel", [2], tf.int64, [0, 0])}
for label, (name, *form) in schemas.items():
    schema = {name: tf.io.FixedLenFeature(*form)}
    parsed = records.batch(2).map(lambda batch: tf.io.parse_example(batch, schema)[name])  # noqa: B023
    attempt(label, lambda: f"largest value {next(iter(parsed)).numpy().max():.0f}")  # noqa: B023

# %% [markdown]
# Only the third: dtypes must agree. Four rows of 16 are as good as eight of 8. The typo would fail, too,
# but its default made zeros of it. So give a default only to what may be absent, and look at a batch.
# `parse_example` parses a whole batch at once. (Images are often stored as PNG or JPEG bytes.)
#
# ## 5. Rows of different lengths
#
# `inked` lists the dark pixels, more for some digits than for others. `RaggedFeature` reads it.
# `ragged_batch` keeps the lengths, `padded_batch` fills up to the longest row of the batch, and
# *bucketing* groups rows of similar length first.

# %%
schema = {"inked": tf.io.RaggedFeature(tf.int64)}
inked = records.map(lambda record: tf.io.parse_single_example(record, schema)["inked"])
padded = inked.padded_batch(32, padding_values=tf.constant(-1, tf.int64))
print(f"padding: {np.mean([np.mean(batch == -1) for batch in padded]):.0%} of a batch")

# %% [markdown]
# Padding is wasted work. The default filling, 0, would be a real pixel here: choose a value that cannot
# occur.
#
# ## 6. How often does a step run?
#
# `cache` keeps what reaches it in the first epoch, in memory or in a file. The step below is random,
# as *augmentation* is: chance changes of the training rows, such as flipping an image.
#
# > **Predict first.** 1,000 rows, three epochs. How often does `augment` run in each pipeline, and how
# > many different numbers come out?

# %%
runs = tf.Variable(0)


def augment(rows):
    runs.assign_add(1)
    return tf.random.uniform([], dtype=tf.float64)


rows = tf.data.Dataset.range(1000)
pipelines = {"map": rows.map(augment), "map, cache": rows.map(augment).cache()}
pipelines |= {"cache, map": rows.cache().map(augment), "batch, map": rows.batch(250).map(augment)}
for name, data in pipelines.items():
    runs.assign(0)
    values = {float(value) for _ in range(3) for value in data}
    print(f"{name}: {runs.numpy()} runs, {len(values)} different")

# %% [markdown]
# Cache *after* what is slow and fixed, *before* what is random: cached augmentation repeats
# itself. After `batch`, `map` runs once per batch, four times an epoch here; that is faster, if the
# operations take whole batches. (NumPy's random numbers would not even differ between rows: `map`
# traces its function once.)
#
# ## 7. Reading while training
#
# `prefetch` prepares the next batches during a training step. `num_parallel_calls` runs `map` on
# several rows at once. Here reading a batch takes 0.08 s and a step 0.04 s, both by sleeping.
# We first forbid TensorFlow to rewrite the pipeline.
#
# > **Predict first.** One after the other, eight batches take 8 · 0.12 = 0.96 s. How long with `prefetch`?


# %%
def read(row):
    reads.append(time.perf_counter())
    time.sleep(0.08)
    return row


def slow(workers=None):
    return rows.take(8).map(lambda row: tf.py_function(read, [row], tf.int64), workers)


as_told = tf.data.Options()
as_told.autotune.enabled = as_told.experimental_optimization.apply_default_optimizations = False
cases = {"one after the other": slow().with_options(as_told)}
cases["prefetch"] = slow().prefetch(2).with_options(as_told)
cases["prefetch, 2 parallel calls"] = slow(2).prefetch(2).with_options(as_told)
cases["neither, but TensorFlow may rewrite"] = slow()

# %% tags=["nbval-ignore-output"]
figure, axes = plt.subplots(2, 2, figsize=(9, 4.5), sharex=True, sharey=True, layout="constrained")
for axis, (name, data) in zip(axes.flat, cases.items(), strict=True):
    reads, steps = [], []
    for _ in data:
        steps.append(time.perf_counter())
        time.sleep(0.04)
    starts = np.array([sorted(reads), steps]) - min(reads)
    axis.barh(range(8), 0.08, left=starts[0], label="read")
    axis.barh(range(8), 0.04, left=starts[1], label="train")
    axis.set(title=name, xlabel="seconds", ylabel="batch")
    seconds = starts.max() + 0.04
    print(f"{name}: about {seconds:.1f} s")
axes[0, 0].legend()
plt.show()

# %% [markdown]
# About 0.7 s, or a little more on a busy machine: `prefetch` hides the shorter of the two, and reading
# remains. Parallel calls attack that.
# The last panel asks for nothing and overlaps all the same: TensorFlow adds a `prefetch` by itself.
# Write it anyway, with `tf.data.AUTOTUNE` for the number. To read several files at once, use
# `interleave`, which takes rows from each in turn.
#
# ## 8. The shuffle buffer
#
# `shuffle(k)` draws from a buffer of `k` rows. Our digits, sorted by class:
#
# > **Predict first.** 1,792 rows, batches of 32. Is a buffer of 200 large enough?

# %%
labels = tf.data.Dataset.from_tensor_slices(np.sort(digits.target)[:1792])
figure, axes = plt.subplots(3, 1, figsize=(8, 4.5), sharex=True, layout="constrained")
for axis, size in zip(axes, (1, 200, 1792), strict=True):
    batches = np.array(list(labels.shuffle(size, seed=1).batch(32)))
    shown = axis.imshow(batches.T, cmap="tab10", aspect="auto", interpolation="nearest")
    classes = np.mean([len(set(batch)) for batch in batches])
    axis.set_title(f"buffer of {size}: about {classes:.0f} of 10 classes in a batch")
    axis.set(ylabel="row", yticks=[])
axes[2].set(xlabel="batch")
figure.colorbar(shown, ax=axes, label="class")
plt.show()

# %% [markdown]
# No: a batch sees about four of ten classes, and pulls the model towards them. If a full buffer does
# not fit into memory, store the rows in random order, or interleave shuffled shards.
#
# ## 9. The order of steps
#
# > **Predict first.** Of 1,000 shuffled rows, `take(200)` is for validation, `skip(200)` for training.
# > What share of the last validation rows was trained on within three epochs?

# %%
for reshuffle in (True, False):
    mixed = rows.shuffle(1000, seed=1, reshuffle_each_iteration=reshuffle)
    trained = {int(row) for _ in range(3) for row in mixed.skip(200)}
    share = np.mean([int(row) in trained for row in mixed.take(200)])
    print(f"reshuffled {reshuffle}: {share:.0%} of the validation rows were trained on")
blurred = rows.repeat(2).shuffle(1000, seed=1).take(1000)
print("repeat, shuffle: different rows in the first 1,000:", len({int(row) for row in blurred}))

# %% [markdown]
# Practically all: each iteration shuffles anew. So split *before* shuffling, best by a hash of
# an id.
#
# | order | what happens |
# |---|---|
# | `repeat`, `shuffle` | epochs blur: some rows come twice before others come once |
# | `repeat`, `batch` | a batch spans two epochs |
# | `batch`, `shuffle` | batches move, their rows stay together |
# | `shuffle`, `cache` | every epoch has the same order |
# | `drop_remainder` when testing | some rows are never scored |
#
# A good order: read, fixed `map`, `cache`, `shuffle`, random `map`, `batch`, `prefetch`.
#
# ## 10. Preprocessing layers
#
# | layer | `adapt` learns | output |
# |---|---|---|
# | `Normalization` | mean and variance | scaled numbers |
# | `StringLookup` | vocabulary | index or one-hot, a place for unseen words |
# | `Discretization` | quantiles | number of the bin |
# | `CategoryEncoding` | nothing | one-hot from an index |
#
# Adapt them on training rows alone. They work *outside* the model, in `map`: there they run
# beside training, once if cached. Or *inside*, on `keras.Input`: then raw rows go in, and nothing can
# be forgotten. Train outside, and join both for serving:

# %%
(train, y_train), (test, y_test) = lines.batch(4000).map(parse_csv)  # in random order
scale = {name: layers.Normalization(axis=None) for name in ("diseases", "coinsurance")}
encode = {name: layers.StringLookup(output_mode="one_hot") for name in ("health", "limited")}
for name, layer in (scale | encode).items():
    layer.adapt(train[name])


def prepare(row):
    numbers = ops.stack([layer(row[name]) for name, layer in scale.items()], axis=-1)
    return ops.concatenate([numbers, *(f(row[name]) for name, f in encode.items())], axis=-1)


def fit(data, **options):
    keras.utils.set_random_seed(1)
    network = keras.Sequential([layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")])
    network.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    ready = data.batch(200).map(lambda row, label: (prepare(row), label)).prefetch(2)
    network.fit(ready, epochs=8, shuffle=False, verbose=0, **options)
    return network


# %%
examples = tf.data.Dataset.from_tensor_slices((train, y_train))
network = fit(examples.shuffle(4000, seed=1))
inputs = {name: keras.Input((), name=name, dtype=v.dtype.name) for name, v in train.items()}
keras.Model(inputs, network(prepare(inputs))).save(f"{folder}/whole.keras")
whole = keras.saving.load_model(f"{folder}/whole.keras")
print("raw rows into the saved model:", np.allclose(whole(test), network(prepare(test)), atol=1e-5))

# %% [markdown]
# (`shuffle=False`: `fit` cannot shuffle a dataset, and recent versions warn of it.) `StringLookup` keeps its
# first column for words that are not in the vocabulary, called `[UNK]`.
#
# ## 11. Training–serving skew
#
# *Skew*: in production, the same person becomes other numbers than in training.
#
# > **Predict first.** Another system writes "GOOD" for "good", or "NO" for "no", or nobody scales the
# > numbers. Which raises an error? Which is worse than no model at all?


# %% tags=["nbval-ignore-output"]
def report(name, p):
    loss = log_loss(np.array(y_test), np.ravel(p))
    print(f"{name}: mean p {np.mean(p):.2f}, truth {np.mean(y_test):.2f}, log loss {loss:.2f}")


report("as in training", whole(test))
for name in encode:
    report(f"{name} in capitals", whole(test | {name: tf.strings.upper(test[name])}))
report("not scaled", network(np.column_stack([*(test[k] for k in scale), prepare(test)[:, 2:]])))
report("base rate for everyone", np.full(len(y_test), np.mean(y_train)))

# %% [markdown]
# None raises an error. Here "NO" and unscaled numbers are worse than no model: the base rate for
# everyone. Words in capitals become `[UNK]`. No row had that in training, so its weights are still the
# *random* ones of the start: another seed may make "GOOD" the worse one, or neither. The saved model
# protects from forgotten scaling, not from changed inputs: count `[UNK]` in service.
#
# ## 12. Rare classes
#
# Three ways to give a rare class more weight:
#
# - `class_weight` multiplies the loss of its rows,
# - `sample_from_datasets` draws from one dataset per class with the shares that you name,
# - `rejection_resample` throws away rows of the frequent class, after reading them.
#
# > **Predict first.** About 7 % of the rows are positive. What is the mean prediction after training on
# > half and half?


# %% tags=["nbval-ignore-output"]
def of_class(k):
    return examples.filter(lambda row, label: label == k)


ratio = np.sum(y_train == 0) / np.sum(y_train == 1)
endless = [of_class(k).cache().shuffle(4000, seed=1).repeat() for k in (0, 1)]
mixed = tf.data.Dataset.sample_from_datasets(endless, weights=[0.5, 0.5], seed=2)
networks = {"sampled": fit(mixed, steps_per_epoch=20)}
networks["weighted"] = fit(examples.shuffle(4000, seed=1), class_weight={0: 1, 1: ratio})
for name, network in networks.items():
    q = network(prepare(test)).numpy()
    report(name, q)
    report(f"{name}, put right", q / (q + (1 - q) * ratio))
temporary.cleanup()

# %% [markdown]
# Near one half, more than six times the truth. In training the odds were 1 : 1 instead of about 1 : 14, so
# we divide the odds by that ratio $r$:
#
# $$ p = \frac{q}{q + (1 - q)\, r} $$
#
# Then mean and log loss are as good as the plain model's. Each class is repeated: otherwise the rare one
# would run empty, and the rest of the epoch hold one class only. The dataset never ends, hence
# `steps_per_epoch`. Validation and test rows keep their true shares.
#
# ## 13. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | an epoch never ends | `repeat` or `make_csv_dataset` without end | `steps_per_epoch`, `num_epochs=1` |
# | second epoch is empty | generator made beforehand | pass the function |
# | labels wrong, only on test images | class folder missing | compare `class_names` |
# | the device waits | reading is slower than the step | `cache`, parallel `map`, `prefetch`, shards |
# | memory full | `cache` or `shuffle` of large elements | cache to a file; shuffle file names first |
# | augmentation without effect | cached, or NumPy's random numbers | `cache` first; `tf.random` or layers |
# | validation too good | `take` and `skip` after `shuffle` | split first |
# | good offline, poor in service | skew | preprocessing inside the saved model |
#
# ## Summary
#
# - A dataset is a recipe that runs anew each epoch. State dtypes, shapes and defaults, and look at a batch.
# - Read, fixed map, cache, shuffle, random map, batch, prefetch.
# - Adapt layers on training rows, and serve one model that takes raw rows.
# - Sampling and weights change the base rate: divide it out of the odds.
#
# Next: the [exercise](../../exercises/04-deep-learning/04-input-pipelines.ipynb), then
# [convolutions](05-convolutions.ipynb).
