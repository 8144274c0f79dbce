/* base/guard.h: what a thread may still do. net raises the flag when a reply has been queued; db refuses to commit under it. */
#pragma once

#include <stdbool.h>

extern _Thread_local bool reply_queued;
