"""The JSON Schemas of the wire (assets/schema), as one checker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from messenger import resources
from messenger.domain.errors import FormatRefused

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

NAMES = (
    "addendum",
    "addendum-receipt",
    "code-request",
    "consent",
    "copy",
    "discovery",
    "identity",
    "items",
    "message",
    "package",
    "receipt",
    "report",
    "shared",
    "withdrawal",
    "withdrawal-receipt",
)


class Schemas:
    """Checks wire objects against their JSON Schemas (2020-12). Build one and share it: compiling takes some milliseconds."""

    def __init__(self, documents: Mapping[str, dict[str, Any]]) -> None:
        # jsonschema takes a fifth of a second to import; a start without a report does not need it.
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource

        registry: Registry[Any] = Registry().with_resources(
            (document["$id"], Resource.from_contents(document)) for document in documents.values()
        )
        self._validators: dict[str, Validator] = {
            name: Draft202012Validator(document, registry=registry) for name, document in documents.items()
        }

    @classmethod
    def packaged(cls) -> Self:
        """The schemas that come with Robin. Reads files: call it off the loop."""
        return cls({name: json.loads(resources.read(f"schema/{name}.schema.json")) for name in NAMES})

    def check(self, name: str, value: Any) -> None:
        """Raises `FormatRefused` naming the first place that does not fit; the value itself is never named."""
        for error in self._validators[name].iter_errors(value):
            place = "/".join(str(part) for part in error.absolute_path)
            raise FormatRefused(f"{name}:/{place} ({error.validator})")
