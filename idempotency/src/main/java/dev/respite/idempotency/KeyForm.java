package dev.respite.idempotency;

/** The accepted forms of a key in a header field. */
public enum KeyForm {

    /** A quoted string, as in the IETF draft: {@code Idempotency-Key: "8e03978e-…"}. */
    QUOTED,

    /** A quoted string, or a bare key without spaces, quotes, commas, semicolons and backslashes. */
    QUOTED_OR_BARE
}
