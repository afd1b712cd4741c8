"""Linux's seccomp: system calls that a process gives up for good.

What only computes needs memory, threads, and files to read. It gives up sockets, other programs and processes (also
their limits, their share of the processor and the memory that they share), every change of files, whatever steers the
machine, and calls that are newer than this list. Where Landlock holds too, a file is guarded twice; where a container
forbids Landlock, this still keeps files from being written.

Numbers: asm/unistd_64.h and asm-generic/unistd.h. Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence

_SET_MODE_FILTER, _ON_EVERY_THREAD = 1, 1
_NO_NEW_PRIVILEGES = 38
_ALLOW, _REFUSE, _END_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
# Instructions of the filter: load a word, jump if equal, if greater or equal, if it has one of these bits; return.
_LOAD, _EQUAL, _AT_LEAST, _HAS_ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _PROCESSOR, _FIRST_ARGUMENT = 0, 4, 16
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# Of x86-64's calls with pointers of 32 bits, which have other numbers.
_FOREIGN_CALLS = 0x40000000
_NEWER_THAN_THIS_LIST = 470
_THREAD = 0x10000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_TMPFILE", 0) & ~os.O_DIRECTORY

# By name: the number on x86-64 and on 64-bit ARM; None where there is none.
_SOCKETS = {"socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202)}
# A pair is a socket, too: what is sent from it may be sent to any other of the machine by its name.
_SOCKETS |= {"accept4": (288, 242), "socketpair": (53, 199)}
_PROGRAMS = {"execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None)}
_OTHER_PROCESSES = {
    **{"ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272)},
    **{"process_madvise": (440, 440), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "tkill": (200, 130)},
    **{"pidfd_send_signal": (424, 424), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)},
    **{"process_mrelease": (448, 448), "migrate_pages": (256, 238), "move_pages": (279, 239), "setpgid": (109, 154)},
    # How much of the processor and the disk another one gets.
    **{"setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setparam": (142, 118)},
    **{"sched_setscheduler": (144, 119), "sched_setattr": (314, 274)},
    # What is shared has numbers, which can be guessed: to make none of one's own is not enough.
    **{"shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "mq_open": (240, 180), "mq_unlink": (241, 181)},
    **{"msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187)},
    **{"semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191)},
}
_CHANGES_OF_FILES = {
    **{"creat": (85, None), "truncate": (76, 45), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53)},
    **{"fchmodat2": (452, 452), "chown": (92, None), "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54)},
    **{"setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463)},
    **{"removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466)},
    **{"utime": (132, None), "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None)},
    **{"link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36)},
    **{"rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "unlink": (87, None)},
    **{"unlinkat": (263, 35), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "mknod": (133, None)},
    **{"mknodat": (259, 33), "file_setattr": (469, 469)},
}
_MACHINE = {
    **{"mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97)},
    **{"setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430)},
    **{"fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442)},
    **{"swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "sethostname": (170, 161)},
    **{"setdomainname": (171, 162), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106)},
    **{
        "kexec_load": (246, 104),
        "kexec_file_load": (320, 294),
        "settimeofday": (164, 170),
        "clock_settime": (227, 112),
    },
    **{"adjtimex": (159, 171), "clock_adjtime": (305, 266), "acct": (163, 89), "quotactl": (179, 60)},
    **{"quotactl_fd": (443, 443), "syslog": (103, 116), "open_by_handle_at": (304, 265)},
    **{"name_to_handle_at": (303, 264), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282)},
    **{"keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "fanotify_init": (300, 262)},
    **{"iopl": (172, None), "ioperm": (173, None), "vhangup": (153, 58)},
}
_GIVEN_UP: dict[str, tuple[int, int | None]] = {
    **_SOCKETS, **_PROGRAMS, **_OTHER_PROCESSES, **_CHANGES_OF_FILES, **_MACHINE
}  # fmt: skip
# "There is no such call": the C library takes an older one then, which can be looked into.
_NOT_THERE = {
    **{"clone3": (435, 435), "openat2": (437, 437), "io_uring_setup": (425, 425)},
    **{"io_uring_enter": (426, 426), "io_uring_register": (427, 427)},
}
_CLONE, _KILL, _TGKILL = (56, 220), (62, 129), (234, 131)
_OPEN, _OPENAT = (2, None), (257, 56)
# Of this process itself (0) these are asked by the C library; of another they take its limits and its cores away.
_OF_A_PROCESS = {"prlimit64": (302, 261), "sched_setaffinity": (203, 122)}
_FCNTL, _IOCTL, _PRCTL = (72, 25), (16, 29), (157, 167)
# Who gets a signal when a file can be read, and which; a lease that holds up whoever writes.
_SIGNALS_OF_FILES = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024}
_PR_SET_PDEATHSIG = 1
# What Python and C libraries ask of any file; others change attributes of files that are open for reading only.
_ASKED_OF_FILES = {"TCGETS": 0x5401, "TIOCGWINSZ": 0x5413, "FIONREAD": 0x541B, "FIONBIO": 0x5421}
_ASKED_OF_FILES |= {"FIONCLEX": 0x5450, "FIOCLEX": 0x5451}
# Drivers of graphics processors have hundreds of their own: there these are refused, and no others.
_STEERS_FILES = {"TIOCSTI": 0x5412, "TIOCLINUX": 0x541C, "FIOSETOWN": 0x8901, "SIOCSPGRP": 0x8902}
_STEERS_FILES |= {"FS_IOC_SETFLAGS": 0x40086602, "FS_IOC_FSSETXATTR": 0x401C5820, "FS_IOC_SETVERSION": 0x40087602}
_STEERS_FILES |= {"FS_IOC_ENABLE_VERITY": 0x40806685, "FS_IOC_SET_ENCRYPTION_POLICY": 0x800C6613}


def give_up_system_calls(*, writes_devices: bool = False) -> bool:
    """Give up, for every thread of this process, what only computes does not need.

    Args:
        writes_devices: Files may still be opened for writing, as drivers of graphics processors do with devices.
    Returns:
        Whether it holds: not on another system or processor, nor where the kernel or a container forbids it.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _AUDIT or sys.maxsize < 2**32:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    code = b"".join(_filter(machine, os.getpid(), writes_devices))
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(held))
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return int(library.syscall(_SECCOMP[machine], _SET_MODE_FILTER, _ON_EVERY_THREAD, program)) == 0


def _filter(machine: str, process: int, writes_devices: bool) -> list[bytes]:
    column = list(_AUDIT).index(machine)
    refused = _REFUSE | errno.EPERM
    code = [
        *(_one(_LOAD, _PROCESSOR), _one(_EQUAL, _AUDIT[machine], 1, 0), _one(_RETURN, _END_PROCESS)),
        *(_one(_LOAD, _NUMBER), _one(_AT_LEAST, _FOREIGN_CALLS, 0, 1), _one(_RETURN, _END_PROCESS)),
        *(_one(_AT_LEAST, _NEWER_THAN_THIS_LIST, 0, 1), _one(_RETURN, _REFUSE | errno.ENOSYS)),
    ]
    for answer, calls in ((refused, _GIVEN_UP), (_REFUSE | errno.ENOSYS, _NOT_THERE)):
        for call in filter(None, (numbers[column] for numbers in calls.values())):
            code += [_one(_EQUAL, call, 0, 1), _one(_RETURN, answer)]
    # A thread, not a process; a signal to itself, as `abort` sends it.
    code += _looked_into(_CLONE[column], 0, [_one(_HAS_ANY, _THREAD, 1, 0), _one(_RETURN, refused)])
    for number in (_KILL[column], _TGKILL[column]):
        code += _looked_into(number, 0, [_one(_EQUAL, process, 1, 0), _one(_RETURN, refused)])
    for asked in _OF_A_PROCESS.values():
        code += _looked_into(asked[column], 0, [_one(_EQUAL, 0, 1, 0), _one(_RETURN, refused)])
    code += _looked_into(_PRCTL[column], 0, _each(_PR_SET_PDEATHSIG, answer=refused))
    code += _looked_into(_FCNTL[column], 1, _each(*_SIGNALS_OF_FILES.values(), answer=refused))
    if writes_devices:
        code += _looked_into(_IOCTL[column], 1, _each(*_STEERS_FILES.values(), answer=refused))
    else:
        known = _each(*_ASKED_OF_FILES.values(), answer=_ALLOW)
        code += _looked_into(_IOCTL[column], 1, [*known, _one(_RETURN, _REFUSE | errno.ENOTTY)])
        judged = [_one(_HAS_ANY, _WRITES, 0, 1), _one(_RETURN, _REFUSE | errno.EACCES)]
        for numbers, place in ((_OPEN, 1), (_OPENAT, 2)):
            opening = numbers[column]
            if opening is not None:
                code += _looked_into(opening, place, judged)
    return [*code, _one(_RETURN, _ALLOW)]


def _each(*values: int, answer: int) -> list[bytes]:
    """Where what was loaded is one of these, an answer."""
    return [step for value in values for step in (_one(_EQUAL, value, 0, 1), _one(_RETURN, answer))]


def _looked_into(number: int, argument: int, then: Sequence[bytes]) -> list[bytes]:
    """For one call: load an argument (its lower half: both processors are little-endian), judge it, and go on."""
    body = [_one(_LOAD, _FIRST_ARGUMENT + 8 * argument), *then, _one(_RETURN, _ALLOW)]
    return [_one(_EQUAL, number, 0, len(body)), *body]


def _one(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
