"""The network, other processes, and files that are not the submission's own."""

from __future__ import annotations

from ..attack import Attack


def _try(name: str, source: str, message: str = "", status: str = "error") -> Attack:
    return Attack(
        "outside",
        name,
        {"total": source + "\ntotal = 'escaped'"},
        questions={"total": (status, message)},
    )


ATTACKS = [
    _try("tcp", "import socket\nsocket.create_connection(('127.0.0.1', 22), 2)", "OSError"),
    _try("tcp-out", "import socket\nsocket.create_connection(('1.1.1.1', 443), 2)", "unreachable"),
    _try(
        "udp",
        "import socket\nchannel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "channel.sendto(b'x', ('8.8.8.8', 53))",
        "unreachable",
    ),
    _try("name", "import socket\nsocket.getaddrinfo('example.org', 80)", "gaierror"),
    _try(
        "http", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:8888')", "URLError"
    ),
    _try(
        "netlink", "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "Permission"
    ),
    _try(
        "packets", "import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)", "Permission"
    ),
    _try(
        "vsock", "import socket\nsocket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)", "Permission"
    ),
    _try(
        "abstract-socket",
        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0certlab-redteam')",
        "refused",
    ),
    _try("write-to-the-root", "open('/written', 'w')", "Read-only"),
    _try("write-to-a-library", "open(np.__file__, 'a')", "Read-only"),
    _try(
        "write-to-the-grader",
        "import certlab.grading.plain as plain\nopen(plain.__file__, 'w')",
        "Read-only",
    ),
    _try(
        "write-compiled-code",
        "import certlab.grading.plain as plain\nopen(plain.__cached__, 'wb')",
        "Read-only",
    ),
    _try("mode-of-a-library", "import os\nos.chmod(np.__file__, 0)", "Read-only"),
    _try("link-out", "import os\nos.symlink('/', 'out')\nopen('out/written', 'w')", "Read-only"),
    _try("hard-link", "import os\nos.link(np.__file__, 'mine')", "OSError"),
    _try("device", "import os\nos.mknod('disk', 0o60666, os.makedev(8, 0))", "not permitted"),
    _try("kernel-file", "open('/proc/sysrq-trigger', 'w').write('b')", "Error"),
    _try("core-pattern", "open('/proc/sys/kernel/core_pattern', 'w')", "Read-only"),
    _try("root-again", "import os\nos.setuid(0)", "OSError"),
    _try(
        "namespace-again",
        "import ctypes, os\nif ctypes.CDLL(None, use_errno=True).unshare(0x10020000):\n"
        "    raise OSError(ctypes.get_errno(), 'refused')",
        "refused",
    ),
    _try("setuid-program", "import subprocess\nsubprocess.run(['su', '-c', 'id'], check=True)", ""),
    _try(
        "new-root",
        "import os\nos.mkdir('jail')\nos.chroot('jail')",
        "not permitted",
    ),
    _try("others-limits", "import resource\nresource.prlimit(2, resource.RLIMIT_CPU, (0, 0))", ""),
    _try("packages", "%pip install certlab-escape", "cannot be installed"),
]
