"""The port through which another app vouches for a resident, with its two adapters: WeChat mini programs and 浙里办."""

from app.identity.entrance.outside.choose import chosen_doors
from app.identity.entrance.outside.port import (
    OutsideDoor,
    OutsideFailed,
    OutsideIdentity,
    OutsideProvider,
    OutsideRefusal,
)

__all__ = ["OutsideDoor", "OutsideFailed", "OutsideIdentity", "OutsideProvider", "OutsideRefusal", "chosen_doors"]
