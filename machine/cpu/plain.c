/* SPDX-License-Identifier: MIT */
#include "cpu/plain.h"

static bool is_plain;

bool plain_guest(void)
{
	return is_plain;
}

void plain_guest_begin(void)
{
	is_plain = true;
}
