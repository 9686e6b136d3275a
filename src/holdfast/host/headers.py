"""Security headers of every answer (OWASP ASVS 5.0, 3.4).

Decides what a page may load and who may frame it: everything from ourselves, nothing inline, nobody frames. A view
that needs a stricter policy sets its own header, which is left alone.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

_MAY_LOAD = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{what} {where}" for what, where in _MAY_LOAD.items())
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000; includeSubDomains"
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def protect(answer: Answer) -> Answer:
    """Add what is missing; personal pages are kept out of every cache."""

    def ring(request: HttpRequest) -> HttpResponse:
        response = _refuse_cross_site(request) or answer(request)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        return response

    return ring


def _refuse_cross_site(request: HttpRequest) -> HttpResponse | None:
    """A second wall beside the form token: browsers say where a request comes from (Fetch Metadata)."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if request.method in _UNSAFE and site == "cross-site" and settings.SESSION_COOKIE_NAME in request.COOKIES:
        return HttpResponse(
            "This request came from another site.\n", status=403, content_type="text/plain; charset=utf-8"
        )
    return None
