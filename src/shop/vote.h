/* shop/vote.h: whether a page of help was of use (R167). */
#pragma once

#include "store/vote.h"
