"""How the two sides of a link are kept in step: pure, so that every decision can be tested without a database or wire.

One word has one meaning here and everywhere:

- booking: our record of who uses which resource when.
- event: Microsoft's calendar event, never a domain or log event.
- link: the tie of one booking or series to one event; a new thing gets a new link.
- snapshot: one side reduced to the fields that both own: canonical, frozen, comparable (`snapshot`, `fields`).
- ours, theirs: our booking, and the event as last seen (`link`).
- agreed: what each side said when they last agreed. A pair, because Exchange normalises what it is given; each side is
  compared with its own half.
- offer: a write that was sent and whose answer was not seen yet (`offers`).
- step: the next thing to do for a link (`steps`), said by `plan` and by nothing else.
- settled, parked, closed: the places where a link may rest (`resting`).
- settle: load a link, plan, do, store, until the plan is Nothing. There is no outbound and no inbound sync.
- marker: our property on an event, which tells the last of our writes that landed.
- claim: what a link says of a second event that carries its transaction id (`claims`).

The order of use in the shell: `observe` what was read; `plan`; for a verb's step do it and call `done`; for a write
call `send`, store, send, and call `answer` with what came back; `choose` when a person answered.
"""
