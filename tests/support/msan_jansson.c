/* SPDX-License-Identifier: Apache-2.0 */
/* msan_jansson.c - lets the memory sanitizer live with Jansson, which Debian builds without it.
 *
 * What an uninstrumented library writes stays "uninitialised" to the sanitizer.  So: Jansson's heap is zeroed memory (its allocator can be replaced), libc calls that it makes
 * on memory of its own are not checked, and strings that it hands out are declared written.  Linked, in builds with the memory sanitizer only, into whatever links Jansson
 * (cmake/gn.cmake); the linker sends our calls of the functions below here (--wrap). */
#include <jansson.h>
#include <sanitizer/msan_interface.h>
#include <stdlib.h>
#include <string.h>

void gn_msan_jansson(void);

static void *zeroed(size_t n)
{
    return calloc(1, n > 0 ? n : 1);
}

/* before main */
__attribute__((constructor)) void gn_msan_jansson(void)
{
    json_set_alloc_funcs(zeroed, free);
}

/* name(arguments), where libc's calls are not checked */
#define WRAP(type, name, parameters, arguments)     \
    type __real_##name parameters;                  \
    type __wrap_##name parameters;                  \
    type __wrap_##name parameters                   \
    {                                               \
        __msan_scoped_disable_interceptor_checks(); \
        type result = __real_##name arguments;      \
        __msan_scoped_enable_interceptor_checks();  \
        return result;                              \
    }

WRAP(json_t *, json_object_get, (const json_t *object, const char *key), (object, key))
WRAP(int, json_object_set_new, (json_t * object, const char *key, json_t *value), (object, key, value))
WRAP(int, json_object_del, (json_t * object, const char *key), (object, key))
WRAP(json_t *, json_string, (const char *value), (value))
WRAP(json_t *, json_stringn, (const char *value, size_t n), (value, n))
WRAP(json_t *, json_integer, (json_int_t value), (value))
WRAP(int, json_equal, (const json_t *a, const json_t *b), (a, b))
WRAP(json_t *, json_deep_copy, (const json_t *value), (value))
WRAP(int, json_dumpf, (const json_t *json, FILE *output, size_t flags), (json, output, flags))

#undef WRAP
/* text of Jansson's: what it returns, or where it says what is wrong */
#define WRAP(type, name, parameters, arguments, written) \
    type __real_##name parameters;                       \
    type __wrap_##name parameters;                       \
    type __wrap_##name parameters                        \
    {                                                    \
        __msan_scoped_disable_interceptor_checks();      \
        type result = __real_##name arguments;           \
        written;                                         \
        __msan_scoped_enable_interceptor_checks();       \
        return result;                                   \
    }

static void string_written(const char *s, size_t n)
{
    if (s != NULL) {
        __msan_unpoison(s, n + 1);
    }
}

static void error_written(json_error_t *error)
{
    if (error != NULL) {
        __msan_unpoison(error, sizeof *error);
    }
}

WRAP(const char *, json_string_value, (const json_t *string), (string),
     string_written(result, json_string_length(string)))
WRAP(char *, json_dumps, (const json_t *json, size_t flags), (json, flags),
     __msan_unpoison_string(result != NULL ? result : ""))
WRAP(const char *, json_object_iter_key, (void *iter), (iter), __msan_unpoison_string(result != NULL ? result : ""))
WRAP(json_t *, json_loadb, (const char *buffer, size_t n, size_t flags, json_error_t *error), (buffer, n, flags, error),
     error_written(error))
WRAP(json_t *, json_loads, (const char *text, size_t flags, json_error_t *error), (text, flags, error),
     error_written(error))
WRAP(json_t *, json_load_file, (const char *path, size_t flags, json_error_t *error), (path, flags, error),
     error_written(error))

json_t *__wrap_json_pack(const char *format, ...);
json_t *__wrap_json_pack(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    __msan_scoped_disable_interceptor_checks();
    json_t *result = json_vpack_ex(NULL, 0, format, args);
    __msan_scoped_enable_interceptor_checks();
    va_end(args);
    return result;
}
