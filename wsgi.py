"""The application for gunicorn and for `flask` commands."""

from app import create_app

app = create_app()
