"""policy.yml: due dates, lateness, extensions and extra points, read and checked."""

from __future__ import annotations

import datetime
import zoneinfo
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from certlab.curriculum import Problem
from certlab.curriculum.problems import validation_problems
from certlab.curriculum.yaml_files import parse

_EXAMPLE = "2026-12-01 23:59"


class PolicyError(Exception):
    """A policy, or a list of hand-in times, that cannot be used; names the file and the mend."""


def _time(value: Any) -> datetime.datetime:
    """A date with its time of day; YAML itself reads some ways of writing it, and not others."""
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, str):
        try:
            if len(value.strip()) > len("2026-12-01"):
                return datetime.datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError(f"`{value}` is no date with a time of day; write it as {_EXAMPLE}")


Time = Annotated[datetime.datetime, BeforeValidator(_time)]
Reason = Annotated[str, Field(min_length=1)]
Points = Annotated[float, Field(allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Late(_Strict):
    """What handing in late costs: percent per started day or hour."""

    percent: Annotated[float, Field(ge=0, le=100)]
    per: Literal["day", "hour"] = "day"
    of: Literal["max", "earned"] = "max"  # of the points that can be reached, or of one's own
    cap: Annotated[float, Field(ge=0, le=100)] = 100.0  # at most, in percent
    grace_minutes: Annotated[float, Field(ge=0)] = 0.0  # later than that counts from the due date


class Rules(_Strict):
    """What holds for one exercise."""

    due: Time | None = None
    late: Late | None = None  # the policy's own where it says nothing


class Extension(_Strict):
    """A later due date for one student."""

    student: str
    exercise: str
    due: Time
    reason: Reason


class Extra(_Strict):
    """Points that one student gets besides, or loses."""

    student: str
    exercise: str
    points: Points
    reason: Reason


class Policy(_Strict):
    """policy.yml."""

    timezone: str | None = None  # of every time that is written without one
    late: Late | None = None
    exercises: dict[str, Rules] = {}
    extensions: tuple[Extension, ...] = ()
    extra: tuple[Extra, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Policy:
        if self.timezone is not None:
            try:
                zoneinfo.ZoneInfo(self.timezone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(
                    f"`timezone`: unknown time zone `{self.timezone}`; use a name such as "
                    "Europe/Berlin or UTC"
                ) from error
        seen: set[tuple[str, str]] = set()
        for extension in self.extensions:
            pair = (extension.student, extension.exercise)
            if pair in seen:
                raise ValueError(f"`extensions`: two for {pair[0]} and {pair[1]}; keep one")
            seen.add(pair)
        times = [rules.due for rules in self.exercises.values()]
        for time in [*times, *(extension.due for extension in self.extensions)]:
            if time is not None and time.tzinfo is None and self.timezone is None:
                raise ValueError(
                    f"the time {time:%Y-%m-%d %H:%M} has no time zone; add yours at the top, such "
                    "as `timezone: Europe/Berlin`"
                )
        return self

    def moment(self, time: datetime.datetime) -> datetime.datetime:
        """A time in UTC; one that was written without a time zone is in the policy's.

        In UTC, because the difference of two times in the same zone passes over a clock change.
        """
        if time.tzinfo is None:
            time = time.replace(tzinfo=self.zone)
        return time.astimezone(datetime.UTC)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone in which times are read and shown."""
        return zoneinfo.ZoneInfo(self.timezone or "UTC")


def read_policy(path: Path) -> Policy:
    """Read and check a policy. Raises PolicyError with every mistake, or OSError."""
    try:
        data = parse(path.read_text(encoding="utf-8"))
        return Policy.model_validate({} if data is None else data)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        problem = Problem(path, where, f"not valid YAML: {what}", "correct the YAML")
        raise PolicyError(str(problem)) from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    except ValidationError as error:
        problems = validation_problems(path, "", error)
        raise PolicyError("\n".join(map(str, problems))) from error
    except ValueError as error:  # PyYAML, of a date such as 2026-13-01
        problem = Problem(path, "", str(error), f"write dates as {_EXAMPLE}")
        raise PolicyError(str(problem)) from error
