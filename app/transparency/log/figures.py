"""What the operator sees of the log. A refusal to sign is an alarm: somebody must look."""

from prometheus_client import Counter, Gauge

LEAVES = Counter("lintan_log_leaves_total", "Leaves that this process has added to the log")
SIZE = Gauge("lintan_log_size", "Leaves in the last checkpoint that this process has signed", multiprocess_mode="max")
REFUSED = Counter("lintan_log_refused_total", "Heads and documents that the sequencer refused to sign", ["reason"])
