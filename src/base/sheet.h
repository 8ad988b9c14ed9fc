/* sheet.h - tables as spreadsheets write them: CSV in and out.
 *
 * Reading is streamed and bounded: text is decoded once per file, strictly
 * (UTF-8 with or without BOM, GBK/GB 18030, UTF-16 with BOM; refused: mixed,
 * truncated, overlong, surrogates, NUL), the separator (comma, semicolon,
 * tab) is found from the first line, quotes follow RFC 4180, line ends may
 * be CRLF or LF.  Memory does not grow with the file.  (xlsx comes with the
 * registry.)
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/buf.h"
#include "base/text.h"

enum {
    SHEET_CELLS_MAX = 512,       /* columns */
    SHEET_CELL_MAX = 32767,      /* characters in a cell, as Excel */
    SHEET_LINE_MAX = 4 << 20,    /* bytes of one record */
};

struct sheet;       /* an open sheet being read */

struct sheet_row {
    int64_t line;            /* 1-based line of the file it starts on */
    size_t n;                /* cells */
    const char *const *cell; /* valid until the next sheet_next */
};

/* Bytes come from `read` (0 at the end, negative on error) or from memory.
 * INVALID with a fault that names the encoding problem and its byte offset. */
typedef long sheet_reader(void *ctx, void *out, size_t max);
enum rc sheet_open(struct sheet **out, sheet_reader *read, void *ctx,
                   struct fault *f) MUST_USE;
enum rc sheet_open_memory(struct sheet **out, const void *p, size_t n,
                          struct fault *f) MUST_USE;
enum rc sheet_open_file(struct sheet **out, const char *path,
                        struct fault *f) MUST_USE;
void sheet_close(struct sheet *s);

/* OK with a row (blank lines skipped), NOT_FOUND at the end, INVALID with the
 * line in f->row. */
enum rc sheet_next(struct sheet *s, struct sheet_row *row, struct fault *f)
    MUST_USE;
const char *sheet_encoding(const struct sheet *s); /* "UTF-8", "GB18030" ... */
char sheet_separator(const struct sheet *s);

/* Column whose heading equals one of the names (|-separated, compared by
 * text_key, so case, width and blanks do not count); SIZE_MAX if none. */
size_t sheet_column(const struct sheet_row *head, const char *names);

/* Writing, RFC 4180 with CRLF: the first cell of a row takes first = true.
 * Cells that a spreadsheet would run as a formula (leading = + - @ TAB CR and
 * their full-width forms; plain numbers stay) get a single quote in front. */
void sheet_put(struct buf *b, bool first, const char *cell);
void sheet_end(struct buf *b);
