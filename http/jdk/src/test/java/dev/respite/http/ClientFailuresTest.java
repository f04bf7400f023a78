package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
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

    @Test
    void unwrapped_failureOfAStage_isTheRealFailure() {
        IOException real = new IOException("no bytes");
        IOException covered = new IOException("Too many retries", real);
        IllegalStateException bug = new IllegalStateException("bug");

        assertThat(ClientFailures.unwrapped(new CompletionException(covered))).isSameAs(real);
        assertThat(ClientFailures.unwrapped(new CompletionException(bug))).isSameAs(bug);
    }

    @Test
    void isCausedBy_failureOfTheReader_isFoundBelowOthers() {
        IllegalStateException bug = new IllegalStateException("bug");

        assertThat(ClientFailures.isCausedBy(bug, bug)).isTrue();
        assertThat(ClientFailures.isCausedBy(bug, new IOException(new IOException(bug))))
                .isTrue();
        assertThat(ClientFailures.isCausedBy(bug, new IOException(new IllegalStateException("bug"))))
                .isFalse();
    }

    @Test
    void isCausedBy_causesInACircle_ends() {
        IOException first = new IOException("first");
        first.initCause(new IOException("second", first));

        assertThat(ClientFailures.isCausedBy(new IOException("bug"), first)).isFalse();
    }

    @Test
    void thrown_eachCause_isThrownAsItIs() {
        IOException real = new IOException("no bytes");
        IOException covered = new IOException("Too many retries", real);
        Exception checked = new Exception("checked");
        RuntimeException unchecked = new IllegalStateException("bug");
        Error error = new AssertionError("bug");

        assertThat(ClientFailures.thrown(new ExecutionException(covered))).isSameAs(real);
        assertThat(ClientFailures.thrown(new ExecutionException(checked))).hasCause(checked);
        assertThatThrownBy(() -> ClientFailures.thrown(new ExecutionException(unchecked)))
                .isSameAs(unchecked);
        assertThatThrownBy(() -> ClientFailures.thrown(new ExecutionException(error)))
                .isSameAs(error);
    }

    @Test
    void isClosed_onlyTheFailureOfAClientThatWasShutDown_isTrue() {
        assertThat(ClientFailures.isClosed(new IOException("closed"))).isTrue();
        assertThat(ClientFailures.isClosed(new IOException("Connection reset"))).isFalse();
        assertThat(ClientFailures.isClosed(new SocketException("closed"))).isFalse();
    }
}
