/* SPDX-License-Identifier: MIT */
#include "runtime/smp.h"

#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define APIC_IDS 64U
#define CREATE_ATTEMPTS 1000U
#define WAIT_TURNS 20000000U

enum station {
	STATION_GONE, /* not there, or on its way */
	STATION_IDLE,
	STATION_WORKING,
};

struct place {
	u32 apic_id;
	u32 station; /* enum station, atomic */
	u64 beats;
	u64 vmsa, area; /* from which it was started */
	smp_work_fn *work;
	void *argument;
};

static struct place places[GUEST_CPUS];
static u32 count = 1;
static u32 spares[SMP_SPARES];
static u32 spare_count;
static u32 all_vmpl;
static u64 all_features;

void smp_describe(u32 vmpl, u64 features)
{
	all_vmpl = vmpl;
	all_features = features;
	places[0].apic_id = host_apic_id();
}

u32 smp_vmpl(void)
{
	return all_vmpl;
}

u64 smp_features(void)
{
	return all_features;
}

u32 smp_count(void)
{
	return count;
}

u32 smp_apic_id(u32 index)
{
	return places[index].apic_id;
}

u64 smp_vmsa(u32 index)
{
	return smp_pages(index);
}

u64 smp_area(u32 index)
{
	return smp_pages(index) + PAGE_SIZE;
}

static void clear_page(u64 address)
{
	volatile u64 *words = memory_at(address);
	for (u32 i = 0; i < PAGE_SIZE / sizeof(u64); i++) {
		words[i] = 0;
	}
}

/* SVSM (58019) section 6.3 asks for the guest's VMPL, EFER.SVME and its features. */
void smp_fill(u64 vmsa, u32 index)
{
	volatile struct vmsa *page = memory_at(vmsa);
	clear_page(vmsa);
	smp_fill_registers(page, index);
	page->vmpl = (u8)all_vmpl;
	page->efer |= EFER_SVME;
	page->sev_features = all_features;
}

/* A VMSA is registered for it and deleted again. */
static bool takes_vmsa(u32 apic_id)
{
	u64 vmsa = smp_vmsa(GUEST_CPUS - 1);
	u64 area = smp_area(GUEST_CPUS - 1);
	smp_fill(vmsa, GUEST_CPUS - 1);
	clear_page(area);
	return svsm_core(SVSM_CORE_CREATE_VCPU, vmsa, area, apic_id) == SVSM_SUCCESS &&
	       svsm_core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0) == SVSM_SUCCESS;
}

u32 smp_find(void)
{
	for (u32 id = 0; id < APIC_IDS && spare_count < SMP_SPARES; id++) {
		if (id == places[0].apic_id || !takes_vmsa(id)) {
			continue;
		}
		if (count < GUEST_CPUS) {
			places[count++].apic_id = id;
		} else {
			spares[spare_count++] = id;
		}
	}
	return count;
}

u32 smp_spares(u32 *apic_ids)
{
	for (u32 i = 0; i < spare_count; i++) {
		apic_ids[i] = spares[i];
	}
	return spare_count;
}

static bool wait_for(u32 index, enum station station)
{
	for (u32 i = 0; i < WAIT_TURNS; i++) {
		if (__atomic_load_n(&places[index].station, __ATOMIC_ACQUIRE) == station) {
			return true;
		}
		smp_relax();
	}
	return false;
}

/* Busy as long as another CPU tries to make one for the same APIC ID. */
static bool vcpu_create(u64 vmsa, u64 area, u32 apic_id)
{
	u64 result = SVSM_ERR_BUSY;
	for (u32 i = 0; i < CREATE_ATTEMPTS && result == SVSM_ERR_BUSY; i++) {
		result = svsm_core(SVSM_CORE_CREATE_VCPU, vmsa, area, apic_id);
	}
	return result == SVSM_SUCCESS;
}

bool smp_start_from(u32 index, u64 vmsa, u64 area)
{
	struct place *place = &places[index];
	smp_fill(vmsa, index);
	if (!vcpu_create(vmsa, area, place->apic_id)) {
		return false;
	}
	place->vmsa = vmsa;
	place->area = area;
	__atomic_store_n(&place->station, STATION_GONE, __ATOMIC_RELEASE);
	return host_cpu_run(place->apic_id, all_vmpl, vmsa, all_features) && wait_for(index, STATION_IDLE);
}

bool smp_start(u32 index)
{
	clear_page(smp_area(index));
	return smp_start_from(index, smp_vmsa(index), smp_area(index));
}

u64 smp_stop(u32 index)
{
	struct place *place = &places[index];
	u64 result = SVSM_ERR_BUSY;
	host_cpu_stop(place->apic_id, all_vmpl, place->vmsa);
	for (u32 i = 0; i < WAIT_TURNS && (result == SVSM_ERR_BUSY || result == SVSM_ERR_CORE_VCPU_IN_USE); i++) {
		result = svsm_core(SVSM_CORE_DELETE_VCPU, place->vmsa, 0, 0);
		smp_relax();
	}
	__atomic_store_n(&place->station, STATION_GONE, __ATOMIC_RELEASE);
	return result;
}

void smp_begin(u32 index, smp_work_fn *work, void *argument)
{
	struct place *place = &places[index];
	place->work = work;
	place->argument = argument;
	__atomic_store_n(&place->station, STATION_WORKING, __ATOMIC_RELEASE);
}

bool smp_wait(u32 index)
{
	return wait_for(index, STATION_IDLE);
}

u64 smp_beats(u32 index)
{
	return __atomic_load_n(&places[index].beats, __ATOMIC_RELAXED);
}

void smp_main(void)
{
	struct place *place = &places[cpu_current()->index];
	svsm_open(place->area);
	host_join();
	__atomic_store_n(&place->station, STATION_IDLE, __ATOMIC_RELEASE);
	for (;;) {
		while (__atomic_load_n(&place->station, __ATOMIC_ACQUIRE) != STATION_WORKING) {
			__atomic_fetch_add(&place->beats, 1, __ATOMIC_RELAXED);
			smp_relax();
		}
		place->work(place->argument);
		__atomic_store_n(&place->station, STATION_IDLE, __ATOMIC_RELEASE);
	}
}
