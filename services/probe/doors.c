/* SPDX-License-Identifier: MIT */
/* Each function tries one thing that ring 3 must not do; on SNP, as on Linux, the attempt ends the process. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "probe/probe.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Addresses of the kernel's (include/copra/boot.h): its image, the secrets page, the heap, where every process' memory is, and a window */
#define KERNEL_IMAGE 0xFFFFFFFF80010000ULL
#define KERNEL_SECRETS 0xFFFFFFFF80002000ULL
#define KERNEL_HEAP 0xFFFFFFFF80700000ULL
#define KERNEL_WINDOW 0xFFFFFFFFC0000000ULL
#define GUEST_PROGRAM 0x1000000ULL

static volatile uint8_t sink;

static void read_at(uint64_t address)
{
	sink = *(volatile uint8_t *)address;
}

static void null_read(void)
{
	read_at(0);
}

static void kernel_read(void)
{
	read_at(KERNEL_IMAGE);
}

static void kernel_write(void)
{
	*(volatile uint8_t *)KERNEL_IMAGE = 0;
}

static void kernel_run(void)
{
	__asm__ volatile("jmp *%0" : : "r"(KERNEL_IMAGE));
}

static void secrets_read(void)
{
	read_at(KERNEL_SECRETS);
}

static void heap_read(void)
{
	read_at(KERNEL_HEAP);
}

static void heap_write(void)
{
	*(volatile uint8_t *)KERNEL_HEAP = 0;
}

static void window_read(void)
{
	read_at(KERNEL_WINDOW);
}

static void guest_read(void)
{
	read_at(GUEST_PROGRAM);
}

static void guest_write(void)
{
	*(volatile uint8_t *)GUEST_PROGRAM = 0;
}

static void code_write(void)
{
	*(volatile uint8_t *)(uintptr_t)probe_door = 0;
}

static void data_run(void)
{
	static uint8_t code[16] = {0xC3};
	__asm__ volatile("call *%0" : : "r"(code) : "memory");
}

/* Constants stay constants, whatever mprotect is asked for. */
static void constants_run(void)
{
	static const uint8_t code[16] = {0xC3};
	void *page = (void *)((uintptr_t)code & ~(uintptr_t)0xFFF);
	(void)mprotect(page, 0x1000, PROT_READ | PROT_EXEC);
	__asm__ volatile("call *%0" : : "r"(code) : "memory");
}

static void stack_run(void)
{
	uint8_t code[16] = {0xC3};
	__asm__ volatile("call *%0" : : "r"(code) : "memory");
}

static void outside_run(void)
{
	__asm__ volatile("jmp *%0" : : "r"(0x8000000000000000ULL));
}

static void stack_overflow(void)
{
	__asm__ volatile("1: pushq $0\n\tjmp 1b");
}

static void port_read(void)
{
	__asm__ volatile("inb $0x80, %%al" : : : "rax");
}

static void port_write(void)
{
	__asm__ volatile("outb %%al, $0x80" : : "a"(0));
}

static void msr_read(void)
{
	__asm__ volatile("rdmsr" : : "c"(0xC0000101) : "rax", "rdx");
}

static void msr_write(void)
{
	__asm__ volatile("wrmsr" : : "c"(0xC0000101), "a"(0), "d"(0));
}

static void counter_read(void)
{
	__asm__ volatile("rdpmc" : : "c"(0) : "rax", "rdx");
}

static void control_read(void)
{
	__asm__ volatile("mov %%cr3, %%rax" : : : "rax");
}

static void control_write(void)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(0ULL));
}

static void debug_write(void)
{
	__asm__ volatile("mov %0, %%db0" : : "r"(0ULL));
}

static void interrupts_off(void)
{
	__asm__ volatile("cli");
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void caches_drop(void)
{
	__asm__ volatile("wbinvd");
}

static void page_forget(void)
{
	__asm__ volatile("invlpg (%0)" : : "r"(&sink));
}

static void table_load(void)
{
	static const uint8_t pointer[10];
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static void kernel_segment(void)
{
	__asm__ volatile("mov %0, %%gs" : : "r"(0x10));
}

static void kernel_return(void)
{
	__asm__ volatile("pushq $8\n\tpushq %0\n\tlretq" : : "r"(KERNEL_IMAGE));
}

static void interrupt_gate(void)
{
	__asm__ volatile("int $0x80");
}

static void page_fault_gate(void)
{
	__asm__ volatile("int $14");
}

static void breakpoint(void)
{
	__asm__ volatile("int3");
}

static void sysenter(void)
{
	__asm__ volatile("sysenter");
}

static void single_step(void)
{
	__asm__ volatile("pushfq\n\torl $0x100, (%rsp)\n\tpopfq\n\tnop");
}

static void base_write(void)
{
	__asm__ volatile("wrgsbase %0" : : "r"(0ULL));
}

static void vmmcall(void)
{
	__asm__ volatile("vmmcall");
}

static void pvalidate(void)
{
	__asm__ volatile(".byte 0xF2, 0x0F, 0x01, 0xFF" : : "a"(&sink), "c"(0), "d"(0));
}

static void rmpadjust(void)
{
	__asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xFE" : : "a"(&sink), "c"(0), "d"(0xF02));
}

static void invlpgb(void)
{
	__asm__ volatile(".byte 0x0F, 0x01, 0xFE" : : "a"(8), "c"(0), "d"(0));
}

static void divide(void)
{
	__asm__ volatile("divl %0" : : "r"(0), "a"(1), "d"(0));
}

/* The first one is PROBE_LATE_DEATH's. */
static void (*const doors[])(void) = {
	null_read,      kernel_read,    kernel_write,    kernel_run,     secrets_read,  window_read,
	heap_read,      heap_write,     constants_run,   guest_write,    guest_read,    code_write,
	data_run,       stack_run,      outside_run,     stack_overflow, port_read,     port_write,
	msr_read,       msr_write,      counter_read,    control_read,   control_write, debug_write,
	interrupts_off, halt,           caches_drop,     page_forget,    table_load,    kernel_segment,
	kernel_return,  interrupt_gate, page_fault_gate, breakpoint,     sysenter,      single_step,
	base_write,     vmmcall,        pvalidate,       rmpadjust,      invlpgb,       divide,
	abort,
};

_Static_assert(ARRAY_SIZE(doors) == PROBE_DOOR_COUNT, "copra/probe.h counts differently");

void probe_door(uint8_t number)
{
	if (number < ARRAY_SIZE(doors)) {
		doors[number]();
	}
}
