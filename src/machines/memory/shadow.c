/* SPDX-License-Identifier: Apache-2.0 */
/* shadow.c - see shadow.h. */
#include "machines/memory/shadow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>

void mem_shadow_open(struct mem_shadow *s, const struct mx_program *program, const uint8_t *input, size_t input_n)
{
    *s = (struct mem_shadow){.program = program,
                             .input = input,
                             .input_n = input_n,
                             .words.item_bytes = sizeof(struct mx_word),
                             .declares.item_bytes = sizeof(struct mx_declare),
                             .declared_chunks.item_bytes = sizeof(struct mx_declared_chunk)};
}

void mem_shadow_close(struct mem_shadow *s)
{
    mx_list_free(&s->words);
    mx_list_free(&s->declares);
    mx_list_free(&s->declared_chunks);
    for (unsigned i = 0; i < MX_SPACES; i++) {
        if (s->space[i] != NULL) {
            munmap(s->space[i], MX_SPACE_WORDS * sizeof(struct mem_token));
            s->space[i] = NULL;
        }
    }
}

static void *append(struct mx_list *l, struct gn_error *err)
{
    void *item = mx_list_append(l);
    if (item == NULL) {
        gn_fail(err, GN_NO_MEMORY, "no memory for the records of a run");
    }
    return item;
}

/* ---- words ---- */

/* A test's recorder that believes in words where no memory is (tests/liar/liar.h). */
#ifndef FAULTY_EXISTS
#define FAULTY_EXISTS(token) false
#endif

static const struct mx_declare *declares_of(const struct mem_shadow *s)
{
    return (const struct mx_declare *)(const void *)s->declares.at;
}

/* false if the word does not exist */
static bool initial_token(const struct mem_shadow *s, uint32_t word, struct mem_token *token)
{
    uint32_t in_input = word - (uint32_t)(MEM_INPUT_BASE / 8); /* huge below it */
    if (in_input < mx_input_words(s->input_n)) {
        token->value = mx_input_word(s->input, s->input_n, in_input);
        token->perm = MEM_INPUT;
        return true;
    }
    for (size_t i = s->declares.n; i-- > 0;) {
        const struct mx_declare *d = &declares_of(s)[i];
        if (mx_word_address(word) - d->base < d->size) {
            *token = (struct mem_token){.ts = d->start, .perm = d->perm};
            return true;
        }
    }
    token->value = mem_initial_word(s->program, word);
    token->perm = mem_initial_perm(s->program, word);
    return token->perm != MEM_ABSENT;
}

struct mem_token *mem_shadow_token(struct mem_shadow *s, uint32_t word, struct gn_error *err)
{
    struct mem_token **space = &s->space[word / MX_SPACE_WORDS];
    if (*space == NULL) {
        void *at = mmap(NULL, MX_SPACE_WORDS * sizeof(struct mem_token), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED) {
            gn_fail(err, GN_NO_MEMORY, "no memory for a recorder");
            return NULL;
        }
        *space = at;
    }
    return *space + word % MX_SPACE_WORDS;
}

struct mem_token *mem_shadow_access(struct mem_shadow *s, uint64_t address, uint32_t now, struct mx_word_access *a,
                                    struct gn_error *err)
{
    uint32_t word = mx_word_of(address);
    struct mem_token *token = NULL;
    if (word != MX_NO_WORD) {
        token = mem_shadow_token(s, word, err);
        if (token == NULL) {
            return NULL;
        }
    }
    bool first = token != NULL && token->ts == 0;
    if (token == NULL || (first && !initial_token(s, word, token) && !FAULTY_EXISTS(token))) {
        gn_fail(err, GN_INTERNAL, "recorder: access to 0x%" PRIx64 ", where no memory is", address);
        return NULL;
    }
    if (first) {
        struct mx_word *w = append(&s->words, err);
        if (w == NULL) {
            return NULL;
        }
        *w = (struct mx_word){.word = word, .first = token->value, .perm = (uint8_t)token->perm};
    }
    *a = (struct mx_word_access){
        .word = word, .gap = now - 1 - token->ts, .before = token->value, .after = token->value};
    token->ts = now;
    return token;
}

/* ---- declarations ---- */

/* What was declared, and its whole blocks, 64 KiB by 64 KiB. */
void mem_shadow_declare(struct mem_shadow *s, const struct mx_record *rec, struct gn_error *err)
{
    uint32_t number = (uint32_t)s->declares.n;
    struct mx_declare *d = append(&s->declares, err);
    if (d == NULL) {
        return;
    }
    *d = (struct mx_declare){rec->a, rec->b, rec->ts + MX_SLOT_MEMORY, (uint8_t)rec->old};
    const uint64_t block = 8 * MEM_ZERO_WORDS, chunk = 1 << 16;
    uint64_t at = (d->base + block - 1) / block * block, end = (d->base + d->size) / block * block;
    while (at < end) {
        uint64_t next = (at / chunk + 1) * chunk;
        struct mx_declared_chunk *c = append(&s->declared_chunks, err);
        if (c == NULL) {
            return;
        }
        next = next < end ? next : end;
        *c = (struct mx_declared_chunk){mx_word_of(at), (uint32_t)((next - at) / 8), number};
        at = next;
    }
}

/* ---- the end ---- */
static int by_word(const void *x, const void *y)
{
    uint32_t a = ((const struct mx_word *)x)->word, b = ((const struct mx_word *)y)->word;
    return (a > b) - (a < b);
}

static int by_chunk(const void *x, const void *y)
{
    uint32_t a = ((const struct mx_declared_chunk *)x)->word, b = ((const struct mx_declared_chunk *)y)->word;
    return (a > b) - (a < b);
}

void mem_shadow_finish(struct mx_run *out, struct mem_shadow *s)
{
    struct mx_word *words = (struct mx_word *)(void *)s->words.at;
    if (s->words.n > 0) {
        qsort(words, s->words.n, sizeof *words, by_word);
    }
    if (s->declared_chunks.n > 0) {
        qsort(s->declared_chunks.at, s->declared_chunks.n, sizeof(struct mx_declared_chunk), by_chunk);
    }
    for (size_t i = 0; i < s->words.n; i++) {
        const struct mem_token *token = s->space[words[i].word / MX_SPACE_WORDS] + words[i].word % MX_SPACE_WORDS;
        words[i].ts = token->ts;
        words[i].last = token->value;
    }
    out->input = s->input;
    out->input_n = s->input_n;
    out->words = words;
    out->words_n = s->words.n;
    out->declares = declares_of(s);
    out->declares_n = s->declares.n;
    out->declared_chunks = (const struct mx_declared_chunk *)(const void *)s->declared_chunks.at;
    out->declared_chunks_n = s->declared_chunks.n;
}
