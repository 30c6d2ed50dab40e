/* SPDX-License-Identifier: MIT */
#include "verify/options.h"

#include "base/compiler.h"
#include "host/options.h"
#include "host/report.h"

#define JOBS_MAX 64U

static const char help[] =
	"Usage: copra verify --report FILE --roots FILE [OPTION]...\n"
	"Says what evidence of a confidential guest proves. Exit status: 0 accepted, 1 refused, 2 used wrongly.\n"
	"\n"
	"Evidence:\n"
	"  --report FILE          the attestation report of SEV-SNP\n"
	"  --certificates FILE    the certificates that came with it (table of an extended request)\n"
	"  --vcek FILE            in place of the table: the chip's certificate alone, PEM or DER\n"
	"  --manifest FILE        the SVSM's services manifest, of which the report is told\n"
	"  --nonce HEX            the nonce that you sent, 64 bytes; --nonce-file FILE for one in a file\n"
	"  --quote FILE           a quote of the TPM (TPMS_ATTEST), with --quote-signature FILE (TPMT_SIGNATURE),\n"
	"                         --quote-key FILE (public key, PEM), --event-log FILE (TCG, binary)\n"
	"Demands:\n"
	"  --roots FILE           AMD's root (ARK) and intermediates, PEM, as you got them from AMD\n"
	"  --test-roots FILE      the root of an emulated machine, which proves nothing\n"
	"  --igvm FILE            what must have been launched; or --measurement HEX\n"
	"  --zero-pages WAY       how the host launches empty pages of FILE: measured (default) or native\n"
	"  --vmpl N               who must have asked for the report (0: the SVSM)\n"
	"  --min-tcb NUMBER       least TCB version, each byte by itself (0)\n"
	"  --id-key-digest HEX    whose ID block it must be\n"
	"  --ek FILE              the public area of your TPM's endorsement key, as in the manifest\n"
	"  --pcrs LIST            PCRs that the quote must cover, 0,4,7 or 0-7 (0-7 and all of the event log)\n"
	"  --allow-debug, --allow-migration   what a guest policy may otherwise not allow\n"
	"  --skip CHECK,...       digest, report-data, validity, policy, vmpl, tcb-floor: not demanded\n"
	"  --time SECONDS         verify as of then (since 1970)\n"
	"Output:\n"
	"  --json                 for programs\n"
	"  --batch FILE           lines 'REPORT MANIFEST NONCE CERTIFICATES', - for none; one line of result each\n"
	"  --jobs N               threads of a batch (2)\n";

bool verify_options_read(int count, char **words, struct verify_options *o, int *status)
{
	static const char *const zero_pages[] = {"measured", "native", NULL};
	const struct option_rule rules[] = {
		{"report", .text = &o->report, .is_file = true},
		{"manifest", .text = &o->manifest, .is_file = true},
		{"nonce", .text = &o->nonce},
		{"nonce-file", .text = &o->nonce_file, .is_file = true},
		{"certificates", .text = &o->certificates, .is_file = true},
		{"vcek", .text = &o->vcek, .is_file = true},
		{"roots", .text = &o->roots, .is_file = true},
		{"test-roots", .text = &o->test_roots, .is_file = true},
		{"igvm", .text = &o->igvm, .is_file = true},
		{"measurement", .text = &o->measurement},
		{"id-key-digest", .text = &o->id_key_digest},
		{"ek", .text = &o->ek, .is_file = true},
		{"quote", .text = &o->quote, .is_file = true},
		{"quote-signature", .text = &o->quote_signature, .is_file = true},
		{"quote-key", .text = &o->quote_key, .is_file = true},
		{"event-log", .text = &o->event_log, .is_file = true},
		{"pcrs", .text = &o->pcrs},
		{"skip", .text = &o->skip},
		{"batch", .text = &o->batch, .is_file = true},
		{"zero-pages", .choice = &o->zero_pages, .names = zero_pages},
		{"vmpl", .number32 = &o->vmpl, .most = 3},
		{"jobs", .number32 = &o->jobs, .least = 1, .most = JOBS_MAX},
		{"min-tcb", .number = &o->tcb_floor},
		{"time", .number = &o->time},
		{"allow-debug", .flag = &o->allow_debug},
		{"allow-migration", .flag = &o->allow_migration},
		{"json", .flag = &o->json},
	};
	const struct command_line line = {"verify", help, rules, ARRAY_SIZE(rules), NULL, 0};
	*o = (struct verify_options){.jobs = 2};
	return options_read(&line, count, words, status);
}
