"""The REST interface, `/api/v1`: the same verbs for programs.

Decides how things are named on the wire, what a request must look like, and how an error is told. Must not decide what
is allowed: the actor that a token makes is asked by the verbs. A new verb is a new resource (`POST
/bookings/{id}/cancellation`).
"""
