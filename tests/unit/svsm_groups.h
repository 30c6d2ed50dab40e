/* SPDX-License-Identifier: MIT */
/* Tests of the SVSM's services to the guest, one group per room. */
#pragma once

#include "unit.h"

int test_memory_map(void);
int test_page_state(void);
int test_accept(void);
int test_vcpu(void);
int test_vcpu_races(void);
int test_core(void);
int test_deposit(void);
int test_request(void);
int test_lost(void);
int test_vtpm(void);
int test_attestation(void);
int test_evidence(void);
