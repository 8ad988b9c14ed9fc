/* style_page.c - /style: every part in its states, for those who draw. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/face.h"
#include "web/route.h"

static enum rc render(struct call *c)
{
    struct html h;
    call_html(c, &h);
    style_page_draw(&h);
    return OK;
}

static const struct route routes[] = {
    {.method = "GET", .path = "/style", .face = ROUTE_PAGE,
     .summary = "every part of the pages, with invented data",
     .render = render},
};

const struct route_table style_page = {routes, COUNT_OF(routes)};
