/* SPDX-License-Identifier: Apache-2.0 */
/* decode_dump.c - one instruction a line, for decode_llvm_test.py: reads pc and word in hexadecimal, writes the
 * disassembly, or "illegal".  Also checks that encoding what was decoded gives the word back but for fields that are
 * ignored. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "riscv/decode.h"

/* fence and fence.i have fields that the decoder drops */
static uint32_t meaningful(const struct rv_insn *insn)
{
    return insn->op == RV_FENCE ? 0xfff0707f : insn->op == RV_FENCE_I ? 0x0000707f : 0xffffffff;
}

int main(void)
{
    char line[64], text[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *second = NULL;
        uint64_t pc = strtoull(line, &second, 16);
        uint32_t word = (uint32_t)strtoul(second, NULL, 16);
        struct rv_insn insn;
        if (!gn_rv_decode(&insn, word)) {
            puts("illegal");
            continue;
        }
        if (insn.length == 4 && ((gn_rv_encode(&insn) ^ word) & meaningful(&insn)) != 0) {
            fprintf(stderr, "%08" PRIx32 " decodes to what encodes as %08" PRIx32 "\n", word, gn_rv_encode(&insn));
            return 1;
        }
        gn_rv_format(text, sizeof text, &insn, pc);
        puts(text);
    }
    return 0;
}
