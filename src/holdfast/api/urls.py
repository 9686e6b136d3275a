"""The addresses of the REST interface."""

from django.urls import path, re_path

from holdfast.api import availability, bookings, changes, conflicts, questions, resources, sync
from holdfast.api.door import api
from holdfast.api.reference import page, unknown

api.add_router("/resources", resources.router)
api.add_router("/bookings", bookings.router)
api.add_router("/availability", availability.router)
api.add_router("/conflicts", conflicts.router)
api.add_router("/questions", questions.router)
api.add_router("/changes", changes.router)
api.add_router("", sync.router)

urlpatterns = [
    path("", api.urls),
    path("docs", page),
    re_path(r"^.*$", unknown),
]
