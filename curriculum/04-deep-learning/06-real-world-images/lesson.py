# ---
# title: Real-world images
# minutes: 75
# needs: [04-deep-learning/03-training-well, 04-deep-learning/04-input-pipelines, 04-deep-learning/05-convolutions, 03-classical-ml/05-judging-classifiers]
# objectives: [tf-developer/3.2, tf-developer/3.4, tf-developer/3.5, tf-developer/3.6, tf-developer/2.7, tf-developer/2.8, tf-developer/2.12, tf-developer/2.16, aws-mls/2.1, aws-mls/3.5, aws-mla/1.3, aws-mla/2.2, azure-ai-102/4.2]
# ---

# %% [markdown]
# # Real-world images
#
# Real pictures come in folders, in different sizes, with clutter, bad light and too few labels. After this
# lesson you can
#
# - load folders of pictures, and know which label each gets,
# - bring all to one size, and check what is left of the thing you look for,
# - split them without a leak,
# - augment them without spoiling their labels,
# - measure overfitting and its cures, and
# - find out what a network cannot do, by looking at its errors.
#
# **Exam lens.** The TensorFlow Developer exam (retired in 2024) had a task of its own on real-world
# images: clutter (3.2), any size (3.4), augmentation on training data only (3.5), labels from folders
# (3.6), overfitting (2.8). AWS MLS-C01 (retired in March 2026) asks to augment (2.1) and to read a
# confusion matrix (3.5), MLA-C02 for duplicates (1.3) and overfitting (2.2), Azure AI-102 (retired in
# June 2026) to train a vision model and read its metrics (4.2).

# %%
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import callbacks, layers
from sklearn.metrics import ConfusionMatrixDisplay, roc_auc_score
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from certlab.datasets import write_conveyor

from_directory = keras.utils.image_dataset_from_directory
temporary = tempfile.TemporaryDirectory()
root = Path(temporary.name)
table = write_conveyor(root / "by_defect", 600)
print(table.groupby("camera")[["width", "height"]].agg(["first", "count"]))


# %%
def gallery(heading, panels, columns):  # panels: (title, image)
    rows = len(panels) // columns
    figure, axes = plt.subplots(rows, columns, figsize=(10, 1.9 * rows + 0.5), layout="constrained")
    for axis, (title, image) in zip(axes.flat, panels, strict=True):
        axis.imshow(np.asarray(image).clip(0, 255).astype("uint8"))
        axis.set(xticks=[], yticks=[])
        axis.set_title(title, fontsize=9)
    figure.suptitle(heading)
    plt.show()


def picture(number):
    file = root / "by_defect" / table["file"][number]
    return keras.utils.img_to_array(keras.utils.load_img(file))


some = table[table["defect_size"].eq(0) | table["defect_size"].gt(6)]
some = some.groupby(["camera", "defect"]).head(1).sort_values(["camera", "defect"])
titles = some["camera"] + ": " + some["kind"] + ", " + some["defect"]
panels = [(title, picture(number)) for number, title in titles.items()]
gallery("One row per camera: same parts, other sizes and light", panels, 4)

# %% [markdown]
# Metal parts on a conveyor, of four kinds, some with a *defect*: a chip off the edge, a crack or rust.
# Scratches, shavings, cardboard and neighbours are none. **A program drew them:** labels are never
# wrong, defects far too frequent, and a score says nothing about real steel.
#
# ## 1. From folders to labels
#
# The files lie in folders `chip`, `crack`, `ok`, `rust`, and these become classes 0 to 3, sorted as text. (The
# same in the older `ImageDataGenerator().flow_from_directory`; see its `class_indices`.)
#
# But we want the *kind*, which stands in our table. `labels=` takes a list of numbers.
#
# > **Predict first.** Four kinds, and the list is made in the order of the table, which counts the files from
# > `00000.jpg` to `00599.jpg`. What share of the pictures gets its own label?

# %%
kinds = sorted(table["kind"].unique())
for order, rows in {"table": table, "path": table.sort_values("file")}.items():
    labels = rows["kind"].map(kinds.index).tolist()
    data = from_directory(root / "by_defect", labels, shuffle=False, verbose=False)
    given = np.concatenate([batch for _, batch in data])
    true = table["kind"][[int(Path(path).stem) for path in data.file_paths]].map(kinds.index)
    print(f"list in the order of the {order}: {np.mean(given == true):.0%} right", data.class_names)

# %% [markdown]
# About a quarter, as by chance, and without an error: only the *length* of the list is checked. Keras goes
# through the folders by name, so all of `chip` comes before any of `ok`. (And 10 before 9, unless names have
# leading zeros.) The class names are lost, too. So we sort the files into folders by kind.

# %%
for row in table.itertuples():
    target = root / "by_kind" / row.kind / Path(row.file).name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((root / "by_defect" / row.file).read_bytes())

# %% [markdown]
# ## 2. One size for all
#
# A batch is one array, so all its pictures need one size. `from_directory` resizes to `image_size`, given
# as **(height, width)**, in one of three ways:
#
# | way | argument | price |
# |---|---|---|
# | stretch | (default) | shapes change |
# | crop | `crop_to_aspect_ratio=True` | the edges are lost |
# | pad | `pad_to_aspect_ratio=True` | black bars, smaller things |
#
# > **Predict first.** Which of the three makes an ellipse of a washer? With which are parts about equally
# > large from all three cameras?

# %%
ways = {"stretch": {}, "crop": {"crop_to_aspect_ratio": True}, "pad": {"pad_to_aspect_ratio": True}}
per_mm, panels = {"A": 2.6, "B": 2.6, "C": 2.8}, []  # pixels per millimetre, from the data's card
washers = table.query("kind == 'washer' and defect == 'ok'")[["camera", "height", "width"]]
for number, camera, h, w in washers.groupby("camera").nth(2).sort_values("camera").itertuples():
    panels.append((f"camera {camera}, {w} × {h}", picture(number)))
    for way, options in ways.items():
        panels.append((f"{way}, 48 × 48", layers.Resizing(48, 48, **options)(picture(number))))
    scales = 48 * per_mm[camera] / np.array([w, h, min(w, h), max(w, h)])
    print(f"{camera}, pixels per mm: stretched {scales[0]:.2f} × {scales[1]:.2f},", end=" ")
    print(f"cropped {scales[2]:.2f}, padded {scales[3]:.2f}")
gallery("Three ways to make a picture square", panels, 4)

# %% [markdown]
# Stretching makes the ellipse. After cropping, a millimetre is about one pixel for every camera. The parts
# lie in the middle, so little is lost: we crop. Where the thing can be anywhere, pad.
#
# ## 3. What the network sees
#
# By default Keras resizes with `"bilinear"`: each new pixel is mixed from four old ones, however many lie
# between. `interpolation="area"` averages over all that the new pixel covers.
#
# > **Predict first.** The *smallest* chip, crack and patch of rust: which can you still find at 48 pixels?

# %%
panels = []
for defect in ("chip", "crack", "rust"):
    number = table["defect_size"].where(table["defect"] == defect).idxmin()
    panels.append((f"{defect}, {table['defect_size'][number]} mm", picture(number)))
    for pixels, way in ((96, "area"), (48, "area"), (48, "bilinear")):
        resize = layers.Resizing(pixels, pixels, way, crop_to_aspect_ratio=True)
        panels.append((f"{pixels} × {pixels}, {way}", resize(picture(number))))
gallery("The smallest of each defect, before and after resizing", panels, 4)

# %% [markdown]
# Rust and chip: yes. The crack has become one more gap between teeth; at 96 pixels it is still thinner
# than they are. (Bilinear also keeps camera C's noise.) So look at resized
# pictures before you train: what you cannot see there, the network will hardly find. For the *kind*, 48
# pixels will do.
#
# Small data may be loaded as one array. `stem` is a file's name without folder and ending.

# %%
size = {"image_size": (48, 48), "crop_to_aspect_ratio": True, "interpolation": "area"}
data = from_directory(root / "by_kind", shuffle=False, verbose=False, **size)
X, y = (np.concatenate(parts) for parts in zip(*data.as_numpy_iterator(), strict=True))
rows = table.loc[[int(Path(path).stem) for path in data.file_paths]]  # in the order of X
print(X.shape, X.dtype, f"up to {X.max():.0f};", data.class_names)

# %% [markdown]
# `shuffle=False` matters: otherwise each pass shuffles anew, and neither `file_paths` nor earlier predictions
# match the labels of the next.
#
# ## 4. Splitting without a leak
#
# `validation_split=0.2` sets a fifth of the files aside. Two calls return the two sets.
#
# > **Predict first.** The calls get different seeds. What share of the validation files is also in
# > training? And with `shuffle=False`, which kinds are in the validation set?


# %%
def files(subset, **options):
    options |= {"validation_split": 0.2, "subset": subset, "verbose": False}
    return from_directory(root / "by_kind", **options).file_paths


for seed in (1, 2):
    shared = set(files("training", seed=1)) & set(files("validation", seed=seed))
    print(f"seeds 1 and {seed}: {len(shared) / 120:.0%} of the validation files are in training")
print("shuffle=False:", {Path(path).parent.name for path in files("validation", shuffle=False)})

# %% [markdown]
# About 80 %, so validation would measure memory. Give both calls the same `seed`, or ask once with
# `subset="both"`. Unshuffled, the last fifth of the sorted files is all washers.
#
# Now a leak that no seed prevents. Suppose each camera takes *three* shots of a part within a second.
# We imitate that with 200 parts: shots moved by up to a pixel, with fresh noise. To name the *defect*, the
# classifier looks up the single most similar training picture: plain memory.
#
# > **Predict first.** Always saying "ok" scores 0.57. And this classifier, if shots are split at random? If all
# > shots of a part stay on one side?

# %%
rng = np.random.default_rng(7)
parts = np.repeat(rng.permutation(600)[:200], 3)
shots = [np.roll(image, rng.integers(-1, 2, size=2), axis=(0, 1)) for image in X[parts]]
shots = np.array(shots) + rng.normal(scale=8, size=(600, 48, 48, 3))
small = shots.reshape(600, 12, 4, 12, 4, 3).mean(axis=(2, 4)).reshape(600, -1)
nearest, defects = KNeighborsClassifier(1), rows["defect"].to_numpy()[parts]
print(f"always ok: {np.mean(defects == 'ok'):.2f}")
splits = {"at random": KFold(5, shuffle=True, random_state=0), "by part": GroupKFold(5)}
for name, folds in splits.items():
    groups = parts if name == "by part" else None
    scores = cross_val_score(nearest, small, defects, groups=groups, cv=folds)
    print(f"split {name}: {scores.mean():.2f}")

# %% [markdown]
# Above 0.9, and it knows nothing: split by part, it is worse than "ok". Near-duplicates (bursts, frames of a
# video) must stay on one side. Split by what will be *new* in use: the part, the day, or the
# camera. Ours were drawn one by one, so a random split is fine until a fourth camera comes.
#
# ## 5. Augmentation
#
# An augmentation layer changes each training picture a little, each time in another way, so it is harder to
# learn by heart.
#
# > **Predict first.** A model holds such a layer. Does it turn a picture in `predict`? In a direct call,
# > `model(X)`?

# %%
keras.utils.set_random_seed(0)
augment = {"flip": layers.RandomFlip("horizontal_and_vertical")}
augment |= {"rotation": layers.RandomRotation(0.5), "zoom": layers.RandomZoom(0.3)}
augment |= {"translation": layers.RandomTranslation(0.2, 0.2)}
augment |= {"contrast": layers.RandomContrast(0.5), "brightness": layers.RandomBrightness(0.3)}
gear = X[[np.flatnonzero((rows["kind"] == "gear") & (rows["camera"] == "A"))[4]]]
panels = []
for _ in range(2):
    panels += [(name, layer(gear, training=True)[0]) for name, layer in augment.items()]
gallery("Six layers, two draws of each", panels, 6)
turning = keras.Sequential([keras.Input((48, 48, 3)), augment["rotation"]])
outputs = {"predict": turning.predict(gear, verbose=0), "model(X)": turning(gear)}
outputs["model(X, training=False)"] = turning(gear, training=False)
print("turned:", {name: bool(np.any(np.abs(out - gear) > 1)) for name, out in outputs.items()})

scaled = layers.RandomBrightness((0.3, 0.3))(gear / 255)
print(f"brightness after rescaling: mean {np.mean(gear / 255):.1f} becomes {np.mean(scaled):.1f}")

# %% [markdown]
# Not in `predict`, but in a direct call: `fit` says `training=True` and `predict` says `training=False`, and
# an augmentation layer that is told nothing augments. (Dropout then does nothing.) So write
# `model(X, training=False)`.
#
# Sizes are shares: `RandomRotation(0.5)` is up to half a turn, `RandomTranslation(0.2, 0.2)` a fifth of
# height and width. What comes in at the edge is mirrored (`fill_mode="reflect"`): hence the second gear.
#
# The last line is a trap. `RandomBrightness` takes pixels to go up to 255, and adds 0.3 · 255 to pixels that
# go up to 1. Augment first and rescale then, or set `value_range=(0, 1)`.
#
# > **Predict first.** Five augmentations of a chipped part: which make its label wrong, if that is the
# > *defect*? If it is the *kind*?

# %%
chipped = rows.query("defect == 'chip' and camera == 'B' and kind == 'washer'")
image = X[[rows.index.get_loc(chipped["defect_size"].idxmax())]]
fixed = {"original": layers.Identity(), "zoom in": layers.RandomZoom((-0.6, -0.6))}
fixed |= {"move": layers.RandomTranslation((-0.4, -0.4), (0, 0), fill_mode="constant")}
fixed |= {"stretch": layers.RandomZoom((0, 0), (0.7, 0.7), fill_mode="nearest")}
fixed |= {"darken": layers.RandomBrightness((-0.35, -0.35)), "rotate": layers.RandomRotation(0.5)}
panels = [(name, layer(image, training=True)[0]) for name, layer in fixed.items()]
gallery("Which label is still true?", panels, 6)

# %% [markdown]
# Moving pushes the chip out of the picture: "chip" becomes a lie, though the kind can still be seen.
# Zoomed in so far, neither can: a nut has such a hole, too. Stretching makes a part that no camera sees, and
# harms the kind. Darkening is right as far as cameras differ in brightness, turning since parts lie at any angle.
# (It would make a 9 of a 6.) *Ask of each layer: would an expert still give
# this label, and can this picture occur?* A box drawn around a defect must move along, too.
#
# ## 6. Overfitting, and its cure
#
# Now a CNN for the four kinds, with 240 training pictures. Augmentation and rescaling are layers *inside* the
# model, so a saved model expects raw pixels and nobody can forget a step.


# %%
def build(augmentation=(), dropout=0.0):
    def convolve(filters, size, strides=1):
        return layers.Conv2D(filters, size, strides, padding="same", activation="relu")

    stack = [keras.Input((48, 48, 3)), *augmentation, layers.Rescaling(1 / 255)]
    stack += [convolve(16, 5, 2), layers.MaxPooling2D()]
    stack += [convolve(32, 3), layers.MaxPooling2D(), convolve(64, 3), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(dropout), layers.Dense(64, activation="relu")]
    return keras.Sequential([*stack, layers.Dropout(dropout), layers.Dense(4)])


train_rows, val_rows = np.split(np.random.default_rng(0).permutation(600), [240])


def train(model, y, epochs=24):
    def measure(epoch, logs=None):
        if epoch % 6 == 5:
            right = np.argmax(model(X, training=False), axis=1) == y
            curve.append((epoch + 1, right[train_rows].mean(), right[val_rows].mean()))

    curve, loss = [], keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.002), loss)
    data = tf.data.Dataset.from_tensor_slices((X[train_rows], y[train_rows]))
    options = {"verbose": 0, "callbacks": [callbacks.LambdaCallback(on_epoch_end=measure)]}
    model.fit(data.shuffle(240).batch(40), epochs=epochs, shuffle=False, **options)
    return np.array(curve).T


# %% [markdown]
# `measure` looks at training and validation pictures alike. (The training accuracy of `fit` has dropout and
# augmentation in it, and can lie below validation.)
#
# > **Predict first.** Three networks: plain, with dropout, with flips and turns. Which has the largest gap
# > between its two curves? Which is best on validation pictures, and by how much?

# %% tags=["nbval-ignore-output"]
recipes = {"plain": {}, "dropout 0.4": {"dropout": 0.4}}
recipes["augmented"] = {"augmentation": [augment["flip"], augment["rotation"]]}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True, layout="constrained")
for axis, (name, options) in zip(axes, recipes.items(), strict=True):
    keras.utils.set_random_seed(0)
    model = build(**options)
    epoch, on_train, on_val = train(model, y)
    axis.plot(epoch, on_train, "C0o-", label="training")
    axis.plot(epoch, on_val, "C1s--", label="validation")
    axis.set(title=name, xlabel="epoch")
    print(f"{name}: training {on_train[-1]:.2f}, validation {on_val[-1]:.2f}")
axes[0].set(ylabel="accuracy", ylim=(0.25, 1.02))
axes[0].legend(loc="lower right")
plt.show()

# %% [markdown]
# The plain network has nearly learned its training pictures by heart, and is right on about eight in ten
# new ones. Dropout slows that. Flips and turns close the gap. But on *new* pictures all three lie within a few
# hundredths. Was it for nothing?
#
# A closed gap at 0.85 says that the network no longer learns by heart, but *under*fits: there is more to
# learn. So give it time. The next table takes minutes, so no cell prints it: `epochs=120` in the code above,
# three seeds each, 800 other pictures as test.
#
# | | training | test |
# |---|---|---|
# | plain | 1.00 | 0.82 to 0.85 |
# | dropout 0.4 | 1.00 | 0.83 to 0.89 |
# | flips and turns | 0.95 to 0.99 | 0.92 to 0.96 |
#
# Augmentation pays if it gets more epochs.
#
# ## 7. Errors, by looking
#
# > **Predict first.** Which two kinds does the network confuse most?

# %% tags=["nbval-ignore-output"]
p = keras.ops.softmax(model(X[val_rows], training=False)).numpy()
truth, guess, shown = y[val_rows], p.argmax(axis=1), rows.iloc[val_rows]
figure, axis = plt.subplots(figsize=(4.2, 3.4), layout="constrained")
ConfusionMatrixDisplay.from_predictions(truth, guess, display_labels=kinds, ax=axis, colorbar=False)
plt.show()
wrong = shown.assign(wrong=truth != guess)
for column in ("camera", "defect"):
    rate = wrong.groupby(column)["wrong"].agg(["mean", "size"])
    rate["2 standard errors"] = 2 * np.sqrt(rate["mean"] * (1 - rate["mean"]) / rate["size"])
    print(rate.round(2), end="\n\n")
worst = np.argsort(np.where(truth != guess, -p.max(axis=1), 0))[:12]
panels = []
for i in worst:
    name = f"{kinds[truth[i]]}, not {kinds[guess[i]]} ({p[i].max():.0%}), {shown['camera'].iloc[i]}"
    panels.append((name, X[val_rows[i]]))
gallery("The most confident errors", panels, 4)

# %% [markdown]
# Nuts and washers, and hardly anything else. Is a camera or a defect to blame? None is clearly worse than the
# rest: C is dark, but needs no lamp. (A slice, one row of such a table, may look *better* by luck, or by holding
# fewer nuts and washers.)
#
# Looking says more: *we* see at once what it is. Both kinds are bright rings whose
# outlines differ by a few pixels at six corners. The network has not learned that yet: it underfits. Looking
# also finds wrong labels.
#
# ## 8. Where it fails
#
# Now the defects: same pictures, same network with dropout, other labels.
#
# > **Predict first.** Over half of the pictures are "ok". What accuracy do you expect, and which defect is found?

# %% tags=["nbval-ignore-output"]
y_defect = rows["defect"].map(["ok", "chip", "crack", "rust"].index).to_numpy()
keras.utils.set_random_seed(0)
model = build(dropout=0.4)
on_val = train(model, y_defect, epochs=12)[2]
right = np.argmax(model(X[val_rows], training=False), axis=1) == y_defect[val_rows]
print(f"accuracy {on_val[-1]:.2f}, always ok {np.mean(y_defect[val_rows] == 0):.2f}")
print("recall:", shown.assign(right=right).groupby("defect")["right"].mean().round(2).to_dict())

brown = np.quantile(1 - X[..., 2] / X[..., 0], 0.99, axis=(1, 2))  # by hand: more red than blue
print(f"by hand, ROC AUC of rust: {roc_auc_score(y_defect == 3, brown):.2f}")

# %% [markdown]
# It says "ok" to (nearly) everything, and scores what "ok" scores. (Five other seeds did the same
# after 20 epochs; after 40 they found at most a quarter of any defect.) Too few pixels? For cracks, perhaps. But
# rust is there to see, and *one number per picture* finds it: how brown the brownest hundredth is. The network
# lacks examples: it has some 35 of each defect. So compare with something simple first. Then get more
# pictures of defects, or begin with a network that already knows edges and colours: the next lesson.
#
# ## 9. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | accuracy of guessing, no error | labels in another order than the files | compare with `file_paths` |
# | fine in validation, bad on new days | near-duplicates on both sides | split by part, day or camera |
# | things look squeezed or cut | stretch, crop; (width, height) | look at a batch |
# | training below validation accuracy | augmentation, dropout in training | measure both alike |
# | pictures black or white | brightness on rescaled pixels | `value_range`, or rescale last |
# | worse after augmenting | labels spoiled, too few epochs | look at pictures; train longer |
# | another accuracy each time | `model(X)` augments | `training=False` |
# | predicts one class only | the thing is too small or too rare | more pixels, more examples |
#
# ## Summary
#
# - Labels follow the sorted names of folders; a list follows the sorted paths.
# - Stretch, crop or pad, and look at what is left. Use `"area"` when you shrink a lot.
# - One seed for both subsets; near-duplicates on one side.
# - Augmentation acts in training only, and only where the label stays true. It needs more epochs.
# - Compare with something simple, count errors per slice, and look at them.
#
# Next: the [exercise](../../exercises/04-deep-learning/06-real-world-images.ipynb),
# then [transfer learning](07-transfer-learning.ipynb).
