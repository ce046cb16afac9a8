"""Evidence: photos come in, are checked, stripped, hashed, bound to the one thing they prove, and opened by short links.

A file is read through its bytes alone; who may see it is decided by the room of its subject, which then asks for a
link.
"""

from app.evidence.errors import EvidenceFileNotFound, FileAlreadyBound
from app.evidence.queries import SimilarFile, StoredFile, files_by_ids, files_of_subject, similar_files
from app.evidence.routes import register, withheld_links
from app.evidence.rules.comparison import Agreement, ExifComparison, compare_exif
from app.evidence.rules.likeness import hamming
from app.evidence.usecases.bind import bind_files
from app.evidence.usecases.links import link_for
from app.evidence.usecases.receive import Upload, register_file, store_upload

__all__ = [
    "Agreement",
    "EvidenceFileNotFound",
    "ExifComparison",
    "FileAlreadyBound",
    "SimilarFile",
    "StoredFile",
    "Upload",
    "bind_files",
    "compare_exif",
    "files_by_ids",
    "files_of_subject",
    "hamming",
    "link_for",
    "register",
    "register_file",
    "similar_files",
    "store_upload",
    "withheld_links",
]
