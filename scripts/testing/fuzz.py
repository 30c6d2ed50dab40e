# SPDX-License-Identifier: MIT
"""Fuzz targets: some seconds each here, long in `make fuzz`. Built with clang in a folder of their own."""

import functools
import os
import shutil

from testing.build import BUILD_SECONDS, configure, meson_tests
from testing.commands import run_all, run_command
from testing.unit import is_fuzz


def build_fuzz(root, folder, results):
    """The targets, built; nothing else of that folder is."""
    environment = dict(os.environ, CC="clang")
    options = ["-Dparts=services,tests"]
    done = (configure(root, folder, options) if (folder / "build.ninja").exists()
            else run_command(["meson", "setup", folder, *options], 300, cwd=root, env=environment))
    targets = fuzz_tests(root, folder) if done.status == 0 else []
    if done.status == 0:
        names = [os.path.relpath(test["cmd"][0], folder) for test in targets]
        done = run_command(["ninja", "-C", folder, *names], BUILD_SECONDS, cwd=root)
    if done.status != 0 or not targets:
        results.fail("fuzz build", done.output or "no targets")
        return []
    return targets


def fuzz_tests(root, folder):
    return [test for test in meson_tests(root, folder) if is_fuzz(test)]


def run_target(test, seconds, results):
    """The target grows its corpus in the build folder, from the seeds in the tree that Meson's arguments name."""
    artefacts = os.path.join(test["workdir"] or ".", "")
    command = [*test["cmd"], f"-max_total_time={seconds}", f"-artifact_prefix={artefacts}", "-print_final_stats=1"]
    done = run_command(command, seconds + 120, env=dict(os.environ, **test["env"]), cwd=test["workdir"])
    runs = [line.split()[-1] for line in done.output.splitlines() if "number_of_executed_units" in line]
    if done.status == 0 and runs:
        results.ok(f"fuzz {test['name']}", 1, f"{runs[0]} inputs")
    else:
        results.fail(f"fuzz {test['name']}", done.output)


def run_fuzz(root, folder, results, pattern, seconds):
    if not shutil.which("clang"):
        results.skip("fuzz", "clang is not installed")
        return
    targets = [dict(test, workdir=test["workdir"] or str(folder)) for test in build_fuzz(root, folder, results)
               if pattern in test["name"]]
    run_all(functools.partial(run_target, test, seconds, results) for test in targets)
