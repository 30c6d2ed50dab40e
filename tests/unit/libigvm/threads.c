/* SPDX-License-Identifier: MIT */
/*
 * libigvm from several threads: files of their own, and one file that they share and one of them frees:
 * libigvm_threads SAMPLE. Exit status 1 when an answer is wrong; the thread sanitizer, where it works, finds races.
 */
#include <igvm/igvm.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#define THREADS 4
#define ROUNDS 100

static uint8_t sample[1 << 16];
static uint32_t sample_size;
static IgvmHandle shared;

/* True when the header was there, or the file was not any more. */
static bool use_header(IgvmHandle file, uint32_t index)
{
	IgvmHandle buffer = igvm_get_header(file, IGVM_HEADER_SECTION_DIRECTIVE, index);
	if (buffer <= 0) {
		return buffer == IGVMAPI_INVALID_HANDLE;
	}
	int32_t size = igvm_get_buffer_size(file, buffer);
	igvm_free_buffer(file, buffer);
	return size == IGVMAPI_INVALID_HANDLE || (size >= 8 && size % 8 == 0);
}

static void *use_own(void *argument)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		IgvmHandle file = igvm_new_from_binary(sample, sample_size);
		IgvmHandle buffer = igvm_get_header_data(file, IGVM_HEADER_SECTION_DIRECTIVE, 0);
		bool good = file > 0 && igvm_get_buffer(file, buffer) != NULL && use_header(file, i % 30);
		igvm_free(file);
		if (!good || igvm_header_count(file, IGVM_HEADER_SECTION_PLATFORM) != IGVMAPI_INVALID_HANDLE) {
			return sample;
		}
	}
	return NULL;
}

static void *use_shared(void *argument)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		if (!use_header(shared, i % 30)) {
			return sample;
		}
	}
	return NULL;
}

static void *free_shared(void *argument)
{
	for (uint32_t i = 0; i < ROUNDS / 2; i++) {
		if (!use_header(shared, i % 30)) {
			return sample;
		}
	}
	igvm_free(shared);
	return NULL;
}

static bool run(void *(*first)(void *argument), void *(*others)(void *argument))
{
	pthread_t ids[THREADS];
	bool good = true;
	for (int i = 0; i < THREADS; i++) {
		if (pthread_create(&ids[i], NULL, i == 0 ? first : others, NULL) != 0) {
			return false;
		}
	}
	for (int i = 0; i < THREADS; i++) {
		void *failed;
		pthread_join(ids[i], &failed);
		good = good && failed == NULL;
	}
	return good;
}

int main(int count, char **words)
{
	FILE *file = fopen(count > 1 ? words[1] : "", "rb");
	if (file == NULL) {
		perror("sample");
		return 1;
	}
	sample_size = (uint32_t)fread(sample, 1, sizeof(sample), file);
	fclose(file);
	bool good = run(use_own, use_own);
	for (int i = 0; i < 20; i++) {
		shared = igvm_new_from_binary(sample, sample_size);
		good = run(free_shared, use_shared) && good;
	}
	puts(good ? "ok" : "a wrong answer");
	return good ? 0 : 1;
}
