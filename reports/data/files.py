"""The only way in which a report writes a file: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Either the old content or the new, also after a loss of power.

    The temporary file lies in the same directory, for rename(2) is atomic
    within one file system only; the directory is synced because the rename
    is an entry of it. Raises an OSError that names `path`: a write that fails
    does not say into which file, and nobody knows the temporary one.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                # mkstemp keeps the file to its owner; others may read a result.
                # There is no way to read the mask but to set it.
                os.umask(mask := os.umask(0o022))
                os.fchmod(file.fileno(), 0o666 & ~mask)
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
