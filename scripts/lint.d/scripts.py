# SPDX-License-Identifier: MIT
"""Python and shell files parse, and need nothing but the standard library."""

import ast
import subprocess
import sys

from lint_tree import Finding


def findings(tree):
    own = {path.rsplit("/", 1)[-1][:-3] for path in tree.of(".py")}
    own |= {path.split("/")[-2] for path in tree.of(".py") if "/" in path}
    found = []
    for path, kind in tree.script_files.items():
        found += python_file(tree, path, own) if kind == "python" else shell_file(tree, path)
    return found


def python_file(tree, path, own):
    try:
        parsed = ast.parse(tree.text(path))
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, f"does not parse: {error.msg}")
        return
    for node in ast.walk(parsed):
        for name in imported(node):
            if name not in sys.stdlib_module_names and name not in own:
                yield Finding(path, node.lineno, f"imports {name}, which is not in the standard library")


def imported(node):
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module.split(".")[0]]
    return []


def shell_file(tree, path):
    shell = "bash" if "bash" in tree.text(path).split("\n", 1)[0] else "sh"
    done = subprocess.run([shell, "-n", path], cwd=tree.root, capture_output=True, text=True, check=False)
    if done.returncode:
        yield Finding(path, 1, f"does not parse: {done.stderr.strip().splitlines()[-1]}")
