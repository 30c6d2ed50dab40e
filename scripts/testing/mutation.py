# SPDX-License-Identifier: MIT
"""Each check of the core protocol taken out, one at a time."""

from testing.commands import run_command

SECONDS = 4 * 3600


def run_mutation(root, results):
    done = run_command([root / "scripts" / "mutation", "--machine"], SECONDS)
    last = done.output.strip().rpartition("\n")[2]
    if done.status == 0:
        results.ok("mutation", note=last)
        return
    lines = [line for line in done.output.splitlines() if not line.startswith(("killed", "equivalent"))]
    results.fail("mutation", "\n".join(lines[-50:]))
