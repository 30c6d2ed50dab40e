/* SPDX-License-Identifier: MIT */
#include "runtime/host.h"

#include <copra/sev.h>

#include "base/text.h"
#include "runtime/cpu.h"
#include "runtime/instructions.h"

#define SERIAL_DATA 0x3F8U
#define SERIAL_LINE_STATUS 0x3FDU
#define SERIAL_TRANSMIT_EMPTY 0x20U
#define SERIAL_POLLS 1000U

/* q35: ACPI PM base 0x600, PM1a control at +4; SLP_EN is bit 13, SLP_TYP of S5 is 0. */
#define PM1A_CONTROL 0x604U
#define PM1A_SLEEP_ENABLE 0x2000U

/* SW_EXITINFO1 of AP creation, GHCB section 4.1.9 */
#define AP_APIC_ID_SHIFT 32U
#define AP_VMPL_SHIFT 16U

/* CPUID by MSR protocol, GHCB section 2.3.1: register in bits 31:30; leaf 1, EBX[31:24] */
#define CPUID_REQUEST_EBX (1ULL << 30)
#define CPUID_1_APIC_ID_SHIFT 24U

/* The clock of a PC, in BCD */
#define CMOS_INDEX 0x70U
#define CMOS_DATA 0x71U
#define CMOS_SECONDS 0x00U
#define MINUTE 60U

/* GHCB section 4.1.6: the host may stop early, and is asked again. */
#define PAGE_STATE_ATTEMPTS 1024U

static struct ghcb ghcb_pages[GUEST_CPUS] aligned_to(PAGE_SIZE);

static u64 msr_request(u64 request)
{
	write_msr(MSR_GHCB, request);
	vmgexit();
	return read_msr(MSR_GHCB);
}

u64 host_msr_request(u64 request)
{
	u64 answer = msr_request(request);
	if (cpu_current()->ghcb) {
		write_msr(MSR_GHCB, host_ghcb_address());
	}
	return answer;
}

void host_terminate(enum program_reason reason)
{
	for (;;) {
		msr_request(GHCB_MSR_TERMINATE_REQUEST | (u64)PROGRAM_TERMINATE_SET << 12 | (u64)reason << 16);
		cpu_halt();
	}
}

u64 host_ghcb_address(void)
{
	return (u64)&ghcb_pages[cpu_current()->index];
}

static void mark_valid(volatile struct ghcb *ghcb, size_t offset)
{
	ghcb->valid_bitmap[offset / 512] |= 1ULL << ((offset / 8) & 63);
}

volatile struct ghcb *host_event(u64 code, u64 info1, u64 info2)
{
	volatile struct ghcb *ghcb = cpu_current()->ghcb;
	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = 0;
	ghcb->version = GHCB_VERSION;
	ghcb->usage = GHCB_USAGE_STANDARD;
	ghcb->sw_exitcode = code;
	ghcb->sw_exitinfo1 = info1;
	ghcb->sw_exitinfo2 = info2;
	mark_valid(ghcb, offsetof(struct ghcb, sw_exitcode));
	mark_valid(ghcb, offsetof(struct ghcb, sw_exitinfo1));
	mark_valid(ghcb, offsetof(struct ghcb, sw_exitinfo2));
	return ghcb;
}

u32 host_event_result(void)
{
	return (u32)cpu_current()->ghcb->sw_exitinfo1;
}

u32 host_event_send(void)
{
	vmgexit();
	return host_event_result();
}

bool host_page_state(u64 page, bool large, u64 operation)
{
	volatile struct ghcb *ghcb = cpu_current()->ghcb;
	volatile struct psc_header *header = (volatile struct psc_header *)ghcb->shared_buffer;
	volatile u64 *entry = (volatile u64 *)(header + 1);
	header->current_entry = 0;
	header->end_entry = 0;
	header->reserved = 0;
	*entry = page | operation << PSC_ENTRY_OP_SHIFT | (large ? PSC_ENTRY_LARGE : 0);
	for (u32 i = 0; i < PAGE_STATE_ATTEMPTS && header->current_entry == 0; i++) {
		host_event(GHCB_NAE_PAGE_STATE_CHANGE, 0, 0);
		ghcb->sw_scratch = host_ghcb_address() + GHCB_SHARED_BUFFER_OFFSET;
		mark_valid(ghcb, offsetof(struct ghcb, sw_scratch));
		if (host_event_send() != GHCB_RESULT_OK || ghcb->sw_exitinfo2 != 0) {
			return false;
		}
	}
	return header->current_entry != 0;
}

void host_port_write(u32 port, u32 size_flag, u32 value)
{
	volatile struct ghcb *ghcb = host_event(SVM_EXIT_IOIO, (u64)port << IOIO_PORT_SHIFT | size_flag, 0);
	ghcb->rax = value;
	mark_valid(ghcb, offsetof(struct ghcb, rax));
	host_event_send();
}

u32 host_port_read(u32 port, u32 size_flag)
{
	host_event(SVM_EXIT_IOIO, (u64)port << IOIO_PORT_SHIFT | size_flag | IOIO_IN, 0);
	host_event_send();
	return (u32)cpu_current()->ghcb->rax;
}

static void print_byte(char byte)
{
	for (u32 i = 0; i < SERIAL_POLLS; i++) {
		if (host_port_read(SERIAL_LINE_STATUS, IOIO_SIZE_8) & SERIAL_TRANSMIT_EMPTY) {
			break;
		}
	}
	host_port_write(SERIAL_DATA, IOIO_SIZE_8, (u8)byte);
}

void host_print(const char *format, ...)
{
	char bytes[160];
	struct text line = text_of(bytes, sizeof(bytes));
	va_list arguments;
	va_start(arguments, format);
	text_vformat(&line, format, arguments);
	va_end(arguments);
	for (size_t i = 0; cpu_current()->ghcb && i < line.n; i++) {
		print_byte(bytes[i]);
	}
}

bool host_cpu_run(u32 apic_id, u32 vmpl, u64 vmsa, u64 features)
{
	volatile struct ghcb *ghcb = host_event(
		GHCB_NAE_AP_CREATION, (u64)apic_id << AP_APIC_ID_SHIFT | (u64)vmpl << AP_VMPL_SHIFT | AP_CREATE, vmsa);
	ghcb->rax = features;
	mark_valid(ghcb, offsetof(struct ghcb, rax));
	return host_event_send() == GHCB_RESULT_OK;
}

bool host_cpu_stop(u32 apic_id, u32 vmpl, u64 vmsa)
{
	host_event(GHCB_NAE_AP_CREATION, (u64)apic_id << AP_APIC_ID_SHIFT | (u64)vmpl << AP_VMPL_SHIFT | AP_DESTROY,
		   vmsa);
	return host_event_send() == GHCB_RESULT_OK;
}

u64 host_sev_features(void)
{
	return read_msr(MSR_SEV_STATUS) >> SEV_STATUS_FEATURES_SHIFT;
}

u32 host_apic_id(void)
{
	u64 answer = host_msr_request(GHCB_MSR_CPUID_REQUEST | CPUID_REQUEST_EBX | 1ULL << 32);
	return (u32)(answer >> (32 + CPUID_1_APIC_ID_SHIFT));
}

static u32 clock_second(void)
{
	host_port_write(CMOS_INDEX, IOIO_SIZE_8, CMOS_SECONDS);
	u32 value = host_port_read(CMOS_DATA, IOIO_SIZE_8) & 0xFF;
	return (value >> 4) * 10 + (value & 0xF);
}

u64 host_seconds(void)
{
	static u64 seconds;
	static u32 last = MINUTE;
	u32 now = clock_second();
	seconds += last == MINUTE ? 0 : (now + MINUTE - last) % MINUTE;
	last = now;
	return seconds;
}

void host_power_off(void)
{
	host_port_write(PM1A_CONTROL, IOIO_SIZE_16, PM1A_SLEEP_ENABLE);
	host_terminate(PROGRAM_NO_POWER);
}
