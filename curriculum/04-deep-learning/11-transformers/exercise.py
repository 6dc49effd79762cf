# ---
# title: "Exercise: attention and transformers"
# minutes: 80
# ---

# %% [markdown]
# # Exercise: attention and transformers
#
# Six parts of language models that the lesson did not build for you: attention for a decoder that writes,
# heads that share keys, positions by rotation, the size of a model before you download it, the loss of
# fine-tuning, and LoRA around a layer. No question needs the answer of another, and nothing is trained.
# Change `seed` to practise again on other numbers.

# %% tags=["parameters"]
seed = 11  # which numbers you get

# %%
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import log_softmax, softmax

rng = np.random.default_rng(seed)


def draw(*shape, spread=1.0):
    return rng.normal(0.0, spread, size=shape)


# question 1: queries, keys and values of three texts, and which keys are real tokens
queries, keys, values = draw(3, 7, 5), draw(3, 7, 5), draw(3, 7, 3)
real = rng.random((3, 7)) < 0.7
real[0], real[1, :2], real[1, 2:] = True, False, True
# question 2: two texts of six tokens with 12 numbers, and matrices for 6 heads of 4
texts = draw(2, 6, 12)
W_q, W_k, W_v, W_o = (draw(*shape, spread=0.4) for shape in [(12, 24)] * 3 + [(24, 12)])
# question 3: vectors to rotate
vectors = draw(2, 5, 8)
# question 4: a model's description
sizes = rng.integers(2, 9, size=6).tolist()
# question 5: logits and ids of four rows
logits, ids = draw(4, 9, 11, spread=2.0), rng.integers(1, 11, size=(4, 9))
prompts, lengths = rng.integers(1, 5, size=4), rng.integers(6, 10, size=4)
# question 6: a trained layer's weights, and those of an adapter
kernel, bias, A, B = draw(7, 5), draw(5), draw(7, 2), draw(2, 5)
rows = draw(6, 7)

# %% [markdown]
# ## Question 1 · attention of a decoder that writes (3 points)
#
# While a decoder writes, it computes queries for the *newest* places only; keys and values of all places come
# from its cache. Texts of a batch differ in length and are filled up, in front or behind.
#
# Write `attend(Q, K, V, real, causal=False)`. Shapes: `Q` is `(batch, n_q, d)`, `K` is `(batch, n_k, d)`, `V` is
# `(batch, n_k, d_v)`; `real`, of shape `(batch, n_k)`, is `True` where a key belongs to a token and `False`
# where it is padding. It returns the tuple `(outputs, weights)` of the shapes `(batch, n_q, d_v)` and
# `(batch, n_q, n_k)`: scaled dot-product attention as in the lesson.
#
# - Padding gets the weight 0 and has no influence.
# - With `causal=True`, `n_q` is at most `n_k`, and the queries are those of the last `n_q` places: the last query
#   stands at the place of the last key. Each query sees the keys up to its own place, that one included.
# - A query that may see nothing has the weights 0 and the output 0, not `NaN`.
# - Scores may be as large as 2,000, and nothing must overflow.


# %% question="attend" points=3
### BEGIN SOLUTION
def attend(Q, K, V, real, causal=False):
    scores = Q @ np.swapaxes(K, 1, 2) / np.sqrt(Q.shape[-1])
    visible = np.repeat(real[:, np.newaxis], scores.shape[1], axis=1)
    if causal:
        n_q, n_k = scores.shape[1:]
        visible = visible & np.tri(n_q, n_k, n_k - n_q, dtype=bool)
    blind = ~visible.any(axis=-1, keepdims=True)
    weights = softmax(np.where(visible | blind, scores, -np.inf), axis=-1) * ~blind
    return weights @ V, weights


### END SOLUTION

# %% check="attend"
_all = np.ones((3, 7), bool)
_answer = attend(queries, keys, values, _all)
assert len(_answer) == 2, "Return the tuple (outputs, weights)."
_outputs, _weights = (np.asarray(_part) for _part in _answer)
assert (_outputs.shape, _weights.shape) == ((3, 7, 3), (3, 7, 7)), (
    f"expected the shapes (3, 7, 3) and (3, 7, 7), got {_outputs.shape} and {_weights.shape}"
)
assert np.allclose(_weights.sum(axis=2), 1), (
    "Each query's weights should add up to 1: along which axis does softmax run?"
)
_q, _k = np.array([[[2.0, 0, 0, 0]]]), np.array([[[np.log(9.0), 0, 0, 0], [0, 1, 0, 0]]])
_got = np.asarray(attend(_q, _k, np.eye(2)[np.newaxis], np.ones((1, 2), bool))[1]).ravel()
assert np.allclose(_got, [0.9, 0.1]), (
    f"The scores are 2 · log 9 and 0 before scaling, d is 4: the weights should be 0.9 and 0.1, not {_got}."
)
_moved = np.where(real[:, :, np.newaxis], 0, 1e3)
for _causal in (False, True):
    _before = attend(queries, keys, values, real, _causal)
    _after = attend(queries, keys + _moved, values + _moved, real, _causal)
    assert np.allclose(_before[0], _after[0]), (
        f"causal={_causal}: other keys and values at padded places change your outputs. Are they hidden "
        "before softmax?"
    )
    _sums = np.asarray(_before[1]).sum(axis=2)
    assert np.allclose(_sums[~np.isclose(_sums, 0)], 1), (
        f"causal={_causal}: weights of what may be seen should add up to 1, yours to {_sums.min():.2f}."
    )
_late = attend(queries[:, 4:], keys, values, _all, True)[0]
assert np.allclose(_late, np.asarray(attend(queries, keys, values, _all, True)[0])[:, 4:]), (
    "The last three queries alone should get what they get together with all others. At which place "
    "does the first of them stand?"
)
_blind = np.asarray(attend(queries, keys, values, np.zeros((3, 7), bool))[0])
assert np.allclose(_blind, 0), "Queries that see nothing should have the output 0."
assert np.all(np.isfinite(attend(queries * 1e3, keys, values, real)[0])), "Large scores overflow."

# %% probe="attend" rtol=1e-6 atol=1e-9
[
    attend(queries, keys, values, real),
    attend(queries, keys, values, real, True),
    attend(queries[:, -2:], keys, values, real, causal=True),
    attend(queries[:, :3], keys[:, :5], values[:, :5], real[:, :5]),
    attend(queries[:, 1:2] * 200, keys * 3, values, real, True),
    attend(queries[1:, :4], keys[1:, :4], values[1:, :4], real[1:, :4][:, ::-1], True),
    attend(queries[:2], keys[:2], values[:2], np.zeros((2, 7), bool)),
]

# %% [markdown]
# ## Question 2 · heads that share keys (3 points)
#
# Grouped-query attention saves cache: several heads share one key and one value. Write
# `grouped(X, W_q, W_k, W_v, W_o, heads, groups)` for a decoder, without padding and without biases.
#
# `X` is `(batch, n, d)`, `W_q` is `(d, heads · size)`, `W_k` and `W_v` are `(d, groups · size)`, `W_o` is
# `(heads · size, d_out)`; `groups` divides `heads`. The first `size` columns of `W_q` belong to head 0, the next ones
# to head 1, and so on; likewise groups in `W_k` and `W_v`. The first `heads / groups` heads use group 0, the next as
# many group 1, and so on. Each head attends on its own, scaled as in the lesson by *its* size and under a causal
# mask. The heads' outputs are put side by side, in order, and multiplied by `W_o`.
#
# Return the tuple `(output, weights)` of the shapes `(batch, n, d_out)` and `(batch, heads, n, n)`.


# %% question="grouped" points=3
### BEGIN SOLUTION
def grouped(X, W_q, W_k, W_v, W_o, heads, groups):
    batch, n, size = *X.shape[:2], W_q.shape[1] // heads
    Q = (X @ W_q).reshape(batch, n, heads, size).transpose(0, 2, 1, 3)
    K, V = ((X @ W).reshape(batch, n, groups, size).transpose(0, 2, 1, 3) for W in (W_k, W_v))
    group = np.arange(heads) * groups // heads
    scores = Q @ K[:, group].transpose(0, 1, 3, 2) / np.sqrt(size)
    weights = softmax(np.where(np.tri(n, dtype=bool), scores, -np.inf), axis=-1)
    mixed = (weights @ V[:, group]).transpose(0, 2, 1, 3)
    return mixed.reshape(batch, n, heads * size) @ W_o, weights


### END SOLUTION

# %% check="grouped"
for _groups in (6, 2):
    _layer = layers.GroupQueryAttention(4, 6, _groups, use_bias=False)
    _X = texts.astype("float32")
    _layer(_X, _X)
    _shapes = [(12, 6, 4), (12, _groups, 4), (12, _groups, 4), (6, 4, 12)]
    _small = [W_q, W_k[:, : 4 * _groups], W_v[:, : 4 * _groups], W_o]
    _layer.set_weights([_W.reshape(_shape) for _W, _shape in zip(_small, _shapes, strict=True)])
    _want = np.asarray(_layer(_X, _X, use_causal_mask=True))
    _answer = grouped(texts, *_small, 6, _groups)
    assert len(_answer) == 2, "Return the tuple (output, weights)."
    _got, _weights = (np.asarray(_part) for _part in _answer)
    assert _got.shape == (2, 6, 12), f"expected the shape (2, 6, 12), got {_got.shape}"
    assert _weights.shape == (2, 6, 6, 6), f"expected weights (2, 6, 6, 6), got {_weights.shape}"
    assert np.allclose(_weights.sum(axis=3), 1), "The last axis of the weights should add up to 1."
    assert np.allclose(np.triu(_weights, 1), 0), "A token looks at a later one: the causal mask."
    assert np.allclose(_got, _want, atol=1e-3), (
        f"Keras' GroupQueryAttention gives another output for 6 heads and {_groups} groups. Are the columns "
        "split into heads of consecutive columns? Is the scale that of one head? Which heads share a group?"
    )

# %% probe="grouped" rtol=1e-6 atol=1e-9
[
    grouped(texts, W_q, W_k, W_v, W_o, 6, 6),
    grouped(texts, W_q, W_k[:, :8], W_v[:, 4:12], W_o, 6, 2),
    grouped(texts[:1, :4], W_q, W_k[:, :12], W_v[:, :12], W_o[:, :5], 6, 3),
    grouped(texts[1:], W_q[:, :16], W_k[:, :8], W_v[:, :8], W_o[:16], 2, 1),
]

# %% [markdown]
# ## Question 3 · positions by rotation (2 points)
#
# Instead of adding a position, many models turn queries and keys. Write `rotate(X, start=0, base=10_000)`. `X` has
# the shape `(…, n, d)` with an even `d` and any number of axes in front. Row `i` of the last two axes stands at
# place `start + i`. Number `j` of the first half, `a`, and number `j` of the second half, `b`, form a pair
# (`j` counts from 0 to $d/2 - 1$), which is turned by the angle $\theta = \text{place} \cdot \text{base}^{-2j/d}$:
#
# $$ a' = a \cos \theta - b \sin \theta, \qquad b' = a \sin \theta + b \cos \theta $$
#
# Return an array of the shape of `X`, each number in its place; `X` itself stays as it is.


# %% question="rotate" points=2
### BEGIN SOLUTION
def rotate(X, start=0, base=10_000):
    n, d = X.shape[-2:]
    place = start + np.arange(n)[:, np.newaxis]
    angle = place * float(base) ** (-2 * np.arange(d // 2) / d)
    a, b = X[..., : d // 2], X[..., d // 2 :]
    turned = [a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)]
    return np.concatenate(turned, axis=-1)


### END SOLUTION

# %% check="rotate"
_kept = vectors.copy()
_got = np.asarray(rotate(vectors))
assert _got.shape == vectors.shape, f"expected the shape {vectors.shape}, got {_got.shape}"
assert np.array_equal(vectors, _kept), "X itself should stay as it is."
assert np.allclose(_got[:, 0], vectors[:, 0]), "At place 0 nothing is turned."
assert np.allclose(np.linalg.norm(_got, axis=2), np.linalg.norm(vectors, axis=2)), (
    "Turning keeps lengths; yours change."
)
assert np.allclose(_got[:, 2:], rotate(vectors[:, 2:], start=2)), (
    "Rows 2, 3, … alone, with start=2, should be turned as together with the others."
)
_quarter = np.asarray(rotate(np.array([[1.0, 0.0]] * 2), start=0.5 * np.pi - 1))[1]
assert np.allclose(_quarter, [0, 1]), f"(1, 0) turned by a right angle is (0, 1), not {_quarter}."
_slow = np.asarray(rotate(np.array([[0.0, 1, 0, 0]]), start=np.pi, base=100 / 25))[0]
assert np.allclose(_slow, [0, 0, 0, 1]), (
    f"d = 4, base 4: pair 1 turns by place / 2, so (0, 1, 0, 0) becomes (0, 0, 0, 1) at place π, not {_slow}."
)
_scores = [np.sum(rotate(vectors[:, :1], s) * rotate(vectors[:, 1:2], s + 3)) for s in (0, 5, 40)]
assert np.allclose(_scores, _scores[0]), (
    "The product of query and key depends on more than distance."
)

# %% probe="rotate" rtol=1e-6 atol=1e-9
[
    rotate(vectors),
    rotate(vectors[0], start=17),
    rotate(vectors[:, np.newaxis, :2, 1:7], 3, base=50),
    rotate(vectors[:, :, ::4], start=6, base=500_000),
]

# %% [markdown]
# ## Question 4 · will it fit? (2 points)
#
# You read a model's description and want to know, before any download, how many conversations one GPU can hold at the
# same time. Write `plan(model, context, memory)`. `model` is a dictionary:
#
# | key | meaning |
# |---|---|
# | `"blocks"`, `"d"` | number of blocks, width |
# | `"heads"`, `"groups"` | heads of queries; groups of keys and values (question 2). A head has `d / heads` numbers. |
# | `"hidden"` | width between the dense layers of a block |
# | `"gated"` | `True`: three matrices between `d` and `hidden` in each block, two into `hidden`, one back; `False`: two |
# | `"biases"` | `True`: in the blocks, each matrix has one bias per output, and each normalisation `d` shifts |
# | `"vocabulary"`, `"tied"` | embedding of `vocabulary` × `d`; unless tied, the output layer has as many weights again, never biases |
# | `"bytes"` | bytes of one number, in weights and cache |
#
# Each block has two normalisations and the model one more behind the last block (which has shifts as the others
# have). A normalisation has `d` scales. Positions have no weights.
#
# Return the tuple `(parameters, cache, conversations)` of three `int`: the number of parameters; the bytes of the KV cache
# of one conversation of `context` tokens; and how many of such conversations fit into `memory` bytes beside the
# weights, 0 if not even these do.


# %% question="plan" points=2
### BEGIN SOLUTION
def plan(model, context, memory):
    d, hidden = model["d"], model["hidden"]
    shared = d // model["heads"] * model["groups"]
    shapes = [(d, d), (d, shared), (d, shared), (d, d)]
    shapes += [(d, hidden)] * (2 if model["gated"] else 1) + [(hidden, d)]
    norm = 2 * d if model["biases"] else d
    block = 2 * norm + sum(a * b + (b if model["biases"] else 0) for a, b in shapes)
    tables = 1 if model["tied"] else 2
    parameters = model["blocks"] * block + norm + tables * model["vocabulary"] * d
    cache = 2 * model["blocks"] * shared * context * model["bytes"]
    return parameters, cache, max((memory - parameters * model["bytes"]) // cache, 0)


### END SOLUTION

# %% check="plan"
_model = {"blocks": 1, "d": 24, "heads": 4, "groups": 4, "hidden": 96, "gated": False}
_model |= {"biases": True, "vocabulary": 50, "tied": True, "bytes": 4}
_built = [layers.MultiHeadAttention(4, 6), layers.Dense(96), layers.Dense(24)]
_built += [layers.LayerNormalization() for _ in range(3)] + [layers.Embedding(50, 24)]
for _layer, _shape in zip(_built, [24, 24, 96, 24, 24, 24, 0], strict=True):
    _x = keras.Input((5, _shape) if _shape else (5,))
    _layer(_x, _x) if _layer is _built[0] else _layer(_x)
_want = sum(_layer.count_params() for _layer in _built)
_answer = plan(_model, 10, 10**6)
assert len(_answer) == 3, "Return the tuple (parameters, cache, conversations)."
assert _answer[0] == _want, f"Keras counts {_want} parameters for one block, you {_answer[0]}."
assert all(isinstance(_part, int) for _part in _answer), "All three should be int."
assert _answer[1] == 2 * 24 * 10 * 4, (
    f"One block, 10 tokens, 24 numbers of 4 bytes for the keys and as many for the values: 1920, not "
    f"{_answer[1]} bytes."
)
assert plan(_model, 10, 4 * _want + 3 * 1920 - 1)[2] == 2, (
    "Three conversations lack one byte, so two fit."
)
assert plan(_model, 10, 4 * _want - 1)[2] == 0, (
    "Where the weights do not fit, no conversation does."
)
assert plan(_model | {"groups": 2}, 10, 0)[1] == 960, "Half as many groups, half the cache."
_large = {"blocks": 32, "d": 4096, "heads": 32, "groups": 8, "hidden": 14336, "gated": True}
_large |= {"biases": False, "vocabulary": 128256, "tied": False, "bytes": 2}
_got = plan(_large, 8192, 80 * 10**9)
assert _got[0] == 8_030_261_248, (
    f"A well-known model of this shape has 8,030,261,248 parameters, you count {_got[0]:,}."
)

# %% probe="plan" exact=true
_a, _b, _c, _d, _e, _f = sizes
_first = {"blocks": _a, "d": 64 * _b, "heads": 8, "groups": 2, "hidden": 100 * _c, "gated": True}
_first |= {"biases": True, "vocabulary": 1000 * _d, "tied": False, "bytes": 2}
_second = {"blocks": _c, "d": 60 * _e, "heads": 12, "groups": 3, "hidden": 240 * _e, "gated": False}
_second |= {"biases": False, "vocabulary": 500 + _f, "tied": True, "bytes": 4}
[
    [_part if isinstance(_part, int) else "not an int" for _part in plan(_model, _context, _memory)]
    for _model in (_first, _second, _first | {"groups": 8, "gated": False, "tied": True})
    for _context, _memory in ((100 * _f, 10**9 + _a), (33, 3 * 10**8 + _b), (5, 1000))
]

# %% [markdown]
# ## Question 5 · learn the answers, not the questions (2 points)
#
# Fine-tuning on pairs of prompt and answer counts the loss of the answers only. Write
# `answer_loss(logits, ids, prompts, lengths)`. `ids`, of shape `(batch, n)`, holds rows: first
# `prompts[i]` tokens of the prompt (at least one), then the answer, up to `lengths[i]` tokens in all (an answer may be empty),
# then padding. A decoder has read them; its `logits`, of shape `(batch, n, vocabulary)`, at a place stand for the
# *next* token.
#
# Return the mean, over all answer tokens of the whole batch (each counts alike, in long and in short answers), of
# $-\log p$, where $p$ is the softmax probability of the token that comes. If there is no answer token, return 0. Logits
# may be as large as 2,000.


# %% question="answer_loss" points=2
### BEGIN SOLUTION
def answer_loss(logits, ids, prompts, lengths):
    log_p = log_softmax(logits, axis=-1)
    found = np.take_along_axis(log_p[:, :-1], ids[:, 1:, np.newaxis], axis=2)[:, :, 0]
    place = np.arange(1, ids.shape[1])
    answer = (place >= prompts[:, np.newaxis]) & (place < lengths[:, np.newaxis])
    return float(-np.sum(found * answer) / max(answer.sum(), 1))


### END SOLUTION

# %% check="answer_loss"
_even = np.zeros((2, 5, 4))
_ids = np.array([[1, 2, 3, 1, 0], [2, 2, 1, 3, 2]])
_got = answer_loss(_even, _ids, np.array([2, 1]), np.array([4, 5]))
assert np.isclose(_got, np.log(4)), (
    f"Among four equally likely tokens each costs log 4 = 1.386, not {_got:.3f}. Over how many tokens "
    "is your mean?"
)
_sure = 50.0 * np.eye(4)[np.roll(_ids, -1, axis=1)]
_got = answer_loss(_sure, _ids, np.array([2, 1]), np.array([4, 5]))
assert np.isclose(_got, 0, atol=1e-6), (
    f"These logits are sure of each next token: the loss is 0, not {_got:.3f}. Which logits belong to which token?"
)
_one = _sure.copy()
_one[0, 1] = 0
_got = answer_loss(_one, _ids, np.array([2, 1]), np.array([4, 5]))
assert np.isclose(_got, np.log(4) / 6), (
    "The answers have 2 and 4 tokens. The first answer token is now unsure, so the mean is log 4 / 6, not "
    f"{_got:.3f}. Is it counted, and does each token count alike?"
)
for _row, _place, _name in ((0, 0, "prompt"), (0, 3, "padding"), (1, 4, "end")):
    _other = _sure.copy()
    _other[_row, _place] = -_other[_row, _place]
    _got = answer_loss(_other, _ids, np.array([2, 1]), np.array([4, 5]))
    assert np.isclose(_got, 0, atol=1e-6), (
        f"Row {_row}, place {_place} predicts the {_name}: it should not count."
    )
assert answer_loss(_even, _ids, np.array([4, 5]), np.array([4, 5])) == 0, "No answers: 0."
assert np.isfinite(answer_loss(_sure * 40, _ids, np.array([2, 1]), np.array([4, 5]))), "Overflow."

# %% probe="answer_loss" rtol=1e-6 atol=1e-9
[
    answer_loss(logits, ids, prompts, lengths),
    answer_loss(logits * 300, ids, prompts, lengths),
    answer_loss(logits, ids, np.array([1, 6, 3, 5]), np.array([9, 7, 3, 8])),
    answer_loss(logits[:2, :5], ids[:2, :5], np.array([5, 2]), np.array([5, 4])),
    answer_loss(logits[:3], ids[:3], lengths[:3], lengths[:3]),
    answer_loss(logits[:2], ids[:2], np.array([3, 4]), np.array([4, 4])),
]

# %% [markdown]
# ## Question 6 · an adapter around a layer (3 points)
#
# Write the class `Adapted`, a `keras.layers.Layer`: `Adapted(dense, rank, alpha)`. `dense` is a `keras.layers.Dense` that
# has its weights already, with or without bias, with any activation; $W$ is its kernel.
#
# - The layer gives what `dense` would give with the kernel $W + \frac{\text{alpha}}{\text{rank}} A B$, its bias and its
#   activation.
# - Its `trainable_weights` are $A$ of the shape `(inputs, rank)` and $B$ of the shape `(rank, units)`, in this
#   order, both there as soon as it is made; nothing else in it is trainable. At first it gives exactly what `dense` gives, and a
#   gradient reaches $B$: it is 0 and $A$ is not.
# - `dense` keeps its weights unchanged.
# - The method `merged()` returns a new `keras.layers.Dense` that has weights and gives what the adapted layer gives at
#   this moment; later changes of either do not touch the other.


# %% question="adapted" points=3
### BEGIN SOLUTION
class Adapted(layers.Layer):
    def __init__(self, dense, rank, alpha):
        super().__init__()
        self.dense, self.scale = dense, alpha / rank
        dense.trainable = False
        inputs, units = dense.kernel.shape
        self.A = self.add_weight(shape=(inputs, rank), initializer="glorot_uniform")
        self.B = self.add_weight(shape=(rank, units), initializer="zeros")

    def kernel(self):
        return self.dense.kernel + self.scale * (self.A @ self.B)

    def call(self, X):
        out = X @ self.kernel()
        if self.dense.use_bias:
            out = out + self.dense.bias
        return self.dense.activation(out)

    def merged(self):
        new = layers.Dense.from_config(self.dense.get_config())
        new.build((None, self.dense.kernel.shape[0]))
        bias = [self.dense.bias] if self.dense.use_bias else []
        new.set_weights([np.asarray(weight) for weight in [self.kernel(), *bias]])
        return new


### END SOLUTION

# %% check="adapted"
_dense = layers.Dense(5, activation="tanh")
_dense.build((None, 7))
_dense.set_weights([kernel, bias])
_rows = rows.astype("float32")
_before = np.asarray(_dense(_rows))
_layer = Adapted(_dense, 2, 6.0)
_shapes = [tuple(_weight.shape) for _weight in _layer.trainable_weights]
assert _shapes == [(7, 2), (2, 5)], f"trainable: expected [(7, 2), (2, 5)], got {_shapes}"
assert np.allclose(_layer(_rows), _before, atol=1e-5), "At first it should give what dense gives."
with tf.GradientTape() as _tape:
    _loss = tf.reduce_sum(_layer(_rows) ** 2)
_slopes = [np.abs(_slope).max() for _slope in _tape.gradient(_loss, _layer.trainable_weights)]
assert (_slopes[0] > 0, _slopes[1] > 0) == (False, True), (
    f"With B = 0 the gradient of A is 0 and that of B is not; yours are at most {_slopes[0]} and {_slopes[1]}. If "
    "both are 0, nothing can ever be learnt."
)
_layer.trainable_weights[0].assign(A)
_layer.trainable_weights[1].assign(B)
_new = _layer.merged()
assert isinstance(_new, layers.Dense), f"merged() should return a Dense, not {type(_new).__name__}"
assert _new is not _dense, "merged() should return a new layer."
assert np.allclose(_new(_rows), _layer(_rows), atol=1e-4), (
    "merged() gives something else than the layer."
)
assert not np.allclose(_layer(_rows), _before, atol=1e-2), "With A and B set, nothing changes."
assert np.allclose(_dense(_rows), _before, atol=1e-5), "dense itself should be as before."

# %% probe="adapted" rtol=1e-3 atol=1e-4
_results, _rows = [], rows.astype("float32")
for _activation, _bias, _rank, _alpha in (
    ("tanh", True, 2, 6.0),
    (None, False, 1, 0.5),
    ("relu", True, 2, 1),
):
    _dense = layers.Dense(5, activation=_activation, use_bias=_bias)
    _dense.build((None, 7))
    _dense.set_weights([kernel, bias] if _bias else [kernel])
    _layer = Adapted(_dense, _rank, _alpha)
    _results.append([tuple(_weight.shape) for _weight in _layer.trainable_weights])
    _results.append(np.asarray(_layer(_rows)))
    with tf.GradientTape() as _tape:
        _loss = tf.reduce_sum(_layer(_rows) ** 2)
    _slopes = _tape.gradient(_loss, _layer.trainable_weights)
    _results.append([bool(np.any(_slope)) for _slope in _slopes])
    _layer.trainable_weights[0].assign(A[:, :_rank])
    _layer.trainable_weights[1].assign(B[:_rank])
    _new = _layer.merged()
    _layer.trainable_weights[1].assign(-B[:_rank])
    _results += [np.asarray(_layer(_rows)), np.asarray(_new(_rows))]
    _new.set_weights([0 * np.asarray(_weight) for _weight in _new.weights])
    _results += [
        np.asarray(_layer(_rows)),
        np.asarray(_dense.kernel),
        isinstance(_new, layers.Dense),
    ]
_results
