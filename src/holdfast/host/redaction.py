"""What a log must never hold, and how it is taken out.

Decides by name (a field called `client_secret`) and by shape (a JSON web token wherever it stands). Secrets become a
mask; people's words (titles, notes) become their length and a short digest, so that two lines about one title can still
be seen to be about the same. It errs on the side of taking out too much.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import cast

MASK = "[secret]"
DEPTH_MAX = 6
TEXT_CHARACTERS_MAX = 8000


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SECRET_NAMES = _names("""
    authorization proxy_authorization www_authenticate cookie cookies set_cookie password passwd pwd passphrase secret
    secrets client_secret clientsecret client_assertion assertion token tokens access_token accesstoken refresh_token
    refreshtoken id_token idtoken bearer api_key apikey x_api_key private_key code code_verifier state nonce
    validationtoken validation_token clientstate client_state client_state_hash deltatoken delta_token skiptoken
    skip_token deltalink delta_link nextlink next_link odata_deltalink odata_nextlink csrftoken csrf_token
    csrfmiddlewaretoken x_csrftoken sessionid session_key session otp totp pin secret_key master_key master_keys
    database_url database_owner_url connection_string sealed sealed_secret signature sig one_time_path
""")
_PRIVATE_NAMES = _names("""
    title subject note body bodypreview body_preview content description comment summary text html notes
    displayname display_name attendees guests
""")
_NAME = (
    r"(?:[A-Za-z_$@.-]*(?:secret|passw(?:or)?d|passphrase|token|assertion|cookie|api[_-]?key|private[_-]?key|"
    r"clientState|client_state|verifier|session(?:id|_key)?|signature|master[_-]?keys?)"
    r"|pwd|sig|otp|pin|nonce|code|state|(?:HOLDFAST_)?SECRET_KEY)"
)
_WORDS_NAME = r"(?:title|subject|note|bodyPreview|body_preview|body|content|description|comment|summary)"
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"

_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL), MASK),
    (
        re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-csrftoken)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic|negotiate|digest)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}"), MASK),
    (re.compile(r"([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/@]+@"), rf"\1:{MASK}@"),
    (re.compile(r"\bv1:[A-Za-z0-9_-]{4,}:[A-Za-z0-9_+/=-]{8,}:[A-Za-z0-9_+/=-]{8,}"), MASK),
    (re.compile(r"\b(?:hf|holdfast)[a-z]*_[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\b[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{20,}"), MASK),
    (re.compile(r"\b(?:ghp|gho|ghs|github_pat|xox[abp]|sk|pk|rk)[_-][A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (re.compile(r"(?i)((?:%24|\$)?(?:deltatoken|skiptoken)(?:=|%3D))[^&\s\"']+"), rf"\1{MASK}"),
    (re.compile(rf"(?i)(['\"]?\b{_NAME}\b['\"]?\s*(?:[:=]|=>)\s*)(?:{_QUOTED}|[^\s,;&)}}\]\"']+)"), rf"\1{MASK}"),
)
_WORDS = re.compile(rf"(?i)(['\"]?\b{_WORDS_NAME}\b['\"]?\s*[:=]\s*)({_QUOTED})")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def clean(value: object, *, name: str = "", depth: int = 0) -> object:
    """The value as it may stand in a log under `name`."""
    plain = name.lower().replace("-", "_").lstrip("$@").replace(".", "_")
    if value is None or value == "" or isinstance(value, bool):
        return value
    if plain in _SECRET_NAMES:
        return MASK
    if plain in _PRIVATE_NAMES:
        return digest(str(value))
    return _clean_inside(value, depth=depth)


def _clean_inside(value: object, *, depth: int) -> object:
    match value:
        case int() | float():
            return value
        case bytes() | bytearray():
            return f"[{len(value)} bytes]"
        case Mapping() if depth < DEPTH_MAX:
            pairs = cast("Mapping[object, object]", value).items()
            return {clean_text(str(key)): clean(item, name=str(key), depth=depth + 1) for key, item in pairs}
        case list() | tuple() | set() | frozenset() if depth < DEPTH_MAX:
            return [clean(item, depth=depth + 1) for item in cast("list[object]", value)]
        case _:
            return clean_text(str(value))


def clean_text(text: str) -> str:
    """Text without secrets of any known shape, on one line."""
    return one_line(without_secrets(text[:TEXT_CHARACTERS_MAX]))


def without_secrets(text: str) -> str:
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return _WORDS.sub(lambda found: found[1] + digest(found[2][1:-1]), text)


def one_line(text: str) -> str:
    """Control characters and line ends as escapes: nobody writes a second log line by naming a booking."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def digest(words: str) -> str:
    """People's words, told apart but not told."""
    short = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"[{len(words)} characters {short}]"
