"""The app role's rights on the tables of Django and of the job queue, which know nothing of roles."""

from django.db import migrations

from holdfast.database.grants import ROWS, grant, grant_sequence

_QUEUE = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        *grant("SELECT", "django_migrations", "django_content_type"),
        *grant(ROWS, "django_session", *_QUEUE),
        *grant_sequence(
            "procrastinate_jobs_id_seq", "procrastinate_events_id_seq", "procrastinate_periodic_defers_id_seq"
        ),
    ]
