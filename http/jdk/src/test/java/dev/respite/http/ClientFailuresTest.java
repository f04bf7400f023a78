package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The JDK's client covers failures if its own retries are switched off. */
class ClientFailuresTest {

    @Test
    void uncovered_coveredTwice_isTheRealFailure() {
        IOException real = new IOException("no bytes", new EOFException());
        IOException covered = new IOException("Too many retries", new IOException("Too many retries", real));

        assertThat(ClientFailures.uncovered(covered)).isSameAs(real);
        assertThat(ClientFailures.uncovered(real)).isSameAs(real);
    }

    @Test
    void uncovered_withoutACause_isTheFailureItself() {
        IOException bare = new IOException("Too many retries");

        assertThat(ClientFailures.uncovered(bare)).isSameAs(bare);
    }
}
