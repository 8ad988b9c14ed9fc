/* roster_read.c - a sheet's rows into people, each wrong cell by name.  Pure:
 * no store.  See roster.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "exchange/roster_inside.h"
#include "registry/idno.h"
#include "registry/phone.h"

enum { NAME_MAX = 60, TAGS_MAX = 200, CODE_MAX = 12, VALUE_MAX = 200 };

const struct roster_column roster_columns[ROSTER_COLUMNS] = {
    [ROSTER_BUILDING] = {"楼栋", "building", "楼栋|楼栋号|楼号|幢|building",
                         true},
    [ROSTER_UNIT] = {"单元", "unit", "单元|单元号|unit", true},
    [ROSTER_ROOM] = {"房号", "room", "房号|房间号|室号|门牌|room", true},
    [ROSTER_NAME] = {"姓名", "name", "姓名|名字|name", true},
    [ROSTER_SEX] = {"性别", "sex", "性别|sex|gender", false},
    [ROSTER_BIRTH] = {"出生", "birth",
                      "出生|出生日期|出生年月日|birth|birthday|date of birth",
                      false},
    [ROSTER_IDNO] = {"身份证号", "idno",
                     "身份证号|身份证|身份证号码|证件号码|idno|id number",
                     false},
    [ROSTER_PHONE] = {"电话", "phone",
                      "电话|手机|手机号|手机号码|联系电话|phone|mobile",
                      false},
    [ROSTER_TAGS] = {"标签", "tags", "标签|tags", false},
};

void roster_bad(struct roster *r, struct roster_row *row,
                enum roster_column_id column, const char *value,
                const char *reason, const char *remedy)
{
    r->cells = arena_grow(r->arena, r->cells, r->n_cells, &r->cells_cap,
                          r->n_cells + 1, sizeof *r->cells);
    const char *head = r->head[column];
    r->cells[r->n_cells++] = (struct roster_cell){
        .row = row ? row->line : 1,
        .place = head ? (int64_t)r->at[column] + 1 : 0,
        .column = head ? head : roster_columns[column].zh,
        .value = arena_strndup(r->arena, value, text_cut(value,
                               strlen(value) < VALUE_MAX ? strlen(value)
                                                         : VALUE_MAX)),
        .reason = reason, .remedy = remedy};
    if (row) row->verdict = ROW_BAD;
}

/* ---- places ---- */

static const char *without_ending(struct arena *a, const char *s)
{
    static const char *const endings[] = {"栋", "幢", "座", "楼", "单元",
                                          "室", "房", "号"};
    size_t n = strlen(s);
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcmp(s + n - m, endings[i]) == 0)
            return arena_strndup(a, s, n - m);
    }
    return s;
}

/* "3号楼", "０3" and "3" are one: endings and leading zeros do not count. */
static const char *place_code(struct arena *a, const char *cell)
{
    const char *s = text_key(a, cell), *shorter;
    while ((shorter = without_ending(a, s)) != s) s = shorter;
    if (s[strspn(s, "0123456789")] == '\0')
        while (s[0] == '0' && s[1]) s++;
    return s;
}

static void read_place(struct roster *r, struct roster_row *row, int which,
                       const char *cell)
{
    enum roster_column_id column = (enum roster_column_id)which;
    row->code[which] = place_code(r->arena, cell);
    if (text_is_blank(cell))
        roster_bad(r, row, column, cell, "is missing", "fill in the cell");
    else if (text_length(row->code[which]) > CODE_MAX)
        roster_bad(r, row, column, cell, "is too long",
                   "write the number only, as on the door");
}

/* ---- persons ---- */

/* One line, whatever the cell has. */
static const char *one_line(struct arena *a, const char *cell)
{
    char *s = text_clean(a, cell);
    for (char *c = s; *c; c++)
        if (*c == '\n' || *c == '\t') *c = ' ';
    return s;
}

static void read_name(struct roster *r, struct roster_row *row,
                      const char *cell)
{
    row->name_cell = cell;
    row->name = one_line(r->arena, cell);
    row->name_key = text_key(r->arena, row->name);
    if (text_is_blank(cell))
        roster_bad(r, row, ROSTER_NAME, cell, "is missing",
                   "fill in the cell");
    else if (text_length(row->name) > NAME_MAX)
        roster_bad(r, row, ROSTER_NAME, cell, "is too long", "shorten it");
}

struct idno_words {
    const char *reason, *remedy;
};
#define AS_TEXT "format the column as text and enter the number again"
#define COMPARE "compare it with the card"
static const struct idno_words idno_words[] = {
    [IDNO_BAD_LENGTH] = {"an identity number has 18 characters", COMPARE},
    [IDNO_BAD_CHAR] = {"has a character that no identity number has",
                       COMPARE},
    [IDNO_BAD_REGION] = {"begins with a region that does not exist",
                         COMPARE},
    [IDNO_BAD_DATE] = {"holds a birth day that does not exist", COMPARE},
    [IDNO_FUTURE_BIRTH] = {"holds a birth day that is yet to come",
                           COMPARE},
    [IDNO_BAD_CHECK] = {"the check digit does not fit: one digit is wrong, "
                        "or two are swapped", COMPARE},
    [IDNO_SPREADSHEET_CUT] = {"the spreadsheet kept 15 digits and made the "
                              "last three 000", AS_TEXT},
    [IDNO_SPREADSHEET_SCIENTIFIC] = {"the spreadsheet turned the number into "
                                     "the form 3.6E+17", AS_TEXT},
};

static void read_idno(struct roster *r, struct roster_row *row,
                      const char *cell)
{
    struct idno id;
    row->idno_cell = cell;
    if (text_is_blank(cell)) return;
    enum idno_fault fault = idno_check(cell, r->demo, r->today, &id);
    if (fault == IDNO_EMPTY) fault = IDNO_BAD_LENGTH; /* blanks and dashes */
    if (fault) {
        roster_bad(r, row, ROSTER_IDNO, cell, idno_words[fault].reason,
                   idno_words[fault].remedy);
        return;
    }
    row->idno = arena_strdup(r->arena, id.normal);
    row->sex = id.sex;
    row->birth = id.birth;
}

static void read_phone(struct roster *r, struct roster_row *row,
                       const char *cell)
{
    struct phone p;
    struct idno id;
    if (text_is_blank(cell)) return;
    enum phone_kind kind = phone_check(cell, r->demo, &p);
    if (kind == PHONE_MOBILE || kind == PHONE_LANDLINE) {
        row->phone = arena_strdup(r->arena, p.normal);
    } else if (idno_check(cell, r->demo, r->today, &id) ==
               IDNO_SPREADSHEET_SCIENTIFIC) {
        const struct idno_words *x = &idno_words[IDNO_SPREADSHEET_SCIENTIFIC];
        roster_bad(r, row, ROSTER_PHONE, cell, x->reason, x->remedy);
    } else {
        roster_bad(r, row, ROSTER_PHONE, cell,
                   "is not the telephone number of a person",
                   "give 11 digits, or a landline with its area code");
    }
}

static void read_sex(struct roster *r, struct roster_row *row,
                     const char *cell)
{
    static const char *const words[][5] = {
        [SEX_MALE] = {"男", "男性", "M", "MALE", NULL},
        [SEX_FEMALE] = {"女", "女性", "F", "FEMALE", NULL},
    };
    if (text_is_blank(cell)) return;
    const char *key = text_key(r->arena, cell);
    for (int64_t sex = SEX_MALE; sex <= SEX_FEMALE; sex++)
        if (words_index(words[sex], key) >= 0) {
            row->sex = sex;
            return;
        }
    roster_bad(r, row, ROSTER_SEX, cell, "is neither male nor female",
               "write male or female, or leave it empty");
}

/* 1946-05-09, 1946/5/9, 1946.5.9, 19460509, 1946年5月9日 */
static bool day_read(const char *key, struct day *out)
{
    int part[3] = {0, 0, 0}, n = 0, digits = 0;
    bool compact = strlen(key) == 8 && key[strspn(key, "0123456789")] == '\0';
    for (const char *s = key; *s; s++) {
        if (*s < '0' || *s > '9') {
            if (digits && n < 2) n++;
            else if (digits) n = 3; /* what stands behind the day */
            digits = 0;
            continue;
        }
        if (compact && (s == key + 4 || s == key + 6)) n++;
        if (n > 2 || ++digits > 8) return false;
        part[n] = 10 * part[n] + (*s - '0');
    }
    if (!day_exists(part[0], part[1], part[2]) || part[0] < 1850)
        return false;
    *out = day_of(part[0], part[1], part[2]);
    return true;
}

static void read_birth(struct roster *r, struct roster_row *row,
                       const char *cell)
{
    struct day birth;
    if (text_is_blank(cell)) return;
    if (!day_read(text_key(r->arena, cell), &birth))
        roster_bad(r, row, ROSTER_BIRTH, cell, "is not a day",
                   "write it as 1946-05-09");
    else if (birth.n > r->today.n)
        roster_bad(r, row, ROSTER_BIRTH, cell, "is yet to come",
                   "write it as 1946-05-09");
    else row->birth = birth;
}

/* Words apart by ; whatever the file puts between them. */
static void read_tags(struct roster *r, struct roster_row *row,
                      const char *cell)
{
    const char *s = text_clean(r->arena, cell);
    char *out = arena_alloc(r->arena, strlen(s) + 1);
    size_t n = 0;
    uint32_t c;
    while ((c = text_next(&s))) {
        if (c == 0xff1b || c == 0xff0c || c == 0x3001 || c == ',' ||
            c == '|' || c == '\n' || c == '\t')
            c = ';';
        if ((c == ';' || c == ' ') && (n == 0 || out[n - 1] == ';')) continue;
        n += text_put(out + n, c);
    }
    while (n && (out[n - 1] == ';' || out[n - 1] == ' ')) n--;
    out[n] = '\0';
    row->tags = out;
    if (text_length(out) > TAGS_MAX)
        roster_bad(r, row, ROSTER_TAGS, cell, "is too long", "shorten it");
}

/* ---- the sheet ---- */

static void read_row(struct roster *r, const struct sheet_row *from)
{
    r->rows = arena_grow(r->arena, r->rows, r->n, &r->rows_cap, r->n + 1,
                         sizeof *r->rows);
    struct roster_row *row = &r->rows[r->n++];
    *row = (struct roster_row){.line = from->line, .verdict = ROW_NEW,
                               .idno = "", .phone = "", .tags = "",
                               .sex = NONE, .birth = NO_DAY};
    const char *cell[ROSTER_COLUMNS];
    for (int i = 0; i < ROSTER_COLUMNS; i++)
        cell[i] = r->at[i] < from->n ? from->cell[r->at[i]] : "";
    for (int i = ROSTER_BUILDING; i <= ROSTER_ROOM; i++)
        read_place(r, row, i, cell[i]);
    read_name(r, row, arena_strdup(r->arena, cell[ROSTER_NAME]));
    read_idno(r, row, arena_strdup(r->arena, cell[ROSTER_IDNO]));
    read_phone(r, row, cell[ROSTER_PHONE]);
    read_sex(r, row, cell[ROSTER_SEX]); /* after the number, which yields */
    read_birth(r, row, cell[ROSTER_BIRTH]);
    read_tags(r, row, cell[ROSTER_TAGS]);
    row->door = arena_printf(r->arena, "%s-%s-%s", row->code[0],
                             row->code[1], row->code[2]);
}

/* Spreadsheets leave rows of separators behind. */
static bool is_empty_row(const struct sheet_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (!text_is_blank(row->cell[i])) return false;
    return true;
}

static void note_ignored(struct roster *r, const struct sheet_row *head)
{
    r->ignored = "";
    for (size_t i = 0; i < head->n; i++) {
        bool known = text_is_blank(head->cell[i]);
        for (int c = 0; c < ROSTER_COLUMNS; c++) known |= r->at[c] == i;
        if (known) continue;
        r->ignored = arena_printf(r->arena, "%s%s%s", r->ignored,
                                  r->ignored[0] ? "、" : "", head->cell[i]);
    }
}

static void read_head(struct roster *r, const struct sheet_row *head)
{
    for (int c = 0; c < ROSTER_COLUMNS; c++) {
        r->at[c] = sheet_column(head, roster_columns[c].names);
        if (r->at[c] != SIZE_MAX)
            r->head[c] = arena_strdup(r->arena, head->cell[r->at[c]]);
        else if (roster_columns[c].required)
            roster_bad(r, NULL, (enum roster_column_id)c, "",
                       "there is no such column",
                       "add the column with this heading");
    }
    note_ignored(r, head);
}

/* ---- twice in one file ---- */

typedef int64_t row_order(const struct roster_row *a,
                          const struct roster_row *b);

static int64_t by_idno(const struct roster_row *a, const struct roster_row *b)
{
    return strcmp(a->idno, b->idno);
}

static int64_t by_name(const struct roster_row *a, const struct roster_row *b)
{
    int differ = strcmp(a->door, b->door);
    return differ ? differ : strcmp(a->name_key, b->name_key);
}

static int64_t by_person(const struct roster_row *a,
                         const struct roster_row *b)
{
    return a->person.v < b->person.v ? -1 : a->person.v > b->person.v;
}

static int order_idno(const void *a, const void *b)
{
    const struct roster_row *x = *(struct roster_row *const *)a;
    const struct roster_row *y = *(struct roster_row *const *)b;
    int64_t differ = by_idno(x, y);
    return differ ? (int)differ : (x->line > y->line) - (x->line < y->line);
}

static int order_name(const void *a, const void *b)
{
    const struct roster_row *x = *(struct roster_row *const *)a;
    const struct roster_row *y = *(struct roster_row *const *)b;
    int64_t differ = by_name(x, y);
    return differ ? (int)differ : (x->line > y->line) - (x->line < y->line);
}

static int order_person(const void *a, const void *b)
{
    const struct roster_row *x = *(struct roster_row *const *)a;
    const struct roster_row *y = *(struct roster_row *const *)b;
    int64_t differ = by_person(x, y);
    return differ ? (int)differ : (x->line > y->line) - (x->line < y->line);
}

/* Good rows, with a number or without one. */
static struct roster_row **pick(struct roster *r, bool numbered, size_t *n)
{
    struct roster_row **out =
        ARENA_ARRAY(r->arena, r->n + 1, struct roster_row *);
    *n = 0;
    for (size_t i = 0; i < r->n; i++)
        if (r->rows[i].verdict != ROW_BAD &&
            (r->rows[i].idno[0] != '\0') == numbered)
            out[(*n)++] = &r->rows[i];
    return out;
}

static void check_twice(struct roster *r)
{
    size_t n;
    struct roster_row **rows = pick(r, true, &n);
    qsort(rows, n, sizeof(struct roster_row *), order_idno);
    for (size_t i = 1; i < n; i++)
        if (by_idno(rows[i - 1], rows[i]) == 0)
            roster_bad(r, rows[i], ROSTER_IDNO, rows[i]->idno_cell,
                       "the same number stands further up in this file",
                       "keep one of the two rows");
    rows = pick(r, false, &n);
    qsort(rows, n, sizeof(struct roster_row *), order_name);
    for (size_t i = 1; i < n; i++)
        if (by_name(rows[i - 1], rows[i]) == 0)
            roster_bad(r, rows[i], ROSTER_NAME, rows[i]->name_cell,
                       "the same person stands further up in this file",
                       "keep one of the two rows");
}

void roster_check_persons(struct roster *r)
{
    size_t n = 0;
    struct roster_row **rows =
        ARENA_ARRAY(r->arena, r->n + 1, struct roster_row *);
    for (size_t i = 0; i < r->n; i++)
        if (r->rows[i].verdict != ROW_BAD && r->rows[i].person.v)
            rows[n++] = &r->rows[i];
    qsort(rows, n, sizeof(struct roster_row *), order_person);
    for (size_t i = 1; i < n; i++)
        if (by_person(rows[i - 1], rows[i]) == 0)
            roster_bad(r, rows[i], ROSTER_NAME, rows[i]->name_cell,
                       "the same person stands further up in this file",
                       "keep one of the two rows");
}

enum rc roster_read(struct roster *r, struct sheet *sheet, struct fault *f)
{
    struct sheet_row row;
    enum rc rc = sheet_next(sheet, &row, f);
    if (rc == NOT_FOUND)
        return fault_set(f, INVALID, "", "the file is empty");
    if (rc) return rc;
    read_head(r, &row);
    if (r->n_cells) return OK;
    while ((rc = sheet_next(sheet, &row, f)) == OK) {
        if (is_empty_row(&row)) continue;
        if (r->n == ROSTER_ROWS_MAX)
            return fault_set(f, INVALID, "",
                             "the file has more than 30,000 rows: bring it "
                             "in by parts");
        read_row(r, &row);
    }
    if (rc != NOT_FOUND) return rc;
    check_twice(r);
    return OK;
}
