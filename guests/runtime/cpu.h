/* SPDX-License-Identifier: MIT */
/* What each CPU of a program has of its own. */
#pragma once

#include <copra/ghcb.h>

#define GUEST_CPUS 8U

enum svsm_transport {
	SVSM_BY_MSR,
	SVSM_BY_GHCB,
};

struct guest_cpu {
	struct guest_cpu *self;     /* first: found through GS */
	u32 index;                  /* 0: the CPU that the program began on */
	volatile struct ghcb *ghcb; /* NULL until registered with the host */
	u64 calling_area;
	enum svsm_transport transport;
};

struct guest_cpu *cpu_current(void);
struct guest_cpu *cpu_at(u32 index);

/* Names the CPU that it runs on; entry.S calls it for the first one. */
void cpu_install(u32 index);
