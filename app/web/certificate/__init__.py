"""The page of one certificate: what its checks and its history are called, and what the template is given."""

from app.web.certificate.files import files_of
from app.web.certificate.page import certificate_context, unknown_context
from app.web.certificate.words import PURPOSES

__all__ = ["PURPOSES", "certificate_context", "files_of", "unknown_context"]
