"""Several PDF documents become one: pages, tags, bookmarks.

A summary of thousands of agencies is typeset in parts, because typst keeps a whole document in memory.  The parts are
typst's own (an index of objects at the end, no object streams), so that reading them takes no general reader.  What is
plain in them is packed here: the tags of a large table would otherwise weigh ten times more than its pages.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_HEADER: Final = b"%PDF-1.7\n%\x80\x80\x80\x80\n\n"
_STREAM: Final = b">>\nstream\n"
_PACKED_TOGETHER: Final = 250
# One line of the index of objects, the widths of which stand in it as well.
_ROW: Final = struct.Struct(">BIH")
# What changes when an object moves: references, the key of what it is tagged by, and the names of heading cells.
_MOVABLE: Final = re.compile(
    rb"\((U\d+x\d+y\d+)\)|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|(\d+) 0 R|(/StructParents? )(\d+)", re.DOTALL
)
_REFERENCE: Final = re.compile(rb"(\d+) 0 R")
_PAGES, _ROOT, _DOCUMENT, _OUTLINES = 1, 2, 3, 4
_FIRST_FREE: Final = 5


class JoiningError(ValueError):
    """A document is not of the kind that is joined here."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the outline; ``title`` and ``place`` are written as in the file."""

    title: bytes
    place: bytes
    below: list[Bookmark]


@dataclass(slots=True)
class Part:
    """A document as it is read: its objects by number, and where those stand that are shared by all."""

    content: bytes
    offsets: list[int] = field(init=False)
    ends: dict[int, int] = field(init=False)
    catalog: int = field(init=False)

    def __post_init__(self) -> None:
        """Read the index of objects."""
        at = int(self.content[self.content.rindex(b"startxref\n") + 10 :].split(None, 1)[0])
        head, size = self.content[at : at + 40].split(b"\n", 2)[:2]
        if head != b"xref":
            msg = "the document has no plain index of objects"
            raise JoiningError(msg)
        first = at + len(head) + len(size) + 2
        lines = range(first, first + 20 * int(size.split()[1]), 20)
        self.offsets = [int(self.content[line : line + 10]) for line in lines]
        inside = sorted(offset for offset in self.offsets if offset)
        self.ends = dict(zip(inside, [*inside[1:], at], strict=True))
        self.catalog = _number(self.content[first:], b"/Root")

    def __len__(self) -> int:
        """Return one more than the highest number of an object."""
        return len(self.offsets)

    def object(self, number: int) -> bytes:
        """Return an object without its number and end."""
        offset = self.offsets[number]
        text = self.content[offset : self.ends[offset]]
        return text[text.index(b"obj\n") + 4 : text.rindex(b"endobj")].rstrip(b"\n")

    def referred(self, number: int, key: bytes) -> int:
        """Return the number that an object refers to by a key."""
        return _number(self.object(number), key)

    @property
    def pages(self) -> list[int]:
        """Return the numbers of the pages in their order."""
        tree = self.object(self.referred(self.catalog, b"/Pages"))
        return _references(tree, b"/Kids")

    @property
    def bookmarks(self) -> list[Bookmark]:
        """Return the outline; empty where there is none."""
        if b"/Outlines " not in self.object(self.catalog):
            return []
        return list(self._bookmarks_of(self.object(self.referred(self.catalog, b"/Outlines"))))

    def _bookmarks_of(self, parent: bytes) -> Iterator[Bookmark]:
        text = parent
        key = b"/First"
        while key + b" " in text:
            text = self.object(_number(text, key))
            title = text[text.index(b"/Title") + 6 : text.rindex(b"/Dest")]
            yield Bookmark(title, text[text.rindex(b"/Dest") + 5 :].removesuffix(b">>"), [*self._bookmarks_of(text)])
            key = b"/Next"


class Joiner:
    """Takes parts one after the other and lets go of each, so that only one is in memory beside what is written."""

    def __init__(self) -> None:
        """Begin a document without pages."""
        self._out = bytearray(_HEADER)
        self._places = bytearray()
        self._packing: list[tuple[int, bytes]] = []
        self._numbers = count(_FIRST_FREE)
        self._streams: dict[bytes, int] = {}
        self._pages: list[int] = []
        self._tagged: list[tuple[int, int]] = []
        self._elements: list[int] = []
        self._heads: list[tuple[bytes, int]] = []
        self._roles: dict[bytes, bytes] = {}
        self._bookmarks: list[Bookmark] = []
        self._catalog, self._information, self._parts = b"", 0, 0

    @property
    def page_count(self) -> int:
        """Return how many pages there are so far."""
        return len(self._pages)

    def add(self, content: bytes, *, continues: bool = False) -> None:
        """Put a document at the end; one that ``continues`` begins with the heading of the last chapter once more.

        Raises:
            JoiningError: It is no document of typst's with tags.

        """
        part = Part(content)
        catalog = part.object(part.catalog)
        if b"/StructTreeRoot " not in catalog or b"/Names" in catalog:
            msg = "only tagged documents without named places can be joined"
            raise JoiningError(msg)
        root = part.referred(part.catalog, b"/StructTreeRoot")
        moved = self._numbered(part, root)
        move = _mover(moved, tagged=self._next_key, prefix=b"P%05d" % self._parts)
        for number in range(1, len(part)):
            if moved[number] >= _FIRST_FREE and part.offsets[number]:
                self._put(moved[number], part.object(number), move)
        self._pages += [moved[number] for number in part.pages]
        self._add_tags(part.object(root), part, moved, move)
        self._add_bookmarks(part.bookmarks, move, continues=continues)
        if not self._parts:
            self._catalog = move(catalog)
            self._information = moved[_number(content[content.rindex(b"trailer") :], b"/Info")]
        self._parts += 1

    def finish(self) -> bytes:
        """Return the joined document; the same parts give the same bytes."""
        self._keep(_PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self._pages), _list(self._pages)))
        self._keep(_DOCUMENT, b"<</Type/StructElem/S/Document/P %d 0 R/K[%s]>>" % (_ROOT, _list(self._elements)))
        self._keep(_ROOT, self._tag_root())
        first, last, shown = self._outline(self._bookmarks, _OUTLINES)
        ends = b"/First %d 0 R/Last %d 0 R" % (first, last) if shown else b""
        self._keep(_OUTLINES, b"<</Type/Outlines%s/Count %d>>" % (ends, shown))
        catalog = next(self._numbers)
        without = re.sub(rb"/Outlines \d+ 0 R", b"", self._catalog)
        self._keep(catalog, b"%s/Outlines %d 0 R>>" % (without.removesuffix(b">>"), _OUTLINES))
        self._pack()
        return self._indexed(catalog)

    @property
    def _next_key(self) -> int:
        return self._tagged[-1][0] + 1 if self._tagged else 0

    def _numbered(self, part: Part, root: int) -> list[int]:
        """Give every object its number in the whole; what the whole has once, or no longer, stays below the free ones.

        A stream that refers to nothing and is already there, a colour profile for example, is not written again.
        """
        (document,) = _references(part.object(root), b"/K")
        shared = {part.referred(part.catalog, b"/Pages"): _PAGES, root: _ROOT, document: _DOCUMENT}
        gone = {0, part.catalog}
        if self._parts:
            gone |= {part.referred(part.catalog, b"/Metadata"), _number(part.content[-400:], b"/Info")}
        moved = []
        for number in range(len(part)):
            if number in gone or not part.offsets[number]:
                moved.append(0)
            elif number in shared:
                moved.append(shared[number])
            else:
                text = part.object(number)
                is_bookmark = text.startswith((b"<</Parent ", b"<</Type/Outlines")) and b"/Title" in text
                is_outline = is_bookmark or text.startswith(b"<</Type/Outlines")
                moved.append(0 if is_outline else self._number_of(text))
        return moved

    def _number_of(self, text: bytes) -> int:
        head, stream, _ = text.partition(_STREAM)
        if not stream or _REFERENCE.search(head):
            return next(self._numbers)
        digest = hashlib.sha256(text).digest()
        if digest not in self._streams:
            self._streams[digest] = next(self._numbers)
        return self._streams[digest]

    def _put(self, number: int, text: bytes, move: Callable[[bytes], bytes]) -> None:
        head, stream, rest = text.partition(_STREAM)
        if not stream:
            self._keep(number, move(text))
        elif not self._places[_ROW.size * number : _ROW.size * number + 1].strip(b"\0"):
            self._write(number, move(head) + stream + rest)

    def _keep(self, number: int, text: bytes) -> None:
        """Write an object into the next pack."""
        self._packing.append((number, text))
        if len(self._packing) == _PACKED_TOGETHER:
            self._pack()

    def _pack(self) -> None:
        if not self._packing:
            return
        pack, at, index = next(self._numbers), 0, []
        for place, (number, text) in enumerate(self._packing):
            index.append(b"%d %d" % (number, at))
            at += len(text) + 1
            self._place(number, 2, pack, place)
        head = b" ".join(index) + b"\n"
        packed = zlib.compress(head + b"\n".join(text for _, text in self._packing))
        kind = b"/Type/ObjStm/N %d/First %d" % (len(self._packing), len(head))
        self._write(pack, b"<<%s/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (kind, len(packed), packed))
        self._packing.clear()

    def _write(self, number: int, text: bytes) -> None:
        self._place(number, 1, len(self._out), 0)
        self._out += b"%d 0 obj\n%s\nendobj\n\n" % (number, text)

    def _place(self, number: int, kind: int, first: int, second: int) -> None:
        """Note where an object is: 1, its offset; or 2, its pack and its place there."""
        end = _ROW.size * (number + 1)
        if len(self._places) < end:
            self._places.extend(bytes(end - len(self._places)))
        _ROW.pack_into(self._places, end - _ROW.size, kind, first, second)

    def _add_tags(self, root: bytes, part: Part, moved: Sequence[int], move: Callable[[bytes], bytes]) -> None:
        (document,) = _references(root, b"/K")
        self._elements += [moved[number] for number in _references(part.object(document), b"/K")]
        pairs = re.search(rb"/ParentTree<</Nums\[([^\]]*)\]", root)
        first = self._next_key
        for key, number in re.findall(rb"(\d+) (\d+) 0 R", pairs[1] if pairs else b""):
            self._tagged.append((first + int(key), moved[int(number)]))
        names = re.search(rb"/IDTree<</Names\[(.*?)\]", move(root), re.DOTALL)
        self._heads += [
            (name, int(number)) for name, number in re.findall(rb"(\([^)]*\))(\d+) 0 R", names[1] if names else b"")
        ]
        roles = re.search(rb"/RoleMap<<(.*?)>>", root)
        self._roles |= dict(re.findall(rb"(/\w+)(/\w+)", roles[1] if roles else b""))

    def _tag_root(self) -> bytes:
        keys = b" ".join(b"%d %d 0 R" % pair for pair in self._tagged)
        heads = b" ".join(b"%s%d 0 R" % pair for pair in sorted(self._heads))
        roles = b"".join(name + role for name, role in self._roles.items())
        return b"<</Type/StructTreeRoot/RoleMap<<%s>>/K[%d 0 R]/ParentTree<</Nums[%s]>>/IDTree<</Names[%s]>>%s>>" % (
            roles, _DOCUMENT, keys, heads, b"/ParentTreeNextKey %d" % self._next_key,
        )  # fmt: skip

    def _add_bookmarks(self, found: list[Bookmark], move: Callable[[bytes], bytes], *, continues: bool) -> None:
        def moved(mark: Bookmark) -> Bookmark:
            return Bookmark(mark.title, move(mark.place), [moved(each) for each in mark.below])

        marks = [moved(mark) for mark in found]
        if continues and self._bookmarks and marks:
            self._bookmarks[-1].below.extend(marks.pop(0).below)
        self._bookmarks += marks

    def _outline(self, marks: Sequence[Bookmark], parent: int) -> tuple[int, int, int]:
        """Write bookmarks below a parent; return the first, the last and how many there are."""
        numbers = [next(self._numbers) for _ in marks]
        for at, (number, mark) in enumerate(zip(numbers, marks, strict=True)):
            around = b"/Prev %d 0 R" % numbers[at - 1] if at else b""
            around += b"/Next %d 0 R" % numbers[at + 1] if at + 1 < len(numbers) else b""
            first, last, below = self._outline(mark.below, number)
            # A negative count: what is below is folded away until somebody opens it.
            around += b"/First %d 0 R/Last %d 0 R/Count -%d" % (first, last, below) if below else b""
            self._keep(number, b"<</Parent %d 0 R%s/Title%s/Dest%s>>" % (parent, around, mark.title, mark.place))
        return (numbers[0], numbers[-1], len(numbers)) if numbers else (0, 0, 0)

    def _indexed(self, catalog: int) -> bytes:
        at, index = len(self._out), next(self._numbers)
        self._place(index, 1, at, 0)
        table = zlib.compress(self._places[: _ROW.size * (index + 1)])
        digest = hashlib.sha256(self._out).hexdigest()[:32].encode()
        kind = b"/Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]" % (
            index + 1, catalog, self._information, digest, digest,
        )  # fmt: skip
        head = b"<<%s/Length %d/Filter/FlateDecode>>" % (kind, len(table))
        self._out += b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n\n" % (index, head, table)
        self._out += b"startxref\n%d\n%%%%EOF" % at
        return bytes(self._out)


def _mover(moved: Sequence[int], *, tagged: int, prefix: bytes) -> Callable[[bytes], bytes]:
    """Return what writes an object anew for its place in the whole."""

    def anew(found: re.Match[bytes]) -> bytes:
        head, reference, key, value = found.groups()
        if reference:
            return b"%d 0 R" % moved[int(reference)]
        if key:
            return b"%s%d" % (key, tagged + int(value))
        return b"(%s%s)" % (prefix, head) if head else found[0]

    return lambda text: _MOVABLE.sub(anew, text)


def _number(text: bytes, key: bytes) -> int:
    found = re.search(re.escape(key) + rb" (\d+) 0 R", text)
    if found is None:
        msg = f"the document lacks {key.decode()}"
        raise JoiningError(msg)
    return int(found[1])


def _references(text: bytes, key: bytes) -> list[int]:
    found = re.search(re.escape(key) + rb"\[([^\]]*)\]", text)
    return [int(number) for number in _REFERENCE.findall(found[1])] if found else []


def _list(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)
