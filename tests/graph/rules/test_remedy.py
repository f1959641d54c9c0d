"""Remedies with the names of a finding: safe to paste, and only for the cloud that they speak of."""

from graph.asset_graph import AssetGraph
from graph.rules.evaluate import evaluate
from graph.rules.model import Remediation, Rule
from graph.rules.remedy import fill
from tests.graph.factories import asset, graph
from tests.graph.rules.build import rule

PATTERN = '[nodes.bucket]\nlabel = "Bucket"\nwhere = { versioning = false }\n'
TEXTS = (
    'cli = "aws s3api get-bucket-acl --bucket {bucket}"\n'
    "terraform = 'bucket = \"{bucket}\" # {bucket.region} ${var.x}'\n"
)


def filled(estate: AssetGraph) -> Remediation:
    made = _rule()
    (finding,) = evaluate(estate, {made.id: made}).findings
    return fill(made, finding, estate)


def _rule() -> Rule:
    # the tables of a rule end with [remediation], so further texts of it come first
    return rule(TEXTS + PATTERN)


def test_a_name_cannot_break_out_of_its_place() -> None:
    hostile = "a'; rm -rf ~ #\"${file(1)}"
    remedy = filled(graph(asset("b", "AWS::S3::Bucket", name=hostile, versioning=False)))
    assert remedy.cli == "aws s3api get-bucket-acl --bucket 'a'\"'\"'; rm -rf ~ #\"${file(1)}'"
    assert '\\"$${file(1)}"' in remedy.terraform
    assert remedy.terraform.endswith("# eu-west-1 ${var.x}")


def test_steps_of_another_cloud_are_left_out() -> None:
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers"
    remedy = filled(graph(asset("/b", blobs, name="b", versioning=False)))
    assert remedy.short == "Mend it."
    assert remedy.cli == remedy.terraform == ""


def test_bicep_quotes_its_own_way_and_groups_are_filled_in() -> None:
    store = "/subscriptions/s/resourceGroups/rg-ai/providers/Microsoft.Storage/storageAccounts/x"
    texts = (
        'cloud = "azure"\ncli = "az storage account show --ids {store.id} -g {store.group}"\n'
        "bicep = \"name: '{store}'\"\n"
    )
    pattern = '[nodes.store]\nlabel = "DataStore"\nwhere = { https_only = false }\n'
    made = rule(texts + pattern)
    kind = "Microsoft.Storage/storageAccounts"
    estate = graph(asset(store, kind, name="it's ${x}", https_only=False))
    (finding,) = evaluate(estate, {made.id: made}).findings
    remedy = fill(made, finding, estate)
    assert remedy.bicep == "name: 'it\\'s \\${x}'"
    assert remedy.cli.endswith("-g rg-ai")
