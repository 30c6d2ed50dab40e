# SPDX-License-Identifier: MIT
"""A conversation with a TPM: commands, good and bad ones, some made of the responses before them.

Two TPMs whose random numbers are the same (tests/bench/seeded.c) say the same to all of them, but for the time and what is signed
with it. Made for a TPM without resource manager to which nothing has been done since its start but what a driver does. No command has another
size than it names: drivers cut off what is too much.
"""

import hashlib
import struct

import tpm

OWNER, NULL, ENDORSEMENT, LOCKOUT, PLATFORM = 0x40000001, 0x40000007, 0x4000000B, 0x4000000A, 0x4000000C
FIRST_OBJECT, SECOND_OBJECT, FIRST_SESSION = 0x80000000, 0x80000001, 0x03000000
FIRST_HMAC_SESSION, PERSISTENT = 0x02000000, 0x81000020
NV_INDEX, NV_COUNTER = 0x01500020, 0x01500021
HEAD = 10
DIGEST = bytes(range(32))
ECDSA_SHA256, OAEP_SHA256 = struct.pack(">HH", 0x18, tpm.SHA256), struct.pack(">HH", 0x17, tpm.SHA256)
NULL_TICKET = struct.pack(">HIH", 0x8024, NULL, 0)
SIGNS, DECRYPTS = 0x40072, 0x20072
RETRIES = 4


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


def fixed():
    """(name, command) of those that need no response."""
    trial = tpm.plain(0x176, struct.pack(">II", NULL, NULL) + sized(bytes(16)) + struct.pack(">HBHH", 0, 3, 0x10, tpm.SHA256))
    everything = [
        ("self_test", tpm.self_test()),
        ("startup_again", tpm.startup()),
        ("startup_nonsense", tpm.plain(0x144, b"\x12\x34")),
        ("test_result", tpm.plain(0x17C)),
        ("random", tpm.get_random(32)),
        ("random_too_much", tpm.get_random(0xFFFF)),
        ("random_truncated", tpm.plain(0x17B, b"\0")),
        ("no_such_command", tpm.plain(0x1FF)),
        ("vendor_command", tpm.plain(0x20000001)),
        ("bad_tag", struct.pack(">HII", 0x1234, 12, 0x17B) + b"\0\x08"),
        ("sessions_missing", struct.pack(">HII", 0x8002, 12, 0x17B) + b"\0\x08"),
        ("pcr_extend", tpm.pcr_extend(16, b"\x11" * 32)),
        ("pcr_extend_bad_algorithm", tpm.pcr_extend(16, b"\x11" * 32, 0x77)),
        ("pcr_event", tpm.authorized(0x13C, 16, sized(b"event"))),
        ("pcr_read_16", tpm.pcr_read(16)),
        ("pcr_reset", tpm.pcr_reset(16)),
        ("pcr_reset_refused", tpm.pcr_reset(0)),
        ("pcr_reset_locality", tpm.pcr_reset(20)),
        ("hash", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA256, NULL))),
        ("hash_sha1", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA1, NULL))),
        ("hash_sha512", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", tpm.SHA512, NULL))),
        ("hash_bad", tpm.plain(0x17D, sized(b"abc") + struct.pack(">HI", 0x99, NULL))),
        ("load_hmac_key", load_hmac_key()),
        ("hmac", tpm.authorized(0x155, FIRST_OBJECT, sized(b"what do ya want for nothing?") + struct.pack(">H", tpm.SHA256))),
        ("read_public", tpm.plain(0x173, struct.pack(">I", FIRST_OBJECT))),
        ("flush_hmac_key", tpm.flush(FIRST_OBJECT)),
        ("flush_nothing", tpm.flush(FIRST_OBJECT)),
        ("primary_ecc", tpm.create_primary(OWNER, ecc_storage())),
        ("flush_primary", tpm.flush(FIRST_OBJECT)),
        ("primary_bad", tpm.create_primary(OWNER, ecc_storage()[:-2])),
        ("primary_no_hierarchy", tpm.create_primary(0x40000099, ecc_storage())),
        ("trial_session", trial),
        ("policy_pcr", tpm.plain(0x17F, struct.pack(">I", FIRST_SESSION) + sized(b"") + tpm.pcr_selection(tpm.SHA256, [16]))),
        ("policy_digest", tpm.plain(0x189, struct.pack(">I", FIRST_SESSION))),
        ("flush_session", tpm.flush(FIRST_SESSION)),
        ("nv_define", tpm.authorized(0x12A, OWNER, sized(b"") + nv_public(16))),
        ("nv_define_again", tpm.authorized(0x12A, OWNER, sized(b"") + nv_public(16))),
        ("nv_read_unwritten", nv(0x14E, struct.pack(">HH", 16, 0))),
        ("nv_write", nv(0x137, sized(bytes(range(16))) + struct.pack(">H", 0))),
        ("nv_write_too_far", nv(0x137, sized(bytes(range(16))) + struct.pack(">H", 1))),
        ("nv_read", nv(0x14E, struct.pack(">HH", 16, 0))),
        ("nv_undefine", nv(0x122, b"")),
        ("parameters_rsa_2048", tpm.plain(0x18A, struct.pack(">HHHHI", 1, 0x10, 0x10, 2048, 0))),
        ("parameters_rsa_4096", tpm.plain(0x18A, struct.pack(">HHHHI", 1, 0x10, 0x10, 4096, 0))),
        ("ecc_parameters", tpm.plain(0x178, struct.pack(">H", 3))),
        ("stir_random", tpm.plain(0x146, sized(b"stir"))),
        ("clear_wrong_authorization", tpm.authorized(0x126, OWNER)),
    ]
    for capability, first in ((0, 0), (2, 0), (2, 0x150), (3, 0), (4, 0), (5, 0), (6, 0x100), (6, 0x128), (8, 0)):
        everything.append((f"capability_{capability}_{first:x}", tpm.get_capability(capability, first, 40)))
    return everything


def ecc_key(attributes, scheme):
    """TPMT_PUBLIC of an ECC P-256 key that is no storage key."""
    return struct.pack(">HHIHH", 0x23, tpm.SHA256, attributes, 0, 0x10) + scheme + struct.pack(">HHHH", 3, 0x10, 0, 0)


def rsa_storage(bits):
    return struct.pack(">HHIHHHHHHIH", 1, tpm.SHA256, 0x30072, 0, 6, 128, 0x43, 0x10, bits, 0, 0)


def rsa_key(attributes, scheme):
    return struct.pack(">HHIHH", 1, tpm.SHA256, attributes, 0, 0x10) + scheme + struct.pack(">HIH", 2048, 0, 0)


def create(public, data=b""):
    """TPM2_Create below the first object; `data` is sealed."""
    return tpm.authorized(0x153, FIRST_OBJECT, sized(sized(b"") + sized(data)) + sized(public) + sized(b"") + struct.pack(">I", 0))


def load(response):
    """TPM2_Load of what TPM2_Create answered: private and public area."""
    body = response[HEAD + 4:]
    private = struct.unpack_from(">H", body)[0] + 2
    public = struct.unpack_from(">H", body, private)[0] + 2
    return tpm.authorized(0x157, FIRST_OBJECT, body[:private + public])


def parameters(response):
    """Of a response to a command with an authorization."""
    return response[HEAD + 4:HEAD + 4 + struct.unpack_from(">I", response, HEAD)[0]]


def sealed():
    return struct.pack(">HHIHHH", 8, tpm.SHA256, 0x52, 0, 0x10, 0)


def below_ecc(say):
    """Keys and data below an ECC storage key."""
    say("primary", tpm.create_primary(OWNER, ecc_storage()))
    say("load_signer", load(say("create_signer", create(ecc_key(SIGNS, ECDSA_SHA256)))))
    signature = parameters(say("sign", tpm.authorized(0x15D, SECOND_OBJECT, sized(DIGEST) + struct.pack(">H", 0x10) + NULL_TICKET)))
    say("verify", tpm.plain(0x177, struct.pack(">I", SECOND_OBJECT) + sized(DIGEST) + signature))
    say("verify_changed", tpm.plain(0x177, struct.pack(">I", SECOND_OBJECT) + sized(DIGEST[::-1]) + signature))
    say("quote_unrestricted", tpm.authorized(0x158, SECOND_OBJECT, sized(b"nonce") + struct.pack(">H", 0x10) + tpm.pcr_selection(tpm.SHA256, range(8))),
        timed=True)
    saved = say("context_save", tpm.plain(0x162, struct.pack(">I", SECOND_OBJECT)))
    say("flush_signer", tpm.flush(SECOND_OBJECT))
    say("context_load", tpm.plain(0x161, saved[HEAD:]))
    say("context_changed", tpm.plain(0x161, saved[HEAD:-1] + bytes([saved[-1] ^ 1])))
    say("flush_loaded", tpm.flush(SECOND_OBJECT))
    made = say("create_sealed", create(sealed(), b"a secret"))
    say("load_sealed", load(made))
    say("unseal", tpm.authorized(0x15E, SECOND_OBJECT))
    say("flush_sealed", tpm.flush(SECOND_OBJECT))
    say("load_changed", load(made[:40] + bytes([made[40] ^ 1]) + made[41:]))
    say("create_bad_attributes", create(ecc_key(SIGNS | 0x10000, ECDSA_SHA256)))
    say("ecdh_on_storage_key", tpm.plain(0x163, struct.pack(">I", FIRST_OBJECT)))
    say("evict", authorized_two(0x120, OWNER, FIRST_OBJECT, struct.pack(">I", PERSISTENT)))
    say("persistent_public", tpm.plain(0x173, struct.pack(">I", PERSISTENT)))
    say("evict_again", authorized_two(0x120, OWNER, PERSISTENT, struct.pack(">I", PERSISTENT)))
    say("flush_primary_ecc", tpm.flush(FIRST_OBJECT))


def below_rsa(say):
    """RSA keys, and what is encrypted for one."""
    say("primary_rsa", tpm.create_primary(OWNER, rsa_storage(2048)))
    say("load_rsa", load(say("create_rsa", create(rsa_key(DECRYPTS, OAEP_SHA256)))))
    secret = parameters_plain(say("rsa_encrypt", tpm.plain(0x174, struct.pack(">I", SECOND_OBJECT) + sized(b"message") + struct.pack(">HH", 0x10, 0))))
    say("rsa_decrypt", tpm.authorized(0x159, SECOND_OBJECT, secret + struct.pack(">HH", 0x10, 0)))
    say("rsa_decrypt_changed", tpm.authorized(0x159, SECOND_OBJECT, secret[:-1] + bytes([secret[-1] ^ 1]) + struct.pack(">HH", 0x10, 0)))
    say("flush_rsa", tpm.flush(SECOND_OBJECT))
    say("flush_primary_rsa", tpm.flush(FIRST_OBJECT))
    say("primary_rsa_4096", tpm.create_primary(OWNER, rsa_storage(4096)))


def parameters_plain(response):
    return response[HEAD:]


def authorized_two(code, first, second, body=b""):
    """A command on two handles, of which the first is authorized by the empty password."""
    return struct.pack(">HII", 0x8002, HEAD + 8 + len(tpm.PASSWORD) + len(body), code) + struct.pack(">II", first, second) + tpm.PASSWORD + body


def attested(say):
    """Quote and certification by a restricted key: the clock and what is signed with it differ from run to run."""
    restricted = ecc_key(SIGNS | 0x10000, ECDSA_SHA256)
    say("attestation_key", tpm.create_primary(ENDORSEMENT, restricted))
    quote = sized(b"nonce") + struct.pack(">H", 0x10) + tpm.pcr_selection(tpm.SHA256, range(8))
    say("quote", tpm.authorized(0x158, FIRST_OBJECT, quote), timed=True)
    say("quote_no_bank", tpm.authorized(0x158, FIRST_OBJECT, sized(b"") + struct.pack(">H", 0x10) + tpm.pcr_selection(0x77, range(8))))
    say("sign_outside_digest", tpm.authorized(0x15D, FIRST_OBJECT, sized(DIGEST) + struct.pack(">H", 0x10) + NULL_TICKET))
    say("flush_attestation_key", tpm.flush(FIRST_OBJECT))


def sequences(say):
    """Hashes in parts, sessions, counters, limits."""
    say("sequence", tpm.plain(0x186, sized(b"") + struct.pack(">H", tpm.SHA256)))
    say("sequence_update", tpm.authorized(0x15C, FIRST_OBJECT, sized(bytes(1000))))
    say("sequence_complete", tpm.authorized(0x13E, FIRST_OBJECT, sized(b"end") + struct.pack(">I", NULL)))
    say("sequence_gone", tpm.authorized(0x15C, FIRST_OBJECT, sized(b"x")))
    say("session", tpm.plain(0x176, struct.pack(">II", NULL, NULL) + sized(bytes(16)) + struct.pack(">HBHH", 0, 0, 0x10, tpm.SHA256)))
    say("session_flush", tpm.flush(FIRST_HMAC_SESSION))
    counter = sized(struct.pack(">IHIHH", NV_COUNTER, tpm.SHA256, 0x00060016, 0, 8))
    say("counter_define", tpm.authorized(0x12A, OWNER, sized(b"") + counter))
    say("counter_increment", authorized_two(0x134, OWNER, NV_COUNTER))
    say("counter_read", authorized_two(0x14E, OWNER, NV_COUNTER, struct.pack(">HH", 8, 0)))
    say("counter_write_refused", authorized_two(0x137, OWNER, NV_COUNTER, sized(bytes(8)) + struct.pack(">H", 0)))
    say("counter_public", tpm.plain(0x169, struct.pack(">I", NV_COUNTER)))
    say("counter_undefine", authorized_two(0x122, OWNER, NV_COUNTER))
    say("lock_reset", tpm.authorized(0x139, LOCKOUT))
    say("hierarchy_password", tpm.authorized(0x129, OWNER, sized(b"password")))
    say("wrong_password", tpm.create_primary(OWNER, ecc_storage()))
    say("clock", tpm.plain(0x181), timed=True)


def converse(ask):
    """Has the conversation; [(name, command, response, whether the response tells the time)]."""
    said = []

    def say(name, command, timed=False):
        response = ask(command)
        for _ in range(RETRIES):
            if tpm.code_of(response) == tpm.RETRY:  # drivers send the command anew, too
                response = ask(command)
        said.append((name, command, response, timed))
        return response

    for name, command in fixed():
        say(name, command)
    for part in (below_ecc, below_rsa, attested, sequences):
        part(say)
    return said


def compared(response, timed):
    """What must be the same: of a response that tells the time, and may be signed with it, tag, size and code."""
    return response[:HEAD].hex() if timed else response.hex()
