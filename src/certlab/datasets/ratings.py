"""Films that people watched and how they rated them: see `datasets/ratings/`."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2024-01-01")
DAYS = 366

_GENRES = [
    "comedy",
    "crime",
    "documentary",
    "drama",
    "family",
    "horror",
    "romance",
    "science fiction",
]
_N_FILMS = 400
_N_TASTES = 4  # hidden dimensions in which people and films differ
_COLUMNS = ["user_id", "film_id", "genre", "premiere", "watched", "share_watched", "rating"]


def load_ratings(n_users: int = 800, seed: int = 0) -> pd.DataFrame:
    """Draw `n_users` and return one row per person and film watched, in the order of time.

    `rating` is 1 to 5, missing where somebody watched and did not rate; `share_watched` is the
    fraction of the film that ran. Films, numbered from 0, are the same for every seed.

    Raises:
        ValueError: when `n_users` is below 1.
    """
    if n_users < 1:
        raise ValueError(f"n_users must be at least 1, not {n_users}")
    films = _make_films()
    rng = np.random.default_rng(seed)
    tastes = rng.normal(0.0, 1.0, (n_users, _N_TASTES))
    user_mean = rng.normal(2.9, 0.35, n_users)
    liking = (  # what each person would rate each film, before noise
        user_mean[:, None] + films["quality"].to_numpy() + 0.5 * tastes @ _film_tastes(films).T
    )
    joined = np.where(rng.random(n_users) < 0.6, 0, rng.integers(0, DAYS - 30, n_users))
    counts = np.minimum(4 + rng.negative_binomial(1.2, 0.03, n_users), _N_FILMS // 2)
    rows = [
        _draw_user(user, liking[user], films, joined[user], counts[user], rng)
        for user in range(n_users)
    ]
    frame = pd.concat(rows).sort_values(["watched", "user_id", "film_id"], ignore_index=True)
    return frame.merge(films[["film_id", "genre", "premiere"]], on="film_id")[_COLUMNS]


def _make_films() -> pd.DataFrame:
    market = np.random.default_rng(11)
    fame = market.permutation(1 / np.arange(1, _N_FILMS + 1) ** 0.8)
    # One film in six has its premiere within the year: nobody can have watched it before.
    new = market.random(_N_FILMS) < 1 / 6
    day = np.where(
        new, market.integers(20, DAYS - 20, _N_FILMS), -market.integers(30, 9_000, _N_FILMS)
    )
    return pd.DataFrame(
        {
            "film_id": np.arange(_N_FILMS),
            "genre": market.choice(_GENRES, _N_FILMS),
            "premiere": (FIRST_DAY + pd.to_timedelta(day, unit="D")).astype("datetime64[s]"),
            "day": day,
            "fame": fame,
            "quality": market.normal(0.0, 0.35, _N_FILMS) + 0.1 * np.log(fame * _N_FILMS / 10),
        }
    )


def _film_tastes(films: pd.DataFrame) -> np.ndarray:
    """Where each film lies among the hidden tastes: half its genre, half its own."""
    market = np.random.default_rng(12)
    of_genre = market.normal(0.0, 1.0, (len(_GENRES), _N_TASTES))
    own = market.normal(0.0, 1.0, (_N_FILMS, _N_TASTES))
    return np.sqrt(0.5) * (of_genre[[_GENRES.index(name) for name in films["genre"]]] + own)


def _draw_user(
    user: int,
    liking: np.ndarray,
    films: pd.DataFrame,
    joined: int,
    count: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    # People choose what is famous and what they expect to like: what is missing is not random.
    weight = films["fame"].to_numpy() * np.exp(0.6 * (liking - liking.mean()))
    film = rng.choice(_N_FILMS, count, replace=False, p=weight / weight.sum())
    first = np.maximum(films["day"].to_numpy()[film], joined)
    watched = first + (rng.random(count) * (DAYS - first)).astype(int)
    enjoyed = liking[film] + rng.normal(0.0, 0.7, count)
    share = np.where(
        rng.random(count) < 1 / (1 + np.exp(-1.6 * (enjoyed - 2.2))), 1.0, rng.beta(1.5, 2.0, count)
    )
    # Those who were moved, either way, rate more often.
    rated = rng.random(count) < 0.35 + 0.25 * (np.abs(enjoyed - 3.3) > 1.0)
    return pd.DataFrame(
        {
            "user_id": user,
            "film_id": film,
            "watched": (FIRST_DAY + pd.to_timedelta(watched, unit="D")).astype("datetime64[s]"),
            "share_watched": share.round(2),
            "rating": np.where(rated, np.clip(np.round(enjoyed), 1, 5), np.nan),
        }
    )
