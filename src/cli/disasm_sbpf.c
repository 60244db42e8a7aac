/* SPDX-License-Identifier: Apache-2.0 */
/* disasm_sbpf.c - `gnomon disasm` of Solana programs: slots, their bytes and text, and the core row of each. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/code.h"
#include "cli/disasm.h"
#include "hash/blake3.h"
#include "sbpf/sbpf.h"

enum { TEXT = 160 };

struct listing {
    const struct disasm_request *r;
    const struct sbpf_program *p;
    const struct vm_program *core;
    struct sbpf_syscalls syscalls;
    struct sbpf_symbol *symbols;
    size_t symbols_n;
    uint64_t from, to; /* slots */
    uint8_t hash[32];
    bool any; /* JSON: an instruction stands before */
};

bool gn_cli_is_sbpf(const uint8_t *elf, size_t n)
{
    static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
    unsigned machine = n >= 20 && memcmp(elf, magic, 4) == 0 ? (unsigned)elf[18] | (unsigned)elf[19] << 8 : 0;
    return machine == 247 || machine == 263;
}

static bool is_function(const struct listing *l, uint32_t slot)
{
    for (uint32_t i = 0; i < l->p->functions_n; i++) {
        if (l->p->functions[i].slot == slot) {
            return true;
        }
    }
    return false;
}

/* the symbol that stands at a slot, as people write it; NULL: none */
static const char *name_at(char out[static CLI_NAME], const struct listing *l, uint32_t slot)
{
    size_t low = 0, high = l->symbols_n; /* symbols[low - 1].slot < slot <= symbols[high].slot */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->symbols[middle].slot < slot) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < l->symbols_n && l->symbols[low].slot == slot ? gn_cli_function_name(out, l->symbols[low].name) : NULL;
}

/* narrows the range to the function that the request names */
static int find_function(struct listing *l)
{
    char name[CLI_NAME];
    for (size_t i = 0; l->r->function != NULL && i < l->symbols_n; i++) {
        if (strcmp(gn_cli_function_name(name, l->symbols[i].name), l->r->function) == 0) {
            l->from = l->symbols[i].slot;
            l->to = i + 1 < l->symbols_n ? l->symbols[i + 1].slot : UINT64_MAX;
            return CLI_DONE;
        }
    }
    return l->r->function == NULL
               ? CLI_DONE
               : gn_cli_fail(CLI_BAD, l->r->program, "no symbol of that name, %s: --from and --to take slot numbers",
                             l->r->function);
}

/* bytes of the instruction, one or two slots */
static void encoding(char out[static 2 * 16 + 1], const struct listing *l, uint32_t slot, unsigned slots)
{
    out[0] = 0;
    for (unsigned i = 0; i < slots * SBPF_SLOT; i++) {
        snprintf(out + 2 * i, 3, "%02x", l->p->text[(size_t)slot * SBPF_SLOT + i]);
    }
}

static void print_text(const struct listing *l, uint32_t slot, const char *label, const char *text, unsigned slots)
{
    char bytes[33], core[TEXT], symbol[CLI_NAME];
    const char *name = name_at(symbol, l, slot);
    gn_vm_format(core, sizeof core, &l->core->rows[slot]);
    encoding(bytes, l, slot, slots);
    if (label != NULL || name != NULL) {
        printf("\n%s @%" PRIu32 ":\n", name != NULL ? name : label, slot);
    }
    printf("%8" PRIu32 "  %-16.16s  %-36s | %s\n", slot, bytes, text, core);
    if (slots == 2) {
        printf("%8s  %-16s\n", "", bytes + 16);
    }
}

static bool print_json(struct listing *l, uint32_t slot, const char *label, const char *text, unsigned slots)
{
    char bytes[33], core[TEXT], symbol[CLI_NAME];
    const char *name = name_at(symbol, l, slot);
    const struct vm_insn *insn = &l->core->rows[slot];
    gn_vm_format(core, sizeof core, insn);
    encoding(bytes, l, slot, slots);
    json_t *object = json_pack("{s:I, s:s, s:s, s:[{s:I, s:s, s:s, s:s}]}", "slot", (json_int_t)slot, "bytes", bytes,
                               "text", text, "core", "row", (json_int_t)slot, "operation", gn_vm_op_name(insn->op),
                               "machine", gn_vm_op_machine(insn->op), "text", core);
    int failed = object == NULL || (label != NULL && json_object_set_new(object, "label", json_string(label)) != 0) ||
                 (name != NULL && json_object_set_new(object, "function", json_string(name)) != 0);
    if (!failed) {
        fputs(l->any ? ",\n" : "\n", stdout);
        failed = json_dumpf(object, stdout, JSON_COMPACT) != 0 && !ferror(stdout);
        l->any = true;
    }
    json_decref(object);
    return !failed;
}

static bool print_head_json(const struct listing *l)
{
    json_t *path = gn_cli_json_text(l->r->program), *hash = gn_cli_hex_bytes(l->hash, sizeof l->hash);
    bool done = path != NULL && hash != NULL;
    if (done) {
        fputs("{\"schema\": \"gnomon.disasm_sbpf.v1\", \"program\": ", stdout);
        json_dumpf(path, stdout, JSON_ENCODE_ANY);
        fputs(", \"elf_blake3\": ", stdout);
        json_dumpf(hash, stdout, JSON_ENCODE_ANY);
        printf(", \"sbpf_version\": %d, \"entry\": %" PRIu32 ", \"text_address\": \"0x%" PRIx64
               "\", \"instructions\": [",
               l->p->version, l->p->entry_slot, l->p->text_address);
    }
    json_decref(path);
    json_decref(hash);
    return done;
}

static bool print_all(struct listing *l)
{
    const struct disasm_request *r = l->r;
    if (r->json && !print_head_json(l)) {
        return false;
    }
    if (!r->json) {
        printf("sBPF version %d, %" PRIu32 " slots, text at 0x%" PRIx64 "\n", l->p->version, l->p->slots_n,
               l->p->text_address);
    }
    for (uint32_t slot = 0, slots; slot < l->p->slots_n && !ferror(stdout); slot += slots) {
        char text[TEXT];
        slots = gn_sbpf_disassemble(text, sizeof text, l->p, &l->syscalls, slot);
        const char *label = slot == l->p->entry_slot ? "entry" : is_function(l, slot) ? "function" : NULL;
        if (slot < l->from || slot >= l->to) {
            continue;
        }
        if (!r->json) {
            print_text(l, slot, label, text, slots);
        } else if (!print_json(l, slot, label, text, slots)) {
            return false;
        }
    }
    if (r->json) {
        fputs("\n]}\n", stdout);
    }
    return true;
}

int gn_cli_disasm_sbpf(const struct disasm_request *r, const uint8_t *elf, size_t n)
{
    struct listing l = {.r = r, .syscalls = gn_sbpf_syscalls(), .from = r->from, .to = r->to};
    const struct sbpf_load_options options = {.syscalls = l.syscalls};
    struct vm_program core = {0};
    struct sbpf_program *p;
    struct gn_error err;
    int status = CLI_DONE;
    enum gn_status made = gn_sbpf_load(&p, elf, n, &options, &err);
    if (made == GN_OK) {
        made = gn_sbpf_verify(p, &err);
    }
    if (made == GN_OK) {
        made = gn_sbpf_lower(&core, p, SBPF_CLASSIC, &l.syscalls, &err);
    }
    if (made != GN_OK) {
        status = gn_cli_fail_with(&err, r->program);
    } else {
        const digest hash = gn_blake3_hash(elf, n);
        _Static_assert(sizeof hash == sizeof l.hash, "32 bytes");
        memcpy(l.hash, &hash, sizeof l.hash);
        l.p = p;
        l.core = &core;
        status = gn_sbpf_symbols(&l.symbols, &l.symbols_n, p, elf, n) ? find_function(&l) : gn_cli_no_memory();
        if (status == CLI_DONE && !print_all(&l)) {
            status = gn_cli_no_memory();
        }
    }
    free(l.symbols);
    gn_sbpf_core_free(&core);
    gn_sbpf_free(p);
    return status;
}
