"""Bytes in and out: files written whole or not at all, archives read safely, remote files read within bounds.

Start with `atomic` for what is written, `rows` for tables, `archives` for what is packed.
"""

from lookoutcv.files.archives import ArchiveLimits, Member, members, read_member
from lookoutcv.files.atomic import check_writable, open_atomic, write_bytes
from lookoutcv.files.remote import fetch, is_url, shown

__all__ = [
    "ArchiveLimits",
    "Member",
    "check_writable",
    "fetch",
    "is_url",
    "members",
    "open_atomic",
    "read_member",
    "shown",
    "write_bytes",
]
