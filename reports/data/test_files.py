"""Files are written whole or not at all, and a failure names the file."""

import errno
import os

import pytest

from reports.data import files


def test_the_old_file_survives_a_failed_write(tmp_path, monkeypatch):
    path = tmp_path / "results.json"
    files.replace(path, b"old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError) as failure:
        files.replace(path, b"half")
    assert failure.value.errno == errno.ENOSPC
    assert failure.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["results.json"]
