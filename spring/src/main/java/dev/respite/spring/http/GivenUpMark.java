package dev.respite.spring.http;

/**
 * How the exception that a client makes of a last response states that the call has given up on it: {@code RestClient} copies the
 * header fields of a response, and {@code WebClient} keeps the attributes of a request.
 */
final class GivenUpMark {

    /** The header of such a response, which its server has not sent. */
    static final String HEADER = "Respite-Given-Up";

    /** The attribute of each request, which has a mark. */
    static final String ATTRIBUTE = GivenUpMark.class.getName();

    private volatile boolean set;

    void set() {
        set = true;
    }

    boolean isSet() {
        return set;
    }
}
