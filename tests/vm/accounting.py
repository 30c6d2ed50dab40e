# SPDX-License-Identifier: MIT
"""Interrupt accounting: what the machine sent to the guest is what the guest has seen, while the SVSM serves calls."""

import collections
import re

from harness import Boot

DISK_BYTES = 64 << 20
MARK = "~"  # written to the console, which the machine traces as a port access

# Huge pages make the kernel accept memory, 2 MiB a call (PVALIDATE); CPU 1 goes and comes back (CREATE_VCPU); the disk is read.
WORK = """
mark() { echo "<1>MARK" >/dev/kmsg; }
sample() { mark; cat /proc/interrupts; mark; }
grep Unaccepted /proc/meminfo
pages=160; echo $pages >/proc/sys/vm/nr_hugepages
sample
end=$(($(cut -d. -f1 /proc/uptime) + SECONDS)); round=0
while [ $(cut -d. -f1 /proc/uptime) -lt $end ] || [ $round -lt 10 ]; do
	dd if=/dev/vda of=/dev/null bs=64k count=64 skip=$((round % 16 * 64)) 2>/dev/null
	echo 3 >/proc/sys/vm/drop_caches
	[ $pages -lt 1200 ] && pages=$((pages + 24)) && echo $pages >/proc/sys/vm/nr_hugepages
	[ $round = 3 ] && echo 0 >/sys/devices/system/cpu/cpu1/online && echo 1 >/sys/devices/system/cpu/cpu1/online
	round=$((round + 1))
done
sleep 1
sample
grep Unaccepted /proc/meminfo
""".replace("MARK", MARK)


def lines_of(out, pattern):
    """The counts per CPU of one line of /proc/interrupts, at each sample."""
    return [[int(n) for n in line.split(":")[1].split()[:2]] for line in out.splitlines() if re.search(pattern, line)]


def sent_in(records):
    """How often each timer and each vector was sent to VMPL2."""
    sent = collections.Counter()
    for record in records:
        match = re.search(r" cpu=(\d+) .* timer target=2 | interrupt target=2 vector=(\d+) ", record + " ")
        if match:
            sent[f"timer {match[1]}" if match[1] else f"vector {match[2]}"] += 1
    return sent


class Accounting(Boot):
    def work(self, seconds):
        disk = self.folder / "disk.img"
        with open(disk, "wb") as file:
            file.truncate(DISK_BYTES)
        trace = self.folder / "trace"
        done = self.copra("--cpus", "2", "--memory", "3G", "--disk", disk, "--trace", trace, "--trace-classes",
                          "interrupt,io,vmgexit", "--counters", "--exec", WORK.replace("SECONDS", str(seconds)))
        self.assertEqual(done.status, 0, done.describe())
        self.out, self.err = done.out, done.err
        self.records = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        mark = f"value={ord(MARK):#x}"
        self.marks = [i for i, record in enumerate(self.records) if " port=0x3f8 " in record and mark in record]
        self.assertEqual(len(self.marks), 4, self.marks)

    def timers(self):
        """Each sample lies between two marks: so many at least, so many at the most were sent between the samples."""
        least = sent_in(self.records[self.marks[1]:self.marks[2]])
        most = sent_in(self.records[self.marks[0]:self.marks[3]])
        before, after = lines_of(self.out, r"^ *LOC:")
        for cpu in (0, 1):
            seen = after[cpu] - before[cpu]
            self.assertLessEqual(least[f"timer {cpu}"], seen, f"CPU {cpu}: timer interrupts are missing")
            self.assertGreaterEqual(most[f"timer {cpu}"], seen, f"CPU {cpu}: timer interrupts came twice")
            self.assertGreater(seen, 0)

    def disk(self):
        """The disk rests at both samples; each of its queues has a vector of its own, and one CPU's."""
        sent = sent_in(self.records[self.marks[0]:self.marks[3]])
        samples = lines_of(self.out, r"virtio1-req\.")
        half = len(samples) // 2
        seen = collections.Counter(sum(after) - sum(before) for before, after in zip(samples[:half], samples[half:]))
        del seen[0]
        vectors = collections.Counter(n for name, n in sent.items() if name.startswith("vector"))
        self.assertFalse(seen - vectors, sent)  # no two queues by one vector's count
        self.assertTrue(seen)

    def kept(self):
        """Of all that arrived at the guest's APICs, to the end, nothing is lost: taken, merged, or the last one still waiting."""
        for cpu in (0, 1):
            counted = {name: int(value) for name, value in
                       re.findall(rf"counter cpu={cpu} vmpl=2 name=interrupts_(\w+) value=(\d+)", self.err)}
            arrived = sum(counted.get(name, 0) for name in ("timer", "device", "ipi"))
            self.assertGreater(arrived, 0, self.err)
            waiting = arrived - sum(counted.get(name, 0) for name in ("merged", "lost", "taken"))
            self.assertIn(waiting, range(3), counted)

    def nothing_is_lost_or_doubled(self, seconds):
        self.work(seconds)
        calls = sum(" vmgexit code=0x80000018 " in record and " vmpl=2 " in record
                    for record in self.records[self.marks[1]:self.marks[2]])
        self.assertGreater(calls, 50, f"too few calls of the SVSM between the samples\n{self.out}")
        self.timers()
        self.disk()
        self.kept()
