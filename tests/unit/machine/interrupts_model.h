/* SPDX-License-Identifier: MIT */
/* Two vCPUs with VMPL0 and VMPL2, a few pages of memory and the real local APIC, for the code of machine/interrupts. */
#pragma once

#include "cpu/vcpu.h"

#define MODEL_CPUS 2U
#define MODEL_DOORBELL 0x2000ULL /* of CPU 0; that of CPU 1 is the page behind it */
#define MODEL_PRIVATE 0x4000ULL

extern u64 model_tsc;
extern u32 model_kicks[MODEL_CPUS];
extern u32 model_real_arms;    /* how often the real timer was armed */
extern u32 model_real_ends;    /* ends of interrupt that reached the real APIC */
extern bool model_real_level;  /* whether what arrives there is a level interrupt */
extern u32 model_real_service; /* the vector that is in service there, 0 for none */

/* Both VMPL0s restricted and running, with enabled APICs in x2APIC mode and a doorbell page; VMPL2 ready, not restricted. */
void model_reset(void);

struct vcpu *model_cpu(u32 index);
struct hv_doorbell *model_doorbell(u32 index);
