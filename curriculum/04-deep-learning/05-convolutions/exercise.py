# ---
# title: "Exercise: convolutions"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: convolutions
#
# Six jobs around convolutions that the lesson did not do for you. No question needs the answer of another,
# and nothing here is trained. Change `seed` to practise again on other data. Images have the shape
# `(batch, height, width, channels)`; kernels `(height, width, channels, filters)`.

# %% tags=["parameters"]
seed = 45  # which data you get

# %%
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)

# question 1
photos, kernel = rng.normal(size=(2, 9, 7, 2)), rng.normal(size=(3, 2, 2, 3))
# question 2: a described network
widths, sizes = rng.integers(4, 40, size=6).tolist(), rng.integers(2, 5, size=4).tolist()
start = (int(rng.integers(92, 110)), int(rng.integers(130, 150)), 3)
# question 3: black and white images, and patterns in which -1 stands for "any"
drawings = rng.integers(0, 2, size=(3, 12, 15, 1)).astype("float32")
patterns = np.stack([rng.permutation([1, 1, 1, 0, 0, -1]) for _ in range(4)]).reshape(4, 2, 3)
# question 4: few different values, so that many are equal
steps, slopes = rng.integers(0, 4, size=(2, 7, 8, 2)).astype(float), rng.normal(size=(2, 7, 8, 2))
# question 5
depthwise, pointwise = rng.normal(size=(3, 2, 4, 3)), rng.normal(size=(1, 1, 12, 5))
# question 6: small classifiers for small images, with weights drawn for you
scenes = rng.normal(size=(2, 13, 15, 2)).astype("float32")


def random_classifier(image_shape, convolutions, units, activations, source):
    head = [layers.Dense(*pair) for pair in zip(units, activations, strict=True)]
    model = keras.Sequential([keras.Input(image_shape), *convolutions, layers.Flatten(), *head])
    model.set_weights([source.normal(size=w.shape) / w.shape[0] ** 0.5 for w in model.weights])
    return model


convolutions = [layers.Conv2D(4, 3, activation="relu")]
classifier = random_classifier((6, 7, 2), convolutions, (5, 3), ("tanh", "softmax"), rng)

# %% [markdown]
# ## Question 1 · a border that is not black (3 points)
#
# A panorama has no border: its right end goes on at its left end. Keras pads with zeros only.
#
# Write `convolve(images, kernel, stride=1, dilation=1, border="zeros")`, which returns an array of the shape
# `(batch, out_height, out_width, filters)`. Kernels are not turned. Sizes and padding are those of
# `padding="same"` in TensorFlow, in height and width each on its own: the output has
# $\lceil n / \text{stride} \rceil$ entries; a kernel of $k$ weights spans $\text{dilation}\,(k - 1) + 1$ pixels;
# add as many pixels as the last window needs, none if it needs none, half of them in front, and where their
# number is odd, the additional one behind.
#
# `border` says what the added pixels hold: `"zeros"`, `"edge"` (the nearest pixel of the image), or `"wrap"`
# (the image goes on at its other side). `np.pad` knows all three. The span is never larger than the image;
# `stride` and `dilation` may both be larger than 1.


# %% question="convolve" points=3
### BEGIN SOLUTION
def convolve(images, kernel, stride=1, dilation=1, border="zeros"):
    outs, amounts = [], []
    for n, k in zip(images.shape[1:3], kernel.shape[:2], strict=True):
        out = -(-n // stride)
        total = max((out - 1) * stride + dilation * (k - 1) + 1 - n, 0)
        outs.append(out)
        amounts.append((total // 2, total - total // 2))
    mode = {"zeros": "constant", "edge": "edge", "wrap": "wrap"}[border]
    padded = np.pad(images, [(0, 0), *amounts, (0, 0)], mode=mode)
    result = np.zeros((len(images), *outs, kernel.shape[3]))
    for a, b in np.ndindex(kernel.shape[:2]):
        part = padded[:, a * dilation :: stride, b * dilation :: stride]
        result += part[:, : outs[0], : outs[1]] @ kernel[a, b]
    return result


### END SOLUTION

# %% check="convolve"
_got = np.asarray(convolve(photos, kernel))
assert _got.shape == (2, 9, 7, 3), f"expected the shape (2, 9, 7, 3), got {_got.shape}"
for _options in ({}, {"strides": 2}, {"strides": 3}, {"dilation_rate": 2}):
    _want = np.asarray(keras.ops.conv(photos, kernel, padding="same", **_options))
    _names = {"strides": "stride", "dilation_rate": "dilation"}
    _got = convolve(photos, kernel, **{_names[_key]: _options[_key] for _key in _options})
    assert np.shape(_got) == _want.shape, f"{_options}: shape {np.shape(_got)}, Keras {_want.shape}"
    assert np.allclose(_got, _want, atol=1e-3), (
        f"With {_options or 'the defaults'} Keras gives something else. Where does the odd zero go? Do "
        "height and width each get their own padding?"
    )
_even, _mean = np.ones((1, 6, 6, 1)), np.full((3, 3, 1, 1), 1 / 9)
for _border in ("edge", "wrap"):
    assert np.allclose(convolve(_even, _mean, 2, 2, _border), 1), (
        f'border="{_border}": an even image has a mean of 1 everywhere, also at its border.'
    )
_line = convolve(np.array([5.0, 1, 1, 3]).reshape(1, 1, 4, 1), np.ones((1, 3, 1, 1)), border="edge")
assert np.allclose(np.ravel(_line), [11, 7, 5, 7]), (
    'border="edge": windows of three over 5, 1, 1, 3 should add up to 11, 7, 5, 7; you have '
    f"{np.ravel(_line).tolist()}. Which pixel is the nearest one to an added pixel?"
)
_rolled = convolve(np.roll(photos, 3, axis=2), kernel, border="wrap")
assert np.allclose(_rolled, np.roll(convolve(photos, kernel, border="wrap"), 3, axis=2)), (
    'border="wrap": a panorama that is rolled by 3 pixels should give the rolled result.'
)

# %% probe="convolve" rtol=1e-4 atol=1e-5
[
    convolve(photos, kernel),
    convolve(photos, kernel, 2, 2, "edge"),
    convolve(photos[:1], kernel, 3, 1, "wrap"),
    convolve(photos[:1], kernel, dilation=3, border="wrap"),
    convolve(photos[:1, :8, :6], kernel, 2, 1, "edge"),
    convolve(photos[:1], kernel[:1, :, :, :1], 4, 2),
    convolve(photos[:1, :, :, :1], kernel[:, :, :1], 2, 3, "zeros"),
]

# %% [markdown]
# ## Question 2 · read a network without building it (3 points)
#
# Write `describe(shape, stack)`. `shape` is the image's `(height, width, channels)`. `stack` lists the layers
# as dictionaries:
#
# | `"kind"` | keys that it has | keys that it may have |
# |---|---|---|
# | `"conv"` | `"filters"`, `"size"` | `"stride"`, `"padding"`, `"dilation"` |
# | `"depthwise"` | `"size"` | `"stride"`, `"padding"` |
# | `"separable"` | `"filters"`, `"size"` | `"stride"`, `"padding"` |
# | `"pool"` | `"size"` | `"stride"`, `"padding"` |
# | `"global"`, `"flatten"` | – | – |
# | `"dense"` | `"units"` | – |
#
# Sizes, strides and dilations are single numbers, for both directions. A stride that is not given is 1, for a
# pool its size. Padding that is not given is `"valid"`, dilation 1. Layers have biases as in Keras:
# `"depthwise"` one per channel, `"separable"` one per filter and none between its two steps.
#
# Return a list with one tuple for each layer: `(output_shape, parameters, field)`. `output_shape` is a tuple of
# `int` without the batch; `field` is the number of pixels, in one direction, that an output of the layer can
# depend on, as if the image were endless. It is `None` for `"global"`, `"flatten"` and `"dense"`.
# These three occur at the end only. No map gets empty.


# %% question="describe" points=3
### BEGIN SOLUTION
def describe(shape, stack):
    shape, field, jump, rows = tuple(shape), 1, 1, []
    for layer in stack:
        kind, channels, parameters = layer["kind"], shape[-1], 0
        if kind == "global":
            rows.append(((channels,), 0, None))
        elif kind == "flatten":
            rows.append((((shape[0] * shape[1] * channels),), 0, None))
        elif kind == "dense":
            rows.append(((layer["units"],), (channels + 1) * layer["units"], None))
        else:
            size = layer["size"]
            stride = layer.get("stride", size if kind == "pool" else 1)
            span = layer.get("dilation", 1) * (size - 1) + 1
            if layer.get("padding", "valid") == "same":
                height, width = (-(-n // stride) for n in shape[:2])
            else:
                height, width = ((n - span) // stride + 1 for n in shape[:2])
            filters = layer.get("filters", channels)
            if kind == "conv":
                parameters = (size * size * channels + 1) * filters
            elif kind == "depthwise":
                parameters = (size * size + 1) * channels
            elif kind == "separable":
                parameters = size * size * channels + (channels + 1) * filters
            field, jump = field + (span - 1) * jump, jump * stride
            rows.append(((height, width, filters), parameters, field))
        shape = rows[-1][0]
    return rows


### END SOLUTION

# %% check="describe"
_stack = [
    {"kind": "conv", "filters": 8, "size": 3, "dilation": 2},
    {"kind": "pool", "size": 2},
    {"kind": "separable", "filters": 12, "size": 3, "stride": 2, "padding": "same"},
    {"kind": "depthwise", "size": 2},
    {"kind": "pool", "size": 3, "stride": 2, "padding": "same"},
    {"kind": "flatten"},
    {"kind": "dense", "units": 5},
]
_built = keras.Sequential(
    [
        keras.Input((40, 31, 3)),
        layers.Conv2D(8, 3, dilation_rate=2),
        layers.MaxPooling2D(2),
        layers.SeparableConv2D(12, 3, strides=2, padding="same"),
        layers.DepthwiseConv2D(2),
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.Flatten(),
        layers.Dense(5),
    ]
)
_rows = describe((40, 31, 3), _stack)
assert len(_rows) == 7, f"Seven layers should give seven tuples, not {len(_rows)}."
for _layer, _keras, (_shape, _count, _field) in zip(_stack, _built.layers, _rows, strict=True):
    _want = tuple(_keras.output.shape[1:])
    assert tuple(_shape) == _want, f"{_layer}: Keras has the shape {_want}, you have {_shape}"
    assert _count == _keras.count_params(), (
        f"{_layer}: Keras counts {_keras.count_params()} parameters, you have {_count}"
    )
    assert (_field is None) == (_layer["kind"] in ("global", "flatten", "dense")), (
        f"{_layer}: is the field None for the last kinds, and a number for the others?"
    )
_fields = [
    describe((60, 60, 1), [{"kind": "conv", "filters": 1, "size": 3, **_more}] * 2)[-1][2]
    for _more in ({}, {"stride": 2}, {"dilation": 3})
]
assert _fields[0] == 5, f"Two 3 × 3 convolutions see 5 pixels, not {_fields[0]}."
assert _fields[1] > _fields[0], "A stride in the first layer should widen the field of the second."
assert _fields[2] == 13, f"With dilation 3 each of the two adds 6 pixels: 13, not {_fields[2]}."

# %% probe="describe" exact=true
_a, _b, _c, _d, _e, _f = widths
_k, _l, _m, _n = sizes
[
    describe(
        start,
        [
            {"kind": "conv", "filters": _a, "size": _k + 1, "stride": 2, "padding": "same"},
            {"kind": "depthwise", "size": 3},
            {"kind": "pool", "size": _l},
            {"kind": "conv", "filters": _b, "size": _m, "dilation": 3},
            {"kind": "global"},
            {"kind": "dense", "units": _c},
            {"kind": "dense", "units": _d},
        ],
    ),
    describe(
        (start[1], start[0], _e),
        [
            {"kind": "separable", "filters": _b, "size": _n, "stride": 2},
            {"kind": "pool", "size": 3, "stride": 2, "padding": "same"},
            {"kind": "separable", "filters": _c, "size": _k, "padding": "same"},
            {"kind": "conv", "filters": _d, "size": 1, "padding": "valid"},
            {"kind": "conv", "filters": _a, "size": 3, "dilation": 2, "padding": "same"},
            {"kind": "depthwise", "size": _m, "stride": 3, "padding": "same"},
            {"kind": "flatten"},
            {"kind": "dense", "units": _f},
        ],
    ),
    describe(start, [{"kind": "pool", "size": _k}, {"kind": "pool", "size": 3, "stride": 1}]),
    describe((9, 8, 2), [{"kind": "depthwise", "size": 3, "stride": 2, "padding": "same"}] * 3),
]

# %% [markdown]
# ## Question 3 · count a pattern (3 points)
#
# Images of 0s and 1s, shape `(batch, height, width, 1)`, of any height and width. `patterns` has the shape
# `(n, h, w)`, as an array or as nested lists; each holds 1 (must be 1), 0 (must be 0) and −1 (any). A
# window matches if every pixel that must be something is that.
#
# Write `build_counter(patterns)`, which returns a `keras.Model` that gives the number of matching windows, shape
# `(batch, n)`, exactly. Windows overlap and lie wholly inside the image. The model has one `Conv2D` with
# ReLU and nothing else with weights; choose its kernel and bias by thinking, so that its map is 1 where
# the pattern is and 0 elsewhere. (A sum over a map is `keras.ops.sum`.)


# %% question="build_counter" points=3
### BEGIN SOLUTION
def build_counter(patterns):
    patterns = np.asarray(patterns)
    kernel = np.where(patterns == 1, 1.0, np.where(patterns == 0, -1.0, 0.0))
    convolution = layers.Conv2D(len(patterns), patterns.shape[1:], activation="relu")
    inputs = keras.Input((None, None, 1))
    counts = keras.ops.sum(convolution(inputs), axis=(1, 2))
    bias = 1.0 - np.sum(patterns == 1, axis=(1, 2))
    convolution.set_weights([np.moveaxis(kernel, 0, -1)[:, :, np.newaxis], bias])
    return keras.Model(inputs, counts)


### END SOLUTION

# %% check="build_counter"
_model = build_counter(patterns)
assert isinstance(_model, keras.Model), f"expected a keras.Model, got {type(_model).__name__}"
assert sorted(tuple(_w.shape) for _w in _model.weights) == [(2, 3, 1, 4), (4,)], (
    "expected one kernel of the shape (2, 3, 1, 4) and one bias (4,), got "
    f"{[tuple(_w.shape) for _w in _model.weights]}"
)
_white, _black = np.zeros((1, 5, 6, 1), "float32"), np.ones((1, 5, 6, 1), "float32")
_bar = np.array([[[1, 1]], [[0, 0]], [[1, -1]], [[-1, -1]]])
for _image, _want in ((_white, [0, 25, 0, 25]), (_black, [25, 0, 25, 25])):
    _got = np.asarray(build_counter(_bar)(_image))
    assert _got.shape == (1, 4), f"expected the shape (1, 4), got {_got.shape}"
    assert np.allclose(_got, _want), (
        f"5 × 6 pixels of {_image[0, 0, 0, 0]:.0f} hold 25 windows of 1 × 2. The patterns 11, 00, 1any and "
        f"anyany match {_want} of them; you count {_got[0].tolist()}. What does the filter give for a full "
        "match, what for the nearest miss, and what does the bias make of both?"
    )
_one = np.zeros((1, 4, 4, 1), "float32")
_one[0, 1, 2] = 1
_got = np.asarray(build_counter([[[1, 0], [0, 0]], [[0, 0], [0, 1]]])(_one))[0].tolist()
assert _got == [1, 1], f"Each of these two patterns is there once, you count {_got}."
_corner = np.zeros((1, 4, 4, 1), "float32")
_corner[0, 0, 0] = 1
_got = np.asarray(build_counter([[[1, 0], [0, 0]], [[0, 0], [0, 1]]])(_corner))[0].tolist()
assert _got == [1, 0], (
    f"A dot in the first corner matches only the first pattern, you count {_got}. Are windows wholly "
    "inside the image, and is the kernel not turned?"
)

# %% probe="build_counter" rtol=1e-5 atol=1e-4
[
    np.asarray(build_counter(patterns.tolist())(drawings)),
    np.asarray(build_counter(patterns[:1].transpose(0, 2, 1))(drawings[:2, :9, :4])),
    np.asarray(build_counter(np.abs(patterns[:3, :, :2]))(drawings)),
    np.asarray(build_counter(-(patterns[:2, :1] == 1).astype(int))(drawings[:2])),
    np.asarray(build_counter(drawings[:2, 3:6, 4:8, 0].astype(int))(drawings)),
    [tuple(_weight.shape) for _weight in build_counter(patterns[:3, :, :2]).weights],
]

# %% [markdown]
# ## Question 4 · the slope of a maximum (2 points)
#
# Max pooling hands the slope of the loss back to the pixel that won. If several pixels of a window share the
# maximum, TensorFlow gives all of it to one of them; here they get equal shares.
#
# Write `max_pool_gradient(images, upstream, size, stride)`. Pooling is `"valid"`, with windows of
# `size` × `size` at `stride`, each channel alone. `upstream` holds the slopes of the loss with respect to the
# pooled map and has its shape. Return the slopes with respect to `images`, an array of their shape. Windows
# may overlap; a pixel that won in several gets the sum. A pixel in no window gets 0.


# %% question="max_pool_gradient" points=2
### BEGIN SOLUTION
def max_pool_gradient(images, upstream, size, stride):
    gradient = np.zeros(images.shape)
    for i, j in np.ndindex(upstream.shape[1:3]):
        rows = slice(i * stride, i * stride + size)
        columns = slice(j * stride, j * stride + size)
        window = images[:, rows, columns]
        won = window == window.max(axis=(1, 2), keepdims=True)
        share = won / won.sum(axis=(1, 2), keepdims=True)
        gradient[:, rows, columns] += share * upstream[:, i : i + 1, j : j + 1]
    return gradient


### END SOLUTION

# %% check="max_pool_gradient"
_image = np.array([[1.0, 5, 2, 2], [5, 0, 2, 2]])[np.newaxis, :, :, np.newaxis]
_up = np.array([[6.0, 8.0]])[np.newaxis, :, :, np.newaxis]
_got = np.asarray(max_pool_gradient(_image, _up, 2, 2))
assert _got.shape == _image.shape, f"expected the shape of the images, got {_got.shape}"
assert np.allclose(_got[0, :, :2, 0], [[0, 3], [3, 0]]), (
    f"In the first window two pixels share the 6, 3 each; you have {_got[0, :, :2, 0].tolist()}."
)
assert np.allclose(_got[0, :, 2:, 0], 2), "In the second window four equal pixels share the 8."
for _size, _stride in ((3, 1), (2, 3)):
    _rows, _columns = (7 - _size) // _stride + 1, (8 - _size) // _stride + 1
    _got = max_pool_gradient(steps, slopes[:, :_rows, :_columns], _size, _stride)
    assert np.allclose(np.sum(_got, axis=(1, 2)), slopes[:, :_rows, :_columns].sum(axis=(1, 2))), (
        f"{_size} × {_size} at stride {_stride}: in each image and channel the slopes should add up to "
        "those that came in. Is anything overwritten, or mixed between channels?"
    )

# %% probe="max_pool_gradient" rtol=1e-6
[
    max_pool_gradient(steps, slopes[:, :3, :4], 2, 2),
    max_pool_gradient(steps, slopes[:, :5, :6], 3, 1),
    max_pool_gradient(steps[:1], slopes[:1, :2, :3], 2, 3),
    max_pool_gradient(-steps[1:], slopes[1:, :2, :2], 4, 3),
    max_pool_gradient(steps[:, :5, :6, :1], slopes[:, :2, :3, :1], 2, 2),
]

# %% [markdown]
# ## Question 5 · the kernel behind a separable convolution (2 points)
#
# `SeparableConv2D` has a depthwise kernel `(h, w, c, m)` and a pointwise kernel `(1, 1, c·m, f)`. With a *depth
# multiplier* $m$, the first step makes $m$ maps of each channel; the second mixes all $c \cdot m$ maps, in the
# order: the $m$ maps of channel 0, those of channel 1, and so on.
#
# Nothing happens between the steps, so *one* ordinary convolution can do the same. Write
# `merge(depthwise, pointwise)`, which returns the tuple `(kernel, saved)`: its kernel, shape `(h, w, c, f)`,
# and how many weights fewer the two small kernels have together than this one (a negative `int` where they
# have more).


# %% question="merge" points=2
### BEGIN SOLUTION
def merge(depthwise, pointwise):
    _, _, channels, multiplier = depthwise.shape
    mixing = pointwise.reshape(channels, multiplier, pointwise.shape[-1])
    kernel = np.einsum("abcm,cmf->abcf", depthwise, mixing)
    return kernel, kernel.size - depthwise.size - pointwise.size


### END SOLUTION

# %% check="merge"
_answer = merge(depthwise, pointwise)
assert len(_answer) == 2, "Return the tuple (kernel, saved)."
assert np.shape(_answer[0]) == (3, 2, 4, 5), (
    f"the kernel should have the shape (3, 2, 4, 5), not {np.shape(_answer[0])}"
)
_image = np.random.default_rng(0).normal(size=(1, 6, 6, 4)).astype("float32")
_layer = layers.SeparableConv2D(5, (3, 2), depth_multiplier=3, use_bias=False)
_want = _layer(_image)
_layer.set_weights([depthwise, pointwise])
_want = np.asarray(_layer(_image))
_got = np.asarray(keras.ops.conv(_image, np.asarray(_answer[0], "float32")))
assert np.allclose(_got, _want, atol=1e-3), (
    "An ordinary convolution with your kernel gives something else than SeparableConv2D. Which of the "
    "12 maps belong to which channel?"
)
assert isinstance(merge(depthwise[..., :1], pointwise[:, :, :4])[1], int), (
    "`saved` should be an int."
)

# %% probe="merge" rtol=1e-6
[
    merge(depthwise, pointwise),
    merge(depthwise[:, :1, :, :2], pointwise[:, :, 2:10, :3]),
    merge(depthwise[:, :, :2, :1], pointwise[:, :, 5:7]),
    merge(depthwise[:1, :, :3], pointwise[:, :, 1:10, :1]),
]

# %% [markdown]
# ## Question 6 · a classifier that slides (2 points)
#
# A classifier for small images can look at a large one: at every place, at no more cost than needed. For that,
# its first `Dense` layer becomes a convolution as large as the map that `Flatten` flattened.
#
# Write `slide_classifier(model)`. `model` is a `keras.Sequential` of `Conv2D` and `MaxPooling2D` layers (all
# `"valid"`, with or without strides), one `Flatten`, and two `Dense` layers, with any activations. Return a
# `keras.Model` that takes images of any height and width and returns a map of outputs, shape
# `(batch, rows, columns, classes)`. On images of the original size this map is 1 × 1 and holds what `model`
# gives. On larger ones, each entry is what `model` gives for the window that this entry sees. `model` itself must
# keep working.


# %% question="slide_classifier" points=2
### BEGIN SOLUTION
def slide_classifier(model):
    image = keras.Input((None, None, model.input_shape[-1]))
    out, flattened = image, None
    for layer in model.layers:
        if isinstance(layer, layers.Flatten):
            flattened = layer.input.shape[1:3]
        elif isinstance(layer, layers.Dense):
            kernel, bias = layer.get_weights()
            window = layers.Conv2D(layer.units, flattened, activation=layer.activation)
            out = window(out)
            window.set_weights([kernel.reshape(window.kernel.shape), bias])
            flattened = (1, 1)
        else:
            out = layer(out)
    return keras.Model(image, out)


### END SOLUTION

# %% check="slide_classifier"
_slid = slide_classifier(classifier)
assert isinstance(_slid, keras.Model), f"expected a keras.Model, got {type(_slid).__name__}"
_crop = scenes[:, :6, :7]
_got = np.asarray(_slid(_crop))
assert _got.shape == (2, 1, 1, 3), (
    f"6 × 7 pixels should give the shape (2, 1, 1, 3), not {_got.shape}"
)
assert np.allclose(_got[:, 0, 0], classifier(_crop), atol=1e-4), (
    "On 6 × 7 pixels the new model should give what the classifier gives. In which order did Flatten put "
    "rows, columns and channels? Are the activations there?"
)
_got = np.asarray(_slid(scenes[:, :9, :12]))
assert _got.shape == (2, 4, 6, 3), (
    f"9 × 12 pixels have 4 × 6 places for 6 × 7, not {_got.shape[1:3]}"
)
assert np.allclose(_got[:, 2, 4], classifier(scenes[:, 2:8, 4:11]), atol=1e-4), (
    "The entry in row 2, column 4 should be the classifier's output for rows 2 to 7, columns 4 to 10."
)
assert tuple(classifier(_crop).shape) == (2, 3), "The classifier itself should still work."

# %% probe="slide_classifier" rtol=1e-3 atol=1e-4
_source = np.random.default_rng([seed, 6])
_pooled = random_classifier(
    (10, 9, 2),
    [layers.Conv2D(5, (3, 2), activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(4, 2)],
    (6, 2),
    ("relu", None),
    _source,
)
_strided = random_classifier(
    (8, 7, 1), [layers.Conv2D(3, 3, strides=2)], (4, 3), ("tanh", "sigmoid"), _source
)
[
    np.asarray(slide_classifier(classifier)(scenes[:1, :8, :10])),
    np.asarray(slide_classifier(_pooled)(scenes)),
    np.asarray(_pooled(scenes[:, :10, :9])),
    np.asarray(slide_classifier(_strided)(scenes[..., :1])),
    np.asarray(slide_classifier(_strided)(scenes[:, :8, :7, 1:])),
]
