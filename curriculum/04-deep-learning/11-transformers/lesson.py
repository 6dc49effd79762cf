# ---
# title: Attention and transformers
# minutes: 90
# needs: [02-python/09-tensorflow-and-keras, 04-deep-learning/03-training-well, 04-deep-learning/07-transfer-learning, 04-deep-learning/08-text-to-numbers, 04-deep-learning/09-recurrent-networks]
# objectives: [google-pmle/3.1, google-pmle/3.2, google-pmle/3.3, aws-mla/2.1, aws-mla/2.2, aws-mla/4.2, azure-ai-102/2.3, azure-ai-103/1.1, azure-ai-103/2.3, tf-developer/4.4, tf-developer/1.5]
# ---

# %% [markdown]
# # Attention and transformers
#
# A recurrent network squeezes all it has read into one state. Attention keeps every token and looks up what
# it needs. After this lesson you can
#
# - compute attention by hand, with heads, positions and masks, and spot a leak,
# - build a transformer block, and from it a classifier and a small decoder,
# - say when attention wins, and when tf-idf does,
# - work out a model's parameters, memory and computing time,
# - choose between prompt, LoRA and full fine-tuning.
#
# **Exam lens.** Google PMLE asks which model family fits (3.1), when fine-tuning a foundation model pays
# off (3.2), and when one device is too small (3.3). AWS MLA-C02 asks for the approach (2.1), for prompting or
# fine-tuning (2.2), and for the cost of tokens (4.2). Azure AI-103 has you choose a model (1.1) and trace
# tokens (2.3); AI-102 (retired) had fine-tuning (2.3). On Databricks' exam a *transformer* is a Spark
# object with `transform`.

# %%
import re
from collections import Counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from certlab.datasets import load_docstrings

rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. A soft look-up
#
# A dictionary gives the value whose key equals the query. Attention does so softly. From each token, three
# matrices make a *query* (what do I look for?), a *key* (what do I offer?) and a *value* (what do I hand
# over?). Query times key is a score; softmax turns a row of scores into weights; the output is the weighted
# mean of the values. With the tokens as rows of $X$, and $d$ numbers per key:
#
# $$ \text{softmax}\Big(\frac{Q K^\top}{\sqrt d}\Big)\, V, \qquad Q = X W_q,\; K = X W_k,\; V = X W_v $$
#
# Four tokens of four kinds, and a $W_q$ made by hand: a noun looks for an article, all others for a noun.
#
# > **Predict first.** On which word will "itself" look? What do rows add up to, what do columns?


# %%
def attend(Q, K, V, visible=True):
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    weights = softmax(np.where(visible, scores, -np.inf), axis=-1)
    return weights @ V, weights


words = ["the", "dog", "hurt", "itself"]
X, W_k, W_v = np.eye(4), np.eye(4), rng.normal(size=(4, 4))
W_q = 6 * np.eye(4)[[1, 0, 1, 1]]  # rows: article, noun, verb, pronoun
output, weights = attend(X @ W_q, X @ W_k, X @ W_v)
print("rows:", weights.sum(axis=1).round(2), " columns:", weights.sum(axis=0).round(2))

axis = plt.subplots(figsize=(4, 3), layout="constrained")[1]
plt.colorbar(axis.imshow(weights, cmap="Blues", vmin=0, vmax=1))
axis.set(xticks=range(4), xticklabels=words, yticks=range(4), yticklabels=words)
axis.set(xlabel="looked at", ylabel="looks", title="Attention weights")
plt.show()

# %% [markdown]
# On "dog". Rows add up to 1: each token spends one unit of attention. Columns need not. Keras' layer gives
# the same with our matrices, and has one more behind the mean, $W_o$.

# %%
layer = layers.MultiHeadAttention(num_heads=1, key_dim=4, use_bias=False)
layer(X[np.newaxis], X[np.newaxis])  # query, value
layer.set_weights([W[:, np.newaxis] for W in (W_q, W_k, W_v)] + [np.eye(4)[np.newaxis]])
print("Keras agrees:", np.allclose(layer(X[np.newaxis], X[np.newaxis])[0], output, atol=1e-5))

# %% [markdown]
# ## 2. Why divide by √d?
#
# > **Predict first.** Queries and keys are standard normal. How does the spread of their dot products
# > grow with $d$? What does softmax make of that, for 32 keys?

# %%
for d in (4, 64, 1024):
    scores = rng.normal(size=(500, d)) @ rng.normal(size=(d, 32))
    print(f"d = {d}: spread {np.std(scores):.0f}")
    for name, z in (("raw", scores), ("divided", scores / np.sqrt(d))):
        p = softmax(z, axis=1)
        largest, slope = np.mean([p.max(axis=1), np.sum(p * (1 - p), axis=1)], axis=1).round(1)
        print(f"  {name}: largest weight {largest}, slope {slope}")

# %% [markdown]
# Like $\sqrt d$: 2, 8, 32. Undivided, one key takes nearly all before anything is learnt, and softmax's own
# slopes, $\sum p\,(1 - p)$, go towards 0: it is *saturated*. Divided, $d$ no longer matters.
#
# ## 3. Heads
#
# *Multi-head* attention cuts $d$ into parts, attends in each on its own, and puts the outputs side by side: one
# head may look for the noun, another at the word before.
#
# > **Predict first.** $d = 64$. What do 8 heads cost, compared with one?

# %%
tokens = rng.normal(size=(1, 6, 64))
for heads, key_dim in ((1, 64), (8, 8), (8, 64)):
    layer = layers.MultiHeadAttention(heads, key_dim)
    _, weights = layer(tokens, tokens, return_attention_scores=True)
    print(f"{heads} heads of {key_dim}: {layer.count_params():,}, weights {tuple(weights.shape)}")

# %% [markdown]
# No more, if they share: four matrices, $4d^2$ weights and $4d$ biases. **Trap:** `key_dim` is the size of
# *one* head, so write `d // heads`.
#
# ## 4. A set, until it knows positions
#
# > **Predict first.** We shuffle the tokens. What happens to the outputs?


# %%
def positions(length, d):
    angles = np.arange(length)[:, np.newaxis] / 10_000 ** (np.arange(0, d, 2) / d)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype("float32")


order = rng.permutation(6)
for name, added in (("without", 0), ("with", positions(6, 64))):
    before, after = (np.asarray(layer(x, x)) for x in (tokens + added, tokens[:, order] + added))
    print(f"{name} positions: only shuffled:", np.allclose(before[:, order], after, atol=1e-4))
plt.figure(figsize=(7, 2.6), layout="constrained")
plt.imshow(positions(100, 64).T, cmap="RdBu_r", aspect="auto")
plt.gca().set(xlabel="position", ylabel="sines, then cosines", title="One column per position")
plt.show()

# %% [markdown]
# They are shuffled likewise: to attention, "dog bites man" is a set. So a vector for the place
# is *added* to each token: these sines and cosines, from fast to slow, or *learnt* ones (an `Embedding` of the
# place). Most of today's language models *rotate* queries and keys instead, further with each place.
#
# ## 5. Masks
#
# A *padding mask* hides padding. A *causal mask* hides all that comes later: who is to predict it must not see
# it. Hidden scores become $-\infty$ **before** softmax.
#
# > **Predict first.** We change the last of six tokens. Which outputs move under a causal mask? And if we set the
# > weights of later tokens to 0 *after* softmax?

# %%
x, causal = tokens[0], np.tri(6, dtype=bool)


def two_ways(x):
    late = (attend(x, x, x)[1] * causal) @ x
    return {"masked": attend(x, x, x, causal)[0], "masked late": late}


changed = two_ways(x + np.eye(6)[-1][:, np.newaxis])
for name, before in two_ways(x).items():
    print(f"{name}: moved", (np.abs(before - changed[name]).max(axis=1) > 1e-9).astype(int))
padded, real = np.concatenate([x, np.ones((3, 64))]), np.arange(9) < 6
hidden = attend(padded, padded, padded, real)[0][:6]
print("hidden padding has no effect:", np.allclose(hidden, attend(x, x, x)[0]))

# %% [markdown]
# With the causal mask, only the last. Masked late, all: the hidden token is still in softmax's sum.
# Test every decoder so. In Keras: `use_causal_mask=True`, and `attention_mask`, True where one may look.
#
# ## 6. The block
#
# Attention mixes tokens; then two dense layers work on each token alone. Both results are *added* to what
# was there (*residual* connections), so that gradients have a straight way through many blocks. Before
# each, `LayerNormalization` brings every token's vector to mean 0 and variance 1 (*pre-norm*).


# %%
def block(x, heads, causal, mask):
    d, h = x.shape[-1], layers.LayerNormalization()(x)
    options = dict(use_causal_mask=causal, attention_mask=mask, return_attention_scores=True)
    h, weights = layers.MultiHeadAttention(heads, d // heads)(h, h, **options)
    x = x + h
    h = layers.Dense(4 * d, activation="relu")(layers.LayerNormalization()(x))
    return x + layers.Dense(d)(h), weights


def transformer(vocabulary, length, outputs, use, d=32, n_blocks=1):
    ids = keras.Input((length,), dtype="int32")
    real = ops.not_equal(ids, 0)
    x = layers.Embedding(vocabulary, d)(ids) * d**0.5 + positions(length, d)
    for _ in range(n_blocks):
        x, weights = block(x, 2, use == "each", real[:, np.newaxis])
    x = layers.LayerNormalization()(x)
    if use == "mean":
        x = layers.GlobalAveragePooling1D()(x, mask=real)
    logits = layers.Dense(outputs)(x[:, -1] if use == "last" else x)
    return keras.Model(ids, logits), keras.Model(ids, weights)


# %% [markdown]
# `use` says what is read: the `"last"` token or the `"mean"` of all, where each sees all (an *encoder*); or
# `"each"` token, under a causal mask (a *decoder*).


# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def train(model, X, y, steps, rate=0.01, loss=cross_entropy):
    optimizer, variables = keras.optimizers.Adam(rate), model.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step(X, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(X))
        optimizer.apply(tape.gradient(value, variables), variables)

    for rows in rng.integers(len(X), size=(steps, 64)):
        step(X[rows], y[rows])


# %% [markdown]
# ## 7. A look-up, built in
#
# Six cards lie on the table, each with a number and one of eight colours. Then a question: *which colour has
# number 3?* Each of the 64 cards is one token, each of the 8 questions another.
#
# > **Predict first.** Who answers after 150 steps: one block, or a bag (embedding, mean, 128 dense units)?


# %% tags=["nbval-ignore-output"]
def cards(n):
    number, colour = rng.random((n, 8)).argsort(axis=1)[:, :6], rng.integers(8, size=(n, 6))
    row, asked = np.arange(n), rng.integers(6, size=n)
    ids = np.column_stack([1 + 8 * number + colour, 65 + number[row, asked]])
    return ids, colour[row, asked], asked


(X, y, _), (X_test, y_test, asked) = cards(12_800), cards(1000)
keras.utils.set_random_seed(0)
encoder, look = transformer(73, 7, 8, "last")
hidden = [layers.Embedding(73, 32), layers.GlobalAveragePooling1D(), layers.Dense(128, "relu")]
bag = keras.Sequential([keras.Input((7,)), *hidden, layers.Dense(8)])
for name, model in (("encoder", encoder), ("bag", bag)):
    train(model, X, y, 150)
    print(f"{name}: {np.mean(np.argmax(model(X_test), axis=1) == y_test):.2f}")
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for head, axis in enumerate(axes):
    axis.imshow(look(X_test[:8])[:, head, -1], cmap="Blues", vmin=0, vmax=1)
    axis.plot(asked[:8], range(8), "rx")
    axis.set(xlabel="cards 0 to 5, question 6", ylabel="test example", title=f"Head {head + 1}")
plt.show()

# %% [markdown]
# The encoder: in every row, a head looks at the card asked for (red). The bag is right in a third: it guesses
# among the colours on the table. It has to build the look-up from nothing: ten times the steps bring it
# above 0.8. Attention has it built in. (Other seeds: 0.97 or more against 0.38 or less.)
#
# ## 8. Against tf-idf
#
# Real texts: which of six libraries is a description from? 3,000 to train, 1,000 to test.
#
# > **Predict first.** Is the encoder ahead of tf-idf with a linear classifier?

# %% tags=["nbval-ignore-output"]
table = load_docstrings()
keras.utils.set_random_seed(0)
some = table.sample(4000, random_state=0)
texts = some["text"].to_numpy(object)
y = some["library"].astype("category").cat.codes.to_numpy()
X = TfidfVectorizer(ngram_range=(1, 2), min_df=2).fit(texts[:3000]).transform(texts)
score = LinearSVC().fit(X[:3000], y[:3000]).score(X[3000:], y[3000:])
vectorizer = layers.TextVectorization(max_tokens=4000, output_sequence_length=30)
vectorizer.adapt(texts[:3000].tolist())
ids, (model, _) = vectorizer(texts.tolist()).numpy(), transformer(4000, 30, 6, "mean")
train(model, ids[:3000], y[:3000], 100)
share = np.mean(np.argmax(model(ids[3000:]), axis=1) == y[3000:])
print(f"tf-idf {score:.2f}, encoder {share:.2f}")

# %% [markdown]
# No: tf-idf wins, by 0.05 or more on four other splits too. Attention knows nothing of neighbours or rare
# words beforehand, and 3,000 texts are few. That is what pretraining is for.
#
# ## 9. A tiny decoder
#
# A decoder predicts at each place the next token. One pass trains all places at once, where a recurrent network
# goes step by step. Our "language": eight random numbers from 1 to 10, a bar (11), the same numbers backwards.
#
# > **Predict first.** Where will the loss fall to 0? (Guessing among ten costs ln 10 = 2.3.)

# %% tags=["nbval-ignore-output"]
numbers = rng.integers(1, 11, size=(12_800, 8))
lines = np.column_stack([numbers, np.full(len(numbers), 11), numbers[:, ::-1]])
decoder, look = transformer(12, 16, 12, "each")
train(decoder, lines[:, :-1], lines[:, 1:], 200)
prompt = np.array([[3, 1, 4, 1, 5, 9, 2, 6, 11] + [0] * 8])
for i in range(8, 16):  # append the likeliest token, run again
    prompt[0, i + 1] = np.argmax(decoder(prompt[:, :16])[0, i])
print("prompt", *prompt[0, :9], " written", *prompt[0, 9:])

ids, logits = lines[:500, :-1], decoder(lines[:500, :-1])
loss = keras.losses.sparse_categorical_crossentropy(lines[:500, 1:], logits, from_logits=True)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
left.plot(np.mean(loss, axis=0), "o-")
left.set(xlabel="position read last", ylabel="loss of the next token", title="Sure after the 8th")
right.imshow(np.mean(look(ids), axis=(0, 1)), cmap="Blues")
right.set(xlabel="looked at", ylabel="looks", title="Attention weights, mean")
plt.show()

# %% [markdown]
# Behind the eighth number. The numbers themselves are random and stay near 2.3; then attention walks back (a
# head may rest on the bar). The *context window* is 16 places: it cannot read further.
#
# The weights hold the *method*, the prompt the *facts*. So can a large model answer from examples in its
# prompt (*in-context learning*).
#
# ## 10. How it scales
#
# For a block of width $d$, attention has $4d^2$ weights, the dense layers $d \cdot 4d + 4d \cdot d = 8d^2$.
#
# - **Parameters** ≈ $12 \cdot \text{blocks} \cdot d^2$, plus the embedding.
# - **Computing:** each parameter multiplies and adds once per token: 2 FLOPs (floating-point operations); in
#   training 6, since the way back costs twice as much.
# - **Scores:** $n^2$ per head and block, for $n$ tokens.
# - **KV cache:** while writing, keys and values of past tokens are kept, $2 \cdot \text{blocks} \cdot d$ numbers per
#   token.
#
# > **Predict first.** 32 blocks of 32 heads, $d = 4096$, 2 bytes per number, 32,768 tokens: how many
# > gigabytes are the scores of *one* block? And the cache of all?

# %%
small = transformer(73, 7, 8, "last", d=64, n_blocks=3)[0].count_params() - 73 * 64 - 65 * 8
print(f"3 blocks, d = 64: counted {small:,}, formula {12 * 3 * 64**2:,}")
gpt2, size = 12 * 12 * 768**2 + 50_257 * 768, 12 * 32 * 4096**2 + 32_000 * 4096
print(f"GPT-2 small: {gpt2 / 1e9:.2f} billion. A 7B model: {size / 1e9:.2f} billion,", end=" ")
print(f"{2 * size:.1e} FLOPs per token, 10^12 tokens train {6e12 * size / 4e14 / 3.15e7:.0f} years")
for n in (2048, 32_768):
    scores, cache = 32 * n**2 * 2 / 1e9, 2 * 32 * 4096 * n * 2 / 1e9
    print(f"{n:6,} tokens: scores of one block {scores:.1f} GB, cache {cache:.1f} GB")

# %% [markdown]
# 69 GB and 17 GB. Sixteen times the tokens: 256 times the scores, 16 times the cache. Fused kernels
# (*FlashAttention*) never store the scores; their time still grows with $n^2$. The cache comes *per conversation*,
# beside 13 GB of weights; *grouped-query attention*, whose heads share keys and values, shrinks it. (Years on
# one GPU, at 4 · 10¹⁴ FLOPs per second.)
#
# ## 11. What a pretrained model brings
#
# A *large language model* (LLM) is such a decoder, trained on trillions of tokens, then on instructions with
# answers. You pay and plan by **tokens**. A crude tokeniser: frequent words stay whole, others are spelled.
#
# > **Predict first.** How many characters, spaces included, has a token of our docstrings?

# %% tags=["nbval-ignore-output"]
text = " ".join(table["text"])
words = Counter(re.findall(r" ?\w+| ?[^\w\s]", text))
for size in (300, 3000, 30_000):
    known = {word for word, _ in words.most_common(size)}
    number = sum(count * (1 if word in known else len(word)) for word, count in words.items())
    print(f"{size:6,} known: {len(text) / number:.1f} characters per token")

# %% [markdown]
# From 1.5 to 4.4. For English and real subwords (BPE), count on about four; code and many other
# languages need more tokens.
#
# The context window must hold instruction, examples, documents and answer. A **prompt** is text that the model
# continues:
#
# - *zero-shot:* `Which library? Text: Fit the estimator. Library:`
# - *few-shot:* the same behind some solved ones, `Text: Rows of a DataFrame. Library: pandas`.
#
# No weight changes, but every call pays for the examples.
#
# ## 12. Full fine-tuning, or LoRA
#
# *Full* fine-tuning trains all weights. **LoRA** (low-rank adaptation) freezes $W$ and learns a change made of two
# thin matrices, $W + \frac{\alpha}{r} A B$: $A$ is $d_\text{in} \times r$, $B$ is $r \times d_\text{out}$ and starts at 0.
#
# A layer of 64 × 64 is to learn a change of rank 2.
#
# > **Predict first.** What does it give before the first step? Which ranks reach an error of 0?

# %%
W, change = rng.normal(size=(64, 64)), rng.normal(size=(64, 2)) @ rng.normal(size=(2, 64))
X = rng.normal(size=(512, 64)).astype("float32")
y = X @ (W + change)
for rank in (1, 2, 4):
    model = keras.Sequential([keras.Input((64,)), dense := layers.Dense(64, use_bias=False)])
    dense.set_weights([W])
    dense.enable_lora(rank)
    same = np.allclose(model(X), X @ W, atol=1e-4)
    train(model, X, y, 200, 0.02, keras.losses.MeanSquaredError())
    error, added = np.mean((model(X).numpy() - y) ** 2), model.count_params() - W.size
    print(f"rank {rank}: starts as W {same}, trains {added} of {W.size}, error {error:.0f}")

# %% [markdown]
# With $B = 0$ it starts as the pretrained layer. Rank 1 is too thin; rank 2 is enough, with
# $r\,(d_\text{in} + d_\text{out}) = 256$ numbers instead of 4,096. On real tasks the rank is a
# hyperparameter, often 8 to 64. Once trained, the sum is *merged* into one matrix: serving takes no more time.
#
# > **Predict first.** Adam needs 16 bytes per trained parameter: weight 2, gradient 2, a precise copy 4, two moments
# > 8. What does full fine-tuning of 7 billion take, what LoRA?

# %%
added = 32 * 4 * 16 * (4096 + 4096)  # 32 blocks, four matrices each, rank 16
print(f"full: {16 * 7} GB; LoRA: {2 * 7 + 16 * added / 1e9:.1f} GB", end="")
print(f", for {added / 1e6:.1f} million trained, {added / 7e9:.2%}")

# %% [markdown]
# (Activations come on top.) Full fine-tuning needs several GPUs of 80 GB, LoRA one; *QLoRA* keeps the frozen base
# in 4 bits, 3.5 GB instead of 14. Gradients still flow through all layers, so LoRA saves memory rather than time.
#
# | you need | begin with |
# |---|---|
# | a format, a tone | a prompt with examples |
# | facts that change, documents | retrieval (next lesson) |
# | a skill beyond prompts; hundreds of examples | LoRA |
# | a new language or field; much data, money | full fine-tuning |
#
# ## 13. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss near 0, writes nonsense | it saw the next token | causal mask; change a later token |
# | `NaN` | a row in which all is hidden | let it see itself |
# | answer depends on padding | its keys are not masked | `attention_mask` |
# | too many parameters | `key_dim=d` | `d // heads` |
# | out of memory on long texts | scores, cache | fused attention, shared keys |
# | bad at the old task after tuning | forgetting | LoRA, smaller rate |
#
# ## Summary
#
# - Scores over $\sqrt d$, mask, softmax along the keys, mean of the values.
# - Attention sees a set: positions add order, a causal mask hides the future.
# - A block has $12 d^2$ weights, a token costs 2 FLOPs per parameter, scores grow with $n^2$, the cache with $n$.
# - It learns fast where tokens must find each other. On few short texts, try tf-idf first.
# - A prompt changes no weights. LoRA adds few, and starts as no change.
#
# Next: the [exercise](../../exercises/04-deep-learning/11-transformers.ipynb), then
# [embeddings and search](12-embeddings-and-search.ipynb).
