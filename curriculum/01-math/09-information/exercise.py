# ---
# title: "Exercise: information"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: information
#
# Six questions about losses that cannot reach zero, units that mislead, inputs that drift, a model
# that is too sure, and trees that ask well. Your data are drawn for you: change `seed` to practise
# again on others. Every function must work on any input of the shapes that its question names, not
# only on the data below. NumPy and SciPy are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np
from scipy import stats
from sklearn.datasets import load_digits, load_wine
from sklearn.naive_bayes import GaussianNB

rng = np.random.default_rng(seed)

# question 1: what a classifier says of 50 rows, and their classes
probabilities = rng.dirichlet([1, 1, 1, 1], size=50)
classes = rng.integers(4, size=50)

# question 2: a text, cut into tokens in two ways, and how well two models predicted them
words = ["a", "model", "that", "saw", "enough", "text", "is", "less", "surprised", "by", "more"]
text = " ".join(rng.choice(words, size=60))
cuts = np.sort(rng.choice(np.arange(1, len(text)), size=90, replace=False))
long_tokens = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
short_tokens = list(text)
long_logs = -rng.gamma(2.0, 1.2, size=len(long_tokens))
short_logs = -rng.gamma(2.0, 0.5, size=len(short_tokens))

# question 3: a categorical input, in training and in production
browsers = np.array(["chrome", "edge", "firefox", "opera", "safari", "other"])
before = rng.choice(browsers[:5], size=307, p=rng.dirichlet([8, 4, 4, 2, 6]))
now = rng.choice(browsers[1:], size=211, p=rng.dirichlet([4, 6, 2, 8, 3]))

# question 4: log probabilities, up to a constant per row, from naive Bayes on digits
X, y = load_digits(return_X_y=True)
rows = rng.permutation(len(y))
bayes = GaussianNB(var_smoothing=1e-3).fit(X[rows[:900]], y[rows[:900]])
logits, digits = bayes.predict_joint_log_proba(X[rows[900:]]), y[rows[900:]]

# questions 5 and 6: wines of three growers; cut into thirds, with a poor copy; and with gaps
wine = load_wine()
order = rng.permutation(178)
growers, columns = wine.target[order], wine.data[order][:, rng.permutation(13)[:8]]
thirds = (stats.rankdata(columns, axis=0, method="ordinal") - 1).astype(int) * 3 // 178
strongest = int(
    np.argmax([stats.kruskal(*(c[growers == g] for g in range(3)))[0] for c in columns.T])
)
copy = np.where(rng.random(178) < 0.15, rng.integers(3, size=178), 2 - thirds[:, strongest])
thirds = np.column_stack([thirds, copy])
missing = rng.random((178, 8)) < 0.1 + 0.3 * (growers == 1)[:, None]
gappy = np.where(missing, np.nan, columns + rng.uniform(0, 1e-3, size=columns.shape))

# %% [markdown]
# ## Question 1 · a loss that cannot reach zero (2 points)
#
# *Label smoothing* trains on softer targets: with $k$ classes and the smoothing $s$, every class
# gets $s / k$, and the true class gets $1 - s$ on top. A colleague's training loss stops falling well
# above zero. Is there anything left to gain?
#
# Write `smoothed_loss(classes, probabilities, smoothing)`, which returns the tuple `(loss, floor)`
# of floats: the average over the rows of the cross-entropy of the smoothed targets with
# `probabilities`, and the lowest value that any probabilities could give it, both in nats.
# `classes` has shape `(n,)`, numbers from 0 to $k - 1$; `probabilities` has shape `(n, k)`, all
# positive. $0 \le s \le 1$; with $s = 0$ the floor is 0.


# %% question="smoothed_loss" points=2
### BEGIN SOLUTION
def smoothed_loss(classes, probabilities, smoothing):
    k = probabilities.shape[1]
    targets = (1 - smoothing) * np.eye(k)[classes] + smoothing / k
    loss = -np.mean(np.sum(targets * np.log(probabilities), axis=1))
    one = targets[0][targets[0] > 0]  # every row's target has the same entropy
    return float(loss), float(-np.sum(one * np.log(one)))


### END SOLUTION

# %% check="smoothed_loss"
_loss, _floor = smoothed_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]]), 0.0)
assert np.isclose(_loss, 1.5 * np.log(2)), (
    "Without smoothing this is log loss: the truth got 1/2 and 1/4, so 0.693 and 1.386 nats, 1.040 "
    f"on average; you say {_loss:.3f}. Sum over classes, mean over rows, natural logarithm?"
)
assert np.isclose(_floor, 0), "Without smoothing a perfect model reaches 0 (and 0 · log 0 is 0)."
_loss, _floor = smoothed_loss(classes % 3, np.full((50, 4), 0.25), 1.0)
assert np.allclose([_loss, _floor], np.log(4)), (
    "With full smoothing each of 4 classes has the target 1/4; predicting 1/4 is then the best "
    f"possible and costs ln 4 = 1.386. You return {_loss:.3f} and {_floor:.3f}. Not every class has "
    "to occur among the rows; what else tells k?"
)
_targets = np.where(np.eye(4)[classes] > 0, 0.85, 0.05)
_loss, _floor = smoothed_loss(classes, _targets, 0.2)
assert np.isclose(_loss, _floor), (
    "With s = 0.2 and 4 classes the targets are 0.85 and 0.05. A model that predicts exactly these "
    f"should reach the floor; its loss is {_loss:.4f}, your floor {_floor:.4f}. Does the true class "
    "get its share of s as well?"
)

# %% probe="smoothed_loss" rtol=1e-6 atol=1e-9
pair = probabilities[:, :2]
[
    smoothed_loss(classes, probabilities, 0.1),
    smoothed_loss(classes[:7], probabilities[:7], 0.0),
    smoothed_loss(classes, probabilities[::-1], 0.73),
    smoothed_loss(classes % 2, pair / pair.sum(axis=1, keepdims=True), 0.3),
    smoothed_loss(classes, probabilities, 1.0),
    smoothed_loss(classes[:9] % 2, probabilities[:9], 0.4),
]

# %% [markdown]
# ## Question 2 · one model, three units (2 points)
#
# Vendors report perplexities over different units. Write `report(tokens, log_probabilities)`. The
# strings in the list `tokens`, put together in order and without anything between them, are the
# text; spaces are parts of tokens or tokens themselves. `log_probabilities[i]` is the *natural*
# logarithm of the probability that a model gave to token `i`, after having seen those before it.
#
# Return the tuple `(perplexity, bits_per_character, word_perplexity)` of floats: the perplexity per
# token; bits per character of the text, spaces included; and the perplexity per word, where a word
# is what `str.split()` finds in the whole text.


# %% question="report" points=2
### BEGIN SOLUTION
def report(tokens, log_probabilities):
    whole = "".join(tokens)
    nats = -np.sum(log_probabilities)
    per_token = np.exp(nats / len(tokens))
    per_word = np.exp(nats / len(whole.split()))
    return float(per_token), float(nats / np.log(2) / len(whole)), float(per_word)


### END SOLUTION

# %% check="report"
_even = report(["ab", "c d", "ef"], np.log([1 / 8, 1 / 8, 1 / 8]))
assert np.isclose(_even[0], 8), (
    f"Three tokens, each with probability 1/8, have a perplexity of 8; you say {_even[0]:.3f}. "
    "The logarithms are natural: which base takes them back?"
)
assert np.isclose(_even[1], 9 / 7), (
    "The text 'abc def' has 7 characters and cost three times 3 bits, 9/7 = 1.286 bits per "
    f"character; you say {_even[1]:.3f}."
)
assert np.isclose(_even[2], 2**4.5), (
    "The 9 bits are spread over two words, 'abc' and 'def', 4.5 bits each, a perplexity of 22.6; "
    f"you say {_even[2]:.3f}. Tokens can begin and end inside a word."
)
_uneven = report(["a", "b"], np.log([1 / 2, 1 / 32]))
assert np.isclose(_uneven[0], 8), (
    f"1 and 5 bits are 3 on average, a perplexity of 8; you say {_uneven[0]:.3f}. What is averaged, "
    "the logarithms or the probabilities?"
)
_spaced = report([" a", "  b "], np.log([1 / 4, 1 / 4]))
assert np.isclose(_spaced[2], 4), (
    "' a  b ' has two words, however many spaces stand around them: 2 bits each, a perplexity of 4; "
    f"you say {_spaced[2]:.3f}. How do you count words?"
)

# %% probe="report" rtol=1e-6
[
    report(long_tokens, long_logs),
    report(short_tokens, short_logs),
    report(long_tokens[:12], long_logs[:12]),
    report([text], long_logs[:1]),
    report(["  ", *long_tokens, " "], np.concatenate([[-0.5], long_logs, [-2.0]])),
]

# %% [markdown]
# ## Question 3 · has the input drifted? (2 points)
#
# A category that is new makes the KL divergence infinite. The *Jensen–Shannon divergence* compares
# both distributions with their average $m = (p + q) / 2$ instead:
#
# $$ \text{JS}(p, q) = \tfrac12 D(p \,\|\, m) + \tfrac12 D(q \,\|\, m). $$
#
# Write `drift(before, now)`. Both are arrays of strings, of any lengths, one category for each row.
# $p$ and $q$ are the shares of the categories in `before` and in `now`; a category may occur in only
# one of them. Return the tuple `(divergence, culprit)`: the Jensen–Shannon divergence in *bits*, a
# float, and the category whose terms in both sums together contribute most to it, a string (in the
# arrays used here, no two are equally guilty at the top).


# %% question="drift" points=2
### BEGIN SOLUTION
def drift(before, now):
    names = np.unique(np.concatenate([before, now]))
    p, q = (np.mean(names[:, None] == rows, axis=1) for rows in (before, now))
    parts = np.zeros(len(names))
    for share in (p, q):
        seen = share > 0
        parts[seen] += share[seen] / 2 * np.log2(2 * share[seen] / (p + q)[seen])
    return float(parts.sum()), str(names[parts.argmax()])


### END SOLUTION

# %% check="drift"
_same = np.array(["a", "b", "b"])
assert np.isclose(drift(_same, np.tile(_same, 4))[0], 0, atol=1e-12), (
    "The same shares in four times as many rows are no drift. Do you compare shares or counts?"
)
_apart = drift(np.array(["a", "b"]), np.array(["c", "c", "c"]))
assert np.isclose(_apart[0], 1), (
    "Two distributions without a common category differ as much as possible: 1 bit. You say "
    f"{_apart[0]:.3f}. How does a category count that one side lacks, and is the unit bits?"
)
assert _apart[1] == "c", (
    "'c' went from nothing to everything and contributes half a bit, 'a' and 'b' a quarter each; "
    f"you blame {_apart[1]!r}."
)
_few, _many = np.array(list("aaaaaabbbb")), np.array(list("aaaabbbbbc"))
for _pair in ((_few, _many), (_many, _few)):
    assert drift(*_pair)[1] == "c", (
        "Between the shares (0.6, 0.4, 0) and (0.4, 0.5, 0.1), in either order, 'a' differs by more, "
        "but both its terms together give half of 0.158 - 0.129, or 0.015 bits; 'c' gives half "
        f"of 0.1, that is 0.05. You blame {drift(*_pair)[1]!r}."
    )
_value = drift(before, now)[0]
assert np.isclose(_value, drift(now, before)[0]), "Swapping the two should change nothing."
assert 0 <= _value <= 1, f"In bits it lies between 0 and 1; yours is {_value:.3f}."
_quarter = drift(np.array(["a", "a"]), np.array(["a", "b"]))
assert np.isclose(_quarter[0], 1.5 - 0.75 * np.log2(3), atol=1e-9), (
    "With p = (1, 0) and q = (½, ½) m is (¾, ¼), D(p‖m) = 0.415, D(q‖m) = 0.208 and their average "
    f"0.311; you say {_quarter[0]:.3f}."
)

# %% probe="drift" rtol=1e-6
[
    drift(before, now)[0],
    drift(before[:40], now)[0],
    drift(before, np.append(before[:50], "konqueror"))[0],
    drift(np.append(before, ["zen"] * 9), before[:200])[0],
    drift(now[now != "safari"], before)[0],
]

# %% probe="drift" exact=true
[
    str(drift(before, now)[1]),
    str(drift(np.append(before[:60], ["zen"] * 40), before)[1]),
    str(drift(now, now[now != now[0]])[1]),
    str(drift(np.append(now, ["safari"] * 300), now)[1]),
    str(
        drift(
            np.append(before, [now[0]] * 400),
            np.append(before, [now[0]] * 200 + [now[1] + "2"] * 40),
        )[1]
    ),
]

# %% [markdown]
# ## Question 4 · a model that is too sure (3 points)
#
# Naive Bayes ranks digits well and trusts itself far too much. *Temperature scaling* divides its
# scores by one number: with the scores $z$ of a row, the probability of class $j$ becomes
# proportional to $e^{z_j / T}$. The order of the classes stays, the confidence changes.
#
# Write `temperature(logits, classes)`, which returns the tuple `(T, loss)` of floats: the $T > 0$
# with the smallest log loss on these rows, correct to one part in a thousand, and that log loss in
# nats. `logits` has shape `(n, k)`, scores of any size (also in the thousands, and with any
# constant added to a row); `classes` has shape `(n,)`, numbers from 0 to $k - 1$. The best $T$ lies
# between 0.0001 and 100,000. (As a function of $\log T$ the loss has a single valley.)


# %% question="temperature" points=3
### BEGIN SOLUTION
def temperature(logits, classes):
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    def loss(log_t):
        scores = logits / np.exp(log_t)
        truth = scores[np.arange(len(classes)), classes]
        return np.mean(logsumexp(scores, axis=1) - truth)

    bounds = (np.log(0.0001), np.log(100_000))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x)), float(found.fun)


### END SOLUTION


# %% check="temperature"
def _loss_at(T, logits, classes):
    _scores = (logits - logits.max(axis=1, keepdims=True)) / T
    _log_q = _scores - np.log(np.exp(_scores).sum(axis=1, keepdims=True))
    return -np.mean(_log_q[np.arange(len(classes)), classes])


_odds = np.log([[9.0, 1.0]] * 4)
_T, _loss = temperature(_odds, np.array([0, 0, 0, 1]))
assert np.isclose(_T, 2, rtol=2e-3), (
    "Four rows claim odds of 9 to 1; three of four are right, odds of 3 to 1. Since 3 = 9 to the "
    f"power 1/2, T is 2; you say {_T:.4f}. Does the score get divided or multiplied by T?"
)
assert np.isclose(_loss, -0.75 * np.log(0.75) - 0.25 * np.log(0.25), rtol=1e-4), (
    f"The log loss is then the entropy of a 3 to 1 choice, 0.562 nats; you say {_loss:.4f}."
)
_T, _loss = temperature(logits, digits)
assert np.isfinite(_loss), "The loss is not finite. What is exp(-3000)? Subtract the largest score."
assert np.isclose(_loss, _loss_at(_T, logits, digits), rtol=1e-4), (
    f"With your T the log loss is {_loss_at(_T, logits, digits):.4f}, not {_loss:.4f}."
)
for _factor in (0.9, 0.99, 1.01, 1.1):
    assert _loss_at(_factor * _T, logits, digits) > _loss_at(_T, logits, digits), (
        f"{_factor} times your T gives a lower log loss. Is the search fine and wide enough?"
    )
for _factor in (50, 0.001):
    _scaled = temperature(logits * _factor - 999, digits)[0]
    assert np.isclose(_scaled, _factor * _T, rtol=3e-3), (
        f"Scores {_factor} times as large need {_factor} times the temperature, and a constant "
        f"changes nothing; you find {_scaled / _T:.4g} times. Does the search reach that far?"
    )

# %% probe="temperature" rtol=2e-3
better = np.log(probabilities + 0.3 * np.eye(4)[classes])
[
    temperature(logits, digits)[0],
    temperature(logits[:300] * 0.001, digits[:300])[0],
    temperature(logits[300:] * 40 + 1e4, digits[300:])[0],
    temperature(better, classes)[0],
]

# %% probe="temperature" rtol=1e-4
better = np.log(probabilities + 0.3 * np.eye(4)[classes])
[
    temperature(logits, digits)[1],
    temperature(logits[:300] * 0.001, digits[:300])[1],
    temperature(logits[300:] * 40 + 1e4, digits[300:])[1],
    temperature(better, classes)[1],
]

# %% [markdown]
# ## Question 5 · what to ask next (3 points)
#
# Measuring costs money. Some columns are known already; which further one says most about the label
# *that they have not said yet*? The measure is conditional mutual information:
#
# $$ I(X_j; Y \mid K) = H(Y \mid K) - H(Y \mid K, X_j), $$
#
# where $K$ is the *combination* of the values of all known columns, and $H(Y \mid K)$ is the entropy
# of $Y$ among the rows with the same combination, averaged over the rows.
#
# Write `next_column(X, y, known)`, which returns the tuple `(column, bits)`: the index of the column
# of `X`, not in `known`, with the largest $I(X_j; Y \mid K)$, an `int`, and that value in bits, a
# float. `X` has shape `(n, d)`, `y` has shape `(n,)`, both hold integers; `known` is a list of column
# indices, possibly empty. Use the shares in the data as probabilities. (In the tables used
# here, no two columns tie for first place.)


# %% question="next_column" points=3
### BEGIN SOLUTION
def next_column(X, y, known):
    def bits(table):  # joint entropy of the columns of a table
        counts = np.unique(table, axis=0, return_counts=True)[1]
        return -np.sum(counts / len(table) * np.log2(counts / len(table)))

    def left(known):  # what is still unknown of y
        given = X[:, known]
        return bits(np.column_stack([given, y])) - bits(given) if known else bits(y)

    gains = {j: left(known) - left([*known, j]) for j in range(X.shape[1]) if j not in known}
    best = max(gains, key=gains.get)
    return best, float(gains[best])


### END SOLUTION

# %% check="next_column"
_a = np.array([0, 0, 0, 0, 1, 1, 1, 1])
_b = np.array([0, 0, 1, 1, 0, 0, 1, 1])
_c = np.array([0, 1, 0, 1, 0, 1, 0, 1])
_best = next_column(np.column_stack([_c, _a, _b]), 2 * _a + (_a & _b), [])
assert np.allclose(_best, (1, 1)), (
    "With nothing known, the column that halves the rows by their label tells 1 bit; you return "
    f"{_best}. Is the empty list treated as 'no column known'?"
)
_best = next_column(np.column_stack([_a, 1 - _a, _b]), 2 * _a + (_a & _b), [0])
assert np.allclose(_best, (2, 0.5)), (
    "Column 1 only repeats column 0 with its values swapped. Column 2 answers what is left among "
    f"half of the rows: 1 bit there, 0.5 on average. You return {_best}."
)
_best = next_column(np.column_stack([_a, _c, _b]), _a ^ _b, [0])
assert np.allclose(_best, (2, 1)), (
    "The label says whether columns 0 and 2 differ. Alone column 2 tells nothing; once column 0 is "
    f"known it tells all, 1 bit. You return {_best}. Is the entropy taken within the known values?"
)
_best = next_column(np.column_stack([_a, _b, _c]), _a ^ _b ^ _c, [0, 1])
assert np.allclose(_best, (2, 1)), (
    "Three columns decide the label together; with two of them known the third tells 1 bit, you "
    f"return {_best}. Rows are alike only if ALL known values agree."
)
_best = next_column(np.column_stack([_a, _b, _c]), _a & _c, [0, 1])
assert np.allclose(_best, (2, 0.5)), (
    "The label is 1 if columns 0 and 2 are. Column 2 tells 1 bit where column 0 is 1, half of the "
    f"rows, and 0.5 on average; you return {_best}. Is (0, 1) another combination than (1, 0)?"
)
_best = next_column(np.column_stack([_a, _b]), _a, [0])
assert np.allclose(_best, (1, 0)), (
    "Column 0 is known, so only column 1 can be asked, although it adds 0 bits; you return "
    f"{_best}."
)

# %% probe="next_column" rtol=1e-6
[
    next_column(thirds, growers, list(known))[1] for known in ([], [strongest], [8], [1, 3], [0, 8])
] + [
    next_column(thirds[:90] * 5 - 7, growers[:90] + 4, [strongest])[1],
    next_column(thirds[:, ::-1], np.sign(growers), [2])[1],
]

# %% probe="next_column" exact=true
[
    int(next_column(thirds[:, :8], growers, [])[0]),
    int(next_column(thirds[:, :8], growers, [1, 3])[0]),
    int(next_column(thirds, growers, [strongest])[0]),
    int(next_column(thirds, growers, [8])[0]),
    int(next_column(thirds[:90] * 5 - 7, growers[:90] + 4, [strongest])[0]),
    int(next_column(thirds[:, ::-1], np.sign(growers), [2])[0]),
    int(next_column(thirds[:, [8, 0]], thirds[:, 8], [0])[0]),
]

# %% [markdown]
# ## Question 6 · a split with gaps (3 points)
#
# Trees can split a column although some of its values are missing: all rows without a value go
# together to one side, whichever side is better. That a value is missing can tell something.
#
# Write `best_split(x, y)`. `x` has shape `(n,)`, floats, some of them `NaN`, with at least two
# different known values; `y` has shape `(n,)`, labels of two or more classes, any integers. A
# threshold lies midway between two neighbouring different known values. Rows with $x \le$ threshold
# go left, those above it right, and those with `NaN` either all left or all right.
#
# Return the tuple `(gain, threshold, missing_left)` of the split with the largest information gain
# over *all* rows: the gain in bits, a float; the threshold, a float; whether the missing rows go
# left, a `bool`. If both sides are equally good for them, or none is missing, `missing_left` is
# `True`. (Apart from that, no two splits of the data used here tie for first place.)


# %% question="best_split" points=3
### BEGIN SOLUTION
def best_split(x, y):
    codes = np.unique(y, return_inverse=True)[1]

    def bits(part):  # entropy of the labels, times the share of the rows
        counts = np.bincount(codes[part])
        shares = counts[counts > 0] / part.sum()
        return -np.sum(shares * np.log2(shares)) * part.mean()

    values = np.unique(x[~np.isnan(x)])
    found = []
    for threshold in (values[1:] + values[:-1]) / 2:
        for missing_left in (True, False):
            left = (x <= threshold) | (np.isnan(x) & missing_left)
            gain = bits(left | ~left) - bits(left) - bits(~left)
            found.append((float(gain), float(threshold), missing_left))
    return max(found, key=lambda split: split[0])  # the first of equals


### END SOLUTION

# %% check="best_split"
_split = best_split(np.array([3.0, 1.0, 2.0, 5.0, 6.0]), np.array([4, 4, 4, 9, 9]))
assert len(_split) == 3, f"expected gain, threshold and missing_left, got {_split}"
assert np.isclose(_split[1], 4), (
    f"Values up to 3 have one label, from 5 on the other: the threshold is 4, not {_split[1]}."
)
assert np.isclose(_split[0], -0.6 * np.log2(0.6) - 0.4 * np.log2(0.4)), (
    f"That split answers all of the label's 0.971 bits; you say {_split[0]:.3f}."
)
assert _split[2], "Nothing is missing, so missing_left should be True."
_gap = np.nan
_split = best_split(np.array([1.0, 2.0, 3.0, 4.0, _gap, _gap]), np.array([0, 0, 1, 1, 1, 1]))
assert np.isclose(_split[0], -np.log2(1 / 3) / 3 - 2 * np.log2(2 / 3) / 3), (
    "Split at 2.5 with the missing rows on the right, both sides are pure and the gain is the "
    f"label's entropy over all six rows, 0.918 bits; you say {_split[0]:.3f}."
)
assert np.allclose(_split[1:], (2.5, False)), f"expected 2.5 and False, got {_split[1:]}"
_split = best_split(np.array([1.0, 2.0, 3.0, 4.0, _gap, _gap]), np.array([0, 0, 1, 1, 0, 0]))
assert np.allclose(_split[1:], (2.5, True)), f"expected 2.5 and True, got {_split[1:]}"
_split = best_split(np.array([1.0, 1.0, 2.0, 3.0]), np.array([5, 5, 6, 7]))
assert np.allclose(_split[:2], (1, 1.5)), (
    "Three labels with shares ½, ¼, ¼ have 1.5 bits; after the split at 1.5 half of the rows still "
    f"have 1 bit, so the gain is 1. You return {_split[:2]}. Do the sides count by their rows?"
)

# %% probe="best_split" rtol=1e-6
[best_split(gappy[:, j], growers)[0] for j in range(5)] + [
    best_split(columns[:, 0], growers * 3 - 1)[0],
    best_split(gappy[:80, 6], np.sign(growers[:80]))[0],
    best_split(-gappy[:, 7], growers)[0],
]

# %% probe="best_split" rtol=1e-6
[best_split(gappy[:, j], growers)[1] for j in range(5)] + [
    best_split(gappy[:80, 6], np.sign(growers[:80]))[1],
    best_split(-gappy[:, 7], growers)[1],
]

# %% probe="best_split" exact=true
[bool(best_split(gappy[:, j], growers)[2]) for j in range(8)] + [
    bool(best_split(columns[:, 0], growers)[2]),
    bool(best_split(-gappy[:, 7], growers)[2]),
]
