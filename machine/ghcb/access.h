/* SPDX-License-Identifier: MIT */
/* Events that reach devices and model-specific registers. */
#pragma once

#include "ghcb/request.h"

void access_port(struct ghcb_request *request); /* NAE 0x7B */
void access_msr(struct ghcb_request *request);  /* NAE 0x7C */
void access_mmio(struct ghcb_request *request); /* NAE 0x80000001 and 0x80000002 */
