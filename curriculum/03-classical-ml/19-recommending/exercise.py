# ---
# title: "Exercise: recommending"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: recommending
#
# Five jobs that the lesson left open. No question needs the answer of another. Change `seed` to
# practise again on other data. People and films are numbered from 0, as rows and columns. Every
# function must work on any input that its question describes, and must not change its arguments.
# NumPy and pandas are all you need.

# %% tags=["parameters"]
seed = 19  # which data you get

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)

# question 1: what a fitted model knows about 15 films, and the stars of one new person
mean = rng.uniform(3.0, 3.8)
film_bias = rng.normal(scale=0.5, size=15)
film_factors = rng.normal(size=(15, 3))
stars = np.full(15, np.nan)
stars[rng.permutation(15)[:7]] = rng.integers(1, 6, size=7)

# question 2: scores (NaN: cannot be recommended) and grades from 0 to 3, 12 people and 10 films
grades = rng.choice(4, p=[0.55, 0.2, 0.15, 0.1], size=(12, 10))
scores = np.round(0.4 * grades + rng.normal(size=(12, 10)), 1)
scores[rng.random((12, 10)) < 0.2] = np.nan
grades[3] = 0

# question 3: stars of 30 people for 12 films, NaN where there are none
taste = rng.normal(size=(30, 2)) @ rng.normal(size=(2, 12))
R = np.clip(np.round(rng.normal(3.2, 0.6, size=(30, 1)) + 0.8 * taste), 1, 5)
R[rng.random((30, 12)) < 0.35] = np.nan
R[0, 1:] = np.nan
R[0, 0] = rng.integers(1, 6)

# question 4: a log of who watched what and when, and the day of each film's premiere
n_rows = 260
log = pd.DataFrame(
    {
        "user": rng.integers(0, 14, n_rows),
        "film": np.minimum(rng.geometric(0.09, n_rows) - 1, 24),
        "day": rng.integers(0, 200, n_rows),
    }
).drop_duplicates(["user", "film"], ignore_index=True)
premiere = np.minimum(
    rng.integers(0, 200, 25), log.groupby("film")["day"].min().reindex(range(25), fill_value=199)
).to_numpy()

# question 5: a model's scores of 20 people for 16 films, and how many people watched each film
watchers = rng.integers(1, 500, 16)
wanted = 0.3 * np.log(watchers) + rng.normal(scale=0.5, size=(20, 16))

# %% [markdown]
# ## Question 1 · somebody new arrives (3 points)
#
# A model predicts $\hat r_i = \mu + b_i + b + p \cdot q_i$ for film $i$. The mean $\mu$, the films' biases $b_i$
# and factors $q_i$ are fitted already, and stay fixed. A new person rates some films. *Folding in* finds
# only this person's bias $b$ and factors $p$, together, by minimising
#
# $$ \sum_{i \text{ rated}} (r_i - \hat r_i)^2 + \lambda_b\, b^2 + \lambda\, \lVert p \rVert^2. $$
#
# Write `fold_in(stars, mean, film_bias, film_factors, penalty_bias, penalty)`. `stars` has shape
# `(n_films,)`, with NaN where not rated (perhaps everywhere); `film_bias` has shape `(n_films,)`,
# `film_factors` `(n_films, k)`. $\lambda_b$ is `penalty_bias` and $\lambda$ is `penalty`, both above 0. Return
# the predictions for *all* films, shape `(n_films,)`, not clipped.


# %% question="fold_in" points=3
### BEGIN SOLUTION
def fold_in(stars, mean, film_bias, film_factors, penalty_bias, penalty):
    design = np.column_stack([np.ones(len(stars)), film_factors])
    rated = ~np.isnan(stars)
    seen, left = design[rated], (stars - mean - film_bias)[rated]
    penalties = np.diag([penalty_bias] + [penalty] * film_factors.shape[1])
    person = np.linalg.solve(seen.T @ seen + penalties, seen.T @ left)
    return mean + film_bias + design @ person


### END SOLUTION

# %% check="fold_in"
_got = fold_in(stars, mean, film_bias, film_factors, 1.0, 2.0)
assert np.shape(_got) == (15,), "Expected a prediction for each of the 15 films, rated or not."
assert not np.isnan(_got).any(), "Some predictions are NaN: only rated films may enter the fit."
assert np.allclose(
    fold_in(np.full(15, np.nan), mean, film_bias, film_factors, 1.0, 2.0), mean + film_bias
), "Nobody knows anything about a person without ratings: then bias and factors are 0."
_got = fold_in(stars, mean, film_bias, film_factors, 1.0, 1e12)
_rated = ~np.isnan(stars)
_left = (stars - mean - film_bias)[_rated]
assert np.allclose(_got - mean - film_bias, _left.sum() / (_rated.sum() + 1.0), atol=1e-4), (
    "With a huge penalty on the factors only the bias is left: the sum of what the film biases leave, "
    f"over the number of ratings plus penalty_bias. You add {np.round(_got - mean - film_bias, 2)[:3]}."
)
_got = fold_in(stars, mean, film_bias, film_factors, 1e-9, 1e-9)
_error = (stars - _got)[_rated]
assert np.allclose([_error.sum(), *(_error @ film_factors[_rated])], 0, atol=1e-4), (
    "Almost without penalties it is least squares: over the rated films, the errors sum to 0, also after "
    "multiplying them by any column of factors. Are bias and factors fitted together?"
)

# %% probe="fold_in" rtol=1e-5
[
    fold_in(stars, mean, film_bias, film_factors, 1.0, 2.0),
    fold_in(stars, mean, film_bias, film_factors, 4.0, 0.3),
    fold_in(stars, mean, film_bias, film_factors[:, :1], 0.2, 5.0),
    fold_in(stars[::-1], mean - 1, -film_bias, film_factors, 3.0, 3.0),
    fold_in(np.where(np.arange(15) == 4, 5.0, np.nan), mean, film_bias, film_factors, 0.5, 1.0),
    fold_in(np.full(15, np.nan), mean, film_bias, film_factors, 0.5, 1.0),
    fold_in(R[5], mean, film_bias[:12], film_factors[:12], 2.0, 0.7),
]

# %% [markdown]
# ## Question 2 · NDCG with grades (3 points)
#
# Relevance often has grades: seen a little, seen to the end, seen twice. The *gain* of a film of grade
# $g$ is $2^g - 1$, and $\mathrm{DCG@}k = \sum_{j=1}^{k} (2^{g_j} - 1) / \log_2(j + 1)$, where $g_j$ is the grade at
# rank $j$ of the list. NDCG is that over the largest DCG that any list of the same candidates can have.
#
# Write `ndcg(scores, grades, k)`; both arrays have shape `(n_users, n_films)`, grades are integers $\ge 0$,
# and $k \ge 1$. For each person:
#
# - candidates are the films whose score is not NaN; others take part neither in the list nor in the ideal,
# - the list is sorted by falling score; of equal scores the lower film number goes first,
# - where there are fewer than `k` candidates, the list is that short, and so is the ideal,
# - a person whose candidates have no grade above 0 has no NDCG, and is left out.
#
# Return the mean over the people left, as a float; NaN if nobody is left.


# %% question="ndcg" points=3
### BEGIN SOLUTION
def ndcg(scores, grades, k):
    values = []
    for row, score in enumerate(scores):
        candidates = ~np.isnan(score)
        gain = 2.0 ** grades[row, candidates] - 1
        order = np.argsort(-score[candidates], kind="stable")
        discount = 1 / np.log2(np.arange(len(gain)) + 2)[:k]
        ideal = np.sort(gain)[::-1][:k] @ discount
        if ideal > 0:
            values.append(gain[order][:k] @ discount / ideal)
    return float(np.mean(values)) if values else float("nan")


### END SOLUTION

# %% check="ndcg"
_score, _grade = np.array([[0.9, 0.5, 0.5, np.nan]]), np.array([[0, 1, 2, 3]])
assert np.isclose(ndcg(_score, _grade, 1), 0), (
    "The first film of the list has grade 0, so NDCG@1 is 0."
)
_value = ndcg(_score, _grade, 2)
assert not np.isclose(_value, 1 / np.log2(3) / (7 + 3 / np.log2(3))), (
    "The film with score NaN cannot be recommended: the ideal list must do without it, too."
)
assert not np.isclose(_value, 3 / np.log2(3) / (3 + 1 / np.log2(3))), (
    "Films 1 and 2 have the same score: the lower number goes first."
)
assert np.isclose(ndcg(np.array([[3.0, 2.0]]), np.array([[2, 1]]), 5), 1), (
    "A perfect list of two candidates has NDCG@5 of 1, although it is shorter than 5."
)
assert np.isclose(ndcg(-np.ones((2, 3)), np.array([[3, 0, 0], [0, 0, 0]]), 2), 1), (
    "The second person has nothing relevant, and is left out of the mean."
)
assert np.isnan(ndcg(np.ones((2, 3)), np.zeros((2, 3), dtype=int), 2)), "Nobody is left: NaN."

# %% probe="ndcg" rtol=1e-6
[
    [ndcg(scores, grades, k) for k in (1, 2, 3, 5, 8, 10, 30)],
    np.nan_to_num([ndcg(scores[[row]], grades[[row]], 4) for row in (0, 1, 2, 4, 5, 6)], nan=-1),
    ndcg(np.round(scores), grades, 4),
    ndcg(np.round(scores), 3 - grades, 3),
    ndcg(np.where(np.isnan(scores), scores, 0.0), grades, 5),
    ndcg(-scores, 2 * grades, 6),
    ndcg(np.where(grades == 3, np.nan, scores), grades, 3),
    ndcg(np.where(np.arange(10) < 7, np.nan, scores), grades, 5),
    str(ndcg(scores[[3]], grades[[3]], 5)),
    str(ndcg(np.full((2, 4), np.nan), np.ones((2, 4), dtype=int), 5)),
]

# %% [markdown]
# ## Question 3 · films alike, with caution (3 points)
#
# Write `predict_stars(R, user, film, shrink, n_near)` for item-based filtering of stars. `R` has shape
# `(n_users, n_films)`, NaN where not rated.
#
# 1. If `user` rated `film`, treat this rating as missing in everything that follows.
# 2. *Centre*: subtract each person's own mean from their ratings.
# 3. The similarity of `film` and another film is the cosine of their centred ratings over the $n$ people who
#    rated *both*, times $n / (n + \texttt{shrink})$. It is 0 where nobody did, or where one of the two vectors
#    is all 0. `shrink` is above 0.
# 4. Neighbours are the films that `user` rated and whose similarity to `film` is *above 0*; of these the
#    `n_near` most similar (all, if there are fewer). No two similarities are equal.
# 5. Predict the user's mean plus the average of the user's centred ratings of the neighbours, weighted by
#    similarity. Without a neighbour, predict the user's mean.
# 6. If the user has no rating at all (after step 1), predict the mean of all ratings in the matrix.
#
# Return a float, not clipped.


# %% question="predict_stars" points=3
### BEGIN SOLUTION
def predict_stars(R, user, film, shrink, n_near):
    R = R.copy()
    R[user, film] = np.nan
    known = ~np.isnan(R)
    if not known[user].any():
        return float(np.nanmean(R))
    means = np.where(known, R, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    centred = np.where(known, R - means[:, None], 0)
    both = known & known[:, [film]]
    n = both.sum(axis=0)
    mine = centred[:, [film]]
    norm = np.sqrt((both * centred**2).sum(axis=0) * (both * mine**2).sum(axis=0))
    dot = (centred * mine).sum(axis=0)
    similarity = np.divide(dot, norm, out=np.zeros(len(n)), where=norm > 0) * n / (n + shrink)
    candidates = np.flatnonzero(known[user] & (similarity > 0))
    near = candidates[np.argsort(-similarity[candidates])][:n_near]
    if len(near) == 0:
        return float(means[user])
    return float(means[user] + similarity[near] @ centred[user, near] / similarity[near].sum())


### END SOLUTION

# %% check="predict_stars"
_before = R.copy()
_value = predict_stars(R, 4, 2, 5.0, 4)
assert np.array_equal(_before, R, equal_nan=True), "R was changed: work on a copy."
for _star in (1.0, 5.0, np.nan):
    _other = R.copy()
    _other[4, 2] = _star
    assert np.isclose(predict_stars(_other, 4, 2, 5.0, 4), _value), (
        "The prediction changes with the very rating to be predicted: treat it as missing first."
    )
_other = R.copy()
_other[0, 0] = np.nan
assert np.isclose(predict_stars(R, 0, 0, 5.0, 3), np.nanmean(_other)), (
    "Person 0 rated film 0 only. Without this rating nothing is known about them."
)
assert np.isclose(predict_stars(R, 0, 5, 5.0, 3), R[0, 0]), (
    "Person 0 rated one film, so that their centred rating is 0: predict their mean."
)
_small = np.array([[5.0, 1, np.nan], [4, 2, 5], [2, 4, 2], [1, 3, 1], [5, 3, 4]])
assert np.isclose(predict_stars(_small, 0, 2, 2.0, 2), 5.0), (
    "Film 2 is like film 0 and unlike film 1, so only film 0 is a neighbour: mean 3 plus 2, but you say "
    f"{predict_stars(_small, 0, 2, 2.0, 2):.2f}."
)

# %% probe="predict_stars" rtol=1e-5
[
    [predict_stars(R, user, film, 5.0, 3) for user, film in ((1, 2), (2, 0), (3, 7), (9, 11))],
    [predict_stars(R, user, film, 0.5, 12) for user, film in ((4, 3), (5, 9), (6, 1), (7, 4))],
    [predict_stars(R, user, film, 40.0, 1) for user, film in ((10, 6), (11, 5), (12, 8))],
    [predict_stars(R[:14], user, film, 9.0, 4) for user, film in ((13, 3), (8, 10), (4, 5))],
    [predict_stars(R[:, ::-1], user, film, 3.0, 2) for user, film in ((20, 1), (25, 4), (29, 0))],
    predict_stars(R, 0, 0, 5.0, 3),
    predict_stars(R, 0, 4, 5.0, 3),
    predict_stars(np.array([[4.0, 2, np.nan], [3, 3, 3], [2, 3, 2.5]]), 0, 2, 1.0, 2),
    predict_stars(np.array([[4.0, 2, np.nan], [5, 1, 1], [4, 2, 1], [1, 5, 4]]), 0, 2, 1.0, 2),
    predict_stars(np.array([[4.0, 1, np.nan], [5, 3, np.nan], [np.nan, 1, 2]]), 0, 2, 1.0, 2),
]

# %% [markdown]
# ## Question 4 · only what could be recommended, only what was known (3 points)
#
# Write `recommend(log, premiere, user, day, k, half_life)`, which makes a list on the morning of `day`.
#
# - `log` is a table with the integer columns `user`, `film` and `day`, in any order of rows; only rows
#   *before* `day` are known.
# - A film's popularity is the sum over its known rows (of all people) of $0.5^{a / h}$, where $a$ is the
#   number of days from the row's day to `day`, and $h$ is `half_life`, above 0.
# - Candidates are the films whose `premiere` (an array of days, one per film) is on `day` or before,
#   without those that `user` is known to have watched. A film that nobody watched has popularity 0, and is
#   a candidate like any other.
# - Return the up to `k` most popular candidates, best first, as a list of integers; of equally popular films
#   the lower number goes first.


# %% question="recommend" points=3
### BEGIN SOLUTION
def recommend(log, premiere, user, day, k, half_life):
    known = log[log["day"] < day]
    weight = 0.5 ** ((day - known["day"]) / half_life)
    popularity = np.bincount(known["film"], weight, len(premiere))
    watched = known.loc[known["user"] == user, "film"]
    candidates = np.setdiff1d(np.flatnonzero(premiere <= day), watched)
    return candidates[np.argsort(-popularity[candidates], kind="stable")][:k].tolist()


### END SOLUTION

# %% check="recommend"
_log = pd.DataFrame(
    {"user": [0, 1, 2, 3, 1, 0], "film": [0, 0, 0, 1, 2, 3], "day": [1, 1, 1, 9, 10, 12]}
)
_premiere = np.array([0, 0, 10, 0, 11, 0])
assert list(recommend(_log, _premiere, 9, 10, 1, 1000.0)) == [0], (
    "With a very long half-life every row counts about 1, and film 0 was watched most."
)
assert list(recommend(_log, _premiere, 9, 10, 2, 1.0)) == [1, 0], (
    "With a half-life of one day, yesterday's one row outweighs three of nine days ago."
)
assert list(recommend(_log, _premiere, 9, 10, 9, 1.0)) == [1, 0, 2, 3, 5], (
    "Film 2 has its premiere today and may be recommended, film 4 tomorrow and may not; what nobody is "
    f"known to have watched comes last, by number. You say {recommend(_log, _premiere, 9, 10, 9, 1.0)}."
)
assert list(recommend(_log, _premiere, 0, 10, 9, 1.0)) == [1, 2, 3, 5], (
    "Person 0 watched film 0 before. That they will watch film 3 later, nobody knows on day 10."
)

# %% probe="recommend" exact=true
[
    [int(film) for film in recommend(log, premiere, *arguments)]
    for arguments in (
        (0, 100, 5, 30.0),
        (1, 150, 8, 5.0),
        (2, 199, 25, 60.0),
        (3, 60, 40, 1000.0),
        (4, 120, 10, 3.0),
        (5, 30, 12, 20.0),
        (99, 90, 6, 15.0),
        (6, int(log["day"].iloc[0]), 25, 10.0),
        (7, int(premiere[12]), 25, 10.0),
        (int(log["user"].iloc[5]), int(log["day"].iloc[5]), 25, 10.0),
        (8, 0, 5, 10.0),
    )
]

# %% [markdown]
# ## Question 5 · spread the attention (3 points)
#
# Write `spread(wanted, watchers, n_people, k, weight)`. `wanted` holds a model's scores, shape
# `(n_users, n_films)`. Make the people's lists one after another, in the order of the rows. Before each
# list, lower every film's score by `weight` times the number of *earlier* lists that hold the film. The
# list holds the `k` films with the highest lowered scores, best first; of equal ones the lower film number
# goes first. $1 \le k \le$ `n_films`, `weight` $\ge 0$.
#
# Return the tuple `(lists, coverage, novelty)`:
#
# - `lists`: integer array of shape `(n_users, k)`,
# - `coverage`: the share of all films that are in at least one list,
# - `novelty`: the mean of $-\log_2(w / \texttt{n\_people})$ over all places of all lists, where $w$ is the entry
#   of `watchers` (shape `(n_films,)`, $1 \le w \le$ `n_people`) for the film in this place.


# %% question="spread" points=3
### BEGIN SOLUTION
def spread(wanted, watchers, n_people, k, weight):
    shown = np.zeros(wanted.shape[1])
    lists = np.empty((len(wanted), k), dtype=int)
    for row, score in enumerate(wanted):
        lists[row] = np.argsort(-(score - weight * shown), kind="stable")[:k]
        shown[lists[row]] += 1
    novelty = -np.log2(watchers[lists] / n_people)
    return lists, float(np.mean(shown > 0)), float(np.mean(novelty))


### END SOLUTION

# %% check="spread"
_wanted = np.array([[3.0, 2, 1, 0], [3, 2, 1, 0], [3, 2, 1, 0]])
_lists, _coverage, _novelty = spread(_wanted, np.array([64, 32, 4, 1]), 64, 2, 0.0)
assert np.array_equal(_lists, [[0, 1]] * 3), (
    "With weight 0 nothing is lowered: three times the same list, of films 0 and 1."
)
assert np.isclose(_coverage, 0.5), "Two of the four films are in some list."
assert np.isclose(_novelty, 0.5), (
    "A film that everybody watched has novelty 0, one that half watched has 1: 0.5 on average, but you say "
    f"{_novelty:.2f}."
)
_lists, _coverage, _novelty = spread(_wanted, np.array([64, 32, 4, 1]), 64, 2, 1.5)
assert np.array_equal(_lists[:2], [[0, 1], [0, 2]]), (
    "Before the second list the scores are 1.5, 0.5, 1 and 0: it holds film 0, then film 2. You say "
    f"{np.asarray(_lists)[1]}."
)
assert np.array_equal(_lists[2], [1, 0]), (
    "Before the third list the scores are 0, 0.5, −0.5 and 0. Of films 0 and 3 the lower number goes first."
)
assert np.isclose(_coverage, 0.75), "Three of the four films are in some list."

# %% probe="spread" rtol=1e-6
[
    [np.asarray(value).tolist() for value in spread(*arguments)]
    for arguments in (
        (wanted, watchers, 500, 3, 0.0),
        (wanted, watchers, 800, 3, 0.15),
        (wanted[::-1], watchers, 500, 2, 0.6),
        (wanted[:6, :9], watchers[:9], 600, 5, 0.3),
        (wanted[:5], watchers, 1000, 1, 2.0),
        (np.round(2 * wanted), watchers, 512, 4, 1.0),
        (wanted[:2], watchers, 500, 16, 0.1),
    )
]
