"""Tells Django about the ground: its migrations give the app role its rights on tables that others made."""

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "holdfast.database"
    label = "ground"
