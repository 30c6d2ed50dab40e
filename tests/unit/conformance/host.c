/* SPDX-License-Identifier: MIT */
/*
 * What a program of guests/ finds below itself, on platform/fake: each CPU is a thread, and VMGEXIT is a turn of the SVSM's request
 * loop on that thread. Memory that the RMP would not let the guest touch ends the run.
 */
#define _GNU_SOURCE
#include "host.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guest/request.h"
#include "platform/fake/fake.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/memory.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

#define CBIT 51ULL
#define CPU_PAGES (HOST_TEST_PAGES + 0x40000)
#define LINE_BYTES 200U

struct host_cpu {
	struct guest_cpu guest;
	struct request_cpu request;
	struct svsm_registers *registers; /* of the call that is on its way */
	bool called;                      /* and has been taken */
	u32 starts;                       /* by the host's AP creation, atomic */
	u32 started;
	pthread_t thread;
	jmp_buf answered;
	jmp_buf restart;
};

static struct host_cpu cpus[GUEST_CPUS];
static _Thread_local struct host_cpu *self;
static u32 failures;
static bool off; /* atomic */

struct guest_cpu *cpu_current(void)
{
	return &self->guest;
}

struct guest_cpu *cpu_at(u32 index)
{
	return &cpus[index].guest;
}

/* Memory */

volatile void *memory_at(u64 address)
{
	if (!fake_guest_may(HOST_GUEST_VMPL, gpa(address), RMP_PERM_READ | RMP_PERM_WRITE)) {
		printf("Bail out! the guest has no right to its memory at 0x%llx\n", (unsigned long long)address);
		exit(1);
	}
	return fake_bytes(gpa(address));
}

u64 memory_load(u64 address)
{
	u64 value;
	while (!fake_guest_load(HOST_GUEST_VMPL, gpa(address), &value, sizeof(value))) {
		smp_relax();
	}
	return value;
}

void memory_store(u64 address, u64 value)
{
	while (!fake_guest_store(HOST_GUEST_VMPL, gpa(address), &value, sizeof(value))) {
		smp_relax();
	}
}

u64 memory_test_pages(void)
{
	return HOST_TEST_PAGES;
}

u64 smp_pages(u32 index)
{
	return CPU_PAGES + 2ULL * index * PAGE_SIZE;
}

/* Calls */

void svsm_transport(enum svsm_transport transport)
{
}

static void registers_load(struct vmsa *v, const struct svsm_registers *r)
{
	v->rax = r->rax, v->rcx = r->rcx, v->rdx = r->rdx, v->rbx = r->rbx, v->rsi = r->rsi, v->rdi = r->rdi;
	v->r8 = r->r8, v->r9 = r->r9, v->r10 = r->r10, v->r11 = r->r11;
	v->r12 = r->r12, v->r13 = r->r13, v->r14 = r->r14, v->r15 = r->r15;
	v->guest_exitcode = SVM_EXIT_VMGEXIT;
}

static void registers_store(const struct vmsa *v, struct svsm_registers *r)
{
	r->rax = v->rax, r->rcx = v->rcx, r->rdx = v->rdx, r->rbx = v->rbx, r->rsi = v->rsi, r->rdi = v->rdi;
	r->r8 = v->r8, r->r9 = v->r9, r->r10 = v->r10, r->r11 = v->r11;
	r->r12 = v->r12, r->r13 = v->r13, r->r14 = v->r14, r->r15 = v->r15;
}

/* Back to where it starts, when the host has been asked to run it anew: then this is another vCPU. */
static void restart_if_asked(void)
{
	if (__atomic_load_n(&self->starts, __ATOMIC_ACQUIRE) != self->started) {
		longjmp(self->restart, 1);
	}
}

/* The guest runs: at first it exits with its call, then it has its answer. */
static bool guest_runs(void *context, struct vmsa *vmsa)
{
	restart_if_asked();
	if (!self->called) {
		self->called = true;
		registers_load(vmsa, self->registers);
		return true;
	}
	registers_store(vmsa, self->registers);
	longjmp(self->answered, 1);
}

bool svsm_enter(struct svsm_registers *r)
{
	self->registers = r;
	self->called = false;
	if (setjmp(self->answered) == 0) {
		enum err error = request_loop(&self->request);
		printf("Bail out! the request loop ended: %s\n", err_name(error));
		exit(1);
	}
	return true;
}

/* The host */

u64 host_msr_request(u64 request)
{
	return CBIT << 24 | GHCB_MSR_SEV_INFO;
}

u64 host_ghcb_address(void)
{
	return HOST_SHARED_PAGE;
}

u64 host_sev_features(void)
{
	return platform_guest_features();
}

u32 host_apic_id(void)
{
	return fake_apic_id;
}

bool host_page_state(u64 page, bool large, u64 operation)
{
	u64 pages = large ? LARGE_PAGE_SIZE / PAGE_SIZE : 1;
	return platform_page_state(gpa(page), pages, operation == PSC_OP_PRIVATE ? WINDOW_PRIVATE : WINDOW_SHARED) ==
	       ERR_OK;
}

void host_open(void)
{
	if (svsm_validate_one(svsm_entry(HOST_SHARED_PAGE, ENTRY_RESCIND)) != SVSM_SUCCESS ||
	    !host_page_state(HOST_SHARED_PAGE, false, PSC_OP_SHARED)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
}

void host_join(void)
{
}

void host_print(const char *format, ...)
{
	char line[LINE_BYTES];
	va_list arguments;
	va_start(arguments, format);
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
	__atomic_store_n(&off, true, __ATOMIC_RELEASE);
	host_finished();
	fflush(stdout);
	exit(failures == 0 ? 0 : 1);
}

u64 host_seconds(void)
{
	static u64 start;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	start = start == 0 ? (u64)now.tv_sec : start;
	return (u64)now.tv_sec - start;
}

/* Other CPUs */

void smp_fill_registers(volatile struct vmsa *vmsa, u32 index)
{
}

bool smp_is_real(void)
{
	return false;
}

void smp_relax(void)
{
	while (__atomic_load_n(&off, __ATOMIC_ACQUIRE) && self != &cpus[0]) {
		pause();
	}
	sched_yield();
	restart_if_asked();
}

static bool cpu_idles(void *context, struct vmsa *none)
{
	smp_relax();
	return true;
}

static void *cpu_thread(void *argument)
{
	self = argument;
	fake_apic_id = self->guest.index;
	(void)setjmp(self->restart);
	self->started = __atomic_load_n(&self->starts, __ATOMIC_ACQUIRE);
	smp_main();
}

bool host_cpu_run(u32 apic_id, u32 vmpl, u64 vmsa, u64 features)
{
	struct host_cpu *cpu = &cpus[apic_id];
	if (!fake_vmsa_can_run(vmpl, gpa(vmsa))) {
		return false;
	}
	fake_register(apic_id, vmpl, gpa(vmsa));
	if (__atomic_fetch_add(&cpu->starts, 1U, __ATOMIC_ACQ_REL) == 0) {
		cpu->guest.index = apic_id;
		return pthread_create(&cpu->thread, NULL, cpu_thread, cpu) == 0;
	}
	return true;
}

bool host_cpu_stop(u32 apic_id, u32 vmpl, u64 vmsa)
{
	return true;
}

void host_start(void)
{
	self = &cpus[0];
	fake.guest = guest_runs;
	fake.idle = cpu_idles;
}
