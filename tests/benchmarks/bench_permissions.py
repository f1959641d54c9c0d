"""Effective permissions of 100, 1,000 and 10,000 principals: the cost of one more principal stays what it was."""

import sys
from time import process_time

from graph.model import Relationship
from graph.permissions.aws.derive import derive_identity
from tests.benchmarks.estates import identities


def test_cost_grows_with_principals_and_not_with_their_square() -> None:
    each: list[float] = []
    print(f"\nPython {sys.version.split()[0]}")
    for count in (100, 1_000, 10_000):
        estate = identities(count)
        before = process_time()
        edges = sum(isinstance(item, Relationship) for item in derive_identity(estate))
        spent = process_time() - before
        each.append(spent / count)
        print(
            f"  {count:6,} principals: {spent:6.2f} s CPU, {edges:7,} edges, {1e3 * each[-1]:.2f} ms each"
        )
    assert each[2] < 4 * each[1]
