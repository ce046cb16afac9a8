"""Checking: what must hold of a certificate, worked out anew from stored bytes, the register and the log."""
