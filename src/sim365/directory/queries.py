"""Which queries of users the directory answers at all, and which only as advanced ones (FACTS 2.2).

Advanced means the header `ConsistencyLevel: eventual` together with `$count=true`: `ne`, `not`, `endsWith`, counting
inside a filter, and sorting what is filtered or searched. `$search` needs the header alone.
"""

import re
from typing import Any, cast

from sim365.directory.users import user_json
from sim365.errors import GraphError, bad_request, unparsable_query
from sim365.http.filters import AnyOf, Both, Compare, Either, Filter, Lookup, Matches, Not, OneOf, satisfies
from sim365.http.odata import Options
from sim365.state import Mailbox

SORTABLE = frozenset({"displayName", "userPrincipalName"})
SIMPLE = frozenset(
    {"id", "displayName", "mail", "userPrincipalName", "accountEnabled", "userType", "department", "jobTitle",
     "officeLocation", "mailNickname", "givenName", "surname", "city", "companyName", "country", "createdDateTime",
     "onPremisesSyncEnabled", "postalCode", "preferredLanguage", "state", "streetAddress", "mobilePhone"}
)  # fmt: skip
COLLECTIONS = frozenset({"assignedLicenses", "assignedPlans", "businessPhones", "otherMails", "proxyAddresses"})
COUNTED = frozenset(f"{name}/$count" for name in COLLECTIONS)
UNFILTERED = frozenset({"mailboxSettings", "showInAddressList", "deletedDateTime"})
ENDS = frozenset({"mail", "userPrincipalName", "otherMails", "proxyAddresses", ""})
"""Where `endsWith` works; the empty name is the member inside `any`."""
SEARCHED = frozenset(
    {"displayName", "mail", "userPrincipalName", "givenName", "surname", "mailNickname", "proxyAddresses"}
)

_TERM = re.compile(r'\s*(?:"(?P<term>(?:[^"\\]|\\.)*)"|(?P<word>AND|OR|NOT)|(?P<mark>[()]))', re.IGNORECASE)
SEARCH_TERMS_MAX = 50


def check_query(options: Options, *, is_eventual: bool) -> None:
    """Refuse what the directory does not answer in this form."""
    is_advanced = is_eventual and options.count
    if options.search is not None and not is_eventual:
        text = (
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'"
        )
        raise unsupported(text)
    if options.filter is not None:
        _check_filter(options.filter, is_advanced=is_advanced, collection="")
    if options.order is not None:
        if options.order[0] not in SORTABLE:
            raise unsupported(f"Sorting by '{options.order[0]}' is not supported for current query.")
        if options.filter is not None and not is_advanced:
            text = "Sorting not supported for current query."
            raise unsupported(text)


def unsupported(message: str) -> GraphError:
    """The directory understands the query and does not answer it."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def matches(mailbox: Mailbox, wanted: Filter) -> bool:
    """Whether a user satisfies a filter."""
    shown = user_json(mailbox)

    def members(collection: str) -> list[Lookup]:
        return [_member(each) for each in cast("list[Any]", shown[collection])]

    def value_of(path: str) -> Any:
        if path.endswith("/$count"):
            return len(cast("list[Any]", shown[path.removesuffix("/$count")]))
        return shown.get(path)

    return satisfies(wanted, value_of, members)


def found_by(mailbox: Mailbox, search: str) -> bool:
    """`$search="displayName:wa" OR "mail:to"`: the beginnings of words."""
    return _Search(search).answer(mailbox)


def _member(value: Any) -> Lookup:
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).get
    return lambda path: value if path == "" else None


def _check_filter(expression: Filter, *, is_advanced: bool, collection: str) -> None:
    match expression:
        case Both(left, right) | Either(left, right):
            _check_filter(left, is_advanced=is_advanced, collection=collection)
            _check_filter(right, is_advanced=is_advanced, collection=collection)
        case Not(inner):
            _need(is_advanced, "Unsupported Query.")
            _check_filter(inner, is_advanced=is_advanced, collection=collection)
        case AnyOf(name, inner):
            _check_collection(name)
            _check_filter(inner, is_advanced=is_advanced, collection=name)
        case Compare(path, operator):
            _check_path(path, collection)
            clause = "Unsupported property filter clause operator 'NotEqualsMatch'."
            _need(is_advanced or operator != "ne", clause)
            _need(is_advanced or not path.endswith("/$count"), "Unsupported Query.")
        case OneOf(path):
            _check_path(path, collection)
        case Matches(function, path):
            _check_path(path, collection)
            if function == "contains":
                raise unsupported(_invalid(path or collection))
            if function == "endswith":
                _need(is_advanced, "Unsupported Query.")
                _need(path in ENDS and (collection or path) in ENDS, _invalid(path or collection))


def _check_collection(name: str) -> None:
    if name in SIMPLE | UNFILTERED:
        raise unsupported(_invalid(name))
    if name not in COLLECTIONS:
        raise _no_property(name)


def _check_path(path: str, collection: str) -> None:
    if collection:
        return
    if path in COLLECTIONS or path in UNFILTERED:
        raise unsupported(_invalid(path))
    if path not in SIMPLE and path not in COUNTED:
        raise _no_property(path)


def _need(holds: bool, message: str) -> None:  # noqa: FBT001  reads as an assertion
    if not holds:
        raise unsupported(message)


def _invalid(name: str) -> str:
    return f"Unsupported or invalid query filter clause specified for property '{name}' of resource 'User'."


def _no_property(name: str) -> GraphError:
    return unparsable_query(f"Could not find a property named '{name}' on type 'microsoft.graph.user'.")


class _Search:
    """Recursive descent over quoted terms joined by AND and OR; two terms side by side are joined by AND."""

    def __init__(self, text: str) -> None:
        self._tokens = self._read(text)
        self._at = 0

    def answer(self, mailbox: Mailbox) -> bool:
        self._at = 0
        found = self._either(mailbox)
        if self._at < len(self._tokens):
            raise self._wrong()
        return found

    def _read(self, text: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = _TERM.match(text, at)
            if match is None or match.lastgroup is None or len(found) >= SEARCH_TERMS_MAX:
                raise self._wrong()
            found.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        if not found:
            raise self._wrong()
        return found

    def _next(self, kind: str, text: str = "") -> bool:
        is_it = self._at < len(self._tokens) and self._tokens[self._at][0] == kind
        if is_it and text in {"", self._tokens[self._at][1].upper()}:
            self._at += 1
            return True
        return False

    def _either(self, mailbox: Mailbox) -> bool:
        found = self._both(mailbox)
        while self._next("word", "OR"):
            found = self._both(mailbox) or found
        return found

    def _both(self, mailbox: Mailbox) -> bool:
        found = self._term(mailbox)
        while self._next("word", "AND") or self._begins_term():
            found = self._term(mailbox) and found
        return found

    def _begins_term(self) -> bool:
        return (
            self._at < len(self._tokens)
            and self._tokens[self._at] != ("mark", ")")
            and (self._tokens[self._at][0] != "word" or self._tokens[self._at][1].upper() == "NOT")
        )

    def _term(self, mailbox: Mailbox) -> bool:
        if self._next("word", "NOT"):
            return not self._term(mailbox)
        if self._next("mark", "("):
            found = self._either(mailbox)
            if not self._next("mark", ")"):
                raise self._wrong()
            return found
        if not self._next("term"):
            raise self._wrong()
        return _holds(mailbox, self._tokens[self._at - 1][1].replace('\\"', '"'))

    @staticmethod
    def _wrong() -> GraphError:
        return bad_request('Syntax error: the $search clause must be made of quoted terms such as "displayName:wa".')


def _holds(mailbox: Mailbox, term: str) -> bool:
    name, colon, text = term.partition(":")
    if not colon:
        raise unsupported(f"The $search term '{term}' must name a property, such as \"displayName:{term}\".")
    if name not in SEARCHED:
        raise unsupported(f"The property '{name}' cannot be searched.")
    held = user_json(mailbox)[name]
    values = cast("list[str]", held) if isinstance(held, list) else [str(held or "")]
    wanted = [part for part in re.split(r"[\s@.\-_]+", text.lower()) if part]
    words = [word for value in values for word in re.split(r"[\s@.\-_:]+", value.lower())]
    return bool(wanted) and all(any(word.startswith(part) for word in words) for part in wanted)
