"""What is modelled of the identity platform: sign-in, tokens, consent, and who may reach which mailbox."""

from sim365.modelled import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "client-credentials",
        "1.4",
        "D",
        "An app with a secret or certificate gets a token for itself at its tenant's address, without a refresh token; "
        "without consent the token simply carries no roles.",
    ),
    Behaviour(
        "access-token-lifetime",
        "1.8",
        "D K",
        "An access token lives a random time between 60 and 90 minutes.",
        switch="token_lifetime_varies",
    ),
)
