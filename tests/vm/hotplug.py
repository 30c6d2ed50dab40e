# SPDX-License-Identifier: MIT
"""What the tests of CPUs that go offline and come back share: rounds of all of them, with the module that Linux wants for more than one."""

from smp import SmpBoot

BOOT_SECONDS = 900  # QEMU emulates all CPUs in turn
ALLOWED = "hrtimer: interrupt took"  # says only that the emulated processor had to wait for its turn
# Before, `dmesg` is emptied of what the boot said. Each line of a warning or worse counts: <4> to <0>.
ROUNDS = f"""cd /sys/devices/system/cpu
dmesg -c >/dev/null
round=0
while [ $round -lt ROUNDS ]; do
	for cpu in cpu[1-9]*; do echo 0 >$cpu/online || exit 1; done
	[ $(nproc) = 1 ] || exit 2
	for cpu in cpu[1-9]*; do echo 1 >$cpu/online || exit 1; done
	[ $(nproc) = CPUS ] || exit 3
	dmesg -rc | grep '^<[0-4]>' | grep -v '{ALLOWED}'
	round=$((round + 1))
done
echo rounds $round
"""
GIVEN_BACK = "cat /sys/module/copra_hotplug/parameters/given_back\n"


class HotplugBoot(SmpBoot):
    def rounds(self, cpus, rounds, *words, seconds=BOOT_SECONDS):
        """All but the first CPU go, all come back, again and again; the kernel warns of nothing. What the guest wrote."""
        command = ROUNDS.replace("ROUNDS", str(rounds)).replace("CPUS", str(cpus))
        return self.copra("--cpus", cpus, *words, "--exec", command + GIVEN_BACK * ("--cpu-hotplug" in words), timeout=seconds)

    def rounds_pass(self, cpus, rounds, *words, **options):
        """Each return found the GHCB in use, and it was given back."""
        done = self.rounds(cpus, rounds, "--cpu-hotplug", *words, **options)
        self.assertEqual((done.status, done.out), (0, f"rounds {rounds}\n{rounds * (cpus - 1)}\n"), done.describe())
