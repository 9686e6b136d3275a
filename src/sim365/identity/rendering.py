"""Turning templates into answers, with the headers that keep a page what it is.

Decides what a browser may do on these pages: their own style sheet, their own forms, and one script of one line, which
posts an answer to an app that asked for `form_post`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from werkzeug.wrappers import Response

_PAGES = Environment(
    loader=PackageLoader("sim365.identity", "pages"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
)
_SEND = "document.forms[0].submit();"
_SEND_HASH = base64.b64encode(hashlib.sha256(_SEND.encode()).digest()).decode()

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

SECURITY_HEADERS = {
    "Cache-Control": "no-store, no-cache",
    "Pragma": "no-cache",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser would send the form with the origin "null", which cannot be told from a stranger.
    "Referrer-Policy": "same-origin",
    # No form-action: browsers would apply it to the redirect to the app that follows the answer.
    "Content-Security-Policy": POLICY,
}


def page(template: str, status: int, **places: object) -> Response:
    """A page of the login host."""
    return Response(_PAGES.get_template(template).render(places), status, mimetype="text/html")


def posted_onward(address: str, answer: Mapping[str, str]) -> Response:
    """A page that posts the answer to the app at once, or by a button where scripts are off."""
    response = page("onward.html", 200, address=address, answer=answer, script=_SEND)
    response.headers["Content-Security-Policy"] = f"{POLICY}; script-src 'sha256-{_SEND_HASH}'"
    return response
