"""Grading on Dask: real schedulers and workers, and what becomes of a batch when they are lost."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

import certlab as package
from certlab.curriculum import Exercise, read_exercise
from certlab.execution import Limits
from certlab.execution.warm import why_not
from certlab.grading.batch import find_submissions
from certlab.grading.executors import ClusterError, Job, on_cluster
from certlab.grading.gradebook import Gradebook
from tests.conftest import certlab
from tests.grading.cluster import Cluster
from tests.grading.test_batch import NAME, RIGHT, SOURCE, hand_in

pytest.importorskip("distributed", reason="pip install 'certlab[dask]'")

KILLS_ITS_WORKER = "import os, signal\n\nos.kill(os.getppid(), signal.SIGKILL)"


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / SOURCE, NAME)


@pytest.fixture
def options(tmp_path: Path) -> list[object]:
    """In cages, where this machine has them."""
    found = ["--gradebook", tmp_path / "book.db", "--secret", tmp_path / "secret", "--draws", "1"]
    return [*found, "--isolation", "process"] if why_not("namespaces") else found


def a_class(folder: Path, exercise: Exercise, size: int) -> dict[str, float]:
    """Hand in for a class; return the marks that it deserves."""
    answers = [RIGHT, {"twice": RIGHT["twice"]}, {"total": "total = 1 / 0"}, {}]
    expected = {}
    for number in range(size):
        hand_in(folder, f"s{number:02}", exercise, **answers[number % 4])
        expected[f"s{number:02}"] = [5.0, 2.0, 0.0, 0.0][number % 4]
    return expected


def lines(text: str) -> list[dict]:
    return list(map(json.loads, text.splitlines()))


def read_lines(process: subprocess.Popen[str], count: int) -> list[dict]:
    assert process.stdout is not None
    return lines("".join(process.stdout.readline() for _ in range(count)))


def start(cluster: Cluster, tiny: Path, *arguments: object) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = cluster.certlab(*arguments)
    return subprocess.Popen(command, cwd=tiny, stdout=pipe, stderr=pipe, text=True)


def run(cluster: Cluster, tiny: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        cluster.certlab(*arguments), cwd=tiny, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_worker_is_killed_in_the_middle_of_a_batch(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    """Every submission has its right mark, once; and this machine alone finds nothing to do."""
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 40)
    victim, _ = cluster.worker(), cluster.worker()
    process = start(cluster, tiny, "grade", NAME, folder, "--json", *options)
    first = read_lines(process, 8)
    victim.kill()
    rest, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    found = first + lines(rest)
    assert Counter(row["student"] for row in found) == dict.fromkeys(expected, 1)
    assert {row["student"]: row["score"] for row in found} == expected

    book = Gradebook(str(tmp_path / "book.db"))
    before = {row.student: row.graded_at for row in book.rows()}
    assert before.keys() == expected.keys()
    done = certlab("grade", NAME, folder, "--json", *options, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert {row["student"]: row["score"] for row in lines(done.stdout)} == expected
    assert {row.student: row.graded_at for row in book.rows()} == before
    book.close()


@pytest.mark.slow
def test_the_only_worker_is_killed_and_comes_back(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 12)
    cluster.worker("--nanny")
    process = start(cluster, tiny, "grade", NAME, folder, "--json", *options)
    first = read_lines(process, 3)
    os.kill(cluster.worker_processes()[0], signal.SIGKILL)
    rest, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert {row["student"]: row["score"] for row in first + lines(rest)} == expected


@pytest.mark.slow
def test_what_kills_its_worker_every_time_has_its_row(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    """And no other submission pays for it, though all are graded on the same two workers."""
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 8)
    hand_in(folder, "s03", exercise, twice=KILLS_ITS_WORKER, total=RIGHT["total"])
    cluster.worker("--nanny")
    cluster.worker("--nanny")
    done = run(cluster, tiny, "grade", NAME, folder, "--json", *options, "--isolation", "process")
    assert done.returncode == 3, done.stderr
    found = {row["student"]: row for row in lines(done.stdout)}
    killer = found.pop("s03")
    assert killer["status"] == "unreadable"
    assert "also when it was graded alone" in killer["reasons"][0]
    assert expected.pop("s03") == 0.0
    assert {student: row["score"] for student, row in found.items()} == expected
    assert {row["status"] for row in found.values()} == {"graded"}
    book = Gradebook(str(tmp_path / "book.db"))
    row = book.row("s03", NAME)
    book.close()
    assert row is not None
    assert row.key == ""  # so that it is graded again once somebody has looked


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 20], ids=["once", "always"])
def test_a_value_lost_on_its_way_is_not_taken_for_a_kept_row(
    cluster: Cluster,
    exercise: Exercise,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    """Dask gives None where a worker is lost between its answer and its handing it over."""
    from distributed import Client

    gather, lost = Client.gather, []

    def losing(client: Client, futures: dict, **options: object) -> dict:
        values = gather(client, futures, **options)
        for key, value in values.items():
            if len(lost) < times and value is not None and value.student == "s01":
                lost.append(key)
                values[key] = None
        return values

    monkeypatch.setattr(Client, "gather", losing)
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 3)
    cluster.worker()
    job = Job.of(exercise, [1], Limits(step_seconds=20, total_seconds=60), "process")
    with on_cluster(job, cluster.address, 60) as grade:
        rows = {
            outcome.student: outcome.result
            for outcome in grade(find_submissions(folder, NAME), {}, {})
        }
    assert len(set(lost)) == min(times, 4)  # sent three times and once alone
    assert None not in rows.values()
    if times > 1:
        assert "also when it was graded alone" in rows["s01"].reasons[0]
        expected["s01"] = 0.0
    assert {student: row.score for student, row in rows.items()} == expected


@pytest.mark.slow
def test_dasks_own_log_stays_silent(
    cluster: Cluster, exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that of loggers to which Dask gives a level of their own."""
    loggers = list(map(logging.getLogger, ("distributed", "distributed.client", "distributed.gc")))
    for logger in loggers:
        monkeypatch.setattr(logger, "level", logging.INFO)
        logger.setLevel(logging.INFO)  # and forgets what it had worked out
    cluster.worker()
    with on_cluster(Job.of(exercise, [1], Limits(), "process"), cluster.address, 60):
        assert not any(logger.isEnabledFor(logging.ERROR) for logger in loggers)


@pytest.mark.slow
def test_scheduler_lost_and_go_on_elsewhere(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 24)
    cluster.worker()
    process = start(cluster, tiny, "grade", NAME, folder, "--json", *options)
    first = read_lines(process, 4)
    cluster.scheduler.kill()
    rest, said = process.communicate(timeout=300)
    assert process.returncode == 1, said
    assert "connection to the scheduler is lost" in said
    assert "Traceback" not in said
    book = Gradebook(str(tmp_path / "book.db"))
    recorded = {row.student: row.graded_at for row in book.rows()}
    assert recorded.keys() == {row["student"] for row in first + lines(rest)}
    done = certlab("grade", NAME, folder, "--json", *options, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert {row["student"]: row["score"] for row in lines(done.stdout)} == expected
    kept = {row.student: row.graded_at for row in book.rows() if row.student in recorded}
    book.close()
    assert kept == recorded


@pytest.mark.slow
def test_every_worker_is_lost_for_good(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    folder = tmp_path / "submissions"
    a_class(folder, exercise, 24)
    worker = cluster.worker()
    process = start(
        cluster, tiny, "grade", NAME, folder, "--json", *options, "--cluster-timeout", 5
    )
    read_lines(process, 2)
    worker.kill()
    _, said = process.communicate(timeout=300)
    assert process.returncode == 1, said
    assert "no worker that can grade is left" in said
    assert "run the same command again" in said


@pytest.mark.slow
def test_a_worker_with_another_certlab_is_sent_nothing(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    folder = tmp_path / "submissions"
    expected = a_class(folder, exercise, 6)
    other = tmp_path / "other"
    shutil.copytree(Path(package.__file__).parent, other / "certlab")
    with (other / "certlab" / "grading" / "compare.py").open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    cluster.worker(PYTHONPATH=str(other))
    done = run(cluster, tiny, "grade", NAME, folder, "--json", *options)
    assert done.returncode == 1
    assert "no worker can grade" in done.stderr
    assert "install the same there as here" in done.stderr
    cluster.worker()
    done = run(cluster, tiny, "grade", NAME, folder, "--json", *options)
    assert done.returncode == 0, done.stderr
    assert "cannot grade: it runs Python" in done.stderr
    assert {row["student"]: row["score"] for row in lines(done.stdout)} == expected


@pytest.mark.slow
def test_other_versions_are_named(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    a_class(tmp_path / "submissions", exercise, 1)
    metadata = tmp_path / "other" / "certlab-99.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: certlab\nVersion: 99.0\n", "utf-8")
    cluster.worker(PYTHONPATH=str(tmp_path / "other"))
    done = run(cluster, tiny, "grade", NAME, tmp_path / "submissions", *options)
    assert done.returncode == 1
    assert "has certlab 99.0 instead of" in done.stderr
    assert "Install the same versions everywhere" in done.stderr


@pytest.mark.slow
def test_an_exercise_whose_solution_fails(
    cluster: Cluster, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    source = tiny / SOURCE
    source.write_text(source.read_text("utf-8").replace("float(x.sum())", "1 / 0"), "utf-8")
    a_class(tmp_path / "submissions", read_exercise(source, NAME), 2)
    cluster.worker()
    done = run(cluster, tiny, "grade", NAME, tmp_path / "submissions", *options)
    assert done.returncode == 1
    assert "the solution's question-total-1 ends with error" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_scheduler_without_workers(
    cluster: Cluster, exercise: Exercise, tiny: Path, tmp_path: Path, options: list[object]
) -> None:
    a_class(tmp_path / "submissions", exercise, 1)
    command = ("grade", NAME, tmp_path / "submissions", *options, "--cluster-timeout", 2)
    done = run(cluster, tiny, *command)
    assert done.returncode == 1
    assert f"start some with `dask worker {cluster.address}`" in done.stderr


@pytest.mark.slow
def test_the_stations_leave_nothing_behind(
    cluster: Cluster, exercise: Exercise, tmp_path: Path
) -> None:
    """No plugin, resource or warm process stays on a worker when a batch has ended."""
    if why_not("namespaces"):
        pytest.skip("no cage on this machine")
    folder = tmp_path / "submissions"
    a_class(folder, exercise, 4)
    worker = cluster.worker(nthreads=2)
    job = Job.of(exercise, [1], Limits(step_seconds=20, total_seconds=60), "namespaces")
    with on_cluster(job, cluster.address, 60) as grade:
        outcomes = list(grade(find_submissions(folder, NAME), {}, {}))
        assert len(outcomes) == 4
        assert children(worker.pid) != []
    deadline = time.monotonic() + 20
    while children(worker.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert children(worker.pid) == []

    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        plugins = client.run(lambda dask_worker: list(dask_worker.plugins))
        assert not [name for names in plugins.values() for name in names if "certlab" in name]


def children(pid: int) -> list[str]:
    import psutil

    return [
        " ".join(child.cmdline())
        for child in psutil.Process(pid).children(recursive=True)
        if "certlab.execution" in " ".join(child.cmdline())
    ]


@pytest.mark.slow
def test_over_tls(
    exercise: Exercise,
    tiny: Path,
    tmp_path: Path,
    options: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As docs/scale.md says; and who has no certificate is not let in."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    request = (
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=certlab",
    )
    subprocess.run(
        ["openssl", *request, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    a_class(tmp_path / "submissions", exercise, 2)
    settings = {"ca-file": certificate}
    for role in ("scheduler", "worker", "client"):
        settings |= {f"{role}.key": key, f"{role}.cert": certificate}
    variables = {
        f"DASK_DISTRIBUTED__COMM__TLS__{name.upper().replace('.', '__').replace('-', '_')}": value
        for name, value in settings.items()
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    dask = pytest.importorskip("dask")
    (tmp_path / "cluster").mkdir()
    running = Cluster(tmp_path / "cluster", "--protocol", "tls")
    try:
        assert running.address.startswith("tls://")
        tls = {f"distributed.comm.tls.{name}": str(value) for name, value in settings.items()}
        with dask.config.set(tls):
            running.worker()
        command = ("grade", NAME, tmp_path / "submissions", "--json", *options)
        done = run(running, tiny, *command)
        assert done.returncode == 0, done.stderr
        assert {row["student"]: row["score"] for row in lines(done.stdout)} == {
            "s00": 5.0,
            "s01": 2.0,
        }
        for name in variables:
            monkeypatch.delenv(name)
        done = run(running, tiny, *command, "--cluster-timeout", 3)
        assert done.returncode == 1
        assert "no Dask scheduler can be reached there" in done.stderr
        assert "certificates" in done.stderr
    finally:
        running.close()


def test_nobody_answers(exercise: Exercise) -> None:
    job = Job.of(exercise, [1], Limits(), "process")
    with (
        pytest.raises(ClusterError, match="no Dask scheduler can be reached there within 1 sec"),
        on_cluster(job, "tcp://127.0.0.1:9", 1),
    ):
        pass
    with pytest.raises(ClusterError, match="no Dask scheduler"), on_cluster(job, "what://x:1", 1):
        pass


def test_wrong_usage(tiny: Path) -> None:
    done = certlab("grade", NAME, tiny, "--executor", "dask", cwd=tiny)
    assert done.returncode == 2
    assert "--scheduler tcp://host:8786" in done.stderr
    options = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "4")
    done = certlab("grade", NAME, tiny, *options, cwd=tiny)
    assert done.returncode == 2
    assert "dask worker --nthreads" in done.stderr


def test_without_the_extra(exercise: Exercise, tiny: Path, tmp_path: Path) -> None:
    hand_in(tmp_path / "submissions", "ada", exercise)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "distributed.py").write_text("raise ImportError('not installed')\n", "utf-8")
    options = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")
    done = certlab(
        *("grade", NAME, tmp_path / "submissions", *options), cwd=tiny, PYTHONPATH=str(hidden)
    )
    assert done.returncode == 1
    assert "pip install 'certlab[dask]'" in done.stderr
    assert "Traceback" not in done.stderr
