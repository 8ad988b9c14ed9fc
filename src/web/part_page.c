/* part_page.c - the frame around every page.  See parts.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/text.h"
#include "web/parts.h"

/* Of web/asset.h: the hashed address of an embedded file. */
extern const char *asset_url(const char *name);

static void head_draw(struct html *h, const struct page *p)
{
    html(h, "<head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\""
            " content=\"width=device-width, initial-scale=1\">"
            "<meta name=\"color-scheme\" content=\"light dark\">");
    html(h, "<title>%s", p->title);
    if (!text_is_empty(p->community)) html(h, " · %s", p->community);
    html(h, " · %s</title>", T(h, "Renlin"));
    html(h, "<link rel=\"stylesheet\" href=\"%s\">",
         asset_url("css/renlin.css"));
    if (p->live) {
        html(h, "<script src=\"%s\" defer></script>",
             asset_url("js/htmx.js"));
        html(h, "<script src=\"%s\" defer></script>",
             asset_url("js/hx-sse.js"));
    }
    html(h, "<script src=\"%s\" defer></script></head>",
         asset_url("js/renlin.js"));
}

/* Language and type size, each a link to this page in the other. */
static void switches_draw(struct html *h, const struct page *p)
{
    bool zh = h->language == LANG_ZH;
    html(h, "<a href=\"%s?lang=%s\" lang=\"%s\" hreflang=\"%s\">%s</a>",
         p->path, zh ? "en" : "zh", zh ? "en" : "zh-CN", zh ? "en" : "zh-CN",
         zh ? "English" : "中文");
    html(h, "<a href=\"%s?size=%s\">%s</a>", p->path,
         p->large ? "normal" : "large",
         p->large ? T(h, "Normal type") : T(h, "Large type"));
}

static void top_draw(struct html *h, const struct page *p)
{
    html(h, "<header class=\"top\">");
    if (p->demo)
        html(h, "<p class=\"demo\"><b>%s</b> %s</p>",
             T(h, "Demonstration data"),
             T(h, "People and events here are invented."));
    html(h, "<div class=\"wrap\">"
            "<a class=\"brand\" href=\"/\"><b>%s</b> <span>%s</span></a>",
         text_is_empty(p->community) ? T(h, "Renlin") : p->community,
         text_is_empty(p->community) ? "" : T(h, "Renlin"));
    if (!text_is_empty(p->hotline)) {
        html(h, "<a class=\"help\" href=\"tel:%s\">", p->hotline);
        part_icon(h, ICON_PHONE);
        html(h, "<span>%s <b>%s</b></span></a>", T(h, "Help"), p->hotline);
    }
    html(h, "<div class=\"who\">");
    if (!text_is_empty(p->account))
        html(h, "<a href=\"/account\">%s · %s</a>", p->account, p->role);
    switches_draw(h, p);
    html(h, "</div></div></header>");
}

/* Is the page at path under the entry at href?  "/" only itself. */
static bool nav_is_current(const char *path, const char *href)
{
    size_t n = strlen(href);
    if (strncmp(path, href, n) != 0) return false;
    return path[n] == '\0' || (n > 1 && path[n] == '/');
}

static void nav_draw(struct html *h, const struct page *p)
{
    assert(p->n_nav <= NAV_MAX);
    if (p->n_nav == 0) return;
    html(h, "<nav class=\"nav\" aria-label=\"%s\"><ul class=\"wrap\">",
         T(h, "Main menu"));
    for (size_t i = 0; i < p->n_nav; i++) {
        bool current = nav_is_current(p->path, p->nav[i].href);
        html(h, "<li><a href=\"%s\"", p->nav[i].href);
        if (current) html(h, " aria-current=\"page\"");
        html(h, ">%s</a></li>", p->nav[i].label);
    }
    html(h, "</ul></nav>");
}

static void crumbs_draw(struct html *h, const struct crumb *crumbs, size_t n)
{
    if (n == 0) return;
    html(h, "<nav class=\"crumbs\" aria-label=\"%s\"><ol>",
         T(h, "You are here"));
    for (size_t i = 0; i < n; i++) {
        if (text_is_empty(crumbs[i].href))
            html(h, "<li aria-current=\"page\">%s</li>", crumbs[i].label);
        else
            html(h, "<li><a href=\"%s\">%s</a></li>", crumbs[i].href,
                 crumbs[i].label);
    }
    html(h, "</ol></nav>");
}

void page_begin(struct html *h, const struct page *p)
{
    assert(p->title && p->path);
    html(h, "<!doctype html>\n<html lang=\"%s\" data-size=\"%s\""
            " data-mode=\"%s\">",
         h->language == LANG_ZH ? "zh-CN" : "en",
         p->large ? "large" : p->resident ? "resident" : "staff",
         p->simple ? "simple" : "full");
    head_draw(h, p);
    html(h, "<body><a class=\"skip\" href=\"#main\">%s</a>",
         T(h, "Skip to the content"));
    top_draw(h, p);
    nav_draw(h, p);
    html(h, "<main id=\"main\" class=\"wrap\" tabindex=\"-1\">");
    crumbs_draw(h, p->crumbs, p->n_crumbs);
    html(h, "<h1>%s</h1>", p->title);
    if (!text_is_empty(p->lead)) html(h, "<p class=\"lead\">%s</p>", p->lead);
    if (p->resident)
        html(h, "<button type=\"button\" class=\"quiet read\" data-read"
                " hidden>%s</button>", T(h, "Read aloud"));
}

void page_end(struct html *h, const struct page *p)
{
    html(h, "</main><footer class=\"foot\"><div class=\"wrap\">");
    html(h, "<p class=\"live\" id=\"live\" aria-live=\"polite\""
            " data-lost=\"%s\"></p>",
         T(h, "Connection lost, trying again. You can keep reading."));
    if (p->as_of.ms != NONE) {
        html(h, "<p>%s ", T(h, "Data as of"));
        html_time(h, p->as_of);
        html(h, "</p>");
    }
    html(h, "<p>%s</p></div></footer>",
         T(h, "Renlin helps neighbours look after each other."));
    html(h, "<dialog id=\"keys\" aria-labelledby=\"keys-title\">"
            "<h2 id=\"keys-title\">%s</h2><ul>"
            "<li><kbd>/</kbd> %s</li><li><kbd>?</kbd> %s</li></ul>"
            "<form method=\"dialog\">", T(h, "Keys"), T(h, "search"),
         T(h, "this list"));
    part_button(h, BUTTON_OTHER, T(h, "Close"));
    html(h, "</form></dialog></body></html>\n");
}
