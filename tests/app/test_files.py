"""A file is written whole or not at all."""

import os
from pathlib import Path

import pytest

from app.files import must_be_writable, write_atomic
from graph.model import UserError


def test_a_new_file_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="choose another folder"):
        write_atomic(tmp_path / "nowhere" / "report.html", b"new")


def test_what_cannot_be_replaced_is_untouched_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.mkdir()
    with pytest.raises(UserError, match="is a folder"):
        write_atomic(target, b"new")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_a_pipe_or_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    os.mkfifo(target)
    with pytest.raises(UserError, match="no regular file"):
        must_be_writable(target)
    with pytest.raises(UserError, match="no regular file"):
        write_atomic(target, b"new")
    assert target.is_fifo()


def test_a_name_that_is_too_long_is_the_users_error(tmp_path: Path) -> None:
    target = tmp_path / f"{'x' * 300}.html"
    with pytest.raises(UserError):
        write_atomic(target, b"new")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_what_a_link_points_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "report.html", tmp_path / "latest.html"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
