# SPDX-License-Identifier: MIT
"""Files have at most 500 lines, functions 60 lines (signature to closing brace) and 5 parameters."""

import ast
import re

from lint_tree import Finding

FILE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 5
SIZED = (".c", ".h", ".S", ".asl", ".py", ".sh", ".build", ".ld")
HEAD = re.compile(r"^(?!\s|#|typedef\b|struct\s+\w+\s*\{)[^;={}#]*?\b(\w+)\s*\(([^{};]*)\)[^;={}]*\{", re.M)


def findings(tree):
    found = []
    for path in sorted(set(tree.of(*SIZED)) | set(tree.script_files)):
        lines = tree.text(path).count("\n")
        if lines > FILE_LINES:
            found.append(Finding(path, FILE_LINES, f"the file has {lines} lines, allowed are {FILE_LINES}"))
    for path in tree.c_files:
        found += c_functions(tree, path)
    for path, kind in tree.script_files.items():
        if kind == "python":
            found += python_functions(tree, path)
    return found


def c_functions(tree, path):
    code = tree.code(path)
    for match in HEAD.finditer(code):
        end = closing(code, match.end() - 1)
        lines = code.count("\n", match.start(), end) + 1
        yield from judge(path, code.count("\n", 0, match.start()) + 1, match[1], lines, parameters(match[2]))


def closing(code, opening):
    """Offset of the brace that closes the one at `opening`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(code)


def parameters(text):
    depth = commas = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        commas += character == "," and depth == 0
    return 0 if text.strip() in ("", "void") else commas + 1


def python_functions(tree, path):
    try:
        parsed = ast.parse(tree.text(path))
    except SyntaxError:
        return
    for node in ast.walk(parsed):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            count = sum(argument.arg != "self" for argument in node.args.args)
            yield from judge(path, node.lineno, node.name, node.end_lineno - node.lineno + 1, count)


def judge(path, line, name, lines, count):
    if lines > FUNCTION_LINES:
        yield Finding(path, line, f"{name} has {lines} lines, allowed are {FUNCTION_LINES}")
    if count > PARAMETERS:
        yield Finding(path, line, f"{name} has {count} parameters, allowed are {PARAMETERS}")
