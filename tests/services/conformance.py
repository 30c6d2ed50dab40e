# SPDX-License-Identifier: MIT
"""A list of TPM commands whose responses do not depend on the TPM's seeds, or only in fields that are named here.

Made for a TPM without resource manager to which nothing has been done since its start but what a driver does. No command has
another size than it names: drivers cut off what is too much.
"""

import hashlib
import struct

import tpm

OWNER, NULL, ENDORSEMENT, LOCKOUT, PLATFORM = 0x40000001, 0x40000007, 0x4000000B, 0x4000000A, 0x4000000C
FIRST_OBJECT, FIRST_SESSION = 0x80000000, 0x03000000
NV_INDEX = 0x01500020
HEAD = 10


def sized(data):
    return struct.pack(">H", len(data)) + data


def load_hmac_key():
    """A key for HMAC that everybody knows; its unique field is the digest of seed and key."""
    seed, key = bytes(32), bytes(range(32))
    sensitive = struct.pack(">HH", 8, 0) + sized(seed) + sized(key)
    public = struct.pack(">HHIHHH", 8, tpm.SHA256, 0x40440, 0, 5, tpm.SHA256) + sized(hashlib.sha256(seed + key).digest())
    return tpm.plain(0x167, sized(sensitive) + sized(public) + struct.pack(">I", NULL))


def nv_public(size):
    return sized(struct.pack(">IHIHH", NV_INDEX, tpm.SHA256, 0x00060006, 0, size))


def nv(code, body):
    """A command on the NV index, authorized by the owner."""
    return struct.pack(">HII", 0x8002, HEAD + 8 + len(tpm.PASSWORD) + len(body), code) + struct.pack(
        ">II", OWNER, NV_INDEX) + tpm.PASSWORD + body


def ecc_storage():
    return struct.pack(">HHIHHHHHHHHH", 0x23, tpm.SHA256, 0x30072, 0, 6, 128, 0x43, 0x10, 3, 0x10, 0, 0)


def commands():
    """(name, command, how many bytes of the response are compared; None: all)."""
    trial = tpm.plain(0x176, struct.pack(">II", NULL, NULL) + sized(bytes(16)) + struct.pack(">HBHH", 0, 3, 0x10, tpm.SHA256))
    everything = [
        ("self_test", tpm.self_test(), None),
        ("startup_again", tpm.startup(), None),
        ("startup_nonsense", tpm.plain(0x144, b"\x12\x34"), None),
        ("test_result", tpm.plain(0x17C), None),
        ("random", tpm.get_random(32), HEAD + 2),
        ("random_too_much", tpm.get_random(0xFFFF), HEAD + 2),
        ("random_truncated", tpm.plain(0x17B, b"\0"), None),
        ("no_such_command", tpm.plain(0x1FF), None),
        ("vendor_command", tpm.plain(0x20000001), None),
        ("bad_tag", struct.pack(">HII", 0x1234, 12, 0x17B) + b"\0\x08", None),
        ("sessions_missing", struct.pack(">HII", 0x8002, 12, 0x17B) + b"\0\x08", None),
        ("pcr_extend", tpm.pcr_extend(16, b"\x11" * 32), None),
        ("pcr_extend_bad_algorithm", tpm.pcr_extend(16, b"\x11" * 32, 0x77), None),
        ("pcr_event", tpm.authorized(0x13C, 16, sized(b"event")), None),
        ("pcr_read_16", tpm.pcr_read(16), None),
        ("pcr_reset", tpm.pcr_reset(16), None),
        ("pcr_reset_refused", tpm.pcr_reset(0), None),
        ("pcr_reset_locality", tpm.pcr_reset(20), None),
        ("hash", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA256, NULL)), None),
        ("hash_sha1", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA1, NULL)), None),
        ("hash_sha512", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA512, NULL)), None),
        ("hash_bad", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", 0x99, NULL)), None),
        ("load_hmac_key", load_hmac_key(), None),
        ("hmac", tpm.authorized(0x155, FIRST_OBJECT, sized(b"what do ya want for nothing?") + struct.pack(">H", tpm.SHA256)), None),
        ("read_public", tpm.plain(0x173, struct.pack(">I", FIRST_OBJECT)), None),
        ("flush_hmac_key", tpm.flush(FIRST_OBJECT), None),
        ("flush_nothing", tpm.flush(FIRST_OBJECT), None),
        ("primary_ecc", tpm.create_primary(OWNER, ecc_storage()), HEAD + 8 + 2 + len(ecc_storage()) - 4),
        ("flush_primary", tpm.flush(FIRST_OBJECT), None),
        ("primary_bad", tpm.create_primary(OWNER, ecc_storage()[:-2]), None),
        ("primary_no_hierarchy", tpm.create_primary(0x40000099, ecc_storage()), None),
        ("trial_session", trial, HEAD + 4 + 2),
        ("policy_pcr", tpm.plain(0x17F, struct.pack(">I", FIRST_SESSION) + sized(b"") + tpm.pcr_selection(tpm.SHA256, [16])), None),
        ("policy_digest", tpm.plain(0x189, struct.pack(">I", FIRST_SESSION)), None),
        ("flush_session", tpm.flush(FIRST_SESSION), None),
        ("nv_define", tpm.authorized(0x12A, OWNER, sized(b"") + nv_public(16)), None),
        ("nv_define_again", tpm.authorized(0x12A, OWNER, sized(b"") + nv_public(16)), None),
        ("nv_read_unwritten", nv(0x14E, struct.pack(">HH", 16, 0)), None),
        ("nv_write", nv(0x137, sized(bytes(range(16))) + struct.pack(">H", 0)), None),
        ("nv_write_too_far", nv(0x137, sized(bytes(range(16))) + struct.pack(">H", 1)), None),
        ("nv_read", nv(0x14E, struct.pack(">HH", 16, 0)), None),
        ("nv_undefine", nv(0x122, b""), None),
        ("parameters_rsa_2048", tpm.plain(0x18A, struct.pack(">HHHHI", 1, 0x10, 0x10, 2048, 0)), None),
        ("parameters_rsa_4096", tpm.plain(0x18A, struct.pack(">HHHHI", 1, 0x10, 0x10, 4096, 0)), None),
        ("ecc_parameters", tpm.plain(0x178, struct.pack(">H", 3)), None),
        ("stir_random", tpm.plain(0x146, sized(b"stir")), None),
        ("clear_wrong_authorization", tpm.authorized(0x126, OWNER), None),
    ]
    for capability, first in ((0, 0), (2, 0), (2, 0x150), (3, 0), (4, 0), (5, 0), (6, 0x100), (6, 0x128), (8, 0)):
        everything.append((f"capability_{capability}_{first:x}", tpm.get_capability(capability, first, 40), None))
    return everything


def compared(responses):
    """{name: what must be the same} of {name: response}."""
    lengths = {name: length for name, _, length in commands()}
    return {name: (len(response), response[:lengths[name]].hex()) for name, response in responses.items()}
