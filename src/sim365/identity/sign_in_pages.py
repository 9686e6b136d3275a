"""The pages of a sign-in as a browser meets them: sessions, forms, and the way back to the app.

Decides how a step looks and travels; which step it is, `Interaction` decides. Every form carries the sealed progress of
its own sign-in and is good only in the browser that it was shown to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from sim365.identity.accounts import TEST_CODE, TEST_PASSWORD, password_of
from sim365.identity.asking import Asking, Purpose, ResponseMode, Return, error_answer
from sim365.identity.errors import SignInRefused
from sim365.identity.interaction import Interaction
from sim365.identity.issuing import Issuer
from sim365.identity.people_catalogue import FLOW_EXPIRED
from sim365.identity.permissions import says
from sim365.identity.rendering import page, posted_onward
from sim365.identity.steps import (
    AskAccount,
    AskConfirm,
    AskConsent,
    AskNewPassword,
    AskPassword,
    AskSecondFactor,
    GoBack,
    Granted,
    NeedsAdmin,
    PickAccount,
    Progress,
    Step,
    Stopped,
)
from sim365.state.sign_ins import DeviceState, IssuedCode, Session, SignIns

COOKIE = "sim365_sign_in"
SESSIONS_MAX = 10_000
CODES_MAX = 10_000
PROGRESS_LIFETIME_S = 3600.0

#: Used and expired codes are remembered this long, to be named as such.
REMEMBERED_FOR = timedelta(hours=1)


@dataclass(slots=True)
class SignInPages:
    """Answers browsers at one login host."""

    issuer: Issuer

    def visit(self, request: Request, asking: Asking, parameters: Mapping[str, str]) -> Response:
        """One request of a sign-in: the first, or the answer to a page."""
        action = f"{request.path}?{urlencode(dict(parameters))}"
        about = hashlib.sha256(action.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        name, session = self._session(request)
        if "progress" in request.form and request.method == "POST":
            progress = self.issuer.seal.open("progress", request.form["progress"], Progress)
            if progress is None or self._is_strange(progress, name, about):
                return self._stopped(SignInRefused(FLOW_EXPIRED))
            interaction = Interaction(self.issuer, asking, session, progress)
            step = interaction.answer(request.form)
        else:
            interaction = Interaction(self.issuer, asking, session, Progress(name, about, self._now_s()))
            step = interaction.begin()
        response = self._respond(request, interaction, step, action)
        if asking.prompt != "none":
            self._keep(request, response, name, session)
        return response

    def session_of(self, request: Request) -> Session:
        """The browser's session; an empty one that is not kept where it has none."""
        return self._session(request)[1]

    def _now_s(self) -> float:
        return self.issuer.now.timestamp()

    @property
    def _sign_ins(self) -> SignIns:
        return self.issuer.simulator.company.sign_ins

    def _is_strange(self, progress: Progress, session: str, about: str) -> bool:
        is_old = self._now_s() - progress.began > PROGRESS_LIFETIME_S
        return is_old or progress.session != session or progress.about != about

    def _session(self, request: Request) -> tuple[str, Session]:
        name = request.cookies.get(COOKIE, "")
        held = self._sign_ins.sessions.get(name)
        if held is not None:
            return name, held
        self._sign_ins.serial += 1
        return self.issuer.seal.name("session", self._sign_ins.serial), Session()

    def _keep(self, request: Request, response: Response, name: str, session: Session) -> None:
        sessions = self._sign_ins.sessions
        session.used = self.issuer.now
        if name not in sessions and len(sessions) >= SESSIONS_MAX:
            sessions.pop(next(iter(sessions)))
        sessions[name] = session
        response.set_cookie(COOKIE, name, httponly=True, secure=request.is_secure, samesite="Lax", path="/")

    def _respond(self, request: Request, interaction: Interaction, step: Step, action: str) -> Response:
        asking = interaction.asking
        match step:
            case Granted():
                return self._granted(request, asking, step)
            case GoBack(refusal):
                return self._back(request, asking, refusal)
            case Stopped(refusal):
                return self._stopped(refusal)
            case _:
                return self._page(interaction, step, action)

    def _page(self, interaction: Interaction, step: Step, action: str) -> Response:
        asking = interaction.asking
        template, places = _shown(step)
        sealed = self.issuer.seal.close("progress", interaction.progress)
        return page(
            template,
            200,
            action=action,
            progress=sealed,
            app=asking.app.display_name,
            purpose=asking.purpose.value,
            back="" if asking.back is None else asking.back.address,
            **places,
        )

    def _granted(self, request: Request, asking: Asking, step: Granted) -> Response:
        match asking.purpose:
            case Purpose.APP:
                back = asking.back or Return("")
                return self._sent(request, back, {"code": self._code(asking, step), "session_state": self._guid()})
            case Purpose.DEVICE:
                held = self._sign_ins.devices[asking.device]
                held.state, held.signed_in, held.tenant_id = (
                    DeviceState.APPROVED, step.signed_in, step.tenant.tenant_id,
                )  # fmt: skip
                return page("device_done.html", 200, app=asking.app.display_name, is_declined=False)
            case Purpose.ADMIN:
                return Response(status=303, headers={"Location": (asking.back or Return("/")).address})
            case _:
                assert_never(asking.purpose)

    def _back(self, request: Request, asking: Asking, refusal: SignInRefused) -> Response:
        if asking.purpose is Purpose.DEVICE:
            self._sign_ins.devices[asking.device].state = DeviceState.DECLINED
            return page("device_done.html", 200, app=asking.app.display_name, is_declined=True)
        if asking.purpose is Purpose.ADMIN or asking.back is None:
            return self._stopped(refusal)
        return self.refused_to(request, asking.back, refusal)

    def refused_to(self, request: Request, back: Return, refusal: SignInRefused) -> Response:
        """The way back to the app with a refusal (FACTS 1.2)."""
        return self._sent(request, back, error_answer(refusal, root=self.issuer.login_root))

    def _sent(self, request: Request, back: Return, answer: Mapping[str, str]) -> Response:
        if back.mode is ResponseMode.FORM_POST:
            return posted_onward(back.address, back.with_state(answer))
        return Response(status=303 if request.method == "POST" else 302, headers={"Location": back.carrying(answer)})

    def _stopped(self, refusal: SignInRefused) -> Response:
        stamp = self.issuer.now.strftime("%Y-%m-%d %H:%M:%SZ")
        return page("refused.html", refusal.refusal.status, refusal=refusal, correlation=self._guid(), stamp=stamp)

    def _code(self, asking: Asking, step: Granted) -> str:
        """A new code; those that are long over are forgotten."""
        codes, now = self._sign_ins.codes, self.issuer.now
        for old in [name for name, held in codes.items() if held.issued + REMEMBERED_FOR <= now]:
            del codes[old]
        if len(codes) >= CODES_MAX:
            del codes[next(iter(codes))]
        self._sign_ins.serial += 1
        name = "1." + self.issuer.seal.name("code", self._sign_ins.serial)
        back = asking.back or Return("")
        codes[name] = IssuedCode(
            app_id=asking.app.app_id,
            tenant_id=step.tenant.tenant_id,
            signed_in=step.signed_in,
            redirect_uri=back.address,
            scopes=asking.scopes.text,
            issued=now,
            challenge=asking.challenge,
            is_plain=asking.is_plain,
            nonce=asking.nonce,
            is_spa=asking.is_spa,
            revocable=asking.revocable,
        )
        return name

    def _guid(self) -> str:
        return guid(self.issuer)


def guid(issuer: Issuer) -> str:
    """A random GUID of the login host's own stream of chance."""
    digits = f"{issuer.chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _shown(step: Step) -> tuple[str, dict[str, object]]:  # noqa: PLR0911  one return per page
    """The template of a step, and what is written in it."""
    match step:
        case AskAccount(typed, wrong):
            return "account.html", {"typed": typed, "wrong": wrong}
        case PickAccount(people):
            return "pick.html", {"people": people}
        case AskPassword(who, wrong):
            is_test = password_of(who) == TEST_PASSWORD
            return "password.html", {"who": who, "wrong": wrong, "test_password": TEST_PASSWORD if is_test else ""}
        case AskNewPassword(who, problem):
            return "new_password.html", {"who": who, "wrong": problem}
        case AskSecondFactor(who, wrong):
            enrols = not who.account.has_second_factor
            return "second_factor.html", {"who": who, "wrong": wrong, "enrols": enrols, "test_code": TEST_CODE}
        case AskConsent(who, _, tenant, permissions, for_all):
            listed = [(name, says(name)) for name in permissions]
            return "consent_user.html", {"who": who, "tenant": tenant, "permissions": listed, "for_all": for_all}
        case NeedsAdmin(who, refusal, permissions, can_request, was_requested):
            listed = [(name, says(name)) for name in permissions]
            return "needs_admin.html", {
                "who": who, "refusal": refusal, "permissions": listed,
                "can_request": can_request, "sent": was_requested,
            }  # fmt: skip
        case AskConfirm(who):
            return "confirm.html", {"who": who}
        case Stopped() | GoBack() | Granted():
            message = "these steps have no page"
            raise AssertionError(message)
        case _:
            assert_never(step)
