/* SPDX-License-Identifier: MIT */
/* The SVSM protocols as the guest sees them. Secure VM Service Module for SEV-SNP Guests (58019), rev 1.00. */
#pragma once

#include <copra/types.h>

/* Calling area, chapter 5. Bytes 8 to 0xFFF are free for parameters. */
struct svsm_calling_area {
	u8 call_pending;
	u8 mem_available;
	u8 no_eoi_required;
	u8 reserved[5];
};
LAYOUT_SIZE(struct svsm_calling_area, 8);
#define SVSM_CALL_PENDING 1U /* in call_pending; 0: no call, all else is reserved */

/* RAX = protocol << 32 | call */
#define SVSM_PROTOCOL_CORE 0U
#define SVSM_PROTOCOL_ATTESTATION 1U
#define SVSM_PROTOCOL_VTPM 2U
#define SVSM_PROTOCOL_APIC 3U

#define SVSM_CORE_REMAP_CA 0U
#define SVSM_CORE_PVALIDATE 1U
#define SVSM_CORE_CREATE_VCPU 2U
#define SVSM_CORE_DELETE_VCPU 3U
#define SVSM_CORE_DEPOSIT_MEM 4U
#define SVSM_CORE_WITHDRAW_MEM 5U
#define SVSM_CORE_QUERY_PROTOCOL 6U
#define SVSM_CORE_CONFIGURE_VTOM 7U
#define SVSM_CORE_VERSION 1U

#define SVSM_ATTEST_SERVICES 0U
#define SVSM_ATTEST_SINGLE_SERVICE 1U
#define SVSM_ATTEST_VERSION 1U

#define SVSM_VTPM_QUERY 0U
#define SVSM_VTPM_CMD 1U
#define SVSM_VTPM_VERSION 1U

/* Results in RAX, chapter 5 */
#define SVSM_SUCCESS 0ULL
#define SVSM_ERR_INCOMPLETE 0x80000000ULL
#define SVSM_ERR_UNSUPPORTED_PROTOCOL 0x80000001ULL
#define SVSM_ERR_UNSUPPORTED_CALL 0x80000002ULL
#define SVSM_ERR_INVALID_ADDRESS 0x80000003ULL
#define SVSM_ERR_INVALID_FORMAT 0x80000004ULL /* a reserved value in call_pending */
#define SVSM_ERR_INVALID_PARAMETER 0x80000005ULL
#define SVSM_ERR_INVALID_REQUEST 0x80000006ULL
#define SVSM_ERR_BUSY 0x80000007ULL
#define SVSM_ERR_PROTOCOL_BASE 0x80001000ULL
/* Core protocol: base + result of PVALIDATE or RMPADJUST, or: */
#define SVSM_ERR_CORE_VCPU_IN_USE (SVSM_ERR_PROTOCOL_BASE + 0x03)
#define SVSM_ERR_CORE_NO_CHANGE (SVSM_ERR_PROTOCOL_BASE + 0x10)

/* SVSM_CORE_PVALIDATE, section 6.2 */
struct svsm_pvalidate_header {
	u16 entries;
	u16 next;
	u32 reserved;
};
LAYOUT_SIZE(struct svsm_pvalidate_header, 8);
#define SVSM_PVALIDATE_SIZE_MASK 0x3ULL
#define SVSM_PVALIDATE_SIZE_4K 0ULL
#define SVSM_PVALIDATE_SIZE_2M 1ULL
#define SVSM_PVALIDATE_VALIDATE (1ULL << 2)
#define SVSM_PVALIDATE_IGNORE_CF (1ULL << 3)
#define SVSM_PVALIDATE_RESERVED 0xFF0ULL
#define SVSM_PVALIDATE_GFN_SHIFT 12U

/* SVSM_CORE_DEPOSIT_MEM and SVSM_CORE_WITHDRAW_MEM: a list like that, whose entries have nothing but size and page */
#define SVSM_DEPOSIT_RESERVED 0xFFCULL

/* CONFIGURE_VTOM, table 9: RCX bit 0 asks what is supported, and all others are reserved then */
#define SVSM_VTOM_QUERY (1ULL << 0)
#define SVSM_VTOM_RESERVED 0xFE0ULL /* of a configuration */

/* SVSM_VTPM_QUERY: bits of RCX are numbers of platform commands, those of the TPM 2.0 simulator. SVSM_VTPM_CMD, section 8.2 */
#define SVSM_VTPM_SEND_COMMAND 8U
#define SVSM_VTPM_BUFFER_SIZE 4096U

/* Request of TPM_SEND_COMMAND, table 16. Its fields are not aligned. */
struct svsm_vtpm_request {
	u32 command;
	u8 locality;
	u32 size;
	u8 bytes[];
} __attribute__((__packed__));
LAYOUT_AT(struct svsm_vtpm_request, locality, 4);
LAYOUT_AT(struct svsm_vtpm_request, size, 5);
LAYOUT_SIZE(struct svsm_vtpm_request, 9);

/* Response in the same buffer, table 17 */
struct svsm_vtpm_response {
	u32 size;
	u8 bytes[];
};
LAYOUT_SIZE(struct svsm_vtpm_response, 4);

/* SVSM_ATTEST_SERVICES, table 11; addresses of buffers are those of pages */
struct svsm_attest_buffer {
	u64 address;
	u32 size;
	u32 reserved;
};
LAYOUT_SIZE(struct svsm_attest_buffer, 16);

struct svsm_attest_nonce {
	u64 address;
	u16 size;
	u8 reserved[6];
};
LAYOUT_SIZE(struct svsm_attest_nonce, 16);

#define SVSM_GUID_SIZE 16U

/* SVSM_ATTEST_SINGLE_SERVICE, table 13: the same, and what comes behind the certificates */
struct svsm_attest_operation {
	struct svsm_attest_buffer report;
	struct svsm_attest_nonce nonce;
	struct svsm_attest_buffer manifest;
	struct svsm_attest_buffer certificates; /* size 0: none are wanted */
	u8 service[SVSM_GUID_SIZE];
	u32 manifest_version;
	u32 reserved_54;
};
LAYOUT_AT(struct svsm_attest_operation, nonce, 0x10);
LAYOUT_AT(struct svsm_attest_operation, certificates, 0x30);
LAYOUT_AT(struct svsm_attest_operation, service, 0x40);
LAYOUT_SIZE(struct svsm_attest_operation, 0x58);
#define SVSM_ATTEST_SERVICES_SIZE offsetof(struct svsm_attest_operation, service)

/* Manifest of all services, table 12: a head, an entry for each service, then what the entries point at, from the head's start */
struct svsm_manifest_head {
	u8 guid[SVSM_GUID_SIZE];
	u32 size; /* of it all */
	u32 count;
};
LAYOUT_SIZE(struct svsm_manifest_head, 24);

struct svsm_manifest_entry {
	u8 guid[SVSM_GUID_SIZE];
	u32 offset;
	u32 size;
};
LAYOUT_SIZE(struct svsm_manifest_entry, 24);

/* 63849ebb-3d92-4670-a1ff-58f9c94b87bb and c476f1eb-0123-45a5-9641-b4e7dde5bfe3, as they lie in memory */
#define SVSM_GUID_SERVICES \
	{ \
		0xBB, 0x9E, 0x84, 0x63, 0x92, 0x3D, 0x70, 0x46, 0xA1, 0xFF, 0x58, 0xF9, 0xC9, 0x4B, 0x87, 0xBB \
	}
#define SVSM_GUID_VTPM \
	{ \
		0xEB, 0xF1, 0x76, 0xC4, 0x23, 0x01, 0xA5, 0x45, 0x96, 0x41, 0xB4, 0xE7, 0xDD, 0xE5, 0xBF, 0xE3 \
	}
