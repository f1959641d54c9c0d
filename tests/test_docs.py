"""The pages: every link leads somewhere, and the command line's page is what the commands say."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_every_page_is_named_in_the_readme() -> None:
    named = set(LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))
    pages = {page.relative_to(ROOT).as_posix() for page in PAGES} - {"README.md"}
    assert pages <= named


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "packaging" / "command_docs.py"))["render"]()
    kept = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert made == kept, "run `make docs`"
