"""The world's failures: each says in plain words what happened and what to do next.

    RobinError
    +- AccountError        InvalidAddress WrongPassword UnknownHost BadCertificate NoSecureConnection
    |                      ServerUnreachable ServerTimedOut RegistrationRefused RegistrationUnsupported
    |                      FeatureMissing NotConnected AccountExists
    |   +- RoomError       NotARoom RoomMissing RoomNameTaken RoomPasswordWrong RoomMembersOnly RoomBanned
    |                      RoomFull RoomWantsProof RoomExists
    +- StoreError          StoreLocked KeyLost NoPlace StoreFull StoreNewer StoreDamaged SecondInstance NoKeyring
    |                      KeyringLocked
    +- GuardianNeeded      SettingHeld
    +- AssetRefused
    +- EvidenceRefused     SignatureRefused SealRefused FormatRefused NoSuchForm
    +- ReportError         EndpointUnreachable EndpointRejected NoEndpoint ReceiptRefused DraftGone
    |                      NotKept CannotWrite NotComplete TooLarge Handed NoSuchReport ReceiptNotRight NotProved CodeNotSent CodeWrong
    |                      CodeOver NotWithdrawn NothingToAdd TooLong

Our own mistakes are ordinary exceptions and are never shown as one of these. The words are msgids: the window
passes `words()` through the translation function.
"""

from __future__ import annotations

from typing import ClassVar


class RobinError(Exception):
    """A failure of the world. `sentence` says what happened, `advice` what to do next.

    Both are gettext msgids in British English; `fields` fills their named places. Nothing in `fields` may be logged.
    """

    sentence: ClassVar[str] = "Something went wrong."
    advice: ClassVar[str] = "Please try again."

    def __init__(self, **fields: str | int) -> None:
        super().__init__(type(self).__name__)
        self.fields = fields


class AccountError(RobinError):
    """Signing in, registering or talking to the XMPP server failed."""


class InvalidAddress(AccountError):
    sentence = "This is not a chat address."
    advice = "An address looks like sam@example.org."


class WrongPassword(AccountError):
    sentence = "The address or the password is not right."
    advice = "Check both and try again."


class UnknownHost(AccountError):
    sentence = "There is no server with this name."
    advice = "Check the part after the @ sign."


class BadCertificate(AccountError):
    sentence = "This server cannot show that it is the right one."
    advice = "Robin did not send your password. Check the clock of this computer, or ask the people who run the server."


class NoSecureConnection(AccountError):
    sentence = "This server does not offer a safe connection."
    advice = "Robin did not send your password. Ask the people who run the server."


class ServerUnreachable(AccountError):
    sentence = "The server does not answer."
    advice = "Check that you are online. Robin keeps trying."


class ServerTimedOut(AccountError):
    sentence = "The server took too long to answer."
    advice = "Robin tries again soon."


class RegistrationRefused(AccountError):
    sentence = "The server did not make this account."
    advice = "The name may be taken. Try another name or another server."


class RegistrationUnsupported(AccountError):
    sentence = "This server does not make accounts from here."
    advice = "Try another server, or make the account on its web page."


class AccountExists(AccountError):
    sentence = "This name is taken."
    advice = "Try another name."


class FeatureMissing(AccountError):
    sentence = "Your server cannot do this."
    advice = "The rest of Robin works as before."


class NotConnected(AccountError):
    sentence = "You are not online."
    advice = "Robin does this when you are back online."


class RoomError(AccountError):
    """A room did not do what was asked (XEP-0045)."""

    sentence = "The group did not let you do this."
    advice = "Ask the people who run the group."


class NotARoom(RoomError):
    sentence = "There is no group at this address."
    advice = "Check the address. Robin told nobody that you looked."


class RoomMissing(RoomError):
    sentence = "This group does not exist any more."
    advice = "Ask the person who told you about it."


class RoomNameTaken(RoomError):
    sentence = "Somebody in the group has this name now."
    advice = "Choose another name."


class RoomPasswordWrong(RoomError):
    sentence = "This group has a password, and this one is not right."
    advice = "Ask the people in the group for it."


class RoomMembersOnly(RoomError):
    sentence = "This group is only for its members."
    advice = "Ask the people who run the group to let you in."


class RoomBanned(RoomError):
    sentence = "This group does not let you in."
    advice = "You can leave it at that, or ask the people who run the group."


class RoomFull(RoomError):
    sentence = "This group is full."
    advice = "Try again later."


class RoomWantsProof(RoomError):
    sentence = "This group asks a question that Robin can not show."
    advice = "Ask the people who run the group to make you a member."


class RoomExists(RoomError):
    sentence = "There is a group with this address."
    advice = "You can join it, or choose another address for yours."


class StoreError(RobinError):
    """The encrypted store cannot be opened, read or written."""


class StoreLocked(StoreError):
    sentence = "Robin cannot open your saved chats."
    advice = "Type the passphrase that you chose for Robin."


class KeyLost(StoreError):
    sentence = "The key to your saved chats is gone."
    advice = "You can start anew. The old chats stay on this computer, locked. Saved reports are still sent."


class NoPlace(StoreError):
    sentence = "Robin cannot keep its files in this folder."
    advice = "Choose a folder that belongs to you."


class StoreFull(StoreError):
    sentence = "There is no space left on this computer."
    advice = "Robin cannot save. Make some space and try again. Nothing that was saved is lost."


class StoreNewer(StoreError):
    sentence = "Your chats were saved by a newer Robin."
    advice = "Install the newest Robin. Nothing was changed."


class StoreDamaged(StoreError):
    sentence = "Some saved chats could not be read."
    advice = "Robin put the damaged file aside. Saved reports are kept."


class SecondInstance(StoreError):
    sentence = "Robin is open already."
    advice = "Use the window that is open."


class NoKeyring(StoreError):
    sentence = "This computer has no key store."
    advice = "Choose a passphrase. Robin asks for it each time."


class KeyringLocked(StoreError):
    sentence = "The key store of this computer is locked."
    advice = "Open it and try again, or choose a passphrase."


class GuardianNeeded(RobinError):
    """Young-person mode holds this until a guardian says yes. `fields`: account, jid, group (1 for a group)."""

    sentence = "A grown-up has to say yes first."
    advice = "You can ask for it. Nothing was sent."

    def __init__(self, account: str = "", jid: str = "", group: bool = False) -> None:
        super().__init__(account=account, jid=jid, group=int(group))


class SettingHeld(RobinError):
    """Young-person mode holds a safety setting: it may become stricter only."""

    sentence = "This is held by young-person mode."
    advice = "It can get safer here. A grown-up with the PIN can change the rules."


class AssetRefused(RobinError):
    """A data file is wrong. `fields`: file, id, reason."""

    sentence = "The file {file} is wrong at {id}: {reason}."
    advice = "Mend the file or take it away."

    def __init__(self, file: str, id: str, reason: str) -> None:
        super().__init__(file=file, id=id, reason=reason)

    def __str__(self) -> str:
        # A data file is no personal matter; its maker needs the place.
        return self.sentence.format(**self.fields)


class EvidenceRefused(RobinError):
    """A package, signature or seal does not hold. `fields`: what."""

    sentence = "This file was changed or is not complete."
    advice = "Use the file as it was first saved."

    def __init__(self, what: str = "") -> None:
        super().__init__(what=what)


class FormatRefused(EvidenceRefused):
    sentence = "This is not a file that Robin can read."
    advice = "Check that it is the right file."


class CopyFull(EvidenceRefused):
    """A copy would be larger than the format allows with one part more."""

    sentence = "There is no room for more in this copy."
    advice = "The copy stays as it is. What you sent is with the desk all the same."


class NoSuchForm(EvidenceRefused):
    """A format of others has no type for this report. `fields`: what (the format's name)."""

    sentence = "This kind of file is not made for what this report is about."
    advice = "Choose another kind, such as the page to read or the sealed bag."


class SignatureRefused(EvidenceRefused):
    sentence = "The signature does not fit what was signed."
    advice = "Use the file as it was first saved."


class SealRefused(EvidenceRefused):
    sentence = "The sealed part cannot be opened with this key."
    advice = "Check that it was sent to this desk."


class ReportError(RobinError):
    """A report cannot be made or sent now. It is never lost because of this."""


class NoEndpoint(ReportError):
    sentence = "There is nobody to send the report to yet."
    advice = "Your words are kept on this computer. The numbers on this page can help you now."


class ReceiverChanged(ReportError):
    """Somebody else would get the report than the one that was shown; nothing was signed or sent."""

    sentence = "Someone else gets your report now."
    advice = "Please look who it is. Then press Send once more."


class EndpointUnreachable(ReportError):
    """Keep and retry. `fields`: retry_after (seconds, 0 when the endpoint said nothing)."""

    sentence = "The report could not be sent yet."
    advice = "It is saved. Robin keeps trying."

    def __init__(self, reason: str = "", retry_after: int = 0) -> None:
        super().__init__(reason=reason, retry_after=retry_after)


class EndpointRejected(ReportError):
    """Keep, show why, do not retry unasked. `fields`: status, reason, words."""

    sentence = "The people who get reports could not take this one."
    advice = "It is saved here. Look at it under My reports."

    def __init__(self, status: int = 0, reason: str = "", words: str = "") -> None:
        super().__init__(status=status, reason=reason, words=words)


class ReceiptRefused(EndpointUnreachable):
    sentence = "The answer did not come from the right people."
    advice = "Your report is saved. Robin keeps trying."


class Handed(ReportError):
    """The sealed file was given to a way without a receipt of its own: never called sent. `fields`: way, place, words.

    `way` is folder or email, `place` the file or address that the person goes on with, `words` a neutral draft text.
    """

    sentence = "The report is ready. It is not sent yet."
    advice = "Give the locked file to the desk. Robin keeps it until the desk says that it is there."

    def __init__(self, way: str, place: str, words: str = "") -> None:
        super().__init__(way=way, place=place, words=words)


class NoSuchReport(ReportError):
    sentence = "This receipt is for no report on this computer."
    advice = "Open it on the computer that made the report."


class ReceiptNotRight(ReportError):
    sentence = "This is not the receipt of the desk that your report is for."
    advice = "Ask the desk for the file once more. Your report is kept."


class DraftGone(ReportError):
    sentence = "This draft is not here any more."
    advice = "Start a new report."


class NotKept(ReportError):
    sentence = "There is no copy of this report here."
    advice = "A copy is kept only when you ask for it before you send."


class CannotWrite(ReportError):
    sentence = "Robin cannot save the copy in this place."
    advice = "Choose another name or another place."


class NotComplete(ReportError):
    sentence = "Some answers are missing."
    advice = "Go back to the check page. It shows what is missing."


class TooLarge(ReportError):
    sentence = "This is too much for one report."
    advice = "Choose fewer messages. You can make a second report."


class NotProved(ReportError):
    sentence = "Your chat address could not be checked now."
    advice = "The desk has your report all the same. You can try again later."


class CodeNotSent(ReportError):
    sentence = "No code could be sent to this address."
    advice = "Is the address right? You can try again, or leave it."


class CodeWrong(ReportError):
    sentence = "This is not the right code."
    advice = "It has six numbers. Look at the newest mail."


class CodeOver(ReportError):
    sentence = "This code does not work any more."
    advice = "Ask for a new one."


class NotWithdrawn(EndpointUnreachable):
    """No answer: what was asked may have come through all the same; the same wish again gets the same answer."""

    sentence = "The desk has not said that it is taken back. It may still have your report."
    advice = "Try again when you are online."


class NothingToAdd(ReportError):
    sentence = "There is nothing in it yet."
    advice = "Choose a message, or write some words."


class TooLong(ReportError):
    sentence = "This is too long for one message."
    advice = "Say it in fewer words, or in two messages."
