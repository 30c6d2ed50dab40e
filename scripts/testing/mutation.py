# SPDX-License-Identifier: MIT
"""Each check of the protocols taken out, one at a time; and each rule of the conformance guest broken."""

from testing.commands import run_command

SECONDS = 4 * 3600


def run_once(root, results, name, option):
    done = run_command([root / "scripts" / "mutation", option], SECONDS)
    last = done.output.strip().rpartition("\n")[2]
    if done.status == 0:
        results.ok(name, note=last)
        return
    lines = [line for line in done.output.splitlines() if not line.startswith(("killed", "equivalent", "rule"))]
    results.fail(name, "\n".join(lines[-50:]))


def run_mutation(root, results):
    run_once(root, results, "mutation", "--machine")
    run_once(root, results, "mutation_rules", "--rules")
