"""Private keys at rest: one PKCS#8 file each, encrypted by the passphrase of the settings, in a folder outside the database."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from flask import current_app

from app.foundation.data import derived_key

PASSPHRASE_CHARACTERS_MIN = 16
_SUFFIX, _UNFINISHED = ".pem", ".part"
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileUnusable(Exception):
    """A key's file cannot be used; the message is a constant that tells why."""


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The folder `LINTAN_KEYS`. A file's name ends in its public key, so no file is ever written over another's."""

    folder: Path
    passphrase: bytes = field(repr=False)  # Empty: nothing can be read or written here.

    def write(self, file_name: str, private: Ed25519PrivateKey) -> None:
        """Keep a private key. When it returns, the file is on the disk in whole, so a row may name it.

        Raises:
            KeyFileUnusable: no passphrase.
        """
        if not self.passphrase:
            raise KeyFileUnusable("no_passphrase")
        content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(self.passphrase))
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(file_name)
        unfinished = path.with_suffix(_UNFINISHED)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        self._sync_folder()

    def read(self, file_name: str, public: bytes) -> Ed25519PrivateKey:
        """Return the private key of a public one.

        Raises:
            FileNotFoundError: it is not kept here.
            KeyFileUnusable: no passphrase, a file that others can read or this user cannot, another passphrase, or another key.
        """
        path = self._path(file_name)
        try:
            mode, pem = path.stat().st_mode, path.read_bytes()
        except PermissionError:
            raise KeyFileUnusable("not_readable") from None
        if not self.passphrase:
            raise KeyFileUnusable("no_passphrase")
        if mode & _OF_OTHERS:
            raise KeyFileUnusable("open_to_others")
        try:
            private = load_pem_private_key(pem, self.passphrase)
        except (TypeError, ValueError):
            # Nothing of what the library says: it may name the file's content. TypeError: a key without encryption.
            raise KeyFileUnusable("not_decrypted") from None
        if not isinstance(private, Ed25519PrivateKey) or private.public_key().public_bytes_raw() != public:
            raise KeyFileUnusable("another_key")
        return private

    def has(self, file_name: str) -> bool:
        """Return whether a file of this name is kept here."""
        return self._path(file_name).exists()

    def destroy(self, file_name: str) -> bool:
        """Overwrite and remove a private key; return whether it was there."""
        path = self._path(file_name)
        if not path.exists():
            return False
        # Old blocks may survive in a journal or a copy; without the passphrase they tell nothing.
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        self._sync_folder()
        return True

    def names(self) -> list[str]:
        """Return what lies in the folder, keys and whatever else, sorted."""
        return sorted(entry.name for entry in self.folder.iterdir()) if self.folder.is_dir() else []

    def is_private(self) -> bool:
        """Return whether nobody else can look into the folder."""
        return not self.folder.is_dir() or not self.folder.stat().st_mode & _OF_OTHERS

    def _path(self, file_name: str) -> Path:
        return self.folder / file_name

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def key_files() -> KeyFiles:
    """Return the folder of the running application, with the passphrase where there is one."""
    config = current_app.config
    passphrase: str = config["LINTAN_KEYS_PASSPHRASE"]
    if not passphrase and config["LINTAN_ENV"] != "production":
        passphrase = derived_key("transparency.keys").hex()
    return KeyFiles(Path(config["LINTAN_KEYS"]), passphrase.encode())


def file_name(issuer: str | None, name: str, public_multikey: str) -> str:
    """Return the name of a key's file: whose key, its name, its public half."""
    owner = "log" if issuer is None else f"issuer.{issuer}"
    return f"{owner}.{name}.{public_multikey}{_SUFFIX}"
