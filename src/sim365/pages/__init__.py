"""The simulator's own pages: a mailbox calendar, where a person acts as in Outlook, and the operator's page.

`Pages(simulator).wsgi` answers `/`, `/calendar/…`, `/operator` and `/pages/…`; the Graph side keeps all other paths.
"""

from sim365.pages.app import Pages

__all__ = ["Pages"]
