/* shape.h - what a struct is, said once.
 *
 *     static const struct field task_fields[] = {
 *         FIELD(task, id,    F_ID,      0),
 *         FIELD(task, title, F_TEXT,    F_REQUIRED, .max = 200),
 *         FIELD(task, state, F_ENUM,    0, .words = task_states),
 *         FIELD(task, due,   F_INSTANT, F_REQUIRED),
 *     };
 *     const struct shape task_shape = SHAPE(task, task_fields);
 *
 * Rows of the database (by column name), JSON in and out, OpenAPI, cells of a
 * sheet and form fields are all driven by it.  Every member is 8 bytes but
 * for F_BYTES and F_ROW:
 *
 *   type        member            absent   JSON            SQL       cell
 *   F_ID F_REF  struct x_id       0        "123" / null    INTEGER   123
 *   F_TEXT      const char *      "" NULL  "…"             TEXT      …
 *   F_INT       int64_t           NONE     12              INTEGER   12
 *   F_BOOL      int64_t 0/1       NONE     true            INTEGER   1
 *   F_DECIMAL(n) int64_t ×10^n    NONE     36.5            INTEGER   36.5
 *   F_ENUM      int64_t index     NONE     "word"          INTEGER   word
 *   F_SET       int64_t bits      0        ["word", …]     INTEGER   word;word
 *   F_DAY       struct day        NONE     "2026-11-24"    INTEGER   2026-11-24
 *   F_INSTANT   struct instant    NONE     "…T08:00:00.000Z" INTEGER same
 *   F_BYTES     struct bytes      n = 0    base64          BLOB      base64
 *   F_ROW       struct, inline    -        { … }           -         -
 *
 * Nesting is one level deep: a row inside a row holds no rows.
 * The label of a field is the word `shape.field` in assets/i18n/, that of a
 * word of F_ENUM and F_SET `shape.field.word`.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/day.h"
#include "base/id.h"

enum field_type {
    F_ID, F_REF, F_TEXT, F_INT, F_BOOL, F_DECIMAL_BASE, F_ENUM, F_SET, F_DAY,
    F_INSTANT, F_BYTES, F_ROW,
};
#define F_DECIMAL(digits) (F_DECIMAL_BASE | (digits) << 8)

enum {
    F_REQUIRED = 1,  /* must be there in input */
    F_PERSONAL = 2,  /* leaves the program only where the purpose allows */
    F_OURS = 4,      /* set by the program; refused in input */
    F_HIDDEN = 8,    /* a column, never in JSON, sheet or form */
};

struct bytes { const void *at; size_t n; };

struct field {
    const char *name;
    size_t offset;
    int type;                   /* enum field_type, digits above bit 8 */
    unsigned flags;
    int64_t min, max;           /* F_INT, F_DECIMAL (scaled); F_TEXT: max
                                   characters; both 0: any (text: 1000) */
    const char *const *words;   /* F_ENUM, F_SET: NULL-terminated */
    const struct shape *row;    /* F_ROW */
};

struct shape {
    const char *name;
    size_t size;
    const struct field *fields;
    size_t n;
};

#define FIELD(of, member, ...) \
    {.name = #member, .offset = offsetof(struct of, member), __VA_ARGS__}
#define SHAPE(of, list) {#of, sizeof(struct of), (list), COUNT_OF(list)}

enum { SHAPE_FIELDS_MAX = 64, JSON_DEPTH_MAX = 16 };

static inline enum field_type field_type(const struct field *f)
{
    return (enum field_type)(f->type & 0xff);
}
static inline int field_digits(const struct field *f) { return f->type >> 8; }
static inline void *field_at(const struct field *f, void *row)
{
    return (char *)row + f->offset;
}
static inline int64_t field_int(const struct field *f, const void *row)
{
    return *(const int64_t *)(const void *)((const char *)row + f->offset);
}

const struct field *shape_field(const struct shape *s, const char *name);
/* Every member absent (texts ""). */
void shape_clear(const struct shape *s, void *row);

/* -1 if the list has no such word. */
int64_t words_index(const char *const *words, const char *word);

/* A cell or form value into its member.  INVALID with the field's name, what
 * is wrong and what to do; an empty text is absent (INVALID if required).
 * F_SET takes words separated by ; or , (form: call again, bits add up). */
enum rc field_from_text(const struct field *f, void *row, const char *text,
                        struct arena *a, struct fault *fault) MUST_USE;
/* The reverse: a cell, into b. */
void field_to_text(const struct field *f, const void *row, struct buf *b);

/* Strict JSON (RFC 8259; one object; no duplicate keys, NUL, bad UTF-8, depth
 * over JSON_DEPTH_MAX, fractions for integers, ids that are not text, unknown
 * members) into a row.  Faults that are not JSON at all are `malformed`.
 * Text lives in the arena. */
enum rc shape_from_json(const struct shape *s, void *row, const char *text,
                        size_t n, struct arena *a, struct fault *f) MUST_USE;

/* How much of the personal fields leaves. */
enum reveal {
    REVEAL_MASKED, /* names as 张**, all else personal is null */
    REVEAL_ALL,    /* the route named the purpose, the reading is entered */
};
/* One object, members in the shape's order. */
void shape_to_json(const struct shape *s, const void *row, enum reveal reveal,
                   struct buf *b);
/* A JSON string with its quotes. */
void buf_json(struct buf *b, const char *s);
/* First character and ** in place of the rest, into out (16 bytes do). */
void text_mask(char *out, const char *s);
