#include "base/guard.h"

_Thread_local bool reply_queued;
