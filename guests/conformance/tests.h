/* SPDX-License-Identifier: MIT */
/* The groups of tests, in the order in which they run. Expected results: SVSM (58019) rev 1.00, chapters 4 to 8. */
#pragma once

#include <copra/psp.h>

/* QUERY_PROTOCOL says that there is version 1 of it. */
bool protocol_is_offered(u32 protocol);

void test_discovery(const struct secrets_page *secrets);
void test_protocols(void);     /* protocols, call numbers, QUERY_PROTOCOL, vTOM */
void test_calling_area(void);  /* call_pending, registers, transports */
void test_addresses(void);     /* every address that a call takes, at every foreign place */
void test_lists(void);         /* headers of PVALIDATE lists */
void test_entries(void);       /* entries of PVALIDATE lists, effects on pages */
void test_large_pages(void);   /* 2 MiB entries */
void test_remap(void);         /* REMAP_CA */
void test_deposits(void);      /* DEPOSIT_MEM, WITHDRAW_MEM */
void test_taken_away(void);    /* pages that the host took away, named in calls */
void test_attestation(void);   /* the attestation protocol, where there is one */
void test_vtpm(void);          /* the vTPM protocol, where there is one */
void test_vcpus(void);         /* CREATE_VCPU, DELETE_VCPU */
void test_running_vcpus(void); /* the same for a CPU that runs */
void test_races(void);         /* two CPUs at once */
