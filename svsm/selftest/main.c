/* SPDX-License-Identifier: MIT */
/* The native image serves nobody: it tests itself, says so and ends. */
#include "boot/serve.h"
#include "dev/log.h"
#include "guest/rights.h"
#include "platform/native/exit.h"
#include "platform/native/guest.h"
#include "selftest/ground.h"
#include "selftest/guest.h"
#include "selftest/tap.h"
#include "selftest/traps.h"

bool native_guest_turn(void)
{
	return guest_turn();
}

void boot_serve(const struct boot_layout *layout)
{
	struct selftest_ground ground = {0};
	tap_note("self-tests of the SVSM, native image");
	selftest_processor();
	selftest_traps(layout);
	selftest_frames();
	selftest_user();
	tap_check(rights_init(layout->guest.vmpl) == ERR_OK, "the layout names the guest's VMPL");
	if (ground_prepare(layout, &ground)) {
		selftest_windows(&ground);
		selftest_closed_window(&ground);
		selftest_pages(&ground);
		selftest_calls(&ground);
	}
	log_debug("every self-test is through");
	native_exit(tap_finish() ? NATIVE_EXIT_PASSED : NATIVE_EXIT_FAILED);
}
