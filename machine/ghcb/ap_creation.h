/* SPDX-License-Identifier: MIT */
#pragma once

#include "ghcb/request.h"

/* AP creation, GHCB (56421) NAE 0x80000013: create, create on INIT, destroy. */
void ap_creation_nae(struct ghcb_request *request);

/* APIC ID list, NAE 0x80000017. */
void apic_id_list_nae(struct ghcb_request *request);
