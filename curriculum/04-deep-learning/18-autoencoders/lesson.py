# ---
# title: Autoencoders and other unsupervised networks
# minutes: 75
# needs: [01-math/09-information, 02-python/09-tensorflow-and-keras, 03-classical-ml/14-dimensionality-reduction, 03-classical-ml/05-judging-classifiers, 04-deep-learning/03-training-well, 04-deep-learning/14-custom-training]
# objectives: [aws-mls/3.2, google-pmle/3.1, aws-mla/4.1, tf-developer/2.4, tf-developer/2.8]
# ---

# %% [markdown]
# # Autoencoders and other unsupervised networks
#
# Labels are scarce; data are not. What can a network learn from the data alone? After this lesson you can
#
# - train an autoencoder, and say when PCA does as well,
# - train a network that removes noise from pictures, without any labelled picture,
# - find faults that no single sensor shows, and set an alarm at a rate you choose,
# - write the two terms of a variational autoencoder, and draw new data from it,
# - run a diffusion model from end to end, in one dimension.
#
# **Exam lens.** The exams ask when such a model is the answer (Google PMLE 3.1, and AWS MLS-C01 3.2, retired in
# March 2026), and how to notice what is unusual in production (AWS MLA-C02 4.1). The retired TensorFlow Developer
# exam had you say what each layer contributes (2.4), and reduce overfitting (2.8).

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.ndimage import gaussian_filter
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

digits = load_digits()
X = (digits.data / 16).astype("float32")  # 8 × 8 pixels between 0 and 1
X_train, X_test, y_train, y_test = train_test_split(
    X, digits.target, test_size=500, stratify=digits.target, random_state=0
)
rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. Squeeze and rebuild
#
# An **autoencoder** is two networks in a row. The *encoder* turns 64 pixels into a short *code* of `k`
# numbers, the *decoder* turns the code back into 64 pixels. The label is the input itself, the loss the
# mean squared error (MSE). What does not fit through the narrow middle is lost, so the code must keep what matters.
#
# PCA does the same with straight lines: it is the best *linear* squeeze.
#
# `descend` below is the loop of the module on custom training, with all steps in one `tf.function`: for many small networks, `fit`
# would spend most of its time on preparing. `autoencoder` returns the encoder, the decoder, and both in a row.


# %%
def descend(loss, variables, *data, steps=800, batch=64, rate=0.004):
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(variables)
    rows = np.random.default_rng(0).integers(len(data[0]), size=(steps, batch))

    @tf.function
    def loop():
        for chosen in tf.constant(rows):
            with tf.GradientTape() as tape:
                value = loss(*(tf.gather(A, chosen) for A in data))
            optimizer.apply(tape.gradient(value, variables), variables)

    loop.get_concrete_function()()  # built once, run once


def train(model, X, y, **settings):
    def loss(x, y):
        return tf.reduce_mean((model(x, training=True) - y) ** 2)

    descend(loss, model.trainable_variables, X, y, **settings)
    return model


def autoencoder(size, k, hidden=(96,)):
    keras.utils.set_random_seed(0)
    inner, outer = ([layers.Dense(units, "relu") for units in hidden] for _ in range(2))
    encoder = keras.Sequential([keras.Input((size,)), *inner, layers.Dense(k)])
    decoder = keras.Sequential([keras.Input((k,)), *outer, layers.Dense(size)])
    return encoder, decoder, keras.Sequential([encoder, decoder])


# %% [markdown]
# > **Predict first.** Codes of 2, 8 and 32 numbers, trained equally long. Where does the network rebuild new
# > digits better than PCA? And what does a network *without* hidden layers reach?


# %% tags=["nbval-ignore-output"]
def by_pca(k, X):
    pca = PCA(k).fit(X)
    return lambda new: pca.inverse_transform(pca.transform(new))


def mse(A, B):
    return float(np.mean((np.asarray(A) - np.asarray(B)) ** 2))


models = {k: autoencoder(64, k) for k in (2, 8, 32)}
for k, (_, _, model) in models.items():
    rebuilt = by_pca(k, X_train)(X_test), train(model, X_train, X_train)(X_test)
    print(f"k = {k:2}: PCA {mse(rebuilt[0], X_test):.3f}, network {mse(rebuilt[1], X_test):.3f}")
linear = train(autoencoder(64, 8, hidden=())[2], X_train, X_train)
print(f"k =  8, no hidden layer: {mse(linear(X_test), X_test):.3f}")

# %% [markdown]
# With 8 numbers the network needs only about two thirds of PCA's error. With 32, PCA does as well in
# a fraction of the time: what is left needs no bending. Without a hidden layer the network can only approach PCA: a
# linear autoencoder finds the same subspace, slowly.
#
# ## 2. What the code knows
#
# Two numbers per digit can be drawn. No label was used; the colours are added afterwards.
#
# > **Predict first.** Five nearest neighbours classify test digits by their two numbers. Which plane is better,
# > PCA's or the network's?

# %% tags=["nbval-ignore-output"]
encode, pca = models[2][0], PCA(2).fit(X_train)
planes = {"PCA": (pca.transform(X_train), pca.transform(X_test))}
planes["autoencoder"] = (encode(X_train).numpy(), encode(X_test).numpy())
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for axis, (name, (codes, new)) in zip(axes, planes.items(), strict=True):
    points = axis.scatter(*codes.T, c=y_train, cmap="tab10", s=8, vmin=-0.5, vmax=9.5)
    score = KNeighborsClassifier().fit(codes, y_train).score(new, y_test)
    axis.set(title=f"{name}: neighbours' accuracy {score:.2f}", xticks=[], yticks=[])
figure.colorbar(points, ticks=range(10), label="digit")
plt.show()

# %% [markdown]
# The bent plane separates better. Note the gaps between the digits in the code: nothing told the network
# what to do *there*. Section 5 comes back to that.
#
# ## 3. Remove noise
#
# A **denoising autoencoder** gets a noisy input and the *clean* picture as label. Noise is drawn by us, so labels
# cost nothing. Rivals: a blur, PCA, and the plain autoencoder with 8 numbers.
#
# > **Predict first.** Noise once added to the training set, or drawn anew in each batch: does it matter?


# %% tags=["nbval-ignore-output"]
def strips(rows, height=0.46):
    figure, axes = plt.subplots(len(rows), 1, figsize=(9, height * len(rows)), layout="constrained")
    for axis, (label, pictures) in zip(axes, rows.items(), strict=True):
        framed = np.pad(np.reshape(pictures[:15], (-1, 8, 8)), ((0, 0), (0, 0), (1, 1)))
        axis.imshow(np.hstack(framed), cmap="gray_r", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[])
        axis.set_ylabel(label, rotation=0, ha="right", va="center")
    plt.show()


noisy, noisy_train = (A + rng.normal(0, 0.3, A.shape).astype("float32") for A in (X_test, X_train))
cleaned = {"noisy": noisy, "PCA, k = 12": by_pca(12, X_train)(noisy)}
cleaned["blurred"] = gaussian_filter(noisy.reshape(-1, 8, 8), (0, 0.7, 0.7)).reshape(-1, 64)
cleaned["plain, k = 8"] = models[8][2](noisy)
for name, noise, inputs in (("noise once", 0.0, noisy_train), ("noise anew", 0.3, X_train)):
    inner = autoencoder(64, 128, hidden=(128,))[2]
    denoiser = keras.Sequential([keras.Input((64,)), layers.GaussianNoise(noise), inner])
    cleaned[name] = train(denoiser, inputs, X_train)(noisy, training=False)
strips({f"{name}: {mse(A, X_test):.3f}": A for name, A in (cleaned | {"clean": X_test}).items()})

# %% [markdown]
# With noise drawn anew, about a quarter of the squared error is left, less than with any rival. With noise added
# once, the network learns in part *those* pixels by heart. `GaussianNoise` draws anew in training and is off otherwise.
# The plain autoencoder was never shown noise, and is no better than a blur.
#
# To spoil the input and ask for what was there is *self-supervised* learning: the labels come from the data. Language
# models learn in the same way from words that were hidden.
#
# ## 4. Find faults without examples of faults
#
# A pump has three sensors: pressure, flow, current. A window is 24 readings of each. The data are
# simulated, so that we know the truth: speed and load vary, flow follows pressure along a bent curve, and current
# follows flow. We have 3,000 normal windows. Four faults are to come. Most of their values remain within the usual range.


# %%
def windows(n, fault=None):
    phase, load, period = (rng.uniform(*ends, (n, 1)) for ends in ((0, 6.3), (0.4, 1), (8, 20)))
    pressure = load * np.sin(2 * np.pi * np.arange(24) / period + phase)
    flow = (1 + pressure / 2) / (1 + np.exp(-8 * pressure))
    if fault == "blocked filter":
        flow *= rng.uniform(0.75, 0.9, (n, 1))
    current = 0.2 + flow**2 + (rng.uniform(0.1, 0.2, (n, 1)) if fault == "worn bearing" else 0)
    if fault == "frozen sensor":
        flow[:, 8:16] = flow[:, 8:9]
    readings = np.stack([pressure, flow, current], axis=2) + rng.normal(0, 0.06, (n, 24, 3))
    if fault == "spike":
        readings[np.arange(n), rng.integers(24, size=n), rng.integers(3, size=n)] += 0.5
    return readings.astype("float32")


faults = ("spike", "frozen sensor", "blocked filter", "worn bearing")
figure, axes = plt.subplots(1, 5, figsize=(11, 2.6), sharey=True, layout="constrained")
for axis, fault in zip(axes, (None, *faults), strict=True):
    axis.plot(windows(1, fault)[0], label=["pressure", "flow", "current"])
    axis.set(title=fault or "normal", xlabel="reading")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center")
plt.show()

# %% [markdown]
# An autoencoder of normal windows rebuilds normal windows. What it rebuilds *badly* it does not know: the
# error of a window is its **anomaly score**. Rivals: the largest deviation of any single reading in standard deviations, and PCA's
# error with 12 and 30 components.
#
# We judge by AUC: how often a faulty window scores above a normal one (0.5 is guessing).
#
# > **Predict first.** A code of 72 numbers for 72 readings could copy everything, faults included. What becomes
# > of the AUC?


# %% tags=["nbval-ignore-output"]
normal = windows(3000)
mean, std = normal.mean(axis=(0, 1)), normal.std(axis=(0, 1))


def flat(readings):
    return ((readings - mean) / std).astype("float32").reshape(len(readings), -1)


def error_of(rebuild):
    return lambda Z: np.mean((np.asarray(rebuild(Z)) - Z) ** 2, axis=1)


known, fine = flat(normal), flat(windows(1000))
faulty = {fault: flat(windows(500, fault)) for fault in faults}
score = {"largest deviation": lambda Z: np.abs(Z).max(axis=1)}
score |= {f"PCA, k = {k}": error_of(by_pca(k, known)) for k in (12, 30)}
nets = {k: train(autoencoder(72, k)[2], known, known, steps=1000) for k in (3, 8, 72)}
score |= {f"network, k = {k}": error_of(net) for k, net in nets.items()}
print(" " * 17, *(f"{fault:>14}" for fault in faults))
for name, of in score.items():
    pairs = [np.r_[of(fine), of(Z)] for Z in faulty.values()]
    aucs = [roc_auc_score(np.arange(1500) >= 1000, pair) for pair in pairs]
    print(f"{name:>17}", *(f"{auc:14.2f}" for auc in aucs))

# %% [markdown]
# Single readings say little. The network with 8 numbers has learnt how the three sensors belong *together*. Their
# relation is a curve; PCA has only straight directions, and even 30 of them do not reach it.
#
# The wide code did *not* copy the faults here. Training by small steps first learns the common patterns, and faults lie
# in directions that normal windows hardly use. Do not rely on it: with longer training a wide code may learn to copy,
# and one too *narrow* misses normal variation (k = 3). Choose `k` by known faults, or by ones you put in.
#
# **The alarm.** A score needs a threshold. Take a quantile of *held-out* normal scores.
#
# > **Predict first.** The threshold is to raise 1 % false alarms. What comes out if it is set on the training
# > windows, 3,000 of them, or only 300?

# %% tags=["nbval-ignore-output"]
few = known[:300]
small, later = train(autoencoder(72, 8)[2], few, few, steps=1000), flat(windows(4000))
for trained, of in ((known, error_of(nets[8])), (few, error_of(small))):
    for kind, rows in (("training", trained), ("held-out", fine)):
        threshold = np.quantile(of(rows), 0.99)
        cases = {"false alarms": later, **faulty}
        shares = [f"{case} {np.mean(of(Z) > threshold):.1%}" for case, Z in cases.items()]
        print(f"{len(trained)} {kind}:", *shares)

# %% [markdown]
# The network learns 300 windows by heart. Their errors are tiny, so the alarm rings for a large share of the *normal*
# windows to come. With 3,000 windows the threshold is off by little. Held-out windows keep the promise in both cases, as
# closely as one can: only ten of the thousand lie above the threshold, so the rate may well be half or double. (But
# with 300 windows to learn from, most faults are then missed.)
#
# And an AUC near 0.9 still misses most spikes at 1 % false alarms: AUC is an average over thresholds, and you run
# one. If a fault stays, average the score over several windows: chance averages out, the fault does not.
#
# The error *by sensor* hints at the cause. It is only a hint: a fault in one sensor can spoil how the others are rebuilt.
#
# ## 5. Variational autoencoders
#
# To *draw* a new digit, decode a random code. But which codes are digits? A **variational autoencoder** (VAE) settles this. For
# each code number its encoder gives a mean $\mu$ and a variance $\sigma^2$, and the code is drawn:
# $z = \mu + \sigma \varepsilon$ with $\varepsilon \sim N(0, 1)$. Drawn in this way, gradients still reach $\mu$ and $\sigma$ (the
# *reparameterisation trick*). The loss has two terms:
#
# $$ \underbrace{\frac{\lVert x - \hat x \rVert^2}{2 s^2}}_{\text{rebuild}} \; + \; \beta \underbrace{\sum_j \tfrac12 \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)}_{\text{KL divergence from } N(0, 1)} $$
#
# The second pulls all codes together towards one cloud around 0. $s$ is the noise that the model assumes in each pixel
# (here $s^2 = 0.02$). With $\beta = 1$ the sum, averaged over $\varepsilon$, is up to a constant an upper bound of the negative
# log-likelihood of the data.


# %%
def vae(beta, k=8):
    encoder, decoder = autoencoder(64, 2 * k)[0], autoencoder(64, k)[1]

    def loss(x):
        mu, log_var = tf.split(encoder(x), 2, axis=1)
        z = mu + tf.exp(log_var / 2) * tf.random.normal(tf.shape(mu))
        rebuild = tf.reduce_sum((decoder(z) - x) ** 2, axis=1) / (2 * 0.02)
        kl = tf.reduce_sum(mu**2 + tf.exp(log_var) - 1 - log_var, axis=1) / 2
        return tf.reduce_mean(rebuild + beta * kl)

    variables = encoder.trainable_variables + decoder.trainable_variables
    descend(loss, variables, X_train, steps=1000, rate=0.003)
    return encoder, decoder


# %% [markdown]
# > **Predict first.** $\beta$ from 0.01 to 4. What happens to rebuilt digits, what to drawn ones?
#
# A drawn picture is judged by its distance to the nearest training digit: a small one means that it is plausible. The
# last row shows real test digits for comparison.

# %% tags=["nbval-ignore-output"]
nearest = NearestNeighbors(n_neighbors=1).fit(X_train)
z = rng.normal(size=(400, 8)).astype("float32")
pairs, rows = {"plain": models[8][:2]} | {f"β = {beta}": vae(beta) for beta in (0.01, 1, 4)}, {}
for name, (encoder, decoder) in pairs.items():
    error = mse(decoder(encoder(X_test)[:, :8]), X_test)  # the first eight outputs: the mean
    near = nearest.kneighbors(decoder(z).numpy())[0].mean()
    rows[f"{name}: rebuilt {error:.3f}\ndistance {near:.1f}"] = decoder(z).numpy()
rows[f"test digits\ndistance {nearest.kneighbors(X_test)[0].mean():.1f}"] = X_test
strips(rows, 0.6)

# %% [markdown]
# It is a trade. With little weight on the KL term, a VAE rebuilds well and draws scribbles, like the plain autoencoder:
# random codes fall into the gaps. With more weight, drawings look more like digits, and rebuilt ones blur. With far too
# much, the code carries nothing, and the decoder ignores it (*posterior collapse*).
#
# ## 6. Diffusion in one dimension
#
# Image generators go another way: add noise in many small steps, and learn to undo one. Our data are
# single numbers from three heaps. After $t$ steps, with $\bar\alpha_t$ falling from nearly 1 to nearly 0,
#
# $$ x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\; \varepsilon, \qquad \varepsilon \sim N(0, 1). $$
#
# The network sees $x_t$ and $t$ and predicts $\varepsilon$: plain regression with MSE. To generate, start from pure noise and
# go back: for each $t$ remove the predicted noise, then add a little fresh noise, none in the last step.
#
# > **Predict first.** Even the best network cannot predict $\varepsilon$ exactly. Why not? Will the heaps come
# > back all the same?

# %% tags=["nbval-ignore-output"]
T, n = 50, 200_000
betas = np.linspace(0.002, 0.2, T)  # the share of noise in each step
alpha_bar = np.cumprod(1 - betas)
heap = rng.choice(3, n, p=[0.5, 0.3, 0.2])
data = rng.normal(np.array([-1.5, 0.3, 1.6])[heap], np.array([0.15, 0.25, 0.1])[heap])
t, noise = rng.integers(T, size=n), rng.normal(size=n)
spoilt = np.sqrt(alpha_bar[t]) * data + np.sqrt(1 - alpha_bar[t]) * noise

hidden = [layers.Dense(64, "relu") for _ in range(3)]
net = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1)])
inputs = np.column_stack([spoilt, t / T]).astype("float32")
falling = keras.optimizers.schedules.CosineDecay(0.006, 1300)
net = train(net, inputs, noise.astype("float32")[:, None], steps=1300, batch=512, rate=falling)

# %% tags=["nbval-ignore-output"]
x = rng.normal(size=4000)
paths = [x]
for t in range(T - 1, -1, -1):
    predicted = net(np.column_stack([x, np.full(4000, t / T)]).astype("float32")).numpy()[:, 0]
    x = (x - betas[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(1 - betas[t])
    x = x + np.sqrt(betas[t]) * rng.normal(size=4000) * (t > 0)
    paths.append(x)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True, layout="constrained")
left.plot(range(T, -1, -1), np.stack(paths)[:, :60], lw=0.5, color="C0")
left.set(xlim=(T, 0), xlabel="step t", ylabel="x", title="Sixty numbers from noise to data")
bins = np.linspace(-2.5, 2.5, 81)
right.hist(data[:4000], bins, orientation="horizontal", alpha=0.5, label="real")
right.hist(x, bins, orientation="horizontal", histtype="step", lw=1.5, label="drawn")
right.set(xlabel="numbers out of 4,000", title="The heaps come back")
right.legend()
plt.show()

# %% [markdown]
# From $x_t$ alone nobody knows which $x_0$ and which $\varepsilon$ made it; the best answer is the *average* noise, and it is all that
# the way back needs. The three heaps return with about the right shares and places, the narrow ones
# somewhat too wide: fifty steps and a small net are coarse. (A falling learning rate matters here: with a constant one
# the small errors of fifty steps add up.)
#
# An image model does the same with a million pixels for $x$, a larger network, and a text as another input. A *GAN*
# instead trains a generator against a judge: sharp pictures, unstable training.
#
# ## 7. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | error near 0, code useless | code too wide: a copy | narrower, or add noise to the input |
# | no better than PCA | too little data, or a linear problem | keep PCA |
# | alarms far above the rate you set | threshold from training rows | held-out normal rows |
# | no alarm for weeks of slow decay | "normal" was retrained on drifted data | fixed reference, watch the mean score |
# | faults in the training data | they are learnt as normal | robust cleaning first, several rounds |
# | all drawings alike, KL near 0 | posterior collapse | smaller $\beta$, or raise it slowly from 0 |
# | blurred drawings | averages under squared error | larger code, diffusion |
# | diffusion draws only noise | $t$ missing from the input, wrong order of steps | test in one dimension |
#
# ## Summary
#
# - Encoder, narrow code, decoder; the label is the input. Linear, it is PCA; compare with PCA.
# - Denoising: spoil the input anew in each batch, ask for the clean one.
# - Anomaly score = what cannot be rebuilt. Threshold from held-out normal data, at a chosen rate.
# - VAE: rebuild + $\beta\,$KL, drawn by $\mu + \sigma\varepsilon$; more $\beta$, better drawings, blurrier copies.
# - Diffusion: predict the noise, go back step by step.
#
# Next: the [exercise](../../exercises/04-deep-learning/18-autoencoders.ipynb), then [evaluating and explaining networks](19-evaluating-and-explaining.ipynb).
