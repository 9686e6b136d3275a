"""Change notifications: subscriptions, what they are told, and how it is delivered (FACTS 5).

book        subscriptions and messages under way      ringing     who hears of a change, and when
handshake   a webhook proves that it is one           delivery    one POST, and what its answer means
endpoints   slow and dropped hosts                    lifecycle   what is said of the subscription itself
couriers    many deliveries at once, where served
"""

from sim365.notices.book import NoticeBook, Subscription

__all__ = ["NoticeBook", "Subscription"]
