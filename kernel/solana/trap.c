/* SPDX-License-Identifier: Apache-2.0 */
/* trap.c - why the program trapped.
 *
 * A trap is the prover's choice, at any instruction.  So nothing is believed: the kernel looks at the instruction there, at the registers and at its regions, and either finds the
 * fault that the runtime would find, or executes the instruction itself if it is an access to memory (the machine does most of them, with the same result), or takes it for the
 * program's end.  An instruction that is none of these must not trap: such a run has no proof. */
#include "kernel.h"

enum { OP_CALL = 0x85, OP_CALLX = 0x8d };

struct insn {
    uint64_t op, dst, src;
    int64_t off, imm;
};

static struct insn decode(uint64_t slot)
{
    return (struct insn){.op = slot & 0xff,
                         .dst = slot >> 8 & 15,
                         .src = slot >> 12 & 15,
                         .off = (int16_t)(slot >> 16),
                         .imm = (int32_t)(slot >> 32)};
}

/* ---- memory ---- */
enum access { ACCESS_NONE, ACCESS_LOAD, ACCESS_STORE_IMM, ACCESS_STORE_REG };
struct access_op {
    enum access kind;
    uint64_t width;
};

static struct access_op access_op(uint64_t version, uint64_t op)
{
    if (version == 2) { /* 0x27 ... 0x9f: class 7 stores, class 4 loads; width in the high half */
        static const uint8_t width[16] = {[2] = 1, [3] = 2, [8] = 4, [9] = 8};
        uint64_t low = op & 15, w = width[op >> 4];
        if (w == 0) {
            return (struct access_op){ACCESS_NONE, 0};
        }
        return (struct access_op){low == 0xc   ? ACCESS_LOAD
                                  : low == 0x7 ? ACCESS_STORE_IMM
                                  : low == 0xf ? ACCESS_STORE_REG
                                               : ACCESS_NONE,
                                  w};
    }
    static const uint8_t width[4] = {4, 2, 1, 8};
    if (op >> 5 != 3) {
        return (struct access_op){ACCESS_NONE, 0};
    }
    uint64_t class = op & 7;
    return (struct access_op){class == 1   ? ACCESS_LOAD
                              : class == 2 ? ACCESS_STORE_IMM
                              : class == 3 ? ACCESS_STORE_REG
                                           : ACCESS_NONE,
                              width[op >> 3 & 3]};
}

static bool execute_access(struct kernel *k, const struct insn *i, struct access_op op)
{
    uint64_t value = 0;
    if (op.kind == ACCESS_LOAD) {
        uint64_t address = machine_reg(i->src) + (uint64_t)i->off;
        if (!region_access(k, address, op.width, false)) {
            return false;
        }
        region_read(k, &value, address, op.width);
        machine_set_reg(i->dst, value);
        return true;
    }
    uint64_t address = machine_reg(i->dst) + (uint64_t)i->off;
    value = op.kind == ACCESS_STORE_IMM ? (uint64_t)i->imm : machine_reg(i->src);
    if (!region_access(k, address, op.width, true)) {
        return false;
    }
    region_write(k, address, &value, op.width);
    return true;
}

/* ---- division: false if it faults, then noted; true if it does not ---- */
static bool divide(struct kernel *k, uint64_t a, uint64_t b, bool is_signed, bool word)
{
    if (word) {
        a = (uint64_t)(int32_t)a, b = (uint64_t)(int32_t)b;
    }
    if (b == 0) {
        return kernel_fault(k, GN_SOL_FAULT_DIVIDE_BY_ZERO);
    }
    uint64_t min = word ? (uint64_t)INT32_MIN : (uint64_t)INT64_MIN;
    if (is_signed && a == min && b == UINT64_MAX) {
        return kernel_fault(k, GN_SOL_FAULT_DIVIDE_OVERFLOW);
    }
    return true;
}

/* an instruction that can divide: true in *is, and divide's verdict */
static bool divides(struct kernel *k, const struct insn *i, bool *is)
{
    uint64_t op = i->op, class = op & 7, high = op >> 4, a = machine_reg(i->dst);
    bool by_register = (op & 8) != 0;
    uint64_t b = by_register ? machine_reg(i->src) : (uint64_t)i->imm;
    *is = true;
    if (k->program->version != 2) {
        if ((class == 4 || class == 7) && (high == 3 || high == 9)) {
            return divide(k, a, b, false, class == 4);
        }
    } else if (class == 6 && high >= 4 && high != 8 && high != 9 && high != 0xa &&
               high != 0xb) { /* 4, 6, c, e: 32 bits; 5, 7, d, f: 64; from c signed */
        bool is_signed = high >= 0xc;
        if (!is_signed && !by_register) {
            b &= 0xffffffff;
        }
        return divide(k, a, b, is_signed, (high & 1) == 0);
    }
    *is = false;
    return true;
}

/* ---- calls ---- */
static bool call(struct kernel *k, const struct insn *i, bool *is)
{
    *is = false;
    if (machine_frame() >> 32 == GN_SOL_CALL_DEPTH_MAX - 1) {
        *is = true;
        return kernel_fault(k, GN_SOL_FAULT_CALL_DEPTH);
    }
    if (i->op == OP_CALLX) {
        uint64_t version = k->program->version;
        uint64_t target = machine_reg(version >= 3 ? i->dst : version == 2 ? i->src : (uint64_t)i->imm & 15);
        if ((target - k->program->text_address) >> 3 >= k->program->slots_n) {
            *is = true;
            return kernel_fault(k, GN_SOL_FAULT_CALL_OUTSIDE_TEXT);
        }
    }
    return true;
}

/* ---- */
static int64_t machine_fault(struct kernel *k)
{
    k->depleted = true;
    return -1;
}

static int64_t fault(struct kernel *k, enum gn_sol_fault fault)
{
    kernel_fault(k, fault);
    return machine_fault(k);
}

int64_t trap_serve(struct kernel *k, uint64_t slot)
{
    bool is;
    if (k->left == 0) {
        return fault(k, GN_SOL_FAULT_EXCEEDED_UNITS);
    }
    k->left--;
    k->instructions++;
    if (slot >= k->program->slots_n) {
        return fault(k, GN_SOL_FAULT_OVERRUN);
    }
    switch (k->sites[slot]) {
    case GN_SOL_SITE_PLAIN:
        break;
    case GN_SOL_SITE_UNSUPPORTED:
        return fault(k, GN_SOL_FAULT_UNSUPPORTED_INSTRUCTION);
    case GN_SOL_SITE_EXIT:
        if (machine_frame() == 0) {
            post_run(k, machine_reg(0));
            return -1;
        }
        machine_stop(GN_SOL_STOP_SPURIOUS, machine_trap());
    default: /* a syscall: it has a row, and no frame that could be one too many */
        machine_stop(GN_SOL_STOP_SPURIOUS, machine_trap());
    }
    struct insn i = decode(k->text[slot]);
    struct access_op op = access_op(k->program->version, i.op);
    if (op.kind != ACCESS_NONE) {
        return execute_access(k, &i, op) ? (int64_t)slot + 1 : machine_fault(k);
    }
    bool ok = i.op == OP_CALL || i.op == OP_CALLX ? call(k, &i, &is) : divides(k, &i, &is);
    if (!is || ok) {
        machine_stop(GN_SOL_STOP_SPURIOUS, machine_trap());
    }
    return machine_fault(k);
}
