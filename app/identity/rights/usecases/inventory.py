"""The inventory of processing: every table with personal data, from what the rooms have registered (PIPL arts. 55, 56)."""

from dataclasses import dataclass

from app.identity.rights.parts import Held, parts_upwards


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """A table with personal data, and the room that answers for it."""

    room: str
    held: Held


def inventory() -> list[InventoryLine]:
    """Return all tables with personal data, room by room, lowest first."""
    return [InventoryLine(room, held) for room, part in parts_upwards() for held in part.held]


def not_personal() -> list[tuple[str, str, str]]:
    """Return room, table and reason of all tables that only look as if they held personal data."""
    return sorted((room, table, why) for room, part in parts_upwards() for table, why in part.not_personal.items())
