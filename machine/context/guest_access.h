/* SPDX-License-Identifier: MIT */
/*
 * The processor's own accesses to guest memory by linear address, done in software: instruction bytes, descriptor tables,
 * stacks of exception frames, operands of RMP instructions. Uses the registers in the current context's VMSA.
 */
#pragma once

#include "cpu/vcpu.h"

#define PAGE_FAULT_PRESENT (1U << 0)
#define PAGE_FAULT_WRITE (1U << 1)
#define PAGE_FAULT_USER (1U << 2)
#define PAGE_FAULT_RESERVED (1U << 3)
#define PAGE_FAULT_FETCH (1U << 4)

enum access_outcome {
	ACCESS_OK,
	ACCESS_PAGE_FAULT, /* the guest's own tables say no: #PF */
	ACCESS_BROKEN,     /* memory behind them that the context must not touch, or none */
};

struct access {
	u64 address; /* linear */
	u32 flags;   /* PAGE_FAULT_WRITE, _USER, _FETCH: what is wanted */
	/* out: */
	gpa_t gpa;
	bool private_view;
	enum page_size size; /* of the guest's mapping; 1 GiB counts as 2 MiB */
	u32 error_code;      /* with ACCESS_PAGE_FAULT */
	gpa_t broken;        /* with ACCESS_BROKEN */
};

/* Translates access->address. Sets accessed and dirty bits as hardware does. */
enum access_outcome guest_translate(struct vcpu *vcpu, struct access *access);

/*
 * Copies n bytes from or to guest memory (access->flags says which), supervisor unless PAGE_FAULT_USER. Nothing is written
 * unless all pages translate. On failure access->address is where.
 */
enum access_outcome guest_copy(struct vcpu *vcpu, struct access *access, void *bytes, size_t n);

#define INSTRUCTION_MAX 15U

/* The bytes at CS:RIP, as many of 15 as can be read; 0 when none can. */
u32 guest_fetch(struct vcpu *vcpu, u8 bytes[INSTRUCTION_MAX]);
