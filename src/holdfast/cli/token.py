"""`holdfast token`: keys for programs that speak to the API."""

from datetime import timedelta
from uuid import UUID

import click

from holdfast.cli import telling
from holdfast.cli.frame import WithDatabase
from holdfast.cli.workspace import actor, chosen, workspace_option
from holdfast.ports import clock

DAYS_MAX = 3650


@click.group()
def token() -> None:
    """Make, list and revoke tokens for programs.

    \b
    holdfast token create --name "Door displays" --scope view
    curl -H "Authorization: Bearer hf_…" http://127.0.0.1:8000/api/v1/resources
    """


@token.command(cls=WithDatabase)
@click.option("--name", required=True, help="What it is for; shown in the list and in the journal.")
@click.option("--scope", "scopes", multiple=True, required=True, help="A right it has; may be given several times.")
@click.option("--days", type=click.IntRange(1, DAYS_MAX), default=365, show_default=True, help="How long it is valid.")
@telling.json_option
@workspace_option
def create(*, name: str, scopes: tuple[str, ...], days: int, as_json: bool, slug: str) -> None:
    """Make a token. Its text is shown this once and kept nowhere."""
    from holdfast.directory.roles import Permission  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.tokens import make_token  # noqa: PLC0415  the same

    known = {permission.value for permission in Permission}
    unknown = [scope for scope in scopes if scope not in known]
    if unknown:
        raise click.UsageError(f"there is no scope {unknown[0]!r}; there are {', '.join(sorted(known))}")
    made, text = make_token(
        actor(chosen(slug)),
        name=name,
        scopes=[Permission(scope) for scope in scopes],
        expires_at=clock.now() + timedelta(days=days),
    )
    if as_json:
        facts = {"id": made.id, "name": made.name, "token": text, "scopes": made.scopes, "expires_at": made.expires_at}
        telling.facts(facts, as_json=True)
        return
    click.echo(text)
    telling.say(f"Keep it now: it is shown this once. “{made.name}” is valid until {made.expires_at:%Y-%m-%d}.")


@token.command(name="list", cls=WithDatabase)
@telling.json_option
@workspace_option
def list_tokens(*, as_json: bool, slug: str) -> None:
    """List the tokens of a workspace; their texts are known to nobody."""
    from holdfast.database.transactions import in_workspace  # noqa: PLC0415  needs Django to be ready
    from holdfast.directory.tokens import tokens  # noqa: PLC0415  the same

    workspace = chosen(slug)
    with in_workspace(workspace.id):
        found = tokens(workspace.id)
    rows = [
        {
            "id": item.id,
            "name": item.name,
            "ends_in": item.hint,
            "scopes": item.scopes,
            "expires_at": item.expires_at,
            "last_used_at": item.last_used_at,
            "revoked_at": item.revoked_at,
        }
        for item in found
    ]
    telling.rows(rows, as_json=as_json, empty="There are no tokens yet: holdfast token create")


@token.command(cls=WithDatabase)
@click.argument("token_id", type=click.UUID)
@workspace_option
def revoke(*, token_id: UUID, slug: str) -> None:
    """Let a token open nothing from now on. TOKEN_ID is the id from `holdfast token list`."""
    from holdfast.directory.tokens import revoke_token  # noqa: PLC0415  needs Django to be ready

    revoke_token(actor(chosen(slug)), token_id)
    telling.say("It opens nothing from now on.")
