"""The addresses of the product. Decides which door each begins at; the doors name their own."""

from django.urls import URLPattern, URLResolver, include, path

from holdfast.host import health, metrics, pages

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.broken

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("", include("holdfast.mirror.urls")),
    path("api/v1/", include("holdfast.api.urls")),
    path("", include("holdfast.web.urls")),
]
