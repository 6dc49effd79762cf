# ---
# title: "Exercise: text to numbers"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: text to numbers
#
# Five jobs around a workshop's notes on faults. No question needs the answer of another, and nothing is
# trained. Change `seed` to practise again on other notes.

# %% tags=["parameters"]
seed = 48  # which notes you get

# %%
from collections import Counter
from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from keras import layers

rng = np.random.default_rng(seed)
MARKS = ".,;:!?()"
WORDS = ["pump", "valve", "leaks", "oil", "motor", "hot", "noise", "belt", "torn", "again", "ok"]
WORDS += ["weekly", "v2.1", "re-start", "don't", "sensor", "reads", "zero", "fuse", "blown", "fan"]
WORDS += ["stuck", "cable", "loose", "door", "light", "heater", "cold"]
COMMON = 1 / np.arange(1, len(WORDS) + 1)
COMMON /= COMMON.sum()


def write_notes(count, source):
    order, notes = source.permutation(WORDS), []
    for size in source.integers(2, 11, size=count):
        words = source.choice(order, size=size, p=COMMON).tolist()
        for k in np.flatnonzero(source.random(size) < 0.3):
            word = words[k].capitalize()
            words[k] = (f"{word},", f"({word})", f"{word}!", f"{word} ...")[source.integers(4)]
        notes.append(" ".join(words))
    return notes


# question 1
old_notes, new_notes = write_notes(24, rng), write_notes(8, rng)
# question 2: words of made-up syllables, and how often they occur
syllables = rng.choice(["ba", "né", "tü", "ro", "nn", "ka", "ss", "ßo", "li"], size=(14, 3))
word_counts = {"".join(parts): int(rng.integers(1, 12)) for parts in syllables.tolist()}
# question 3: vectors of 9 tokens, texts, and slopes of the loss
vectors = rng.normal(size=(9, 3))
rows = np.sort(rng.integers(1, 9, size=(5, 6)) * (rng.random((5, 6)) < 0.7))[:, ::-1].copy()
rows[2], rows[3, :2] = 0, rows[3, 0]
slopes = rng.normal(size=(5, 3))
# question 4: notes, and copies with a changed word
originals = [rng.choice(WORDS, size=7, replace=False).tolist() for _ in range(5)]
notes = []
for original in originals + originals[:4] + originals[:3] + originals[:1]:
    changed = original.copy()
    changed[int(rng.choice([0, 6]))] = str(rng.choice(WORDS))
    notes.append(" ".join(changed))
notes = [notes[k] for k in rng.permutation(len(notes))]
# question 5: weights of a small classifier
known = ["", "[UNK]", *rng.permutation([word for word in WORDS if word.isalpha()]).tolist()[:15]]
parts = {"table": rng.normal(size=(17, 4)), "matrix": rng.normal(size=(4, 3))}
parts["bias"] = rng.normal(size=3) / 4
faults = rng.permutation(["electrical", "mechanical", "thermal"]).tolist()

# %% [markdown]
# ## Question 1 · rules of a house (3 points)
#
# Write `encode(train, new, min_texts, size, length, keep)`, where `train` and `new` are lists of strings. It
# returns the tuple `(vocabulary, rows, oov)`.
#
# - *Tokens:* lower-case a text, split it at white space, and remove the characters of `MARKS` from both ends
#   of each part, not from its inside. A part of which nothing is left is no token.
# - `vocabulary` is a list: `""` for padding, `"[UNK]"`, then the tokens that occur in at least `min_texts`
#   *texts* of `train`, those in most texts first; of equals, the alphabetically first (Python's order of
#   strings) comes first. It has at most `size` entries, those two included.
# - `rows` is an array of whole numbers of shape `(len(new), length)`: each token's place in the vocabulary, 1
#   if it is not there. A text of more than `length` tokens keeps its first ones with `keep="first"`, its
#   last ones with `keep="last"`. A shorter one is padded with 0 at its end, in both cases.
# - `oov` is the share of unknown tokens among all tokens of `new`, before anything is cut or padded. (There
#   is at least one token.)


# %% question="encode" points=3
### BEGIN SOLUTION
def encode(train, new, min_texts, size, length, keep):
    def tokens(text):
        return [part for part in (word.strip(MARKS) for word in text.lower().split()) if part]

    counts = Counter(token for text in train for token in set(tokens(text)))
    often = [token for token in counts if counts[token] >= min_texts]
    often.sort(key=lambda token: (-counts[token], token))
    vocabulary = ["", "[UNK]", *often][:size]
    place = {token: number for number, token in enumerate(vocabulary)}
    numbers = [[place.get(token, 1) for token in tokens(text)] for text in new]
    result = np.zeros((len(new), length), dtype=int)
    for row, line in zip(result, numbers, strict=True):
        kept = line[:length] if keep == "first" else line[-length:]
        row[: len(kept)] = kept
    return vocabulary, result, float(np.mean([number == 1 for line in numbers for number in line]))


### END SOLUTION

# %% check="encode"
_train = ["Oil, oil; OIL on the belt", "(belt) v2.1 off", "belt ... fan", "fan off!"]
_answer = encode(_train, ["The belt, the FAN: v2.1 again ,", "oil"], 1, 6, 4, "first")
assert len(_answer) == 3, "Return the tuple (vocabulary, rows, oov)."
_vocabulary, _rows, _oov = _answer
assert list(_vocabulary[:2]) == ["", "[UNK]"], "Places 0 and 1 are for padding and the unknown."
assert len(_vocabulary) == 6, f"size=6 allows 6 entries in all, you have {len(_vocabulary)}"
assert _vocabulary[2] == "belt", (
    "belt is in three texts, oil three times in a single one. Which of the two should come first?"
)
assert list(_vocabulary[3:5]) == ["fan", "off"], (
    "fan and off are in two texts each: the alphabet decides. Is (belt) the token belt?"
)
assert not {"", "..."} & set(_vocabulary[1:]), "A part of marks alone is no token."
assert np.shape(_rows) == (2, 4), f"expected the shape (2, 4), got {np.shape(_rows)}"
assert list(_rows[0]) == [1, 2, 1, 3], (
    f"expected 1, 2, 1, 3 for the first text, got {list(_rows[0])}"
)
assert list(_rows[1][1:]) == [0, 0, 0], "A text of one token has three places of padding behind it."
_last = encode(_train, ["The belt, the FAN: v2.1 again ,"], 2, 9, 2, "last")[1]
assert list(_last[0]) == [1, 1], "The last two tokens, v2.1 and again, are in fewer than two texts."
assert np.isclose(encode(_train, ["belt", "fan red red red"], 1, 9, 2, "first")[2], 3 / 5), (
    "Three of these five tokens are unknown, whatever is cut."
)

# %% probe="encode" rtol=1e-9
_results = [
    encode(old_notes, new_notes, 3, 14, 6, "first"),
    encode(old_notes, new_notes, 1, 40, 4, "last"),
    encode(old_notes[:9], [*new_notes, "", "x"], 2, 10, 12, "last"),
    encode(new_notes, old_notes[:10], 2, 2 + len(WORDS), 5, "first"),
    encode(["a (B) a a", "c, c!", "b c", "d... d"], ["A b;c", "-d- d x", "c"], 1, 5, 2, "last"),
]
[[list(_a), np.asarray(_b).tolist(), round(float(_c), 9)] for _a, _b, _c in _results]

# %% [markdown]
# ## Question 2 · pieces of bytes (3 points)
#
# Language models begin with bytes, so that every character of every language can be written. Write
# `byte_pairs(counts, steps, words)`. `counts` maps words to how often they occur. It returns the tuple
# `(merges, encoded)`.
#
# - At first a word is the list of its UTF-8 bytes, `list(word.encode())`, numbers from 0 to 255. There is no
#   mark of the word's end.
# - Each step joins the pair of neighbours that occurs most often, where a word counts as often as it occurs.
#   (Three equal numbers in a row are two pairs.) Of equally frequent pairs take the smallest: compare the
#   first numbers, then the second ones.
# - The pair of step $k$, counted from 0, becomes the number $256 + k$, everywhere. In a word, go from left to
#   right; what has just been joined is not joined again in the same step.
# - Stop before `steps` steps if no pair occurs at least twice.
# - `merges` lists the pairs, as tuples of two numbers, in order. `encoded` holds for each of `words` (new ones,
#   perhaps) the list of its numbers: all merges are applied to its bytes, in the order in which they were learnt.


# %% question="byte_pairs" points=3
### BEGIN SOLUTION
def byte_pairs(counts, steps, words):
    def join(numbers, pair, new):
        out, k = [], 0
        while k < len(numbers):
            if tuple(numbers[k : k + 2]) == pair:
                out.append(new)
                k += 2
            else:
                out.append(numbers[k])
                k += 1
        return out

    pieces, merges = {word: list(word.encode()) for word in counts}, []
    while len(merges) < steps:
        pairs = Counter()
        for word, numbers in pieces.items():
            for pair in pairwise(numbers):
                pairs[pair] += counts[word]
        best = min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
        if best is None or pairs[best] < 2:
            break
        pieces = {word: join(numbers, best, 256 + len(merges)) for word, numbers in pieces.items()}
        merges.append(best)
    encoded = [list(word.encode()) for word in words]
    for k, pair in enumerate(merges):
        encoded = [join(numbers, pair, 256 + k) for numbers in encoded]
    return merges, encoded


### END SOLUTION

# %% check="byte_pairs"
_merges, _encoded = byte_pairs({"abab": 3, "cab": 2, "é": 1}, 2, ["ab", "abc", "é", "babab"])
assert [tuple(_pair) for _pair in _merges[:1]] == [(97, 98)], (
    f"a and b (97 and 98) stand together 3 · 2 + 2 = 8 times, before all others; you have {_merges[:1]}"
)
assert tuple(_merges[1]) == (256, 256), (
    f"After it, ab ab occurs three times and c ab twice; the second merge should be (256, 256), not {_merges[1]}"
)
assert list(_encoded[0]) == [256], f"'ab' should be the one number 256, not {_encoded[0]}"
assert list(_encoded[2]) == [195, 169], f"é has two bytes, 195 and 169; you have {_encoded[2]}"
assert list(_encoded[3]) == [98, 257], f"'babab' is b, then abab: [98, 257], not {_encoded[3]}"
_merges, _encoded = byte_pairs({"aaa": 1, "xy": 1}, 9, ["aaaa", "aaa"])
assert [tuple(_pair) for _pair in _merges] == [(97, 97)], (
    f"In 'aaa' the pair (97, 97) is there twice, nothing else is: one merge, not {_merges}"
)
assert [list(_numbers) for _numbers in _encoded] == [[256, 256], [256, 97]], (
    f"From left to right: aa aa, and aa a. You have {_encoded}"
)
_tied = byte_pairs({"zab": 2, "mno": 2}, 1, [])[0]
assert tuple(_tied[0]) == (97, 98), (
    f"Four pairs occur twice; the smallest is (97, 98), not {_tied[0]}"
)

# %% probe="byte_pairs" exact=true
_some = sorted(word_counts)
_results = [
    byte_pairs(word_counts, 12, [*_some[:4], "banéro", "ü€"]),
    byte_pairs(word_counts, 200, [*_some, "nnnn", "liliba"]),
    byte_pairs({word: 1 for word in _some[:6]}, 40, ["sss", _some[0] * 2]),
    byte_pairs({"aaaa": seed % 7 + 1, "baab": 3, "caa": 1}, 3, ["aaaaa", "baaab", ""]),
    byte_pairs({"a": 5, "b": 1}, 3, ["ab"]),
]
[[[list(map(int, _p)) for _p in _a], [list(map(int, _w)) for _w in _b]] for _a, _b in _results]

# %% [markdown]
# ## Question 3 · forwards and backwards through a masked mean (3 points)
#
# `table` has a row per token, `rows` holds texts as whole numbers of shape `(texts, length)`, in which 0 is
# padding, wherever it stands. A text becomes the mean of its tokens' vectors, padding left out; a text of padding alone becomes
# zeros, not `NaN`. Repeated tokens count as often as they occur.
#
# Write `mean_and_slopes(table, rows, upstream)`, which returns the tuple `(means, gradient)`: the means, shape
# `(texts, d)`; and the slopes of the loss with respect to `table`, of its shape, when `upstream`, of the
# shape of `means`, holds the slopes with respect to the means. No gradient tape is needed: who contributed
# to which mean, with which weight?


# %% question="mean_and_slopes" points=3
### BEGIN SOLUTION
def mean_and_slopes(table, rows, upstream):
    real = rows != 0
    share = real / np.maximum(real.sum(axis=1, keepdims=True), 1)
    means = np.sum(table[rows] * share[:, :, np.newaxis], axis=1)
    gradient = np.zeros(table.shape)
    np.add.at(gradient, rows, share[:, :, np.newaxis] * upstream[:, np.newaxis])
    return means, gradient


### END SOLUTION

# %% check="mean_and_slopes"
_table = np.array([[9.0, 9.0], [1.0, 0.0], [3.0, 4.0], [5.0, 5.0]])
_rows = np.array([[1, 2, 0, 0], [2, 2, 1, 2], [0, 0, 0, 0]])
_answer = mean_and_slopes(_table, _rows, np.array([[2.0, 0.0], [0.0, 4.0], [7.0, 7.0]]))
assert len(_answer) == 2, "Return the tuple (means, gradient)."
_means, _gradient = (np.asarray(_part) for _part in _answer)
assert _means.shape == (3, 2), f"expected means of the shape (3, 2), got {_means.shape}"
assert np.allclose(_means[0], [2, 2]), f"The mean of tokens 1 and 2 is 2, 2, not {_means[0]}"
assert np.allclose(_means[1], [2.5, 3]), "In the second text token 2 counts three times of four."
assert np.allclose(_means[2], 0), f"A text of padding should give zeros, not {_means[2]}"
assert _gradient.shape == _table.shape, f"expected a gradient of the table's shape {_table.shape}"
assert np.allclose(_gradient[[0, 3]], 0), "Padding, and a token in no text, have no slope."
assert np.allclose(_gradient[1], [1, 1]), (
    "Token 1 makes a half of the first mean and a quarter of the second: 2 / 2 and 4 / 4."
)
_layer = layers.Embedding(9, 3, mask_zero=True)
_layer.build()
_layer.set_weights([vectors])
_full = rows[rows.any(axis=1)]
with tf.GradientTape() as _tape:
    _pooled = layers.GlobalAveragePooling1D()(_layer(_full))
    _loss = tf.reduce_sum(_pooled * slopes[rows.any(axis=1)])
_want = tf.convert_to_tensor(_tape.gradient(_loss, _layer.embeddings)).numpy()
_got = mean_and_slopes(vectors, _full, slopes[rows.any(axis=1)])
assert np.allclose(_got[0], _pooled, atol=1e-4), "Keras' masked mean is another one."
assert np.allclose(_got[1], _want, atol=1e-4), (
    "TensorFlow's gradient tape gives other slopes. What if a token occurs twice in a text, or in two texts?"
)

# %% probe="mean_and_slopes" rtol=1e-6 atol=1e-9
[
    mean_and_slopes(vectors, rows, slopes),
    mean_and_slopes(vectors[:, :2], rows[:, ::-1], slopes[:, 1:]),
    mean_and_slopes(vectors, np.abs(rows[:, :4] - 3), slopes),
    mean_and_slopes(vectors, rows[2:3], slopes[:1]),
    mean_and_slopes(vectors + 5, np.array([[7, 0, 7, 0, 1], [0, 0, 4, 0, 0]]), slopes[3:]),
]

# %% [markdown]
# ## Question 4 · keep relatives together (3 points)
#
# Near-copies must not be separated by a split. Write `families(texts, threshold)`, which returns a list with
# one whole number per text.
#
# - A text is a string of at least two words with single spaces. Its *shingles* are the different pairs of
#   neighbouring words, in order: `"a b a b"` has the two shingles `a b` and `b a`.
# - The similarity of two texts is the number of shingles that they share, over the number of different
#   shingles that they have together.
# - Texts whose similarity is at least `threshold` (above 0) are related. Relatives of relatives are related, too,
#   over any number of steps: all of these form a *family*. A text without relatives is a family of its own.
# - Families are numbered from 0 in the order in which their first texts come.


# %% question="families" points=3
### BEGIN SOLUTION
def families(texts, threshold):
    shingles = [set(pairwise(text.split())) for text in texts]
    family = list(range(len(texts)))
    for i in range(len(texts)):
        for j in range(i):
            shared = len(shingles[i] & shingles[j])
            if shared >= threshold * len(shingles[i] | shingles[j]):
                old, new = family[i], family[j]
                family = [new if number == old else number for number in family]
    order = list(dict.fromkeys(family))
    return [order.index(number) for number in family]


### END SOLUTION

# %% check="families"
_texts = ["a b c d", "x y z", "b c d e", "x y", "c d e f"]
_got = list(families(_texts, 0.5))
assert len(_got) == 5, f"five texts, five numbers, not {len(_got)}"
assert _got[:2] == [0, 1], "Number the families in the order of their first texts."
assert _got[2] == 0, (
    "'a b c d' and 'b c d e' share two of four different shingles: 0.5, which is at least 0.5."
)
assert _got[3] == 1, "'x y z' and 'x y' share one of two shingles."
assert _got[4] == 0, "'c d e f' is a relative of 'b c d e', and so of its whole family."
_got = list(families(["a b", "c d", "b a", "a b c d"], 0.3))
assert _got[2] != _got[0], "'a b' and 'b a' share no shingle: the order of the words counts."
assert _got[0] == _got[1] == _got[3], "The last text joins 'a b' and 'c d', which came before it."
assert list(families(["a b a b", "a b a"], 1)) == [0, 0], (
    "Both have the same set of shingles, however often each occurs."
)

# %% probe="families" exact=true
_chain = [" ".join(WORDS[_k : _k + 4]) for _k in np.random.default_rng([seed, 4]).permutation(9)]
[
    [int(_k) for _k in families(notes, 0.52)],
    [int(_k) for _k in families(notes, 0.37)],
    [int(_k) for _k in families(notes[::-1], 0.9)],
    [int(_k) for _k in families(_chain, 0.5)],
    [int(_k) for _k in families(_chain[:6], 0.5)],
    [int(_k) for _k in families(_chain, 0.2)],
    [int(_k) for _k in families([*notes[:3], "a b", "b a", "a b a", "b a b a"], 0.9)],
]

# %% [markdown]
# ## Question 5 · from strings to a label (3 points)
#
# Write `build_reader(vocabulary, table, matrix, bias, labels, threshold)`. It returns a `keras.Model` whose input
# is a batch of strings of shape `(batch, 1)`, and whose output is a batch of strings of shape `(batch,)`.
#
# - `vocabulary` is a list that begins with `""` and `"[UNK]"`. Strings are standardised and split as
#   `TextVectorization` does by default. `table` (one row per entry of `vocabulary`), `matrix` and `bias` are arrays of weights.
# - The model averages the vectors of the *known* tokens: neither padding nor unknown ones count. Mean times `matrix`
#   plus `bias`, then softmax, gives a probability for each of `labels`.
# - It answers the label of the largest probability (of equals, the first label); but `"unsure"` where that probability is below
#   `threshold`, and where no token is known. Short and long strings may be mixed in a batch, which must
#   not change an answer.


# %% question="build_reader" points=3
### BEGIN SOLUTION
def build_reader(vocabulary, table, matrix, bias, labels, threshold):
    vectorizer = layers.TextVectorization(vocabulary=list(vocabulary[2:]))
    embedding = layers.Embedding(*np.shape(table))
    embedding.build()
    embedding.set_weights([table])
    dense = layers.Dense(len(labels), activation="softmax")
    dense.build((None, len(matrix)))
    dense.set_weights([matrix, bias])
    names = layers.StringLookup(vocabulary=[*labels, "unsure"], num_oov_indices=0, invert=True)

    strings = keras.Input((1,), dtype="string")
    numbers = vectorizer(strings)
    known = keras.ops.cast(numbers > 1, "float32")
    count = keras.ops.sum(known, axis=1, keepdims=True)
    total = keras.ops.sum(embedding(numbers) * known[:, :, None], axis=1)
    p = dense(total / keras.ops.maximum(count, 1.0))
    sure = keras.ops.logical_and(keras.ops.max(p, axis=1) >= threshold, count[:, 0] > 0)
    choice = keras.ops.where(sure, keras.ops.argmax(p, axis=1), len(labels))
    return keras.Model(strings, names(choice))


### END SOLUTION

# %% check="build_reader"
_parts = {"table": [[9.0, 9], [9, 9], [1, 0], [0, 1]], "matrix": [[4.0, 0], [0, 4]]}
_parts = {_name: np.array(_value) for _name, _value in _parts.items()} | {"bias": np.zeros(2)}
_model = build_reader(
    ["", "[UNK]", "hot", "wet"], **_parts, labels=["fire", "flood"], threshold=0.7
)
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
_cases = {"hot": "fire", "WET!": "flood", "hot wet": "unsure", "zyx": "unsure", "": "unsure"}
_cases |= {"Wet wet wet hot": "flood", "a b c d e f g hot": "fire"}
_out = _model(tf.constant([[_text] for _text in _cases]))
assert tuple(_out.shape) == (7,), (
    f"seven strings should give the shape (7,), not {tuple(_out.shape)}"
)
for _text, _label in zip(_cases, _out.numpy().astype(str).tolist(), strict=True):
    assert _label == _cases[_text], (
        f"{_text!r}: expected {_cases[_text]}, got {_label}. The vectors are hot = (1, 0) and wet = (0, 1), "
        "logits are four times their mean. Which tokens belong in the mean?"
    )

# %% probe="build_reader" exact=true
_lines = [[_note] for _note in [*old_notes[:14], *new_notes, "", "oil", "Fan. fan, FAN"]]
_results = []
for _threshold in (0.0, 0.45, 0.6):
    _reader = build_reader(known, **parts, labels=faults, threshold=_threshold)
    _results.append(_reader(tf.constant(_lines)).numpy().astype(str).tolist())
_small = {
    "table": parts["table"][:6] * 2,
    "matrix": parts["matrix"][:, :2],
    "bias": parts["bias"][1:],
}
_reader = build_reader(known[:6], **_small, labels=["b", "a"], threshold=0.8)
_lines = [[" ".join(known[2:6])], *_lines[:9]]
_results.append(_reader(tf.constant(_lines)).numpy().astype(str).tolist())
_even = {"table": parts["table"], "matrix": np.zeros((4, 2)), "bias": np.zeros(2)}
_reader = build_reader(known, **_even, labels=["b", "a"], threshold=0.5)
[*_results, _reader(tf.constant(_lines)).numpy().astype(str).tolist()]
