"""How large a request may be. Decides before a byte of the body is read.

A body without a stated length is taken for empty by WSGI and so cannot be endless; a compressed one could hide any
size and is refused.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

BODY_BYTES_MAX = 1 << 20
ADDRESS_CHARACTERS_MAX = 8192


def limit(answer: Answer) -> Answer:
    """Refuse what is larger than any honest request."""

    def ring(request: HttpRequest) -> HttpResponse:
        return _refusal(request) or answer(request)

    return ring


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if len(request.get_full_path()) > ADDRESS_CHARACTERS_MAX:
        return _say(414, f"The address is longer than {ADDRESS_CHARACTERS_MAX} characters.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        return _say(415, "Send the body uncompressed.")
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    if not stated.isdecimal():
        return _say(400, "Content-Length is not a number.")
    if int(stated) > BODY_BYTES_MAX:
        return _say(413, f"The body is larger than {BODY_BYTES_MAX} bytes.")
    return None


def _say(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence + "\n", status=status, content_type="text/plain; charset=utf-8")
