"""What can go wrong around the process itself.

    HostError
    ├── DatabaseUnavailable   PostgreSQL cannot be started or reached
    └── ConfigurationInvalid  settings that cannot work, all reported together
"""


class HostError(Exception):
    """Holdfast cannot run here."""


class DatabaseUnavailable(HostError):
    """The database cannot be started or reached."""


class ConfigurationInvalid(HostError):
    """Some settings cannot work."""
