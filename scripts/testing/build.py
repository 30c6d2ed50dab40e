# SPDX-License-Identifier: MIT
"""Builds the tree: with the default compiler, and the fuzz targets with clang."""

import json

from testing.commands import run_command

ALL_PARTS = "svsm,services,machine,tools,guests,tests"
BUILD_SECONDS = 900


def configure(root, folder, options):
    """A folder that an older tree configured may not know every option; configuring it anew teaches it."""
    if (folder / "build.ninja").exists():
        done = run_command(["meson", "configure", folder, *options], 120, cwd=root)
        anew = ["meson", "setup", "--reconfigure", *options, folder, root]
        return done if done.status == 0 else run_command(anew, 300, cwd=root)
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
    done = run_command(["meson", "introspect", "--tests", folder], 60, apart=True, cwd=root)
    return json.loads(done.output) if done.status == 0 else []
