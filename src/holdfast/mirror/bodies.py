"""The text of an event's body: HTML into the plain text that a booking keeps.

Pure. Exchange wraps whatever it is sent in a document of its own and gives HTML back in lists and deltas, whatever is
asked for. Only text comes out here: nothing of a body ever reaches a page as markup.
"""

import html
import re
from html.parser import HTMLParser

BODY_CHARS_MAX = 200_000
"""A note longer than this is cut before it is read; Exchange itself allows bodies of many megabytes."""

_INVISIBLE = frozenset({"head", "style", "script", "title"})
_BREAKING = frozenset({"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_EMPTY_DOCUMENT = re.compile(r"<body[^>]*>\s*</body>", re.IGNORECASE)
_PLAIN_BODY = re.compile(r"<body[^>]*>(?:\s*<div[^>]*>)?([^<]*)(?:</div>\s*)?</body>", re.IGNORECASE)


def text_of(content: str, *, is_html: bool) -> str:
    """The readable text. Line ends are line feeds; blanks at the ends are left to the field table."""
    if not content:
        return ""
    content = content[:BODY_CHARS_MAX]
    if not is_html:
        return content
    if _EMPTY_DOCUMENT.search(content):
        return ""
    plain = _PLAIN_BODY.search(content)
    if plain is not None:
        return html.unescape(" ".join(plain.group(1).split()))
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects text; a block begins a new line, runs of blanks in HTML mean one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the parser's form
        if tag in _INVISIBLE:
            self._hidden += 1
        elif tag == "br" or (tag in _BREAKING and self._lines[-1]):
            self._lines.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in _INVISIBLE and self._hidden:
            self._hidden -= 1
        elif tag in _BREAKING and self._lines[-1]:
            self._lines.append([])

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        words = " ".join(data.split())
        if words:
            lead = " " if data[:1].isspace() and self._lines[-1] else ""
            tail = " " if data[-1:].isspace() else ""
            self._lines[-1].append(f"{lead}{words}{tail}")

    def text(self) -> str:
        return "\n".join("".join(line) for line in self._lines)
