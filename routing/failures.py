"""How any operation of the API may fail, by status, as its document says it."""

FAILURES = {
    "400": "Something that was sent is wrong; each error says what.",
    "401": "No key, or one that is not valid.",
    "403": "The caller may not do this.",
    "404": "There is no such thing, or the caller may not see it.",
    "405": "This address does not have the method.",
    "406": "JSON is not among what the caller accepts.",
    "409": "It is not as the caller thinks: somebody else was faster, or it is done already.",
    "411": "A body has to come with its length.",
    "413": "The body is too large.",
    "414": "The address is too long.",
    "415": "The body is not JSON.",
    "429": "Too many requests; Retry-After says in how many seconds to come again.",
    "503": "The server can't work just now; Retry-After says in how many seconds to come again.",
}
