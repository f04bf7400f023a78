package dev.respite.house;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Iterator;
import java.util.List;

/** What the blocks in the documents talk to. */
public final class Fixtures {

    private Fixtures() {}

    /** A service that answers after it has failed as its script says. */
    public static final class Quotes {
        private final Iterator<IOException> failures;

        private Quotes(List<IOException> failures) {
            this.failures = failures.iterator();
        }

        /** The price of a share. */
        public String fetch(String symbol) throws IOException {
            if (failures.hasNext()) {
                throw failures.next();
            }
            return symbol + " 101.25";
        }
    }

    /** A service that times out once, then refuses a connection once, then answers. */
    public static Quotes quotes() {
        return new Quotes(List.of(new SocketTimeoutException("Read timed out"), new java.net.ConnectException("refused")));
    }
}
