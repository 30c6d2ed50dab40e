# SPDX-License-Identifier: MIT
"""The guest's console when nobody sits at it."""

import shlex

from harness import BOOT_SECONDS, EXTRA_SECONDS, ROOT, Boot, run

TYPED = "".join(f"echo line-$((1000 + {n}))\n" for n in range(100))


class Console(Boot):
    def test_piped_input(self):
        """All of it reaches the shell, though it is there before the kernel is, and the shell ends with it."""
        words = [str(ROOT / "copra"), "run", "--firmware", "none", "--timeout", str(BOOT_SECONDS)]
        done = run(["sh", "-c", f"printf %s {shlex.quote(TYPED)} | {shlex.join(words)}"], BOOT_SECONDS + EXTRA_SECONDS)
        self.assertEqual(done.status, 0, done.describe())
        for number in range(1000, 1100):
            self.assertIn(f"line-{number}", done.out, done.describe())
