/* SPDX-License-Identifier: MIT */
#include "conformance/tap.h"

#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

#define DIFFERENCES_MAX 4U

struct difference {
	const char *what;
	u64 got, wanted;
};

static struct difference differences[DIFFERENCES_MAX];
static u32 difference_count;
static u32 test_count;

void tap_begin(void)
{
	difference_count = 0;
}

static void note(const char *what, u64 got, u64 wanted)
{
	if (difference_count < ARRAY_SIZE(differences)) {
		differences[difference_count] = (struct difference){.what = what, .got = got, .wanted = wanted};
	}
	difference_count++;
}

void tap_expect(const char *what, u64 got, u64 wanted)
{
	if (got != wanted) {
		note(what, got, wanted);
	}
}

void tap_expect_either(const char *what, u64 got, u64 wanted, u64 or_wanted)
{
	if (got != wanted && got != or_wanted) {
		note(what, got, wanted);
	}
}

/* QUERY_PROTOCOL for the core protocol, version 1. What comes back in RCX is another rule's matter. */
static void expect_service(void)
{
	u64 core = (u64)SVSM_PROTOCOL_CORE << 32 | SVSM_CORE_VERSION;
	struct svsm_registers registers = {.rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = core};
	tap_expect("a good call afterwards", svsm_call(&registers), SVSM_ANSWERED);
	tap_expect("result of a good call afterwards", registers.rax, SVSM_SUCCESS);
}

void tap_end(const char *group, const char *name)
{
	expect_service();
	host_print("%sok %u - %s%s\n", difference_count ? "not " : "", ++test_count, group, name);
	for (u32 i = 0; i < difference_count && i < ARRAY_SIZE(differences); i++) {
		const struct difference *d = &differences[i];
		host_print("# %s: got 0x%lx, expected 0x%lx\n", d->what, d->got, d->wanted);
	}
}

void tap_skip(const char *group, const char *name, const char *why)
{
	host_print("ok %u - %s%s # SKIP %s\n", ++test_count, group, name, why);
}

void tap_finish(void)
{
	host_print("1..%u\n", test_count);
}
