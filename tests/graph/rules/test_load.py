"""Wrong rule files: one clear sentence that names file and key, and suggests what was meant."""

import tomllib
from pathlib import Path

import pytest

from graph.model import ContentError, Severity
from graph.rules.load import load_pack, load_rules, read_rule
from graph.rules.steps import parse_steps
from graph.schema import load_schema
from tests.graph.rules.build import HEAD, rule

BUCKET = '[nodes.data]\nlabel = "Bucket"\n'
JOIN = (
    '[nodes.role]\nlabel = "Role"\n[nodes.data]\nlabel = "Bucket"\n'
    '[[paths]]\nsteps = "role -CAN_READ-> data"\n'
)

WRONG = {
    '[nodes.data]\nlabel = "Bucket"\nwhere = { clasification = "pii" }': (
        "rules/x.toml: nodes.data.where.clasification: not a property of Bucket"
        " (did you mean classification?)"
    ),
    '[nodes.data]\nlabel = "Buckets"': (
        "rules/x.toml: nodes.data.label: no label 'Buckets' (did you mean Bucket?)"
    ),
    '[nodes.data]\nkind = "AWS::S3::Buckets"': (
        "rules/x.toml: nodes.data.kind: no kind 'AWS::S3::Buckets' (did you mean AWS::S3::Bucket?)"
    ),
    '[nodes.data]\nlabell = "Bucket"': (
        "rules/x.toml: nodes.data: say which assets: label, kind or category"
    ),
    '[nodes.data]\nlabel = "Bucket"\nwher = { versioning = true }': (
        "rules/x.toml: nodes.data.wher: no such key (did you mean where?)"
    ),
    '[nodes.data]\nlabel = "Bucket"\nwhere = { versioning = "yes" }': (
        "rules/x.toml: nodes.data.where.versioning.eq: versioning is a bool, 'yes' is none"
    ),
    '[nodes.data]\nlabel = "Bucket"\nwhere = { versioning = { gte = 1 } }': (
        "rules/x.toml: nodes.data.where.versioning.gte: a bool can be asked with eq, ne, present"
    ),
    '[nodes.data]\nlabel = "Bucket"\nwhere = { name = { matches = "(a" } }': (
        "rules/x.toml: nodes.data.where.name.matches: '(a' is no regular expression of RE2"
    ),
    '[nodes.data]\nis = "sensitive_dat"': (
        "rules/x.toml: nodes.data.is: no shared selector 'sensitive_dat'"
        " (did you mean sensitive_data?)"
    ),
    JOIN + '[[different]]\nnodes = ["role", "dat"]': (
        "rules/x.toml: different[1].nodes: name two assets that stand under [nodes]"
    ),
    BUCKET + '[[paths]]\nsteps = "role -CAN_READ-> data"': (
        "rules/x.toml: paths[1].steps: 'role' is not under [nodes]"
    ),
    JOIN.replace("CAN_READ", "CAN_REED"): (
        "rules/x.toml: paths[1].steps: 'CAN_REED' is no relationship kind (did you mean CAN_READ?)"
    ),
    JOIN.replace("-CAN_READ->", "-CAN_READ-"): (
        "rules/x.toml: paths[1].steps: '-CAN_READ-' is no arrow; write -KIND-> or <-KIND-"
    ),
    JOIN + '[nodes.other]\nlabel = "Secret"': "rules/x.toml: nodes: 'other' stands in no path",
    BUCKET + "[frameworks]\nowasp_lm_2025 = []": (
        "rules/x.toml: frameworks.owasp_lm_2025: no framework of this name"
        " (did you mean owasp_llm_2025?)"
    ),
    BUCKET + '[frameworks]\nowasp_llm_2025 = ["LLM11:2025"]': (
        "rules/x.toml: frameworks.owasp_llm_2025: 'LLM11:2025' is not in"
        " resources/frameworks/owasp_llm_2025.toml"
    ),
    BUCKET + '[[cases]]\ntitle = "a"\nexpect = "fial"': (
        "rules/x.toml: cases[1].expect: must be fail, pass or undecided"
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items())
def test_a_wrong_rule_is_refused_by_file_and_key(text: str, sentence: str) -> None:
    with pytest.raises(ContentError) as caught:
        rule(text)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_combination_needs_a_path() -> None:
    with pytest.raises(ContentError, match="fires on connected paths only"):
        rule(BUCKET, kind="toxic")


def test_parts_that_nothing_joins_are_refused() -> None:
    apart = JOIN + (
        '[nodes.a]\nlabel = "User"\n[nodes.b]\nlabel = "Group"\n'
        '[[paths]]\nsteps = "a -MEMBER_OF-> b"\n'
    )
    with pytest.raises(ContentError, match="'a' is not joined to 'role'"):
        rule(apart)


def test_a_remedy_may_name_only_assets_of_the_rule() -> None:
    text = HEAD.format(kind="posture", top="").replace("Mend it.", "Mend {bucket}.") + BUCKET
    with pytest.raises(ContentError, match=r"short: \{bucket\} is not an asset"):
        _read(text)


def _read(text: str) -> None:

    read_rule(tomllib.loads(text), "rules/x.toml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a -CAN_READ-> b -CAN_READ->", "write `asset -KIND-> asset`"),
        ("a -[CAN_READ*2..3]-> b", "a repetition begins with 0 or 1"),
        ("a -[CAN_READ*0..99]-> b", "ends at most with"),
        ("a -[CAN_READ/CAN_READ*0..2]-> b", "only single relationships can repeat"),
        ("a -:nothing-> b", "is no attack class"),
        ("A -CAN_READ-> b", "is no name of an asset"),
        ("a <-CAN_READ-> b", "is no arrow"),
    ],
)
def test_wrong_steps(text: str, why: str) -> None:
    with pytest.raises(ContentError, match=why):
        parse_steps(text, load_schema(), ContentError)


def test_a_pack_is_read_from_a_folder_and_says_which_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    good = HEAD.format(kind="posture", top="") + BUCKET
    (tmp_path / "deep" / "a.toml").write_text(good, encoding="utf-8")
    assert list(load_pack(tmp_path)) == ["X-1"]
    (tmp_path / "b.toml").write_text(good, encoding="utf-8")
    with pytest.raises(ContentError, match="'X-1' is already the id of"):
        load_pack(tmp_path)
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError, match=r"b\.toml: no TOML file"):
        load_pack(tmp_path)
    with pytest.raises(ContentError, match="is not a folder"):
        load_pack(tmp_path / "none")


def test_severity_follows_from_likelihood_and_impact() -> None:
    for shipped in load_rules().values():
        assert shipped.severity is Severity.of(shipped.likelihood, shipped.impact)


def test_a_rule_may_keep_to_one_cloud() -> None:
    kinds = rule(BUCKET, top='cloud = "azure"').pattern.nodes["data"].kinds
    assert kinds == {"Microsoft.Storage/storageAccounts/blobServices/containers"}
    with pytest.raises(ContentError, match="cloud: must be one of aws, azure, gcp"):
        rule(BUCKET, top='cloud = "aws2"')


def test_a_rule_may_name_lists_that_no_collector_reads() -> None:
    needs = rule(BUCKET, top='needs = ["macie2:GetFindings"]').needs
    assert "macie2:GetFindings" in needs
    assert "s3:ListBuckets" in needs


def test_a_label_that_no_cloud_has_yet_can_be_asked_for() -> None:
    made = rule('[nodes.flow]\nlabel = "PromptFlow"\nwhere = { environment = "production" }')
    assert made.pattern.nodes["flow"].kinds == frozenset()
