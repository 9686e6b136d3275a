"""The control API under `/_sim`: what an operator or a test does to the simulated service from outside.

No token is asked for: it is meant for loopback only. Bodies and answers are JSON.

    GET  /_sim/                         what there is
    GET  /_sim/clock                    {"now", "follows", "nextDue"}
    POST /_sim/clock/advance            {"seconds": 60}: time passes, and what falls due on the way is done
    POST /_sim/deliver                  do what is due by now
    POST /_sim/settle                   advance until no message or attendant is at work
    GET  /_sim/weather                  the rules in force, and how often each fault has struck
    POST /_sim/weather                  {"fault": "throttled", "rate": 0.1, "times": 3, "mailbox", "method",
                                         "path", "since", "until", "parameter", "after"}
    DELETE /_sim/weather                fair weather
    GET  /_sim/switches                 the named switches
    POST /_sim/switches                 {"name": value, …}
    GET  /_sim/conduct                  requests counted, offences, unused permissions, bugs of the simulator itself
    DELETE /_sim/conduct                count from zero: requests, offences, and what throttling remembers
    GET  /_sim/requests?last=100        the last requests
    GET  /_sim/ledger?to=address        the mails that Exchange would have sent
    GET  /_sim/subscriptions            every subscription, and how delivery went
    POST /_sim/lifecycle                {"event": "missed", "mailbox": null}
    POST /_sim/forget-sync-states       {"mailbox": null}: delta tokens answer 410
    GET  /_sim/state                    tenants, mailboxes, calendars, number of events; ?events=true: the events, too
    POST /_sim/snapshots                saves the state; answers {"snapshot": "1"}
    POST /_sim/snapshots/{name}/restore goes back to it
    GET  /_sim/people/{address}/events?start=…&end=…
    POST /_sim/people/{address}/events                {"subject", "start", "end", "timeZone", "attendees": [address], …}
    PATCH /_sim/people/{address}/events/{id}          a Graph event body: as a person edits it in Outlook
    POST /_sim/people/{address}/events/{id}/move      {"start", "end"} or {"calendar": name}
    POST /_sim/people/{address}/events/{id}/respond   {"response": "declined", "comment": "", "tells": true}
    DELETE /_sim/people/{address}/events/{id}
    DELETE /_sim/people/{address}/events              empties the default calendar
    POST /_sim/identity/{order}         an account, app or policy in its situation: `expire-secret` with {"app": name},
                                         `require-mfa`, `reset-password`, …; an unknown order answers with the list
    POST /_sim/powershell               {"lines": "Set-CalendarProcessing …"}: what an administrator would type
    GET  /_sim/people/{address}/inbox   what waits in somebody's Inbox
    POST /_sim/people/{address}/inbox/{number}        {"response", "comment"}: also a delegate's decision
    POST /_sim/outside/{address}/meetings             {"subject", "start", "end", "attendees": [address], "name", …}
    GET  /_sim/outside/{address}/meetings/{id}        who here has answered what; the id is the iCalUId
    PATCH /_sim/outside/{address}/meetings/{id}       a Graph event body: an update comes from outside
    DELETE /_sim/outside/{address}/meetings/{id}      a cancellation comes from outside
    POST /_sim/outside/{address}/meetings/{id}/respond   {"response": "accepted"} to an invitation from here
    POST /_sim/outside/{address}/mails                {"to", "subject"}: mail about no meeting
    POST /_sim/rooms/{address}/reserve                {"minutes": 30}: at the panel beside the door
    POST /_sim/rooms/{address}/check-in
    POST /_sim/bookings/{address}/appointments        {"service", "start", "end", "customer", "staff": [address]}
    DELETE /_sim/bookings/{address}/appointments/{id}
"""

from sim365.control.app import ControlApp

__all__ = ["ControlApp"]
