"""Certificates over HTTP: the API, what anybody opens, and the files."""
