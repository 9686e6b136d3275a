"""Speaks Microsoft Graph: one application, one tenant, its mailboxes. Knows nothing of bookings, links or databases.

    transport = network.over_network(monotonic_s=clock.monotonic_s)
    sign_in = ClientSecretSignIn(transport, tenant=…, client_id=…, secret=…, clock=clock)
    graph = Graph(transport, tokens=KeptToken(sign_in, clock=clock), paces=Paces(…), …)
    room = graph.mailbox("aquarium@…", before_send=lease.check)
    event = events.get(room, event_id, calendar=calendar_id)

`client` sends; the nouns (`events`, `calendars`, `delta`, `places`, `users`, `mailboxes`, `subscriptions`) say what;
`batch` sends many at once; `errors` is the tree of what can go wrong; `notices` reads what Microsoft posts to us.
"""
