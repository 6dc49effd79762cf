# ---
# title: "Exercise: generating text"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: generating text
#
# Six parts of a writer: its training rows, its score, its choice of the next token, a search for the likeliest text, a
# cure for going in circles, and the loop itself. No question needs the answer of another, and nothing is trained.
#
# Throughout, a token is a whole number: 0 is padding, 1 an unknown word, 2 the start and 3 the end of a text. Words
# begin at 4. Change `seed` to practise again on other texts.

# %% tags=["parameters"]
seed = 21  # which texts and weights you get

# %%
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)
SIZE = 12  # tokens in the vocabulary

# question 1: texts of different lengths
texts = [rng.integers(4, SIZE, size=n).tolist() for n in rng.permutation([1, 3, 4, 7, 9, 14])]

# question 2: labels (0 behind the end of each text) and the logits of a model
labels = rng.integers(1, SIZE, size=(5, 8))
labels[np.arange(8) >= rng.permutation([2, 3, 5, 6, 8])[:, None]] = 0
labels[rng.permutation(5)[:2], 0] = 1  # an unknown word is a label like any other
logits = rng.normal(0, 2, size=(5, 8, SIZE))

# question 4: log_p[i, j] is the log probability that token j follows token i
log_p = rng.dirichlet(np.full(SIZE - 3, 0.5), size=SIZE) + 1e-4
log_p = np.log(np.hstack([np.full((SIZE, 3), 1e-9), log_p]) / log_p.sum(axis=1, keepdims=True))

# question 6: a small reader with given weights
embedding = rng.normal(0, 1.5, size=(SIZE, 5)).astype("float32")
head = rng.normal(0, 1.5, size=(8, SIZE)).astype("float32")


class CountingCell(layers.GRUCell):  # a GRUCell that counts how often it is called
    calls = 0

    def call(self, *args, **kwargs):
        self.calls += 1
        return super().call(*args, **kwargs)


def new_cell(kind=layers.GRUCell, spread=1.0):  # the same weights for each spread
    cell = kind(8)
    cell.build((None, 5))
    draw = np.random.default_rng([seed, int(100 * spread)])
    cell.set_weights([draw.normal(0, spread, size=w.shape) for w in cell.weights])
    return cell


# %% [markdown]
# ## Question 1 · no label lost (2 points)
#
# The lesson cut long texts off. Write `rows(texts, length)`, which loses nothing. `texts` is a list of lists of words
# (a text may be empty). Each text gets a start in front and an end behind. Its inputs and its labels (the next token at each place) are then
# cut into consecutive pieces of `length`; the last piece of each text is filled up with 0 behind.
#
# Return two arrays of whole numbers, inputs and labels, of shape `(pieces, length)`, in the order of the texts. Every
# word and every end is a label exactly once, and no piece is empty.


# %% question="rows" points=2
### BEGIN SOLUTION
def rows(texts, length):
    inputs, labels = [], []
    for text in texts:
        whole = [2, *text, 3]
        for at in range(0, len(whole) - 1, length):
            for pieces, part in ((inputs, whole[:-1]), (labels, whole[1:])):
                piece = part[at : at + length]
                pieces.append(piece + [0] * (length - len(piece)))
    return np.array(inputs), np.array(labels)


### END SOLUTION

# %% check="rows"
_inputs, _labels = (np.asarray(part) for part in rows([[4, 5, 6, 7, 8], [9]], 4))
assert _inputs.shape == _labels.shape == (3, 4), (
    f"Six labels and two labels in pieces of 4 make 3 rows; you have the shapes {_inputs.shape} and {_labels.shape}."
)
assert _inputs[0].tolist() == [2, 4, 5, 6], (
    f"The first input is {_inputs[0]}: it begins with the start."
)
assert _labels[0].tolist() == [4, 5, 6, 7], f"Labels are the inputs' next tokens, not {_labels[0]}."
assert _inputs[1, 0] == 7, (
    f"The second piece goes on where the first ended: its first input was the last label. You have {_inputs[1]}."
)
assert sorted(_labels[_labels > 3].tolist()) == [4, 5, 6, 7, 8, 9], (
    "Each word is a label exactly once."
)
assert np.sum(_labels == 3) == 2, "Each of the two texts has one end among its labels."

# %% probe="rows"
_exact = rows([[4, 5, 6], [7, 8, 9, 10, 11, 4, 5], []], 4)
[np.asarray(part) for length in (1, 4, 5, 20) for part in rows(texts, length)] + [
    np.asarray(p) for p in _exact
]

# %% [markdown]
# ## Question 2 · perplexity without padding (3 points)
#
# Write `judge(logits, labels)`. `logits` has the shape `(n, length, tokens)`, `labels` the shape `(n, length)`; label 0
# means padding, wherever it stands. Return a pair:
#
# - the perplexity of all real labels together, each counting once, as a float,
# - the row whose own labels have the highest perplexity, as an int. A row without any real label is never chosen.
#
# Logits may be as large as ±5,000.


# %% question="judge" points=3
### BEGIN SOLUTION
def judge(logits, labels):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_all = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    surprise = -np.take_along_axis(log_all, np.asarray(labels)[..., None], axis=-1)[..., 0]
    real = np.asarray(labels) > 0
    means = [
        row[some].mean() if some.any() else -np.inf
        for row, some in zip(surprise, real, strict=True)
    ]
    return float(np.exp(surprise[real].mean())), int(np.argmax(means))


### END SOLUTION

# %% check="judge"
_flat = np.zeros((2, 3, 10))
_value, _row = judge(_flat, np.array([[4, 5, 0], [6, 0, 0]]))
assert np.isclose(_value, 10), (
    f"Ten equally likely tokens are a perplexity of 10, not {_value}. Is the base e throughout?"
)
_sure = _flat.copy()
_sure[0, :2, 4] = 5000.0
_value, _row = judge(_sure, np.array([[4, 4, 0], [6, 0, 0]]))
assert np.isfinite(_value), (
    "Logits of 5,000 overflow. What may be subtracted from all logits of a place without a change?"
)
assert np.isclose(_value, 10 ** (1 / 3)), (
    f"Two sure labels and one among ten: three labels, each counts once. {_value:.3f} is not e to their mean surprise."
)
assert _row == 1, "The second row is the unsure one."
_value, _row = judge(_sure, np.array([[4, 4, 0], [0, 0, 0]]))
assert _row == 0, "A row of padding has no perplexity and is never chosen."
assert np.isclose(_value, 1), (
    f"Padding does not count: the two sure labels alone give 1, not {_value}."
)

# %% probe="judge" rtol=1e-3
_front = labels[:, ::-1]
_few = np.where(np.arange(5)[:, None] == np.argmax(labels[:, 0]), 0, labels)
_gap = np.random.default_rng([seed, 2]).uniform(0.002, 0.05, size=(5, 8, 1))  # no row like another
_near = np.where(np.arange(SIZE) == labels[..., None], logits.max(-1, keepdims=True) - _gap, logits)
[
    judge(logits, labels),
    judge(logits, _front),
    judge(_near * 500, labels),
    judge(logits[:, :, ::-1], _few),
    judge(_near[::-1], labels[::-1]),
]

# %% [markdown]
# ## Question 3 · which tokens may come (3 points)
#
# Write `choices(logits, temperature, k, top_p)`. `logits` has the shape `(n, tokens)`, and no two of a row are equal.
# Return an array of the same shape: for each row the probabilities from which the next token would be drawn. In this
# order:
#
# 1. divide the logits by `temperature` and take the softmax,
# 2. keep the `k` most likely tokens (all, if `k` is larger than their number), and divide by their sum,
# 3. keep the fewest of these, most likely first, whose sum is at least `top_p`, and divide by their sum again.
#
# Tokens that are not kept have probability 0; at least one is kept, even with `top_p` 0. A `temperature` of 0 means
# greedy: all of the probability on the largest logit.


# %% question="choices" points=3
### BEGIN SOLUTION
def choices(logits, temperature, k, top_p):
    order = np.argsort(-logits, axis=1)
    ranked = np.take_along_axis(logits, order, axis=1)
    p = np.exp((ranked - ranked[:, :1]) / max(temperature, 1e-300))
    p[:, k:] = 0.0
    p /= p.sum(axis=1, keepdims=True)
    before = np.cumsum(p, axis=1) - p
    p[:, 1:][before[:, 1:] >= top_p] = 0.0
    p /= p.sum(axis=1, keepdims=True)
    result = np.empty_like(p)
    np.put_along_axis(result, order, p, axis=1)
    return result


### END SOLUTION

# %% check="choices"
_z = np.log([[0.5, 0.05, 0.3, 0.15], [0.05, 0.8, 0.1, 0.05001]])
_p = np.asarray(choices(_z, 1.0, 4, 1.0))
assert np.allclose(_p, np.exp(_z) / np.exp(_z).sum(1, keepdims=True)), (
    "With temperature 1 and nothing cut, it is the softmax."
)
_p = np.asarray(choices(_z, 0.5, 4, 1.0))
assert np.isclose(_p[0, 0] / _p[0, 2], 25 / 9), (
    f"At temperature 0.5 odds are squared; yours are {_p[0, 0] / _p[0, 2]:.2f}."
)
_p = np.asarray(choices(_z, 1.0, 2, 1.0))
assert np.count_nonzero(_p, axis=1).tolist() == [2, 2], "With k = 2, two tokens of each row remain."
assert np.allclose(_p.sum(axis=1), 1), "What is kept must sum to 1 again."
_p = np.asarray(choices(_z, 1.0, 4, 0.7))
assert np.count_nonzero(_p, axis=1).tolist() == [2, 1], (
    f"0.5 does not reach 0.7, 0.5 + 0.3 does; 0.8 reaches it alone. You keep {np.count_nonzero(_p, axis=1)} tokens."
)
_p = np.asarray(choices(_z, 1.0, 2, 0.6))
assert np.count_nonzero(_p[0]) == 1, (
    "With k = 2 first, the largest has 0.5 / 0.8 = 0.625, which alone reaches 0.6. In which order do you cut?"
)
assert np.allclose(choices(_z, 0, 4, 1.0), [[1, 0, 0, 0], [0, 1, 0, 0]]), "Temperature 0 is greedy."

# %% probe="choices" rtol=1e-3 atol=1e-6
_z = np.random.default_rng([seed, 3]).normal(0, 1.5, size=(4, SIZE))
_settings = [
    (1.0, SIZE, 1.0),
    (0.6, 5, 1.0),
    (2.5, 99, 0.55),
    (1.3, 6, 0.8),
    (0, 7, 0.9),
    (0.01, 3, 0.5),
    (1.0, 4, 0.0),
    (3.0, 8, 0.35),
]
[np.asarray(choices(_z * (200 if t == 0.01 else 1), t, k, p)) for t, k, p in _settings]

# %% [markdown]
# ## Question 4 · the likeliest text (3 points)
#
# Greedy takes the best next token and never looks back. Write `beam_search(log_p, width, steps)`: `log_p[i, j]` is the log
# probability that token `j` follows token `i`; it depends on the last token only.
#
# Begin with the text `[2]`. Do `steps` times: extend each open text by each token; of *all* these extensions keep the
# `width` with the highest total log probability. Those that end with 3 are finished and set aside (they take one of the
# `width` places of that step); the others are the open texts of the next step. Stop early if none is open.
#
# Return the finished text with the highest *mean* log probability per token that was added (the end counts, the start
# does not), as a list that begins with 2 and ends with 3. If no text is finished, return the open one with the highest
# total. No two sums are equal.


# %% question="beam_search" points=3
### BEGIN SOLUTION
def beam_search(log_p, width, steps):
    open_texts, finished = [(0.0, [2])], []
    for _ in range(steps):
        longer = [
            (total + log_p[text[-1], token], [*text, token])
            for total, text in open_texts
            for token in range(len(log_p))
        ]
        best = sorted(longer, reverse=True)[:width]
        finished += [pair for pair in best if pair[1][-1] == 3]
        open_texts = [pair for pair in best if pair[1][-1] != 3]
    if finished:
        return max(finished, key=lambda pair: pair[0] / (len(pair[1]) - 1))[1]
    return max(open_texts)[1]


### END SOLUTION

# %% check="beam_search"
_p = np.full((8, 8), 1e-6)
_p[2, [4, 5]], _p[4, [6, 7, 3]], _p[5, [3, 6]], _p[6, 3], _p[7, 3] = (
    [0.5, 0.49],
    [0.4, 0.35, 0.25],
    [0.95, 0.04],
    1,
    1,
)
_found = [[int(token) for token in beam_search(np.log(_p), width, 4)] for width in (1, 2)]
assert _found[0] == [2, 4, 6, 3], (
    f"With width 1 it is greedy: 4 after the start, then 6, then the end, not {_found[0]}."
)
assert _found[1] == [2, 5, 3], (
    f"With width 2 the text 2, 5, 3 is found, with 0.49 × 0.95 = 0.47, which greedy never saw. You have {_found[1]}."
)
_found = [int(token) for token in beam_search(np.log(_p), 2, 1)]
assert _found == [2, 4], (
    f"After one step nothing is finished; the likelier open text is 2, 4, not {_found}."
)
_q = _p.copy()
_q[2, 3], _q[2, 4], _q[4, 6], _q[2, 5], _q[4, 7], _q[4, 3] = 0.5, 0.49, 0.999, 1e-6, 1e-6, 1e-6
_found = [int(token) for token in beam_search(np.log(_q), 2, 4)]
assert _found == [2, 4, 6, 3], (
    "An end at once has 0.5; 2, 4, 6, 3 has 0.49 in total, but more per token. Finished texts are compared by their mean."
)

# %% probe="beam_search"
_draw = np.random.default_rng([seed, 4])
_tables = [log_p]
for _ in range(6):
    _table = np.hstack([np.full((9, 3), 1e-9), _draw.dirichlet(np.full(6, 0.7), size=9) + 1e-4])
    _tables.append(np.log(_table / _table.sum(1, keepdims=True)))
_near, _word = _draw.uniform(1e-6, 2e-6, size=(8, 8)), int(_draw.integers(4, 8))
_near[2, [3, _word]], _near[_word, 3] = [0.449, 0.5], 0.493  # the mean per token added decides
[
    [int(token) for token in beam_search(table, width, steps)]
    for table in _tables
    for width, steps in ((1, 6), (2, 6), (3, 3), (4, 8), (2, 1), (6, 5))
] + [[int(token) for token in beam_search(np.log(_near), 2, 2)]]

# %% [markdown]
# ## Question 5 · out of the circle (2 points)
#
# Write `forbid_repeats(logits, written, n)`. `logits` has the shape `(tokens,)`, `written` is the list of tokens so far.
# Return a *new* array of logits in which each token that would complete a run of `n` tokens which already stands in
# `written` has $-\infty$; all others are unchanged. With `n = 1` no token may come twice. While `written` has fewer than `n`
# tokens, nothing is forbidden.


# %% question="forbid_repeats" points=2
### BEGIN SOLUTION
def forbid_repeats(logits, written, n):
    result = np.array(logits, dtype="float64")
    last = written[len(written) - n + 1 :]
    for at in range(len(written) - n + 1):
        if written[at : at + n - 1] == last:
            result[written[at + n - 1]] = -np.inf
    return result


### END SOLUTION

# %% check="forbid_repeats"
_z = np.arange(8.0)
_kept = np.asarray(forbid_repeats(_z, [2, 4, 5, 6, 4], 2))
assert np.isneginf(_kept).nonzero()[0].tolist() == [5], (
    f"The last token is 4, and 4, 5 has been written: 5 alone is forbidden, not {np.isneginf(_kept).nonzero()[0]}."
)
assert np.array_equal(np.delete(_kept, 5), np.delete(_z, 5)), "All other logits stay as they are."
assert np.array_equal(_z, np.arange(8.0)), "Return a new array; the given logits must not change."
_kept = np.asarray(forbid_repeats(_z, [2, 4, 5], 1))
assert np.isneginf(_kept).nonzero()[0].tolist() == [2, 4, 5], (
    "With n = 1, all that has been written is forbidden."
)
assert np.all(np.isfinite(forbid_repeats(_z, [4, 4], 3))), "Two tokens hold no run of three yet."

# %% probe="forbid_repeats"
_draw = np.random.default_rng([seed, 5])
_cases = [
    (_draw.integers(4, top, size=size).tolist(), n)
    for top, size, n in ((7, 30, 2), (6, 40, 3), (6, 60, 4), (11, 9, 1), (12, 1, 2), (7, 2, 2))
]
_cases += [([4, 5] * 4, 3), ([4, 4, 4], 3), ([4, 4], 2), ([], 1)]
_a, _b, _c, _d, _e, _f = _draw.permutation(np.arange(4, 10)).tolist()
_cases += [([_a, _b, _c, _d, _b, _e, _a, _b], n) for n in (2, 3, 4)]
_cases += [([_a, _b, _c, _d, _e, _b, _c, _f, _a, _b, _c], n) for n in (2, 3, 4, 5)]
_given = np.arange(12.0)
_ = forbid_repeats(_given, [_a, _b, _a], 2)
[
    np.isneginf(forbid_repeats(np.arange(12.0), written, n)).nonzero()[0].tolist()
    for written, n in _cases
] + [np.nan_to_num(forbid_repeats(np.arange(12.0), [4, 5, 4], 2), neginf=-1), np.isfinite(_given)]

# %% [markdown]
# ## Question 6 · the loop (2 points)
#
# Write `go_on(embedding, cell, head, prompt, steps)`, a greedy writer. `embedding` has the shape `(tokens, features)`, `cell`
# is a built `layers.GRUCell`, `head` has the shape `(units, tokens)`; the logits of the next token are the cell's output times
# `head`. The state begins with zeros. `prompt` is a list of tokens, at least one; it is read first, token by token.
#
# Return the list of the *new* tokens as ints: at most `steps`, and none after the first 3 (which is included). The
# tokens 0, 1 and 2 are never written. Each token may be read once: the cell is called `len(prompt)` times, and once
# more for each new token but the last.


# %% question="go_on" points=2
### BEGIN SOLUTION
def go_on(embedding, cell, head, prompt, steps):
    states, written, unread = [np.zeros((1, cell.units), "float32")], [], list(prompt)
    while len(written) < steps and 3 not in written:
        for token in unread:
            output, states = cell(embedding[token][None], states)
        scores = keras.ops.convert_to_numpy(output)[0] @ head
        written.append(3 + int(np.argmax(scores[3:])))
        unread = written[-1:]
    return written


### END SOLUTION

# %% check="go_on"
_cell = new_cell(CountingCell)
_new = go_on(embedding, _cell, head, [2, 5, 7], 6)
assert len(_new) <= 6, f"At most six new tokens, not {_new}."
assert all(isinstance(token, int) for token in _new), f"The new tokens are ints, not {_new}."
assert min(_new) >= 3, f"Padding, unknown and start are never written; you have {_new}."
assert 3 not in _new[:-1], "Nothing is written after the end."
assert _cell.calls == 3 + len(_new) - 1, (
    f"Three tokens of the prompt and {len(_new)} new ones need {3 + len(_new) - 1} calls, not {_cell.calls}."
)
_end = np.zeros((8, SIZE), "float32")
assert go_on(embedding, new_cell(), _end, [2], 5) == [3], (
    "If all logits are 0, the first allowed token is 3: the text ends."
)

# %% probe="go_on"
_draw = np.random.default_rng([seed, 6])
_answers = []
for _spread in (0.4, 0.8, 1.2, 1.6):
    for _length in (1, 3, 6):
        _cell = new_cell(CountingCell, _spread)
        _prompt = [2, *_draw.integers(4, SIZE, size=_length - 1).tolist()]
        _answers.append((go_on(embedding, _cell, head, _prompt, 7), _cell.calls))
_answers.append(go_on(embedding, new_cell(), head, [2, 6], 1))
_answers
