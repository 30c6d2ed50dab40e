/* SPDX-License-Identifier: MIT */
#include "runtime/host.h"

#include <copra/sev.h>

#include "base/text.h"
#include "runtime/instructions.h"
#include "runtime/paging.h"
#include "runtime/svsm.h"

#define SERIAL_DATA 0x3F8U
#define SERIAL_LINE_STATUS 0x3FDU
#define SERIAL_TRANSMIT_EMPTY 0x20U
#define SERIAL_POLLS 1000U

/* q35: ACPI PM base 0x600, PM1a control at +4; SLP_EN is bit 13, SLP_TYP of S5 is 0. */
#define PM1A_CONTROL 0x604U
#define PM1A_SLEEP_ENABLE 0x2000U

/* GHCB section 4.1.6: the host may stop early, and is asked again. */
#define PAGE_STATE_ATTEMPTS 1024U

static struct ghcb ghcb_page aligned_to(PAGE_SIZE);
static volatile struct ghcb *ghcb;

static u64 msr_request(u64 request)
{
	write_msr(MSR_GHCB, request);
	vmgexit();
	return read_msr(MSR_GHCB);
}

u64 host_msr_request(u64 request)
{
	u64 answer = msr_request(request);
	if (ghcb) {
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

/* GHCB section 2.3.1: only pages that the guest gave back may be made shared. */
static bool make_shared(u64 page)
{
	if (svsm_validate_one(svsm_entry(page, ENTRY_RESCIND)) != SVSM_SUCCESS) {
		return false;
	}
	u64 answer = msr_request(GHCB_MSR_PAGE_STATE_REQUEST | page | (u64)PSC_OP_SHARED << PSC_ENTRY_OP_SHIFT);
	return answer == GHCB_MSR_PAGE_STATE_RESPONSE;
}

void host_open(void)
{
	u64 page = (u64)&ghcb_page;
	u64 info = msr_request(GHCB_MSR_SEV_INFO_REQUEST);
	u32 cbit = (u32)(info >> 24) & 0xFFU;
	if ((info & GHCB_MSR_INFO_MASK) != GHCB_MSR_SEV_INFO || !make_shared(page)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
	paging_install(cbit, page);
	u64 answer = msr_request(GHCB_MSR_REGISTER_REQUEST | page);
	if (answer != (GHCB_MSR_REGISTER_RESPONSE | page)) {
		host_terminate(PROGRAM_NO_GHCB);
	}
	write_msr(MSR_GHCB, page);
	ghcb = &ghcb_page;
}

u64 host_ghcb_address(void)
{
	return (u64)&ghcb_page;
}

static void mark_valid(size_t offset)
{
	ghcb->valid_bitmap[offset / 512] |= 1ULL << ((offset / 8) & 63);
}

volatile struct ghcb *host_event(u64 code, u64 info1, u64 info2)
{
	ghcb->valid_bitmap[0] = 0;
	ghcb->valid_bitmap[1] = 0;
	ghcb->version = GHCB_VERSION;
	ghcb->usage = GHCB_USAGE_STANDARD;
	ghcb->sw_exitcode = code;
	ghcb->sw_exitinfo1 = info1;
	ghcb->sw_exitinfo2 = info2;
	mark_valid(offsetof(struct ghcb, sw_exitcode));
	mark_valid(offsetof(struct ghcb, sw_exitinfo1));
	mark_valid(offsetof(struct ghcb, sw_exitinfo2));
	return ghcb;
}

u32 host_event_result(void)
{
	return (u32)ghcb->sw_exitinfo1;
}

u32 host_event_send(void)
{
	vmgexit();
	return host_event_result();
}

bool host_page_state(u64 page, bool large, u64 operation)
{
	volatile struct psc_header *header = (volatile struct psc_header *)ghcb->shared_buffer;
	volatile u64 *entry = (volatile u64 *)(header + 1);
	header->current_entry = 0;
	header->end_entry = 0;
	header->reserved = 0;
	*entry = page | operation << PSC_ENTRY_OP_SHIFT | (large ? PSC_ENTRY_LARGE : 0);
	for (u32 i = 0; i < PAGE_STATE_ATTEMPTS && header->current_entry == 0; i++) {
		host_event(GHCB_NAE_PAGE_STATE_CHANGE, 0, 0);
		ghcb->sw_scratch = host_ghcb_address() + GHCB_SHARED_BUFFER_OFFSET;
		mark_valid(offsetof(struct ghcb, sw_scratch));
		if (host_event_send() != GHCB_RESULT_OK || ghcb->sw_exitinfo2 != 0) {
			return false;
		}
	}
	return header->current_entry != 0;
}

void host_port_write(u32 port, u32 size_flag, u32 value)
{
	host_event(SVM_EXIT_IOIO, (u64)port << IOIO_PORT_SHIFT | size_flag, 0);
	ghcb->rax = value;
	mark_valid(offsetof(struct ghcb, rax));
	host_event_send();
}

u32 host_port_read(u32 port, u32 size_flag)
{
	host_event(SVM_EXIT_IOIO, (u64)port << IOIO_PORT_SHIFT | size_flag | IOIO_IN, 0);
	host_event_send();
	return (u32)ghcb->rax;
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
	for (size_t i = 0; ghcb && i < line.n; i++) {
		print_byte(bytes[i]);
	}
}

void host_power_off(void)
{
	host_port_write(PM1A_CONTROL, IOIO_SIZE_16, PM1A_SLEEP_ENABLE);
	host_terminate(PROGRAM_NO_POWER);
}
