/* SPDX-License-Identifier: MIT */
/*
 * The malformed calls of guests/calls on the host: the program runs on a stack of its own, its VMGEXIT is a switch to the SVSM's
 * request loop on platform/fake. Its TAP goes to stdout; the exit status says whether all was well.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "calls/pages.h"
#include "guest/accept.h"
#include "guest/page_state.h"
#include "guest/request.h"
#include "guest/rights.h"
#include "platform/fake/fake.h"
#include "runtime/host.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define MIB (1ULL << 20)
#define RAM_END (128 * MIB)
#define SVSM_BASE 0xFF000000ULL
#define SVSM_SIZE (2 * MIB)
#define FIRST_VMSA (SVSM_BASE + 0x101000)
#define CALLING_AREA 0x800000ULL
#define TEST_PAGES 0x1000000ULL
#define SHARED_PAGE 0x1100000ULL
#define CBIT 51ULL
#define GUEST_VMPL 2U
#define STACK_BYTES (256 * 1024)

noreturn_fn void program_main(u64 calling_area);

static ucontext_t loop_context, program_context;
static struct vmsa *running;
static bool finished;
static u32 failures;

/* What the program finds below itself */

volatile void *memory_at(u64 address)
{
	return fake_bytes(gpa(address));
}

u64 memory_test_pages(void)
{
	return TEST_PAGES;
}

void svsm_transport(enum svsm_transport transport)
{
}

bool svsm_enter(struct svsm_registers *r)
{
	struct vmsa *v = running;
	v->rax = r->rax, v->rcx = r->rcx, v->rdx = r->rdx, v->rbx = r->rbx, v->rsi = r->rsi, v->rdi = r->rdi;
	v->r8 = r->r8, v->r9 = r->r9, v->r10 = r->r10, v->r11 = r->r11;
	v->r12 = r->r12, v->r13 = r->r13, v->r14 = r->r14, v->r15 = r->r15;
	v->guest_exitcode = SVM_EXIT_VMGEXIT;
	swapcontext(&program_context, &loop_context);
	v = running;
	r->rax = v->rax, r->rcx = v->rcx, r->rdx = v->rdx, r->rbx = v->rbx, r->rsi = v->rsi, r->rdi = v->rdi;
	r->r8 = v->r8, r->r9 = v->r9, r->r10 = v->r10, r->r11 = v->r11;
	r->r12 = v->r12, r->r13 = v->r13, r->r14 = v->r14, r->r15 = v->r15;
	return true;
}

u64 host_msr_request(u64 request)
{
	return CBIT << 24 | GHCB_MSR_SEV_INFO;
}

u64 host_ghcb_address(void)
{
	return SHARED_PAGE;
}

bool host_page_state(u64 page, bool large, u64 operation)
{
	u64 pages = large ? LARGE_PAGE_SIZE / PAGE_SIZE : 1;
	return platform_page_state(gpa(page), pages, operation == PSC_OP_PRIVATE ? WINDOW_PRIVATE : WINDOW_SHARED) ==
	       ERR_OK;
}

void host_open(void)
{
	if (svsm_validate_one(svsm_entry(SHARED_PAGE, ENTRY_RESCIND)) != SVSM_SUCCESS ||
	    !host_page_state(SHARED_PAGE, false, PSC_OP_SHARED)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
}

void host_print(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char line[200];
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fputs(line, stdout);
	failures += strncmp(line, "not ok", 6) == 0;
}

void host_terminate(enum program_reason reason)
{
	fprintf(stderr, "the program terminates itself, reason %d\n", (int)reason);
	exit(1);
}

void host_power_off(void)
{
	finished = true;
	for (;;) {
		swapcontext(&program_context, &loop_context);
	}
}

/* What runs it */

static void start_program(void)
{
	program_main(CALLING_AREA);
}

static bool run_program(void *context, struct vmsa *vmsa)
{
	running = vmsa;
	swapcontext(&loop_context, &program_context);
	return !finished;
}

static void require_ok(enum err error, const char *what)
{
	if (error != ERR_OK) {
		fprintf(stderr, "set-up: %s: %s\n", what, err_name(error));
		exit(1);
	}
}

static void set_up_memory(void)
{
	struct memory_map map = {.count = 1, .ranges = {{0, RAM_END, MEMORY_RAM}}};
	require_ok(memory_map_reserve(&map, SVSM_BASE, SVSM_SIZE), "own memory");
	u64 bytes = page_states_bytes(&map);
	void *storage = calloc(1, bytes);
	require_ok(storage == NULL ? ERR_NO_MEMORY : page_states_init(&map, storage, bytes), "page states");
	require_ok(rights_init(GUEST_VMPL), "rights");
	fake_launch(gpa(SVSM_BASE), SVSM_SIZE / PAGE_SIZE);
	require_ok(accept_range(gpa(CALLING_AREA), LARGE_PAGE_SIZE / PAGE_SIZE), "calling area");
	require_ok(accept_range(gpa(TEST_PAGES), LARGE_PAGE_SIZE / PAGE_SIZE), "test pages");
	require_ok(accept_range(gpa(LARGE_REGION), LARGE_PAGE_SIZE / PAGE_SIZE), "large region");
}

static void set_up_vcpus(void)
{
	static struct vcpu vcpus[2];
	static const u32 apic_ids[2] = {0, 1};
	struct vmsa *vmsa = fake_bytes(gpa(FIRST_VMSA));
	vmsa->vmpl = GUEST_VMPL;
	vmsa->efer = EFER_SVME;
	vmsa->sev_features = SEV_FEATURE_SNP_ACTIVE;
	require_ok(vcpus_init(vcpus, apic_ids, 2), "vCPUs");
	require_ok(vcpu_create_first(0, gpa(FIRST_VMSA), gpa(CALLING_AREA)), "first vCPU");
}

int main(void)
{
	static struct request_cpu cpu;
	static u8 stack[STACK_BYTES];
	fake_reset();
	set_up_memory();
	set_up_vcpus();
	getcontext(&program_context);
	program_context.uc_stack.ss_sp = stack;
	program_context.uc_stack.ss_size = sizeof(stack);
	makecontext(&program_context, start_program, 0);
	fake.guest = run_program;
	enum err ended = request_loop(&cpu);
	if (!finished || ended != ERR_HOST) {
		fprintf(stderr, "the request loop ended early: %s\n", err_name(ended));
		return 1;
	}
	return failures == 0 ? 0 : 1;
}
