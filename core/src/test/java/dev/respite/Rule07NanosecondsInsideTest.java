package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nanoseconds inside: a 900 µs delay waits 900 µs, and the event has this delay. */
class Rule07NanosecondsInsideTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=5 backoff=fixed base-delay=900us jitter=none");

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void systemSleep_900Microseconds_waitsAtLeast900Microseconds() throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            TimeSource.system().sleep(900_000);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(900_000);
        }
    }

    @Test
    void systemSleep_withAPermitToPark_waitsAllTheSame() throws InterruptedException {
        java.util.concurrent.locks.LockSupport.unpark(Thread.currentThread());
        long start = System.nanoTime();
        TimeSource.system().sleep(900_000);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(900_000);
    }

    @Test
    void systemSleep_ofNothing_returnsAtOnce() throws InterruptedException {
        TimeSource.system().sleep(0);
        TimeSource.system().sleep(-1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void systemSleep_ofAnInterruptedThread_throwsAndClearsTheFlag() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> TimeSource.system().sleep(Long.MAX_VALUE)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> TimeSource.system().sleep(0)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void call_inSystemTime_waits900MicrosecondsEachTime_andTheEventsSayIt() {
        Recorder recorder = new Recorder();
        Script script = Script.of(new ConnectException(), new ConnectException(), "value");
        long start = System.nanoTime();
        Object value = Retry.of(POLICY).withListener(recorder).call(script);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_800_000);
        assertThat(value).isEqualTo("value");
        assertThat(recorder.delays()).containsExactly(900_000L, 900_000L);
        assertThat(recorder.ended().history().summary()).contains("connect +900us");
    }

    @Test
    void call_inVirtualTime_waitsExactly900Microseconds() {
        VirtualTime time = new VirtualTime();
        Recorder recorder = new Recorder();
        Retry.of(POLICY, time).withListener(recorder).call(Script.of(new ConnectException(), "value"));
        assertThat(time.nanoTime()).isEqualTo(900_000);
        assertThat(recorder.delays()).containsExactly(900_000L);
        assertThat(recorder.ended().history().elapsed()).isEqualTo(Duration.ofNanos(900_000));
    }

    @Test
    void call_aDelayOfASingleNanosecond_isKept() {
        VirtualTime time = new VirtualTime();
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=1ns jitter=none");
        Retry.of(policy, time).call(Script.of(new ConnectException(), "value"));
        assertThat(time.nanoTime()).isEqualTo(1);
    }
}
