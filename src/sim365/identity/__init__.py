"""The identity side: the login host, its tokens, and who bears one.

`Identity(simulator)` is a WSGI application (`.wsgi`) that MSAL drives unmodified, and the door through which the Graph
side learns who calls (`.principal_of`). Modelled: discovery, the key set, client credentials by secret or certificate,
admin consent. The flows in which a person signs in answer 501.
"""

from sim365.identity.app import Identity
from sim365.identity.errors import IdentityError, NotModelled, Refusal, SignInRefused
from sim365.identity.keys import SigningKey, key_from_seed, key_kept_in

__all__ = [
    "Identity",
    "IdentityError",
    "NotModelled",
    "Refusal",
    "SignInRefused",
    "SigningKey",
    "key_from_seed",
    "key_kept_in",
]
