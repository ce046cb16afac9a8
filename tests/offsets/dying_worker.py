"""A worker that is killed at one place between payment and retirement. Run by test_kill.py."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.foundation.data import clock
from app.foundation.data.clock import FixedClock
from app.foundation.work import work_until_idle
from app.offsets.usecases import facts, retire
from tests.engines import app_for
from tests.offsets.shop import NOON


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(act: Callable[..., Any]) -> Callable[..., Any]:
    def whole(*args: Any, **kwargs: Any) -> None:
        act(*args, **kwargs)
        die()

    return whole


def main(place: str, home: str, url: str) -> None:
    """Work at noon until killed at `place`."""
    if place == "while_the_money_moves":
        facts.move = die_after(facts.move)
    elif place == "before_the_retirement":
        retire.retire_order = die
    else:
        retire.retire_order = die_after(retire.retire_order)
    app = app_for(Path(home), url)
    clock.use(FixedClock(NOON))
    with app.app_context():
        work_until_idle()


if __name__ == "__main__":
    main(*sys.argv[1:])
