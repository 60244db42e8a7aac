/* SPDX-License-Identifier: Apache-2.0 */
/* mix.c - mixed integer work for measuring: a linked list that is searched, reversed and sorted, a matrix product, a
 * state machine over text, a CRC over all results.  The kinds of work are those of CoreMark; the code is not.
 * Rounds: the input's first 4 bytes, 4 if there are fewer.  Writes the CRC. */
#include <gnomon.h>

static uint32_t random_state = 12345;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint16_t crc16(uint16_t crc, uint32_t value)
{
    for (int i = 0; i < 32; i++) {
        uint16_t bit = (uint16_t)((crc ^ value) & 1);
        crc >>= 1;
        if (bit) {
            crc ^= 0xa001;
        }
        value >>= 1;
    }
    return crc;
}

/* ---- list ---- */
enum { NODES = 100 };

struct node {
    struct node *next;
    int16_t key;
    uint16_t data;
};

static struct node *list_make(struct node *pool)
{
    struct node *head = NULL;
    for (int i = 0; i < NODES; i++) {
        pool[i] = (struct node){.next = head, .key = (int16_t)next_random(), .data = (uint16_t)i};
        head = &pool[i];
    }
    return head;
}

static struct node *list_reverse(struct node *head)
{
    struct node *done = NULL;
    while (head != NULL) {
        struct node *next = head->next;
        head->next = done;
        done = head;
        head = next;
    }
    return done;
}

static struct node *list_merge(struct node *a, struct node *b)
{
    struct node head, *tail = &head;
    while (a != NULL && b != NULL) {
        struct node **from = a->key <= b->key ? &a : &b;
        tail->next = *from;
        tail = *from;
        *from = (*from)->next;
    }
    tail->next = a != NULL ? a : b;
    return head.next;
}

static struct node *list_sort(struct node *head)
{
    if (head == NULL || head->next == NULL) {
        return head;
    }
    struct node *middle = head;
    for (struct node *end = head->next; end != NULL && end->next != NULL; end = end->next->next) {
        middle = middle->next;
    }
    struct node *second = middle->next;
    middle->next = NULL;
    return list_merge(list_sort(head), list_sort(second));
}

static uint16_t list_work(uint16_t crc)
{
    static struct node pool[NODES];
    struct node *head = list_make(pool);
    for (int wanted = 0; wanted < NODES; wanted += 9) {
        uint32_t steps = 0;
        for (struct node *n = head; n != NULL && n->data != wanted; n = n->next) {
            steps++;
        }
        crc = crc16(crc, steps);
        head = list_reverse(head);
    }
    for (struct node *n = list_sort(head); n != NULL; n = n->next) {
        crc = crc16(crc, (uint32_t)(uint16_t)n->key << 16 | n->data);
    }
    return crc;
}

/* ---- matrix ---- */
enum { SIDE = 12 };

static uint16_t matrix_work(uint16_t crc)
{
    static int16_t a[SIDE][SIDE], b[SIDE][SIDE];
    static int32_t c[SIDE][SIDE];
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (int16_t)next_random();
            b[i][j] = (int16_t)(next_random() & 0xff);
        }
    }
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            int32_t sum = 0;
            for (int k = 0; k < SIDE; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum;
        }
    }
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            crc = crc16(crc, (uint32_t)(c[i][j] >> 4) + (uint32_t)(c[j][i] % 97));
        }
    }
    return crc;
}

/* ---- state machine: which words of a text are integers, decimals, or neither ---- */
enum state { START, SIGN, DIGITS, FRACTION, OTHER, STATES };

static enum state step(enum state s, char c)
{
    int digit = c >= '0' && c <= '9';
    switch (s) {
    case START:
        return digit ? DIGITS : c == '-' || c == '+' ? SIGN : c == '.' ? FRACTION : OTHER;
    case SIGN:
    case DIGITS:
        return digit ? DIGITS : c == '.' ? FRACTION : OTHER;
    case FRACTION:
        return digit ? FRACTION : OTHER;
    default:
        return OTHER;
    }
}

static uint16_t state_work(uint16_t crc)
{
    char text[] = "5012 -874 +122 35.54400 .1234500 -110.700 +0.64400 5.500e+3 T0.3e-1F -T.T++Tq 1T3.4e4z 34.0e-T^";
    uint32_t ends[STATES] = {0};
    text[next_random() % (sizeof text - 1)] ^= (char)(next_random() & 7);
    enum state s = START;
    for (size_t i = 0; i < sizeof text; i++) {
        if (text[i] == ' ' || text[i] == '\0') {
            ends[s]++;
            s = START;
        } else {
            s = step(s, text[i]);
        }
    }
    for (int i = 0; i < STATES; i++) {
        crc = crc16(crc, ends[i]);
    }
    return crc;
}

int main(void)
{
    const uint8_t *in;
    size_t size;
    uint32_t rounds = 4;
    uint16_t crc = 0xffff;
    read_input(&in, &size);
    if (size >= sizeof rounds) {
        memcpy(&rounds, in, sizeof rounds);
    }
    for (uint32_t i = 0; i < rounds; i++) {
        crc = list_work(crc);
        crc = matrix_work(crc);
        crc = state_work(crc);
    }
    put_u64(crc);
    put_text("\n");
    return 0;
}
