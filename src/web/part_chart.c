/* part_chart.c - counts by day as a line of dots.  See parts.h.
 *
 * The drawing is stretched to the page's width (its lines and dots keep their
 * thickness); all words stand outside it as text, so that they keep their
 * size on a phone and in large type.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/text.h"
#include "web/parts.h"

enum { WIDTH = 2000, HEIGHT = 600 }; /* units of the drawing */

struct scale { size_t n; int64_t top; };

/* The round number at or above what is shown, at least 4, so that half of it
 * is whole: a multiple of 2 up to 20, of 10 up to 100, of 20 up to 200 ... */
static int64_t chart_top(const struct chart_part *c)
{
    double most = 4;
    for (size_t i = 0; i < c->n; i++) {
        if (c->counts[i] != NONE) most = fmax(most, (double)c->counts[i]);
        if (c->high) most = fmax(most, c->high[i]); /* fmax passes NaN by */
    }
    assert(most < 1e15);
    int64_t unit = 2;
    for (int64_t times = 5; most > 10 * (double)unit; times = 7 - times)
        unit *= times;
    return (int64_t)ceil(most / (double)unit) * unit;
}

static int x_at(const struct scale *s, size_t i)
{
    return (int)((2 * i + 1) * WIDTH / (2 * s->n));
}

static int y_at(const struct scale *s, double value)
{
    return (int)lround(HEIGHT - value * HEIGHT / (double)s->top);
}

static bool has_band(const struct chart_part *c, size_t i)
{
    return c->low && c->high && !isnan(c->low[i]) && !isnan(c->high[i]);
}

/* One outline for each run of days with a band: along the top, and back. */
static void band_draw(struct html *h, const struct chart_part *c,
                      const struct scale *s)
{
    for (size_t i = 0; i < c->n;) {
        size_t end = i;
        while (end < c->n && has_band(c, end)) end++;
        if (end == i) {
            i++;
            continue;
        }
        html(h, "<path class=\"band\" d=\"M");
        for (size_t k = i; k < end; k++)
            html(h, "%d %d ", x_at(s, k), y_at(s, c->high[k]));
        for (size_t k = end; k-- > i;)
            html(h, "%d %d ", x_at(s, k), y_at(s, c->low[k]));
        html(h, "z\"/>");
        i = end;
    }
}

static void expected_draw(struct html *h, const struct chart_part *c,
                          const struct scale *s)
{
    if (!c->expected) return;
    html(h, "<path class=\"expected\" d=\"");
    bool down = false; /* is the pen on the paper? */
    for (size_t i = 0; i < c->n; i++) {
        bool known = !isnan(c->expected[i]);
        if (known)
            html(h, "%c%d %d", down ? 'L' : 'M', x_at(s, i),
                 y_at(s, c->expected[i]));
        down = known;
    }
    html(h, "\"/>");
}

static void unknown_draw(struct html *h, const struct chart_part *c,
                         const struct scale *s)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->counts[i] != NONE) continue;
        int left = (int)(i * WIDTH / s->n);
        int right = (int)((i + 1) * WIDTH / s->n);
        html(h, "<rect x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\""
                " fill=\"url(#hatch-%s)\"/>",
             left, right - left, HEIGHT, c->id);
    }
}

static void counts_draw(struct html *h, const struct chart_part *c,
                        const struct scale *s)
{
    html(h, "<path class=\"line\" d=\"");
    bool down = false;
    for (size_t i = 0; i < c->n; i++) {
        bool known = c->counts[i] != NONE;
        if (known)
            html(h, "%c%d %d", down ? 'L' : 'M', x_at(s, i),
                 y_at(s, (double)c->counts[i]));
        down = known;
    }
    html(h, "\"/>");
    for (int marked = 0; marked < 2; marked++) {
        html(h, "<path class=\"%s\" d=\"", marked ? "mark" : "dots");
        for (size_t i = 0; i < c->n; i++)
            if (c->counts[i] != NONE && marked == (c->marks && c->marks[i]))
                html(h, "M%d %dh0", x_at(s, i),
                     y_at(s, (double)c->counts[i]));
        html(h, "\"/>");
    }
}

static void legend_draw(struct html *h, const struct chart_part *c)
{
    bool unknown = false, mark = false;
    for (size_t i = 0; i < c->n; i++) {
        unknown |= c->counts[i] == NONE;
        mark |= c->marks && c->marks[i];
    }
    html(h, "<p class=\"legend\"><span class=\"k-line\">%s</span>",
         T(h, "counted"));
    if (c->low && c->high)
        html(h, "<span class=\"k-band\">%s</span>", T(h, "expected range"));
    if (mark) html(h, "<span class=\"k-mark\">%s</span>", T(h, "alert"));
    if (unknown)
        html(h, "<span class=\"k-unknown\">%s</span>", T(h, "unknown"));
    html(h, "</p>");
}

static void tenths_cell(struct html *h, const double *values, size_t i)
{
    part_cell_number(h, isnan(values[i]) ? NONE : llround(values[i] * 10), 1);
}

/* The same as numbers, for those who cannot see the drawing or want them. */
static void table_draw(struct html *h, const struct chart_part *c)
{
    html(h, "<details><summary>%s</summary><div class=\"scroll\""
            " tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>"
            "<thead><tr><th scope=\"col\">%s</th>"
            "<th scope=\"col\" class=\"number\">%s</th>",
         T(h, "As a table"), c->finding, T(h, "day"), c->unit);
    if (c->expected)
        html(h, "<th scope=\"col\" class=\"number\">%s</th>",
             T(h, "expected"));
    if (c->low && c->high)
        html(h, "<th scope=\"col\" class=\"number\">%s</th>"
                "<th scope=\"col\" class=\"number\">%s</th>",
             T(h, "at least"), T(h, "at most"));
    if (c->marks) html(h, "<th scope=\"col\">%s</th>", T(h, "alert"));
    html(h, "</tr></thead><tbody>");
    for (size_t i = 0; i < c->n; i++) {
        html(h, "<tr><td>");
        html_day(h, (struct day){c->first.n + (int64_t)i});
        html(h, "</td>");
        part_cell_number(h, c->counts[i], 0);
        if (c->expected) tenths_cell(h, c->expected, i);
        if (c->low && c->high) {
            tenths_cell(h, c->low, i);
            tenths_cell(h, c->high, i);
        }
        if (c->marks) part_cell(h, c->marks[i] ? T(h, "alert") : "");
        html(h, "</tr>");
    }
    html(h, "</tbody></table></div></details>");
}

static void drawing_draw(struct html *h, const struct chart_part *c,
                         const struct scale *s)
{
    html(h, "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\""
            " role=\"img\" aria-label=\"%s\"><defs><pattern id=\"hatch-%s\""
            " width=\"24\" height=\"24\" patternUnits=\"userSpaceOnUse\">"
            "<path class=\"hatch\" d=\"M0 24 24 0\"/></pattern></defs>",
         WIDTH, HEIGHT, c->finding, c->id);
    unknown_draw(h, c, s);
    html(h, "<path class=\"rule\" d=\"M0 0H%d M0 %dH%d M0 %dH%d\"/>", WIDTH,
         HEIGHT / 2, WIDTH, HEIGHT, WIDTH);
    band_draw(h, c, s);
    expected_draw(h, c, s);
    counts_draw(h, c, s);
    html(h, "</svg>");
}

void part_chart_line(struct html *h, const struct chart_part *c)
{
    assert(c->n >= 1 && c->id);
    struct scale s = {c->n, chart_top(c)};
    html(h, "<figure class=\"chart\" id=\"%s\"><figcaption><h2>%s</h2>"
            "<p class=\"hint\">%s · ", c->id, c->finding, c->unit);
    html_day(h, c->first);
    html(h, " – ");
    html_day(h, (struct day){c->first.n + (int64_t)c->n - 1});
    html(h, "</p></figcaption><div class=\"plot\"><div class=\"y\""
            " aria-hidden=\"true\"><span>");
    html_number(h, s.top, 0);
    html(h, "</span><span>");
    html_number(h, s.top / 2, 0);
    html(h, "</span><span>0</span></div>");
    drawing_draw(h, c, &s);
    html(h, "<div class=\"x\" aria-hidden=\"true\"><span>");
    html_day(h, c->first);
    html(h, "</span><span>");
    html_day(h, (struct day){c->first.n + (int64_t)c->n - 1});
    html(h, "</span></div></div>");
    legend_draw(h, c);
    if (!text_is_empty(c->source))
        html(h, "<p class=\"hint\">%s %s</p>", T(h, "Source:"), c->source);
    table_draw(h, c);
    html(h, "</figure>");
}
