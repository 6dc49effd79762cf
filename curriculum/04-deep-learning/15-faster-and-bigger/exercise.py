# ---
# title: "Exercise: faster and bigger"
# minutes: 90
# ---

# %% [markdown]
# # Exercise: faster and bigger
#
# Six pieces of machinery that a training framework hides: statistics over replicas, a ring of
# devices, a loss scale that finds its own size, the choice of a machine, a pipeline, and a run that
# is interrupted. All devices are imagined, so NumPy is enough. No question needs the answer of
# another. Your data are drawn for you: change `seed` to practise again on others.

# %% tags=["parameters"]
seed = 6  # which data you get

# %%
from itertools import combinations

import numpy as np

rng = np.random.default_rng(seed)

# question 1: three replicas with different numbers of rows, four channels
sizes = rng.permutation([3, 6, 11])
batches = [rng.normal(rng.uniform(1, 5, size=4), 2.0, size=(n, 4)) for n in sizes]

# question 2: five devices, 13 numbers each
pieces = rng.normal(size=(5, 13)).astype("float32")

# question 3: gradients that shrink and grow again, for 60 steps and 3 weights
sizes_of_steps = 10.0 ** np.interp(np.arange(60), [0, 20, 40, 59], [1.0, -9.0, 2.0, -5.0])
directions = rng.choice([-1, 1], size=(60, 3)) * rng.uniform(0.6, 1.6, size=(60, 3))
gradients = (sizes_of_steps[:, None] * directions).astype("float32")
gradients[::7, 0] = 0

# question 4: the layers of a network, and machines; peak in FLOP/s, bandwidth in bytes/s, memory in bytes, $/hour
layers = [tuple(int(n) for n in rng.integers(200, 4000, size=2)) for _ in range(4)]
machines = {
    "small": {"peak": 3e11, "bandwidth": 4e10, "memory": 6.4e10, "price": 0.1},
    "middle": {"peak": 6e13, "bandwidth": 3e11, "memory": 1.6e10, "price": 1.1},
    "large": {"peak": 8e14, "bandwidth": 3e12, "memory": 8.0e10, "price": 25.0},
}

# question 5: seconds of nine layers for one micro-batch
layer_seconds = rng.integers(1, 10, size=9).tolist()

# question 6: hours at which machines are taken away
taken = np.cumsum(rng.exponential(5.0, size=60) + 0.01).round(3).tolist()


def half(values):  # what float16 makes of them; too large becomes inf
    with np.errstate(over="ignore"):
        return np.asarray(values).astype("float16")


# %% [markdown]
# ## Question 1 · one vector for batch normalisation (2 points)
#
# Synchronised batch normalisation uses the mean and the variance of *all* rows, on whichever
# replica they are. Replicas hold different numbers of rows, and they can talk only by all-reduce,
# which returns the *sum* of one vector per replica.
#
# Write two functions:
#
# - `send(batch)` gets a replica's own `(rows, channels)` array and returns a one-dimensional array
#   of at most $2 \cdot \text{channels} + 1$ numbers;
# - `receive(batch, total)` gets the same batch and the sum of all replicas' vectors, and returns
#   the batch, normalised: each channel minus the mean over all rows of all replicas, divided by
#   $\sqrt{\text{variance} + 10^{-3}}$. The variance is that of the population (divide by the number
#   of rows).


# %% question="sync_norm" points=2
### BEGIN SOLUTION
def send(batch):
    return np.concatenate([[len(batch)], batch.sum(axis=0), (batch**2).sum(axis=0)])


def receive(batch, total):
    mean, square = np.split(total[1:] / total[0], 2)
    return (batch - mean) / np.sqrt(square - mean**2 + 1e-3)


### END SOLUTION

# %% check="sync_norm"
_all = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0], [7.0, 6.0]])
_parts = [_all[:1], _all[1:]]
_vectors = [np.asarray(send(_part)) for _part in _parts]
assert all(_vector.ndim == 1 for _vector in _vectors), "`send` returns one-dimensional arrays."
assert len({_vector.shape for _vector in _vectors}) == 1, "All replicas send the same length."
assert _vectors[0].size <= 5, f"Two channels allow 5 numbers, you send {_vectors[0].size}."
_out = np.concatenate([receive(_part, sum(_vectors)) for _part in _parts])
assert _out.shape == (4, 2), f"Together the outputs have the shape of the rows, not {_out.shape}."
assert np.allclose(_out.mean(axis=0), 0, atol=1e-6), (
    f"Over all rows each channel should have mean 0, you have {_out.mean(axis=0)}. Replicas have different numbers of "
    "rows: what has to travel with the sums?"
)
assert np.allclose(_out.std(axis=0), 1, atol=1e-3), (
    f"Over all rows each channel should spread by 1, you have {_out.std(axis=0)}. A mean of variances misses how far the "
    "replicas' means lie apart."
)

# %% probe="sync_norm" rtol=1e-5 atol=1e-7
_found = []
for _group in (batches, batches[::-1][:2], [0.01 * _batch for _batch in batches], batches[:1]):
    _total = np.sum([send(_batch) for _batch in _group], axis=0)
    _found += [receive(_batch, _total) for _batch in _group]
_lengths = [bool(np.size(send(_batch)) <= 9 and np.ndim(send(_batch)) == 1) for _batch in batches]
[*_found, _lengths]

# %% [markdown]
# ## Question 2 · a ring of devices (3 points)
#
# Write `ring_all_reduce(arrays)`. `arrays` has the shape `(n, length)`: row $i$ lies on device $i$,
# and $n \ge 2$. Every device cuts its array into $n$ chunks with `np.array_split` (some may be one
# number longer, some may be empty). Device $i$ sends only to device $i + 1$, the last one to device
# 0. Within a step all devices send at the same time: what arrives in a step is sent on in the next
# one at the earliest.
#
# - Steps $t = 0, …, n - 2$: device $i$ sends its chunk number $(i - t) \bmod n$; the receiver
#   *adds* it to its own chunk of that number.
# - Then steps $t = 0, …, n - 2$ again: device $i$ sends its chunk number $(i + 1 - t) \bmod n$; the
#   receiver *replaces* its own by it.
#
# Return `(result, sent)`: `result` with the shape and dtype of `arrays`, one row per device, and
# `sent`, a list of $n$ whole numbers: the bytes that each device has sent. `arrays` itself must not
# change.


# %% question="ring_all_reduce" points=3
### BEGIN SOLUTION
def ring_all_reduce(arrays):
    n = len(arrays)
    chunks = [[part.copy() for part in np.array_split(array, n)] for array in arrays]
    sent = [0] * n
    for offset, add in ((0, True), (1, False)):
        for t in range(n - 1):
            numbers = [(i + offset - t) % n for i in range(n)]
            messages = [chunks[i][numbers[i]].copy() for i in range(n)]
            for i, message in enumerate(messages):
                sent[i] += message.nbytes
                target = chunks[(i + 1) % n]
                target[numbers[i]] = target[numbers[i]] + message if add else message
    return np.stack([np.concatenate(parts) for parts in chunks]), sent


### END SOLUTION

# %% check="ring_all_reduce"
_start = np.arange(12.0).reshape(3, 4)
_copy = _start.copy()
_result, _sent = ring_all_reduce(_start)
assert np.array_equal(_start, _copy), "The arrays that came in have changed: send copies."
assert np.shape(_result) == (3, 4), f"Expected the shape (3, 4), got {np.shape(_result)}."
assert np.allclose(_result, _start.sum(axis=0)), (
    f"Every device should end with the sum {_start.sum(axis=0)}, you have {_result}. Which chunk number does "
    "device 2 send in step 0 of each half, and where is it added, where put in place?"
)
assert len(_sent) == 3, f"One number of bytes per device, not {_sent}."
assert sum(_sent) == 2 * 2 * 4 * 8, (
    f"Over the whole ring each of 4 numbers of 8 bytes travels 2 · (3 - 1) times: 128 bytes, not {_sent}."
)
assert len(set(_sent)) > 1, "Chunks of different length: devices should not all send the same."
assert ring_all_reduce(_start.astype("float32"))[0].dtype == np.float32, "The dtype should stay."

# %% probe="ring_all_reduce" rtol=1e-4 atol=1e-5
_found = []
for _arrays in (
    pieces,
    pieces[:2, :5],
    pieces[:4, :3],
    pieces[1:4].astype("float64"),
    pieces[:, :10],
):
    _before = _arrays.copy()
    _result, _sent = ring_all_reduce(_arrays)
    _found.append(_result)
    _found.append([int(_bytes) for _bytes in _sent])
    _found.append([str(_result.dtype), bool(np.array_equal(_before, _arrays))])
_found

# %% [markdown]
# ## Question 3 · a scale that finds itself (3 points)
#
# Write `train_scaled(gradients, learning_rate, scale, patience)`. `gradients` has the shape
# `(steps, n)` in float32: the true gradient of each step. The device computes with the scaled loss,
# so it delivers `half(scale * gradient)`, where `half` is given above.
#
# - If any entry of what it delivers is not finite, the step is *skipped*: the weights stay, and the
#   scale is halved.
# - Otherwise convert to float64, divide by the scale, and subtract `learning_rate` times that from
#   the weights. After `patience` good steps in a row *at the same scale*, double the scale; it
#   holds from the next step on.
# - Both changes of the scale start the count of good steps again. The scale never falls below 1: at
#   1, it stays when it should be halved.
#
# The weights start at 0, in float64. Return a dictionary with `weights` (array of shape `(n,)`),
# `scale` (float, after the last step), `skipped` (the list of the numbers of the skipped steps,
# from 0) and `lost` (in how many of the steps that were not skipped at least one entry that is not
# 0 in `gradients` was delivered as 0).


# %% question="train_scaled" points=3
### BEGIN SOLUTION
def train_scaled(gradients, learning_rate, scale, patience):
    weights = np.zeros(gradients.shape[1])
    scale, good, skipped, lost = float(scale), 0, [], 0
    for step, gradient in enumerate(gradients):
        delivered = half(scale * gradient)
        if not np.isfinite(delivered).all():
            skipped.append(step)
            scale, good = max(scale / 2, 1.0), 0
            continue
        lost += int(np.any((delivered == 0) & (gradient != 0)))
        weights -= learning_rate * delivered.astype("float64") / scale
        good += 1
        if good == patience:
            scale, good = scale * 2, 0
    return {"weights": weights, "scale": scale, "skipped": skipped, "lost": lost}


### END SOLUTION

# %% check="train_scaled"
_calm = np.full((6, 2), 0.5, "float32")
_got = train_scaled(_calm, 0.1, 8, 2)
assert np.allclose(_got["weights"], -0.3), (
    f"Six steps of 0.1 · 0.5 lead to -0.3, not {_got['weights']}. Is the scale taken out again?"
)
assert _got["scale"] == 64, f"Three pairs of good steps: 8 becomes 64, not {_got['scale']}."
assert not _got["skipped"], "Nothing is skipped here."
assert _got["lost"] == 0, "Nothing is lost here."
_wild = np.array([[1.0], [100.0], [1.0], [1.0], [1.0], [1.0]], "float32")
_got = train_scaled(_wild, 1.0, 1024, 2)
assert _got["skipped"] == [1], f"Only step 1 overflows (1024 · 100), you skip {_got['skipped']}."
assert _got["scale"] == 2048, (
    f"1024 is halved once and doubled after steps 3 and 5: 2048, not {_got['scale']}. Does a skipped step start "
    "the count again, and does a doubling?"
)
assert np.allclose(_got["weights"], -5), "The skipped step should not move the weights."
_got = train_scaled(np.array([[1e-9, 1.0], [0.0, 1.0]], "float32"), 1.0, 1, 9)
assert _got["lost"] == 1, (
    f"Step 0 loses an entry, step 1 does not (its 0 is a true 0); you count {_got['lost']}."
)
assert train_scaled(np.full((3, 1), 1e5, "float32"), 1.0, 2, 9)["scale"] == 1, "Not below 1."

# %% probe="train_scaled" rtol=1e-5 atol=1e-9
_found = []
for _scale, _patience in ((2.0**15, 4), (2.0**15, 9), (1, 3), (2.0**12, 100), (4.0, 1)):
    for _part in (gradients, 3000 * gradients[::-1], 1e-5 * gradients[5:35]):
        _got = train_scaled(_part, 0.01, _scale, _patience)
        _found += [_got["weights"], float(_got["scale"]), [int(_step) for _step in _got["skipped"]]]
        _found.append(int(_got["lost"]))
_found

# %% [markdown]
# ## Question 4 · the cheapest machine in time (3 points)
#
# Write `choose(layers, rows, steps, machines, deadline)`, which plans the training of a dense
# network on one machine. `layers` lists `(inputs, units)`, `rows` is the batch size, all numbers
# are in 2 bytes. For each layer, a training step is three matrix products of the same size: each
# costs $2 \cdot \text{rows} \cdot \text{inputs} \cdot \text{units}$ FLOPs, and moves its inputs
# (`rows × inputs`), weights (`inputs × units`) and outputs (`rows × units`), each once.
#
# A product takes the time that the roofline allows at best; times add up, over products, layers and
# steps. A machine is possible if
#
# - its memory holds 16 bytes for each weight, plus the inputs and the outputs of every layer in 2
#   bytes (an output that is the next layer's input counts twice; keep it easy), and
# - the run takes at most `deadline` hours.
#
# Of the possible ones, take the one with the lowest price of the whole run. Return a dictionary
# with `name`, `hours`, `dollars`, and `memory_share`: the share of the run's time that is spent in
# layers that are limited by memory on that machine (their intensity is below the ridge point). If
# no machine is possible, return `None`.


# %% question="choose" points=3
### BEGIN SOLUTION
def choose(layers, rows, steps, machines, deadline):
    flops = np.array([2 * rows * n * units for n, units in layers])
    moved = np.array([2 * (rows * n + n * units + rows * units) for n, units in layers])
    weights = sum(n * units for n, units in layers)
    needed = 16 * weights + sum(2 * rows * (n + units) for n, units in layers)
    best = None
    for name, machine in machines.items():
        times = np.maximum(flops / machine["peak"], moved / machine["bandwidth"])
        hours = float(3 * steps * times.sum() / 3600)
        limited = flops / moved < machine["peak"] / machine["bandwidth"]
        dollars = hours * machine["price"]
        if needed > machine["memory"] or hours > deadline:
            continue
        if best is None or dollars < best["dollars"]:
            share = float(times[limited].sum() / times.sum())
            best = {"name": name, "hours": hours, "dollars": dollars, "memory_share": share}
    return best


### END SOLUTION

# %% check="choose"
_toy = {
    "slow": {"peak": 1e6, "bandwidth": 1e6, "memory": 1e9, "price": 1.0},
    "fast": {"peak": 1e8, "bandwidth": 1e6, "memory": 1e9, "price": 3.0},
}
_got = choose([(100, 100)], 100, 1200, _toy, 1e9)
assert _got["name"] == "fast", (
    f"slow: 2 · 10⁶ FLOPs take 2 s. fast: 60,000 bytes take 0.06 s. Your choice: {_got['name']}."
)
assert np.isclose(_got["hours"], 1200 * 3 * 0.06 / 3600), (
    f"1200 steps of three products of 0.06 s are 0.06 hours, not {_got['hours']:.3f}."
)
assert np.isclose(_got["dollars"], 3 * _got["hours"]), "dollars = hours · price per hour."
assert _got["memory_share"] == 1, "33 FLOP per byte are below fast's ridge of 100: memory limits."
_toy["slow"]["price"] = 0.001
_got = choose([(100, 100)], 100, 1200, _toy, 1e9)
assert (_got["name"], _got["memory_share"]) == ("slow", 0), "Now slow is cheaper, and not limited."
assert choose([(100, 100)], 100, 1200, _toy, 1)["name"] == "fast", "slow needs 2 hours: too late."
assert choose([(100, 100)], 100, 1200, _toy, 0.01) is None, "Nobody is done in 36 seconds."
_toy["slow"]["memory"] = 190_000
assert choose([(100, 100)], 100, 1200, _toy, 1e9)["name"] == "fast", (
    "16 · 10,000 bytes for the weights and 40,000 for inputs and outputs do not fit into 190,000."
)

# %% probe="choose" rtol=1e-6
_found = []
_tight = {
    _name: {**_machine, "memory": 0.4 * _machine["memory"]} for _name, _machine in machines.items()
}
_weights = sum(_n * _units for _n, _units in layers)
_cases = [(_rows, 1e9) for _rows in (1, 16, 100, 700, 5000)] + [
    (1, 1.0),
    (1000, 0.8),
    (1000, 1e-6),
]
for _rows, _deadline in _cases:
    _got = choose(layers, _rows, 10_000_000, machines, _deadline)
    _found.append([None] if _got is None else [_got[_key] for _key in sorted(_got)])
for _rows in (100_000, 800_000, 2_000_000, 9_000_000):
    _got = choose([layers[0], layers[2]], _rows, 1000, _tight, 1e9)
    _found.append([None] if _got is None else [_got[_key] for _key in sorted(_got)])
for _extra in (-1, 0):
    _activations = sum(2 * 50 * (_n + _units) for _n, _units in layers)
    _exact = {"one": {**machines["middle"], "memory": 16 * _weights + _activations + _extra}}
    _got = choose(layers, 50, 1000, _exact, 1e9)
    _found.append([None] if _got is None else [_got[_key] for _key in sorted(_got)])
_found

# %% [markdown]
# ## Question 5 · the best pipeline (2 points)
#
# Write `pipeline(seconds, p, m, transfer)`. `seconds` lists how long each layer takes for *one*
# micro-batch (forward only). The layers are split into $p$ stages: neighbouring layers, in order,
# at least one in each stage. $m$ micro-batches go through. A stage works on one micro-batch at a
# time, in order, and starts as soon as it is free and the micro-batch has arrived; passing it on to
# the next stage takes `transfer` seconds, during which the sending stage already works on.
#
# Find the split for which the last micro-batch leaves the last stage earliest. Return `(time,
# idle)` for it: that time, and the share of all stages' time, from 0 to `time`, in which they do
# not work.


# %% question="pipeline" points=2
### BEGIN SOLUTION
def pipeline(seconds, p, m, transfer):
    best = np.inf
    for cuts in combinations(range(1, len(seconds)), p - 1):
        stages = [sum(part) for part in np.split(np.array(seconds), cuts)]
        best = min(best, sum(stages) + (m - 1) * max(stages) + (p - 1) * transfer)
    return float(best), float(1 - m * sum(seconds) / (p * best))


### END SOLUTION

# %% check="pipeline"
assert pipeline([1, 2, 3], 1, 4, 5)[0] == 24, "One stage does 4 · 6 seconds and never transfers."
assert np.isclose(pipeline([1, 2, 3], 1, 4, 5)[1], 0), "One stage is never idle."
_time, _idle = pipeline([1, 1, 1, 1], 4, 13, 0)
assert np.allclose((_time, _idle), (16, 3 / 16)), (
    f"Equal stages: 13 + 3 seconds and a bubble of 3/16, as in the lesson; you have {_time}, {_idle:.3f}."
)
_time, _idle = pipeline([2, 1, 1, 2, 2], 2, 3, 0)
assert np.isclose(_time, 16), (
    f"Split into 2 + 1 + 1 and 2 + 2, three micro-batches take 4 · 4 seconds; you have {_time}."
)
assert np.isclose(pipeline([3, 1], 2, 2, 0)[0], 7), (
    "The slow first stage sets the pace: 3, 3, then 1."
)
assert np.isclose(pipeline([3, 1], 2, 2, 10)[0], 17), "The transfers of two micro-batches overlap."

# %% probe="pipeline" rtol=1e-6
[
    [float(_number) for _number in pipeline(layer_seconds, _p, _m, _transfer)]
    for _p, _m, _transfer in (
        (1, 3, 1.5),
        (2, 1, 0.0),
        (2, 8, 0.5),
        (3, 4, 2.5),
        (4, 20, 0.25),
        (9, 5, 1.0),
    )
]

# %% [markdown]
# ## Question 6 · a run that is interrupted (2 points)
#
# Write `replay(work, interval, save, restart, taken)`, which replays a training of `work` hours on
# machines that are taken away at the clock times `taken` (hours, ascending). The run starts at
# clock 0. It works for `interval` hours, then saves for `save` hours, and so on. When all the work
# is done, it ends at once, without a save.
#
# At a time in `taken`, the machine stops at once. What was worked since the last *finished* save is
# lost (a save that was under way does not count). The next machine needs `restart` hours to load;
# then work goes on from the last finished save. A machine can be taken away while it loads; then
# loading starts again. Times in `taken` after the end do not matter.
#
# Return `(clock, lost, saves)`: the clock at the end, the hours of work that were lost in all, and
# the number of finished saves.


# %% question="replay" points=2
### BEGIN SOLUTION
def replay(work, interval, save, restart, taken):
    clock = done = lost = 0.0
    saves = 0
    stops = iter([*taken, np.inf])
    stop, ready = next(stops), 0.0  # the clock at which the machine has loaded
    while True:
        clock = ready
        while clock < stop:
            piece = min(interval, work - done)
            last = interval >= work - done
            if last and clock + piece <= stop:
                return clock + piece, lost, saves
            if not last and clock + piece + save <= stop:
                clock, done, saves = clock + piece + save, done + piece, saves + 1
            else:
                lost += min(piece, stop - clock)
                break
        ready, stop = stop + restart, next(stops)


### END SOLUTION

# %% check="replay"
_got = replay(10, 4, 1, 0.5, [])
assert np.allclose(_got, (12, 0, 2)), f"4 + save, 4 + save, 2: (12, 0, 2), not {_got}."
_got = replay(8, 4, 1, 0.5, [])
assert np.allclose(_got, (9, 0, 1)), f"4 + save, 4, and no save at the end: (9, 0, 1), not {_got}."
_got = replay(8, 4, 1, 0.5, [7])
assert np.allclose(_got, (11.5, 2, 1)), (
    f"At 7, two hours since the save at 5 are lost; ready at 7.5, done at 11.5. You have {_got}."
)
_got = replay(8, 4, 1, 0.5, [4.5])
assert np.allclose(_got, (14, 4, 1)), (
    f"At 4.5 the save is under way: all 4 hours are lost, but no more than those. You have {_got}."
)
_got = replay(8, 4, 1, 0.5, [7, 7.2, 100])
assert np.allclose(_got, (11.7, 2, 1)), (
    f"Taken away at 7.2, while loading: nothing more is lost, ready at 7.7. You have {_got}."
)

# %% probe="replay" rtol=1e-6 atol=1e-6
[
    [float(_number) for _number in replay(*_case)]
    for _case in (
        (30.0, 1.1, 0.07, 0.13, taken),
        (30.0, 0.37, 0.05, 0.9, taken),
        (12.0, 2.3, 0.4, 0.2, taken),
        (9.0, 20.0, 0.3, 0.1, taken[:2]),
        (17.0, 1.9, 0.6, 2.0, taken[:9]),
        (10.0, 4.0, 0.5, 0.25, [10 + taken[0] % 0.9]),
        (5.0, 1.0, 0.1, 0.3, [0.45, 0.6, 1.801, 3.05, 3.1, 4.4]),
    )
]
