/* asset.h - styles, scripts and icons, under addresses that never change
 * their content: /assets/HASH/NAME, kept by browsers for a year.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/embed.h"

/* The address of an embedded file ("css/renlin.css"); never NULL: a file that
 * is not there gives an address that is not found.  Lives as long as the
 * process. */
const char *asset_url(const char *name);
/* What stands at /assets/HASH/NAME; NULL if it may not be fetched or has
 * another hash. */
const struct embedded *asset_find(const char *hash, const char *name);
/* By the ending of its name. */
const char *asset_type(const char *name);
