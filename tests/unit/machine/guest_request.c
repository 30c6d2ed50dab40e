/* SPDX-License-Identifier: MIT */
/* Guest requests between the GHCB and a PSP that only counts. GHCB (56421), section 4.1.7. */
#include "ghcb/guest_request.h"

#include "fault/fault.h"
#include "machine.h"
#include "psp/identity.h"
#include "psp/launch.h"
#include "psp/requests.h"
#include "rmp/view.h"

#define PAGES 5U
#define REQUEST_AT 0x0ULL
#define RESPONSE_AT 0x1000ULL
#define PRIVATE_AT 0x2000ULL
#define CERTIFICATES_AT 0x3000ULL
#define CERTIFICATES_SIZE 5000U
#define ANSWER 0x5A

static u8 memory[PAGES][PAGE_SIZE];
static u32 carried, psp_status, refusal;
static const u8 certificates[CERTIFICATES_SIZE] = {'c'};
const struct psp_identity psp_identity = {.certificates = {certificates, sizeof(certificates)}};
static struct vcpu vcpu;

enum err memory_shared_page(gpa_t page, u8 **pointer)
{
	if (page.raw / PAGE_SIZE >= PAGES) {
		return ERR_RANGE;
	}
	*pointer = memory[page.raw / PAGE_SIZE];
	return gpa_page(page).raw == PRIVATE_AT ? ERR_STATE : ERR_OK;
}

static enum err shared_check(gpa_t start, size_t n)
{
	u8 *pointer;
	enum err error = ERR_OK;
	for (u64 at = start.raw; error == ERR_OK && at < start.raw + n; at += PAGE_SIZE) {
		error = memory_shared_page(gpa(at), &pointer);
	}
	return error;
}

enum err memory_read_shared(gpa_t from, void *to, size_t n)
{
	enum err error = shared_check(from, n);
	if (error == ERR_OK) {
		memcpy(to, memory[0] + from.raw, n);
	}
	return error;
}

enum err memory_write_shared(gpa_t to, const void *from, size_t n)
{
	enum err error = shared_check(to, n);
	if (error == ERR_OK) {
		memcpy(memory[0] + to.raw, from, n);
	}
	return error;
}

void ghcb_refuse(struct ghcb_request *request, u32 error)
{
	refusal = error;
}

struct psp_guest *psp_launched(void)
{
	return NULL;
}

void vcpu_store_fpu(void)
{
}

u32 psp_guest_request(struct psp_guest *guest, const u8 request[4096], u8 response[4096])
{
	carried++;
	memset(response, ANSWER, PAGE_SIZE);
	return psp_status;
}

u64 psp_signature_ticks(void)
{
	return 0;
}

static int setup(void **state)
{
	struct guest_message_header *header = (struct guest_message_header *)(void *)memory[0];
	struct span none = {0}, bad;
	memset(memory, 0, sizeof(memory));
	header->type = GUEST_MESSAGE_REPORT_REQUEST;
	carried = 0;
	refusal = 0;
	psp_status = PSP_SUCCESS;
	return fault_plan_set(none, &bad) == ERR_OK ? 0 : -1;
}

static struct ghcb_request asked(u64 request, u64 response)
{
	return (struct ghcb_request){.vcpu = &vcpu, .context = &vcpu.context[0], .info1 = request, .info2 = response};
}

static void test_carried(void **state)
{
	struct ghcb_request request = asked(REQUEST_AT, RESPONSE_AT);
	guest_request_nae(&request, false);
	assert_int_equal(carried, 1);
	assert_int_equal(request.result2, 0);
	assert_int_equal(memory[1][0], ANSWER);
	psp_status = PSP_BAD_MEASUREMENT;
	memory[1][0] = 0;
	guest_request_nae(&request, false);
	assert_int_equal(request.result2, PSP_BAD_MEASUREMENT);
	assert_int_equal(memory[1][0], 0);
}

/* None of them reaches the PSP, so none costs a sequence number. */
static void test_refused(void **state)
{
	static const u64 pages[][2] = {
		{PRIVATE_AT, RESPONSE_AT}, {REQUEST_AT, PRIVATE_AT},      {REQUEST_AT, PAGES * PAGE_SIZE},
		{REQUEST_AT, REQUEST_AT},  {REQUEST_AT + 8, RESPONSE_AT}, {REQUEST_AT, RESPONSE_AT + 8},
	};
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		struct ghcb_request request = asked(pages[i][0], pages[i][1]);
		refusal = 0;
		guest_request_nae(&request, false);
		assert_int_equal(refusal, GHCB_ERROR_INVALID_INPUT);
		assert_int_equal(carried, 0);
	}
}

static void test_certificates(void **state)
{
	struct ghcb_request request = asked(REQUEST_AT, RESPONSE_AT);
	request.rax = CERTIFICATES_AT;
	request.rbx = 1;
	guest_request_nae(&request, true);
	assert_int_equal(carried, 0);
	assert_int_equal(request.rbx, 2);
	assert_true(request.result2 == GUEST_REQUEST_BUFFER_TOO_SMALL << 32);
	request.result2 = 0;
	guest_request_nae(&request, true);
	assert_int_equal(carried, 1);
	assert_int_equal(memory[CERTIFICATES_AT / PAGE_SIZE][0], 'c');
	request.rax = PRIVATE_AT;
	guest_request_nae(&request, true);
	assert_int_equal(refusal, GHCB_ERROR_INVALID_INPUT);
	assert_int_equal(carried, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_carried, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_certificates, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
