/* SPDX-License-Identifier: MIT */
#include "build/manifest.h"

#include <stdio.h>
#include <string.h>

#include "host/file.h"
#include "host/report.h"
#include "input/manifest.h"

#define MANIFEST_LINES 64

static bool name_is(struct span name, const char *text)
{
	return span_equal(name, span_of(text, strlen(text)));
}

static bool names_file(struct span name)
{
	static const char *const files[] = {"kernel-image", "output", "firmware", "linux", "initrd", "program"};
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (name_is(name, files[i])) {
			return true;
		}
	}
	return false;
}

/* --name=value, with the manifest's folder before the name of a file */
static char *make_word(const char *path, const struct manifest_line *line)
{
	const char *slash = strrchr(path, '/');
	bool relative = names_file(line->name) && line->value.p[0] != '/' && slash != NULL;
	int folder = relative ? (int)(slash - path) + 1 : 0;
	size_t room = line->name.n + line->value.n + (size_t)folder + sizeof("--=");
	char *word = allocate(room);
	snprintf(word, room, "--%.*s=%.*s%.*s", (int)line->name.n, (const char *)line->name.p, folder, path,
		 (int)line->value.n, (const char *)line->value.p);
	return word;
}

/* debug is an option without a value: yes gives it, no leaves it away. */
static bool add_line(const char *path, const struct manifest_line *line, char **out, int *count)
{
	static char debug[] = "--debug";
	if (!name_is(line->name, "debug")) {
		out[*count] = make_word(path, line);
		*count += 1;
		return true;
	}
	if (name_is(line->value, "yes")) {
		out[*count] = debug;
		*count += 1;
		return true;
	}
	return name_is(line->value, "no");
}

static bool read_lines(const char *path, struct span text, char **out, int *count)
{
	struct manifest manifest = {.rest = text};
	struct manifest_line line;
	enum err error;
	while ((error = manifest_next(&manifest, &line)) == ERR_OK) {
		if (*count > MANIFEST_LINES) {
			return report("%s: line %u: a manifest has at most %d options", path, manifest.line,
				      MANIFEST_LINES);
		}
		if (!add_line(path, &line, out, count)) {
			return report("%s: line %u: debug is yes or no", path, manifest.line);
		}
	}
	return error == ERR_NOT_FOUND ||
	       report("%s: line %u: not a line of the form 'name = value'", path, manifest.line);
}

bool manifest_expand(int *count, char ***words)
{
	struct span text;
	if (*count < 3 || strcmp((*words)[1], "--manifest") != 0) {
		return true;
	}
	char **out = allocate(sizeof(*out) * (size_t)(*count + MANIFEST_LINES + 2));
	int expanded = 1;
	out[0] = (*words)[0];
	if (!file_read((*words)[2], "manifest", &text) || text.n > INT32_MAX ||
	    !read_lines((*words)[2], text, out, &expanded)) {
		return false;
	}
	memcpy(out + expanded, *words + 3, sizeof(*out) * (size_t)(*count - 3));
	*count = expanded + *count - 3;
	*words = out;
	return true;
}
