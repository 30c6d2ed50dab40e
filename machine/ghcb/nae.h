/* SPDX-License-Identifier: MIT */
#pragma once

#include "ghcb/request.h"

/* A request in the GHCB page, GHCB (56421) section 4.1. */
void ghcb_page_exit(struct vcpu *vcpu);

/* Which registers an event needs: mask of GHCB_BIT. */
u32 nae_required(const struct ghcb_request *request);
