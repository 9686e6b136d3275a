"""A person signs in: which step comes next, from what was asked, who is signed in already, and what was answered.

Runs under the simulator's lock, because answers change accounts and consents. What a step looks like, and how the
browser is sent back, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sim365.identity.accounts import (
    CHANGEABLE,
    PASSWORD_LENGTH,
    check_password,
    is_outdated,
    is_over,
    password_of,
    prove_second_factor,
    set_password,
    signed_in,
)
from sim365.identity.asking import Asking, Purpose
from sim365.identity.catalogue import MISSING_PARAMETER
from sim365.identity.directory import (
    TENANTLESS,
    Known,
    app_in,
    person,
    person_called,
    settle_in,
    tenant_called,
)
from sim365.identity.errors import SignInRefused
from sim365.identity.issuing import Issuer
from sim365.identity.people_catalogue import (
    ADMIN_APPROVAL,
    ADMIN_CONSENT,
    CONSENT_MISSING,
    DECLINED_BY_USER,
    FLOW_EXPIRED,
    FOREIGN_USER,
    MFA_ENROL,
    MFA_ENROL_NOW,
    NOT_SIGNED_IN,
    RISKY_APP,
    SESSION_REVOKED,
    TOO_OLD_SIGN_IN,
    UNKNOWN_USER,
    VANISHED_USER,
)
from sim365.identity.permissions import needs_admin
from sim365.identity.policies import SECOND_FACTOR
from sim365.identity.scopes import asked_of, check_registered
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
from sim365.state import AppRegistration, Company, Tenant
from sim365.state.sign_ins import ConsentRequest, Session
from sim365.state.tenants import EVERYBODY

REASON_LENGTH_MAX = 500
CONSENT_REQUESTS_MAX = 1000


@dataclass(slots=True)
class Interaction:
    """One browser at one sign-in."""

    issuer: Issuer
    asking: Asking
    session: Session
    progress: Progress

    def begin(self) -> Step:
        """The first step of a request that just arrived."""
        people = self._people()
        asking = self.asking
        if asking.prompt == "none":
            return self._onward(people[0]) if len(people) == 1 else GoBack(self._why_nobody())
        if asking.prompt == "select_account" and self.session.people:
            return PickAccount(tuple(self._signed_in()))
        if asking.prompt != "login" and len(people) == 1:
            return self._onward(people[0])
        if asking.prompt != "login" and len(people) > 1:
            return PickAccount(tuple(people))
        return self._name(asking.login_hint) if asking.login_hint else AskAccount()

    def answer(self, form: Mapping[str, str]) -> Step:
        """The step after a page was answered."""
        match form.get("step", ""):
            case "another":
                return AskAccount()
            case "account":
                return self._name(form.get("username", ""))
            case "pick":
                return self._pick(form.get("oid", ""))
            case "password":
                return self._password(form)
            case "cancel":
                return self._declined()
            case _:
                return self._of_the_person(form)

    def _of_the_person(self, form: Mapping[str, str]) -> Step:  # noqa: PLR0911  one return per page
        """Answers that only somebody who gave a password in this sign-in, or is signed in, may give."""
        who = None if not self.progress.oid else person(self._company, self.progress.oid)
        if who is None or who.oid not in self.session.people:
            return Stopped(SignInRefused(FLOW_EXPIRED))
        match form.get("step", ""):
            case "new_password":
                return self._new_password(who, form)
            case "second_factor":
                return self._second_factor(who, form.get("code", ""))
            case "consent":
                return self._consent(who, for_all=form.get("for_all") == "yes")
            case "request":
                return self._request_approval(who, form.get("reason", ""))
            case "confirm":
                self._note(is_confirmed=True)
                return self._onward(who)
            case _:
                return Stopped(SignInRefused(MISSING_PARAMETER, parameter="step"))

    @property
    def _company(self) -> Company:
        return self.issuer.simulator.company

    @property
    def _now(self) -> datetime:
        return self.issuer.now

    def _note(self, **changes: object) -> None:
        self.progress = msgspec.structs.replace(self.progress, **changes)

    def _signed_in(self) -> list[Known]:
        """Who is signed in in this browser and may go on so."""
        known = [(person(self._company, oid), at) for oid, at in self.session.people.items()]
        return [
            who
            for who, sign_in in known
            if who is not None and not is_over(who, sign_in.at) and not is_outdated(who, sign_in.at)
        ]

    def _people(self) -> list[Known]:
        """Of those the ones that this request can be about."""
        hint, asking = self.asking.login_hint.lower(), self.asking
        people = self._signed_in()
        if asking.authority.lower() not in TENANTLESS:
            tenant = tenant_called(self._company, asking.authority)
            people = [who for who in people if who.tenant is tenant] or people
        if asking.domain_hint and not hint:
            people = [who for who in people if who.upn.lower().endswith("@" + asking.domain_hint.lower())] or people
        return [who for who in people if not hint or hint in who.mailbox.names()]

    def _why_nobody(self) -> SignInRefused:
        """Why the browser's session does not do, in an order from the most to the least particular."""
        known = [(person(self._company, oid), sign_in) for oid, sign_in in self.session.people.items()]
        if any(who is None for who, _ in known):
            return SignInRefused(VANISHED_USER, tenant=self.asking.authority)
        if known and not self._signed_in():
            return SignInRefused(SESSION_REVOKED)
        return SignInRefused(NOT_SIGNED_IN)

    def _name(self, typed: str) -> Step:
        name = typed.strip()
        if name and "@" not in name and self.asking.domain_hint:
            name = f"{name}@{self.asking.domain_hint}"
        try:
            who = person_called(self._company, name, authority=self.asking.authority)
        except SignInRefused as refusal:
            if refusal.refusal in {UNKNOWN_USER, FOREIGN_USER}:
                return AskAccount(typed, refusal)
            return Stopped(refusal)
        return AskPassword(who)

    def _pick(self, oid: str) -> Step:
        found = [who for who in self._signed_in() if who.oid == oid]
        self._note(is_fresh=False)
        return self._onward(found[0]) if found else AskAccount()

    def _password(self, form: Mapping[str, str]) -> Step:
        try:
            who = person_called(self._company, form.get("username", ""), authority=self.asking.authority)
        except SignInRefused as refusal:
            return AskAccount(form.get("username", ""), refusal)
        try:
            state = check_password(who, form.get("password", ""), now=self._now)
        except SignInRefused as refusal:
            return AskPassword(who, refusal)
        self.session.people[who.oid] = signed_in(who, now=self._now)
        self._note(oid=who.oid, is_fresh=True)
        if state in CHANGEABLE:
            return AskNewPassword(who)
        return self._onward(who)

    def _new_password(self, who: Known, form: Mapping[str, str]) -> Step:
        if not self.progress.is_fresh or who.account.password_state not in CHANGEABLE:
            return self._onward(who)
        new, again = form.get("new", ""), form.get("again", "")
        least, most = PASSWORD_LENGTH
        if new != again:
            return AskNewPassword(who, "The two passwords are not the same.")
        if not least <= len(new) <= most:
            return AskNewPassword(who, f"A password has {least} to {most} characters.")
        if new == password_of(who):
            return AskNewPassword(who, "Choose a password that you have not used before.")
        set_password(who, new, now=self._now)
        self.session.people[who.oid] = signed_in(who, now=self._now)
        return self._onward(who)

    def _second_factor(self, who: Known, code: str) -> Step:
        try:
            prove_second_factor(who, self.session.people[who.oid], code, now=self._now)
        except SignInRefused as refusal:
            return AskSecondFactor(who, refusal)
        return self._onward(who)

    def _tenant(self, who: Known) -> Tenant:
        authority = self.asking.authority
        return who.tenant if authority.lower() in TENANTLESS else tenant_called(self._company, authority)

    def _onward(self, who: Known) -> Step:
        """What still stands between this person and the app."""
        self._note(oid=who.oid)
        tenant, sign_in = self._tenant(who), self.session.people[who.oid]
        if who.account.password_state in CHANGEABLE and self.asking.prompt != "none":
            return AskNewPassword(who) if self.progress.is_fresh else AskPassword(who)
        try:
            app = app_in(tenant, self.asking.app)
            self.issuer.check(tenant, who, app, sign_in)
            check_registered(app, self.asking.scopes, tenant)
        except SignInRefused as refusal:
            return self._hindered(who, refusal)
        return self._consented(who, app, tenant) or self._finished(who, tenant)

    def _hindered(self, who: Known, refusal: SignInRefused) -> Step:
        if self.asking.prompt == "none":
            at_once = MFA_ENROL_NOW if refusal.refusal is MFA_ENROL else refusal.refusal
            return GoBack(
                SignInRefused(at_once, claims=refusal.claims, user=who.upn, app=self.asking.app.display_name)
                if at_once is not refusal.refusal
                else refusal
            )
        if refusal.refusal in SECOND_FACTOR:
            return AskSecondFactor(who)
        if refusal.refusal is TOO_OLD_SIGN_IN:
            return AskPassword(who, refusal)
        return Stopped(refusal)

    def _consented(self, who: Known, app: AppRegistration, tenant: Tenant) -> Step | None:
        """The step that a missing consent takes; None where nothing is missing."""
        if self.asking.purpose is Purpose.ADMIN:
            return None
        asked = asked_of(app, self.asking.scopes)
        missing = asked - app.consented(who.oid)
        if not missing and self.asking.prompt != "consent":
            return None
        names = tuple(sorted(missing or asked))
        if self.asking.prompt == "none":
            place = {"user": who.upn, "app": app.display_name, "scopes": ", ".join(names)}
            return GoBack(SignInRefused(CONSENT_MISSING, **place))
        if not _is_admin(who, tenant) and missing and (app.is_risky or any(map(needs_admin, missing))):
            return self._needs_admin(who, app, tenant, names)
        return AskConsent(who, app, tenant, tuple(sorted(asked)), _is_admin(who, tenant))

    def _needs_admin(self, who: Known, app: AppRegistration, tenant: Tenant, names: tuple[str, ...]) -> NeedsAdmin:
        situation = RISKY_APP if app.is_risky else ADMIN_APPROVAL if tenant.has_consent_workflow else ADMIN_CONSENT
        refusal = SignInRefused(situation, app=app.display_name, scopes=", ".join(names))
        return NeedsAdmin(who, refusal, names, can_request=tenant.has_consent_workflow)

    def _consent(self, who: Known, *, for_all: bool) -> Step:
        """Yes. What it is a yes to is worked out anew: the form is not believed."""
        tenant = self._tenant(who)
        step = self._onward(who)
        if not isinstance(step, AskConsent):
            return step
        app = settle_in(tenant, self.asking.app, self._company)
        whom = EVERYBODY if for_all and step.can_answer_for_all else who.oid
        app.consents.setdefault(whom, set()).update(step.permissions)
        return self._finished(who, tenant)

    def _request_approval(self, who: Known, reason: str) -> Step:
        step = self._onward(who)
        if not isinstance(step, NeedsAdmin) or not step.can_request:
            return step
        waiting = self._tenant(who).consent_requests
        del waiting[: max(0, len(waiting) + 1 - CONSENT_REQUESTS_MAX)]
        waiting.append(
            ConsentRequest(
                self.asking.app.app_id, who.oid, " ".join(step.permissions), reason[:REASON_LENGTH_MAX], self._now
            )
        )
        return NeedsAdmin(who, step.refusal, step.permissions, can_request=False, was_requested=True)

    def _finished(self, who: Known, tenant: Tenant) -> Step:
        if self.asking.purpose is Purpose.DEVICE and not self.progress.is_confirmed:
            return AskConfirm(who)
        return Granted(who, self.session.people[who.oid], tenant)

    def _declined(self) -> Step:
        who = None if not self.progress.oid else person(self._company, self.progress.oid)
        name = "The person" if who is None else who.upn
        return GoBack(SignInRefused(DECLINED_BY_USER, user=name, app=self.asking.app.display_name))


def _is_admin(who: Known, tenant: Tenant) -> bool:
    return who.mailbox.is_admin and who.tenant is tenant
