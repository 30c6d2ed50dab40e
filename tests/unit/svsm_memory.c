/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

int main(void)
{
	int failed = test_memory_map();
	failed += test_page_state();
	return failed == 0 ? 0 : 1;
}
