"""What a well-behaved client does not do: each kind of misconduct that is noted."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("conduct-retry-after", "8", "D21", "Noted: asking a mailbox again before the Retry-After is over."),
    Behaviour("conduct-fifth-request", "8", "D", "Noted: a fifth request in flight for one mailbox."),
    Behaviour("conduct-handmade-token", "0.2", "K", "Noted: an access token that nobody issued."),
    Behaviour("conduct-unused-permission", "1.9", "P", "Known: permissions that an app holds and never needed."),
    Behaviour("conduct-lacking-permission", "1.9", "P", "Noted: an operation for which the token has no permission."),
    Behaviour("conduct-polling", "5", "K", "Noted: more than 30 delta rounds of one calendar in a minute."),
    Behaviour("conduct-if-match", "3.4", "K", "Noted: changing or deleting an event without If-Match."),
    Behaviour(
        "conduct-online-body", "3.13", "I", "Noted: writing the body of an online meeting, which breaks its link."
    ),
    Behaviour("conduct-opaque-links", "0", "D", "Noted: a nextLink or deltaLink that the client made or added to."),
    Behaviour("conduct-tokens", "1.8", "D", "Noted: more than 60 tokens by an app's own credentials in an hour."),
    Behaviour(
        "conduct-delta-restart", "4", "D", "Noted: more than 12 full rounds of one calendar in an hour, unasked."
    ),
    Behaviour("conduct-recreate", "5.1", "D21", "Noted: making a subscription anew where renewing it would have done."),
    Behaviour("conduct-both", "5.5", "D", "Noted: renewing and reauthorizing one subscription within ten minutes."),
)
