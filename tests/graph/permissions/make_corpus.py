"""Write tests/fixtures/permissions/aws_requests.jsonl anew: `python -m tests.graph.permissions.make_corpus`."""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.graph.permissions import corpus_conditions, corpus_layers

CORPUS = Path(__file__).parents[2] / "fixtures" / "permissions" / "aws_requests.jsonl"


def lines() -> Iterator[str]:
    """One case a line, numbered, each said once."""
    seen = set()
    for case in chain(corpus_conditions.cases(), corpus_layers.cases()):
        text = json.dumps({k: v for k, v in case.items() if k != "rule"}, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield json.dumps({"id": f"aws-{len(seen):04}", **case}, ensure_ascii=False)


if __name__ == "__main__":
    CORPUS.parent.mkdir(parents=True, exist_ok=True)
    CORPUS.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8", newline="\n")
