/* Any bytes as a brand.yaml: either faults that can be read, or a brand that can be used. */
#include "base/text.h"
#include "shop/brand_file.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void use(const struct brand *brand)
{
    struct plan priced;
    size_t sum = strlen(brand->id) + strlen(brand->name) + strlen(brand->seller.iban) + strlen(brand->light.brand_soft);

    if (sum == 0 || !brand->hosts[0] || !brand->steps[0] || !brand->payment_methods[0] || brand->plan_count == 0)
        abort();
    for (size_t i = 0; i < brand->plan_count; i++)
        if (brand_plan_on(&brand->plans[i], DAY_NEVER, &priced, NULL) != DONE || priced.year.cents < 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    void *mem = talloc_new(NULL);
    struct brand_faults faults = {.mem = mem, .name = "brand.yaml", .bytes = bytes, .length = size};
    struct brand brand;

    brand_file_read(mem, "legalmail", &brand, &faults);
    for (size_t i = 0; i < faults.count; i++)
        if (!text_is_utf8(faults.all[i], strlen(faults.all[i])))
            abort();
    if (faults.count == 0)
        use(&brand);
    talloc_free(mem);
    return 0;
}
