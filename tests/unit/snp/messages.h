/* SPDX-License-Identifier: MIT */
#pragma once

int test_messages(void);
