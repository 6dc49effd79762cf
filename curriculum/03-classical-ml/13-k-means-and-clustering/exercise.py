# ---
# title: "Exercise: k-means and clustering"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: k-means and clustering
#
# Six jobs around clusters that the lesson did not do for you. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input of the shapes
# that its question names. NumPy, SciPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 13  # which data you get

# %%
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import load_wine, make_blobs, make_moons
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)

# question 1: 90 wines in four columns, and four centres to start from
wine = load_wine()
wines = StandardScaler().fit_transform(wine.data)[rng.permutation(178)][:, rng.permutation(13)[:4]]
wines = wines + rng.normal(scale=1e-3, size=wines.shape)  # no two values are equal
start = np.vstack([wines[100:103], [[40.0, 40.0, -40.0, 40.0]]])
wines = wines[:90]

# question 2: distances between 60 rows, and their clusters: -1 is noise, 8 has a single row
rows = rng.normal(size=(60, 3)) + 1.5 * rng.integers(0, 3, size=60)[:, None]
distance = cdist(rows, rows)
names = np.where(rows[:, 0] < 0.5, 5, np.where(rows[:, 1] > 1.5, 3, 0))
names[rng.permutation(60)[:9]] = [-1, -1, -1, -1, 8, 3, 5, 0, 0]

# question 3: two moons and strays
points = make_moons(70, noise=0.12, random_state=rng.integers(2**31))[0]
points = np.vstack([points, rng.uniform([-1.5, -1], [2.5, 1.5], size=(20, 2))])

# question 4: three clouds of different spread, and a guess to start from
spread = rng.uniform(0.5, 2, size=3)
clouds = make_blobs(80, 2, centers=3, cluster_std=spread, random_state=rng.integers(2**31))[0]
weights = rng.dirichlet([5, 5, 5])
means = clouds[rng.choice(80, 3, replace=False)]
variances = rng.uniform(1, 6, size=3)

# question 5: the inertia of k-means for k = 1, 2, …, 7: of the data, and of 9 references
grouped = make_blobs(90, centers=4, cluster_std=1.5, random_state=rng.integers(2**31))[0]


def inertias(table):
    models = [KMeans(k, n_init=2, random_state=0).fit(table) for k in range(1, 8)]
    return np.array([model.inertia_ for model in models])


box = rng.uniform(grouped.min(axis=0), grouped.max(axis=0), size=(9, 90, 2))
curve, references = inertias(grouped), np.array([inertias(table) for table in box])

# question 6: clusters of the same customers, last month and this month
shared = rng.integers(0, 4, size=(4, 4)) + np.diag(rng.permutation([16, 28, 40, 52]))
extra = rng.integers(0, 3, size=4)
shared = np.column_stack([shared, extra, 2 * extra + 1])
pairs = rng.permutation(np.repeat(np.indices((4, 6)).reshape(2, 24), shared.ravel(), axis=1).T)
last, this = (
    rng.choice(20, 4, replace=False)[pairs[:, 0]],
    rng.choice(30, 6, replace=False)[pairs[:, 1]],
)
joined = np.where(pairs[:, 1] == 0, this[pairs[:, 1] == 1][0], this)
few = int(rng.integers(3, 9))

# %% [markdown]
# ## Question 1 · k-medians (3 points)
#
# *k-medians* is k-means with the Manhattan distance, the sum of absolute differences of the columns. The
# point with the smallest sum of Manhattan distances to given rows is, column by column, their *median*.
#
# Write `k_medians(X, centers, n_rounds)`. A round assigns every row to its nearest centre, then moves every
# centre to the medians of its rows (`np.median`); a centre without rows stays where it is. After
# `n_rounds` rounds, return the tuple `(labels, centers, cost)`: the labels of the *last* assignment, the
# centres after the last move, and the sum, as a float, of the Manhattan distances from each row to the
# moved centre *of its label* (whether or not another centre is nearer by now). `X` has shape `(n, d)`,
# `centers` `(k, d)`; neither may be changed. `n_rounds` $\ge 1$.


# %% question="k_medians" points=3
### BEGIN SOLUTION
def k_medians(X, centers, n_rounds):
    centers = np.array(centers, dtype=float)
    for _ in range(n_rounds):
        labels = cdist(X, centers, "cityblock").argmin(axis=1)
        for j in np.unique(labels):
            centers[j] = np.median(X[labels == j], axis=0)
    return labels, centers, float(np.sum(np.abs(X - centers[labels])))


### END SOLUTION

# %% check="k_medians"
_before = wines.copy(), start.copy()
_labels, _centers, _cost = k_medians(wines, start, 3)
_shapes = np.shape(_labels), np.shape(_centers)
assert _shapes == ((90,), (4, 4)), f"expected shapes (90,) and (4, 4), got {_shapes}"
assert np.array_equal(_before[0], wines), "X was changed: work on a copy."
assert np.array_equal(_before[1], start), "centers was changed: work on a copy."
assert np.allclose(_centers[3], start[3]), "The far centre has no rows, so it should stay put."
_row = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 8.0], [20.0, 20.0]])
_small = k_medians(_row, np.array([[0.0, 1.0], [19.0, 21.0]]), 1)
assert np.allclose(_small[1], [[0, 1], [20, 20]]), (
    "Rows (0, 0), (0, 1), (0, 8): the median of the second column is 1, the mean would be 3; your "
    f"centre is {_small[1][0]}."
)
assert np.isclose(_small[2], 8), f"There the cost is 1 + 0 + 7 + 0 = 8, not {_small[2]}."
_corner = k_medians(np.array([[0.0, 0.0]]), np.array([[3.0, 3.0], [5.0, 0.0]]), 1)
assert _corner[0][0] == 1, (
    "From (0, 0), the centre (3, 3) is 6 away by Manhattan distance, and (5, 0) only 5."
)
_costs = [k_medians(wines, start, _r)[2] for _r in (1, 2, 3, 4, 5)]
assert np.all(np.diff(_costs) < 1e-9), f"The cost should never rise with more rounds: {_costs}"

# %% probe="k_medians" rtol=1e-6
[
    [np.asarray(labels).astype(int), centers, cost]
    for labels, centers, cost in (
        k_medians(wines, start, 1),
        k_medians(wines, start, 4),
        k_medians(wines[:41] * [1, 9, 1, 3], start * [1, 9, 1, 3], 2),
        k_medians(wines[:, :2], wines[50:57, :2] + 0.001, 3),
        k_medians(wines[:9], start[::-1], 2),
    )
]

# %% [markdown]
# ## Question 2 · silhouettes with noise and single rows (3 points)
#
# Write `silhouettes(D, labels)`. `D` holds the distances between `n` rows, shape `(n, n)`; `labels`, shape
# `(n,)`, are integers in no order, with gaps. Return the array of all silhouettes, shape `(n,)`, with
# these rules:
#
# - Rows labelled −1 are noise. They belong to no cluster, take no part in any mean, and get `nan`.
# - A row that is alone in its cluster gets 0. It still is a cluster to which others have a distance.
# - If there are fewer than two clusters besides noise, all rows but noise get 0.
#
# $a$ and $b$ of a row are never both 0.


# %% question="silhouettes" points=3
### BEGIN SOLUTION
def silhouettes(D, labels):
    clusters = np.unique(labels[labels != -1])
    result = np.where(labels == -1, np.nan, 0.0)
    if len(clusters) < 2:
        return result
    for i in np.flatnonzero(labels != -1):
        own = labels == labels[i]
        if own.sum() > 1:
            a = D[i, own].sum() / (own.sum() - 1)
            b = min(D[i, labels == other].mean() for other in clusters if other != labels[i])
            result[i] = (b - a) / max(a, b)
    return result


### END SOLUTION

# %% check="silhouettes"
_spots = np.array([0.0, 1.0, 4.0, 6.0, 100.0, 30.0])[:, None]
_s = np.asarray(silhouettes(cdist(_spots, _spots), np.array([7, 7, 2, 2, -1, 4])))
assert _s.shape == (6,), f"expected shape (6,), got {_s.shape}"
assert np.flatnonzero(np.isnan(_s)).tolist() == [4], "Noise, and nothing else, should be nan."
assert np.isclose(_s[5], 0), (
    f"The row at 30 is alone in its cluster, so it gets 0, not {_s[5]:.3f}."
)
assert np.isclose(_s[0], 0.8), (
    "Rows at 0 and 1 are cluster 7, those at 4 and 6 cluster 2. For the row at 0, a = 1 and b = 5, so "
    f"s = 4/5; you say {_s[0]:.3f}. Does the mean a leave out the row itself?"
)
_three = silhouettes(cdist(_spots, _spots)[:4, :4], np.array([7, 7, 2, 4]))
assert np.isclose(_three[1], 2 / 3), (
    "Rows at 0, 1 (cluster 7), 4 (cluster 2) and 6 (cluster 4): for the row at 1, b is the distance to "
    f"the nearest *cluster*, 3, and s = 2/3; you say {_three[1]:.3f}."
)
assert np.allclose(silhouettes(cdist(_spots, _spots)[:3, :3], np.array([5, 5, 5])), 0), (
    "With a single cluster, all rows get 0."
)

# %% probe="silhouettes" rtol=1e-6
[
    np.nan_to_num(values, nan=-9.0)
    for values in (
        silhouettes(distance, names),
        silhouettes(distance**2, -names // 2 + 30),
        silhouettes(distance[:40, :40], np.where(names[:40] == 3, -1, names[:40])),
        silhouettes(distance[:9, :9], np.where(np.arange(9) < 4, 1, -1)),
        silhouettes(distance[:12, :12], np.arange(12) // 3 - 1),
        silhouettes(distance[:30, :30], np.arange(30) % 2 * 4),
        silhouettes(distance[:8, :8], np.arange(8) // 2),
        silhouettes(distance[:5, :5], np.full(5, -1)),
        silhouettes(distance[:5, :5], np.arange(5)),
    )
]

# %% [markdown]
# ## Question 3 · contested border rows (3 points)
#
# A border row of DBSCAN may lie within `eps` of core rows of *several* clusters. Which of them it joins
# depends on the order of the rows. Write `dbscan_roles(X, eps, min_samples)`, which returns a dictionary
# with these integers:
#
# - `core`, `border`, `noise`: how many rows have this role, by the lesson's definitions (a row counts
#   itself; a distance of exactly `eps` is within),
# - `clusters`: how many clusters there are,
# - `contested`: how many border rows lie within `eps` of core rows of at least two clusters.
#
# Distances are Euclidean. `X` has shape `(n, d)`, $n \ge 1$.


# %% question="dbscan_roles" points=3
### BEGIN SOLUTION
def dbscan_roles(X, eps, min_samples):
    model = DBSCAN(eps=eps, min_samples=min_samples).fit(X)
    core = np.isin(np.arange(len(X)), model.core_sample_indices_)
    near = (cdist(X, X) <= eps) & core
    reached = [len(np.unique(model.labels_[row])) for row in near[~core]]
    return {
        "core": int(core.sum()),
        "border": sum(count >= 1 for count in reached),
        "noise": sum(count == 0 for count in reached),
        "clusters": len(np.unique(model.labels_[core])),
        "contested": sum(count >= 2 for count in reached),
    }


### END SOLUTION

# %% check="dbscan_roles"
_line = np.array([0.0, 1, 2, 4, 6, 7, 8, 20])[:, None]
_roles = dbscan_roles(_line, 2, 4)
assert set(_roles) == {"core", "border", "noise", "clusters", "contested"}, f"keys: {set(_roles)}"
assert sum(_roles[_role] for _role in ("core", "border", "noise")) == 8, (
    f"Each of the 8 rows has exactly one role, but yours are {_roles}."
)
assert _roles["core"] == 2, (
    "Rows at 0, 1, 2, 4, 6, 7, 8, 20 with eps 2 and min_samples 4: the row at 2 has 0, 1, 4 and itself "
    f"within 2, so it is core, as is 6. No other; you found {_roles['core']}."
)
assert _roles["noise"] == 1, f"Only the row at 20 is noise there; you found {_roles['noise']}."
assert _roles["clusters"] == 2, "The core rows 2 and 6 are too far apart to share a cluster."
assert _roles["contested"] == 1, (
    f"The row at 4 is within 2 of both core rows: 1 contested, not {_roles['contested']}."
)
assert dbscan_roles(_line, 0.5, 2)["noise"] == 8, "With eps 0.5, all rows are noise."
_mixed = [dbscan_roles(points[_o], 0.25, 6) for _o in (np.arange(90), np.arange(90)[::-1])]
assert _mixed[0] == _mixed[1], "The order of the rows should not matter."

# %% probe="dbscan_roles" exact=true
[
    {key: int(value) for key, value in dbscan_roles(*arguments).items()}
    for arguments in (
        (points, 0.25, 5),
        (points, 0.33, 9),
        (points[:70], 0.2, 4),
        (points, 0.3, 8),
        (points * [1, 2], 0.4, 6),
        (np.round(points * 3), 1.0, 4),
        (np.round(points * 3), 1.0, 7),
        (np.round(points * 2), 1.0, 12),
        (np.array([[0.0], [3], [4], [5], [6], [7], [8], [9], [12], [15], [16], [17]]), 3.0, 5),
        (points, 0.001, 2),
        (points[:1], 1.0, 1),
    )
]

# %% [markdown]
# ## Question 4 · one round of EM, in any number of columns (2 points)
#
# Component $j$ of a *spherical* mixture in $d$ columns has weight $w_j$, mean $\mu_j$ and one variance
# $v_j$ for all columns; its density is
#
# $$ (2 \pi v_j)^{-d/2} \exp\left(-\frac{\lVert x - \mu_j \rVert^2}{2 v_j}\right). $$
#
# Write `em_round(X, weights, means, variances)`, shapes `(n, d)`, `(k,)`, `(k, d)` and `(k,)`. Return the
# tuple `(r, weights, means, variances)`: the responsibilities under the *given* parameters, shape `(n, k)`,
# and the new parameters. The new $v_j$ is the mean, over rows counted by their responsibilities *and over the
# columns*, of the squared deviations from the *new* mean. Rows may lie so far from all components that
# every density underflows to 0; their responsibilities must be right nevertheless (subtract the largest
# logarithm, as a stable softmax does). The arguments may not be changed.


# %% question="em_round" points=2
### BEGIN SOLUTION
def em_round(X, weights, means, variances):
    d = X.shape[1]
    squares = cdist(X, means) ** 2
    logs = np.log(weights) - d / 2 * np.log(variances) - squares / (2 * variances)
    r = np.exp(logs - logs.max(axis=1, keepdims=True))
    r /= r.sum(axis=1, keepdims=True)
    total = r.sum(axis=0)
    means = r.T @ X / total[:, None]
    variances = (r * cdist(X, means) ** 2).sum(axis=0) / (d * total)
    return r, total / len(X), means, variances


### END SOLUTION

# %% check="em_round"
_r, _w, _m, _v = em_round(clouds, weights, means, variances)
assert [np.shape(_x) for _x in (_r, _w, _m, _v)] == [(80, 3), (3,), (3, 2), (3,)], (
    "expected shapes (80, 3), (3,), (3, 2) and (3,)"
)
assert np.allclose(np.sum(_r, axis=1), 1), "The responsibilities of a row should sum to 1."
_pair = np.array([[0.0, 0.0], [2.0, 0.0]])
_r, _w, _m, _v = em_round(_pair, np.array([0.5, 0.5]), _pair, np.array([1.0, 1.0]))
assert np.isclose(_r[0, 0], 1 / (1 + np.exp(-2))), (
    "Row (0, 0), means (0, 0) and (2, 0), variances 1, equal weights: the ratio of the densities is "
    f"exp(-4/2), so the responsibility is 1 / (1 + exp(-2)); you say {_r[0, 0]:.3f}."
)
assert np.isclose(_m[0, 0], 2 * _r[1, 0]), "The new mean counts each row by its responsibility."
assert np.isclose(_v[0], 2 * _r[0, 0] * _r[1, 0]), (
    "There the first column varies by 4 r (1 - r), the second not at all: the variance is 2 r (1 - r), "
    f"not {_v[0]:.3f}. Is the mean taken over columns as well, and around the new mean?"
)
_one = em_round(_pair[:1], np.array([0.5, 0.5]), _pair, np.array([1.0, 4.0]))[0]
assert np.isclose(_one[0, 0], 1 / (1 + np.exp(-0.5) / 4)), (
    "With variances 1 and 4 in two columns, the wider density is lower by a factor of 4 at its mean; your "
    f"responsibility is {_one[0, 0]:.3f}."
)
_far = np.vstack([_pair, _pair + 500])
_far = em_round(_far, np.array([0.5, 0.5]), _pair, np.array([1.0, 1.0]))[0]
assert np.all(np.isfinite(_far)), (
    "Far rows get nan: work with logarithms, and subtract the largest."
)

# %% probe="em_round" rtol=1e-6
given = [weights.copy(), means.copy(), variances.copy()]
[
    em_round(clouds, weights, means, variances),
    em_round(clouds[::3], *em_round(clouds, weights, means, variances)[1:]),
    em_round(wines[:15], weights[:2] / weights[:2].sum(), wines[20:22], variances[:2] / 5),
    em_round(np.vstack([clouds, clouds[:5] + 300]), weights, means, variances),
    em_round(clouds[:, :1], weights, means[:, :1], variances),
    [np.array_equal(a, b) for a, b in zip(given, (weights, means, variances), strict=True)],
]

# %% [markdown]
# ## Question 5 · the gap statistic (2 points)
#
# Let $W_k$ be the inertia of the data for $k$ clusters, and $W_{kb}$ that of reference data set $b$,
# without clusters, for $b = 1, \dots, B$. The *gap* is how much lower the data's log inertia lies than that
# of the references on average:
#
# $$ \text{gap}_k = \frac1B \sum_b \ln W_{kb} - \ln W_k, \qquad
# s_k = \text{sd}_k \sqrt{1 + 1/B}, $$
#
# where $\text{sd}_k$ is the standard deviation of the $B$ numbers $\ln W_{kb}$, with divisor $B$. The chosen
# number of clusters is the *smallest* $k$ with $\text{gap}_k \ge \text{gap}_{k+1} - s_{k+1}$.
#
# Write `choose_k(curve, references)`. `curve` has shape `(K,)` and holds $W_1, \dots, W_K$; `references` has
# shape `(B, K)`, one row for each reference. Return the tuple `(k, gaps, s)`: the chosen number, an
# integer, and the arrays of all gaps and all $s_k$, shape `(K,)`. If no $k < K$ meets the condition, $k$ is
# $K$. $K \ge 1$, $B \ge 1$, all inertias are positive.


# %% question="choose_k" points=2
### BEGIN SOLUTION
def choose_k(curve, references):
    logs = np.log(references)
    gaps = logs.mean(axis=0) - np.log(curve)
    s = logs.std(axis=0) * np.sqrt(1 + 1 / len(logs))
    for k in range(1, len(curve)):
        if gaps[k - 1] >= gaps[k] - s[k]:
            return k, gaps, s
    return len(curve), gaps, s


### END SOLUTION

# %% check="choose_k"
_k, _gaps, _s = choose_k(curve, references)
assert (np.shape(_gaps), np.shape(_s)) == ((7,), (7,)), "expected seven gaps and seven s"
_e = np.exp
_k, _gaps, _s = choose_k(_e([5.0, 2.0, 1.5]), _e([[5.0, 4.0, 3.0], [5.0, 4.0, 3.0]]))
assert np.allclose(_gaps, [0, 2, 1.5]), (
    "Log inertias 5, 2, 1.5 and references all at 5, 4, 3: the gaps are 0, 2, 1.5, not "
    f"{np.round(_gaps, 3)}."
)
assert _k == 2, f"There gap 1 is smaller than gap 2, but gap 2 is not than gap 3: k = 2, not {_k}."
_k, _gaps, _s = choose_k(_e([5.0, 3.5, 3.0]), _e([[6.0, 5.0, 4.0], [6.0, 3.0, 4.0]]))
assert np.isclose(_s[1], np.sqrt(1.5)), (
    "Reference log inertias 5 and 3 have standard deviation 1 (divisor 2), so s is sqrt(1 + 1/2), not "
    f"{_s[1]:.3f}."
)
assert _k == 1, f"There gap 1 = 1 is at least gap 2 - s_2 = 0.5 - 1.22, so k = 1; you say {_k}."
assert choose_k(_e([5.0, 3.0]), _e([[5.0, 4.5]]))[0] == 2, "If no k below K meets it, k is K."

# %% probe="choose_k" rtol=1e-6
[
    [int(k), gaps, s]
    for k, gaps, s in (
        choose_k(curve, references),
        choose_k(curve, references[:3]),
        choose_k(references[0], references[1:]),
        choose_k(curve[:3], references[:, :3] ** 0.9),
        choose_k(curve[1:], references[:1, 1:]),
        choose_k(np.array([8.0, 4.0, 2.0, 1.0]), np.array([[8.0, 6.0, 5.0, 4.5]] * 2)),
        choose_k(np.ones(3), np.ones((4, 3))),
        choose_k(np.exp([5.0, 3.0, 2.0]), np.exp([[5.0, 5.0, 4.0], [5.0, 3.0, 4.0]])),
        choose_k(curve[:1], references[:, :1]),
    )
]

# %% [markdown]
# ## Question 6 · the same names as last month (2 points)
#
# After refitting, clusters have other numbers. Write `rename(old, new)`, which gives the new clusters the
# old names: `old` and `new`, shape `(n,)`, hold the labels of the *same* rows, last month and now. Return
# new labels, shape `(n,)`, such that
#
# - every cluster of `new` gets one name, and no two get the same,
# - names are taken from `old`, so that as many rows as possible have the same label as in `old`,
# - if `new` has more clusters than `old`, those that get no old name are numbered `max(old) + 1`, `max(old)
#   + 2`, …, the larger cluster first.
#
# Labels are non-negative integers with gaps. On the data of the test the best naming is unique, and
# clusters without an old name have different sizes. `linear_sum_assignment(table, maximize=True)` finds the
# pairs of row and column with the largest sum; the table need not be square.


# %% question="rename" points=2
### BEGIN SOLUTION
def rename(old, new):
    old_names, new_names = np.unique(old), np.unique(new)
    table = np.array([[np.sum((new == j) & (old == i)) for i in old_names] for j in new_names])
    pairs = np.transpose(linear_sum_assignment(table, maximize=True))
    names = {new_names[row]: old_names[column] for row, column in pairs}
    free = [j for j in new_names if j not in names]
    for j in sorted(free, key=lambda j: -np.sum(new == j)):
        names[j] = max(old.max(), *names.values()) + 1
    return np.array([names[j] for j in new])


### END SOLUTION

# %% check="rename"
_old = np.array([4, 4, 4, 7, 7, 7, 9])
_named = np.asarray(rename(_old, np.array([1, 1, 1, 0, 0, 0, 2])))
assert np.array_equal(_named, _old), f"The same clusters with other numbers should become {_old}."
_named = np.asarray(rename(_old, np.array([1, 1, 1, 1, 0, 0, 0])))
assert np.array_equal(_named, [4, 4, 4, 4, 7, 7, 7]), (
    "The cluster of four shares three rows with 4, the cluster of three shares two with 7. You say "
    f"{_named}."
)
_old, _new = np.array([1, 1, 1, 1, 1, 3, 3, 3]), np.array([0, 0, 5, 5, 5, 5, 5, 5])
assert np.array_equal(rename(_old, _new), [1, 1, 3, 3, 3, 3, 3, 3]), (
    "Cluster 5 shares three rows with each old cluster, cluster 0 two rows with old 1: naming 5 as 3 and "
    "0 as 1 keeps five rows. Do not name the clusters one by one, greedily."
)
_named = rename(np.array([3, 3, 3, 8, 8, 8, 8, 8, 8]), np.array([5, 5, 5, 0, 0, 0, 6, 1, 1]))
assert np.array_equal(_named, [3, 3, 3, 8, 8, 8, 10, 9, 9]), (
    f"Two clusters find no old name: the larger becomes 9, the smaller 10. You say {_named}."
)

# %% probe="rename" exact=true
[
    np.asarray(rename(*arguments)).astype(int)
    for arguments in (
        (last, this),
        (last, 90 - 3 * this),
        (this, last),
        (last, joined),
        (joined, last),
        (np.repeat([8, 8, 2], [few, few + 1, few]), np.repeat([3, 0, 0], [few, few + 1, few])),
        (np.array([2] * 6 + [5] * 5), np.array([9] * 9 + [1] * 2)),
        (np.zeros(10, dtype=int), np.array([1, 3, 3, 2, 2, 2, 2, 0, 0, 0])),
        (np.array([5, 5, 5, 6]), np.array([1, 1, 1, 1])),
    )
]
