"""Server: how gunicorn takes requests in, for `gunicorn.conf.py` alone.

No caller holds a thread for longer than a bound, what gunicorn refuses is a problem like every other refusal, and its log
has our form and nothing of what callers send.
"""

from app.foundation.server.logs import JsonLogger
from app.foundation.server.worker import PatientWorker

__all__ = ["JsonLogger", "PatientWorker"]
