"""Characters that act are shown, never obeyed."""

from graph.text import visible


def test_plain_text_stays_as_it_is() -> None:
    assert visible("acme-train-data") == "acme-train-data"
    assert visible("Köln 東京") == "Köln 東京"


def test_acting_characters_are_spelt_out() -> None:
    assert visible("a\u202eb") == "a⟦U+202E⟧b"
    assert visible("line\nbreak\x1b[31m") == "line⟦U+000A⟧break⟦U+001B⟧[31m"
    assert visible("\u200bzero width") == "⟦U+200B⟧zero width"
