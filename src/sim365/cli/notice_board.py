"""What a started server tells: where everything stands, and with which credentials a client may come.

The client secret is printed on purpose: it opens nothing but this simulator.
"""

from __future__ import annotations

from typing import Any

from sim365.serving import Station

Board = dict[str, Any]


def board_of(station: Station) -> Board:
    """Everything a client or a person needs, as data."""
    return {
        "graph_root": f"{station.graph_root}/v1.0",
        "control": f"{station.graph_root}/_sim",
        "mailboxes": f"{station.graph_root}/",
        "operator": f"{station.graph_root}/operator",
        "ca_file": str(station.ca_file),
        "continues": station.continues,
        "tenants": [
            {
                "name": tenant.name,
                "id": tenant.tenant_id,
                "authority": f"{station.login_root}/{tenant.tenant_id}",
                "apps": [
                    {
                        "name": app.display_name,
                        "client_id": app.app_id,
                        "client_secret": app.secrets[0].value if app.secrets else None,
                        "permissions": sorted(app.permissions),
                    }
                    for app in tenant.apps.values()
                ],
            }
            for tenant in station.simulator.company.tenants
        ],
    }


def lines_of(board: Board) -> list[str]:
    """The same in sentences."""
    lines = ["sim365 is ready. It is a simulator: nothing here reaches Microsoft.", ""]
    lines += [
        f"  Mailboxes to look at  {board['mailboxes']}",
        f"  Operator's page       {board['operator']}",
        f"  Graph                 {board['graph_root']}",
        f"  CA to trust           {board['ca_file']}",
    ]
    for tenant in board["tenants"]:
        lines += ["", f"  {tenant['name']}", f"    Authority           {tenant['authority']}"]
        for app in tenant["apps"]:
            lines += [
                f"    App {app['name']}",
                f"      Client id         {app['client_id']}",
                f"      Client secret     {app['client_secret'] or '(none registered)'}",
                f"      Permissions       {', '.join(app['permissions']) or '(none consented)'}",
            ]
    if board["continues"]:
        lines += ["", "The company kept from before goes on; --company and --seed count only in a new state directory."]
    return [*lines, "", "Ctrl-C stops it."]
