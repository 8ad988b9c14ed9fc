/* parts.c - parts that show.  See parts.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/parts.h"

#include "base/text.h"

/* Insides of a 24 x 24 drawing in lines of the text's colour; class "f" is
 * filled with it. */
static const char *const icons[] = {
    [ICON_OPEN] = "<circle cx=\"12\" cy=\"12\" r=\"9\"/>",
    [ICON_HALF] = "<circle cx=\"12\" cy=\"12\" r=\"9\"/>"
                  "<path class=\"f\" d=\"M12 3a9 9 0 0 1 0 18z\"/>",
    [ICON_DONE] = "<circle class=\"f\" cx=\"12\" cy=\"12\" r=\"9\"/>"
                  "<path class=\"i\" d=\"M7.5 12.5l3 3 6-7\"/>",
    [ICON_LATE] = "<path d=\"M12 3 22 20H2z\"/><path d=\"M12 9v6m0 2v.5\"/>",
    [ICON_STOP] = "<circle cx=\"12\" cy=\"12\" r=\"9\"/>"
                  "<path d=\"M6 18 18 6\"/>",
    [ICON_INFO] = "<circle cx=\"12\" cy=\"12\" r=\"9\"/>"
                  "<path d=\"M12 11v6m0-9.5v.5\"/>",
    [ICON_WATCH] = "<path d=\"M2 12c5-8 15-8 20 0-5 8-15 8-20 0z\"/>"
                   "<circle cx=\"12\" cy=\"12\" r=\"3\"/>",
    [ICON_ACT] = "<path d=\"M4 12h14m-6-6 6 6-6 6\"/>",
    [ICON_URGENT] = "<path d=\"M8 3v12m0 4v1.5M16 3v12m0 4v1.5\"/>",
    [ICON_PHONE] = "<path d=\"M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2"
                   "v4a2 2 0 0 1-2 2A17 17 0 0 1 3 5a2 2 0 0 1 2-2z\"/>",
    [ICON_PERSON] = "<circle cx=\"12\" cy=\"8\" r=\"4\"/>"
                    "<path d=\"M4 21c0-9 16-9 16 0\"/>",
    [ICON_WARNING] = "<path d=\"M12 3 22 20H2z\"/>"
                     "<path d=\"M12 9v6m0 2v.5\"/>",
};

void part_icon(struct html *h, enum icon icon)
{
    html(h, "<svg class=\"icon\" viewBox=\"0 0 24 24\""
                " aria-hidden=\"true\">");
    html_raw(h, icons[icon]);
    html(h, "</svg>");
}

void part_notice(struct html *h, enum notice kind, const char *title,
                 const char *text)
{
    static const enum icon shapes[] = {ICON_INFO, ICON_DONE, ICON_LATE};
    static const char *const classes[] = {"info", "done", "problem"};
    html(h, "<section class=\"notice %s\" role=\"%s\">", classes[kind],
         kind == NOTICE_INFO ? "note" : "status");
    part_icon(h, shapes[kind]);
    html(h, "<div><h2>%s</h2>", title);
    if (!text_is_empty(text)) html(h, "<p>%s</p>", text);
    html(h, "</div></section>");
}

void part_warning(struct html *h, const struct warning_part *w)
{
    static const char *const classes[] = {"blue", "yellow", "orange", "red"};
    const char *const words[] = {T(h, "Blue warning"), T(h, "Yellow warning"),
                                 T(h, "Orange warning"), T(h, "Red warning")};
    html(h, "<section class=\"warning %s\"><p class=\"band\">",
         classes[w->colour]);
    part_icon(h, ICON_WARNING);
    html(h, " <b>%s</b> <span>%s</span></p>", words[w->colour],
         T(h, "official warning, forwarded"));
    if (text_is_empty(w->href)) html(h, "<h2>%s</h2>", w->headline);
    else html(h, "<h2><a href=\"%s\">%s</a></h2>", w->href, w->headline);
    if (!text_is_empty(w->advice)) html(h, "<p>%s</p>", w->advice);
    html(h, "<p class=\"hint\">");
    if (!text_is_empty(w->area)) html(h, "%s · ", w->area);
    html(h, "%s · %s ", w->issuer, T(h, "in force until"));
    html_time(h, w->until);
    html(h, "</p></section>");
}

void part_tag(struct html *h, const char *word)
{
    html(h, "<span class=\"tag\">%s</span>", word);
}

void part_state(struct html *h, enum state shape, const char *word)
{
    static const enum icon shapes[] = {
        [STATE_OPEN] = ICON_OPEN, [STATE_RUNNING] = ICON_HALF,
        [STATE_DONE] = ICON_DONE, [STATE_LATE] = ICON_LATE,
        [STATE_ENDED] = ICON_STOP,
    };
    html(h, "<span class=\"state%s\">", shape == STATE_LATE ? " late" : "");
    part_icon(h, shapes[shape]);
    html(h, " %s</span>", word);
}

void part_level(struct html *h, enum level level)
{
    static const enum icon shapes[] = {ICON_WATCH, ICON_ACT, ICON_URGENT};
    static const char *const classes[] = {"watch", "act", "urgent"};
    const char *const words[] = {T(h, "watch"), T(h, "act"), T(h, "urgent")};
    html(h, "<span class=\"level %s\">", classes[level]);
    part_icon(h, shapes[level]);
    html(h, " %s</span>", words[level]);
}

void part_person(struct html *h, const char *masked, const char *about,
                 const char *show_href)
{
    html(h, "<span class=\"person\">");
    part_icon(h, ICON_PERSON);
    html(h, " <b>%s</b>", masked);
    if (!text_is_empty(about)) html(h, " <small>%s</small>", about);
    if (!text_is_empty(show_href))
        html(h, " <a href=\"%s\" rel=\"nofollow\">%s</a>", show_href,
             T(h, "Show"));
    html(h, "</span>");
}

void part_card_begin(struct html *h, const char *title, const char *href)
{
    html(h, "<section class=\"card\"><h2>");
    if (text_is_empty(href)) html(h, "%s", title);
    else html(h, "<a href=\"%s\">%s</a>", href, title);
    html(h, "</h2>");
}

void part_card_end(struct html *h)
{
    html(h, "</section>");
}

void part_grid_begin(struct html *h)
{
    html(h, "<div class=\"grid\">");
}

void part_grid_end(struct html *h)
{
    html(h, "</div>");
}

void part_summary_begin(struct html *h)
{
    html(h, "<dl class=\"summary\">");
}

void part_summary_row(struct html *h, const char *label, const char *value,
                      const char *change_href)
{
    html(h, "<div><dt>%s</dt><dd>", label);
    if (text_is_empty(value)) html_unknown(h);
    else html_text(h, value);
    html(h, "</dd>");
    if (!text_is_empty(change_href))
        html(h, "<dd class=\"change\"><a href=\"%s\">%s"
                "<span class=\"unseen\"> %s</span></a></dd>", change_href,
             T(h, "Change"), label);
    html(h, "</div>");
}

void part_summary_end(struct html *h)
{
    html(h, "</dl>");
}

static void step_draw(struct html *h, const struct step *s)
{
    const char *const words[] = {
        [STATE_OPEN] = T(h, "not begun"), [STATE_RUNNING] = T(h, "going on"),
        [STATE_DONE] = T(h, "done"), [STATE_LATE] = T(h, "late"),
        [STATE_ENDED] = T(h, "left out"),
    };
    bool here = s->state == STATE_RUNNING || s->state == STATE_LATE;
    html(h, here ? "<li aria-current=\"step\">" : "<li>");
    html(h, "<span class=\"what\">");
    if (text_is_empty(s->href)) html(h, "%s", s->label);
    else html(h, "<a href=\"%s\">%s</a>", s->href, s->label);
    if (!text_is_empty(s->note)) html(h, "<small>%s</small>", s->note);
    html(h, "</span>");
    part_state(h, s->state, words[s->state]);
    html(h, "</li>");
}

void part_steps(struct html *h, const struct step *steps, size_t n)
{
    long long done = 0;
    for (size_t i = 0; i < n; i++) done += steps[i].state == STATE_DONE;
    html(h, "<div class=\"steps\"><p class=\"hint\">");
    html_words(h, "%lld of %lld steps done", done, (long long)n);
    html(h, "</p><ol>");
    for (size_t i = 0; i < n; i++) step_draw(h, &steps[i]);
    html(h, "</ol></div>");
}

void part_timeline_begin(struct html *h)
{
    html(h, "<ol class=\"timeline\">");
}

void part_timeline_item(struct html *h, struct instant at, const char *what,
                        const char *who)
{
    html(h, "<li><p class=\"hint\">");
    html_time(h, at);
    html(h, "</p><p>%s", what);
    if (!text_is_empty(who)) html(h, " <small>%s</small>", who);
    html(h, "</p></li>");
}

void part_timeline_end(struct html *h)
{
    html(h, "</ol>");
}

void part_figure(struct html *h, const struct figure_part *f)
{
    html(h, "<section class=\"figure\"><h3>%s</h3><p class=\"value\">",
         f->label);
    html(h, "<b>");
    html_number(h, f->value, f->digits);
    html(h, "</b>");
    if (f->out_of != NONE) {
        html(h, " <span>/ ");
        html_number(h, f->out_of, f->digits);
        html(h, "</span>");
    }
    html(h, " <span>%s</span></p>", f->unit);
    if (!text_is_empty(f->note)) html(h, "<p>%s</p>", f->note);
    html(h, "<p class=\"hint\">");
    if (f->as_of.ms != NONE) html_ago(h, f->as_of);
    if (!text_is_empty(f->definition_href))
        html(h, " <a href=\"%s\">%s</a>", f->definition_href,
             T(h, "how it is counted"));
    if (!text_is_empty(f->rows_href))
        html(h, " <a href=\"%s\">%s</a>", f->rows_href, T(h, "rows behind it"));
    html(h, "</p></section>");
}

void part_progress(struct html *h, const char *label, int64_t done,
                   int64_t total, const char *stop_action)
{
    html(h, "<section class=\"progress\" aria-live=\"polite\"><p>"
            "<b>%s</b> ", label);
    html_number(h, done, 0);
    html(h, " / ");
    html_number(h, total, 0);
    html(h, "</p><progress max=\"%lld\" value=\"%lld\" aria-label=\"%s\">"
            "</progress>", (long long)total, (long long)done, label);
    if (!text_is_empty(stop_action)) {
        part_form_begin(h, stop_action);
        part_button(h, BUTTON_OTHER, T(h, "Stop"));
        part_form_end(h);
    }
    html(h, "</section>");
}
