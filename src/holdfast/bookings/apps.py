"""Ties the record to the directory when Django starts: where a resource's units change, its bookings sit anew."""

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "holdfast.bookings"

    def ready(self) -> None:
        from holdfast.bookings.rehanging import rehang  # noqa: PLC0415  models can be imported only now
        from holdfast.directory.resources import follow_units  # noqa: PLC0415

        follow_units(rehang)
