/* SPDX-License-Identifier: MIT */
/* What ring 3 may do, and what has to come out right. */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe/probe.h"

#define PAGE 4096UL
#define CHUNK (16 * PAGE)
#define CHUNKS_MAX 1024
#define ROUNDS 200000U
#define SLICES_MILLISECONDS 10

static void *chunk_take(void)
{
	return mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Twice, so that what was given back is there again. */
bool probe_memory(void)
{
	static void *chunks[CHUNKS_MAX];
	size_t counts[2];
	for (size_t round = 0; round < 2; round++) {
		size_t n = 0;
		while (n < CHUNKS_MAX && (chunks[n] = chunk_take()) != MAP_FAILED) {
			*(volatile char *)chunks[n] = 1;
			n++;
		}
		counts[round] = n;
		while (n > 0) {
			munmap(chunks[--n], CHUNK);
		}
	}
	return counts[0] == counts[1] && counts[0] > 0 && counts[0] < CHUNKS_MAX;
}

bool probe_fresh(void)
{
	uint64_t *words = chunk_take();
	bool zero = words != MAP_FAILED;
	for (size_t i = 0; zero && i < CHUNK / sizeof(words[0]); i++) {
		zero = words[i] == 0;
		words[i] = 0x5EC4E75EC4E7ULL;
	}
	return zero;
}

/* NT, DF, AC and ID set; a stack pointer to nowhere; ring 3's own data segment in every segment register that may have it. */
bool probe_flags(void)
{
	long result = SYS_getpid;
	__asm__ volatile("pushfq\n\t"
			 "orl $0x244400, (%%rsp)\n\t"
			 "popfq\n\t"
			 "movl $0x2B, %%ecx\n\t"
			 "movl %%ecx, %%ds\n\t"
			 "movl %%ecx, %%es\n\t"
			 "movl %%ecx, %%gs\n\t"
			 "movq %%rsp, %%rbx\n\t"
			 "movabsq $0xDEAD000000000000, %%rsp\n\t"
			 "syscall\n\t"
			 "movq %%rbx, %%rsp\n\t"
			 "pushfq\n\t"
			 "andl $~0x244400, (%%rsp)\n\t"
			 "popfq"
			 : "+a"(result)
			 :
			 : "rbx", "rcx", "r11", "memory", "cc");
	return result > 0;
}

/* Whatever the kernel asked the host for last must not happen again: it was to run the guest. */
bool probe_host(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
	return true;
}

static unsigned milliseconds_now(void)
{
	struct timespec now;
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
		return 0;
	}
	return (unsigned)now.tv_sec * 1000U + (unsigned)(now.tv_nsec / 1000000);
}

void probe_compute(unsigned milliseconds)
{
	unsigned start = milliseconds_now();
	while (milliseconds_now() - start < milliseconds) {
	}
}

/* Sums that stay in vector registers while the kernel takes the processor away and gives it back. */
bool probe_arithmetic(void)
{
	unsigned start = milliseconds_now();
	bool good = true;
	while (good && milliseconds_now() - start < SLICES_MILLISECONDS) {
		double sum = 0;
		double product = 1;
		for (uint32_t i = 0; i < ROUNDS; i++) {
			sum += 0.5;
			product = product * 2 > 1e9 ? 1 : product * 2;
			__asm__ volatile("" : "+x"(sum), "+x"(product));
		}
		good = sum == ROUNDS * 0.5 && product >= 1;
	}
	return good;
}
