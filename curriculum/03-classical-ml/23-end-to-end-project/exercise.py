# ---
# title: "Exercise: end-to-end project"
# minutes: 90
# ---

# %% [markdown]
# # Exercise: end-to-end project
#
# A capstone in six stages. St. Roch is a small hospital that wants to phone people after they leave. Its
# tables have faults of their own, so the lesson's code will not fit. Time is counted in whole *hours* since
# the hospital opened.
#
# Each stage is one question with its own check and points. The stages follow the course of a project, but
# *none needs the answer of another*: each gets tables, drawn below, as they would look if the stage before
# had been done well. Begin where you like. Change `seed` to practise again on other data. Every function must
# work on any input that its question describes, and must not change its arguments. NumPy, pandas and
# scikit-learn are all you need.

# %% tags=["parameters"]
seed = 23  # which data you get

# %%
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)
names = [f"p{i:02}" for i in range(14)]

# stage 1: messages about 40 stays; patients who were registered twice
aliases = {"x0": "p00", "x1": "p01", "x2": "x1", "x3": "x2", "p13": "x0"}
number, start = np.arange(40) + 100, rng.integers(50, 4000, size=40).astype(float)
opened = pd.DataFrame({"stay": number, "start": start})
opened["patient"] = rng.choice([*names, "x0", "x1", "x2", "x3"], size=40)
opened["kind"] = rng.choice(["emergency", "planned"], size=40)
ended = pd.DataFrame({"stay": number[:34], "end": start[:34] + rng.integers(5, 200, size=34)})
moved = pd.DataFrame({"stay": number[::3], "start": start[::3] + rng.integers(-40, 80, size=14)})
owner = pd.DataFrame({"stay": number[1::5], "patient": rng.choice(names, 8), "kind": "planned"})
cancelled = pd.DataFrame({"stay": rng.choice(number, size=14, replace=False), "action": "cancel"})
ended_later = pd.DataFrame({"stay": number[2::5], "end": start[2::5] + 150})
opened = opened.drop(index=rng.choice(40, size=3, replace=False))
messages = pd.concat([opened, ended, moved, owner, cancelled, ended_later], ignore_index=True)
messages["action"] = messages["action"].fillna("change")
messages["message"] = np.cumsum(rng.integers(1, 9, size=len(messages)))
messages = pd.concat([messages, messages.iloc[::9]]).sample(frac=1, random_state=rng.integers(999))

# stage 2: clean stays; some belong together
rows = []
for name in names:
    hour = int(rng.integers(0, 400))
    while hour < 4000:
        end = hour + int(rng.integers(6, 150))
        outcome = str(rng.choice(["home", "moved", "died"], p=[0.77, 0.2, 0.03]))
        kind = str(rng.choice(["emergency", "planned"], p=[0.65, 0.35]))
        rows.append((name, hour, end, kind, outcome))
        if outcome == "died":
            break
        hour = end + int(rng.choice([8, 12, 13, 60, 200, 336, 337, rng.integers(14, 900)]))
stays = pd.DataFrame(rows, columns=["patient", "start", "end", "kind", "outcome"])
still_here = stays["end"] > 3900
stays["end"] = stays["end"].where(~still_here).astype(float)
stays["outcome"] = stays["outcome"].where(~still_here, "")
stays.insert(0, "stay", rng.permutation(len(stays)) + 500)
stays = stays.sample(frac=1, random_state=rng.integers(999)).reset_index(drop=True)

# stage 3: discharges, and results of one blood test (haemoglobin)
discharges = stays.loc[stays["end"].notna(), ["stay", "patient", "start", "end"]].head(70)
rows = []
for row in discharges.itertuples():
    hours = rng.choice(np.arange(row.start, row.end), size=rng.integers(0, 5), replace=False)
    for taken in hours.astype(int):
        value, sample = round(float(rng.normal(12, 2)), 1), len(rows) + 7000
        reported = taken + int(rng.integers(1, 30))
        if rng.random() < 0.2:
            reported = max(int(row.end), taken + 1)
        rows.append((sample, row.stay, taken, reported, value * (rng.random() > 0.1), "g/dL"))
        if rng.random() < 0.4:
            later = reported + int(rng.integers(1, 30))
            value = (value + rng.integers(-1, 2)) * (rng.random() > 0.25)
            rows.append((sample, row.stay, taken, later, value, "g/dL"))
results = pd.DataFrame(rows, columns=["sample", "stay", "taken", "reported", "value", "unit"])
new_unit = (results["taken"] > 2000) & (rng.random(len(results)) < 0.8)
results["value"] = (results["value"] * np.where(new_unit, 10, 1)).round(1)
results["unit"] = np.where(new_unit, "g/L", "g/dL")
results = results.sample(frac=1, random_state=rng.integers(999)).reset_index(drop=True)

# stage 4: features, targets, whose discharge, and its hour
X = rng.normal(size=(420, 3)) * np.array([1.0, 20.0, 0.1]) + np.array([0.0, 60.0, 2.0])
patient, end = rng.integers(160, size=420), rng.integers(0, 300, size=420) * 24
chance = 1 / (1 + np.exp(1.2 - X[:, 0] - 0.03 * (X[:, 1] - 60)))
y = (rng.random(420) < chance).astype(int)

# stage 5: day of discharge and probability of 150 people; days without calls
day = rng.integers(3, 40, size=150)
p = rng.beta(2, 6, size=150).round(2)
closed = {d for d in range(60) if d % 7 in (5, 6)}

# stage 6: who was back, who would have been called, a group; draws of rows, and of the effect of a call
back = (rng.random(300) < 0.25).astype(int)
called = rng.random(300) < 0.2 + 0.4 * back
ward = rng.choice(["chest", "heart", "knee", "skin"], size=300, p=[0.4, 0.3, 0.2, 0.1])
draws, effects = rng.integers(300, size=(400, 300)), rng.normal(0.15, 0.04, size=400)

# %% [markdown]
# ## Question 1 · reconcile (3 points)
#
# *From messages to one row per stay.* Each row of `messages` is a message with a number (`message`), about one
# `stay`, with an `action`: `"change"` or `"cancel"`. A change tells some of `patient`, `start`, `end` and `kind`; what it
# does not tell is missing (`NaN`), and stays as it was. A later message has a higher number; the rows are in
# no order, and some are there twice.
#
# Write `reconcile(messages, aliases)`, which returns the tuple `(rows, broken)`.
#
# - A stay whose *last* message is a cancel does not exist. (A change after a cancel revives the stay, with
#   all that was told before.)
# - `aliases` leads from a patient's number to a newer one, perhaps in several steps. Use the last one.
# - `broken` is the sorted list of the existing stays that have no patient or no start, or that end before they
#   start.
# - `rows` lists the other existing stays as tuples `(stay, patient, start, end, kind)`, sorted by patient, then
#   start, then stay. `end` is `None` as long as nothing told it. `kind` is known whenever the patient is.
#
# Aliases never lead in a circle.


# %% question="reconcile" points=3
### BEGIN SOLUTION
def reconcile(messages, aliases):
    told = messages.sort_values("message").groupby("stay")
    last = told[["patient", "start", "end", "kind", "action"]].last()  # skips what is missing
    last = last[last["action"] != "cancel"]
    wrong = last["patient"].isna() | last["start"].isna() | (last["end"] < last["start"])
    rows = []
    for row in last[~wrong].itertuples():
        patient = row.patient
        while patient in aliases:
            patient = aliases[patient]
        end = None if pd.isna(row.end) else float(row.end)
        rows.append((int(row.Index), patient, float(row.start), end, row.kind))
    rows.sort(key=lambda row: row[1:3])  # keeps the order by stay among equals
    return rows, [int(stay) for stay in last.index[wrong]]


### END SOLUTION

# %% check="reconcile"
_messages = pd.DataFrame(
    [
        (5, 1, "change", None, np.nan, 30.0, None),
        (2, 1, "change", "a", 10.0, 20.0, "planned"),
        (2, 1, "change", "a", 10.0, 20.0, "planned"),
        (3, 2, "change", "b", 8.0, np.nan, "emergency"),
        (9, 3, "cancel", None, np.nan, np.nan, None),
        (4, 3, "change", "c", 1.0, np.nan, "planned"),
        (6, 4, "cancel", None, np.nan, np.nan, None),
        (1, 4, "change", "c", 7.0, np.nan, "planned"),
        (8, 4, "change", None, np.nan, 7.0, None),
        (7, 6, "change", None, 5.0, np.nan, None),
        (11, 5, "change", "a", 9.0, 8.0, "planned"),
        (10, 7, "change", "b", np.nan, 50.0, "planned"),
    ],
    columns=["message", "stay", "action", "patient", "start", "end", "kind"],
)
_copy = _messages.copy()
_got = reconcile(_messages, {"a": "d", "b": "e", "e": "a"})
assert _messages.equals(_copy), "The messages were changed: work on a copy."
assert len(_got) == 2, f"expected (rows, broken), got {_got}"
_rows, _broken = _got
assert 3 not in [_row[0] for _row in _rows], "The last message of stay 3, number 9, is a cancel."
assert 4 in [_row[0] for _row in _rows], (
    "Message 8 comes after the cancel of stay 4: it exists, and ends in the hour in which it starts, which is allowed."
)
assert list(_broken) == [5, 6, 7], (
    f"Stay 5 ends before it starts, 6 has no patient, 7 no start; you say {_broken}."
)
assert [_row[0] for _row in _rows] == [4, 2, 1], (
    "Sorted by the *last* patient number, then start: 4 (c), 2 (b is e is a is d), 1 (d); you say "
    f"{[_row[:3] for _row in _rows]}."
)
assert tuple(_rows[2][2:]) == (10, 30, "planned"), (
    f"Message 5 told a new end of stay 1 and nothing else; you have {_rows[2]}."
)
assert _rows[1][3] is None, f"Nothing told the end of stay 2: None, not {_rows[1][3]}."

# %% probe="reconcile" rtol=1e-9
_odd = messages.assign(message=-messages["message"])
[
    [[[int(row[0]), str(row[1]), *map(float, [row[2], row[3] or -1]), str(row[4])] for row in rows],
     [int(stay) for stay in broken]]
    for rows, broken in (
        reconcile(messages, aliases),
        reconcile(_odd, {"p02": "p01", "p01": "p00", "p00": "zz"}),
        reconcile(messages[messages["stay"] % 2 == 0], {}),
        reconcile(messages.assign(start=messages["start"].round(-3)), aliases),
        reconcile(messages.assign(end=messages["start"]), aliases),
        reconcile(messages[messages["message"] > messages["message"].median()], aliases),
    )
]  # fmt: skip

# %% [markdown]
# ## Question 2 · cohort and target (3 points)
#
# *Who counts, and what happened?* Each row of `stays` is one stay: `stay`, `patient`, `start`, `end` (`NaN`: still
# here), `kind` (`"emergency"` or `"planned"`) and `outcome` (`"home"`, `"moved"`, `"died"`; `""` if still here).
# Rows are in no order; the stays of a patient do not overlap, and only the last may be open.
#
# A stay that starts at most `bridge` hours after the end of the same patient's previous stay continues it,
# and so on: such a chain is one *episode*. It has the start and kind of its first stay, the end and outcome of
# its last one.
#
# Write `cohort(stays, bridge, window, last_hour, lookback)`, which returns the tuple `(rows, lost)`.
#
# - An episode is in the cohort if its outcome is `"home"`; its end + `window` is at most `last_hour`, where the
#   extract stops; and its start is at least `lookback`.
# - `rows` lists `(stay, target)` for each episode of the cohort, sorted by `stay`, the number of its *first*
#   stay. The target is 1 if *any* later emergency episode of the patient starts at most `window` hours
#   after its end, else 0.
# - `lost` lists three numbers: how many episodes fail the first condition; how many of the others fail the second; and
#   how many of those still left fail the third.


# %% question="cohort" points=3
### BEGIN SOLUTION
def cohort(stays, bridge, window, last_hour, lookback):
    stays = stays.sort_values(["patient", "start"])
    gap = stays["start"] - stays.groupby("patient")["end"].shift()
    episode = (~(gap <= bridge)).cumsum()
    final = stays[~episode.duplicated(keep="last")]
    first = stays[~episode.duplicated()].assign(
        end=final["end"].to_numpy(), outcome=final["outcome"].to_numpy()
    )
    emergencies = first[first["kind"] == "emergency"]
    rows, lost = [], [0, 0, 0]
    for row in first.itertuples():
        if row.outcome != "home":
            lost[0] += 1
        elif row.end + window > last_hour:
            lost[1] += 1
        elif row.start < lookback:
            lost[2] += 1
        else:
            theirs = emergencies.loc[emergencies["patient"] == row.patient, "start"]
            rows.append((int(row.stay), int(theirs.between(row.end, row.end + window).any())))
    return sorted(rows), lost


### END SOLUTION

# %% check="cohort"
_stays = pd.DataFrame(
    [
        (9, "a", 10, 20, "emergency", "moved"),
        (8, "a", 25, 40, "emergency", "home"),
        (7, "a", 60, 70, "planned", "home"),
        (6, "a", 90, 95, "emergency", "home"),
        (5, "b", 97, 130, "emergency", "home"),
        (4, "c", 50, np.nan, "emergency", ""),
        (3, "d", 30, 60, "planned", "died"),
    ],
    columns=["stay", "patient", "start", "end", "kind", "outcome"],
)
_got = cohort(_stays, 5, 50, 180, 10)
assert len(_got) == 2, f"expected (rows, lost), got {_got}"
_target = dict(_got[0])
assert 8 not in _target, "Stay 8 starts 5 hours after stay 9 ended: one episode, named 9."
assert list(_target) == [5, 6, 7, 9], (
    f"The cohort is 5, 6, 7 and 9, sorted; you say {list(_target)}."
)
assert _target[9] == 1, (
    "The episode 9 ends at 40. The planned stay 7 comes first, the emergency 6 at 90, still within 50 hours."
)
assert (_target[7], _target[6]) == (1, 0), f"6 follows 7; nothing follows 6. You say {_target}."
assert list(_got[1]) == [2, 0, 0], f"4 is open and 3 died; you say {_got[1]}."
assert list(cohort(_stays, 5, 50, 179, 10)[1]) == [2, 1, 0], "130 + 50 is later than 179."
assert dict(cohort(_stays, 5, 49, 180, 10)[0])[9] == 0, "49 hours after 40, stay 6 has not begun."
assert list(cohort(_stays, 4, 50, 145, 25)[1]) == [3, 1, 0], (
    "With bridge 4, stay 9 is an episode that ended as 'moved', and 8 starts exactly at 25, which is enough."
)
assert list(cohort(_stays, 5, 50, 150, 61)[1]) == [2, 1, 2], (
    "Count an episode where it fails first: 5 for its window, then 9 and 7 for their start."
)
_more = pd.DataFrame(
    [
        (1, "e", 0, 10, "emergency", "home"),
        (2, "e", 30, 40, "planned", "home"),
        (3, "e", 43, 50, "emergency", "died"),
    ],
    columns=_stays.columns,
)
_got = cohort(_more, 5, 50, 100, 0)
assert (len(_got[0]), list(_got[1])) == (1, [1, 0, 0]), (
    "Stay 3 starts 3 hours after 2 ended. What stay 2 ended as does not matter: one episode, which ended as "
    f"'died'. You say {_got}."
)
assert dict(_got[0])[1] == 0, (
    "The episode of stays 2 and 3 began as planned: stay 3 is no new emergency."
)
_got = cohort(_more.drop(index=1), 5, 50, 100, 0)
assert dict(_got[0])[1] == 1, "An emergency counts however it ends, also if the patient dies."

# %% probe="cohort" exact=true
_home = stays[stays["outcome"] == "home"].sort_values("end").reset_index(drop=True)
_end, _start = int(_home["end"][len(_home) // 2]), int(_home["start"][len(_home) // 3])
_other = np.where(stays["kind"] == "planned", "emergency", "planned")
[
    [[[int(stay), int(target)] for stay, target in rows], [int(count) for count in lost]]
    for rows, lost in (
        cohort(stays, 12, 336, 3900, 0),
        cohort(stays, 0, 200, _end + 200, _start),
        cohort(stays, 0, 100, _end + 99, _start + 1),
        cohort(stays, 7, 337, _end, 500),
        cohort(stays, 60, 60, 3000, _start),
        cohort(stays, 199, 900, _end + 900, 100),
        cohort(stays[stays["patient"] < "p05"], 13, 150, _end + 150, 0),
        cohort(stays.assign(kind=_other), 12, 336, 3500, 300),
    )
]

# %% [markdown]
# ## Question 3 · known at discharge (3 points)
#
# *Features as of a moment.* `discharges` has `stay`, `patient`, `start` and `end`. `results` has one row per
# *report* of a blood sample: `sample`, `stay`, when it was `taken` and when `reported`, `value` and `unit`, `"g/dL"` or
# `"g/L"` (1 g/dL is 10 g/L). A sample may be reported again: the newer report corrects the older one, in value,
# unit or both.
#
# Write `known(discharges, results, lookback)`, which returns an array of shape `(n, 3)`, one row for each discharge,
# in the given order. It may use only what was known at the discharge's own `end`: reports with `reported`
# $\le$ `end`, of the same stay. Of each sample, the newest of these counts. If its value is 0, the
# sample clotted, and counts as never taken.
#
# - Column 0: how many of the patient's discharges in the table ended *before* this one's start, and at most
#   `lookback` hours before it.
# - Column 1: the value of the sample that was *taken* last, in g/dL; `NaN` if there is no sample.
# - Column 2: that value minus the value of the sample that was taken first; `NaN` if there are fewer than two samples.
#
# No two samples of a stay are taken, and no two reports of a sample are made, in the same hour.


# %% question="known" points=3
### BEGIN SOLUTION
def known(discharges, results, lookback):
    answer = np.full((len(discharges), 3), np.nan)
    for place, row in enumerate(discharges.itertuples()):
        ago = row.start - discharges.loc[discharges["patient"] == row.patient, "end"]
        answer[place, 0] = ((ago > 0) & (ago <= lookback)).sum()
        seen = results[(results["stay"] == row.stay) & (results["reported"] <= row.end)]
        newest = seen.sort_values("reported").drop_duplicates("sample", keep="last")
        newest = newest[newest["value"] > 0].sort_values("taken")
        value = (newest["value"] / np.where(newest["unit"] == "g/L", 10, 1)).to_numpy()
        if len(value) >= 1:
            answer[place, 1] = value[-1]
        if len(value) >= 2:
            answer[place, 2] = value[-1] - value[0]
    return answer


### END SOLUTION

# %% check="known"
_discharges = pd.DataFrame(
    [(1, "a", 0, 50), (2, "a", 150, 200), (3, "a", 200, 260), (4, "b", 60, 90)],
    columns=["stay", "patient", "start", "end"],
)
_results = pd.DataFrame(
    [
        (72, 1, 30, 50, 110.0, "g/L"),
        (71, 1, 10, 12, 13.0, "g/dL"),
        (73, 1, 40, 51, 9.0, "g/dL"),
        (71, 1, 10, 60, 8.0, "g/dL"),
        (74, 2, 160, 161, 12.0, "g/dL"),
        (75, 2, 170, 172, 10.0, "g/dL"),
        (75, 2, 170, 180, 0.0, "g/dL"),
        (76, 3, 210, 212, 14.0, "g/L"),
        (76, 3, 210, 220, 14.0, "g/dL"),
        (77, 3, 205, 240, 11.0, "g/dL"),
    ],
    columns=["sample", "stay", "taken", "reported", "value", "unit"],
)
_got = np.asarray(known(_discharges, _results, 100), dtype=float)
assert _got.shape == (4, 3), f"expected shape (4, 3), got {_got.shape}"
assert list(_got[:, 0]) == [0, 1, 0, 0], (
    "Stay 2 starts exactly 100 hours after stay 1 ended. Stay 3 starts in the hour in which 2 ended, which is not "
    f"before. You count {_got[:, 0]}."
)
assert np.isclose(_got[0, 1], 11.0), (
    "Stay 1 ends at hour 50. Sample 73 was taken before, but reported after; 72 was just reported: 11.0 g/dL, not "
    f"{_got[0, 1]}."
)
assert np.isclose(_got[0, 2], -2.0), (
    f"The correction of sample 71 came at hour 60, too late to be known: 11 - 13, not {_got[0, 2]}."
)
assert np.isclose(_got[1, 1], 12.0), (
    f"The newest report of sample 75 is 0: it clotted, whatever was said first. 12.0, not {_got[1, 1]}."
)
assert np.isnan(_got[1, 2]), "Stay 2 has one valid sample: no change can be known."
assert np.isclose(_got[2, 1], 14.0), (
    "Sample 76 was taken last, though 77 was reported after it, and a correction may mend the unit alone: 14.0, not "
    f"{_got[2, 1]}."
)
assert np.isnan(_got[3, 1]), "Stay 4 has no sample: NaN."

# %% probe="known" rtol=1e-6 atol=1e-9
[
    np.nan_to_num(np.asarray(known(*arguments), dtype=float), nan=-99.0)
    for arguments in (
        (discharges, results, 336),
        (discharges[:40], results, 199),
        (discharges[:30].assign(end=discharges["end"] - 20), results, 900),
        (discharges[20:50], results.assign(reported=results["reported"] + 12), 12),
        (discharges[::-2], results.assign(unit="g/dL"), 4000),
        (discharges[:9].assign(start=discharges["end"]), results[::2], 500),
        (discharges[:6], results[:0], 60),
        (discharges[10:40].assign(start=discharges["start"] - 7), results[:0], 192),
        (discharges[10:40].assign(start=discharges["start"] - 8), results[:0], 193),
        (discharges[:25], results.assign(value=results["value"] / 20), 100),
    )
]

# %% [markdown]
# ## Question 4 · split and judge (2 points)
#
# *Better than the base rate, and how surely?* On day `cut`, the model is trained on what is known. Write
# `judge(X, y, patient, end, cut, window)`; `X` has shape `(n, m)`, the next three `(n,)`; `y` holds 0 and 1; `end` and the
# two numbers are hours.
#
# - Training rows are those whose target is known at `cut`: `end` + `window` is at most `cut`. Test rows have
#   `end` at or after `cut`.
# - Fit `StandardScaler` and `LogisticRegression()`, both without arguments, to the training rows. The baseline says the
#   training rows' share of 1 to everybody.
# - The gain $d_i$ of a test row is the baseline's log loss minus the model's (natural logarithm).
#   Rows of a patient belong together, so the standard error of the mean gain $\bar d$ over $n$ test rows is
#
# $$ \frac1n \sqrt{ \sum_{\text{patients}} \Big( \sum_{i \text{ of the patient}} (d_i - \bar d) \Big)^2 } . $$
#
# Return the tuple `(n_train, gain, error, new)`: an integer; $\bar d$; its standard error; and the mean gain of the test
# rows whose patient has no training row (`None` if there is none). Training rows hold both classes, and there is
# at least one test row.


# %% question="judge" points=2
### BEGIN SOLUTION
def judge(X, y, patient, end, cut, window):
    train, test = end + window <= cut, end >= cut
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[train], y[train])
    q, base = model.predict_proba(X[test])[:, 1], y[train].mean()
    said, flat = (np.log(np.where(y[test] == 1, s, 1 - s)) for s in (q, base))
    gain = said - flat
    mean = gain.mean()
    sums = pd.Series(gain - mean).groupby(patient[test]).sum()
    new = gain[~np.isin(patient[test], patient[train])]
    error = np.sqrt((sums**2).sum()) / len(gain)
    return int(train.sum()), float(mean), float(error), float(new.mean()) if len(new) else None


### END SOLUTION

# %% check="judge"
_cut = int(np.sort(end)[300])
_got = judge(X, y, patient, end, _cut, 336)
assert len(_got) == 4, f"expected (n_train, gain, error, new), got {_got}"
_old = judge(X, y, patient, np.where(end < _cut, 0, end), _cut, _cut)
assert _old[0] == np.sum(end < _cut), "A target that becomes known exactly at the cut is known."
assert judge(X, y, patient, np.where(end < _cut, 0, end + 1), _cut, _cut)[1] == _old[1], (
    "Rows that end exactly at the cut are test rows: if all test rows end an hour later, the gain stays."
)
assert _got[0] < np.sum(end < _cut), (
    "Targets of the last 336 hours before the cut are not known yet: those rows are in neither part."
)
assert -0.2 < _got[1] < 0.5, f"A mean gain of {_got[1]:.2f} is not plausible here."
_flat = judge(0 * X, y, patient, end, _cut, 336)
assert abs(_flat[1]) < 1e-3, (
    f"Without any information, the model is the baseline: gain 0, not {_flat[1]:.3f}. Whose share is the baseline?"
)
_late = end >= _cut
_shift = judge(np.where(_late[:, None], 3 * X + 1, X), y, patient, end, _cut, 336)
assert _shift[1] != _got[1], "Test rows changed, and the gain did not."
assert np.isclose(judge(X / 64, y, patient, end, _cut, 336)[1], _got[1]), (
    "All features in another unit (divided by 64): after StandardScaler the gain is the same."
)
_twice = np.append(np.arange(420), np.flatnonzero(_late))
_double = judge(X[_twice], y[_twice], patient[_twice], end[_twice], _cut, 336)
assert np.isclose(_double[1], _got[1]), (
    "Each test row there twice: the mean gain stays. Yours does not: do test rows take part in the fit?"
)
assert np.isclose(_double[2], _got[2]), (
    "Each test row there twice, for the same patient: no new knowledge, so the same standard error; yours goes from "
    f"{_got[2]:.4f} to {_double[2]:.4f}."
)
assert judge(X, y, 0 * patient, end, _cut, 336)[3] is None, "One patient only: nobody is new."
_between = judge(X, y, (end + 336 > _cut).astype(int), end, _cut, 336)
assert _between[3] is not None, (
    "A patient with rows between the two parts, but none in training, is new."
)

# %% probe="judge" rtol=1e-4 atol=1e-6
[
    [-9 if value is None else value for value in judge(*arguments)]
    for arguments in (
        (X, y, patient, end, _at, 336)
        for _at in (int(np.sort(end)[240]), int(np.sort(end)[330]) + 1)
    )
] + [
    [-9 if value is None else value for value in judge(*arguments)]
    for arguments in (
        (X[:, :1], 1 - y, patient // 4, end, int(end[0] % 2000 + 3000), 24),
        (X[:, ::-1] ** 2, y, patient // 40, end, int(np.sort(end)[200]) + 720, 720),
        (X, y, np.arange(420), end, int(np.sort(end)[280]), 0),
        (X, y, patient % 3, end, 3600, 480),
        (np.where((end >= 3600)[:, None], 1.5 * X, X), y, patient, end, 3600, 480),
    )
]

# %% [markdown]
# ## Question 5 · a list for the nurses (2 points)
#
# *From probabilities to calls.* Who left on day `day[i]` with `p[i]` at or above `threshold` gets on the list. On
# each day that is not in the set `closed`, the nurses make up to `per_day` calls: to people on the list who
# left on an *earlier* day, at most `patience` days ago, and were not called yet. Highest `p` comes first; among equal
# ones, who left earlier; then the lower row number.
#
# Write `call_days(day, p, threshold, per_day, patience, closed)`, which returns an array of shape `(n,)` of integers: the
# day of each person's call, or −1 if nobody called. `day` holds integers $\ge 0$, in any order; `per_day` and
# `patience` are at least 1.


# %% question="call_days" points=2
### BEGIN SOLUTION
def call_days(day, p, threshold, per_day, patience, closed):
    made = np.full(len(day), -1)
    for today in np.unique(day[:, None] + np.arange(patience + 1)):
        if int(today) in closed:
            continue
        wait = today - day
        waiting = (p >= threshold) & (made == -1) & (wait > 0) & (wait <= patience)
        order = [row for row in np.lexsort((day, -p)) if waiting[row]]
        made[order[:per_day]] = today
    return made


### END SOLUTION

# %% check="call_days"
_day, _p = np.array([5, 4, 4, 4, 6]), np.array([0.5, 0.3, 0.3, 0.9, 0.1])
_got = np.asarray(call_days(_day, _p, 0.1, 1, 3, set()))
assert _got.shape == (5,), f"expected shape (5,), got {_got.shape}"
assert _got[3] == 5, (
    "Row 3 left on day 4 with the highest p: called on day 5, not on the day of leaving."
)
assert _got[0] == 6, "On day 6, row 0 comes before the rows with 0.3."
assert list(_got[1:3]) == [7, -1], (
    f"Rows 1 and 2 are equal, the lower row first. After day 7, row 2 waits too long; you say {_got[1:3]}."
)
assert _got[4] == 8, (
    f"A p of exactly the threshold is on the list; day 8 is free. You say {_got[4]}."
)
_got = call_days(_day, _p, 0.2, 2, 2, {5, 7})
assert list(_got) == [6, -1, -1, 6, -1], (
    f"Days 5 and 7 closed, patience 2: only day 6 is left for those of day 4; you say {list(_got)}."
)
assert list(call_days(_day[[0, 1]], np.array([0.3, 0.3]), 0.1, 1, 3, {5})) == [7, 6], (
    "Equal p, closed on day 5: on day 6, who left on day 4 comes before who left on day 5."
)

# %% probe="call_days" exact=true
[
    [int(made) for made in call_days(*arguments)]
    for arguments in (
        (day, p, 0.2, 2, 3, closed),
        (day, p, float(p[0]), 1, 5, set()),
        (day, p.round(1), 0.1, 2, 2, closed),
        (day // 4 + 1, p.round(1), 0.0, 3, 4, {5, 6}),
        (day, p, float(np.sort(p)[-20]), 4, 1, closed),
        (day[:30] * 3, 1 - p[:30], 0.5, 1, 9, set(range(0, 90, 2))),
    )
]

# %% [markdown]
# ## Question 6 · defend it, ward by ward (2 points)
#
# *A figure with an interval, and a decision for each group.* A call costs `fee`; a readmission costs `worth`, and a
# call prevents it with probability `effect`. So a called person with target $y$ (0 or 1) brings the net
# `effect` · `worth` · $y$ − `fee`, and a person who is not called 0.
#
# Write `defend(y, called, group, draws, effects, fee, worth, min_back)`, which returns a dictionary from the name of each
# group to the tuple `(net, low, high, decision)`, per 100 people *of that group*, called or not:
#
# - `net`: with the mean of `effects`, on the rows as they are;
# - `low`, `high`: the quantiles 0.05 and 0.95 (`np.quantile`) over the bootstrap samples. Sample $b$ has the rows
#   `draws[b]` (row numbers, with repeats) and the effect `effects[b]`; of its rows, take those of the group. A
#   sample without any row of the group is left out.
# - `decision`: `"too few"` if fewer than `min_back` rows of the group are called *and* have $y = 1$; otherwise `"start"` if
#   `low` is above 0, `"stop"` if `high` is below 0, else `"pilot"`.
#
# `y`, `called` (booleans) and `group` (text) have shape `(n,)`, `draws` `(B, k)`, `effects` `(B,)`. Every group has a
# row in at least one sample.


# %% question="defend" points=2
### BEGIN SOLUTION
def defend(y, called, group, draws, effects, fee, worth, min_back):
    answer = {}
    for name in np.unique(group):
        member = group == name

        def net(rows, effect, member=member):
            rows = rows[member[rows]]
            return 100 * np.mean(called[rows] * (effect * worth * y[rows] - fee))

        there = [b for b in range(len(draws)) if member[draws[b]].any()]
        samples = [net(draws[b], effects[b]) for b in there]
        low, high = np.quantile(samples, [0.05, 0.95])
        decision = "start" if low > 0 else "stop" if high < 0 else "pilot"
        if np.sum(member & called & (y == 1)) < min_back:
            decision = "too few"
        whole = net(np.arange(len(y)), effects.mean())
        answer[str(name)] = (float(whole), float(low), float(high), decision)
    return answer


### END SOLUTION

# %% check="defend"
_y, _called = np.array([1, 0, 1, 0, 1]), np.array([True, True, False, False, True])
_group = np.array(["v", "v", "v", "v", "u"])
_draws, _effects = np.array([[0, 1, 2, 3, 4], [0, 1, 2, 3, 3]]), np.array([0.1, 0.3])
_got = defend(_y, _called, _group, _draws, _effects, 50, 1000, 1)
assert sorted(_got) == ["u", "v"], f"One entry for each group, u and v; you have {sorted(_got)}."
assert np.isclose(_got["v"][0], 2500), (
    "v has four people and two calls; with the mean effect 0.2 one call brings 200 - 50, the other -50: 100 in "
    f"four people, 2,500 in a hundred; you say {_got['v'][0]}."
)
assert np.isclose(_got["u"][1], 5000), (
    f"u is in the first sample only, with effect 0.1: 100 - 50 for one person. You say {_got['u'][1]}."
)
assert _got["u"][3] == "start", "Its low is above 0, and one called person of u was back: enough."
assert np.isclose(_got["v"][1], 200), (
    "The two samples of v bring 0 and 4,000 in a hundred people; low is their quantile 0.05, which np.quantile "
    f"interpolates. You say {_got['v'][1]}."
)
_got = defend(_y, _called, _group, _draws, _effects, 100, 1000, 2)
assert [_got[_name][3] for _name in "uv"] == ["too few"] * 2, (
    "Called and back is one person in each group (row 2 was back, but not called): too few, whatever the interval."
)
assert defend(_y, _called, _group, _draws, _effects, 400, 1000, 0)["v"][3] == "stop", (
    "At a fee of 400 both samples of v lose money: high is below 0."
)
_got = defend(_y, _called, _group, _draws, _effects, 100, 1000, 1)["v"]
assert (_got[1] < 0 < _got[2], _got[3]) == (True, "pilot"), (
    f"At a fee of 100 the two samples of v bring -100 / 4 and 100 / 4 per person; you say {_got}."
)

# %% probe="defend" rtol=1e-6 atol=1e-9
[
    [[name, *values] for name, values in sorted(defend(*arguments).items())]
    for arguments in (
        (back, called, ward, draws, effects, 50, 1000, 5),
        (back, called, ward, draws, effects, 5, 1000, 20),
        (back, called, ward, draws, effects, 0.05, 1, 0),
        (back, called, ward, draws, effects, 0.03, 1, 0),
        (back, called, ward, draws, effects, 0.12, 1, 0),
        (back, called, ward, draws, effects + 0.1, 300, 1500, 0),
        (1 - back, ~called, ward[::-1], draws[:90, :40], effects[:90], 70, 900, 12),
        (back[:40], called[:40], ward[:40], draws[:60, :6] % 40, effects[:60] * 3, 20, 100, 1),
        (back, called & (ward != "knee"), ward, draws[:50], effects[:50], 30, 800, 0),
        (
            back, called, ward, draws[:80], effects[:80], 60, 1000,
            int(np.sum(back[(ward == "heart") & called])),
        ),
    )
]  # fmt: skip
