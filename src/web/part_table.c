/* part_table.c - lists of many rows.  See parts.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "web/parts.h"

static void column_draw(struct html *h, const struct column *c)
{
    html(h, "<th scope=\"col\" class=\"%s\"", c->number ? "number" : "");
    if (c->sorted)
        html(h, " aria-sort=\"%s\"",
             c->sorted > 0 ? "ascending" : "descending");
    if (text_is_empty(c->sort_href)) {
        html(h, ">%s</th>", c->label);
        return;
    }
    html(h, "><a href=\"%s\">%s<span aria-hidden=\"true\"> %s</span></a></th>",
         c->sort_href, c->label,
         c->sorted > 0 ? "↑" : c->sorted < 0 ? "↓" : "↕");
}

/* "1,204 in all" and where to take them out. */
static void count_draw(struct html *h, const struct table_part *t)
{
    html(h, "<p class=\"count\"><span>");
    if (t->count == NONE)
        html_unknown(h);
    else
        html_words(h, t->count_at_least ? "more than %lld in all"
                                        : "%lld in all", (long long)t->count);
    html(h, "</span>");
    if (!text_is_empty(t->csv_href))
        html(h, "<a href=\"%s\">CSV</a>", t->csv_href);
    if (!text_is_empty(t->xlsx_href))
        html(h, "<a href=\"%s\">XLSX</a>", t->xlsx_href);
    html(h, "</p>");
}

void part_table_begin(struct html *h, const struct table_part *t)
{
    html(h, "<div class=\"list\">");
    count_draw(h, t);
    /* Scrolls by itself, sideways too: so it can be reached by keyboard. */
    html(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\""
            " aria-label=\"%s\"><table><caption class=\"unseen\">%s</caption>"
            "<thead><tr>", t->caption, t->caption);
    for (size_t i = 0; i < t->n_columns; i++) column_draw(h, &t->columns[i]);
    html(h, "</tr></thead><tbody>");
}

void part_row_begin(struct html *h)
{
    html(h, "<tr>");
}

void part_cell(struct html *h, const char *text)
{
    html(h, "<td>");
    if (text) html_text(h, text);
    else html_unknown(h);
    html(h, "</td>");
}

void part_cell_link(struct html *h, const char *text, const char *href)
{
    html(h, "<td><a href=\"%s\">%s</a></td>", href, text);
}

void part_cell_number(struct html *h, int64_t value, int digits)
{
    html(h, "<td class=\"number\">");
    html_number(h, value, digits);
    html(h, "</td>");
}

void part_cell_begin(struct html *h)
{
    html(h, "<td>");
}

void part_cell_end(struct html *h)
{
    html(h, "</td>");
}

void part_row_end(struct html *h)
{
    html(h, "</tr>");
}

void part_table_end(struct html *h, const struct table_part *t, size_t rows)
{
    if (rows == 0)
        html(h, "<tr><td class=\"empty\" colspan=\"%zu\">%s</td></tr>",
             t->n_columns,
             text_is_empty(t->empty) ? T(h, "Nothing here yet.") : t->empty);
    html(h, "</tbody></table></div>");
    if (!text_is_empty(t->next_href))
        html(h, "<p><a class=\"button other\" rel=\"next\" href=\"%s\">%s</a>"
                "</p>", t->next_href, T(h, "Next page"));
    html(h, "</div>");
}
