# SPDX-License-Identifier: MIT
"""The virtual TPM, what takes longer: all steps of tpm2-tools, long commands beside other CPUs, a service that dies, conformance."""

import hashlib
import os
import re
import sys

import tpm_disk
from harness import BUILD, ROOT
from tpm_busy import BusyBoot
from tpm_guest import SEND, TpmBoot

sys.path.insert(0, str(ROOT / "tests/bench"))

import conformance  # noqa: E402
import tpm  # noqa: E402
from channel import Service  # noqa: E402
from measures import tpm as measure  # noqa: E402

DIRECT = ("--firmware", "none")
STEPS = ("selftest", "getrandom", "pcrread", "primary_ecc", "primary_rsa", "create_load", "seal_unseal", "seal_to_pcr",
         "quote_ecc", "quote_rsa", "nv")
LIST = SEND + """exec 3<>/dev/tpm0
while read -r name command; do
	echo "response $name $(send "$command")"
done </mnt/commands
"""
DEADLY = "80010000000a2000dead"
DEATH = SEND + f"""exec 3<>/dev/tpm0
send {DEADLY} 2>/dev/null && echo answered || echo refused
echo pcr0 $(send {tpm.pcr_read(0).hex()})
echo random $(send {tpm.get_random(8).hex()})
"""
RANDOM = """cat /sys/class/misc/hw_random/rng_current
dd if=/dev/hwrng bs=32 count=1 2>/dev/null | wc -c
"""
# A key that the TPM makes and seals below its storage key; the sealed form brings it back, and a changed one does not.
TRUSTED = """cd /dev/shm; modprobe trusted
exec 2>&1
tpm2=/mnt/tpm2 keyctl=/mnt/keyctl
$tpm2 createprimary -C o -G ecc -c srk -Q && $tpm2 evictcontrol -C o -c srk 0x81000001 -Q && echo stored
key=$($keyctl add trusted kmk 'new 32 keyhandle=0x81000001' @u) && $keyctl pipe "$key" >sealed && echo made
$keyctl unlink "$key" @u && $keyctl search @u trusted kmk 2>/dev/null || echo gone
key=$($keyctl add trusted kmk "load $(cat sealed) keyhandle=0x81000001" @u) && $keyctl pipe "$key" | cmp - sealed && echo loaded
sed 's/....$/0000/' sealed >changed
$keyctl add trusted other "load $(cat changed) keyhandle=0x81000001" @u || echo refused
"""


class Tools(TpmBoot):
    def test_every_step(self):
        self.steps_pass(self.run_in_guest("sh /mnt/tools.sh\n", *DIRECT), *STEPS)

    def test_every_step_after_firmware(self):
        self.steps_pass(self.run_in_guest("sh /mnt/tools.sh\n", "--cpus", "2"), *STEPS)


class Conformance(TpmBoot):
    def test_same_responses_as_in_a_process(self):
        """The same executable, here as a process of the host's, there in ring 3; its random numbers are the same in both."""
        program = BUILD / "tests/bench/services_seeded"
        with Service(os.fspath(program), "vtpm") as service:
            said = conformance.converse(service.command)
        lines = "".join(f"{name} {command.hex()}\n" for name, command, _, _ in said)
        out = self.run_in_guest(LIST, *DIRECT, "--service", program, files={"commands": lines.encode()})
        got = {name: bytes.fromhex(data) for name, data in re.findall(r"^response (\S+) (\S*)$", out, re.MULTILINE)}
        self.assertEqual(set(got), {name for name, _, _, _ in said}, out)
        for name, _, response, timed in said:
            with self.subTest(command=name):
                self.assertEqual(conformance.compared(got[name], timed), conformance.compared(response, timed))


class Busy(BusyBoot):
    def test_long_command(self):
        out = self.others_go_on("/mnt/tpm2 createprimary -C n -G rsa3072 -c key -Q && /mnt/tpm2 readpublic -c key")
        self.assertIn("bits: 3072\n", out)


class Absence(BusyBoot):
    def test_is_short(self):
        """No call keeps its CPU from the guest for more than its budget, neither the one that starts the service nor one of a long command."""
        self.absence_is_short(measure.LONG_KEY)


class Death(TpmBoot):
    def test_costs_one_caller_an_error(self):
        """The next TPM is another, and its PCRs are those of no boot."""
        service = BUILD / "tests/services/services_dying"
        out = self.run_in_guest(DEATH, *DIRECT, "--service", service)
        self.assertIn("refused\n", out)
        spoiled = hashlib.sha256(bytes(32) + hashlib.sha256(b"restarts").digest()).digest()
        self.assertEqual(tpm.pcr_value(bytes.fromhex(re.search(r"^pcr0 (\S+)", out, re.MULTILINE)[1])), spoiled)
        self.assertEqual(tpm.code_of(bytes.fromhex(re.search(r"^random (\S+)", out, re.MULTILINE)[1])), tpm.SUCCESS)


class Kernel(TpmBoot):
    def test_random_numbers_and_trusted_keys(self):
        """Of the generic kernel; the cloud kernel is built without random numbers from a TPM."""
        out = self.run_in_guest(RANDOM + TRUSTED, *DIRECT, "--kernel-flavour", "generic")
        self.assertEqual(out.split()[:2], ["tpm-rng-0", "32"])
        for word in ("stored", "made", "gone", "loaded", "refused"):
            self.assertRegex(out, rf"(?m)^{word}$", out)


class Calls(TpmBoot):
    def test_malformed_calls(self):
        """The conformance guest's rules of chapter 8."""
        image = self.igvm_build("--firmware", BUILD / "guests/conformance.fd", "--service", BUILD / "services/copra-services")
        out = self.conforms(self.copra("--igvm", image))
        self.assertIn("8.2/5 TPM2_GetRandom", out)
        self.assertNotIn("it is not offered", out)
