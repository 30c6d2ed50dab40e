/* SPDX-License-Identifier: MIT */
#include "task/initial_stack.h"

#include "base/align.h"
#include "base/mem.h"
#include "elf/layout.h"
#include "task/linux_abi.h"

#define PROGRAM_NAME "service"
#define AGAIN "again"
#define NAME_MAX 16U

/* Texts and random bytes, at the very end. */
struct texts {
	u8 random[INITIAL_STACK_RANDOM];
	char program[sizeof(PROGRAM_NAME)];
	char name[NAME_MAX];
	char again[sizeof(AGAIN)];
};

#define TEXTS_AT (LOADER_STACK_END - sizeof(struct texts))
#define WORDS_MAX 40U

/* argc, argv, the environment's end, the auxiliary vector */
struct words {
	u64 words[WORDS_MAX];
	u32 count;
};

static void name_copy(char *to, const char *name)
{
	for (u32 i = 0; i < NAME_MAX - 1 && name[i] != '\0'; i++) {
		to[i] = name[i];
	}
}

static void word_add(struct words *words, u64 word)
{
	words->words[words->count++] = word;
}

static void auxiliary_add(struct words *words, u64 type, u64 value)
{
	word_add(words, type);
	word_add(words, value);
}

static void arguments_fill(struct words *words, const struct initial_stack *stack)
{
	word_add(words, stack->again ? 3 : 2);
	word_add(words, TEXTS_AT + offsetof(struct texts, program));
	word_add(words, TEXTS_AT + offsetof(struct texts, name));
	if (stack->again) {
		word_add(words, TEXTS_AT + offsetof(struct texts, again));
	}
	word_add(words, 0);
	word_add(words, 0);
}

/* AT_SECURE: no environment is to be trusted, and there is none. */
static void auxiliary_fill(struct words *words, const struct initial_stack *stack)
{
	const struct loaded *loaded = stack->loaded;
	auxiliary_add(words, LINUX_AT_PHDR, loaded->headers);
	auxiliary_add(words, LINUX_AT_PHENT, sizeof(struct elf_program_header));
	auxiliary_add(words, LINUX_AT_PHNUM, loaded->headers != 0 ? loaded->header_count : 0);
	auxiliary_add(words, LINUX_AT_PAGESZ, PAGE_SIZE);
	auxiliary_add(words, LINUX_AT_ENTRY, loaded->entry);
	auxiliary_add(words, LINUX_AT_UID, 0);
	auxiliary_add(words, LINUX_AT_EUID, 0);
	auxiliary_add(words, LINUX_AT_GID, 0);
	auxiliary_add(words, LINUX_AT_EGID, 0);
	auxiliary_add(words, LINUX_AT_HWCAP, stack->capabilities);
	auxiliary_add(words, LINUX_AT_SECURE, 1);
	auxiliary_add(words, LINUX_AT_RANDOM, TEXTS_AT + offsetof(struct texts, random));
	auxiliary_add(words, LINUX_AT_NULL, 0);
}

enum err initial_stack_build(struct space *space, const struct initial_stack *stack, u64 *pointer)
{
	struct texts texts = {.program = PROGRAM_NAME, .again = AGAIN};
	struct words words = {0};
	memcpy(texts.random, stack->random, sizeof(texts.random));
	name_copy(texts.name, stack->name);
	arguments_fill(&words, stack);
	auxiliary_fill(&words, stack);
	*pointer = align_down(TEXTS_AT - sizeof(words.words), 16);
	enum err error = space_write(space, TEXTS_AT, &texts, sizeof(texts));
	return error == ERR_OK ? space_write(space, *pointer, words.words, sizeof(words.words)) : error;
}
