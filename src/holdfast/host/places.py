"""Where things lie in the state directory. Decides names only; makes nothing."""

from pathlib import Path


def database_directory(state: Path) -> Path:
    return state / "postgres"


def collected_directory(state: Path) -> Path:
    """Static files with digests in their names."""
    return state / "static"


def is_collected(state: Path) -> bool:
    return (collected_directory(state) / "staticfiles.json").exists()


def counters_directory(state: Path) -> Path:
    """Files in which the processes of one run count."""
    return state / "counters"


def lock_file(state: Path) -> Path:
    """Held by the one supervisor of this state directory."""
    return state / "up.lock"


def simulator_directory(state: Path) -> Path:
    """What the demonstration's simulator keeps between two starts."""
    return state / "sim365"
