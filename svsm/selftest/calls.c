/* SPDX-License-Identifier: MIT */
/* Calls of the core protocol: decoded from real guest memory, carried out, answered. docs/protocol.md */
#include <copra/svsm.h>

#include "guest/accept.h"
#include "guest/memory.h"
#include "platform/check.h"
#include "selftest/guest.h"
#include "selftest/selftest.h"
#include "selftest/tap.h"

#define CALL(protocol, call) ((u64)(protocol) << 32 | (call))
#define CORE(call) CALL(SVSM_PROTOCOL_CORE, call)
#define PROTOCOL_NONE 0x4242U

/* Pages of the block that the guest has */
enum place {
	PLACE_LIST = 0, /* not the VMSA: no VMSA lies at a 2 MiB boundary */
	PLACE_VMSA,
	PLACE_CALLING_AREA,
	PLACE_OTHER_AREA,
	PLACE_OTHER_LIST,
	PLACE_TARGET, /* shared, private with the host */
	PLACE_COUNT,
};

static gpa_t place(const struct selftest_ground *ground, enum place page)
{
	return gpa(selftest_block(ground, SELFTEST_BLOCK_CALLS).raw + (u64)page * PAGE_SIZE);
}

static void list_write(gpa_t list, u64 entry)
{
	const struct svsm_pvalidate_header header = {.entries = 1};
	tap_require(guest_write(list, &header, sizeof(header)), "the head of a list");
	tap_require(guest_write(gpa(list.raw + sizeof(header)), &entry, sizeof(entry)), "the entry of a list");
}

#define STEPS_MAX 16U
#define VERSIONS ((u64)SVSM_CORE_VERSION << 32 | SVSM_CORE_VERSION)

static struct {
	struct guest_step steps[STEPS_MAX];
	u32 count;
} script;

static void step_add(struct guest_step step)
{
	CHECK(script.count < STEPS_MAX);
	script.steps[script.count++] = step;
}

/* A call that answers by RAX alone. */
static struct guest_step call(const char *what, u64 rax, u64 rcx, u64 result)
{
	return (struct guest_step){.what = what, .rax = rax, .rcx = rcx, .result = result, .result_rcx = rcx};
}

static struct guest_step query(const char *what, u64 protocol, u64 result_rcx)
{
	struct guest_step step = call(what, CORE(SVSM_CORE_QUERY_PROTOCOL), CALL(protocol, 1), SVSM_SUCCESS);
	step.result_rcx = result_rcx;
	return step;
}

static void add_queries(void)
{
	const u64 untouched = CORE(SVSM_CORE_QUERY_PROTOCOL);
	struct guest_step silent =
		call("a guest that comes back without a call is left alone", untouched, 0, untouched);
	silent.silent = true;
	step_add(silent);
	step_add(query("QUERY_PROTOCOL knows the core protocol", SVSM_PROTOCOL_CORE, VERSIONS));
	step_add(query("QUERY_PROTOCOL does not know others", PROTOCOL_NONE, 0));
	step_add(call("an unknown protocol is refused", CALL(PROTOCOL_NONE, 0), 0, SVSM_ERR_UNSUPPORTED_PROTOCOL));
	step_add(call("an unknown call is refused", CORE(0xFFFF), 0, SVSM_ERR_UNSUPPORTED_CALL));
}

static void add_lists(const struct selftest_ground *ground)
{
	const u64 pvalidate = CORE(SVSM_CORE_PVALIDATE);
	const u64 list = place(ground, PLACE_LIST).raw;
	const u64 other_list = place(ground, PLACE_OTHER_LIST).raw;
	step_add(call("PVALIDATE validates a page", pvalidate, list, SVSM_SUCCESS));
	step_add(call("PVALIDATE of a list that is done already is refused", pvalidate, list,
		      SVSM_ERR_INVALID_PARAMETER));
	step_add(call("PVALIDATE of the same page says that nothing changed", pvalidate, other_list,
		      SVSM_ERR_CORE_NO_CHANGE));
	step_add(call("a list in the SVSM's memory is refused", pvalidate, ground->own.raw, SVSM_ERR_INVALID_ADDRESS));
}

static void add_calling_areas(const struct selftest_ground *ground)
{
	const u64 remap = CORE(SVSM_CORE_REMAP_CA);
	const gpa_t area = place(ground, PLACE_OTHER_AREA);
	struct guest_step moves = call("the calling area moves", remap, area.raw, SVSM_SUCCESS);
	moves.moved = true;
	moves.area = area;
	step_add(moves);
	step_add(query("and the next call is found there", SVSM_PROTOCOL_CORE, VERSIONS));
	step_add(call("the calling area cannot move to the SVSM's memory", remap, ground->own.raw,
		      SVSM_ERR_INVALID_ADDRESS));
}

static void add_vcpus(const struct selftest_ground *ground)
{
	const u64 page = place(ground, PLACE_OTHER_LIST).raw;
	struct guest_step replaces =
		call("a vCPU cannot replace itself", CORE(SVSM_CORE_CREATE_VCPU), page, SVSM_ERR_INVALID_PARAMETER);
	replaces.rdx = place(ground, PLACE_CALLING_AREA).raw;
	replaces.r8 = platform_apic_id();
	step_add(replaces);
}

static void play_script(const struct selftest_ground *ground)
{
	const struct guest_pages pages = {place(ground, PLACE_VMSA), place(ground, PLACE_CALLING_AREA)};
	script.count = 0;
	add_queries();
	add_lists(ground);
	add_calling_areas(ground);
	add_vcpus(ground);
	tap_check(guest_play(pages, script.steps, script.count) == ERR_HOST, "the guest ends when it wants to");
}

void selftest_calls(const struct selftest_ground *ground)
{
	gpa_t target = place(ground, PLACE_TARGET);
	u64 entry = target.raw | SVSM_PVALIDATE_SIZE_4K | SVSM_PVALIDATE_VALIDATE;
	u16 next = 0;
	u64 word = 1;
	tap_check(accept_range(place(ground, PLACE_LIST), PLACE_TARGET) == ERR_OK, "the guest's pages are accepted");
	tap_require(platform_page_state(target, 1, WINDOW_PRIVATE), "a page to validate");
	list_write(place(ground, PLACE_LIST), entry);
	list_write(place(ground, PLACE_OTHER_LIST), entry);
	play_script(ground);
	tap_check(guest_read(gpa(place(ground, PLACE_LIST).raw + offsetof(struct svsm_pvalidate_header, next)), &next,
			     sizeof(next)) == ERR_OK &&
			  next == 1,
		  "the list says how far it is done");
	tap_check(guest_read(target, &word, sizeof(word)) == ERR_OK && word == 0, "the page is the guest's, and zero");
}
