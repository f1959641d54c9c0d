"""Facts about a target that a technique needs, in three values."""

from graph.estate import Estate
from graph.model import Asset, Verdict
from graph.permissions.aws.asker import NO, YES, Answer, open_because

_WORDS = {
    "console_password": "has a console password",
    "exec_enabled": "was started with ECS Exec enabled",
    "lifecycle_config": "has a lifecycle configuration",
}
_KEYS = 2  # access keys that a user may have


def fact(name: str, target: Asset, estate: Estate) -> Answer:
    """Whether a named fact of catalogue.FACTS holds for a target."""
    if name in {"key_slot", "no_key_slot"}:
        full = _access_keys(target, estate) >= _KEYS
        return YES if full is (name == "no_key_slot") else NO
    if name == "no_console_password":  # not read: that there is none is the ordinary case
        return NO if target.properties.get("console_password") else YES
    if name == "in_service":  # likewise
        return YES if target.properties.get("status") in {None, "InService"} else NO
    if name not in target.properties:
        return open_because(f"whether {target.name} {_WORDS[name]}")
    return YES if target.properties[name] else NO


def _access_keys(target: Asset, estate: Estate) -> int:
    return sum(item.kind == "AUTHENTICATES_TO" for item in estate.incoming.get(target.id, ()))


def holds(names: tuple[str, ...], target: Asset, estate: Estate) -> Answer:
    """All facts together."""
    total = YES
    for name in names:
        total = total.and_(fact(name, target, estate))
    return total if total.verdict is not Verdict.NO else NO
