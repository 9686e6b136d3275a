"""What the directory refuses.

DirectoryError
├── NotAllowed     the actor lacks a permission
├── NotFound       nothing of that id in this workspace
├── Invalid        an input cannot be accepted; names the field
└── TokenRefused   a bearer token opens nothing here
"""


class DirectoryError(Exception):
    """The directory cannot do this."""


class NotAllowed(DirectoryError):
    """The actor may not do this."""

    def __init__(self, permission: str, actor: str = "") -> None:
        super().__init__(f"This needs the right “{permission}”, which {actor or 'the caller'} does not have.")
        self.permission = permission


class NotFound(DirectoryError):
    """There is nothing of that id here."""


class Invalid(DirectoryError):
    """An input cannot be accepted."""

    def __init__(self, field: str, sentence: str, *, code: str = "invalid") -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence
        self.code = code


class TokenRefused(DirectoryError):
    """This token opens nothing: it is unknown, expired or revoked."""
