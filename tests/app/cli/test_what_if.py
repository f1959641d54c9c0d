"""`what-if`: the shapes that scripts rely on, and what is said of a step that is not there."""

import csv
import io
import json

import pytest

from app.__main__ import run
from app.sample import sample_path

NOTEBOOK, ROLE = "claims-exploration", "data-science-notebook"


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]):
    def call(*cuts: str, form: str = "json") -> tuple[int, str, str]:
        options = [word for cut in cuts for word in ("--cut", *cut.split())]
        code = run(["what-if", str(sample_path()), *options, "--format", form])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_broken_rerouted_and_remaining_make_up_all_paths(command) -> None:
    code, out, _ = command(f"{NOTEBOOK} RUNS_AS {ROLE}")
    found = json.loads(out)
    (cut,) = found["cuts"]
    assert (code, cut["kind"]) == (0, "RUNS_AS")
    assert found["paths"] == len(found["broken"]) + len(found["remaining"])
    assert found["broken"]
    assert found["rerouted"]
    for path in found["broken"]:
        assert cut in [{key: step[key] for key in cut} for step in path["steps"]]
    for pair in found["rerouted"]:
        assert pair["after"] in found["remaining"]
        assert pair["after"]["risk"] <= pair["before"]["risk"]
    steps = [step for path in found["remaining"] for step in path["steps"]]
    assert cut not in [{key: step[key] for key in cut} for step in steps]


def test_every_path_is_a_row_with_its_outcome(command) -> None:
    counted = json.loads(command(f"{NOTEBOOK} RUNS_AS {ROLE}")[1])
    rows = list(csv.DictReader(io.StringIO(command(f"{NOTEBOOK} runs_as {ROLE}", form="csv")[1])))
    outcomes = [row["outcome"] for row in rows]
    assert outcomes.count("broken") == len(counted["broken"])
    assert outcomes.count("another way") == len(counted["rerouted"])
    assert len(rows) == counted["paths"]
    table = command(f"{NOTEBOOK} RUNS_AS {ROLE}", form="table")[1]
    assert f"breaks {len(counted['broken'])} of {counted['paths']} attack paths" in table


def test_patterns_cut_several_steps(command) -> None:
    found = json.loads(command("* CAN_READ *ehr-lake", f"{NOTEBOOK} RUNS_AS *")[1])
    assert len({(cut["source"], cut["kind"]) for cut in found["cuts"]}) > 2


def test_what_a_fix_costs_is_told(command) -> None:
    cut = "*dev-notebook CAN_READ larkfield-claims-lake"
    costs = json.loads(command(cut)[1])["costs"]
    assert [cost["rests_on"]["note"] for cost in costs] == [
        "larkfield-claims-lake: DevAccessTemporary",
        "dev-notebook-access: statement 1",
    ]
    assert len(costs[0]["accesses"]) < len(costs[1]["accesses"])
    for cost in costs:
        assert {"source", "kind", "target"} == set(cost["accesses"][0])
    assert "dev-notebook-access" in command(cut, form="table")[1]


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (f"{NOTEBOOK} CAN_READ {ROLE}", "between these there is RUNS_AS"),
        (f"larkfield-ehr-lake RUNS_AS {NOTEBOOK}", "no step at all"),
        (f"nobody RUNS_AS {ROLE}", "'nobody' names no asset"),
    ],
)
def test_a_step_that_is_not_there_is_told(command, cut: str, words: str) -> None:
    code, out, err = command(cut)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1
