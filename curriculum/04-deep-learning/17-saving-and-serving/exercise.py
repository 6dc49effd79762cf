# ---
# title: "Exercise: saving, shrinking and serving"
# minutes: 80
# ---

# %% [markdown]
# # Exercise: saving, shrinking and serving
#
# Six jobs between a trained network and its users: ranges for int8, a layer that computes in integers, a request handler,
# a batching queue, a latency report, and a model that takes raw pictures. No question needs the answer of another, and
# nothing is trained. Change `seed` to practise again on other data.

# %% tags=["parameters"]
seed = 17  # which data you get

# %%
import json

import keras
import numpy as np
from keras import layers, ops

rng = np.random.default_rng(seed)

# question 1: activations of three batches, mostly positive, with a few large ones
batches = [rng.gamma(2.0, 1.0, size=(n, 6)) - 0.4 for n in rng.integers(20, 40, size=3)]

# question 2: a dense layer, its inputs and their ranges
X, kernel = rng.normal(0.5, 1, size=(9, 12)), rng.normal(size=(12, 5)) * rng.uniform(0.2, 3, 5)
bias = rng.normal(0, 2, size=5)
x_scale, x_zero = 5 / 255, int(rng.integers(-70, -30))
w_scales = np.abs(kernel).max(axis=0) / 127
q_x = np.clip(np.round(X / x_scale) + x_zero, -128, 127).astype("int8")
q_w = np.round(kernel / w_scales).astype("int8")
y_scale, y_zero = float(rng.uniform(0.08, 0.12)), int(rng.integers(-20, 20))

# question 3: two signatures; a function takes one array per input and returns one per output
prices = rng.uniform(1, 9, size=3).round(2)


def quote(amounts, rebate):  # amounts: (n, 3), rebate: (n,)
    total = amounts @ prices
    return {"total": total, "to_pay": total * (1 - rebate)}


order = {"inputs": {"amounts": (3,), "rebate": ()}, "function": quote}
double = {"inputs": {"x": (2,)}, "function": lambda x: {"y": 2 * x}}

# question 4: arrival times in ms, in bursts
gaps = np.where(rng.random(40) < 0.25, rng.integers(15, 60, 40), rng.integers(0, 4, 40))
arrivals = np.cumsum(gaps).tolist()

# question 5: a log of (second, latency in ms), not in order
log = [(float(rng.uniform(0, 50)), float(rng.lognormal(3, 0.8))) for _ in range(260)]

# question 6: pictures as a camera delivers them, a network, and what it was trained with
pictures = rng.integers(0, 256, size=(5, 8, 10, 3)).astype("uint8")
mean, std = rng.uniform(0.3, 0.6, size=3), rng.uniform(0.1, 0.3, size=3)


def random_network(classes, source):  # gives logits for pictures of 6 × 6 pixels
    network = keras.Sequential([keras.Input((6, 6, 3)), layers.Flatten(), layers.Dense(classes)])
    network.set_weights([source.normal(size=w.shape) / 5 for w in network.weights])
    return network


network = random_network(4, rng)

# %% [markdown]
# ## Question 1 · ranges from typical data (2 points)
#
# A few extreme values can make the steps of all others coarse. Calibration may therefore leave out a share of the
# values at either end.
#
# Write `calibrate(batches, bits=8, clip=0.0)`. `batches` is a list of arrays of any shapes. Take all their values together
# (every value counts the same, whichever batch it is from); the range goes from their `clip` quantile to their
# `1 - clip` quantile (as `np.quantile` computes it). Then extend the range, where needed, so that it contains 0.
#
# Return the tuple `(scale, zero_point)` of a `float` and an `int`: the range is divided into `2**bits - 1` steps, and its lower
# end becomes the integer `-2**(bits - 1)`, so that `x / scale + zero_point`, rounded, is the integer of `x`. Round the zero
# point with `round` or `np.round`. If the range is 0 to 0, return `(1.0, 0)`.


# %% question="calibrate" points=2
### BEGIN SOLUTION
def calibrate(batches, bits=8, clip=0.0):
    values = np.concatenate([np.ravel(batch) for batch in batches])
    low, high = np.quantile(values, [clip, 1 - clip])
    low, high = min(low, 0), max(high, 0)
    if low == high:
        return 1.0, 0
    scale = (high - low) / (2**bits - 1)
    return float(scale), round(-(2 ** (bits - 1)) - low / scale)


### END SOLUTION

# %% check="calibrate"
_answer = calibrate(batches)
assert len(_answer) == 2, "Return the tuple (scale, zero_point)."
_scale, _zero = _answer
assert isinstance(_zero, (int, np.integer)), "The zero point should be an int: 0 must be exact."
_all = np.concatenate([_batch.ravel() for _batch in batches])
_q = np.round(_all / _scale) + _zero
assert np.allclose([_q.min(), _q.max()], [-128, 127], atol=1), (
    f"Your integers go from {_q.min():.0f} to {_q.max():.0f}; 8 bits offer -128 to 127, and without clipping "
    "all of them should be used. Do you take the values of all batches?"
)
_scale, _zero = calibrate([np.array([2.0, 5.0]), np.array([[3.0]])])
assert np.allclose([_zero, _scale], [-128, 5 / 255]), (
    "Values from 2 to 5: the range must still contain 0, so that 0 is the lowest integer."
)
_scale, _zero = calibrate([-np.ones(4)], bits=4)
assert (_zero, round(_scale, 4)) == (7, round(1 / 15, 4)), (
    "Values that are all -1, 4 bits: the range is -1 to 0, with 15 steps, and 0 is the highest integer, 7."
)
assert calibrate([np.zeros((2, 3))]) == (1.0, 0), "Only zeros: return (1.0, 0)."
assert calibrate(batches, clip=0.05)[0] < calibrate(batches)[0], (
    "Leaving out extreme values should make the steps finer."
)
_uneven = [np.zeros(98), np.array([10.0, 20.0])]
assert (
    abs(calibrate(_uneven, clip=0.01)[0] * 255 - np.quantile(np.r_[_uneven[0], 10, 20], 0.99))
    < 1e-6
), "Quantiles are those of all values together, not of each batch."

# %% probe="calibrate" rtol=1e-6
_small = [batches[0][:3, :2] + 2, batches[1][:1] + 5]
[
    calibrate(batches),
    calibrate(batches, 6),
    calibrate(batches, clip=0.03),
    calibrate([-batch for batch in batches], 4, 0.1),
    calibrate(_small),
    calibrate([-batch for batch in _small], bits=5),
    calibrate([0 * batches[0], batches[1].T], clip=0.05),
    calibrate([np.zeros(3), np.zeros((2, 2))], 4),
]

# %% [markdown]
# ## Question 2 · a layer in integers (3 points)
#
# On an integer chip, a dense layer has int8 inputs `q_x` (shape `(rows, inputs)`, with `x_scale` and `x_zero`), int8 weights
# `q_w` (shape `(inputs, units)`, symmetric, with one scale per unit in `w_scales`) and an output in int8, with `y_scale` and
# `y_zero`. The bias is a float vector.
#
# Write `integer_dense(q_x, x_scale, x_zero, q_w, w_scales, bias, y_scale, y_zero, relu=False)`, which returns the tuple
# `(accumulators, q_y)`:
#
# - `accumulators`, int32, shape `(rows, units)`: sums of products of integers, where an input counts with its distance
#   from the zero point, plus the bias. One step of an accumulator is worth `x_scale * w_scales`; the bias is rounded to
#   whole steps first.
# - `q_y`, int8: the accumulators converted to steps of `y_scale`, rounded (`np.round`), shifted by `y_zero` and clipped to
#   −128…127. With `relu=True`, negative outputs become 0 – as integers, of course.
#
# Mind that NumPy's int8 overflows silently.


# %% question="integer_dense" points=3
### BEGIN SOLUTION
def integer_dense(q_x, x_scale, x_zero, q_w, w_scales, bias, y_scale, y_zero, relu=False):
    step = x_scale * w_scales
    accumulators = (q_x.astype("int32") - x_zero) @ q_w.astype("int32")
    accumulators += np.round(bias / step).astype("int32")
    q_y = np.round(accumulators * step / y_scale) + y_zero
    return accumulators, np.clip(q_y, y_zero if relu else -128, 127).astype("int8")


### END SOLUTION

# %% check="integer_dense"
_given = (q_x, x_scale, x_zero, q_w, w_scales, bias, y_scale, y_zero)
_answer = integer_dense(*_given)
assert len(_answer) == 2, "Return the tuple (accumulators, q_y)."
_sums, _q = (np.asarray(_part) for _part in _answer)
assert (_sums.dtype, _q.dtype) == (np.int32, np.int8), (
    f"expected int32 and int8, got {_sums.dtype} and {_q.dtype}"
)
assert _sums.shape == _q.shape == (9, 5), f"expected (9, 5) twice, got {_sums.shape}, {_q.shape}"
_x, _w = (q_x.astype(float) - x_zero) * x_scale, q_w * w_scales
assert np.allclose(_sums * (x_scale * w_scales), _x @ _w + bias, atol=0.01), (
    "The accumulators, times their step, should be the layer's outputs. Is the zero point subtracted before "
    "multiplying, in a type with room? Is the bias in there, in the same steps?"
)
_inside = (_q > -128) & (_q < 127)
assert np.allclose(
    (_q.astype(float) - y_zero)[_inside] * y_scale,
    (_x @ _w + bias)[_inside],
    atol=0.51 * y_scale + 0.01,
), "Converted back, q_y should be within half a step of the layer's outputs."
_relu = np.asarray(integer_dense(*_given, relu=True)[1])
assert _relu.min() >= y_zero, f"After ReLU nothing is below the integer of 0, which is {y_zero}."
assert np.array_equal(_relu[_q > y_zero], _q[_q > y_zero]), (
    "ReLU should not change positive outputs."
)
_wide = np.asarray(integer_dense(*_given[:6], y_scale / 50, y_zero)[1])
assert {_wide.min(), _wide.max()} == {-128, 127}, (
    "With a very fine y_scale, outputs beyond the range should be clipped to -128 and 127, not wrapped."
)

# %% probe="integer_dense"
[
    integer_dense(q_x, x_scale, x_zero, q_w, w_scales, bias, y_scale, y_zero),
    integer_dense(q_x, x_scale, x_zero, q_w, w_scales, bias, y_scale, y_zero, relu=True),
    integer_dense(q_x[:4], 2 * x_scale, -x_zero, q_w, w_scales[::-1], -bias, y_scale, -y_zero),
    integer_dense(
        q_x[:, :3], x_scale, 0, q_w[:3, :2], w_scales[:2], bias[:2], y_scale / 9, 90, True
    ),
    integer_dense(q_x[:, :3], x_scale, 0, q_w[:3, :2], w_scales[:2], bias[:2], y_scale / 30, -60),
]

# %% [markdown]
# ## Question 3 · a request, a reply (3 points)
#
# Write `predict(signature, text)`. `signature` is a dictionary: `"inputs"` maps each input's name to the shape of one
# row's value (`()` for a single number), `"function"` takes the inputs as named arrays with a batch axis in front, and returns a
# dictionary of output arrays with the same batch axis. `text` is the body of a request, JSON in TensorFlow Serving's
# format. Return the tuple `(status, reply)`, with a reply that `json.dumps` can write.
#
# - Row form: `{"instances": [...]}`, one item for each row: an object with a value for each input. If the signature has one
#   input, items are its values themselves. The reply is `{"predictions": [...]}`, one item for each row: an object with a
#   value for each output, or the value itself if there is one output.
# - Column form: `{"inputs": ...}`, an object with one array for each input, with the batch axis in front; with one
#   input, that array itself. The reply is `{"outputs": ...}`: an object with one list for each output, or the list itself if
#   there is one output.
# - `"signature_name"` may be there too; ignore it.
# - Anything else gives status 400 and `{"error": ...}` with a text that is not empty: text that is no JSON or no object,
#   both forms or neither, no rows, an input missing or unknown, values that are not numbers (as text, `null`, `true`), a shape that does not fit,
#   inputs that differ in their number of rows.


# %% question="predict" points=3
### BEGIN SOLUTION
def predict(signature, text):
    names = signature["inputs"]
    try:
        request = json.loads(text)
        by_row = "instances" in request
        if by_row == ("inputs" in request):
            raise ValueError("give either instances or inputs")
        given = request["instances"] if by_row else request["inputs"]
        if len(names) == 1:
            given = {name: given for name in names}
        elif by_row:
            if any(row.keys() != names.keys() for row in given):
                raise ValueError(f"each row needs {list(names)}")
            given = {name: [row[name] for row in given] for name in names}
        if given.keys() != names.keys():
            raise ValueError(f"expected {list(names)}")
        arrays = {name: np.array(value, dtype=object) for name, value in given.items()}
        rows = {len(array) for array in arrays.values()}
        if len(rows) != 1 or rows == {0}:
            raise ValueError("inputs need the same number of rows, at least one")
        for name, array in arrays.items():
            kinds = {type(number) for number in array.ravel()}
            if not kinds <= {int, float} or array.shape[1:] != names[name]:
                raise ValueError(f"{name}: a row needs numbers of the shape {names[name]}")
        outputs = signature["function"](**{k: array.astype(float) for k, array in arrays.items()})
    except Exception as error:
        return 400, {"error": repr(error)}
    columns = {name: value.tolist() for name, value in outputs.items()}
    if len(columns) == 1:
        (values,) = columns.values()
        return 200, {"predictions" if by_row else "outputs": values}
    if by_row:
        rows = zip(*columns.values(), strict=True)
        return 200, {"predictions": [dict(zip(columns, row, strict=True)) for row in rows]}
    return 200, {"outputs": columns}


### END SOLUTION

# %% check="predict"
_rows = [{"amounts": [1, 0, 2], "rebate": 0.5}, {"rebate": 0, "amounts": [0, 1, 0]}]
_status, _reply = predict(order, json.dumps({"instances": _rows}))
assert _status == 200, f"A good request in row form should give 200, not {_status}: {_reply}"
json.dumps(_reply)
assert list(_reply) == ["predictions"], f"Row form: expected predictions, got {_reply}"
assert len(_reply["predictions"]) == 2, f"Two rows should give two predictions, got {_reply}"
assert np.isclose(_reply["predictions"][1]["to_pay"], prices[1]), (
    f"The second row should pay {prices[1]}, you reply {_reply['predictions'][1]}"
)
_columns = {"amounts": [[1, 0, 2], [0, 1, 0]], "rebate": [0.5, 0]}
_status, _reply = predict(order, json.dumps({"signature_name": "quote", "inputs": _columns}))
assert (_status, set(_reply.get("outputs", ""))) == (200, {"total", "to_pay"}), (
    f"Column form: expected an object with two lists, got {_reply}"
)
assert predict(double, '{"instances": [[1, 2], [3, 4]]}') == (
    200,
    {"predictions": [[2, 4], [6, 8]]},
), "One input and one output: values go in and out without names."
assert predict(double, '{"inputs": [[1, 2]]}') == (200, {"outputs": [[2, 4]]}), (
    "One input and one output, column form."
)
for _bad, _why in (
    ("{", "no JSON"),
    ("[1, 2]", "no object"),
    ('{"instances": []}', "no rows"),
    ('{"instances": [[1, 2, 3]]}', "wrong shape"),
    ('{"instances": [[1, 2], [3]]}', "rows of different lengths"),
    ('{"instances": [["1", "2"]]}', "text instead of numbers"),
    ('{"instances": [[true, false]]}', "true and false are no numbers"),
    ('{"instances": [[1, true]]}', "true is no number, beside one either; NumPy makes it one"),
    ('{"inputs": [[1, 2]], "instances": [[1, 2]]}', "both forms"),
):
    _status, _reply = predict(double, _bad)
    assert (_status, list(_reply), bool(_reply.get("error"))) == (400, ["error"], True), (
        f"{_bad} ({_why}) should give 400 and an error text, you give {_status}, {_reply}"
    )
_status, _ = predict(order, json.dumps({"inputs": {**_columns, "colour": [1, 2]}}))
assert _status == 400, "An unknown input should give 400."
_status, _ = predict(order, json.dumps({"inputs": {**_columns, "rebate": [0.5]}}))
assert _status == 400, "Two rows of amounts and one of rebate should give 400."

# %% probe="predict" rtol=1e-6
_source = np.random.default_rng([seed, 3])
_amounts, _rebates = _source.integers(0, 9, size=(4, 3)).tolist(), _source.random(4).tolist()
_rows = [{"rebate": r, "amounts": a} for r, a in zip(_rebates, _amounts, strict=True)]
_columns = {"amounts": _amounts, "rebate": _rebates}
_three = {
    "inputs": {"x": ()},
    "function": lambda x: {"a": x + 1, "b": np.stack([x, 2 * x], axis=1)},
}
_sums = {
    "inputs": {"u": (2, 2), "v": (1,)},
    "function": lambda u, v: {"s": u.sum((1, 2)) + v[:, 0]},
}
_echo = {"inputs": {"x": ()}, "function": lambda x: {"y": x}}
_free = {"inputs": {"a": (), "b": ()}, "function": lambda **given: {"sum": sum(given.values())}}
_matrix = _source.normal(size=(3, 2, 2)).round(3).tolist()


def _outcome(signature, request):
    status, reply = predict(signature, request if isinstance(request, str) else json.dumps(request))
    if status == 200:
        return [200, json.loads(json.dumps(reply))]
    return [status, list(reply), isinstance(reply["error"], str) and reply["error"] != ""]


[
    _outcome(order, {"instances": _rows, "signature_name": "x"}),
    _outcome(order, {"inputs": _columns}),
    _outcome(order, {"instances": _rows[:1]}),
    _outcome(double, {"inputs": [[1.5, seed % 7], [0, 3]]}),
    _outcome(double, {"instances": [[seed % 5, 2]]}),
    _outcome(_three, {"instances": _rebates}),
    _outcome(_three, {"inputs": _rebates[:2]}),
    _outcome(_sums, {"inputs": {"u": _matrix, "v": [[1], [2], [3]]}}),
    _outcome(_sums, {"instances": [{"u": m, "v": [4]} for m in _matrix]}),
    _outcome(_sums, {"inputs": {"u": _matrix, "v": [1, 2, 3]}}),
    _outcome(_sums, {"inputs": {"u": _matrix, "v": [[1]]}}),
    _outcome(order, {"instances": [*_rows, {"amounts": [1, 2, 3]}]}),
    _outcome(order, {"instances": [*_rows, {**_rows[0], "more": 1}]}),
    _outcome(order, {"inputs": {"amounts": _amounts}}),
    _outcome(order, {"inputs": {**_columns, "more": _rebates}}),
    _outcome(order, {"instances": _rows, "inputs": _columns}),
    _outcome(order, {"rows": _rows}),
    _outcome(order, {"instances": []}),
    _outcome(order, {"inputs": {"amounts": [], "rebate": []}}),
    _outcome(order, {"inputs": _amounts}),
    _outcome(order, {"instances": _amounts}),
    _outcome(_three, {"instances": [["1"], ["2"]]}),
    _outcome(_three, {"instances": ["1", "2"]}),
    _outcome(_three, {"inputs": [1, None]}),
    _outcome(_three, {"inputs": 5}),
    _outcome(double, {"instances": [[1, 2], [3, 4]][: seed % 2 + 1]}),
    _outcome(double, {"instances": [[1, 2, 3]]}),
    _outcome(double, {"inputs": [1, 2]}),
    _outcome(double, {"inputs": [[True, False]]}),
    _outcome(double, {"inputs": [[2, 3], [False, 1.5]]}),
    _outcome(_echo, {"inputs": []}),
    _outcome(_echo, {"instances": ["a", "b"]}),
    _outcome(_echo, {"instances": [1, None]}),
    _outcome(_echo, {"instances": [[1], [2]]}),
    _outcome(_free, {"inputs": {"a": [1, 2]}}),
    _outcome(_free, {"inputs": {"a": [1, 2], "b": [3, 4]}}),
    _outcome(_free, {"instances": [{"a": 1}, {"a": 2}]}),
    _outcome(double, "instances"),
    _outcome(double, "3"),
]

# %% [markdown]
# ## Question 4 · a batching queue (3 points)
#
# What would other settings do to yesterday's traffic? Nobody has to run the model for that.
#
# One worker serves requests in the order of their arrival. When it is free, it takes the oldest waiting request; if there is
# none, it waits for the next. Let $t$ be the moment at which it takes that first request. It then collects further requests
# until the batch holds `max_batch_size`, or until $t$ + `timeout`, whichever comes first, and starts to compute at that
# moment. (A request that arrives exactly then still belongs to the batch, if there is room.) A batch of $n$ requests takes
# `fixed + per_row * n`; then the worker is free again.
#
# Write `simulate(arrivals, max_batch_size, timeout, fixed, per_row)`, for arrival times in ascending order, all in
# milliseconds. Return the tuple `(batches, latencies)`: `batches` lists a tuple `(start of the computation, n)` for each
# batch; `latencies` lists for each request, in the order of arrival, the time from its arrival to the end of its
# batch's computation.


# %% question="simulate" points=3
### BEGIN SOLUTION
def simulate(arrivals, max_batch_size, timeout, fixed, per_row):
    batches, latencies, free, first = [], [], 0, 0
    while first < len(arrivals):
        taken = max(free, arrivals[first])
        room = arrivals[first : first + max_batch_size]
        batch = [arrival for arrival in room if arrival <= taken + timeout]
        full = len(batch) == max_batch_size
        start = max(taken, batch[-1]) if full else taken + timeout
        free = start + fixed + per_row * len(batch)
        batches.append((start, len(batch)))
        latencies += [free - arrival for arrival in batch]
        first += len(batch)
    return batches, latencies


### END SOLUTION

# %% check="simulate"
_batches, _latencies = simulate([5, 100], 1, 0, 10, 2)
assert list(map(tuple, _batches)) == [(5, 1), (100, 1)], f"One at a time: {_batches}"
assert list(_latencies) == [12, 12], f"10 + 2 for one row, nobody waits: {_latencies}"
_batches, _latencies = simulate([0, 3, 8], 4, 8, 10, 0)
assert list(map(tuple, _batches)) == [(8, 3)], (
    f"The first is taken at 0 and the batch closes at 8, with all three: {_batches}"
)
_batches, _ = simulate([0, 3, 8], 2, 20, 10, 0)
assert list(map(tuple, _batches)) == [(3, 2), (33, 1)], (
    "A full batch starts at once, at 3. The third request is taken when the worker is free, at 13, and waits "
    f"20 ms for others: {_batches}"
)
_batches, _ = simulate([0, 1, 2, 3], 2, 20, 10, 0)
assert list(map(tuple, _batches)) == [(1, 2), (11, 2)], (
    f"At 11 two requests are there already: the batch is full and starts at once. {_batches}"
)
_batches, _latencies = simulate(arrivals, 8, 5, 12, 0.5)
assert sum(_n for _, _n in _batches) == len(_latencies) == 40, (
    "Each of the 40 requests is served once."
)
assert min(_latencies) >= 12.5, "No request can be faster than a batch of one."
_whole, _greedy = (max(simulate(arrivals, 16, _t, 12, 0.5)[1]) for _t in (10_000, 0))
assert _whole > _greedy, "A huge timeout should make the slowest request slower."

# %% probe="simulate" rtol=1e-6
[
    simulate(arrivals, 8, 5, 12, 0.5),
    simulate(arrivals, 1, 5, 7, 1),
    simulate(arrivals, 16, 0, 12, 0.5),
    simulate(arrivals, 4, 20, 6, 2),
    simulate(arrivals[3:], 3, 2, 1, 0),
    simulate([20 + 2 * k for k in range(9)], 4, 4, 3, seed % 5),
    simulate([0, 2, 3], 2, 1, 1, seed % 3),
    simulate([], 4, 5, 1, 1),
]

# %% [markdown]
# ## Question 5 · a report that hides nothing (2 points)
#
# `log` lists requests as `(second, latency)`, in no order. Write `report(log, width, target)`. It divides time into windows of
# `width` seconds, the first from 0 to just below `width`, and so on, and returns a list with one tuple for each window that
# has requests, in the order of time: `(number of the window, requests, mean, p50, p99, met)`.
#
# A percentile $p$ of $n$ latencies is here the value at place $\lceil p\,n / 100 \rceil$ in ascending order, counted from 1
# (*nearest rank*: a latency that really occurred). `met` is the share of the window's requests whose latency is at most
# `target`.


# %% question="report" points=2
### BEGIN SOLUTION
def report(log, width, target):
    windows = {}
    for second, latency in log:
        windows.setdefault(int(second // width), []).append(latency)
    rows = []
    for number, values in sorted(windows.items()):
        values, n = sorted(values), len(values)
        p50, p99 = (values[-(-p * n // 100) - 1] for p in (50, 99))
        met = sum(value <= target for value in values) / n
        rows.append((number, n, sum(values) / n, p50, p99, met))
    return rows


### END SOLUTION

# %% check="report"
_rows = report([(0.5, 30), (3.0, 10), (9.99, 20), (25.0, 7)], 10, 20)
assert len(_rows) == 2, f"Two windows have requests, you report {len(_rows)}."
assert [len(_row) for _row in _rows] == [6, 6], "Each window is a tuple of six."
assert list(_rows[0])[:5] == [0, 3, 20, 20, 30], (
    f"Latencies 30, 10, 20: window 0, 3 requests, mean 20, p50 20 and p99 30; you have {_rows[0]}"
)
assert np.isclose(_rows[0][5], 2 / 3), "Two of three are at most 20 ms."
assert list(_rows[1]) == [2, 1, 7, 7, 7, 1], f"The second at 25 lies in window 2: {_rows[1]}"
_row = report([(1, _ms) for _ms in (4, 1, 3, 2)], 5, 9)[0]
assert _row[3] == 2, f"p50 of 1, 2, 3, 4 by nearest rank is 2, you have {_row[3]}."
_row = report([(1, _ms) for _ms in range(1, 201)], 5, 9)[0]
assert _row[4] == 198, f"p99 of 1 to 200 is the value at place 198; you have {_row[4]}."
assert report([(10, 1)], 10, 5)[0][0] == 1, "Second 10 opens window 1."

# %% probe="report" rtol=1e-6
[
    report(log, 10, 25.0),
    report(log, 3.5, 40.0),
    report(log[:100], 60, log[3][1]),
    report([(k, k % 7) for k in range(seed % 9 + 5)], 4, 3),
]

# %% [markdown]
# ## Question 6 · raw pictures in, answers out (2 points)
#
# A network was trained on crops of 6 × 6 pixels, scaled to 0–1, then standardised channel by channel with `mean` and `std` (that
# is, minus the mean, divided by the standard deviation, both of the scaled pixels). It returns logits. A camera delivers
# `uint8` pictures of `height` by `width` pixels, both at least 6.
#
# Write `for_serving(network, mean, std, height, width)`, which returns a `keras.Model` that takes the camera's pictures, shape
# `(batch, height, width, 3)`, and does the rest inside: cut out the middle 6 × 6 pixels (the first row of the crop is
# `(height - 6) // 2`, the first column accordingly), prepare them and classify. It returns a dictionary:
# `"probabilities"`, shape `(batch, classes)`, and `"label"`, shape `(batch,)`, the index of the most probable class,
# integers.


# %% question="for_serving" points=2
### BEGIN SOLUTION
def for_serving(network, mean, std, height, width):
    pictures = keras.Input((height, width, 3), dtype="uint8", name="pictures")
    top, left = (height - 6) // 2, (width - 6) // 2
    crop = pictures[:, top : top + 6, left : left + 6]
    probabilities = ops.softmax(network((ops.cast(crop, "float32") / 255 - mean) / std))
    label = ops.argmax(probabilities, axis=-1)
    return keras.Model(pictures, {"probabilities": probabilities, "label": label})


### END SOLUTION

# %% check="for_serving"
_model = for_serving(network, mean, std, 8, 10)
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
_out = _model(pictures)
assert set(_out) == {"probabilities", "label"}, f"expected two named outputs, got {list(_out)}"
_p, _label = (np.asarray(_out[_key]) for _key in ("probabilities", "label"))
assert (_p.shape, _label.shape) == ((5, 4), (5,)), f"shapes are {_p.shape} and {_label.shape}"
assert np.allclose(_p.sum(axis=1), 1, atol=1e-4), "Probabilities should add up to 1."
assert np.array_equal(_label, _p.argmax(axis=1)), (
    "The label is the index of the largest probability."
)
_frame = pictures.copy()
_frame[:, [0, -1]], _frame[:, :, [0, 1, -2, -1]] = 255, 0
assert np.allclose(np.asarray(_model(_frame)["probabilities"]), _p, atol=1e-4), (
    "Changing the outer pixels, here 1 row and 2 columns on each side, should change nothing."
)
_even = np.full((1, 8, 10, 3), 51, "uint8")
_want = np.asarray(ops.softmax(network((np.full((1, 6, 6, 3), 0.2) - mean) / std)))
assert np.allclose(np.asarray(_model(_even)["probabilities"]), _want, atol=1e-4), (
    "An even picture of value 51 is 0.2 after scaling, then (0.2 - mean) / std per channel."
)

# %% probe="for_serving" rtol=1e-3 atol=1e-4
_other = random_network(3, np.random.default_rng([seed, 6]))
_served = [
    (for_serving(network, mean, std, 8, 10), pictures),
    (for_serving(_other, std, mean, 7, 9), pictures[:, 1:, :9]),
    (for_serving(_other, mean, std, 6, 6), pictures[:2, :6, :6]),
]
[{key: np.asarray(value) for key, value in model(X).items()} for model, X in _served]
