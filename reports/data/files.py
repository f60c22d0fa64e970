"""The only way in which a report writes a file: whole, or not at all; CSV as text;
and the words and looks that a module has beside it."""

import csv
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Iterable

import tomllib


def beside(module: str) -> dict[str, Any]:
    """The tables of words.toml for words.py."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text("utf-8"))


def sheet(rows: Iterable[Iterable[Any]]) -> str:
    """CSV; None is an empty field."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def replace(path: Path, data: bytes) -> None:
    """The old content or the new; an OSError names `path`, not the temporary file."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with suppress(OSError):  # on a disk that may only be read it fails, too
            temporary.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error
