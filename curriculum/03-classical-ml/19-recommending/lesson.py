# ---
# title: Recommending
# minutes: 75
# needs: [03-classical-ml/01-framing-and-baselines, 03-classical-ml/05-judging-classifiers, 01-math/02-eigenvectors-and-svd, 01-math/04-gradient-descent, 02-python/06-pandas]
# objectives: [aws-mls/3.1, aws-mls/3.2, aws-mls/3.5, aws-mla/2.3, google-pmle/3.1, databricks-ml/3.1, databricks-ml/3.12, databricks-ml/3.13]
# ---

# %% [markdown]
# # Recommending
#
# A recommender chooses a few things for each person out of many. After this lesson you can
#
# - beat, or fail to beat, honest baselines: popularity and shrunken biases,
# - build neighbours and matrix factorisation by hand, for stars and for mere watching,
# - judge a short list, on later days, by what could have been recommended, and
# - see popularity bias, cold start and missing ratings in the data.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks you to recognise a problem as recommendation
# (3.1), to select a model for it (3.2) and to compare models offline and by A/B test (3.5); its
# successor MLA-C02 evaluates against a baseline (2.3). Databricks asks for the algorithm (3.1), RMSE (3.12)
# and the metric that fits the aim (3.13), Google PMLE for the model family (3.1).

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import sparse

from certlab.datasets import load_ratings

# %% [markdown]
# ## 1. A matrix that is mostly empty
#
# Our films, people and stars are **synthetic**, drawn from few hidden tastes: just what
# factorisation assumes, so it does better here than it should. One row is one person watching one film.
# As a *user–item matrix*, people are rows and films are columns.

# %%
frame = load_ratings()
rated = frame.dropna(subset="rating")
n_users, n_films = frame["user_id"].max() + 1, frame["film_id"].max() + 1
cells = n_users * n_films
print(f"{n_users} people x {n_films} films = {cells:,} cells")
print(f"watched: {len(frame) / cells:.1%}, rated: {len(rated) / cells:.1%}")

# %% [markdown]
# The matrix is *sparse*; in big shops far less than 1 % is filled. Stars are *explicit* feedback:
# people say what they think. Watching, or the share watched, is *implicit*: there is more of it, but an
# empty cell does not say "bad". Mostly it says "unknown".
#
# ## 2. What is missing is not random
#
# > **Predict first.** Do people rate more often after seeing a film to its end?

# %%
ends, labels = [-0.01, 0.5, 0.99, 1], ["up to half", "more", "to the end"]
band = pd.cut(frame["share_watched"], ends, labels=labels)
stars = frame["rating"].groupby(band, observed=True)
print(pd.DataFrame({"rated": stars.count() / stars.size(), "stars": stars.mean()}).round(2))
films = rated.groupby("film_id")["rating"].agg(["mean", "size"])
print(f"mean over ratings {rated['rating'].mean():.2f}, over films {films['mean'].mean():.2f}")
print(f"stars and log of their number correlate: {films['mean'].corr(np.log(films['size'])):.2f}")

# %% [markdown]
# No: a little less often. Those who stop early give 2 stars on average, and they do rate. And films with
# many ratings have better ones, so the mean over ratings is higher than the mean over films. That is
# what *missing not at random* looks like: whether stars are there depends on what they would be. Such a table
# cannot prove it; we know it, because our data were made so. Nor can it tell how people would rate what they
# never chose: probably lower, if they choose what they expect to like.
#
# ## 3. Split by time
#
# A recommender learns from the past and is used later. So is ours: it knows everything before October,
# and is judged on October to December.

# %%
cut = pd.Timestamp("2024-10-01")
past, future = frame[frame["watched"] < cut], frame[frame["watched"] >= cut]
past_stars, future_stars = past.dropna(), future.dropna()
for name in ("user_id", "film_id"):
    new = ~future[name].isin(past[name])
    print(f"{name}: {future.loc[new, name].nunique()} new, in {new.mean():.0%} of later rows")


def to_matrix(rows, column=None):
    matrix = np.zeros((n_users, n_films))
    matrix[rows["user_id"], rows["film_id"]] = 1.0 if column is None else rows[column]
    return matrix


def rmse(rows, prediction):
    error = rows["rating"] - prediction[rows["user_id"], rows["film_id"]]
    return np.sqrt(np.mean(error**2))


# %% [markdown]
# People and films without any history are the *cold start*. We return to them in section 9.
#
# ## 4. Baselines: shrunken means
#
# > **Predict first.** The eight films with the highest mean so far: will they keep it?

# %%
films = past_stars.groupby("film_id")["rating"].agg(["mean", "size"])
mean = past_stars["rating"].mean()
films["shrunk"] = (films["mean"] * films["size"] + mean * 10) / (films["size"] + 10)
for column in ("mean", "shrunk"):
    best = films.sort_values([column, "size"], ascending=False).head(8)
    later = future_stars[future_stars["film_id"].isin(best.index)]["rating"].mean()
    print(f"best by {column:>6}: {best[column].mean():.1f} stars, later {later:.1f}", end="; ")
    print("ratings", best["size"].tolist())

# %% [markdown]
# They fall from 4.5 to 4.1; one of them had a single rating. A mean of few ratings is noisy, and the
# top of a list collects lucky noise. *Shrinkage* adds 10 pretended ratings at the overall mean: the less
# is known, the closer to the mean. The shrunken list is better later, and does not promise too much.
#
# People differ, too: some are generous. So we fit biases for both, in turn, shrunk likewise:
#
# $$ \hat r_{ui} = \mu + b_u + b_i, \qquad
# b_i = \frac{\sum_{u} (r_{ui} - \mu - b_u)}{n_i + \lambda}, \qquad b_u \text{ likewise,} $$
#
# where $n_i$ is the film's number of ratings and $\lambda$ the number of pretended ones.


# %%
def fit_biases(rows, shrink=5):
    user, film, stars = (rows[name] for name in ("user_id", "film_id", "rating"))
    n_user, n_film = np.bincount(user, minlength=n_users), np.bincount(film, minlength=n_films)
    of_user = np.zeros(n_users)
    for _ in range(10):
        left = stars - stars.mean() - of_user[user]
        of_film = np.bincount(film, left, n_films) / (n_film + shrink)
        left = stars - stars.mean() - of_film[film]
        of_user = np.bincount(user, left, n_users) / (n_user + shrink)
    return stars.mean() + of_user[:, None] + of_film


biases = fit_biases(past_stars)
guesses = {"mean": 0 * biases + mean, "biases": biases, "unshrunk": fit_biases(past_stars, 1e-9)}
print({name: f"{rmse(future_stars, guess):.2f}" for name, guess in guesses.items()})

# %% [markdown]
# Biases beat the mean, and without shrinkage they lose a good part of what they won.
#
# ## 5. Neighbours
#
# *Collaborative filtering* uses only who watched (or rated) what. *Item-based*: two films are alike if the same
# people watched both, measured by the cosine of their columns; a film's score for you sums its
# similarities to your films. *User-based*: the same with rows. On a sparse matrix, both are one product.
#
# > **Predict first.** Will a film's nearest neighbours be of its own genre?


# %%
def cosine(matrix):  # between columns
    norm = np.sqrt(np.maximum(matrix.sum(axis=0), 1))  # entries are 0 or 1
    similarity = (matrix.T @ matrix).toarray() / np.outer(norm, norm)
    np.fill_diagonal(similarity, 0)
    return similarity


W = sparse.csr_array(to_matrix(past))
item_item = cosine(W)
by_items, by_users = W @ item_item, cosine(W.T) @ W
genre = frame.groupby("film_id")["genre"].first().to_numpy()
near = np.argsort(-item_item, axis=1)[:, :10]
same, chance = genre[near] == genre[:, None], genre == genre[:, None]
print(f"10 nearest of the same genre: {same.mean():.0%}, by chance {chance.mean():.0%}")
famous = np.argsort(-W.sum(axis=0))[:40]
print(f"10 nearest among the 40 most watched: {np.isin(near, famous).mean():.0%}, by chance 10%")

# %% [markdown]
# Hardly more often than by chance; but half of them are famous. Watching is driven by fame, and the cosine only
# partly divides it out.
#
# ## 6. Matrix factorisation
#
# As in a truncated SVD, give each person a vector $p_u$ and each film a vector $q_i$ of $k$ *factors*, but fit
# only filled cells, and penalise:
#
# $$ \hat r_{ui} = \mu + b_u + b_i + p_u \cdot q_i, \qquad
# \min \sum_{ui} w_{ui} (r_{ui} - \hat r_{ui})^2 + \lambda \Big(\sum_u \lVert p_u \rVert^2 + \sum_i \lVert q_i \rVert^2\Big). $$
#
# Here $w_{ui}$ is 1 where rated and 0 elsewhere. With the films fixed, each person's vector is a ridge
# regression: $p_u = (Q^\top W_u Q + \lambda I)^{-1} Q^\top W_u\, t_u$, where $Q$ stacks the films' vectors, $W_u$ is
# diagonal with this person's weights, and $t_u$ is what the biases leave. Then the reverse, with people
# fixed. That is *alternating least squares* (ALS). Gradient descent on one rating at a time
# (SGD) minimises the same. We fit on ratings before August and watch August and September.


# %%
def als_half(target, weight, factors, penalty):
    k = factors.shape[1]
    outer = (factors[:, :, None] * factors[:, None, :]).reshape(-1, k * k)
    left = (weight @ outer).reshape(-1, k, k) + penalty * np.eye(k)
    return np.linalg.solve(left, ((weight * target) @ factors)[:, :, None])[:, :, 0]


def factorise(target, weight, k, penalty, rounds=15):
    of_films = np.random.default_rng(1).normal(0, 0.1, (n_films, k))
    for _ in range(rounds):
        of_users = als_half(target, weight, of_films, penalty)
        of_films = als_half(target.T, weight.T, of_users, penalty)
        yield of_users, of_films


def fit_factors(stars, k=4, penalty=5):
    start, seen = fit_biases(stars), to_matrix(stars)
    *_, factors = factorise(seen * (to_matrix(stars, "rating") - start), seen, k, penalty)
    return start, *factors


# %% [markdown]
# > **Predict first.** The data have four hidden tastes. What do 12 factors cost? And a tenth of the penalty?

# %%
is_early = past_stars["watched"] < "2024-08-01"
early, valid = past_stars[is_early], past_stars[~is_early]
start, seen = fit_biases(early), to_matrix(early)
left = seen * (to_matrix(early, "rating") - start)
figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
for k, penalty in ((1, 5), (4, 5), (12, 5), (4, 0.5)):
    curve = [rmse(valid, start + P @ Q.T) for P, Q in factorise(left, seen, k, penalty, 20)]
    axis.plot(range(1, 21), curve, label=f"factors: {k}, penalty {penalty}")
    print(f"factors: {k:2d}, penalty {penalty}: {curve[-1]:.2f}")
axis.axhline(rmse(valid, start), color="0.4", linestyle="--", label="biases alone")
axis.set(xlabel="rounds of ALS", ylabel="RMSE on later ratings", title="The penalty decides")
axis.set(xticks=range(0, 21, 5), ylim=(1.05, 1.4))
axis.legend(ncols=2)
plt.show()

# %% [markdown]
# With penalty 5, 4 or 12 factors hardly differ. With 0.5, factors are worse than biases alone. We take 4 and 5,
# refit on all months before October, and also try a random split of the same size.

# %%
shuffled = rated.iloc[np.random.default_rng(5).permutation(len(rated))]
for name, rows in {"random": shuffled, "by time": rated}.items():
    train, test = rows[: len(past_stars)], rows[len(past_stars) :]
    start, of_users, of_films = fit_factors(train)
    by_factors = start + of_users @ of_films.T
    known = test[test["user_id"].isin(train["user_id"])]
    errors = [f"{rmse(rows, guess):.2f}" for rows in (test, known) for guess in (start, by_factors)]
    print(f"{name}: biases, factors {errors[:2]}; {len(known) / len(test):.0%} known: {errors[2:]}")

# %% [markdown]
# The second pair of errors is over the test rows of known people: those with a rating in training. The
# random split flatters: it has no newcomers. Without them, both splits give nearly the same, as our people's
# tastes never change. Where tastes do, a random split also lets later ratings help to predict earlier
# ones; in production they cannot.
#
# ## 7. Judging a list
#
# For one person, let $h_j = 1$ if the film at rank $j$ is relevant, here: watched later. $m$ films are relevant.
#
# | metric at $k$ | formula | asks |
# |---|---|---|
# | precision | $\sum_j h_j / k$ | how much of the list is good? |
# | recall | $\sum_j h_j / m$ | how much of the good is listed? |
# | hit rate | is any $h_j = 1$? | anything at all? |
# | reciprocal rank; its mean is MRR | 1 / first hit's rank, else 0 | how soon? |
# | average precision; its mean is MAP | $\sum_j h_j \, \text{precision@}j / \min(m, k)$ | are hits early? |
# | NDCG | $\sum_j \frac{h_j}{\log_2(j+1)} \big/ \sum_{j \le \min(m,k)} \frac{1}{\log_2(j+1)}$ | the same, with a gentler discount |
#
# The mean goes over people (*macro*), each counting once; who has no relevant film is left
# out. Ties in the scores need a rule; ours is the lower film number.


# %%
def judge(hits, n_relevant):
    rank, reachable = np.arange(1, hits.shape[1] + 1), np.minimum(n_relevant, hits.shape[1])
    precision = np.cumsum(hits, axis=1) / rank
    ideal = np.cumsum(1 / np.log2(rank + 1))[reachable - 1]
    return {
        "precision": hits.mean(axis=1),
        "recall": hits.sum(axis=1) / n_relevant,
        "hit": hits.max(axis=1),
        "RR": np.max(hits / rank, axis=1),
        "AP": np.sum(precision * hits, axis=1) / reachable,
        "NDCG": np.sum(hits / np.log2(rank + 1), axis=1) / ideal,
    }


toy = np.array([[1, 1, 0, 0, 0], [0, 0, 0, 1, 1]])
print(pd.DataFrame(judge(toy, np.array([2, 2])), index=["early", "late"]).round(2).to_string())

# %% [markdown]
# Precision, recall and hit rate are equal; the others see that the hits came late.
#
# Now the real lists, for people with a history. Candidates are films that had their premiere before
# October and that the person has not watched; only these count as relevant.

# %%
premiere = frame.groupby("film_id")["premiere"].first().to_numpy()


def judge_lists(score, before, after, day, known=True):
    watched = to_matrix(before)
    possible = (premiere < np.datetime64(day)) & (watched == 0)
    relevant = to_matrix(after) * possible
    users = (watched.any(axis=1) == known) & relevant.any(axis=1)
    lists = np.argsort(np.where(possible, -score, np.inf), axis=1, kind="stable")[users, :10]
    n_relevant = relevant[users].sum(axis=1).astype(int)
    scores = judge(np.take_along_axis(relevant[users], lists, axis=1), n_relevant)
    return {name: value.mean() for name, value in scores.items()} | {"m": n_relevant.mean()}, lists


def implicit(log, penalty):
    watched = to_matrix(log)
    *_, (P, Q) = factorise(watched, 1 + 5 * watched, 8, penalty, 10)
    return P @ Q.T


# %% [markdown]
# "Implicit" is our ALS on watching: the target is 1 or 0 in *every* cell, the weight (*confidence*) 6
# where watched and 1 elsewhere, since unknown is weak evidence. Another way, BPR, trains on pairs: a watched
# film should outscore a random unwatched one. A "blend" adds predicted stars, times a weight, to the logarithm of
# popularity. Penalty and weight are settings: we choose them on August and September, too.

# %%
months = past[past["watched"] < "2024-08-01"], past[past["watched"] >= "2024-08-01"], "2024-08-01"
start, P, Q = fit_factors(early)
log_fame = np.log(to_matrix(months[0]).sum(axis=0) + 1)
trials = {f"implicit, penalty {x}": implicit(months[0], x) for x in (10, 30, 100, 300)}
trials |= {f"blend, weight {x}": log_fame + x * (start + P @ Q.T) for x in (0, 0.1, 0.3, 1)}
for name, score in trials.items():
    print(f"{name}: NDCG {judge_lists(score, *months)[0]['NDCG']:.2f}")

# %% [markdown]
# Penalty 100 and weight 0.1, then. Now October to December, once.
#
# > **Predict first.** Factors have the best RMSE. Where do they come among lists of ten?

# %%
fame = to_matrix(past).sum(axis=0)
options = {"popular": fame, "biases": biases, "factors": by_factors, "items": by_items}
options |= {"users": by_users, "implicit": implicit(past, 100)}
options["blend"] = np.log(fame + 1) + 0.1 * by_factors
board, shown = {}, {}
for name, score in options.items():
    board[name], lists = judge_lists(score, past, future, cut)
    shown[name] = np.bincount(lists.ravel(), minlength=n_films)
    board[name]["films shown"] = np.sum(shown[name] > 0)
print(pd.DataFrame(board).T.round(2).to_string())

# %% [markdown]
# Far behind! "Popular" knows no person and no star, and only the blend has a higher NDCG. RMSE asks "how
# would they rate what they rated?"; a list asks "what will they watch?". Biases rank the well-rated,
# whatever anybody watches. Here fame decides strongly; a business that wants people to *like* what they
# find counts only well-rated films as relevant. The differences near the top
# are tiny; implicit's best penalty is so strong that its lists are nearly the popular ones.
#
# ## 8. Popularity bias
#
# > **Predict first.** Whose lists concentrate more than what people really watch?

# %%
shown["really watched"] = np.bincount(future["film_id"], minlength=n_films)
figure, axis = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
for name in ("biases", "popular", "factors", "really watched"):
    share = np.sort(shown[name])[::-1].cumsum() / shown[name].sum()
    axis.plot(range(1, n_films + 1), share, "k--" if name == "really watched" else "-", label=name)
    print(f"{name}: 20 films fill {share[19]:.0%}")
axis.set(xlabel="films, most frequent first", ylabel="share of all places or views")
axis.set_title("These lists are narrower than what people watch")
axis.legend()
plt.show()

# %% [markdown]
# All three. *Coverage* is the share of the catalogue shown to anybody: 44 of 400 films for "popular". If
# people then watch what is shown, and the model is retrained on that, the narrowing feeds itself: a *feedback
# loop*; for one person, a *filter bubble*. Showing a few films at random keeps data coming in.
#
# ## 9. Cold start
#
# New people get the popular list, or are asked for a few favourites. A new film has no ratings, but content:
# its genre. A *hybrid* predicts its factors from its genre, by ridge regression over the old films.

# %%
new_people, _ = judge_lists(fame, past, future, cut, known=False)
groups = pd.DataFrame({"known people": board["popular"], "new people": new_people}).round(2)
print(groups.loc[["precision", "recall", "m"]].to_string())
one_hot = pd.get_dummies(genre).to_numpy(float)
old = np.isin(np.arange(n_films), past_stars["film_id"])
G = one_hot[old]
by_genre = np.linalg.solve(G.T @ G + np.eye(G.shape[1]), G.T @ of_films[old])
hybrid = biases + of_users @ (one_hot @ by_genre).T
for name, side in {"new": ~old, "old": old}.items():
    rows = future_stars[side[future_stars["film_id"]]]
    errors = [rmse(rows, guess) for guess in (biases, by_factors, hybrid)]
    print(f"{name} films: biases {errors[0]:.2f}, factors {errors[1]:.2f}, hybrid {errors[2]:.2f}")

# %% [markdown]
# New films are those without a rating before October. On them, factors are 0 and add nothing; genre helps. On
# old films, own factors are better. Precision is higher for new people, but they have more relevant films:
# compare it only within a group.
#
# ## 10. In production
#
# Large services work in *two stages*: a cheap step finds hundreds of candidates, a slower model with more
# columns ranks them. A *two-tower network* computes $p_u$ and $q_i$ from features, so that new films have a
# vector; *approximate nearest-neighbour* search finds the largest $p_u \cdot q_i$ without trying all. In
# Spark, `ALS` gives NaN for people or items unseen in training, hence a NaN RMSE; `coldStartStrategy="drop"`
# drops these rows, so the RMSE then says nothing about cold start. The last judge is an A/B test: past data only know reactions
# to what was shown.
#
# | you see | likely cause | try |
# |---|---|---|
# | offline great, online poor | random split, feedback loop | split by time, A/B test |
# | obscure films on top | means of few ratings | shrink |
# | good RMSE, poor lists | wrong question | ranking metrics, implicit data |
# | everybody gets the same | popularity bias | coverage, re-rank, explore |
# | new films never shown | cold start | content, hybrid, exploration |
# | recommends what was watched | no candidate filter | filter by person and date |
#
# ## Summary
#
# - Stars are few and missing not at random; unwatched means unknown.
# - Shrink means; split by time; judge only what could be recommended.
# - Factorisation is ridge regression, alternating; the penalty matters more than the number of factors.
# - The best RMSE need not give the best list, and popularity is hard to beat.
# - Watch coverage and cold start; test online.
#
# Next: the [exercise](../../exercises/03-classical-ml/19-recommending.ipynb), then
# [explaining models](20-explaining-models.ipynb).
