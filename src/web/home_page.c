/* home_page.c - /: what should I do now?  Staff go on to their first page. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "intake/intake.h"
#include "web/face.h"
#include "web/route.h"

struct home {
    struct face face;
    int64_t today;    /* reports of mine about today */
};

/* Where those go whose first question is not about themselves. */
static const char *first_page(const struct work *w)
{
    if (account_has(w, CAP_CLINIC)) return "/reports";
    if (account_has(w, CAP_LEDGER)) return "/ledger";
    return NULL;
}

static enum rc run(struct work *w, void *call)
{
    struct call *c = call;
    struct home *home = ARENA_NEW(w->arena, struct home);
    c->row = home;
    enum rc rc = face_load(c, &home->face);
    struct report_filter mine = {.day = work_today(w), .own = true,
                                 .limit = 1};
    for (size_t i = 0; !rc && report_kinds[i]; i++) {
        void *items;
        size_t n;
        int64_t count = 0;
        if (!account_has(w, report_kinds[i]->may_submit)) continue;
        rc = report_list(w, report_kinds[i], &mine, &items, &n, &count);
        home->today += count;
    }
    return rc;
}

static void report_draw(struct html *h, const struct home *home)
{
    part_card_begin(h, T(h, "Today's report"), NULL);
    html(h, "<p>");
    part_state(h, home->today ? STATE_DONE : STATE_OPEN,
               home->today ? T(h, "sent") : T(h, "not sent yet"));
    html(h, "</p><div class=\"buttons\">");
    part_link_button(h, home->today ? BUTTON_OTHER : BUTTON_MAIN,
                     home->today ? T(h, "Report again") : T(h, "Report now"),
                     "/report");
    part_link_button(h, BUTTON_QUIET, T(h, "My reports"), "/reports/mine");
    html(h, "</div>");
    part_card_end(h);
}

static void help_draw(struct html *h, const char *hotline)
{
    part_card_begin(h, T(h, "Help"), NULL);
    html(h, "<p>%s</p><div class=\"buttons\">",
         T(h, "Ill, shut in, or without food or medicine? Call this"
              " number."));
    html(h, "<a class=\"button other\" href=\"tel:%s\">", hotline);
    part_icon(h, ICON_PHONE);
    html(h, " %s</a></div>", hotline);
    part_card_end(h);
}

static enum rc render(struct call *c)
{
    struct home *home = c->row;
    struct html h;
    const char *other = first_page(&c->work);
    if (other) {
        call_see_other(c, other);
        return OK;
    }
    call_html(c, &h);
    struct page p = {.path = "/", .title = T(&h, "What to do now"),
                     .resident = true, .as_of = c->work.now};
    face_begin(c, &h, &home->face, &p);
    bool reports = account_has(&c->work, CAP_RESIDENT);
    if (reports) report_draw(&h, home);
    if (home->face.community.hotline[0])
        help_draw(&h, home->face.community.hotline);
    if (!reports)
        part_notice(&h, NOTICE_INFO, T(&h, "Nothing waits for you here"),
                    T(&h, "Accounts, roles and settings are looked after by"
                          " command and API: renlin help."));
    face_end(&h, &p);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/", .face = ROUTE_PAGE, .caps = CAP_SELF,
     .summary = "what to do now; staff go on to their first page",
     .run = run, .render = render},
};

const struct route_table home_page = {routes, COUNT_OF(routes)};
