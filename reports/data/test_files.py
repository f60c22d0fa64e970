"""Files are written whole or not at all, and a failure names the file."""

import errno
import os
import stat

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


@pytest.mark.parametrize("where", ["nowhere", "a directory"])
def test_a_failure_names_the_file_and_not_the_temporary_one(tmp_path, where):
    path = tmp_path / where / "index.html"
    if where == "a directory":
        path.mkdir(parents=True)
    with pytest.raises(OSError) as failure:
        files.replace(path, b"page")
    assert failure.value.filename == str(path)


def test_file_and_directory_are_synced_and_readable(tmp_path, monkeypatch):
    synced = []
    real = os.fsync

    def note(descriptor):
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    mask = os.umask(0o027)
    try:
        files.replace(tmp_path / "results.json", b"{}")
    finally:
        os.umask(mask)
    assert synced == [False, True]
    assert stat.S_IMODE((tmp_path / "results.json").stat().st_mode) == 0o640
