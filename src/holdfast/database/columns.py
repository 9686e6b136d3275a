"""Column types that Django lacks. Decides how a naive wall time is stored; must not be used for instants."""

from typing import Any

from django.db import models


class WallTimeField(models.Field):  # type: ignore[type-arg]
    """A wall time as people read it off a clock: PostgreSQL's `timestamp` without a zone, naive on purpose."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  Django's signature
        return "timestamp"

    def get_internal_type(self) -> str:
        return "WallTimeField"
