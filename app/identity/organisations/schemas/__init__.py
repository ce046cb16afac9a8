"""Shapes of organisations over HTTP, one file a subject."""
