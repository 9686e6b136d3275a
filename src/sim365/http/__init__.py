"""The wire: requests and answers, routing, query options, filters, batch, and the door that every request goes
through.
"""
