# ---
# title: Framing and baselines
# minutes: 60
# needs: [02-python/06-pandas, 02-python/08-scikit-learn]
# objectives: [aws-mls/3.1, aws-mls/3.3, aws-mla/2.3, databricks-ml/3.13, google-pmle/2.3]
# ---

# %% [markdown]
# # Framing and baselines
#
# This part covers classical machine learning: methods that learn from tables, without neural
# networks. It leads from a question to a model that you can defend, and begins before the model.
#
# After this lesson you can
#
# - turn a business question into a target, a unit, a horizon, a metric and a cost,
# - choose a baseline, and say what a score is worth beside it,
# - use training, validation and test rows for what each is there for, and
# - recognise leakage in five disguises, and measure what each one pretends.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) asks whether a problem needs machine learning
# and how to state it (3.1), and for sound splits (3.3); its successor MLA-C02 evaluates against a
# baseline (2.3). Databricks wants the metric that fits the aim (3.13); Google PMLE judges models
# (2.3). "Excellent in testing, poor in production" usually means leakage.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, TargetEncoder
from statsmodels.datasets import co2

from certlab.datasets import load_churn

frame = load_churn()
print(f"{len(frame):,} rows, {frame['customer_id'].nunique():,} customers,", end=" ")
print(f"{frame['churned'].mean():.1%} of the rows leave")
print(*frame.columns)

# %% [markdown]
# ## 1. From a question to a table
#
# "Can we lose fewer customers?" asks an internet provider (invented, as are its figures). A model
# cannot start from that. *Framing* settles:
#
# | what | here |
# |---|---|
# | decision: what will be done | each month 50 customers get a call |
# | unit of prediction: one row | one customer at the end of one month |
# | target: what to predict | `churned`, the customer leaves |
# | horizon: how far ahead | within the next month |
# | features: what is known *then* | whatever is recorded by the end of the month |
# | model metric | *hit rate*: the share of the called who would have left (the *precision* of the list) |
# | cost | a call costs 10 €; it keeps one leaver in four, worth 500 € |
#
# Start from the decision: it fixes the rest. A call pays if hit rate × ¼ × 500 € exceeds 10 €,
# that is, above 8 %.
#
# The hit rate is a *model metric*: past data tell it. The *success metric* is what the business
# wants: customers kept, or euros. Only a trial measures that, say by calling a random half of the
# list. One can rise without the other, for instance when the model finds people whom no call would
# keep.
#
# Do *not* use machine learning if a simple rule is about as good, if nobody would act on the
# prediction, if past outcomes were not recorded, or if the answer can be computed or looked up.
#
# ## 2. A horizon that is not over
#
# An earlier call may work better. So let the target be "leaves within six months". Whoever is not
# seen leaving counts as staying.
#
# > **Predict first.** The data end in December 2024. What does the share of leavers look like in the
# > last months?

# %%
number = frame["month"].dt.year * 12 + frame["month"].dt.month
leaves = number.where(frame["churned"] == 1).groupby(frame["customer_id"]).transform("max")
frame["soon"] = (leaves - number < 6).astype(int)  # never seen leaving: NaN < 6 is False

over = frame["month"] < "2024-08"  # six months were seen
figure, axis = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
for rows, style, label in ((over, "C0o-", "six months seen"), (~over, "C3o--", "not yet over")):
    share = frame[rows].groupby("month")["soon"].mean()
    axis.plot(share.index, share, style, label=label)
    print(f"{label}: first month {share.iloc[0]:.0%}, last month {share.iloc[-1]:.0%}")
axis.set(ylim=(0, 0.18), ylabel="share that leaves", title="Nobody became loyal: the data end")
axis.legend()
plt.show()

# %% [markdown]
# It falls to 2 %. A row of December has seen one month of its six. Its target is *unknown*, not 0:
# leave it out. The longer the horizon, the more of the newest rows you lose.
#
# ## 3. Baselines for classes
#
# A *baseline* is an answer that is nearly free. `DummyClassifier` ignores the features:
# `strategy="most_frequent"` always answers the commonest class, `"stratified"` draws classes with
# their shares in training. A *rule of thumb* is what people do today. Here: call those with the most
# support calls plus late payments.
#
# The target is `churned` again. We train on the months to February 2024 and compare on March to
# July, the *validation* rows. Later months stay locked away.
#
# > **Predict first.** Logistic regression gives the right answer for 97.2 % of the validation rows.
# > What does the dummy reach?

# %%
train = frame[frame["month"] < "2024-03"]
valid = frame[(frame["month"] >= "2024-03") & over]
test = frame[~over]  # August to December
numbers = ["tenure_months", "monthly_fee", "usage_gb", "usage_drop"]
numbers += ["support_calls", "late_payments"]
words = ["plan", "contract", "region"]


def build(numbers=numbers, model=None, coded=()):
    columns = make_column_transformer(
        (StandardScaler(), list(numbers)),
        (OneHotEncoder(), words),
        (TargetEncoder(), list(coded)),  # none until section 7
    )
    return make_pipeline(columns, model or LogisticRegression(max_iter=1_000))


model = build().fit(train, train["churned"])
dummy = DummyClassifier(strategy="most_frequent").fit(train, train["churned"])
for name, estimator in (("model", model), ("dummy", dummy)):
    alarms = estimator.predict(valid).sum()
    print(f"{name}: accuracy {estimator.score(valid, valid['churned']):.1%}, alarms {alarms}")


# %% [markdown]
# The same: neither ever says "leaves". Accuracy does not see the decision. The list does: how many
# of the 50 with the highest scores leave?


# %%
def hit_rate(rows, score, target="churned", calls=50):
    """Share of the target among the `calls` highest scores of each month."""
    ranked = rows.assign(score=score).sort_values("score", ascending=False, kind="stable")
    return ranked.groupby("month").head(calls)[target].mean()


def rule(rows):
    return rows["support_calls"] + rows["late_payments"]


def probability(model, rows):
    return model.predict_proba(rows)[:, 1]


hits = {"anybody": valid["churned"].mean(), "rule": hit_rate(valid, rule(valid))}
hits["model"] = hit_rate(valid, probability(model, valid))
for name, hit in hits.items():
    print(f"{name:>7}: hit rate {hit:.1%}, {50 * (hit * 500 / 4 - 10):+.0f} € a month")

# %% [markdown]
# Calling at random ("anybody") loses money; the rule earns some. The model's own merit is what it
# adds to the *rule*. If its upkeep costs more than that, keep the rule.
#
# ## 4. Baselines for numbers
#
# `DummyRegressor` answers the training rows' mean, or median. In time, the baselines to beat are
# the last value and the value one season ago.
#
# CO₂ in the air over Mauna Loa (real, parts per million): a linear model predicts each month from the
# twelve before.
#
# > **Predict first.** Its $R^2$ is 0.99 on the test years. Can a rule without any learning do better?

# %%
monthly = co2.load_pandas().data["co2"]["1965":].resample("MS").mean()
lags = pd.DataFrame({f"lag {k}": monthly.shift(k) for k in range(1, 14)}).dropna()
past, later = lags[:"1989"], lags["1990":]
truth = monthly[later.index]
answers = {
    "training mean": DummyRegressor().fit(past, monthly[past.index]).predict(later),
    "last value": later["lag 1"],
    "a year ago": later["lag 12"],
    "last value + change a year ago": later["lag 1"] + later["lag 12"] - later["lag 13"],
}
for k in (12, 13):
    linear = LinearRegression().fit(past.iloc[:, :k], monthly[past.index])
    answers[f"linear model, {k} months"] = linear.predict(later.iloc[:, :k])
for name, answer in answers.items():
    error = mean_absolute_error(truth, answer)
    print(f"{name:>30}: R2 {r2_score(truth, answer):7.3f}, off by {error:.2f} ppm")

# %% [markdown]
# Yes: the last value plus the change of the same month a year ago. $R^2$ compares with the *mean of
# the test rows*, a weak opponent for a series that rises. Compare with the best free answer instead:
# *skill* is 1 − error of the model / error of the baseline. Against that rule the model of twelve
# months has a negative skill. The rule knew one month more. Given that month, the model wins, by
# little: a good baseline also shows what a model lacks.
#
# ## 5. Training, validation, test
#
# | rows | for | never for |
# |---|---|---|
# | training | everything that has a `fit` | scores to report |
# | validation | comparing and choosing, many times | scores to report |
# | test | one final number | any choice at all |
#
# Split as the model will be used: train on the past, test on what came later. We choose among three
# lists on the validation months, fit the winner on all rows before the test, and unlock that.
#
# > **Predict first.** Will the winner's hit rate in the test be higher or lower than in validation?

# %%
candidates = {"logistic": build(), "naive Bayes": build(model=GaussianNB())}
scores = {"rule": hit_rate(valid, rule(valid))}
for name, candidate in candidates.items():
    fitted = candidate.fit(train, train["churned"])
    scores[name] = hit_rate(valid, probability(fitted, valid))
print("validation:", {name: f"{score:.0%}" for name, score in scores.items()})

winner = candidates["logistic"].fit(frame[over], frame.loc[over, "churned"])
print(f"test: logistic {hit_rate(test, probability(winner, test)):.0%}", end=", ")
print(f"rule {hit_rate(test, rule(test)):.0%}, everyone {test['churned'].mean():.1%}")

# %% [markdown]
# Lower. A winner is often the luckiest, too; the months differ; and the standard error of 14 % of
# 250 calls is $\sqrt{0.14 \cdot 0.86 / 250}$, about 2 points. (The lead over the rule is about as
# uncertain.) If this number now makes you change the model, the test rows have become validation
# rows. They are *spent*: you need new ones.
#
# *Leakage* is whatever lets training or choosing see what will not be known when the prediction is
# due. It comes in five disguises.
#
# ## 6. Disguise 1: filled in afterwards
#
# The table has one more column, `retention_offer`: did the retention desk make an offer?
#
# > **Predict first.** With it, the validation hit rate rises from 18 % to 60 %. What will it be in
# > service?

# %%
leaky = build([*numbers, "retention_offer"]).fit(train, train["churned"])
in_service = valid.assign(retention_offer=0)
print(f"without the column: {hit_rate(valid, probability(model, valid)):.0%}")
print(f"with it, tested:    {hit_rate(valid, probability(leaky, valid)):.0%}")
print(f"with it, in use:    {hit_rate(valid, probability(leaky, in_service)):.0%}")

# %% [markdown]
# No better than without it. The offer is made when customers call *to cancel*, so on the day of the
# list it is 0 for all. Ask of each column *when it is filled in*. Be suspicious when one column
# nearly suffices.
#
# ## 7. Disguise 2: prepared before the split
#
# The customers of January 2024: who leaves within twelve months? We give each one of 400 streets,
# at random, so streets tell nothing. `TargetEncoder` replaces a street by the mean target of its
# customers. (Its `fit_transform` keeps a row's own target out.) Scaler and encoder see either all
# rows or the training rows only.
#
# > **Predict first.** Without streets, half of the 40 highest scores leave. Where will "all rows"
# > change that: with the scaler alone, with streets, in both cases?

# %%
january = frame[frame["month"] == "2024-01"].copy()
january["gone"] = (leaves - number < 12)[january.index].astype(int)
rng, results = np.random.default_rng(1), []
for seed in range(5):
    january["street"] = rng.integers(400, size=len(january)).astype(str)
    fit, held_out = train_test_split(january, test_size=0.3, random_state=seed)
    for coded in ([], ["street"]):
        for rows in ("training rows", "all rows"):
            prepare, classifier = build(coded=coded)  # the two steps of the pipeline
            if rows == "all rows":
                Z = prepare.fit(january, january["gone"]).transform(fit)
            else:
                Z = prepare.fit_transform(fit, fit["gone"])
            score = probability(classifier.fit(Z, fit["gone"]), prepare.transform(held_out))
            results.append((coded, rows, hit_rate(held_out, score, "gone", calls=40)))
results = pd.DataFrame(results, columns=["coded", "prepared on", "hit"])
results["coded"] = results["coded"].map(lambda coded: "streets" if coded else "no streets")
for name, hits in results.groupby(["coded", "prepared on"], sort=False)["hit"]:
    print(f"{name[0]:>10}, prepared on {name[1]:>13}: hit rate {hits.mean():.1f}")

# %% [markdown]
# Only with streets: from half to eight in ten, on an invention. Each held-out customer's own target
# was in its code. A mean or a spread hardly depends on a single row, so the scaler's leak cannot be
# seen (let it see training rows only all the same). Steps that look at the target pretend the most:
# encoding, selecting columns, oversampling (copying rows of the rare class).
#
# ## 8. Disguise 3: the same customer on both sides
#
# Back to "leaves within six months". A customer has many rows, and neighbouring months share their
# outcome. We compare logistic regression with *nearest neighbours*, which lets the five most similar
# training rows vote (by tenure, fee, plan, contract and region). Each month, 20 of the held-out
# customers are called. `GroupShuffleSplit` keeps the rows of a group on one side; a group is first
# a row, then a customer.
#
# > **Predict first.** Split by rows, at random, the neighbours win clearly. And when all rows of
# > a customer go to one side?

# %%
known = frame[over]
stable = build(["tenure_months", "monthly_fee"], KNeighborsClassifier(5))
for split, groups in (("rows", known.index), ("customers", known["customer_id"])):
    splitter = GroupShuffleSplit(3, test_size=0.3, random_state=0)
    for name, estimator in (("logistic", build()), ("neighbours", stable)):
        hits = []
        for rows, others in splitter.split(known, groups=groups):
            fit, held_out = known.iloc[rows], known.iloc[others]
            score = probability(estimator.fit(fit, fit["soon"]), held_out)
            hits.append(hit_rate(held_out, score, "soon", calls=20))
        print(f"split by {split:>9}, {name:>10}: hit rate {np.mean(hits):.0%}")
    nearest = stable[-1].kneighbors(stable[:-1].transform(held_out), 1, return_distance=False)[:, 0]
    same = fit["customer_id"].to_numpy()[nearest] == held_out["customer_id"].to_numpy()
    print(f"   the most similar training row is the same customer: {same.mean():.0%}")

# %% [markdown]
# The winner becomes the loser. In nearly half of the cases the most similar row was the *same
# customer* in another month, and knew the outcome. So leakage does not only flatter: it picks the
# wrong model. Split by customer, through `groups`. Near-duplicates do the same: copies made by
# oversampling, frames of one video, a patient under two numbers.
#
# ## 9. Disguise 4: the future in training
#
# How many customers will leave? The sum of their probabilities is a forecast. We train once on
# random rows of all months, once on the months before March 2024, and forecast the rest.
#
# > **Predict first.** Both tests have the same number of rows. How far off are the two forecasts?

# %%
then = frame["month"] < "2024-03"
mixed = train_test_split(frame, test_size=(~then).mean(), random_state=0)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
splits = (("at random", *mixed), ("in time", frame[then], frame[~then]))
for axis, (name, fit, held_out) in zip(axes, splits, strict=True):
    fitted = build().fit(fit, fit["churned"])
    held_out = held_out.assign(expected=probability(fitted, held_out))
    sums = held_out.groupby("month")[["expected", "churned"]].sum().cumsum()
    basic = held_out.loc[held_out["plan"] == "basic", ["expected", "churned"]].sum()
    axis.plot(sums.index, sums["churned"], "ko-", markersize=3, label="left")
    axis.plot(sums.index, sums["expected"], "C1--", label="expected")
    axis.set(title=f"Split {name}")
    axis.tick_params(axis="x", rotation=45)
    print(
        f"{name}: {held_out['expected'].sum():.0f} expected, {held_out['churned'].sum()} left;",
        end=" ",
    )
    print(f"on the basic plan {basic['expected']:.0f} and {basic['churned']:.0f}")
axes[0].set(ylabel="customers, added up")
axes[0].legend()
figure.suptitle("Only the split in time shows what a new price does")
plt.show()

# %% [markdown]
# Nearly right, and a third too few. In March 2024 fees rose, and customers on the basic plan began
# to leave more often. The random split had shown the model such months. In service nobody can. If
# rows have dates, test on the latest.
#
# ## 10. Disguise 5: choosing on the test set
#
# No column leaks here. In one month 30 of 1,290 customers leave. A "model" that knows nothing calls
# 50 at random (`hypergeometric` draws how many of the 30 are among them). We try many such models and
# keep the best.
#
# > **Predict first.** After 500 tries, what is the best hit rate? And the same model's a month later?

# %%
tries = rng.hypergeometric(30, 1_260, 50, size=(3_000, 500)) / 50  # 3,000 such searches
best = np.maximum.accumulate(tries, axis=1).mean(axis=0)
fresh = rng.hypergeometric(30, 1_260, 50, size=30_000) / 50
print(f"1 try: {best[0]:.1%}   10: {best[9]:.1%}   500: {best[-1]:.1%}", end="   ")
print(f"the best, a month later: {fresh.mean():.1%}")

figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.semilogx(np.arange(1, 501), best, color="C3", label="best so far, on the test month")
axis.axhline(fresh.mean(), color="C0", label="the same model, a month later")
axis.axhline(0.10, color="0.5", linestyle=":", label="rule of thumb")
axis.set(xlabel="models tried", ylabel="hit rate", ylim=(0, 0.16), title="Skill out of nothing")
axis.legend()
plt.show()

# %% [markdown]
# As good as the rule of thumb, knowing nothing. The more you try, and the fewer positives there are,
# the more of the best score is luck. So choose on validation rows, and report from rows that decided
# nothing. A public leaderboard that is asked again and again is a validation set.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | 97 % accurate, of no use | rare class; metric far from the decision | a dummy; the decision's metric |
# | $R^2$ of 0.99 on a trend | compared with a mean | last value, a season ago |
# | newest rows hardly positive | horizon not over | leave them out |
# | one column does nearly all | filled in afterwards | ask when each is written |
# | fine by rows, poor for new customers | same customer on both sides | split by group |
# | fine in tests, worse each month | random split in time | test on the latest months |
# | test score falls on new data | test used to choose | validation; new test rows |
#
# ## Summary
#
# - Begin with the decision. It gives unit, target, horizon and metric.
# - A score means something only beside a baseline: a dummy, a rule, the last value.
# - Training rows fit, validation rows choose, test rows report, once.
# - Of every column, step, split and choice, ask: would this be known on the day of the prediction?
#
# Next: the [exercise](../../exercises/03-classical-ml/01-framing-and-baselines.ipynb), then
# [linear regression](02-linear-regression.ipynb).
