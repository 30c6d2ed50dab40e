/* SPDX-License-Identifier: MIT */
#include "guest/vcpu.h"

#include "base/align.h"
#include "guest/budget.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "guest/vcpu_vmsa.h"
#include "platform/check.h"

static struct vcpu *pool;
static u32 pool_count;

static bool contains(const u32 *ids, u32 count, u32 id)
{
	for (u32 i = 0; i < count; i++) {
		if (ids[i] == id) {
			return true;
		}
	}
	return false;
}

enum err vcpus_init(struct vcpu *storage, const u32 *apic_ids, u32 count)
{
	if (count == 0) {
		return ERR_INPUT;
	}
	for (u32 i = 0; i < count; i++) {
		if (contains(apic_ids, i, apic_ids[i])) {
			return ERR_INPUT;
		}
		storage[i] = (struct vcpu){.apic_id = apic_ids[i], .activity = VCPU_ABSENT};
	}
	pool = storage;
	pool_count = count;
	return ERR_OK;
}

static struct vcpu *vcpu_find(u32 apic_id)
{
	for (u32 i = 0; i < pool_count; i++) {
		if (pool[i].apic_id == apic_id) {
			return &pool[i];
		}
	}
	return NULL;
}

enum err vcpu_current(struct vcpu **vcpu)
{
	*vcpu = vcpu_find(platform_apic_id());
	return *vcpu != NULL ? ERR_OK : ERR_NOT_FOUND;
}

static bool activity_change(struct vcpu *vcpu, enum vcpu_activity from, enum vcpu_activity to)
{
	u32 expected = from;
	return __atomic_compare_exchange_n(&vcpu->activity, &expected, (u32)to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

bool vcpu_serve_begin(struct vcpu *vcpu)
{
	return activity_change(vcpu, VCPU_READY, VCPU_SERVED);
}

void vcpu_serve_end(struct vcpu *vcpu)
{
	CHECK(activity_change(vcpu, VCPU_SERVED, VCPU_READY));
}

bool vcpu_is_ready(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->activity, __ATOMIC_ACQUIRE) == VCPU_READY;
}

bool vcpu_is_changing(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->activity, __ATOMIC_ACQUIRE) == VCPU_CHANGING;
}

/*
 * "Inside" and the activity are two flags that each side sets before it looks at the other's: the CPU says that it is outside, then
 * looks whether somebody changes the vCPU; who changes it says so, then looks whether the CPU is inside.
 */
static void inside_set(struct vcpu *vcpu, u32 inside)
{
	__atomic_store_n(&vcpu->inside, inside, __ATOMIC_SEQ_CST);
}

bool vcpu_leave(struct vcpu *vcpu)
{
	for (u32 i = 0; i < BUDGET_LOOKS; i++) {
		inside_set(vcpu, 0);
		u32 activity = __atomic_load_n(&vcpu->activity, __ATOMIC_SEQ_CST);
		if (activity != VCPU_CHANGING) {
			return activity == VCPU_READY;
		}
		inside_set(vcpu, 1);
		__builtin_ia32_pause();
	}
	inside_set(vcpu, 0);
	return false;
}

void vcpu_enter(struct vcpu *vcpu)
{
	inside_set(vcpu, 1);
}

/* The vCPU is ours; its CPU comes in if it can be asked to. */
static void vcpu_call_in(const struct vcpu *vcpu)
{
	if (!platform_interrupts() || __atomic_load_n(&vcpu->inside, __ATOMIC_SEQ_CST) != 0) {
		return;
	}
	platform_cpu_kick(vcpu->apic_id);
	for (u32 i = 0; i < BUDGET_LOOKS && __atomic_load_n(&vcpu->inside, __ATOMIC_SEQ_CST) == 0; i++) {
		__builtin_ia32_pause();
	}
}

/* ERR_BUSY while its own CPU serves it or another one changes it. *before says whether it had a VMSA. */
static enum err vcpu_take(struct vcpu *vcpu, enum vcpu_activity *before)
{
	*before = VCPU_READY;
	if (activity_change(vcpu, VCPU_READY, VCPU_CHANGING)) {
		return ERR_OK;
	}
	*before = VCPU_ABSENT;
	return activity_change(vcpu, VCPU_ABSENT, VCPU_CHANGING) ? ERR_OK : ERR_BUSY;
}

static void vcpu_release(struct vcpu *vcpu, enum vcpu_activity after)
{
	CHECK(activity_change(vcpu, VCPU_CHANGING, after));
}

/* The guest's own page or none at all: what a state change says about an address that the guest chose. */
static enum err address_error(enum err error)
{
	return error == ERR_OK || error == ERR_BUSY ? error : ERR_RANGE;
}

static void calling_area_drop(gpa_t page)
{
	CHECK(page_state_begin(page, PAGE_4K, PAGE_CHANGE_DROP_CALLING_AREA) == ERR_OK);
	page_state_end(page, PAGE_4K, PAGE_CHANGE_DROP_CALLING_AREA, true);
}

static void vcpu_install(struct vcpu *vcpu, gpa_t vmsa, gpa_t calling_area)
{
	__atomic_store_n(&vcpu->vmsa.raw, vmsa.raw, __ATOMIC_RELAXED); /* vcpu_take_by_vmsa looks without having it */
	vcpu->calling_area = calling_area;
	__atomic_store_n(&vcpu->registered, false, __ATOMIC_RELAXED);
	vcpu->generation++;
}

/* Claims both pages; the calling area that the same vCPU has already may stay. */
static enum err pages_claim(gpa_t vmsa, gpa_t calling_area, bool keeps_calling_area)
{
	enum err error = address_error(page_state_begin(vmsa, PAGE_4K, PAGE_CHANGE_MAKE_VMSA));
	if (error != ERR_OK || keeps_calling_area) {
		return error;
	}
	error = address_error(page_state_begin(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA));
	if (error != ERR_OK) {
		page_state_end(vmsa, PAGE_4K, PAGE_CHANGE_MAKE_VMSA, false);
	}
	return error;
}

/*
 * Ends the VMSA that the vCPU had, which must not run any more: if the host has taken that one away it may bring it back and run it,
 * so the vCPU keeps it and there is no new one. The VMSA bit of the new one comes last, when nothing can fail any more: the host may
 * keep us from taking it away again, and a page with it must never count as the guest's memory, which calls write to.
 */
static enum err vmsa_exchange(struct vcpu *vcpu, bool had_vmsa, gpa_t vmsa, u32 *code)
{
	enum err error = had_vmsa ? vmsa_stop(vcpu->vmsa) : ERR_OK;
	if (error != ERR_OK) {
		return error;
	}
	error = vmsa_mark(vmsa, code);
	if (error != ERR_OK && had_vmsa) {
		/* If the host has met it while it was stopped, that is no failure of the host's. */
		__atomic_store_n(&vcpu->registered, false, __ATOMIC_RELAXED);
		(void)!vmsa_go_on(vcpu->vmsa); /* not now: then when its CPU has served it */
	}
	return error;
}

/*
 * Turns a page of the guest's, claimed, into the vCPU's VMSA; or gives it back as it was, and says what was wrong, or that this went
 * wrong, too.
 */
static enum err vmsa_replace(struct vcpu *vcpu, bool had_vmsa, gpa_t vmsa, u32 *code)
{
	u32 undo;
	enum err error = vmsa_close(vmsa, code);
	if (error == ERR_OK) {
		error = vmsa_exchange(vcpu, had_vmsa, vmsa, code);
	}
	if (error == ERR_OK) {
		return ERR_OK;
	}
	enum err undone = vmsa_open(vmsa, &undo);
	*code = undone == ERR_OK ? *code : undo;
	return undone == ERR_OK ? error : undone;
}

/*
 * The vCPU is ours (VCPU_CHANGING). The VMSA stays claimed until the vCPU names it: till then nobody would find its owner, and
 * another CPU could delete it.
 */
static enum err vcpu_create_taken(struct vcpu *vcpu, bool had_vmsa, gpa_t vmsa, gpa_t calling_area, u32 *code)
{
	bool keeps_calling_area = had_vmsa && vcpu->calling_area.raw == calling_area.raw;
	enum err error = pages_claim(vmsa, calling_area, keeps_calling_area);
	if (error != ERR_OK) {
		return error;
	}
	if (had_vmsa) {
		vcpu_call_in(vcpu);
	}
	error = vmsa_replace(vcpu, had_vmsa, vmsa, code);
	if (!keeps_calling_area) {
		page_state_end(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA, error == ERR_OK);
	}
	if (error == ERR_OK && had_vmsa && !keeps_calling_area) {
		calling_area_drop(vcpu->calling_area);
	}
	if (error == ERR_OK) {
		vcpu_install(vcpu, vmsa, calling_area);
	}
	page_state_end(vmsa, PAGE_4K, PAGE_CHANGE_MAKE_VMSA, error == ERR_OK);
	return error;
}

/* A VMSA at a 2 MiB boundary is refused by hosts: an erratum of Zen 3 and 4 (Linux, arch/x86/kvm/svm/sev.c). */
static enum err addresses_check(gpa_t vmsa, gpa_t calling_area)
{
	if (!is_aligned(vmsa.raw, PAGE_SIZE) || !is_aligned(calling_area.raw, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	return is_aligned(vmsa.raw, LARGE_PAGE_SIZE) || vmsa.raw == calling_area.raw ? ERR_RANGE : ERR_OK;
}

enum err vcpu_create(u32 apic_id, gpa_t vmsa, gpa_t calling_area, u32 *code)
{
	enum vcpu_activity before;
	enum err error = addresses_check(vmsa, calling_area);
	if (error != ERR_OK) {
		return error;
	}
	struct vcpu *vcpu = vcpu_find(apic_id);
	if (vcpu == NULL) {
		return ERR_NOT_FOUND;
	}
	if (apic_id == platform_apic_id()) {
		return ERR_STATE;
	}
	error = vcpu_take(vcpu, &before);
	if (error != ERR_OK) {
		return error;
	}
	error = vcpu_create_taken(vcpu, before == VCPU_READY, vmsa, calling_area, code);
	vcpu_release(vcpu, error == ERR_OK ? VCPU_READY : before);
	return error;
}

/* Exact only while the page is claimed: nobody gets it as a VMSA meanwhile. */
static bool vmsa_is_in_force(gpa_t vmsa)
{
	for (u32 i = 0; i < pool_count; i++) {
		if (__atomic_load_n(&pool[i].vmsa.raw, __ATOMIC_RELAXED) == vmsa.raw) {
			return true;
		}
	}
	return false;
}

/*
 * The page of a VMSA becomes the guest's memory again. owner: the vCPU that has it, ours; NULL when nobody had it: then it may have
 * become somebody's since that was looked up, and is ERR_BUSY.
 */
static enum err vmsa_drop(gpa_t page, const struct vcpu *owner, u32 *code)
{
	enum err error = page_state_begin(page, PAGE_4K, PAGE_CHANGE_DROP_VMSA);
	if (error != ERR_OK) {
		return error == ERR_BUSY ? ERR_BUSY : ERR_NOT_FOUND;
	}
	if (owner == NULL && vmsa_is_in_force(page)) {
		page_state_end(page, PAGE_4K, PAGE_CHANGE_DROP_VMSA, false);
		return ERR_BUSY;
	}
	error = vmsa_stop(page);
	if (error == ERR_OK) {
		error = vmsa_open(page, code);
	}
	platform_flush_guest();
	page_state_end(page, PAGE_4K, PAGE_CHANGE_DROP_VMSA, error == ERR_OK);
	return error;
}

/* The vCPU that has this VMSA in force, taken; NULL with ERR_OK when it is nobody's. */
static enum err vcpu_take_by_vmsa(gpa_t vmsa, struct vcpu **owner)
{
	*owner = NULL;
	for (u32 i = 0; i < pool_count; i++) {
		enum vcpu_activity before;
		if (__atomic_load_n(&pool[i].vmsa.raw, __ATOMIC_RELAXED) != vmsa.raw) {
			continue;
		}
		if (pool[i].apic_id == platform_apic_id()) {
			return ERR_STATE;
		}
		if (vcpu_take(&pool[i], &before) != ERR_OK) {
			return ERR_BUSY;
		}
		if (before == VCPU_READY && pool[i].vmsa.raw == vmsa.raw) {
			*owner = &pool[i];
			return ERR_OK;
		}
		vcpu_release(&pool[i], before);
	}
	return ERR_OK;
}

enum err vcpu_delete(gpa_t vmsa, u32 *code)
{
	struct vcpu *owner;
	enum err error = vcpu_take_by_vmsa(vmsa, &owner);
	if (error != ERR_OK) {
		return error;
	}
	if (owner != NULL) {
		vcpu_call_in(owner);
	}
	error = vmsa_drop(vmsa, owner, code);
	if (owner == NULL) {
		return error;
	}
	if (error == ERR_OK) {
		calling_area_drop(owner->calling_area);
		vcpu_install(owner, gpa(0), gpa(0));
	}
	vcpu_release(owner, error == ERR_OK ? VCPU_ABSENT : VCPU_READY);
	return error;
}

enum err vcpu_remap_calling_area(struct vcpu *vcpu, gpa_t calling_area)
{
	if (!is_aligned(calling_area.raw, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	if (calling_area.raw == vcpu->calling_area.raw) {
		return ERR_OK;
	}
	enum err error = address_error(page_state_begin(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA));
	if (error != ERR_OK) {
		return error;
	}
	const u64 nothing_pending = 0;
	void *window = platform_window_open(WINDOW_SLOT_TARGET, calling_area, PAGE_4K, WINDOW_PRIVATE);
	error = platform_window_write(window, &nothing_pending, sizeof(nothing_pending));
	platform_window_close(WINDOW_SLOT_TARGET);
	page_state_end(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA, error == ERR_OK);
	if (error != ERR_OK) {
		return error;
	}
	calling_area_drop(vcpu->calling_area);
	vcpu->calling_area = calling_area;
	vcpu->generation++;
	return ERR_OK;
}

/* The first VMSA may lie in the SVSM's own memory, whose state cannot change. */
static enum err first_vmsa(gpa_t vmsa)
{
	u32 code;
	struct page_states_locked states = page_states_lock();
	enum page_state state = page_state_get(states, vmsa);
	page_states_unlock(states);
	bool own = state == PAGE_STATE_SVSM;
	enum err error = own ? ERR_OK : address_error(page_state_begin(vmsa, PAGE_4K, PAGE_CHANGE_MAKE_VMSA));
	if (error != ERR_OK) {
		return error;
	}
	error = vmsa_check(vmsa);
	if (error == ERR_OK) {
		error = vmsa_mark(vmsa, &code);
	}
	if (!own) {
		page_state_end(vmsa, PAGE_4K, PAGE_CHANGE_MAKE_VMSA, error == ERR_OK);
	}
	return error;
}

enum err vcpu_create_first(u32 apic_id, gpa_t vmsa, gpa_t calling_area)
{
	struct vcpu *vcpu = vcpu_find(apic_id);
	if (vcpu == NULL) {
		return ERR_NOT_FOUND;
	}
	enum err error = addresses_check(vmsa, calling_area);
	if (error != ERR_OK) {
		return error;
	}
	if (!activity_change(vcpu, VCPU_ABSENT, VCPU_CHANGING)) {
		return ERR_STATE;
	}
	error = address_error(page_state_begin(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA));
	if (error == ERR_OK) {
		error = first_vmsa(vmsa);
		page_state_end(calling_area, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA, error == ERR_OK);
	}
	if (error == ERR_OK) {
		vcpu_install(vcpu, vmsa, calling_area);
		error = platform_vcpu_register(apic_id, rights_guest_vmpl(), vmsa, platform_guest_features());
		__atomic_store_n(&vcpu->registered, error == ERR_OK, __ATOMIC_RELAXED);
	}
	vcpu_release(vcpu, error == ERR_OK ? VCPU_READY : VCPU_ABSENT);
	return error;
}
