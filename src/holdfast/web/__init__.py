"""The pages: what people see and do in a browser.

Decides how things are said and shown; must not decide what is allowed or what happens: views parse, call one verb,
render. Every view is reached through `door.page`, which knows who is asking and answers what the lower packages raise.
"""
