# SPDX-License-Identifier: MIT
"""Where things are, how a guest is run, and what a result looks like."""

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple, Optional

RUN_SECONDS = 600
MEMORY = "256M"


class BenchError(Exception):
    """A measure could not be taken."""


class Result(NamedTuple):
    name: str
    value: float
    unit: str
    limit: Optional[float] = None  # the value should not be above it
    note: str = ""

    def value_text(self):
        number = f"{self.value:,.0f}" if float(self.value).is_integer() or self.value >= 1000 else f"{self.value:.2f}"
        return f"{number} {self.unit}".strip()

    def limit_text(self):
        if self.limit is None:
            return ""
        return f"{'ok' if self.value <= self.limit else 'OVER'} (limit {self.limit:,g})"

    def record(self):
        return {key: value for key, value in self._asdict().items() if value not in (None, "")}


class Context:
    def __init__(self, root, build, runs):
        self.root = root
        self.build = build
        self.runs = runs

    def find(self, pattern):
        found = sorted(self.build.glob(pattern))
        if not found:
            raise BenchError(f"no {pattern} in {self.build}: run `make build` first")
        return found[0]

    def run(self, *words, seconds=RUN_SECONDS, status=0):
        """Runs a program and returns it with its output as text; another exit status than wanted is an error."""
        command = [str(word) for word in words]
        try:
            done = subprocess.run(command, cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  errors="replace", timeout=seconds, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BenchError(f"{command[0]}: {error}") from error
        if done.returncode != status:
            raise BenchError(f"{' '.join(command)}: exit status {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
        return done

    def program_image(self, folder, program, *options):
        """An IGVM file that runs a flat program: the name of one of guests/, or a file."""
        file = program if isinstance(program, Path) else self.find(f"guests/{program}.bin")
        path = Path(folder) / f"{file.stem}.igvm"
        self.run(self.find("tools/igvm/igvm"), "build", "--kernel-image", self.find("svsm/copra-svsm.elf"), "--program", file,
                 "--output", path, *options)
        return path

    def run_program(self, program, *options, status=0, build_options=()):
        """Runs it under the machine; returns the finished launcher and the lines of the trace."""
        with tempfile.TemporaryDirectory(prefix="copra-bench-") as folder:
            image = self.program_image(folder, program, *build_options)
            trace = Path(folder) / "trace"
            done = self.run(self.root / "copra", "run", "--igvm", image, "--trace", trace, "--timeout", RUN_SECONDS - 30,
                            "--log", Path(folder) / "log", "--accel", "tcg", *options, status=status)
            return done, trace.read_text(errors="replace").splitlines()


def counters(trace, vmpl):
    """Name -> value of the counter records of one VMPL, all vCPUs together (docs/trace.md)."""
    found = {}
    for line in trace:
        words = line.split()
        values = dict(word.split("=", 1) for word in words if "=" in word)
        if "counter" in words and values.get("vmpl") == str(vmpl):
            found[values["name"]] = found.get(values["name"], 0) + int(values["value"])
    return found
