#include "web/office_customer.h"
#include "base/i18n.h"
#include "rules/order.h"
#include "shop/present.h"
#include <inttypes.h>
#include <string.h>
#include <talloc.h>

char *office_mailbox_path(void *mem, const char *address)
{
    return talloc_asprintf(mem, "/office/caselle/%s", present_path(mem, address));
}

char *office_account_path(void *mem, int64_t id)
{
    return talloc_asprintf(mem, "/office/clienti/%" PRId64, id);
}

char *office_order_path(void *mem, const char *code)
{
    return talloc_asprintf(mem, "/office/ordini/%s", present_path(mem, code));
}

char *office_mailbox_state(const struct page *p, const char *status, struct day expires_on)
{
    static const struct {
        enum mailbox_status status;
        const char *label;
    } OVER[] = {
        {MAILBOX_SUSPENDED, N_("sospesa")}, {MAILBOX_CEASED, N_("cessata")}, {MAILBOX_DELETED, N_("cancellata")}};
    char day[DAY_TEXT];

    for (size_t i = 0; i < count_of(OVER); i++)
        if (strcmp(status, mailbox_status_name(OVER[i].status)) == 0)
            return talloc_strdup(p->mem, page_text(p, OVER[i].label));
    return talloc_asprintf(p->mem,
                           day_before(expires_on, p->today) ? page_text(p, N_("scaduta il %s"))
                                                            : page_text(p, N_("attiva fino al %s")),
                           day_italian(expires_on, day));
}

const char *office_order_state(const struct page *p, const char *state)
{
    enum order_state known;

    return order_state_of(state, &known) == DONE ? page_text(p, order_state_label(known)) : state;
}

const char *office_order_kind(const struct page *p, const char *kind)
{
    static const struct {
        const char *kind, *label;
    } KINDS[] = {{ORDER_RENEWAL, N_("rinnovo")},         {ORDER_CHANGE, N_("rinnovo con modifica")},
                 {ORDER_TOPUP, N_("ricarica")},          {ORDER_PURCHASE, N_("acquisto")},
                 {ORDER_SPACE, N_("spazio aggiuntivo")}, {ORDER_SPACE, N_("spazio aggiuntivo")},
                 {ORDER_BULK, N_("ordine cumulativo")}};

    for (size_t i = 0; i < count_of(KINDS); i++)
        if (strcmp(KINDS[i].kind, kind) == 0)
            return page_text(p, KINDS[i].label);
    return kind;
}

const char *office_brand(const struct page *p, const char *id)
{
    const struct brand *brand = brand_by_id(p->shop->brands, id);

    return brand ? brand->name : id;
}
