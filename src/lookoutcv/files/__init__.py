"""Bytes in and out: files written whole or not at all, archives read safely, remote files read within bounds.

Start with `outputs` for what is written, `rows` for tables, `archives` for what is packed.
"""

from lookoutcv.files.archives import ArchiveLimits, Member, members, read_member
from lookoutcv.files.remote import fetch, is_url, shown

__all__ = [
    "ArchiveLimits",
    "Member",
    "fetch",
    "is_url",
    "members",
    "read_member",
    "shown",
]
