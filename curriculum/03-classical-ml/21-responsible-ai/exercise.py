# ---
# title: "Exercise: responsible AI"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: responsible AI
#
# Six jobs that the lesson did not do for you, on small invented tables. No question needs the answer of
# another. Change `seed` to practise again on other data. Every function must work on any input of the
# shapes that its question names. NumPy and pandas are all you need.

# %% tags=["parameters"]
seed = 21  # which data you get

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)

# question 1: two attributes, the truth, and who was selected
sex = rng.choice(["f", "m"], size=300, p=[0.4, 0.6])
band = rng.choice(["old", "mid", "young"], size=300, p=[0.15, 0.3, 0.55])
truth = rng.integers(0, 2, size=300)
selected = (rng.random(300) < 0.3 + 0.3 * truth + 0.1 * (band == "mid")).astype(int)

# question 2: scores and truth of two groups
y_a, y_b = rng.permutation(np.arange(60) % 2), rng.permutation(np.arange(36) % 3 == 0).astype(int)
score_a = np.round(rng.normal(0.45, 0.18, size=60) + 0.15 * y_a, 2)
score_b = np.round(rng.normal(0.35, 0.15, size=36) + 0.25 * y_b, 2)

# question 3: rates between 0.1 and 0.9
rates = rng.uniform(0.1, 0.9, size=(12, 4))

# question 4: patients
patients = pd.DataFrame(
    {
        "age": rng.integers(20, 80, size=250),
        "postcode": [f"{number:05}" for number in rng.integers(0, 60, size=250) * 1370],
        "condition": rng.choice(["asthma", "flu", "none", "ulcer"], size=250),
    }
)

# question 5: one row per customer, and the random numbers of the noise
town = rng.choice(["Ulm", "Lyon", "Turin"], size=80)
spent = rng.gamma(2.0, 60.0, size=80).round(2)
uniforms = rng.uniform(0.02, 0.98, size=(6, 5))

# question 6: who got a loan, with which chance, and who repaid (unknown for the others)
member = rng.choice(["a", "b", "c"], size=200, p=[0.5, 0.3, 0.2])
chance = rng.uniform(0.05, 0.95, size=200)
lent = (rng.random(200) < chance).astype(int)
repaid = np.where(lent == 1, (rng.random(200) < 0.3 + 0.5 * chance).astype(float), np.nan)

# %% [markdown]
# ## Question 1 · subgroups that are large enough (3 points)
#
# Write `subgroups(first, second, y, chosen, z, min_size)`. A subgroup is every *pair* of values of `first`
# and `second` that occurs. Its true-positive rate (TPR) is the share with `chosen == 1` among its rows
# with `y == 1`; call the number of these rows $m$ and the rate $r$. Wilson's interval has the ends
#
# $$ \frac{r + \frac{z^2}{2m} \pm z \sqrt{\frac{r(1 - r)}{m} + \frac{z^2}{4m^2}}}{1 + \frac{z^2}{m}} . $$
#
# Subgroups with $m$ below `min_size` are left out. Return the tuple `(rows, ratio)`. `rows` is a list
# with one `(value of first, value of second, m, r, low, high)` for each remaining subgroup, in
# alphabetical order of the first value, then the second. `ratio` is the smallest $r$ divided by the
# largest, or `None` when fewer than two subgroups remain or the largest $r$ is 0. The four arrays have
# shape `(n,)`, text in the first two, 0 and 1 in the others; `min_size` $\ge 1$, $z > 0$.


# %% question="subgroups" points=3
### BEGIN SOLUTION
def subgroups(first, second, y, chosen, z, min_size):
    rows = []
    for one, other in sorted(set(zip(first.tolist(), second.tolist(), strict=True))):
        positive = (first == one) & (second == other) & (y == 1)
        m = int(positive.sum())
        if m < min_size:
            continue
        r = float(chosen[positive].mean())
        centre, share = r + z**2 / (2 * m), 1 + z**2 / m
        half = z * np.sqrt(r * (1 - r) / m + z**2 / (4 * m**2))
        rows.append(
            (one, other, m, r, float((centre - half) / share), float((centre + half) / share))
        )
    tprs = [row[3] for row in rows]
    if len(tprs) < 2 or max(tprs) == 0:
        return rows, None
    return rows, min(tprs) / max(tprs)


### END SOLUTION

# %% check="subgroups"
_first, _second = np.array(["p", "p", "o", "o", "o"]), np.array(["x", "x", "y", "y", "x"])
_rows, _ratio = subgroups(
    _first, _second, np.array([1, 1, 1, 0, 0]), np.array([1, 0, 1, 1, 1]), 2.0, 1
)
assert [tuple(_row[:3]) for _row in _rows] == [("o", "y", 1), ("p", "x", 2)], (
    "Two subgroups have a row with y == 1; o with y first, by the alphabet. m counts rows with y == 1 only; "
    f"you give {[tuple(_row[:3]) for _row in _rows]}."
)
assert np.isclose(_ratio, 0.5), (
    f"TPRs of 1 and 1/2 give the ratio 0.5, smallest over largest; not {_ratio}."
)
assert 0 < _rows[0][4] < 0.5 < 0.999 < _rows[0][5] < 1.001, (
    "One row of one: Wilson's interval ends at 1 and begins far below it; you give "
    f"{_rows[0][4:]}. Is z squared where it should be?"
)
assert subgroups(_first, _second, np.ones(5), np.ones(5), 2.0, 3) == ([], None), (
    "No subgroup has three rows: no rows, and no ratio."
)
assert len(subgroups(_first, _second, np.ones(5), np.ones(5), 2.0, 2)[0]) == 2, (
    "Exactly min_size rows are enough."
)
assert subgroups(_first, _second, np.ones(5), np.zeros(5), 2.0, 1)[1] is None, (
    "Nobody chosen: the largest TPR is 0, so there is no ratio."
)
assert subgroups(_first, _second, np.ones(5), np.array([0, 0, 1, 1, 1]), 2.0, 2)[1] == 0, (
    "One subgroup has a TPR of 0, another of 1: that is a ratio, the worst one."
)

# %% probe="subgroups" rtol=1e-6
[
    [[list(row) for row in rows], ratio]
    for rows, ratio in (
        subgroups(sex, band, truth, selected, 1.96, 1),
        subgroups(band, sex, truth, selected, 1.0, 12),
        subgroups(sex, band, 1 - truth, selected, 2.5, 30),
        subgroups(sex[:60], band[:60], truth[:60], selected[:60], 1.64, 3),
        subgroups(sex, sex, truth, 1 - selected, 1.96, 5),
        subgroups(band, sex, truth, 0 * selected, 1.96, 2),
        subgroups(sex, band, truth, selected, 1.96, 299),
        subgroups(sex, band, truth, selected * (band != "old"), 1.0, 5),
        subgroups(
            np.array(["u", "u", "v", "v"]),
            np.array(["w", "w", "w", "w"]),
            np.array([1, 1, 1, 0]),
            np.array([1, 0, 1, 1]),
            1.5,
            2,
        ),
    )
]

# %% [markdown]
# ## Question 2 · the cheapest thresholds under equal opportunity (3 points)
#
# Write `equal_opportunity(score_a, y_a, score_b, y_b, slack, cost)`. Each group gets its own threshold, one of
# the *distinct scores of that group*; rows with a score at or above it are selected. Only pairs of
# thresholds whose true-positive rates differ by at most `slack` are allowed. Among them, choose the pair
# with the lowest total cost over both groups: `cost` for every selected row with `y == 0`, and 1 for every
# row with `y == 1` that is not selected. Ties: the higher threshold for a, then the higher one for b.
# Return the tuple of floats `(threshold_a, threshold_b, total)`. Both groups have rows of both classes.
# ($\text{slack} \ge 0$; both lowest scores give two TPRs of 1, so that a pair is always allowed.)


# %% question="equal_opportunity" points=3
### BEGIN SOLUTION
def candidates(score, y, cost):
    for threshold in np.unique(score)[::-1]:
        chosen = score >= threshold
        lost = cost * np.sum(chosen & (y == 0)) + np.sum(~chosen & (y == 1))
        yield float(threshold), np.mean(chosen[y == 1]), float(lost)


def equal_opportunity(score_a, y_a, score_b, y_b, slack, cost):
    best = None
    for threshold_a, tpr_a, lost_a in candidates(score_a, y_a, cost):
        for threshold_b, tpr_b, lost_b in candidates(score_b, y_b, cost):
            total = lost_a + lost_b
            if abs(tpr_a - tpr_b) <= slack and (best is None or total < best[2]):
                best = (threshold_a, threshold_b, total)
    return best


### END SOLUTION

# %% check="equal_opportunity"
_s, _y = np.array([0.9, 0.7, 0.5, 0.3]), np.array([1, 0, 1, 0])
_t, _z = np.array([0.8, 0.6, 0.4, 0.2]), np.array([1, 1, 0, 0])
_got = equal_opportunity(_s, _y, _t, _z, 0.0, 3.0)
assert len(_got) == 3, f"expected (threshold_a, threshold_b, total), got {_got}"
assert np.allclose(_got, (0.9, 0.8, 2)), (
    "With a false positive at 3: thresholds 0.9 and 0.8 miss one row in each group, for 2 in total; you say "
    f"{_got}. Every other pair with equal TPRs costs 3 or more."
)
assert np.allclose(equal_opportunity(_s, _y, _t, _z, 0.5, 3.0), (0.9, 0.6, 1)), (
    "TPRs may now differ by exactly 0.5 as well: b can then take both of its good rows."
)
assert np.allclose(equal_opportunity(_s, _y, _t, _z, 0.0, 2.0), (0.9, 0.8, 2)), (
    "With a cost of 2 two pairs cost 2: ties go to the higher thresholds."
)
assert np.isin(equal_opportunity(score_a, y_a, score_b, y_b, 0.1, 1.0)[0], score_a), (
    "A threshold is one of the scores of its own group."
)
assert np.allclose(
    equal_opportunity(np.array([0.9, 0.4]), np.array([0, 1]), _t[:2], np.array([0, 1]), 1.0, 5.0),
    (0.4, 0.6, 10),
), "Some row must be selected: a threshold above all scores is not one of the scores."

# %% probe="equal_opportunity" rtol=1e-6
_steps, _turns, _first = np.array([4.0, 3, 2, 1]), np.array([1, 0, 1, 0]), np.array([1, 1, 0, 0])
[
    list(equal_opportunity(*arguments))
    for arguments in (
        (score_a, y_a, score_b, y_b, 0.021, 1.0),
        (score_a, y_a, score_b, y_b, 0.077, 3.0),
        (score_a, y_a, score_b, y_b, 2.0, 0.5),
        (score_b, y_b, score_a, y_a, 0.0, 1.5),
        (score_b, 1 - y_b, score_a[:21], y_a[:21], 0.013, 0.25),
        (-score_a, y_a, score_b, y_b, 0.031, 2.0),
        (score_a.round(1), y_a, score_b.round(1), y_b, 0.0, 1.0),
        (score_a - y_a, y_a, score_b - y_b, y_b, 2.0, 8.0),
        (_steps, _turns, _steps, _first, 0.0, 2.0),
        (_steps, _turns, _steps, _first, 0.5, 3.0),
        (_steps, _turns, _steps, _turns, 0.5, 1.0),
    )
]

# %% [markdown]
# ## Question 3 · three rates fix the fourth (2 points)
#
# Write `fourth(p=None, ppv=None, fnr=None, fpr=None)`: base rate, precision, false-negative rate and
# false-positive rate of one group. Exactly one is `None`; the others lie strictly between 0 and 1. Return
# the missing rate, a float, from
#
# $$ \text{FPR} = \frac{p}{1 - p} \cdot \frac{1 - \text{PPV}}{\text{PPV}} \cdot (1 - \text{FNR}) , $$
#
# or `None` when no such group can exist because the result would lie below 0 or above 1.


# %% question="fourth" points=2
### BEGIN SOLUTION
def fourth(p=None, ppv=None, fnr=None, fpr=None):
    if fpr is None:
        result = p / (1 - p) * (1 - ppv) / ppv * (1 - fnr)
    elif fnr is None:
        result = 1 - fpr * (1 - p) / p * ppv / (1 - ppv)
    elif ppv is None:
        result = p * (1 - fnr) / (p * (1 - fnr) + (1 - p) * fpr)
    else:
        odds = fpr * ppv / ((1 - ppv) * (1 - fnr))
        result = odds / (1 + odds)
    return float(result) if 0 <= result <= 1 else None


### END SOLUTION

# %% check="fourth"
_tp, _fp, _fn, _tn = 30, 10, 20, 40
_known = dict(p=0.5, ppv=0.75, fnr=0.4, fpr=0.2)
for _name in _known:
    _got = fourth(**{_key: _value for _key, _value in _known.items() if _key != _name})
    assert np.isclose(np.nan if _got is None else _got, _known[_name]), (
        "30 true and 10 false positives, 20 false and 40 true negatives give "
        f"{_known}. Without {_name}, you find {_got}: solve the formula for {_name}."
    )
assert fourth(p=0.8, ppv=0.4, fnr=0.3) is None, (
    "A base rate of 0.8 with a precision of 0.4 and so many found would need an FPR of 4.2: None."
)

# %% probe="fourth" rtol=1e-6
[
    [fourth(**dict(zip(("p", "ppv", "fnr", "fpr"), (*row[:i], None, *row[i + 1 :]), strict=True)))]
    for row in rates.tolist()
    for i in range(4)
] + [
    [fourth(p=0.9, ppv=0.2, fnr=0.1), fourth(p=0.2, ppv=0.9, fpr=0.8)],
    [fourth(ppv=0.75, fnr=0.5, fpr=0.6), fourth(p=0.25, fnr=0.5, fpr=0.125)],
]

# %% [markdown]
# ## Question 4 · generalise until k are alike (3 points)
#
# Write `generalise(table, widths, digits, k, max_dropped)`. `table` has the columns `age` (integers
# $\ge 0$), `postcode` (text of five digits) and `condition` (text). To generalise with a `width` and a
# number `kept`, replace the age by the lower end of its bin, (age // width) · width, and the postcode by its
# first `kept` digits (0: no digit). Rows that then share both values form a *class*; rows in classes of
# fewer than `k` rows are dropped. A pair is allowed when at most `max_dropped` rows are dropped.
#
# Among the pairs of a width in the list `widths` and a number in the list `digits` (both in any order),
# return the allowed one that keeps the most digits; among those, the one with the smallest width. Return
# the tuple of integers `(width, kept, dropped, diversity)`, where `diversity` is the smallest number
# of different conditions in a remaining class. If no pair is allowed, return `None`.
# `max_dropped` is below `len(table)`; `table` must not be changed.


# %% question="generalise" points=3
### BEGIN SOLUTION
def generalise(table, widths, digits, k, max_dropped):
    for kept in sorted(digits, reverse=True):
        for width in sorted(widths):
            classes = table["condition"].groupby(
                [table["age"] // width * width, table["postcode"].str[:kept]]
            )
            size, diversity = classes.size(), classes.nunique()
            dropped = int(size[size < k].sum())
            if dropped <= max_dropped:
                return int(width), int(kept), dropped, int(diversity[size >= k].min())
    return None


### END SOLUTION

# %% check="generalise"
_table = pd.DataFrame(
    {
        "age": [21, 24, 29, 33, 38],
        "postcode": ["10115", "10117", "10119", "10115", "10115"],
        "condition": ["flu", "flu", "none", "flu", "none"],
    }
)
_before = _table.copy()
_got = generalise(_table, [10, 5], [3, 4, 5], 2, 0)
assert np.shape(_got) == (4,), f"expected four numbers, got {_got}"
assert tuple(_got[:3]) == (10, 4, 0), (
    "Four digits, 1011, and bins of ten years: classes of 3 and 2, nobody dropped. Five digits leave "
    f"people alone, and so do bins of five years. You give {_got}."
)
assert _got[3] == 2, f"Both classes hold flu and none: diversity 2, not {_got[3]}."
assert tuple(generalise(_table, [10, 5], [3, 4, 5], 3, 2)) == (10, 4, 2, 2), (
    "With k = 3, the class of two is dropped; exactly max_dropped rows may be."
)
assert generalise(_table, [10], [4], 4, 3) is None, "No class has four rows: None."
assert tuple(generalise(_table, [10], [5, 0], 2, 4)[:3]) == (10, 5, 3), (
    "More digits come first, as long as no more than max_dropped rows are lost."
)
assert _table.equals(_before), "The table was changed: work on a copy."

# %% probe="generalise" exact=true
[
    list(map(int, answer)) if answer is not None else None
    for answer in (
        generalise(patients, [5, 40, 10, 20], [0, 1, 2, 3], 5, 0),
        generalise(patients, [20, 10, 5, 40], [1, 3, 0, 2], 4, 12),
        generalise(patients, [3, 10, 60], [5, 2, 1, 0], 3, 30),
        generalise(patients, [7, 15], [1, 0], 8, 20),
        generalise(patients, [1, 25], [5, 0], 2, 100),
        generalise(patients, [5], [5], 6, 3),
        generalise(patients[:80], [30, 10], [0, 1], 4, 2),
        generalise(patients[:40], [10, 15], [1, 0], 2, 6),
        generalise(
            pd.DataFrame(
                {
                    "age": [21, 24, 29, 33, 38],
                    "postcode": ["10115", "10117", "10119", "10115", "10115"],
                    "condition": ["flu", "flu", "none", "flu", "flu"],
                }
            ),
            [10, 5],
            [3, 4, 5],
            3,
            2,
        ),
    )
]

# %% [markdown]
# ## Question 5 · spend one budget twice (2 points)
#
# Each row is one person; neighbouring tables differ by *one row added or removed*. Write
# `release(town, spent, names, cap, epsilon, share, u)`, which returns the tuple `(counts, total)` under a
# budget of `epsilon` in all:
#
# - The fraction `share` of the budget pays for `counts`: a list of floats, how many rows each town in
#   the list `names` has, plus noise. A row is in one town only, so one person changes one of the counts, and
#   the whole fraction serves every count.
# - The rest pays for `total`: the sum of `spent`, each amount clipped to between 0 and `cap`, plus noise.
#
# Noise comes from the Laplace distribution with mean 0 and scale sensitivity / epsilon spent, drawn from
# uniform numbers: scale · sign(u − ½) · (−ln(1 − 2|u − ½|)). `u` has one number more than `names`: one per
# count, in the order of `names`, the last for the total. Finally replace negative counts by 0, which
# costs no budget; leave the total as it is. $0 <$ `share` $< 1$, `epsilon` and `cap` positive.


# %% question="release" points=2
### BEGIN SOLUTION
def release(town, spent, names, cap, epsilon, share, u):
    u = np.asarray(u)
    noise = np.sign(u - 0.5) * -np.log(1 - 2 * np.abs(u - 0.5))
    counts = np.array([np.sum(town == name) for name in names])
    counts = np.maximum(counts + noise[:-1] / (share * epsilon), 0)
    total = np.clip(spent, 0, cap).sum() + noise[-1] * cap / ((1 - share) * epsilon)
    return counts.tolist(), float(total)


### END SOLUTION

# %% check="release"
_half = np.full(3, 0.5)
_counts, _total = release(
    np.array(["x", "y", "x"]), np.array([5.0, 30.0, -2.0]), ["x", "y"], 10, 1.0, 0.5, _half
)
assert np.allclose(_counts, [2, 1]), (
    f"u = 0.5 means no noise: the counts are 2 and 1, not {_counts}."
)
assert np.isclose(_total, 15), (
    f"5, 30 and -2 clipped to between 0 and 10 add up to 15, not {_total}."
)
_one = release(town, spent, ["Ulm"], 100, 2.0, 0.25, np.array([0.75, 0.75]))
_none = release(town, spent, ["Ulm"], 100, 2.0, 0.25, np.array([0.5, 0.5]))
assert np.isclose(_one[0][0] - _none[0][0], np.log(2) / 0.5), (
    "u = 0.75 is noise of ln 2 times the scale. One person changes a count by 1, and a quarter of "
    f"epsilon = 2 is spent; your noise is {_one[0][0] - _none[0][0]:.3f}."
)
assert np.isclose(_one[1] - _none[1], np.log(2) * 100 / 1.5), (
    "By how much can one person change the clipped sum? And what is left of the budget?"
)
assert release(town, spent, ["Rome"], 50, 1.0, 0.5, np.array([0.1, 0.5]))[0] == [0], (
    "A town without rows, with negative noise: the count becomes 0."
)

# %% probe="release" rtol=1e-6 atol=1e-9
[
    [list(counts), total]
    for counts, total in (
        release(town, spent, ["Ulm", "Lyon", "Turin", "Rome"], 200, 1.0, 0.3, uniforms[0]),
        release(town, spent, ["Turin", "Rome", "Ulm", "Bern"], 60, 0.1, 0.8, uniforms[1]),
        release(town, spent - 70, ["Ulm", "Lyon"], 150, 3.0, 0.6, uniforms[2, :3]),
        release(town[:20], spent[:20], ["Lyon"], 0.5, 0.4, 0.15, uniforms[3, :2]),
        release(town, spent - 500, ["Lyon", "Rome"], 90, 0.7, 0.5, uniforms[4, :3]),
        release(town, spent, ["Rome", "Bern", "Oslo"], 20, 0.5, 0.5, [0.2, 0.7, 0.4, 0.1]),
    )
]

# %% [markdown]
# ## Question 6 · labels for the chosen ones only (2 points)
#
# Who got no loan has no label. If the lender's rule was random with a *known* chance for each applicant, the
# rate of repaying among *all* applicants of a group can be estimated: every lent row stands for 1 / chance
# applicants. Write `repay_rates(group, lent, repaid, chance, floor)`, which returns a dictionary from each
# group in `group` to the tuple of floats `(plain, weighted, effective)` over its rows with `lent == 1`:
#
# - `plain`: the mean of `repaid`;
# - `weighted`: the mean of `repaid` with weights $w$ = 1 / chance, divided by the *sum of the weights*.
#   Chances below `floor` count as `floor`, which keeps a few rows from ruling the result;
# - `effective`: the effective number of rows, $(\sum w)^2 / \sum w^2$.
#
# A group without a lent row gets `None` instead of the tuple. Arrays have shape `(n,)`; `repaid` is `nan`
# where nothing was lent; chances lie above 0 and up to 1; `floor` lies between 0 and 1.


# %% question="repay_rates" points=2
### BEGIN SOLUTION
def repay_rates(group, lent, repaid, chance, floor):
    rates = {}
    for name in np.unique(group).tolist():
        rows = (group == name) & (lent == 1)
        if not rows.any():
            rates[name] = None
            continue
        w = 1 / np.maximum(chance[rows], floor)
        weighted = np.sum(w * repaid[rows]) / w.sum()
        rates[name] = (
            float(repaid[rows].mean()),
            float(weighted),
            float(w.sum() ** 2 / np.sum(w**2)),
        )
    return rates


### END SOLUTION

# %% check="repay_rates"
_group, _lent = np.array(["a", "a", "a", "b"]), np.array([1, 1, 0, 0])
_got = repay_rates(
    _group, _lent, np.array([1.0, 0.0, np.nan, np.nan]), np.array([0.5, 0.25, 0.1, 0.5]), 0.0
)
assert sorted(_got) == ["a", "b"], f"One entry per group, a and b; you have {sorted(_got)}."
assert _got["b"] is None, "b has no lent row: its entry is there and is None."
assert np.isclose(_got["a"][0], 0.5), f"One of two lent rows repaid: 0.5, not {_got['a'][0]}."
assert np.isclose(_got["a"][1], 2 / 6), (
    "Weights 2 and 4, and only the first repaid: 2 / 6. Unlent rows have no part in it; you say "
    f"{_got['a'][1]:.3f}."
)
assert np.isclose(_got["a"][2], 36 / 20), f"(2 + 4)² / (4 + 16) = 1.8, not {_got['a'][2]:.3f}."
_got = repay_rates(
    _group, _lent, np.array([1.0, 0.0, np.nan, np.nan]), np.array([0.5, 0.25, 0.1, 0.5]), 0.5
)
assert np.isclose(_got["a"][1], 0.5), "With a floor of 0.5 both rows weigh 2."

# %% probe="repay_rates" rtol=1e-6
[
    {name: list(value) if value is not None else None for name, value in answer.items()}
    for answer in (
        repay_rates(member, lent, repaid, chance, 0.0),
        repay_rates(member, lent, repaid, chance, 0.3),
        repay_rates(member[:90], lent[:90], 1 - repaid[:90], chance[:90], 0.15),
        repay_rates(member, lent * (member != "b"), repaid, chance, 0.1),
        repay_rates(np.where(member == "a", "x", "y"), lent, repaid, chance, 1.0),
    )
]
