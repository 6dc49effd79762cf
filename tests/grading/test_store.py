"""Submissions and reports in S3: graded, compared and reported as on this machine."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from certlab import storage
from certlab.curriculum import Exercise, read_exercise
from certlab.execution.warm import why_not
from certlab.grading.batch import NoSubmissions, find_all, find_submissions
from certlab.grading.gradebook import Gradebook
from tests.conftest import certlab
from tests.grading.cluster import Cluster
from tests.grading.store import BUCKET, Store
from tests.grading.test_batch import NAME, RIGHT, SOURCE, hand_in
from tests.test_cli import failed

SHARE = f"s3://{BUCKET}/autumn"


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / SOURCE, NAME)


@pytest.fixture
def options(tmp_path: Path) -> list[object]:
    found = ["--gradebook", tmp_path / "book.db", "--secret", tmp_path / "secret", "--draws", "1"]
    return [*found, "--isolation", "process"] if why_not("namespaces") else found


@pytest.fixture
def submissions(store: Store, exercise: Exercise, tmp_path: Path) -> str:
    """A class in the store: right, half right, blank, broken, empty, absent, in another file."""
    folder = tmp_path / "submissions"
    hand_in(folder, "ada", exercise, **RIGHT)
    hand_in(folder, "bo", exercise, twice=RIGHT["twice"])
    hand_in(folder, "cy", exercise)
    other = hand_in(folder, "di", exercise, **RIGHT)
    other.rename(other.with_name("my answers.ipynb"))
    address = store.upload(folder, "autumn/week-1")
    store.put("autumn/week-1/ed/01-one.ipynb", b"{")
    store.put("autumn/week-1/fi/01-one.ipynb", b"")
    store.put("autumn/week-1/gus/notes.txt", b"later")
    store.put("autumn/week-1/hal/deep/01-one.ipynb", b"{}")
    store.put("autumn/week-1/.trash/01-one.ipynb", b"{}")
    store.put("autumn/week-1/README.md", b"hello")
    store.put("autumn/week-10/ida/01-one.ipynb", b"{}")
    return address


EXPECTED = {
    "ada": ("graded", 5.0),
    "bo": ("graded", 2.0),
    "cy": ("graded", 0.0),
    "di": ("graded", 5.0),
    "ed": ("unreadable", 0.0),
    "fi": ("unreadable", 0.0),
    "gus": ("unreadable", 0.0),
    "hal": ("unreadable", 0.0),
}


def graded(text: str) -> dict[str, tuple[str, float]]:
    rows = map(json.loads, text.splitlines())
    return {row["student"]: (row["status"], row["score"]) for row in rows}


@pytest.mark.slow
def test_from_a_store_into_a_store(
    submissions: str, store: Store, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    done = certlab("grade", NAME, submissions, "--json", *options, cwd=tiny)
    assert done.returncode == 3, done.stderr
    assert graded(done.stdout) == EXPECTED
    book = Gradebook(str(tmp_path / "book.db"))
    before = {row.student: row for row in book.rows()}
    times = {
        entry["Key"]: entry["LastModified"]
        for entry in store.client.list_objects_v2(Bucket=BUCKET)["Contents"]
    }
    assert before["ada"].submitted_at == times["autumn/week-1/ada/01-one.ipynb"]

    hand_in(tmp_path / "again", "cy", read_exercise(tiny / SOURCE, NAME), **RIGHT)
    store.upload(tmp_path / "again", "autumn/week-1")
    done = certlab("grade", NAME, submissions, "--json", *options, cwd=tiny)
    assert graded(done.stdout) == EXPECTED | {"cy": ("graded", 5.0)}
    after = {row.student: row for row in book.rows()}
    book.close()
    assert {name for name in after if after[name].graded_at != before[name].graded_at} == {"cy"}

    command = ("report", tmp_path / "book.db", "--out", f"{SHARE}/report")
    done = certlab(*command, "--submissions", submissions, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert f"wrote {SHARE}/report/report.html" in done.stdout
    done = certlab(*command[:3], tmp_path / "report", "--submissions", submissions, cwd=tiny)
    assert done.returncode == 0, done.stderr
    written = {key.removeprefix("autumn/report/") for key in store.keys("autumn/report/")}
    local = (tmp_path / "report").rglob("*")
    files = {path.relative_to(tmp_path / "report").as_posix() for path in local if path.is_file()}
    assert written == files
    assert any(name.startswith("feedback/ada/") and name.endswith(".ipynb") for name in files)
    for name in ("marks.csv", "feedback/ada/index.html"):
        here = (tmp_path / "report" / name).read_bytes()
        assert undated(store.get(f"autumn/report/{name}")) == undated(here)
    rows = list(csv.DictReader(io.StringIO(store.get("autumn/report/marks.csv").decode())))
    scores = {row["student"]: float(row["score"]) for row in rows if row["question"] == "twice"}
    assert (scores["bo"], scores["cy"], scores["gus"]) == (2.0, 2.0, 0.0)


def undated(page: bytes) -> bytes:
    """`page` without the minute in which it was written: two reports may lie either side of one."""
    return re.sub(rb"written \d{4}-\d\d-\d\d \d\d:\d\d UTC", b"written", page)


@pytest.mark.slow
def test_a_cluster_reads_from_the_store(
    submissions: str,
    cluster: Cluster,
    tiny: Path,
    options: list[object],
) -> None:
    """And a worker that may not is sent nothing."""
    cluster.worker(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    command = cluster.certlab("grade", NAME, submissions, "--json", *options)
    done = subprocess.run(command, cwd=tiny, capture_output=True, text=True, check=False)
    assert "no worker can grade" in failed(done)
    assert "cannot be looked up" in done.stderr
    cluster.worker()
    done = subprocess.run(command, cwd=tiny, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert graded(done.stdout) == EXPECTED
    here = certlab("grade", NAME, submissions, "--json", *options, cwd=tiny)
    assert graded(here.stdout) == EXPECTED


@pytest.mark.slow
def test_assign_and_grade_the_own_variants(
    store: Store, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("student\nada\nbo\n", "utf-8")
    command = ("assign", NAME, "--roster", roster, "--out", f"{SHARE}/handout")
    done = certlab(*command, "--secret", tmp_path / "secret", cwd=tiny)
    assert done.returncode == 0, done.stderr
    keys = ["autumn/handout/ada/01-one.ipynb", "autumn/handout/bo/01-one.ipynb"]
    assert store.keys("autumn/handout/") == [*keys, "autumn/handout/manifest.json"]
    store.put(keys[0], b"begun")
    done = certlab(*command, "--secret", tmp_path / "secret", cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert store.get(keys[0]) == b"begun"
    manifest = json.loads(store.get("autumn/handout/manifest.json"))
    assert [entry["student"] for entry in manifest["variants"]] == ["ada", "bo"]

    done = certlab("grade", NAME, f"{SHARE}/handout", "--json", *options, cwd=tiny)
    assert graded(done.stdout) == {"ada": ("unreadable", 0.0), "bo": ("graded", 0.0)}
    book = Gradebook(str(tmp_path / "book.db"))
    row = book.row("bo", NAME)
    book.close()
    assert row is not None
    assert {entry.draws for entry in row.questions} == {2}  # a hidden draw, and the student's own


@pytest.mark.slow
def test_similar(submissions: str, tiny: Path) -> None:
    done = certlab("similar", submissions, "--exercise", NAME, "--json", cwd=tiny)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["works"] == 4
    assert {entry["student"] for entry in found["skipped"]} == {"ed", "fi", "gus", "hal"}


def test_what_is_found(submissions: str) -> None:
    found = find_submissions(storage.place(submissions), NAME)
    assert [entry.student for entry in found] == list(EXPECTED)
    assert str(found[3].path) == f"{submissions}/di/my answers.ipynb"
    assert found[6].problem == "no 01-one.ipynb handed in (no notebook in the folder)"
    both = find_all(storage.place(submissions + "/"), [NAME, "01-basics/02-two"])
    assert [entry.student for entry in both["01-basics/02-two"]] == list(EXPECTED)
    assert [entry.problem for entry in both[NAME]] == [entry.problem for entry in found]
    with pytest.raises(NoSubmissions, match="holds no student's folder"):
        find_submissions(storage.place(f"{submissions}/gus"), NAME)


def test_size_is_known_before_anything_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certlab.grading.batch.MAX_BYTES", 1000)
    store.put("autumn/ada/01-one.ipynb", b"x" * 1001)
    store.put("autumn/bo/01-one.ipynb", b"x" * 1000)
    one, other = find_submissions(storage.place(SHARE), NAME)
    assert (one.path, one.problem) == (None, "the file is too large (0 MB)")
    assert other.path is not None
    assert storage.read(other.path, 1000).data == b"x" * 1000
    with pytest.raises(storage.TooLarge):
        storage.read(other.path, 999)
    store.put("autumn/bo/01-one.ipynb", b"")
    storage.place(SHARE).fs.invalidate_cache()  # type: ignore[attr-defined]
    assert storage.read(other.path, 1000).data == b""


@pytest.mark.slow
def test_stores_that_cannot_be_used(
    submissions: str, store: Store, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    def grade(address: str, **environment: str) -> str:
        return failed(certlab("grade", NAME, address, *options, cwd=tiny, **environment))

    said = grade("s3://no-such-bucket-here/x")
    assert (
        "s3://no-such-bucket-here/x cannot be listed: The specified bucket does not exist" in said
    )
    assert "check the address" in said
    said = grade(submissions, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "127.0.0.1:9" in said
    assert "check the address, the network and the credentials" in said
    assert "check the credentials" in grade(submissions, AWS_ACCESS_KEY_ID="")
    assert "no kind of store that fsspec knows" in grade("what://bucket/x")
    assert "pip install gcsfs" in grade("gs://bucket/x")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "upath.py").write_text("raise ImportError('not installed')\n", "utf-8")
    assert "pip install 'certlab[cloud]'" in grade(submissions, PYTHONPATH=str(hidden))

    assert certlab("grade", NAME, submissions, *options, cwd=tiny).returncode == 3
    report = ("report", tmp_path / "book.db", "--out")
    said = failed(certlab(*report, "s3://no-such-bucket-here/report", cwd=tiny))
    assert "cannot be written: The specified bucket does not exist" in said
    store.require_credentials()
    assert "check the credentials and what they may do" in grade(submissions)
    said = failed(certlab(*report, f"{SHARE}/report", cwd=tiny))
    assert "check the credentials and what they may do" in said


def test_addresses_of_this_machine(tmp_path: Path) -> None:
    assert storage.place("a/b") == Path("a/b")
    assert storage.place(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
    assert not storage.is_remote(storage.place(f"file://{tmp_path}"))


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """Also when they are exchanged after they were found; and a pipe is not waited for."""
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    assert storage.read(tmp_path / "file", 3).data == b"abc"
    with pytest.raises(storage.TooLarge):
        storage.read(tmp_path / "file", 2)
    for name in ("link", "pipe", "."):
        with pytest.raises(OSError):  # noqa: PT011
            storage.read(tmp_path / name, 100)
    with pytest.raises(FileNotFoundError):
        storage.read(tmp_path / "none", 100)
