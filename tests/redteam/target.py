"""The exercise that is attacked: one question for each way in which values are compared."""

from __future__ import annotations

SOURCE = """\
# ---
# title: "Exercise: target"
# minutes: 5
# ---

# %% [markdown]
# # Exercise: target

# %% tags=["parameters"]
seed = 7

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)
x = rng.normal(size=60)
X, X_new = rng.normal(size=(200, 3)), rng.normal(size=(60, 3))
y = (X @ [1.0, -2.0, 0.5] > 0).astype(int)
words = [f"w{number}" for number in rng.integers(0, 1000, size=8)]

# %% [markdown]
# ## Question 1 · scale (2 points)

# %% question="scale" points=2
### BEGIN SOLUTION
def scale(values):
    note = "RT7MARK-solution-of-scale"
    return 3 * values - 1


### END SOLUTION

# %% check="scale"
assert len(scale(x)) == 60, "One value for each."

# %% probe="scale"
scale(x)

# %% [markdown]
# ## Question 2 · total (1 point)

# %% question="total" points=1
### BEGIN SOLUTION
total = float((x**2).sum())  # RT7MARK-solution-of-total
### END SOLUTION

# %% check="total"
assert total > 0, "A sum of squares is positive."

# %% probe="total"
total

# %% [markdown]
# ## Question 3 · text (1 point)

# %% question="text" points=1
### BEGIN SOLUTION
text = "-".join(words)
### END SOLUTION

# %% check="text"
assert text, "There are words."

# %% probe="text"
text

# %% [markdown]
# ## Question 4 · table (2 points)

# %% question="table" points=2
### BEGIN SOLUTION
table = pd.DataFrame({"value": x, "positive": x > 0, "word": [words[i % 8] for i in range(60)]})
### END SOLUTION

# %% check="table"
assert len(table) == 60, "One row for each."

# %% probe="table"
table

# %% [markdown]
# ## Question 5 · counts (1 point)

# %% question="counts" points=1
### BEGIN SOLUTION
counts = {int(word[1:]): words.count(word) for word in words}
### END SOLUTION

# %% check="counts"
assert counts, "There are words."

# %% probe="counts"
counts

# %% [markdown]
# ## Question 6 · chosen (1 point)

# %% question="chosen" points=1
### BEGIN SOLUTION
chosen = [word for word in words if len(word) > 1][::-1]
### END SOLUTION

# %% check="chosen"
assert chosen, "Some are."

# %% probe="chosen" unordered=true
chosen

# %% [markdown]
# ## Question 7 · predict (3 points)

# %% question="predict" points=3
### BEGIN SOLUTION
def predict(features):
    return (features @ [1.0, -2.0, 0.5] > 0).astype(int)


### END SOLUTION

# %% check="predict"
assert len(predict(X)) == 200, "One label for each."

# %% tags=["solution-only"]
y_new = (X_new @ [1.0, -2.0, 0.5] > 0).astype(int)

# %% probe="predict" metric="accuracy" against="y_new" at_least=0.95
predict(X_new)
"""

POINTS = {"scale": 2, "total": 1, "text": 1, "table": 2, "counts": 1, "chosen": 1, "predict": 3}

# Right answers in the words of an honest student.
RIGHT = {
    "scale": "def scale(values):\n    return values * 3 - 1",
    "total": "total = float(np.dot(x, x))",
    "text": "text = '-'.join(words)",
    "table": (
        "table = pd.DataFrame({'value': x, 'positive': x > 0,\n"
        "                      'word': [words[i % 8] for i in range(60)]})"
    ),
    "counts": "counts = {int(w[1:]): words.count(w) for w in words}",
    "chosen": "chosen = list(words)",
    "predict": "def predict(F):\n    return (F[:, 0] - 2 * F[:, 1] + F[:, 2] / 2 > 0) * 1",
}
