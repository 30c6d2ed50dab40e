# SPDX-License-Identifier: MIT
"""Builds the tree: with the default compiler, and the fuzz targets with clang."""

import json

from testing.commands import run_command

ALL_PARTS = "svsm,services,machine,tools,guests,tests"
BUILD_SECONDS = 900


def configure(root, folder, options):
    if (folder / "build.ninja").exists():
        return run_command(["meson", "configure", folder, *options], 120, cwd=root)
    return run_command(["meson", "setup", folder, *options], 300, cwd=root)


def build(root, folder, results):
    """One result for the whole build. Returns whether it stands."""
    done = configure(root, folder, [f"-Dparts={ALL_PARTS}"])
    if done.status == 0:
        done = run_command(["ninja", "-C", folder], BUILD_SECONDS, cwd=root)
    if done.status != 0:
        results.fail("build", done.output)
        return False
    results.ok("build")
    return True


def meson_tests(root, folder):
    """The tests that Meson knows: dictionaries with name, suite, cmd, env, workdir, timeout."""
    done = run_command(["meson", "introspect", "--tests", folder], 60, cwd=root)
    return json.loads(done.output) if done.status == 0 else []
