/* roster.h - a list of residents as a spreadsheet has it, brought in.
 *
 *     楼栋  单元  房号  姓名    身份证号            电话         标签
 *     12    2     501   王秀英  36011219460509…     0791-83…     独居;高龄
 *
 * Headings stand in the first row, in any order and either language
 * (roster_columns); building, unit, room and name must be there.  Columns
 * that nobody knows are named in the result and left alone.
 *
 * Each row is one person: known by identity number, else by name and door,
 * else new.  A door that does not exist yet is made, with its unit and
 * building; undoing the import leaves it standing.  An empty cell says
 * nothing: what is known stays.  Birth and sex come from the number where
 * they have no cell.  The same file twice changes nothing.
 *
 * The whole file is read, checked and compared before anything is written;
 * then it goes in as one batch (registry/person_batch.h), which can be undone
 * for PERSON_BATCH_KEEP_DAYS.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sheet.h"
#include "registry/person_batch.h"

enum { ROSTER_ROWS_MAX = 30000 }; /* of one file; larger ones are refused */

enum roster_column_id {
    ROSTER_BUILDING, ROSTER_UNIT, ROSTER_ROOM, ROSTER_NAME, ROSTER_SEX,
    ROSTER_BIRTH, ROSTER_IDNO, ROSTER_PHONE, ROSTER_TAGS, ROSTER_COLUMNS,
};
struct roster_column {
    const char *zh, *en;   /* heading as we write it */
    const char *names;     /* headings we read, for sheet_column */
    bool required;
};
extern const struct roster_column roster_columns[ROSTER_COLUMNS];

struct roster_options {
    const char *sheet;  /* name of the file, as people know it */
    bool dry_run;       /* compare, store nothing */
    bool skip_bad;      /* bring in the good rows though others are bad */
};

/* A cell that is wrong, and what to do about it. */
struct roster_cell {
    int64_t row;          /* line of the file, the headings being 1 */
    int64_t place;        /* of its column in the file, from 1; 0 none */
    const char *column;   /* heading as the file has it */
    const char *value;
    const char *reason, *remedy; /* keys for words_in */
};

struct roster_result {
    int64_t batch;        /* 0: nothing was brought in */
    int64_t added, changed, unchanged, refused; /* rows of people */
    int64_t places;       /* buildings, units and doors that were made */
    const char *ignored;  /* headings nobody knows, "、" between; "" none */
    struct roster_cell *cells;
    size_t n_cells;       /* by row, then by column */
};

/* Outside a unit of work: it makes its own (w->db is NULL).  Everything in
 * out lives in w->arena.  With a dry run the numbers say what would happen.
 * INVALID with bad cells and without skip_bad (nothing was stored: added and
 * changed are 0), or if the file cannot be read (no cells; the fault says
 * why).  Needs CAP_IMPORT. */
enum rc roster_import(struct work *w, struct sheet *sheet,
                      const struct roster_options *o,
                      struct roster_result *out) MUST_USE;

struct roster_undone {
    int64_t restored, closed; /* people put back, people taken out */
    int64_t kept;             /* changed by others since: left alone */
};
/* Undo one import, likewise outside a unit.  NOT_FOUND, CONFLICT: see
 * person_batch_undo. */
enum rc roster_undo(struct work *w, int64_t batch, struct roster_undone *out)
    MUST_USE;
