/* banned.h - functions that do not compile in this house; forced into every
 * file by the Makefile.  Each has a bounded or checked replacement in base/.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf
#pragma GCC poison gets strtok atoi atol atof
#pragma GCC poison localtime gmtime asctime ctime rand srand mktemp tmpnam
