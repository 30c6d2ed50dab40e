/* SPDX-License-Identifier: MIT */
/*
 * Replays, through an IGVM file, the launch that sev-snp-measure measures for an OVMF image (tests/data/README.md), and
 * wants its digests.
 */
#include "vectors.h"

#include <copra/sev.h>
#include <copra/vmsa.h>

#include <stdio.h>
#include <stdlib.h>

#include "hash.h"
#include "igvm/input/firmware.h"
#include "igvm/write.h"
#include "unit/unit.h"

#define MASK 0x1U
#define IMAGE_SIZE 4096U
#define EPYC_V4_SIGNATURE 0x00800F12U

const char *vectors_folder;

static u8 image[IMAGE_SIZE];

static void read_image(void)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/ovmf_AmdSev_suffix.bin", vectors_folder);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(image, 1, sizeof(image), file), sizeof(image));
	fclose(file);
}

static struct vmsa reset_vmsa(u64 sev_features)
{
	const struct vmsa_segment data = {.attributes = 0x93, .limit = 0xFFFF};
	const struct vmsa_segment table = {.limit = 0xFFFF};
	return (struct vmsa){
		.es = data,
		.cs = {0xF000, 0x9B, 0xFFFF, 0xFFFF0000},
		.ss = data,
		.ds = data,
		.fs = data,
		.gs = data,
		.gdtr = table,
		.idtr = table,
		.ldtr = {0, 0x82, 0xFFFF, 0},
		.tr = {0, 0x8B, 0xFFFF, 0},
		.efer = EFER_SVME,
		.cr0 = 0x10,
		.cr4 = 0x40,
		.dr6 = 0xFFFF0FF0,
		.dr7 = 0x400,
		.rflags = 2,
		.rip = 0xFFF0,
		.rdx = EPYC_V4_SIGNATURE,
		.pat = 0x0007040600070406,
		.xcr0 = 1,
		.mxcsr = 0x1F80,
		.x87_fcw = 0x37F,
		.sev_features = sev_features,
	};
}

static void put_page(struct igvm_writer *w, u64 gpa, u16 type, u32 file_offset)
{
	const struct igvm_vhs_page_data page = {
		.gpa = gpa,
		.compatibility_mask = MASK,
		.file_offset = file_offset,
		.data_type = type,
	};
	igvm_write_page(w, &page);
}

static u16 page_type(u32 section_type)
{
	switch (section_type) {
	case FIRMWARE_SECRETS:
		return IGVM_PAGE_SECRETS;
	case FIRMWARE_CPUID:
		return IGVM_PAGE_CPUID;
	default:
		return IGVM_PAGE_NORMAL; /* without data: zeros */
	}
}

static void put_launch(struct igvm_writer *w, const struct firmware *firmware, const struct vmsa *vmsa)
{
	struct igvm_vhs_vp_context context = {.gpa = LAUNCH_VMSA_GPA, .compatibility_mask = MASK};
	igvm_write_platform(w, MASK, IGVM_PLATFORM_SEV_SNP);
	put_page(w, firmware->gpa, IGVM_PAGE_NORMAL, igvm_write_data(w, span_of(image, sizeof(image))));
	for (u32 i = 0; i < firmware->section_count; i++) {
		const struct firmware_section *s = &firmware->sections[i];
		for (u32 at = 0; at < s->size; at += PAGE_SIZE) {
			put_page(w, s->gpa + at, page_type(s->type), 0);
		}
	}
	context.file_offset = igvm_write_data(w, span_of(vmsa, sizeof(*vmsa)));
	igvm_write_vp_context(w, &context);
}

static void measure(const struct firmware *firmware, u64 sev_features, u8 digest[LAUNCH_DIGEST_SIZE])
{
	struct vmsa vmsa = reset_vmsa(sev_features);
	struct igvm_writer w;
	struct igvm_file file;
	struct span bytes;
	igvm_write_begin(&w, NULL, 0, 0);
	put_launch(&w, firmware, &vmsa);
	size_t size = igvm_write_size(&w);
	u8 *out = malloc(size);
	igvm_write_begin(&w, out, size, w.header_bytes);
	put_launch(&w, firmware, &vmsa);
	assert_err(igvm_write_end(&w, &bytes), ERR_OK);
	assert_err(igvm_open(bytes, &file, NULL), ERR_OK);
	assert_err(igvm_measure_snp(&file, MASK, IGVM_ZERO_NATIVE, &test_hash, digest), ERR_OK);
	free(out);
}

void vectors_replay(void **state)
{
	struct firmware firmware;
	u8 digest[LAUNCH_DIGEST_SIZE];
	read_image();
	assert_err(firmware_open(span_of(image, sizeof(image)), &firmware, NULL), ERR_OK);
	measure(&firmware, 0x21, digest);
	assert_digest(digest, "e1e1ca029dd7973ab9513295be68198472dcd4fc834bd9af9b63f6e8a1674dbf"
			      "281a9278a4a2ebe0eed9f22adbcd0e2b");
	measure(&firmware, 0x1, digest);
	assert_digest(digest, "19358ba9a7615534a9a1e2f0dfc29384dcd4dcb7062ff9c6013b26869a5fc6ec"
			      "abe033c48dd6f6db5d6d76e7c5df632d");
}
