"""Raw records for people: the pointed part marked, what lies around it folded."""

import pytest

from ui import raw

BODY = {"Name": "x", "List": [{"a": 1}, {"b": [2, 3]}, {"c": None}], "Tags": {"k": "v"}}


def marked(spelt: raw.Spelt) -> list[str]:
    return [line.strip() for line in spelt.lines[spelt.first : spelt.last]]


def test_the_pointed_part_is_marked_and_the_rest_folded() -> None:
    spelt = raw.spell(BODY, "/List/1/b")
    assert marked(spelt) == ['"b": [', "2,", "3", "]"]
    whole = "\n".join(spelt.lines)
    assert "… 1 before" in whole
    assert "… 1 after" in whole
    assert '"Tags": { … 1 fields }' in whole
    assert "… 1 before" not in "\n".join(raw.spell(BODY, "/List/1/b", whole=True).lines)


def test_a_pointer_goes_into_json_text() -> None:
    body = {"Policy": '{"Statement":[{"Sid":"One"},{"Sid":"Two"}]}'}
    spelt = raw.spell(body, "/Policy/Statement/1")
    assert marked(spelt) == ["{", '"Sid": "Two"', "}"]
    assert "(JSON text)" in spelt.lines[1]


@pytest.mark.parametrize("text", ["{no json", "[" * 5000])
def test_text_that_only_looks_like_json_stays_text(text: str) -> None:
    spelt = raw.spell({"a": text}, "/a/b")
    assert len(marked(spelt)) == 1


def test_a_pointer_that_leads_nowhere_marks_how_far_it_led() -> None:
    assert marked(raw.spell(BODY, "/Tags/none/at~1all"))[0] == '"Tags": {'


def test_a_large_record_is_cut() -> None:
    spelt = raw.spell({"rows": list(range(20_000))}, whole=True)
    assert len(spelt.lines) == raw.LINES + 1
    assert "cut after" in spelt.lines[-1]
