/* web/routes.h: the tables that routes.c, office_routes.c and api_routes.c hold; each ends with a row without a pattern. */
#pragma once

#include "net/http.h"

extern const struct http_route WEB_ROUTES[], DEMO_ROUTES[], OFFICE_ROUTES[], API_ROUTES[];
