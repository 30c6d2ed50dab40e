# SPDX-License-Identifier: MIT
"""Which rules of docs/conformance.md the conformance guest says are broken, for each mutant."""

import collections
import re
import threading

from testing.commands import run_all
from testing.workshop import CONFORMANCE

ROW = re.compile(r"^\| (\d(?:\.\d)?/\d+) \|", re.MULTILINE)
BROKEN = re.compile(r"^not ok \d+ - (\d(?:\.\d)?/\d+) ", re.MULTILINE)
FEW = 10  # rules that a mutant may break to say something about each of them


class Rules:
    """Rule -> the mutants that break it, and how many rules each breaks; rules for which it may be otherwise, and why."""

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

    def narrow(self, rule):
        return any(count <= FEW for count, _ in self.mutants[rule])

    def complete(self):
        with self.lock:
            return all(self.narrow(rule) for rule in self.rules if rule not in self.reasons)

    def state(self, rule):
        """What there is to say of a rule, and whether it is as it should be."""
        count, name = min(self.mutants[rule], default=(0, "none"))
        text = f"{name}, which breaks {count}" if count else name
        if rule in self.reasons:
            return f"{text}; listed: {self.reasons[rule]}", True
        return text, self.narrow(rule)

    def report(self):
        """How many rules are not as they should be."""
        wrong = len(set(self.reasons) - set(self.rules))
        for rule in self.rules:
            text, good = self.state(rule)
            wrong += not good
            print(f"{'' if good else 'WRONG '}rule {rule}: {text}")
        for rule in sorted(set(self.reasons) - set(self.rules)):
            print(f"WRONG rule {rule}: there is no such rule any more")
        print(f"{len(self.rules)} rules: {sum(map(self.narrow, self.rules))} broken by a mutant that breaks {FEW} at most, "
              f"{len(self.reasons)} listed, {wrong} wrong")
        return wrong


def try_rules(workshop, chosen, rules, machine):
    """On the host, or under the machine; no more of them than it takes."""
    if machine:
        workshop.try_machine()

    def job(number, mutant):
        if not rules.complete():
            done = workshop.boot(number) if machine else workshop.host_test(CONFORMANCE, number)
            rules.note(mutant.name, done.output)

    run_all([lambda pair=pair: job(*pair) for pair in chosen])
