"""Which apps the settings open a door to."""

from collections.abc import Mapping
from typing import Any

from app.identity.entrance.outside.port import OutsideDoor, OutsideProvider
from app.identity.entrance.outside.wechat import WechatDoor
from app.identity.entrance.outside.zheliban import ZhelibanDoor

Doors = Mapping[OutsideProvider, OutsideDoor]


def chosen_doors(config: Mapping[str, Any]) -> Doors:
    """Return a door for each app whose id is set; without it the app's operation answers that it is off."""
    doors: dict[OutsideProvider, OutsideDoor] = {}
    if str(config["LINTAN_WECHAT_APP_ID"]):
        doors[OutsideProvider.WECHAT] = WechatDoor(config)
    if str(config["LINTAN_ZHELIBAN_APP_ID"]):
        doors[OutsideProvider.ZHELIBAN] = ZhelibanDoor(config)
    return doors
