# SPDX-License-Identifier: MIT
"""Evidence of a guest with a virtual TPM: report, manifest and certificates from its SVSM, a quote and the event log from the TPM."""

import base64
import hashlib
import os
import re
import struct
import sys

from harness import BUILD, ROOT, Boot, run
from tpm_guest import TpmBoot

sys.path.insert(0, str(ROOT / "tests"))

import eventlog  # noqa: E402
import tpm  # noqa: E402
import verify_evidence as made  # noqa: E402

ROOTS = BUILD / "machine/certificates/cert_chain.pem"
VTPM = "c476f1eb-0123-45a5-9641-b4e7dde5bfe3"
VTPM_BYTES = bytes.fromhex("ebf176c42301a5459641b4e7dde5bfe3")
TABLE_BYTES = bytes.fromhex("bb9e8463923d7046a1ff58f9c94b87bb")
TSM = """modprobe sev-guest; mkdir -p /sys/kernel/config; mount -t configfs none /sys/kernel/config; tsm=/sys/kernel/config/tsm/report
put() { echo "BEGIN $1"; base64 "$2"; echo END; }
take() { for name in outblob auxblob manifestblob; do cat $tsm/$1/$name >/tmp/$1.$name && put $1.$name /tmp/$1.$name; done; }
# ask NAME NONCE [SERVICE]
ask() { mkdir $tsm/$1; echo svsm >$tsm/$1/service_provider; [ -z "$3" ] || echo "$3" >$tsm/$1/service_guid; cat $2 >$tsm/$1/inblob; }
"""
KEYS = """cd /tmp
$TPM2 createek -c ek.ctx -G ecc -u ek.pub -Q; $TPM2 readpublic -c ek.ctx -f tpmt -o ek -Q; put ek ek
$TPM2 createprimary -C o -g sha256 -G ecc -c primary.ctx -Q
$TPM2 create -C primary.ctx -G ecc:ecdsa-sha256:null -g sha256 -u ak.pub -r ak.priv -Q \\
  -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign'
$TPM2 load -C primary.ctx -u ak.pub -r ak.priv -c ak.ctx -Q; $TPM2 readpublic -c ak.ctx -f pem -o ak.pem -Q; put ak ak.pem
$TPM2 quote -c ak.ctx -l sha256:all -q /mnt/nonce -m quote -s signature -o pcrs -g sha256 -Q
put quote quote; put signature signature
$TPM2 quote -c ak.ctx -l sha256:all -q /mnt/another -m old.quote -s old.signature -g sha256 -Q
put old.quote old.quote; put old.signature old.signature; put log /sys/kernel/security/tpm0/binary_bios_measurements
"""
GUEST = TSM + f"""ask one /mnt/nonce {VTPM}; take one
ask all /mnt/nonce; take all
mkdir $tsm/own; echo 2 >$tsm/own/privlevel; cat /mnt/nonce >$tsm/own/inblob; put own $tsm/own/outblob
mkdir $tsm/other; echo svsm >$tsm/other/service_provider; echo 12345678-0123-45a5-9641-b4e7dde5bfe3 >$tsm/other/service_guid
cat /mnt/nonce >$tsm/other/inblob; cat $tsm/other/outblob >/dev/null 2>&1 && echo unexpected
""" + KEYS


def flipped(data, at, bit=0x40):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def tampered(found, nonce, another):
    """Ways to pass off other evidence: (what, report, manifest, nonce, certificates, why it is refused). What is not named is as it should be."""
    report, manifest, table = found["one.outblob"], found["one.manifestblob"], found["one.auxblob"]
    unsigned = "signature: the VCEK did not sign"
    reasons = {"version": "format: the report has version", "algorithm": "signature: signature algorithm"}
    cases = [(f"a bit of {name}", {"report": flipped(report, at + (1 if name == "version" else 0))}, reasons.get(name, unsigned))
             for name, (at, _) in made.FIELDS.items()]
    parts_of = {guid: table[offset:offset + size] for guid, offset, size in
                ((table[at:at + 16], *struct.unpack_from("<II", table, at + 16)) for at in (0, 24, 48))}
    ark, ask, vcek = (parts_of[guid] for guid in (made.ARK, made.ASK, made.VCEK))

    def order(*certificates):
        return made.table(list(zip((made.ARK, made.ASK, made.VCEK), certificates)))
    cases += [
        ("swapped manifest", {"manifest": found["all.manifestblob"]}, "report-data: "),
        ("a bit of the manifest", {"manifest": flipped(manifest, len(manifest) - 1)}, "report-data: "),
        ("no manifest", {"manifest": None}, "report-data: "),
        ("old nonce", {"nonce": another}, "report-data: "),
        ("cut nonce", {"nonce": nonce[:32]}, "report-data: a nonce has 64 bytes"),
        ("report of VMPL 2", {"report": found["own"], "manifest": None}, "vmpl: VMPL 2 asked"),
        ("report of VMPL 2, made one of VMPL 0", {"report": flipped(found["own"], 0x30, 2), "manifest": None}, unsigned),
        ("ASK and VCEK swapped", {"table": order(ark, vcek, ask)}, "chain: in the VCEK's place"),
        ("ARK and ASK swapped", {"table": order(ask, ark, vcek)}, "chain: the VCEK's certificate is not signed by ARK"),
        ("a bit of the VCEK's signature", {"table": order(ark, ask, flipped(vcek, len(vcek) - 1))}, "chain: the VCEK's certificate is not signed"),
        ("a bit of the ASK's signature", {"table": order(ark, flipped(ask, len(ask) - 1), vcek)}, "root: no root that you trust has signed"),
        ("a bit of the ARK's signature", {"table": order(flipped(ark, len(ark) - 1), ask, vcek)}, "root: the root that came along"),
        ("cut report", {"report": report[:-1]}, "format: a report has"),
        ("cut table", {"table": table[:-1]}, "format: an entry of the table"),
    ]
    whole = {"report": report, "manifest": manifest, "nonce": nonce, "table": table}
    return [(what, {**whole, **other}, reason) for what, other, reason in cases]


def parts(out):
    """What `put` has put there."""
    return {name: base64.b64decode(text) for name, text in re.findall(r"^BEGIN (\S+)\n(.*?)^END$", out, re.MULTILINE | re.DOTALL)}


class Evidence(TpmBoot):
    def verify(self, wanted, *words):
        """`copra verify` with the machine's roots; what it says. Files are named by their part of the evidence."""
        done = run([ROOT / "copra", "verify", "--test-roots", ROOTS, "--igvm", self.igvm, *words], 300)
        self.assertEqual(done.status, wanted, done.describe())
        return done.out

    def files(self, *pairs):
        return [word for option, name in pairs for word in (option, self.folder / name)]

    def test_chain(self):
        """One boot: from the PSP's root to the TPM's quote over the boot log, while the host is busy now and then."""
        nonce, another = os.urandom(64), os.urandom(64)
        self.igvm = self.folder / "kept.igvm"
        out = self.run_in_guest(GUEST, "--keep-igvm", self.igvm, "--fault", "psp-busy@1:200,psp-delay@2",
                                files={"nonce": nonce, "another": another})
        found = parts(out)
        self.assertNotIn("unexpected", out)
        for name, data in {**found, "nonce": nonce, "another": another}.items():
            (self.folder / name).write_bytes(data)
        self.content(found, nonce)
        self.accepted()
        self.tampered_refused(found, nonce, another)
        self.refused(found)

    def content(self, found, nonce):
        """What the pieces are, without `copra verify`."""
        key = found["one.manifestblob"]
        self.assertEqual(key, found["ek"])
        self.assertEqual(found["all.manifestblob"], TABLE_BYTES + struct.pack("<II", 48 + len(key), 1) + VTPM_BYTES
                         + struct.pack("<II", 48, len(key)) + key)
        for name in ("one", "all"):
            report = found[f"{name}.outblob"]
            self.assertEqual((len(report), struct.unpack_from("<I", report, 0x30)[0]), (0x4A0, 0))
            self.assertEqual(report[0x50:0x90], hashlib.sha512(nonce + found[f"{name}.manifestblob"]).digest())
            self.assertEqual(found[f"{name}.auxblob"], (BUILD / "machine/certificates/certificates.bin").read_bytes())
        self.assertEqual(struct.unpack_from("<I", found["own"], 0x30)[0], 2)
        self.assertEqual(found["own"][0x50:0x90], nonce)

    def evidence(self, name):
        return self.files(("--report", f"{name}.outblob"), ("--certificates", f"{name}.auxblob"), ("--manifest", f"{name}.manifestblob"),
                          ("--nonce-file", "nonce"), ("--ek", "ek"))

    def quote(self):
        return self.files(("--quote", "quote"), ("--quote-signature", "signature"), ("--quote-key", "ak"), ("--event-log", "log"))

    def accepted(self):
        for name in ("one", "all"):
            out = self.verify(0, *self.evidence(name), *self.quote())
            self.assertNotIn("FAILS", out)
            for check in ("chain", "signature", "digest", "vmpl", "report-data", "ek", "quote-pcrs"):
                self.assertRegex(out, rf"(?m)^holds +{check} ")

    def tampered_refused(self, found, nonce, another):
        cases, lines = tampered(found, nonce, another), []
        for number, (_, pieces, _) in enumerate(cases):
            words = []
            for name in ("report", "manifest", "nonce", "table"):
                if pieces[name] is not None and name != "nonce":
                    (self.folder / f"tampered-{number}.{name}").write_bytes(pieces[name])
                words.append("-" if pieces[name] is None else pieces[name].hex() if name == "nonce" else self.folder / f"tampered-{number}.{name}")
            lines.append(" ".join(map(str, words)) + "\n")
        (self.folder / "lines").write_text("".join(lines), encoding="ascii")
        said = self.verify(1, *self.files(("--batch", "lines"), ("--ek", "ek"))).splitlines()
        self.assertEqual(len(said), len(cases))
        for (what, _, reason), line in zip(cases, said):
            with self.subTest(what):
                self.assertRegex(line, rf"^refused \S+: {re.escape(reason)}")

    def refused(self, found):
        """Certificates of another time; a report that the guest itself has asked for; an old quote; another key; what was not launched."""
        self.assertRegex(self.verify(1, *self.evidence("one"), "--time", 4102444800), r"FAILS +validity .* any more")
        self.assertRegex(self.verify(1, *self.evidence("one"), "--time", 1000), r"FAILS +validity .* yet")
        old = self.files(("--quote", "old.quote"), ("--quote-signature", "old.signature"), ("--quote-key", "ak"), ("--event-log", "log"))
        self.assertRegex(self.verify(1, *self.evidence("one"), *old), r"FAILS +quote-nonce ")
        (self.folder / "quote").write_bytes(flipped(found["quote"], len(found["quote"]) - 1))
        self.assertRegex(self.verify(1, *self.evidence("one"), *self.quote()), r"FAILS +quote  +the key did not sign")
        (self.folder / "quote").write_bytes(found["quote"])
        digests = [digests[tpm.SHA256] for _, kind, digests, _ in eventlog.parse(found["log"])[0] if kind != eventlog.NO_ACTION]
        (self.folder / "log").write_bytes(flipped(found["log"], found["log"].index(digests[0])))
        self.assertRegex(self.verify(1, *self.evidence("one"), *self.quote()), r"FAILS +quote-pcrs ")
        own = self.files(("--report", "own"), ("--certificates", "one.auxblob"), ("--nonce-file", "nonce"))
        self.assertRegex(self.verify(1, *own), r"FAILS +vmpl ")
        self.assertIn("holds", self.verify(0, *own, "--vmpl", 2))
        (self.folder / "ek").write_bytes(bytes(len(found["ek"])))
        self.assertRegex(self.verify(1, *self.evidence("one")), r"FAILS +ek ")
        self.igvm = self.program("hang")
        self.assertRegex(self.verify(1, *self.evidence("one")), r"FAILS +digest ")


class BrokenChannel(Boot):
    def test_altered(self):
        """What the PSP did not seal ends the SVSM's attestation, for good, and nothing else: VMPCK2 and the TPM go on."""
        command = TSM + f"""head -c 64 /dev/zero >/run/nonce; ask a /run/nonce {VTPM}
cat $tsm/a/outblob >/dev/null 2>&1 || echo first refused
ask b /run/nonce; cat $tsm/b/outblob >/dev/null 2>&1 || echo second refused
mkdir $tsm/own; echo 2 >$tsm/own/privlevel; cat /run/nonce >$tsm/own/inblob; put own $tsm/own/outblob
put pcr /sys/class/tpm/tpm0/pcr-sha256/0"""
        trace = self.folder / "trace"
        out = self.boots("--tpm", "--firmware", "none", "--fault", "psp-alter@1:1000", "--trace", trace, "--trace-classes", "vmpl",
                         "--debug", "--log", self.folder / "log", "--exec", command)
        self.assertIn("first refused\nsecond refused\n", out)
        self.assertEqual(len(parts(out)["own"]), 0x4A0, out)
        self.assertRegex(parts(out)["pcr"], rb"^[0-9A-F]{64}\n")
        text = trace.read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"guest-message type=5 vmpck=(\d) sequence=(\d+)", text), [("0", "1"), ("2", "1")], text)
        self.assertIn("VMPCK0 is given up", (self.folder / "log").read_text(encoding="utf-8", errors="replace"))
