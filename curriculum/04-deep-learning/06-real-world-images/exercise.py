# ---
# title: "Exercise: real-world images"
# minutes: 80
# ---

# %% [markdown]
# # Exercise: real-world images
#
# Five pieces that every project on pictures needs and the lesson did not write. No question needs the
# answer of another, and nothing is trained. Change `seed` to practise again on other data. Pictures have the
# shape `(height, width, 3)`. Coordinates count from the upper left corner: `x` to the right, `y` down.

# %% tags=["parameters"]
seed = 46  # which data you get

# %%
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)

# question 1: paths of files below a folder
folders = [f"{name}{number}" for name, number in zip("BaCb", rng.permutation(12)[:4], strict=True)]
folders = rng.permutation([*folders, ".cache"]).tolist()
endings = [".jpg", ".png", ".txt", ".JPG", ".jpeg", ".npy", ".bmp", ""]
paths = [f"{rng.choice(folders)}/{n}{rng.choice(endings)}" for n in rng.permutation(120)[:40]]
paths += [f"{rng.choice(folders)}/{rng.choice(['old', '.new'])}/{n}.png" for n in range(100, 106)]
paths = rng.permutation([*paths, "cover.jpg", *(f"{name}/x.jpg" for name in folders)]).tolist()

# question 2: boxes (x_min, y_min, x_max, y_max) in a picture of (height, width)
sizes = [(int(rng.integers(60, 90)), int(rng.integers(130, 180))) for _ in range(3)]
corners = rng.uniform(0.02, 0.98, size=(9, 2, 2))
boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)  # shares of the size

# question 3: a picture with boxes in whole pixels
height, width = int(rng.integers(14, 18)), int(rng.integers(20, 25))
photo = rng.integers(0, 256, size=(height, width, 3))
starts = rng.integers(0, [width - 3, height - 3], size=(8, 2))
spans = rng.integers(2, 12, size=(8, 2))
marks = np.concatenate([starts, np.minimum(starts + spans, [width, height])], axis=1)


# question 4: pictures, some of them copies
def draw_pictures(source, cells, sizes):
    pictures = []
    for number, (n_rows, n_columns) in enumerate(sizes):
        if number % 4 in (0, 3):
            base = source.normal(size=(cells, cells))
            base = (base - base.mean()) / base.std()
            step = 0.2 * source.permutation(np.resize([-1, 1], cells * cells)).reshape(base.shape)
        shown = [base - step, base, base + step, base][number % 4]
        if number % 4 == 1:
            shown = np.rot90(shown[:, ::-1], source.integers(4))
        large = np.kron(shown, np.ones((n_rows, n_columns)))
        large = large[:, :, np.newaxis] + source.normal(scale=0.02, size=(*large.shape, 3))
        pictures.append(source.uniform(60, 160) + source.uniform(8, 30) * large)
    return [pictures[i] for i in source.permutation(len(pictures))]


gallery = draw_pictures(rng, 6, rng.integers(2, 6, size=(12, 2)))

# question 5: predictions, and what is known about each picture
n = 300
facts = pd.DataFrame({"camera": rng.choice([*"ABC"], size=n, p=[0.5, 0.4, 0.1])})
facts["light"] = rng.choice(["day", "night"], size=n, p=[0.7, 0.3])
facts["kind"] = rng.choice(["gear", "nut", "plate", "ring"], size=n)
hard = facts.isin([rng.choice([*"ABC"]), rng.choice(["day", "night"]), "nut"]).sum(axis=1)
y_true = rng.integers(4, size=n)
y_pred = np.where(rng.random(n) < 0.05 + 0.12 * hard**2, (y_true + 1) % 4, y_true)

# %% [markdown]
# ## Question 1 · from paths to labels (3 points)
#
# Write `index_paths(paths, class_names=None)`, which gives what `image_dataset_from_directory` would. `paths`
# lists, in any order, the files below the folder, each as a text with `/` between its parts.
#
# - The class of a file is its *first* folder; deeper folders do not matter. A file in no folder has no class and
#   is left out. So is what lies in a first folder whose name begins with a dot (a deeper one may).
# - Only `.bmp`, `.gif`, `.jpeg`, `.jpg` and `.png` count, in small or capital letters.
# - Classes are all first folders (also those in which no picture counts) without a dot in front, sorted as
#   Python sorts text. If `class_names` is given, the classes are exactly these, in this order; files of
#   other folders are left out.
# - Files come class by class. Within a class, they are sorted first by the path of the folder that holds them, then by
#   name.
#
# Return the tuple `(class_names, files, labels)` of three lists: text, text, `int`.


# %% question="index_paths" points=3
### BEGIN SOLUTION
def index_paths(paths, class_names=None):
    parts = [path.split("/") for path in paths]
    if class_names is None:
        found = {part[0] for part in parts if len(part) > 1}
        class_names = sorted(name for name in found if not name.startswith("."))
    allowed = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
    files, labels = [], []
    for label, name in enumerate(class_names):
        own = [part for part in parts if part[0] == name]
        own = [part for part in own if part[-1].lower().endswith(allowed)]
        for part in sorted(own, key=lambda part: ("/".join(part[:-1]), part[-1])):
            files.append("/".join(part))
            labels.append(label)
    return list(class_names), files, labels


### END SOLUTION

# %% check="index_paths"
_got = index_paths(paths)
assert len(_got) == 3, "Return the tuple (class_names, files, labels)."
assert len(_got[1]) == len(_got[2]), "There should be one label for each file."
with tempfile.TemporaryDirectory() as _root:
    for _path in paths:
        (Path(_root) / _path).parent.mkdir(parents=True, exist_ok=True)
        (Path(_root) / _path).touch()
    for _names in (None, [folder for folder in folders if folder[0] in "ab"]):
        _keras = keras.utils.image_dataset_from_directory(
            _root, class_names=_names, shuffle=False, verbose=False
        )
        _files = [Path(_path).relative_to(_root).as_posix() for _path in _keras.file_paths]
        _got = index_paths(paths, _names)
        assert list(_got[0]) == list(_keras.class_names), (
            f"class_names={_names}: Keras has the classes {_keras.class_names}, you have {_got[0]}"
        )
        _more, _fewer = set(_got[1]) - set(_files), set(_files) - set(_got[1])
        assert not _more, f"Keras leaves out {sorted(_more)[:3]}. Why?"
        assert not _fewer, f"Keras takes {sorted(_fewer)[:3]} too. Why?"
        _wrong = [_pair for _pair in zip(_files, _got[1], strict=True) if _pair[0] != _pair[1]]
        assert not _wrong, f"Order: Keras has {_wrong[0][0]} where you have {_wrong[0][1]}."
        assert list(_got[2]) == [_got[0].index(_path.split("/")[0]) for _path in _files], (
            "A label is the position of the file's first folder in class_names."
        )

# %% probe="index_paths" exact=true
_twisted = [
    "b/z.png",
    "b/a/9.gif",
    "b/a.d/1.jpg",
    "b/a/10.gif",
    ".c/1.png",
    "e/1.pdf",
    "d/.n/2.PNG",
]
_names = [name for name in folders if name[0] != "."]
[
    index_paths(paths),
    index_paths(paths[::2], _names[:0:-1]),
    index_paths([path for path in paths if "/" in path][:25], _names[1:3]),
    index_paths([*_twisted, "f.jpg", "b/jpg"]),
    index_paths(_twisted, ["d", "b"]),
]

# %% [markdown]
# ## Question 2 · a box through a resize (3 points)
#
# Boxes mark where the defects are. When a picture is resized, they must follow.
#
# Write `resize_boxes(boxes, size, target, way)`. `boxes` has the shape `(n, 4)`: `x_min, y_min, x_max, y_max` in
# pixels of the picture. `size` and `target` are `(height, width)` before and after. `way` is
#
# - `"stretch"`: height and width are scaled, each on its own;
# - `"crop"`: one scale for both, the smallest with which the picture covers the target; what juts out is cut off,
#   equally on both sides;
# - `"pad"`: one scale for both, the largest with which the picture fits into the target; the rest is
#   filled, equally on both sides.
#
# Do not round. Return the tuple `(moved, visible)`: the boxes in pixels of the target, clipped to the target,
# shape `(n, 4)`; and for each box the share of its area that was not cut off, shape `(n,)`. Where this is 0, `moved` has
# four zeros.


# %% question="resize_boxes" points=3
### BEGIN SOLUTION
def resize_boxes(boxes, size, target, way):
    size, target = np.array(size[::-1]), np.array(target[::-1])  # (width, height), as in a box
    scale = target / size
    if way == "crop":
        scale = np.full(2, scale.max())
    elif way == "pad":
        scale = np.full(2, scale.min())
    offset = (target - size * scale) / 2
    moved = np.asarray(boxes) * np.tile(scale, 2) + np.tile(offset, 2)
    clipped = np.clip(moved, 0, np.tile(target, 2))
    area, left = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (moved, clipped))
    return np.where(left[:, np.newaxis] > 0, clipped, 0), left / area


### END SOLUTION

# %% check="resize_boxes"
_whole, _middle = [[0, 0, 160, 80]], [[70, 30, 90, 50]]
for _way, _want, _center in (
    ("stretch", [0, 0, 40, 40], [17.5, 15, 22.5, 25]),
    ("crop", [0, 0, 40, 40], [15, 15, 25, 25]),
    ("pad", [0, 10, 40, 30], [17.5, 17.5, 22.5, 22.5]),
):
    _answer = resize_boxes(np.array(_whole + _middle, float), (80, 160), (40, 40), _way)
    assert len(_answer) == 2, "Return the tuple (moved, visible)."
    _moved, _visible = (np.asarray(_part) for _part in _answer)
    assert (_moved.shape, _visible.shape) == ((2, 4), (2,)), (
        f"Two boxes should give the shapes (2, 4) and (2,), not {_moved.shape} and {_visible.shape}."
    )
    assert np.allclose(_moved[0], _want), (
        f'"{_way}": the box around the whole picture of 80 × 160 should become {_want} in 40 × 40, not '
        f"{_moved[0].tolist()}."
    )
    assert np.allclose(_moved[1], _center), (
        f'"{_way}": the square in the middle should become {_center}, not {_moved[1].tolist()}. Is it still '
        "in the middle, and for crop and pad still a square?"
    )
    assert np.isclose(_visible[0], 0.5 if _way == "crop" else 1), (
        f'"{_way}": which share of the whole picture is left? You say {_visible[0]:.2f}.'
    )
_moved, _visible = resize_boxes(np.array([[0.0, 0, 9, 9]]), (80, 160), (40, 40), "crop")
assert np.allclose([*np.ravel(_moved), *np.ravel(_visible)], 0), (
    "A box that is wholly cut off should have four zeros, and 0 visible."
)

# %% probe="resize_boxes" rtol=1e-6 atol=1e-9
[
    [
        part
        for size, target in zip(sizes, [(64, 64), (50, 96), (120, 45)], strict=True)
        for part in resize_boxes(boxes * np.tile(size[::-1], 2), size, target, way)
    ]
    for way in ("stretch", "crop", "pad")
] + [
    resize_boxes(boxes[:4] * np.tile(sizes[0], 2), sizes[0][::-1], (48, 70), way)
    for way in ("crop", "pad")
]

# %% [markdown]
# ## Question 3 · an augmentation that keeps its labels true (3 points)
#
# Write `augment(image, boxes, flip, turns, shift, fill)`. In this order:
#
# 1. if `flip` is true, left and right change places;
# 2. the picture is turned by `turns` quarter turns, as `np.rot90` does (0, 1, 2 or 3);
# 3. it is moved by `shift = (down, right)` whole pixels, each positive, negative or 0 and smaller than the side that it
#    moves along; what leaves the frame is lost, and pixels that become free get the value `fill`.
#
# `boxes` has the shape `(n, 4)`, whole numbers: a box holds the pixels `image[y_min:y_max, x_min:x_max]`. Boxes go the
# same way as the picture and are clipped to it. A box of which less than half of the area is left
# is dropped, since nobody could still see that defect.
#
# Return the tuple `(image, boxes, kept)`: the new picture; the boxes that are left, shape `(m, 4)`, in their old order;
# and their old positions, a list of `int`. Neither argument may be changed.


# %% question="augment" points=3
### BEGIN SOLUTION
def augment(image, boxes, flip, turns, shift, fill):
    moved = np.array(boxes).reshape(-1, 4)
    if flip:
        image = image[:, ::-1]
        moved[:, [0, 2]] = image.shape[1] - moved[:, [2, 0]]
    for _ in range(turns):
        x_min, y_min, x_max, y_max = moved.T
        moved = np.stack([y_min, image.shape[1] - x_max, y_max, image.shape[1] - x_min], axis=1)
        image = np.rot90(image)
    down, right = shift
    rows, columns = image.shape[:2]
    new = np.full_like(image, fill)
    inside = image[max(-down, 0) : rows - max(down, 0), max(-right, 0) : columns - max(right, 0)]
    new[max(down, 0) : rows + min(down, 0), max(right, 0) : columns + min(right, 0)] = inside
    moved = moved + [right, down, right, down]
    clipped = np.clip(moved, 0, [columns, rows, columns, rows])
    area, left = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (moved, clipped))
    kept = np.flatnonzero(2 * left >= area)
    return new, clipped[kept], kept.tolist()


### END SOLUTION

# %% check="augment"
_before, _boxes_before = photo.copy(), marks.copy()
for _flip, _turns in ((False, 0), (True, 0), (False, 1), (True, 3), (True, 2)):
    _image, _new, _kept = augment(photo, marks, _flip, _turns, (0, 0), 0)
    _want = np.rot90(photo[:, ::-1] if _flip else photo, _turns)
    assert np.array_equal(_image, _want), (
        f"flip={_flip}, turns={_turns}: that is another picture than NumPy makes."
    )
    assert list(_kept) == list(range(8)), "Without a shift, no box should be dropped."
    for _old, _box in zip(marks, np.asarray(_new), strict=True):
        _inside = photo[_old[1] : _old[3], _old[0] : _old[2]]
        _inside = np.rot90(_inside[:, ::-1] if _flip else _inside, _turns)
        assert np.array_equal(_image[_box[1] : _box[3], _box[0] : _box[2]], _inside), (
            f"flip={_flip}, turns={_turns}: the new box {_box.tolist()} does not hold what the old one "
            f"{_old.tolist()} held. Follow one corner by hand; which corner is the smallest now?"
        )
_image, _new, _kept = augment(photo, np.array([[3, 2, 7, 6]]), False, 0, (-4, 5), 9)
assert np.array_equal(_image[: height - 4, 5:], photo[4:, : width - 5]), (
    "shift=(-4, 5) should move the picture up by 4 pixels and right by 5."
)
assert np.all(_image[height - 4 :] == 9), "Free pixels at the bottom get `fill`."
assert np.all(_image[:, :5] == 9), "Free pixels on the left get `fill`."
assert list(_kept) == [0], "A box that keeps exactly half of its area stays."
assert np.array_equal(_new, [[8, 0, 12, 2]]), (
    "The box (3, 2, 7, 6), moved up by 4 and right by 5, keeps exactly half of its area: (8, 0, 12, 2)."
)
_, _new, _kept = augment(photo, np.array([[3, 2, 7, 6]]), False, 0, (-5, 0), 9)
assert (np.shape(_new), list(_kept)) == ((0, 4), []), (
    f"One pixel further it should be dropped: shape (0, 4), not {np.shape(_new)}."
)
assert np.array_equal(photo, _before), "The picture itself was changed. Work on a copy."
assert np.array_equal(marks, _boxes_before), "The boxes were changed. Work on a copy."

# %% probe="augment" exact=true
_results = [
    augment(photo, marks, flip, turns, shift, fill)
    for flip, turns, shift, fill in (
        (True, 1, (3, -4), 7),
        (False, 2, (-5, 6), 0),
        (True, 3, (0, 9), 255),
        (False, 1, (-7, 0), 1),
        (True, 0, (6, 5), 3),
        (False, 3, (2, -2), 4),
    )
]
_edge = augment(photo, [[4, 2, 8, 6], [0, 0, 2, 2]], False, 0, (-4, -1), 0)
[
    [np.asarray(boxes).tolist(), list(kept), [int(image.sum()), int(image[::3, 1::2, 1].sum())]]
    for image, boxes, kept in [*_results, _edge]
] + [_results[0][0][:4, :5, 0].tolist(), photo[::2, ::2, 0].sum().item(), marks.tolist()]

# %% [markdown]
# ## Question 4 · find the copies (3 points)
#
# The same picture came in several times: brighter, with more contrast, larger, turned, mirrored. Before
# you split, such copies must be found.
#
# Write `group_copies(pictures, cells, tolerance)`. `pictures` is a list of arrays; their heights and widths are
# multiples of `cells`.
#
# - The *fingerprint* of a picture: take the mean of the three channels; cut into `cells` × `cells` equal
#   blocks and take the mean of each; subtract the mean of these numbers and divide by their (population) standard
#   deviation.
# - The distance of two pictures is the mean absolute difference of their fingerprints, in that of the eight
#   orientations (0 to 3 quarter turns, mirrored or not) of one of them in which it is smallest.
# - Two pictures are *linked* if their distance is at most `tolerance`. Linked pictures belong to one group, and so do those
#   that are joined by a chain of links.
#
# Return a list with the number of each picture's group, `int`. Groups are numbered 0, 1, 2 … in the order in
# which their first picture comes.


# %% question="group_copies" points=3
### BEGIN SOLUTION
def group_copies(pictures, cells, tolerance):
    prints = []
    for picture in pictures:
        blocks = picture.mean(axis=2).reshape(cells, picture.shape[0] // cells, cells, -1)
        means = blocks.mean(axis=(1, 3))
        prints.append((means - means.mean()) / means.std())
    groups = list(range(len(pictures)))
    for i, one in enumerate(prints):
        ways = [np.rot90(way, turns) for way in (one, one[:, ::-1]) for turns in range(4)]
        for j in range(i):
            if min(np.abs(way - prints[j]).mean() for way in ways) <= tolerance:
                low, high = sorted((groups[i], groups[j]))
                groups = [low if group == high else group for group in groups]
    order = sorted(set(groups))
    return [order.index(group) for group in groups]


### END SOLUTION

# %% check="group_copies"
_a, _b = (np.random.default_rng(n).normal(100, 30, size=(8, 12, 3)) for n in (1, 2))
_copies = [_a, _b, 2 * _a + 5, np.kron(_b, np.ones((2, 2, 1)))]
for _name, _list, _want in (
    ("two different pictures", [_a, _b], [0, 1]),
    ("brighter, and twice as large", _copies, [0, 1, 0, 1]),
    ("turned", [_a, np.rot90(_a), _b, np.rot90(_b, 2)], [0, 0, 1, 1]),
    (
        "mirrored, and mirrored and turned",
        [_b, _a[:, ::-1], _b[::-1], np.rot90(_a[::-1])],
        [0, 1, 0, 1],
    ),
):
    _got = list(group_copies(_list, 4, 0.05))
    assert _got == _want, f"{_name}: the groups should be {_want}, you have {_got}."
_step = np.tile([1.0, -1.0], (8, 6))[:, :, np.newaxis] * np.ones(3)
_row = [_a, _a + 30 * np.kron(_step[::2, :4], np.ones((2, 3, 1)))]
_distance = [group_copies(_row, 4, _tolerance) for _tolerance in (0.0, 9.0)]
assert [list(_groups) for _groups in _distance] == [[0, 1], [0, 0]], (
    "With a tolerance of 0 these two should be apart, with one of 9 together."
)
_ramp = np.linspace(0, 1, 16).reshape(4, 4, 1) * np.ones(3)
_wave = np.sin(np.arange(16.0)).reshape(4, 4, 1)
_chain = [_ramp, _ramp + 0.3 * _wave, _ramp + 0.15 * _wave]
_near = [list(group_copies([_chain[i], _chain[j]], 4, 0.33)) for i, j in ((0, 2), (2, 1), (0, 1))]
assert _near == [[0, 0], [0, 0], [0, 1]], "Compare the fingerprint with the recipe, step by step."
_pair = list(np.random.default_rng(8).normal(100, 30, size=(2, 6, 9, 3)))
assert [group_copies(_pair, 3, _tolerance)[1] for _tolerance in (1.17, 1.21)] == [1, 0], (
    "The distance of these two lies between 1.17 and 1.21. Did you take the mean, of absolute differences, "
    "and the population's deviation?"
)
assert list(group_copies([_a, _b, _a], 4, 0.0)) == [0, 1, 0], (
    "A tolerance of 0 should still link a picture with itself: at most, not less than."
)
assert list(group_copies(_chain, 4, 0.33)) == [0, 0, 0], (
    "The first and the second picture are both linked to the third, so all three are one group."
)

# %% probe="group_copies" exact=true
_source = np.random.default_rng([seed, 4])
_other = draw_pictures(_source, 5, _source.integers(1, 5, size=(8, 2)))
_pairs = [list(pair) for pair in _source.normal(100, 30, size=(4, 2, 6, 9, 3))]
_ruler = np.arange(0.3, 1.5, 0.02)  # how many steps link two pictures tells their distance
[
    [group_copies(gallery, 6, tolerance) for tolerance in (0.1, 0.28, 3.0)],
    group_copies(gallery[::-1], 6, 0.28),
    group_copies(gallery[2:9], 3, 0.3) != [0] * 7,
    [group_copies(_other, 5, tolerance) for tolerance in (0.1, 0.28)],
    group_copies([_other[0], _other[3]], 5, 0.28),
    group_copies([_other[0], _other[1], _other[0]], 5, 0.0),
    [sum(int(group_copies(pair, 3, t)[1]) == 0 for t in _ruler) for pair in _pairs],
]

# %% [markdown]
# ## Question 5 · where does it fail? (3 points)
#
# A *slice* is the set of pictures with one value in one column, such as `camera == "C"`, or with one
# value in each of two columns. Small slices look bad by chance, so we use *Wilson's* lower bound of the error rate:
# with $k$ errors among $n$ pictures, $p = k / n$,
#
# $$ \text{lower} = \frac{p + \frac{z^2}{2n} - z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}} $$
#
# Write `bad_slices(facts, y_true, y_pred, min_count, z)`. `facts` is a table with one row per picture and at least two
# columns of text; the row order is that of the two arrays. Consider all slices of one column and of each pair of
# columns. Report those that have at least `min_count` pictures *and* whose lower bound is above the error
# rate of all pictures.
#
# Return a list of tuples `(conditions, n, k, lower)`, with `conditions` a dict of column to value. Sort by `lower`, the largest first
# (those with equal bounds in any order).


# %% question="bad_slices" points=3
### BEGIN SOLUTION
def bad_slices(facts, y_true, y_pred, min_count, z):
    wrong = pd.Series(np.asarray(y_true) != np.asarray(y_pred), index=facts.index)
    columns = list(facts)
    combinations = [[column] for column in columns]
    combinations += [[a, b] for i, a in enumerate(columns) for b in columns[i + 1 :]]
    found = []
    for names in combinations:
        for values, errors in wrong.groupby([facts[name] for name in names]):
            n, k = len(errors), int(errors.sum())
            p = k / n
            spread = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
            lower = float((p + z**2 / (2 * n) - spread) / (1 + z**2 / n))
            if n >= min_count and lower > wrong.mean():
                found.append((dict(zip(names, values, strict=True)), n, k, lower))
    return sorted(found, key=lambda row: -row[3])


### END SOLUTION

# %% check="bad_slices"
_facts = pd.DataFrame({"a": list("xxxxyyyyyy"), "b": list("ppqqppppqq"), "c": list("m" * 10)})
_true, _guess = np.zeros(10, int), np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
_got = bad_slices(_facts, _true, _guess, 1, 1e-9)
assert all(len(_row) == 4 for _row in _got), "Each row should be (conditions, n, k, lower)."
assert all(_row[0] for _row in _got), "A slice has one or two conditions."
_want = [{"a": "x"}, {"a": "x", "c": "m"}, {"a": "x", "b": "p"}, {"a": "x", "b": "q"}]
for _slice in _want:
    assert _slice in [_row[0] for _row in _got], (
        f"3 of 10 are wrong; {_slice} has a larger share of errors and should be found (z is almost 0)."
    )
assert {"a": "y"} not in [_row[0] for _row in _got], "a == 'y' has no error at all."
assert {"c": "m"} not in [_row[0] for _row in _got], "c == 'm' is all pictures, no worse than all."
_row = next(_row for _row in bad_slices(_facts, _true, _guess, 4, 0.5) if _row[0] == {"a": "x"})
assert _row[1:3] == (4, 3), (
    f"a == 'x' has 3 errors among 4 pictures, not {_row[2]} among {_row[1]}."
)
assert 0.6 < _row[3] < 0.65, (
    f"Its lower bound with z = 0.5 lies between 0.6 and 0.65, not {_row[3]:.3f}."
)
assert not any(_row[1] < 4 for _row in bad_slices(_facts, _true, _guess, 4, 0.5)), "min_count is 4."
_bounds = [_row[3] for _row in bad_slices(facts, y_true, y_pred, 5, 0.2)]
assert _bounds == sorted(_bounds, reverse=True), "The largest lower bound comes first."


# %% probe="bad_slices" rtol=1e-6
def _settle(found):  # equal bounds may come in any order
    rows = sorted(found, key=lambda row: sorted(row[0].items()))
    return [list(row) for row in rows], [row[3] for row in found]


_is_dark = facts["light"].eq("night").to_numpy().astype(int)
_shuffled = facts.sample(frac=1, random_state=seed % 1000)
_count = int(facts.value_counts(["camera", "light"]).iloc[2])
[
    _settle(bad_slices(facts, y_true, y_pred, 15, 1.0)),
    _settle(bad_slices(facts[["kind", "camera"]], y_true, y_pred, 30, 0.5)),
    _settle(bad_slices(facts[["camera", "light"]], y_true, y_pred, _count, 0.1)),
    _settle(bad_slices(facts[["camera", "light"]], y_true, y_pred, _count + 1, 0.1)),
    _settle(bad_slices(_shuffled, y_true[_shuffled.index], y_pred[_shuffled.index], 10, 1.5)),
    _settle(bad_slices(facts, y_pred + 1, y_pred, 1, 1.96)),
    _settle(bad_slices(facts, y_pred, y_pred, 1, 0.0)),
    _settle(bad_slices(facts, _is_dark, 0 * _is_dark, int(_is_dark.sum()), 1.0)),
    _settle(
        bad_slices(facts[["light", "kind"]], _is_dark, 0 * _is_dark, int(_is_dark.sum()) + 1, 0.5)
    ),
]
