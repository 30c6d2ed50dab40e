/* SPDX-License-Identifier: MIT */
/* The processor's own page walks: AMD64 APM volume 2 (24593), chapter 5. */
#include "context/guest_access.h"

#include "machine.h"
#include "mm/memory_setup.h"
#include "rmp/rmp.h"
#include "x86/control.h"

#define PAGES 8U
#define CBIT (1ULL << 47)
#define PRESENT 0x1ULL
#define WRITE 0x2ULL
#define USER 0x4ULL
#define ACCESSED 0x20ULL
#define DIRTY 0x40ULL
#define LARGE 0x80ULL
#define NO_EXECUTE (1ULL << 63)
#define LINEAR 0x3000ULL
#define LEAF 4U /* pages 1 to 4: the tables, from the top */
#define DATA 5U

u8 model_memory[PAGES * PAGE_SIZE] aligned_to(PAGE_SIZE);
static struct rmp_entry entries[PAGES];
struct rmp_table rmp_table = {.low = entries, .low_end = sizeof(model_memory)};
struct memory_backing memory_backing;
static struct vmsa vmsa;
static struct vcpu vcpu;

u64 memory_cbit_mask(void)
{
	return CBIT;
}

static u64 *entry_at(u32 page, u64 index)
{
	return (u64 *)(void *)(model_memory + (u64)page * PAGE_SIZE) + index;
}

static u64 *leaf(void)
{
	return entry_at(LEAF, LINEAR >> PAGE_SHIFT);
}

static int setup(void **state)
{
	(void)state;
	memset(model_memory, 0, sizeof(model_memory));
	for (u32 i = 0; i < PAGES; i++) {
		entries[i] = (struct rmp_entry){.assigned = 1, .validated = 1};
	}
	for (u32 page = 1; page < LEAF; page++) {
		*entry_at(page, 0) = (u64)(page + 1) * PAGE_SIZE | PRESENT | WRITE | USER;
	}
	*leaf() = DATA * PAGE_SIZE | CBIT | PRESENT | WRITE | USER;
	vmsa = (struct vmsa){
		.cr0 = CR0_PG | CR0_PE, .cr3 = PAGE_SIZE, .cr4 = CR4_PAE, .efer = EFER_LMA | EFER_NXE, .rip = LINEAR};
	vmsa.cs.attributes = 0x200;
	vcpu = (struct vcpu){0};
	vcpu.context[0].registers = &vmsa;
	vcpu.context[2].registers = &vmsa;
	return 0;
}

static enum access_outcome translate(u32 flags, struct access *access)
{
	*access = (struct access){.address = LINEAR + 8, .flags = flags};
	return guest_translate(&vcpu, access);
}

static void test_read(void **state)
{
	(void)state;
	struct access access;
	assert_int_equal(translate(0, &access), ACCESS_OK);
	assert_int_equal(access.gpa.raw, DATA * PAGE_SIZE + 8);
	assert_true(access.private_view);
	assert_int_equal(access.size, PAGE_4K);
	assert_true((*entry_at(1, 0) & ACCESSED) != 0);
	assert_true((*leaf() & ACCESSED) != 0);
	assert_true((*leaf() & DIRTY) == 0);
}

/* Only a write that goes through makes the page dirty, and only the page. */
static void test_dirty(void **state)
{
	(void)state;
	struct access access;
	assert_int_equal(translate(PAGE_FAULT_WRITE, &access), ACCESS_OK);
	assert_true((*leaf() & DIRTY) != 0);
	assert_true((*entry_at(LEAF - 1, 0) & DIRTY) == 0);
	*leaf() = DATA * PAGE_SIZE | CBIT | PRESENT;
	assert_int_equal(translate(PAGE_FAULT_WRITE | PAGE_FAULT_USER, &access), ACCESS_PAGE_FAULT);
	assert_int_equal(access.error_code, PAGE_FAULT_PRESENT | PAGE_FAULT_WRITE | PAGE_FAULT_USER);
	assert_true((*leaf() & DIRTY) == 0);
}

static void test_rights(void **state)
{
	(void)state;
	struct access access;
	*leaf() = DATA * PAGE_SIZE | CBIT | PRESENT | NO_EXECUTE;
	assert_int_equal(translate(PAGE_FAULT_WRITE, &access), ACCESS_OK); /* CR0.WP is clear */
	vmsa.cr0 |= 1ULL << 16;
	assert_int_equal(translate(PAGE_FAULT_WRITE, &access), ACCESS_PAGE_FAULT);
	assert_int_equal(translate(PAGE_FAULT_USER, &access), ACCESS_PAGE_FAULT);
	assert_int_equal(translate(PAGE_FAULT_FETCH, &access), ACCESS_PAGE_FAULT);
	*leaf() = 0;
	assert_int_equal(translate(0, &access), ACCESS_PAGE_FAULT);
	assert_int_equal(access.error_code, 0);
}

static void test_sizes(void **state)
{
	(void)state;
	struct access access;
	*entry_at(LEAF - 1, 0) = CBIT | PRESENT | WRITE | LARGE;
	assert_int_equal(translate(0, &access), ACCESS_OK);
	assert_int_equal(access.gpa.raw, LINEAR + 8);
	assert_int_equal(access.size, PAGE_2M);
	vmsa.cr0 = CR0_PE;
	assert_int_equal(translate(0, &access), ACCESS_OK);
	assert_true(access.private_view);
}

/* Tables and data that the context has no right to. */
static void test_broken(void **state)
{
	(void)state;
	struct access access = {.address = LINEAR};
	u64 bytes = 0;
	entries[LEAF].validated = 0;
	assert_int_equal(translate(0, &access), ACCESS_BROKEN);
	assert_int_equal(gpa_page(access.broken).raw, LEAF * PAGE_SIZE);
	entries[LEAF].validated = 1;
	vcpu.vmpl = 2;
	for (u32 i = 1; i <= LEAF; i++) {
		entries[i].permissions[1] = RMP_PERM_READ | RMP_PERM_WRITE;
	}
	access = (struct access){.address = LINEAR};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_BROKEN);
	entries[DATA].permissions[1] = RMP_PERM_READ;
	access = (struct access){.address = LINEAR};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_OK);
	access = (struct access){.address = LINEAR, .flags = PAGE_FAULT_WRITE};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_BROKEN);
	*leaf() &= ~CBIT; /* a private page through the shared view */
	access = (struct access){.address = LINEAR};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_BROKEN);
}

/* Across pages nothing is written unless both are there. */
static void test_two_pages(void **state)
{
	(void)state;
	u64 bytes = UINT64_MAX;
	struct access access = {.address = LINEAR + PAGE_SIZE - 4, .flags = PAGE_FAULT_WRITE};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_PAGE_FAULT);
	assert_int_equal(access.address, LINEAR + PAGE_SIZE);
	assert_int_equal(*(const u32 *)(const void *)(model_memory + DATA * PAGE_SIZE + PAGE_SIZE - 4), 0);
	*(leaf() + 1) = (DATA + 1) * PAGE_SIZE | CBIT | PRESENT | WRITE;
	access = (struct access){.address = LINEAR + PAGE_SIZE - 4, .flags = PAGE_FAULT_WRITE};
	assert_int_equal(guest_copy(&vcpu, &access, &bytes, sizeof(bytes)), ACCESS_OK);
	assert_int_equal(*(const u32 *)(const void *)(model_memory + (DATA + 1) * PAGE_SIZE), UINT32_MAX);
}

static void test_fetch(void **state)
{
	(void)state;
	u8 bytes[INSTRUCTION_MAX];
	memset(model_memory + DATA * PAGE_SIZE, 0x90, PAGE_SIZE);
	assert_int_equal(guest_fetch(&vcpu, bytes), INSTRUCTION_MAX);
	vmsa.rip = LINEAR + PAGE_SIZE - 3;
	assert_int_equal(guest_fetch(&vcpu, bytes), 3);
	*leaf() &= ~PRESENT;
	assert_int_equal(guest_fetch(&vcpu, bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_read, setup),   cmocka_unit_test_setup(test_dirty, setup),
		cmocka_unit_test_setup(test_rights, setup), cmocka_unit_test_setup(test_sizes, setup),
		cmocka_unit_test_setup(test_broken, setup), cmocka_unit_test_setup(test_two_pages, setup),
		cmocka_unit_test_setup(test_fetch, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
