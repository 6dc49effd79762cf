# ---
# title: "Exercise: from notebook to production"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: from notebook to production
#
# Five jobs of a model in service that the lesson did not do for you. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input that its question
# describes. NumPy and pandas are all you need.

# %% tags=["parameters"]
seed = 22  # which data you get

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)

# question 1: one category of reference and current customers; None is a gap
names = np.array(["fibre", "cable", "mobile", "satellite", None], dtype=object)
reference = pd.Series(names[rng.choice(5, 400, p=[0.45, 0.3, 0.15, 0.06, 0.04])])
current = pd.Series(names[rng.choice(5, 250, p=[0.3, 0.35, 0.2, 0.05, 0.1])])
current[rng.choice(250, int(rng.integers(8, 30)), replace=False)] = "5g"

# question 2: three incoming rows
schema = {
    "months": {"type": "int", "low": 0, "high": 600},
    "fee": {"type": "float", "low": 1.0, "high": 99.5},
    "plan": {"type": "category", "values": ["basic", "plus"]},
}
fees = rng.uniform(20, 60, size=3).round(2).tolist()
incoming = [
    {"months": int(rng.integers(601, 999)), "plan": "gold", "fee": fees[0]},
    {"plan": "plus", "fee": fees[1], "months": True, "age": 40, "Age": 41},
    {"fee": fees[2] + 100, "months": float(rng.integers(1, 9))},
]

# question 3: rows to score, some of which are poisoned
numbers = rng.normal(size=60).round(3)
poisoned = rng.choice(60, size=5, replace=False)
numbers[poisoned] = np.nan

# question 4: losses of two models on the same recent rows, a group for each row, bootstrap row numbers
champion = rng.gamma(1.0, 0.4, size=300)
challenger = champion + rng.normal(-0.03, 0.15, size=300)
group = rng.choice(["north", "south", "west"], size=300)
draws = rng.integers(0, 300, size=(400, 300))

# question 5: a daily drift measure
daily = np.round(0.1 + 0.12 * rng.random(120) ** 2 + 0.12 * (rng.random(120) < 0.2), 3)
daily[rng.choice(120, 8, replace=False)] = np.nan

# %% [markdown]
# ## Question 1 · PSI of a category (3 points)
#
# Write `category_psi(reference, current, floor, min_share)`. Both are Series of text, in which `None` or
# `NaN` is a gap. Return the tuple `(psi, unseen)`.
#
# - A gap is a bin of its own. So is every category of the *reference* whose share of all reference
#   rows is at least `min_share`. The reference's rarer categories share one bin, "rare".
# - A category of `current` that never occurs in the reference falls into one bin, "unseen".
#   `unseen` is the share of the current rows in it, a float (0.0 if there are none).
# - A bin that is empty on *both* sides does not exist. In every other bin each share below `floor` is
#   raised to `floor`. Then *each side's* shares are divided by their sum, so that they add up to 1 again.
# - `psi` is $\sum (c - r) \ln (c / r)$ over the bins, a float.
#
# Gaps form a bin even if their share is below `min_share`. A category may itself be named "rare" or
# "unseen"; that has no special meaning. Both Series have at least one row;
# $0 < $ `floor` $< 0.1$.


# %% question="category_psi" points=3
### BEGIN SOLUTION
def category_psi(reference, current, floor, min_share):
    share = reference.value_counts() / len(reference)

    def place(value):
        if pd.isna(value):
            return ("gap",)
        if value not in share.index:
            return ("unseen",)
        return value if share[value] >= min_share else ("rare",)

    left, right = [place(value) for value in reference], [place(value) for value in current]
    bins = set(left) | set(right)
    r = np.array([max(left.count(name) / len(left), floor) for name in bins])
    c = np.array([max(right.count(name) / len(right), floor) for name in bins])
    r, c = r / r.sum(), c / c.sum()
    return float(np.sum((c - r) * np.log(c / r))), right.count(("unseen",)) / len(right)


### END SOLUTION

# %% check="category_psi"
_r, _c = pd.Series(["a", "a", "b", None]), pd.Series(["a", "b", "b", None])
_got = category_psi(_r, _c, 0.01, 0.0)
assert len(_got) == 2, f"expected (psi, unseen), got {_got}"
assert np.isclose(_got[0], 0.5 * np.log(2)), (
    f"Shares 1/2, 1/4, 1/4 against 1/4, 1/2, 1/4 give ln(2) / 2 = 0.347, not {_got[0]:.3f}. Is the gap a bin?"
)
assert np.isclose(category_psi(_r, _r, 0.01, 0.3)[0], 0), "The same rows twice: PSI is 0."
assert np.isclose(category_psi(_r, pd.Series(["a", "x", "y", None]), 0.01, 0.0)[1], 0.5), (
    "x and y never occur in the reference: half of the current rows are unseen."
)
assert category_psi(_r, pd.Series(["a", "a", None, None]), 0.01, 0.3)[0] > 0.1, (
    "b is rare here, and a gap is no rare category: two bins, not one."
)
_got = category_psi(pd.Series(["a", "a"]), pd.Series(["a", "x"]), 0.05, 0.0)[0]
assert np.isfinite(_got), (
    "An empty bin must not give an infinite PSI: raise its share to the floor."
)
assert np.isclose(_got, 9.5 / 21 * np.log(20)), (
    f"PSI is {_got:.3f} where x is unseen. Is x a bin, and do each side's shares still add up to 1?"
)

# %% probe="category_psi" rtol=1e-6
[
    category_psi(reference, current, 0.001, 0.0),
    category_psi(reference, current, 0.02, 0.1),
    category_psi(reference, current, 0.08, 0.2),
    category_psi(current, reference, 0.01, 0.05),
    category_psi(reference[:40], current[:15].fillna("rare"), 0.03, 0.2),
    category_psi(pd.Series(["a", "b", "b", "b"]), pd.Series(["b", "rare", None]), 0.01, 0.25),
    category_psi(pd.Series(list("aabbcddd")), pd.Series(list("abbc")), 0.01, 0.25),
    category_psi(pd.Series([*"aaaabc", None, None]), pd.Series([*"abbb", None]), 0.01, 0.15),
]

# %% [markdown]
# ## Question 2 · everything wrong with a row (3 points)
#
# Write `problems(row, schema)`, which returns a list of *all* problems of a row as texts of the form
# `"field: word"`. `row` is a dictionary; `schema` is one like `schema` above. For each field there is at
# most one problem, the first of these that applies:
#
# 1. `missing`: the field is in the schema, but not in the row, or its value is `None` or `NaN` (a float),
# 2. `type`: "int" wants an `int`; "float" wants a `float` or an `int`; "category" wants a `str`. `True` and
#    `False` are wrong for all three,
# 3. `low` or `high`: a number below the schema's `low` or above its `high`; both limits themselves are
#    allowed. `low` or `high` may be absent in the schema: then there is no limit on that side,
# 4. `unknown`: text that is not among `values`. Case and spaces matter.
#
# A field of the row that the schema lacks is `extra`, whatever its value. First come the fields of the
# schema, in the schema's order; then the extra ones, in alphabetical order (as `sorted` gives). No
# problem: an empty list. Values are `int`, `float`, `str`, `bool` or `None`.


# %% question="problems" points=3
### BEGIN SOLUTION
def problems(row, schema):
    found = []
    for field, rule in schema.items():
        value, wanted = row.get(field), rule["type"]
        kinds = {"int": int, "float": (int, float), "category": str}[wanted]
        if value is None or value != value:
            found.append(f"{field}: missing")
        elif isinstance(value, bool) or not isinstance(value, kinds):
            found.append(f"{field}: type")
        elif wanted == "category":
            if value not in rule["values"]:
                found.append(f"{field}: unknown")
        elif value < rule.get("low", -np.inf):
            found.append(f"{field}: low")
        elif value > rule.get("high", np.inf):
            found.append(f"{field}: high")
    return found + [f"{field}: extra" for field in sorted(set(row) - set(schema))]


### END SOLUTION

# %% check="problems"
_fine = {"months": 600, "fee": 1, "plan": "plus"}
assert problems(_fine, schema) == [], (
    f"A legal row, limits included, has no problem; you say {problems(_fine, schema)}."
)
assert problems(_fine | {"months": 12.0}, schema) == ["months: type"], (
    "12.0 is a float; an int is wanted."
)
assert problems(_fine | {"months": True}, schema) == ["months: type"], (
    "True is not a number of months, though Python counts bool as a kind of int."
)
_got = problems({"zoo": None, "fee": float("nan"), "months": -1, "bar": 1}, schema)
assert len(_got) == 5, f"Five fields have a problem here, each exactly one; you found {len(_got)}."
assert _got[:3] == ["months: low", "fee: missing", "plan: missing"], (
    f"The schema's fields come first, in the schema's order; you say {_got[:3]}."
)
assert _got[3:] == ["bar: extra", "zoo: extra"], f"Extra fields come last, sorted: {_got[3:]}"

# %% probe="problems" exact=true
[
    *(problems(row, schema) for row in incoming),
    problems({"plan": "Basic", "fee": 99.6, "months": "3"}, schema),
    problems({"plan": "basic", "fee": 99.5, "months": 0}, schema),
    problems({"plan": "", "fee": 0.99, "months": None}, schema),
    problems({"plan": "plus", "fee": int(fees[0]), "months": 600}, schema),
    problems({"plan": "plus", "fee": 100, "months": 601}, schema),
    problems({"plan": 1, "fee": False, "months": 5}, schema),
    problems({"plan": True, "fee": "9.5", "months": -1}, schema),
    problems({}, schema),
    *(
        problems(row, {"fee": {"type": "float", "low": 33.0, "high": 47.0}})
        for row in ({"fee": fee, "b": 1} for fee in fees)
    ),
    problems({"fee": fees[0]}, {"fee": {"type": "float", "low": fees[1], "high": fees[2] + 20}}),
    problems(
        {"b": -1e9, "a": 7, "c": 2, "d": 1e9, "Z": None},
        {"b": {"type": "float", "high": 3}, "a": {"type": "int", "low": 8}, "d": {"type": "float"}},
    ),
    problems(
        {"b": 3.5, "a": 10**9}, {"a": {"type": "int", "low": 8}, "b": {"type": "float", "high": 3}}
    ),
    problems({"b": float("nan"), "x": True}, {"b": {"type": "category", "values": ["nan"]}}),
]

# %% [markdown]
# ## Question 3 · find the poisoned rows (3 points)
#
# A remote scorer takes a list of rows and returns a list of scores, but raises `ValueError` if *any* of
# its rows is bad, without saying which. Write `score_all(ids, rows, scorer, size, store)`.
#
# - `ids` and `rows` are lists of equal length; ids are distinct. `store` is a dictionary from id to score that
#   an earlier, broken-off run may have filled. Ids that it holds are finished and never sent again.
# - The remaining rows, in their order, are cut into chunks of `size` (the last may be shorter).
#   Each chunk is sent. If it succeeds, put its scores into `store` at once.
# - If it raises `ValueError`: a chunk of one row is bad, so put `None` into `store` for its id. A longer
#   one is split; the first part gets `len // 2` rows, the second the rest. Treat the first part entirely
#   (with further splits), then the second, in the same way.
# - Any other exception must leave the function, with everything scored so far in `store`.
#
# Return the number of ids in `store` at the end whose score is `None`, an int. `size` $\ge 1$.


# %% question="score_all" points=3
### BEGIN SOLUTION
def score_all(ids, rows, scorer, size, store):
    open_rows = [(name, row) for name, row in zip(ids, rows, strict=True) if name not in store]

    def send(part):
        try:
            scores = scorer([row for _, row in part])
        except ValueError:
            if len(part) == 1:
                store[part[0][0]] = None
                return
            half = len(part) // 2
            send(part[:half])
            send(part[half:])
            return
        store.update(zip([name for name, _ in part], scores, strict=True))

    for start in range(0, len(open_rows), size):
        send(open_rows[start : start + size])
    return sum(score is None for score in store.values())


### END SOLUTION


# %% check="score_all"
def _recorded(sent, dies_at=None):
    def scorer(rows):
        sent.append(list(rows))
        if len(sent) == dies_at:
            raise ConnectionError("the network is down")
        if any(row < 0 for row in rows):
            raise ValueError("a bad row")
        return [row * 10 for row in rows]

    return scorer


_sent, _store = [], {"old": 5}
_bad = score_all(["a", "old", "b", "c", "d"], [1, 2, 3, -4, 5], _recorded(_sent), 3, _store)
assert _bad == 1, f"One row is bad; you say {_bad}."
assert _store == {"old": 5, "a": 10, "b": 30, "c": None, "d": 50}, f"store is {_store}"
assert _sent == [[1, 3, -4], [1], [3, -4], [3], [-4], [5]], (
    f"Rows 1, 3, -4 fail together and are split into one and two rows; you sent {_sent}."
)
assert score_all(["a", "b"], [1, 2], _recorded([]), 1, {"a": None, "z": None}) == 2, (
    "An id in store is finished even if its score is None, and every None in store counts."
)
_store = {}
try:
    score_all(["a", "b", "c"], [1, 2, 3], _recorded([], dies_at=2), 1, _store)
    _left = False
except ConnectionError:
    _left = True
assert _left, "Only ValueError means a bad row: a ConnectionError must leave the function."
assert _store == {"a": 10}, f"What was scored before the crash must be in store; it holds {_store}."


# %% probe="score_all" exact=true
def _run(values, size, store, dies_at=0):
    sent, ids = [], [f"id{i}" for i in range(len(values))]

    def scorer(rows):
        sent.append(len(rows))
        if len(sent) == dies_at:
            raise RuntimeError
        if np.isnan(rows).any():
            raise ValueError
        return [round(float(row) * 2, 3) for row in rows]

    try:
        bad = score_all(ids, list(values), scorer, size, store)
    except RuntimeError:
        bad = -1
    return [bad, sent, [list(pair) for pair in sorted(store.items())]]


_shared = {"id3": 9.0, "id7": None, "other": None}
[
    _run(numbers, 12, {}),
    _run(numbers[:30], 7, _shared, 3),
    _run(numbers[:30], 7, _shared),
    _run(numbers[:30], 7, _shared),
    _run(numbers[20:41], 1, {}),
    _run(numbers[poisoned][:3], 5, {}),
    _run(numbers[:0], 5, {}),
]

# %% [markdown]
# ## Question 4 · may the challenger go live? (3 points)
#
# Write `decide(champion, challenger, group, draws, min_gain, max_harm)`. `champion` and `challenger` are losses on
# the same $n$ rows, shape `(n,)`; smaller is better. The *gain* of a row is the champion's loss minus the
# challenger's. `draws`, shape `(B, n)`, holds row numbers: each line is one bootstrap sample of rows, used for
# *both* models. Return the tuple `(decision, low, worst)`:
#
# - `low` is the quantile 0.05 (`np.quantile`) of the $B$ mean gains,
# - `worst` is the name of the group with the smallest mean gain, on the original rows,
# - `decision` is `"keep"` if the worst group's mean gain is below `-max_harm`; otherwise
#   `"promote"` if `low` is at least `min_gain`; otherwise `"wait"` if the mean gain over the original rows
#   is at least `min_gain`; otherwise `"keep"`.
#
# `group` has shape `(n,)` and holds texts. `min_gain` and `max_harm` are $\ge 0$.


# %% question="decide" points=3
### BEGIN SOLUTION
def decide(champion, challenger, group, draws, min_gain, max_harm):
    gain = champion - challenger
    low = np.quantile(gain[draws].mean(axis=1), 0.05)
    by_group = pd.Series(gain).groupby(np.asarray(group)).mean()
    if by_group.min() < -max_harm:
        decision = "keep"
    elif low >= min_gain:
        decision = "promote"
    else:
        decision = "wait" if gain.mean() >= min_gain else "keep"
    return decision, float(low), str(by_group.idxmin())


### END SOLUTION

# %% check="decide"
_a, _b, _g = np.array([1.0, 1.0, 1.0, 1.0]), np.array([0.5, 0.5, 0.5, 1.25]), np.array(list("uuvv"))
_same = np.tile(np.arange(4), (3, 1))
_got = decide(_a, _b, _g, _same, 0.1, 0.0)
assert len(_got) == 3, f"expected (decision, low, worst), got {_got}"
assert np.isclose(_got[1], 0.3125), (
    "If every draw is the sample itself, low is the mean gain, 0.3125, "
    f"not {_got[1]}. Smaller losses are better."
)
assert _got[2] == "v", f"Group v gains 0.125, u 0.5: the worst is v, not {_got[2]}."
assert _got[0] == "promote", f"A sure gain of 0.3125 where 0.1 is asked: promote, not {_got[0]}."
assert decide(_a, _b, _g, _same, 0.4, 0.0)[0] == "keep", "A gain below min_gain: keep."
assert decide(_a, _b, np.array(list("uuuv")), _same, 0.1, 0.2)[0] == "keep", (
    "v loses 0.25, more than max_harm: keep, however large the gain is elsewhere."
)
assert decide(_a, _b, _g, np.array([[0, 1, 2, 3], [3, 3, 3, 3]]), 0.1, 0.0)[0] == "wait", (
    "A mean gain of 0.3125 that the bootstrap does not confirm: wait."
)

# %% probe="decide" rtol=1e-6
_gain = champion - challenger
(
    [
        [*decide(champion, challenger, group, draws, least, harm)]
        for least, harm in (
            (0.0, 1.0),
            (float(_gain.mean()) - 0.002, 1.0),
            (float(_gain.mean()) - 0.05, 1.0),
            (float(_gain.mean()) + 0.002, 1.0),
            (0.9, 1.0),
        )
    ]
    + [
        [*decide(champion, challenger + 0.2 * (group == name), group, draws, 0.0, 0.01)]
        for name in ("north", "south", "west")
    ]
    + [
        [*decide(champion, challenger - 0.3 + 0.5 * (group == name), group, draws, 0.0, harm)]
        for name, harm in (("north", 0.01), ("south", 0.02), ("west", 0.9))
    ]
    + [
        [*decide(champion, champion / 2, group, draws, 0.0, 0.0)],
        [*decide(champion[:50], challenger[:50] + 0.4, group[:50], draws[:9, :50] % 50, 0.01, 0.9)],
        [
            *decide(
                np.ones(4),
                np.array([0.75, 0.5, 0.75, 0.5]),
                np.array(list("abab")),
                np.array([[0, 2, 0, 2]]),
                0.25,
                0.0,
            )
        ],
        [
            *decide(
                np.ones(2),
                np.array([0.5, 1.0]),
                np.array(["a", "b"]),
                np.array([[0, 1], [1, 1]]),
                0.25,
                0.25,
            )
        ],
        [
            *decide(
                np.ones(2),
                np.array([0.0, 1.25]),
                np.array(["a", "b"]),
                np.array([[0, 1]]),
                0.2,
                0.25,
            )
        ],
    ]
)

# %% [markdown]
# ## Question 5 · alarms that people still read (3 points)
#
# Write `alarms(values, limit, in_a_row, clear, cooldown)`, which returns the list of days (ints, counted
# from 0) on which an alarm is sent. `values[t]` is the drift measure of day `t`.
#
# - A *streak* counts consecutive measured days with a value *above* `limit`. A value at or below `limit` sets
#   it to 0. A day with `NaN` was not measured: it leaves the streak as it is, and nothing is sent.
# - An alarm is sent on a measured day when the streak is at least `in_a_row` and the monitor is *armed*.
#   It is armed at the start; an alarm disarms it.
# - A disarmed monitor is armed again on a measured day `t` whose value is *below* `clear`; the streak is
#   then 0 anyway, as `clear` $\le$ `limit`. It is also armed again when at least `cooldown` days have passed since
#   the last alarm, that is, at day `alarm + cooldown` and later, measured or not. The streak is not
#   reset by this: if it is still long enough, the next alarm is sent on the first such measured day.
#
# `in_a_row` $\ge 1$, `cooldown` $\ge 1$.


# %% question="alarms" points=3
### BEGIN SOLUTION
def alarms(values, limit, in_a_row, clear, cooldown):
    sent, streak, armed = [], 0, True
    for day, value in enumerate(values):
        if np.isnan(value):
            continue
        streak = streak + 1 if value > limit else 0
        if value < clear or (sent and day - sent[-1] >= cooldown):
            armed = True
        if armed and streak >= in_a_row:
            sent.append(day)
            armed = False
    return sent


### END SOLUTION

# %% check="alarms"
_v = np.array([5.0, 9, 9, 9, 9, 9, 9, 9])
_got = alarms(_v, 6, 2, 3, 4)
assert list(_got) == [2, 6], (
    f"Above 6 from day 1: two in a row on day 2, and again 4 days later, on day 6; you say {_got}."
)
assert alarms(np.array([9.0, 6, 9, 6]), 6, 2, 3, 4) == [], (
    "A value of exactly the limit ends a streak."
)
assert alarms(np.array([9.0, np.nan, 9]), 6, 2, 3, 4) == [2], (
    "A day without a value neither adds to a streak nor ends it."
)
assert alarms(np.array([9.0, 2, 9, 9]), 6, 1, 3, 50) == [0, 2], "A value below clear arms it again."
assert alarms(np.array([9.0, np.nan, 9, 9]), 6, 1, 3, 3) == [0, 3], (
    "The cooldown counts days, measured or not."
)
assert alarms(np.array([9.0, 5, 9, 9]), 6, 1, 3, 50) == [0], (
    "5 is not above the limit but not below clear either: the monitor stays disarmed."
)

# %% probe="alarms" exact=true
[
    [int(day) for day in alarms(*arguments)]
    for arguments in (
        (daily, 0.12, 1, 0.11, 30),
        (daily, 0.12, 2, 0.1, 5),
        (daily, 0.11, 3, 0.105, 7),
        (daily, 0.105, 2, 0.0, 10),
        (daily, 0.105, 4, 0.102, 3),
        (daily, 0.15, 1, 0.15, 100),
        (daily, 0.15, 1, 0.0, 1),
        (daily[:5], 0.9, 1, 0.5, 2),
        (np.array([9.0, 9, 4, 9, 9, np.nan, np.nan, 9, 3, 9, 9]), 4, 2, 4, 100),
        (np.array([9.0, np.nan, np.nan, 9, 9, 9, 9]), 4, 1, 0, 3),
        (np.array([9.0, 9, 9, np.nan, 9, 1, np.nan, 9, 9]), 4, 2, 2, 3),
    )
]
