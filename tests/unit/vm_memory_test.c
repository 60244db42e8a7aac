/* SPDX-License-Identifier: Apache-2.0 */
/* vm_memory_test.c - regions to the byte, and every load and store of both builds against an array of bytes: at each end of a region, across
 * words and pages, between regions that touch, with and without permission, far outside. */
#include "vm_fixture.h"

enum { PAGE = 4096 };

/* ---- the map ---- */
static enum gn_status map(struct vm_memory *m, uint64_t base, uint64_t size, unsigned permissions, const void *image,
                          size_t n)
{
    struct gn_error err = {0};
    enum gn_status status = gn_vm_memory_map(m, base, size, permissions, image, n, &err);
    assert_true(status == GN_OK || (err.status == status && err.text[0] != 0));
    return status;
}

static void test_map_rejects(void **state)
{
    (void)state;
    struct vm_memory *m = guest_memory();
    assert_int_equal(map(m, 0x10001, 10, VM_READ, NULL, 0), GN_OK);
    assert_int_equal(map(m, 0x10000, 1, VM_READ, NULL, 0), GN_OK);
    assert_int_equal(map(m, 0x1000b, 1, VM_READ, NULL, 0), GN_OK);
    assert_int_equal(map(m, 0x1000a, 1, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x10000, 2, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0, UINT64_C(1) << 32, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, UINT64_C(5) << 32, 1, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, VM_KERNEL_BASE - 1, 1, 0, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, VM_KERNEL_BASE, 1, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, VM_KERNEL_BASE, (UINT64_C(1) << 32) + 1, 0, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, VM_KERNEL_BASE + (UINT64_C(1) << 32), 1, 0, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, 4, VM_READ | VM_WRITE | VM_FIXED, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0xffffffff, 2, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, UINT64_MAX, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, UINT64_MAX, 2, VM_READ, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, 4, VM_READ, "12345", 5), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, 0, VM_READ, "1", 1), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, 4, 8, NULL, 0), GN_BAD_INPUT);
    assert_int_equal(map(m, 0x20000, 0, VM_READ, NULL, 0), GN_OK);
    assert_int_equal(map(m, 0xffffffff, 1, VM_READ, NULL, 0), GN_OK);
    size_t n;
    const struct vm_region *regions = gn_vm_memory_regions(m, &n);
    assert_int_equal(n, 4);
    assert_true(regions[0].base == 0x10001 && regions[0].size == 10 && regions[3].base == 0xffffffff);
    gn_vm_memory_destroy(m);
    gn_vm_memory_destroy(NULL);
}

static void test_too_many_regions(void **state)
{
    (void)state;
    struct vm_memory *m = guest_memory();
    enum gn_status status = GN_OK;
    unsigned n = 0;
    while (status == GN_OK && n < 100000) {
        status = map(m, 0x1000 + 2 * n++, 1, VM_READ, NULL, 0);
    }
    assert_int_equal(status, GN_LIMIT);
    gn_vm_memory_destroy(m);
}

static void test_image_and_host_access(void **state)
{
    (void)state;
    struct vm_memory *m = guest_memory();
    static uint8_t bytes[2 * PAGE];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i % 251);
    }
    assert_int_equal(map(m, 0x5003, 2 * PAGE + 9, VM_READ, bytes, 2 * PAGE), GN_OK);
    static uint8_t back[2 * PAGE + 9];
    const uint8_t zeros[9] = {0};
    assert_true(gn_vm_memory_read(m, 0x5003, back, sizeof back));
    assert_memory_equal(back, bytes, 2 * PAGE);
    assert_memory_equal(back + 2 * PAGE, zeros, 9);
    assert_false(gn_vm_memory_read(m, 0x5002, back, 1));
    assert_false(gn_vm_memory_read(m, 0x5003, back, sizeof back + 1));
    assert_false(gn_vm_memory_read(m, 0x5003 + sizeof back, back, 1));
    assert_false(gn_vm_memory_read(m, 0x5003, back, SIZE_MAX));
    assert_false(gn_vm_memory_read(m, UINT64_MAX, back, 2));
    assert_true(gn_vm_memory_read(m, 0x1234, back, 0)); /* nothing can be read everywhere */
    assert_false(gn_vm_memory_write(m, 0x5002, bytes, 2));
    assert_true(gn_vm_memory_write(m, 0x5003 + sizeof back - 1, "x", 1)); /* read only for the guest */
    assert_true(gn_vm_memory_read(m, 0x5003 + sizeof back - 1, back, 1));
    assert_int_equal(back[0], 'x');
    gn_vm_memory_destroy(m);
}

/* ---- the guest's accesses ---- */
struct access {
    enum vm_op op;
    unsigned width;
    bool is_signed, store;
};
static const struct access accesses[] = {
    {VM_LB, 1, true, false}, {VM_LBU, 1, false, false}, {VM_LH, 2, true, false},  {VM_LHU, 2, false, false},
    {VM_LW, 4, true, false}, {VM_LWU, 4, false, false}, {VM_LD, 8, false, false}, {VM_SB, 1, false, true},
    {VM_SH, 2, false, true}, {VM_SW, 4, false, true},   {VM_SD, 8, false, true},
};
enum { ACCESSES = sizeof accesses / sizeof accesses[0] };

/* A model: one byte of content and of permission for each address of a window. */
struct model {
    uint64_t base;
    unsigned size;
    uint8_t content[8 * PAGE], permissions[8 * PAGE];
};

static void model_map(struct model *model, struct vm_memory *m, uint64_t base, unsigned size, unsigned permissions)
{
    guest_map(m, base, size, permissions);
    for (unsigned i = 0; i < size; i++) {
        uint64_t at = base + i - model->base;
        assert_true(at < model->size);
        model->permissions[at] = (uint8_t)(permissions | 4); /* 4: exists */
        model->content[at] = (uint8_t)(0x80 + at * 37 + (at >> 8));
    }
    assert_true(gn_vm_memory_write(m, base, model->content + (base - model->base), size));
}

static bool model_permits(const struct model *model, uint64_t at, unsigned n, unsigned permission)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t offset = at + i - model->base;
        if (offset >= model->size || (model->permissions[offset] & permission) == 0) {
            return false;
        }
    }
    return true;
}

static uint64_t model_load(const struct model *model, uint64_t at, const struct access *access)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < access->width; i++) {
        v += (uint64_t)model->content[at + i - model->base] << 8 * i;
    }
    bool negative = access->is_signed && (model->content[at + access->width - 1 - model->base] & 0x80) != 0;
    return negative && access->width < 8 ? v - (UINT64_C(1) << 8 * access->width) : v;
}

/* The same access in the machine and in the model. */
static void check_access(struct guest *g, struct model *model, const struct access *access, uint64_t at, bool observed)
{
    const uint64_t stored = 0xf1e2d3c4b5a69788 ^ at * 0x0101010101010101, offset = observed ? 16 : (uint64_t)-16;
    struct vm_insn *insn = &g->rows[0];
    *insn = (struct vm_insn){.op = (uint8_t)access->op, .rd = 7, .ra = 5, .rb = 6, .imm = offset, .next = 1};
    g->vm.regs[5] = at - offset;
    g->vm.regs[6] = stored;
    g->vm.regs[7] = 0x7777;
    enum vm_stop stop = guest_run(g, observed);
    if (!model_permits(model, at, access->width, access->store ? VM_WRITE : VM_READ)) {
        assert_int_equal(stop, VM_STOP_FAULT);
        assert_int_equal(g->vm.fault, access->store ? VM_FAULT_STORE : VM_FAULT_LOAD);
        assert_true(g->vm.fault_pc == TEXT && g->vm.fault_address == at && g->vm.row == 0);
        assert_true(g->vm.steps == 0 && g->vm.rows_run == 0 && g->vm.unaligned == 0 && g->events_n == 0);
        assert_true(g->vm.regs[7] == 0x7777);
        return;
    }
    struct access plain = {access->op, access->width, false, false};
    uint64_t before = model_load(model, at, &plain);
    assert_int_equal(stop, VM_STOP_ECALL);
    assert_true(g->vm.unaligned == ((at & 7) + access->width > 8));
    if (access->store) {
        for (unsigned i = 0; i < access->width; i++) {
            model->content[at + i - model->base] = (uint8_t)(stored >> 8 * i);
        }
        assert_true(g->vm.regs[7] == 0x7777);
    } else {
        assert_true(g->vm.regs[7] == model_load(model, at, access));
    }
    if (observed) {
        const struct vm_event *e = &g->events[0];
        assert_int_equal(g->events_n, 2);
        assert_true(e->address == at && e->width == access->width && e->memory_before == before);
        assert_true(e->a == at - offset && e->b == (access->store ? stored : offset));
        assert_true(e->result == (access->store ? model_load(model, at, &plain) : g->vm.regs[7]));
        assert_true(e->before == (access->store ? 0 : 0x7777));
    }
}

static void check_around(struct guest *g, struct model *model, uint64_t at)
{
    for (int64_t d = -17; d <= 17; d++) {
        for (unsigned k = 0; k < ACCESSES; k++) {
            check_access(g, model, &accesses[k], at + (uint64_t)d, false);
            check_access(g, model, &accesses[k], at + (uint64_t)d, true);
        }
    }
    /* nothing outside of the accesses has changed */
    for (unsigned i = 0; i < model->size; i++) {
        uint8_t byte;
        bool exists = gn_vm_memory_read(g->vm.memory, model->base + i, &byte, 1);
        assert_true(exists == (model->permissions[i] != 0));
        assert_true(!exists || byte == model->content[i]);
    }
}

static void begin(struct guest *g, struct vm_memory *m, struct model *model, uint64_t base)
{
    memset(model, 0, sizeof *model);
    model->base = base;
    model->size = sizeof model->content;
    guest_init(g, m);
    guest_row(g, (struct vm_insn){.op = VM_LD, .rd = 7, .ra = 5});
    guest_end(g);
}

static struct model window;

static void test_accesses(void **state)
{
    (void)state;
    struct vm_memory *m = guest_memory();
    struct guest g;
    begin(&g, m, &window, DATA);
    uint64_t b = DATA;
    model_map(&window, m, b + 100, 2 * PAGE + 33, VM_READ | VM_WRITE); /* partial pages at both ends */
    model_map(&window, m, b + 3 * PAGE, PAGE, VM_READ);                /* whole pages that touch */
    model_map(&window, m, b + 4 * PAGE, PAGE, VM_READ | VM_WRITE);
    model_map(&window, m, b + 5 * PAGE, PAGE, VM_WRITE);
    model_map(&window, m, b + 6 * PAGE, 5, VM_READ | VM_WRITE); /* smaller than a word, and neighbours in a page */
    model_map(&window, m, b + 6 * PAGE + 5, 2, VM_READ);
    model_map(&window, m, b + 6 * PAGE + 7, 3, VM_READ | VM_WRITE);
    model_map(&window, m, b + 6 * PAGE + 40, 4, 0);
    const uint64_t places[] = {0,        100,           PAGE,        2 * PAGE, 2 * PAGE + 133, 3 * PAGE,
                               4 * PAGE, 4 * PAGE + 8,  5 * PAGE,    6 * PAGE, 6 * PAGE + 5,   6 * PAGE + 10,
                               1234,     6 * PAGE + 42, 3 * PAGE + 7};
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        check_around(&g, &window, b + places[i]);
    }
    gn_vm_memory_destroy(m);
}

/* Both ends of the guest's space; addresses wrap, accesses do not. */
static void test_ends_of_space(void **state)
{
    (void)state;
    struct guest g;
    struct vm_memory *m = guest_memory();
    begin(&g, m, &window, UINT64_C(0x100000000) - sizeof window.content);
    model_map(&window, m, 0xfffff000, PAGE, VM_READ | VM_WRITE);
    check_around(&g, &window, UINT64_C(0x100000000));
    begin(&g, m, &window, 0);
    model_map(&window, m, 0, PAGE + 1, VM_READ | VM_WRITE);
    check_around(&g, &window, 0);
    check_around(&g, &window, PAGE);
    gn_vm_memory_destroy(m);
}

/* The low 32 bits are those of legal memory. */
static void test_high_addresses(void **state)
{
    (void)state;
    struct guest g;
    struct vm_memory *m = guest_memory();
    begin(&g, m, &window, DATA);
    model_map(&window, m, DATA, PAGE, VM_READ | VM_WRITE);
    for (unsigned bit = 32; bit < 64; bit++) {
        check_around(&g, &window, (DATA + 64) | UINT64_C(1) << bit);
    }
    check_around(&g, &window, (DATA + 64) | UINT64_C(0xffffffff00000000));
    gn_vm_memory_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_rejects),           cmocka_unit_test(test_too_many_regions),
        cmocka_unit_test(test_image_and_host_access), cmocka_unit_test(test_accesses),
        cmocka_unit_test(test_ends_of_space),         cmocka_unit_test(test_high_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
