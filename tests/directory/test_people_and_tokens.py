"""Who may do what: workspaces, people, accounts, tokens."""

from datetime import timedelta

import pytest

from holdfast.bookings.outcomes import Code, Done, Refused
from holdfast.bookings.verbs import apply
from holdfast.database.transactions import in_workspace
from holdfast.directory import people, roles, tokens, workspaces
from holdfast.directory.errors import Invalid, NotAllowed, NotFound, TokenRefused
from holdfast.directory.models import Token
from holdfast.directory.roles import PERMISSIONS, Permission, Role
from holdfast.journal import reading
from holdfast.ports import clock, ids
from tests.cast import at

pytestmark = pytest.mark.database


def test_two_workspaces_cannot_have_one_short_name(cast):
    with pytest.raises(Invalid, match="exists already"):
        workspaces.open_workspace("Harbour Works")


def test_a_workspace_is_found_by_its_short_name(cast):
    assert workspaces.workspace_by_slug("harbour-works").id == cast.workspace_id
    with pytest.raises(NotFound):
        workspaces.workspace_by_slug("nowhere")


@pytest.mark.parametrize(
    ("name", "zone", "field"), [("", "UTC", "name"), ("A\x00", "UTC", "name"), ("A", "Mars", "zone")]
)
def test_a_workspace_needs_a_name_and_a_zone_that_exist(database, name, zone, field):
    with pytest.raises(Invalid) as caught:
        workspaces.open_workspace(name, zone=zone)

    assert caught.value.field == field


def test_an_address_belongs_to_one_person_whatever_its_case(cast):
    with pytest.raises(Invalid) as caught:
        people.add_person(cast.ada, name="Ada Two", email=" ADA@Example.org ")

    assert caught.value.field == "email"


def test_only_an_admin_adds_people(cast):
    with pytest.raises(NotAllowed):
        people.add_person(cast.actor("Chidi"), name="Eve", email="eve@example.org")


def test_the_last_admin_stays(cast):
    ada = cast.people["Ada"]
    with pytest.raises(Invalid, match="last admin"):
        people.change_person(cast.ada, ada.id, role=Role.MEMBER)
    with pytest.raises(Invalid, match="last admin"):
        people.change_person(cast.ada, ada.id, active=False)

    people.change_person(cast.ada, cast.people["Ben"].id, role=Role.ADMIN)
    assert people.change_person(cast.ada, ada.id, role=Role.MEMBER).role == "member"


def test_what_changes_about_a_person_stands_in_the_journal(cast):
    ben = cast.people["Ben"]
    people.change_person(cast.ada, ben.id, name="Benedict")

    with in_workspace(cast.workspace_id):
        told = reading.story(cast.workspace_id, ben.id)

    assert [(each.verb, each.by) for each in told] == [("added", "Holdfast"), ("changed", "Ada")]
    assert told[1].after["name"] == "Benedict"


def test_an_account_acts_as_its_person_until_that_person_leaves(cast):
    account = people.make_account("Ben@Example.org", password="a long enough secret")
    with pytest.raises(NotAllowed):
        people.actor_of(account, cast.workspace_id)

    people.admit(cast.ada, cast.people["Ben"].id, account=account)
    assert people.actor_of(account, cast.workspace_id) == cast.ben

    people.change_person(cast.ada, cast.people["Ben"].id, active=False)
    with pytest.raises(NotAllowed):
        people.actor_of(account, cast.workspace_id)


def test_an_account_of_one_company_is_nobody_next_door(cast, neighbours):
    account = people.make_account("ben@example.org")
    people.admit(cast.ada, cast.people["Ben"].id, account=account)

    with pytest.raises(NotAllowed):
        people.actor_of(account, neighbours.workspace_id)


def test_a_token_books_within_its_scopes_and_is_stored_as_a_digest(cast):
    token, text = tokens.make_token(cast.ada, name="Kiosk", scopes={Permission.VIEW, Permission.BOOK_FOR_OTHERS})
    actor = tokens.actor_for(text)

    (booked,) = apply(actor, [cast.make("Aquarium", at(9), owner_id=cast.people["Ben"].id)])
    assert isinstance(booked, Done)
    assert actor.identity == token.id
    with in_workspace(cast.workspace_id):
        assert text.encode() not in bytes(Token.objects.get().digest)


def test_a_token_that_may_only_look_books_nothing(cast):
    _, text = tokens.make_token(cast.ada, name="Door sign", scopes={Permission.VIEW})

    (refused,) = apply(tokens.actor_for(text), [cast.make("Aquarium", at(9))])

    assert isinstance(refused, Refused)
    assert refused.code is Code.NOT_ALLOWED


def test_a_persons_token_never_opens_more_than_the_person_may(cast):
    everything = set(Permission)
    _, text = tokens.make_token(cast.ada, name="Ben's", scopes=everything, person_id=cast.people["Ben"].id)

    assert tokens.actor_for(text).permissions == PERMISSIONS[Role.MEMBER]

    people.change_person(cast.ada, cast.people["Ben"].id, active=False)
    assert tokens.actor_for(text).permissions == frozenset()


def test_an_expired_or_revoked_token_opens_nothing(cast):
    _, old = tokens.make_token(
        cast.ada, name="old", scopes={Permission.VIEW}, expires_at=clock.now() - timedelta(days=1)
    )
    token, text = tokens.make_token(cast.ada, name="lost", scopes={Permission.VIEW})
    tokens.revoke_token(cast.ada, token.id)
    tokens.revoke_token(cast.ada, token.id)

    for refused in (old, text):
        with pytest.raises(TokenRefused):
            tokens.actor_for(refused)


@pytest.mark.parametrize("text", ["", "hf_", "hf_" + "A" * 65, "hf_" + "é" * 65, "xx_" + "A" * 65, "hf_" + "=" * 65])
def test_what_is_no_token_opens_nothing(database, text):
    with pytest.raises(TokenRefused):
        tokens.actor_for(text)


@pytest.mark.invariant("I20")
def test_a_token_re_addressed_to_another_workspace_opens_nothing(cast, neighbours):
    """I20: the workspace part only says where to look."""
    _, text = tokens.make_token(cast.ada, name="Kiosk", scopes={Permission.VIEW})
    _, theirs = tokens.make_token(neighbours.ada, name="Kiosk", scopes={Permission.VIEW})
    forged = theirs[: len("hf_") + tokens.WORKSPACE_LENGTH] + text[len("hf_") + tokens.WORKSPACE_LENGTH :]

    with pytest.raises(TokenRefused):
        tokens.actor_for(forged)


def test_nobody_hands_on_a_right_they_do_not_have(cast):
    weak = roles.Actor(cast.workspace_id, roles.ActorKind.TOKEN, "weak", frozenset({Permission.ADMINISTER}))

    with pytest.raises(Invalid) as caught:
        tokens.make_token(weak, name="strong", scopes={Permission.EXPORT})

    assert caught.value.field == "scopes"


def test_a_token_for_nobody_known_is_not_made(cast):
    with pytest.raises(NotFound):
        tokens.make_token(cast.ada, name="x", scopes={Permission.VIEW}, person_id=ids.new())


def test_every_role_is_within_the_admins(database):
    assert all(rights <= PERMISSIONS[Role.ADMIN] for rights in PERMISSIONS.values())
    assert Permission.BOOK not in PERMISSIONS[Role.AUDITOR]
