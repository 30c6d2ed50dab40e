/* SPDX-License-Identifier: MIT */
#include "ghcb/guest_request.h"

#include "base/align.h"
#include "base/mem.h"
#include "fault/messages.h"
#include "psp/identity.h"
#include "psp/launch.h"
#include "psp/requests.h"
#include "rmp/view.h"
#include "trace/trace.h"
#include "x86/instructions.h"
#include "x86/lock.h"

#define VMM_ERROR_SHIFT 32U

/* One message at a time, as with the real PSP. */
static struct lock lock;
static u8 message[PAGE_SIZE], response[PAGE_SIZE];

static const struct guest_message_header *message_header(void)
{
	return (const struct guest_message_header *)(const void *)message;
}

static bool pages_valid(const struct ghcb_request *request, bool extended)
{
	return is_aligned(request->info1, PAGE_SIZE) && is_aligned(request->info2, PAGE_SIZE) &&
	       request->info1 != request->info2 && (!extended || is_aligned(request->rax, PAGE_SIZE));
}

/* The certificates go with requests for reports. False: they do not fit, or have no place to go. */
static bool certificates_hand_out(struct ghcb_request *request)
{
	struct span certificates = psp_identity.certificates;
	u64 pages = (certificates.n + PAGE_SIZE - 1) / PAGE_SIZE;
	if (message_header()->type != GUEST_MESSAGE_REPORT_REQUEST) {
		return true;
	}
	if (request->rbx < pages) {
		request->rbx = pages;
		request->returned = GHCB_BIT(GHCB_RBX);
		request->result2 = GUEST_REQUEST_BUFFER_TOO_SMALL << VMM_ERROR_SHIFT;
		return false;
	}
	if (memory_write_shared(gpa(request->rax), certificates.p, certificates.n) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return false;
	}
	return true;
}

static u32 message_carry(struct ghcb_request *request)
{
	u32 status = PSP_SUCCESS;
	u64 signature = 0;
	u64 start = tsc_read();
	if (message_fault_before(request->vcpu, message)) {
		vcpu_store_fpu();
		status = psp_guest_request(psp_launched(), message, response);
		signature = psp_signature_ticks();
	}
	trace(TRACE_VMPL, request->vcpu, "guest-message",
	      "type=%u vmpck=%u sequence=%llu size=%u status=0x%x ticks=%llu signature=%llu", message_header()->type,
	      message_header()->vmpck, (unsigned long long)message_header()->sequence, message_header()->size, status,
	      (unsigned long long)(tsc_read() - start), (unsigned long long)signature);
	return status;
}

static void request_locked(struct ghcb_request *request, bool extended)
{
	u8 *place; /* an answer that cannot be delivered would cost the guest a sequence number */
	if (memory_read_shared(gpa(request->info1), message, sizeof(message)) != ERR_OK ||
	    memory_shared_page(gpa(request->info2), &place) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	if (extended && !certificates_hand_out(request)) {
		return;
	}
	if (message_fault_busy(request->vcpu)) {
		request->result2 = GUEST_REQUEST_BUSY << VMM_ERROR_SHIFT;
		return;
	}
	memset(response, 0, sizeof(response));
	u32 status = message_carry(request);
	request->result2 = status;
	if (status != PSP_SUCCESS) {
		return;
	}
	enum message_fate fate = message_fault_after(request->vcpu, message, response);
	if (fate == MESSAGE_BUSY) {
		request->result2 = GUEST_REQUEST_BUSY << VMM_ERROR_SHIFT;
	} else if (memory_write_shared(gpa(request->info2), response, sizeof(response)) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}

void guest_request_nae(struct ghcb_request *request, bool extended)
{
	if (!pages_valid(request, extended)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	lock_take(&lock);
	request_locked(request, extended);
	lock_release(&lock);
}
