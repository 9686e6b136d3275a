"""The ground under everything that is stored: transactions, the wall between workspaces, bulk writes.

Knows no booking and no event. Every row of customer data belongs to exactly one workspace; PostgreSQL itself keeps
the rows apart (row-level security), whatever a query above forgets.
"""
