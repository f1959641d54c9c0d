"""From records of registers and scanners to evidence nodes and the assets that they speak of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from collectors.register import classification, governance
from collectors.register.subjects import Subjects
from graph.estate import Piece
from graph.model import Record

Mapper = Callable[[Record, Subjects], Iterator[Piece]]
MAPPERS: Mapping[str, Mapper] = {
    "register:classification": classification.table,
    "register:governance": governance.table,
    "macie2:GetFindings": classification.macie,
    "dlp:DataProfiles": classification.data_profiles,
    "purview:Assets": classification.purview,
    "sagemaker:DescribeModelCard": governance.model_card,
    "aiplatform:ModelEvaluations": governance.evaluations,
}


def map_records(
    records: Iterable[Record], odd: list[str], known: Sequence[Piece] = ()
) -> Iterator[Piece]:
    """What registers say of the assets among `known`; ids of records that are not built as they should are added to `odd`."""
    found = sorted(
        (record for record in records if record.error is None and record.operation in MAPPERS),
        key=lambda record: (record.operation, record.id),
    )
    subjects = Subjects(known) if found else Subjects(())
    for record in found:
        try:
            yield from list(MAPPERS[record.operation](record, subjects))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            odd.append(record.id)
