"""``robin verify``: what the independent verifier finds, and whether every field has the form that the format asks for.

The verifier (messenger/evidence/verify.py) stands alone and looks at what proves something; Robin's own strict readers
hold the same file against the JSON Schemas. A file that one of them refuses is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from messenger.domain.errors import EvidenceRefused
from messenger.evidence import verify
from messenger.evidence.package import read_copy, read_package
from messenger.evidence.schema import Schemas
from messenger.evidence.verify import REFUSED, Finding

# In the one language of the verifier, among whose words they stand.
_FITS = Finding("form", "Every single field has the form that the format asks for.")
_MISFIT = Finding("form", "A field does not have the form that the format asks for.", REFUSED)


class VerifyCommand:
    """The command, with the schemas it holds files against."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def run(self, arguments: Sequence[str]) -> int:
        """Prints the findings; 0 accepted, 1 refused, 2 not readable."""
        return verify.main(list(arguments), self.findings)

    def findings(self, source: str | Path | bytes, desk_key: str = "") -> list[Finding]:
        """All findings about a file; it is accepted when none is "refused". Raises `verify.Unreadable`."""
        data = source if isinstance(source, bytes) else _read(source)
        found = verify.verify(data, desk_key)
        if any(one.result == REFUSED for one in found):
            return found
        return [*found, _FITS if self._fits(data) else _MISFIT]

    def _fits(self, data: bytes) -> bool:
        # The verifier has read it: it is one of the two, and a type comes in no other member of the file itself.
        read = read_copy if b'"type":"urn:robin:copy:1"' in data else read_package
        try:
            read(data, self._schemas)
        except EvidenceRefused:
            return False
        return True


def _read(path: str | Path) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(verify.MAX_BYTES + 1)  # one more than allowed, so that too much is refused and not cut
