/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - see program.h. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "svm/curve.h"
#include "svm/kernel_input.h"

enum { HINTS_MAX = 600, OP_CALL = 0x85, OP_EXIT = 0x95, OP_LDDW = 0x18 };

static const struct {
    const char *name;
    uint32_t hash;
} syscalls[] = {
    {"", 0},
#define SYSCALL(symbol, name, hash, served) {name, hash},
#include "kernel/solana/syscalls.def"
#undef SYSCALL
};

static uint8_t syscall_of(uint32_t hash)
{
    for (uint8_t i = 1; i < GN_SOL_SYSCALLS_END; i++) {
        if (syscalls[i].hash == hash) {
            return i;
        }
    }
    return 0;
}

/* where a call that is none of a syscall leads; -1: nowhere */
static int64_t callee(const void *ctx, uint64_t slot)
{
    const struct sbpf_program *p = ctx;
    struct sbpf_insn insn = gn_sbpf_decode(p->text + 8 * slot);
    if (p->version >= SBPF_V3) {
        uint64_t target = slot + 1 + (uint64_t)(int64_t)insn.imm;
        return insn.src == 1 && target < p->slots_n ? (int64_t)target : -1;
    }
    const struct sbpf_function *f = gn_sbpf_function_find(p, (uint32_t)insn.imm);
    return f == NULL ? -1 : (int64_t)f->slot;
}

static uint8_t site(const struct sbpf_program *p, uint32_t slot)
{
    struct sbpf_insn insn = gn_sbpf_decode(p->text + (size_t)8 * slot);
    if (slot > 0 && p->text[8 * (slot - 1)] == OP_LDDW) {
        return GN_SOL_SITE_UNSUPPORTED;
    }
    if (insn.opcode != OP_CALL) {
        return insn.opcode == OP_EXIT ? GN_SOL_SITE_EXIT : GN_SOL_SITE_PLAIN;
    }
    uint8_t syscall = p->version < SBPF_V3 || insn.src == 0 ? syscall_of((uint32_t)insn.imm) : 0;
    return syscall != 0 ? syscall : callee(p, slot) < 0 ? GN_SOL_SITE_UNSUPPORTED : GN_SOL_SITE_PLAIN;
}

static enum gn_status gave_up(const struct hosted_run *run, struct gn_error *err)
{
    if (run->error[0] != '\0') {
        return gn_fail(err, GN_INTERNAL, "%s", run->error);
    }
    if (run->stop == GN_SOL_STOP_UNSUPPORTED && run->detail < GN_SOL_SYSCALLS_END) {
        return gn_fail(err, GN_LIMIT, "not supported yet: %s", syscalls[run->detail].name);
    }
    return gn_fail(err, GN_INTERNAL, "the kernel gave up: reason %llu, detail 0x%llx", (unsigned long long)run->stop,
                   (unsigned long long)run->detail);
}

static enum gn_status run_hinted(struct hosted_run *run, const struct hosted_program *program,
                                 const struct svm_input *in, bool by_hash, struct gn_error *err)
{
    static struct gn_sol_hint hints[HINTS_MAX];
    for (size_t n = 0; n < HINTS_MAX; n++) {
        struct gn_buffer input = {0};
        gn_svm_kernel_input(&input, in, by_hash, hints, n);
        hosted_run(run, program, input.data, input.size);
        gn_buffer_free(&input);
        if (run->stop != GN_SOL_STOP_HINT || run->error[0] != '\0') {
            return run->halted && run->error[0] == '\0' ? GN_OK : gave_up(run, err);
        }
        (void)gn_svm_curve_hint(&hints[n], (const uint8_t *)run->y);
    }
    return gn_fail(err, GN_INTERNAL, "too many hints");
}

enum gn_status program_run(struct svm_statement *out, const struct svm_input *in, struct svm_bytes elf, bool by_hash,
                           struct gn_arena *arena, struct hosted_run *seen, struct gn_error *err)
{
    struct sbpf_program *p = NULL;
    struct hosted_run own, *run = seen != NULL ? seen : &own;
    struct sbpf_load_options options = {.syscalls = gn_sbpf_syscalls()};
    enum gn_status status = gn_sbpf_load(&p, elf.data, elf.n, &options, err);
    if (status == GN_OK) {
        status = gn_sbpf_verify(p, err);
    }
    if (status != GN_OK) {
        gn_sbpf_free(p);
        return status;
    }
    uint8_t *sites = malloc(p->slots_n + 1);
    for (uint32_t i = 0; sites != NULL && i < p->slots_n; i++) {
        sites[i] = site(p, i);
    }
    struct hosted_program program = {.version = p->version,
                                     .flags = in->features & GN_SOL_VASA,
                                     .entry = p->entry_slot,
                                     .slots_n = p->slots_n,
                                     .text_address = p->text_address,
                                     .text = p->text,
                                     .sites = sites,
                                     .rodata_address = p->rodata_address,
                                     .rodata_n = p->rodata_n,
                                     .rodata = p->rodata,
                                     .callee = callee,
                                     .callee_ctx = p};
    status = sites == NULL ? gn_fail(err, GN_NO_MEMORY, "no memory") : run_hinted(run, &program, in, by_hash, err);
    if (status == GN_OK) {
        uint64_t *copy = gn_arena_alloc(arena, 8 * run->words);
        if (copy == NULL) {
            status = gn_fail(err, GN_NO_MEMORY, "no memory");
        } else {
            memcpy(copy, run->statement, 8 * run->words);
            status = gn_svm_statement_read(out, arena, copy, 8 * run->words, err);
        }
    }
    free(sites);
    gn_sbpf_free(p);
    return status;
}
