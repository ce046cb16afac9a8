"""Agencies and staff over HTTP."""
