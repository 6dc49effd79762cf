# ---
# title: "Exercise: judging classifiers"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: judging classifiers
#
# Six jobs around metrics, thresholds and probabilities. No question needs the answer of another.
# Your data are drawn for you: change `seed` to practise again on others. Every function must work
# on any input that its question describes, not only on the data below. NumPy, SciPy and
# scikit-learn are all you need.

# %% tags=["parameters"]
seed = 4  # which data you get

# %%
import numpy as np
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, confusion_matrix, fbeta_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from statsmodels.datasets import fair

rng = np.random.default_rng(seed)

# Fair's survey: naive Bayes, trained on 900 women with five of their answers, and asked about 700
women = fair.load_pandas().data.iloc[rng.permutation(6366)[:1600]]
answers = rng.permutation(women.columns.drop(["affairs", "yrs_married", "rate_marriage"]))[:3]
answers = women[["yrs_married", "rate_marriage", *answers]].to_numpy()
affair = (women["affairs"] > 0).to_numpy().astype(int)
bayes = GaussianNB().fit(answers[:900], affair[:900])
y, score = affair[900:], bayes.predict_proba(answers[900:])[:, 1].round(2)
years_married = answers[900:, 0]

# question 1: predicting the rating of the marriage, five classes
rating = women["rate_marriage"].to_numpy().astype(int)
bayes = GaussianNB(var_smoothing=1e-3).fit(answers[:900, [0, 2, 3, 4]], rating[:900])
matrix = confusion_matrix(
    rating[900:], bayes.predict(answers[900:, [0, 2, 3, 4]]), labels=range(1, 6)
)

# question 3: synthetic purchases, some of them fraud
fraud = (rng.random(400) < 0.15).astype(int)
alarm_score = np.clip(rng.normal(0.35 + 0.25 * fraud, 0.15), 0, 1).round(2)
amount = np.ceil(rng.lognormal(4, 1, size=400)).astype(int)
fee = rng.integers(20, 60, size=400)

# question 4: probabilities and four cost settings (c_fp, c_fn, c_review, error)
p = rng.beta(1, 2, size=300)
c_fp, c_fn = (float(value) for value in rng.uniform([2, 4], [4, 9]))
c_review, error = (float(value) for value in rng.uniform([0.3, 0.02], [0.6, 0.1]))

# question 6: four plans (recall, base_rate, width, confidence, sure)
plans = rng.uniform(
    [0.6, 0.05, 0.06, 0.85, 0.8], [0.97, 0.3, 0.15, 0.99, 0.99], size=(4, 5)
).tolist()

# %% [markdown]
# ## Question 1 · averages without the background (2 points)
#
# In some tasks one class is mere background ("no disease", "other"), and the averages should leave
# it out. Write `f_averages(matrix, beta, ignore)`, which returns the tuple of floats
# `(macro, weighted, micro)`: three averages of $F_\beta$ over all classes except class number
# `ignore` (an index, counted from 0; `None` leaves out no class).
#
# - `matrix`, shape `(k, k)`, is a confusion matrix in scikit-learn's orientation; `beta` is
#   positive.
# - The ignored class is only left out of the *average*. An ignored row that was called class 2 is
#   still a false positive of class 2, and a row of class 2 that was called the ignored class is a
#   miss.
# - A class without any true positive has $F_\beta = 0$, even if it was never predicted or has no
#   rows; `macro` counts it like every other class.
# - `weighted` uses the number of true rows of each class. `micro` adds up the TP, FP and FN of the
#   classes that are not ignored, and computes one $F_\beta$ from the sums.
#
# At least one class that is not ignored has rows. (In terms of counts,
# $F_\beta = (1 + \beta^2) TP / ((1 + \beta^2) TP + \beta^2 FN + FP)$.)


# %% question="f_averages" points=2
### BEGIN SOLUTION
def f_averages(matrix, beta, ignore):
    keep = [label for label in range(len(matrix)) if label != ignore]
    tp = np.diag(matrix)[keep]
    fn = matrix.sum(axis=1)[keep] - tp
    fp = matrix.sum(axis=0)[keep] - tp

    def f(tp, fn, fp):
        return (1 + beta**2) * tp / ((1 + beta**2) * tp + beta**2 * fn + fp)

    each = np.array([f(*counts) if counts[0] else 0.0 for counts in np.transpose([tp, fn, fp])])
    weighted = np.average(each, weights=tp + fn)
    return float(each.mean()), float(weighted), float(f(tp.sum(), fn.sum(), fp.sum()))


### END SOLUTION

# %% check="f_averages"
_truth, _answer = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2]), np.array([0, 0, 0, 1, 1, 1, 2, 2, 0, 1])
_small = confusion_matrix(_truth, _answer)
_got = f_averages(_small, 2, None)
assert len(_got) == 3, f"expected (macro, weighted, micro), got {_got}"
for _name, _value in zip(("macro", "weighted", "micro"), _got, strict=True):
    _theirs = fbeta_score(_truth, _answer, beta=2, average=_name)
    assert np.isclose(_value, _theirs), (
        f"Nothing ignored, beta 2: scikit-learn's {_name} F of this small example is {_theirs:.4f}; you say "
        f"{_value:.4f}. Which axis of the matrix is the truth, and which error does beta weigh?"
    )
_got = f_averages(_small, 2, 0)
for _name, _value in zip(("macro", "weighted", "micro"), _got, strict=True):
    _theirs = fbeta_score(_truth, _answer, beta=2, average=_name, labels=[1, 2])
    assert np.isclose(_value, _theirs), (
        f"Class 0 ignored: {_name} should be {_theirs:.4f}, not {_value:.4f}. Do rows of class 0 that "
        "were called 1 still count as false positives?"
    )
_got = f_averages(np.array([[3, 0, 1], [0, 0, 0], [1, 0, 5]]), 1, None)
assert np.isclose(_got[0], (6 / 8 + 0 + 10 / 12) / 3), (
    "The middle class has neither rows nor predictions: its F is 0, and macro divides by 3 classes; you "
    f"say {_got[0]:.4f}."
)
assert np.isclose(_got[2], 0.8), f"micro of that matrix is 8 right of 10, not {_got[2]:.4f}."

# %% probe="f_averages" rtol=1e-6
[
    f_averages(matrix, 1, None),
    f_averages(matrix, 2, 4),
    f_averages(matrix, 0.5, 3),
    f_averages(matrix.T, 3, 0),
    f_averages(np.pad(matrix, ((0, 1), (0, 1))), 1.5, None),
    f_averages(np.vstack([0 * matrix[:1], matrix[1:]]), 0.7, 4),
    f_averages(matrix[2:, 2:], 2, 1),
    f_averages(np.triu(matrix), 1, None),
]

# %% [markdown]
# ## Question 2 · ranked right, among equals (2 points)
#
# A model that predicts affairs gets much of its AUC from the years of marriage. How well does it
# rank women who have been married *equally long*?
#
# Write `group_auc(y, score, group, weight)`, which returns the tuple `(auc, pairs)`. All arguments
# are arrays of shape `(n,)`; `y` holds 0 and 1, `weight` positive numbers.
#
# - Only pairs of a positive and a negative row *of the same group* are compared. A pair counts as
#   much as the product of the weights of its two rows.
# - `auc`, a float: the weighted share of all these pairs, of all groups together, in which the
#   positive row has the higher score. Equal scores count as half.
# - `pairs`, an integer: how many pairs there are (weights ignored).
#
# A group with one class only has no pairs. At least one group has some.


# %% question="group_auc" points=2
### BEGIN SOLUTION
def group_auc(y, score, group, weight):
    right, total, pairs = 0.0, 0.0, 0
    for value in np.unique(group):
        positive, negative = (group == value) & (y == 1), (group == value) & (y == 0)
        difference = score[positive][:, None] - score[negative]
        pair_weight = weight[positive][:, None] * weight[negative]
        right += np.sum(pair_weight * (np.sign(difference) + 1) / 2)
        total += pair_weight.sum()
        pairs += difference.size
    return float(right / total), int(pairs)


### END SOLUTION

# %% check="group_auc"
_one = np.ones(len(y))
_got = group_auc(y, score, np.zeros(len(y)), _one)
assert len(_got) == 2, f"expected (auc, pairs), got {_got}"
assert np.isclose(_got[0], roc_auc_score(y, score)), (
    f"With a single group and equal weights this is the AUC, {roc_auc_score(y, score):.4f}; you say "
    f"{_got[0]:.4f}. Do equal scores count as half?"
)
assert _got[1] == y.sum() * (1 - y).sum(), "A single group: every positive meets every negative."
_w = np.arange(1, len(y) + 1) / 100
assert np.isclose(
    group_auc(y, score, np.zeros(len(y)), _w)[0], roc_auc_score(y, score, sample_weight=_w)
), "With a single group and weights, this should be roc_auc_score(..., sample_weight=weight)."
_got = group_auc(
    np.array([1, 0, 1, 0, 0, 0, 1]),
    np.array([0.9, 0.1, 0.3, 0.4, 0.5, 0.2, 0.8]),
    np.array([1, 1, 2, 2, 2, 2, 3]),
    np.ones(7),
)
assert _got[1] == 4, f"One pair in group 1, three in group 2, none in group 3; you count {_got[1]}."
assert np.isclose(_got[0], 0.5), (
    f"Two of those four pairs are ranked right, so 0.5; you say {_got[0]:.4f}. Are the pairs of all "
    "groups put together, or is each group's share averaged?"
)
_got = group_auc(
    np.array([1, 0, 1, 0, 0, 0]),
    np.array([0.9, 0.1, 0.3, 0.4, 0.5, 0.2]),
    np.array([1, 1, 2, 2, 2, 2]),
    np.array([1, 1, 2, 1, 1, 1]),
)
assert np.isclose(_got[0], 3 / 7), (
    "One pair of weight 1, ranked right, in group 1; three of weight 2 in group 2, one of them right: "
    f"3/7, not {_got[0]:.4f}. What does a whole group count?"
)

# %% probe="group_auc" rtol=1e-6
ones = np.ones(len(y))
[
    group_auc(y, score, years_married, ones),
    group_auc(y, score, years_married, amount.repeat(2)[:700] / 10),
    group_auc(1 - y, score, answers[900:, 1], 1 + years_married),
    group_auc(y[:90], score[:90].round(1), years_married[:90], fee[:90]),
    group_auc(y, -(score**2), women["age"].to_numpy()[900:] + 1000 * years_married, 2 - score),
    group_auc(fraud, alarm_score, fee // 4, amount),
]

# %% [markdown]
# ## Question 3 · every purchase has its own price (3 points)
#
# A missed fraud costs the amount of that purchase, an alarm in vain a fee that differs by customer.
#
# Write `cheapest(y, score, cost_fp, cost_fn)`, which returns the tuple `(threshold, cost)`. All
# arguments have shape `(n,)`; the costs are positive integers. An alarm is raised where
# `score >= threshold`. Row $i$ costs `cost_fp[i]` if it is a 0 with an alarm, `cost_fn[i]` if it is a
# 1 without, and nothing otherwise.
#
# - `cost`, an integer: the lowest possible total.
# - `threshold`, a float: where it is reached. It is one of the distinct scores, or `np.inf` (no alarm
#   at all). If several reach it, return the highest.


# %% question="cheapest" points=3
### BEGIN SOLUTION
def cheapest(y, score, cost_fp, cost_fn):
    candidates = np.append(np.inf, np.unique(score)[::-1])  # highest first
    costs = []
    for threshold in candidates:
        alarm = score >= threshold
        costs.append(cost_fp[alarm & (y == 0)].sum() + cost_fn[~alarm & (y == 1)].sum())
    best = int(np.argmin(costs))
    return float(candidates[best]), int(costs[best])


### END SOLUTION

# %% check="cheapest"
_y, _score = np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.7, 0.4, 0.4, 0.1])
_got = cheapest(_y, _score, np.array([9, 1, 9, 3, 11]), np.full(5, 9))
assert len(_got) == 2, f"expected (threshold, cost), got {_got}"
assert np.isclose(_got[0], 0.4), (
    "Misses cost 9. At 0.4 both positives are found for two false alarms, which cost 1 and 3; at 0.9 one "
    f"positive is missed, which costs 9. Your threshold is {_got[0]}. Is every row's own fee used?"
)
assert _got[1] == 4, (
    f"... and that cost is 4, not {_got[1]}. Do rows with equal scores go together?"
)
_got = cheapest(_y, _score, np.array([9, 9, 9, 9, 9]), np.array([9, 1, 1, 1, 1]))
assert np.allclose(_got, (0.9, 1)), (
    f"The second positive may be missed for 1, so the best is 0.9 at cost 1; you say {_got}. Is every "
    "row's own cost used?"
)
_got = cheapest(_y, _score, np.full(5, 4), np.array([9, 1, 8, 1, 1]))
assert np.allclose(_got, (0.9, 8)), (
    f"Costs 8 at 0.9 (one miss) and 8 at 0.4 (two false alarms): the higher threshold wins; you say {_got}."
)
_got = cheapest(np.array([0, 1]), np.array([0.9, 0.1]), np.array([50, 50]), np.array([3, 3]))
assert tuple(_got) == (np.inf, 3), (
    f"Raising no alarm costs 3, any alarm at least 50: the threshold is inf; you say {_got}."
)
_cost = cheapest(fraud, alarm_score, fee, amount)[1]
assert _cost <= min(amount[fraud == 1].sum(), fee[fraud == 0].sum()), (
    "On your data, no alarm at all or one for everybody is cheaper than your best threshold."
)

# %% probe="cheapest" rtol=1e-6
flat = np.full(400, 10)
[
    cheapest(fraud, alarm_score, fee, amount),
    cheapest(fraud, alarm_score, flat, 9 * flat),
    cheapest(fraud, alarm_score, fee * 30, amount),
    cheapest(fraud, alarm_score, 1 + fee // 50, amount * 100),
    cheapest(1 - fraud, -alarm_score, amount, fee),
    cheapest(fraud, alarm_score.round(1), fee, amount),
    cheapest(fraud[:40], np.argsort(p[:40]) / 7, flat[:40], flat[:40]),
    [cheapest(np.arange(9) % 2, np.arange(9), flat[:9], flat[:9] * k) for k in (1, 2, 3)],
    cheapest(np.zeros(5, dtype=int), alarm_score[:5], fee[:5], amount[:5]),
    cheapest(np.ones(5, dtype=int), alarm_score[:5], fee[:5], amount[:5]),
]

# %% [markdown]
# ## Question 4 · ask a human (3 points)
#
# Besides "yes" (alarm) and "no" there is a third decision: "review" by a human. The probabilities
# are calibrated. A "yes" for a negative costs $c_{FP}$, a "no" for a positive $c_{FN}$. A review
# costs $c_R$ in any case, and its answer, yes or no, is wrong with probability $e < 0.5$, whatever the
# truth; a wrong answer then costs $c_{FP}$ or $c_{FN}$ as well. `error` is $e$.
#
# Write `three_way(p, c_fp, c_fn, c_review, error)`, which returns the tuple
# `(decisions, cost, low, high)`:
#
# - `decisions`: a list of `"yes"`, `"no"` and `"review"`, one for each entry of `p`, each the one
#   with the lowest expected cost. If "review" is exactly as cheap as the best of the others,
#   review;
# - `cost`: the mean expected cost of these decisions, a float;
# - `low` and `high`: floats such that "review" is chosen for `low <= p <= high`, "no" below and
#   "yes" above. Compute them from the costs, not from `p`. If review pays for no probability at
#   all, both are the $p$ where "yes" and "no" cost the same. (No entry of `p` then lies exactly
#   there.)
#
# $c_{FP}$ and $c_{FN}$ are positive, $c_R$ and $e$ at least 0. `p` has shape `(n,)`.


# %% question="three_way" points=3
### BEGIN SOLUTION
def three_way(p, c_fp, c_fn, c_review, error):
    no, yes = p * c_fn, (1 - p) * c_fp
    costs = np.array([c_review + error * (no + yes), yes, no])
    decisions = np.array(["review", "yes", "no"])[costs.argmin(axis=0)]
    low = (c_review + error * c_fp) / ((1 - error) * c_fn + error * c_fp)
    high = ((1 - error) * c_fp - c_review) / ((1 - error) * c_fp + error * c_fn)
    if low > high:
        low = high = c_fp / (c_fp + c_fn)
    return decisions.tolist(), float(costs.min(axis=0).mean()), float(low), float(high)


### END SOLUTION

# %% check="three_way"
_p = np.array([0.05, 0.25, 0.375, 0.5, 0.75])
_got = three_way(_p, 2, 4, 1, 0)
assert len(_got) == 4, f"expected (decisions, cost, low, high), got {_got}"
assert list(_got[0]) == ["no", "review", "review", "review", "yes"], (
    "False alarms cost 2, misses 4, a faultless review 1. At p = 0.25, no costs 1, as review does: "
    f"review. At 0.75, yes costs 0.5. You decide {_got[0]}."
)
assert np.isclose(_got[1], (0.2 + 1 + 1 + 1 + 0.5) / 5), (
    f"The expected costs are 0.2, 1, 1, 1 and 0.5; their mean is not {_got[1]:.4f}."
)
assert np.allclose(_got[2:], (0.25, 0.5)), f"Review pays from 0.25 to 0.5, not {_got[2:]}."
_got = three_way(_p, 2, 4, 5, 0)
assert "review" not in _got[0], "A review for 5 never pays when the worst mistake costs 4."
assert np.allclose(_got[2:], 1 / 3), (
    f"Then yes and no cost the same where p * 4 = (1 - p) * 2; you say {_got[2:]}."
)
_grid = np.linspace(0, 1, 1001)
_decisions, _cost, _low, _high = three_way(_grid, c_fp, c_fn, c_review, error)
_inside = np.array([_decision == "review" for _decision in _decisions])
assert _inside.any(), "With your costs there are probabilities for which a review pays."
_seen = (_grid[_inside].min(), _grid[_inside].max())
assert np.allclose(_seen, (_low, _high), atol=0.002), (
    f"Your decisions review from {_seen[0]:.3f} to {_seen[1]:.3f}, your limits say {_low:.3f} to "
    f"{_high:.3f}."
)
_cost = three_way(np.array([0.4]), 2, 4, 0.05, 0.25)[1]
assert np.isclose(_cost, 0.75), (
    "20 cases at p = 0.4, a review for 0.05 that is wrong in a quarter of them: it misses 2 of the 8 "
    "positives and gives 3 false alarms among the 12 negatives. With misses at 4 and false alarms at 2 "
    f"that is 1 + 8 + 6 in all, 0.75 for each case; you say {_cost:.4f}."
)
for _name, _limit, _other in (("low", _low, _low * c_fn), ("high", _high, (1 - _high) * c_fp)):
    _cost = three_way(np.array([_limit]), c_fp, c_fn, c_review, error)[1]
    assert np.isclose(_cost, _other), (
        f"At your `{_name}`, {_limit:.4f}, reviewing should cost as much as the decision beyond it, "
        f"{_other:.4f}. Your best decision there costs {_cost:.4f}."
    )

# %% probe="three_way" rtol=1e-6
[
    three_way(p, c_fp, c_fn, c_review, error),
    three_way(p, c_fn, c_fp, c_review, error)[1:],
    three_way(p[:50], c_fp, c_fn, c_review, 0),
    three_way(p[:50], c_fp, c_fn, 0, 3 * error),
    three_way(p[:50], c_fp, c_fn, 0.9 * c_fp * c_fn / (c_fp + c_fn), 0.0),
    three_way(p[:50], c_fp, c_fn, 1.1 * c_fp * c_fn / (c_fp + c_fn), 0.0),
    three_way(p[:50], c_fp, c_fn, 3 * c_review, 0.4),
    three_way(np.arange(9) / 8, 8, 4, 2, 0)[0],
    three_way(np.arange(9) / 8, 2, 4, 0.5, 0.0)[0],
]

# %% [markdown]
# ## Question 5 · what calibration can repair (3 points)
#
# Put together all rows with the same prediction. Group $k$ has $n_k$ rows, prediction $p_k$ and a
# share $\bar y_k$ of positives; $\bar y$ is the share in all $n$ rows. Then the Brier score is exactly
#
# $$
# \underbrace{\frac1n \sum_k n_k (p_k - \bar y_k)^2}_{\text{reliability}} -
# \underbrace{\frac1n \sum_k n_k (\bar y_k - \bar y)^2}_{\text{resolution}} +
# \bar y (1 - \bar y) .
# $$
#
# A calibrator replaces each distinct prediction by another number. Write `brier_parts(y, p)`, which
# returns the tuple of floats `(reliability, resolution, best, best_rising)`. `best` is the lowest
# Brier score on *these* rows that any replacement can reach; `best_rising` the lowest for
# replacements that never turn a higher prediction into a lower number (equal numbers are allowed).
# Both arguments have shape `(n,)`, in any order of the rows; `y` holds 0 and 1.


# %% question="brier_parts" points=3
### BEGIN SOLUTION
def brier_parts(y, p):
    values, place = np.unique(p, return_inverse=True)
    rows = np.bincount(place)
    share = np.bincount(place, weights=y) / rows
    reliability = np.sum(rows * (values - share) ** 2) / len(y)
    resolution = np.sum(rows * (share - np.mean(y)) ** 2) / len(y)
    best = np.mean((share[place] - y) ** 2)
    rising = IsotonicRegression().fit_transform(p, y)
    return float(reliability), float(resolution), float(best), float(np.mean((rising - y) ** 2))


### END SOLUTION

# %% check="brier_parts"
_got = brier_parts(y, score)
assert len(_got) == 4, f"expected (reliability, resolution, best, best_rising), got {_got}"
_sum = _got[0] - _got[1] + y.mean() * (1 - y.mean())
assert np.isclose(_sum, brier_score_loss(y, score)), (
    f"On your data the parts add up to {_sum:.4f}, the Brier score is {brier_score_loss(y, score):.4f}."
)
_small = brier_parts(np.array([1, 0, 1, 0, 0, 1, 0]), np.repeat([0.2, 0.6], [3, 4]))
assert np.isclose(_small[0], (3 * (0.2 - 2 / 3) ** 2 + 4 * (0.6 - 1 / 4) ** 2) / 7), (
    "Three rows at 0.2, of which two are positive, four at 0.6, of which one is: reliability is the mean, "
    f"over the seven rows, of (0.2 - 2/3)² three times and (0.6 - 1/4)² four times, not {_small[0]:.4f}."
)
assert np.isclose(_small[2], 17 / 84), (
    "There the best replacements are 2/3 for 0.2 and 1/4 for 0.6, and the Brier score is 17/84 = 0.2024; "
    f"you say {_small[2]:.4f}."
)
assert np.isclose(_small[3], 12 / 49), (
    "... but these would turn the order round. The best that keeps it is 3/7 for both, Brier score 12/49 = "
    f"0.2449; you say {_small[3]:.4f}."
)
_now = brier_score_loss(y, score)
assert _got[2] - 1e-9 <= _got[3] <= _now + 1e-9, (
    "best should not exceed best_rising, nor best_rising the present Brier score (leaving everything as it "
    f"is, is allowed). You say {_got[2]:.4f} and {_got[3]:.4f}; the present score is {_now:.4f}."
)

# %% probe="brier_parts" rtol=1e-6 atol=1e-9
[
    brier_parts(y, score),
    brier_parts(y, score.round(1)),
    brier_parts(y[:150], score[:150] ** 3),
    brier_parts(1 - y, score.round(1)),
    brier_parts(fraud, alarm_score),
    brier_parts(fraud[::-1], 1 - alarm_score[::-1].round(1)),
    brier_parts(np.append(y, [0, 1]), np.append(score, [1.0, 0.0])),
]

# %% [markdown]
# ## Question 6 · how many rows must be labelled? (2 points)
#
# You expect a recall of about `recall`. Labels are expensive: how many rows do you need, so that
# the interval of the recall will be narrow enough?
#
# Write `rows_to_label(recall, base_rate, width, confidence, sure)`, which returns the tuple of
# integers `(positives, rows)`:
#
# - `positives`: the smallest $n \ge 1$ for which Wilson's interval, for the share `recall` found
#   among $n$ rows, is at most `width` wide from its lower to its upper end. Put $\hat p =$ `recall`
#   in as it is, although `recall` times $n$ may be no whole number. The width is
#   $$ \frac{2 z}{1 + z^2 / n} \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4 n^2}} , $$
#   where $z$ is the standard normal quantile that leaves (1 − `confidence`)/2 above it.
# - `rows`: the smallest number of rows, each positive with probability `base_rate` independently of
#   the others, that contain *at least* that many positives with a probability of at least `sure`.
#
# All arguments are numbers between 0 and 1; `rows` will not exceed 50,000.


# %% question="rows_to_label" points=2
### BEGIN SOLUTION
def rows_to_label(recall, base_rate, width, confidence, sure):
    z = stats.norm.ppf(0.5 + confidence / 2)
    n = np.arange(1, 50_001)
    spread = np.sqrt(recall * (1 - recall) / n + z**2 / (4 * n**2))
    positives = int(n[np.argmax(2 * z * spread / (1 + z**2 / n) <= width)])
    enough = stats.binom.sf(positives - 1, n, base_rate) >= sure
    return positives, int(n[np.argmax(enough)])


### END SOLUTION

# %% check="rows_to_label"
_got = rows_to_label(0.9, 0.1, 0.1, 0.95, 0.9)
assert len(_got) == 2, f"expected (positives, rows), got {_got}"
assert _got[0] == 141, (
    "For a recall of 0.9 and 95 % confidence, 141 positives give a width of 0.09999, 140 one of 0.10035; "
    f"you say {_got[0]}. Is z the quantile for two sides?"
)
_chance = stats.binom.cdf(140, [_got[1], _got[1] - 1], 0.1)
assert _chance[0] <= 0.1, (
    f"Of {_got[1]} rows, fewer than 141 are positive with probability {_chance[0]:.3f}: more than 0.1."
)
assert _chance[1] > 0.1, f"{_got[1] - 1} rows are enough already. Does exactly 141 count as enough?"
assert rows_to_label(0.9, 0.1, 0.1, 0.95, 0.5)[1] < _got[1], (
    "Being less sure should need fewer rows."
)
assert rows_to_label(0.9, 0.1, 0.1, 0.8, 0.9)[0] < 141, (
    "A lower confidence should need fewer positives."
)

# %% probe="rows_to_label" rtol=1e-9
[
    *[rows_to_label(*plan) for plan in plans],
    rows_to_label(plans[0][0], 0.5, 0.3, 0.5, 0.3),
    rows_to_label(0.5, plans[0][1], 0.98, plans[0][3], 0.1),
]
