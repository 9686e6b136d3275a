"""People of a workspace and the accounts that act for them. Decides who may change whom."""

from uuid import UUID

from django.db import IntegrityError

from holdfast.database.transactions import in_workspace, outside_workspaces
from holdfast.directory import roles, texts
from holdfast.directory.errors import Invalid, NotAllowed, NotFound
from holdfast.directory.models import Account, Membership, Person
from holdfast.directory.roles import Actor, Permission, Role
from holdfast.journal.writing import Entry, write
from holdfast.ports import clock, ids

CHANGEABLE = ("name", "email", "role", "active")


def add_person(actor: Actor, *, name: str, email: str, role: Role = Role.MEMBER) -> Person:
    """A new person. Raises NotAllowed, and Invalid where the address is taken."""
    actor.require(Permission.ADMINISTER)
    person = Person(
        id=ids.new(),
        workspace_id=actor.workspace_id,
        name=texts.name(name),
        email=texts.address(email),
        role=Role(role).value,
        created_at=clock.now(),
    )
    try:
        with in_workspace(actor.workspace_id):
            person.save(force_insert=True)
            _write(actor, "added", person.id, after=_facts(person))
    except IntegrityError as problem:
        raise _taken() from problem
    return person


def change_person(
    actor: Actor,
    person_id: UUID,
    *,
    name: str | None = None,
    email: str | None = None,
    role: Role | None = None,
    active: bool | None = None,
) -> Person:
    """Change what is given. The last active admin stays one: nobody could ever let anybody in again."""
    actor.require(Permission.ADMINISTER)
    try:
        with in_workspace(actor.workspace_id):
            person = _locked(actor.workspace_id, person_id)
            before = _facts(person)
            person.name = person.name if name is None else texts.name(name)
            person.email = person.email if email is None else texts.address(email)
            person.role = person.role if role is None else Role(role).value
            person.active = person.active if active is None else active
            _refuse_without_admin(person, before)
            if _facts(person) != before:
                person.save(update_fields=CHANGEABLE)
                _write(actor, "changed", person.id, before=before, after=_facts(person))
    except IntegrityError as problem:
        raise _taken() from problem
    return person


def admit(actor: Actor, person_id: UUID, *, account: Account) -> Membership:
    """Let an account act as this person."""
    actor.require(Permission.ADMINISTER)
    with in_workspace(actor.workspace_id):
        _locked(actor.workspace_id, person_id)
        membership, made = Membership.objects.get_or_create(
            account=account,
            workspace_id=actor.workspace_id,
            defaults={"id": ids.new(), "person_id": person_id, "created_at": clock.now()},
        )
        if membership.person_id != person_id:
            raise Invalid("account", "This account is somebody else here already.")
        if made:
            _write(actor, "admitted", person_id, after={"account": account.id})
    return membership


def make_account(email: str, *, password: str | None = None) -> Account:
    """A login. Raises Invalid where the address has one."""
    try:
        with outside_workspaces():
            return Account.objects.make(texts.address(email), password=password)
    except IntegrityError as problem:
        raise Invalid("email", "There is an account with this address already.") from problem


def actor_of(account: Account, workspace_id: UUID) -> Actor:
    """Who an account is in a workspace. Raises NotAllowed where it is nobody, or somebody who has left."""
    with in_workspace(workspace_id):
        membership = Membership.objects.filter(account_id=account.pk, workspace_id=workspace_id).first()
        person = membership and Person.objects.filter(workspace_id=workspace_id, id=membership.person_id).first()
    if not person or not person.active or not account.is_active:
        raise NotAllowed(Permission.VIEW.value, account.email)
    return roles.person(workspace_id, person_id=person.id, name=person.name, role=Role(person.role))


def person(workspace_id: UUID, person_id: UUID) -> Person:
    """Needs `in_workspace`. Raises NotFound."""
    found = Person.objects.filter(workspace_id=workspace_id, id=person_id).first()
    if found is None:
        raise NotFound
    return found


def people(workspace_id: UUID) -> list[Person]:
    """Needs `in_workspace`."""
    return list(Person.objects.filter(workspace_id=workspace_id).order_by("name", "id"))


def _locked(workspace_id: UUID, person_id: UUID) -> Person:
    found = Person.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, id=person_id).first()
    if found is None:
        raise NotFound
    return found


def _refuse_without_admin(person: Person, before: dict[str, object]) -> None:
    was = before["role"] == Role.ADMIN.value and before["active"]
    stays = person.role == Role.ADMIN.value and person.active
    if not was or stays:
        return
    # Every admin's row is locked, so that two admins cannot dismiss each other at the same moment.
    admins = Person.objects.select_for_update(no_key=True).filter(
        workspace_id=person.workspace_id, role=Role.ADMIN.value
    )
    if not any(admin.active and admin.id != person.id for admin in admins.order_by("id")):
        raise Invalid("role", "This is the last admin. Make somebody else admin first.")


def _facts(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in CHANGEABLE}


def _write(actor: Actor, verb: str, person_id: UUID, *, before: object = None, after: object = None) -> None:
    write(actor.workspace_id, actor.by, [Entry(verb, "person", person_id, before, after)], at=clock.now())


def _taken() -> Invalid:
    return Invalid("email", "Somebody in this workspace has this address already.")
