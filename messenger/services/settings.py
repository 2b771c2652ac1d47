"""Settings: every key with its default and allowed values, in one table."""

from __future__ import annotations

from collections.abc import Mapping


class SettingsService:
    """Typed settings of this profile."""

    async def all(self) -> Mapping[str, str]:
        """Every key with its value or default."""
        raise NotImplementedError

    async def get(self, key: str) -> str:
        """The value or default of a key. Raises `KeyError` for a key that does not exist."""
        raise NotImplementedError

    async def set(self, key: str, value: str) -> None:
        """Change a setting. Raises `KeyError` for an unknown key, `ValueError` for a value that is not allowed."""
        raise NotImplementedError
