"""Static files: found in the packages, collected once with their digests in their names, served by whitenoise.

Decides when the collection is out of date. Without a collection (tests, a first look) files are served from where they
stand, under their plain names.
"""

import hashlib
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from holdfast.host.places import collected_directory, is_collected

_FINGERPRINT = "fingerprint"
_DIGEST_CHARACTERS = 32


class Hashed(CompressedManifestStaticFilesStorage):
    """Names with digests where files were collected; plain names where they were not."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        known: dict[str, str] = self.hashed_files  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
        return known.get(name, name)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def collect(state: Path) -> bool:
    """Collect where something changed since the last time; answers whether it did."""
    directory = collected_directory(state)
    fingerprint = _fingerprint()
    mark = directory / _FINGERPRINT
    if is_collected(state) and mark.exists() and mark.read_text() == fingerprint:
        return False
    directory.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType, reportUnknownLambdaType]
            status = Path(storage.path(name)).stat()  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            digest.update(f"{name}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
    return digest.hexdigest()[:_DIGEST_CHARACTERS]
