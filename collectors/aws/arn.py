"""Names of AWS things: building ARNs, taking them apart, and finding out where an answer comes from."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from graph.schema import load_schema

_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12})?:(.+)", re.DOTALL)
_BUCKET_HOST = re.compile(r"https?://([^./]+)\.s3[.-][^/]+")
_BUCKET_PATH = re.compile(r"https?://s3[.-][^/]*/([^/]+)")
_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]?")
_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com[a-z.]*/([^:@]+)")
_LOOKED_AT = 400  # values of an answer that are looked at to find out whose it is


def partition_of(region: str) -> str:
    """The partition that a region belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def account_of(arn: str) -> str:
    """The account number in an ARN, or ""."""
    match = _ARN.match(arn)
    return (match[4] or "") if match else ""


def region_of(arn: str) -> str:
    """The region in an ARN, or ""."""
    match = _ARN.match(arn)
    return match[3] if match else ""


def short_name(arn: str) -> str:
    """The last part of an ARN: what people call the thing."""
    return arn.rpartition("/")[2].rpartition(":")[2] or arn


def is_arn(text: object) -> bool:
    """Whether a value is an ARN."""
    return isinstance(text, str) and text.startswith("arn:")


def bucket_of(uri: str) -> str | None:
    """The name of the bucket in an S3 address (s3://, https://, or an ARN)."""
    if uri.startswith("s3://"):
        return uri[5:].partition("/")[0] or None
    if uri.startswith("arn:") and ":s3:::" in uri:
        return uri.partition(":::")[2].partition("/")[0] or None
    match = _BUCKET_PATH.match(uri) or _BUCKET_HOST.match(uri)
    return match[1] if match else None


def repository_of(image: str) -> tuple[str, str, str] | None:
    """(account, region, repository) of a container image in ECR."""
    match = _ECR.match(image)
    return (match[1], match[2], match[3]) if match else None


@lru_cache(maxsize=200_000)
def kind_of(asset_id: str) -> str | None:
    """The asset kind that an ARN says of itself."""
    return load_schema().kind_of_id(asset_id)


def home_of(value: Any) -> tuple[str, str]:
    """(account, region) that an answer most often names itself; "" where it does not say."""
    accounts: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    for key, text in _texts(value):
        match = _ARN.match(text)
        if match and match[4]:
            accounts[match[4]] += 2 if key.lower().endswith("arn") else 1
            regions[match[3]] += bool(match[3])
        elif key in ("OwnerId", "owner_id"):
            accounts[text] += 2
        elif key in ("AvailabilityZone", "availability_zone") and (zone := _ZONE.match(text)):
            regions[zone[1]] += 1
    return _commonest(accounts), _commonest(regions)


def _commonest(counts: Counter[str]) -> str:
    return min(counts, key=lambda text: (-counts[text], text)) if +counts else ""


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """(key, text) of the first texts in an answer, outermost first."""
    waiting: list[tuple[str, Any]] = [("", value)]
    for key, item in waiting:
        if isinstance(item, str):
            yield key, item
        elif len(waiting) > _LOOKED_AT:
            continue
        elif isinstance(item, dict):
            waiting.extend(item.items())
        elif isinstance(item, list):
            waiting.extend((key, part) for part in item[:_LOOKED_AT])
