/* SPDX-License-Identifier: MIT */
/* What the igvm tool makes of a file: check for every consumer, inspect as text and JSON, measure, verify, a firmware image
 * for build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/rules.h"
#include "host/report.h"
#include "igvm_seal.h"
#include "input/firmware_igvm.h"
#include "measure/digest.h"
#include "show/text.h"
#include "sign/verify.h"

#define MEASURED_BYTES 0x100000U

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the tool prints goes nowhere; libFuzzer has kept the stream that it prints to. */
int LLVMFuzzerInitialize(int *count, char ***words)
{
	FILE *nowhere = fopen("/dev/null", "w");
	if (nowhere != NULL) {
		stdout = nowhere;
		stderr = nowhere;
	}
	return 0;
}

const char report_program[] = "igvm";
const char report_front[] = "igvm";

static void check(const struct igvm_file *file)
{
	for (u32 i = 0; i == 0 || consumer_names[i - 1] != NULL; i++) {
		struct findings findings = {.path = "input", .json = i % 2 == 0};
		check_file(file, consumer_names[i] == NULL ? NULL : consumer_get(i), &findings);
		findings_end(&findings);
	}
}

/* How much memory the digests would go through: a few headers can name a great deal, which only takes time. */
static u64 measured_bytes(const struct igvm_file *file)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_parameter_area area;
	struct igvm_vhs_error_range range;
	u64 sum = 0;
	while (igvm_next(&iterator, &header)) {
		if (header.type == IGVM_VHT_PARAMETER_AREA) {
			igvm_decode_parameter_area(&header, &area);
			sum += area.number_of_bytes;
		} else if (header.type == IGVM_VHT_ERROR_RANGE) {
			igvm_decode_error_range(&header, &range);
			sum += range.size_bytes;
		}
	}
	return sum;
}

static void measure(const struct igvm_file *file)
{
	struct measure_options options = {.path = "input", .zero_pages = IGVM_ZERO_NATIVE};
	struct measure_digest digest;
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		bool counts = platform == IGVM_PLATFORM_SEV_SNP || platform == IGVM_PLATFORM_SEV_ES;
		if (igvm_platform_mask(file, platform, &mask) != ERR_OK) {
			continue;
		}
		options.platform = platform;
		options.cpus = 0;
		(void)!measure_file(file, &options, &digest);
		options.cpus = counts ? 3 : 0;
		(void)!measure_file(file, &options, &digest);
	}
	(void)!verify_file(file, IGVM_ZERO_MEASURED, "input");
}

static void unwrap(const u8 *bytes, size_t n)
{
	static u8 room[FIRMWARE_MAX_SIZE];
	struct span image;
	const char *what = NULL;
	if (firmware_unwrap(span_of(bytes, n), room, &image, &what) == ERR_OK) {
		memset(room + (image.p - room), 0, image.n);
	}
}

static void use(const u8 *bytes, size_t n)
{
	struct igvm_file file;
	struct igvm_error error;
	struct findings findings = {.path = "input", .json = true};
	if (igvm_open(span_of(bytes, n), &file, &error) != ERR_OK) {
		finding_refusal(&findings, &error);
		return;
	}
	unwrap(bytes, n);
	check(&file);
	show_text(&file, n % 2 == 0);
	show_json(&file);
	if (measured_bytes(&file) <= MEASURED_BYTES) {
		measure(&file);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 *copy = malloc(size > 0 ? size : 1);
	if (copy == NULL) {
		return 0;
	}
	memcpy(copy, data, size);
	igvm_seal(copy, size);
	use(copy, size);
	free(copy);
	return 0;
}
