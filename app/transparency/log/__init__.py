"""The log itself: what waits, its tree and proofs, and the sequencer that numbers and signs."""
