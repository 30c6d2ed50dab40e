#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""copra verify from outside: verify.py TOOL VECTORS. Good evidence is accepted; each way of tampering is refused, for the right reason."""

import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import digest
import igvm_format as f
import verify_evidence as ev
import verify_quote as tpm
from verify_base import DATA, EK, MANIFEST, NONCE, Base, run

VECTORS = pathlib.Path(sys.argv[2])


class Evidence(Base):
    def test_good(self):
        outcomes = self.accepted()
        self.assertEqual({check for check, outcome in outcomes.items() if outcome != "holds"}, {"revocation", "id-key"})
        self.accepted(report=struct.pack("<II24x", 0, 0x4A0) + self.signed())  # as the PSP answers
        self.accepted(version=2, family=0, model=0)
        self.accepted(vmpl=2, words=["--vmpl", "2"])
        self.accepted(policy=0xB0000, words=["--allow-debug"])
        self.accepted(policy=0x70000, words=["--allow-migration"])
        self.accepted(words=["--min-tcb", hex(ev.TCB)])
        self.accepted(id_key=b"K" * 48, words=["--id-key-digest", (b"K" * 48).hex()])
        self.accepted(table=ev.table([(ev.VCEK, self.vcek), (ev.ASK, self.ask)]))
        self.accepted(manifest=EK, report_data=ev.report_data(NONCE, EK))  # of a single service

    def test_manifest_of_nobody(self):
        """A guest at VMPL 2 can have a report made of any manifest, and without report data it is of none."""
        self.assertEqual(self.accepted()["ek"], "holds")
        for options in ({"vmpl": 2, "words": ["--vmpl", "2"]}, {"vmpl": 2, "words": ["--skip", "vmpl"]}, {"words": ["--skip", "vmpl"]},
                        {"words": ["--skip", "report-data"], "manifest": ev.services([(ev.VTPM, EK)])}):
            self.assertEqual(self.accepted(**options)["ek"], "not checked", options)
            other = ev.services([(ev.VTPM, EK[1:])])
            self.refused("ek", "another endorsement key", **{**options, "manifest": other, "report_data": ev.report_data(NONCE, other)})

    def test_each_bit_of_the_report_is_signed(self):
        good = self.signed()
        for name, (at, _) in ev.FIELDS.items():
            with self.subTest(name):
                report = bytearray(good)
                report[at + (1 if name == "version" else 0)] ^= 0x40 if name != "algorithm" else 2
                expected = {"version": ("format", "version"), "algorithm": ("signature", "algorithm 3")}
                self.refused(*expected.get(name, ("signature", "did not sign")), report=bytes(report))

    def test_signed_but_wrong(self):
        cases = [
            ("vmpl", "VMPL 2 asked", {"vmpl": 2}),
            ("vmpl", "not VMPL 2", {"words": ["--vmpl", "2"]}),
            ("digest", "something else was launched", {"measurement": b"N" * 48}),
            ("policy", "debug", {"policy": 0xB0000}),
            ("policy", "migrated", {"policy": 0x70000}),
            ("policy", "bit 17", {"policy": 0x10000}),
            ("tcb-floor", "reported TCB", {"words": ["--min-tcb", hex(ev.TCB + 1)]}),
            ("tcb-floor", "launch TCB", {"launch_tcb": ev.TCB - 1, "words": ["--min-tcb", hex(ev.TCB)]}),
            ("tcb-floor", "committed TCB", {"committed_tcb": 0, "words": ["--min-tcb", hex(ev.TCB)]}),
            ("tcb", "boot loader level 5", {"reported_tcb": ev.TCB + 1}),
            ("tcb", "microcode level", {"reported_tcb": ev.TCB - (1 << 56)}),
            ("tcb", "FMC", {"family": 0x1A}),
            ("chip", "another chip", {"chip_id": bytes(64)}),
            ("signature", "key 1 signed it", {"key_info": 1 << 2}),
            ("signature", "key 7 signed it", {"key_info": 7 << 2}),
            ("signature", "algorithm 2", {"algorithm": 2}),
            ("id-key", "another key", {"words": ["--id-key-digest", "00" * 47 + "01"]}),
            ("format", "version 6", {"version": 6}),
            ("format", "version 1", {"version": 1}),
        ]
        for check, text, options in cases:
            with self.subTest(f"{check}: {text}"):
                self.refused(check, text, **options)

    def test_signature(self):
        good = self.signed()
        self.refused("signature", "behind the signature", report=good[:-1] + b"\1")
        self.refused("signature", "did not sign", report=good[:ev.SIGNED] + bytes(512))
        self.refused("signature", "did not sign", report=good[:ev.SIGNED] + b"\xFF" * 144 + bytes(368))

    def test_nonce_and_manifest(self):
        self.refused("report-data", "this nonce and manifest", nonce=bytes(64))
        self.refused("report-data", "a nonce has 64 bytes, this is 65", nonce=NONCE + b"\0")
        swapped = ev.services([(ev.VTPM, EK), (bytes(16), b"some other service")])
        self.refused("report-data", "this nonce and manifest", manifest=swapped)
        self.refused("report-data", "this nonce and manifest", manifest=MANIFEST[:-1])
        self.refused("report-data", "not for this nonce", manifest=None)
        self.refused("report-data", "not for this nonce", manifest=None, nonce=bytes(64))

    def test_border_of_nonce_and_manifest(self):
        """A guest puts a table of services of its own behind a short nonce and calls both the nonce."""
        short = bytes(8)
        size = 64 - len(short) + len(MANIFEST)
        front = ev.TABLE + struct.pack("<II", size, 1) + ev.VTPM + struct.pack("<II", 64 - len(short), len(MANIFEST))
        self.assertLessEqual(len(short + front), 64)
        front = front.ljust(64 - len(short), b"\0")
        report = self.chain.sign(ev.report(self.chain.chip, ev.report_data(short + front, MANIFEST)))
        self.refused("report-data", "a nonce has 64 bytes, this is 8", report=report, nonce=short, manifest=front + MANIFEST)

    def test_manifests(self):
        other = ev.services([(ev.VTPM, EK[1:])])
        many = ev.TABLE + struct.pack("<II", 24, 65)
        cases = [
            (other, "another endorsement key"),
            (ev.services([]), "no vTPM"),
            (ev.services([(ev.VTPM, EK), (ev.VTPM, EK)]), "two vTPMs"),
            (MANIFEST + b"\0", "wrong length"),
            (many, "wrong length"),
            (ev.TABLE + struct.pack("<II", 24, 1), "points beyond"),
            (ev.TABLE + struct.pack("<II", 48, 1) + ev.VTPM + struct.pack("<II", 48, 1), "points beyond"),
            (b"", "empty"),
        ]
        for manifest, text in cases:
            with self.subTest(text):
                self.refused("ek", text, manifest=manifest, report_data=ev.report_data(NONCE, manifest))

    def test_chains(self):
        other = self.chain.der("other_ark")
        flipped = bytearray(self.vcek)
        flipped[-1] ^= 1
        cases = [
            ("chain", "in the VCEK's place", [(ev.ARK, self.ark), (ev.ASK, self.vcek), (ev.VCEK, self.ask)]),
            ("chain", "in the ASK's place", [(ev.ASK, self.vcek), (ev.VCEK, self.vcek)]),
            ("chain", "not signed by ARK", [(ev.ARK, self.ask), (ev.ASK, self.ark), (ev.VCEK, self.vcek)]),
            ("chain", "is missing", [(ev.ARK, self.ark), (ev.VCEK, self.vcek)]),
            ("chain", "not signed by ASK", [(ev.ARK, self.ark), (ev.ASK, self.ask), (ev.VCEK, bytes(flipped))]),
            ("root", "not one that you trust", [(ev.ARK, other), (ev.ASK, self.ask), (ev.VCEK, self.vcek)]),
            ("signature", "did not sign", [(ev.ASK, self.ask), (ev.VCEK, self.chain.der("other_vcek"))]),
            ("format", "no certificate of the chip", [(ev.ARK, self.ark), (ev.ASK, self.ask)]),
            ("format", "two certificates", [(ev.VCEK, self.vcek), (ev.VCEK, self.vcek)]),
            ("format", "no X.509", [(ev.VCEK, self.vcek[:-1])]),
            ("format", "no X.509", [(ev.VCEK, self.vcek + b"\0")]),
            ("format", "too long", [(bytes([i] * 16), b"") for i in range(1, 20)]),
        ]
        for check, text, entries in cases:
            with self.subTest(f"{check}: {text}"):
                self.refused(check, text, table=ev.table(entries))

    def test_chip_ids(self):
        """As OCTET STRING or bare, whole or Turin's 8 bytes; no other."""
        for as_der in (True, False):
            for size in (64, 8, 16, 63, 66):
                with self.subTest(as_der=as_der, size=size):
                    chip = bytes([4, 62, *range(2, size)])
                    options = {"table": ev.table([(ev.ASK, self.ask), (ev.VCEK, self.chain.vcek_for(chip, as_der))]), "chip_id": chip}
                    if size in (64, 8):
                        self.accepted(**options)
                    else:
                        self.refused("chip", "another chip", **options)

    def test_tables(self):
        self.refused("format", "has no end", table=ev.table([(b"x" * 16, b"")], end=False))
        self.refused("format", "beyond its end", table=ev.VCEK + struct.pack("<II", 48, 1) + bytes(24))
        self.refused("format", "beyond its end", table=ev.VCEK + struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + bytes(24))
        self.refused("format", "has no end", table=b"")

    def test_roots(self):
        ark, other = ((self.folder / f"{name}.pem").read_bytes() for name in ("ark", "other_ark"))
        self.file("both.pem", b"text before\n" + other + b"text between\n" + ark + b"text behind\n")
        self.accepted(roots="both.pem")
        lines = other.splitlines(keepends=True)
        broken = [b"".join(lines[:3]), b"".join([*lines[:-1], b"-----END RUBBISH-----\n"]), b"".join([lines[0], lines[1][:10] + b"*" + lines[1][11:], *lines[2:]]),
                  b"".join([lines[0], *lines[2:]])]
        for bad in broken:
            for text in (ark + bad, bad + ark):
                done = run("--report", "r", "--certificates", "c", "--nonce", "00", "--skip", "digest", "--test-roots", self.file("broken.pem", text))
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn("broken.pem: a certificate in it is broken", done.stderr)
        self.refused("root", "no root that you trust", roots="other_ark.pem", table=ev.table([(ev.ASK, self.ask), (ev.VCEK, self.vcek)]))
        self.refused("root", "not one that you trust", roots="other_ark.pem")

    def test_encrypted(self):
        """Whoever made the evidence has nobody asked for a pass phrase, at the terminal or else on the standard input."""
        head = "-----BEGIN {0}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{1}\n\n{2}\n-----END {0}-----\n"
        certificate, key = (self.file(name, head.format(name, "00" * 16, "MDEy" * 12).encode()) for name in ("CERTIFICATE", "PUBLIC KEY"))
        base = ["--report", self.file("report", self.signed()), "--nonce", NONCE.hex(), "--skip", "digest,report-data"]
        table, roots = ["--certificates", self.file("table", self.table)], ["--test-roots", self.folder / "ark.pem"]
        signature = struct.pack(">HHHBHB", tpm.ECDSA, tpm.SHA256, 1, 1, 1, 1)
        quote = ["--quote", self.file("quote", tpm.quote(NONCE)), "--quote-signature", self.file("quote.sig", signature), "--quote-key", key]
        for words in (["--vcek", certificate, *roots], [*table, "--test-roots", certificate], [*table, *roots, *quote]):
            with self.subTest(words=words[-2:]):
                done = run(*base, *words, input="phrase\n" * 9, start_new_session=True, timeout=60)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertNotIn("pass phrase", done.stderr)

    def test_time(self):
        self.refused("validity", "any more", words=["--time", 4102444800])
        self.refused("validity", "yet", words=["--time", 1000])
        self.accepted(words=["--time", 4102444800, "--skip", "validity"])

    def igvm(self, *policies):
        image = f.image([f.platform(), *(f.policy(value=policy) for policy in policies), f.page()])
        return bytes.fromhex(digest.launch_digest(image)), ["--igvm", self.file("file.igvm", image)]

    def test_igvm_file(self):
        measured, words = self.igvm(0x30000)
        self.accepted(measurement=measured, words=words)
        self.refused("digest", "something else was launched", measurement=bytes([measured[0] ^ 1]) + measured[1:], words=words)
        self.refused("policy", "is not the IGVM file's, 0x30000", measurement=measured, policy=0x10030000, words=words)
        self.accepted(measurement=measured, policy=0x10030000, words=self.igvm()[1])
        self.accepted(measurement=measured, words=self.igvm(0x30000, 0x30000)[1])
        done = run("--report", "r", "--certificates", "c", "--nonce", "00", "--roots", "a", *self.igvm(0x30000, 0x20000)[1])
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("two different guest policies", done.stderr)

    def test_lengths(self):
        good = self.signed()
        for report in (b"", good[:-1], good + b"\0", bytes(0x4C0 - 1)):
            self.refused("format", "a report has 1184 bytes", report=report)
        self.refused("format", "status 0x16", report=struct.pack("<II24x", 0x16, 0) + bytes(0x4A0))

    def test_batch(self):
        good, bad = self.file("good", self.signed()), self.file("bad", self.signed(vmpl=2))
        manifest, table = self.file("manifest", MANIFEST), self.file("table", self.table)
        lines = [f"{good} {manifest} {NONCE.hex()} {table}", "", f"{bad} {manifest} {NONCE.hex()} -", f"{good} {manifest} zz -",
                 f"{self.folder / 'none'} - - -", f"{good} {manifest} {NONCE.hex()} - more"] * 50
        words = ["--test-roots", self.folder / "ark.pem", "--measurement", (b"M" * 48).hex(), "--certificates", table,
                 "--batch", self.file("lines", "\n".join(lines).encode())]
        done = run(*words, "--jobs", 3)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        out = done.stdout.splitlines()
        self.assertEqual(out[:5] * 50, out)
        for line, text in zip(out, [f"accepted {good}", f"refused {bad}: vmpl: VMPL 2", "format: the nonce", "No such file", "not a line"]):
            self.assertIn(text, line)
        answers = [json.loads(line)["accepted"] for line in run(*words, "--json").stdout.splitlines()]
        self.assertEqual(answers, [True, False, False, False, False] * 50)

    def test_batch_of_nothing(self):
        """A list that got lost on the way is not accepted, nor is a demand overlooked that no line looks at."""
        words = ["--test-roots", self.folder / "ark.pem", "--skip", "digest", "--certificates", self.file("table", self.table), "--batch"]
        for text in (b"", b"\n \n\t\r\n", b"\0"):
            done = run(*words, self.file("empty", text))
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("there is no line in it", done.stderr)
        for more in (["--report", "r"], ["--manifest", "m"], ["--nonce", NONCE.hex()], ["--nonce-file", "n"]):
            done = run(*words, self.file("line", b"x y z t\n"), *more)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("--batch excludes", done.stderr)

    def test_batch_of_chains(self):
        """What is known of one line's certificates says nothing of the next line's."""
        other_ark = self.chain.der("other_ark")
        flipped = {name: der[:-1] + bytes([der[-1] ^ 1]) for name, der in (("ark", self.ark), ("ask", self.ask), ("vcek", self.vcek))}
        good = [(ev.ARK, self.ark), (ev.ASK, self.ask), (ev.VCEK, self.vcek)]
        tables = [good, [*good[:2], (ev.VCEK, flipped["vcek"])], [(ev.ARK, self.ark), (ev.ASK, flipped["ask"]), good[2]], good[1:],
                  [(ev.ARK, flipped["ark"]), *good[1:]], good[::2], [(ev.ARK, other_ark), *good[1:]], [(ev.ARK, self.ask), (ev.ASK, self.ark), good[2]],
                  [*good[:2], (ev.VCEK, self.chain.der("other_vcek"))], [(ev.ASK, self.vcek), good[2]], [*good[:2], (ev.VCEK, self.vcek[:-1])],
                  [(ev.ASK, self.ask[:-1]), good[2]], [(ev.ASK, self.ask + b"\0"), good[2]]]
        report, manifest = self.file("report", self.signed()), self.file("manifest", MANIFEST)
        lines = [f"{report} {manifest} {NONCE.hex()} {self.file(f'table-{number}', ev.table(entries))}\n" for number, entries in enumerate(tables)]
        words = ["--test-roots", self.folder / "ark.pem", "--measurement", (b"M" * 48).hex(), "--json", "--jobs", 1]
        alone = [run(*words, "--batch", self.file("lines", line.encode())).stdout for line in lines]
        self.assertEqual([json.loads(text)["accepted"] for text in alone], [True, False, False, True] + [False] * 9)
        pairs = [(a, b) for a in range(len(lines)) for b in range(len(lines))]
        done = run(*words, "--batch", self.file("lines", "".join(lines[a] + lines[b] for a, b in pairs).encode()))
        self.assertEqual(done.stdout, "".join(alone[a] + alone[b] for a, b in pairs))

    def test_no_nonce(self):
        """What was signed over no nonce at all may be of any day."""
        stale = self.file("stale", self.chain.sign(ev.report(self.chain.chip, hashlib.sha512(MANIFEST).digest())))
        manifest, table = self.file("manifest", MANIFEST), self.file("table", self.table)
        words = ["--test-roots", self.folder / "ark.pem", "--measurement", (b"M" * 48).hex(), "--certificates", table]
        for more in (["--report", stale, "--manifest", manifest, "--nonce", ""],
                     ["--batch", self.file("line", f"{stale} {manifest} - {table}\n".encode())]):
            done = run(*words, *more)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("report-data: there is no nonce" if "--batch" in more else "FAILS        report-data  there is no nonce", done.stdout)

    def test_full_output(self):
        """A verdict that nobody could read is none."""
        table, line = self.file("table", self.table), self.file("line", b"x y z t\n")
        words = ["--test-roots", self.folder / "ark.pem", "--measurement", (b"M" * 48).hex(), "--certificates", table]
        good = ["--report", self.file("good", self.signed()), "--manifest", self.file("manifest", MANIFEST), "--nonce", NONCE.hex()]
        for more in (good, [*good, "--json"], ["--batch", line]):
            with open("/dev/full", "wb") as full:
                done = run(*words, *more, capture_output=False, stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn("cannot be written", done.stderr)


class Quotes(Base):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tpm.make_key(cls.folder, "ak", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        tpm.make_key(cls.folder, "rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        cls.good = cls.chain.sign(ev.report(cls.chain.chip, DATA))

    def words(self, quote=None, key="ak", scheme=tpm.ECDSA, log=tpm.LOG, **options):
        quote = tpm.quote(NONCE) if quote is None else quote
        signature = options.get("signature") or tpm.sign(self.folder, key, options.get("signed", quote), scheme)
        words = ["--quote", self.file("quote", quote), "--quote-signature", self.file("quote.sig", signature), "--quote-key", self.folder / f"{key}.pub"]
        return words + ([] if log is None else ["--event-log", self.file("log", log)])

    def quote_accepted(self, **options):
        return self.accepted(report=self.good, words=self.words(**options))

    def quote_refused(self, check, text, **options):
        self.refused(check, text, report=self.good, words=self.words(**options))

    def test_no_nonce(self):
        quote = tpm.quote(b"")
        done = run("--report", self.file("report", self.good), "--certificates", self.file("table", self.table), "--test-roots", self.folder / "ark.pem",
                   "--skip", "digest,report-data", *self.words(quote=quote))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("FAILS        quote-nonce  there is no nonce", done.stdout)

    def test_accepted(self):
        outcomes = self.quote_accepted()
        self.assertEqual([outcomes[name] for name in ("quote", "quote-nonce", "quote-pcrs", "quote-key")], ["holds"] * 3 + ["not checked"])
        self.quote_accepted(key="rsa", scheme=tpm.RSASSA)
        self.quote_accepted(key="rsa", scheme=tpm.RSAPSS)
        self.assertEqual(self.quote_accepted(log=None)["quote-pcrs"], "not checked")
        self.quote_accepted(quote=tpm.quote(NONCE, pcrs=range(24)))

    def test_pcrs(self):
        """What the log says of PCRs that are not quoted could be anything, and a quote over none that matters says nothing."""
        for pcrs, missing in (((16, 23), "0,1,2,3,4,5,6,7"), ((0, 4, 7), "1,2,3,5,6"), (range(1, 8), "0")):
            self.quote_refused("quote-pcrs", f"does not cover PCR {missing} (", quote=tpm.quote(NONCE, pcrs=pcrs))
            self.quote_refused("quote-pcrs", f"does not cover PCR {missing} (", quote=tpm.quote(NONCE, pcrs=pcrs), log=tpm.log_header())
        for listed, pcrs in (("4", (4,)), ("0,7", (0, 7)), ("0-7", range(8)), ("4-4,7,0", (0, 4, 7)), ("22-23,1", (1, 22, 23))):
            words = self.words(quote=tpm.quote(NONCE, pcrs=pcrs))
            self.accepted(report=self.good, words=[*words, "--pcrs", listed])
            self.refused("quote-pcrs", "does not cover PCR 12 (", report=self.good, words=[*words, "--pcrs", f"{listed},12"])
        words = self.words(quote=tpm.quote(NONCE, pcrs=(4,)), log=None)
        self.assertEqual(self.accepted(report=self.good, words=[*words, "--pcrs", "4"])["quote-pcrs"], "not checked")
        self.refused("quote-pcrs", "does not cover PCR 5 (", report=self.good, words=[*words, "--pcrs", "4-5"])

    def test_quotes(self):
        good = tpm.quote(NONCE)
        self.quote_refused("quote-nonce", "not for this nonce", quote=tpm.quote(bytes(64)))  # replayed
        self.quote_refused("quote", "did not sign", signed=good + b"x")
        self.quote_refused("quote", "did not sign", key="rsa", signature=tpm.sign(self.folder, "ak", good, tpm.ECDSA))
        self.quote_refused("quote", "not a TPM's quote", quote=tpm.quote(NONCE, magic=0))
        self.quote_refused("quote", "not a TPM's quote", quote=tpm.quote(NONCE, kind=0x8017))
        self.quote_refused("quote", "not a TPM's quote", quote=good[:-1])
        self.quote_refused("quote", "not a TPM's quote", quote=good + b"x")
        self.quote_refused("quote", "no known form", signature=tpm.sign(self.folder, "ak", good, tpm.ECDSA)[:-1])
        self.quote_refused("quote", "no known form", signature=struct.pack(">HHH", tpm.RSASSA, 4, 0))  # SHA-1

    def test_two_digests_of_one_hash(self):
        """Two readers of such a log may take different ones for what was measured."""
        name, data = hashlib.sha256(b"what is pretended").digest(), tpm.EVENTS[-1][2]
        front = tpm.LOG[:-len(tpm.event(*tpm.EVENTS[-1]))]
        for pair in ((name, hashlib.sha256(data).digest()), (hashlib.sha256(data).digest(), name)):
            last = tpm.event(*tpm.EVENTS[-1], [(tpm.SHA256, digest) for digest in pair])
            self.quote_refused("quote-pcrs", "two digests of one hash", log=front + last)
        self.quote_refused("quote-pcrs", "two digests of one hash", log=front + tpm.event(*tpm.EVENTS[-1], [
            (4, bytes(20)), (tpm.SHA256, hashlib.sha256(data).digest()), (4, bytes(20))]))

    def test_digest_that_is_in_no_pcr(self):
        """A reader might take it for measured."""
        good = hashlib.sha256(b"a loader that never ran").digest()
        self.quote_accepted(log=tpm.LOG + tpm.event(4, tpm.NO_ACTION, b"loader"))
        self.quote_refused("quote-pcrs", "that no PCR has", log=tpm.LOG + tpm.event(4, tpm.NO_ACTION, b"loader", [(tpm.SHA256, good)]))

    def test_banks(self):
        """It is said of which banks the log is proven: the other digests of each event could be anything."""
        def text(quote, log):
            checks = self.verify(report=self.good, words=self.words(quote=quote, log=log))["checks"]
            return {item["check"]: (item["outcome"], item["text"]) for item in checks}["quote-pcrs"]
        pcrs = "0,1,2,3,4,5,6,7"
        self.assertEqual(text(tpm.quote(NONCE), tpm.LOG), ("holds", f"the event log is what these PCRs hold: SHA-256 {pcrs}"))
        values = {algorithm: {pcr: bytes(size) for pcr in range(8)} for algorithm, size in ((tpm.SHA256, 32), (tpm.SHA384, 48))}
        log = tpm.log_header(((tpm.SHA256, 32), (tpm.SHA384, 48)))
        for pcr, kind, data in tpm.EVENTS:
            log += tpm.event(pcr, kind, data, [(tpm.SHA256, hashlib.sha256(data).digest()), (tpm.SHA384, hashlib.sha384(data).digest())])
            for algorithm, one in ((tpm.SHA256, hashlib.sha256), (tpm.SHA384, hashlib.sha384)):
                values[algorithm][pcr] = one(values[algorithm][pcr] + one(data).digest()).digest()
        for first, second in ((tpm.SHA256, tpm.SHA384), (tpm.SHA384, tpm.SHA256)):
            quote = tpm.quote_of_banks(NONCE, [(first, values[first]), (second, values[second])])
            names = {tpm.SHA256: "SHA-256", tpm.SHA384: "SHA-384"}
            self.assertEqual(text(quote, log), ("holds", f"the event log is what these PCRs hold: {names[first]} {pcrs}, {names[second]} {pcrs}"))
            self.assertEqual(text(quote, log.replace(hashlib.sha384(b"loader").digest(), bytes(48)))[0], "fails")

    def test_logs(self):
        header = tpm.log_header()
        cases = [
            (tpm.LOG[:-1], "cut off"),
            (tpm.LOG + tpm.event(8, 8, b"of a PCR that was not quoted"), "has events of PCR 8, which the quote does not cover"),
            (tpm.LOG + tpm.event(23, 3, b"that extends nothing"), None),
            (tpm.LOG + tpm.event(4, 8, b"more"), "not what the PCRs hold"),
            (header + b"".join(tpm.event(*item) for item in tpm.EVENTS), "not what the PCRs hold"),  # locality
            (header + b"".join(tpm.event(*item) for item in tpm.EVENTS[::-1]), "not what the PCRs hold"),
            (header, "not what the PCRs hold"),
            (tpm.LOG[4:], "header"),
            (b"", "header"),
            (tpm.LOG + tpm.event(24, 8, b"more"), "does not exist"),
            (tpm.LOG + struct.pack("<III", 1, 8, 0) + bytes(4), "no digest"),
            (tpm.LOG + struct.pack("<III", 1, 8, 0xFFFFFFFF), "cut off"),
            (tpm.LOG + struct.pack("<IIIH", 1, 8, 1, 0x99), "cut off"),
        ]
        for log, text in cases:
            with self.subTest(text):
                if text is None:
                    self.quote_accepted(log=log)
                else:
                    self.quote_refused("quote-pcrs", text, log=log)
        self.quote_refused("quote-pcrs", "does not cover PCR 0,1,2", quote=tpm.quote(NONCE, pcrs=()))
        self.quote_refused("quote-pcrs", "over no PCRs", quote=tpm.quote(NONCE, None))


class Usage(unittest.TestCase):
    def test_wrong(self):
        base = ["--report", "r", "--certificates", "c", "--roots", "a", "--nonce", "00", "--measurement", "00" * 48]
        for words, text in (([], "--igvm, --measurement or --skip digest"), (base[2:], "--report"), ([*base, "--igvm", "f"], "exclude"),
                            ([*base, "--skip", "chain"], "left out"), ([*base, "--skip", "nothing"], "left out"), ([*base, "--skip", "signature"], "left out"), ([*base, "--vcek", "v"], "exclude"),
                            ([*base, "--nonce-file", "n"], "--nonce and --nonce-file exclude"),
                            ([*base, "--quote", "q"], "go together"), ([*base, "--event-log", "l"], "go together"), ([*base, "--pcrs", "4"], "go together"),
                            ([*base, "--test-roots", "a"], "one of"), ([*base[:6], *base[8:]], "--nonce"), ([*base, "--vmpl", "4"], "--vmpl"),
                            ([*base[:8], "--measurement", "00"], "96 hexadecimal"), ([*base, "--id-key-digest", "x"], "96 hexadecimal")):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(text, done.stderr)
        self.assertEqual(run("--help").returncode, 0)

    def test_wrong_pcrs(self):
        base = ["--report", "r", "--certificates", "c", "--roots", "a", "--nonce", "00", "--skip", "digest", "--quote", "q", "--quote-key", "k",
                "--quote-signature", "s"]
        for words in ("", ",", "24", "-", "1-", "-1", "7-0", "0,,1", "0,", "0;1", "a", "0x1", "4294967296", "1-24", " 1"):
            done = run(*base, "--pcrs", words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("numbers of PCRs", done.stderr)

    def test_missing_files(self):
        done = run("--report", "r", "--certificates", "c", "--roots", "/nonexistent/a", "--nonce", "00", "--skip", "digest")
        self.assertEqual((done.returncode, done.stdout), (1, ""))


class Milan(unittest.TestCase):
    """A report of a real processor, with AMD's certificates."""

    def setUp(self):
        self.report = bytes.fromhex((VECTORS / "report_milan.hex").read_text())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "report"

    def verify(self, report, *words):
        self.file.write_bytes(report)
        return run("--report", self.file, "--roots", VECTORS / "cert_chain_milan", "--vcek", VECTORS / "vcek_milan.der", "--measurement",
                   self.report[0x90:0xC0].hex(), "--nonce", self.report[0x50:0x90].hex(), "--time", 1750000000, *words)

    def test_accepted(self):
        done = self.verify(self.report)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("ARK-Milan of Advanced Micro Devices", done.stdout)
        self.assertEqual(self.verify(self.report, "--min-tcb", "0x7308000000000003").returncode, 0)

    def test_refused(self):
        report = bytearray(self.report)
        report[0x50] ^= 1
        self.assertIn("did not sign", self.verify(bytes(report)).stdout)
        self.assertEqual(self.verify(self.report, "--min-tcb", "0x7408000000000003").returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
