"""Bodies: how Exchange rewrites what it is given.

A body becomes a whole HTML document on read, whatever was sent, and loses what could run in a reader's browser; the
unsafe form is shown only to those who ask for it (FACTS 0.1, 3.2).
"""

import html
import re

PREVIEW_LENGTH = 255

_HEAD = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(head|style|script)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_UNSAFE = re.compile(r"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.IGNORECASE | re.DOTALL)


def document(content: str, kind: str) -> str:
    """The HTML document that Exchange makes of a body; empty stays empty."""
    if not content.strip():
        return ""
    if kind == "text":
        lines = html.escape(content, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
        inner = f'<div class="PlainText">{lines}</div>'
    else:
        inner = inner_of(content)
    return f"<html>\r\n<head>\r\n{_HEAD}\r\n</head>\r\n<body>\r\n{inner}\r\n</body>\r\n</html>\r\n"


def inner_of(content: str) -> str:
    """What stands in the body of a document; a fragment is its own."""
    found = _BODY.search(content)
    return (found.group(1) if found else content).strip("\r\n")


def without_scripts(content: str) -> str:
    """A document without what could run in a reader's browser."""
    return _UNSAFE.sub("", content)


def plain(body: str) -> str:
    """The text of an HTML document."""
    shown = _BREAK.sub("\n", _HIDDEN.sub("", body).replace("\r\n", ""))
    return html.unescape(_TAG.sub("", shown)).strip()


def preview(body: str) -> str:
    """`bodyPreview`."""
    return plain(body).replace("\n", "\r\n")[:PREVIEW_LENGTH] if body else ""
