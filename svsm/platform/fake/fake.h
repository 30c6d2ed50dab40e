/* SPDX-License-Identifier: MIT */
/*
 * The fake platform: platform.h for host tests and fuzzers. A model of RMP, VMPL permissions and a host in plain C, written from
 * the AMD manuals and independent of the machine's. What would be a fault on hardware ends the program with a message,
 * because correct code never causes it; memory that may not be touched is not mapped, so a stray access is a crash.
 *
 * Guest-physical memory is sparse, 2 TiB. Window addresses are only valid while the window is open.
 *
 * Each thread is a CPU of its own: its APIC ID, its windows, its stale translations. The model has a lock of its own that the
 * thread sanitizer does not see, so that it hides no race of the code above. struct fake is set up by one thread before others run.
 */
#pragma once

#include <setjmp.h>

#include <copra/vmsa.h>

#include "platform/platform.h"

#ifndef FAKE_MEMORY_LIMIT
#define FAKE_MEMORY_LIMIT (2ULL << 40)
#endif

/* What an RMP entry says. All zero: the host's. In a 2 MiB page the first entry speaks for all. */
struct fake_entry {
	bool assigned;
	bool validated;
	bool vmsa;
	bool large;
	u8 permissions[VMPL_COUNT]; /* [0] is not used: VMPL0 may do everything */
};

/* How the host and the hardware behave. All zero: as they should, with 2 MiB pages where they fit. */
struct fake_faults {
	bool small_pages;        /* the host only ever makes 4 KiB entries */
	bool page_state_refused; /* platform_page_state fails */
	bool page_state_ignored; /* it says yes and does nothing */
	bool register_refused;   /* platform_vcpu_register fails */
	bool messages_refused;   /* platform_messages_begin fails */
	bool validate_clears;    /* PVALIDATE clears the masks of VMPL 1 to 3 */
	bool replace_validated;  /* once: the next page that PVALIDATE validates is replaced right behind it */
	bool split_validated;    /* once: the same, split into 4 KiB entries */
	bool unassigned_fatal;   /* PVALIDATE of a page that is the host's ends the VM instead of assigning it */
	u32 validate_countdown;  /* this many-th PVALIDATE from now (1: the next) returns validate_code */
	u32 validate_code;
	u32 permit_countdown; /* the same for RMPADJUST */
	u32 permit_code;
	u32 lost_countdown; /* this many-th access to lost_page from now finds it taken away, the next one finds it back */
	gpa_t lost_page;
};

struct fake_counters {
	u32 validated, rescinded, permits, flushes, runs, idles, page_state_requests, registrations, kicks, timers;
	u32 windows; /* opened */
	u64 cleared_bytes;
};

/*
 * Plays the guest: called by platform_guest_run with the VMSA that runs, until it returns. True: it exits with the exit code it
 * has set in the VMSA. False: the host says that it cannot run the guest.
 */
typedef bool fake_guest_fn(void *context, struct vmsa *vmsa);

/* Plays host and PSP: called by platform_message_carry. False: the host fails the event. */
typedef bool fake_message_fn(struct platform_message *message);

struct fake {
	struct fake_faults faults;
	struct fake_counters counters;
	fake_guest_fn *guest;
	fake_guest_fn *idle; /* called by platform_idle with NULL; may be NULL */
	fake_guest_fn *kick; /* the same, by platform_cpu_kick */
	fake_guest_fn
		*meanwhile; /* called once by platform_window_and with NULL: another CPU, at that moment; may be NULL */
	fake_guest_fn *asked;     /* the same, once by platform_apic_id */
	fake_guest_fn *writer;    /* called by platform_window_read behind each copy: a second CPU; may be NULL */
	fake_message_fn *message; /* NULL: there is no PSP */
	void *context;
	bool interrupts;     /* platform_interrupts */
	u32 events;          /* what platform_events_take finds next */
	u32 kicked;          /* APIC ID of the last platform_cpu_kick */
	jmp_buf *terminated; /* where platform_terminate jumps to, NULL: it ends the program */
	enum terminate_reason reason;
};
extern struct fake fake;

/* The CPU that this thread is. */
extern _Thread_local u32 fake_apic_id;

/* Everything as at power-on: all memory the host's, no faults, no guest; this thread APIC ID 0. */
void fake_reset(void);

struct fake_entry fake_entry(gpa_t page);
/* The launch: pages private and validated, rights of VMPL 1 to 3 none. Their content stays. */
void fake_launch(gpa_t start, u64 pages);
/* The host replaces the memory behind a page by another that is assigned and not validated; and puts the old back. */
void fake_replace(gpa_t page);
void fake_restore(gpa_t page);
/* The page's bytes, whatever its state: for setting up and looking. */
void *fake_bytes(gpa_t address);

/* Private accesses of a less privileged VMPL: false where hardware would fault. */
bool fake_guest_may(u32 vmpl, gpa_t address, u32 rights);
bool fake_guest_load(u32 vmpl, gpa_t address, void *to, size_t n);
bool fake_guest_store(u32 vmpl, gpa_t address, const void *from, size_t n);

/* What the host was told: the VMSA of (apic_id, vmpl). The guest's own registrations go through here too. */
void fake_register(u32 apic_id, u32 vmpl, gpa_t vmsa);

/* Whether VMRUN would take that page, as the model's processor looks at it. */
bool fake_vmsa_can_run(u32 vmpl, gpa_t vmsa);

/* Mask of the slots that are open: 1 << slot. */
u32 fake_open_windows(void);

/* Ends the program: what happened would be a fault on hardware. */
noreturn_fn void fake_fault(const char *what, u64 address);
