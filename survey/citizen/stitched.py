"""A page that is compressed once, although each reader gets it with a few bytes of his own."""

from __future__ import annotations

import struct
import zlib
from typing import Final

_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # RFC 1952: gzip, deflate, no time, best, unknown system
_BEST: Final = 9
_RAW: Final = -15
_LAST_STORED_BLOCK: Final = b"\x01"  # RFC 1951, 3.2.4: final, not compressed
_LARGEST_BLOCK: Final = 0xFFFF


class StitchedPage:
    """A page in two fixed parts with something in between.

    The first part is deflated in advance up to a byte boundary; the rest follows as one stored block, so that a
    request costs two checksums over some hundred bytes and no compression.
    """

    def __init__(self, before: str, after: str) -> None:
        """Compress ``before``; ``after`` should be short."""
        self._before = before.encode()
        self._after = after.encode()
        compressor = zlib.compressobj(_BEST, zlib.DEFLATED, _RAW)
        self._deflated = _HEADER + compressor.compress(self._before) + compressor.flush(zlib.Z_SYNC_FLUSH)
        self._checksum = zlib.crc32(self._before)

    def plain(self, between: str) -> bytes:
        """Return the page as it is."""
        return b"".join((self._before, between.encode(), self._after))

    def gzip(self, between: str) -> bytes:
        """Return the page as gzip.  ``between`` and the second part together must stay under 64 KB."""
        rest = between.encode() + self._after
        size = len(rest)
        block = struct.pack("<HH", size, size ^ _LARGEST_BLOCK)
        end = struct.pack("<LL", zlib.crc32(rest, self._checksum), (len(self._before) + size) & 0xFFFFFFFF)
        return b"".join((self._deflated, _LAST_STORED_BLOCK, block, rest, end))
