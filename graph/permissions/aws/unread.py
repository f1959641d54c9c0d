"""A policy that applies and that nobody has read: it may allow, it may deny, and its name is the missing fact."""

from functools import lru_cache

from graph.permissions.aws.conditions import Condition
from graph.permissions.aws.document import Policy, Statement
from graph.permissions.aws.named_things import Actions


@lru_cache(maxsize=4_096)
def unread_policy(fact: str, *, may_allow: bool = True, may_deny: bool = True) -> Policy:
    """A policy whose statements hold if and only if a fact does that no context answers."""
    effects = [allows for allows, may in ((True, may_allow), (False, may_deny)) if may]
    return Policy(name=fact, statements=tuple(_statement(fact, allows=item) for item in effects))


def _statement(fact: str, *, allows: bool) -> Statement:
    open_ = Condition(
        key=fact,
        lowered=fact.lower(),
        quantifier="",
        if_exists=False,
        operator=None,
        wanted=("false",),
        checks=(),
        templates=(),
    )
    return Statement(
        allows=allows,
        name="not read",
        pointer="",
        version="2012-10-17",
        acts=Actions(("*",), excluded=False),
        conditions=(open_,),
    )
