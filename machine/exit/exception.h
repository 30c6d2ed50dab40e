/* SPDX-License-Identifier: MIT */
/*
 * #VC in software. The processor under us pushes no error code for vector 29, so the frame is built here, through the guest's own
 * IDT, TSS and stack. So are those of events with which a hostile host makes a frame that the vector never has. AMD64 APM volume 2 (24593), sections 8.9 (frames) and 15.35.5 (#VC).
 */
#pragma once

#include "cpu/vcpu.h"

/* The context's next instruction is its #VC handler's first. Ends the machine where that cannot be. */
void exception_raise_vc(struct vcpu *vcpu, u64 exit_code);

/* Delivers what is written as EVENTINJ: an error code is pushed if it says so, whatever the vector. What that raises comes next. */
void exception_deliver(struct vcpu *vcpu, u64 event);

/* A page fault that the machine found in place of the processor: sets CR2 and has it injected. */
void exception_raise_page_fault(struct vcpu *vcpu, u64 address, u32 error_code);
