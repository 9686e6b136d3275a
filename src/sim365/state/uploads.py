"""Upload sessions: files on their way to an event, range by range (FACTS 3.3)."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class UploadSession:
    """One file that a client said it would bring."""

    number: int
    secret: str
    """What the session's own URL carries in the place of a token."""
    app_id: str
    mailbox: str
    """Object id of the owner."""
    event: int
    """Serial of the event or series."""
    day: int
    """Ordinal of an occurrence's original date; 0 is the event itself."""
    name: str
    size: int
    expires: datetime
    content_type: str | None = None
    is_inline: bool = False
    content_id: str | None = None
    immutable: bool = False
    """Whether the client spoke of immutable ids when it began."""
    parts: list[bytes] = field(default_factory=list[bytes])

    @property
    def received(self) -> int:
        """How many bytes have come."""
        return sum(len(part) for part in self.parts)
