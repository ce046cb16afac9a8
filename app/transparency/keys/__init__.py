"""Keys: who signs, with which key, since when and until when. The only part of the product that reads private keys."""

from flask import Flask

from app.foundation.work import serving_check
from app.transparency.keys.active import open_keyring, signer_for
from app.transparency.keys.cli import key_commands
from app.transparency.keys.inspection import refuse_unsafe_keys
from app.transparency.keys.queries import (
    Issuer,
    Key,
    did_document,
    find_issuer,
    issuer_of_agency,
    keys_of,
    list_issuers,
    log_verifiers,
)
from app.transparency.keys.routes import blp
from app.transparency.keys.usecases import add_key, expire_key, open_issuer, revoke_key

__all__ = [
    "Issuer",
    "Key",
    "add_key",
    "did_document",
    "expire_key",
    "find_issuer",
    "issuer_of_agency",
    "keys_of",
    "list_issuers",
    "log_verifiers",
    "open_issuer",
    "register_keys",
    "revoke_key",
    "signer_for",
]


def register_keys(app: Flask) -> None:
    """Serve DID documents and vkeys, add the commands, and keep decrypted keys for the sequencer."""
    open_keyring(app)
    serving_check(app, refuse_unsafe_keys)
    app.register_blueprint(blp)
    app.cli.add_command(key_commands)
