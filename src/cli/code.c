/* SPDX-License-Identifier: Apache-2.0 */
/* code.c - see code.h.
 *
 * Deployed Solana programs have few names.  Where a function begins is still known: at the entry, at what a call names, at what the loader has registered; so a function without a name
 * is called after its first slot. */
#include "cli/code.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

/* "_ZN9spl_token9processor...17h0123456789abcdefE" is spl_token::processor::...; false: not of that kind, which is Rust's older one. */
static bool rust_name(char out[static CLI_NAME], const char *s)
{
    size_t at = 0;
    bool hashed = false; /* what tells it from C++ */
    if (strncmp(s, "_ZN", 3) != 0) {
        return false;
    }
    for (s += 3; *s >= '1' && *s <= '9';) {
        size_t n = 0;
        while (*s >= '0' && *s <= '9' && n < CLI_NAME) {
            n = 10 * n + (size_t)(*s++ - '0');
        }
        if (strnlen(s, n) < n) {
            return false;
        }
        bool hash = n == 17 && s[0] == 'h' && s[n] == 'E';
        hashed = hashed || hash;
        if (!hash && at + n + 3 < CLI_NAME) {
            at += (size_t)snprintf(out + at, CLI_NAME - at, "%s%.*s", at > 0 ? "::" : "", (int)n, s);
        }
        s += n;
    }
    return at > 0 && hashed;
}

/* What the older kind writes for signs that names cannot have. */
static void rust_signs(char *name)
{
    static const struct {
        const char *code, *sign;
    } signs[] = {{"$LT$", "<"},  {"$GT$", ">"},  {"$RF$", "&"},  {"$BP$", "*"},  {"$LP$", "("},
                 {"$RP$", ")"},  {"$C$", ","},   {"$u20$", " "}, {"$u7b$", "{"}, {"$u7d$", "}"},
                 {"$u5b$", "["}, {"$u5d$", "]"}, {"$u27$", "'"}, {"..", "::"}};
    char *to = name;
    for (const char *from = name; *from != 0;) {
        size_t k = 0, count = sizeof signs / sizeof signs[0];
        while (k < count && strncmp(from, signs[k].code, strlen(signs[k].code)) != 0) {
            k++;
        }
        if (k < count) {
            from += strlen(signs[k].code);
            to = (char *)memcpy(to, signs[k].sign, strlen(signs[k].sign)) + strlen(signs[k].sign);
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
}

const char *gn_cli_function_name(char out[static CLI_NAME], const char *symbol)
{
    char name[CLI_NAME];
    if (rust_name(name, symbol)) {
        rust_signs(name);
        symbol = name;
    }
    return gn_cli_clean(out, CLI_NAME, symbol);
}

/* ---- opening ---- */
static int allocate(struct cli_code *c, size_t functions_n)
{
    c->functions_n = functions_n;
    c->functions = calloc(functions_n + 2, sizeof *c->functions);
    if (c->functions == NULL) {
        return gn_cli_no_memory();
    }
    snprintf(c->functions[functions_n].name, CLI_NAME, "(no symbol)");
    snprintf(c->functions[functions_n + 1].name, CLI_NAME, "(kernel)");
    return CLI_DONE;
}

int gn_cli_code_of_riscv(struct cli_code *c, const struct rv_program *rv)
{
    *c = (struct cli_code){.core = &rv->core, .rv = rv};
    int status = allocate(c, rv->symbols_n);
    for (uint32_t i = 0; status == CLI_DONE && i < rv->symbols_n; i++) {
        gn_cli_function_name(c->functions[i].name, rv->symbols[i].name);
        c->functions[i].place = rv->symbols[i].address;
    }
    return status;
}

/* begins[slot]: a function begins there; returns how many */
static size_t mark_functions(uint8_t *begins, const struct solana_program *p, const struct sbpf_symbol *symbols,
                             size_t symbols_n)
{
    const struct sbpf_program *sbpf = p->sbpf;
    size_t n = 0;
    begins[sbpf->entry_slot] = 1;
    for (uint32_t i = 0; i < sbpf->functions_n; i++) {
        begins[sbpf->functions[i].slot] = 1;
    }
    for (size_t i = 0; i < symbols_n; i++) {
        begins[symbols[i].slot] = 1;
    }
    for (uint32_t slot = 0; slot < sbpf->slots_n; slot++) { /* a slot's row has its number */
        const struct vm_insn *insn = &p->core.rows[slot];
        if (insn->op == VM_CALL && insn->target < sbpf->slots_n) {
            begins[insn->target] = 1;
        }
    }
    for (uint32_t slot = 0; slot < sbpf->slots_n; slot++) {
        n += begins[slot];
    }
    return n;
}

static void name_functions(struct cli_code *c, const uint8_t *begins, const struct sbpf_symbol *symbols,
                           size_t symbols_n)
{
    const struct sbpf_program *sbpf = c->solana->sbpf;
    struct cli_function *f = c->functions;
    size_t s = 0;
    for (uint32_t slot = 0; slot < sbpf->slots_n; slot++) {
        if (begins[slot] == 0) {
            continue;
        }
        while (s < symbols_n && symbols[s].slot < slot) {
            s++;
        }
        if (s < symbols_n && symbols[s].slot == slot) {
            gn_cli_function_name(f->name, symbols[s].name);
        } else {
            snprintf(f->name, CLI_NAME, slot == sbpf->entry_slot ? "entrypoint" : "function @%u", slot);
        }
        f++->place = SBPF_TEXT + 2 * (uint64_t)slot;
    }
}

int gn_cli_code_of_solana(struct cli_code *c, const struct solana_program *solana, const uint8_t *elf, size_t n)
{
    struct sbpf_symbol *symbols;
    size_t symbols_n;
    *c = (struct cli_code){.core = &solana->core, .solana = solana};
    uint8_t *begins = calloc((size_t)solana->sbpf->slots_n + 1, 1);
    bool read = gn_sbpf_symbols(&symbols, &symbols_n, solana->sbpf, elf, n);
    int status =
        begins != NULL && read ? allocate(c, mark_functions(begins, solana, symbols, symbols_n)) : gn_cli_no_memory();
    if (status == CLI_DONE) {
        name_functions(c, begins, symbols, symbols_n);
    }
    free(symbols);
    free(begins);
    return status;
}

void gn_cli_code_close(struct cli_code *c)
{
    free(c->functions);
    c->functions = NULL;
}

/* ---- looking up ---- */
size_t gn_cli_code_function(const struct cli_code *c, uint32_t row)
{
    uint64_t place = c->core->pc_of_row[row];
    if (gn_vm_row_is_kernel(c->core, row)) {
        return c->functions_n + 1;
    }
    if (c->rv != NULL) {
        const struct rv_symbol *s = gn_cli_symbol_at(c->rv, place);
        return s != NULL ? (size_t)(s - c->rv->symbols) : c->functions_n;
    }
    size_t low = 0, high = c->functions_n; /* functions[low - 1].place <= place < functions[high].place */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->functions[middle].place <= place) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? low - 1 : c->functions_n;
}

void gn_cli_code_text(const struct cli_code *c, char *out, size_t out_n, uint64_t place)
{
    out[0] = 0;
    if (c->rv != NULL) {
        gn_riscv_disassemble(out, out_n, c->rv, place);
    } else {
        const struct sbpf_syscalls syscalls = gn_sbpf_syscalls();
        gn_sbpf_disassemble(out, out_n, c->solana->sbpf, &syscalls, (uint32_t)gn_cli_code_address(c, place));
    }
}

uint64_t gn_cli_code_address(const struct cli_code *c, uint64_t place)
{
    return c->rv != NULL ? place : (place - SBPF_TEXT) / 2;
}
