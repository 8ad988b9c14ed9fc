/* sheet_fuzz.c - any bytes as a sheet.  What can be read can be written, and
 * what was written reads the same but for the single quotes that formulas
 * get (so cells are compared without any). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void copy_row(struct buf *out, const struct sheet_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        assert(text_is_utf8(row->cell[i], strlen(row->cell[i])));
        sheet_put(out, i == 0, row->cell[i]);
    }
    sheet_end(out);
}

/* Everything readable of p written to `out`; rows wrong in themselves are
 * passed over.  Number of rows, or -1 if the sheet does not open. */
static int64_t copy_sheet(const void *p, size_t n, struct buf *out)
{
    struct sheet *s;
    struct sheet_row row;
    struct fault f;
    if (sheet_open_memory(&s, p, n, &f)) return -1;
    int64_t rows = 0, line = 0;
    for (;;) {
        enum rc rc = sheet_next(s, &row, &f);
        if (rc == INVALID) {
            assert(f.row > 0 && f.detail);
            if (f.row <= line) break; /* the same fault again: it stays */
            line = f.row;
            continue;
        }
        if (rc) break;
        assert(row.n > 0 && row.n <= SHEET_CELLS_MAX && row.line > line);
        line = row.line;
        copy_row(out, &row);
        rows++;
    }
    sheet_close(s);
    return rows;
}

static size_t without_quotes(char *s, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] != '\'') s[k++] = s[i];
    return k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once, twice;
    buf_init(&once, 64 << 20);
    buf_init(&twice, 64 << 20);
    int64_t rows = copy_sheet(data, size, &once);
    if (rows > 0 && buf_ok(&once)) {
        int64_t again = copy_sheet(once.at, once.len, &twice);
        assert(again == rows);
        once.len = without_quotes(once.at, once.len);
        twice.len = without_quotes(twice.at, twice.len);
        assert(once.len == twice.len);
        assert(memcmp(once.at, twice.at, once.len) == 0);
    }
    buf_release(&once);
    buf_release(&twice);
    return 0;
}
