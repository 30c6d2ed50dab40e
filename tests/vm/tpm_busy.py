# SPDX-License-Identifier: MIT
"""A TPM command that takes long, beside other CPUs: their timers and their work go on, and neither kernel nor watchdog sees anything stand still."""

import re
import sys

from harness import BUILD, ROOT
from tpm_guest import TpmBoot

sys.path.insert(0, str(ROOT / "tests/bench"))

from measures import tpm as measure  # noqa: E402
from measures.context import Context  # noqa: E402

CPUS = 8
OTHERS = range(1, CPUS)
# The other CPUs count their timer interrupts and their rounds meanwhile.
BESIDE = """ticks() { awk '$1 == "LOC:" { for (i = 3; i < 3 + OTHERS; i++) printf "%s ", $i }' OTHERS=$others /proc/interrupts; }
for cpu in $(seq $others); do
	taskset $(printf %x $((1 << cpu))) sh -c 'while [ ! -e done ]; do usleep 50000; echo; done' >rounds.$cpu &
done
echo before $(ticks)
taskset 1 sh -c ". ./work" && echo worked
echo after $(ticks)
touch done
wait
echo rounds $(for cpu in $(seq $others); do wc -l <rounds.$cpu; done)
echo watchdog $(cat /proc/sys/kernel/soft_watchdog)
"""


class BusyBoot(TpmBoot):
    def others_go_on(self, work, *words, **options):
        """While the first CPU does that; what it writes."""
        command = f"others={len(OTHERS)}\ncat >work <<'END'\n{work}\nEND\n{BESIDE}"
        out = self.run_in_guest(command, "--firmware", "none", "--cpus", str(CPUS), *words, **options)
        for line in ("worked", "watchdog 1"):
            self.assertIn(line + "\n", out)
        before, after, rounds = (list(map(int, re.search(rf"^{word} (.*)$", out, re.MULTILINE)[1].split()))
                                 for word in ("before", "after", "rounds"))
        for cpu in range(len(OTHERS)):
            self.assertGreater(after[cpu] - before[cpu], 10, out)
            self.assertGreater(rounds[cpu], 10, out)
        return out

    def absence_is_short(self, step, program=None):
        """Of the CPU that makes the key; and of the start of the service."""
        steps = [measure.START, step]
        for done, counts in zip(steps, measure.count_in_guest(Context(ROOT, BUILD, 1), self.folder, steps, program)):
            self.assertGreater(counts.ring_3, 10 * measure.ABSENCE_LIMIT)
            self.assertLess(counts.absence, measure.ABSENCE_LIMIT, done.name)
