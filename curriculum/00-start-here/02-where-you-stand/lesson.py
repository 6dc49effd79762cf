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
# gaps, which modules to study, in which order, and which you can skip. Where a gap lies in a
# domain that the course does not teach yet, the result says so.
#
# It is for you alone, so be honest with it:
#
# - Work without notes and without running code. Paper is fine.
# - Where you would have to guess, press **Not sure**. After a lucky guess the plan may leave out a
#   module that you need.
# - Nothing is explained before you finish, so that one question does not answer the next.
#   Afterwards every option has its note.
# - Stop when you like. Your answers are kept on this machine, and you can go on tomorrow.
#
# Run the next cell to begin. *Finish and see the result* ends the assessment, also early. With the
# keyboard: digits choose, `N` and `P` go on and back, `U` means not sure.

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
# A question without an answer counts as not known. Harder questions weigh more: of a domain's five
# questions two are easy and count 1, two count 2, and the hardest counts 3.

# %%
skills.report()

# %% [markdown]
# ## How to read it
#
# - A domain is **strong** from 80 % of its weighted points on, has **some gaps** from 50 % on, and
#   is a **gap** below.
# - A module is judged by the questions about it alone, by the same 80 %.
# - **Study**: work from top to bottom; a module stands below those that it needs.
# - **Skip**: where you want to be sure, try the module's exercise without reading its lesson.
# - Five questions measure a domain roughly, and many modules have only one or two. A module that
#   you feel unsure about is worth its time whatever the table says.
#
# Start with the first module of your list, or with the first of the course:
# [vectors and matrices](../01-math/01-vectors-and-matrices.ipynb).
