"""Rulebook: rules, factors and numbers as documents in versions, each with a source, a status and a first day in force.

A room declares the form of its kinds and may ship documents; people add versions through four eyes; nothing is ever changed.
"""

from app.rulebook.declaration import declare
from app.rulebook.errors import (
    ContentInvalid,
    DocumentMissing,
    DocumentNotFound,
    ShippedDocumentDiffers,
    ShippedDocumentRefused,
)
from app.rulebook.queries import document_by_id, document_in_force, documents_in_force, versions_in_force
from app.rulebook.routes import register
from app.rulebook.rules import Document, NewDocument, Origin, Status
from app.rulebook.shipping import ship
from app.rulebook.usecases import propose_document

__all__ = [
    "ContentInvalid",
    "Document",
    "DocumentMissing",
    "DocumentNotFound",
    "NewDocument",
    "Origin",
    "ShippedDocumentDiffers",
    "ShippedDocumentRefused",
    "Status",
    "declare",
    "document_by_id",
    "document_in_force",
    "documents_in_force",
    "propose_document",
    "register",
    "ship",
    "versions_in_force",
]
