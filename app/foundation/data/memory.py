"""What a database remembers of itself: the public address that stands in its certificates and ids."""

from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.data.base import Base
from app.foundation.data.writes import insert_once

_PUBLIC_URL = "public_url"


class SettingRow(Base):
    """A fact about the whole database, set once."""

    __tablename__ = "foundation_setting"
    __grants__ = "SELECT, INSERT"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class PublicUrlDiffers(Exception):
    """The database was made under another address; its certificates name that one."""


def remember_public_url(session: Session, url: str) -> None:
    """Write the address into a new database; an old one keeps its own."""
    insert_once(session, SettingRow, name=_PUBLIC_URL, value=url)


def check_public_url(session: Session, url: str) -> None:
    """Refuse to serve a database under an address that is not its own.

    Raises:
        PublicUrlDiffers: names both.
    """
    row = session.get(SettingRow, _PUBLIC_URL)
    if row is None:
        raise PublicUrlDiffers("the database knows no public address: run `flask setup`")
    if row.value != url:
        raise PublicUrlDiffers(f"the database belongs to {row.value}, LINTAN_PUBLIC_URL is {url}")
