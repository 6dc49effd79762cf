# ---
# title: Information
# minutes: 50
# needs: [01-math/06-probability]
# objectives: [aws-mls/3.2, aws-mls/3.3, databricks-ml/2.4, databricks-ml/3.11, google-pmle/2.3, google-pmle/6.2, tf-developer/2.6]
# ---

# %% [markdown]
# # Information
#
# One idea, *surprise*, lies behind the loss of a classifier, the score of a language model and the
# split of a decision tree. After this lesson you can
#
# - compute entropy, cross-entropy, KL divergence and mutual information, in bits or nats,
# - split a log loss into what nobody can avoid and what is your model's fault,
# - read a perplexity, and say when two of them may be compared,
# - find a decision tree's first split, and
# - tell real mutual information from chance.
#
# **Exam lens.** Databricks asks you to interpret log loss (3.11) and to test whether features are
# related (2.4), AWS MLS-C01 how trees work (3.2) and which loss to choose (3.3), Google PMLE how to
# judge generative models (2.3) and notice drift (6.2), TensorFlow Developer which loss fits integer
# or one-hot labels (2.6).

# %%
import bz2
import inspect
import re
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

# %% [markdown]
# ## 1. Surprise
#
# How surprised should you be by an event of probability $p$? A sure event should count 0, a rarer
# one more. And for two independent events, whose probabilities multiply, surprises should *add*.
# The logarithm does all three:
#
# $$ \text{surprise} = -\log_2 p \quad \text{bits}. $$
#
# One bit is the surprise of a fair coin; three heads in a row, $p = 1/8$, are 3 bits. Our text is
# the documentation of NumPy's functions, reduced to 27 symbols: a to z and the space. Some
# functions have two names, so we drop repeated texts. Every fifth text is kept aside as a test.

# %%
alphabet = " abcdefghijklmnopqrstuvwxyz"


def docstrings(module):
    functions = (getattr(module, name) for name in sorted(dir(module)))
    texts = {inspect.getdoc(function) or "" for function in functions if callable(function)}
    return [re.sub("[^a-z]+", " ", text.lower()) for text in sorted(texts) if len(text) > 500]


def shares(text):
    counts = Counter(text)
    return np.array([counts[symbol] for symbol in alphabet]) / len(text)


documents = docstrings(np)
train = " ".join(text for i, text in enumerate(documents) if i % 5)
test = " ".join(documents[::5])
p = shares(train)
for symbol in " ez":
    share = p[alphabet.index(symbol)]
    print(f"{symbol!r}: share {share:.1g}, surprise {-np.log2(share):.1f} bits")

# %% [markdown]
# (The texts change with NumPy's version, so we use round numbers here.)
#
# ## 2. Entropy: the average surprise
#
# Weight each surprise by how often it occurs, and you have the *entropy*
#
# $$ H(p) = -\sum_x p(x) \log_2 p(x). $$
#
# It is 0 if one outcome is certain, and largest, $\log_2 k$, if all $k$ outcomes are equally likely.
#
# > **Predict first.** 27 equally likely symbols would have 4.75 bits. Real letters are far from
# > equally likely: a space is about a hundred times as frequent as a z. How low is their entropy?


# %%
def entropy(p):
    p = p[p > 0]  # an outcome that never occurs adds nothing
    return float(-np.sum(p * np.log2(p)))


print(f"27 equal shares: {entropy(np.full(27, 1 / 27)):.2f} bits")
print(f"real letters:    {entropy(p):.1f} bits = {entropy(p) * np.log(2):.1f} nats")
print(f"four symbols:    {entropy(np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])):.2f} bits")
print(f"bz2 needs:       {8 * len(bz2.compress(train.encode())) / len(train):.1f} bits per letter")

# %% [markdown]
# Only a little lower: 4.1. Rare symbols are very surprising, but rare.
#
# With the natural logarithm the unit is the *nat*; 1 nat is $1/\ln 2 = 1.44$ bits. Libraries
# train in nats.
#
# **Entropy is a length.** Give four symbols with the probabilities ½, ¼, ⅛, ⅛ the codes `0`, `10`,
# `110`, `111`. Each code is as long as its symbol's surprise, and the average is 1.75 bits, the
# entropy. No code that can be decoded is shorter on average.
#
# Yet bz2 needs only about 1.3 bits per letter, because letters are not independent: after a q, the
# u is no surprise. 4.1 is the limit for codes that look at one letter at a time.
#
# ## 3. Cross-entropy and KL divergence
#
# Your code was made for shares $q$, but the text has shares $p$. Its average length is then the
# *cross-entropy*; the excess over the minimum is the *KL divergence* (Kullback–Leibler):
#
# $$ H(p, q) = -\sum_x p(x) \log_2 q(x) = H(p) + D(p \,\|\, q), \qquad
# D(p \,\|\, q) = \sum_x p(x) \log_2 \frac{p(x)}{q(x)} \ge 0, $$
#
# and $D = 0$ only if $p = q$.
#
# > **Predict first.** We estimate $q$ from the first 500 letters and use it for the whole text.
# > What is $D(p \,\|\, q)$: about 0.1, about 1, or more? And $D(q \,\|\, p)$?


# %%
def cross_entropy(p, q):
    with np.errstate(divide="ignore"):  # -log 0 is infinite, and that is what we want
        return float(-np.sum(p[p > 0] * np.log2(q[p > 0])))


def divergence(p, q):
    return cross_entropy(p, q) - entropy(p)


q = shares(train[:500])
smooth = (500 * q + 1) / 527  # one count more for every symbol
print("symbols missing in the sample:", np.sum(q == 0))
print(f"D(p||q) = {divergence(p, q):.2f}   D(q||p) = {divergence(q, p):.2f}")
print(f"with one more count each: D(p||q) = {divergence(p, smooth):.2f}")

# %% [markdown]
# Infinite: a symbol with $q = 0$ has no code at all, and in the text it does come. The other way
# round, every symbol of the sample occurs in the text, and the price is a few hundredths of a bit.
# So $D$ is not a distance: its two directions ask different questions. Smoothing makes it finite.
#
# The direction matters when a model is too simple. We fit one normal distribution to the petals of
# 150 irises, which form two groups.
#
# > **Predict first.** One fit has the smallest $D(\text{data} \,\|\, \text{model})$, the other the
# > smallest $D(\text{model} \,\|\, \text{data})$. Which one ends up on a single group?

# %%
grid = np.linspace(0, 9, 451)
petals = stats.gaussian_kde(load_iris().data[:, 2], 0.15)(grid)  # a smoothed histogram
petals = petals / petals.sum()
means, spreads = np.arange(1, 6, 0.1), np.arange(0.3, 3, 0.1)
normals = [stats.norm.pdf(grid, mean, spread) for mean in means for spread in spreads]
models = [normal / normal.sum() for normal in normals]
covers = min(models, key=lambda model: divergence(petals, model))
picks = min(models, key=lambda model: divergence(model, petals))
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.fill_between(grid, petals, color="0.85", label="data")
axis.plot(grid, covers, label="smallest D(data || model)")
axis.plot(grid, picks, "--", label="smallest D(model || data)")
axis.set(xlabel="petal length (cm)", ylabel="share per 0.02 cm", title="KL in two directions")
axis.legend()
plt.show()

# %% [markdown]
# The solid one averages over the data, and may leave none of them improbable: it covers both groups
# and the gap. The dashed one averages over the model's own draws, which must look
# like data: it picks one group. Training on data uses the first.
#
# ## 4. Log loss is cross-entropy
#
# A label is a distribution with all its weight on one class. Its cross-entropy with the predicted
# $q$ is $-\ln q(\text{true class})$, the surprise at the truth; the average over the rows is *log
# loss*. Keras calls it `categorical_crossentropy` if labels are one-hot (1 for the true class, 0
# elsewhere) and `sparse_categorical_crossentropy` if they are integers; the number is the same.
#
# The simplest model gives each of the 569 breast tumours, of which 37 % are malignant, the same
# probability $\theta$ of "malignant".
#
# > **Predict first.** Which $\theta$ has the lowest log loss? How low?

# %%
malignant = load_breast_cancer().target == 0
share = malignant.mean()
theta = np.linspace(0.02, 0.98, 97)
loss = -(share * np.log(theta) + (1 - share) * np.log(1 - theta))
floor = entropy(np.array([share, 1 - share])) * np.log(2)
print(f"share {share:.3f}   lowest at {theta[loss.argmin()]:.2f}: {loss.min():.3f}", end="   ")
print(f"entropy of the labels: {floor:.3f} nats = {floor / np.log(2):.3f} bits")

figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.plot(theta, loss, "k")
axis.fill_between(theta, floor, loss, alpha=0.3, label="KL divergence: avoidable")
axis.fill_between(theta, 0, floor, color="0.85", label="entropy of the labels")
axis.set(xlabel="predicted probability of malignant", ylabel="log loss (nats)", ylim=(0, 2.5))
axis.set(title="Log loss = entropy + KL divergence")
axis.legend(loc="upper center")
plt.show()

# %% [markdown]
# At the true share, where 0.660 remains: the entropy of the labels. It is the baseline: a model with
# a higher log loss would do better to predict the class shares.
#
# The probability of all labels together is a product, so
# $n \cdot \text{log loss} = -\ln \prod_i q(y_i)$: minimising log loss *is* maximising the likelihood.
# Since the entropy does not depend on the model, it also minimises
# $D(\text{data} \,\|\, \text{model})$.
#
# > **Predict first.** On ten kinds of digits the baseline is $\ln 10 = 2.30$. Gaussian naive Bayes
# > gets about four digits in five right. Is its log loss near 0.5, 1, 2 or 3?

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=600, random_state=0)
for estimator in (GaussianNB(), KNeighborsClassifier(5), LogisticRegression(max_iter=1000)):
    probabilities = estimator.fit(X_train, y_train).predict_proba(X_test)
    accuracy = np.mean(probabilities.argmax(axis=1) == y_test)
    of_truth = probabilities[np.arange(600), y_test]
    zeros, smallest = np.sum(of_truth == 0), np.finfo(float).eps  # scikit-learn clips to this
    print(f"{type(estimator).__name__:<20} accuracy {accuracy:.2f}", end="   ")
    print(f"log loss {log_loss(y_test, probabilities):.2f}", end="   ")
    print(f"truth given 0: {zeros:2d} rows, {zeros * np.log(1 / smallest) / 600:.2f} of the loss")

# %% [markdown]
# Near 3, worse than the baseline: when it errs, it errs with confidence. Nearest neighbours predict
# the class shares among the five most similar training images. They are the most accurate, but do
# not have the best log loss: a class that none of the five has gets probability 0, an infinite
# loss. scikit-learn puts $2 \cdot 10^{-16}$ in place of 0, 36 nats a row; three of 600 rows make
# 0.18 of the 0.22.
#
# ## 5. Perplexity
#
# A language model gives every next symbol a probability. Its cross-entropy on new text, in bits,
# is its average surprise per symbol; *perplexity* is $2^{\text{bits}}$ (or $e^{\text{nats}}$). A
# perplexity of 3 means: as unsure as among 3 equally likely symbols.
#
# Our model counts, in the training text, what followed the last $k$ symbols. Each count starts at
# 0.1, so nothing has probability 0.
#
# > **Predict first.** Which $k$ is best on new documentation: 1, 3, 5 or 7? And on the training text?


# %%
def grams(text, length):
    return Counter(text[i : i + length] for i in range(len(text) - length))


counts = [grams(train, length) for length in range(9)]


def bits_per_symbol(text, k):
    """Cross-entropy of a text under the counts of the training text, given the last k symbols."""
    times = grams(text, k + 1)
    q = [(counts[k + 1][s] + 0.1) / (counts[k][s[:k]] + 2.7) for s in times]
    return -np.average(np.log2(q), weights=list(times.values()))


names = ["training text", "new, same library", "new, scipy.stats"]
texts = [train, test, " ".join(docstrings(stats))]
bits = np.array([[bits_per_symbol(text, k) for k in range(8)] for text in texts])
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for name, values, style in zip(names, bits, ("k--", "o-", "s-"), strict=True):
    axis.plot(values, style, label=name)
    print(f"{name:<17}: best of k = 1, 3, 5, 7: {1 + 2 * values[1::2].argmin()}", end="   ")
    print(f"lowest perplexity about {2 ** values.min():.0f}")
axis.set(xlabel="length of context k", ylabel="bits per symbol", title="Where context helps")
axis.set_ylim(bottom=0)
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# On its training text the model gets better and better, to a perplexity of about 2. On new text 5 is
# the best of the four, and the lowest perplexity about 3: too many longer contexts were never seen
# before. On `scipy.stats` no $k$ gets below about 5. A perplexity belongs to a model *and* a text,
# and rises when the text drifts away from what was learned. Monitoring tools compare the inputs
# themselves, then and now, with bounded relatives of KL (see the exercise).
#
# > **Predict first.** The best model has a perplexity of about 3 per letter. What is it per *word*
# > (5.5 symbols, with the space)?

# %%
symbols_per_word = len(test) / len(test.split())
per_word = bits[1].min() * symbols_per_word
print(f"{symbols_per_word:.1f} symbols per word, about {per_word:.0f} bits per word: ", end="")
print("a perplexity above", 2 ** int(per_word))

# %% [markdown]
# Hundreds, for the same model and text: bits add up along a word, so the perplexity per symbol is
# raised to the power 5.5. Compare perplexities only for the same text in the same units. Where models cut text
# into different tokens, compare bits per character.
#
# ## 6. Mutual information, and the split of a tree
#
# How much does knowing $X$ reduce the surprise at $Y$? That is their *mutual information*
#
# $$ I(X; Y) = H(Y) - H(Y \mid X) = H(X) + H(Y) - H(X, Y)
# = D\big(P(x, y) \,\|\, P(x) P(y)\big). $$
#
# $H(Y \mid X)$ is the entropy of $Y$ within each value of $X$, averaged. The last form shows that $I$ is
# never negative, and 0 only if the two are independent. Unlike correlation it sees every kind of
# relation, and needs only a table of counts.


# %%
def mutual_information(x, y):
    """Bits that two columns of labels share."""
    tables = [Counter(labels).values() for labels in (x, y, zip(x, y, strict=True))]
    of_x, of_y, of_both = (entropy(np.array(list(table)) / len(x)) for table in tables)
    return of_x + of_y - of_both


x = np.arange(-5, 6)
print(f"x and its square: correlation {abs(np.corrcoef(x, x**2)[0, 1]):.2f}", end=", ")
print(f"mutual information {mutual_information(x, x**2):.2f} bits")

# %% [markdown]
# All 2.55 bits of $x^2$ are known once $x$ is.
#
# A decision tree looks for the yes/no question whose answer tells most about the label. The
# *information gain* of a split is $I(\text{answer}; \text{label})$: entropy before, minus that of
# the two parts, averaged over the rows.
#
# Another measure of disorder, scikit-learn's default, is *Gini impurity*
# $1 - \sum_x p(x)^2$, the probability that two random rows differ in class.
#
# > **Predict first.** Entropy and Gini each choose among all thresholds of all 30 tumour columns.
# > Will they choose the same column? Will the splits differ much?


# %%
from scipy.special import entr  # -p ln p, and 0 for p = 0


def binary_entropy(share):
    return (entr(share) + entr(1 - share)) / np.log(2)


def gini(share):
    return 1 - share**2 - (1 - share) ** 2


def gains(x, y, impurity):
    """What each threshold of x takes off the impurity of the yes/no label y."""
    values = np.unique(x)
    thresholds = (values[1:] + values[:-1]) / 2
    left = x <= thresholds[:, None]
    left_share = (left & y).sum(axis=1) / left.sum(axis=1)
    right_share = (~left & y).sum(axis=1) / (~left).sum(axis=1)
    weight = left.mean(axis=1)
    after = weight * impurity(left_share) + (1 - weight) * impurity(right_share)
    return thresholds, impurity(y.mean()) - after


# %%
tumours = load_breast_cancer()
for impurity in (binary_entropy, gini):
    best = np.argmax([gains(column, malignant, impurity)[1].max() for column in tumours.data.T])
    thresholds, gain = gains(tumours.data[:, best], malignant, impurity)
    threshold = thresholds[gain.argmax()]
    in_bits = mutual_information(tumours.data[:, best] <= threshold, malignant)
    print(f"{impurity.__name__:>14}: {tumours.feature_names[best]:<15} <= {threshold:6.2f}", end="")
    print(f", gain {gain.max():.3f}, which is {in_bits:.3f} bits")

# %% [markdown]
# Different columns, but both questions answer 0.562 of the label's 0.953 bits. The plot shows why
# the two agree so well.

# %%
share = np.linspace(0, 1, 201)
radius = tumours.data[:, list(tumours.feature_names).index("worst radius")]
figure, axes = plt.subplots(1, 2, figsize=(11, 3.2), sharey=True, layout="constrained")
for impurity, style in ((binary_entropy, "-"), (gini, "--")):
    thresholds, gain = gains(radius, malignant, impurity)
    axes[0].plot(share, impurity(share) / impurity(0.5), style, label=impurity.__name__)
    axes[1].plot(thresholds, gain / gain.max(), style)
axes[0].set(title="Impurity of a group", xlabel="share of malignant", ylabel="relative to maximum")
axes[1].set(title="Gain of a split", xlabel="threshold of worst radius")
axes[0].legend(loc="lower center")
plt.show()

# %% [markdown]
# The curves have nearly the same shape, and both bend downwards everywhere: a mixed group counts for
# more than its parts do on average, so any split that changes the shares gains. The error rate of
# predicting the majority has straight sides: a split gains nothing if both parts keep the majority.
#
# ## 7. Chance has mutual information too
#
# To estimate the mutual information of a number and a label, cut the number into bins. We bin the
# alcohol of 178 wines from three growers, then shuffle the growers, which destroys any relation.
#
# > **Predict first.** With 50 bins, how much mutual information will the shuffled data show, out of
# > the 1.57 bits of the label?

# %%
wine, rng, real, shuffled = load_wine(), np.random.default_rng(0), [], []
ranks = stats.rankdata(wine.data[:, 0], method="ordinal") - 1
bins = np.array([2, 3, 5, 10, 20, 50, 100, 178])
rule = (bins - 1) * (3 - 1) / (2 * 178) / np.log(2)
for k in bins:
    binned = ranks * k // 178
    real.append(mutual_information(binned, wine.target))
    by_chance = [mutual_information(binned, rng.permutation(wine.target)) for _ in range(50)]
    shuffled.append(np.mean(by_chance))
    print(f"{k:3d} bins: real {real[-1]:.2f}, shuffled {shuffled[-1]:.2f}")

figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
ticks = bins.astype(str)
axis.plot(ticks, real, "o-", label="real growers")
axis.plot(ticks, shuffled, "s--", label="shuffled growers")
axis.plot(ticks, rule, "k:", label="rule of thumb")
axis.axhline(entropy(np.bincount(wine.target) / 178), color="0.6", label="entropy of the label")
axis.set(xlabel="bins", ylabel="bits", title="The more bins, the more mutual information")
axis.legend(loc="upper left", bbox_to_anchor=(0.02, 0.9))
plt.show()

# %% [markdown]
# Half a bit, a third of the label. With one wine per bin, the bin is an ID number: it
# "explains" the label completely, and helps no new wine. Rule of thumb for $r$ bins, $c$ classes
# and $n$ rows: chance gives about $(r-1)(c-1) / (2n)$ nats, as long as each bin holds ten rows or
# more. Subtract it, or better the average over shuffles, before you compare columns. Trees share
# the problem: a column with many values offers many splits to be lucky with.
#
# ## 8. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | log loss huge, accuracy fine | near 0 for a few true classes | look at the worst rows; smooth; calibrate |
# | log loss stops far above 0 | noisy labels: their entropy is the floor | compare with the baseline |
# | two losses differ by a factor of 1.44 | bits and nats | state the unit |
# | better perplexity after a new tokeniser | other units | bits per character |
# | $D(\text{production} \,\|\, \text{training})$ is infinite | a new category | smooth; bounded divergence |
# | an ID column has the most mutual information | as many values as rows | fewer bins; shuffles |
#
# ## Summary
#
# - Surprise is $-\log p$; entropy is its average, the length of the best code.
# - Cross-entropy = entropy + KL divergence. KL is never negative, not symmetric, and infinite
#   where the model says "never" of something that happens.
# - Log loss is the cross-entropy of labels and predictions; minimising it is maximum likelihood.
# - Perplexity is 2 to the bits per symbol: it depends on model, text and unit.
# - Information gain is mutual information. Estimates from small samples are too high.
#
# Next: the [exercise](../../exercises/01-math/09-information.ipynb), then
# [matrix calculus](10-matrix-calculus.ipynb): gradients of whole models.
