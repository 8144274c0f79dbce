#include "base/guard.h"

_Thread_local bool reply_queued;
_Thread_local bool no_waiting;
