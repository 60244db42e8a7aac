/* SPDX-License-Identifier: Apache-2.0 */
/* stage.h - a small Solana program, an instruction for it, its proofs. */
#ifndef GN_TESTS_LIAR_STAGE_H
#define GN_TESTS_LIAR_STAGE_H

#include "gnomon/gnomon.h"
#include "svm/statement.h"

struct stage_program {
    const char *name;
    unsigned version; /* of sBPF */
    const uint64_t *slots;
    unsigned slots_n;
    bool vasa;
    uint64_t budget; /* 0: 200,000 */
};
struct stage {
    const char *name;
    struct gn_program *program; /* with a key; 16 read-only bytes, in version 3 at address 0 */
    /* two accounts of the program's with 16 bytes of data, of which it may change the first; eight bytes of instruction data; Clock and Rent */
    struct gn_buffer input;
    struct gn_arena arena; /* of statements */
    void *scratch;
    size_t scratch_n;
};
/* where that stands in the program's memory: offsets from GN_SOL_INPUT.  The first account's data: count, flags, key, owner, lamports and length before it; its end; the
 * second account. */
enum { DATA = 8 + 8 + 32 + 32 + 8 + 8, DATA_END = DATA + 16, OTHER = DATA_END + GN_SOL_REALLOC_MAX + 8 };

void stage_open(struct stage *s, const struct stage_program *p);
void stage_close(struct stage *s);

GN_NODISCARD enum gn_status stage_prove(struct gn_proof **proof, const struct stage *s, bool check,
                                        struct gn_error *err);
/* what the proof claims, whether it holds or not */
struct svm_statement stage_statement(struct stage *s, const uint8_t *file, size_t n); /* points into file */
enum gn_verdict stage_verify(const struct stage *s, const uint8_t *file, size_t n);

#endif
