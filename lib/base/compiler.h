/* SPDX-License-Identifier: MIT */
/* Names for what compilers offer and C11 does not. */
#pragma once

#define must_check __attribute__((warn_unused_result))
#define packed __attribute__((packed))
#define aligned_to(n) __attribute__((aligned(n)))
#define noreturn_fn __attribute__((noreturn))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define unused __attribute__((unused))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Checked arithmetic: true when the result did not fit. Operands and result may have different types. */
#define ckd_add(r, a, b) __builtin_add_overflow((a), (b), (r))
#define ckd_sub(r, a, b) __builtin_sub_overflow((a), (b), (r))
#define ckd_mul(r, a, b) __builtin_mul_overflow((a), (b), (r))
