/* SPDX-License-Identifier: Apache-2.0 */
/* shadow.h - the tokens of memory while a run is recorded: what each word holds, and when it was last accessed.
 *
 * Words of which nothing is known yet are what the input, a DECLARE before, or the program's regions make them. */
#ifndef GN_MACHINES_MEMORY_SHADOW_H
#define GN_MACHINES_MEMORY_SHADOW_H

#include "machines/list.h"
#include "machines/memory/memory.h"

struct mem_token {
    uint64_t value;
    uint32_t ts; /* of the last access; 0: not touched */
    uint32_t perm;
};

struct mem_shadow {
    const struct mx_program *program;
    const uint8_t *input;
    size_t input_n;
    struct mem_token
        *space[MX_SPACES]; /* MX_SPACE_WORDS each, mapped when first used: only touched pages cost memory */
    struct mx_list words;  /* struct mx_word, in order of first touch until finish */
    struct mx_list declares, declared_chunks;
};

/* program and input are kept, not copied. */
void mem_shadow_open(struct mem_shadow *s, const struct mx_program *program, const uint8_t *input, size_t input_n);
/* Gives back all memory; the shadow is then as just opened. */
void mem_shadow_close(struct mem_shadow *s);

/* NULL, and err, without memory or for a word of no space. */
struct mem_token *mem_shadow_token(struct mem_shadow *s, uint32_t word, struct gn_error *err);
/* The token of the word at an address, brought to time `now`; a: what the row that accesses it shows, with after = before.  NULL, and err, if the word does not exist. */
struct mem_token *mem_shadow_access(struct mem_shadow *s, uint64_t address, uint32_t now, struct mx_word_access *a,
                                    struct gn_error *err);
/* rec: of a DECLARE */
void mem_shadow_declare(struct mem_shadow *s, const struct mx_record *rec, struct gn_error *err);

/* The input, words and declarations of `out`, which are the shadow's. */
void mem_shadow_finish(struct mx_run *out, struct mem_shadow *s);

#endif
