alm_unit_test(frontier crawler base)
alm_unit_test(schedule crawler base)
alm_unit_test(warc crawler base)
