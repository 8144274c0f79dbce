/* base/guard.h: what a thread may still do. net raises the flags, db refuses to write under them. */
#pragma once

#include <stdbool.h>

extern _Thread_local bool reply_queued; /* a commit that failed now could not be told any more */
extern _Thread_local bool no_waiting;   /* other connections wait for this thread */
