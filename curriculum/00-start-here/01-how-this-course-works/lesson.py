# ---
# title: How this course works
# minutes: 15
# packages: [latex2mathml]
# ---

# %% [markdown]
# # How this course works
#
# Ten minutes now save hours later. This notebook shows, on small examples, the four things that you
# will do all the time: run, predict, check, and try again on other data.
#
# Every module has three notebooks and a quiz:
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
# Nothing you run here can break the course. Change numbers, run again, and see what happens: the
# notebooks are yours. `git checkout notebooks` brings the originals back.

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
# The mean is 16: one customer in five pulled it to a value at which nobody waited. You will meet this again as
# *outliers*. The point here is only that you had a guess to compare with.

# %% [markdown]
# ## 3. Check
#
# An exercise asks for a function or a value. Below each question stands a check, which measures your
# answer and says what to look at when something is off. It does not know the right answer.
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
# Break it on purpose: write `max(values) + min(values)` above, run both cells, and read the message.
# Then mend it. In an exercise the cell is empty, and you begin with a message.
#
# A check that passes is a good sign, not a mark. When your course grades, it runs your answers on
# data that you have not seen and compares them with the solution's. An answer that was typed for
# the data in front of you passes no grading.

# %% [markdown]
# ## 4. Try again on other data
#
# Every exercise draws its data from one number, `seed`. Change it and you get another variant of the
# same exercise: other data, other answers, the same question. Instructors give every student their own.
#
# > **Predict first.** Does the same seed give the same numbers when you run the cell twice?

# %% tags=["parameters"]
seed = 7

# %%
rng = np.random.default_rng(seed)
for attempt in (1, 2):
    print(f"run {attempt}:", np.random.default_rng(seed).integers(1, 100, size=5))
print("seed", seed + 1, "→", np.random.default_rng(seed + 1).integers(1, 100, size=5))

# %% [markdown]
# The same seed gives the same numbers, on every machine. That is how a result can be repeated, and how
# your variant can be graded.

# %% [markdown]
# ## 5. Quiz yourself
#
# At the end of each lesson the quiz folds its answers. Decide first, then unfold: the notes say
# why each option is right or wrong. The same quiz can be taken with the answers kept:

# %%
from certlab.exams import quiz

quiz("01-math/01-vectors-and-matrices")

# %% [markdown]
# In a terminal, `certlab quiz 01-math/01-vectors-and-matrices` opens it in the browser, and `--plain`
# asks it right there. Your answers are kept on this machine, from one day to the next. Mock exams
# with a clock will work the same way; they are still to come.

# %% [markdown]
# ## 6. Which exam?
#
# `certlab list --certification google-pmle` lists the modules that serve an exam, and the
# objectives that no module serves yet. Three of the five exams that the course was made for can no
# longer be sat; the [README](../../README.md) says what replaced them, with dates and sources.
# Each lesson's *Exam lens* says how the exams ask about its subject.

# %% [markdown]
# ## On Colab
#
# Every notebook runs there unchanged; a first cell installs what Colab lacks. A Colab machine forgets its
# files when you leave. To keep quiz answers, mount your Drive before you start, with
# `from google.colab import drive; drive.mount("/content/drive")`.

# %% [markdown]
# ## Summary
#
# - Run from top to bottom; restart when something looks odd.
# - Predict before you run, on paper.
# - A check tells you what to look at. Grading uses other data.
# - Change `seed` to practise on another variant.
#
# Next: [find out where you stand](02-where-you-stand.ipynb), in about half an hour, and get a plan.
# Or begin at the beginning, with [vectors and matrices](../01-math/01-vectors-and-matrices.ipynb).
