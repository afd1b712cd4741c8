"""Linux's Landlock: what a process may still read when it lets go of all other files, and of the network.

No rights are needed for it, and it cannot be undone. Each version of it ("ABI") knows more; what a kernel does not know
is left out. Done by system calls, whose numbers are the same on every processor: there is no wrapper in the C library.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _DEVICE_CONTROL = 1 << 14, 1 << 15
# What may be asked of files, by the version from which on it is known; all of it is taken away.
_FILE_RIGHTS = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, _DEVICE_CONTROL))
# From these versions on: no TCP, and neither abstract sockets of other processes nor signals to them.
_NETWORK_FROM, _NETWORK = 4, 0b11
_SCOPE_FROM, _SCOPE = 6, 0b11


def landlock_version() -> int:
    """The version that this kernel has; 0 where it has none, or does not offer it."""
    if sys.platform != "linux":
        return 0
    return max(int(_library().syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)), 0)


def only_these_files(readable: Iterable[str], devices: Iterable[str] = ()) -> int:
    """Take from this thread, and those that it starts, every file but these, and the network.

    Args:
        readable: Files and folders that may be read, with all below them; what is not there is left out.
        devices: Those that may be written to and controlled as well.
    Returns:
        The version of Landlock that holds from now on; 0 where there is none: then nothing was taken.
    Raises:
        OSError: The kernel has it, and refuses.
    """
    version = landlock_version()
    if not version:
        return 0
    handled = sum(rights for since, rights in _FILE_RIGHTS if version >= since)
    attributes = [handled]
    if version >= _NETWORK_FROM:
        attributes.append(_NETWORK)
    if version >= _SCOPE_FROM:
        attributes.append(_SCOPE)
    packed = struct.pack(f"={len(attributes)}Q", *attributes)
    ruleset = _called(_CREATE_RULESET, packed, len(packed), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_FOLDER)
        for path in devices:
            _allow(ruleset, path, handled & (_READ_FILE | _READ_FOLDER | _WRITE_FILE | _DEVICE_CONTROL))
        if _library().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise _failure()
        _called(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there is not read
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= ~_READ_FOLDER
        _called(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _called(number: int, *arguments: int | bytes) -> int:
    returned = int(_library().syscall(number, *arguments))
    if returned < 0:
        raise _failure()
    return returned


def _failure() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
