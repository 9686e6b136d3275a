"""What the pages must remember themselves: how often signing in has failed. Outside workspaces, like accounts."""

from django.db import models


class SignInFailures(models.Model):
    """Failures in a row for one thing that is counted: an address, a place it is tried from, or both together.

    The thing itself is not kept, only its digest: a list of tried addresses would be worth stealing.
    """

    digest = models.BinaryField(max_length=32, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        db_table = "web_sign_in_failures"
        indexes = (models.Index(fields=["since"], name="web_sign_in_failures_age"),)
