"""SageMaker: where models are built, kept and served."""

from collectors.reads import Detail, Read


def _tags(arn: str) -> Detail:
    return Detail(operation="ListTags", params={"ResourceArn": arn})


def _listed(operation: str, items: str, detail: Detail, arn: str, *more: Detail) -> Read:
    return Read(
        client="sagemaker", operation=operation, items=items, details=(detail, _tags(arn), *more)
    )


READS: tuple[Read, ...] = (
    _listed(
        "ListDomains",
        "/Domains",
        Detail(operation="DescribeDomain", params={"DomainId": "/DomainId"}),
        "/DomainArn",
    ),
    _listed(
        "ListNotebookInstances",
        "/NotebookInstances",
        Detail(
            operation="DescribeNotebookInstance",
            params={"NotebookInstanceName": "/NotebookInstanceName"},
        ),
        "/NotebookInstanceArn",
    ),
    _listed(
        "ListModels",
        "/Models",
        Detail(operation="DescribeModel", params={"ModelName": "/ModelName"}),
        "/ModelArn",
    ),
    _listed(
        "ListEndpointConfigs",
        "/EndpointConfigs",
        Detail(
            operation="DescribeEndpointConfig",
            params={"EndpointConfigName": "/EndpointConfigName"},
        ),
        "/EndpointConfigArn",
    ),
    _listed(
        "ListEndpoints",
        "/Endpoints",
        Detail(operation="DescribeEndpoint", params={"EndpointName": "/EndpointName"}),
        "/EndpointArn",
    ),
    _listed(
        "ListTrainingJobs",
        "/TrainingJobSummaries",
        Detail(operation="DescribeTrainingJob", params={"TrainingJobName": "/TrainingJobName"}),
        "/TrainingJobArn",
    ),
    _listed(
        "ListModelPackageGroups",
        "/ModelPackageGroupSummaryList",
        Detail(
            operation="DescribeModelPackageGroup",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
        ),
        "/ModelPackageGroupArn",
        Detail(
            operation="GetModelPackageGroupPolicy",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
            absent=("ValidationException",),  # "Cannot find resource policy"
        ),
        Detail(
            operation="ListModelPackages",
            params={"ModelPackageGroupName": "/ModelPackageGroupName"},
            items="/ModelPackageSummaryList",
            details=(
                Detail(
                    operation="DescribeModelPackage",
                    params={"ModelPackageName": "/ModelPackageArn"},
                ),
            ),
        ),
    ),
    _listed(
        "ListPipelines",
        "/PipelineSummaries",
        Detail(operation="DescribePipeline", params={"PipelineName": "/PipelineName"}),
        "/PipelineArn",
    ),
)
