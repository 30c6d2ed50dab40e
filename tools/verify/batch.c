/* SPDX-License-Identifier: MIT */
#include "verify/batch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/report.h"

#define AHEAD 1024U /* results that may wait for an earlier one */
#define WORDS 4U

struct batch {
	const struct verify_options *options;
	const struct demands *demands;
	const struct trust *trust;
	char **lines;
	size_t count;
	size_t next;    /* line that nobody took yet */
	size_t printed; /* lines whose result is out */
	char *results[AHEAD];
	bool refused;
	pthread_mutex_t lock;
	pthread_cond_t room;
};

static const char *word_or_null(const char *word)
{
	return word == NULL || strcmp(word, "-") == 0 ? NULL : word;
}

static char *line_verify(const struct batch *batch, struct job *job, char *line, bool *refused)
{
	const char *words[WORDS] = {0};
	char *rest = NULL, *text = NULL;
	size_t size;
	char *word = strtok_r(line, " \t\r", &rest);
	for (u32 i = 0; i < WORDS && word != NULL; i++) {
		words[i] = word;
		word = strtok_r(NULL, " \t\r", &rest);
	}
	const struct verify_options *o = batch->options;
	struct job_files files = {.report = words[0],
				  .manifest = word_or_null(words[1]),
				  .nonce = word_or_null(words[2]),
				  .certificates = word_or_null(words[3])};
	if (files.certificates == NULL) {
		files.certificates = o->certificates;
		files.vcek = o->vcek;
	}
	struct verdict verdict = {0};
	if (word != NULL || (files.certificates == NULL && files.vcek == NULL)) {
		(void)verdict_fails(&verdict, CHECK_FORMAT, "not a line 'REPORT MANIFEST NONCE CERTIFICATES'");
	} else {
		job_run(job, &files, batch->demands, batch->trust, &verdict);
	}
	*refused = !verdict_accepts(&verdict);
	FILE *out = open_memstream(&text, &size);
	if (out == NULL) {
		return NULL;
	}
	enum check first = verdict_first_failure(&verdict);
	if (o->json) {
		verdict_print_json(&verdict, files.report, out);
	} else if (*refused) {
		fprintf(out, "refused %s: %s: %s\n", files.report, check_name(first), verdict.text[first]);
	} else {
		fprintf(out, "accepted %s\n", files.report);
	}
	(void)fclose(out);
	return text;
}

/* Takes a result; prints what is complete from the front. */
static void result_put(struct batch *batch, size_t index, char *text, bool refused)
{
	pthread_mutex_lock(&batch->lock);
	batch->results[index % AHEAD] = text;
	batch->refused = batch->refused || refused;
	while (batch->results[batch->printed % AHEAD] != NULL) {
		fputs(batch->results[batch->printed % AHEAD], stdout);
		free(batch->results[batch->printed % AHEAD]);
		batch->results[batch->printed++ % AHEAD] = NULL;
	}
	pthread_cond_broadcast(&batch->room);
	pthread_mutex_unlock(&batch->lock);
}

/* The next line to do, counted; false when there is none. */
static bool line_take(struct batch *batch, size_t *index)
{
	pthread_mutex_lock(&batch->lock);
	*index = batch->next;
	bool more = *index < batch->count;
	if (more) {
		batch->next++;
		while (*index >= batch->printed + AHEAD) {
			pthread_cond_wait(&batch->room, &batch->lock);
		}
	}
	pthread_mutex_unlock(&batch->lock);
	return more;
}

static void *worker(void *argument)
{
	struct batch *batch = argument;
	struct job *job = job_new();
	size_t index;
	while (line_take(batch, &index)) {
		bool refused;
		char *text = line_verify(batch, job, batch->lines[index], &refused);
		if (text == NULL) {
			report("out of memory");
			exit(STATUS_FAILED);
		}
		result_put(batch, index, text, refused);
	}
	job_free(job);
	return NULL;
}

/* Lines with something in them; they are cut in a copy of the file. */
static void lines_split(struct span file, struct batch *batch)
{
	char *text = allocate(file.n + 1), *rest = NULL;
	memcpy(text, file.p, file.n);
	size_t most = 1;
	for (size_t i = 0; i < file.n; i++) {
		most += text[i] == '\n' ? 1 : 0;
		text[i] = text[i] == '\0' ? ' ' : text[i];
	}
	batch->lines = allocate(most * sizeof(*batch->lines));
	for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		if (line[strspn(line, " \t\r")] != '\0') {
			batch->lines[batch->count++] = line;
		}
	}
}

int batch_run(const struct verify_options *options, const struct demands *demands, const struct trust *trust)
{
	static struct batch batch = {.lock = PTHREAD_MUTEX_INITIALIZER, .room = PTHREAD_COND_INITIALIZER};
	struct span file;
	batch.options = options;
	batch.demands = demands;
	batch.trust = trust;
	if (!file_read(options->batch, "batch", &file)) {
		return STATUS_FAILED;
	}
	lines_split(file, &batch);
	if (batch.count == 0) {
		(void)report("batch %s: there is no line in it", options->batch);
		return STATUS_FAILED;
	}
	pthread_t *threads = allocate(options->jobs * sizeof(*threads));
	for (u32 i = 0; i < options->jobs; i++) {
		if (pthread_create(&threads[i], NULL, worker, &batch) != 0) {
			report("a thread cannot be started");
			exit(STATUS_FAILED);
		}
	}
	for (u32 i = 0; i < options->jobs; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	return report_end(batch.refused ? STATUS_FAILED : STATUS_OK);
}
