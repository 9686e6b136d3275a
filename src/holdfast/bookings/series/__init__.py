"""What repeats: a master with its pattern, and its dates, each of them a booking like any other.

The dates up to the series' horizon are rows, so that slots, availability, pages and history know nothing new. Doors
hand frozen `orders` to `verbs.apply`; one date by itself is changed by the orders of every booking.
"""
