# ---
# title: "Exercise: preparing features"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: preparing features
#
# Five preparations that no scikit-learn class does for you as it stands. No question needs the answer
# of another. Your data are drawn for you: change `seed` to practise again on others. Every function
# must work on any input of the kind that its question names, not only on the data below. NumPy,
# pandas and scikit-learn are all you need.

# %% tags=["parameters"]
seed = 6  # which data you get

# %%
from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

rng = np.random.default_rng(seed)


def outcome(call):
    """What the call returns, or the name of its error."""
    try:
        return call()
    except Exception as error:
        return type(error).__name__


# question 1: 120 sales, in no order: the district, the day, and the price
districts = rng.choice(list("ABCDEFGH"), size=120, p=np.array([9, 8, 6, 4, 3, 2, 1, 1]) / 34)
days = rng.integers(0, 40, size=120)
prices = np.round(rng.normal(10, 2, size=120) + (districts == "A") * 3, 2)

# question 2: fuels of old and new cars
fuels = rng.permutation(["petrol", "diesel", "hybrid", "electric", "gas", "hydrogen"])
old_counts = np.sort(rng.integers(2, 9, size=4))[::-1] + [6, 4, 2, 0]
old_fuels = rng.permutation(np.repeat(fuels[:4], old_counts)).tolist()
new_fuels = rng.permutation(fuels.tolist() * 2).tolist()

# question 3: what sellers say about their cars
wordings = ["One owner", "first owner", "tow bar", "roof bar", "new tyres", "four new tyres"]
wordings += ["non-smoker car", "needs work", "owner needs new car", "garage kept"]
chances = rng.uniform(0.05, 0.45, size=len(wordings))


def remarks(count):
    texts = []
    for _ in range(count):
        said = [
            text for text, chance in zip(wordings, chances, strict=True) if rng.random() < chance
        ]
        texts.append(", ".join(rng.permutation(said).tolist()))
    return texts


old_texts, new_texts = remarks(40), [*remarks(8), "Tow bar, TOW BAR", "tyres new,owner"]

# question 4: at which hour of the day people logged in
people = rng.choice(["ana", "ben", "cleo", "dan"], size=60, p=[0.4, 0.3, 0.2, 0.1])
habit = {name: rng.uniform(21, 27) for name in ("ana", "ben", "cleo", "dan")}
hours = np.array([(habit[name] + rng.normal(0, 1.5)) % 24 for name in people]).round(2) % 24

# question 5: the features of the same requests, as computed in training and by the service
offline = pd.DataFrame({"request": rng.permutation(np.arange(100, 160))})
offline["age"] = rng.gamma(3, 2, size=60).round(3)
offline["power"] = rng.integers(50, 150, size=60).astype(float)
offline["doors"] = rng.integers(2, 6, size=60)
offline["fuel"] = rng.choice(["petrol", "diesel", "hybrid"], size=60)
offline["income"] = rng.normal(50, 9, size=60).round(2)
offline.loc[rng.choice(60, 12, replace=False), "income"] = np.nan
online = offline.sample(frac=1, random_state=rng.integers(2**31)).iloc[: rng.integers(45, 55)]
online = online.reset_index(drop=True)
online["age"] += np.where(rng.random(len(online)) < 0.3, 0.4, 0.0)
online["fuel"] = online["fuel"].where(rng.random(len(online)) < 0.8, "Diesel")
online["income"] = online["income"].fillna(0.0).mask(rng.random(len(online)) < 0.2)
online["doors"] += rng.choice([-1, 0, 0, 1, 2], size=len(online))
online["extra"] = 1.0
online = pd.concat([online, online[:3].assign(request=[1, 2, 3])], ignore_index=True)
del online["power"]

# %% [markdown]
# ## Question 1 · codes that do not look ahead (3 points)
#
# Folds are not the only way to keep a row's target out of its own code. Where rows have a date, a
# code may use the past alone. But a sale's price becomes known only `delay` days after the sale.
#
# Write `ordered_codes(levels, days, y, m, delay, start)`, which returns an array of floats of shape `(n,)`: a
# target code for every row, in the order of the rows given.
#
# - `levels` (text), `days` (integers) and `y` (numbers) are arrays of shape `(n,)`, in no particular
#   order; several rows may have the same day. `delay` is an integer of at least 1, `m` is positive.
# - A row *knows* another row if that row's day plus `delay` is at most its own day.
# - With $n_i$ the number of rows that row $i$ knows and that have its level, $s_i$ the sum of their `y`, and $p_i$
#   the mean `y` of *all* rows that it knows, the code is $(s_i + m\, p_i) / (n_i + m)$. A row that knows no
#   row at all has $p_i$ = `start`.


# %% question="ordered_codes" points=3
### BEGIN SOLUTION
def ordered_codes(levels, days, y, m, delay, start):
    codes = []
    for level, day in zip(levels, days, strict=True):
        known = days + delay <= day
        prior = y[known].mean() if known.any() else start
        same = known & (levels == level)
        codes.append((y[same].sum() + m * prior) / (same.sum() + m))
    return np.array(codes)


### END SOLUTION

# %% check="ordered_codes"
_levels, _days = np.array(["A", "A", "B", "A", "B"]), np.array([5, 1, 1, 3, 3])
_y = np.array([9.0, 2.0, 6.0, 4.0, 8.0])
_codes = ordered_codes(_levels, _days, _y, 1, 1, 3.0)
assert np.shape(_codes) == (5,), f"expected shape (5,), got {np.shape(_codes)}"
assert np.allclose(np.asarray(_codes)[[1, 2]], 3), (
    "Rows of the first day know nothing, not even each other: their code is `start`, 3. You have "
    f"{np.asarray(_codes)[[1, 2]]}."
)
assert np.allclose(np.asarray(_codes)[[3, 4]], [3, 5]), (
    "On day 3 the rows of day 1 are known, whose mean is 4. A: (2 + 1 * 4) / (1 + 1) = 3, and B: "
    f"(6 + 1 * 4) / (1 + 1) = 5. You have {np.asarray(_codes)[[3, 4]]}."
)
assert np.isclose(ordered_codes(_levels, _days, _y, 1, 3, 3.0)[3], 3), (
    "With a delay of 3, the row of day 3 knows nothing yet."
)
assert np.isclose(ordered_codes(_levels, _days, _y, 2, 4, 3.0)[0], 10 / 3), (
    "With a delay of 4, the row of day 5 knows those of day 1: (2 + 2 * 4) / (1 + 2). Is a price known "
    "on the very day on which the delay ends?"
)
assert np.isclose(ordered_codes(np.array(["C", "A"]), np.array([9, 1]), _y[:2], 5, 1, 3.0)[0], 2), (
    "A row that knows others, but none of its level, has their mean `y`, here 2, not `start`."
)
_later = np.where(days >= 20, prices * 100, prices)
assert np.allclose(
    np.asarray(ordered_codes(districts, days, _later, 2.0, 3, 1.0))[days < 23],
    np.asarray(ordered_codes(districts, days, prices, 2.0, 3, 1.0))[days < 23],
), "Prices from day 20 on change codes of rows before day 23, although the delay is 3."

# %% probe="ordered_codes" rtol=1e-6
[
    ordered_codes(districts, days, prices, 5.0, 1, 9.5),
    ordered_codes(districts, days, -prices, 0.7, 4, 0.0),
    ordered_codes(districts[days < 9], days[days < 9], prices[days < 9], 3.0, 2, -4.0),
    ordered_codes(districts[::-1], 2 * days[::-1], prices, 12.5, 6, 11.0),
]

# %% [markdown]
# ## Question 2 · one-hot, as Spark does it (3 points)
#
# In Spark ML, `StringIndexer` numbers the levels and `OneHotEncoder` makes columns of the numbers. With
# their default settings the pair differs from scikit-learn. Write
# `spark_onehot(train, new, handle_invalid)`, which returns the tuple `(levels, matrix)`.
#
# - `train` and `new` are lists of text without gaps; `train` has at least two levels. `levels` is the
#   list of the levels of `train`: the most frequent first; equally frequent ones in alphabetical order
#   (that of Python's `sorted`).
# - `matrix` is an array of zeros and ones with a row for each text of `new`, in their order. Its columns belong to
#   `levels`, in their order, but there is none for the *last* level: its rows are zeros only.
# - What happens to levels unseen in `train` is up to `handle_invalid`: `"error"` raises `ValueError` if
#   there are any, `"skip"` leaves out their rows, and `"keep"` treats them all as one more level, after the others.
#   With `"keep"` (whether `new` has unseen levels or not) *that* one is last. So every level of `train` then has
#   its column. `levels` never contains it.
# - Any other value of `handle_invalid` raises `ValueError`.


# %% question="spark_onehot" points=3
### BEGIN SOLUTION
def spark_onehot(train, new, handle_invalid):
    levels = sorted(sorted(set(train)), key=train.count, reverse=True)
    unseen = set(new) - set(levels)
    if handle_invalid not in ("error", "skip", "keep") or (handle_invalid == "error" and unseen):
        raise ValueError(f"{handle_invalid}, with unseen levels {unseen}")
    if handle_invalid == "skip":
        new = [text for text in new if text not in unseen]
    columns = levels if handle_invalid == "keep" else levels[:-1]
    matrix = np.array([[float(text == level) for level in columns] for text in new])
    return levels, matrix.reshape(len(new), len(columns))


### END SOLUTION

# %% check="spark_onehot"
_train = ["b", "c", "b", "a", "d", "c", "b", "a"]
_levels, _matrix = spark_onehot(_train, ["c", "b", "d"], "error")
assert list(_levels) == ["b", "a", "c", "d"], (
    f"b occurs three times, a and c twice, d once: b, a, c, d. You have {list(_levels)}."
)
assert np.array_equal(_matrix, [[0, 0, 1], [1, 0, 0], [0, 0, 0]]), (
    f"Columns for b, a and c; d, the last, is zeros only. Yours:\n{_matrix}"
)
_matrix = np.asarray(spark_onehot(_train, ["c", "z", "d"], "skip")[1])
assert np.array_equal(_matrix, [[0, 0, 1], [0, 0, 0]]), (
    f"The row of the unseen z is left out, that of d stays. Yours:\n{_matrix}"
)
_levels, _matrix = spark_onehot(_train, ["c", "z", "d"], "keep")
assert np.array_equal(_matrix, [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]]), (
    f"With keep, d has a column, and the unseen z is zeros only. Yours:\n{_matrix}"
)
assert len(_levels) == 4, "The extra level for the unseen should not be listed."
assert np.shape(spark_onehot(_train, ["d"], "keep")[1]) == (1, 4), (
    "The columns should not depend on whether `new` has unseen levels."
)
for _new, _how in [(["z"], "error"), (["a"], "ignore")]:
    assert outcome(lambda: spark_onehot(_train, _new, _how) is None) == "ValueError", (
        f"What should {_how!r} do with {_new}?"
    )

# %% probe="spark_onehot" rtol=1e-6
known = [fuel for fuel in new_fuels if fuel in old_fuels]
tied = [*old_fuels, *rng.permutation(["gas", "hydrogen", "ethanol"] * 3).tolist()]
calls = [
    (old_fuels, known, "error"),
    (old_fuels, new_fuels, "skip"),
    (old_fuels, new_fuels, "keep"),
    (old_fuels, known, "keep"),
    (tied, [*new_fuels, "Gas"], "keep"),
    (tied, [*new_fuels, "Gas"], "skip"),
    (["b", "a"], ["a", "b", "a"], "error"),
    (new_fuels, old_fuels, "error"),
]
results = [spark_onehot(*call) for call in calls]
[
    [[list(levels), np.asarray(matrix, dtype=float)] for levels, matrix in results],
    [
        outcome(lambda new=new, how=how: spark_onehot(old_fuels, new, how) is None)
        for new, how in [(new_fuels, "error"), (known, "ignore"), (known, "error"), (known, "drop")]
    ],
]

# %% [markdown]
# ## Question 3 · pairs within a remark (3 points)
#
# A description is a list of remarks with commas between them, as in `"Tow bar, four new tyres"`. The pair
# "bar four" means nothing, but `ngram_range=(1, 2)` would count it. Write
# `remark_tfidf(train, new, min_df)`, which returns the tuple `(terms, matrix)`.
#
# - Texts are lower-cased and cut at commas into remarks, and each remark at spaces into words. (So
#   `non-smoker` is one word; a word may have any number of characters.) The *terms* of a text are all its
#   words, and all pairs of neighbouring words of the same remark, joined by one space. A term counts as
#   often as it occurs.
# - `terms` is the alphabetical list of those that occur in at least `min_df` texts of `train`, where
#   `min_df` is a number of texts and at least one term reaches it.
# - `matrix` is an array with a row for each text of `new` and a column for each of `terms`: tf-idf as the
#   lesson defines it, with $n$ and df counted in `train`, each row divided by its length over the columns
#   of `terms`. A text without any of these terms has zeros only.


# %% question="remark_tfidf" points=3
### BEGIN SOLUTION
def remark_tfidf(train, new, min_df):
    def terms_of(text):
        found = []
        for remark in text.lower().split(","):
            words = remark.split()
            found += words + [" ".join(pair) for pair in pairwise(words)]
        return found

    vectorizer = TfidfVectorizer(analyzer=terms_of, min_df=min_df).fit(train)
    return vectorizer.get_feature_names_out().tolist(), vectorizer.transform(new).toarray()


### END SOLUTION

# %% check="remark_tfidf"
_train = ["Tow bar, new tyres", "tow bar", "", "new car"]
_terms, _matrix = remark_tfidf(_train, ["tow TOW bar", "bar,tow", "red bike"], 1)
_wanted = ["bar", "car", "new", "new car", "new tyres", "tow", "tow bar", "tyres"]
assert list(_terms) == _wanted, f"expected the terms {_wanted}, got {list(_terms)}"
assert list(remark_tfidf(_train, ["car"], 2)[0]) == ["bar", "new", "tow", "tow bar"], (
    "Only terms in two texts or more, please: bar, new, tow, tow bar."
)
assert np.shape(_matrix) == (3, 8), f"expected shape (3, 8), got {np.shape(_matrix)}"
assert np.isclose(_matrix[0, 5], 2 * _matrix[0, 0]), (
    "In 'tow TOW bar' the word tow occurs twice and bar once, and both are in two training texts: one "
    "value should be twice the other."
)
assert np.allclose(np.linalg.norm(_matrix, axis=1), [1, 1, 0]), (
    "Rows should have length 1, or 0 if no term is known; 'bar,tow' has two known words."
)
assert _matrix[1, 6] == 0, "'bar,tow' does not contain the pair 'tow bar'."
assert np.isclose(np.linalg.norm(remark_tfidf(_train, ["new car"], 2)[1]), 1), (
    "With min_df = 2, 'new car' has one known term, new; its row should have length 1 all the same."
)
_one = remark_tfidf(_train, ["tow car"], 1)[1][0]
assert np.isclose(_one[1] / _one[5], (np.log(5 / 2) + 1) / (np.log(5 / 3) + 1)), (
    "car is in one of four texts, tow in two: the ratio of their idf is (ln(5/2) + 1) / (ln(5/3) + 1)."
)

# %% probe="remark_tfidf" rtol=1e-6
results = [
    remark_tfidf(old_texts, new_texts, 1),
    remark_tfidf(old_texts, new_texts, 5),
    remark_tfidf(new_texts, old_texts[:6], 2),
    remark_tfidf([*old_texts, "a b,a", "b a"], ["B a a", "a,b", "", "x"], 1),
]
[[list(terms), np.asarray(matrix)] for terms, matrix in results]

# %% [markdown]
# ## Question 4 · an unusual hour (3 points)
#
# A login at 0:30 is not unusual for somebody who logs in at 23:30, and the mean of both is midnight,
# not noon. Hours are floats from 0 up to, but not including, 24. As a point on a circle, the hour $h$ is the
# vector $u(h) = (\sin(2 \pi h / 24), \cos(2 \pi h / 24))$.
#
# Write `hour_gaps(people, hours, new_people, new_hours, m)`, which returns an array of floats, one for each new
# login: how many hours, from 0 to 12, it is away from the person's *usual hour*, on the shorter way round.
#
# - `people` (text) and `hours` are arrays of shape `(n,)`, the known logins; `new_people` and `new_hours`
#   are arrays of shape `(k,)`. `m` is positive.
# - The usual hour of a person is the one whose point on the circle lies in the direction of
#   $\sum_i u(h_i) + m\, \bar u$. The sum goes over the person's known logins, and $\bar u$ is the mean of $u$
#   over the known logins of *everybody*. This is smoothing, as in target encoding.
# - For a person without known logins, only $m\, \bar u$ is left. (No vector will be zero.)


# %% question="hour_gaps" points=3
### BEGIN SOLUTION
def hour_gaps(people, hours, new_people, new_hours, m):
    angles = 2 * np.pi * hours / 24
    points = np.column_stack([np.sin(angles), np.cos(angles)])
    gaps = []
    for person, hour in zip(new_people, new_hours, strict=True):
        sine, cosine = points[people == person].sum(axis=0) + m * points.mean(axis=0)
        usual = np.arctan2(sine, cosine) * 24 / (2 * np.pi)
        gap = (hour - usual) % 24
        gaps.append(min(gap, 24 - gap))
    return np.array(gaps)


### END SOLUTION

# %% check="hour_gaps"
_who, _when = np.array(["x", "x", "y"]), np.array([23.5, 0.5, 3.0])
_tiny = hour_gaps(_who, _when, np.array(["x", "x", "x"]), np.array([0.0, 22.0, 12.0]), 1e-9)
assert np.shape(_tiny) == (3,), f"expected shape (3,), got {np.shape(_tiny)}"
assert np.allclose(_tiny, [0, 2, 12], atol=1e-4), (
    "x logs in at 23:30 and 0:30, so the usual hour is 0:00, and 0:00, 22:00 and 12:00 are 0, 2 and 12 "
    f"hours away. You have {np.round(_tiny, 3)}."
)
_nobody = hour_gaps(_who, _when, np.array(["z"]), np.array([1.0]), 1e-9)[0]
_much = hour_gaps(_who, _when, np.array(["x"]), np.array([1.0]), 1e9)[0]
assert np.isclose(_nobody, _much, atol=1e-4), (
    "With a huge m, a person's usual hour should be everybody's, as for somebody unknown."
)
assert abs(_nobody - 0.018) < 0.01, (
    "Everybody's usual hour, from 23.5, 0.5 and 3.0, is about 0.98, so 1:00 is about 0.02 hours away, "
    f"not {_nobody:.3f}. Is the mean taken over logins, on the circle?"
)
_half = hour_gaps(np.array(["x", "x", "y"]), np.array([0.0, 0.0, 6.0]), _who[:1], _when[:1] * 0, 3)
assert np.isclose(_half[0], np.arctan2(1, 4) * 12 / np.pi), (
    "x logs in at 0 twice, y at 6 once. The points of x add up to (0, 2), and the mean of all three is "
    "(1/3, 2/3). With m = 3, the usual hour of x lies in the direction of (1, 4), 0.936 hours from 0, "
    f"not {_half[0]:.3f}."
)
_shifted = hour_gaps(people, (hours + 7.5) % 24, people[:9], (hours[:9] + 7.5) % 24, 3.0)
assert np.allclose(_shifted, hour_gaps(people, hours, people[:9], hours[:9], 3.0)), (
    "If all clocks are shifted alike, the gaps should stay the same."
)

# %% probe="hour_gaps" rtol=1e-6 atol=1e-6
names = np.array(["ana", "ben", "cleo", "dan", "eve"])
[
    hour_gaps(people, hours, np.repeat(names, 4), np.tile([23.2, 0.4, 5.7, 13.1], 5), 2.0),
    hour_gaps(people, hours, people, hours, 0.3),
    hour_gaps(people, hours / 4, names, hours[:5] / 4, 10.0),
    hour_gaps(people[:25], (hours[:25] + 11) % 24, names[::-1], hours[-5:], 60.0),
]

# %% [markdown]
# ## Question 5 · find the skew (3 points)
#
# `offline` holds the features of some requests as the training code computes them, `online` as the
# service computed them. Write `skew_report(offline, online, key, tolerance)`, which returns a
# dictionary: for each column of `offline` but `key`, the share of requests for which the two sides differ, as
# a float.
#
# - The column `key` names the request. Each table has a request at most once, in any order and with any
#   index. Only requests that are in both tables count; there is at least one.
# - Numbers differ if they are more than `tolerance` apart; text differs if it is not the same. Two gaps (`NaN` or
#   `None`) do not differ; a gap and a value do. A column is numeric on both sides or text on both sides.
# - A column that `online` lacks has the share 1.0. Columns that only `online` has are ignored.
# - The tables themselves stay unchanged.


# %% question="skew_report" points=3
### BEGIN SOLUTION
def skew_report(offline, online, key, tolerance):
    common = [request for request in offline[key] if request in set(online[key])]
    ours, theirs = offline.set_index(key).loc[common], online.set_index(key).loc[common]
    report = {}
    for name in ours.columns:
        if name not in theirs.columns:
            report[name] = 1.0
            continue
        left, right = ours[name], theirs[name]
        if pd.api.types.is_numeric_dtype(left):
            different = (left - right).abs() > tolerance
        else:
            different = left.fillna("") != right.fillna("")
        report[name] = float((different | (left.isna() != right.isna())).mean())
    return report


### END SOLUTION

# %% check="skew_report"
_left = pd.DataFrame({"id": [7, 8, 9, 5], "x": [1.0, np.nan, 3.0, 0.0], "w": ["a", "b", None, "d"]})
_right = pd.DataFrame(
    {"id": [9, 2, 8, 7], "x": [3.25, 9.0, np.nan, 1.0], "w": [None, "b", "B", "a"]}
)
_got = skew_report(_left, _right, "id", 0.1)
assert isinstance(_got, dict), f"expected a dictionary, got {type(_got).__name__}"
assert list(_got) == ["x", "w"], f"expected the columns x and w, got {list(_got)}"
assert np.isclose(_got["x"], 1 / 3), (
    "Requests 7, 8 and 9 are on both sides. In x only that of 9 differs, by 0.25; two gaps are alike: 1/3. "
    f"You say {_got['x']:.3f}."
)
assert np.isclose(_got["w"], 1 / 3), f"In w, only b and B differ: 1/3, not {_got['w']:.3f}."
assert skew_report(_left, _right, "id", 0.25)["x"] == 0, (
    "With a tolerance of 0.25, x agrees: 3 and 3.25 are not *more* than that apart."
)
assert skew_report(_left, _right.drop(columns="x"), "id", 0.1)["x"] == 1, (
    "A column that the service lacks should have 1.0."
)
_gap = skew_report(_left, _right.assign(x=[np.nan, 9.0, 2.0, 1.0]), "id", 0.1)["x"]
assert np.isclose(_gap, 2 / 3), f"A gap on one side only is a difference: 2/3, not {_gap:.3f}."
_same = skew_report(offline, offline[::-1].reset_index(drop=True), "request", 1e-9)
assert set(_same.values()) == {0.0}, (
    f"The same table in another order should not differ: {_same}. How do you match the rows?"
)

# %% probe="skew_report" rtol=1e-6 atol=1e-9
before = [offline.copy(), online.copy()]
swapped = online.rename(columns={"request": "id"}), offline.rename(columns={"request": "id"})
gaps = online.assign(fuel=online["fuel"].where(online["age"] > 4, None))
gappy = offline.assign(fuel=offline["fuel"].where(offline["power"] > 90, None))
reports = [
    skew_report(offline, online, "request", 1e-6),
    skew_report(offline, online, "request", 0.5),
    skew_report(offline, online, "request", 1),
    skew_report(*swapped, "id", 0.2),
    skew_report(gappy, gaps, "request", 1e-6),
    skew_report(offline.set_index(offline["age"]), online[5:20], "request", 1e-6),
]
unchanged = before[0].equals(offline) and before[1].equals(online)
[[[name, float(share)] for name, share in sorted(report.items())] for report in reports] + [
    unchanged
]
