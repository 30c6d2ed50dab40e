# SPDX-License-Identifier: MIT
"""Finds the checks in a C file, and says what the file is without one of them.

A check is a condition that leads to a return or to an error, one operand of it where it has several, or a choice between results.
"""

import collections
import re
from typing import NamedTuple

CONDITION = re.compile(r"\b(if|while|for)\s*\(")
RETURN = re.compile(r"\b(?:return|bool \w+ =|ready =|good =)\s*([^;{}]*);")
FUNCTION = re.compile(r"\b(\w+)\((?:[^;{}()]|\([^()]*\))*\)\s*\n\{")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"", re.S)
OPENING, CLOSING = "([{", ")]}"


class Mutant(NamedTuple):
    path: str
    function: str
    check: str  # the source of it, in one line
    instead: str  # what stands in its place
    start: int
    end: int
    nth: int  # of those that would have the same name

    @property
    def name(self):
        nth = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.path} {self.function}: {self.check} -> {self.instead}{nth}"

    def apply(self, text):
        return text[:self.start] + self.instead + text[self.end:]


def blank(text):
    """The text with comments and strings as blanks, everything at its place."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def closing(text, opening):
    """Index of the bracket that ends the one at `opening`."""
    depth = 0
    for i in range(opening, len(text)):
        depth += (text[i] in OPENING) - (text[i] in CLOSING)
        if depth == 0:
            return i
    raise ValueError("a bracket that is not closed")


def split(text, start, end, separator):
    """Spans of the parts of an expression between separators that no bracket holds, without blanks around them."""
    depth, begin, spans = 0, start, []
    i = start
    while i < end:
        depth += (text[i] in OPENING) - (text[i] in CLOSING)
        if depth == 0 and text.startswith(separator, i):
            spans.append((begin, i))
            i += len(separator)
            begin = i
        else:
            i += 1
    spans.append((begin, end))
    return [trim(text, *span) for span in spans]


def trim(text, start, end):
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def body(text, after):
    """The statement that a condition guards."""
    start = trim(text, after, len(text))[0]
    if text[start] == "{":
        return text[start:closing(text, start) + 1]
    return text[start:text.index(";", start) + 1]


def weakened(text, start, end, refuses):
    """Spans and replacements that make one operand of a condition count no more."""
    parts = split(text, start, end, "||")
    if len(parts) > 1:
        return [(span, "false") for span in parts]
    parts = split(text, start, end, "&&")
    if len(parts) > 1 and not refuses:
        return [(span, "true") for span in parts]
    return [(trim(text, start, end), "false" if refuses else "true")]


def of_condition(text, match):
    opening = match.end() - 1
    end = closing(text, opening)
    if match[1] == "for":
        clauses = split(text, opening + 1, end, ";")
        parts = split(text, *clauses[1], "&&") if len(clauses) == 3 else []
        return [(span, "true") for span in parts if "ERR_OK" in text[slice(*span)]]
    guarded = body(text, end + 1)
    if match[1] == "while":
        parts = split(text, opening + 1, end, "&&")
        return [(span, "true") for span in parts if "ERR_OK" in text[slice(*span)]]
    goes_on = "== ERR_OK" in text[opening:end] and not re.search(r"\breturn\b", guarded)
    if goes_on:
        return weakened(text, opening + 1, end, refuses=False)
    if re.search(r"\b(?:return|error =)", guarded):
        return weakened(text, opening + 1, end, refuses=True)
    return []


def of_result(text, match):
    start, end = match.span(1)
    choice = split(text, start, end, "?")
    if len(choice) == 2:
        return [(choice[0], "true"), (choice[0], "false")] if re.search(r"\bERR_|\bSVSM_ERR_", match[1]) else []
    if "&&" in match[1] or "||" in match[1]:
        parts = split(text, start, end, "||")
        return [(span, "false") for span in parts] if len(parts) > 1 else weakened(text, start, end, refuses=False)
    return []


def mutants_of(path, source):
    text = blank(source)
    functions = [(m.end(), m[1]) for m in FUNCTION.finditer(text)]
    found = {}
    for match in CONDITION.finditer(text):
        found.update({(span, instead): None for span, instead in of_condition(text, match)})
    for match in RETURN.finditer(text):
        found.update({(span, instead): None for span, instead in of_result(text, match)})
    seen = collections.Counter()
    for (start, end), instead in sorted(found):
        inside = [name for at, name in functions if at <= start]
        if inside:
            key = (inside[-1], " ".join(source[start:end].split()), instead)
            seen[key] += 1
            yield Mutant(path, *key, start, end, seen[key])
