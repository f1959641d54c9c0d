"""S3: buckets, who may read and write them, how they are protected."""

from collectors.reads import Detail, Read


def _detail(operation: str, *absent: str) -> Detail:
    return Detail(operation=operation, params={"Bucket": "/Name"}, absent=absent)


READS: tuple[Read, ...] = (
    Read(
        client="s3",
        operation="ListBuckets",
        scope="global",
        items="/Buckets",
        details=(
            _detail("GetBucketLocation"),
            _detail("GetBucketPolicy", "NoSuchBucketPolicy"),
            _detail("GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
            _detail("GetBucketAcl"),
            _detail("GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
            _detail("GetBucketVersioning"),
            _detail("GetBucketLogging"),
            _detail("GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
            _detail("GetBucketTagging", "NoSuchTagSet"),
        ),
    ),
)
