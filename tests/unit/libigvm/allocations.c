/* SPDX-License-Identifier: MIT */
/*
 * No allocation is larger than the file: in the C API, the typed API and the commands of the tool, for every file of the
 * hostile corpus and every sample: igvm_allocations HOSTILE SAMPLES. The linker sends all our allocations here (--wrap).
 */
#include "unit/libigvm/allocations.h"

#include "unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/report.h"
#include "igvm/measure.h"
#include "igvm/write.h"
#include "show/commands.h"

#define ROOM 0x20000U

const char report_program[] = "igvm";
const char report_front[] = "igvm";

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *old, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *old, size_t n);

/* What a command allocates lives until the program ends, which is soon elsewhere. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static size_t largest;
static size_t total;

static void note(size_t n)
{
	total += n;
	largest = n > largest ? n : largest;
}

void *__wrap_malloc(size_t n)
{
	note(n);
	return __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	note(count * n);
	return __real_calloc(count, n);
}

void *__wrap_realloc(void *old, size_t n)
{
	note(n);
	return __real_realloc(old, n);
}

static u8 bytes[ROOM];
static const char *folders[2];

static size_t load(const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	assert_int_equal(fgetc(file), EOF);
	fclose(file);
	largest = 0;
	total = 0;
	return n;
}

/* Digests that nobody looks at */
static void hash(void *context, struct span data, u8 *digest)
{
	digest[0] = (u8)data.n;
}

static void stream(void *context, struct span data)
{
}

static void use_typed(const struct igvm_file *file)
{
	const struct igvm_hash hashes = {.sha384 = hash, .sha256 = hash};
	const struct igvm_stream sink = {.add = stream};
	const struct igvm_processors processors = {.count = 0};
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct span data;
	u8 digest[LAUNCH_DIGEST_SIZE];
	while (igvm_next(&iterator, &header)) {
		(void)igvm_header_data(file, &header, &data);
	}
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		if (igvm_platform_mask(file, platform, &mask) == ERR_OK) {
			(void)!igvm_measure_snp(file, mask, IGVM_ZERO_NATIVE, &hashes, digest);
			(void)!igvm_measure_vbs(file, mask, &hashes, digest);
			igvm_measure_tdx(file, mask, &sink);
			igvm_measure_sev(file, mask, &processors, &sink);
		}
	}
}

static void check_typed(size_t n, bool good)
{
	struct igvm_file file;
	struct igvm_error error;
	assert_int_equal(igvm_open(span_of(bytes, n), &file, &error) == ERR_OK, good);
	if (good) {
		use_typed(&file);
	}
	assert_int_equal(total, 0); /* it allocates nothing at all */
}

static void run(int (*command)(int count, char **words), char *words[6], int status)
{
	int count = 0;
	while (count < 6 && words[count] != NULL) {
		count++;
	}
	assert_int_equal(command(count, words), status);
}

static void check_commands(char *path, bool good)
{
	static const char *const consumers[] = {"qemu-10.1", "qemu-10.2", "qemu-11", "cloud-hypervisor",
						"openvmm",   "kvm",       "hyper-v"};
	static const char *const platforms[] = {"snp", "sev-es", "sev", "tdx", "vbs"};
	int status = good ? STATUS_OK : STATUS_FAILED;
	run(inspect_command, (char *[6]){"inspect", path}, status);
	run(inspect_command, (char *[6]){"inspect", path, "--json"}, status);
	run(check_command, (char *[6]){"check", path}, status);
	run(diff_command, (char *[6]){"diff", path, path}, status);
	for (size_t i = 0; i < ARRAY_SIZE(consumers); i++) {
		char *words[] = {"check", path, "--for", (char *)(uintptr_t)consumers[i]};
		int ended = check_command(4, words);
		assert_true(ended == STATUS_FAILED || (good && ended == STATUS_OK));
	}
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		char *words[] = {"measure", path, "--platform", (char *)(uintptr_t)platforms[i]};
		int ended = measure_command(4, words);
		assert_true(ended == STATUS_FAILED || (good && ended == STATUS_OK));
	}
	(void)verify_command(2, (char *[]){"verify", path});
}

static void check_file(char *path, bool good)
{
	size_t n = load(path);
	assert_int_equal(api_use(bytes, n), good);
	assert_true(good || total == 0); /* what is refused costs nothing */
	assert_in_range(largest, 0, n);
	load(path);
	check_typed(n, good);
	check_commands(path, good);
	assert_in_range(largest, 0, n);
}

static u32 check_folder(const char *folder, bool good)
{
	char path[1024];
	u32 count = 0;
	DIR *all = opendir(folder);
	assert_non_null(all);
	for (struct dirent *entry = readdir(all); entry != NULL; entry = readdir(all)) {
		const char *dot = strrchr(entry->d_name, '.');
		if (dot != NULL && strcmp(dot, ".igvm") == 0) {
			snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
			check_file(path, good);
			count++;
		}
	}
	closedir(all);
	return count;
}

static void hostile_files(void **state)
{
	assert_true(check_folder(folders[0], false) > 100);
}

static void good_files(void **state)
{
	assert_int_equal(check_folder(folders[1], true), 4);
}

/* The table of files does not grow with the files that were. */
static void tables_do_not_grow(void **state)
{
	char path[1024];
	snprintf(path, sizeof(path), "%s/gap.igvm", folders[1]);
	size_t n = load(path);
	api_churn(bytes, n, 1);
	size_t once = total;
	size_t most = largest;
	total = 0;
	api_churn(bytes, n, 3000);
	assert_in_range(total, 1, 3000 * once);
	assert_int_equal(largest, most);
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_do_not_grow),
		cmocka_unit_test(hostile_files),
		cmocka_unit_test(good_files),
	};
	folders[0] = count > 2 ? words[1] : "";
	folders[1] = count > 2 ? words[2] : "";
	if (freopen("/dev/null", "w", stdout) == NULL) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
