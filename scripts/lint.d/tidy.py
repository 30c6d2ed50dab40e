# SPDX-License-Identifier: MIT
"""clang-tidy finds nothing (.clang-tidy: names, function size, parameters, depth, likely bugs).

A file is looked at again only when it, a header of the tree that it includes, its arguments or the profile changed.
"""

import json
import re
import subprocess

from lint_tree import Finding, digest_of, need

# A test's assertions are macros, and their insides count as levels; lines and parameters are the sizes check's as well.
MACROS_NEST = "[readability-function-size"
REPORT = re.compile(r"^(/[^:]+):(\d+):\d+: (?:warning|error): (.*)$")


def findings(tree):
    program = need("clang-tidy")
    need("clang")
    tree.cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    base = digest_of(version, *(tree.root / path for path in tree.of(".clang-tidy")))
    return list(tree.parallel(lambda path: of_file(tree, program, base, path), tree.compiled))


def of_file(tree, program, base, path):
    arguments = tree.compilations[path]
    key = tree.cache / f"tidy-{digest_of(base, path, *arguments, *sources(tree, path, arguments))}.json"
    if key.is_file():
        return [Finding(*item) for item in json.loads(key.read_text())]
    command = [program, "--quiet", str(tree.root / path), "--", *arguments]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    found = list(reports(tree, done.stdout))
    if done.returncode and not any(REPORT.match(line) for line in done.stdout.splitlines()):
        return [Finding(path, 1, f"clang-tidy failed: {done.stderr.strip()[-300:]}")]
    key.write_text(json.dumps(found))
    return found


def reports(tree, output):
    for line in output.splitlines():
        match = REPORT.match(line)
        path = tree.relative(match[1]) if match else None
        if path and not (path.startswith("tests/") and MACROS_NEST in match[3]):
            yield Finding(path, int(match[2]), match[3])


def sources(tree, path, arguments):
    """The file and all headers of the tree that it reads."""
    command = ["clang", "-MM", *arguments, str(tree.root / path)]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=False)
    words = done.stdout.replace("\\\n", " ").split()[1:]
    named = sorted({tree.relative(word) for word in words} - {None})
    return [tree.root / name for name in named] or [tree.root / path]
