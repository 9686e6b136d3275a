"""Tells Django about the shell around `reconcile` and `graph`, and `bookings` about its follower."""

from django.apps import AppConfig


class MirrorConfig(AppConfig):
    name = "holdfast.mirror"
    label = "mirror"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from holdfast.bookings.followers import follow  # noqa: PLC0415  models may be imported only now
        from holdfast.mirror import tasks, wakeups  # noqa: PLC0415
        from holdfast.mirror.follow import bookings_changed  # noqa: PLC0415

        follow(bookings_changed)
        wakeups.install(tasks.wake)
