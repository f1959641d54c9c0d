"""What the corpus is put together from: a request, statements, documents."""

from typing import Any

Case = dict[str, Any]

ACCOUNT, OTHER = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
APP = f"arn:aws:iam::{ACCOUNT}:role/team/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
EVE = f"arn:aws:iam::{OTHER}:user/eve"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"
SEND = "sqs:SendMessage"


def grant(**more: Any) -> Case:
    """An Allow on everything that `more` does not narrow."""
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **more}


def deny(**more: Any) -> Case:
    """A Deny likewise."""
    return {**grant(**more), "Effect": "Deny"}


def doc(*statements: Case, version: str | None = "2012-10-17") -> Case:
    """A document; statements that set an element to None go without it."""
    kept = [{k: v for k, v in item.items() if v is not None} for item in statements]
    return ({"Version": version} if version else {}) | {"Statement": kept}


def case(rule: str, source: str, expected: str, **more: Any) -> Case:
    """A case of Alice who sends a message to a queue of her account, but for what `more` says."""
    return {
        "rule": rule,
        "source": source,
        "expected": expected,
        "principal": ALICE,
        "action": SEND,
        "resource": QUEUE,
        **more,
    }
