/* sheet.c - reading and writing CSV.  See sheet.h.
 *
 *     reader ──► in[64 KiB] ──decode──► text[128 KiB] ──records──► row, cell[]
 *
 * Both windows are fixed and a record is bounded, so memory never grows with
 * the file.  A row that is wrong in itself (too many cells, text after a
 * closing quote) is reported and left, and the next call goes on behind it;
 * a wrong encoding, a lost reader or an open quote at the end stays wrong.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sheet.h"

#include <errno.h>
#include <iconv.h>

enum {
    IN_MAX = 64 << 10,
    TEXT_MAX = 128 << 10,
};

enum encoding { E_UNKNOWN, E_UTF_8, E_GB18030, E_UTF_16LE, E_UTF_16BE };
static const char *const encoding_names[] = {
    "UTF-8", /* nothing but ASCII so far */
    "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE",
};

/* Whether the raw line being read would be UTF-8 through and through: in a
 * GB 18030 file that gives away a part pasted in from a UTF-8 one. */
struct mixed {
    int64_t from;     /* offset of the line */
    int need, wide;   /* bytes to come; characters of 3 bytes and more */
    bool bad, later;  /* not UTF-8; not the first line */
};

struct sheet {
    sheet_reader *read;
    void *ctx;
    FILE *file;
    const char *memory;
    size_t memory_n;

    enum encoding encoding;
    iconv_t iconv;
    struct mixed mixed;
    int64_t offset;          /* in the file, of in[0] */
    size_t in_n;
    bool in_end;
    unsigned char in[IN_MAX];

    size_t at, n;            /* text still to be read */
    char text[TEXT_MAX];

    char separator;
    int64_t line;            /* of text[at] */
    struct buf record;       /* cells of this row, each ended by NUL */
    size_t start[SHEET_CELLS_MAX];
    const char *cell[SHEET_CELLS_MAX];
    size_t n_cells;
    enum rc stuck;           /* what every call answers from now on */
    struct fault why;
};

/* ---- bytes ---- */

static long read_file(void *ctx, void *out, size_t max)
{
    FILE *file = ctx;
    size_t n = fread(out, 1, max, file);
    return n == 0 && ferror(file) ? -1 : (long)n;
}

static long read_memory(void *ctx, void *out, size_t max)
{
    struct sheet *s = ctx;
    size_t n = s->memory_n < max ? s->memory_n : max;
    if (n) memcpy(out, s->memory, n);
    s->memory += n;
    s->memory_n -= n;
    return (long)n;
}

static enum rc in_fill(struct sheet *s, struct fault *f)
{
    while (!s->in_end && s->in_n < IN_MAX) {
        size_t room = IN_MAX - s->in_n;
        long n = s->read(s->ctx, s->in + s->in_n, room);
        if (n < 0 || (size_t)n > room)
            return fault_set(f, FAILED, "", "the file cannot be read");
        s->in_end = n == 0;
        s->in_n += (size_t)n;
    }
    return OK;
}

static void in_drop(struct sheet *s, size_t n)
{
    memmove(s->in, s->in + n, s->in_n - n);
    s->in_n -= n;
    s->offset += (int64_t)n;
}

/* ---- encodings ---- */

static enum rc offset_fault(const struct sheet *s, int64_t offset,
                            const char *detail, struct fault *f)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)offset);
    enum rc rc = fault_set(f, INVALID, "", "%s%s", text,
                           encoding_names[s->encoding]);
    f->detail = detail;
    f->remedy = "save the table as CSV in UTF-8 and send it again";
    f->malformed = true;
    return rc;
}

static enum rc encoding_fault(const struct sheet *s, size_t at,
                              const char *detail, struct fault *f)
{
    return offset_fault(s, s->offset + (int64_t)at, detail, f);
}

/* Bytes that the lead byte c asks for after it, overlong and out-of-range
 * forms of early UTF-8 included; -1 for what never led a character. */
static int utf8_follow(unsigned char c)
{
    if (c < 0x80) return 0;
    if (c < 0xc0) return -1;
    if (c < 0xe0) return 1;
    if (c < 0xf0) return 2;
    if (c < 0xf8) return 3;
    if (c < 0xfc) return 4;
    return c < 0xfe ? 5 : -1;
}

/* Looks like UTF-8, be it damaged: what is overlong here is more likely an
 * attack or a fault than GB 18030, and decoding will refuse it.  A character
 * cut by the end of the window counts. */
static bool utf8_looks_like(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        int follow = utf8_follow(p[i++]);
        if (follow < 0) return false;
        for (; follow > 0 && i < n; follow--)
            if ((p[i++] & 0xc0) != 0x80) return false;
    }
    return true;
}

static enum encoding bom_encoding(const struct sheet *s, size_t *length)
{
    const unsigned char *p = s->in;
    *length = 3;
    if (s->in_n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) return E_UTF_8;
    *length = 2;
    if (s->in_n >= 2 && memcmp(p, "\xff\xfe", 2) == 0) return E_UTF_16LE;
    if (s->in_n >= 2 && memcmp(p, "\xfe\xff", 2) == 0) return E_UTF_16BE;
    *length = 0;
    return E_UNKNOWN;
}

static enum rc encoding_set(struct sheet *s, enum encoding e, struct fault *f)
{
    s->encoding = e;
    if (e == E_UTF_8 || e == E_UNKNOWN) return OK;
    s->iconv = iconv_open("UTF-8", encoding_names[e]);
    if (s->iconv == (iconv_t)-1)
        return fault_set(f, FAILED, "",
                         "this machine lacks the conversion of %s",
                         encoding_names[e]);
    return OK;
}

/* Length of the character at p, 0 if the n bytes cut it, -1 if it is wrong
 * (detail says why). */
static int utf8_character(const unsigned char *p, size_t n,
                          const char **detail)
{
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
    int follow = utf8_follow(p[0]);
    *detail = "byte %s is not %s: the file is damaged or mixes encodings";
    if (follow < 0) return -1;
    size_t have = n - 1 < (size_t)follow ? n - 1 : (size_t)follow;
    unsigned cp = p[0] & (0x3fu >> follow);
    for (size_t i = 1; i <= have; i++) {
        if ((p[i] & 0xc0) != 0x80) return -1;
        cp = cp << 6 | (p[i] & 0x3f);
    }
    if (have < (size_t)follow) return 0;
    if (follow > 3 || cp > 0x10ffff || cp < least[follow]) {
        *detail = "byte %s starts an overlong or impossible form of %s";
        return -1;
    }
    if (cp >= 0xd800 && cp < 0xe000) {
        *detail = "byte %s starts half a character (a surrogate) in %s";
        return -1;
    }
    return follow + 1;
}

static const char cut_off[] = "the file ends inside the character at byte %s";
static const char has_nul[] = "byte %s is NUL: this is not a text file";

static enum rc decode_utf8(struct sheet *s, struct fault *f)
{
    size_t i = 0;
    while (i < s->in_n) {
        if (s->in[i] && s->in[i] < 0x80) {
            i++;
            continue;
        }
        if (!s->in[i]) return encoding_fault(s, i, has_nul, f);
        const char *detail;
        int k = utf8_character(s->in + i, s->in_n - i, &detail);
        if (k < 0) return encoding_fault(s, i, detail, f);
        if (k == 0 && s->in_end) return encoding_fault(s, i, cut_off, f);
        if (k == 0) break;
        i += (size_t)k;
    }
    assert(i <= TEXT_MAX - s->n);
    memcpy(s->text + s->n, s->in, i);
    s->n += i;
    in_drop(s, i);
    return OK;
}

static size_t find_nul(const struct sheet *s)
{
    size_t step = s->encoding == E_GB18030 ? 1 : 2;
    for (size_t i = 0; i + step <= s->in_n; i += step)
        if (!s->in[i] && !s->in[i + step - 1]) return i;
    return SIZE_MAX;
}

/* One raw byte of a GB 18030 file; true at the end of a line that is UTF-8
 * beyond chance.  Three Chinese characters of GBK rarely happen to be two of
 * UTF-8; a heading has two, so from the second line on we ask for three. */
static bool mixed_line(struct mixed *m, unsigned char c)
{
    if (c == '\n') {
        bool yes = !m->bad && !m->need && m->wide >= (m->later ? 3 : 2);
        *m = (struct mixed){.later = true};
        return yes;
    }
    if (m->need) {
        if ((c & 0xc0) != 0x80) m->bad = true;
        m->need--;
    } else if (c >= 0x80) {
        m->need = utf8_follow(c);
        if (m->need < 0) m->need = 0, m->bad = true;
        if (m->need >= 2) m->wide++;
    }
    return false;
}

static enum rc mixed_check(struct sheet *s, size_t n, struct fault *f)
{
    bool last = s->in_end && n == s->in_n;
    for (size_t i = 0; i < n + last; i++) {
        int64_t from = s->mixed.from, at = s->offset + (int64_t)i;
        unsigned char c = i < n ? s->in[i] : '\n';
        bool mixed = mixed_line(&s->mixed, c);
        if (c == '\n') s->mixed.from = at + 1;
        if (mixed)
            return offset_fault(s, from,
                                "the line at byte %s is UTF-8 in a file that "
                                "otherwise is %s: it mixes encodings", f);
    }
    return OK;
}

static enum rc decode_iconv(struct sheet *s, struct fault *f)
{
    size_t nul = find_nul(s);
    if (nul != SIZE_MAX) return encoding_fault(s, nul, has_nul, f);
    char *from = (char *)s->in, *to = s->text + s->n;
    size_t from_n = s->in_n, to_n = TEXT_MAX - s->n;
    size_t k = iconv(s->iconv, &from, &from_n, &to, &to_n);
    int reason = k == (size_t)-1 ? errno : 0;
    size_t used = s->in_n - from_n;
    if (reason == EILSEQ)
        return encoding_fault(s, used,
                              "byte %s is not %s: the file is damaged or "
                              "mixes encodings", f);
    if (reason == EINVAL && s->in_end)
        return encoding_fault(s, used, cut_off, f);
    enum rc rc = OK;
    if (s->encoding == E_GB18030) rc = mixed_check(s, used, f);
    s->n = TEXT_MAX - to_n;
    in_drop(s, used);
    return rc;
}

/* Nothing but ASCII so far: take what still is, and decide at the first byte
 * that is not, on a full window from there. */
static enum rc decode_ascii(struct sheet *s, struct fault *f)
{
    size_t i = 0;
    while (i < s->in_n && s->in[i] && s->in[i] < 0x80) i++;
    if (i < s->in_n && !s->in[i]) return encoding_fault(s, i, has_nul, f);
    size_t rest = s->in_n - i;
    assert(i <= TEXT_MAX - s->n);
    memcpy(s->text + s->n, s->in, i);
    s->n += i;
    if (i) s->mixed.later = memchr(s->in, '\n', i) || s->mixed.later;
    while (i && s->in[i - 1] != '\n') i--; /* the line, for mixed_check */
    s->mixed.from = s->offset + (int64_t)i;
    in_drop(s, s->in_n - rest);
    if (!rest) return OK;
    enum rc rc = in_fill(s, f);
    if (rc) return rc;
    return encoding_set(s, utf8_looks_like(s->in, s->in_n) ? E_UTF_8
                                                           : E_GB18030, f);
}

/* More text behind what is left; none at the end of the file. */
static enum rc text_fill(struct sheet *s, struct fault *f)
{
    memmove(s->text, s->text + s->at, s->n - s->at);
    s->n -= s->at;
    s->at = 0;
    size_t had = s->n;
    while (s->n == had) {
        enum rc rc = in_fill(s, f);
        if (!rc && s->in_n == 0) return OK;
        if (!rc && s->encoding == E_UNKNOWN) rc = decode_ascii(s, f);
        else if (!rc && s->encoding == E_UTF_8) rc = decode_utf8(s, f);
        else if (!rc) rc = decode_iconv(s, f);
        if (rc) return rc;
    }
    return OK;
}

/* The byte `ahead` of the next one; -1 at the end or when that failed. */
static int text_peek(struct sheet *s, size_t ahead)
{
    if (s->n - s->at <= ahead && !s->stuck)
        s->stuck = text_fill(s, &s->why);
    return s->n - s->at > ahead ? (unsigned char)s->text[s->at + ahead] : -1;
}

/* ---- records ---- */

/* Whichever of the three stands most often in the first line that is not
 * blank, outside quotes; comma if none does. */
static char separator_guess(const struct sheet *s)
{
    static const char candidates[] = ",;\t";
    size_t count[3] = {0}, best = 0;
    bool quoted = false, any = false;
    char before = '\n';
    for (size_t i = s->at; i < s->n; i++) {
        char c = s->text[i];
        if (quoted) {
            bool twice = c == '"' && i + 1 < s->n && s->text[i + 1] == '"';
            if (twice) i++;
            else if (c == '"') quoted = false;
            before = '"';
            continue;
        }
        if (c == '\n' && any) break;
        const char *which = strchr(candidates, c);
        if (c == '"') quoted = strchr(",;\t\n", before) != NULL;
        else if (which) count[which - candidates]++;
        if (c != '\n' && c != '\r' && c != ' ') any = true;
        before = c;
    }
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best]) best = i;
    return candidates[best];
}

static enum rc row_fault(struct sheet *s, int64_t line, const char *detail,
                         struct fault *f)
{
    int c;
    while ((c = text_peek(s, 0)) >= 0) { /* leave the rest of the line */
        s->at++;
        if (c != '\n') continue;
        s->line++;
        break;
    }
    enum rc rc = fault_set(f, INVALID, "", "%s", "");
    f->detail = detail;
    f->row = line;
    return rc;
}

/* NUL-ends the cell; NULL, or what is wrong with it. */
static const char *cell_end(struct sheet *s, bool last)
{
    buf_putc(&s->record, '\0');
    if (!buf_ok(&s->record)) return "the row is too long";
    const char *cell = s->record.at + s->start[s->n_cells - 1];
    size_t n = s->record.len - s->start[s->n_cells - 1] - 1;
    if (n > SHEET_CELL_MAX && text_length(cell) > SHEET_CELL_MAX)
        return "a cell holds more than 32767 characters";
    if (!last && s->n_cells == SHEET_CELLS_MAX)
        return "the row has more than 512 cells";
    return NULL;
}

/* Bytes up to the next one that may end something. */
static void cell_run(struct sheet *s, bool quoted)
{
    size_t from = s->at;
    for (; s->at < s->n; s->at++) {
        char c = s->text[s->at];
        if (quoted ? c == '"'
                   : c == s->separator || c == '\n' || c == '\r') break;
        if (c == '\n') s->line++;
    }
    buf_add(&s->record, s->text + from, s->at - from);
}

/* From behind the opening quote to behind the closing one. */
static bool cell_quoted(struct sheet *s)
{
    while (text_peek(s, 0) >= 0 && buf_ok(&s->record)) {
        cell_run(s, true);
        if (text_peek(s, 0) != '"') continue;
        if (text_peek(s, 1) != '"') {
            s->at++;
            return true;
        }
        buf_putc(&s->record, '"');
        s->at += 2;
    }
    return false;
}

enum stop { STOP_CELL, STOP_ROW, STOP_TEXT }; /* what ended the text */

static enum stop cell_plain(struct sheet *s)
{
    for (;;) {
        int c = text_peek(s, 0);
        bool crlf = c == '\r' && (text_peek(s, 1) == '\n' ||
                                  text_peek(s, 1) < 0);
        if (c < 0 || c == '\n' || crlf) {
            s->at += c < 0 ? 0 : crlf && text_peek(s, 1) >= 0 ? 2 : 1;
            s->line += c >= 0;
            return STOP_ROW;
        }
        if (c == s->separator) {
            s->at++;
            return STOP_CELL;
        }
        if (!buf_ok(&s->record)) return STOP_TEXT;
        if (c == '\r') {
            buf_putc(&s->record, '\r');
            s->at++;
        }
        cell_run(s, false);
    }
}

/* One record into s->cell; `blank` if the line held nothing. */
static enum rc record_read(struct sheet *s, bool *blank, struct fault *f)
{
    int64_t line = s->line;
    bool any_quoted = false;
    enum stop stop = STOP_CELL;
    s->n_cells = 0;
    buf_clear(&s->record);
    while (stop == STOP_CELL) {
        s->start[s->n_cells++] = s->record.len;
        bool quoted = text_peek(s, 0) == '"';
        any_quoted |= quoted;
        if (quoted) {
            s->at++;
            if (!cell_quoted(s) && !s->stuck && buf_ok(&s->record)) {
                s->stuck = row_fault(s, line, "a quote is never closed",
                                     &s->why);
            }
        }
        size_t had = s->record.len;
        if (!s->stuck && buf_ok(&s->record)) stop = cell_plain(s);
        if (s->stuck) {
            *f = s->why;
            f->row = line;
            return s->stuck;
        }
        const char *detail = cell_end(s, stop != STOP_CELL);
        if (!detail && quoted && s->record.len != had + 1)
            detail = "text stands behind a closing quote";
        if (detail && stop == STOP_ROW) { /* its line is read already */
            enum rc rc = fault_set(f, INVALID, "", "%s", "");
            f->detail = detail;
            f->row = line;
            return rc;
        }
        if (detail) return row_fault(s, line, detail, f);
    }
    for (size_t i = 0; i < s->n_cells; i++)
        s->cell[i] = s->record.at + s->start[i];
    *blank = s->n_cells == 1 && !any_quoted && text_is_blank(s->cell[0]);
    return OK;
}

enum rc sheet_next(struct sheet *s, struct sheet_row *row, struct fault *f)
{
    bool blank = true;
    while (blank) {
        int c = text_peek(s, 0);
        if (s->stuck) {
            *f = s->why;
            if (!f->row) f->row = s->line;
            return s->stuck;
        }
        if (c < 0) return NOT_FOUND;
        row->line = s->line;
        enum rc rc = record_read(s, &blank, f);
        if (rc) return rc;
    }
    row->n = s->n_cells;
    row->cell = s->cell;
    return OK;
}

/* ---- opening ---- */

static enum rc sheet_start(struct sheet *s, struct fault *f)
{
    size_t bom;
    enum rc rc = in_fill(s, f);
    if (rc) return rc;
    enum encoding e = bom_encoding(s, &bom);
    rc = encoding_set(s, e, f);
    if (rc) return rc;
    in_drop(s, bom);
    rc = text_fill(s, f);
    /* the separator is guessed from what one filling gave: a window at least,
     * or ASCII up to the first Chinese character and then a window more */
    if (!rc && s->encoding != E_UNKNOWN && e == E_UNKNOWN)
        rc = text_fill(s, f);
    s->separator = separator_guess(s);
    return rc;
}

static struct sheet *sheet_new(struct fault *f)
{
    struct sheet *s = calloc(1, sizeof *s);
    if (!s) {
        (void)!fault_set(f, FAILED, "", "out of memory");
        return NULL;
    }
    s->iconv = (iconv_t)-1;
    s->line = 1;
    buf_init(&s->record, SHEET_LINE_MAX);
    return s;
}

static enum rc sheet_begin(struct sheet **out, struct sheet *s,
                           struct fault *f)
{
    enum rc rc = sheet_start(s, f);
    if (rc) sheet_close(s);
    *out = rc ? NULL : s;
    return rc;
}

enum rc sheet_open(struct sheet **out, sheet_reader *read, void *ctx,
                   struct fault *f)
{
    *out = NULL;
    struct sheet *s = sheet_new(f);
    if (!s) return FAILED;
    s->read = read;
    s->ctx = ctx;
    return sheet_begin(out, s, f);
}

enum rc sheet_open_memory(struct sheet **out, const void *p, size_t n,
                          struct fault *f)
{
    *out = NULL;
    struct sheet *s = sheet_new(f);
    if (!s) return FAILED;
    s->memory = p;
    s->memory_n = n;
    s->read = read_memory;
    s->ctx = s;
    return sheet_begin(out, s, f);
}

enum rc sheet_open_file(struct sheet **out, const char *path,
                        struct fault *f)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return fault_set(f, NOT_FOUND, "", "%s cannot be opened", path);
    struct sheet *s = sheet_new(f);
    if (!s) {
        fclose(file);
        return FAILED;
    }
    s->file = file;
    s->read = read_file;
    s->ctx = file;
    return sheet_begin(out, s, f);
}

void sheet_close(struct sheet *s)
{
    if (!s) return;
    if (s->iconv != (iconv_t)-1) iconv_close(s->iconv);
    if (s->file) fclose(s->file);
    buf_release(&s->record);
    free(s);
}

const char *sheet_encoding(const struct sheet *s)
{
    return encoding_names[s->encoding];
}

char sheet_separator(const struct sheet *s)
{
    return s->separator;
}

size_t sheet_column(const struct sheet_row *head, const char *names)
{
    struct arena a;
    arena_init(&a, ARENA_MAX);
    size_t found = SIZE_MAX;
    while (*names && found == SIZE_MAX) {
        size_t n = strcspn(names, "|");
        const char *name = text_key(&a, arena_strndup(&a, names, n));
        for (size_t i = 0; i < head->n && found == SIZE_MAX; i++)
            if (strcmp(text_key(&a, head->cell[i]), name) == 0) found = i;
        names += n + (names[n] == '|');
    }
    arena_release(&a);
    return found;
}

/* ---- writing ---- */

static const char *digits_end(const char *s)
{
    return s + strspn(s, "0123456789");
}

/* -12, +3.5, 1e9, with nothing behind but the end of the part. */
static bool is_plain_number(const char *s)
{
    s += *s == '+' || *s == '-';
    const char *end = digits_end(s);
    bool any = end > s;
    if (*end == '.') {
        s = end + 1;
        end = digits_end(s);
        any |= end > s;
    }
    if (any && (*end == 'e' || *end == 'E')) {
        s = end + 1 + (end[1] == '+' || end[1] == '-');
        end = digits_end(s);
        any = end > s;
    }
    return any && (!*end || strchr(",;\t\"\r\n", *end));
}

static bool is_formula(const char *s)
{
    static const char *const signs[] = {"=", "+", "-", "@",
                                        "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (text_starts(s, signs[i])) return !is_plain_number(s);
    return false;
}

/* A spreadsheet set to another separator does not see our quotes and cuts the
 * cell at its own, so a formula counts behind one too, and behind a quote or
 * a line end. */
static bool starts_part(const char *cell, const char *s)
{
    if (s == cell) return true;
    return strchr(",;\t\"\r\n", s[-1]) && s > cell + strspn(cell, "\t\r\n");
}

void sheet_put(struct buf *b, bool first, const char *cell)
{
    if (!cell) cell = "";
    if (!first) buf_putc(b, ',');
    /* a blank line would be skipped by readers, a leading BOM eaten */
    bool quote = strpbrk(cell, ",;\t\"\r\n") || text_starts(cell, "\uFEFF") ||
                 (*cell && text_is_blank(cell));
    if (quote) buf_putc(b, '"');
    if (*cell && strchr("\t\r\n", *cell)) buf_putc(b, '\'');
    for (const char *s = cell; *s; s++) {
        if (starts_part(cell, s) && is_formula(s)) buf_putc(b, '\'');
        if (*s == '"') buf_putc(b, '"');
        buf_putc(b, *s);
    }
    if (quote) buf_putc(b, '"');
}

void sheet_end(struct buf *b)
{
    /* a row of one empty cell would be a blank line, which readers skip */
    if (buf_ok(b) && (b->len == 0 || b->at[b->len - 1] == '\n'))
        buf_puts(b, "\"\"");
    buf_puts(b, "\r\n");
}
