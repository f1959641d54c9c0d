"""Azure: what the Internet, subnets, private networks and trusted services reach, and what can send to the Internet.

Nothing is left out for want of facts: then it is undecided. That a service is reached says nothing of whether it answers:
keys and roles decide that, and paths do not walk into services that ask for them (`asks` in resources/schema/labels.toml).
"""

from collections.abc import Iterable, Iterator

from graph.estate import Estate
from graph.model import Asset, Relationship
from graph.reachability import azure_compute as compute
from graph.reachability.azure_compute import Answer, Question
from graph.reachability.azure_private import PrivateNetworks
from graph.reachability.azure_services import Services, table, text
from graph.reachability.facts import INTERNET, Case, Facts

ANYONE = Asset(id="anonymous", kind="Modelhound::Anonymous", name="Anyone, without credentials")
_ML = "Microsoft.MachineLearningServices/workspaces"
_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"


def derive_azure_reachability(estate: Estate) -> Iterator[Asset | Relationship]:
    """CAN_REACH of the Internet, subnets, networks and trusted services; CALLS_OUT_TO the Internet; anonymous reading."""
    if not any(asset.kind.startswith("Microsoft.") for asset in estate.assets.values()):
        return
    yield INTERNET
    services = Services(Facts(estate))
    for asset, case, answer in _asked(services, _reach()):
        yield _edge(INTERNET.id, "CAN_REACH", asset.id, case, answer)
    for asset, case, answer in _asked(services, _CALL_OUT.items()):
        yield _edge(asset.id, "CALLS_OUT_TO", INTERNET.id, case, answer)
    yield from _admitted(services)
    yield from PrivateNetworks(services.facts).edges()
    yield from _anonymous(services)


def _asked(
    services: Services, questions: Iterable[tuple[str, Question]]
) -> Iterator[tuple[Asset, Case, Answer]]:
    by_kind = dict(questions)
    for asset in services.estate.assets.values():
        if asset.kind in by_kind:
            case = Case(services.facts)
            answer = by_kind[asset.kind](case, services, asset)
            if answer is not None:
                yield asset, case, answer


def _edge(source: str, kind: str, target: str, case: Case, answer: Answer) -> Relationship:
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=case.verdict,
        evidence=tuple(case.evidence),
        missing=tuple(case.missing),
        properties=answer or {},
    )


def _service(case: Case, services: Services, asset: Asset) -> Answer:
    why = services.why_open(case, asset)
    return compute.because(why) if why else None


def _reach() -> Iterator[tuple[str, Question]]:
    """Services of the table, then compute."""
    for kind in table()["service"]:
        yield kind, _service
    yield from _COMPUTE.items()


def _admitted(services: Services) -> Iterator[Relationship]:
    for asset in services.estate.assets.values():
        if asset.kind in table()["service"]:
            case = Case(services.facts)
            for source, why in services.admitted(case, asset):
                yield _edge(source.id, "CAN_REACH", asset.id, case, compute.because(why))


def _anonymous(services: Services) -> Iterator[Asset | Relationship]:
    """Containers that anyone reads: the account must allow it, the container grant it, the network let in."""
    for asset in services.estate.assets.values():
        account = services.estate.assets.get(asset.id.partition("/blobServices/")[0])
        if asset.kind != _CONTAINER or account is None:
            continue
        granted = str(asset.properties.get("public_access") or "None").lower()
        case = Case(services.facts)
        if granted == "none" or case.read(account, "allow_blob_public") is False:
            continue
        case.cite(asset, "public_access")
        if services.why_open(case, account):
            yield ANYONE
            answer = {"because": text("anonymous"), "actions": [f"anonymous {granted} access"]}
            yield _edge(ANYONE.id, "CAN_READ", asset.id, case, answer)


_COMPUTE: dict[str, Question] = {
    "Microsoft.Compute/virtualMachines": compute.machine,
    f"{_ML}/computes": compute.ml_compute,
    f"{_ML}/computes/ComputeInstance": compute.ml_compute,
    "Microsoft.Web/sites": compute.site,
    "Microsoft.App/containerApps": compute.container_app,
    "Microsoft.ContainerInstance/containerGroups": compute.container_group,
    "Microsoft.ContainerService/managedClusters": compute.cluster,
}
_CALL_OUT: dict[str, Question] = {
    "Microsoft.Compute/virtualMachines": compute.machine_sends,
    f"{_ML}/computes": compute.ml_sends,
    f"{_ML}/computes/ComputeInstance": compute.ml_sends,
    f"{_ML}/onlineEndpoints/deployments": compute.flagged(
        "egress_public_network_access", "Disabled"
    ),
    "Microsoft.Web/sites": compute.routed,
    "Microsoft.CognitiveServices/accounts": compute.flagged("restrict_outbound", closed=True),
    "Microsoft.CognitiveServices/accounts/projects/agents": compute.agent_sends,
}
