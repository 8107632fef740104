// How jemalloc, where a tool is linked with it, gets its memory. IR is read in
// no order that a processor foresees; with pages of 4 KiB most reads of a large
// module would also look up where the page is.

extern "C" __attribute__((visibility("default"))) const char *malloc_conf =
    "thp:always";
