/* shape_fuzz.c - any bytes as JSON of a shape with every type of field.  What
 * is taken prints as JSON that is taken again and prints the same. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/shape.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const colours[] = {"green", "yellow", "red", NULL};

struct spot { int64_t x, y; const char *name; };
static const struct field spot_fields[] = {
    FIELD(spot, x, F_DECIMAL(6), 0, .min = -180000000, .max = 180000000),
    FIELD(spot, y, F_DECIMAL(2), 0),
    FIELD(spot, name, F_TEXT, F_PERSONAL, .max = 20),
};
static const struct shape spot_shape = SHAPE(spot, spot_fields);

struct thing {
    struct report_id id;
    struct person_id who;
    const char *name;
    int64_t n, sure, heat, colour, colours;
    struct day day;
    struct instant at;
    struct bytes proof;
    struct spot spot;
};
static const struct field thing_fields[] = {
    FIELD(thing, id, F_ID, 0),
    FIELD(thing, who, F_REF, 0),
    FIELD(thing, name, F_TEXT, 0),
    FIELD(thing, n, F_INT, 0),
    FIELD(thing, sure, F_BOOL, 0),
    FIELD(thing, heat, F_DECIMAL(1), 0, .min = 340, .max = 430),
    FIELD(thing, colour, F_ENUM, 0, .words = colours),
    FIELD(thing, colours, F_SET, 0, .words = colours),
    FIELD(thing, day, F_DAY, 0),
    FIELD(thing, at, F_INSTANT, 0),
    FIELD(thing, proof, F_BYTES, 0),
    FIELD(thing, spot, F_ROW, 0, .row = &spot_shape),
};
static const struct shape thing_shape = SHAPE(thing, thing_fields);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thing x, y;
    struct arena a;
    struct fault f = {0};
    struct buf once, twice;
    arena_init(&a, ARENA_MAX);
    buf_init(&once, 64 << 20);
    buf_init(&twice, 64 << 20);
    char *text = malloc(size ? size : 1);
    assert(text);
    if (size) memcpy(text, data, size);
    enum rc rc = shape_from_json(&thing_shape, &x, text, size, &a, &f);
    free(text); /* what x holds must live in the arena */
    if (rc == OK) {
        shape_to_json(&thing_shape, &x, REVEAL_ALL, &once);
        assert(buf_ok(&once) && text_is_utf8(once.at, once.len));
        rc = shape_from_json(&thing_shape, &y, once.at, once.len, &a, &f);
        assert(rc == OK);
        shape_to_json(&thing_shape, &y, REVEAL_ALL, &twice);
        assert(strcmp(once.at, twice.at) == 0);
        buf_clear(&once);
        shape_to_json(&thing_shape, &x, REVEAL_MASKED, &once);
    } else {
        assert(rc == INVALID && f.detail);
    }
    buf_release(&once);
    buf_release(&twice);
    arena_release(&a);
    return 0;
}
