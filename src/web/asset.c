/* asset.c - see asset.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web/asset.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Folders that a browser may fetch from; words and SQL stay inside. */
static const char *const served[] = {"css/", "js/", "icons/", "img/"};

static char **urls; /* by place in the table; NULL: not served */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool is_served(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(served); i++)
        if (strncmp(name, served[i], strlen(served[i])) == 0) return true;
    return false;
}

static const char *base_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

static void make_urls(void)
{
    size_t n = embed_count();
    urls = calloc(n + 1, sizeof *urls);
    assert(urls);
    for (size_t i = 0; i < n; i++) {
        const struct embedded *e = embed_at(i);
        if (!is_served(e->name)) continue;
        char *url = NULL;
        int len = asprintf(&url, "/assets/%s/%s", e->etag,
                           base_name(e->name));
        assert(len > 0);
        urls[i] = url;
    }
}

const char *asset_url(const char *name)
{
    pthread_once(&once, make_urls);
    for (size_t i = 0; i < embed_count(); i++)
        if (urls[i] && strcmp(embed_at(i)->name, name) == 0) return urls[i];
    return "/assets/none/none";
}

const struct embedded *asset_find(const char *hash, const char *name)
{
    for (size_t i = 0; i < embed_count(); i++) {
        const struct embedded *e = embed_at(i);
        if (is_served(e->name) && strcmp(e->etag, hash) == 0 &&
            strcmp(base_name(e->name), name) == 0)
            return e;
    }
    return NULL;
}

const char *asset_type(const char *name)
{
    static const char *const types[][2] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"}, {".png", "image/png"},
        {".ico", "image/x-icon"}, {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNT_OF(types); i++)
        if (strcmp(dot, types[i][0]) == 0) return types[i][1];
    return "application/octet-stream";
}
