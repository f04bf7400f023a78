package dev.respite.spring.http;

/**
 * The mark of a last response on which the call has given up, for the exception that the client makes of it. {@code
 * RestClient} copies the header fields of a response. {@code WebClient} keeps the attributes of a request.
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
