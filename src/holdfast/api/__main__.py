"""`python -m holdfast.api` prints the reference of the REST interface as Markdown."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "holdfast.host.settings")
django.setup()

from holdfast.api import urls  # noqa: E402, F401  # pyright: ignore[reportUnusedImport]  it hangs up the routers
from holdfast.api.reference import markdown  # noqa: E402  Django must be set up before ninja is read

sys.stdout.write(markdown())
