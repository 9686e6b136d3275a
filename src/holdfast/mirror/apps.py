"""Tells Django about the shell around `reconcile` and `graph`."""

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "holdfast.mirror"
    label = "mirror"
    default_auto_field = "django.db.models.BigAutoField"
