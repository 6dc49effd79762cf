# ---
# title: "Exercise: embeddings, search and retrieval-augmented generation"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: embeddings, search and retrieval-augmented generation
#
# Six parts of a search and answer system that the lesson did not type. No question needs the answer of another.
# Change `seed` to practise again on other data. The words mean nothing here; only equality counts.

# %% tags=["parameters"]
seed = 45  # which data you get

# %%
import re

import numpy as np

rng = np.random.default_rng(seed)
WORDS = [a + b for a in ("ba", "do", "ki", "lu", "me") for b in ("n", "r", "s", "t")]


def draw_words(n):
    return [WORDS[i] for i in rng.integers(len(WORDS), size=n)]


# question 1: lists of what was found, sets of what is relevant
found = [[f"doc{i}" for i in rng.integers(25, size=14)] for _ in range(12)]
wanted = [{f"doc{i}" for i in rng.integers(30, size=size)} for size in (1, 2, 4, 3, 5, 0) * 2]
# question 2: rankings that do not hold the same documents
rankings = [[f"doc{i:02}" for i in rng.permutation(30)[:n]] for n in (14, 9, 12)]
weights = rng.integers(1, 5, size=3).tolist()
# question 3: sentences as lists of words
sentences = [draw_words(n) for n in rng.integers(2, 9, size=14)]
# question 4
vectors = rng.normal(size=(40, 6))
vectors[rng.permutation(40)[:4]] = 0
query = rng.normal(size=6)
metadata = [
    {"language": "en" if rng.random() < 0.6 else "de", "year": int(rng.integers(2021, 2024))}
    for _ in range(40)
]
for entry in metadata[::9]:
    del entry["year"]
# question 5
reference_words = draw_words(14)
answer_words = [word for word in reference_words if rng.random() < 0.7] + draw_words(4)
# question 6: verdicts of a judge, in both orders
VERDICTS = ["first", "second", "tie"]
forward = [VERDICTS[i] for i in rng.choice(3, size=60, p=[0.55, 0.3, 0.15])]
backward = [VERDICTS[i] for i in rng.choice(3, size=60, p=[0.45, 0.4, 0.15])]

# %% [markdown]
# ## Question 1 · recall and reciprocal rank at k (3 points)
#
# `found` has one list per query, best first; `relevant` one set per query. Write `judge(found, relevant, k)`, which
# returns the tuple `(recall, mrr)` of `float`s at depth `k`:
#
# - A document that a list holds twice counts where it comes first; its later places are removed, and what follows
#   moves up, *before* the list is cut to `k`.
# - Recall of a query is the share of its relevant documents that is found. Its reciprocal rank is 1 / rank of
#   the first relevant document (ranks start at 1), and 0 if none is found.
# - Both are means over the queries that have a relevant document at all. Lists may be shorter than `k`, or empty.


# %% question="judge" points=3
### BEGIN SOLUTION
def judge(found, relevant, k):
    recalls, reciprocals = [], []
    for ids, right in zip(found, relevant, strict=True):
        if right:
            hits = [id_ in right for id_ in list(dict.fromkeys(ids))[:k]]
            recalls.append(sum(hits) / len(right))
            reciprocals.append(1 / (1 + hits.index(True)) if any(hits) else 0.0)
    return float(np.mean(recalls)), float(np.mean(reciprocals))


### END SOLUTION

# %% check="judge"
_got = judge([["a", "b", "c"]], [{"b", "z"}], 3)
assert len(_got) == 2, "Return the tuple (recall, mrr)."
assert np.allclose(_got, (0.5, 0.5)), (
    f"a, b, c with b and z relevant: one of two is found, at rank 2. You have {_got}."
)
assert np.allclose(judge([["a", "b", "c"]], [{"c"}], 2), (0, 0)), (
    "At depth 2 the relevant document on rank 3 is not found: both figures are 0."
)
assert np.allclose(judge([["a", "a", "b"]], [{"b"}], 2), (1, 0.5)), (
    "a, a, b is a, b without the repetition, so b is within the first 2. Is it removed before the cut?"
)
assert np.allclose(judge([["a"], ["b"], []], [{"a"}, set(), {"c"}], 5), (0.5, 0.5)), (
    "A query without any relevant document is left out; one with an empty list counts as 0."
)

# %% probe="judge" rtol=1e-9
[
    judge(found, wanted, 1),
    judge(found, wanted, 4),
    judge(found, wanted, 9),
    judge(found[:5], wanted[:5], 30),
    judge([[], *found[6:9]], [{"doc1"}, *wanted[6:9]], 6),
    judge([["x", "y", "x", "y", "z", "w"]], [{"w", "z", "q"}], 3),
    judge([["x", "y", "x", "y", "z", "w"]], [{"w"}], 4),
]

# %% [markdown]
# ## Question 2 · weighted fusion (3 points)
#
# Write `fuse(rankings, weights, c, n)`. Each ranking is a list of document ids, best first, without repetitions, and
# has a weight. A document scores the sum of weight / (`c` + rank) over the rankings that hold it (ranks start at 1);
# a ranking that lacks it adds 0. Return the best `n` as a list of tuples `(id, score)`, the highest score
# first. Among equal scores, a document that more rankings hold comes first; where this is equal too, the
# alphabet decides. Scores count as equal if they agree when rounded to 9 decimals. There may be fewer than `n`
# documents.


# %% question="fuse" points=3
### BEGIN SOLUTION
def fuse(rankings, weights, c, n):
    scores = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, id_ in enumerate(ranking, 1):
            scores[id_] = scores.get(id_, 0) + weight / (c + rank)

    def key(id_):
        return -round(scores[id_], 9), -sum(id_ in ranking for ranking in rankings), id_

    return [(id_, scores[id_]) for id_ in sorted(scores, key=key)[:n]]


### END SOLUTION

# %% check="fuse"
_got = fuse([["a", "b"], ["b", "c"]], [1, 1], 1, 5)
assert [_id for _id, _ in _got] == ["b", "a", "c"], (
    f"b is in both rankings, a is first in one, c second in one. You have {[_id for _id, _ in _got]}."
)
assert np.allclose([_score for _, _score in _got], [1 / 3 + 1 / 2, 1 / 2, 1 / 3]), (
    "With c = 1, the first place gives 1 / 2 and the second 1 / 3."
)
assert fuse([["b"], ["a"]], [1, 1], 60, 1)[0][0] == "a", "Among equals the alphabet decides."
assert fuse([["b"], ["a"]], [2, 1], 60, 1)[0][0] == "b", "The first ranking weighs twice."
_got = [_id for _id, _ in fuse([["a", "b"], ["x", "y", "b"]], [3, 5], 1, 9)]
assert _got.index("x") < _got.index("a"), (
    "Weight 5 on the first place gives more than weight 3 on it."
)
_got = [_id for _id, _ in fuse([["a", "q", "b"], ["p", "r", "b"]], [2, 2], 1, 9)]
assert _got[:3] == ["b", "a", "p"], (
    "a: 2 / 2. b: 2 / 4 twice, which is the same, but two rankings hold it: b comes first."
)
_got = fuse([["y", "p"], ["q", "y"], ["r", "s", "t", "u", "x"]], [1, 1, 5], 1, 9)
_got = [_id for _id, _ in _got]
assert _got.index("y") < _got.index("x"), (
    "y: 1 / 2 + 1 / 3. x: 5 / 6. The computer's sums differ in the last digit; to 9 decimals they agree."
)

# %% probe="fuse" rtol=1e-9
[
    fuse(rankings, weights, 60, 8),
    fuse(rankings, weights[::-1], 1, 30),
    fuse(rankings[1:], [1, 1], 10, 50),
    fuse([["c", "b"], ["a", "d"], []], [1, 1, 9], 5, 3),
    fuse([["b", "q", "m"], ["p", "r", "m"]], [2, 2], 1, 4),
    fuse([["b", "q", "m"], ["p", "r", "m"], ["k"]], [2, 2, 2], 1, 2),
    fuse([["a", "b", "m"], ["b", "m", "a"], ["m", "a", "b"]], [1, 1, 1], 5, 3),
    fuse([["n", "p"], ["q", "n"], ["r", "s", "t", "u", "k"]], [1, 1, 5], 1, 5),
]

# %% [markdown]
# ## Question 3 · chunks of whole sentences (3 points)
#
# Windows of words tear sentences apart. Write `chunk(sentences, size, overlap)`. `sentences` is a list of lists of words.
# Return a list of chunks, each one string with single spaces, of at most `size` words:
#
# 1. A sentence of more than `size` words is first cut into pieces of `size` words, the last one shorter; each piece is
#    then a sentence of its own. Empty sentences are dropped.
# 2. Sentences are taken in order and put into the current chunk as long as they fit.
# 3. One that does not fit closes the chunk. The next chunk begins with the *longest* run of sentences from the end of
#    the closed one that (a) has at most `overlap` words, and (b) leaves room for the sentence that did not fit,
#    which follows. That run may be empty.
#
# No sentences give no chunks. `overlap` is less than `size`.


# %% question="chunk" points=3
### BEGIN SOLUTION
def chunk(sentences, size, overlap):
    pieces = [s[i : i + size] for s in sentences for i in range(0, len(s), size)]
    chunks, current = [], []
    for piece in pieces:
        if sum(map(len, current)) + len(piece) > size:
            chunks.append(current)
            most = min(overlap, size - len(piece))
            while sum(map(len, current)) > most:
                current = current[1:]
        current = [*current, piece]
    if current:
        chunks.append(current)
    return [" ".join(word for piece in each for word in piece) for each in chunks]


### END SOLUTION

# %% check="chunk"
_abc = [["a", "b"], ["c"], ["d", "e"]]
for _size, _overlap, _want in (
    (9, 3, ["a b c d e"]),
    (3, 0, ["a b c", "d e"]),
    (3, 1, ["a b c", "c d e"]),
    (3, 2, ["a b c", "c d e"]),
    (2, 1, ["a b", "c", "d e"]),
):
    _got = chunk(_abc, _size, _overlap)
    assert _got == _want, (
        f"ab, c, de with size {_size} and overlap {_overlap}: expected {_want}, got {_got}"
    )
assert chunk([["a", "b", "c", "d", "e"]], 2, 1) == ["a b", "c d", "e"], (
    "A sentence of five words and size 2: pieces of 2, 2, 1. Nothing shorter than a piece is repeated."
)
assert chunk([], 5, 2) == [], "No sentences give no chunks."
_got = chunk(sentences, 12, 5)
assert max(len(_each.split()) for _each in _got) <= 12, "A chunk holds more than `size` words."

# %% probe="chunk" exact=true
[
    chunk(sentences, 12, 5),
    chunk(sentences, 12, 0),
    chunk(sentences, 20, 15),
    chunk(sentences, 5, 3),
    chunk(sentences[:6], 3, 2),
    chunk([[], *sentences[:3], []], 8, 4),
    chunk(sentences[:4], 100, 50),
    chunk([["a"], ["b"], ["c"], ["d", "e"], ["f"]], 4, 3),
    chunk([[]], 4, 2),
]

# %% [markdown]
# ## Question 4 · nearest vectors, filtered (2 points)
#
# Write `nearest(query, vectors, metadata, where, k)`. `vectors` has one row per document, `metadata` one dictionary
# per document. `where` is a dictionary, too: a document is a candidate only if it has all of these keys with
# these values. Return the `k` candidates with the highest cosine to the query as a list of tuples
# `(index, cosine)`, `int` and `float`, where `index` is the row in `vectors`. The cosine with a vector of zeros is 0.
# Among equal cosines, the lower index comes first. The filter is applied *before* the best `k` are chosen; if there are
# fewer candidates, return them all. Inputs stay unchanged.


# %% question="nearest" points=2
### BEGIN SOLUTION
def nearest(query, vectors, metadata, where, k):
    rows = [
        i
        for i, entry in enumerate(metadata)
        if all(key in entry and entry[key] == value for key, value in where.items())
    ]
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    zeros = np.zeros(len(vectors))
    cosines = np.divide(vectors @ query, norms, out=zeros, where=norms > 0)
    best = sorted(rows, key=lambda i: (-cosines[i], i))[:k]
    return [(i, float(cosines[i])) for i in best]


### END SOLUTION

# %% check="nearest"
_v = np.array([[2.0, 0], [0, 3], [0, 0], [-1, 0]])
_m = [{"a": 1}, {"a": 1}, {"a": 1}, {"a": 2}]
_got = nearest(np.array([5.0, 0]), _v, _m, {}, 4)
assert [_i for _i, _ in _got] == [0, 1, 2, 3], (
    f"Cosines are 1, 0, 0 and -1; of equal ones the lower index is first. You have {_got}."
)
assert np.allclose([_c for _, _c in _got], [1, 0, 0, -1]), f"Cosines are 1, 0, 0, -1, not {_got}."
_got = nearest(np.array([5.0, 0]), _v, _m, {"a": 2}, 2)
assert [_i for _i, _ in _got] == [3], (
    "Only document 3 passes the filter, whatever its cosine; its index is the row in `vectors`."
)
assert nearest(np.array([5.0, 0]), _v, _m, {"b": None}, 2) == [], "No document has a key b."
_got = nearest(np.zeros(2), _v, _m, {}, 2)
assert _got == [(0, 0.0), (1, 0.0)], "A query of zeros has the cosine 0 with everything."
assert np.array_equal(_v, [[2, 0], [0, 3], [0, 0], [-1, 0]]), "`vectors` should stay unchanged."

# %% probe="nearest" rtol=1e-7 atol=1e-12
_query, _vectors, _entries = query.copy(), vectors.copy(), [dict(_each) for _each in metadata]
[
    nearest(query, vectors, metadata, {}, 5),
    nearest(query, vectors, metadata, {"language": "de"}, 4),
    nearest(-query, vectors, metadata, {"language": "en", "year": 2022}, 30),
    nearest(query, vectors, metadata, {"year": 2023}, 40),
    nearest(0 * query, vectors, metadata, {"language": "en"}, 3),
    nearest(query, vectors, metadata, {"language": "fr"}, 3),
    nearest(query, vectors, metadata, {"year": None}, 3),
    nearest(query / 50, vectors / 10, metadata, {}, 3),
    np.array_equal(query, _query) and np.array_equal(vectors, _vectors) and metadata == _entries,
]

# %% [markdown]
# ## Question 5 · ROUGE-L (2 points)
#
# A *common subsequence* of two lists of words are words that occur in both in the same order, with gaps allowed. Let
# $n$ be the length of the longest one. ROUGE-L is the F1 of $n$ / (words of the answer) and $n$ / (words of the
# reference).
#
# Write `rouge_l(answer, references)` for a text and a list of reference texts. Words are what
# `re.findall(r"\w+", text.lower())` finds. With several references, the highest F1 counts. Where the answer or the
# reference has no words, the F1 is 0. There is at least one reference.


# %% question="rouge_l" points=2
### BEGIN SOLUTION
def rouge_l(answer, references):
    a, scores = re.findall(r"\w+", answer.lower()), []
    for reference in references:
        b = re.findall(r"\w+", reference.lower())
        best = np.zeros((len(a) + 1, len(b) + 1))
        for i, word in enumerate(a):
            for j, other in enumerate(b):
                longer = max(best[i, j + 1], best[i + 1, j])
                best[i + 1, j + 1] = best[i, j] + 1 if word == other else longer
        scores.append(2 * best[-1, -1] / max(len(a) + len(b), 1))
    return float(max(scores))


### END SOLUTION

# %% check="rouge_l"
assert np.isclose(rouge_l("Drop the rows!", ["drop the rows"]), 1), (
    "Case and punctuation do not count: these are the same words."
)
assert np.isclose(rouge_l("a b c d", ["d c b a"]), 0.25), (
    "Reversed, only one word is in order: 1 / 4 both ways."
)
assert np.isclose(rouge_l("a x b", ["a b"]), 0.8), (
    "a b is a subsequence of a x b: precision 2 / 3, recall 1, F1 0.8."
)
assert np.isclose(rouge_l("a b a", ["a a b"]), 2 / 3), (
    "The longest common subsequence of a b a and a a b has two words."
)
assert np.isclose(rouge_l("a b", ["c d", "a b c"]), 0.8), "The best of the references counts."
assert rouge_l("?", ["a b"]) == 0, "Without words the score is 0."

# %% probe="rouge_l" rtol=1e-9
_answer, _reference = " ".join(answer_words), " ".join(reference_words)
[
    rouge_l(_answer, [_reference]),
    rouge_l(_reference.upper(), [_answer, _reference[:20], "kit"]),
    rouge_l(" ".join(sorted(answer_words)), [_reference]),
    rouge_l(" ".join(answer_words[::-1]), [_reference, " ".join(sentences[0])]),
    rouge_l(", ".join(sentences[1] + sentences[2]), [" ".join(each) for each in sentences[3:8]]),
    rouge_l("", ["", "a"]),
]

# %% [markdown]
# ## Question 6 · a judge, asked twice (2 points)
#
# For each pair of answers A and B a judge gave two verdicts: in `forward`, A was shown first; in `backward`, B was.
# A verdict is `"first"`, `"second"` (which of the two *as shown* is better) or `"tie"`.
#
# Write `settle(forward, backward)`, which returns a dictionary of `float`s:
#
# - `"A"`: the share of pairs that A wins in both orders; `"B"` likewise; `"tie"`: the share with two ties;
# - `"unsettled"`: the share of all other pairs;
# - `"position"`: of all verdicts that are no tie, in both lists together, the share of `"first"` minus the share of
#   `"second"`; 0.0 if there are only ties.


# %% question="settle" points=2
### BEGIN SOLUTION
def settle(forward, backward):
    pairs = list(zip(forward, backward, strict=True))
    wins = {"A": ("first", "second"), "B": ("second", "first"), "tie": ("tie", "tie")}
    report = {name: pairs.count(pair) / len(pairs) for name, pair in wins.items()}
    report["unsettled"] = sum(pair not in wins.values() for pair in pairs) / len(pairs)
    both = [*forward, *backward]
    first, second = both.count("first"), both.count("second")
    report["position"] = (first - second) / max(first + second, 1)
    return report


### END SOLUTION

# %% check="settle"
_got = settle(["first"], ["second"])
assert set(_got) == {"A", "B", "tie", "unsettled", "position"}, f"Your keys are {sorted(_got)}."
assert (_got["A"], _got["position"]) == (1, 0), (
    "A was shown first and won, then shown second and won: A in both orders, and no habit."
)
_got = settle(["first"], ["first"])
assert (_got["unsettled"], _got["position"]) == (1, 1), (
    "Whichever answer is shown first wins: nothing is settled, and the habit is as strong as it can be."
)
_got = settle(["tie", "tie"], ["tie", "first"])
assert (_got["tie"], _got["unsettled"]) == (0.5, 0.5), "A tie needs two ties."
_got = settle(forward, backward)
assert np.isclose(sum(_got[_key] for _key in ("A", "B", "tie", "unsettled")), 1), (
    "The four shares should add up to 1."
)

# %% probe="settle" rtol=1e-9 atol=1e-12
[
    settle(forward, backward),
    settle(backward[:25], forward[:25]),
    settle(forward[:9], ["tie"] * 9),
    settle(["second", "tie"], ["second", "tie"]),
    settle(["tie"], ["tie"]),
    settle(["tie"], ["first"]),
]
