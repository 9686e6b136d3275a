"""The snapshots of one simulator, whoever took them: the operator on the page, or a test through the control API."""

from dataclasses import dataclass, field
from datetime import datetime

SNAPSHOTS_MAX = 32
"""The oldest make room for new ones."""
NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """A state to go back to."""

    number: int
    name: str
    at: datetime
    content: bytes


@dataclass(slots=True)
class KeptSnapshots:
    """The list."""

    held: list[KeptSnapshot] = field(default_factory=list[KeptSnapshot])
    taken: int = 0

    def keep(self, content: bytes, *, at: datetime, name: str = "") -> KeptSnapshot:
        """Add one; without a name it is called by its number."""
        self.taken += 1
        kept = KeptSnapshot(self.taken, name.strip()[:NAME_MAX] or f"Snapshot {self.taken}", at, content)
        self.held = [*self.held[1 - SNAPSHOTS_MAX :], kept]
        return kept

    def find(self, number: str | int) -> KeptSnapshot | None:
        """The snapshot of this number."""
        return next((kept for kept in self.held if str(kept.number) == str(number)), None)
