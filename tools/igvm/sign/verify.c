/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/compiler.h"
#include "host/hash.h"
#include "host/options.h"
#include "host/report.h"
#include "show/commands.h"
#include "show/names.h"
#include "show/open.h"
#include "sign/id_block.h"
#include "sign/verify.h"

static const char help[] =
	"Usage: igvm verify FILE [OPTION]...\n"
	"Checks the ID block of SEV-SNP: its launch digest against the file's, its signatures against the keys in\n"
	"the file, and prints the digests of these keys, which attestation reports show.\n"
	"\n"
	"  --zero-pages measured|native  as for 'igvm measure'\n"
	"  --help                        this text\n";

static bool find_block(const struct igvm_file *file, u32 mask, struct igvm_vhs_snp_id_block *block)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		if (header.type == IGVM_VHT_SNP_ID_BLOCK && igvm_header_applies(&header, mask)) {
			igvm_decode_snp_id_block(&header, block);
			return true;
		}
	}
	return false;
}

static bool verify_with(const struct igvm_snp_public_key *key, const void *message, size_t n,
			const struct igvm_snp_signature *signature, const char *what)
{
	struct id_public_key public;
	struct ecdsa_signature numbers;
	u8 digest[LAUNCH_DIGEST_SIZE];
	id_public_key_of(key, &public);
	memcpy(&numbers, signature, sizeof(numbers));
	if (key->curve != PSP_CURVE_P384 || !ecdsa_verify(&public.point, message, n, &numbers)) {
		return report("the signature of the %s is wrong", what);
	}
	id_key_digest(&public, digest);
	printf("%s: good signature by key ", what);
	show_digest(digest, sizeof(digest));
	putchar('\n');
	return true;
}

static bool verify_digest(const struct igvm_file *file, u32 mask, enum igvm_zero_pages zero_pages,
			  const struct igvm_vhs_snp_id_block *block)
{
	u8 digest[LAUNCH_DIGEST_SIZE];
	bool same = igvm_measure_snp(file, mask, zero_pages, &host_hash, digest) == ERR_OK &&
		    memcmp(digest, block->launch_digest, sizeof(digest)) == 0;
	if (!same) {
		return report("the launch digest of the ID block is not the file's");
	}
	puts("launch digest: the file's");
	return true;
}

bool verify_file(const struct igvm_file *file, enum igvm_zero_pages zero_pages, const char *path)
{
	struct igvm_vhs_snp_id_block directive;
	struct id_block block;
	struct id_public_key id_key;
	u32 mask;
	u64 policy;
	if (igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP, &mask) != ERR_OK || !find_block(file, mask, &directive)) {
		return report("%s: the file has no ID block for sev-snp", path);
	}
	if (!id_policy(path, file, mask, &policy)) {
		return false;
	}
	id_block_of(&directive, policy, &block);
	id_public_key_of(&directive.id_public_key, &id_key);
	bool good = verify_digest(file, mask, zero_pages, &directive);
	good = verify_with(&directive.id_public_key, &block, sizeof(block), &directive.id_key_signature, "ID block") &&
	       good;
	if (directive.author_key_enabled != 0) {
		good = verify_with(&directive.author_public_key, &id_key, sizeof(id_key),
				   &directive.author_key_signature, "ID key") &&
		       good;
	}
	return good;
}

int verify_command(int count, char **words)
{
	const char *path;
	enum igvm_zero_pages zero_pages = IGVM_ZERO_MEASURED;
	const struct option_rule rules[] = {
		{"zero-pages", .choice = &zero_pages, .names = zero_page_names},
	};
	const struct command_line line = {"verify", help, rules, ARRAY_SIZE(rules), &path, 1};
	struct igvm_file file;
	int status;
	if (!options_read(&line, count, words, &status)) {
		return status;
	}
	bool good = show_open(path, &file) && verify_file(&file, zero_pages, path);
	return report_end(good ? STATUS_OK : STATUS_FAILED);
}
