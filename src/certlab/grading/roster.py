"""The class list: a CSV file with a column `student` and, where known, names, addresses and ids."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from .variants import read_roster


@dataclass(frozen=True)
class Person:
    """One line of the roster; what it does not say is empty."""

    student: str
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    section: str = ""
    canvas_id: str = ""  # Canvas's own number of the user, its column `ID`
    sis_id: str = ""  # Canvas: `SIS User ID`
    sis_login: str = ""  # Canvas: `SIS Login ID`
    moodle_id: str = ""  # Moodle's participant number in one assignment: 123 or `Participant 123`

    @property
    def full_name(self) -> str:
        """First and last name, or the name the folder has."""
        return self.name or f"{self.first_name} {self.last_name}".strip() or self.student

    @property
    def sortable_name(self) -> str:
        """Last name, first name: as Canvas writes it."""
        first, last = self.first_and_last
        return f"{last}, {first}" if first and last else self.full_name

    @property
    def first_and_last(self) -> tuple[str, str]:
        """First and last name; of a full name, the last word is the last name."""
        if self.first_name or self.last_name:
            return self.first_name, self.last_name
        if "," in self.name:
            last, _, first = self.name.partition(",")
            return first.strip(), last.strip()
        first, _, last = self.name.rpartition(" ")
        return first, last


_KNOWN = [field.name for field in fields(Person)]


def read_people(path: Path) -> dict[str, Person]:
    """The people of a roster by their `student`. Raises RosterError, or OSError.

    Columns of other names are passed over; `student` is checked as `assign` checks it.
    """
    read_roster(path)
    people: dict[str, Person] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            values = {name: (row.get(name) or "").strip() for name in _KNOWN}
            people[values["student"]] = Person(**values)
    return people
