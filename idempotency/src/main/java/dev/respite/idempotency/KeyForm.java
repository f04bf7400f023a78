package dev.respite.idempotency;

/** How a key may be written in a header field. */
public enum KeyForm {

    /** A string in quotes, as the draft has it: {@code Idempotency-Key: "8e03978e-…"}. */
    QUOTED,

    /** In quotes, or bare: without them, and then without spaces, quotes, commas, semicolons and backslashes. */
    QUOTED_OR_BARE
}
