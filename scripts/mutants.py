# SPDX-License-Identifier: MIT
"""Finds the checks in a C file, and says what the file is without one of them.

A check is a condition of an if, of a loop's end before its time, or of a choice between two values; one operand of it where it has several.
What no condition decides, a value or a step, is written down by hand: a function, an expression in it, and what stands in its place.
"""

import collections
import re
from typing import NamedTuple

CONDITION = re.compile(r"\b(if|while|for)\s*\(")
RESULT = re.compile(r"(?:\breturn\b|[^=!<>]=(?!=))\s*([^;{}]*);")
COUNTING = re.compile(r"\w+ < [\w>().+ -]*")  # how far a loop goes, which is no check
FUNCTION = re.compile(r"\b(\w+)\((?:[^;{}()]|\([^()]*\))*\)\s*\n\{")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"", re.S)
WRITTEN = re.compile(r"(\S+) (\w+): (.+) -> (.+)")
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


def operands(text, start, end):
    """Spans and replacements that make one operand of a condition count no more; none where there is one only."""
    parts = split(text, start, end, "||")
    if len(parts) > 1:
        return [(span, "false") for span in parts]
    parts = split(text, start, end, "&&")
    return [(span, "true") for span in parts] if len(parts) > 1 else []


def either(text, start, end):
    """The same, or as if the condition always held, and never."""
    return operands(text, start, end) or [((start, end), "true"), ((start, end), "false")]


def of_loop(text, start, end):
    """What else has to hold for another turn."""
    return [(span, "true") for span in split(text, start, end, "&&") if not COUNTING.fullmatch(text[slice(*span)])]


def of_condition(text, match):
    opening = match.end() - 1
    end = closing(text, opening)
    if match[1] == "for":
        clauses = split(text, opening + 1, end, ";")
        return of_loop(text, *clauses[1]) if len(clauses) == 3 else []
    if match[1] == "while":
        return of_loop(text, opening + 1, end)
    condition = trim(text, opening + 1, end)
    guarded = body(text, end + 1)
    if re.search(r"\breturn\b", guarded):
        alternatives = len(split(text, *condition, "||")) > 1
        return operands(text, *condition) + ([] if alternatives else [(condition, "false")])
    if "== ERR_OK" in text[slice(*condition)]:
        return operands(text, *condition) or [(condition, "true")]
    return either(text, *condition)


def of_result(text, match):
    start, end = match.span(1)
    choice = split(text, start, end, "?")
    if len(choice) == 2:
        return either(text, *choice[0])
    return operands(text, start, end)


def functions_of(text):
    """Where the body of each function begins, and its name."""
    return [(match.end(), match[1]) for match in FUNCTION.finditer(text)]


def mutants_of(path, source):
    text = blank(source)
    functions = functions_of(text)
    found = {}
    for match in CONDITION.finditer(text):
        found.update({(span, instead): None for span, instead in of_condition(text, match)})
    for match in RESULT.finditer(text):
        found.update({(span, instead): None for span, instead in of_result(text, match)})
    seen = collections.Counter()
    for (start, end), instead in sorted(found):
        inside = [name for at, name in functions if at <= start]
        if inside:
            key = (inside[-1], " ".join(source[start:end].split()), instead)
            seen[key] += 1
            yield Mutant(path, *key, start, end, seen[key])


def written_mutant(line, sources):
    """The mutant of a line of the list; the expression stands once in its function."""
    path, name, check, instead = WRITTEN.fullmatch(line).groups()
    source = sources[path]
    text = blank(source)
    begin = next(at for at, function in functions_of(text) if function == name)
    inside = source[begin:closing(text, begin - 1)]
    if inside.count(check) != 1:
        raise ValueError
    start = begin + inside.index(check)
    return Mutant(path, name, check, instead, start, start + len(check), 1)


def with_switches(source, numbered):
    """The source in which each of the mutants is in force when the number that runs is its own: pairs of number and mutant."""
    choices = collections.defaultdict(list)
    for number, mutant in numbered:
        choices[mutant.start, mutant.end].append(f"copra_mutant.number == {number}U ? {mutant.instead} : ")
    pieces, at = [], 0
    # Spans are nested or apart: where several begin the longest is the outermost, where several end the shortest ends first.
    marks = [(start, 1, -end, f"({''.join(choice)}(") for (start, end), choice in choices.items()]
    marks += [(end, 0, -start, "))") for start, end in choices]
    for position, _, _, text in sorted(marks):
        pieces += [source[at:position], text]
        at = position
    return "".join(pieces) + source[at:]
