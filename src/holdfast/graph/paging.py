"""Collections that come in pages: follows them to their end, and notices when there is none.

A page is decoded straight into types. Where one item has not the shape it should, the page is read again item by item:
that one is handed on as unreadable by its id and the others stand. A link that leads elsewhere is refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Generic

import msgspec
from msgspec import Raw, Struct, field

from holdfast.graph import answers, limits
from holdfast.graph.answers import Answer, T
from holdfast.graph.client import Ask, Line
from holdfast.graph.errors import Circumstances, EndlessPaging
from holdfast.graph.wire import Collection, UnreadableItem


class Page(Struct, Generic[T], kw_only=True):
    """One page as the service sends it."""

    value: list[T]
    next_link: str | None = field(default=None, name="@odata.nextLink")
    delta_link: str | None = field(default=None, name="@odata.deltaLink")


class ReadPage(Struct, Generic[T], kw_only=True):
    """One page as it was understood."""

    items: list[T]
    unreadable: list[UnreadableItem]
    next_link: str | None = None
    delta_link: str | None = None


class PageReader(Generic[T]):
    """Decodes pages of one kind of item."""

    def __init__(self, page_type: type[Page[T]], item_type: type[T]) -> None:
        self._pages = msgspec.json.Decoder(page_type)
        self._items = msgspec.json.Decoder(item_type)

    def read(self, answer: Answer, *, at: Circumstances) -> ReadPage[T]:
        try:
            page = answers.decode(answer.body, self._pages)
        except answers.UNDECODABLE:
            # Either one item is not what it should be, or all of it: reading the items apart tells.
            return self._one_by_one(answer, at=at)
        return ReadPage(items=page.value, unreadable=[], next_link=page.next_link, delta_link=page.delta_link)

    def _one_by_one(self, answer: Answer, *, at: Circumstances) -> ReadPage[T]:
        loose = answers.decoded(answer, _collections, at=at)
        page = ReadPage[T](items=[], unreadable=[], next_link=loose.next_link, delta_link=loose.delta_link)
        for raw in loose.value:
            try:
                page.items.append(self._items.decode(raw))
            except answers.UNDECODABLE as error:
                page.unreadable.append(UnreadableItem(id=_id_of(raw), why=str(error), raw=bytes(raw)))
        return page


class LoopDetector:
    """Notices pages that repeat or never end. Feed it every page of one round, also across jobs (`pages_before`)."""

    def __init__(self, *, pages_before: int = 0, pages_max: int = limits.PAGES_MAX) -> None:
        self.pages = pages_before
        self._pages_max = pages_max
        self._empty_in_a_row = 0
        self._links: set[bytes] = set()
        self._seen: dict[bytes, int] = {}

    def check(self, *, versions: Iterable[str], next_link: str | None, at: Circumstances) -> None:
        """`versions`: one text per item that names it and its version (id and etag)."""
        self.pages += 1
        if self.pages > self._pages_max:
            raise EndlessPaging(f"More than {self._pages_max} pages came without an end.", at=at)
        if next_link is not None and self._is_known_link(next_link):
            raise EndlessPaging("A page names a next page that was read before.", at=at)
        named = sorted(versions)
        self._empty_in_a_row = 0 if named else self._empty_in_a_row + 1
        if self._empty_in_a_row > limits.EMPTY_PAGES_MAX:
            raise EndlessPaging("Only empty pages come.", at=at)
        if named and next_link is not None and self._times_seen("\n".join(named)) > limits.REPEATED_PAGES_MAX:
            raise EndlessPaging("The same items come again and again.", at=at)

    def _is_known_link(self, link: str) -> bool:
        digest = _digest(link)
        known = digest in self._links
        self._links.add(digest)
        return known

    def _times_seen(self, text: str) -> int:
        digest = _digest(text)
        times = self._seen[digest] = self._seen.get(digest, 0) + 1
        return times


def pages(
    line: Line,
    ask: Ask,
    reader: PageReader[T],
    *,
    version: Callable[[T], str],
    detector: LoopDetector | None = None,
) -> Iterator[ReadPage[T]]:
    """Every page from `ask` to the end, one request each time the next one is taken."""
    watch = detector or LoopDetector()
    while True:
        page = reader.read(line.send(ask), at=ask.at)
        watch.check(versions=map(version, page.items), next_link=page.next_link, at=ask.at)
        following = None if page.next_link is None else line.root.within(page.next_link)
        yield page
        if following is None:
            return
        ask = replace(ask, path=following)


def whole(pages_of: Iterator[ReadPage[T]]) -> list[T]:
    """All items of a collection that must be understood completely; one unreadable item spoils it."""
    items: list[T] = []
    for page in pages_of:
        for bad in page.unreadable:
            raise answers.unreadable(_NO_ANSWER, f"item {bad.id}: {bad.why}", at=Circumstances())
        items.extend(page.items)
    return items


_collections = msgspec.json.Decoder(Collection)
_NO_ANSWER = Answer(status=200, headers={}, body=b"")


class _Named(Struct):
    id: str | None = None


_named = msgspec.json.Decoder(_Named)


def _id_of(raw: Raw) -> str | None:
    try:
        return _named.decode(raw).id
    except answers.UNDECODABLE:
        return None


def _digest(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()
