"""Bearer tokens of the API. Decides their shape and what they open.

`hf_` + 22 characters that name the workspace + 43 characters that nobody can guess (256 bits). The workspace stands in
the token because its row lies behind the wall: the context is set first, then the digest is looked up. The secret is as
long as a key, so a plain SHA-256 keeps it; a slow hash protects guessable secrets only.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from holdfast.database.transactions import in_workspace
from holdfast.directory import texts
from holdfast.directory.errors import Invalid, NotFound, TokenRefused
from holdfast.directory.models import Person, Token
from holdfast.directory.roles import PERMISSIONS, Actor, ActorKind, Permission, Role
from holdfast.journal.writing import Entry, write
from holdfast.ports import chance, clock, ids

PREFIX = "hf_"
WORKSPACE_LENGTH = 22
SECRET_BYTES = 32
SECRET_LENGTH = 43
HINT_LENGTH = 4
LAST_USED_EVERY = timedelta(minutes=5)  # a write on every request would make every read of the API a write


def make_token(
    actor: Actor,
    *,
    name: str,
    scopes: Collection[Permission],
    person_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """A token and its text, which is shown this once. Nobody hands on a right they do not have."""
    actor.require(Permission.ADMINISTER)
    beyond = sorted(set(scopes) - actor.permissions)
    if beyond:
        raise Invalid("scopes", f"You do not have the right “{beyond[0]}” yourself.")
    if not scopes:
        raise Invalid("scopes", "A token without scopes opens nothing. Name one at least.")
    secret = chance.secret(SECRET_BYTES)
    text = PREFIX + _workspace_part(actor.workspace_id) + secret
    token = Token(
        id=ids.new(),
        workspace_id=actor.workspace_id,
        person_id=person_id,
        name=texts.name(name),
        digest=_digest(text),
        hint=secret[-HINT_LENGTH:],
        scopes=sorted(scope.value for scope in scopes),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    with in_workspace(actor.workspace_id):
        if person_id is not None and not Person.objects.filter(workspace_id=actor.workspace_id, id=person_id).exists():
            raise NotFound
        token.save(force_insert=True)
        after = {"name": token.name, "scopes": token.scopes, "person_id": person_id, "expires_at": expires_at}
        _write(actor, "made", token.id, after=after)
    return token, text


def actor_for(text: str) -> Actor:
    """Who a token is. Raises TokenRefused, without saying why: a guesser learns nothing."""
    workspace_id = _workspace_of(text)
    at = clock.now()
    with in_workspace(workspace_id):
        token = Token.objects.filter(workspace_id=workspace_id, digest=_digest(text)).first()
        if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= at):
            raise TokenRefused
        permissions = frozenset(Permission(scope) for scope in token.scopes)
        if token.person_id is not None:
            permissions &= _rights_of(workspace_id, token.person_id)
        if token.last_used_at is None or at - token.last_used_at >= LAST_USED_EVERY:
            Token.objects.filter(workspace_id=workspace_id, id=token.id).update(last_used_at=at)
    return Actor(workspace_id, ActorKind.TOKEN, token.name, permissions, person_id=token.person_id, identity=token.id)


def revoke_token(actor: Actor, token_id: UUID) -> None:
    """It opens nothing from now on. Revoking twice is no error."""
    actor.require(Permission.ADMINISTER)
    at = clock.now()
    with in_workspace(actor.workspace_id):
        found = Token.objects.filter(workspace_id=actor.workspace_id, id=token_id)
        if not found.exists():
            raise NotFound
        if found.filter(revoked_at__isnull=True).update(revoked_at=at):
            _write(actor, "revoked", token_id, after={"revoked_at": at})


def tokens(workspace_id: UUID) -> list[Token]:
    """Needs `in_workspace`."""
    return list(Token.objects.filter(workspace_id=workspace_id).order_by("-created_at", "id"))


def _rights_of(workspace_id: UUID, person_id: UUID) -> frozenset[Permission]:
    """A person's token never opens more than the person may open today."""
    person = Person.objects.filter(workspace_id=workspace_id, id=person_id, active=True).first()
    return PERMISSIONS[Role(person.role)] if person is not None else frozenset()


def _workspace_part(workspace_id: UUID) -> str:
    return urlsafe_b64encode(workspace_id.bytes).decode().rstrip("=")


def _workspace_of(text: str) -> UUID:
    length = len(PREFIX) + WORKSPACE_LENGTH + SECRET_LENGTH
    if not text.startswith(PREFIX) or len(text) != length or not text.isascii():
        raise TokenRefused
    part = text[len(PREFIX) : len(PREFIX) + WORKSPACE_LENGTH]
    try:
        return UUID(bytes=urlsafe_b64decode(part + "=="))
    except ValueError as problem:
        raise TokenRefused from problem


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _write(actor: Actor, verb: str, token_id: UUID, *, after: object) -> None:
    write(actor.workspace_id, actor.by, [Entry(verb, "token", token_id, after=after)], at=clock.now())
