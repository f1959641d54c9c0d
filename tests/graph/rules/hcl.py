"""A strict reader of the part of Terraform's language that remediations use: blocks, arguments, comments.

An expression is not evaluated, only held to balanced brackets. Anything else that does not fit is a ValueError.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\n]*|//[^\n]*)|(?P<newline>\n)|(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)|(?P<mark>=>|==|[={}\[\](),.:?*])""",
    re.VERBOSE,
)
_CLOSES = {"(": ")", "[": "]", "{": "}"}
Token = tuple[str, str]  # kind and text


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its type, its labels, the names of its arguments, the blocks in it."""

    type: str
    labels: tuple[str, ...] = ()
    arguments: list[str] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)


def read(text: str) -> list[Block]:
    """The blocks of a file."""
    tokens = _tokens(text)
    root = Block("")
    end = _body(tokens, 0, root)
    if end != len(tokens) or root.arguments:
        raise ValueError(f"not a list of blocks: {text}")
    return root.blocks


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"cannot read {text[at : at + 30]!r}")
        if found.lastgroup != "space":
            tokens.append((str(found.lastgroup), found[0]))
        at = found.end()
    return tokens


def _body(tokens: list[Token], at: int, block: Block) -> int:
    """Fill a block up to the bracket that closes it, or the end; each thing on a line of its own."""
    while at < len(tokens) and tokens[at][1] != "}":
        kind, word = tokens[at]
        if kind == "newline":
            at += 1
        elif kind != "name":
            raise ValueError(f"expected a name, not {word!r}")
        elif tokens[at + 1 : at + 2] == [("mark", "=")]:
            block.arguments.append(word)
            at = _expression(tokens, at + 2)
        else:
            at = _block(tokens, at, block)
    twice = [name for name, count in Counter(block.arguments).items() if count > 1]
    if twice:
        raise ValueError(f"{block.type}: {twice} given twice")
    return at


def _block(tokens: list[Token], at: int, parent: Block) -> int:
    opened = tokens.index(("mark", "{"), at)
    labels = tokens[at + 1 : opened]
    if any(kind != "string" for kind, _ in labels):
        raise ValueError(f"{tokens[at][1]}: neither an argument nor a block")
    block = Block(tokens[at][1], tuple(text.strip('"') for _, text in labels))
    parent.blocks.append(block)
    end = _body(tokens, opened + 1, block)
    if tokens[end : end + 1] != [("mark", "}")]:
        raise ValueError(f"{block.type}: not closed")
    if tokens[end + 1 : end + 2] not in ([], [("newline", "\n")]):
        raise ValueError(f"{block.type}: more on the line that closes it")
    return end + 1


def _expression(tokens: list[Token], at: int) -> int:
    """The end of an expression: the line's end, or a closing bracket that is not its own."""
    start = at
    open_: list[str] = []
    while at < len(tokens):
        kind, text = tokens[at]
        if not open_ and (kind == "newline" or text == "}"):
            break
        if kind == "mark" and text in _CLOSES:
            open_.append(_CLOSES[text])
        elif kind == "mark" and text in _CLOSES.values() and (not open_ or open_.pop() != text):
            raise ValueError(f"{text!r} closes nothing")
        at += 1
    if open_ or at == start:
        raise ValueError(f"unfinished: {tokens[start - 2][1]}")
    return at
