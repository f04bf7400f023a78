package dev.respite.idempotency;

/**
 * Whose keys they are: the authenticated principal, or the queue that a message came from. Equal keys of different scopes
 * never meet, so nobody is answered with what another was told.
 *
 * @param name what tells one from another; not blank and without the character NUL
 */
public record Scope(String name) {

    /**
     * Checks the name.
     *
     * @param name as the record has it
     * @throws IllegalArgumentException if it is blank, or has a NUL or half a surrogate pair in it
     */
    public Scope {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "the scope is blank: name the principal (or the queue) that the key is of,"
                            + " or all callers would share their keys");
        }
        Hashing.requireHashable("scope", name);
    }

    /**
     * The scope of a name.
     *
     * @param name what tells one from another; not blank and without the character NUL
     * @return the scope
     * @throws IllegalArgumentException if it is blank, or has a NUL or half a surrogate pair in it
     */
    public static Scope of(String name) {
        return new Scope(name);
    }

    /** Never the name: a principal does not belong in a log. */
    @Override
    public String toString() {
        return "Scope[" + Hashing.digest(name).substring(0, 8) + "…]";
    }
}
