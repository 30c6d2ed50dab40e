# SPDX-License-Identifier: MIT
"""Writes a cpio archive in the newc format, the same bytes for the same content (Linux, buffer-format.rst)."""

import stat


class Archive:
    def __init__(self):
        self._parts = []
        self._inode = 0
        self._folders = set()

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        self._inode += 1
        fields = [self._inode, mode, 0, 0, 2 if stat.S_ISDIR(mode) else 1, 0, len(data), 0, 0, *device, len(name) + 1, 0]
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self._parts.append(padded(header + name.encode() + b"\0"))
        self._parts.append(padded(data))

    def folder(self, name, mode=0o755):
        """A folder, and those that it lies in."""
        parent = name.rpartition("/")[0]
        if parent:
            self.folder(parent)
        if name not in self._folders:
            self._folders.add(name)
            self._entry(name, stat.S_IFDIR | mode)

    def _parent(self, name):
        parent = name.rpartition("/")[0]
        if parent:
            self.folder(parent)

    def file(self, name, data, mode=0o644):
        self._parent(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        self._parent(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name, major, minor, mode=0o600):
        self._parent(name)
        self._entry(name, stat.S_IFCHR | mode, device=(major, minor))

    def data(self):
        """The archive so far, with its trailer."""
        fields = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, len("TRAILER!!!") + 1, 0]
        trailer = b"070701" + b"".join(b"%08X" % field for field in fields) + b"TRAILER!!!\0"
        return b"".join(self._parts) + padded(trailer)


def padded(data):
    return data + b"\0" * (-len(data) % 4)
