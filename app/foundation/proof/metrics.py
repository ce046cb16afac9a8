"""Counters and timings for Prometheus. Labels are routes and constants, never ids or people."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("lintan_http_requests_total", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "lintan_http_request_seconds",
    "Time to answer a request",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
OUTBOX_HANDLED = Counter("lintan_outbox_handled_total", "Outbox messages handled", ["topic", "subscriber", "result"])
OUTBOX_WAITING = Gauge("lintan_outbox_waiting", "Outbox messages that are due and not done", multiprocess_mode="max")
LOOP_ROUNDS = Counter("lintan_loop_rounds_total", "Rounds of the loops beside the worker", ["loop", "result"])
JOBS_RUN = Counter("lintan_jobs_total", "Timed jobs run", ["job", "result"])
DEAD_LETTERS = Counter("lintan_dead_letters_total", "Messages and jobs given up after their last try", ["what"])
