package dev.respite.cli;

/** What goes wrong with one attempt at a transfer. */
enum Fault {
    /** No connection can be made. */
    REFUSE(6, "refused"),
    /** The connection is reset, and nothing was done. */
    RESET_BEFORE(6, "reset before the effect"),
    /** The connection is reset when the money has moved. */
    RESET_AFTER(7, "reset after the effect"),
    /** The money has moved, and the response is a 500. */
    ERROR_AFTER(7, "500 after the effect"),
    /** The response is a 503 with a Retry-After, and nothing was done. */
    BUSY(6, "503 with Retry-After"),
    /** There is never an response, and nothing was done. */
    HANG(3, "hang"),
    /** All goes well. */
    NONE(65, "none");

    private final int percent;
    private final String words;

    Fault(int percent, String words) {
        this.percent = percent;
        this.words = words;
    }

    int percent() {
        return percent;
    }

    @Override
    public String toString() {
        return words;
    }
}
