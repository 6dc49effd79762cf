# ---
# title: How this course works
# minutes: 15
# packages: [latex2mathml]
# ---

# %% [markdown]
# # How this course works
#
# This notebook shows, on small examples, the four things that you will do all the time: run,
# predict, check, and try again on other data.
#
# From the next part on, every module has three notebooks and a quiz:
#
# - the **lesson** in `notebooks/` explains, and lets you predict before it shows;
# - the **exercise** in `exercises/` asks, and checks your answers at once;
# - the **solution** in `solutions/` is the same notebook, answered; open it when you are done;
# - the **quiz** stands at the end of the lesson and asks as the exams do.

# %% [markdown]
# ## 1. Run
#
# Click into the cell below and press `Shift`+`Enter`. It runs, and the next cell is selected. Go
# through a lesson that way, from top to bottom, in order: later cells use what earlier ones made.
# When something looks odd, choose *Run → Restart Kernel and Run All Cells* and start afresh.

# %%
import numpy as np

waiting = np.array([3, 4, 5, 4, 64])  # minutes that five customers waited
print("five customers:", waiting)

# %% [markdown]
# Change numbers, run again, and see what happens: the notebooks are yours. In a terminal in the
# course's folder, `git checkout notebooks` brings the originals back and drops your changes.

# %% [markdown]
# ## 2. Predict
#
# Lessons ask you to predict before you run. Take the question seriously, and write your guess down:
# what you got wrong yourself is what you remember.
#
# > **Predict first.** The median of the five waiting times is 4 minutes. Is their mean below 10,
# > between 10 and 20, or above 20?

# %%
print(f"median {np.median(waiting):.0f}, mean {waiting.mean():.0f}")

# %% [markdown]
# The mean is 16: one customer in five pulled it to a number of minutes that nobody waited. You will
# meet such values again as *outliers*. The point here is only that you had a guess to compare with.

# %% [markdown]
# ## 3. Check
#
# An exercise asks for a function or a value. Below each question stands a check, which tries your
# answer and says what to look at when something is off. It does not hold the solution: it tests
# what must be true of any right answer, and small cases that can be worked out by hand.
#
# **Question.** Write `spread(values)`: the largest value minus the smallest. Here it is answered:


# %%
def spread(values):
    return max(values) - min(values)


# %%
assert spread([4, 4, 4]) == 0, "Equal values have no spread: what is subtracted from what?"
assert spread([2, 5, 11]) == spread([11, 2, 5]), "The order of the values must not matter."
assert spread([-3, 2]) == 5, "Try negative values: nothing may be assumed about the sign."
print("✓ spread: this check passes")

# %% [markdown]
# Break it on purpose: write `max(values) + min(values)` above, run both cells, and read the
# message. Then mend it. In an exercise the cell holds only a line that says “not answered yet”:
# replace it.
#
# A check that passes is a good sign, not a mark. When an instructor grades, your notebook runs on
# data that you have not seen, and the results are compared with the solution's. A number that was
# typed in to suit the data in front of you is wrong there.

# %% [markdown]
# ## 4. Try again on other data
#
# Every exercise draws its data from one number, `seed`. Change it and you get another variant of
# the same exercise: other data, other answers, the same question. Instructors can give every
# student a variant of their own.
#
# > **Predict first.** Does the same seed give the same numbers when you run the cell twice?

# %% tags=["parameters"]
seed = 7

# %%
for attempt in (1, 2):
    print(f"run {attempt}:", np.random.default_rng(seed).integers(1, 100, size=5))
print("seed", seed + 1, "→", np.random.default_rng(seed + 1).integers(1, 100, size=5))

# %% [markdown]
# It does, also after a restart. Another seed gives other numbers. That is how a result can be
# repeated, and how your variant can be graded.

# %% [markdown]
# ## 5. Quiz yourself
#
# At the end of each lesson the quiz folds its answers. Decide first, then unfold: the notes say
# why each option is right or wrong. The same quiz can be taken with the answers kept:

# %%
from certlab.exams import quiz

quiz("01-math/01-vectors-and-matrices")

# %% [markdown]
# In a terminal, `certlab quiz 01-math/01-vectors-and-matrices` opens it in the browser, and with
# `--plain` it is asked right there. Your answers are kept on this machine, from one day to the
# next. Where the terminal does not find `certlab`, write `.venv/bin/certlab`, on Windows
# `.venv\Scripts\certlab`, in the course's folder.

# %% [markdown]
# ## 6. Which exam?
#
# `certlab list --certification google-pmle` lists the modules that serve an exam, here Google's,
# and the objectives that no module serves yet. Three of the five exams that the course is named
# after can no longer be sat; the [README](../../README.md) says since when and what replaced them.
# Each lesson's *Exam lens* says how the exams ask about its subject.

# %% [markdown]
# ## On Colab
#
# Every notebook runs there unchanged; where Colab lacks a package, a first cell installs it. A
# Colab machine forgets its files when you leave. To keep quiz answers, mount your Drive before you
# start, with `from google.colab import drive; drive.mount("/content/drive")`.

# %% [markdown]
# ## Summary
#
# - Run from top to bottom; restart when something looks odd.
# - Predict before you run, and write the guess down.
# - A check tells you what to look at. Grading uses other data.
# - Change `seed` to practise on another variant.
#
# Next: [find out where you stand](02-where-you-stand.ipynb), in about 40 minutes, and get a plan.
# Or begin at the beginning, with [vectors and matrices](../01-math/01-vectors-and-matrices.ipynb).
