/* store/erasure_parts.h: whose rows they are, for the statements of the erasure. $1 the tax code or VAT number, $2 the brand, $3 an
 * account. Tax codes are search keys, so that each of these is a few points of an index. */
#pragma once

#define PERSON_KEYED(about)                                                                                                    \
    "(SELECT k.id FROM search_key k WHERE k.about = '" about "' AND k.key = $1 AND $1 <> '' AND ($2 = '' OR k.brand = $2))"
#define PERSON_HELD PERSON_KEYED("m")                /* mailboxes that the person holds */
#define PERSON_ACCOUNTS                                                                                                        \
    "(SELECT x.id FROM account x WHERE x.id = $3 UNION SELECT k.id FROM search_key k WHERE k.about = 'a' AND k.key = $1 AND "  \
    "$1 <> '' AND ($2 = '' OR k.brand = $2))"
#define PERSON_BOXES "(SELECT y.id FROM mailbox y WHERE y.account_id IN " PERSON_ACCOUNTS " UNION SELECT z.id FROM mailbox z WHERE z.id IN " \
    PERSON_HELD ")"                                  /* and those that the person's account sees */
#define PERSON_ORDERS                                                                                                          \
    "(SELECT v.id FROM shop_order v WHERE v.account_id IN " PERSON_ACCOUNTS " UNION SELECT w.id FROM shop_order w WHERE "      \
    "w.billing_tax_code = $1 AND $1 <> '' AND ($2 = '' OR w.brand = $2))"
#define PERSON_REQUESTS "(SELECT q.id FROM activation_request q WHERE q.account_id IN " PERSON_ACCOUNTS " UNION SELECT s.id FROM " \
    "activation_request s WHERE s.mailbox_id IN " PERSON_HELD ")"
#define PERSON_CHANGES                                                                                                         \
    "(SELECT t.id FROM holder_change t WHERE t.account_id IN " PERSON_ACCOUNTS " UNION SELECT u.id FROM holder_change u WHERE " \
    "u.tax_code = $1 AND $1 <> '' AND u.mailbox_id IN " PERSON_HELD ")"

/* Every parameter stands in every statement: both engines want them without gaps. */
#define PERSON_ALL " WHERE $1 = $1 AND $2 = $2 AND $3 = $3"

/* Of a kind ($1), what is due today ($2). */
#define ERASURE_DUE "(SELECT i_.row_id FROM erasure_item i_ WHERE i_.kind = $1 AND i_.due_on <= $2 AND i_.done_on IS NULL)"

/* The day on which mailbox m ended, -1 while it has not. */
#define MAILBOX_ENDED                                                                                                          \
    "CASE WHEN m.status = 'deleted' THEN coalesce((SELECT max(n.noted_on) FROM notice n WHERE n.mailbox_id = m.id AND n.event " \
    "= 'deleted'), m.expires_on) ELSE -1 END"
