# ---
# title: Evaluating and explaining networks
# minutes: 80
# needs: [03-classical-ml/05-judging-classifiers, 03-classical-ml/20-explaining-models, 03-classical-ml/21-responsible-ai, 04-deep-learning/03-training-well, 04-deep-learning/14-custom-training]
# objectives: [google-pmle/6.1, google-pmle/3.1, aws-mla/1.3, aws-mla/2.2, aws-mla/2.3, aws-mls/3.2, aws-mls/3.5]
# ---

# %% [markdown]
# # Evaluating and explaining networks
#
# A network answers every picture, even noise, and says how sure it is. After this lesson
# you can
#
# - measure and repair a network's confidence,
# - tell a weak slice from bad luck, and find wrong labels,
# - write integrated gradients, and check an explanation,
# - attack a network, and say what a defence costs,
# - notice by an ensemble's disagreement what was never seen.
#
# **Exam lens.** Google PMLE asks for the risk of predictions nobody can explain (6.1) and how far a result must be
# explainable (3.1). AWS MLA-C02 counts explanations as evaluation (2.3), and asks to check labels (1.3) and to
# combine models (2.2). AWS MLS-C01 (retired in March 2026): confusion matrices (3.5), ensembles (3.2).

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from scipy.special import log_softmax, softmax
from scipy.stats import entropy
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_digits
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(0)
images, y = load_digits().images.astype("float32") / 16, load_digits().target
sideways = rng.random(len(y)) < 0.07
images[sideways] = np.rot90(images[sideways], axes=(1, 2))
X, parts = images.reshape(-1, 64), np.split(rng.permutation(len(y)), [600, 1000])
(X_train, y_true), (X_val, y_val), (X_test, y_test) = [(X[rows], y[rows]) for rows in parts]
rows, changed = np.arange(600), (y_true + rng.integers(1, 10, size=600)) % 10
y_train = np.where(rows < 30, changed, y_true)  # the first 30 labels are wrong

# %% [markdown]
# Handwritten digits, 8 × 8 pixels, from 0 (blank paper) to 1 (ink), with two faults of our making: 7 % of the pictures
# come from a scanner mounted *sideways*, and the first 30 of the 600 training labels are *wrong*. Validation
# and test labels are right.
#
# One network proves little. So each network here is *five*, which differ in their random start and train
# side by side: `EinsumDense` holds five weight matrices (`b` batch, `m` member, `i` input, `o` output), and each
# learns as if alone.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(seed=0):
    keras.utils.set_random_seed(seed)
    equation, units = "bmi,mio->bmo", ((64, "relu"), (64, "relu"), (10, None))
    stack = [keras.layers.EinsumDense(equation, (5, n), kind, "mo") for n, kind in units]
    model = keras.Sequential([keras.Input((5, 64)), *stack])
    model.compile(keras.optimizers.Adam(0.01), cross_entropy, steps_per_execution=50)
    return model


def five(values):  # a copy for each member
    return np.repeat(values[:, np.newaxis], 5, axis=1)


def fit(model, X, y, weights=1.0, epochs=50):
    data = tf.data.Dataset.from_tensor_slices((X, five(y), np.broadcast_to(weights, (600, 5))))
    model.fit(data.shuffle(600, seed=0).repeat(epochs).batch(100), shuffle=False, verbose=0)
    return model


# %% [markdown]
# ## 1. Sure, and wrong
#
# A network's *confidence* is its largest probability. On average it should equal the accuracy. The *expected calibration
# error* (ECE) sorts rows by confidence into bins of equal width and averages the gaps, weighted by the numbers
# of rows $n_b$:
#
# $$ \text{ECE} = \sum_b \frac{n_b}{n} \left| \text{accuracy}_b - \text{confidence}_b \right| $$
#
# NLL (*negative log-likelihood*) is the log loss. Printed are the lowest and the highest of the five.
#
# > **Predict first.** The five fit nearly all training labels, also the wrong ones. Are they too sure, not sure enough, or
# > about right on test pictures?


# %% tags=["nbval-ignore-output"]
def ece(confidence, right, bins=10):
    which = np.ceil(confidence * bins).astype(int)  # an edge belongs to the bin below
    return np.abs(np.bincount(which, weights=right - confidence)).sum() / len(right)


def nll(z, y):
    return -log_softmax(z, axis=-1)[np.arange(len(y)), :, y].mean(axis=0)


def report(name, z, y=y_test):
    sure, right = softmax(z, axis=-1).max(axis=-1), np.argmax(z, axis=-1) == y[:, np.newaxis]
    errors = np.array([ece(*pair) for pair in zip(sure.T, right.T, strict=True)])
    scores = [right.mean(axis=0), sure.mean(axis=0), nll(z, y), errors]
    ranges = [f"{score.min():.2f}-{score.max():.2f}" for score in scores]
    print("{}: accuracy {}, confidence {}, NLL {}, ECE {}".format(name, *ranges))
    return sure, right


first = fit(network(), five(X_train), y_train)
z_train, z_val, z_test = (first(five(X)).numpy() for X in (X_train, X_val, X_test))
report("training", z_train, y_train)
sure, right = report("test", z_test)

# %% [markdown]
# Too sure, by about four hundredths. Cross-entropy goes on falling while the logits grow, so an overfitted network gets
# surer after it has stopped getting better.
#
# *Temperature scaling* divides all logits by one number $T$, chosen for the lowest NLL on *validation* rows. $T > 1$ makes a
# network less sure.
#
# > **Predict first.** What does $T$ do to the test accuracy? And to the test NLL?

# %% tags=["nbval-ignore-output"]
T = min(np.linspace(0.5, 4, 71), key=lambda t: nll(z_val / t, y_val).mean())
for name, t in {"test": 1, f"test, T = {T:.1f}": T}.items():
    sure, right = report(name, z_test / t)
    share, mean = calibration_curve(right.ravel(), sure.ravel(), n_bins=10)
    plt.plot(mean, share, "o-", label=name)
plt.axline((0, 0), slope=1, color="0.5", ls=":", label="perfect")
plt.gca().set(title="Reliability, five networks pooled", xlabel="confidence", ylabel="accuracy")
plt.legend()
plt.show()

# %% [markdown]
# The accuracy stays: dividing a row's logits by one number keeps their order. NLL falls; ECE
# does here, but not on every split. (Few rows lie below 0.5.)
#
# > **Predict first.** We draw "right" or "wrong" *from* the scaled confidences: perfect calibration. Is the ECE then 0?
# > With 10 bins? With 100?

# %% tags=["nbval-ignore-output"]
for bins in (5, 10, 100):
    perfect = [ece(sure[:, 0], rng.random(len(sure)) < sure[:, 0], bins) for _ in range(100)]
    ours = ece(sure[:, 0], right[:, 0], bins)
    print(f"{bins:3} bins: perfect {np.mean(perfect):.3f}, one scaled network {ours:.3f}")

# %% [markdown]
# No. Chance leaves a gap in each bin, gaps count as absolute values, and more bins hold fewer rows each. So compare
# ECEs only at equal bins and $n$, and with this floor: here little or nothing is left to
# repair, with other seeds somewhat more. NLL needs no bins.
#
# ## 2. A good total, a bad slice
#
# A *slice* is a part of the test rows with something in common. Thick lines are Wilson's 95 % intervals. But many looks are
# many chances to be fooled, so thin lines use 0.05 / 31 instead of 0.05 (*Bonferroni*). Red lies wholly below the
# total.
#
# > **Predict first.** 20 of the 31 slices were drawn by lot. How low is the middle of the lowest of these?

# %% tags=["nbval-ignore-output"]
lot, hits = rng.permutation(len(y_test)) % 20, right[:, 0]
slices = {"sideways": sideways[parts[2]]} | {f"digit {k}": y_test == k for k in range(10)}
slices |= {f"lot {k}": lot == k for k in range(20)}
plt.figure(figsize=(7, 7.5))
for name, chosen in slices.items():
    label = f"{name} (n = {chosen.sum()})"
    for alpha, width in ((0.05, 5), (0.05 / len(slices), 2)):
        ends = proportion_confint(hits[chosen].sum(), chosen.sum(), alpha, method="wilson")
        plt.plot(ends, [label, label], "C3" if ends[1] < hits.mean() else "C0", lw=width)
plt.axvline(hits.mean(), color="0.5", ls=":")
plt.xlabel("accuracy (dotted: all test rows)")
plt.show()

# %% [markdown]
# Only about half of the sideways pictures are right. They are 7 % of the rows, so the total hardly shows it. But 40
# pictures can also lie near 0.8, or near 1, by luck. Red in the thick line only deserves a look at *new* rows; red
# in both, a repair. Not red may only mean small.
#
# An interval allows for the luck of the rows alone. Train with other seeds, and the red digits change; sideways stays
# red.
#
# ## 3. Errors by picture, and wrong labels
#
# A confusion matrix counts. With pictures in its cells, here the surest of each, it shows. Down: the true digit.
# Across: the answer.


# %% tags=["nbval-ignore-output"]
def tiles(pictures, down, across, cmap="gray_r", vmin=0):  # pictures: rows, columns, 64
    rows, columns = np.shape(pictures)[:2]
    grid = np.full((rows, columns, 9, 9), np.nan)
    grid[..., :8, :8] = np.reshape(pictures, (rows, columns, 8, 8))
    plt.imshow(grid.swapaxes(1, 2).reshape(9 * rows, -1), cmap=cmap, vmin=vmin, vmax=1)
    plt.xticks(np.arange(columns) * 9 + 4, across)
    plt.yticks(np.arange(rows) * 9 + 4, down)
    plt.show()


p, matrix = softmax(z_test[:, 0], axis=-1), np.full((10, 10, 64), np.nan)
for i in np.argsort(p.max(axis=1)):  # the surest comes last and stays
    matrix[y_test[i], p[i].argmax()] = X_test[i]
tiles(matrix, range(10), range(10))

# %% [markdown]
# The diagonal holds good examples. Off it, far more than 7 % are sideways: a cause that no count
# tells.
#
# A label that the network finds improbable may be wrong. *Out of fold* means that each member
# trains without a fifth of the rows (weight 0), and judges that fifth.
#
# > **Predict first.** Take the 60 labels with the lowest probability. How many of the 30 wrong ones are among them, if
# > the network was trained on them? And if it never saw them?

# %% tags=["nbval-ignore-output"]
folded = fit(network(), five(X_train), y_train, five(rows % 5) != np.arange(5))
own = {"trained on them": softmax(z_train, axis=-1)[rows, 0, y_train]}
own["out of fold"] = softmax(folded(five(X_train)), axis=-1)[rows, rows % 5, y_train]
for name, p_label in own.items():
    suspects = np.argsort(p_label)[:60]
    print(f"{name}: {np.sum(suspects < 30)} of the 30, mean probability {p_label[:30].mean():.2f}")
tiles([X_train[suspects[:14]]], [""], y_train[suspects[:14]])
y_fixed = np.where(np.isin(rows, suspects), y_true, y_train)  # an expert looks at these 60
second = fit(network(), five(X_train), y_fixed)
_ = report("test, repaired", second(five(X_test)).numpy())

# %% [markdown]
# Trained on them, it knows most wrong labels by heart. Out of fold it finds nearly all: an expert looks at 60 labels instead of 600. The repair gains three or four hundredths of accuracy.
#
# ## 4. Which pixels? The gradient, and where it fails
#
# A *saliency map* is the gradient of the answer's probability with respect to the pixels.
#
# > **Predict first.** That probability is nearly 1, and about 0.1 for blank paper. So the ink is worth about
# > 0.9. How large is the gradient? What does gradient × pixel add up to?


# %% tags=["nbval-ignore-output"]
def probability(X, model, answer):  # of the class `answer`, for each picture and member
    return tf.gather(tf.nn.softmax(model(X)), np.resize(answer, (len(X), 5)), batch_dims=2)


def gradient(score, X, *args):
    with tf.GradientTape() as tape:
        tape.watch(X := tf.constant(X))
        total = tf.reduce_sum(score(X, *args))
    return tape.gradient(total, X).numpy()


some = five(X_test[:100])
answer = np.argmax(second(some), axis=-1)
difference = (probability(some, second, answer) - probability(0 * some, second, answer)).numpy()
slopes = gradient(probability, some, second, answer)
print(f"largest gradient, median: {np.median(np.abs(slopes).max(axis=-1)):.4f}")
print(f"gradient × pixel: {(slopes * some).sum(axis=-1).mean():.2f} of {difference.mean():.2f}")

# %% [markdown]
# Almost 0, and it explains almost nothing. The probability is *saturated*: a little less ink would not change it, much less
# would. A gradient answers "what if slightly?", not "what made it so?".
#
# ## 5. Integrated gradients
#
# Walk in a straight line from a *baseline* $x'$ to the picture $x$, average the gradients on the way, and multiply by what
# changed:
#
# $$ \text{IG}_i = (x_i - x_i') \cdot \frac{1}{m} \sum_{k=0}^{m-1} \frac{\partial f}{\partial x_i}\left(x' + \tfrac{k + 0.5}{m} (x - x')\right) $$
#
# *Completeness*: with enough steps $m$ they add up to $f(x) - f(x')$.
#
# > **Predict first.** How many steps does it take: 4, 16, 64?


# %% tags=["nbval-ignore-output"]
def integrated_gradients(X, baseline, model, answer, steps=64):
    shares = (np.arange(steps, dtype="float32") + 0.5) / steps
    path = baseline + shares.reshape(-1, 1, 1, 1) * (X - baseline)
    slopes = gradient(probability, path.reshape(-1, 5, 64), model, answer)
    return (X - baseline) * slopes.reshape(path.shape).mean(axis=0)


for steps in (1, 4, 16, 64):
    ig = integrated_gradients(some, 0.0, second, answer, steps)
    gap = np.abs(ig.sum(axis=-1) - difference)
    print(f"{steps:2} steps: gap {gap.mean():.3f} on average, {gap.max():.3f} at worst")

# %% [markdown]
# Sixteen leave about 0.01. Four are useless: they miss where the curve is steep. Print the gap. Two more axioms:
#
# - *Sensitivity*: an input that alone changes $f$ gets credit, one that $f$ ignores gets none.
# - *Implementation invariance*: networks that compute the same function get the same map. Section 6 checks it.
#
# For the first, $f = \min(x_1, 1)$ at $x = (2, 5)$, from $(0, 0)$: the first input does it all.

# %%
x, shares = np.array([[2.0, 5.0]]), (np.arange(64) + 0.5) / 64
ramp = [gradient(lambda X: tf.minimum(X[:, 0], 1), share * x)[0] for share in (*shares, 1)]
print(f"gradient {ramp[-1]}, IG {x[0] * np.mean(ramp[:-1], axis=0)}")

# %% [markdown]
# Beyond 1 the gradient is 0: it misses what matters.
#
# > **Predict first.** Can a pixel without ink get credit from a blank baseline? From the *mean* picture?

# %% tags=["nbval-ignore-output"]
maps = {"gradient": slopes, "gradient × pixel": slopes * some, "IG from blank": ig}
maps["IG from mean"] = integrated_gradients(some, X_train.mean(axis=0), second, answer)
shown = [m[:8, 0] / np.abs(m[:8, 0]).max(axis=-1)[:, np.newaxis] for m in maps.values()]
tiles([X_test[:8], *shown], ["picture", *maps], answer[:8, 0], "RdBu_r", -1)

# %% [markdown]
# Red speaks for the answer, blue against it; each map has its own scale. From blank, a pixel without
# ink gets exactly 0, since $x_i - x_i' = 0$: the hole of the 0 cannot count. From the mean it counts most. The baseline
# is the *question*: "instead of what?"
#
# ## 6. Check the explanation
#
# A twin network has each unit of the first layer up to ten times louder or quieter, and takes that back in the next layer. Another
# network has *random* weights and knows nothing.
#
# > **Predict first.** Which map changes more when all weights become random: the gradient's or that of IG?

# %% tags=["nbval-ignore-output"]
W, factors, twin = second.get_weights(), rng.uniform(0.1, 10, size=64), network()
twin.set_weights([W[0] * factors, W[1] * factors, W[2] / factors[:, np.newaxis], *W[3:]])
same_ig = np.allclose(integrated_gradients(some, 0.0, twin, answer), ig, atol=0.001)
print("twin: same outputs", np.allclose(twin(some), second(some), atol=0.01), "same IG", same_ig)
other = {"gradient": gradient(probability, some, random := network(seed=1), answer)}
other["IG from blank"] = integrated_gradients(some, 0.0, random, answer)
for name, values in other.items():
    pair = np.abs([values, maps[name]]).reshape(2, -1)
    print(f"{name}, trained and random: correlation {abs(np.corrcoef(pair)[0, 1]):.1f}")

# %% [markdown]
# The twin has the same IG. The random network's gradient has nothing in common with the trained one's, but its IG map has: the
# factor $x - x'$ draws the digit, whatever was learned. A map that looks like the object proves nothing.
#
# A better test is to act: erase the pixels with the highest values, and watch the answer.
#
# > **Predict first.** Which map finds the most important pixels?

# %% tags=["nbval-ignore-output"]
maps["random ink"], counts = rng.random(some.shape) * (some > 0), range(0, 13, 2)
for (name, values), mark in zip(maps.items(), "os^v.", strict=True):
    rank = np.argsort(np.argsort(-values, axis=-1), axis=-1)
    cut = [probability(np.where(rank < k, 0, some), second, answer) for k in counts]
    plt.plot(counts, np.mean(cut, axis=(1, 2)), mark + "-", label=name)
plt.gca().set(xlabel="pixels erased", ylabel="probability of the answer")
plt.legend(fontsize=8, loc=(0.69, 0.4))
plt.show()

# %% [markdown]
# From blank, IG finds six pixels that carry the answer; six random ones do little. But gradient × pixel, at a fraction of
# the price, does as well here: *ranking* is easier than sharing out 0.9. ("IG from mean" asks another question.)
#
# ## 7. Attacks
#
# Who has the gradient can climb the *loss*. FGSM (fast gradient sign method) moves each pixel by $\epsilon$ in the
# direction of the gradient's sign. PGD (projected gradient descent) takes several smaller steps, each time back into the box of
# $\pm \epsilon$. Pixels stay between 0 and 1.
#
# *Adversarial training* trains on such pictures, here made anew ten times, with $\epsilon = 0.1$.


# %% tags=["nbval-ignore-output"]
def attack(X, y, model, epsilon, steps):  # 0 steps: random signs, 1: FGSM, more: PGD
    low, high = np.clip(X - epsilon, 0, 1), np.clip(X + epsilon, 0, 1)
    X = X if steps else np.where(rng.random(X.shape) < 0.5, low, high)
    for _ in range(steps):
        slopes = gradient(lambda X: cross_entropy(five(y), model(X)), X)
        X = np.clip(X + 2 * epsilon / steps * np.sign(slopes), low, high)  # into the box
    return X


robust = network()
for _ in range(10):
    fit(robust, attack(five(X_train), y_fixed, robust, 0.1, 1), y_fixed, epochs=5)

# %% [markdown]
# > **Predict first.** We change each pixel by 0.1: in a random direction, and by FGSM. What becomes of the accuracy of
# > 0.94?

# %% tags=["nbval-ignore-output"]
radii, X, labels = (0, 0.02, 0.05, 0.1, 0.15, 0.2), five(X_test[:300]), y_test[:300]
for name, model, style in (("ordinary", second, "o-"), ("trained on attacks", robust, "s--")):
    for way, steps, color in (("random signs", 0, "g"), ("FGSM", 1, "b"), ("PGD", 10, "r")):
        versions = [attack(X, labels, model, radius, steps) for radius in radii]
        curve = [np.mean(np.argmax(model(V), axis=-1) == five(labels)) for V in versions]
        plt.plot(radii, curve, color + style, label=f"{way}, {name}")
plt.gca().set(xlabel="epsilon", ylabel="accuracy", title="Means of five")
plt.legend(fontsize=8)
plt.show()

# %% [markdown]
# At 0.1, random signs cost a few hundredths at most. FGSM leaves a quarter to a third, PGD less.
#
# Adversarial training lifts FGSM at 0.1 to about two thirds. It costs another gradient for each attacked picture, and
# often some accuracy on clean ones (here little or none). It is no guarantee: only *these* attacks were tried.

# %% tags=["nbval-ignore-output"]
pictures = [attack(five(X_test[:8]), y_test[:8], second, e, 1)[:, 0] for e in (0, 0.05, 0.1, 0.2)]
tiles(pictures, ["original", 0.05, 0.1, 0.2], y_test[:8])

# %% [markdown]
# We can still read most of them.
#
# ## 8. Five opinions
#
# An *ensemble* averages its members' *probabilities*, here those of section 1, unscaled.
#
# > **Predict first.** Does the mean beat the average member, or even the best? In what?

# %% tags=["nbval-ignore-output"]
_ = report("mean", np.log(softmax(z_test, axis=-1).mean(axis=1, keepdims=True)))

# %% [markdown]
# Its NLL and ECE are below those of all five, and its accuracy is at least near the best. Where members differ, the mean is less
# sure. The price: five networks to train and run. (*Monte Carlo dropout* gets several opinions from one:
# leave dropout on with `training=True`, and average.)
#
# The entropy of the mean is the *total* uncertainty. The mean of the members' own entropies is the doubt that each has. The
# difference is their *disagreement* (mutual information).
#
# Five networks now train without any 7.
#
# > **Predict first.** They get sevens, negatives, plain noise. How sure is one network of noise?

# %% tags=["nbval-ignore-output"]
blind = fit(network(), five(X_train), y_fixed, five(y_fixed != 7))
inputs = {"known": X_test[y_test != 7], "sevens": X_test[y_test == 7]}
inputs |= {"negative": 1 - inputs["known"], "noise": rng.random((200, 64), dtype="float32")}
for name, X in inputs.items():
    p = softmax(blind(five(X)), axis=-1)
    apart = entropy(p.mean(axis=1), axis=-1) - entropy(p, axis=-1).mean(axis=1)
    one, mean = p.max(axis=-1).mean(), p.mean(axis=1).max(axis=-1).mean()
    print(f"{name:>8}: one {one:.2f}, mean of five {mean:.2f}, disagreement {apart.mean():.2f}")

# %% [markdown]
# About 0.9! Softmax shares out 1 among the digits it knows; "none of these" is not among them. The mean of five is
# less sure, and they disagree about ten times as much as on known digits. Send such rows to a person. But some
# slip through: with another seed all five agreed on the negatives, nearly certain.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | confidence above accuracy | overfitted | temperature on validation rows |
# | total fine, complaints from one site | bad slice | slices with $n$ and interval |
# | wrong labels not found | judged by their own pupil | out of fold |
# | empty saliency map | saturated probability | IG, or explain the logit |
# | sure of nonsense | softmax has no "none" | disagreement, refuse |
#
# ## Summary
#
# - Confidence: measure by NLL and ECE, repair by one number from validation rows.
# - A slice needs its count, an interval, and allowance for the number of looks.
# - Judge labels out of fold.
# - An explanation is a claim: does it add up, depend on the weights, survive erasing?
# - Noise of size $\epsilon$ says nothing about an attack of that size.
# - An ensemble improves probabilities; its disagreement often marks what is new.
#
# This ends the part. To finish: the [exercise](../../exercises/04-deep-learning/19-evaluating-and-explaining.ipynb) and the quiz.
