"""The JSON Schemas of the wire (assets/schema), as one checker, with what the contract says beyond them of times, digests and keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from messenger import resources
from messenger.domain.errors import FormatRefused
from messenger.evidence.canonical import check_time, unb64u
from messenger.evidence.keys import check_jwk

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
# The patterns that say less than the contract: left-over bits are zero, a day and a time of day exist.
_BEYOND: dict[str, Callable[[str], object]] = {
    r"^[A-Za-z0-9_-]{43}(?!\n)$": unb64u,
    r"^[A-Za-z0-9_-]{22}(?!\n)$": unb64u,
    r"^[A-Za-z0-9_-]*(?!\n)$": unb64u,
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z(?!\n)$": check_time,
}
_KEYS = ("/signingKey", "/sealingKey")


class Schemas:
    """Checks wire objects against their JSON Schemas (2020-12). Build one and share it: compiling takes some milliseconds."""

    def __init__(self, documents: Mapping[str, dict[str, Any]]) -> None:
        # jsonschema takes a fifth of a second to import; a start without a report does not need it.
        from jsonschema import Draft202012Validator
        from jsonschema.validators import extend
        from referencing import Registry, Resource

        plain = Draft202012Validator.VALIDATORS
        strict = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator,
            {"pattern": _also(plain["pattern"], _form), "$ref": _also(plain["$ref"], _key)},
        )

        registry: Registry[Any] = Registry().with_resources(
            (document["$id"], Resource.from_contents(document)) for document in documents.values()
        )
        self._validators: dict[str, Validator] = {
            name: strict(document, registry=registry) for name, document in documents.items()
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


def _form(pattern: str, value: Any) -> None:
    if isinstance(value, str) and pattern in _BEYOND:
        _BEYOND[pattern](value)


def _key(reference: str, value: Any) -> None:
    if reference.endswith(_KEYS):
        check_jwk(value)


def _also(plain: Any, more: Callable[[str, Any], None]) -> Any:
    """A word of JSON Schema that also refuses what `more` refuses, of values that fit so far."""

    def check(validator: Any, said: str, value: Any, schema: Any) -> Iterator[Any]:
        from jsonschema import ValidationError

        fits = True
        for error in plain(validator, said, value, schema):
            fits = False
            yield error
        if fits:
            try:
                more(said, value)
            except FormatRefused as refused:
                yield ValidationError(str(refused))

    return check
