"""AWS: what the Internet reaches, and what can send to it. Nothing is left out for want of facts: then it is undecided."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from graph.content import read_toml
from graph.estate import Estate
from graph.model import Asset, Relationship
from graph.reachability.aws_network import Network
from graph.reachability.facts import INTERNET, UNKNOWN, Case, Facts, Unknown
from graph.reachability.ports import spell

Answer = Mapping[str, Any] | None  # the properties of the relationship; None = no
Question = Callable[[Case, Network, Asset], Answer]


def derive_reachability(estate: Estate) -> Iterator[Asset | Relationship]:
    """The Internet, CAN_REACH from it and CALLS_OUT_TO it."""
    yield INTERNET
    facts, network = Facts(estate), Network(estate)
    for asset, case, answer in _asked(facts, network, _REACH):
        yield _edge(INTERNET.id, "CAN_REACH", asset.id, case, answer)
    for asset, case, answer in _asked(facts, network, _CALL_OUT):
        yield _edge(asset.id, "CALLS_OUT_TO", INTERNET.id, case, answer)


def _asked(
    facts: Facts, network: Network, questions: Iterable[tuple[str, Question]]
) -> Iterator[tuple[Asset, Case, Mapping[str, Any]]]:
    by_kind = dict(questions)
    for asset in facts.estate.assets.values():
        if asset.kind in by_kind:
            case = Case(facts)
            answer = by_kind[asset.kind](case, network, asset)
            if answer is not None:
                yield asset, case, answer


def _edge(
    source: str, kind: str, target: str, case: Case, answer: Mapping[str, Any]
) -> Relationship:
    return Relationship(
        source=source,
        kind=kind,
        target=target,
        verdict=case.verdict,
        evidence=tuple(case.evidence),
        missing=tuple(case.missing),
        properties=answer,
    )


def _instance(case: Case, network: Network, asset: Asset) -> Answer:
    """A public address, a route to an internet gateway, an open security group, and an ACL that lets pass."""
    if asset.properties.get("state") in {"stopped", "stopping", "shutting-down"}:
        return None
    if case.read(asset, "public_ip") is None:
        return None
    ports = network.ingress(case, _groups(case, asset))
    if ports == []:
        return None
    subnet = _subnet(case, network, asset)
    if subnet is not None:
        if network.default_route(case, subnet) not in ("internet-gateway", UNKNOWN):
            return None
        if ports is not UNKNOWN:
            ports = network.through_acl(case, subnet, ports)
    if ports == []:
        return None
    spelled = spell(ports) if ports is not UNKNOWN else []
    return {
        "because": _because("reach", "address", ports=", ".join(spelled) or "?"),
        "ports": spelled,
    }


def _function_url(case: Case, _: Network, asset: Asset) -> Answer:
    """A URL without authentication still needs a policy that lets anyone call it."""
    if case.read(asset, "url_auth") not in ("NONE", UNKNOWN):
        return None
    policy = case.read(asset, "policy")
    if policy is not UNKNOWN and not _lets_anyone_call(policy):
        return None
    return {"because": _because("reach", "function_url")}


def _lets_anyone_call(policy: Any) -> bool:
    statements = (policy or {}).get("Statement") or []
    return any(
        statement.get("Effect") == "Allow"
        and "*" in _texts(_principal(statement))
        and {"lambda:invokefunctionurl", "lambda:*", "*"}
        & {action.lower() for action in _texts(statement.get("Action"))}
        for statement in (statements if isinstance(statements, list) else [statements])
    )


def _principal(statement: Mapping[str, Any]) -> Any:
    principal = statement.get("Principal")
    return principal.get("AWS") if isinstance(principal, Mapping) else principal


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _where(section: str, text: str, name: str, wanted: object) -> Question:
    """One property with one value decides."""

    def question(case: Case, _: Network, asset: Asset) -> Answer:
        value = case.read(asset, name)
        return {"because": _because(section, text)} if value in (wanted, UNKNOWN) else None

    return question


def _outside_networks(text: str) -> Question:
    """What is not placed in a subnet of the account sends from the service's own network."""

    def question(case: Case, network: Network, asset: Asset) -> Answer:
        if case.read(asset, "subnets") not in (None, [], UNKNOWN):
            return _routed(case, network, asset)
        if asset.properties.get("network_isolation"):
            return None
        return {"because": _because("call_out", text)}

    return question


def _routed(case: Case, network: Network, asset: Asset) -> Answer:
    """A route out and a security group that lets out; without a public address, not by an internet gateway."""
    subnet = _subnet(case, network, asset)
    if subnet is None:
        return None
    route = network.default_route(case, subnet)
    public = asset.properties.get("public_ip") is not None
    if route is None or (route == "internet-gateway" and not public):
        return None
    if network.egress(case, _groups(case, asset)) == []:
        return None
    told = _because("call_out", "unknown_route") if route is UNKNOWN else route
    return {"because": _because("call_out", "routed", route=told)}


def _subnet(case: Case, network: Network, asset: Asset) -> Asset | None:
    """The subnet of a thing, or the first of several."""
    named = asset.properties.get("subnet") or (asset.properties.get("subnets") or [None])[0]
    found = network.asset(named) if named else None
    if found is None:
        case.lacks(f"{asset.name}: its subnet was not read")
    return found


def _groups(case: Case, asset: Asset) -> list[str] | Unknown:
    groups = case.read(asset, "security_groups")
    return groups if isinstance(groups, Unknown) else list(groups or ())


def _because(section: str, name: str, **values: object) -> str:
    text: str = _texts_of()[section][name]
    return text.format(**values)


@cache
def _texts_of() -> Mapping[str, Any]:
    return read_toml("analysis/reachability.toml")


_REACH: tuple[tuple[str, Question], ...] = (
    ("AWS::EC2::Instance", _instance),
    ("AWS::Lambda::Function", _function_url),
    (
        "AWS::SageMaker::NotebookInstance",
        _where("reach", "notebook", "direct_internet_access", wanted=True),
    ),
    (
        "AWS::SageMaker::Domain",
        _where("reach", "workspace", "network_access", "PublicInternetOnly"),
    ),
    ("AWS::BedrockAgentCore::Gateway", _where("reach", "open_gateway", "auth", "NONE")),
)
_PUBLIC_MODE = _where("call_out", "public_mode", "network_mode", "PUBLIC")
_CALL_OUT: tuple[tuple[str, Question], ...] = (
    ("AWS::EC2::Instance", _routed),
    ("AWS::Lambda::Function", _outside_networks("function")),
    ("AWS::SageMaker::TrainingJob", _outside_networks("job")),
    (
        "AWS::SageMaker::NotebookInstance",
        _where("call_out", "notebook", "direct_internet_access", wanted=True),
    ),
    (
        "AWS::SageMaker::Domain",
        _where("call_out", "workspace", "network_access", "PublicInternetOnly"),
    ),
    ("AWS::BedrockAgentCore::Runtime", _PUBLIC_MODE),
    ("AWS::BedrockAgentCore::CodeInterpreter", _PUBLIC_MODE),
)
