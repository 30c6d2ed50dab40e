/* SPDX-License-Identifier: MIT */
#pragma once

#include "ghcb/request.h"

/* NAE events 0x80000011 and, extended, 0x80000012: carry a message to the PSP and its answer back. 56421, section 4.1.7 */
void guest_request_nae(struct ghcb_request *request, bool extended);
