"""What is modelled of change notifications: subscriptions, the handshake, delivery, lifecycle notices."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "subscription-handshake",
        "5.2",
        "D21 I",
        "Both addresses must echo a token as plain text with 200 within ten seconds before a subscription exists.",
    ),
    Behaviour(
        "subscription-handshake-exact",
        "5.2",
        "D21 I",
        "The echo must be the token decoded once, sign for sign: neither escaped nor still encoded, nor as HTML.",
    ),
    Behaviour("subscription-https", "5.2", "D21", "Webhooks must be absolute https addresses.", "loopback_webhooks"),
    Behaviour(
        "subscription-lifetime",
        "5.1",
        "D",
        "A subscription to events lives 45 to 10,080 minutes; less is raised, more is refused.",
        "subscription_minutes_of_2024",
    ),
    Behaviour("subscription-client-state", "5.1", "D21 K", "The clientState is shown at creation and never again."),
    Behaviour(
        "subscription-properties",
        "5.1",
        "D21",
        "latestSupportedTlsVersion and notificationUrlAppId are kept and shown; unknown properties are refused.",
    ),
    Behaviour(
        "subscription-quota",
        "5.1",
        "D21",
        "A mailbox has at most 1,000 live subscriptions of all apps together; one more answers 403.",
    ),
    Behaviour(
        "subscription-duplicate",
        "5.1",
        "D I",
        "The same app, resource and change types once more answer 409; by switch a second one is made silently.",
        "duplicate_subscription_conflict",
    ),
    Behaviour(
        "subscription-own-mailbox",
        "5.1",
        "D21 I",
        "With a delegated token only the own mailbox can be watched; a room answers 403 ExtensionError.",
    ),
    Behaviour(
        "subscription-calendar",
        "5.1",
        "K",
        "A single calendar can be watched; without one, all calendars of the mailbox are.",
    ),
    Behaviour(
        "subscription-own-only",
        "5.1",
        "D21",
        "An app sees and changes its own subscriptions in the tenant of its token only; a person only their own.",
    ),
    Behaviour(
        "subscription-renewal",
        "5.1",
        "D21 I",
        "PATCH moves the expiry; by switch the handshake runs again and may fail.",
        "renewal_shakes_hands",
    ),
    Behaviour(
        "subscription-lifecycle-url-fixed",
        "5.1",
        "D21",
        "The lifecycleNotificationUrl cannot be added or changed later.",
    ),
    Behaviour(
        "subscription-lifecycle-url-required",
        "5.1",
        "D",
        "The lifecycleNotificationUrl is optional for events; by switch it is required above one hour.",
        "lifecycle_url_required",
    ),
    Behaviour("subscription-expired", "5.1", "D21", "An expired subscription is silent, and 404 under its id."),
    Behaviour("subscription-lost", "5.1", "I", "By weather, a subscription is silently gone: 404 on renewal."),
    Behaviour("notice-payload", "5.3", "D21", "A notice names subscription, change, item, etag, state and tenant."),
    Behaviour(
        "notice-user-guid", "5.3", "D21", "A notice names the mailbox by object id, however it was subscribed to."
    ),
    Behaviour("notice-id-format", "5.3", "D", "Ids in notices have the format that was preferred when subscribing."),
    Behaviour(
        "notice-bundle",
        "5.3",
        "D21",
        "Notices for one address that arise in the same moments come in one POST, also of several subscriptions.",
        "notices_bundled",
    ),
    Behaviour(
        "notice-retry", "5.4", "D21", "What is not answered with 2xx is tried again for four hours, then dropped."
    ),
    Behaviour(
        "notice-slow-endpoint",
        "5.4",
        "D",
        "A host of which more than 10 % of answers take over 10 s in ten minutes gets its notices 10 s later.",
        "endpoint_rules_of_2023",
    ),
    Behaviour(
        "notice-dropped-endpoint",
        "5.4",
        "D",
        "A host of which more than 15 % of answers are slow gets none until the ten minutes are over, then `missed`.",
        "endpoint_judged_after",
    ),
    Behaviour("notice-apart", "5.4", "K", "A slow webhook delays nobody else's notices."),
    Behaviour(
        "notice-several-updates",
        "5.4",
        "I",
        "One change tells one `updated`; by switch several, as users see.",
        "notices_per_update",
    ),
    Behaviour(
        "notice-room-steps", "5.4", "I", "A meeting that invites a room tells created, then updated as it is processed."
    ),
    Behaviour("notice-occurrence", "5.4", "I", "Deleting one occurrence tells `updated` for its master."),
    Behaviour(
        "notice-trouble", "5.4", "I", "By weather, notices are lost, late, doubled, out of order, strange or phantoms."
    ),
    Behaviour(
        "lifecycle-reauthorize",
        "5.5",
        "D",
        "reauthorizationRequired comes every 15 minutes in the last hour; PATCH or reauthorize answers it.",
    ),
    Behaviour(
        "lifecycle-consent",
        "5.5",
        "D",
        "When the app loses its permission, reauthorizationRequired comes and what changes meanwhile is lost.",
    ),
    Behaviour(
        "lifecycle-removed",
        "5.5",
        "D I",
        "A password reset, a revoked account or a vanished mailbox ends it, and subscriptionRemoved says so.",
        "removal_is_told",
    ),
    Behaviour("lifecycle-missed", "5.5", "D", "`missed` comes when notices were dropped."),
)

GAPS: tuple[Gap, ...] = (
    Gap(
        "rich notifications (includeResourceData)",
        "their content is encrypted for the client; plain ones name the event",
    ),
    Gap("subscriptions with a $filter", "they would tell entering and leaving the filter as created and deleted"),
    Gap("subscriptions to other resources than events"),
)
