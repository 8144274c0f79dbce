/* shop/views.h: the templates, parsed once for each language; a brand's own under brands/ID/views/ come before ours. */
#pragma once

#include "base/template.h"
#include "shop/brand.h"

struct views;

#define VIEW_LANGUAGES 2
extern const char *const VIEW_LANGUAGE[VIEW_LANGUAGES]; /* "it", "en" */
const char *view_language(const char *wanted);          /* one of them; "it" for anything else */

/* Parses every page and mail for every language, and once more for each brand that has some of its own. REFUSED with the file, line and
 * fault of the first that cannot be parsed. Read-only afterwards, shared by all threads. */
enum outcome views_load(void *mem, const struct brands *brands, struct views **views, struct problem *why) must_check;

/* `name` as "page/area.html" or "mail/order_received.txt". NULL where there is none. `brand` may be NULL. */
const struct template *view_find(const struct views *views, const struct brand *brand, const char *language, const char *name);

/* A mail's part, "subject", "txt" or "html", as it counts on a day: the desk's words (shop/wording.h), or those of the files. */
const struct template *view_mail(const struct views *views, const struct brand *brand, const char *language, const char *name,
                                 const char *part, struct day on);

/* Which text it is: the first digits of a SHA-256 over NAME.txt, NAME.html and NAME.subject as they stand for the brand. */
#define VIEW_VERSION 17
void view_version(const struct brand *brand, const char *name, char version[VIEW_VERSION]);
