/* SPDX-License-Identifier: Apache-2.0 */
/* riscv_elf_test.c - good executables load as they should; each way of being hostile or foreign has its status and
 * its line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "cm.h"
#include "differential/assembler.h"
#include "hash/blake3.h"

enum { PROGRAM_HEADERS = 64, PHDR = 56, P_FLAGS = 4, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32, P_MEMSZ = 40 };
enum { TEXT_HEADER = PROGRAM_HEADERS, POOL_HEADER = TEXT_HEADER + PHDR, DATA_HEADER = POOL_HEADER + PHDR };

/* addi x0; c.nop; jal x0, 0; and a pool and data */
static struct gn_buffer good_elf(void)
{
    struct assembler a = {0};
    uint8_t bytes[16] = {1, 2, 3};
    emit(&a, RV_ADDI, 0, 0, 0, 0);
    emit16(&a, 0x0001);
    emit(&a, RV_JAL, 0, 0, 0, 0);
    gn_buffer_append(&a.pool, bytes, sizeof bytes);
    gn_buffer_append(&a.data, bytes, sizeof bytes);
    struct gn_buffer elf = assembler_elf(&a);
    assembler_free(&a);
    return elf;
}

/* ---- sections, appended: null, symbols, strings, text ---- */
enum { SECTIONS = 4, SHDR = 64, SYM = 24, SYMBOLS = 5 };
static const char names[] = "\0main\0helper\0object\0alias";

static void put_symbol(uint8_t *at, uint32_t name, uint8_t type, uint64_t address, uint64_t size)
{
    store_le32(at, name);
    at[4] = (uint8_t)(1 << 4 | type);
    store_le64(at + 8, address);
    store_le64(at + 16, size);
}

/* returns where the section headers are */
static size_t append_sections(struct gn_buffer *elf)
{
    uint8_t symbols[SYMBOLS * SYM] = {0}, headers[SECTIONS * SHDR] = {0};
    put_symbol(symbols + 1 * SYM, 6, 2, TEXT + 6, 4);
    put_symbol(symbols + 2 * SYM, 1, 2, TEXT, 6);
    put_symbol(symbols + 3 * SYM, 13, 1, DATA, 8);
    put_symbol(symbols + 4 * SYM, 20, 2, TEXT + 2, 0); /* the upper half of the first instruction: 0x0000 */
    size_t symbols_at = elf->size;
    gn_buffer_append(elf, symbols, sizeof symbols);
    size_t names_at = elf->size;
    gn_buffer_append(elf, names, sizeof names);
    uint8_t *h = headers + SHDR;
    store_le32(h + 4, 2);
    store_le64(h + 24, symbols_at);
    store_le64(h + 32, sizeof symbols);
    store_le32(h + 40, 2);
    h += SHDR;
    store_le32(h + 4, 3);
    store_le64(h + 24, names_at);
    store_le64(h + 32, sizeof names);
    h += SHDR;
    store_le32(h + 4, 1);
    store_le64(h + 8, 6);
    store_le64(h + 16, TEXT);
    size_t at = elf->size;
    gn_buffer_append(elf, headers, sizeof headers);
    store_le64(elf->data + 40, at);
    store_le16(elf->data + 58, SHDR);
    store_le16(elf->data + 60, SECTIONS);
    return at;
}

static void good_file_loads(void **state)
{
    (void)state;
    struct gn_buffer elf = good_elf();
    struct rv_program *p;
    struct gn_error err;
    assert_int_equal(gn_riscv_load(&p, elf.data, elf.size, &err), GN_OK);
    digest hash = gn_blake3_hash(elf.data, elf.size);
    memset(elf.data, 0xee, elf.size); /* it need not outlive the call */
    assert_memory_equal(p->elf_hash, hash.b, sizeof hash.b);
    assert_int_equal(p->entry, TEXT);
    assert_int_equal(p->segments_n, 3);
    assert_int_equal(p->segments[0].permissions, VM_READ);
    assert_true(p->segments[0].executable);
    assert_int_equal(p->segments[1].permissions, VM_READ);
    assert_int_equal(p->segments[2].permissions, VM_READ | VM_WRITE);
    assert_int_equal(p->segments[2].size, DATA_SIZE);
    assert_int_equal(p->segments[2].image[2], 3);
    assert_int_equal(p->symbols_n, 0);
    const uint32_t rows[5] = {0, 1, 2, 3, 4};
    assert_int_equal(p->core.text_base, TEXT);
    assert_int_equal(p->core.text_size, 10);
    assert_memory_equal(p->core.row_of_halfword, rows, sizeof rows);
    assert_int_equal(p->core.rows_n - p->core.kernel_rows_n, 6); /* and the end */
    char text[64];
    assert_int_equal(gn_riscv_disassemble(text, sizeof text, p, TEXT + 6), 4);
    assert_string_equal(text, "jal zero, 0x80000006");
    assert_int_equal(gn_riscv_disassemble(text, sizeof text, p, TEXT + 8), 2); /* its upper half, which is all zeros */
    assert_string_equal(text, "unknown");
    assert_int_equal(gn_riscv_disassemble(text, sizeof text, p, TEXT + 10), 0);
    assert_string_equal(text, "");
    assert_int_equal(gn_riscv_disassemble(text, sizeof text, p, TEXT + 1), 0);
    gn_riscv_free(p);
    gn_buffer_free(&elf);
}

/* functions sorted by address; what the program does is not changed by them */
static void symbols_are_read(void **state)
{
    (void)state;
    struct gn_buffer elf = good_elf();
    struct rv_program *p;
    struct gn_error err;
    append_sections(&elf);
    assert_int_equal(gn_riscv_load(&p, elf.data, elf.size, &err), GN_OK);
    assert_int_equal(p->symbols_n, 3);
    assert_string_equal(p->symbols[0].name, "main");
    assert_string_equal(p->symbols[1].name, "alias");
    assert_string_equal(p->symbols[2].name, "helper");
    assert_int_equal(p->symbols[2].address, TEXT + 6);
    assert_int_equal(p->symbols[2].size, 4);
    const uint32_t rows[5] = {0, 1, 2, 3, 4}; /* as without them */
    assert_memory_equal(p->core.row_of_halfword, rows, sizeof rows);
    assert_int_equal(p->core.rows[0].op, VM_J);
    assert_int_equal(p->core.rows[0].next, 2);
    assert_int_equal(p->core.rows[1].op, VM_FAULT);
    assert_int_equal(p->core.rows[1].imm, VM_FAULT_ILLEGAL);
    gn_riscv_free(p);
    gn_buffer_free(&elf);
}

/* ---- hostile files ---- */
struct change {
    const char *name;
    size_t at;
    unsigned width; /* 0: cut the file off at `at` */
    uint64_t value;
    enum gn_status status;
    const char *line; /* part of it */
};

static const struct change changes[] = {
    {"empty", 0, 0, 0, GN_BAD_INPUT, "not an ELF"},
    {"three bytes", 3, 0, 0, GN_BAD_INPUT, "not an ELF"},
    {"header cut off", 63, 0, 0, GN_BAD_INPUT, "truncated header (63 bytes)"},
    {"program headers cut off", 64 + 3 * PHDR - 1, 0, 0, GN_BAD_INPUT, "program headers end after the file"},
    {"text cut off", 4096 + 9, 0, 0, GN_BAD_INPUT, "segment at 0x80000000 ends after the file"},
    {"data cut off", 3 * 4096 + 15, 0, 0, GN_BAD_INPUT, "segment at 0xa0030000 ends after the file"},
    {"magic", 0, 1, 0x7e, GN_BAD_INPUT, "not an ELF"},
    {"32-bit", 4, 1, 1, GN_LIMIT, "not a 64-bit file"},
    {"no class", 4, 1, 3, GN_BAD_INPUT, "class 3"},
    {"big endian", 5, 1, 2, GN_LIMIT, "not little endian"},
    {"no endianness", 5, 1, 0, GN_BAD_INPUT, "not little endian"},
    {"identification version", 6, 1, 0, GN_BAD_INPUT, "version"},
    {"version", 20, 4, 2, GN_BAD_INPUT, "version"},
    {"x86-64", 18, 2, 62, GN_BAD_INPUT, "machine 62"},
    {"sBPF", 18, 2, 247, GN_BAD_INPUT, "machine 247"},
    {"relocatable", 16, 2, 1, GN_LIMIT, "type 1"},
    {"position independent", 16, 2, 3, GN_LIMIT, "ET_DYN"},
    {"core dump", 16, 2, 4, GN_LIMIT, "type 4"},
    {"single float ABI", 48, 4, 3, GN_LIMIT, "floating-point ABI"},
    {"double float ABI", 48, 4, 5, GN_LIMIT, "floating-point ABI"},
    {"RVE", 48, 4, 9, GN_LIMIT, "RVE"},
    {"unknown flags", 48, 4, 0x80000001, GN_LIMIT, "unknown flags 0x80000001"},
    {"no program headers", 56, 2, 0, GN_BAD_INPUT, "no program headers"},
    {"65 program headers", 56, 2, 65, GN_LIMIT, "65 program headers, at most 64"},
    {"65535 program headers", 56, 2, 65535, GN_LIMIT, "65535 program headers"},
    {"size of program headers", 54, 2, 55, GN_BAD_INPUT, "headers of 55 bytes"},
    {"program headers at 2^64 - 1", 32, 8, UINT64_MAX, GN_BAD_INPUT, "program headers end after"},
    {"interpreter", POOL_HEADER, 4, 3, GN_LIMIT, "interpreter"},
    {"dynamic section", POOL_HEADER, 4, 2, GN_LIMIT, "dynamic section"},
    {"no text", TEXT_HEADER, 4, 0, GN_BAD_INPUT, "no executable segment"},
    {"text not executable", TEXT_HEADER + P_FLAGS, 4, 4, GN_BAD_INPUT, "no executable segment"},
    {"text of no bytes", TEXT_HEADER + P_MEMSZ, 8, 0, GN_BAD_INPUT, "larger in the file"},
    {"text with zeros behind", TEXT_HEADER + P_MEMSZ, 8, 11, GN_BAD_INPUT, "zero-filled tail"},
    {"text at an odd address", TEXT_HEADER + P_VADDR, 8, TEXT + 1, GN_BAD_INPUT, "odd address"},
    {"writable text", TEXT_HEADER + P_FLAGS, 4, 7, GN_BAD_INPUT, "writable and executable"},
    {"text in RAM", TEXT_HEADER + P_VADDR, 8, DATA + 0x100000, GN_BAD_INPUT, "is in RAM"},
    {"no permissions", POOL_HEADER + P_FLAGS, 4, 0, GN_BAD_INPUT, "no permissions"},
    {"text before program memory", TEXT_HEADER + P_VADDR, 8, TEXT - 2, GN_BAD_INPUT, "outside of program memory"},
    {"text at 0", TEXT_HEADER + P_VADDR, 8, 0, GN_BAD_INPUT, "outside of program memory"},
    {"segment over program memory's end", POOL_HEADER + P_VADDR, 8, 0xa0000000 - 15, GN_BAD_INPUT,
     "outside of program memory"},
    {"segment between program memory and RAM", POOL_HEADER + P_VADDR, 8, 0xa0000000, GN_BAD_INPUT,
     "outside of program memory"},
    {"segment in the output region", POOL_HEADER + P_VADDR, 8, 0xa0010000, GN_BAD_INPUT, "outside of program memory"},
    {"segment in the input region", POOL_HEADER + P_VADDR, 8, 0x40000000, GN_BAD_INPUT, "outside of program memory"},
    {"segment over RAM's end", DATA_HEADER + P_VADDR, 8, 0xc0000000 - DATA_SIZE + 1, GN_BAD_INPUT,
     "outside of program memory"},
    {"segment above 2^32", DATA_HEADER + P_VADDR, 8, UINT64_C(0x180000000), GN_BAD_INPUT, "outside of program memory"},
    {"segment at 2^64 - 1", DATA_HEADER + P_VADDR, 8, UINT64_MAX, GN_BAD_INPUT, "outside of program memory"},
    {"huge in memory", DATA_HEADER + P_MEMSZ, 8, UINT64_MAX, GN_BAD_INPUT, "outside of program memory"},
    {"as large as RAM and a byte", DATA_HEADER + P_MEMSZ, 8, 0x1ffd0001, GN_BAD_INPUT, "outside of program memory"},
    {"huge in the file", DATA_HEADER + P_FILESZ, 8, UINT64_MAX, GN_BAD_INPUT, "larger in the file"},
    {"offset 2^64 - 1", DATA_HEADER + P_OFFSET, 8, UINT64_MAX, GN_BAD_INPUT, "ends after the file"},
    {"offset that wraps", DATA_HEADER + P_OFFSET, 8, UINT64_MAX - 7, GN_BAD_INPUT, "ends after the file"},
    {"overlap", POOL_HEADER + P_VADDR, 8, TEXT + 9, GN_BAD_INPUT, "0x80000000 and 0x80000009 overlap"},
    {"the same place twice", POOL_HEADER + P_VADDR, 8, TEXT, GN_BAD_INPUT, "overlap"},
    {"overlap from before", POOL_HEADER + P_VADDR, 8, DATA + 8, GN_BAD_INPUT, "overlap"},
    {"entry 0", 24, 8, 0, GN_BAD_INPUT, "entry 0x0 is outside"},
    {"odd entry", 24, 8, TEXT + 1, GN_BAD_INPUT, "entry 0x80000001 is odd"},
    {"entry behind text", 24, 8, TEXT + 10, GN_BAD_INPUT, "outside of executable"},
    {"entry in constants", 24, 8, POOL, GN_BAD_INPUT, "outside of executable"},
    {"entry 2^64 - 2", 24, 8, UINT64_MAX - 1, GN_BAD_INPUT, "outside of executable"},
};

static bool refused(struct gn_buffer *elf, const char *name, enum gn_status status, const char *line)
{
    struct rv_program *p = NULL;
    struct gn_error err = {.text = ""};
    uint8_t *exact = malloc(elf->size == 0 ? 1 : elf->size); /* for sanitizers */
    if (elf->size != 0) {
        memcpy(exact, elf->data, elf->size);
    }
    enum gn_status got = gn_riscv_load(&p, exact, elf->size, &err);
    bool good = got == status && err.status == status && strstr(err.text, line) != NULL && p == NULL;
    if (!good) {
        fprintf(stderr, "%s: status %s, \"%s\"\n", name, gn_status_name(got), err.text);
    }
    free(exact);
    gn_riscv_free(p);
    return good;
}

static void put(uint8_t *at, unsigned width, uint64_t value)
{
    for (unsigned i = 0; i < width; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static void hostile_files_are_refused(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct change *c = &changes[i];
        struct gn_buffer elf = good_elf();
        if (c->width == 0) {
            elf.size = c->at;
        } else {
            put(elf.data + c->at, c->width, c->value);
        }
        bad += !refused(&elf, c->name, c->status, c->line);
        gn_buffer_free(&elf);
    }
    assert_int_equal(bad, 0);
}

/* `at`: from the section headers */
static const struct change section_changes[] = {
    {"sections after the file", 0, 0, 0, GN_BAD_INPUT, "section headers end after"},
    {"symbols after the file", SHDR + 24, 8, 1 << 20, GN_BAD_INPUT, "symbols end after"},
    {"symbols of 2^64 - 1 bytes", SHDR + 32, 8, UINT64_MAX, GN_BAD_INPUT, "symbols end after"},
    {"strings after the file", 2 * SHDR + 24, 8, UINT64_MAX, GN_BAD_INPUT, "symbols end after"},
    {"no strings", SHDR + 40, 4, 3, GN_BAD_INPUT, "without string table"},
    {"strings in section 4 of 4", SHDR + 40, 4, 4, GN_BAD_INPUT, "without string table"},
    {"strings in section 2^32 - 1", SHDR + 40, 4, UINT32_MAX, GN_BAD_INPUT, "without string table"},
    {"strings without end", 2 * SHDR + 32, 8, sizeof names - 2, GN_BAD_INPUT, "without an end"},
    {"strings of no bytes", 2 * SHDR + 32, 8, 0, GN_BAD_INPUT, "without an end"},
    {"two symbol tables", 3 * SHDR + 4, 4, 2, GN_BAD_INPUT, "more than one symbol table"},
};

static void hostile_sections_are_refused(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof section_changes / sizeof *section_changes; i++) {
        const struct change *c = &section_changes[i];
        struct gn_buffer elf = good_elf();
        size_t at = append_sections(&elf);
        if (c->width == 0) {
            elf.size--;
        } else {
            put(elf.data + at + c->at, c->width, c->value);
        }
        bad += !refused(&elf, c->name, c->status, c->line);
        gn_buffer_free(&elf);
    }
    struct gn_buffer elf = good_elf();
    size_t at = append_sections(&elf);
    uint64_t symbols_at = load_le64(elf.data + at + SHDR + 24);
    store_le32(elf.data + symbols_at + SYM, sizeof names);
    bad += !refused(&elf, "name behind the strings", GN_BAD_INPUT, "outside of the string table");
    gn_buffer_free(&elf);
    assert_int_equal(bad, 0);
}

/* segments one behind the other: 16 are accepted, 17 are not; 16 MiB of span, and not one byte more */
static void limits_are_as_stated(void **state)
{
    (void)state;
    for (uint32_t n = 16; n <= 17; n++) {
        struct gn_buffer elf = good_elf();
        for (uint32_t i = 3; i < n; i++) {
            uint8_t *h = elf.data + PROGRAM_HEADERS + i * PHDR;
            memcpy(h, elf.data + POOL_HEADER, PHDR);
            store_le64(h + P_VADDR, POOL + 0x1000 * i);
        }
        store_le16(elf.data + 56, (uint16_t)n);
        struct rv_program *p = NULL;
        struct gn_error err;
        if (n == 17) {
            assert_true(refused(&elf, "17 segments", GN_LIMIT, "more than 16 segments"));
        } else {
            assert_int_equal(gn_riscv_load(&p, elf.data, elf.size, &err), GN_OK);
        }
        gn_riscv_free(p);
        gn_buffer_free(&elf);
    }
    for (uint32_t over = 0; over < 2; over++) { /* the pool as a second text */
        struct gn_buffer elf = good_elf();
        struct rv_program *p = NULL;
        struct gn_error err;
        store_le32(elf.data + POOL_HEADER + P_FLAGS, 5);
        store_le64(elf.data + POOL_HEADER + P_VADDR, TEXT + (1 << 24) - 16 + 2 * over);
        if (over) {
            assert_true(refused(&elf, "large span", GN_LIMIT, "executable segments span 0x1000002 bytes"));
        } else {
            assert_int_equal(gn_riscv_load(&p, elf.data, elf.size, &err), GN_OK);
        }
        gn_riscv_free(p);
        gn_buffer_free(&elf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_file_loads),           cmocka_unit_test(symbols_are_read),
        cmocka_unit_test(hostile_files_are_refused), cmocka_unit_test(hostile_sections_are_refused),
        cmocka_unit_test(limits_are_as_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
