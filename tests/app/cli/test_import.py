"""`modelhound import`: what it reads, and the one sentence for everything that it cannot."""

import gzip
import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from app.__main__ import run
from app.assess import build_graph
from graph.snapshot import read_snapshot

FIXTURES = Path(__file__).parents[2] / "fixtures"
DUMP = (FIXTURES / "identity" / "iam_vulnerable_gaad.json").read_bytes()
BUCKETS = b'{"Buckets": [{"Name": "acme-train"}], "Owner": {"ID": "x"}}'


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _zip(*files: tuple[str, bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(name, content)

    return write


def _folder(**files: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.mkdir()
        for name, content in files.items():
            (path / name.replace("__", ".")).write_bytes(content)

    return write


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


TEXT = DUMP.decode()
RIGHT: dict[str, Callable[[Path], object]] = {
    "dump.json": _bytes(DUMP),
    "bom.json": _bytes(b"\xef\xbb\xbf" + DUMP),
    "utf-16.json": _bytes(TEXT.encode("utf-16")),
    "utf-16-be.json": _bytes(b"\xfe\xff" + TEXT.encode("utf-16-be")),
    "dump.json.gz": _bytes(gzip.compress(DUMP, mtime=0)),
    "named-otherwise.txt": _bytes(DUMP),
    "dump.zip": _zip(("aws/dump.json", DUMP)),
    "folder": _folder(dump__json=DUMP),
}


@pytest.mark.parametrize("name", RIGHT)
def test_the_same_export_in_every_dress_is_the_same(here, name, capsys):
    RIGHT[name](here / name)
    assert run(["import", name, "--out", "out.hound"]) == 0
    (record,) = read_snapshot(here / "out.hound").records
    assert record.operation == "iam:GetAccountAuthorizationDetails"
    assert len(record.body["RoleDetailList"] + record.body["UserDetailList"]) == 87
    told = capsys.readouterr()
    assert (told.out, told.err.splitlines()[0][:21]) == ("", "out.hound: 1 records;")


def test_all_87_principals_of_the_dump_are_in_the_graph_with_their_policies(here):
    (here / "dump.json").write_bytes(DUMP)
    assert run(["import", "dump.json", "--out", "out.hound"]) == 0
    graph = build_graph(read_snapshot(here / "out.hound"))
    attached = {
        (relationship.source, relationship.target)
        for relationship in graph.relationships()
        if relationship.kind == "ATTACHED_TO"
    }
    told = json.loads(DUMP)
    principals = told["UserDetailList"] + told["RoleDetailList"]
    assert len(principals) == 87
    for principal in principals:
        name = principal["Arn"]
        assert name in graph
        inline = principal.get("UserPolicyList", []) + principal.get("RolePolicyList", [])
        policies = [f"{name}/inline/{policy['PolicyName']}" for policy in inline]
        policies += [policy["PolicyArn"] for policy in principal["AttachedManagedPolicies"]]
        assert {(policy, name) for policy in policies} <= attached


def test_a_terraform_state_and_saved_answers_make_one_estate(here, capsys):
    state = (FIXTURES / "aws" / "estate.tfstate").read_bytes()
    _folder(terraform__tfstate=state, s3api_list_buckets__json=BUCKETS)(here / "all")
    assert run(["import", "all", "--out", "out.hound"]) == 0
    kinds = Counter(record.source for record in read_snapshot(here / "out.hound").records)
    assert kinds["terraform"] > 35
    assert kinds.total() == kinds["terraform"] + 1
    assert "partial: 3" in capsys.readouterr().err


def test_the_out_file_is_named_after_the_input_if_not_told(here):
    (here / "dump.json").write_bytes(DUMP)
    assert run(["import", "dump.json"]) == 0
    assert (here / "dump.hound").is_file()


def test_a_wrong_file_among_right_ones_is_a_gap_that_is_told(here, capsys):
    _folder(a__json=DUMP, b__json=b"", c__json=b'{"dependencies": {}}')(here / "all")
    assert run(["import", "all", "--out", "out.hound"]) == 0
    told = capsys.readouterr().err
    assert "2 of 3 calls or lists not read whole" in told
    assert "b.json: the file is empty" in told
    assert "c.json: not an export that Modelhound knows" in told


def _cut(path: Path) -> None:
    _zip(("a.json", DUMP))(path)
    path.write_bytes(path.read_bytes()[:-200])


def _damaged(path: Path) -> None:
    from graph.model import Snapshot  # noqa: PLC0415 - for this file alone
    from graph.snapshot import write_snapshot  # noqa: PLC0415 - likewise

    write_snapshot(Snapshot(records=(), coverage=()), path)
    with zipfile.ZipFile(path) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, b'{"a":1}\n' if name == "records.jsonl" else content)


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut.zip": (_cut, "the zip is damaged or cut off"),
    "cut.json.gz": (_bytes(gzip.compress(DUMP, mtime=0)[:-30]), "cut off"),
    "trailing.json": (_bytes(DUMP + b"{}"), "more data follows the JSON value"),
    "cut.json": (_bytes(DUMP[:5000]), "cut off"),
    "others.json": (_bytes(b'{"name": "app", "dependencies": {}}'), "not an export that Modelhound knows"),
    "empty.json": (_bytes(b""), "the file is empty"),
    "binary.bin": (_bytes(bytes(range(256)) * 8), "not"),
    "hollow": (_folder(), "no exports in it"),
    "texts": (_folder(a__txt=b"hello"), "no exports in it"),
    "hollow.zip": (_zip(), "no exports in it"),
    "deep.json": (_bytes(b"[" * 200_000), "nested too deeply"),
    "deeper.json": (_bytes(b'{"Users": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001), "nested too deeply"),
    "bomb.zip": (_zip(("a.json", b" " * 50_000_000)), "bomb.zip"),
    "no.hound": (_bytes(b"PK\3\4 no"), "the file is damaged or was not made by Modelhound"),
    "changed.hound": (_damaged, "records.jsonl"),
    "missing.json": (lambda _: None, "no such file or folder"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_input_is_one_sentence_and_nothing_is_written(here, name, capsys):
    make, said = WRONG[name]
    make(here / name)
    before = sorted(here.iterdir())
    assert run(["import", name, "--out", "out.hound"]) == 2
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert line.startswith(f"modelhound: {name}")
    assert said in line
    assert told.out == ""
    assert "Traceback" not in told.err
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("folder", "is a folder; name a file in it"),
        ("nowhere/out.hound", "nowhere is no folder; make it first"),
        ("dump.json/out.hound", "dump.json is no folder; name another one"),
    ],
)
def test_an_out_that_cannot_be_written_is_told_before_the_work(here, out, said, capsys):
    (here / "dump.json").write_bytes(DUMP)
    (here / "folder").mkdir()
    assert run(["import", "dump.json", "--out", out]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert sorted(path.name for path in here.iterdir()) == ["dump.json", "folder"]


def test_the_old_file_stays_when_an_import_fails(here):
    (here / "out.hound").write_bytes(b"what was there")
    (here / "empty.json").write_bytes(b"")
    assert run(["import", "empty.json", "--out", "out.hound"]) == 2
    assert (here / "out.hound").read_bytes() == b"what was there"


NOT_AS_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="root may read and write everything, and Windows has no such permissions",
)


@NOT_AS_ROOT
@pytest.mark.parametrize("closed", ["dump.json", "old.hound", "shut", "."])
def test_no_permission_is_one_sentence(here, closed, capsys):
    (here / "dump.json").write_bytes(DUMP)
    (here / "old.hound").write_bytes(b"PK")
    _folder(a__json=DUMP)(here / "shut")
    (here / closed).chmod(0o500 if closed == "." else 0)
    try:
        path = "dump.json" if closed == "." else closed
        assert run(["import", path, "--out", "out.hound"]) == 2
    finally:
        (here / closed).chmod(0o700)
    (line,) = capsys.readouterr().err.splitlines()
    assert closed == "." or line.startswith(f"modelhound: {closed}: ")
    assert "permission" in line.lower() or "cannot be opened" in line


@NOT_AS_ROOT
def test_a_folder_that_cannot_be_opened_among_others_is_a_gap(here, capsys):
    _folder(a__json=DUMP)(here / "all")
    _folder(b__json=DUMP)(here / "all" / "shut")
    (here / "all" / "shut").chmod(0)
    try:
        assert run(["import", "all", "--out", "out.hound"]) == 0
    finally:
        (here / "all" / "shut").chmod(0o700)
    assert "shut: cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import",), "Missing argument 'PATHS...'; see `modelhound import --help`"),
        (("nothing",), "No such command 'nothing'; see `modelhound --help`"),
        (("assess", "x", "--format", "xml"), "'xml' is not one of"),
    ],
)
def test_wrong_usage_is_one_sentence(capsys, arguments, said):
    assert run([*arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("modelhound: ")
    assert said in line


def test_a_group_without_a_command_shows_its_help(capsys):
    assert run(["collect"]) == 2
    assert "Commands:\n  aws" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
@pytest.mark.parametrize("command", ["import", "assess"])
@pytest.mark.parametrize("name", ["pipe", "pipe.hound"])
def test_a_pipe_is_not_waited_for(here, command, name, capsys):
    os.mkfifo(here / name)
    assert run([command, name]) == 2
    assert "regular file" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", ["import", "assess"])
def test_a_name_that_is_too_long_is_one_sentence(command, capsys):
    assert run([command, "x" * 300]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "x" * 300 in line


@NOT_AS_ROOT
@pytest.mark.parametrize("command", ["assess", "paths", "findings"])
def test_every_reader_tells_a_lack_of_permission_in_one_sentence(here, command, capsys):
    (here / "dump.json").write_bytes(DUMP)
    (here / "dump.json").chmod(0)
    assert run([command, "dump.json"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "permission denied" in line
