"""The reporter's two key pairs of each account: made at the first report, kept in the key store (decision 2)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from messenger.domain.errors import FormatRefused, KeyringLocked, NoKeyring
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.services.ports import SecretStore
from messenger.storage import report_drafts
from messenger.storage.database import Database

_NAME = "reporter-keys"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One key signs reports and proofs, the other opens advice. Neither has a repr."""

    signing: SigningKey = field(repr=False)
    sealing: SealingKey = field(repr=False)

    @classmethod
    def generate(cls) -> KeyPair:
        return cls(SigningKey.generate(), SealingKey.generate())

    @classmethod
    def from_secret(cls, secret: str) -> KeyPair:
        """The pair of `to_secret`. Raises `FormatRefused`."""
        signing, _, sealing = secret.partition(".")
        return cls(SigningKey.from_secret(signing), SealingKey.from_secret(sealing))

    def to_secret(self) -> str:
        return f"{self.signing.to_secret()}.{self.sealing.to_secret()}"


class ReporterKeys:
    """Finds and makes keys. Account '' stands for reports without an account.

    Where there is no key store, or it is locked, keys are kept in Robin's own store: that file is encrypted by the
    passphrase which the person chose for the same want of a key store, so the keys are no worse off there. A report is
    never refused for want of a key store.
    """

    def __init__(self, db: Database, secrets: SecretStore) -> None:
        self._db = db
        self._secrets = secrets
        self._making = asyncio.Lock()

    async def for_account(self, account: str) -> KeyPair:
        """The account's keys, made when there are none. Raises `StoreFull`."""
        async with self._making:
            known = await self._known(account)
            if known:
                return known[0]
            made = KeyPair.generate()
            if await self._put(account, made.to_secret()):
                return made
            return KeyPair.from_secret(await self._db.write(report_drafts.add_key, account, made.to_secret()))

    async def find(self, account: str, thumbprint: str = "") -> KeyPair | None:
        """The keys of which the signing one has this thumbprint ('' means the first), or None when they are gone."""
        for pair in await self._known(account):
            if thumbprint in ("", pair.signing.thumbprint):
                return pair
        return None

    async def forget(self, account: str) -> None:
        """Destroy the account's keys: advice for its open cases cannot be read after that."""
        await self._db.write(report_drafts.drop_key, account)
        try:
            await self._secrets.delete(_name(account))
        except (NoKeyring, KeyringLocked):
            return

    async def _known(self, account: str) -> list[KeyPair]:
        secrets = [await self._kept(account), await self._db.run(report_drafts.key, account)]
        found: list[KeyPair] = []
        for secret in secrets:
            try:
                if secret is not None:
                    found.append(KeyPair.from_secret(secret))
            except FormatRefused:
                continue
        return found

    async def _kept(self, account: str) -> str | None:
        if not self._secrets.persistent:
            return None
        try:
            return await self._secrets.get(_name(account))
        except (NoKeyring, KeyringLocked):
            return None

    async def _put(self, account: str, secret: str) -> bool:
        if not self._secrets.persistent:
            return False
        try:
            await self._secrets.put(_name(account), secret)
            # A key store that forgets at once is none (keyring's null backend).
            return await self._secrets.get(_name(account)) == secret
        except (NoKeyring, KeyringLocked):
            return False


def _name(account: str) -> str:
    return f"{_NAME}/{account}" if account else _NAME
