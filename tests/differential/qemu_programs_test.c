/* SPDX-License-Identifier: Apache-2.0 */
/* qemu_programs_test.c - generated programs give the same output under qemu-riscv64 and in Gnomon, byte for byte: one
 * program for each instruction with all pairs of edge operands, then random ones.
 *
 *   qemu_programs_test QEMU PROGRAMS ROUNDS LEAST [SEED]     random programs of 1,000 instructions; with SEED only that
 *   one, kept as ./program.elf.  Fewer than LEAST instructions executed in all are a failure. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "differential/programs.h"
#include "differential/qemu.h"

enum { LENGTH = 1000 };

struct tally {
    const char *qemu, *folder;
    unsigned programs, bad;
    uint64_t steps;
};

static void compare(struct tally *t, const char *name, struct assembler *a)
{
    struct gn_buffer elf = assembler_elf(a);
    struct outcome qemu = run_in_qemu(t->qemu, t->folder, elf.data, elf.size, NULL, 0);
    struct outcome gnomon = run_in_gnomon(elf.data, elf.size, NULL, 0);
    t->programs++;
    t->steps += gnomon.steps;
    t->bad += !same_outcome(name, &qemu, &gnomon) || gnomon.output.size == 0;
    outcome_free(&qemu);
    outcome_free(&gnomon);
    gn_buffer_free(&elf);
    assembler_free(a);
}

static void compare_random(struct tally *t, uint64_t seed, unsigned rounds)
{
    struct assembler a;
    char name[64];
    snprintf(name, sizeof name, "random program, seed %" PRIu64, seed);
    random_program(&a, seed, LENGTH, rounds);
    compare(t, name, &a);
}

/* Those without a program of their own: where they are compared. */
static const char *elsewhere(enum rv_op op)
{
    switch (op) {
    case RV_LUI:
    case RV_AUIPC:
    case RV_JAL:
    case RV_FENCE:
    case RV_FENCE_I:
        return "jalr's program";
    case RV_LR_W:
        return "sc.w's program";
    case RV_LR_D:
        return "sc.d's program";
    case RV_ECALL:
        return "every program ends by one";
    case RV_EBREAK:
    case RV_MARCHID:
        return "qemu_differences_test.c";
    default:
        return NULL;
    }
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/gnomon-qemu-XXXXXX";
    if (argc < 5) {
        fprintf(stderr, "usage: %s QEMU PROGRAMS ROUNDS LEAST [SEED]\n", argv[0]);
        return 2;
    }
    unsigned programs = (unsigned)strtoul(argv[2], NULL, 10), rounds = (unsigned)strtoul(argv[3], NULL, 10);
    uint64_t least = strtoull(argv[4], NULL, 10);
    struct tally t = {.qemu = argv[1], .folder = argc > 5 ? "." : mkdtemp(folder)};
    if (argc > 5) {
        compare_random(&t, strtoull(argv[5], NULL, 10), rounds);
        return t.bad != 0;
    }
    for (enum rv_op op = RV_ILLEGAL + 1; op < RV_OPS; op++) {
        struct assembler a;
        if (systematic_program(&a, op)) {
            compare(&t, gn_rv_encodings[op].mnemonic, &a);
        } else {
            assembler_free(&a);
            if (elsewhere(op) == NULL) {
                printf("%s: has no program\n", gn_rv_encodings[op].mnemonic);
                t.bad++;
            }
        }
    }
    for (uint64_t seed = 1; seed <= programs; seed++) {
        compare_random(&t, seed, rounds);
    }
    printf("%u programs, %" PRIu64 " instructions, %u differ\n", t.programs, t.steps, t.bad);
    if (t.steps < least) {
        printf("at least %" PRIu64 " were to be compared\n", least);
        t.bad++;
    }
    if (t.bad == 0) {
        char path[64];
        const char *const files[] = {"program.elf", "input", "output"};
        for (size_t i = 0; i < 3; i++) {
            snprintf(path, sizeof path, "%s/%s", t.folder, files[i]);
            remove(path);
        }
        rmdir(t.folder);
    }
    return t.bad != 0;
}
