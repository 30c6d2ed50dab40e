# SPDX-License-Identifier: MIT
"""Which rules of docs/conformance.md the conformance guest says are broken, for each mutant."""

import collections
import re
import threading

from testing.commands import run_all
from testing.workshop import CONFORMANCE

ROW = re.compile(r"^\| (\d(?:\.\d)?/\d+) \|", re.MULTILINE)
BROKEN = re.compile(r"^not ok \d+ - (\d(?:\.\d)?/\d+) ", re.MULTILINE)


class Rules:
    """Rule -> the mutants that break it, and how many rules each breaks; rules for which there is a reason why none does."""

    def __init__(self, page, reasons):
        self.rules = ROW.findall(page.read_text(encoding="utf-8"))
        lines = reasons.read_text(encoding="utf-8").splitlines()
        self.reasons = dict(line.split(" # ", 1) for line in lines if line and not line.startswith("#"))
        self.mutants = collections.defaultdict(list)
        self.lock = threading.Lock()

    def note(self, name, output):
        broken = sorted(set(BROKEN.findall(output)))
        with self.lock:
            for rule in broken:
                self.mutants[rule].append((len(broken), name))
            print(f"{name}: {' '.join(broken) or 'none'}", flush=True)

    def report(self, whole):
        """How many rules are not as they should be; that a rule is missing counts when all mutants were tried."""
        wrong = 0
        for rule in self.rules:
            names = self.mutants[rule]
            if names:
                listed = "; it is listed as one that no mutant breaks" if rule in self.reasons else ""
                wrong += bool(listed)
                count, name = min(names)
                print(f"rule {rule}: {len(names)} mutants; {name} breaks {count} rules{listed}")
            elif rule in self.reasons:
                print(f"rule {rule}: none: {self.reasons[rule]}")
            else:
                wrong += whole
                print(f"rule {rule}: none")
        stale = sorted(set(self.reasons) - set(self.rules))
        for rule in stale:
            print(f"rule {rule}: there is no such rule any more")
        broken = sum(bool(self.mutants[rule]) for rule in self.rules)
        print(f"{len(self.rules)} rules: {broken} broken by a mutant, {len(self.reasons)} listed, "
              f"{len(self.rules) - broken - len(set(self.reasons) - set(self.mutants))} missing")
        return wrong + len(stale)


def try_rules(workshop, chosen, rules, machine):
    """On the host, or under the machine."""
    if machine:
        workshop.try_machine()
        for number, mutant in chosen:
            rules.note(mutant.name, workshop.boot(number).output)
        return
    run_all([lambda number=number, mutant=mutant: rules.note(mutant.name, workshop.host_test(CONFORMANCE, number).output)
             for number, mutant in chosen])
