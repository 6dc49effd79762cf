# ---
# title: Neighbours and naive Bayes
# minutes: 75
# needs: [03-classical-ml/05-judging-classifiers, 03-classical-ml/06-preparing-features, 01-math/06-probability, 02-python/08-scikit-learn]
# objectives: [aws-mls/3.2, aws-mla/2.1, databricks-ml/3.1, databricks-ml/3.15, google-pmle/3.1, azure-ai-102/6.1, azure-ai-103/5.1]
# ---

# %% [markdown]
# # Neighbours and naive Bayes
#
# Two old methods: one stores all rows and asks the nearest, the other counts and multiplies. After
# this lesson you can
#
# - predict from neighbours by hand, and say what $k$, scale and distance do,
# - say why neighbours fail in many dimensions and beyond the training range,
# - search a kd-tree, and count the distances that it saves,
# - classify numbers and text with naive Bayes by hand, and
# - say why its choices are often good and its probabilities are not.
#
# **Exam lens.** Which algorithm suits a problem, and why? So ask AWS MLS-C01 (3.2, retired in March
# 2026), its successor MLA-C02 (2.1), Databricks (3.1; bias and variance in 3.15) and Google PMLE
# (3.1). SageMaker has a built-in k-NN; Spark ML has naive Bayes. Vector search, as in Azure AI Search
# (AI-102, retired, 6.1; AI-103, 5.1), *is* a search for nearest neighbours.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, cross_val_score, train_test_split
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # tables this small run fastest on one core
X, y = load_wine(return_X_y=True)
print(len(X), "wines of", len(set(y)), "cultivars,", X.shape[1], "measurements each")

# %% [markdown]
# ## 1. Ask the nearest
#
# Which cultivar (grape variety) is a wine? *k nearest neighbours* (kNN) measures its distance to every
# training wine; the $k$ nearest vote. Broadcasting gives all distances at once: shape `(new, 1, columns)` minus
# `(training, columns)`.
#
# > **Predict first.** With $k = 2$, a vote may end one to one. What does scikit-learn do then?

# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=1)
scaler = StandardScaler().fit(X_train)
Z_train, Z_test = scaler.transform(X_train), scaler.transform(X_test)
distances = np.sqrt(((Z_test[:, None] - Z_train) ** 2).sum(axis=2))  # shape (new, training)
order = np.argsort(distances, axis=1)
for k in (1, 2, 5):
    votes = np.array([np.bincount(y_train[rows], minlength=3) for rows in order[:, :k]])
    ties = np.sum(votes == votes.max(axis=1, keepdims=True)) - len(votes)
    choice = votes.argmax(axis=1)  # the first of the largest
    theirs = KNeighborsClassifier(k).fit(Z_train, y_train).predict(Z_test)
    print(f"k = {k}: accuracy {np.mean(choice == y_test):.2f}, {ties} ties", end=", ")
    print("as scikit-learn:", np.array_equal(choice, theirs))

# %% [markdown]
# It takes the class that comes first, for no better reason. With two classes, an odd $k$ avoids ties.
#
# ## 2. What k does
#
# Two columns only, so that we can draw. Colours show who wins where.
#
# > **Predict first.** How accurate is $k = 1$ on its own training rows? And what if $k$ is the number of
# > training rows?

# %%
A_train, A_test = X_train[:, [0, 9]], X_test[:, [0, 9]]
grid = np.stack(np.meshgrid(np.linspace(11, 15, 99), np.linspace(1, 14, 99)))
figure, axes = plt.subplots(1, 4, figsize=(12, 3.2), sharex=True, sharey=True, layout="constrained")
for k, axis in zip((1, 15, 90, 133), axes, strict=True):
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(k)).fit(A_train, y_train)
    scores = model.score(A_train, y_train), model.score(A_test, y_test)
    print("k = {}: training {:.2f}, test {:.2f}".format(k, *scores))
    areas = model.predict(grid.reshape(2, -1).T).reshape(99, 99)
    axis.contourf(*grid, areas, levels=[-0.5, 0.5, 1.5, 2.5], alpha=0.35)
    axis.scatter(*A_train.T, c=y_train, s=14, edgecolor="w", linewidth=0.3)
    axis.set(title=f"k = {k}", xlabel="alcohol (%)")
axes[0].set(ylabel="colour intensity")
plt.show()

# %% [markdown]
# $k = 1$ is perfect in training: every wine is its own nearest. Its islands around single wines would
# move with other training wines: low *bias*, high *variance*. A large $k$ is steady but too blunt:
# high bias. With $k = 133$, all training wines, everybody gets the largest class. Choose $k$ by
# cross-validation.
#
# ## 3. What "near" means
#
# | distance | formula | use for |
# |---|---|---|
# | Euclidean | $\sqrt{\sum_j (a_j - b_j)^2}$ | numbers on one scale |
# | Manhattan | $\sum_j \lvert a_j - b_j \rvert$ | the same; one odd column weighs less |
# | cosine | $1 - a \cdot b \,/\, (\lVert a \rVert \lVert b \rVert)$ | text, embeddings: direction, not length |
# | Hamming | share of columns that differ | categories, bits |
#
# > **Predict first.** Proline runs from 278 to 1,680, hue from 0.48 to 1.71. For how many of the 178
# > wines does scaling leave the nearest neighbour the same?

# %%
print("proline", X[:, 12].min(), "to", X[:, 12].max(), " hue", X[:, 10].min(), "to", X[:, 10].max())
near = {}
for metric in ("euclidean", "unscaled", "manhattan", "cosine"):
    step = "passthrough" if metric == "unscaled" else StandardScaler()
    model = KNeighborsClassifier(5, metric=metric.replace("unscaled", "euclidean"))
    chain = make_pipeline(step, model).fit(X, y)
    near[metric] = chain[-1].kneighbors(n_neighbors=1, return_distance=False)  # never itself
    same = np.mean(near[metric] == near["euclidean"])
    print(f"{metric:>9}: {same:4.0%} same, accuracy {cross_val_score(chain, X, y).mean():.2f}")

# %% [markdown]
# For 6 %. Unscaled, "near" means "similar proline", and accuracy is 0.69 instead of 0.95. The metric,
# too, changes many neighbours, but here hardly the accuracy.
#
# ## 4. Numbers from neighbours
#
# For regression, the neighbours' targets are averaged. `weights="distance"` weights each by one over
# its distance. The data: CO₂ in the air on Mauna Loa, by week.
#
# > **Predict first.** With $k = 20$ and weights by distance, what is the error on the *training* weeks?
# > And what do the neighbours say about the ten years that follow?

# %%
from statsmodels.datasets import co2

weeks = co2.load_pandas().data["co2"].dropna()
when = (weeks.index.year + weeks.index.day_of_year / 366).to_numpy()[:, None]
level, future = weeks.to_numpy(), when[:, 0] >= 1992
drawn = np.random.default_rng(0).random(len(level)) < 0.2
train, between = ~future & ~drawn, ~future & drawn
for weights in ("uniform", "distance"):
    model = KNeighborsRegressor(20, weights=weights)
    predicted = model.fit(when[train], level[train]).predict(when)
    rmse = [np.sqrt(np.mean((predicted - level)[rows] ** 2)) for rows in (train, between, future)]
    print("{}: RMSE in training {:.1f}, in between {:.1f}, later {:.1f}".format(weights, *rmse))
figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
axis.plot(when, level, "0.7", when, predicted, "C3")
axis.set(xlim=(1982, 2002), ylim=(335, 375), ylabel="CO$_2$ (ppm)")
axis.set(title="Measured (grey) and 20 neighbours, trained up to 1991 (red)")
plt.show()

# %% [markdown]
# Zero: a training week has itself at distance 0, which outweighs all others. Such a training error says
# nothing. Between known weeks, the weights help. After 1991, every week has the same 20 neighbours, the
# last ones: an average never leaves the range of what it averages.
#
# ## 5. The curse of dimensionality
#
# Random points in a cube of side 1. How far is the nearest of 500 points, compared with the farthest?
# Which share of the volume lies within 0.05 of a face? How long are the sides of a cube with 1 % of the
# volume?
#
# > **Predict first.** Answer all three for 100 columns.

# %%
rng = np.random.default_rng(0)
for columns in (2, 10, 100, 1000):
    cloud, queries = rng.random((500, columns)), rng.random((20, columns))
    far = np.array([np.linalg.norm(cloud - query, axis=1) for query in queries])
    print(f"{columns:4d}: near / far {np.mean(far.min(axis=1) / far.max(axis=1)):.2f}", end=", ")
    print(f"at a face {1 - 0.9**columns:.1%}, side for 1 % {0.01 ** (1 / columns):.2f}")

# %% [markdown]
# In 100 columns, nearest and farthest are much alike, nearly everything lies at the edge, and a cube with
# 1 % of the points spans 0.95 of every axis. To keep neighbours within 0.1 in $d$ columns takes about
# $10^d$ rows. (Real columns depend on each other, so real tables suffer less.)
#
# Columns that mean nothing are worse: they add to every distance.
#
# > **Predict first.** We add columns of pure noise to the wines. Who suffers most?

# %%
from sklearn.tree import DecisionTreeClassifier

models = {"5 neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier(5))}
models |= {"tree": DecisionTreeClassifier(max_depth=3, random_state=0), "naive Bayes": GaussianNB()}
extra, noise = [0, 10, 30, 100, 300], rng.normal(size=(len(X), 300))
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for name, model in models.items():
    accuracy = [cross_val_score(model, np.hstack([X, noise[:, :n]]), y).mean() for n in extra]
    print(f"{name:>12}:", *[f"{value:.2f}" for value in accuracy])
    axis.plot([str(columns) for columns in extra], accuracy, "o-", label=name)
axis.set(xlabel="columns of noise", ylabel="accuracy", title="Noise hurts neighbours most")
axis.legend()
plt.show()

# %% [markdown]
# The neighbours: the others lose 0.04. A tree picks its columns; naive Bayes gives little weight to a
# column that looks alike in all classes. For kNN, select columns first.
#
# ## 6. Finding neighbours faster
#
# Training is free; prediction is not. All rows stay in memory, and *brute force* measures every
# distance: for a million rows of 100 columns, 0.8 GB and 100 million differences per prediction.
#
# A *kd-tree* cuts the rows in half at the median of one column, each half at that of the next, and so
# on. A query first goes down to its own *leaf*, a small group of rows. On the way back, it looks behind
# a cut only if the cut is nearer than the best row so far. Otherwise nothing behind it can win:
# *pruned*.
#
# > **Predict first.** Of 4,096 distances, how many are computed in 2 columns? In 20?


# %%
def build(rows, depth=0):
    if len(rows) <= 10:
        return rows
    column, half = depth % cloud.shape[1], len(rows) // 2
    rows = rows[np.argsort(cloud[rows, column])]
    halves = [build(part, depth + 1) for part in (rows[:half], rows[half:])]
    return column, cloud[rows[half], column], halves


def search(node, query, best):  # best: (distance, row, distances computed)
    if isinstance(node, np.ndarray):
        far = np.linalg.norm(cloud[node] - query, axis=1)
        return *min((far.min(), node[far.argmin()]), best[:2]), best[2] + len(node)
    column, cut, halves = node
    side = int(query[column] >= cut)
    best = search(halves[side], query, best)
    if abs(query[column] - cut) < best[0]:  # else pruned
        best = search(halves[1 - side], query, best)
    return best


# %%
for columns in (2, 5, 10, 20):
    cloud, queries = rng.random((4096, columns)), rng.random((40, columns))
    root = build(np.arange(4096))
    _, rows, computed = np.transpose([search(root, query, (9.0, -1, 0)) for query in queries])
    brute = [np.linalg.norm(cloud - query, axis=1).argmin() for query in queries]
    print(f"{columns:2d}: {computed.mean():4.0f} distances, right: {np.array_equal(rows, brute)}")

# %% [markdown]
# 16 in 2 columns, all in 20: there, even the nearest row is farther than the cuts. A kd-tree pays for few
# columns.
#
# | search | idea | suits |
# |---|---|---|
# | brute force | every distance | many columns, any metric |
# | kd-tree | cuts along columns | up to about 10 columns, more with more rows |
# | ball tree | balls within balls | a few columns more; distances on the globe |
# | HNSW | a graph of links, followed greedily; *approximate*, may miss the nearest | embeddings, millions of rows |
#
# ## 7. Naive Bayes for numbers
#
# Bayes' rule needs $P(x \mid c)$, the chance of a whole row within class $c$. *Naive* means: treat the
# columns as independent within a class. Then
#
# $$ \log P(c \mid x) = \log P(c) + \sum_j \log P(x_j \mid c) + \text{constant}. $$
#
# `GaussianNB` takes a normal density for $P(x_j \mid c)$, with mean $\mu$ and variance $\sigma^2$ of the
# column in the class; its logarithm is $-\frac12 \left[ (x_j - \mu)^2 / \sigma^2 + \ln (2 \pi \sigma^2) \right]$.
# The data: 569 tumours, 30 measurements.
#
# > **Predict first.** If a model's choices get a probability of 0.995 on average, how many errors does it
# > expect among 569 rows?

# %%
from sklearn.metrics import roc_auc_score

T, benign = load_breast_cancer(return_X_y=True)
Z, log_joint = StandardScaler().fit_transform(T), []
for rows in (Z[benign == 0], Z[benign == 1]):
    mean, variance = rows.mean(axis=0), rows.var(axis=0)
    log_density = -0.5 * ((Z - mean) ** 2 / variance + np.log(2 * np.pi * variance))
    log_joint.append(np.log(len(rows) / len(Z)) + log_density.sum(axis=1))
theirs = GaussianNB().fit(Z, benign).predict_joint_log_proba(Z)
print("as scikit-learn:", np.allclose(np.transpose(log_joint), theirs))


def judge(name, model, table):
    p = cross_val_predict(model, table, benign, method="predict_proba")
    wrong, auc = np.sum(p.argmax(axis=1) != benign), roc_auc_score(benign, p[:, 1])
    print(f"{name:>16}: {wrong:2d} errors, admits {np.sum(1 - p.max(axis=1)):2.0f}, AUC {auc:.2f}")


bayes, linear = (make_pipeline(StandardScaler(), m) for m in (GaussianNB(), LogisticRegression()))
judge("naive Bayes", bayes, T)
judge("logistic", linear, T)

# %% [markdown]
# A model *admits* the sum of $1 -$ the probability of its choices: here 3 errors. Naive Bayes makes more
# than ten times as many: radius, perimeter and area tell one story, and it counts three witnesses.
# Still, it ranks well.
#
# > **Predict first.** We append copies of one column, smoothness. Nothing new is known. What happens to
# > both models?

# %%
for copies in (4, 16, 64):
    table = np.hstack([T, np.repeat(T[:, [4]], copies, axis=1)])
    judge(f"Bayes, {copies} copies", bayes, table)
    judge(f"logistic, {copies}", linear, table)

# %% [markdown]
# A few change little. But each copy multiplies the odds by the same ratio again, until smoothness outvotes
# the rest. Logistic regression shares one weight among the copies.
#
# ## 8. Naive Bayes for text
#
# Which library does a docstring come from: NumPy (0), pandas (1), SciPy (2) or scikit-learn (3)? We take
# each text up to its "Parameters", and ignore the libraries' own names as too easy. Docstrings change
# with every version, so we print coarse results only.

# %%
from scipy import linalg, ndimage, optimize, signal, special
from sklearn import cluster, decomposition, ensemble, linear_model, metrics, preprocessing, utils
from sklearn.feature_extraction.text import CountVectorizer

sources = [[np, np.linalg, np.ma, np.random, np.fft], [pd, pd.DataFrame, pd.Series, pd.Index]]
sources += [[linalg, ndimage, optimize, signal, special]]
sources += [[cluster, decomposition, ensemble, linear_model, metrics, preprocessing, utils]]
library = {}  # equal texts count once
for label, places in enumerate(sources):
    for item in [getattr(place, name) for place in places for name in dir(place) if name[0] != "_"]:
        text = str(item.__doc__).split("Parameters\n")[0]
        if callable(item) and len(text.split()) >= 5:
            library[text] = label
texts, label = zip(*sorted(library.items()), strict=True)
split = train_test_split(texts, np.array(label), test_size=0.4, stratify=label, random_state=0)
names = ["numpy", "np", "pandas", "pd", "scipy", "sklearn", "scikit", "learn"]
words = CountVectorizer(stop_words=names)
A, B, a, b = words.fit_transform(split[0]), words.transform(split[1]), *split[2:]

# %% [markdown]
# *Multinomial* naive Bayes draws each word of a text from the word frequencies of its class. With $N_{cw}$
# the count of word $w$ in class $c$, $N_c$ all words of the class, $V$ the number of different words, and
# $n_w$ the count in the text,
#
# $$ P(w \mid c) = \frac{N_{cw} + \alpha}{N_c + \alpha V}, \qquad
# \log P(c \mid \text{text}) = \log P(c) + \sum_w n_w \log P(w \mid c) + \text{constant}. $$
#
# $\alpha$ is *Laplace smoothing*, usually 1.
#
# > **Predict first.** Without it, $\alpha = 0$: for which share of the new texts is the right library
# > impossible? And what does a huge $\alpha$ do?

# %%
per_class = (A.T @ np.eye(4)[a]).T  # counts, shape (classes, words)


def log_joint(alpha):
    smoothed = per_class + alpha
    with np.errstate(divide="ignore"):
        log_word = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
    return np.log(np.bincount(a) / len(a)) + B @ log_word.T


theirs = MultinomialNB(alpha=1).fit(A, a).predict_joint_log_proba(B)
print("as scikit-learn:", np.allclose(log_joint(1), theirs))
impossible = np.isneginf(log_joint(0)[np.arange(len(b)), b])
print("alpha = 0: right library impossible for over a third:", impossible.mean() > 1 / 3)
for alpha in (0.01, 1, 1e9):
    choice = log_joint(alpha).argmax(axis=1)
    print(f"alpha {alpha:g}: picks {np.unique(choice)}, right > 0.8: {np.mean(choice == b) > 0.8}")
print("longest text, without logs:", np.exp(log_joint(1)[B.sum(axis=1).argmax()]))

# %% [markdown]
# For over a third: one word never seen in the class vetoes all others, as $\log 0 = -\infty$. A little
# $\alpha$ cures that. A huge one drowns the counts, and everything goes to the largest class. Without
# logarithms, the product for a long text *underflows* to 0 in every class. (Words in no training text
# are ignored.)
#
# ## 9. Good choices, bad probabilities
#
# > **Predict first.** Is logistic regression more accurate on these texts? Are its probabilities better?

# %%
from sklearn.calibration import calibration_curve

figure, axis = plt.subplots(figsize=(4.6, 3.8), layout="constrained")
models = {"naive Bayes": MultinomialNB(), "logistic": LogisticRegression(solver="newton-cg")}
for name, model in models.items():
    p = model.fit(A, a).predict_proba(B)
    sure, right = p.max(axis=1), p.argmax(axis=1) == b
    auc, more = roc_auc_score(b, p, multi_class="ovr") > 0.95, np.sum(~right) > 2 * np.sum(1 - sure)
    print(f"{name}: accuracy {right.mean():.1f}, AUC > 0.95: {auc}, errors > 2 x admitted: {more}")
    share, said = calibration_curve(right, sure, n_bins=8, strategy="quantile")
    axis.plot(said, share, "o-", label=name)
axis.axline((1, 1), slope=1, color="0.5", ls=":", label="perfect")
axis.set(xlabel="probability of choice", ylabel="share right", title="Naive Bayes is too sure")
axis.legend()
plt.show()

# %% [markdown]
# Hardly, and yes. Both are right about nine times in ten, and rank well. But naive Bayes makes more than
# twice the errors that it admits: words come in company, and it counts each as fresh evidence. If you
# need probabilities, calibrate. (Near twins among the texts flatter both.)
#
# | class | looks at | use for |
# |---|---|---|
# | `MultinomialNB` | counts of words | text, first try |
# | `ComplementNB` | for each class, the words of all *other* classes | text, unequal classes |
# | `BernoulliNB` | present or absent; absence counts too | short texts, yes/no columns |
# | `GaussianNB` | normal densities | numbers |
#
# ## 10. Which one?
#
# | | kNN | naive Bayes | logistic regression |
# |---|---|---|---|
# | training | stores rows | counts once; `partial_fit` | iterates |
# | prediction | slow, needs the rows | fast | fast |
# | columns of noise | harm much | harm little | a penalty helps |
# | copied columns | count again | count again | share a weight |
# | probabilities | shares of $k$ | too sure | usually good |
# | choose for | few columns, odd borders, search | text, streams, a baseline | tables, text, explaining |
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | kNN follows one column | no scaling | `StandardScaler` in the pipeline |
# | kNN perfect in training | $k = 1$, weights by distance | cross-validate |
# | flat forecasts | no extrapolation | model the trend |
# | kNN worse with more columns | curse, noise | select or reduce columns |
# | slow predictions, full memory | all rows kept | tree, approximate index, fewer rows |
# | probability 0 or `NaN` in text | no smoothing, no logs | $\alpha > 0$, sums of logs |
# | 0.99 and wrong | correlated columns | calibrate; drop copies |
#
# ## Summary
#
# - kNN: distance, vote. Small $k$ varies, large $k$ is biased. Scaling decides who is near.
# - Averages of neighbours stay within the training range; in many columns all rows are equally far.
# - A kd-tree skips what lies behind a far cut; in 20 columns, nothing.
# - Naive Bayes adds the log probabilities of single columns. Smooth counts; distrust 0.99.
#
# Next: the [exercise](../../exercises/03-classical-ml/12-neighbours-and-naive-bayes.ipynb), then
# [k-means and clustering](13-k-means-and-clustering.ipynb).
