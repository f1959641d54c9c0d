"""Context keys that follow from who calls: what AWS sets from the principal, and what a direct call never carries.

Source: IAM User Guide, "AWS global condition context keys", availability of each key; "Variables and tags", table of principal
key values. () says that a key is known to be absent.
"""

from collections.abc import Mapping

from graph.permissions.aws.context import Values
from graph.permissions.aws.principals import Principal

# What a caller chooses for itself, and how it calls here: directly, over TLS.
_DIRECTLY: Mapping[str, Values] = {
    "aws:securetransport": ("true",),
    "aws:viaawsservice": ("false",),
    "aws:principalisawsservice": ("false",),
}
# Set where a service calls with a principal of its own.
_OF_SERVICES = ("aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid")
_BY_SERVICE: Mapping[str, Values] = {**_DIRECTLY, "aws:principalisawsservice": ("true",)}
_BY_IDENTITY: Mapping[str, Values] = {**_DIRECTLY, **dict.fromkeys(_OF_SERVICES, ())}


def keys_of(
    caller: Principal, *, arn: str, opened: str = "", organisation: str = ""
) -> Mapping[str, Values]:
    """`arn` is the user or role behind the caller, "" if nobody knows; `opened` when its session may have begun."""
    if caller.is_service:
        return _BY_SERVICE
    if not caller.account:
        return _DIRECTLY
    keys = {**_BY_IDENTITY, "aws:principalaccount": (caller.account,)}
    if not arn:
        return keys
    keys["aws:principalarn"] = (arn,)
    keys["aws:username"] = (arn.rpartition("/")[2],) if caller.is_user else ()
    if caller.is_user:
        keys["aws:principaltype"] = ("User",)
    elif caller.role_name:
        keys["aws:principaltype"] = ("AssumedRole",)
        if opened:
            keys["aws:tokenissuetime"] = (opened,)
    if organisation:
        keys["aws:principalorgid"] = (organisation,)
    return keys
