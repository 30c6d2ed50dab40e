/* SPDX-License-Identifier: MIT */
/*
 * A Linux module: gives back the GHCB of each CPU that went offline and came back.
 *
 * A CPU of an SEV-SNP guest that goes offline waits in sev_es_ap_hlt_loop, its GHCB marked as in use. It returns with another VMSA,
 * so nothing in that loop ever runs again, and the mark stays. From then on each #VC of that CPU takes the backup GHCB; when the
 * CPU has returned a second time that one is marked, too, and the kernel panics. Here each CPU that comes online gives its GHCB
 * back, as the loop would have done. By the kernel's own functions: of its data nothing is known here, and a kernel that gives
 * the GHCB back itself is not disturbed.
 *
 * May be used under the GNU General Public License, version 2, as well.
 */
#define pr_fmt(text) KBUILD_MODNAME ": " text

#include <asm/cpufeature.h>
#include <linux/cc_platform.h>
#include <linux/cpuhotplug.h>
#include <linux/irqflags.h>
#include <linux/kprobes.h>
#include <linux/module.h>

MODULE_DESCRIPTION("gives back the GHCB of a CPU that went offline and came back");
MODULE_LICENSE("Dual MIT/GPL");

static unsigned int given_back;
module_param(given_back, uint, 0444);
MODULE_PARM_DESC(given_back, "how many GHCBs were given back");

/* Stands for the kernel's struct ghcb_state, which is a pointer, with room to spare. */
struct ghcb_state_like {
	void *backup; /* NULL: the GHCB was free */
	void *spare[7];
};

typedef unsigned long (*lookup_function)(const char *name);

/* The kernel's __sev_get_ghcb and __sev_put_ghcb: of this CPU's, with interrupts off. */
static void *(*get_ghcb)(struct ghcb_state_like *state);
static void (*put_ghcb)(struct ghcb_state_like *state);

/* Interrupts are off. */
static bool ghcb_is_free(void)
{
	struct ghcb_state_like state = {.backup = &state};
	bool is_free;

	get_ghcb(&state);
	is_free = !state.backup;
	put_ghcb(&state);
	return is_free;
}

/* Gives back the GHCB of the CPU that it runs on, when nobody on it can be using it. */
static int ghcb_give_back(unsigned int cpu)
{
	struct ghcb_state_like own = {.backup = NULL};
	unsigned long flags;
	bool was_free, is_free;

	local_irq_save(flags);
	was_free = ghcb_is_free();
	if (!was_free) {
		put_ghcb(&own);
	}
	is_free = ghcb_is_free();
	local_irq_restore(flags);

	if (!is_free) {
		pr_err("the GHCB of CPU %u cannot be given back: this kernel does it another way\n", cpu);
		return -EIO;
	}
	given_back += !was_free;
	return 0;
}

/* Modules are not given kallsyms_lookup_name; a probe of it that is never armed says where it is. */
static lookup_function lookup_find(void)
{
	static struct kprobe probe = {.symbol_name = "kallsyms_lookup_name", .flags = KPROBE_FLAG_DISABLED};
	lookup_function lookup;

	if (register_kprobe(&probe)) {
		return NULL;
	}
	lookup = (lookup_function)probe.addr;
	unregister_kprobe(&probe);
	return lookup;
}

static int functions_find(void)
{
	lookup_function lookup = lookup_find();

	if (lookup) {
		get_ghcb = (void *(*)(struct ghcb_state_like *))lookup("__sev_get_ghcb");
		put_ghcb = (void (*)(struct ghcb_state_like *))lookup("__sev_put_ghcb");
	}
	if (!get_ghcb || !put_ghcb) {
		pr_err("this kernel has no __sev_get_ghcb and __sev_put_ghcb\n");
		return -ENOENT;
	}
	return 0;
}

static int online_state;

/* The first who give their GHCB back are the CPUs that are online now: where that fails, the module is not loaded. */
static int __init hotplug_start(void)
{
	int result;

	if (!cc_platform_has(CC_ATTR_GUEST_SEV_SNP)) {
		pr_err("this is no SEV-SNP guest\n");
		return -ENODEV;
	}
	/* The kernel's functions are not meant to be called by pointer, which indirect branch tracking would stop. */
	if (cpu_feature_enabled(X86_FEATURE_IBT)) {
		pr_err("the kernel tracks indirect branches; ibt=off lets it be used\n");
		return -EOPNOTSUPP;
	}
	result = functions_find();
	if (result) {
		return result;
	}
	online_state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "copra/hotplug:online", ghcb_give_back, NULL);
	return online_state < 0 ? online_state : 0;
}

static void __exit hotplug_end(void)
{
	cpuhp_remove_state(online_state);
}

module_init(hotplug_start);
module_exit(hotplug_end);
