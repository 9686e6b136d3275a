"""What is modelled of the identity platform: sign-in, tokens, consent, and who may reach which mailbox."""

from sim365.modelled import Behaviour, Gap

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "client-credentials",
        "1.4",
        "D",
        "An app with a secret or certificate gets a token for itself at its tenant's address, without a "
        "refresh token; without consent the token simply carries no roles.",
    ),
    Behaviour(
        "access-token-lifetime",
        "1.8",
        "D K",
        "An access token lives a random time between 60 and 90 minutes.",
        switch="token_lifetime_varies",
    ),
    Behaviour(
        "authorization-code",
        "1.2",
        "D",
        "A person signs in and consents on the login host's pages; the app gets a code that lives ten minutes "
        "and is good once, and redeems it with its secret, certificate or PKCE verifier.",
    ),
    Behaviour(
        "tokens-only-as-asked",
        "1.2",
        "D",
        "A refresh token comes only with offline_access, an id token only with openid.",
    ),
    Behaviour(
        "errors-reach-the-app",
        "1.2",
        "D",
        "A mistake in an authorization request is told to the redirect address, with the error word, the "
        "AADSTS sentence and the state.",
    ),
    Behaviour(
        "errors-shown-only",
        "1.2",
        "K",
        "An unknown app, an unknown tenant or a redirect address that is not registered is shown on the page "
        "and never redirected to.",
    ),
    Behaviour(
        "response-modes",
        "1.2",
        "D",
        "The answer travels in the query, in the fragment, or as a posted form.",
    ),
    Behaviour(
        "prompts",
        "1.2",
        "D",
        "The prompts login, none, consent and select_account show their page, or none.",
    ),
    Behaviour(
        "login-hint",
        "1.2",
        "D",
        "A login hint leads straight to the password and picks among the people who are signed in; a domain "
        "hint completes a bare name.",
    ),
    Behaviour(
        "consent-remembered",
        "1.2",
        "D",
        "Who consented once is not asked again for the same permissions.",
    ),
    Behaviour(
        "forms-bound-to-browser",
        "1.2",
        "K",
        "A sign-in page can be answered only in the browser it was shown to, within an hour.",
    ),
    Behaviour(
        "several-tenants",
        "1.1",
        "D",
        "At common and organizations the person's own tenant counts; the first consent makes the app's "
        "service principal there.",
    ),
    Behaviour(
        "property-lock",
        "1.1",
        "K",
        "An app with the instance property lock takes no new credentials on its service principals in other tenants.",
    ),
    Behaviour(
        "refresh-rotates",
        "1.3",
        "D",
        "Every refresh brings a new refresh token of 90 days; the one used stays good.",
    ),
    Behaviour(
        "refresh-bound-to-app",
        "1.3",
        "D",
        "A refresh token is bound to person and app, not to tenant or resource.",
    ),
    Behaviour(
        "spa-tokens",
        "1.3",
        "D",
        "A single-page app must use PKCE, and its refresh tokens live 24 hours however often they are renewed.",
    ),
    Behaviour(
        "what-survives-a-password-change",
        "1.3",
        "D",
        "The refresh tokens of web apps survive a new or expired password; those of public clients do not "
        "survive a new one.",
    ),
    Behaviour(
        "what-a-revocation-ends",
        "1.3",
        "D",
        "An administrator's reset in the admin centre and a revocation end all refresh tokens.",
    ),
    Behaviour(
        "password-must-change",
        "1.7",
        "D K",
        "An expired password, or one that an administrator set, is changed on the sign-in page.",
    ),
    Behaviour(
        "second-factor",
        "1.7",
        "D K",
        "Where a policy demands it, a second factor is enrolled or asked for on a page, and the tokens say so.",
    ),
    Behaviour(
        "device-code",
        "1.5",
        "D",
        "A device shows a code; a person types it on a page, signs in and confirms; the device polls until then.",
    ),
    Behaviour(
        "device-code-declined",
        "1.5",
        "D",
        "A device whose sign-in the person turns away is told so.",
    ),
    Behaviour(
        "sign-out",
        "1.3",
        "D",
        "Signing out ends the browser's session; refresh tokens of web apps stay good.",
    ),
    Behaviour(
        "admin-consent-delegated",
        "1.6",
        "D",
        "An administrator can consent to single delegated permissions for everybody.",
    ),
    Behaviour(
        "admin-consent-sign-in",
        "1.6",
        "D",
        "An administrator signs in before consenting, and nobody else may consent.",
        switch="admin_consent_signs_in",
    ),
    Behaviour(
        "consent-propagates",
        "1.6",
        "K",
        "A consent takes minutes to reach tokens.",
        switch="consent_delay_max_s",
    ),
    Behaviour(
        "consent-workflow",
        "1.7",
        "D",
        "Where the tenant has the consent workflow, a person can ask the administrators to approve an app.",
    ),
    Behaviour(
        "aadsts-situations",
        "1.7",
        "D K",
        "Each refusal of the login host has Microsoft's AADSTS number and OAuth error word for its situation.",
    ),
    Behaviour(
        "aadsts-older-numbers",
        "1.7",
        "D K",
        "A few situations have an older or less certain number.",
        switch="older_aadsts_numbers",
    ),
    Behaviour(
        "aadsts-transient",
        "1.7",
        "D",
        "Failures that pass by themselves answer 500 or 503 with their number and go away when asked again.",
    ),
    Behaviour(
        "claims-challenge",
        "1.7",
        "D K",
        "A refusal by a sign-in policy carries the claims that the next sign-in must bring, and a suberror.",
    ),
    Behaviour(
        "sign-ins-are-kept",
        "1.2",
        "K",
        "Sessions, codes, consents and policies are part of the state that a snapshot holds.",
    ),
    Behaviour(
        "revocable-tokens",
        "1.8",
        "K",
        "A client that declares cp1 gets tokens of 28 hours, which Graph refuses with a claims challenge once "
        "the person is disabled, revoked or has a new password.",
        switch="tokens_revocable",
    ),
    Behaviour(
        "userinfo",
        "1.1",
        "K",
        "The userinfo endpoint tells the name and subject of the person behind a token.",
    ),
    Behaviour(
        "delegated-scopes",
        "1.9",
        "P D21",
        "Each operation needs one of its delegated permissions where a person's token calls, and one of its "
        "application permissions where an app calls.",
    ),
    Behaviour(
        "access-policy",
        "1.10",
        "D21 I",
        "An application access policy confines an app to some mailboxes or keeps it out of them; Deny beats "
        "Restrict, and a denied call is told so by RAOP.",
    ),
    Behaviour(
        "access-policy-delay",
        "1.10",
        "I",
        "An access policy acts on Graph some time after it was set, while its Test cmdlet knows at once.",
        switch="access_policy_delay_max_s",
    ),
    Behaviour(
        "access-policy-covers",
        "1.10",
        "D21",
        "An access policy is about Calendars.Read, Calendars.ReadWrite and MailboxSettings, not about "
        "Calendars.ReadBasic.",
    ),
    Behaviour(
        "app-roles",
        "1.10",
        "D K",
        "RBAC for Applications adds permissions in the mailboxes of a scope; what is consented in Entra "
        "besides is not restricted by it.",
        switch="app_role_delay_max_s",
    ),
)

GAPS: tuple[Gap, ...] = (
    Gap("the on-behalf-of grant"),
    Gap("the SAML bearer grant"),
    Gap("access tokens for Exchange Online"),
    Gap("version 1 of the login host", "its authorize page, token endpoint, sign-out and discovery"),
    Gap("personal accounts and federated domains", "every account belongs to a tenant of the company"),
)
