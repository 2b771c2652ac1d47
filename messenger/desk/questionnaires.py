"""The questionnaires that the desk knows, each signed once; their digests stand in the discovery document."""

from __future__ import annotations

from typing import Any

from messenger import resources
from messenger.desk.keys import DeskKeys
from messenger.evidence.canonical import canonical, parse_json
from messenger.evidence.signature import sign
from messenger.questionnaire import tree

TYP = "robin-questionnaire+jws"
LANG = "en"


class Questionnaires:
    """Reads all question files: make it before the desk serves. Raises `AssetRefused` for a broken one."""

    def __init__(self, keys: DeskKeys, base: str) -> None:
        self.listed: list[dict[str, str]] = []
        """What the discovery document says of them."""
        self.answers: dict[str, bytes] = {}
        """The signed answer by id. Its JWS carries the canonical file, whose digest the discovery document names."""
        for name in resources.names("questions"):
            data = resources.read(name)
            form = tree.load(data, name)
            about: dict[str, Any] = {"id": form.id, "version": str(form.version), "sha256": form.sha256}
            self.listed.append({**about, "url": f"{base}/v1/questionnaires/{form.id}"})
            signature = sign(canonical(parse_json(data, len(data))), keys.signing, TYP)
            self.answers[form.id] = canonical({**about, "lang": form.lang, "questionnaire": signature})
