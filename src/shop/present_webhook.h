/* shop/present_webhook.h: endpoints and deliveries as the API and the command line tell them; the secret never. */
#pragma once

#include "shop/webhook.h"

json_t *present_webhook(const struct webhook *webhook);
json_t *present_delivery(const struct webhook_delivery *delivery);
