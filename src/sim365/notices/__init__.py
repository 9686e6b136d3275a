"""Change notifications: subscriptions, what they are told, and how it is delivered (FACTS 5)."""

from sim365.notices.book import NoticeBook, Subscription

__all__ = ["NoticeBook", "Subscription"]
