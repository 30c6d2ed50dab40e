/* SPDX-License-Identifier: MIT */
/*
 * What a platform supplies to the SVSM kernel. One implementation is chosen at link time: snp (the product), native (an ordinary
 * virtual machine, for self-tests) or fake (host tests and fuzzers, with a model of RMP, VMPL permissions and a host in plain C).
 * Nothing above this header knows which. platform/start.h and platform/exception.h are the rest of the contract.
 *
 * Guest memory is only reached through windows: a slot of the current CPU's maps one 4 KiB or 2 MiB page at a time.
 * Instructions that take a linear address (PVALIDATE, RMPADJUST) are given such a window.
 */
#pragma once

#include <copra/sev.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/span.h"

/* Console of last resort: shared with the host, so only debug images call it with anything but fixed text. */
void platform_console_write(const char *bytes, size_t n);

/* Why the SVSM gives up. docs/termination.md lists them; the value is the GHCB reason code, set PLATFORM_TERMINATE_SET. */
#define PLATFORM_TERMINATE_SET 4U
enum terminate_reason {
	TERMINATE_CHECK_FAILED = 1,       /* a broken invariant of our own */
	TERMINATE_UNEXPECTED_TRAP = 2,    /* an exception the kernel has no use for */
	TERMINATE_LAYOUT_INVALID = 3,     /* the measured layout page is not one */
	TERMINATE_GHCB_VERSION = 4,       /* the host does not speak GHCB version 2 */
	TERMINATE_HOST_FEATURES = 5,      /* SNP, AP creation or multi-VMPL is missing */
	TERMINATE_SEV_STATUS = 6,         /* a required SEV feature is off or an unknown one is on */
	TERMINATE_CPUID_INVALID = 7,      /* CPUID page malformed, or without what is needed */
	TERMINATE_PAGE_NOT_VALIDATED = 8, /* #VC 0x404 on the SVSM's own memory: the host replaced a page */
	TERMINATE_GHCB_RESPONSE = 9,      /* the host's answer is not one the specification allows */
	TERMINATE_PAGE_STATE = 10,        /* the host would not change a page's state */
	TERMINATE_VALIDATION = 11,        /* PVALIDATE of a page that must be ours failed or reported no change */
	TERMINATE_MEMORY_MAP = 12,        /* the host's memory map is malformed or too small */
	TERMINATE_NO_MEMORY = 13,         /* a boot-time pool is too small */
	TERMINATE_GUEST_PREPARE = 14,     /* the guest could not be set up */
	TERMINATE_RANDOM = 15,            /* RDRAND stopped delivering */
	TERMINATE_GUEST_FAILED = 16,      /* the guest's vCPU cannot be run any more */
	TERMINATE_NO_GUEST = 17,          /* the image holds no guest: normal end of such an image */
	TERMINATE_CBIT = 18,              /* C-bit position implausible */
	TERMINATE_STACK = 19,             /* stack guard hit or canary damaged */
	TERMINATE_CPU_LIST = 20,          /* the host's list of CPUs is malformed, or longer than the image allows */
	TERMINATE_CPU_START = 21,         /* the host would not run one of the SVSM's CPUs */
};
noreturn_fn void platform_terminate(enum terminate_reason reason);

/* Windows. Slots are per CPU; a slot is closed before it is opened again. */
enum window_slot {
	WINDOW_SLOT_GUEST,  /* guest data being read or written */
	WINDOW_SLOT_TARGET, /* the page whose state changes */
	WINDOW_SLOT_VMSA,   /* the current vCPU's VMSA */
	WINDOW_SLOT_CALLING_AREA,
	WINDOW_SLOT_COUNT,
};
enum window_view {
	WINDOW_PRIVATE,
	WINDOW_SHARED,
};
/*
 * Maps the aligned page at `page` and returns its first byte. Never fails: the caller has checked that the page is one that
 * may be touched (guest/page_state.h). PAGE_2M is for WINDOW_SLOT_TARGET only.
 */
void *platform_window_open(enum window_slot slot, gpa_t page, enum page_size size, enum window_view view);
void platform_window_close(enum window_slot slot);

/*
 * A window of the guest's memory is only touched through the functions below: the host may take the page behind it away at any
 * time, also on the guest's behalf. That is ERR_LOST, or PLATFORM_PAGE_LOST where an instruction's result is returned. Pages of
 * the SVSM's own end it (TERMINATE_PAGE_NOT_VALIDATED). But what it has lent to ring 3 may be lost with the process that has it:
 * platform_window_read, _write and platform_clear also take the SVSM's own addresses of such pages.
 */
#define PLATFORM_PAGE_LOST 0xFFFFFFFFU /* no RMP_FAIL_* has this number */
static inline err_t platform_code_error(u32 code)
{
	if (code == RMP_SUCCESS) {
		return ERR_OK;
	}
	return code == PLATFORM_PAGE_LOST ? ERR_LOST : ERR_HARDWARE;
}

/* Copies n bytes out of, or into, an open window; each byte is touched once. What was copied before ERR_LOST stays copied. */
err_t platform_window_read(void *to, const void *window, size_t n);
err_t platform_window_write(void *window, const void *from, size_t n);
/* Atomic changes of an aligned word. */
err_t platform_window_and(u64 *word, u64 mask);
err_t platform_window_or(u64 *word, u64 mask);

/* Outcome of PVALIDATE: code is RMP_SUCCESS, RMP_FAIL_* or PLATFORM_PAGE_LOST; unchanged is its carry flag, false on failure. */
struct validate_result {
	u32 code;
	bool unchanged;
};
/* PVALIDATE (APM volume 3) on an open private window of that size. */
struct validate_result platform_validate(void *window, enum page_size size, bool validate);
/* RMPADJUST: sets the mask of one less privileged VMPL and the VMSA bit. RMP_SUCCESS, RMP_FAIL_* or PLATFORM_PAGE_LOST. */
u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa);
/* Zeroes an open window. */
err_t platform_clear(void *window, enum page_size size);

/*
 * Asks the host to make [start, start + pages * 4 KiB) private or shared (GHCB page state change), in as few exits as
 * it can. ERR_HOST when the host refuses or answers nonsense. What a page holds afterwards is undefined.
 */
err_t platform_page_state(gpa_t start, u64 pages, enum window_view view);

/* Makes all CPUs forget translations of the guest that RMPADJUST or PVALIDATE took rights from. */
void platform_flush_guest(void);

/* Registers a VMSA with the host as vCPU (apic_id, vmpl) (NAE AP creation, request 1). ERR_HOST. */
err_t platform_vcpu_register(u32 apic_id, u32 vmpl, gpa_t vmsa, u64 sev_features);

/*
 * Guest messages: sealed pages to the PSP and back, by way of the host (GHCB guest request, 56421, section 4.1.7). `pages` are
 * PLATFORM_MESSAGE_PAGES of the SVSM's own memory, which the host then shares; before that, and where there is no PSP,
 * platform_message_carry is ERR_UNSUPPORTED. ERR_HOST, ERR_HARDWARE: the pages are lost.
 */
#define PLATFORM_CERTIFICATES_MAX 0x4000U /* what Linux offers its users, and KVM its hosts */
#define PLATFORM_MESSAGE_PAGES (2U + PLATFORM_CERTIFICATES_MAX / PAGE_SIZE)
err_t platform_messages_begin(void *pages);

struct platform_message {
	struct span request; /* at most a page; the rest of it is zeros */
	u8 *response;        /* a page */
	u8 *certificates;    /* PLATFORM_CERTIFICATES_MAX bytes; NULL: none are asked for */
	u64 status;          /* out: what the host says (SW_EXITINFO2): 0, or why there is no response */
};
/* One CPU at a time. ERR_HOST: the host has failed the event, and nobody knows whether the PSP has seen the message. */
err_t platform_message_carry(struct platform_message *message);

/*
 * Runs this CPU's vCPU of that VMPL until it comes back: a call, or nothing at all (the host may return at any time).
 * ERR_HOST when the host says it cannot run it.
 */
err_t platform_guest_run(u32 vmpl);

/* Waits for something to happen on this CPU; may return at once. */
void platform_idle(void);

/*
 * Interrupts of the SVSM's own. It runs with interrupts off: what comes waits until platform_events_take. But it ends
 * platform_guest_run, platform_idle, and whatever runs in ring 3. False: nothing ever comes, no timer runs out, nobody is kicked.
 */
bool platform_interrupts(void);

#define PLATFORM_EVENT_TIMER 1U /* the timer has run out */
#define PLATFORM_EVENT_KICK 2U  /* another CPU wants this one to look around */
/* What has come for this CPU since the last time: a mask. Cheap when that is nothing. */
u32 platform_events_take(void);
/*
 * Bit 7 of this byte of the current CPU's is set while something waits for platform_events_take. For code that enters ring 3: it
 * tests the bit last of all, and does not go when it is set. What comes between that test and IRET is an exception in ring 0
 * (#HV on SNP) that moves RIP to where the entry is called off.
 */
const volatile u8 *platform_events_signal(void);

/* One shot, of this CPU: PLATFORM_EVENT_TIMER after about that many microseconds of the host's; it replaces one that runs already. */
void platform_timer_arm(u32 microseconds);
void platform_timer_stop(void);

/* PLATFORM_EVENT_KICK for another CPU of the SVSM's. Does not wait. */
void platform_cpu_kick(u32 apic_id);

u32 platform_cpu_index(void); /* 0 .. max_vcpus - 1, the CPU we run on */
u32 platform_apic_id(void);
/* SEV_FEATURES that guest vCPUs of this VM must have. */
u64 platform_guest_features(void);
