"""What is believed of a reverse proxy: exactly as many hops as the settings name.

Decides the visitor's address and scheme. A visitor can write any X-Forwarded-For; only the last entries were added by
our own proxies. Host names from proxies are never believed: ours stand in the settings.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]
_FORGEABLE = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


def believe(answer: Answer) -> Answer:
    """Put the visitor's address and scheme where Django looks for them; drop every other header of that kind."""

    def ring(request: HttpRequest) -> HttpResponse:
        _place(request, settings.HOLDFAST_TRUSTED_PROXIES)
        return answer(request)

    return ring


def _place(request: HttpRequest, hops: int) -> None:
    chain = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    scheme = str(request.META.get("HTTP_X_FORWARDED_PROTO", "")).split(",")[-1].strip().lower()
    for name in _FORGEABLE:
        request.META.pop(name, None)
    if hops == 0:
        return
    if len(chain) >= hops:
        request.META["REMOTE_ADDR"] = chain[-hops]
    if scheme in {"http", "https"}:
        request.META["wsgi.url_scheme"] = scheme
        request.environ["wsgi.url_scheme"] = scheme  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
