/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "host/file.h"
#include "host/hash.h"
#include "host/report.h"
#include "igvm/write.h"
#include "show/commands.h"
#include "show/open.h"
#include "sign/id_block.h"
#include "sign/options.h"

static bool sign_with(const char *path, const void *message, size_t n, struct igvm_snp_public_key *public,
		      struct igvm_snp_signature *signature)
{
	const char *why = "";
	struct ecdsa_point point;
	struct ecdsa_signature made;
	const struct ecdsa_key *key = ecdsa_key_read(path, &why);
	if (key == NULL) {
		return report("key file %s: %s", path, why);
	}
	if (!ecdsa_public(key, &point) || !ecdsa_sign(key, message, n, &made)) {
		return report("key file %s: libcrypto refuses to sign with it", path);
	}
	public->curve = PSP_CURVE_P384;
	memcpy(public->qx, point.x, sizeof(public->qx));
	memcpy(public->qy, point.y, sizeof(public->qy));
	memcpy(signature, &made, sizeof(*signature));
	return true;
}

static bool sign_keys(const struct sign_options *o, u64 policy, struct igvm_vhs_snp_id_block *directive)
{
	struct id_block block;
	struct id_public_key id_key;
	id_block_of(directive, policy, &block);
	if (!sign_with(o->id_key, &block, sizeof(block), &directive->id_public_key, &directive->id_key_signature)) {
		return false;
	}
	if (o->author_key == NULL) {
		return true;
	}
	directive->author_key_enabled = 1;
	directive->author_key_algorithm = PSP_ALGORITHM_P384_SHA384;
	id_public_key_of(&directive->id_public_key, &id_key);
	return sign_with(o->author_key, &id_key, sizeof(id_key), &directive->author_public_key,
			 &directive->author_key_signature);
}

static bool make_directive(const struct igvm_file *file, u32 mask, const struct sign_options *o,
			   struct igvm_vhs_snp_id_block *directive)
{
	u64 policy;
	*directive = (struct igvm_vhs_snp_id_block){
		.compatibility_mask = mask,
		.version = ID_BLOCK_VERSION,
		.guest_svn = o->guest_svn,
		.id_key_algorithm = PSP_ALGORITHM_P384_SHA384,
	};
	memcpy(directive->family_id, o->family_id, sizeof(directive->family_id));
	memcpy(directive->image_id, o->image_id, sizeof(directive->image_id));
	if (!id_policy(o->path, file, mask, &policy)) {
		return false;
	}
	if (igvm_measure_snp(file, mask, o->zero_pages, &host_hash, directive->launch_digest) != ERR_OK) {
		return report("%s: the file cannot be measured", o->path);
	}
	return sign_keys(o, policy, directive);
}

static void put_file(struct igvm_writer *w, const struct igvm_file *file, const struct igvm_vhs_snp_id_block *directive)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		bool replaced = header.type == IGVM_VHT_SNP_ID_BLOCK &&
				igvm_header_applies(&header, directive->compatibility_mask);
		if (!replaced) {
			igvm_copy_header(w, file, &header);
		}
	}
	igvm_write_header(w, IGVM_VHT_SNP_ID_BLOCK, directive, sizeof(*directive));
	igvm_copy_data(w, file);
}

static bool write_signed(const struct igvm_file *file, const struct igvm_vhs_snp_id_block *directive,
			 const char *output)
{
	struct igvm_writer w;
	struct span out;
	igvm_copy_begin(&w, file, NULL, 0, 0);
	put_file(&w, file, directive);
	size_t size = igvm_write_size(&w);
	igvm_copy_begin(&w, file, allocate(size), size, w.header_bytes);
	put_file(&w, file, directive);
	if (igvm_write_end(&w, &out) != ERR_OK) {
		return report("%s: the signed file would exceed 4 GiB", output);
	}
	return file_write(output, out);
}

int sign_command(int count, char **words)
{
	struct sign_options options;
	struct igvm_file file;
	struct igvm_vhs_snp_id_block directive;
	u32 mask;
	int status;
	if (!sign_options_read(count, words, &options, &status)) {
		return status;
	}
	bool done = show_open(options.path, &file) &&
		    show_find_platform(options.path, &file, IGVM_PLATFORM_SEV_SNP, &mask) &&
		    make_directive(&file, mask, &options, &directive) &&
		    write_signed(&file, &directive, options.output);
	return done ? STATUS_OK : STATUS_FAILED;
}
