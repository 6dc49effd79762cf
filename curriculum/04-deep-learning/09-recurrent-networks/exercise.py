# ---
# title: "Exercise: recurrent networks"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: recurrent networks
#
# Six jobs around recurrent networks that the lesson did not do for you. No question needs the answer of
# another, and nothing here is trained. Change `seed` to practise again on other data. Weights are those
# of Keras: `kernel` (features × gates), `recurrent_kernel` (units × gates), `bias`.

# %% tags=["parameters"]
seed = 23  # which data you get

# %%
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)

# question 1: a batch of padded sequences; what stands behind a sequence means nothing
batch, lengths = rng.normal(size=(5, 6, 3)), rng.permutation([0, 1, 3, 5, 6])
batch[np.arange(6) >= lengths[:, np.newaxis]] = np.nan
lstm_weights = [rng.normal(size=shape) for shape in ((3, 8), (2, 8), (8,))]
# question 2: five symbols, three units
keep = rng.permuted(np.tile([[0.0], [0.5], [1.0], [1.0], [0.8]], 3), axis=0)
add = rng.permuted(np.tile([[0.9], [-0.7], [0.0], [0.3], [-0.4]], 3), axis=0)
words = rng.integers(5, size=(4, 12))
# question 3: weights as PyTorch stores them, for 3 features and 4 units
torch_weights = {
    kind: [rng.normal(size=shape) for shape in ((n * 4, 3), (n * 4, 4), (n * 4,), (n * 4,))]
    for kind, n in (("rnn", 1), ("gru", 3), ("lstm", 4))
}
# question 4
units, sizes = rng.integers(5, 40, size=6).tolist(), rng.integers(2, 6, size=2).tolist()
# question 5: a SimpleRNN with two units
inputs, recurrent = 0.6 * rng.normal(size=(9, 2)), rng.normal(size=(2, 2))
# question 6
series = [np.cumsum(rng.normal(size=n)) for n in rng.permutation([31, 44, 26])]


def read_symbols(weights, symbols, n_symbols):  # for question 2: h and c after the last symbol
    layer = layers.LSTM(np.shape(weights[1])[0], return_state=True)
    layer.build((None, None, n_symbols))
    layer.set_weights(weights)
    return [np.asarray(part) for part in layer(np.eye(n_symbols)[symbols])[1:]]


# %% [markdown]
# ## Question 1 · padded sequences, both directions (3 points)
#
# Write `run_lstm(sequences, lengths, weights, backwards=False)` in NumPy.
#
# - `sequences` has the shape `(batch, steps, features)`. Of sequence `b`, the first `lengths[b]` steps
#   are real, the others padding. Padding can hold anything, `np.nan` included. A length can be 0.
# - `weights` is `[kernel, recurrent_kernel, bias]` of a Keras `LSTM`.
# - Forwards, each sequence is read from its first real step to its last; with `backwards=True` from its
#   last real step to its first. States start at zero, and padding leaves them as they are.
#
# Return the tuple `(states, h, c)`: `h` and `c`, shape `(batch, units)`, are the state and the cell after
# all is read. `states`, shape `(batch, steps, units)`, holds at place `t` the state after reading step
# `t`. On padding it holds the last state if read forwards, zeros if read backwards.


# %% question="run_lstm" points=3
### BEGIN SOLUTION
def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def run_lstm(sequences, lengths, weights, backwards=False):
    kernel, recurrent_kernel, bias = weights
    steps = sequences.shape[1]
    h = c = np.zeros((len(sequences), len(recurrent_kernel)))
    states = np.zeros((len(sequences), steps, len(recurrent_kernel)))
    for t in reversed(range(steps)) if backwards else range(steps):
        z = sequences[:, t] @ kernel + h @ recurrent_kernel + bias
        i, f, candidate, o = np.split(z, 4, axis=1)
        real = (t < np.asarray(lengths))[:, np.newaxis]
        c = np.where(real, sigmoid(f) * c + sigmoid(i) * np.tanh(candidate), c)
        h = np.where(real, sigmoid(o) * np.tanh(c), h)
        states[:, t] = h
    return states, h, c


### END SOLUTION

# %% check="run_lstm"
_layer = layers.LSTM(2, return_sequences=True, return_state=True)
_mask = np.arange(6) < lengths[:, np.newaxis]
for _backwards in (False, True):
    _layer.go_backwards = _backwards
    _layer(np.zeros((1, 6, 3)))
    _layer.set_weights(lstm_weights)
    _want = [np.asarray(_part) for _part in _layer(np.nan_to_num(batch), mask=_mask)]
    if _backwards:
        _want[0] = _want[0][:, ::-1]  # Keras gives these in the order of reading
    _got = run_lstm(batch, lengths, lstm_weights, _backwards)
    assert len(_got) == 3, "Return the tuple (states, h, c)."
    assert not any(np.isnan(np.asarray(_part)).any() for _part in _got), (
        "There is nan in the result. np.nan times 0 is np.nan, too: choose instead of multiplying."
    )
    for _name, _mine, _theirs in zip(("states", "h", "c"), _got, _want, strict=True):
        assert np.shape(_mine) == _theirs.shape, f"{_name}: expected the shape {_theirs.shape}"
        assert np.allclose(_mine, _theirs, atol=1e-4), (
            f"backwards={_backwards}: Keras has other values for {_name}. Order of the gates? What happens to "
            "h and c on padding? Where does each sequence end?"
        )

# %% probe="run_lstm" rtol=1e-6 atol=1e-9
[
    run_lstm(batch, lengths, lstm_weights),
    run_lstm(batch, lengths.tolist(), lstm_weights, backwards=True),
    run_lstm(
        batch[:2, ::-1, :2][:, :4], [0, 0], [w[-2:] for w in lstm_weights[:2]] + lstm_weights[2:]
    ),
    run_lstm(np.nan_to_num(batch[:, :5]), [5, 1, 4, 2, 3], [2 * w for w in lstm_weights], True),
]

# %% [markdown]
# ## Question 2 · a memory by design (3 points)
#
# Choose the weights of an LSTM by thinking instead of training. Symbols 0, 1, 2, … come in one-hot, shape
# `(batch, steps, symbols)`. When symbol `s` comes, the cell of unit `j` shall do
#
# $$ c_j \leftarrow \text{keep}_{sj} \, c_j + \text{add}_{sj} $$
#
# and its output shall be $h_j = \tanh(c_j)$, each to within 0.001 after a dozen steps. So `keep` 1, `add`
# 0.9 counts the symbol, 0 and 0 forgets, 1 and 0 ignores it.
#
# Write `design(keep, add)`. Both have the shape `(symbols, units)`; `keep` lies between 0 and 1 (both may
# occur), `add` between −0.95 and 0.95. Return the list `[kernel, recurrent_kernel, bias]` of finite
# numbers for `LSTM(units)`.


# %% question="design" points=3
### BEGIN SOLUTION
def design(keep, add):
    symbols, n_units = np.shape(keep)
    share = np.clip(keep, 1e-9, 1 - 1e-9)
    always = np.full((symbols, n_units), 30.0)
    kernel = np.concatenate([always, np.log(share / (1 - share)), np.arctanh(add), always], axis=1)
    return [kernel, np.zeros((n_units, 4 * n_units)), np.zeros(4 * n_units)]


### END SOLUTION


# %% check="design"
_weights = design(keep, add)
assert [np.shape(_w) for _w in _weights] == [(5, 12), (3, 12), (12,)], (
    f"expected the shapes (5, 12), (3, 12), (12,), got {[np.shape(_w) for _w in _weights]}"
)
assert all(np.isfinite(_w).all() for _w in _weights), "Some weights are not finite."
_h, _c = read_symbols(
    design([[1.0], [0.0], [1.0]], [[0.9], [0.0], [0.0]]), [[0, 0, 2, 1, 0, 2, 0, 0]], 3
)
assert abs(_c[0, 0] - 2.7) < 2e-3, (
    "Symbol 0 adds 0.9, 1 forgets, 2 does nothing. After 0 0 2 1 0 2 0 0 the cell should be 2.7, and is "
    f"{_c[0, 0]:.3f}. How near to 0 and 1 are the gates? What is the candidate's tanh?"
)
assert abs(_h[0, 0] - np.tanh(_c[0, 0])) < 1e-3, "The output should be tanh of the cell."
_c = read_symbols(design([[0.5, 1.0]], [[0.0, -0.5]]), [[0] * 4], 1)[1]
assert abs(_c[0, 0]) < 2e-3, "With nothing added the first unit's cell stays at 0."
assert abs(_c[0, 1] + 2) < 2e-3, (
    "Four times −0.5 is −2. In which columns are the second unit's gates?"
)

# %% probe="design" atol=3e-3
[
    [_part.tolist() for _part in read_symbols(design(keep, add), words, 5)],
    [
        _part.tolist()
        for _part in read_symbols(design(keep[:4, :1].tolist(), add[:4, :1]), words % 4, 4)
    ],
    [_part.tolist() for _part in read_symbols(design(keep[:, ::-1] ** 2, -add), words[:2, :7], 5)],
]

# %% [markdown]
# ## Question 3 · weights from PyTorch (2 points)
#
# PyTorch computes, with $W$ of the shape `(gates · units, features)`, $R$ of `(gates · units, units)`,
# and *two* biases $b$ and $d$ of `(gates · units,)` for every kind ($x$ and $h$ are columns):
#
# - `"rnn"`: $h_t = \tanh(W x_t + b + R\,h_{t-1} + d)$.
# - `"lstm"`: gates stacked in the order $i, f, \tilde c, o$, the same formulas as in Keras.
# - `"gru"`: gates stacked in the order **reset, update, candidate**; the candidate is
#   $n = \tanh(W_n x_t + b_n + r \cdot (R_n h_{t-1} + d_n))$, the new state
#   $h_t = (1 - z) \cdot n + z \cdot h_{t-1}$, with $z$ the update gate.
#
# Write `from_torch(kind, W, R, b, d)`, which returns the list of weights for `SimpleRNN`, `LSTM` or `GRU`
# in Keras (all with default arguments), so that the layer gives the same outputs.


# %% question="from_torch" points=2
### BEGIN SOLUTION
def from_torch(kind, W, R, b, d):
    if kind != "gru":
        return [W.T, R.T, b + d]
    W, R, b, d = (
        np.concatenate([np.split(w, 3)[gate] for gate in (1, 0, 2)]) for w in (W, R, b, d)
    )
    return [W.T, R.T, np.stack([b, d])]


### END SOLUTION


# %% check="from_torch"
def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


_x = np.random.default_rng(0).normal(size=(1, 1, 3)).astype("float32")
for _kind, _layer in (
    ("rnn", layers.SimpleRNN(4)),
    ("lstm", layers.LSTM(4)),
    ("gru", layers.GRU(4)),
):
    _layer.build((None, None, 3))
    _got = from_torch(_kind, *torch_weights[_kind])
    _shapes = [tuple(_w.shape) for _w in _layer.weights]
    assert [np.shape(_w) for _w in _got] == _shapes, (
        f"{_kind}: Keras expects the shapes {_shapes}, you have {[np.shape(_w) for _w in _got]}"
    )
    _layer.set_weights(_got)
    _W, _R, _b, _d = torch_weights[_kind]
    _h = np.array([0.5, -1.0, 0.8, 0.2])  # the state before
    _from_input, _from_state = _W @ _x[0, 0] + _b, _R @ _h + _d
    if _kind == "rnn":
        _want = np.tanh(_from_input + _from_state)
    elif _kind == "lstm":
        _i, _, _g, _o = np.split(_from_input + _from_state, 4)
        _want = _sigmoid(_o) * np.tanh(_sigmoid(_i) * np.tanh(_g))
    else:
        (_r, _z, _n), (_hr, _hz, _hn) = np.split(_from_input, 3), np.split(_from_state, 3)
        _z = _sigmoid(_z + _hz)
        _want = (1 - _z) * np.tanh(_n + _sigmoid(_r + _hr) * _hn) + _z * _h
    _before = [_h[np.newaxis], np.zeros((1, 4))] if _kind == "lstm" else _h[np.newaxis]
    assert np.allclose(_layer(_x, initial_state=_before), _want, atol=1e-4), (
        f"{_kind}: after one step Keras gives something else than PyTorch's formula. Which gate is where, "
        "and what becomes of the second bias?"
    )

# %% probe="from_torch" rtol=1e-6
[
    [np.asarray(_w) for _w in from_torch(_kind, *(_sign * _w for _w in torch_weights[_kind]))]
    for _kind in ("rnn", "gru", "lstm")
    for _sign in (1, -2)
]

# %% [markdown]
# ## Question 4 · read a stack without building it (2 points)
#
# Write `describe(steps, stack)`. Texts of `steps` word numbers go in, shape `(steps,)`. `stack` lists
# layers as dictionaries:
#
# | `"kind"` | keys that it has | keys that it may have |
# |---|---|---|
# | `"embedding"` (always first, only there) | `"words"`, `"size"` | – |
# | `"rnn"`, `"lstm"` | `"units"` | `"sequences"`, `"both"` |
# | `"gru"` | `"units"` | `"sequences"`, `"both"`, `"reset_after"` |
# | `"conv"` (1D, stride 1) | `"filters"`, `"size"` | `"padding"` |
# | `"global"` (pooling) | – | – |
# | `"dense"` | `"units"` | – |
#
# `"sequences"` is `return_sequences`, `False` if not given. `"both"` wraps the layer in `Bidirectional`
# with that `merge_mode`: `"concat"` or `"sum"`. `"reset_after"` is `True` if not given; a GRU with
# `False` has one bias per gate and unit. Padding is `"valid"` if not given. All else is as Keras has it.
#
# Return a list with one tuple `(output_shape, parameters)` for each layer; shapes are tuples of `int`
# without the batch.


# %% question="describe" points=2
### BEGIN SOLUTION
def describe(steps, stack):
    shape, rows = (steps,), []
    for layer in stack:
        kind, features, parameters = layer["kind"], shape[-1], 0
        if kind == "embedding":
            shape, parameters = (steps, layer["size"]), layer["words"] * layer["size"]
        elif kind == "global":
            shape = (features,)
        elif kind == "dense":
            shape, parameters = (*shape[:-1], layer["units"]), (features + 1) * layer["units"]
        elif kind == "conv":
            lost = 0 if layer.get("padding") == "same" else layer["size"] - 1
            shape = (shape[0] - lost, layer["filters"])
            parameters = (features * layer["size"] + 1) * layer["filters"]
        else:
            n = layer["units"]
            gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
            biases = 2 if kind == "gru" and layer.get("reset_after", True) else 1
            parameters = gates * n * (features + n + biases)
            both = layer.get("both")
            parameters *= 2 if both else 1
            width = 2 * n if both == "concat" else n
            shape = (shape[0], width) if layer.get("sequences") else (width,)
        rows.append((shape, parameters))
    return rows


### END SOLUTION

# %% check="describe"
_stack = [
    {"kind": "embedding", "words": 50, "size": 6},
    {"kind": "conv", "filters": 7, "size": 3},
    {"kind": "gru", "units": 5, "sequences": True, "both": "concat"},
    {"kind": "rnn", "units": 4, "sequences": True, "both": "sum"},
    {"kind": "dense", "units": 8},
    {"kind": "gru", "units": 3, "sequences": True, "reset_after": False},
    {"kind": "lstm", "units": 9, "both": "concat"},
    {"kind": "dense", "units": 2},
]
_built = [
    layers.Embedding(50, 6),
    layers.Conv1D(7, 3),
    layers.Bidirectional(layers.GRU(5, return_sequences=True)),
    layers.Bidirectional(layers.SimpleRNN(4, return_sequences=True), merge_mode="sum"),
    layers.Dense(8),
    layers.GRU(3, return_sequences=True, reset_after=False),
    layers.Bidirectional(layers.LSTM(9)),
    layers.Dense(2),
]
_rows, _flow = describe(11, _stack), keras.KerasTensor((None, 11), dtype="int32")
assert len(_rows) == 8, f"Eight layers should give eight tuples, not {len(_rows)}."
for _entry, _layer, (_shape, _count) in zip(_stack, _built, _rows, strict=True):
    _flow = _layer(_flow)
    assert tuple(_shape) == _flow.shape[1:], f"{_entry}: Keras has {_flow.shape[1:]}, not {_shape}"
    assert _count == _layer.count_params(), (
        f"{_entry}: Keras counts {_layer.count_params()} parameters, you have {_count}"
    )

# %% probe="describe" exact=true
_a, _b, _c, _d, _e, _f = units
[
    describe(
        30 + _a,
        [
            {"kind": "embedding", "words": 900 + _b, "size": _c},
            {"kind": "lstm", "units": _d, "sequences": True, "both": "sum"},
            {"kind": "conv", "filters": _e, "size": sizes[0], "padding": "same"},
            {"kind": "gru", "units": _f, "sequences": True},
            {"kind": "gru", "units": _a, "both": "concat", "reset_after": False},
            {"kind": "dense", "units": 6},
        ],
    ),
    describe(
        40 + _b,
        [
            {"kind": "embedding", "words": 700, "size": _a},
            {"kind": "conv", "filters": _b, "size": sizes[1], "padding": "valid"},
            {"kind": "rnn", "units": _c, "sequences": True, "both": "concat"},
            {"kind": "dense", "units": _d},
            {"kind": "global"},
            {"kind": "dense", "units": _e},
        ],
    ),
    describe(9, [{"kind": "embedding", "words": 8, "size": _f}, {"kind": "rnn", "units": _e}]),
    describe(9, [{"kind": "embedding", "words": 8, "size": _f}, {"kind": "gru", "units": _e}]),
    describe(
        _d,
        [
            {"kind": "embedding", "words": 8, "size": _f},
            {"kind": "lstm", "units": 3, "sequences": False},
        ],
    ),
    describe(
        _d,
        [
            {"kind": "embedding", "words": 8, "size": 3},
            {"kind": "conv", "filters": _c, "size": sizes[1]},
            {"kind": "rnn", "units": _a, "both": "sum"},
        ],
    ),
]

# %% [markdown]
# ## Question 5 · how far a change travels (3 points)
#
# In a SimpleRNN, $h_t = \tanh(x_t W + h_{t-1} U + b)$, a small push to an early state changes the last
# one. By how much at most, per length of the push? That is the largest singular value of the matrix
# $\partial h_T / \partial h_t$, a product of one matrix for each step in between.
#
# Write `reach(states, U)`. `states`, shape `(T, units)`, holds $h_1$ to $h_T$. Return the tuple
# `(largest, bound)` of two arrays with `T` entries. Entry $t$ belongs to the push to state number $t$ (in
# the order of `states`, the last entry to the last state):
#
# - `largest`: the largest singular value of $\partial h_T / \partial h_t$;
# - `bound`: the product of the largest singular values of the single steps' matrices. It is 1 for the
#   last state.


# %% question="reach" points=3
### BEGIN SOLUTION
def reach(states, U):
    jacobian = np.eye(len(U))
    largest, bound = [1.0], [1.0]
    for h in states[:0:-1]:
        step = (1 - h**2)[:, np.newaxis] * U.T
        jacobian = jacobian @ step
        largest.append(np.linalg.norm(jacobian, 2))
        bound.append(bound[-1] * np.linalg.norm(step, 2))
    return np.array(largest[::-1]), np.array(bound[::-1])


### END SOLUTION


# %% check="reach"
def _replay(h, from_step):
    for _x in inputs[from_step:]:
        h = np.tanh(_x + h @ recurrent)
    return h


_states = np.zeros((9, 2))
_h = np.zeros(2)
for _t in range(9):
    _h = np.tanh(inputs[_t] + _h @ recurrent)
    _states[_t] = _h
_answer = reach(_states, recurrent)
assert len(_answer) == 2, "Return the tuple (largest, bound)."
_largest, _bound = (np.asarray(_part) for _part in _answer)
assert _largest.shape == (9,) == _bound.shape, "Both arrays should have one entry for each state."
assert np.isclose(_largest[-1], 1), "A push to the last state changes it by the push itself: 1."
_angles = np.linspace(0, np.pi, 721)
_pushes = 1e-5 * np.column_stack([np.cos(_angles), np.sin(_angles)])
for _t in range(9):
    _moved = _replay(_states[_t] + _pushes, _t + 1) - _replay(_states[_t] - _pushes, _t + 1)
    _measured = np.linalg.norm(_moved, axis=1).max() / 2e-5
    assert np.isclose(_largest[_t], _measured, rtol=1e-2, atol=1e-7), (
        f"State {_t}: pushed in 721 directions, the last state moves up to {_measured:.4g} times the push; "
        f"you have {_largest[_t]:.4g}. Which state's slope of tanh belongs to a step? Rows or columns?"
    )
assert (_bound >= _largest * (1 - 1e-9)).all(), "A bound may not lie below the largest value."
_zero = reach(np.zeros((4, 3)), np.diag([0.5, 2.0, 1.0]))[1]
assert np.allclose(_zero, [8, 4, 2, 1]), (
    f"With states of zero, each step of U = diag(0.5, 2, 1) may double a push: 8, 4, 2, 1, not {_zero}."
)

# %% probe="reach" rtol=1e-6
_source = np.random.default_rng([seed, 5])
_four = _source.normal(size=(4, 4))
[
    reach(_states_, _U)
    for _states_, _U in (
        (np.tanh(inputs), recurrent),
        (np.tanh(_source.normal(size=(7, 4))), _four),
        (np.tanh(_source.normal(size=(12, 4))), 0.3 * _four.T),
        (np.tanh(_source.normal(size=(1, 4))), _four),
    )
]

# %% [markdown]
# ## Question 6 · windows that keep to their side (2 points)
#
# Several series are to train one network. Write `make_windows(series, split, width, horizon, order)`,
# which returns the tuple `(X_train, y_train, X_test, y_test)`.
#
# - `series` is a list of 1-D arrays of different lengths. In each, the first `split` values are for
#   training, the rest for testing.
# - A window has `width` consecutive inputs; its label is the value `horizon` steps after the last input
#   (1 is the next value). All of them come from the same series and from the same side of the split.
# - Make every window that can be made, first by series, then by time. A series may be too short for any.
# - Test windows stay in this order. Of the training windows (and labels), return the rows in the order
#   `np.random.default_rng(order).permutation(n)`, where `n` is their number.
#
# `X` has the shape `(n, width, 1)`, `y` the shape `(n,)`. There is at least one window on either side.


# %% question="make_windows" points=2
### BEGIN SOLUTION
def make_windows(series, split, width, horizon, order):
    results = []
    for side in (slice(None, split), slice(split, None)):
        span = width + horizon
        parts = [values[side] for values in series]
        windows = [part[i : i + span] for part in parts for i in range(len(part) - span + 1)]
        windows = np.array(windows)
        if side.start is None:
            windows = windows[np.random.default_rng(order).permutation(len(windows))]
        results += [windows[:, :width, np.newaxis], windows[:, -1]]
    return tuple(results)


### END SOLUTION

# %% check="make_windows"
_lines = [np.arange(0.0, 10), np.arange(100.0, 109), np.arange(200.0, 204)]
_answer = make_windows([*_lines, np.arange(300.0, 312)], 6, 3, 2, 0)
assert len(_answer) == 4, "Return the tuple (X_train, y_train, X_test, y_test)."
_X, _y, _X_test, _y_test = (np.asarray(_part) for _part in _answer)
assert _X.shape[1:] == (3, 1), f"X_train should be (n, 3, 1), not {_X.shape}"
assert np.allclose(np.diff(_X[:, :, 0]), 1), "Within a window, the order of time stays."
assert np.allclose(_y, _X[:, -1, 0] + 2), (
    "horizon=2: the label comes two steps after the last input."
)
assert (_y % 100 < 6).all(), "A training label lies behind the split."
assert len(_X) == 6, (
    f"Six values give two windows, 0 to 4 and 1 to 5. Three series give 6, not {len(_X)}."
)
assert (_X_test % 100 >= 6).all(), "A test window has inputs from the training side."
_answer = make_windows(_lines[:2], 4, 2, 1, 5)
assert len(_answer[2]) == 4 + 3, "Six and five values behind the split give four and three windows."
assert np.array_equal(np.asarray(_answer[3]), [6, 7, 8, 9, 106, 107, 108]), (
    "Test windows keep their order."
)

# %% probe="make_windows" rtol=1e-9
[
    make_windows(series, 20, 5, 1, seed),
    make_windows(series, 17, 3, 4, 1),
    make_windows(series[::-1], 9, 6, 3, 2),
    make_windows([*series, series[0][:12]], 10, 7, 2, seed + 1),
]
