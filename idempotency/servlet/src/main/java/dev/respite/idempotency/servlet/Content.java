package dev.respite.idempotency.servlet;

import jakarta.servlet.http.Part;
import java.util.List;

/** The contents of a request body. */
sealed interface Content {

    /** Returns the bytes for the fingerprint, which are equal for equal requests. */
    byte[] compared();

    /** The body itself. Handlers behind the filter read it from here. */
    final class Cached implements Content {
        private final byte[] body;

        Cached(byte[] body) {
            this.body = body;
        }

        @Override
        public byte[] compared() {
            return body;
        }
    }

    /** A multipart body that the container cannot parse. */
    final class Malformed implements Content {

        @Override
        public byte[] compared() {
            throw new IllegalStateException("a malformed body is not compared: its request is rejected");
        }
    }

    /**
     * Parameters and parts that the container has parsed. The body cannot be read again. The parameters are those of the
     * request.
     */
    final class Parsed implements Content {
        private final byte[] compared;
        private final List<Part> parts;

        /**
         * Holds parsed contents.
         *
         * @param compared the canonical form
         * @param parts the parts; empty if the body is not multipart
         */
        Parsed(byte[] compared, List<Part> parts) {
            this.compared = compared;
            this.parts = List.copyOf(parts);
        }

        @Override
        public byte[] compared() {
            return compared;
        }

        List<Part> parts() {
            return parts;
        }
    }
}
