# ---
# title: Generating text
# minutes: 75
# needs: [01-math/09-information, 02-python/09-tensorflow-and-keras, 04-deep-learning/08-text-to-numbers, 04-deep-learning/09-recurrent-networks]
# objectives: [tf-developer/4.9, tf-developer/4.2, azure-ai-102/2.3, azure-ai-103/2.3]
# ---

# %% [markdown]
# # Generating text
#
# A program that writes documentation, one word at a time. After this lesson you can
#
# - turn any text into inputs and labels for *next-token prediction*,
# - judge a language model by its perplexity, beside counts of word pairs,
# - train an LSTM that writes, and carry its state from word to word,
# - steer it with temperature, top-k and top-p, and say what each does to the probabilities,
# - measure whether it repeats itself, makes things up, or copies.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) had you train an LSTM on existing text so
# that it writes more (4.9). Azure AI-102 (retired) and AI-103 ask what the sampling parameters of a
# language model do (both 2.3). These parameters do the same in the largest model as in the small one below.

# %% tags=["nbval-ignore-output"]
import re
from collections import Counter

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from certlab.datasets import load_docstrings

table = load_docstrings()
words = [re.findall(r"[a-z_]+|[.,]", text.lower()) for text in table["text"]]
print(" ".join(words[2000][:20]))

# %% [markdown]
# ## 1. A text is its own label
#
# A *language model* gives each possible next *token* a probability. Our tokens are words, full stops and
# commas, at most 20 per text. Four tokens are special: 0 is padding, 1 an unknown word (`[UNK]`), 2 the start
# and 3 the end of a text.
#
# Nobody has to label anything. Shift the text by one place: the input is all tokens but the last, the label
# at each place is the token that comes next.
#
# > **Predict first.** A text has 6 words. How many questions "what comes next?" does it hold?


# %%
SIZE, LENGTH = 1000, 20
place = table["name"].str.rpartition(".")[0].to_numpy(dtype=str)  # its class or module
rng = np.random.default_rng(0)
held_out = np.isin(place, rng.permutation(np.unique(place))[: len(np.unique(place)) // 7])

counts = Counter(word for row in np.flatnonzero(~held_out) for word in words[row][:LENGTH])
vocabulary = ["", "[UNK]", "[START]", "[END]", *(w for w, _ in counts.most_common(SIZE - 4))]
number = {word: i for i, word in enumerate(vocabulary)}
tokens = np.zeros((len(words), LENGTH + 2), dtype="int32")
for row, text in enumerate(words):
    coded = [2, *(number.get(word, 1) for word in text[:LENGTH]), *[3] * (len(text) <= LENGTH)]
    tokens[row, : len(coded)] = coded
X, y = tokens[:, :-1], tokens[:, 1:]

sentence = "return the sum of the elements"
example = [2, *(number[word] for word in sentence.split()), 3]
print("input:", *(vocabulary[i] for i in example[:-1]))
print("label:", *(vocabulary[i] for i in example[1:]))

# %% [markdown]
# Seven: six words and the end. The end is a token to learn like any other; without it, the writer never
# stops. (A text that was cut gets no end, because it did not end there.)
#
# All seven are trained in one pass, each from the *true* words before it, not from what the model would
# have written. That is called *teacher forcing*. Older material makes a row of its own from every beginning
# of a text, pads it *in front* with `pad_sequences`, and turns the label into a one-hot vector with
# `to_categorical`. Those are the same questions, at many times the work.
#
# ## 2. Counting first
#
# *Perplexity* is $e^{\text{cross-entropy}}$. A perplexity of 50 means: on average as unsure as among 50 equally
# likely tokens. A model that knows nothing about our 1,000 tokens has 1,000.
#
# The simplest language model counts. A *bigram* model asks how often each token followed the last one, a
# *trigram* model looks at the last two. Rare contexts say little, so each model is mixed with the shorter
# one: $p = (\text{count} + 10\, p_{\text{shorter}}) / (\text{total} + 10)$.
#
# One thing needs care: how to split. Methods of one class are described in nearly the same words.
#
# > **Predict first.** The last two tokens tell more than the last one. Is the trigram better than the bigram
# > if the test texts are drawn at random? And if whole classes and modules are held out?


# %% tags=["nbval-ignore-output"]
def count_models(train, test, longest=3):
    context, p, perplexities = np.zeros_like(y, dtype="int64"), 1 / SIZE, []
    for order in range(longest):
        seen = (y > 0) & train[:, None]
        pairs = Counter(zip(context[seen].tolist(), y[seen].tolist(), strict=True))
        totals = Counter(context[seen].tolist())
        ahead = zip(context.ravel().tolist(), y.ravel().tolist(), strict=True)
        both = np.array([[pairs[pair], totals[pair[0]]] for pair in ahead]).reshape(*y.shape, 2)
        p = (both[..., 0] + 10 * p) / (both[..., 1] + 10)
        perplexities.append(np.exp(-np.log(p[(y > 0) & test[:, None]]).mean()))
        context = context * SIZE + np.pad(X, ((0, 0), (order, 0)))[:, : X.shape[1]]
    return perplexities


at_random = rng.random(len(words)) < 1 / 7
results = {}
for name, test in (("at random", at_random), ("whole classes", held_out)):
    results[name] = count_models(~test, test)
    one, two, three = results[name]
    print(f"held out {name}: unigram {one:.0f}, bigram {two:.0f}, trigram {three:.0f}")

# %% [markdown]
# At random, the trigram is far ahead, since it has seen a sister of nearly each text. On classes that it has
# never seen, little of that is left. (We drew the classes four times. At random the trigram was a third better
# each time; on whole classes, anything from a tenth worse to a sixth better.) From here on, whole classes are
# held out.
#
# A note on reading such figures: about every sixth token is `[UNK]`, one large class that is easy to guess. A
# smaller vocabulary makes perplexity *look* better, so compare only with the same tokens on the same texts.
#
# ## 3. A network that has read
#
# Three layers: an embedding, an LSTM with `return_sequences=True` (an answer at *every* place), and a dense
# head with one logit per token. `ignore_class=0` lets the loss skip padding. We need `return_state=True` later.
#
# > **Predict first.** What is the perplexity before training? Which of the three layers is the largest?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(0)
embedding, head = layers.Embedding(SIZE, 64), layers.Dense(SIZE)
lstm = layers.LSTM(80, return_sequences=True, return_state=True)
inputs = keras.Input((None,), dtype="int32")
hidden = lstm(layers.Dropout(0.1)(embedding(inputs)))[0]
model = keras.Model(inputs, head(layers.Dropout(0.1)(hidden)))
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
model.compile(keras.optimizers.Adam(0.03), loss)

before = np.exp(model.evaluate(X[:256], y[:256], batch_size=256, verbose=0))
print(
    f"perplexity before: {before:.0f}", *(f"{x.count_params():,}" for x in (embedding, lstm, head))
)

# %% tags=["nbval-ignore-output"]
data = X[held_out], y[held_out]
history = model.fit(
    X[~held_out], y[~held_out], batch_size=96, epochs=4, validation_data=data, verbose=0
).history

figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for name, label in (("loss", "training texts"), ("val_loss", "held-out classes")):
    axis.plot(range(1, 5), np.exp(history[name]), "o-", label=f"LSTM, {label}")
axis.axhline(results["whole classes"][1], color="k", ls=":", label="bigram, held-out classes")
axis.set(xlabel="epoch", ylabel="perplexity", yscale="log", title="It passes the counts")
axis.set_xticks(range(1, 5))
axis.set_yticks([30, 50, 100], [30, 50, 100])
axis.minorticks_off()
axis.legend()
plt.show()

# %% [markdown]
# It starts as unsure as chance. After about three epochs it passes the bigram, and it ends below it: by a
# tenth to a fifth in six draws of classes. Why, with the same words? Counting treats every word as a
# stranger to every other; an embedding lets similar words share what was learnt.
#
# The head is the largest layer: each token of the vocabulary needs its own weights.
#
# The gap to the training texts grows. More epochs help the training texts far more than the held-out
# ones: that curve soon goes flat, and in some draws it rises.
#
# ## 4. Writing, and carrying the state
#
# To write, ask for the next token, choose one, put it behind, ask again. The LSTM's state holds all it has
# read, so each step reads one token only.
#
# > **Predict first.** We always choose the most likely token (*greedy*). What do five runs give?


# %%
def write(beginning, choose, steps=LENGTH + 1):
    written, step, state = beginning, beginning, None
    for _ in range(steps):
        hidden, *state = lstm(embedding(step), initial_state=state)
        logits = head(hidden[:, -1]).numpy()
        logits[:, :3] = -np.inf  # never write padding, [UNK] or a start
        step = choose(logits)[:, None]
        written = np.hstack([written, step])
    ended = np.cumsum(written == 3, axis=1) - (written == 3) > 0
    return np.where(ended, 0, written)


def begin(texts, words=""):
    return np.tile([2, *(number[word] for word in words.split())], (texts, 1))


def greedy(logits):
    return logits.argmax(axis=1)


# %% tags=["nbval-ignore-output"]
def show(rows):
    print(*(" ".join(vocabulary[i] for i in row if i > 3) for row in rows), sep="\n")


five = write(begin(5), greedy)
show(np.unique(five, axis=0))
show(write(np.vstack([begin(1, start) for start in ("returns the", "fit the", "plot a")]), greedy))

stepwise = five[:1]
again = model(stepwise[:, :-1], training=False).numpy()
again[..., :3] = -np.inf
rest = stepwise[0, 1:] > 0
print("reading all again agrees:", np.array_equal(again.argmax(2)[0][rest], stepwise[0, 1:][rest]))

# %% [markdown]
# Five times the same text, made of the safest phrases. Greedy writing is deterministic, and tends to run
# in circles, as the likeliest word leads back to the likeliest phrase.
#
# Carrying the state gives what reading everything again would give, at one step per word. (A transformer
# has no state; it keeps the keys and values of all it has read, the *KV cache*.)
#
# ## 5. Temperature
#
# So draw at random, by the probabilities. Before the softmax, divide the logits $z$ by a *temperature* $T$:
#
# $$ p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} $$
#
# > **Predict first.** Two tokens have $p = 0.6$ and $0.2$, a ratio of 3. What is the ratio at $T = 0.5$, and
# > at $T = 2$? What does $T \to 0$ give, what $T \to \infty$?


# %%
def probabilities(logits, temperature=1.0):
    z = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)


z = np.log([0.6, 0.2, 0.1, 0.1])
for temperature in (0.01, 0.5, 1, 2, 100):
    p = probabilities(z, temperature)
    print(f"T = {temperature:<4}  p = {p.round(2).tolist()}  ratio {p[0] / p[1]:.3g}")

# %% [markdown]
# The ratio becomes $3^{1/T}$: 9 and 1.7. Small $T$ comes close to greedy, large $T$ to all tokens alike. The *order*
# of the tokens never changes.
#
# ## 6. Top-k and top-p
#
# Many unlikely tokens together are likely: a thousand at 0.0003 each are 30 %, and one slip of these spoils
# the rest of the text. Two ways to cut this tail, before drawing:
#
# - **top-k** keeps the $k$ most likely tokens,
# - **top-p** (nucleus) keeps the fewest, most likely first, whose probabilities reach $p$.
#
# What is left is divided by its sum.
#
# > **Predict first.** After "return the", many words may follow; after "discrete fourier", few. How many tokens
# > does top-p = 0.8 keep in each case? How many does top-k?


# %% tags=["nbval-ignore-output"]
def keep(p, k=SIZE, top_p=1.0):
    largest = -np.sort(-p, axis=-1)
    reached = (largest.cumsum(axis=-1) < top_p - 1e-9).sum(axis=-1)  # the last place that is needed
    last = np.minimum(reached, k - 1)[..., None]
    p = np.where(p >= np.take_along_axis(largest, last, axis=-1), p, 0)
    return p / p.sum(axis=-1, keepdims=True)


figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharex=True, layout="constrained")
for axis, beginning in zip(axes, ("return the", "discrete fourier"), strict=True):
    logits = model(begin(1, beginning), training=False).numpy()[0, -1]
    p = probabilities(np.where(np.arange(SIZE) < 3, -np.inf, logits))
    kept = np.count_nonzero(keep(p, top_p=0.8))
    best = np.argsort(-p)[:12]
    axis.barh([vocabulary[i] for i in best][::-1], p[best][::-1])
    axis.set(title=f"“{beginning} …”: {kept} kept", xlabel="probability")
plt.show()

# %% [markdown]
# Top-p follows the model's own certainty: a hundred words or more where many would do, one or two where one is
# nearly certain. Top-k keeps $k$ in both.
#
# ## 7. What is a good temperature?
#
# Two dangers: *repeating* and *making things up*. We measure both by pairs of neighbouring words in 150 texts:
#
# - **variety**: the share of different pairs among all pairs,
# - **novelty**: the share of pairs that no training text holds.
#
# Held-out texts, written by people, show what would be natural. (Pairs with `[UNK]` do not count.)
#
# > **Predict first.** Is the natural novelty 0? Which temperature comes closest to people in both?


# %%
def pairs_of(rows):
    left, right = rows[:, :-1].ravel(), rows[:, 1:].ravel()
    real = (right > 1) & (left > 1)
    return (left.astype("int64") * SIZE + right)[real]


def measure(rows):
    pairs = pairs_of(rows)
    return len(np.unique(pairs)) / len(pairs), 1 - np.isin(pairs, known).mean()


def sampler(temperature=1.0, **cut):
    def choose(logits):
        p = probabilities(logits, temperature)
        p = keep(p, **cut) if cut else p
        return (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)

    return choose


# %% tags=["nbval-ignore-output"]
known = np.unique(pairs_of(tokens[~held_out]))
temperatures = [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5]
every = np.repeat(temperatures, 150)[:, None]  # a temperature for each text, all written at once
texts = dict(zip(temperatures, np.split(write(begin(len(every)), sampler(every)), 7), strict=True))
people = tokens[rng.permutation(np.flatnonzero(held_out))[:150]]
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
axis.plot(*np.transpose([measure(texts[t]) for t in temperatures]), "o-", label="by temperature")
for t in temperatures:
    axis.annotate(f"{t}  ", measure(texts[t]), ha="right", va="bottom")
ks = [2, 5, 20, 100]
by_k = np.split(write(begin(600), sampler(k=np.repeat(ks, 150))), 4)
axis.plot(*np.transpose([measure(rows) for rows in by_k]), "s--", label="top-k")
axis.plot(*measure(people), "k*", ms=16, label="people, held-out classes")
axis.set(xlabel="variety", ylabel="novelty", title="From parrot to dice")
axis.legend()
plt.show()
for t in (0.4, 0.8, 1.5):
    print(f"T = {t}:")
    show(texts[t][:3])

# %% [markdown]
# People *do* combine words in new ways: about every sixth pair. At low temperature the model repeats a few
# phrases; at 1.5 most pairs are new, and few make sense. Between 0.8 and 1 it is closest to people.
# Top-k (2, 5, 20, 100) runs along nearly the same line: it is another way to make the same trade.
#
# Read the samples. Most *pairs* are plausible, the whole rarely means anything. Perplexity rewards the next
# word, not the truth of a sentence. Large models, trained by the same loss, make far more sense. The risk
# stays: fluent is not true.
#
# ## 8. Does it write, or copy?
#
# Training texts may be private or licensed, so a writer that recites them is a liability. For each text we
# look for the longest run of tokens that stands in some training text.
#
# > **Predict first.** Whose runs are longest: those of texts drawn at $T = 0.4$, at $T = 1$, or of people's
# > texts about held-out classes?


# %% tags=["nbval-ignore-output"]
def as_text(row):
    return " " + " ".join(str(i) for i in row if i > 0) + " "


def longest_run(row):
    row, n = np.where(row == 1, SIZE, row)[row > 0], 0  # an unknown word matches nothing
    while any(as_text(row[at : at + n + 1]) in library for at in range(len(row) - n)):
        n += 1  # there is a run of n + 1
    return n


library = "\n".join(map(as_text, tokens[~held_out]))
for name, rows in (("T = 0.4", texts[0.4]), ("T = 1", texts[1.0]), ("people", people)):
    runs = [longest_run(row) for row in rows[:50]]
    print(f"{name}: longest run {np.mean(runs):.1f} tokens on average, at most {max(runs)}")

# %% [markdown]
# The colder, the longer the quotations. At $T = 1$ the runs are about as long as in people's
# own texts, or shorter: people use set phrases too. This model is small and saw each text four times.
# Larger ones recite more, above all what was in the training texts many times: so remove duplicates, and
# test for recitals before release.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | loss near 0 at once | labels not shifted: it copies the input | label = next token |
# | training superb, texts poor | split inside a class, or too many epochs | hold out whole groups; early stopping |
# | the same phrase again and again | greedy, or $T$ too low | draw, with top-p |
# | word salad | $T$ too high, the tail is drawn | lower $T$, cut with top-k or top-p |
# | texts full of `[UNK]` | vocabulary too small | subwords; set its logit to $-\infty$ |
# | never stops | the end was not in the labels | train `[END]`, and a limit |
# | other text on each run, for a test | drawing | greedy, or a seed |
# | slow, and slower with length | all is read again for each word | carry the state |
#
# *Beam search* keeps the few best beginnings rather than one, and finds likelier texts than greedy. That helps
# where one answer is right, as in translation; for free text, likelier means duller.
#
# Characters instead of words give a tiny vocabulary and no `[UNK]`, but rows six times as long; *subwords*
# lie between, and are what large models use. Perplexities per word and per character cannot be compared; bits
# per character of the text can.
#
# ## Summary
#
# - A text is its own label: shift by one, train all places at once, skip the padding.
# - Perplexity is $e^{\text{cross-entropy}}$. Compare with counts, on the same tokens, on held-out groups.
# - Carry the state; read one token per step.
# - $T$ stretches the odds, top-k and top-p cut the tail. All of them trade repeating for inventing.
# - Measure variety, novelty and quotations beside those of people. Fluent is not true.
#
# Next: the [exercise](../../exercises/04-deep-learning/10-generating-text.ipynb), then [attention and transformers](11-transformers.ipynb).
