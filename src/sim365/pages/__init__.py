"""The simulator's own pages: a mailbox calendar, where a person acts as in Outlook, and the operator's page.

`Pages(simulator).wsgi` answers `/`, `/calendar/…`, `/operator` and `/pages/…`; the Graph side keeps all other paths.
"""

from sim365.pages.app import Pages
from sim365.pages.errors import FromOutside
from sim365.pages.visitors import refuse_outsiders

__all__ = ["FromOutside", "Pages", "refuse_outsiders"]
