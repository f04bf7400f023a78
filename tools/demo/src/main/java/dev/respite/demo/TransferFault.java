package dev.respite.demo;

/** A fault of one attempt at a transfer. */
enum TransferFault {
    /** The connection is refused. */
    REFUSE(6, "refused"),
    /** The connection is reset before the money moves. */
    RESET_BEFORE(6, "reset before the effect"),
    /** The connection is reset after the money moved. */
    RESET_AFTER(7, "reset after the effect"),
    /** The response is a 500, although the money moved. */
    ERROR_AFTER(7, "500 after the effect"),
    /** The response is a 503 with a Retry-After, and no money moves. */
    BUSY(6, "503 with Retry-After"),
    /** The server never responds, and no money moves. */
    HANG(3, "hang"),
    /** No fault. */
    NONE(65, "none");

    private final int percent;
    private final String description;

    TransferFault(int percent, String description) {
        this.percent = percent;
        this.description = description;
    }

    int percent() {
        return percent;
    }

    @Override
    public String toString() {
        return description;
    }
}
