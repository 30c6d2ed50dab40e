/* SPDX-License-Identifier: MIT */
/* AP reset hold: the vCPU waits for INIT and SIPI. */
#pragma once

#include "cpu/vcpu.h"

/* The current context waits; by which transport is remembered for the answer. */
void ghcb_hold(struct vcpu *vcpu, bool by_msr);

/* A SIPI came: answers the current context's request. */
void ghcb_hold_answer(struct vcpu *vcpu);
