"""Signing in on a device without a browser: its code, and the page where somebody types it (FACTS 1.5)."""

from __future__ import annotations

from collections.abc import Mapping

from sim365.identity.asking import Asking, Purpose
from sim365.identity.catalogue import MISSING_PARAMETER
from sim365.identity.directory import app_for_sign_in
from sim365.identity.errors import SignInRefused
from sim365.identity.issuing import Issuer, is_revocable
from sim365.identity.redeeming import DEVICE_LIFETIME
from sim365.identity.scopes import read_scopes
from sim365.identity.sign_in_pages import REMEMBERED_FOR
from sim365.state.sign_ins import DeviceRequest, DeviceState

#: No vowels, so that no code is a word; nothing that can be taken for something else.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 9
INTERVAL_S = 5
DEVICES_MAX = 10_000


def device_answer(issuer: Issuer, form: Mapping[str, str], *, authority: str) -> dict[str, object]:
    """A new device code and the code that a person types."""
    client_id = form.get("client_id", "")
    if not client_id:
        raise SignInRefused(MISSING_PARAMETER, parameter="client_id")
    app = app_for_sign_in(issuer.simulator.company, authority, client_id)
    scopes = read_scopes(form.get("scope", ""), graph_roots=issuer.graph_roots)
    sign_ins, now = issuer.simulator.company.sign_ins, issuer.now
    for old in [name for name, held in sign_ins.devices.items() if held.issued + REMEMBERED_FOR <= now]:
        del sign_ins.devices[old]
    if len(sign_ins.devices) >= DEVICES_MAX:
        del sign_ins.devices[next(iter(sign_ins.devices))]
    sign_ins.serial += 1
    device_code = issuer.seal.name("device", sign_ins.serial)
    user_code = _letters(issuer.seal.name("user code", sign_ins.serial))
    sign_ins.devices[device_code] = DeviceRequest(
        app_id=app.app_id,
        authority=authority,
        user_code=user_code,
        scopes=scopes.text,
        issued=now,
        revocable=is_revocable(form.get("claims", "")),
    )
    address = f"{issuer.login_root}/common/oauth2/deviceauth"
    return {
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": address,
        "expires_in": int(DEVICE_LIFETIME.total_seconds()),
        "interval": INTERVAL_S,
        "message": f"To sign in, use a web browser to open the page {address} and enter the code {user_code} "
        "to authenticate.",
    }


def waiting_device(issuer: Issuer, typed: str) -> tuple[str, DeviceRequest] | None:
    """The device that shows this code and still waits, with its device code."""
    wanted = typed.strip().upper().replace("-", "").replace(" ", "")
    for name, held in issuer.simulator.company.sign_ins.devices.items():
        is_open = held.state is DeviceState.PENDING and issuer.now < held.issued + DEVICE_LIFETIME
        if held.user_code == wanted and is_open:
            return name, held
    return None


def asking_of(issuer: Issuer, device_code: str, held: DeviceRequest) -> Asking:
    """The sign-in that a waiting device asks for."""
    return Asking(
        authority=held.authority,
        app=app_for_sign_in(issuer.simulator.company, held.authority, held.app_id),
        scopes=read_scopes(held.scopes, graph_roots=issuer.graph_roots),
        purpose=Purpose.DEVICE,
        device=device_code,
        revocable=held.revocable,
    )


def _letters(name: str) -> str:
    return "".join(LETTERS[ord(sign) % len(LETTERS)] for sign in name[:CODE_LENGTH])
