"""A filter of system calls for caged processes: what no exercise needs and exploits begin with.

The filter is a classic BPF program, seccomp(2). It refuses with EPERM rather than killing, so that
a library that merely tries something goes on. It is the second lock on most doors: the namespaces
and the missing capabilities refuse nearly all of it already.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Collection, Mapping

from . import linux

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ARCHITECTURES = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64
_X32 = 0x40000000  # the same processor's other table of calls
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; low word first
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW… flag, CLONE_NEWTIME included
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)

AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10

# name: (x86_64, aarch64)
_REFUSED = {
    "acct": (163, 89),
    "add_key": (248, 217),  # keyrings are shared between all processes of a user
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "memfd_create": (319, 279),  # files in memory that no size of a folder limits
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),  # like message queues and semaphores of this kind, outlives its process
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}

# What works on any file that can be named, where no namespace hides those of others.
ATTRIBUTES = {
    "chmod": (90, None),
    "chown": (92, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "fremovexattr": (199, 16),
    "fsetxattr": (190, 7),
    "futimesat": (261, None),
    "lchown": (94, None),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "removexattrat": (466, 466),
    "setxattr": (188, 5),
    "setxattrat": (463, 463),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
}

# Calls that change a process, and the arguments that must be 0: then it is the caller itself.
_OWN = {
    "migrate_pages": ((256, 238), (0,)),
    "move_pages": ((279, 239), (0,)),
    "prlimit64": ((302, 261), (0,)),
    "sched_setaffinity": ((203, 122), (0,)),
    "sched_setattr": ((314, 274), (0,)),
    "sched_setparam": ((142, 118), (0,)),
    "sched_setscheduler": ((144, 119), (0,)),
    "setpriority": ((141, 140), (0, 1)),
}


class Filter:
    """A filter, compiled once and installed in any number of children."""

    def __init__(
        self, families: Collection[int], also: Mapping[str, tuple[int | None, ...]] | None = None
    ) -> None:
        """`families` are the address families that sockets may have; `also` is refused too.

        Raises linux.Refused.
        """
        machine = linux.machine_index()
        program = [
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_EQUAL, 1, 0, _ARCHITECTURES[machine]),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, _NUMBER),
            (_AT_LEAST, 0, 1, _X32),
            (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
            (_EQUAL, 0, 1, _CLONE3[machine]),  # its flags lie in memory, where no filter sees them
            (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        ]
        for numbers in (*_REFUSED.values(), *(also or {}).values()):
            if (number := numbers[machine]) is not None:
                program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | errno.EPERM)]
        for numbers, arguments in _OWN.values():
            program.append((_EQUAL, 0, 3 * len(arguments) + 1, numbers[machine]))
            for argument in arguments:
                program += [
                    (_LOAD, 0, 0, _ARGUMENT + 8 * argument),
                    (_EQUAL, 1, 0, 0),
                    (_RETURN, 0, 0, _ERRNO | errno.EPERM),
                ]
            program.append((_RETURN, 0, 0, _ALLOW))
        program += [
            (_EQUAL, 0, 4, _CLONE[machine]),
            (_LOAD, 0, 0, _ARGUMENT),
            (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
            (_RETURN, 0, 0, _ERRNO | errno.EPERM),
            (_RETURN, 0, 0, _ALLOW),
            (_EQUAL, 1, 0, _SOCKET[machine]),
            (_RETURN, 0, 0, _ALLOW),
            (_LOAD, 0, 0, _ARGUMENT),
        ]
        for family in sorted(families):
            program += [(_EQUAL, 0, 1, family), (_RETURN, 0, 0, _ALLOW)]
        program.append((_RETURN, 0, 0, _ERRNO | errno.EACCES))
        packed = b"".join(struct.pack("HBBI", *line) for line in program)
        self._code = ctypes.create_string_buffer(packed, len(packed))

        class Program(ctypes.Structure):
            _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

        self._program = Program(len(program), ctypes.addressof(self._code))

    def install(self) -> None:
        """Filter this process and what it starts, for good. Needs no_new_privs. Raises Refused."""
        pointer = ctypes.byref(self._program)
        linux.call("prctl", _PR_SET_SECCOMP, _MODE_FILTER, pointer, 0, 0)
