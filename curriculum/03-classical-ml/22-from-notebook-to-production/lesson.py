# ---
# title: From notebook to production
# minutes: 75
# needs: [03-classical-ml/01-framing-and-baselines, 03-classical-ml/05-judging-classifiers, 03-classical-ml/06-preparing-features, 02-python/04-files-and-errors, 02-python/08-scikit-learn, 01-math/08-hypothesis-tests]
# objectives: [aws-mls/4.4, aws-mla/3.1, aws-mla/3.3, aws-mla/4.1, google-pmle/4.1, google-pmle/5.1, google-pmle/5.2, google-pmle/6.2, databricks-ml/1.1, databricks-ml/4.1, databricks-ml/4.2, databricks-ml/4.3]
# packages: [skops]
# ---

# %% [markdown]
# # From notebook to production
#
# A model that scores well in a notebook has helped nobody yet. After this lesson you can
#
# - save a pipeline so that loading it is safer and checked,
# - refuse bad input, serve predictions over HTTP, and test that service,
# - score a large table in a way that survives a crash,
# - measure drift, and say what the measure is worth, and
# - choose between retraining, rolling back and the ways to release.
#
# **Exam lens.** AWS MLS-C01 (retired in March 2026) deploys and compares variants (4.4); its
# successor MLA-C02 asks for the kind of deployment (3.1), rollback and retraining (3.3) and drift
# (4.1). Google PMLE covers serving (4.1), skew (5.1), retraining (5.2) and drift (6.2); Databricks
# MLOps (1.1) and batch or real-time inference (4.1–4.3).

# %%
import tempfile
import uuid
from pathlib import Path
from typing import Literal

import httpx
import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn
import skops.io as sio
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy import stats
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from statsmodels.datasets import anes96

from certlab.datasets import load_churn

# %% [markdown]
# ## 1. What is deployed
#
# Not the classifier: the whole pipeline, with its preparation inside, plus a *version* and a *schema*
# (which columns, of which type and range). Ours is trained on 2023 of the synthetic churn data from
# [framing and baselines](01-framing-and-baselines.ipynb).

# %%
FEATURES = ["tenure_months", "monthly_fee", "usage_drop", "support_calls", "plan", "contract"]


def log_months(X):
    return np.log1p(X)


def build():
    tenure = make_pipeline(FunctionTransformer(log_months), StandardScaler()), FEATURES[:1]
    others = (StandardScaler(), FEATURES[1:4]), (OneHotEncoder(), FEATURES[4:])
    return make_pipeline(make_column_transformer(tenure, *others), LogisticRegression())


frame = load_churn()
old, new = frame[frame["month"] < "2024"], frame[frame["month"] >= "2024"]
model = build().fit(old[FEATURES], old["churned"])
golden = old.sample(20, random_state=1)[["customer_id", *FEATURES]]
expected = model.predict_proba(golden)[:, 1]

# %% [markdown]
# The 20 *golden rows* and their scores are stored with the model.
#
# ## 2. Saving
#
# `joblib` writes a pickle, so loading can run any code, as
# [scikit-learn](../02-python/08-scikit-learn.ipynb) showed for pickle. A
# pickle is a small program; this one, written by hand, is harmless:


# %%
folder = Path(tempfile.mkdtemp())
(folder / "gift.joblib").write_bytes(b"cbuiltins\nprint\n(S'this ran while loading'\ntR.")
joblib.load(folder / "gift.joblib")

# %% [markdown]
# `skops` rebuilds objects from a list of types instead. Types it does not know must be named as
# trusted, after somebody has read their code.
#
# > **Predict first.** Our pipeline is made of scikit-learn's own classes, except for one thing. Will
# > `skops` load it without a question?

# %%
sio.dump(model, folder / "churn-1.skops")
unknown = sio.get_untrusted_types(file=folder / "churn-1.skops")
print("to be read:", [name for name in unknown if not name.startswith("sklearn.")])
reviewed = ["__main__.log_months", "sklearn.compose._column_transformer._RemainderColsList"]
loaded = sio.load(folder / "churn-1.skops", trusted=reviewed)
print("same scores:", np.allclose(loaded.predict_proba(golden)[:, 1], expected))
manifest = {"model": "churn-1", "features": FEATURES, "scikit-learn": sklearn.__version__}

# %% [markdown]
# Our own function is on the list (beside, in some versions, a private scikit-learn class).
# Write the reviewed names down, as here: passing whatever
# `get_untrusted_types` returns would trust everybody. Only the function's *name* is stored, so its
# code must be installed where the model is loaded. The manifest, kept beside the file together with
# a hash of it, says what was saved.
#
# Under another scikit-learn, a pickle may fail, or only warn (`InconsistentVersionWarning`) and then
# predict differently. So record and pin versions, check the golden rows at every start, and keep
# training code and data: they outlast every file format. *ONNX* stores the
# computation itself, for other languages and fast runtimes; custom Python steps need their own converters.
#
# ## 3. Refuse bad input
#
# A pydantic model states the schema. Every error names its field.
#
# > **Predict first.** Three unit mistakes: fee in cents (2999), usage drop in percent (24), tenure in
# > years (2 instead of 24). All have the right type. Which are refused?


# %%
class Customer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    customer_id: int
    tenure_months: int = Field(ge=0, le=600)
    monthly_fee: float = Field(gt=0, le=100)
    usage_drop: float = Field(ge=-2, le=1)
    support_calls: int = Field(ge=0, le=50)
    plan: Literal["basic", "plus", "premium"]
    contract: Literal["monthly", "yearly"]


def problems(row):
    try:
        Customer(**row)
    except ValidationError as error:
        return ", ".join(f"{e['loc'][0]}: {e['type']}" for e in error.errors())
    return ""


good = golden.iloc[0].to_dict() | {"tenure_months": 24}
for change in ({"monthly_fee": 2999.0}, {"usage_drop": 24.0}, {"tenure_months": 2}):
    print(change, problems(good | change) or "accepted")
print(problems(good | {"support_calls": "3", "plan": "gold", "age": 50}))

# %% [markdown]
# Ranges catch cents and percent. Two years pass: 2 months is a legal tenure. Types catch none of the
# three. The rest needs monitoring. `strict` refuses the text "3"; `extra="forbid"` refuses `age`.
#
# ## 4. A service
#
# An *app factory* builds the service from its parts, so that tests can hand it another model. Every
# answer carries the model's version.


# %%
class Batch(BaseModel):
    customers: list[Customer] = Field(min_length=1, max_length=100)


def create_app(model, version, log):
    app = FastAPI(title="churn")

    def answer(customers):
        rows = pd.DataFrame([customer.model_dump() for customer in customers])
        scores = model.predict_proba(rows[FEATURES])[:, 1].tolist()
        result = {"model_version": version, "request": uuid.uuid4().hex, "scores": scores}
        log.append(result | {"inputs": rows[FEATURES].to_dict("records")})
        return result

    @app.get("/health")
    def health():
        return {"status": "ok", "model_version": version}

    @app.post("/predict")
    def predict(customer: Customer):
        return answer([customer])

    @app.post("/predict/batch")
    def predict_batch(batch: Batch):
        return answer(batch.customers)

    return app


# %% [markdown]
# Its tests need no port: `httpx` calls the app directly.
#
# > **Predict first.** Which status has an empty batch? And what does the caller see when the model
# > itself fails?


# %%
async def call(app, path, body=None):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await (client.post(path, json=body) if body else client.get(path))


log, rows = [], golden.to_dict("records")
app, broken = create_app(loaded, "churn-1", log), create_app(None, "broken", [])
assert (await call(app, "/health")).json()["model_version"] == "churn-1"
for path, body in {"/predict": rows[0], "/predict/batch": {"customers": rows}}.items():
    scores = (await call(app, path, body)).json()["scores"]
    assert np.allclose(scores, expected[: len(scores)])
for n in (0, 101):
    print(n, "rows:", (await call(app, "/predict/batch", {"customers": rows[:1] * n})).status_code)
for target, row in ((app, rows[0] | {"plan": "gold"}), (broken, rows[0])):
    answer = await call(target, "/predict", row)
    print(answer.status_code, answer.text[:60])

# %% [markdown]
# 422 means "understood, but the content is not acceptable". A failure gives 500 and no
# stack trace, unless `debug=True` is on. The size limit keeps one caller from blocking the
# others. The batch test is also the *golden-row test*: the scores that training stored must come back
# through the whole service. It fails on training–serving skew.
#
# The log keeps input, score, version and request id; without these, no drift and no complaint can be
# examined. It keeps no name or customer id: log what monitoring needs, limit who reads it, and
# delete on schedule. The caller knows whom a request id means. FastAPI's 422 answer repeats the refused input, so do not log it unread;
# a NaN turns it into a 500.
#
# ## 5. Scoring a table
#
# If answers are needed monthly rather than instantly, score in *batch*. The job must be *restartable*:
# run again, it continues, and no row is lost or doubled.


# %%
def score_table(table, model, out, size=400):
    for start in range(0, len(table), size):
        part = out / f"part-{start:06}.csv"
        if part.exists():
            continue  # done by an earlier run
        done = table.iloc[start : start + size][["customer_id", *FEATURES]]
        done = done.assign(problem=[problems(row) for row in done.to_dict("records")], score=np.nan)
        fine = done["problem"] == ""
        if fine.any():
            done.loc[fine, "score"] = model.predict_proba(done.loc[fine, FEATURES])[:, 1]
        done.to_csv(part.with_suffix(".tmp"), index=False)
        part.with_suffix(".tmp").replace(part)  # whole or not at all


# %% [markdown]
# A part appears only when it is complete, under a name that depends on its place in the table. Bad rows stay,
# with their problem instead of a score. We break two fees, and let the first run end early:


# %%
january = new[new["month"] == "2024-01-01"].copy()
january.iloc[[5, 900], january.columns.get_loc("monthly_fee")] = [-1.0, 2999.0]
score_table(january[:800], model, folder)  # the first run dies after two parts
score_table(january, model, folder)
result = pd.concat([pd.read_csv(part) for part in sorted(folder.glob("part-*.csv"))])
print(f"{len(january)} in, {result['score'].count()} scored, {result['score'].isna().sum()} aside")
print("ids kept:", result["customer_id"].tolist() == january["customer_id"].tolist())

# %% [markdown]
# ## 6. Fast enough?
#
# *Latency* is the time one call takes, *throughput* how many rows per second get through. Here are
# 10,000 simulated latencies in milliseconds: 98 % of the calls are quick, 2 % wait for a slow lookup.
#
# > **Predict first.** A page makes 30 such calls. How many pages meet at least one slow call?

# %%
rng = np.random.default_rng(7)
latency = np.where(rng.random(10_000) < 0.02, 800, rng.lognormal(3, 0.3, 10_000))
print(f"mean {latency.mean():.0f} ms; p50, p95, p99:", np.percentile(latency, [50, 95, 99]).round())
print(f"pages with a slow call: {1 - 0.98**30:.0%}")

# %% [markdown]
# Almost half. The mean describes hardly any call: state p95 and p99, the latencies that 95 % and 99 % of
# calls stay below. Scoring rows together raises throughput, as a call's fixed cost is shared, but the
# first row waits for the last.
#
# ## 7. Measuring drift
#
# *Data drift*: inputs change. The *population stability index* compares the share of each bin in the
# current rows, $c_i$, with that in the reference, $r_i$:
#
# $$ \text{PSI} = \sum_i (c_i - r_i) \ln \frac{c_i}{r_i} . $$
#
# Bins are quantiles of the *reference*; the outer ones are open; empty ones get a small share.
# Real data: a 1996 US election survey. We pretend that a model of the vote was
# launched in places below 50,000 inhabitants (592 voters), then rolled out to larger ones (352).


# %%
def psi(reference, current, bins=5, floor=1e-4):
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1)))[1:-1]

    def shares(values):
        count = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
        return np.maximum(count / len(values), floor)

    r, c = shares(reference), shares(current)
    return np.sum((c - r) * np.log(c / r))


voters = anes96.load_pandas().data
towns, cities = voters[voters["popul"] < 50], voters[voters["popul"] >= 50]
for name in ("age", "educ", "income"):
    p_value = stats.ks_2samp(towns[name], cities[name]).pvalue
    print(f"{name:>7}: PSI {psi(towns[name], cities[name]):.2f}, KS p = {p_value:.2f}")
counts = pd.crosstab(voters["popul"] < 50, voters["PID"])
print("  party: chi-square p < 0.001:", stats.chi2_contingency(counts).pvalue < 0.001)

# %% [markdown]
# `KS` is the Kolmogorov–Smirnov test: it looks at the largest gap between two cumulative
# distributions. A usual rule for PSI: below 0.1 stable, above 0.2 act. Income lies between. Party leaning has seven categories, whose counts the
# chi-square test compares: it clearly shifts.
#
# > **Predict first.** Nothing shifts. How often does PSI with 10 bins exceed 0.1 for samples of 100? And
# > how often does KS flag a shift of 0.05 standard deviations in samples of 20,000?

# %%
rows = []
for n in (100, 300, 1000, 5000, 20_000):
    a, b = rng.normal(size=(2, 100, n))
    same = np.array([psi(*pair, bins=10) for pair in zip(a, b, strict=True)])
    p = [stats.ks_2samp(x, y + 0.05, method="asymp").pvalue for x, y in zip(a, b, strict=True)]
    rows.append([n, same.mean(), np.mean(same > 0.1), np.mean(np.array(p) < 0.05)])
alarms = pd.DataFrame(rows, columns=["rows", "mean PSI", "PSI, no shift", "KS, shift 0.05 sd"])
print(alarms.set_index("rows").round(2))
axis = alarms.plot("rows", alarms.columns[2:], style=["o-", "s--"], logx=True, figsize=(7, 3.4))
axis.set(xlabel="rows in each sample", ylabel="share of alarms", title="Alarms depend on size")
plt.show()

# %% [markdown]
# Without any shift, PSI averages about $(\text{bins} - 1)(1/n_r + 1/n_c)$: 0.18 for 100 rows each, and
# more when bins run empty. KS asks whether a shift *exists*, not whether it matters; with many rows, tiny ones are found. So
# find your own limit: compute the measure between stable past weeks of the same size. Evidently
# draws the reports (not run here):
#
# ```python
# from evidently import Report
# from evidently.presets import DataDriftPreset
#
# report = Report([DataDriftPreset()])
# report.run(current_data=cities, reference_data=towns).save_html("drift.html")
# ```
#
# ## 8. Does the drift do harm?
#
# *Concept drift*: the same inputs now mean another answer.
#
# > **Predict first.** The vote model meets cities, where party leaning differs. The churn model of 2023
# > meets the fee rise of March 2024. Which one is hurt?

# %%
asked, half = ["PID", "age", "educ", "income"], np.random.default_rng(0).permutation(592) < 296
vote = make_pipeline(StandardScaler(), LogisticRegression())
vote.fit(towns.loc[half, asked], towns.loc[half, "vote"])
for name, rows in {"towns, held out": towns[~half], "cities": cities}.items():
    p = vote.predict_proba(rows[asked])[:, 1]
    print(f"{name:>15}: {rows['vote'].mean():.0%} voted Dole, mean score {p.mean():.0%},", end=" ")
    print(f"AUC {roc_auc_score(rows['vote'], p):.2f}")

frame["score"] = model.predict_proba(frame)[:, 1]
quarter = frame.groupby(frame["month"].dt.to_period("Q").astype(str))
mean = quarter[["score", "churned"]].mean() * 100
error = 196 * np.sqrt(mean["churned"] / 100 / quarter.size())
axis = mean["score"].plot(color="C3", label="mean score of the 2023 model", figsize=(7, 3.4))
axis.errorbar(range(8), mean["churned"], error, fmt="o", label="observed, 95 % interval")
axis.set(xlabel="", ylabel="churn per month (%)", title="Fees rise in March 2024", ylim=(0, 4))
axis.legend(loc="lower left")
plt.show()

# %% [markdown]
# Here the shift in party does little harm: fewer vote for Dole, the score follows, and the AUC
# hardly falls. Churn is hurt: scores of the 2023 model sink, while more people leave than they say. There data
# (fees) and concept shift together. Concept drift can also come without any change in inputs; then no
# test on inputs can see it. Only labels can.
#
# Labels are *delayed*: churn is known a month later, a loan's default after years. Until then watch
# inputs, scores and a quick proxy; when labels come, join them to the log by request id, and
# compute the metric by the month of *prediction*.
#
# ## 9. Retrain, with a guardrail
#
# Retrain by *schedule* (each quarter) or by *trigger* (the metric falls below a limit). A *guardrail*
# decides whether the result goes live: *champion* (live) and *challenger* (new) score the same recent rows,
# on which neither was trained. Before release the challenger must be better, and worse for no
# important group.
#
# > **Predict first.** In July 2024, one challenger is trained on all 18 months, another on the four
# > months since the fee rise. Which wins on July to December?

# %%
recent = frame[frame["month"] >= "2024-07"]
print(f"observed churn {recent['churned'].mean():.1%}")
rivals = {"champion": ("2023-01", "2023-12"), "18 months": ("2023-01", "2024-06")}
for name, (first, last) in (rivals | {"4 months": ("2024-03", "2024-06")}).items():
    rows = frame[frame["month"].between(first, f"{last}-28")]
    p = build().fit(rows[FEATURES], rows["churned"]).predict_proba(recent)[:, 1]
    print(f"{name:>9}: log loss {log_loss(recent['churned'], p):.4f}, mean score {p.mean():.1%}")

# %% [markdown]
# The four months: after a break, old rows teach the old world. With a milder drift, more
# rows would win, so compare. Keep the champion, its manifest and its environment: *rollback* means pointing
# the service at the previous version, within minutes, without training.
#
# ## 10. Releases
#
# | release | who gets the new model's answer | answers the question |
# |---|---|---|
# | shadow | nobody; it scores a copy of the traffic | does it run, fast and plausibly? |
# | canary | 1–5 % of the requests, then more | does anything break? |
# | blue-green | everybody at once; the old one stands by | can we switch back at once? |
# | A/B test | a random share, for a fixed time | does it improve the outcome? |
#
# A better log loss is not yet fewer customers lost: the calls may not persuade, and the offline rows
# come from a world in which the *old* model chose who was called. Only a randomised test tells.
#
# > **Predict first.** 2.5 % leave per month. How many customers per group to notice 2.2 % with 80 % power?

# %%
n = stats.norm.ppf([0.975, 0.8]).sum() ** 2 * (0.025 * 0.975 + 0.022 * 0.978) / 0.003**2
print(f"{n:,.0f} per group; we have {len(frame[frame['month'] == '2024-12-01']):,} customers")

# %% [markdown]
# Far more than we have: test for a larger effect, or for longer.
#
# **Checklist.** Pipeline, version, hash, schema stored · golden rows pass through the service · bad
# input refused by field · p99 and batch limit known · log without identities · drift limits from stable
# weeks · labels joined back · retraining guarded · rollback rehearsed.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | other scores in production, from day one | training–serving skew | golden rows through the service |
# | 422 for many callers after a release | schema changed without a version | a new path or version, both alive |
# | rows doubled after a crash | the job appends | one file per chunk, replaced whole |
# | drift alarm every night | KS on millions of rows | limits on effect size, from stable weeks |
# | no alarm, yet the metric falls | concept drift | labels, joined to the log |
# | retrained model is worse | old rows, or broken new ones | guardrail, rollback |
#
# ## Summary
#
# - Deploy the pipeline with version, schema and golden rows; load only what was reviewed.
# - Validate at the door; ranges catch what types cannot.
# - Batch jobs restart safely; services answer with their version and never with a stack trace.
# - PSI and KS depend on the sample size; drift matters if it does harm.
# - Challengers earn their place on the same recent rows, then in a randomised test.
#
# Next: the [exercise](../../exercises/03-classical-ml/22-from-notebook-to-production.ipynb), then
# [an end-to-end project](23-end-to-end-project.ipynb).
