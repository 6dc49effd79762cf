# ---
# title: "Exercise: imbalanced classes"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: imbalanced classes
#
# Five jobs around rare positives that the lesson did not do for you. No question needs the answer of
# another. Change `seed` to practise again on other data. Every function must work on any input that its
# question describes, not only on the data below. NumPy and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 17  # which data you get

# %%
import numpy as np
from scipy.special import expit, logit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)

# question 1: a model trained where the share `old` was positive, asked where another share is
old, new = float(rng.uniform(0.2, 0.4)), float(rng.uniform(0.03, 0.1))
truth = rng.random(8000) < new
evidence = rng.normal(np.where(truth, 2, -2), 2)  # is itself the log-odds
q = expit(evidence + logit(old))

# questions 2 and 3: payments of 90 cards in 20 days, some cards stolen
card = rng.choice(rng.permutation(500)[:90] + 1000, size=700, p=rng.dirichlet(np.full(90, 2.0)))
day = rng.integers(20, size=700)
stolen = np.isin(card, rng.permutation(np.unique(card))[:14])
y = (stolen & (rng.random(700) < 0.5)).astype(int)
score = expit(rng.normal(2.5 * y - 3, 1.2)).round(2)
amount = np.ceil(rng.lognormal(3.5 + 0.5 * y, 0.8))
draws = rng.integers(len(np.unique(card)), size=(300, len(np.unique(card))))

# question 4: measurements of 240 parts, some of them faulty, and five folds
fault = np.isin(np.arange(240), rng.permutation(240)[:40]).astype(int)
parts = rng.normal(size=(240, 3)) + fault[:, None] * rng.uniform(0.5, 1.5, size=3)
parts = parts * np.array([1.0, 30.0, 0.2]) + np.array([5.0, 100.0, 0.0])
fold = rng.permutation(240) % 5

# question 5: the counts of a balanced test
tp, fp = int(rng.integers(60, 95)), int(rng.integers(4, 20))
fn, tn = 100 - tp, 100 - fp

# %% [markdown]
# ## Question 1 · how many are there now? (3 points)
#
# A model's probabilities `q` are right where the share `old` of all rows is positive. Now it is used on
# rows from elsewhere, without labels. Only the share of positives has changed; within each class the
# rows look as before. The new share $\pi$ can be estimated:
#
# 1. Start with $\pi =$ `old`.
# 2. From `q`, compute what the probabilities of all rows are if the share is $\pi$: odds change by the
#    factor by which the odds of the share changed, from `old` to $\pi$.
# 3. The mean of these probabilities is the next $\pi$. Go on with 2.
#
# Write `new_share(q, old, rounds)`, which does steps 2 and 3 `rounds` times (an integer $\ge 0$) and
# returns the tuple `(pi, p)`: the last $\pi$, a float, and the probabilities that belong to *this* $\pi$,
# shape `(n,)`. All entries of `q`, shape `(n,)`, and `old` lie strictly between 0 and 1.


# %% question="new_share" points=3
### BEGIN SOLUTION
def new_share(q, old, rounds):
    pi, p = old, q
    for _ in range(rounds):
        pi = np.mean(p)
        p = expit(logit(q) + logit(pi) - logit(old))
    return float(pi), p


### END SOLUTION

# %% check="new_share"
_got = new_share(q, old, 300)
assert len(_got) == 2, f"expected (pi, p), got {_got}"
assert np.shape(_got[1]) == q.shape, f"p should have shape {q.shape}, not {np.shape(_got[1])}"
assert np.allclose(new_share(q, old, 0)[1], q), "Without a round, nothing changes."
assert np.isclose(new_share(q, old, 1)[0], q.mean()), (
    "In the first round pi is still old, so the probabilities are q, and the next pi is their mean."
)
assert abs(_got[0] - truth.mean()) < 0.02, (
    f"{truth.mean():.1%} of your rows are positive; after 300 rounds you say {_got[0]:.1%}. Does step 2 start "
    "from q and old each time?"
)
assert np.isclose(np.mean(_got[1]), _got[0], atol=1e-4), (
    f"After many rounds the mean of p, {np.mean(_got[1]):.4f}, should equal pi, {_got[0]:.4f}."
)
_p = np.asarray(new_share(np.array([0.5, 0.2]), 0.5, 1)[1])
assert np.isclose(_p[0], 0.35), (
    "q = 0.5, 0.2 and old = 0.5: after one round pi is 0.35, and a row with q = old should have p = pi; you "
    f"say {_p[0]:.3f}."
)


# %% probe="new_share" rtol=1e-6
def shares(*arguments):
    pi, p = new_share(*arguments)
    return [float(pi), np.asarray(p)[:40].tolist()]


[
    shares(q, old, 1),
    shares(q, old, 2),
    shares(q, old, 25),
    shares(q[:300], old, 0),
    shares(1 - q[:500], 1 - old, 7),
    shares(q[:200] ** 2, old / 2, 3),
]

# %% [markdown]
# ## Question 2 · a threshold for the team (3 points)
#
# A team can look at `k` alarms a day. An alarm is raised where `score >= threshold`, at once, so nobody
# can wait for the day's list. On past payments, look for the threshold.
#
# Write `team_threshold(day, score, y, k, tolerated)`, which returns the tuple `(threshold, busiest, recall)`:
#
# - `threshold`, a float: the lowest of the distinct scores with which at most `tolerated` days have
#   *more than* `k` alarms; `np.inf` (no alarm at all) if none of the scores achieves that;
# - `busiest`, an integer: the number of alarms on the day with most alarms at this threshold;
# - `recall`, a float: at this threshold.
#
# `day` (integers, any order, maybe with gaps), `score` and `y` (0 and 1, at least one 1) have shape `(n,)`.
# Equal scores go together. `k` and `tolerated` are integers, $k \ge 1$ and `tolerated` $\ge 0$.


# %% question="team_threshold" points=3
### BEGIN SOLUTION
def team_threshold(day, score, y, k, tolerated):
    for threshold in np.append(np.unique(score), np.inf):
        alarm = score >= threshold
        counts = np.unique(day[alarm], return_counts=True)[1]
        if np.sum(counts > k) <= tolerated:
            busiest = counts.max() if len(counts) else 0
            return float(threshold), int(busiest), float(alarm[y == 1].mean())


### END SOLUTION

# %% check="team_threshold"
_day, _score = np.array([7, 7, 7, 9, 9, 3]), np.array([0.9, 0.5, 0.2, 0.6, 0.5, 0.1])
_y = np.array([1, 0, 0, 0, 1, 1])
_got = team_threshold(_day, _score, _y, 1, 0)
assert len(_got) == 3, f"expected (threshold, busiest, recall), got {_got}"
assert np.isclose(_got[0], 0.6), (
    "k = 1, no day tolerated: at 0.6 days 7 and 9 have one alarm each, at 0.5 two. The threshold is 0.6; you "
    f"say {_got[0]}."
)
assert _got[1] == 1, f"At 0.6 the busiest day has one alarm, not {_got[1]}."
assert np.isclose(_got[2], 1 / 3), f"At 0.6 one of three frauds is found; you say {_got[2]:.2f}."
_got = team_threshold(_day, _score, _y, 2, 0)
assert np.allclose(_got[:2], (0.5, 2)), (
    f"k = 2: at 0.5 two days have exactly two alarms, which is allowed; you say {_got}."
)
_got = team_threshold(_day, _score, _y, 2, 1)
assert np.allclose(_got[:2], (0.1, 3)), (
    f"k = 2, one day tolerated: with every payment an alarm, only day 7 has more than two; you say {_got}."
)
_got = team_threshold(np.array([1, 1, 2]), np.array([0.8, 0.8, 0.3]), np.array([1, 0, 1]), 1, 0)
assert tuple(_got) == (np.inf, 0, 0.0), (
    f"The two highest scores are equal and on one day: no threshold keeps to one alarm; you say {_got}."
)

# %% probe="team_threshold" rtol=1e-9
[
    *[team_threshold(day, score, y, k, 0) for k in (1, 2, 4, 9)],
    *[team_threshold(day, score, y, 3, tolerated) for tolerated in (1, 2, 5, 19)],
    team_threshold(day * 3 + 40, score.round(1), y, 5, 2),
    team_threshold(day[:60], score[:60], 1 - y[:60], 2, 1),
    team_threshold(day // 19, np.full(700, 0.5), 1 - y, 1, 0),
    team_threshold(day, score, y, 700, 0),
]

# %% [markdown]
# ## Question 3 · is policy B really cheaper? (3 points)
#
# Two policies raise alarms on the same payments. Each alarm costs `fee`; a fraud without alarm costs its
# amount. How much does B save against A, per payment, and how sure is that, if the payments of a card
# belong together?
#
# Write `saving(y, amount, card, alarm_a, alarm_b, fee, draws)`, which returns the tuple of floats
# `(mean, low, high)`:
#
# - `mean`: (cost of A − cost of B) / number of payments;
# - `low`, `high`: the quantiles 0.05 and 0.95 (`np.quantile`) of the same quantity over the rows of `draws`.
#   A row holds numbers of cards, drawn with replacement: number $j$ is card `np.unique(card)[j]`. All
#   payments of a drawn card are in the sample, twice if the card is drawn twice. Each sample is divided
#   by *its* number of payments.
#
# The first five have shape `(n,)`; `y` holds 0 and 1, `alarm_a` and `alarm_b` hold booleans. `draws` has
# shape `(n_draws, n_drawn)`; `n_drawn` may differ from the number of cards.


# %% question="saving" points=3
### BEGIN SOLUTION
def saving(y, amount, card, alarm_a, alarm_b, fee, draws):
    cost_a = np.where(alarm_a, fee, y * amount)
    cost_b = np.where(alarm_b, fee, y * amount)
    place = np.unique(card, return_inverse=True)[1]
    saved, payments = np.bincount(place, weights=cost_a - cost_b), np.bincount(place)
    samples = saved[draws].sum(axis=1) / payments[draws].sum(axis=1)
    low, high = np.quantile(samples, [0.05, 0.95])
    return float(saved.sum() / len(y)), float(low), float(high)


### END SOLUTION

# %% check="saving"
_y, _amount = np.array([1, 0, 1, 0]), np.array([50.0, 80.0, 20.0, 10.0])
_card = np.array([8, 8, 5, 5])
_a, _b = np.zeros(4, dtype=bool), np.array([True, False, False, True])
_got = saving(_y, _amount, _card, _a, _b, 6, np.array([[0, 1]]))
assert len(_got) == 3, f"expected (mean, low, high), got {_got}"
assert np.isclose(_got[0], (70 - 32) / 4), (
    "A never alarms and loses 50 + 20; B pays two fees and loses 20. Saved: 38 in 4 payments, 9.5; you say "
    f"{_got[0]:.2f}."
)
assert np.allclose(_got[1:], _got[0]), "A draw that holds every card once gives the mean itself."
_got = saving(_y, _amount, _card, _a, _b, 6, np.array([[1, 1]]))
assert np.allclose(_got[1:], 22), (
    "Card 8 (number 1) twice: 44 saved twice, in 4 payments, so 22; you say "
    f"{_got[1]:.2f}. Which card has which number, and is the sample divided by its own size?"
)
_got = saving(_y, _amount, np.array([8, 5, 5, 5]), _a, _b, 6, np.array([[1, 1]]))
assert np.allclose(_got[1:], 44), (
    "If card 8 (number 1) has only one payment, two draws of it save 44 twice, in 2 payments, so 44; you say "
    f"{_got[1]:.2f}. Each sample is divided by its own number of payments."
)
_got = saving(y, amount, card, score > 0.3, score > 0.1, 5, draws)
_back = saving(y, amount, card, score > 0.1, score > 0.3, 5, draws)
assert np.allclose(_got, (-_back[0], -_back[2], -_back[1])), (
    "With A and B exchanged, the mean should change its sign, and the limits sign and place."
)

# %% probe="saving" rtol=1e-6 atol=1e-9
nobody = np.zeros(700, dtype=bool)
[
    saving(y, amount, card, nobody, score >= 0.3, 5, draws),
    saving(y, amount, card, score >= 0.5, score * amount >= 4, 4, draws),
    saving(y, amount, card, score >= 0.1, nobody, 11, draws[:90]),
    saving(1 - y, amount / 7, card, ~nobody, score < 0.2, 0.5, draws[:, ::2]),
    saving(
        y[:80], amount[:80], card[:80] // 40, nobody[:80], score[:80] > 0.15, 3, draws[:, :4] % 5
    ),
]

# %% [markdown]
# ## Question 4 · SMOTE within the folds (3 points)
#
# Write `smote_scores(X, y, fold, k)`, which returns out-of-fold probabilities, shape `(n,)`. For each
# value of `fold`, the rows with this value are held out, and all others are for training:
#
# 1. Fit a `StandardScaler` to the training rows and scale both parts with it.
# 2. For each positive training row and each of its `k` nearest *positive training* rows (Euclidean distance,
#    scaled; not the row itself), add the point halfway between the two as a new positive.
# 3. Fit `GaussianNB()` to the training rows and the new ones, and predict the held-out rows.
# 4. Put these probabilities right for the training rows' share of positives, as it was before step 2.
#
# `X` has shape `(n, m)`, all rows distinct; `y` (0 and 1) and `fold` (integers) have shape `(n,)`. Every
# training part has more than `k` positives and some negatives; $k \ge 1$.


# %% question="smote_scores" points=3
### BEGIN SOLUTION
def smote_scores(X, y, fold, k):
    scores = np.zeros(len(X))
    for name in np.unique(fold):
        out = fold == name
        scaler = StandardScaler().fit(X[~out])
        rows, target = scaler.transform(X[~out]), y[~out]
        positive = rows[target == 1]
        nearest = NearestNeighbors(n_neighbors=k + 1).fit(positive)
        neighbours = nearest.kneighbors(positive, return_distance=False)[:, 1:]
        invented = (np.repeat(positive, k, axis=0) + positive[neighbours.ravel()]) / 2
        model = GaussianNB().fit(
            np.vstack([rows, invented]), np.append(target, np.ones(len(invented), dtype=int))
        )
        q = model.predict_proba(scaler.transform(X[out]))[:, 1]
        scores[out] = q / (q + (1 - q) * (k + 1))
    return scores


### END SOLUTION

# %% check="smote_scores"
_p = np.asarray(smote_scores(parts, fault, fold, 3))
assert _p.shape == (240,), f"expected shape (240,), got {_p.shape}"
assert np.all((_p >= 0) & (_p <= 1)), "Probabilities lie between 0 and 1."
assert _p[fault == 1].mean() > _p[fault == 0].mean(), "Faulty parts should score higher on average."
assert _p.mean() < 0.3, (
    f"One part in six is faulty, but your mean probability is {_p.mean():.2f}. Is step 4 missing?"
)
assert _p.mean() > 0.08, (
    f"Your mean probability is {_p.mean():.2f}. What share had the positives before?"
)
_other = np.where(fold == 2, 1 - fault, fault)
assert np.allclose(smote_scores(parts, _other, fold, 3)[fold == 2], _p[fold == 2]), (
    "The labels of fold 2 changed, and so did its predictions: its rows had a part in their own training."
)
_far = parts + 50 * parts.std(axis=0) * (np.arange(240) == np.flatnonzero(fold == 1)[0])[:, None]
assert np.allclose(smote_scores(_far, fault, fold, 3)[fold == 1][1:], _p[fold == 1][1:]), (
    "One held-out row moved far away, and the others of its fold got new probabilities. Which rows does the "
    "scaler see?"
)
_big = smote_scores(parts * np.array([1, 1000, 1]), fault, fold, 3)
assert np.allclose(_big, _p), "A column in other units should change nothing."

# %% probe="smote_scores" rtol=1e-5 atol=1e-9
[
    np.asarray(smote_scores(parts, fault, fold, 1)),
    np.asarray(smote_scores(parts, fault, fold, 4)),
    np.asarray(smote_scores(parts[:, :2], fault, fold % 3 + 7, 2)),
    np.asarray(smote_scores(parts**3, 1 - fault, fold // 3, 5)),
]

# %% [markdown]
# ## Question 5 · precision elsewhere, with its doubt (3 points)
#
# A test set was balanced on purpose and gave the counts `tp`, `fn`, `fp`, `tn`. What precision follows
# where the share `base` is positive?
#
# Write `precision_elsewhere(tp, fn, fp, tn, base, target)`, which returns the tuple of floats
# `(precision, low, high, smallest)`:
#
# - `precision`: at base rate `base`, from the true- and false-positive rates of the test.
# - `low`, `high`: an approximate 95 % interval for it. The ratio $R = TPR / FPR$ is uncertain; its
#   logarithm has about the standard error
#   $$ s = \sqrt{\frac{1}{tp} - \frac{1}{tp + fn} + \frac{1}{fp} - \frac{1}{fp + tn}} , $$
#   so the limits of $R$ are $R\, e^{-1.96 s}$ and $R\, e^{1.96 s}$. (Precision depends on the rates only through
#   $R$.)
# - `smallest`: the base rate at which `low` would be exactly `target`.
#
# The counts are integers, $tp \ge 1$, $fp \ge 1$, $fn \ge 0$, $tn \ge 0$; `base` and `target` lie strictly
# between 0 and 1.


# %% question="precision_elsewhere" points=3
### BEGIN SOLUTION
def precision_elsewhere(tp, fn, fp, tn, base, target):
    ratio = (tp / (tp + fn)) / (fp / (fp + tn))
    error = np.sqrt(1 / tp - 1 / (tp + fn) + 1 / fp - 1 / (fp + tn))
    ratios = ratio * np.exp(1.96 * error * np.array([0, -1, 1]))
    odds = base / (1 - base) * ratios
    needed = target / (1 - target) / ratios[1]
    return *(odds / (1 + odds)).tolist(), float(needed / (1 + needed))


### END SOLUTION

# %% check="precision_elsewhere"
_got = precision_elsewhere(tp, fn, fp, tn, 0.5, 0.9)
assert len(_got) == 4, f"expected (precision, low, high, smallest), got {_got}"
assert np.isclose(_got[0], tp / (tp + fp)), (
    f"Your test is half and half, so at base rate 0.5 precision is tp / (tp + fp) = {tp / (tp + fp):.3f}, not "
    f"{_got[0]:.3f}."
)
assert _got[1] < _got[0] < _got[2], "The precision should lie between its limits."
_rare = precision_elsewhere(tp, fn, fp, tn, 0.01, 0.9)
assert _rare[0] < _got[0], "Precision should fall where positives are rare."
assert np.isclose(_rare[3], _got[3]), "smallest depends on target, not on base."
assert np.isclose(precision_elsewhere(tp, fn, fp, tn, _got[3], 0.5)[1], 0.9), (
    "Put your smallest in as base rate: low should then be the target, 0.9."
)
_more = precision_elsewhere(100 * tp, 100 * fn, 100 * fp, 100 * tn, 0.01, 0.9)
assert np.isclose(_more[0], _rare[0]), "A hundred times the counts: the same precision."
_width = np.log(_rare[2] / (1 - _rare[2])) - np.log(_rare[1] / (1 - _rare[1]))
_narrow = np.log(_more[2] / (1 - _more[2])) - np.log(_more[1] / (1 - _more[1]))
assert np.isclose(_width, 10 * _narrow), (
    "A hundred times the counts: the interval of the log-odds of precision should be ten times narrower."
)

# %% probe="precision_elsewhere" rtol=1e-6
[
    precision_elsewhere(tp, fn, fp, tn, 0.004, 0.3),
    precision_elsewhere(tp, fn, fp, tn, 0.2, 0.95),
    precision_elsewhere(3 * tp, fn, fp, 40 * tn, 0.05, 0.5),
    precision_elsewhere(tp, 0, 1, tn, 0.6, 0.1),
    precision_elsewhere(2, fn, 5 * fp, 7, 0.01, 0.02),
]
