# SPDX-License-Identifier: MIT
"""Lint: one result for each check of scripts/lint."""

from testing.commands import run_command

LINT_SECONDS = 600
SKIP_STATUS = 77


def run_lint(root, folder, results, pattern):
    listing = run_command([root / "scripts/lint", "--list"], 60, cwd=root)
    names = [line.split()[0].rstrip(":") for line in listing.output.splitlines() if line.strip()]
    if listing.status != 0 or not names:
        results.fail("lint", listing.output or "no checks")
    for name in names:
        if pattern not in name:
            continue
        done = run_command([root / "scripts/lint", "--build", folder, name], LINT_SECONDS, cwd=root)
        if done.status == 0:
            results.ok(f"lint {name}")
        elif done.status == SKIP_STATUS:
            results.skip(f"lint {name}", done.output.strip().rpartition("skipped: ")[2])
        else:
            results.fail(f"lint {name}", done.output)
