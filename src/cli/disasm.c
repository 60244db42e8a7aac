/* SPDX-License-Identifier: Apache-2.0 */
/* disasm.c - `gnomon disasm`: the instructions of a program with the core rows they were lowered to.
 *
 * Every even address is a place of an instruction (riscv/lower.c).  Shown are those that one comes to who reads on from the entry, from
 * functions and from the beginnings of segments.  Rows are sorted by pc, the first row of an instruction before its others; runs of zeros
 * are one line of the text.  JSON is printed instruction by instruction: a listing of millions fits in no tree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bytecode.h"
#include "cli/disasm.h"
#include "cli/files.h"
#include "cli/options.h"

enum { TEXT = 160, BYTES = 4 };

struct place {
    uint64_t pc;
    uint32_t row;
    bool first;
};

/* rows of the program in the order of printing */
struct listing {
    const struct rv_program *program;
    struct place *places;
    uint32_t n;
    bool any; /* JSON: an instruction stands before */
};

static int by_place(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    if (a->pc != b->pc) {
        return a->pc < b->pc ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* marks the places from pc on, one instruction after the other, up to one that is marked already or to the end of a segment */
static void read_on(uint8_t *shown, const struct rv_program *p, uint64_t pc)
{
    char text[TEXT];
    unsigned length = 1;
    for (; length > 0; pc += length) {
        uint64_t at = (pc - p->core.text_base) / 2;
        length = pc - p->core.text_base < p->core.text_size && !shown[at]
                     ? gn_riscv_disassemble(text, sizeof text, p, pc)
                     : 0;
        if (length > 0) {
            shown[at] = 1;
        }
    }
}

static bool list_rows(struct listing *l, uint64_t from, uint64_t to)
{
    const struct rv_program *p = l->program;
    const struct vm_program *core = &p->core;
    uint32_t n = core->rows_n - core->kernel_rows_n;
    uint8_t *shown = calloc(core->text_size / 2 + 1, 1);
    l->places = malloc(((size_t)n + 1) * sizeof *l->places);
    if (l->places == NULL || shown == NULL) {
        free(shown);
        return false;
    }
    read_on(shown, p, p->entry);
    for (uint32_t i = 0; i < p->symbols_n; i++) {
        read_on(shown, p, p->symbols[i].address);
    }
    for (uint32_t i = 0; i < p->segments_n; i++) {
        if (p->segments[i].executable) {
            read_on(shown, p, p->segments[i].base);
        }
    }
    for (uint32_t row = 0; row < n; row++) {
        uint64_t pc = core->pc_of_row[row];
        uint64_t at = (pc - core->text_base) / 2;
        uint32_t place = 2 * at < core->text_size ? core->row_of_halfword[at] : VM_NO_ROW;
        /* of a segment; one where the next segment begins is nobody's successor */
        bool end = core->first_of_insn[row] && place == VM_NO_ROW;
        bool part = place != VM_NO_ROW && shown[at] && (place == row || !core->first_of_insn[row]);
        if (pc >= from && pc < to && (end || part)) {
            l->places[l->n++] = (struct place){pc, row, core->first_of_insn[row] != 0};
        }
    }
    free(shown);
    qsort(l->places, l->n, sizeof *l->places, by_place);
    return true;
}

/* the bytes of the instruction at pc as they stand in memory, maybe in two segments; "" past the end of text */
static void encoding(char out[static 2 * BYTES + 1], const struct rv_program *p, uint64_t pc, unsigned length)
{
    out[0] = 0;
    for (unsigned k = 0; k < length && k < BYTES; k++) {
        for (uint32_t i = 0; i < p->segments_n; i++) {
            const struct rv_segment *s = &p->segments[i];
            if (s->executable && pc + k >= s->base && pc + k - s->base < s->image_n) {
                snprintf(out + 2 * k, 3, "%02x", s->image[pc + k - s->base]);
            }
        }
    }
}

/* the function that begins at pc */
static const struct rv_symbol *symbol_here(const struct rv_program *p, uint64_t pc)
{
    const struct rv_symbol *s = gn_cli_symbol_at(p, pc);
    return s != NULL && s->address == pc ? s : NULL;
}

/* ---- text ---- */
static void print_instruction(const struct listing *l, uint32_t i, uint32_t rows)
{
    char text[TEXT] = "", core[TEXT], bytes[2 * BYTES + 1], name[CLI_NAME];
    uint64_t pc = l->places[i].pc;
    const struct rv_symbol *s = symbol_here(l->program, pc);
    unsigned length = gn_riscv_disassemble(text, sizeof text, l->program, pc);
    if (s != NULL) {
        printf("\n%s:\n", gn_cli_symbol_name(name, s));
    }
    encoding(bytes, l->program, pc, length);
    for (uint32_t k = 0; k < rows; k++) {
        uint32_t row = l->places[i + k].row;
        gn_vm_format(core, sizeof core, &l->program->core.rows[row]);
        if (k == 0) {
            printf("%10" PRIx64 "  %-8s  %-32s | %6" PRIu32 "  %s\n", pc, bytes, length > 0 ? text : "(end of text)",
                   row, core);
        } else {
            printf("%10s  %-8s  %-32s | %6" PRIu32 "  %s\n", "", "", "", row, core);
        }
    }
}

/* how many places from i on are padding: halfwords of zeros, one illegal row each, not the beginning of a function */
static uint32_t padding(const struct listing *l, uint32_t i)
{
    uint32_t n = 0;
    for (; i + n < l->n; n++) {
        char bytes[2 * BYTES + 1];
        const struct place *p = &l->places[i + n];
        bool illegal = l->program->core.rows[p->row].op == VM_FAULT;
        encoding(bytes, l->program, p->pc, 2);
        if (!illegal || strcmp(bytes, "0000") != 0 || symbol_here(l->program, p->pc) != NULL) {
            break;
        }
    }
    return n;
}

/* ---- JSON ---- */
static json_t *rows_json(const struct listing *l, uint32_t i, uint32_t rows)
{
    json_t *array = json_array();
    for (uint32_t k = 0; k < rows; k++) {
        char core[TEXT];
        uint32_t row = l->places[i + k].row;
        const struct vm_insn *insn = &l->program->core.rows[row];
        gn_vm_format(core, sizeof core, insn);
        json_t *object = json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)row, "operation", gn_vm_op_name(insn->op),
                                   "machine", gn_vm_op_machine(insn->op), "text", core);
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static bool print_instruction_json(struct listing *l, uint32_t i, uint32_t rows)
{
    char text[TEXT] = "", bytes[2 * BYTES + 1];
    uint64_t pc = l->places[i].pc;
    const struct rv_symbol *s = symbol_here(l->program, pc);
    unsigned length = gn_riscv_disassemble(text, sizeof text, l->program, pc);
    json_t *object = json_object();
    encoding(bytes, l->program, pc, length);
    int failed = json_object_set_new(object, "pc", gn_cli_hex(pc));
    if (s != NULL) {
        failed |= json_object_set_new(object, "function", gn_cli_json_text(s->name));
    }
    failed |= json_object_set_new(object, "bytes", json_string(bytes));
    failed |= json_object_set_new(object, "text", length > 0 ? json_string(text) : json_null());
    failed |= json_object_set_new(object, "core", rows_json(l, i, rows));
    if (!failed) {
        fputs(l->any ? ",\n" : "\n", stdout);
        failed = json_dumpf(object, stdout, JSON_COMPACT) != 0 && !ferror(stdout);
        l->any = true;
    }
    json_decref(object);
    return !failed;
}

static bool print_head_json(const struct disasm_request *r, const struct rv_program *p)
{
    json_t *path = gn_cli_json_text(r->program), *hash = gn_cli_hex_bytes(p->elf_hash, sizeof p->elf_hash);
    bool done = path != NULL && hash != NULL;
    if (done) {
        fputs("{\"schema\": \"gnomon.disasm.v1\", \"program\": ", stdout);
        json_dumpf(path, stdout, JSON_ENCODE_ANY);
        fputs(", \"elf_blake3\": ", stdout);
        json_dumpf(hash, stdout, JSON_ENCODE_ANY);
        printf(", \"entry\": \"0x%" PRIx64 "\", \"instructions\": [", p->entry);
    }
    json_decref(path);
    json_decref(hash);
    return done;
}

/* ---- command ---- */
static bool print_all(const struct disasm_request *r, struct listing *l)
{
    if (r->json && !print_head_json(r, l->program)) {
        return false;
    }
    for (uint32_t i = 0, next; i < l->n && !ferror(stdout); i = next) {
        uint32_t zeros = r->json ? 0 : padding(l, i);
        if (zeros > 2) {
            printf("%10s  (%" PRIu32 " bytes of zeros: illegal instructions)\n", "...", 2 * zeros);
            next = i + zeros;
            continue;
        }
        for (next = i + 1; next < l->n && l->places[next].pc == l->places[i].pc; next++) {
        }
        if (!r->json) {
            print_instruction(l, i, next - i);
        } else if (!print_instruction_json(l, i, next - i)) {
            return false;
        }
    }
    if (r->json) {
        fputs("\n]}\n", stdout);
    }
    return true;
}

/* narrows the range to the function that the request names */
static int find_function(struct disasm_request *r, const struct rv_program *p)
{
    for (uint32_t i = 0; r->function != NULL && i < p->symbols_n; i++) {
        const struct rv_symbol *s = &p->symbols[i];
        if (strcmp(s->name, r->function) == 0) {
            uint64_t end = s->address + s->size;
            for (uint32_t k = i + 1; s->size == 0 && k < p->symbols_n && end == s->address; k++) {
                end = p->symbols[k].address; /* size unknown: up to the next function */
            }
            r->from = s->address;
            r->to = end > s->address ? end : UINT64_MAX;
            return CLI_DONE;
        }
    }
    return r->function == NULL ? CLI_DONE : gn_cli_fail(CLI_BAD, r->program, "no function %s", r->function);
}

static int parse(struct disasm_request *r, int argc, char **argv)
{
    *r = (struct disasm_request){.to = UINT64_MAX};
    const struct cli_option options[] = {
        CLI_BYTECODE,
        CLI_JSON(&r->json),
        CLI_FROM(&r->from),
        CLI_TO(&r->to),
        {.name = "function", .letter = 'f', .text = &r->function},
    };
    int status = gn_cli_parse(options, CLI_COUNT(options), argc, argv);
    if (status == CLI_DONE) {
        status = gn_cli_arguments(argc, argv, 1, 1);
    }
    if (status == CLI_DONE) {
        r->program = argv[optind];
    }
    return status;
}

static int disasm_riscv(struct disasm_request *r, const uint8_t *elf, size_t n)
{
    struct rv_program *program;
    struct gn_error err;
    if (gn_riscv_load(&program, elf, n, &err) != GN_OK) {
        return gn_cli_fail_with(&err, r->program);
    }
    int status = find_function(r, program);
    if (status == CLI_DONE) {
        struct listing l = {.program = program};
        if (!list_rows(&l, r->from, r->to) || !print_all(r, &l)) {
            status = gn_cli_no_memory();
        }
        free(l.places);
    }
    gn_riscv_free(program);
    return status;
}

static int disasm(int argc, char **argv)
{
    struct disasm_request r;
    struct gn_buffer elf = {0};
    int status = parse(&r, argc, argv);
    if (status != CLI_DONE) {
        return status == CLI_HELP ? CLI_DONE : status;
    }
    status = gn_cli_read_program(&elf, r.program, CLI_ELF_MAX);
    if (status == CLI_DONE) {
        status = gn_cli_is_sbpf(elf.data, elf.size) ? gn_cli_disasm_sbpf(&r, elf.data, elf.size)
                                                    : disasm_riscv(&r, elf.data, elf.size);
    }
    gn_buffer_free(&elf);
    return status;
}
const struct cli_command gn_cli_disasm = {
    .name = "disasm",
    .usage = "PROGRAM [-f FUNCTION] [--from ADDRESS] [--to ADDRESS] [--json]",
    .purpose = "Lists a program's instructions and what the machine makes of them",
    .help = "\n"
            "A line holds an instruction's address, its bytes, its text, and behind the bar the core instructions\n"
            "that it becomes, with their numbers: @12 is the core instruction with number 12.\n"
            "For Solana programs (sBPF) addresses are slot numbers, and slot 12 is core instruction @12.\n"
            "\n"
            "  -f, --function NAME   only this function\n"
            "      --from ADDRESS    only from this address on (decimal or 0x...)\n"
            "      --to ADDRESS      only what lies below this address\n"
            "      --bytecode N      PROGRAM is bare sBPF bytecode of version N (0 to 3)\n"
            "      --json            print the listing as JSON\n",
    .main = disasm,
};
