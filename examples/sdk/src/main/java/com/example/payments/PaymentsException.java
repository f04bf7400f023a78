package com.example.payments;

/** A payment that the client has given up on. Another attempt would repeat the retries of the client. */
public final class PaymentsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PaymentsException(String message) {
        super(message);
    }

    PaymentsException(String message, Throwable cause) {
        super(message, cause);
    }
}
