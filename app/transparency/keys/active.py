"""The key that signs now: decrypted once, kept in this process's memory, asked for by the sequencer alone."""

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.foundation.proof import logger
from app.transparency.keys import queries
from app.transparency.keys.files import KeyFileUnusable, key_files
from app.transparency.keys.queries import Key
from app.transparency.signer import ActiveKey, Ed25519Signer, Signer

_EXTENSION = "lintan_keyring"

log = logger(__name__)


class Keyring:
    """The signers of this process, one an owner: a key that has been replaced is forgotten."""

    def __init__(self) -> None:
        """Begin with none."""
        self._signers: dict[str | None, tuple[bytes, Signer]] = {}
        self._told: set[tuple[str, str]] = set()

    def signer_of(self, key: Key) -> Signer | None:
        """Return the signer of an active key, or None where its file or the passphrase is not here."""
        known = self._signers.get(key.issuer)
        if known is not None and known[0] == key.public:
            return known[1]
        try:
            signer = Ed25519Signer(key_files().read(key.file_name, key.public))
        except FileNotFoundError:
            return None
        except KeyFileUnusable as reason:
            self.tell(key, str(reason))
            return None
        self._signers[key.issuer] = (key.public, signer)
        return signer

    def forget(self, issuer: str | None) -> None:
        """Forget the signer of an owner that has no active key."""
        self._signers.pop(issuer, None)

    def tell(self, key: Key, reason: str) -> None:
        """Let the operator know, once, why a key does not sign."""
        # The sequencer asks every second; the operator is told once.
        if (key.file_name, reason) not in self._told:
            self._told.add((key.file_name, reason))
            log.error("transparency.key.unusable", issuer=key.issuer, key=key.name, reason=reason)


def signer_for(session: Session, issuer: str | None) -> ActiveKey | None:
    """Return the newest active key of an issuer, or of the log for None, whose private half this process can use; else None.

    Until the transaction ends, no key is added or ended: what is signed in it is signed by a key that was good at that moment.
    """
    queries.lock_for_signing(session)
    keyring: Keyring = current_app.extensions[_EXTENSION]
    active = [key for key in queries.keys_of(session, issuer) if key.is_active]
    for key in reversed(active):
        signer = keyring.signer_of(key)
        if signer is not None:
            if key is not active[-1]:
                keyring.tell(active[-1], "not_here_an_older_key_signs")
            return ActiveKey(key.name, signer, key.public, key.method, key.jwk_method)
    keyring.forget(issuer)
    return None


def open_keyring(app: Flask) -> None:
    """Give the application its keyring, still empty."""
    app.extensions[_EXTENSION] = Keyring()
