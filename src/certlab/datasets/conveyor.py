"""Pictures of metal parts on a conveyor, some with a defect: see `datasets/conveyor/`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from certlab.datasets.conveyor_rendering import CAMERAS, KINDS, Part, render

DEFECTS = ["ok", "chip", "crack", "rust"]

_SHARES = [0.55, 0.15, 0.15, 0.15]
_SIZES = {  # millimetres: the smallest and the largest that are drawn
    "ok": (0.0, 0.0),
    "chip": (3.0, 7.0),  # radius of the piece that is missing
    "crack": (8.0, 20.0),  # length
    "rust": (3.0, 9.0),  # radius of the patch
}


class Conveyor(NamedTuple):
    """Pictures, arrays of shape (height, width, 3) of bytes, and a table with a row for each."""

    pictures: list[np.ndarray]
    table: pd.DataFrame


def load_conveyor(n_pictures: int = 600, seed: int = 0) -> Conveyor:
    """Draw `n_pictures`, in the order in which the parts passed.

    The table's columns are `kind`, `defect` (`ok`, `chip`, `crack` or `rust`), `defect_size`
    (millimetres, 0 for `ok`), `camera`, `width` and `height` (pixels). The first pictures of a
    larger set are those of a smaller one.

    Raises:
        ValueError: when `n_pictures` is below 1.
    """
    if n_pictures < 1:
        raise ValueError(f"n_pictures must be at least 1, not {n_pictures}")
    drawn = [_draw(np.random.default_rng([seed, number])) for number in range(n_pictures)]
    pictures = [picture for picture, _ in drawn]
    table = pd.DataFrame([row for _, row in drawn])
    table["height"], table["width"] = zip(*(p.shape[:2] for p in pictures), strict=True)
    return Conveyor(pictures, table)


def write_conveyor(
    folder: str | os.PathLike[str], n_pictures: int = 600, seed: int = 0
) -> pd.DataFrame:
    """Write the pictures of `load_conveyor` as `folder/<defect>/<number>.jpg`.

    Return its table with one more column, `file`: the path of each picture within `folder`.
    """
    from PIL import Image

    pictures, table = load_conveyor(n_pictures, seed)
    table["file"] = [f"{defect}/{number:05}.jpg" for number, defect in table["defect"].items()]
    for defect in DEFECTS:
        (Path(folder) / defect).mkdir(parents=True, exist_ok=True)
    for picture, file in zip(pictures, table["file"], strict=True):
        Image.fromarray(picture).save(Path(folder) / file, quality=90)
    return table


def _draw(rng: np.random.Generator) -> tuple[np.ndarray, dict[str, object]]:
    kind = str(rng.choice(KINDS))
    defect = str(rng.choice(DEFECTS, p=_SHARES))
    camera = str(rng.choice(list(CAMERAS), p=[camera.share for camera in CAMERAS.values()]))
    smallest, largest = _SIZES[defect]
    size = round(float(rng.uniform(smallest, largest)), 1)
    picture = render(Part(kind, defect, size), CAMERAS[camera], rng)
    return picture, {"kind": kind, "defect": defect, "defect_size": size, "camera": camera}
