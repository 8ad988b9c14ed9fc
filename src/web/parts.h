/* parts.h - the parts that pages are made of, each drawn by one function.
 *
 *     struct page page = {.title = T(h, "My tasks"), .path = "/tasks", …};
 *     page_begin(h, &page);
 *     part_table_begin(h, &table);
 *     …
 *     page_end(h, &page);
 *
 * All are shown together on /style (style_page_draw).  Texts given to a part
 * are shown as they are (escaped): the caller has translated them with T(),
 * because some are data.  What a part says by itself is in the word files.
 * A text that is NULL or "" is left out.  Nothing is kept: all that a struct
 * points to is read during the call.  Every function writes balanced tags;
 * those ending in _begin want their _end.
 *
 * Without scripts everything works; assets/js/renlin.js adds what helps.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "web/html.h"

/* ---- part_page.c: the frame ---- */

struct nav_item { const char *label, *href; };
struct crumb { const char *label, *href; }; /* href NULL: where we are */
enum { NAV_MAX = 5 }; /* entries a role sees; more is an assert */

struct page {
    const char *title;      /* the page's first heading is its title */
    const char *lead;       /* one sentence under it */
    const char *path;       /* "/tasks", without query: for the switches */
    const char *community;  /* its name; "" before log-in */
    const char *hotline;    /* help telephone; same place on each page */
    const char *account, *role; /* who is logged in; NULL nobody */
    const struct nav_item *nav;
    size_t n_nav;
    const struct crumb *crumbs; /* by place, above the title */
    size_t n_crumbs;
    struct instant as_of;   /* when the data was read; NO_INSTANT: no line */
    bool demo;              /* 演示数据 banner */
    bool resident;          /* 18 px, reads aloud */
    bool large;             /* large type: 24 px, stronger contrast */
    bool simple;            /* one column, three choices a page */
    bool live;              /* htmx and the event stream */
};
/* From <!doctype> to the open <main> with the heading drawn. */
void page_begin(struct html *h, const struct page *p);
void page_end(struct html *h, const struct page *p);

/* ---- part_form.c: asking ---- */

/* POST with the session's form token; what was typed is guarded against
 * leaving by mistake. */
void part_form_begin(struct html *h, const char *action);
void part_form_end(struct html *h);
void part_hidden(struct html *h, const char *name, const char *value);

enum button { BUTTON_MAIN, BUTTON_OTHER, BUTTON_QUIET };
void part_button(struct html *h, enum button kind, const char *label);
/* A link that looks like a button: goes somewhere, changes nothing. */
void part_link_button(struct html *h, enum button kind, const char *label,
                      const char *href);

/* One question.  The input's id is "f-NAME", for part_error_summary. */
struct field_part {
    const char *name, *label, *hint, *error, *value;
    const char *type;         /* of <input>; NULL "text"; "textarea" */
    const char *inputmode, *autocomplete;
    const char *unit;         /* after the input: "℃" */
    const char *min, *max, *step;
    int64_t max_length;       /* characters; 0 none */
    bool required, narrow;
    bool stepper;             /* big minus and plus (scripts) */
};
void part_field(struct html *h, const struct field_part *f);

struct choice { const char *value, *label, *hint; bool chosen; };
struct choices_part {
    const char *name, *legend, *hint, *error;
    const struct choice *choices;
    size_t n;
    bool many;                /* tick boxes rather than one of */
};
void part_choices(struct html *h, const struct choices_part *c);

struct field_error { const char *field, *text; };
/* Takes the focus when the page opens; each line leads to its field. */
void part_error_summary(struct html *h, const struct field_error *errors,
                        size_t n);

struct confirm_part {
    const char *title;        /* "Close building 12's gate?" */
    const char *what, *to_whom, *until;
    const char *undo;         /* how; NULL: cannot be undone, asks `reason` */
    const char *reason_error;
    const char *action, *button, *cancel_href;
    const struct choice *hidden; /* value under label: carried along */
    size_t n_hidden;
};
void part_confirm(struct html *h, const struct confirm_part *c);

/* ---- parts.c: showing ---- */

enum icon {
    ICON_OPEN, ICON_HALF, ICON_DONE, ICON_LATE, ICON_STOP, ICON_INFO,
    ICON_WATCH, ICON_ACT, ICON_URGENT, ICON_PHONE, ICON_PERSON, ICON_WARNING,
};
/* Hidden from screen readers: a word stands beside it, always. */
void part_icon(struct html *h, enum icon icon);

enum notice { NOTICE_INFO, NOTICE_DONE, NOTICE_PROBLEM };
/* `text` is one paragraph. */
void part_notice(struct html *h, enum notice kind, const char *title,
                 const char *text);
/* A notice of the four colours: forwarded official warnings alone. */
enum warning_colour { WARNING_BLUE, WARNING_YELLOW, WARNING_ORANGE,
                      WARNING_RED };
struct warning_part {
    enum warning_colour colour;
    const char *headline, *area, *advice, *issuer, *href;
    struct instant until;
};
void part_warning(struct html *h, const struct warning_part *w);

void part_tag(struct html *h, const char *word);
enum state { STATE_OPEN, STATE_RUNNING, STATE_DONE, STATE_LATE, STATE_ENDED };
/* Shape and word. */
void part_state(struct html *h, enum state shape, const char *word);
/* Our own levels 关注 · 处理 · 紧急: by weight and icon, never by colour. */
enum level { LEVEL_WATCH, LEVEL_ACT, LEVEL_URGENT };
void part_level(struct html *h, enum level level);

/* A person, masked by the caller; "show" leads to where the purpose is asked
 * (NULL: may not be shown). */
void part_person(struct html *h, const char *masked, const char *about,
                 const char *show_href);

/* href NULL: the title is no link. */
void part_card_begin(struct html *h, const char *title, const char *href);
void part_card_end(struct html *h);
void part_grid_begin(struct html *h); /* cards or figures side by side */
void part_grid_end(struct html *h);

/* A list of question and answer. */
void part_summary_begin(struct html *h);
/* change_href: "change" behind the answer. */
void part_summary_row(struct html *h, const char *label, const char *value,
                      const char *change_href);
void part_summary_end(struct html *h);

struct step { const char *label, *note, *href; enum state state; };
/* With "2 of 4 done" above. */
void part_steps(struct html *h, const struct step *steps, size_t n);

void part_timeline_begin(struct html *h);
void part_timeline_item(struct html *h, struct instant at, const char *what,
                        const char *who);
void part_timeline_end(struct html *h);

struct figure_part {
    const char *label, *unit;
    int64_t value, out_of;    /* in units of 10^-digits; NONE unknown, none */
    int digits;
    const char *note;         /* "3 more than yesterday" */
    struct instant as_of;
    const char *definition_href, *rows_href;
};
void part_figure(struct html *h, const struct figure_part *f);

/* Long work: done of total; stop_action is posted to, NULL: cannot stop. */
void part_progress(struct html *h, const char *label, int64_t done,
                   int64_t total, const char *stop_action);

/* ---- part_table.c ---- */

struct column {
    const char *label;
    const char *sort_href;    /* NULL: not to be sorted by */
    bool number;              /* to the right */
    int sorted;               /* 1 up, -1 down, 0 not */
};
struct table_part {
    const char *caption;
    const struct column *columns;
    size_t n_columns;
    int64_t count;            /* of all pages; NONE unknown */
    bool count_at_least;
    const char *empty;        /* what to do where there is no row */
    const char *next_href, *csv_href, *xlsx_href;
};
void part_table_begin(struct html *h, const struct table_part *t);
void part_row_begin(struct html *h);
void part_cell(struct html *h, const char *text);
void part_cell_link(struct html *h, const char *text, const char *href);
void part_cell_number(struct html *h, int64_t value, int digits);
void part_cell_begin(struct html *h); /* other parts go between */
void part_cell_end(struct html *h);
void part_row_end(struct html *h);
/* rows: how many were drawn; 0 shows the empty state. */
void part_table_end(struct html *h, const struct table_part *t, size_t rows);

/* ---- part_chart.c ---- */

/* Counts by day with what was expected, the table behind it in <details>. */
struct chart_part {
    const char *id;           /* unique on the page: letters and digits */
    const char *finding;      /* the title says what is to be seen */
    const char *unit, *source;
    struct day first;
    size_t n;                 /* days, at least 1 */
    const int64_t *counts;    /* NONE: unknown, hatched */
    const double *expected, *low, *high; /* NULL: no band */
    const bool *marks;        /* days with an alert; NULL none */
};
void part_chart_line(struct html *h, const struct chart_part *c);

/* ---- part_style.c ---- */

/* Every part in its states, with invented data: the whole page, from
 * page_begin to page_end. */
void style_page_draw(struct html *h);
