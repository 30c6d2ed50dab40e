/* SPDX-License-Identifier: MIT */
#include "task/task_groups.h"

int main(void)
{
	int failed = test_space();
	failed += test_loader();
	failed += test_syscalls();
	failed += test_cpuid();
	failed += test_service();
	return failed == 0 ? 0 : 1;
}
