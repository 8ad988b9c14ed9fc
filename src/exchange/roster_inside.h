/* roster_inside.h - what reading a roster and bringing it in share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/roster.h"

enum roster_verdict { ROW_BAD, ROW_NEW, ROW_CHANGED, ROW_SAME };

struct roster_row {
    int64_t line;
    enum roster_verdict verdict;
    const char *code[3];        /* of building, unit, room: "12" "2" "501" */
    const char *door;           /* "12-2-501" */
    const char *name, *name_key, *idno, *phone, *tags; /* "" absent */
    const char *name_cell, *idno_cell; /* as the file has them */
    int64_t sex;                /* NONE absent */
    struct day birth;
    struct place_id household;  /* 0: is yet to be made */
    struct person_id person;    /* 0: a new one */
};

struct roster {
    struct arena *arena;
    bool demo;                  /* numbers never issued are taken */
    struct day today;
    const char *head[ROSTER_COLUMNS];  /* headings of the file */
    size_t at[ROSTER_COLUMNS];  /* SIZE_MAX: no such column */
    const char *ignored;
    struct roster_row *rows;
    size_t n, rows_cap;
    struct roster_cell *cells;
    size_t n_cells, cells_cap;
};

/* Rows and cells of a sheet, checked as far as the sheet itself goes.  Fails
 * only where it cannot be read on. */
enum rc roster_read(struct roster *r, struct sheet *sheet, struct fault *f)
    MUST_USE;
/* A cell is wrong, and with it the row (NULL: the headings). */
void roster_bad(struct roster *r, struct roster_row *row,
                enum roster_column_id column, const char *value,
                const char *reason, const char *remedy);
/* Two rows that mean one known person: the later is bad. */
void roster_check_persons(struct roster *r);
