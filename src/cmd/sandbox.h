/* cmd/sandbox.h: what `casella sandbox` and the demonstration share. */
#pragma once

/* A secret that both sides of a simulated provider are given, and nobody else. */
char *sandbox_secret(void *mem, const char *prefix);
