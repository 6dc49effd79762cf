# ---
# title: Hypothesis tests
# minutes: 60
# needs: [01-math/07-statistics]
# objectives: [aws-mls/2.3, aws-mls/3.5, aws-mla/4.1, google-pmle/4.1, databricks-ml/2.4]
# ---

# %% [markdown]
# # Hypothesis tests
#
# Is the new model better, or was it lucky? After this lesson you can
#
# - test a difference by shuffling, and say what a p-value means and what it does not,
# - choose between t, chi-square and permutation tests,
# - work out how many users an A/B test needs,
# - name the price of peeking and of testing many things, and pay it honestly, and
# - say why a correlation in observed data can mislead, even in its sign.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks you to interpret p-values and
# correlation (2.3) and to compare models by A/B test (3.5); its successor MLA-C02 (4.1) and Google
# PMLE (4.1) ask for A/B tests of deployed models. Databricks asks whether two features are
# related (2.4).

# %%
import matplotlib.pyplot as plt
import numpy as np
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Shuffle the labels
#
# 32 students took an economics course, 14 of them in a new teaching program (data of Spector and
# Mazzeo). The file says whose grade improved. Was the program better, or lucky?
#
# The *null hypothesis* $H_0$ says that nothing is going on: the same students would have improved
# without the program. Then its labels could just as well be shuffled among them. A *permutation
# test* shuffles many times and looks at the differences that luck alone makes.
#
# > **Predict first.** 57 % improved with the program, 17 % without it. How often do shuffled labels
# > differ by that much or more, in either direction: 20 %, 3 % or 0.1 %?

# %%
students = sm.datasets.spector.load_pandas().data
program, improved = students["PSI"].to_numpy() == 1, students["GRADE"].to_numpy() == 1


def difference(labels):
    return improved[labels].mean() - improved[~labels].mean()


observed = difference(program)
shuffled = np.array([difference(rng.permutation(program)) for _ in range(20_000)])
for name, rows in (("with the program", program), ("without it", ~program)):
    print(f"{name}: {improved[rows].sum()} of {rows.sum()} ({improved[rows].mean():.0%})", end=", ")
print(f"difference {observed:.2f}")
print(f"as large by shuffling: {np.mean(np.abs(shuffled) >= observed):.3f}")

values, counts = np.unique(shuffled.round(6), return_counts=True)
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
extreme = np.abs(values) >= observed - 1e-6
for chosen, colour, label in ((~extreme, "0.7", "smaller"), (extreme, "C3", "at least as large")):
    axis.bar(values[chosen], counts[chosen] / 20_000, 0.06, color=colour, label=label)
axis.axvline(observed, color="k", ls="--", label="observed")
axis.set(xlabel="difference of the shares", ylabel="share of shuffles")
axis.set(title="What luck alone would do with 32 students")
axis.legend(loc="upper left")
plt.show()

# %% [markdown]
# About 3 %. That is the **p-value**: *if $H_0$ is true*, the probability of a result at least as
# extreme as ours. We counted both directions: the test is *two-sided*.
#
# Before looking at the data we choose a limit $\alpha$, often 0.05. A p-value below it is called
# *significant*, and we reject $H_0$. Two errors are possible:
#
# | | $H_0$ true | $H_0$ false |
# |---|---|---|
# | reject | type I error (false alarm), probability $\alpha$ | right; its probability is the *power* |
# | do not reject | right | type II error (miss) |
#
# A small p-value speaks against luck only. The file does not say how students got into the program.
# If the keen ones chose it, shuffling cannot know.
#
# ## 2. What a p-value is not
#
# A company tries 10,000 ideas (synthetic, so we know the truth). Nine in ten do nothing; the others
# shift the metric by 0.3 standard deviations. Each is tested with 100 users per group.
#
# > **Predict first.** What share of the significant ideas does nothing? And of those with a p-value
# > between 0.04 and 0.05?

# %%
works = np.arange(10_000) >= 9_000
control = rng.normal(size=(10_000, 100))
treated = rng.normal(0.3 * works[:, None], 1, size=(10_000, 100))
p = stats.ttest_ind(treated, control, axis=1).pvalue
for name, chosen in (("p below 0.05", p < 0.05), ("0.04 to 0.05", (p > 0.04) & (p < 0.05))):
    print(f"{name}: {np.mean(~works[chosen]):.0%} do nothing")
print(f"significant: {np.mean(p[~works] < 0.05):.1%} of the useless ideas,", end=" ")
print(f"{np.mean(p[works] < 0.05):.0%} of the working ones")

figure, axes = plt.subplots(1, 2, figsize=(9, 3), sharex=True, layout="constrained")
for axis, chosen, title in zip(axes, (~works, works), ("no effect", "effect of 0.3"), strict=True):
    axis.hist(p[chosen], bins=20, range=(0, 1), color="0.75", edgecolor="white")
    axis.axvline(0.05, color="C3", label="0.05")
    axis.set(title=title, xlabel="p-value")
axes[0].set(ylabel="ideas")
axes[1].legend()
figure.suptitle("Without an effect, every p-value is equally likely")
plt.show()

# %% [markdown]
# 44 %, and 70 % near the limit. The 5 % is a share of the *useless* ideas. How many significant ones
# are useless depends on how many working ones there are to find, as the precision of an alarm
# depends on prevalence. So a p-value is
#
# - **not** the probability that $H_0$ is true (that "it was chance"),
# - **not** the size of the effect, and
# - when large, **not** proof of no effect: only 58 % of the working ideas were found.
#
# ## 3. The t test
#
# For two means there is a formula. The *t statistic* is the difference divided by its standard
# error, $\sqrt{s_1^2 / n_1 + s_2^2 / n_2}$; under $H_0$ it follows, nearly, a t distribution.
#
# A magazine survey of 1974 asked readers about their marriages; Ray Fair analysed 6,366 working
# women, about a third of whom reported an affair. Did these women have less education?

# %%
women = sm.datasets.fair.load_pandas().data
women["affair"] = (women["affairs"] > 0).astype(float)
yes, no = (women.loc[women["affair"] == value, "educ"] for value in (1, 0))
test = stats.ttest_ind(yes, no, equal_var=False)
low, high = test.confidence_interval()
print(f"{len(yes)} yes, {len(no)} no   mean years {yes.mean():.2f} and {no.mean():.2f}")
print(f"t = {test.statistic:.1f}", end="   ")
print(f"p = {test.pvalue:.0e}   difference {low:.2f} to {high:.2f}")
print(f"squared correlation: {women['educ'].corr(women['affair']) ** 2:.3f}")

# %% [markdown]
# $p$ is tiny, yet the difference is a third of a year, and the squared correlation is 0.006.
# With many rows almost anything becomes significant. Report the difference and its interval.
#
# `equal_var=False` is *Welch's* test. Student's test, the default, pools both variances.
#
# > **Predict first.** Two groups with the same mean: 20 rows with standard deviation 3, 80 rows with
# > standard deviation 1. How often does Student's test raise a false alarm?

# %%
for small, large in ((3, 1), (1, 3)):
    few, many = rng.normal(0, small, (10_000, 20)), rng.normal(0, large, (10_000, 80))
    for name, equal in (("Student", True), ("Welch", False)):
        alarms = stats.ttest_ind(few, many, axis=1, equal_var=equal).pvalue < 0.05
        print(
            f"20 rows sd {small}, 80 rows sd {large}, {name:>7}: {alarms.mean():.1%} false alarms"
        )

# %% [markdown]
# One in four; the other way round, hardly ever. Welch keeps its promise: use it by default.
# Shuffling is no cure here: its $H_0$ says that the groups are alike *in every way*, spread included.
#
# If both groups are the same rows, say images scored by two models, test the differences row by row
# (a *paired* test), as in the exercise.
#
# ## 4. The chi-square test
#
# For two categorical columns, count the pairs in a *contingency table*. If the columns were
# unrelated, each cell would hold its row's total times its column's total, divided by $n$: the
# *expected* count. The test adds up the squared misfits:
# $\chi^2 = \sum (\text{observed} - \text{expected})^2 / \text{expected}$.
#
# Eight studies in Chinese cities asked lung cancer patients and people without it whether they
# smoked. We add up their tables.

# %%
cities = sm.datasets.china_smoking.load_pandas().data
table = cities.sum().to_numpy().reshape(2, 2)  # rows: smokers, others; columns: cancer, none
for name, counts in (("all", table), ("one in 100", table // 100)):
    test = stats.chi2_contingency(counts, correction=False)
    smoked = counts[0] / counts.sum(axis=0)
    print(
        f"{name}: {smoked[0]:.0%} of the patients smoked, {smoked[1]:.0%} of the others", end="; "
    )
    print(f"smoking patients {counts[0, 0]:.0f}, expected {test.expected_freq[0, 0]:.0f}")
    print(f"   chi-square {test.statistic:.1f}, p = {test.pvalue:.1g}", end="   ")
    print(f"odds ratio {counts[0, 0] * counts[1, 1] / (counts[0, 1] * counts[1, 0]):.1f}")
print(f"cancer among all rows: {table[:, 0].sum() / table.sum():.0%}")

# %% [markdown]
# Clearly related. With a hundredth of the rows nearly the same odds ratio gives $p \approx 0.1$:
# chi-square grows with $n$, so it does not measure strength. Expected counts below about 5 make it
# unreliable; then shuffle.
#
# *Conclude:* the patients' odds of smoking (smokers per non-smoker) were about twice those of the
# others: the *odds ratio*. *Do not conclude* a smoker's risk: patients were picked on purpose, so
# 48 % of the rows have cancer. Nor that smoking is the cause: this table alone cannot show it.
#
# ## 5. Power and sample size
#
# An A/B test gives each user version A or B *at random*. How many users does it need? To find a
# difference $\delta$ between two shares with a power of 80 % at $\alpha = 0.05$, each group needs
# about
#
# $$ n \approx (1.96 + 0.84)^2 \; \frac{p_A (1 - p_A) + p_B (1 - p_B)}{\delta^2}. $$
#
# 1.96 belongs to $\alpha$, 0.84 to the power: 80 % of a normal lies below 0.84.
#
# > **Predict first.** 10 % of the users buy. How many per group to notice 11 %: 150, 1,500 or
# > 15,000? And 10.5 %?

# %%
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

for share in (0.11, 0.105):
    ours = (1.96 + 0.84) ** 2 * (0.1 * 0.9 + share * (1 - share)) / (share - 0.1) ** 2
    effect = proportion_effectsize(share, 0.1)
    theirs = NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    print(f"10 % against {share:.1%}: {ours:,.0f} per group (statsmodels {theirs:,.0f})")

# %% [markdown]
# Nearly 15,000. Half the difference costs about four times the users. So plan, before the test, with the
# *smallest difference worth having*.
#
# > **Predict first.** Someone stops at 2,000 per group, although 11 % is true. When the result is
# > significant, what lift does it report, on average?

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharex=True, layout="constrained")
for axis, n in zip(axes, (2_000, 15_000), strict=True):
    a, b = rng.binomial(n, [[0.10], [0.11]], size=(2, 50_000)) / n
    lift = 100 * (b - a)
    significant = np.abs(b - a) > 1.96 * np.sqrt((a * (1 - a) + b * (1 - b)) / n)
    print(f"{n:6,} per group: power {significant.mean():.0%}", end=", ")
    print(f"mean significant lift {lift[significant].mean():.1f} points")
    for chosen, colour, label in ((lift, "0.8", "all"), (lift[significant], "C3", "significant")):
        axis.hist(chosen, bins=np.arange(-2.525, 4.5, 0.1), color=colour, label=label)
    axis.axvline(1, color="k", label="truth")
    axis.set(title=f"{n:,} per group", xlabel="measured lift (points)", yticks=[])
axes[0].set(ylabel="tests")
axes[0].legend()
figure.suptitle("Too few users: only exaggerations are significant")
plt.show()

# %% [markdown]
# More than twice the truth: with low power only lucky results pass the limit. This is the *winner's
# curse*.
#
# ## 6. Peeking
#
# A dashboard shows the result every day. The team stops as soon as it is significant.
#
# > **Predict first.** Both versions are identical (an *A/A test*), and the team looks up to 20 times.
# > How often does it see a winner?

# %%
looks = np.arange(1, 21)
a, b = rng.binomial(500, 0.1, size=(2, 20_000, 20)).cumsum(axis=2) / (500 * looks)
both = (a + b) / 2
z = (b - a) / np.sqrt(2 * both * (1 - both) / (500 * looks))
worst = np.maximum.accumulate(np.abs(z), axis=1)  # largest |z| up to each look
bound = np.quantile(worst[:, -1], 0.95)
for n in (1, 5, 20):
    print(f"{n:2d} looks at |z| > 1.96: {np.mean(worst[:, n - 1] > 1.96):.0%} false alarms")
print(f"20 looks keep 5 % with |z| > {bound:.2f}")

figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
axis.plot(looks, np.mean(worst > 1.96, axis=0), "o-", color="C3", label="stop when |z| > 1.96")
axis.plot(looks, np.mean(worst > bound, axis=0), "s-", label=f"stop when |z| > {bound:.2f}")
axis.axhline(0.05, color="k", lw=1, ls="--", label="promised")
axis.set(xlabel="looks so far", ylabel="false alarms", ylim=(0, 0.3), xticks=[1, 5, 10, 15, 20])
axis.set(title="Every look is another chance to be fooled")
axis.legend()
plt.show()

# %% [markdown]
# A quarter of the time. Either fix $n$ and test once, or use a *sequential* test, whose bound pays
# for the looks.
#
# Before any result, check the split. Half of 40,000 users should have seen each version.
#
# > **Predict first.** 19,700 saw A and 20,300 saw B. Chance?

# %%
print(f"p = {stats.chisquare([19_700, 20_300]).pvalue:.4f}")

# %% [markdown]
# Hardly. Such a *sample ratio mismatch* usually means a bug that loses users of one version. The
# groups are no longer comparable: find the bug first.
#
# ## 7. Many tests
#
# Twenty metrics without any effect, each at 0.05: on average one is significant. Two remedies:
#
# - **Bonferroni**: with $m$ tests use $\alpha / m$. The probability of *any* false alarm is at most
#   $\alpha$.
# - **Benjamini–Hochberg** (BH): sort the p-values, find the largest rank $k$ with
#   $p_{(k)} \le \alpha k / m$, reject those up to it. For independent tests it limits the *false
#   discovery rate* (FDR), the average share of false alarms among the rejections, to $\alpha$.
#
# We draw 100 diabetes patients, take their ten real features and add 90 shuffled copies, which are
# noise for certain. (Not every real one need matter.) Which of the 100 go with the progression of the disease?
#
# > **Predict first.** How many of the 90 does $p < 0.05$ accept? What do the remedies cost?

# %%
from sklearn.datasets import load_diabetes
from sklearn.feature_selection import f_regression
from statsmodels.stats.multitest import multipletests

X, y = load_diabetes(return_X_y=True)
found = {"none": [], "bonferroni": [], "fdr_bh": []}
for _ in range(300):
    rows = rng.choice(442, 100, replace=False)
    noise = rng.permuted(np.tile(X[rows], 9), axis=0)
    p = f_regression(np.hstack([X[rows], noise]), y[rows])[1]
    found["none"].append(p < 0.05)
    for method in ("bonferroni", "fdr_bh"):
        found[method].append(multipletests(p, 0.05, method=method)[0])
for method, rejected in found.items():
    real, false = np.array(rejected)[:, :10].sum(axis=1), np.array(rejected)[:, 10:].sum(axis=1)
    print(f"{method:>10}: real {real.mean():.1f} of 10, noise {false.mean():.2f} of 90", end="   ")
    print(f"any noise {np.mean(false > 0):.0%}, FDR {np.mean(false / (real + false)):.0%}")

# %% [markdown]
# Four or five. Bonferroni rarely lets noise in and loses two real features; BH loses fewer. Use
# Bonferroni when one false alarm is costly, BH for screening. Trying many segments or models and
# reporting the best is multiple testing, too.
#
# ## 8. Correlation
#
# *Pearson's* correlation measures how well a straight line fits, and one row can decide it.
# *Spearman's* uses ranks. We compare high school graduates and murder rates of 50 states and
# Washington, DC.

# %%
states = sm.datasets.statecrime.load_pandas().data
for name, rows in (("all 51", states), ("without DC", states.drop("District of Columbia"))):
    pearson, spearman = (
        f(rows["hs_grad"], rows["murder"]) for f in (stats.pearsonr, stats.spearmanr)
    )
    print(f"{name:>10}: Pearson {pearson.statistic:.2f}, Spearman {spearman.statistic:.2f}")

# %% [markdown]
# One row of 51 moves Pearson from −0.71 to −0.46; Spearman hardly notices. Plot before you
# correlate. (And rows are states: this says nothing about single people.)
#
# ## 9. Confounding
#
# Back to the survey. Did women with more children report more affairs?
#
# > **Predict first.** Of those without children 21 % reported one, of those with two 41 %. Does it
# > still rise with children among women married *equally long*?

# %%
shares = women.groupby("children")["affair"].mean()
print(f"no children {shares[0]:.0%}, two {shares[2]:.0%}")
for formula in ("affair ~ children", "affair ~ children + yrs_married"):
    fit = smf.logit(formula, women).fit(disp=0)
    weight, (low, high) = fit.params["children"], fit.conf_int().loc["children"]
    print(f"{formula}: weight of children {weight:.2f} ({low:.2f} to {high:.2f})")

# %% [markdown]
# Hardly any trend is left, and its interval includes 0. Longer marriages had more time for children
# *and* for affairs. Years of marriage are a **confounder**: they influence both the column we ask
# about and the outcome. `smf.logit` is logistic regression with error bars; adding the confounder
# *adjusts* for it. The first interval lies far from 0: no p-value would have warned us.
#
# *Conclude:* among these women, children and reported affairs go together, but we see no trend at
# equal years of marriage. *Do not conclude* that children make no difference (another confounder
# may hide it), nor anything about all women: readers chose to answer.
#
# Is adjusting always right? We do the same for age.
#
# > **Predict first.** Overall, the share mostly rises with age. And among women married equally
# > long?

# %%
overall = women.groupby("age")["affair"].mean()
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharex=True, sharey=True, layout="constrained")
axes[0].plot(overall.index, overall, "ko-")
axes[0].set(title="All women: mostly rising", xlabel="age", ylabel="share reporting an affair")
colours = iter(plt.cm.viridis(np.linspace(0, 0.95, 7)))
for years, group in women.groupby("yrs_married"):
    cells = group.groupby("age")["affair"].agg(["mean", "size"]).query("size >= 50")
    axes[1].plot(cells.index, cells["mean"], "o-", color=next(colours), label=f"{years:g}")
axes[1].set(title="Married equally long: mostly falling", xlabel="age")
figure.legend(title="years married", loc="outside right upper")
plt.show()

for formula in ("affair ~ age", "affair ~ age + yrs_married"):
    fit = smf.logit(formula, women).fit(disp=0)
    weight, (low, high) = fit.params["age"], fit.conf_int().loc["age"]
    print(f"{formula}: weight of age {weight:.3f} ({low:.3f} to {high:.3f})")

# %% [markdown]
# Mostly it falls, and the weight changes its sign: *Simpson's paradox*. But age comes *before* years
# of marriage and may act through them. Here they are a **mediator**, and adjusting removes a part of
# what age does. Both numbers are right, for different questions: the second compares women married
# equally long, of whom the older *married later* and may differ in other ways.
#
# The same column, the same arithmetic: once a confounder, once a mediator. Only knowledge of what
# causes what tells you whether to adjust, and nobody can adjust for what was not measured. Random
# assignment makes groups alike in everything, measured or not, up to luck. That is why we run A/B
# tests.
#
# ## 10. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | significant, but too small to matter | huge $n$ | report difference and interval |
# | "no effect" from few rows | low power | interval; plan $n$ first |
# | a win shrinks after launch | winner's curse, peeking | planned $n$; one look or sequential bound |
# | tiny p from clicks or repeated rows | units not independent | test per user |
# | groups not split as planned | lost users | find the bug |
# | one of 30 metrics wins | multiple tests | one main metric; Bonferroni or BH |
# | sign flips after adjusting | confounder, or mediator | draw the causes; randomise |
#
# ## Summary
#
# - A p-value is the probability, under $H_0$, of a result at least as extreme. Nothing else.
# - Means: Welch. Categories: chi-square. Few or odd data: shuffle. Same rows: paired.
# - Choose $n$ from the smallest difference that matters; half of it costs four times $n$.
# - Each look and each extra test needs paying for.
# - Correlation is not causation. Adjusting needs a causal story, randomising does not.
#
# Next: the [exercise](../../exercises/01-math/08-hypothesis-tests.ipynb), then
# [information](09-information.ipynb).
