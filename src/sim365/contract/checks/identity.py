"""Ids, versions and transaction ids (FACTS 0, 3.4, 3.5, 3.8, 3.9)."""

from __future__ import annotations

from sim365.contract.findings import Finding, Shows, check
from sim365.contract.ground import Ground, made_of, times
from sim365.contract.marks import quoted, user

IMMUTABLE = 'IdType="ImmutableId"'


@check(
    "An event's etag is W/ and its change key in quotes.",
    section="3.4",
    keys=("etag-is-change-key",),
    requests=1,
    creates=1,
)
def etag_is_the_change_key(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Version", times(ground.day()))
    expected = f'W/"{event.json["changeKey"]}"'
    return Finding(event.etag == expected, f"the etag {'is' if event.etag == expected else 'is not'} W/ and changeKey")


@check(
    "The etag is returned even where $select names other properties.",
    section="3.4",
    keys=("etag-with-select",),
    requests=2,
    creates=1,
)
def etag_in_spite_of_select(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Selected", times(ground.day()))
    shown = ground.read(event, _select="subject").body
    holds = shown.get("@odata.etag") == event.etag and "subject" in shown and "start" not in shown
    return Finding(holds, f"$select=subject returned {', '.join(sorted(shown))}")


@check(
    "A change with a stale If-Match is refused with 412 ErrorIrresolvableConflict.",
    section="3.4",
    keys=("if-match",),
    requests=3,
    creates=1,
)
def stale_if_match_is_refused(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Changed twice", times(ground.day()))
    first = ground.change(event, {"importance": "high"}, headers={"If-Match": event.etag})
    second = ground.change(event, {"importance": "low"}, headers={"If-Match": event.etag})
    holds = first.status == 200 and (second.status, second.code.lower()) == (412, "errorirresolvableconflict")
    return Finding(holds, f"the first change was answered {first}, the second with the same If-Match {second}")


@check(
    "A deletion with a stale If-Match is refused with 412.", section="3.4", keys=("if-match",), requests=3, creates=1
)
def stale_if_match_keeps_the_event(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Not deleted", times(ground.day()))
    changed = ground.change(event, {"importance": "high"})
    deleted = ground.drop(event, headers={"If-Match": event.etag})
    return Finding(changed.status == 200 and deleted.status == 412, f"the deletion was answered {deleted}")


@check("Every change gives an event a new change key.", section="3.2", keys=("new-change-key",), requests=2, creates=1)
def change_key_changes(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Changing", times(ground.day()))
    changed = ground.change(event, {"importance": "high"}).body
    differs = changed["changeKey"] != event.json["changeKey"]
    return Finding(differs, f"after a change the change key was {'another' if differs else 'the same'}")


@check(
    "An id that cannot be decoded is answered 400 ErrorInvalidIdMalformed.",
    section="0.2",
    keys=("malformed-id-refused",),
    requests=1,
)
def malformed_id(ground: Ground) -> Finding:
    reply = ground.get(f"{user(ground.host)}/events/sim365")
    return Finding((reply.status, reply.code) == (400, "ErrorInvalidIdMalformed"), f"answered {reply}")


@check(
    "Ids are case-sensitive: the same letters in another case are no event.",
    section="0",
    keys=("ids-case-sensitive",),
    requests=2,
    creates=1,
)
def ids_are_case_sensitive(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Case", times(ground.day()))
    reply = ground.get(f"{user(ground.host)}/events/{quoted(event.id.swapcase())}")
    return Finding(reply.status in {400, 404} and bool(reply.code), f"the id in the other case was answered {reply}")


@check(
    "A deleted event is answered 404 ErrorItemNotFound.", section="0.2", keys=("gone-not-found",), requests=3, creates=1
)
def deleted_event_is_not_found(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Deleted", times(ground.day()))
    deleted, reply = ground.drop(event), ground.read(event)
    holds = deleted.status == 204 and (reply.status, reply.code) == (404, "ErrorItemNotFound")
    return Finding(holds, f"the deletion was answered {deleted}, reading afterwards {reply}")


@check(
    "Another event id comes with Prefer: IdType, and the header is echoed in Preference-Applied.",
    section="3.9",
    keys=("immutable-ids",),
    requests=3,
    creates=1,
)
def immutable_ids_are_other_ids(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Immutable", times(ground.day()))
    shown = ground.read(event, prefer=IMMUTABLE)
    immutable = str(shown.body["id"])
    again = ground.get(f"{user(ground.host)}/events/{quoted(immutable)}", prefer=IMMUTABLE)
    applied = "immutableid" in shown.headers.get("preference-applied", "").lower()
    holds = immutable != event.id and applied and again.body.get("id") == immutable
    return Finding(
        holds, f"the id was {'another' if immutable != event.id else 'the same'}, Preference-Applied {applied}"
    )


@check("Calendar ids do not change with Prefer: IdType.", section="3.9", keys=("container-ids-stay",), requests=2)
def calendar_ids_stay(ground: Ground) -> Finding:
    plain = ground.get(f"{user(ground.host)}/calendar").body["id"]
    other = ground.get(f"{user(ground.host)}/calendar", prefer=IMMUTABLE).body["id"]
    return Finding(bool(plain) and plain == other, f"the ids were {'the same' if plain == other else 'different'}")


@check(
    "translateExchangeIds turns an event's id into its immutable id.",
    section="3.9",
    keys=("ids-translated",),
    requests=3,
    creates=1,
)
def ids_are_translated(ground: Ground) -> Finding:
    event = ground.make(ground.host, "Translated", times(ground.day()))
    immutable = ground.read(event, prefer=IMMUTABLE).body["id"]
    body = {"inputIds": [event.id], "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"}
    reply = ground.ask(f"{user(ground.host)}/translateExchangeIds", body)
    told = [each.get("targetId") for each in reply.items]
    return Finding(told == [immutable], f"answered {reply}, the id {'as read' if told == [immutable] else 'another'}")


@check(
    "The same transactionId with the same content again is answered 201 with the first event.",
    section="3.5",
    keys=("transaction-repeats",),
    requests=2,
    creates=2,
)
def repeated_create_gives_the_first_event(ground: Ground) -> Finding:
    fields = {**times(ground.day()), "transactionId": f"sim365-{ground.run}-repeated"}
    event = ground.make(ground.host, "Repeated", fields)
    again = ground.try_make(ground.host, "Repeated", fields)
    same = again.body.get("id") == event.id
    return Finding(again.status == 201 and same, f"answered {again} with {'the first' if same else 'another'} event")


@check(
    "The same transactionId with other content is answered ErrorDuplicateTransactionId, 409.",
    section="3.5",
    keys=("transaction-of-another",),
    requests=2,
    creates=2,
)
def transaction_id_is_used_once(ground: Ground) -> Finding:
    day, mark = ground.day(), f"sim365-{ground.run}-once"
    ground.make(ground.host, "Once", {**times(day), "transactionId": mark})
    again = ground.try_make(ground.host, "Twice", {**times(day, "11:00", "12:00"), "transactionId": mark})
    holds = (again.status, again.code.lower()) == (409, "errorduplicatetransactionid")
    return Finding(holds, f"answered {again}")


@check(
    "A transactionId stays used after its event was deleted.",
    section="3.5",
    keys=("transaction-survives-deletion",),
    requests=3,
    creates=2,
    switch="transaction_survives_deletion",
)
def transaction_id_after_deletion(ground: Ground) -> Shows:
    fields = {**times(ground.day()), "transactionId": f"sim365-{ground.run}-deleted"}
    event = ground.make(ground.host, "Deleted and sent again", fields)
    ground.drop(event)
    again = ground.make(ground.host, "Deleted and sent again", fields)
    survives = again.id == event.id
    if survives:
        ground.book.gone(again.id)
    return Shows(survives, f"the repeat after the deletion gave {'the deleted' if survives else 'a new'} event's id")


@check(
    "Events cannot be filtered by transactionId.",
    section="3.5",
    keys=("transaction-filter",),
    requests=2,
    creates=1,
    switch="transaction_filter",
)
def transaction_id_in_a_filter(ground: Ground) -> Shows:
    mark = f"sim365-{ground.run}-filter"
    event = ground.make(ground.host, "Filtered", {**times(ground.day()), "transactionId": mark})
    reply = ground.find(ground.host, f"transactionId eq '{mark}'")
    works = reply.status == 200 and [each.get("id") for each in reply.items] == [event.id]
    return Shows(works, f"answered {reply} with {len(reply.items)} events")


@check(
    "transactionId is returned when an event is read.",
    section="3.5",
    keys=("transaction-id-shown",),
    requests=2,
    creates=1,
)
def transaction_id_is_returned(ground: Ground) -> Finding:
    mark = f"sim365-{ground.run}-returned"
    event = ground.make(ground.host, "Returned", {**times(ground.day()), "transactionId": mark})
    told = ground.read(event).body.get("transactionId")
    return Finding(told == mark, f"transactionId was {'returned' if told == mark else told!r}")


@check("An event can be found by its iCalUId.", section="3.8", keys=("copy-shares-uid",), requests=2, creates=1)
def events_are_found_by_uid(ground: Ground) -> Finding:
    event = ground.make(ground.host, "By uid", times(ground.day()))
    reply = ground.find(ground.host, f"iCalUId eq '{event.json['iCalUId']}'")
    found = [each.get("id") for each in reply.items]
    return Finding(found == [event.id], f"answered {reply} with {len(found)} events")


@check(
    "The answer to a create is the same event as a read of it.",
    section="3.3",
    keys=("answer-is-the-event",),
    requests=2,
    creates=1,
)
def create_answers_the_event(ground: Ground) -> Finding:
    reply = ground.try_make(ground.host, "As read", times(ground.day()))
    event = made_of(ground.host, reply)
    shown = ground.read(event).body
    other = sorted(
        name for name in reply.body if reply.body[name] != shown.get(name) and not name.startswith("@odata.context")
    )
    return Finding(
        reply.status == 201 and "subject" in shown and not other, f"other on reading: {', '.join(other) or 'nothing'}"
    )
