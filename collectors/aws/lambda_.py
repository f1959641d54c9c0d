"""Lambda: functions, who may call them, what they run as."""

from collectors.reads import Detail, Read

READS: tuple[Read, ...] = (
    Read(
        client="lambda",
        operation="ListFunctions",
        items="/Functions",
        details=(
            Detail(
                operation="GetPolicy",
                params={"FunctionName": "/FunctionName"},
                absent=("ResourceNotFoundException",),
            ),
            Detail(
                operation="GetFunctionUrlConfig",
                params={"FunctionName": "/FunctionName"},
                absent=("ResourceNotFoundException",),
            ),
            Detail(operation="ListTags", params={"Resource": "/FunctionArn"}),
        ),
    ),
)
