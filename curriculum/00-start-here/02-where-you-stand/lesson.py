# ---
# title: Where you stand
# minutes: 40
# packages: [latex2mathml]
# ---

# %% [markdown]
# # Where you stand
#
# 40 questions over eight domains: linear algebra, calculus, probability, statistics, Python, NumPy
# and pandas, classical machine learning and deep learning. At the end you see your strengths and
# gaps, which modules to study, in which order, and which you can skip.
#
# It is for you alone, so be honest with it:
#
# - Work without notes and without running code. Paper is fine.
# - Where you would have to guess, press **Not sure**. A lucky guess hides a gap and costs you a module
#   that you need.
# - Nothing is explained before you finish, so that one question does not answer the next.
#   Afterwards every option has its note.
# - Stop when you like. Your answers are kept on this machine, and you can go on tomorrow.
#
# Run the next cell to begin. With the keyboard: digits choose, `N` and `P` go on and back, `U`
# means not sure.

# %%
from certlab.exams import assessment

skills = assessment()
skills

# %% [markdown]
# **No buttons above?** Where widgets do not run, the questions stand there as text. Write down a
# letter for each, `?` where you are not sure, and hand them over in one line, such as
# `skills.answer_all("CADB? …")`.
#
# ## Your plan
#
# The next cell shows the result of your answers so far; run it again when you have answered more.
# Harder questions weigh more: a question of level 3 counts three times as much as one of level 1.

# %%
skills.report()

# %% [markdown]
# ## How to read it
#
# - **Strong** means at least 80 % of the weighted points. Skip the module, or try its exercise: if that goes
#   smoothly, you lost fifteen minutes and gained certainty.
# - **Some gaps** and **gap** mean: study. The list follows what each module needs, so work from top to
#   bottom.
# - Five questions measure a domain roughly. A module that you need for your exam and feel unsure about is
#   worth its time whatever the table says.
#
# Start with the first module of your list, or at the beginning:
# [vectors and matrices](../01-math/01-vectors-and-matrices.ipynb).
