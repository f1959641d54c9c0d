"""Steps as text: `internet -CAN_REACH-> notebook -RUNS_AS-> role -CAN_READ|CAN_ADMIN/CONTAINS-> data`.

a -KIND-> b            one relationship           a <-KIND- b      the same from b to a
a -A|B-> b             either                     a -A/B-> b       one after the other
a -[A|B*0..3]-> b      at most three in a row     a -[A*]-> b      any number, at least one
a -:identity*-> b      of an attack class: every traversable kind of it
"""

import re
from collections.abc import Callable

from graph.rules.model import StepPattern
from graph.rules.table import suggestion
from graph.schema import Schema

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_ARROW = re.compile(r"(<)?-\[?([^\s\[\]<>]+?)\]?-(>)?\Z")
_REPEAT = re.compile(r"([^*]+)\*(?:(\d+)\.\.(\d+)?)?\Z")
_MOST = 20

Refuse = Callable[[str], Exception]  # an error that names the place in the file


def parse_steps(text: str, schema: Schema, refuse: Refuse) -> tuple[StepPattern, ...]:
    """The steps of one line: assets and arrows in turn, parted by spaces."""
    words = text.split()
    if len(words) < len(("asset", "arrow", "asset")) or len(words) % 2 == 0:
        raise refuse(f"{text!r}: write `asset -KIND-> asset`, with spaces around each arrow")
    for name in words[::2]:
        if not _NAME.match(name):
            raise refuse(f"{name!r} is no name of an asset (lower-case letters, digits, _)")
    return tuple(
        _step(words[i - 1], words[i], words[i + 1], schema, refuse) for i in range(1, len(words), 2)
    )


def _step(left: str, arrow: str, right: str, schema: Schema, refuse: Refuse) -> StepPattern:
    found = _ARROW.match(arrow)
    if not found or bool(found[1]) == bool(found[3]):
        raise refuse(f"{arrow!r} is no arrow; write -KIND-> or <-KIND-")
    body, least, most = _repetition(found[2], refuse)
    chains = tuple(
        tuple(_kinds(atom, schema, refuse) for atom in chain.split("/"))
        for chain in body.split("|")
    )
    if (least, most) != (1, 1):
        if any(len(chain) > 1 for chain in chains):
            raise refuse(f"{arrow!r}: only single relationships can repeat, not A/B")
        chains = ((frozenset().union(*(chain[0] for chain in chains)),),)
    source, target = (right, left) if found[1] else (left, right)
    return StepPattern(source=source, target=target, chains=chains, least=least, most=most)


def _repetition(body: str, refuse: Refuse) -> tuple[str, int, int | None]:
    if "*" not in body:
        return body, 1, 1
    found = _REPEAT.match(body)
    if not found:
        raise refuse(f"{body!r}: write *, *1.. or *0..3 at the end")
    if found[2] is None:
        return found[1], 1, None
    least, most = int(found[2]), int(found[3]) if found[3] else None
    if least > 1 or (most is not None and not max(least, 1) <= most <= _MOST):
        raise refuse(f"{body!r}: a repetition begins with 0 or 1 and ends at most with {_MOST}")
    return found[1], least, most


def _kinds(atom: str, schema: Schema, refuse: Refuse) -> frozenset[str]:
    """The kinds that a word of an arrow stands for."""
    if atom.startswith(":"):
        of_class = frozenset(
            kind.name
            for kind in schema.relationships.values()
            if kind.attack_class == atom[1:] and kind.traversable
        )
        if of_class:
            return of_class
        raise refuse(f"{atom!r} is no attack class with traversable relationships")
    if atom not in schema.relationships:
        raise refuse(f"{atom!r} is no relationship kind{suggestion(atom, schema.relationships)}")
    return frozenset({atom})
