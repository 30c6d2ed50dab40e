/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

int main(void)
{
	int failed = test_accept();
	failed += test_vcpu();
	failed += test_vcpu_races();
	return failed == 0 ? 0 : 1;
}
