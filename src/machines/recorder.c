/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.c - see recorder.h.
 *
 * The recorder has its own idea of registers and memory (memory/shadow.h): from the images and from what the events say was written.  So a record's
 * "before" is exactly what the log's token carries, and an executor that disagrees with the machine shows as a failed check, not
 * as a wrong proof. */
#include "machines/recorder.h"

#include <inttypes.h>
#include <stdlib.h>

#include "machines/bulk/record.h"
#include "machines/list.h"
#include "machines/memory/shadow.h"

struct mx_recorder {
    const struct mx_program *program;
    uint32_t ts;
    struct mx_last registers[VM_REGS];
    struct mem_shadow memory;
    struct mx_list records[MX_CLASSES];
    const struct mx_class_def *defs[MX_CLASSES];
    struct mx_list refreshes;
    uint8_t *statement; /* made by the first finish */
    size_t statement_n;
    uint8_t *rom_pages;
    bool holds; /* `held`: the first of two rows that may become one, if the next event is the second's */
    struct vm_event held;
    struct gn_error error;
};

static enum gn_status failed(struct mx_recorder *r)
{
    return r->error.status;
}

static void *append(struct mx_recorder *r, struct mx_list *l)
{
    void *item = mx_list_append(l);
    if (item == NULL) {
        gn_fail(&r->error, GN_NO_MEMORY, "no memory for the records of a run");
    }
    return item;
}

enum gn_status mx_recorder_create(struct mx_recorder **out, const struct mx_program *program, const uint8_t *input,
                                  size_t input_n, struct gn_error *err)
{
    if (input_n > MX_INPUT_MAX) {
        return gn_fail(err, GN_LIMIT, "the input has %zu bytes, and no more than %zu can be proven", input_n,
                       (size_t)MX_INPUT_MAX);
    }
    struct mx_recorder *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return gn_fail(err, GN_NO_MEMORY, "no memory for a recorder");
    }
    r->program = program;
    r->ts = MX_TS_START;
    r->refreshes.item_bytes = sizeof(struct mx_refresh);
    mem_shadow_open(&r->memory, program, input, input_n);
    static const struct mx_class_def *const all[] = {
#define MX_CLASS(NUMBER, symbol) &mx_class_##symbol,
#include "machines/classes.def"
#undef MX_CLASS
    };
    for (size_t i = 0; i < MX_COUNT(all); i++) {
        r->defs[all[i]->class] = all[i];
        r->records[all[i]->class].item_bytes = all[i]->record_bytes;
    }
    r->rom_pages = calloc(program->rom_n / AIR_PAGE_ROWS + 1, 1);
    if (r->rom_pages == NULL) {
        mx_recorder_destroy(r);
        return gn_fail(err, GN_NO_MEMORY, "no memory for a recorder");
    }
    struct mx_record *first = append(r, &r->records[MX_JUMP]);
    if (first == NULL) {
        mx_recorder_destroy(r);
        return gn_fail(err, GN_NO_MEMORY, "no memory for a recorder");
    }
    *first = (struct mx_record){.rom_row = program->entry, .ts = r->ts};
    r->rom_pages[program->entry / AIR_PAGE_ROWS] = 1;
    r->ts += MX_SLOTS;
    *out = r;
    return GN_OK;
}

void mx_recorder_forget(struct mx_recorder *r)
{
    for (unsigned i = 0; i < MX_CLASSES; i++) {
        mx_list_free(&r->records[i]);
    }
    mx_list_free(&r->refreshes);
    mem_shadow_close(&r->memory);
}

void mx_recorder_destroy(struct mx_recorder *r)
{
    if (r == NULL) {
        return;
    }
    mx_recorder_forget(r);
    free(r->rom_pages);
    free(r->statement);
    free(r);
}

/* ---- registers ---- */

/* An access at r->ts + slot; returns the gap that its row shows. */
static uint16_t touch_register(struct mx_recorder *r, uint32_t reg, enum mx_slot slot)
{
    struct mx_last *last = &r->registers[reg];
    uint32_t now = r->ts + slot, gap = now - 1 - last->ts;
    while (gap > 0xffff) {
        last->ts += 1u << 16;
        gap -= 1u << 16;
        struct mx_refresh *refresh = append(r, &r->refreshes);
        if (refresh == NULL) {
            return 0;
        }
        *refresh = (struct mx_refresh){.reg = reg, .ts = last->ts, .gap = 0xffff, .value = last->value};
    }
    last->ts = now;
    return (uint16_t)gap;
}

/* ---- memory ---- */

/* address: of the word */
static void touch_word(struct mx_recorder *r, struct mx_memory_record *rec, uint64_t address, uint64_t mask,
                       uint64_t stored)
{
    struct mx_word_access *a = &rec->word[rec->words_n];
    struct mem_token *token = mem_shadow_access(&r->memory, address, r->ts + MX_SLOT_MEMORY, a, &r->error);
    if (token != NULL) {
        a->after = token->value = (token->value & ~mask) | (stored & mask);
        rec->perm[rec->words_n++] = (uint8_t)token->perm;
    }
}

static void record_memory(struct mx_recorder *r, struct mx_memory_record *rec, const struct vm_event *event, bool store)
{
    unsigned offset = event->address & 7, width = event->width;
    uint64_t mask = store ? UINT64_MAX >> (64 - 8 * width) : 0, word = event->address & ~UINT64_C(7);
    rec->address = event->address;
    touch_word(r, rec, word, mask << (8 * offset), rec->r.b << (8 * offset));
    if (offset + width > 8 && failed(r) == GN_OK) {
        touch_word(r, rec, word + 8, mask >> (64 - 8 * offset), rec->r.b >> (64 - 8 * offset));
    }
}

/* ---- bulk instructions: what bulk/record.c asks for ---- */

static bool bulk_touch(void *ctx, uint64_t address, uint32_t ts, struct bulk_access *out)
{
    struct mx_recorder *r = ctx;
    const struct mem_token *token = mem_shadow_access(&r->memory, address, ts, &out->w, &r->error);
    out->perm = token != NULL ? (uint8_t)token->perm : 0;
    return token != NULL;
}

static void bulk_store(void *ctx, uint64_t address, uint64_t value)
{
    struct mx_recorder *r = ctx;
    struct mem_token *token = mem_shadow_token(&r->memory, mx_word_of(address), &r->error);
    if (token != NULL) {
        token->value = value;
    }
}

static void *bulk_append(void *ctx, enum mx_class class)
{
    struct mx_recorder *r = ctx;
    return append(r, &r->records[class]);
}

static void *bulk_list(void *ctx, enum mx_class class, size_t *n)
{
    struct mx_recorder *r = ctx;
    *n = r->records[class].n;
    return r->records[class].at;
}

/* rec: the head's, whose list does not grow meanwhile */
static void record_bulk(struct mx_recorder *r, const struct mx_class_def *def, struct mx_record *rec)
{
    const struct bulk_host host = {r, bulk_touch, bulk_store, bulk_append, bulk_list};
    void *record = rec;
    switch (def->class) {
    case MX_KECCAK:
        (void)bulk_record_keccak(record, &host);
        break;
    case MX_POSEIDON2:
        (void)bulk_record_poseidon2(record, &host);
        break;
    case MX_SHA256:
        (void)bulk_record_sha256(record, &host);
        break;
    case MX_COPY:
        (void)bulk_record_copy(record, &host);
        break;
    case MX_FILL:
        (void)bulk_record_fill(record, &host);
        break;
    case MX_DECLARE:
        mem_shadow_declare(&r->memory, rec, &r->error);
        break;
    default:
        break;
    }
}

/* ---- rows ---- */

static const struct mx_class_def *pick(struct mx_recorder *r, uint32_t core_row, uint64_t address, uint32_t *rom_row)
{
    const struct mx_program *p = r->program;
    const struct vm_insn *insn = &p->core->rows[core_row];
    for (uint32_t k = 0; k < p->rom_of_row_n[core_row]; k++) {
        const struct mx_rom_row *rom = &p->rom[p->rom_of_row[core_row] + k];
        const struct mx_class_def *def = r->defs[rom->class];
        if (rom->pair) {
            continue;
        }
        if (def->fits == NULL || def->fits(insn, address)) {
            *rom_row = p->rom_of_row[core_row] + k;
            return def;
        }
    }
    gn_fail(&r->error, GN_LIMIT, "no state machine proves %s at 0x%" PRIx64, gn_vm_op_name(insn->op),
            p->core->pc_of_row[core_row]);
    return NULL;
}

/* The register's log; returns the value before. */
static uint64_t write_register(struct mx_recorder *r, struct mx_record *rec, uint32_t reg, uint64_t value)
{
    rec->gap[MX_SLOT_D] = touch_register(r, reg, MX_SLOT_D);
    rec->old = r->registers[reg].value;
    rec->result = value;
    r->registers[reg].value = value;
    return rec->old;
}

/* ---- calls ---- */

/* Opens a frame; returns FRAME. */
static uint64_t open_frame(struct mx_recorder *r, const struct mx_rom_row *rom, const struct vm_event *event)
{
    struct mx_frame_record *frame = append(r, &r->records[MX_FRAME]);
    if (frame == NULL) {
        return 0;
    }
    *frame = (struct mx_frame_record){.call_ts = r->ts,
                                      .return_pc = fp_add_raw(rom->pc, rom->inc),
                                      .stride = rom->class == MX_CALL ? rom->x[0] : rom->x[4],
                                      .parent = r->registers[VM_REG_FRAME].value};
    for (unsigned i = 0; i < VM_FRAME_REGS; i++) {
        frame->saved_gap[i] = touch_register(r, VM_REG_R6 + i, MX_SLOT_D);
        frame->saved[i] = r->registers[VM_REG_R6 + i].value;
    }
    r->registers[VM_REG_R10].value += frame->stride;
    if (r->registers[VM_REG_R10].value != event->result) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: the executor's r10 in a call is not the machine's");
    }
    return ((frame->parent >> 32) + 1) << 32 | r->ts;
}

/* The frame that a call at that time opened, or NULL.  They are in order of time. */
static struct mx_frame_record *find_frame(const struct mx_recorder *r, uint64_t call_ts)
{
    struct mx_frame_record *frames = (struct mx_frame_record *)(void *)r->records[MX_FRAME].at;
    size_t low = 0, high = r->records[MX_FRAME].n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (frames[middle].call_ts < call_ts) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r->records[MX_FRAME].n && frames[low].call_ts == call_ts ? &frames[low] : NULL;
}

/* Leaves the frame that FRAME names; returns FRAME of its caller, and the pc behind the call. */
static uint64_t close_frame(struct mx_recorder *r, uint64_t *return_pc, const struct vm_event *event)
{
    struct mx_frame_record *frame = find_frame(r, r->registers[VM_REG_FRAME].value & 0xffffffff);
    if (frame == NULL || frame->exit_ts != 0 || frame->parent != event->result) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: the executor leaves another frame than the machine");
        return 0;
    }
    frame->exit_ts = r->ts;
    for (unsigned i = 0; i < VM_FRAME_REGS; i++) {
        frame->left_gap[i] = touch_register(r, VM_REG_R6 + i, MX_SLOT_D);
        frame->left[i] = r->registers[VM_REG_R6 + i].value;
        r->registers[VM_REG_R6 + i].value = frame->saved[i];
    }
    *return_pc = frame->return_pc;
    return frame->parent;
}

/* of as many rows of the program as the row does */
static void end_row(struct mx_recorder *r, unsigned rows)
{
    r->ts += rows * MX_SLOTS;
    if (r->ts >= 1u << 24) {
        gn_fail(&r->error, GN_LIMIT, "more than 2^22 rows in one run");
    }
}

static void record_trap(struct mx_recorder *r, const struct vm_event *event)
{
    struct mx_record *rec = append(r, &r->records[MX_TRAP]);
    if (rec == NULL) {
        return;
    }
    rec->ts = r->ts;
    write_register(r, rec, VM_REG_TRAP, (event->address & 0xffffffff) | (uint64_t)r->ts << 32);
    if (rec->result != event->result) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: the executor's time of a trap is not the machine's");
    }
    end_row(r, 1);
}

/* What the row says of time must be the machine's. */
static void check_time(struct mx_recorder *r, const struct mx_class_def *def, const struct mx_record *rec)
{
    uint64_t said = rec->result, expected = said;
    if (def->class == MX_RESUME) {
        expected = r->ts;
    } else if (def->class == MX_ECALL) {
        expected = (said & 0xffffffff) | (uint64_t)(r->ts + 1) << 32;
    }
    if (said != expected) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: the executor's time in a row of class %s is not the machine's",
                def->name);
    }
}

/* A row of a class, at that row of the Rom. */
static void record_row(struct mx_recorder *r, const struct mx_class_def *def, uint32_t rom_row,
                       const struct vm_event *event)
{
    struct mx_record *rec = append(r, &r->records[def->class]);
    if (rec == NULL) {
        return;
    }
    const struct mx_rom_row *rom = &r->program->rom[rom_row];
    r->rom_pages[rom_row / AIR_PAGE_ROWS] = 1;
    rec->rom_row = rom_row;
    rec->ts = r->ts;
    if (def->uses & MX_USES_RA) {
        rec->gap[MX_SLOT_A] = touch_register(r, rom->ra, MX_SLOT_A);
        rec->a = r->registers[rom->ra].value;
    }
    if ((def->uses & MX_USES_RB) != 0 && rom->rb != 0) {
        rec->gap[MX_SLOT_B] = touch_register(r, rom->rb, MX_SLOT_B);
        rec->b = r->registers[rom->rb].value;
    }
    if (def->class == MX_CALL || def->class == MX_CALLX) {
        write_register(r, rec, VM_REG_FRAME, open_frame(r, rom, event));
    } else if (def->class == MX_EXIT) {
        write_register(r, rec, VM_REG_FRAME, close_frame(r, &rec->b, event));
    } else if (def->uses & MX_USES_RD) {
        write_register(r, rec, rom->rd, event->result);
        check_time(r, def, rec);
    }
    if (event->width != 0 && def->record_bytes != sizeof(struct mx_memory_record)) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: class %s keeps no memory access", def->name);
    } else if (event->width != 0) {
        if (def->class == MX_STI) {
            rec->b = event->b;
        }
        record_memory(r, (struct mx_memory_record *)rec, event, (def->uses & MX_USES_RD) == 0);
    }
    record_bulk(r, def, rec);
    end_row(r, rom->pair ? 2 : 1);
}

static void record_single(struct mx_recorder *r, const struct vm_event *event)
{
    uint32_t rom_row = 0;
    const struct mx_class_def *def = pick(r, event->row, event->address, &rom_row);
    if (def != NULL) {
        record_row(r, def, rom_row, event);
    }
}

/* ---- two rows as one ---- */

/* The last of the Rom's rows for a core row. */
static uint32_t last_rom_row(const struct mx_program *p, uint32_t core_row)
{
    return p->rom_of_row[core_row] + p->rom_of_row_n[core_row] - 1u;
}

static bool begins_pair(const struct mx_program *p, uint32_t core_row)
{
    return p->rom_of_row_n[core_row] > 1 && p->rom[last_rom_row(p, core_row)].pair;
}

/* What follows the row that is held: the second of its pair, or, after a trap between the two, anything else. */
static bool ends_pair(const struct mx_recorder *r, const struct vm_event *event)
{
    return r->holds && !event->trap && event->row == r->program->core->rows[r->held.row].next;
}

static void record_pair(struct mx_recorder *r, const struct vm_event *event)
{
    uint32_t rom_row = last_rom_row(r->program, r->held.row);
    r->holds = false;
    record_row(r, r->defs[r->program->rom[rom_row].class], rom_row, event);
}

static void record_held(struct mx_recorder *r)
{
    if (r->holds) {
        r->holds = false;
        record_single(r, &r->held);
    }
}

void mx_recorder_observe(void *ctx, const struct vm *vm, const struct vm_event *event)
{
    (void)vm;
    struct mx_recorder *r = ctx;
    if (failed(r) != GN_OK) {
        return;
    }
    if (ends_pair(r, event)) {
        record_pair(r, event);
        return;
    }
    record_held(r);
    if (event->trap) {
        record_trap(r, event);
    } else if (begins_pair(r->program, event->row)) {
        r->held = *event;
        r->holds = true;
    } else {
        record_single(r, event);
    }
}

enum gn_status mx_recorder_halt(struct mx_recorder *r, uint32_t core_row, struct gn_error *err)
{
    if (failed(r) == GN_OK && r->program->core->rows[core_row].op != VM_HALT) {
        gn_fail(&r->error, GN_INTERNAL, "recorder: the run does not end at a HALT");
    }
    mx_recorder_observe(r, NULL, &(struct vm_event){.row = core_row});
    if (failed(r) != GN_OK && err != NULL) {
        *err = r->error;
    }
    return failed(r);
}

const void *mx_recorder_records(const struct mx_recorder *r, enum mx_class class, size_t *n)
{
    *n = r->records[class].n;
    return r->records[class].at;
}

/* The words that were said, in place; each index once. */
static void make_statement(struct mx_recorder *r)
{
    const struct mx_record *said = (const struct mx_record *)(const void *)r->records[MX_OUT].at;
    size_t n = r->records[MX_OUT].n;
    uint8_t *statement = calloc(n + 1, MX_STATEMENT_WORD), *seen = calloc(n + 1, 1);
    if (statement == NULL || seen == NULL) {
        gn_fail(&r->error, GN_NO_MEMORY, "no memory for a statement");
    } else if (n * MX_STATEMENT_WORD > AIR_MAX_PUBLIC_BYTES) {
        gn_fail(&r->error, GN_LIMIT, "a statement of %zu bytes, and no more than %u can be proven",
                n * MX_STATEMENT_WORD, AIR_MAX_PUBLIC_BYTES);
    }
    for (size_t i = 0; i < n && failed(r) == GN_OK; i++) {
        uint64_t at = said[i].a;
        if (at >= n || seen[at]) {
            gn_fail(&r->error, GN_INTERNAL, "the kernel says word %" PRIu64 " of the statement %s", at,
                    at >= n ? "but not all before it" : "twice");
        } else {
            seen[at] = 1;
            for (unsigned k = 0; k < MX_STATEMENT_WORD; k++) {
                statement[at * MX_STATEMENT_WORD + k] = (uint8_t)(said[i].b >> (8 * k));
            }
        }
    }
    free(seen);
    r->statement = statement;
    r->statement_n = n * MX_STATEMENT_WORD;
}

enum gn_status mx_recorder_finish(struct mx_run *out, struct mx_recorder *r, struct gn_error *err)
{
    if (failed(r) == GN_OK && r->statement == NULL) {
        make_statement(r);
    }
    if (failed(r) != GN_OK) {
        if (err != NULL) {
            *err = r->error;
        }
        return failed(r);
    }
    *out = (struct mx_run){.program = r->program,
                           .refreshes = (const struct mx_refresh *)(const void *)r->refreshes.at,
                           .refreshes_n = r->refreshes.n,
                           .registers = r->registers,
                           .rom_pages = r->rom_pages,
                           .statement = r->statement,
                           .statement_n = r->statement_n};
    mem_shadow_finish(out, &r->memory);
    return GN_OK;
}
