# ---
# title: Responsible AI
# minutes: 80
# needs: [03-classical-ml/01-framing-and-baselines, 03-classical-ml/04-logistic-regression, 03-classical-ml/05-judging-classifiers, 01-math/06-probability, 02-python/06-pandas]
# objectives: [google-pmle/6.1, google-pmle/2.1, aws-mla/1.2, aws-mla/1.3, azure-ai-102/1.4, azure-ai-103/1.4]
# packages: [fairlearn]
# ---

# %% [markdown]
# # Responsible AI
#
# A model decides about people. After this lesson you can
#
# - name where harm enters, and measure it per group,
# - say which kinds of fairness exclude each other, and prove it,
# - apply three kinds of mitigation, and say what each needs and costs,
# - write a model card from measured numbers, and
# - test a table for k-anonymity, and release a count with differential privacy.
#
# **Exam lens.** Google PMLE: reduce unfair predictions and leaks (6.1), protect personal data
# (2.1). AWS MLA-C02: measure and reduce bias in data (1.3), mask private fields (1.2). Microsoft:
# filters, block lists and prompt shields (AI-102, retired on 2026-06-30: 1.4); guardrails, audit
# traces and oversight modes (AI-103: 1.4).

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from fairlearn import metrics as fair
from fairlearn.postprocessing import ThresholdOptimizer
from fairlearn.preprocessing import CorrelationRemover
from fairlearn.reductions import DemographicParity, ErrorRate, ExponentiatedGradient
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from certlab.datasets import load_loans

# %% [markdown]
# ## 1. Where harm enters
#
# 20,000 applicants for a small loan, synthetic, from two groups. A *protected attribute*, such as
# `group`, is one by which people should not be treated differently. `past_decision` says whom an
# officer would have lent to; `repaid` is known here for everybody, which no real lender has.

# %%
people = load_loans(20_000)
people["log_income"], people["is_b"] = np.log(people["income"]), people["group"] == "b"
means = people.groupby("group")[["income", "late_payments", "past_decision", "repaid"]].mean()
print(means.round(2).to_string())
lent = people[people["past_decision"] == 1]
print("repaid, of those lent to:", lent.groupby("group")["repaid"].mean().round(2).to_dict())

# %% [markdown]
# | source of harm | here |
# |---|---|
# | *history*: the world is unequal, and the data say so | incomes of b are a fifth lower |
# | *measurement*: a column means different things | more late payments of b are *recorded* |
# | *labels*: past judgement as the target | the officer takes 70 % of a, 45 % of b |
# | *sampling*, here *selective labels* | only who got a loan can show that they repay |
# | *use*: a model serves for another purpose | a loan score used to screen tenants |
#
# A lender sees only those the officer took, and they repaid more often: 0.76 against 0.68 in b.
#
# By the data's card both groups pay late equally often, but the register catches 60 % of a's late
# payments and 90 % of b's.
#
# > **Predict first.** We fit `repaid` on the file plus the group, which by construction has no
# > effect. Which sign will its coefficient have?

# %%
columns = ["log_income", "debt_ratio", "years_employed", "late_payments", "age"]
train, test = train_test_split(people, test_size=0.5, random_state=0)


def repair(frame):
    caught = np.where(frame["is_b"], 0.9, 0.6)
    return frame.assign(late_payments=frame["late_payments"] / caught)


def logistic(frame, names, target="repaid"):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[names], frame[target])


for label, frame in (("as recorded", train), ("late payments repaired", repair(train))):
    model = logistic(frame, [*columns, "is_b"])
    print(f"{label}: log-odds of b {model[-1].coef_[0, -1] / model[0].scale_[-1]:+.2f}")

# %% [markdown]
# Positive: with the same file, a member of b repays *more* often, because the register misses
# more of a's late payments. A model without the group underrates b. Divide by the rate of
# detection, and it nearly vanishes.
#
# ## 2. Metrics per group
#
# Lending to somebody who defaults costs us 7, refusing somebody who would repay costs 3. So we
# lend when the probability of repaying is at least 7 / (7 + 3) = 0.7. Being *selected* means
# getting the loan; the positive class is "repays". PPV is another name for precision.

# %%
y, group = test["repaid"].to_numpy(), test["group"].to_numpy()
plain = logistic(train, columns)
score = plain.predict_proba(test[columns])[:, 1]
chosen = (score >= 0.7).astype(int)


def rates(y, chosen):
    names = ["n", "base rate", "selected", "TPR", "FPR", "PPV"]
    shares = [y, chosen, chosen[y == 1], chosen[y == 0], y[chosen == 1]]
    return dict(zip(names, [len(y), *map(np.mean, shares)], strict=True))


table = pd.DataFrame({g: rates(y[group == g], chosen[group == g]) for g in "ab"}).T
table = table.astype({"n": int})
print(table.round(2).to_string())
for g in "ab":
    repaying = y[group == g].sum()
    half = 1.96 * np.sqrt(table.loc[g, "TPR"] * (1 - table.loc[g, "TPR"]) / repaying)
    print(f"TPR of {g}: {table.loc[g, 'TPR']:.2f} ± {half:.2f} from {repaying} who repay")

# %% [markdown]
# Of those who would repay, 75 % of a but 58 % of b get the loan. The gap is far wider than either
# interval. fairlearn does the same with a `MetricFrame`:

# %%
functions = {
    "selected": fair.selection_rate,
    "TPR": recall_score,
    "FPR": fair.false_positive_rate,
}
frame = fair.MetricFrame(
    metrics=functions, y_true=y, y_pred=chosen, sensitive_features=test["group"]
)
gaps = {"difference": frame.difference(), "ratio": frame.ratio()}
print(pd.DataFrame(gaps).round(2).to_string())

# %% [markdown]
# ## 3. What "fair" may mean
#
# | criterion | equal between groups |
# |---|---|
# | *demographic parity* | selection rate |
# | *equal opportunity* | TPR |
# | *equalised odds* | TPR and FPR |
# | *predictive parity* | PPV |
# | *calibration* | of those with score $s$, a fraction $s$ is positive |
#
# Report the difference (equal: 0) or the ratio of smallest to largest (equal: 1). The
# *four-fifths rule*, from US employment guidelines, flags a ratio of selection rates under 0.8.
# Ours is 0.73. It is a screening number, neither a definition of discrimination nor law everywhere.
#
# Our PPV (0.81, 0.80) nearly agree: predictive parity nearly holds. The three above it fail.
#
# ## 4. You cannot have everything
#
# The *base rate* $p$ is the share of positives in a group. Of $n$ people,
# $TP = p(1 - \text{FNR})n$, where FNR = 1 − TPR. By the definition of PPV,
# $FP = TP(1 - \text{PPV})/\text{PPV}$. Divide by the $(1 - p)n$ negatives:
#
# $$ \text{FPR} = \frac{p}{1 - p} \cdot \frac{1 - \text{PPV}}{\text{PPV}} \cdot (1 - \text{FNR}) $$
#
# > **Predict first.** Base rates are 0.73 and 0.68. We demand a PPV of 0.8 and a TPR of 0.7 in
# > both groups. Can the FPR agree?

# %%
for g, (p, ppv, tpr, fpr) in table[["base rate", "PPV", "TPR", "FPR"]].iterrows():
    measured = p / (1 - p) * (1 - ppv) / ppv * tpr
    forced = p / (1 - p) * (1 - 0.8) / 0.8 * 0.7
    print(f"{g}: FPR {fpr:.3f}, by the identity {measured:.3f}; forced by the demand {forced:.2f}")

# %% [markdown]
# No. With equal PPV and TPR only the first factor, the odds, differs, so the FPR must too: 0.48
# against 0.37. Only equal base rates escape, or a model without a single false positive (or, of no
# use, without a true one).
#
# Scores share this fate. Calibration makes the mean score equal $p$. Let $s_1$ and $s_0$ be the
# mean scores of positives and negatives: $p s_1 + (1 - p) s_0 = p$, so
# $s_0 / (1 - s_1) = p / (1 - p)$. With different base rates, $s_0$ and $s_1$ cannot both agree
# between the groups unless $s_0 = 0$ and $s_1 = 1$: a perfect model.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5), layout="constrained")
for g, colour in (("a", "C0"), ("b", "C1")):
    own, truth = score[group == g], y[group == g]
    bins = np.digitize(own, np.quantile(own, np.arange(0.125, 1, 0.125)))
    points = [(own[bins == i].mean(), truth[bins == i].mean()) for i in range(8)]
    left.plot(*zip(*points, strict=True), "o-", color=colour, label=f"group {g}")
    right.hist(own, np.arange(0.2, 1.01, 0.04), density=True, histtype="step", color=colour, lw=2)
    s1, s0, p = own[truth == 1].mean(), own[truth == 0].mean(), truth.mean()
    print(f"{g}: s0 / (1 - s1) {s0 / (1 - s1):.2f}, odds {p / (1 - p):.2f}")
left.plot([0.3, 1], [0.3, 1], "k:", label="calibrated")
left.set(title="Both groups: nearly calibrated", xlabel="mean score", ylabel="share who repay")
left.legend()
right.axvline(0.7, color="k", ls="--")
right.set(title="Fewer of b pass the threshold 0.7", xlabel="score", ylabel="density")
plt.show()

# %% [markdown]
# So ask which error hurts whom, and choose.
#
# ## 5. Leaving the group out does not help
#
# Our model never saw the group. A *proxy* is a column that gives it away.
#
# > **Predict first.** How well do the twenty areas predict the group? And will a model of the
# > officer's decisions, without the group, select more or fewer of b than one of `repaid`?

# %%
where = pd.get_dummies(people["area"], dtype=float)
train_area, test_area = train.join(where), test.join(where)
proxy = logistic(train_area, list(where), "is_b").predict_proba(test_area[list(where)])[:, 1]
print(f"AUC of area for group: {roc_auc_score(group == 'b', proxy):.2f}")
wide = [*columns, *where]
for target in ("repaid", "past_decision"):
    guess = logistic(train_area, wide, target).predict_proba(test_area[wide])[:, 1]
    taken = guess >= np.quantile(guess, 1 - chosen.mean())  # as many loans as before
    shares = " and ".join(f"{taken[group == g].mean():.2f}" for g in "ab")
    print(f"trained on {target}: selects {shares}, {np.mean(y[taken]):.3f} of them repay")

# %% [markdown]
# An AUC of 0.77: the group is back. The model of past decisions selects fewer of b: it learned the
# officer. Accuracy against *his* decisions would never show it.
#
# ## 6. Mitigation
#
# | stage | tool here | group needed when deciding? |
# |---|---|---|
# | before training | `CorrelationRemover`: each column less what the group predicts linearly | yes |
# | in training | `ExponentiatedGradient`: reweights and refits, mixes the models at random | no |
# | after training | `ThresholdOptimizer`: thresholds per group, some drawn at random | yes |
# | the data | repair the register | yes, here |
#
# Where chance decides, two people with the same file may get two answers. Using the group to
# decide, or collecting it, may be forbidden where you work. Ask a lawyer, not a library.
#
# > **Predict first.** Which of the four closes the gap in TPR at next to no cost, and which costs
# > most?

# %%
results = {"plain": chosen}
remover = CorrelationRemover(sensitive_feature_ids=["is_b"])
Z_train, Z_test = (part[[*columns, "is_b"]].astype(float) for part in (train, test))
uncorrelated = make_pipeline(remover, StandardScaler(), LogisticRegression())
uncorrelated.fit(Z_train, train["repaid"])
results["correlation removed"] = uncorrelated.predict_proba(Z_test)[:, 1] >= 0.7

scaler, few = StandardScaler().fit(train[columns]), train[:4000]
gradient = ExponentiatedGradient(
    LogisticRegression(),
    DemographicParity(difference_bound=0.02),
    max_iter=10,
    objective=ErrorRate(costs={"fp": 0.7, "fn": 0.3}),
)
gradient.fit(scaler.transform(few[columns]), few["repaid"], sensitive_features=few["group"])
results["in training, parity"] = gradient.predict(scaler.transform(test[columns]), random_state=1)

# %%
for constraint in ("demographic_parity", "true_positive_rate_parity", "equalized_odds"):
    optimizer = ThresholdOptimizer(
        estimator=plain,
        constraints=constraint,
        objective="balanced_accuracy_score",
        prefit=True,
        predict_method="predict_proba",
    )
    optimizer.fit(train[columns], train["repaid"], sensitive_features=train["group"])
    drawn = optimizer.predict(test[columns], sensitive_features=test["group"], random_state=1)
    results["thresholds, " + constraint.replace("_", " ")] = drawn
repaired = logistic(repair(train), columns).predict_proba(repair(test)[columns])[:, 1]
results["register repaired"] = repaired >= 0.7

# %%
figure, axis = plt.subplots(figsize=(9, 3.8), layout="constrained")
loss = {name: np.where(y == 1, 3 * (d == 0), 7 * (d == 1)) for name, d in results.items()}
print(f"plain costs {loss['plain'].mean():.2f} per applicant; gaps in")
for i, (name, decision) in enumerate(results.items()):
    by = [rates(y[group == g], decision[group == g].astype(int)) for g in "ab"]
    parity, tpr, ppv = (abs(by[0][key] - by[1][key]) for key in ("selected", "TPR", "PPV"))
    extra = loss[name] - loss["plain"]
    half = 1.96 * extra.std() / np.sqrt(len(extra))
    print(f"{name}: selected {parity:.2f}, TPR {tpr:.2f}, PPV {ppv:.2f}", end=", ")
    print(f"extra cost {extra.mean():+.2f} ± {half:.2f}")
    axis.errorbar(tpr, extra.mean(), half, fmt="osD^v<>"[i], ms=8, label=name)
axis.set(title="A small gap can be cheap or dear", ylabel="extra cost per applicant")
axis.set(xlabel="difference in TPR between the groups")
axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# Bars: 95 % intervals of the extra cost. Removing the correlation closes the gap for about
# nothing, moving thresholds for some 0.03: decisions near the threshold are nearly a toss-up, so
# changing them is cheap. (`ThresholdOptimizer` cannot take our costs; balanced accuracy stands in.)
# The in-training model costs most here: it must not look at the group when it decides, and was
# fitted on 4,000 rows only. Where gaps in TPR close, the gap in PPV opens (section 4).
#
# Repairing the register closes less, 0.17 to 0.12, but only this makes the *input* truer. The rest
# is history: lower incomes.
#
# ## 7. Small groups, and feedback
#
# Fair by sex and by age does not imply fair for young women: look at *intersections*.

# %%
band = pd.cut(test["age"], [0, 25, 70, 120], labels=["to 25", "26-70", "over 70"]).astype(str)
for name, rows in test.assign(chosen=chosen).query("repaid == 1").groupby([band, "group"]):
    n, tpr = len(rows), rows["chosen"].mean()
    half = 1.96 * np.sqrt(tpr * (1 - tpr) / n)
    print(f"{name[0]:8} {name[1]}: {n:5} who repay, TPR {tpr:.2f} ± {half:.2f}")

# %% [markdown]
# For b over 70, 33 people leave an interval from 0.35 to 0.69. Set a minimum size beforehand;
# below it, report "too few", not "no difference".
#
# *Feedback*: whoever is refused yields no label, so the next model trains on those this one chose,
# and a mistaken refusal stays hidden. Lend to a few refused at random, with known chance, and
# weight them.
#
# ## 8. Write it down
#
# A *data sheet* describes a data set: origin, consent, gaps, uses. A *model card* describes a
# model. Fill it from the fitted one, lest it go stale:

# %%
card = {
    "model": f"logistic regression on {', '.join(plain.feature_names_in_)}",
    "use": "small loans; a person reviews refusals. Not for: rent, jobs, insurance",
    "data": f"{len(train)} synthetic applicants; {1 - train['is_b'].mean():.0%} in group a",
    "known flaw": "the register catches more of b's late payments",
    "decision": "lend at a probability of 0.7: a default costs 7, a refusal 3",
    **{
        f"group {g}": ", ".join(f"{key} {value:.2f}" for key, value in row.items() if key != "n")
        for g, row in table.iterrows()
    },
}
print("\n".join(f"{key}: {value}" for key, value in card.items()))

# %% [markdown]
# ## 9. Privacy
#
# ### k-anonymity
#
# A table without names is not yet anonymous. *Quasi-identifiers* are columns that an attacker can
# know from elsewhere. A table is *k-anonymous* if each combination of them occurs at least k times.
#
# > **Predict first.** A thousand applicants, without names. A neighbour knows age, area and group.
# > What share of the rows can be found for certain?

# %%
public = people.head(1000)
half_town = public["area"] >= "area 10"
for label, keys in (
    ("age, area, group", ["age", "area", "group"]),
    ("age in tens, area, group", [public["age"] // 10 * 10, "area", "group"]),
    ("age in tens, half of town, group", [public["age"] // 10 * 10, half_town, "group"]),
):
    size = public.groupby(keys)["age"].transform("size")
    print(f"{label}: {np.mean(size == 1):.1%} unique, {np.mean(size < 5):.1%} in classes below 5")

# %% [markdown]
# Almost half (45.5 %), by three harmless columns: a *linkage attack*, which then reads the rest.
# *Generalising* values (and dropping the last few rows) buys k-anonymity. It fails if a whole class
# shares one secret: *l-diversity* asks for l different secrets per class.
#
# ### Differential privacy
#
# A *differentially private* answer is about as likely with you in the data as without: no
# probability changes by more than a factor $e^\varepsilon$. The *Laplace mechanism* adds Laplace
# noise of scale *sensitivity* / $\varepsilon$. The sensitivity is how much one person can change
# the true answer: 1 for a count.
#
# > **Predict first.** How large is the mean error of a count of defaults at $\varepsilon = 0.1$?
# > Does it grow with the number of people?

# %%
rng = np.random.default_rng(99)
true = int((people["repaid"] == 0).sum())
for epsilon in (0.01, 0.1, 1.0):
    answers = true + rng.laplace(scale=1 / epsilon, size=20_000)
    print(f"epsilon {epsilon}: mean error {np.mean(np.abs(answers - true)):.3g} on {true:,}")
hundred = true + rng.laplace(scale=1 / 0.1, size=(2000, 100)).mean(axis=1)
print(f"mean of 100 answers at 0.1: error {np.mean(np.abs(hundred - true)):.1f}")

# %% [markdown]
# About $1 / \varepsilon$, whatever the size: big counts hardly suffer, small ones drown. A
# hundred answers average the noise away, so *budgets add up*: 100 · 0.1 = 10. Set the total first,
# and refuse when it is spent.
#
# *Federated learning* trains where the data lie and sends only updates; these can leak too.
#
# ## 10. Principles, platforms and oversight
#
# | vendor's list | it names |
# |---|---|
# | Microsoft, Responsible AI Standard | fairness; reliability and safety; privacy and security; inclusiveness; transparency; accountability |
# | AWS, core dimensions | fairness; explainability; privacy and security; safety; controllability; veracity and robustness; governance; transparency |
# | Google, AI Principles (revised 2025-02-04) | bold innovation; responsible development and deployment; collaborative progress |
# | Databricks, AI Governance Framework v1.0 (2025), pillars | AI organization; legal and regulatory compliance; ethics, transparency and interpretability; data, AI operations and infrastructure; AI security |
#
# Words differ, and much recurs: security, openness, somebody who answers. Lists change (Google's
# did in 2025): read the vendor's current page before an exam.
#
# Tools change too: AWS closed SageMaker Clarify, its bias reports, to new customers on 2026-07-30;
# it names fmeval and standard bias formulas instead. *Content filters* block harmful input and
# output (Google's safety settings, AWS's guardrails); Microsoft's prompt shields catch manipulation.
# A filter has false positives and negatives, per dialect too: measure it like any classifier.
#
# *Human oversight*: a person who sees why, has time, and may overrule. Who never disagrees may
# oversee nothing.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | no gap in accuracy, complaints | errors of different kinds | TPR, FPR and PPV per group |
# | gap without the group as input | a proxy, or unequal base rates | measure both |
# | "accurate" on past decisions | imitates the decider | another target |
# | gap jumps monthly | a small group | intervals, a minimum size |
# | "anonymous" rows matched | quasi-identifiers | generalise, drop, or aggregate |
#
# ## Summary
#
# - Harm enters by history, measurement, labels, selection and use. Repair the data first.
# - Base rates differ, so fairness criteria exclude each other: choose, and write down why.
# - Mitigation trades, needs the group somewhere, and may be random.
# - Privacy is counted: k rows alike, or epsilon spent.
#
# Next: the [exercise](../../exercises/03-classical-ml/21-responsible-ai.ipynb), then
# [from notebook to production](22-from-notebook-to-production.ipynb).
