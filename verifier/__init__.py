"""Checks a Lintan certificate as a stranger would: from files alone, with the network off, by software of others.

Nothing here imports the product, so that a mistake there cannot hide itself here. `python -m verifier --help` tells how it is
asked; docs/checking.md what each answer means.
"""

from verifier.answers import Check, Name, Result
from verifier.certificate import Evidence, check_certificate

__all__ = ["Check", "Evidence", "Name", "Result", "check_certificate"]
