# ---
# title: k-means and clustering
# minutes: 75
# needs: [03-classical-ml/06-preparing-features, 01-math/07-statistics, 02-python/08-scikit-learn]
# objectives: [aws-mls/2.3, aws-mls/3.1, aws-mls/3.2, aws-mla/2.2, databricks-ml/3.1, google-pmle/1.1, google-pmle/6.2]
# ---

# %% [markdown]
# # k-means and clustering
#
# *Clustering* puts similar rows into groups when nobody has told you the groups. After this lesson you
# can
#
# - run k-means by hand, start it well, and choose the number of clusters $k$,
# - say when k-means must fail, and use linkage, DBSCAN or a Gaussian mixture instead,
# - find out whether there are clusters at all, and
# - describe clusters, give new rows a cluster, and check that the clusters are stable.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) has you recognise a clustering problem (3.1), explain
# k-means (3.2) and diagnose clusters by elbow plots (2.3); MLA-C02 trains built-in algorithms (2.2).
# Databricks picks an algorithm for a scenario (3.1). Google PMLE clusters in BigQuery ML (1.1), which
# standardises by default, and watches drift (6.2).

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.cluster.hierarchy import dendrogram, fcluster, linkage
from scipy.spatial.distance import cdist
from sklearn import metrics
from sklearn.cluster import DBSCAN, HDBSCAN, KMeans
from sklearn.datasets import load_sample_image, load_wine, make_blobs, make_moons
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

threadpool_limits(1)  # tables this small run fastest on one core


def show(axis, X, labels, title, centers=()):
    axis.scatter(*X.T, s=6, c=np.where(labels < 0, "0.6", np.char.add("C", labels.astype(str))))
    axis.plot(*np.reshape(centers, (-1, 2)).T, "kX")
    axis.set(title=title, xticks=[], yticks=[], aspect="equal")


# %% [markdown]
# ## 1. Assign, move, repeat
#
# We have 178 wines, 13 measurements each. Their cultivar (grape variety) is known, but hidden until section
# 10. To see anything, we begin with two standardised columns.
#
# *k-means* looks for $k$ *centres*. It starts with any $k$ points and repeats:
#
# 1. *assign* each row to its nearest centre,
# 2. *move* each centre to the mean of its rows.
#
# This is *Lloyd's algorithm*. The sum of squared distances from rows to their centres is called
# *inertia*.
#
# > **Predict first.** Can the inertia rise in one of the steps?

# %%
wine = load_wine(as_frame=True)
W = StandardScaler().fit_transform(wine.data)
X = W[:, [6, 9]]  # flavanoids and colour intensity
start = centers = X[[0, 1, 2]]
figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained")
for step in range(1, 10):
    labels = cdist(X, centers).argmin(axis=1)
    moved = np.array([X[labels == j].mean(axis=0) for j in range(3)])
    before, after = (np.sum((X - each[labels]) ** 2) for each in (centers, moved))
    print(f"round {step}: inertia {before:.1f} when assigned, {after:.1f} when moved")
    if step in (1, 2, 4, 9):
        show(axes[[1, 2, 4, 9].index(step)], X, labels, f"round {step}", centers)
    centers = moved
plt.show()
model = KMeans(3, init=start, n_init=1, tol=0).fit(X)
print("as scikit-learn:", np.allclose(model.cluster_centers_, centers))

# %% [markdown]
# Never: assigning takes the *nearest* centre, and of all points the mean has the smallest sum of squared
# distances to its rows. There are only so many ways to split the rows, so it comes to rest. But where?
#
# ## 2. The start decides
#
# The plain start is $k$ random rows. **k-means++** spreads them out. The first centre is a random row. Each
# next one is a row drawn with probability proportional to its *squared distance* to the nearest centre
# so far.
#
# > **Predict first.** Nine round clouds (synthetic), far apart, $k = 9$. In how many of 50 tries does
# > k-means find the clouds, from random rows? And from k-means++?


# %%
def plus_plus(X, k, random_state):
    chosen = X[[random_state.randint(len(X))]]
    while len(chosen) < k:
        squares = cdist(X, chosen).min(axis=1) ** 2
        chosen = np.vstack([chosen, X[random_state.choice(len(X), p=squares / squares.sum())]])
    return chosen


corners = [(6 * i, 6 * j) for i in range(3) for j in range(3)]
clouds, _ = make_blobs(225, centers=corners, cluster_std=0.6, random_state=0)
best = KMeans(9, n_init=20, random_state=0).fit(clouds).inertia_
for name, start in {"k-means++": "k-means++", "by hand": plus_plus, "random": "random"}.items():
    tries = [KMeans(9, init=start, n_init=1, random_state=i).fit(clouds) for i in range(50)]
    print(f"{name}: {sum(m.inertia_ < 1.01 * best for m in tries)} of 50")
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
for axis, m in zip(axes, tries, strict=False):
    show(axis, clouds, m.labels_, f"inertia {m.inertia_ / best:.1f} × the best", m.cluster_centers_)
plt.show()

# %% [markdown]
# About one in ten from random rows. In the others, two or three centres share a cloud while one serves
# two clouds. No step lowers the inertia any more, but it is not the lowest: a *local minimum*. Our
# k-means++ succeeds in more than half. scikit-learn's draws several candidates for each centre and keeps
# the best. With k-means++ it runs *once* by default; `n_init=10` keeps the lowest inertia of ten runs.
#
# ## 3. Scale first
#
# > **Predict first.** We cluster the wines by all 13 columns in their raw units, then by one column,
# > `proline`, alone. How many of the 178 wines change sides?

# %%
tables = (wine.data, wine.data[["proline"]])
raw, alone = (KMeans(3, n_init=10, random_state=0).fit_predict(table) for table in tables)
print(metrics.confusion_matrix(raw, alone))  # rows: all 13 columns; columns: proline alone
print("standard deviations:", wine.data[["proline", "hue"]].std().round(1).to_dict())

# %% [markdown]
# None. (The numbers of clusters are names without an order.) Distances add up columns, and next to
# `proline`, which varies by hundreds, no other counts. From here we use the standardised `W`.
#
# ## 4. How many clusters?
#
# Inertia falls with $k$, to 0 at $k = n$. The *elbow method* looks for the $k$ where it stops falling
# fast. The **silhouette** judges each row: with $a$ its mean distance to the *other* rows of its
# cluster, and $b$ the smallest mean distance to the rows of another cluster,
#
# $$ s = \frac{b - a}{\max(a, b)} . $$
#
# Near 1 the row fits, near 0 it lies between two clusters, below 0 another cluster is closer. A row
# alone in its cluster gets 0. The mean judges a clustering.
#
# > **Predict first.** Besides the wines, we cluster *noise*: points scattered evenly over a square.
# > Which has an elbow? Which has the higher silhouettes?

# %%
square = np.random.default_rng(0).uniform(size=(178, 2))
ks, labels = range(1, 9), {}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for name, table in {"wines": W, "noise": square}.items():
    models = [KMeans(k, n_init=3, random_state=0).fit(table) for k in ks]
    scores = [metrics.silhouette_score(table, model.labels_) for model in models[1:]]
    axes[0].plot(ks, [model.inertia_ / models[0].inertia_ for model in models], "o-", label=name)
    axes[1].plot(ks[1:], scores, "o-")
    print(name, "silhouettes for k = 2, 3, …:", *(f"{score:.2f}" for score in scores))
    labels[name] = [model.labels_ for model in models]
axes[0].set(xlabel="k", ylabel="inertia, share of k = 1", title="Elbows")
axes[1].set(xlabel="k", ylim=(0, 0.5), title="Mean silhouettes")
axes[0].legend()
plt.show()

# %%
distance, own = np.linalg.norm(W - W[0], axis=1), labels["wines"][2]  # k = 3
a = distance[own == own[0]].sum() / (np.sum(own == own[0]) - 1)  # not itself
b = min(distance[own == other].mean() for other in {0, 1, 2} - {own[0]})
print(f"first wine: a {a:.2f}, b {b:.2f}, s {(b - a) / max(a, b):.2f}", end=", ")
print(f"as scikit-learn {metrics.silhouette_samples(W, own)[0]:.2f}")

# %% [markdown]
# Both have an elbow, the wines near 3, the noise near 4 perhaps; two people rarely see the same. And the
# noise has the *higher* silhouettes. The wines' is highest at $k = 3$, not by much. BigQuery ML
# reports the *Davies–Bouldin index* (lower is better). The *gap statistic* compares log inertia with that
# of data without clusters. And sometimes the use decides: four mailings need four segments.
#
# ## 5. Are there clusters at all?
#
# k-means returns $k$ tidy clusters from anything, and a silhouette means little by itself. So
# compare with a **reference**: data like yours but without clusters, treated in the same way. First we
# shuffle each column by itself: this keeps its values and breaks all relations.
#
# > **Predict first.** Noise had the higher silhouettes. Who beats the references: noise, wines, both?


# %%
def silhouette(X, k):
    return metrics.silhouette_score(X, KMeans(k, n_init=3, random_state=0).fit_predict(X))


rng = np.random.default_rng(1)
null = {"noise, shuffled": (square, 4, [rng.permuted(square, axis=0) for _ in range(19)])}
null["wines, shuffled"] = (W, 3, [rng.permuted(W, axis=0) for _ in range(19)])
null["wines, one blob"] = (W, 3, rng.multivariate_normal(np.zeros(13), np.cov(W.T), (19, 178)))
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
show(axes[0], square, labels["noise"][3], "noise, k = 4: tidy clusters")
for name, (table, k, references) in null.items():
    own, *others = (silhouette(each, k) for each in (table, *references))
    axes[1].plot(others, [name] * 19, "o", color="0.6")
    axes[1].plot(own, name, "C3X", markersize=9)
    print(f"{name}: {own:.2f}, references {min(others):.2f} to {max(others):.2f}")
axes[1].set(xlabel="mean silhouette", title="red: data, grey: 19 references", ylim=(-0.5, 2.5))
plt.show()

# %% [markdown]
# Only the wines: they beat all 19 (p = 1/20, the smallest that 19 can give). But a single stretched cloud
# would, too, as shuffled columns lose their correlation. So the third row is harder: one normal cloud
# with the wines' own correlations. They beat it as well.
#
# ## 6. What k-means assumes
#
# Borders between centres are straight lines, halfway. That suits *round* clusters of similar *spread*
# and *size*. In four synthetic tables, k-means cuts what belongs together:

# %%
moons = make_moons(240, noise=0.06, random_state=0)[0]
streaks = make_blobs(240, random_state=170)[0] @ [[0.6, -0.64], [-0.41, 0.85]]
places, sd = [(0, 0), (3, 0), (9, 0)], [0.4, 0.4, 2.5]
spread = make_blobs([80] * 3, centers=places, cluster_std=sd, random_state=0)[0]
places, sd = [(0, 0), (5, 1), (5, -1)], [1.6, 0.3, 0.3]
sizes = make_blobs([200, 20, 20], centers=places, cluster_std=sd, random_state=2)[0]
shapes = {"moons": moons, "stretched": streaks, "unequal spread": spread, "unequal size": sizes}
figure, axes = plt.subplots(1, 4, figsize=(11, 2.9), layout="constrained")
for axis, (name, X), k in zip(axes, shapes.items(), (2, 3, 3, 3), strict=True):
    show(axis, X, KMeans(k, n_init=5, random_state=0).fit_predict(X), name)
plt.show()

# %% [markdown]
# Stray points of a wide cluster go to the narrow one; a large cluster is halved, and two small ones are
# joined. More starts do not help: the *lowest* inertia is wrong here.
#
# ## 7. A tree of clusters
#
# *Hierarchical clustering* starts with each row alone and keeps joining the two closest clusters.
# The *linkage* says what "close" means:
#
# - *single*: the smallest distance between a row of one and a row of the other,
# - *complete*: the largest,
# - *Ward*: the rise of inertia that joining would cost.
#
# > **Predict first.** Cut the tree of the wines into three. How large are the clusters by each linkage?

# %%
figure, axes = plt.subplots(1, 4, figsize=(13, 3), layout="constrained")
for axis, way in zip(axes, ("ward", "single", "complete"), strict=False):
    tree = linkage(W, way)
    print(f"{way}: sizes {sorted(np.bincount(fcluster(tree, 3, 'maxclust'))[1:].tolist())}")
    dendrogram(tree, 20, "lastp", ax=axis, no_labels=True, color_threshold=0)
    axis.set(title=f"{way}, wines", ylabel="height of the join")
show(axes[3], moons, fcluster(linkage(moons, "single"), 2, "maxclust"), "single, moons")
plt.show()

# %% [markdown]
# Read a *dendrogram* from the bottom: a bar joins two clusters at the height of their distance. A
# horizontal cut gives the clusters below it; long vertical lines, as near Ward's top, suggest where.
# Left and right mean nothing. (Only the last 20 clusters are drawn.)
#
# Ward finds three similar groups. Single linkage *chains*: one neighbour after another joins, and a few
# odd wines remain. Chaining is just what the moons need. A tree needs no $k$ in advance, but all
# $n^2$ distances, and has no rule for new rows.
#
# ## 8. DBSCAN
#
# *DBSCAN* looks for dense regions. With a radius `eps` and a number `min_samples`, a row is
#
# - *core* if at least `min_samples` rows, itself included, lie within `eps`,
# - *border* if it is not, but lies within `eps` of a core row,
# - *noise* otherwise, labelled −1.
#
# Core rows within `eps` of each other share a cluster; a border row joins that of a core row. To choose
# `eps`, sort each row's distance to its `min_samples`-th neighbour, itself included, and look for the
# bend upwards.

# %%
points = np.vstack([moons, rng.uniform([-1.5, -1], [2.5, 1.5], size=(30, 2))])
distances = cdist(points, points)
core = (distances <= 0.2).sum(axis=1) >= 5
near = (distances[:, core] <= 0.2).any(axis=1)
print("core, border, noise:", core.sum(), (near & ~core).sum(), (~near).sum(), end="; ")
model = DBSCAN(eps=0.2, min_samples=5).fit(points)
print("as scikit-learn:", np.array_equal(np.flatnonzero(core), model.core_sample_indices_))
figure, axes = plt.subplots(1, 5, figsize=(13, 2.8), layout="constrained")
axes[0].plot(np.column_stack([np.sort(np.sort(distances, axis=1)[:, 4]), np.full(270, 0.2)]))
axes[0].set(title="k-distance plot", xlabel="rows, sorted (orange: eps)", ylabel="to the 5th")
show(axes[1], points, model.labels_, "eps 0.2")
tries = {"eps 0.4": DBSCAN(eps=0.4), "eps 1.5": DBSCAN(eps=1.5), "HDBSCAN": HDBSCAN(10, copy=True)}
for axis, (name, model) in zip(axes[2:], tries.items(), strict=True):
    show(axis, spread, model.fit_predict(spread), name)
plt.show()

# %% [markdown]
# No $k$, any shape, and strays stay out (grey). But one `eps` is one density. With unequal spread
# (right), a small `eps` loses most of the sparse cloud, a large one joins the two dense ones. *HDBSCAN* tries all
# densities and keeps clusters that last. In many columns distances grow alike, and both weaken.
#
# ## 9. Gaussian mixtures
#
# A *Gaussian mixture* assumes that each row was drawn from one of $k$ normal distributions, its
# *components*, which have *weights*. *EM* repeats two steps:
#
# - **E**: each row's *responsibilities*: the probability of each component given the row, by Bayes' rule,
# - **M**: weights, means and variances anew, each row counted by its responsibilities.
#
# It resembles k-means, with *soft* assignment. One column of the wines, $k = 2$; "fit" is the log-likelihood:

# %%
x = wine.data[["od280/od315_of_diluted_wines"]].to_numpy()
weight, mean, variance, fit = np.full(2, 0.5), np.array([1.5, 3.5]), np.full(2, 0.5), []
for step in range(1, 301):
    density = weight * np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    r = density / density.sum(axis=1, keepdims=True)  # E
    fit.append(np.log(density.sum(axis=1)).sum())  # log-likelihood before this round
    weight, mean = r.mean(axis=0), (r * x).sum(axis=0) / r.sum(axis=0)  # M
    variance = (r * (x - mean) ** 2).sum(axis=0) / r.sum(axis=0)
    if step in (1, 300):
        print(f"round {step}: wine 118 {r[118].round(2)}, means {mean.round(2)}, fit {fit[-1]:.0f}")
print("the fit never falls:", np.all(np.diff(fit) > -1e-9))
model = GaussianMixture(2, tol=1e-9, max_iter=500, random_state=0).fit(x)
print("as scikit-learn:", np.allclose(np.sort(model.means_.ravel()), mean, atol=1e-2))

# %% [markdown]
# Wine 118 lies between the two and belongs to both. The fit never falls, but the start decides where it
# ends. In several dimensions a component has a covariance matrix: `full` (any ellipse), `tied`
# (one for all), `diag` (along the axes) or `spherical` (circles).
#
# The best likelihood $L$ never falls with another component. *BIC*, $-2 \ln L + p \ln n$, charges for $p$
# parameters; the lowest wins.
#
# > **Predict first.** For the three stretched clusters: how many components does BIC want if they must
# > be circles?

# %%
figure, axes = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
for axis, kind in zip(axes, ("full", "spherical"), strict=True):
    models = [GaussianMixture(k, covariance_type=kind, random_state=0).fit(streaks) for k in ks]
    best = min(models, key=lambda model: model.bic(streaks))
    print(kind, "BIC:", *(f"{model.bic(streaks):.0f}" for model in models))
    show(axis, streaks, best.predict(streaks), f"{kind}: {best.n_components} components")
plt.show()

# %% [markdown]
# Six: components are not clusters, and circles must patch up the streaks. With `full`, BIC finds
# the three that k-means missed.
#
# ## 10. Comparing with known labels
#
# The wines' cultivars are known. Why not compute an accuracy?
#
# > **Predict first.** Our three clusters match the three cultivars well. What is the accuracy?

# %%
found = labels["wines"][2]
guesses = {"k-means": found, "renamed": (found + 1) % 3, "again": (found + 2) % 3}
guesses |= {f"{k} at random": rng.integers(k, size=178) for k in (3, 60)}
for name, guess in guesses.items():
    ari = metrics.adjusted_rand_score(wine.target, guess)
    nmi = metrics.normalized_mutual_info_score(wine.target, guess)
    accuracy = metrics.accuracy_score(wine.target, guess)
    print(f"{name:>12}: accuracy {accuracy:.2f}, ARI {ari:z.2f}, NMI {nmi:.2f}")

# %% [markdown]
# Nearly 0, or nearly 1: cluster numbers are arbitrary, so accuracy is, too. The *adjusted Rand index* (ARI)
# asks of each *pair* of rows: together in both, apart in both, or not? Perfect agreement is 1, chance 0.
# *Normalised mutual information* (NMI) measures shared information, but 60 random clusters earn some;
# `adjusted_mutual_info_score` corrects that.
#
# ## 11. Using clusters
#
# Describe them in original units, and check that they are *stable*: resample the rows, cluster anew,
# compare by ARI.

# %%
pipe = make_pipeline(StandardScaler(), KMeans(3, n_init=10, random_state=0)).fit(wine.data)
means = wine.data.groupby(pipe.predict(wine.data)).mean().round(1)
print(means[["alcohol", "flavanoids", "color_intensity", "proline"]].to_string())
for k in (2, 3, 4, 5):
    drawn = rng.integers(178, size=(10, 178))
    models = [KMeans(k, n_init=3, random_state=0).fit(W[rows]) for rows in drawn]
    again = [metrics.adjusted_rand_score(labels["wines"][k - 1], m.predict(W)) for m in models]
    print(f"k = {k}: mean ARI over 10 resamples {np.mean(again):.1f}")

# %% [markdown]
# Three come back best. (Each new model assigns all 178 wines, so labels can be compared.)
#
# New rows go to the nearest centre, after the *same* scaling: use a pipeline. A photograph has 273,280
# pixels: we cluster every 1,093rd by colour, and give each pixel the colour of its centre.
#
# > **Predict first.** What will be missing in 8 colours? And what does `predict` say to a "wine" of zeros?

# %%
photo = load_sample_image("china.jpg")
pixels = photo.reshape(-1, 3).astype(float)
figure, axes = plt.subplots(1, 3, figsize=(11, 2.7), layout="constrained")
pictures = {"original": photo}
for k in (8, 32):
    model = KMeans(k, n_init=3, random_state=0).fit(pixels[::1093])
    pictures[f"{k} colours"] = model.cluster_centers_.astype(int)[model.predict(pixels)]
for axis, (title, picture) in zip(axes, pictures.items(), strict=True):
    axis.imshow(picture.reshape(photo.shape))
    axis.set(title=title, xticks=[], yticks=[])
plt.show()
tables = (wine.data.iloc[:1] * 0, wine.data)
far, usual = (pipe.transform(table).min(axis=1).max() for table in tables)
print(f"zeros: segment {pipe.predict(tables[0])[0]}, {far:.0f} away; others at most {usual:.0f}")

# %% [markdown]
# The red: few pixels have it, and inertia pays for many. So a small segment may get no centre. And
# `predict` always answers, so log distances to the nearest centre and the sizes of segments: if they
# move, the data have *drifted*. Refitting renumbers the segments; match them with the old ones first.
#
# ## 12. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | clusters follow one column | no scaling | `StandardScaler` |
# | other clusters on each run | bad starts, or no clusters | `n_init`; a reference; resamples |
# | long or curved groups are cut | k-means wants round ones | mixture, DBSCAN, single linkage |
# | one giant cluster, a few single rows | single linkage chains | Ward |
# | DBSCAN: all noise, or one cluster | `eps` too small, or too large | k-distance plot; HDBSCAN |
# | a mixture's likelihood explodes | a component on one row | simpler covariance, `reg_covar` |
# | last month's segment 2 is now 0 | numbers are arbitrary | match after refitting |
#
# ## Summary
#
# - k-means assigns and moves; inertia never rises, but the start decides where it ends.
# - Scale. Choose $k$ by silhouette, reference, stability and use, not by an elbow alone.
# - Round clusters: k-means. Ellipses: mixtures. Any shape: DBSCAN. A hierarchy: linkage.
# - k-means groups noise, too: compare with a reference.
# - Compare labels by ARI. Describe clusters in original units, and watch them.
#
# Next: the [exercise](../../exercises/03-classical-ml/13-k-means-and-clustering.ipynb), then
# [dimensionality reduction](14-dimensionality-reduction.ipynb).
