"""A user as the directory shows it: every property of the published type that this model holds (FACTS 2.2)."""

from datetime import UTC, datetime
from typing import Any

from sim365 import ids
from sim365.calendars.people import stamp
from sim365.directory.settings import settings_json
from sim365.state import Card, Mailbox, UserPurpose

Json = dict[str, Any]

DEFAULT = (
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
)  # fmt: skip
"""What is shown without `$select`."""
ALL = frozenset(
    {*DEFAULT, "accountEnabled", "assignedLicenses", "assignedPlans", "city", "companyName", "country",
     "createdDateTime", "deletedDateTime", "department", "mailNickname", "mailboxSettings", "onPremisesSyncEnabled",
     "otherMails", "postalCode", "proxyAddresses", "showInAddressList", "state", "streetAddress", "userType"}
)  # fmt: skip

USUAL_LICENCE = "6fd2c87f-b296-42f0-b197-1e91e994b900"
"""Office 365 E3, by its published SKU id."""
EXCHANGE_PLAN = "efb87545-963c-4e0d-99df-69c6916d9eb0"
"""Exchange Online (Plan 2), the part of the licence that gives a mailbox."""
_LONG_AGO = datetime(2020, 1, 6, 8, 0, tzinfo=UTC)
_NOTHING = Card()


def user_json(mailbox: Mailbox) -> Json:
    """Every property but the mailbox settings, which are looked up only where they are asked for."""
    card = mailbox.card or _NOTHING
    given, surname = _names(mailbox, card)
    return {
        "businessPhones": list(card.business_phones),
        "displayName": mailbox.display_name,
        "givenName": given,
        "jobTitle": mailbox.job_title,
        "mail": mailbox.address,
        "mobilePhone": card.mobile_phone,
        "officeLocation": mailbox.office_location,
        "preferredLanguage": card.preferred_language,
        "surname": surname,
        "userPrincipalName": mailbox.upn,
        "id": mailbox.oid,
        "accountEnabled": mailbox.account_enabled,
        "assignedLicenses": [{"disabledPlans": [], "skuId": sku} for sku in licences_of(mailbox)],
        "assignedPlans": _plans(mailbox),
        "city": card.city,
        "companyName": card.company_name,
        "country": card.country,
        "createdDateTime": _instant(mailbox.created or _LONG_AGO),
        "deletedDateTime": None if mailbox.deleted_at is None else _instant(mailbox.deleted_at),
        "department": mailbox.department,
        "mailNickname": mailbox.address.partition("@")[0],
        "onPremisesSyncEnabled": True if mailbox.is_on_premises else None,
        "otherMails": list(card.other_mails),
        "postalCode": card.postal_code,
        "proxyAddresses": [f"SMTP:{mailbox.address}", *(f"smtp:{alias}" for alias in mailbox.aliases)],
        "showInAddressList": card.show_in_address_list,
        "state": card.state,
        "streetAddress": card.street,
        "userType": card.user_type,
    }


def chosen(mailbox: Mailbox, select: frozenset[str]) -> Json:
    """The selected properties; the usual few where none is named."""
    shown = user_json(mailbox)
    if not select:
        return {name: shown[name] for name in DEFAULT}
    if "*" in select:
        return shown
    found = {name: value for name, value in shown.items() if name in select}
    if "mailboxSettings" in select:
        found["mailboxSettings"] = settings_json(mailbox)
    return found


def licences_of(mailbox: Mailbox) -> tuple[str, ...]:
    """SKU ids; resources and shared mailboxes need none."""
    if mailbox.licences is not None:
        return mailbox.licences
    needs_one = mailbox.purpose is UserPurpose.USER and mailbox.has_mailbox and not mailbox.is_on_premises
    return (USUAL_LICENCE,) if needs_one else ()


def _names(mailbox: Mailbox, card: Card) -> tuple[str | None, str | None]:
    if mailbox.purpose is not UserPurpose.USER:
        return card.given_name, card.surname
    given, _, surname = mailbox.display_name.partition(" ")
    return card.given_name or given, card.surname or surname or None


def _plans(mailbox: Mailbox) -> list[Json]:
    since = _instant(mailbox.created or _LONG_AGO)
    return [
        {
            "assignedDateTime": since,
            "capabilityStatus": "Enabled",
            "service": "exchange",
            "servicePlanId": ids.guid("plan", sku) if sku != USUAL_LICENCE else EXCHANGE_PLAN,
        }
        for sku in licences_of(mailbox)
    ]


def _instant(moment: datetime) -> str:
    """The directory writes whole seconds."""
    return stamp(moment.replace(microsecond=0)).partition(".")[0] + "Z"
