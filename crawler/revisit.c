#include "crawler/revisit.h"

#include <math.h>

static int64_t clamp(int64_t value, int64_t min, int64_t max) { return value < min ? min : value > max ? max : value; }

int64_t alm_revisit_after_s(const alm_revisit_facts *f) {
    if (f->max_s <= 0) return 0;
    if (f->interval_s <= 0) {
        if (f->is_list || f->min_s <= 0) return clamp(f->min_s, 1, f->max_s);
        double up = pow((double)f->max_s / (double)f->min_s, 0.25);
        return clamp((int64_t)((double)f->min_s * up), f->min_s, f->max_s);
    }
    int64_t next = f->changed ? f->interval_s / 2 : f->interval_s + f->interval_s / 2 + 1;
    return clamp(next, f->min_s > 0 ? f->min_s : 1, f->max_s);
}
