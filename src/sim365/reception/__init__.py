"""Who and what reaches the calendars otherwise than through Graph or a mailbox's own calendar page.

People in other organisations, a person's Inbox with requests to decide, the panel beside a room's door, and the page of
a Microsoft Bookings business. Each goes through the same rules as everything else and leaves the same mails.
"""

from sim365.reception.bookings import BookingBusiness
from sim365.reception.inboxes import InboxOwner
from sim365.reception.outsiders import Outsider
from sim365.reception.panels import RoomPanel

__all__ = ["BookingBusiness", "InboxOwner", "Outsider", "RoomPanel"]
