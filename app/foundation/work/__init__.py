"""Background work: outbox, schedule, worker, and the tasks that only people can do."""

from datetime import timedelta

from flask import Flask

from app.foundation.work import leases, serving
from app.foundation.work.cli import commands
from app.foundation.work.leases import count_waiting, free_leases
from app.foundation.work.loops import loop
from app.foundation.work.outbox import Message, TopicUnknown, publish, subscribe, subscriber_names
from app.foundation.work.schedule import schedule
from app.foundation.work.serving import NotServable, serving_check
from app.foundation.work.setup import set_up, setup_step
from app.foundation.work.sweep import sweep
from app.foundation.work.tasks import end_task, open_task
from app.foundation.work.worker import run_until, work_once, work_until_idle

__all__ = [
    "Message",
    "NotServable",
    "TopicUnknown",
    "count_waiting",
    "end_task",
    "free_leases",
    "leases",
    "loop",
    "open_task",
    "publish",
    "register_work",
    "run_until",
    "schedule",
    "serving",
    "serving_check",
    "set_up",
    "setup_step",
    "subscribe",
    "subscriber_names",
    "work_once",
    "work_until_idle",
]


def register_work(app: Flask) -> None:
    """Add the commands, and the sweeping of what is long done."""
    for command in commands:
        app.cli.add_command(command)
    schedule(app, name="foundation.sweep", period=timedelta(hours=1), run=sweep)
