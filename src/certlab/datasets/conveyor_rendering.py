"""How the pictures of `datasets/conveyor/` are rendered: shapes, light, clutter and a camera.

Lengths are in millimetres on the belt. Each shape is a signed distance (negative inside), which
gives its smooth edge, its bevel and its shadow at once. Arrays are float32, and numbers are
Python's own, which do not turn them into float64: that takes half the time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

KINDS = ["gear", "nut", "plate", "washer"]


class Part(NamedTuple):
    """What lies on the belt: its kind, its defect and how large that is."""

    kind: str
    defect: str
    defect_size: float


class Camera(NamedTuple):
    """What takes the picture."""

    share: float  # of the pictures
    width: int  # pixels
    height: int
    scale: float  # pixels per millimetre
    gain: float  # brightness
    tint: tuple[float, float, float]
    blur: float  # pixels
    noise: float  # standard deviation, of 1


CAMERAS = {
    "A": Camera(0.45, 160, 120, 2.6, 1.0, (1.0, 1.0, 1.0), 0.5, 0.015),
    "B": Camera(0.35, 128, 128, 2.6, 1.1, (1.05, 1.0, 0.92), 0.7, 0.02),
    "C": Camera(0.20, 200, 144, 2.8, 0.7, (0.93, 1.0, 1.08), 0.9, 0.035),  # dark end of the line
}

_BELT = np.array([0.23, 0.24, 0.25], np.float32)
_STEEL = np.array([0.66, 0.67, 0.69], np.float32)
_RUST = np.array([0.40, 0.24, 0.14], np.float32)
_CARDBOARD = np.array([0.50, 0.38, 0.25], np.float32)


class _View(NamedTuple):
    """The belt as a camera sees it: coordinates of each pixel, and the light's direction."""

    x: np.ndarray
    y: np.ndarray
    scale: float
    light: tuple[float, float]


def render(part: Part, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """A picture of `part` on the belt: bytes of shape (height, width, 3)."""
    rows, columns = np.mgrid[: camera.height, : camera.width].astype(np.float32)
    view = _View(
        (columns - camera.width / 2) / camera.scale,
        (rows - camera.height / 2) / camera.scale,
        camera.scale,
        _direction(rng),
    )
    image = _belt(view, rng)
    if rng.random() < 0.35:  # a neighbour, cut off by the picture's edge
        away = float(view.x.max()) + rng.uniform(6, 14)
        at = away if rng.random() < 0.5 else -away, rng.uniform(-20, 20)
        image = _place(image, view, Part(str(rng.choice(KINDS)), "ok", 0.0), at, rng)
    image = _litter(image, view, rng, rng.poisson(1.5))
    image = _place(image, view, part, _point(rng, 5, 3), rng)
    image = _litter(image, view, rng, rng.poisson(0.4))  # a shaving may lie on the part
    return _expose(image, view, camera, rng)


def _belt(view: _View, rng: np.random.Generator) -> np.ndarray:
    shape = view.x.shape
    ribs = 0.02 * np.sin(2 * np.pi * (view.y + rng.uniform(0, 4)) / rng.uniform(3.0, 4.5))
    wear = 0.03 * _clouds(shape, 12, rng) + 0.015 * _grain(shape, rng)
    belt = _BELT + (ribs + wear)[..., None]
    for _ in range(rng.poisson(0.8)):  # oil
        distance = _ellipse(
            view.x, view.y, _point(rng, 35, 35), (rng.uniform(3, 9), rng.uniform(3, 9)), rng
        )
        belt *= 1 - 0.45 * _smooth(-distance / 1.5)[..., None]
    if rng.random() < 0.25:  # a seam across the belt
        belt *= 1 - 0.3 * np.exp(-(((view.x - rng.uniform(-35, 35)) / 0.7) ** 2))[..., None]
    return belt


def _place(
    image: np.ndarray,
    view: _View,
    part: Part,
    at: tuple[float, float],
    rng: np.random.Generator,
) -> np.ndarray:
    """The image with a part on it, its shadow beside it."""
    cosine, sine = _direction(rng)
    dx, dy = view.x - at[0], view.y - at[1]
    x, y = cosine * dx + sine * dy, cosine * dy - sine * dx
    light = (
        cosine * view.light[0] + sine * view.light[1],
        cosine * view.light[1] - sine * view.light[0],
    )  # as the turned part sees it
    distance, reach = _shape(part.kind, x, y, rng)
    towards = _direction(rng)  # from the centre to the defect
    edge = _edge(distance, x, y, towards, reach)
    if part.defect == "chip":
        ragged = 0.5 * _clouds(x.shape, 6, rng)
        bite = np.hypot(x - edge * towards[0], y - edge * towards[1]) - part.defect_size
        distance = np.maximum(distance, -(bite + ragged))
    surface = _metal(distance, x, y, light, view, rng)
    if part.defect == "rust":
        middle = 0.8 * edge
        patch = part.defect_size - np.hypot(x - middle * towards[0], y - middle * towards[1])
        patch = _smooth((patch + 1.5 * _clouds(x.shape, 9, rng)) / 3 + 0.5)
        speckle = (1 + 0.2 * _grain(x.shape, rng))[..., None]
        surface += 0.85 * patch[..., None] * (_RUST * speckle - surface)
    if part.defect == "crack":
        line = _crack(x, y, (edge * towards[0], edge * towards[1]), part.defect_size, rng)
        surface *= 1 - 0.8 * np.exp(-((line / 0.6) ** 2))[..., None]
    shadow = _smooth(0.5 - _shifted(distance, view.light, 1.6 * view.scale) / 2.5)
    image = image * (1 - 0.6 * shadow[..., None])
    mask = np.clip(0.5 - distance * view.scale, 0, 1)[..., None]
    return image * (1 - mask) + surface * mask


def _shape(
    kind: str, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Signed distance to a part's outline and holes, and how far it reaches from its centre."""
    r = np.hypot(x, y)
    size = rng.uniform(0.9, 1.1)
    if kind == "gear":
        teeth = int(rng.integers(10, 17))
        wave = np.tanh(2.5 * np.cos(teeth * np.arctan2(y, x))) / math.tanh(2.5)
        body, reach = r - size * (17.5 + 1.8 * wave), 19.3 * size
        spokes = int(rng.integers(0, 6))
        for hole in range(spokes):
            turn = 2 * math.pi * hole / spokes
            away = np.hypot(x - 11 * size * math.cos(turn), y - 11 * size * math.sin(turn))
            body = np.maximum(body, 2.4 * size - away)
        return np.maximum(body, rng.uniform(3.5, 5.5) - r), reach
    if kind == "nut":
        turns = [turn * math.pi / 3 for turn in range(3)]
        flats = [np.abs(math.cos(turn) * x + math.sin(turn) * y) for turn in turns]
        body = np.maximum(np.max(flats, axis=0), 0.9 * r) - 15 * size
        return np.maximum(body, rng.uniform(6.5, 8.5) - r), 15.5 * size
    if kind == "plate":
        half = size * rng.uniform(15, 19), size * rng.uniform(9, 13)
        qx, qy = np.abs(x) - half[0] + 2, np.abs(y) - half[1] + 2
        body = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0)) + np.minimum(np.maximum(qx, qy), 0)
        holes = np.hypot(np.abs(x) - half[0] + 5, y) - rng.uniform(2.0, 3.0)
        return np.maximum(body - 2, -holes), math.hypot(*half)
    return np.maximum(r - 17 * size, rng.uniform(6, 10) - r), 17 * size


def _edge(
    distance: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    towards: tuple[float, float],
    reach: float,
) -> float:
    """How far from the centre the outline is in a direction."""
    along = x * towards[0] + y * towards[1]
    ray = (np.abs(x * towards[1] - y * towards[0]) < 0.6) & (along > 0) & (distance < 0)
    return float(along[ray].max()) if ray.any() else 0.8 * reach


def _metal(
    distance: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    light: tuple[float, float],
    view: _View,
    rng: np.random.Generator,
) -> np.ndarray:
    """Brushed steel with a bevel, a gleam, and scratches, which are no defect."""
    brushed = 0.12 * gaussian_filter(_grain(x.shape, rng), (0.5, 5))
    gleam = 0.10 * np.cos((x * light[0] + y * light[1]) / 9 + rng.uniform(0, 2 * math.pi))
    slope_y, slope_x = np.gradient(distance * view.scale)
    bevel = np.exp(-((np.minimum(distance, 0) / 1.1) ** 2))
    facing = slope_x * view.light[0] + slope_y * view.light[1]
    shade = 1 + brushed + gleam - 0.30 * bevel * facing
    for _ in range(rng.poisson(1.2)):
        line = _segment(x, y, _point(rng, 14, 14), _point(rng, 14, 14))
        shade += rng.uniform(0.05, 0.2) * np.exp(-((line / 0.35) ** 2))
    return _STEEL * (rng.uniform(0.88, 1.08) * shade)[..., None]


def _crack(
    x: np.ndarray,
    y: np.ndarray,
    start: tuple[float, float],
    length: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Distance to a jagged line that runs inward from the outline."""
    heading = math.atan2(-start[1], -start[0]) + rng.uniform(-0.5, 0.5)
    point, nearest = start, np.full_like(x, np.inf)
    for _ in range(5):
        turn = heading + rng.uniform(-0.7, 0.7)
        step = length / 5
        following = point[0] + step * math.cos(turn), point[1] + step * math.sin(turn)
        nearest = np.minimum(nearest, _segment(x, y, point, following))
        point = following
    return nearest


def _litter(image: np.ndarray, view: _View, rng: np.random.Generator, pieces: int) -> np.ndarray:
    """The image with shavings of metal and scraps of cardboard."""
    half_width, half_height = float(view.x.max()), float(view.y.max())
    for _ in range(pieces):
        at = _point(rng, half_width, half_height)
        near = (abs(view.y[:, :1] - at[1]) < 7)[:, 0], (abs(view.x[:1] - at[0]) < 7)[0]
        window = np.ix_(*near)  # no piece is larger
        x, y = view.x[window], view.y[window]
        if rng.random() < 0.6:  # an arc of bright wire
            radius, start = rng.uniform(1.5, 5), rng.uniform(-math.pi, math.pi)
            dx, dy = x - at[0], y - at[1]
            ring = np.abs(np.hypot(dx, dy) - radius)
            within = np.cos(np.arctan2(dy, dx) - start) > rng.uniform(-0.5, 0.8)
            mask = within * np.exp(-((ring / 0.4) ** 2))
            colour = np.full(3, rng.uniform(0.5, 0.85), np.float32)
        else:
            distance = _ellipse(x, y, at, (rng.uniform(1, 3.5), rng.uniform(1, 3.5)), rng)
            mask = np.clip(0.5 - distance * view.scale, 0, 1)
            colour = _CARDBOARD * rng.uniform(0.6, 1.1)
        image[window] += mask[..., None] * (colour - image[window])
    return image


def _expose(image: np.ndarray, view: _View, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """What the camera makes of it: uneven light, blur, noise, bytes."""
    side = (view.x * view.light[0] + view.y * view.light[1]) / 40
    corner = np.hypot(view.x, view.y) / 50
    lamp = rng.uniform(0.85, 1.15) * (1 - 0.18 * side - 0.15 * corner**2)
    image = image * lamp[..., None] * camera.gain * np.array(camera.tint, np.float32)
    image = gaussian_filter(image, (camera.blur, camera.blur, 0))
    image += camera.noise * _grain(image.shape, rng)
    return (255 * np.clip(image, 0, 1)).round().astype(np.uint8)


def _clouds(shape: tuple[int, ...], cells: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of standard deviation about 1, with about `cells` blobs across."""
    coarse = _grain((cells + 1, cells + 1), rng)
    return 1.5 * zoom(coarse, [side / (cells + 1) for side in shape], order=2)


def _ellipse(
    x: np.ndarray,
    y: np.ndarray,
    at: tuple[float, float],
    half: tuple[float, float],
    rng: np.random.Generator,
) -> np.ndarray:
    """About the distance to an ellipse in any direction, negative inside."""
    cosine, sine = _direction(rng)
    dx, dy = x - at[0], y - at[1]
    along = (cosine * dx + sine * dy) / half[0]
    across = (cosine * dy - sine * dx) / half[1]
    return (np.hypot(along, across) - 1) * min(half)


def _segment(
    x: np.ndarray, y: np.ndarray, start: tuple[float, float], end: tuple[float, float]
) -> np.ndarray:
    """Distance to the straight line between two points."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    x, y = x - start[0], y - start[1]
    share = np.clip((x * dx + y * dy) / (dx * dx + dy * dy), 0, 1)
    return np.hypot(x - share * dx, y - share * dy)


def _shifted(distance: np.ndarray, direction: tuple[float, float], pixels: float) -> np.ndarray:
    """The distance as it is some pixels away, whole pixels at a time."""
    down, right = round(pixels * direction[1]), round(pixels * direction[0])
    padded = np.pad(distance, 8, mode="edge")
    height, width = distance.shape
    return padded[8 - down : 8 - down + height, 8 - right : 8 - right + width]


def _smooth(value: np.ndarray) -> np.ndarray:
    """0 below 0, 1 above 1, and a smooth step between."""
    value = np.clip(value, 0, 1)
    return value * value * (3 - 2 * value)


def _grain(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(shape, dtype=np.float32)


def _direction(rng: np.random.Generator) -> tuple[float, float]:
    angle = rng.uniform(0, 2 * math.pi)
    return math.cos(angle), math.sin(angle)


def _point(rng: np.random.Generator, x: float, y: float) -> tuple[float, float]:
    return rng.uniform(-x, x), rng.uniform(-y, y)
