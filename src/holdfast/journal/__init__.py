"""What happened, in order: a chained, append-only journal for each workspace. Never pending work.

Numbers are gapless and in commit order, because the head row is the last lock of a transaction.
"""
