"""What is answered when no door could: plain words, never internals.

Decides the last word of a request that failed. Programs get problem details (RFC 9457), people a short page; neither
learns more than that it failed and the id under which the log knows why.
"""

import sys
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.html import escape

_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "This request could not be understood.",
    HTTPStatus.FORBIDDEN: "You may not do this here.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side. Nothing was half done; please try again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database cannot be used just now. Nothing was half done; please try again.",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1><p>{sentence}</p><p><small>{id}</small></p></html>
"""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _answer(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _answer(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    return _answer(request, HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """Called while the exception is handled; a database that is gone or full is no fault of ours, and passes."""
    is_away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    sentence = _SENTENCES[status]
    request_id = str(structlog.contextvars.get_contextvars().get("request", ""))
    if request.path.startswith("/api/"):
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": int(status),
            "detail": sentence,
            "request_id": request_id,
        }
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    return HttpResponse(_page(status, sentence, request_id), status=status)


def _page(status: HTTPStatus, sentence: str, request_id: str) -> str:
    """The product's own page where it has one; a bare one otherwise. It asks no database: that may be what failed."""
    try:
        return loader.render_to_string(f"{int(status)}.html", {"sentence": sentence, "request_id": request_id})
    except TemplateDoesNotExist:
        return _PAGE.format(title=escape(status.phrase), sentence=escape(sentence), id=escape(request_id))
