"""Whether a service may assume a role, by the role's trust policy.

A service that acts for the account's own resource meets aws:SourceAccount, and aws:SourceArn where the caller names the
resource. Source: IAM User Guide, "The confused deputy problem".
"""

from collections.abc import Iterator

from graph.model import Asset, Verdict
from graph.permissions.aws.asker import Answer, best
from graph.permissions.aws.edges import evidence_of, missing_of
from graph.permissions.aws.world import World, verdict_of

_ASSUME = "sts:AssumeRole"


def service_may_assume(world: World, role: Asset, service: str) -> Answer:
    """The trust policy's answer for a service principal, with the resource that suits it best."""
    return best(_answers(world, role, service))


def _answers(world: World, role: Asset, service: str) -> Iterator[Answer]:
    for source in ("", *_sources(world, role)):
        more = {"aws__sourceaccount": role.account}
        if source:
            more["aws__sourcearn"] = source
        decision = world.decide(service, _ASSUME, role.id, role, **more)
        verdict = verdict_of(decision)
        if verdict is Verdict.NO:
            yield Answer(verdict)
        else:
            yield Answer(verdict, missing_of((decision,)), evidence_of((decision,)))


def _sources(world: World, role: Asset) -> Iterator[str]:
    """Resources of the role's own account that a condition on aws:SourceArn names."""
    policy = world.resource_policy(role)
    for statement in policy.statements if policy else ():
        for keys in statement.condition.values():
            for key, values in keys.items():
                if key.lower() == "aws:sourcearn":
                    for value in values if isinstance(values, list) else [values]:
                        if f":{role.account}:" in str(value) or ":*:" in str(value):
                            yield str(value).replace("*", "x").replace("?", "x")
