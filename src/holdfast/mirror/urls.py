"""Where Microsoft rings."""

from django.urls import path

from holdfast.mirror.doorbell import doorbell

urlpatterns = [path("notices/<str:path>", doorbell, name="doorbell")]
