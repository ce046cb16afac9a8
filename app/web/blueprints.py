"""The two groups of pages: for everybody, and for staff below /console."""

from flask import Blueprint

front = Blueprint("front", "app.web", template_folder="templates")
console = Blueprint("console", "app.web", url_prefix="/console", template_folder="templates")
