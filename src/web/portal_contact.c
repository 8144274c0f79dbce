/* web/portal_contact.c: GET and POST /caselle/{address}/recapito: where a mailbox's holder is written to. */

#include "base/i18n.h"
#include "shop/bounce.h"
#include "shop/present.h"
#include "web/page.h"
#include "web/portal.h"
#include <talloc.h>

struct contact_form {
    const char *email, *current;
};

static const struct form_field CONTACT[] = {
    FORM_TEXT(struct contact_form, email, "email", .max = 254),
    FORM_TEXT(struct contact_form, current, "current", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct mailbox *m = arg;
    enum outcome o = mailbox_by_address(tx, p->mem, text_lower(p->mem, http_parameter(p->req, "address")), m);

    if (o == REFUSED || (o == DONE && !principal_sees(p->visitor.who, m)))
        return problem_set(why, PROBLEM_MAILBOX_UNKNOWN, "", "%s", "");
    return o;
}

static void show(struct page *p, int status, const struct mailbox *m, const struct problems *faults)
{
    page_set(p, "mailbox",
             json_pack("{s:s, s:s, s:s, s:b}", "address", m->address, "path", present_path(p->mem, m->address),
                       "present", m->holder.email, "bounced", m->contact_bounced));
    page_set(p, "account", json_string(p->visitor.who.account_id ? p->visitor.email : m->address));
    page_fields(p, CONTACT, NULL, faults);
    page_show(p, status, "contact", N_("E-mail di riferimento"));
}

void portal_contact(struct http_request *req)
{
    struct mailbox m;
    struct page p;

    if (page_open(req, PAGE_SIGNED_IN, load, &m, &p))
        show(&p, 200, &m, NULL);
}

void portal_contact_sent(struct http_request *req)
{
    struct contact_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct mailbox m;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &m, &p))
        return;
    o = page_form(&p, CONTACT, &form, &faults);
    if (o == DONE) {
        o = contact_change(p.shop, p.mem,
                           &(struct contact_change){.brand = p.brand,
                                                    .who = p.visitor.who,
                                                    .mailbox = m.address,
                                                    .email = form.email,
                                                    .password = form.current,
                                                    .client = req->client},
                           &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == DONE)
        page_go(&p, talloc_asprintf(p.mem, "/caselle/%s?recapito=1", present_path(p.mem, m.address)));
    else if (o == REFUSED)
        show(&p, why.code == PROBLEM_THROTTLED ? 429 : 422, &m, &faults);
    else
        page_failed(&p, o, &why);
}
