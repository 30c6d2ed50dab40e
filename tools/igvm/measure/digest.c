/* SPDX-License-Identifier: MIT */
#include "measure/digest.h"

#include "host/hash.h"
#include "host/report.h"
#include "measure/reset.h"
#include "show/open.h"

/* The features that the first processor runs with are those of all. */
static u64 features_of(const struct igvm_file *file, u32 mask)
{
	struct igvm_vhs_vp_context context;
	u64 features = 0;
	if (igvm_find_context(file, mask, 0, &context)) {
		struct span vmsa = igvm_data(file, context.file_offset, PAGE_SIZE);
		(void)!span_copy(vmsa, offsetof(struct vmsa, sev_features), &features, sizeof(features));
	}
	return features;
}

static void measure_snp(const struct igvm_file *file, const struct igvm_snp_launch *launch, struct measure_digest *out)
{
	out->size = LAUNCH_DIGEST_SIZE;
	if (launch->processors.count > 0) {
		igvm_measure_snp_processors(file, launch, &host_hash, out->bytes);
	} else {
		(void)!igvm_measure_snp(file, launch->mask, launch->zero_pages, &host_hash, out->bytes);
	}
}

static bool measure_vbs(const struct igvm_file *file, u32 mask, struct measure_digest *out)
{
	out->size = IGVM_SHA256_SIZE;
	switch (igvm_measure_vbs(file, mask, &host_hash, out->bytes)) {
	case ERR_OK:
		return true;
	case ERR_RANGE:
		return report(
			"the file's error ranges for VBS are more than %llu MiB: measuring them would take too long",
			IGVM_VBS_MAX_ERROR_BYTES >> 20);
	default:
		return report("the file has a secrets or CPUID page for VBS, which does not have such");
	}
}

static void measure_stream(const struct igvm_file *file, u8 platform, const struct igvm_snp_launch *launch,
			   struct measure_digest *out)
{
	out->size = platform == IGVM_PLATFORM_TDX ? LAUNCH_DIGEST_SIZE : IGVM_SHA256_SIZE;
	struct igvm_stream stream = host_stream_begin(out->size);
	if (platform == IGVM_PLATFORM_TDX) {
		igvm_measure_tdx(file, launch->mask, &stream);
	} else {
		igvm_measure_sev(file, launch->mask, &launch->processors, &stream);
	}
	host_stream_end(&stream, out->bytes);
}

bool measure_file(const struct igvm_file *file, const struct measure_options *options, struct measure_digest *digest)
{
	u32 mask;
	struct vmsa reset;
	if (!show_find_platform(options->path, file, options->platform, &mask)) {
		return false;
	}
	reset_vmsa(&reset, options->cpu_signature, features_of(file, mask));
	const struct igvm_snp_launch launch = {
		.mask = mask,
		.zero_pages = options->zero_pages,
		.processors = {.count = options->cpus, .reset = span_of(&reset, sizeof(reset))},
	};
	switch (options->platform) {
	case IGVM_PLATFORM_SEV_SNP:
		measure_snp(file, &launch, digest);
		return true;
	case IGVM_PLATFORM_VSM_ISOLATION:
		return measure_vbs(file, mask, digest);
	default:
		measure_stream(file, options->platform, &launch, digest);
		return true;
	}
}
