"""The file store: bytes by key, in a folder or in an S3-compatible bucket (fsspec)."""

import os
import re
from typing import Any
from uuid import uuid4

import fsspec
from flask import Flask, current_app

_EXTENSION = "lintan_files"
_KEY = re.compile(r"[a-z0-9]+(/[a-z0-9][a-z0-9._-]*)*")


class FileStore:
    """Immutable bytes under a key such as `evidence/0192…/photo`. A key is written once and in whole."""

    def __init__(self, filesystem: Any, root: str) -> None:
        """Keep the files of `filesystem` below `root`."""
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def put(self, key: str, content: bytes) -> None:
        """Store `content`; a reader sees all of it or nothing, also after a crash half-way."""
        path = self._path(key)
        self._filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        if "file" not in self._filesystem.protocol:
            self._filesystem.pipe_file(path, content)  # An S3 object appears when its upload is complete.
            return
        unfinished = f"{path}.{uuid4().hex}.part"
        with self._filesystem.open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._filesystem.mv(unfinished, path)

    def get(self, key: str) -> bytes:
        """Return what was stored.

        Raises:
            FileNotFoundError: nothing is stored under the key.
        """
        content: bytes = self._filesystem.cat_file(self._path(key))
        return content

    def delete(self, key: str) -> None:
        """Forget what was stored; it is no error if there was nothing."""
        path = self._path(key)
        if self._filesystem.exists(path):
            self._filesystem.rm_file(path)

    def keys(self, folder: str) -> list[str]:
        """Return the keys of everything that is stored below a folder, sorted; what is half written is not there yet."""
        path = self._path(folder)
        if not self._filesystem.exists(path):
            return []
        found = (str(each)[len(self._root) + 1 :] for each in self._filesystem.find(path))
        return sorted(each for each in found if not each.endswith(".part"))

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a key: {key!r}")
        return f"{self._root}/{key}"


def open_store(app: Flask) -> None:
    """Open the store that `LINTAN_FILES_URL` names: `file:///var/lib/lintan/files`, `s3://bucket/prefix`."""
    filesystem, root = fsspec.core.url_to_fs(app.config["LINTAN_FILES_URL"])
    app.extensions[_EXTENSION] = FileStore(filesystem, root)


def file_store() -> FileStore:
    """Return the store of the running application."""
    store: FileStore = current_app.extensions[_EXTENSION]
    return store
