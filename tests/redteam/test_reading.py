"""What a submission can find out: nothing that is not its own, by any means that Python has.

Secrets are planted everywhere: in the solution, in another submission that runs at the same time,
in files, in the grader's environment and memory. Each begins with the same eight letters. A reader
collects whatever begins so, and sends it out as a value; one mark of its own shows that it works.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.curriculum import Exercise
from certlab.execution import Limits, Step
from certlab.execution.warm import NoCage
from certlab.grading import plain
from certlab.grading.grader import Grader
from certlab.grading.runners import Runner, runner

pytestmark = pytest.mark.slow
LIMITS = Limits(step_seconds=30, total_seconds=60)
HELD = "RT7MARK-held-by-the-grader"  # in the memory of this process

# What every reader begins with: nothing in it is the beginning of a mark as it stands.
_READER = """
import os, re, sys, json, ctypes, glob
BEGIN = bytes.fromhex('5254374d41524b2d')  # as the marks begin
found = set()
def look(data):
    if isinstance(data, str):
        data = data.encode('utf-8', 'replace')
    for place in re.finditer(re.escape(BEGIN) + b'[a-z-]{3,40}', data):
        found.add(place.group().decode())
def read(path):
    try:
        with open(path, 'rb') as file:
            look(file.read(10**8))
    except OSError:
        pass
own = BEGIN + b'own'
"""
_SEND = """
from IPython.display import publish_display_data
publish_display_data({'application/vnd.certlab.value': json.dumps(sorted(found))})
"""
_SCAN = """
def scan(process='self'):
    try:
        maps = open(f'/proc/{process}/maps').read().splitlines()
    except OSError:
        return
    for line in maps:
        addresses, rights = line.split()[:2]
        start, end = (int(part, 16) for part in addresses.split('-'))
        if not rights.startswith('rw') or end - start > 10**9:
            continue
        if process == 'self':
            look(ctypes.string_at(start, end - start))
        else:
            with open(f'/proc/{process}/mem', 'rb', buffering=0) as memory:
                memory.seek(start)
                look(memory.read(end - start))
"""

READERS = {
    "every file": (
        "look(own)\nfor top in ('/', '/tmp', '/kept', '/old', '/dev/fd', '/proc/1/cwd/..'):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        if folder.startswith(('/usr', '/lib', '/proc', '/bin', sys.prefix,\n"
        "                              sys.base_prefix)):\n            continue\n"
        "        for name in names:\n            look(name)\n"
        "            read(os.path.join(folder, name))"
    ),
    "paths that are known": (
        "look(own)\nfor path in {paths!r}:\n    read(path)\n"
        "    for other in glob.glob(os.path.join(os.path.dirname(path), '**'), recursive=True):\n"
        "        look(other); read(other)"
    ),
    "the grader's own package": (
        "look(own)\nimport certlab\ntop = os.path.dirname(certlab.__file__)\n"
        "for folder, _, names in os.walk(top):\n"
        "    for name in names: read(os.path.join(folder, name))"
    ),
    "environments": (
        "os.environ['OWN'] = own.decode()\nlook(repr(dict(os.environ)))\n"
        "for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'): read(path)\n"
        "environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')\n"
        "number = 0\nwhile environ and environ[number]:\n    look(environ[number]); number += 1"
    ),
    "objects and frames": (
        "import gc, types, inspect, linecache\nown = own.decode()\n"
        "for thing in gc.get_objects():\n"
        "    if isinstance(thing, (dict, list, tuple, set)):\n"
        "        values = thing.values() if isinstance(thing, dict) else thing\n"
        "        for value in list(values):\n"
        "            if isinstance(value, (str, bytes)): look(value)\n"
        "frame = sys._getframe()\nwhile frame:\n    look(repr(frame.f_locals)[:10**6])\n"
        "    look(repr(frame.f_code.co_consts)); frame = frame.f_back\n"
        "look(repr(linecache.cache)); look(repr(get_ipython().user_ns)[:10**7])\nlook(own)"
    ),
    "modules": (
        "for module in list(sys.modules.values()):\n"
        "    for name, value in list(vars(module).items()):\n"
        "        if isinstance(value, (str, bytes, list, tuple)):\n"
        "            look(repr(value)[:10**6])\nsys.own = own; look(repr(sys.own))"
    ),
    "own memory": f"{_SCAN}\nscan()",
    "others' memory": (
        f"{_SCAN}\nlook(own)\nfor process in glob.glob('/proc/[0-9]*'):\n"
        "    try: scan(process.split('/')[2])\n    except (OSError, ValueError): pass\n"
        "libc = ctypes.CDLL(None, use_errno=True)\nbuffer = ctypes.create_string_buffer(1 << 16)\n"
        "for process in [os.getppid(), *range(1, 200)]:\n"
        "    if libc.ptrace(16, process, 0, 0) == 0: look(own + b'-traced')"
    ),
    "descriptors": (
        "look(own)\nimport socket\nfor number in range(3, 1024):\n"
        "    try: look(os.readlink(f'/proc/self/fd/{number}'))\n    except OSError: continue\n"
        "    read(f'/proc/self/fd/{number}')\n"
        "    try: look(os.pread(number, 10**6, 0))\n    except OSError: pass\n"
        "for path in glob.glob('/proc/*/fd/*') + glob.glob('/proc/*/map_files/*'): read(path)\n"
        "for number in range(3, 256):\n    try:\n"
        "        channel = socket.socket(fileno=os.dup(number)); channel.settimeout(0.1)\n"
        "        look(channel.recv(10**6, socket.MSG_PEEK))\n    except OSError: pass"
    ),
    "the kernel": (
        "look(own)\nfor folder, _, names in os.walk('/proc'):\n"
        "    if re.match('/proc/(self|thread-self|[0-9]+)', folder): continue\n"
        "    for name in names:\n"
        "        if name not in ('kmsg', 'kcore') and not name.startswith('kpage'):\n"
        "            try:\n"
        "                handle = os.open(os.path.join(folder, name), os.O_NONBLOCK)\n"
        "                look(os.read(handle, 10**6)); os.close(handle)\n"
        "            except OSError: pass\n"
        "libc = ctypes.CDLL(None)\nbuffer = ctypes.create_string_buffer(1 << 20)\n"
        "if libc.klogctl(3, buffer, len(buffer)) > 0: look(buffer.raw)"
    ),
    "shared memory and keys": (
        "look(own)\nlibc = ctypes.CDLL(None)\nlibc.shmat.restype = ctypes.c_void_p\n"
        "for number in range(64):\n    at = libc.shmat(number, None, 0o10000)\n"
        "    if at not in (None, 2**64 - 1): look(ctypes.string_at(at, 4096))\n"
        "for path in glob.glob('/dev/shm/*') + glob.glob('/dev/mqueue/*'): read(path)\n"
        "buffer = ctypes.create_string_buffer(1 << 16)\n"
        "for ring in range(-8, 0):\n"
        "    if libc.syscall(250, 11, ring, buffer, len(buffer)) > 0: look(buffer.raw)"
    ),
}


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def run(request: pytest.FixtureRequest, target: Exercise) -> Iterator[Runner]:
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CERTLAB_REDTEAM", "RT7MARK-environment")
            with runner([target], request.param, jobs=3) as run:
                Grader(target, [303], LIMITS, run).expected(303)  # the solution ran here before
                yield run
    except NoCage as error:
        pytest.skip(f"not on this machine: {error}")


@pytest.mark.parametrize("name", READERS)
def test_a_reader_finds_nothing_but_its_own(
    run: Runner, target: Exercise, tmp_path: Path, name: str
) -> None:
    paths = [target.path, *(tmp_path / part for part in ("gradebook.db", "secret", "s/a.ipynb"))]
    (tmp_path / "s").mkdir()
    for path in paths[1:]:
        path.write_text("RT7MARK-in-a-file")
    reader = READERS[name].replace("{paths!r}", repr([str(path) for path in paths]))
    stop = threading.Event()

    def another() -> None:
        """Another student's run, with a mark in its code, memory and folder, all the while."""
        code = (
            "import os, time\nos.environ['X'] = held = 'RT7MARK-of-another-student'\n"
            "open('answer', 'w').write(held)\ntime.sleep(1)"
        )
        while not stop.is_set():
            run([Step("a", code)], LIMITS)

    thread = threading.Thread(target=another)
    thread.start()
    try:
        (result,) = run([Step("reader", _READER + reader + _SEND)], LIMITS).values()
    finally:
        stop.set()
        thread.join()
    assert HELD  # alive until here
    assert result.status == "ok", result
    assert len(result.data) == 1
    found = set(json.loads(result.data[0]))
    assert found - {"RT7MARK-own"} == set()
    if name != "own memory" or found:  # Landlock hides the list of a process's own memory
        assert found == {"RT7MARK-own"}


def test_later_cells_and_probes_say_nothing_of_the_solution(run: Runner, target: Exercise) -> None:
    """A submission that answers in the runner's place is sent every later step; none tells."""
    cells = [cell for cell in target.cells if cell.role in ("parameters", "given", "probe")]
    spy = (
        _READER + "import struct, socket\n"
        "for number in range(3, 256):\n    try: channel = socket.socket(fileno=number); break\n"
        "    except OSError: pass\n"
        "said = json.dumps({'status': 'ok', 'data': [], 'output': 0}).encode()\n"
        "channel.settimeout(1)\nseen = []\ntry:\n    while True:\n"
        "        channel.sendall(struct.pack('!I', len(said)) + said)\n"
        "        size = struct.unpack('!I', channel.recv(4))[0]\n"
        "        seen.append(channel.recv(size).decode()); look(seen[-1])\n"
        "        if 'the last step' in seen[-1]:\n"
        "            text = json.dumps([sorted(found), len(seen)])\n"
        "            said = json.dumps({'status': 'ok', 'output': 0, 'data': [text]}).encode()\n"
        "except OSError: pass"
    )
    steps = [Step("spy", spy, holds=True)]
    steps += [Step(str(cell.number), cell.source, holds=True) for cell in cells]
    steps.append(Step("last", "# the last step"))
    results = run(steps, Limits(step_seconds=8, total_seconds=40))
    sent = [data for result in results.values() for data in result.data]
    assert [json.loads(data) for data in sent] == [[[], len(steps) - 1]]


def test_what_is_read_can_be_told_apart(run: Runner) -> None:
    """The reader sees a mark that is within its reach: these tests can fail."""
    source = _READER + "open('file', 'wb').write(own)\nread('file')" + _SEND
    (result,) = run([Step("reader", source)], LIMITS).values()
    assert json.loads(result.data[0]) == ["RT7MARK-own"]
    assert plain.MIME in _SEND
