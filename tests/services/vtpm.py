#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The vTPM service as a process of the host: how it starts, what it answers, and that it never goes on without random numbers.

Programs under test come by the environment: COPRA_SERVICES, the static executable, COPRA_SERVICES_TESTED, the same sources under
the sanitizers with a random source that fails when told to, and COPRA_WITHOUT_GETRANDOM.
"""

import hashlib
import os
import struct
import subprocess
import unittest

import tpm
from channel import COMMAND, ENDORSEMENT_KEY, Died, Service

STATIC = os.environ["COPRA_SERVICES"]
TESTED = os.environ["COPRA_SERVICES_TESTED"]
WITHOUT_GETRANDOM = os.environ["COPRA_WITHOUT_GETRANDOM"]
UNKNOWN_OPERATION, BAD_ARGUMENT, BAD_SIZE, FAILED = 1, 2, 3, 4
MESSAGE_MAX = 4087
KEPT = range(16)


class Answers(unittest.TestCase):
    """Under the sanitizers; one process for all."""

    @classmethod
    def setUpClass(cls):
        cls.service = Service(TESTED, "vtpm")

    @classmethod
    def tearDownClass(cls):
        status = cls.service.close()
        if status:
            raise AssertionError(f"the service ends with status {status}")

    def test_unknown_operation(self):
        for operation in (0, 3, 0xFFFFFFFF):
            self.assertEqual(self.service.request(operation), (UNKNOWN_OPERATION, b""))

    def test_locality_that_is_none(self):
        for locality in (5, 32, 0x100, 0xFFFFFFFF):
            self.assertEqual(self.service.request(COMMAND, locality, tpm.get_random(8)), (BAD_ARGUMENT, b""))

    def test_sizes_of_commands(self):
        self.assertEqual(self.service.request(COMMAND, 0, b""), (BAD_SIZE, b""))
        self.assertEqual(self.service.request(COMMAND, 0, bytes(MESSAGE_MAX + 1)), (BAD_SIZE, b""))
        self.assertEqual(self.service.request(COMMAND, 0, bytes(0x8000)), (BAD_SIZE, b""))

    def test_malformed_commands(self):
        """What is wrong with a command is the TPM's to say."""
        for data in (b"\0", bytes(9), bytes(10), bytes(MESSAGE_MAX), tpm.startup()[:-1], tpm.get_random(8) + b"\0",
                     tpm.plain(0x17B, b"\0"), struct.pack(">HII", 0x8001, 0xFFFFFFFF, 0x17B)):
            self.assertNotEqual(tpm.code_of(self.service.command(data)), tpm.SUCCESS)

    def test_endorsement_key_takes_nothing(self):
        self.assertEqual(self.service.request(ENDORSEMENT_KEY, 1), (BAD_ARGUMENT, b""))
        self.assertEqual(self.service.request(ENDORSEMENT_KEY, 0, b"x"), (BAD_SIZE, b""))

    def test_endorsement_key_is_the_templates(self):
        status, public = self.service.request(ENDORSEMENT_KEY)
        self.assertEqual(status, 0)
        template = public[:-68] + struct.pack(">H32xH32x", 32, 32)
        response = self.service.command(tpm.create_primary(0x4000000B, template))
        self.assertEqual(tpm.code_of(response), tpm.SUCCESS)
        self.assertEqual(response[20:20 + len(public)], public)
        self.assertEqual(tpm.code_of(self.service.command(tpm.flush(struct.unpack_from(">I", response, 10)[0]))), tpm.SUCCESS)

    def test_sizes_of_its_buffers(self):
        """TPM_PT_MAX_COMMAND_SIZE and TPM_PT_MAX_RESPONSE_SIZE, by which drivers judge."""
        for number in (0x11E, 0x11F):
            response = self.service.command(tpm.get_capability(6, number, 1))
            self.assertEqual(struct.unpack_from(">II", response, 19), (number, MESSAGE_MAX))

    def test_localities(self):
        """PCR 20 is the static operating system's to reset from locality 2 on (PC Client profile, table 4)."""
        self.assertEqual(tpm.code_of(self.service.command(tpm.pcr_reset(20), 0)), tpm.LOCALITY)
        self.assertEqual(tpm.code_of(self.service.command(tpm.pcr_reset(20), 2)), tpm.SUCCESS)


class EndorsementKey(unittest.TestCase):
    def test_follows_its_seed(self):
        """Who owns the platform may change the seed: the key named is then another, and none as long as none can be made."""
        with Service(STATIC, "vtpm") as service:
            before = service.request(ENDORSEMENT_KEY)
            self.assertNotEqual(tpm.code_of(service.command(tpm.authorized(0x124, 0x40000001))), tpm.SUCCESS)
            self.assertEqual(service.request(ENDORSEMENT_KEY), before)
            self.assertEqual(tpm.code_of(service.command(tpm.authorized(0x124, 0x4000000C))), tpm.SUCCESS)
            objects = []
            while tpm.code_of(response := service.command(tpm.create_primary(0x40000001, ECC_STORAGE))) == tpm.SUCCESS:
                objects.append(response[10:14])
            self.assertEqual(service.request(ENDORSEMENT_KEY), (FAILED, b""))
            for handle in objects:
                service.command(tpm.flush(struct.unpack(">I", handle)[0]))
            status, after = service.request(ENDORSEMENT_KEY)
            self.assertEqual((status, len(after)), (0, len(before[1])))
            self.assertNotEqual(after, before[1])
            self.assertEqual(after, self.made_by_the_tpm(service, after))

    def test_outlives_what_is_refused(self):
        """Who may not change the seed takes nothing away, also where the owner of the hierarchy has given it a password."""
        with Service(STATIC, "vtpm") as service:
            before = service.request(ENDORSEMENT_KEY)
            self.assertEqual(tpm.code_of(service.command(tpm.authorized(0x129, 0x4000000B, b"\0\4word"))), tpm.SUCCESS)
            for command in (tpm.authorized(0x124, 0x40000001), tpm.authorized(0x124, 0x4000000C)[:-1], tpm.plain(0x124)):
                self.assertNotEqual(tpm.code_of(service.command(command)), tpm.SUCCESS)
                self.assertEqual(service.request(ENDORSEMENT_KEY), before)
            self.assertEqual(tpm.code_of(service.command(tpm.authorized(0x124, 0x4000000C))), tpm.SUCCESS)
            status, after = service.request(ENDORSEMENT_KEY)  # the password went with the seed
            self.assertEqual((status, len(after)), (0, len(before[1])))
            self.assertNotEqual(after, before[1])

    def made_by_the_tpm(self, service, public):
        template = public[:-68] + struct.pack(">H32xH32x", 32, 32)
        return service.command(tpm.create_primary(0x4000000B, template))[20:20 + len(public)]


class Start(unittest.TestCase):
    def test_first(self):
        """The TPM is started, has tested itself, and nothing is measured yet."""
        for program in (STATIC, TESTED):
            with Service(program, "vtpm") as service:
                self.assertEqual(tpm.code_of(service.command(tpm.startup())), tpm.INITIALIZE)
                self.assertEqual(service.command(tpm.plain(0x17C)), struct.pack(">HIIHI", 0x8001, 16, 0, 0, 0))
                for algorithm, size in tpm.SIZES.items():
                    for pcr in KEPT:
                        self.assertEqual(tpm.pcr_value(service.command(tpm.pcr_read(pcr, algorithm))), bytes(size))
            self.assertEqual(service.status, 0)

    def test_after_another_died(self):
        """No PCR can be brought to a boot's values any more."""
        with Service(TESTED, "vtpm", "again") as service:
            self.assertEqual(tpm.code_of(service.command(tpm.startup())), tpm.INITIALIZE)
            for pcr in KEPT:
                value = tpm.pcr_value(service.command(tpm.pcr_read(pcr)))
                self.assertEqual(value, hashlib.sha256(bytes(32) + hashlib.sha256(b"restarts").digest()).digest())
        self.assertEqual(service.status, 0)

    def test_every_tpm_is_another(self):
        keys = set()
        for _ in range(2):
            with Service(STATIC, "vtpm") as service:
                keys.add(service.request(ENDORSEMENT_KEY))
        self.assertEqual(len(keys), 2)

    def test_arguments(self):
        for arguments in ([], ["unknown"], ["vtpm", "now"], ["vtpm", "again", "again"]):
            done = subprocess.run([STATIC, *arguments], capture_output=True, text=True, check=False, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn("usage:", done.stderr)

    def test_without_channel(self):
        done = subprocess.run([STATIC, "vtpm"], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, "vtpm: descriptor 3 cannot be read\n"))

    def test_request_without_head(self):
        with Service(STATIC, "vtpm") as service:
            with self.assertRaises(Died):
                service.send(b"1234567")
            self.assertEqual(service.status, 1)


class RandomNumbers(unittest.TestCase):
    def test_static_program_refuses(self):
        done = subprocess.run([WITHOUT_GETRANDOM, STATIC, "vtpm"], capture_output=True, text=True, check=False, timeout=60)
        if done.returncode == 77:
            self.skipTest(done.stderr.strip())
        self.assertEqual((done.returncode, done.stderr), (1, "vtpm: there are no random numbers; it does not go on without\n"))

    def died(self, calls):
        """Whether the service, with a source that fails after so many calls, died before it answered or while it did."""
        environment = dict(os.environ, COPRA_RANDOM_CALLS=str(calls))
        with Service(TESTED, "vtpm", environment=environment) as service:
            try:
                service.request(ENDORSEMENT_KEY)
                for _ in range(1000):
                    response = service.command(tpm.create_primary(0x40000001, ECC_STORAGE))
                    if tpm.code_of(response):
                        return False
                    service.command(tpm.flush(struct.unpack_from(">I", response, 10)[0]))
                return False
            except Died:
                return service.status == 1

    def test_failure_at_any_time(self):
        """At the start, somewhere in between, and after it has served for a while."""
        for calls in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
            with self.subTest(calls=calls):
                self.assertTrue(self.died(calls))


# TPMT_PUBLIC of an ECC P-256 storage key
ECC_STORAGE = struct.pack(">HHIHHHHHHHHH", 0x23, 0xB, 0x30072, 0, 6, 128, 0x43, 0x10, 3, 0x10, 0, 0)

if __name__ == "__main__":
    unittest.main()
