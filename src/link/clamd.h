/* link/clamd.h: uploaded files shown to clamd (clamd(8), INSTREAM), over a Unix socket or TCP. A connection a file, so that calls
 * from any number of threads do not meet. Who configures it wants it: where it does not answer in time, or answers anything but
 * "OK" or "FOUND", the file is not taken. */
#pragma once

#include "shop/ports.h"

/* `address`: "/run/clamav/clamd.ctl", "unix:/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310", "scanner.example:3310".
 * `timeout_ms` of a whole scan; 0: 10000. REFUSED (PROBLEM_CONFIG) for what is no address; nobody is asked yet. */
enum outcome clamd_open(void *mem, const char *address, int timeout_ms, struct scanner *scanner, struct problem *why) must_check;
