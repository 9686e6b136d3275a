"""The rules are shown on the museum's ground: rooms that can be mapped, Microsoft beside them, one worker run by hand."""

from tests.museum.conftest import harbour, synced

__all__ = ["harbour", "synced"]
