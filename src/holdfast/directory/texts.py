"""Names, addresses and zones as people type them. Decides what can be kept; raises Invalid with the field's name."""

from holdfast.directory.errors import Invalid
from holdfast.timetable import zones

NAME_LENGTH_MAX = 255
ADDRESS_LENGTH_MAX = 320  # RFC 5321: 64 for the local part, 255 for the domain, one for the sign between


def name(text: str, *, field: str = "name") -> str:
    """A name without blanks around it."""
    stripped = storable(text, field=field).strip()
    if not stripped:
        raise Invalid(field, "A name is needed.")
    if len(stripped) > NAME_LENGTH_MAX:
        raise Invalid(field, f"It has {len(stripped)} characters, and {NAME_LENGTH_MAX} fit. Shorten it.")
    return stripped


def address(text: str, *, field: str = "email") -> str:
    """A mail address in lower case. Only its shape is checked: whether it exists, a letter would have to find out."""
    stripped = storable(text, field=field).strip().lower()
    local, sign, domain = stripped.rpartition("@")
    if not (local and sign and domain) or any(character.isspace() for character in stripped):
        raise Invalid(field, "This is no mail address. Write it like ada@example.org.")
    if len(stripped) > ADDRESS_LENGTH_MAX:
        raise Invalid(field, f"A mail address has {ADDRESS_LENGTH_MAX} characters at most.")
    return stripped


def zone(text: str, *, field: str = "zone") -> str:
    """The IANA name of a zone, given by its IANA or Windows name."""
    known = zones.known(storable(text, field=field))
    if known is None:
        raise Invalid(field, f"The time zone “{text}” is unknown. Give an IANA name such as Europe/Berlin.")
    return known


def storable(text: str, *, field: str) -> str:
    if "\x00" in text:
        raise Invalid(field, "It contains a NUL character. Type the text again.")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise Invalid(field, "It contains half of a character. Type the text again.") from problem
    return text
