"""Master categories of a mailbox: colours by name (FACTS 3.11). A name never changes; a colour may."""

from sim365 import ids
from sim365.state import Category, Mailbox

COLORS = ("none", *(f"preset{number}" for number in range(25)))
NAME_MAX = 255
_FIRST = (("Red", 0), ("Orange", 1), ("Yellow", 3), ("Green", 4), ("Blue", 7), ("Purple", 8))
"""What a new mailbox has."""


def categories_of(mailbox: Mailbox) -> dict[str, Category]:
    """By id; the ones of a new mailbox are made when first asked for."""
    if mailbox.categories is None:
        made = [
            Category(ids.guid("category", mailbox.oid, name), f"{name} category", f"preset{number}")
            for name, number in _FIRST
        ]
        mailbox.categories = {category.id: category for category in made}
    return mailbox.categories
