package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real recording has of calls, read back from its file. */
class FlightRecorderTest {

    private static final String CALL = "dev.respite.Call";
    private static final String ATTEMPT = "dev.respite.Attempt";

    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of(
                    RetryPolicy.parse("max-attempts=3 backoff=fixed base-delay=250ms jitter=none budget=off"), time)
            .withName("quotes");

    @TempDir
    Path folder;

    private List<RecordedEvent> recorded(Runnable work) throws Exception {
        return recorded(work, CALL, ATTEMPT);
    }

    /** Runs the work in a recording, in which these of our events are recorded and the others are not. */
    private List<RecordedEvent> recorded(Runnable work, String... enabled) throws Exception {
        Path file = folder.resolve("calls.jfr");
        try (Recording recording = new Recording()) {
            Stream.of(CALL, ATTEMPT).forEach(recording::disable);
            Stream.of(enabled).forEach(recording::enable);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.respite."))
                .toList();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String type) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(type))
                .toList();
    }

    private static String call(RecordedEvent event) {
        return event.getString("retry") + " " + event.getInt("attempts") + " " + event.getString("reason");
    }

    private static String attempt(RecordedEvent event) {
        return event.getString("retry") + " " + event.getInt("number") + " " + event.getString("outcome") + " "
                + event.getDuration("delay").toMillis() + "ms";
    }

    private List<String> callsOf(List<RecordedEvent> events) {
        return of(events, CALL).stream().map(FlightRecorderTest::call).toList();
    }

    private List<String> attemptsOf(List<RecordedEvent> events) {
        return of(events, ATTEMPT).stream().map(FlightRecorderTest::attempt).toList();
    }

    private static void callThatSucceedsAtLast(Retry retry) {
        Script script = Script.of(new SocketTimeoutException("read"), new ConnectException("refused"), "ok");
        assertThat(catchThrowable(() -> retry.call(script))).isNull();
    }

    /** URLs and messages of a server may have secrets, control characters and any length. */
    @Test
    void call_hostileMessages_areNotRecorded() throws Exception {
        String hostile = "https://me:hUscret@h/?access_token=hUscret \u001b[2J\r\n" + "x".repeat(1_000_000);
        Script script = Script.of(
                new ConnectException(hostile), new SocketTimeoutException(hostile), new IllegalStateException(hostile));
        List<RecordedEvent> events = recorded(() -> catchThrowable(() -> retry.call(script)));

        assertThat(attemptsOf(events))
                .containsExactly(
                        "quotes 1 connect 250ms", "quotes 2 timeout 250ms", "quotes 3 IllegalStateException 0ms");
        assertThat(events)
                .hasSize(4)
                .allSatisfy(event ->
                        assertThat(event.toString()).hasSizeLessThan(1_000).doesNotContain("hUscret", "\u001b"));
    }

    @Test
    void call_recorded_isAnEventWithOneForEachAttempt() throws Exception {
        List<RecordedEvent> events = recorded(() -> callThatSucceedsAtLast(retry));

        assertThat(callsOf(events)).containsExactly("quotes 3 accepted");
        assertThat(attemptsOf(events))
                .containsExactly("quotes 1 timeout 250ms", "quotes 2 connect 250ms", "quotes 3 ok 0ms");
    }

    @Test
    void call_recorded_lastsFromItsFirstAttemptToItsLast() throws Exception {
        List<RecordedEvent> events = recorded(() -> callThatSucceedsAtLast(retry));

        RecordedEvent call = of(events, CALL).get(0);
        List<RecordedEvent> attempts = of(events, ATTEMPT);
        assertThat(attempts.get(1).getStartTime())
                .isBetween(attempts.get(0).getEndTime(), attempts.get(2).getStartTime());
        assertThat(attempts).hasSize(3).allSatisfy(attempt -> {
            assertThat(attempt.getStartTime()).isBetween(call.getStartTime(), call.getEndTime());
            assertThat(attempt.getEndTime()).isBetween(attempt.getStartTime(), call.getEndTime());
            assertThat(attempt.getStackTrace()).isNull();
        });
        assertThat(call.getStackTrace()).isNull();
    }

    @Test
    void call_thatSucceedsAtOnce_isRecordedToo() throws Exception {
        List<RecordedEvent> events = recorded(() -> retry.call(() -> "ok"));

        assertThat(callsOf(events)).containsExactly("quotes 1 accepted");
        assertThat(attemptsOf(events)).containsExactly("quotes 1 ok 0ms");
    }

    @Test
    void call_thatGivesUp_saysWhy() throws Exception {
        List<RecordedEvent> events = recorded(() -> {
            assertThat(catchThrowable(() -> retry.run(() -> {
                        throw new SocketTimeoutException("read");
                    })))
                    .hasMessage("read");
            assertThat(catchThrowable(() -> retry.run(() -> {
                        throw new IllegalArgumentException("no account");
                    })))
                    .hasMessage("no account");
        });

        assertThat(callsOf(events)).containsExactly("quotes 3 attempts exhausted", "quotes 1 fatal");
        assertThat(attemptsOf(events))
                .containsExactly(
                        "quotes 1 timeout 250ms",
                        "quotes 2 timeout 250ms",
                        "quotes 3 timeout 0ms",
                        "quotes 1 IllegalArgumentException 0ms");
    }

    @Test
    void callAsync_recorded_isAsBlocking() throws Exception {
        List<RecordedEvent> events = recorded(() -> {
            Script script = Script.of(new SocketTimeoutException("read"), new ConnectException("refused"), "ok");
            CompletableFuture<Object> call =
                    retry.callAsyncWithAttempt(attempt -> CompletableFuture.completedStage(script.attempt(attempt)));
            time.runAll();
            assertThat(call).isCompletedWithValue("ok");
        });

        assertThat(callsOf(events)).containsExactly("quotes 3 accepted");
        assertThat(attemptsOf(events))
                .containsExactly("quotes 1 timeout 250ms", "quotes 2 connect 250ms", "quotes 3 ok 0ms");
    }

    @Test
    void callAsync_cancelledInAnAttempt_isRecordedAsThat() throws Exception {
        List<RecordedEvent> events =
                recorded(() -> retry.callAsync(CompletableFuture::new).cancel(true));

        assertThat(callsOf(events)).containsExactly("quotes 1 cancelled");
        assertThat(attemptsOf(events)).containsExactly("quotes 1 cancelled 0ms");
    }

    @Test
    void call_withAListenerToo_notifiesBoth() throws Exception {
        Recorder listener = new Recorder();
        List<RecordedEvent> events = recorded(() -> callThatSucceedsAtLast(retry.withListener(listener)));

        assertThat(callsOf(events)).containsExactly("quotes 3 accepted");
        assertThat(listener.ended().history().attempts()).isEqualTo(3);
    }

    @Test
    void call_whereOnlyCallsAreRecorded_leavesTheAttemptsOut() throws Exception {
        List<RecordedEvent> events = recorded(() -> callThatSucceedsAtLast(retry), CALL);

        assertThat(callsOf(events)).containsExactly("quotes 3 accepted");
        assertThat(of(events, ATTEMPT)).isEmpty();
    }

    @Test
    void call_thatBeganBeforeTheRecording_isNotInIt() throws Exception {
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<String> call = retry.callAsync(() -> attempt);
        List<RecordedEvent> events = recorded(() -> attempt.complete("ok"));

        assertThat(call).isCompletedWithValue("ok");
        assertThat(events).isEmpty();
    }

    @Test
    void call_inARecordingOfOtherEvents_makesNothing() throws Exception {
        boolean[] none = new boolean[1];
        List<RecordedEvent> events = recorded(
                () -> {
                    none[0] = FlightRecorder.ofCall() == null;
                    callThatSucceedsAtLast(retry);
                },
                new String[0]);

        assertThat(none[0]).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void ofCall_withoutARecording_isNone() {
        assertThat(FlightRecorder.ofCall()).isNull();
    }

    @Test
    void duration_ofEachAttempt_isTheTimeThatItTook() throws Exception {
        Script script = Script.of(new ConnectException("refused"), "ok");
        List<RecordedEvent> events = recorded(() -> {
            assertThat(catchThrowable(() -> retry.call(() -> {
                        await().pollDelay(Duration.ofMillis(5)).until(() -> true);
                        return script.call();
                    })))
                    .isNull();
        });

        assertThat(of(events, ATTEMPT))
                .hasSize(2)
                .allSatisfy(attempt -> assertThat(attempt.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(4)));
        assertThat(of(events, CALL).get(0).getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(8));
    }
}
