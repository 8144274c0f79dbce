/* web/instrument_row.h: a saved card or account on a page: {id, label "Visa", last4 "4242" or false, expires "05/2029" or false}. */
#pragma once

#include "shop/pay.h"
#include "web/page.h"

json_t *instrument_row(const struct instrument *instrument);
