# ---
# title: Faster and bigger
# minutes: 90
# needs: [04-deep-learning/04-input-pipelines, 04-deep-learning/14-custom-training]
# objectives: [google-pmle/3.3, google-pmle/3.2, aws-mls/3.3, aws-mls/4.1, aws-mla/2.2, aws-mla/4.2]
# ---

# %% [markdown]
# # Faster and bigger
#
# Training is too slow, or the model too big. After this lesson you can
#
# - find what costs the time: input, Python or arithmetic,
# - say when a graph, XLA or 16-bit numbers pay,
# - choose CPU, GPU or TPU (Google's chip for matrix products) by arithmetic intensity,
# - spread a batch or a model over devices, with the same result,
# - price a training run, and choose how often to save.
#
# **Exam lens.** Google PMLE asks which device fits a job, how to distribute it (3.3), and why jobs
# fail (3.2). AWS MLS-C01 (retired in March 2026) asks the same (3.3), and for recovery after a
# failure (4.1); MLA-C02 for shorter training (2.2) and how to buy machines (4.2).
#
# The first cell splits the processor into two *logical devices*. They communicate as two
# *accelerators* (GPUs or TPUs) would, but nothing gets faster. TensorFlow accepts this only before
# its first operation: use a fresh kernel.

# %%
from contextlib import nullcontext, suppress
from cProfile import Profile
from timeit import repeat, timeit

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from sklearn.datasets import load_digits

tf.get_logger().setLevel("ERROR")  # no notices about devices
with suppress(RuntimeError):  # the cell is run a second time
    tf.config.set_visible_devices([], "GPU")  # if there is one, leave it alone
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
print([device.name for device in tf.config.list_logical_devices()])
X, y = load_digits().data.astype("float32") / 16, load_digits().target


def milliseconds(function, number=20):
    return 1000 * min(repeat(function, number=number, repeat=4)) / number


# %% [markdown]
# The best of several rounds counts: first calls are slow, other programs disturb. GPU calls return
# before the work is done: fetch a result (`.numpy()`) before you stop the clock.
#
# ## 1. Where does the time go?
#
# Take parts away, one at a time. A small network learns from digits that the pipeline enlarges. Its
# step runs compiled to a graph, and *eagerly*: line by line in Python.
#
# > **Predict first.** Input alone takes several times as long as the compiled step. What does a GPU
# > bring that makes the step ten times as fast?


# %%
def network(shape, units=32, norm=()):
    keras.utils.set_random_seed(0)
    hidden = [layers.Flatten(), layers.Dense(units), *norm, layers.ReLU()]
    return keras.Sequential([keras.Input(shape), *hidden, layers.Dense(10)])


def gradient(model, X, y, divisor=64):
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(X), from_logits=True)
        loss = ops.sum(losses) / divisor
    return tape.gradient(loss, model.trainable_variables)


def make_step(model):
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    return lambda X, y: optimizer.apply(gradient(model, X, y), model.trainable_variables)


# %% tags=["nbval-ignore-output"]
def enlarge(image, label):
    return tf.image.resize(tf.reshape(image, (8, 8, 1)), (32, 32), "bicubic"), label


data = tf.data.Dataset.from_tensor_slices((X[:1792], y[:1792]))
batches = data.map(enlarge).batch(64)
batch, step = next(iter(batches)), make_step(network((32, 32, 1)))
compiled = tf.function(step)
cost = {"everything": milliseconds(lambda: [compiled(*pair) for pair in batches], 2) / 28}
cost["input only"] = milliseconds(lambda: sum(1 for _ in batches), 2) / 28
cost["compiled step only"] = milliseconds(lambda: compiled(*batch))
cost["eager step only"] = milliseconds(lambda: step(*batch))
print("ms per batch:", {name: round(value, 1) for name, value in cost.items()})

# %% [markdown]
# Hardly anything: `tf.data` prepares the next batch during the step, so the longer of the two sets
# the pace. The job is *input-bound*: first cure the [input](04-input-pipelines.ipynb).
#
# Where parts run in turn, *Amdahl's law* holds: if a share $p$ of the time becomes $s$ times as
# fast, the whole becomes
#
# $$ \frac{1}{(1-p) + p/s} $$
#
# times as fast: below 2 with $p=0.5$.
#
# The eager step costs more than all of these. What does it do?

# %% tags=["nbval-ignore-output"]
for name, function in {"eager": step, "compiled": compiled}.items():
    with Profile() as profile:
        function(*batch)
    print(f"{name}: {sum(entry.callcount for entry in profile.getstats()):,} Python calls")

# %% [markdown]
# Thousands of Python calls for a few products. `cProfile` sees only Python.
# `keras.callbacks.TensorBoard(log_dir, profile_batch=(10, 20))` records what the device does: gaps
# between steps mean waiting.
#
# ## 2. Fewer calls, fused operations
#
# `compile` makes a graph (unless `run_eagerly=True`). `steps_per_execution=8` runs 8 steps per call;
# callbacks see every 8th. `jit_compile=True` calls XLA, a compiler that *fuses* operations: ten in
# a row then read and write memory once.
#
# > **Predict first.** Which gains more from a graph, 32 units or 2,048? Does XLA speed up ten cheap
# > operations in a row? A matrix product?


# %% tags=["nbval-ignore-output"]
def timed(name, function, *arguments, steps=1):
    first = timeit(lambda: function(*arguments), number=1)
    later = milliseconds(lambda: function(*arguments), 3) / steps
    print(f"{name:>18}: first call {first:.1f} s, then {later:5.2f} ms")


for units in (32, 2048):
    step = make_step(network((32, 32, 1), units))
    many = tf.function(lambda X, y: [step(X, y) for _ in range(8)])  # noqa: B023
    timed(f"{units} units, eager", step, *batch)
    timed("graph", tf.function(step), *batch)
    timed("8 steps per call", many, *batch, steps=8)
    timed("XLA", tf.function(step, jit_compile=True), *batch)


# %% tags=["nbval-ignore-output"]
def chain(x):
    for _ in range(10):
        x = x * 0.5 + x
    return x


for jit in (False, True):
    timed(f"chain, XLA {jit}", tf.function(chain, jit_compile=jit), tf.ones(2_000_000))
    timed(f"product, XLA {jit}", tf.function(tf.matmul, jit_compile=jit), *tf.ones((2, 512, 512)))

# %% [markdown]
# The small network: its time was Python's. XLA shortens the chain to a fraction and does little for
# the product; a whole step may win or lose. XLA pays in long runs of many small operations. The
# first call is slow, and *every new shape* compiles again: pad texts to a few lengths.
#
# ## 3. Arithmetic intensity
#
# A device has two speeds: arithmetic (FLOP/s, floating-point operations per second) and memory
# *bandwidth* (bytes per second). *Arithmetic intensity*, FLOPs per byte moved, says which one
# limits.
#
# | operation, float32 | FLOPs | bytes | intensity |
# |---|---|---|---|
# | `x + 1`, $n$ numbers | $n$ | $8n$ | 1/8 |
# | $n \times n$ product | $2n^3$ | $12n^2$ | $n/6$ |
# | $b$ rows times $m \times k$ | $2bmk$ | above $4mk$ | below $b/2$ |
#
# The last line is a dense layer; with $b=1$, a language model that writes for one user. The
# *roofline* is the limit:
#
# $$ \text{FLOP/s} \le \min(\text{peak},\ \text{intensity} \times \text{bandwidth}) $$
#
# Below the *ridge point*, peak / bandwidth, memory limits; above it arithmetic.
#
# > **Predict first.** How much longer than one request do 64 at once take?

# %% tags=["nbval-ignore-output"]
figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
sizes = {"n × n product": [(n, n, n) for n in (32, 64, 128, 256, 512, 1024)]}
sizes["b rows × (2048 × 4096)"] = [(b, 2048, 4096) for b in (1, 4, 16, 64, 256)]
intensity, speed = [], []
for (name, shapes), marker in zip(sizes.items(), "os", strict=True):
    for b, m, k in shapes:
        rows, W, flops = tf.ones((b, m)), tf.ones((m, k)), 2 * b * m * k
        took = milliseconds(lambda: rows @ W, 3)  # noqa: B023
        intensity.append(flops / 4 / (b * m + m * k + b * k))
        speed.append(1e-6 * flops / took)
        print(f"{b:4} rows × ({m} × {k}): {took:6.2f} ms")
    axis.loglog(intensity[-len(shapes) :], speed[-len(shapes) :], marker, label=name)
x, slope = np.geomspace(0.3, 200), np.max(np.divide(speed, intensity)[-5:])
axis.loglog(x, np.minimum(max(speed), slope * x), "0.5", label="roof as measured")
axis.set(xlabel="FLOP per byte", ylabel="GFLOP per second", title="Roofline of this processor")
axis.legend()
plt.show()

# %% [markdown]
# Far less than 64 times: for one row, arithmetic waits for weights. On an H100 GPU (measured once),
# 8192 × 8192 weights of 2 bytes took 47 µs for one row, 49 µs for 64. So *batch*. Small products
# stay below the roof, since calls cost time.
#
# Ridges from data sheets, rounded (10¹² FLOP/s, 10¹² bytes/s; CPU in float32, others in 16 bits):

# %%
chips = {"server CPU": (5, 0.4), "H100 GPU": (989, 3.35), "TPU v5e": (197, 0.82)}
print("ridges:", {name: round(peak / memory) for name, (peak, memory) in chips.items()})

# %% [markdown]
# | job | device | why |
# |---|---|---|
# | trees, small networks, single requests | CPU | little arithmetic |
# | CNNs, transformers | GPU | large products, any shapes |
# | very large dense models | TPU | fixed shapes, compiled by XLA |
# | float64, own operations, changing shapes | not TPU | XLA recompiles or cannot |
#
# ## 4. Sixteen bits
#
# Half the bytes, and faster products: the H100 reached 52 TFLOP/s in float32, 394 with factors
# rounded to TF32 (TensorFlow's default there), 790 in bfloat16.
#
# float32 has 8 bits for the exponent (range) and 23 for the fraction (precision), float16 5 and 10,
# bfloat16 8 and 7.
#
# > **Predict first.** What do float16 and bfloat16 make of 70,000, of 10⁻⁸, of 257?

# %%
for kind in ("float16", "bfloat16"):
    print(kind, [f"{float(tf.cast(value, kind)):g}" for value in (70_000.0, 1e-8, 257.0)])
    keras.config.set_dtype_policy(f"mixed_{kind}")
    layer = layers.Dense(4)
    print(f"   computes in {layer(X[:2]).dtype.name}, keeps weights in {layer.kernel.dtype}")
keras.config.set_dtype_policy("float32")

# %% [markdown]
# float16 *overflows* above 65,504, and tiny numbers *underflow* to 0. bfloat16 has float32's range
# but little precision: a weight of 1 would not feel an update of 0.001. So *mixed precision*
# computes in 16 bits and keeps weights in float32. Set the policy before building; give the last layer `dtype="float32"`.
#
# *Loss scaling* multiplies the loss, by 2¹⁵ say, and with it all gradients; before the update it
# divides them again, in float32.
#
# > **Predict first.** Gradients are near 10⁻¹⁰. What reaches the weights in float16?


# %%
def arriving(policy, scale):
    dense = layers.Dense(1, use_bias=False, dtype=policy)
    with tf.GradientTape() as tape:
        loss = scale * 1e-9 * ops.mean(ops.cast(dense(X[:8, 2:5]), "float32"))
    return tape.gradient(loss, dense.kernel.value).numpy().ravel()


for policy, scale in (("float32", 1), ("mixed_float16", 1), ("mixed_float16", 2**15)):
    print(f"{policy}, loss × {scale}:", (arriving(policy, scale) / scale).round(11))
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
optimizer.apply([tf.constant([np.inf])], [weight := keras.Variable([1.0])])  # an overflow
print(f"scale 2 ** {np.log2(optimizer.dynamic_scale):.0f}, weight", weight.numpy())

# %% [markdown]
# Zeros: learning stops without an error. Scaled, the gradient survives. `LossScaleOptimizer` starts
# at 2¹⁵; on an overflow it skips the update and halves the scale; after 2,000 good steps it doubles
# it. Under `mixed_float16`, `compile` adds it. bfloat16 needs none.

# %% tags=["nbval-ignore-output"]
for policy in ("float32", "mixed_bfloat16", "mixed_float16"):
    layer, wide = tf.function(layers.Dense(1024, dtype=policy)), tf.ones((256, 1024))
    print(f"{policy}: {milliseconds(lambda: layer(wide), 3):.1f} ms")  # noqa: B023

# %% [markdown]
# On most CPUs 16 bits are slower: numbers are converted back and forth. They pay on GPUs (float16
# since Volta, bfloat16 since Ampere) and TPUs (bfloat16).
#
# ## 5. Data parallelism
#
# Each device, here a *replica*, holds all weights and gets a part of the batch. *All-reduce* adds
# or averages the gradients and gives all replicas the result, so they stay equal.
#
# > **Predict first.** 64 rows as 32 + 32, or 48 + 16. Is the mean of two gradients that of all rows?

# %%
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    mirrored = network((64,))


def shards(array, first):
    parts = np.split(array[:64], [first])
    give = strategy.experimental_distribute_values_from_function
    return give(lambda context: tf.constant(parts[context.replica_id_in_sync_group]))


@tf.function
def reduced(X, y, how):
    def replica(X, y):
        own = gradient(mirrored, X, y, 64 if how == "sum" else y.shape[0])
        return tf.distribute.get_replica_context().all_reduce(how, own[0])

    return strategy.experimental_local_results(strategy.run(replica, (X, y)))


whole = gradient(mirrored, X[:64], y[:64])[0]
for first, how in ((32, "mean"), (48, "mean"), (48, "sum")):
    copies = reduced(shards(X, first), shards(y, first), how)
    same = [np.allclose(copy, whole, atol=1e-6) for copy in copies]
    print(f"{first} + {64 - first}, {how}: replicas hold the gradient of all rows: {same}")

# %% [markdown]
# Equal parts: yes. Unequal ones: divide each sum of losses by the *global* batch size, then
# all-reduce by sum. (A Keras loss *object* divides by the number of replicas itself.) For `fit`,
# build and compile inside the scope.
#
# > **Predict first.** Batch normalisation on two replicas of 32 rows: the same as on 64?

# %%
outputs = []
for scope in (nullcontext(), strategy.scope()):
    with scope:
        model = network((64,))
        model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(True))
    model.fit(data.batch(64), shuffle=False, verbose=0)  # 2 × 32
    outputs.append(model(X).numpy())
print("two replicas train the same network:", np.allclose(*outputs, atol=1e-4))
for synchronized in (False, True):
    with strategy.scope():
        norm = network((64,), norm=[layers.BatchNormalization(synchronized=synchronized)])
    run = tf.function(lambda X: strategy.run(norm, (X,), {"training": True}))  # noqa: B023
    parts = strategy.experimental_local_results(run(shards(X, 32)))
    same = np.allclose(np.concatenate(parts), norm(X[:64], training=True), atol=1e-4)
    print(f"batch normalisation, synchronized={synchronized}: as on one device {same}")

# %% [markdown]
# No: each replica normalises by its own rows, unless `synchronized=True`.
#
# More devices take a larger global batch, so an epoch has fewer updates. The *linear rule* raises
# the learning rate by the same factor. Test it on the loss $w^2/2$: a step multiplies $w$ by
# $1-\text{rate}$.
#
# > **Predict first.** One step at 8 times the rate for 8 small ones: where does it fail?

# %%
for rate in (0.01, 0.1, 0.3):
    print(f"{rate}: 8 small steps leave {(1 - rate) ** 8:.2f} of w, one large {1 - 8 * rate:.2f}")

# %% [markdown]
# At large rates: the gradient changes on the way, and the large step overshoots. Early in training
# it changes fast, so *warm up*: raise the rate from near 0 over the first epochs.
#
# `MirroredStrategy` serves the GPUs of one machine, `MultiWorkerMirroredStrategy` several machines,
# `TPUStrategy` TPUs, all in step. `ParameterServerStrategy` (own loops only) lets nobody wait, but
# gradients may stem from older weights.
#
# ## 6. What all-reduce costs
#
# In a *ring*, devices pass pieces to their neighbour until all hold the sum. Each of $n$ sends
# $2\,\frac{n-1}{n}$ times the bytes of the gradients.
#
# > **Predict first.** 10⁹ gradients of 2 bytes, a second per step on one device, links of 25 Gbit/s
# > (3 GB/s). How much faster are two?

# %%
devices = np.array([1, 2, 4, 8, 16, 32, 64])
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
for name, speed in {"chip to chip": 450, "fast network": 50, "25 Gbit Ethernet": 3}.items():
    gain = 1 / (1 / devices + 2 * (devices - 1) / devices * 2 / speed)
    axis.loglog(devices, gain, "o-", label=f"{name}, {speed} GB/s")
    print(f"{name}: 2 devices {gain[1]:.1f} times, 64 devices {gain[-1]:.1f} times as fast")
axis.plot(devices, devices, "0.6", ls=":", label="ideal")
axis.set(xlabel="devices", ylabel="times as fast", title="One batch, spread ever thinner")
axis.set(xticks=devices, xticklabels=devices, yticks=[1, 4, 16, 64], yticklabels=[1, 4, 16, 64])
axis.legend()
plt.show()

# %% [markdown]
# They are slower than one: work per device shrinks with $n$, communication does not. Cures: more
# rows per device, faster links, accumulated gradients, sending during the backward pass.
#
# ## 7. Splitting the model
#
# *Model parallelism* splits the weights. Its *tensor* form cuts single layers: of two dense layers,
# the first by columns, the second by rows.
#
# > **Predict first.** How often must two devices talk, for both layers and the `gelu` between?

# %%
rng, partial = np.random.default_rng(0), []
A, B = (rng.normal(0, 0.1, size=size).astype("float32") for size in ((64, 256), (256, 64)))
for k in range(2):
    with tf.device(f"CPU:{k}"):
        hidden = tf.nn.gelu(tf.matmul(X[:8], np.split(A, 2, axis=1)[k]))
        partial.append(hidden @ np.split(B, 2, axis=0)[k])
print("sum is the output:", np.allclose(sum(partial), tf.nn.gelu(X[:8] @ A) @ B, atol=1e-5))

# %% [markdown]
# Once, to add the outputs (and once backward): `gelu` treats each number alone.
#
# *Pipeline parallelism* gives each device a *stage*: some of the layers. The batch goes through in
# $m$ parts, *micro-batches*. While $p$ equal stages fill and empty, some wait: the *bubble*,
# $(p-1)/(m+p-1)$ of the time.
#
# *ZeRO* (*fully sharded*) is data parallelism in which each device keeps a share of Adam's state
# (stage 1), also of the gradients (2), also of the weights (3). A parameter takes 2 bytes as a
# weight, 2 as a gradient, and 12 for Adam (a float32 copy, two averages).
#
# > **Predict first.** 7·10⁹ parameters, 8 devices of 24 GB: which stage fits?

# %%
print("4 stages, idle:", {m: f"{3 / (m + 3):.0%}" for m in (1, 4, 16, 64)})
print("data, ZeRO 1, 2, 3:", [7 * (own + (16 - own) / 8) for own in (16, 4, 2, 0)], "GB")

# %% [markdown]
# Only stage 3. *Activations*, the outputs that layers keep for the backward pass, come on top.
#
# | split | bytes per parameter | sends |
# |---|---|---|
# | data | 16 | gradients |
# | ZeRO 1, 2 | 4 + 12/8, 2 + 14/8 | as data |
# | ZeRO 3 | 16/8 | 1.5 times that |
# | tensor, pipeline | 16/8 | activations: in every layer, between stages |
#
# If it fits, split the data. If not: ZeRO; tensor inside a machine, pipeline between machines.
#
# ## 8. The bill
#
# Training a transformer takes about $6ND$ FLOPs for $N$ parameters and $D$ tokens (pieces of
# words): 2 forward, 4 backward. Good runs reach 30 to 50 % of the peak, the *model FLOPs
# utilisation* (MFU).
#
# *Spot* (preemptible) machines are cheap and may be taken away. If saving takes $C$ hours and
# machines last $M$ on average, Young's rule saves every $\sqrt{2CM}$.
#
# > **Predict first.** Saving takes 3 minutes, machines last 6 hours. Save every 5 minutes, every 46
# > (Young) or every 5 hours?


# %%
def hours(interval, work=100, save=0.05, lasts=6, restart=0.1):
    clock = done = 0
    while True:
        life = rng.exponential(lasts)
        pieces, left = life // (interval + save), np.ceil((work - done) / interval)
        if pieces >= left:
            return clock + left * save + work - done
        clock, done = clock + life + restart, done + pieces * interval


need = 6 * 1e9 * 20e9 / (989e12 * 0.4) / 3600  # 1e9 parameters, 2e10 tokens, H100, 40 % MFU
print(f"{need:.0f} hours, at 3 $ each {3 * need:.0f} $, at 0.7 kW {0.7 * need:.0f} kWh")
for interval in (1 / 12, np.sqrt(2 * 0.05 * 6), 5):
    mean = np.mean([hours(interval) for _ in range(500)])
    print(f"100 hours of work, saved every {interval:.2f} h: about {mean:.0f} hours")

# %% [markdown]
# Too often wastes time on saving, too rarely on repeating. Young's run is still about a sixth
# longer; the discount must exceed that. (3 $ and 0.7 kW are assumptions.) Managed services
# restart the job; your script loads the checkpoint, with optimizer state and place in the data.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | GPU idle | input-bound, small calls | time input alone; larger batches |
# | float16: NaN, or stuck | overflow, underflow | bfloat16, loss scaling |
# | out of memory | states, activations | ZeRO, accumulation |
# | 8 GPUs, twice as fast | all-reduce, thin batches | faster link, more rows each |
# | worse on 8 GPUs | batch grew, rate did not | linear rule, warm-up |
#
# ## Summary
#
# - Take parts away to find the slow one. Graphs save Python, XLA trips to memory, 16 bits bytes and
#   arithmetic.
# - Below the ridge point memory limits: batch.
# - If the model fits, split the data and divide by the global batch; else ZeRO, tensor, pipeline.
# - $6ND/(\text{peak}\cdot\text{MFU})$ gives the time.
#
# Next: the [exercise](../../exercises/04-deep-learning/15-faster-and-bigger.ipynb), then
# [tuning networks](16-tuning-networks.ipynb).
