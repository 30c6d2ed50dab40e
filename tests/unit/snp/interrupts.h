/* SPDX-License-Identifier: MIT */
#pragma once

int test_interrupts(void);
