# ---
# title: Convolutions
# minutes: 75
# needs: [02-python/09-tensorflow-and-keras, 01-math/10-matrix-calculus]
# objectives: [tf-developer/3.1, tf-developer/3.3, tf-developer/1.5, tf-developer/2.1, tf-developer/2.4, tf-developer/2.11, aws-mls/3.2, google-pmle/3.1]
# ---

# %% [markdown]
# # Convolutions
#
# A dense layer does not know that two pixels are neighbours. A convolution knows nothing else: it looks
# through a small window, and looks for the same thing everywhere. After this lesson you can
#
# - slide a filter over a photograph by hand, and design one for edges, blur or a colour,
# - compute output shapes from padding and strides, and count parameters,
# - say what pooling throws away,
# - work out which part of the image one output sees,
# - judge whether a convolutional network (CNN) is worth it, against a dense one of the same size.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) asked for stacks of `Conv2D` and pooling
# and the shape after each layer (3.1), what convolutions add to a dense model (3.3), the channel axis of
# the input (2.11) and a model no larger than needed (1.5). AWS MLS-C01 (retired in March 2026) asks for
# the intuition behind a CNN (3.2), Google PMLE when to choose one (3.1).

# %%
from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.signal import convolve2d
from sklearn.datasets import load_digits, load_sample_images

china, flower = (photo.astype("float32") / 255 for photo in load_sample_images().images)
print("height, width, channels (red, green, blue):", china.shape)
GREY, SIGNED = dict(cmap="gray", vmin=0, vmax=1), dict(cmap="RdBu_r", vmin=-0.5, vmax=0.5)


def gallery(heading, panels, columns):  # panels: (title, image, options of imshow)
    rows, (height, width) = len(panels) // columns, panels[0][1].shape[:2]
    size = (10, 10 / columns * rows * height / width + 0.8)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained")
    for axis, (title, image, options) in zip(axes.flat, panels, strict=True):
        axis.imshow(image, **options)
        axis.set(title=title, xticks=[], yticks=[], facecolor="0.9")
    figure.suptitle(heading)
    plt.show()


# %% [markdown]
# ## 1. A sliding dot product
#
# Take a small table of weights, the *kernel*. Lay it on the image, multiply each weight by the pixel
# under it, add up: one number. Move on by one pixel and repeat. The results form a new image, the
# *feature map*.
#
# > **Predict first.** A kernel has −1 on its left and +1 on its right side. What does it give in the even
# > sky? And where the image turns from bright to dark on the way to the right?


# %%
def slide(image, kernel):
    height, width = kernel.shape
    out = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(image[i : i + height, j : j + width] * kernel)
    return out


upright = np.array([[-1, 0, 1]] * 3, dtype="float32") / 3
crop = china[20:220, 110:310].mean(axis=2)  # grey
ours, lying = slide(crop, upright), slide(crop, upright.T)
print("image", crop.shape, "-> map", ours.shape)
panels = [("a pagoda", crop, GREY), ("upright edges", ours, SIGNED), ("lying edges", lying, SIGNED)]
gallery("Red: brighter to the right (or below). Blue: darker. White: no change", panels, 3)

# %% [markdown]
# Nothing in the sky: the weights add up to 0, so an even area cancels. From bright to dark the result
# is negative, blue. Turned on its side, the same kernel finds lying edges. Two rows and two columns
# are lost, since a 3 × 3 window does not fit around the outermost pixels.
#
# Mathematics first turns the kernel by 180° and calls *that* a convolution. Deep learning does not
# turn it (the exact name is *cross-correlation*) and says convolution all the same.
#
# > **Predict first.** SciPy's `convolve2d` turns the kernel. What happens to our edges?

# %%


def conv(image, kernel, **options):  # image: h, w, channels; kernel: h, w, channels, filters
    return np.asarray(keras.ops.conv(image[np.newaxis], kernel, **options))[0]


by_keras = conv(crop[:, :, np.newaxis], upright[:, :, np.newaxis, np.newaxis])[:, :, 0]
print("ours is Keras':", np.allclose(ours, by_keras, atol=1e-5))
print("SciPy's is the negative:", np.allclose(ours, -convolve2d(crop, upright, "valid"), atol=1e-5))

# %% [markdown]
# Red and blue change places. A network does not mind: it *learns* its kernels, turned or not.
#
# ## 2. Kernels with a purpose
#
# > **Predict first.** The weights of the first two kernels add up to 1, those of the third to 0. What does
# > that do to the mean brightness?

# %%
middle = np.pad([[np.float32(1)]], 4)
blur = np.full((9, 9), 1 / 81, "float32")
kernels = {"blur": blur, "sharpen": 3 * middle - 2 * blur, "detail": middle - blur}

grey = flower.mean(axis=2, keepdims=True)[60:260, 240:440]
panels = [("original", grey, GREY)]
for name, kernel in kernels.items():
    out = conv(grey, kernel[:, :, np.newaxis, np.newaxis])
    print(f"{name}: mean {abs(out.mean()):.1f} (original {grey[4:-4, 4:-4].mean():.1f})")
    panels.append((name, out, SIGNED if name == "detail" else GREY))
gallery("Same window of 9 × 9, other weights", panels, 4)

# %% [markdown]
# A sum of 1 keeps the mean brightness, a sum of 0 removes it. Blur averages the neighbours. *Detail* is
# what blur removes, and *sharpen* adds it twice.
#
# ## 3. Three channels, one number
#
# A colour photo has three *channels*. The window then has a depth: the kernel holds one table per
# channel, and everything under it is added up.
#
# > **Predict first.** We weigh red with +1, green with 0, blue with −1, over 5 × 5 pixels. How many
# > maps come out of the three channels? Which things in the photos will be orange, which purple?

# %%
orange = np.ones((5, 5, 3, 1), "float32") / 25 * [[[[1], [0], [-1]]]]
panels, tones = [], dict(cmap="PuOr_r", vmin=-0.6, vmax=0.6)
for photo in (china, flower):
    out = conv(photo, orange.astype("float32"))
    print(photo.shape, "-> kernel", orange.shape, "->", out.shape)
    panels += [("photo", photo, {}), ("red minus blue", out, tones)]
gallery("A filter that asks for a colour", panels, 2)
layer = layers.Conv2D(8, 5)
print("8 such filters:", layer(china[np.newaxis]).shape, "with", layer.count_params(), "parameters")

# %% [markdown]
# One: a *filter* sums over all channels of its input and makes one channel of its output. Roofs and petals
# are orange, but so are the trees: they too hold more red than blue. The sky is purple, and so are the
# leaves behind the flower.
#
# `Conv2D(8, 5)` learns eight filters of 5 × 5 × 3 weights and a *bias* each: 8 · (75 + 1) = 608
# parameters. The size of the photo is not in that formula.
#
# Images go in as `(batch, height, width, channels)`. Grey images need a channel axis of 1.
#
# ## 4. Padding and strides
#
# The *stride* is the step of the window. *Padding* adds zeros around the image. For $n$ pixels and a
# kernel of size $k$ at stride $s$:
#
# | `padding` | output size | zeros added in all |
# |---|---|---|
# | `"valid"` | $\lfloor (n - k) / s \rfloor + 1$ | 0 |
# | `"same"` | $\lceil n / s \rceil$ | $\max((\text{out} - 1)\,s + k - n,\ 0)$ |
#
# Half of the zeros go in front (above, left), the other half behind. *Dilation* $d$ leaves gaps between
# the weights: a kernel then spans $d\,(k - 1) + 1$ pixels; put that for $k$.
#
# > **Predict first.** Eight ones in a row, three weights of 1, stride 2, `"same"`. Only *one* zero
# > is needed. Where does it go?

# %%
ones, three = np.ones((8, 8, 1), "float32"), np.ones((3, 3, 1, 1), "float32")
for padding, strides in product(("valid", "same"), (1, 2)):
    out = conv(ones, three, padding=padding, strides=strides)[:, :, 0]
    print(f"{padding:>5}, stride {strides}: {out.shape}, sums / 3:", *(out[2] / 3).astype(int))

# %% [markdown]
# Behind, at the right and the bottom: only the last sum is 2. (PyTorch's `padding=1` puts one on both
# sides: at stride 2, converted weights then give other outputs.) Zeros are black: at a border, a filter sees an
# edge that nobody photographed.
#
# ## 5. Pooling
#
# *Pooling* has no weights. It takes the maximum or the mean of each window, in each channel alone,
# usually 2 × 2 at stride 2. *Global* pooling takes it over the whole map: one number per channel.

# %%
edges = np.abs(conv(grey, np.stack([upright, upright.T], axis=-1)[:, :, np.newaxis])).max(axis=2)
edges = edges[np.newaxis, :192, :192, np.newaxis]
panels = [("edges, 192 × 192", edges[0]), ("maximum of 8 × 8", layers.MaxPooling2D(8)(edges)[0])]
panels.append(("mean of 8 × 8", layers.AveragePooling2D(8)(edges)[0]))
panels = [(*panel, dict(cmap="magma", vmin=0, vmax=0.3)) for panel in panels]
gallery("Maximum: is there an edge? Mean: how much of it?", panels, 3)

# %% [markdown]
# The two pictures on the right have a 64th of the numbers. The maximum keeps a thin line bright (and makes
# it thick), the mean fades it. Both forget *where* in the window something was.
#
# > **Predict first.** We shuffle all pixels of the flower. Which of the two outputs stays: that of
# > `MaxPooling2D(2)`, or that of `GlobalAveragePooling2D`?

# %%
rng = np.random.default_rng(0)
shuffled = rng.permutation(flower.reshape(-1, 3)).reshape(flower.shape)
for pool in (layers.MaxPooling2D(2), layers.GlobalAveragePooling2D()):
    before, after = (np.asarray(pool(photo[np.newaxis])) for photo in (flower, shuffled))
    same = np.allclose(before, after, atol=1e-3)
    print(f"{type(pool).__name__}: {before.shape}, the same after shuffling: {same}")

# %% [markdown]
# The global one: three numbers, and no place at all. So it belongs *behind* the filters, which by then have
# turned shapes into channels.
#
# ## 6. The receptive field
#
# The *receptive field* of an output is the part of the image that it depends on. Go through the stack
# with two numbers, both 1 at first: the field $r$, and the *jump* $j$, the pixels between neighbours of
# the current map. Each layer (for a pool, $k$ is its size) does
#
# $$ r \leftarrow r + (k - 1)\, d\, j, \qquad j \leftarrow j\, s . $$
#
# To check it, we set all weights to 1 and ask for the gradient of one output with respect to the pixels.
#
# > **Predict first.** Three 3 × 3 convolutions see 7 × 7 pixels. Do all 49 count alike?

# %%
fixed = dict(use_bias=False, kernel_initializer="ones")
conv3, panels = (3, 1, 1), []  # kernel, stride, dilation
stacks = {"three 3 × 3": [conv3] * 3, "3 × 3, pool 2, 3 × 3": [conv3, (2, 2, 1), conv3]}
stacks["dilation 1, 2, 4"] = [conv3, (3, 1, 2), (3, 1, 4)]
for name, stack in stacks.items():
    field, jump, out = 1, 1, tf.ones((1, 19, 19, 1))
    with tf.GradientTape() as tape:
        tape.watch(image := out)
        for k, stride, dilation in stack:
            out = layers.Conv2D(1, k, strides=stride, dilation_rate=dilation, **fixed)(out)
            field, jump = field + (k - 1) * dilation * jump, jump * stride
        one = out[0, out.shape[1] // 2, out.shape[2] // 2, 0]
    paths = tape.gradient(one, image)[0, :, :, 0].numpy()
    print(f"{name}: {field} pixels, seen {np.sum(paths.any(axis=1))}, jump {jump}")
    panels.append((f"{name}: {field} × {field}", np.ma.masked_equal(paths, 0), {}))
gallery("How much one output depends on each pixel (yellow: most, grey: not at all)", panels, 3)

# %% [markdown]
# No: many paths lead from the middle to the output, one from a corner. The second stack is that of
# section 8. Dilation reaches 15 pixels with as many weights as the first, though not evenly. What is
# larger than the field cannot be recognised as a whole, so compute it before training.
#
# ## 7. Shared weights
#
# A convolution uses the same few weights at every place. Two things follow. It needs few parameters. And
# if the image moves, the map moves along: that is called *equivariance*.
#
# > **Predict first.** We move a digit by two pixels, then by one. Does a 3 × 3 convolution's map
# > move along exactly? Does the map after 2 × 2 max pooling?

# %%
digits = load_digits()
images, y = (digits.images / 16).astype("float32"), digits.target


def place(image, row, column, size=16):
    return np.pad(image, ((row, size - 8 - row), (column, size - 8 - column)))[:, :, np.newaxis]


keras.utils.set_random_seed(0)
convolution, pool = layers.Conv2D(16, 3), layers.MaxPooling2D(2)
for step in (2, 1):
    pair = np.stack([place(images[3], 4, 4), place(images[3], 4, 4 + step)])
    still, moved = np.asarray(convolution(pair))
    print(f"{step} px: map moves along", np.allclose(moved[:, step:], still[:, :-step], atol=1e-5))
    still, moved = (np.asarray(pool(map_[np.newaxis])) for map_ in (still, moved))
    steps = [np.allclose(moved[:, :, s:], still[:, :, : 7 - s], atol=1e-5) for s in (0, 1)]
    print(f"      pooled map: stays {steps[0]}, moves by one {steps[1]}")
print(f"parameters: {convolution.count_params()}; dense: {(16 * 16 + 1) * 14 * 14 * 16:,}")

# %% [markdown]
# The convolution's map always moves along. After pooling the grid has steps of 2, so a move by one pixel
# fits nowhere: the values themselves change. CNNs are only roughly equivariant.
#
# And 160 parameters do what takes a dense layer 805,952.
#
# ## 8. Is it worth it?
#
# Handwritten digits, 8 × 8 pixels, on a canvas of 16 × 16. In three ways: all in the centre; each at a random
# place; and the latter with all 256 pixels *permuted*, in one order for all images.

# %%
shifted = np.stack([place(image, *rng.integers(9, size=2)) for image in images])
canvases = {"centred": np.stack([place(image, 4, 4) for image in images])}
mixed = shifted.reshape(-1, 256)[:, rng.permutation(256)].reshape(shifted.shape)
canvases |= {"permuted": mixed, "shifted": shifted}

ways, panels = ("centred", "shifted", "permuted"), []
for name in ways:
    panels += [(name, canvas, dict(cmap="gray_r")) for canvas in canvases[name][:6]]
gallery("The same six digits, three ways", panels, 6)

# %% [markdown]
# The rivals have almost the same number of parameters. Each trains on 600 images and is tested on the
# other 1,197, with three seeds. (To save time, `fit` gets its 20 epochs as one long one, and each seed
# resets the same compiled model.)


# %%
def build_cnn():
    convolutions = [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2)]
    convolutions += [layers.Conv2D(24, 3, activation="relu"), layers.GlobalMaxPooling2D()]
    return keras.Sequential([keras.Input((16, 16, 1)), *convolutions, layers.Dense(10)])


def build_dense():
    hidden = [layers.Flatten(), layers.Dense(15, activation="relu")]
    return keras.Sequential([keras.Input((16, 16, 1)), *hidden, layers.Dense(10)])


for layer in build_cnn().layers:
    print(f"{type(layer).__name__:>18} {layer.output.shape!s:20} {layer.count_params():5}")
print("CNN:", build_cnn().count_params(), "  dense:", build_dense().count_params())

# %% [markdown]
# > **Predict first.** Six accuracies: CNN and dense, on centred, shifted and permuted digits. Where is
# > the CNN ahead, and by how much? Which of the six come near to guessing, 0.1?


# %%
def test_accuracies(build):
    model, scores = build(), {name: [] for name in canvases}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, steps_per_execution=120)
    model.optimizer.build(model.trainable_variables)
    fresh = [variable.numpy() for variable in model.optimizer.variables]
    for (name, X), seed in product(canvases.items(), range(3)):
        keras.utils.set_random_seed(seed)
        model.set_weights(build().get_weights())
        for variable, value in zip(model.optimizer.variables, fresh, strict=True):
            variable.assign(value)
        train, test = np.split(np.random.default_rng(seed).permutation(len(X)), [600])
        batches = tf.data.Dataset.from_tensor_slices((X[train], y[train])).shuffle(600)
        model.fit(batches.repeat(20).batch(100), shuffle=False, verbose=0)
        scores[name].append(np.mean(np.argmax(model(X[test]), axis=1) == y[test]))
    return model, scores


results = {"dense": test_accuracies(build_dense), "CNN": test_accuracies(build_cnn)}

# %% tags=["nbval-ignore-output"]
figure, axis = plt.subplots(figsize=(7, 3.4), layout="constrained")
for (name, (_, scores)), color, move in zip(results.items(), "rb", (-0.1, 0.1), strict=True):
    dots = [scores[kind] for kind in ways]
    axis.plot(np.arange(3) + move, dots, color + "o", alpha=0.6, label=[name, "", ""])
    print(f"{name:>5}:", {kind: np.round(scores[kind], 2).tolist() for kind in ways})
axis.axhline(0.1, color="0.6", ls=":", label="guessing")
axis.set(xticks=range(3), xticklabels=ways, xlim=(-0.4, 2.4))
axis.set(ylabel="test accuracy", title="Equal parameters, three seeds each", ylim=(0, 1))
axis.legend()
plt.show()

# %% [markdown]
# - **Centred:** close. The CNN is ahead by a few hundredths, and on some other seeds by nothing. Where
#   each pixel always means the same, a dense layer does well.
# - **Shifted:** 0.8 to 0.9 against 0.2. The dense network has to learn each digit again at each of 81
#   places, and has only about 60 images of each for that. The CNN learns a digit once.
# - **Permuted:** the dense network does as on shifted digits, since it never knew which pixels were
#   neighbours. The CNN falls below it. So three of the six come near to guessing.
#
# So a convolution is an assumption: *neighbours belong together, and a thing looks the same
# everywhere*. It pays where that is true: photos, sound, series. On the columns of a table it is not.
#
# ## 9. What it looks at
#
# The CNN, trained on shifted digits, gets one digit at two places.

# %%
cnn = results["CNN"][0]
pair = np.stack([place(images[7], 2, 0), place(images[7], 8, 6)])
first = np.asarray(cnn.layers[0](pair))
second = np.asarray(cnn.layers[2](cnn.layers[1](first)))
best = [np.argsort(maps[0].std(axis=(0, 1)))[::-1][:3] for maps in (first, second)]
panels = []
for i in range(2):
    panels.append(("image", pair[i], dict(cmap="gray_r")))
    for layer, maps in enumerate((first, second)):
        for k in best[layer]:
            top = dict(vmin=0, vmax=maps[..., k].max())
            panels.append((f"layer {layer + 1}, no. {k}", maps[i, :, :, k], top))
gallery("The digit moves, and the feature maps move along", panels, 7)

# %% [markdown]
# Maps of the first layer follow the strokes, each in its own way. Maps of the second are coarse and
# answer to larger pieces: a bright cell says "here". The global maximum keeps *that* something was
# found, not where.
#
# ## 10. Cheaper convolutions
#
# - A **1 × 1 convolution** mixes the channels of each pixel and looks at no neighbour: a dense layer over
#   the channel axis.
# - A **depthwise** convolution filters each channel alone, and mixes none.
# - A **depthwise-separable** one is a depthwise, then a 1 × 1 convolution. MobileNet is built of it.

# %%
features = rng.normal(size=(1, 20, 20, 32)).astype("float32")
kinds = {"3 × 3": layers.Conv2D(64, 3, padding="same"), "1 × 1": layers.Conv2D(64, 1)}
kinds["depthwise 3 × 3"] = layers.DepthwiseConv2D(3, padding="same")
kinds["separable 3 × 3"] = layers.SeparableConv2D(64, 3, padding="same")
for name, layer in kinds.items():
    print(f"{name:>15}: {layer(features).shape}, {layer.count_params():6,} parameters")
kernel, bias = kinds["1 × 1"].get_weights()
by_hand = features @ kernel[0, 0] + bias
print("1 × 1 is dense:", np.allclose(by_hand, kinds["1 × 1"](features), atol=1e-4))

# %% [markdown]
# 3 · 3 · 32 · 64 + 64 = 18,496 against 3 · 3 · 32 + 32 · 64 + 64 = 2,400, about an eighth. The price: it
# cannot give each pair of input and output channel a shape of its own.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | "expected min_ndim=4, found ndim=3" | no channel or batch axis | `X[..., np.newaxis]`, `image[np.newaxis]` |
# | negative dimension, or size 0 | too much pooling for the image | `"same"`, fewer pools |
# | most parameters sit in one `Dense` | `Flatten` of a large map | global pooling |
# | good on small things, blind to large | receptive field too small | stride, dilation, more layers |
# | worse than a dense network | place matters, or neighbours mean nothing | `Flatten`, or no CNN |
# | strange values at borders | zero padding | `"valid"`, or mirror the border |
# | other outputs after conversion | `"same"` pads behind | pad by hand |
#
# ## Summary
#
# - A filter is a dot product that slides; it sums over all channels and makes one map.
# - Parameters: $(k \cdot k \cdot \text{channels} + 1) \cdot \text{filters}$, whatever the image's size.
# - `"valid"` shrinks, `"same"` gives $\lceil n / s \rceil$; the odd zero goes behind.
# - The field grows by $(k - 1)\,d\,j$, the jump by the factor $s$.
# - Convolution moves along with the image; pooling forgets the place. Check that both suit your data.
#
# Next: the [exercise](../../exercises/04-deep-learning/05-convolutions.ipynb),
# then [real-world images](06-real-world-images.ipynb).
