/* web/portal_profile.c: GET and POST /profilo: who one is, the saved cards and the password of an account, the
 * language. */

#include "base/i18n.h"
#include "rules/profile.h"
#include "web/instrument_row.h"
#include "web/portal.h"
#include <stdio.h>
#include <string.h>

struct profile_form {
    const char *current, *password, *again;
};

static const struct form_field PROFILE[] = {
    FORM_TEXT(struct profile_form, current, "current", .secret = true),
    FORM_TEXT(struct profile_form, password, "password", .secret = true),
    FORM_TEXT(struct profile_form, again, "password_again", .secret = true),
    FORM_IGNORE("account"), /* for password managers */
    FORM_END,
};

struct profile_page {
    struct mailbox mailbox;         /* of who came in with it */
    struct account account;         /* or of the account: */
    struct account_profile said;    /* all empty where it never said anything */
    struct instrument *instruments; /* of an account */
    size_t count;
};

static enum outcome load(struct db_tx *tx, struct page *p, void *arg, struct problem *why)
{
    struct profile_page *profile = arg;
    enum outcome o;

    (void)why;
    profile->count = 0;
    if (p->visitor.who.mailbox_id)
        return mailbox_by_id(tx, p->mem, p->visitor.who.mailbox_id, &profile->mailbox);
    TRY(account_by_id(tx, p->mem, p->visitor.who.account_id, &profile->account));
    profile->said = (struct account_profile){0};
    o = account_profile_of(tx, p->mem, p->visitor.who.account_id, &profile->said);
    if (o != DONE && o != REFUSED)
        return o;
    return instruments_of(tx, p->mem, p->visitor.who.account_id, &profile->instruments, &profile->count);
}

static json_t *text_or_false(const char *text)
{
    return text && text[0] ? json_string(text) : json_false();
}

/* What there is not is false. */
static json_t *account_data(const struct page *p, const struct profile_page *profile)
{
    const struct billing *b = &profile->said.billing;
    json_t *data = json_pack("{s:s, s:s, s:o, s:o, s:b}", "name", profile->account.name, "email",
                             profile->account.email, "user_name", text_or_false(profile->account.user_name), "phone",
                             text_or_false(profile->said.phone), "said", profile->said.kind != NULL);

    json_object_set_new(data, "kind_label",
                        profile->said.kind ? json_string(page_text(p, holder_kind_label((enum holder_kind)b->kind)))
                                           : json_false());
    if (billing_begun(b))
        json_object_set_new(data, "billing",
                            json_pack("{s:o, s:o, s:s, s:s, s:s, s:o, s:s, s:o, s:o}", "tax_code",
                                      text_or_false(b->tax_code), "vat_number", text_or_false(b->vat_number), "street",
                                      b->street, "postcode", b->postcode, "city", b->city, "province",
                                      text_or_false(b->province), "country", b->country, "sdi_code",
                                      text_or_false(b->sdi_code), "sdi_pec", text_or_false(b->sdi_pec)));
    else
        json_object_set_new(data, "billing", json_false());
    return data;
}

static void show(struct page *p, int status, const struct profile_page *profile, const struct problems *faults)
{
    const struct mailbox *mailbox = &profile->mailbox;
    json_t *instruments = json_array();

    for (size_t i = 0; i < profile->count; i++)
        if (strcmp(profile->instruments[i].brand, p->brand->id) == 0)
            json_array_append_new(instruments, instrument_row(&profile->instruments[i]));
    page_set(p, "has_instruments", json_boolean(json_array_size(instruments) > 0));
    page_set(p, "instruments", instruments);
    if (p->visitor.who.account_id) {
        page_set(p, "account", account_data(p, profile));
    } else {
        page_set(p, "account", json_false());
        page_set(p, "mailbox_address", json_string(mailbox->address));
        page_set(p, "contact_email", json_string(mailbox->holder.email));
    }
    page_fields(p, PROFILE, NULL, faults);
    page_show(p, status, "profile", N_("Profilo"));
}

void portal_profile(struct http_request *req)
{
    static const struct {
        const char *name, *text;
    } TOLD[] = {
        {"fatto", N_("Password cambiata.")},
        {"eliminato", N_("Eliminato: non verrà più usato.")},
        {"salvato", N_("Dati salvati.")},
        {"email", N_("E-mail confermata.")},
        {"benvenuto", N_("Registrazione confermata: l'account è attivo.")},
    };
    struct profile_page profile;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &profile, &p))
        return;
    for (size_t i = 0; i < count_of(TOLD); i++)
        if (form_value(&req->query, TOLD[i].name))
            page_set(&p, "flash", json_string(page_text(&p, TOLD[i].text)));
    show(&p, 200, &profile, NULL);
}

void portal_profile_sent(struct http_request *req)
{
    struct profile_form form = {0};
    struct problems faults = {0};
    struct problem why = {0};
    struct profile_page profile;
    enum outcome o;
    struct page p;

    if (!page_open(req, PAGE_SIGNED_IN, load, &profile, &p))
        return;
    if (!p.visitor.who.account_id) {
        page_problem(&p, &(struct problem){.code = PROBLEM_FORBIDDEN});
        return;
    }
    o = page_form(&p, PROFILE, &form, &faults);
    if (o == DONE && strcmp(form.password, form.again) != 0)
        o = problems_add(&faults, PROBLEM_PASSWORD_MISMATCH, "password_again", "%s", "");
    if (o == DONE) {
        o = password_change(p.shop, p.mem, p.visitor.who, form.current, form.password, &why);
        if (o == REFUSED)
            problems_put(&faults, &why);
    }
    if (o == DONE)
        page_go(&p, "/profilo?fatto=1");
    else if (o == REFUSED)
        show(&p, 422, &profile, &faults);
    else
        page_failed(&p, o, &why);
}
