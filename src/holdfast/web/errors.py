"""What can go wrong at the pages themselves.

WebError
└── NotSignedIn   nobody is signed in, or the session is over
"""


class WebError(Exception):
    """The page cannot be shown."""


class NotSignedIn(WebError):
    """Please sign in."""
