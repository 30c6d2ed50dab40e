/* SPDX-License-Identifier: MIT */
#include "vtpm/random.h"

#include <copra/types.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define SAMPLE_SIZE 32U

/* Nothing of the C library's or OpenSSL's runs any more: what they hold may be half-made keys. */
_Noreturn static void random_failed(const char *message)
{
	ssize_t written = write(STDERR_FILENO, message, strlen(message));
	(void)written;
	_exit(1);
}

static int random_bytes(unsigned char *to, int count)
{
	while (count > 0) {
		ssize_t got = getrandom(to, (size_t)count, 0);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0 || got > count) {
			random_failed("vtpm: there are no random numbers; it does not go on without\n");
		}
		to += got;
		count -= (int)got;
	}
	return 1;
}

static int random_status(void)
{
	return 1;
}

static const RAND_METHOD random_method = {
	.bytes = random_bytes,
	.pseudorand = random_bytes,
	.status = random_status,
};

/* Does OpenSSL take its numbers from here, and are they none that a broken source would give? */
static bool random_works(void)
{
	static const u8 zero[SAMPLE_SIZE];
	u8 first[SAMPLE_SIZE] = {0};
	u8 second[SAMPLE_SIZE] = {0};
	return RAND_get_rand_method() == &random_method && RAND_status() == 1 &&
	       RAND_bytes(first, sizeof(first)) == 1 && RAND_priv_bytes(second, sizeof(second)) == 1 &&
	       memcmp(first, second, SAMPLE_SIZE) != 0 && memcmp(first, zero, SAMPLE_SIZE) != 0 &&
	       memcmp(second, zero, SAMPLE_SIZE) != 0;
}

void random_init(void)
{
	const u64 options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT;
	if (OPENSSL_init_crypto(options, NULL) != 1 || RAND_set_rand_method(&random_method) != 1 || !random_works()) {
		random_failed("vtpm: OpenSSL's random numbers could not be set up\n");
	}
}
