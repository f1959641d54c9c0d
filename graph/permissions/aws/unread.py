"""A policy that applies and that nobody has read: it may allow, it may deny, and its name is the missing fact."""

from functools import lru_cache

from graph.permissions.aws.document import Policy, compile_policy

NOT_READ = "not read"


@lru_cache(maxsize=4_096)
def unread_policy(
    fact: str, *, may_allow: bool = True, may_deny: bool = True, account: str = ""
) -> Policy:
    """A policy whose statements hold if and only if a fact does that no context answers.

    `account`: it is taken to delegate to that account, as policies do unless somebody changes them.
    """
    effects = [effect for effect, may in (("Allow", may_allow), ("Deny", may_deny)) if may]
    statements = [
        {
            "Sid": NOT_READ,
            "Effect": effect,
            "Action": "*",
            "Condition": {"Null": {fact: "false"}},
            **({"Principal": {"AWS": account}} if account else {}),
        }
        for effect in effects
    ]
    return compile_policy({"Statement": statements}, fact)
