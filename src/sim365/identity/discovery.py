"""The documents by which a client finds its way: OpenID Connect discovery and the key set.

Pure: addresses in, document out. The issuer of `common` keeps its placeholder, as at Microsoft (FACTS 1.1).
"""

from __future__ import annotations

from sim365.identity.directory import TENANTLESS
from sim365.identity.keys import SigningKey
from sim365.state import Company


def discovery_document(*, root: str, tenant: str, graph_root: str) -> dict[str, object]:
    """What `/{tenant}/v2.0/.well-known/openid-configuration` answers; the tenant is an id or a tenantless name."""
    authority = f"{root}/{tenant}"
    issuer = f"{root}/{{tenantid}}/v2.0" if tenant in TENANTLESS else f"{authority}/v2.0"
    return {
        "token_endpoint": f"{authority}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{authority}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{graph_root}/oidc/userinfo",
        "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{authority}/oauth2/v2.0/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "ver", "name", "oid", "preferred_username"],
        "tenant_region_scope": None if tenant in TENANTLESS else "EU",
        "cloud_instance_name": root.partition("://")[2],
        "msgraph_host": graph_root.partition("://")[2],
    }


def instance_document(*, root: str, tenant: str) -> dict[str, object]:
    """What `/common/discovery/instance` answers: which hosts stand for one cloud.

    Assumed from what MSAL asks and reads; it asks even where instance discovery is off, once a sign-in was refused.
    """
    host = root.partition("://")[2]
    cloud = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    return {
        "tenant_discovery_endpoint": f"{root}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [cloud],
    }


def realm_document(company: Company, user: str, *, root: str) -> dict[str, object]:
    """What `/common/userrealm/{user}` answers: whether passwords of this domain are checked here.

    Assumed from what MSAL asks before it sends a password, and reads; no domain here is federated.
    """
    domain = user.rpartition("@")[2].lower()
    known = any(domain in map(str.lower, tenant.domains) for tenant in company.tenants)
    document: dict[str, object] = {"ver": "1.0", "account_type": "Managed" if known else "Unknown"}
    if known:
        document |= {"domain_name": domain, "cloud_instance_name": root.partition("://")[2]}
        document["cloud_audience_urn"] = "urn:federation:MicrosoftOnline"
    return document


def key_set(key: SigningKey, *, issuer: str) -> dict[str, object]:
    """The published keys; each names the issuer it signs for."""
    return {"keys": [key.as_jwk() | {"issuer": issuer}]}
