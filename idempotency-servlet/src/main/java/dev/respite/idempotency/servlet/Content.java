package dev.respite.idempotency.servlet;

import jakarta.servlet.http.Part;
import java.util.List;

/** What the body of a request says. */
sealed interface Content {

    /** What is compared where the key comes again: equal for equal requests. */
    byte[] compared();

    /** The body itself. What is behind the filter reads it from here. */
    final class Held implements Content {
        private final byte[] body;

        Held(byte[] body) {
            this.body = body;
        }

        @Override
        public byte[] compared() {
            return body;
        }
    }

    /** Parameters and parts, which the container has parsed: the body is gone. The parameters are those of the request. */
    final class Parsed implements Content {
        private final byte[] compared;
        private final List<Part> parts;

        /**
         * Holds what was parsed.
         *
         * @param compared the canonical form of it
         * @param parts the parts; empty if it is no multipart body
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
