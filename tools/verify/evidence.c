/* SPDX-License-Identifier: MIT */
#include "verify/evidence.h"

#include <string.h>

#include "verify/manifest.h"
#include "verify/signature.h"

#define VERSION_MIN 2U
#define VERSION_MAX 5U
#define VERSION_WITH_CPU 3U
#define SIGNATURE_P384_SHA384 1U
#define SIGNER_VCEK 0U
#define FAMILY_TURIN 0x1AU
#define NONCE_SIZE 64U /* that the SVSM's attestation protocol takes, and of report data */
#define CHIP_ID_SIZE 64U
#define CHIP_ID_TURIN 8U
#define DER_OCTETS 4U
#define OID "1.3.6.1.4.1.3704.1"

/* Where the levels of a TCB version stand, and which extension of the VCEK's certificate has them (57230). */
struct level {
	u32 byte;
	const char *oid;
	const char *name;
};
static const struct level levels_milan[] = {
	{0, OID ".3.1", "boot loader"}, {1, OID ".3.2", "TEE"}, {6, OID ".3.3", "SNP"}, {7, OID ".3.8", "microcode"}};
static const struct level levels_turin[] = {{0, OID ".3.9", "FMC"},
					    {1, OID ".3.1", "boot loader"},
					    {2, OID ".3.2", "TEE"},
					    {3, OID ".3.3", "SNP"},
					    {7, OID ".3.8", "microcode"}};

bool evidence_report(struct span given, struct attestation_report *report, struct verdict *verdict)
{
	struct report_response response;
	if (given.n == sizeof(response)) {
		memcpy(&response, given.p, sizeof(response));
		if (response.status != 0 || response.size != sizeof(*report)) {
			return verdict_fails(verdict, CHECK_FORMAT, "the PSP's answer has no report but status 0x%x",
					     response.status);
		}
		*report = response.report;
	} else if (given.n == sizeof(*report)) {
		memcpy(report, given.p, sizeof(*report));
	} else {
		return verdict_fails(verdict, CHECK_FORMAT, "a report has %zu bytes, this is %zu", sizeof(*report),
				     given.n);
	}
	if (report->version < VERSION_MIN || report->version > VERSION_MAX) {
		return verdict_fails(verdict, CHECK_FORMAT, "the report has version %u; known are %u to %u",
				     report->version, VERSION_MIN, VERSION_MAX);
	}
	verdict_holds(verdict, CHECK_FORMAT, "a report of version %u", report->version);
	return true;
}

static void check_signature(const struct attestation_report *report, const struct certificate *vcek,
			    struct verdict *verdict)
{
	u32 signer = REPORT_KEY_INFO_SIGNER(report->key_info);
	if (report->signature_algorithm != SIGNATURE_P384_SHA384) {
		(void)verdict_fails(verdict, CHECK_SIGNATURE, "signature algorithm %u is unknown",
				    report->signature_algorithm);
	} else if (signer != SIGNER_VCEK) {
		(void)verdict_fails(verdict, CHECK_SIGNATURE, "the report says that key %u signed it, not the VCEK",
				    signer);
	} else if (!span_is_zero(span_of(report->signature_reserved, sizeof(report->signature_reserved)))) {
		(void)verdict_fails(verdict, CHECK_SIGNATURE, "there is something behind the signature");
	} else if (!certificate_verify(vcek, (const u8 *)report, REPORT_SIGNED_SIZE, report->signature_r,
				       report->signature_s)) {
		(void)verdict_fails(verdict, CHECK_SIGNATURE, "the VCEK did not sign this report");
	} else {
		verdict_holds(verdict, CHECK_SIGNATURE, "the VCEK signed the report");
	}
}

/* The chip's ID in the certificate: an OCTET STRING or, in older ones, the bytes alone. 0: there is none of a known size. */
static size_t chip_id(const struct certificate *vcek, u8 id[CHIP_ID_SIZE])
{
	u8 value[2 + CHIP_ID_SIZE];
	size_t n = certificate_bytes(vcek, OID ".4", value, sizeof(value));
	size_t front = n == 2 + CHIP_ID_SIZE || n == 2 + CHIP_ID_TURIN ? 2 : 0;
	n -= front;
	if ((n != CHIP_ID_SIZE && n != CHIP_ID_TURIN) || (front != 0 && (value[0] != DER_OCTETS || value[1] != n))) {
		return 0;
	}
	memcpy(id, value + front, n);
	return n;
}

static void check_chip(const struct attestation_report *report, const struct certificate *vcek, struct verdict *verdict)
{
	u8 id[CHIP_ID_SIZE];
	size_t n = chip_id(vcek, id);
	if ((report->key_info & REPORT_KEY_INFO_MASKED) != 0) {
		verdict_skips(verdict, CHECK_CHIP, "which chip it is: the host hides that (masked chip key)");
	} else if (n == 0 || memcmp(id, report->chip_id, n) != 0 ||
		   !span_is_zero(span_of(report->chip_id + n, sizeof(id) - n))) {
		(void)verdict_fails(verdict, CHECK_CHIP, "the certificate is for another chip than the report's");
	} else {
		verdict_holds(verdict, CHECK_CHIP, "report and certificate are of one chip");
	}
}

static void check_tcb(const struct attestation_report *report, const struct certificate *vcek, struct verdict *verdict)
{
	bool turin = report->version >= VERSION_WITH_CPU && report->cpu_family == FAMILY_TURIN;
	const struct level *levels = turin ? levels_turin : levels_milan;
	u32 count = turin ? sizeof(levels_turin) / sizeof(*levels) : sizeof(levels_milan) / sizeof(*levels);
	for (u32 i = 0; i < count; i++) {
		u8 wanted = (u8)(report->reported_tcb >> 8 * levels[i].byte), level;
		if (!certificate_number(vcek, levels[i].oid, &level)) {
			(void)verdict_fails(verdict, CHECK_TCB, "the certificate does not say its %s level",
					    levels[i].name);
			return;
		}
		if (level != wanted) {
			(void)verdict_fails(verdict, CHECK_TCB, "%s level %u in the report, %u in the certificate",
					    levels[i].name, wanted, level);
			return;
		}
	}
	verdict_holds(verdict, CHECK_TCB, "the TCB, 0x%016llx, is the certificate's",
		      (unsigned long long)report->reported_tcb);
}

static bool tcb_reaches(u64 tcb, u64 floor)
{
	for (u32 shift = 0; shift < 64; shift += 8) {
		if ((tcb >> shift & 0xFF) < (floor >> shift & 0xFF)) {
			return false;
		}
	}
	return true;
}

static void check_tcb_floor(const struct attestation_report *report, const struct demands *demands,
			    struct verdict *verdict)
{
	const u64 tcbs[] = {report->reported_tcb, report->current_tcb, report->committed_tcb, report->launch_tcb};
	static const char *const names[] = {"reported", "current", "committed", "launch"};
	for (u32 i = 0; i < sizeof(tcbs) / sizeof(*tcbs); i++) {
		if (!tcb_reaches(tcbs[i], demands->tcb_floor)) {
			(void)verdict_fails(verdict, CHECK_TCB_FLOOR, "the %s TCB, 0x%016llx, is below 0x%016llx",
					    names[i], (unsigned long long)tcbs[i],
					    (unsigned long long)demands->tcb_floor);
			return;
		}
	}
	verdict_holds(verdict, CHECK_TCB_FLOOR, "no TCB is below 0x%016llx", (unsigned long long)demands->tcb_floor);
}

static void check_policy(const struct attestation_report *report, const struct demands *demands,
			 struct verdict *verdict)
{
	unsigned long long policy = report->policy;
	if ((policy & POLICY_RESERVED_ONE) == 0) {
		(void)verdict_fails(verdict, CHECK_POLICY, "policy 0x%llx is none: bit 17 has to be set", policy);
	} else if ((policy & POLICY_DEBUG) != 0 && !demands->allow_debug) {
		(void)verdict_fails(verdict, CHECK_POLICY, "the host may debug this guest (policy 0x%llx)", policy);
	} else if ((policy & POLICY_MIGRATION_AGENT) != 0 && !demands->allow_migration) {
		(void)verdict_fails(verdict, CHECK_POLICY, "the guest may be migrated by an agent (policy 0x%llx)",
				    policy);
	} else if (demands->has_policy && report->policy != demands->policy) {
		(void)verdict_fails(verdict, CHECK_POLICY, "policy 0x%llx is not the IGVM file's, 0x%llx", policy,
				    (unsigned long long)demands->policy);
	} else {
		verdict_holds(verdict, CHECK_POLICY, "0x%llx%s", policy,
			      (policy & POLICY_SMT) != 0 ? "; sibling threads of other guests are allowed" : "");
	}
}

static void hex_start(const u8 *bytes, char text[17])
{
	for (u32 i = 0; i < 8; i++) {
		(void)snprintf(text + (size_t)i * 2, 3, "%02x", bytes[i]);
	}
}

static void check_digest(const struct attestation_report *report, const struct demands *demands,
			 struct verdict *verdict)
{
	char found[17], wanted[17];
	hex_start(report->measurement, found);
	hex_start(demands->digest, wanted);
	if (memcmp(report->measurement, demands->digest, LAUNCH_DIGEST_SIZE) != 0) {
		(void)verdict_fails(verdict, CHECK_DIGEST,
				    "something else was launched: digest %s... in the report, %s... expected", found,
				    wanted);
	} else {
		verdict_holds(verdict, CHECK_DIGEST, "what was launched has the expected digest, %s...", found);
	}
}

static void check_id_key(const struct attestation_report *report, const struct demands *demands,
			 struct verdict *verdict)
{
	if (!demands->has_id_key) {
		verdict_skips(verdict, CHECK_ID_KEY, "who signed an ID block (--id-key-digest)");
	} else if (memcmp(report->id_key_digest, demands->id_key_digest, LAUNCH_DIGEST_SIZE) != 0) {
		(void)verdict_fails(verdict, CHECK_ID_KEY, "another key, or none, signed the ID block");
	} else {
		verdict_holds(verdict, CHECK_ID_KEY, "the expected key signed the ID block");
	}
}

static void check_vmpl(const struct attestation_report *report, const struct demands *demands, struct verdict *verdict)
{
	if (report->vmpl != demands->vmpl) {
		(void)verdict_fails(verdict, CHECK_VMPL, "VMPL %u asked for the report, not VMPL %u", report->vmpl,
				    demands->vmpl);
	} else {
		verdict_holds(verdict, CHECK_VMPL, "VMPL %u asked for the report", report->vmpl);
	}
}

static void check_report_data(const struct attestation_report *report, const struct evidence *evidence,
			      struct verdict *verdict)
{
	u8 expected[NONCE_SIZE] = {0};
	bool with_manifest = evidence->manifest.p != NULL;
	if (evidence->nonce.n == 0) {
		(void)verdict_fails(verdict, CHECK_REPORT_DATA, "there is no nonce, so the report may be an old one");
		return;
	}
	/* With any other size the guest could move the border: the end of its nonce would be the begin of a manifest. */
	if (evidence->nonce.n != NONCE_SIZE) {
		(void)verdict_fails(verdict, CHECK_REPORT_DATA, "a nonce has %u bytes, this is %zu", NONCE_SIZE,
				    evidence->nonce.n);
		return;
	}
	if (with_manifest) {
		tpm_hash(TPM_ALG_SHA512, (struct tpm_bytes){evidence->nonce.p, evidence->nonce.n},
			 (struct tpm_bytes){evidence->manifest.p, evidence->manifest.n}, expected);
	} else {
		memcpy(expected, evidence->nonce.p, sizeof(expected));
	}
	if (memcmp(report->report_data, expected, sizeof(expected)) != 0) {
		(void)verdict_fails(verdict, CHECK_REPORT_DATA, "the report is not for this nonce%s",
				    with_manifest ? " and manifest" : "");
	} else {
		verdict_holds(verdict, CHECK_REPORT_DATA, "the report is for this nonce%s",
			      with_manifest ? " and manifest" : "");
	}
}

/* Whether it is the SVSM that spoke of the manifest: only then a report of VMPL 0 has to be of it. */
static bool manifest_is_demanded(const struct demands *demands)
{
	return demands->vmpl == 0 && !demands->skip[CHECK_VMPL] && !demands->skip[CHECK_REPORT_DATA];
}

static void check_ek(const struct evidence *evidence, const struct demands *demands, struct verdict *verdict)
{
	struct span vtpm;
	if (evidence->manifest.p == NULL) {
		if (demands->ek.p != NULL) {
			(void)verdict_fails(verdict, CHECK_EK, "there is no manifest that would name the TPM's key");
		} else {
			verdict_skips(verdict, CHECK_EK, "which TPM the guest has: there is no manifest (--manifest)");
		}
		return;
	}
	const char *wrong = manifest_vtpm(evidence->manifest, &vtpm);
	if (wrong != NULL) {
		(void)verdict_fails(verdict, CHECK_EK, "%s", wrong);
	} else if (demands->ek.p == NULL) {
		verdict_skips(verdict, CHECK_EK, "whether your TPM has the key of the manifest (--ek)");
	} else if (!span_equal(vtpm, demands->ek)) {
		(void)verdict_fails(verdict, CHECK_EK, "the manifest names another endorsement key than this TPM's");
	} else if (!manifest_is_demanded(demands)) {
		verdict_skips(verdict, CHECK_EK,
			      "whether the SVSM spoke of this TPM's key: what is demanded of VMPL and report data does "
			      "not show that the manifest is its own");
	} else {
		verdict_holds(verdict, CHECK_EK, "the TPM's endorsement key is the manifest's");
	}
}

static bool wanted(const struct demands *demands, enum check check, struct verdict *verdict)
{
	if (demands->skip[check]) {
		verdict_skips(verdict, check, "you said --skip %s", check_name(check));
	}
	return !demands->skip[check];
}

static void check_content(const struct attestation_report *report, const struct evidence *evidence,
			  const struct demands *demands, struct verdict *verdict)
{
	if (wanted(demands, CHECK_POLICY, verdict)) {
		check_policy(report, demands, verdict);
	}
	if (wanted(demands, CHECK_DIGEST, verdict)) {
		check_digest(report, demands, verdict);
	}
	if (wanted(demands, CHECK_VMPL, verdict)) {
		check_vmpl(report, demands, verdict);
	}
	if (wanted(demands, CHECK_REPORT_DATA, verdict)) {
		check_report_data(report, evidence, verdict);
	}
	check_id_key(report, demands, verdict);
	check_ek(evidence, demands, verdict);
}

void evidence_check(const struct evidence *evidence, const struct demands *demands, const struct certificate *vcek,
		    struct verdict *verdict)
{
	struct attestation_report report;
	if (!evidence_report(evidence->report, &report, verdict)) {
		return;
	}
	check_signature(&report, vcek, verdict);
	check_chip(&report, vcek, verdict);
	check_tcb(&report, vcek, verdict);
	if (wanted(demands, CHECK_TCB_FLOOR, verdict)) {
		check_tcb_floor(&report, demands, verdict);
	}
	check_content(&report, evidence, demands, verdict);
}
